"""The admin API of the constraints: what waits for a person, their answer, and the decision record.

`GET /admin/constraints/pending`, `POST /admin/constraints/confirm` with `{"token", "by", "decline"?}`,
`GET /admin/constraints/decisions?decision=&rule=&tenant=&limit=`.
"""

import time
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tidegate import wiring
from tidegate.console.app import Control, as_json, error, limit_of
from tidegate.spine.errors import TidegateError
from tidegate.wiring import live

LIMIT_MAX = 1000


class Answered(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a confirmation."""

    token: str
    by: str
    decline: bool = False


async def answer(control: Control, request: Request) -> Response:
    """One of the three, by the path's last word."""
    what, method = request.path_params["what"], request.method
    if what == "pending" and method == "GET":
        return pending(control, request)
    if what == "confirm" and method == "POST":
        return await confirm(control, request)
    if what == "decisions" and method == "GET":
        return decisions(control, request)
    known = what in ("pending", "confirm", "decisions")
    message = "GET pending, POST confirm, GET decisions"
    return error(405 if known else 404, "wrong_method" if known else "not_found", f"expected {message}")


def pending(control: Control, request: Request) -> Response:
    """The tool calls that wait."""
    found = live.confirmations(control.world.settings.store).waiting(time.time(), request.query_params.get("tenant"))
    return as_json({"pending": found})


async def confirm(control: Control, request: Request) -> Response:
    """Grant or decline one; 404 for a token under which nothing waits."""
    try:
        said = msgspec.json.decode(await request.body(), type=Answered)
    except msgspec.MsgspecError as wrong:
        return error(422, "invalid_body", f'expected {{"token": …, "by": …}}: {wrong}')
    book = live.confirmations(control.world.settings.store)
    try:
        step = book.decline if said.decline else book.grant
        asked = step(said.token, by=said.by, now_s=time.time())
    except TidegateError as wrong:
        return error(404, wrong.code, str(wrong))
    return as_json({"granted": not said.decline, "call": asked})


def decisions(control: Control, request: Request) -> Response:
    """The newest decisions, oldest of them first, and whether the record's chains are whole."""
    given = request.query_params
    limit = limit_of(request, 100, LIMIT_MAX)
    recorded = wiring.decisions(control.world.settings.store)
    wanted: dict[str, Any] = {k: given[k] for k in ("decision", "tenant", "hook") if k in given}
    rule = given.get("rule")
    found = [
        e for e in recorded.entries
        if all(getattr(e, k) == v for k, v in wanted.items()) and (rule is None or rule in e.rules)
    ]  # fmt: skip
    return as_json({"decisions": found[-limit:], "matching": len(found), "broken": recorded.broken})
