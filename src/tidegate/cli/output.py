"""How every verb answers: one JSON document for programs, or words and tables for people.

A verb builds an `Answer` and calls `emit`; the exit code follows from its verdict.  Checking
verbs take files, directories, `-` or `--jsonl FILE`; `judge_jsonl` keeps the
`id` of each input line on its output line.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

import msgspec
from rich.console import Console

from tidegate.render import terminal
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, TidegateError
from tidegate.spine.gate import Verdict


class Output(Console):
    """Standard output; a reader that leaves (`| head`) ends us as SIGPIPE would, with no verdict."""

    def on_broken_pipe(self) -> None:
        """141, where rich's own 1 would say that a check failed."""
        try:
            super().on_broken_pipe()
        except SystemExit:
            sys.exit(141)


people = Console(stderr=True, soft_wrap=False)  # progress and errors
stdout = Output(soft_wrap=False)
ONE_LINE_EACH = "write each input as one line of JSON, without line breaks inside it; the other lines were judged"


def emit(
    answer: Answer, *, as_json: bool, words: Callable[[Console], None] | None = None, judges: bool = True,
    unread: Sequence[InputError] = (),
) -> NoReturn:  # fmt: skip
    """Print the answer and exit with its verdict's code.

    With `as_json` standard output is exactly one document.  Otherwise `words` prints the verb's
    own view first (tables, marked text), then the findings, the measures and the verdict.  A verb
    that only shows or does something (`judges=False`) ends with its words: "pass" would claim a check.
    Files among several that could not be read (`unread`) are told, and what was not read is no pass.
    """
    if unread:
        told = {"unread": [_error_body(e) for e in unread]}
        verdict = Verdict.UNDECIDED if answer.verdict is Verdict.PASS else answer.verdict
        answer = msgspec.structs.replace(answer, verdict=verdict, fields={**answer.fields, **told})
    if as_json:
        write_json_line(sys.stdout, answer.to_json())
    else:
        if words is not None:
            words(stdout)
        if judges:
            terminal.print_answer(stdout, answer)
    sys.stdout.flush()
    sys.exit(ending(answer.verdict, unread))


def ending(verdict: Verdict, unread: Sequence[InputError]) -> int:
    """The exit code beside files that could not be read, which are told: 1 if anything failed, else 2."""
    for error in unread:
        people.print(f"[bold red]not read[/] {error_text(error)}", highlight=False)
    return 2 if unread and verdict is not Verdict.FAIL else verdict.exit_code


def fail(error: TidegateError, *, as_json: bool, verb: str = "") -> NoReturn:
    """Say what was wrong and exit with code 2; with `as_json` as one document on standard output."""
    if as_json:
        write_json_line(sys.stdout, _error_document(error, verb))
    people.print(f"[bold red]error[/] {error_text(error)}", highlight=False)
    sys.exit(2)


def _error_document(error: TidegateError, verb: str) -> dict[str, Any]:
    return {"verb": verb, "error": _error_body(error)}


def _error_body(error: TidegateError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "where": error.where, "remedy": error.remedy}


def error_text(error: TidegateError) -> str:
    """The error in plain words, brackets escaped for rich."""
    return str(error).replace("[", r"\[")


def write_json_line(stream: IO[str], document: dict[str, Any]) -> None:
    """One JSON document on one line."""
    stream.write(msgspec.json.encode(document).decode() + "\n")


def read_jsonl(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a JSONL file (or `-`), with their 1-based line numbers; raises InputError at a broken line."""
    for number, value in _lines(path):
        if isinstance(value, InputError):
            raise value
        yield number, value


def judge_jsonl(path: str, judge: Callable[[dict[str, Any], str], Answer], verb: str) -> NoReturn:
    """One output line an input line, with its `id`: the answer of `judge(row, where)`, or what is wrong with it.

    A line that cannot be read or judged becomes `{"id", "verb", "error"}` and loses no other.  Exit code: 1 if any
    answer failed, else 2 if any line was broken, else 3 if any is undecided.
    """
    codes: set[int] = set()
    for number, row in _lines(path):
        where = f"{path}:{number}"
        key = row.get("id") if isinstance(row, dict) else None
        if isinstance(row, InputError):
            document, code = _error_document(row, verb), 2
        else:
            try:
                answer = judge(row, where)
                document, code = answer.to_json(), answer.verdict.exit_code
            except TidegateError as error:
                document, code = _error_document(error, verb), 2
            except Exception as error:  # ours, and said so: the other lines are still worth having
                message = f"judging this line failed ({type(error).__name__}: {error})"
                document, code = _error_document(InputError(message, where=where, remedy="report it"), verb), 2
        write_json_line(sys.stdout, {"id": key, **document})
        codes.add(code)
    sys.stdout.flush()
    if not codes:  # nothing was judged, and that is no pass
        raise InputError("expected one JSON object a line, found no line", where=path, remedy=ONE_LINE_EACH)
    sys.exit(next((code for code in (1, 2, 3) if code in codes), 0))


def _lines(path: str) -> Iterator[tuple[int, dict[str, Any] | InputError]]:
    """Lines of a JSONL file: the object, or what is wrong with it."""
    try:
        stream: IO[bytes] = sys.stdin.buffer if path == "-" else Path(path).open("rb")
    except OSError as error:
        remedy = "name a file, or - for standard input"
        raise InputError(f"expected a readable JSONL file ({error.strerror})", where=path, remedy=remedy) from error
    decoder = msgspec.json.Decoder()
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            where = f"{path}:{number}"
            try:
                value = decoder.decode(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                got = line[:60].decode(errors="replace").strip()
                message = f"expected one JSON object a line, got {got!r} ({error})"
                yield number, InputError(message, where=where, remedy=ONE_LINE_EACH)
                continue
            if isinstance(value, dict):
                yield number, value
            else:
                message = f"expected a JSON object, got {type(value).__name__}"
                yield number, InputError(message, where=where, remedy=ONE_LINE_EACH)
