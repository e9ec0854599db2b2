"""Equations that the words of an answer state, on what the program calls by the same names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tidegate.check.verify.known.fitting import fit_formula, fit_system
from tidegate.check.verify.known.formulas import Formula
from tidegate.check.verify.known.matching import Points, equal, plain
from tidegate.check.verify.known.rates import Equations, systems
from tidegate.check.verify.known.reading import STEPS, Reader, Said
from tidegate.check.verify.known.systems import System
from tidegate.check.verify.known.terms import Tree, leaves, size
from tidegate.check.verify.known.told import Told
from tidegate.check.verify.known.words import Words
from tidegate.check.verify.schemes.model import Scheme


def spoken_name(name: str) -> str:
    """A name as words: `v_max` is `v max`."""
    return re.sub(r"[_\s]+", " ", name).strip().lower()


def readable(said: Said) -> list[Tree]:
    """The trees of one value that are worth reading: inlined, as written, and what a sum grows by."""
    if said.kind == "step" and STEPS & set(leaves(said.tree)):
        return []
    made = dict.fromkeys((said.tree, said.shallow))
    if said.kind == "step":
        made |= dict.fromkeys(t[2] for t in list(made) if t[0] == "+" and t[1] == ("x", said.name))
    return [t for t in made if size(t) > 1]


def stated_equations(stated: Sequence[Told], reader: Reader, points: Points) -> Iterator[Scheme]:
    """Equations that the words state, on what bears the same names."""
    for one in stated:
        spelt = {s: GREEK_NAMES.get(s, frozenset()) | {plain(s)} for s in (*one.form.symbols, one.name)}
        if one.order == 0:
            formula = Formula(
                name="what the text says it computes",
                target=re.compile(rf"{re.escape(spoken_name(one.name))}"),
                words=Words(""),
                but=None,
                forms=(one.form,),
                spellings=spelt,
                strict=True,
                indexed=False,
            )
            rows = [
                r
                for said in reader.said
                if _is_called(said, one, spelt)
                for t in (said.tree, said.shallow)
                if (r := fit_formula(formula, said, t, reader, points)) is not None
            ]
            if rows and not any(r.holds for r in rows):
                yield rows[0]
            continue
        for pair in systems(reader):
            rows = []
            for equations in pair:
                state = _rate_of(one, equations, points, spelt)
                if state is None or equations.mapped:
                    continue
                system = System(
                    name="the equation that the text states",
                    words=Words(""),
                    but=None,
                    equations={state: (one.form,)},
                    spellings={**spelt, state: frozenset({plain(state)})},
                    ordered=False,
                )
                rows += fit_system(system, equations, reader, points)
            if rows and not any(r.holds for r in rows):
                yield rows[0]


GREEK_NAMES = {
    "lam": frozenset({"lambda", "lmbda", "lambd"}),
    "lambda": frozenset({"lam", "lmbda", "lambd"}),
    "epsilon": frozenset({"eps"}),
    "omega": frozenset({"w"}),
    "theta": frozenset({"th"}),
}


def _is_called(said: Said, one: Told, spelt: dict[str, frozenset[str]]) -> bool:
    """Whether a value bears the name that the text gives, or is printed under it."""
    if said.kind == "step" and STEPS & set(leaves(said.tree)):
        return False
    if said.kind == "printed":
        words = re.findall(r"[A-Za-z]\w*", said.name)
        return bool(words) and len(one.name) > 1 and plain(words[-1]) in spelt[one.name]
    return plain(said.name) in spelt[one.name]


def _rate_of(one: Told, equations: Equations, points: Points, spelt: dict[str, frozenset[str]]) -> str | None:
    """The program's name of what changes as the text says: of a second derivative, the state that is the first one."""
    found = [k for k, n in enumerate(equations.names) if plain(n) in spelt[one.name]]
    if len(found) != 1:
        return None
    if one.order == 1:
        return equations.names[found[0]]
    rate = points.once(equations.trees[found[0]], 0, equations.step)
    return next(
        (n for n in equations.names if rate is not None and n in points.at[0] and equal(rate, points.at[0][n])), None
    )
