"""What came back from a run, as the `Outcome` that oracles read; and what a case asks a model."""

from __future__ import annotations

from typing import Any

from tidegate.curate.harvest.capture.effects import failed_calls
from tidegate.curate.harvest.model import Outcome
from tidegate.spine.case import Case
from tidegate.spine.conversation import Refusal
from tidegate.spine.dialects.chat import read_messages
from tidegate.spine.errors import InputError

_ASKED = ("messages", "tools", "model")


def request_of(case: Case, *, keep_model: bool = False) -> dict[str, Any]:
    """The request that runs a case: its messages, tools and parameters; documents go in front as a system message."""
    given: dict[str, Any] = case.input
    out = {k: given[k] for k in _ASKED if given.get(k) and (k != "model" or keep_model)}
    documents = given.get("documents") or ()
    if documents:
        text = "\n\n".join(str(d.get("text", d)) if isinstance(d, dict) else str(d) for d in documents)
        out["messages"] = [{"role": "system", "content": f"Documents:\n\n{text}"}, *out["messages"]]
    parameters = given.get("parameters") or {}
    return {**(parameters if isinstance(parameters, dict) else {}), **out}


def outcome_of(raw: dict[str, Any], text: str = "") -> Outcome:
    """An outcome from a chat completion, or from {"messages": …, "state": …} of an agent's whole run."""
    choices, given = raw.get("choices"), raw.get("messages")
    finish = raw.get("finish_reason")
    rows: list[Any] = [{"role": "assistant", "content": text}]
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        rows = [choices[0].get("message") or {}]
        finish = choices[0].get("finish_reason", finish)
    elif isinstance(given, list):
        rows = given
    try:
        messages = read_messages([{"role": "assistant", **r} if isinstance(r, dict) else r for r in rows or []])
    except InputError as error:
        return Outcome(error=f"the answer is no message: {error.message}")
    said = [m for m in messages if m.role == "assistant"]
    calls = tuple(c for m in said for c in m.tool_calls)
    failed = failed_calls(messages)
    refused = next((p.text for m in said for p in m.parts if isinstance(p, Refusal)), None)
    last = said[-1].text if said else text
    return Outcome(text=last, messages=messages, tool_calls=calls, failed_calls=failed, state=raw.get("state"),
                   refusal=refused, finish_reason=finish if isinstance(finish, str) else None)  # fmt: skip
