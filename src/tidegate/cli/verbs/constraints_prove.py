# ruff: noqa: E501 (patterns and tables read better whole)
"""`tidegate constraints prove`: a removal witness and a stub witness for every hard rule."""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.check.constraints.load import default_policy
from tidegate.cli.constraints_inputs import json_option, load, policy_option
from tidegate.cli.output import emit
from tidegate.runner.prove import Witness, prove
from tidegate.spine.answer import Answer
from tidegate.spine.estimate import Measure
from tidegate.spine.finding import Certainty, Finding, Severity
from tidegate.spine.gate import Verdict, verdict_of_findings
from tidegate.stats.intervals import proportion


@click.command("prove")
@policy_option
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the hostile stub.")
@json_option
def command(policy: Path | None, seed: int, as_json: bool) -> NoReturn:
    """Run a removal witness and a stub witness for every hard rule; a rule without both fails.

    Example: tidegate constraints prove --json
    """
    rules = load(policy) or default_policy()
    witnesses = prove(rules, seed=seed)
    findings = [f for w in witnesses for f in witness_findings(w)]
    covered = sum(w.proved for w in witnesses)
    measures = (
        Measure(name="hard rules with both witnesses run and held", value=proportion((covered, len(witnesses)))),
    )
    verdict = verdict_of_findings(findings) if witnesses else Verdict.UNDECIDED
    fields = {"seed": seed, "witnesses": [{**msgspec.to_builtins(w), "proved": w.proved} for w in witnesses]}
    answer = Answer(
        verb="constraints prove", verdict=verdict, findings=tuple(findings), measures=measures, fields=fields
    )
    emit(answer, as_json=as_json, words=lambda console: show_witnesses(console, witnesses))


def witness_findings(w: Witness) -> Iterator[Finding]:
    """A rule that let something out, or for which no attempt could be made."""
    evidence = {"certainty": Certainty.PROVED.value, "escaped": list(w.escaped)}
    if w.escaped:
        yield Finding(rule="hard-rule-broken", severity=Severity.ERROR, subject=w.rule, evidence=evidence, message=f"{w.rule!r} did not hold: {w.escaped[0]}",
                      suggestion="the rule is not hard; correct it or move it to `soft`")  # fmt: skip
    elif not w.proved:
        yield Finding(rule="hard-rule-not-proved", severity=Severity.ERROR, subject=w.rule, evidence=evidence,
                      message=f"no violating input was found for {w.rule!r}, so nothing shows that it holds",
                      suggestion="see `tidegate constraints analyze`: its condition may be impossible")  # fmt: skip
    elif not w.attributed:
        yield Finding(rule="held-by-another-rule", severity=Severity.WARNING, subject=w.rule, evidence=evidence,
                      message=f"the attempts against {w.rule!r} were refused, but not by it when it stood alone")  # fmt: skip


def show_witnesses(console: Console, witnesses: list[Witness]) -> None:
    """One row a rule."""
    table = Table("rule", "kind", "removal", "stub", "escaped", "proved")
    for w in witnesses:
        table.add_row(
            escape(w.rule),
            w.kind,
            str(w.removal),
            str(w.stub),
            str(len(w.escaped)),
            "[green]yes[/]" if w.proved else "[red]no[/]",
        )
    console.print(table)
