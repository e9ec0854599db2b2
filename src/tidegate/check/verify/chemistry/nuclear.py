# ruff: noqa: E501  (patterns and tables read best on one line)
"""Nuclear equations: do mass numbers and charges add up on both sides?

Reads `^{238}_{92}U`, `²³⁸U`, `238U`, `U-238`, `uranium-238` and the particles n, p, d, t, α, β⁻,
β⁺, e⁻, γ, ν.  Neutrinos and gammas carry neither mass number nor charge and may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tidegate.check.verify.chemistry.formula import SUPERSCRIPTS, elements, names
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "nuclear balance"
ARROW = r"(?:\\(?:rightarrow|to|longrightarrow)(?![a-zA-Z])|→|⟶|-->|->)"
UP, DOWN = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
# name → (mass number, charge)
PARTICLES = {
    "n": (1, 0), "neutron": (1, 0), "neutrons": (1, 0), "p": (1, 1), "proton": (1, 1), "d": (2, 1), "t": (3, 1), "α": (4, 2), "alpha": (4, 2), "β-": (0, -1), "β": (0, -1), "beta-": (0, -1), "beta": (0, -1),
    "β+": (0, 1), "beta+": (0, 1), "e-": (0, -1), "e+": (0, 1), "e": (0, -1), "γ": (0, 0), "gamma": (0, 0), "ν": (0, 0), "nu": (0, 0), "ν̄": (0, 0), "νe": (0, 0), "ν̄e": (0, 0), "antineutrino": (0, 0), "neutrino": (0, 0),
    "electron": (0, -1), "positron": (0, 1), "energy": (0, 0), "Q": (0, 0),
}  # fmt: skip
SYMBOL = r"[A-Z][a-z]?"
ISOTOPE = (
    rf"(?:\^\{{?\d{{1,3}}\}}?(?:_\{{?[-−]?\d{{1,3}}\}}?)?|_\{{?\d{{1,3}}\}}?\^\{{?\d{{1,3}}\}}?|[{UP}]{{1,3}}[{DOWN}]{{0,3}}|[{DOWN}]{{1,3}}[{UP}]{{1,3}}|\d{{1,3}})\s?(?:\\(?:text|mathrm|rm)\s*\{{\s*)?(?:{SYMBOL}|[np](?![a-z]))\}}?(?![a-z])"
    rf"|{SYMBOL}-\d{{1,3}}|(?i:[a-z]{{3,13}})-\d{{1,3}}"
)
PARTICLE = r"\\?(?:(?:bar|overline)\{\\?nu\}(?:_e)?|alpha|beta\^?\{?[+\-−⁺⁻]?\}?|gamma|nu(?:_e)?|antineutrinos?|neutrinos?|neutrons?|protons?|electron|positron|[αβγν]̄?(?:_e|ₑ)?[+\-−⁺⁻]?|\^\{?[01]\}?_\{?[-−]?[01]\}?\s?[npeβ]|[npdt](?![A-Za-z])|e\^?\{?[+\-−⁺⁻]\}?)"
TERM = re.compile(
    rf"\s*+\$?\s*+(?P<coef>\d{{1,2}}\s++|\d(?=\\?(?:n|p|α|β|alpha|beta)\b)|\d(?=\s?\^|[{UP}]))?\s*+(?:\{{\}})?(?P<body>{ISOTOPE}|{PARTICLE})\s*+"
)
PLUS = re.compile(r"\s*+\+\s*+(?!$)")
LINE = re.compile(rf"[^\n.;]*?{ARROW}[^\n;]*")


@cache
def _by_name() -> dict[str, str]:
    return names()


def is_nuclear(text: str) -> bool:
    """Whether an arrow's both sides are isotopes and particles, not compounds."""
    sides = re.split(ARROW, text)
    return len(sides) == 2 and all((s := side(x)) is not None and len(s) > 0 for x in sides) and _isotopic(text)


def _isotopic(text: str) -> bool:
    return bool(
        re.search(
            rf"(?<![\d.])\d{{1,3}}{SYMBOL}(?![a-z\d₀-₉])|\^\{{?\d|[{UP}]{SYMBOL}|{SYMBOL}-\d|[a-z]-\d",
            text.replace("{}", ""),
        )
    )


def side(text: str) -> list[tuple[int, int, str]] | None:
    """(mass number, charge, text) of each term with its coefficient applied; None when a term is not nuclear."""
    out: list[tuple[int, int, str]] = []
    at, text = 0, text.strip(" $.,:`*")
    while at < len(text):
        found = TERM.match(text, at)
        if found is None:
            return None
        read = _term(found.group("body"))
        if read is None:
            return None
        times = int(found.group("coef") or 1)
        out.append((times * read[0], times * read[1], found.group(0).strip()))
        at = found.end()
        if at >= len(text):
            break
        plus = PLUS.match(text, at)
        if plus is None:
            return None
        at = plus.end()
    return out


