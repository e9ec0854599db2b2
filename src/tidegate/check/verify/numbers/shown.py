"""Expressions and values in plain characters, for receipts and messages."""

from __future__ import annotations

from tidegate.check.verify.numbers.interval import Interval
from tidegate.check.verify.numbers.tree import Node, operators

DIGITS_MAX = 12  # of a value that ends: more are an artefact of binary roots, and nobody reads them


def show(node: Node) -> str:
    """The expression in plain characters."""
    kind = node.kind
    if kind == "num":
        return node.token.text if node.token is not None else "?"
    if kind == "pi":
        return "π"
    if kind in ("pct", "fact"):
        return show(node.parts[0]) + ("%" if kind == "pct" else "!")
    if kind in ("unit", "dozen"):
        return show(node.parts[0]) + (" dozen" if kind == "dozen" else "")
    if kind == "scale":
        return f"{show(node.parts[0])} {node.name}"
    if kind == "neg":
        return f"-{_grouped(node.parts[0])}"  # as an operand it stands in parentheses
    if kind == "fn":
        inner = show(node.parts[0])
        return inner if node.name == "same" else f"|{inner}|" if node.name == "abs" else f"{node.name}({inner})"
    left, right = (_grouped(p) if _loose(p, kind, n) else show(p) for n, p in enumerate(node.parts))
    sign = {"*": " × ", "/": " / ", "+": " + ", "-": " - ", "^": "^"}[kind]
    return f"{left}{sign}{right}"


def _loose(part: Node, parent: str, place: int) -> bool:
    rank = {"+": 1, "-": 1, "neg": 1, "*": 2, "/": 2, "^": 3}
    mine, theirs = rank["*"] if _with_power(part) else rank.get(part.kind, 9), rank[parent]
    return mine < theirs or (place == 1 and mine == theirs and parent in "-/")


def _grouped(node: Node) -> str:
    inner = show(node)
    return f"({inner})" if operators(node) or node.kind == "neg" or _with_power(node) else inner


def _with_power(node: Node) -> bool:
    """Whether it is one number printed with a power of ten: 6.371 × 10^6 stands in parentheses below a line."""
    return node.kind == "num" and node.token is not None and "×" in node.token.text


def cited(text: str) -> str:
    """A piece of the answer as a message quotes it: on one line, its characters as they are."""
    return f"'{' '.join(text.split())}'"


def show_value(value: Interval) -> str:
    """A value in decimals: exact when it ends soon, ten significant digits otherwise, the middle of an interval."""
    x = value.middle
    if x.denominator == 1 and abs(x.numerator) < 10**15:
        return str(x.numerator)
    d = x.denominator
    for p in (2, 5):
        while d % p == 0:
            d //= p
    if d == 1 and x.denominator <= 10**12 and abs(x) < 10**15:
        digits = 0
        while (x * 10**digits).denominator != 1:
            digits += 1
        if digits == 0:
            return f"{x.numerator // x.denominator}"
        if len(str(abs(x.numerator) * 10**digits // x.denominator)) <= DIGITS_MAX:
            return f"{float(x):.{digits}f}"
    try:
        return f"{float(x):.10g}"
    except OverflowError:
        return f"about 10^{len(str(abs(x.numerator // x.denominator))) - 1}"
