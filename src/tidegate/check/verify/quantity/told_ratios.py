# ruff: noqa: E501  (patterns read best on one line)
"""Two quantities of one kind and what relates them: an efficiency, a deviation in per cent, a number of equal parts.

`At an efficiency of 85 % a motor that draws 2 kW delivers 1.7 kW`; `the result, 9.62 m/s², is 1.9 % below 9.81 m/s²`;
`each node has 64 GB, so the 16-node cluster has 1.024 TB`.  No further number may stand in the sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction

from tidegate.check.verify.numbers.spoken import N, Stated
from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.quantity.units import parse_unit
from tidegate.check.verify.scan import Cues, led_by_number, lowered, sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "ratios of quantities"
PERCENT = re.compile(rf"(?<![\w.])(?P<p>{N})\s?(?:\\?%|percent\b|per cent\b)")
DEVIATES = re.compile(
    r"\b(?:percent(?:age)? (?:error|difference|deviation)|relative (?:error|difference|deviation)|error(?! (?:rate|bar|budget|margin))|deviation|deviates?|discrepancy|differs?|off by|low by|high by|too (?:low|high) by|below|above|lower than|higher than|less than|more than|greater than|smaller than)\b",
    re.I,
)
EFFICIENT = re.compile(r"\befficien(?:t|cy)\b", re.I)
MANY = re.compile(r"\b(?:[Ee]ach|[Ee]very|[Oo]ne|[Pp]er)\s+(?P<thing>[a-z]{3,16})\b")
COUNTED = re.compile(r"(?<![\w.,/–-])(?P<n>\d{1,5})(?:\s|-)(?P<thing>[a-z]{3,16})\b")
SPOILS = re.compile(
    r"\b(?:but|only|can|could|however|although|though|while|whereas|since|because|within|limited|then|later|respectively|another|both|half|twice|uncertaint\w+|confidence|tolerance|limit|at (?:least|most)|up to|between|not|never|loss(?:es)?|lost|spare|redundan\w*|RAID|usable|replic\w*|overhead|two|three|four|if|instead|minus|except|first|second|remaining)\b|±|n't\b|\?|\\pm",
    re.I,
)


def check_ratios(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on efficiencies, deviations and multiples whose quantities stand in the sentence."""
    whole = lowered(text)
    percents = "%" in whole or "percent" in whole or "per cent" in whole
    many = " per " in whole or "each " in whole or "every " in whole or "one " in whole
    if not percents and not many:
        return
    for start, end in ranges:
        every = [
            q
            for q in quantities(text, start, end)
            if q.unit is not None and q.unit.dims != table.NONE and q.unit.kind == ""
        ]
        starts = [q.start for q in every]
        for a, b in sentences(text, start, end) if len(every) > 1 else ():
            if b - a > 360:
                continue
            found = every[bisect_left(starts, a) : bisect_left(starts, b)]
            if (
                len(found) != 2
                or found[0].unit is None
                or found[1].unit is None
                or found[0].unit.dims != found[1].unit.dims
                or min(q.value for q in found) <= 0
            ):
                continue
            if SPOILS.search(text, a, b):
                continue
            if percents and (EFFICIENT.search(text, a, b) or DEVIATES.search(text, a, b)):
                yield from _percents(text, a, b, found)
            if many:
                yield from _multiple(text, a, b, found)


RATE = re.compile(
    rf"(?<![\w.,/–-])(?P<a>{N})\s(?P<thing>[a-z]{{3,16}})\s(?:per|a|an|each|every)\s(?P<unit>second|minute|hour|day|week)\b"
)
PER_TIME = Cues("second", "minute", "hour", "day", "week")
MADE = re.compile(
    rf"\b(?:contains|has|makes|produces|prints|serves|handles|processes|fills|gives|is|are|takes|needs|yields|counts|beats|types|reads|packs|sends)\s(?P<about>about |roughly |approximately |around |some )?(?P<out>{N})\s(?P<thing>[a-z]{{3,16}})\b"
)


