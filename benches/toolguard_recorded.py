"""Hard judgements on recorded runs: `python -m benches.toolguard_recorded [--json]`.

T5, "in a loop?": at the 758 checkpoints of 58 multi-agent logs, is what an orchestrator model then said
of itself predictable without any model?  Only text before the checkpoint is read, never a ledger.  One
score is a fixed sum of what the guard measures; the other weighs the same measures by a logistic
regression that never saw the log it is tried on.

T12, the forecast: input tokens of a whole run from its first calls on, against the total that the
recording holds.  The recordings give texts by length and tokens in total, so tokens a call are read off
the lengths with two constants (tokens before the first step, tokens a character); they, the usual growth
and what it is worth are fitted on other repositories than those tested.
"""

import gzip
import json
import os
import random
from pathlib import Path
from typing import Any

import numpy as np

from benches.report import Report
from tidegate.admit.toolguard import gist
from tidegate.admit.toolguard.fleet import forecast_total

DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
SEED = 20261129
RESAMPLES = 500
Row = tuple[str, list[float], bool]


def rows_of(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / "agents" / name, "rt") as f:
        return [json.loads(line) for line in f]


def words(text: str) -> int:
    """The token set of a text."""
    return gist.text_gist(text, "").words


def likeness(sets: list[int]) -> float:
    """The most that the last of these texts is like an earlier one."""
    return max((gist.alike(sets[-1], w) for w in sets[:-1]), default=0.0) if sets else 0.0


def checkpoints(log: dict[str, Any], name: str) -> list[Row]:
    """The features and the label at each of a log's ledgers."""
    labels = {label["msg"]: bool(label["is_in_loop"]) for label in log["ledger_labels"]}
    seen: set[int] = set()
    instructions: list[int] = []
    answers: list[int] = []
    novelty: list[float] = []
    failures: list[bool] = []
    agents: list[str] = []
    near = 0
    out: list[Row] = []
    for i, message in enumerate(log["history"]):
        text, role = str(message["content"]), str(message["role"])
        if i in labels:
            streak = next((k for k, a in enumerate(reversed(agents)) if a != agents[-1]), len(agents)) if agents else 0
            facts = [
                np.log1p(i),
                novelty[-1] if novelty else 1.0,
                float(np.mean(novelty[-3:])) if novelty else 1.0,
                likeness(instructions),
                likeness(answers),
                np.log1p(streak),
                np.log1p(near),
                sum(failures[-4:]) / 4,
            ]
            out.append((name, facts, labels[i]))
        if text.startswith("Updated Ledger"):
            continue
        if role.startswith("Orchestrator (->"):
            known = words(text)
            near += any(gist.alike(known, w) >= 0.6 for w in instructions)
            instructions.append(known)
            agents.append(role)
        elif not role.startswith("Orchestrator") and role != "human":
            grams = set(gist.phrases_of(text))
            novelty.append(len(grams - seen) / len(grams) if grams else 0.0)
            seen |= grams
            answers.append(words(text))
            low = text.lower()
            failures.append(any(w in low for w in ("error", "unable", "could not", "not found", "failed", "cannot")))
    return out


def auc(scores: np.ndarray, labels: np.ndarray) -> float:
    """The chance that a true one scores above a false one, ties half."""
    order = scores.argsort(kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    n = labels.sum()
    return float((ranks[labels].sum() - n * (n + 1) / 2) / (n * (len(labels) - n)))


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a ridge-penalised logistic regression, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (y - p) - w
        w += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.eye(x.shape[1]), gradient)
    return w


