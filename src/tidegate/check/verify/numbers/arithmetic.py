# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Is `a op b = c` true as written?  Chains, percent, currency, units and legal rounding included.

The alarm is raised only when no reading of the line makes it true: printed digits denote
intervals, a number rounded upstream keeps its width, a truncated last digit is legal, and a
line that cannot be parsed whole is unverifiable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tidegate.check.verify.numbers.equality import Side, decide_pair, token_before
from tidegate.check.verify.numbers.expression import Parser
from tidegate.check.verify.numbers.lexer import Token, tokenize
from tidegate.check.verify.numbers.readings import labels_of
from tidegate.check.verify.numbers.tree import Unparsed, operators
from tidegate.check.verify.numbers.words import STOP, SUPERSCRIPTS, SYMBOLIC, WORD_NUMBERS
from tidegate.check.verify.scan import lowered
from tidegate.spine.claim import Decision

SEGMENT_TOKENS_MAX = 400
COMES = frozenset({"comes", "come", "came", "amounts", "amount", "sum", "sums", "add", "adds", "up", "works", "reduces", "simplifies", "evaluates", "equal", "equivalent", "totals", "totaling", "totalling", "total", "adding",
    "grow", "grows", "grew", "grown", "rises", "rose", "falls", "fell", "drops", "dropped", "shrinks", "shrank", "climbs", "accumulates", "boils"})  # fmt: skip
AMOUNTS = frozenset(
    [
        "total", "yield", "margin", "rate", "cost", "price", "profit", "loss", "gain", "revenue", "income", "payment", "fee", "volume", "area", "mass", "weight", "distance", "speed", "power", "energy",
        "force", "pressure", "moment", "voltage", "current", "resistance", "density", "dose", "score", "probability", "accuracy", "precision", "recall", "balance", "bill", "salary", "interest", "concentration",
        "torque", "load", "stress", "velocity", "acceleration", "frequency", "throughput", "latency", "capacity", "bandwidth",
    ]
)  # fmt: skip


DANGER = frozenset(["twice", "half", "double", "triple", "thrice", "quarter", "third", "fifth", "of", "by", "plus", "minus", "times", "less", "than", "over", "squared", "cubed", "root", "square", "negative",
    "mod", "log", "base", "sum", "product", "difference", "average", "mean", "median", "percent", "increased", "decreased", "multiplied", "divided", "another", "choose", "factor", "to", "from",
    "ratio", "until", "between", "modulo", "or", "versus", "vs"])  # fmt: skip


NAMED_OPERATIONS = frozenset({"average", "mean", "sum", "product", "root", "half", "median"})


# what a number follows that names a standard, a law or a part
DESIGNATORS = frozenset(["EN", "ISO", "IEC", "DIN", "BS", "ASTM", "ASCE", "ACI", "AISC", "API", "ASME", "IEEE", "NFPA", "ANSI", "NIST", "SAE", "UL", "RFC", "UNE", "NF", "JIS", "GB", "IS", "AS", "NZS", "CSA", "Eurocode", "Directive", "Regulation", "Article", "Section", "Clause", "Table", "Figure", "Part", "Chapter"])  # fmt: skip


OPERATIONS = frozenset(["power", "cube", "number", "inverse", "reciprocal", "logarithm", "value", "remainder", "multiple", "rest", "cosine", "sine", "tangent", "factorial", "derivative", "integral", "limit", "fraction", "share", "part", "portion",
    "percentage", "most", "some", "each", "all", "none", "many", "instead", "because", "half", "thirds", "quarters", "fifths", "tenth", "tenths", "hundredth", "magnitude", "negative", "opposite", "norm", "floor", "ceiling", "out", "series", "complement", "modulus", "increase", "decrease", "reduction", "discount", "quotient", "pairs", "sets", "groups", "dozen", "couple", "units", "interest"])  # fmt: skip


