"""What counts the turns of a loop, and what only bears a letter that often does."""

from tests.runner.simulators_v import SIMULATORS

from tidegate.runner.sandbox import run_simulation


def test_the_people_of_an_epidemic_are_no_steps() -> None:
    prose, source, _ = SIMULATORS["sir"]
    rows = {r.name: r for r in run_simulation(source, prose=prose).rows}
    assert rows["it converges with order 4"].holds
    assert all(r.holds for r in rows.values())
