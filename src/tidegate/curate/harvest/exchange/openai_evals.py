"""OpenAI evals: JSON lines with `input` (chat messages) and `ideal` (a text or a list); `item` of the newer API too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest.exchange.common import (
    KEY,
    carried,
    imported,
    messages_of,
    one_of_says_all,
    texts,
    uncarried,
    user,
    wanted,
)
from tidegate.spine.case import Case
from tidegate.spine.errors import InputError


def write(cases: Sequence[Case]) -> tuple[str, list[str]]:
    """Samples for the `includes` class: `ideal` is what a right answer says."""
    lost: list[str] = []
    rows = []
    for case in cases:
        ideal = wanted(case)
        if not one_of_says_all(case):
            lost.append(f"{case.case_id}: `ideal` cannot say all that the case expects (metadata.{KEY} does)")
        rows.append({"input": messages_of(case), "ideal": ideal, "metadata": {KEY: carried(case)}})
    return "".join(msgspec.json.encode(r).decode() + "\n" for r in rows), lost


def read(document: Any, name: str) -> tuple[list[Case], list[str]]:
    """Cases from samples: the answer must say one of the ideals."""
    out: list[Case] = []
    lost: list[str] = []
    for i, row in enumerate(document):
        where = f"{name}:{i + 1}"
        sample = row.get("item", row) if isinstance(row, dict) else None
        if not isinstance(sample, dict) or "input" not in sample:
            raise InputError("expected a sample with `input` and `ideal`", where=where)
        own = uncarried((sample.get("metadata") or {}).get(KEY))
        ideal = [t for t in texts(sample.get("ideal")) if t]
        if own is not None:
            out.append(own)
        elif not ideal:
            lost.append(f"{where}: no ideal, so there is no case")
        else:
            given = sample["input"]
            messages = given if isinstance(given, list) else user(str(given))
            out.append(imported(messages, [{"oracle": "required", "any": ideal}]))
    return out, lost
