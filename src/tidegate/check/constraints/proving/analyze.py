# ruff: noqa: E501 (patterns and tables read better whole)
"""Rules that do nothing, and rules that contradict.

Conditions are formulas (`formulas`) that hold in every situation the condition holds in, so "never", "always" and
"only where another already does" are proofs.
"""

from __future__ import annotations

import ast
import itertools
from typing import Any

import msgspec

from tidegate.check.constraints.calls import toolnames
from tidegate.check.constraints.model import EFFECTS, RANK, HardRule, Policy
from tidegate.check.constraints.proving.formulas import Translator, formula
from tidegate.spine.finding import Certainty, Finding, Severity


def reach(rule: HardRule, policy: Policy) -> frozenset[str]:
    """The tools a rule concerns: by name, and `* effect` for every tool of an effect that nobody named."""
    named = {*policy.tools, *(t for r in policy.hard for t in r.tools)}
    out = set()
    for tool in named:
        spec = policy.tools.get(tool) or toolnames.guess(tool)
        if (not rule.tools or tool in rule.tools) and (not rule.effects or spec is None or spec.effect in rule.effects):
            out.add(tool)
    if not rule.tools:
        out |= {f"* {effect}" for effect in rule.effects or EFFECTS}
    return frozenset(out)


class _Case(msgspec.Struct, frozen=True):
    """One condition of one rule: what it does, where, and when."""

    rule: HardRule
    action: str  # deny | ask | allow
    text: str
    where: frozenset[str]
    formula: Any


class _Solver:
    """Questions about formulas; what is not answered in time counts as possible."""

    def __init__(self, z3: Any) -> None:
        self.z3 = z3
        self.solver = z3.Solver()
        self.solver.set("timeout", 5000)

    def never(self, *formulas: Any) -> bool:
        """Whether the formulas can never hold together."""
        self.solver.push()
        self.solver.add(*formulas)
        result = self.solver.check()
        self.solver.pop()
        return bool(result == self.z3.unsat)

    def within(self, a: _Case, b: _Case) -> bool:
        """Whether whatever meets `a` meets `b`, on every tool."""
        return a.where <= b.where and self.never(a.formula, self.z3.Not(b.formula))


def analyze(policy: Policy) -> list[Finding]:
    """Unreachable, always-true, shadowed and contradictory rules of a policy.

    A rule is compared with each other one; that several together shadow it, no one of them alone, is not looked for.
    """
    import z3  # a solver of 100 MB: loaded only for this verb

    cases = _cases(policy, z3)
    ask = _Solver(z3)
    out: list[Finding] = []
    dead: set[tuple[str, str]] = set()
    full: set[tuple[str, str]] = set()
    for c in cases:
        if not c.where:
            dead.add((c.rule.id, c.action))
            out.append(_finding("unreachable-rule", c.rule, "it concerns no tool: none it names has an effect it names",
                                "name other tools or effects"))  # fmt: skip
        elif ask.never(c.formula):
            dead.add((c.rule.id, c.action))
            out.append(_finding("unreachable-rule", c.rule, f"no call can meet its condition `{c.text}`",
                                "remove it or correct the condition"))  # fmt: skip
        elif c.action == "deny" and ask.never(z3.Not(c.formula)):
            full.add((c.rule.id, c.action))
            out.append(_finding("always-denies", c.rule, f"every call meets its condition `{c.text}`: its tools can never be called",
                                "take the tool away instead (kind `scope`), or correct the condition"))  # fmt: skip
    live = [c for c in cases if (c.rule.id, c.action) not in dead]
    out += _shadowed(live, ask)
    out += _contradictions(live, full, ask)
    return out


def _cases(policy: Policy, z3: Any) -> list[_Case]:
    rules = [r for r in policy.hard if r.kind == "tool"]
    translator = Translator(z3)
    texts = [(r, action, text) for r in rules for action in ("deny", "ask", "allow") if (text := getattr(r, action))]
    for _, _, text in texts:
        translator.learn(ast.parse(text.strip(), mode="eval"))
    return [_Case(r, action, text, reach(r, policy), formula(text, translator)) for r, action, text in texts]


def _shadowed(live: list[_Case], ask: _Solver) -> list[Finding]:
    """Denials and questions that another rule, at least as strict, gives already; of two equal ones the later."""
    out = []
    strict = [c for c in live if c.action != "allow"]
    for i, c in enumerate(strict):
        for j, other in enumerate(strict):
            if other.rule.id == c.rule.id or RANK[other.action] < RANK[c.action] or not ask.within(c, other):
                continue
            if other.action == c.action and j > i and ask.within(other, c):
                continue
            verb = {"deny": "denies", "ask": "asks about"}[c.action]
            done = {"deny": "denies", "ask": "asks about"}[other.action]
            out.append(_finding("shadowed-rule", c.rule, f"whatever it {verb}, {other.rule.id!r} {done} already",
                                "remove it, unless its reason is wanted", other.rule.id))  # fmt: skip
            break
    return out


def _contradictions(live: list[_Case], full: set[tuple[str, str]], ask: _Solver) -> list[Finding]:
    """A permission that a denial takes back whole, and denials that together leave no call of a tool."""
    out = []
    denies = [c for c in live if c.action == "deny"]
    for c in live:
        if c.action != "allow":
            continue
        other = next((d for d in denies if d.rule.id != c.rule.id and ask.within(c, d)), None)
        if other is not None:
            out.append(_finding("contradictory-rules", c.rule, f"whatever it allows, {other.rule.id!r} denies",
                                "decide which of the two is meant", other.rule.id))  # fmt: skip
    partial = [d for d in denies if (d.rule.id, d.action) not in full]
    for a, b in itertools.combinations(partial, 2):
        if a.where & b.where and ask.never(ask.z3.Not(a.formula), ask.z3.Not(b.formula)):
            out.append(_finding("contradictory-rules", a.rule, f"together with {b.rule.id!r} it denies every call of {', '.join(sorted(a.where & b.where))}",
                                "decide which of the two is meant", b.rule.id))  # fmt: skip
    return out


def _finding(rule: str, r: HardRule, message: str, suggestion: str, other: str = "") -> Finding:
    core = [r.id, *([other] if other else [])]
    severity = Severity.WARNING if rule == "shadowed-rule" else Severity.ERROR
    return Finding(rule=rule, severity=severity, subject=r.id, message=f"{r.id!r}: {message}", suggestion=suggestion,
                   evidence={"certainty": Certainty.PROVED.value, "rules": core})  # fmt: skip
