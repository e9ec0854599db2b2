# ruff: noqa: E501 (patterns and tables read better whole)
"""Rules that do nothing, rules that contradict, and what a new version decides differently.

Conditions are read into Z3's logic: numbers as reals, texts as strings, truth values; what has no
such form (a sum over a list, a date) becomes a free variable of its own text.  Freeing a term
only adds situations, so "never", "always" and "only where another already does" are proofs.  A
difference between two versions is printed with a concrete call on which both were run.
"""

from __future__ import annotations

import ast
from typing import Any

import msgspec

from tidegate.check.constraints.explore import difference
from tidegate.check.constraints.model import HardRule, Policy
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
        return {"real": z3.Real, "text": z3.String, "bool": z3.Bool}[kind](f"{kind}:{name}")

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


def analyze(policy: Policy) -> list[Finding]:
    """Unreachable, always-true, shadowed and contradictory rules of a policy."""
    import z3  # a solver of 100 MB: loaded only for this verb

    rules = [r for r in policy.hard if r.kind == "tool"]
    translator = _Translator(z3)
    for r in rules:
        for text in (r.deny, r.ask, r.allow):
            if text:
                translator.learn(ast.parse(text.strip(), mode="eval"))
    solver = z3.Solver()
    solver.set("timeout", 5000)

    def unsat(*formulas: Any) -> bool:
        solver.push()
        solver.add(*formulas)
        result = solver.check()
        solver.pop()
        return bool(result == z3.unsat)

    out: list[Finding] = []
    denies = [(r, _formula(r.deny, translator)) for r in rules if r.deny]
    dead: set[str] = set()
    for r, f in denies:
        if unsat(f):
            dead.add(r.id)
            out.append(
                _finding(
                    "unreachable-rule",
                    r,
                    f"no call can meet its condition `{r.deny}`",
                    "remove it or correct the condition",
                )
            )
        elif unsat(z3.Not(f)):
            out.append(_finding("always-denies", r, f"every call meets its condition `{r.deny}`: its tools can never be called", "take the tool away instead (kind `scope`), or correct the condition"))  # fmt: skip
    for i, (r, f) in enumerate(denies):
        for j, (other, g) in enumerate(denies):
            if i == j or r.id in dead or other.id in dead or not _covers(other, r):
                continue
            if unsat(f, z3.Not(g)) and not (unsat(g, z3.Not(f)) and j > i and _covers(r, other)):
                out.append(
                    _finding(
                        "shadowed-rule",
                        r,
                        f"whatever it denies, {other.id!r} denies already",
                        "remove it, unless its reason is wanted",
                        other.id,
                    )
                )
                break
    out += _contradictions(z3, rules, denies, translator, unsat, dead)
    return out


def _covers(wider: HardRule, narrower: HardRule) -> bool:
    return (not wider.tools or (bool(narrower.tools) and set(narrower.tools) <= set(wider.tools))) and (
        not wider.effects or (set(narrower.effects) <= set(wider.effects) and bool(narrower.effects)))  # fmt: skip


def _contradictions(
    z3: Any, rules: list[HardRule], denies: list[Any], translator: Any, unsat: Any, dead: set[str]
) -> list[Finding]:
    """A permission that a denial takes back whole, and denials that together leave no call."""
    out = []
    for r in rules:
        if not r.allow:
            continue
        allow = _formula(r.allow, translator)
        for other, g in denies:
            if other.id != r.id and other.id not in dead and _covers(other, r) and unsat(allow, z3.Not(g)):
                out.append(
                    _finding(
                        "contradictory-rules",
                        r,
                        f"whatever it allows, {other.id!r} denies",
                        "decide which of the two is meant",
                        other.id,
                    )
                )
                break
    singles = {r.id for r, f in denies if unsat(z3.Not(f))}
    for i, (r, f) in enumerate(denies):
        for other, g in denies[i + 1 :]:
            if (
                r.id in singles
                or other.id in singles
                or not (set(r.tools) & set(other.tools) or not r.tools or not other.tools)
            ):
                continue
            if unsat(z3.Not(f), z3.Not(g)):
                out.append(
                    _finding(
                        "contradictory-rules",
                        r,
                        f"together with {other.id!r} it denies every call",
                        "decide which of the two is meant",
                        other.id,
                    )
                )
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
        tool = next(iter((b or a).tools), "*")  # type: ignore[union-attr]
        for field in ("deny", "ask"):
            x = (getattr(a, field) if a else None) or "False"
            y = (getattr(b, field) if b else None) or "False"
            if x == y and (a is None or b is None or set(a.tools) == set(b.tools)):
                continue
            found = difference(x, y, facts)
            if found is None and _same(x, y):
                continue
            change = "added" if a is None else "removed" if b is None else "changed"
            witness = {"arguments": found.arguments, "facts": found.facts, "calls": found.calls} if found else None
            out.append(Difference(rule=name, tool=tool, change=change, witness=witness, confirmed=found is not None))
    return out


def _same(x: str, y: str) -> bool:
    import z3

    translator = _Translator(z3)
    for text in (x, y):
        translator.learn(ast.parse(text.strip(), mode="eval"))
    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.add(_formula(x, translator) != _formula(y, translator))
    return bool(solver.check() == z3.unsat)
