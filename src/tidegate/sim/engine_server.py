"""A stand-in engine over real HTTP: vLLM's API, metric names and continuous batching, in real time.

    python -m tidegate.sim.engine_server --port 8100

It runs the model of `sim.engine` and sleeps through its steps, so a gateway in front of it meets the
timing of a real engine without a GPU: prefill in chunks, a slot and memory limit, preemption, a prefix
cache.  Answers are numbered words; a request gets `max_tokens` of them (else a length drawn from its
text), and `usage` says exactly what was computed.  `POST /sim` changes the engine while it runs.
"""

import argparse
import asyncio
import hashlib
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httptools
import msgspec

from tidegate.sim.engine import Engine, EngineSpec, Job, Progress

SMALL = EngineSpec(step_s=0.004, prefill_tokens_per_s=20_000.0, slots=32, kv_tokens=60_000, step_tokens_max=2048,
                   prefix_cache_tokens=60_000, prefix_block_tokens=64)  # fmt: skip
CHARS_PER_TOKEN = 4


@dataclass
class Answering:
    """One request on its way: where its tokens go."""

    connection: "Connection"
    job: Job
    stream: bool
    chat: bool
    model: str
    include_usage: bool
    orca: str | None
    sent: int = 0
    began: bool = False
    identity: str = ""
    arrived_s: float = field(default_factory=time.monotonic)


class EngineServer:
    """The engine's loop and what it tells the world."""

    def __init__(self, spec: EngineSpec, *, model: str = "sim", queue_max: int | None = None) -> None:
        self.engine = Engine(spec)
        self.model = model
        self.queue_max = queue_max
        self.speed = 1.0
        self.refused = 0
        self.aborted = 0
        self.answering: dict[int, Answering] = {}
        self.ids = itertools.count(1)
        self.wake = asyncio.Event()
        self.ttft = Histogram((0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10))
        self.waiting_samples: list[int] = []

    async def run(self) -> None:
        """Step for ever, in real time: each step's tokens go out when its time is over."""
        engine, due = self.engine, time.monotonic()
        while True:
            if not engine.busy:
                self.wake.clear()
                await self.wake.wait()
                due = time.monotonic()
            progress = engine.step()
            due = max(due, time.monotonic() - 0.05) + progress.duration_s / self.speed
            delay = due - time.monotonic()
            await asyncio.sleep(max(delay, 0.0))
            self.waiting_samples.append(len(engine.waiting))
            self.emit(progress)

    def emit(self, progress: Progress) -> None:
        """Hand the step's tokens to their connections."""
        now = time.monotonic()
        for job in progress.first:
            if (a := self.answering.get(job.job_id)) is not None:
                self.ttft.add(now - a.arrived_s)
                a.connection.token(a, 1, self)
        for job in progress.decoded:
            if (a := self.answering.get(job.job_id)) is not None:
                a.connection.token(a, progress.steps, self)
        for job in progress.done:
            if (a := self.answering.pop(job.job_id, None)) is not None:
                a.connection.finish(a)

    def metrics(self) -> str:
        """The names vLLM uses."""
        e, label = self.engine, f'{{engine="0",model_name="{self.model}"}}'
        spec = e.spec
        rows = [
            ("gauge", "vllm:num_requests_running", label, len(e.running)),
            ("gauge", "vllm:num_requests_waiting", label, len(e.waiting)),
            ("gauge", "vllm:kv_cache_usage_perc", label, e.kv_usage),
            ("counter", "vllm:num_preemptions_total", label, e.preemptions),
            ("counter", "vllm:prompt_tokens_total", label, e.prompt_tokens),
            ("counter", "vllm:generation_tokens_total", label, e.generated_tokens),
            ("counter", "vllm:prompt_tokens_cached_total", label, e.cached_tokens),
            ("counter", "vllm:admission_rejections_total", label[:-1] + ',reason="queue_full"}', self.refused),
            ("gauge", "vllm:cache_config_info",
             f'{{block_size="16",engine="0",kv_cache_size_tokens="{spec.kv_tokens}",'
             f'num_gpu_blocks="{spec.kv_tokens // 16}"}}', 1),
        ]  # fmt: skip
        by_reason = [("capacity", len(e.waiting)), ("deferred", 0)]
        rows += [("gauge", "vllm:num_requests_waiting_by_reason", label[:-1] + f',reason="{r}"}}', n)
                 for r, n in by_reason]  # fmt: skip
        lines = []
        for kind, name, labels, value in rows:
            lines += [f"# TYPE {name} {kind}", f"{name}{labels} {float(value)}"]
        return "\n".join(lines + self.ttft.lines("vllm:time_to_first_token_seconds", label)) + "\n"

    def orca(self, form: str) -> str:
        """The load report that rides on a response (ORCA): JSON or text."""
        load = {"kv_cache_usage_perc": round(self.engine.kv_usage, 4),
                "num_requests_waiting": float(len(self.engine.waiting))}  # fmt: skip
        if form == "json":
            return "JSON " + json.dumps({"named_metrics": load})
        return "TEXT " + ", ".join(f"named_metrics.{k}={v}" for k, v in load.items())

    def change(self, what: dict[str, Any]) -> None:
        """A step change while running: any field of EngineSpec, or `speed`."""
        self.speed = float(what.pop("speed", self.speed))
        self.engine.spec = msgspec.structs.replace(self.engine.spec, **what)


