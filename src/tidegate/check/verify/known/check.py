# ruff: noqa: E501  (messages read best on one line)
"""The equations and formulae of a program that its words name, against the ones in the tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tidegate.check.verify.known.balance import COMPARTMENTS, balance
from tidegate.check.verify.known.fitting import fit_formula, fit_system
from tidegate.check.verify.known.formulas import FORMULAS
from tidegate.check.verify.known.matching import Points
from tidegate.check.verify.known.rates import systems
from tidegate.check.verify.known.reading import STEPS, Reader
from tidegate.check.verify.known.stages import WORDS, stages
from tidegate.check.verify.known.statements import readable, spoken_name, stated_equations
from tidegate.check.verify.known.systems import MAPS, SYSTEMS
from tidegate.check.verify.known.systems_more import MAPS_MORE, SYSTEMS_MORE
from tidegate.check.verify.known.terms import leaves
from tidegate.check.verify.known.told import told
from tidegate.check.verify.schemes.model import Scheme

NAMES_MAX = 400


def known(tree: ast.Module, text: str, source: str = "") -> Iterator[Scheme]:
    """Every named system and formula of a program; `text` is the program with the words around it."""
    words = text.lower()
    stated = list(told(text.replace(source, " ") if source else "", tree, source or text)) if "=" in text else []
    named = [s for s in SYSTEMS + SYSTEMS_MORE if s.words.found(words) and not (s.but and s.but.found(words))]
    maps = [s for s in MAPS + MAPS_MORE if s.words.found(words) and not (s.but and s.but.found(words))]
    spoken = [f for f in FORMULAS if f.words.found(words) and not (f.but and f.but.found(words))]
    if (
        not named
        and not spoken
        and not maps
        and not stated
        and not COMPARTMENTS.search(words)
        and not WORDS.search(words)
    ):
        return
    reader = Reader(tree)
    said = reader.read()
    if len(reader.named) > NAMES_MAX:
        return
    points = Points(
        {n for one in said for t in (one.tree, one.shallow) for n in leaves(t)}
        | {one.name for one in said}
        | reader.named
        | reader.all_states()
    )
    yield from stages(reader, words)
    if COMPARTMENTS.search(words):
        for whole, _ in systems(reader):
            yield from balance(whole, points, words)
    clocked = bool((STEPS - {"h"}) & reader.named)
    if named or maps:
        for whole, plain in systems(reader):
            rows: list[Scheme] = []
            for system in maps if whole.mapped else named:
                one = list(fit_system(system, whole, reader, points))
                if not (one and one[0].holds) and plain.trees != whole.trees:
                    other = list(fit_system(system, plain, reader, points))
                    one = other if other and (other[0].holds or not one) else one
                rows += one
            fits = [r for r in rows if r.holds]  # what is one system is not a slip of another
            if fits and whole.bare and clocked:
                fits = [
                    Scheme(
                        name=fits[0].name,
                        node=whole.nodes[0],
                        holds=False,
                        computation=f"{whole.names[0]} is stepped by its whole rate, not by rate times the step of time",
                    )
                ]
            yield from fits or rows
    yield from stated_equations(stated, reader, points)
    for said_one in said:
        trees = readable(said_one)
        rows = []
        for formula in spoken if trees else ():
            if formula.target.search(spoken_name(said_one.name)) and (said_one.kind != "rate" or formula.indexed):
                found = [r for t in trees if (r := fit_formula(formula, said_one, t, reader, points)) is not None]
                rows += [next((r for r in found if r.holds), found[0])] if found else []
        yield from [r for r in rows if r.holds] or rows[:1]
