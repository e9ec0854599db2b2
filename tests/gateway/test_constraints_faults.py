"""The fault matrix: whatever breaks, no forbidden call and no forbidden text comes out, on any API, stream or not.

Rows are faults, columns are (chat, responses, messages) × (stream, whole) and MCP.  In each cell the model
calls a tool with side effects and says a canary, through the guard of production in a real gateway.  A cell
holds if the client received neither; the row without a fault must let the call through, else nothing is shown.
`pytest -s` prints the table.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import anthropic
import openai
import pytest
from tests.gateway.test_guarding_clients import ask_chat, ask_messages, ask_responses
from tests.support.gateways import KEY, Running, running
from tests.support.upstreams import Script

from tidegate.check.constraints.calls.confirmations import Confirmations
from tidegate.check.constraints.calls.decide import Engine
from tidegate.check.constraints.plugin import ConstraintsGuard, ConstraintsSession
from tidegate.check.constraints.streaming.channels import StreamFilter
from tidegate.check.constraints.streaming.stream import Channel
from tidegate.gateway import guarding
from tidegate.gateway.mcp.guards import Answered, McpWatch
from tidegate.readers.constraints_file import PolicyFile
from tidegate.spine.call import Identity
from tidegate.spine.errors import StoreError
from tidegate.store.decisions import DecisionJournal
from tidegate.store.revocations import NAME, FileRevocations, revoke_subject
from tidegate.store.states import LateState, open_state

CANARY = "violet-lantern-88"
POLICY = """
version: 1
tools: {pay: {effect: irreversible}, wire: {effect: irreversible}}
defaults: {irreversible: allow}
hard:
  - {id: cap, kind: tool, tools: [pay], deny: args.eur > 1000}
  - {id: bank, kind: credential, handle: "cred://bank", tools: [pay]}
  - {id: sure, kind: confirm, tools: [wire]}
  - {id: canary, kind: output, canaries: [violet-lantern-88]}
"""
GOOD = ("pay", '{"eur": 5}')
BAD = ("pay", '{"eur": 5000}')
Call = tuple[str, str]


class World:
    """The guard over a store in a folder, and the faults that can be put into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "constraints.yaml"
        self.file.write_text(POLICY)
        self.ahead_s = 0.0
        self.revocations = FileRevocations(folder)
        self.journal = DecisionJournal(folder)
        self.book = Confirmations(LateState(lambda: open_state(folder, wait_s=0.2)))
        self.guard = ConstraintsGuard(
            PolicyFile(self.file).current, confirmations=self.book, revocations=self.revocations,
            record=self.journal, clock=lambda: time.time() + self.ahead_s,
        )  # fmt: skip

    @contextlib.contextmanager
    def raising(self, target: Any, name: str, error: BaseException) -> Iterator[None]:
        with mock.patch.object(target, name, side_effect=error):
            yield

    @contextlib.contextmanager
    def slow(self, target: Any, name: str) -> Iterator[None]:
        real = getattr(target, name)

        def late(*given: Any, **named: Any) -> Any:
            time.sleep(0.06)
            return real(*given, **named)

        with mock.patch.object(guarding, "STEP_S_MAX", 0.05), mock.patch.object(target, name, late):
            yield

    @contextlib.contextmanager
    def written(self, text: str) -> Iterator[None]:
        self.file.write_text(text)
        try:
            yield
        finally:
            self.file.write_text(POLICY)

    @contextlib.contextmanager
    def revoked_then(self, ahead_s: float) -> Iterator[None]:
        revoke_subject(self.folder, "cred://bank")
        self.ahead_s = ahead_s
        try:
            yield
        finally:
            self.ahead_s = 0.0
            (self.folder / NAME).unlink()
            self.revocations.epochs.clear()

    @contextlib.contextmanager
    def torn_revocations(self) -> Iterator[None]:
        (self.folder / NAME).write_text('{"cred://ba')
        try:
            yield
        finally:
            (self.folder / NAME).unlink()

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """A disk that takes no byte more, at the system call."""
        real = os.write

        def write(fd: int, data: Any) -> int:
            if fd == self.journal._fd:
                raise OSError(28, "No space left on device")
            return real(fd, data)

        with mock.patch("tidegate.store.decisions.os.write", write):
            yield

    @contextlib.contextmanager
    def gone(self) -> Iterator[None]:
        """No folder to begin a record in."""
        self.journal.close()
        with mock.patch("tidegate.store.decisions.os.open", side_effect=OSError(30, "Read-only file system")):
            yield


