# ruff: noqa: E501 (patterns and tables read better whole)
"""`tidegate constraints`: audit prompts, filter text, check calls, prove and analyse rules, measure soft ones, revoke."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.check.constraints import analyze as analysis
from tidegate.check.constraints import audit as auditing
from tidegate.check.constraints.decide import Engine, Run
from tidegate.check.constraints.load import PACKS, default_policy, output_filter, starter_pack
from tidegate.check.constraints.model import CallDecision, HardRule, Policy, output_parts
from tidegate.check.constraints.sentences import Sentence
from tidegate.check.constraints.soft import Exchange, measure
from tidegate.check.constraints.stream import Filter, Literals, filter_text, merged
from tidegate.cli.output import emit, judge_jsonl, read_jsonl
from tidegate.readers.constraints_file import read_policy
from tidegate.runner.prove import Witness, prove
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.gate import Verdict, verdict_all, verdict_of_findings
from tidegate.stats.intervals import proportion
from tidegate.store.revocations import revoke_subject, revoked_subjects

PROMPT_SUFFIXES = frozenset({".md", ".txt", ".prompt", ".jinja", ".j2", ".json", ""})
policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path),
    default=None,
    help="The constraints.yaml; without one, the starter packs.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
jsonl_option = click.option("--jsonl", default=None, help="A file (or -) with one JSON object a line.")


@click.group("constraints")
def command() -> None:
    """Which of our rules does anything enforce?

    Example: tidegate constraints audit prompts/ --json
    """


def load(path: Path | None) -> Policy | None:
    """The policy of --policy, of constraints.yaml here, or None."""
    if path is not None:
        return read_policy(path)
    here = Path("constraints.yaml")
    return read_policy(here) if here.is_file() else None


def field(row: dict[str, Any], *names: str) -> Any:
    """The first of some fields that a row has."""
    return next((row[n] for n in names if row.get(n) is not None), None)


# --- audit ------------------------------------------------------------------------------------------


@command.command("audit")
@click.argument("paths", nargs=-1)
@jsonl_option
@policy_option
@json_option
def audit(paths: tuple[str, ...], jsonl: str | None, policy: Path | None, as_json: bool) -> NoReturn:
    """Find every rule sentence in prompts and tool descriptions, and what enforces it, or nothing.

    PATHS are files, folders or - for standard input.  A .json file is read as tool definitions.

    Example: echo "Never reveal customer data." | tidegate constraints audit - --json
    """
    rules = load(policy)
    if jsonl is not None:
        judge_jsonl(jsonl, lambda row, _: audit_row(row, rules), "constraints audit")
    audited: list[tuple[str, auditing.Audited]] = []
    findings: list[Finding] = []
    for name, text in prompts(paths):
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
    emit(answer, as_json=as_json, words=lambda console: show_audit(console, audited))


def audit_row(row: dict[str, Any], policy: Policy | None) -> Answer:
    """One line of a batch: `sentence` is one sentence, `text` a whole prompt."""
    sentence, text = row.get("sentence"), field(row, "text", "prompt")
    if not isinstance(sentence if sentence is not None else text, str):
        raise InputError(
            f"expected a text field `sentence` or `text`, got {sorted(row)}", where=f"id {row.get('id')!r}"
        )
    if sentence is not None:
        one = Sentence(text=sentence.strip(), span=(0, len(sentence)), line=1)
        found = [auditing.audit_sentence(one, auditing.rule_map(policy))]
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


def prompts(paths: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(name, text) of every prompt among files, folders and standard input."""
    if not paths:
        raise WrongUse("expected files, folders, - or --jsonl FILE", remedy="tidegate constraints audit prompts/")
    for given in paths:
        if given == "-":
            yield "-", sys.stdin.read()
            continue
        path = Path(given)
        if not path.exists():
            raise InputError("there is no such file or folder", where=given)
        files = (
            sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in PROMPT_SUFFIXES)
            if path.is_dir()
            else [path]
        )
        for f in files:
            try:
                text = f.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise InputError(f"expected UTF-8 text: {error}", where=str(f)) from error
            yield str(f), descriptions(text) if f.suffix == ".json" else text


