"""Loops are found within two periods, productive repetition is left alone, and the fold is the truth.

Method: generated histories with a known truth (seeds printed), a brute-force reading of cycles,
and the incremental follower against the whole fold on every prefix.
"""

import json
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.admit.toolguard.histories import CALIBRATED, fresh_step, history, noisy, planted_loop, productive
from tidegate.admit.toolguard import fingerprint
from tidegate.admit.toolguard.calibrate import allowed_above, calibrate, confidence_of, needed_runs
from tidegate.admit.toolguard.follow import Follower
from tidegate.admit.toolguard.loops import RunState, judge
from tidegate.admit.toolguard.model import ResultClass, Step, Thresholds
from tidegate.admit.toolguard.reviews import bare_rejection
from tidegate.admit.toolguard.steps import read_steps
from tidegate.admit.toolguard.verifier import Review, VerifierContract
from tidegate.spine.dialects import chat
from tidegate.spine.errors import WrongUse

SEED = 20261124


def verdict_of(messages: list[dict[str, object]], thresholds: Thresholds = CALIBRATED):  # type: ignore[no-untyped-def]
    return judge(read_steps(chat.read_messages(messages)), thresholds)


def test_planted_loops_are_stopped_within_two_periods() -> None:
    """400 loops of period 1 to 12 with noise; `python -m benches.toolguard` runs 100,000."""
    rng = random.Random(SEED)
    print(f"seed {SEED}")
    late = 0
    for _ in range(400):
        messages, start, period = planted_loop(rng)
        verdict = verdict_of(messages)
        # The first copy is new; two more periods must be enough.
        late += verdict.stop_step is None or verdict.stop_step > start + 3 * period - 1
    assert late <= 2, f"{late} of 400 loops were found late or not at all"


def test_productive_repetition_is_never_stopped() -> None:
    rng = random.Random(SEED + 1)
    stopped = [m for m in (productive(rng) for _ in range(400)) if verdict_of(m).decision in ("stop", "finalise")]
    assert len(stopped) == 0, json.dumps(stopped[0])[:600]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=60))
def test_the_cycle_counter_equals_brute_force(pairs: list[int]) -> None:
    """Property: m_p >= (K-1)p exactly when the run just ended in K copies of a word of length p."""
    thresholds = Thresholds()
    state = RunState(thresholds)
    for t, pair in enumerate(pairs):
        state.step(step(t, pair))
        seen = pairs[: t + 1]
        for p in range(1, thresholds.period_max + 1):
            for copies in (2, 3):
                word = seen[-p:] if len(seen) >= p * copies else None
                brute = word is not None and seen[-p * copies :] == word * copies
                assert (state.exact.matches[p] >= (copies - 1) * p) == brute, (p, copies, seen)


def step(index: int, pair: int) -> Step:
    return Step(index=index, message=index, pair=pair, call=pair, tools=("t",), result_class=ResultClass.NEW)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_following_requests_equals_folding_each(seed: int) -> None:
    """Property: verdicts on growing histories, branches and retries are those of the whole fold."""
    rng = random.Random(seed)
    base = [fresh_step(rng) for _ in range(rng.randrange(1, 6))]
    steps = base + [noisy(rng, rng.choice(base)) for _ in range(rng.randrange(0, 12))]
    follower = Follower(CALIBRATED)
    messages = history(steps)
    ends = [rng.randrange(1, len(messages) + 1) for _ in range(6)] + list(range(1, len(messages) + 1, 2))
    for end in ends:
        read = chat.read_messages(messages[:end])
        whole, followed = judge(read_steps(read), CALIBRATED), follower.follow(read)
        assert (followed.decision, followed.stop_step, followed.steps) == (whole.decision, whole.stop_step, whole.steps)


def test_a_person_who_says_something_new_re_arms_the_guard() -> None:
    looping = history([("search", {"q": "x"}, "nothing here to see")] * 2)
    again = [*looping, {"role": "user", "content": "Please search again, I just added it."}, *history(
        [("search", {"q": "x"}, "nothing here to see")], task="x")[1:]]  # fmt: skip
    assert verdict_of(looping).decision == "nudge"
    assert verdict_of(again).stop_step is None


INCIDENTS: dict[str, tuple[list[tuple[str, dict[str, object], str]], bool]] = {
    "three attachments that each return True": ([("attach", {"file": f"{n}.pdf"}, "True") for n in "abc"], False),
    "a failing address for fifteen minutes": (
        [("fetch", {"url": "http://x/"}, "error: 503 Service Unavailable")] * 20,
        True,
    ),
    "a poll every five minutes": ([("status", {"id": 1}, '{"status": "pending"}')] * 15, False),
    "the same search, the same result": ([("search", {"q": "refund"}, "Policy: refunds within 30 days.")] * 3, True),
    "ping and pong": ([("a", {"x": 1}, "result one"), ("b", {"x": 2}, "result two")] * 3, True),
    "the same invalid call": ([("run", {"code": "x("}, "SyntaxError: '(' was never closed")] * 6, True),
}


@pytest.mark.parametrize("name", INCIDENTS)
def test_incidents(name: str) -> None:
    steps, stops = INCIDENTS[name]
    verdict = verdict_of(history(steps))
    assert (verdict.decision == "stop") == stops, verdict


def test_results_out_of_order_parallel_calls_and_missing_results_are_read_as_they_are() -> None:
    def parallel(order: Sequence[int], keep: int = 2) -> list[dict[str, object]]:
        calls = [{"id": f"p{i}", "type": "function", "function": {"name": "get", "arguments": json.dumps({"i": i})}}
                 for i in range(2)]  # fmt: skip
        results = [{"role": "tool", "tool_call_id": f"p{i}", "content": f"value {i}"} for i in order][:keep]
        return [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": None, "tool_calls": calls},
            *results,
        ]

    one, other = (read_steps(chat.read_messages(parallel(o)))[0] for o in ((0, 1), (1, 0)))
    assert one.pair == other.pair
    missing = read_steps(chat.read_messages(parallel((0, 1), keep=0)))[0]
    assert missing.result_class is ResultClass.MISSING


