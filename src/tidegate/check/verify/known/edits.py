# ruff: noqa: E501  (messages and tables read best on one line)
"""Every tree that differs from a given one in one place, as a slip of the pen would.

A sign, an operation, an exponent, a constant, one symbol for another, a missing factor, sine for cosine.  A whole extra term is
not among them: a model with one more term is another model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tidegate.check.verify.known.terms import Tree, leaves, number, numbers

OPPOSITE = {"+": ("-", "*"), "-": ("+", "*"), "*": ("/", "+", "-"), "/": ("*", "-", "+"), "^": ("*",)}
TWINS = {"sin": ("cos", "tan"), "cos": ("sin",), "tan": ("sin",), "exp": ("log",), "log": ("exp",), "sinh": ("cosh",), "cosh": ("sinh",),
         "max": ("min",), "min": ("max",), "tanh": ("tan", "sinh"), "sqrt": ("exp",), "atan": ("tan",), "asin": ("acos",), "acos": ("asin",), "abs": (), "sign": ()}  # fmt: skip
WRAPS = ("sqrt", "abs", "sin", "cos", "exp")
FACTORS = (2.0, 0.5, -1.0, 4.0, 0.25, 3.0, 1 / 3)


def changed(tree: Tree, symbols: Sequence[str], constants: Sequence[float], bound: frozenset[str]) -> Iterator[Tree]:
    """`tree` with one place changed; `bound` are the leaves whose meaning is known: only factors of them may be dropped."""
    for path, part in places(tree):
        for other in others(part, symbols, constants, bound):
            yield put(tree, path, other)


def places(tree: Tree, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Tree]]:
    """Every place of a tree with what stands there."""
    yield path, tree
    if tree[0] not in ("n", "x"):
        for k in range(2 if tree[0] == "f" else 1, len(tree)):
            yield from places(tree[k], (*path, k))


def put(tree: Tree, path: tuple[int, ...], new: Tree) -> Tree:
    """A tree with something else at one place."""
    if not path:
        return new
    k = path[0]
    return (*tree[:k], put(tree[k], path[1:], new), *tree[k + 1 :])


def others(
    part: Tree, symbols: Sequence[str], constants: Sequence[float], bound: frozenset[str], exact: bool = True
) -> Iterator[Tree]:
    """What a slip of the pen could have made of one place; not `exact`: where numbers stand for parameters, none is wrong."""
    kind = part[0]
    if kind in OPPOSITE:
        yield from ((sign, part[1], part[2]) for sign in OPPOSITE[kind])
        if kind in "-/^":
            yield (kind, part[2], part[1])
        if kind in "*/^":
            for kept, dropped in ((part[1], part[2]), (part[2], part[1])):
                if (
                    bound.issuperset(leaves(dropped))
                    and (exact or not any(True for _ in numbers(dropped)))
                    and (kind != "^" or kept is part[1])
                ):
                    yield kept
        if kind == "+":
            yield ("-", part[2], part[1])
        if kind in "*/" and part[1][0] in ("*", "/"):
            yield from _split(part)
    elif kind == "neg":
        yield part[1]
    elif kind == "f":
        yield part[2]
        yield from (("f", twin, *part[2:]) for twin in TWINS.get(part[1], ()))
    elif kind == "n" and exact:
        yield from (number(c) for c in constants if c != part[1])
        yield from (number(part[1] * f) for f in FACTORS)
        yield from (number(part[1] + d) for d in (1, -1))
    elif kind == "x":
        yield from (("x", s) for s in symbols if s != part[1])
    if kind != "n":
        yield ("neg", part)
        yield from (("*", part, number(f)) for f in FACTORS if f != -1.0 and exact)
        yield ("^", part, number(2))
        yield ("^", part, number(3))
        yield from (("f", wrap, part) for wrap in WRAPS if part[:2] != ("f", wrap))
        yield from (("*", part, ("x", s)) for s in symbols)
        yield from (("/", part, ("x", s)) for s in symbols)
        yield ("/", number(1), part)
        yield ("-", number(1), part)
        yield ("+", part, number(1))
        yield ("-", part, number(1))


def _split(part: Tree) -> Iterator[Tree]:
    """`a*b*c` as `a + b*c` and `a*b + c`: where a sign of one place binds less than the product that it stands in."""
    factors: list[tuple[str, Tree]] = []
    while part[0] in ("*", "/"):
        factors.append((part[0], part[2]))
        part = part[1]
    factors.append(("*", part))
    factors.reverse()
    for k in range(1, len(factors)):
        left, right = factors[0][1], factors[k][1]
        for sign, factor in factors[1:k]:
            left = (sign, left, factor)
        for sign, factor in factors[k + 1 :]:
            right = (sign, right, factor)
        yield ("+", left, right)
        yield ("-", left, right)


def shortened(tree: Tree) -> Iterator[Tree]:
    """`tree` without one of its terms or factors: what a program that forgot it would hold."""
    for path, part in places(tree):
        if part[0] in ("+", "-", "*"):
            yield put(tree, path, part[1])
            yield put(tree, path, part[2] if part[0] != "-" else ("neg", part[2]))
