# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Chemical statements in prose: oxidation states, charges, names against formulae, molar masses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import gcd

from tidegate.check.verify.formula import Formula, molar_masses, names, parse_formula, same_composition
from tidegate.check.verify.oxidation import ions, judge_state, states_of
from tidegate.check.verify.reactions import check_reactions
from tidegate.spine.claim import Claim, Decision, Receipt, Support
from tidegate.spine.resources import resource_text

MINUS = "-−–⁻"
FORMULA = (
    r"(?:\\ce\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\\mathrm\{[^{}]*\}(?:[_^]\{?[\d+\-]+\}?|\\mathrm\{[^{}]*\})*"
    r"|[\[(]?[A-Z](?:[A-Za-z0-9()\[\]₀-₉·•]|_\{?\d+\}?|\.(?=\d+H2O))*(?:\^\{?\d*[+\-−]\d*\}?|[⁰¹²³⁴-⁹]*[⁺⁻]|\s?\(\d*[+\-−]\)|\s\d[+\-−](?![\d\w])|\d?[+\-−](?![\w\d−+]))?)"
)
VALUE = (
    rf"(?P<value>[+{MINUS}⁺]?\s?\d+(?:/\d+|\.\d+)?(?![\w.]\d)|\d\s?[+{MINUS}](?!\d)|(?:\(|\b)[IV]{{1,4}}(?:\)|\b)|zero)"
)
ELEMENT = (
    r"(?P<element>\b(?i:"
    + "|".join(sorted(names(), key=len, reverse=True))
    + r")\b|(?<![A-Za-z0-9(\[₀-₉])[A-Z][a-z]?(?![A-Za-z0-9₀-₉(_]))"
)
STATE_WORDS = r"(?:oxidation\s+(?:state|number)s?|oxidation\s+level|O\.?N\.?)"
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8}
NOT_SAID = re.compile(
    r"\bnot\b|n't|mistake|incorrect|wrong|\brather than|instead of|\bfrom\b|chang|increas|decreas|unknown|hypothet|would",
    re.I,
)

