# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Oxidation states as prose states them, held against the set of admissible states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from tidegate.check.verify.chemistry.chemical_words import (
    ELEMENT,
    FORMULA,
    MINUS,
    NOT_SAID,
    STATE_WORDS,
    VALUE,
    sentence_at,
    symbol_of,
    trimmed,
    unverifiable,
    value_of,
)
from tidegate.check.verify.chemistry.formula import Formula, names, parse_formula
from tidegate.check.verify.chemistry.oxidation import judge_state, states_of
from tidegate.check.verify.chemistry.oxidation_told import names_another, told_states
from tidegate.check.verify.scan import LETTERS, PIECE, words_between
from tidegate.spine.claim import Claim, Decision, Receipt, Support

STATE_FORMS = (
    rf"(?:[Oo]xidation\s+(?:state|number)s?|valence state)\s+(?:of|for)\s+(?:the\s+)?(?:each\s+)?{ELEMENT}(?:\s+atoms?)?,?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?[^.\n\d+]{{0,24}}?(?:is|=|:|equals|must be|has to be|as|of|are)\s*(?:equal to\s*)?\$?\(?{VALUE}",
    rf"[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:the\s+)?{STATE_WORDS}\s+(?:of|for)\s+(?:the\s+)?{ELEMENT}(?:\s+atoms?)?\s*(?:is|=|:|equals|must be)\s*\$?\(?{VALUE}",
    rf"[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:each\s+|the\s+|every\s+)?{ELEMENT}(?:\s+atoms?|\s+ion)?\s+(?:has|have|is|exhibits|shows|adopts|carries|takes|exists|assumes|sits|occurs)[^.\n+\d]{{0,50}}?(?:{STATE_WORDS}\s*(?:of|is|=)?|(?:in|at)\s+(?:the|its|an?)|of|state)\s*\$?\(?{VALUE}",
    rf"{ELEMENT}\s+(?:has|have|is|exhibits|shows|adopts|carries|takes|assumes)[^.\n+\d]{{0,40}}?{STATE_WORDS}?\s*(?:of|is|in the|in an?|=|at)\s*\$?\(?{VALUE}\)?\$?(?:\s+{STATE_WORDS})?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
    rf"{ELEMENT}(?:\s+atoms?)?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?\s+(?:has|have|is|exhibits|shows|carries|takes|exists)[^.\n+\d]{{0,50}}?(?:{STATE_WORDS}\s*(?:of|is|=)?|(?:in|at)\s+(?:the|its|an?)|of)\s*\$?\(?{VALUE}",
    rf"(?:[Tt]he\s+|[Ii]ts\s+|[Aa]n?\s+)?{VALUE}\s+{STATE_WORDS}\s+(?:of|for)\s+(?:the\s+)?{ELEMENT}\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
    rf"\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:contains|has|features|includes|holds)\s+(?:an?\s+|the\s+)?{ELEMENT}(?:\s+atoms?|\s+ion)?\s+(?:in|with|at)\s+(?:the|an?|its)[^.\n+\d]{{0,30}}?(?:{STATE_WORDS}\s*(?:of|is)?\s*)?\$?\(?{VALUE}",
    rf"{ELEMENT}(?:\s+atoms?|\s+ions?)?\s+(?:is|are|has|have|exists?|occurs?|stays?)\s+(?:in\s+)?(?:the|an?|its)\s+(?:formal\s+)?{VALUE}\s+(?:{STATE_WORDS}|state)\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
    rf"[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:the\s+)?{ELEMENT}['’]s?\s+(?:average\s+|mean\s+)?{STATE_WORDS}\s*(?:is|=|:|equals|must be)\s*\$?\(?{VALUE}",
    rf"{ELEMENT}['’]s?\s+(?:average\s+|mean\s+)?{STATE_WORDS}\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?\s*(?:is|=|:|equals|must be)\s*\$?\(?{VALUE}",
    rf"\b[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:the\s+|each\s+)?{ELEMENT}\s+(?:is|has|=|averages)\s+(?:at\s+)?\$?(?P<value>[+{MINUS}]\s?\d+(?:/\d+|\.\d+)?)(?!\s?[A-Za-z%°\d])",
    rf"(?<![A-Za-z\d]){ELEMENT}\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?\s+(?:is|=)\s+\$?(?P<value>[+{MINUS}]\s?\d+(?:/\d+|\.\d+)?)(?!\s?[A-Za-z%°\d])",
    rf"[Oo]xidation\s+(?:state|number)\s+(?:of|for)\s+{ELEMENT}\s*(?:is|=|:)\s*\$?\(?{VALUE}\)?\$?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
)  # fmt: skip


