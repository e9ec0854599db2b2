"""Messages in one form, whichever API dialect they came in.

OpenAI chat, OpenAI responses and Anthropic messages say the same things in three shapes.
Checks, guards and the curators read this one; `tidegate.spine.dialects` translates.  Parts
that have no common form are kept whole in `Opaque`, so that nothing is lost on the way.
A part's `extra` holds what its dialect says beside it (cache marks, ids, signatures), so that
the same dialect writes it back; it plays no role anywhere else.
"""

from typing import Any, Literal

import msgspec

Role = Literal["system", "developer", "user", "assistant", "tool"]


Extra = dict[str, Any]


class Text(msgspec.Struct, frozen=True, tag="text", omit_defaults=True):
    """Plain text."""

    text: str
    extra: Extra | None = None


class Reasoning(msgspec.Struct, frozen=True, tag="reasoning", omit_defaults=True):
    """The model's reasoning, where the API shows it."""

    text: str
    extra: Extra | None = None


class Refusal(msgspec.Struct, frozen=True, tag="refusal", omit_defaults=True):
    """A typed refusal by the model or by a guard."""

    text: str
    extra: Extra | None = None


class ToolCall(msgspec.Struct, frozen=True, tag="tool_call", omit_defaults=True):
    """A call of a tool by the model; `arguments` is the JSON text as received, never repaired."""

    call_id: str
    name: str
    arguments: str
    extra: Extra | None = None


class ToolResult(msgspec.Struct, frozen=True, tag="tool_result", omit_defaults=True):
    """What a tool answered to `call_id`: all its text, whatever else it held is in `extra`."""

    call_id: str
    content: str
    is_error: bool | None = None
    name: str | None = None
    extra: Extra | None = None


class Opaque(msgspec.Struct, frozen=True, tag="opaque"):
    """A part without a common form (image, audio, file …), kept as received."""

    kind: str
    data: Any


Part = Text | Reasoning | Refusal | ToolCall | ToolResult | Opaque


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message; `index` is its 0-based place in the request as the client sent it.

    Instructions that stand outside the list (`system`, `instructions`) have index -1.
    """

    role: Role
    parts: tuple[Part, ...]
    index: int = 0
    extra: Extra | None = None

    @property
    def text(self) -> str:
        """All plain text of the message, joined by newlines."""
        return "\n".join(p.text for p in self.parts if isinstance(p, Text))

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tool calls in order."""
        return tuple(p for p in self.parts if isinstance(p, ToolCall))

    @property
    def tool_results(self) -> tuple[ToolResult, ...]:
        """The tool results in order."""
        return tuple(p for p in self.parts if isinstance(p, ToolResult))


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool offered to the model; `parameters` is its JSON Schema.

    A tool that the provider runs itself (web search, code execution) is kept whole in `hosted`.
    """

    name: str
    description: str = ""
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    strict: bool | None = None
    extra: Extra | None = None
    hosted: dict[str, Any] | None = None


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A request's content: messages, tools and sampling parameters.

    `parameters` holds sampling and format parameters under OpenAI chat's names;
    `extra` what the dialect has and no other does.
    """

    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


# A stream of an answer, dialect-free: what a guard sees and may change.


class TextDelta(msgspec.Struct, frozen=True, tag="text_delta"):
    """More text on a channel of choice `choice`: content, reasoning or refusal."""

    text: str
    channel: Literal["content", "reasoning", "refusal"] = "content"
    choice: int = 0


class ToolCallDelta(msgspec.Struct, frozen=True, tag="tool_call_delta"):
    """More of the tool call at `index`; id and name come with its first delta."""

    index: int
    arguments: str = ""
    call_id: str | None = None
    name: str | None = None
    choice: int = 0


class FinishDelta(msgspec.Struct, frozen=True, tag="finish"):
    """The choice is finished for `reason`: stop, length, tool_calls, content_filter."""

    reason: str
    choice: int = 0


Delta = TextDelta | ToolCallDelta | FinishDelta
