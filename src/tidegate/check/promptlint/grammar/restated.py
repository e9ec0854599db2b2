"""A sentence that the grammar does not read, said again more plainly, one small step at a time.

People put the reason before or behind the rule, wrap it in a wish, name the thing and judge it,
or write a label and a value.  Each step takes one such wrapping off ("We'd love to see X" is
"include X"); steps are tried on their own results until the grammar reads a demand or no step
applies.  Nothing here is tried on a sentence that is read as it stands.
"""

# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import lru_cache

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.rows import Rows

STEPS_MAX = 3
TRIES_MAX = 12

_WORTH = r"(?:lovely|nice|great|good|best|better|ideal|wonderful|perfect|important|essential|crucial|vital|paramount|advisable|preferable|imperative|mandatory|compulsory|obligatory|necessary|required|recommended|desirable|our policy|our wish|our rule|policy|key|imperative|requested|expected|hoped|fine)"
_SEE = r"(?:see|have|get|hear|find|read|receive)"
_QUOTE = r"(?:\"[^\"]{1,120}\"|“[^”]{1,120}”|'[^']{2,120}')"
_UNIT = r"(?:words?|sentences?|paragraphs?|characters?|bullets?|bullet points?|items?|lines?|emojis?|links?|questions?|examples?|sections?|headings?|tables?)"
_ADDRESSED = r"users?|customers?|clients?|guests?|callers?|readers?|visitors?|members?|patients?|students?|passengers?|applicants?|citizens?|people|residents?|listeners?|subscribers?|players?|employees|parents|tenants?|donors?|drivers?|everyone|everybody"
_COUNT = r"(?:\d[\d,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a|one|two|three) hundred)"
_THING = r"(?:word|term|phrase|expression|string|token)s?"
_PEOPLE = r"(?:we|i|you|they|nobody|people|everyone|everybody|our \w+|the \w+|this|that|it|he|she|most \w+|some \w+)"


# a condition or a place in front is no reason: without it the rule would bind everywhere
_NO_GUARD = r"(?!(?:if|when\w*|unless|for|in|on|at|where\w*|once|while|whilst|before|after|as|until|during|with\w*|except|only|to|should|given|upon|whoever|among|outside|inside|by|from|per|besides|apart|let|please|ask|say|tell|note|example|bad|good|step|rule)\b)"
_VERB = r"(?=[^:;—–]*\b(?:is|are|was|were|has|have|had|do|does|don['’]t|doesn['’]t|can|can['’]t|cannot|will|won['’]t|we|i|they|people|nobody|everyone|it['’]s|takes?|gets?|looks?|makes?|likes?|loves?|hates?|wants?|needs?)\b)"


def _referred(m: re.Match[str]) -> str:
    """ "Citations clutter our look, please keep them out": what "them" means is what the reason is about."""
    quote = re.search(_QUOTE, m.group("why"))
    subject = re.match(
        r"(?:the |our |all |any |your )?(?P<s>[\w-]+(?: [\w-]+)??) (?:is|are|was|were|has|have|can|do|does|don['’]t|make|makes|look|looks|\w+s?)\b",
        m.group("why"), re.I,
    )  # fmt: skip
    thing = quote.group(0) if quote else subject.group("s") if subject else ""
    if not thing or thing.lower().split()[0] in (
        "we",
        "i",
        "you",
        "they",
        "it",
        "nobody",
        "people",
        "everyone",
        "there",
    ):
        return m.group("rest") if not quote else _put(m.group("rest"), thing)
    return _put(m.group("rest"), thing)


def _put(rest: str, thing: str) -> str:
    said = re.sub(r"\b(?:them|it|those|these)\b", lambda _: thing, rest, count=1)
    one = re.sub(
        r"\b(?P<n>at least |exactly |only )?one\b(?! \w+s?\b(?<!into)(?<!in))",
        lambda m: f"{m.group('n') or ''}one {thing}",
        rest,
        count=1,
    )
    return said if said != rest else one if re.search(r"\bone (?:in|into|to|per|for)\b", rest) else rest


def _wished(m: re.Match[str]) -> str:
    sign = "never " if (m.group("n") or "").strip() in ("not", "never") else ""
    return f"{sign}{m.group('rest')}"


