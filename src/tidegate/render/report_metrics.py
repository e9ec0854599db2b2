"""The one-page metric report: terminal tables, one HTML file, and the plot of expected cost against the cost ratio."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.decide.metrics.audit import HEADLINE, Audit
from tidegate.decide.metrics.catalogue import METRICS
from tidegate.decide.metrics.costs import FLAG_ALL, FLAG_NONE, Policy, cost_curves
from tidegate.decide.metrics.model import Score
from tidegate.decide.metrics.multiclass import MATRIX_METRICS
from tidegate.decide.metrics.verdicts import reported
from tidegate.spine.estimate import Estimate, Measured
from tidegate.spine.finding import Finding
from tidegate.spine.gate import Verdict

COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#8250df", "#bf8700", "#0a7ea4", "#c2255c", "#57606a")
SYSTEMS_SHOWN = 12


def _cell(score: Score | None, audit: Audit) -> str:
    if score is None:
        return ""
    value = reported(score, knows=audit.knows[score.system].yes)
    if isinstance(value, Estimate):
        return f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"
    raw = score.value
    return f"no skill ({raw.value:.3f})" if isinstance(raw, Estimate) else "undefined (0/0)"


def _shown_metrics(audit: Audit) -> list[str]:
    present = list(dict.fromkeys(s.metric for s in audit.scores))
    return [m for m in HEADLINE if m in present] if audit.results.binary else present


def print_audit(console: Console, audit: Audit) -> None:
    """Scores beside the best degenerate policy, what would have shipped, segments, and money."""
    r = audit.results
    console.print(f"[dim]read as: {escape(r.read_as)}; {r.n:,} items[/]", highlight=False)
    systems = list(audit.knows)[:SYSTEMS_SHOWN]
    table = Table(title="every score beside what no knowledge scores", title_justify="left", box=SIMPLE)
    table.add_column("metric", no_wrap=True)
    roomy = console.width >= 120
    if roomy:
        table.add_column("rewards", style="dim", max_width=34)
    for s in systems:
        table.add_column(escape(s), justify="right")
    table.add_column("best degenerate policy")
    for name in _shown_metrics(audit):
        scores = [audit.score(s, name) for s in systems]
        first = next(s for s in scores if s is not None)
        said = [escape(words_of(audit, name))] if roomy else []
        table.add_row(name, *said, *(escape(_cell(s, audit)) for s in scores),
                      escape(_floor(first)))  # fmt: skip
    console.print(table)
    if audit.rates:
        console.print(_money_table(audit))
    if audit.shipped:
        console.print(_shipped_table(audit))
    if audit.segments.rows:
        console.print(_segment_table(audit))
    for line in crossover_words(audit):
        console.print(escape(line), highlight=False)


def _floor(score: Score) -> str:
    value = score.degenerate_value
    return "undefined for all of them" if math.isnan(value) else f"{value:.3f}  {score.degenerate}"


def words_of(audit: Audit, name: str) -> str:
    """What choosing the metric says one cares about."""
    known = METRICS if audit.results.binary else MATRIX_METRICS
    return next((m.words for m in known if m.name == name), "")


def _money_table(audit: Audit) -> Table:
    assert audit.costs is not None
    table = Table(
        title=f"in production ({100 * audit.share:.3g} % positive, {audit.prevalence_source}); "
              f"costs in {escape(audit.costs.unit)}",
        title_justify="left", box=SIMPLE,
    )  # fmt: skip
    for column in (
        "system",
        "hits",
        "missed",
        "false alarms",
        "precision there",
        "cost per item",
    ):
        table.add_column(column, justify="left" if column == "system" else "right")
    for name, money in audit.money.items():
        rates = audit.rates.get(name)
        cells = ["", "", ""] if rates is None else [
            f"{rates.hits} of {rates.positives}", str(rates.positives - rates.hits),
            f"{rates.alarms} of {rates.negatives}"]  # fmt: skip
        precision = audit.precision_in_production.get(name)
        table.add_row(escape(name), *cells, _number(precision) if precision is not None else "", _number(money))
    return table


def _number(value: Measured) -> str:
    if isinstance(value, Estimate):
        return f"{value.value:.4g} [{value.low:.4g}, {value.high:.4g}]"
    return "not measured"


def _shipped_table(audit: Audit) -> Table:
    table = Table(title="which metric would have shipped which system", title_justify="left", box=SIMPLE)
    priced = any(s.regret is not None for s in audit.shipped)
    for column in ("metric", "ships", "certainty", *(["regret per item"] if priced else [])):
        table.add_column(column, justify="right" if column in ("certainty", "regret per item") else "left")
    names = _shown_metrics(audit)
    for s in audit.shipped:
        if s.metric in names:
            regret = [] if not priced else ["" if s.regret is None else f"{s.regret:.4g}"]
            table.add_row(s.metric, escape("tie" if s.tied else s.winner), f"{100 * s.certainty:.0f} %", *regret)
    return table


def _segment_table(audit: Audit) -> Table:
    table = Table(title=f"segments by {audit.segments.metric}, worst first", title_justify="left", box=SIMPLE)
    for column in ("segment", "system", "n", "positives", audit.segments.metric):
        table.add_column(column, justify="right" if column in ("n", "positives") else "left")
    rows = sorted(audit.segments.rows, key=lambda r: r.value.value if isinstance(r.value, Estimate) else np.inf)
    for r in rows[:15]:
        table.add_row(escape(f"{r.column}={r.segment}"), escape(r.system), str(r.n),
                      "" if r.positives is None else str(r.positives), _number(r.value))  # fmt: skip
    return table


def crossover_words(audit: Audit) -> list[str]:
    """At which cost ratio the winner changes, in plain words."""
    if not audit.stretches:
        return []
    parts = [f"{s.winner} from {s.low:.3g} to {s.high:.3g}" for s in audit.stretches]
    out = ["cheapest by how many false alarms a miss is worth: " + "; ".join(parts)]
    for system, policy in audit.policies.items():
        if isinstance(policy, Policy):
            look = f", a human looks in between ({100 * policy.reviewed:.1f} % of items)" if policy.reviewed else ""
            out.append(f"from scores of {system}: act above probability {policy.act:.3g}, skip below {policy.skip:.3g}"
                       f"{look}: {_number(policy.cost)} per item")  # fmt: skip
    return out


def cost_plot(audit: Audit, *, width: int = 760, height: int = 340) -> str:
    """SVG of expected cost per item (in false alarms) against the cost ratio, log scale, crossovers marked."""
    if not audit.rates:
        return ""
    ratios = np.geomspace(0.1, 1000, 200)
    kept = dict(list(audit.rates.items())[: len(COLOURS)])
    curves = cost_curves(kept, audit.share, ratios)
    left, right, top, bottom = 62, width - 190, 16, height - 44
    peak = max(float(curves[s].max()) for s in kept) if kept else 1.0
    ceiling = max(min(peak, 5 * float(curves[FLAG_ALL][0]) + 1e-12), 1e-9)

    def x(ratio: float) -> float:
        return left + (right - left) * (math.log10(ratio) + 1) / 4

    def y(cost: float) -> float:
        return bottom - (bottom - top) * min(cost / ceiling, 1.0)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
             f'aria-label="expected cost per item against the cost ratio" font-family="system-ui, sans-serif" '
             f'font-size="12">']  # fmt: skip
    for tick in (0.1, 1, 10, 100, 1000):
        parts.append(f'<line x1="{x(tick):.1f}" y1="{top}" x2="{x(tick):.1f}" y2="{bottom}" stroke="#d0d7de"/>'
                     f'<text x="{x(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>')  # fmt: skip
    for k in range(5):
        v = ceiling * k / 4
        parts.append(f'<text x="{left - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.3g}</text>')
    middle = (left + right) / 2
    parts.append(
        f'<text x="{middle:.0f}" y="{height - 8}" text-anchor="middle">a miss costs this many false alarms</text>'
    )
    for s in audit.stretches[1:]:
        parts.append(f'<line x1="{x(max(s.low, 0.1)):.1f}" y1="{top}" x2="{x(max(s.low, 0.1)):.1f}" y2="{bottom}" '
                     f'stroke="#57606a" stroke-dasharray="3 3"/>')  # fmt: skip
    for i, (name, curve) in enumerate(curves.items()):
        constant = name in (FLAG_NONE, FLAG_ALL)
        colour = "#8c959f" if constant else COLOURS[i % len(COLOURS)]
        inside = curve <= ceiling
        points = " ".join(
            f"{x(float(r)):.1f},{y(float(c)):.1f}" for r, c in zip(ratios[inside], curve[inside], strict=True)
        )
        dash = ' stroke-dasharray="6 4"' if constant else ""
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2"{dash} points="{points}"/>')
        parts.append(f'<text x="{right + 10}" y="{top + 14 + 18 * i}" fill="{colour}">{html.escape(name[:26])}</text>')
    return "".join(parts) + "</svg>"


STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}
th,td{border-bottom:1px solid #d0d7de;padding:.25rem .7rem;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#b3261e}.dim{color:#57606a}
.verdict{font-size:1.3rem;font-weight:700}.pass{color:#1a7f37}.fail{color:#b3261e}.undecided{color:#9a6700}
"""


