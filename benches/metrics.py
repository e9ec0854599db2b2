"""Goals of metric choice, measured: `python -m benches.metrics` (about two minutes; `--quick` for a look, `--seed N`).

Recordings: 44 screening label files and LLMBar's verdicts; the rest is simulated, seeds printed.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy import stats as scipy_stats

from benches.report import Report
from tidegate.decide.metrics import elicit
from tidegate.decide.metrics.audit import run_audit
from tidegate.decide.metrics.catalogue import METRICS, metric
from tidegate.decide.metrics.columns import build
from tidegate.decide.metrics.costs import Rates, cost_per_item, expected_cost, predictive_value, ranking_at
from tidegate.decide.metrics.model import Costs, Results
from tidegate.decide.metrics.properties import PROPERTIES, audit_metrics
from tidegate.decide.metrics.tables import Roles, Table
from tidegate.decide.metrics.verdicts import findings_of
from tidegate.spine.estimate import Estimate
from tidegate.stats import power
from tidegate.stats.intervals import wilson_bounds

DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "evals"
SEED = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else 20260


def main() -> None:
    report = Report("metric choice")
    quick = "--quick" in sys.argv
    print(f"seed {SEED}")
    if DATA.is_dir():
        labels = screening_labels()
        degenerate_policies(report, labels, quick)
        genuine_scorers(report, labels, 4 if quick else 20)
        published_reviews(report)
        rank_reversals(report)
    else:
        for name in ("degenerate policies refused", "genuine scorers refused", "winner changes by metric"):
            report.row(name, goal="recordings", measured="public recordings not found", holds=None)
    properties(report)
    parity(report)
    stakeholders(report, 100 if quick else 1000)
    crossover_shape(report, 100 if quick else 400)
    prevalence_shift(report, 200 if quick else 1500)
    rare_events(report, 400 if quick else 2000)
    speed(report, 100_000 if quick else 1_000_000)
    report.finish()


def read_csv(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return list(csv.DictReader(io.StringIO(text)))


def screening_labels() -> dict[str, np.ndarray]:
    files: dict[str, list[int]] = defaultdict(list)
    for row in read_csv(DATA / "screening" / "synergy_labels.csv.gz"):
        files[row["dataset"]].append(int(row["label_included"]))
    return {k: np.array(v, dtype=np.int64) for k, v in files.items()}


def policies(truth: np.ndarray, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Eight ways of answering without reading; lengths are drawn without regard to the truth."""
    n, share = truth.size, truth.mean()
    lengths = rng.lognormal(6, 0.5, n)
    return {
        "always no": np.zeros(n, np.int64), "always yes": np.ones(n, np.int64),
        "coin": rng.integers(0, 2, n), "at the truth's share": (rng.random(n) < share).astype(np.int64),
        "longest": (lengths > np.quantile(lengths, 1 - share)).astype(np.int64),
        "first option by position": (np.arange(n) % 2 == 0).astype(np.int64),
        "copy of the previous item's answer": np.roll(rng.integers(0, 2, n), 1),
        "always refuse": np.full(n, -1),
    }, lengths  # fmt: skip


def degenerate_policies(report: Report, files: dict[str, np.ndarray], quick: bool) -> None:
    rng = np.random.default_rng(SEED)
    checked = escaped = kept = total = 0
    for truth in files.values():
        systems, lengths = policies(truth, rng)
        results = Results(("no", "yes"), truth, systems, 1, lengths=lengths)
        audit = run_audit(results, rng, replicates=200 if quick else 1000, segment_replicates=100)
        checked += len(audit.scores)
        escaped += sum(s.useful for s in audit.scores)
        rules = {(f.subject, f.rule) for f in findings_of(audit)}
        total += len(systems)
        kept += sum((s, "no-skill") in rules for s in systems)
    report.row(
        f"9.1 degenerate policies called useful ({len(files)} files × {len(METRICS)} metrics × 8 policies)",
        goal="0 of all", measured=f"{escaped} of {checked}", holds=escaped == 0,
        note=f"{kept} of {total} policies refused, the rest undecided for want of positives",
    )  # fmt: skip


