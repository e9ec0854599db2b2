"""The dialects by name: how to read and write requests, answers, streams and errors of each."""

from collections.abc import Callable
from typing import Any

import msgspec

from tidegate.spine.conversation import Conversation
from tidegate.spine.dialects import (
    chat,
    chat_answers,
    completions,
    messages,
    messages_answers,
    responses,
    responses_answers,
)
from tidegate.spine.dialects.answers import Answer, Begin, Failure
from tidegate.spine.dialects.chat_stream import ChatReader, ChatWriter
from tidegate.spine.dialects.chat_stream import failure_of as openai_failure
from tidegate.spine.dialects.completions import CompletionsReader, CompletionsWriter
from tidegate.spine.dialects.messages_stream import MessagesReader, MessagesWriter
from tidegate.spine.dialects.messages_stream import failure_of as anthropic_failure
from tidegate.spine.dialects.responses_stream import ResponsesReader, ResponsesWriter
from tidegate.spine.dialects.streams import StreamReader, StreamWriter

ID_PREFIX = {"chat": "chatcmpl-", "completions": "cmpl-", "responses": "resp_", "messages": "msg_"}
PATHS = {"chat": "/chat/completions", "completions": "/completions", "responses": "/responses", "messages": "/messages"}

_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_OPENAI_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one dialect."""

    name: str
    read_request: Callable[[Any], Conversation]
    write_request: Callable[[Conversation], dict[str, Any]]
    read_answer: Callable[[Any], Answer]
    write_answer: Callable[[Answer], dict[str, Any]]
    reader: Callable[[], StreamReader]
    writer: Callable[[Begin, bool], StreamWriter]  # the beginning, and whether usage was asked for


FORMS: dict[str, Form] = {
    "chat": Form(
        name="chat",
        read_request=chat.read_request,
        write_request=chat.write_request,
        read_answer=chat_answers.read_answer,
        write_answer=chat_answers.write_answer,
        reader=ChatReader,
        writer=lambda begin, usage: ChatWriter(begin, include_usage=usage),
    ),
    "completions": Form(
        name="completions",
        read_request=completions.read_request,
        write_request=completions.write_request,
        read_answer=completions.read_answer,
        write_answer=completions.write_answer,
        reader=CompletionsReader,
        writer=lambda begin, usage: CompletionsWriter(begin, include_usage=usage),
    ),
    "responses": Form(
        name="responses",
        read_request=responses.read_request,
        write_request=responses.write_request,
        read_answer=responses_answers.read_answer,
        write_answer=responses_answers.write_answer,
        reader=ResponsesReader,
        writer=lambda begin, _usage: ResponsesWriter(begin),
    ),
    "messages": Form(
        name="messages",
        read_request=messages.read_request,
        write_request=messages.write_request,
        read_answer=messages_answers.read_answer,
        write_answer=messages_answers.write_answer,
        reader=MessagesReader,
        writer=lambda begin, _usage: MessagesWriter(begin),
    ),
}


def read_error(dialect: str, body: Any) -> Failure:
    """The error object of an error body in a dialect's shape (or in the other's: engines mix them)."""
    if isinstance(body, dict):
        error = body.get("error", body.get("message", body.get("detail")))
        if dialect == "messages" or body.get("type") == "error":
            return anthropic_failure(error)
        if error is not None:
            return openai_failure(error if isinstance(error, dict | str) else str(error))
    return Failure("the upstream answered with an error")


def write_error(dialect: str, status: int, failure: Failure) -> dict[str, Any]:
    """An error body in the client's own shape, with the stable `code` beside the shape's own fields."""
    if dialect == "messages":
        default = "invalid_request_error" if 400 <= status < 500 else "api_error"
        kind = _ANTHROPIC_TYPES.get(status, default)
        return {"type": "error", "error": {"type": kind, "message": failure.message, "code": failure.code}}
    default = "invalid_request_error" if 400 <= status < 500 else "server_error"
    kind = _OPENAI_TYPES.get(status, default)
    return {"error": {"message": failure.message, "type": kind, "param": None, "code": failure.code}}


def answer_id(dialect: str, upstream_id: str) -> str:
    """An answer's id as its dialect writes ids, keeping the part that names the answer."""
    for prefix in ID_PREFIX.values():
        upstream_id = upstream_id.removeprefix(prefix)
    return ID_PREFIX.get(dialect, "") + upstream_id
