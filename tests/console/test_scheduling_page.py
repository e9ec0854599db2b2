"""The scheduling page and its JSON: workers add up, an empty world says so, silence of an engine becomes a finding once."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tidegate.admit.scheduling.learning import SIGNALS_LOST_MAX
from tidegate.console.app import Control, control_plane
from tidegate.console.live import Sample
from tidegate.console.notices import SilentEngines
from tidegate.console.pages import PAGES
from tidegate.console.pages.scheduling import view
from tidegate.gateway.control_channel import MetricsSnapshot
from tidegate.gateway.scheduling import Scheduled
from tidegate.settings import ServiceClass, Settings, Store, Tenant, Upstream
from tidegate.spine.contracts import Waiting
from tidegate.wiring import finding_book

CLASSES = (ServiceClass(name="interactive", ttft_target_ms=500, weight=4), ServiceClass(name="batch"))


class World:
    def __init__(self, folder: Path) -> None:
        self.settings = Settings(store=Store(path=str(folder / ".tidegate")), classes=CLASSES)
        self.socket_folder = folder

    def traces(self) -> Any:
        raise NotImplementedError

    def reload(self) -> None:
        raise NotImplementedError


def worker(index: int, first_s: float, n: int = 20, lost: int = 0) -> MetricsSnapshot:
    """A worker whose chat calls had their first token after `first_s`, while `n` long prompts of a batch tenant waited."""
    settings = Settings(
        upstreams=(Upstream(name="gpu", url="http://127.0.0.1:1/v1", kind="vllm"),),
        classes=CLASSES,
        tenants=(
            Tenant(name="chat", service_class="interactive"),
            Tenant(name="night", service_class="batch", weight=2),
        ),
    )
    scheduled = Scheduled(settings)
    for i in range(n):
        scheduled.arrive(Waiting(request_id=i, tenant="night", service_class="batch", arrived_s=0.0,
                                 tokens_prompt=8000), ("gpu",), lambda *_: None, 0.0)  # fmt: skip
    scheduled.arrive(Waiting(request_id=99, tenant="chat", service_class="interactive", arrived_s=0.0,
                             tokens_prompt=100), ("gpu",), lambda *_: None, 0.0)  # fmt: skip
    scheduled.first_token(0, 0.1)
    scheduled.first_token(99, first_s)
    for _ in range(lost):
        scheduled.core.windows["gpu"].signal_lost("garbled: no metrics here")
    return MetricsSnapshot(worker=index, pid=1, started_at_s=0.0, draining=False, counters=[], gauges=[], histograms=[],
                           admission=scheduled.snapshot())  # fmt: skip


def test_workers_add_up_and_the_slower_one_shows_in_the_tail() -> None:
    values = view([worker(0, 0.2), worker(1, 0.9)])
    (chat,) = [r for r in values["classes"] if r["tenant"] == "chat"]
    (night,) = [r for r in values["classes"] if r["tenant"] == "night"]
    assert (chat["arrived"], night["arrived"]) == (2, 40)
    assert chat["ttft_ms"]["p50"] < 300 < 900 <= chat["ttft_ms"]["p99"] < 1100
    assert night["inter_token_ms"]["p50"] is None
    assert {t["tenant"]: t["weight"] for t in values["tenants"]} == {"chat": 1.0, "night": 2.0}
    assert sum(t["waiting"] for t in values["tenants"]) == values["waiting"] > 0
    assert [e["worker"] for e in values["engines"]] == [0, 1]


def shown(folder: Path, monkeypatch: pytest.MonkeyPatch, *workers: MetricsSnapshot) -> TestClient:
    async def sample(self: Control) -> Sample:
        return Sample(at_s=1000.0, workers=workers)

    monkeypatch.setattr(Control, "sample", sample)
    return TestClient(control_plane(World(folder), PAGES), base_url="http://localhost")


def test_the_page_and_its_json_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = shown(tmp_path, monkeypatch, worker(0, 0.9, lost=3))
    page = client.get("/scheduling").text
    assert "last 3 lost" in page
    assert page.count('class="n late"') == 3  # first tokens after the target are marked, P50 to P99
    assert "night" in page
    document = client.get("/admin/scheduling").json()
    assert document["policies"] == ["fair"]
    assert document["engines"][0]["signals_lost_reason"] == "garbled: no metrics here"


def test_an_empty_world_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No worker with a scheduler answers" in shown(tmp_path, monkeypatch).get("/scheduling").text


def test_an_engine_that_falls_silent_is_one_finding_each_time_it_does(tmp_path: Path) -> None:
    book = finding_book(Store(path=str(tmp_path / ".tidegate")))
    notices = SilentEngines(book)
    silent, talking = worker(0, 0.2, lost=SIGNALS_LOST_MAX), worker(0, 0.2, lost=SIGNALS_LOST_MAX - 1)
    for at, w in enumerate((talking, silent, silent, talking, silent)):
        notices(Sample(at_s=float(at), workers=(w,)))
    (record,) = book.records()
    assert (record.finding.rule, record.finding.subject, record.count) == ("engine-signals-lost", "upstream gpu", 2)
    assert "no metrics here" in record.finding.message
    assert record.tenants == {}


def test_only_the_newest_sample_keeps_rows_of_tenants(tmp_path: Path) -> None:
    control = Control(World(tmp_path))
    for at in (1.0, 2.0):
        control.keep(Sample(at_s=at, workers=(worker(0, 0.2),)))
    assert [bool(s.workers[0].admission) for s in control.samples] == [False, True]