def genuine_scorers(report: Report, files: dict[str, np.ndarray], repeats: int) -> None:
    """Binormal scorers of population AUC 0.7 to 0.95, given as scores; refused when the whole system shows no skill."""
    rng = np.random.default_rng(SEED + 1)
    seen = {True: [0, 0, 0], False: [0, 0, 0]}  # by enough positives: refused, undecided, in all
    for truth in files.values():
        enough = truth.sum() >= 60
        for _ in range(repeats):
            area = rng.uniform(0.7, 0.95)
            score = rng.normal(size=truth.size) + truth * np.sqrt(2) * scipy_stats.norm.ppf(area)
            cut = np.quantile(score, 1 - min(0.5, max(3 * truth.mean(), 0.1)))
            results = Results(("no", "yes"), truth, {"scorer": (score > cut).astype(np.int64)}, 1, {"scorer": score})
            audit = run_audit(results, rng, replicates=150, segment_replicates=100)
            rules = {f.rule for f in findings_of(audit)}
            at = seen[bool(enough)]
            at[0] += "no-skill" in rules
            at[1] += bool(rules & {"skill-undecided", "too-few-items"})
            at[2] += 1
    for name, (refused, undecided, total) in (
        ("files with ≥ 60 positives", seen[True]), ("files with fewer", seen[False]),
        ("all files", [a + b for a, b in zip(seen[True], seen[False], strict=True)]),
    ):  # fmt: skip
        low, high = wilson_bounds(refused, max(total, 1))
        report.row(f"9.1 genuine scorers refused, {name}", goal="<= 1 %",
                   measured=f"{100 * refused / max(total, 1):.2f} % [{100 * low:.2f}, {100 * high:.2f}] of {total}",
                   holds=refused / max(total, 1) <= 0.01,
                   note=f"{100 * undecided / max(total, 1):.1f} % undecided: too few positives")  # fmt: skip


def published_reviews(report: Report) -> None:
    rows = read_csv(DATA / "screening" / "synergy_published_table.csv")
    column = next(c for c in rows[0] if "incl" in c.lower())
    records = next(c for c in rows[0] if "record" in c.lower())
    high = 0
    for r in rows:
        n, k = int(r[records].replace(",", "")), int(r[column].replace(",", ""))
        truth = (np.arange(n) < k).astype(np.int64)
        results = Results(("irrelevant", "relevant"), truth, {"screener": np.zeros(n, np.int64)}, 1)
        audit = run_audit(results, np.random.default_rng(SEED), replicates=100)
        score = audit.score("screener", "accuracy")
        assert score is not None
        high += isinstance(score.value, Estimate) and score.value.value >= 0.96 and not score.useful
    report.row("9.1 released reviews where 'irrelevant' for everything scores ≥ 96 %, all refused", goal="17 of 26",
               measured=f"{high} of {len(rows)}", holds=(high, len(rows)) == (17, 26))  # fmt: skip


def properties(report: Report) -> None:
    start = time.process_time()
    found = audit_metrics(total=14)
    took = time.process_time() - start
    refuted = sum(not f.holds for f in found)
    size_ok = len(METRICS) >= 40 and len(PROPERTIES) >= 10
    report.row(f"9.2 metrics × properties decided ({refuted} refuted with smallest counterexamples)",
               goal=">= 40 × 10, < 300 s", measured=f"{len(METRICS)} × {len(PROPERTIES)} in {took:.1f} s",
               holds=size_ok and took < 300)  # fmt: skip