STATE_FORMS = (
    rf"(?:[Oo]xidation\s+(?:state|number)s?|valence state)\s+(?:of|for)\s+(?:the\s+)?(?:each\s+)?{ELEMENT}(?:\s+atoms?)?,?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?[^.\n\d+]{{0,24}}?(?:is|=|:|equals|must be|has to be|as|of|are)\s*(?:equal to\s*)?\$?\(?{VALUE}",
    rf"[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:the\s+)?{STATE_WORDS}\s+(?:of|for)\s+(?:the\s+)?{ELEMENT}(?:\s+atoms?)?\s*(?:is|=|:|equals|must be)\s*\$?\(?{VALUE}",
    rf"[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:each\s+|the\s+|every\s+)?{ELEMENT}(?:\s+atoms?|\s+ion)?\s+(?:has|have|is|exhibits|shows|adopts|carries|takes|exists|assumes|sits|occurs)[^.\n+\d]{{0,50}}?(?:{STATE_WORDS}\s*(?:of|is|=)?|(?:in|at)\s+(?:the|its|an?)|of|state)\s*\$?\(?{VALUE}",
    rf"{ELEMENT}\s+(?:has|have|is|exhibits|shows|adopts|carries|takes|assumes)[^.\n+\d]{{0,40}}?{STATE_WORDS}?\s*(?:of|is|in the|in an?|=|at)\s*\$?\(?{VALUE}\)?\$?(?:\s+{STATE_WORDS})?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
    rf"{ELEMENT}(?:\s+atoms?)?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?\s+(?:has|have|is|exhibits|shows|carries|takes|exists)[^.\n+\d]{{0,50}}?(?:{STATE_WORDS}\s*(?:of|is|=)?|(?:in|at)\s+(?:the|its|an?)|of)\s*\$?\(?{VALUE}",
    rf"(?:[Tt]he\s+|[Ii]ts\s+|[Aa]n?\s+)?{VALUE}\s+{STATE_WORDS}\s+(?:of|for)\s+(?:the\s+)?{ELEMENT}\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
    rf"\(?\$?(?P<formula>{FORMULA})\$?\)?\s+(?:contains|has|features|includes|holds)\s+(?:an?\s+|the\s+)?{ELEMENT}(?:\s+atoms?|\s+ion)?\s+(?:in|with|at)\s+(?:the|an?|its)[^.\n+\d]{{0,30}}?(?:{STATE_WORDS}\s*(?:of|is)?\s*)?\$?\(?{VALUE}",
    rf"{ELEMENT}(?:\s+atoms?|\s+ions?)?\s+(?:is|are|has|have|exists?|occurs?|stays?)\s+(?:in\s+)?(?:the|an?|its)\s+(?:formal\s+)?{VALUE}\s+(?:{STATE_WORDS}|state)\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
    rf"[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:the\s+)?{ELEMENT}['’]s?\s+(?:average\s+|mean\s+)?{STATE_WORDS}\s*(?:is|=|:|equals|must be)\s*\$?\(?{VALUE}",
    rf"{ELEMENT}['’]s?\s+(?:average\s+|mean\s+)?{STATE_WORDS}\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?\s*(?:is|=|:|equals|must be)\s*\$?\(?{VALUE}",
    rf"\b[Ii]n\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,4}}\(?\$?(?P<formula>{FORMULA})\$?\)?,?\s+(?:the\s+|each\s+)?{ELEMENT}\s+(?:is|has|=|averages)\s+\$?(?P<value>[+{MINUS}]\s?\d+(?:/\d+|\.\d+)?)(?!\s?[A-Za-z%°\d])",
    rf"(?<![A-Za-z\d]){ELEMENT}\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})\$?\)?\s+(?:is|=)\s+\$?(?P<value>[+{MINUS}]\s?\d+(?:/\d+|\.\d+)?)(?!\s?[A-Za-z%°\d])",
    rf"[Oo]xidation\s+(?:state|number)\s+(?:of|for)\s+{ELEMENT}\s*(?:is|=|:)\s*\$?\(?{VALUE}\)?\$?\s+in\s+(?:the\s+)?(?:[a-z]+,?\s+){{0,3}}\(?\$?(?P<formula>{FORMULA})",
)  # fmt: skip


@cache
def state_patterns() -> tuple[re.Pattern[str], ...]:
    """The forms of a statement on an oxidation state, compiled when first needed."""
    return tuple(re.compile(p) for p in STATE_FORMS)