def _term(body: str) -> tuple[int, int] | None:
    plain = re.sub(r"\\(?:text|mathrm|rm)\s*|[{}\s]", "", body)
    small = re.sub(rf"[{DOWN}]+", lambda m: "_" + "".join(str(DOWN.index(c)) for c in m.group(0)), plain)
    small = re.sub(rf"[{UP}]+", lambda m: "^" + m.group(0).translate(SUPERSCRIPTS), small).replace("−", "-")
    low = (
        re.sub(r"\\|\^|_e$|ₑ", "", small).replace("⁺", "+").replace("⁻", "-").replace("bar", "").replace("overline", "")
    )
    if low in PARTICLES:
        return PARTICLES[low]
    mass = re.search(r"\^(\d+)|^(\d+)(?=[A-Zn])|-(\d+)$", small)
    number = re.search(r"_(-?\d+)", small)
    symbol = re.search(r"([A-Z][a-z]?)(?:-\d+)?$|(?<![A-Za-z])([npeβ])$", small)
    if symbol is None:
        word = re.match(r"([A-Za-z]+)-\d+$", small)
        name = _by_name().get(word.group(1).lower()) if word else None
        if name is None or mass is None:
            return None
        return int(mass.group(3)), elements()[name].number
    if mass is None:
        return None
    a = int(next(g for g in mass.groups() if g))
    if symbol.group(2):
        z = int(number.group(1)) if number else {"n": 0, "p": 1, "e": -1, "β": -1}[symbol.group(2)]
        return a, z
    if symbol.group(1) not in elements():
        return None
    z = elements()[symbol.group(1)].number
    if number is not None and int(number.group(1)) != z:
        return a, int(number.group(1))
    return (a, z) if z <= a <= 3 * z + 2 else None


def check_nuclear(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on every nuclear equation, and on atomic numbers that are not the element's."""
    for start, end in ranges:
        for arrow in re.finditer(ARROW, text[start:end]):
            a, b = start + arrow.start(), start + arrow.end()
            left, right = _grown(text, start, a, backwards=True), _grown(text, b, end, backwards=False)
            if left is None or right is None or not _isotopic(text[left:right]):
                continue
            yield _decide(text, left, right, a, b)


def _grown(text: str, low: int, high: int, *, backwards: bool) -> int | None:
    """How far from the arrow the terms reach."""
    limit = max(low, high - 160) if backwards else min(high, low + 160)
    if backwards:
        pieces = [m.end() for m in re.finditer(r"[\n.;:,(]\s|\n|(?<=[a-z]{2})\s(?!\s*\+)", text[limit:high])]
        for at in [limit, *(limit + p for p in pieces)]:
            if side(text[at:high]):
                return at + len(text[at:high]) - len(text[at:high].lstrip())
        return None
    stops = sorted(
        {m.start() for m in re.finditer(r"[\n;)]|[.,:](?=\s|$)|\s(?=[a-z]{2,}\b(?!-\d))|\s\(", text[low:limit])}
        | {limit - low},
        reverse=True,
    )
    for stop in stops:
        if side(text[low : low + stop]):
            return low + len(text[low : low + stop].rstrip(" $.,:`*"))
    return None


def _decide(text: str, start: int, end: int, a: int, b: int) -> Decision:
    left, right = side(text[start:a]) or [], side(text[b:end]) or []
    claim = Claim(kind="reaction", text=text[start:end], span=(start, end), payload={"nuclear": True})
    masses = sum(t[0] for t in left), sum(t[0] for t in right)
    charges = sum(t[1] for t in left), sum(t[1] for t in right)
    receipt = Receipt(
        oracle=ORACLE, computation=f"mass numbers {masses[0]} | {masses[1]}; charges {charges[0]} | {charges[1]}"
    )
    wrong = [
        f"{what}: {x} left, {y} right" for what, (x, y) in (("mass number", masses), ("charge", charges)) if x != y
    ]
    if not wrong:
        return Decision(
            claim=claim, support=Support.SUPPORTED, receipt=receipt, message="mass numbers and charges balance"
        )
    if re.match(r"\s*\+|\s*…|\s*\.\.\.", text[end : end + 6]):
        return Decision(
            claim=claim,
            support=Support.UNVERIFIABLE,
            receipt=receipt,
            message="a term beside it was not read",
            certainty="possible",
        )
    if (
        masses[0] == masses[1]
        and abs(charges[0] - charges[1]) == 1
        and not re.search(r"e|β|beta|ν|nu", text[start:end])
    ):
        return Decision(
            claim=claim,
            support=Support.UNVERIFIABLE,
            receipt=receipt,
            message="the beta particle may be left out",
            certainty="possible",
        )
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=f"not balanced: {'; '.join(wrong)}")