def parity(report: Report) -> None:
    """scikit-learn on random and edge-case label vectors; values both call defined."""
    try:
        from sklearn import metrics as sk
    except ImportError:
        report.row("9.2 scikit-learn parity", goal="1e-12", measured="scikit-learn is not installed", holds=None)
        return
    nan = {"zero_division": np.nan}
    theirs = {
        "accuracy": sk.accuracy_score, "error-rate": sk.zero_one_loss,
        "balanced-accuracy": lambda t, p: sk.recall_score(t, p, average="macro", labels=[0, 1], **nan),
        "precision": lambda t, p: sk.precision_score(t, p, **nan), "recall": lambda t, p: sk.recall_score(t, p, **nan),
        "specificity": lambda t, p: sk.recall_score(t, p, pos_label=0, **nan),
        "negative-predictive-value": lambda t, p: sk.precision_score(t, p, pos_label=0, **nan),
        "false-positive-rate": lambda t, p: 1 - sk.recall_score(t, p, pos_label=0, **nan),
        "lost-evidence": lambda t, p: 1 - sk.recall_score(t, p, **nan),
        "false-discovery-rate": lambda t, p: 1 - sk.precision_score(t, p, **nan),
        "false-omission-rate": lambda t, p: 1 - sk.precision_score(t, p, pos_label=0, **nan),
        "f1": lambda t, p: sk.f1_score(t, p, **nan), "f2": lambda t, p: sk.fbeta_score(t, p, beta=2, **nan),
        "f0.5": lambda t, p: sk.fbeta_score(t, p, beta=0.5, **nan),
        "macro-f1": lambda t, p: sk.f1_score(t, p, average="macro", labels=[0, 1], **nan),
        "weighted-f1": lambda t, p: sk.f1_score(t, p, average="weighted", **nan),
        "informedness": lambda t, p: sk.balanced_accuracy_score(t, p, adjusted=True) if len({*t}) == 2 else np.nan,
        "mcc": sk.matthews_corrcoef, "kappa": sk.cohen_kappa_score,
        "threat-score": lambda t, p: sk.jaccard_score(t, p, zero_division=0),
        "g-mean": lambda t, p: np.sqrt(sk.recall_score(t, p, **nan) * sk.recall_score(t, p, pos_label=0, **nan)),
        "fowlkes-mallows": lambda t, p: np.sqrt(sk.recall_score(t, p, **nan) * sk.precision_score(t, p, **nan)),
        "likelihood-ratio-positive": lambda t, p: sk.class_likelihood_ratios(t, p)[0] if len({*t, *p}) == 2 else np.nan,
        "likelihood-ratio-negative": lambda t, p: sk.class_likelihood_ratios(t, p)[1] if len({*t, *p}) == 2 else np.nan,
        "mutual-information": lambda t, p: sk.mutual_info_score(t, p) / np.log(2),
        "weighted-accuracy-10": lambda t, p: sk.accuracy_score(t, p, sample_weight=np.where(t == 1, 10, 1)),
        "weighted-mcc-10": lambda t, p: sk.matthews_corrcoef(t, p, sample_weight=np.where(t == 1, 10, 1)),
    }  # fmt: skip
    rng = np.random.default_rng(SEED + 2)
    worst, compared, edges = 0.0, 0, 0
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(400):
            n = int(rng.integers(1, 12)) if k < 200 else int(rng.integers(50, 3000))
            t = (rng.random(n) < rng.uniform(0, 0.6)).astype(int)
            p = np.where(rng.random(n) < rng.uniform(0, 1), t, (rng.random(n) < 0.3).astype(int))
            counts = [np.array(float(x)) for x in ((t & p).sum(), ((1 - t) & p).sum(), (t & (1 - p)).sum(),
                                                   ((1 - t) & (1 - p)).sum())]  # fmt: skip
            for name, other in theirs.items():
                ours, reference = float(metric(name)(*counts)), float(other(t, p))
                if np.isfinite(ours) and np.isfinite(reference):
                    worst, compared = max(worst, abs(ours - reference)), compared + 1
                elif np.isnan(ours) != np.isnan(reference):
                    edges += 1  # 0/0: they answer a number where we say undefined
    report.row(f"9.2 scikit-learn parity, {len(theirs)} metrics, {compared} comparisons", goal="<= 1e-12",
               measured=f"{worst:.2g}", holds=worst <= 1e-12 and len(theirs) >= 25,
               note=f"{edges} 0/0 cases are numbers there and undefined here")  # fmt: skip


def stakeholders(report: Report, count: int) -> None:
    """Simulated stakeholders: a log-uniform cost ratio 1:100 to 100:1, 10 % lapses, sharp otherwise (scale 0.1)."""
    rng = np.random.default_rng(SEED + 3)
    good = 0
    asked, regrets, near = [], [], 0
    for _ in range(count):
        ratio = float(np.exp(rng.uniform(np.log(0.01), np.log(100))))
        share = float(rng.uniform(0.02, 0.4))
        rates = {}
        for i in range(int(rng.integers(3, 7))):
            hit, alarm = np.sort(rng.random(2))[::-1] if rng.random() < 0.9 else rng.random(2)
            rates[f"s{i}"] = Rates(round(1000 * hit), 1000, round(10_000 * alarm), 10_000)
        interview = elicit.Interview("x")
        while (question := elicit.next_question(interview, rates, share)) is not None:
            lapse = rng.random() < 0.10
            truthful = rng.random() < 1 / (1 + np.exp(-(np.log(ratio) - np.log(question.ratio)) / 0.1))
            interview = interview.add(question, bool(rng.random() < 0.5) if lapse else bool(truthful))
        said = elicit.stance(interview, rates, share)
        truth = ranking_at(rates, share, [ratio])[0]
        close = abs(np.log(said.ratio.value / ratio)) <= np.log(1.25)
        near += close
        good += bool(close or said.ranking == truth)
        asked.append(said.questions)
        costs = Costs(miss=ratio, false_alarm=1)
        paid = {
            s: float(cost_per_item(np.array(r.miss_rate), np.array(r.alarm_rate), share, costs))
            for s, r in rates.items()
        }
        best = min(paid.values())
        regrets.append((paid[said.ranking[0]] - best) / best if best > 0 else 0.0)
    low, high = wilson_bounds(good, count)
    report.row(f"9.3 ratio within ×1.25 or same ranking ({count} stakeholders)", goal=">= 95 %",
               measured=f"{100 * good / count:.1f} % [{100 * low:.1f}, {100 * high:.1f}]", holds=good / count >= 0.95,
               note=f"questions: median {np.median(asked):.0f}, max {max(asked)}; "
                    f"ratio alone {100 * near / count:.0f} %")  # fmt: skip
    report.row("9.3 mean expected-cost regret of the chosen system", goal="<= 1 %",
               measured=f"{100 * np.mean(regrets):.2f} %", holds=float(np.mean(regrets)) <= 0.01)  # fmt: skip


