# ruff: noqa: E501  (tables read best one row a line)
"""Units as people write them, read into a size and a dimension vector; what is unknown is None.

Reads plain text, Unicode and LaTeX: `kJ/mol`, `J mol^{-1} K^{-1}`, `\\mathrm{~m} / \\mathrm{s}^2`,
`10^{-19} \\mathrm{~J}`, `ft-lb`, `kPA`, `meters per second squared`, `°C`.  Never evaluates code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.unit_table import NONE, Dims


class Unit(NamedTuple):
    """value × size (after adding `shift`) is the value in SI base units of dimension `dims`.

    `kind` is "" for ordinary units, `offset` for °C and °F, `log` for dB and pH, `count` for
    particles and the like, `calendar` where the size is a convention (a month, a work day).
    """

    size: Fraction
    dims: Dims
    shift: Fraction = Fraction(0)
    kind: str = ""
    name: str = ""


ONE = Unit(Fraction(1), NONE)


def dims_text(dims: Dims) -> str:
    """`kg·m/s²` for a dimension vector; `1` when it has none."""
    order = ("kg", "m", "s", "A", "K", "mol", "cd", "$", "bit")
    by = dict(zip(table.BASES, dims, strict=True))
    up = [_powered(b, by[b]) for b in order if by[b] > 0]
    down = [_powered(b, -by[b]) for b in order if by[b] < 0]
    if not up and not down:
        return "1"
    return ("·".join(up) or "1") + ("/" + "·".join(down) if len(down) == 1 else f"/({'·'.join(down)})" if down else "")


def _powered(base: str, exponent: Fraction) -> str:
    if exponent == 1:
        return base
    marks = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return base + marks if exponent.denominator == 1 else f"{base}^({exponent})"


CLEAN = (
    (re.compile(r"\\hat\s*\{?\s*(?:\\math\w+\s*\{)?\s*\w\s*\}?\s*\}?"), " "),
    (re.compile(r"\\(?:text|mathrm|textrm|mathit|operatorname|mbox|rm|mathbf|bf)\s*(?=\{)"), " "),
    (re.compile(r"\\(?:,|;|:|!|quad|qquad|left|right|displaystyle| )"), " "),
    (re.compile(r"(?:\{\s*\}\s*)?(?:\^\s*)?\{?\s*\\circ\s*\}?|\^\s*\{?\s*°\s*\}?"), "° "),
    (re.compile(r"\\(?:cdot|times|ast|bullet)|[·⋅×∙•]"), "*"),
    (re.compile(r"\\mu|\\micro"), "µ"),
    (re.compile(r"\\Omega|Ω"), "Ω"),
    (re.compile(r"\\(?:AA|r\s*A|mathring\s*\{?A\}?|angstrom)"), "Å"),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\\$"), "dollar "),
    (re.compile(r"\\(?:d|t)?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"(\1)/(\2)"),
    (re.compile(r"\\alpha\s*-?\s*\{?\s*-?\s*particle\s*\}?"), "particle"),
    (re.compile(r"\^\s*\{\s*([^{}]*?)\s*\}"), r"^\1"),
    (re.compile(r"[$~{}\r\n\u00a0\u202f\u2009]"), " "),
    (re.compile(r"°\s+(?=[CFR](?![A-Za-z]))"), "°"),
)  # fmt: skip
TOKEN = re.compile(
    r"\s*(?:(?P<super>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)|(?P<num>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<pow>\^|\*\*)|(?P<mul>\*|·|\.(?=[A-Za-zµΩ]))|(?P<div>/|⁄)|(?P<open>\()|(?P<close>\))"
    r"|(?P<minus>[-−–])|(?P<plus>\+)|(?P<per>per\b)|(?P<word>°\s?[CFR]?(?![A-Za-z])|[A-Za-zµμΩÅÅℓ℃℉¢%‰$£€]+(?:_\w+)?))"
)  # fmt: skip
POUND_LENGTH = re.compile(
    r"(?:lbs?|pounds?)\s?[-*]?\s?(?:ft|feet|foot|in|inch(?:es)?)|(?:ft|foot|in|inch)\s?[-*]?\s?(?:lbs?|pounds?)"
)
WORD_POWERS = {"squared": 2, "cubed": 3}
WORD_PRE_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
ADJECTIVES = {"us": "us", "u.s.": "us", "american": "us", "imperial": "uk", "imp": "uk", "uk": "uk", "british": "uk", "fluid": "fluid", "fl": "fluid", "fl.": "fluid", "short": "short",
              "long": "long", "metric": "metric", "troy": "troy", "nautical": "nautical"}  # fmt: skip
SHORT = {"gal": "gallon", "qt": "quart", "pt": "pint", "oz": "ounce", "mi": "mile"}
TWO_WORDS = re.compile(
    r"\b(?P<first>US|U\.S\.|American|[Ii]mperial|[Ii]mp|UK|British|[Ff]luid|[Ff]l\.?|[Ss]hort|[Ll]ong|[Mm]etric|[Tt]roy|[Nn]autical)\s+(?:(?P<fluid>[Ff]luid|[Ff]l\.?)\s+)?(?P<unit>gallon|gal|quart|qt|pint|pt|cup|ounce|oz|ton|mile|mi)s?\b"
)


def _two_words(found: re.Match[str]) -> str:
    """`US gallons` and `fl oz` as one name of the table; others as they stand."""
    adjective, unit = ADJECTIVES[found.group("first").lower()], SHORT.get(found.group("unit"), found.group("unit"))
    return f"{unit}_{adjective}" if unit in table.TWO_WORDS[adjective] else found.group(0)


IGNORED = frozenset({"of", "the", "a", "an", "each", "water", "hg", "true", "absolute", "gauge", "degrees", "degree"})


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit | None:
    """The unit a text denotes, with any scale in it (`10^{-19} J`); None when it is not wholly understood."""
    if len(text) > 160:
        return None
    if text.strip() == "$":
        text = "dollar"
    for pattern, by in CLEAN:
        text = pattern.sub(by, text)
    text = TWO_WORDS.sub(_two_words, re.sub(r"mm\s+Hg", "mmHg", text))
    text = re.sub(r"\blight[- ]year", "lightyear", text)
    text = re.sub(r"\s+an?\s+(?=(?:day|night|week|month|year|hour|minute|second)\b)", " per ", text)
    if POUND_LENGTH.fullmatch(text.strip(" ;,.")):
        text = re.sub(r"\b(?:lbs?|pounds?)\b", "lbf", text)  # a torque or an energy: the pound is a force
    text = re.sub(r"µ\s+(?=[A-Za-z])", "µ", text).strip(" ;,.")
    if not text:
        return None
    tokens = list(_tokens(text))
    if not tokens or tokens[-1][0] == "bad":
        return None
    try:
        reader = _Reader(tokens)
        unit = reader.product()
        if reader.i != len(tokens):
            return None
    except (KeyError, IndexError, ValueError, OverflowError, ZeroDivisionError):
        return None
    return unit


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None or found.end() == at:
            if text[at:].strip():
                yield "bad", text[at:]
            return
        at = found.end()
        yield found.lastgroup or "bad", (found.group(found.lastgroup or 0)).strip()


class _Reader:
    """Products and quotients of unit atoms; a space multiplies, `a/b c` divides by b alone."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.t, self.i = tokens, 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        return self.t[self.i + ahead] if self.i + ahead < len(self.t) else ("end", "")

    def product(self) -> Unit:
        unit = self.factor()
        while True:
            kind, _ = self.peek()
            if kind in ("end", "close"):
                return unit
            if kind in ("div", "per"):
                self.i += 1
                unit = combine(unit, self.factor(), -1)
            elif kind in ("mul", "minus"):
                self.i += 1
                unit = combine(unit, self.factor(), 1)
            else:
                unit = combine(unit, self.factor(), 1)

    def factor(self) -> Unit:
        kind, text = self.peek()
        self.i += 1
        if kind == "open":
            unit = self.product()
            if self.peek()[0] != "close":
                raise ValueError("unclosed")
            self.i += 1
        elif kind == "num":
            if (exponent := EXPONENT.search(text)) is not None and abs(int(exponent.group(1))) > EXPONENT_MAX:
                raise OverflowError("too large an exponent")
            unit = Unit(Fraction(text), NONE)
            if not unit.size:
                raise ValueError("no unit has the size zero")
        elif kind == "word":
            low = text.lower()
            if low in WORD_PRE_POWERS and self.peek()[0] == "word":
                return power(self.factor(), WORD_PRE_POWERS[low])
            if low in IGNORED and self.peek()[0] == "word":
                after = self.peek()[1].lower()
                if low in ("degrees", "degree") and after in ("celsius", "fahrenheit", "c", "f", "centigrade"):
                    self.i += 1
                    return atom("°C" if after[0] == "c" else "°F")
                return self.factor()
            unit = atom(text)
        else:
            raise ValueError(text)
        return power(unit, self.exponent(unit))

    def exponent(self, unit: Unit) -> Fraction:
        kind, text = self.peek()
        if kind == "super":
            self.i += 1
            return Fraction(text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")))
        if kind == "pow":
            self.i += 1
            sign = 1
            wrapped = self.peek()[0] == "open"
            self.i += wrapped
            if self.peek()[0] in ("minus", "plus"):
                sign = -1 if self.peek()[0] == "minus" else 1
                self.i += 1
            kind, text = self.t[self.i]
            if kind != "num":
                raise ValueError(text)
            self.i += 1
            value = Fraction(text)
            if wrapped and self.peek()[0] == "div":
                value /= Fraction(self.t[self.i + 1][1])
                self.i += 2
            self.i += wrapped
            return sign * value
        if kind == "word" and text.lower() in WORD_POWERS:
            self.i += 1
            return Fraction(WORD_POWERS[text.lower()])
        after_kind, after = self.peek(1)
        if kind == "minus" and after_kind == "num" and unit.dims != NONE and "." not in after:  # s-1
            self.i += 2
            return -Fraction(after)
        if kind == "num" and unit.dims != NONE and text in ("2", "3"):  # m2, cm3
            self.i += 1
            return Fraction(text)
        return Fraction(1)


def combine(a: Unit, b: Unit, sign: int) -> Unit:
    """a·b or a/b; zero points vanish in products (they are then differences)."""
    dims = tuple(x + sign * y for x, y in zip(a.dims, b.dims, strict=True))
    size = a.size * b.size if sign > 0 else a.size / b.size
    if "log" in (a.kind, b.kind):
        raise ValueError("a logarithmic unit in a product")
    lone = b is ONE or (b.dims == NONE and b.size == 1 and not b.kind) or (a.dims == NONE and not a.kind and sign > 0)
    kind = a.kind or b.kind if lone else "calendar" if "calendar" in (a.kind, b.kind) else ""
    return Unit(size, dims, (a.shift or b.shift) if lone and kind == "offset" else Fraction(0), kind)


BITS_MAX = 1000
EXPONENT = re.compile(r"[eE]([+-]?\d+)$")
EXPONENT_MAX = 300


def power(unit: Unit, exponent: Fraction | int) -> Unit:
    """unit to a rational power."""
    e = Fraction(exponent)
    if e == 1:
        return unit
    if abs(e) > 12:
        if unit.dims != NONE or e.denominator != 1 or abs(e) > 320:
            raise OverflowError
        return Unit(unit.size ** int(e), NONE)
    size = unit.size ** int(e) if e.denominator == 1 else Fraction(float(unit.size) ** float(e))
    if not size or max(size.numerator.bit_length(), size.denominator.bit_length()) > BITS_MAX:
        raise OverflowError("too large or too small a unit")  # no float holds it
    return Unit(size, tuple(d * e for d in unit.dims), kind="calendar" if unit.kind == "calendar" else "")


@lru_cache(maxsize=4096)
def atom(text: str) -> Unit:
    """One unit symbol or name; KeyError when unknown."""
    text = re.sub(r"°\s+", "°", text)
    for form in _forms(text):
        found = _look_up(form)
        if found is not None:
            return found
    raise KeyError(text)


def may_begin_unit(word: str, after: str) -> bool:
    """Whether a unit can begin with this plain word: most words after a number are no unit at all."""
    return "'" in word or (after != "" and after in "_°µμΩÅℓ℃℉¢%‰$£€") or _begins(word)


@lru_cache(maxsize=8192)
def _begins(word: str) -> bool:
    low = word.lower()
    if low in WORD_PRE_POWERS or low in IGNORED or low in ADJECTIVES or low in ("per", "mm"):
        return True
    return any(_look_up(form) is not None for form in _forms(word))


def _forms(text: str) -> Iterator[str]:
    yield text
    if len(text) > 3 and text.endswith("s") and text[-2:] != "ss":
        yield text[:-1]
        if text.endswith("ies"):
            yield text[:-3] + "y"
        if text.endswith("es"):
            yield text[:-2]
    if text != text.lower() and len(text) > 3:
        yield text.lower()
        yield from _forms(text.lower())


REPAIRED = {"kPA": "kPa", "KPa": "kPa", "Kg": "kg", "KG": "kg", "KJ": "kJ", "Kj": "kJ", "kj": "kJ", "Km": "km", "KM": "km", "kW-h": "kWh", "Mpa": "MPa",
            "MPA": "MPa", "hz": "Hz", "Mhz": "MHz", "khz": "kHz", "KHz": "kHz", "Sec": "s", "secs": "s", "ATM": "atm", "ML": "mL", "Lb": "lb", "hrs": "h",
            "mins": "min", "feet": "ft", "inches": "in", "yrs": "yr", "lbs": "lb", "gm": "g", "gms": "g", "gr": "g", "kgs": "kg", "kms": "km", "cms": "cm",
            "Kcal": "kcal", "ev": "eV", "Gev": "GeV", "Mev": "MeV", "henries": "H", "centuries": "century", "KPA": "kPa", "kwh": "kWh", "KWh": "kWh",
            "KWH": "kWh", "kw": "kW", "KW": "kW", "Ohm": "Ω", "Ohms": "Ω", "kohm": "kΩ"}  # fmt: skip


JOINED = {"Nm": ("N", "m"), "JK": ("J", "K"), "ftlb": ("ft", "lbf"), "ftlbf": ("ft", "lbf"), "Vs": ("V", "s"), "Js": ("J", "s"), "Ws": ("W", "s"), "As": ("A", "s"), "kNm": ("kN", "m"), "mAh": ("mA", "h"), "kWh": ("kW", "h"), "MWh": ("MW", "h"), "GWh": ("GW", "h"), "TWh": ("TW", "h"), "inlb": ("in", "lbf"), "Pas": ("Pa", "s"), "eVs": ("eV", "s")}  # fmt: skip
"""Two units written as one word."""
BITS = ("B", "b", "bit", "byte", "bits", "bytes")
NAMED_PREFIXES = tuple(table.PREFIX_NAMES)
PREFIXES_BY_LETTER: dict[str, list[tuple[str, Fraction]]] = {}
for _prefix, _scale in table.PREFIXES.items():
    PREFIXES_BY_LETTER.setdefault(_prefix[:1], []).append((_prefix, _scale))


def _look_up(text: str) -> Unit | None:
    text = REPAIRED.get(text, text)
    if text in table.OFFSET:
        size, shift = table.OFFSET[text]
        return Unit(size, table.TEMPERATURE, shift, "offset", text)
    if text in table.LOGARITHMIC:
        return Unit(Fraction(1), NONE, kind="log", name=text)
    if text in table.PREFIXED:
        return Unit(*table.PREFIXED[text], name=text)
    if text in table.PLAIN:
        size, dims = table.PLAIN[text]
        return Unit(size, dims, kind="calendar" if text in table.MONTHS_AND_LONGER else "", name=text)
    if text in table.COUNTS:
        return Unit(Fraction(1), NONE, kind="count", name=text)
    low = text.lower()
    if low in table.NAMED:
        return Unit(*table.PREFIXED[table.NAMED[low]], name=low)
    if low.startswith(NAMED_PREFIXES):
        for prefix, symbol in table.PREFIX_NAMES.items():
            if low.startswith(prefix) and low[len(prefix) :] in table.NAMED:
                size, dims = table.PREFIXED[table.NAMED[low[len(prefix) :]]]
                return Unit(size * table.PREFIXES[symbol], dims, name=low)
    if text.endswith(BITS):
        for prefix, factor in table.BINARY_PREFIXES.items():
            if text.startswith(prefix) and text[len(prefix) :] in BITS:
                whole = text.endswith(("B", "byte", "bytes"))
                return Unit(Fraction(factor) * (8 if whole else 1), table.BIT, name=text)
    for prefix, scale in PREFIXES_BY_LETTER.get(text[:1], ()):
        rest = text[len(prefix) :]
        if text.startswith(prefix) and rest in table.PREFIXED and not rest.endswith("_"):
            size, dims = table.PREFIXED[rest]
            return Unit(size * scale, dims, name=text)
    pair = JOINED.get(text)
    if pair is not None:
        a, b = _look_up(pair[0]), _look_up(pair[1])
        return combine(a, b, 1) if a is not None and b is not None else None
    return None


def convert(value: Fraction, given: Unit, wanted: Unit) -> Fraction:
    """`value` of one unit in another of the same dimension; zero points included."""
    return (value + given.shift) * given.size / wanted.size - wanted.shift
