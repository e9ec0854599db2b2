"""Runge-Kutta methods: the tableau that the code spells, and the order that it has.

A stage is `k2 = f(t + h/2, y + h/2*k1)`, for one state or for several (`k2x`, `k2v`), with the step in the stage
(`k2 = h*f(…)`) or not; the update is any sum over stages.  The order conditions are those of Butcher's trees up to
four (Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, table II.2.1).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code.parsed import children, walk
from tidegate.check.verify.schemes.algebra import Monomial, Poly, assignments, bodies, poly, shown, spelled
from tidegate.check.verify.schemes.model import Scheme

STAGE = re.compile(r"^(?P<before>[A-Za-z_]{0,6}?)_?(?P<number>[1-7])_?(?P<after>[A-Za-z]{0,6})$")
NAMED = (
    (4, re.compile(r"rk_?4|runge.?kutta.{0,12}(?:4|four)|(?:4th|fourth).order", re.I)),
    (3, re.compile(r"rk_?3|(?:3rd|third).order", re.I)),
    (2, re.compile(r"rk_?2|midpoint|heun|ralston|(?:2nd|second).order", re.I)),
)
CLOSE = Fraction(1, 100_000)

Row = dict[int, Fraction]


class _Stages:
    """The stages of one method in one list of statements."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[int, str]] = {}  # stage name -> (number, which state)
        self.rows: dict[int, list[Row]] = {}
        self.steps: set[str] = set()  # what multiplies stages where they are used
        self.nodes: dict[int, ast.AST] = {}
        self.times: dict[int, list[Poly]] = {}  # arguments without a stage: `t + h/2`

    def combination(self, sum_: Poly) -> Row | None:
        """The weights of stages in a sum, without the step; None where it is none of ours."""
        row: Row = {}
        states, steps = set(), set()
        for monomial, coefficient in sum_.items():
            stages = [(a, e) for a, e in monomial if a in self.known]
            if not stages:
                continue
            rest: Monomial = tuple((a, e) for a, e in monomial if a not in self.known)
            if len(stages) != 1 or stages[0][1] != 1 or len(rest) > 1 or (rest and rest[0][1] != 1):
                return None
            number_, state = self.known[stages[0][0]]
            states.add(state)
            steps.add(rest[0][0] if rest else "")
            row[number_] = row.get(number_, Fraction(0)) + coefficient
        if not row or len(steps) != 1 or len(states) != 1:
            return None
        self.steps |= steps
        return row


def runge_kutta(tree: ast.Module) -> Iterator[Scheme]:
    """Every method of two to four stages, with its order against the one that its form or its name promises."""
    for body in bodies(tree):
        names = [name for name, _, _ in assignments(body)]
        if sum(1 for name in names if STAGE.match(name)) < 2 and not any(isinstance(s, ast.Assign) for s in body):
            continue
        found = _method(body)
        if found is not None:
            yield from _judged(tree, *found)


def _method(body: list[ast.stmt]) -> tuple[_Stages, list[tuple[Row, ast.AST]]] | None:
    stages = _Stages()
    updates: list[tuple[Row, ast.AST]] = []
    names: dict[str, Poly] = {}
    for statement in body:
        target = _stage_targets(statement)
        if target is not None:
            number_, states = target
            value = statement.value if isinstance(statement, ast.Assign) else None
            if value is None or not _read_stage(stages, number_, value, names):
                return None
            stages.nodes[number_] = statement
            stages.known.update({name: (number_, state) for name, state in states})
            continue
        if not stages.known:
            names |= _plain(statement)
            continue
        for name, node in _values(statement):
            sum_ = poly(node, names)
            row = stages.combination(sum_) if sum_ is not None else None
            if row is None:
                continue
            if name and sum_ is not None and all(any(a in stages.known for a, _ in m) for m in sum_):
                names[name] = sum_  # an increment that a later line adds
                if not any(e for m in sum_ for a, e in m if a not in stages.known):
                    continue
            updates.append((row, statement))
    return (stages, updates) if stages.known and updates else None


def _plain(statement: ast.stmt) -> dict[str, Poly]:
    """`half = 0.5 * h`, known by its value from then on."""
    out = {}
    for name, value, _ in assignments([statement]):
        sum_ = poly(value)
        if (
            sum_ is not None
            and len(sum_) == 1
            and name.isidentifier()
            and not isinstance(value, ast.Constant | ast.Name)
        ):
            (monomial,) = sum_
            if len(monomial) == 1 and monomial[0][0].isidentifier():
                out[name] = sum_
    return out


