# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Names of compounds and the formulae they allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from math import gcd

from tidegate.check.verify.chemistry.chemical_words import FORMULA, NOT_SAID, ROMAN, sentence_at, trimmed, unverifiable
from tidegate.check.verify.chemistry.formula import Formula, names, parse_formula
from tidegate.check.verify.chemistry.ion_claims import ion_beside
from tidegate.check.verify.chemistry.known_ions import ions
from tidegate.spine.claim import Claim, Decision, Receipt, Support
from tidegate.spine.resources import resource_text


@cache
def compounds() -> dict[str, Formula]:
    """Compounds known by name."""
    out = {}
    for line in resource_text("tidegate.check.verify.chemistry", "compounds.tsv").splitlines()[1:]:
        name, formula = line.split("\t")
        parsed = parse_formula(formula)
        assert parsed is not None, formula
        out[name.replace("sulf", "sulf")] = parsed
    return out


COUNTS = {"mono": 1, "di": 2, "tri": 3, "tetra": 4, "penta": 5, "hexa": 6, "hepta": 7, "octa": 8, "nona": 9, "deca": 10, "dodeca": 12, "hemi": 0}  # fmt: skip


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
    re.compile(rf"(?<![A-Za-z])(?P<name>(?i:[a-z]++)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s++[a-z]++){{0,3}})\s+\$?(?P<formula>{FORMULA})\$?(?=[),;.\s]|$)"),
    re.compile(rf"(?<![A-Za-z])(?P<name>(?i:[a-z]++)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s++[a-z]++){{0,3}})(?:,?\s*\(|,\s+)\$?(?P<formula>{FORMULA})\$?(?=[),;.\s]|$)"),
    re.compile(rf"(?:[Ff]ormula|symbol)\s+(?:of|for)\s+(?P<name>(?i:[a-z]+)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}}?)\s+(?:is|would be|=)\s+(?:written\s+(?:as\s+)?)?\**\$?(?P<formula>{FORMULA})"),
    re.compile(rf"(?<![A-Za-z])(?P<name>(?i:[a-z]+)(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}}?)(?:,\s(?:the|an?|which|used|also|known|its)\b[^,.;:\d()]{{3,60}},)?\s+(?:has\s+the\s+(?:chemical\s+|molecular\s+|empirical\s+)?formula|is\s+written(?:\s+as)?|with\s+(?:the\s+)?formula|is)\s+\**\$?(?P<formula>{FORMULA})"),
    re.compile(rf"(?<![A-Za-z\d])(?P<formula>{FORMULA})\$?\s*(?:\((?=[a-z])|,\s+|\s+is\s+(?:called\s+|named\s+|the\s+formula\s+(?:of|for)\s+)?|\s+\()(?P<name>[a-z]+(?:\s?\((?:I{{1,3}}|IV|VI{{0,3}})\))?(?:\s+[a-z]+){{0,3}})"),
)  # fmt: skip


# what every match of a form of NAMED holds, where that is rarer than a word before a capital letter
BEFORE_FORMULA = r"\$?(?:\\|[\[(]?[A-Z])"
HOLDS = (
    None,
    re.compile(rf"[(,](?:(?<=\()|\s+){BEFORE_FORMULA}"),
    re.compile(r"(?:ormula|symbol)\s"),
    re.compile(rf"(?:formula|written|as|is)\s+\**{BEFORE_FORMULA}"),
    None,
)


def check_names(text: str, start: int, end: int) -> Iterator[Decision]:
    """Decisions on every compound's name that stands beside a formula."""
    done: set[int] = set()
    for pattern, holds in zip(NAMED, HOLDS, strict=True):
        if holds is not None and holds.search(text, start, end) is None:
            continue
        for found in pattern.finditer(text, start, end):
            raw = trimmed(found.group("formula"))
            formula = parse_formula(raw)
            if formula is not None and formula.charge is not None and found.start("formula") not in done:
                decision = ion_beside(text, found, raw, formula)
                if decision is not None:
                    done.add(found.start("formula"))
                    yield decision
            if (
                formula is None
                or found.start("formula") in done
                or (formula.charge is not None)
                or (len(formula.atoms) < 2 and sum(n for _, n in formula.atoms) == 1 and len(raw) < 2)
            ):
                continue
            suffix = pattern is NAMED[-1]
            name, allowed = longest_name(found.group("name"), from_start=suffix)
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
                NOT_SAID.search(sentence_at(text, s))
                or re.search(r"empirical|monomer|dimer|fragment|radical|hydrate", sentence_at(text, s), re.I)
                or formula.water
            ):
                yield unverifiable(claim, "the sentence may speak of another species")
            elif not set(atoms) & set(formula.composition):
                continue  # the name belongs to something else
            else:
                yield Decision(
                    claim=claim, support=Support.REFUTED, receipt=receipt, message=f"{name} is not {raw}: {how}"
                )


def longest_name(words_text: str, *, from_start: bool) -> tuple[str, list[tuple[str, dict[str, int]]]]:
    """The longest run of words that names a compound, and the compositions the name allows."""
    words = re.sub(r"(?<=[a-z])\((?=[IV]+\))", " (", words_text).split()
    ranges = [(0, k) for k in range(len(words), 0, -1)] if from_start else [(k, len(words)) for k in range(len(words))]
    for a, b in ranges:
        name = " ".join(words[a:b]).replace(" (", "(")
        allowed = expected_formulas(name)
        if allowed:
            return name, allowed
    return "", []
