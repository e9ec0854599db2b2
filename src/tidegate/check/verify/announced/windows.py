"""Which of the quantities before a result it is made of, what they give, and whether anything else can be meant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from tidegate.check.verify.announced.cues import ALIKE, ANNOUNCES, ANY, MEANS, doubtful, shared, words_around
from tidegate.check.verify.announced.derivations import Words, derivations, simple_values
from tidegate.check.verify.announced.term import Term

SPAN_MAX = 420  # characters from the first quantity of a derivation to its result, at most
TERMS_MAX, LIST_MAX = 5, 12
TENS = (10.0, 100.0, 1000.0)
AROUND_MAX = 8  # numbers around that may make the stated value in another way


class Made(NamedTuple):
    """A result's terms, the values they give, and whether counted things were read too."""

    terms: list[Term]
    values: list[tuple[float, str]]
    exact: bool
    partial: bool = False  # other unused terms stand in the sentence


def made_of(text: str, sentence: tuple[int, int], terms: Sequence[Term], k: int, live: Sequence[Term]) -> Made | None:
    """The unused terms whose derivations agree with the k-th term of the sentence, else the first that come near it."""
    term = terms[k]
    lead = text[terms[k - 1].end if k else sentence[0] : term.start]
    here = [t for t in live if t.start >= sentence[0]]
    if (again := _again(term, here, live, lead)) is not None:
        return again
    before = [t for t in live if t.start < sentence[0]]
    listed = _listed(text, live)
    if listed and MEANS.search(lead):
        values = [v for v in _values(listed[0], term, Words(mean=True), exact=False) if "+" in v[1]]
        return Made(listed[0], values, False) if values else None
    whole = listed + ([here] if here else []) + [before[-n:] + here for n in (1, 2, 3) if n <= len(before)]
    parts = [here[-2:], here[:-1], *([here[-3:]] if len(here) > 3 else [])] if len(here) > 2 else []
    nearest = None
    around: dict[int, Words] = {}
    for exact in (True, False):
        for n, window in enumerate(whole + parts if exact else whole):
            if len(window) < 2 or (len(window) > TERMS_MAX and n) or any(t.unread for t in window):
                continue
            if exact and (term.wild or any(t.wild for t in window)):
                continue
            first = min(window[0].start, sentence[0])
            if first not in around:
                around[first] = words_around(text, first, terms, k, sentence)
            words = around[first]
            values = _values(window, term, words, exact=exact)
            if any(agrees(v, term) for v, _ in values):
                return Made(window, values, exact, window in parts)
            if nearest is None and any(near(v, term.value, tens=exact) for v, _ in values):
                nearest = Made(window, values, exact, window in parts)
    return nearest


def _listed(text: str, live: Sequence[Term]) -> list[list[Term]]:
    """The last list of three numbers or more: `34, 29, 31 and 30 points`."""
    run: list[Term] = []
    for t in reversed(live):
        if run and text[t.end : run[0].start].strip(" $€£") not in (",", "and", ", and"):
            if len(run) > 2:
                break
            run = []
        run.insert(0, t)
    return [run] if 2 < len(run) <= LIST_MAX else []


def _again(term: Term, here: Sequence[Term], live: Sequence[Term], lead: str) -> Made | None:
    """The last quantity once more in another unit: `36,000 Mbit, in other words 4.5 GB`."""
    if not live or not live[-1].kind or live[-1].size == term.size or live[-1].unread:
        return None
    last = live[-1]
    if not (
        ALIKE.match(lead)
        or (
            len(here) == 1
            and last.kind == term.kind
            and len(term.kind) > 1
            and min(term.kind.values()) < 0
            and ANNOUNCES.search(lead)
        )
    ):
        return None
    values = derivations([last], term, Words(), things=True)
    return Made([last], values, True) if values and near(values[0][0], term.value, tens=True) else None


def _values(window: Sequence[Term], term: Term, words: Words, *, exact: bool) -> list[tuple[float, str]]:
    values = derivations(window, term, words, things=exact)
    if not exact and any(t.wild for t in window) and (words.add or words.subtract or words.mean or words.share):
        told = _elided([*window, term])
        values += [v for v in derivations(told[:-1], told[-1], words, things=False) if v not in values]
    return values


def _elided(window: Sequence[Term]) -> list[Term]:
    """Bare numbers beside quantities of one kind are of that kind: `design takes 3 weeks, testing 4`."""
    kinds = {tuple(sorted(t.kind.items())): t for t in window if not t.wild}
    if len(kinds) != 1:
        return list(window)
    (first,) = kinds.values()
    return [replace(t, kind=first.kind, size=first.size) if t.wild else t for t in window]


def agrees(value: float, term: Term, places: float = 0.999) -> bool:
    """Whether a value is printed as stated: within `places` of the last digit, or as exact as its inputs are."""
    off = abs(value - term.value)
    if off <= 1e-9 * abs(value):
        return True
    if (
        term.whole
        and term.ulp == 1
        and abs(value - round(value)) < 1e-9 * abs(value)
        and not term.about
        and value < 1000
    ):
        return False
    return off <= term.ulp * places or off <= abs(value) * (0.06 if term.about else 0.006)


