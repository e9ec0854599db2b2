# ruff: noqa: E501  (messages and tables read best on one line)
"""Rates of change that stand together in a program: what a function of the state returns, and what one loop steps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

import msgspec

from tidegate.check.verify.code.parsed import walk
from tidegate.check.verify.known.reading import STEPS, Reader, Said
from tidegate.check.verify.known.terms import Tree, leaf, leaves


class Equations(msgspec.Struct, frozen=True, kw_only=True):
    """Rates of change of several states that stand together.

    `stepped` where they are read off steps of time, `mapped` where the trees are a map's next values.
    """

    names: tuple[str, ...]
    trees: tuple[Tree, ...]
    nodes: tuple[ast.AST, ...]
    stepped: bool
    mapped: bool = False
    bare: bool = False
    """Whether the rates are changes from turn to turn, without any step of time."""

    @property
    def step(self) -> str | None:
        """The step of time, where rates are read off steps."""
        found = {n for t in self.trees for n in leaves(t) if n in STEPS - set(self.names)} if self.stepped else set()
        return next((n for n in found if n != "h"), next(iter(found), None))


def _counts(said: Said) -> bool:
    """Whether a step only counts: turns, or time."""
    return said.name in ("t", "time") or (set(leaves(said.tree)) == {said.name} and said.tree[0] in "+-")


def systems(reader: Reader) -> Iterator[tuple[Equations, Equations]]:
    """Every set of rates in a program (what a function of the state returns, what one loop steps), inlined and as written."""
    rates: dict[int, list[Said]] = {}
    steps: dict[int, list[Said]] = {}
    for said in reader.said:
        if said.kind == "rate" or said.kind == "returned":
            rates.setdefault(said.scope, []).append(said)
        elif said.kind == "step":
            steps.setdefault(said.scope, []).append(said)
    holders = {id(n): n for n in walk(reader.tree) if isinstance(n, ast.FunctionDef)}
    for scope, found in rates.items():
        function = holders.get(scope)
        if function is None or len({s.node for s in found}) != 1:
            continue
        names = _state_names(reader, function, found)
        if names is not None:
            yield _pair(names, found, [s.tree for s in found], [s.shallow for s in found], stepped=False)
    for found in steps.values():
        found = [s for s in found if not _counts(s)]
        moving = {s.name for s in found}
        if any((STEPS - moving) & set(leaves(s.tree)) for s in found):
            yield _stepped(found, STEPS - moving)
        elif found:
            names = [s.name for s in found]
            changes = [("-", s.tree, leaf(s.name)) for s in found], [("-", s.shallow, leaf(s.name)) for s in found]
            yield _pair(names, found, *changes, stepped=False, bare=True)
            yield _pair(names, found, [s.tree for s in found], [s.shallow for s in found], stepped=False, mapped=True)


def _stepped(found: list[Said], steps: frozenset[str]) -> tuple[Equations, Equations]:
    """States that one loop steps by dt; of a state with two half steps, their sum."""
    first: dict[str, Said] = {}
    for one in sorted(found, key=lambda s: (not steps & set(leaves(s.tree)), s.order)):
        first.setdefault(one.name, one)
    chosen = sorted(first.values(), key=lambda s: s.order)
    whole, plain = {s.name: s.tree for s in chosen}, {s.name: s.shallow for s in chosen}
    for one in found:
        if one is not first[one.name] and not one.branch and steps & set(leaves(one.tree)):
            whole[one.name], plain[one.name] = ("+", whole[one.name], one.tree), ("+", plain[one.name], one.shallow)
    return _pair([s.name for s in chosen], chosen, list(whole.values()), list(plain.values()), stepped=True)


def _pair(
    names: Sequence[str],
    said: Sequence[Said],
    trees: Sequence[Tree],
    plain: Sequence[Tree],
    *,
    stepped: bool,
    mapped: bool = False,
    bare: bool = False,
) -> tuple[Equations, Equations]:
    nodes = tuple(s.node for s in said)
    made = (
        Equations(names=tuple(names), trees=tuple(t), nodes=nodes, stepped=stepped, mapped=mapped, bare=bare)
        for t in (trees, plain)
    )
    return next(made), next(made)


def _state_names(reader: Reader, function: ast.FunctionDef, found: list[Said]) -> list[str] | None:
    """Names of the states whose rates a function returns."""
    count = len(found)
    unpacked = reader.states.get(id(function))
    if unpacked is not None and len(unpacked) == count:
        return unpacked
    params = [a.arg for a in function.args.args if a.arg not in ("self", "t", "time", "_", "_t")]
    used = {name for s in found for name in leaves(s.tree)}
    for param in params:
        called = reader.nicknames.get(id(function), {})
        if any(re.fullmatch(rf"{re.escape(param)}\[\d+\]", name) for name in [*used, *called]):
            return [called.get(f"{param}[{k}]", f"{param}[{k}]") for k in range(count)]
    if len(params) >= count:
        return params[:count]
    return None
