"""Whether a sentence tells the assistant what to do, or tells it about the world."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.reading import base_form, imperative
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.vocabulary import (
    ACTION_VERBS,
    ELEMENTS,
    FRAGMENT,
    IDENT,
    IMPERATIVES,
    MODAL,
    TOOL_OFF,
    TOOL_VERBS,
    VERBS_ALSO,
)
from tidegate.check.promptlint.grammar.wordset import word_set

# "old tickets contain emojis" tells of the world
TOLD = re.compile(
    r"^(?:the |our |most |many |some |old |all )?(?:\w+ )?\w+s (?:often |usually |always |sometimes |mostly )?(?:contain|include|have|use|are|read|write|prefer|arrive|ask|like|hate|dislike|need|want|come|speak|send|expect|tend|get|live|know)\b"
    r"|^(?:the |our |a |an )(?:\w+ )?\w+ (?:often |usually |always |sometimes )?(?:contains|includes|has|uses|returns|writes|arrives|comes|speaks|sends|expects|tends|lives)\b",
    re.I,
)


WORLD = re.compile(
    r"^(?:the |our |all |old |most )?(?:source|input|original|uploaded|incoming|existing|archived|user|customer|reference|training) (?:texts?|documents?|messages?|files?|articles?|questions?|data) (?:is|are|has|have|contains?)\b",
    re.I,
)


READER = re.compile(
    r"^(?:the |your |our )?(?:\w+ )?(?:reader|audience|readership)s? (?:is|are|has|have|knows?)\b", re.I
)


DECLARED = re.compile(
    r"^(?:the |all |any |each |every |your )?\S+(?: \S+){0,3}? (?:is|are) (?:always |never |only |strictly |to be )?(?:given|written|shown|quoted|expressed|stated|formatted|displayed|presented"
    r"|reported|rendered|spelled|printed|kept|listed|cited|used|made|answered|addressed|ended|started|omitted|avoided|left out|rounded|capitali[sz]ed|numbered|phrased|worded)\b"
    r"|^(?:the|all|any|each|every|your) \w+ (?:always |never )?(?:comes?|goes|go|stands?|follows?|precedes?) (?:first|last|before|after|at)\b|^(?:the |all |any |each |every |your )?(?:repl(?:y|ies)|answers?|responses?|messages?|outputs?|amounts?|prices?|dates?|times?|distances?|measurements?|figures?|sums?|numbers?) (?:is|are|appears?) (?:always |only )?(?:in|as|spelled|given)\b"
    r"|^(?:the |your )?(?:\w+ )?(?:date|time|number|output|reply|response|answer|length|word) (?:format|style|language|limit|count) is\b"
    r"|^(?:the |all |any |each |every |your )?(?:dates?|times?|numbers?|prices?|amounts?|distances?|measurements?|names?|headings?|titles?) (?:use|follow|take|have|must|are|is)\b"
    r"|^(?:the |your |our )?(?:\w+ )?(?:reader|audience|readership|user)s? (?:is|are|has|have|know)\b"
    r"|^(?:the |your |our )?(?:tone|style|register|manner) (?:is|stays|remains)\b"
    r"|.{0,60}?\b(?:fewer|less|more|shorter|longer|under|below|above|over|beyond)\b.{3,40}\b(?:is|are|counts? as) (?:considered |deemed )?(?:not enough|too (?:short|long|few|many|little|much)|incomplete|insufficient|invalid|unacceptable|rejected|refused)\b"
    r"|\b(?:is|are) (?:strongly |always |actively )?(?:encouraged|preferred|desired|favou?red|appreciated|wanted|discouraged)\b",
    re.I,
)


# "the INTRODUCTION has at least 60 words"
SIZED = re.compile(
    r"(?:the |each |every |your |all |an? )?(?P<n>[\w-]+)(?: (?:section|part|block))? (?:has|have|contains?|takes?|gets?|consists? of|runs? to) "
    r"(?:at least|at most|exactly|no more than|no fewer than|not more than|up to|between|fewer than|more than) (?:\d+|\w+) "
    r"(?:words?|sentences?|lines?|paragraphs?|characters?|bullets?)\b",
    re.I,
)
PLAINLY = re.compile(r"(?:please |you )?(?:do not|never|always|must|should)\b", re.I)


def directive(text: str, parts: bool, negative: bool) -> bool:
    """Whether a sentence tells the assistant what to do, rather than telling it about the world."""
    toks = [t for t in tokens(text) if t.low[0].isalnum() or t.quote]
    if not toks or negative:
        return bool(toks)
    if WORLD.match(text):
        return False
    if (  # the cheap looks first
        PLAINLY.match(text)
        or FRAGMENT.match(text)
        or (text[:1] not in "([" and imperative(tuple(toks)))
        or MODAL.search(text)
        or DECLARED.match(text)
        or (TOOL_OFF.search(text) and any(IDENT.match(t.text) for t in toks))
    ):
        return True
    k = 0
    while (
        k < len(toks) - 1
        and (
            toks[k].low
            in word_set(
                "please also then you first next finally and but so instead additionally the assistant bot model your "
                "job is to when do not"
            )
            or toks[k].low.endswith("ly")
        )
        and toks[k].lemma not in lexicon.REPLY_NOUNS
    ):
        k += 1
    head = toks[k]
    if (head.low in (head.lemma, head.lemma + "s") or base_form(head)) and (
        head.lemma in IMPERATIVES or head.lemma in VERBS_ALSO or head.lemma in TOOL_VERBS or head.lemma in ACTION_VERBS
    ):
        return True
    kinds = {attribute for _, kind, attribute, _ in lexicon.concepts().get(toks[0].lemma, ()) if kind == "choice"}
    if kinds & {"tone", "verbosity"} and len(toks) <= 12:
        return True  # "casual and breezy, like chatting with a mate"
    if SIZED.match(text):
        return True
    if TOLD.match(text) and not {t.lemma for t in toks[:4]} & (lexicon.REPLY_NOUNS | set(ELEMENTS)):
        return False
    if any(t.lemma in lexicon.REPLY_NOUNS or t.lemma in ELEMENTS for t in toks[:6]) or IDENT.match(head.text):
        return True
    return parts or len(toks) <= 6
