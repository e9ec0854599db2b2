"""Which headers pass, in both directions, and what a request's head says.

Towards an upstream only the headers in `PASS_UP` go on: a tenant cannot claim a priority, an
organisation or a client address by sending a header, and its key goes nowhere.  Towards the
client everything passes but hop-by-hop headers, cookies, and what tells a tenant about *our*
account at the provider (organisation, rate limits).
"""

import msgspec

from tidegate.spine.call import Identity

Headers = list[tuple[bytes, bytes]]

PASS_UP = frozenset(
    {
        b"accept", b"anthropic-beta", b"anthropic-version", b"baggage", b"content-type", b"idempotency-key",
        b"openai-beta", b"traceparent", b"tracestate", b"user-agent",
    }
)  # fmt: skip

MCP_UP = frozenset({b"accept", b"content-type", b"last-event-id", b"mcp-protocol-version", b"mcp-session-id"})

DROP_DOWN = frozenset(
    {
        # hop by hop, or made anew here
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
        b"trailer", b"transfer-encoding", b"upgrade", b"content-length", b"x-request-id", b"request-id",
        # of the upstream's own site, or of our account there
        b"alt-svc", b"set-cookie", b"strict-transport-security", b"www-authenticate", b"cf-ray", b"cf-cache-status",
        b"openai-organization", b"openai-project", b"anthropic-organization-id", b"x-tidegate-trace",
        b"endpoint-load-metrics",
    }
)  # fmt: skip
DROP_DOWN_PREFIXES = (b"x-ratelimit-", b"anthropic-ratelimit-")

HEADERS_MAX = 128


class RequestHead(msgspec.Struct, gc=False):
    """What a request's headers say, beside its path; content-length is kept elsewhere.

    A client sends the same headers again and again: its connection keeps the last one of these.
    """

    key: bytes | None = None
    forward: bytes = b""  # the header lines that pass, each with its CRLF
    run_id: str | None = None
    prompt_version: str | None = None
    task: str | None = None
    hosts: int = 0
    transfer_encoding: bytes | None = None
    content_encoding: bytes | None = None
    expect: bytes | None = None
    anthropic: bool = False
    mcp: tuple[tuple[bytes, bytes], ...] = ()  # what the Model Context Protocol needs, and what content is spoken
    identity: Identity = Identity(tenant="")  # behind the key, when last looked up ...
    known_until_s: float = 0.0  # ... good until then ...
    known_with: int = -1  # ... and with that reading of the keys
    heads: dict[tuple[object, str, bytes], bytes] = msgspec.field(default_factory=dict)  # whole heads, by target


def read_head(headers: Headers) -> RequestHead:
    """One pass over the header lines of a request."""
    head = RequestHead()
    forward: list[bytes] = []
    for raw, value in headers:
        name = raw.lower()
        if name in PASS_UP:
            forward.append(b"%b: %b\r\n" % (name, value))
            head.anthropic = head.anthropic or name == b"anthropic-version"
        elif name == b"authorization":
            head.key = bearer(value)
        elif name == b"x-api-key" or name == b"api-key":
            head.key = head.key or value
        elif name == b"host":
            head.hosts += 1
        elif name == b"transfer-encoding":
            before = head.transfer_encoding
            head.transfer_encoding = value.lower() if before is None else before + b", " + value.lower()
        elif name == b"content-encoding":
            head.content_encoding = value.lower()
        elif name == b"expect":
            head.expect = value.lower()
        elif name == b"x-tidegate-run-id":
            head.run_id = value[:128].decode("latin-1")
        elif name == b"x-tidegate-prompt-version":
            head.prompt_version = value[:128].decode("latin-1")
        elif name == b"x-tidegate-task":
            head.task = value[:128].decode("latin-1")
        if name in MCP_UP:
            head.mcp += ((name, value),)
    head.forward = b"".join(forward)
    return head


def bearer(value: bytes) -> bytes | None:
    """The token of a `Bearer` authorization, scheme in any case."""
    return value[7:].strip() if value[:7].lower() == b"bearer " else None


def without(lines: bytes, names: tuple[bytes, ...]) -> bytes:
    """Header lines without those that the upstream's own settings fix."""
    kept = [line for line in lines.splitlines(keepends=True) if line.partition(b":")[0] not in names]
    return b"".join(kept)


def answer_lines(headers: Headers) -> bytes:
    """The header lines of an upstream's answer that the client may see, each with its CRLF."""
    out: list[bytes] = []
    for raw, value in headers:
        name = raw.lower()
        if name not in DROP_DOWN and not name.startswith(DROP_DOWN_PREFIXES):
            out.append(b"%b: %b\r\n" % (name, value))
    return b"".join(out)
