"""Histories with a known truth: planted loops, and productive repetition that must not be stopped."""

import json
import random
from typing import Any

import msgspec

from tidegate.admit.toolguard.model import BUILT_IN

Messages = list[dict[str, Any]]
CALIBRATED = msgspec.structs.replace(BUILT_IN, tools=(), task_type="any")
"""As if the built-in thresholds had been fitted to runs of every kind."""


def history(steps: list[tuple[str, dict[str, Any], str]], task: str = "Do the task.") -> Messages:
    """Chat messages of a run: (tool, arguments, result) a step."""
    out: Messages = [{"role": "user", "content": task}]
    for i, (tool, arguments, result) in enumerate(steps):
        call = {"id": f"c{i}", "type": "function", "function": {"name": tool, "arguments": json.dumps(arguments)}}
        out.append({"role": "assistant", "content": None, "tool_calls": [call]})
        out.append({"role": "tool", "tool_call_id": f"c{i}", "content": result})
    return out


def words(rng: random.Random, n: int) -> str:
    return " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(3, 9))) for _ in range(n))


def fresh_step(rng: random.Random) -> tuple[str, dict[str, Any], str]:
    """A step that brings something new."""
    tool = rng.choice(["search", "read_file", "query", "fetch_page", "run_command"])
    return tool, {"q": words(rng, 2), "limit": rng.randrange(5, 50)}, words(rng, rng.randrange(10, 60))


def noisy(rng: random.Random, step: tuple[str, dict[str, Any], str]) -> tuple[str, dict[str, Any], str]:
    """The same step as the world repeats it: other key order, a timestamp, a duration, a request id."""
    tool, arguments, result = step
    items = list(arguments.items())
    rng.shuffle(items)
    renewed = dict(items)
    if rng.random() < 0.5:
        renewed["request_id"] = f"{rng.getrandbits(64):016x}"
    stamp = f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}T10:{rng.randrange(60):02d}:07Z"
    return tool, renewed, f"[{stamp}] {result} (took {rng.randrange(1, 900)} ms)"


def planted_loop(rng: random.Random) -> tuple[Messages, int, int]:
    """Some new steps, then a word of 1 to 12 distinct steps over and over; (messages, loop start, period)."""
    period = rng.randrange(1, 13)
    before = [fresh_step(rng) for _ in range(rng.randrange(0, 15))]
    word = [fresh_step(rng) for _ in range(period)]
    copies = rng.randrange(4, 7)
    looping = [noisy(rng, s) for _ in range(copies) for s in word]
    return history(before + looping), len(before), period


def productive(rng: random.Random) -> Messages:
    """Repetition that is right: polling that ends, pages, batches, retries that succeed, re-reading after edits."""
    kind = rng.choice(["poll", "pages", "batch", "retry", "edit"])
    before = [fresh_step(rng) for _ in range(rng.randrange(0, 8))]
    if kind == "poll":
        n = rng.randrange(3, 25)
        same = rng.random() < 0.5
        body = [("job_status", {"id": 7}, json.dumps({"status": "running", "progress": 0 if same else i}))
                for i in range(n)]  # fmt: skip
        body.append(("job_status", {"id": 7}, json.dumps({"status": "done", "result": words(rng, 5)})))
    elif kind == "pages":
        body = [("list_orders", {"page": i, "size": 20}, words(rng, 20)) for i in range(rng.randrange(3, 25))]
    elif kind == "batch":
        body = [("attach_file", {"path": f"/data/{words(rng, 1)}{i}.png"}, "True") for i in range(rng.randrange(3, 30))]
    elif kind == "retry":
        error = rng.choice(["HTTP 429 Too Many Requests", "503 Service Unavailable", "error: connection timed out"])
        body = [("http_get", {"url": "https://api.example.com/x"}, error)] * rng.randrange(1, 6)
        body.append(("http_get", {"url": "https://api.example.com/x"}, words(rng, 12)))
    else:
        body = []
        for i in range(rng.randrange(3, 15)):
            body.append(("edit", {"file": "a.py", "line": i, "text": words(rng, 3)}, f"edited line {i}"))
            body.append(("run_tests", {"target": "a"}, f"{i + 1} passed, {30 - i} failed: {words(rng, 4)}"))
    return history(before + body + [fresh_step(rng)])
