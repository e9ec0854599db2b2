"""The few fields that the gateway reads of a request's body: `bodies` says how."""

import msgspec

ABSENT = msgspec.Raw(b"")


class Ask(msgspec.Struct, gc=False):
    """The few fields of a request that the data plane acts on; `null` is the same as absent."""

    model: str | None = None
    stream: bool | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    max_output_tokens: int | None = None
    user: str | None = None
    priority: msgspec.Raw = ABSENT

    @property
    def tokens_max(self) -> int | None:
        """The most tokens the client wants back, under whichever name its dialect has."""
        if self.max_completion_tokens is not None:
            return self.max_completion_tokens
        return self.max_tokens if self.max_tokens is not None else self.max_output_tokens


decode_ask = msgspec.json.Decoder(Ask).decode
