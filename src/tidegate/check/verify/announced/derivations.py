# ruff: noqa: E501  (tables read best one row a line)
"""Which values a result can have: every way of putting all its terms together that ends in the result's own kind.

Multiplying and dividing need no words, for the kinds say which of them is meant; adding, subtracting, averages and changes in
per cent do.  Terms are joined two by two; what is left of calendar units at the end is what prose converts silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tidegate.check.verify.announced.kinds import PARTS, TIMES
from tidegate.check.verify.announced.term import Term

Vector = tuple[int, ...]


class Words(NamedTuple):
    """Which operations the words around a result allow besides products and quotients."""

    add: bool = False
    subtract: bool = False
    mean: bool = False
    share: bool = False
    change: bool = False
    off: bool = False
    on: bool = False
    rest: bool = False
    around: bool = False


class Node(NamedTuple):
    """A joined value in base units, its kind, how it is computed and whether it is a bare percentage."""

    value: float
    kind: Vector
    shown: str
    percent: bool = False
    loose: bool = False
    first: int = 0


TERMS_MAX = 3


def derivations(terms: Sequence[Term], result: Term, words: Words, *, things: bool) -> list[tuple[float, str]]:
    """Values that the result can have, in its own unit, each with its computation; all of `terms` have their part.

    With `things` false, what is counted is left out of the kinds.
    """
    atoms = _atoms([*terms, result], things=things)
    goal = tuple(result.kind.get(a, 0) for a in atoms)
    nodes = [Node(t.si, tuple(t.kind.get(a, 0) for a in atoms), t.shown, t.percent, first=t.start) for t in terms]
    times = any(a in TIMES for a in atoms)
    if times and not any(v for n in nodes for v, a in zip(n.kind, atoms, strict=True) if a in TIMES):
        goal = tuple(
            0 if a in TIMES and v < 0 else v for v, a in zip(goal, atoms, strict=True)
        )  # a coupon of 4 % pays $40 a year
    calendars = any(v for n in nodes for v, a in zip(n.kind, atoms, strict=True) if a in TIMES[1:])
    if not calendars and any(v for v, a in zip(goal, atoms, strict=True) if a not in TIMES):
        goal = tuple(0 if a in TIMES[1:] and v < 0 else v for v, a in zip(goal, atoms, strict=True))  # 300 W for 6 h
    if not all(_reachable(nodes, goal, at) for at, atom in enumerate(atoms) if atom not in TIMES):
        return []
    ends = _ends(nodes, words) if len(nodes) <= TERMS_MAX else _long(nodes, words)
    out: dict[str, tuple[float, str]] = {}
    for node in ends:
        if node.value <= 0 or node.percent != result.percent:
            continue
        for factor in _factors(atoms, node.kind, goal):
            value = node.value * factor / result.size
            key = f"{value:.9g}"
            if key not in out:
                out[key] = (value, node.shown)
    return list(out.values())


def _reachable(nodes: Sequence[Node], goal: Vector, at: int) -> bool:
    """Whether some tree can have the goal's power of one atom: not if no term has it, nor if one alone has what must go."""
    having = [n for n in nodes if n.kind[at]]
    return bool(having) if goal[at] else len(having) != 1 or having[0].percent


def _atoms(terms: Sequence[Term], *, things: bool) -> list[str]:
    seen: dict[str, None] = {}
    for t in terms:
        for a in t.kind:
            if things or not a.startswith("#"):
                seen[a] = None
    return list(seen)


def _ends(nodes: Sequence[Node], words: Words) -> Iterator[Node]:
    """Every tree over all the nodes."""
    if len(nodes) == 1:
        yield nodes[0]
        return
    for i in range(len(nodes)):
        for j in range(i + 1, len(nodes)):
            rest = [n for k, n in enumerate(nodes) if k not in (i, j)]
            for joined in _join(nodes[i], nodes[j], words, last=not rest):
                yield from _ends([joined, *rest], words)


