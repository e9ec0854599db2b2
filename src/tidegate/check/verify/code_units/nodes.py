"""Small readings of syntax trees: names of dots, literal powers and places, all nodes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from fractions import Fraction


def dotted(node: ast.AST) -> str:
    """`np.linalg.norm` for the expression of that name, else an empty text."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)])
    return parts[0] if len(parts) == 1 else ""


def base_name(node: ast.expr) -> str:
    """The list that places of places belong to: `x` for `x[i][1]`, `coeffs` for `self.coeffs[0]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_one(node: ast.expr) -> bool:
    """The literal 1."""
    return isinstance(node, ast.Constant) and node.value == 1 and not isinstance(node.value, bool)


def is_none(node: ast.expr | None) -> bool:
    """Nothing, or the literal None."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def is_zero(node: ast.expr) -> bool:
    """The literal 0."""
    return isinstance(node, ast.Constant) and node.value == 0 and not isinstance(node.value, bool)


def literal(node: ast.expr) -> Fraction | None:
    """A literal exponent: 2, -0.5, 1/2, 3/2."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) < 1000:
        return Fraction(node.value).limit_denominator(1000)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = literal(node.operand)
        return -inner if inner is not None else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        a, b = literal(node.left), literal(node.right)
        return a / b if a is not None and b else None
    return None


def walk_own(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of its blocks, without those of functions and classes inside."""
    for statement in body:
        yield statement
        for field in ("body", "orelse", "finalbody"):
            inside = getattr(statement, field, None)
            if inside and not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from walk_own(inside)


def records(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Names of lists whose places are set or taken one by one, as those of a state [x, v] or of coefficients are."""
    for node in nodes:
        kind = type(node)
        if kind is ast.Name or kind is ast.Load or kind is ast.Constant:
            continue
        if isinstance(node, ast.Assign):
            for part in (*node.targets, node.value):
                for one in part.elts if isinstance(part, ast.Tuple) else [part]:
                    if place(one) > 0:
                        yield base_name(one)
        elif isinstance(node, ast.BinOp):
            for one in (node.left, node.right):
                if place(one) > 1 or (place(one) > 0 and isinstance(node.op, ast.Mult)):
                    yield base_name(one)
        elif (isinstance(node, ast.Subscript) and place(node) > 1) or (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Tuple)
            and any(
                isinstance(e, ast.Constant) or (isinstance(e, ast.Name) and e.id.isupper()) for e in node.slice.elts
            )
        ):
            yield base_name(node)


def place(node: ast.expr) -> int:
    """The literal place in a list that an expression takes, or -1."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
        return node.slice.value
    return -1


def node_statement(node: ast.Call) -> ast.stmt:
    """A call as the statement it is."""
    return ast.copy_location(ast.Expr(node), node)