class Histogram:
    """A Prometheus histogram."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds, self.counts, self.total, self.n = bounds, [0] * len(bounds), 0.0, 0

    def add(self, value: float) -> None:
        """Observe one value."""
        self.n += 1
        self.total += value
        for i, bound in enumerate(self.bounds):
            if value <= bound:
                self.counts[i] += 1

    def lines(self, name: str, label: str) -> list[str]:
        """In exposition format."""
        inner = label[1:-1]
        out = [f"# TYPE {name} histogram"]
        out += [f'{name}_bucket{{{inner},le="{b}"}} {c}' for b, c in zip(self.bounds, self.counts, strict=True)]
        return [*out, f'{name}_bucket{{{inner},le="+Inf"}} {self.n}', f"{name}_sum{label} {self.total}",
                f"{name}_count{label} {self.n}"]  # fmt: skip


def text_of(body: dict[str, Any]) -> str:
    """The prompt's text, as it would be laid out before tokenising."""
    if "messages" in body:
        parts = []
        for m in body["messages"]:
            content = m.get("content") or ""
            if isinstance(content, list):
                content = "".join(p.get("text", "") for p in content if isinstance(p, dict))
            parts.append(f"<{m.get('role')}>{content}")
        return "".join(parts)
    prompt = body.get("prompt", "")
    return " ".join(map(str, prompt)) if isinstance(prompt, list) else str(prompt)


def prefix_blocks(text: str, block_tokens: int) -> tuple[int, ...]:
    """Chained hashes of the whole blocks of a text: equal as long as the prefix is."""
    h, out, width = hashlib.blake2b(digest_size=8), [], block_tokens * CHARS_PER_TOKEN
    for i in range(width, len(text) + 1, width):
        h.update(text[i - width : i].encode(errors="replace"))
        out.append(int.from_bytes(h.copy().digest(), "big"))
    return tuple(out)


