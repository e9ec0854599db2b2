# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Expressions as people write them among words: parsed whole, or not at all.

The grammar is ordinary arithmetic with the habits of worked answers: units and nouns after a
number (`3 sprints * 60 meters/sprint`), asides in parentheses, percent, currency, mixed
numbers, `of`, LaTeX fractions and roots.  A variable, an unknown sign or a word that would
change the meaning makes the parse fail, and the claim stays unverifiable.
"""

from __future__ import annotations

from fractions import Fraction

from tidegate.check.verify.numbers.label_reading import LabelReader, starts_operand
from tidegate.check.verify.numbers.lexer import Token, power_of_ten
from tidegate.check.verify.numbers.tree import Node, Parsed, Unparsed, leaves
from tidegate.check.verify.numbers.words import (
    FUNCTIONS,
    PLUS_WORDS,
    SCALES,
    SUPERSCRIPTS,
    TIMES_WORDS,
    WORD_NUMBERS,
)
from tidegate.check.verify.quantity.units import parse_unit

DEPTH_MAX = 40
OPERATOR_WORDS = frozenset({"x", "times", "multiplied", "divided"}) | PLUS_WORDS.keys()
ADJOINS = frozenset({"word", "pi", "open", "frac", "sqrt"})
BEGINS_SUFFIX = frozenset({"percent", "word", "label", "currency", "open", "op"})


class Parser(LabelReader):
    """Recursive descent over a token list, bounded in depth; raises Unparsed."""

    def parse(self, start: int) -> Parsed:
        """The longest expression that begins at `start`."""
        self.i, self.depth, self.flags = start, 0, set()
        node = self.sum()
        return Parsed(node, self.i, frozenset(self.flags))

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
        if token is None or token.kind not in ("op", "word"):
            return None
        if token.kind == "op" and token.text in signs:
            after = self.peek(1)
            if after is None or (token.text == "/" and after.kind in ("word", "label") and after.text not in FUNCTIONS):
                return None
            self.next()
            return token.text
        word = token.text.lower() if token.kind == "word" else ""
        after = self.peek(1) if word in OPERATOR_WORDS else None
        if after is not None:
            starts = starts_operand(after)
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
        if token is None or token.kind not in ADJOINS:
            return None
        if token.kind == "word" and token.text in FUNCTIONS:
            after, last = self.peek(1), self.t[self.i - 1] if self.i else None
            applied = after is not None and (
                after.kind in ("num", "pi") or (after.kind == "open" and after.text in "({")
            )
            return False if applied and last is not None and last.kind in ("num", "close") else None
        if token.kind == "pi":
            return self._times_pi()
        if token.kind == "word":
            return None
        before = self.t[self.i - 1] if self.i else None
        if before is not None and before.kind == "pi":
            latex = before.end - before.start > 1  # \pi (3)^2: there the space ends the command
            return False if token.kind != "open" or not token.spaced or latex else None
        if token.kind == "open" and token.text != "(":
            return None
        if before is None or before.kind not in ("num", "close"):
            return None
        inner = self.peek(1)
        if token.kind == "open" and (inner is None or inner.kind in ("word", "label")):
            return None
        return token.spaced and token.kind == "open"

    def _times_pi(self) -> bool | None:
        """`2π` is a product; in `1/2π` it is not said of what."""
        last = self.t[self.i - 1] if self.i else None
        if last is None or last.kind not in ("num", "close"):
            return None
        mark = self.t[self.i - 2] if self.i > 1 else None
        if last.kind == "num" and mark is not None and mark.kind == "op" and mark.text in "/^":
            raise Unparsed("a product behind a slash or in an exponent")
        return False

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
            token = self.peek()
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
        follow = self.peek()
        if follow is None or follow.kind not in ("num", "word", "op", "label"):
            return self._plain_number(token)
        slash = self.peek(1)
        below = self.peek(2) if follow.kind == "num" else None
        if (
            slash is not None and below is not None and follow.kind == "num" and follow.spaced
            and slash.kind == "op" and slash.text == "/" and below.kind == "num"
            and "." not in token.text + follow.text + below.text and follow.value < below.value <= 100
            and not slash.spaced and not below.spaced
        ):  # fmt: skip
            self.next(), self.next(), self.next()
            whole, part = Node("num", token=token), Node("/", (Node("num", token=follow), Node("num", token=below)))
            return Node("+", (whole, part))
        if (
            follow.kind == "word"
            and follow.text in TIMES_WORDS
            and not follow.spaced
            and slash is not None
            and slash.kind == "num"
            and not slash.spaced
        ):
            self.flags.add("tight-x")  # 2x4 may be a size
        if follow.kind == "num" and follow.ulp == 0 and not follow.spaced:  # 2½
            self.next()
            return Node("+", (Node("num", token=token), Node("num", token=follow)))
        return self._plain_number(self._scientific(token) if follow.text in ("*", "x") else token)

    def _plain_number(self, token: Token) -> Node:
        if token.other is not None:
            self.flags.add("commas")
        return Node("num", token=token)

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
        try:
            scale = power_of_ten(exponent)
        except OverflowError as error:
            raise Unparsed("too large an exponent") from error
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
        if token is None or token.kind not in BEGINS_SUFFIX or (token.kind == "op" and token.text in "+*^"):
            return node
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
            self.flags.add("share-of")
            return node
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
        if node.kind in ("pi", "^") and any(n.kind == "pi" for n in leaves(node)) and not _denotes_unit(label):
            raise Unparsed("a symbol after π")
        if adjacent and len(label) == 1 and len(label[0]) == 1 and label[0] != "°":
            self.flags.add("letter")
        if node.kind in ("num", "scale", "dozen", "pct"):
            return node._replace(label=(*node.label, *label))
        return Node("unit", (node,), label=label)


def _denotes_unit(label: tuple[str, ...]) -> bool:
    """Whether what follows π must be a unit or a noun: `π rad`, `π cm²`, but `π r²`, `π d`, `π rh` hold a factor."""
    first = label[0].partition("^")[0].rstrip(SUPERSCRIPTS)
    return len(first) > 3 or (len(first) > 1 and first != "ab" and parse_unit(first) is not None)


def _whole(token: Token) -> Node:
    try:
        value = Fraction(int(token.text))
    except ValueError as error:
        raise Unparsed("a superscript") from error
    return Node("num", token=token._replace(kind="num", value=value, ulp=Fraction(1), digits=1))


def _fraction_like(node: Node) -> bool:
    return node.kind in ("pct", "/") or (node.kind == "num" and node.token is not None and node.token.ulp == 0)
