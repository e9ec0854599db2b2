"""The suite written before launch still passes after six months while the product got worse.

A product answers thirty kinds of questions; the team wrote cases for the ten it thought of.  Each month traffic
drifts towards new kinds, and a release brings planted regressions, most of them where users are and the authors were
not.  Both arms see the same traffic, the same releases and the same coins.  The frozen suite runs its ten kinds and
ships everything.  The growing one turns each month's failures into cases (grouped into modes, known failing until first
fixed), promotes what the hotfix repaired, and runs `suite_gate` before the next release: what was fixed once and
comes back is stopped.  Verdicts, grouping, promotion and gate are the production code.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from tidegate.curate.harvest.capture.oracle import evaluate
from tidegate.curate.harvest.capture.outcomes import outcome_of
from tidegate.curate.harvest.modes.group import Failure, distinct, group
from tidegate.curate.harvest.suites.verdicts import CaseRecord, Rules, promoted, start, suite_gate, wants_more
from tidegate.runner.embedders import TfidfEmbedder
from tidegate.sim.scenario import Arm, ScenarioResult
from tidegate.spine.case import Case, CaseStatus, Provenance, make_case
from tidegate.spine.estimate import Measure, Measured
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import proportion

INCIDENT = (
    "The suite written before launch is green for six months; each release brings back failures that users met and "
    "nobody had written a test for."
)
MONTHS = 6
THINGS = ("refund", "invoice", "parcel", "password", "contract", "coupon", "warranty", "booking", "payment", "address")
ASKS = ("deadline", "fee", "status")
QUESTIONS = (
    "What is the {a} for my {t}?",
    "Tell me the {t} {a}, please",
    "I need to know the {a} of the {t}",
    "{t}: {a}?",
    "Hello, could you say what {a} applies to a {t}?",
)
LAUNCH_KINDS = 10
RULES = Rules(runs_max=20)


class Kind(msgspec.Struct, frozen=True):
    """One kind of question, and its right answer."""

    thing: str
    ask: str
    answer: str


KINDS = tuple(Kind(t, a, f"{t}-{a}-{10 + 7 * i + 3 * j}") for j, a in enumerate(ASKS) for i, t in enumerate(THINGS))


class Release(msgspec.Struct, frozen=True):
    """How often the product answers each kind wrong."""

    name: str
    wrong: tuple[float, ...]

    def answers(self, kind: int, rng: np.random.Generator) -> dict[str, Any]:
        """One answer as a chat completion."""
        right = rng.random() >= self.wrong[kind]
        text = f"It is {KINDS[kind].answer}." if right else "It is as stated in our general terms."
        return {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]}


def question(kind: int, rng: np.random.Generator) -> str:
    """One wording of a kind."""
    k = KINDS[kind]
    return QUESTIONS[int(rng.integers(len(QUESTIONS)))].format(a=k.ask, t=k.thing)


def case_of(kind: int, asked: str, source: str, status: CaseStatus) -> Case:
    """A case that an answer with the right fact passes."""
    return make_case(
        "chat",
        {"messages": [{"role": "user", "content": asked}]},
        [{"oracle": "required", "all": [KINDS[kind].answer]}],
        mode=f"{KINDS[kind].thing} {KINDS[kind].ask}",
        status=status,
        provenance=Provenance(source=source),
    )


class World:
    """Traffic that drifts, and releases that bring back what was repaired."""

    def __init__(self, seed: int, scale: float) -> None:
        self.rng = np.random.default_rng(seed)
        self.calls = max(150, round(2000 * scale))
        new = np.arange(LAUNCH_KINDS, len(KINDS))
        # What each month's release breaks: at first something new; later also what was repaired before.
        self.breaks: list[list[int]] = []
        pool = list(self.rng.permutation(new))
        for month in range(MONTHS):
            fresh = [int(pool.pop()) for _ in range(3)]
            again = [k for past in self.breaks[-2:] for k in past[:2]] if month else []
            self.breaks.append(fresh + again)

    def weights(self, month: int) -> np.ndarray:
        """Traffic over kinds: the launch kinds lose half their share by the end."""
        share = 0.9 - 0.09 * month
        w = np.full(len(KINDS), (1 - share) / (len(KINDS) - LAUNCH_KINDS))
        w[:LAUNCH_KINDS] = share / LAUNCH_KINDS
        return w

    def release(self, month: int) -> Release:
        """The product of a month, as it would ship."""
        wrong = np.full(len(KINDS), 0.004)
        for k in self.breaks[month]:
            wrong[k] = 0.9
        return Release(f"month {month + 1}", tuple(wrong.tolist()))


def run_cases(cases: list[Case], kinds: dict[str, int], release: Release, rng: np.random.Generator) -> list[CaseRecord]:
    """Run a suite as the runner does: until each case is decided."""
    blocking = sum(c.status is CaseStatus.BLOCKING for c in cases)
    out = []
    for case in cases:
        record = start(case, RULES)
        while wants_more(record, RULES, blocking):
            decision = evaluate(case.expect, outcome_of(release.answers(kinds[case.case_id], rng)))
            record = record.add(decision.verdict, decision.reason, RULES)
        out.append(record)
    return out


def month_of(world: World, month: int, release: Release, rng: np.random.Generator) -> tuple[list[tuple[int, str]], int]:
    """A month of traffic on a release: the failures (kind, question) and how many calls there were."""
    kinds = rng.choice(len(KINDS), size=world.calls, p=world.weights(month))
    failed = []
    for kind in kinds.tolist():
        asked = question(kind, rng)
        case = case_of(kind, asked, "production", CaseStatus.KNOWN_FAILING)
        if evaluate(case.expect, outcome_of(release.answers(kind, rng))).verdict is Verdict.FAIL:
            failed.append((kind, asked))
    return failed, len(kinds)


def repaired(release: Release, kinds: set[int]) -> Release:
    """The hotfix: what is known to fail is repaired."""
    return Release(release.name + " repaired", tuple(0.01 if k in kinds else w for k, w in enumerate(release.wrong)))


def play(world: World, seed: int, growing: bool) -> dict[str, Any]:
    """Six months under one policy."""
    rng = np.random.default_rng(seed)
    cases: dict[str, Case] = {}
    kinds: dict[str, int] = {}
    for kind in range(LAUNCH_KINDS):
        case = case_of(kind, question(kind, rng), "imagined", CaseStatus.BLOCKING)
        cases[case.case_id], kinds[case.case_id] = case, kind
    months: list[dict[str, Any]] = []
    seen: set[int] = set()
    for month in range(MONTHS):
        release = world.release(month)
        gate = suite_gate(run_cases(list(cases.values()), kinds, release, rng), RULES)
        back = [k for k in world.breaks[month] if k in seen]  # regressions of what users met before
        stopped = gate.verdict is Verdict.FAIL
        if stopped:  # the release goes back: what blocks is repaired before it ships
            blocking = {kinds[i] for i, c in cases.items() if c.status is CaseStatus.BLOCKING}
            release = repaired(release, blocking)
        failures, calls = month_of(world, month, release, rng)
        seen |= {k for k, _ in failures}
        months.append(
            {
                "month": month + 1,
                "gate": gate.verdict.value,
                "planted_again": len(back),
                "stopped": stopped,
                "failures": len(failures),
                "calls": calls,
                "cases": len(cases),
            }
        )
        if growing:
            _grow(cases, kinds, failures, release, rng)
    return {"months": months, "modes": len({c.mode for c in cases.values()})}


def _grow(
    cases: dict[str, Case],
    kinds: dict[str, int],
    failures: list[tuple[int, str]],
    release: Release,
    rng: np.random.Generator,
) -> None:
    """A month's failures become cases: one a mode and distinct wording; the hotfix promotes what it repaired."""
    if failures:
        texts = [q for _, q in failures]
        same = distinct(texts)
        kept = [texts[i] for i in np.unique(same)]
        rows = [Failure(failure_id=str(i), text=t) for i, t in enumerate(texts)]
        grouping = group(rows, TfidfEmbedder().fit(kept).embed(kept), same, near=0.25)
        taken: set[tuple[str, int]] = set()
        for (kind, asked), label in zip(failures, grouping.labels, strict=True):
            if (label, kind) in taken or any(kinds[i] == kind for i in cases):
                continue
            taken.add((label, kind))
            case = case_of(kind, asked, "production", CaseStatus.KNOWN_FAILING)
            cases[case.case_id], kinds[case.case_id] = case, kind
    fixed = repaired(release, {k for k, _ in failures})
    known = [c for c in cases.values() if c.status is CaseStatus.KNOWN_FAILING]
    for record in run_cases(known, kinds, fixed, rng):
        if promoted(record, RULES):
            cases[record.case_id] = msgspec.structs.replace(cases[record.case_id], status=CaseStatus.BLOCKING)


