"""Verdicts under noise: when to stop running a case, and whether a release may ship (A1 and A2).

A case passed x of n runs.  It *fails* when an e-process against "its pass rate is at least
`required`" reaches 1/δ, *passes* when the Jeffreys posterior gives P(rate ≥ required) ≥ 1−δ, else it
is run again, up to a cap.  The release is blocked by e-BH over all blocking cases at α, so that many
cases do not make a false alarm likely; a failing case is run on until its evidence is enough for the
whole suite.  A regression against a baseline is a second e-process (`RegressionBet`).  All
evidence is valid at any time: looking after every run costs nothing.

    case ─► CaseRecord.add(run) ─► wants_more? ─► suite_gate(records, …) ─► Gate
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measure, Measured, NotMeasured
from tidegate.spine.gate import Gate, Verdict
from tidegate.stats.evalues import bernoulli_mixture_log_e, e_bh
from tidegate.stats.intervals import mean, proportion
from tidegate.stats.late import late
from tidegate.stats.repeats import case_verdict, pass_hat_k

special = late("scipy.special")

DROPS = (0.2, 0.4, 0.7, 1.0)  # how far a pass rate may have fallen: the bets of the regression alarm


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How sure a verdict must be, and how many runs that may cost."""

    required: float = 0.8  # a case passes when its pass rate is at least this
    delta: float = 0.1  # chance of a wrong verdict of one case (six clean runs pass at 0.8, two failures fail)
    alpha: float = 0.05  # false discovery rate of a blocked release, over the whole suite
    runs_min: int = 1
    runs_max: int = 20
    suite_min: float = 0.8  # share of blocking cases that must pass

    def __post_init__(self) -> None:
        if not (0 < self.required < 1 and 0 < self.delta < 0.5 and 0 < self.alpha < 0.5 and 0 <= self.suite_min <= 1):
            raise InputError(f"expected required in (0, 1), delta and alpha in (0, 0.5), got {self.required}, "
                             f"{self.delta}, {self.alpha}")  # fmt: skip
        if not 1 <= self.runs_min <= self.runs_max:
            raise InputError(f"expected 1 <= runs_min <= runs_max, got {self.runs_min} and {self.runs_max}")


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """How a case did before: passed x of n runs of the last accepted release."""

    passed: int
    runs: int


