# ruff: noqa: E501 (patterns and tables read better whole)
"""`tidegate constraints revoke`: a credential handle is dead from now on."""

from pathlib import Path
from typing import NoReturn

import click

from tidegate.cli.constraints_inputs import json_option
from tidegate.cli.output import emit
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.gate import Verdict
from tidegate.store.revocations import revoke_subject, revoked_subjects


@click.command("revoke")
@click.argument("subject", required=False)
@click.option(
    "--store", type=click.Path(path_type=Path), default=Path(".tidegate"), show_default=True, help="The store's folder."
)
@click.option("--list", "listing", is_flag=True, help="Show what is revoked.")
@json_option
def command(subject: str | None, store: Path, listing: bool, as_json: bool) -> NoReturn:
    """Revoke a credential handle at once: every check that begins afterwards refuses it.

    Example: tidegate constraints revoke cred://crm/read
    """
    if subject is None and not listing:
        raise WrongUse("expected the handle to revoke", remedy="tidegate constraints revoke cred://crm/read")
    epoch = revoke_subject(store, subject) if subject is not None else None
    fields = {"subject": subject, "epoch": epoch, "revoked": revoked_subjects(store)}
    emit(Answer(verb="constraints revoke", verdict=Verdict.PASS, fields=fields), as_json=as_json,
         words=lambda c: c.print(f"revoked: {', '.join(sorted(revoked_subjects(store))) or 'nothing'}", markup=False, highlight=False))  # fmt: skip
