# ruff: noqa: E501 (patterns and tables read better whole)
"""`tidegate constraints check`: decide tool calls in their context."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.load import default_policy
from tidegate.check.constraints.model import CallDecision
from tidegate.cli.constraints_inputs import field, json_option, jsonl_option, listed, load, policy_option
from tidegate.cli.output import emit, judge_jsonl
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.gate import verdict_of_findings


@click.command("check")
@click.argument("path", required=False)
@jsonl_option
@policy_option
@json_option
def command(path: str | None, jsonl: str | None, policy: Path | None, as_json: bool) -> NoReturn:
    """Decide tool calls in their context: allow, deny or ask, and by which rules.

    PATH (or each line of --jsonl) is one call or an object with `calls` ({"name", "arguments"}) and `context`:
    `messages` or `request` (the user's words), `results` (what tools returned), `tools` or
    `granted` (what this task may use), `facts`, `confirmed` (hashes), `now`.

    Example: echo '{"calls": [{"name": "delete_database", "arguments": {}}]}' | tidegate constraints check - --json
    """
    rules = load(policy) or default_policy()
    engine = Engine(rules)
    if jsonl is not None:
        judge_jsonl(jsonl, lambda row, _: check_row(row, engine), "constraints check")
    if path is None:
        raise WrongUse("expected a JSON file, - or --jsonl FILE")
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        row = json.loads(text)
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror}", where=path) from error
    except ValueError as error:
        raise InputError(
            f"expected one JSON object: {error}", where=path, remedy="one object a line: --jsonl FILE"
        ) from error
    if not isinstance(row, dict):
        raise InputError(f"expected a JSON object, got {type(row).__name__}", where=path)
    emit(check_row(row, engine), as_json=as_json, words=lambda c: show_decisions(c, check_row(row, engine)))


def check_row(row: dict[str, Any], engine: Engine) -> Answer:
    """Decisions on the calls of one object, in order; each allowed call enters the history of the next."""
    where = f"id {row['id']!r}" if "id" in row else ""
    calls, context = row.get("calls"), row.get("context") or {}
    if calls is None and call_parts(row)[0]:
        calls = row  # one call by itself
    if isinstance(calls, dict):
        calls = [calls]
    if not isinstance(calls, list) or not all(isinstance(c, dict) for c in calls):
        raise InputError(f"expected `calls`, a list of {{name, arguments}}, got {'nothing' if calls is None else type(calls).__name__}", where=where,
                         remedy='{"calls": [{"name": "refund", "arguments": {"amount": 80}}]}')  # fmt: skip
    if isinstance(context, str):
        context = {"request": context}
    if not isinstance(context, dict):
        raise InputError("expected `context`, an object", where=where)
    run = run_of(context, engine)
    confirmations = confirmations_of(context)
    now_s = context.get("now") if isinstance(context.get("now"), int | float) else 0.0
    decisions: list[CallDecision] = []
    for call in calls:
        name, arguments, result = call_parts(call)
        decision = engine.decide(run, name, arguments, now_s=float(now_s or 0.0), principal=str(field(context, "principal", "user_id", "role") or ""),
                                 confirmations=confirmations)  # fmt: skip
        if decision.decision == "allow":
            body = arguments if isinstance(arguments, dict) else json.loads(arguments or "{}")
            run.happened(name, body, result)
        decisions.append(decision)
    findings = tuple(
        Finding(rule="call-denied" if d.decision == "deny" else "call-asks", subject=d.tool, where=Where(event=i),
                severity=Severity.ERROR if d.decision == "deny" else Severity.WARNING, message=f"{d.tool}: {d.reason}",
                evidence={"certainty": Certainty.PROVED.value, "rules": list(d.rules)})
        for i, d in enumerate(decisions) if d.decision != "allow"
    )  # fmt: skip
    return Answer(verb="constraints check", verdict=verdict_of_findings(findings), findings=findings,
                  fields={"decisions": [d.to_json() for d in decisions]})  # fmt: skip


def call_parts(call: dict[str, Any]) -> tuple[str, Any, str | None]:
    """(tool, arguments, result) of a call in any of the usual forms."""
    inner = call["function"] if isinstance(call.get("function"), dict) else call
    name = str(field(inner, "name", "tool", "tool_name", "function") or "")
    arguments = field(inner, "arguments", "args", "input", "parameters")
    result = field(call, "result", "output", "content")
    arguments = arguments if isinstance(arguments, str | dict) else {} if arguments is None else json.dumps(arguments)
    return name, arguments, result if isinstance(result, str) or result is None else json.dumps(result)


def run_of(context: dict[str, Any], engine: Engine) -> Run:
    """A run as the context describes it."""
    known = {k: v for k, v in (context.get("facts") or {}).items() if isinstance(v, dict)}
    run = Run(engine.policy, run_id=str(context.get("run_id") or ""), facts=known, context=context)
    for text in listed(field(context, "request", "prompt", "user", "user_message", "task", "query", "instruction")):
        run.user(text)
    granted = field(context, "granted", "scope", "allowed_tools", "tools")
    if isinstance(granted, list):
        run.granted = frozenset(
            str(g.get("name") or (g.get("function") or {}).get("name")) if isinstance(g, dict) else str(g)
            for g in granted
        )
    names: dict[str, tuple[str, dict[str, Any]]] = {}
    for message in context.get("messages") or []:
        if not isinstance(message, dict):
            continue
        content = message.get("content")
        if isinstance(content, list):
            content = "\n".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
        if message.get("role") == "user" and isinstance(content, str):
            run.user(content)
        for call in message.get("tool_calls") or []:
            name, arguments, _ = call_parts(call)
            body = arguments if isinstance(arguments, dict) else json.loads(arguments or "{}")
            names[str(call.get("id"))] = (name, body)
            run.happened(name, body)
        if message.get("role") == "tool" and isinstance(content, str):
            name, body = names.get(str(message.get("tool_call_id")), (str(message.get("name") or "unknown"), {}))
            run.observed(name, content, body)
    for done in field(context, "results", "steps", "history", "observations", "tool_results") or []:
        if isinstance(done, str):
            run.observed("unknown", done)
        elif isinstance(done, dict):
            name, arguments, result = call_parts(done)
            body = arguments if isinstance(arguments, dict) else {}
            run.happened(name, body, result if result is not None else "")
    for text in listed(field(context, "untrusted", "untrusted_content", "document", "page")):
        run.observed("untrusted source", text)
    return run


class _Given:
    """Confirmations that came with the context: hashes, or true for the next call that asks."""

    def __init__(self, hashes: set[str]) -> None:
        self.hashes = hashes

    def spend(self, call_hash: str, now_s: float) -> bool:
        """Use one up."""
        if call_hash in self.hashes:
            self.hashes.discard(call_hash)
            return True
        return False


def confirmations_of(context: dict[str, Any]) -> Any:
    """What the context says was confirmed."""
    return _Given(set(listed(field(context, "confirmed", "approvals", "confirmations"))))


def show_decisions(console: Console, answer: Answer) -> None:
    """One row a call."""
    table = Table("call", "decision", "rules", "why")
    style = {"allow": "green", "ask": "yellow", "deny": "red"}
    for d in answer.fields["decisions"]:
        table.add_row(
            escape(d["tool"]),
            f"[{style[d['decision']]}]{d['decision']}[/]",
            escape(", ".join(d.get("rules", []))),
            escape(d.get("reason", "")),
        )
    console.print(table)
