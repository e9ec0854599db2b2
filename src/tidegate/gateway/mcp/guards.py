"""Guards over MCP: what may pass of a conversation between an agent and a tool server.

The Model Context Protocol is JSON-RPC.  Everything passes as it is, but `tools/call`: the guards
decide before the server sees it, and see the result before the agent does.  A refusal is a legal
tool error (`isError`), which the protocol asks for so that a model can read it.  `mcp_http` and
`mcp_stdio` are the two transports around this.

A call that passes is written anew from what the guards saw, so that no second reading of its
bytes (a name that stands twice, say) can mean something else to the server.
"""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tidegate.gateway.guarding import Broken, Watch, words_of
from tidegate.gateway.guarding_answers import AnswerWatch
from tidegate.spine.call import Call, Identity
from tidegate.spine.contracts import Guard, GuardDecision, ToolWatcher
from tidegate.spine.conversation import Conversation, FinishDelta, Message, TextDelta, ToolCall
from tidegate.spine.trace import Event

PARSE_ERROR, INVALID_REQUEST = -32700, -32600
PENDING_MAX = 10_000
_RUNS = itertools.count()
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class Answered(msgspec.Struct, frozen=True):
    """A message that goes no further: what the client receives instead, None for nothing."""

    reply: dict[str, Any] | None


class McpWatch:
    """One client's conversation with one server, under the guards."""

    def __init__(
        self,
        guards: Sequence[Guard],
        identity: Identity,
        *,
        now_s: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.perf_counter,
        note: Callable[[Event], None] | None = None,
        task: str | None = None,
    ) -> None:
        self.guards = tuple(guards)
        self.identity = identity
        self.crashes: Counter[tuple[str, str]] = Counter()
        self._now_s = now_s
        self._clock = clock
        self._note = note
        self._task = task or identity.task
        self.run_id = f"mcp-{next(_RUNS)}"  # one client's conversation is one run
        self._pending: dict[str, Watch] = {}  # calls on their way, by JSON-RPC id

    def note_with(self, note: Callable[[Event], None]) -> None:
        """What is decided from now on is told to `note`."""
        self._note = note

    # -- client → server

    def from_client(self, data: bytes) -> bytes | Answered:
        """A message to forward to the server, or the answer the client gets instead."""
        if not self.guards:
            return data
        try:
            message = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Answered(_error(None, PARSE_ERROR, "the message is not JSON"))
        if not isinstance(message, dict):  # batches left the protocol in 2025; a guard decides one call at a time
            return Answered(_error(None, INVALID_REQUEST, "send one message at a time"))
        if message.get("method") == "tools/call":
            refused = self._tool_call(message)
            if refused is not None:
                return refused
        return _encode(message)

    def _tool_call(self, message: dict[str, Any]) -> Answered | None:
        call_id, params = message.get("id"), message.get("params")
        name = params.get("name") if isinstance(params, dict) else None
        if not isinstance(name, str):
            return Answered(_error(call_id, INVALID_REQUEST, "tools/call needs params.name, a string"))
        assert isinstance(params, dict)
        call = ToolCall(str(call_id), name, _encode(params.get("arguments") or {}).decode())
        watch = self._open(call)
        decision = self._decide(watch, call)
        if decision is not None:
            self._tell(watch)
            return Answered(None if call_id is None else _result(call_id, decision))
        if call_id is not None:
            if len(self._pending) >= PENDING_MAX:  # a server that never answers must not fill the memory
                self._pending.pop(next(iter(self._pending)))
            self._pending[_key(call_id)] = watch
        return None

    def _open(self, call: ToolCall) -> Watch:
        now_s = self._now_s()
        about = Call(call_id=call.call_id, identity=self.identity, dialect="mcp", model=call.name, run_id=self.run_id,
                     received_at_s=now_s, task=self._task)  # fmt: skip
        return Watch(about, self.guards, clock=self._clock, crashed=self._crashed, at_s=now_s)

    def _crashed(self, guard: str, what: str) -> None:
        self.crashes[guard, what] += 1

    def _decide(self, watch: Watch, call: ToolCall) -> GuardDecision | None:
        """The first word against the call, None when all allow it."""
        said = Conversation(model="", messages=(Message("assistant", (call,)),))
        decision, _ = watch.request(said)
        if decision.action == "allow":
            try:
                decision = AnswerWatch(watch).decide(call)
            except Broken as broken:  # a hard guard failed over the call: refused, in the protocol's own words
                decision = broken.decision
        return None if decision.action == "allow" else decision

    # -- server → client

    def from_server(self, data: bytes) -> bytes:
        """A message to hand to the client: the same bytes, unless a guard changed a tool's result."""
        if not self.guards:
            return data
        try:
            message = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _encode(_error(None, PARSE_ERROR, "the server sent something that is not JSON"))
        if isinstance(message, list):
            return _encode([self._from_server(m) if isinstance(m, dict) else m for m in message])
        if not isinstance(message, dict):
            return data
        seen = self._from_server(message)
        return data if seen is message else _encode(seen)

    def _from_server(self, message: dict[str, Any]) -> dict[str, Any]:
        result = message.get("result")
        if "method" in message or ("result" not in message and "error" not in message):
            return message
        watch = self._pending.pop(_key(message.get("id")), None)
        if isinstance(result, dict) and isinstance(result.get("tools"), list):
            result = {**result, "tools": self._listed(result["tools"])}
            message = {**message, "result": result}
        is_tool_result = isinstance(result, dict) and (
            isinstance(result.get("content"), list) or "structuredContent" in result
        )
        if watch is None and not is_tool_result:
            return message
        if watch is not None:
            try:
                watch.result(*_said(message))
            except Broken as broken:  # a hard guard could not read it: nobody does
                return {**message, "result": refusal_result(words_of(broken.decision)[0])}
        if watch is None:  # a result whose call we did not see (a resumed stream): watched all the same
            watch = self._open(ToolCall("", "", "{}"))
        if isinstance(result, dict):
            replaced = self._result(result, watch)
        elif watch.streams and isinstance(error := message.get("error"), dict):
            text = self._through(watch, str(error.get("message", "")))
            replaced = None
            if text != error.get("message") or "data" in error:
                message = {**message, "error": {"code": error.get("code", 0), "message": text}}
        else:
            replaced = None
        self._tell(watch)
        return message if replaced is None else {**message, "result": replaced}

    def _listed(self, tools: list[Any]) -> list[Any]:
        """The tools a server lists, as far as the guards grant them; a hard guard that fails shows none."""
        watch = self._open(ToolCall("", "", "{}"))
        kept = [t for t in tools if isinstance(t, dict)]
        try:
            if watch.broken is not None:
                raise Broken(watch.broken)
            for watched in watch.watched:
                if isinstance(watched.session, ToolWatcher):
                    given = watch.timed(watched.guard, lambda s=watched.session, k=kept: list(s.listed(k)))  # type: ignore[misc]
                    kept = kept if given is None else given
        except Broken:
            kept = []
        self._tell(watch)
        return kept

    def _result(self, result: dict[str, Any], watch: Watch) -> dict[str, Any] | None:
        """A tool's result as the guards let it through; None when it is unchanged."""
        if watch.broken is not None:
            return refusal_result(words_of(watch.broken)[0])
        if not watch.streams:
            return None
        changed, content = False, []
        for block in result.get("content") or ():
            seen = self._block(block, watch)
            changed = changed or seen is not block
            content.append(seen)
        out = {**result, "content": content}
        if "structuredContent" in result:
            try:
                out["structuredContent"] = self._value(result["structuredContent"], watch)
            except _Unsayable:
                return refusal_result("The tool's result was withheld by a rule.")
            changed = changed or out["structuredContent"] != result["structuredContent"]
        return out if changed else None

    def _block(self, block: Any, watch: Watch) -> Any:
        if not isinstance(block, dict):
            return block
        if isinstance(block.get("text"), str):
            text = self._through(watch, block["text"])
            return block if text == block["text"] else {**block, "text": text}
        resource = block.get("resource")
        if isinstance(resource, dict) and isinstance(resource.get("text"), str):
            text = self._through(watch, resource["text"])
            return block if text == resource["text"] else {**block, "resource": {**resource, "text": text}}
        return block

    def _value(self, value: Any, watch: Watch) -> Any:
        """A structured result with every text in it passed through the guards; its shape must stay."""
        if isinstance(value, str):
            return self._through(watch, value)
        if isinstance(value, list):
            return [self._value(v, watch) for v in value]
        if isinstance(value, dict):
            return {self._same(k, watch): self._value(v, watch) for k, v in value.items()}
        if value is not None and not isinstance(value, bool):
            self._same(_encode(value).decode(), watch)
        return value

    def _same(self, text: str, watch: Watch) -> str:
        if self._through(watch, text) != text:
            raise _Unsayable
        return text

    def _through(self, watch: Watch, text: str) -> str:
        """One text through sessions of its own, so that what one text holds back cannot move into another."""
        own = self._open(ToolCall(watch.call.call_id, watch.call.model, "{}"))
        if own.broken is not None:
            return words_of(own.broken)[0]
        answer = AnswerWatch(own)
        now_s = self._clock()
        items = answer.feed([TextDelta(text)], now_s)
        if answer.stopped is None:
            items += answer.feed([FinishDelta("stop")], now_s) + answer.end(now_s)
        watch.events += own.events
        return "".join(i.text for i in items if isinstance(i, TextDelta))

    def _tell(self, watch: Watch) -> None:
        if self._note is not None:
            for event in watch.all_events():
                self._note(event)