def _counted(m: re.Match[str]) -> str:
    how = {
        ">": "more than",
        ">=": "at least",
        "≥": "at least",
        "<": "fewer than",
        "<=": "at most",
        "≤": "at most",
        "=": "exactly",
        ":": "exactly",
    }[m.group("o")]
    tail = (m.group("t") or "").lower()
    how = (
        "at most"
        if tail.startswith(("max", "or less", "or fewer"))
        else "at least"
        if tail.startswith(("min", "or more"))
        else how
    )
    return f"Use {how} {m.group('n')} {m.group('u')}s."


def _judged(m: re.Match[str]) -> str:
    bad = m.group("v").lower().rstrip(".!") in (
        "no",
        "never",
        "none",
        "not allowed",
        "forbidden",
        "banned",
        "prohibited",
        "no thanks",
        "no way",
        "off",
        "avoid",
        "not here",
        "no thank you",
        "zero",
        "skip",
        "out",
    )
    return f"Never use {m.group('x')}." if bad else f"Always use {m.group('x')}."


STEPS = Rows((
    # labels
    (rf"^(?:mandatory|required|compulsory|must[- ]have|obligatory|obliged|needed) {_THING}\s*[:=-]+\s*(?P<q>{_QUOTE})", r"Always use the word \g<q>."),
    (rf"^(?:banned|forbidden|prohibited|no[- ]go|taboo|blocked|disallowed|blacklisted|excluded) {_THING}\s*[:=-]+\s*(?P<q>{_QUOTE})", r"Never use the word \g<q>."),
    (rf"^(?:(?:the )?(?:first|opening|starting|initial) (?:words?|line|sentence|phrase)|opener|opening|start(?:s|ing)? with|prefix)\s*[:=-]+\s*(?P<q>{_QUOTE})", r"Start every reply with \g<q>."),
    (rf"^(?:(?:the )?(?:last|closing|final|ending) (?:words?|line|sentence|phrase)|closer|closing|sign[- ]off|end(?:s|ing)? with|suffix|signature)\s*[:=-]+\s*(?P<q>{_QUOTE})", r"End every reply with \g<q>."),
    (r"^(?:the )?(?P<u>word|sentence|paragraph|character|bullet|line|item|question|emoji|link)s?(?: count| limit| number)?\s*(?P<o>>=|<=|≥|≤|>|<|=|:)\s*(?P<n>\d+)(?: (?P<t>max\w*|min\w*|or (?:less|fewer|more)))?\.?$", _counted),
    (r"^(?P<x>(?:the )?(?:[A-Za-z-]+ ){0,2}[A-Za-z-]+)\s*(?::|\?|—|–| - )\s*(?P<v>no|never|none|not allowed|forbidden|banned|prohibited|no thanks|no thank you|no way|off|avoid|not here|zero|skip|out|yes|always|required|mandatory|yes please|a must|obligatory|on)[.!]*$", _judged),
    # reason in front
    (r"^" + _NO_GUARD + r"(?P<why>[^;]{6,140}?)(?:,|;| —| –|:)? (?:and )?(?:so|hence|therefore|thus|which is why|that['’]?s why|that is why|please)(?: that)?,? (?:please,? |kindly )?(?P<rest>(?!that\b|long\b|far\b|much\b|many\b|as\b)[a-z].{8,})$", _referred),
    (r"^" + _NO_GUARD + _VERB + r"(?P<why>[A-Z\"][^:;.]{8,80}) ?[:;—–] (?P<rest>[a-z].{10,})$", _referred),
    # reason behind
    (rf"^(?P<rule>.{{8,}}?)(?:,? (?:because|given that|seeing that|otherwise)\b|, (?:since|as|for) (?={_PEOPLE}\b)|,? or (?:else|it|they|we|the \w+) (?:\w+s|will|gets?|is|are)\b|[,;] (?={_PEOPLE}(?:['’]\w+)? \w+)(?!it must|you must|they must|we must)).{{3,}}$", r"\g<rule>."),
    (r"^(?P<rule>.{10,}?),? (?:in order )?to (?:ensure|maintain|convey|avoid|keep|guarantee|facilitate|promote|preserve|support|show|make sure|help)\b.{3,}$", r"\g<rule>."),
    # wishes and judgements around a rule
    (rf"^(?:and |also,? |remember,? )?(?:it (?:would be|is|['’]d be|will be|remains|must be)|it['’]s) (?:\w+ly |very |always |also |highly |most )?{_WORTH}(?: for \w+)?,? (?P<n>not |never )?to (?P<rest>.+)$", _wished),
    (rf"^(?:and |also,? )?(?:it (?:would be|is|['’]d be|will be)|it['’]s) (?:\w+ly |very |always )?{_WORTH},? (?:that|if|when) (?P<rest>.+)$", r"\g<rest>"),
    (rf"^(?:we|i)(?:['’]d| would|['’]ll)? (?:really |all |very much |absolutely |dearly )?(?:love|like|want|wish|prefer|need|appreciate|enjoy|expect|hope|insist|value|believe in)(?: that)? (?:for )?(?:it (?:very much )?(?:when|if|that) )?(?:to (?:{_SEE})|seeing|having|getting|hearing|in|on)? ?(?P<rest>(?!you\b|the assistant\b|to\b|it\b).{{4,}})$", r"include \g<rest>"),
    (r"^(?:we|i)(?:['’]d| would|['’]ll)? (?:really |all |very much )?(?:love|like|want|wish|prefer|appreciate|enjoy|expect|value)(?: it)?(?: very much)?,? (?:when|if|that) (?P<rest>.{6,})$", r"\g<rest>"),
    (r"^(?:we|i)(?:['’]d| would)? (?:really |all |kindly )?(?:love|like|want|wish|prefer|need|ask|expect|require|instruct|urge|invite|beg|advise)(?: for)? (?:you|the (?:assistant|bot|model))(?: always)? (?P<n>not |never )?to (?P<rest>.+)$", _wished),
    (r"^(?:we|our \w+|i)(?: are|['’]re| am|['’]m| is) (?:not|no) (?:\w+ )?(?:fans?|friends?|lovers?|keen|fond|big) (?:of|on) (?P<rest>[\w -]+?)(?P<t>[.,;].*)?$", r"Never use \g<rest>."),
    (r"^(?:we|our \w+|i) (?:hate|dislike|detest|can['’]t stand|cannot stand|loathe|despise|frown (?:up)?on|do without|avoid)s? (?P<rest>[\w -]+?)(?P<t>[.,;].*)?$", r"Never use \g<rest>."),
    (r"^(?:please |kindly |always |do )?(?:spare|save) (?:\w+ ){1,2}?(?:of |from )?(?:any |the |all |your )?(?P<rest>[\w-]+(?: [\w-]+)?)[.!]*$", r"Never use \g<rest>."),
    (r"^(?:please |kindly )?(?:steer clear|stay clear|stay away|keep away|keep your hands|hands) (?:of|off|from) (?P<rest>.+)$", r"Never use \g<rest>"),
    (r"^(?:please |kindly )?(?:do(?:n['’]t| not)|never) (?:touch|go near|even think of|bother with|come with|bring up|resort to|make use of|employ) (?P<rest>.+)$", r"Never use \g<rest>"),
    (r"^(?:please |kindly )?(?:keep|leave) (?P<rest>(?!your\b|it\b|each\b|every\b)[\w\" -]+?) (?:out|away)(?: (?:of|from) .+)?[.!]*$", r"Never use \g<rest>."),
    (r"^(?:please |always |be sure to |make sure to |kindly )?(?:work|weave|slip|sprinkle|drop|throw|squeeze|build|fit|bring|mix) (?P<x>.+?) (?:into|in) (?P<r>(?:each|every|all|your|the|any)\b.+)$", r"Include \g<x> in \g<r>"),
    (r"^(?:always |please |only )?let (?P<rest>(?:each|every|all|your|the)\b.+?) (?P<v>shine|sparkle|glow|come alive|stand out|end|start|begin|close|finish|open|be|contain|have|include) (?P<t>.+)$", r"\g<rest> must have \g<t>"),
    # a thing and what is said of it
    (r"^(?:the |any |all |our )?(?:use|usage|inclusion|appearance|mention|employment|presence) of (?P<x>[^,;:.]{2,60}?) (?:is|are) (?P<n>not )?(?:mandatory|compulsory|obligatory|required|a must|expected|wanted|desired|welcome|encouraged)\b(?P<tail>[^,;]*).*$", lambda m: f"{'Never' if m.group('n') else 'Always'} use {m.group('x')}{m.group('tail')}"),
    (r"^(?:the |any |all |our |your )?(?P<x>[^,;:.]{2,40}?) (?:is|are) (?:(?:an? )?(?:absolute |strict )?(?:mandatory|compulsory|obligatory|required|(?:a )?must|indispensable|non-negotiable|part of who we are|part of our brand|what our \w+ loves?))\b(?P<tail>[^,;]*).*$", r"Always use \g<x>\g<tail>"),
    (r"^(?:the |any |all |our |your )?(?P<x>[^,;:.]{2,40}?) (?:is|are) (?:(?:an? )?(?:absolute |strict )?(?:mandatory|compulsory|obligatory|required|(?:a )?must|indispensable|non-negotiable|part of who we are|part of our brand|what our \w+ loves?))\b(?P<tail>[^,;]*).*$", r"Always include \g<x>\g<tail>"),
    (r"^(?:the |any |all |our |your |such )?(?P<x>[^,;:.]{2,40}?) (?:is|are) (?:therefore |strictly |always |hereby )?(?:not (?:wanted|desired|needed|welcome|permitted|allowed|accepted|acceptable|appropriate|ok|okay|used|a thing here)|unwanted|undesired|undesirable|unwelcome|inadmissible|prohibited|forbidden|banned|barred|verboten|out of bounds|off[- ]limits|frowned upon|to be (?:avoided|omitted|left out|eschewed))\b(?P<tail>[^,;]*).*$", r"Never use \g<x>\g<tail>"),
    (r"^(?P<x>(?:the |any |all |our )?[^,;:.]{2,40}?) (?:(?:must|should|may|can|shall|will|do|does) (?:not|never)|never) (?:ever )?(?:appears?|occurs?|features?|be (?:seen|found|shown|used|present|displayed|included|visible|part)|show up|figure|exist|be there|belongs?) ?(?P<r>(?:in|on|at|anywhere).*)?$", r"Never use \g<x> \g<r>"),
    (r"^(?P<x>.{2,60}?) (?:must|has to|have to|should|needs? to|is to|are to|shall) (?:always )?(?:be (?:absent|missing|banished|kept out|left out|gone|removed|stripped|excluded|purged) (?:from|of|in)|stay (?:out|away) (?:of|from)) (?P<r>.+)$", r"Never use \g<x> in \g<r>"),
    (r"^(?P<x>(?:an? |one |at least \w+ |the )?[^,;:.]{2,60}?) (?:has to|have to|must|should|shall|needs? to|is to|are to) (?:always )?(?:appear|occur|feature|figure|be (?:present|included|found|there|seen|visible|part)|show up|come up|turn up)(?P<n> at least \w+| exactly \w+)?(?: times?| once| twice)?(?P<r> (?:in|on|at) .+)?$", r"Always include \g<x>\g<r>"),
    # amounts
    (rf"^(?P<x>(?:only |just )?{_COUNT} {_UNIT})(?: (?:each|per (?:reply|answer|response|message)))?(?:,? (?:and )?(?:no more(?!,? (?:and |but )?no)|not more|max(?:imum)?|tops|at the most|or less|or fewer|is the (?:hard |upper |absolute )?limit|(?:is|are) (?:plenty|enough|sufficient|all (?:you|we) (?:get|have|need)|the (?:limit|maximum|ceiling|cap))|will do|suffices?))\b(?P<tail>[^,;]*).*$", r"Use at most \g<x>\g<tail>"),
    (rf"^(?P<x>{_COUNT} {_UNIT})(?: (?:each|per (?:reply|answer|response|message)))?(?:,? (?:and )?(?:no less|no fewer|not less|min(?:imum)?|at the least|or more|(?:is|are) the (?:minimum|floor|least)))\b(?P<tail>[^,;]*).*$", r"Use at least \g<x>\g<tail>"),
    (rf"^(?P<x>{_COUNT} {_UNIT})(?:,? (?:neither more nor less|no more,? no less|no more and no less|exactly|precisely|sharp|flat|that['’]s it|on the dot))[.!]*$", r"Use exactly \g<x>."),
    (rf"^(?P<x>(?!an?\b|\d){_COUNT} {_UNIT})[.!]*$", r"Use exactly \g<x>."),  # "5 words." alone is an entry of a list
    (rf"^(?:we|i) (?:find|think|consider|deem|call) (?P<x>{_COUNT} {_UNIT}) (?:plenty|enough|sufficient|the maximum|the limit)\b(?P<tail>[^,;]*).*$", r"Use at most \g<x>\g<tail>"),
    (rf"^(?:please |always )?(?:split|break|divide|cut|structure|organi[sz]e|arrange|distribute|lay out|spread) (?:your |the |each |every )?(?:text|answer|reply|response|output|message|content)s? (?:up )?(?:in|into|over|across|as) (?P<x>(?:exactly |at least |at most )?{_COUNT} {_UNIT})\b(?P<tail>[^,;]*).*$", r"Use \g<x>\g<tail>"),
    (rf"^(?P<s>(?=.*\b(?:repl(?:y|ies)|responses?|answers?|messages?|outputs?|texts?|length|size|everything|it)\b)(?:the |each |every |your )?[\w ]{{2,40}}?) (?:is|are) (?:capped|limited|restricted|held|kept) (?:at|to) (?P<x>{_COUNT}(?: \(\d+\))? {_UNIT})\b(?P<tail>[^,;]*).*$", r"Use at most \g<x>\g<tail>"),
    (rf"^(?!.*\b(?:bullets?|sentences?|paragraphs?|headings?|sections?|rows?|cells?|subjects?|titles?) (?:takes?|holds?|shows?|fits?|allows?)).{{3,60}}? (?:takes?|holds?|shows?|fits?|allows?|displays?|accepts?|has room for)(?: only| up to| at most| just)? (?P<x>\d+ {_UNIT})\b(?P<tail>[^,;]*).*$", r"Use at most \g<x>\g<tail>"),
    (r"\b[a-z]+(?:[- ][a-z]+)? \((?P<n>\d+)\)", r"\g<n>"),
    # spoken texts
    (rf",? (?:such as|like|e\.g\.,?|for example|for instance|including) {_QUOTE}(?:(?:,| and| or|, or|, and) {_QUOTE})*,?", ""),
    (rf"^(?:all |the |our |every )?(?:{_ADDRESSED}) (?:receives?|gets?|obtains?|(?:is|are) (?:given|sent|offered)) (?:their|an?|the|every|each|any|his or her) (?P<r>answers?|repl(?:y|ies)|responses?|messages?|texts?|information) (?P<x>(?:in|as|with|of|within|that)\b.+)$", r"Write every reply \g<x>"),
    (rf"^(?:we|you) (?:always )?(?:say|write|put|use|print|add) (?P<q>{_QUOTE}) (?P<r>at the (?:start|beginning|top|end|bottom|close)\b.*)$", r"Put \g<q> \g<r>"),
    (rf"^(?:please )?(?:always )?(?:tell|let) (?:everyone|everybody|people|(?:the |our |all )?\w+s|every \w+|each \w+)(?: know)?:? (?P<q>{_QUOTE})", r"Always include the sentence \g<q>."),
    (rf"^(?:we|i) want (?P<q>{_QUOTE})(?: in there| in it| there)?(?P<r> .*)?$", r"Always use \g<q>\g<r>"),
    # who it speaks to
    (r"^(?:expect|imagine|presume|suppose|take it that|picture) (?P<x>(?:the |your |our )?(?:readers?|audience|users?|visitors?|customers?|listeners?)) (?:to be|is|are|as) (?P<r>.+)$", r"Assume the reader is \g<r>"),
    (r"^(?:our|the|your) (?:people|target group|readership|audience|listeners|clientele|crowd|public|users|visitors|customers) (?:is|are|consists? of|(?:is|are) made up of|comprises?) (?P<r>[^,;]+)(?P<t>,.*)?$", r"The readers are \g<r>."),
))  # fmt: skip


NAMED = re.compile(r"\b(?P<v>use|include) (?P<x>[A-Z][a-z]+)")


def _small(m: re.Match[str]) -> str:
    """A subject that began the sentence is no name any more; a language stays one."""
    named = m.group("x").lower() in lexicon.CHOICE["language"]
    return m.group(0) if named else m.group(0).lower()


@lru_cache(maxsize=20_000)
def restated(text: str) -> tuple[str, ...]:
    """The plainer ways of saying a sentence, nearest first; none where no wrapping is known."""
    out: list[str] = []
    level = [text.strip()]
    for _ in range(STEPS_MAX):
        level = [t for said in level for t in _steps(said) if t not in out and t != text]
        out += list(dict.fromkeys(level))
        if not level or len(out) >= TRIES_MAX:
            break
    return tuple(dict.fromkeys(out))[:TRIES_MAX]


def _steps(text: str) -> Iterator[str]:
    for said in map(str.strip, STEPS.each(text)):
        if said != text and len(said.split()) >= 2:
            said = NAMED.sub(_small, said)
            yield said[0].upper() + said[1:]
