"""From an audit to findings, measures and a verdict in plain words."""

from __future__ import annotations

from tidegate.decide.metrics.audit import HEADLINE, Audit
from tidegate.decide.metrics.costs import FLAG_ALL, FLAG_NONE
from tidegate.decide.metrics.dependence import Knowledge, too_few
from tidegate.decide.metrics.model import Issue, Score
from tidegate.spine.estimate import Estimate, Measure, NotMeasured
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.gate import Verdict
from tidegate.stats.power import plan_recall

SHOWN_METRICS_MAX = 6
UNDECIDED_RULES = ("too-few-items", "skill-undecided")


def findings_of(audit: Audit) -> tuple[Finding, ...]:
    """Everything worth saying, most serious first."""
    out = [_issue(i, audit) for i in audit.results.issues]
    one_class = any(i.rule == "one-class-truth" for i in audit.results.issues)
    if not one_class and too_few(audit.results):
        out.append(_too_few(audit))
    elif not one_class:
        for system in audit.knows:
            out += _skill(audit, system)
    out += _money(audit)
    out += _segments(audit)
    out += _disagreement(audit)
    out += _few_positives(audit)
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    return tuple(sorted(out, key=lambda f: rank[f.severity]))


def verdict_of(audit: Audit, findings: tuple[Finding, ...]) -> Verdict:
    """Fail when a system shows no skill; undecided when the data cannot tell; else pass."""
    if any(f.severity is Severity.ERROR for f in findings):
        return Verdict.FAIL
    open_question = any(i.blocking for i in audit.results.issues) or any(f.rule in UNDECIDED_RULES for f in findings)
    return Verdict.UNDECIDED if open_question else Verdict.PASS


def measures_of(audit: Audit) -> tuple[Measure, ...]:
    """The headline metrics; a score without skill is not a measurement and says what it lacks."""
    out = []
    for s in audit.scores:
        if s.metric in HEADLINE or not audit.results.binary:
            out.append(Measure(name=f"{s.metric} of {s.system}", value=reported(s, knows=audit.knows[s.system].yes)))
    out += [Measure(name=f"auc of {s}", value=v) for s, v in audit.areas.items()]
    if audit.costs is not None:
        unit = audit.costs.unit
        out += [Measure(name=f"expected cost per item of {s}", value=v, unit=unit) for s, v in audit.money.items()]
    out += [Measure(name=f"precision in production of {s}", value=v)
            for s, v in audit.precision_in_production.items()]  # fmt: skip
    for row in audit.segments.worst.values():
        name = f"worst segment of {row.system} by {audit.segments.metric} ({row.column}={row.segment})"
        out.append(Measure(name=name, value=row.value))
    return tuple(out)


def reported(score: Score, *, knows: bool) -> Estimate | NotMeasured:
    """The value, or why it may not be read as good.

    A one-sided metric (recall: a constant 'yes' is perfect) of a system that knows something is shown as
    it is; it still never counts as useful alone.
    """
    if score.useful or isinstance(score.value, NotMeasured) or (score.one_sided and knows):
        return score.value
    return NotMeasured(reason=score.reason, needed="a lead over that policy that is no chance")


def _issue(issue: Issue, audit: Audit) -> Finding:
    return Finding(
        rule=issue.rule, severity=Severity.WARNING, subject=audit.results.source or "results",
        message=f"{issue.message}; {issue.treatment}",
        evidence={"certainty": "proved", "rows": list(issue.rows), "count": issue.count},
        suggestion="" if not issue.blocking else "settle this before reading any figure",
    )  # fmt: skip


def _too_few(audit: Audit) -> Finding:
    r = audit.results
    return Finding(
        rule="too-few-items", severity=Severity.WARNING, subject=r.source or "results",
        message=f"{r.n} items cannot decide: even perfect answers to them could be chance",
        evidence={"certainty": "proved", "items": r.n}, suggestion="label more items of the rarer class",
    )  # fmt: skip


def _skill(audit: Audit, system: str) -> list[Finding]:
    """No skill at all is an error; single metrics without skill are a warning that names them."""
    scores = [s for s in audit.scores if s.system == system]
    shown = [s for s in scores if not s.useful and not isinstance(s.value, NotMeasured)]
    knows = audit.knows[system]
    accuracy = audit.score(system, "accuracy")
    first = accuracy if accuracy is not None and accuracy in shown else (shown[0] if shown else None)
    if not any(s.useful for s in scores):
        return [_unskilled(audit, system, knows, first, shown)]
    headline = [s for s in shown if not s.one_sided and (s.metric in HEADLINE or not audit.results.binary)]
    if not headline:
        return []
    names = ", ".join(s.metric for s in headline[:SHOWN_METRICS_MAX])
    lead = first if first in headline else headline[0]
    assert lead is not None
    return [Finding(
        rule="metric-without-skill", severity=Severity.WARNING, subject=system,
        message=f"{system}: {_value_words(lead)} {lead.reason} (without skill here: {names})"
        if len(headline) > 1 else f"{system}: {_value_words(lead)} {lead.reason}",
        evidence={"certainty": "measured", "metrics": [s.metric for s in shown], "degenerate": lead.degenerate,
                  "degenerate_value": lead.degenerate_value},
        suggestion="judge it by a metric on which it does better than knowing nothing",
    )]  # fmt: skip


