"""`tidegate constraints measure`: how often soft rules are broken, with intervals."""

from pathlib import Path
from typing import Any, NoReturn

import click

from tidegate.check.constraints.soft import Exchange, measure
from tidegate.cli.constraints_inputs import field, json_option, jsonl_option, load, policy_option
from tidegate.cli.output import emit, read_jsonl
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.gate import Verdict, verdict_all


@click.command("measure")
@jsonl_option
@policy_option
@json_option
def command(jsonl: str | None, policy: Path | None, as_json: bool) -> NoReturn:
    """How often soft rules are broken, with intervals, by length, adversarial and unusual input.

    Each line of --jsonl holds `request` (or `messages`) and `answer`.

    Example: tidegate constraints measure --jsonl answers.jsonl --policy constraints.yaml
    """
    rules = load(policy)
    if rules is None or not rules.soft:
        raise WrongUse("there is no soft rule to measure", remedy="give --policy with rules under `soft`")
    if jsonl is None:
        raise WrongUse("expected --jsonl FILE with `request` and `answer` a line")
    exchanges = [exchange(row, number, jsonl) for number, row in read_jsonl(jsonl)]
    measures: list[Measure] = []
    verdicts: list[Verdict] = []
    for rule in rules.soft:
        found = measure(rule, exchanges)
        measures += found
        overall = found[0].value
        if not isinstance(overall, Estimate) or rule.rate_max is None:
            verdicts.append(Verdict.UNDECIDED)
        else:
            verdicts.append(
                Verdict.FAIL
                if overall.low > rule.rate_max
                else Verdict.PASS
                if overall.high <= rule.rate_max
                else Verdict.UNDECIDED
            )
    emit(Answer(verb="constraints measure", verdict=verdict_all(verdicts), measures=tuple(measures)), as_json=as_json)


def exchange(row: dict[str, Any], number: int, name: str) -> Exchange:
    """One line of answers."""
    answer = field(row, "answer", "output", "response")
    messages = [m for m in row.get("messages") or [] if isinstance(m, dict)]
    if answer is None and messages and messages[-1].get("role") == "assistant":
        answer = messages.pop().get("content")
    request = field(row, "request", "prompt", "question") or next(
        (m.get("content") for m in reversed(messages) if m.get("role") == "user"), ""
    )
    if not isinstance(answer, str) or not isinstance(request, str):
        raise InputError("expected `request` (or `messages`) and `answer`", where=f"{name}:{number}")
    before = sum(len(str(m.get("content") or "").split()) for m in messages)
    return Exchange(request=request, answer=answer, words_before=max(0, before - len(request.split())))
