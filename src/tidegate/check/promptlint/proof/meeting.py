"""Which instructions can bind at once: precedence, defaults, special cases, exceptions and guards keep others apart."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from tidegate.check.promptlint import explain
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.lexicon import ENUMERATED, USERS
from tidegate.check.promptlint.grammar.literals import SYNONYMS, stem
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.model import Conjunction, Instruction, Literal, Priority, Unit

FAMILIES = frozenset(ENUMERATED.values()) | {"language", "user", "customer", "time"}
OWNED = re.compile(r"\b(?P<owner>\w+)(?:['’]s|s['’]) (?P<thing>\w+)")


def exclusions(
    group: Sequence[Instruction], priorities: Sequence[Priority]
) -> tuple[list[tuple[int, int]], list[tuple[Instruction, Instruction, str]]]:
    """Pairs that never bind together, and of those the ones that a precedence settles."""
    out: list[tuple[int, int]] = []
    settled: list[tuple[Instruction, Instruction, str]] = []
    for a in range(len(group)):
        for b in range(a + 1, len(group)):
            x, y = group[a], group[b]
            if same_ask(x, y):
                continue
            reason = yields(x, y, priorities)
            if reason:
                out.append((a, b))
                if opposed(x, y):
                    loser, winner, how = reason
                    settled.append((loser, winner, how))
            elif not may_meet(x, y):
                out.append((a, b))
    return out, settled


def same_ask(a: Instruction, b: Instruction) -> bool:
    """Whether two instructions ask exactly the same."""
    return a.semantic_key == b.semantic_key


def opposed(a: Instruction, b: Instruction) -> bool:
    """Whether two instructions speak of one attribute with different demands."""
    return a.constraint.attribute == b.constraint.attribute and a.constraint != b.constraint


def yields(
    a: Instruction, b: Instruction, priorities: Sequence[Priority]
) -> tuple[Instruction, Instruction, str] | None:
    """(loser, winner, why) when one gives way to the other by declaration or as the special case."""
    for p in priorities:
        for winner, loser in ((a, b), (b, a)):
            if (
                selects(p.winner, winner, p.unit)
                and selects(p.loser, loser, p.unit)
                and not (selects(p.winner, loser, p.unit) and selects(p.loser, winner, p.unit))
            ):
                return loser, winner, f"declared on {p.unit.source}:{p.unit.line}"
            if p.winner in (("smaller",), ("larger",)) and _wins_by_size(winner, loser, p.winner[0] == "smaller"):
                return loser, winner, f"the {p.winner[0]} limit wins ({p.unit.source}:{p.unit.line})"
            if p.winner == ("later",) and (loser.unit.span < winner.unit.span):
                return loser, winner, f"the later rule wins ({p.unit.source}:{p.unit.line})"
            if p.winner == ("earlier",) and (winner.unit.span < loser.unit.span):
                return loser, winner, f"the earlier rule wins ({p.unit.source}:{p.unit.line})"
    pa, pb = a.unit.precedence, b.unit.precedence
    if pa is not None and pb is not None and pa != pb:
        return (b, a, "precedence of its layer") if pa < pb else (a, b, "precedence of its layer")
    if a.default != b.default:
        return (a, b, "a default gives way") if a.default else (b, a, "a default gives way")
    for lo, hi in ((a, b), (b, a)):
        if not lo.universal and not lo.prohibition and narrower(hi, lo):
            return lo, hi, "the special case"
        if not lo.universal and not lo.scope and hi.scope[:1] == ("part",) and not isinstance(lo.constraint.value, int):
            return lo, hi, "the part's own rule"
        if (
            hi.constraint.attribute == lo.constraint.attribute == "consent"
            and not lo.universal
            and set(hi.restrict) > set(lo.restrict)
        ):
            return lo, hi, "the special case"
        if lo.exceptions and hi.guard and (not hi.universal or overlap(lo.exceptions, hi.guard) >= 0.3):
            return lo, hi, "the exception"
        if lo.exceptions and object_words(hi) & literal_words(lo.exceptions):
            return lo, hi, "the exception"
        if lo.exceptions and any(w and w <= sentence_words(hi.unit.text) for w in map(literal_words_of, lo.exceptions)):
            return lo, hi, "the exception"
    return None


def _wins_by_size(winner: Instruction, loser: Instruction, smaller: bool) -> bool:
    """Whether "the shorter limit applies" settles two amounts of one thing in the winner's favour."""
    a, b = winner.constraint, loser.constraint
    if a.attribute != b.attribute or not isinstance(a.value, int) or not isinstance(b.value, int):
        return False
    return a.value < b.value if smaller else a.value > b.value


