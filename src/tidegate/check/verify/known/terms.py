# ruff: noqa: E501  (messages and tables read best on one line)
"""Expressions of source code as small trees that can be evaluated at any point and changed in one place.

A tree is a nested tuple: `("n", 2.0)`, `("x", "mass")`, `("+", a, b)`, `("neg", a)`, `("f", "sin", a)`.  Names that a program
gave a value by one assignment are replaced by it; what is no arithmetic becomes a leaf under its own source.
"""

from __future__ import annotations

import ast
import cmath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from tidegate.check.verify.code.parsed import source_of

Tree: TypeAlias = tuple[Any, ...]
"""A tuple whose first item says what it is; the rest are trees, or a name or number of a leaf."""

Env = dict[str, Tree]
SIZE_MAX = 400
SAME = frozenset({"float", "asarray", "array", "copy", "abs_", "atleast_1d", "float64"})
NEW = re.compile(r"^(?:new|next|old)_|_(?:new|next|old|n|curr|current|values|list|hist|history|np1|arr)$")
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
    ast.MatMult: "@",
}
VALUES = {"pi": cmath.pi, "e": cmath.e}


def _abs(z: complex) -> complex:
    return z if z.real >= 0 else -z


def _real(f: Callable[[complex, complex], bool]) -> Callable[[complex, complex], complex]:
    return lambda a, b: a if f(a, b) else b


FUNCTIONS: dict[str, Callable[..., complex]] = {
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "exp": cmath.exp,
    "log": cmath.log,
    "sqrt": cmath.sqrt,
    "tanh": cmath.tanh,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "atan": cmath.atan,
    "asin": cmath.asin,
    "acos": cmath.acos,
    "abs": _abs,
    "sign": lambda z: 1.0 if z.real > 0 else -1.0,
    "max": _real(lambda a, b: a.real >= b.real),
    "min": _real(lambda a, b: a.real <= b.real),
    "cross": lambda a, b: a * b * (a - b),  # b × a = -(a × b)
    "hypot": lambda a, b: cmath.sqrt(a * a + b * b),
}
ALIASES = {"fabs": "abs", "absolute": "abs", "arctan": "atan", "arcsin": "asin", "arccos": "acos", "maximum": "max",
           "minimum": "min", "log1p": "log1p", "ln": "log", "expm1": "expm1", "square": "square", "power": "pow"}  # fmt: skip


def leaf(name: str) -> Tree:
    """One symbol."""
    return ("x", name)


def number(value: float) -> Tree:
    """A constant."""
    return ("n", float(value))


