"""What every state store must do; each check takes a fresh, empty store and raises where it does not.

`open_again()` opens the same store a second time, as another process would; None where the
backend keeps nothing beyond its own object.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tidegate.spine.errors import InputError
from tidegate.spine.ports import StateStore

Again = Callable[[], StateStore] | None


def check_documents(store: StateStore, again: Again) -> None:
    assert store.get("case", "a") is None
    store.put("case", "a", {"n": 1, "deep": {"list": [1, 2.5, None, True, "é😀\u0000"]}})
    store.put("experiment", "a", {"n": 2})
    assert store.get("case", "a") == {"n": 1, "deep": {"list": [1, 2.5, None, True, "é😀\u0000"]}}
    store.put("case", "a", {})
    assert store.get("case", "a") == {}
    assert store.get("experiment", "a") == {"n": 2}, "kinds are apart"
    assert store.delete("case", "a") is True
    assert store.delete("case", "a") is False
    assert store.get("case", "a") is None


def check_values_do_not_alias(store: StateStore, again: Again) -> None:
    value: dict[str, Any] = {"list": [1]}
    store.put("case", "a", value)
    value["list"].append(2)
    got = store.get("case", "a")
    assert got == {"list": [1]}
    got["list"].append(3)
    assert store.get("case", "a") == {"list": [1]}


def check_items_in_key_order(store: StateStore, again: Again) -> None:
    keys = ["b", "a", "B", "ab", "a%", "a_b", "é", "z", "😀", "", "\uffff"]
    for i, key in enumerate(keys):
        store.put("case", key, {"i": i})
    store.put("other", "a", {})
    assert [k for k, _ in store.items("case")] == sorted(keys)
    assert [k for k, _ in store.items("case", "a")] == ["a", "a%", "a_b", "ab"]
    assert [k for k, _ in store.items("case", "a_")] == ["a_b"], "no wildcard"
    assert list(store.items("case", "\U0010ffff")) == []
    assert list(store.items("none")) == []
    assert dict(store.items("case"))["é"] == {"i": 6}


def check_items_may_change_under_the_reader(store: StateStore, again: Again) -> None:
    for i in range(5):
        store.put("case", str(i), {"i": i})
    for key, _ in store.items("case"):
        store.delete("case", key)
    assert list(store.items("case")) == []


def check_logs(store: StateStore, again: Again) -> None:
    assert list(store.read_log("decisions")) == []
    assert [store.append_log("decisions", {"n": n}) for n in range(3)] == [1, 2, 3]
    assert store.append_log("ledger", {}) == 1, "each log counts for itself"
    assert list(store.read_log("decisions")) == [(1, {"n": 0}), (2, {"n": 1}), (3, {"n": 2})]
    assert list(store.read_log("decisions", after=2)) == [(3, {"n": 2})]
    assert list(store.read_log("decisions", after=3)) == []


def check_bad_names_and_values_are_refused(store: StateStore, again: Again) -> None:
    for name in ("nul\0", "\ud800"):
        with pytest.raises(InputError, match="plain text"):
            store.put("case", name, {})
        with pytest.raises(InputError, match="plain text"):
            store.append_log(name, {})
    for value in ({"x": float("nan")}, {"x": float("inf")}, {"x": object()}, [1], "text"):
        with pytest.raises(InputError, match="JSON"):
            store.put("case", "a", value)  # type: ignore[arg-type]
    assert store.get("case", "a") is None


def check_another_process_sees_it(store: StateStore, again: Again) -> None:
    if again is None:
        return
    store.put("case", "a", {"n": 1})
    store.append_log("decisions", {"n": 1})
    other = again()
    assert other.get("case", "a") == {"n": 1}
    assert other.append_log("decisions", {"n": 2}) == 2
    assert [n for n, _ in store.read_log("decisions")] == [1, 2]


def check_appends_from_many_threads_have_no_gap(store: StateStore, again: Again) -> None:
    stores = [store, again() if again else store]
    numbers: list[int] = []

    def append(k: int) -> None:
        for _ in range(15):
            numbers.append(stores[k % 2].append_log("decisions", {"k": k}))

    threads = [threading.Thread(target=append, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(numbers) == list(range(1, 61))
    assert [n for n, _ in store.read_log("decisions")] == list(range(1, 61))


CHECKS = [f for name, f in sorted(globals().items()) if name.startswith("check_")]