def _join(a: Node, b: Node, words: Words, *, last: bool) -> Iterator[Node]:
    if a.first > b.first:
        a, b = b, a
    up = tuple(x + y for x, y in zip(a.kind, b.kind, strict=True))
    down = tuple(x - y for x, y in zip(a.kind, b.kind, strict=True))
    first = a.first
    if a.percent and b.percent:
        if words.change:
            yield Node(abs(a.value - b.value), a.kind, f"{_big(a, b)} − {_small(a, b)}", True, first=first)
        if words.add:
            yield Node(a.value + b.value, a.kind, f"{a.shown} + {b.shown}", True, first=first)
        return
    if a.percent or b.percent:
        p, q = (a, b) if a.percent else (b, a)
        share = p.value / 100
        yield Node(q.value * share, q.kind, f"{p.shown} of {q.shown}", first=first)
        if words.off or words.rest:
            yield Node(q.value * (1 - share), q.kind, f"{q.shown} × (1 − {p.shown})", first=first)
        if words.on:
            yield Node(q.value * (1 + share), q.kind, f"{q.shown} × (1 + {p.shown})", first=first)
        if last and share > 0 and not (words.off or words.on):
            yield Node(q.value / share, q.kind, f"{q.shown} / {p.shown}", first=first)
        return
    yield Node(a.value * b.value, up, f"{_in(a)} × {_in(b)}", first=first)
    like = not any(down)
    if b.value:
        yield Node(a.value / b.value, down, f"{_in(a)} / {_in(b)}", first=first)
        if like and words.share and last:
            yield Node(a.value / b.value * 100, down, f"{_in(a)} / {_in(b)}", True, first=first)
    if a.value:
        yield Node(b.value / a.value, tuple(-x for x in down), f"{_in(b)} / {_in(a)}", first=first)
        if like and words.share and last:
            yield Node(b.value / a.value * 100, down, f"{_in(b)} / {_in(a)}", True, first=first)
    if not like:
        return
    if words.add:
        yield Node(a.value + b.value, a.kind, f"{a.shown} + {b.shown}", loose=True, first=first)
    if words.subtract:
        yield Node(abs(a.value - b.value), a.kind, f"{_big(a, b)} − {_small(a, b)}", loose=True, first=first)
    if words.mean:
        yield Node((a.value + b.value) / 2, a.kind, f"({a.shown} + {b.shown}) / 2", first=first)
    if words.change and last and a.value:
        yield Node(
            abs(b.value - a.value) / a.value * 100,
            down,
            f"({_big(a, b)} − {_small(a, b)}) / {_in(a)}",
            True,
            first=first,
        )
    if words.around and last:
        yield Node(2 * (a.value + b.value), a.kind, f"2 × ({a.shown} + {b.shown})", first=first)


def _in(n: Node) -> str:
    return f"({n.shown})" if n.loose or " / " in n.shown else n.shown


def _big(a: Node, b: Node) -> str:
    return a.shown if a.value >= b.value else b.shown


def _small(a: Node, b: Node) -> str:
    return b.shown if a.value >= b.value else a.shown


def _long(nodes: Sequence[Node], words: Words) -> Iterator[Node]:
    """Of more terms only their product, and of like ones their sum, the first less the others, or their mean."""
    if any(n.percent for n in nodes):
        return
    value, kind = 1.0, tuple(0 for _ in nodes[0].kind)
    for n in nodes:
        value, kind = value * n.value, tuple(x + y for x, y in zip(kind, n.kind, strict=True))
    yield Node(value, kind, " × ".join(n.shown for n in nodes))
    if any(n.kind != nodes[0].kind for n in nodes):
        return
    total = sum(n.value for n in nodes)
    if words.add:
        yield Node(total, nodes[0].kind, " + ".join(n.shown for n in nodes), loose=True)
    if words.subtract:
        yield Node(2 * nodes[0].value - total, nodes[0].kind, " − ".join(n.shown for n in nodes), loose=True)
    if words.mean:
        yield Node(total / len(nodes), nodes[0].kind, f"({' + '.join(n.shown for n in nodes)}) / {len(nodes)}")


def _factors(atoms: Sequence[str], kind: Vector, goal: Vector) -> tuple[float, ...]:
    """What the value is multiplied by to come to the goal's kind; nothing where no calendar leads there."""
    if kind == goal:
        return (1.0,)
    left = {a: g - k for a, k, g in zip(atoms, kind, goal, strict=True) if g != k}
    if (
        len(left) == 1
        and any(goal)
        and all(v == 1 and a in TIMES[1:] for a, v in left.items())
        and not any(g for a, g in zip(atoms, goal, strict=True) if a in TIMES)
    ):
        return (1.0,)  # 350 units a month at $12 each make $4,200
    if len(left) != 2 or any(a not in TIMES for a in left) or sorted(left.values()) != [-1, 1]:
        return ()
    wanted, had = sorted(left, key=lambda a: -left[a])
    if (wanted, had) in PARTS:
        return tuple(1 / f for f in PARTS[wanted, had])
    return PARTS.get((had, wanted), ())


def simple_values(values: Sequence[float]) -> Iterator[float]:
    """What two or three of the numbers around, as printed, make by the four operations and the usual factors."""
    for n, a in enumerate(values):
        for m, b in enumerate(values[:n]):
            pair = [a + b, abs(a - b), a * b, *((a / b, b / a) if a and b else ())]
            pair += [
                a * b / 100,
                *((100 * a / b, 100 * b / a, 100 * abs(a - b) / b, 100 * abs(a - b) / a) if a and b else ()),
                a * (1 + b / 100),
                a * abs(1 - b / 100),
                b * (1 + a / 100),
                b * abs(1 - a / 100),
            ]
            yield from pair
            for p in pair[:5]:
                for f in FACTORS:
                    yield p * f
                    yield p / f
            for c in values[:m]:
                for p in pair[:5]:
                    yield from (p + c, abs(p - c), p * c)
                    if c and p:
                        yield p / c
                        yield c / p
                yield from (
                    a * c + b,
                    abs(a * c - b),
                    b * c + a,
                    abs(b * c - a),
                    (a + c) * b,
                    abs(a - c) * b,
                    (b + c) * a,
                    abs(b - c) * a,
                )


FACTORS: tuple[float, ...] = (2, 100, 1000, 12)