class _Unsayable(Exception):
    """A guard changed a key or a number: no value of the same shape can say it."""


def _said(message: dict[str, Any]) -> tuple[str, bool]:
    """A tool's answer in words, and whether it failed."""
    result, error = message.get("result"), message.get("error")
    if not isinstance(result, dict):
        return str(error.get("message", "error") if isinstance(error, dict) else "error"), True
    texts = [b["text"] for b in result.get("content") or () if isinstance(b, dict) and isinstance(b.get("text"), str)]
    if not texts and "structuredContent" in result:
        texts = [_encode(result["structuredContent"]).decode()]
    return "\n".join(texts) or _encode(result.get("content")).decode(), bool(result.get("isError"))


def _key(message_id: Any) -> str:
    return _encode(message_id).decode()


def _error(message_id: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message_id, "error": {"code": code, "message": message}}


def refusal_result(text: str) -> dict[str, Any]:
    """A tool's result that says why it was not called: an error that a model can read."""
    return {"content": [{"type": "text", "text": text}], "isError": True, "resultType": "complete"}


def _result(message_id: Any, decision: GuardDecision) -> dict[str, Any]:
    """A tool error that says what the guard decided; a finalised run's words are no error."""
    result = refusal_result(words_of(decision)[0])
    return {"jsonrpc": "2.0", "id": message_id, "result": result | {"isError": decision.action != "finalise"}}
