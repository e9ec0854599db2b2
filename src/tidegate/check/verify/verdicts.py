"""Decisions spelled in a line: the claim, what decided it, the computation, plain words."""

from __future__ import annotations

from typing import Any

from tidegate.spine.claim import Claim, Decision, Receipt, Support


def supported(claim: Claim, oracle: str, computation: str, message: str, **detail: Any) -> Decision:
    """The claim holds."""
    receipt = Receipt(oracle=oracle, computation=computation, detail=detail)
    return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message=message)


def refuted(
    claim: Claim, oracle: str, computation: str, message: str, *, certainty: str = "proved",
    probability: float | None = None, **detail: Any,
) -> Decision:  # fmt: skip
    """The claim does not hold; `certainty` is proved, measured or possible, then with a `probability`."""
    receipt = Receipt(oracle=oracle, computation=computation, detail=detail)
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message, certainty=certainty,
                    probability=probability)  # fmt: skip


def unverifiable(claim: Claim, oracle: str, message: str, computation: str = "", **detail: Any) -> Decision:
    """Nothing here can decide the claim."""
    receipt = Receipt(oracle=oracle, computation=computation, detail=detail)
    return Decision(claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=message, certainty="possible")
