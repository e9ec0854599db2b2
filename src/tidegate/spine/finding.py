"""A finding: what a check noticed, where, with the evidence and what to do about it."""

from enum import StrEnum
from typing import Any

import msgspec


class Severity(StrEnum):
    """How much a finding may do: only `error` may block."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Certainty(StrEnum):
    """Proof and guess are told apart; `possible` carries its probability in the evidence."""

    PROVED = "proved"
    MEASURED = "measured"
    POSSIBLE = "possible"


class Where(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a finding points: into a file (line from 1, span in characters [start, end)), or a trace."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    span: tuple[int, int] | None = None
    commit: str | None = None
    author: str | None = None
    trace: str | None = None
    event: int | None = None
    message: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a check noticed.

    `rule` is a stable kebab-case name, `subject` what it is about (a file, a tenant, a case),
    `message` says it in plain words, `evidence` holds what supports it (always with
    `certainty`; a core is `evidence["core"]`, a list of {file, line}), `suggestion` the
    smallest thing that would help.
    """

    rule: str
    severity: Severity
    subject: str
    message: str
    where: Where = msgspec.field(default_factory=Where)
    evidence: dict[str, Any] = msgspec.field(default_factory=dict)
    suggestion: str = ""

    def __post_init__(self) -> None:
        if self.severity is Severity.ERROR and self.evidence.get("certainty") == Certainty.POSSIBLE.value:
            raise ValueError(f"finding {self.rule!r}: a possible finding may not be an error (it may not block)")

    def to_json(self) -> dict[str, Any]:
        """The JSON contract's form; absent parts of `where` are left out."""
        out: dict[str, Any] = msgspec.to_builtins(self)
        return out
