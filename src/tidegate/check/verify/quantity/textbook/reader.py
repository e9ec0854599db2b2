# ruff: noqa: E501  (patterns and messages read best on one line)
"""A formula of a text held against the laws that its words name.

`The drag force on a car is F = ½ ρ c_w A v²`: the name says which law is meant, the spellings which symbol is which.  The
formula is supported when it is one of the law's forms; refuted when it is none of any law's but one change of one place
away from a form of the law named, and nothing beside it says that another convention holds.  Anything else is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tidegate.check.verify.quantity.declarations import cleaned, unit_dims
from tidegate.check.verify.quantity.equations import Set, head_of, trimmed
from tidegate.check.verify.quantity.notation import GREEK_NAME
from tidegate.check.verify.quantity.symbolic import Unread
from tidegate.check.verify.quantity.textbook.laws import Form, Law, Named, count, law, named, spellings
from tidegate.check.verify.quantity.textbook.matching import (
    Change,
    Sides,
    assignments,
    changed,
    could_agree,
    distinct,
    equal,
    may_be,
    measured_alike,
)
from tidegate.check.verify.quantity.textbook.trees import Node, Size, read, readings, simplified, size
from tidegate.check.verify.quantity.unit_table import Dims
from tidegate.check.verify.scan import sentences


class Verdict(NamedTuple):
    """What the laws say of a formula: `holds` or the law's own form with what differs."""

    holds: bool
    law: str
    form: str
    span: tuple[int, int]
    message: str
    dimensional: bool


# words beside which a law's form is another: units of another system, amounts per unit, sums and shares, rough rules
OTHER_UNITS = re.compile(
    r"natural units|gaussian|\bcgs\b|\besu\b|\bemu\b|heaviside|atomic units|planck units|dimensionless|non-?dimensional|normali[sz]|geometri[cz]|\bunits (?:of|where|in which|with|so that)|in units|(?:energy|reduced|lattice|code|scaled|astronomical) units|measured in|expressed in|per.unit (?:system|quantit)|(?:ħ|hbar|\bc|\bG|k_B|\bm|\bk|\be)\s*\}?\$?\s*=\s*1\b(?!\.\d)|\bset (?:c|ħ|G|k)\b|imperial|\bfps\b|us customary|english units|foot.pound|slug|\bgpm\b|horsepower|in (?:mm|cm|inches|feet|nm|ev|mev|kev|gev|μm|km|minutes|hours|rpm|degrees|litres|liters|grams)\b",
    re.I,
)
ANOTHER = re.compile(
    r"\bper (?:unit|mole|mol|kilogram|kg|mass|volume|area|length|particle|molecule|atom|charge|second|metre|meter|photon|electron|degree|turn|nucleon|site|cell|capita|cent)\b|\b(?:specific|molar)\b|\bone mole\b|\ba mole\b|\bunit (?:mass|charge|volume|area|length|time|radius|sphere|circle|amplitude|density|cell|step|square|cube|width|depth)\b|\bof unit\b|\bunity\b|\bproportional|\bscales\b|\bscaling|\border of magnitude|\brule of thumb|\bempirical|\bcorrelation\b|\blumps?\b|\blumped|\babsorb|\bsimplif|\bcancel|\bratio of\b|\brelative to\b|\bdivid(?:e|ed|ing) by|\bmultipl|\bintensity\b|\bdensity of (?:energy|states|momentum)|\benergy density|\bmomentum density|\brate of\b|\bfraction\b|\bfactor of\b|\bcompared? (?:with|to)|\binstead of\b|\brather than\b|\bunlike\b|\bwould be\b|\bif (?:it|we|they) (?:was|were)\b",
    re.I,
)
NOT_PLAIN = re.compile(
    r"\b(?:both(?! ends?)|together|total|sum|each|two(?! point charges| charges| masses| bodies)|three|four|pair|twice|half|double|doubled|triple|rolling|rolls|hoop|ring|disc|disk|rod|shell|hollow|thin|thick|solid|system|net|combined|mean|average|averaged|peak|amplitude|rms|maximum|minimum|max|min|effective|relativistic|ultra|classical|quantum|approximate(?:ly)?|approx|roughly|about|small|large|limit|limiting|dimensions?|dimensional|diatomic|monatomic|monoatomic|degrees? of freedom|diameter|semi|hemi|quarter|full|series|parallel|phase|delta|star|wye|closed|open|fixed|clamped|cantilever|simply|uniform|central|distributed|ends?|odd|even|n-th|nth|order|peak-to-peak|reduced|modified|generali[sz]ed|corrected|including|with|without|neglecting|ignoring|when|if|for a|for an|for two|mirror|imag(?:e|ing)|inner|outer|reverse|round)\b",
    re.I,
)