def _unskilled(audit: Audit, system: str, knows: Knowledge, first: Score | None, shown: list[Score]) -> Finding:
    """No metric may be read as good: an error where that is shown, undecided where the items cannot say."""
    said = f"{_value_words(first)} {first.reason}" if first is not None else "no metric is defined on its answers"
    tail = f"; {knows.why}" if not knows.yes and first is not None and knows.why not in first.reason else ""
    undecided = knows.state == "open"
    return Finding(
        rule="skill-undecided" if undecided else "no-skill",
        severity=Severity.WARNING if undecided else Severity.ERROR, subject=system,
        message=f"{system}: {said}{tail}{_zero_hits(audit, system)}",
        evidence={"certainty": "measured", "p_value": knows.p, "metrics": [s.metric for s in shown],
                  "degenerate": first.degenerate if first else None,
                  "degenerate_value": first.degenerate_value if first else None},
        suggestion="label more items of the rarer class before anybody reads this as good" if undecided
        else "do not report this as good; look at what it missed, and choose a metric that sees it",
    )  # fmt: skip


def _value_words(score: Score | None) -> str:
    if score is None or isinstance(score.value, NotMeasured):
        return ""
    v = score.value.value
    return f"{score.metric} {100 * v:.1f} % is" if score.metric == "accuracy" else f"{score.metric} {v:.3f} is"


def _zero_hits(audit: Audit, system: str) -> str:
    rates = audit.rates.get(system)
    if rates is None or rates.hits or not rates.positives:
        return ""
    return f"; it found none of the {rates.positives} '{audit.results.positive_name}' items"


def _money(audit: Audit) -> list[Finding]:
    if audit.costs is None or "assumed" in audit.costs.unit:
        return []
    point = {s: m.value for s, m in audit.money.items() if isinstance(m, Estimate)}
    if not point:
        return []
    best = min(point, key=lambda s: point[s])
    if best not in (FLAG_NONE, FLAG_ALL):
        return []
    return [Finding(
        rule="not-worth-running", severity=Severity.WARNING, subject=audit.results.source or "results",
        message=f"at these costs and a prevalence of {100 * audit.share:.3g} %, to {best} costs {point[best]:.4g} "
                f"{audit.costs.unit} an item, less than any system",
        evidence={"certainty": "measured", "costs_per_item": point},
        suggestion="check the costs and the prevalence, or do not run a system here",
    )]  # fmt: skip


def _segments(audit: Audit) -> list[Finding]:
    out = []
    for r in audit.segments.reversals:
        sure = {"certainty": "measured"} if r.certain else {"certainty": "possible", "probability": r.probability}
        out.append(Finding(
            rule="segment-reversal", severity=Severity.WARNING if r.certain else Severity.NOTE, subject=r.better,
            message=f"{r.better} beats {r.than} in aggregate by {r.metric} ({r.aggregate:+.3f}) and is worse for "
                    f"{r.column}={r.segment} ({r.difference:+.3f}, {r.low:+.3f} to {r.high:+.3f}, n={r.n})",
            evidence={**sure, "metric": r.metric, "segment": f"{r.column}={r.segment}", "aggregate": r.aggregate,
                      "difference": r.difference, "low": r.low, "high": r.high},
            suggestion=f"decide whether {r.column}={r.segment} may get worse; make it a guard in the contract if not",
        ))  # fmt: skip
    return out


def _disagreement(audit: Audit) -> list[Finding]:
    """Metrics that would have shipped different systems: what the choice of metric decides here."""
    headline = [s for s in audit.shipped if s.metric in HEADLINE or not audit.results.binary]
    winners = sorted({s.winner for s in headline if not s.tied})
    if len(winners) < 2:
        return []
    said = "; ".join(f"{w} by {', '.join(s.metric for s in headline if s.winner == w and not s.tied)}" for w in winners)
    return [Finding(
        rule="metric-decides-winner", severity=Severity.NOTE, subject=audit.results.source or "results",
        message=f"the choice of metric decides what ships: {said}",
        evidence={"certainty": "measured", "winners": {s.metric: s.winner for s in headline}},
        suggestion="price a miss and a false alarm (tidegate metrics elicit) and sign a contract",
    )]  # fmt: skip


def _few_positives(audit: Audit) -> list[Finding]:
    if not audit.rates:
        return []
    rates = next(iter(audit.rates.values()))
    recall = [s.value for s in audit.scores if s.metric == "recall" and isinstance(s.value, Estimate)]
    widest = max(((v.high - v.low) / 2 for v in recall), default=0.0)
    if rates.positives >= 100 and widest <= 0.1:
        return []
    plan = plan_recall(0.05, min(max(audit.share, 1e-4), 0.5))
    return [Finding(
        rule="few-positives", severity=Severity.NOTE, subject=audit.results.source or "results",
        message=f"recall rests on {rates.positives} '{audit.results.positive_name}' items; to know it to ±0.05 label "
                f"about {plan.items:,} random items ({plan.positives} positives) at this prevalence",
        evidence={"certainty": "measured", "positives": rates.positives, "items_needed": plan.items},
        suggestion="or label the items where the systems disagree first",
    )]  # fmt: skip