@cache
def state_patterns() -> tuple[re.Pattern[str], ...]:
    """The forms of a statement on an oxidation state, compiled when first needed."""
    return tuple(re.compile(p) for p in STATE_FORMS)


# what each of the forms begins with; an element with the kind of word that follows it
BEGINS = ("oxidation", "in", "in", "element is", "element in", "value", "formula", "element is", "in", "element's", "in", "element in", "oxidation")  # fmt: skip
AFTER_ELEMENT = re.compile(
    r"(?:\s+(?:atoms?|ions?))?(?:(?P<s>['’]s?\s)|\s+(?:(?P<in>in\s)|(?:has|have|is|are|exhibits|shows|adopts|carries|takes|assumes|exists?|occurs?|stays?)(?=\s)))"
)
STATE_OF = re.compile(rf"{STATE_WORDS}\s+(?:of|for)\s+[A-Za-z]")
FIRST_VALUE = re.compile(
    rf"(?<![\w.])(?:[+{MINUS}⁺]?\s?\d|\(?[IV]{{1,4}}\b|(?:zero|one|two|three|four|five|six|seven|eight|plus|minus|positive|negative)\b)"
)
FIRST_FORMULA = re.compile(
    r"(?<![A-Za-z0-9])\(?\$?(?:[\[(]?[A-Z](?=\S*(?:\s?\(?\d*[+\-−]\)?\S*)?\s+(?:contains|has|features|includes|holds)\s)|\\(?:ce|mathrm))"
)


def _starts(text: str, start: int, end: int) -> dict[str, list[int]]:
    """Where in text[start:end] a form may begin: far fewer places than there are characters."""
    out: dict[str, list[int]] = {kind: [] for kind in BEGINS}
    elements = names()
    for at, word in words_between(text, start, end):
        if word == "in":
            out["in"].append(at)
        elif word in ("oxidation", "valence"):
            out["oxidation"].append(at)
        if word in elements or (len(word) <= 2 and text[at].isupper()):
            follow = AFTER_ELEMENT.match(text, at + len(word), end)
            if follow is not None:
                kind = "element in" if follow.group("in") else "element's" if follow.group("s") else "element is"
                out[kind].append(at)
    if STATE_OF.search(text, start, end) is not None:
        out["value"] = [m.start() for m in FIRST_VALUE.finditer(text, start, end)]
    if HOLDS.search(text, start, end) is not None:
        out["formula"] = [m.start() for m in FIRST_FORMULA.finditer(text, start, end)]
    return out


def _elements(sentence: str) -> list[int]:
    """Where an element's name or symbol may begin."""
    elements = names()
    return [m.start() for m in LETTERS.finditer(sentence)
            if m.group(0).lower() in elements or (m.end() - m.start() <= 2 and m.group(0)[0].isupper())]  # fmt: skip


HOLDS = re.compile(r"\b(?:contains|has|features|includes|holds)\b")
SIGNED = re.compile(r"(?:is|has|=|averages) (?:at )?\$?[+\-−–]\d")


LINE = re.compile(r"[^\n]+")


SIGN = re.compile(r"[+\-−–]\d")
STATE_WORD = re.compile(r"[Os](?:(?<=O)\.?N\.?\b|(?<=\bs)tate\b)")


def state_cue(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] may state an oxidation state."""
    return (
        text.find("oxidation", start, end) >= 0
        or text.find("Oxidation", start, end) >= 0
        or STATE_WORD.search(text, start, end) is not None
        or (SIGN.search(text, start, end) is not None and SIGNED.search(text, start, end) is not None)
    )


SIGN_OF_VALUE = re.compile(r"[+\-−–]")
ELECTRIC = re.compile(r"\bcharges?\b|\bvoltage|potential", re.I)


def check_states(text: str, start: int, end: int, seen: set[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on stated oxidation states; spans in `seen` are decided already."""
    starts = _starts(text, start, end)
    for kind, pattern in zip(BEGINS, state_patterns(), strict=True):
        for found in (m for at in starts[kind] if (m := pattern.match(text, at, end)) is not None):
            sentence = sentence_at(text, found.start("value"))
            if "oxidation" not in sentence.lower() and "state" not in found.group(0).lower():
                bare = SIGN_OF_VALUE.search(found.group("value")) is not None and ELECTRIC.search(sentence) is None
                if not bare:
                    continue
            span = found.span("value")
            if any(a < span[1] and span[0] < b for a, b in seen):
                continue
            formula = parse_formula(trimmed(found.group("formula")))
            symbol = symbol_of(found.group("element"))
            value = value_of(found.group("value"))
            if formula is None or value is None or symbol not in formula.composition or abs(value) > 9:
                continue
            seen.add(span)
            yield _decide_state(text, found.start(), found.end(), formula, symbol, value)
    yield from _listed(text, start, end, seen)
    yield from check_told_states(text, start, end, seen)


