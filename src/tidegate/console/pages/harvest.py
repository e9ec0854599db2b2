"""The suite in the browser: cases that wait for a person, what blocks, the last run, failure modes.

Accept and reject write the ledger of the suite folder in the directory that `tidegate serve` was started in, with the
same steps as `tidegate harvest review`; review by pull request stays as it is.  Whether two modes are one problem is
answered into `modes.jsonl` of that folder, as by `tidegate harvest merge`; the next `group` joins them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tidegate import wiring
from tidegate.console.app import Control
from tidegate.curate.harvest.modes.group import Mode
from tidegate.curate.harvest.modes.same_mode import ModeAnswer, answer_for, join_modes, questions, standing_answers
from tidegate.curate.harvest.suites.suite import Suite
from tidegate.readers.mode_answers import add_answers, read_answers
from tidegate.readers.suite_files import read_suite, read_suite_ledger
from tidegate.readers.suite_review import accept, reject, waiting
from tidegate.render.harvest import question_of
from tidegate.spine.errors import InputError
from tidegate.spine.ports import StateStore

PATH = "/harvest"
FOLDER = "suite"
SHOWN = 50
PAIRS = 10


async def answer(control: Control, request: Request) -> Response:
    """The page, or what a button asked for."""
    folder = Path.cwd() / FOLDER
    state = wiring.state_store(control.world.settings.store)
    if request.method == "POST":
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        if "mode" in form:
            answer_modes(folder, state, form)
        else:
            decide(folder, form)
        return RedirectResponse(PATH, 303)
    suite = read_suite(folder) if folder.is_dir() else Suite()
    lines = read_suite_ledger(folder)
    answers = read_answers(folder)
    modes = join_modes(modes_of(state), answers).modes
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
        modes=modes[:SHOWN], pairs=pairs(modes, answers), ledger=lines[-15:][::-1], folder=FOLDER,
        there=folder.is_dir(),
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


def modes_of(state: StateStore) -> list[Mode]:
    """The failure modes that the store keeps."""
    return [msgspec.convert(v, Mode) for _, v in state.items("harvest-modes")]


def pairs(modes: Sequence[Mode], answers: Sequence[ModeAnswer]) -> list[tuple[Mode, Mode]]:
    """Pairs to decide: those asked in the suite's file, then the most alike; no model is loaded for a page."""
    by_id = {m.mode_id: m for m in modes}
    asked = [
        (by_id[a.modes[0]], by_id[a.modes[1]])
        for a in standing_answers(answers)
        if a.same is None and by_id.keys() >= set(a.modes)
    ]
    spaces = [m.space for m in modes if m.centres]
    space = max(set(spaces), key=spaces.count, default="")
    near = [m for m in modes if m.centres and m.space == space]
    rows = [np.asarray(m.centres, dtype=np.float32) for m in near]
    known = {frozenset((a.mode_id, b.mode_id)) for a, b in asked}
    more = [(a, b) for a, b, _ in questions(near, rows, answers, PAIRS) if {a.mode_id, b.mode_id} not in known]
    return [*asked, *more][:PAIRS]


def answer_modes(folder: Path, state: StateStore, form: dict[str, list[str]]) -> None:
    """Write down that two modes are one problem or are not, as the form says."""
    one, other = [*form.get("mode", []), "", ""][:2]
    action, owner = form.get("action", [""])[0], form.get("owner", [""])[0].strip()
    if action not in ("same", "different"):
        raise InputError(f"expected same or different, got {action!r}")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    name = form.get("name", [""])[0].strip()
    known = join_modes(modes_of(state), read_answers(folder)).modes
    add_answers(folder, [answer_for(known, one, other, same=action == "same", owner=owner, at=at, name=name)])


def in_words(spec: dict[str, Any]) -> str:
    """One expectation on one line."""
    rest = ", ".join(f"{k}: {v if isinstance(v, str) else msgspec.json.encode(v).decode()}" for k, v in spec.items()
                     if k != "oracle")  # fmt: skip
    text = f"{spec.get('oracle')} ({rest})" if rest else str(spec.get("oracle"))
    return text if len(text) <= 200 else text[:199] + "…"
