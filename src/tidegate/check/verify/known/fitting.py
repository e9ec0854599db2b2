# ruff: noqa: E501  (messages read best on one line)
"""One named system, or one formula, on one set of expressions of a program: fits, is one slip away, or is another model."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from tidegate.check.verify.known.formulas import Formula
from tidegate.check.verify.known.matching import Form, Points, agrees, plain, readings, slip
from tidegate.check.verify.known.rates import Equations
from tidegate.check.verify.known.reading import Reader, Said
from tidegate.check.verify.known.solving import solvable
from tidegate.check.verify.known.systems import System
from tidegate.check.verify.known.terms import Tree, leaves, numbers, shown, size
from tidegate.check.verify.schemes.model import Scheme


def fit_system(system: System, equations: Equations, reader: Reader, points: Points) -> Iterator[Scheme]:
    """One system on one set of rates: nothing where it does not fit."""
    places = _places(system, equations)
    if places is None:
        return
    names = sorted({n for tree in equations.trees for n in leaves(tree)} | reader.named | set(equations.names))
    states = {symbol: equations.names[k] for symbol, k in places.items()}
    used = {symbol for symbol in places for form in system.equations[symbol] for symbol in form.symbols}
    symbols = sorted(used - set(states))
    taken = set(states.values())
    trees = [equations.trees[k] for k in places.values()]
    step = equations.step
    free: list[str | float] = [
        n
        for n in dict.fromkeys(n for t in trees for n in leaves(t))
        if n not in taken and n != step and n.isidentifier()
    ]
    free += [*dict.fromkeys(abs(n) for t in trees for n in numbers(t)), 1.0]
    pool = [n for n in names if n not in taken and n != step]
    best: list[tuple[int, dict[str, str | float], list[str]]] = []
    for reading in _partial(symbols, system, pool, list(dict.fromkeys(free))):
        binding = {**states, **reading}
        fit = {
            s: [agrees(points, equations.trees[k], step, form, binding) for form in system.equations[s]]
            for s, k in places.items()
        }
        wrong = [s for s, fits in fit.items() if not any(fits)]
        if not wrong:
            wrong = _mixture(fit)
        if not wrong:
            yield Scheme(
                name=f"the equations of {system.name}",
                node=equations.nodes[0],
                holds=True,
                computation="; ".join(system.equations[s][0].text for s in places),
            )
            return
        best.append((len(wrong), binding, wrong))
    if _folded(points, system, equations, places, states, pool):
        return
    best.sort(key=lambda b: b[0])
    for count, binding, wrong in best[:6]:
        opaque = {
            n for k in wrong for n in leaves(equations.trees[places[k]]) if not n.isidentifier() and not n.endswith("]")
        }
        if opaque - set(binding.values()) or (
            count == len(places) and all(size(form.tree) < 3 for s in wrong for form in system.equations[s])
        ):
            continue
        stolen = {
            s
            for s, v in binding.items()
            if s not in system.equations
            and isinstance(v, str)
            and plain(v) not in system.spellings.get(s, ())
            and any(plain(v) in system.spellings.get(o, ()) for o in symbols if o != s)
        }
        honest = {
            s: v for s, v in binding.items() if s not in stolen
        }  # a name that means another symbol stands for none
        legal = {s: _bound(system.equations[s], honest, equations.trees[places[s]]) for s in wrong}
        if len(places) == 1:
            legal = {s: _told_alone(s, binding, system, legal[s]) for s in wrong}
        if count > 1 and not _shared([equations.nodes[places[s]] for s in wrong], reader):
            return  # several places differ: another model, or another convention
        part = count == len(places) > 1 or 1 < len(system.equations) != len(places)
        used = {s for form in legal[wrong[0]] for s in form.symbols}
        if count > best[0][0] or (part and not _sure({s: v for s, v in binding.items() if s in used}, system)):
            return
        found = [(s, slip(points, equations.trees[places[s]], step, legal[s], binding)) for s in wrong]
        if all(f is not None for _, f in found):
            for symbol, form in found:
                k = places[symbol]
                yield Scheme(
                    name=f"the equations of {system.name}",
                    node=equations.nodes[k],
                    holds=False,
                    computation=f"{equations.names[k]}' is read as {_told(equations.trees[k])}, not {symbol}' = {form}",
                )
            return


def _partial(
    symbols: Sequence[str], system: System, pool: Sequence[str], free: Sequence[str | float]
) -> Iterator[dict[str, str | float]]:
    """Readings of all symbols, where that is possible; else of those that the program has names for."""
    any_ = False
    for reading in readings(symbols, system.spellings, pool, free):
        any_ = True
        yield reading
    if not any_:
        told = [s for s in symbols if any(plain(n) in system.spellings.get(s, ()) for n in pool)]
        if told and len(told) < len(symbols):
            yield from readings(told, system.spellings, pool, free)


def _shared(nodes: Sequence[ast.AST], reader: Reader) -> bool:
    """Whether two statements are made of one helper, so that one slip shows in both."""
    if len(nodes) != 2:
        return False
    if nodes[0] is nodes[1]:
        return reader.helped_twice(nodes[0])
    return bool(reader.helpers(nodes[0]) & reader.helpers(nodes[1]))


def _sure(binding: dict[str, str | float], system: System) -> bool:
    """Whether every symbol is spelt as usual, so that nothing had to be tried."""
    return all(
        isinstance(v, str) and (s in system.equations or plain(v) in system.spellings.get(s, ()))
        for s, v in binding.items()
    )


def _told_alone(state: str, binding: dict[str, str | float], system: System, legal: Sequence[Form]) -> list[Form]:
    """The forms of one equation that stands alone whose symbols the program spells as usual: the state, and all but one number."""
    name = str(binding[state])
    if plain(name) not in system.spellings.get(state, frozenset({plain(state)})) and not name.endswith("]"):
        return []
    out = []
    for form in legal:
        tried = [
            s
            for s in form.symbols
            if s != state and not (isinstance(v := binding[s], str) and plain(v) in system.spellings.get(s, ()))
        ]
        number = len(tried) == 1 and isinstance(binding[tried[0]], float) and size(form.tree) >= 5
        if size(form.tree) >= 3 and (not tried or number):
            out.append(form)
    return out


def _mixture(fit: dict[str, list[bool]]) -> list[str]:
    """States whose equation belongs to another variant of the system than the rest: where each has as many forms, they go together."""
    several = {s: f for s, f in fit.items() if len(f) > 1}
    count = max((len(f) for f in several.values()), default=0)
    if len(several) < 2 or any(len(f) != count for f in several.values()):
        return []
    apart = [[s for s, f in several.items() if not f[k]] for k in range(count)]
    return min(apart, key=len)


def _bound(known_forms: Sequence[Form], binding: dict[str, str | float], tree: Tree) -> list[Form]:
    """The forms all of whose symbols are bound, to names or to numbers that stand there."""
    there = {abs(n) for n in numbers(tree)}
    return [
        f
        for f in known_forms
        if all(s in binding and (isinstance(v := binding[s], str) or v in there) for s in f.symbols)
    ]


def _folded(
    points: Points,
    system: System,
    equations: Equations,
    places: dict[str, int],
    states: dict[str, str],
    pool: Sequence[str],
) -> bool:
    """Whether every equation fits with numbers for the symbols that the program has no name for."""
    symbols = sorted({s for state in places for form in system.equations[state] for s in form.symbols} - set(states))
    told = [s for s in symbols if any(plain(n) in system.spellings.get(s, frozenset({plain(s)})) for n in pool)]
    for reading in itertools.islice(readings(told, system.spellings, pool, []), READINGS_MAX):
        binding = {**states, **reading}
        if all(
            any(
                solvable(
                    points, equations.trees[k], equations.step, f, {s: v for s, v in binding.items() if s in f.symbols}
                )
                for f in system.equations[state]
            )
            for state, k in places.items()
        ):
            return True
    return False


def _folded_formula(points: Points, formula: Formula, tree: Tree, own: Sequence[str], reader: Reader) -> bool:
    """Whether some form fits with numbers for the symbols that the program has no name for."""
    named = {plain(n) for n in reader.named}
    for form in formula.forms:
        usual = {s: formula.spellings.get(s, frozenset({plain(s)})) for s in form.symbols}
        told = [s for s in form.symbols if any(plain(n) in usual[s] for n in own)]
        if len(told) == len(form.symbols) or any(usual[s] & named for s in form.symbols if s not in told):
            continue
        for reading in itertools.islice(readings(told, usual, own, []), READINGS_MAX):
            if solvable(points, tree, None, form, dict(reading)):
                return True
    return False


READINGS_MAX = 12


def _told(tree: Tree) -> str:
    return shown(tree)[:120]


def _places(system: System, equations: Equations) -> dict[str, int] | None:
    """Which equation of the program is which of the system's: by names, else by their order."""
    by_name: dict[str, int] = {}
    for symbol in system.equations:
        usual = system.spellings.get(symbol, frozenset({plain(symbol)}))
        found = [k for k, name in enumerate(equations.names) if name == symbol] or [
            k for k, name in enumerate(equations.names) if plain(name) in usual
        ]
        if len(found) == 1 and found[0] not in by_name.values():
            by_name[symbol] = found[0]
    if len(by_name) == len(system.equations):
        return by_name
    spelt = {plain(n) for t in equations.trees for n in leaves(t)} - {plain(n) for n in equations.names}
    if any(system.spellings.get(s, frozenset({plain(s)})) & spelt for s in set(system.equations) - set(by_name)):
        return None  # a state of another name stands in the equations
    if len(equations.names) == len(system.equations) and system.ordered and not by_name:
        return {symbol: k for k, symbol in enumerate(system.equations)}
    if (
        len(equations.names) == len(system.equations)
        and system.ordered
        and all(list(system.equations).index(s) == k for s, k in by_name.items())
    ):
        return {symbol: k for k, symbol in enumerate(system.equations)}
    return by_name if len(by_name) >= max(1, (len(system.equations) + 1) // 2) else None


def fit_formula(formula: Formula, said: Said, tree: Tree, reader: Reader, points: Points) -> Scheme | None:
    """One formula on one expression: None where it does not fit."""
    own = [n for n in dict.fromkeys(leaves(tree)) if n != "pi"]
    names = sorted(set(own) | reader.named)
    literals = list(dict.fromkeys(abs(n) for n in numbers(tree)))
    close: list[tuple[Form, dict[str, str | float]]] = []
    for form in formula.forms:
        symbols = form.symbols
        usual = {s: formula.spellings.get(s, frozenset({plain(s)})) for s in symbols}
        told = [s for s in symbols if any(plain(n) in usual[s] for n in own)]
        unknown = [n for n in own if not any(plain(n) in usual[s] for s in symbols)]
        free: list[str | float] = [*unknown, *literals]
        for reading in readings(symbols, usual, names if formula.strict else own, list(dict.fromkeys(free))):
            if agrees(points, tree, None, form, reading):
                return Scheme(
                    name=formula.name, node=said.node, holds=True, computation=f"{said.name.strip()} = {form.text}"
                )
            if len(unknown) <= len(symbols) - len(told) <= (1 if unknown else 0) and all(
                isinstance(v, str) for v in reading.values()
            ):
                close.append((form, reading))
        missing = [s for s in symbols if s not in told]
        if len(missing) == 1 and len(symbols) >= 2 and not unknown:
            for reading in readings(symbols, usual, names, []):
                close.append((form, reading))
    if not all(n.isidentifier() or n.endswith("]") for n in own):
        return None
    if literals and _folded_formula(points, formula, tree, own, reader):
        return None
    for form, reading in close[:12]:
        if slip(points, tree, None, [form], reading) is not None:
            return Scheme(
                name=formula.name,
                node=said.node,
                holds=False,
                computation=f"{said.name.strip()} is {_told(tree)}, not {form.text}",
            )
    return None
