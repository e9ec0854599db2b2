# ruff: noqa: E501  (messages read best on one line)
"""A result that a text draws from its own quantities: `one pod takes 150 of them, so you'll want 8 pods`.

Every quantity of a sentence, and of the sentences just before it, is read as a term of a kind; the words around a number
say whether it is told as following from them.  It is refuted only if the terms that are still unused together give
exactly one value of the result's kind that is anywhere near, and nothing that the numbers around make is what is stated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tidegate.check.verify.announced.cues import OPENS, announces
from tidegate.check.verify.announced.printed import place
from tidegate.check.verify.announced.term import Term
from tidegate.check.verify.announced.terms import terms_of
from tidegate.check.verify.announced.windows import SPAN_MAX, Made, agrees, certain, made_of, only, proportional
from tidegate.check.verify.numbers.shown import cited
from tidegate.check.verify.numbers.words import WORD_NUMBERS
from tidegate.check.verify.quantity.conversions import whole_quantities
from tidegate.check.verify.quantity.quantities import Quantity
from tidegate.check.verify.scan import TWO_FIGURES, sentences, words_between
from tidegate.spine.claim import Claim, Decision, Receipt, Support

FIGURES = re.compile(r"\d[\d.,]*\d|\d")
ORACLE = "results announced"
SENTENCE_MAX, NUMBERS_MAX = 700, 20  # longer ones are lists and tables


def check_announced(
    text: str, ranges: list[tuple[int, int]], decided: Sequence[Decision] = (), question: str = ""
) -> Iterator[Decision]:
    """Decisions on announced results that none of the decisions before has decided; what the question gives is no result."""
    given = frozenset(FIGURES.findall(question))
    ends = {d.claim.span[1] for d in decided if d.support is not Support.UNVERIFIABLE}
    for start, end in ranges:
        if TWO_FIGURES.search(text, start, end) is None:
            continue
        every = whole_quantities(text, start, end)
        if len(every) > 1:
            yield from _Reader(text, ends, given).read(start, end, every)


class _Reader:
    """Sentence by sentence: `live` are the terms not yet used by a result, `pool` all of them."""

    def __init__(self, text: str, ends: set[int], given: frozenset[str]) -> None:
        self.text, self.ends, self.given = text, ends, given
        self.live: list[Term] = []
        self.pool: list[Term] = []

    def read(self, start: int, end: int, every: Sequence[Quantity]) -> Iterator[Decision]:
        """Decisions on one range of prose, whose printed numbers are `every`."""
        groups = _groups(self.text, start, end, every)
        wanted = _wanted(self.text, groups)
        for n, (a, b, numbers) in enumerate(groups):
            if not numbers:  # a new paragraph, a list, a table
                self.live, self.pool = [], []
            elif n in wanted:
                yield from self._sentence(a, b, numbers)

    def _sentence(self, a: int, b: int, numbers: Sequence[Quantity]) -> Iterator[Decision]:
        terms = terms_of(self.text, a, b, numbers)
        self.live = [t for t in self.live if t.end > a - SPAN_MAX and not t.implied]
        self.pool = [t for t in self.pool if t.end > a - 2 * SPAN_MAX]
        for k, term in enumerate(terms):
            if term.state == "operand":
                pass
            elif term.state == "result":
                self._computed(terms, k, a)
            elif not term.unread and not self._same(term):
                yield from self._result(terms, k, (a, b))
            else:
                self.live.append(term)
            self.pool.append(term)

    def _computed(self, terms: Sequence[Term], k: int, start: int) -> None:
        """The value of a written equation stands for its operands; `g = 9.8 m/s²` has none."""
        spent = {t.value for t in terms[:k] if t.state == "operand"}
        if spent:
            self.live = [t for t in self.live if t.start < start and t.value not in spent]
        self.live.append(terms[k])

    def _same(self, term: Term) -> bool:
        """Whether it is a quantity of the sentences before in another unit; it takes its place, and its kind."""
        if not term.kind or term.wild:
            return False
        for t in reversed(self.live):
            if abs(t.si - term.si) <= 0.03 * t.si and not t.wild and _base(t) == _base(term):
                term.kind = dict(t.kind)
                self.live.remove(t)
                return True
        return False

    def _result(self, terms: Sequence[Term], k: int, sentence: tuple[int, int]) -> Iterator[Decision]:
        """Decides the k-th term, if it is told as a result of unused ones, which are used then."""
        text, term = self.text, terms[k]
        told = announces(text, terms, k, *sentence)
        made = made_of(text, sentence, terms, k, self.live) if told and self.live else None
        if made is not None:
            open_yet = told and not any(e in self.ends for e in range(term.start + 1, term.end + 3))
            hit = next((v for v in made.values if agrees(v[0], term)), None)
            if hit is not None:
                if open_yet and made.exact:
                    yield _decision(text, sentence[0], made, term, hit, Support.SUPPORTED)
                self.live = [t for t in self.live if t not in made.terms]
            elif open_yet and (told == "said" or self._plain(made, term, k, sentence[0], told)):
                value = only(made, term.value)
                if (
                    value is not None
                    and self.given.isdisjoint(FIGURES.findall(term.shown))
                    and certain(text, sentence[0], term, made, value, self.pool)
                ):
                    yield _decision(text, sentence[0], made, term, value, Support.REFUTED)
        self.live.append(term)

    def _plain(self, made: Made, term: Term, k: int, start: int, told: str) -> bool:
        """Whether its place alone may tell it: all the terms of the sentence give it, and it is of another kind."""
        changed = any(t.percent for t in made.terms)
        earlier = made.terms[0].start < start
        if not changed and any(t.kind == term.kind for t in made.terms) and not (earlier and proportional(made, term)):
            return False
        if earlier and not (k == 1 and OPENS.match(self.text, start)):
            return False
        units = any(a[0] != "#" for t in (*made.terms, term) for a in t.kind)
        told_so = made.exact and units if told == "last" else made.exact or units
        return told_so and all(t in made.terms for t in self.live if t.start >= start)


def _groups(text: str, start: int, end: int, every: Sequence[Quantity]) -> list[tuple[int, int, Sequence[Quantity]]]:
    """Sentences with their printed numbers; one without any where what follows has nothing to do with what is before."""
    out: list[tuple[int, int, Sequence[Quantity]]] = []
    at, before = 0, start
    for a, b in _pieces(text, start, end):
        if before < a or (text[a - 1 : a] == "\n" and (text[a : a + 1] in "\n#|" or text[a:b].isspace())):
            out.append((a, a, ()))
        before, first = b, at
        while at < len(every) and every[at].start < b:
            at += 1
        if at > first:
            long = b - a > SENTENCE_MAX or at - first > NUMBERS_MAX
            out.append((a, b, () if long else every[first:at]))
    return out


SPELLED = frozenset(w for w, n in WORD_NUMBERS.items() if n > 1) | {
    "dozen",
    "year",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "second",
}


def _wanted(text: str, groups: Sequence[tuple[int, int, Sequence[Quantity]]]) -> set[int]:
    """The sentences worth reading: with a number outside of equations, and two others in or just before them."""
    out: set[int] = set()
    places = [[place(text, a, q) for q in numbers] for a, _, numbers in groups]
    spelled = [sum(w in SPELLED for _, w in words_between(text, a, b)) for a, b, _ in groups]
    for n, (a, _, numbers) in enumerate(groups):
        if "" not in places[n]:
            continue
        first = n
        while first and groups[first - 1][2] and groups[first - 1][1] > a - SPAN_MAX:
            first -= 1
        found = sum(p != "operand" for told in places[first : n + 1] for p in told) + sum(spelled[first : n + 1])
        if numbers and found > 2:
            out.update(range(first, n + 1))
    return out


UNIT_ENDS = re.compile(r"\d\s?[A-Za-zµμ]{0,4}[A-ZΩ]\.(?=\s[A-Z])")


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences, those after `2 mL.` and `4 GB.` too."""
    for a, b in sentences(text, start, end):
        for found in UNIT_ENDS.finditer(text, a, b):
            yield a, found.end()
            a = found.end()
        if a < b:
            yield a, b


