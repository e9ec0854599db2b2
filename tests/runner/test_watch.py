"""The spine in motion: every new trace is checked once, what was not checked is counted, a broken check is seen."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.examples import trace as trace_of

from tidegate.runner.watch import Found, Watch, chance, conversation_of
from tidegate.settings import Settings
from tidegate.spine.conversation import Conversation
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.trace import CallTrace, Event
from tidegate.store.findings import FindingBook, FindingRecord, FindingStatus, Sighting, finding_id, seen_again
from tidegate.store.follow import JournalFollower
from tidegate.store.journal import JournalWriter
from tidegate.store.memory import MemoryState
from tidegate.wiring import trace_sink
from tidegate.wiring.live import watcher


class Kept(NamedTuple):
    """A record as the journal gives it."""

    trace: CallTrace

    @property
    def payload(self) -> memoryview:
        return memoryview(msgspec.msgpack.encode(self.trace))

    def read(self) -> CallTrace:
        return self.trace


class Echo:
    """Finds something in every trace, with the model as subject."""

    name = "echo"

    def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
        yield Finding(rule="seen", severity=Severity.NOTE, subject=trace.call.model, message="seen")


class Broken:
    name = "broken"

    def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
        raise RuntimeError("boom")


def test_every_trace_is_checked_and_a_broken_check_hides_nothing() -> None:
    out: list[Found] = []
    traces = [Kept(trace_of(i)) for i in range(40)]
    watch = Watch([Echo(), Broken()], lambda _mark, _most: traces, out.extend, budget_s=60)
    assert watch.run_pass() == 40
    rules = [f.rule for _, f, _ in out]
    assert rules.count("seen") == 40
    assert rules.count("check-crashed") == 40
    assert watch.counts["traces_not_checked"] == 0


def test_what_outruns_the_budget_is_counted_and_chosen_by_the_id_alone() -> None:
    """A check that takes 10 ms of a 100 ms budget: about ten of a thousand are checked, all are accounted for."""
    spent = [0.0]

    class Slow(Echo):
        def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
            spent[0] += 0.01
            return ()

    traces = [Kept(trace_of(i)) for i in range(1000)]
    watch = Watch([Slow()], lambda _mark, _most: traces, lambda _: None, budget_s=0.1, spent_s=lambda: spent[0])
    for _ in range(12):
        watch.run_pass()
    assert watch.counts["traces_checked"] + watch.counts["traces_not_checked"] == 12_000
    last = watch.run_pass()
    assert 2 <= last <= 30
    drawn = [chance(t.payload) for t in traces]
    assert 0.45 < sum(drawn) / len(drawn) < 0.55


def test_findings_of_guards_in_flight_are_taken_from_the_trace() -> None:
    found = Finding(rule="secret", severity=Severity.ERROR, subject="pack", message="a key")
    event = Event(name="guard", at_s=1.0, data={"guard": "constraints", "findings": [found.to_json(), {"odd": 1}]})
    trace = msgspec.structs.replace(trace_of(1), events=(event,))
    out: list[Found] = []
    Watch([], lambda _mark, _most: [Kept(trace)], out.extend).run_pass()
    assert [(n, f) for n, f, _ in out] == [("constraints", found)]


def test_a_body_that_is_no_request_gives_no_conversation() -> None:
    trace = msgspec.structs.replace(trace_of(1), request_body="{broken")
    assert conversation_of(trace) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1e6), st.sampled_from("abc")), min_size=1, max_size=40))
@settings(max_examples=60)
def test_a_record_counts_every_sighting(seen: list[tuple[int, float, str]]) -> None:
    """Split or whole, in any grouping: counts, first and last seen and tenants come out the same."""
    sightings = [
        Sighting(check="c", finding=Finding(rule=f"r{r}", severity=Severity.NOTE, subject="s", message="m"),
                 trace_id=f"t{i}", tenant=t, at_s=at)
        for i, (r, at, t) in enumerate(seen)
    ]  # fmt: skip
    whole, parts = FindingBook(MemoryState()), FindingBook(MemoryState())
    whole.note(sightings)
    for s in sightings:
        parts.note([s])
    assert whole.records() == parts.records()
    for record in whole.records():
        mine = [s for s in sightings if finding_id("c", s.finding) == record.finding_id]
        assert record.count == len(mine)
        assert record.first_seen_s == min(s.at_s for s in mine)
        assert record.last_seen_s == max(s.at_s for s in mine)
        assert sum(record.tenants.values()) == len(mine)


def test_a_resolved_finding_that_comes_back_is_open_again_and_moves_are_in_the_ledger() -> None:
    book = FindingBook(MemoryState())
    finding = Finding(rule="r", severity=Severity.ERROR, subject="s", message="m")
    sighting = Sighting(check="c", finding=finding, trace_id="t", tenant="chat", at_s=1.0)
    book.note([sighting])
    key = finding_id("c", finding)
    book.move(key, FindingStatus.RESOLVED, by="anna", reason="fixed", at_s=2.0)
    book.note([sighting])
    record = book.get(key)
    assert record is not None
    assert (record.status, record.reopened, record.count) == (FindingStatus.OPEN, 1, 2)
    assert [h["to"] for h in book.history(key)] == ["resolved"]
    with pytest.raises(InputError, match="who moves"):
        book.move(key, FindingStatus.RESOLVED, by=" ", reason="x", at_s=3.0)
    with pytest.raises(InputError, match="expected the id"):
        book.move("find_nothing", FindingStatus.RESOLVED, by="a", reason="x", at_s=3.0)


def test_a_false_alarm_stays_one_when_seen_again() -> None:
    finding = Finding(rule="r", severity=Severity.ERROR, subject="s", message="m")
    sighting = Sighting(check="c", finding=finding, trace_id="t", tenant="chat", at_s=1.0)
    record: FindingRecord = msgspec.structs.replace(seen_again(None, sighting), status=FindingStatus.FALSE_ALARM)
    assert seen_again(record, sighting).status is FindingStatus.FALSE_ALARM


def write(writer: JournalWriter, first: int, count: int) -> None:
    for i in range(first, first + count):
        writer.put(trace_of(i))
    writer.flush()


def test_the_journal_is_followed_once_over_restarts_and_compaction_waits_for_it(tmp_path: Path) -> None:
    """Traces are written, read, sealed, read on by another follower; a segment unread to its end may not go."""
    writer = trace_sink(Settings(store=msgspec.structs.replace(Settings().store, path=str(tmp_path))), "0").start()
    write(writer, 0, 30)
    first = JournalFollower(tmp_path / "journal")
    assert len(list(first.fresh())) == 30
    assert list(first.fresh()) == []
    write(writer, 30, 12)
    writer.close()
    second = JournalFollower(tmp_path / "journal", first.offsets)
    (sealed,) = (tmp_path / "journal").glob("*.tgj")
    assert not second.finished(sealed)
    assert [t.read().trace_id for t in second.fresh()] == [trace_of(i).trace_id for i in range(30, 42)]
    assert second.finished(sealed)
    third = JournalFollower(tmp_path / "journal")
    assert list(third.fresh(b"no such bytes", 0)) == []
    assert third.finished(sealed), "passed over, and done with"
    assert len(list(JournalFollower(tmp_path / "journal").fresh(b"question", 0))) == 42
    fourth = JournalFollower(tmp_path / "journal")
    some = len(list(fourth.fresh(b"no such bytes", 3000)))
    assert 0 < some < 42
    assert fourth.skipped == 42 - some
    assert fourth.finished(sealed)


def test_the_watcher_of_a_store_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    settings = Settings(store=msgspec.structs.replace(Settings().store, path=str(tmp_path)))
    writer = trace_sink(settings, "0").start()
    write(writer, 0, 5)
    _, run = watcher(settings)
    run()
    write(writer, 5, 3)
    follower, again = watcher(settings)
    assert follower.offsets
    again()
    writer.close()
    assert list(follower.fresh()) == []
