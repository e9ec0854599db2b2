# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Expressions as people write them among words: parsed whole, or not at all.

The grammar is ordinary arithmetic with the habits of worked answers: units and nouns after a
number (`3 sprints * 60 meters/sprint`), asides in parentheses, percent, currency, mixed
numbers, `of`, LaTeX fractions and roots.  A variable, an unknown sign or a word that would
change the meaning makes the parse fail, and the claim stays unverifiable.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from tidegate.check.verify import interval as iv
from tidegate.check.verify.interval import Interval, TooLarge
from tidegate.check.verify.lexer import Token

STOP = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "and",
        "so",
        "then",
        "which",
        "that",
        "this",
        "these",
        "those",
        "the",
        "a",
        "an",
        "of",
        "equals",
        "gives",
        "for",
        "to",
        "because",
        "since",
        "we",
        "he",
        "she",
        "it",
        "they",
        "you",
        "i",
        "if",
        "or",
        "but",
        "in",
        "on",
        "at",
        "by",
        "with",
        "as",
        "thus",
        "therefore",
        "hence",
        "from",
        "while",
        "when",
        "where",
        "into",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "there",
        "their",
        "his",
        "her",
        "its",
        "also",
        "however",
        "per",
        "about",
        "approximately",
        "not",
        "now",
        "each",
        "every",
        "all",
        "only",
        "after",
        "before",
        "than",
    ]
)
TIMES_WORDS = frozenset({"x", "X", "times"})
PLUS_WORDS = {"plus": "+", "minus": "-", "times": "*"}
CHANGES_MEANING = frozenset(
    [
        "squared",
        "cubed",
        "mod",
        "modulo",
        "remainder",
        "choose",
        "base",
        "factorial",
        "square",
        "root",
        "cube",
        "log",
        "ln",
        "less",
        "fewer",
        "half",
        "twice",
        "double",
        "triple",
        "thrice",
        "quarter",
        "third",
        "fifth",
        "tenth",
        "power",
        "reciprocal",
        "inverse",
        "negative",
        "sum",
        "product",
        "difference",
        "average",
        "mean",
        "quotient",
        "ratio",
        "doubled",
        "tripled",
        "halved",
        "mod.",
        "div",
        "percentile",
    ]
)
SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
FUNCTIONS = {"ln": "ln", "log": "log10", "log2": "log2", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sqrt": "sqrt",
             "\\ln": "ln", "\\log": "log10", "\\exp": "exp", "\\sin": "sin", "\\cos": "cos", "\\tan": "tan",
             "arctan": "arctan", "arcsin": "arcsin", "arccos": "arccos", "\\arctan": "arctan", "\\arcsin": "arcsin",
             "\\arccos": "arccos"}  # fmt: skip
UNIT_LETTERS = frozenset(
    ["m", "s", "g", "h", "L", "l", "N", "J", "W", "V", "A", "K", "C", "F", "Ω", "d", "H", "T", "Hz"]
)
WORD_NUMBERS = dict(zip(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
    [*range(21), 30, 40, 50, 60, 70, 80, 90], strict=True,
))  # fmt: skip
DEPTH_MAX = 40


class Unparsed(Exception):
    """The tokens are not an expression that can be evaluated safely."""


class Node(NamedTuple):
    """A node: kind (num, pct, neg, + - * / ^, fn, fact, call-free), its parts, and for leaves their token and label."""

    kind: str
    parts: tuple[Node, ...] = ()
    token: Token | None = None
    label: tuple[str, ...] = ()
    name: str = ""
    money: bool = False
    aside: bool = False  # a spaced parenthesis after a number: product or remark


class Mode(NamedTuple):
    """How ambiguous signs are read in one evaluation."""

    percent: str = "share"  # share: 20 % is 0.2; plain: 20 % is 20; change: a + 20 % is 1.2 a
    commas: bool = False  # read 1,234 as 1.234
    asides: bool = False  # ignore `2 (3 + 4)`'s parenthesis
    dozens: bool = False  # dozen is a unit, not 12
    radians: bool = True
    natural_log: bool = False


class Parsed(NamedTuple):
    """A parse: the tree, the index of the first token after it, and what is ambiguous in it."""

    node: Node
    end: int
    flags: frozenset[str]


