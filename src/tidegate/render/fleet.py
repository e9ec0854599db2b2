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


def plain_table(columns: tuple[str, ...], right: tuple[str, ...], title: str | None = None) -> Table:
    """A table without lines: what is in it keeps its room; a run's name is never cut, for it is what one asks for."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(
            column, justify="right" if column in right else "left", no_wrap=column == "run", overflow="fold",
            min_width=len("(estimated)") if column == "tokens in" else None,
        )  # fmt: skip
    return table


def fleet_table(kinds: list[Kind]) -> Table:
    """Kinds of task, those in alarm first."""
    columns = ("kind of task", "runs", "ended", "steps P50 / P95", "tokens in", "money", "saved by ending", "")
    table = plain_table(columns, ("runs", "ended", "steps P50 / P95", "tokens in", "money"))
    for k in kinds:
        said = alarm_text(k)
        marked = f"[{'red' if k.alarm else 'dim'}]{said}[/]" if said else ""
        tokens = spread_text(k.tokens) + (" (estimated)" if k.tokens_estimated else "")
        table.add_row(escape(k.task_type), str(k.runs), str(k.ended), spread_text(k.steps), tokens,
                      spread_text(k.money_usd, "usd"), saved_text(k), marked)  # fmt: skip
    return table


def worst_table(kinds: list[Kind]) -> Table:
    """The longest runs of each kind, for `tidegate loops show`; columns that tell nothing are left out."""
    worst = [(k, r) for k in kinds for r in k.worst]
    columns = {
        "kind of task": [escape(k.task_type) for k, _ in worst] if len(kinds) > 1 else [],
        "run": [escape(r.run_id or "-") for _, r in worst],
        "steps": [str(r.steps) for _, r in worst],
        "tokens in": [number(r.tokens) for _, r in worst],
        "money": [number(r.money_usd, "usd") for _, r in worst] if any(r.money_usd for _, r in worst) else [],
        "decision": [r.decision for _, r in worst],
        "why": [escape(r.reason) for _, r in worst],
    }
    told = {name: cells for name, cells in columns.items() if cells}
    table = plain_table(tuple(told), ("steps", "tokens in", "money"), "\nworst runs")
    for row in zip(*told.values(), strict=True):
        table.add_row(*row)
    return table
