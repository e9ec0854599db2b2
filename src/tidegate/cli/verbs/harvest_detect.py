# ruff: noqa: E501 (option helps read better whole)
"""`tidegate harvest detect`: which conversations failed, at which answer, by what signal; with personal data taken out."""

import gzip
import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from tidegate.cli.output import emit, judge_jsonl
from tidegate.curate.harvest.model import Detection, Signal
from tidegate.curate.harvest.scrubbing.scrub import Scrubber
from tidegate.curate.harvest.signals.detect import THRESHOLD, detect, findings_of
from tidegate.curate.harvest.signals.implicit import Similar, lexical_similarity
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.gate import Verdict

BYTES_MAX = 256 * 1024 * 1024
EMBEDDERS = ("auto", "none", "wordllama")


@click.command("detect")
@click.argument("files", nargs=-1)
@click.option("--jsonl", default=None, help="One object a line: id, messages, product (and feedback); - is stdin.")
@click.option(
    "--threshold", type=float, default=THRESHOLD, show_default=True, help="Chance from which a signal counts."
)
@click.option("--embedder", "embedder_name", type=click.Choice(EMBEDDERS), default="auto", show_default=True,
              help="What compares two requests: auto takes wordllama where it is installed, else shared words.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(files: tuple[str, ...], jsonl: str | None, threshold: float, embedder_name: str, as_json: bool) -> NoReturn:
    """Say of each conversation whether it failed, at which answer, and how one knows.

    Answers `failed`, `failing_turn` (0-based message), `signal`, `mode` and `redacted` (the messages
    with personal data and secrets replaced).  Exit code 1 when one failed, 3 when none could be judged.

    Example: echo '{"messages": [{"role": "user", "content": "hi"}]}' | tidegate harvest detect -
    """
    if not 0 < threshold <= 1:
        raise WrongUse(f"expected a threshold in (0, 1], got {threshold!r}", where="--threshold")
    similar = similarity(embedder_name)
    if jsonl is not None:
        judge_jsonl(
            jsonl, lambda row, where: answer_of(row, judge(row, similar, threshold), str(row.get("id") or where)),
            "harvest detect",
        )  # fmt: skip
    if not files:
        raise WrongUse("expected files with conversations, - or --jsonl FILE", where="harvest detect")
    judged = [(where, row, judge(row, similar, threshold)) for where, row in read_conversations(files)]
    if not judged:
        raise InputError("expected at least one conversation, found none", where=", ".join(files))
    if len(judged) == 1:
        where, row, detection = judged[0]
        emit(answer_of(row, detection, where), as_json=as_json, words=lambda c: say(c, judged))
    findings = tuple(f for where, _, d in judged for f in findings_of(d, where))
    rows = [{"id": row.get("id"), "where": where, **fields_of(row, d)} for where, row, d in judged]
    answer = Answer(verb="harvest detect", verdict=_verdict([d for _, _, d in judged]),
                    findings=findings if as_json else (), fields={"conversations": rows})  # fmt: skip
    emit(answer, as_json=as_json, words=lambda c: say(c, judged))


def similarity(name: str) -> Similar:
    """The similarity of two requests: meaning where an embedder is there, shared words as the floor."""
    if name == "none" or (name == "auto" and find_spec("wordllama") is None):
        return lexical_similarity
    holder: list[Any] = []
    known: dict[str, Any] = {}

    def similar(a: str, b: str) -> float:
        if not holder:
            # Loaded with the first pair that needs it: `--help` and clean files pay nothing for it.
            holder.append(importlib.import_module("tidegate.runner.embedders").embedder("wordllama"))
        for text in (a, b):
            if text not in known:
                if len(known) > 4096:
                    known.clear()
                known[text] = holder[0].embed([text])[0]
        if a not in known or b not in known:
            return lexical_similarity(a, b)
        return max(float(known[a] @ known[b]), lexical_similarity(a, b))

    return similar


def judge(row: dict[str, Any], similar: Similar, threshold: float) -> Detection:
    """The detection of one input object; what is no conversation abstains with its reason."""
    messages = messages_of(row)
    if messages is None:
        return Detection(failed=None, abstained='expected "messages": a list of chat messages')
    feedback = row.get("feedback")
    entries = [e for e in (feedback if isinstance(feedback, list) else [feedback]) if isinstance(e, dict)]
    product = row.get("product")
    return detect(messages, product=product if isinstance(product, str) else "", feedback=entries, similar=similar,
                  threshold=threshold)  # fmt: skip


def messages_of(row: dict[str, Any]) -> list[Any] | None:
    """The messages of an object: `messages`, or `traj` of recorded runs."""
    for key in ("messages", "traj", "conversation", "history"):
        if isinstance(row.get(key), list):
            found: list[Any] = row[key]
            return found
    return None


def fields_of(row: dict[str, Any], detection: Detection) -> dict[str, Any]:
    """The typed answer fields of one conversation."""
    messages = messages_of(row)
    scrubber = Scrubber()
    redacted = scrubber.messages(messages) if messages is not None else None
    out: dict[str, Any] = {
        "failed": detection.failed,
        "failing_turn": detection.failing_turn,
        "signal": detection.signal.value if detection.signal else None,
        "mode": detection.mode or None,
        "redacted": redacted,
        "removed": scrubber.found,
        "signals": [{"signal": s.kind.value, "source": s.source.value, "failing_turn": s.failing_turn, "seen_at": s.seen_at,
                     "probability": s.probability, "reason": scrubber.text(s.reason)} for s in detection.signals],
    }  # fmt: skip
    if detection.abstained:
        out["abstained"] = detection.abstained
    return out


def _verdict(detections: list[Detection]) -> Verdict:
    if any(d.failed for d in detections):
        return Verdict.FAIL
    return Verdict.PASS if any(d.failed is False for d in detections) else Verdict.UNDECIDED


def answer_of(row: dict[str, Any], detection: Detection, subject: str) -> Answer:
    """The verb's document for one conversation."""
    return Answer(verb="harvest detect", verdict=_verdict([detection]), findings=findings_of(detection, subject),
                  fields=fields_of(row, detection))  # fmt: skip


def read_conversations(files: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Conversations of files, directories or -: an object, a message list, a list of objects, or JSON lines."""
    for name in files:
        path = Path(name)
        paths = sorted(p for p in path.rglob("*.json*") if p.is_file()) if path.is_dir() else [path]
        for one in paths:
            data = sys.stdin.buffer.read(BYTES_MAX) if name == "-" else _read(one)
            yield from _conversations(data, str(one))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise InputError(f"expected at most {BYTES_MAX} bytes, got {path.stat().st_size}", where=str(path))
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError) as error:
        raise InputError(f"cannot read it: {error}", where=str(path)) from error


def _conversations(data: bytes, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError:
        for number, line in enumerate(data.splitlines(), start=1):
            if line.strip():
                yield f"{where}:{number}", _object(line, f"{where}:{number}")
        return
    if isinstance(value, list) and not (value and all(isinstance(v, dict) and "role" in v for v in value)):
        for i, one in enumerate(value):
            yield f"{where}[{i}]", one if isinstance(one, dict) else {"messages": one}
        return
    yield where, value if isinstance(value, dict) else {"messages": value}


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise InputError(f"expected JSON or JSON lines, got {line[:60]!r} ({error})", where=where) from error
    return value if isinstance(value, dict) else {"messages": value}


SHOWN_MAX, SAID_MAX = 40, 90


def say(console: Console, judged: list[tuple[str, dict[str, Any], Detection]]) -> None:
    """The failed conversations, two lines each: where and what, then why, with the words that tell; then the counts."""
    failed = [x for x in judged if x[2].failed]
    scrubber = Scrubber()
    for where, row, d in failed[:SHOWN_MAX]:
        name = escape(str(row.get("id") or where))
        what = (
            f"{d.signal.value if d.signal else ''} · {escape(d.mode)}" if d.mode else d.signal.value if d.signal else ""
        )
        console.print(f"[bold]{name}[/]  message {d.failing_turn}  {what}", highlight=False)
        best = next((s for s in d.signals if s.kind is d.signal), None)
        if best is not None:
            console.print(f"    [dim]{escape(scrubber.text(_why(best)))}[/]", highlight=False)
    if len(failed) > SHOWN_MAX:
        console.print(f"[dim]and {len(failed) - SHOWN_MAX} more that failed; --json lists all[/]", highlight=False)
    modes = Counter(d.mode for _, _, d in failed)
    if len(failed) > 1:
        console.print("\n" + "\n".join(f"{n:>5}  {escape(mode)}" for mode, n in modes.most_common()), highlight=False)
    console.print(_counted(judged, len(failed)), highlight=False)


def _why(signal: Signal) -> str:
    """Why, how surely, and the user's words where they are what tells."""
    said = " ".join(str(signal.evidence.get("said") or "").split())
    words = f': "{said[:SAID_MAX]}{"…" if len(said) > SAID_MAX else ""}"' if said else ""
    return f"{signal.reason} ({signal.probability:.0%}){words}"


def _counted(judged: list[tuple[str, dict[str, Any], Detection]], failed: int) -> str:
    abstained = Counter(d.abstained for _, _, d in judged if d.failed is None)
    one = len(judged) == 1
    if one and not failed:
        return next(iter(abstained), "nothing in it says that it failed")
    words = "" if one else f"{failed} of {len(judged)} conversations failed"
    return "\n".join(
        [*([words] if words else []), *(f"{n} could not be judged: {why}" for why, n in abstained.items())]
    )
