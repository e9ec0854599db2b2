"""Canonical problems: what theory says of them, how a program's answers are recorded, and whole programs against both."""

import ast
import math

import pytest
from tests.runner.simulators_q1 import SIMULATORS as FIRST
from tests.runner.simulators_q2 import SIMULATORS as SECOND

from tidegate.runner.confined import known_chains, known_games, known_matter, known_queues, known_samples
from tidegate.runner.confined.instrument import BACK, TELL, instrumented
from tidegate.runner.confined.known import Params
from tidegate.runner.confined.known_tables import TOPICS
from tidegate.runner.confined.recorder import Recorder, Result, Site, moving
from tidegate.runner.confined.replay import runner
from tidegate.runner.harness import judged, modules


def known(text: str = "", **numbers: object) -> Params:
    return Params(Result((0, ""), Site("print", "", "", (), "", ""), "", 0.0, (numbers,)), (), text)


def test_queues_have_the_waits_of_the_textbook() -> None:
    assert known_queues.wait(known("m/m/1", arrival_rate=0.8, service_rate=1.0)) == pytest.approx(4.0)
    assert known_queues.erlang_c(known("servers", lam=2.0, mu=1.0, servers=3)) == pytest.approx(4 / 9)
    assert known_queues.erlang_b(2.0, 3) == pytest.approx(4 / 19)


def test_games_have_the_chances_of_the_textbook() -> None:
    assert known_games.reach(known(start=20, goal=100, p=0.5)) == pytest.approx(0.2)
    assert known_games.duration(known(start=3, goal=10, p=0.5)) == pytest.approx(21)
    assert known_games.collector(known(n_stickers=50)) == pytest.approx(224.96, abs=0.01)
    assert known_games.birthday(known(n_people=23)) == pytest.approx(0.5073, abs=1e-4)
    assert known_games.prisoners(known()) == pytest.approx(0.31183, abs=1e-5)


def test_a_branching_process_dies_out_with_the_smallest_root() -> None:
    assert known_chains.extinction(known("rng.poisson(m, n)", m=1.5)) == pytest.approx(0.41719, abs=1e-5)


def test_the_energy_of_the_square_lattice_is_onsagers() -> None:
    assert known_matter.onsager(known(T=3.0, L=20)) == pytest.approx(-0.8177, abs=2e-3)


def test_an_integral_is_that_of_the_programs_own_function() -> None:
    assert known_samples.integral(known("integral", f=math.sin, a=0.0, b=math.pi)) == pytest.approx(2.0)


def test_every_topic_names_its_answers() -> None:
    names = [t.name for t in TOPICS]
    assert len(set(names)) == len(names)
    assert all(t.rows for t in TOPICS)


def test_answers_are_kept_with_their_words_and_scope() -> None:
    source = (
        "def mean_wait(lam, mu=1.0):\n    total = 0.0\n    for _ in range(3):\n        total += lam\n    return total / 3\n"
        "n = 4\nprint(f'for {n} servers the wait is {mean_wait(0.5):.2f}')\nprint('mean', 0.25 * n, '(should be 1)')\n"
    )
    tree = ast.parse(source)
    changed, sites, _ = instrumented(tree)
    recorder = Recorder(sites, moving(tree))
    recorder.space.update({TELL: recorder.tell, BACK: recorder.tell})
    printed: list[str] = []
    runner(changed)(lambda *a, **_: printed.append(" ".join(map(str, a))), recorder.space)
    assert printed == ["for 4 servers the wait is 0.50", "mean 1.0 (should be 1)"]
    given, returned, wait, mean = sorted(recorder.results, key=lambda r: (r.kind != "given", r.kind != "return"))
    assert (given.kind, returned.value, wait.value, mean.promised) == ("given", 0.5, 0.5, 1.0)
    assert "servers the wait is" in wait.label
    assert Params(wait, (), "").lam == 0.5


WHOLE = {name: entry for name, entry in {**FIRST, **SECOND}.items() if name in ("weather chain", "ou ensemble")}


@pytest.mark.parametrize("name", WHOLE)
def test_a_sound_program_agrees_with_theory_and_a_changed_one_does_not(name: str) -> None:
    prose, source, changes = WHOLE[name]

    def broken(text: str) -> list[str]:
        job = {"source": text, "prose": prose, "seed": 1, "cpu_s": 15}
        return [f"{r['name']}: {r['measured']}" for r in judged(job, modules())["rows"] if r["holds"] is False]

    assert broken(source) == []
    assert all(broken(source.replace(*change, 1)) for change in changes[:1])