def _base(term: Term) -> dict[str, int]:
    """The kind without what is counted, unless that is all."""
    return {a: p for a, p in term.kind.items() if a[0] != "#"} or term.kind


NUMBER = re.compile(r"^[$€£]?\s?[\d.,\s]+(?:(?:thousand|million|billion|trillion|bn|mn|[kKMB])\b)?")


def _shown(value: float, term: Term) -> str:
    money = term.shown[0] if term.shown[:1] in "$€£" else ""
    digits = f"{value:,.6g}" if value < 1e6 else f"{value:,.0f}"
    return f"{money}{digits} {NUMBER.sub('', term.shown)}".strip()


PREMISE = re.compile(r"\s*(?:If|When|Since|Given|Assuming|Suppose|Say|With|Because)\s")


def _decision(text: str, start: int, made: Made, term: Term, value: tuple[float, str], support: Support) -> Decision:
    first = min(t.start for t in made.terms)
    if first >= start and (opening := PREMISE.match(text, start)) is not None:
        first = opening.end() - len(opening.group(0).lstrip())  # its own premise: it supposes nothing else
    span = (first, term.end)
    claim = Claim(kind="equation", text=text[span[0] : span[1]], span=span)
    how = f"{value[1]} = {_shown(value[0], term)}"
    receipt = Receipt(oracle=ORACLE, computation=f"{how}, stated {term.shown}")
    message = (
        f"{cited(claim.text)}: {how}, not {term.shown}" if support is Support.REFUTED else "the computation agrees"
    )
    return Decision(claim=claim, support=support, receipt=receipt, message=message)
