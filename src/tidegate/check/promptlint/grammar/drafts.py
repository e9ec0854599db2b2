"""What the grammar hands on: hits, drafts, and the parse of one sentence."""

from typing import NamedTuple

from tidegate.check.promptlint.grammar.text import Masked
from tidegate.check.promptlint.model import REPLY, Conjunction, Constraint


class Hit(NamedTuple):
    """A concept found at tokens [start, end) of a clause, with the sign it stands under."""

    kind: str
    attribute: str
    value: str
    start: int
    end: int
    positive: bool


class Draft(NamedTuple):
    """A constraint before it is joined with its sentence's conditions."""

    constraint: Constraint
    scope: tuple[str, ...] = ()
    restrict: tuple[str, ...] = ()
    modality: str = "must"
    soft: bool = False
    universal: bool = False
    prohibition: bool = False  # "do not …": an unmarked special case beside it is a matter for a person
    extra_guard: tuple[Conjunction, ...] = ()


class Parsed(NamedTuple):
    """What a sentence asks (place left out, so that equal sentences are parsed once)."""

    drafts: tuple[Draft, ...]
    guard: tuple[Conjunction, ...]
    exceptions: tuple[Conjunction, ...]
    default: bool
    labels: tuple[str, ...]
    priorities: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    channel: str


EMPTY = Parsed((), (), (), False, (), (), REPLY)


class Context(NamedTuple):
    """What a clause needs to know of its sentence."""

    masked: Masked
    concern: str
    irrespective: bool
    universal: bool
    parts: tuple[str, ...]
