"""From a whole request to a call with an identity, a model and a route; or to an answer made here.

Checks run from cheap to dear, and what a stranger can learn is the same for a model that does
not exist and one its key may not use.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from tidegate.gateway.bodies import read_ask
from tidegate.gateway.exchange import Exchange
from tidegate.gateway.feedback import read_feedback
from tidegate.gateway.routing import Entry
from tidegate.gateway.seams import Reply
from tidegate.gateway.upstream import Pool
from tidegate.spine.call import Call, Dialect, Ending
from tidegate.spine.errors import InputError
from tidegate.spine.trace import Event

if TYPE_CHECKING:
    from tidegate.gateway.worker import Gateway

# Paths an upstream serves: dialect, and the path below the upstream's URL.
CALLS: dict[bytes, tuple[Dialect, str]] = {
    b"/v1/chat/completions": ("chat", "/chat/completions"),
    b"/v1/completions": ("completions", "/completions"),
    b"/v1/responses": ("responses", "/responses"),
    b"/v1/embeddings": ("embeddings", "/embeddings"),
    b"/v1/messages": ("messages", "/messages"),
    b"/v1/messages/count_tokens": ("messages", "/messages/count_tokens"),
}
KNOWN_S = 0.25  # how long a connection's key is not looked up again; less than keys take to be read anew
COUNT_TOKENS = "/messages/count_tokens"

# Paths answered here or by a local endpoint, with the methods they take.
OURS: dict[bytes, tuple[bytes, ...]] = {
    b"/healthz": (b"GET", b"HEAD"),
    b"/v1/models": (b"GET", b"HEAD"),
    b"/v1/feedback": (b"POST",),
    b"/v1/verify": (b"POST",),
    b"/v1/traces": (b"POST",),
    b"/mcp": (b"POST", b"DELETE"),
}

_encode = msgspec.json.Encoder().encode


def begin(gw: "Gateway", x: Exchange) -> None:
    """Take up a whole request."""
    x.trace_id = gw.fresh_id()
    x.received_at_s = gw.now_s()
    x.began_s = x.heard_s = gw.loop.time()
    found = CALLS.get(x.path)
    if found is None:
        if x.path[:4] == b"http":  # absolute form: the path is inside
            x.path = urlsplit(x.path).path or b"/"
            found = CALLS.get(x.path)
        if found is None:
            begin_ours(gw, x)
            return
    x.dialect, x.suffix = found
    if gw.draining:
        x.keep = False
        x.refuse(Ending.REFUSED_DRAINING, 503, "draining")
    elif x.method != b"POST":
        x.refuse(Ending.REFUSED_INVALID, 405, "method_not_allowed")
    elif identify(gw, x):
        call(gw, x)


def identify(gw: "Gateway", x: Exchange) -> bool:
    """Who asks, by the key alone; refuses and says False when nobody known does."""
    key = x.head.key
    if not key:
        x.refuse(Ending.REFUSED_AUTH, 401, "missing_api_key")
        return False
    head = x.head
    if head.known_until_s > x.began_s and head.known_with == gw.keys_read:
        identity = head.identity
    else:
        found = gw.keys.lookup(key)
        if found is None:
            x.refuse(Ending.REFUSED_AUTH, 401, "invalid_api_key")
            return False
        identity = head.identity = found
        head.known_until_s, head.known_with = x.began_s + KNOWN_S, gw.keys_read
    x.identity = identity
    gw.running_now(identity.tenant, 1)
    return True


def call(gw: "Gateway", x: Exchange) -> None:
    """A call of a known tenant: read what matters of it, find its route, shape it if need be, ask admission."""
    if x.head.content_encoding not in (None, b"identity"):
        x.refuse(Ending.REFUSED_INVALID, 415, "unsupported_encoding")
        return
    try:
        ask = x.ask = read_ask(x.body)
    except InputError as error:
        x.refuse(Ending.REFUSED_INVALID, 400, "invalid_json", error.message)
        return
    model = ask.model
    entry = gw.table.find(model, x.identity.tenant) if model else None
    if entry is None:
        words = f"The model {model!r} does not exist or this key may not use it." if model else None
        x.refuse(Ending.REFUSED_INVALID, 404, "model_not_found", words)
        return
    if gw.budgets is not None and x.suffix != COUNT_TOKENS and not open_budget(gw, x, entry):
        return
    shaper = gw.shaper
    if x.dialect in entry.raw_dialects and (shaper is None or not shaper.concerns(x.body)):
        candidates = entry.pools
    else:
        translating = shaper is not None and x.suffix != COUNT_TOKENS
        candidates = entry.speaking(x.dialect, translating=translating)
        if not candidates:
            x.refuse(Ending.REFUSED_INVALID, 400, "dialect_not_supported")
            return
        if shaper is not None and x.suffix != COUNT_TOKENS and not open_shaping(gw, x, entry, candidates):
            return
        shaping = x.shaping
        if shaping is not None:
            candidates = tuple(p for p in candidates if shaping.takes(p.upstream.dialects))
    if gw.unhealthy or entry.spread:
        candidates = preferred(gw, entry, candidates)
    x.admit(entry, candidates)


def open_budget(gw: "Gateway", x: Exchange, entry: Entry) -> bool:
    """Reserve the worst case of a call; False when it was answered here."""
    assert gw.budgets is not None
    assert x.ask is not None
    field = "max_output_tokens" if x.dialect == "responses" else "max_tokens"
    if x.dialect == "chat" and any(p.upstream.kind == "openai" for p in entry.pools):
        field = "max_completion_tokens"  # its newer models refuse the older name
    opened = gw.budgets.open(describe(x), x.body, x.ask, entry.cost, field)
    if isinstance(opened, Reply):
        x.entry = entry
        x.reply(opened)
        return False
    x.body = opened.body
    x.budget = opened.ticket
    if opened.ticket is not None:
        x.total_s_max = opened.ticket.left_s
    return True


def describe(x: Exchange) -> Call:
    """A call as guards and budgets see it."""
    assert x.ask is not None
    return Call(
        call_id=x.trace_id,
        identity=x.identity,
        dialect=x.dialect,
        model=x.ask.model or "",
        stream=bool(x.ask.stream),
        run_id=x.head.run_id,
        received_at_s=x.received_at_s,
        tokens_prompt_estimate=len(x.body) // 4,
        tokens_completion_max=x.ask.tokens_max,
        prompt_version=x.head.prompt_version,
        task=x.identity.task or x.head.task,
    )


def open_shaping(gw: "Gateway", x: Exchange, entry: Entry, candidates: tuple[Pool, ...]) -> bool:
    """Let guards and translation look at the request; False when it was answered here."""
    assert gw.shaper is not None
    described = describe(x)
    try:
        forms = [p.upstream.dialects for p in candidates]
        opened = gw.shaper.open(described, x.body, x.suffix, forms, x.began_s)
    except InputError as error:
        x.refuse(Ending.REFUSED_INVALID, 400, "invalid_json", error.message)
        return False
    except Exception as error:  # fail closed: what a guard could not look at does not pass
        gw.failed("shaping a request", error)
        x.refuse(Ending.INTERNAL_ERROR, 500, "internal_error")
        return False
    if isinstance(opened, Reply):
        x.entry = entry
        x.reply(opened)
        return False
    x.shaping = opened
    return True


def preferred(gw: "Gateway", entry: Entry, candidates: tuple[Pool, ...]) -> tuple[Pool, ...]:
    """Healthy upstreams first (all of them when none is: better a try than a certain refusal)."""
    healthy = tuple(p for p in candidates if p.name not in gw.unhealthy)
    if not healthy:
        return candidates
    if entry.spread:
        return tuple(sorted(healthy, key=lambda p: p.open - len(p.idle)))
    return healthy


# --- paths of our own --------------------------------------------------------------------------


def begin_ours(gw: "Gateway", x: Exchange) -> None:
    """A path that no upstream serves."""
    mcp = x.path == b"/mcp" or x.path.startswith(b"/mcp/")
    methods = OURS.get(b"/mcp" if mcp else x.path)
    if methods is None:
        x.refuse(Ending.REFUSED_INVALID, 404, "unknown_path")
    elif x.method not in methods:
        x.refuse(Ending.REFUSED_INVALID, 405, "method_not_allowed")
    elif x.path == b"/healthz":
        health(gw, x)
    elif gw.draining:
        x.keep = False
        x.refuse(Ending.REFUSED_DRAINING, 503, "draining")
    elif identify(gw, x):
        if x.path == b"/v1/models":
            x.dialect = "models"
            models(gw, x)
        elif x.path == b"/v1/feedback":
            feedback(gw, x)
        else:
            local(gw, x)


def health(gw: "Gateway", x: Exchange) -> None:
    """Alive, and willing: a balancer sends no more to a gateway that drains.  Leaves no trace."""
    status, word = (503, "draining") if gw.draining else (200, "ok")
    x.keep = x.keep and not gw.draining
    x.write_reply(status, _encode({"status": word}), b"content-type: application/json\r\n")
    x.quiet_end()


def models(gw: "Gateway", x: Exchange) -> None:
    """The models this tenant may ask for, in the shape of the client that asks."""
    names = gw.table.names_for(x.identity.tenant)
    body: dict[str, object]
    if x.head.anthropic:
        created = "2025-01-01T00:00:00Z"
        listed = [{"type": "model", "id": n, "display_name": n, "created_at": created} for n in names]
        body = {"data": listed, "has_more": False, "first_id": names[0] if names else None,
                "last_id": names[-1] if names else None}  # fmt: skip
    else:
        data = [{"id": n, "object": "model", "created": 0, "owned_by": "tidegate"} for n in names]
        body = {"object": "list", "data": data}
    x.reply(Reply(status=200, body=_encode(body)))


def feedback(gw: "Gateway", x: Exchange) -> None:
    """What a reader said of an answer: kept as an event that names the answer's trace."""
    try:
        said = read_feedback(x.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        x.refuse(Ending.REFUSED_INVALID, 400, "invalid_json", str(error))
        return
    about = said.trace_id or said.call_id
    data = {k: v for k, v in msgspec.to_builtins(said).items() if v is not None and k not in ("trace_id", "call_id")}
    wrong = None
    if about is None or (said.call_id or about) != about:
        wrong = "expected `trace_id`: the `x-request-id` of the answer that this is about"
    elif not data.keys() & {"rating", "signal", "comment", "correction"}:
        wrong = "expected at least one of rating, signal, comment, correction"
    if wrong is not None:
        x.refuse(Ending.REFUSED_INVALID, 400, "invalid_feedback", wrong)
        return
    gw.metrics.plain["tidegate_feedback_total"] += 1
    x.about = about
    event = Event(name="feedback", at_s=x.received_at_s, data=data)
    x.reply(Reply(status=202, body=_encode({"accepted": True, "trace_id": about}), events=(event,)))


def local(gw: "Gateway", x: Exchange) -> None:
    """A path that another part of the product answers, perhaps later and from another thread."""
    mcp = x.path == b"/mcp" or x.path.startswith(b"/mcp/")
    endpoint = gw.endpoints.get(b"/mcp" if mcp else x.path)
    if endpoint is None:
        x.refuse(Ending.REFUSED_INVALID, 501, "not_configured")
        return
    x.dialect = "mcp" if mcp else "other"
    described = Call(call_id=x.trace_id, identity=x.identity, dialect=x.dialect, model="",
                     run_id=x.head.run_id, received_at_s=x.received_at_s,
                     task=x.identity.task or x.head.task)  # fmt: skip

    def respond(reply: Reply) -> None:
        gw.loop.call_soon_threadsafe(x.local_reply, reply)

    try:
        path = x.path.decode("latin-1")
        with_headers = getattr(endpoint, "handle_with_headers", None)
        if with_headers is not None:
            with_headers(described, x.method.decode(), path, x.body, respond, x.head.mcp,
                         f"{gw.index}-{x.client.number}")  # fmt: skip
        else:
            endpoint.handle(described, x.method.decode(), path, x.body, respond)
    except Exception as error:
        gw.failed(f"answering {x.path!r}", error)
        x.refuse(Ending.INTERNAL_ERROR, 500, "internal_error")
