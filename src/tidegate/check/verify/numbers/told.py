# ruff: noqa: E501  (patterns read best on one line)
"""Arithmetic told as a story: `96 of the 640 were reopened, i.e. 12 %`, `36 crates of 48 bottles each, 1,628 in all`.

A sentence names numbers, says how they are related, and states a result.  Each form below reads the numbers and answers
with every result that the sentence can mean; it is refuted only if none of these is printed.  Between its numbers no
further number may stand, so that nothing is left unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

from tidegate.check.verify.numbers.shown import cited
from tidegate.check.verify.numbers.spoken import UNSURE, N, Stated
from tidegate.check.verify.numbers.told_forms import ABOUT, FORMS, GAINS, LOSSES, Read, Results, named, read_stated
from tidegate.check.verify.numbers.told_shares import SHARE_FORMS
from tidegate.check.verify.scan import TWO_FIGURES, lowered, sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "arithmetic in words"
# a quarter of the 1000 pieces, which is 1000 / 4: the number printed last is not yet the result
GOES_ON = re.compile(r"\s*(?:[x÷+−×*/^(=-]\s*[\d(\\]|\\(?:times|cdot|div)|multipl|divided|times\b|of\b|plus\b|minus\b)")


EVERY = (*FORMS, *SHARE_FORMS)
# what must stand in a sentence besides a form's cue, by what the form computes
NEEDED = {
    "_share_of": " of ",
    "_part_of_many": "of ",
    "_grown": " by ",
    "_relative": "from ",
    "_content": "contain",
    "_whole_of": " of ",
}
PAIR_MAX = 320


@cache
def form(n: int) -> re.Pattern[str]:
    """The n-th form, compiled when first needed."""
    return re.compile(EVERY[n][1])


FIGURE = re.compile(r"\d+")


def check_told(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on the results that sentences of prose draw from their own numbers."""
    whole = lowered(text)
    live = [n for n, (cues, *_) in enumerate(EVERY) if any(c in whole for c in cues)]
    story = "started with" in whole or "begins with" in whole or "starts with" in whole or "began with" in whole
    if not live and not story:
        return
    cues = {c for n in live for c in EVERY[n][0] if c in whole}
    for start, end in ranges:
        pieces = sentences(text, start, end)
        for at, (a, b) in enumerate(pieces):
            after = pieces[at + 1][1] if at + 1 < len(pieces) and text[b - 1] != "\n" else b
            yield from _one(text, a, b, after if after - a <= PAIR_MAX else b, live, cues)
            if story and TWO_FIGURES.search(text, a, b) is not None:
                yield from _story(text, a, b)


def _one(text: str, start: int, end: int, further: int, live: list[int], cues: set[str]) -> Iterator[Decision]:
    """What begins in the sentence text[start:end]; some forms may end in the sentence after it."""
    if TWO_FIGURES.search(text, start, further) is None or FIGURE.search(text, start, end) is None:
        return
    low = text[start:further].lower()
    here = {c for c in cues if c in low}
    for n in live if here else ():
        mine, _, results, percent = EVERY[n]
        if here.isdisjoint(mine) or (n == 0 and "from " not in low) or NEEDED.get(results.__name__, "") not in low:
            continue
        stop = further if n >= len(FORMS) else end
        for found in form(n).finditer(text, start, stop):
            decision = _decide(text, found, results, percent) if found.start() < end else None
            if decision is not None:
                yield decision


def _decide(
    text: str, found: re.Match[str], results: Callable[[Read, re.Match[str]], Results | None], percent: bool
) -> Decision | None:
    stated = {k: read_stated(found.group(k)) for k in ("a", "b", "p", "q", "out") if found.groupdict().get(k)}
    known = {k: s for k, s in stated.items() if s is not None}
    if (
        GOES_ON.match(text, found.end("d" if found.groupdict().get("d") else "out"))
        or len(known) < len(stated)
        or any(re.fullmatch(r"(?:1[5-9]|20)\d\d", found.group(k).strip()) for k in ("a", "b") if k in known)
    ):
        return None
    try:
        readings = results({k: s.value for k, s in known.items()}, found)
    except ZeroDivisionError:
        return None
    if not readings:
        return None
    given = any(s.ambiguous and k not in ("a", "b") for k, s in known.items() if k != "out") and not percent
    given |= (
        any(s.ambiguous for k, s in known.items() if k in ("a", "b"))
        and not percent
        and not found.group("out").strip().isdigit()
    )
    unclear = known["out"].ambiguous and not any(
        Fraction(1, 30) < v / known["out"].value < 30 for v in readings.values()
    )
    doubt = "another reading is possible" if given or unclear else ""
    return judged(text, found.span(), readings, known["out"], found.group("out"), found.groupdict().get("about"), doubt)


