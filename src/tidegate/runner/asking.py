"""Asks a model many times for whoever needs it: budget, concurrency, repeat-aware cache, resume.

Repeats are the point of asking twice, so a cached answer stands only for the very repeat it was
given to: (request hash, repeat number) is the key, and repeat 2 never reuses repeat 1.  Every
answer is appended to the cache file before it is handed out, so a killed run resumes where it
was.  The budget is reserved before a call and settled after it: a cap is never passed by more
than nothing.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec

from tidegate.spine.call import Usage
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import ModelError, StoreError
from tidegate.spine.ports import Model


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a model answered; satisfies the `ModelReply` port."""

    text: str
    raw: dict[str, Any] = msgspec.field(default_factory=dict)
    usage: Usage = msgspec.field(default_factory=Usage)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One question: an OpenAI-chat-shaped request and which repeat of it this is (from 0)."""

    request: dict[str, Any]
    repeat: int = 0
    tag: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a job: a reply, or why there is none (`error`, or `over_budget`)."""

    job: Job
    reply: Reply | None = None
    error: str = ""
    over_budget: bool = False
    cached: bool = False


class Budget:
    """A cap on calls and tokens; thread-safe.  None means no cap, 0 means none may be spent."""

    def __init__(self, calls_max: int | None = None, tokens_max: int | None = None) -> None:
        self.calls_max, self.tokens_max = calls_max, tokens_max
        self.calls = self.tokens = 0
        self._lock = threading.Lock()

    def reserve(self, tokens: int) -> bool:
        """Set one call of at most `tokens` aside; False when it does not fit."""
        with self._lock:
            if self.calls_max is not None and self.calls + 1 > self.calls_max:
                return False
            if self.tokens_max is not None and self.tokens + tokens > self.tokens_max:
                return False
            self.calls += 1
            self.tokens += tokens
            return True

    def settle(self, reserved: int, used: int | None) -> None:
        """Replace the reservation by what was used (unknown use keeps the reservation)."""
        if used is not None:
            with self._lock:
                self.tokens += used - reserved


class AnswerCache:
    """Answers by (request hash, repeat), in an append-only JSONL file; a torn last line is dropped."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._answers: dict[tuple[str, int], Reply] = {}
        self._lock = threading.Lock()
        self._file = None
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._read(path)
                self._file = path.open("ab")
            except OSError as error:
                raise StoreError(f"cannot open the answer cache: {error}", where=str(path)) from error

    def _read(self, path: Path) -> None:
        if not path.exists():
            return
        data = path.read_bytes()
        whole, newline, _torn = data.rpartition(b"\n")
        if (newline and len(whole) + 1 < len(data)) or (data and not newline):
            path.write_bytes(whole + newline)
        for line in whole.splitlines():
            row = msgspec.json.decode(line, type=_Row)
            self._answers[(row.request, row.repeat)] = row.reply

    def get(self, key: tuple[str, int]) -> Reply | None:
        """The answer to exactly this repeat, if it was given before."""
        return self._answers.get(key)

    def put(self, key: tuple[str, int], reply: Reply) -> None:
        """Keep an answer; written and flushed before it returns."""
        with self._lock:
            self._answers[key] = reply
            if self._file is not None:
                self._file.write(msgspec.json.encode(_Row(request=key[0], repeat=key[1], reply=reply)) + b"\n")
                self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    request: str
    repeat: int
    reply: Reply


class Asker:
    """One model with its budget and cache; safe to use from many threads."""

    def __init__(self, model: Model, *, budget: Budget | None = None, cache: AnswerCache | None = None,
                 tokens_answer_max: int = 1024, attempts: int = 3) -> None:  # fmt: skip
        self.model = model
        self.budget = budget or Budget()
        self.cache = cache or AnswerCache()
        self.tokens_answer_max = tokens_answer_max
        self.attempts = attempts

    def ask(self, job: Job) -> Asked:
        """Answer one job, from the cache or the model; never raises for what the model does."""
        key = (content_hash({"model": self.model.name, "request": job.request}), job.repeat)
        known = self.cache.get(key)
        if known is not None:
            return Asked(job=job, reply=known, cached=True)
        error = ""
        for _attempt in range(self.attempts):
            reserved = self._worst_case(job.request)
            if not self.budget.reserve(reserved):
                return Asked(job=job, error="the budget is spent", over_budget=True)
            try:
                answer = self.model.ask(job.request)
            except ModelError as failure:
                error = str(failure)
                continue
            reply = Reply(text=answer.text, raw=answer.raw, usage=answer.usage)
            used = answer.usage
            total = None if used.tokens_prompt is None else used.tokens_prompt + (used.tokens_completion or 0)
            self.budget.settle(reserved, total)
            self.cache.put(key, reply)
            return Asked(job=job, reply=reply)
        return Asked(job=job, error=error)

    def _worst_case(self, request: dict[str, Any]) -> int:
        """Tokens this call can cost at most: its bytes (a token is at least one byte) and the answer's cap."""
        cap = request.get("max_completion_tokens") or request.get("max_tokens") or self.tokens_answer_max
        return len(msgspec.json.encode(request)) + int(cap)

    def ask_all(
        self, jobs: Iterable[Job], *, concurrency: int = 8, progress: Callable[[int], None] = lambda _done: None
    ) -> Iterator[Asked]:
        """Answers as they come, `concurrency` at a time; `jobs` is consumed lazily.

        Stop iterating and no further job is started: that is how sequential tests save calls.
        """
        source = iter(jobs)
        done = 0
        with ThreadPoolExecutor(concurrency, thread_name_prefix="ask") as pool:
            running: set[Future[Asked]] = set()
            try:
                while True:
                    while len(running) < concurrency and (job := next(source, None)) is not None:
                        running.add(pool.submit(self.ask, job))
                    if not running:
                        return
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        done += 1
                        progress(done)
                        yield future.result()
            finally:
                for future in running:
                    future.cancel()