def test_a_ten_megabyte_result_is_read_quickly_and_compared_whole_enough() -> None:
    big = "line of output\n" * 700_000
    steps = read_steps(chat.read_messages(history([("cat", {"f": "a"}, big), ("cat", {"f": "a"}, big + "x")])))
    assert steps[0].pair != steps[1].pair


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=8), max_size=5), st.randoms())
def test_a_signature_does_not_depend_on_key_order_or_spacing(arguments: dict[str, object], rng: random.Random) -> None:
    items = list(arguments.items())
    rng.shuffle(items)
    a = fingerprint.signature("t", json.dumps(arguments))
    assert a == fingerprint.signature("t", json.dumps(dict(items), indent=2))


def test_defaults_of_the_schema_do_not_change_a_signature() -> None:
    assert fingerprint.signature("t", '{"q":1,"limit":10}', {"limit": 10}) == fingerprint.signature(
        "t", '{"q":1}', {"limit": 10}
    )


@pytest.mark.parametrize("text", ["Rejected.", "Not good enough, try again.", "REJECT", "No. Redo it.", "FAIL"])
def test_bare_rejections_are_seen(text: str) -> None:
    assert bare_rejection(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rejected because the total in row 3 is wrong.",
        "Looks good, approved.",
        "Try again with the date in ISO form, it should be 2026-01-02.",
        "What is the weather?",
        "",
    ],
)
def test_reasons_and_other_talk_are_no_bare_rejections(text: str) -> None:
    assert not bare_rejection(text)


@settings(max_examples=400, deadline=None)
@given(st.integers(1, 6), st.integers(0, 3), st.integers(0, 3), st.data())
def test_any_pair_ends_within_the_lexicographic_bound(
    criteria: int, bounces: int, allowance: int, data: st.DataObject
) -> None:
    names = tuple(f"c{i}" for i in range(criteria))
    contract = VerifierContract(names, bounces=bounces, allowance=allowance)
    while not contract.over:
        cited = data.draw(st.lists(st.sampled_from([*names, "unknown"]), unique=True))
        contract.review(
            Review(passed=data.draw(st.sampled_from([False] * 19 + [True])), cited=dict.fromkeys(cited, "seen"))
        )
        assert contract.rounds <= contract.rounds_max
    with pytest.raises(WrongUse):
        contract.review(Review(passed=True))


def test_a_verifier_that_never_gives_a_reason_ends_in_two_rounds() -> None:
    contract = VerifierContract(("sources", "figures"))
    assert [contract.review(Review(passed=False)).ruling for _ in range(2)] == ["bounced", "stopped"]


def test_too_few_runs_stay_uncalibrated_and_then_only_nudge() -> None:
    thresholds = calibrate([0.5] * 50, 0.01, base=Thresholds())
    assert thresholds.evidence_stop_bits is None
    assert needed_runs(0.01) == 99
    word = [fresh_step(random.Random(i)) for i in range(3)]
    rng = random.Random(5)
    wandering = [*word, *[rng.choice(word) for _ in range(30)]]
    wandering = [s for i, s in enumerate(wandering) if i < 3 or s is not wandering[i - 1]]
    verdict = verdict_of(history(wandering), Thresholds(cycle_repeats_stop=99, repeats_stop=99, revisits_stop=99))
    assert verdict.decision == "nudge"
    assert not verdict.calibrated


def test_one_history_in_twenty_at_most_breaks_the_rate_that_it_states() -> None:
    """Simulation: a maximum is uniform in whole bits up to 1,000, so that the true rate behind a threshold is known."""
    assert [allowed_above(n, 0.01) for n in (99, 298, 299, 500, 2000)] == [0, 0, 1, 2, 13]
    rng, broken, histories = random.Random(SEED + 3), 0, 400
    for _ in range(histories):
        fitted = calibrate([float(rng.randrange(4, 1000)) for _ in range(500)], 0.01, base=Thresholds())
        assert fitted.evidence_stop_bits is not None
        assert fitted.confidence == 0.95
        broken += sum(b >= fitted.evidence_stop_bits for b in range(4, 1000)) / 996 > 0.01
    assert broken <= 0.05 * histories + 3 * (0.05 * 0.95 * histories) ** 0.5, f"{broken} of {histories}"
    assert calibrate([1.0] * 200, 0.01, base=Thresholds()).confidence is None
    assert confidence_of(298, 0.01) < 0.95 <= confidence_of(299, 0.01)
    assert confidence_of(216, 0.005) == pytest.approx(1 - 0.995**216)  # one of 216 above: the largest is the edge


def test_the_stated_false_stop_rate_holds_on_exchangeable_runs() -> None:
    """Simulation: thresholds fitted to 199 runs stop at most 2 % of further runs of the same kind (rate 1 %)."""
    rng = random.Random(SEED + 2)

    def maximum() -> float:
        return max(0.0, rng.gauss(1.5, 1.0) + (rng.random() < 0.02) * 4)

    stops = total = 0
    for _ in range(200):
        thresholds = calibrate([maximum() for _ in range(199)], 0.01, base=Thresholds())
        assert thresholds.evidence_stop_bits is not None
        fresh = [maximum() for _ in range(100)]
        stops += sum(m >= thresholds.evidence_stop_bits for m in fresh)
        total += len(fresh)
    assert stops / total <= 0.0125, f"{stops} of {total}"
