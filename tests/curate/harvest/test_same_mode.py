"""Whether two modes are one problem: nothing is lost or counted twice, order plays no role, contradictions are refused."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.curate.harvest.modes.group import Grouping, Mode
from tidegate.curate.harvest.modes.same_mode import (
    ModeAnswer,
    answer_for,
    check_answers,
    join_modes,
    joined_grouping,
    questions,
    standing_answers,
)
from tidegate.readers.mode_answers import add_answers, read_answers
from tidegate.spine.errors import InputError

NAMES = "abcdef"


def mode(name: str, day: str = "2026-11-01", count: int = 1, **more: object) -> Mode:
    return Mode(mode_id=f"mode-{name}", name=name, examples=(f"{name} one", f"{name} two"), days={day: count},
                tenants=(f"t-{name}",), signals={"rephrase": count}, **more)  # type: ignore[arg-type]  # fmt: skip


def says(one: str, other: str, same: bool | None, **more: str) -> ModeAnswer:
    owner = "" if same is None else "ana"
    return ModeAnswer(modes=(f"mode-{one}", f"mode-{other}"), same=same, owner=owner, **more)  # type: ignore[arg-type]


def test_the_mode_seen_first_keeps_its_id_and_everything_is_counted_once() -> None:
    late, early = mode("late", "2026-11-09", 5), mode("early", "2026-11-01", 2)
    joined = join_modes([late, early, mode("other")], [says("late", "early", True, name="parcels")])
    whole = joined.modes[0]
    assert (whole.mode_id, whole.name, whole.count) == ("mode-early", "parcels", 7)
    assert whole.tenants == ("t-early", "t-late")
    assert whole.signals == {"rephrase": 7}
    assert set(late.examples) | set(early.examples) <= set(whole.examples), "every wording decides what belongs here"
    assert joined.went == {"mode-late": "mode-early"}
    assert len(joined.modes) == 2


def test_a_joining_that_was_cut_short_counts_nothing_twice() -> None:
    answers = [says("a", "b", True)]
    once = join_modes([mode("a", "2026-10-01", 3), mode("b", count=4)], answers)
    left_behind = [*once.modes, mode("b", count=4)]  # the store kept the whole and had not yet dropped the part
    again = join_modes(left_behind, answers)
    assert again.modes == once.modes
    assert again.went == {"mode-b": "mode-a"}


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1])), st.randoms())
def test_the_order_of_modes_and_answers_plays_no_role(pairs: list[tuple[str, str]], rng: object) -> None:
    modes = [mode(n, f"2026-11-0{i + 1}", i + 1) for i, n in enumerate(NAMES)]
    answers = [says(a, b, True) for a, b in pairs]
    joined = join_modes(modes, answers)
    assert sum(m.count for m in joined.modes) == sum(m.count for m in modes)
    assert len(joined.modes) + len(joined.went) == len(modes)
    rng.shuffle(modes)  # type: ignore[attr-defined]
    rng.shuffle(answers)  # type: ignore[attr-defined]
    assert join_modes(modes, answers) == joined
    assert join_modes(joined.modes, answers).modes == joined.modes, "joining twice changes nothing"


def test_labels_follow_the_modes() -> None:
    grouping = Grouping(modes=(mode("a"), mode("b")), labels=("mode-a", "mode-b", "mode-b"), fresh=("mode-b",))
    joined = joined_grouping(grouping, [says("a", "b", True)])
    assert joined.labels == ("mode-a",) * 3
    assert joined.fresh == ()


def test_contradictions_are_refused_and_a_later_line_takes_one_back() -> None:
    answers = [says("a", "b", True), says("b", "c", True), says("a", "c", False)]
    with pytest.raises(InputError, match="other answers make them one"):
        check_answers(answers)
    settled = standing_answers([*answers, says("c", "a", True)])
    check_answers(settled)
    assert len(settled) == 3
    assert standing_answers([says("a", "b", True), says("a", "b", None)])[0].same is True, (
        "a question takes nothing back"
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (says("a", "a", True), "two different modes"),
        (ModeAnswer(modes=("mode-a", "mode-b"), same=False), "needs an owner"),
    ],
)
def test_what_is_no_answer_is_refused(answer: ModeAnswer, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_answers([answer])


def test_the_most_alike_are_asked_first_and_the_settled_never() -> None:
    modes = [mode(n) for n in "abc"]
    rows = [np.array([[1.0, 0, 0]]), np.array([[0.9, 0.4, 0], [1.0, 0.3, 0]]), np.array([[0, 0.6, 0.8]])]
    asked = questions(modes, rows, [])
    assert [(a.name, b.name) for a, b, _ in asked] == [("a", "b"), ("b", "c"), ("a", "c")]
    assert [(a.name, b.name) for a, b, _ in questions(modes, rows, [], 1)] == [("a", "b")]
    told = questions(modes, rows, [says("a", "b", False)])
    assert [(a.name, b.name) for a, b, _ in told] == [("b", "c"), ("a", "c")]
    whole = join_modes(modes, [says("a", "b", True)]).modes
    left = questions(whole, [rows[0], rows[2]], [says("a", "b", True), says("b", "c", False)])
    assert left == [], "b is part of a, so what was said of b and c holds of a and c"
    assert questions(modes[:1], rows[:1], []) == []


def test_a_mode_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no failure mode 'parcls'"):
        answer_for([mode("parcels"), mode("b")], "parcls", "b", same=True, owner="ana", at="")
    with pytest.raises(InputError, match="name of who gives it"):
        answer_for([mode("a"), mode("b")], "a", "mode-b", same=True, owner="", at="")


def test_the_file_is_read_strictly_and_never_made_contradictory(tmp_path: Path) -> None:
    path = add_answers(tmp_path, [says("a", "b", True), says("b", "c", None)])
    assert [a.same for a in read_answers(tmp_path)] == [True, None]
    before = path.read_text()
    with pytest.raises(InputError):
        add_answers(tmp_path, [says("b", "c", True), says("a", "c", False)])
    assert path.read_text() == before
    path.write_text(before + json.dumps({"modes": ["x", "y"], "same": True, "onwer": "ana"}) + "\n")
    with pytest.raises(InputError, match="onwer") as caught:
        read_answers(tmp_path)
    assert str(caught.value.where).endswith("modes.jsonl:3")
    path.write_text(msgspec.json.encode({"modes": ["x", "y"]}).decode())
    with pytest.raises(InputError, match="same"):
        read_answers(tmp_path)
