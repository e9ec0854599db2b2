"""Tables of wordings: a pattern and the plain words for it, each tried only where it could match.

Of some 250 patterns a sentence meets two or three.  So from the source of each pattern its cues
are read: pieces of text of which one must stand in every sentence that the pattern matches.  A
pattern is compiled when a sentence first holds one of its cues; what comes out is what trying
every pattern in turn would give.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

Said = str | Callable[[re.Match[str]], str]
Row = tuple[str, Said]  # a pattern, read without regard to case, and what is said instead
Cues = frozenset[str]
NEEDS = 2  # of all that a pattern needs, the sets that are looked for
START = 3  # letters of a cue by which it is looked up
UNSURE: Cues = frozenset()
# one step of a pattern's source: a class, a back reference, the opening of a group, an escape, a count, a character
STEP = re.compile(
    r"\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P=\w+\)|\((?:\?(?:P<\w+>|<?[=!]|:))?|\\x[0-9a-fA-F]{2}|\\.|\{\d*,?\d*\}|.", re.S
)
OPTIONAL = re.compile(r"[?*]|\{0?,")


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.I)


class Rows:
    """A table of rows in their order, and the rows that a piece of text could set off."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)
        needs = [cues(source)[:NEEDS] for source, _ in self.rows]
        # rows as bits: for each need those that do not have it, and for each cue those that it satisfies
        self.free = [sum(1 << k for k, sets in enumerate(needs) if len(sets) <= n) for n in range(NEEDS)]
        by_cue: dict[str, list[int]] = {}
        for k, sets in enumerate(needs):
            for n, alternatives in enumerate(sets):
                for cue in alternatives:
                    by_cue.setdefault(cue, [0] * NEEDS)[n] |= 1 << k
        self.by_start: dict[str, list[tuple[str, int, int]]] = {}
        for cue, (one, two) in by_cue.items():
            self.by_start.setdefault(cue[:START], []).append((cue, one, two))
        self.short = [start for start in self.by_start if len(start) < START]

    def could_match(self, text: str) -> int:
        """The rows, as bits, whose every need has a cue in the text."""
        low = text.lower()
        starts = {low[k : k + START] for k in range(len(low))}
        first, second = self.free
        for start in [*(starts & self.by_start.keys()), *self.short]:
            for cue, one, two in self.by_start[start]:
                if cue in low:
                    first |= one
                    second |= two
        return first & second

    def said(self, text: str) -> str:
        """The text with every row applied, one after the other."""
        bits, done = self.could_match(text), 0
        while bits := bits >> done << done:
            done = (bits & -bits).bit_length()
            source, said = self.rows[done - 1]
            again = _pattern(source).sub(said, text)
            if again != text:
                text, bits = again, self.could_match(again)
        return text

    def each(self, text: str) -> Iterator[str]:
        """What each row alone makes of the text, where that is something else; its first match only."""
        bits = self.could_match(text)
        while bits:
            source, said = self.rows[(bits & -bits).bit_length() - 1]
            bits &= bits - 1
            again = _pattern(source).sub(said, text, count=1)
            if again != text:
                yield again


def cues(source: str) -> list[Cues]:
    """What must stand in whatever a pattern matches: of each set one lower-case piece of text; the surest set first."""
    steps = [m.group(0) for m in STEP.finditer(source)]
    found, k = _branch(steps, 0)
    if k < len(steps):  # a bar outside all brackets
        either, _ = _branches(steps, 0)
        found = [either] if either else []
    return sorted(found, key=_surest, reverse=True)


def _surest(alternatives: Cues) -> tuple[int, int]:
    return min(map(len, alternatives)), -len(alternatives)


def _branches(steps: list[str], k: int) -> tuple[Cues, int]:
    """The cues of `a|b|…` from step k on, and the step after its closing bracket; a branch without one spoils all."""
    found: list[Cues] = []
    while True:
        sets, k = _branch(steps, k)
        found.append(max(sets, key=_surest, default=UNSURE))
        if k >= len(steps) or steps[k] == ")":
            return frozenset().union(*found) if all(found) else UNSURE, k + 1
        k += 1


def _branch(steps: list[str], k: int) -> tuple[list[Cues], int]:
    """All that must stand in one branch."""
    found: list[Cues] = []
    run = ""  # plain characters in a row
    while k < len(steps) and steps[k] not in ("|", ")"):
        step, inner, char = steps[k], UNSURE, ""
        k += 1
        if step.startswith("(") and not step.endswith(")"):
            inner, k = _branches(steps, k)
            inner = UNSURE if "!" in step else inner
        elif step == r"\b":
            continue
        elif step.startswith(r"\x"):
            char = chr(int(step[2:], 16))
        elif step.startswith("\\"):
            char = "" if step[1].isalnum() else step[1]
        elif len(step) == 1 and step not in ".^$":
            char = step.lower()
        count = steps[k] if k < len(steps) and (steps[k] in "?*+" or steps[k].startswith("{")) else ""
        if count:
            k += 2 if k + 1 < len(steps) and steps[k + 1] == "?" else 1
        sure = not OPTIONAL.match(count)
        run += char if sure else ""
        if not char or count:
            found += [frozenset((run,))] if run.strip() else []
            found += [inner] if inner and sure else []
            run = ""
    found += [frozenset((run,))] if run.strip() else []
    return found, k
