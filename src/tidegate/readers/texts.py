"""Texts of calls and failures for grouping and coverage: from JSONL of many shapes, or from the trace store."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from tidegate.spine.errors import InputError
from tidegate.spine.trace import CallTrace


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a user asked, with what is known about it."""

    key: str
    text: str
    at: str = ""
    tenant: str = ""
    signal: str = ""
    failed: bool | None = None


def said_in_row(row: dict[str, Any], number: int, where: str) -> Said | None:
    """From an object with `text`, `messages` or `redacted`; None when no user said anything in it."""
    messages = row.get("redacted") or row.get("messages")
    text = row.get("text") or row.get("question")
    if text is None and isinstance(messages, list):
        turn = row.get("failing_turn")
        text = last_question(messages, turn if isinstance(turn, int) else None)
    if text is None and "messages" not in row and "redacted" not in row:
        raise InputError("expected `text` or `messages`", where=f"{where}:{number}",
                         remedy=f"the line has {', '.join(sorted(row)) or 'nothing'}")  # fmt: skip
    if not isinstance(text, str) or not text.strip():
        return None
    failed = row.get("failed")
    at = row.get("at") or row.get("day") or row.get("timestamp") or ""
    if isinstance(at, int | float):
        at = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return Said(key=str(row.get("id", number)), text=text.strip(), at=str(at), tenant=str(row.get("tenant") or ""),
                signal=str(row.get("signal") or ""), failed=failed if isinstance(failed, bool) else None)  # fmt: skip


def last_question(messages: list[Any], before: int | None = None) -> str | None:
    """What the user asked last, or last before the failing turn."""
    rows = messages if before is None else messages[:before]
    for message in reversed(rows):
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, list):
                content = "\n".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
            if isinstance(content, str) and content.strip():
                return content
    return None


def said_in_traces(traces: Iterable[CallTrace]) -> Iterator[Said]:
    """The last question of every call whose body was kept."""
    for trace in traces:
        if not trace.request_body:
            continue
        try:
            body = msgspec.json.decode(trace.request_body)
        except msgspec.DecodeError:
            continue
        messages = body.get("messages") or body.get("input") if isinstance(body, dict) else None
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        text = last_question(messages) if isinstance(messages, list) else None
        if text:
            at = datetime.fromtimestamp(trace.received_at_s, UTC).isoformat(timespec="seconds")
            yield Said(key=trace.trace_id, text=text, at=at, tenant=trace.call.identity.tenant)
