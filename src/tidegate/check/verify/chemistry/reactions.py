# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Is this equation balanced, are its coefficients the only ones, and do its electrons add up?

The balance is A·ν = 0 with one row an element and one for the charge; the right coefficients
are the smallest whole numbers in its null space.  A null space of more than one dimension
means that the coefficients are not unique, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.assertion import sentence
from tidegate.check.verify.chemistry.balancing import Reaction, Term, balance, null_space, written
from tidegate.check.verify.chemistry.formula import parse_formula
from tidegate.check.verify.chemistry.nuclear import is_nuclear
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "reaction balance"
ARROW = re.compile(
    r"\s*(?:\\(?:x?(?:long)?(?:rightarrow|leftrightarrow|Rightarrow)|xrightarrow(?:\[[^\]]*\])?\{[^{}]*\}|to|rightleftharpoons|longrightarrow|"
    r"leftrightharpoons)(?![a-zA-Z])|→|⟶|⇌|⇄|↔|⟷|<=>|<->|-->|->|=>|⟹|⇒)(?:\[[^\]\n]{0,30}\]){0,2}\s*"
)
ARROWISH = re.compile(r"[→⟶⇌⇄↔⟷⟹⇒]|[-=]>|\\(?:x?[a-zA-Z]*arrow|to\b|[a-z]*harpoons)")
SPECIES = re.compile(
    r"(?P<coef>\d+/\d+|\d+(?:\.\d+)?|½|\\frac\{\d+\}\{\d+\})?\s*"
    r"(?P<body>e\^?\{?[-−⁻]\}?|(?:\\ce\{|\\mathrm\{|\\text\{)?[A-Z\[(](?:[A-Za-z0-9()\[\]{}₀-₉·•*^+\-−⁺⁻⁰¹²³-⁹_\\]|\\cdot|\.(?=\d*H2O))*?(?:\s\d?[+\-−](?=\s))?)"
    r"(?P<state>\s?\(?(?:\((?:s|l|g|aq)\)|_\{\((?:s|l|g|aq)\)\}|\\,?\((?:s|l|g|aq)\))?[↑↓]?)$"
)
NOT_ASSERTED = re.compile(
    r"unbalanced|not (?:yet )?balanced|skeleton|isn't balanced|before balancing|incomplete|to balance|needs? balanc|mistake|incorrect|wrong",
    re.I,
)
ASSERTED = re.compile(
    r"balanced|equation|react|combust|neutrali[sz]|decompos|half-|redox|oxidi|reduc|electroly|precipitat|dissolv|synthesi|produc|yield|displac",
    re.I,
)
IGNORED_TERMS = re.compile(r"^(?:heat|energy|hν|hv|h\\nu|Δ|\\Delta|light|\d*\.?\d+\s*kJ(?:/mol)?|electricity)$", re.I)


def find_reactions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Reaction | tuple[int, int]]:
    """Reactions of a text; a (start, end) where there is an arrow between formulae that could not be parsed."""
    if ARROWISH.search(text) is None:
        return
    text = without_wrappers(text)
    for start, end in ranges:
        for arrow in ARROW.finditer(text, start, end):
            left = _side(text, start, arrow.start(), backwards=True)
            right = _side(text, arrow.end(), end, backwards=False)
            if left and right:
                yield Reaction(left[0], right[1], left[2], right[2])


WRAPPER = re.compile(r"\\(?:ce|mathrm|text|textrm|mathsf|rm)\s*\{")
THIN = re.compile(r"\\[,;:! ]|\\q?quad(?![a-z])")


def without_wrappers(text: str) -> str:
    """The text with the braces of `\\mathrm{A + B \\rightarrow C}` around a whole equation, and thin spaces in it, as spaces."""
    out, at = [], 0
    for found in WRAPPER.finditer(text):
        stop = closing_brace(text, found.end() - 1)
        if found.start() < at or stop < 0 or ARROWISH.search(text, found.end(), stop) is None:
            continue
        inner = THIN.sub(lambda m: " " * len(m.group(0)), text[found.end() : stop])
        out += [text[at : found.start()], " " * len(found.group(0)), inner, " "]
        at = stop + 1
    return "".join([*out, text[at:]])


