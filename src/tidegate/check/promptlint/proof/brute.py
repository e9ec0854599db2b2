"""An enumerator that knows nothing of z3: it tries every reply on small domains.

Slow and obvious on purpose: it is what the solver's cores are checked against.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from tidegate.check.promptlint.proof.formulas import Among, And, Flag, Formula, Lin, Var, variables


def holds(f: Formula, world: dict[Var, int | bool | str]) -> bool:
    """Whether a formula is true of one reply."""
    if isinstance(f, Lin):
        return sum(k * int(world[v]) for k, v in f.terms) <= f.bound
    if isinstance(f, Flag):
        return bool(world[f.var]) is f.value
    if isinstance(f, Among):
        return (world[f.var] in f.values) is f.positive
    if isinstance(f, And):
        return all(holds(p, world) for p in f.parts)
    return any(holds(p, world) for p in f.parts)


def worlds(formulas: Sequence[Formula], count_max: int) -> Iterator[dict[Var, int | bool | str]]:
    """Every assignment of the variables: counts 0 … count_max, flags, the choices named and one other."""
    names = sorted(set().union(*(variables(f) for f in formulas)) if formulas else set())
    values: dict[Var, set[str]] = {}
    for f in formulas:
        _collect(f, values)
    domains: list[list[int | bool | str]] = []
    for v in names:
        if v.kind == "count":
            domains.append(list(range(count_max + 1)))
        elif v.kind == "flag":
            domains.append([False, True])
        else:
            domains.append([*sorted(values.get(v, ())), "(another)"])
    for row in product(*domains):
        yield dict(zip(names, row, strict=True))


def _collect(f: Formula, values: dict[Var, set[str]]) -> None:
    if isinstance(f, Among):
        values.setdefault(f.var, set()).update(f.values)
    elif not isinstance(f, Lin | Flag):
        for p in f.parts:
            _collect(p, values)


def satisfiable(formulas: Iterable[Formula], axioms: Iterable[Formula] = (), count_max: int = 6) -> bool:
    """Whether some assignment with counts up to `count_max` makes all true."""
    everything = [*formulas, *axioms]
    return any(all(holds(f, w) for f in everything) for w in worlds(everything, count_max))
