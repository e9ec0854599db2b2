"""Confirmations end to end: refused with a token, granted by a person, passed once, on every API, stream or not."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from tests.gateway.test_guarding_clients import Said, ask_chat, ask_messages, ask_responses
from tests.support.gateways import KEY, Running, running
from tests.support.upstreams import Script

from tidegate.check.constraints.calls.confirmations import Confirmations
from tidegate.check.constraints.load import parse_policy
from tidegate.check.constraints.plugin import ConstraintsGuard
from tidegate.store.decisions import DecisionJournal, read_decisions
from tidegate.store.states import LateState, open_state

POLICY = parse_policy("""
version: 1
tools: {pay: {effect: irreversible}}
hard:
  - {id: sure, kind: confirm, tools: [pay], expires_s: 30, reason: a payment cannot be taken back}
  - {id: cap, kind: tool, tools: [pay], deny: args.eur > 1000}
""")


AHEAD = [0.0]  # seconds that the guard's clock is ahead


class World:
    """A gateway with the guard of production over a store in a folder, and its clients."""

    def __init__(self, running_: Running, folder: Path, book: Confirmations, dialect: str) -> None:
        self.gateway, self.folder, self.book, self.dialect = running_, folder, book, dialect
        self.oa = openai.OpenAI(base_url=f"{running_.base}/v1", api_key=KEY, max_retries=0, timeout=10)
        self.an = anthropic.Anthropic(base_url=running_.base, api_key=KEY, max_retries=0, timeout=10)

    def ask(self, eur: int, stream: bool) -> Said:
        """The model calls pay(eur)."""
        self.gateway.upstream.script = Script(text="", calls=[("call_1", "pay", json.dumps({"eur": eur}))])
        if self.dialect == "chat":
            return ask_chat(self.oa, stream)
        return ask_responses(self.oa, stream) if self.dialect == "responses" else ask_messages(self.an, stream)


@pytest.fixture(scope="module", params=["chat", "responses", "messages"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("store")
    book = Confirmations(LateState(lambda: open_state(folder)))
    guard = ConstraintsGuard(
        POLICY, confirmations=book, record=DecisionJournal(folder), clock=lambda: time.time() + AHEAD[0]
    )
    with running([request.param], [guard]) as up:
        yield World(up, folder, Confirmations(LateState(lambda: open_state(folder))), request.param)


@pytest.mark.parametrize("stream", [False, True])
def test_a_call_waits_is_granted_and_passes_once(world: World, stream: bool) -> None:
    eur = 40 + stream
    first = world.ask(eur, stream)
    assert first.refused
    assert first.calls == 0
    assert "confirm_" in first.text
    (waiting,) = [a for a in world.book.waiting(time.time()) if json.loads(a.arguments) == {"eur": eur}]
    assert waiting.token in first.text
    assert (waiting.tenant, waiting.tool, waiting.rules) == ("acme", "pay", ("sure",))
    world.book.grant(waiting.token, by="anna", now_s=time.time())
    assert world.ask(eur + 2, stream).refused, "changed arguments find no grant"
    passed = world.ask(eur, stream)
    assert not passed.refused
    assert passed.calls == 1
    assert world.ask(eur, stream).refused, "a grant is spent by the first call"
    assert [e["event"] for e in world.book.history() if e["token"] == waiting.token] == [
        "asked", "granted", "spent", "asked",
    ]  # fmt: skip


def test_denied_is_denied_and_everything_is_in_the_record(world: World) -> None:
    said = world.ask(5000, True)
    assert said.refused
    assert "confirm_" not in said.text
    recorded = read_decisions(world.folder)
    assert not recorded.broken
    last = recorded.entries[-1]
    assert (last.decision, last.rules, last.tenant, last.hook) == ("deny", ("cap",), "acme", "tool")
    assert last.policy.startswith("sha256:")
    assert {e.decision for e in recorded.entries} == {"allow", "ask", "deny"}
    allowed: Any = next(e for e in recorded.entries if e.decision == "allow")
    assert allowed.reason == "confirmed by anna"


@pytest.mark.parametrize(("ahead_s", "passes"), [(25.0, True), (31.0, False), (-3600.0, False)])
def test_a_grant_expires_and_a_clock_that_jumps_back_revives_none(world: World, ahead_s: float, passes: bool) -> None:
    eur = int(100 + ahead_s)
    assert world.ask(eur, False).refused
    (waiting,) = [a for a in world.book.waiting(time.time()) if json.loads(a.arguments) == {"eur": eur}]
    world.book.grant(waiting.token, by="anna", now_s=time.time())
    AHEAD[0] = ahead_s
    try:
        assert world.ask(eur, False).refused is not passes
    finally:
        AHEAD[0] = 0.0
