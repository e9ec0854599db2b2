"""DeepEval: a list of goldens (`input`, `expected_output`, `context`, `additional_metadata`), or `test_cases`."""

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
    plain,
    texts,
    uncarried,
    user,
    wanted,
)  # fmt: skip
from tidegate.spine.case import Case
from tidegate.spine.errors import InputError


def write(cases: Sequence[Case]) -> tuple[str, list[str]]:
    """Goldens; a conversation becomes one text, the case itself stands in `additional_metadata`."""
    lost: list[str] = []
    rows = []
    for case in cases:
        messages = messages_of(case)
        if len(messages) > 1:
            lost.append(
                f"{case.case_id}: {len(messages)} messages became one text (additional_metadata.{KEY} has them)"
            )
        if not one_of_says_all(case) or len(wanted(case)) > 1:
            lost.append(
                f"{case.case_id}: one expected output cannot say what the case expects (additional_metadata.{KEY} does)"
            )
        documents = case.input.get("documents") or []
        rows.append({"input": plain(messages), "expected_output": "; ".join(wanted(case)) or None,
                     "context": [str(d) for d in documents] or None, "name": case.case_id,
                     "additional_metadata": {KEY: carried(case)}})  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n", lost


def read(document: Any, name: str) -> tuple[list[Case], list[str]]:
    """Cases from goldens or test cases: the answer must say the expected output."""
    rows = document
    if isinstance(document, dict):
        rows = document.get("test_cases") or document.get("testCases") or document.get("goldens")
    if not isinstance(rows, list):
        raise InputError("expected a list of goldens, or an object with `test_cases` or `goldens`", where=name)
    out: list[Case] = []
    lost: list[str] = []
    for i, row in enumerate(rows):
        where = f"{name}[{i}]"
        if not isinstance(row, dict) or not isinstance(row.get("input"), str):
            raise InputError("expected a golden with a text `input`", where=where)
        metadata = row.get("additional_metadata") or row.get("additionalMetadata") or {}
        own = uncarried(metadata.get(KEY)) if isinstance(metadata, dict) else None
        expected = row.get("expected_output") or row.get("expectedOutput")
        if own is not None:
            out.append(own)
        elif not expected:
            lost.append(f"{where}: no expected output, so there is no case")
        else:
            out.append(imported(user(row["input"]), [{"oracle": "required", "all": texts(expected)}]))
    return out, lost
