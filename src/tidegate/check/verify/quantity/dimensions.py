# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Do both sides of a formula have the same dimension?  A linear system over exponents.

Symbols get their dimension from the text (`where m is the mass`) or, when the set of symbols is
that of a known law, from that law; every unknown symbol is a free vector.  A formula is refuted
only when no assignment makes it consistent, and the smallest part that cannot hold is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tidegate.check.verify.quantity.declarations import cleaned, unit_dims
from tidegate.check.verify.quantity.declared import declared
from tidegate.check.verify.quantity.dimension_system import Row, Vector, consistent, inferred, minimal_core, reduce
from tidegate.check.verify.quantity.equations import PROSE_WORD, Set, after_prose, formulas, head_of, trimmed
from tidegate.check.verify.quantity.laws import LAWS, law_symbols, laws
from tidegate.check.verify.quantity.notation import GREEK_LETTER, GREEK_NAME, plain
from tidegate.check.verify.quantity.symbolic import CONSTANT, FUNCTIONS, SYMBOL, SymbolicFormula, Unread
from tidegate.check.verify.quantity.textbook.reader import Verdict, held_against_laws
from tidegate.check.verify.quantity.unit_table import Dims
from tidegate.check.verify.quantity.units import dims_text
from tidegate.check.verify.scan import lowered
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "dimensions"


class Read(NamedTuple):
    """One formula as rows that must vanish, with where it stands and what it used."""

    span: tuple[int, int]
    origin: str
    rows: tuple[Vector, ...]
    left: Vector
    right: Vector
    used: frozenset[str]
    dims: Mapping[str, Dims]


LETTERS = re.compile(rf"[A-Za-z{GREEK_LETTER}]")
NATURAL = re.compile(
    r"natural units|dimensionless (?:units|form|variables|time|equation)|nondimensional|non-dimensional|normali[sz]ed|in units (?:of|where)|atomic units|\bset(?:ting)? (?:c|G|ħ|\\hbar|k_B|k)\b|(?<![A-Za-z])(?:c|ħ|G|\\hbar)\s*=\s*(?:ħ\s*=\s*|c\s*=\s*|\\hbar\s*=\s*|G\s*=\s*)*1(?!\s*[.\d/])",
    re.I,
)


NATURAL_WORDS = ("natural units", "dimensionless", "nondimensional", "non-dimensional", "normalis", "normaliz", "in units", "atomic units", "set ", "setting ")  # fmt: skip
IS_ONE = re.compile(r"=\s*1(?!\s*[.\d/])")


def _natural(text: str) -> bool:
    """Whether constants are set to one, so that dimensions say nothing; the words are looked for first."""
    low = lowered(text)
    return (any(w in low for w in NATURAL_WORDS) or IS_ONE.search(text) is not None) and NATURAL.search(
        text
    ) is not None


def _wanted(found: list[Set]) -> frozenset[str]:
    """Every symbol that the formulae may hold, and the letters of words that may be products."""
    out: set[str] = set()
    for sides in found:
        value = NUMBER.match(sides.right)
        if value is not None and unit_dims(cleaned(sides.right[value.end() :])) is not None:
            continue  # R_1 = 4 Ω
        left = sides.left if sides.exact else after_prose(sides.left)
        for word in re.findall(SYMBOL, f"{plain(left)} {plain(sides.right)}"):
            word = word.replace(" ", "")
            if not sides.exact and PROSE_WORD.fullmatch(word):
                continue
            out.add(word)
            if word[-2:-1] == "_" and word[-1].isdigit():
                out.update(word[:-1] + n for n in "0123")
            if len(word) <= 6 or "_" in word:
                out.update(PART.findall(word))
    return frozenset(out - {"pi", "sqrt", "constant", *FUNCTIONS})


NUMBER = re.compile(r"-?\d[\d.,]*(?:\s|\\[,;: ])*(?=\S)")
PART = re.compile(rf"(?:Delta)?(?:{GREEK_NAME}|[A-Za-z])(?:_[A-Za-z0-9]+)?")


