"""`tidegate constraints pending`: tool calls that wait for a person's yes."""

import time
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from tidegate.check.constraints.calls.confirmations import Asked
from tidegate.cli.constraints_inputs import json_option
from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.spine.answer import Answer
from tidegate.spine.gate import Verdict
from tidegate.wiring.live import confirmations


@click.command("pending")
@click.option("--tenant", default=None, help="Only this tenant's.")
@store_options
@json_option
def command(tenant: str | None, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """List the tool calls that were refused because a person must agree first, oldest first.

    Example: tidegate constraints pending
    """
    now_s = time.time()
    found = confirmations(existing(store, config, state_only=True).store).waiting(now_s, tenant)
    fields = {"pending": [msgspec.to_builtins(a) for a in found]}
    answer = Answer(verb="constraints pending", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, words=lambda c: show(c, found, now_s))


def show(console: Console, found: list[Asked], now_s: float) -> None:
    """One paragraph a call: what would run must be read whole before it is granted."""
    if not found:
        console.print("nothing waits")
    for a in found:
        left = max(0, int(a.asked_at_s + a.expires_s - now_s))
        console.print(f"[bold]{a.token}[/]  {left // 60}:{left % 60:02d} left", highlight=False)
        whose = f"{a.tenant}{f', user {a.user}' if a.user else ''}{f', run {a.run}' if a.run else ''}"
        console.print(f"  {escape(a.tool)}({escape(a.arguments)})", highlight=False)
        console.print(f"  for {escape(whose)}; rule {escape(', '.join(a.rules))}: {escape(a.reason)}", highlight=False)
    if found:
        console.print("grant one: tidegate constraints confirm TOKEN --by YOUR-NAME", style="dim", highlight=False)