CHARGE_PATTERNS = (
    re.compile(
        rf"(?P<name>[a-z]+(?: [a-z]+)?)\s+(?:ions?|anions?|cations?)\s+(?:is|has the formula|is written(?: as)?|=)\s+\**\$?(?P<formula>{FORMULA})(?=[\s,.;:)$*]|$)"
    ),
    re.compile(rf"(?P<name>[a-z]+(?: [a-z]+)?)\s+ions?,?\s*\(?\$?(?P<formula>{FORMULA})(?=[\s,.;:)$]|$)"),
    re.compile(
        rf"(?:formula|symbol)\s+(?:of|for)\s+(?:the\s+)?(?P<name>[a-z]+(?: [a-z]+)?)\s+ion\s+is\s+\$?(?P<formula>{FORMULA})"
    ),
)
CHARGE_WORDS = re.compile(
    rf"(?:the\s+)?(?P<name>[a-z]+(?: [a-z]+)?)\s+(?:ion|anion|cation)?\s*(?:\(\$?[^()\s]{{1,20}}\$?\)\s*)?(?:has|carries|with|bears)\s+(?:an?\s+)?(?:overall\s+|net\s+|total\s+|formal\s+)?charge\s+of\s+(?P<value>[+{MINUS}]?\s?\d\s?[+{MINUS}]?)",
    re.I,
)
CHARGE_OF = re.compile(
    rf"charge\s+(?:of|on)\s+(?:the\s+|an?\s+)?(?P<name>[a-z]+(?: [a-z]+)?)\s+(?:ion|anion|cation)\s*(?:\([^()]*\)\s*)?is\s+(?P<value>[+{MINUS}]?\s?\d\s?[+{MINUS}]?)",
    re.I,
)
MASS_AFTER = re.compile(
    rf"(?<![A-Za-z\d])(?P<formula>{FORMULA})\$?\)?,?\s+(?:has|have|having|with|and its)\s+(?:an?\s+|the\s+)?(?:molar\s+mass|molecular\s+(?:weight|mass)|formula\s+(?:weight|mass))\s*(?:is|=|≈|:|of)?\s*(?:about|approximately|roughly|around)?\s*\$?(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>g|kg|u|amu|Da)?"
)
MASS_OF_NAME = re.compile(
    r"(?P<name>[A-Za-z][a-z]+(?:\s?\((?:I{1,3}|IV|VI{0,3})\))?(?:\s+[a-z]+){0,2}?)\s+(?:has|have|with)\s+(?:an?\s+|the\s+)?(?:molar\s+mass|molecular\s+(?:weight|mass)|formula\s+(?:weight|mass))\s*(?:of|=|is)?\s*(?:about|approximately|roughly|around)?\s*\$?(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>g|kg|u|amu|Da)\b"
)
MASS = re.compile(
    rf"(?:[Mm]olar\s+mass|[Mm]olecular\s+(?:weight|mass)|[Ff]ormula\s+(?:weight|mass)|\bM(?:_?r|W|_w)?)\s*(?:of|for|\()\s*(?:the\s+|an?\s+)?(?:(?P<name>[a-z][a-z ()IVX]{{2,40}}?)\s*,?\s*\(?)?\$?(?P<formula>{FORMULA})?\$?\)?\s*(?:is|=|≈|:|\\approx|of)\s*(?:about|approximately|roughly|around)?\s*\$?(?P<value>\d+(?:[.,]\d+)?)\s*(?:\\,|~|\\mathrm\{{~?|\\text\{{\s*)?\s*(?P<unit>g|kg|u|amu|Da)?",
)


SIGNED = re.compile(r"(?:is|has|=|averages) \$?[+\-−–]\d")


