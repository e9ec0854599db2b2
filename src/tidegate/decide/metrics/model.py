"""What an audit reads and says: labels as codes, and the answers as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, Measured

Codes = NDArray[np.int64]
UNREAD = -1  # no label could be read: stays in the denominator, counted as wrong


@dataclass(frozen=True)
class Issue:
    """Something wrong with the input, with the rows it is wrong in (first ones; `count` says how many)."""

    rule: str
    message: str
    rows: tuple[int, ...]
    count: int
    treatment: str  # what was done with the rows, in plain words
    blocking: bool = False


@dataclass(frozen=True)
class Segments:
    """A column that splits the items: a code a row and the names."""

    codes: Codes
    names: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """Truth and the answers of one or more systems on the same items, as codes into `classes`.

    Rows without truth are not here (an `Issue` names them); unread answers are `UNREAD`.
    """

    classes: tuple[str, ...]
    truth: Codes
    systems: dict[str, Codes]
    positive: int | None  # code of the positive class when there are two
    scores: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    segments: dict[str, Segments] = field(default_factory=dict)
    lengths: NDArray[np.float64] | None = None
    clusters: Codes | None = None
    issues: tuple[Issue, ...] = ()
    read_as: str = ""
    source: str = ""

    @property
    def n(self) -> int:
        """Items with truth."""
        return int(self.truth.size)

    @property
    def binary(self) -> bool:
        """Whether this is a yes/no decision."""
        return self.positive is not None

    @property
    def positive_name(self) -> str:
        """Name of the positive class."""
        return self.classes[self.positive] if self.positive is not None else ""

    @property
    def negative_name(self) -> str:
        """Name of the negative class."""
        return self.classes[1 - self.positive] if self.positive is not None else ""


class Costs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What each outcome costs, in one unit of money; `review` is a human's look, `segments` overrides by name."""

    miss: float
    false_alarm: float
    hit: float = 0.0
    correct_rejection: float = 0.0
    review: float | None = None
    unit: str = "cost units"
    segments: dict[str, dict[str, float]] = {}

    def __post_init__(self) -> None:
        for name in ("miss", "false_alarm", "hit", "correct_rejection"):
            if not np.isfinite(getattr(self, name)):
                raise InputError(f"expected a finite cost {name}, got {getattr(self, name)!r}")
        if self.miss <= self.hit or self.false_alarm <= self.correct_rejection:
            raise InputError(
                f"expected an error to cost more than the right answer, got miss={self.miss} hit={self.hit}, "
                f"false_alarm={self.false_alarm} correct_rejection={self.correct_rejection}",
                remedy="with these costs it would pay to be wrong",
            )
        for segment, changed in self.segments.items():
            unknown = {*changed} - {"miss", "false_alarm", "hit", "correct_rejection"}
            if unknown:
                raise InputError(f"expected costs miss, false_alarm, hit, correct_rejection for segment {segment!r}, "
                                 f"got {sorted(unknown)}")  # fmt: skip

    @property
    def ratio(self) -> float:
        """(miss − hit)/(false_alarm − correct_rejection): how many false alarms one miss is worth."""
        return (self.miss - self.hit) / (self.false_alarm - self.correct_rejection)

    @property
    def threshold(self) -> float:
        """Elkan's (2001) probability above which acting is cheaper."""
        regret_act = self.false_alarm - self.correct_rejection
        return regret_act / (regret_act + self.miss - self.hit)

    def of_segment(self, segment: str) -> Costs:
        """The costs that hold in one segment."""
        changed = self.segments.get(segment)
        return msgspec.structs.replace(self, segments={}, **changed) if changed else self


@dataclass(frozen=True)
class Score:
    """One metric of one system beside the best degenerate policy."""

    system: str
    metric: str
    value: Measured
    degenerate: str  # the policy that scores best with no knowledge
    degenerate_value: float
    skill: Measured  # 0 no better than that policy, 1 perfect
    useful: bool
    reason: str = ""
    panel: dict[str, float | None] = field(default_factory=dict)
    one_sided: bool = False  # some constant answer is perfect by this metric: it never stands alone

    def to_json(self) -> dict[str, Any]:
        """One row of `scores` in the document."""
        return {
            "system": self.system, "metric": self.metric, **measured_json("", self.value),
            "best_degenerate": self.degenerate, "degenerate_value": _number(self.degenerate_value),
            **measured_json("skill", self.skill), "useful": self.useful, "reason": self.reason,
            "one_sided": self.one_sided, "panel": self.panel,
        }  # fmt: skip


def measured_json(prefix: str, value: Measured) -> dict[str, Any]:
    """value, low, high with an optional prefix; or the reason there is none."""
    at = f"{prefix}_" if prefix else ""
    if isinstance(value, Estimate):
        low, high = _number(value.low), _number(value.high)
        return {prefix or "value": value.value, f"{at}low": low, f"{at}high": high, f"{at}n": value.n}
    return {prefix or "value": None, f"{at}not_measured": value.reason}


def _number(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
