# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Do both sides of a formula have the same dimension?  A linear system over exponents.

Symbols get their dimension from the text (`where m is the mass`) or, when the set of symbols is
that of a known law, from that law; every unknown symbol is a free vector.  A formula is refuted
only when no assignment makes it consistent, and the smallest part that cannot hold is named.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tidegate.check.verify.quantity.declared import declared
from tidegate.check.verify.quantity.dimension_system import Row, Vector, consistent, inferred, minimal_core, reduce
from tidegate.check.verify.quantity.laws import LAWS, law_symbols, laws
from tidegate.check.verify.quantity.symbolic import CONSTANT, FREE, FUNCTIONS, SYMBOL, SymbolicFormula, Unread, plain
from tidegate.check.verify.quantity.unit_table import Dims
from tidegate.check.verify.quantity.units import dims_text
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "dimensions"


EQUATION = re.compile(
    r"(?<![\w\\^_/*+\-=])(?P<left>(?:[A-Za-zρλωστημνδΔ]{1,6}(?:_\{?[A-Za-z0-9]+\}?)?|\\[A-Za-z]+)[^=\n,;:.`$]{0,40}?)\s*=(?=\s*(?P<right>[^=\n,;:`$≈]{1,90}))"
)


class Read(NamedTuple):
    """One formula as rows that must vanish, with where it stands and what it used."""

    span: tuple[int, int]
    origin: str
    rows: tuple[Vector, ...]
    left: Vector
    right: Vector
    used: frozenset[str]
    dims: Mapping[str, Dims]


SYMBOLIC = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]{1,2}|[ρλωστημνδθα]|\\[a-z]+)(?:_\{?\w+\}?|[₀-₉])?(?:\s?[A-Za-z]|\([a-z]\))?(?:\^\{?\d\}?|[²³⁴])?\)?\s*=(?!=)\s*[^=\n]{0,24}?[A-Za-zρλωστημνδθα\\√]"
)


NATURAL = re.compile(
    r"natural units|dimensionless (?:units|form|variables|time|equation)|nondimensional|non-dimensional|normali[sz]ed|in units (?:of|where)|atomic units|\bset(?:ting)? (?:c|G|ħ|\\hbar|k_B|k)\b|(?<![A-Za-z])(?:c|ħ|G|\\hbar)\s*=\s*(?:ħ\s*=\s*|c\s*=\s*|\\hbar\s*=\s*|G\s*=\s*)*1(?![.\d])",
    re.I,
)


NEAR = 60


def _symbolic(text: str) -> list[tuple[int, int]]:
    """Where symbols are equated: spans around the signs of equality that no number or word stands before."""
    out = []
    at = text.find("=")
    while at >= 0:
        head = text[max(0, at - NEAR) : at].rstrip()
        if not _number_or_word(head) and (found := SYMBOLIC.search(text, max(0, at - NEAR), at + NEAR)) is not None:
            out.append(found.span())
        at = text.find("=", at + 1)
    return out


def _number_or_word(head: str) -> bool:
    """A quick look: whether a plain number or a word of four letters ends what stands before a sign of equality."""
    bare = head.rstrip("0123456789.,")
    if bare != head:
        return bare[-1:] in BEFORE_NUMBER
    bare = head.rstrip(LETTERS)
    return len(head) - len(bare) > 3 and bare[-1:] in BEFORE_NUMBER


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
BEFORE_NUMBER = (" ", "\n", "\t", "$", "*", "+", "/", "×", "÷")


