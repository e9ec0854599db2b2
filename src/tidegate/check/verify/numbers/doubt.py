# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Why an equality that does not hold is still not called false: what else the line may say."""

from __future__ import annotations

import re
from fractions import Fraction

from tidegate.check.verify.numbers.interval import Interval
from tidegate.check.verify.numbers.readings import Found, labels_of, last_place
from tidegate.check.verify.numbers.tree import Node, is_whole, leaves, operators
from tidegate.check.verify.numbers.unit_reading import UnitReading
from tidegate.check.verify.quantity.units import parse_unit
from tidegate.check.verify.scan import Cues

DISOWNED = re.compile(
    r"mistake|incorrect|\bwrong|(?<!standard )(?<!relative )(?<!absolute )(?<!percentage )(?<!percent )(?<!squared )(?<!margin of )(?<!sampling )\berror(?!\s(?:rate|bar|budget|margin))|not equal|n't equal|n't be|\bfalse\b|misconception|instead of|contradict|absurd|impossible|typo|"
    r"\bnot\s*$|\bnever\b|claims? that|would mean",
    re.I,
)


DETERMINANT = re.compile(r"\bdeterminants?\b|\bdet\b|\\det\b", re.I)
MATRIX = re.compile(r"\bmatri(?:x|ces)\b|\\(?:begin|end)\{[bpv]?matrix\}", re.I)
OTHER_ALGEBRA = re.compile(
    # one look for a boundary, then the words: where each word asks for its own, a search takes eight times as long
    r"\b(?:"
    r"mod(?:ulo|ular)?\b|binary\b|octal\b|base[- ]?(?:\d|two|eight|sixteen)|XOR\b|clock\b|GF\s?\(|ring of|F_?[2-9]\b(?![- ]?(?:scores?|measures?|metrics?)\b)|set\b.{0,20}(?:union|ordinal)|(?:without|no|ignor\w+|drop\w*) (?:the |any )?carr|carry (?:bit|flag)|matri|vector|decibel|"
    r"Roman\b"
    r")|\\p?mod|hexadecimal|boolean|\\mathbb\{?[ZF]|bitwise|finite field|saturat|overflow|tropical|floating[- ]point|IEEE 754|fuzzy|ordinal|nimber|(?<!to )(?<!ter )\bstring(?!\s(?:all|the|each|them|it)\b)|concatenat|big-?O",
    re.I,
)


ALGEBRA_CUES = Cues(
    "mod", "binary", "octal", "base", "xor", "clock", "gf", "ring of", "f_", *(f"f{digit}" for digit in range(10)), "union", "ordinal", "carr", "matri", "vector", "decibel",
    "roman", "hexadecimal", "boolean", "mathbb", "bitwise", "finite field", "saturat", "overflow", "tropical", "floating", "ieee 754", "fuzzy", "nimber", "string", "concatenat",
    "bigo", "big-o",
)  # fmt: skip


ROUNDED = re.compile(
    r"round|whole|approximat|about|roughly|nearest|floor|ceil|integer|full |complete|remainder|left over|at (?:least|most)|estimate|significant",
    re.I,
)


ROUGH_AFTER = re.compile(
    r"^[^.;!?]{0,30}\b(?:roughly|or so|approximately|approx|give or take|more or less|ballpark|rounded|nearly|about)\b|^\s*-?ish\b",
    re.I,
)


WRONG_AFTER = re.compile(r"^\s*(?:is|was|would be)?\s*(?:wrong|incorrect|false|not )", re.I)
SIGN_AFTER = re.compile(r"\s*(?:[±∓]|\\pm|\\mp|\+/-|\+-)")
TO_TENS = re.compile(r"\bround|\bnearest|\bestimat", re.I)
ESTIMATED = re.compile(r"\bround|\bestimat|\bapprox|\bnearest|\broughly", re.I)
TIGHT = re.compile(r"\d[-−–]\d")
RANGE = re.compile(r"\brange|\bbetween\b|\btypical|\bscore\b|\bdraw\b", re.I)
GOES_ON_AFTER = re.compile(r"^\s*(?:\.\.\.|…|\\(?:l|c)?dots)")
GOES_ON_BEFORE = re.compile(r"(?:\.\.\.|…|dots)\s*[+\-−*]?\s*$")
OPENS = re.compile(r"=\s*[$\\]*\(")


# what stands directly before an expression and makes it a part of a longer one, though it is no token of ours
LEADS_IN = re.compile(
    r"(?:[±∓^_′″∑∏∫∮∂∇∛∜⟩]|\\pm|\\mp|\+/-|\+-|(?<=\w)\||\\(?:sum|prod|int|oint|partial|nabla|limits)(?:[_^](?:\{[^{}]{0,20}\}|\w))*)\s*\Z"
)


ENDS_LEAD_IN = frozenset("±∓^_′″∑∏∫∮∂∇∛∜⟩|-}")


