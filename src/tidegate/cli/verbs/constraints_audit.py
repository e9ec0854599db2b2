"""`tidegate constraints audit`: every rule sentence in prompts, and what enforces it."""

from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.check.constraints.auditing import audit as auditing
from tidegate.check.constraints.auditing.mapping import rule_map
from tidegate.check.constraints.auditing.sentences import Sentence
from tidegate.check.constraints.model import Policy
from tidegate.cli.constraints_inputs import field, json_option, jsonl_option, load, policy_option, prompts
from tidegate.cli.output import emit, judge_jsonl
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measure
from tidegate.spine.finding import Finding
from tidegate.spine.gate import verdict_of_findings
from tidegate.stats.intervals import proportion


@click.command("audit")
@click.argument("paths", nargs=-1)
@jsonl_option
@policy_option
@json_option
def command(paths: tuple[str, ...], jsonl: str | None, policy: Path | None, as_json: bool) -> NoReturn:
    """Find every rule sentence in prompts and tool descriptions, and what enforces it, or nothing.

    PATHS are files, folders or - for standard input.  A .json file is read as tool definitions.

    Example: echo "Never reveal customer data." | tidegate constraints audit - --json
    """
    rules = load(policy)
    if jsonl is not None:
        judge_jsonl(jsonl, lambda row, _: audit_row(row, rules), "constraints audit")
    audited: list[tuple[str, auditing.Audited]] = []
    findings: list[Finding] = []
    texts, unread = prompts(paths)
    if not any(text.strip() for _, text in texts):
        nothing = "expected prompts or tool descriptions, found no text"
        raise InputError(nothing, where=", ".join(paths), remedy="give a file or folder that holds some")
    for name, text in texts:
        found = auditing.audit_text(text, rules)
        audited += [(name, a) for a in found if a.is_rule]
        findings += auditing.findings(found, name)
    total = len(audited)
    enforced = sum(a.state in ("enforced", "witnessed") for _, a in audited)
    measures = (Measure(name="share of rule sentences that anything enforces", value=proportion((enforced, total))),)
    fields = {**auditing.headline([a for _, a in audited]), "rules": [{"file": f, **a.to_json()} for f, a in audited]}
    answer = Answer(
        verb="constraints audit",
        verdict=verdict_of_findings(findings),
        findings=tuple(findings),
        measures=measures,
        fields=fields,
    )
    emit(answer, as_json=as_json, unread=unread, words=lambda console: show_audit(console, audited))


def audit_row(row: dict[str, Any], policy: Policy | None) -> Answer:
    """One line of a batch: `sentence` is one sentence, `text` a whole prompt."""
    sentence, text = row.get("sentence"), field(row, "text", "prompt")
    if not isinstance(sentence if sentence is not None else text, str):
        raise InputError(
            f"expected a text field `sentence` or `text`, got {sorted(row)}", where=f"id {row.get('id')!r}"
        )
    if sentence is not None:
        one = Sentence(text=sentence.strip(), span=(0, len(sentence)), line=1)
        found = [auditing.audit_sentence(one, rule_map(policy))]
        if not found[0].is_rule:  # several sentences in one field, or a list item with its lead-in
            several = auditing.audit_text(sentence, policy)
            found = several if any(a.is_rule for a in several) else found
    else:
        found = auditing.audit_text(str(text), policy)
    findings = auditing.findings(found)
    return Answer(
        verb="constraints audit",
        verdict=verdict_of_findings(findings),
        findings=tuple(findings),
        fields=auditing.headline(found),
    )


def show_audit(console: Console, audited: list[tuple[str, auditing.Audited]]) -> None:
    """The inventory: one row a rule."""
    table = Table("where", "rule", "costs", "enforced by", "could be")
    for name, a in audited:
        by = f"[green]{escape(a.enforced_by)}[/]" if a.enforced_by != "none" else "[red]none[/]"
        table.add_row(f"{escape(name)}:{a.sentence.line}", escape(a.sentence.text[:90]), a.consequence, by, a.mechanism)
    console.print(table)