def _equates_symbols(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether symbols are equated at or near a sign of equality in text[start:end]."""
    first = bisect_left(spans, (start - NEAR, 0))
    for a, b in spans[first:]:
        if a > end + NEAR:
            return False
        if text.find("=", max(start, b - NEAR), min(end, a + NEAR + 1)) >= 0:
            return True
    return False


def _lines_with_equality(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines that hold an equals sign; with the line before or after where the sign stands at the edge."""
    at, first = start, start
    while at < end:
        stop = text.find("\n", at, end) + 1 or end
        line = text[at:stop].strip()
        if "=" in line and line[-1] != "=":
            yield (first if line[0] == "=" else at), stop
            first = stop
        elif "=" not in line and line:
            first = at
        elif line:  # the right side is on a later line
            follow = text.find("\n", stop, end) + 1 or end
            yield (first if line[0] == "=" else at), follow
            first = stop = follow
        at = stop


def check_dimensions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on symbolic formulae whose symbols are known, alone and as one system."""
    symbolic = _symbolic(text)
    if not symbolic:
        return
    natural: bool | None = None
    said: dict[str, Dims] | None = None
    own: list[Read] = []
    broken = False
    for start, end in (lines for r in ranges for lines in _lines_with_equality(text, *r)):
        if not _equates_symbols(text, start, end, symbolic):
            continue
        for found in EQUATION.finditer(text, start, end):
            if re.search(SYMBOL, plain(found.group("right"))) is None:
                continue
            said = declared(text) if said is None else said
            decision, read = _decide(text, found, said)
            if decision is None and read is None:
                continue
            natural = NATURAL.search(text) is not None if natural is None else natural
            if natural:
                return
            if decision is not None:
                broken |= decision.support is Support.REFUTED
                yield decision
            if read is not None:
                own.append(read)
    if not broken and len(own) > 1:
        yield from _system(text, own)


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


def _trim(right: str) -> list[str]:
    """The right side, and shorter forms of it that end before words."""
    words = re.split(r"\\[)\]]", right)[0].strip().rstrip(".").split(" ")
    return [" ".join(words[:k]) for k in range(len(words), 0, -1)]


# words before a formula that may as well be read as products of its symbols
WORDS_BEFORE = frozenset({"a", "I", "as", "is", "at", "so", "by", "to", "in", "be", "we", "has", "gives", "that", "then", "thus", "use", "are"})  # fmt: skip


def _head(left: str, vocabulary: frozenset[str]) -> tuple[int, str]:
    """The last part of what stands before the sign that is a formula, and where it begins."""
    pieces = [(m.start(), m.group(0)) for m in re.finditer(r"\S+", left)]
    first = len(pieces)
    for k in range(len(pieces) - 1, -1, -1):
        names = [n.replace(" ", "") for n in re.findall(SYMBOL, plain(pieces[k][1]))]
        if names and not all(
            n in vocabulary or (len(n) <= 4 and all(c in vocabulary for c in n)) or FREE.fullmatch(n) for n in names
        ):
            break
        if (pieces[k][1] in WORDS_BEFORE and k < len(pieces) - 1) or pieces[k][1] in ("\\(", "\\[", "$", "$$"):
            break
        first = k
    if first == len(pieces):
        return 0, ""
    at = pieces[first][0]
    mark = re.match(r"(?:\\[(\[]|\$)+", left[at:])
    at += mark.end() if mark else 0
    return at, left[at:]


def _read(
    left: str, right: str, span: tuple[int, int], origin: str, table: Mapping[str, Dims], *, free: bool
) -> Read | None:
    """The formula under the readings of `a/b c`: the consistent one if there is one."""
    best: Read | None = None
    for grab in (False, True):
        try:
            a, b = SymbolicFormula(left, table, free=free), SymbolicFormula(right, table, free=free, grab=grab)
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
        best = best or read
    return best


DERIVATIVE = re.compile(
    r"(?<![A-Za-z])d(?:\^?\{?[2-9²³]\}?)?\s?[A-Za-zα-ωΑ-Ω](?:_\{?\w+\}?)?(?:\([a-z]\))?\s?/\s?d\s?[a-zα-ω]|∂|\\partial|\\frac\s*\{d"
)  # of a formula's symbols nothing is known then: `dv/dt` is no d times v


def _decide(text: str, found: re.Match[str], said: dict[str, Dims]) -> tuple[Decision | None, Read | None]:
    if DERIVATIVE.search(text, found.start(), found.end("right")):
        return None, None
    if re.search(r"[\d)}\]]\s*$", text[max(0, found.start() - 8) : found.start()]):
        return None, None  # a unit after a number, not a symbol
    vocabulary = law_symbols() | frozenset(said)
    offset, left = _head(found.group("left"), vocabulary)
    lead = re.match(rf"\s*-?\(*({SYMBOL})", plain(left)) if left else None
    if lead is None or not (lead.group(1).replace(" ", "") in vocabulary or lead.group(1)[0] in vocabulary):
        return None, None
    if not any(w in vocabulary or w[0] in vocabulary for w in re.findall(SYMBOL, plain(found.group("right")))[:8]):
        return None, None
    begin = found.start() + offset
    right_start = found.start("right") + len(found.group("right")) - len(found.group("right").lstrip())
    head = lead.group(1).replace(" ", "")
    opening = [
        s
        for s in (w.replace(" ", "") for w in re.findall(SYMBOL, plain(found.group("right")))[:2])
        if s not in ("pi", "sqrt", *FUNCTIONS)
    ][:1]
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
        for right in _trim(found.group("right"))[:6]:
            read = _read(left, right, (begin, right_start + len(right)), origin, table, free=free)
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
        if good is own and _untested(own):
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
