# ruff: noqa: E501  (patterns and messages read best on one line)
"""Equations in one unknown, step by step: `2x + 3 = 11, so x = 5`; and expansions that hold for every x.

A step is held against the equation before it where a word or a line of an `align` draws one from the other and both are
polynomials in the same unknown.  Two forms of one expression are held against each other where the text says that it
expands, factors or completes the square, and where one coefficient alone differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from tidegate.check.verify.numbers.doubt import OTHER_ALGEBRA
from tidegate.check.verify.numbers.polynomial import Poly, Unread, add, at, read
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "algebra"
SIDE = r"(?:\.(?=\d)|[\d\s+\-−–*·×⋅/^(){}²³⁴&]|(?<![A-Za-z\\])[xyztnkpqw](?![A-Za-z])|\\(?:cdot|times|left|right|[dt]?frac|,|;|quad)(?![A-Za-z]))"
EQUATION = re.compile(rf"(?P<left>{SIDE}{{1,80}})(?<![<>=!≠≤≥])=(?![=>])(?P<right>{SIDE}{{1,80}})")
LETTER = re.compile(r"(?<![A-Za-z\\])[xyztnkpqw](?![A-Za-z])")
LEADS = re.compile(
    r"(?:^|[\n.,;:!?$(\[\\|*>→⇒⟹=&]|\b(?:so|thus|hence|therefore|then|gives?|giving|get|gets|obtain|have|yields?|equation|solve|solving|expand(?:ing|s)?|factor(?:ing|s|ed|ise|ize)?|as|to|that|is|into|write|rewrite|becomes?|find|means|from|square|and|if|or|of|simplif\w+|implies|Rightarrow|implies|quad|left|text))\s*$",
    re.I,
)
DRAWN = re.compile(
    r"[\s$.,;:()\[\]\\*]*(?:\b(?:and\s+)?(?:so|thus|hence|therefore|then|which (?:gives|means|implies|yields)|giving|gives|this (?:gives|means|implies)|that (?:gives|means|is)|we (?:get|find|obtain|have)|i\.e\.|meaning|from which|implies|leads to|yields|means)\b|→|⇒|⟹|=>|\\(?:Rightarrow|implies|Longrightarrow|quad|rightarrow|to)\b)[\s$,:()\[\]\\*]*(?:that|we (?:get|find|obtain|have)|it follows that|solving(?: for [a-z])?(?: gives)?|quad|Rightarrow)?[\s$,:()\[\]\\*]*",
    re.I,
)
# `$$` Subtract 3 from both sides: `$$`, Step 2: Divide by 2.
WORKED = re.compile(
    r"[\s$.,*#:()\[\]\\\d>\-]*(?:\b(?:step|now|then|next|finally|first|we|and|to)\b[\s,:\d.*]*){0,3}\b(?:subtract|add|divid|multipl|collect|isolat|simplif|combin|distribut|expand|mov|bring)\w*\b[^=?]{0,90}",
    re.I,
)
NEW_LINE = re.compile(r"[ \t$.,*]*\n[ \t$*]*")
NEXT_LINE = re.compile(r"\s*\\\\\s*(?:\[[^\]]*\])?\s*&?\s*(?:\\(?:Rightarrow|implies|Leftrightarrow|iff)\s*)?")
NO_STEP = re.compile(
    r"\b(?:if|let|suppose|when|check\w*|plug\w*|substitut\w*|also|second|another|case|instead|not|other|others|system|either|two|equations|next (?:problem|example|question)|problem|example|question|where|unless|replace|for (?:the|any|all|every|this)|max\w*|min\w*|at|reciproc\w*|derivative|differentiat\w*|integrat\w*|squar\w+|root|log\w*|mod\w*)\b|≠|\?",
    re.I,
)
CUE = re.compile(
    r"\bexpand|\bfactor|complet(?:e|ing|ed) the square|multiply(?:ing)? (?:it |this |them )?out|\bdistribut|difference of (?:two )?squares|perfect square|\bbinomial|\bFOIL\b|\bidentity\b|vertex form",
    re.I,
)
TO_SOLVE = re.compile(
    r"\bsolv|\broots?\b|equation\b|for which|find (?:the )?(?:value|x)\b|intersect|equal to zero|set (?:it|them|this) equal",
    re.I,
)
GOES_ON = re.compile(r"\s*(?:[%!_,]\s?\d|%|°|\\%|[a-zA-Z]\(|\\(?:pm|sqrt|pi|sin|cos|log|ln|equiv|pmod|mod)|√|π|±)")


class Step(NamedTuple):
    """An equation of a text: its span, its unknown, both sides, and whether it reads `x = number`."""

    start: int
    end: int
    unknown: str
    left: Poly
    right: Poly
    solved: Fraction | None
    ulp: Fraction
    text: str


def check_solved(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on solutions and rewritten forms of equations in one unknown."""
    if "=" not in text:
        return
    for start, end in ranges:
        before: Step | None = None
        for step in _steps(text, start, end):
            if before is not None and before.unknown == step.unknown:
                decision = _drawn(text, before, step)
                if decision is not None:
                    yield decision
            identity = _identity(text, start, step)
            if identity is not None:
                yield identity
            before = step


