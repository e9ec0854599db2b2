# ruff: noqa: E501  (patterns and messages read best on one line)
"""Bytes counted in thousands and in 1024s: which meanings of a GB there are, and when one was taken for the other."""

from __future__ import annotations

import re
from fractions import Fraction

from tidegate.check.verify.quantity.quantities import Quantity
from tidegate.check.verify.quantity.unit_table import BIT, dims
from tidegate.check.verify.quantity.units import convert
from tidegate.spine.claim import Claim, Decision, Receipt, Support

BINARY = re.compile(r"(?:(?P<letter>[KMGTPE])i(?:B|bit)|(?P<name>kibi|mebi|gibi|tebi|pebi|exbi)(?:bytes?|bits?))$")
DECIMAL = re.compile(r"(?:(?P<letter>[kKMGTPE])(?:B|bit)|(?P<name>kilo|mega|giga|tera|peta|exa)(?:bytes?|bits?))$")
POWERS = {c: n for n, group in enumerate(("k", "m", "g", "t", "p", "e"), 1) for c in group}


def _thousands(pattern: re.Pattern[str], q: Quantity) -> int:
    """The power of 1000 or 1024 in a unit's prefix, 0 without one."""
    found = pattern.match(q.unit_text.strip())
    return POWERS[(found.group("letter") or found.group("name"))[0].lower()] if found is not None else 0


def no_other_bytes(a: Quantity, b: Quantity, computed: Fraction) -> bool:
    """Whether no meaning of a GB (1000³ or 1024³ bytes; an MB may be 1000 × 1024) beside a GiB gives what is stated."""
    for first, second, sign in ((a, b, 1), (b, a, -1)):
        power = _thousands(DECIMAL, first)
        if power and _thousands(BINARY, second):
            meant = [computed * Fraction(1024, 1000) ** (sign * j) for j in (0, power, *((1,) if power == 2 else ()))]
            return all(abs(b.value - m) > max(b.ulp, abs(m) / 200) for m in meant)
    return False


SENT = re.compile(
    r"(?:\s[a-z\-]+){0,3}?\s(?:at|over(?: an?)?|through(?: an?)?|via(?: an?)?|on(?: an?)?|with(?: an?)?)\s"
)
NEEDS = re.compile(
    r"(?:\s[a-z\-]+){0,3}?\s(?:takes|take|needs|requires|would take|will take|downloads in|uploads in|transfers in|is (?:sent|transferred|downloaded|copied) in)\s(?:about\s|roughly\s|approximately\s|only\s|just\s)?(?:[\d.,\s×*/÷()\-+]+=\s*)?"
)


def bits_for_bytes(text: str, size: Quantity, rate: Quantity, time: Quantity) -> Decision | None:
    """`A 600 MB file at 100 Mbit/s takes 6 s`: bytes divided by bits a second as if they were the same."""
    if size.unit is None or rate.unit is None or time.unit is None or not rate.value or not size.value:
        return None
    if size.unit.dims != BIT or rate.unit.dims != dims(bit=1, s=-1) or time.unit.dims != dims(s=1):
        return None
    if SENT.fullmatch(text, size.end, rate.start) is None or NEEDS.fullmatch(text, rate.end, time.start) is None:
        return None
    exact = size.value * size.unit.size / (rate.value * rate.unit.size)
    stated = time.value * time.unit.size
    if not any(abs(stated * f / exact - 1) < Fraction(2, 100) for f in (8, Fraction(1, 8))):
        return None
    claim = Claim(kind="quantity", text=text[size.start : time.end], span=(size.start, time.end))
    shown = f"{float(exact / time.unit.size):.6g} {time.unit_text.strip()}"
    receipt = Receipt(
        oracle="units",
        computation=f"{text[size.start : size.end]} / ({text[rate.start : rate.end]}) = {shown}; 1 byte is 8 bits",
    )
    message = f"{text[size.start : size.end].strip()} at {text[rate.start : rate.end].strip()} takes {shown}, not {text[time.start : time.end].strip()}: a byte is 8 bits"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)


HOLDING = re.compile(
    r"(?:\s[a-z\-]+){1,3}?\s(?:holds|has|contains|is|stores|takes(?: up)?|occupies)\s(?:exactly\s|about\s|roughly\s|approximately\s)?"
)


def thousand_for_1024(text: str, a: Quantity, b: Quantity) -> Decision | None:
    """`A 256 KiB buffer holds 256,000 bytes`: the same digits, as if a binary prefix were a decimal one; or more than it can hold."""
    if (
        a.unit is None
        or b.unit is None
        or a.unit.dims != b.unit.dims
        or HOLDING.fullmatch(text, a.end, b.start) is None
    ):
        return None
    power = _thousands(BINARY, a)
    lower = _thousands(DECIMAL, b)
    if not power or re.match(r"\s(?:of|per|free|usable|left|available|each)\b", text[b.end : b.end + 12]):
        return None
    exact = convert(a.value, a.unit, b.unit)
    same_digits = lower < power and b.value == a.value * 1000 ** (power - lower)
    too_much = exact * Fraction(102, 100) + b.ulp < b.value < exact * 2  # more than it can hold
    if _thousands(BINARY, b) or not (same_digits or too_much):
        return None
    claim = Claim(kind="quantity", text=text[a.start : b.end], span=(a.start, b.end))
    receipt = Receipt(oracle="units", computation=f"{text[a.start : a.end]} = {float(exact):.10g} {b.unit_text}")
    message = (
        f"{text[a.start : a.end].strip()} is {float(exact):.10g} {b.unit_text}, not {text[b.start : b.end].strip()}"
    )
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
