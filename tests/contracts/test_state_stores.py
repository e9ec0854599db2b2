"""The state suite on every registered backend, beside a dictionary under random steps; broken ones are refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.contracts.state_suite import CHECKS, Again
from tests.store.strategies import json_values, text

from tidegate.spine.errors import StoreError
from tidegate.spine.ports import StateStore
from tidegate.store.memory import MemoryState
from tidegate.store.postgres import PostgresState
from tidegate.store.registry import STATE_BACKENDS

Fresh = Callable[[], tuple[StateStore, Again]]


@pytest.fixture(params=sorted(STATE_BACKENDS))
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """A maker of empty stores of one registered backend."""
    name: str = request.param
    reference = request.getfixturevalue("postgres_reference") if name == "postgresql" else name
    opened: list[Any] = []

    def make() -> tuple[StateStore, Again]:
        folder = tmp_path / str(len(opened))

        def open_again() -> StateStore:
            opened.append(STATE_BACKENDS[name](folder, reference))
            return opened[-1]  # type: ignore[no-any-return]

        store = open_again()
        if isinstance(store, PostgresState):
            store._run("TRUNCATE tidegate_documents, tidegate_log", ())
        return store, None if name == "memory" else open_again

    yield make
    for store in opened:
        store.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_contract(fresh: Fresh, check: Callable[[StateStore, Again], None]) -> None:
    check(*fresh())


def test_agreement_with_a_dictionary(fresh: Fresh) -> None:
    """Random puts, deletes, appends: every backend says what plain dictionaries and lists say."""

    class Agreement(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.store, _ = fresh()
            self.documents: dict[tuple[str, str], Any] = {}
            self.logs: dict[str, list[Any]] = {}

        kinds = st.sampled_from(["case", "experiment"])
        keys = st.sampled_from(["a", "ab", "b", "é", ""]) | text.filter(lambda t: "\0" not in t)
        documents_ = st.dictionaries(text, json_values, max_size=3)

        @rule(kind=kinds, key=keys, value=documents_)
        def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
            self.store.put(kind, key, value)
            self.documents[kind, key] = value

        @rule(kind=kinds, key=keys)
        def delete(self, kind: str, key: str) -> None:
            assert self.store.delete(kind, key) == (self.documents.pop((kind, key), None) is not None)

        @rule(kind=kinds, entry=documents_)
        def append(self, kind: str, entry: dict[str, Any]) -> None:
            log = self.logs.setdefault(kind, [])
            log.append(entry)
            assert self.store.append_log(kind, entry) == len(log)

        @rule(kind=kinds, after=st.integers(0, 5))
        def read(self, kind: str, after: int) -> None:
            expected = list(enumerate(self.logs.get(kind, []), start=1))[after:]
            assert list(self.store.read_log(kind, after)) == expected

        @rule(kind=kinds, prefix=st.sampled_from(["", "a", "é"]))
        def items(self, kind: str, prefix: str) -> None:
            mine = {k: v for (kk, k), v in self.documents.items() if kk == kind and k.startswith(prefix)}
            assert list(self.store.items(kind, prefix)) == sorted(mine.items())

        @invariant()
        def same_documents(self) -> None:
            for kind in ("case", "experiment"):
                mine = {k: v for (kk, k), v in self.documents.items() if kk == kind}
                assert dict(self.store.items(kind)) == mine

    # A falsy document ({}) is still a document: the pop above compares with None.
    run_state_machine_as_test(Agreement, settings=settings(max_examples=15, stateful_step_count=12, deadline=None))


class ForgetsDeletes(MemoryState):
    def delete(self, kind: str, key: str) -> bool:
        return self.get(kind, key) is not None


class ArrivalOrder(MemoryState):
    def items(self, kind: str, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        for key in self._documents.get(kind, {}):
            if key.startswith(prefix):
                value = self.get(kind, key)
                assert value is not None
                yield key, value


class OneCounterForAllLogs(MemoryState):
    def append_log(self, kind: str, entry: dict[str, Any]) -> int:
        super().append_log(kind, entry)
        return sum(len(log) for log in self._logs.values())


class Aliases(MemoryState):
    def __init__(self) -> None:
        super().__init__()
        self.raw: dict[tuple[str, str], dict[str, Any]] = {}

    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        super().put(kind, key, value)
        self.raw[kind, key] = value

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        return self.raw.get((kind, key)) if super().get(kind, key) is not None else None


class TakesAnything(MemoryState):
    def put(self, kind: str, key: str, value: dict[str, Any]) -> None:
        try:
            super().put(kind, key, value)
        except Exception:
            return


@pytest.mark.parametrize("broken", [ForgetsDeletes, ArrivalOrder, OneCounterForAllLogs, Aliases, TakesAnything])
def test_the_suite_refuses_a_broken_backend(broken: type[MemoryState]) -> None:
    refused = []
    for check in CHECKS:
        try:
            check(broken(), None)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            refused.append(check.__name__)
    assert refused, f"{broken.__name__} passed the whole suite"


def test_a_lost_connection_is_made_anew(postgres_reference: str) -> None:
    first, second = PostgresState(postgres_reference), PostgresState(postgres_reference)
    pid = first._run("SELECT pg_backend_pid()", ())[0][0]
    second._run("SELECT pg_terminate_backend(%s)", (pid,))
    with pytest.raises(StoreError, match="PostgreSQL failed"):
        first.put("case", "reconnected", {"n": 0})
    first.put("case", "reconnected", {"n": 1})
    assert second.get("case", "reconnected") == {"n": 1}
    first.close()
    second.close()
