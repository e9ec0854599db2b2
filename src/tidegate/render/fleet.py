"""The fleet of agent runs in words: kinds of task with their spread, the alarm, the worst runs."""

from rich.markup import escape
from rich.table import Table

from tidegate.admit.toolguard.fleet import Kind, Spread


def number(value: float | None, unit: str = "") -> str:
    """A figure as people read it; what is not measured says so."""
    if value is None:
        return "not measured"
    if unit == "usd":
        return f"${value:,.2f}"
    return f"{value:,.0f}"


def spread_text(spread: Spread, unit: str = "") -> str:
    """P50 / P95 of a measure."""
    return number(None) if spread.p50 is None else f"{number(spread.p50, unit)} / {number(spread.p95, unit)}"


def alarm_text(kind: Kind) -> str:
    """What the spread of a kind says."""
    loud = [n for n, s in (("steps", kind.steps), ("tokens", kind.tokens), ("money", kind.money_usd)) if s.alarm]
    if loud:
        return f"P95 over 4 x P50: {', '.join(loud)}"
    return "" if kind.steps.enough else "too few runs to judge"


def saved_text(kind: Kind) -> str:
    """What ending its runs in time saves, or would have."""
    parts = [f"{kind.steps_saved:,} steps"]
    if kind.tokens_saved is not None:
        parts.append(f"{kind.tokens_saved:,} tokens")
    if kind.money_saved_usd is not None:
        parts.append(f"${kind.money_saved_usd:,.2f}")
    return ", ".join(parts)


def fleet_table(kinds: list[Kind]) -> Table:
    """Kinds of task, those in alarm first."""
    table = Table()
    for column in ("kind of task", "runs", "ended", "steps P50 / P95", "tokens in", "money", "saved by ending", ""):
        table.add_column(column, justify="left" if column in ("kind of task", "", "saved by ending") else "right")
    for k in kinds:
        said = alarm_text(k)
        marked = f"[{'red' if k.alarm else 'dim'}]{said}[/]" if said else ""
        tokens = spread_text(k.tokens) + (" (estimated)" if k.tokens_estimated else "")
        table.add_row(escape(k.task_type), str(k.runs), str(k.ended), spread_text(k.steps), tokens,
                      spread_text(k.money_usd, "usd"), saved_text(k), marked)  # fmt: skip
    return table


def worst_table(kinds: list[Kind]) -> Table:
    """The longest runs of each kind, for `tidegate loops show`."""
    table = Table(title="worst runs")
    for column in ("kind of task", "run", "steps", "tokens in", "money", "decision", "why"):
        table.add_column(column, justify="right" if column in ("steps", "tokens in", "money") else "left")
    for k in kinds:
        for r in k.worst:
            table.add_row(escape(k.task_type), escape(r.run_id or "-"), str(r.steps), number(r.tokens),
                          number(r.money_usd, "usd"), r.decision, escape(r.reason))  # fmt: skip
    return table
