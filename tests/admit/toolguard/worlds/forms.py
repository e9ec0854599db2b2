"""An abstract run → the messages of an API: five forms that recordings come in."""

import json
import random
from dataclasses import dataclass, field
from typing import Any

FORMS = ("chat", "legacy", "anthropic", "responses", "react")


@dataclass(frozen=True)
class Turn:
    """One assistant turn: calls with their results (several are parallel), or words with a reply."""

    calls: tuple[tuple[str, dict[str, Any], str], ...] = ()
    says: str = ""
    reply: str | None = None  # what the other side says to words
    speaker: str | None = None  # the agent's name, where several talk
    person: str | None = None  # something a person says before this turn


@dataclass(frozen=True)
class AgentRun:
    """A run and its truth: where the stuck part begins (first new turn of it), None for a good run."""

    kind: str
    task: str
    turns: tuple[Turn, ...]
    onset: int | None = None
    period: int = 1
    tools: tuple[str, ...] = field(default=())


def write(run: AgentRun, form: str, rng: random.Random) -> list[dict[str, Any]]:
    """The run's messages in one API form."""
    out: list[dict[str, Any]] = []
    if rng.random() < 0.5:
        out.append({"role": "system", "content": "You are a careful assistant. Use the tools you are given."})
    out.append({"role": "user", "content": run.task})
    for i, turn in enumerate(run.turns):
        if turn.person is not None:
            out.append({"role": "user", "content": turn.person})
        out += WRITERS[form](turn, f"{rng.getrandbits(48):012x}{i}")
    return out


def _words(turn: Turn) -> list[dict[str, Any]]:
    said: dict[str, Any] = {"role": "assistant", "content": turn.says}
    if turn.speaker is not None:
        said["name"] = turn.speaker
    return [said] if turn.reply is None else [said, {"role": "user", "content": turn.reply}]


def _chat(turn: Turn, unique: str) -> list[dict[str, Any]]:
    if not turn.calls:
        return _words(turn)
    calls = [{"id": f"call_{unique}_{j}", "type": "function", "function": {"name": n, "arguments": json.dumps(a)}}
             for j, (n, a, _) in enumerate(turn.calls)]  # fmt: skip
    results = [
        {"role": "tool", "tool_call_id": f"call_{unique}_{j}", "content": r} for j, (_, _, r) in enumerate(turn.calls)
    ]
    return [{"role": "assistant", "content": turn.says or None, "tool_calls": calls}, *results]


def _legacy(turn: Turn, unique: str) -> list[dict[str, Any]]:
    if not turn.calls:
        return _words(turn)
    out: list[dict[str, Any]] = []
    for name, arguments, result in turn.calls:
        out.append({"role": "assistant", "content": turn.says or None,
                    "function_call": {"name": name, "arguments": json.dumps(arguments)}})  # fmt: skip
        out.append({"role": "function", "name": name, "content": result})
    return out


def _anthropic(turn: Turn, unique: str) -> list[dict[str, Any]]:
    if not turn.calls:
        return _words(turn)
    said = [{"type": "text", "text": turn.says}] if turn.says else []
    uses = [
        {"type": "tool_use", "id": f"toolu_{unique}_{j}", "name": n, "input": a}
        for j, (n, a, _) in enumerate(turn.calls)
    ]
    results = [{"type": "tool_result", "tool_use_id": f"toolu_{unique}_{j}", "content": [{"type": "text", "text": r}]}
               for j, (_, _, r) in enumerate(turn.calls)]  # fmt: skip
    return [{"role": "assistant", "content": said + uses}, {"role": "user", "content": results}]


def _responses(turn: Turn, unique: str) -> list[dict[str, Any]]:
    if not turn.calls:
        return _words(turn)
    said = [{"role": "assistant", "content": [{"type": "output_text", "text": turn.says}]}] if turn.says else []
    calls = [{"type": "function_call", "call_id": f"fc_{unique}_{j}", "name": n, "arguments": json.dumps(a)}
             for j, (n, a, _) in enumerate(turn.calls)]  # fmt: skip
    outputs = [{"type": "function_call_output", "call_id": f"fc_{unique}_{j}", "output": r}
               for j, (_, _, r) in enumerate(turn.calls)]  # fmt: skip
    return [*said, *calls, *outputs]


def _react(turn: Turn, unique: str) -> list[dict[str, Any]]:
    if not turn.calls:
        return _words(turn)
    out: list[dict[str, Any]] = []
    for name, arguments, result in turn.calls:
        said = f"Thought: {turn.says or 'I should use a tool.'}\nAction: {name}\nAction Input: {json.dumps(arguments)}"
        out += [{"role": "assistant", "content": said}, {"role": "user", "content": f"Observation: {result}"}]
    return out


WRITERS = {"chat": _chat, "legacy": _legacy, "anthropic": _anthropic, "responses": _responses, "react": _react}
