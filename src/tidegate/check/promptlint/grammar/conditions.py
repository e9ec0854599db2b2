"""When an instruction binds: guards, exceptions, defaults, "whatever the user writes".

`read_conditions` takes a masked sentence apart into what is asked and when; what a condition says
is read by `literals`.
"""

# ruff: noqa: E501

import re
from functools import lru_cache
from typing import NamedTuple

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.literals import STOP, condition, conjoined, enumerated_literal
from tidegate.check.promptlint.grammar.rewrites import expand
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Conjunction, Literal

_B = r"(?=[,;.:)]|\s[—–-]\s|$)"


IRRESPECTIVE = re.compile(
    r"[,(]?\s*(?:\bno matter\b|\bregardless\b|\birrespective\b|\bwhatever\b|\bwhichever\b|\bwhoever\b|\bwherever\b|\b(?:even|also|including|not least) (?:if|when|though|where|for|in|to|with|toward)\b"
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
    r"|unless|other than|except (?:if|when|where|for|in|that|on|with|during|to)|except|with the exception of|other than when|other than for|apart from(?: when)?|aside from(?: when)?|save (?:for|when|if|where|in|on|that)|barring|excluding|until|once|as soon as|should the|should a|where the|where a|where no"
)


LEADING = re.compile(
    rf"^\s*(?:and |but |however,? |also,? |then |so )?(?P<word>{CONDITION_WORDS}|for|on|in|with|during|at|outside|inside|upon|after|before|to|towards?|where|on behalf of)\b\s+(?P<rest>[^;]*?)(?:,\s*(?:then\s+|please\s+)?|\s+then\s+|:\s+)(?P<main>\S.*)$",
    re.I | re.S,
)  # fmt: skip


TRAILING = re.compile(rf"(?P<comma>[,(]?)\s*\b(?P<word>{CONDITION_WORDS})\b\s+(?P<rest>[^;)]*)\)?", re.I)


# what stands before an embedded question: "state where the figure comes from" has no condition
TELLS = re.compile(
    r"\b(?:state|say|tell (?:the |your )?\w+|indicate|mention|show|note|specify|name|cite|explain|ask|check|know|see|make clear|point out|clarify|identify)$",
    re.I,
)
NEGATIVE_WORDS = ("unless", "except", "other than", "apart from", "aside from", "save", "barring", "excluding", "until",
                  "with the exception")  # fmt: skip


MEDIAL = re.compile(r"\b(?:for|to|with|from) (?:all |any |every |our |the |each )?((?:(?!(?:to|the|a|an|of|for|with|from|in|and|or|your|question)\b)[\w-]+ ){1,4}?)(users?|customers?|clients?|guests?|accounts?|members?|subscribers?|patients?|students?|visitors?|callers?|tenants?|shoppers?|travell?ers?|passengers?|plans?|tickets?|orders?|residents?|tiers?)\b(?P<tail>(?: (?:in|from|on|at|with|who|that|whose)\b[^,;.]*)?)", re.I)  # fmt: skip


EDGE = re.compile(r"\b(?:on|during|outside|after|in) (?:the )?(weekdays?|weekends?|business hours|office hours|working hours|hours|holidays|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)\b", re.I)  # fmt: skip


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
        if not m.group("comma") and word.split()[0] in ("where", "when", "if", "whenever") and TELLS.search(before):
            m = TRAILING.search(text, m.end() if word.startswith("if") else m.start("word") + 1)
            continue
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
                    enumerated_literal(key.split())
                    or Literal(key=key, positive=True, functional=True, words=m.group(0)),
                    sign,
                ),
            )
        )
        text = text[: m.start()] + " " + text[m.end() :]
    return Conditions(
        text.strip(" ,"), conjoined([g for g in guard if g]), tuple(exceptions), universal, default, only, tuple(parts)
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
