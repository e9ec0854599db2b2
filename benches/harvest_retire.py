"""Retiring by evidence on planted worlds (A9): does the suite that is left still see every planted harm?

A world is a suite of cases with known pass rates (most steady, some flaky), and planted harms,
each lowering the pass rate of one to four cases.  Histories and the runs on harmed products are
drawn and judged as `harvest run` judges them (sequential stopping, undecided at the cap); what
retires is then held against the truth.  Half of the harms were tried as mutants, the other half
come later: the rule cannot know of those.
"""

import sys

import numpy as np

from benches.report import Report
from tidegate.curate.harvest.suites.museum import History
from tidegate.curate.harvest.suites.retire import Kills, RelicRule, judge_cases, kills_of
from tidegate.curate.harvest.suites.verdicts import Rules, start, wants_more
from tidegate.spine.case import Case, CaseStatus, Provenance, make_case
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import wilson_bounds

SEED = 20261127
CASES, HARMS = 60, 40
RULE, RULES = RelicRule(replicates=200), Rules()


def planted(number: int) -> Case:
    """A blocking case from production."""
    asked = {"messages": [{"role": "user", "content": f"question {number}"}]}
    provenance = Provenance(source="production")
    return make_case("chat", asked, [{"oracle": "complete"}], status=CaseStatus.BLOCKING, provenance=provenance)


def ran(case: Case, rate: float, rng: np.random.Generator) -> Verdict:
    """The verdict of a case that passes at `rate`, run until it is sure or the cap is reached."""
    record = start(case, RULES)
    while wants_more(record, RULES, 1):
        record = record.add(Verdict.PASS if rng.random() < rate else Verdict.FAIL, "", RULES)
    return record.verdict(RULES)


def world(cases: list[Case], rng: np.random.Generator) -> tuple[np.ndarray, list[dict[int, float]]]:
    """Pass rates without harm, and for each harm the pass rates of the cases it touches."""
    kind = rng.random(len(cases))
    rates = np.where(kind < 0.7, 0.9995, np.where(kind < 0.9, rng.uniform(0.97, 0.999, len(cases)),
                                                  rng.uniform(0.6, 0.9, len(cases))))  # fmt: skip
    harms = [
        {int(i): float(rng.uniform(0, 0.5)) for i in rng.choice(len(cases), rng.integers(1, 5), replace=False)}
        for _ in range(2 * HARMS)
    ]
    return rates, harms


def before(verdicts: dict[str, dict[str, Verdict]], ids: list[str]) -> dict[str, Kills]:
    """Kills as they were read before: what was undecided or not run counted as no kill."""
    return {i: Kills(sure=k.sure) for i, k in kills_of(verdicts, ids).items()}


def study(worlds: int) -> dict[str, tuple[int, int, int, int, int]]:
    """By rule: retired, relics that exist, harms tried and lost, harms tried, later harms lost."""
    cases = [planted(i) for i in range(CASES)]
    ids = [c.case_id for c in cases]
    total = {"now": np.zeros(5, int), "before": np.zeros(5, int)}
    for number in range(worlds):
        rng = np.random.default_rng([SEED, number])
        rates, harms = world(cases, rng)
        known = {
            i: History(case_id=i, releases=tuple((int(rng.binomial(60, p)), 60) for _ in range(RULE.releases)))
            for i, p in zip(ids, rates, strict=True)
        }
        shares = {i: 0.0 if rng.random() < 0.6 else 0.01 for i in ids}
        verdicts = {
            f"harm {h}": {i: ran(c, harm.get(n, rates[n]), rng) for n, (i, c) in enumerate(zip(ids, cases, strict=True))
                          if n in harm or rates[n] < 0.99 or rng.random() < 0.1}
            for h, harm in enumerate(harms[:HARMS])
        }  # fmt: skip
        for rows in verdicts.values():  # a steady case that the harm does not touch passes: not worth drawing
            rows |= {i: Verdict.PASS for n, i in enumerate(ids) if i not in rows and rates[n] >= 0.99}
        for name, kills in (("now", kills_of(verdicts, ids)), ("before", before(verdicts, ids))):
            gone = {j.case_id for j in judge_cases(cases, known, shares, kills, RULE, seed=number) if j.relic}
            left = {n for n, i in enumerate(ids) if i not in gone}
            steady = {n for n in range(CASES) if rates[n] >= 0.95}
            lost = [bool(steady & h.keys()) and not (steady & h.keys() & left) for h in harms]
            total[name] += [len(gone), sum(shares[i] == 0 for i in ids), sum(lost[:HARMS]), HARMS, sum(lost[HARMS:])]
    return {k: tuple(int(x) for x in v) for k, v in total.items()}  # type: ignore[misc]


def bench_retire(report: Report, quick: bool) -> None:
    """Cases retired that alone could still catch a planted regression: none."""
    worlds = 20 if quick else 100
    for name, (gone, candidates, lost, tried, later) in study(worlds).items():
        low, high = (float(x) for x in wilson_bounds(lost, tried))
        report.row(f"A9 planted harms no longer seen after retiring, {name}", goal="0" if name == "now" else "-",
                   measured=f"{lost} of {tried} [{low:.4f}, {high:.4f}]", holds=lost == 0 or name != "now",
                   note=f"{gone} of {candidates} cases without traffic retired in {worlds} worlds; "
                        f"of harms never tried as mutants {later} of {tried}")  # fmt: skip


if __name__ == "__main__":
    out = Report("retiring on planted worlds")
    bench_retire(out, "--quick" in sys.argv)
    out.finish(sys.argv[1:])
