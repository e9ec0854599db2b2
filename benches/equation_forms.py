# ruff: noqa: E501  (tables and patterns read best on one line)
"""Textbook equations as trees: read from one plain form, written as people write them, broken, and their dimensions added up.

The plain form is `m*D2(x,t) + k*x = F`: `D`, `D2`, `P`, `P2` are first and second (partial) derivatives. Nothing of the
verifier is used here, so that what it says can be held against an independent sum of dimensions.
"""

import ast
import copy
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

BASE = ("m", "kg", "s", "A", "K", "mol")
UNITS = {
    "rad": "1", "N": "kg*m/s^2", "J": "N*m", "W": "J/s", "Pa": "N/m^2", "Hz": "1/s", "Bq": "1/s", "C": "A*s",
    "V": "W/A", "Ω": "V/A", "S": "A/V", "F": "C/V", "Wb": "V*s", "T": "Wb/m^2", "H": "Wb/A", "g": "kg", "cm": "m",
    "km": "m", "Mpc": "m", "L": "m^3", "mL": "m^3", "mg": "kg", "h": "s", "kPa": "Pa", "kN": "N",
}  # fmt: skip
DERIVATIVES = {"D": ("d", 1), "D2": ("d", 2), "P": ("∂", 1), "P2": ("∂", 2)}
GREEK = dict(zip("αβγδεζηθκλμνπρστφψωΓΔΦΩΠ", ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "pi", "rho", "sigma", "tau", "phi", "psi", "omega", "Gamma", "Delta", "Phi", "Omega", "Pi"], strict=True))  # fmt: skip

Dimension = dict[str, Fraction]


class Inconsistent(Exception):
    """Two sides, two terms or an argument whose dimensions do not agree."""


@dataclass(frozen=True)
class Equation:
    """One equation: both sides as trees and each symbol's dimension."""

    left: ast.expr
    right: ast.expr
    units: dict[str, Dimension]


def parse_side(text: str) -> ast.expr:
    """One side in the plain form as a tree."""
    return ast.parse(text.strip().replace("^", "**"), mode="eval").body


def parse_equation(plain: str, units: str) -> Equation:
    """`E = m*c^2` with `E J, m kg, c m/s`."""
    left, right = plain.split(" = ")
    pairs = [part.strip().split(" ") for part in units.split(",")]
    return Equation(parse_side(left), parse_side(right), {name: unit_dimension(unit) for name, unit in pairs})


