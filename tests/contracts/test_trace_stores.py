"""The trace suite on every registered backend, beside a list under random steps; broken ones are refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from tests.contracts.trace_suite import CHECKS
from tests.store.strategies import traces

from tidegate.spine.ports import TraceStore
from tidegate.spine.trace import CallTrace
from tidegate.store.lake import LakeTraces
from tidegate.store.memory import MemoryTraces
from tidegate.store.registry import TRACE_BACKENDS

Fresh = Callable[[], TraceStore]


@pytest.fixture(params=sorted(TRACE_BACKENDS))
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """A maker of empty stores of one registered backend."""
    opened: list[Any] = []

    def make() -> TraceStore:
        opened.append(TRACE_BACKENDS[request.param](tmp_path / str(len(opened))))
        return opened[-1]  # type: ignore[no-any-return]

    yield make
    for store in opened:
        store.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_contract(fresh: Fresh, check: Callable[[TraceStore], None]) -> None:
    check(fresh())


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_contract_when_every_append_is_compacted_at_once(tmp_path: Path, check: Callable[[TraceStore], None]) -> None:
    """The same promises when everything is in Parquet, in files that are merged early."""

    class Eager(LakeTraces):
        def append(self, traces: Any) -> None:
            super().append(traces)
            self.compactor.compact()

    store = Eager(tmp_path / "store")
    check(store)
    store.close()


def test_agreement_with_a_list(fresh: Fresh) -> None:
    """Random appends, deletions, filters and compactions: every backend says what a plain list says."""
    tenants, users = st.sampled_from(["acme", "globex"]), st.sampled_from(["ann", "bob", None])

    class Agreement(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.store = fresh()
            self.model: list[CallTrace] = []

        @rule(records=st.lists(st.tuples(traces, tenants, users), max_size=4))
        def append(self, records: list[tuple[CallTrace, str, str | None]]) -> None:
            sent = []
            for t, tenant, user in records:
                who = msgspec.structs.replace(t.call.identity, tenant=tenant, user=user)
                call = msgspec.structs.replace(t.call, identity=who)
                sent.append(msgspec.structs.replace(t, call=call))
            self.store.append(sent)
            self.model += sent

        @rule()
        def compact(self) -> None:
            if isinstance(self.store, LakeTraces):
                self.store.compactor.compact()

        @rule(tenant=tenants, user=users, before_s=st.none() | st.floats(0, 4e9))
        def delete(self, tenant: str, user: str | None, before_s: float | None) -> None:
            gone = [
                t
                for t in self.model
                if t.call.identity.tenant == tenant
                and (user is None or t.call.identity.user == user)
                and (before_s is None or t.received_at_s < before_s)
            ]
            assert self.store.delete(tenant=tenant, user=user, before_s=before_s) == len(gone)
            self.model = [t for t in self.model if t not in gone]

        @rule(tenant=st.none() | tenants, since_s=st.none() | st.floats(0, 4e9), limit=st.none() | st.integers(0, 3))
        def scan(self, tenant: str | None, since_s: float | None, limit: int | None) -> None:
            expected = [
                t
                for t in sorted(self.model, key=lambda t: (t.received_at_s, t.trace_id))
                if (tenant is None or t.call.identity.tenant == tenant)
                and (since_s is None or t.received_at_s >= since_s)
            ]
            assert list(self.store.scan(tenant=tenant, since_s=since_s, limit=limit)) == expected[:limit]

    run_state_machine_as_test(
        Agreement, settings=settings(max_examples=8, stateful_step_count=10, deadline=None, phases=[Phase.generate])
    )


class ForgetsFilters(MemoryTraces):
    def scan(self, **filters: Any) -> Iterator[CallTrace]:
        return super().scan(limit=filters.get("limit"))


class DeletesOnlyTenants(MemoryTraces):
    def delete(self, *, tenant: str, user: str | None = None, before_s: float | None = None) -> int:
        return super().delete(tenant=tenant)


class LosesEvents(MemoryTraces):
    def append(self, traces: Any) -> None:
        super().append([msgspec.structs.replace(t, events=()) for t in traces])


class Unordered(MemoryTraces):
    def scan(self, **filters: Any) -> Iterator[CallTrace]:
        return iter(list(super().scan(**filters))[::-1])


class KeepsWhatItDeleted(MemoryTraces):
    def delete(self, *, tenant: str, user: str | None = None, before_s: float | None = None) -> int:
        return 0


@pytest.mark.parametrize("broken", [ForgetsFilters, DeletesOnlyTenants, LosesEvents, Unordered, KeepsWhatItDeleted])
def test_the_suite_refuses_a_broken_backend(broken: type[MemoryTraces]) -> None:
    refused = []
    for check in CHECKS:
        try:
            check(broken())
        except AssertionError:
            refused.append(check.__name__)
    assert refused, f"{broken.__name__} passed the whole suite"
