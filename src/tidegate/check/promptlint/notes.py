"""What is no conflict but worth knowing: lines said twice, lines that never bind, rules that could be hard.

Notes are findings of severity `note`; they are kept apart from the conflicts so that an empty
list of findings means that nothing contradicts.
"""

# ruff: noqa: E501

import re
from collections.abc import Sequence

from tidegate.check.promptlint import explain
from tidegate.check.promptlint.lint import Analysis
from tidegate.check.promptlint.model import Instruction
from tidegate.check.promptlint.proof.smt import Situations, reply_solver
from tidegate.check.promptlint.proof.theory import formula
from tidegate.spine.finding import Finding, Severity, Where

# attribute (or its prefix) → the mechanism outside the model that can enforce it
MECHANISMS = {
    "tool": "withhold the tool, or deny the call in a constraint",
    "format": "validate the answer against a schema",
    "not-contains": "an output filter on the text",
    "do:say": "an output filter, or withdraw the credential",
    "do:delete": "withdraw the permission",
    "do:refund": "an argument policy on the tool",
    "do:promise": "an output filter on the wording",
    "consent": "an approval step before the tool call",
    "citation": "a check that each citation resolves",
    "words": "a length check before the answer is released",
    "characters": "a length check before the answer is released",
    "language": "a language check before the answer is released",
    "profanity": "an output filter on the wording",
}


def notes(analysis: Analysis) -> list[Finding]:
    """Redundant lines, dead lines and rules that could be hard constraints."""
    return [*redundant(analysis.instructions), *dead(analysis), *could_be_hard(analysis.instructions)]


def redundant(instructions: Sequence[Instruction]) -> list[Finding]:
    """Lines whose demand follows from other lines: `others ⊨ line`, proved, the later line named."""
    out: list[Finding] = []
    binding = [i for i in instructions if i.modality == "must" and formula(i) is not None]
    groups: dict[tuple[object, ...], list[Instruction]] = {}
    for i in binding:
        groups.setdefault((i.channel, i.guard, i.exceptions, i.constraint.attribute.split(":")[0]), []).append(i)
    for group in groups.values():
        lines = {(i.unit.source, i.unit.span) for i in group}
        if len(lines) < 2 or len(group) > 200:
            continue
        if all(i.constraint.operator in PLAIN for i in group):
            out += [_said_before(group[k], group[j]) for k, j in repeated(group)]
            continue
        solver = reply_solver(group)
        if not solver.satisfiable(range(len(group))):
            continue
        gone: set[int] = set()
        for k in range(len(group) - 1, -1, -1):
            f = formula(group[k])
            others = [
                j for j in range(len(group))
                if j != k and j not in gone and group[j].unit.span != group[k].unit.span
            ]  # fmt: skip
            if f is None or not others or not solver.implied(others, f):
                continue
            whole = [i for i in group if i.unit.span == group[k].unit.span]
            if len(whole) > 1:
                continue
            gone.add(k)
            support = [j for j in others if group[j].constraint.attribute == group[k].constraint.attribute]
            first = group[support[0] if support else others[0]]
            out.append(_said_before(group[k], first))
    return out


PLAIN = frozenset({"present", "absent", "is", "contains", "not-contains"})  # decided by comparing, without a solver


def repeated(group: Sequence[Instruction]) -> list[tuple[int, int]]:
    """(later, earlier) pairs of plain demands where the earlier one already asks for the later one."""
    out = []
    seen: dict[object, list[int]] = {}
    for k, i in enumerate(group):
        key = (i.constraint.key, i.scope)
        for j in seen.get(key, ()):
            if group[j].unit.span == i.unit.span and group[j].unit.source == i.unit.source:
                continue
            mine, other = set(i.restrict), set(group[j].restrict)
            if other <= mine if i.constraint.operator in ("absent", "not-contains") else mine <= other:
                out.append((k, j))
                break
        seen.setdefault(key, []).append(k)
    return out


