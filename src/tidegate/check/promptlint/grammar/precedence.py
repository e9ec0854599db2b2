"""Declared precedence: which rules give way to which."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.vocabulary import (
    PRIORITY_VERB,
)
from tidegate.check.promptlint.grammar.wordset import word_set

NOT_LABELS = word_set(
    "a an the this that all any every each of in on about for and or rule instruction requirement limit concern constraint guideline "
    "always never must should will other section be have"
)


def declared_priorities(s: str) -> tuple[list[tuple[tuple[str, ...], tuple[str, ...]]], str]:
    """Declared precedence in a sentence, and the sentence without it."""
    out: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    m = re.search(
        r"\b(?:in (?:case of|the event of|a|any) (?:a |any )?(?:conflict|contradiction|doubt|clash|disagreement)s?|(?:if|when|where|whenever) (?:\w+ ){0,4}?(?:conflict|clash|disagree|contradict|collide)\w*(?: (?:with )?(?:each other|one another))?)\b,?\s*(?P<rest>.*)$",
        s,
        re.I,
    )
    if m is not None:
        r = m.group("rest").lower()
        if re.search(r"\b(?:later|latter|second|last|latest|most recent|newest|below|further down)\b", r):
            return [(("later",), ("earlier",))], s[: m.start()]
        if re.search(r"\b(?:shorter|lower|smaller|tighter|stricter|more restrictive)\b", r):
            return [(("smaller",), ("larger",))], s[: m.start()]
        if re.search(r"\b(?:longer|higher|larger|laxer|looser|more generous)\b", r):
            return [(("larger",), ("smaller",))], s[: m.start()]
        if re.search(r"\b(?:earlier|former|first|above|topmost|higher up)\b", r):
            return [(("earlier",), ("later",))], s[: m.start()]
    verb = PRIORITY_VERB.search(s)
    if verb is None:
        n = re.search(
            r"\b(?:this|the) (?:limit|rule|cap|restriction|requirement|ban|instruction|prohibition|minimum|maximum)s? (?:may be (?:exceeded|broken|relaxed|ignored|waived|lifted|dropped|suspended)|(?:is|are) (?:waived|lifted|suspended|relaxed|void|dropped)|does not apply|do not apply)\s*(?P<rest>.*)$",
            s,
            re.I,
        )
        if n is not None:
            rest = n.group("rest").strip()
            before = s[: n.start()].rstrip(" ;,—-")
            if before and re.match(r"(?:if|when|for|to|in|on|where|whenever|while|during|with)\b", rest, re.I):
                excused = re.sub(r"^(?:if|when|whenever|where|to)\s+", "", rest, flags=re.I)
                return [], f"{before}, unless {excused}"
        return out, s
    start = max(
        s.rfind(";", 0, verb.start()),
        s.rfind(". ", 0, verb.start()),
        s.rfind(" — ", 0, verb.start()),
        s.rfind(" - ", 0, verb.start()),
    )
    conj = list(re.finditer(r",\s+(?:but|and|though|although|however)\s+|\s+but\s+|\(", s[: verb.start()]))
    if conj and conj[-1].end() > start:
        start = conj[-1].end() - 1
    end_m = re.search(r"[;.)]|,\s+(?:so|and|but)\b", s[verb.end() :])
    end = verb.end() + end_m.start() if end_m else len(s)
    left, right = s[start + 1 : verb.start()].strip(" ,"), s[verb.end() : end].strip(" ,")
    if verb.group("verb").lower().startswith("come") and re.search(
        r"\b(?:answer|conclusion|result|verdict|solution|summary|greeting|reason\w*|explanation)s?\b", left, re.I
    ):
        return out, s  # the order of a reply, no precedence of rules
    v = verb.group("verb").lower()
    if re.search(r"\b(?:user|customer|player|team|price|cheap|model)\b", left, re.I) and not re.search(
        r"\b(?:instruction|rule|request|message)\b", left, re.I
    ):
        return out, s
    if v.startswith(
        (
            "yield",
            "give",
            "gives",
            "defer",
            "is sub",
            "are sub",
            "is sec",
            "are sec",
            "is over",
            "are over",
            "is sup",
            "are sup",
        )
    ):
        left, right = right, left
    winner, loser = _selector(left), _selector(right)
    if winner and loser and winner != loser:
        out.append((winner, loser))
        s = (s[: start + 1] + " " + s[end:]).strip(" ;,—-(")
    return out, s


def _selector(phrase: str) -> tuple[str, ...]:
    low = phrase.lower().strip()
    m = re.search(r"\b(?:rule|line|item|instruction|point|step|section|requirement|priority)s?\s+#?(\d{1,3})\b", low)
    if m:
        return ("number", m.group(1))
    m = re.search(
        r"\b(?:rules?|instructions?|lines?|items?|anything|everything|requirements?|those|guidance|entries|bullets?|whatever|notes?|guidelines?|statements?)\s+(?:that (?:are|is)\s+|which are\s+)?(?:marked|tagged|labell?ed|flagged|headed|prefixed|starting|beginning|under|in|from|with)\b(?:\s+(?:with|as|by|the))*\s*(?:section\s+)?[\[(]?(?P<label>[\w\x01\x02 -]+)",
        phrase,
        re.I,
    )
    if m:
        return (
            "label",
            *sorted(
                t.low for t in tokens(m.group("label").lower()) if t.low not in ("the", "section", "heading", "tag")
            ),
        )
    if re.search(r"\b(?:above|previous|preceding|earlier)\b", low):
        return ("above",)
    if re.search(r"\b(?:below|following|later|subsequent)\b", low):
        return ("below",)
    if low in ("", "all", "it all", "all else") or re.search(
        r"\b(?:all others?|everything else|any others?|every other|the rest|other (?:rules?|instructions?|lines?|guidance|requirements?|constraints?|limits?)|all (?:rules?|instructions?|limits?))\b",
        low,
    ):
        return ("rest",)
    if re.search(
        r"^(?:this|it|these|which|that|the (?:limit|cap|rule|length limit|ban|above limit|word limit)(?! (?:on|about|for|of|regarding|concerning)\b))\b",
        low,
    ) and not re.search(r"\b(?:safety|security|legal|format|style|tone|privacy)\b", low):
        return ("self",)
    words = [t.lemma for t in tokens(low) if t.low.isalpha() and t.lemma not in NOT_LABELS]
    return ("label", *sorted(words)) if 0 < len(words) <= 4 else ()
