"""Statements about a thing that ask what an imperative would ask, brought to that imperative.

"A heart emoji goes at the start of each message", "Every question gets an answer", "Markdown is
on the list of forbidden things": the subject comes first and a verb of appearing, receiving or
belonging says what is to be done with it.
"""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.rows import Row

_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|messages?|outputs?|texts?)"
_ALL = r"(?:each|every|all|any|your|the)"
_WHO = r"(?:users?|customers?|clients?|guests?|callers?|readers?|visitors?|members?|patients?|students?|travell?ers?|passengers?|policyholders?|players?|employees?|applicants?|candidates?|people)"
_UNIT = r"(?:words?|sentences?|bullets?|bullet points?|lines?|paragraphs?|characters?)"
_DETAIL = r"(?:details?|information|clarification|context|specifics)"
_ASKED = r"(?:questions?|requests?|quer(?:y|ies)|enquir(?:y|ies)|inquir(?:y|ies))"
_ANSWERED = (
    r"(?:(?:gets?|receives?|ha(?:s|ve)|deserves?|(?:is|are) (?:given|due)) (?:an?|its|their|some)(?: (?:proper|real|helpful|clear|definite|useful))? (?:answer|reply|response)s?"
    r"|(?:must|has to|have to|should|is to|are to|is|are|will|shall|needs? to)(?: always)?(?: be)? answered)"
)
# what rules out that "I do not know" is an answer too
_COME_WHAT_MAY = (
    r"(?:whatever|no matter|even\b|regardless|without exception|(?:and |so )?(?:just )?(?:guess|estimate|improvise))"
)


def _asked(m: re.Match[str]) -> str:
    """ "The user is never asked …" as "never ask the user …"."""
    sign = {"not": "do not ", "never": "never ", "always": "always "}.get((m.group("n") or "").strip().lower(), "")
    return f"{sign}ask the {m.group('w')} "


def _commence(m: re.Match[str]) -> str:
    return {"e": "start", "es": "starts", "ing": "starting", "ed": "started"}[m.group("e").lower()]


def _readers(m: re.Match[str]) -> str:
    expert = m.group("x").lower() in ("expert", "advanced", "experienced", "professional", "specialist")
    return f"write for {'experts' if expert else 'beginners'}"


def _guarded(m: re.Match[str]) -> str:
    """ "Answer in Danish to Danish letters": when somebody writes in Danish."""
    known = m.group("l").lower() in lexicon.CHOICE["language"]
    return f"{m.group('r')} when the user writes in {m.group('l')}" if known else m.group(0)


ORDINALS = {
    w: str(n) for n, w in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh"), start=1)
}


def _stop(m: re.Match[str]) -> str:
    """ "Stop after the second sentence" as "use at most 2 sentences"."""
    return f"use at most {ORDINALS[m.group('n').lower()]} {m.group('u')}s"