def check_counted_rates(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """`At 25 frames per second a 2-minute clip contains 3,000 frames`: things by time, a time, and the things."""
    for start, end in ranges:
        for a, b in sentences(text, start, end):
            if not PER_TIME.within(text, a, b):
                continue
            rate = next(led_by_number(RATE, text, a, b), None)
            if rate is None or b - a > 260 or SPOILS.search(text[a : rate.start()] + text[rate.end() : b]):
                continue
            made = [
                m
                for m in MADE.finditer(text, rate.end(), b)
                if m.group("thing").rstrip("s") == rate.group("thing").rstrip("s")
            ]
            times = [
                q
                for q in quantities(text, start, end)
                if rate.end() <= q.start < b and q.unit is not None and q.unit.dims == table.TIME
            ]
            if len(made) == 1 and len(times) == 1:
                yield from _by_rate(text, a, b, rate, times[0], made[0])


def _by_rate(
    text: str, start: int, end: int, rate: re.Match[str], time: Quantity, made: re.Match[str]
) -> Iterator[Decision]:
    unit = parse_unit(rate.group("unit"))
    if unit is None or time.unit is None or time.value <= 0 or time.unit.size > 604800 or time.end > made.start():
        return
    rest = (
        text[start : rate.start()]
        + text[rate.end() : time.start]
        + text[time.end : made.start()]
        + text[made.end() : end]
    )
    if re.search(r"\d|[=×*]|\\times|\b(?:rest|sleep|paus|break|every|each|except|until)\w*", rest):
        return
    n, out = Stated(rate.group("a")), Stated(made.group("out"))
    value = n.value * time.value * time.unit.size / unit.size
    slack = value / 20 if made.group("about") else out.ulp * Fraction(3, 5) if value.denominator != 1 else Fraction(0)
    how = f"{rate.group(0)} × {_shown(text, time)} = {float(value):.8g} {made.group('thing')}"
    span = (rate.start(), made.end())
    claim = Claim(kind="equation", text=text[slice(*span)], span=span)
    receipt = Receipt(oracle=ORACLE, computation=f"{how}, stated {made.group('out').strip()}")
    if abs(value - out.value) <= slack:
        yield Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    else:
        yield Decision(
            claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{how}, not {made.group('out').strip()}"
        )


HALF_LIFE = re.compile(r"\bhalf-li(?:fe|ves)\b", re.I)
REMAINS = re.compile(r"\b(?:remain\w*|left|undecayed|still (?:there|present|active))\b", re.I)
DECAYED = re.compile(r"\b(?:decayed|gone|has decayed|eliminated|lost)\b", re.I)


def check_half_lives(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """`The half-life is 8 days. After 24 days, 12.5 % remains`: over one sentence or two, one share of what there was."""
    if "half-li" not in lowered(text):
        return
    for start, end in ranges:
        pieces = sentences(text, start, end)
        every = quantities(text, start, end)
        for at, (a, b) in enumerate(pieces):
            if HALF_LIFE.search(text, a, b) is None:
                continue
            further = pieces[at + 1][1] if at + 1 < len(pieces) else b
            for stop in dict.fromkeys((b, further)):
                times = [q for q in every if a <= q.start < stop and q.unit is not None and q.unit.dims == table.TIME]
                shares = list(PERCENT.finditer(text, a, stop))
                if len(times) == 2 and len(shares) == 1 and stop - a < 360:
                    yield from _half_life(text, a, stop, times, shares[0])
                    break


def _half_life(text: str, start: int, end: int, times: Sequence[Quantity], share: re.Match[str]) -> Iterator[Decision]:
    around = text[start:end]
    named = HALF_LIFE.search(text, start, end)
    assert named is not None
    if _bare(text, start, end, times, share.span()) or re.search(
        r"\b(?:biological|effective|each|another|both|if|not|steady|dose|two|three)\b|\?", around, re.I
    ):
        return
    # the half-life is the time that is told of it: `a half-life of 8 days`, `an 8-day half-life`
    own = min(times, key=lambda q: min(abs(q.start - named.end()), abs(named.start() - q.end)))
    other = times[0] if own is times[1] else times[1]
    if bool(REMAINS.search(around)) == bool(DECAYED.search(around)) or _size(own) <= 0:
        return
    remains = 100 * 0.5 ** float(_size(other) / _size(own))
    value = Fraction(remains if REMAINS.search(around) else 100 - remains)
    p = Stated(share.group("p"))
    how = f"after {float(_size(other) / _size(own)):.4g} half-lives {float(value):.4g} %"
    slack = p.ulp * Fraction(999, 1000) + value / 100 if (value / p.ulp).denominator != 1 else Fraction(0)
    yield _decision(text, times, share.span(), how, abs(value - p.value) <= slack, share.group(0).strip())


def _size(q: Quantity) -> Fraction:
    assert q.unit is not None
    return q.value * q.unit.size


def _bare(text: str, start: int, end: int, found: Sequence[Quantity], spare: tuple[int, int]) -> bool:
    """Whether a number stands in the sentence that is none of those that are read."""
    taken = [(q.start, q.end) for q in found] + [spare]
    return any(
        not any(a <= m.start() < b for a, b in taken)
        for m in re.finditer(r"(?<![A-Za-z_^\d.,])\d", text[:end])
        if m.start() >= start
    )


def _percents(text: str, start: int, end: int, found: Sequence[Quantity]) -> Iterator[Decision]:
    shares = list(PERCENT.finditer(text, start, end))
    if len(shares) != 1 or _bare(text, start, end, found, shares[0].span()):
        return
    try:
        p = Stated(shares[0].group("p"))
    except (ValueError, OverflowError):
        return
    a, b = _size(found[0]), _size(found[1])
    low, high = min(a, b), max(a, b)
    if EFFICIENT.search(text, start, end):
        readings = {"output / input": low / high * 100}
    elif DEVIATES.search(text, start, end):
        readings = {
            f"difference / {_shown(text, q)}": (high - low) / v * 100 for q, v in zip(found, (a, b), strict=True)
        }
        readings["difference / mean"] = (high - low) / (high + low) * 200
    else:
        return
    spread = sum((q.ulp / q.value / 2 for q in found if q.ulp < 1), Fraction(0))
    how, value = min(readings.items(), key=lambda r: abs(r[1] - p.value))
    slack = p.ulp * Fraction(999, 1000) + value * Fraction(1, 100)
    if "difference" in how:
        slack += (high + low) / high * spread * 100
    else:
        slack += value * spread
    yield _decision(
        text,
        found,
        shares[0].span(),
        f"{how} = {float(value):.4g} %",
        abs(value - p.value) <= slack,
        shares[0].group(0).strip(),
    )


def _multiple(text: str, start: int, end: int, found: Sequence[Quantity]) -> Iterator[Decision]:
    one = MANY.search(text, start, found[1].start)
    if one is None:
        return
    if re.search(r"[=×*÷]|\\times|\s/\s", text[start:end]) or _size(found[1]) <= _size(found[0]):
        return  # a computation that is written out is read as one
    thing = one.group("thing")
    counts = [
        m
        for m in COUNTED.finditer(text, start, end)
        if m.group("thing").rstrip("s") == thing.rstrip("s") and not any(q.start <= m.start() < q.end for q in found)
    ]
    if len(counts) != 1 or _bare(text, start, end, found, counts[0].span()) or one.start() > found[0].start + 40:
        return
    if not re.search(
        r"\b(?:total|altogether|in all|together|so|thus|hence|therefore|overall|combined|which (?:gives|makes))\b",
        text[start:end],
        re.I,
    ):
        return
    n = int(counts[0].group("n"))
    value = _size(found[0]) * n
    stated = _size(found[1])
    about = (
        re.search(
            r"(?:about|approximately|roughly|around|nearly|almost|≈|~|over|under|more than|less than)\s*$",
            text[max(start, found[1].start - 16) : found[1].start],
        )
        is not None
    )
    alternatives = (
        [value, *(value * Fraction(1000, 1024) ** k for k in (1, -1, 2, -2))]
        if found[0].unit is not None and found[0].unit.dims == table.BIT
        else [value]
    )
    near = min(alternatives, key=lambda v: abs(v - stated))
    unit = found[1].unit
    assert unit is not None
    slack = found[1].ulp * unit.size * Fraction(3, 5) + near * Fraction(1, 20 if about else 400)
    shown = f"{n} × {_shown(text, found[0])} = {float(value / unit.size):.6g} {found[1].unit_text.strip()}"
    yield _decision(text, found, counts[0].span(), shown, abs(near - stated) <= slack, _shown(text, found[1]))


def _shown(text: str, q: Quantity) -> str:
    return text[q.start : q.end].strip()


def _decision(
    text: str, found: Sequence[Quantity], third: tuple[int, int], how: str, holds: bool, stated: str
) -> Decision:
    span = (min(found[0].start, third[0]), max(found[1].end, third[1]))
    claim = Claim(kind="quantity", text=text[slice(*span)], span=span)
    receipt = Receipt(oracle=ORACLE, computation=f"{how}, stated {stated}")
    if holds:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{how}, not {stated}")