def selects(selector: tuple[str, ...], i: Instruction, unit: Unit) -> bool:
    """Whether a precedence statement's selector means this instruction."""
    kind = selector[0]
    if kind == "self":
        return (i.unit.span == unit.span and i.unit.source == unit.source) or (
            i.unit.source == unit.source and i.unit.line == unit.line
        )
    if kind == "rest":
        return i.unit.line != unit.line or i.unit.source != unit.source
    if kind == "above":
        return i.unit.source == unit.source and i.unit.span < unit.span
    if kind == "below":
        return i.unit.source == unit.source and i.unit.span > unit.span
    if kind == "number":
        return any(label.split()[-1] == selector[1] for label in i.labels if label) or i.unit.line == int(selector[1])
    if kind == "label":
        wanted = set(selector[1:])
        words = {w for label in i.labels for w in label.replace("_", " ").split()}
        named = {explain.family([i]), i.constraint.attribute.split(".")[0]}
        if isinstance(i.constraint.value, str):  # "the rule on English"
            named |= set(i.constraint.value.lower().split())
        return wanted <= (words | named | {w.rstrip("s") for w in words})
    return False


def narrower(hi: Instruction, lo: Instruction) -> bool:
    """Whether `hi` binds only in some of the situations in which `lo` binds."""
    if not hi.guard:
        return False
    if not lo.guard:
        return not lo.exceptions
    return all(any(set(c) > set(d) for d in lo.guard) for c in hi.guard)


def literal_words(conjunctions: Iterable[Conjunction]) -> set[str]:
    """Content words of conditions."""
    return {w for c in conjunctions for x in c for w in f"{x.key} {x.value}".split()}


def literal_words_of(conjunction: Conjunction) -> frozenset[str]:
    """Content words of one condition."""
    return frozenset(literal_words((conjunction,)))


@lru_cache(maxsize=20_000)
def sentence_words(text: str) -> frozenset[str]:
    """The stems of a sentence, as conditions are keyed."""
    toks = tokens(text.lower())
    return frozenset(stem(w) for t in toks for w in (SYNONYMS.get(t.lemma, t.lemma), t.lemma))


def object_words(i: Instruction) -> set[str]:
    """The stems of what an instruction is narrowed to, or of the part it speaks of."""
    return {stem(lemma(w)) for x in (*i.scope[1:], *i.restrict) for w in x.split()}


def overlap(a: Iterable[Conjunction], b: Iterable[Conjunction]) -> float:
    """Jaccard overlap of the words of two conditions."""
    x, y = literal_words(a), literal_words(b)
    return len(x & y) / len(x | y) if x | y else 0.0


def may_meet(a: Instruction, b: Instruction) -> bool:
    """Whether two instructions can be shown to bind at once.

    Two different unknown conditions cannot: nothing is known of a situation that has both, so
    no witness could be given.
    """
    if a.channel != b.channel or _of_others(a.unit.text, b.unit.text):
        return False
    if not a.guard or not b.guard:
        return True
    opaque_a = {(x.key, x.value, x.positive) for c in a.guard for x in c if _opaque(x)}
    opaque_b = {(x.key, x.value, x.positive) for c in b.guard for x in c if _opaque(x)}
    if _never_together(a, b):
        return False
    known_a = {x.key for c in a.guard for x in c if x.known}
    known_b = {x.key for c in b.guard for x in c if x.known}
    if opaque_a - opaque_b and opaque_b - opaque_a:
        return False
    return not (
        (opaque_a != opaque_b or known_a != known_b) and not (a.universal or b.universal) and (opaque_a or opaque_b)
    )


@lru_cache(maxsize=20_000)
def _owned(text: str) -> dict[str, frozenset[str]]:
    """Who owns a thing in a sentence: "the guest's phone number" → phone: user."""
    out: dict[str, set[str]] = {}
    for m in OWNED.finditer(text):
        owner = lemma(m["owner"].lower())
        out.setdefault(m["thing"].lower(), set()).add("user" if owner in USERS else owner)
    return {thing: frozenset(owners) for thing, owners in out.items()}


def _of_others(a: str, b: str) -> bool:
    """Whether two sentences speak of one kind of thing, each of another owner's."""
    x, y = _owned(a), _owned(b)
    return any(not x[thing] & y[thing] for thing in x.keys() & y.keys())


def _opaque(x: Literal) -> bool:
    """Whether nothing is known of a condition beside others: its family is none of the enumerated ones.

    "The parcel is lost" has a value of its own, and yet nothing shows a moment in which a card is
    stolen too.
    """
    return not x.known or x.key.startswith("phase ") or (x.key not in FAMILIES and " " not in x.key and x.key.isalpha())


def _never_together(a: Instruction, b: Instruction) -> bool:
    """Whether one binds in business hours and the other on free days: nothing shows a moment that is both."""
    kinds = [{x.said() for c in i.guard for x in c if x.positive} for i in (a, b)]
    return any(
        any("hours" in s for s in x) and any(re.search(r"\b(?:weekend|holiday|saturday|sunday)", s) for s in y)
        for x, y in (kinds, kinds[::-1])
    )
