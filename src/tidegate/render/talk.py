"""A recorded call as a talk: who said what, line by line, instead of the bytes that carried it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from tidegate.spine.conversation import Message, Reasoning, Refusal, Text, ToolCall, ToolResult
from tidegate.spine.dialects import recorded
from tidegate.spine.trace import CallTrace


class Said(NamedTuple):
    """One thing that was said: by whom (`system`, `user`, `assistant`, `assistant calls`, `tool` …), and what."""

    who: str
    text: str


class Talk(NamedTuple):
    """A call in words.  A side is None where its body was not kept or cannot be read as its dialect."""

    asked: list[Said] | None
    tools: list[str]
    answered: list[Said] | None


def talk_of(trace: CallTrace) -> Talk:
    """The request's messages, the names of the tools it offered, and the answer of every choice."""
    conversation, answer = recorded.asked(trace), recorded.answered(trace)
    told: list[Said] | None = None
    if answer is not None:
        many = len(answer.choices) > 1
        told = []
        for choice in answer.choices:
            label = f" (choice {choice.index})" if many else ""
            told += [Said(said.who + label, said.text) for said in said_in(choice.message)]
            if choice.finish not in (None, "stop", "tool_calls"):
                told.append(Said(f"ended{label}", f"{choice.finish}"))
        if answer.failure is not None:
            told.append(Said("error", answer.failure.message))
    if conversation is None:
        return Talk(None, [], told)
    return Talk([s for m in conversation.messages for s in said_in(m)], [t.name for t in conversation.tools], told)


def said_in(message: Message) -> list[Said]:
    """What one message says, part by part, in order."""
    out: list[Said] = []
    for part in message.parts:
        if isinstance(part, Text):
            out.append(Said(message.role, part.text))
        elif isinstance(part, Reasoning):
            out.append(Said(f"{message.role} thinks", part.text))
        elif isinstance(part, Refusal):
            out.append(Said(f"{message.role} refuses", part.text))
        elif isinstance(part, ToolCall):
            out.append(Said(f"{message.role} calls", f"{part.name}({part.arguments})"))
        elif isinstance(part, ToolResult):
            out.append(Said("tool error" if part.is_error else "tool", part.content))
        else:
            out.append(Said(message.role, f"[{part.kind}]"))
    return out or [Said(message.role, "")]


def facts_of(data: Mapping[str, Any]) -> str:
    """What an event of a trace says, in words: a guard's decision, its findings, or plain facts."""
    if isinstance(findings := data.get("findings"), list):
        told = [f for f in findings if isinstance(f, Mapping)]
        return "; ".join(f"{f.get('severity', '')} {f.get('rule', '')}: {f.get('message', '')}" for f in told)
    if "guard" in data and "decision" in data:
        why = ": ".join(str(data[k]) for k in ("rule", "reason") if data.get(k))
        stage = f" ({data['stage']})" if data.get("stage") else ""
        return f"{data['guard']} decided {data['decision']}{stage}" + (f"; {why}" if why else "")
    return ", ".join(f"{k.replace('_', ' ')} {_plain(v)}" for k, v in data.items() if v not in (None, "", [], {}))


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.4g}"
    return msgspec.json.encode(value, enc_hook=str).decode()
