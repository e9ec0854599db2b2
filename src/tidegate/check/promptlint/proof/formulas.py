"""Formulas over counts, flags and choices: plain values that `smt` hands to z3 and `brute` enumerates."""

import re
from typing import NamedTuple


class Var(NamedTuple):
    """A variable: `kind` is count (an integer ≥ 0), flag or choice (one of the values that occur, or another)."""

    kind: str
    channel: str
    name: str
    scope: tuple[str, ...] = ()


class Lin(NamedTuple):
    """Σ coefficient · count ≤ bound."""

    terms: tuple[tuple[int, Var], ...]
    bound: int


class Flag(NamedTuple):
    """A flag has a value."""

    var: Var
    value: bool


class Among(NamedTuple):
    """A choice is among (or, negated, not among) some values."""

    var: Var
    values: frozenset[str]
    positive: bool = True


class And(NamedTuple):
    """All of them."""

    parts: tuple["Formula", ...]


class Or(NamedTuple):
    """At least one of them."""

    parts: tuple["Formula", ...]


Formula = Lin | Flag | Among | And | Or


def count(channel: str, unit: str, scope: tuple[str, ...] = ()) -> Var:
    """A count variable."""
    return Var("count", channel, unit, scope)


def flag(channel: str, name: str, scope: tuple[str, ...] = ()) -> Var:
    """A flag variable."""
    return Var("flag", channel, name, scope)


def choice(channel: str, name: str, scope: tuple[str, ...] = ()) -> Var:
    """A choice variable."""
    return Var("choice", channel, name, scope)


def at_most(var: Var, n: int) -> Lin:
    """count ≤ n."""
    return Lin(((1, var),), n)


def at_least(var: Var, n: int) -> Lin:
    """count ≥ n."""
    return Lin(((-1, var),), -n)


def literal_var(channel: str, text: str) -> Var:
    """How often a literal text occurs (case and outer punctuation aside)."""
    return count(channel, "text:" + " ".join(re.findall(r"\w+", text.lower())))


def variables(f: Formula) -> set[Var]:
    """The variables of a formula."""
    if isinstance(f, Lin):
        return {v for _, v in f.terms}
    if isinstance(f, Flag | Among):
        return {f.var}
    return set().union(*(variables(p) for p in f.parts)) if f.parts else set()


def implies(a: Formula, b: Formula) -> Or:
    """a → b."""
    return Or((negation(a), b))


def negation(f: Formula) -> Formula:
    """The opposite of a formula."""
    if isinstance(f, Lin):
        return Lin(tuple((-k, v) for k, v in f.terms), -f.bound - 1)
    if isinstance(f, Flag):
        return Flag(f.var, not f.value)
    if isinstance(f, Among):
        return Among(f.var, f.values, not f.positive)
    parts = tuple(negation(p) for p in f.parts)
    return Or(parts) if isinstance(f, And) else And(parts)
