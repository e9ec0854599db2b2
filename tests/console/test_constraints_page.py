"""The constraints page: rules, what waits (as text, never markup), grants, the record; a foreign page changes nothing."""

import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tidegate.check.constraints.calls.confirmations import Asked, token_of
from tidegate.console.app import control_plane
from tidegate.console.pages import PAGES
from tidegate.settings import Settings, Store
from tidegate.spine.codec import content_hash
from tidegate.store.decisions import DecisionJournal, read_decisions
from tidegate.wiring.live import confirmations

POLICY = """version: 1
tools: {pay: {effect: irreversible}}
hard:
  - {id: sure, kind: confirm, tools: [pay], text: Payments need a yes.}
  - {id: canary, kind: output, canaries: [violet-lantern-88]}
soft: [{id: short, words_max: 80}]
"""


class World:
    def __init__(self, folder: Path) -> None:
        (folder / "constraints.yaml").write_text(POLICY)
        self.settings = Settings(store=Store(path=str(folder / "store")), constraints=str(folder / "constraints.yaml"))
        self.socket_folder = folder

    def traces(self) -> Any:
        raise NotImplementedError

    def reload(self) -> None:
        raise NotImplementedError


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def page(world: World) -> TestClient:
    return TestClient(control_plane(world, PAGES), base_url="http://localhost")


def ask(world: World, arguments: str = '{"to": "<script>alert(1)</script>"}') -> Asked:
    digest = content_hash(arguments)
    asked = Asked(token=token_of(digest), call_hash=digest, tool="pay", arguments=arguments, rules=("sure",),
                  reason="a payment cannot be taken back", tenant="acme", asked_at_s=time.time())  # fmt: skip
    assert confirmations(world.settings.store).ask(asked)
    return asked


def test_rules_and_what_waits(page: TestClient, world: World) -> None:
    shown = page.get("/constraints").text
    assert "Payments need a yes." in shown
    assert "violet" not in shown, "what may not leave is not shown here either"
    assert "Nothing waits." in shown
    ask(world)
    shown = page.get("/constraints").text
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


def test_grant_and_decline(page: TestClient, world: World) -> None:
    first, second = ask(world), ask(world, '{"to": "b"}')
    assert page.post("/constraints", data={"token": first.token, "step": "grant", "by": " "}).status_code == 422
    foreign = {"origin": "https://evil.example"}
    form = {"token": first.token, "step": "grant", "by": "anna"}
    assert page.post("/constraints", data=form, headers=foreign).status_code == 403
    assert page.post("/constraints", data=form).status_code == 200
    assert page.post("/constraints", data={"token": second.token, "step": "decline", "by": "anna"}).status_code == 200
    book = confirmations(world.settings.store)
    assert book.waiting(time.time()) == []
    assert book.spend(second.call_hash, time.time()) == ""
    assert book.spend(first.call_hash, time.time()) == "anna"
    assert page.post("/constraints", data=form).status_code == 422, "a token is answered once"


def test_the_record_and_a_gap_in_it(page: TestClient, world: World, tmp_path: Path) -> None:
    journal = DecisionJournal(tmp_path / "store")
    for n in range(3):
        journal.add(float(n), "tool", "pay", "deny", ("sure",), f"reason {n}", tenant="acme")
    assert "reason 2" in page.get("/constraints?decision=deny").text
    assert page.get("/admin/constraints/decisions?rule=sure").json()["matching"] == 3
    (path,) = (tmp_path / "store" / "decisions").glob("*.jsonl")
    kept = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([kept[0], *kept[2:]]))
    assert read_decisions(tmp_path / "store").broken == [f"{path}:2"]
    assert "broken" in page.get("/constraints").text
    assert page.get("/admin/constraints/nothing").status_code == 404
    assert page.post("/admin/constraints/pending", json={}).status_code == 405


def test_a_policy_that_does_not_load_is_told(page: TestClient, tmp_path: Path) -> None:
    (tmp_path / "constraints.yaml").write_text(POLICY[:40])
    assert "stays in force" in page.get("/constraints").text
