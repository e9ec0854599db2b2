"""Recorded agent runs of other tools → messages: message lists of any API, SWE-agent trajectories, OTLP.

`read_runs` looks at the shape of one JSON value and says what it is; a shape it does not know is
refused with the forms that are.  An export with spans of several runs gives several runs: they are
told apart by conversation, trace and agent, never read as one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tidegate.readers import otlp_messages
from tidegate.readers.agent_messages import History, read_history
from tidegate.spine.conversation import Message, Text, Tool, ToolCall, ToolResult
from tidegate.spine.errors import InputError

KNOWN = (
    'an object with "messages" (or "input", "contents", "traj", "history"), a list of messages, a SWE-agent trajectory '
    '("trajectory" or "steps" with "action" and "observation"), or an OTLP export ("resourceSpans")'
)
LISTS = ("messages", "traj", "history", "input", "contents", "conversation", "items")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded run; `notes` names what was wrong with the recording, `tokens` what each call read."""

    run_id: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    notes: tuple[str, ...] = ()
    tokens_in: tuple[int, ...] = ()


def read_run(value: Any, where: str = "") -> Run:
    """The one run in a JSON value; raises InputError naming what was expected."""
    runs = read_runs(value, where)
    if len(runs) != 1:
        names = ", ".join(r.run_id for r in runs[:5])
        raise InputError(f"expected one run, found {len(runs)} ({names})", where=where,
                         remedy="give the file itself to `loops check`: each run is judged")  # fmt: skip
    return runs[0]


def read_runs(value: Any, where: str = "") -> list[Run]:
    """The runs in one JSON value: one, or for an OTLP export one for each agent of each trace."""
    if isinstance(value, list):
        return [_run(read_history(value, where or "messages"), {})]
    if not isinstance(value, dict):
        raise InputError(f"expected {KNOWN}, got {type(value).__name__}", where=where)
    steps = value.get("trajectory", value.get("steps"))
    if isinstance(steps, list) and steps and all(isinstance(s, dict) and "action" in s for s in steps):
        return [Run(run_id=_name(value), messages=tuple(_swe_messages(steps)))]
    if "resourceSpans" in value:
        return _otlp_runs(value, where)
    name = next((n for n in LISTS if isinstance(value.get(n), list)), None)
    if name is not None:
        return [_run(read_history(value[name], name), value)]
    if "messages" in value:  # null or another type: read_history says so
        return [_run(read_history(value["messages"], "messages"), value)]
    if isinstance(value.get("body"), dict):  # a logged request
        return read_runs(value["body"], where)
    raise InputError(f"expected {KNOWN}; found the keys {sorted(map(str, value))[:8]}", where=where)


def _run(history: History, value: dict[str, Any]) -> Run:
    tools, notes = _tools(value.get("tools") or value.get("functions"))
    return Run(run_id=_name(value), messages=history.messages, tools=tools, notes=(*history.notes, *notes))


def _name(value: dict[str, Any]) -> str:
    """A run's id by any of its names, its own or (SWE-agent) that of what is said about it; "" without one."""
    for place in (value, *(value[k] for k in ("info", "metadata") if isinstance(value.get(k), dict))):
        for name in ("id", "run_id", "instance_id", "task_id"):
            if place.get(name) is not None:
                return str(place[name])
    return ""


def _tools(value: Any) -> tuple[tuple[Tool, ...], tuple[str, ...]]:
    """The tools in any API's form: their names and schemas help, so what cannot be read is noted, not refused."""
    if value is None:
        return (), ()
    if not isinstance(value, list):
        return (), (f"tools: expected a list, got {type(value).__name__}; read without schemas",)
    out: list[Tool] = []
    notes: list[str] = []
    for i, item in enumerate(value):
        inner = item.get("function", item) if isinstance(item, dict) else item
        if isinstance(inner, str):
            out.append(Tool(name=inner))
        elif isinstance(inner, dict) and isinstance(inner.get("name"), str):
            schema = inner.get("parameters", inner.get("input_schema"))
            words = inner.get("description")
            out.append(Tool(name=inner["name"], description=words if isinstance(words, str) else "",
                            parameters=schema if isinstance(schema, dict) else {}))  # fmt: skip
        elif not (isinstance(item, dict) and isinstance(item.get("type"), str)):
            notes.append(f"tools[{i}]: expected a tool with a name, got {str(item)[:60]!r}")
    return tuple(out), tuple(notes[:8])


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


