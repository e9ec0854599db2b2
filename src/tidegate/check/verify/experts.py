# ruff: noqa: E501  (texts and messages read best on one line)
"""The expert queue: answers that a person must see, ranked by what a wrong claim would cost."""

from __future__ import annotations

import re
from typing import Any

from tidegate.check.verify.model import Verification
from tidegate.spine.claim import Support
from tidegate.spine.ports import StateStore

KIND = "verify.queue"
GRAVE = re.compile(
    r"dose|mg/kg|patient|drug|medic|load|beam|bridge|pressure vessel|explosi|toxic|voltage|fuse|brake|reactor|structur|aircraft|allerg",
    re.I,
)
WEIGHT = {
    "coefficient": 5.0,
    "quantity": 4.0,
    "constant": 3.0,
    "reaction": 3.0,
    "oxidation-state": 2.0,
    "dimension": 3.0,
    "equation": 2.0,
}


def consequence(found: Verification, question: str = "", *, disagreed: bool = False) -> float:
    """Sum of the weights of refuted claims (half for unverifiable coefficients), tripled where safety is spoken of.

    A second derivation that comes to another value weighs as a refuted quantity.
    """
    total = sum(WEIGHT.get(d.claim.kind, 1.0) for d in found.decisions if d.support is Support.REFUTED)
    total += sum(2.5 for d in found.decisions if d.claim.kind == "coefficient" and d.support is Support.UNVERIFIABLE)
    total += WEIGHT["quantity"] if disagreed else 0.0
    return total * (3.0 if GRAVE.search(question + " " + found.text) else 1.0)


def enqueue(store: StateStore, key: str, found: Verification, *, tenant: str, question: str = "",
            other: str | None = None) -> float:  # fmt: skip
    """Put an answer into the queue; returns its consequence.  `other` is what a second derivation came to instead."""
    weight = consequence(found, question, disagreed=other is not None)
    store.put(
        KIND,
        key,
        {
            "tenant": tenant,
            "consequence": weight,
            "question": question,
            "answer": found.text,
            "claims": found.claims_json(),
            "second": other,
        },
    )
    return weight


def ranked(store: StateStore, tenant: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Waiting answers, gravest first."""
    rows = [(k, v) for k, v in store.items(KIND) if tenant is None or v.get("tenant") == tenant]
    return sorted(rows, key=lambda row: (-float(row[1]["consequence"]), row[0]))
