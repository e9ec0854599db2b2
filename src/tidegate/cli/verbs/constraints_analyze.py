"""`tidegate constraints analyze`: dead, shadowed and contradictory rules, and what a change changes."""

import json
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from rich.console import Console

from tidegate.check.constraints.load import default_policy
from tidegate.check.constraints.proving.analyze import analyze
from tidegate.check.constraints.proving.differences import Difference, differences
from tidegate.cli.constraints_inputs import json_option, load, policy_option
from tidegate.cli.output import emit
from tidegate.readers.constraints_file import read_policy
from tidegate.spine.answer import Answer
from tidegate.spine.gate import verdict_of_findings


@click.command("analyze")
@policy_option
@click.option("--against", type=click.Path(path_type=Path), default=None, help="An older version to compare with.")
@json_option
def command(policy: Path | None, against: Path | None, as_json: bool) -> NoReturn:
    """Find shadowed, contradictory and unreachable rules; with --against, a call for each difference.

    Example: tidegate constraints analyze --json
    """
    rules = load(policy) or default_policy()
    findings = analyze(rules)
    different = differences(read_policy(against), rules) if against is not None else []
    fields = {"differences": [msgspec.to_builtins(d) for d in different]}
    answer = Answer(
        verb="constraints analyze", verdict=verdict_of_findings(findings), findings=tuple(findings), fields=fields
    )

    def words(console: Console) -> None:
        for d in different:
            console.print(told(d), markup=False, highlight=False)

    emit(answer, as_json=as_json, words=words)


def told(d: Difference) -> str:
    """A difference with the call that shows it, in words."""
    if d.witness is None:
        return f"{d.rule} ({d.change}): it can differ on a call of {d.tool}, but no such call was found"
    call = f"{d.tool} {json.dumps(d.witness['arguments'])}"
    beside = [f"with {name} {json.dumps(d.witness[name])}" for name in ("facts", "calls") if d.witness.get(name)]
    return f"{d.rule} ({d.change}): the versions decide differently on {' '.join([call, *beside])}"
