# ruff: noqa: E501 (patterns and tables read better whole)
"""Rules that do nothing, rules that contradict, and what a new version decides differently.

Conditions are read into Z3's logic: numbers as reals, texts as strings, truth values; what has no
such form (a sum over a list, a date) becomes a free variable of its own text.  Freeing a term
only adds situations, so "never", "always" and "only where another already does" are proofs.  A
difference between two versions is printed with a concrete call on which both were run.
"""

from __future__ import annotations

import ast
import itertools
from typing import Any

import msgspec

from tidegate.check.constraints.calls import toolnames
from tidegate.check.constraints.model import EFFECTS, RANK, HardRule, Policy
from tidegate.check.constraints.proving.explore import Found, decided_differently, difference, refused_difference
from tidegate.spine.finding import Certainty, Finding, Severity


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What two versions of a policy decide differently about a tool, with a call that shows it."""

    rule: str
    tool: str
    change: str  # added | removed | changed
    witness: dict[str, Any] | None
    confirmed: bool


class _Translator:
    """One condition → a Z3 formula; variables are shared by name, so conditions can be compared."""

    def __init__(self, z3: Any) -> None:
        self.z3 = z3
        self.sorts: dict[str, str] = {}
        self.made: dict[str, Any] = {}  # every variable by its kind and term

    def learn(self, node: ast.AST) -> None:
        """Which terms are numbers, texts or truth values: from what they are compared with."""
        for n in ast.walk(node):
            if isinstance(n, ast.Compare):
                terms = [n.left, *n.comparators]
                kinds = {k for t in terms if (k := self._kind(t))}
                for t in terms:
                    if not self._kind(t) and len(kinds) == 1:
                        self.sorts.setdefault(ast.unparse(t), kinds.copy().pop())
                if not kinds and any(isinstance(o, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for o in n.ops):
                    for t in terms:
                        self.sorts.setdefault(ast.unparse(t), "real")

    def _kind(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value):
                return (
                    "bool"
                    if isinstance(value, bool)
                    else "real"
                    if isinstance(value, int | float)
                    else "text"
                    if isinstance(value, str)
                    else ""
                )
            case ast.List(items) | ast.Tuple(items) | ast.Set(items):
                kinds = {self._kind(i) for i in items}
                return kinds.pop() if len(kinds) == 1 else ""
            case ast.BinOp():
                return "real"
            case ast.Call(ast.Name(name), _):
                return {"len": "real", "count": "real", "sum": "real", "abs": "real", "number": "real", "hours_between": "real", "lower": "text",
                        "host": "text", "domain": "text", "str": "text", "any": "bool", "all": "bool", "has": "bool", "matches": "bool",
                        "starts": "bool", "ends": "bool", "path_within": "bool", "sql_reads_only": "bool"}.get(name, "")  # fmt: skip
            case ast.Call(ast.Attribute(_, name), _):
                return {"count": "real", "total": "real", "called": "bool"}.get(name, "")
        return self.sorts.get(ast.unparse(node), "")

    def variable(self, node: ast.expr, want: str) -> Any:
        """The free variable of a term."""
        name = ast.unparse(node)
        kind = self._kind(node) or self.sorts.get(name) or want
        z3 = self.z3
        made: Any = {"real": z3.Real, "text": z3.String, "bool": z3.Bool}[kind](f"{kind}:{name}")
        return self.made.setdefault(f"{kind}:{name}", made)

    def truth(self, node: ast.expr) -> Any:
        """A condition as a formula."""
        z3 = self.z3
        match node:
            case ast.Constant(value):
                return z3.BoolVal(bool(value))
            case ast.BoolOp(op, values):
                return (z3.And if isinstance(op, ast.And) else z3.Or)(*[self.truth(v) for v in values])
            case ast.UnaryOp(ast.Not(), value):
                return z3.Not(self.truth(value))
            case ast.Compare(left, ops, rights):
                terms = [left, *rights]
                return z3.And(*[self._compare(a, o, b) for a, o, b in zip(terms, ops, rights, strict=False)])
            case ast.Call(ast.Name("starts"), [a, ast.Constant(str() as p)]):
                return z3.PrefixOf(z3.StringVal(p), self.term(a, "text"))
            case ast.Call(ast.Name("ends"), [a, ast.Constant(str() as p)]):
                return z3.SuffixOf(z3.StringVal(p), self.term(a, "text"))
        v = self.variable(node, "bool")
        return v if z3.is_bool(v) else z3.Bool(f"bool:{ast.unparse(node)}")

    def term(self, node: ast.expr, want: str) -> Any:
        """A value as a term of the wanted sort."""
        z3 = self.z3
        match node:
            case ast.Constant(bool() as value):
                return z3.BoolVal(value)
            case ast.Constant(int() | float() as value):
                return z3.RealVal(str(value))
            case ast.Constant(str() as value):
                return z3.StringVal(value)
            case ast.UnaryOp(ast.USub(), value):
                return -self.term(value, "real")
            case ast.BinOp(left, op, right) if isinstance(op, ast.Add | ast.Sub | ast.Mult) and want == "real":
                a, b = self.term(left, "real"), self.term(right, "real")
                return a + b if isinstance(op, ast.Add) else a - b if isinstance(op, ast.Sub) else a * b
        return self.variable(node, want)

    def _compare(self, a: ast.expr, op: ast.cmpop, b: ast.expr) -> Any:
        z3 = self.z3
        if isinstance(op, ast.In | ast.NotIn):
            if isinstance(b, ast.List | ast.Tuple | ast.Set):
                inside = z3.Or(*[self._compare(a, ast.Eq(), i) for i in b.elts]) if b.elts else z3.BoolVal(False)
            elif isinstance(a, ast.Constant) and isinstance(a.value, str):
                inside = z3.Bool(f"bool:{ast.unparse(a)} in {ast.unparse(b)}")
            else:
                inside = z3.Bool(f"bool:{ast.unparse(a)} in {ast.unparse(b)}")
            return z3.Not(inside) if isinstance(op, ast.NotIn) else inside
        want = (
            self._kind(a) or self._kind(b) or self.sorts.get(ast.unparse(a)) or self.sorts.get(ast.unparse(b)) or "text"
        )
        x, y = self.term(a, want), self.term(b, want)
        if x.sort() != y.sort():
            return z3.Bool(f"bool:{ast.unparse(a)} ? {ast.unparse(b)}")
        match op:
            case ast.Eq() | ast.Is():
                return x == y
            case ast.NotEq() | ast.IsNot():
                return x != y
        if not z3.is_arith(x):
            return z3.Bool(f"bool:{ast.unparse(a)} {type(op).__name__} {ast.unparse(b)}")
        return {ast.Lt: x < y, ast.LtE: x <= y, ast.Gt: x > y, ast.GtE: x >= y}[type(op)]


def _formula(text: str, translator: _Translator) -> Any:
    tree = ast.parse(text.strip(), mode="eval").body
    return translator.truth(tree)


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
    translator = _Translator(z3)
    texts = [(r, action, text) for r in rules for action in ("deny", "ask", "allow") if (text := getattr(r, action))]
    for _, _, text in texts:
        translator.learn(ast.parse(text.strip(), mode="eval"))
    return [_Case(r, action, text, reach(r, policy), _formula(text, translator)) for r, action, text in texts]


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

    translator = _Translator(z3)
    for text in (x, y):
        translator.learn(ast.parse(text.strip(), mode="eval"))
    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.add(_formula(x, translator) != _formula(y, translator))
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