def _said_before(i: Instruction, first: Instruction) -> Finding:
    return _note(
        "redundant-line", i, f"line {i.unit.line} asks for {explain.asks(i)}, which line {first.unit.line} already demands",
        "remove one of them", implied_by=[{"file": first.unit.source, "line": first.unit.line}],
    )  # fmt: skip


def dead(analysis: Analysis) -> list[Finding]:
    """Lines whose condition can never be true, or that always give way."""
    out: list[Finding] = []
    guarded = [i for i in analysis.instructions if i.guard]
    if (guarded and any(len(c) > 1 for i in guarded for c in i.guard)) or any(
        i.guard and i.exceptions for i in guarded
    ):
        situations = Situations(guarded, ())
        for k, i in enumerate(guarded):
            if not situations.together([k]):
                out.append(_note("dead-line", i, f"line {i.unit.line} can never bind: its conditions exclude each other",
                                 "correct or remove the condition"))  # fmt: skip
    for loser, winner, how in analysis.resolved:
        if (
            not winner.guard
            and not winner.exceptions
            and loser.channel == winner.channel
            and loser.scope == winner.scope
        ):
            out.append(_note("overridden-line", loser, f"line {loser.unit.line} always gives way to line {winner.unit.line} ({how})",
                             "remove it, or say when it should bind"))  # fmt: skip
    once = {(f.where.file, f.where.line, f.rule): f for f in reversed(out)}
    return list(reversed(once.values()))


def could_be_hard(instructions: Sequence[Instruction]) -> list[Finding]:
    """Rules that a mechanism outside the model could enforce: candidates for constraints.yaml."""
    out: list[Finding] = []
    seen: set[tuple[str, tuple[int, int]]] = set()
    for i in instructions:
        c = i.constraint
        if i.modality != "must" or i.soft or (i.unit.source, i.unit.span) in seen:
            continue
        key = c.operator if c.operator == "not-contains" else c.attribute
        mechanism = next((m for k, m in MECHANISMS.items() if key == k or key.startswith(k + " ")), None)
        prohibition = c.operator in ("absent", "not-contains")
        if (
            mechanism is None
            or (key == "consent" and prohibition)
            or ((key in ("tool", "citation", "profanity") or key.startswith("do:")) and not prohibition)
        ):
            continue
        seen.add((i.unit.source, i.unit.span))
        out.append(_note("could-be-hard", i, f"{explain.cited(i.unit)} is a request to the model; it could be enforced: {mechanism}",
                         "move it to constraints.yaml if one violation is unacceptable", mechanism=mechanism,
                         **({"constraint": rule} if (rule := hard_rule(i)) else {})))  # fmt: skip
    return out


def hard_rule(i: Instruction) -> dict[str, object]:
    """The entry under `hard:` of a constraints.yaml that enforces a ban; empty where a person must decide what it says.

    Only bans that always bind: a condition or an exception in words has no counterpart that a
    gateway could check.
    """
    c = i.constraint
    if i.guard or i.exceptions or i.scope or i.restrict or not isinstance(c.value, str):
        return {}
    name = "-".join(re.findall(r"[a-z0-9]+", c.value.lower()))
    if c.attribute == "tool" and c.operator == "absent":
        return {"id": f"never-call-{name}", "kind": "tool", "tools": [c.value], "text": i.unit.text, "deny": "True"}
    if c.operator == "not-contains" and name:
        regex = rf"(?i)\b{re.escape(c.value)}\b"
        return {"id": f"never-say-{name}", "kind": "output", "text": i.unit.text, "action": "block",
                "patterns": [{"id": f"never-say-{name}", "regex": regex}]}  # fmt: skip
    return {}


def _note(rule: str, i: Instruction, message: str, suggestion: str, **evidence: object) -> Finding:
    return Finding(
        rule=rule, severity=Severity.NOTE, subject=i.unit.source, message=message,
        where=Where(file=i.unit.source, line=i.unit.line, span=i.unit.span),
        evidence={"certainty": "proved", **evidence}, suggestion=suggestion,
    )  # fmt: skip
