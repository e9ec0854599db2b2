"""The harvest page: what waits is shown, accept and reject write the ledger, a missing name is said."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from tidegate import wiring
from tidegate.console.app import control_plane
from tidegate.console.pages import PAGES
from tidegate.curate.harvest.modes.group import Mode
from tidegate.readers.mode_answers import read_answers
from tidegate.readers.suite_files import read_suite, read_suite_ledger
from tidegate.settings import Settings, Store

SUITE = """suite: 1
mode: refund window
cases:
  - input: How long may I return <b>shoes</b>?
    expect: [{oracle: required, all: [30 days]}]
  - input: May I return a gift?
    expect: [{oracle: complete}]
"""


class World:
    def __init__(self, folder: Path) -> None:
        self.settings = Settings(store=Store(path=str(folder / ".tidegate")))
        self.socket_folder = folder

    def traces(self) -> Any:
        raise NotImplementedError

    def reload(self) -> None:
        raise NotImplementedError


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.chdir(tmp_path)
    return TestClient(control_plane(World(tmp_path), PAGES), base_url="http://localhost")


def test_an_empty_world_says_so(page: TestClient) -> None:
    shown = page.get("/harvest")
    assert shown.status_code == 200
    assert "There is no folder suite/" in shown.text


def test_review_in_the_browser_writes_the_ledger(page: TestClient, tmp_path: Path) -> None:
    (tmp_path / "suite").mkdir()
    (tmp_path / "suite" / "s.yaml").write_text(SUITE)
    shown = page.get("/harvest").text
    assert "&lt;b&gt;shoes" in shown, "what users wrote is text, never markup"
    first, second = (c.case_id for c in read_suite(tmp_path / "suite").cases)
    assert page.post("/harvest", data={"case": first, "action": "accept", "owner": "ana"}).status_code == 200
    assert (
        page.post(
            "/harvest", data={"case": second, "action": "reject", "owner": "ana", "reason": "no policy"}
        ).status_code
        == 200
    )
    actions = [(line.action.value, line.case, line.owner) for line in read_suite_ledger(tmp_path / "suite")]
    assert actions == [("enter", first, "ana"), ("enter", second, "ana"), ("delete", second, "ana")]
    assert [c.case_id for c in read_suite(tmp_path / "suite").cases] == [first]
    assert "Nothing waits" in page.get("/harvest").text
    wrong = page.post("/harvest", data={"case": first, "action": "accept", "owner": ""})
    assert "needs the name" in wrong.text
    foreign = page.post(
        "/harvest", data={"case": first, "action": "accept", "owner": "x"}, headers={"Origin": "http://evil.example"}
    )
    assert foreign.status_code == 403


def test_two_modes_are_said_to_be_one_in_the_browser(page: TestClient, tmp_path: Path) -> None:
    state = wiring.state_store(Store(path=str(tmp_path / ".tidegate")))
    for name, centre in (("late <i>parcels</i>", (1.0, 0.0)), ("lost parcels", (0.9, 0.43))):
        mode = Mode(mode_id=f"mode-{name[:4]}", name=name, examples=(name,), days={"2026-11-01": 2}, space="x",
                    centres=(centre,))  # fmt: skip
        state.put("harvest-modes", mode.mode_id, msgspec.to_builtins(mode))
    shown = page.get("/harvest").text
    assert "One problem or two?" in shown
    assert "late &lt;i&gt;parcels" in shown, "names are text, never markup"
    both = {"mode": ["mode-late", "mode-lost"], "name": "parcels"}
    assert page.post("/harvest", data={**both, "action": "same", "owner": "ana"}).status_code == 200
    answered = read_answers(tmp_path / "suite")[0]
    assert (answered.same, answered.owner, answered.name) == (True, "ana", "parcels")
    after = page.get("/harvest").text
    assert "One problem or two?" not in after
    assert '<td>parcels</td><td class="n">4</td>' in after
