"""One wrong use of one tool in ever other arguments ends a run of any kind; facts exempt what only looks like it.

Method: property tests over generated arguments, tools and errors; each exemption from both sides.
"""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.admit.toolguard.histories import history, words
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.model import BUILT_IN, RunVerdict, Thresholds
from tidegate.admit.toolguard.steps import read_steps
from tidegate.spine.dialects import chat

Steps = list[tuple[str, dict[str, object], str]]
END = Thresholds().misuse_end
WRONG = st.sampled_from([
    "ValidationError: 'start' does not match format 'date-time'", "422: missing required field 'unit'",
    "TypeError: expected an integer but got a string", "Error: unknown parameter 'colour'", "401 Unauthenticated",
])  # fmt: skip
SEEDS = st.integers(0, 2**32)
TRIED = settings(max_examples=5, deadline=None)


def verdict(steps: Steps, task: str = "Do the task.") -> RunVerdict:
    return judge(read_steps(chat.read_messages(history(steps, task))), BUILT_IN)


def wrong_uses(rng: random.Random, n: int, error: str) -> Steps:
    return [("book", {"room": words(rng, 1), "start": words(rng, 2), "size": rng.randrange(90)}, error) for _ in range(n)]  # fmt: skip


@TRIED
@given(SEEDS, WRONG, st.integers(0, 6))
def test_a_wrong_use_in_ever_other_arguments_ends_a_run_of_any_kind(seed: int, error: str, before: int) -> None:
    rng = random.Random(seed)
    first: Steps = [("look_up", {"q": words(rng, 2)}, words(rng, 9)) for _ in range(before)]
    said = verdict(first + wrong_uses(rng, END + 2, error))
    assert said.decision == "stop"
    assert said.stop_step == before + END - 1, said.reason
    assert verdict(first + wrong_uses(rng, END - 1, error)).decision != "stop"


@TRIED
@given(SEEDS, WRONG)
def test_reading_one_manual_again_between_learns_nothing(seed: int, error: str) -> None:
    rng = random.Random(seed)
    manual = words(rng, 60)
    steps = [s for use in wrong_uses(rng, END, error) for s in (use, ("manual", {"of": "book"}, manual))]
    assert verdict(steps).decision == "stop"


@TRIED
@given(SEEDS, WRONG)
def test_a_run_that_learns_between_its_tries_goes_on(seed: int, error: str) -> None:
    rng = random.Random(seed)
    steps: Steps = []
    for use in wrong_uses(rng, 2 * END, error):
        steps += [use, ("manual", {"page": words(rng, 2)}, words(rng, 30))]
    assert verdict(steps).decision != "stop"


@TRIED
@given(SEEDS, WRONG, st.sampled_from([0, 5, 20]))
def test_records_of_a_list_may_all_be_refused(seed: int, error: str, good: int) -> None:
    """Whatever stood before it: acknowledgements do not push the list out of what is remembered."""
    rng = random.Random(seed)
    ids = [f"C-{rng.randrange(10**5, 10**6)}" for _ in range(good + 2 * END)]
    steps: Steps = [("read_file", {"path": "ids.csv"}, "\n".join(ids))]
    steps += [("book", {"id": c}, f"booked {c}") for c in ids[:good]]
    assert verdict(steps + [("book", {"id": c}, error) for c in ids[good:]]).decision != "stop"
    guessed: Steps = [("book", {"id": f"K{rng.randrange(10**8)}"}, error) for _ in range(2 * END)]
    assert verdict(steps + guessed).decision == "stop", "ids that the run made up are no records"


@TRIED
@given(SEEDS, st.sampled_from(["429 Too Many Requests", "HTTP 503 Service Unavailable", "Error: no such item", "404: not found"]))  # fmt: skip
def test_a_world_that_is_not_ready_and_things_that_are_not_there_are_no_wrong_use(seed: int, error: str) -> None:
    assert verdict(wrong_uses(random.Random(seed), END + 4, error)).decision != "stop"


@TRIED
@given(SEEDS, WRONG, st.integers(2, END - 1))
def test_single_items_that_fail_among_others_go_on(seed: int, error: str, every: int) -> None:
    rng = random.Random(seed)
    steps = wrong_uses(rng, 60, error)
    for i in range(0, 60, every):
        steps[i] = (*steps[i][:2], f"booked as {words(rng, 2)}")
    assert verdict(steps).decision != "stop"


