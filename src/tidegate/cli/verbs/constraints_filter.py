# ruff: noqa: E501 (patterns and tables read better whole)
"""`tidegate constraints filter`: what a client would receive of a text."""

from pathlib import Path
from typing import Any, NoReturn

import click

from tidegate.check.constraints.load import PACKS, default_policy, output_filter, starter_pack
from tidegate.check.constraints.model import Policy, output_parts
from tidegate.check.constraints.streaming.stream import Filter, Literals, filter_text, merged
from tidegate.cli.constraints_inputs import field, json_option, jsonl_option, listed, load, policy_option, prompts
from tidegate.cli.output import emit, judge_jsonl
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.gate import verdict_of_findings


@click.command("filter")
@click.argument("path", required=False)
@jsonl_option
@policy_option
@click.option("--pack", "packs", multiple=True, type=click.Choice(PACKS), help="Starter packs instead of a policy.")
@json_option
def command(
    path: str | None, jsonl: str | None, policy: Path | None, packs: tuple[str, ...], as_json: bool
) -> NoReturn:
    """What a client would receive of a text: forbidden spans withheld, everything else byte for byte.

    Example: echo "my card is 4111 1111 1111 1111" | tidegate constraints filter - --json
    """
    rules = chosen(policy, packs)
    compiled = output_filter(rules)
    if jsonl is not None:
        judge_jsonl(jsonl, lambda row, _: filter_row(row, rules, compiled), "constraints filter")
    if path is None:
        raise WrongUse("expected a file, - or --jsonl FILE", remedy='echo "text" | tidegate constraints filter -')
    if Path(path).is_dir():
        raise InputError("expected a file, got a folder", where=path, remedy="give one text, or rows with --jsonl")
    ((_, text),), _ = prompts((path,))
    answer = filtered(compiled, [text])
    emit(
        answer,
        as_json=as_json,
        words=lambda console: console.print(answer.fields["output"], markup=False, highlight=False),
    )


def chosen(policy: Path | None, packs: tuple[str, ...]) -> Policy:
    """The policy of the options: packs by name, a file, or the defaults."""
    if packs:
        return Policy(packs=packs, hard=tuple(r for p in packs for r in starter_pack(p).hard), infer_tools=True)
    return load(policy) or default_policy()


def filter_row(row: dict[str, Any], policy: Policy, compiled: Filter) -> Answer:
    """One line of a batch: `chunks` or `text`; `literals` or `canaries` add texts that may not leave."""
    chunks = field(row, "chunks", "deltas")
    text = field(row, "text", "output", "content")
    if chunks is None and isinstance(text, str):
        chunks = [text]
    if not isinstance(chunks, list) or not all(isinstance(c, str) for c in chunks):
        raise InputError("expected `chunks`, a list of texts, or `text`", where=f"id {row.get('id')!r}")
    extra = [t for name in ("literals", "canaries", "forbidden", "secrets") for t in listed(row.get(name))]
    if extra:
        patterns, literals, _ = output_parts(policy)
        compiled = Filter(patterns, [*literals, Literals(id="literal", texts=tuple(extra))], hold_max=policy.hold_max)
    return filtered(compiled, chunks)


def filtered(compiled: Filter, chunks: list[str]) -> Answer:
    """The answer of a filtered stream: what left, whether anything was withheld, where and by which rule."""
    output, spans, cut, held = filter_text(compiled, chunks)
    joined = merged(spans)
    findings = tuple(
        Finding(rule="forbidden-output", severity=Severity.ERROR, subject=s.rule, where=Where(span=(s.start, s.end)),
                message=f"text that the rule {s.rule!r} forbids was withheld", evidence={"certainty": Certainty.PROVED.value, "view": s.view})
        for s in joined
    )  # fmt: skip
    fields = {
        "output": output,
        "blocked": bool(joined),
        "cut": cut,
        "held_max": held,
        "spans": [s.to_json() for s in joined],
    }
    return Answer(verb="constraints filter", verdict=verdict_of_findings(findings), findings=findings, fields=fields)
