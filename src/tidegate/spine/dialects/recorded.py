"""What a recorded call said, in the one message form: its request and its answer, whole or streamed.

A trace keeps bodies as the bytes that went over the wire.  Whoever reads them (a check, an export,
a page) wants messages; the four dialects and the two kinds of answer differ only here.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tidegate.spine.conversation import Conversation
from tidegate.spine.dialects.answers import Answer, assemble
from tidegate.spine.dialects.table import FORMS, Form
from tidegate.spine.errors import InputError
from tidegate.spine.trace import CallTrace

_decoder = msgspec.json.Decoder()


def asked(trace: CallTrace) -> Conversation | None:
    """The request; None where its body was not kept, was cut, or is none of its dialect."""
    form, value = FORMS.get(trace.call.dialect), _value(trace.request_body)
    if form is None or not isinstance(value, dict):
        return None
    try:
        return form.read_request(value)
    except (InputError, ValueError, TypeError, KeyError):
        return None


def answered(trace: CallTrace) -> Answer | None:
    """The answer; a stream's is assembled, up to where it was cut.  None where there is none to read."""
    form, body = FORMS.get(trace.call.dialect), trace.response_body
    if form is None or not body:
        return None
    if is_stream(body):
        return _assembled(form, body)
    value = _value(body)
    if not isinstance(value, dict):
        return None
    try:
        answer = form.read_answer(value)
    except (InputError, ValueError, TypeError, KeyError):
        return None
    return answer if answer.choices else None


def is_stream(body: str) -> bool:
    """Whether a body is a stream of server-sent events."""
    return body.lstrip("\ufeff\r\n").startswith(("data:", "event:", "id:", "retry:", ":"))


def _assembled(form: Form, body: str) -> Answer | None:
    reader = form.reader()
    items = reader.feed(body.encode("utf-8", "replace"))
    answer = assemble([*items, *reader.end()])
    return answer if answer.choices or answer.failure is not None else None


def _value(body: str | None) -> Any:
    if not body:
        return None
    try:
        return _decoder.decode(body.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None
