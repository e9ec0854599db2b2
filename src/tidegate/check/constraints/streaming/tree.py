"""Regular expressions as trees over code point ranges, and what a tree says of its texts.

`width` is the longest text an expression can match in characters (None: unbounded), which is what a hold-back costs.
"""

from __future__ import annotations

import msgspec

Ranges = tuple[tuple[int, int], ...]
TOP = 0x10FFFF


class Chars(msgspec.Struct, frozen=True):
    """One character out of sorted, disjoint code point ranges."""

    ranges: Ranges


class Cat(msgspec.Struct, frozen=True):
    """Parts one after the other."""

    parts: tuple[Node, ...]


class Alt(msgspec.Struct, frozen=True):
    """One of the parts."""

    parts: tuple[Node, ...]


class Rep(msgspec.Struct, frozen=True):
    """`low` to `high` times (None: no upper end)."""

    part: Node
    low: int
    high: int | None


class Group(msgspec.Struct, frozen=True):
    """Capture group `number`."""

    part: Node
    number: int


class Assert(msgspec.Struct, frozen=True):
    r"""A zero-width assertion: `b` word boundary, `B` none, `^`/`$` line or text ends (`A`, `z` text only)."""

    kind: str


Node = Chars | Cat | Alt | Rep | Group | Assert
EMPTY = Cat(())


def normal(ranges: list[tuple[int, int]]) -> Ranges:
    """Sorted and disjoint."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def negate(ranges: Ranges) -> Ranges:
    """The complement."""
    out = []
    at = 0
    for low, high in ranges:
        if low > at:
            out.append((at, low - 1))
        at = high + 1
    if at <= TOP:
        out.append((at, TOP))
    return tuple(out)


def folded(ranges: Ranges) -> Ranges:
    """Both cases of every letter; RE2 also folds the Kelvin sign and the long s, and so do we."""
    out = list(ranges)
    for low, high in ranges:
        for a, b, shift in ((65, 90, 32), (97, 122, -32)):
            lo, hi = max(low, a), min(high, b)
            if lo <= hi:
                out.append((lo + shift, hi + shift))
        for c in range(max(low, 128), min(high, 0x24F) + 1):
            for other in (chr(c).lower(), chr(c).upper()):
                if len(other) == 1:
                    out.append((ord(other), ord(other)))
    joined = normal(out)
    extra = [(c, c) for c, letter in ((0x212A, 107), (0x17F, 115)) if any(lo <= letter <= hi for lo, hi in joined)]
    return normal([*joined, *extra])


def width(node: Node) -> int | None:
    """The longest match in characters, or None when there is no bound."""
    match node:
        case Chars():
            return 1
        case Cat(parts):
            widths = [width(p) for p in parts]
            return None if None in widths else sum(w for w in widths if w is not None)
        case Alt(parts):
            widths = [width(p) for p in parts]
            return None if None in widths else max((w for w in widths if w is not None), default=0)
        case Rep(part, _, high):
            inner = width(part)
            return 0 if inner == 0 else None if high is None or inner is None else inner * high
        case Group(part, _):
            return width(part)
        case _:
            return 0


def nullable(node: Node) -> bool:
    """Whether the empty text matches (assertions count as empty)."""
    match node:
        case Chars():
            return False
        case Cat(parts):
            return all(nullable(p) for p in parts)
        case Alt(parts):
            return any(nullable(p) for p in parts)
        case Rep(part, low, _):
            return low == 0 or nullable(part)
        case Group(part, _):
            return nullable(part)
        case _:
            return True
