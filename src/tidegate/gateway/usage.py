"""Tokens as the engine reported them, read from the end (and for Anthropic the start) of an answer.

Chunks are not parsed on their way: the last bytes are searched for the last `"usage"` once, when
the answer is complete.  What is not reported stays None.
"""

import msgspec

from tidegate.gateway.usage_forms import Reported, ReportedUsage, decode_reported
from tidegate.spine.call import Dialect, Usage

NOTHING = Usage()
TAIL_BYTES = 4096  # a usage event is far smaller; the responses API repeats the whole answer in its last event


def usage_of_json(body: bytes) -> tuple[Usage, str | None]:
    """Usage and model of a whole JSON answer."""
    if b'"usage"' not in body and b'"model"' not in body:
        return NOTHING, None
    try:
        found = decode_reported(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NOTHING, None
    return (_convert(found.usage) if found.usage else NOTHING), found.model


def usage_of_stream(head: bytes, tail: bytes, dialect: Dialect) -> tuple[Usage, str | None]:
    """Usage and model of an event stream, from its first and last bytes."""
    last = _event_with_usage(tail)
    first = _event_with_model(head)
    model = None
    if first is not None:
        inner = first.message or first.response
        model = first.model or (inner.model if inner else None)
    reported = None
    if last is not None:
        reported = last.usage or (last.response.usage if last.response else None)
    if dialect == "messages" and first is not None and first.message and first.message.usage:
        start = first.message.usage  # the prompt's tokens come at the start, the answer's at the end
        if reported is None:
            reported = start
        else:
            for name in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
                if getattr(reported, name) is None:
                    setattr(reported, name, getattr(start, name))
    return (_convert(reported) if reported is not None else NOTHING), model


def _event_with_usage(tail: bytes) -> Reported | None:
    end = len(tail)
    for _ in range(4):  # later events may say "usage":null
        at = tail.rfind(b'"usage"', 0, end)
        if at < 0:
            return None
        found = _decode_line(tail, at)
        if found is not None and (found.usage or (found.response and found.response.usage)):
            return found
        end = at
    return None


def _event_with_model(head: bytes) -> Reported | None:
    at = head.find(b'"model"')
    return _decode_line(head, at) if at >= 0 else None


def _decode_line(data: bytes, at: int) -> Reported | None:
    """The JSON of the `data:` line that byte `at` lies in."""
    start = data.rfind(b"\n", 0, at) + 1
    end = data.find(b"\n", at)
    line = data[start : end if end >= 0 else len(data)]
    if not line.startswith(b"data:"):
        return None
    try:
        return decode_reported(line[5:])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _convert(u: ReportedUsage) -> Usage:
    prompt = u.prompt_tokens
    cached = u.prompt_tokens_details.cached_tokens if u.prompt_tokens_details else None
    if prompt is None and u.input_tokens is not None:
        prompt = u.input_tokens
        if u.input_tokens_details:
            cached = u.input_tokens_details.cached_tokens
        elif u.cache_read_input_tokens is not None or u.cache_creation_input_tokens is not None:
            # Anthropic counts what was read from and written to its cache beside `input_tokens`
            cached = u.cache_read_input_tokens
            prompt += (u.cache_read_input_tokens or 0) + (u.cache_creation_input_tokens or 0)
    completion = u.completion_tokens if u.completion_tokens is not None else u.output_tokens
    details = u.completion_tokens_details or u.output_tokens_details
    return Usage(
        tokens_prompt=prompt,
        tokens_completion=completion,
        tokens_prompt_cached=cached,
        tokens_reasoning=details.reasoning_tokens if details else None,
    )
