"""What a new version of a policy decides differently, each difference with a concrete call on which both were run."""

from __future__ import annotations

import ast
from typing import Any

import msgspec

from tidegate.check.constraints.model import Policy
from tidegate.check.constraints.proving.analyze import reach
from tidegate.check.constraints.proving.explore import Found, decided_differently, difference, refused_difference
from tidegate.check.constraints.proving.formulas import Translator, formula


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What two versions of a policy decide differently about a tool, with a call that shows it."""

    rule: str
    tool: str
    change: str  # added | removed | changed
    witness: dict[str, Any] | None
    confirmed: bool


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Every tool rule that decides differently in the new version, with a confirmed witness where one was found."""
    out = []
    before = {r.id: r for r in old.hard if r.kind == "tool"}
    after = {r.id: r for r in new.hard if r.kind == "tool"}
    facts = tuple(sorted({*old.facts, *new.facts}))
    for name in sorted({*before, *after}):
        a, b = before.get(name), after.get(name)
        change = "added" if a is None else "removed" if b is None else "changed"
        for action in ("deny", "ask", "allow"):
            x = (getattr(a, action) if a else None) or "False"
            y = (getattr(b, action) if b else None) or "False"
            here, there = reach(a, old) if a else frozenset(), reach(b, new) if b else frozenset()
            tool, found, differs = _differ(x, y, here, there, facts)
            if differs:
                witness = {"arguments": found.arguments, "facts": found.facts, "calls": found.calls} if found else None
                out.append(
                    Difference(rule=name, tool=tool, change=change, witness=witness, confirmed=found is not None)
                )
    return out


def _differ(
    x: str, y: str, here: frozenset[str], there: frozenset[str], facts: tuple[str, ...]
) -> tuple[str, Found | None, bool]:
    """(a tool, a call of it if one was found, whether there is a difference) of a condition and its reach."""
    if here & there and x != y:
        found, differs = _witness(x, y, facts)
        if differs:
            return min(here & there), found, True
    for z, alone in ((x, here - there), (y, there - here)):
        if alone and z != "False":
            found, differs = _witness("False", z, facts)
            if differs:
                return min(alone), found, True
    return "", None, False


def _witness(x: str, y: str, facts: tuple[str, ...]) -> tuple[Found | None, bool]:
    """(a call on which two conditions differ, whether they do): asked of the solver, then tried.

    Where no call that both can read shows a difference, one that only one of them refuses as unreadable is one too.
    """
    possible, arguments = _model(x, y)
    found = None
    if possible:
        found = decided_differently(x, y, arguments) or difference(x, y, facts)
    found = found or refused_difference(x, y, facts)
    return found, found is not None or possible


def _model(x: str, y: str) -> tuple[bool, dict[str, Any]]:
    """Whether two conditions can differ, and arguments for which the solver says they do."""
    import z3

    translator = Translator(z3)
    for text in (x, y):
        translator.learn(ast.parse(text.strip(), mode="eval"))
    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.add(formula(x, translator) != formula(y, translator))
    answer = solver.check()
    if answer != z3.sat:
        return bool(answer != z3.unsat), {}
    model, arguments = solver.model(), {}
    for name, variable in translator.made.items():  # also those that do not matter: the condition reads them
        kind, _, path = name.partition(":")
        if path.startswith("args.") and path[5:].isidentifier():
            arguments[path[5:]] = _value(kind, model.eval(variable, model_completion=True))
    return True, arguments


def _value(kind: str, value: Any) -> Any:
    if kind == "text":
        return value.as_string()
    if kind == "bool":
        return str(value) == "True"
    exact = value if hasattr(value, "as_fraction") else value.approx(12)  # a root of a polynomial is no fraction
    number = float(exact.as_fraction())
    return int(number) if number.is_integer() else number
