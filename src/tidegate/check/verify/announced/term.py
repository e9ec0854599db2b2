"""One quantity of a sentence, as the derivations see it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Term:
    """One number with what it is of.

    `value` is as printed (with `million`), `size` what one of its unit is in base units, `ulp` the place of the last
    digit; `state` is free, operand (inside a written equation) or result (behind its sign of equality); `wild` is a
    bare number; `unread` one that stands in a name or whose unit is unknown.
    """

    value: float
    ulp: float
    kind: dict[str, int]
    start: int
    end: int
    whole: bool
    wild: bool = False
    percent: bool = False
    points: bool = False
    about: bool = False
    state: str = "free"
    shown: str = ""
    size: float = 1.0
    unread: bool = False
    each: bool = False
    attributive: bool = False
    implied: bool = False  # over a year

    @property
    def si(self) -> float:
        """The value in base units of its kind."""
        return self.value * self.size
