"""Facts that tell work from a loop: each is tested from both sides, the run that goes on and the one that ends."""

import pytest

from tests.admit.toolguard.histories import CALIBRATED, history
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.model import RunVerdict
from tidegate.admit.toolguard.steps import read_steps
from tidegate.spine.dialects import chat

Steps = list[tuple[str, dict[str, object], str]]


def verdict(steps: Steps, task: str = "Do the task.") -> RunVerdict:
    return judge(read_steps(chat.read_messages(history(steps, task))), CALIBRATED)


@pytest.mark.parametrize(
    "values",
    [
        [f"2026-04-{d:02d}" for d in range(1, 13)],
        [f"2026-04-01T{h:02d}:00:00Z" for h in range(12)],
        [f"3f2504e0-4f89-41d3-9a0c-0305e82c33{i:02d}" for i in range(12)],
        [f"9fceb02d0ae598e95dc970b74767f19372d61a{i:02d}" for i in range(12)],
        [f"/tmp/part-{i}.csv" for i in range(12)],
    ],
    ids=["days", "hours", "uuids", "commits", "temporary files"],
)
def test_what_an_argument_names_is_what_the_call_is_about(values: list[str]) -> None:
    """Dates, ids and paths differ by themselves in answers, but in an argument they say which thing is meant."""
    assert verdict([("find_slots", {"which": v}, "No free slots.") for v in values]).decision not in (
        "stop",
        "finalise",
    )
    same = verdict([("find_slots", {"which": values[0]}, "No free slots.")] * 12)
    assert same.decision == "stop"
    assert same.stop_step == 2


def test_a_reading_that_was_seen_to_change_may_stay_the_same_for_a_while() -> None:
    prices = [101, 101, 104, 104, 104, 104, 104, 103, 103, 103, 103, 103, 103, 99]
    assert verdict([("get_price", {"of": "ACME"}, f'{{"price": {p}}}') for p in prices]).decision in (
        "continue",
        "nudge",
    )
    stands = verdict([("get_price", {"of": "ACME"}, f'{{"price": {p}}}') for p in [101, 104, *[103] * 80]])
    assert stands.decision == "stop"
    never_moved = verdict([("get_price", {"of": "ACME"}, '{"price": 103}')] * 12)
    assert never_moved.stop_step is not None
    assert never_moved.stop_step < 10


def test_a_task_to_watch_makes_any_reading_one_that_is_waited_for() -> None:
    same: Steps = [("get_price", {"of": "ACME"}, '{"price": 103}')] * 25
    assert verdict(same, "Watch the price of ACME and tell me when it is under 90.").decision == "continue"
    assert verdict(same, "Which price has ACME?  Do not watch it.").decision == "stop"


def test_a_person_who_asks_again_gets_the_same_again() -> None:
    asked: list[dict[str, object]] = []
    for i in range(8):
        asked += history([("daily_report", {"team": "north"}, "Nothing to do.")], "Please check again.")
        asked[-2]["tool_calls"][0]["id"] = asked[-1]["tool_call_id"] = f"c{i}"  # type: ignore[index]
    assert judge(read_steps(chat.read_messages(asked)), CALIBRATED).decision == "continue"
    for message in asked[3:]:  # the same, with a harness that only says go on
        if message["role"] == "user":
            message["content"] = "Continue."
    assert judge(read_steps(chat.read_messages(asked)), CALIBRATED).decision == "stop"


def form(values: dict[str, str]) -> str:
    return "\n".join(f"[{i}] textbox {k}: {v}" for i, (k, v) in enumerate(values.items()))


def test_a_page_that_shows_what_was_typed_is_new() -> None:
    fields = {f"Field {i}": "" for i in range(24)}
    filled: Steps = []
    for i, name in enumerate(fields):
        fields[name] = f"value {i}"
        filled.append(("browser_type", {"ref": f"e{i}", "text": fields[name]}, form(fields)))
    assert verdict(filled).decision == "continue"
    dead: Steps = [("browser_type", {"ref": f"e{i}", "text": f"value {i}"}, form(fields)) for i in range(24)]
    assert verdict(dead).decision == "stop"


def test_handles_of_elements_do_not_make_a_page_new() -> None:
    def page(first: int) -> str:
        return "\n".join(f"[{first + i}] text: paragraph {name}" for i, name in enumerate("abcdefgh"))

    clicks: Steps = [("browser_click", {"ref": f"e{i}"}, page(10 * i)) for i in range(15)]
    assert verdict(clicks).decision == "stop"


def test_documents_with_other_scores_are_the_same_documents() -> None:
    texts = [
        f"The {w} clause covers water that comes in through the roof in winter." for w in ("first", "second", "third")
    ]

    def hits(i: int, found: list[str]) -> str:
        return (
            "["
            + ", ".join(f'{{"score": 0.{i}{j}7, "id": "{i}f{j}", "text": "{t}"}}' for j, t in enumerate(found))
            + "]"
        )

    assert verdict([("vector_search", {"query": f"roof {i}"}, hits(i, texts)) for i in range(14)]).decision == "stop"
    other: Steps = [
        ("vector_search", {"query": f"roof {i}"}, hits(i, [f"{t} Case {i}{t[4]}." for t in texts])) for i in range(14)
    ]
    assert verdict(other).decision == "continue"


def test_one_call_that_fails_in_one_way_whatever_is_done_between() -> None:
    def tried(failures: list[str]) -> Steps:
        out: Steps = []
        for i, failure in enumerate(failures):
            out.append(
                ("edit", {"file": "a.py", "text": f"attempt number {i} at {i * 7}"}, f"edited, {i + 3} lines differ")
            )
            out.append(("bash", {"command": "make"}, failure))
        return out

    said = verdict(tried([f"a.py, line {i}: SyntaxError: '(' was never closed" for i in range(16)]))
    assert said.decision == "stop"
    assert "whatever was tried between" in said.reason
    fewer = verdict(tried([f"FAILED: {20 - i} tests failed, {i} passed" for i in range(16)]))
    assert fewer.decision in ("continue", "nudge")


@pytest.mark.parametrize("wrong", ["ValidationError: 'when' does not match format ISO 8601", "401: token expired",
                                   "Error: book is not a valid tool"])  # fmt: skip
def test_a_wrong_use_does_not_get_the_patience_of_a_batch(wrong: str) -> None:
    assert verdict([("book", {"thing": f"item-{i}"}, wrong) for i in range(14)]).decision == "stop"
    gaps = verdict([("book", {"thing": f"item-{i}"}, "Error: no such item") for i in range(14)])
    assert gaps.decision == "nudge"


def test_a_name_spelt_anew_after_a_miss_is_a_rewording_and_a_list_is_not() -> None:
    spelt = ["Lindenweg 14", "14 Lindenweg", "Linden Weg 14", "Lindenweg 14, Berlin", "Linden-Weg 14", "Lindenwg. 14",
             "Lindenweg 14a", "14 Lindenweg, Berlin", "Linden Weg 14, DE", "Lindenweg 14, DE", "Lindenwg. 14, DE", "Linden-Weg"]  # fmt: skip
    assert verdict([("geocode", {"address": a}, '{"results": []}') for a in spelt]).decision == "stop"
    hosts: Steps = [("find_host", {"name": f"node-{i:02d}"}, "not found") for i in range(14)]
    assert verdict(hosts).decision in ("continue", "nudge")
