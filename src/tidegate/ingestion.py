"""`POST /v1/traces`: traffic that never passed the gateway, taken in through a worker's own journal."""

from collections.abc import Callable

from tidegate.gateway.seams import Reply
from tidegate.readers.otlp import JSON, PROTOBUF, ingest
from tidegate.spine.call import Call, Ending
from tidegate.spine.errors import InputError
from tidegate.spine.ports import TraceSink


class TracesEndpoint:
    """A `LocalEndpoint`; `sink` is set once the worker's journal runs.

    The key that sent the spans says whose they are, whatever the spans claim.  The endpoint is
    not told the content type: JSON begins with a brace, protobuf never does.
    """

    def __init__(self) -> None:
        self.sink: TraceSink | None = None

    def handle(self, call: Call, method: str, path: str, body: bytes, respond: Callable[[Reply], None]) -> None:  # noqa: ARG002
        """Answer one export request: 200 with the partial success, 400 for what is none."""
        if self.sink is None:
            respond(Reply(status=503, body=b"", ending=Ending.INTERNAL_ERROR, code="not_ready"))
            return
        kind = JSON if body[:64].lstrip()[:1] in (b"{", b"[") else PROTOBUF
        try:
            got = ingest(body, kind, identity=call.identity)
        except InputError as error:
            text = str(error).encode()
            respond(Reply(status=400, body=text, content_type="text/plain", ending=Ending.REFUSED_INVALID,
                          code="invalid_otlp"))  # fmt: skip
            return
        for trace in got.traces:
            self.sink.put(trace)
        respond(Reply(status=200, body=got.response, content_type=got.content_type))