def rank_reversals(report: Report) -> None:
    """Every complete LLMBar judge as a system on the same items; which metric would have shipped which."""
    last: dict[tuple[str, str], dict[tuple[str, str], tuple[int, str, str]]] = defaultdict(dict)
    for r in read_csv(DATA / "judges" / "llmbar_verdicts.csv.gz"):
        if r["subset"].startswith("LLMBar/"):
            system, item = (f"{r['judge']}/{r['strategy']}", r["swapped"]), (r["subset"], r["item"])
            if item not in last[system] or int(r["round"]) >= last[system][item][0]:
                last[system][item] = (int(r["round"]), r["winner"], r["label"])
    complete = {k: v for k, v in last.items() if len(v) == 419}
    items = sorted(next(iter(complete.values())))
    label = {i: v[2] for v in complete.values() for i, v in v.items()}
    columns: dict[str, list[object]] = {"label": [label[i] for i in items]}
    columns |= {f"{s}/{o}": [complete[s, o][i][1] for i in items] for s, o in complete}
    results = build(Table(columns, range(len(items)), "LLMBar"), Roles("label", tuple(columns)[1:]), positive="1")
    audit = run_audit(results, np.random.default_rng(SEED), replicates=500)
    winners = {s.metric: s.winner for s in audit.shipped if not s.tied}
    certain = np.mean([s.certainty for s in audit.shipped])
    report.row(f"9.4 systems that some metric would have shipped ({len(complete)} LLMBar systems)", goal="reported",
               measured=f"{len({*winners.values()})} winners over {len(winners)} metrics", holds=len(winners) > 0,
               note=f"mean certainty of a winner {100 * certain:.0f} %")  # fmt: skip


def crossover_shape(report: Report, studies: int) -> None:
    """Nine screeners on a review at the recorded prevalences: how often MCC and weighted MCC (10) differ."""
    rng = np.random.default_rng(SEED + 4)
    differ, crossings = 0, []
    for _ in range(studies):
        share = float(np.exp(rng.uniform(np.log(0.005), np.log(0.12))))
        n = int(rng.integers(400, 5000))
        positives = max(8, round(n * share))
        ability, cut = rng.normal(2.0, 0.35, 9), rng.normal(1.3, 0.7, 9)
        hit = scipy_stats.norm.sf(cut - ability)
        alarm = scipy_stats.norm.sf(cut)
        tp, fp = rng.binomial(positives, hit).astype(float), rng.binomial(n - positives, alarm).astype(float)
        fn, tn = positives - tp, n - positives - fp
        mcc, heavy = metric("mcc")(tp, fp, fn, tn), metric("weighted-mcc-10")(tp, fp, fn, tn)
        a, b = int(np.nanargmax(mcc)), int(np.nanargmax(heavy))
        if a != b:
            differ += 1
            weights = np.geomspace(1, 10, 200)[:, None]
            value = metric("mcc")(weights * tp[[a, b]], fp[[a, b]], weights * fn[[a, b]], tn[[a, b]])
            over = np.flatnonzero(value[:, 1] > value[:, 0])
            crossings.append(float(weights[over[0], 0]) if over.size else 10.0)
    report.row("9.4 MCC and weighted MCC pick different screeners (simulated)", goal="reported; published 55 %",
               measured=f"{100 * differ / studies:.0f} % of {studies}", holds=True,
               note=f"median crossover weight {np.median(crossings):.1f} (published 2.7)")  # fmt: skip


