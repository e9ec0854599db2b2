# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Is `a op b = c` true as written?  Chains, percent, currency, units and legal rounding included.

The alarm is raised only when no reading of the line makes it true: printed digits denote
intervals, a number rounded upstream keeps its width, a truncated last digit is legal, and a
line that cannot be parsed whole is unverifiable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from tidegate.check.verify import interval as iv
from tidegate.check.verify.expression import (
    STOP,
    WORD_NUMBERS,
    Interval,
    Mode,
    Node,
    Parsed,
    Parser,
    Reading,
    TooLarge,
    Unparsed,
    is_whole,
    leaves,
    operators,
)
from tidegate.check.verify.lexer import Token, tokenize
from tidegate.check.verify.unit_reading import UnitReading
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "arithmetic"
SEGMENT_TOKENS_MAX = 400
DANGER = frozenset(
    [
        "twice",
        "half",
        "double",
        "triple",
        "thrice",
        "quarter",
        "third",
        "fifth",
        "of",
        "by",
        "plus",
        "minus",
        "times",
        "less",
        "than",
        "over",
        "squared",
        "cubed",
        "root",
        "square",
        "negative",
        "mod",
        "log",
        "base",
        "sum",
        "product",
        "difference",
        "average",
        "mean",
        "median",
        "percent",
        "increased",
        "decreased",
        "multiplied",
        "divided",
        "another",
        "choose",
        "factor",
        "to",
        "from",
        "ratio",
        "until",
        "between",
        "modulo",
        "or",
        "versus",
        "vs",
    ]
)
DISOWNED = re.compile(
    r"mistake|incorrect|\bwrong|\berror|not equal|n't equal|n't be|\bfalse\b|misconception|instead of|contradict|absurd|impossible|typo|"
    r"\bnot\s*$|\bnever\b|claims? that|would mean",
    re.I,
)
OTHER_ALGEBRA = re.compile(
    r"\bmod(?:ulo|ular)?\b|\\p?mod|\bbinary\b|hexadecimal|\boctal\b|\bbase[- ]?(?:\d|two|eight|sixteen)|boolean|\\mathbb\{?[ZF]|\bXOR\b|"
    r"bitwise|\bclock\b|\bGF\s?\(|finite field|\bring of|\bF_?\d\b|saturat|overflow|tropical|floating[- ]point|IEEE 754|fuzzy|\bset\b.{0,20}(?:union|ordinal)|ordinal|nimber|\bcarry\b|\bmatri|\bvector|\bdecibel|\bstring|concatenat|\bRoman\b|big-?O",
    re.I,
)
ROUNDED = re.compile(
    r"round|whole|approximat|about|roughly|nearest|floor|ceil|integer|full |complete|remainder|left over|at (?:least|most)|estimate|significant",
    re.I,
)
ROUGH_AFTER = re.compile(
    r"^[^.;!?]{0,30}\b(?:roughly|or so|approximately|approx|give or take|more or less|ballpark|rounded|nearly|about)\b|^\s*-?ish\b",
    re.I,
)
APPROXIMATELY = re.compile(r"(?:about|around|approximately|roughly|nearly|almost|≈|~|\\approx)\s*\$?$", re.I)


class Side(NamedTuple):
    """One side of an equality: its parse, its tokens' range, and what stands before it."""

    parsed: Parsed
    first: int
    words_before: bool


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


EQUALITY = re.compile(r"[=≈≃≅\\]|<<|\bequals\b", re.I)
IS = re.compile(r"\bis\b", re.I)
CLAUSE_END = re.compile(r"[.:;?](?= )")
NUMERAL = re.compile(r"\d(?:[\d.,]*\d)?|[½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚]")