def check_chemistry(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on every chemical statement of the prose in `ranges`."""
    if FORMULAISH.search(text) is None and vocabulary().isdisjoint(WORDS.findall(text.lower())):
        return
    yield from check_reactions(text, ranges)
    seen: set[tuple[int, int]] = set()
    for start, end in ranges:
        lowered = text[start:end].lower()
        if vocabulary().isdisjoint(WORDS.findall(lowered)) and FORMULAISH.search(text, start, end) is None:
            continue
        if "oxidation" in lowered or " state" in lowered or SIGNED.search(text, start, end):
            for line in LINE.finditer(text, start, end):
                if STATE_CUE.search(text, *line.span()):
                    yield from _states(text, *line.span(), seen)
        if "charge" in lowered or " ion" in lowered:
            yield from _charges(text, start, end)
        if "mass" in lowered or "weight" in lowered or "M(" in text[start:end] or "M_" in text[start:end]:
            yield from _masses(text, start, end)
        for a, b in _lines_with_names(text, start, end):
            yield from _named(text, a, b)


def _lines_with_names(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of lines that hold a word of a compound's name, with the lines around them."""
    lines = [m.span() for m in LINE.finditer(text, start, end)]
    hit = [not vocabulary().isdisjoint(WORDS.findall(text[a:b].lower())) for a, b in lines]
    first = None
    for n in range(len(lines)):
        if any(hit[max(0, n - 1) : n + 2]):
            first = lines[n][0] if first is None else first
        elif first is not None:
            yield first, lines[n][0]
            first = None
    if first is not None:
        yield first, end


LINE = re.compile(r"[^\n]+")
STATE_CUE = re.compile(r"[Oo]xidation|\bstate\b|O\.?N\.?\b|(?:is|has|=|averages) \$?[+\-−–]\d")
FORMULAISH = re.compile(r"(?<![A-Za-z])(?:\\ce|\\mathrm|\(?[A-Z][a-z]?(?:[\d₀-₉_^⁺⁻+−]|\([A-Z]|[A-Z][a-z]?(?![a-z])))")
WORDS = re.compile(r"[a-z]{3,}")


@cache
def vocabulary() -> frozenset[str]:
    """Words without one of which no formula's name stands in a text."""
    found = set(names())
    for name in (*ions(), *compounds()):
        found |= set(WORDS.findall(name))
    found |= {"oxide", "dioxide", "trioxide", "monoxide", "pentoxide", "tetroxide", "chloride", "fluoride", "bromide", "iodide", "sulfide", "nitride", "hydride", "carbide", "phosphide", "hydrate",
              "tetrachloride", "trichloride", "pentachloride", "hexafluoride", "tetrafluoride", "disulfide", "sulphate", "sulphide", "pentahydrate", "heptahydrate"}  # fmt: skip
    return frozenset(found)


def trimmed(raw: str) -> str:
    """A formula without the punctuation and the closing bracket of the sentence around it."""
    raw = raw.rstrip(".,;:•")
    while raw.count(")") > raw.count("(") and raw.endswith(")"):
        raw = raw[:-1]
    return raw


def value_of(raw: str) -> Fraction | None:
    """+6, 6+, −1/2, (VII), zero as a number."""
    t = raw.strip("() ").replace(" ", "").replace("⁺", "+")
    for m in MINUS:
        t = t.replace(m, "-")
    if t.lower() == "zero":
        return Fraction(0)
    if t in ROMAN:
        return Fraction(ROMAN[t])
    if t and t[-1] in "+-" and t[:-1].isdigit():
        t = t[-1] + t[:-1]
    try:
        return Fraction(t)
    except (ValueError, ZeroDivisionError):
        return None


def symbol_of(raw: str) -> str:
    """An element's symbol from its name or symbol."""
    return names().get(raw.lower(), raw)


def _sentence(text: str, at: int) -> str:
    start = max(text.rfind(". ", 0, at), text.rfind("\n", 0, at), at - 300) + 1
    stops = [i for i in (text.find(". ", at), text.find("\n", at)) if i >= 0]
    return text[max(0, start) : min([*stops, len(text), at + 300])]


def _states(text: str, start: int, end: int, seen: set[tuple[int, int]]) -> Iterator[Decision]:
    for pattern in state_patterns():
        for found in pattern.finditer(text, start, end):
            sentence = _sentence(text, found.start("value"))
            bare = re.search(r"[+\-−–]", found.group("value")) and not re.search(
                r"\bcharges?\b|\bvoltage|potential", sentence, re.I
            )
            if "oxidation" not in sentence.lower() and "state" not in found.group(0).lower() and not bare:
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


def _listed(text: str, start: int, end: int, seen: set[tuple[int, int]]) -> Iterator[Decision]:
    """`In K2Cr2O7 the oxidation states are K +1, Cr +6 and O −2`: one formula, several states."""
    for line in re.finditer(r"[^\n]+?(?:\.(?=\s|$)|\n|$)", text[start:end]):
        a, sentence = start + line.start(), line.group(0)
        if not re.search(STATE_WORDS, sentence, re.I) or re.search(r"\bfrom\b|\bto [+\-−]\d|chang", sentence):
            continue
        formulas = {}
        for m in re.finditer(rf"(?<![A-Za-z])({FORMULA})", sentence):
            parsed = parse_formula(trimmed(m.group(1)))
            if parsed is not None and len(parsed.composition) > 1:
                formulas[parsed.atoms] = parsed
        if len(formulas) != 1:
            continue
        formula = next(iter(formulas.values()))
        for m in re.finditer(
            rf"{ELEMENT}\s*(?:is|has|=|:|at|in the|in its|must be|are|\()?\s*(?:an?\s+)?(?:{STATE_WORDS}\s+(?:of\s+)?)?(?P<value>[+{MINUS}]\s?\d+(?:/\d+|\.\d+)?)",
            sentence,
        ):
            span = (a + m.start("value"), a + m.end("value"))
            symbol, value = symbol_of(m.group("element")), value_of(m.group("value"))
            if value is None or symbol not in formula.composition or any(x < span[1] and span[0] < y for x, y in seen):
                continue
            seen.add(span)
            yield _decide_state(text, a + m.start(), a + m.end(), formula, symbol, value)


def _decide_state(text: str, start: int, end: int, formula: Formula, symbol: str, value: Fraction) -> Decision:
    claim = Claim(kind="oxidation-state", text=text[start:end], span=(start, end),
                  payload={"element": symbol, "formula": formula.text, "state": str(value)})  # fmt: skip
    judged = judge_state(formula, symbol, value)
    average = re.search(r"\b(?:average|mean)\b", text[max(0, start - 45) : end].rpartition(". ")[2], re.I)
    if average and judged.holds:
        known = states_of(formula, symbol)
        if known is not None and known.mean is not None and known.sure and known.mean != value:
            receipt = Receipt(
                oracle="oxidation states",
                computation=f"{symbol} in {formula.text}: the mean is {known.mean} ({known.reason})",
            )
            message = f"the mean state of {symbol} in {formula.text} is {known.mean}, not {value}"
            return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
    said = f"{value.numerator:+d}" if value.denominator == 1 else f"{value}"
    if judged.holds is None or (judged.holds is False and NOT_SAID.search(_sentence(text, start)[:400])):
        return _unverifiable(
            claim, judged.reason if judged.holds is None else "the sentence may speak of a change or deny it"
        )
    receipt = Receipt(oracle="oxidation states", computation=f"{symbol} in {formula.text}: {judged.reason}; admissible: {', '.join(judged.admissible)}",
                      detail={"admissible": list(judged.admissible)})  # fmt: skip
    if judged.holds:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the state is admissible")
    message = f"{symbol} in {formula.text} cannot be {said}: admissible {', '.join(judged.admissible)}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)


def _unverifiable(claim: Claim, reason: str) -> Decision:
    return Decision(
        claim=claim,
        support=Support.UNVERIFIABLE,
        receipt=Receipt(oracle="chemistry"),
        message=reason,
        certainty="possible",
    )


def _ion(name: str) -> tuple[str, int] | None:
    words = re.sub(
        r"\s*\b(?:ion|anion|cation)s?$", "", re.sub(r"\b(di)?hydrogen(?=[a-z])", r"\1hydrogen ", name.lower())
    ).split()
    for size in (2, 1):
        found = ions().get(" ".join(words[-size:]))
        if found is not None and len(words) >= size:
            return found[0], found[1]
    return None


def _charges(text: str, start: int, end: int) -> Iterator[Decision]:
    for pattern in CHARGE_PATTERNS:
        for found in pattern.finditer(text, start, end):
            known, formula = _ion(found.group("name")), parse_formula(trimmed(found.group("formula")))
            if (
                known is None
                or formula is None
                or formula.charge is None
                or (found.group("name").split()[0] in ("the",) and False)
            ):
                continue
            expected = parse_formula(known[0])
            if expected is None or not same_composition(formula, expected) or known[0] in ("MnO4", "O2"):
                continue
            yield _compare_charge(
                text, found.start("formula"), found.end("formula"), found.group("name"), known, formula.charge
            )
    for pattern in (CHARGE_WORDS, CHARGE_OF):
        for found in pattern.finditer(text, start, end):
            known, value = _ion(found.group("name")), value_of(found.group("value"))
            if known is None or value is None or not re.search(r"[+\-−–]", found.group("value")):
                continue
            if known[0] in ("MnO4", "O2") and "per" not in found.group("name"):
                continue
            yield _compare_charge(text, found.start(), found.end(), found.group("name"), known, int(value))


def _compare_charge(text: str, start: int, end: int, name: str, known: tuple[str, int], charge: int) -> Decision:
    claim = Claim(kind="charge", text=text[start:end], span=(start, end), payload={"ion": known[0], "charge": charge})
    receipt = Receipt(oracle="named ions", computation=f"{name.strip()}: {known[0]} carries {known[1]:+d}")
    if charge == known[1]:
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the charge is right")
    if NOT_SAID.search(_sentence(text, start)):
        return _unverifiable(claim, "the sentence may deny it")
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{known[0]} carries {known[1]:+d}, not {charge:+d}",
    )


