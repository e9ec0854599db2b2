"""The constraints in the browser: rules and what holds them, what waits for a person, what was decided.

Granting and declining write the same ledger as `tidegate constraints confirm`.
"""

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tidegate import wiring
from tidegate.check.constraints.model import HardRule, Policy
from tidegate.console.app import Control
from tidegate.readers.constraints_file import read_policy
from tidegate.spine.errors import InputError, SettingError
from tidegate.wiring import live

PATH = "/constraints"
SHOWN_MAX = 200
HOLDS = {
    "tool": "decided on each call's arguments", "cedar": "Cedar, on each call", "scope": "tools not granted are absent",
    "label": "untrusted content chooses no side effect", "confirm": "a person agrees to the exact call",
    "credential": "refused once revoked", "output": "withheld while it streams", "schema": "the answer must validate",
    "egress": "only to listed hosts",
}  # fmt: skip


async def answer(control: Control, request: Request) -> Response:
    """The page, or a grant or refusal (a form sent back)."""
    store = control.world.settings.store
    if request.method == "POST":
        form = {k: v[0] for k, v in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        if form.get("step") not in ("grant", "decline"):
            raise InputError(f"expected the step grant or decline, got {form.get('step')!r}")
        book = live.confirmations(store)
        step = book.grant if form["step"] == "grant" else book.decline
        step(form.get("token", ""), by=form.get("by", ""), now_s=time.time())
        return RedirectResponse(PATH, status_code=303)
    wanted = request.query_params.get("decision", "all")
    recorded = wiring.decisions(store)
    found = [e for e in recorded.entries if wanted in ("all", e.decision)]
    counts: dict[str, int] = {}
    for e in recorded.entries:
        counts[e.decision] = counts.get(e.decision, 0) + 1
    policy, problem = policy_of(control.world.settings.constraints)
    fired: dict[str, int] = {}
    for e in recorded.entries:
        for rule in e.rules if e.decision != "allow" else ():
            fired[rule] = fired.get(rule, 0) + 1
    return control.render(
        "constraints.html", rules=[row(r, fired) for r in policy.hard] if policy else [], problem=problem,
        soft=policy.soft if policy else (), waiting=live.confirmations(store).waiting(time.time()), now_s=time.time(),
        entries=found[-SHOWN_MAX:][::-1], matching=len(found), counts=counts, wanted=wanted, broken=recorded.broken,
        file=control.world.settings.constraints,
    )  # fmt: skip


def policy_of(file: str | None) -> tuple[Policy | None, str]:
    """The policy in force, or what is wrong with the file (then an older one is in force)."""
    if file is None:
        return None, ""
    try:
        return read_policy(Path(file)), ""
    except SettingError as error:
        return None, str(error)


def row(rule: HardRule, fired: dict[str, int]) -> dict[str, Any]:
    """One line of the inventory; patterns of an output rule count for it."""
    names = {rule.id, *(p.id for p in rule.patterns)}
    return {
        "id": rule.id, "kind": rule.kind, "text": "; ".join(rule.text) or rule.reason, "holds": HOLDS[rule.kind],
        "on": ", ".join(rule.tools or rule.effects) or "everything", "fired": sum(fired.get(n, 0) for n in names),
    }  # fmt: skip
