"""Regular expressions read into a tree, in RE2's dialect; what is not regular, or not bounded, is named.

Only what is regular is accepted: no back references, no look-around.
"""

from __future__ import annotations

import re

from tidegate.check.constraints.streaming.tree import (
    TOP,
    Alt,
    Assert,
    Cat,
    Chars,
    Group,
    Node,
    Ranges,
    Rep,
    folded,
    negate,
    normal,
)
from tidegate.spine.errors import SettingError

_DIGIT: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = ((9, 10), (12, 13), (32, 32))
_POSIX: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)), "alpha": ((65, 90), (97, 122)), "digit": _DIGIT, "lower": ((97, 122),),
    "upper": ((65, 90),), "word": _WORD, "space": ((9, 13), (32, 32)), "xdigit": ((48, 57), (65, 70), (97, 102)),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)), "blank": ((9, 9), (32, 32)), "cntrl": ((0, 31), (127, 127)),
    "graph": ((33, 126),), "print": ((32, 126),), "ascii": ((0, 127),),
}  # fmt: skip


def parse(pattern: str, where: str = "") -> Node:
    """The tree of a pattern; raises SettingError naming what is not regular or not understood."""
    parser = _Parser(pattern, where)
    node = parser.alternatives()
    if parser.i < len(pattern):
        raise parser.error(f"unexpected {pattern[parser.i]!r}")
    return node