@cache
def compounds() -> dict[str, Formula]:
    """Compounds known by name."""
    out = {}
    for line in resource_text("tidegate.check.verify", "compounds.tsv").splitlines()[1:]:
        name, formula = line.split("\t")
        parsed = parse_formula(formula)
        assert parsed is not None, formula
        out[name.replace("sulf", "sulf")] = parsed
    return out


COUNTS = {
    "mono": 1,
    "di": 2,
    "tri": 3,
    "tetra": 4,
    "penta": 5,
    "hexa": 6,
    "hepta": 7,
    "octa": 8,
    "nona": 9,
    "deca": 10,
    "dodeca": 12,
    "hemi": 0,
}
ROMAN_NAME = r"(?P<cation>[a-z]+)\s?\((?P<roman>I{1,3}|IV|VI{0,3})\)\s+(?P<anion>(?:hydrogen |dihydrogen )?[a-z]+)"
HYDRATE = re.compile(r"\s+(mono|di|tri|tetra|penta|hexa|hepta|octa|nona|deca|dodeca)hydrate$")


def expected_formulas(name: str) -> list[tuple[str, dict[str, int]]]:
    """The compositions a compound's name allows, with how they follow; empty when the name is not understood."""
    name = re.sub(r"\s+", " ", name.strip().lower()).replace("sulph", "sulf")
    name = re.sub(r"\((i{1,3}|iv|vi{0,3})\)", lambda m: f"({m.group(1).upper()})", name)
    water = 0
    hydrate = HYDRATE.search(name)
    if hydrate:
        water, name = COUNTS[hydrate.group(1)], name[: hydrate.start()]
    if name in compounds():
        return [(f"{name} is {compounds()[name].text}", _with_water(compounds()[name].composition, water))]
    roman = re.fullmatch(ROMAN_NAME, name)
    if roman:
        symbol = names().get(roman.group("cation"))
        anion = ions().get(roman.group("anion"))
        if symbol is None or anion is None or anion[2] != "anion" or roman.group("anion") in ("peroxide", "superoxide"):
            return []
        return _salt(symbol, ROMAN[roman.group("roman")], anion, water)
    words = name.split(" ")
    for k in range(1, len(words)):
        cation, anion = ions().get(" ".join(words[:k])), ions().get(" ".join(words[k:]))
        if cation is not None and anion is not None and cation[2] == "cation" and anion[2] == "anion":
            return _salt(cation[0], cation[1], anion, water)
    return _binary(words)