def _stage_targets(statement: ast.stmt) -> tuple[int, list[tuple[str, str]]] | None:
    """`k2 = …` or `k2x, k2v = …`: the stage's number and, for each name, which state it is of."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    nodes = target.elts if isinstance(target, ast.Tuple) else [target]
    found = [(spelled(n), STAGE.match(spelled(n))) for n in nodes]
    if not all(m and "k" in (m["before"] + m["after"]).lower() + _derivative(m["before"]) for _, m in found):
        return None
    numbers = {int(m["number"]) for _, m in found if m}
    if len(numbers) != 1:
        return None
    return numbers.pop(), [(name, m["before"] + m["after"]) for name, m in found if m]


def _derivative(before: str) -> str:
    """`dx1`, `dv1` are stages too."""
    return "k" if re.fullmatch(r"d[a-z]{1,3}", before) else ""


def _read_stage(stages: _Stages, number_: int, value: ast.expr, names: dict[str, Poly]) -> bool:
    """Adds the rows that a stage's arguments spell; False where a stage cannot be read."""
    rows: list[Row] = []
    for node in _sums(value, set(stages.known)):
        sum_ = poly(node, names)
        row = stages.combination(sum_) if sum_ is not None else None
        if row is None:
            return False
        rows.append(row)
    if number_ > 1 and not rows:
        return False
    if isinstance(value, ast.Call) or (isinstance(value, ast.BinOp) and isinstance(value.right, ast.Call)):
        call = value if isinstance(value, ast.Call) else value.right
        assert isinstance(call, ast.Call)
        plain = [poly(a, names) for a in call.args if not _stage_term(a, set(stages.known))]
        stages.times[number_] = [sum_ for sum_ in plain if sum_ is not None]
    stages.rows.setdefault(number_, []).extend(rows)
    return True


def _sums(value: ast.expr, known: set[str]) -> Iterator[ast.expr]:
    """The largest sums in which a stage stands beside something else; a bare call's arguments, one by one."""
    if not any(spelled(n) in known for n in walk(value) if isinstance(n, ast.Name | ast.Attribute)):
        return
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub) and not _calls_over(value, known):
        yield value
        return
    for child in children(value):
        if isinstance(child, ast.expr):
            yield from _sums(child, known)


def _calls_over(value: ast.expr, known: set[str]) -> bool:
    """Whether a stage stands inside a call, or inside a product of sums, below this node."""
    for node in walk(value):
        inner = node.args if isinstance(node, ast.Call) else []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Pow):
            inner = [
                n for n in (node.left, node.right) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub)
            ]
            inner = [n for n in inner if not all(_stage_term(t, known) for t in _terms(n))]
        for one in inner:
            if any(spelled(n) in known for n in walk(one) if isinstance(n, ast.Name | ast.Attribute)):
                return True
    return False


def _terms(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left)
        yield from _terms(node.right)
    else:
        yield node


def _stage_term(node: ast.expr, known: set[str]) -> bool:
    return any(spelled(n) in known for n in walk(node) if isinstance(n, ast.Name | ast.Attribute))


def _values(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """What a statement assigns, returns, appends or yields."""
    found = list(assignments([statement]))
    if found:
        for name, value, _ in found:
            yield name if not isinstance(statement, ast.AugAssign) else "", value
        return
    if isinstance(statement, ast.Return) and statement.value is not None:
        for node in statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]:
            yield "", node
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        for node in statement.value.args:
            yield "", node


def order_of(rows: dict[int, Row], weights: Row) -> tuple[int, str]:
    """The order of a tableau (0 to 4), and the first condition that fails, with its sum."""
    stages = sorted(set(rows) | set(weights) | {j for row in rows.values() for j in row})
    b = {i: weights.get(i, Fraction(0)) for i in stages}
    a = {i: rows.get(i, {}) for i in stages}
    c = {i: sum(a[i].values(), Fraction(0)) for i in stages}

    def inner(values: dict[int, Fraction]) -> dict[int, Fraction]:
        return {i: sum((w * values[j] for j, w in a[i].items()), Fraction(0)) for i in stages}

    ac = inner(c)
    trees = (
        (1, "Σ b", {i: Fraction(1) for i in stages}, Fraction(1)),
        (2, "Σ b c", c, Fraction(1, 2)),
        (3, "Σ b c²", {i: c[i] ** 2 for i in stages}, Fraction(1, 3)),
        (3, "Σ b a c", ac, Fraction(1, 6)),
        (4, "Σ b c³", {i: c[i] ** 3 for i in stages}, Fraction(1, 4)),
        (4, "Σ b c a c", {i: c[i] * ac[i] for i in stages}, Fraction(1, 8)),
        (4, "Σ b a c²", inner({i: c[i] ** 2 for i in stages}), Fraction(1, 12)),
        (4, "Σ b a a c", inner(ac), Fraction(1, 24)),
    )
    for order, name, values, expected in trees:
        total = sum((b[i] * values[i] for i in stages), Fraction(0))
        if abs(total - expected) > CLOSE:
            return order - 1, f"{name} = {shown(total)}, not {shown(expected)}"
    return 4, ""


