"""`tidegate harvest merge`: owners answer whether two failure modes are one problem."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec
import numpy as np
from rich.console import Console
from rich.markup import escape

from tidegate.cli.harvest_inputs import MODES, embed, embedder_name, open_embedder
from tidegate.cli.output import emit
from tidegate.cli.store_options import resolve, store_options
from tidegate.cli.verbs.harvest_group import known_modes
from tidegate.curate.harvest.modes.group import Mode
from tidegate.curate.harvest.modes.same_mode import Joined, ModeAnswer, answer_for, join_modes, new_names, questions
from tidegate.readers.mode_answers import add_answers, read_answers
from tidegate.readers.suite_files import rename_modes
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.gate import Verdict
from tidegate.spine.ports import StateStore
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need

Asked = list[tuple[Mode, Mode, float]]


@click.command("merge")
@click.argument("action", type=click.Choice(["list", "ask", "same", "different", "apply"]), default="list")
@click.argument("modes", nargs=-1)
@click.option("--suite", "folder", type=click.Path(path_type=Path), default="suite", show_default=True,
              help="The folder of the cases, and of the answers (`modes.jsonl`).")  # fmt: skip
@click.option("--owner", default="", help="Who says so.")
@click.option("--reason", default="", help="Why.")
@click.option("--name", default="", help="What the joined mode is called from here on.")
@click.option("--limit", type=click.IntRange(1, 200), default=10, show_default=True, help="Questions at most.")
@click.option("--embedder", "embedder_", type=click.Choice(["auto", "wordllama", "tfidf"]), default="auto",
              show_default=True)  # fmt: skip
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(action: str, modes: tuple[str, ...], folder: Path, owner: str, reason: str, name: str, limit: int,
            embedder_: str, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:  # fmt: skip
    """Are two failure modes one problem?  `list` shows the pairs to decide, `same` and `different` answer for two.

    `ask` writes the open questions into `modes.jsonl`, to be answered in a pull request; `apply` takes in what
    was answered there (`group` does so too).

    Example: tidegate harvest merge list
    """
    state = wiring.state_store(resolve(store, config).store)
    known = known_modes(state)
    if action in ("same", "different"):
        if len(modes) != 2:
            raise WrongUse(f"expected two modes, got {len(modes)}",
                           remedy="tidegate harvest merge same MODE MODE --owner YOU")  # fmt: skip
        at = datetime.now(UTC).isoformat(timespec="seconds")
        add_answers(folder, [answer_for(known, *modes, same=action == "same", owner=owner, at=at, reason=reason,
                                        name=name)])  # fmt: skip
    elif modes:
        raise WrongUse(f"`{action}` takes no modes", remedy="tidegate harvest merge same MODE MODE --owner YOU")
    answers = read_answers(folder)
    renamed: list[str] = []
    if action in ("list", "ask"):
        joined = join_modes(known, answers)
    else:
        joined = keep_joined(state, answers)
        renamed = rename_modes(folder, new_names(known, joined, answers))
    left = open_questions(joined.modes, answers, limit, embedder_)
    written = 0
    if action == "ask":
        pending = {frozenset(a.modes) for a in answers}
        fresh = [asked_of(a, b) for a, b, _ in left if frozenset((a.mode_id, b.mode_id)) not in pending]
        written = len(fresh)
        if fresh:
            add_answers(folder, fresh)
    fields = {
        "modes": len(joined.modes),
        "joined": dict(joined.went),
        "answers": sum(a.same is not None for a in answers),
        "written": written,
        "renamed": renamed,
        "questions": [
            {"modes": [a.mode_id, b.mode_id], "names": [a.name, b.name], "counts": [a.count, b.count],
             "examples": [list(a.examples[:2]), list(b.examples[:2])], "cosine": c} for a, b, c in left
        ],
    }  # fmt: skip
    answer = Answer(verb="harvest merge", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, words=lambda console: _show(console, joined, left, folder, written, renamed))


def keep_joined(state: StateStore, answers: tuple[ModeAnswer, ...]) -> Joined:
    """Join the store's modes as the answers say; what went into another mode leaves the store after that is kept."""
    known = known_modes(state)
    joined = join_modes(known, answers)
    before = {m.mode_id: m for m in known}
    for mode in joined.modes:
        if before[mode.mode_id] != mode:
            state.put(MODES, mode.mode_id, msgspec.to_builtins(mode))
    for gone in joined.went:
        state.delete(MODES, gone)
    return joined


def open_questions(modes: tuple[Mode, ...], answers: tuple[ModeAnswer, ...], limit: int, embedder_: str) -> Asked:
    """The pairs to ask about next; modes that keep centres of one embedder are compared by these."""
    name = embedder_name(embedder_)
    shown = [m for m in modes if m.examples]
    if len(shown) < 2:
        return []
    port = open_embedder(name, [e for m in shown for e in m.examples])
    space = "" if name == "tfidf" else name
    rows = [np.asarray(m.centres, dtype=np.float32) if m.centres and m.space == space else embed(port, m.examples)
            for m in shown]  # fmt: skip
    return questions(shown, rows, answers, limit)


def asked_of(one: Mode, other: Mode) -> ModeAnswer:
    """The open question about two modes, as a line to be answered in a pull request."""
    return ModeAnswer(
        modes=(one.mode_id, other.mode_id),
        same=None,
        asked=(one.examples[0][:160], other.examples[0][:160]),
        names=(one.name, other.name),
    )


def _show(console: Console, joined: Joined, left: Asked, folder: Path, written: int, renamed: Sequence[str]) -> None:
    for one, other, cosine in left:
        console.print(f"[bold]{escape(one.name)}[/] ({one.count}) and [bold]{escape(other.name)}[/] ({other.count}): "
                      f"one problem? [dim]cosine {cosine}[/]", highlight=False)  # fmt: skip
        for mode in (one, other):
            console.print(f"    {mode.mode_id}  {escape(' '.join(mode.examples[0].split())[:100])}", style="dim",
                          highlight=False)  # fmt: skip
    for gone, into in joined.went.items():
        console.print(f"{gone} is part of {into}", style="dim", highlight=False)
    if renamed:
        cases = "case is" if len(renamed) == 1 else "cases are"
        console.print(f"{len(renamed)} {cases} called by the joined mode now", highlight=False)
    if written:
        console.print(f"{written} questions written to {folder}/modes.jsonl: fill in `same` and `owner`",
                      highlight=False)  # fmt: skip
    console.print(f"{len(joined.modes)} failure modes, {len(left)} pairs to decide", highlight=False)