def closing_brace(text: str, start: int) -> int:
    """Where the brace that opens at `start` closes, within 400 characters; -1 when it does not."""
    depth = 0
    for at in range(start, min(len(text), start + 400)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
    return -1


def _side(text: str, low: int, high: int, *, backwards: bool) -> tuple[int, int, tuple[Term, ...]] | None:
    """The terms that touch the arrow, read outwards until a term does not parse."""
    line_start = max(text.rfind("\n", low, high) + 1, low) if backwards else low
    line_end = high if backwards else (text.find("\n", low, high) if text.find("\n", low, high) >= 0 else high)
    line_start, line_end = (
        max(line_start, line_end - 300 if backwards else line_start),
        min(line_end, line_start + 300 if not backwards else line_end),
    )
    if backwards:
        for stop in SENTENCE.finditer(text, line_start, line_end):
            line_start = stop.end()
    else:
        ending = SENTENCE.search(text, line_start, line_end)
        line_end = ending.start() if ending is not None else line_end
    piece = text[line_start:line_end]
    cut = [
        m.span()
        for m in re.finditer(r"\s+\+\s+|(?<=[)\]}\d₀-₉a-z])\s?\+\s(?=[\d\\A-Z\[(½])|(?<=[a-z)\d])\+(?=\d?[A-Z])", piece)
    ]
    bounds = [0, *[b for _, b in cut]], [*[a for a, _ in cut], len(piece)]
    pieces = [(line_start + a, line_start + b) for a, b in zip(*bounds, strict=True)]
    terms: list[Term] = []
    first = last = -1
    for a, b in reversed(pieces) if backwards else pieces:
        found = _term(text, a, b, backwards=backwards)
        if found is None:
            return None if not terms else _stop(terms, first, last, backwards)
        term, s, e, whole = found
        if term is not None:
            terms.append(term)
        first, last = (s if first < 0 or backwards else first), (e if last < 0 or not backwards else last)
        if not whole:
            break
    return _stop(terms, first, last, backwards)


SENTENCE = re.compile(r"[.;:](?=\s)|,\s(?=[a-z]{3,}\b)|(?<=[\s)])(?:and|or|then|gives|via)\s|\|")


def _stop(terms: list[Term], first: int, last: int, backwards: bool) -> tuple[int, int, tuple[Term, ...]] | None:
    return (first, last, tuple(reversed(terms) if backwards else terms)) if terms else None


SPECIES_MAX = 100  # characters of one term with its coefficient and state


def _term(text: str, a: int, b: int, *, backwards: bool) -> tuple[Term | None, int, int, bool] | None:
    """One term; when words stand around it, the part that touches the arrow and whole=False."""
    raw = text[a:b]
    front = re.match(
        r"(?:\s|[$`*]|\\[\[(])*(?:(?:In|As|At|No|He|I)\s+(?=[\dA-Z(\[]))?" if backwards else r"(?:\s|[$`*]|\\[\[(])*",
        raw,
    )
    s = a + (front.end() if front else 0)
    back = re.search(r"(?:\s|[$`*.,;:]|\\[\])])*$", raw)
    e = max(s, a + (back.start() if back else len(raw)))
    body = text[s:e]
    if body.startswith("\\ce{"):
        body = body[4:]
    body = body.strip()
    if IGNORED_TERMS.match(body):
        return None, s, e, True
    term = _species(body)
    if term is not None:
        return term, s, e, True
    words = list(re.finditer(r"\s+", body))
    for gap in reversed(words) if not backwards else words:
        if (len(body) - gap.end() if backwards else gap.start()) > SPECIES_MAX:
            continue
        part = body[gap.end() :] if backwards else body[: gap.start()].rstrip(" $`*.,;:})")
        if not backwards and part.count("(") > part.count(")"):
            part += ")"
        term = _species(part.strip(" $`*:,"))
        if term is not None:
            at = text.find(part.strip(" $`*:,"), a, b)
            return term, at, at + len(part.strip(" $`*:,")), False
    term = _species(re.split(r"[.,;:]\s|[.,;:$}]*$", body)[0].strip())
    return (term, s, s + len(re.split(r"[.,;:]\s|[.,;:$}]*$", body)[0]), False) if term is not None else None


def _species(body: str) -> Term | None:
    body = body.strip()
    if len(body) > SPECIES_MAX or "→" in body or "->" in body:
        return None
    if body.count("{") < body.count("}"):
        body = body.rstrip("}")
    body = re.sub(r"[↑↓]$", "", body).strip()
    found = re.match(r"(\d+/\d+|\d+(?:\.\d+)?|½|\\frac\{(\d+)\}\{(\d+)\}|\((\d+)/(\d+)\))?\s*(.+)$", body, re.S)
    if found is None:
        return None
    coef_text, rest = found.group(1), found.group(6)
    if found.group(2):
        coefficient = Fraction(int(found.group(2)), int(found.group(3)) or 1)
    elif found.group(4):
        coefficient = Fraction(int(found.group(4)), int(found.group(5)) or 1)
    elif coef_text == "½":
        coefficient = Fraction(1, 2)
    else:
        try:
            coefficient = Fraction(coef_text or 1)
        except ZeroDivisionError:
            return None
    if coefficient <= 0:
        return None
    rest = re.sub(r"^(?:\\,|~|\*|·|\\cdot)\s*", "", rest)
    if re.fullmatch(r"(?:\\ce\{|\\mathrm\{)?e\s?\^?\{?\(?[-−–⁻]\)?\}?\}?", rest):
        return Term(coefficient, coef_text is not None, "e-", None, False)
    state = re.search(r"\s?(?:_\{?)?\((?:s|l|g|aq)\)\}?$", rest)
    if re.search(r"[a-z]{4,}|[\s]{2,}", re.sub(r"\\(?:mathrm|text|ce|rm)", "", rest)) or len(rest) > 80:
        return None
    formula = parse_formula(rest[: state.start()] if state else rest)
    if formula is None:
        return None
    return Term(coefficient, coef_text is not None, formula.text, formula, state is not None)


def check_reactions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on every reaction whose species all parse."""
    for reaction in find_reactions(text, ranges):
        if isinstance(reaction, Reaction) and not is_nuclear(text[reaction.start : reaction.end]):
            yield decide_reaction(text, reaction)


def decide_reaction(text: str, reaction: Reaction) -> Decision:
    """Balanced, unbalanced (with the count that differs and the right coefficients), or a mere scheme."""
    claim = Claim(kind="reaction", text=text[reaction.start : reaction.end], span=(reaction.start, reaction.end))
    sums: dict[str, list[Fraction]] = {}
    for place, side in enumerate((reaction.left, reaction.right)):
        for term in side:
            for key, n in term.amounts().items():
                sums.setdefault(key, [Fraction(0), Fraction(0)])[place] += n * term.coefficient
    wrong = {k: v for k, v in sums.items() if v[0] != v[1]}
    count = ", ".join(f"{k} {v[0]} | {v[1]}" for k, v in sums.items() if k in wrong or k != "charge" or v != [0, 0])
    basis = null_space(reaction.left, reaction.right)
    unique = (
        "the coefficients are unique"
        if len(basis) == 1
        else f"{len(basis)} independent balances: the coefficients are not unique"
    )
    if not wrong:
        detail = {"unique": len(basis) == 1}
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=Receipt(oracle=ORACLE, computation=f"{count}; {unique}", detail=detail),
                        message="atoms and charge balance")  # fmt: skip
    reason = _why_scheme(text, reaction, wrong)
    if reason:
        return Decision(
            claim=claim,
            support=Support.UNVERIFIABLE,
            receipt=Receipt(oracle=ORACLE, computation=count),
            message=reason,
            certainty="possible",
        )
    right = balance(reaction.left, reaction.right)
    said = "; ".join(f"{'charge' if k == 'charge' else k}: {v[0]} left, {v[1]} right" for k, v in wrong.items())
    remedy = f"balanced: {written(right, reaction)}" if right else "no positive coefficients balance these species"
    return Decision(
        claim=claim, support=Support.REFUTED, receipt=Receipt(oracle=ORACLE, computation=f"{said}; {remedy}", detail={"remedy": remedy}),
        message=f"not balanced: {said}",
    )  # fmt: skip


def _dissociation(reaction: Reaction) -> bool:
    """Whether one neutral compound falls into ions of its own elements: such a line is written balanced or not at all."""
    if len(reaction.left) != 1 or len(reaction.right) < 2:
        return False
    whole = reaction.left[0].formula
    ions = [t.formula for t in reaction.right]
    if whole is None or whole.charge or any(f is None or not f.charge for f in ions):
        return False
    parts = {e for f in ions if f is not None for e in f.composition}
    signs = {(f.charge or 0) > 0 for f in ions if f is not None}
    return parts == set(whole.composition) and len(signs) == 2


def _why_scheme(text: str, reaction: Reaction, wrong: dict[str, list[Fraction]]) -> str:
    terms = reaction.left + reaction.right
    first, last = sentence(text, reaction.start, reaction.end)
    before, after = (
        text[max(first, reaction.start - 160) : reaction.start],
        text[reaction.end : min(last, reaction.end + 60)],
    )
    if NOT_ASSERTED.search(before) or NOT_ASSERTED.search(after[:40]):
        return "the text does not call it balanced"
    if "…" in text[reaction.start : reaction.end] or re.match(r"\s*\+\s*\S", after):
        return "a term beside it was not read"
    if re.search(r"[+]\s*$", before[-4:]) or re.search(r"[A-Za-z]\s*\+\s*$", before[-12:]):
        return "a term before it was not read"
    plain = not any(t.printed or t.state for t in terms)
    if (
        set(wrong) == {"charge"}
        and not any(t.formula is not None and t.formula.charge for t in terms)
        and not any(t.formula is None for t in terms)
    ):
        return "charges are not written"
    charged = [t for t in terms if t.formula is None or t.formula.charge]
    if set(wrong) == {"charge"} and len(charged) == len(terms) >= 3:
        return ""  # ions alone, and their charges do not add up
    if any(t.formula is None for t in terms):
        return ""  # electrons are written: a half-reaction, and no scheme
    if plain and _dissociation(reaction):
        return ""
    if plain and (len(terms) < 3 or not ASSERTED.search(before + after)):
        return "a scheme, not a balanced equation"
    organic = sum(
        "C" in t.formula.composition and len(t.formula.composition) > 1 for t in terms if t.formula is not None
    )
    if plain and organic >= 2 and "balanced" not in before.lower():
        return "an organic scheme may leave out reagents"
    return ""
