# ruff: noqa: E501  (patterns and messages read best on one line)
"""One number put into one formula: `Let x = 2. Then x^2 + 3x = 11.` is computed with the number in the symbol's place.

Only where nothing else can be meant: the symbol is set once, by a closed list of words, the formula
follows at once, holds no other symbol, and is equated with a plain number that ends the clause.  What
is written with the number in place is then an ordinary equality, with its rules of rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tidegate.check.verify.numbers.arithmetic import check_arithmetic
from tidegate.check.verify.numbers.doubt import OTHER_ALGEBRA
from tidegate.spine.claim import Claim, Decision, Receipt, Support

NUMERAL = r"[-−]?\d+(?:\.\d+)?"
SET = re.compile(
    rf"(?:^|(?<=[.!?;:\n*]\s)|(?<=\n))\**(?:[Ll]et|[Ww]ith|[Ww]hen|[Ff]or|[Aa]t|[Gg]iven|[Ss]ubstituting|[Pp]lugging in|[Ss]etting)\s+"
    rf"\$?(?P<symbol>[a-zA-Z])\s*=\s*(?P<number>{NUMERAL})\$?\s*(?:[.,;:]|\bin\b|\binto\b)?\s+"
    r"(?:[Tt]hen|[Ss]o|[Tt]hus|[Hh]ence|[Tt]herefore|(?:and )?[Ww]e (?:get|have|find|obtain)|gives|yields|[Tt]he (?:expression|formula|value))?[:,]?\s*"
    rf"\$?(?P<formula>[-(\w][\w\s^*/+()·×−-]{{0,60}}?)\s*=\s*(?P<result>{NUMERAL})\$?(?=\s*(?:[.;!](?!\d)|\n|$))"
)


def check_substituted(text: str, ranges: Sequence[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on formulae whose one symbol the sentence before has set."""
    for start, end in ranges if _may_set(text) else ():
        for found in SET.finditer(text, start, end):
            symbol, number, formula = found.group("symbol", "number", "formula")
            if symbol in "eiId" or set(re.findall(r"[A-Za-z]", formula)) != {symbol} or "_" in formula:
                continue
            # x2 may be x², 1/2x may be x/2: left alone
            if re.search(rf"[A-Za-z]{{2}}|{symbol}\d|{symbol}\s+\d|\d\s+\d|/\s*\d[\d.]*\s*{symbol}", formula):
                continue
            settings = re.findall(rf"(?<![\w)^*/+−-]){symbol}\s*(?:=|:=|←)\s*([^\s.,;]*)", text)
            if len(settings) != 1 or OTHER_ALGEBRA.search(text[max(0, found.start() - 200) : found.end() + 80]):
                continue
            yield from _decided(found, _put(formula, symbol, number), found.group("result"))


OPENS = frozenset({"let", "with", "when", "for", "at", "given", "substituting", "in", "setting"})


def _may_set(text: str) -> bool:
    """A quick look: whether one of the opening words stands before some `x =`."""
    at = text.find("=")
    while at >= 0:
        words = text[max(0, at - 60) : at].split()[-2:]
        if len(words) == 2 and len(words[1].lstrip("$")) == 1 and words[0].lstrip("*").lower() in OPENS:
            return True
        at = text.find("=", at + 1)
    return False


def _put(formula: str, symbol: str, number: str) -> str:
    """The formula with `(number)` for the symbol and every product written out."""
    spelled = re.sub(rf"(?<=[\d)])\s*(?={symbol})|(?<={symbol})\s*(?=\()|(?<=[\d)])\s*(?=\()", "*", formula.strip())
    return spelled.replace(symbol, f"({number})")


def _decided(found: re.Match[str], written: str, result: str) -> Iterator[Decision]:
    line = f"{written} = {result}"
    span = (found.start("formula"), found.end("result"))
    for decision in check_arithmetic(line, [(0, len(line))]):
        if decision.claim.span != (0, len(line)):
            continue
        shown = f"{found.group('symbol')} = {found.group('number')}: {decision.receipt.computation}"
        yield Decision(
            claim=Claim(kind="equation", text=found.string[slice(*span)], span=span),
            support=decision.support,
            receipt=Receipt(oracle="arithmetic", computation=shown, detail=decision.receipt.detail),
            message=f"with {found.group('symbol')} = {found.group('number')}, {decision.message}"
            if decision.support is Support.REFUTED
            else decision.message,
            certainty=decision.certainty,
        )


__all__ = ["check_substituted"]