def html_report(audit: Audit, findings: Sequence[Finding], verdict: Verdict) -> str:
    """One page, nothing loaded from elsewhere."""
    r, e = audit.results, html.escape
    systems = list(audit.knows)[:SYSTEMS_SHOWN]
    rows = []
    for name in _shown_metrics(audit):
        scores = [audit.score(s, name) for s in systems]
        first = next(s for s in scores if s is not None)
        cells = "".join(
            f'<td class="n{"" if s and (s.useful or s.one_sided) else " bad"}">{e(_cell(s, audit))}</td>'
            for s in scores
        )
        rows.append(f"<tr><th>{e(name)}</th><td class=dim>{e(words_of(audit, name))}</td>{cells}"
                    f"<td>{e(_floor(first))}</td></tr>")  # fmt: skip
    head = "".join(f"<th>{e(s)}</th>" for s in systems)
    listed = "".join(
        f"<li><b>{f.severity.value}</b> <code>{e(f.rule)}</code> {e(f.message)}"
        + (f"<br><span class=dim>{e(f.suggestion)}</span>" if f.suggestion else "")
        + "</li>"
        for f in findings
    )
    money = "".join(f"<tr><th>{e(s)}</th><td class=n>{e(_number(v))}</td></tr>" for s, v in audit.money.items())
    shipped = "".join(
        f"<tr><th>{e(s.metric)}</th><td>{e('tie' if s.tied else s.winner)}</td>"
        f"<td class=n>{100 * s.certainty:.0f} %</td>"
        f"<td class=n>{'' if s.regret is None else f'{s.regret:.4g}'}</td></tr>"
        for s in audit.shipped
    )
    segments = "".join(
        f"<tr><th>{e(s.column)}={e(s.segment)}</th><td>{e(s.system)}</td><td class=n>{s.n}</td>"
        f"<td class=n>{e(_number(s.value))}</td></tr>"
        for s in audit.segments.rows
    )
    unit = e(audit.costs.unit) if audit.costs else ""
    crossings = "".join(f"<p>{e(line)}</p>" for line in crossover_words(audit))
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Metric audit</title><style>{STYLE}</style>"
        f"<h1>Metric audit</h1><p class=dim>{e(r.source)}: {r.n:,} items; {e(r.read_as)}</p>"
        f'<p class="verdict {verdict.value}">{verdict.value}</p><ul>{listed or "<li>no findings</li>"}</ul>'
        f"<h2>Every score beside what no knowledge scores</h2><table><tr><th>metric</th><th>rewards</th>{head}"
        f"<th>best degenerate policy</th></tr>{''.join(rows)}</table>"
        + (f"<h2>Expected cost against the cost ratio</h2>{cost_plot(audit)}{crossings}"
           f"<table><tr><th>system</th><th>cost per item ({unit}), {100 * audit.share:.3g} % positive</th></tr>"
           f"{money}</table>" if audit.rates else "")
        + (f"<h2>Which metric would have shipped which system</h2><table><tr><th>metric</th><th>ships</th>"
           f"<th>certainty</th><th>regret per item</th></tr>{shipped}</table>" if shipped else "")
        + (f"<h2>Segments by {e(audit.segments.metric)}</h2><table><tr><th>segment</th><th>system</th><th>n</th>"
           f"<th>{e(audit.segments.metric)}</th></tr>{segments}</table>" if segments else "")
        + "</html>"
    )  # fmt: skip