def _led_in(text: str, start: int) -> bool:
    """Whether what stands before an expression makes it a part of a longer one."""
    before = text[max(0, start - 60) : start].rstrip()
    last = before[-1:]
    if last not in ENDS_LEAD_IN and not (last.isalnum() and ("\\" in before or "^" in before or "_" in before)):
        return False
    return LEADS_IN.search(text, max(0, start - 60), start) is not None


def _plain_ratio(node: Node) -> bool:
    tokens = [p.token for p in node.parts if p.kind == "num" and p.token is not None]
    return (
        node.kind == "/"
        and len(tokens) == 2
        and all(is_whole(t) and t.value < 100 for t in tokens)
        and tokens[0].value < tokens[1].value
    )


def why_not_refute(
    text: str,
    start: int,
    end: int,
    around: tuple[int, int],
    a: Node,
    b: Node,
    found: Found,
    flags: frozenset[str],
    *,
    about: bool = False,
) -> str:
    """The reason why a line that does not hold is still not called false, or nothing; `around` bounds what bears on it."""
    low, high = around
    line = text[text.rfind("\n", 0, start) + 1 : start]
    after = text[end : end + 60].split("\n")[0]
    if DISOWNED.search(line[-120:]) or WRONG_AFTER.search(after):
        return "the text itself does not assert it"
    nodes_a, nodes_b, works = leaves(a), leaves(b), operators(b)
    computed, stated = found.computed.middle, found.stated.middle
    apart = abs(computed - stated)
    if ROUGH_AFTER.search(after) and apart <= abs(computed) / 20:
        return "an approximation"
    if _led_in(text, start) or SIGN_AFTER.match(text[end : end + 6]):
        return "part of a longer expression"
    if TO_TENS.search(line[-120:] + " " + after) and _rounded_to_tens(b, apart):
        return "a rounding to tens or hundreds is said"
    if works and ESTIMATED.search(line[-120:]) and apart <= abs(computed) / 5:
        return "an estimate with rounded numbers"
    if about and works and apart <= abs(computed) / 4:
        return "an estimate"
    if "tight-x" in flags:
        return "it may be a size, not a product"
    if abs(computed) == abs(stated) and _negative_base(a):
        return "the sign of a power is read both ways"
    if a.kind == "-" and TIGHT.search(text, start, end) and RANGE.search(line[-60:] + after):
        return "it may be a range"
    if GOES_ON_AFTER.search(text[end : end + 8]) or GOES_ON_BEFORE.search(text[max(0, start - 10) : start]):
        return "a series that goes on"
    if ALGEBRA_CUES.within(text, low, high) and _other_algebra(text[low:high]):
        return "another algebra may be meant (modular, binary, vectors)"
    labels_a, labels_b = labels_of(a), labels_of(b)
    if _plain_ratio(a) and (labels_b or any(n.money for n in nodes_b)) and not labels_a:
        return "a share may be equated with what it is a share of"  # 1/4 = 25 students
    if works and _starts_with(b, found.computed) and OPENS.search(text, start, end) is None:
        return "a running line: the right side goes on from the value"
    if b.kind == "*" and b.parts[0].kind in ("pct", "/") and "percent-product" in flags:
        return "a share of something may be a remark"
    if "aside" in flags:
        return "a parenthesis may be a product or a remark"
    labelled = [n for n in nodes_a + nodes_b if n.label]
    if any(n.money and len(n.label) == 1 and n.label[0] in ("k", "K", "M", "B", "m") for n in labelled):
        return "a scale letter after money"
    if _cut(text, b, found):
        return "the text ends inside the number"
    if works and _within_rounding(b, found):
        return "the numbers of the right side are rounded"
    unknown = UNKNOWN.search(line[-120:] + text[end - 40 : end + 120])
    if unknown is not None and re.search(rf"/\s*{unknown.group(1)}\b", text[start:end]):
        return "an equation that is to be solved"
    if "letter" in flags and (len(set(labels_a + labels_b)) > 1 or _unlabelled(a) or _unlabelled(b)):
        return "a letter after a number may be a variable"
    if _lone_variable(a, b):
        return "a letter after a number may be a variable"
    if "share-of" in flags and (labels_a or not 0 < computed <= 1):
        return "a share of something that is not a number"
    if "dozens" in flags:
        return "a dozen may be a unit"
    if not works and _more_digits_than_given(a, b, found):
        return "more digits are stated than the printed inputs can give"
    scaled = any(n.kind == "scale" for n in nodes_a + nodes_b) or any(n.label[:1] in SCALE_LETTERS for n in labelled)
    if scaled and _scale_slip(found):
        return "a scale word may be a unit"
    if labels_a and any(n.label in (("M",), ("B",)) for n in nodes_a) and (not labels_b or not _product(a)):
        return "a letter after a number may be a variable"
    whole = b.kind == "num" and b.token is not None and is_whole(b.token)
    if whole and apart < 1 and ROUNDED.search(line[-160:] + " " + after):
        return "a rounding to whole numbers may be meant"
    if not works and any(n.money for n in nodes_b) and apart <= CENT:
        return "one cent of rounding"
    return UnitReading(a, b).doubt(found.computed, found.stated) if labelled else ""