def check_arithmetic(text: str, ranges: Sequence[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on every numeric equality of `text` within `ranges` (prose, not code)."""
    rounded: set[str] = set()
    for start, end in (part for r in ranges for part in _worth_reading(text, *r)):
        tokens = tokenize(text, start, end)
        for token in tokens:
            if token.kind == "calc":
                inner = tokenize(text, token.start + 2, token.end - 2)
                yield from _segment(text, inner, rounded)
        for segment in segments(tokens):
            yield from _segment(text, segment, rounded)


OF_A_SHAPE = frozenset({"perimeter", "diagonal", "circumference", "surface", "volume", "boundary"})


EQUALITY = re.compile(r"[=≈≃≅\\<](?:(?<!<)|<)")
EQUALS = re.compile(r"\bequals\b", re.I)
IS = re.compile(r"\bis\b", re.I)


CLAUSE_END = re.compile(r"[.:;?](?= )")


NUMERAL = re.compile(r"\d(?:[\d.,]*\d)?|[½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚]")


def _worth_reading(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of clauses that can hold an equality; a line that begins with a sign goes on from the one before."""
    parts = [part for line in _lines(text, start, end) for part in _clauses(text, *line)]
    low = lowered(text)
    said, named = "equals" in low, "is" in low
    keep = [_may_equate(text, a, b, equals=said, is_=named) for a, b in parts]
    for n in range(len(parts) - 1, 0, -1):
        if keep[n] and text[parts[n][0] - 1] == "\n" and not text[slice(*parts[n])].lstrip()[:1].isalnum():
            keep[n - 1] = True
    first = None
    for n, (a, b) in enumerate(parts):
        if keep[n] and first is None:
            first = a
        if first is not None and (not keep[n] or n == len(parts) - 1):
            yield first, b if keep[n] else a
            first = None


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end) + 1 or end
        yield start, stop
        start = stop


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a line between full stops, colons and semicolons, which end any expression outside LaTeX."""
    if "\\" not in text[start:end] and "<<" not in text[start:end]:
        for found in CLAUSE_END.finditer(text, start, end):
            yield start, found.end()
            start = found.end()
    if start < end:
        yield start, end


def _may_equate(text: str, start: int, end: int, *, equals: bool, is_: bool) -> bool:
    """Whether a sign or `equals` stands in the part, or `is` and three numbers; the flags say what the text holds."""
    return (
        EQUALITY.search(text, start, end) is not None
        or (equals and EQUALS.search(text, start, end) is not None)
        or (is_ and IS.search(text, start, end) is not None and len(NUMERAL.findall(text, start, end)) >= 3)
    )


def segments(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Runs of tokens between breaks that hold an equals sign; `equals` and `is equal to` count as one."""
    run: list[Token] = []
    equal = False
    for i, token in enumerate(tokens):
        kind = token.kind
        if kind == "newline":
            broken = token.text != "\n"  # the \\ of LaTeX, after which the line of the source ends too
            follow = next(
                (t for t in tokens[i + 1 : i + 5] if t.kind != "skip" and not (broken and t.text == "\n")), None
            )
            if follow is not None and follow.kind == "eq":
                continue
        if kind == "newline" or kind == "break":
            if equal or _prose_equality(run):
                yield run
            run, equal = [], False
        elif kind == "word" and len(token.text) == 6 and token.text.lower() == "equals":
            run.append(token._replace(kind="eq", text="="))
            equal = True
        else:
            run.append(token)
            equal = equal or kind == "eq"
    if equal or _prose_equality(run):
        yield run


def _prose_equality(run: Sequence[Token]) -> bool:
    return (
        3 <= len(run) <= 40
        and [t.kind for t in run].count("num") >= 3
        and any(t.kind == "word" and t.text.lower() == "is" for t in run)
    )


def _segment(text: str, tokens: list[Token], rounded: set[str]) -> Iterator[Decision]:
    if len(tokens) > SEGMENT_TOKENS_MAX or not tokens:
        return
    marks = [i for i, t in enumerate(tokens) if t.kind == "eq"]
    prose = False
    if not marks:
        marks = [i for i, t in enumerate(tokens) if t.kind == "word" and t.text.lower() == "is"][-1:]
        prose = True
    bounds = [-1, *marks, len(tokens)]
    for n, at in enumerate(marks):
        left, right, mark = (
            _left_side(tokens, bounds[n] + 1, at, first=n == 0),
            _later_side(tokens, at + 1, bounds[n + 2]),
            tokens[at],
        )
        if left is None or right is None:
            continue
        if prose and any(t.text.lower() in OF_A_SHAPE for t in tokens[: left.first]):
            continue  # the perimeter of a rectangle 3 m × 4 m is 14 m
        if prose and (
            operators(left.parsed.node) == 0 or operators(right.parsed.node) or right.parsed.end < len(tokens)
        ):
            continue
        decision = decide_pair(text, tokens, left, right, mark.text == "≈", rounded, first=n == 0 or left.words_before)
        if decision is not None:
            yield decision


BEGINS = frozenset({"num", "open", "currency", "frac", "sqrt", "op", "pi", "call"})
GOES_ON = frozenset({"op", "num", "frac", "sqrt", "percent", "factorial", "super", "open", "currency", "eq", "close", "pi"})  # fmt: skip


def _first_side(tokens: Sequence[Token], start: int, end: int) -> Side | None:
    """The longest run that ends at the sign and parses whole; what stands before must not change it."""
    parser = Parser(tokens, end)
    for i in range(max(start, end - 120), end):
        token = tokens[i]
        kind = token.kind
        if kind == "word":
            if not _number_word(token.text) and not (token.text.lower() in WORD_NUMBERS and _spelled(tokens, i)):
                continue
        elif kind not in BEGINS or (kind == "op" and token.text not in "-+"):
            continue
        before = token_before(tokens, i, start)
        if before is not None:
            if before.kind in GOES_ON:
                continue
            if token.kind == "op" and before.kind in ("word", "label"):
                continue
            if token.kind == "open" and not token.spaced and before.kind in ("word", "label"):
                return None  # f(2) = …
            if before.kind in ("word", "label") and before.text in DESIGNATORS and token.kind == "num":
                return None  # EN 1992-1-1 uses γ = 1.5
            if before.kind in ("word", "label") and (
                _dangerous(tokens, i, start) or (not token.spaced and before.end == token.start)
            ):
                continue
        if before is not None and _symbol(tokens, before, i, start):
            return None
        try:
            parsed = parser.parse(i)
        except Unparsed:
            continue
        if _only_skips(tokens, parsed.end, end):
            return Side(parsed, i, before is not None)
    return None


def _symbol(tokens: Sequence[Token], before: Token, i: int, start: int) -> bool:
    """Whether a symbol stands directly before place i: `r (3 + 4)`, `ρ √16`, `v₀ 3 × 4` are products with a factor unread."""
    if before.kind not in ("word", "label") or SYMBOLIC.fullmatch(before.text.rstrip(SUPERSCRIPTS)) is None:
        return False
    if before.text not in "aA":
        return True
    place = next(j for j in range(i - 1, start - 1, -1) if tokens[j] is before)
    earlier = token_before(tokens, place, start)  # an article, unless it follows a sign or a number
    return earlier is not None and earlier.kind in ("op", "num", "close", "eq", "super", "pi")


def _left_side(tokens: Sequence[Token], start: int, end: int, *, first: bool) -> Side | None:
    """In a chain the middle is whole on both sides; after `= 8 and 2 + 3 =` the left side begins anew."""
    if not first:
        try:
            parsed = Parser(tokens, end).parse(start)
            if _only_skips(tokens, parsed.end, end):
                return Side(parsed, start, False)
        except Unparsed:
            pass
    side = _first_side(tokens, start, end)
    return side if first or (side is not None and side.words_before) else None


def _later_side(tokens: Sequence[Token], start: int, end: int) -> Side | None:
    try:
        parsed = Parser(tokens, end).parse(start)
    except Unparsed:
        return None
    if _only_skips(tokens, parsed.end, end):
        return Side(parsed, start, False)
    follow = next((t for t in tokens[parsed.end : end] if t.kind != "skip"), None)
    if follow is None:
        return None
    if follow.text == "of" and parsed.node.kind in ("/", "pct") and not labels_of(parsed.node):
        return Side(parsed._replace(flags=parsed.flags | {"share-of"}), start, False)  # = 1/6 of the sample
    if (
        follow.kind == "word"
        and follow.text.lower() in STOP
        and (follow.text.lower() != "each" or follow is tokens[end - 1])
        and follow.text.lower() not in ("than", "a", "an", *(() if labels_of(parsed.node) else ("of",)))
    ):
        return Side(parsed, start, False)
    if (follow.kind == "open" and follow.spaced) or follow.kind == "close" or follow.kind == "factorial":
        return Side(parsed, start, False)
    return None


def _only_skips(tokens: Sequence[Token], start: int, end: int) -> bool:
    return all(t.kind in ("skip", "calc") for t in tokens[start:end])


def _dangerous(tokens: Sequence[Token], i: int, start: int) -> bool:
    words = [t.text.lower() for t in tokens[max(start, i - 4) : i] if t.kind == "word"]
    if not words:
        return False
    if words[-1:] == ["to"] and not {"from", "between"} & set(words) and any(w in COMES for w in words[-3:-1]):
        return False  # comes to 3 × 4 = 12
    if words[-1:] == ["of"] and words[-2:-1] and words[-2] in AMOUNTS and not {"half", "third", "quarter"} & set(words):
        return False  # a yield of 1.80 / 45 = 4 %
    if words[-1:] == ["of"] and _mere_noun(tokens, i, start):
        return False  # a stack of 2^16 = 65,536 entries
    if words and _names_own_operation(tokens, i, words):
        return False  # the product 3 × 4 = 12
    if words and words[-1] in ("is", "are", "was", "equals"):
        return any(w in ("average", "mean", "median", "half") for w in words)
    return words[-1] in DANGER or not NAMED_OPERATIONS.isdisjoint(words)


OWN_SIGN = {"product": "*", "sum": "+", "difference": "-", "ratio": "/", "quotient": "/"}
QUALIFIES = frozenset(["cross", "dot", "vector", "matrix", "scalar", "outer", "inner", "tensor", "kronecker", "empty", "partial", "infinite", "modular", "binary"])  # fmt: skip


def _names_own_operation(tokens: Sequence[Token], i: int, words: Sequence[str]) -> bool:
    """`the product 3 × 4`: the word names the sign that follows, and nothing before it works on the result."""
    sign = OWN_SIGN.get(words[-1])
    if sign is None or i + 1 >= len(tokens) or tokens[i - 1].kind != "word" or tokens[i + 1].text != sign:
        return False
    return not any(w in DANGER or w in OPERATIONS or w in QUALIFIES for w in words[:-1])


def _mere_noun(tokens: Sequence[Token], i: int, start: int) -> bool:
    """Whether `of` follows a noun that is no operation: a stack of, unlike a third of, 3 of, the square of."""
    before = [t for t in tokens[max(start, i - 6) : i] if t.kind not in ("skip", "calc")]
    if len(before) < 2 or before[-2].kind != "word":
        return False
    noun = before[-2].text.lower()
    known = DANGER | OPERATIONS | set(WORD_NUMBERS) | set(STOP)
    return (
        len(noun) > 3
        and noun not in known
        and not any(t.text.lower() in DANGER | OPERATIONS for t in before[:-1] if t.kind == "word")
    )


def _spelled(tokens: Sequence[Token], i: int) -> bool:
    """Whether an operator word follows a spelled number: `three plus four`."""
    follow = tokens[i + 1].text.lower() if i + 1 < len(tokens) else ""
    return follow in ("plus", "minus", "times", "multiplied", "divided", "+", "-", "*", "/")


def _number_word(word: str) -> bool:
    return word in FUNCTION_NAMES or (word[0] == "\\" and word.startswith(LATEX_FUNCTIONS))


FUNCTION_NAMES = frozenset({"ln", "log", "log2", "exp", "sin", "cos", "tan", "sqrt"})
LATEX_FUNCTIONS = ("\\sin", "\\cos", "\\tan", "\\ln", "\\log", "\\exp")