nothing = contextlib.nullcontext
TWICE = "arguments with a key twice"
Fault = tuple[str, Call, Callable[[World], contextlib.AbstractContextManager[Any]]]
DEEP = "[" * 100_000
FAULTS: tuple[Fault, ...] = (
    ("a forbidden call", BAD, lambda w: nothing()),
    ("unknown tool", ("rm", "{}"), lambda w: nothing()),
    ("tool name of odd characters", ("pay\u200b", '{"eur": 5}'), lambda w: nothing()),
    ("arguments cut off", ("pay", '{"eur": 5'), lambda w: nothing()),
    (TWICE, ("pay", '{"eur": 5000, "eur": 5}'), lambda w: nothing()),
    ("arguments that are no object", ("pay", "[5]"), lambda w: nothing()),
    ("NaN in the arguments", ("pay", '{"eur": NaN}'), lambda w: nothing()),
    ("a missing argument", ("pay", "{}"), lambda w: nothing()),
    ("nested 100,000 deep", ("pay", f'{{"eur": {DEEP}'), lambda w: nothing()),
    ("nested 900 deep", ("pay", '{"eur": ' + "[" * 900 + "]" * 900 + "}"), lambda w: nothing()),
    ("a number of 5,000 digits", ("pay", '{"eur": ' + "9" * 5000 + "}"), lambda w: nothing()),
    ("decision crashes", GOOD, lambda w: w.raising(Engine, "decide", RuntimeError("x"))),
    ("rules crash", GOOD, lambda w: w.raising(Engine, "_rules", ZeroDivisionError("x"))),
    ("out of memory in a rule", GOOD, lambda w: w.raising(Engine, "_rules", MemoryError())),
    ("recursion in a rule", GOOD, lambda w: w.raising(Engine, "_rules", RecursionError("deep"))),
    ("session does not open", GOOD, lambda w: w.raising(ConstraintsGuard, "open", RuntimeError("x"))),
    ("request crashes", GOOD, lambda w: w.raising(ConstraintsSession, "request", RuntimeError("x"))),
    ("tool call hook crashes", GOOD, lambda w: w.raising(ConstraintsSession, "tool_call", RuntimeError("x"))),
    ("tool call hook answers nonsense", GOOD, lambda w: mock.patch.object(ConstraintsSession, "tool_call", return_value=1)),
    ("decision too slow", GOOD, lambda w: w.slow(ConstraintsSession, "tool_call")),
    ("policy half written, reloaded", BAD, lambda w: w.written(POLICY[: len(POLICY) // 2])),
    ("policy of garbage, reloaded", BAD, lambda w: w.written("\x00\x01: [")),
    ("policy emptied, reloaded", BAD, lambda w: w.written("")),
    ("credential revoked", GOOD, lambda w: w.revoked_then(0.0)),
    ("revoked, clock an hour ahead", GOOD, lambda w: w.revoked_then(3600.0)),
    ("revoked, clock an hour back", GOOD, lambda w: w.revoked_then(-3600.0)),
    ("revocations half written", GOOD, lambda w: w.torn_revocations()),
    ("record: disk full", GOOD, lambda w: w.full()),
    ("record: store read-only", GOOD, lambda w: w.gone()),
    ("question, state store down", ("wire", "{}"), lambda w: w.raising(w.book, "_state", StoreError("down"))),
    ("question, no grant", ("wire", "{}"), lambda w: nothing()),
)  # fmt: skip
TEXT_FAULTS: tuple[tuple[str, Callable[[World], contextlib.AbstractContextManager[Any]]], ...] = (
    ("no fault", lambda w: nothing()),
    ("session does not open", lambda w: w.raising(ConstraintsGuard, "open", RuntimeError("x"))),
    ("request crashes", lambda w: w.raising(ConstraintsSession, "request", RuntimeError("x"))),
    ("feed crashes", lambda w: w.raising(ConstraintsSession, "feed", RuntimeError("x"))),
    ("filter crashes", lambda w: w.raising(StreamFilter, "feed", IndexError("x"))),
    ("filter out of memory", lambda w: w.raising(Channel, "_read", MemoryError())),
    ("the end crashes", lambda w: w.raising(StreamFilter, "finish", RuntimeError("x"))),
    ("feed answers nonsense", lambda w: mock.patch.object(ConstraintsSession, "feed", return_value=[3])),
    ("filter too slow", lambda w: w.slow(ConstraintsSession, "feed")),
    ("findings crash", lambda w: w.raising(ConstraintsSession, "findings", RuntimeError("x"))),
    ("policy half written, reloaded", lambda w: w.written(POLICY[: len(POLICY) // 2])),
    ("record: disk full", lambda w: w.full()),
    ("record: store read-only", lambda w: w.gone()),
)


@pytest.fixture(scope="module", params=["chat", "responses", "messages"])
def gate(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, World, Running]]:
    world = World(tmp_path_factory.mktemp("store"))
    with running([request.param], [world.guard]) as up:
        yield request.param, world, up


def asked(dialect: str, up: Running, stream: bool) -> tuple[str, int, str]:
    """(text, calls, how it ended) as an unmodified client sees it; an error is typed, or the test fails."""
    try:
        if dialect == "messages":
            with anthropic.Anthropic(base_url=up.base, api_key=KEY, max_retries=0, timeout=10) as an:
                said = ask_messages(an, stream)
        else:
            with openai.OpenAI(base_url=f"{up.base}/v1", api_key=KEY, max_retries=0, timeout=10) as oa:
                said = ask_chat(oa, stream) if dialect == "chat" else ask_responses(oa, stream)
    except (openai.APIError, anthropic.APIError) as error:
        hung = isinstance(error, openai.APITimeoutError | anthropic.APITimeoutError)
        return str(error), 0, "HUNG" if hung else "error"
    return said.text, said.calls, "refused" if said.refused else "passed"


def test_calls(gate: tuple[str, World, Running]) -> None:
    dialect, world, up = gate
    table: dict[str, dict[str, str]] = {}
    for stream in (True, False):
        column = f"{dialect} {'stream' if stream else 'whole'}"
        up.upstream.script = Script(text="", calls=[("c1", *GOOD)])
        text, calls, how = asked(dialect, up, stream)
        assert (calls, how) == (1, "passed"), f"without a fault the call passes: {text}"
        for name, (tool, arguments), put in FAULTS:
            if (dialect, stream, name) == ("messages", False, TWICE):
                continue  # this API sends arguments as an object: there is no second reading of it
            size = max(3, len(arguments) // 100)
            up.upstream.script = Script(text="", calls=[("c1", tool, arguments)], pieces=size)
            with put(world):
                text, calls, how = asked(dialect, up, stream)
            table.setdefault(name, {})[column] = how if calls == 0 else "PASSED"
        up.upstream.script = Script(text="", calls=[("c1", *GOOD)])
        assert asked(dialect, up, stream)[1] == 1, "healed, the call passes again"
    show(table)
    assert not [(n, c) for n, row in table.items() for c, how in row.items() if how not in ("refused", "error")]


@pytest.mark.parametrize("end", ["length", "died"])
def test_a_call_that_broke_off_is_withheld(gate: tuple[str, World, Running], end: str) -> None:
    dialect, _, up = gate
    for stream in (True, False):
        cut = {"finish": "length"} if end == "length" else {"die_after": 3}
        up.upstream.script = Script(text="", calls=[("c1", "pay", '{"eur": 5')], **cut)  # type: ignore[arg-type]
        _, calls, _ = asked(dialect, up, stream)
        assert calls == 0


def test_text(gate: tuple[str, World, Running]) -> None:
    dialect, world, up = gate
    table: dict[str, dict[str, str]] = {}
    for stream in (True, False):
        for name, put in TEXT_FAULTS:
            up.upstream.script = Script(text=f"The word is {CANARY}, yes.")
            with put(world):
                text, _, how = asked(dialect, up, stream)
            table.setdefault(name, {})[f"{dialect} {'stream' if stream else 'whole'}"] = (
                "LEAKED" if CANARY in text or "lantern" in text else "withheld" if how == "passed" else how
            )
            if name == "no fault":
                assert text == "The word is [redacted], yes."
    show(table)
    assert not [
        (n, c) for n, row in table.items() for c, how in row.items() if how not in ("withheld", "refused", "error")
    ]


def test_mcp(tmp_path: Path) -> None:
    world = World(tmp_path)
    table: dict[str, dict[str, str]] = {}

    def called(tool: str, arguments: str) -> str:
        watch = McpWatch([world.guard], Identity(tenant="acme"))
        body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%s,"arguments":%s}}'
        passed = watch.from_client((body % (json.dumps(tool), arguments)).encode())
        if not isinstance(passed, Answered):
            return "PASSED"
        assert passed.reply is not None
        return "error" if "error" in passed.reply else "refused" if passed.reply["result"]["isError"] else "PASSED"

    assert called(*GOOD) == "PASSED"
    for name, (tool, arguments), put in FAULTS:
        if name == TWICE:
            continue  # written anew from what the guards saw: the server reads what was decided
        with put(world):
            table.setdefault(name, {})["mcp"] = called(tool, arguments)
    assert called(*GOOD) == "PASSED"
    for name, put in TEXT_FAULTS:
        watch = McpWatch([world.guard], Identity(tenant="acme"))
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "pay", "arguments": {"eur": 5}}}
        with put(world):
            watch.from_client(json.dumps(call).encode())
            result = {"content": [{"type": "text", "text": f"It is {CANARY}."}], "structuredContent": {"w": CANARY}}
            out = watch.from_server(json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode())
        table.setdefault(f"result: {name}", {})["mcp"] = "LEAKED" if b"lantern" in out else "withheld"
    show(table)
    assert not [n for n, row in table.items() if row["mcp"] not in ("refused", "error", "withheld")]


def show(table: dict[str, dict[str, str]]) -> None:
    columns = list(dict.fromkeys(c for row in table.values() for c in row))
    print("\n" + f"{'':36}" + "".join(f"{c:>18}" for c in columns))
    for name, row in table.items():
        print(f"{name:36}" + "".join(f"{row.get(c, '-'):>18}" for c in columns))