class RegressionBet(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence that the pass rate fell against a baseline, one new run at a time; an e-process.

    The baseline's runs are shuffled (`seed`).  The first half says what to bet on (θ_c, fixed before the first
    new run); the other half is dealt out in equal blocks, one beside each new run.  A block's e-value is
    that of Turner, Ly and Grünwald (2024, eq. 3) with alternatives θ_t = θ_c − drop, averaged over `DROPS`.
    With θ_t < θ_c its expectation is at most (1 + ua)ⁿ(1 − nav) ≤ 1 for every p_new = θ̄+v ≥
    p_old = θ̄+u, so it holds for the whole null "no worse than before", not only at equality.
    """

    theta: float
    blocks: tuple[int, ...]  # passes in each block still to be dealt out
    size: int  # baseline runs in a block
    logs: tuple[float, ...] = (0.0,) * len(DROPS)
    log_e_max: float = 0.0

    @classmethod
    def against(cls, baseline: Baseline, runs_max: int, seed: int = 0) -> RegressionBet | None:
        """A bet for up to `runs_max` new runs; None when the baseline has fewer than two runs."""
        if baseline.runs < 2:
            return None
        outcomes = np.zeros(baseline.runs, dtype=np.int64)
        outcomes[: baseline.passed] = 1
        outcomes = np.random.default_rng(seed).permutation(outcomes)
        learn = baseline.runs // 2
        rest = outcomes[learn:]
        size = max(1, len(rest) // runs_max)
        count = min(runs_max, len(rest) // size)
        blocks = rest[: count * size].reshape(count, size).sum(axis=1)
        theta = (float(outcomes[:learn].sum()) + 0.5) / (learn + 1)
        return cls(theta=min(max(theta, 0.02), 1 - 1e-4), blocks=tuple(int(b) for b in blocks), size=size)

    def observe(self, passed: bool) -> RegressionBet:
        """The state after one new run; without baseline left, nothing more is staked."""
        if not self.blocks:
            return self
        logs = tuple(
            log + _block_log_e(self.theta, max(self.theta - drop, 0.02), self.blocks[0], self.size, passed)
            for log, drop in zip(self.logs, DROPS, strict=True)
        )
        return msgspec.structs.replace(
            self, logs=logs, blocks=self.blocks[1:], log_e_max=max(self.log_e_max, _log_mean(logs))
        )

    @property
    def log_e(self) -> float:
        """Log of the average of the bets so far."""
        return _log_mean(self.logs)


def _log_mean(logs: Sequence[float]) -> float:
    top = max(logs)
    return top + math.log(sum(math.exp(x - top) for x in logs) / len(logs))


def _block_log_e(theta_c: float, theta_t: float, good: int, size: int, passed: bool) -> float:
    if theta_t >= theta_c:
        return 0.0
    mid = (size * theta_c + theta_t) / (size + 1)
    gain = good * math.log(theta_c / mid) + (size - good) * math.log((1 - theta_c) / (1 - mid))
    return gain + (math.log(theta_t / mid) if passed else math.log((1 - theta_t) / (1 - mid)))


class CaseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one case in this run of the suite."""

    case_id: str
    status: CaseStatus
    passed: int = 0
    failed: int = 0
    undecided: int = 0  # runs whose oracle could not tell: they count as no run
    error: str = ""  # why the case cannot be decided, if a run said so
    reason: str = ""  # of the last failing run, in words
    baseline: Baseline | None = None
    bet: RegressionBet | None = None
    log_fail_max: float = 0.0  # largest log e-value against "passes often enough"

    @property
    def runs(self) -> int:
        """Runs that were decided."""
        return self.passed + self.failed

    def add(self, verdict: Verdict, reason: str, rules: Rules) -> CaseRecord:
        """The record after one more run."""
        if verdict is Verdict.UNDECIDED:
            return msgspec.structs.replace(self, undecided=self.undecided + 1, error=reason)
        good = verdict is Verdict.PASS
        passed, failed = self.passed + good, self.failed + (not good)
        log_fail = float(bernoulli_mixture_log_e(passed, passed + failed, rules.required, side="less"))
        return msgspec.structs.replace(
            self, passed=passed, failed=failed, reason=self.reason if good else reason,
            log_fail_max=max(self.log_fail_max, log_fail), bet=self.bet.observe(good) if self.bet else None,
        )  # fmt: skip

    def verdict(self, rules: Rules) -> Verdict:
        """Fail by the e-process at 1/δ, pass by the posterior at 1−δ, else undecided."""
        if self.log_fail_max >= math.log(1 / rules.delta):
            return Verdict.FAIL
        if self.runs < rules.runs_min:
            return Verdict.UNDECIDED
        said = case_verdict(self.passed, self.runs, required=rules.required, delta=rules.delta)
        return Verdict.PASS if said == "pass" else Verdict.UNDECIDED

    def log_alarm(self) -> float:
        """The strongest evidence that this case fails or got worse, as one log e-value.

        Both e-processes speak of the same runs, so they are averaged, which is valid under any dependence.
        """
        logs = [self.log_fail_max] + ([self.bet.log_e_max] if self.bet else [])
        return _log_mean(logs)

    def pass_rate(self) -> Measured:
        """Share of decided runs that passed, with its interval."""
        return proportion((self.passed, self.runs), method="jeffreys", segment=self.case_id)


def start(case: Case, rules: Rules, baseline: Baseline | None = None) -> CaseRecord:
    """The record of a case before its first run."""
    seed = zlib.crc32(case.case_id.encode())
    bet = RegressionBet.against(baseline, rules.runs_max, seed) if baseline else None
    return CaseRecord(case_id=case.case_id, status=case.status, baseline=baseline, bet=bet)


def wants_more(record: CaseRecord, rules: Rules, cases: int) -> bool:
    """Whether another run of this case could change something: its verdict, or the suite's.

    `cases` is how many blocking cases there are: a failing blocking case goes on until its evidence
    alone would block the suite, m/α.
    """
    tries = record.runs + record.undecided
    if tries >= rules.runs_max or (record.undecided >= 3 and not record.runs):
        return False
    verdict = record.verdict(rules)
    if verdict is Verdict.UNDECIDED:
        return True
    alone = math.log(max(1, cases) / rules.alpha)
    return verdict is Verdict.FAIL and record.status is CaseStatus.BLOCKING and record.log_alarm() < alone


def promoted(record: CaseRecord, rules: Rules) -> bool:
    """A known-failing case that passes now blocks from here on."""
    return record.status is CaseStatus.KNOWN_FAILING and record.verdict(rules) is Verdict.PASS


def alarms(records: Sequence[CaseRecord], alpha: float) -> list[bool]:
    """Which blocking cases regressed: e-BH over the blocking ones (false discovery rate ≤ α, any dependence)."""
    blocking = [i for i, r in enumerate(records) if r.status is CaseStatus.BLOCKING]
    found = [False] * len(records)
    if blocking:
        values = np.exp(np.minimum([records[i].log_alarm() for i in blocking], 700.0))
        for i, rejected in zip(blocking, e_bh(values, alpha), strict=True):
            found[i] = bool(rejected)
    return found


