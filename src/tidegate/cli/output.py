"""How every verb answers: one JSON document for programs, or words and tables for people.

A verb builds an `Answer` and calls `emit`; the exit code follows from its verdict.  Checking
verbs take files, directories, `-` or `--jsonl FILE`; `read_jsonl` and `emit_jsonl` keep the
`id` of each input line on its output line.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

import msgspec
from rich.console import Console

from tidegate.render import terminal
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, TidegateError

people = Console(stderr=True, soft_wrap=False)  # progress and errors
stdout = Console(soft_wrap=False)


def emit(answer: Answer, *, as_json: bool, words: Callable[[Console], None] | None = None) -> NoReturn:
    """Print the answer and exit with its verdict's code.

    With `as_json` standard output is exactly one document.  Otherwise `words` prints the verb's
    own view first (tables, marked text), then the findings, the measures and the verdict.
    """
    if as_json:
        write_json_line(sys.stdout, answer.to_json())
    else:
        if words is not None:
            words(stdout)
        terminal.print_answer(stdout, answer)
    sys.stdout.flush()
    sys.exit(answer.verdict.exit_code)


def fail(error: TidegateError, *, as_json: bool, verb: str = "") -> NoReturn:
    """Say what was wrong and exit with code 2; with `as_json` as one document on standard output."""
    if as_json:
        body = {
            "verb": verb,
            "error": {
                "code": error.code, "message": error.message, "where": error.where, "remedy": error.remedy,
            },
        }  # fmt: skip
        write_json_line(sys.stdout, body)
    people.print(f"[bold red]error[/] {error_text(error)}", highlight=False)
    sys.exit(2)


def error_text(error: TidegateError) -> str:
    """The error in plain words, brackets escaped for rich."""
    return str(error).replace("[", r"\[")


def write_json_line(stream: IO[str], document: dict[str, Any]) -> None:
    """One JSON document on one line."""
    stream.write(msgspec.json.encode(document).decode() + "\n")


def read_jsonl(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a JSONL file (or `-`), with their 1-based line numbers; names the line that is broken."""
    stream: IO[bytes] = sys.stdin.buffer if path == "-" else Path(path).open("rb")
    decoder = msgspec.json.Decoder()
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                value = decoder.decode(line)
            except msgspec.DecodeError as error:
                raise InputError(f"expected one JSON object a line, got {line[:60]!r} ({error})",
                                 where=f"{path}:{number}") from error  # fmt: skip
            if not isinstance(value, dict):
                raise InputError(f"expected a JSON object, got {type(value).__name__}", where=f"{path}:{number}")
            yield number, value


def emit_jsonl(rows: Iterable[tuple[dict[str, Any], Answer]]) -> NoReturn:
    """One output line an input object, with its `id`; exit 1 if any failed, 3 if any was undecided."""
    worst = 0
    rank = {0: 0, 3: 1, 1: 2}
    for row, answer in rows:
        document: dict[str, Any] = {"id": row.get("id"), **answer.to_json()}
        write_json_line(sys.stdout, document)
        if rank[answer.verdict.exit_code] > rank[worst]:
            worst = answer.verdict.exit_code
    sys.stdout.flush()
    sys.exit(worst)