def check_dimensions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on symbolic formulae whose symbols are known, alone and as one system."""
    found = [f for f in formulas(text, ranges) if LETTERS.search(f.right) and re.search(SYMBOL, plain(f.right))]
    if not found or _natural(text):
        return
    masked = tuple((f.start if f.exact else f.right_start - 1, f.right_start + len(f.right)) for f in found)
    said = declared(text, _wanted(found), masked)
    vocabulary = law_symbols() | frozenset(said)
    own: list[Read] = []
    broken = False
    for sides in found:
        decision, read = _decide(text, sides, said, vocabulary)
        by_law = held_against_laws(text, sides, said)
        if by_law is not None:
            decision = _with_law(text, decision, by_law)
            read = None if by_law.holds is False else read
        if decision is not None:
            broken |= decision.support is Support.REFUTED
            yield decision
        if read is not None:
            own.append(read)
    if not broken and len(own) > 1:
        yield from _system(text, own)


def _with_law(text: str, decision: Decision | None, by_law: Verdict) -> Decision:
    """What stands after the law that the words name has been looked at: its own form is never refuted."""
    if decision is not None and decision.support is Support.REFUTED and not by_law.holds:
        return msgspec.structs.replace(decision, message=f"{decision.message}; {by_law.message}")
    if decision is not None and decision.support is Support.SUPPORTED and by_law.holds:
        return decision
    claim = Claim(kind="dimension", text=text[slice(*by_law.span)], span=by_law.span)
    receipt = Receipt(oracle=ORACLE, computation=by_law.message, detail={"law": by_law.law, "form": by_law.form})
    support = Support.SUPPORTED if by_law.holds else Support.REFUTED
    return Decision(claim=claim, support=support, receipt=receipt, message=by_law.message, certainty="measured")


def _system(text: str, own: list[Read]) -> Iterator[Decision]:
    """Formulae that are sound one by one and cannot all hold: the minimal inconsistent set is named."""
    rows = [Row(v, n) for n, read in enumerate(own) for v in read.rows]
    core = minimal_core(rows)
    if len(core) < 2 or not any(own[n].used & set(own[n].dims) for n in core):
        return
    last = own[max(core)]
    formulas = [text[own[n].span[0] : own[n].span[1]] for n in core]
    claim = Claim(kind="dimension", text=text[last.span[0] : last.span[1]], span=last.span)
    said = "; ".join(formulas)
    yield Decision(
        claim=claim, support=Support.REFUTED, certainty="measured",
        receipt=Receipt(oracle=ORACLE, computation=f"no dimensions satisfy all of: {said}", core=tuple({"formula": f} for f in formulas), detail={"core": formulas}),
        message=f"these formulae cannot all hold, whatever the dimensions of their symbols: {said}",
    )  # fmt: skip


def _read(
    left: str, right: str, span: tuple[int, int], origin: str, table: Mapping[str, Dims], *, free: bool
) -> Read | None:
    """The formula under the readings of `a/b c`: the consistent one if there is one."""
    best: Read | None = None
    for grab, loose in ((False, True), (True, True), (False, False)):
        try:
            a, b = (
                SymbolicFormula(_named(left), table, free=free, loose=loose),
                SymbolicFormula(right, table, free=free, grab=grab, loose=loose),
            )
            va, vb = a.whole(), b.whole()
        except (Unread, ZeroDivisionError, IndexError, OverflowError):
            return best
        if va.wild or vb.wild:
            return best
        used = frozenset(a.used | b.used)
        if not b.used & (set(table) | CONSTANT) or (not free and not a.used & set(table)):
            return best
        read = Read(span, origin, (*a.rows, *b.rows, vb.plus(va, -1)), va, vb, used, table)
        if consistent([Row(v, 0) for v in read.rows]):
            return read
        if _hides_units(right, used):
            return best
        best = best or read
        if "/" not in plain(right) and not any(f in right for f in FUNCTIONS):
            break
    return best


# x(t), E(x, t): the name of a function with what it is a function of
OF = re.compile(
    r"^\s*((?:\\?[A-Za-z]+|[^\W\d_])(?:_\{?\w+\}?|[₀-₉]+)?)\s*(?:\\left\s*)?\(\s*(?:[a-zλωθ]|\\[a-z]+|[A-Z])(?:\s*,\s*(?:[a-zλωθ]|\\[a-z]+|[A-Z]))*\s*(?:\\right\s*)?\)\s*$"
)


def _named(left: str) -> str:
    """`x(t)` on the left is x."""
    found = OF.match(left)
    return found.group(1) if found else left


def _hides_units(right: str, used: frozenset[str]) -> bool:
    """`s = 5 t²`: a number beside one symbol may hold any unit."""
    words = {w.replace(" ", "") for w in re.findall(SYMBOL, plain(right))} - {"sqrt"}
    return (
        len(used) <= 2
        and "pi" not in words
        and re.search(
            r"(?<![\^\d(_])(?:[2-9]|\d\d)\d*(?!\d)", re.sub(r"\^\(?\d+\)?|\bln\s*\(?\s*\d+", "", plain(right))
        )
        is not None
    )


def _known(word: str, vocabulary: frozenset[str]) -> bool:
    word = word.replace(" ", "")
    return word in vocabulary or word[0] in vocabulary


def _decide(
    text: str, sides: Set, said: dict[str, Dims], vocabulary: frozenset[str]
) -> tuple[Decision | None, Read | None]:
    offset, left = (0, sides.left) if sides.exact else head_of(sides.left, vocabulary)
    lead = re.search(SYMBOL, plain(left)) if left else None
    if lead is None or not _known(lead.group(0), vocabulary):
        return None, None
    opened = re.findall(SYMBOL, plain(sides.right)[:120])
    if not any(_known(w, vocabulary) for w in opened[:8]):
        return None, None
    begin = sides.start + offset
    if not sides.exact and re.search(r"[\d)}\]]\s*$", text[max(0, begin - 8) : begin]):
        return None, None  # a unit after a number, not a symbol
    rights = [sides.right] if sides.exact else trimmed(sides.right)[:6]
    head = lead.group(0).replace(" ", "")
    opening = [s for s in (w.replace(" ", "") for w in opened[:2]) if s not in ("pi", "sqrt", *FUNCTIONS)][:1]
    tries = [("the text's own definitions", said, True)] if said else []
    tries += [
        (
            f"the law {name!r}",
            {**table, **{k: v for k, v in said.items() if k in table}} if said else dict(table),
            False,
        )
        for name, table in laws()
        if (head in table or (head[0] in table and len(head) > 1)) and all(s in table or s[0] in table for s in opening)
    ]
    reads: list[Read] = []
    for origin, table, free in tries:
        for right in rights:
            read = _read(left, right, (begin, sides.right_start + len(right)), origin, table, free=free)
            if read is not None:
                reads.append(read)
                break
    if not reads:
        return None, None
    own = next((r for r in reads if r.origin.startswith("the text") and len(r.used & set(said)) >= 2), None)
    sound = [r for r in reads if r is own or not r.origin.startswith("the text")]
    good = next((r for r in sound if _holds(r)), None)
    span = (own or reads[0]).span
    claim = Claim(kind="dimension", text=text[span[0] : span[1]], span=span)
    if own is not None and _holds(own):
        good = own
        if _untested(own):
            broken = _against_law(reads, own, said)
            if broken is not None:
                return _refuted(claim, broken, certainty="measured"), None
    if good is not None:
        found_dims = {s: dims_text(d) for s, d in inferred([Row(v, 0) for v in good.rows]).items()}
        shown = "have the same dimension" if good.left.unknown else f"are [{dims_text(good.left.known)}]"
        receipt = Receipt(oracle=ORACLE, computation=f"both sides {shown} by {good.origin}" + (f"; then {', '.join(f'{s} is [{d}]' for s, d in found_dims.items())}" if found_dims else ""),
                          detail={"inferred": found_dims} if found_dims else {})  # fmt: skip
        if good is own and own.left.unknown and not (own.used & set(said)) - {head}:
            return None, own
        odd = good is own and any(
            d.denominator > 2 or (d.denominator > 1 and head not in said)
            for s, v in inferred([Row(v, 0) for v in own.rows]).items()
            if s == head
            for d in v
        )
        if odd or (good is own and _untested(own)):
            message = "nothing to hold it against: the symbols left free take what dimension they need"
            return Decision(
                claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=message, certainty="possible"
            ), own
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the dimensions agree"), own
    best = own or next((r for r in sound if _same_law(r)), None)
    if best is None:
        return None, None
    return _refuted(claim, best, certainty="proved" if own else "measured"), None


def _refuted(claim: Claim, best: Read, *, certainty: str) -> Decision:
    core = tuple({"symbol": s, "dimension": dims_text(best.dims[s])} for s in sorted(best.used & set(best.dims)))
    clash = next((v for v in best.rows if not v.unknown and any(v.known)), best.rows[-1])
    sides = (
        f"left [{dims_text(best.left.known)}], right [{dims_text(best.right.known)}]"
        if best.left.known != best.right.known
        else f"terms differ by [{dims_text(clash.known)}]"
    )
    receipt = Receipt(oracle=ORACLE, computation=f"{sides} by {best.origin}", core=core, detail={"core": list(core)})
    named = ", ".join(c["symbol"] + " [" + c["dimension"] + "]" for c in core)
    return Decision(
        claim=claim, support=Support.REFUTED, receipt=receipt, message=f"the sides differ in dimension: {sides} ({named})",
        certainty=certainty,
    )  # fmt: skip


def _untested(read: Read) -> bool:
    """Whether every row only fixes a symbol that was free: then nothing was checked."""
    pivots, holds = reduce([Row(v, 0) for v in read.rows])
    return holds and all(v.unknown for v in read.rows) and len(pivots) == len(read.rows)


def _against_law(reads: Sequence[Read], own: Read, said: Mapping[str, Dims]) -> Read | None:
    """A law with just these symbols, declared with the law's own dimensions, that the formula breaks."""
    same = [r for r in reads if not r.origin.startswith("the text") and _same_law(r)]
    if any(_holds(r) for r in reads if not r.origin.startswith("the text")):
        return None
    for read in same:
        table = dict(laws())[read.origin.removeprefix("the law ").strip("'\"")]
        shared = [s for s in read.used & set(said) if s in table]
        if len(shared) >= 2 and all(said[s] == table[s] for s in shared) and own.used == read.used:
            return read
    return None


def _holds(read: Read) -> bool:
    return consistent([Row(v, 0) for v in read.rows])


def _same_law(read: Read) -> bool:
    """Whether the formula uses all the symbols a law has, so that the law is meant and not another."""
    name = read.origin.removeprefix("the law ").strip("'\"")
    line = next(x for x in LAWS.strip().splitlines() if x.startswith(name + "|"))
    formula = line.split("|")[1]
    needed = {s for s in re.findall(r"[A-Za-z]+(?:_[A-Za-z0-9]+)?", formula) if s not in ("pi", "sqrt")}
    table = dict(laws())[name]
    used_dims = sorted(str(read.dims[s]) for s in read.used if s in read.dims)
    return len(used_dims) >= 3 and sorted(str(table[s]) for s in needed) == used_dims
