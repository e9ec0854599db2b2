"""Runs whose result says nothing are judged by what their own loop holds."""

import pytest
from tests.check.verify.programs import PROGRAMS
from tests.runner.simulators_h import SIMULATORS

from tidegate.runner.sandbox import looks_like_simulation, run_simulation

BROKEN = {"two body": 0, "mm1 queue": 2}
"""A change that a run shows though the program returns nothing that could be held against a law."""


def broken(source: str) -> list[str]:
    assert looks_like_simulation(source)
    outcome = run_simulation(source)
    assert outcome.status in {"ran", "no entry"}, outcome
    return [row.name for row in outcome.rows if row.holds is False]


@pytest.mark.parametrize("name", BROKEN)
def test_a_loop_is_watched_where_nothing_else_tells(name: str) -> None:
    source, changes = PROGRAMS[name]
    assert broken(source) == []
    assert broken(source.replace(*changes[BROKEN[name]]))


@pytest.mark.parametrize("name", ["projectile euler", "lennard jones md", "leapfrog orbit"])
def test_sound_programs_are_left_alone(name: str) -> None:
    assert broken(SIMULATORS[name][0]) == []
