"""When an instruction binds: guards, exceptions, defaults, "whatever the user writes", and precedence.

`read_conditions` takes a masked sentence apart into what is asked and when.  Unknown predicates
become opaque literals keyed by their content words, so that "unless the guest used one first"
and "when the guest has used one first" are one condition and its opposite; known families
(country, tier, language, day …) are enumerations whose values exclude each other.
"""

# ruff: noqa: E501

import re
from functools import lru_cache
from typing import NamedTuple

from tidegate.check.promptlint import lexicon
from tidegate.check.promptlint.model import Conjunction, Literal
from tidegate.check.promptlint.text import tokens
from tidegate.check.promptlint.wordset import word_set

_UNIT = r"(?P<u>words|sentences|paragraphs|characters|bullets|bullet points|items|lines|emojis?|links|questions|examples|sections|headings|tables)"
# other ways to say the same, written as the grammar knows them
CONTRACTIONS = (
    (re.compile(rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|may|has to|is to|needs to|can) (?:not exceed|never exceed|not be (?:more|higher|greater) than|be (?:at most|no more than|limited to)|stay (?:under|below|within)) (?P<n>\w+)", re.I), r"use at most \g<n> \g<u>"),
    (re.compile(rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|has to|is to|needs to) (?:not (?:be (?:less|fewer|lower) than|fall below)|be (?:at least|no (?:less|fewer) than)|reach) (?P<n>\w+)", re.I), r"use at least \g<n> \g<u>"),
    (re.compile(r"\b(?:is|are) part of (every|each|all)\b", re.I), r"must be included in \1"),
    (re.compile(r"^(?:the )?(?:users?|customers?|clients?|guests?|callers?|people|players?|patients?|students?) (?:may|can|might|will|often|sometimes)\b[^.;]*?,? but (?:you |please )?(?=\w)", re.I), ""),
    (re.compile(r"^act as (?:if|though) you (?:are|were) (?:a )?human\b(?: \w+)?", re.I), "pretend to be a human"),
    (re.compile(r"^(?P<s>(?:your|the|these|this) (?:system |initial )?(?:instructions?|prompts?|rules|guidelines)) (?:is|are) (?:strictly |always )?(?:confidential|secret|private)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"^(?:your|the|all|any) code (?:has|contains|carries|gets|comes with)\b", re.I), "write code with"),
    (re.compile(r"^(?P<s>[^,;:]{3,60}?) only (?:after|once|if|when) the (?:user|customer|client|guest|caller|patient|player) (?:has |have )?(?:explicitly )?(?:confirm|approve|agree|consent)(?:s|d|ed)?(?: it| this| to it| that)?(?=[.;,]|$)", re.I), r"do not \g<s> without confirmation"),
    (re.compile(r"^(?:all |the )?(?P<s>weights?|distances?|measurements?|temperatures?|lengths?|sizes?|heights?|prices?|amounts?|dates?|times?|numbers?|currencies) (?:is|are) (?:always )?(?:given |shown |written |stated |expressed |quoted )?(?=in |as )", re.I), r"always give \g<s> "),
    (re.compile(r"^it(?:['’]s| is) (?:good|best|better|nice|great|helpful|preferable|recommended|advisable|a good idea|good practice|best practice) to\b", re.I), "try to"),
    (re.compile(r"^it(?:['’]s| is) (?:important|essential|vital|crucial|critical|imperative|mandatory|required|necessary) (?:to|that you)\b", re.I), "always"),
    (re.compile(r"^(?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can),?\s", re.I), "preferably "),
    (re.compile(r",? (?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can)\b(?=\s*[.;,]|\s*$)", re.I), " where you can"),
    (re.compile(r"\bcomes? with\b", re.I), "includes"),
    (re.compile(r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|may) (?:never|not) (?:learn|know|find out|reali[sz]e|discover|suspect|notice)\b", re.I), "never reveal"),
    (re.compile(r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|has to|have to) (?:always )?(?:see|get|receive|learn|know)\b", re.I), "always show"),
    (re.compile(r"\bnot (?:a single|one single)\b", re.I), "no"),
    (re.compile(r"\bgo(?:es)? (first|last)\b", re.I), r"comes \1"),
    (re.compile(r"\bround off\b", re.I), "end"),
    (re.compile(r"\blet (each|every|all|your) (\w+) (begin|start|end|open|close|finish)\b", re.I), r"\3 \1 \2"),
    (re.compile(r"\b(not|never) (?:try|attempt|offer) to\b", re.I), r"\1"),
    (re.compile(r"\bmake use of\b", re.I), "use"),
    (re.compile(r"\b(?:keep|stay|remain) (?:quiet|silent) (?:about|on)\b", re.I), "never mention"),
    (re.compile(r"^(?P<s>[^,;:]{3,60}?) (?:must|should|has to|have to|is to|are to|is|are)(?: always)?(?: be)? kept (?:secret|confidential|private|hidden)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"\bkeep (?P<s>(?:the |your |all |any )?[\w ]{3,40}?) (?:secret|confidential|private|hidden)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"\b(i)['’]m\b", re.I), r"\1 am"),
    (re.compile(r"\b(use|in|speak|to|with|adopt) (?:whatever|whichever) language\b[^,.;]*", re.I), r"\1 the language of the user"),
    (re.compile(r"\b(response|reply|answer) body\b", re.I), r"\1"),
    (re.compile(r"\b(nothing|none|no one)(?: else)? (?:except|other than|apart from|besides|beyond|save)(?: for)?\b", re.I), r"\1 but"),
    (re.compile(r"\b(can)not\b", re.I), r"\1 not"),
    (re.compile(r"\b(ca|wo|sha)n['’]t\b", re.I), lambda m: {"ca": "can", "wo": "will", "sha": "shall"}[m.group(1).lower()] + " not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|must|should|would|could|has|have|had|need|may|might)n['’]t\b", re.I), r"\1 not"),
    (re.compile(r"\b(you|we|they)['’]re\b", re.I), r"\1 are"),
    (re.compile(r"\b(you|we|they|i)['’]ve\b", re.I), r"\1 have"),
    (re.compile(r"\bdont\b", re.I), "do not"),
    (re.compile(r"\b(?:under|in) no (?:circumstances?|cases?|event|situation)\b(?: (?:should|must|may|can|do) (?:you|the \w+|it))?|\bat no (?:time|point)\b(?: (?:should|must|may|can) you)?|\bon no account\b(?: (?:should|must|may) you)?|\bby no means\b", re.I), "never"),
    (re.compile(r"\bmustnt\b", re.I), "must not"),
)  # fmt: skip

_B = r"(?=[,;.:)]|\s[—–-]\s|$)"
IRRESPECTIVE = re.compile(
    r"[,(]?\s*(?:\bno matter\b|\bregardless\b|\birrespective\b|\bwhatever\b|\bwhichever\b|\bwhoever\b|\bwherever\b|\beven (?:if|when|though|where|for|in|to|with|toward)\b"
    r"|\bindependent(?:ly)? of\b|\bwithout (?:any )?exceptions?\b|\bwith no exceptions?\b|\bunder (?:any|all) circumstances?\b|\bat all times\b|\bat (?:all|any) costs?\b|\bin (?:all|any|every|each) (?:cases?|situations?|circumstances?|event)\b"
    r"|\bno exceptions?\b|\bcome what may\b|\bin every single case\b)[^,;.:—)]*\)?", re.I)  # fmt: skip
OTHERWISE = r"(?:unless|except (?:if|when|where)|save where)\b[^,;.]*?\b(?:otherwise|differently|something else|asked|told|instructed|requested|specified|necessary)\b\s*(?:by the (?:user|customer|client|developer))?"
DEFAULT = re.compile(
    r"[,(]?\s*\b(?:by default|as a default|normally|usually|generally|typically|ordinarily|as a rule|in general|whenever possible|where possible|if possible|when possible"
    r"|wherever possible|where (?:practical|feasible)|if at all possible|default to|if not otherwise \w+|if nothing else is \w+)\b\)?,?", re.I)  # fmt: skip
DEFAULT_UNLESS = re.compile(
    r"[,(]?\s*\bunless (?:explicitly |specifically |expressly )?(?:(?:you are |it is |the (?:user|customer|client) (?:has |is )?)?(?:explicitly |specifically |expressly )?(?:told|instructed|specified|stated|noted|directed|indicated|says?|asks?|requests?|wants?|prefers?|specif(?:y|ies)|needed|necessary|required)(?: otherwise| differently| something else| to)?|otherwise \w+)"
    r"\s*(?=[,;.)]|$)\)?", re.I)  # fmt: skip

CONDITION_WORDS = (
    r"if and only if|only if|only when|only where|only for|only in|only on|only after|only once|(?<!as )if|when|whenever|while|in case(?: of)?|in the event (?:of|that)|as long as|so long as|provided (?:that|you|the user|it|there|they)|providing|given that"
    r"|unless|other than|except (?:if|when|where|for|in|that|on|with|during|to)|except|with the exception of|other than when|other than for|apart from(?: when)?|aside from(?: when)?|save (?:for|when|if)|barring|excluding|until|once|as soon as|should the|should a|where the|where a|where no"
)
LEADING = re.compile(
    rf"^\s*(?:and |but |however,? |also,? |then |so )?(?P<word>{CONDITION_WORDS}|for|on|in|with|during|at|outside|inside|upon|after|before|to|towards?|where|on behalf of)\b\s+(?P<rest>[^;]*?)(?:,\s*(?:then\s+|please\s+)?|\s+then\s+|:\s+)(?P<main>\S.*)$",
    re.I | re.S,
)  # fmt: skip
TRAILING = re.compile(rf"(?P<comma>[,(]?)\s*\b(?P<word>{CONDITION_WORDS})\b\s+(?P<rest>[^;)]*)\)?", re.I)
NEGATIVE_WORDS = ("unless", "except", "other than", "apart from", "aside from", "save", "barring", "excluding", "until",
                  "with the exception")  # fmt: skip
MEDIAL = re.compile(r"\b(?:for|to|with|from) (?:all |any |every |our |the |each )?((?:(?!(?:to|the|a|an|of|for|with|from|in|and|or|your|question)\b)[\w-]+ ){1,4}?)(users?|customers?|clients?|guests?|accounts?|members?|subscribers?|patients?|students?|visitors?|callers?|tenants?|shoppers?|travell?ers?|passengers?|plans?|tickets?|orders?|residents?|tiers?)\b(?P<tail>(?: (?:in|from|on|at|with|who|that|whose)\b[^,;.]*)?)", re.I)  # fmt: skip
EDGE = re.compile(r"\b(?:on|during|outside|after|in) (?:the )?(weekdays?|weekends?|business hours|office hours|working hours|hours|holidays|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)\b", re.I)  # fmt: skip

STOP = word_set(
    "a an the this that these those it its be have do does did can could will would shall should must may "
    "might you your they their them he she his her to of in on at for with by from as and or if when "
    "whenever is are was were been being has had there here then so just really very any some such own "
    "also already ever currently explicitly clearly specifically directly actually please about"
)  # fmt: skip
SYNONYMS = {
    **dict.fromkeys(lexicon.USERS - {"person", "people", "they", "them", "he", "she", "you", "u", "who", "whoever",
                                     "everyone", "everybody", "anyone", "someone", "human", "child", "minor"}, "user"),
    "emoticon": "emoji", "smiley": "emoji", "pictogram": "emoji", "request": "ask", "want": "ask", "inquire": "ask",
    "enquire": "ask", "query": "ask", "one": "it", "uses": "use", "employ": "use", "utilize": "use", "mention": "mention",
    "documentation": "source", "document": "source", "doc": "source", "context": "source", "material": "source",
    "knowledge": "source", "manual": "source", "article": "source", "base": "source",
    "cover": "contain", "include": "contain", "hold": "contain", "answer": "answer", "write": "write", "speak": "write",
    "initially": "first", "before": "first", "start": "first", "begin": "first", "detail": "detail", "details": "detail",
    "concern": "topic", "regard": "topic", "involve": "topic", "relate": "topic", "discuss": "topic", "upset": "angry",
    "frustrated": "angry", "annoyed": "angry", "furious": "angry",
}  # fmt: skip
NEGATIONS = word_set("not no never without none neither nor lack lacking")
TOPIC = re.compile(r"^(?:the |a |an |any |this |your )?(?:\w+ )?(?P<what>reply|answer|response|message|question|ticket|request|topic|issue|conversation|query|case|subject|email|discussion|inquiry|enquiry|problem|complaint|call|chat)s?\s+(?:is about|is related to|relates to|concerns?|involves?|regards?|touch(?:es)? on|deals? with|is on|covers?|is regarding)\s+(?P<value>.+)$", re.I)  # fmt: skip
ASKS = re.compile(r"^(?:the |a |an )?(?:\w+ )?(?:user|customer|client|guest|caller|they|he|she|someone|patient|student|visitor|member|person|reader)s?\s+(?:(?:has|have|explicitly|specifically|directly) )*(?:asks?(?:ed)?|requests?(?:ed)?|wants?|inquires?|enquires?|asking|needs?)\s+(?:you )?(?:for|about|to|how|what|whether|a|an)?\s*(?P<value>.+)$", re.I)  # fmt: skip
EQUALS = re.compile(r"^(?:the |a |an |your |their |this )?(?P<key>(?:[\w'’-]+ ){0,4}?[\w'’-]+)\s*(?:\bis\b|\bare\b|\bequals\b|==?|\bis set to\b|:)\s*(?:equal to |set to )?(?P<not>not |n't |no longer )?(?:in |on |from |at |the |a |an |of )*(?P<value>[^,]+?)\s*$", re.I)  # fmt: skip
LANGUAGE_OF = re.compile(r"\b(?:writ(?:es?|ing|ten)|wrote|speaks?|speaking|messages?|asks?|types?|communicates?|language)\b.*?\b([A-Z][a-z]+)\b|\b([A-Z][a-z]+)[- ]speaking\b")  # fmt: skip


PLACES_OF_OUTPUT = word_set(
    "explanation rationale verdict justification annotation appendix sidebar label memo draft synopsis "
    "excerpt tagline byline description report article email subject story letter post tweet review poem "
    "recipe listing sentence bullet row cell entry option example step heading"
)


@lru_cache(maxsize=1)
def _choices() -> frozenset[str]:
    """The first words of every value of every choice family: languages, formats, cases …"""
    alternatives = [a for family in lexicon.CHOICE.values() for words in family.values() for a in words.split("|")]
    return frozenset(a.split()[0].lower() for a in alternatives if a.split())


def names_a_choice(rest: str) -> bool:
    """Whether what follows "only in" is a way of writing (a language, a format), not a situation."""
    said = re.sub(
        r"^(?:the |valid |plain |proper |clear |simple |formal |informal |british |american )+", "", rest.lower()
    )
    first = re.match(r"[\w-]+", said)
    return (
        first is not None
        and (first.group(0) in _choices() or first.group(0).rstrip("s") in _choices())
        and not re.match(r"[\w-]+ (?:speaking|markets?|countries|regions?|conversations?|mode|stores?)\b", said)
    )


class Conditions(NamedTuple):
    """What remains of a sentence, and when it binds."""

    text: str
    guard: tuple[Conjunction, ...]
    exceptions: tuple[Conjunction, ...]
    universal: bool
    default: bool
    only: tuple[Conjunction, ...]  # "only when …": what the sentence allows is forbidden elsewhere
    parts: tuple[str, ...]  # leading "in the SUMMARY section": the named part


@lru_cache(maxsize=50_000)
def expand(masked: str) -> str:
    """Write contractions out, and "under no circumstances" as "never"."""
    for pattern, replacement in CONTRACTIONS:
        masked = pattern.sub(replacement, masked)
    return masked


@lru_cache(maxsize=20_000)
def read_conditions(masked: str) -> Conditions:
    """Take a masked sentence apart into what is asked and when."""
    text = expand(masked)
    guard: list[tuple[Conjunction, ...]] = []
    exceptions: list[Conjunction] = []
    only: tuple[Conjunction, ...] = ()
    parts: list[str] = []
    if re.search(r"\b(?:under|in) any circumstances?\b|\bwithout exception\b", text, re.I):
        universal = True
    else:
        universal = False
    changed, default = text, False
    for pattern in (DEFAULT_UNLESS, DEFAULT):
        new = pattern.sub(" ", changed)
        default |= new != changed
        changed = new
    new = IRRESPECTIVE.sub(" ", changed)
    universal |= new != changed
    text = new.strip(" ,")
    for _ in range(3):
        m = LEADING.match(text)
        if m is None:
            break
        word, rest, main = m.group("word").lower(), m.group("rest").strip(), m.group("main")
        kind = leading_kind(word, rest)
        if kind == "none":
            break
        if kind == "universal":
            universal = True
        elif kind == "part":
            parts.append(rest)
        elif kind == "guard":
            g = condition(rest, word)
            if word.startswith(NEGATIVE_WORDS) or word == "outside":
                exceptions += g
            elif word.startswith("only"):
                only = g
            else:
                guard.append(g)
        text = main
    m = TRAILING.search(text)
    while m is not None and m.start() > 0:
        word, rest = m.group("word").lower(), m.group("rest").strip(" ,.")
        end = m.end()
        cut = re.search(
            r",\s+(?:but|and|then|otherwise|in which case)\b|\s(?:but|otherwise)\b|\s[—–]\s|,\s+(?=(?:never|always|use|write|answer|do not|keep|include|add)\b)",
            rest,
        )
        after = ""
        if cut:
            after = rest[cut.start() :]
            rest = rest[: cut.start()].strip(" ,.")
        if word == "except" and rest.startswith("that"):
            rest = rest[4:].strip()
        g = condition(rest, word)
        before = text[: m.start()]
        if word == "other than" and re.search(
            r"\b(?:language|format|currency|unit|source|tool|style|spelling|person|tense|anything|nothing|document|thing|text|word)s?\s*$",
            before,
            re.I,
        ):
            m = TRAILING.search(text, m.end())
            continue
        if word.startswith("only") and re.match(
            r"(?:the |these |those |your )?(?:\w+ )?(?:documents?|sources?|context|passages?|excerpts?|material|text)\b",
            rest,
            re.I,
        ):
            m = TRAILING.search(text, m.end())
            continue
        if not g or (word == "only in" and names_a_choice(rest)):  # "only in French" says how, not when
            m = TRAILING.search(text, m.end())
            continue
        if word == "once" and re.search(r"\b(?:at least|exactly|at most|more than|only)\s*$", before, re.I):
            m = TRAILING.search(text, m.end())
            continue
        if word.startswith("only") or (
            word in ("if", "when", "for", "after", "once") and re.search(r"\bonly\b", before)
        ):
            only = g
            before = re.sub(r"\bonly\b", " ", before)
        elif word.startswith(NEGATIVE_WORDS):
            exceptions += g
        else:
            guard.append(g)
        text = (before.rstrip(" ,(") + " " + after + text[end:]).strip()
        m = TRAILING.search(text, len(before)) if after or text[end:] else None
    m = MEDIAL.search(text)
    if m is not None:
        words = m.group(1).strip().lower()
        content = [
            t.lemma for t in tokens(words) if t.lemma not in STOP and t.lemma not in ("single", "each", "every", "all")
        ]
        tail = m.group("tail").strip()
        if tail.lower().startswith(("that you", "that i")):
            content, tail = [], ""
        if (content and not set(content) <= {"user", "customer", "end"}) or tail:
            guard.append(condition(f"{m.group(2)} {tail}" if tail and not content else f"{words} {m.group(2)}", "for"))
            text = text[: m.start()] + " " + text[m.end() :]
    m = EDGE.search(text)
    if m is not None:
        sign = not m.group(0).lower().startswith(("outside", "after"))
        key = m.group(1).lower().rstrip("s")
        guard.append(
            (
                conj_of(
                    _enumerated(key.split()) or Literal(key=key, positive=True, functional=True, words=m.group(0)), sign
                ),
            )
        )
        text = text[: m.start()] + " " + text[m.end() :]
    return Conditions(
        text.strip(" ,"), _product([g for g in guard if g]), tuple(exceptions), universal, default, only, tuple(parts)
    )


def conj_of(literal: Literal, sign: bool) -> Conjunction:
    """A conjunction of one literal with a sign."""
    return (literal if sign else literal.negated(),)


def _is_object(rest: str) -> bool:
    """Whether "except X" names an object among those forbidden, as in "no punctuation except commas"."""
    if (
        re.match(r"(?:for|in|on|when|with|if|to|during)\b", rest)
        or {t.lemma for t in tokens(rest.lower())} & lexicon.USERS
    ):
        return False
    return not re.search(r"\b(?:is|are|has|have|asks?|does|was|use[sd]?|wants?|says?|when|if|in|for)\b", rest)


def leading_kind(word: str, rest: str) -> str:
    """guard, part, universal or none for a leading phrase."""
    low = rest.lower()
    if word == "for" and re.match(
        r"(?:example|instance|reference|now|clarity|the record|consistency|readability|brevity|simplicity|legal reasons)\b",
        low,
    ):
        return "none"
    if word == "in" and re.match(
        r"(?:general|addition|short|particular|other words|fact|summary$|conclusion$|this (?:mode|conversation|task|context)|the end)\b",
        low,
    ):
        return "universal" if low.startswith("this") else "none"
    if word == "with" and re.match(
        r"(?:more than|fewer than|less than|at least|at most|over|under|up to|only)\b|\d", low
    ):
        return "guard"
    if (
        word == "with"
        and len(low.split()) <= 4
        and re.search(r"[a-z]{3,}s$", low)
        and not re.search(r"\b(?:words|terms|sentences|examples|bullets|this|less)$", low)
    ):
        return "guard"
    if word in ("to", "toward", "towards", "with") and not re.search(
        r"\b(?:users?|customers?|clients?|guests?|patients?|students?|accounts?|members?)\b", low
    ):
        return "none"
    if word in ("at", "upon", "on") and re.match(r"(?:the end|the start|the beginning|first|top|all times)\b", low):
        return "none"
    if word in ("for", "in", "on", "with", "at") and re.match(r"(?:every|each|all|any)\b", low):
        if re.search(
            r"\b(?:repl(?:y|ies)|responses?|answers?|outputs?|messages?|cases?|times?|turns?|circumstances?|situations?|conversations?|interactions?)\b",
            low,
        ):
            return "universal"
        return "part"
    if word == "in" and re.search(r"\b(?:your|the) (?:repl(?:y|ies)|responses?|answers?|outputs?|messages?)$", low):
        return "universal"
    if word in ("in", "for", "inside", "under", "within", "on", "at", "with") and re.search(
        r"\b(?:sections?|parts?|paragraphs?|sentences?|summar(?:y|ies)|introductions?|conclusions?|titles?|headings?|headlines?|body|fields?|blocks?|bullets?|lists?|notes?|columns?|subject lines?|abstracts?|overviews?|details|footers?|headers?|logs?|comments?|captions?|arguments?|tables?|intro|outro|opening|closing|commit messages?|descriptions?)\b",
        low,
    ):
        return "part"
    last = tokens(low)[-1].lemma if tokens(low) else ""
    if word in ("in", "for", "inside", "under", "within", "on", "at", "with") and last in PLACES_OF_OUTPUT:
        return "part"
    if word in ("after", "before") and re.match(r"(?:that|this|which|then)\b", low):
        return "none"
    return "guard"


def condition(text: str, word: str = "if") -> tuple[Conjunction, ...]:
    """The condition a phrase states, as alternatives of conjunctions; () when it says nothing."""
    text = expand(text.strip(" ,.")).strip()
    if re.fullmatch(r"you (?:speak|write|answer|reply|respond|talk|do)(?: so)?", text, re.I):
        return ()
    if not text or re.fullmatch(
        r"(?:possible|needed|necessary|appropriate|applicable|relevant|required|available|useful|helpful|suitable)",
        text,
        re.I,
    ):
        return () if not text else ((Literal(key=f"it is {text.lower()}", words=f"it is {text.lower()}"),),)
    if word.startswith(("unless", "except", "if", "when", "only", "whenever", "in case", "should", "for", "where")):
        pieces = re.split(r",?\s+or\s+(?:if |when |in case |for )?", text, flags=re.I)
    else:
        pieces = [text]
    before = word in ("before", "until") and not re.match(r"(?:you|it|any|each|every|a|an)\b|\w+ing\b\s", text)
    after = word in ("after", "once", "as soon as") and not re.match(
        r"(?:you|it|any|each|every|a|an)\b|\w+ing\b\s", text
    )
    during = word in ("during", "while") and bool(re.match(r"(?:the |an? )?\w+$", text, re.I))
    if before or after or during:
        key, _ = _content(text)
        phase = "before" if before else "after" if after else "during"
        return ((Literal(key=f"phase {key}", value=phase, functional=True, words=f"{phase} {text}"),),) if key else ()
    if len(pieces) > 1:
        head = re.match(
            r"^(.*\b(?:is|are|asks? (?:for|about)|for|in|about|mentions?|from)\s+(?:the |a |an )?)\S+(?:\s\S+)?$",
            pieces[0],
            re.I,
        )
        if head and len(pieces[1].split()) <= 2:
            pieces = [pieces[0], *(head.group(1) + p for p in pieces[1:])]
    out = []
    for piece in pieces:
        conj = []
        for part in re.split(
            r",?\s+and\s+(?=(?:the|they|he|she|it|you|their|there|has|have|is|are|does|no|not|user|customer)\b)",
            piece,
            flags=re.I,
        ):
            lit = literal(part)
            if lit is not None:
                conj.append(lit)
        if conj:
            out.append(tuple(conj))
    return tuple(out)


def _enumerated(words: list[str]) -> Literal | None:
    for w in words:
        if w in ("business", "office", "working") and "hour" in words:
            return Literal(key="hours", value="business", functional=True, words="business hours")
    found = [(w, lexicon.ENUMERATED[w]) for w in words if w in lexicon.ENUMERATED]
    if len(found) == 1:
        value, key = found[0]
        if key == "customer history" and value == "existing":
            value = "returning"
        if key == "expertise" and value == "novice":
            value = "beginner"
        return Literal(key=key, value=value, functional=True, words=f"{key} = {value}")
    return None


@lru_cache(maxsize=20_000)
def literal(phrase: str) -> Literal | None:
    """One atomic condition; None when nothing is left of the phrase."""
    phrase = re.sub(r"\s+", " ", expand(phrase)).strip(" ,.")
    positive = True
    m = TOPIC.match(phrase)
    if m is not None:
        value, positive = _content(m.group("value"))
        return (
            Literal(
                key="topic",
                value=value,
                positive=positive,
                functional=True,
                words=f"the topic is {m.group('value').strip()}",
            )
            if value
            else None
        )
    language = LANGUAGE_OF.search(phrase)
    if language:
        name = (language.group(1) or language.group(2) or "").lower()
        if name in lexicon.CHOICE["language"]:
            negative = bool(re.search(r"\bnot\b|\bother than\b", phrase, re.I))
            return Literal(
                key="user language",
                value=name,
                positive=not negative,
                functional=True,
                words=f"the user writes {name.capitalize()}",
            )
    m = ASKS.match(phrase)
    if m is not None and not re.search(r"\bnot\b", phrase):
        value, positive = _content(m.group("value"))
        if value:
            return Literal(
                key="user asks", value=value, positive=positive, words=f"the user asks {m.group('value').strip()}"
            )
    low_tokens = [t.low if t.low in lexicon.ENUMERATED else t.lemma for t in tokens(phrase.lower())]
    enumerated = _enumerated(low_tokens)
    if enumerated is not None:
        content = [w for w in low_tokens if w not in STOP and w not in lexicon.ENUMERATED]
        kin = word_set(
            "user account customer country region plan tier client guest live base locate located based "
            "subscription subscriber member location device patient student age market jurisdiction card level "
            "type status kind come reside sign hour visitor shopper during business office working request arrive "
            "today day not no app billing shipping delivery order contact reach channel person traveller traveler"
        )
        if all(SYNONYMS.get(w, w) in kin or w in kin for w in content):
            negative = any(w in NEGATIONS for w in low_tokens)
            return enumerated.negated() if negative else enumerated
    m = EQUALS.match(phrase)
    if m is not None and len(m.group("value").split()) <= 4:
        key, _ = _content(m.group("key"))
        value, sign = _content(m.group("value"))
        subject_user = key in ("user", "", "it")
        if key and value and not subject_user:
            return Literal(key=key, value=value, positive=sign and not m.group("not"), functional=True, words=phrase)
    content_text, positive = _content(phrase)
    return Literal(key=content_text, positive=positive, words=phrase) if content_text else None


def _content(phrase: str) -> tuple[str, bool]:
    """Content words (lemmas, synonyms folded, sorted) and whether the phrase is affirmative."""
    toks = tokens(phrase.lower())
    positive = sum(t.lemma in NEGATIONS for t in toks) % 2 == 0
    words = {SYNONYMS.get(t.lemma, t.lemma) for t in toks if t.low not in STOP and t.lemma not in STOP
             and t.lemma not in NEGATIONS and (t.low[0].isalnum() or t.quote)}  # fmt: skip
    if words > {"user"}:
        words -= {"user"}
    return " ".join(sorted({stem(w) for w in words})), positive


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without the endings that turn a verb into a noun: celebrating and celebration are one condition."""
    for ending in ("ations", "ation", "ings", "ing", "ions", "ion", "ments", "ment"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word[:-1] if word.endswith("e") and len(word) > 5 else word


def _product(groups: list[tuple[Conjunction, ...]]) -> tuple[Conjunction, ...]:
    """Several conditions that must all hold, as alternatives of conjunctions."""
    out: list[Conjunction] = [()]
    for g in groups:
        out = [a + b for a in out for b in g]
    return tuple(c for c in out if c) if groups else ()


def branch_literal(expression: str, sign: bool) -> Literal:
    """The condition of a template branch: `plan == "pro"` or any other expression, as it is written."""
    e = " ".join(expression.split())
    m = re.fullmatch(r"([\w.\[\]'\"]+)\s*(==|!=|is not|is)\s*[\"']?([\w .-]+?)[\"']?", e)
    if m:
        equal = m.group(2) in ("==", "is")
        return Literal(key=f"template {m.group(1)}", value=m.group(3), positive=sign is equal, functional=True, words=e)
    m = re.fullmatch(r"not\s+(.+)", e)
    if m:
        return branch_literal(m.group(1), not sign)
    return Literal(key=f"template {e}", positive=sign, words=e)
