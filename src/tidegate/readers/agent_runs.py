"""Recorded agent runs of other tools → messages: OpenAI message lists, SWE-agent trajectories, OTLP.

`read_run` looks at the shape of one JSON value and says what it is; a shape it does not know is
refused with the forms that are.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from tidegate.spine.conversation import Message, Text, Tool, ToolCall, ToolResult
from tidegate.spine.dialects import chat
from tidegate.spine.errors import InputError

KNOWN = (
    'an object with "messages" (OpenAI chat), a list of messages, a SWE-agent trajectory ("trajectory" or "steps" with '
    '"action" and "observation"), or an OTLP export ("resourceSpans")'
)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded run."""

    run_id: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()


def read_run(value: Any, where: str = "") -> Run:
    """The run in one JSON value; raises InputError naming what was expected."""
    if isinstance(value, list):
        return Run(run_id="", messages=chat.read_messages(value))
    if not isinstance(value, dict):
        raise InputError(f"expected {KNOWN}, got {type(value).__name__}", where=where)
    run_id = str(value.get("id") or value.get("run_id") or value.get("instance_id") or "")
    if "messages" in value:
        tools = chat.read_tools(value["tools"]) if value.get("tools") else ()
        return Run(run_id=run_id, messages=chat.read_messages(value["messages"]), tools=tuple(tools))
    steps = value.get("trajectory", value.get("steps"))
    if isinstance(steps, list) and all(isinstance(s, dict) and "action" in s for s in steps):
        return Run(run_id=run_id, messages=tuple(_swe_messages(steps)))
    if isinstance(value.get("traj"), list):
        return Run(run_id=run_id, messages=chat.read_messages(value["traj"]))
    if "resourceSpans" in value:
        return Run(run_id=run_id, messages=tuple(_otlp_messages(value)))
    raise InputError(f"expected {KNOWN}; found the keys {sorted(value)[:8]}", where=where)


def _swe_messages(steps: Iterable[dict[str, Any]]) -> Iterable[Message]:
    """SWE-agent: one action and one observation a step; shortened records name the full text by its hash."""
    index = 0
    for i, step in enumerate(steps):
        action = str(step.get("action") or "")
        call = ToolCall(f"step-{i}", action.split(maxsplit=1)[0] if action.strip() else "none", action)
        if "action_sha" in step:
            call = ToolCall(f"step-{i}", call.name, f"{action}\n#{step['action_sha']}")
        yield Message("assistant", (Text(str(step.get("thought") or step.get("thought_head") or "")), call), index)
        seen = step.get("observation")
        if seen is None:
            seen = f"{step.get('obs_head', '')}\n{step.get('obs_tail', '')}"
            if "obs_sha" in step:
                seen += f"\n#{step['obs_sha']}"
        yield Message("tool", (ToolResult(f"step-{i}", str(seen)),), index + 1)
        index += 2


def _otlp_messages(value: dict[str, Any]) -> Iterable[Message]:
    """GenAI tool spans of an OTLP JSON export, in order of their start: one call and its result each."""
    spans = [
        span
        for resource in value.get("resourceSpans", [])
        for scope in resource.get("scopeSpans", [])
        for span in scope.get("spans", [])
    ]
    index = 0
    for span in sorted(spans, key=lambda s: int(s.get("startTimeUnixNano", 0))):
        facts = {a["key"]: next(iter(a["value"].values()), "") for a in span.get("attributes", []) if a.get("value")}
        name = facts.get("gen_ai.tool.name")
        if name is None:
            continue
        call_id = str(facts.get("gen_ai.tool.call.id") or span.get("spanId") or index)
        arguments = str(facts.get("gen_ai.tool.call.arguments", ""))
        yield Message("assistant", (ToolCall(call_id, str(name), arguments),), index)
        failed = span.get("status", {}).get("code") in (2, "STATUS_CODE_ERROR")
        result = ToolResult(call_id, str(facts.get("gen_ai.tool.call.result", "")), True if failed else None)
        yield Message("tool", (result,), index + 1)
        index += 2
