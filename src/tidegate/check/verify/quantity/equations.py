# ruff: noqa: E501  (patterns read best on one line)
"""Where a text sets a formula with a sign of equality: inside LaTeX's marks as a whole, in running text by its look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tidegate.check.verify.quantity.notation import GREEK_LETTER, GREEK_NAME, plain
from tidegate.check.verify.quantity.symbolic import FREE, SYMBOL

MATH = re.compile(
    r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(?<![\\$\w])\$(?!\s*\d[\d.,]*\s*(?:[a-z]{2,}|\.|,|$))([^$\n]+?)\$(?![\d])",
    re.S,
)
BARE = re.compile(
    rf"(?<![\w\\^_/*+\-=])(?P<left>(?:[A-Za-z{GREEK_LETTER}Δ√½∂][A-Za-z0-9{GREEK_LETTER}]{{0,6}}(?:_\{{?[A-Za-z0-9]+\}}?|[₀-₉])?|\\[A-Za-z]+|\(|1\s?/|½)[^=\n,;:`$]{{0,80}}?)\s*=(?![=>])(?=\s*(?P<right>[^=\n,;:`$≈]{{1,160}}))"
)
GAP = re.compile(r"\\[,;:!]|\\(?:left|right|displaystyle|quad|qquad|big|Big)(?![A-Za-z])|&|~")
AFTER = re.compile(
    r"\\(?:text|mathrm|quad|qquad)\s*\{?\s*(?:where|with|for|if|and|or|when|\()|\\tag|\\label|(?<=\S)\s*\\(?:implies|Rightarrow|to|rightarrow|approx|neq|le|ge|leq|geq|sim|propto)(?![A-Za-z])|[≈≤≥∝→⇒<>]|\\\\"
)
# where running text goes on after a formula
PROSE = re.compile(
    r"\s(?:where|with|when|for|and|in|is|are|if|here|then|which|so|at|as|by|giving|gives|the|from|per|of|holds|to|we|has|because|since|or|was|on)\b|\.\s+(?!\d)|\.\s*$|\s[—–]\s|\s[(\[](?=(?:[A-Z][a-z]+|[a-z]{3,})\s|[^\s()]{1,6}\s*(?:[=:]|in\s|$))"
)
SIGN = re.compile(r"(?<![<>!=:\\])=(?!=)")


class Set(NamedTuple):
    """Two sides as they stand in the text; `exact` when marks of LaTeX bound them."""

    start: int
    left: str
    right: str
    right_start: int
    exact: bool


def mathematics(text: str) -> list[tuple[int, int]]:
    """Spans of what stands between LaTeX's marks."""
    if "$" not in text and "\\" not in text:
        return []
    return [(m.start(k), m.end(k)) for m in MATH.finditer(text) for k in (1, 2, 3, 4) if m.group(k) is not None]


def formulas(text: str, ranges: list[tuple[int, int]]) -> Iterator[Set]:
    """Every two sides of a sign of equality between which nothing but the sign stands, where symbols stand beside it."""
    spans = [s for s in mathematics(text) if any(a <= s[0] and s[1] <= b for a, b in ranges)]
    for start, end in spans:
        if symbolic(text, start, end):
            yield from _exact(text, start, end)
    for start, end in _without(ranges, spans):
        for line_start, line_end in _lines(text, start, end):
            if symbolic(text, line_start, line_end):
                yield from _bare(text, line_start, line_end)


SYMBOLIC = re.compile(
    rf"(?<![A-Za-z])(?:[A-Za-z]{{1,2}}|[{GREEK_LETTER}]|\\[a-z]+|(?:{GREEK_NAME})\b)(?:_\{{?\w+\}}?|[₀-₉]+)?(?:\s?[A-Za-z]|\([a-z]\))?(?:\^\{{?\d\}}?|[²³⁴])?\)?\s*=(?!=)\s*[^=\n]{{0,24}}?[A-Za-z{GREEK_LETTER}\\√]"
    rf"|[A-Za-z0-9]\}}+(?:\^\{{?\d\}}?)?\$?\s*=(?!=)\s*[^=\n]{{0,40}}?(?<![A-Za-z])(?:[A-Za-z](?![A-Za-z])|\\(?:frac|dfrac|sqrt|partial|ln|{GREEK_NAME})(?![A-Za-z]))"
)


def symbolic(text: str, start: int, end: int) -> bool:
    """Whether some sign of equality stands between symbols."""
    at = text.find("=", start, end)
    while at >= 0:
        if not _number_or_word(text[max(0, at - 60) : at].rstrip()) and SYMBOLIC.search(text, max(0, at - 60), at + 60):
            return True
        at = text.find("=", at + 1, end)
    return False


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
BEFORE_NUMBER = (" ", "\n", "\t", "$", "*", "+", "/", "×", "÷")
GREEK_WORDS = frozenset(GREEK_NAME.split("|"))


def _number_or_word(head: str) -> bool:
    """A quick look: whether a plain number or a word of four letters ends what stands before a sign of equality."""
    bare = head.rstrip("0123456789.,")
    if bare != head:
        return bare[-1:] in BEFORE_NUMBER
    bare = head.rstrip(LETTERS)
    return len(head) - len(bare) > 3 and bare[-1:] in BEFORE_NUMBER and head[len(bare) :] not in GREEK_WORDS


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found.group(0))