class Connection(asyncio.Protocol):
    """One HTTP/1.1 client: requests in, whole answers or server-sent events out."""

    def __init__(self, server: EngineServer) -> None:
        self.server = server
        self.parser = httptools.HttpRequestParser(self)
        self.transport: asyncio.Transport | None = None
        self.current: Answering | None = None
        self.reset()

    def reset(self) -> None:
        """Ready for the next request on this connection."""
        self.url, self.body, self.headers = b"", bytearray(), {}  # type: ignore[var-annotated]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's contract
        """A client left: what it asked for is aborted at once."""
        if self.current is not None:
            job_id = self.current.job.job_id
            if self.server.answering.pop(job_id, None) is not None:
                self.server.engine.abort(job_id)
                self.server.aborted += 1
        self.transport = None

    def data_received(self, data: bytes) -> None:
        """Bytes of a request."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.reply(400, {"error": {"message": "not HTTP", "type": "BadRequestError", "code": 400}})
            if self.transport:
                self.transport.close()

    def on_message_begin(self) -> None:
        """Parser callback."""
        self.reset()

    def on_url(self, url: bytes) -> None:
        """Parser callback."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser callback."""
        self.headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        """Parser callback."""
        self.body += body

    def on_message_complete(self) -> None:
        """A whole request is here."""
        path = self.url.split(b"?")[0]
        if path in (b"/v1/chat/completions", b"/v1/completions"):
            try:
                self.generate(json.loads(self.body), chat=b"chat" in path)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                self.reply(400, {"error": {"message": str(error), "type": "BadRequestError", "code": 400}})
        elif path == b"/metrics":
            self.write_head(200, "text/plain; version=0.0.4", self.server.metrics().encode())
        elif path == b"/v1/models":
            self.reply(200, {"object": "list", "data": [{"id": self.server.model, "object": "model"}]})
        elif path == b"/sim":
            self.server.change(json.loads(self.body))
            self.reply(200, msgspec.to_builtins(self.server.engine.spec))
        elif path == b"/sim/state":
            s = self.server
            self.reply(200, {"aborted": s.aborted, "waiting_samples": s.waiting_samples[-200_000:],
                             "waiting_max": s.engine.waiting_max, "preemptions": s.engine.preemptions,
                             "prompt_tokens": s.engine.prompt_tokens, "generated_tokens": s.engine.generated_tokens,
                             "running": len(s.engine.running), "refused": s.refused})  # fmt: skip
            s.waiting_samples.clear()
            s.engine.waiting_max = 0
        elif path in (b"/health", b"/ping"):
            self.write_head(200, "text/plain", b"")
        elif path == b"/version":
            self.reply(200, {"version": "0.33.0+sim"})
        else:
            self.reply(404, {"error": {"message": "Not Found", "type": "NotFoundError", "code": 404}})

    def generate(self, body: dict[str, Any], *, chat: bool) -> None:
        """Queue one completion."""
        server = self.server
        if server.queue_max is not None and len(server.engine.waiting) >= server.queue_max:
            server.refused += 1
            self.reply(503, {"error": {"message": "queue full", "type": "ServiceUnavailable", "code": 503}})
            return
        text = text_of(body)
        prompt = max(1, len(text) // CHARS_PER_TOKEN)
        asked = body.get("max_completion_tokens") or body.get("max_tokens")
        drawn = 16 + int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=2).digest()) % 200
        blocks = prefix_blocks(text, server.engine.spec.prefix_block_tokens)
        job = Job(job_id=next(server.ids), prompt=prompt, output=max(1, int(asked or drawn)),
                  rank=int(body.get("priority") or 0), blocks=blocks)  # fmt: skip
        options = body.get("stream_options") or {}
        form = self.headers.get(b"endpoint-load-metrics-format")
        self.current = Answering(
            connection=self, job=job, stream=bool(body.get("stream")), chat=chat,
            model=str(body.get("model") or server.model), include_usage=bool(options.get("include_usage")),
            orca=form.decode() if form else None, identity=f"{'chatcmpl' if chat else 'cmpl'}-{job.job_id}",
        )  # fmt: skip
        server.answering[job.job_id] = self.current
        server.engine.submit(job)
        server.wake.set()

    # ------------------------------------------------------------ answers

    def reply(self, status: int, document: Any) -> None:
        """A whole JSON answer."""
        self.write_head(status, "application/json", json.dumps(document).encode())

    def write_head(self, status: int, content_type: str, body: bytes | None, extra: str = "") -> None:
        """Status line and headers; with `body` None the answer follows in chunks."""
        if self.transport is None:
            return
        length = "transfer-encoding: chunked" if body is None else f"content-length: {len(body)}"
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\n{extra}{length}\r\n\r\n"
        self.transport.write(head.encode() + (body or b""))

    def event(self, data: bytes) -> None:
        """One server-sent event in one HTTP chunk."""
        if self.transport is not None:
            payload = b"data: " + data + b"\n\n"
            self.transport.write(b"%x\r\n%s\r\n" % (len(payload), payload))

    def begin(self, a: Answering) -> None:
        """The head of a stream, with the load report where it was asked for."""
        a.began = True
        extra = f"endpoint-load-metrics: {self.server.orca(a.orca)}\r\n" if a.orca else ""
        self.write_head(200, "text/event-stream; charset=utf-8", None, extra)
        if a.chat:
            self.event(self.chunk(a, {"role": "assistant", "content": ""}, None))

    def chunk(self, a: Answering, delta: dict[str, Any], finish: str | None) -> bytes:
        """One chunk of the stream, in the API's form."""
        choice: dict[str, Any] = {"index": 0, "finish_reason": finish}
        choice |= {"delta": delta} if a.chat else {"text": delta.get("content", "")}
        kind = "chat.completion.chunk" if a.chat else "text_completion"
        return msgspec.json.encode({"id": a.identity, "object": kind, "created": int(time.time()), "model": a.model,
                                    "choices": [choice]})  # fmt: skip

    def token(self, a: Answering, count: int, server: EngineServer) -> None:  # noqa: ARG002 - called by the loop
        """`count` more tokens of an answer."""
        if a.stream:
            if not a.began:
                self.begin(a)
            words = "".join(f" w{a.sent + i}" for i in range(count))
            self.event(self.chunk(a, {"content": words}, None))
        a.sent += count

    def finish(self, a: Answering) -> None:
        """The answer is complete."""
        self.current = None
        usage = {"prompt_tokens": a.job.prompt, "completion_tokens": a.sent, "total_tokens": a.job.prompt + a.sent,
                 "prompt_tokens_details": {"cached_tokens": a.job.cached}}  # fmt: skip
        if a.stream:
            self.event(self.chunk(a, {}, "length"))
            if a.include_usage:
                kind = "chat.completion.chunk" if a.chat else "text_completion"
                last: dict[str, Any] = {"id": a.identity, "object": kind,
                        "created": int(time.time()), "model": a.model, "choices": [], "usage": usage}  # fmt: skip
                self.event(msgspec.json.encode(last))
            self.event(b"[DONE]")
            if self.transport is not None:
                self.transport.write(b"0\r\n\r\n")
            return
        text = "".join(f" w{i}" for i in range(a.sent))
        choice: dict[str, Any] = {"index": 0, "finish_reason": "length"}
        choice |= {"message": {"role": "assistant", "content": text}} if a.chat else {"text": text}
        extra = f"endpoint-load-metrics: {self.server.orca(a.orca)}\r\n" if a.orca else ""
        document = {"id": a.identity, "object": "chat.completion" if a.chat else "text_completion",
                    "created": int(time.time()), "model": a.model, "choices": [choice], "usage": usage}  # fmt: skip
        self.write_head(200, "application/json", msgspec.json.encode(document), extra)


