"""`prompts probe` against a real HTTP server whose model has planted behaviour.

Goal: a planted interference is found and named, no other is; modes, position, fossils and
attribution see what was planted; a spent budget is "not measured" with exit code 3; a second run
over the same cache asks nothing.
"""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from tidegate.cli.verbs.prompts import command

PROMPT = """# Rules
- Reply in at most 5 words.
- Never use emoji.
- Mention the opening hours.
- Be thorough and explain everything in detail.
"""


class Planted(BaseHTTPRequestHandler):
    """Follows the word limit unless the line about detail is there; an emoji rule counts only near the start."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        system, question = body["messages"][0]["content"], body["messages"][1]["content"]
        type(self).asked.append(system + question)
        again = type(self).asked.count(system + question)
        draw = int(hashlib.sha256(f"{again}{system}{question}".encode()).hexdigest(), 16) % 100
        long = "in detail" in system and draw < 85
        text = (
            "This is a very long answer that goes on and on." if long or "5 words" not in system else "Yes, it is open."
        )
        if not re.search(r"never use emoji", system[:60], re.I) and "sly" in body["model"]:
            text += " \U0001f600"
        data = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}], "usage": {}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def url() -> Iterator[str]:
    Planted.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Planted)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def run(path: Path, url: str, *more: str, model: str = "planted") -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(command, ["probe", str(path), "--url", url, "--model", model, "--json", *more])
    return result.exit_code, json.loads(result.stdout)


def prompt(tmp_path: Path) -> Path:
    path = tmp_path / "p.md"
    path.write_text(PROMPT)
    return path


def test_interference_is_found_and_nothing_else(tmp_path: Path, url: str) -> None:
    cache = tmp_path / "cache.jsonl"
    code, out = run(prompt(tmp_path), url, "--calls", "6000", "--cache", str(cache), "--test", "interference")
    found = [f for f in out["findings"] if f["rule"] == "interference"]
    assert [(f["evidence"]["core"][0]["line"], f["evidence"]["core"][1]["line"]) for f in found] == [(2, 5)]
    evidence = found[0]["evidence"]
    assert evidence["certainty"] == "measured"
    assert evidence["effect"]["low"] > 0.05
    assert evidence["e_value"] > 20
    assert code == 1
    asked = len(Planted.asked)
    assert asked == out["calls"] < 3000  # stopped early
    code, again = run(prompt(tmp_path), url, "--calls", "6000", "--cache", str(cache), "--test", "interference")
    assert len(Planted.asked) == asked
    assert again["calls"] == 0
    assert [f["rule"] for f in again["findings"]] == ["interference"]
    assert code == 1


def test_a_spent_budget_is_not_measured_and_resumes(tmp_path: Path, url: str) -> None:
    cache = tmp_path / "cache.jsonl"
    code, out = run(prompt(tmp_path), url, "--calls", "20", "--cache", str(cache), "--test", "interference")
    assert code == 3
    assert any(m.get("not_measured") == "the budget of calls is spent" for m in out["measures"])
    for _ in range(30):
        code, out = run(prompt(tmp_path), url, "--calls", "40", "--cache", str(cache), "--test", "interference")
        if code != 3:
            break
    assert code == 1
    assert [f["evidence"]["core"][1]["line"] for f in out["findings"]] == [5]


def test_modes_position_and_attribution(tmp_path: Path, url: str) -> None:
    mixed = tmp_path / "mixed.md"
    mixed.write_text("Reply in at most 5 words.\nNever use emoji.\nSay hello.\nExplain in detail.\n")
    _, out = run(
        mixed, url, "--calls", "3000", "--test", "modes", "--test", "position", "--test", "attribution", model="sly"
    )
    rules = {f["rule"]: f for f in out["findings"]}
    assert rules["position-sensitive"]["where"]["line"] == 2
    assert rules["position-sensitive"]["evidence"]["means"]["start"] == 1.0
    top = max(out["attribution"], key=lambda r: abs(r["effect"]))
    assert top["line"] in (1, 2)
    share = next(m for m in out["measures"] if m["name"].startswith("compliance with line 1"))
    assert share["low"] <= share["value"] <= share["high"]
    assert share["value"] < 0.4


def test_fossils_name_lines_that_no_longer_act(tmp_path: Path, url: str) -> None:
    path = tmp_path / "old.md"
    path.write_text("Never use emoji.\nReply in at most 5 words.\nMention the hours.\n")
    _, out = run(
        path, url, "--calls", "5000", "--test", "fossils", "--old-model", "sly", "--old-url", url, model="planted"
    )
    fossils = [f["where"]["line"] for f in out["findings"] if f["rule"] == "fossil-line"]
    assert fossils == [1]


def test_without_a_model_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["probe", str(prompt(tmp_path)), "--json"])
    out = json.loads(result.stdout)
    assert result.exit_code == 3
    assert all("not_measured" in m for m in out["measures"])
    assert not out["findings"]


def test_a_model_that_fails_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        command, ["probe", str(prompt(tmp_path)), "--url", "http://127.0.0.1:9/v1", "--model", "none", "--json"]
    )
    assert result.exception is not None
    assert "gave no answer" in str(result.exception)
