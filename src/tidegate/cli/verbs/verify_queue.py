# ruff: noqa: E501  (messages read best on one line)
"""The expert queue at the terminal: what `--route` needs to fill it, what waits in it, what is taken out."""

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from tidegate.check.verify import experts
from tidegate.cli.verbs.verify_release import REASONS_MAX, SHOWN_MAX, short
from tidegate.readers.config import read_settings
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, SettingError, WrongUse
from tidegate.spine.gate import Verdict
from tidegate.spine.ports import StateStore


def check_routing(config: Path | None, question: str, *, rows: bool, fits: bool) -> None:
    """Refuse a --route that could put nothing into the queue: without a second derivation nothing can contradict.

    Rows may bring theirs; those that do not are told one by one.
    """
    if fits:
        raise WrongUse("expected --fit or --route, got both", remedy="--fit judges answers that are known already")
    if rows:
        return
    needed = 'models: {judge: {url: "http://127.0.0.1:8000/v1", model: NAME}}'
    if config is None:
        remedy = f"name a configuration that has {needed} with --config, or give rows with `second` by --jsonl"
        raise WrongUse("expected a model that derives the answer a second time, got no --config",
                       where="--route", remedy=remedy)  # fmt: skip
    if read_settings(config).models.judge is None:
        raise SettingError("expected models.judge, it derives the answer a second time; found none", where=str(config),
                           remedy=needed)  # fmt: skip
    if not question:
        raise WrongUse("expected the question that the second derivation answers, got none", where="--route",
                       remedy="give it with --question")  # fmt: skip


def show_kept_out(console: Console, reasons: list[str]) -> None:
    """How many rows could not be routed, by what they lack."""
    for reason, n in Counter(reasons).items():
        console.print(
            f"[yellow]{n} row{'' if n == 1 else 's'} not routed[/]: {reason} (give `second`, or models.judge by --config)",
            highlight=False,
        )


def queue(state: StateStore, done: str | None) -> Answer:
    """The expert queue, gravest first; `done` takes an answer out of it."""
    if done is not None and not state.delete(experts.KIND, done):
        raise InputError(f"expected the key of a waiting answer, got {done!r}", where="--done", remedy="tidegate verify --queue lists them")  # fmt: skip
    rows = experts.ranked(state)
    told = ("tenant", "consequence", "question", "answer", "claims")
    waiting = [{"key": k, **{f: v[f] for f in told}, "second": v.get("second")} for k, v in rows]
    return Answer(verb="verify queue", verdict=Verdict.PASS, fields={"waiting": waiting})


def show_queue(console: Console, answer: Answer) -> None:
    """What waits: its key, what was asked and answered, and what speaks against it."""
    waiting = answer.fields["waiting"]
    if not waiting:
        console.print("No answer waits for an expert.")
        return
    console.print(
        f"{len(waiting)} answer{' waits' if len(waiting) == 1 else 's wait'} for an expert, gravest first\n",
        highlight=False,
    )
    for v in waiting:
        console.print(
            f"[bold]{escape(v['key'])}[/]  [dim]consequence {v['consequence']:g}, tenant {escape(str(v['tenant']))}[/]",
            highlight=False,
        )
        for label, text in (("asked", v["question"]), ("answer", v["answer"])):
            if text:
                console.print(f"  {label:<9}{escape(short(text, SHOWN_MAX))}", highlight=False)
        wrong = [c["message"] for c in v["claims"] if c["verdict"] == "refuted"]
        for message in wrong[:REASONS_MAX]:
            console.print(f"  [red]✗[/] refuted  {escape(message)}", highlight=False)
        if len(wrong) > REASONS_MAX:
            console.print(f"  and {len(wrong) - REASONS_MAX} more claims", highlight=False)
        if v["second"] is not None:
            console.print(
                f"  [red]✗[/] a second derivation came to: {escape(short(v['second'], SHOWN_MAX))}", highlight=False
            )
    console.print("\n[dim]tidegate verify --queue --done KEY takes one out[/]", highlight=False)