def unit_dimension(unit: str) -> Dimension:
    """Exponents of the base units of `J/(kg*K)`; scale factors do not matter here."""
    if unit in BASE:
        return {unit: Fraction(1)}
    if unit in UNITS:
        return unit_dimension(UNITS[unit])
    if unit == "1":
        return {}
    tree = parse_side(unit)
    named = {n.id: unit_dimension(n.id) for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return dimension(tree, named)


def _times(a: Dimension, b: Dimension, power: Fraction = Fraction(1)) -> Dimension:
    out = {k: a.get(k, Fraction(0)) + power * b.get(k, Fraction(0)) for k in {*a, *b}}
    return {k: v for k, v in out.items() if v}


def _number(node: ast.expr) -> Fraction | None:
    """The value of an expression of numbers alone."""
    if any(isinstance(n, ast.Name | ast.Call) for n in ast.walk(node)):
        return None
    text = re.sub(r"(\d+(?:\.\d+)?)", r"Fraction('\1')", ast.unparse(node))
    return Fraction(eval(text, {"Fraction": Fraction}))


def dimension(node: ast.expr, units: dict[str, Dimension]) -> Dimension:
    """Exponents of the base units; raises Inconsistent where terms, exponents or arguments do not fit."""
    match node:
        case ast.Constant():
            return {}
        case ast.Name(id=name):
            return {} if name == "pi" else units[name]
        case ast.UnaryOp(operand=inner):
            return dimension(inner, units)
        case ast.BinOp(left=a, op=ast.Add() | ast.Sub(), right=b):
            left, right = dimension(a, units), dimension(b, units)
            if left != right:
                raise Inconsistent(f"{ast.unparse(a)} against {ast.unparse(b)}")
            return left
        case ast.BinOp(left=a, op=ast.Mult() | ast.Div() as op, right=b):
            power = Fraction(1 if isinstance(op, ast.Mult) else -1)
            return _times(dimension(a, units), dimension(b, units), power)
        case ast.BinOp(left=a, op=ast.Pow(), right=b):
            base, value = dimension(a, units), _number(b)
            if dimension(b, units) or (base and value is None):
                raise Inconsistent(f"exponent {ast.unparse(b)}")
            return _times({}, base, value) if value is not None else {}
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call_dimension(name, [dimension(a, units) for a in arguments])
    raise ValueError(f"no such form: {ast.dump(node)}")


def _call_dimension(name: str, arguments: list[Dimension]) -> Dimension:
    if name in DERIVATIVES:
        return _times(arguments[0], arguments[1], Fraction(-DERIVATIVES[name][1]))
    if name == "sqrt":
        return _times({}, arguments[0], Fraction(1, 2))
    if arguments[0]:
        raise Inconsistent(f"argument of {name}")
    return {}


def consistent(equation: Equation) -> bool:
    """Whether both sides have one dimension and every part of them adds up."""
    try:
        return dimension(equation.left, equation.units) == dimension(equation.right, equation.units)
    except Inconsistent:
        return False


# Breaking -----------------------------------------------------------------------------------------------------------


def _factors(node: ast.expr, over: bool = False) -> Iterator[tuple[ast.expr, bool]]:
    """The factors of a product with whether each stands under the line."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _factors(node.left, over)
        yield from _factors(node.right, over ^ isinstance(node.op, ast.Div))
    else:
        yield node, over


def _product(factors: list[tuple[ast.expr, bool]]) -> ast.expr:
    above = [f for f, under in factors if not under] or [ast.Constant(1)]
    below = [f for f, under in factors if under]
    above.sort(key=lambda f: _number(f) is None)
    if len(above) > 1 and isinstance(above[0], ast.Constant) and above[0].value == 1:
        above.pop(0)
    below.sort(key=lambda f: _number(f) is None)
    out = above[0]
    for f in above[1:]:
        out = ast.BinOp(out, ast.Mult(), f)
    if below:
        under = below[0]
        for f in below[1:]:
            under = ast.BinOp(under, ast.Mult(), f)
        out = ast.BinOp(out, ast.Div(), under)
    return out


def _replaced(tree: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr:
    return copy.deepcopy(tree, {id(old): new})


def _products(tree: ast.expr) -> list[ast.expr]:
    """The whole products (not their parts) of a side, lone symbols among them."""
    out: list[ast.expr] = []

    def walk(node: ast.expr, whole: bool) -> None:
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)
        if whole and (product or isinstance(node, ast.Name)):
            out.append(node)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in DERIVATIVES:
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr) and not (isinstance(node, ast.Call) and child is node.func):
                walk(child, (not product and not isinstance(node, ast.BinOp | ast.Name)) or _is_sum(node))

    walk(tree, True)
    return out


def _is_sum(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _one_exponent(tree: ast.expr, rng: random.Random) -> ast.expr | None:
    """One power raised or lowered by one, one root dropped."""
    inside = {id(n) for c in ast.walk(tree) if isinstance(c, ast.Call) and getattr(c.func, "id", "") in DERIVATIVES for n in ast.walk(c)}  # fmt: skip
    powers = [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)]
    bases = {id(n) for p in powers for n in ast.walk(p)} | {
        id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)
    }
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id != "pi" and id(n) not in bases | inside]
    roots = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "sqrt"]
    places = [*powers, *names, *roots]
    if not places:
        return None
    at = rng.choice(places)
    if isinstance(at, ast.Call):
        return _replaced(tree, at, at.args[0])
    if isinstance(at, ast.Name):
        return _replaced(tree, at, ast.BinOp(at, ast.Pow(), ast.Constant(2)))
    assert isinstance(at, ast.BinOp)
    value = _number(at.right)
    if value is None:
        return None
    new = value + rng.choice((-1, 1))
    power = ast.BinOp(ast.Constant(new.numerator), ast.Div(), ast.Constant(new.denominator)) if new.denominator > 1 else ast.Constant(int(new))  # fmt: skip
    return _replaced(tree, at, at.left if new == 1 else ast.BinOp(at.left, ast.Pow(), power))


def _one_factor(
    tree: ast.expr, rng: random.Random, names: list[str], within: ast.expr | None = None
) -> ast.expr | None:
    """One factor dropped, added or turned from above the line to below it."""
    products = [within] if within is not None else _products(tree)
    if not products:
        return None
    at = rng.choice(products)
    factors = list(_factors(at))
    places = [i for i, (f, _) in enumerate(factors) if _number(f) is None]
    way = rng.choice(("drop", "add", "turn"))
    if way == "add" or len(factors) == 1 or not places:
        there = {ast.unparse(f) for f, _ in factors}
        added = rng.choice([n for n in names if n not in there] or names)
        factors.insert(rng.randint(0, len(factors)), (ast.Name(added), rng.random() < 0.3))
    elif way == "drop":
        factors.pop(rng.choice(places))
    else:
        i = rng.choice(places)
        factors[i] = (factors[i][0], not factors[i][1])
    return _replaced(tree, at, _product(factors))


def _one_term(tree: ast.expr, rng: random.Random, names: list[str]) -> ast.expr | None:
    """One term of a sum dropped, or altered by a factor."""
    sums = [n for n in ast.walk(tree) if _is_sum(n)]
    if not sums:
        return None
    at = rng.choice(sums)
    assert isinstance(at, ast.BinOp)
    if rng.random() < 0.3:
        return _replaced(tree, at, at.left)
    return _one_factor(tree, rng, names, within=at.right if rng.random() < 0.7 or _is_sum(at.left) else at.left)


def broken(equation: Equation, rng: random.Random) -> tuple[str, Equation] | None:
    """One change on one side and its kind (exponent, factor, term); None where the place drawn allows none."""
    side = rng.choice(("right", "right", "right", "left"))
    tree: ast.expr = getattr(equation, side)
    names = list(equation.units)
    kind = rng.choice(("exponent", "factor", "term"))
    if isinstance(tree, ast.Name) and kind == "factor":  # nobody writes E/E = m c²
        return None
    new = (
        _one_exponent(tree, rng)
        if kind == "exponent"
        else (_one_factor if kind == "factor" else _one_term)(tree, rng, names)
    )
    if new is None:
        return None
    sides = (equation.left, new) if side == "right" else (new, equation.right)
    return kind, Equation(*sides, equation.units)


def renumbered(equation: Equation, rng: random.Random) -> Equation | None:
    """One number before a product dropped, doubled, halved or put in: E = m v², A = 2 π r², V = 1/3 π r³; no dimension changes."""
    side = "right" if rng.random() < 0.8 else "left"
    tree: ast.expr = getattr(equation, side)
    products = [p for p in _products(tree) if not isinstance(p, ast.Name)] or _products(tree)
    if not products or isinstance(tree, ast.Name):
        return None
    at = rng.choice(products)
    factors = list(_factors(at))
    numbers = [
        i for i, (f, _) in enumerate(factors) if (_number(f) or 1) != 1 or (isinstance(f, ast.Name) and f.id == "pi")
    ]
    if numbers and rng.random() < 0.8:
        i = rng.choice(numbers)
        way = rng.choice(("drop", "drop", "other"))
        old = _number(factors[i][0])
        if way == "drop" or old is None:
            factors.pop(i)
        else:
            factors[i] = (ast.Constant(int(old) + 1 if old.denominator == 1 else 2), factors[i][1])
    else:
        factors.insert(0, (ast.Constant(2), rng.random() < 0.5))
    new = _replaced(tree, at, _product(factors))
    return Equation(*((equation.left, new) if side == "right" else (new, equation.right)), equation.units)
