"""Inspect: a dataset of JSON lines with `input` (text or messages), `target`, `id` and `metadata`."""

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
    """A dataset for `json_dataset`; score it with `includes()`: the target is what a right answer says."""
    lost: list[str] = []
    rows = []
    for case in cases:
        target = wanted(case)
        if not one_of_says_all(case):
            lost.append(f"{case.case_id}: a target text cannot say all that the case expects (metadata.{KEY} does)")
        rows.append(
            {
                "id": case.case_id,
                "input": messages_of(case),
                "target": target if len(target) != 1 else target[0],
                "metadata": {"mode": case.mode, KEY: carried(case)},
            }
        )
    return "".join(msgspec.json.encode(r).decode() + "\n" for r in rows), lost


def read(document: Any, name: str) -> tuple[list[Case], list[str]]:
    """Cases from a dataset: the answer must say one of the targets."""
    out: list[Case] = []
    lost: list[str] = []
    for i, row in enumerate(document):
        where = f"{name}:{i + 1}"
        if not isinstance(row, dict) or "input" not in row:
            raise InputError("expected a sample with `input` and `target`", where=where)
        own = uncarried((row.get("metadata") or {}).get(KEY))
        if own is not None:
            out.append(own)
            continue
        targets = [t for t in texts(row.get("target")) if t]
        if not targets:
            lost.append(f"{where}: no target, so there is no case")
            continue
        if row.get("choices"):
            lost.append(f"{where}: the choices are not shown to the model")
        given = row["input"]
        messages = given if isinstance(given, list) else user(str(given))
        out.append(imported(messages, [{"oracle": "required", "any": targets}], note=str(row.get("id") or "")))
    return out, lost
