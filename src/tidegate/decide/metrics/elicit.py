"""What is a miss worth?  Either/or questions to product people, and when to stop asking.

A question offers two outcomes of the same traffic: A with more misses, B with more false alarms.
Who prefers B at `ratio` false alarms a miss says that a miss costs more than `ratio`.  The posterior over
the log cost ratio allows for lapses (answers at random).  The next question is the one that tells
most about *which ranking of the candidates holds*, and asking stops once that ranking can hardly change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from scipy import special

from tidegate.decide.metrics.cells import confusion
from tidegate.decide.metrics.consequences import rates_of
from tidegate.decide.metrics.costs import Rates, ranking_at
from tidegate.decide.metrics.model import Results
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, Measured, NotMeasured
from tidegate.stats.arrays import Floats

QUESTIONS_MAX = 12
GRID = np.linspace(np.log(1 / 300), np.log(300), 1141)  # log cost ratio, 1 % apart
ASKED = np.log(np.unique(np.concatenate([  # ratios that read well: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 …
    [m * 10.0**e for m in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8) for e in (-2, -1, 0, 1, 2)]])))  # fmt: skip
LAPSE = 0.10  # share of answers given at random
SHARPNESS = 8.0  # how sharply a preference turns around its true ratio, per unit of log ratio
STOP_MASS = 0.97
STOP_FACTOR = 1.25


@dataclass(frozen=True)
class Question:
    """Two outcomes of the same `items`: which would you rather have?"""

    ratio: float
    misses_a: int
    alarms_a: int
    misses_b: int
    alarms_b: int
    items: int

    def words(self, positive: str = "positive") -> str:
        """The question as it is put."""
        return (
            f"Of {self.items:,} items, which would you rather have?\n"
            f"  A: {self.misses_a:,} {positive} missed and {self.alarms_a:,} false alarms\n"
            f"  B: {self.misses_b:,} {positive} missed and {self.alarms_b:,} false alarms"
        )


@dataclass(frozen=True)
class Interview:
    """One stakeholder's answers so far: (ratio asked, preferred B)."""

    stakeholder: str = ""
    answers: tuple[tuple[float, bool], ...] = ()

    def add(self, question: Question, prefers_b: bool) -> Interview:
        """The interview after one more answer."""
        return replace(self, answers=(*self.answers, (question.ratio, prefers_b)))

    def to_json(self, prevalence: float) -> str:
        """The file that `tidegate metrics stakeholders` reads, one line."""
        kept = {"stakeholder": self.stakeholder, "answers": self.answers, "prevalence": prevalence}
        return msgspec.json.encode(kept).decode() + "\n"


def _log_likelihood(ratio: float, prefers_b: bool) -> Floats:
    """ln P(answer | log cost ratio) over the grid: B when a miss costs more than `ratio` false alarms."""
    sure = special.expit(SHARPNESS * (GRID - np.log(ratio)))
    p = LAPSE / 2 + (1 - LAPSE) * sure
    return np.asarray(np.log(p if prefers_b else 1 - p))


def posterior(interview: Interview) -> Floats:
    """Posterior over `GRID` (uniform prior on the log ratio)."""
    log_mass = np.zeros(GRID.size)
    for ratio, prefers_b in interview.answers:
        log_mass = log_mass + _log_likelihood(ratio, prefers_b)
    mass = np.exp(log_mass - log_mass.max())
    return np.asarray(mass / mass.sum())


def regions(rates: Mapping[str, Rates], prevalence: float) -> np.ndarray:
    """For every point of the grid the number of the candidates' ranking that holds there."""
    orders = ranking_at(rates, prevalence, np.exp(GRID))
    number: dict[tuple[str, ...], int] = {}
    return np.array([number.setdefault(o, len(number)) for o in orders])


def settled(mass: Floats, region: np.ndarray | None) -> bool:
    """Whether one ranking holds nearly all the mass, or the ratio is known within the stop factor."""
    if region is not None and np.bincount(region, mass).max() >= STOP_MASS:
        return True
    around = np.abs(GRID - np.log(central_ratio(mass))) <= np.log(STOP_FACTOR)
    return bool(mass[around].sum() >= STOP_MASS)


def central_ratio(mass: Floats) -> float:
    """The posterior median of the cost ratio."""
    return float(np.exp(np.interp(0.5, np.cumsum(mass), GRID)))


def _entropy(p: Floats) -> Floats:
    return np.asarray(special.entr(p).sum(axis=-1))


def next_ratio(mass: Floats, region: np.ndarray | None, asked: Sequence[float] = ()) -> float:
    """The ratio whose answer is expected to tell most: about the ranking first, about the ratio a little."""
    sure = special.expit(SHARPNESS * (GRID[None, :] - ASKED[:, None]))
    p_b = LAPSE / 2 + (1 - LAPSE) * sure  # (questions, grid)
    joint_b, joint_a = p_b * mass, (1 - p_b) * mass
    chance_b = joint_b.sum(axis=1)
    coarse = np.arange(GRID.size) // 20  # the ratio to within about a fifth

    def gain(labels: np.ndarray) -> Floats:
        onehot = np.eye(int(labels.max()) + 1)[labels]
        b, a = joint_b @ onehot, joint_a @ onehot
        after = chance_b * _entropy(b / chance_b[:, None]) + (1 - chance_b) * _entropy(a / (1 - chance_b)[:, None])
        return np.asarray(_entropy(np.bincount(labels, mass).astype(np.float64)) - after)

    worth = gain(coarse) if region is None else gain(region) + 0.1 * gain(coarse)
    again = np.array([sum(abs(np.log(r) - q) < 1e-9 for r in asked) for q in ASKED])
    return float(np.exp(ASKED[int(np.argmax(worth - 0.02 * again))]))