def near(value: float, stated: float, *, tens: bool) -> bool:
    """Whether two values can be one with a slip: within a factor of 2.2, or a power of ten apart."""
    if value <= 0 or stated <= 0:
        return False
    ratio = max(value / stated, stated / value)
    return ratio < 2.2 or (tens and any(abs(ratio / f - 1) < 0.02 for f in TENS))


def only(made: Made, stated: float) -> tuple[float, str] | None:
    """The value nearest to the stated one by ratio, if no other is nearly as near."""
    ranked = sorted((abs(math.log(v[0] / stated)), v) for v in made.values if near(v[0], stated, tens=made.exact))
    if (
        len(ranked) > 1
        and ranked[1][0] < 0.1 + 2.2 * ranked[0][0]
        and abs(ranked[1][1][0] / ranked[0][1][0] - 1) > 0.005
    ):
        return None
    return ranked[0][1] if ranked else None


def certain(
    text: str, sentence_start: int, term: Term, made: Made, value: tuple[float, str], pool: Sequence[Term]
) -> bool:
    """Whether nothing but this value can be meant by the stated one."""
    first, (computed, shown) = made.terms[0], value
    if term.start - first.start > (260 if made.exact else 200) or doubtful(text, first.start, term, shown):
        return False
    if " + " not in shown and " − " not in shown and not term.percent and _two_alike(made, term):
        return False
    units = any(a[0] != "#" for a in term.kind)
    rates = any(p < 0 for t in made.terms for p in t.kind.values())
    if (
        not made.exact
        and units
        and " / " in shown
        and not rates
        and not shared(text, max(first.start, term.start - 60), term)
    ):
        return False
    if " + " in shown and all(t.percent for t in made.terms):
        return False  # rises of 2 % and 3 % are not one of 5 %
    if made.partial and any(
        t.kind == u.kind for t in pool if t.start >= sentence_start and t not in made.terms for u in made.terms
    ):
        return False  # two legs of a trip, of which one was left out
    if any(_one_off(t, term, computed, shown) for t in made.terms):
        return False
    about = term.about or any(t.about for t in made.terms)
    if abs(computed - term.value) < (0.08 if term.about else 0.06 if about else 0.02) * computed:
        whole = term.whole and all(t.whole for t in made.terms) and abs(computed - round(computed)) < 1e-9
        if about or not whole or computed >= 1e5 or abs(computed - term.value) < 1:
            return False
    around = [
        t for t in pool if t.start > first.start - SPAN_MAX and (t.state != "operand" or t.start >= sentence_start)
    ][-AROUND_MAX:]
    if any(abs(t.value - term.value) <= 1e-6 * term.value for t in around):
        return False
    if all(a[0] == "#" for t in (*made.terms, term) for a in t.kind):
        fine = max(1e-9 * term.value, 0.0 if term.whole and term.value < 200 else term.ulp * 0.5)
        return not any(abs(v - term.value) <= fine for v in simple_values([t.value for t in around]))
    factors = (1.0,) if made.exact else (1.0, 2.0, 0.5)
    return not any(agrees(f * v, term, places=0.5) for v in _other_values(around, term) for f in factors)


def _two_alike(made: Made, term: Term) -> bool:
    """Whether quantities of one kind were multiplied or divided for no ratio: prices of two sizes."""
    kinds = [tuple(sorted(t.kind.items())) for t in made.terms if t.kind]
    if len(set(kinds)) == len(kinds) or not any(a[0] != "#" for a in term.kind) or kinds == [(("m", 1),)] * 2:
        return False
    return not proportional(made, term)


def proportional(made: Made, term: Term) -> bool:
    """Three quantities and a fourth in proportion: `100 km use 17 kWh, so 51 kWh last 300 km`."""
    others = [t for t in made.terms if t.kind != term.kind]
    return len(made.terms) == 3 and not made.partial and len(others) == 2 and others[0].kind == others[1].kind


def _one_off(operand: Term, term: Term, computed: float, shown: str) -> bool:
    """Whether one more or less of a few counted things gives it: retries and the first attempt, posts of a fence."""
    if not operand.whole or operand.value > 20 or " × " not in shown or not any(a[0] == "#" for a in operand.kind):
        return False
    return any(abs(computed * (operand.value + d) / operand.value - term.value) < 1e-9 * term.value for d in (1, -1))


def _other_values(around: Sequence[Term], term: Term) -> Iterator[float]:
    """Every value of the result's kind that up to three of the quantities around can give, by any operation."""
    read = [t for t in around if not t.unread][-6:]
    for n in (1, 2, 3):
        for some in combinations(read, n):
            yield from (v for v, _ in derivations(some, term, ANY, things=False))