def _worth_reading(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of clauses that can hold an equality; a line that begins with a sign goes on from the one before."""
    parts = [part for line in _lines(text, start, end) for part in _clauses(text, *line)]
    keep = [_may_equate(text, a, b) for a, b in parts]
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


def _may_equate(text: str, start: int, end: int) -> bool:
    return EQUALITY.search(text, start, end) is not None or (
        IS.search(text, start, end) is not None and len(NUMERAL.findall(text, start, end)) >= 3
    )


def segments(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Runs of tokens between breaks that hold an equals sign; `equals` and `is equal to` count as one."""
    run: list[Token] = []
    for i, token in enumerate(tokens):
        if token.kind == "newline":
            follow = next((t for t in tokens[i + 1 : i + 4] if t.kind != "skip"), None)
            if follow is not None and follow.kind == "eq":
                continue
        if token.kind in ("newline", "break"):
            if any(t.kind == "eq" for t in run) or _prose_equality(run):
                yield run
            run = []
        elif token.kind == "word" and token.text.lower() == "equals":
            run.append(token._replace(kind="eq", text="="))
        else:
            run.append(token)
    if any(t.kind == "eq" for t in run) or _prose_equality(run):
        yield run


def _prose_equality(run: Sequence[Token]) -> bool:
    return (
        3 <= len(run) <= 40
        and any(t.kind == "word" and t.text.lower() == "is" for t in run)
        and sum(t.kind == "num" for t in run) >= 3
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
        if prose and (
            operators(left.parsed.node) == 0 or operators(right.parsed.node) or right.parsed.end < len(tokens)
        ):
            continue
        decision = decide_pair(text, tokens, left, right, mark.text == "≈", rounded, first=n == 0 or left.words_before)
        if decision is not None:
            yield decision


def _first_side(tokens: Sequence[Token], start: int, end: int) -> Side | None:
    """The longest run that ends at the sign and parses whole; what stands before must not change it."""
    for i in range(max(start, end - 120), end):
        token = tokens[i]
        if token.kind not in ("num", "open", "currency", "frac", "sqrt", "op", "pi", "word", "call"):
            continue
        if token.kind == "op" and token.text not in "-+":
            continue
        before = _before(tokens, i, start)
        if before is not None:
            if before.kind in (
                "op",
                "num",
                "frac",
                "sqrt",
                "percent",
                "factorial",
                "super",
                "open",
                "currency",
                "eq",
                "close",
                "pi",
            ):
                continue
            if token.kind == "op" and before.kind in ("word", "label"):
                continue
            if token.kind == "open" and not token.spaced and before.kind in ("word", "label"):
                return None  # f(2) = …
            if before.kind in ("word", "label") and (
                _dangerous(tokens, i, start) or (not token.spaced and before.end == token.start)
            ):
                continue
        if token.kind == "word" and not _number_word(token) and not _spelled(tokens, i):
            continue
        try:
            parsed = Parser(tokens, end).parse(i)
        except Unparsed:
            continue
        if _only_skips(tokens, parsed.end, end):
            return Side(parsed, i, before is not None)
    return None


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
    if (
        follow.kind == "word"
        and follow.text.lower() in STOP
        and follow.text.lower() not in ("than", "a", "an", "each", *(() if _labels(parsed.node) else ("of",)))
    ):
        return Side(parsed, start, False)
    if (follow.kind == "open" and follow.spaced) or follow.kind == "close" or follow.kind == "factorial":
        return Side(parsed, start, False)
    return None


def _only_skips(tokens: Sequence[Token], start: int, end: int) -> bool:
    return all(t.kind in ("skip", "calc") for t in tokens[start:end])


def _before(tokens: Sequence[Token], i: int, start: int) -> Token | None:
    for j in range(i - 1, start - 1, -1):
        if tokens[j].kind not in ("skip", "calc"):
            return tokens[j]
    return None


def _dangerous(tokens: Sequence[Token], i: int, start: int) -> bool:
    words = [t.text.lower() for t in tokens[max(start, i - 4) : i] if t.kind == "word"]
    if words and words[-1] in ("is", "are", "was", "equals"):
        return any(w in ("average", "mean", "median", "half") for w in words)
    return bool(words) and (
        words[-1] in DANGER or any(w in ("average", "mean", "sum", "product", "root", "half", "median") for w in words)
    )


def _spelled(tokens: Sequence[Token], i: int) -> bool:
    """A spelled number that an operator word follows: `three plus four`."""
    follow = tokens[i + 1].text.lower() if i + 1 < len(tokens) else ""
    return tokens[i].text.lower() in WORD_NUMBERS and (
        follow in ("plus", "minus", "times", "multiplied", "divided", "+", "-", "*", "/")
    )


def _number_word(token: Token) -> bool:
    return token.text in ("ln", "log", "log2", "exp", "sin", "cos", "tan", "sqrt") or token.text.startswith(
        ("\\sin", "\\cos", "\\tan", "\\ln", "\\log", "\\exp")
    )


def decide_pair(
    text: str, tokens: Sequence[Token], left: Side, right: Side, about: bool, rounded: set[str], *, first: bool = True
) -> Decision | None:
    """Decide `left = right`; None when it asserts no arithmetic (a definition, a label)."""
    a, b = left.parsed.node, right.parsed.node
    flags = left.parsed.flags | right.parsed.flags
    if _spelled_result(tokens, left, right):
        return None
    if operators(a) + operators(b) == 0:
        if _radix(a) != _radix(b) and not _labels(a) and not _labels(b):
            return _decide(text, tokens, left, right, about, rounded, flags)
        at = tokens[left.first].start
        if text[max(0, at - 1) : at] in (":", "/", "-", "–"):
            return None  # odds of 3:1 = 75%
        if left.words_before and _percent_equality(a, b) and not _opens_clause(tokens, left.first):
            return None
        return None if not _percent_equality(a, b) else _decide(text, tokens, left, right, about, rounded, flags)
    if operators(a) == 0 and first:
        return None  # a numbered definition, not a computation
    return _decide(text, tokens, left, right, about, rounded, flags)


def _spelled_result(tokens: Sequence[Token], left: Side, right: Side) -> bool:
    """`2x = twice`, `2.10 - 2.9 = one minor release`: a word on the right of figures names a thing."""
    first = tokens[right.first]
    return first.kind == "word" and first.text.lower() in WORD_NUMBERS and tokens[left.first].kind != "word"


def _radix(node: Node) -> bool:
    return node.kind == "num" and node.token is not None and node.token.text[:2].lower() in ("0x", "0b", "0o")


def _opens_clause(tokens: Sequence[Token], first: int) -> bool:
    """Whether nothing but the start of a sentence or a conjunction stands before: `1 in 5 = 20%` is no `5 = 20%`."""
    before = _before(tokens, first, 0)
    return (
        before is None
        or before.kind == "label"
        or before.text.lower() in ("and", "so", "thus", "therefore", "hence", "then", "is", "that")
    )


def _percent_equality(a: Node, b: Node) -> bool:
    return (a.kind == "pct") != (b.kind == "pct") and not _labels(a) and not _labels(b)


def _plain_ratio(node: Node) -> bool:
    tokens = [p.token for p in node.parts if p.kind == "num" and p.token is not None]
    return (
        node.kind == "/"
        and len(tokens) == 2
        and all(is_whole(t) and t.value < 100 for t in tokens)
        and tokens[0].value < tokens[1].value
    )


def _labels(node: Node) -> tuple[str, ...]:
    return tuple(w.lower() for n in leaves(node) for w in n.label if w not in "$£€¥₹")


def _decide(
    text: str, tokens: Sequence[Token], left: Side, right: Side, about: bool, rounded: set[str], flags: frozenset[str]
) -> Decision:
    a, b = left.parsed.node, right.parsed.node
    start = tokens[left.first].start
    end = max(tokens[i].end for i in range(right.first, right.parsed.end))
    quoted = text[start:end]
    claim = Claim(kind="equation", text=quoted, span=(start, end))
    around = text[max(0, start - 200) : end + 80]
    try:
        found = _first_true(a, b, about, rounded, flags)
    except (TooLarge, ZeroDivisionError, OverflowError) as error:
        reason = "a division by zero" if isinstance(error, ZeroDivisionError) else "too large to compute exactly"
        return _unverifiable(claim, reason)
    units = "" if found.how == " in consistent units" else UnitReading(a, b).contradiction()
    if found.true and units:
        receipt = Receipt(oracle=ORACLE, computation=f"{show(a)} = {show_value(found.computed)}; {units}")
        return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{quoted.strip()!r}: {units}")
    if found.true and found.how != " in consistent units" and UnitReading(a, b).clash():
        return _unverifiable(claim, "the numbers agree, the units of the two sides do not")
    if found.true:
        _remember(b, found, rounded)
        receipt = Receipt(oracle=ORACLE, computation=f"{show(a)} = {show_value(found.computed)}{found.how}")
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    reason = _why_not_refute(text, start, end, around, a, b, found, flags, about=about)
    if reason:
        return _unverifiable(claim, reason)
    computed, stated = show_value(found.computed), show_value(found.stated)
    receipt = Receipt(
        oracle=ORACLE, computation=f"{show(a)} = {computed}, stated {stated}",
        detail={"computed": computed, "stated": stated},
    )  # fmt: skip
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{quoted.strip()!r}: {show(a)} is {computed}, not {stated}",
    )


class Found(NamedTuple):
    """The outcome of trying every reading."""

    true: bool
    computed: Interval
    stated: Interval
    how: str = ""
    inexact: bool = False


def _first_true(a: Node, b: Node, about: bool, rounded: set[str], flags: frozenset[str]) -> Found:
    plain = Reading(Mode(radians="degrees" not in flags))
    computed, stated = plain.value(a), plain.value(b)
    if computed == stated or _meet(computed, stated, Fraction(0)):
        return Found(True, computed, stated)
    for mode_a, mode_b in _modes(flags, a, b):
        for radius, how in (
            (None, ""),
            (_printed, " to the printed digits"),
            (_upstream(rounded), " with inputs rounded upstream"),
        ):
            x = Reading(mode_a, radius).value(a)
            y = Reading(mode_b, radius if operators(b) else None).value(b)
            exact_x = Reading(mode_a).value(a)
            if _meet(x, y, _slack(a, b, exact_x, about, mode_b, wide=radius is not None)):
                return Found(True, exact_x, y, how or _said(mode_a), exact_x != y)
    units = UnitReading(a, b)
    if units.agrees():
        return Found(True, computed, stated, " in consistent units")
    return Found(False, computed, stated)


def _modes(flags: frozenset[str], a: Node, b: Node) -> Iterator[tuple[Mode, Mode]]:
    percents_a, percents_b = _percents(a), _percents(b)
    commas = (False, True) if "commas" in flags else (False,)
    asides = (False, True) if "aside" in flags else (False,)
    dozens = (False, True) if "dozens" in flags else (False,)
    radians = (False,) if "degrees" in flags else (True, False) if "angle" in flags else (True,)
    logs = (False, True) if "log" in flags else (False,)
    for pa, pb, c, s, d, r, n in product(percents_a, percents_b, commas, asides, dozens, radians, logs):
        yield Mode(pa, c, s, d, r, n), Mode(pb, c, s, False if len(dozens) == 1 else not d, r, n)
        if d:
            yield Mode(pa, c, s, d, r, n), Mode(pb, c, s, d, r, n)


def _percents(node: Node) -> tuple[str, ...]:
    """Readings of % on one side: plain only where it is not a factor of a product."""
    nodes = leaves(node)
    if not any(n.kind == "pct" for n in nodes):
        return ("share",)
    factor = any(n.kind in "*/" and any(p.kind == "pct" for p in n.parts) and not _hundred(n) for n in nodes)
    change = any(n.kind in ("+", "-") and n.parts[1].kind == "pct" for n in nodes)
    return ("share", *(() if factor else ("plain",)), *(("change",) if change else ()))


def _hundred(node: Node) -> bool:
    return any(p.kind == "num" and p.token is not None and p.token.value == 100 for p in node.parts)


def _printed(leaf: Node) -> Fraction:
    """Half a unit of the last place for decimals of three digits or more that are not money."""
    token = leaf.token
    if token is None or is_whole(token) or token.ulp == 0 or leaf.money or token.digits < 3:
        return Fraction(0)
    if Fraction(4, 5) < token.value < Fraction(3, 2) and token.ulp >= Fraction(1, 1000):
        return Fraction(0)  # 1.03 is a rate that somebody chose
    return token.ulp / 2


def _upstream(rounded: set[str]) -> object:
    def radius(leaf: Node) -> Fraction:
        token = leaf.token
        if token is not None and token.text in rounded:
            return max(token.ulp, Fraction(0)) * Fraction(51, 100)
        return _printed(leaf)

    return radius


def _meet(x: Interval, y: Interval, slack: Fraction) -> bool:
    return x.low <= y.high + slack and y.low - slack <= x.high


def _additive(node: Node) -> bool:
    return all(n.kind not in ("*", "/", "^", "fn", "pi", "pct") for n in leaves(node))


def _slack(a: Node, b: Node, exact: Interval, about: bool, mode: Mode, *, wide: bool) -> Fraction:
    """How far a printed result may lie from the computed one and still be a legal rounding of it."""
    if operators(b):
        return abs(exact.middle) / 10**6 if not (exact.exact and _additive(a) and _additive(b)) else Fraction(0)
    leaf = next((n for n in leaves(b) if n.kind == "num" and n.token is not None), None)
    if leaf is None or leaf.token is None:
        return abs(exact.middle) / 10**6
    scale = _result_scale(b, mode)
    ulp = leaf.token.ulp * scale
    if leaf.token.digits >= 15:
        return abs(exact.middle) / 10**13
    if wide and _additive(a):
        return Fraction(0) if not about else ulp / 2
    representable = exact.exact and ulp > 0 and (exact.low / ulp).denominator == 1
    if representable and not about:
        return Fraction(0)
    if is_whole(leaf.token) and not about:
        whole_inputs = all(is_whole(n.token) for n in leaves(a) if n.kind == "num" and n.token is not None)
        if whole_inputs and not any(n.kind in ("/", "fn", "pct", "pi") for n in leaves(a)):
            return Fraction(0)
        return max(ulp * Fraction(999, 1000), _last_place(leaf.token) * scale / 2)
    if about:
        return max(_last_place(leaf.token) * scale, abs(exact.middle) / 200)
    truncated = abs(leaf.token.value * scale) < abs(exact.middle)
    return ulp * Fraction(999, 1000) if truncated else ulp * Fraction(501, 1000)


def _last_place(token: Token) -> Fraction:
    """Place value of the last digit that is not a trailing zero of a whole number."""
    if not is_whole(token) or token.value == 0:
        return token.ulp
    n, place = int(token.value), Fraction(1)
    while n % 10 == 0 and place < token.value / 10:
        n, place = n // 10, place * 10
    return place


def _result_scale(b: Node, mode: Mode) -> Fraction:
    scale = Fraction(1)
    for n in leaves(b):
        if n.kind == "scale":
            scale *= 10 ** {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}[n.name]
        if n.kind == "pct" and mode.percent == "share":
            scale /= 100
    return scale


def _said(mode: Mode) -> str:
    return {"plain": " reading % as a unit", "change": " reading ± % as a change"}.get(mode.percent, "")


def _remember(b: Node, found: Found, rounded: set[str]) -> None:
    """A printed result that is not the exact value was rounded: its later uses keep half an ulp."""
    if operators(b) == 0 and (found.inexact or found.how.startswith(" to")):
        rounded.update(n.token.text for n in leaves(b) if n.kind == "num" and n.token is not None)


def _why_not_refute(
    text: str,
    start: int,
    end: int,
    around: str,
    a: Node,
    b: Node,
    found: Found,
    flags: frozenset[str],
    *,
    about: bool = False,
) -> str:
    """The reason why a line that does not hold is still not called false, or nothing."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    after = text[end : end + 60].split("\n")[0]
    if DISOWNED.search(line[-120:]) or re.search(
        r"^\s*(?:is|was|would be)?\s*(?:wrong|incorrect|false|not )", after, re.I
    ):
        return "the text itself does not assert it"
    if (
        ROUGH_AFTER.search(after)
        and abs(found.computed.middle - found.stated.middle) <= abs(found.computed.middle) / 20
    ):
        return "an approximation"
    if re.search(r"(?:[±∓^_]|\\pm|\\mp|\+/-|\+-)\s*$", text[max(0, start - 6) : start]) or re.match(
        r"\s*(?:[±∓]|\\pm|\\mp|\+/-|\+-)", text[end : end + 6]
    ):
        return "part of a longer expression"
    if _rounded_to_tens(b, found) and re.search(r"\bround|\bnearest|\bestimat", line[-120:] + " " + after, re.I):
        return "a rounding to tens or hundreds is said"
    if (
        operators(b)
        and re.search(r"\bround|\bestimat|\bapprox|\bnearest|\broughly", line[-120:], re.I)
        and abs(found.computed.middle - found.stated.middle) <= abs(found.computed.middle) / 5
    ):
        return "an estimate with rounded numbers"
    if (
        about
        and operators(a)
        and operators(b)
        and abs(found.computed.middle - found.stated.middle) <= abs(found.computed.middle) / 4
    ):
        return "an estimate"
    if "tight-x" in flags:
        return "it may be a size, not a product"
    if _negative_base(a) and abs(found.computed.middle) == abs(found.stated.middle):
        return "the sign of a power is read both ways"
    if re.search(r"\brange|\bbetween\b|\btypical|\bscore\b|\bdraw\b", line[-60:] + after, re.I) and a.kind == "-":
        return "it may be a range"
    if re.search(r"^\s*(?:\.\.\.|…|\\(?:l|c)?dots)", text[end : end + 8]) or re.search(
        r"(?:\.\.\.|…|dots)\s*[+\-−*]?\s*$", text[max(0, start - 10) : start]
    ):
        return "a series that goes on"
    if OTHER_ALGEBRA.search(around):
        return "another algebra may be meant (modular, binary, vectors)"
    if _plain_ratio(a) and (_labels(b) or any(n.money for n in leaves(b))) and not _labels(a):
        return "a share may be equated with what it is a share of"  # 1/4 = 25 students
    if operators(b) and _starts_with(b, found.computed):
        return "a running line: the right side goes on from the value"
    if b.kind == "*" and b.parts[0].kind in ("pct", "/") and "percent-product" in flags:
        return "a share of something may be a remark"
    if "aside" in flags:
        return "a parenthesis may be a product or a remark"
    if any(
        len(n.label) and n.label[0] in ("k", "K", "M", "B", "m") and len(n.label) == 1 and n.money
        for n in leaves(a) + leaves(b)
    ):
        return "a scale letter after money"
    if "letter" in flags and (len(set(_labels(a) + _labels(b))) > 1 or _unlabelled(a) or _unlabelled(b)):
        return "a letter after a number may be a variable"
    if "dozens" in flags:
        return "a dozen may be a unit"
    if operators(b) == 0 and _more_digits_than_given(a, b, found):
        return "more digits are stated than the printed inputs can give"
    if any(n.kind == "scale" for n in leaves(a) + leaves(b)) and _scale_slip(found):
        return "a scale word may be a unit"
    whole = b.kind == "num" and b.token is not None and is_whole(b.token)
    if whole and ROUNDED.search(line[-160:] + " " + after) and abs(found.computed.middle - found.stated.middle) < 1:
        return "a rounding to whole numbers may be meant"
    if (
        any(n.money for n in leaves(b))
        and operators(b) == 0
        and abs(found.computed.middle - found.stated.middle) <= Fraction(1, 100)
    ):
        return "one cent of rounding"
    units = UnitReading(a, b)
    return units.doubt(found.computed, found.stated)


def _rounded_to_tens(b: Node, found: Found) -> bool:
    """Whether the stated number ends in zeros and the computed one rounds to it."""
    if b.kind != "num" or b.token is None or not is_whole(b.token):
        return False
    place = _last_place(b.token)
    return place > 1 and abs(found.computed.middle - found.stated.middle) <= place / 2


def _negative_base(node: Node) -> bool:
    return any(n.kind == "neg" and n.parts[0].kind == "^" for n in leaves(node))


def _more_digits_than_given(a: Node, b: Node, found: Found) -> bool:
    inputs = [n.token for n in leaves(a) if n.kind == "num" and n.token is not None and not is_whole(n.token)]
    result = next((n.token for n in leaves(b) if n.kind == "num" and n.token is not None), None)
    if not inputs or result is None or result.digits < 8:
        return False
    return (
        abs(found.computed.middle - found.stated.middle)
        <= abs(found.computed.middle) * sum((t.ulp / (2 * abs(t.value)) for t in inputs if t.value), Fraction(0)) * 3
    )


def _unlabelled(node: Node) -> bool:
    return any(n.kind == "num" and not n.label for n in leaves(node))


def _starts_with(node: Node, value: Interval) -> bool:
    """Whether the expression's first number is `value`: 42 - 18 = 24 - 4 = 20."""
    while node.parts and node.kind != "neg":
        node = node.parts[0]
    return node.kind == "num" and node.token is not None and value.exact and node.token.value == value.low


def _scale_slip(found: Found) -> bool:
    if found.stated.middle == 0 or found.computed.middle == 0:
        return False
    ratio = abs(found.computed.middle / found.stated.middle)
    return any(Fraction(99, 100) <= ratio * 10**k <= Fraction(101, 100) for k in (-9, -6, -3, 3, 6, 9))


def _unverifiable(claim: Claim, reason: str) -> Decision:
    return Decision(
        claim=claim,
        support=Support.UNVERIFIABLE,
        receipt=Receipt(oracle=ORACLE, computation=""),
        message=reason,
        certainty="possible",
    )


def show(node: Node) -> str:
    """The expression in plain characters."""
    kind = node.kind
    if kind == "num":
        return node.token.text if node.token is not None else "?"
    if kind == "pi":
        return "π"
    if kind in ("pct", "fact"):
        return show(node.parts[0]) + ("%" if kind == "pct" else "!")
    if kind in ("unit", "dozen"):
        return show(node.parts[0]) + (" dozen" if kind == "dozen" else "")
    if kind == "scale":
        return f"{show(node.parts[0])} {node.name}"
    if kind == "neg":
        return f"-{_grouped(node.parts[0])}"  # as an operand it stands in parentheses
    if kind == "fn":
        inner = show(node.parts[0])
        return inner if node.name == "same" else f"|{inner}|" if node.name == "abs" else f"{node.name}({inner})"
    left, right = (_grouped(p) if _loose(p, kind, n) else show(p) for n, p in enumerate(node.parts))
    sign = {"*": " × ", "/": " / ", "+": " + ", "-": " - ", "^": "^"}[kind]
    return f"{left}{sign}{right}"


def _loose(part: Node, parent: str, place: int) -> bool:
    rank = {"+": 1, "-": 1, "neg": 1, "*": 2, "/": 2, "^": 3}
    mine, theirs = rank.get(part.kind, 9), rank[parent]
    return mine < theirs or (place == 1 and mine == theirs and parent in "-/")


def _grouped(node: Node) -> str:
    inner = show(node)
    return f"({inner})" if operators(node) or node.kind == "neg" else inner


def show_value(value: Interval) -> str:
    """A value in decimals: exact when it ends, ten significant digits otherwise, the middle of an interval."""
    x = value.middle
    d = x.denominator
    for p in (2, 5):
        while d % p == 0:
            d //= p
    if d == 1 and x.denominator <= 10**12 and abs(x) < 10**15:
        digits = 0
        while (x * 10**digits).denominator != 1:
            digits += 1
        return f"{x.numerator // x.denominator}" if digits == 0 else f"{float(x):.{digits}f}"
    try:
        return f"{float(x):.10g}"
    except OverflowError:
        return f"about 10^{len(str(abs(x.numerator // x.denominator))) - 1}"


__all__ = ["check_arithmetic", "decide_pair", "iv", "segments", "show", "show_value"]