@pytest.mark.parametrize(
    "task", ["Test that the endpoint refuses every malformed date.", "Fuzz the validation of /book."]
)
def test_wrong_inputs_may_be_the_task(task: str) -> None:
    steps = wrong_uses(random.Random(7), 2 * END, "ValidationError: 'start' does not match format 'date-time'")
    assert verdict(steps, task).decision != "stop"
    assert verdict(steps, "Book a room for Monday.").decision == "stop"


def test_agents_that_hand_a_run_to_and_fro_and_plans_without_a_deed() -> None:
    rng = random.Random(8)
    t = Thresholds()
    handed: Steps = [(f"transfer_to_{'ab'[i % 2]}", {"why": words(rng, 3)}, f'{{"assistant": "{"ab"[i % 2]}"}}') for i in range(40)]  # fmt: skip
    assert verdict(handed).stop_step == t.hand_offs_stop - 1
    plans: Steps = [("update_plan", {"plan": words(rng, 8)}, "Plan updated") for _ in range(40)]
    assert verdict(plans).stop_step == t.plans_end - 1
    between = [s for p in plans + handed for s in (p, ("look_up", {"q": words(rng, 2)}, words(rng, 9)))]
    assert verdict(between).decision in ("continue", "nudge")


DENIALS = st.sampled_from([
    "AccessDenied: User bot is not authorized to perform s3:DeleteBucket", "403 Forbidden",
    "You do not have permission to use this printer.", "Insufficient permissions: the scope is missing",
    '{"ok": false, "error": "role agent lacks the privilege refund:create"}',
])  # fmt: skip


@TRIED
@given(SEEDS, DENIALS)
def test_one_denial_in_one_wording_ends_a_run_and_denials_of_named_things_do_not(seed: int, denial: str) -> None:
    rng = random.Random(seed)
    said = verdict(wrong_uses(rng, END + 2, denial))
    assert (said.decision, said.stop_step) == ("stop", END - 1), said.reason
    assert "refused in the same words" in said.reason
    things = sorted({f"vault-{words(rng, 1)}" for _ in range(2 * END)})
    task = f"Which of these can we open? {', '.join(things)}"
    assert verdict([("shell", {"command": f"open {t} --all"}, denial) for t in things], task).decision != "stop"
    each = [(*use[:2], f"{denial} for {words(rng, 3)}") for use in wrong_uses(rng, 2 * END, denial)]
    assert verdict(each).decision != "stop", "each denial tells of another thing"
    steps: Steps = []
    for use in wrong_uses(rng, 2 * END, denial):
        steps += [use, ("who_may", {"page": words(rng, 2)}, words(rng, 30))]
    assert verdict(steps).decision != "stop", "something is learnt between"


@TRIED
@given(SEEDS, st.booleans())
def test_misses_for_one_thing_in_words_tried_before_end_a_run_and_lists_and_grids_do_not(seed: int, told: bool) -> None:
    rng = random.Random(seed)
    t = Thresholds()
    one, *more = {words(rng, 1) + "ox" for _ in range(9)}  # no word that a search leaves out, as "info"

    def misses(questions: list[str], **where: str) -> Steps:
        return [("search_docs", {"query": q, **where}, "No results.") for q in questions]

    pairs = [" ".join(rng.sample([one, x, y], 3)) for x, y in pairwise(more)]
    reworded = [q for p in pairs for q in (p, " ".join(reversed(p.split())))][:14]
    task = f"Find {one} {' '.join(more)}." if told else "Find it."
    said = verdict(misses(reworded), task)
    assert (said.decision, said.stop_step) == ("stop", t.reworded_end - 1), said.reason
    topics = [f"{one} {w}o" for w in words(rng, 14).split()]
    grid = [f"{one} {x} {y}" for x in more[:4] for y in more[4:]]
    for questions in (topics, grid):
        assert verdict(misses(questions), task).decision != "stop", questions
    elsewhere = [s for i, q in enumerate(reworded) for s in misses([q], collection=f"vault{i}")]
    assert verdict(elsewhere, task).decision != "stop"
    found = [*misses(reworded[:6]), ("search_docs", {"query": one}, words(rng, 20)), *misses(reworded[6:])]
    assert verdict(found, task).decision != "stop"