def judged(
    text: str, span: tuple[int, int], readings: Results, out: Stated, shown: str, about: str | None, doubt: str = ""
) -> Decision:
    """Supported if a reading is printed as its digits allow, refuted if none is anywhere near."""
    how, value = min(readings.items(), key=lambda r: abs(r[1] - out.value))
    claim = Claim(kind="equation", text=text[span[0] : span[1]], span=span)
    exact = float(value) if value.denominator != 1 else int(value)
    computed = f"{exact:.8g}" if isinstance(exact, float) else str(exact)
    also = f", stated {shown.strip()}" if shown.strip() != computed else ""
    receipt = Receipt(oracle=ORACLE, computation=f"{how} = {computed}{also}")
    off = abs(value - out.value)
    if off <= (out.ulp * Fraction(999, 1000) if (value / out.ulp).denominator != 1 else Fraction(0)):
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    around = text[max(0, span[0] - 60) : span[1] + 30]
    if about and off <= abs(value) / 10:
        doubt = "an approximation"
    elif UNSURE.search(around) or re.search(
        r"\bround|approx|\babout\b|roughly|≈|\bother\b|another|remaining|additional|excluding|except",
        around,
        re.I,
    ):
        doubt = "another reading is possible"
    if doubt:
        return Decision(claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=doubt, certainty="possible")
    message = f"{cited(text[span[0] : span[1]])}: {receipt.computation.partition(', stated')[0]}, not {shown.strip()}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)


BEGAN = re.compile(rf"\b(?:start(?:s|ed)?|beg[ai]ns?)\s+with\s+{named('a')}(?P<unit>\s?[A-Za-z]+)")
STEP = re.compile(rf"\b(?P<verb>{LOSSES}|{GAINS})\s+{named('b')}(?P<unit>\s?[A-Za-z]+)")
LEFT = re.compile(
    rf"\b(?:leaves|leaving|leave|left with|there (?:are|is|remain|remains))\s+(?:us |her |him |them |you |me |it )?(?:with )?{ABOUT}(?P<out>{N})(?P<unit>\s?[A-Za-z]+)"
)


def _story(text: str, start: int, end: int) -> Iterator[Decision]:
    """`started with 5,000 L, used 1,275 L and spilled 48 L, which leaves 3,677 L`: every number has its part, in one unit."""
    begun, left = BEGAN.search(text, start, end), None
    if begun is not None:
        left = LEFT.search(text, begun.end(), end)
    if begun is None or left is None:
        return
    steps = list(STEP.finditer(text, begun.end(), left.start()))
    parts = [begun, *steps, left]
    if not steps or len({m.group("unit").strip() for m in parts}) != 1:
        return
    if len(FIGURE.findall(re.sub(r"(?<=\d)[.,](?=\d)", "", text[begun.start() : left.end()]))) != len(parts):
        return
    first, out = read_stated(begun.group("a")), read_stated(left.group("out"))
    if (
        first is None
        or out is None
        or re.search(r"\beach\b|\bper\b|\bof the\b|percent|%", text[begun.start() : left.end()])
    ):
        return
    total, shown = first.value, f"{float(first.value):g}"
    for step in steps:
        amount = read_stated(step.group("b"))
        if amount is None:
            return
        sign = 1 if re.fullmatch(GAINS, step.group("verb")) else -1
        total, shown = total + sign * amount.value, f"{shown} {'+' if sign > 0 else '−'} {float(amount.value):g}"
    yield judged(text, (begun.start(), left.end()), {shown: total}, out, left.group("out"), left.group("about"))
