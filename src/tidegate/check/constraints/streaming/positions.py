# ruff: noqa: E501 (signatures read better whole)
"""Patterns as positions (Glushkov): which characters each place of a pattern takes, and which places may follow it.

A position has *opened* its span once it stands in or after the part that may not leave (a capture group; without one,
the whole match).  Zero-width assertions inside a pattern are taken as possible; a leading one is kept beside its first
positions, and a trailing one is one more position that takes any character.
"""

from __future__ import annotations

import itertools

from tidegate.check.constraints.streaming.tree import TOP, Alt, Assert, Cat, Chars, Group, Node, Ranges, Rep, nullable

ANY: Ranges = ((0, TOP),)


class Positions:
    """The positions of many patterns: each with its class of characters, its followers, and the pattern it ends (or -1)."""

    def __init__(self) -> None:
        self.cls: list[int] = []
        self.follow: list[tuple[int, ...]] = []
        self.opened: list[bool] = []
        self.final: list[int] = []
        self.classes: list[Ranges] = []
        self.starts: list[tuple[int, str]] = []  # position, leading assertion ("" | "b" | "B" | "A")
        self._class_of: dict[Ranges, int] = {}

    def _class(self, ranges: Ranges) -> int:
        found = self._class_of.get(ranges)
        if found is None:
            found = self._class_of[ranges] = len(self.classes)
            self.classes.append(ranges)
        return found

    def _position(self, ranges: Ranges, in_group: bool) -> int:
        self.cls.append(self._class(ranges))
        self.follow.append(())
        self.opened.append(in_group)
        self.final.append(-1)
        return len(self.cls) - 1

    def add(self, number: int, tree: Node) -> None:
        """One more pattern; raises ValueError where it matches the empty text."""
        lead, tree = _split_lead(tree)
        base = len(self.cls)
        follow: list[set[int]] = []
        first, last, nullable = self._build(tree, False, follow, base)
        if nullable:
            raise ValueError("a pattern that matches the empty text forbids nothing")
        if _ends_in_assertion(tree):
            extra = self._position(ANY, True)
            follow.append(set())
            for p in last:
                follow[p - base].add(extra)
            last = last | {extra}
        for p in range(base, len(self.cls)):
            self.follow[p] = tuple(sorted(follow[p - base]))
        for p in last:
            self.final[p] = number
        self._open_after_groups(base, first, last)
        self.starts += [(p, lead) for p in sorted(first)]

    def _open_after_groups(self, base: int, first: frozenset[int], last: frozenset[int]) -> None:
        todo = [p for p in range(base, len(self.cls)) if self.opened[p]]
        while todo:
            for q in self.follow[todo.pop()]:
                if not self.opened[q]:
                    self.opened[q] = True
                    todo.append(q)
        seen = {p for p in first if not self.opened[p]}  # a way through without any group: the whole match is the span
        todo = list(seen)
        bypass = any(p in last for p in seen)
        while todo and not bypass:
            for q in self.follow[todo.pop()]:
                if not self.opened[q] and q not in seen:
                    seen.add(q)
                    todo.append(q)
                    bypass |= q in last
        if bypass:
            for p in range(base, len(self.cls)):
                self.opened[p] = True

    def _build(self, node: Node, in_group: bool, follow: list[set[int]], base: int) -> tuple[frozenset[int], frozenset[int], bool]:  # fmt: skip
        """(first positions, last positions, nullable) of a tree, filling `follow`."""
        match node:
            case Chars(ranges):
                p = self._position(ranges, in_group)
                follow.append(set())
                return frozenset({p}), frozenset({p}), False
            case Group(part, _):
                return self._build(part, True, follow, base)
            case Alt(parts):
                built = [self._build(p, in_group, follow, base) for p in parts]
                return (frozenset().union(*(b[0] for b in built)), frozenset().union(*(b[1] for b in built)),
                        any(b[2] for b in built))  # fmt: skip
            case Cat(parts):
                return self._chain([self._build(p, in_group, follow, base) for p in parts], follow, base)
            case Rep(part, low, high):
                copies = high if high is not None else max(low, 1)
                built = [self._build(part, in_group, follow, base) for _ in range(copies)]
                return self._repeat(built, low, high is None, follow, base)
            case _:
                return frozenset(), frozenset(), True

    @staticmethod
    def _chain(built: list[tuple[frozenset[int], frozenset[int], bool]], follow: list[set[int]], base: int) -> tuple[frozenset[int], frozenset[int], bool]:  # fmt: skip
        first: frozenset[int] = frozenset()
        last: frozenset[int] = frozenset()
        nullable = True
        for f, la, n in built:
            for p in last:
                follow[p - base].update(f)
            if nullable:
                first |= f
            last = (last | la) if n else la
            nullable = nullable and n
        return first, last, nullable

    @staticmethod
    def _repeat(built: list[tuple[frozenset[int], frozenset[int], bool]], low: int, endless: bool, follow: list[set[int]], base: int) -> tuple[frozenset[int], frozenset[int], bool]:  # fmt: skip
        """Copies one after the other: x{1,3} is x(x(x)?)?, so a copy is entered only from the one before it.

        (As x, x?, x? in a row every copy would lead to all later ones: the same texts, but as many
        threads as copies, and edges by the square of their number.)
        """
        if not built:
            return frozenset(), frozenset(), True
        for (_, last, _), (first, _, _) in itertools.pairwise(built):
            for p in last:
                follow[p - base].update(first)
        if endless:
            for p in built[-1][1]:
                follow[p - base].update(built[-1][0])
        nullable = low == 0 or built[0][2]
        ends = built if built[0][2] else built[max(low, 1) - 1 :]
        return built[0][0], frozenset().union(*(b[1] for b in ends)), nullable


def _split_lead(tree: Node) -> tuple[str, Node]:
    """A leading assertion, and the tree without it and without an optional run of characters at its head.

    `[\\w.-]{0,50}?key = (...)` is found wherever `key = (...)` is: the optional head changes
    nothing about which spans exist, and would keep a thread alive in every word.
    """
    if isinstance(tree, Cat) and tree.parts and isinstance(tree.parts[0], Assert) and tree.parts[0].kind in "bBA":
        return tree.parts[0].kind, Cat(tree.parts[1:])
    shorter = _without_head(tree)
    return "", tree if nullable(shorter) else shorter


def _without_head(tree: Node) -> Node:
    match tree:
        case Alt(parts):
            return Alt(tuple(_without_head(p) for p in parts))
        case Cat(parts) if parts:
            head, rest = parts[0], parts[1:]
            if isinstance(head, Rep) and head.low == 0 and isinstance(head.part, Chars) and rest:
                return _without_head(Cat(rest))
            if isinstance(head, Cat | Alt):
                return Cat((_without_head(head), *rest))
        case _:
            pass
    return tree


def _ends_in_assertion(node: Node) -> bool:
    match node:
        case Assert():
            return True
        case Cat(parts):
            for p in reversed(parts):
                if _ends_in_assertion(p):
                    return True
                if not (isinstance(p, Rep) and p.low == 0):
                    return False
            return False
        case Alt(parts):
            return any(_ends_in_assertion(p) for p in parts)
        case Rep(part, _, _) | Group(part, _):
            return _ends_in_assertion(part)
        case _:
            return False
