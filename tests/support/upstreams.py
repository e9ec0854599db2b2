"""A small upstream for tests that speaks the real wire formats of three APIs, written from their documents.

It shares no code with the product, so that a mistake in our writers cannot hide here.  What it
says is a `Script`; what it was asked is in `asked`.
"""

import asyncio
import base64
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Script:
    """What the model says."""

    text: str = "Hello there, friend."
    reasoning: str = ""
    refusal: str = ""
    calls: list[tuple[str, str, str]] = field(default_factory=list)  # id, name, arguments
    finish: str = "stop"  # stop, length, content_filter
    usage: tuple[int, int, int] = (12, 5, 4)  # prompt (with the cached), completion, cached
    choices: int = 1
    logprobs: bool = False
    status: int = 200  # an error, when not 200
    error: str = "the engine is on fire"
    die_after: int | None = None  # events, then the connection breaks
    pieces: int = 3  # characters a delta
    bytes_a_write: int | None = None  # cut the stream anywhere


def pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


# --- chat completions ------------------------------------------------------------------------------


def chat_body(s: Script, model: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": s.text or None, "refusal": s.refusal or None}
    if s.reasoning:
        message["reasoning_content"] = s.reasoning
    if s.calls:
        message["tool_calls"] = [
            {"id": i, "type": "function", "function": {"name": n, "arguments": a}} for i, n, a in s.calls
        ]
    prompt, completion, cached = s.usage
    logprobs = {"content": [{"token": s.text, "logprob": -0.5, "bytes": None, "top_logprobs": []}], "refusal": None}
    return {
        "id": "chatcmpl-up1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": model,
        "choices": [
            {
                "index": i,
                "message": message,
                "logprobs": logprobs if s.logprobs else None,
                "finish_reason": "tool_calls" if s.calls else s.finish,
            }
            for i in range(s.choices)
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached},
        },
        "system_fingerprint": "fp_up",
    }


def chat_events(s: Script, model: str, request: dict[str, Any]) -> list[bytes]:
    out: list[bytes] = []

    def chunk(index: int, delta: dict[str, Any], finish: str | None = None, **more: Any) -> None:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish, **more}
        value = {
            "id": "chatcmpl-up1",
            "object": "chat.completion.chunk",
            "created": 1700000000,
            "model": model,
            "system_fingerprint": "fp_up",
            "choices": [choice],
        }
        out.append(b"data: " + json.dumps(value).encode() + b"\n\n")

    for index in range(s.choices):
        chunk(index, {"role": "assistant", "content": "", "refusal": None})
        for piece in pieces(s.reasoning, s.pieces):
            chunk(index, {"reasoning_content": piece})
        for piece in pieces(s.text, s.pieces):
            entry = {"token": piece, "logprob": -0.5, "bytes": None, "top_logprobs": []}
            chunk(index, {"content": piece}, **({"logprobs": {"content": [entry]}} if s.logprobs else {}))
        for piece in pieces(s.refusal, s.pieces):
            chunk(index, {"refusal": piece})
        for number, (call_id, name, arguments) in enumerate(s.calls):
            function = {"name": name, "arguments": ""}
            chunk(index, {"tool_calls": [{"index": number, "id": call_id, "type": "function", "function": function}]})
            for piece in pieces(arguments, s.pieces):
                chunk(index, {"tool_calls": [{"index": number, "function": {"arguments": piece}}]})
        chunk(index, {}, "tool_calls" if s.calls else s.finish)
    if (request.get("stream_options") or {}).get("include_usage"):
        value = {**chat_body(s, model), "object": "chat.completion.chunk", "choices": []}
        out.append(b"data: " + json.dumps(value).encode() + b"\n\n")
    out.append(b"data: [DONE]\n\n")
    return out


# --- responses ---------------------------------------------------------------------------------------


def response_body(s: Script, model: str, request: dict[str, Any], status: str | None = None) -> dict[str, Any]:
    output: list[dict[str, Any]] = []
    if s.reasoning:
        summary = [{"type": "summary_text", "text": s.reasoning}]
        output.append({"id": "rs_1", "type": "reasoning", "summary": summary, "encrypted_content": "gAAA"})
    content: list[dict[str, Any]] = []
    if s.text:
        content.append({"type": "output_text", "text": s.text, "annotations": [], "logprobs": []})
    if s.refusal:
        content.append({"type": "refusal", "refusal": s.refusal})
    if content:
        output.append(
            {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content}
        )
    output += [
        {"id": f"fc_{i}", "type": "function_call", "status": "completed", "call_id": i, "name": n, "arguments": a}
        for i, n, a in s.calls
    ]
    prompt, completion, cached = s.usage
    final = "incomplete" if s.finish in ("length", "content_filter") and not s.calls else "completed"
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(s.finish)
    return {
        "id": "resp_up1",
        "object": "response",
        "created_at": 1700000000,
        "status": status or final,
        "error": None,
        "incomplete_details": {"reason": reason} if final == "incomplete" and not status else None,
        "instructions": request.get("instructions"),
        "max_output_tokens": None,
        "model": model,
        "output": [] if status else output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": request.get("tools", []),
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": None
        if status
        else {
            "input_tokens": prompt,
            "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
            "output_tokens": completion,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": prompt + completion,
        },
        "user": None,
        "metadata": {},
    }


