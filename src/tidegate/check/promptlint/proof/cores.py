"""Minimal unsatisfiable cores of any size, all of them, and the smallest correction.

MARCO (Liffiton et al., 2016): a map of unexplored subsets gives a seed; a seed that some reply
satisfies is grown to a maximal one and everything below it is crossed off; one that no reply
satisfies is shrunk by deletion to a minimal core and everything above it is crossed off.  The
map only offers sets whose members can bind in one situation, so that lines that never meet
never conflict.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Protocol

from tidegate.check.promptlint.model import Instruction
from tidegate.check.promptlint.proof.smt import Situations

SEEDS_MAX = 400


class Satisfiability(Protocol):
    """What the enumeration asks of a solver."""

    def satisfiable(self, members: Iterable[int]) -> bool:
        """Whether these hold together."""
        ...

    def core(self, members: Iterable[int]) -> list[int]:
        """After a no: members that already do not."""
        ...


def shrink(solver: Satisfiability, members: list[int]) -> list[int]:
    """A minimal unsatisfiable subset, by deletion."""
    core = list(members)
    for k in list(members):
        if k not in core:
            continue
        rest = [m for m in core if m != k]
        if rest and not solver.satisfiable(rest):
            used = solver.core(rest)
            core = used or rest
    return core


def enumerate_cores(
    solver: Satisfiability,
    situations: Situations,
    n: int,
    *,
    related: Callable[[int, int], bool] = lambda _a, _b: True,
    far: frozenset[int] | None = None,
    cores_max: int = 200,
) -> list[tuple[int, ...]]:
    """All minimal cores among n instructions whose members can bind together (at most `cores_max`).

    Pairs are tried first, one by one, when `related`; larger cores are looked for among `far`
    (all, when None): the instructions that arithmetic or a chain of laws can bind together.
    """
    far = frozenset(range(n)) if far is None else far
    z3, space = situations.z3, situations.solver
    space.push()
    everyone = range(n)
    found = pair_cores(solver, situations, n, related)
    for pair in found:
        space.add(z3.Or([z3.Not(situations.marks[k]) for k in pair]))
    arithmetic = sorted(far)
    for k in everyone:
        if k not in far:
            space.add(z3.Not(situations.marks[k]))
    for _ in range(SEEDS_MAX if len(arithmetic) > 2 else 0):
        seed = _maximal_seed(situations, everyone)
        if seed is None:
            break
        if solver.satisfiable(seed):
            inside = set(seed)
            space.add(z3.Or([situations.marks[k] for k in everyone if k not in inside]))
        else:
            core = shrink(solver, solver.core(seed) or list(seed))
            found.append(tuple(sorted(core)))
            space.add(z3.Or([z3.Not(situations.marks[k]) for k in core]))
            if len(found) >= cores_max:
                break
    space.pop()
    return sorted(found, key=lambda c: (len(c), c))


def pair_cores(
    solver: Satisfiability, situations: Situations, n: int, related: Callable[[int, int], bool]
) -> list[tuple[int, ...]]:
    """The cores of one and of two."""
    alone = {k for k in range(n) if not solver.satisfiable([k])}
    found: list[tuple[int, ...]] = [(k,) for k in sorted(alone)]
    for a, b in combinations(range(n), 2):
        if a in alone or b in alone or not related(a, b):
            continue
        if not solver.satisfiable([a, b]) and situations.together([a, b]):
            found.append((a, b))
    return found


def _maximal_seed(situations: Situations, everyone: Iterable[int]) -> list[int] | None:
    """An unexplored set that can bind together and cannot be extended; None when all are explored."""
    z3, space = situations.z3, situations.solver
    if space.check() != z3.sat:
        return None
    model = space.model()
    chosen = [k for k in everyone if z3.is_true(model.eval(situations.marks[k], model_completion=True))]
    inside = set(chosen)
    for k in everyone:
        if k in inside:
            continue
        if space.check([situations.marks[m] for m in chosen] + [situations.marks[k]]) == z3.sat:
            chosen.append(k)
            inside.add(k)
    return chosen


def correction_sets(cores: Sequence[tuple[int, ...]], weights: Sequence[float]) -> list[tuple[int, ...]]:
    """Minimal hitting sets of the cores, cheapest first: change these and every conflict is gone.

    Exact for the sizes prompts have (up to 4 changes), otherwise greedy.
    """
    members = sorted(set().union(*map(set, cores))) if cores else []
    for size in range(1, min(4, len(members)) + 1):
        if len(members) > 40 and size > 2:
            break
        hits = [c for c in combinations(members, size) if all(set(c) & set(core) for core in cores)]
        if hits:
            return sorted(hits, key=lambda c: (sum(weights[k] for k in c), c))
    left, out = list(cores), []
    while left:
        best = max(members, key=lambda k: (sum(k in c for c in left), -weights[k]))
        out.append(best)
        left = [c for c in left if best not in c]
    return [tuple(out)] if out else []


def weight(i: Instruction) -> float:
    """How dear it is to change a line: rules cost more than wishes, declared precedence most."""
    cost = {"must": 3.0, "should": 1.5, "may": 0.5}[i.modality]
    if i.soft:
        cost -= 0.5
    if i.default:
        cost -= 1.0
    if i.universal:
        cost += 1.0
    if i.unit.precedence is not None:
        cost += max(0.0, 5.0 - i.unit.precedence)
    if any(label in ("safety", "security", "legal", "privacy") for label in i.labels):
        cost += 5.0
    return cost