class Parser:
    """Recursive descent over a token list, bounded in depth; raises Unparsed."""

    def __init__(self, tokens: Sequence[Token], end: int) -> None:
        self.t, self.end, self.i, self.depth = tokens, end, 0, 0
        self.flags: set[str] = set()

    def parse(self, start: int) -> Parsed:
        """The longest expression that begins at `start`."""
        self.i, self.depth, self.flags = start, 0, set()
        node = self.sum()
        return Parsed(node, self.i, frozenset(self.flags))

    def peek(self, ahead: int = 0) -> Token | None:
        """The token `ahead` places on, skipping marks that mean nothing."""
        i = self.i
        if ahead == 0 and i < self.end and (token := self.t[i]).kind not in ("skip", "calc"):
            return token
        while i < self.end:
            if self.t[i].kind not in ("skip", "calc"):
                if ahead == 0:
                    return self.t[i]
                ahead -= 1
            i += 1
        return None

    def next(self) -> Token:
        """Consume one token."""
        while self.i < self.end and self.t[self.i].kind in ("skip", "calc"):
            self.i += 1
        if self.i >= self.end:
            raise Unparsed("the expression ends early")
        self.i += 1
        return self.t[self.i - 1]

    def sum(self) -> Node:
        """term (± term)*"""
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise Unparsed("nested too deeply")
        node = self.product()
        while (sign := self._operator("+-")) is not None:
            node = Node(sign, (node, self.product()))
        self.depth -= 1
        return node

    def product(self) -> Node:
        """factor ((× | / | of | nothing) factor)*"""
        node = self.factor()
        while True:
            slash = self.peek()
            sign = self._operator("*/")
            if sign == "/" and slash is not None and slash.spaced and self._tight_fraction():
                node = Node("/", (node, Node("/", (self.factor(), self._after_slash()))))
                continue
            if sign is None:
                aside = self._adjacent_parenthesis()
                if aside is None:
                    return node
                right = self.factor()
                if aside:
                    self.flags.add("aside")
                node = Node("*", (node, right), aside=aside)
                continue
            right = self.factor()
            if sign == "*" and "pct" in (node.kind, right.kind):
                self.flags.add("percent-product")
            node = Node(sign, (node, right))

    def _tight_fraction(self) -> bool:
        """Whether `1/6` without spaces follows, as in `4 / 1/6`: then it is one fraction."""
        a, b, c = self.peek(), self.peek(1), self.peek(2)
        return (
            a is not None and b is not None and c is not None and a.kind == "num" and c.kind == "num"
            and b.kind == "op" and b.text == "/" and not b.spaced and not c.spaced
        )  # fmt: skip

    def _after_slash(self) -> Node:
        self.next()
        return self.factor()

    def _operator(self, signs: str) -> str | None:
        token = self.peek()
        if token is None:
            return None
        after = self.peek(1)
        if token.kind == "op" and token.text in signs:
            if after is None or (token.text == "/" and after.kind in ("word", "label") and after.text not in FUNCTIONS):
                return None
            self.next()
            return token.text
        if token.kind == "word" and after is not None:
            starts = _starts_operand(after)
            word = token.text.lower()
            if "*" in signs and starts and (word == "x" or word == "times"):
                self.next()
                return "*"
            if word in PLUS_WORDS and PLUS_WORDS[word] in signs and starts:
                self.next()
                return PLUS_WORDS[word]
            if word in ("multiplied", "divided") and after.text.lower() == "by":
                sign = "*" if word == "multiplied" else "/"
                if sign in signs:
                    self.next(), self.next()
                    return sign
        return None

    def _adjacent_parenthesis(self) -> bool | None:
        """None: no implied product; else whether the parenthesis may be a remark."""
        token = self.peek()
        if token is not None and token.kind == "word" and token.text in FUNCTIONS:
            after, last = self.peek(1), self.t[self.i - 1] if self.i else None
            applied = after is not None and (
                after.kind in ("num", "pi") or (after.kind == "open" and after.text in "({")
            )
            return False if applied and last is not None and last.kind in ("num", "close") else None
        if token is None or token.kind not in ("open", "frac", "sqrt"):
            return None
        before = self.t[self.i - 1] if self.i else None
        if token.kind == "open" and token.text != "(":
            return None
        if before is None or before.kind not in ("num", "close"):
            return None
        inner = self.peek(1)
        if token.kind == "open" and (inner is None or inner.kind in ("word", "label")):
            return None
        return token.spaced and token.kind == "open"

    def factor(self) -> Node:
        """Signs bind looser than powers: -2^2 is -4."""
        token = self.peek()
        if token is not None and token.kind == "op" and token.text in "+-":
            self.next()
            self.depth += 1
            if self.depth > DEPTH_MAX:
                raise Unparsed("nested too deeply")
            inner = self.factor()
            return Node("neg", (inner,)) if token.text == "-" else inner
        node = self.atom()
        token = self.peek()
        if token is not None and token.kind == "super" and node.kind != "unit":
            self.next()
            node = Node("^", (node, _whole(token)))
        elif token is not None and token.kind == "op" and token.text == "^":
            self.next()
            node = Node("^", (node, self._exponent()))
        token = self.peek()
        if token is not None and token.kind == "factorial":
            after = self.peek(1) or (self.t[self.end] if self.end < len(self.t) else None)
            if after is None or after.kind not in ("op", "eq", "close"):
                raise Unparsed("an exclamation mark")
            self.next()
            node = Node("fact", (node,))
        return self._suffix(node)

    def _exponent(self) -> Node:
        token = self.peek()
        if token is not None and token.kind == "open" and token.text == "{":
            return self._group()
        if token is not None and token.kind == "op" and token.text == "-":
            self.next()
            return Node("neg", (self.atom(),))
        return self.atom()

    def atom(self) -> Node:
        """A number, a group, a fraction, a root, π, or a function of a group."""
        token = self.next()
        if token.kind == "currency":
            number = self.peek()
            if number is None or number.kind != "num":
                raise Unparsed("a currency sign without a number")
            self.next()
            return Node("num", token=number, label=(token.text,), money=True)
        if token.kind == "num":
            return self._number(token)
        if token.kind == "pi":
            return Node("pi")
        if token.kind == "call":
            return Node("fn", (Node("num", token=token._replace(kind="num")),), name="same")
        if token.kind == "open" and token.text in "([{|":
            self.i -= 1
            group = self._group()
            return Node("fn", (group,), name="abs") if token.text == "|" else group
        if token.kind == "frac":
            return Node("/", (self._group(), self._group()))
        if token.kind == "sqrt":
            follow = self.peek()
            inner = (
                self._group() if follow is not None and follow.kind == "open" and follow.text in "({" else self.atom()
            )
            return Node("fn", (inner,), name="sqrt")
        if token.kind == "word" and token.text in FUNCTIONS:
            return self._function(FUNCTIONS[token.text])
        if token.kind == "word" and token.text.lower() in WORD_NUMBERS:
            value = Fraction(WORD_NUMBERS[token.text.lower()])
            return Node("num", token=token._replace(kind="num", value=value, ulp=Fraction(1), digits=1))
        raise Unparsed(f"{token.text!r} is not a number")

    def _function(self, name: str) -> Node:
        follow = self.peek()
        if follow is None or not (follow.kind in ("num", "pi") or (follow.kind == "open" and follow.text in "({")):
            raise Unparsed("a function without an argument")
        argument = self._group() if follow.kind == "open" else self.atom()
        degree = self.peek()
        if degree is not None and degree.kind == "word" and degree.text in ("°", "degrees"):
            self.next()
            self.flags.add("degrees")
        if name in ("sin", "cos", "tan"):
            if argument.label[:1] == ("°",) or any(n.label[:1] == ("°",) for n in leaves(argument)):
                self.flags.add("degrees")
            self.flags.add("angle")
        if name == "log10":
            self.flags.add("log")
        return Node("fn", (argument,), name=name)

    def _number(self, token: Token) -> Node:
        follow, slash, below = self.peek(), self.peek(1), self.peek(2)
        if (
            follow is not None and slash is not None and below is not None and follow.kind == "num" and follow.spaced
            and slash.kind == "op" and slash.text == "/" and below.kind == "num"
            and "." not in token.text + follow.text + below.text and follow.value < below.value <= 100
            and not slash.spaced and not below.spaced
        ):  # fmt: skip
            self.next(), self.next(), self.next()
            whole, part = Node("num", token=token), Node("/", (Node("num", token=follow), Node("num", token=below)))
            return Node("+", (whole, part))
        if (
            follow is not None
            and follow.kind == "word"
            and follow.text in TIMES_WORDS
            and not follow.spaced
            and slash is not None
            and slash.kind == "num"
            and not slash.spaced
        ):
            self.flags.add("tight-x")  # 2x4 may be a size
        if follow is not None and follow.kind == "num" and follow.ulp == 0 and not follow.spaced:  # 2½
            self.next()
            return Node("+", (Node("num", token=token), Node("num", token=follow)))
        if token.other is not None:
            self.flags.add("commas")
        return Node("num", token=self._scientific(token))

    def _scientific(self, token: Token) -> Token:
        """`6.0 × 10^14` is one number: it binds tighter than the division before it."""
        times, ten, mark = self.peek(), self.peek(1), self.peek(2)
        if (
            times is None or ten is None or mark is None or not (times.text == "*" or times.text == "x") or ten.text != "10"
            or not (mark.kind == "super" or (mark.kind == "op" and mark.text == "^"))
        ):  # fmt: skip
            return token
        here = self.i
        self.next(), self.next(), self.next()
        try:
            text = mark.text if mark.kind == "super" else self._unit_exponent()
            exponent = int(text)
        except ValueError:
            self.i = here
            return token
        if abs(exponent) > 400:
            raise Unparsed("too large an exponent")
        scale = Fraction(10) ** exponent
        end = self.t[self.i - 1].end
        return token._replace(
            text=f"{token.text} × 10^{exponent}", end=end, value=token.value * scale, ulp=token.ulp * scale
        )

    def _group(self) -> Node:
        opening = self.next()
        if opening.kind != "open":
            if opening.kind == "num":
                return Node("num", token=opening)  # \frac12 is not read: two digits are one number
            raise Unparsed("expected a group")
        first = self.peek()
        if first is not None and first.kind == "num" and "," in first.text and first.other is None:
            after = self.peek(1)
            if after is not None and after.kind == "close":
                raise Unparsed("a pair of numbers")
        node = self.sum()
        closing = self.next()
        if closing.kind != "close" or closing.text != {"(": ")", "[": "]", "{": "}", "|": "|"}[opening.text]:
            raise Unparsed("the group does not close")
        return node

    def _suffix(self, node: Node) -> Node:
        """Percent, scale words, units, nouns and remarks after an operand."""
        token = self.peek()
        if token is not None and token.kind == "percent":
            self.next()
            follow = self.peek()
            if follow is not None and follow.kind == "word" and follow.text.lower() in ("point", "points"):
                raise Unparsed("percentage points")
            self.flags.add("percent")
            node = Node("pct", (node,))
            token = self.peek()
        if token is not None and token.kind == "word" and token.text.lower() == "of" and _fraction_like(node):
            follow = self.peek(1)
            if (
                follow is not None
                and follow.kind == "word"
                and follow.text.lower() in ("the", "her", "his", "their", "its")
            ):
                after = self.peek(2)
                if after is not None and after.kind in ("num", "currency"):
                    self.next()
                    follow = after
            if follow is not None and (follow.kind in ("num", "currency", "frac") or follow.text == "("):
                self.next()
                self.flags.add("percent-product")
                return Node("*", (node, self.factor()))
            raise Unparsed("a share of something that is not a number")
        if token is not None and token.kind == "word" and token.text.lower() in SCALES:
            self.next()
            node = Node("scale", (node,), name=token.text.lower(), label=node.label, money=node.money)
            token = self.peek()
        if token is not None and token.kind == "word" and token.text.lower() in ("dozen", "dozens"):
            self.next()
            self.flags.add("dozens")
            node = Node("dozen", (node,))
        if token is not None and token.kind == "currency" and token.text in "€£₹¥" and node.kind in ("num", "scale"):
            following = self.peek(1)
            if following is None or following.kind not in ("num",):
                self.next()
                node = node._replace(money=True, label=(token.text,))
        label, adjacent = self._label()
        if not label:
            return node
        if adjacent and len(label) == 1 and len(label[0]) == 1 and label[0] != "°":
            self.flags.add("letter")
        if node.kind in ("num", "scale", "dozen", "pct"):
            return node._replace(label=(*node.label, *label))
        return Node("unit", (node,), label=label)

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
                    starts = after is not None and _starts_operand(after)
                    if (starts and (low in TIMES_WORDS or low in PLUS_WORDS)) or low in ("multiplied", "divided"):
                        break
                    if words[-1:] == ["/"]:
                        pass
                    elif (token.text == "A" or (low == "in" and not words)) and (
                        after is None or after.kind in ("op", "eq", "close", "newline", "label")
                    ):
                        pass  # ampere, inch
                    elif low in STOP and not (
                        low in ("per", "a", "an", "each") and after is not None and after.kind == "word"
                    ):
                        break
                    unit_power = low in ("square", "sq", "cubic") and after is not None and after.kind == "word"
                    if (low in CHANGES_MEANING and not unit_power) or (
                        len(token.text) == 1 and token.text not in UNIT_LETTERS and token.text not in "°a"
                    ):
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
                if not words and not token.spaced:
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