def check_told_states(text: str, start: int, end: int, seen: set[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on what one sentence tells of its one compound, where no form above has decided it."""
    for told in told_states(text, start, end, seen):
        if not any(a < told.span[1] and told.span[0] < b for a, b in seen):
            seen.add(told.span)
            yield _decide_state(text, told.start, told.end, told.formula, told.symbol, told.value)


SIGNED_NUMBER = re.compile(rf"[+{MINUS}]\s?\d")
LISTS = re.compile(STATE_WORDS, re.I)
LONE_FORMULA = re.compile(rf"(?<![A-Za-z])({FORMULA})")
ONE_STATE = re.compile(
    rf"{ELEMENT}\s*(?:is|has|=|:|at|in the|in its|must be|are|\()?\s*(?:an?\s+)?(?:{STATE_WORDS}\s+(?:of\s+)?)?(?P<value>[+{MINUS}]\s?\d+(?:/\d+|\.\d+)?)"
)


CHANGES = re.compile(r"\bfrom\b|\bto [+\-−]\d|chang")


def _listed(text: str, start: int, end: int, seen: set[tuple[int, int]]) -> Iterator[Decision]:
    """`In K2Cr2O7 the oxidation states are K +1, Cr +6 and O −2`: one formula, several states."""
    if LISTS.search(text, start, end) is None:
        return
    for line in PIECE.finditer(text[start:end]):
        a, sentence = start + line.start(), line.group(0)
        if not LISTS.search(sentence) or CHANGES.search(sentence):
            continue
        decided = sum(a <= s and e <= a + len(sentence) for s, e in seen)
        if len(SIGNED_NUMBER.findall(sentence)) <= decided:
            continue
        places = _elements(sentence)
        formulas = {}
        for m in LONE_FORMULA.finditer(sentence):
            parsed = parse_formula(trimmed(m.group(1)))
            if parsed is not None and len(parsed.composition) > 1:
                formulas[parsed.atoms] = parsed
        if len(formulas) != 1:
            continue
        formula = next(iter(formulas.values()))
        if names_another(sentence, formula):
            continue
        for m in [one for i in places if (one := ONE_STATE.match(sentence, i)) is not None]:
            span = (a + m.start("value"), a + m.end("value"))
            symbol, value = symbol_of(m.group("element")), value_of(m.group("value"))
            if value is None or symbol not in formula.composition or any(x < span[1] and span[0] < y for x, y in seen):
                continue
            seen.add(span)
            yield _decide_state(text, a + m.start(), a + m.end(), formula, symbol, value)


def told_elsewhere(sentence: str) -> bool:
    """Whether a sentence denies its state or tells of a reaction, whose product it may mean."""
    return NOT_SAID.search(sentence) is not None or PRODUCT.search(sentence) is not None


PRODUCT = re.compile(r"\btitrat|\bcatal|\bends? (?:up )?(?:at|as|in)\b|\bleft (?:in|as|at)\b", re.I)


AVERAGE = re.compile(r"average(?<=\baverage)\b|mean(?<=\bmean)\b")


def _decide_state(text: str, start: int, end: int, formula: Formula, symbol: str, value: Fraction) -> Decision:
    claim = Claim(kind="oxidation-state", text=text[start:end], span=(start, end),
                  payload={"element": symbol, "formula": formula.text, "state": str(value)})  # fmt: skip
    judged = judge_state(formula, symbol, value)
    if judged.holds and AVERAGE.search(text[max(0, start - 45) : end].rpartition(". ")[2].lower()) is not None:
        known = states_of(formula, symbol)
        if known is not None and known.mean is not None and known.sure and known.mean != value:
            receipt = Receipt(
                oracle="oxidation states",
                computation=f"{symbol} in {formula.text}: the mean is {known.mean} ({known.reason})",
            )
            message = f"the mean state of {symbol} in {formula.text} is {known.mean}, not {value}"
            return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
    said = f"{value.numerator:+d}" if value.denominator == 1 else f"{value}"
    if judged.holds is None or (judged.holds is False and told_elsewhere(sentence_at(text, start)[:400])):
        return unverifiable(
            claim, judged.reason if judged.holds is None else "the sentence may speak of a change or deny it"
        )
    receipt = Receipt(oracle="oxidation states", computation=f"{symbol} in {formula.text}: {judged.reason}; admissible: {', '.join(judged.admissible)}",
                      detail={"admissible": list(judged.admissible)})  # fmt: skip
    if judged.holds:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the state is admissible")
    message = f"{symbol} in {formula.text} cannot be {said}: admissible {', '.join(judged.admissible)}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