APPEARING: tuple[Row, ...] = (
    (rf"^\s*(?P<x>(?:an? |one |\x01)[^,;:]{{1,60}}?) +(?:(?:must|should|has to|have to|will) )?(?:always )?(?:goes|go|sits?|stands?|belongs?|comes?|appears?|(?:is|are|be) (?:placed|put|shown|found|set)) (?:right )?at the (?:very )?(?:start|beginning|top|head|front) of (?P<r>{_ALL} [\w-]+)", r"start \g<r> with \g<x>"),
    (rf"^\s*(?P<x>(?:an? |one |\x01)[^,;:]{{1,60}}?) +(?:(?:must|should|has to|have to|will) )?(?:always )?(?:goes|go|sits?|stands?|belongs?|comes?|appears?|(?:is|are|be) (?:placed|put|shown|found|set)) (?:right )?at the (?:very )?(?:end|bottom|foot|close) of (?P<r>{_ALL} [\w-]+)", r"end \g<r> with \g<x>"),
    (r"^(?P<x>(?:all |every |each |any )?[\w -]{3,30}?) (?:goes|go|belongs?) (?:in|into|inside) (?=(?:an? )?(?:\w+ )?(?:code|fenced|tables?|bullets?|bold|italics|quotes)\b)", r"put \g<x> in "),
    (r"\bcommenc(?P<e>es|e|ing|ed)\b", _commence),
)  # fmt: skip
BELONGING: tuple[Row, ...] = (
    (r"\b(?:is|are) (?:consumed|read|parsed|processed|loaded) by (?:an? |our )?(?P<f>json|xml|yaml|csv) (?:parser|reader|loader|decoder|script|service)\b[^.;]*", r"must be in \g<f> only"),
    (r"\b(?P<b>is|are) (?:on|among|one of|part of) (?:the|our|your|a) (?:lists? of (?:the )?(?:forbidden|banned|prohibited|blocked|excluded|disallowed|unwanted) \w+|(?:forbidden|banned|prohibited|blocked|excluded|no[- ]go|taboo|stop|black|block|deny|disallowed|unwanted)[- ]?(?:(?:words?|terms?|phrases?|expressions?|things|topics)(?:[- ]?lists?)?|lists?))\b", r"\g<b> forbidden"),
    (r"\b(?P<b>is|are) (?:on|among|one of) (?:the|our|your|a) (?:list of )?(?:words?|terms?|phrases?|expressions?|things) (?:to (?:avoid|leave out)|(?:that )?(?:we|you) (?:must |should )?(?:never|do not|don['’]t|avoid)\b[ \w]{0,12})", r"\g<b> forbidden"),
    (r"^(?:the |any |all )?(?:use|usage|inclusion|insertion) of (?P<x>[^,;:._]{2,50}?) (?=(?:is|are|must|may|should|has|have|shall)\b)", r"\g<x> "),
    (r"^(?:please |always )?(?:repeat|reproduce|copy|quote|print|recite|state|give|include|show|write|say)(?: the following(?: \w+)?)? (?:word for word|verbatim|literally|letter for letter)(?P<w> (?:in|with|at the end of|at the start of) (?:each|every|all|your|the) \w+)?\s*:?\s*(?=\x01)", r"include\g<w> the text "),
)  # fmt: skip
# the document that a statement comes from is its source
SOURCES: tuple[Row, ...] = (
    (r"\b(?:names?|gives?|states?|mentions?|says?|tells?|lists?|shows?|cites?|indicates?) (?:the|which) (?:documents?|sources?|pages?|articles?|files?|books?|passages?|sections?|manuals?) (?:that |which )?(?:you|we|it|they|the (?:answer|information)) (?:\w+ ){0,2}?(?:took|takes?|got|gets?|drew|draws?|found|finds?|used|uses?|relied|rely|relies|comes?|came|copied)\b[^,;.]*", "cite the source"),
    (r"\b(?:names?|cites?|states?|gives?|mentions?|identif(?:y|ies)|lists?|quotes?|points? to|shows?) (?:the|its|their|each|every|any) (?:documents?|sources?|pages?|articles?|passages?|chapters?|clauses?|files?|records?|manuals?|reports?|leaflets?|stud(?:y|ies)|laws?|sections?)"
                r"(?: (?:that |which )?(?:it|they|this|that|you|the \w+) (?:is|are|was|were) (?:drawn|taken|based|derived|built|quoted|copied) (?:from|on)| (?:it|they|you|the \w+) (?:comes?|draws?|rel(?:y|ies)|rests?|used?|uses)(?: from| on)?| (?:of|for|behind) (?:your|the|each|every|all|any|this) (?:information|facts?|claims?|statements?|figures?|numbers?|answers?|data))\b", "cite the source"),
    (r"^(?P<x>(?:each|every|all|any|the) [\w -]{3,40}?) (?:is|are|must be|has to be|have to be|should be) (?:always )?(?:followed|accompanied|backed(?: up)?|supported|substantiated|documented) (?:by|with) (?:its|a|an|the|their|one|at least one) (?:sources?|references?|citations?|footnotes?)\b(?! (?!in\b|at\b|for\b|on\b|that\b|which\b|when\b|and\b|or\b)\w)", r"cite the source of \g<x>"),
)  # fmt: skip
# only what must be said, nothing more
_LEAST = r"(?:the (?:bare |absolute )?(?:essentials?|minimum|essential (?:points?|facts?)|main points?)|what(?: is|['’]s) (?:strictly |absolutely |really )?(?:necessary|needed|essential|required))"
_TELLING = r"(?:give|say|state|tell|include|provide|write|mention|convey|cover|share|answer with)"
MEASURING: tuple[Row, ...] = (
    (rf"\b(?:only|just|nothing but|no more than) (?:{_TELLING} )?{_LEAST}", "be brief"),
    (r"\b(?:leave out|omit|skip|cut|drop) (?:everything|anything|all|whatever)(?: that| which)? (?:(?:is|are) )?not (?:strictly |absolutely )?(?:essential|necessary|needed|required)\b", "be brief"),
    (r"\bkeep (?:your |the |all )?(?:explanations?|text|wording|words|repl(?:y|ies)|answers?|details?|length|commentary) to (?:a|an absolute|the bare|the) minimum\b", "be brief"),
    (r"^(?:the )?(?:overall |grand )?total(?: length)? (?=(?:is|must|should|stays?|may|can|has|comes?)\b)", "the reply "),
    (rf"\b{_TELLING} (?:only|just|nothing but|no more than) {_LEAST}", "be brief"),
    (r"^(?:(?:the|each|every|any|all|a|your) )?(?:bullet(?:ed)?)(?:[- ]points?)? lists?(?P<m> [^,;.:]{2,50}?) (?:entries|items|points|elements|rows)\b", r"replies\g<m> bullets"),
    (r"\b(?P<m>max|min)\.(?= ?\d| [a-z]+ (?:words|sentences|bullets|lines|paragraphs|characters)\b)", r"\g<m>"),
    (r"\b(?:stop|finish|end)s? (?:right |always )?after (?:the |your |its )?(?P<n>first|second|third|fourth|fifth|sixth|seventh) (?P<u>sentence|paragraph|bullet|line|word|item)\b", _stop),
    (rf"\bstop (?:right |always )?after (?P<n>[\w-]+ {_UNIT})\b", r"use at most \g<n>"),
    (rf"^(?P<n>[\w-]+ {_UNIT}) (?:is|are) all (?:that )?(?:we|you|they|there|users|readers) (?:have|has|is|are|get|gets|allow)(?: (?:room|space|time|place|patience))?(?: for)?(?=\s*[.;!]|$)", r"At most \g<n>"),
)  # fmt: skip
ASKING: tuple[Row, ...] = (
    (rf"^(?P<a>always |please )?(?:confirm|check|verify|establish|clarify|make sure|ensure|test)\b[^,;]{{3,50}}? by (?:asking|questioning|consulting|checking with|double-checking with) (?:the |your |our )?(?P<w>{_WHO})\b(?: (?:before|after|at|on|in|with) (?:each|every|any|all) \w+)?", r"\g<a>ask the \g<w> a question"),
    (rf"^(?:the |each |every |all |your |our )?(?P<w>{_WHO}) (?:is|are|gets?|must be|should be|has to be|have to be) (?P<n>not |never |always )?(?:to be )?asked (?=[^,;]*\b(?:questions?|clarif\w+|details?|what|which)\b)", _asked),
    (rf"^(?:each|every|all|any|your)(?: (?:first|last|initial|new|single))? {_REPLY} asks? (?P<w>(?:the |your |our )?{_WHO}) for (?:an? |one |some |the |at least one )?(?:(?:missing|further|more|additional|extra|open|unclear) )?{_DETAIL}\b", r"ask \g<w> for more details"),
    (rf"\bask (?P<w>(?:the |your |our )?{_WHO}) for (?:one |the |any |a )?(?:missing|unclear|open) {_DETAIL}\b", r"ask \g<w> for more details"),
)  # fmt: skip
ANSWERING: tuple[Row, ...] = (
    (rf"^(?:every|each|all|any)(?: single)? {_ASKED} {_ANSWERED}(?=\s*[,;—–]?\s*{_COME_WHAT_MAY})", "always provide an answer"),
    (rf"^(?:every|each|all|any)(?: single)? {_ASKED} {_ANSWERED}(?=\s*(?:[,.;!—–]|$))", "always answer every question"),
    (rf"\b(?:(?:never|do not) leave (?:an?|any|one|a single)|leave no) (?:\w+ )?(?:question|request|query|message)s? (?:unanswered|without (?:an )?answer)(?=\s*[,;—–]?\s*{_COME_WHAT_MAY})", "always provide an answer"),
    (r"\b(?:(?:never|do not) leave (?:an?|any|one|a single)|leave no) (?:\w+ )?(?:question|request|query|message)s? (?:unanswered|without (?:an )?answer)\b", "always answer every question"),
    (r"^there (?:is|must be) always an? (?:answer|reply|response)\b", "always provide an answer"),
    (r",?\s*(?:and |so )?(?:just )?(?:guess|estimate|improvise|make (?:an|your best) (?:educated )?guess) (?:if|when|where|wherever|whenever) (?:you |it is |it )?(?:have to|must|needed|necessary|need to|need be|required)\b", " even when you do not know"),
    (r"(?P<q>\x01\d+\x02)\s+(?:is|counts as|will do as) (?:not (?:one|an? (?:\w+ )?(?:answer|option|reply|response)|an excuse)|no (?:answer|option|reply|excuse))\b", r"never say \g<q>"),
    (rf"\bturn (?P<x>(?:an? |any |the |every |all )?(?:\w+ )?(?:{_ASKED}|{_WHO})) (?:down|away)\b", r"refuse \g<x>"),
    (r"\b(?P<n>never|not) (?:refuse|decline|reject) (?:an? |any |the )?(?:questions?|quer(?:y|ies)|(?:en|in)quir(?:y|ies))(?=\s*(?:[.;,!]|$))", r"\g<n> refuse to answer"),
    (rf"^(?P<q>(?!no\b|not\b|never\b)(?:(?:all|any|every|each|the) )?(?:[\w-]+ ){{0,3}}?(?:{_ASKED}|topics?)(?: [^,;:.]{{2,40}}?)?) (?:is|are|must be|will be|should be) (?:always |politely |to be )*(?:refused|declined|rejected|turned (?:down|away))(?=\s*(?:[,.;!]|$))", r"refuse \g<q>"),

    (r"^(?:please |always )?follow (?:each|every|all|your|the) (?:answers?|repl(?:y|ies)|responses?|messages?|outputs?|json(?: \w+)?|data) (?:up )?with (?P<x>(?:an? |one )?(?:\w+ ){0,2}?(?:sentence|note|line|remark|comment|paragraph|message|explanation))\b[^,;.]*", r"put \g<x> after the answer"),
)  # fmt: skip
# whom a text is for and like whom it sounds
LIKENESS: tuple[Row, ...] = (
    (r"\bon the (?:user|reader|customer|client|audience)(?:['’]s)? (?:side|part)\b", ""),
    (r"\b(?P<w>(?:the |our |your |each |every |all )?(?:readers?|users?|audience|listeners?|recipients?)) (?P<b>is|are) (?:all )?(?:an? )?(?:chartered|certified|qualified|licen[sc]ed|trained|seasoned|experienced|veteran|practi[sc]ing|accomplished) [a-z]+(?: [a-z]+)?(?=\s*[.;,!]|$)", r"\g<w> \g<b> experts"),
    (rf"^(?:the |all |our )?(?:content|text|answers?|repl(?:y|ies)|responses?|material|documentation|explanations?) (?:is|are) (?:always )?(?:addressed|aimed|directed|geared|pitched|written|meant|intended|tailored|targeted) (?:at|to|for|towards?) (?:an? |the )?(?P<x>expert|advanced|experienced|professional|specialist|novice|new|inexperienced|lay|first[- ]time|beginner) {_WHO}\b", _readers),
    (r"^(?:you|we) (?:can|may|should|must) (?:safely |always )?(?:take it for granted|take as given|assume|presume|expect|count on it) that ", "assume that "),
    (r"\b(?:as if|as though|as you would|as|like)(?: (?:you were )?(?:speaking|talking|explaining))? to (?:an? |someone )(?:first[- ]time|brand[- ]new|new|inexperienced|complete|absolute|total) (?!beginner|novice|layperson|newcomer)\w+", "as to a beginner"),
    (r"\b(?P<l>like (?:an? |your |some )?(?:(?:good|old|close|best|trusted|fellow) )?(?:friends?|budd(?:y|ies)|mates?|pals?|neighbou?rs?)) (?:on|in|at|over|during|from|who|you|having|chatting|sharing|around|sitting|travell?ing)\b[^,;.]*", r"\g<l>"),
    (r"\b(?:style|manner|tone|register|voice) of (?:an? |the )?(?:law (?:firm|office|court)|lawyers?|notar(?:y|ies)|diplomats?|courts?|ministry|embassy|solicitors?|judges?|butlers?|statutes?)\b", "formal style"),
    (r"\blike (?:an? |the )?(?:(?:official|formal|business|government|legal) (?:letter|document|notice|correspondence|communication)|lawyers?|notary|diplomats?|butlers?|judges?|ministry|embassy|court order|statute|contract)\b", "formal"),
    (r"\b(?:elaborat(?:e|ing)|expand(?:ing)?|expound(?:ing)?|enlarg(?:e|ing)) (?:up)?on (?:each|every|all|any)(?: \w+)?(?: with [^,;.]*)?(?=\s*[.;,!]|$)", "elaborate in detail"),
    (r"^(?:we|our \w+|users|customers|people|readers|guests|travell?ers|members|everyone|they) (?:love|like|prefer|enjoy|appreciate|favou?r|value|want|adore) [^,;:]{3,50}?, so (?=\w)", ""),
)  # fmt: skip
PLACES: tuple[Row, ...] = (
    (r"^(?P<r>(?:always )?(?:answer|reply|respond|write)s? in \w+) to (?:all |any )?(?P<l>\w+)(?:-language)? (?:letters|e-?mails|mails|messages|questions|enquiries|inquiries|requests|tickets|speakers)\b", _guarded),
    (r"^(?:under|below|beneath|within)\s+(?:the (?:heading|header|title)\s+)?(?P<q>\x01\d+\x02)\s*[,:]\s+", r"In the \g<q> section, "),
    (r"(?:,|\()\s*(?P<x>(?:the )?[\w'’-]+(?: [\w'’-]+){0,3}?) (?:excepted|aside|apart|being the (?:only |sole |one )?exceptions?)\)?(?=\s*[.;!]|$)", r" except for \g<x>"),
    (r"^(?P<x>[\w'’ -]{3,30}?) excepted, (?=\w)", r"Except for \g<x>, "),
)  # fmt: skip
# documents that come with or without a thing, and things that need none of it
_SENT = r"(?:(?:e-?)?mails?|letters?|messages?|repl(?:y|ies)|answers?|responses?|statements?|claims?|texts?|notes?|outputs?|posts?|summaries|reports?)"
_PROMPT = r"(?:these|your|the|this|our)(?: own)? (?:system |initial |full |hidden )*(?:instructions?|prompts?|rules|guidelines)"
BARE: tuple[Row, ...] = (
    (rf"^(?!(?:no|not|never|none)\b)(?:(?:all|any|the|our|your|each|every) )?(?:[\w-]+ )?{_SENT} (?:must |should |are to |have to )?(?:come|comes|go|goes|go out|goes out|stand|stands|are sent|is sent|are written|is written|are given|are delivered) (?:out )?(?:without|with no) (?:any |an? )?(?P<x>\w+(?: \w+)?)(?=\s*[.;!]|$)", r"include no \g<x>"),
    (rf"^(?!(?:(?:all|any|the|our|your|each|every|an?) )?(?:{_SENT}|there|you|we|users?|customers?|readers?)\b)(?P<s>[\w-]+(?: [\w-]+){{0,2}}) (?:needs?|requires?|calls? for) no (?P<x>\w+(?: \w+)?)(?=\s*[.;!]|$)", r"\g<s> may omit the \g<x>"),
    (r"^(?:please )?(?:do not|never) format (?:anything|(?:your |the )?(?:answers?|repl(?:y|ies)|text|output|messages?))(?=\s*[.;!]|$)", "Do not use markdown"),
    (r"\bleave (?:all |any |the )?formatting out\b|\b(?:no|without(?: any)?|avoid(?: any| all)?|skip(?: all| any)?) (?:text |rich )?formatting(?=\s*[.;!]|$)", "use no markdown"),
    (r"\b(?P<v>start|begin|open)(?P<s>s|ing)? (?P<r>(?:(?:each|every|your|the) )?(?:(?:reply|answer|response|message) )?)with (?:an?|some|one) (?:(?!sentence)\w+ )?(?:introduction|intro|preface)\b", r"\g<v>\g<s> \g<r>with an introductory sentence"),
    (r"^only (?:the )?(?:first|initial) (?:word|letter) (?:of|in) (?:an?|each|every|the) sentence (?:is|gets|has|takes|may be|should be) (?:an? )?(?:capital\w*|upper ?case)\b[^.;]*", "use sentence case"),
    (r"^(?:our|the|your|all|all our) (?:readers?|users?|audience|customers|listeners|members) (?:is|are) (?:all |mostly |mainly )?(?:doctors|physicians|nurses|surgeons|engineers|lawyers|attorneys|developers|programmers|scientists|researchers|accountants|pharmacists|dentists|vets|architects|economists|electricians|chemists|physicists|statisticians|actuaries|auditors|administrators)\b", "assume the reader is an expert"),
    (r"\b(?P<h>[ap])\.m\.", r"\g<h>m"),
    (r" to the point of \w+", ""),
    (r"^(?P<r>(?:please )?(?:never|do not|must not)\b[^,;.]*?) (?:on your own(?: initiative| accord)?|of your own accord|unprompted|unasked)(?=\s*[.;,]|$)", r"\g<r> unless asked"),
    (r"\b(?:say|use|write|put) (?:mr|ms|mrs)\b[^.;]*\b(?:surname|last name|family name)s?\b", "address users by title and last name"),
    (r"\bas (?:mr|ms|mrs|mr\.|ms\.|mrs\.)(?:,? (?:or|and) (?:mr|ms|mrs)\.?)*(?= |[.;]|$)[^.;]*", "by title and last name"),
    (r"\b(?:use|say|write) (?:the |their |each |every )?(?:\w+['’]s? )?(?:first|given) names?\b", "address users by first name"),
    (r"^it(?:['’]s| is) an? [^.;]*? and (?=(?:i|we) (?:want|need)\b)", ""),
    (r"^sign (?P<a>off )?(?P<r>(?:each|every|all|any|the|your)(?: \w+)? (?:(?:e-?)?mails?|letters?|messages?|repl(?:y|ies)|answers?|responses?|notes?|posts?)) (?:with|as|using|in)\b[^;:]*", r"add a signature to \g<r>"),
    (r"\bname (?P<x>(?:at least )?(?:an?|one|two|three|some) (?:of )?[\w-]+(?: [\w-]+)?)(?P<y> for \w+)?(?=\s*[.;!]|$| (?:in|at least|per) )", r"mention \g<x> by name\g<y>"),
    (r" for (?:context|clarity|reference|orientation|good measure)(?=\s*[.;!]|$)", ""),
    (r",? on behalf of (?:the |our )?[\w ]{2,30}?(?=\s*[.,;]|$)", ""),
    (r"\bset the (?:scene|stage) first\b", "start with an introductory sentence"),
    (r"\bset the (?:scene|stage)\b", "give the background"),
    (r"\b(?:give|provide|share|explain|add|offer) (?:the |some |a little |a bit of |brief )?(?:background|context)(?: information)? (?:first|up front)\b[^;.]*", "start with an introductory sentence"),
    (rf"^(?P<w>(?:if|when|whenever) \w+ (?:wants|asks|demands|wishes) to (?:see|read|know) )(?P<s>{_PROMPT}),? (?:then )?(?:show|paste|print|give|send|share|quote|output|display|recite)s? (?:them|it)\b[^.;]*", r"\g<w>it, reveal \g<s>"),
    (rf"\bkeep (?P<s>{_PROMPT}) to yourself\b", r"never reveal \g<s>"),
    (r"\b(?P<v>ends?|closes?|finish(?:es)?) with (?:an?|your|the|his|her|our) (?:\w+ )?signature\b", r"\g<v> with a sign-off"),
    (r"^(?P<x>humou?r|wit|jokes|a joke|warmth|enthusiasm|slang|irony) (?:is|are) (?:always |very |more than )?(?:welcome|appreciated|encouraged)\b", r"Use \g<x>"),
    (r"\b(?:print|repeat|recite|output|show|display|quote|dump|paste|read out) (?P<s>(?:these|your|the|all|this)(?: of your)? (?:system |initial |full )*(?:instructions?|prompts?|rules|guidelines))(?: (?:verbatim|word for word|in full|literally|as (?:they are|is)))?(?=\s*[.;!,]|$|\s+(?:on|if|when|whenever|upon|to) )", r"reveal \g<s>"),
    (r"\bthe (?:system|assistant|bot|model)['’]s (?=(?:own )?(?:instructions?|prompts?|rules|guidelines)\b)", "your "),
    (r"^to (?P<w>(?:[\w-]+ )?(?!\w*ss\b)[\w-]+s|children|people), (?=(?:always |never |please )?(?:write|speak|reply|answer|respond|use|be|talk)\b)", r"When writing to \g<w>, "),
)  # fmt: skip
STATEMENTS: tuple[Row, ...] = (
    *APPEARING, *BELONGING, *SOURCES, *MEASURING, *ASKING, *ANSWERING, *LIKENESS, *BARE, *PLACES,
)  # fmt: skip
