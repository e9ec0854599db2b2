"""Arithmetic in source code as sums of products: what a scheme's weights, signs and powers are, whatever their order.

`0.5 * dt * (a + a_new)` and `(a_new + a) * dt / 2` are one polynomial.  What is no arithmetic (a call, a subscript)
is an atom, named by its source.  Coefficients are exact; exponents may be halves (`sqrt`), negative, or any fraction.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from tidegate.check.verify.code.parsed import source_of, walk

Monomial = tuple[tuple[str, Fraction], ...]
"""Atoms with their exponents, sorted by name; `()` is the number one."""

TERMS_MAX = 200
ONE: Monomial = ()
ROOTS = frozenset({"sqrt"})
SAME = frozenset({"float", "asarray", "array"})


class Poly(dict[Monomial, Fraction]):
    """A sum of monomials with exact coefficients; no coefficient is zero."""

    def plus(self, other: Poly, factor: Fraction = Fraction(1)) -> Poly:
        """self + factor · other."""
        out = Poly(self)
        for monomial, coefficient in other.items():
            total = out.get(monomial, Fraction(0)) + factor * coefficient
            if total:
                out[monomial] = total
            else:
                out.pop(monomial, None)
        return out

    def times(self, other: Poly) -> Poly | None:
        """self · other; None beyond TERMS_MAX terms."""
        if len(self) * len(other) > TERMS_MAX:
            return None
        out = Poly()
        for left, a in self.items():
            for right, b in other.items():
                out = out.plus(Poly({product(left, right): a * b}))
        return out

    def power(self, exponent: Fraction) -> Poly | None:
        """self to a power: any for a single term, small whole ones for sums."""
        if len(self) == 1:
            ((monomial, coefficient),) = self.items()
            root = _root(coefficient, exponent)
            if root is not None:
                return Poly({tuple((atom, e * exponent) for atom, e in monomial): root})
        if exponent.denominator == 1 and 0 <= exponent <= 4:
            out: Poly | None = number(1)
            for _ in range(int(exponent)):
                out = out.times(self) if out is not None else None
            return out
        return None

    def without(self, *atoms: str) -> Poly:
        """The terms that hold none of these atoms."""
        return Poly({m: c for m, c in self.items() if not any(a in atoms for a, _ in m)})


def number(value: int | Fraction) -> Poly:
    """A constant."""
    return Poly({ONE: Fraction(value)}) if value else Poly()


def atom(name: str) -> Poly:
    """One symbol."""
    return Poly({((name, Fraction(1)),): Fraction(1)})


def product(left: Monomial, right: Monomial) -> Monomial:
    """Exponents added, those that vanish left out."""
    powers = dict(left)
    for name, exponent in right:
        powers[name] = powers.get(name, Fraction(0)) + exponent
    return tuple(sorted((n, e) for n, e in powers.items() if e))


def _root(coefficient: Fraction, exponent: Fraction) -> Fraction | None:
    """coefficient^exponent where that is rational."""
    if exponent.denominator == 1 and (coefficient or exponent > 0) and abs(exponent) <= 64:
        return coefficient ** int(exponent)
    if coefficient <= 0 or exponent.denominator != 2 or abs(exponent) > 8:
        return None
    parts = [round(part**0.5) for part in (coefficient.numerator, coefficient.denominator)]
    root = Fraction(parts[0], parts[1])
    return Fraction(root ** int(exponent * 2)) if root * root == coefficient else None


Names = Mapping[str, Poly]


def poly(node: ast.expr, names: Names = {}) -> Poly | None:  # noqa: B006  (never written)
    """The polynomial of an expression; names that were assigned stand for their value.  None: too large to expand."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return number(Fraction(str(node.value))) if abs(node.value) < 1e30 else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = poly(node.operand, names)
        return inner and inner.times(number(-1 if isinstance(node.op, ast.USub) else 1)) if inner is not None else None
    if isinstance(node, ast.BinOp):
        return _binary(node, names)
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        called = last_name(node.func)
        inner = poly(node.args[0], names) if called in ROOTS | SAME | {"square"} else None
        if inner is not None and called in ROOTS:
            return inner.power(Fraction(1, 2)) or atom(spelled(node))
        if inner is not None and called == "square":
            return inner.power(Fraction(2))
        if inner is not None and called in SAME:
            return inner
    name = spelled(node)
    return names.get(name) or atom(name)


def _binary(node: ast.BinOp, names: Names) -> Poly | None:
    left, right = poly(node.left, names), poly(node.right, names)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Add | ast.Sub):
        return left.plus(right, Fraction(1 if isinstance(node.op, ast.Add) else -1))
    if isinstance(node.op, ast.Mult):
        return left.times(right)
    if isinstance(node.op, ast.Div):
        inverse = right.power(Fraction(-1)) if right else None
        return left.times(inverse if inverse is not None else atom(f"1/({spelled(node.right)})"))
    if isinstance(node.op, ast.Pow) and (right == Poly() or list(right) == [ONE]):
        raised = left.power(right.get(ONE, Fraction(0)))
        return raised if raised is not None else atom(spelled(node))
    return atom(spelled(node))


def spelled(node: ast.AST) -> str:
    """The source of a node, without `self.`: one name for one thing."""
    text = source_of(node)
    return text.removeprefix("self.").replace("(self.", "(").replace(" self.", " ").replace("[self.", "[")


def last_name(node: ast.AST) -> str:
    """`sqrt` of `np.sqrt`, `math.sqrt` and `sqrt`; empty for what has no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def exponent_of(monomial: Monomial, name: str) -> Fraction:
    """The power of one atom."""
    return dict(monomial).get(name, Fraction(0))


def assignments(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
    """`name = value` in one list of statements, pairs of a tuple one by one; `x += v` as `x + v`."""
    for statement in body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if (
                isinstance(target, ast.Tuple)
                and isinstance(statement.value, ast.Tuple)
                and len(target.elts) == len(statement.value.elts)
            ):
                for one, value in zip(target.elts, statement.value.elts, strict=True):
                    yield spelled(one), value, statement
            elif not isinstance(target, ast.Tuple | ast.List):
                yield spelled(target), statement.value, statement
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield spelled(statement.target), statement.value, statement
        elif isinstance(statement, ast.AugAssign):
            yield spelled(statement.target), ast.BinOp(statement.target, statement.op, statement.value), statement


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements in a program: modules, functions, loops, branches."""
    for node in walk(tree):
        for field in ("body", "orelse"):
            inner = getattr(node, field, None)
            if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                yield inner


def shown(value: Fraction) -> str:
    """A coefficient as people write it."""
    return str(value) if value.denominator <= 1000 else f"{float(value):.6g}"