def _starts_operand(token: Token) -> bool:
    return (
        token.kind in ("num", "currency", "frac", "sqrt", "pi", "call")
        or (token.kind == "open" and token.text == "(")
        or (token.kind == "word" and token.text.lower() in WORD_NUMBERS)
    )


def _whole(token: Token) -> Node:
    try:
        value = Fraction(int(token.text))
    except ValueError as error:
        raise Unparsed("a superscript") from error
    return Node("num", token=token._replace(kind="num", value=value, ulp=Fraction(1), digits=1))


def _fraction_like(node: Node) -> bool:
    return node.kind in ("pct", "/") or (node.kind == "num" and node.token is not None and node.token.ulp == 0)


def leaves(node: Node) -> list[Node]:
    """All nodes below and including `node`, in order of reading."""
    out, stack = [], [node]
    while stack:
        n = stack.pop()
        out.append(n)
        stack.extend(reversed(n.parts))
    return out


def is_whole(token: Token) -> bool:
    """Whether a number is printed as a whole number, which counts as exact."""
    return token.ulp >= 1 and "×" not in token.text and "e" not in token.text.lower()


def operators(node: Node) -> int:
    """How many operations the expression holds."""
    return sum(n.kind in ("+", "-", "*", "/", "^", "fn", "fact") for n in leaves(node))


