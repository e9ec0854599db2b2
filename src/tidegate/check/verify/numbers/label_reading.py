# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Units and nouns after a number: `60 meters/sprint`, `5 J/(kg·K)`, remarks in parentheses skipped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tidegate.check.verify.numbers.lexer import Token
from tidegate.check.verify.numbers.tree import Unparsed
from tidegate.check.verify.numbers.words import (
    CHANGES_MEANING,
    FUNCTIONS,
    PLUS_WORDS,
    SHORTENED,
    STOP,
    SUPERSCRIPTS,
    SYMBOLIC,
    TIMES_WORDS,
    UNIT_LETTERS,
    WORD_NUMBERS,
)
from tidegate.check.verify.quantity.units import parse_unit

PASSED_OVER = frozenset({"skip", "calc"})


class LabelReader:
    """A cursor over tokens that reads the unit or noun after an operand."""

    def __init__(self, tokens: Sequence[Token], end: int) -> None:
        self.t, self.end, self.i, self.depth = tokens, end, 0, 0
        self.flags: set[str] = set()
        self.plain = not any(token.kind in PASSED_OVER for token in tokens[:end])

    def peek(self, ahead: int = 0) -> Token | None:
        """The token `ahead` places on, skipping marks that mean nothing."""
        i = self.i
        if self.plain:
            i += ahead
            return self.t[i] if i < self.end else None
        while i < self.end:
            if self.t[i].kind not in ("skip", "calc"):
                if ahead == 0:
                    return self.t[i]
                ahead -= 1
            i += 1
        return None

    def next(self) -> Token:
        """Consume one token."""
        while not self.plain and self.i < self.end and self.t[self.i].kind in PASSED_OVER:
            self.i += 1
        if self.i >= self.end:
            raise Unparsed("the expression ends early")
        self.i += 1
        return self.t[self.i - 1]

    def _label(self) -> tuple[tuple[str, ...], bool]:
        words: list[str] = []
        adjacent = False
        while len(words) < 8:
            token, after = self.peek(), self.peek(1)
            if token is None:
                break
            if token.kind in ("word", "label"):
                low = token.text.lower()
                if token.kind == "word":
                    starts = after is not None and starts_operand(after)
                    if (starts and (low in TIMES_WORDS or low in PLUS_WORDS)) or low in ("multiplied", "divided"):
                        break
                    if words[-1:] == ["/"]:
                        pass
                    elif (token.text == "A" or (low == "in" and not words)) and (
                        after is None or after.kind in ("op", "eq", "close", "newline", "label")
                    ):
                        pass  # ampere, inch
                    elif low == "of" and words and self._matter(after):
                        self.next(), self.next()
                        break
                    elif low in STOP and not (
                        low in ("per", "a", "an", "each") and after is not None and after.kind == "word"
                    ):
                        break
                    unit_power = low in ("square", "sq", "cubic") and after is not None and after.kind == "word"
                    if (low in CHANGES_MEANING and not unit_power) or _is_variable(token.text):
                        raise Unparsed(f"{token.text!r} may change the meaning")
                    if (
                        not words
                        and token.text in FUNCTIONS
                        and after is not None
                        and after.kind in ("open", "num", "pi")
                    ):
                        break  # 18 sin(30°)
                    if (low in FUNCTIONS or token.text.startswith("\\")) and token.text not in ("\\mu", "\\Omega"):
                        raise Unparsed(f"{token.text!r} may be a variable")
                upright = token.kind == "label" and token.digits == 1
                if not words and not token.spaced and not (upright and parse_unit(token.text) is not None):
                    adjacent = True
                words.append(token.text)
                self.next()
                mark = self.peek()
                if mark is not None and mark.kind == "super":
                    words[-1] += "^" + mark.text
                    self.next()
                elif mark is not None and mark.kind == "op" and mark.text == "^":
                    self.next()
                    words[-1] += "^" + self._unit_exponent()
            elif token.kind == "op" and token.text == "/" and after is not None and after.kind in ("word", "label"):
                words.append("/")
                self.next()
            elif (
                token.kind == "op"
                and token.text == "/"
                and words
                and after is not None
                and after.kind == "open"
                and (group := self._unit_group())
            ):
                words += ["/", group]
            elif (
                token.kind == "op" and token.text == "-" and not token.spaced and after is not None
                and after.kind == "word" and not after.spaced
            ):  # fmt: skip
                self.next()
            elif (
                token.kind == "op" and token.text == "*" and words and after is not None and after.kind in ("word", "label")
                and len(after.text) <= 3
            ):  # fmt: skip
                words.append("*")
                self.next()
            elif token.kind == "open" and token.text == "(" and after is not None and after.kind in ("word", "label"):
                if not self._remark():
                    break
            elif token.kind == "open" and token.text == "(" and token.spaced and self._numeric_remark():
                continue
            else:
                break
        return tuple(words), adjacent

    def _matter(self, after: Token | None) -> bool:
        """`8 g of protein ×`: a plain noun after `of`, and then a sign."""
        sign = self.peek(2)
        plain = after is not None and after.kind == "word" and len(after.text) > 2 and after.text.isalpha()
        return plain and sign is not None and sign.kind in ("op", "eq") and sign.text in "*/="

    def _unit_group(self) -> str:
        """`/(kg·K)` after a unit: consumed when only unit words stand between the brackets."""
        here = self.i
        parts: list[str] = []
        self.next(), self.next()
        while (token := self.peek()) is not None and len(parts) < 12:
            self.next()
            if token.kind == "close" and parts:
                return "(" + " ".join(parts) + ")"
            short = token.kind == "word" and len(token.text) <= 4 and token.text.lower() not in STOP - {"a"}
            if not (
                short
                or token.kind == "super"
                or (token.kind == "op" and token.text in "*/^-")
                or (token.kind == "num" and token.digits == 1)
            ):
                break
            parts.append("^" + token.text if token.kind == "super" else token.text)
        self.i = here
        return ""

    def _unit_exponent(self) -> str:
        brace = self.peek()
        if brace is not None and brace.kind == "open" and brace.text == "{":
            self.next()
        sign = self.peek()
        minus = ""
        if sign is not None and sign.kind == "op" and sign.text == "-":
            minus = "-"
            self.next()
        number = self.next()
        if number.kind != "num":
            raise Unparsed("a unit's exponent")
        if brace is not None and brace.kind == "open":
            self.next()
        return minus + number.text

    def _remark(self) -> bool:
        """Skip `(the cost of one apple)`: a parenthesis that begins with a word and computes nothing."""
        i, depth = self.i, 0
        while i < self.end and i < self.i + 40:
            token = self.t[i]
            if token.kind == "open":
                depth += 1
            elif token.kind == "close":
                depth -= 1
                if depth == 0:
                    self.i = i + 1
                    return True
            elif (token.kind == "op" and token.text in "^") or token.kind == "eq":
                return False
            i += 1
        return False

    def _numeric_remark(self) -> bool:
        """Skip `(7 days)`: a number with a noun is a remark, never a factor."""
        i = self.i
        while i < self.end and self.t[i].kind in ("skip", "calc"):
            i += 1
        shape: list[str] = []
        while i + 1 < self.end and len(shape) < 8:
            i += 1
            token = self.t[i]
            if token.kind == "close":
                break
            shape.append(token.kind)
        if shape[:2] == ["num", "word"] and set(shape[2:]) <= {"word"} and i < self.end and self.t[i].kind == "close":
            self.i = i + 1
            return True
        return False


@lru_cache(maxsize=4096)
def _is_variable(word: str) -> bool:
    """Whether a word after a number is a symbol, not a unit or a noun: `x`, `r²`, `v₀`, `ρ`, `rh`."""
    bare = word.rstrip(SUPERSCRIPTS)
    if len(bare) == 1:
        return bare not in UNIT_LETTERS and bare not in "°a"
    symbol = SYMBOLIC.fullmatch(bare) is not None and not bare.startswith("\\") and bare not in SHORTENED
    return bare == "ab" or (symbol and parse_unit(word) is None)  # attobarns are not met in prose


def starts_operand(token: Token) -> bool:
    """Whether an operand can begin with this token."""
    return (
        token.kind in ("num", "currency", "frac", "sqrt", "pi", "call")
        or (token.kind == "open" and token.text == "(")
        or (token.kind == "word" and token.text.lower() in WORD_NUMBERS)
    )
