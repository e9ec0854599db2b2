"""`tidegate loops budgets` and `loops raise`: what capped runs have used, and going on with a raised cap."""

from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate import wiring
from tidegate.admit.toolguard.budget import RESOURCES
from tidegate.admit.toolguard.run_caps import NO_CAP, TIME, limit_of, run_account
from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.gate import Verdict
from tidegate.store.budgets import Used

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
SHOWN = ("money USD", "tokens in", "tokens out", "calls", "time s", "effects")


@click.command("budgets")
@click.option("--tenant", default=None, help="Only this tenant's.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many, latest first.")
@store_options
@json_option
def budgets(tenant: str | None, limit: int, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """What capped runs and tenants have used, and of how much.

    Example: tidegate loops budgets --tenant acme
    """
    book = wiring.budget_book(existing(store, config).store)
    found = [u for u in book.accounts() if tenant is None or u.name.startswith(f"{tenant} ")][:limit]
    answer = Answer(verb="loops budgets", verdict=Verdict.PASS, fields={"accounts": [describe(u) for u in found]})
    emit(answer, as_json=as_json, judges=False, words=lambda c: show(c, found))


@click.command("raise")
@click.argument("run")
@click.option("--tenant", required=True, help="Whose run it is.")
@click.option("--money-usd", type=float, default=None)
@click.option("--tokens-in", type=int, default=None)
@click.option("--tokens-out", type=int, default=None)
@click.option("--calls", type=int, default=None)
@click.option("--time-s", type=float, default=None)
@click.option("--effects", type=int, default=None)
@store_options
@json_option
def raise_(
    run: str, tenant: str, store: Path | None, config: Path | None, as_json: bool, **caps: float | None
) -> NoReturn:
    """Set the caps of one RUN anew, so that it can go on; what it has used stays used.

    Takes effect with its next call. Caps that are not named stay as they are.

    Example: tidegate loops raise run-7 --tenant acme --calls 100 --money-usd 5
    """
    for name, value in caps.items():
        if value is not None and not 0 <= value < float("inf"):
            raise WrongUse(f"expected a cap from 0 on, got {value!r}", where=f"--{name.replace('_', '-')}")
    limit = limit_of(caps)
    if limit == NO_CAP:
        raise WrongUse("expected at least one cap", where="loops raise", remedy="for example --calls 100")
    used = wiring.budget_book(existing(store, config).store).raise_cap(run_account(tenant, run), limit)
    answer = Answer(verb="loops raise", verdict=Verdict.PASS, fields=describe(used))
    emit(answer, as_json=as_json, judges=False, words=lambda c: show(c, [used]))


def describe(used: Used) -> dict[str, Any]:
    """An account by the names of its resources."""
    spent = list(used.spent)
    spent[TIME] = round((used.used_s - used.began_s) * 1000) if used.kind == "run" else 0
    return {
        "account": used.name, "kind": used.kind, "began_at_s": used.began_s, "used_at_s": used.used_s,
        "limit": dict(zip(RESOURCES, used.limit, strict=True)), "spent": dict(zip(RESOURCES, spent, strict=True)),
        "reserved": dict(zip(RESOURCES, used.reserved, strict=True)),
    }  # fmt: skip


def show(console: Console, found: list[Used]) -> None:
    """The table: used (and reserved) of the cap in force."""
    if not found:
        console.print("no run has drawn on a budget yet", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("account", *SHOWN):
        table.add_column(column, no_wrap=column == "account", justify="left" if column == "account" else "right")
    for used in found:
        d = describe(used)
        cells = [_cell(r, d["spent"][r] + d["reserved"][r], d["limit"][r]) for r in RESOURCES]
        table.add_row(escape(used.name), *cells)
    console.print(table)


def _cell(resource: str, used: int, cap: int | None) -> str:
    scale, form = {"money_micro_usd": (1e6, ",.4f"), "time_ms": (1e3, ",.1f")}.get(resource, (1, ",.0f"))
    text = format(used / scale, form)
    return text if cap is None else f"{text} / {format(cap / scale, form)}"
