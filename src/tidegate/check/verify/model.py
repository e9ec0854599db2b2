# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""What a verification is told and what it answers."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import msgspec

from tidegate.check.verify.code.api import ApiIndex, LayeredIndex
from tidegate.check.verify.published.references import Work
from tidegate.check.verify.published.registry import Coefficient
from tidegate.spine.claim import Decision, Support
from tidegate.spine.finding import Finding


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """What the user adds: a reference library, coefficient registries, package names; and the date.

    `packages_complete` says that `packages` is the whole list of what may be imported, so that an
    unknown package is an error rather than a suspicion.  `api` holds modules and classes with their names and parameters
    in place of the shipped index.  `today` is (year, month).
    """

    library: Mapping[str, Work] = msgspec.field(default_factory=dict)
    registry: tuple[Coefficient, ...] = ()
    packages: frozenset[str] = frozenset()
    packages_complete: bool = False
    api: ApiIndex | LayeredIndex | None = None
    today: tuple[int, int] = (2026, 12)


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """All decisions on one answer, in order of their spans, and the findings they become.

    `not_checked` names whole verifiers that could not run, with the reason.
    """

    text: str
    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...] = ()

    def count(self, support: Support) -> int:
        """How many claims have this verdict."""
        return sum(d.support is support for d in self.decisions)

    def claims_json(self) -> list[dict[str, Any]]:
        """Each claim with `verdict`, `where.span` and `evidence`."""
        lines = Lines(self.text)
        return [claim_json(d, lines) for d in self.decisions]


class Lines:
    """Line and column of places in a text, both from 1; its line ends are looked for once."""

    def __init__(self, text: str) -> None:
        self._ends = [found.start() for found in re.finditer("\n", text)]

    def place(self, at: int) -> tuple[int, int]:
        """The line and the column of character `at`."""
        before = bisect_left(self._ends, at)
        return before + 1, at - (self._ends[before - 1] + 1 if before else 0) + 1


def claim_json(decision: Decision, lines: Lines) -> dict[str, Any]:
    """One claim in the JSON contract's form."""
    a, b = decision.claim.span
    evidence: dict[str, Any] = {
        "certainty": decision.certainty,
        "oracle": decision.receipt.oracle,
        "computation": decision.receipt.computation,
        **decision.receipt.detail,
    }
    if decision.probability is not None:
        evidence["probability"] = decision.probability
    return {
        "kind": decision.claim.kind, "text": decision.claim.text, "verdict": decision.support.value,
        "where": {"span": [a, b], "line": lines.place(a)[0]}, "message": decision.message, "evidence": evidence,
    }  # fmt: skip
