"""Asks a model what a prompt's lines do to each other: interference, modes, position, attribution, fossils.

Every answer goes through `Asker`: cached by (request, repeat), so that a killed run resumes for
nothing and the answers to the unchanged prompt are shared by all pairs; the budget is reserved
before a call, and when it is spent the measures say "not measured" instead of guessing.
"""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from tidegate.check.promptlint.behaviour import interference as behaviour
from tidegate.check.promptlint.behaviour import probing
from tidegate.check.promptlint.behaviour.checkers import complies
from tidegate.check.promptlint.lint import Analysis
from tidegate.check.promptlint.model import Instruction, Unit
from tidegate.runner.asking import Asker, Job
from tidegate.spine.errors import ModelError
from tidegate.spine.estimate import Estimate, NotMeasured
from tidegate.stats.intervals import proportion

BATCH = 8
MIXED = (0.2, 0.8)  # a share of compliance between these is two modes, not one behaviour


class Spent(Exception):
    """The budget of calls is used up."""


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one prompt on one model."""

    interference: tuple[tuple[probing.Pair, behaviour.Interference], ...] = ()
    tested: int = 0
    modes: tuple[tuple[Instruction, Estimate], ...] = ()
    joint: tuple[tuple[probing.Pair, dict[str, float]], ...] = ()
    position: tuple[tuple[Instruction, Estimate, dict[str, float]], ...] = ()
    attribution: tuple[tuple[Unit, float], ...] = ()
    rank_correlation: Estimate | NotMeasured = NotMeasured(reason="not asked for", needed="--attribution")
    fossils: tuple[Unit, ...] = ()
    calls: int = 0
    cached: int = 0
    spent: bool = False


class Prober:
    """One model, one prompt, some questions."""

    def __init__(self, asker: Asker, analysis: Analysis, questions: Sequence[str], *, temperature: float = 1.0,
                 concurrency: int = 8, progress: Callable[[int], None] = lambda _n: None) -> None:  # fmt: skip
        self.asker, self.analysis, self.questions = asker, analysis, tuple(questions)
        self.temperature, self.concurrency, self.progress = temperature, concurrency, progress
        self.calls = self.cached = 0
        self.full = "\n\n".join(s.text for s in analysis.sources)
        self._answers: dict[tuple[str, int], str] = {}

    def answer(self, system: str, repeat: int) -> str:
        """The model's answer to repeat `repeat`; a batch of the next ones is asked at once."""
        if (system, repeat) not in self._answers:
            self._fetch(system, range(repeat, repeat + BATCH))
        return self._answers[(system, repeat)]

    def _fetch(self, system: str, repeats: range) -> None:
        """Ask a batch; raises Spent when the budget is used up, ModelError when the model fails."""
        count = len(self.questions)
        jobs = [
            Job(
                request=dict(probing.request(system, self.questions[r % count], self.temperature)),
                repeat=r // count,
                tag=str(r),
            )
            for r in repeats
            if (system, r) not in self._answers
        ]
        failed = ""
        spent = False
        for asked in self.asker.ask_all(jobs, concurrency=self.concurrency):
            if asked.reply is not None:
                self._answers[(system, int(asked.job.tag))] = asked.reply.text
                self.calls += not asked.cached
                self.cached += asked.cached
                self.progress(self.calls + self.cached)
            elif asked.over_budget:
                spent = True
            else:
                failed = asked.error
        if (system, repeats.start) not in self._answers:
            if spent:
                raise Spent
            raise ModelError(f"the model gave no answer: {failed}", where=self.asker.model.name)

    def compliance(self, i: Instruction, system: str, repeat: int) -> float:
        """Compliance of one answer; 0.5 where the answer cannot show it."""
        value = complies(i, self.answer(system, repeat))
        return 0.5 if value is None else value

    # -- the five measures --------------------------------------------------------------------

    def interference(
        self, pairs: Sequence[probing.Pair], budget: int, level: float
    ) -> tuple[list[tuple[probing.Pair, behaviour.Interference]], int, bool]:
        """Pairs in which b breaks a, false discoveries controlled; how many were tested; whether the budget ended."""
        without = [probing.without(self.analysis.sources, [p.b.unit]) for p in pairs]
        done: dict[int, list[tuple[float, float]]] = {}
        stopped = False

        def trial(k: int, with_line: bool, repeat: int) -> float:
            value = self.compliance(pairs[k].a, self.full if with_line else without[k], repeat)
            if with_line:
                done.setdefault(k, []).append((self.compliance(pairs[k].a, without[k], repeat), value))
            return value

        try:
            behaviour.probe_pairs(trial, len(pairs), budget, level, BATCH)
        except Spent:
            stopped = True
        trials = [done.get(k, []) for k in range(len(pairs))]
        found = behaviour.benjamini_hochberg_e([behaviour.e_value([a - b for a, b in t]) for t in trials], level)
        return (
            [
                (pairs[k], behaviour.interference([a - b for a, b in trials[k]], [b for _, b in trials[k]]))
                for k in found
            ],
            sum(bool(t) for t in trials),
            stopped,
        )

    def modes(self, instructions: Sequence[Instruction], runs: int) -> list[tuple[Instruction, Estimate]]:
        """Share of answers to the whole prompt that follow each instruction."""
        out = []
        for i in instructions:
            values = [self.compliance(i, self.full, r) for r in range(runs)]
            share = proportion((int(sum(v > 0.5 for v in values)), len(values)))
            if isinstance(share, Estimate):
                out.append((i, share))
        return out

    def joint(self, pair: probing.Pair, runs: int) -> dict[str, float]:
        """The mixture of a contradictory pair: which of the two the answers follow."""
        follows = [
            (self.compliance(pair.a, self.full, r) > 0.5, self.compliance(pair.b, self.full, r) > 0.5)
            for r in range(runs)
        ]
        n = max(len(follows), 1)
        return {
            "first only": sum(a and not b for a, b in follows) / n, "second only": sum(b and not a for a, b in follows) / n,
            "both": sum(a and b for a, b in follows) / n, "neither": sum(not a and not b for a, b in follows) / n,
        }  # fmt: skip

    def position(self, i: Instruction, runs: int) -> tuple[Estimate, dict[str, float]]:
        """How much compliance depends on where the line stands."""
        values = {
            place: [self.compliance(i, probing.moved(self.analysis.sources, i.unit, place), r) for r in range(runs)]
            for place in probing.PLACES
        }
        return behaviour.position_spread(values), {k: float(np.mean(v)) for k, v in values.items()}

    def attribution(
        self, targets: Sequence[Instruction], units: Sequence[Unit], masks: int, seed: int
    ) -> tuple[list[float], float | None]:
        """Effect of each line on the prompt's compliance, and Spearman's rank correlation on held-out masks."""
        rng = np.random.default_rng(seed)
        held = max(8, masks // 4)

        def trial(kept: tuple[bool, ...], k: int) -> float:
            system = probing.masked(self.analysis.sources, units, kept)
            return float(np.mean([self.compliance(i, system, k % len(self.questions)) for i in targets]))

        effects = behaviour.attribute_lines(trial, len(units), masks, rng)
        fresh = rng.random((held, len(units))) < 0.5
        real = [trial(tuple(bool(x) for x in row), masks + k) for k, row in enumerate(fresh)]
        predicted = (fresh.astype(float) - 0.5) @ effects
        return [float(x) for x in effects], spearman(predicted, real)


def spearman(a: Sequence[float] | np.ndarray[Any, Any], b: Sequence[float]) -> float | None:
    """Rank correlation; None where one side does not vary."""
    x, y = (_ranks(np.asarray(v, dtype=float)) for v in (a, b))
    if x.std() == 0 or y.std() == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _ranks(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Ranks with ties averaged."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    for v in np.unique(values):
        same = values == v
        ranks[same] = ranks[same].mean()
    return ranks


def mixed(estimate: Estimate) -> bool:
    """Whether an instruction is followed in part of the answers only: two modes rather than one behaviour."""
    return MIXED[0] <= estimate.low and estimate.high <= MIXED[1]