def _with_water(atoms: dict[str, int], water: int) -> dict[str, int]:
    if not water:
        return atoms
    out = dict(atoms)
    out["H"] = out.get("H", 0) + 2 * water
    out["O"] = out.get("O", 0) + water
    return out


def _salt(cation: str, charge: int, anion: tuple[str, int, str], water: int) -> list[tuple[str, dict[str, int]]]:
    down = -anion[1]
    if anion[0] == "O2":  # peroxide and superoxide keep their pairs
        n, m = (down, charge) if down > 1 and charge == 1 else (1, charge)
        n, m = (2, 1) if (charge, down) == (1, 2) else (1, 1) if charge == down else (1, charge)
    else:
        g = gcd(charge, down)
        n, m = down // g, charge // g
    parts = parse_formula(cation), parse_formula(anion[0])
    assert parts[0] is not None
    assert parts[1] is not None
    atoms: dict[str, int] = {}
    for formula, k in zip(parts, (n, m), strict=True):
        for symbol, count in formula.atoms if formula is not None else ():
            atoms[symbol] = atoms.get(symbol, 0) + count * k
    whole = _times(cation, n) + _times(anion[0], m)
    how = f"{whole}, for {n} × {cation}({charge:+d}) + {m} × {anion[0]}({anion[1]:+d}) is neutral"
    return [(how, _with_water(atoms, water))]


