"""What engines report of tokens, in every dialect's names; `usage` makes one form of it."""

import msgspec


class Details(msgspec.Struct, gc=False):
    """Parts of a count."""

    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class ReportedUsage(msgspec.Struct, gc=False):
    """All dialects' names at once; each uses its own."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    prompt_tokens_details: Details | None = None
    input_tokens_details: Details | None = None
    completion_tokens_details: Details | None = None
    output_tokens_details: Details | None = None


class Inner(msgspec.Struct, gc=False):
    """What an event wraps: an answer, or the message that begins."""

    usage: ReportedUsage | None = None
    model: str | None = None


class Reported(msgspec.Struct, gc=False):
    """A whole answer, or one event: chat and completions at the top, responses in `response`, messages in both."""

    usage: ReportedUsage | None = None
    model: str | None = None
    response: Inner | None = None
    message: Inner | None = None


decode_reported = msgspec.json.Decoder(Reported).decode
