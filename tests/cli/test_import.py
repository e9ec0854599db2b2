"""`tidegate import` on each format, twice, and on what is none."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.store.examples import trace

from tidegate.readers.imports import read_traces_file
from tidegate.readers.otlp import JSON, PROTOBUF, encode
from tidegate.spine.errors import InputError

ASKED = [{"role": "user", "content": "Where is my parcel?"}]
TOLD = {"role": "assistant", "content": "On its way."}
RECORDS: dict[str, dict[str, Any]] = {
    "langfuse": {
        "id": "obs-1", "traceId": "t-1", "type": "GENERATION", "startTime": "2026-09-21T13:33:20.000Z",
        "endTime": "2026-09-21T13:33:21.500Z", "completionStartTime": "2026-09-21T13:33:20.250Z", "model": "small",
        "usageDetails": {"input": 7, "output": 3}, "totalCost": 0.001, "input": {"model": "small", "messages": ASKED},
        "output": TOLD,
    },
    "litellm": {
        "request_id": "r-1", "call_type": "acompletion", "startTime": "2026-09-21T13:33:20+00:00",
        "endTime": "2026-09-21T13:33:21.500000", "completionStartTime": "2026-09-21T13:33:20.250000Z",
        "model": "small", "prompt_tokens": 7, "completion_tokens": 3, "spend": 0.001, "messages": json.dumps(ASKED),
        "response": json.dumps({"choices": [{"message": TOLD}]}),
    },
    "helicone": {
        "request_id": "h-1", "request_created_at": "2026-09-21T13:33:20Z", "delay_ms": 1500,
        "time_to_first_token": 250, "response_status": 200, "prompt_tokens": 7, "completion_tokens": 3, "cost": 0.001,
        "request_body": {"model": "small", "messages": ASKED}, "response_body": {"choices": [{"message": TOLD}]},
    },
    "openai": {
        "id": "o-1", "timestamp": 1790000000, "latency_ms": 1500, "cost_usd": 0.001,
        "request": {"model": "small", "messages": ASKED},
        "response": {"choices": [{"message": TOLD}], "usage": {"prompt_tokens": 7, "completion_tokens": 3}},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("form", ["auto", "named"])
def test_each_format_says_the_same(tmp_path: Path, name: str, form: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(RECORDS[name]) + "\n\n")
    (got,) = read_traces_file(path, "auto" if form == "auto" else name, tenant="acme")
    assert got.call.identity.tenant == "acme"
    assert (got.call.model, got.received_at_s) == (
        "small",
        pytest.approx(1_789_997_600 if name != "openai" else 1.79e9),
    )
    assert got.ended_at_s - got.received_at_s == pytest.approx(1.5)
    assert (got.usage.tokens_prompt, got.usage.tokens_completion, got.cost_usd) == (7, 3, 0.001)
    assert json.loads(got.request_body or "")["messages"] == ASKED
    assert json.loads(got.response_body or "")["choices"][0]["message"]["content"] == "On its way."
    if name != "openai":
        assert got.ttft_ms == pytest.approx(250, abs=0.01)


def test_our_own_and_otlp(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_bytes(encode([trace(1), trace(2)], JSON))
    (tmp_path / "o.pb").write_bytes(encode([trace(3)], PROTOBUF))
    assert list(read_traces_file(tmp_path / "o.json")) == [trace(1), trace(2)]
    assert list(read_traces_file(tmp_path / "o.pb", "otlp")) == [trace(3)]


@pytest.mark.parametrize("text", ["nonsense", "[1]", '{"a":1}', '{"id":"x","traceId":"t","startTime":"soon"}'])
def test_what_is_no_log_is_named_with_its_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(InputError, match=r"x\.jsonl"):
        list(read_traces_file(tmp_path / "x.jsonl"))


def tidegate(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tidegate.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL, timeout=60)


def test_twice_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text(json.dumps([RECORDS["litellm"], {**RECORDS["litellm"], "request_id": "r-2"}]))
    first = json.loads(tidegate("import", "log.json", "--json", cwd=tmp_path).stdout)
    assert (first["imported"], first["already_there"]) == (2, 0)
    second = json.loads(tidegate("import", "log.json", "--json", cwd=tmp_path).stdout)
    assert (second["imported"], second["already_there"]) == (0, 2)
    listed = json.loads(tidegate("traces", "list", "--json", cwd=tmp_path).stdout)
    assert sorted(t["trace_id"] for t in listed["traces"]) == ["litellm_r-1", "litellm_r-2"]
    assert tidegate("import", "none.json", cwd=tmp_path).returncode == 2