def called(node: ast.AST) -> str:
    """`sin` of `np.sin`, `math.sin` and `sin`."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return ALIASES.get(name, name)


def name_of(node: ast.AST) -> str | None:
    """The symbol that an expression stands for: `self.k`, `p["k"]`, `k[i]` and `k_new` are all k."""
    if isinstance(node, ast.Name):
        return NEW.sub("", node.id) or node.id
    if isinstance(node, ast.Attribute):
        return NEW.sub("", node.attr) or node.attr
    if isinstance(node, ast.Subscript):
        inside = node.slice
        if isinstance(inside, ast.Constant) and isinstance(inside.value, str):
            return inside.value
        base = name_of(node.value)
        if base is None or isinstance(inside, ast.Slice | ast.Tuple):
            return None
        if isinstance(inside, ast.Constant) and isinstance(inside.value, int) and inside.value >= 0:
            return f"{base}[{inside.value}]"
        return base
    return None


Inline = Callable[[ast.Call, Env], Tree | None]


def tree_of(node: ast.expr, env: Mapping[str, Tree], inline: Inline | None = None) -> Tree:
    """The tree of an expression; `inline` may answer what a call of the program's own function is."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return number(node.value)
        return leaf(repr(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = tree_of(node.operand, env, inline)
        return number(-inner[1]) if inner[0] == "n" else ("neg", inner)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
        return tree_of(node.operand, env, inline)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        sign = OPERATORS[type(node.op)]
        left, right = tree_of(node.left, env, inline), tree_of(node.right, env, inline)
        if sign != "@":
            return (sign, left, right)
        if left == right:
            return ("*", left, right)  # v @ v
    if isinstance(node, ast.Call):
        return _call(node, env, inline)
    name = name_of(node)
    if name is None:
        return leaf(source_of(node))
    if isinstance(node, ast.Attribute) and name == "pi":
        return leaf("pi")
    known = env.get(name)
    return known if known is not None else leaf(name)


def _call(node: ast.Call, env: Mapping[str, Tree], inline: Inline | None) -> Tree:
    name = called(node.func)
    own = isinstance(node.func, ast.Name) or (isinstance(node.func, ast.Attribute) and name_of(node.func.value) in ("self", "np", "math", "numpy"))  # fmt: skip
    if inline is not None and own:
        found = inline(node, dict(env))
        if found is not None:
            return found
    if name in WHOLE and (node.args or isinstance(node.func, ast.Attribute)):
        return _whole(name, node, env, inline)
    args = [tree_of(a, env, inline) for a in node.args] if not node.keywords else []
    if name in FUNCTIONS and len(args) == (2 if name in ("max", "min", "hypot", "cross") else 1):
        return ("f", name, *args)
    if name in SAME and len(args) == 1:
        return args[0]
    if name == "square" and len(args) == 1:
        return ("^", args[0], number(2))
    if name == "pow" and len(args) == 2:
        return ("^", args[0], args[1])
    if name == "radians" and len(args) == 1:
        return ("/", ("*", args[0], leaf("pi")), number(180))
    return leaf(source_of(node).replace("self.", ""))


WHOLE = frozenset({"sum", "norm", "dot", "linalg_norm", "vdot"})
"""Calls over the elements of an array: a formula that holds for each is read as one of them."""


def _whole(name: str, node: ast.Call, env: Mapping[str, Tree], inline: Inline | None) -> Tree:
    module = isinstance(node.func, ast.Name) or (isinstance(node.func, ast.Attribute) and source_of(node.func.value) in ("np", "numpy", "np.linalg", "math", "linalg", "numpy.linalg"))  # fmt: skip
    parts = [*node.args] if module else [node.func.value, *node.args] if isinstance(node.func, ast.Attribute) else []
    if not parts or isinstance(parts[0], ast.GeneratorExp | ast.ListComp | ast.List | ast.Tuple):
        return leaf(source_of(node).replace("self.", ""))
    made = [tree_of(p, env, inline) for p in parts]
    if name in ("dot", "vdot") and len(made) == 2:
        return ("*", made[0], made[1])
    return ("f", "abs", made[0]) if "norm" in name else made[0]


def value_of(tree: Tree, values: Mapping[str, complex]) -> complex:
    """What a tree is worth where its leaves have these values."""
    kind = tree[0]
    if kind == "n":
        return tree[1]  # type: ignore[no-any-return]
    if kind == "x":
        return VALUES[tree[1]] if tree[1] == "pi" else values[tree[1]]
    if kind == "neg":
        return -value_of(tree[1], values)
    if kind == "f":
        return FUNCTIONS[tree[1]](*[value_of(a, values) for a in tree[2:]])
    return joined(kind, value_of(tree[1], values), value_of(tree[2], values))


def joined(sign: str, a: complex, b: complex) -> complex:
    """Two values under one of the five operations."""
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    if sign == "/":
        return a / b
    return a**b


Path = tuple[int, ...]


def values_at(tree: Tree, values: Mapping[str, complex], path: Path = ()) -> dict[Path, complex]:
    """The value of every place of a tree."""
    if tree[0] in ("n", "x"):
        return {path: value_of(tree, values)}
    first = 2 if tree[0] == "f" else 1
    out: dict[Path, complex] = {}
    for k in range(first, len(tree)):
        out |= values_at(tree[k], values, (*path, k))
    parts = [out[(*path, k)] for k in range(first, len(tree))]
    out[path] = (
        FUNCTIONS[tree[1]](*parts) if tree[0] == "f" else -parts[0] if tree[0] == "neg" else joined(tree[0], *parts)
    )
    return out


def lifted(tree: Tree, path: Path, known: Mapping[Path, complex], value: complex) -> complex:
    """The value of a tree where the place at `path` is worth `value`."""
    nodes = [tree]
    for k in path:
        nodes.append(nodes[-1][k])
    for depth in range(len(path) - 1, -1, -1):
        node, k, above = nodes[depth], path[depth], path[:depth]
        first = 2 if node[0] == "f" else 1
        parts = [value if j == k else known[(*above, j)] for j in range(first, len(node))]
        value = (
            FUNCTIONS[node[1]](*parts) if node[0] == "f" else -parts[0] if node[0] == "neg" else joined(node[0], *parts)
        )
    return value


def leaves(tree: Tree) -> Iterator[str]:
    """Every symbol in a tree, as often as it stands there."""
    if tree[0] == "x":
        yield tree[1]
    elif tree[0] != "n":
        for part in tree[2:] if tree[0] == "f" else tree[1:]:
            yield from leaves(part)


def numbers(tree: Tree) -> Iterator[float]:
    """Every constant in a tree."""
    if tree[0] == "n":
        yield tree[1]
    elif tree[0] != "x":
        for part in tree[2:] if tree[0] == "f" else tree[1:]:
            yield from numbers(part)


def size(tree: Tree) -> int:
    """How many nodes a tree has."""
    if tree[0] in ("n", "x"):
        return 1
    return 1 + sum(size(part) for part in (tree[2:] if tree[0] == "f" else tree[1:]))


def parsed(text: str) -> Tree:
    """The tree of a formula as the tables write it: `^` is a power."""
    return tree_of(ast.parse(text.replace("^", "**"), mode="eval").body, {})


def code_of(tree: Tree) -> str:
    """A tree as an expression that Python evaluates, with `f_sin` for sin."""
    kind = tree[0]
    if kind == "n":
        return repr(tree[1])
    if kind == "x":
        return str(tree[1])
    if kind == "neg":
        return f"(-{code_of(tree[1])})"
    if kind == "f":
        return f"f_{tree[1]}({', '.join(code_of(a) for a in tree[2:])})"
    return f"({code_of(tree[1])} {'**' if kind == '^' else kind} {code_of(tree[2])})"


GLOBALS: dict[str, object] = {"__builtins__": {}, "pi": cmath.pi, **{f"f_{name}": f for name, f in FUNCTIONS.items()}}


def shown(tree: Tree) -> str:
    """A tree as people write it."""
    kind = tree[0]
    if kind == "n":
        return f"{tree[1]:g}"
    if kind == "x":
        return str(tree[1])
    if kind == "neg":
        return f"-{_bracketed(tree[1], 2)}"
    if kind == "f":
        return f"{tree[1]}({', '.join(shown(a) for a in tree[2:])})"
    rank = RANKS[kind]
    left, right = _bracketed(tree[1], rank), _bracketed(tree[2], rank + (kind in "-/"))
    return f"{left}{kind}{right}" if kind in "^*/" else f"{left} {kind} {right}"


RANKS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def _bracketed(tree: Tree, rank: int) -> str:
    own = RANKS.get(tree[0], 1 if tree[0] == "neg" else 9)
    return f"({shown(tree)})" if own < rank else shown(tree)
