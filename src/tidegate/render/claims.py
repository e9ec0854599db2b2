"""An answer with its claims marked in place, each with its number, a sign beside its colour, and its computation."""

from bisect import bisect_left
from collections import Counter
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

STYLE = {"supported": "green", "refuted": "bold white on red", "suspected": "bold red", "unverifiable": "yellow"}
SIGN = {
    "supported": "✓",
    "refuted": "✗",
    "suspected": "!",
    "unverifiable": "?",
}  # colour alone tells nobody who cannot see it
ORDER = ("refuted", "suspected", "supported", "unverifiable")
NAME_MAX = 80
NOTES_MAX = 200  # more claims than that: a terminal lists those that do not hold, and counts the others


class Mark(NamedTuple):
    """A claim with its place in the text, and the claims inside or across it that cannot be marked themselves."""

    number: int
    claim: dict[str, Any]
    start: int
    end: int
    within: tuple[dict[str, Any], ...] = ()


def verdict_of(claim: dict[str, Any]) -> str:
    """The claim's verdict in the reader's words: what is refuted only possibly is suspected."""
    verdict: str = claim["verdict"]
    return "suspected" if verdict == "refuted" and claim["evidence"].get("certainty") == "possible" else verdict


def why(claim: dict[str, Any]) -> str:
    """The computation, or what is said where there is none."""
    return str(claim["evidence"].get("computation") or claim["message"])


def name(claim: dict[str, Any]) -> str:
    """What a claim is called beside others: its text on one line and cut, or its kind where the text is a program."""
    text = " ".join(claim["text"].split())
    if claim["kind"].startswith("simulation"):
        return "the simulation"
    return text if len(text) <= NAME_MAX else f"{text[:NAME_MAX]}…"


def _place(text: str, claim: dict[str, Any]) -> tuple[int, int]:
    """Where a claim is marked: its span, of a whole program the line by which it is shown."""
    start, end = claim["where"]["span"]
    if not claim["kind"].startswith("simulation"):
        return start, end
    at = text.find(claim["text"], start, end)
    return (at, at + len(claim["text"])) if at >= 0 else (start, end)


def marks(text: str, claims: list[dict[str, Any]]) -> list[Mark]:
    """Marks that do not overlap, in the order of the text: refuted claims choose a place first, then the longest."""
    placed = [(c, *_place(text, c)) for c in claims]
    ranked = sorted(placed, key=lambda p: (ORDER.index(verdict_of(p[0])), p[1] - p[2]))
    starts: list[int] = []
    chosen: list[Mark] = []
    for c, a, b in ranked:
        at = bisect_left(starts, a)
        left = chosen[at - 1] if at else None
        right = chosen[at] if at < len(chosen) else None
        if b > a and (left is None or left.end <= a) and (right is None or b <= right.start):
            starts.insert(at, a)
            chosen.insert(at, Mark(0, c, a, b))
        elif left is not None and left.end > a:
            chosen[at - 1] = left._replace(within=(*left.within, c))
        elif right is not None:
            chosen[at] = right._replace(within=(*right.within, c))
        elif left is not None:
            chosen[at - 1] = left._replace(within=(*left.within, c))
    return [m._replace(number=n) for n, m in enumerate(chosen, start=1)]


def counts(claims: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """How many claims have each verdict, gravest first; verdicts that nothing has are left out."""
    found = Counter(map(verdict_of, claims))
    return [(v, found[v]) for v in ORDER if found[v]]


def marked(text: str, claims: list[dict[str, Any]]) -> Text:
    """The text for a terminal, each marked claim followed by its sign and number."""
    out, at = Text(), 0
    for m in marks(text, claims):
        verdict = verdict_of(m.claim)
        out.append(text[at : m.start])
        out.append(text[m.start : m.end], style=STYLE[verdict])
        out.append(f"[{SIGN[verdict]}{m.number}]", style="dim")
        at = m.end
    out.append(text[at:])
    return out


def notes(text: str, claims: list[dict[str, Any]]) -> RenderableType:
    """The numbered computations; claims within a mark stand below it."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    few, left_out = len(claims) <= NOTES_MAX, 0
    for m in marks(text, claims):
        for c in (m.claim, *m.within):
            verdict = verdict_of(c)
            if not few and verdict not in ("refuted", "suspected"):
                left_out += 1
                continue
            shown = c["message"] if verdict == "unverifiable" else why(c)
            shown = shown if c is m.claim else f"{name(c)}: {shown}"
            label = f"[{SIGN[verdict]}{m.number}]" if c is m.claim else ""
            table.add_row(Text(label), Text(verdict, style=STYLE[verdict]), Text(shown))
    if not left_out:
        return table
    more = f"{left_out:,} claims that are supported or unverifiable are not listed here: --json and --html list all"
    return Group(table, Text(more, style="dim"))


def summary(claims: list[dict[str, Any]]) -> str:
    """`8 of 9 claims decided: 5 refuted, 3 supported; 1 unverifiable`."""
    if not claims:
        return "no claim that can be computed was found: no quantity, formula, constant, code or reference"
    found = dict(counts(claims))
    unverifiable = found.pop("unverifiable", 0)
    decided = ", ".join(f"{n:,} {v}" for v, n in found.items())
    out = f"{sum(found.values()):,} of {len(claims):,} claims decided"
    return out + (f": {decided}" if decided else "") + (f"; {unverifiable:,} unverifiable" if unverifiable else "")