def _judged(tree: ast.Module, stages: _Stages, updates: list[tuple[Row, ast.AST]]) -> Iterator[Scheme]:
    count = max(number_ for number_, _ in stages.known.values())
    numbers = {number_ for number_, _ in stages.known.values()}
    if numbers != set(range(1, count + 1)) or count < 2 or len(stages.steps) != 1 or stages.rows.get(1):
        return
    rows = {}
    for number_ in range(2, count + 1):
        given = stages.rows.get(number_, [])
        for one in given[1:]:
            if one != given[0] and len({state for _, state in stages.known.values()}) == 1:
                return
            if one != given[0]:
                wrong = ", ".join(" + ".join(f"{shown(w)} k{j}" for j, w in row.items()) for row in given)
                yield Scheme(
                    name=f"stage {number_} of a Runge-Kutta method moves every state alike",
                    node=stages.nodes[number_],
                    holds=False,
                    computation=f"its arguments move by {wrong} steps",
                )
                return
        rows[number_] = given[0]
    late = _late(stages, rows)
    if late is not None:
        yield late
        return
    best = max(((*order_of(rows, weights), weights, node) for weights, node in updates), key=lambda found: found[0])
    order, failed, weights, node = best
    used = _used(rows, weights)
    promised = next((o for o, words in NAMED if words.search(_around(tree, node)) and o <= count), used)
    promised = min(promised if used == count else used, 4)
    name = f"the weights make a Runge-Kutta method of order {promised}"
    tableau = "; ".join(f"k{i}: " + " + ".join(f"{shown(w)} k{j}" for j, w in row.items()) for i, row in rows.items())
    update = " + ".join(f"{shown(w)} k{j}" for j, w in sorted(weights.items()))
    computation = f"{tableau}; update: {update}" + (
        f"; {failed}: the order is {order}" if failed else f"; order {order}"
    )
    yield Scheme(name=name, node=node, holds=order >= promised, computation=computation)


def _late(stages: _Stages, rows: dict[int, Row]) -> Scheme | None:
    """A stage whose time is not that of its state: `f(t + h, y + h/2 k1)`."""
    (step,) = stages.steps
    inside = {a for sums in stages.times.values() for sum_ in sums for m in sum_ for a, _ in m if a == step}
    for number_, row in rows.items():
        total = sum(row.values(), Fraction(0))
        for sum_ in stages.times.get(number_, []):
            moved = [c for m, c in sum_.items() if m == ((step, Fraction(1)),)]
            if step and inside and len(sum_) <= 2 and any(len(m) == 1 and re.match(r"t|x|time", m[0][0]) for m in sum_):
                c = moved[0] if moved else Fraction(0)
                if abs(c - total) > CLOSE and any(m != ((step, Fraction(1)),) for m in sum_):
                    return Scheme(
                        name="the time of a stage is that of its state",
                        node=stages.nodes[number_],
                        holds=False,
                        computation=f"its state has moved by {shown(total)} {step}, its time by {shown(c)} {step}",
                    )
    return None


def _used(rows: dict[int, Row], weights: Row) -> int:
    """How many stages reach the update."""
    reached = {i for i, w in weights.items() if w}
    for number_ in sorted(rows, reverse=True):
        if number_ in reached:
            reached |= {j for j, w in rows[number_].items() if w}
    return max(len(reached), 1)


def _around(tree: ast.Module, node: ast.AST) -> str:
    """The function that holds a node, by its name and its docstring."""
    line = getattr(node, "lineno", 0)
    holders = [n for n in walk(tree) if isinstance(n, ast.FunctionDef) and n.lineno <= line <= (n.end_lineno or 0)]
    return " ".join(f"{n.name} {ast.get_docstring(n) or ''}" for n in holders)
