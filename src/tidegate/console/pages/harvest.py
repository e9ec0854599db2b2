"""The suite in the browser: cases that wait for a person, what blocks, the last run, failure modes.

Accept and reject write the ledger of the suite folder in the directory that `tidegate serve` was started in, with the
same steps as `tidegate harvest review`; review by pull request stays as it is.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tidegate import wiring
from tidegate.console.app import Control
from tidegate.curate.harvest.group import Mode
from tidegate.curate.harvest.suite import Suite
from tidegate.readers.suite_files import read_suite, read_suite_ledger
from tidegate.readers.suite_review import accept, reject, waiting
from tidegate.render.harvest import question_of
from tidegate.spine.errors import InputError

PATH = "/harvest"
FOLDER = "suite"
SHOWN = 50


async def answer(control: Control, request: Request) -> Response:
    """The page, or what a button asked for."""
    folder = Path.cwd() / FOLDER
    if request.method == "POST":
        decide(folder, parse_qs((await request.body()).decode("utf-8", "replace")))
        return RedirectResponse(PATH, 303)
    suite = read_suite(folder) if folder.is_dir() else Suite()
    lines = read_suite_ledger(folder)
    state = wiring.state_store(control.world.settings.store)
    modes = sorted((msgspec.convert(v, Mode) for _, v in state.items("harvest-modes")), key=lambda m: -m.count)
    runs = [run for _, run in state.read_log("harvest-runs")][-10:][::-1]
    counts: dict[str, int] = {}
    for case in suite.cases:
        counts[case.status.value] = counts.get(case.status.value, 0) + 1
    rows = [
        {"id": c.case_id, "mode": c.mode, "question": question_of(c, 160), "source": c.provenance.source,
         "expect": [in_words(e) for e in c.expect]} for c in waiting(suite, lines)
    ]  # fmt: skip
    return control.render(
        "harvest.html", waiting=rows[:SHOWN], more=max(0, len(rows) - SHOWN), counts=counts, runs=runs,
        modes=modes[:SHOWN], ledger=lines[-15:][::-1], folder=FOLDER, there=folder.is_dir(),
    )  # fmt: skip


def decide(folder: Path, form: dict[str, list[str]]) -> None:
    """Accept or reject one case, as the form says."""
    case, action = form.get("case", [""])[0], form.get("action", [""])[0]
    owner, reason = form.get("owner", [""])[0].strip(), form.get("reason", [""])[0].strip()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    if not owner:
        raise InputError("a review needs the name of who made it", remedy="fill in your name")
    if action == "accept":
        accept(folder, [case], owner=owner, at=at)
    elif action == "reject":
        reject(folder, [case], reason=reason, owner=owner, at=at)
    else:
        raise InputError(f"expected accept or reject, got {action!r}")


def in_words(spec: dict[str, Any]) -> str:
    """One expectation on one line."""
    rest = ", ".join(f"{k}: {v if isinstance(v, str) else msgspec.json.encode(v).decode()}" for k, v in spec.items()
                     if k != "oracle")  # fmt: skip
    text = f"{spec.get('oracle')} ({rest})" if rest else str(spec.get("oracle"))
    return text if len(text) <= 200 else text[:199] + "…"
