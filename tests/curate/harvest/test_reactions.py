"""Goal: the learned reader sees whose words a turn uses, holds over subjects it never saw, and is silent where nothing was learned."""

import math
from typing import Any

import pytest
from benches.harvest_train import RECIPES, difference, learned_from

from tidegate.curate.harvest.signals.context import Context, by_script, lexical_similarity
from tidegate.curate.harvest.signals.detect import detect
from tidegate.curate.harvest.signals.dialogue import read_turns
from tidegate.curate.harvest.signals.implicit import cued, user_turns
from tidegate.curate.harvest.signals.learned import _learned, failed_chance, features, goes_on, judged, roles


def talk(*texts: str) -> list[dict[str, Any]]:
    return [{"role": ("user", "assistant")[i % 2], "content": t} for i, t in enumerate(texts)]


def turn(*texts: str) -> Context:
    return list(user_turns(read_turns(talk(*texts)), lexical_similarity))[-1]


def test_the_same_reaction_about_other_things_has_the_same_roles() -> None:
    a = turn("wire the violet fuse", "The orange fuse is wired.", "violet not orange")
    b = turn("grill the sea bream", "The octopus is grilled.", "bream not octopus")
    assert roles(a) == roles(b) == ["O", "not", "T"]


@pytest.mark.parametrize(
    ("asked", "bad", "said", "good", "content"),
    [
        ("water the ferns on balcony two", "The cactus was watered.", "ferns not cactus", "The ferns were watered.", "great, and on balcony three?"),
        ("how deep is the quarry lake", "Lakes are beautiful in summer.", "I asked how deep it is", "It is 31 metres deep.", "wow. can one dive there"),
        ("paint the shed grey", "The shed is now green.", "grey!", "In which grey?", "the dark one"),
    ],
)  # fmt: skip
def test_it_holds_for_subjects_it_never_saw(asked: str, bad: str, said: str, good: str, content: str) -> None:
    failed, served = turn(asked, bad, said), turn(asked, good, content)
    p, q = failed_chance(failed, list(cued(failed))), failed_chance(served, list(cued(served)))
    assert p is not None
    assert q is not None
    assert p > q


def test_nothing_is_said_of_languages_that_were_not_learned() -> None:
    assert not judged(turn("今日の天気は？", "わかりません。", "なぜですか？"))
    assert not judged(
        turn("Gdzie jest najbliższa apteka w Krakowie?", "Nie wiem.", "Proszę podać adres apteki przy rynku")
    )
    assert failed_chance(turn("今日の天気は？", "わかりません。", "なぜですか？"), []) is None


def test_other_scripts_are_compared_by_letters_and_not_by_a_model_that_finds_them_all_alike() -> None:
    alike = by_script(lambda a, b: 0.95)
    assert alike("오늘 날씨 어때?", "점심 추천해 줘") < 0.3
    assert alike("the weather", "my lunch") == 0.95
    asked = talk("오늘 서울 날씨 어때?", "맑습니다.", "내일 부산 날씨 어때?", "비가 옵니다.")
    assert not detect(asked, similar=lambda a, b: 0.95).failed


def test_features_are_named_and_finite() -> None:
    f = features(turn("set it to 5", "It is 6.", "5, NOT 6!!"))
    assert f
    assert all(math.isfinite(v) and v for v in f.values())
    assert "capitals" in f
    assert "marks" in f


@pytest.mark.parametrize(
    ("asked", "answer", "said"),
    [
        ("Which platform does the 8:12 to Gent leave from?", "The 9:12 to Gent leaves from platform 4.", "I asked about the earlier one"),
        ("Rename the variable foo to count", "Renamed foo to counter.", "count"),
        ("how do i turn OFF notifications", "Go to Settings > Notifications and switch them on.", "lol i want less of them not more"),
        ("who is the current CEO?", "I'm unable to browse. Anything else?", "never mind, I'll look it up myself"),
        ("Find flights without layovers", "Option 1: one stop in Doha, 14 h.", "direct ones only, as I said"),
    ],
)  # fmt: skip
def test_a_plain_sign_at_the_end_of_a_talk_is_not_talked_down(asked: str, answer: str, said: str) -> None:
    assert detect(talk(asked, answer, said)).failed


def test_a_turn_that_ends_its_talk_is_weighed_by_a_table_that_knows_no_next_answer_and_no_lengths() -> None:
    ends, on = _learned()["ends"]["failed"], _learned()["goes_on"]["failed"]
    assert not [n for n in ends if n.startswith(("x next", "x turn", "x request length", "x answer length"))]
    assert any(n.startswith("x next") for n in on)
    last, first = turn("set it to 5", "It is 6.", "hm, five"), turn("set it to 5", "It is 6.", "hm, five", "It is 5.")
    assert not goes_on(last)
    assert goes_on(first)
    assert failed_chance(last, []) != failed_chance(first, [])


@pytest.mark.parametrize("reader", sorted(RECIPES))
def test_the_shipped_weights_were_learned_from_the_shipped_talks_as_they_are_read_now(reader: str) -> None:
    """Else run `python -m benches.harvest_train --write`; `--check` trains anew and compares every weight."""
    assert dict(_learned()[reader]["learned_from"]) == learned_from(reader)


def test_a_weight_that_was_altered_by_hand_is_seen() -> None:
    shipped = dict(_learned())
    assert difference(shipped, shipped) == 0
    name, weight = max(shipped["ends"]["failed"].items(), key=lambda kv: kv[1])
    altered = {**shipped, "ends": {**shipped["ends"], "failed": {**shipped["ends"]["failed"], name: weight + 0.5}}}
    assert difference(altered, shipped) == pytest.approx(0.5)
    assert difference(shipped, {**shipped, "ends": {**shipped["ends"], "learned_from": {"talks": "other"}}}) == math.inf
