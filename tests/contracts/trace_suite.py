"""What every trace store must do; each check takes a fresh, empty store and raises where it does not."""

from tests.store.examples import T0, trace

from tidegate.spine.call import Ending
from tidegate.spine.ports import TraceStore


def ids(store: TraceStore, **filters: object) -> list[str]:
    return [t.trace_id for t in store.scan(**filters)]  # type: ignore[arg-type]


def check_whole_traces_come_back(store: TraceStore) -> None:
    sent = [
        trace(1),
        trace(2, tenant="globex", request_body=None, attributes={"deep": {"list": [1, 2.5, None, "é\u0000😀"]}}),
    ]
    store.append(sent)
    assert list(store.scan()) == sent
    assert store.get("tr_00000002") == sent[1]
    assert store.get("tr_none") is None
    store.append([])
    assert list(store.scan()) == sent


def check_order_of_arrival(store: TraceStore) -> None:
    for number in (5, 1, 3):
        store.append([trace(number)])
    store.append([trace(4), trace(2)])
    assert ids(store) == [f"tr_{n:08d}" for n in (1, 2, 3, 4, 5)]
    assert ids(store, limit=2) == ["tr_00000001", "tr_00000002"]
    assert ids(store, limit=0) == []


def check_ties_are_all_returned(store: TraceStore) -> None:
    store.append([trace(n, received_at_s=T0) for n in range(30)])
    assert ids(store) == [f"tr_{n:08d}" for n in range(30)]


def check_filters(store: TraceStore) -> None:
    store.append([trace(n, tenant="acme" if n % 2 else "globex") for n in range(6)])
    store.append([trace(9, ending=Ending.TIMED_OUT, status=504)])
    assert ids(store, tenant="globex") == ["tr_00000000", "tr_00000002", "tr_00000004"]
    assert ids(store, tenant="none") == []
    assert ids(store, ending="timed_out") == ["tr_00000009"]
    assert ids(store, since_s=T0 + 4) == ["tr_00000004", "tr_00000005", "tr_00000009"], "since is inclusive"
    assert ids(store, until_s=T0 + 2) == ["tr_00000000", "tr_00000001"], "until is exclusive"
    assert ids(store, tenant="acme", since_s=T0 + 2, until_s=T0 + 5) == ["tr_00000003"]


def check_awkward_names(store: TraceStore) -> None:
    names = ["o'brien; --", "a/b", "..", "é😀", "%", "_many", "tenant=x", 'quo"te']
    store.append([trace(n, tenant=name) for n, name in enumerate(names)])
    for n, name in enumerate(names):
        assert ids(store, tenant=name) == [f"tr_{n:08d}"]
    assert store.delete(tenant=names[0]) == 1
    assert len(ids(store)) == len(names) - 1


def check_delete_a_tenant(store: TraceStore) -> None:
    store.append([trace(n, tenant="acme" if n % 2 else "globex") for n in range(6)])
    assert store.delete(tenant="globex") == 3
    assert ids(store) == ["tr_00000001", "tr_00000003", "tr_00000005"]
    assert store.get("tr_00000002") is None
    assert store.delete(tenant="globex") == 0
    store.append([trace(20)])
    assert ids(store)[-1] == "tr_00000020", "the store goes on"


def check_delete_a_user(store: TraceStore) -> None:
    store.append([trace(0, user="ann"), trace(1, user="bob"), trace(2), trace(3, user="ann", tenant="globex")])
    assert store.delete(tenant="acme", user="ann") == 1
    assert ids(store) == ["tr_00000001", "tr_00000002", "tr_00000003"], "another tenant's user of that name stays"


def check_delete_what_is_old(store: TraceStore) -> None:
    store.append([trace(n) for n in range(4)])
    assert store.delete(tenant="acme", before_s=T0 + 2) == 2
    assert ids(store) == ["tr_00000002", "tr_00000003"]


def check_delete_what_is_dated_in_the_future(store: TraceStore) -> None:
    store.append([trace(0, received_at_s=9e9)])
    assert store.delete(tenant="acme") == 1
    assert ids(store) == []


def check_what_comes_after_a_deletion_is_kept(store: TraceStore) -> None:
    store.append([trace(0)])
    assert store.delete(tenant="acme") == 1
    store.append([trace(1, received_at_s=4e9), trace(2)])
    assert ids(store) == ["tr_00000002", "tr_00000001"], "a new call, and an import about the past"


def check_what_was_given_may_change_afterwards(store: TraceStore) -> None:
    mine = trace(1)
    store.append([mine])
    mine.request_body = "changed"
    mine.attributes["x"] = 1
    kept = store.get("tr_00000001")
    assert kept is not None
    assert kept == trace(1)


CHECKS = [f for name, f in sorted(globals().items()) if name.startswith("check_")]
