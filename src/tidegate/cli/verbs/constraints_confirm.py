"""`tidegate constraints confirm`: let one waiting call pass, once, or decline it."""

import time
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from rich.markup import escape

from tidegate.cli.constraints_inputs import json_option
from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.spine.answer import Answer
from tidegate.spine.gate import Verdict
from tidegate.wiring.live import confirmations


@click.command("confirm")
@click.argument("token")
@click.option("--by", required=True, help="Who says so; kept in the ledger.")
@click.option("--decline", is_flag=True, help="Say no: the question goes away, the call stays refused.")
@store_options
@json_option
def command(token: str, by: str, decline: bool, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """Let the call that waits under TOKEN pass once, if it comes again unchanged and soon.

    The grant is bound to the call's hash: tool, arguments, run, tenant and user.

    Example: tidegate constraints confirm confirm_0123456789abcdef0123456789abcdef --by anna
    """
    book, now_s = confirmations(existing(store, config, state_only=True).store), time.time()
    asked = book.decline(token, by=by, now_s=now_s) if decline else book.grant(token, by=by, now_s=now_s)
    fields = {"granted": not decline, **msgspec.to_builtins(asked)}
    said = (
        f"declined: {asked.tool} stays refused"
        if decline
        else f"granted: {asked.tool}({asked.arguments}) passes once within {asked.expires_s:g} s"
    )
    answer = Answer(verb="constraints confirm", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, words=lambda c: c.print(escape(said), highlight=False))
