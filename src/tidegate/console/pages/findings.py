"""What was found on live traffic, and where each thing stands; a person moves it here, with a reason."""

import time
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tidegate.console.app import Control
from tidegate.spine.errors import InputError, nearest
from tidegate.store.findings import FindingStatus
from tidegate.wiring import finding_book

PATH = "/findings"
STATUSES = [s.value for s in FindingStatus]


async def answer(control: Control, request: Request) -> Response:
    """The list, one record (`?id=`), or a move (a form sent back)."""
    book = finding_book(control.world.settings.store)
    if request.method == "POST":
        form = {k: v[0] for k, v in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        chosen = as_status(form.get("status", ""))
        book.move(form.get("id", ""), chosen, by=form.get("by", ""), reason=form.get("reason", ""), at_s=time.time())
        return RedirectResponse(f"{PATH}?id={form['id']}", status_code=303)
    key = request.query_params.get("id")
    if key is not None:
        record = book.get(key)
        if record is None:
            raise InputError(f"expected the id of a finding, got {key!r}")
        return control.render("finding.html", record=record, history=list(book.history(key)), statuses=STATUSES)
    wanted = request.query_params.get("status", "open")
    status = None if wanted == "all" else as_status(wanted)
    watched = (book.state.get("watch", "offsets") or {}).get("counts", {})
    return control.render("findings.html", records=book.records(status=status)[:200], wanted=wanted,
                          statuses=[*STATUSES, "all"], watched=watched)  # fmt: skip


def as_status(text: str) -> FindingStatus:
    """The status of that name; raises InputError naming the nearest."""
    if text not in STATUSES:
        raise InputError(f"expected a status, got {text!r}", remedy=nearest(text, STATUSES))
    return FindingStatus(text)
