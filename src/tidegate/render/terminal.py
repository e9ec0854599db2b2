"""Findings, measures and verdicts for people at a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.spine.answer import Answer
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.gate import Verdict

STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
VERDICT_STYLE = {Verdict.PASS: "bold green", Verdict.FAIL: "bold red", Verdict.UNDECIDED: "bold yellow"}


def print_answer(console: Console, answer: Answer) -> None:
    """Findings, then measures, then the verdict in one line."""
    for finding in answer.findings:
        print_finding(console, finding)
    if answer.measures:
        console.print(measures_table(answer.measures))
    # A verb whose own view tells what is wrong has no findings here: "fail, no findings" would contradict it.
    counted = count_findings(answer.findings) if answer.findings or answer.verdict is Verdict.PASS else ""
    console.print(f"[{VERDICT_STYLE[answer.verdict]}]{answer.verdict.value}[/]  {escape(answer.verb)}"
                  + (f"  [dim]{counted}[/]" if counted else ""), highlight=False)  # fmt: skip


def count_findings(findings: tuple[Finding, ...]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    counts = [(s, sum(f.severity is s for f in findings)) for s in Severity]
    said = [f"{n} {s.value}{'s' if n != 1 else ''}" for s, n in counts if n]
    return ", ".join(said) or "no findings"


def place(finding: Finding) -> str:
    """`support.md:12`, or the trace and event, or the subject."""
    w = finding.where
    if w.file:
        return f"{w.file}:{w.line}" if w.line is not None else w.file
    if w.trace:
        return f"{w.trace}#{w.event}" if w.event is not None else w.trace
    return finding.subject


def print_finding(console: Console, finding: Finding) -> None:
    """One finding: place, severity, rule, words; then who and when, and what to do."""
    style = STYLE[finding.severity]
    console.print(f"[bold]{escape(place(finding))}[/] [{style}]{finding.severity.value}[/] "
                  f"[dim]{escape(finding.rule)}[/]  {escape(finding.message)}", highlight=False)  # fmt: skip
    for line in finding.evidence.get("core", ()):
        if isinstance(line, dict) and "line" in line:
            text = escape(str(line.get("text", "")))
            console.print(f"    {escape(str(line.get('file', '')))}:{line['line']}  {text}", highlight=False)
    witness = finding.evidence.get("witness")
    if isinstance(witness, dict) and witness.get("conditions"):
        console.print(f"    [dim]ask it:[/] {escape(str(witness.get('probe', '')))}", highlight=False)
    began = finding.evidence.get("introduced")
    if isinstance(began, dict) and began.get("commit"):
        day, commit = str(began.get("date", ""))[:10], str(began["commit"])[:12]
        told = f"{day} in {commit} by {began.get('author') or '?'}: {began.get('subject', '')}"
        console.print(f"    [dim]began {escape(told)}[/]", highlight=False)
    elif finding.where.author or finding.where.commit:
        who = f"{finding.where.author or '?'} in {str(finding.where.commit or '?')[:12]}"
        console.print(f"    [dim]by {escape(who)}[/]", highlight=False)
    if finding.suggestion:
        console.print(f"    [green]→[/] {escape(finding.suggestion)}", highlight=False)


def number(value: float) -> str:
    """Four significant digits, thousands with commas, never an exponent for ordinary sizes."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e12 else f"{value:.4g}"


def measures_table(measures: tuple[Measure, ...]) -> Table:
    """Name, value with interval, n, segment; unmeasured ones say why and what is needed."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("measure", "value", "95 %", "n", "segment"):
        table.add_column(column, justify="right" if column in ("value", "95 %", "n") else "left")
    for m in measures:
        v = m.value
        if isinstance(v, Estimate):
            table.add_row(escape(m.name), f"{number(v.value)}{' ' + m.unit if m.unit else ''}",
                          f"{number(v.low)} to {number(v.high)}", str(v.n), escape(v.segment))  # fmt: skip
        else:
            table.add_row(escape(m.name), "[yellow]not measured[/]", "", "", escape(f"{v.reason}; needed: {v.needed}"))
    return table
