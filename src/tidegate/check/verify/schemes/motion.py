# ruff: noqa: E501  (messages read best on one line)
"""Steps of motion: one step that the code spells, taken symbolically on x'' = -x, against the Taylor series of the answer.

Euler's and the symplectic Euler step agree with it to the first power of dt, Verlet's and the leapfrog's to the second; a step
whose weights are wrong agrees to none.  Verlet, leapfrog and symplectic steps also keep area in (x, v) exactly (Hairer,
Lubich, Wanner: Geometric Numerical Integration, VI).  Whatever a force is, on the test problem it pulls back with -x.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code.parsed import source_of, walk
from tidegate.check.verify.schemes.algebra import (
    ONE,
    Monomial,
    Poly,
    assignments,
    atom,
    last_name,
    number,
    poly,
    product,
    shown,
    spelled,
)
from tidegate.check.verify.schemes.model import Scheme

PLACE = re.compile(r"^(?:x|pos|position|positions|q|theta|angle|coords?|xs|r)$")
SPEED = re.compile(r"^(?:v|vel|velocity|velocities|omega|vx|vs|p|theta_dot|angular_velocity)$")
PULL = re.compile(
    r"^(?:a|acc|accel|acceleration|accelerations|alpha|f|force|forces|ax)(?:_?(?:new|next|old|n|0|1|2))?$", re.I
)
STEP = re.compile(r"^(?:dt|h|delta_t|deltat|timestep|time_step|step_size)$")
GRADIENT = re.compile(r"grad", re.I)
AREA = re.compile(r"verlet|leap.?frog|symplectic|semi.?implicit|cromer|st[oö]rmer", re.I)
SECOND = re.compile(r"verlet|st[oö]rmer", re.I)
X, V, H = "x", "v", "dt"


class _GiveUp(Exception):
    """The step says more than this reader follows."""


class _Step:
    """The values of names while one step is taken."""

    def __init__(self, loop: ast.AST, place: str, speed: str, pull: Fraction) -> None:
        self.pull = pull
        self.index = spelled(loop.target) if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name) else ""
        self.place, self.speed = place, speed
        self.values: dict[str, Poly] = {place: atom(X), speed: atom(V)}
        self.pulls: set[str] = set()
        self.carried: set[str] = set()
        self.accelerates = False

    def key(self, node: ast.AST) -> str:
        """`x[i]` is x now, `x[i + 1]` the next x; any other subscript is one element like all others."""
        if not isinstance(node, ast.Subscript):
            return spelled(node)
        root, where = spelled(node.value), spelled(node.slice)
        while "[" in root:
            root = root[: root.index("[")]
        first = where.split(",")[0].strip(" (")
        if self.index and re.fullmatch(rf"{re.escape(self.index)}( [+-] 1)?", first):
            return root if first == self.index else f"{root}{first[len(self.index) :].replace(' ', '')}"
        return root

    def value(self, node: ast.expr) -> Poly:
        """An expression on the test problem: forces pull back, unknown constants are one."""
        found = poly(self._plain(node), self.values)
        if found is None:
            raise _GiveUp
        out = Poly()
        for monomial, coefficient in found.items():
            kept: Monomial = ()
            for name, exponent in monomial:
                if name in (X, V, H):
                    kept = product(kept, ((name, exponent),))
                elif not re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)*", name) or self._moves(name):
                    raise _GiveUp
            out = out.plus(Poly({kept: coefficient}))
        return out

    def _moves(self, name: str) -> bool:
        return bool(PLACE.match(name) or SPEED.match(name)) or name in self.pulls

    def _plain(self, node: ast.expr) -> ast.expr:
        """Subscripts, forces and steps by their plain names."""
        step = self

        class Plain(ast.NodeTransformer):
            def visit_Subscript(self, inner: ast.Subscript) -> ast.expr:
                return step.name(step.key(inner))

            def visit_Attribute(self, inner: ast.Attribute) -> ast.expr:
                return step.name(spelled(inner))

            def visit_Name(self, inner: ast.Name) -> ast.expr:
                return step.name(inner.id)

            def visit_Call(self, inner: ast.Call) -> ast.expr:
                called = last_name(inner.func)
                if called in {"sin", "copy", "array", "asarray", "float"} and inner.args:
                    return self.visit(inner.args[0])  # type: ignore[no-any-return]
                if called == "copy" and isinstance(inner.func, ast.Attribute):
                    return self.visit(inner.func.value)  # type: ignore[no-any-return]
                if re.search(r"acc", called, re.I):
                    step.accelerates = True
                own = isinstance(inner.func, ast.Attribute) and spelled(inner.func.value) == "self"
                if not inner.args and own and re.match(r"_?(?:get_|compute_|calc_)?acc", called, re.I):
                    return ast.UnaryOp(ast.USub(), ast.Name(step.now(step.place)))
                if inner.args and _forces(called):
                    pulled = self.visit(inner.args[0])
                    return pulled if GRADIENT.search(called) else ast.UnaryOp(ast.USub(), pulled)
                raise _GiveUp

        return Plain().visit(ast.parse(source_of(node), mode="eval").body)  # type: ignore[no-any-return]

    def name(self, name: str) -> ast.expr:
        """What a name is called in the test problem; a force that was carried into the step is that of the place."""
        if STEP.match(name):
            return ast.Name(H)
        if name not in self.values and PULL.match(name):
            self.values[name] = atom(X).times(number(self.pull)) or Poly()
            self.carried.add(name)
        return ast.Name(name)

    def run(self, body: list[ast.stmt]) -> None:
        """Every assignment in order; loops over particles are taken once."""
        for statement in body:
            if isinstance(statement, ast.For | ast.With):
                self.run(statement.body)
            elif isinstance(statement, ast.If | ast.While | ast.Try) and any(
                self._state(n) for n, _, _ in _all(statement)
            ):
                raise _GiveUp
            for name, value, at in assignments([statement]):
                target = at.target if isinstance(at, ast.AugAssign) else None
                self.assign(
                    self.key(target) if target is not None else self.key(ast.parse(name, mode="eval").body), value
                )
            if (
                isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Tuple)
                and not isinstance(statement.value, ast.Tuple)
            ):
                raise _GiveUp

    def _state(self, name: str) -> bool:
        root = re.split(r"[\[.]", name)[0]
        return root in (self.place, self.speed)

    def assign(self, name: str, value: ast.expr) -> None:
        if PULL.match(name):
            self.pulls.add(name)
            self.carried.discard(name)
        try:
            self.values[name] = self.value(value)
        except _GiveUp:
            if PULL.match(name):
                self.values[name] = self.values[self.now(self.place)].times(number(-1)) or Poly()
            elif self._state(name) or name.startswith((self.place, self.speed)):
                raise
            return
        if "+1" not in name and PULL.match(name) and not any(a == X for m in self.values[name] for a, _ in m):
            raise _GiveUp  # a constant or unknown force: another problem

    def now(self, root: str) -> str:
        """The newest value of a state."""
        return next(
            (key for key in (f"{root}+1", f"{root}_new", f"{root}_next", f"new_{root}") if key in self.values), root
        )


def _forces(called: str) -> bool:
    return bool(re.search(r"acc|force|grad|field|deriv", called, re.I)) or called in {"a", "f", "F"}


def _all(node: ast.AST) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
    for inner in walk(node):
        if isinstance(inner, ast.stmt):
            yield from assignments([inner])


def motion(tree: ast.Module) -> Iterator[Scheme]:
    """Every loop that moves places by speeds and speeds by forces."""
    for holder in walk(tree):
        if not isinstance(holder, ast.FunctionDef | ast.Module):
            continue
        words = f"{getattr(holder, 'name', '')} {ast.get_docstring(holder) or ''}"
        for loop in _loops(holder):
            names = {re.split(r"[\[]", name)[0] for name, _, _ in _all(loop)}
            places, speeds = [n for n in names if PLACE.match(n)], [n for n in names if SPEED.match(n)]
            if len(places) == len(speeds) == 1:
                yield from _judge(loop, places[0], speeds[0], words)


def _loops(holder: ast.AST) -> Iterator[ast.For | ast.While | ast.FunctionDef]:
    if isinstance(holder, ast.FunctionDef) and re.search(r"step|update|advance|verlet|leapfrog", holder.name, re.I):
        yield holder
    for node in getattr(holder, "body", []):
        if isinstance(node, ast.For | ast.While):
            yield node


def _judge(loop: ast.For | ast.While | ast.FunctionDef, place: str, speed: str, words: str) -> Iterator[Scheme]:
    if _weighted(loop, speed):
        return
    pull = Fraction(-1)
    for _ in range(2):  # once to see how hard the step itself pulls, once more with that
        step = _Step(loop, place, speed, pull)
        try:
            step.run(loop.body)
            x, v = step.values[step.now(place)], step.values[step.now(speed)]
        except (_GiveUp, SyntaxError, RecursionError):
            return
        pulls = {found for name in step.pulls if (found := _ratio(step.values.get(name, Poly()), x)) is not None}
        if len(pulls) > 1:
            return
        if not pulls and step.accelerates:
            pull = Fraction(-1)
            break
        pull = pulls.pop() if pulls else v.get(product(((X, Fraction(1)),), ((H, Fraction(1)),)), Fraction(0))
        if pull >= 0:
            return
    if not {a for m in (*x, *v) for a, _ in m} <= {X, V, H} or H not in {a for m in v for a, _ in m}:
        return
    if step.carried and not isinstance(loop, ast.FunctionDef):
        name = sorted(step.carried)[0]
        yield Scheme(
            name="the force is that of the present place",
            node=loop,
            holds=False,
            computation=f"{name} is used in every step and never renewed: it stays that of the start",
        )
        return
    order, why = _order(x, v, pull)
    dragged = any(dict(m) == {V: 1, H: 1} for m in v)
    second = not dragged and (bool(SECOND.search(words)) or _averages(loop))
    wanted = 2 if second else 1
    if order < wanted:
        yield Scheme(
            name=f"a step of motion of order {wanted}",
            node=loop,
            holds=False,
            computation=f"on x'' = {shown(pull)} x one step gives {why}: the order is {order}",
        )
        return
    area = _area(x, v)
    if not dragged and (AREA.search(words) or second) and area != number(1):
        yield Scheme(
            name="the step keeps area in (x, v)",
            node=loop,
            holds=False,
            computation=f"its determinant on x'' = {shown(pull)} x is {_written(area)}, not 1",
        )
        return
    yield Scheme(
        name=f"a step of motion of order {wanted}",
        node=loop,
        holds=True,
        computation=f"on x'' = {shown(pull)} x one step agrees with the exact one to dt^{order}",
    )


def _weighted(loop: ast.AST, speed: str) -> bool:
    """Whether a kick is multiplied by two numbers (`0.5 * dt * f * 2`): one of them is a mass, and which is not said."""
    for name, value, _ in _all(loop):
        if name.split("[")[0] == speed:
            for part in walk(value):
                if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult | ast.Div) and len(_factors(part)) >= 2:
                    return True
    return False


def _factors(node: ast.expr) -> list[ast.Constant]:
    """The numbers in one chain of products."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return _factors(node.left) + _factors(node.right)
    return [node] if isinstance(node, ast.Constant) else []