def held_out_reading(values: Sequence[float], best: float | None) -> tuple[Verdict, Measured]:
    """The mean of the held-out set against the best so far: only the mean leaves this function.

    `fail` when the whole interval of the mean is below the best, `undecided` when the mean is below it but
    chance could be the reason, `pass` at or above.
    """
    if not values:
        return Verdict.UNDECIDED, NotMeasured(reason="the held-out set is empty", needed="held-out cases")
    found = mean(values, segment="held-out") if len(values) > 1 else proportion((round(values[0]), 1))
    if isinstance(found, NotMeasured) or best is None:
        return Verdict.PASS if best is None else Verdict.UNDECIDED, found
    if found.value >= best:
        return Verdict.PASS, found
    return (Verdict.FAIL if found.high < best else Verdict.UNDECIDED), found


def suite_gate(
    records: Sequence[CaseRecord],
    rules: Rules,
    *,
    held_out: tuple[Verdict, Measured] | None = None,
    unfinished: str = "",
) -> Gate:
    """Whether the release may ship: every blocking case passes, the suite's share holds, held-out did not fall.

    `unfinished` says why not everything was run (a spent budget): then the gate cannot pass.
    """
    blocking = [r for r in records if r.status is CaseStatus.BLOCKING]
    verdicts = {r.case_id: r.verdict(rules) for r in records}
    regressed = [r for r, hit in zip(records, alarms(records, rules.alpha), strict=True) if hit]
    measures = (*suite_measures(records, rules), *_held_out_measure(held_out))
    open_cases = [r for r in blocking if verdicts[r.case_id] is not Verdict.PASS and r not in regressed]
    passing = sum(verdicts[r.case_id] is Verdict.PASS for r in blocking)
    answer: tuple[Verdict, str]
    if regressed:
        answer = Verdict.FAIL, f"{count(len(regressed), 'blocking case')} of {len(blocking)} came back"
    elif held_out is not None and held_out[0] is Verdict.FAIL:
        answer = Verdict.FAIL, "the held-out mean fell below the best so far"
    elif blocking and not open_cases and passing < rules.suite_min * len(blocking):
        answer = Verdict.FAIL, f"{passing} of {len(blocking)} blocking cases pass, {rules.suite_min:.0%} must"
    elif unfinished:
        answer = Verdict.UNDECIDED, unfinished
    elif not records:
        answer = Verdict.UNDECIDED, "the suite is empty: nothing was measured"
    elif open_cases:
        answer = Verdict.UNDECIDED, f"{count(len(open_cases), 'blocking case')} could not be decided"
    elif held_out is not None and held_out[0] is Verdict.UNDECIDED:
        answer = Verdict.UNDECIDED, "the held-out mean is below the best so far, within chance"
    elif not blocking:
        answer = Verdict.PASS, "no case blocks yet: all are known failing, none passed before"
    else:
        answer = Verdict.PASS, f"{count(len(blocking), 'blocking case')}: none came back"
    return Gate(name="harvest", verdict=answer[0], reason=answer[1], measures=measures)


def count(n: int, what: str) -> str:
    """`1 case`, `3 cases`."""
    return f"{n} {what}{'' if n == 1 else 's'}"


def _held_out_measure(held_out: tuple[Verdict, Measured] | None) -> tuple[Measure, ...]:
    return () if held_out is None else (Measure(name="held-out mean", value=held_out[1]),)


def suite_measures(records: Iterable[CaseRecord], rules: Rules) -> tuple[Measure, ...]:
    """Pass rate, pass^1, pass^k of what was run k times, and the share of cases that are flaky."""
    ran = [r for r in records if r.runs]
    blocking = [r for r in ran if r.status is CaseStatus.BLOCKING]
    known = [r for r in ran if r.status is CaseStatus.KNOWN_FAILING]
    out = [
        Measure(name="blocking cases that pass", value=_share(blocking, rules)),
        Measure(name="known failing cases that pass", value=_share(known, rules)),
    ]
    for k in (1, 4):
        enough = [r for r in ran if r.runs >= k]
        value: Measured = NotMeasured(
            reason=f"{len(enough)} case(s) were run {k} times", needed="at least 2 such cases"
        )
        if len(enough) >= 2:
            value = pass_hat_k([r.passed for r in enough], [r.runs for r in enough], k)
        out.append(Measure(name=f"pass^{k}", value=value))
    flaky = sum(0 < r.passed < r.runs for r in ran)
    out.append(Measure(name="cases seen to pass and to fail", value=proportion((flaky, len(ran)))))
    return tuple(out)


def _share(records: Sequence[CaseRecord], rules: Rules) -> Measured:
    return proportion((sum(r.verdict(rules) is Verdict.PASS for r in records), len(records)))


def cannot_fail(passed: int, runs: int, *, bound: float = 0.02, level: float = 0.95) -> bool:
    """Whether the failure rate is below `bound` with posterior probability `level` (Jeffreys)."""
    if runs <= 0:
        return False
    return float(special.betainc(runs - passed + 0.5, passed + 0.5, bound)) >= level