class Reading:
    """Evaluates trees; `radius(leaf)` says how far a printed number may be from the meant one."""

    def __init__(self, mode: Mode, radius: object = None) -> None:
        self.mode, self.radius = mode, radius

    def value(self, node: Node) -> Interval:
        """The interval of a tree; raises TooLarge or ZeroDivisionError."""
        kind, parts = node.kind, node.parts
        if kind == "num":
            return self._leaf(node)
        if kind == "pi":
            return iv.around(Fraction(3141592653589793, 10**15), Fraction(1, 10**14))
        if kind == "unit":
            return self.value(parts[0])
        if kind == "neg":
            return iv.negate(self.value(parts[0]))
        if kind == "pct":
            inner = self.value(parts[0])
            return inner if self.mode.percent == "plain" else iv.multiply(inner, iv.point(Fraction(1, 100)))
        if kind == "scale":
            return iv.multiply(self.value(parts[0]), iv.point(10 ** SCALES[node.name]))
        if kind == "dozen":
            return iv.multiply(self.value(parts[0]), iv.point(1 if self.mode.dozens else 12))
        if kind == "fact":
            return iv.factorial(self.value(parts[0]))
        if kind == "fn":
            return self._function(node)
        left = self.value(parts[0])
        if node.aside and self.mode.asides:
            return left
        right = self.value(parts[1])
        if kind in "+-" and parts[1].kind == "pct" and self.mode.percent == "change":
            right = iv.multiply(left, right)
        if kind == "+":
            return iv.add(left, right)
        if kind == "-":
            return iv.add(left, iv.negate(right))
        if kind == "*":
            return iv.multiply(left, right)
        if kind == "/":
            return iv.divide(left, right)
        return iv.power(left, right)

    def _leaf(self, node: Node) -> Interval:
        token = node.token
        assert token is not None
        value = token.other if self.mode.commas and token.other is not None else token.value
        spread: Fraction = self.radius(node) if callable(self.radius) else Fraction(0)
        return iv.around(value, spread) if spread else iv.point(value)

    def _function(self, node: Node) -> Interval:
        inner = self.value(node.parts[0])
        name = node.name
        if name in ("sin", "cos", "tan") and not self.mode.radians:
            inner = iv.multiply(inner, iv.around(Fraction(17453292519943295, 10**18), Fraction(1, 10**16)))
        if name == "log10" and self.mode.natural_log:
            name = "ln"
        if name == "abs":
            low, high = abs(inner.low), abs(inner.high)
            return Interval(Fraction(0) if inner.low <= 0 <= inner.high else min(low, high), max(low, high))
        if name == "same":
            return inner
        out = iv.apply(name, inner)
        if name.startswith("arc") and not self.mode.radians:
            out = iv.multiply(out, iv.point(Fraction(572957795130823, 10**13)))
        return out


__all__ = [
    "FUNCTIONS",
    "STOP",
    "Interval",
    "Mode",
    "Node",
    "Parsed",
    "Parser",
    "Reading",
    "TooLarge",
    "Unparsed",
    "is_whole",
    "leaves",
    "operators",
]
