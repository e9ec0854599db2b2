"""`tidegate prompts probe`: what the lines of a prompt do to a real model's behaviour."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from tidegate.check.promptlint import explain
from tidegate.check.promptlint.behaviour import interference as behaviour
from tidegate.check.promptlint.behaviour import probing
from tidegate.check.promptlint.lint import analyse
from tidegate.cli.output import emit, people
from tidegate.readers.config import read_settings, secret
from tidegate.readers.prompts import read_prompts, read_text
from tidegate.runner.asking import AnswerCache, Asker, Budget
from tidegate.runner.http_model import HttpModel
from tidegate.runner.prompt_probe import Prober, Spent, mixed
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, Measure, NotMeasured
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.gate import Verdict

TESTS = ("interference", "modes", "position", "attribution", "fossils")
CONFIG = Path("tidegate.yaml")
PAIRED_MAX = 240  # most paired answers a pair of lines: enough to see a difference of 0.15


@click.command("probe")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--url", help="OpenAI-compatible base URL [default: models.probe of the configuration].")
@click.option("--model", help="Model to ask.")
@click.option("--key", metavar="REF", help="env:NAME or file:PATH of the API key.")
@click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration with models.probe [default: ./tidegate.yaml]."
)
@click.option(
    "--test", "tests", multiple=True, type=click.Choice(TESTS), help="Which measures [default: interference, modes]."
)
@click.option(
    "--questions",
    type=click.Path(path_type=Path, exists=True),
    help="One user message a line [default: eight built in].",
)
@click.option(
    "--calls",
    type=click.IntRange(1),
    default=400,
    show_default=True,
    help="Most calls to the model; cached answers are free.",
)
@click.option(
    "--cache", type=click.Path(path_type=Path), help="Answers are kept here: a stopped run goes on where it was."
)
@click.option(
    "--level", type=click.FloatRange(0.001, 0.5), default=0.05, show_default=True, help="False discovery rate."
)
@click.option(
    "--pairs", "pairs_max", type=click.IntRange(1), default=40, show_default=True, help="Most line pairs to test."
)
@click.option("--temperature", type=float, default=1.0, show_default=True)
@click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option("--old-url", help="The model before the change, for fossils.")
@click.option("--old-model", help="Its name.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def probe(
    paths: tuple[Path, ...], url: str | None, model: str | None, key: str | None, config: Path | None, tests: tuple[str, ...],
    questions: Path | None, calls: int, cache: Path | None, level: float, pairs_max: int, temperature: float,
    concurrency: int, old_url: str | None, old_model: str | None, seed: int, as_json: bool,
) -> NoReturn:  # fmt: skip
    """Measure with a model: which line makes it break which, and where a line's place or presence matters.

    Interference is tested pair by pair with error control and stops early; what the budget did not
    reach is said to be not measured (exit code 3).  Only what can be counted or seen in an answer
    is judged; no judge model is asked.

    Example: tidegate prompts probe prompts/support.md --url http://127.0.0.1:8000/v1 --model small --calls 300
    """
    tests = tests or ("interference", "modes")
    analysis = analyse(read_prompts(paths))
    target = _target(url, model, key, config)
    if target is None:
        measures = tuple(Measure(name=t, value=NotMeasured(reason="no model configured", needed="models.probe, or --url and --model")) for t in tests)  # fmt: skip
        emit(Answer(verb="prompts probe", verdict=Verdict.UNDECIDED, measures=measures), as_json=as_json)
    asked = _questions(questions)
    budget = Budget(calls_max=calls)
    store = AnswerCache(cache)
    prober = Prober(
        Asker(target, budget=budget, cache=store), analysis, asked, temperature=temperature, concurrency=concurrency
    )
    report = _Report(prober, analysis, level, pairs_max, seed, calls)
    with people.status("asking the model …") if not as_json else _quiet():
        for test in TESTS:
            if test in tests and test != "fossils":
                report.run(test)
        if "fossils" in tests:
            old = _target(old_url or url, old_model, key, config) if old_model else None
            report.fossils(
                None if old is None else Prober(Asker(old, budget=budget, cache=store), analysis, asked, temperature=temperature, concurrency=concurrency)
            )  # fmt: skip
    store.close()
    verdict = Verdict.UNDECIDED if report.short else Verdict.FAIL if report.broken else Verdict.PASS
    fields: dict[str, Any] = {
        **report.fields,
        "calls": budget.calls,
        "answers_from_cache": prober.cached,
        "pairs_tested": report.tested,
    }
    answer = Answer(
        verb="prompts probe",
        verdict=verdict,
        findings=tuple(report.findings),
        measures=tuple(report.measures),
        fields=fields,
    )

    def words(console: Console) -> None:
        console.print(
            f"[dim]{escape(target.name)}: {budget.calls} calls, {prober.cached} answers from the cache, {len(asked)} questions[/]",
            highlight=False,
        )
        for row in report.fields.get("attribution", [])[:5]:
            console.print(
                f"line {row['line']:>4}  effect {row['effect']:+.2f}  {escape(row['text'][:90])}", highlight=False
            )

    emit(answer, as_json=as_json, words=words)


class _quiet:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


class _Report:
    """Gathers findings and measures of the tests, each stopping by itself when the budget is spent."""

    def __init__(self, prober: Prober, analysis: Any, level: float, pairs_max: int, seed: int, calls: int) -> None:
        self.prober, self.analysis, self.level, self.seed, self.calls = prober, analysis, level, seed, calls
        self.pairs = probing.pairs_of(analysis.instructions, analysis.cores, pairs_max)
        self.targets = list(
            {(i.unit.span, i.constraint.key): i for i in analysis.instructions if probing.checkable(i)}.values()
        )
        self.findings: list[Finding] = []
        self.measures: list[Measure] = []
        self.fields: dict[str, Any] = {}
        self.tested = 0
        self.short = self.broken = False

    def run(self, test: str) -> None:
        """One test; a spent budget or nothing to test gives a measure that says so."""
        if not self.targets:
            self.missing(
                test,
                "no line of this prompt can be checked by counting or looking",
                "a line about length, format, words, emoji …",
            )
            return
        try:
            getattr(self, f"_{test}")()
        except Spent:
            self.short = True
            self.missing(
                test, "the budget of calls is spent", f"--calls above {self.calls}; the cache keeps what was asked"
            )

    def missing(self, test: str, reason: str, needed: str) -> None:
        """Say what was not measured."""
        self.short = True
        self.measures.append(Measure(name=test, value=NotMeasured(reason=reason, needed=needed)))

    def _interference(self) -> None:
        found, self.tested, stopped = self.prober.interference(self.pairs, 2 * PAIRED_MAX * len(self.pairs), self.level)
        for pair, seen in found:
            self.broken = True
            joint = self.prober.joint(pair, min(32, seen.pairs)) if probing.checkable(pair.b) and not stopped else {}
            self.findings.append(_finding(
                "interference", pair.b, f"with line {pair.b.unit.line} the model follows line {pair.a.unit.line} less often: "
                f"{-seen.effect.value:+.0%} ({-seen.effect.high:+.0%} to {-seen.effect.low:+.0%}, {seen.pairs} paired answers)",
                f"change {pair.b.unit.text!r} or give the two lines different conditions",
                core=[{"file": x.unit.source, "line": x.unit.line, "text": x.unit.text} for x in (pair.a, pair.b)],
                effect=_numbers(seen.effect), e_value=seen.e_value, modes={**seen.modes, **joint},
            ))  # fmt: skip
            self.measures.append(Measure(name=f"interference of {pair.words}", value=seen.effect))
        if stopped:
            raise Spent
        if not found:
            share = behaviour.no_effect(self.tested)
            self.measures.append(Measure(name="interfering pairs", value=share))

    def _modes(self) -> None:
        for i, share in self.prober.modes(self.targets, 32):
            self.measures.append(Measure(name=f"compliance with line {i.unit.line}: {explain.asks(i)}", value=share))
            if mixed(share):
                self.findings.append(_finding(
                    "modal-mixture", i, f"the model follows line {i.unit.line} in {share.value:.0%} of its answers ({share.low:.0%} to {share.high:.0%}): two behaviours, not one",
                    "find the line that pulls the other way with --test interference", share=_numbers(share),
                ))  # fmt: skip

    def _position(self) -> None:
        for i in self.targets:
            spread, means = self.prober.position(i, 32)
            self.measures.append(Measure(name=f"position spread of line {i.unit.line}", value=spread))
            if spread.low > 0.15 or (spread.value > 0.15 and spread.low > 0):
                best = max(means, key=lambda k: means[k])
                self.findings.append(_finding(
                    "position-sensitive", i, f"line {i.unit.line} is followed in " + ", ".join(f"{v:.0%} at the {k}" for k, v in means.items()),
                    f"keep it at the {best}, or state it so that its place does not matter", spread=_numbers(spread), means=means,
                ))  # fmt: skip

    def _attribution(self) -> None:
        units = probing.lines_of(self.analysis.instructions)
        effects, rank = self.prober.attribution(self.targets, units, max(32, 4 * len(units)), self.seed)
        rows = sorted(zip(units, effects, strict=True), key=lambda r: -abs(r[1]))
        self.fields["attribution"] = [{"file": u.source, "line": u.line, "text": u.text, "effect": e} for u, e in rows]
        value = (
            NotMeasured(reason="compliance never changed", needed="lines that act on it")
            if rank is None
            else behaviour.correlation(rank, max(8, len(units)))
        )
        self.measures.append(
            Measure(name="rank correlation of predicted and real compliance on held-out masks", value=value)
        )

    def fossils(self, old: Prober | None) -> None:
        """Lines that acted on the old model and do nothing on the new one."""
        if old is None:
            self.missing("fossils", "no model to compare with", "--old-model (and --old-url)")
            return
        units = probing.lines_of(self.analysis.instructions)
        if not self.targets:
            self.missing("fossils", "no line can be checked", "a line about length, format, words …")
            return
        try:
            masks = max(32, 4 * len(units))
            before, _ = old.attribution(self.targets, units, masks, self.seed)
            now, _ = self.prober.attribution(self.targets, units, masks, self.seed)
        except Spent:
            self.missing("fossils", "the budget of calls is spent", f"--calls above {self.calls}")
            return
        for k in behaviour.fossils(before, now):
            u = units[k]
            self.findings.append(Finding(
                rule="fossil-line", severity=Severity.NOTE, subject=u.source, where=Where(file=u.source, line=u.line, span=u.span),
                message=f"line {u.line} moved the old model by {before[k]:+.2f} and moves this one by {now[k]:+.2f}",
                evidence={"certainty": "measured", "before": before[k], "now": now[k]}, suggestion="try the prompt without it",
            ))  # fmt: skip


def _finding(rule: str, i: Any, message: str, suggestion: str, **evidence: Any) -> Finding:
    return Finding(
        rule=rule, severity=Severity.WARNING, subject=i.unit.source, message=message, suggestion=suggestion,
        where=Where(file=i.unit.source, line=i.unit.line, span=i.unit.span), evidence={"certainty": "measured", **evidence},
    )  # fmt: skip


def _numbers(e: Estimate) -> dict[str, Any]:
    return {"value": e.value, "low": e.low, "high": e.high, "n": e.n}


def _target(url: str | None, model: str | None, key: str | None, config: Path | None) -> HttpModel | None:
    """The model to ask: the options, else models.probe of the configuration, else None."""
    if url and model:
        return HttpModel(url, model, secret(key, "--key") if key else None)
    if config is None and not CONFIG.exists():
        return None
    port = read_settings(config or CONFIG).models.probe
    if port is None:
        return None
    return HttpModel(
        url or port.url, model or port.model, secret(port.api_key, "models.probe.api_key") if port.api_key else None
    )


def _questions(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return probing.QUESTIONS
    lines = tuple(line.strip() for line in read_text(path).splitlines() if line.strip())
    if not lines:
        raise InputError("expected one user message a line, got an empty file", where=str(path))
    return lines