WORD = re.compile(
    rf"(?!(?:{GREEK_NAME})$)[a-z]{{4,}}"
)  # speedup, mass: before a sign of equality it may as well be prose
NUMBER = re.compile(r"-?\s*\(?\d[\d.,]*\)?(?:\s|\\[,;: ])*(?=\S)")


ELSE_READ = re.compile(
    r"[A-Za-zα-ω]_\{?[xyzt]{2,4}\}?(?![A-Za-z0-9])|_\{?t\}?(?![A-Za-z0-9]).*_\{?[xyz]\}?(?![A-Za-z0-9])"
    r"|[A-Za-z]\s?(?:°|⁰|⦵|\^\{?\\?(?:circ|ominus)\b|\^\{?(?:o|⊖)\}?(?![A-Za-z0-9]))"
)
"""What would be taken apart wrongly: `u_tt = c² u_xx` is of derivatives, and a standard potential E° another than E."""


def held_against_laws(text: str, sides: Set, declared: Mapping[str, Dims]) -> Verdict | None:
    """What the laws named around a formula say of it; None when they say nothing."""
    near, own = _window(text, sides)
    if not near or ELSE_READ.search(text, sides.start, sides.right_start + len(sides.right)):
        return None
    laws = list(dict.fromkeys(n.law for n in near))
    said = {s: size(d) for s, d in declared.items()}
    tables = [law(n) for n in laws]
    known = {s for t in tables for s in t.spelled}
    offset, left = (0, sides.left) if sides.exact else _head(sides.left, {k for k in known if not WORD.fullmatch(k)})
    if not left:
        return None
    for right in [sides.right] if sides.exact else trimmed(sides.right)[:5]:
        span = (sides.start + offset, sides.right_start + len(right))
        found = _judge(
            text, span, left, right, tables, [law(n) for n in dict.fromkeys(m.law for m in own)], known, said, near
        )
        if found is not None:
            return found
    return None


def _head(left: str, known: set[str]) -> tuple[int, str]:
    """The formula at the end of what stands before the sign."""
    offset, head = head_of(left, frozenset(known))
    while head:
        if _tree(simplified(_balanced(head)), known) is not None:
            return offset, head
        gap = re.search(r"\s+", head)
        if gap is None:
            return 0, ""
        offset, head = offset + gap.end(), head[gap.end() :]
    return 0, ""


def _tree(text: str, known: set[str]) -> Node | None:
    try:
        return read(text, known)
    except (Unread, RecursionError):
        return None


def _balanced(side: str) -> str:
    """The side without a bracket that encloses the whole formula: `Ohm's law (V = I R)`."""
    if side.count("(") == side.count(")") + 1 and side.startswith("("):
        return side[1:]
    if side.count(")") == side.count("(") + 1 and side.endswith(")"):
        return side[:-1]
    return side


def _window(text: str, sides: Set) -> tuple[list[Named], list[Named]]:
    """The laws named in the formula's sentence and the one before it, and those of its sentence or, if none, of the line before."""
    start = max(0, sides.start - 400)
    begin, end = start, len(text)
    before = start
    for a, b in sentences(text, 0, len(text)):
        if a <= sides.right_start - 1 < b:
            begin, end = a, b
            break
        if b > start and text[a:b].strip():
            before = a
    begin, before, end = max(begin, sides.right_start - 400), max(before, start), min(end, sides.right_start + 400)
    own = named(text, begin, end)
    near = named(text, min(before, begin), begin) + own
    return near, own or near


def _readings(left: str, right: str, known: set[str]) -> Iterator[Sides]:
    a, b = simplified(left), simplified(right)
    rough = "." in a + b
    for way in readings(a + b):
        try:
            sides = read(a, known, way), read(b, known, way)
        except (Unread, RecursionError):
            continue
        yield Sides(*sides, distinct(*sides), rough)


