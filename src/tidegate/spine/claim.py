"""The claim kernel: a claim with its span, an oracle that can decide it, a verdict with a receipt.

A page, an instruction, an answer and a lesson are the same object with different parsers
(docfresh, promptlint, verify, curriculum).  Each element kind (model id, API symbol,
quantity, constant …) has one resolver.  A verdict without a receipt is a bug.
"""

from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import msgspec

from tidegate.spine.finding import Where


class Support(StrEnum):
    """What an oracle may say of a claim; what cannot be parsed is unverifiable, never guessed."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    UNVERIFIABLE = "unverifiable"


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Something a text asserts.

    `kind` names the element kind (quantity, equation, formula, reaction, constant, code,
    identifier, reference, instruction …), `text` is the exact text at `span` = [start, end) in
    characters of the source, `payload` the parsed form (kind-specific, JSON-able).
    """

    kind: str
    text: str
    span: tuple[int, int]
    where: Where = msgspec.field(default_factory=Where)
    payload: dict[str, Any] = msgspec.field(default_factory=dict)


class Receipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a verdict rests on: a computation, an oracle's text, a commit, an unsatisfiable core."""

    oracle: str
    computation: str = ""
    source: str = ""
    commit: str = ""
    core: tuple[dict[str, Any], ...] = ()
    detail: dict[str, Any] = msgspec.field(default_factory=dict)


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict on one claim, with its receipt and plain words."""

    claim: Claim
    support: Support
    receipt: Receipt
    message: str = ""
    certainty: str = "proved"  # proved | measured | possible
    probability: float | None = None


@runtime_checkable
class Oracle(Protocol):
    """Decides claims of some kinds; says unverifiable for whatever it cannot decide."""

    name: str
    kinds: frozenset[str]

    def decide(self, claim: Claim) -> Decision:
        """Decide one claim; never raises on a claim of its kinds."""
        ...
