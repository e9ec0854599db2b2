"""The page of agent runs: kinds of task with their alarm, the worst runs, and nothing unmeasured shown as a figure."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.admit.toolguard.test_fleet import told, trace

from tidegate.console.app import control_plane
from tidegate.console.pages import PAGES
from tidegate.settings import Settings, Store
from tidegate.spine.call import Usage
from tidegate.spine.trace import CallTrace


class Traces:
    def __init__(self, traces: list[CallTrace]) -> None:
        self.kept = traces

    def scan(self, **_: Any) -> list[CallTrace]:
        return self.kept


class World:
    def __init__(self, folder: Path, traces: list[CallTrace]) -> None:
        self.settings = Settings(store=Store(path=str(folder / ".tidegate")))
        self.socket_folder = folder
        self.kept = traces

    def traces(self) -> Any:
        return Traces(self.kept)

    def reload(self) -> None:
        raise NotImplementedError


def fleet() -> list[CallTrace]:
    """Forty runs of one kind, two of them without an end; three of another, whose tokens nobody counted."""
    traces: list[CallTrace] = []
    n = 0
    for r in range(40):
        for i in range(90 if r < 3 else 5 + r % 3):
            n += 1
            events = told("stop") if r < 3 and i == 8 else ()
            traces.append(trace(n, run_id=f"triage-{r}", usage=Usage(tokens_prompt=900 + 400 * i), cost_usd=0.003 + 0.001 * i,
                                events=events, attributes={"task_type": "ticket triage"}))  # fmt: skip
    for r in range(3):
        traces += [
            trace(n + r * 10 + i, run_id=f"<b>audit</b>-{r}", attributes={"task_type": "audit"}) for i in range(4)
        ]
    return traces


@pytest.fixture
def page(tmp_path: Path) -> TestClient:
    return TestClient(control_plane(World(tmp_path, fleet()), PAGES), base_url="http://localhost")


def test_an_empty_world_says_how_runs_are_told_apart(tmp_path: Path) -> None:
    empty = TestClient(control_plane(World(tmp_path, []), PAGES), base_url="http://localhost")
    shown = empty.get("/loops")
    assert shown.status_code == 200
    assert "No agent run passed yet" in shown.text
    assert "x-tidegate-run" in shown.text


def test_the_alarm_the_spread_and_the_worst_runs_are_shown(page: TestClient) -> None:
    shown = page.get("/loops?days=all").text
    assert "P95 over 4 x P50: steps, tokens, money" in shown
    assert "6 / 90" in shown
    assert "too few runs to judge" in shown
    assert "not measured" in shown
    assert "search was called 3 times" in shown
    assert "243 steps" in shown, "three runs went on for 81 steps after the guard's word"
    assert "&lt;b&gt;audit" in shown, "names are text, never markup"


def test_the_window_leaves_older_calls_out(tmp_path: Path) -> None:
    old, new = trace(1, run_id="old"), trace(2, run_id="new")
    new.received_at_s = 10 * 86_400.0
    page = TestClient(control_plane(World(tmp_path, [old, new]), PAGES), base_url="http://localhost")
    week = page.get("/loops").text
    assert "new" in week
    assert "<td>old</td>" not in week
    assert "<td>old</td>" in page.get("/loops?days=all").text
    assert page.get("/loops?days=nonsense").status_code == 200
