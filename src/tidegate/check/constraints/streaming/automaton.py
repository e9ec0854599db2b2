# ruff: noqa: E501 (patterns and tables read better whole)
"""The liveness automaton: after each character, could a forbidden span still be open?

All patterns become one automaton over `positions` for "anything, then a pattern", made
deterministic lazily while text flows: a state is the set of live threads, a transition is
computed when first needed and is one dictionary lookup from then on.  The state answers two
questions: is any opened thread live (hold back), and did a pattern accept (look closer).

Zero-width assertions inside a pattern are taken as possible, so that liveness is never
understated; only a word boundary at its very start is decided here, because it decides how
much is held.  A trailing assertion keeps its thread alive for one more character.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tidegate.check.constraints.streaming.positions import Positions
from tidegate.check.constraints.streaming.tree import TOP, Node, Ranges

LIVE, ACCEPT = 1, 2
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


class Automaton(Positions):
    """Patterns (trees) and literals as one lazily determinised automaton.

    `literals` are matched as they are, or case-folded with `fold_literals`.  At most
    `transitions_max` transitions are kept; then all are forgotten and found again.
    """

    def __init__(self, patterns: Sequence[Node], literals: Sequence[str] = (), *, fold_literals: bool = True,
                 transitions_max: int = 60_000) -> None:  # fmt: skip
        super().__init__()
        self._classes_of: dict[str, frozenset[int]] = {}
        self.fold_literals = fold_literals
        self.literals = sorted({t.lower() if fold_literals else t for t in literals if t})
        for i, tree in enumerate(patterns):
            self.add(i, tree)
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
            threads: list[Thread] = [p for p, lead in self.starts if allowed[lead] and self.cls[p] in inside]
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