def response_events(s: Script, model: str, request: dict[str, Any]) -> list[bytes]:
    out: list[bytes] = []
    body = response_body(s, model, request)

    def event(kind: str, **fields: Any) -> None:
        value = {"type": kind, "sequence_number": len(out), **fields}
        out.append(b"event: %s\ndata: %s\n\n" % (kind.encode(), json.dumps(value).encode()))

    start = response_body(s, model, request, "in_progress")
    event("response.created", response=start)
    event("response.in_progress", response=start)
    for place, item in enumerate(body["output"]):
        at = {"output_index": place, "item_id": item["id"]}
        if item["type"] == "reasoning":
            event("response.output_item.added", output_index=place, item={**item, "summary": []})
            part = {"type": "summary_text", "text": ""}
            event("response.reasoning_summary_part.added", **at, summary_index=0, part=part)
            for piece in pieces(s.reasoning, s.pieces):
                event("response.reasoning_summary_text.delta", **at, summary_index=0, delta=piece)
            event("response.reasoning_summary_text.done", **at, summary_index=0, text=s.reasoning)
            event("response.reasoning_summary_part.done", **at, summary_index=0, part={**part, "text": s.reasoning})
        elif item["type"] == "message":
            event(
                "response.output_item.added", output_index=place, item={**item, "content": [], "status": "in_progress"}
            )
            for n, part in enumerate(item["content"]):
                refused = part["type"] == "refusal"
                field_ = "refusal" if refused else "text"
                event("response.content_part.added", **at, content_index=n, part={**part, field_: ""})
                kind = "response.refusal" if refused else "response.output_text"
                more: dict[str, Any] = {} if refused else {"logprobs": []}
                for piece in pieces(part[field_], s.pieces):
                    event(f"{kind}.delta", **at, content_index=n, delta=piece, **more)
                event(f"{kind}.done", **at, content_index=n, **{field_: part[field_]}, **more)
                event("response.content_part.done", **at, content_index=n, part=part)
        else:
            event(
                "response.output_item.added",
                output_index=place,
                item={**item, "arguments": "", "status": "in_progress"},
            )
            for piece in pieces(item["arguments"], s.pieces):
                event("response.function_call_arguments.delta", **at, delta=piece)
            event("response.function_call_arguments.done", **at, name=item["name"], arguments=item["arguments"])
        event("response.output_item.done", output_index=place, item=item)
    event(f"response.{body['status']}", response=body)
    return out


# --- messages ------------------------------------------------------------------------------------------

STOPS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}


