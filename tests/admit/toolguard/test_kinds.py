"""What ends a run of any kind, and what only one of a calibrated kind: proofs and statistics; prices in long runs.

Method: short histories whose truth is evident, judged with the built-in thresholds (coding agents) and with ones
fitted to nothing.
"""

import random

import pytest

from tests.admit.toolguard.histories import CALIBRATED, fresh_step, history, words
from tidegate.admit.toolguard.calibrate import calibrate, names_called
from tidegate.admit.toolguard.loops import RunState, evidence_maximum, judge
from tidegate.admit.toolguard.model import BUILT_IN, RunVerdict, Thresholds
from tidegate.admit.toolguard.state import FREE_STEPS, WORDS_ALONE
from tidegate.admit.toolguard.steps import read_steps
from tidegate.spine.dialects import chat

Steps = list[tuple[str, dict[str, object], str]]


def verdict(steps: Steps, thresholds: Thresholds = BUILT_IN) -> RunVerdict:
    return judge(read_steps(chat.read_messages(history(steps))), thresholds)  # type: ignore[arg-type]


def reworded(tool: str, key: str = "query") -> Steps:
    """One question in ever new words, answered alike: a statistic, no proof."""
    answer = (
        "The refund window is thirty days from the day of purchase for all goods that were not opened by the buyer."
    )
    return [(tool, {key: f"refund policy window {w}"}, answer) for w in ["today", "now", "please", "again", "annual", "plans", "terms"]]  # fmt: skip


def test_a_run_of_another_kind_is_only_told() -> None:
    assert verdict(reworded("ask_handbook")).decision in ("nudge", "narrow")
    assert not verdict(reworded("ask_handbook")).calibrated
    assert verdict(reworded("ask_handbook"), CALIBRATED).decision == "stop"
    coding = verdict(reworded("bash", "command"))
    assert coding.calibrated, "a run of the kind that the built-in thresholds were fitted to"


def test_a_calibration_names_its_tools_and_holds_for_them_alone() -> None:
    rng = random.Random(3)
    good = [read_steps(chat.read_messages(history([fresh_step(rng) for _ in range(9)]))) for _ in range(120)]
    names = set[str]().union(*map(names_called, good))
    fitted = calibrate([evidence_maximum(s, Thresholds()) for s in good], 0.01, base=Thresholds(), tools=names)
    assert "search" in fitted.tools
    assert verdict(reworded("search"), fitted).decision == "stop"
    assert verdict(reworded("ask_handbook"), fitted).decision != "stop"
    assert names_called(read_steps(chat.read_messages([{"role": "assistant", "content": "Hello."}]))) == {WORDS_ALONE}


def test_the_same_call_with_the_same_result_ends_a_run_of_any_kind() -> None:
    assert verdict([("ask_handbook", {"q": "refund"}, "Thirty days.")] * 3).stop_step == 2


def test_steps_taken_twice_before_are_a_proof_in_whatever_order() -> None:
    rng = random.Random(4)
    word = [fresh_step(rng) for _ in range(4)]
    wandering = word + [word[i] for i in (2, 0, 3, 1, 0, 2, 1, 3, 2, 3, 0, 1, 3, 0, 2, 1, 0, 3, 1, 2)]
    ended = verdict(wandering)  # type: ignore[arg-type]
    assert ended.decision == "stop"
    assert "taken twice before" in ended.reason
    assert verdict(wandering[:12]).decision != "stop"  # type: ignore[arg-type]


def test_a_gauge_may_stand_still_for_a_while() -> None:
    percent: Steps = [("restore_progress", {"id": "r-1"}, f"restored {p} % of 812 GB") for p in (0, 0, 0, 0, 4, 9)]
    assert verdict(percent).decision in ("continue", "nudge")
    assert verdict([percent[0]] * 10).decision == "stop"


def test_a_ticket_is_named_after_a_failure_and_given_to_a_team() -> None:
    steps: Steps = []
    for i in range(20):
        steps.append(("get_next_ticket", {"queue": "new"}, f'{{"id": "S-{i}", "title": "Cannot log in", "by": "{i}"}}'))
        steps.append(("assign_ticket", {"id": f"S-{i}", "team": "it"}, '{"ok": true}'))
    assert verdict(steps, CALIBRATED).decision == "continue"


def pods(age_s: int, ready: str = "1/2") -> str:
    return f"NAME   READY   STATUS   RESTARTS   AGE\nshop-1   {ready}   Init   0   {age_s}s\nshop-2   1/1   Running   0   {age_s + 40}s"


def test_a_table_that_grows_older_is_looked_at_for_longer() -> None:
    look = ("kubectl", {"args": "get pods"})
    assert verdict([(*look, pods(20 + 15 * i)) for i in range(8)]).decision != "stop"
    assert verdict([(*look, pods(20))] * 10).decision == "stop", "not even the age changes"
    assert verdict([(*look, pods(20 + 15 * i)) for i in range(40)]).decision == "stop", "but not for ever"
    deletes = ("delete_pod", {"name": "shop-1"})
    assert verdict([(*deletes, "deleted after 3s")] * 3).decision == "stop"


def test_pages_that_differ_in_their_times_alone_are_pages() -> None:
    def page(n: int) -> str:
        return "\n".join(f"2026-05-14T09:{n:02d}:{s:02d}Z GET /health 200 OK" for s in range(10))

    assert verdict([("get_checks", {"page": i}, page(i)) for i in range(12)], CALIBRATED).decision == "continue"
    assert verdict([("get_checks", {"page": i}, page(3)) for i in range(12)], CALIBRATED).decision == "stop"


def test_a_sign_in_page_with_a_new_secret_is_the_same_page() -> None:
    def page(rng: random.Random) -> str:
        secret = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=23)) + "7q"
        return "\n".join([*(f"a line of the form, number {n}" for n in ["one", "two", "three", "four", "five", "six"]), f'csrf "{secret}"'])  # fmt: skip

    rng = random.Random(1)
    walls: Steps = [("open_url", {"url": f"https://portal.example/{words(rng, 1)}"}, page(rng)) for _ in range(9)]
    assert verdict(walls, CALIBRATED).decision == "stop"


@pytest.mark.parametrize("rows", ["chunk done: 500 rows in, 500 rows out, 0 rejected", "wrote 502 lines"])
def test_a_count_is_no_status_code(rows: str) -> None:
    assert verdict([("clean_chunk", {"chunk": i}, rows) for i in range(70)], CALIBRATED).decision == "continue"


def test_queries_about_other_columns_are_other_queries() -> None:
    count = " count \n-------\n     0\n(1 row)"
    columns = ["a_id", "b_name", "c_country", "d_vat", "e_sku", "f_mail", "g_street", "h_zip", "i_town"]
    checks: Steps = [("run_sql", {"query": f"SELECT count(*) FROM t WHERE {c} IS NULL"}, count) for c in columns]
    assert verdict(checks, CALIBRATED).decision == "continue"


def test_evidence_is_dearer_the_later_it_begins() -> None:
    rng, loop = random.Random(5), reworded("search")
    prices = []
    for before in (0, FREE_STEPS // 2, 1000):
        state = RunState(CALIBRATED)
        run = [fresh_step(rng) for _ in range(before)] + loop
        for step in read_steps(chat.read_messages(history(run))):  # type: ignore[arg-type]
            state.step(step)
        prices.append(state.price(state.quiet))
    assert prices[0] == prices[1] == 0.0 < prices[2] < 12.0