def _quality(months: list[dict[str, Any]], part: slice) -> Measured:
    calls = sum(m["calls"] for m in months[part])
    return proportion((calls - sum(m["failures"] for m in months[part]), calls))


def run(seed: int, scale: float = 1.0) -> ScenarioResult:
    """The frozen suite is green in every month while quality falls; the growing one stops what comes back."""
    arms = []
    for growing in (False, True):
        out = play(World(seed, scale), seed + 1, growing)
        months = out["months"]
        again = [m for m in months if m["planted_again"]]
        stopped = sum(m["stopped"] for m in again)
        green = sum(m["gate"] == Verdict.PASS.value for m in months)
        first, last = _quality(months, slice(0, 1)), _quality(months, slice(MONTHS - 1, MONTHS))
        caught = proportion((stopped, len(again)))
        holds = bool(again) and stopped == len(again)
        name = "growing suite" if growing else "frozen suite"
        words = (
            f"stopped {stopped} of {len(again)} releases that brought a failure back; {months[-1]['cases']} cases"
            if growing
            else f"green in {green} of {MONTHS} months, stopped {stopped} of {len(again)} bad releases"
        )
        measures = (
            Measure(name="right answers, month 1", value=first),
            Measure(name=f"right answers, month {MONTHS}", value=last),
            Measure(name="bad releases stopped", value=caught),
        )
        arms.append(
            Arm(
                name=name,
                usual=not growing,
                verdict=Verdict.PASS if holds else Verdict.FAIL,
                summary=words,
                measures=measures,
                detail={"months": months},
            )
        )
    return ScenarioResult(name="harvest", incident=INCIDENT, seed=seed, arms=tuple(arms))
