# ruff: noqa: E501  (signatures read best on one line)
"""Numbers that stand for parameters: `12.5 * x**2` is `0.5 * k * x^2` with k = 25, whatever products were folded.

The symbols of a form that a program has no name for are solved for: positive ones, or any where a level (a voltage at rest, a
temperature outside) may be negative.  Levenberg and Marquardt's method on a few unknowns, at a few points more than those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tidegate.check.verify.known.matching import POINTS, TROUBLE, Form, Points, equal
from tidegate.check.verify.known.terms import GLOBALS, Tree, leaves

LEVELS = frozenset({"room", "vr", "Vs", "V", "EL", "EK", "ENa", "xr", "I", "Ta", "sp", "cin", "T", "x", "v"})
UNKNOWN_MAX = 3
ROUNDS = 40
EXACT, FELT = 1e-20, 1e-10
"""A sum of squared misfits that is nothing, and one that a changed number must cause."""
STARTS = (1.0, 0.05, 20.0)


def solvable(points: Points, tree: Tree, step: str | None, form: Form, binding: dict[str, str | float]) -> bool:
    """Whether some values of the symbols that `binding` leaves out make the form equal to the expression everywhere."""
    unknown = [s for s in form.symbols if s not in binding]
    if not unknown:
        return all(equal(points.once(tree, k, step), points.canonical(form, binding, k)) for k in range(POINTS))
    wanted = [points.once(tree, k, step) for k in range(POINTS)]
    if len(unknown) > UNKNOWN_MAX or any(w is None or abs(complex(w).imag) > 1e-12 for w in wanted):
        return False
    bound = {v for v in binding.values() if isinstance(v, str)} | {step}
    apart = set(leaves(tree)) - bound
    if apart and points.moves(tree, step, apart):
        return False  # it depends on what the form does not hold: no three numbers make up for that at four points
    goal = [complex(w or 0.0).real for w in wanted]
    try:
        fit = _Fit(points, form, binding, unknown, goal)
    except KeyError:  # a name that the program has no value for
        return False
    return any(_solve(fit, start) for start in STARTS)


class _Fit:
    """One form against the values wanted of it, as its unknown symbols are moved."""

    def __init__(
        self, points: Points, form: Form, binding: dict[str, str | float], unknown: Sequence[str], goal: Sequence[float]
    ) -> None:
        self.code, self.unknown = form.code, unknown
        known = {s: binding[s] for s in form.symbols if s in binding}
        self.goal = [
            (wanted, abs(wanted) + 1e-9, {s: at[v] if isinstance(v, str) else v for s, v in known.items()})
            for wanted, at in zip(goal, points.at, strict=False)
        ]

    def misfit(self, q: Sequence[float]) -> list[float] | None:
        """How far the form is from each wanted value, relative to it; None where it has no real value."""
        moved = {
            s: v if s in LEVELS else math.exp(max(-60.0, min(60.0, v))) for s, v in zip(self.unknown, q, strict=True)
        }
        out = []
        for wanted, size, values in self.goal:
            values.update(moved)
            try:
                value = complex(eval(self.code, GLOBALS, values))  # text of the tables, never of an answer
            except TROUBLE:
                return None
            if abs(value.imag) > 1e-9:
                return None
            out.append((value.real - wanted) / size)
        return out


def _solve(fit: _Fit, start: float) -> bool:
    unknown = fit.unknown
    q = [start if s in LEVELS else math.log(start) for s in unknown]
    r = fit.misfit(q)
    damping = 1e-3
    for _ in range(ROUNDS):
        if r is None:
            return False
        size = sum([v * v for v in r])
        if size < EXACT:
            return all(_matters(fit, q, i) for i in range(len(q)))
        columns = []
        for i in range(len(q)):
            h = 1e-6 * max(1.0, abs(q[i]))
            moved = fit.misfit([v + (h if j == i else 0.0) for j, v in enumerate(q)])
            if moved is None:
                return False
            columns.append([(a - b) / h for a, b in zip(moved, r, strict=True)])
        normal = [[sum([a * b for a, b in zip(x, y, strict=True)]) for y in columns] for x in columns]
        slope = [sum([a * b for a, b in zip(x, r, strict=True)]) for x in columns]
        for _ in range(8):
            change = _linear(
                [
                    [v + (damping * (v + 1e-12) if i == j else 0.0) for j, v in enumerate(row)]
                    for i, row in enumerate(normal)
                ],
                slope,
            )
            tried = [v - d for v, d in zip(q, change, strict=True)] if change is not None else q
            new = fit.misfit(tried)
            if new is not None and sum([v * v for v in new]) < size:
                q, r, damping = tried, new, max(damping / 8, 1e-12)
                break
            damping *= 6
        else:
            return False
    return False


def _matters(fit: _Fit, q: Sequence[float], at: int) -> bool:
    """Whether a symbol's number is felt: one that made its own term vanish is not there."""
    moved = fit.misfit([v + (math.log(2) if i == at else 0.0) for i, v in enumerate(q)])
    return moved is not None and sum(v * v for v in moved) > FELT


def _linear(a: list[list[float]], b: Sequence[float]) -> list[float] | None:
    """Gauss' elimination."""
    n = len(b)
    rows = [[*row, b[i]] for i, row in enumerate(a)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        if abs(rows[pivot][i]) < 1e-300:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(i + 1, n):
            f = rows[k][i] / rows[i][i]
            rows[k] = [x - f * y for x, y in zip(rows[k], rows[i], strict=True)]
    out = [0.0] * n
    for i in range(n - 1, -1, -1):
        out[i] = (rows[i][n] - sum(rows[i][k] * out[k] for k in range(i + 1, n))) / rows[i][i]
    return out