async def serve(server: EngineServer, host: str, port: int) -> asyncio.Server:
    """Listen and step; the caller keeps the returned server."""
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), host, port, backlog=4096)
    stepping = loop.create_task(server.run())
    listening.stepping = stepping  # type: ignore[attr-defined]  # keep the task alive with the server
    return listening


def main(argv: list[str] | None = None) -> None:
    """Command line: every field of the engine is an option."""
    parser = argparse.ArgumentParser(prog="python -m tidegate.sim.engine_server", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--model", default="sim")
    parser.add_argument("--queue-max", type=int, default=None, help="answer 503 beyond so many waiting")
    for f in msgspec.structs.fields(EngineSpec):
        kind = f.type if f.type in (int, float, str) else str
        parser.add_argument("--" + f.name.replace("_", "-"), type=kind, default=getattr(SMALL, f.name))
    o = vars(parser.parse_args(argv))
    spec = EngineSpec(**{f.name: o[f.name] for f in msgspec.structs.fields(EngineSpec)})

    async def forever() -> None:
        server = EngineServer(spec, model=o["model"], queue_max=o["queue_max"])
        listening = await serve(server, o["host"], o["port"])
        port = listening.sockets[0].getsockname()[1]
        print(f"simulated engine on http://{o['host']}:{port}/v1", flush=True)
        await listening.serve_forever()

    try:
        asyncio.run(forever())
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
