"""`tidegate schedule` on a recorded run: explanations, exact replays, other policies, clear refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from tidegate.cli.main import main
from tidegate.gateway.scheduling import Scheduled
from tidegate.settings import Route, ServiceClass, Settings, Tenant, Upstream
from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.contracts import Waiting
from tidegate.spine.trace import CallTrace, Event
from tidegate.store.journal import JournalWriter
from tidegate.store.schedule_journal import ScheduleJournal, runs


@pytest.fixture
def store(tmp_path: Path) -> Path:
    settings = Settings(
        upstreams=(Upstream(name="e", kind="vllm", url="http://127.0.0.1:1/v1"),),
        routes=(Route(model="m", upstreams=("e",)),),
        classes=(ServiceClass(name="interactive", ttft_target_ms=500, weight=4), ServiceClass(name="batch")),
        tenants=(Tenant(name="chat", service_class="interactive"), Tenant(name="night", service_class="batch")),
    )
    journal = ScheduleJournal(tmp_path, 0)
    admission = Scheduled(settings, journal)
    running: list[int] = []
    now = 0.0
    for i in range(1, 13):
        tenant, name = (("chat", "interactive"), ("night", "batch"))[i % 3 > 0]
        request = Waiting(request_id=i, tenant=tenant, service_class=name, arrived_s=now, tokens_prompt=2000,
                          call_id=f"call_{i}")  # fmt: skip
        verdict = admission.arrive(request, ("e",), lambda who, _now, i=i: running.append(i), now)  # type: ignore[misc]
        if isinstance(verdict, str):
            running.append(i)
        now += 0.01
    while running:
        now += 0.2
        i = running.pop(0)
        admission.first_token(i, now)
        admission.progress(i, 32, now)
        admission.tick(now + 0.1)
        admission.end(i, Usage(tokens_prompt=1900, tokens_completion=40), now + 0.3)
    admission.tick(now + 1.0)
    journal.close()
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    with pytest.raises(SystemExit) as ended:
        main(["schedule", *arguments, "--json"])
    return int(ended.value.code or 0), json.loads(capsys.readouterr().out)


def test_the_recorded_decisions_come_out_again(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run(capsys, "replay", "--store", str(store))
    assert (code, document["decisions"], document["decisions_different"]) == (0, 12, 0)


def test_a_changed_recording_fails(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = runs(store)[0]
    path.write_bytes(path.read_bytes().replace(b'["go",3,', b'["go",4,', 1))
    code, document = run(capsys, "replay", "--store", str(store))
    assert code == 1
    assert document["decisions_different"]


def test_a_wait_is_explained(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run(capsys, "explain", "call_11", "--store", str(store))
    assert code == 0
    assert "It waited" in str(document["explanation"])
    assert "helped" in str(document["explanation"])


def test_another_policy_shows_who_gains(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run(capsys, "replay", "--policy", "fifo", "--weight", "chat=2", "--store", str(store))
    assert code == 0
    assert {row["tenant"] for row in document["after"]} == {"chat", "night"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("replay", "--policy", "fare"), "fair"),
        (("replay", "--weight", "chat"), "TENANT=WEIGHT"),
        (("explain", "call_none"), "call_none"),
        (("replay", "--journal", "/nonexistent"), "cannot read"),
    ],
)
def test_what_cannot_be_done_is_said(
    store: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["schedule", *arguments, "--store", str(store), "--json"])
    assert ended.value.code == 2
    assert words in capsys.readouterr().out


def test_an_empty_store_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["schedule", "replay", "--store", str(tmp_path), "--json"])
    assert ended.value.code == 2
    assert "no recorded run" in capsys.readouterr().out


CONFIG = """
upstreams: [{name: e, url: "http://127.0.0.1:1/v1"}]
routes: [{model: m, upstreams: [e]}]
classes: [{name: interactive, ttft_target_ms: 500}, {name: batch}]
tenants: [{name: chat, service_class: interactive}, {name: night, service_class: batch}]
"""


def check(folder: Path, capsys: pytest.CaptureFixture[str], *waits: tuple[str, float]) -> tuple[int, dict[str, Any]]:
    """`schedule check` over a store with calls of (class, seconds waited)."""
    (folder / "tidegate.yaml").write_text(CONFIG)
    (folder / ".tidegate").mkdir(exist_ok=True)
    with JournalWriter(folder / ".tidegate" / "journal", "w0", flush_interval_ms=1) as writer:
        for i, (name, waited_s) in enumerate(waits):
            tenant = "chat" if name == "interactive" else "night"
            call = Call(
                call_id=f"c{i}", identity=Identity(tenant=tenant, service_class=name), dialect="chat", model="m"
            )
            event = Event(name="dispatched", at_s=1000.0 + waited_s, data={"reason": "prefill_ahead", "passed": 3})
            writer.put(CallTrace(trace_id=f"{i:032x}", call=call, ending=Ending.COMPLETED, received_at_s=1000.0,
                                 dispatched_at_s=1000.0 + waited_s, ended_at_s=1001.0 + waited_s, events=(event,)))  # fmt: skip
    return run(capsys, "check", "--store", str(folder / ".tidegate"), "--config", str(folder / "tidegate.yaml"))


def test_check_names_the_calls_that_waited_away_their_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = check(tmp_path, capsys, ("interactive", 0.4), ("interactive", 0.1), ("batch", 90.0))
    assert code == 1
    (finding,) = document["findings"]
    assert finding["rule"] == "priority-inversion"
    assert finding["where"]["trace"] == f"{0:032x}"
    assert "prefill ahead" in finding["message"]
    (measure,) = document["measures"]
    assert (measure["value"], measure["n"]) == (0.5, 2)


def test_check_passes_where_nobody_waited_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, capsys, ("interactive", 0.2))[0] == 0


def test_check_is_undecided_without_calls_of_a_class_with_a_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = check(tmp_path, capsys, ("batch", 90.0))
    assert (code, document["verdict"]) == (3, "undecided")
    assert document["measures"][0]["not_measured"]