def _steps(text: str, start: int, end: int) -> Iterator[Step]:
    at_ = text.find("=", start, end)
    last = start
    while at_ >= 0:
        low = max(last, text.rfind("\n", start, at_) + 1, at_ - 80)
        begin = _left_edge(text, low, at_)
        found = EQUATION.match(text, begin, end) if begin < at_ else None
        if found is not None and found.start("right") == at_ + 1 and LETTER.search(found.group(0)):
            step = _step(text, found)
            if step is not None:
                yield step
        last = at_ + 1
        at_ = text.find("=", at_ + 1, end)


ALLOWED = re.compile(rf"{SIDE}+$")


def _left_edge(text: str, low: int, at_: int) -> int:
    """Where the run of signs that may stand in an expression begins, left of the sign at `at_`."""
    found = ALLOWED.search(text, low, at_)
    return found.start() if found is not None else at_


def _step(text: str, found: re.Match[str]) -> Step | None:
    left_text, right_text = found.group("left"), found.group("right")
    right_text = right_text.split("\n")[0]
    if "." in right_text[-2:] or right_text.rstrip()[-1:] in "+-−*·×/^(":
        right_text = re.sub(r"[\s.+\-−*·×/^(]+$", "", right_text)
    # a bracket that opens before the equation closes behind it
    while right_text.count(")") > right_text.count("("):
        right_text = right_text[: right_text.rindex(")")]
    if LEADS.search(text[max(0, found.start() - 16) : found.start()].rstrip(" ")) is None and left_text[:1] != "\n":
        return None
    end = found.start("right") + len(right_text.rstrip())
    follow = text[end : end + 12]
    if GOES_ON.match(follow) or (
        re.match(r"\s*=", follow) is not None and not re.search(r"[a-z]", left_text + right_text)
    ):
        return None
    try:
        a, left = read(left_text.strip())
        b, right = read(right_text.strip())
    except (Unread, ValueError, ZeroDivisionError, OverflowError):
        return None
    if (a and b and a != b) or not (a or b):
        return None
    number = re.fullmatch(r"\s*[+\-−]?\s*\d+(?:\.(?P<places>\d+))?\s*", right_text)
    ratio = re.fullmatch(r"\s*[+\-−]?\s*(?:\d+\s*/\s*\d+|\\[dt]?frac\{\d+\}\{\d+\})\s*", right_text)
    solved = None
    ulp = Fraction(0)
    if left == (Fraction(0), Fraction(1)) and (number or ratio):
        solved = right[0] if right else Fraction(0)
        ulp = (
            Fraction(1, 10 ** len(number.group("places")))
            if number is not None and number.group("places")
            else Fraction(0)
        )
    s = found.start() + len(left_text) - len(left_text.lstrip())
    return Step(
        s, end, a or b, left, right, solved, ulp, " ".join(f"{left_text} = {right_text}".replace("&", "").split())
    )