def make_question(ratio: float, prevalence: float, items: int = 10_000) -> Question:
    """A concrete pair of outcomes that differ by `ratio` false alarms a miss."""
    positives = max(2, round(items * prevalence))
    fewer = max(1, positives // 20)
    step = max(1, round(min(positives * 0.2, items * 0.2 / max(ratio, 1e-9))))
    extra = ratio * step
    while abs(extra - round(extra)) > 1e-9 and step < 1000:
        step += 1
        extra = ratio * step
    alarms = max(5, round(items * (1 - prevalence) * 0.01))
    return Question(ratio, fewer + step, alarms, fewer, alarms + round(extra), items)


def next_question(
    interview: Interview, rates: Mapping[str, Rates] | None, prevalence: float, *, items: int = 10_000
) -> Question | None:
    """The next either/or question, or None when enough is known or twelve were asked."""
    if not 0 < prevalence < 1:
        raise InputError(f"expected a prevalence in (0, 1), got {prevalence!r}")
    if len(interview.answers) >= QUESTIONS_MAX:
        return None
    mass = posterior(interview)
    region = regions(rates, prevalence) if rates and len(rates) > 1 else None
    if len(interview.answers) >= 3 and settled(mass, region):
        return None
    ratio = next_ratio(mass, region, [r for r, _ in interview.answers])
    return make_question(ratio, prevalence, items)


def candidates(results: Results, share: Measured | float | None) -> tuple[dict[str, Rates], float]:
    """Each system's rates, and the prevalence to ask about: production's where given, else the results' own.

    Raises InputError where the decision is not yes/no or the truth has one class.
    """
    if results.positive is None:
        raise InputError(f"expected a yes/no decision, got {len(results.classes)} classes", where=results.source)
    matrices = {s: confusion(np.ones(results.n), results.truth, a, 2) for s, a in results.systems.items()}
    rates = {s: rates_of(m, results.positive) for s, m in matrices.items()}
    first = next(iter(rates.values()))
    if not first.positives or not first.negatives:
        raise InputError("expected truth with both classes", where=results.source)
    if isinstance(share, NotMeasured) or share is None:
        return rates, first.positives / (first.positives + first.negatives)
    return rates, share.value if isinstance(share, Estimate) else share


def replay(
    stakeholder: str, answers: str, rates: Mapping[str, Rates] | None, prevalence: float
) -> tuple[Interview, Question | None]:
    """The interview after answers written as letters (`BBA`), and the next question, if there is one.

    Questions follow from the answers alone, so the letters are the whole state.  Raises InputError on other
    letters; letters after the last question answer nothing.
    """
    interview = Interview(stakeholder)
    for number, letter in enumerate(answers.upper(), start=1):
        if letter not in "AB":
            raise InputError(f"expected answers A or B, got {letter!r} as answer {number} of {answers!r}")
        question = next_question(interview, rates, prevalence)
        if question is None:
            break  # settled: later letters answer nothing
        interview = interview.add(question, letter == "B")
    return interview, next_question(interview, rates, prevalence)


@dataclass(frozen=True)
class Stance:
    """What an interview says: the cost ratio with its interval, and how sure the ranking of candidates is."""

    stakeholder: str
    ratio: Estimate
    ranking: tuple[str, ...]
    certainty: float
    questions: int


def stance(interview: Interview, rates: Mapping[str, Rates] | None, prevalence: float) -> Stance:
    """The posterior median ratio (with its 90 % interval) and the likeliest ranking."""
    mass = posterior(interview)
    total = np.cumsum(mass)
    low, high = (float(np.exp(np.interp(q, total, GRID))) for q in (0.05, 0.95))
    value = central_ratio(mass)
    ratio = Estimate(value=value, low=min(low, value), high=max(high, value), n=len(interview.answers), level=0.9,
                     segment=interview.stakeholder or "all", method="either/or questions")  # fmt: skip
    if not rates:
        return Stance(interview.stakeholder, ratio, (), 1.0, len(interview.answers))
    region = regions(rates, prevalence)
    weight = np.bincount(region, mass)
    best = int(np.argmax(weight))
    at = float(np.exp(GRID[int(np.argmax(np.where(region == best, mass, -1)))]))
    order = ranking_at(rates, prevalence, [at])[0]
    return Stance(interview.stakeholder, ratio, order, float(weight[best]), len(interview.answers))


@dataclass(frozen=True)
class Disagreement:
    """Where two stakeholders part: the ratios between theirs, and whether it changes who wins."""

    first: str
    second: str
    low: float
    high: float
    winner_first: str
    winner_second: str
    overlap: bool

    @property
    def matters(self) -> bool:
        """Whether they would ship different systems."""
        return self.winner_first != self.winner_second


def disagreements(
    interviews: Sequence[Interview], rates: Mapping[str, Rates], prevalence: float
) -> tuple[Disagreement, ...]:
    """Every pair of stakeholders, kept apart: no averaging of conflicting interests."""
    stances = [stance(i, rates, prevalence) for i in interviews]
    out = []
    for i, a in enumerate(stances):
        for b in stances[i + 1 :]:
            low, high = sorted((a.ratio.value, b.ratio.value))
            winners = [ranking_at(rates, prevalence, [s.ratio.value])[0][0] for s in (a, b)]
            overlap = a.ratio.low <= b.ratio.high and b.ratio.low <= a.ratio.high
            out.append(Disagreement(a.stakeholder, b.stakeholder, low, high, winners[0], winners[1], overlap))
    return tuple(out)
