# ruff: noqa: E501 (patterns and tables read better whole)
"""The liveness automaton: after each character, could a forbidden span still be open?

All patterns become one position automaton (Glushkov) for "anything, then a pattern", made
deterministic lazily while text flows: a state is the set of live threads, a transition is
computed when first needed and is one dictionary lookup from then on.  A thread has *opened* its span
once it stands in or after the part that may not leave (a capture group; without one, the whole
match).  The state answers two questions: is any opened thread live (hold back), and did a
pattern accept (look closer).

Zero-width assertions inside a pattern are taken as possible, so that liveness is never
understated; only a word boundary at its very start is decided here, because it decides how
much is held.  A trailing assertion keeps its thread alive for one more character.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tidegate.check.constraints.streaming.regex import TOP, Alt, Assert, Cat, Chars, Group, Node, Ranges, Rep, nullable

LIVE, ACCEPT = 1, 2
ANY: Ranges = ((0, TOP),)
Literal = tuple[int, int, int]  # literals[low:high] agree on their first `depth` characters
Thread = int | Literal
_NONE: frozenset[int] = frozenset()


class State(dict[str, "State"]):
    """One deterministic state: a dictionary from character to state that fills itself."""

    __slots__ = ("accepts", "after_word", "automaton", "flags", "literals", "threads")

    def __init__(self, automaton: Automaton, threads: frozenset[Thread], after_word: bool) -> None:
        super().__init__()
        self.automaton = automaton
        self.threads = threads
        self.after_word = after_word
        a = automaton
        ends = threads & a.ends
        self.accepts = frozenset(a.final[t] for t in ends if isinstance(t, int)) if ends else _NONE
        # lengths of the literals that end here
        begun = [t for t in threads if not isinstance(t, int)] if a.literals else ()
        self.literals = tuple({t[2] for t in begun if len(a.literals[t[0]]) == t[2]})
        live = not threads.isdisjoint(a.lively) or any(a.extends(t) for t in begun)
        accept = bool(self.accepts or self.literals)
        self.flags = (LIVE if live else 0) | (ACCEPT if accept else 0)

    def __missing__(self, char: str) -> State:
        return self.automaton.step(self, char)


class Automaton:
    """Patterns (trees) and literals as one lazily determinised automaton.

    `literals` are matched as they are, or case-folded with `fold_literals`.  At most
    `transitions_max` transitions are kept; then all are forgotten and found again.
    """

    def __init__(self, patterns: Sequence[Node], literals: Sequence[str] = (), *, fold_literals: bool = True,
                 transitions_max: int = 60_000) -> None:  # fmt: skip
        self.cls: list[int] = []
        self.follow: list[tuple[int, ...]] = []
        self.opened: list[bool] = []
        self.final: list[int] = []
        self.classes: list[Ranges] = []
        self._class_of: dict[Ranges, int] = {}
        self._classes_of: dict[str, frozenset[int]] = {}
        self._starts: list[tuple[int, str]] = []  # position, leading assertion ("" | "b" | "B" | "A")
        self.fold_literals = fold_literals
        self.literals = sorted({t.lower() if fold_literals else t for t in literals if t})
        for i, tree in enumerate(patterns):
            self._add(i, tree)
        self.ends: frozenset[Thread] = frozenset(p for p, number in enumerate(self.final) if number >= 0)
        self.lively: frozenset[Thread] = frozenset(p for p in range(len(self.cls)) if self.opened[p] and self.follow[p])
        self.transitions_max = transitions_max
        self._states: dict[tuple[frozenset[Thread], bool], State] = {}
        self._begin: dict[tuple[bool, bool, str], frozenset[Thread]] = {}
        self._steps = 0
        self._gone: dict[str, dict[Thread, list[Thread]]] = {}  # where each thread goes on a character
        self._following: dict[tuple[frozenset[Thread], str], frozenset[Thread]] = {}
        self._transitions = 0
        self.start = State(self, frozenset(), after_word=False)

    # --- construction -----------------------------------------------------------------------------------------

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

    def _add(self, number: int, tree: Node) -> None:
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
        self._starts += [(p, lead) for p in sorted(first)]

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

    # --- running ----------------------------------------------------------------------------------------------

    def extends(self, thread: Literal) -> bool:
        """Whether some literal goes on after this thread's prefix."""
        low, high, depth = thread
        return any(len(self.literals[i]) > depth for i in (low, high - 1))

    def classes_of(self, char: str) -> frozenset[int]:
        """The character classes that contain a character."""
        found = self._classes_of.get(char)
        if found is None:
            code = ord(char)
            found = self._classes_of[char] = frozenset(i for i, r in enumerate(self.classes) if _within(r, code))
        return found

    def literal_step(self, thread: Literal, char: str) -> Literal | None:
        """The literals that go on with `char` after a thread's prefix."""
        low, high, depth = thread
        prefix = self.literals[low][:depth] + char
        lo = bisect_left(self.literals, prefix, low, high)
        if lo >= high or not self.literals[lo].startswith(prefix):
            return None
        return lo, bisect_left(self.literals, prefix + chr(TOP), lo, high), depth + 1

    def begin(self, after_word: bool, char: str, *, at_start: bool = False) -> frozenset[Thread]:
        """Threads that open with `char`."""
        key = (after_word, at_start, char)
        found = self._begin.get(key)
        if found is None:
            boundary = after_word != is_word(char)
            allowed = {"": True, "b": boundary, "B": not boundary, "A": at_start, "^": True}
            inside = self.classes_of(char)
            threads: list[Thread] = [p for p, lead in self._starts if allowed[lead] and self.cls[p] in inside]
            if self.literals:
                begun = self.literal_step((0, len(self.literals), 0), self.folded(char))
                if begun is not None:
                    threads.append(begun)
            found = self._begin[key] = frozenset(threads)
        return found

    def folded(self, char: str) -> str:
        """The character as literals are compared."""
        return char.lower() if self.fold_literals and len(char.lower()) == 1 else char

    def successors(self, thread: Thread, char: str) -> list[Thread]:
        """Where one thread goes on `char`."""
        if isinstance(thread, int):
            inside, cls = self.classes_of(char), self.cls
            return [q for q in self.follow[thread] if cls[q] in inside]
        gone = self.literal_step(thread, self.folded(char))
        return [] if gone is None else [gone]

    def following(self, threads: frozenset[Thread], char: str) -> frozenset[Thread]:
        """Where a set of threads goes on `char`, with none that begin there; remembered like a transition."""
        key = (threads, char)
        found = self._following.get(key)
        if found is None:
            if self._transitions >= self.transitions_max:
                self._forget()
            found = self._following[key] = frozenset(q for t in threads for q in self.successors(t, char))
            self._transitions += 1
        return found

    def step(self, state: State, char: str) -> State:
        """The next state, remembered."""
        if self._transitions >= self.transitions_max or self._steps >= 8 * self.transitions_max:
            self._forget()
        threads = set(self.begin(state.after_word, char, at_start=state is self.start))
        gone = self._gone.setdefault(char, {})
        for t in state.threads:
            on = gone.get(t)
            if on is None:
                on = gone[t] = self.successors(t, char)
                self._steps += 1
            if on:
                threads.update(on)
        key = (frozenset(threads), is_word(char))
        following = self._states.get(key)
        if following is None:
            following = self._states[key] = State(self, *key)
        state[char] = following
        self._transitions += 1
        return following

    def _forget(self) -> None:
        for s in self._states.values():
            s.clear()
        self.start.clear()
        self._states.clear()
        self._following.clear()
        self._gone.clear()
        self._steps = 0
        self._begin.clear()
        self._classes_of.clear()
        self._transitions = 0

    def earliest_open(self, text: str, before: str) -> int | None:
        """Exactly the earliest position in `text` at which an opened, live thread's span begins.

        The slow, exact account: each thread carries where it opened.  `before` is the character
        before `text` ("" at the start of the stream), at which no thread was live.
        """
        opened_at: dict[Thread, int] = {}
        after_word = is_word(before) if before else False
        for i, char in enumerate(text):
            following: dict[Thread, int] = {}
            for t, at in opened_at.items():
                for q in self.successors(t, char):
                    opens = at if at >= 0 else i if not isinstance(q, int) or self.opened[q] else -1
                    known = following.get(q)
                    if known is None or known < 0 <= opens or 0 <= opens < known:
                        following[q] = opens
            for q in self.begin(after_word, char, at_start=not before and i == 0):
                opens = i if not isinstance(q, int) or self.opened[q] else -1
                known = following.get(q)
                if known is None or known < 0 <= opens:
                    following[q] = opens
            opened_at, after_word = following, is_word(char)
        live = [at for t, at in opened_at.items() if at >= 0 and (bool(self.follow[t]) if isinstance(t, int) else self.extends(t))]  # fmt: skip
        return min(live, default=None)


def _within(ranges: Ranges, code: int) -> bool:
    i = bisect_right(ranges, (code, TOP + 1)) - 1
    return i >= 0 and ranges[i][0] <= code <= ranges[i][1]


def is_word(char: str) -> bool:
    """ASCII letter, digit or underscore, as `\\b` means it."""
    return char < "\x80" and (char.isalnum() or char == "_")


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
