"""`tidegate constraints restore`: a revoked credential may be used again, under a new handle."""

from pathlib import Path
from typing import NoReturn

import click

from tidegate.check.constraints.calls.credentials import split_handle, written_handle
from tidegate.cli.constraints_inputs import json_option
from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, store_options
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, nearest
from tidegate.spine.gate import Verdict
from tidegate.store.revocations import restore_subject, revoked_subjects


@click.command("restore")
@click.argument("subject")
@store_options
@json_option
def command(subject: str, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """Let a revoked credential be used again, in a new epoch.  Handles made before stay dead for ever.

    Whatever names the credential (the `handle` of a rule) must name the new handle that this prints.

    Example: tidegate constraints restore cred://crm/read
    """
    folder = Path(existing(store, config).store.path)
    name = split_handle(subject)[0]
    known = revoked_subjects(folder)
    if name not in known:
        message = f"expected a revoked credential, got {subject!r}"
        raise InputError(message, where=str(folder), remedy=nearest(name, known) if known else "nothing is revoked")
    epoch = restore_subject(folder, name)
    handle = written_handle(name, epoch)
    fields = {"subject": name, "epoch": epoch, "handle": handle}
    said = f"restored as {handle}: write `handle: {handle}` in constraints.yaml; older handles stay dead"
    emit(Answer(verb="constraints restore", verdict=Verdict.PASS, fields=fields), as_json=as_json,
         words=lambda c: c.print(said, markup=False, highlight=False, soft_wrap=True))  # fmt: skip
