"""Do a system's answers depend on the truth at all?  Three answers: yes, no, and "these items cannot say".

`Yes` needs a p-value no run of coins will reach in a working life (`ALPHA_KNOWS`, shared among the systems of an
audit).  `No` needs evidence too: either the answers cannot depend on anything (one answer for everything), or the
items reject, at 1 %, a system as good as AUC 0.7.  So a genuine scorer of AUC 0.7 or more is called
skill-less in at most 1 % of cases by construction, however few the positives; what lies between is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special, stats

from tidegate.decide.metrics.cells import four_counts
from tidegate.decide.metrics.model import UNREAD, Results
from tidegate.stats.arrays import Floats

ALPHA_KNOWS = 1e-5  # of "the answers know nothing of the truth", one-sided, over all systems of an audit
ALPHA_REFUSE = 0.01  # of "as good as AUC 0.7", before a system is said to have no skill
AREA_GENUINE = 0.7
POSITIVES_SURE = 30  # with these many positives, no lean at all towards the truth is no accident


@dataclass(frozen=True)
class Knowledge:
    """Whether answers depend on the truth: `yes`, `no` or `open`; why not yes, in plain words; the p-value."""

    state: Literal["yes", "no", "open"]
    why: str
    p: float

    @property
    def yes(self) -> bool:
        """Shown to depend on the truth."""
        return self.state == "yes"


def knowledge(results: Results, system: str, family: int | None = None) -> Knowledge:
    """Decide for one system.

    Yes/no: Fisher's exact test, one-sided, of answering the positive class more often on positives, or
    (when better, at twice the price) Mann–Whitney on the scores.  Several classes: agreement beyond the margins.
    `family` is how many systems are looked at together (default: all of the results): the level is divided
    among them.
    """
    table = _table(results, system)
    answered = int((table.sum(axis=0) > 0).sum())
    scores = results.scores.get(system)
    constant = answered <= 1 and (scores is None or np.unique(scores[~np.isnan(scores)]).size <= 1)
    if constant:
        return Knowledge("no", "it answers the same for everything", 1.0)
    level = ALPHA_KNOWS / max(1, len(results.systems) if family is None else family)
    if results.positive is None:
        p = _agreement_p(table)
        state: Literal["no", "open"] = "open" if p <= 0.05 else "no"
        return Knowledge("yes", "", p) if p < level else Knowledge(state, _unclear(p), p)
    return _yes_no(results, system, table, level)


def _yes_no(results: Results, system: str, table: Floats, level: float) -> Knowledge:
    assert results.positive is not None
    tp, fp, fn, tn = (float(x) for x in four_counts(table, results.positive))
    yes = results.truth == results.positive
    p = _fisher_greater(tp, fp, fn, tn)
    scores = results.scores.get(system)
    if scores is not None:
        p = min(1.0, 2 * min(p, rank_p(scores, yes)))
    if p < level:
        return Knowledge("yes", "", p)
    if _fisher_greater(fp, tp, tn, fn) < level:
        return Knowledge("no", "its answers go against the truth: are the labels swapped?", p)
    positives = tp + fn
    leans = p < 0.5
    refuted = _cut_refuted(tp, fp, fn, tn) and (scores is None or _area_refuted(scores, yes))
    if refuted or (not leans and positives >= POSITIVES_SURE):
        return Knowledge("no", _unclear(p), p)
    said = f"{_unclear(p)}; {positives:.0f} positives cannot tell a useful system from chance here"
    return Knowledge("open", said, p)


def _unclear(p: float) -> str:
    return f"its answers show no clear dependence on the truth (p = {p:.2g})"


def _table(results: Results, system: str) -> Floats:
    k = len(results.classes)
    answers = results.systems[system]
    table = np.zeros((k, k + 1))
    np.add.at(table, (results.truth, np.where(answers == UNREAD, k, answers)), 1)
    return table


def _cut_refuted(tp: float, fp: float, fn: float, tn: float) -> bool:
    """Whether the hits are too few for an equal-variance binormal scorer of AUC 0.7 cut at this alarm rate."""
    if tp + fn == 0 or fp + tn == 0:
        return False
    alarm = (fp + 0.5) / (fp + tn + 1)
    hit = float(special.ndtr(special.ndtri(alarm) + np.sqrt(2) * special.ndtri(AREA_GENUINE)))
    return float(stats.binom.cdf(tp, tp + fn, hit)) <= ALPHA_REFUSE


def _area_refuted(scores: Floats, yes: np.ndarray) -> bool:
    """Whether the area is too small for 0.7, by its standard error there (Hanley and McNeil 1982, eq. 2)."""
    seen = ~np.isnan(scores)
    a, b = int((seen & yes).sum()), int((seen & ~yes).sum())
    if not a or not b:
        return False
    ranks = stats.rankdata(scores[seen])
    area = (ranks[yes[seen]].sum() - a * (a + 1) / 2) / (a * b)
    t = AREA_GENUINE
    q1, q2 = t / (2 - t), 2 * t * t / (1 + t)
    variance = (t * (1 - t) + (a - 1) * (q1 - t * t) + (b - 1) * (q2 - t * t)) / (a * b)
    return bool((area - t) / np.sqrt(variance) < special.ndtri(ALPHA_REFUSE))


def too_few(results: Results, family: int | None = None) -> bool:
    """Whether even perfect answers could not be told from chance on these items."""
    counts = np.bincount(results.truth, minlength=len(results.classes))
    log_ways = special.gammaln(counts.sum() + 1) - special.gammaln(counts + 1).sum()
    level = ALPHA_KNOWS / max(1, len(results.systems) if family is None else family)
    return bool(-log_ways > np.log(level))


def _fisher_greater(tp: float, fp: float, fn: float, tn: float) -> float:
    total, positives, calls = tp + fp + fn + tn, tp + fn, tp + fp
    return float(stats.hypergeom.sf(tp - 1, int(total), int(positives), int(calls)))


def _agreement_p(table: Floats) -> float:
    """One-sided p that agreement exceeds what independent margins give (permutation mean and variance, normal)."""
    n = table.sum()
    rows, columns = table.sum(axis=1), table.sum(axis=0)[:-1]
    hits = float(np.trace(table[:, :-1]))
    mean = float(rows @ columns) / n
    if n < 2:
        return 1.0
    # Exact variance of Σ 1[truth = answer] under random pairing: E[hits²] from ordered pairs of distinct rows.
    same = float((rows * (rows - 1)) @ (columns * (columns - 1)))
    cross = float(rows @ columns) ** 2 - float((rows**2) @ (columns**2))
    variance = mean + (same + cross) / (n * (n - 1)) - mean**2
    if variance <= 0:
        return 1.0
    return float(special.ndtr(-(hits - 0.5 - mean) / np.sqrt(variance)))


def rank_p(scores: Floats, yes: np.ndarray) -> float:
    """Mann–Whitney, one-sided: do positives score higher?  1 when a side is empty."""
    seen = ~np.isnan(scores)
    a, b = scores[seen & yes], scores[seen & ~yes]
    if not a.size or not b.size:
        return 1.0
    return float(stats.mannwhitneyu(a, b, alternative="greater").pvalue)