def _judge(
    text: str,
    span: tuple[int, int],
    left: str,
    right: str,
    laws: list[Law],
    own: list[Law],
    known: set[str],
    said: Mapping[str, Size],
    names: list[Named],
) -> Verdict | None:
    left, right = _balanced(left), _balanced(right)
    ways = [w for w in dict.fromkeys(_readings(left, right, known)) if len(w.symbols) >= 2]
    if not ways or _is_value(right):
        return None
    for way in ways:
        for table in laws:
            for form in table.forms:
                ours = [given for given in assignments(table, form, way.symbols, 0) if equal(way, form, given)]
                if any(measured_alike(table, form, given, said) for given in ours):
                    return Verdict(True, table.name, form.text, span, f"this is {table.name}", False)
                if ours:
                    return None  # the law's form, with symbols declared to be something else
    if not _is_head(ways[0], own):
        return None
    for way in ways:
        found = _one_change(way, own, said)
        if found is None:
            continue
        table, form, given, change = found
        dimensional = not any(could_agree(laws, w, said) for w in ways)
        if change.kind == "exchange" and not dimensional:
            return None
        if _otherwise(text, span, names, dimensional) or (
            not (table.sure and not dimensional) and any(_known_anywhere(w) for w in ways)
        ):
            return None
        shown = _in_letters(form, given)
        return Verdict(
            False,
            table.name,
            shown,
            span,
            f"the law named here ({table.name}) is {shown}{_difference(change, given)}",
            dimensional,
        )
    return None


def _is_value(right: str) -> bool:
    """A number with a unit: `R_1 = 4 Ω`."""
    found = NUMBER.match(right)
    return found is not None and unit_dims(cleaned(right[found.end() :])) is not None


def _is_head(way: Sides, own: list[Law]) -> bool:
    """Whether one symbol that the law gives, alone on a side, is what the formula says."""
    left = way.left.parts[0] if way.left.kind == "^" else way.left
    if left.kind != "sym":
        return any(t.sure for t in own)
    return any(t.sure for t in own) or any(
        f.sides[0].name == c for t in own for c, _ in may_be(t, left.name) for f in t.forms
    )


def _one_change(
    way: Sides, own: list[Law], said: Mapping[str, Size]
) -> tuple[Law, Form, dict[str, str], Change] | None:
    for spare in (0, 1):
        for table in own:
            for form in table.forms:
                for given in assignments(table, form, way.symbols, spare):
                    left = form.sides[0]
                    if left.kind == way.left.kind == "sym" and given.get(way.left.name) != left.name and not table.sure:
                        continue
                    change = changed(way, form, given)
                    if change is not None and measured_alike(table, form, given, said):
                        return table, form, given, change
    return None


def _otherwise(text: str, span: tuple[int, int], names: list[Named], dimensional: bool) -> bool:
    """Whether words around say that another convention holds; of a mere number many more words do."""
    if OTHER_UNITS.search(text):
        return True
    start = max(0, text.rfind("\n", 0, span[0]), span[0] - 160)
    before, after = list(text[start : span[0]]), text[span[1] : span[1] + 120].split("\n")[0]
    for name in names:
        for at in range(max(name.start - start, 0), min(name.end - start, len(before))):
            before[at] = "_"
    told = f"{''.join(before)} | {after}"
    return ANOTHER.search(told) is not None or (not dimensional and NOT_PLAIN.search(told) is not None)


def _known_anywhere(way: Sides) -> bool:
    """Whether it is a form of any law of the tables, named or not."""
    letters = {frozenset((s, s.split("_")[0])) for s in way.symbols}
    for n in range(count()):
        if any(s.isdisjoint(spellings(n)) for s in letters):
            continue
        table = law(n)
        for form in table.forms:
            if len(form.symbols) == len(way.symbols) and any(
                equal(way, form, g) for g in assignments(table, form, way.symbols, 0)
            ):
                return True
    return False


def _in_letters(form: Form, given: Mapping[str, str]) -> str:
    """The law's form in the text's own letters."""
    back = {c: s for s, c in given.items()}
    return (
        re.sub(r"[A-Za-z]\w*", lambda m: back.get(m.group(0), m.group(0)), form.text)
        .replace("*", "·")
        .replace("=", " = ", 1)
    )


def _difference(change: Change, given: Mapping[str, str]) -> str:
    back = {c: s for s, c in given.items()}
    if change.kind == "factor":
        return f"; here a factor of {change.what} is missing"
    if change.kind == "symbol":
        return f"; here the power of {back.get(change.what, change.what)} is another"
    if change.kind == "exchange":
        return f"; here {change.what} stand in each other's place"
    return f"; here the {change.kind} is another" if change.kind in ("exponent", "function") else ""
