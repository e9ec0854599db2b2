# ruff: noqa: E501  (patterns read best on one line)
"""A stock told over sentences or a list: `so you have 72 pencils. You give away 15 of them. That leaves 57 pencils.`

It begins with an amount of a thing, takes some away or adds some, and ends with what there is of the same thing.  Every
number between has its part, so that nothing is left unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.check.verify.numbers.spoken import N
from tidegate.check.verify.numbers.told import judged
from tidegate.check.verify.numbers.told_forms import ABOUT, PCT, PLAIN, named, read_stated
from tidegate.check.verify.scan import lowered
from tidegate.spine.claim import Decision

AWAY = r"give[sn]?(?: away)?|gave(?: away)?|giving away|sell[s]?|sold|lose[s]?|lost|use[sd]?(?: up)?|eat[s]?|ate|spend[s]?|spent|remove[sd]?|discard(?:s|ed)?|donate[sd]?|return(?:s|ed)?|ship(?:s|ped)|break[s]?|broke|take[s]? (?:away|out)|took (?:away|out)|throw[s]? away|threw away|scrap(?:s|ped)?|reject(?:s|ed)|fail(?:s|ed)|(?:are|were|was|is|get|got) (?:sold|removed|used(?: up)?|discarded|lost|returned|rejected|eaten|given away|scrapped|shipped|taken out|donated|broken)|failed|broke|died|left|quit|dropped out|departed|fail|leave"
ADDED = r"joined|arrived|buy[s]?(?: another)?|bought(?: another)?|add[s]?|added|receive[sd]?|get[s]? another|got another|find[s]?|found|collect(?:s|ed)|gain(?:s|ed)|(?:are|were) (?:added|delivered|bought|received)"
THING = r"(?P<thing>[a-z][a-z\-]{2,20})"
BEGIN = re.compile(
    rf"\b(?:have|has|had|with|makes?|gives?|total(?:s|ling)? of|is|are|=|start(?:s|ed)? with|get|got|owns?|holds?|contain(?:s|ed)?|compris(?:es|ed))\s+(?:you\s+|a total of\s+)?{named('a')}{PLAIN}\s+{THING}\b"
)
STEP = re.compile(
    rf"(?:\b(?P<verb>{AWAY}|{ADDED})\s+{named('b', words=True)}(?:\s+(?P<unit>(?!more\b|of\b|to\b)[a-z][a-z\-]{{2,20}}))?|(?:^|(?<=[\s(*]))(?P<b2>{N})(?:\s+(?P<unit2>(?!of\b|are\b|were\b|get\b|got\b)[a-z][a-z\-]{{2,20}}))?(?:\s+of\s+(?:them|these|those))?\s+(?P<verb2>(?:are|were|was|is|get|got) (?:sold|removed|used(?: up)?|discarded|lost|returned|rejected|eaten|given away|scrapped|shipped|taken out|donated|broken|added|delivered|bought|received)|failed|broke|died|left|quit|dropped out|departed|joined|arrived|fail|leave))\b"
)
END = re.compile(
    rf"\b(?:leav(?:es|ing)|left with|there (?:are|is|remain|remains)|(?:now|still|then) (?:have|has|had|are)|(?:you|he|she|they|we) (?:end up with|have)|remaining|brings (?:the total|it|you) to|makes)\s+(?:you |us |him |her |them |a total of )?(?:with )?{ABOUT}(?P<out>{N}){PLAIN}\s+(?:(?:good|usable|sound|intact|whole|more|remaining|working|healthy)\s+)?(?P<thing>[a-z][a-z\-]{{2,20}})\b"
)
CUES = (
    "leav",
    "left with",
    "there are",
    "there remain",
    "now have",
    "now has",
    "still have",
    "still has",
    "end up with",
    "brings",
    "remaining",
    "makes",
)
SPOILS = re.compile(
    rf"\beach\b|\bper\b|\bevery\b|\bboth\b|\btwice\b|\bhalf\b|\bdouble|\btimes\b|\bdozen|[×÷=/]|{PCT}|\banother [a-z]+ of\b|\bboxes\b|\bpacks?\b|\bif\b|\bor\b|\?",
    re.I,
)
WINDOW = 360


def check_story(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on what is left or reached of a stock that the sentences before begin and change."""
    whole = lowered(text)
    if not any(c in whole for c in CUES):
        return
    for start, end in ranges:
        for last in END.finditer(text, start, end):
            yield from _ending(text, max(start, last.start() - WINDOW), last)


def _ending(text: str, low: int, last: re.Match[str]) -> Iterator[Decision]:
    thing = last.group("thing")
    begins = [m for m in BEGIN.finditer(text, low, last.start()) if m.group("thing") == thing]
    if not begins:
        return
    begin = begins[-1]
    between = text[begin.end() : last.start()]
    steps = list(STEP.finditer(text, begin.end(), last.start()))
    if not steps or SPOILS.search(between + last.group(0)) or "\n\n\n" in between:
        return
    if len(re.findall(N, between)) != sum((m.group("b") or m.group("b2") or "").strip()[:1].isdigit() for m in steps):
        return
    first, out = read_stated(begin.group("a")), read_stated(last.group("out"))
    if first is None or out is None or first.ambiguous != out.ambiguous:
        return  # 1,200 may be 1.2, unless both are written so
    total, shown = first.value, f"{float(first.value):g}"
    for step in steps:
        amount = read_stated(step.group("b") or step.group("b2"))
        unit = step.group("unit") or step.group("unit2")
        if amount is None or (unit is not None and unit not in (thing, "more", "away", "them")):
            return
        verb = step.group("verb") or step.group("verb2")
        sign = 1 if re.fullmatch(ADDED, verb) else -1
        total, shown = total + sign * amount.value, f"{shown} {'+' if sign > 0 else '−'} {float(amount.value):g}"
    yield judged(text, (last.start(), last.end("out")), {shown: total}, out, last.group("out"), last.group("about"))