class _Parser:
    def __init__(self, text: str, where: str) -> None:
        self.text, self.where, self.i, self.groups = text, where, 0, 0
        self.fold = self.dot_all = self.multi = False

    def error(self, message: str) -> SettingError:
        return SettingError(f"pattern {self.text[:80]!r}: {message} at position {self.i}", where=self.where,
                            remedy="use RE2 syntax: no back references, no look-around")  # fmt: skip

    def peek(self) -> str:
        return self.text[self.i] if self.i < len(self.text) else ""

    def alternatives(self) -> Node:
        saved = (self.fold, self.dot_all, self.multi)
        parts = [self.sequence()]
        while self.peek() == "|":
            self.i += 1
            parts.append(self.sequence())
        self.fold, self.dot_all, self.multi = saved
        return parts[0] if len(parts) == 1 else Alt(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.i < len(self.text) and self.peek() not in "|)":
            node = self.repeated()
            if node is not None:
                parts.append(node)
        return parts[0] if len(parts) == 1 else Cat(tuple(parts))

    def repeated(self) -> Node | None:
        node = self.atom()
        while node is not None and self.peek() and self.peek() in "*+?{":
            c = self.peek()
            if c == "{":
                found = re.compile(r"\{(\d+)(,(\d*))?\}").match(self.text, self.i)
                if found is None:
                    break
                low = int(found.group(1))
                high = low if found.group(2) is None else int(found.group(3)) if found.group(3) else None
                if (high is not None and high < low) or low > 1000 or (high or 0) > 1000:
                    raise self.error(f"bad repetition {found.group()!r} (at most 1000)")
                self.i = found.end()
            else:
                low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[c]
                self.i += 1
            if self.peek() == "?":
                self.i += 1  # laziness changes which match is preferred, not which texts match
            elif self.peek() == "+" and c != "{":
                raise self.error("possessive quantifiers are not regular")
            node = Rep(node, low, high)
        return node

    def atom(self) -> Node | None:
        c = self.text[self.i]
        self.i += 1
        if c == "(":
            return self.group()
        if c == "[":
            return Chars(self.char_class())
        if c == ".":
            return Chars(((0, TOP),) if self.dot_all else ((0, 9), (11, TOP)))
        if c == "^":
            return Assert("^" if self.multi else "A")
        if c == "$":
            return Assert("$" if self.multi else "z")
        if c == "\\":
            return self.escape()
        if c in "*+?":
            raise self.error(f"nothing to repeat before {c!r}")
        return self.literal(ord(c))

    def literal(self, code: int) -> Chars:
        ranges: Ranges = ((code, code),)
        return Chars(folded(ranges) if self.fold else ranges)

    def group(self) -> Node | None:
        number = 0
        saved = (self.fold, self.dot_all, self.multi)
        if self.peek() == "?":
            found = re.compile(r"\?(?:(P?<(?![=!])\w+>)|([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)]))").match(self.text, self.i)
            if found is None:
                raise self.error("look-around is not supported: it is not a set of texts by itself")
            self.i = found.end()
            if found.group(1):
                self.groups += 1
                number = self.groups
            else:
                for flags, value in ((found.group(2), True), (found.group(3) or "", False)):
                    for f in flags:
                        if f == "i":
                            self.fold = value
                        elif f == "s":
                            self.dot_all = value
                        elif f == "m":
                            self.multi = value
                        elif f != "U":
                            raise self.error(f"unknown flag {f!r}")
                if found.group(4) == ")":
                    return None  # flags hold to the end of the enclosing group
        else:
            self.groups += 1
            number = self.groups
        node = self.alternatives()
        if self.peek() != ")":
            raise self.error("missing )")
        self.i += 1
        self.fold, self.dot_all, self.multi = saved
        return Group(node, number) if number else node

    def escape(self) -> Node:
        if self.i >= len(self.text):
            raise self.error("a pattern may not end in a backslash")
        c = self.text[self.i]
        self.i += 1
        if c in "bB":
            return Assert(c)
        if c in "Az":
            return Assert(c)
        if c == "Z":
            return Assert("z")
        if c.isdigit() and c != "0":
            raise self.error("back references are not regular")
        if c in "dDwWsS":
            return Chars(self.perl(c))
        if c in "pP":
            raise self.error("Unicode classes are not supported: write the ranges")
        return self.literal(self.escaped_code(c))

    @staticmethod
    def perl(c: str) -> Ranges:
        ranges = {"d": _DIGIT, "w": _WORD, "s": _SPACE}[c.lower()]
        return negate(ranges) if c.isupper() else ranges

    def escaped_code(self, c: str) -> int:
        if c in "ntrfva":
            return {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "a": 7}[c]
        if c == "x":
            found = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})").match(self.text, self.i)
            if found is None:
                raise self.error(r"expected two hexadecimal digits after \x")
            self.i = found.end()
            return int(found.group(1) or found.group(2), 16)
        if c == "0":
            return 0
        if c.isalpha():
            raise self.error(f"unknown escape \\{c}")
        return ord(c)

    def char_class(self) -> Ranges:
        inverted = self.peek() == "^"
        self.i += inverted
        ranges: list[tuple[int, int]] = []
        first = True
        while True:
            if self.i >= len(self.text):
                raise self.error("missing ]")
            c = self.text[self.i]
            if c == "]" and not first:
                self.i += 1
                break
            first = False
            posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.text, self.i)
            if posix:
                if posix.group(2) not in _POSIX:
                    raise self.error(f"unknown class {posix.group()!r}")
                self.i = posix.end()
                ranges += negate(_POSIX[posix.group(2)]) if posix.group(1) else _POSIX[posix.group(2)]
                continue
            low = self.class_item(ranges)
            if low is None:
                continue
            high = low
            if self.peek() == "-" and self.text[self.i + 1 : self.i + 2] not in ("]", ""):
                self.i += 1
                end = self.class_item(ranges)
                if end is None or end < low:
                    raise self.error("bad range in a class")
                high = end
            ranges.append((low, high))
        result = normal(ranges)
        if self.fold:
            result = folded(result)
        return negate(result) if inverted else result

    def class_item(self, ranges: list[tuple[int, int]]) -> int | None:
        c = self.text[self.i]
        self.i += 1
        if c != "\\":
            return ord(c)
        e = self.text[self.i] if self.i < len(self.text) else ""
        self.i += 1
        if e in "dDwWsS" and e:
            ranges += self.perl(e)
            return None
        if e == "b":
            return 8
        return self.escaped_code(e)
