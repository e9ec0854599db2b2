"""Single signals: waiting, searches that find nothing, reviews, chants, near repeats, and the words that say why."""

import pytest

from tests.admit.toolguard.histories import CALIBRATED, history
from tidegate.admit.toolguard.answers import classify
from tidegate.admit.toolguard.chant import chanting
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.model import RunVerdict
from tidegate.admit.toolguard.reviews import review_of
from tidegate.admit.toolguard.steps import read_steps
from tidegate.spine.dialects import chat

Steps = list[tuple[str, dict[str, object], str]]


def verdict(steps: Steps, task: str = "Do the task.") -> RunVerdict:
    return judge(read_steps(chat.read_messages(history(steps, task))), CALIBRATED)


@pytest.mark.parametrize("tool", ["check", "export_status", "get_it"])
@pytest.mark.parametrize(
    "said",
    ['{"state":"pending"}', '{"status": "queued"}', "in progress", '{"phase": "RUNNING", "pct": 0}', "Still running."],
)
def test_fifteen_looks_at_a_pending_thing_are_no_loop(tool: str, said: str) -> None:
    steps: Steps = [(tool, {"id": 7}, said)] * 15 + [(tool, {"id": 7}, '{"state": "done"}')]
    assert verdict(steps).decision == "continue"


def test_a_pending_thing_that_never_changes_is_noted_then_ended() -> None:
    steps: Steps = [("check", {"id": 7}, '{"state":"pending"}')] * CALIBRATED.pending_stop
    assert verdict(steps[:29]).decision == "continue"
    assert verdict(steps[:200]).decision == "nudge"
    ended = verdict(steps)
    assert (ended.decision, ended.stop_step) == ("stop", 299)
    assert ended.reason == "polled 300 times in a row with the same pending answer"
    moving: Steps = [("check", {"id": 7}, f'{{"state":"running","row":{i}}}') for i in range(400)]
    assert verdict(moving).decision != "stop"


QUESTIONS = [
    "cheap hotels near the harbour",
    "inexpensive lodging by the port",
    "budget rooms waterfront",
    "affordable stays quay",
    "low cost guesthouse docks",
    "hostel marina discount",
    "bargain accommodation bay",
    "economical inns pier",
    "thrifty motel coast",
    "cut-price suites jetty",
    "value lodging wharf",
    "reasonably priced pension shoreline",
]
NOTHING = ["no results", "[]", '{"results": [], "total": 0}', "Sorry, we could not find any rooms.", "0 hits"]


@pytest.mark.parametrize("nothing", NOTHING)
def test_one_question_in_ever_new_words_that_finds_nothing_is_ended(nothing: str) -> None:
    found = verdict([("search", {"q": q}, nothing) for q in QUESTIONS])
    assert found.decision == "stop"
    assert "found nothing" in found.reason
    assert "words that the run made up" in found.reason
    five: Steps = [("search", {"q": q}, nothing) for q in QUESTIONS[:5]]
    assert verdict([*five, ("search", {"q": "pier rooms"}, "Hotel Pier, 40 EUR")]).decision == "nudge"


def test_a_list_of_names_may_go_on_finding_nothing() -> None:
    names = [
        f"{a} {b}" for a in ("anna", "boris", "carla", "dmitri", "elena") for b in ("stone", "wood", "field", "hill")
    ]
    from_the_task: Steps = [("search", {"q": n}, "no results") for n in names]
    assert verdict(from_the_task, "Are these on the list: " + ", ".join(names)).decision != "stop"
    from_a_tool: Steps = [("list_people", {}, ", ".join(names)), *from_the_task]
    assert verdict(from_a_tool).decision != "stop"
    written_as_names: Steps = [("search", {"q": n.title()}, "no results") for n in names]
    assert verdict(written_as_names).decision != "stop"


@pytest.mark.parametrize("text", ["We couldn't find any flights for that date.", "There were no matching records.", "[]",
                                  "Your search returned 0 results. Please try again with fewer words.", "nothing found"])  # fmt: skip
def test_finding_nothing_is_seen(text: str) -> None:
    assert classify(text, None).value == "empty"


@pytest.mark.parametrize("text", ["No errors found.", "Nothing to commit, working tree clean", "0 errors, 12 results found",
                                  "No, the record was updated.", "No results yet, the job is still running"])  # fmt: skip
def test_other_sentences_with_no_in_them_are_not_empty(text: str) -> None:
    assert classify(text, None).value != "empty"


def test_the_reason_says_what_happened() -> None:
    doc = "The harbour opens at six in the morning, ferries leave every forty minutes until late, tickets at the kiosk"
    jitter = ["today", "now", "here", "daily", "always", "mostly", "often"]
    same_call: Steps = [("fetch", {"page": "ferries"}, f"{doc} {j}") for j in jitter]
    said = verdict(same_call)
    assert said.decision == "stop"
    assert "different words" not in said.reason
    wordings = [
        "ferry times",
        "times of ferry",
        "ferry times please",
        "the ferry times",
        "show ferry times",
        "ferry times now",
    ]
    rephrased: Steps = [("search", {"query": w}, doc) for w in wordings]
    assert verdict(rephrased).decision == "stop"


def test_a_cycle_whose_answers_change_a_little_is_near() -> None:
    a = "Stock of blue chairs: plenty in the north hall, none in the south hall, the van arrives on Monday morning, ask Eve"
    b = "Orders for blue chairs: four open, two late, one paid; the customer wants a call back before the week ends, {}"
    steps: Steps = []
    for word in ("noted", "seen", "logged", "kept", "filed", "marked"):
        steps += [("stock", {"item": "chairs"}, f"{a} {word}"), ("orders", {"item": "chairs"}, b.format(word))]
    assert verdict(steps).decision == "stop"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Rejected.", "bare"),
        ("Not good enough. Try again.", "bare"),
        ('{"approved": false}', "bare"),
        ('{"approved": false, "reasons": ["table 2 has no source"]}', "reasoned"),
        ("Rejected because the total in row 3 is wrong.", "reasoned"),
        ("Approved, well done.", "accepted"),
        ("The meeting is on Tuesday.", ""),
    ],
)
def test_reviews(text: str, kind: str) -> None:
    assert review_of(text) == kind


def test_chants_are_seen_and_code_and_tables_are_not() -> None:
    assert chanting("I will now check the file again. " * 30) >= 6
    assert chanting("```\n" + "x = x + 1\n" * 60 + "```") == 0
    assert chanting("| a | b |\n" * 60) == 0
    assert chanting(" ".join(f"Item {i} was delivered to gate {i * 3}." for i in range(60))) == 0
