"""Runs a suite: every case as often as its verdict needs, side by side, within a budget, resumable.

The cases take turns, so that a spent budget leaves every case about equally far.  Answers go into a
cache file of this very run (suite, target, release) before they count: after a kill the same command
goes on where it was.  A finished run closes its cache, so the next one asks again: a repeat is a fresh
draw or it is no repeat.  Held-out cases are run with a cache in memory and only their mean comes out.
"""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from tidegate.curate.harvest.capture.oracle import evaluate
from tidegate.curate.harvest.capture.outcomes import outcome_of, request_of
from tidegate.curate.harvest.suites.verdicts import Baseline, CaseRecord, Rules, start, wants_more
from tidegate.runner.asking import AnswerCache, Asked, Asker, Budget, Job
from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.errors import StoreError
from tidegate.spine.gate import Verdict
from tidegate.spine.ports import Model

RETRIES = 3  # runs of one case that may end without an answer before it is left undecided


class SuiteRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of the suite came to."""

    records: tuple[CaseRecord, ...]
    asked: int = 0  # answers drawn in this process
    cached: int = 0  # answers taken from the run that was cut short
    unfinished: str = ""
    tokens: int = 0


class _Turns:
    """Jobs of the cases that still want runs, in turn; grows no list, and goes on after it paused."""

    def __init__(self, cases: Sequence[Case], rules: Rules, baselines: dict[str, Baseline], keep_model: bool) -> None:
        self.rules = rules
        self.cases = {c.case_id: c for c in cases}
        self.records = {c.case_id: start(c, rules, baselines.get(c.case_id)) for c in cases}
        self.blocking = sum(c.status is CaseStatus.BLOCKING for c in cases)
        self.requests = {c.case_id: request_of(c, keep_model=keep_model) for c in cases}
        self.repeats = dict.fromkeys(self.cases, 0)
        self.queue = deque(self.cases)
        self.flying = dict.fromkeys(self.cases, 0)

    def __iter__(self) -> "_Turns":
        return self

    def __next__(self) -> Job:
        for _ in range(len(self.queue)):
            case_id = self.queue.popleft()
            record = self.records[case_id]
            if not wants_more(record, self.rules, self.blocking):
                if self.flying[case_id]:
                    self.queue.append(case_id)  # an answer is on its way and may change that
                continue
            self.queue.append(case_id)
            if self.flying[case_id] >= self._ahead(record):
                continue
            repeat = self.repeats[case_id]
            self.repeats[case_id] += 1
            self.flying[case_id] += 1
            return Job(request=self.requests[case_id], repeat=repeat, tag=case_id)
        raise StopIteration

    def _ahead(self, record: CaseRecord) -> int:
        """How many runs of one case may be in flight: the first ones together, then one at a time."""
        first = 2 if record.runs == 0 else 3 if not record.failed else 1
        return max(1, min(first, self.rules.runs_max - record.runs - record.undecided))

    def land(self, asked: Asked) -> CaseRecord:
        """One answer came (or did not)."""
        case_id = asked.job.tag
        self.flying[case_id] -= 1
        if asked.over_budget:
            return self.records[case_id]
        if asked.reply is None:
            verdict, reason = Verdict.UNDECIDED, asked.error
        else:
            decision = evaluate(self.cases[case_id].expect, outcome_of(asked.reply.raw, asked.reply.text))
            verdict, reason = decision.verdict, decision.reason
        self.records[case_id] = self.records[case_id].add(verdict, reason, self.rules)
        return self.records[case_id]

    def open_cases(self) -> int:
        """Cases that still want runs."""
        return sum(wants_more(r, self.rules, self.blocking) for r in self.records.values())


def run_suite(
    cases: Sequence[Case],
    model: Model,
    rules: Rules,
    *,
    baselines: dict[str, Baseline] | None = None,
    cache: AnswerCache | None = None,
    budget: Budget | None = None,
    concurrency: int = 8,
    keep_model: bool = False,
    progress: Callable[[CaseRecord, int, int], None] = lambda _record, _done, _open: None,
) -> SuiteRun:
    """Run every case until it is decided; never raises for what the target does."""
    turns = _Turns(cases, rules, baselines or {}, keep_model)
    budget = budget or Budget()
    asker = Asker(model, budget=budget, cache=cache, attempts=1)
    asked = cached = 0
    spent = False
    for answer in asker.ask_all(turns, concurrency=concurrency):
        record = turns.land(answer)
        asked += not answer.cached and answer.reply is not None
        cached += answer.cached
        progress(record, asked + cached, turns.open_cases())
        if answer.over_budget:
            spent = True
            break
    left = turns.open_cases()
    unfinished = (
        f"the budget was spent with {left} case{'s' if left != 1 else ''} not decided" if spent and left else ""
    )
    records = tuple(turns.records[c.case_id] for c in cases)
    return SuiteRun(records=records, asked=asked, cached=cached, unfinished=unfinished, tokens=budget.tokens)


def held_out_values(cases: Sequence[Case], model: Model, *, runs: int = 1, concurrency: int = 8) -> list[float]:
    """Each held-out case's share of passes; nothing of them is written anywhere, not even into a cache."""
    fixed = Rules(runs_min=runs, runs_max=runs, delta=0.001)
    done = run_suite([msgspec.structs.replace(c, status=CaseStatus.KNOWN_FAILING) for c in cases], model, fixed,
                     concurrency=concurrency)  # fmt: skip
    return [r.passed / r.runs if r.runs else 0.0 for r in done.records]


class RunCache:
    """The cache file of one run, under its own name; `finish` closes the run, so that the next starts fresh."""

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / f"{key}.jsonl"
        self.resumed = self.path.exists() and self.path.stat().st_size > 0
        self.cache = AnswerCache(self.path)

    def finish(self) -> None:
        """This run is over: what it was answered may not answer another."""
        self.cache.close()
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"cannot remove the run's answers: {error}", where=str(self.path)) from error
