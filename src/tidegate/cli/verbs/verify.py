# ruff: noqa: E501  (options, tables and messages read best on one line)
"""`tidegate verify`: which claims of an answer are wrong, and by what computation."""

import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge, Verification
from tidegate.check.verify.release import Head, features
from tidegate.check.verify.simulation import decide_simulations
from tidegate.cli.output import emit, judge_jsonl, people, read_jsonl
from tidegate.cli.store_options import existing, resolve
from tidegate.cli.verbs import verify_queue as experts
from tidegate.cli.verbs import verify_release as release
from tidegate.readers.api_symbols import read_index
from tidegate.readers.knowledge import installed_packages, read_library, read_packages, read_registry
from tidegate.readers.text_files import below, decoded, file_bytes, read_each
from tidegate.render import claims as marks
from tidegate.render.claims_page import Page, page
from tidegate.runner.sandbox import simulations_in
from tidegate.spine.answer import Answer
from tidegate.spine.claim import Support
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Measure, NotMeasured
from tidegate.spine.finding import Severity
from tidegate.spine.gate import Verdict
from tidegate.spine.ports import StateStore
from tidegate.stats.shares import share
from tidegate.wiring import state_store

READ = frozenset({".md", ".txt", ".py", ".tex"})  # what is read of a folder
SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})
BYTES_MAX = 16 * 1024 * 1024
SPLIT = "split the answer"
NO_QUEUE = "name it with --store; `tidegate serve` and `verify --route` make one"
PROGRESS_ROWS = 10  # of --fit, between two words on progress while models are asked
TEXT_SHOWN_MAX = 20_000  # characters printed with their marks; longer answers show the computations alone


@click.command("verify")
@click.argument("paths", nargs=-1)
@click.option("--jsonl", "jsonl", default=None, help="One object a line: id, question, answer.")
@click.option("--question", default="", help="The question, so that the answer's dimension can be held against it.")
@click.option(
    "--library", type=click.Path(path_type=Path), default=None, help="Your references, JSONL: id, title, authors, year."
)
@click.option(
    "--registry",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Your coefficients, YAML, keyed by standard, edition, clause.",
)
@click.option(
    "--packages",
    type=click.Path(path_type=Path),
    default=None,
    help="The whole list of import names that may be used, one a line.",
)
@click.option("--api", "api", multiple=True, metavar="NAME[=FOLDER]",
              help="Hold code against this package as it is installed here, or as it lies in FOLDER (read, never imported).")  # fmt: skip
@click.option("--run/--no-run", "run", default=True, show_default=True, help="Run simulation code in the sandbox.")
@click.option(
    "--html", "html", type=click.Path(path_type=Path), default=None, help="Write the marked answer as a page."
)
@click.option("--config", type=click.Path(path_type=Path), default=None,
              help="Configuration whose models.probe gives samples and models.judge a blind second derivation.")  # fmt: skip
@click.option("--head", type=click.Path(path_type=Path), default=None, help="Release head written by --fit.")
@click.option("--fit", type=click.Path(path_type=Path), default=None,
              help="Labelled answers, JSONL (answer, correct; question, samples, second if known): fit a release head.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("head.json"), show_default=True, help="Where --fit writes."
)
@click.option("--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.05, show_default=True,
              help="Share of wrong answers allowed among the released.")  # fmt: skip
@click.option("--route", "route", is_flag=True,
              help="Put an answer that the second derivation contradicts into the store's expert queue.")  # fmt: skip