def _otlp_runs(value: dict[str, Any], where: str) -> list[Run]:
    """The runs of an OTLP JSON export, in order of their first span."""
    groups: dict[str, list[tuple[int, dict[str, Any], dict[str, Any]]]] = {}
    for span in _spans(value, where):
        facts = _facts(span)
        key = str(facts.get("gen_ai.conversation.id") or facts.get("session.id") or span.get("traceId") or "")
        agent = facts.get("gen_ai.agent.id") or facts.get("gen_ai.agent.name")
        groups.setdefault(f"{key}/{agent}" if agent else key, []).append((_start(span), facts, span))
    runs: list[Run] = []
    for name, spans in groups.items():
        spans.sort(key=lambda s: s[0])
        run = _from_tools(name, spans) or _from_chat(name, spans)
        if run is not None:
            runs.append(run)
    if not runs:
        raise InputError("found no tool call and no messages in the spans", where=where,
                         remedy="record gen_ai.tool.* (execute_tool spans) or gen_ai.input.messages")  # fmt: skip
    return runs


def _spans(value: dict[str, Any], where: str) -> Iterable[dict[str, Any]]:
    for r, resource in enumerate(_dicts(value.get("resourceSpans"), f"{where}.resourceSpans")):
        for scope in _dicts(resource.get("scopeSpans"), f"{where}.resourceSpans[{r}].scopeSpans"):
            yield from _dicts(scope.get("spans"), f"{where}.resourceSpans[{r}].scopeSpans.spans")


def _dicts(value: Any, where: str) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise InputError("expected a list of objects", where=where)
    return value


def _facts(span: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for a in span.get("attributes") or []:
        if isinstance(a, dict) and isinstance(a.get("key"), str) and isinstance(a.get("value"), dict):
            out[a["key"]] = next(iter(a["value"].values()), "")
    return out


def _start(span: dict[str, Any]) -> int:
    try:
        return int(span.get("startTimeUnixNano", 0))
    except (TypeError, ValueError):
        return 0


def _from_tools(name: str, spans: Sequence[tuple[int, dict[str, Any], dict[str, Any]]]) -> Run | None:
    """Tool spans (GenAI conventions, or OpenInference's TOOL kind): one call and its result each."""
    messages: list[Message] = []
    tokens: list[int] = []
    for _, facts, span in spans:
        read = facts.get("gen_ai.usage.input_tokens")
        if read is not None and str(read).isdigit():
            tokens.append(int(read))
        tool = facts.get("gen_ai.tool.name") or (
            facts.get("tool.name") if facts.get("openinference.span.kind") == "TOOL" else None
        )
        if tool is None:
            continue
        call_id = str(facts.get("gen_ai.tool.call.id") or span.get("spanId") or len(messages))
        told = str(facts.get("gen_ai.tool.call.arguments", facts.get("input.value", facts.get("tool.parameters", ""))))
        messages.append(Message("assistant", (ToolCall(call_id, str(tool), told),), len(messages)))
        status = span.get("status")
        failed = isinstance(status, dict) and status.get("code") in (2, "STATUS_CODE_ERROR")
        seen = str(facts.get("gen_ai.tool.call.result", facts.get("output.value", "")))
        if failed and not seen and isinstance(status, dict):
            seen = str(status.get("message", ""))
        messages.append(Message("tool", (ToolResult(call_id, seen, True if failed else None),), len(messages)))
    return Run(run_id=name, messages=tuple(messages), tokens_in=tuple(tokens)) if messages else None


def _from_chat(name: str, spans: Sequence[tuple[int, dict[str, Any], dict[str, Any]]]) -> Run | None:
    """Model spans that carry their messages: the last request holds the history, its answer is the end."""
    for _, facts, _ in reversed(spans):
        asked, said = otlp_messages.messages_of(otlp_messages.request_of(facts, ""), otlp_messages.response_of(facts))
        if asked or said:
            history = read_history([*asked, *({k: v for k, v in m.items() if k != "finish_reason"} for m in said)])
            return Run(run_id=name, messages=history.messages, notes=history.notes)
    return None


def with_notes_across(runs: Sequence[Run]) -> list[Run]:
    """The runs, with notes where several records bear one id: a forked history, or two runs mixed under it.

    A record that only continues an earlier one is the usual way to log requests, and noted by nobody.
    """
    out: list[Run] = []
    known: dict[str, Run] = {}
    for run in runs:
        earlier = known.get(run.run_id) if run.run_id else None
        note = _relation(earlier, run) if earlier is not None else ""
        out.append(msgspec.structs.replace(run, notes=(*run.notes, note)) if note else run)
        if earlier is None or len(run.messages) >= len(earlier.messages):
            known[run.run_id] = run
    return out


def _relation(earlier: Run, run: Run) -> str:
    pairs = zip(earlier.messages, run.messages, strict=False)
    shared = next((i for i, (a, b) in enumerate(pairs) if (a.role, a.parts) != (b.role, b.parts)), None)
    if shared is None:
        return ""  # one continues the other
    told = [m for m in run.messages[:shared] if m.role not in ("system", "developer")]
    if told:
        return f"forked: shares {shared} messages with an earlier record of the id {run.run_id!r} and then differs"
    return f"interleaved: another run with nothing in common was recorded under the same id {run.run_id!r}"