CENT = Fraction(1, 100)


def _other_algebra(around: str) -> bool:
    """Whether the words speak of one; a determinant is a number computed from numbers."""
    return OTHER_ALGEBRA.search(around if DETERMINANT.search(around) is None else MATRIX.sub("", around)) is not None


UNKNOWN = re.compile(r"\b(?:[Ww]here|[Ss]olv(?:e|ing) for|[Ff]ind) \$?([A-Za-z])\b")


def _cut(text: str, b: Node, found: Found) -> bool:
    """Whether the text ends after the first digits of the right value: `6 × 6000 = 36,00`."""
    if b.kind != "num" or b.token is None or re.fullmatch(r"[\d,]+", text[b.token.start :]) is None:
        return False
    if "," not in text[b.token.start :] and not text.endswith(">>", 0, b.token.start):
        return False  # only a number that is set wrong or that a calculation in brackets completes
    digits = re.sub(r"\D", "", text[b.token.start :])
    whole = str(abs(found.computed.low.numerator)) if found.computed.low.denominator == 1 else ""
    return 0 < len(digits) < len(whole) and whole.startswith(digits)


def _within_rounding(b: Node, found: Found) -> bool:
    """Whether the sides differ by no more than the last printed digits of numbers with three decimals or more."""
    tokens = [
        n.token for n in leaves(b) if n.kind == "num" and n.token is not None and n.token.ulp <= Fraction(1, 1000)
    ]
    spread = sum((t.ulp / (2 * abs(t.value)) for t in tokens if t.value), Fraction(0))
    return abs(found.computed.middle - found.stated.middle) <= abs(found.stated.middle) * spread


def _rounded_to_tens(b: Node, apart: Fraction) -> bool:
    """Whether the stated number ends in zeros and the computed one, so far from it, rounds to it."""
    if b.kind != "num" or b.token is None or not is_whole(b.token):
        return False
    place = last_place(b.token)
    return place > 1 and apart <= place / 2


def _negative_base(node: Node) -> bool:
    return any(n.kind == "neg" and n.parts[0].kind == "^" for n in leaves(node))


def _more_digits_than_given(a: Node, b: Node, found: Found) -> bool:
    result = next((n.token for n in leaves(b) if n.kind == "num" and n.token is not None), None)
    if result is None or result.digits < 8:
        return False
    inputs = [n.token for n in leaves(a) if n.kind == "num" and n.token is not None and not is_whole(n.token)]
    if not inputs:
        return False
    return (
        abs(found.computed.middle - found.stated.middle)
        <= abs(found.computed.middle) * sum((t.ulp / (2 * abs(t.value)) for t in inputs if t.value), Fraction(0)) * 3
    )


def _lone_variable(a: Node, b: Node) -> bool:
    """Whether the left side's only unit is a letter that the right side's unit does not agree with: `1/2 d = 4`, `3 × 2 h² = 54`."""
    labelled = [n.label for n in leaves(a) if n.label]
    if not labelled or any(len(x) > 1 or LONE_LETTER.fullmatch(x[0]) is None for x in labelled):
        return False
    if not labels_of(b):
        return True
    mine = parse_unit(labelled[0][0])
    result = next((parse_unit(" ".join(n.label)) for n in leaves(b) if n.label), None)
    return len(labelled) == 1 and mine is not None and result is not None and mine.dims != result.dims


LONE_LETTER = re.compile(r"[A-Za-zΩ](?:[²³⁻⁺¹]+|\^-?\d)?")
SCALE_LETTERS = (("k",), ("M",), ("B",), ("bn",))


def _product(node: Node) -> bool:
    """Whether an expression only multiplies and divides."""
    return all(n.kind not in "+-^" for n in leaves(node))


def _unlabelled(node: Node) -> bool:
    return any(n.kind == "num" and not n.label for n in leaves(node))


def _starts_with(node: Node, value: Interval) -> bool:
    """Whether the expression's first number is `value`: 42 - 18 = 24 - 4 = 20."""
    while node.parts and node.kind != "neg":
        node = node.parts[0]
    if node.kind != "num" or node.token is None:
        return False
    rounding = Fraction(0) if is_whole(node.token) else node.token.ulp / 2
    return value.exact and abs(node.token.value - value.low) <= rounding


def _scale_slip(found: Found) -> bool:
    if found.stated.middle == 0 or found.computed.middle == 0:
        return False
    ratio = abs(found.computed.middle / found.stated.middle)
    return any(Fraction(99, 100) <= ratio * 10**k <= Fraction(101, 100) for k in (-9, -6, -3, 3, 6, 9))