@click.option("--queue", "queue", is_flag=True, help="Show the answers that wait for an expert, gravest first.")
@click.option("--done", default=None, help="With --queue: take this answer out.")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    default=None,
    help="With --queue and --route: the gateway's store [default: what the configuration says, else .tidegate].",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(paths: tuple[str, ...], jsonl: str | None, question: str, library: Path | None, registry: tuple[Path, ...],
            packages: Path | None, api: tuple[str, ...], run: bool, html: Path | None, config: Path | None, head: Path | None,
            fit: Path | None, out: Path, alpha: float, route: bool, queue: bool, done: str | None, store: Path | None,
            as_json: bool) -> NoReturn:  # fmt: skip
    """Decide every technical claim of an answer: supported, refuted (with the computation) or unverifiable.

    Example: echo "12 * 7 = 94 and the oxidation state of Mn in KMnO4 is +7." | tidegate verify -
    """
    if queue or done is not None:
        if route:
            raise WrongUse("expected --queue or --route, got both", remedy="route first, then look at the queue")
        state = state_store(existing(store, config, state_only=True, remedy=NO_QUEUE).store)
        waiting = experts.queue(state, done)
        emit(waiting, as_json=as_json, judges=False, words=lambda console: experts.show_queue(console, waiting))
    if route:
        experts.check_routing(config, question, rows=jsonl is not None, fits=fit is not None)
    put = state_store(resolve(store, config).store) if route else None
    knowledge, models, fused = (
        _knowledge(library, registry, packages, api),
        release.askers(config, out.with_suffix(".answers.jsonl") if fit is not None else None),
        release.read_head(head),
    )
    if fit is not None:
        fitted = release.fitted(_labelled(str(fit), knowledge, models), out, alpha, 0.1)
        emit(fitted, as_json=as_json, words=lambda console: release.show_fitted(console, fitted))
    if jsonl is not None and paths:
        raise WrongUse(
            f"expected --jsonl or files, got both ({paths[0]})", remedy="verify the files in a call of their own"
        )
    if jsonl is not None:
        pages: list[Page] = []
        kept_out: list[str] = []
        try:
            judge_jsonl(
                jsonl,
                lambda row, where: _row(row, where, knowledge, run, models, fused, put, pages, kept_out),
                "verify",
            )
        finally:
            experts.show_kept_out(people, kept_out)
            if html is not None:
                _write_page(html, pages)
    if not paths:
        raise WrongUse("expected a file, a directory, `-` or --jsonl FILE", remedy="tidegate verify answer.md")
    texts, unread = _texts(paths)
    found = [(file, _verify(text, question, knowledge, run, file)) for file, text in texts]
    answer, more = _answer(found), dict[str, Any]()
    if fused is not None or config is not None:
        if len(found) > 1:
            raise WrongUse(f"--config and --head take one answer, got {len(found)}", remedy="give rows with --jsonl")
        file, v = found[0]
        more = release.beside(v, question, v.text, {}, models, fused, file or "-", put)
        answer = _held(msgspec.structs.replace(answer, fields={**answer.fields, **more}))
    if html is not None:
        program = [file is not None and file.endswith(".py") for file, _ in found]
        _write_page(
            html,
            [Page(file or "answer", v.text, v.claims_json(), question, p) for (file, v), p in zip(found, program, strict=True)],
        )  # fmt: skip
    if not as_json:
        answer = msgspec.structs.replace(answer, measures=())  # the view's own line says it in whole numbers
    emit(answer, as_json=as_json, unread=unread, words=lambda console: _show(console, found, more))


