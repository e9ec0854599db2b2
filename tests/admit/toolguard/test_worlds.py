"""A sample of the generated runs of `benches.toolguard_worlds`: every kind, a few runs each, with stated bounds.

The bench reports 25 runs a kind and more; here at least 92 % of the stuck runs must end, none before
its stuck part began by more than the wait a near repeat needs, and no good run may be ended.
"""

from benches.toolguard_worlds import worlds

from tests.admit.toolguard.histories import CALIBRATED
from tests.admit.toolguard.worlds.legit import LEGIT
from tests.admit.toolguard.worlds.second_legit import SECOND_LEGIT
from tests.admit.toolguard.worlds.second_stuck import SECOND_STUCK
from tests.admit.toolguard.worlds.stuck import STUCK
from tests.admit.toolguard.worlds.topics import REPORT_TOPICS
from tests.admit.toolguard.worlds.vocabulary import DEV, REPORT

SEED = 20261130
RUNS = 5  # a kind: one in each API form
ENDED = ("stop", "finalise")


def test_stuck_runs_of_every_kind_are_ended() -> None:
    print(f"seed {SEED}")
    judged = [(run, verdict) for run, _, verdict in worlds(STUCK, REPORT[:1], RUNS, SEED, CALIBRATED)]
    missed = [run.kind for run, verdict in judged if verdict.decision not in ENDED]
    assert len(missed) <= 0.08 * len(judged), missed
    kinds = {run.kind for run, _ in judged}
    assert len(kinds) >= 27
    assert {
        k for k in kinds if missed.count(k) == sum(r.kind == k for r, _ in judged)
    } == set()  # no kind is missed whole
    for run, verdict in judged:
        if run.onset is not None and verdict.stop_step is not None:
            assert verdict.stop_step >= run.onset, (run.kind, verdict.reason)


def test_good_runs_of_every_kind_are_left_alone() -> None:
    print(f"seed {SEED}")
    judged = [
        (run, form, verdict) for run, form, verdict in worlds(LEGIT, (DEV[0], REPORT[-1]), RUNS, SEED, CALIBRATED)
    ]
    ended = [(run.kind, form, verdict.reason) for run, form, verdict in judged if verdict.decision in ENDED]
    assert ended == []
    assert len({run.kind for run, _, _ in judged}) >= 30


def test_the_second_set_stuck_runs_are_ended() -> None:
    print(f"seed {SEED}")
    judged = [(run, verdict) for run, _, verdict in worlds(SECOND_STUCK, REPORT_TOPICS[:1], RUNS, SEED, CALIBRATED)]
    missed = [run.kind for run, verdict in judged if verdict.decision not in ENDED]
    assert len(missed) <= 0.05 * len(judged), missed
    assert len({run.kind for run, _ in judged}) >= 28
    for run, verdict in judged:
        if run.onset is not None and verdict.stop_step is not None:
            assert verdict.stop_step >= run.onset - 1, (run.kind, verdict.reason)


def test_the_second_set_good_runs_are_left_alone() -> None:
    print(f"seed {SEED}")
    judged = [
        (run, form, verdict) for run, form, verdict in worlds(SECOND_LEGIT, REPORT_TOPICS[1:2], RUNS, SEED, CALIBRATED)
    ]
    assert [(run.kind, form, verdict.reason) for run, form, verdict in judged if verdict.decision in ENDED] == []
    assert len({run.kind for run, _, _ in judged}) >= 32
