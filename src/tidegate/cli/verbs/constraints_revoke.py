"""`tidegate constraints revoke`: a credential handle is dead from now on."""

from pathlib import Path
from typing import NoReturn

import click

from tidegate.cli.constraints_inputs import json_option
from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.gate import Verdict
from tidegate.store.revocations import revoke_subject, revoked_subjects


@click.command("revoke")
@click.argument("subject", required=False)
@store_options
@click.option("--list", "listing", is_flag=True, help="Show what is revoked.")
@json_option
def command(subject: str | None, store: Path | None, config: Path | None, listing: bool, as_json: bool) -> NoReturn:
    """Revoke a credential at once: every check that begins afterwards, in any worker, refuses all its handles.

    Example: tidegate constraints revoke cred://crm/read
    """
    if subject is None and not listing:
        raise WrongUse("expected the credential to revoke", remedy="tidegate constraints revoke cred://crm/read")
    folder = Path(existing(store, config).store.path)
    epoch = revoke_subject(folder, subject) if subject is not None else None
    revoked = revoked_subjects(folder)
    fields = {"subject": subject, "epoch": epoch, "revoked": revoked}
    said = f"revoked: {', '.join(sorted(revoked)) or 'nothing'}"
    emit(Answer(verb="constraints revoke", verdict=Verdict.PASS, fields=fields), as_json=as_json,
         words=lambda c: c.print(said, markup=False, highlight=False))  # fmt: skip
