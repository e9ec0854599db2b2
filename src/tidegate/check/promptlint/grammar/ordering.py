"""Two tools in order: "run A first, then B", "call B only after A"."""

import re

from tidegate.check.promptlint.grammar.drafts import Draft
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.vocabulary import (
    IDENT,
    IMPERATIVES,
    STRONG,
    VERBS_ALSO,
)
from tidegate.check.promptlint.model import Constraint

_BETWEEN_FORWARD = re.compile(r"\b(?:before|prior to|ahead of|precedes?|followed by|earlier than)\b|\bthen\b", re.I)


_BETWEEN_BACK = re.compile(r"\b(?:after|once|follows?|until|unless|later than|when)\b", re.I)


def tool_order(s: str) -> Draft | None:
    """ "Run A first, then B", "call B only after A", "once A has run, call B": two tools in order."""
    toks = [t for t in tokens(s) if IDENT.match(t.text)]
    if len(toks) == 1:  # a second tool whose name is one word: "before authenticate"
        other = re.search(
            r"\b(?:call(?:ing)?|invok(?:e|ing)|run(?:ning)?|execut(?:e|ing)|before|after|then|until)\s+(?:the\s+)?(?P<n>[a-z]{4,})(?:\(\))?\s*(?:first\b|\(|,|\.|$|(?=before|after|then|until|prior))",
            s,
            re.I,
        )
        if (
            other is not None
            and not other.group("n").endswith("ing")
            and lemma(other.group("n").lower()) not in (IMPERATIVES | VERBS_ALSO)
            and other.group("n").lower()
            not in (
                "first",
                "that",
                "this",
                "again",
                "calling",
                "running",
                "before",
                "after",
                "then",
            )
        ):
            toks += [t for t in tokens(s) if t.start == other.start("n")]
            toks.sort(key=lambda t: t.start)
    names = list(dict.fromkeys(t.low.rstrip("()") for t in toks))
    if (
        len(names) != 2
        or len(toks) != 2
        or not re.search(
            r"\b(?:call|run|use|invoke|execut|trigger|query|precede|follow|come|happen|finish|succeed)", s, re.I
        )
    ):
        return None
    lead, between, after = s[: toks[0].start], s[toks[0].end : toks[1].start], s[toks[1].end :]
    a, b = names
    if re.match(r"\s*(?:only )?(?:after|once|when|as soon as)\b", lead, re.I):
        first, second = a, b
    elif re.match(r"\s*before\b", lead, re.I) or _BETWEEN_BACK.search(between):
        first, second = b, a
    elif _BETWEEN_FORWARD.search(between) or (
        re.search(r"\bfirst\b", between, re.I)
        and re.search(r"\b(?:next|then|second|afterwards?)\b", between + after, re.I)
    ):
        first, second = a, b
    else:
        return None
    negative = bool(re.search(r"\b(?:never|do not|must not|not)\b", lead + between, re.I))
    if (negative and not re.search(r"\b(?:until|unless|before)\b", between, re.I)) or (
        negative and re.search(r"\bbefore\b", between, re.I)
    ):
        first, second = second, first
    universal = bool(STRONG.search(s))
    return Draft(Constraint("order", "before", [f"call {first}", f"call {second}"]), universal=universal)