def _bare(text: str, start: int, end: int) -> Iterator[Set]:
    """Formulae of running text, up to where the sentence goes on."""
    piece = GAP.sub(_blanked, text[start:end])
    for found in BARE.finditer(piece):
        right = found.group("right")
        stop = PROSE.search(right)
        right = right[: stop.start()] if stop else right
        lead = len(right) - len(right.lstrip())
        yield Set(start + found.start(), found.group("left"), right.strip(), start + found.start("right") + lead, False)


def _exact(text: str, start: int, end: int) -> Iterator[Set]:
    """The sides of a chain, each with the next."""
    piece = GAP.sub(_blanked, text[start:end])
    for line_start, line_end in _rows(piece):
        stop = AFTER.search(piece, line_start, line_end)
        line_end = stop.start() if stop else line_end
        signs = [m.start() for m in SIGN.finditer(piece, line_start, line_end)]
        bounds = [line_start - 1, *signs, line_end]
        sides = [(a + 1, b) for a, b in pairwise(bounds)]
        for (a, b), (c, d) in pairwise(sides):
            left, right = piece[a:b], piece[c:d].rstrip(" .,;\n")
            lead, inner = len(left) - len(left.lstrip()), len(right) - len(right.lstrip())
            if left.strip() and right.strip() and len(left) < 200 and len(right) < 400:
                yield Set(start + a + lead, left.strip(), right.strip(), start + c + inner, True)


def _rows(piece: str) -> Iterator[tuple[int, int]]:
    """Rows of an environment of aligned lines, or the whole."""
    if "\\\\" not in piece:
        yield 0, len(piece)
        return
    at = 0
    for row in piece.split("\\\\"):
        yield at, at + len(row)
        at += len(row) + 2


def _without(ranges: list[tuple[int, int]], spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The ranges without the spans."""
    for start, end in ranges:
        at = start
        for a, b in spans:
            if a >= end or b <= start:
                continue
            if a > at:
                yield at, a
            at = b
        if at < end:
            yield at, end


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines that hold an equals sign; with the line before or after where the sign stands at the edge."""
    at, first = start, start
    while at < end and text.find("=", at, end) >= 0:
        stop = text.find("\n", at, end) + 1 or end
        line = text[at:stop].strip()
        if "=" in line and line[-1] != "=":
            yield (first if line[0] == "=" else at), stop
            first = stop
        elif "=" not in line and line:
            first = at
        elif line:  # the right side is on a later line
            follow = text.find("\n", stop, end) + 1 or end
            yield (first if line[0] == "=" else at), follow
            first = stop = follow
        at = stop


def after_prose(left: str) -> str:
    """What stands after the last word of prose."""
    words = left.split()
    at = next((k for k in range(len(words), 0, -1) if PROSE_WORD.fullmatch(words[k - 1].strip("(,."))), 0)
    return " ".join(words[at:])


PROSE_WORD = re.compile(
    rf"(?!(?:Delta|delta_)?(?:{GREEK_NAME})|Delta)(?:[A-Za-z][a-z]{{3,}}|[A-Z][a-z]{{2}}|is|by|as|of|in|to|at|the|for|and|so|or|we|are|can|has|its|out|use|has|was|get)"
)


def trimmed(right: str) -> list[str]:
    """The right side, and shorter forms of it that end before words."""
    words = re.split(r"\\[)\]]", right)[0].strip().rstrip(".").split(" ")
    return [" ".join(words[:k]) for k in range(len(words), 0, -1) if k == len(words) or GOES_ON.match(words[k])]


GOES_ON = re.compile(
    r"(?!(?:sin|cos|tan|ln|log|exp|sqrt|sinh|cosh|tanh)(?![a-z]))\(?[A-Za-z]{2,}|[aI]$|\([^()]*\)$"
)  # what no part of the formula begins with


# words before a formula that may as well be read as products of its symbols
WORDS_BEFORE = frozenset({"a", "I", "as", "is", "at", "so", "by", "to", "in", "be", "we", "has", "gives", "that", "then", "thus", "use", "are"})  # fmt: skip


def head_of(left: str, vocabulary: frozenset[str]) -> tuple[int, str]:
    """The last part of what stands before the sign that is a formula, and where it begins."""
    pieces = [(m.start(), m.group(0)) for m in re.finditer(r"\S+", left)]
    first = len(pieces)
    for k in range(len(pieces) - 1, -1, -1):
        names = [n.replace(" ", "") for n in re.findall(SYMBOL, plain(pieces[k][1]))]
        if names and not all(
            n in vocabulary or (len(n) <= 4 and all(c in vocabulary for c in n)) or FREE.fullmatch(n) for n in names
        ):
            break
        if (pieces[k][1] in WORDS_BEFORE and k < len(pieces) - 1) or pieces[k][1] in ("\\(", "\\[", "$", "$$"):
            break
        first = k
    if first == len(pieces):
        return 0, ""
    at = pieces[first][0]
    mark = re.match(r"(?:\\[(\[]|\$)+", left[at:])
    at += mark.end() if mark else 0
    return at, left[at:]