def _averages(loop: ast.AST) -> bool:
    """`0.5 * (a + a_new) * dt`: the form of velocity Verlet."""
    for node in walk(loop):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = (re.split(r"[\[]", spelled(n))[0] for n in (node.left, node.right))
            if PULL.match(left) and PULL.match(right) and spelled(node.left) != spelled(node.right):
                return True
    return False


def _ratio(pulled: Poly, place: Poly) -> Fraction | None:
    """c where the force is c times the place now or at the start; None where it is neither."""
    for state in (place, atom(X)):
        lead = state.get(((X, Fraction(1)),), Fraction(0))
        c = pulled.get(((X, Fraction(1)),), Fraction(0)) / lead if lead else Fraction(0)
        if c and not pulled.plus(state, -c):
            return c
    return None


def _order(x: Poly, v: Poly, pull: Fraction) -> tuple[int, str]:
    """How far one step agrees with the exact one of x'' = pull x, at most 2, and what is wrong first."""
    place: Monomial = ((X, Fraction(1)),)
    speed: Monomial = ((V, Fraction(1)),)
    exact_x: dict[Monomial, tuple[int | Fraction, ...]] = {place: (1, 0, pull / 2), speed: (0, 1, 0)}
    exact_v: dict[Monomial, tuple[int | Fraction, ...]] = {speed: (1, 0, pull / 2), place: (0, pull, 0)}
    drag = v.get(product(speed, ((H, Fraction(1)),)), Fraction(0))
    if drag:  # x'' = pull x + drag v: held to the first order
        exact_x, exact_v = {place: (1, 0), speed: (0, 1)}, {speed: (1, drag), place: (0, pull)}
    for power in range(2 if drag else 3):
        for name, got, exact in (("x", x, exact_x), ("v", v, exact_v)):
            for state, series in exact.items():
                expected = Fraction(series[power])
                found = got.get(product(state, ((H, Fraction(power)),) if power else ONE), Fraction(0))
                if found != expected:
                    symbol = state[0][0]
                    where = f"{symbol} dt^{power}" if power > 1 else f"{symbol} dt" if power else symbol
                    return power - 1, f"{name} with {shown(found)} {where} where {shown(expected)} is exact"
    return 2, ""


def _area(x: Poly, v: Poly) -> Poly:
    def part(of: Poly, name: str) -> Poly:
        return Poly({tuple(p for p in m if p[0] != name): c for m, c in of.items() if dict(m).get(name) == 1})

    first, second = part(x, X).times(part(v, V)), part(x, V).times(part(v, X))
    return (first or Poly()).plus(second or Poly(), Fraction(-1))


def _written(sum_: Poly) -> str:
    return " + ".join(" ".join([shown(c), *(f"{a}^{e}" for a, e in m)]) for m, c in sorted(sum_.items())) or "0"
