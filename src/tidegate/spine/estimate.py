"""A number is an `Estimate` with its interval, or `NotMeasured` with the reason.

Never a bare float, never 0.0 for "don't know": a gate that reads a number must be able to
tell a measured zero from a measurement that did not happen.
"""

import math

import msgspec


class Estimate(msgspec.Struct, frozen=True, kw_only=True, tag="estimate", tag_field="kind"):
    """A measured value with its interval.

    `value`, `low` and `high` are in the unit the owner's name says (`ttft_ms_p95`); `low` and
    `high` bound the interval at `level` (two-sided).  `n` is the number of independent units
    behind it and `segment` the part of traffic it speaks of.  `method` names how it was made.
    """

    value: float
    low: float
    high: float
    n: int
    segment: str = "all"
    level: float = 0.95
    method: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value)):
            raise ValueError(f"an Estimate needs a finite value, got {self.value!r}: return NotMeasured")
        if math.isnan(self.low) or math.isnan(self.high) or self.low > self.high:
            raise ValueError(f"interval [{self.low!r}, {self.high!r}] is not an interval")

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}] (n={self.n})"


class NotMeasured(msgspec.Struct, frozen=True, kw_only=True, tag="not_measured", tag_field="kind"):
    """Why there is no number, and what would give one."""

    reason: str
    needed: str
    segment: str = "all"

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"not measured: {self.reason} (needed: {self.needed})"


Measured = Estimate | NotMeasured


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A named measurement, as printed in `measures` of a verb's document."""

    name: str
    value: Measured
    unit: str = ""

    def to_json(self) -> dict[str, object]:
        """The flat form of the JSON contract: value, low, high, n, segment; or not_measured, needed."""
        out: dict[str, object] = {"name": self.name}
        if self.unit:
            out["unit"] = self.unit
        if isinstance(self.value, Estimate):
            out |= {
                "value": self.value.value,
                "low": finite_or_none(self.value.low),
                "high": finite_or_none(self.value.high),
                "n": self.value.n,
                "segment": self.value.segment,
                "level": self.value.level,
            }
            if self.value.method:
                out["method"] = self.value.method
        else:
            out |= {
                "not_measured": self.value.reason,
                "needed": self.value.needed,
                "segment": self.value.segment,
            }
        return out


def finite_or_none(x: float) -> float | None:
    """JSON has no infinity: an unbounded side of an interval is null."""
    return x if math.isfinite(x) else None