def prevalence_shift(report: Report, runs: int) -> None:
    """Test sets at one prevalence, production at ×0.1 to ×10: do the intervals cover production's truth?"""
    rng = np.random.default_rng(SEED + 5)
    for factor in (0.1, 0.3, 1.0, 3.0, 10.0):
        covered_ppv = covered_cost = 0
        costs = Costs(miss=10, false_alarm=1)
        for _ in range(runs):
            hit, alarm = rng.uniform(0.6, 0.9), rng.uniform(0.05, 0.3)
            rates = Rates(int(rng.binomial(300, hit)), 300, int(rng.binomial(3000, alarm)), 3000)
            share = min(0.9, 0.05 * factor)
            ppv = hit * share / (hit * share + alarm * (1 - share))
            cost = float(cost_per_item(np.array(1 - hit), np.array(alarm), share, costs))
            a, b = predictive_value(rates, share, rng, draws=2000), expected_cost(rates, share, costs, rng, draws=2000)
            assert isinstance(a, Estimate)
            assert isinstance(b, Estimate)
            covered_ppv += a.low <= ppv <= a.high
            covered_cost += b.low <= cost <= b.high
        p, c = 100 * covered_ppv / runs, 100 * covered_cost / runs
        slack = 100 * 3 * np.sqrt(0.05 * 0.95 / runs)
        report.row(f"9.5 coverage at prevalence ×{factor:g}: precision, expected cost", goal="94 to 96 %",
                   measured=f"{p:.1f} %, {c:.1f} %", holds=all(94 - slack <= v <= 96 + slack for v in (p, c)),
                   note=f"{runs} runs, Monte-Carlo ±{slack:.1f}")  # fmt: skip


def rare_events(report: Report, runs: int) -> None:
    """Plans for recall's half-width: the promise kept in simulation, and the smallest N that keeps it."""
    rng = np.random.default_rng(SEED + 6)
    for share, half in ((0.01, 0.05), (0.03, 0.1), (0.1, 0.05)):
        plan = power.plan_recall(half, share)
        positives = rng.binomial(plan.items, share, runs)
        hits = rng.binomial(positives, 0.5)
        low, high = wilson_bounds(hits, positives)
        kept = float(((high - low) / 2 <= half).mean())
        optimum = smallest(share, half, rng, plan.items)
        report.row(f"9.6 recall ±{half:g} at {100 * share:g} % positives: {plan.items} items", goal=">= 95 %, <= 1.1×",
                   measured=f"{100 * kept:.1f} % kept, {plan.items / optimum:.3f}× the optimum",
                   holds=kept >= 0.95 and plan.items / optimum <= 1.1)  # fmt: skip


def smallest(share: float, half: float, rng: np.random.Generator, near: int) -> int:
    """By simulation with common random numbers: the fewest items that keep the promise in 95 % of runs."""
    for items in np.unique(np.linspace(0.8 * near, 1.05 * near, 101).astype(int)):
        positives = rng.binomial(items, share, 20_000)
        low, high = wilson_bounds(rng.binomial(positives, 0.5), positives)
        if ((high - low) / 2 <= half).mean() >= 0.95:
            return int(items)
    return near


def speed(report: Report, n: int) -> None:
    """A CSV of n rows with two systems, a score and a segment: from columns to findings (CPU of this process)."""
    rng = np.random.default_rng(SEED + 7)
    truth = rng.random(n) < 0.04
    columns: dict[str, list[object]] = {
        "label": np.where(truth, "yes", "no").tolist(),
        "a": np.where(rng.random(n) < 0.1, ~truth, truth).tolist(),
        "b": np.where(rng.random(n) < 0.05, ~truth, truth).tolist(),
        "a_score": (truth + rng.normal(size=n)).tolist(), "country": rng.choice(["de", "fr", "it"], n).tolist(),
    }  # fmt: skip
    columns["a"] = ["yes" if v else "no" for v in columns["a"]]
    columns["b"] = ["yes" if v else "no" for v in columns["b"]]
    start = time.process_time()
    results = build(Table(columns, range(n), "speed"), Roles())
    audit = run_audit(results, np.random.default_rng(1))
    findings_of(audit)
    took = time.process_time() - start
    report.row(f"audit of {n:,} rows, two systems, a score, a segment column", goal="< 10 s", measured=took,
               holds=took < 10, unit="s CPU")  # fmt: skip


if __name__ == "__main__":
    main()
