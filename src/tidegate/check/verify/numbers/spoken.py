# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Arithmetic said in words: `half of 93 is 45.5`, `from 80 to 100 is a 20% increase`, `1 in 5 (20%)`.

A closed list of phrases, each with its computation.  A number that carries a unit or a percent
sign where the phrase does not expect one is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from math import isqrt

from tidegate.check.verify.numbers.lexer import NUMBER, number_value
from tidegate.check.verify.numbers.shown import cited
from tidegate.check.verify.scan import lowered, sentences_with_figures
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "arithmetic in words"
N = rf"[$€£]?\s?[-−]?(?:{NUMBER})(?:\s(?:hundred|thousand|million|billion|trillion)\b|(?<=\d)(?:M|bn|B)\b)?"
IS = r"\s*(?:,\s*)?(?:=|≈|\bis\b|\bequals\b|\bis equal to\b|\bgives\b|\bcomes to\b|\bmakes\b|\bleaves\b)\s*(?P<about>about|approximately|roughly|around|nearly|almost|exactly)?\s*(?:an?\s+)?"
END = r"(?P<out>{n})(?![\d.,]*\d|\s*(?:/|\^|×|\*|%|percent|per\b|times\b|more\b|less\b|fewer\b|plus\b|minus\b|hundred|thousand|million|billion|squared))"
UNIT = r"(?:\s?(?:[a-zA-Z°µ]{1,12}|%)){0,1}"
# `\s*+` leaves no space to the number after it: with two ways to read each space a list without an end takes for ever
LIST = rf"(?P<list>{N}(?:\s*,\s*+{N})*\s*,?\s*and\s+{N}|(?:{N},\s++){{2,}}{N})"
SHARES = {
    "half": Fraction(1, 2), "a half": Fraction(1, 2), "one half": Fraction(1, 2), "one-half": Fraction(1, 2), "a third": Fraction(1, 3), "one third": Fraction(1, 3), "one-third": Fraction(1, 3),
    "a quarter": Fraction(1, 4), "one quarter": Fraction(1, 4), "one-quarter": Fraction(1, 4), "one fourth": Fraction(1, 4), "one-fourth": Fraction(1, 4), "a fifth": Fraction(1, 5), "one fifth": Fraction(1, 5),
    "one-fifth": Fraction(1, 5), "a tenth": Fraction(1, 10), "one tenth": Fraction(1, 10), "one-tenth": Fraction(1, 10), "two thirds": Fraction(2, 3), "two-thirds": Fraction(2, 3),
    "three quarters": Fraction(3, 4), "three-quarters": Fraction(3, 4), "three fourths": Fraction(3, 4), "two fifths": Fraction(2, 5), "two-fifths": Fraction(2, 5), "twice": Fraction(2), "double": Fraction(2),
    "triple": Fraction(3), "three times": Fraction(3), "four times": Fraction(4), "five times": Fraction(5), "ten times": Fraction(10),
}  # fmt: skip
SCALES = {"M": 6, "bn": 9, "B": 9, "hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}


class Stated:
    """A printed number: its value and the place of its last digit."""

    def __init__(self, text: str) -> None:
        body = re.sub(r"[$€£\s]", "", text.replace("−", "-"))
        word = next((w for w in SCALES if body.endswith(w)), "")
        body = body.removesuffix(word)
        sign = -1 if body.startswith("-") else 1
        value, ulp, _, other = number_value(body.lstrip("-"))
        scale = Fraction(10) ** SCALES.get(word, 0)
        self.value, self.ulp, self.ambiguous = (
            sign * value * scale,
            ulp * scale,
            (other is not None and text.lstrip()[:1] not in "$£"),
        )


def _list(text: str) -> list[Fraction]:
    return [Stated(m.group(0)).value for m in re.finditer(N, text)]


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _product(values: list[Fraction]) -> Fraction:
    out = Fraction(1)
    for v in values:
        out *= v
    return out


def _of_list(found: re.Match[str]) -> tuple[Fraction, str] | None:
    word, values = found.group("what").lower(), _list(found.group("list"))
    shown = ", ".join(f"{float(v):g}" for v in values)
    if word in ("sum", "total"):
        return sum(values, Fraction(0)), f"sum of {shown}"
    if word in ("average", "mean", "arithmetic mean"):
        return _mean(values), f"mean of {shown}"
    if word == "product":
        return _product(values), f"product of {shown}"
    if word == "median":
        s = sorted(values)
        k = len(s)
        return (s[k // 2] if k % 2 else (s[k // 2 - 1] + s[k // 2]) / 2), f"median of {shown}"
    if len(values) != 2:
        return None
    if word == "difference":
        return abs(values[0] - values[1]), f"difference of {shown}"
    return (values[0] / values[1], f"quotient of {shown}") if values[1] else None


def _share(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a = Stated(found.group("a")).value
    return SHARES[found.group("share").lower()] * a, f"{found.group('share').lower()} of {float(a):g}"


def _change(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a, b = Stated(found.group("a")).value, Stated(found.group("b")).value
    if not a or all(re.fullmatch(r"(?:1[5-9]|20)\d\d", found.group(g).strip()) for g in "ab"):
        return None  # a rise of 50% from 2010 to 2020 took ten years
    change = (b - a) / a * 100
    word = found.group("way").lower()
    falls = bool(re.match(r"decreas|drop|declin|reduc|fall|fell|loss|discount|lower", word))
    if (change < 0) != falls and change != 0:
        return None
    return abs(change), f"({float(b):g} - {float(a):g}) / {float(a):g} × 100"


def _changed(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a, p = Stated(found.group("a")).value, Stated(found.group("p")).value
    way = found.group("way").lower()
    down = bool(re.match(r"decreas|reduc|less|lower|discount|off|minus|drop", way))
    if way in ("off", "discount on") and Stated(found.group("out")).value == a * p / 100:
        return None  # 20% off $80 is $16: the saving
    return a * (1 + (-p if down else p) / 100), f"{float(a):g} × (1 {'-' if down else '+'} {float(p):g}%)"


def _portion(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a, p = Stated(found.group("a")).value, Stated(found.group("p")).value
    after = found.string[found.end() : found.end() + 12]
    if Stated(found.group("out")).value == a or re.match(
        r"\s*(?:[x÷+−(-]|\\times|\\cdot|multipl|divided|of\b|\w+ (?:of|each|per)\b)", after
    ):
        return None  # 10% of $12, which is $12 x 0.1
    return a * p / 100, f"{float(p):g}% of {float(a):g}"


def _root(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a = Stated(found.group("a")).value
    k = 3 if "cube" in found.group("what").lower() else 2
    if a < 0:
        return None
    n, d = a.numerator, a.denominator
    if k == 2 and isqrt(n) ** 2 == n and isqrt(d) ** 2 == d:
        return Fraction(isqrt(n), isqrt(d)), f"√{float(a):g}"
    root = round(float(a) ** (1 / 3)) if k == 3 else 0
    if k == 3 and Fraction(root) ** 3 == a:
        return Fraction(root), f"∛{float(a):g}"
    return Fraction(float(a) ** (1 / k)), f"{'√' if k == 2 else '∛'}{float(a):g}"


def _power(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a = Stated(found.group("a")).value
    word = found.group("what").lower()
    k = 2 if word == "squared" else 3 if word == "cubed" else int(re.findall(r"\d+", word)[0])
    return (a**k, f"{float(a):g}^{k}") if k <= 64 and abs(a) < 10**9 else None


def _odds(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a, b = Stated(found.group("a")).value, Stated(found.group("b")).value
    return (a / b * 100, f"{float(a):g} / {float(b):g} × 100") if b and a <= b else None


def _less(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a, b = Stated(found.group("a")).value, Stated(found.group("b")).value
    return (
        (b + a, f"{float(b):g} + {float(a):g}")
        if found.group("way") == "more"
        else (b - a, f"{float(b):g} - {float(a):g}")
    )


def _modulo(found: re.Match[str]) -> tuple[Fraction, str] | None:
    a, b = Stated(found.group("a")).value, Stated(found.group("b")).value
    if b <= 0 or a.denominator != 1 or b.denominator != 1 or a < 0:
        return None
    return a % b, f"{int(a)} mod {int(b)}"


def _n(name: str) -> str:
    return rf"(?P<{name}>{N})"


OUT, PERCENT_OUT = END.replace("{n}", N), rf"(?P<out>{N})\s?(?:%|percent|per cent)"
FORMS: tuple[tuple[str, Callable[[re.Match[str]], tuple[Fraction, str] | None]], ...] = (
        (rf"(?<!\w)(?:the\s+)?(?P<what>sum|total|product|difference|average|mean|arithmetic mean|median|quotient) (?:of|between) {LIST}{UNIT}{IS}{OUT}", _of_list),
        (rf"(?<![\w\d-])(?P<share>{'|'.join(sorted(SHARES, key=len, reverse=True))}) (?:of )?{_n('a')}{UNIT}{IS}{OUT}", _share),
        (rf"\bfrom {_n('a')}(?!\s?(?:%|percent))(?:\s[a-z°/]{{1,12}})? to {_n('b')}(?!\s?(?:%|percent))(?:\s[a-z°/]{{1,12}})?(?:\s(?:over|in|during|within|by|since|this|last|after)\s[^,.;:()%$\d]{{1,40}})?,?(?:\s*\(|\s+(?:is|was|represents|means|corresponds to|amounts to|gives),?\s+|,\s*)(?:an?\s+)?(?P<about>about|approximately|roughly|around|nearly|almost|exactly)?\s*(?:an?\s+)?{PERCENT_OUT}\s+(?P<way>increase|decrease|rise|drop|decline|reduction|growth|gain|fall|loss|jump)", _change),
        (rf"\bfrom {_n('a')}(?!\s?(?:%|percent))(?:\s[a-z°/]{{1,12}})? to {_n('b')}(?!\s?(?:%|percent))(?:\s[a-z°/]{{1,12}})?(?:\s(?:over|in|during|within|by|since|this|last|after)\s[^,.;:()%$\d]{{1,40}})?,\s*(?:which is\s+|that is\s+|or\s+)?an?\s+(?:overall\s+)?(?P<way>increase|decrease|rise|drop|decline|reduction|growth|gain|fall|loss|jump)\s+of\s+(?P<about>about|approximately|roughly|around|nearly|almost|exactly)?\s*{PERCENT_OUT}", _change),
        (rf"(?P<way>increase[sd]?|decrease[sd]?|rose|rise|fell|dropped|drop|grew|grown|declined)\s+(?:by\s+)?(?:of\s+)?(?P<about>about|approximately|roughly|around|nearly|almost|exactly)?\s*{PERCENT_OUT},?\s+from {_n('a')}(?!\s?(?:%|percent))(?:\s[a-z°/]{{1,12}})? to {_n('b')}(?!\s?(?:%|percent))", _change),
        (rf"(?<![\w.%]){_n('a')} (?P<way>increased|decreased|reduced|discounted) by {_n('p')}\s?(?:%|percent){IS}{OUT}", _changed),
        (rf"(?<![\w.])(?P<p>{N})\s?(?:%|percent) (?P<way>more than|less than|off|discount on) {_n('a')}{IS}{OUT}", _changed),
        (rf"(?<![\w.])(?P<p>{N})\s?(?:%|percent) (?:of|on) {_n('a')}(?!\s?(?:%|percent)),\s*(?:which|that) (?:is|equals|comes to|gives|works out to)\s+(?P<about>about|approximately|roughly|around|nearly|almost|exactly)?\s*{OUT}", _portion),
        (rf"\b(?:tip|tax|discount|commission|fee|gratuity|deposit|VAT|interest)\s+(?:of|at)\s+(?P<p>{N})\s?(?:%|percent) on (?:an?|the|your)\s+{_n('a')}(?:\s[a-z]{{2,12}})?{IS}{OUT}", _portion),
        (rf"\b(?:the\s+)?(?P<what>square root|cube root) of {_n('a')}{IS}{OUT}", _root),
        (rf"(?<![\w.^×*/+−-])(?<![×*/+−-]\s){_n('a')} (?P<what>squared|cubed|to the power (?:of )?\d{{1,2}})(?:{IS}){OUT}", _power),
        (rf"(?<![\w.,]){_n('a')} (?:in|of|out of) (?:every |the |all )?{_n('b')}(?:\s[a-z]{{2,12}}){{0,3}}?(?:\s*\(|,\s*(?:or|i\.e\.,?|which is|that is,?|that's)\s*|{IS})(?:or\s+|about\s+)?{PERCENT_OUT}", _odds),
        (rf"(?<![\w.%]){_n('a')} (?P<way>more|less) than {_n('b')}{IS}{OUT}", _less),
        (rf"(?<![\w.(]){_n('a')} (?:mod|modulo|%) {_n('b')}\s*(?:=|≡|\bis\b|\bequals\b)\s*{OUT}", _modulo),
        (rf"(?:the )?remainder (?:when|of) {_n('a')} (?:is )?(?:divided|÷|/)(?: by)? {_n('b')}{IS}{OUT}", _modulo),
)  # fmt: skip


@cache
def phrase(n: int) -> re.Pattern[str]:
    """The n-th form, compiled when first needed."""
    return re.compile(FORMS[n][0], re.I)


KEYS: tuple[tuple[str, ...], ...] = (
    ("sum ", "total ", "product ", "difference ", "average ", "mean ", "median ", "quotient "), ("half", "third", "quarter", "fourth", "fifth", "tenth", "twice", "double", "triple", "times"), ("increase", "decrease", "rise", "drop", "decline", "reduction", "growth", "gain", "fall", "loss", "jump"),
    (
        "increase",
        "decrease",
        "rise",
        "drop",
        "decline",
        "reduction",
        "growth",
        "gain",
        "fall",
        "loss",
        "jump",
    ),
    ("increase", "decrease", "rose", "rise", "fell", "drop", "grew", "grown", "declined"), ("increased by", "decreased by", "reduced by", "discounted by"), ("more than", "less than", "off", "discount"), ("% of", "percent of", "% on", "percent on"), ("tip", "tax", "discount", "commission", "fee", "gratuity", "deposit", "vat", "interest"), ("root of",), ("squared", "cubed", "to the power"), (" in ", " out of ", " of "), ("more than", "less than"), (" mod", " % "), ("remainder",),
)  # fmt: skip
UNSURE = re.compile(
    r"\b(?:weighted|moving|annuali[sz]ed|geometric|harmonic|absolute|signed|respectively|cumulative|running|annual|compound|per (?:year|month|annum))\b",
    re.I,
)


OF_PERCENT = frozenset({2, 3, 4, 5, 6, 7, 8, 11})  # forms that need a percentage


def check_spoken(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on the phrases of `FORMS` in prose."""
    whole = lowered(text)
    percents = "%" in whole or "percent" in whole or "per cent" in whole
    live = [
        (n, keys) for n, keys in enumerate(KEYS) if (percents or n not in OF_PERCENT) and any(k in whole for k in keys)
    ]
    every = {k for _, keys in live for k in keys if k in whole}
    for start, end in (piece for r in ranges for piece in sentences_with_figures(text, *r)) if live else ():
        low = text[start:end].lower()
        here = {k for k in every if k in low}
        percent = percents and ("%" in low or "percent" in low or "per cent" in low)
        for n, keys in live if here else ():
            if (n in OF_PERCENT and not percent) or here.isdisjoint(keys):
                continue
            compute = FORMS[n][1]
            for found in phrase(n).finditer(text, start, end):
                decision = _decide(text, found, compute)
                if decision is not None:
                    yield decision


def _decide(
    text: str, found: re.Match[str], compute: Callable[[re.Match[str]], tuple[Fraction, str] | None]
) -> Decision | None:
    try:
        computed = compute(found)
        out = Stated(found.group("out"))
        ambiguous = _ambiguous(
            {k: Stated(g) for k, g in found.groupdict().items() if g and k in ("a", "b", "p", "out")}
        )
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    if computed is None:
        return None
    value, how = computed
    claim = Claim(kind="equation", text=found.group(0), span=found.span())
    stated = found.group("out").strip()
    also = f", stated {stated}" if stated != _shown(value) else ""
    receipt = Receipt(oracle=ORACLE, computation=f"{how} = {_shown(value)}{also}")
    off, about = abs(value - out.value), (found.groupdict().get("about") or "exactly").lower() != "exactly"
    exact = out.ulp > 0 and (value / out.ulp).denominator == 1
    slack = Fraction(0) if exact and not about else out.ulp * Fraction(999, 1000)
    if off <= slack or (about and off <= max(out.ulp, abs(value) / 50)):
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    reason = ""
    if about and off <= abs(value) / 10:
        reason = "an approximation"
    elif (
        ambiguous
        or UNSURE.search(text[max(0, found.start() - 40) : found.end()])
        or re.search(r"\bround|approx|about|roughly|≈", text[max(0, found.start() - 60) : found.end() + 30], re.I)
    ):
        reason = "another reading is possible"
    elif re.search(r"[\d)][\s]*[+\-−×*/^÷]\s*$", text[max(0, found.start() - 6) : found.start()]):
        reason = "part of a longer expression"
    if reason:
        return Decision(
            claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=reason, certainty="possible"
        )
    message = f"{cited(found.group(0))}: {how} is {_shown(value)}, not {found.group('out').strip()}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)


def _ambiguous(stated: dict[str, Stated]) -> bool:
    """Whether 1,200 may be 1.2 here: not beside 900, which 1200 is like and 1.2 is not."""
    pair = [stated[k].value for k in ("a", "b") if k in stated and stated[k].value > 0]
    if len(pair) == 2 and any(stated[k].ambiguous for k in ("a", "b")) and Fraction(1, 30) < pair[0] / pair[1] < 30:
        return stated["out"].ambiguous if "out" in stated else False
    return any(s.ambiguous for s in stated.values())


def _shown(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.8g}"