def _drawn(text: str, before: Step, step: Step) -> Decision | None:
    """Whether the step follows from the equation before it."""
    between = text[before.end : step.start]
    if len(between) > 130 or before.solved is not None:
        return None
    sure = (
        (DRAWN.fullmatch(between) and "\n\n" not in between)
        or NEXT_LINE.fullmatch(between)
        or WORKED.fullmatch(between)
    )
    if not sure and step.solved is not None and re.fullmatch(r"[\s$]*\band\b[\s$]*", between):
        sure = DRAWN.search(text[max(0, before.start - 24) : before.start])  # so 8x = 240 and x = 30
    lines = (
        step.solved is not None
        and NEW_LINE.fullmatch(between) is not None
        and _alone(text, before)
        and _alone(text, step)
    )
    if not sure and not lines:
        return None
    if NO_STEP.search(between) or NO_STEP.search(text[max(0, before.start - 12) : before.start]):
        return None
    if OTHER_ALGEBRA.search(text[max(0, before.start - 200) : step.end + 40]):
        return None
    p = add(before.left, before.right, -1)
    if len(p) < 2:
        return None
    if step.solved is not None:
        return _root(text, before, step, p)
    q = add(step.left, step.right, -1)
    if len(p) != 2 or len(q) != 2:
        return None
    x, y = -p[0] / p[1], -q[0] / q[1]
    if any("." in s.text for s in (before, step)):
        return None  # rounded on the way
    return _decision(
        text, step, f"{before.text} gives {step.unknown} = {_shown(x)}", x == y, f"{step.text} gives {_shown(y)}"
    )


def _alone(text: str, step: Step) -> bool:
    """Whether an equation is the whole of its line."""
    a, b = text.rfind("\n", 0, step.start) + 1, text.find("\n", step.end)
    return not (text[a : step.start] + text[step.end : b if b >= 0 else len(text)]).strip(" \t$*.,\\[]&")


def _root(text: str, before: Step, step: Step, p: Poly) -> Decision | None:
    assert step.solved is not None
    value = step.solved
    if len(p) == 2:
        x = -p[0] / p[1]
        inexact = "." in before.text and step.ulp
        if abs(x - value) <= step.ulp * (Fraction(3, 2) if inexact else 1) or x == value:
            return _decision(text, step, f"{before.text} gives {step.unknown} = {_shown(x)}", True, "")
        if step.ulp and abs(x - value) <= abs(x) / 100:
            return None
        return _decision(text, step, f"{before.text} gives {step.unknown} = {_shown(x)}", False, step.text)
    if len(p) != 3 or step.ulp or "." in before.text:
        return None
    disc = p[1] ** 2 - 4 * p[2] * p[0]
    if at(p, value) == 0:
        return _decision(text, step, f"{before.text} holds for {step.unknown} = {_shown(value)}", True, "")
    if disc < 0:
        return None
    root = Fraction(float(disc) ** 0.5)
    roots = ((-p[1] + root) / (2 * p[2]), (-p[1] - root) / (2 * p[2]))
    said = " and ".join(sorted({f"{float(r):.6g}" for r in roots}))
    return _decision(text, step, f"{before.text} has the roots {said}", False, step.text)


def _identity(text: str, low: int, step: Step) -> Decision | None:
    """Two forms of one expression, of which one has brackets, in a passage that says what was done."""
    a, b = step.left, step.right
    if len(a) < 2 or len(a) != len(b) or a[-1] != b[-1]:
        return None
    left, _, right = step.text.partition(" = ")
    brackets = [re.search(r"\([^()]*[a-z][^()]*\)", s) is not None for s in (left, right)]
    if sum(brackets) != 1:
        return None
    lead = text[max(low, step.start - 140) : step.start].rpartition("\n\n")[2]
    if CUE.search(lead) is None or TO_SOLVE.search(lead) or OTHER_ALGEBRA.search(lead):
        return None
    differ = [i for i in range(len(a)) if a[i] != b[i]]
    if len(differ) > 1:
        return None
    plain_side, other = (b, a) if brackets[0] else (a, b)
    return _decision(
        text,
        step,
        f"the bracketed form is {_written(other, step.unknown)}",
        not differ,
        _written(plain_side, step.unknown),
    )


def _written(p: Poly, symbol: str) -> str:
    terms = []
    for n in range(len(p) - 1, -1, -1):
        if p[n]:
            size = "" if abs(p[n]) == 1 and n else _shown(abs(p[n]))
            power = "" if n == 0 else symbol if n == 1 else f"{symbol}^{n}"
            terms.append(f"{'-' if p[n] < 0 else '+'} {size}{power}")
    return " ".join(terms).removeprefix("+ ")


def _shown(value: Fraction) -> str:
    return str(value) if value.denominator < 1000 else f"{float(value):.6g}"


def _decision(text: str, step: Step, how: str, holds: bool, stated: str) -> Decision:
    claim = Claim(kind="equation", text=text[step.start : step.end], span=(step.start, step.end))
    receipt = Receipt(oracle=ORACLE, computation=how)
    if holds:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the step follows")
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{how}, not {stated}")