def interval(scores: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """95 % interval of the AUC, whole logs resampled."""
    rng, values = np.random.default_rng(SEED), []
    names = np.unique(groups)
    places = {g: np.flatnonzero(groups == g) for g in names}
    for _ in range(RESAMPLES):
        take = np.concatenate([places[g] for g in rng.choice(names, len(names))])
        if 0 < labels[take].sum() < len(take):
            values.append(auc(scores[take], labels[take]))
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def in_a_loop(report: Report) -> None:
    """T5."""
    logs = [r for r in rows_of("whoandwhen.jsonl.gz") if r.get("ledger_labels")]
    rows = [row for r in logs for row in checkpoints(r, r["file"])]
    x = np.array([f for _, f, _ in rows])
    y = np.array([label for *_, label in rows])
    groups = np.array([g for g, *_ in rows])
    report.row("T5 checkpoints, in a loop", goal="758, 236", measured=f"{len(y)}, {y.sum()}", holds=len(y) == 758)
    alone = auc(x[:, 0], y)
    report.row("T5 the message's number alone", goal="(0.68: baseline)", measured=f"{alone:.2f}", holds=True)
    fixed = x[:, 3] + x[:, 4] - x[:, 1] - x[:, 2] + 0.5 * x[:, 6] + x[:, 7]
    for name, scores, goal in (("T5 fixed sum, text of the same run only", fixed, 0.75),
                               ("T5 weighed, each log by the others", _left_out(x, y, groups), 0.85)):  # fmt: skip
        value, (low, high) = auc(scores, y), interval(scores, y, groups)
        report.row(name, goal=f"AUC >= {goal}", measured=f"{value:.2f} ({low:.2f} to {high:.2f})", holds=value >= goal)


def _left_out(x: np.ndarray, y: np.ndarray, groups: np.ndarray) -> np.ndarray:
    scores = np.zeros(len(y))
    for g in np.unique(groups):
        test = groups == g
        mean, spread = x[~test].mean(0), x[~test].std(0) + 1e-9
        z = np.column_stack([(x - mean) / spread, np.ones(len(x))])
        scores[test] = z[test] @ logistic(z[~test], y[~test].astype(float))
    return scores


def forecasts(report: Report) -> None:
    """T12."""
    runs = []
    for r in rows_of("swebench_verified_sweagent.jsonl.gz"):
        stats = r.get("model_stats") or {}
        if stats.get("tokens_sent") and stats.get("api_calls") == len(r["steps"]) >= 8:
            lengths = [
                int(s["action_len"]) + int(s["obs_len"]) + len(str(s.get("thought_head") or "")) for s in r["steps"]
            ]
            before = np.concatenate([[0], np.cumsum(lengths)[:-1]])
            runs.append((r["instance_id"].startswith("django"), r["submission"], before, float(stats["tokens_sent"])))
    at = {5: [], 10: [], 0: []}  # type: ignore[var-annotated]
    for django in (True, False):
        for submission in sorted({r[1] for r in runs}):
            fit = [r for r in runs if r[0] is not django and r[1] == submission]
            test = [r for r in runs if r[0] is django and r[1] == submission]
            if len(fit) < 10:
                continue
            a = np.array([[len(b), b.sum()] for _, _, b, _ in fit], float)
            total = np.array([t for *_, t in fit])
            base, rate = np.linalg.lstsq(a / total[:, None], np.ones(len(fit)), rcond=None)[0]
            known = [([int(base + rate * b) for b in before], truth) for _, _, before, truth in fit]
            usual = float(np.median([(t[-1] - t[0]) / (len(t) - 1) for t, _ in known]))
            worth = min((0.0, 3.0, 6.0, 12.0, 24.0), key=lambda w: median_error(known, usual, w))
            found = errors([([int(base + rate * b) for b in before], t) for _, _, before, t in test], usual, worth)
            for step, error in found:
                at[0].append(error)
                if step in at:
                    at[step].append(error)
    for step, name in ((5, "at step 5"), (10, "at step 10"), (0, "from step 5 on")):
        if at[step]:
            value = float(np.median(at[step]))
            report.row(f"T12 forecast of total input tokens {name}, median error", holds=value <= 0.15,
                       goal="<= 15 %", measured=f"{100 * value:.0f} % ({len(at[step]):,} forecasts)")  # fmt: skip


def errors(runs: list[tuple[list[int], float]], usual: float, worth: float) -> list[tuple[int, float]]:
    """(step, relative error) of the forecasts from step 5 on."""
    out = []
    for tokens, truth in runs:
        for step in range(5, len(tokens)):
            guess = forecast_total(tokens[:step], len(tokens), usual, worth)
            assert guess is not None
            out.append((step, abs(guess - truth) / truth))
    return out


def median_error(runs: list[tuple[list[int], float]], usual: float, worth: float) -> float:
    """What `worth` is chosen by, on the runs that are fitted to."""
    return float(np.median([e for _, e in errors(runs, usual, worth)]))


def main() -> None:
    random.seed(SEED)
    report = Report(f"tool-loop guard on recorded judgements (seed {SEED})")
    in_a_loop(report)
    forecasts(report)
    report.finish()


if __name__ == "__main__":
    main()
