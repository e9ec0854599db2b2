"""All runs of a fleet by kind of task: what they took, which kinds have runs without an end, what stopping saves.

A kind is in alarm when the P95 of a measure passes four times its P50, from `sample_min` runs on:
most of its runs end, and some do not.  A measure that a run does not tell is not measured; it is
never zero.
"""

import statistics
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

import msgspec

Number = TypeVar("Number", int, float)
ALARM_RATIO = 4.0
SAMPLE_MIN = 20
WORST = 5


class RunCost(msgspec.Struct, frozen=True, kw_only=True):
    """One run: what it took, and what of that came after the guard would have ended it.

    `tokens` are input tokens of all its calls; None means not reported.  `tokens_from` says where they
    come from: "reported" by the engine, "estimated" from the length of the texts.
    """

    run_id: str
    task_type: str
    steps: int
    tokens: int | None = None
    tokens_from: str = "reported"
    money_usd: float | None = None
    decision: str = "continue"
    reason: str = ""
    steps_saved: int = 0
    tokens_saved: int | None = None
    money_saved_usd: float | None = None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """One measure over the runs of a kind that tell it: order statistics, and the alarm."""

    runs: int
    p50: float | None = None
    p95: float | None = None
    total: float | None = None
    alarm: bool = False
    enough: bool = False


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of task."""

    task_type: str
    runs: int
    ended: int  # runs that the guard ended, or would have
    steps: Spread
    tokens: Spread
    money_usd: Spread
    tokens_estimated: bool
    steps_saved: int
    tokens_saved: int | None
    money_saved_usd: float | None
    worst: tuple[RunCost, ...]

    @property
    def alarm(self) -> bool:
        """Whether any measure is in alarm."""
        return self.steps.alarm or self.tokens.alarm or self.money_usd.alarm


def by_kind(runs: Iterable[RunCost], sample_min: int = SAMPLE_MIN) -> list[Kind]:
    """The kinds of task, those in alarm first, then those that took most steps."""
    groups: dict[str, list[RunCost]] = {}
    for run in runs:
        groups.setdefault(run.task_type, []).append(run)
    kinds = [_kind(name, group, sample_min) for name, group in groups.items()]
    return sorted(kinds, key=lambda k: (not k.alarm, -(k.steps.total or 0), k.task_type))


def _kind(name: str, runs: Sequence[RunCost], sample_min: int) -> Kind:
    def spread(of: Callable[[RunCost], float | None]) -> Spread:
        return _spread([x for r in runs if (x := of(r)) is not None], sample_min)

    return Kind(
        task_type=name,
        runs=len(runs),
        ended=sum(r.decision in ("stop", "finalise") for r in runs),
        steps=spread(lambda r: r.steps),
        tokens=spread(lambda r: r.tokens),
        money_usd=spread(lambda r: r.money_usd),
        tokens_estimated=any(r.tokens_from == "estimated" for r in runs),
        steps_saved=sum(r.steps_saved for r in runs),
        tokens_saved=_sum(r.tokens_saved for r in runs),
        money_saved_usd=_sum(r.money_saved_usd for r in runs),
        worst=tuple(sorted(runs, key=lambda r: (-r.steps, r.run_id))[:WORST]),
    )


def _sum(values: Iterable[Number | None]) -> Number | None:
    """The sum of what is told; None when nothing is."""
    told = [v for v in values if v is not None]
    return sum(told[1:], told[0]) if told else None


def _spread(values: list[float], sample_min: int) -> Spread:
    if not values:
        return Spread(runs=0)
    ordered = sorted(values)
    p50, p95 = ordered[(len(ordered) - 1) // 2], ordered[max(0, -(-95 * len(ordered) // 100) - 1)]
    enough = len(ordered) >= sample_min
    return Spread(runs=len(ordered), p50=p50, p95=p95, total=sum(ordered), enough=enough,
                  alarm=enough and p50 > 0 and p95 > ALARM_RATIO * p50)  # fmt: skip


CHARACTERS_A_TOKEN = 4.0


def tokens_by_step(lengths: Sequence[tuple[bool, int]]) -> list[int]:
    """Input tokens of each model call, estimated: (is an assistant message, characters) of a history in order.

    Every call reads all that stands before it, which is why a run's price grows with its square.
    """
    before, out = 0.0, []
    for is_assistant, characters in lengths:
        if is_assistant:
            out.append(round(before / CHARACTERS_A_TOKEN))
        before += characters
    return out


def growth(tokens: Sequence[int], usual: float | None = None, worth: float = 0.0) -> float | None:
    """Tokens by which a run's context grows a call; None before the third call.

    `usual` is the growth of earlier runs of this kind and counts as much as `worth` calls of this one:
    the first calls of a run say little about the rest.
    """
    if len(tokens) < 3:
        return None
    calls = len(tokens) - 1
    own = statistics.median(b - a for a, b in pairwise(tokens))  # one long answer says nothing of the next
    return own if usual is None else (own * calls + usual * worth) / (calls + worth)


def forecast_total(tokens: Sequence[int], calls: int, usual: float | None = None, worth: float = 0.0) -> float | None:
    """Input tokens of a run of `calls` calls, of which those with `tokens` were made; None before the third.

    The context goes on growing as it did: n more calls read the sum of c + Δ, c + 2Δ, … c + nΔ.
    """
    step = growth(tokens, usual, worth)
    if step is None:
        return None
    more = max(0, calls - len(tokens))
    return sum(tokens) + more * tokens[-1] + max(0.0, step) * more * (more + 1) / 2
