"""The smallest part of an input that still fails, when it fails only some of the time.  Pure; who runs is injected.

Zeller & Hildebrandt's delta debugging with three changes.  Whether a candidate still fails is decided by
Wald's sequential test (`stats.sprt`): p >= p1 (a share of how often the whole input fails) against p <= p0,
with the error of one question small enough for all T of them.  What to leave out next is chosen by
ProbDD (Wang et al., ESEC/FSE 2021): each element has a chance of being needed, the set with the
largest expected gain is tried, and its answer updates the chances (eq. 5).  And it goes from the
outside in (Misherghi & Su's HDD): exchanges, messages, tool results and documents, sentences.

The result is 1-minimal with probability at least 1 - alpha - beta*T: no element can be left out alone.
Answers are asked in batches that no test could have stopped inside of, so running them side by
side wastes none; each run is named (candidate, repeat), so a runner that keeps answers resumes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence

import msgspec

from tidegate.spine.errors import InputError
from tidegate.stats.sprt import Sprt

Leaf = Hashable
Element = frozenset[Leaf]
Keep = frozenset[Leaf]
Runs = Callable[[Keep, int, int], Sequence[bool]]  # (candidate, first repeat, how many) → did each run fail
Progress = Callable[[int, int, int], None]  # (leaves left, questions, runs)

REPRODUCE_RUNS = 20


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How sure, and how much may be spent."""

    p0: float = 0.05  # a candidate that fails no more often than this does not fail
    share: float = 0.7  # a candidate fails if it does so at least this share as often as the whole input
    alpha: float = 0.05  # chance, over all questions, of taking a candidate for failing that is not
    beta: float = 0.01  # chance, in one question, of missing that a candidate still fails
    questions_expected: int = 100
    runs_max: int | None = None  # budget over all; what was found until then is returned
    runs_a_question_max: int = 120
    needed_prior: float = 0.1  # ProbDD's first chance that an element is needed

    def __post_init__(self) -> None:
        for name in ("p0", "share", "alpha", "beta", "needed_prior"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise InputError(f"expected {name} in (0, 1), got {value!r}")


class Minimised(msgspec.Struct, frozen=True, kw_only=True):
    """What is left, and how it was found."""

    keep: Keep
    reproduced: bool
    minimal: bool  # 1-minimal was reached within the budget
    reproduced_in: tuple[int, int]  # runs of the whole input that failed, of how many
    questions: int
    runs: int
    probability: float  # of 1-minimality: at least this
    reason: str = ""


class _Spent(Exception):
    """The budget of runs is spent."""


class _Oracle:
    """Decides candidates and remembers what it decided."""

    def __init__(self, runs: Runs, settings: Settings, progress: Progress) -> None:
        self.ask_runs, self.settings, self.progress = runs, settings, progress
        self.known: dict[Keep, bool] = {}
        self.questions = self.runs = 0
        self.p1 = 0.5
        self.reproduced_in = (0, 0)
        self.asked_twice: set[Keep] = set()

    def ask(self, keep: Keep, first: int, n: int) -> Sequence[bool]:
        cap = self.settings.runs_max
        if cap is not None and self.runs + n > cap:
            raise _Spent
        self.runs += n
        return self.ask_runs(keep, first, n)

    def reproduce(self, whole: Keep) -> float | None:
        """How often the whole input fails: runs until five failures or twenty runs; None if it never does."""
        failed = n = 0
        while n < REPRODUCE_RUNS and failed < 5:
            batch = self.ask(whole, n, min(5 - failed, REPRODUCE_RUNS - n))
            failed, n = failed + sum(batch), n + len(batch)
        self.reproduced_in = (failed, n)
        return (failed + 0.5) / (n + 1) if failed else None

    def fails(self, keep: Keep) -> bool:
        """Whether a candidate still fails; an undecided one does not."""
        if keep not in self.known:
            self.known[keep] = self._decide(keep, 0)
        return self.known[keep]

    def fails_after_all(self, keep: Keep) -> bool:
        """A second, independent opinion where the first said no: one miss in a hundred becomes one in ten thousand."""
        if not self.fails(keep) and keep not in self.asked_twice:
            self.asked_twice.add(keep)
            self.known[keep] = self._decide(keep, self.settings.runs_a_question_max)
        return self.known[keep]

    def _decide(self, keep: Keep, first: int) -> bool:
        s = self.settings
        self.questions += 1
        test = Sprt(s.p0, self.p1, alpha=s.alpha / s.questions_expected, beta=s.beta)
        gain, loss = math.log(self.p1 / s.p0), -math.log((1 - self.p1) / (1 - s.p0))
        while test.decision == "undecided" and test.n < s.runs_a_question_max:
            up, down = (test.upper - test.log_ratio) / gain, (test.log_ratio - test.lower) / loss
            soonest = max(1, math.ceil(min(up, down)))  # no test could stop earlier: these may run side by side
            for failed in self.ask(keep, first + test.n, soonest):
                test = test.observe(failed)
        self.progress(len(keep), self.questions, self.runs)
        return test.decision == "h1"


def minimise(
    levels: Sequence[Callable[[Keep], Sequence[Element]]],
    whole: Keep,
    runs: Runs,
    settings: Settings | None = None,
    progress: Progress = lambda _left, _questions, _runs: None,
) -> Minimised:
    """Reduce `whole` level by level; each level cuts what is left into elements that go or stay as one."""
    settings = settings or Settings()
    oracle = _Oracle(runs, settings, progress)
    rate: float | None = None
    keep = whole
    try:
        rate = oracle.reproduce(whole)
        if rate is None:
            reason = f"could not reproduce in {REPRODUCE_RUNS} runs: kept as a report, not as a case"
            return _result(oracle, whole, None, False, reason)
        oracle.p1 = max(min(settings.share * rate, 0.9), 2 * settings.p0)
        for level in levels:
            keep = _reduce(list(level(keep)), keep, oracle)
        # What one noisy answer kept by mistake goes here: every last element is tried alone, until none can go.
        before: Keep = frozenset()
        while before != keep:
            before = keep
            for element in _last(levels, keep):
                smaller = keep - element
                if smaller and smaller != keep and oracle.fails_after_all(smaller):
                    keep = smaller
    except _Spent:
        return _result(oracle, keep, rate, False, f"the budget of {settings.runs_max} runs was spent")
    return _result(oracle, keep, rate, True, "")


def _last(levels: Sequence[Callable[[Keep], Sequence[Element]]], keep: Keep) -> list[Element]:
    return sorted(levels[-1](keep), key=repr) if levels else []


def _reduce(elements: list[Element], keep: Keep, oracle: _Oracle) -> Keep:
    """ProbDD over one level: try to leave out the set with the largest expected gain until every element is needed."""
    needed: dict[Element, float] = {e: oracle.settings.needed_prior for e in elements if e & keep}
    while True:
        open_ = sorted((e for e, p in needed.items() if p < 1.0), key=lambda e: (needed[e], repr(sorted(e, key=repr))))
        if not open_:
            return keep
        gone = open_[: _best_count([needed[e] for e in open_])]
        smaller = keep - frozenset().union(*gone)
        if smaller and oracle.fails(smaller):
            keep = smaller
            for e in gone:
                del needed[e]
            continue
        if len(gone) == 1:
            needed[gone[0]] = 1.0
            continue
        all_free = math.prod(1 - needed[e] for e in gone)
        for e in gone:
            needed[e] = min(0.999, needed[e] / (1 - all_free))


def _best_count(chances: Sequence[float]) -> int:
    """How many of the least needed to leave out at once: the n with the largest n * prod(1 - p)."""
    best, count, free = 0.0, 1, 1.0
    for n, p in enumerate(chances, start=1):
        free *= 1 - p
        if n * free > best:
            best, count = n * free, n
    return count


def _result(oracle: _Oracle, keep: Keep, rate: float | None, minimal: bool, reason: str) -> Minimised:
    s = oracle.settings
    lost = s.alpha * max(1.0, oracle.questions / s.questions_expected) + s.beta**2 * len(keep)
    return Minimised(keep=keep, reproduced=rate is not None, minimal=minimal, reproduced_in=oracle.reproduced_in,
                     questions=oracle.questions, runs=oracle.runs, reason=reason,
                     probability=max(0.0, 1 - lost) if minimal else 0.0)  # fmt: skip


def ddmin(elements: Sequence[Element], fails: Callable[[Keep], bool]) -> Keep:
    """Zeller & Hildebrandt's ddmin (2002, figure 6), for comparison and for a test's reference."""
    current, n = list(elements), 2
    while len(current) >= 2:
        size = math.ceil(len(current) / n)
        chunks = [current[i : i + size] for i in range(0, len(current), size)]
        chosen: list[Element] | None = None
        for chunk in chunks:
            if fails(frozenset().union(*chunk)):
                chosen, n = chunk, 2
                break
        if chosen is None:
            for chunk in chunks:
                rest = [e for e in current if e not in chunk]
                if rest and len(chunks) > 2 and fails(frozenset().union(*rest)):
                    chosen, n = rest, max(n - 1, 2)
                    break
        if chosen is not None:
            current = chosen
        elif n < len(current):
            n = min(len(current), 2 * n)
        else:
            break
    return frozenset().union(*current) if current else frozenset()