def _times(part: str, n: int) -> str:
    several = sum(c.isupper() for c in part) > 1
    return part if n == 1 else f"({part}){n}" if several else f"{part}{n}"


def _binary(words: list[str]) -> list[tuple[str, dict[str, int]]]:
    """dinitrogen pentoxide and the like."""
    if len(words) != 2:
        return []
    first = _counted(words[0], names())
    anions = {
        n: i[0]
        for n, i in ions().items()
        if i[2] == "anion"
        and len(i[0]) <= 2
        and n.endswith("ide")
        and n not in ("hydroxide", "cyanide", "amide", "azide", "peroxide", "superoxide", "hydrosulfide")
    }
    second = _counted(words[1], anions)
    if first is None or second is None or (first[1] == 1 and not second[2]) or first[0] == second[0]:
        return []
    return [
        (
            f"{first[1]} {first[0]} and {second[1]} {second[0]} by the name's prefixes",
            {first[0]: first[1], second[0]: second[1]},
        )
    ]


def _counted(word: str, known: dict[str, str]) -> tuple[str, int, bool] | None:
    if word in known:
        return known[word], 1, False
    for prefix, n in COUNTS.items():
        for form in (prefix, prefix[:-1]):
            rest = word.removeprefix(form)
            if n and rest != word and rest in known:
                return known[rest], n, True
    return None


NAME_WORDS = r"(?:[a-z]+(?:\((?:I{1,3}|IV|VI{0,3})\))?)(?:\s+(?:\((?:I{1,3}|IV|VI{0,3})\)\s+)?[a-z]+){0,3}"
NAMED = (
    re.compile(rf"(?P<name>(?i:[a-z]+)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}})\s+\$?(?P<formula>{FORMULA})\$?(?=[),;.\s]|$)"),
    re.compile(rf"(?P<name>(?i:[a-z]+)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}})(?:,?\s*\(|,\s+)\$?(?P<formula>{FORMULA})\$?(?=[),;.\s]|$)"),
    re.compile(rf"(?:[Ff]ormula|symbol)\s+(?:of|for)\s+(?P<name>(?i:[a-z]+)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}}?)\s+(?:is|would be|=)\s+(?:written\s+(?:as\s+)?)?\**\$?(?P<formula>{FORMULA})"),
    re.compile(rf"(?P<name>(?i:[a-z]+)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}}?)\s+(?:has\s+the\s+(?:chemical\s+|molecular\s+|empirical\s+)?formula|is\s+written(?:\s+as)?|with\s+(?:the\s+)?formula|is)\s+\**\$?(?P<formula>{FORMULA})"),
    re.compile(rf"(?<![A-Za-z\d])(?P<formula>{FORMULA})\$?\s*(?:\((?=[a-z])|,\s+|\s+is\s+(?:called\s+|named\s+|the\s+formula\s+(?:of|for)\s+)?|\s+\()(?P<name>[a-z]+(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}})"),
)  # fmt: skip


def _named(text: str, start: int, end: int) -> Iterator[Decision]:
    done: set[int] = set()
    for pattern in NAMED:
        for found in pattern.finditer(text, start, end):
            raw = trimmed(found.group("formula"))
            formula = parse_formula(raw)
            if (
                formula is None
                or found.start("formula") in done
                or (formula.charge is not None)
                or (len(formula.atoms) < 2 and sum(n for _, n in formula.atoms) == 1 and len(raw) < 2)
            ):
                continue
            suffix = pattern is NAMED[-1]
            name, allowed = _longest_name(found.group("name"), from_start=suffix)
            if not allowed or (len(formula.atoms) == 1 and len(allowed[0][1]) > 2):
                continue
            if (
                suffix
                and re.match(rf"[ (,]*\$?{FORMULA}", text[found.end("name") :])
                and "(" not in text[found.end("formula") : found.start("name")]
            ):
                continue  # in a list, the name belongs to the formula after it
            done.add(found.start("formula"))
            s = found.start("formula")
            e = s + len(raw)
            claim = Claim(kind="formula", text=text[s:e], span=(s, e), payload={"name": name, "formula": raw})
            how, atoms = allowed[0]
            receipt = Receipt(oracle="named compounds", computation=f"{name}: {how}")
            if any(a == formula.composition for _, a in allowed):
                yield Decision(
                    claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the formula is that of the name"
                )
            elif (
                NOT_SAID.search(_sentence(text, s))
                or re.search(r"empirical|monomer|dimer|fragment|radical|hydrate", _sentence(text, s), re.I)
                or formula.water
            ):
                yield _unverifiable(claim, "the sentence may speak of another species")
            elif not set(atoms) & set(formula.composition):
                continue  # the name belongs to something else
            else:
                yield Decision(
                    claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{name} is not {raw}: {how}"
                )


