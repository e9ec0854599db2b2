"""`tidegate constraints packs`: the starter packs and their rules."""

import textwrap
from typing import Any, NoReturn

import click
from rich.console import Console

from tidegate.check.constraints.load import PACKS, starter_pack
from tidegate.check.constraints.model import HardRule
from tidegate.cli.constraints_inputs import json_option
from tidegate.cli.output import emit
from tidegate.spine.answer import Answer
from tidegate.spine.gate import Verdict


@click.command("packs")
@json_option
def command(as_json: bool) -> NoReturn:
    """The starter packs and their rules.

    Example: tidegate constraints packs
    """
    listing = {p: [_rule_line(r) for r in starter_pack(p).hard] for p in PACKS}

    def show(console: Console) -> None:
        console.print(f"{'pack':<15}{'rule':<22}{'kind':<8}what it holds", markup=False, highlight=False)
        for pack, rules in listing.items():
            for rule in rules:
                what = "; ".join(rule["text"]) or f"{len(rule['patterns'])} patterns: {', '.join(rule['patterns'])}"
                first, *rest = textwrap.wrap(what, 79 - 45) or [""]
                console.print(f"{pack:<15}{rule['id']:<22}{rule['kind']:<8}{first}", markup=False, highlight=False)
                for line in rest[:2]:
                    console.print(" " * 45 + line, markup=False, highlight=False)
                if len(rest) > 2:
                    console.print(" " * 45 + "... (all with --json)", markup=False, highlight=False)

    emit(Answer(verb="constraints packs", verdict=Verdict.PASS, fields={"packs": listing}), as_json=as_json, words=show)


def _rule_line(rule: HardRule) -> dict[str, Any]:
    return {"id": rule.id, "kind": rule.kind, "text": list(rule.text), "patterns": [p.id for p in rule.patterns]}