def _write_page(path: Path, pages: list[Page]) -> None:
    try:
        path.write_text(page(pages), encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot write the page: {error.strerror or error}", where=str(path)) from error


def _labelled(path: str, knowledge: Knowledge, models: release.Askers) -> list[tuple[tuple[float, ...], bool]]:
    out: list[tuple[tuple[float, ...], bool]] = []
    asks = models.probe is not None or models.judge is not None
    for number, row in read_jsonl(path):
        where = f"{path}:{number}"
        if asks and number % PROGRESS_ROWS == 0:
            people.print(f"[dim]{number} answers read, what the models say is kept[/]", highlight=False)
        answer, correct = row.get("answer"), row.get("correct")
        if not isinstance(answer, str) or not isinstance(correct, bool):
            raise InputError("expected `answer` (a text) and `correct` (true or false)", where=where)
        question = row.get("question") or ""
        found = _verify(answer, question, knowledge, False, None)
        consistency, second = release.heard(question, answer, row, models, where)
        out.append((features(found, consistency, answer, second.agrees if second is not None else None), not correct))
    return out


def _knowledge(
    library: Path | None, registry: tuple[Path, ...], packages: Path | None, api: tuple[str, ...]
) -> Knowledge:
    now = time.gmtime()
    return Knowledge(
        library=read_library(library) if library else {},
        registry=tuple(c for path in registry for c in read_registry(path)),
        packages=installed_packages() | (read_packages(packages) if packages else frozenset()),
        packages_complete=packages is not None,
        api=read_index(api),
        today=(now.tm_year, now.tm_mon),
    )


def _texts(paths: tuple[str, ...]) -> tuple[list[tuple[str | None, str]], list[InputError]]:
    """(file, text) of every file (None: standard input), and what is wrong with those that cannot be read."""
    files: list[Path] = []
    for name in paths:
        path = Path(name)
        found = below(path, READ, SKIPPED) if path.is_dir() else [path]
        if not found:
            kinds = ", ".join(sorted(READ))
            raise InputError(
                f"expected files to verify ({kinds}), found none", where=name, remedy="name the file itself"
            )
        files += found
    read, unread = read_each(files, _text)
    return [(None if str(path) == "-" else str(path), text) for path, text in read], unread


def _text(path: Path) -> str:
    if str(path) != "-":
        return decoded(file_bytes(path, BYTES_MAX, SPLIT), str(path))
    data = sys.stdin.buffer.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise InputError(f"expected at most {BYTES_MAX:,} bytes, got more", where="-", remedy=SPLIT)
    return decoded(data, "-")


def _verify(
    text: str, question: str, knowledge: Knowledge, run: bool, file: str | None, subject: str = "answer"
) -> Verification:
    program = file is not None and file.endswith(".py")
    runs = [] if not run else simulations_in(text, program=program)
    more = decide_simulations(text, runs)
    return verify_answer(text, question, knowledge, subject=file or subject, file=file, more=more, program=program)


def _row(row: dict[str, Any], where: str, knowledge: Knowledge, run: bool, models: release.Askers,
         head: Head | None, route: StateStore | None, pages: list[Page], kept_out: list[str]) -> Answer:  # fmt: skip
    text = row.get("answer", row.get("text"))
    if not isinstance(text, str):
        raise InputError(f"expected a text in `answer`, got {type(text).__name__}", where=where)
    question = row.get("question") or ""
    if not isinstance(question, str):
        raise InputError(f"expected a text in `question`, got {type(question).__name__}", where=where)
    found = _verify(text, question, knowledge, run, None, subject=str(row.get("id", where)))
    answer = _answer([(None, found)])
    pages.append(Page(str(row.get("id", where)), text, found.claims_json(), question))
    more = release.beside(found, question, text, row, models, head, where, route)
    kept_out += [more["not_routed"]] if "not_routed" in more else []
    return _held(msgspec.structs.replace(answer, fields={**answer.fields, **more})) if more else answer


def _answer(verified: list[tuple[str | None, Verification]]) -> Answer:
    found = [v for _, v in verified]
    findings = tuple(f for v in found for f in v.findings)
    decisions = [d for v in found for d in v.decisions]
    decided = sum(d.support is not Support.UNVERIFIABLE for d in decisions)
    coverage = share(decided, len(decisions))
    if not decisions:
        coverage = NotMeasured(
            reason="no checkable claim was found",
            needed="quantities, formulae, constants, code or references in the text",
        )
    failed = any(f.severity is Severity.ERROR for f in findings)
    broken = [m for v in found for m in v.not_checked]
    verdict = Verdict.FAIL if failed else Verdict.UNDECIDED if broken or findings or not decided else Verdict.PASS
    claims = [c for file, v in verified for c in v.claims_json()]
    if any(file is not None for file, _ in verified):
        claims = [{**c, "where": {"file": file, **c["where"]}} for file, v in verified for c in v.claims_json()]
    fields: dict[str, Any] = {"claims": claims, "coverage": {"claims": len(decisions), "decided": decided}}
    if broken:
        fields["not_checked"] = broken
    return Answer(
        verb="verify",
        verdict=verdict,
        findings=findings,
        measures=(Measure(name="claims decided", value=coverage),),
        fields=fields,
    )


def _held(answer: Answer) -> Answer:
    """An answer that the head holds back is no pass."""
    released = answer.fields.get("release", {}).get("release", True)
    return answer if released or answer.verdict is not Verdict.PASS else msgspec.structs.replace(answer, verdict=Verdict.UNDECIDED)  # fmt: skip


def _show(console: Console, found: list[tuple[str | None, Verification]], more: dict[str, Any]) -> None:
    for file, v in found:
        rows = v.claims_json()
        if len(found) > 1:
            console.rule(file or "-", align="left")
        if v.text.strip() and len(v.text) <= TEXT_SHOWN_MAX:
            console.print(marks.marked(v.text.rstrip("\n"), rows))
            console.print()
        if rows:
            console.print(marks.notes(v.text, rows))
        console.print(f"[dim]{marks.summary(rows)}[/]", highlight=False)
        console.print()
    release.show_beside(console, more)