def descriptions(text: str) -> str:
    """All descriptions in a JSON file of tool definitions, one a paragraph."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("description"), str):
                found.append(value["description"])
            for v in value.values():
                walk(v)
        elif isinstance(value, list):
            for v in value:
                walk(v)

    try:
        walk(json.loads(text))
    except ValueError as error:
        raise InputError(f"expected JSON: {error}") from error
    return "\n\n".join(found)


def show_audit(console: Console, audited: list[tuple[str, auditing.Audited]]) -> None:
    """The inventory: one row a rule."""
    table = Table("where", "rule", "costs", "enforced by", "could be")
    for name, a in audited:
        by = f"[green]{escape(a.enforced_by)}[/]" if a.enforced_by != "none" else "[red]none[/]"
        table.add_row(f"{escape(name)}:{a.sentence.line}", escape(a.sentence.text[:90]), a.consequence, by, a.mechanism)
    console.print(table)


# --- filter -----------------------------------------------------------------------------------------


@command.command("filter")
@click.argument("path", required=False)
@jsonl_option
@policy_option
@click.option("--pack", "packs", multiple=True, type=click.Choice(PACKS), help="Starter packs instead of a policy.")
@json_option
def filter_(
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
    text = sys.stdin.read() if path == "-" else next(iter(prompts((path,))))[1]
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


def listed(value: Any) -> list[str]:
    """A text, or a list of texts, as a list."""
    return (
        [value]
        if isinstance(value, str) and value
        else [v for v in value if isinstance(v, str) and v]
        if isinstance(value, list)
        else []
    )


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


# --- check ------------------------------------------------------------------------------------------


@command.command("check")
@click.argument("path", required=False)
@jsonl_option
@policy_option
@json_option
def check(path: str | None, jsonl: str | None, policy: Path | None, as_json: bool) -> NoReturn:
    """Decide tool calls in their context: allow, deny or ask, and by which rules.

    PATH (or each line of --jsonl) is an object with `calls` ({"name", "arguments"}) and `context`:
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
    text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    try:
        row = json.loads(text)
    except ValueError as error:
        raise InputError(f"expected one JSON object: {error}", where=path) from error
    if not isinstance(row, dict):
        raise InputError(f"expected a JSON object, got {type(row).__name__}", where=path)
    emit(check_row(row, engine), as_json=as_json, words=lambda c: show_decisions(c, check_row(row, engine)))


def check_row(row: dict[str, Any], engine: Engine) -> Answer:
    """Decisions on the calls of one object, in order; each allowed call enters the history of the next."""
    where = f"id {row.get('id')!r}"
    calls, context = row.get("calls"), row.get("context") or {}
    if isinstance(calls, dict):
        calls = [calls]
    if not isinstance(calls, list) or not all(isinstance(c, dict) for c in calls):
        raise InputError("expected `calls`, a list of {name, arguments}", where=where)
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


# --- prove, analyze, measure, revoke, packs ---------------------------------------------------------


@command.command("prove")
@policy_option
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the hostile stub.")
@json_option
def prove_(policy: Path | None, seed: int, as_json: bool) -> NoReturn:
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


@command.command("analyze")
@policy_option
@click.option("--against", type=click.Path(path_type=Path), default=None, help="An older version to compare with.")
@json_option
def analyze(policy: Path | None, against: Path | None, as_json: bool) -> NoReturn:
    """Find shadowed, contradictory and unreachable rules; with --against, a call for each difference.

    Example: tidegate constraints analyze --json
    """
    rules = load(policy) or default_policy()
    findings = analysis.analyze(rules)
    different = analysis.differences(read_policy(against), rules) if against is not None else []
    fields = {"differences": [msgspec.to_builtins(d) for d in different]}
    answer = Answer(
        verb="constraints analyze", verdict=verdict_of_findings(findings), findings=tuple(findings), fields=fields
    )

    def words(console: Console) -> None:
        for d in different:
            console.print(f"{d.rule} ({d.change}) on {d.tool}: {json.dumps(d.witness)}", markup=False, highlight=False)

    emit(answer, as_json=as_json, words=words)


@command.command("measure")
@jsonl_option
@policy_option
@json_option
def measure_(jsonl: str | None, policy: Path | None, as_json: bool) -> NoReturn:
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


@command.command("revoke")
@click.argument("subject", required=False)
@click.option(
    "--store", type=click.Path(path_type=Path), default=Path(".tidegate"), show_default=True, help="The store's folder."
)
@click.option("--list", "listing", is_flag=True, help="Show what is revoked.")
@json_option
def revoke(subject: str | None, store: Path, listing: bool, as_json: bool) -> NoReturn:
    """Revoke a credential handle at once: every check that begins afterwards refuses it.

    Example: tidegate constraints revoke cred://crm/read
    """
    if subject is None and not listing:
        raise WrongUse("expected the handle to revoke", remedy="tidegate constraints revoke cred://crm/read")
    epoch = revoke_subject(store, subject) if subject is not None else None
    fields = {"subject": subject, "epoch": epoch, "revoked": revoked_subjects(store)}
    emit(Answer(verb="constraints revoke", verdict=Verdict.PASS, fields=fields), as_json=as_json,
         words=lambda c: c.print(f"revoked: {', '.join(sorted(revoked_subjects(store))) or 'nothing'}", markup=False, highlight=False))  # fmt: skip


@command.command("packs")
@json_option
def packs(as_json: bool) -> NoReturn:
    """The starter packs and their rules.

    Example: tidegate constraints packs
    """
    listing = {p: [_rule_line(r) for r in starter_pack(p).hard] for p in PACKS}

    def show(console: Console) -> None:
        for pack, rules in listing.items():
            console.print(f"{pack}: {', '.join(r['id'] for r in rules)}", markup=False)

    emit(Answer(verb="constraints packs", verdict=Verdict.PASS, fields={"packs": listing}), as_json=as_json, words=show)


def _rule_line(rule: HardRule) -> dict[str, Any]:
    return {"id": rule.id, "kind": rule.kind, "text": list(rule.text), "patterns": [p.id for p in rule.patterns]}