def _longest_name(words_text: str, *, from_start: bool) -> tuple[str, list[tuple[str, dict[str, int]]]]:
    words = re.sub(r"(?<=[a-z])\((?=[IV]+\))", " (", words_text).split()
    ranges = [(0, k) for k in range(len(words), 0, -1)] if from_start else [(k, len(words)) for k in range(len(words))]
    for a, b in ranges:
        name = " ".join(words[a:b]).replace(" (", "(")
        allowed = expected_formulas(name)
        if allowed:
            return name, allowed
    return "", []


def _masses(text: str, start: int, end: int) -> Iterator[Decision]:
    for found in MASS_OF_NAME.finditer(text, start, end):
        _, allowed = _longest_name(found.group("name").lower().strip(), from_start=False)
        if allowed:
            yield _compare_mass(
                text, found, Formula(found.group("name").strip(), tuple(sorted(allowed[0][1].items())), None, ())
            )
    for found in MASS_AFTER.finditer(text, start, end):
        formula = parse_formula(trimmed(found.group("formula")))
        if formula is not None:
            yield _compare_mass(text, found, formula)
    for found in MASS.finditer(text, start, end):
        raw = found.group("formula")
        formula = parse_formula(trimmed(raw)) if raw else None
        if formula is None and found.group("name"):
            _, allowed = _longest_name(found.group("name").strip(), from_start=False)
            if allowed:
                formula = Formula(found.group("name").strip(), tuple(sorted(allowed[0][1].items())), None, ())
        if formula is None or (
            found.group("unit") is None and "weight" not in found.group(0) and "mass" not in found.group(0)
        ):
            continue
        yield _compare_mass(text, found, formula)


def _compare_mass(text: str, found: re.Match[str], formula: Formula) -> Decision:
    stated_text = found.group("value").replace(",", ".")
    stated = float(stated_text) * (1000 if found.group("unit") == "kg" else 1)
    half_ulp = 0.5 * 10.0 ** -len(stated_text.partition(".")[2]) * (1000 if found.group("unit") == "kg" else 1)
    masses = molar_masses(formula)
    claim = Claim(
        kind="molar-mass", text=found.group(0), span=found.span(), payload={"formula": formula.text, "stated": stated}
    )
    terms = " + ".join(f"{n} {s}" for s, n in formula.atoms)
    receipt = Receipt(
        oracle="standard atomic weights",
        computation=f"{terms} = {masses[0]:.4g} g/mol" if masses[0] < 1000 else f"{terms} = {masses[0]:.6g} g/mol",
    )
    if any(abs(stated - m) <= half_ulp * 1.001 + 2.5e-4 * m for m in masses):
        return Decision(
            claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the sum of atomic weights agrees"
        )
    if (
        len(formula.atoms) == 1
        or NOT_SAID.search(_sentence(text, found.start()))
        or (abs(stated - masses[0]) < 2e-3 * masses[0] and stated_text.isdigit())
    ):
        return _unverifiable(claim, "another species or a coarse rounding may be meant")
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{formula.text} weighs {masses[0]:.5g} g/mol, not {stated_text}",
    )


__all__ = ["check_chemistry", "expected_formulas", "judge_state", "states_of"]
