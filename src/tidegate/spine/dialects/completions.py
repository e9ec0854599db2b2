"""Legacy completions ↔ the one message form, so that guards hold on this road too.

A prompt is a user message, an answer the assistant's.  Nothing is translated to or from it.
"""

from typing import Any

from tidegate.spine.conversation import Conversation, FinishDelta, Message, Opaque, Part, Text, TextDelta
from tidegate.spine.dialects.answers import Answer, Begin, Choice, Failure, Item, Passed, UsageReport
from tidegate.spine.dialects.chat import PARAMETERS
from tidegate.spine.dialects.chat_answers import read_usage, write_usage
from tidegate.spine.dialects.chat_stream import failure_of
from tidegate.spine.dialects.fields import Fields, expected
from tidegate.spine.dialects.openai import answer_of
from tidegate.spine.dialects.streams import StreamReader, event_bytes


def read_request(obj: Any) -> Conversation:
    """A body of `/v1/completions`; token ids are kept, though nobody can read them."""
    fields = Fields(obj, "")
    model, prompt = fields.text("model"), fields.take("prompt")
    prompts = prompt if isinstance(prompt, list) and not all(isinstance(p, int) for p in prompt) else [prompt]
    parts: list[Part] = []
    for i, one in enumerate(prompts):
        if isinstance(one, str):
            parts.append(Text(one))
        elif isinstance(one, list) or one is None:
            parts.append(Opaque("tokens", one))
        else:
            raise expected("a string or a list of tokens", one, f"prompt[{i}]")
    if isinstance(suffix := fields.rest.get("suffix"), str):
        parts.append(Text(suffix, {"suffix": True}))
        fields.take("suffix")
    parameters = {n: v for n in list(fields.rest) if n in PARAMETERS and (v := fields.take(n)) is not None}
    return Conversation(
        model=model, messages=(Message("user", tuple(parts), 0),), parameters=parameters, extra=fields.rest
    )


def write_request(conversation: Conversation) -> dict[str, Any]:
    """The body again; messages that a guard appended become further text of a single prompt."""
    prompts: list[Any] = []
    suffix: str | None = None
    first, *added = conversation.messages
    for part in first.parts:
        if isinstance(part, Text) and part.extra:
            suffix = part.text
        else:
            prompts.append(part.text if isinstance(part, Text) else part.data if isinstance(part, Opaque) else "")
    note = "".join(f"\n\n{m.text}" for m in added)
    prompts = [p + note if isinstance(p, str) else p for p in prompts]
    out: dict[str, Any] = {"model": conversation.model, "prompt": prompts[0] if len(prompts) == 1 else prompts}
    if suffix is not None:
        out["suffix"] = suffix
    return out | conversation.parameters | conversation.extra


def read_answer(obj: Any) -> Answer:
    """A whole `text_completion` with all its choices."""
    fields = Fields(obj, "")
    choices = []
    for place, (value, at) in enumerate(fields.objects("choices")):
        choice = Fields(value, at)
        index, logprobs = choice.take("index"), choice.take("logprobs")
        text, finish = choice.text_or("text", ""), choice.take("finish_reason")
        extra = {"logprobs": logprobs} if logprobs is not None else None
        number = index if isinstance(index, int) else place
        choices.append(Choice(Message("assistant", (Text(text),)), finish, number, extra))
    return answer_of(fields, choices, read_usage(fields.rest.get("usage")), created="created")


def write_answer(answer: Answer) -> dict[str, Any]:
    """A `text_completion`; a refusal is said in its text, since the form has no other place."""
    choices = [
        {
            "index": c.index,
            "text": "".join(getattr(p, "text", "") for p in c.message.parts),
            "logprobs": (c.extra or {}).get("logprobs"),
            "finish_reason": c.finish or "stop",
        }
        for c in answer.choices
    ]
    usage = answer.usage_raw or write_usage(answer.usage)
    return {
        "id": answer.response_id,
        "object": "text_completion",
        "created": answer.created_s,
        "model": answer.model,
        "choices": choices,
        **({"usage": usage} if usage is not None else {}),
    } | (answer.extra or {})


class CompletionsReader(StreamReader):
    """Reads streamed `text_completion` events."""

    def __init__(self) -> None:
        super().__init__()
        self._began = False

    def _event(self, name: str, value: dict[str, Any]) -> list[Item]:  # noqa: ARG002 - this form names no events
        if (error := value.get("error")) is not None:
            return [failure_of(error)]
        items: list[Item] = []
        if not self._began:
            self._began = True
            created = value.get("created")
            items.append(Begin(str(value.get("id") or ""), str(value.get("model") or ""), int(created or 0)))
        for place, choice in enumerate(value.get("choices") or ()):
            index = choice.get("index", place)
            if choice.get("text"):
                items.append(TextDelta(str(choice["text"]), "content", index))
            if choice.get("logprobs") is not None:
                items.append(Passed("logprobs", choice["logprobs"], index))
            if (finish := choice.get("finish_reason")) is not None:
                items.append(FinishDelta(str(finish), index))
        if isinstance(usage := value.get("usage"), dict):
            items.append(UsageReport(read_usage(usage), usage))
        return items


class CompletionsWriter:
    """Writes streamed `text_completion` events and `[DONE]`."""

    def __init__(self, begin: Begin, *, include_usage: bool = False) -> None:
        self._begin = begin
        self._include_usage = include_usage

    def write(self, items: list[Item]) -> bytes:
        """The events that say these items."""
        out = []
        for item in items:
            if isinstance(item, Begin):
                self._begin = item
            elif isinstance(item, TextDelta):
                out.append(self._event([_choice(item.choice, item.text)]))
            elif isinstance(item, FinishDelta):
                out.append(self._event([_choice(item.choice, "", item.reason)]))
            elif isinstance(item, Passed) and item.kind == "logprobs":
                out.append(self._event([_choice(item.choice, "") | {"logprobs": item.data}]))
        return b"".join(out)

    def _event(self, choices: list[dict[str, Any]], usage: dict[str, Any] | None = None) -> bytes:
        begin = self._begin
        value = {
            "id": begin.response_id,
            "object": "text_completion",
            "created": begin.created_s,
            "model": begin.model,
            "choices": choices,
        }
        return event_bytes(value if usage is None else {**value, "usage": usage})

    def close(self, report: UsageReport | None) -> bytes:
        """The usage where it was asked for, and the end marker."""
        usage = (report.raw or write_usage(report.usage)) if report is not None and self._include_usage else None
        return (self._event([], usage) if usage is not None else b"") + b"data: [DONE]\n\n"

    def fail(self, failure: Failure) -> bytes:
        """An error event; the client library raises it."""
        error = {"message": failure.message, "type": failure.kind, "param": None, "code": failure.code}
        return event_bytes({"error": error})


def _choice(index: int, text: str, finish: str | None = None) -> dict[str, Any]:
    return {"index": index, "text": text, "logprobs": None, "finish_reason": finish}
