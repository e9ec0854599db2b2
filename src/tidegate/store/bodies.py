"""What is kept of a call's words: everything, a hash, or nothing, by tenant; and the redaction hook.

Runs in the journal's writer thread, before anything reaches a disk.  The words of a call are
its two bodies and whatever its events quote (messages, tool arguments and results, feedback):
a tenant that keeps no bodies keeps none of these either.  A redaction hook that raises costs
the text it was given, never its secrecy: the text is dropped and counted.
"""

import hashlib
import importlib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from tidegate.spine.errors import SettingError
from tidegate.spine.trace import CallTrace, Event

Keep = Literal["full", "hash", "off"]
Side = Literal["request", "response", "event"]
Redact = Callable[..., str | None]

# Events that say only what the gateway did, and the fields of others that never quote anybody.
PLAIN_EVENTS = frozenset({"received", "queued", "dispatched", "retried", "first_token"})
PLAIN_FIELDS = frozenset({"call_id", "decision", "ending", "guard", "is_error", "name", "rating", "rule", "signal"})
PLAIN_NESTED = frozenset({"role", "type"})


class BodyPolicy:
    """Applies a tenant's setting, the size bound and the redaction hook to a trace about to be written."""

    def __init__(
        self,
        *,
        tenants: Mapping[str, Keep] | None = None,
        default: Keep = "full",
        body_bytes_max: int = 1024 * 1024,
        redact: Redact | None = None,
    ) -> None:
        self.tenants = dict(tenants or {})
        self.default: Keep = default
        self.body_bytes_max = body_bytes_max
        self.redact = redact
        self.counts: Counter[str] = Counter()  # truncated, redaction_failed
        # Whether bodies are kept as they are: then only their size is looked at.
        self.plain = redact is None and default == "full" and all(k == "full" for k in self.tenants.values())

    def apply(self, trace: CallTrace) -> CallTrace:
        """What may be written of `trace`; the caller gives it up (it is changed in place)."""
        if self.plain:
            if 4 * (len(trace.request_body or "") + len(trace.response_body or "")) > self.body_bytes_max:
                self._bound(trace)
            return trace
        keep = self.tenants.get(trace.call.identity.tenant, self.default)
        if keep != "full":
            self._strip(trace, keep)
            return trace
        if self.redact is not None:
            try:
                self._redact(trace, self.redact)
            except Exception:  # something without a form in an event: what was not seen is not written
                self.counts["redaction_failed"] += 1
                trace.request_body = trace.response_body = None
                trace.events, trace.attributes = (), {"redaction_failed": True}
        self._bound(trace)
        return trace

    def _strip(self, trace: CallTrace, keep: Keep) -> None:
        for side in ("request", "response"):
            body = getattr(trace, f"{side}_body")
            if body is not None:
                setattr(trace, f"{side}_body", None)
                if keep == "hash":
                    setattr(trace, f"{side}_hash", text_hash(body))
            if keep == "off":
                setattr(trace, f"{side}_hash", None)
        change: Callable[[str], str | None] = text_hash if keep == "hash" else lambda _: None
        trace.events = tuple(map_event(e, change) for e in trace.events)

    def _redact(self, trace: CallTrace, hook: Redact) -> None:
        tenant = trace.call.identity.tenant

        def safely(text: str, side: Side) -> str | None:
            try:
                out = hook(text, side=side, tenant=tenant)
                if out is not None and not isinstance(out, str):
                    raise TypeError(f"expected str or None from the redaction hook, got {type(out).__name__}")
                return out
            except Exception:  # whatever a user's code raises, the raw text must not be written
                self.counts["redaction_failed"] += 1
                trace.attributes["redaction_failed"] = True
                return None

        if trace.request_body is not None:
            trace.request_body = safely(trace.request_body, "request")
        if trace.response_body is not None:
            trace.response_body = safely(trace.response_body, "response")
        trace.events = tuple(map_event(e, lambda text: safely(text, "event")) for e in trace.events)

    def _bound(self, trace: CallTrace) -> None:
        limit = self.body_bytes_max
        for side in ("request", "response"):
            body = getattr(trace, f"{side}_body")
            if body is None or len(body) * 4 <= limit:
                continue
            raw = body.encode("utf-8", "replace")
            if len(raw) > limit:
                setattr(trace, f"{side}_body", raw[:limit].decode("utf-8", "ignore"))
                if self.redact is None:  # a hash of what was redacted would be a way back to it
                    setattr(trace, f"{side}_hash", "sha256:" + hashlib.sha256(raw).hexdigest())
                trace.attributes[f"{side}_body_bytes"] = len(raw)
                self.counts["truncated"] += 1


def text_hash(text: str) -> str:
    """`sha256:<64 hex>` of a text's UTF-8 bytes."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def map_event(event: Event, change: Callable[[str], str | None]) -> Event:
    """The event with every string that may quote the conversation changed."""
    if not event.data or event.name in PLAIN_EVENTS:
        return event
    data = {k: v if k in PLAIN_FIELDS else _map(msgspec.to_builtins(v), change) for k, v in event.data.items()}
    return Event(name=event.name, at_s=event.at_s, data=data)


def _map(value: Any, change: Callable[[str], str | None]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {k: v if k in PLAIN_NESTED else _map(v, change) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_map(v, change) for v in value]
    return value


def load_redactor(reference: str) -> Redact:
    """The function behind `module:function`; raises SettingError naming what could not be found."""
    module, _, name = reference.partition(":")
    where, remedy = "store.redact", "write module:function, importable from where tidegate runs"
    if not module or not name:
        raise SettingError(f"expected module:function, got {reference!r}", where=where, remedy=remedy)
    try:
        function = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SettingError(f"cannot load {reference!r}: {error}", where=where, remedy=remedy) from error
    if not callable(function):
        raise SettingError(f"{reference!r} is not a function", where=where, remedy=remedy)
    return function  # type: ignore[no-any-return]
