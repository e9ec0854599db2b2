"""Reads and writes `modes.jsonl` of a suite folder: people's answers whether two failure modes are one problem."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tidegate.curate.harvest.modes.same_mode import ModeAnswer, check_answers, standing_answers
from tidegate.readers.suite_files import replace
from tidegate.spine.errors import InputError

FILE = "modes.jsonl"
BYTES_MAX = 16 * 1024 * 1024


def answers_path(folder: Path) -> Path:
    """Where the answers of a suite lie."""
    return folder / FILE


def read_answers(folder: Path) -> tuple[ModeAnswer, ...]:
    """All lines, oldest first; empty where there is no file.  Raises `InputError` naming the line."""
    path = answers_path(folder)
    if not path.exists():
        return ()
    if path.stat().st_size > BYTES_MAX:
        raise InputError(f"expected at most {BYTES_MAX} bytes", where=str(path))
    out = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if line.strip():
            try:
                out.append(msgspec.json.decode(line, type=ModeAnswer))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise InputError(
                    f"expected an answer: {error}", where=f"{path}:{number}",
                    remedy='{"modes": ["mode-…", "mode-…"], "same": true, "owner": "ana"}',
                ) from error  # fmt: skip
    check_answers(standing_answers(out), str(path))
    return tuple(out)


def add_answers(folder: Path, fresh: Sequence[ModeAnswer]) -> Path:
    """Write answers or questions behind the others; they are refused, and nothing is written, where they contradict."""
    lines = [*read_answers(folder), *fresh]
    path = answers_path(folder)
    check_answers(standing_answers(lines), str(path))
    replace(path, "".join(msgspec.json.encode(line).decode() + "\n" for line in lines))
    return path
