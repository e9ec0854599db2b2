"""Named systems and formulae: every legal spelling is agreed with, one changed place is refuted, another model is left alone."""

import ast

import pytest
from tests.runner.simulators_r1 import SIMULATORS as FIRST
from tests.runner.simulators_r2 import SIMULATORS as SECOND

from tidegate.check.verify.known.check import known
from tidegate.check.verify.known.edits import changed
from tidegate.check.verify.known.terms import parsed, shown
from tidegate.check.verify.schemes.model import Scheme

READ = (
    (FIRST, "rossler solve_ivp", 4),
    (FIRST, "two compartment pk class", 4),
    (FIRST, "mortgage", 4),
    (FIRST, "double pendulum", 3),
    (FIRST, "rlc step", 4),
    (SECOND, "rocket ascent", 4),
    (SECOND, "pid motor", 4),
    (SECOND, "rigid body", 3),
)
"""Programs with how many of their changes are in what is read."""


def found(source: str, prose: str = "") -> list[Scheme]:
    return list(known(ast.parse(source), f"{prose}\n{source}"))


@pytest.mark.parametrize(("programs", "name", "count"), READ, ids=[r[1] for r in READ])
def test_a_sound_program_agrees_and_its_changes_do_not(programs: dict, name: str, count: int) -> None:
    prose, source, changes = programs[name]
    rows = found(source, prose)
    assert rows
    assert all(r.holds for r in rows), [r.computation for r in rows]
    caught = [any(not r.holds for r in found(source.replace(*c), prose)) for c in changes]
    assert sum(caught) >= count, dict(zip(changes, caught, strict=True))


def test_every_slip_of_a_formula_is_told_from_it() -> None:
    """Each change of one place of the code, made by the same edits, is refuted or the same number."""
    source = "def period(L, g):\n    return 2 * pi * sqrt(L / g)\n"
    for slipped in changed(parsed("2*pi*sqrt(L/g)"), ["L", "g"], [2.0], frozenset({"L", "g"})):
        rows = found(
            source.replace("2 * pi * sqrt(L / g)", shown(slipped).replace("^", "**")), "The period of a pendulum."
        )
        assert not any(r.holds for r in rows) or _same(slipped), shown(slipped)


def _same(tree: tuple) -> bool:
    from tidegate.check.verify.known.terms import value_of

    at = {"L": 1.3, "g": 0.7}
    try:
        return abs(value_of(tree, at) - value_of(parsed("2*pi*sqrt(L/g)"), at)) < 1e-9
    except (ValueError, ZeroDivisionError, OverflowError):
        return False


@pytest.mark.parametrize(
    ("prose", "source"),
    [
        ("A damped pendulum with a torsion spring.", "def f(t, y):\n    theta, omega = y\n    return [omega, -g / L * sin(theta) - c * omega - kappa * theta + tau * sin(w * t) ** 3]\n"),
        ("SIR with control.", "def f(t, y):\n    S, I, R = y\n    return [-beta * (1 - u) ** 2 * S * I / N - nu * S, beta * (1 - u) ** 2 * S * I / N - gamma * I, gamma * I + nu * S]\n"),
        ("Leapfrog for a planet's orbit.", "for i in range(n):\n    vx += -GM * x / r**3 * dt / 2\n    vy += -GM * y / r**3 * dt / 2\n    x += vx * dt\n    y += vy * dt\n    vx += -GM * x / r**3 * dt / 2\n    vy += -GM * y / r**3 * dt / 2\n"),
    ],
)  # fmt: skip
def test_another_model_is_left_alone(prose: str, source: str) -> None:
    assert [r.computation for r in found(source, prose) if not r.holds] == []