def message_body(s: Script, model: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    if s.reasoning:
        content.append({"type": "thinking", "thinking": s.reasoning, "signature": "c2ln"})
    if s.text or s.refusal:
        content.append({"type": "text", "text": s.text + s.refusal})
    content += [{"type": "tool_use", "id": i, "name": n, "input": as_input(a)} for i, n, a in s.calls]
    prompt, completion, cached = s.usage
    return {
        "id": "msg_up1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "tool_use" if s.calls else "refusal" if s.refusal else STOPS[s.finish],
        "stop_sequence": None,
        "usage": {
            "input_tokens": prompt - cached,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": cached,
            "output_tokens": completion,
        },
    }


def as_input(arguments: str) -> Any:
    """Arguments as this API's whole answers carry them; what is no JSON cannot be said there."""
    try:
        return json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return {}


def plain(arguments: str) -> bool:
    """Whether arguments are JSON without a second reading."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        json.loads(arguments or "{}", object_pairs_hook=once)
    except (ValueError, RecursionError):
        return False
    return True


def message_events(s: Script, model: str) -> list[bytes]:
    out: list[bytes] = []
    body = message_body(s, model)

    def event(kind: str, **fields: Any) -> None:
        value = {"type": kind, **fields}
        out.append(b"event: %s\ndata: %s\n\n" % (kind.encode(), json.dumps(value).encode()))

    usage = {**body["usage"], "output_tokens": 1}
    event("message_start", message={**body, "content": [], "stop_reason": None, "usage": usage})
    event("ping")
    for index, block in enumerate(body["content"]):
        if block["type"] == "thinking":
            event("content_block_start", index=index, content_block={**block, "thinking": "", "signature": ""})
            for piece in pieces(block["thinking"], s.pieces):
                event("content_block_delta", index=index, delta={"type": "thinking_delta", "thinking": piece})
            event(
                "content_block_delta", index=index, delta={"type": "signature_delta", "signature": block["signature"]}
            )
        elif block["type"] == "text":
            event("content_block_start", index=index, content_block={"type": "text", "text": ""})
            for piece in pieces(block["text"], s.pieces):
                event("content_block_delta", index=index, delta={"type": "text_delta", "text": piece})
        else:
            event("content_block_start", index=index, content_block={**block, "input": {}})
            text = json.dumps(block["input"], separators=(",", ":")) if block["input"] else ""
            raw = next(a for i, _, a in s.calls if i == block["id"])
            if not plain(raw):
                text = raw  # a hostile model's text goes out as it is
            for piece in pieces(text, s.pieces):
                event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": piece})
        event("content_block_stop", index=index)
    event(
        "message_delta",
        delta={"stop_reason": body["stop_reason"], "stop_sequence": None},
        usage={"output_tokens": s.usage[1]},
    )
    event("message_stop")
    return out


# --- the rest, and the server --------------------------------------------------------------------------


def embedding_body(request: dict[str, Any], model: str) -> dict[str, Any]:
    texts = request["input"] if isinstance(request["input"], list) else [request["input"]]
    vector = [0.25, -0.5]
    packed: Any = vector
    if request.get("encoding_format") == "base64":
        packed = base64.b64encode(struct.pack("<2f", *vector)).decode()
    data = [{"object": "embedding", "index": i, "embedding": packed} for i in range(len(texts))]
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": 2, "total_tokens": 2}}


def completion_body(s: Script, model: str) -> dict[str, Any]:
    return {
        "id": "cmpl-up1",
        "object": "text_completion",
        "created": 1700000000,
        "model": model,
        "choices": [{"index": 0, "text": s.text, "logprobs": None, "finish_reason": s.finish}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }


def completion_events(s: Script, model: str) -> list[bytes]:
    out = []
    for piece, finish in [*((p, None) for p in pieces(s.text, s.pieces)), ("", s.finish)]:
        choice = {"index": 0, "text": piece, "logprobs": None, "finish_reason": finish}
        value = {**completion_body(s, model), "choices": [choice], "usage": None}
        out.append(b"data: " + json.dumps(value).encode() + b"\n\n")
    return [*out, b"data: [DONE]\n\n"]


Says = Callable[[dict[str, Any]], Script]


class FakeUpstream:
    """An HTTP/1.1 server on loopback: one answer a request, in the API of the path."""

    def __init__(self) -> None:
        self.script: Script | Says = Script()
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.cancelled = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1].split("?")[0]
                length = next((int(x.split(":")[1]) for x in lines if x.lower().startswith("content-length")), 0)
                body = await reader.readexactly(length)
                if not await self._answer(path, json.loads(body or b"{}"), writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            self.cancelled += 1
        except asyncio.CancelledError:
            return
        finally:
            writer.close()

    async def _answer(self, path: str, request: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        self.asked.append(request)
        self.paths.append(path)
        script = self.script(request) if callable(self.script) else self.script
        model = request.get("model", "")
        if script.status != 200:
            self._whole(writer, script.status, self._error(path, script))
            return True
        kind = path.removeprefix("/v1")
        whole: dict[str, Callable[[], dict[str, Any]]] = {
            "/chat/completions": lambda: chat_body(script, model),
            "/responses": lambda: response_body(script, model, request),
            "/messages": lambda: message_body(script, model),
            "/embeddings": lambda: embedding_body(request, model),
            "/completions": lambda: completion_body(script, model),
        }
        if not request.get("stream"):
            if script.die_after is not None:
                return False
            self._whole(writer, 200, whole[kind]())
            return True
        events = {
            "/chat/completions": lambda: chat_events(script, model, request),
            "/responses": lambda: response_events(script, model, request),
            "/messages": lambda: message_events(script, model),
            "/completions": lambda: completion_events(script, model),
        }[kind]()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(head)
        data = b"".join(events[: script.die_after])
        size = script.bytes_a_write or len(data)
        for i in range(0, len(data), size):
            piece = data[i : i + size]
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
            if script.bytes_a_write:
                await asyncio.sleep(0)
        if script.die_after is not None:
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    def _error(self, path: str, script: Script) -> dict[str, Any]:
        if path.endswith("/messages"):
            kind = "rate_limit_error" if script.status == 429 else "invalid_request_error"
            return {"type": "error", "error": {"type": kind, "message": script.error}}
        return {"error": {"message": script.error, "type": "invalid_request_error", "param": None, "code": "bad_thing"}}

    def _whole(self, writer: asyncio.StreamWriter, status: int, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        lines = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(lines.encode() + body)
