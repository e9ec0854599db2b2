"""Units told in a program and what it computes with them: mutants of one place, sound programs that look wrong, words and spans."""

import ast
import importlib
import time
from pathlib import Path

import pytest
import scipy
from tests.check.verify import programs
from tests.check.verify.unit_programs_sound import SOUND_A, SOUND_B, SOUND_C

from tidegate.check.verify.code_units.check import tells_units, units
from tidegate.check.verify.code_units.telling import comment_unit, docstring_units, printed_unit
from tidegate.check.verify.code_units.unit_names import name_unit, told_unit
from tidegate.check.verify.engine import verify_answer

SETS = sorted(p.stem for p in Path(__file__).parent.glob("unit_programs_*.py") if p.stem != "unit_programs_sound")
MODULES = [importlib.import_module(f"tests.check.verify.{name}") for name in SETS]
PROGRAMS = [(name, *told, module.MISSED) for module in MODULES for name, told in module.PROGRAMS.items()]


def refuted(source: str) -> list[str]:
    """What is said of the lines that do not hold."""
    if not tells_units(source):
        return []
    return [f.computation for f in units(ast.parse(source), source) if not f.holds]


@pytest.mark.parametrize(("name", "source", "changes", "missed"), PROGRAMS, ids=[p[0] for p in PROGRAMS])
def test_changes_of_one_place_are_refuted_and_the_program_is_not(
    name: str, source: str, changes: list[tuple[str, str, str]], missed: frozenset[tuple[str, str]]
) -> None:
    assert refuted(source) == []
    for _, old, new in changes:
        assert bool(refuted(source.replace(old, new, 1))) == ((name, new) not in missed), new


@pytest.mark.parametrize("source", [*SOUND_A, *SOUND_B, *SOUND_C])
def test_what_is_right_and_looks_wrong_is_left_alone(source: str) -> None:
    assert refuted(source) == []


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("timeout_ms", "ms"), ("speed_ms", "m/s"), ("v_ms", "m/s"), ("x_min", None), ("half_life_min", "min"), ("fan_in", None), ("n_days", None),
        ("mass_kg", "kg"), ("consumption_wh_per_km", "Wh/km"), ("c0_mg_l", "mg/L"), ("kmh_to_ms", None), ("torque_nm", "N*m"), ("wavelength_nm", "nm"),
        ("price_per_kwh", None), ("temperature_c", "°C"), ("T_s", None), ("e_bar", None), ("k_b", None), ("hours", "h"), ("memory_mb", "MB"),
    ],
)  # fmt: skip
def test_a_name_tells_a_unit_only_where_it_can_be_nothing_else(name: str, unit: str | None) -> None:
    found = name_unit(name)
    assert (found[1] if found else None) == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("m/s^2", "m/s^2"), ("kg", "kg"), ("spring constant [N/m]", "N/m"), ("air density, kg/m^3", "kg/m^3"), ("initial height in metres", "metres"), ("m, initial shape", "m"),
        ("heat transfer coefficient, W/(m^2 K)", "W/(m^2 K)"), ("kg of water", "kg"), ("gas constant (J/(mol*K))", "J/(mol*K)"), ("5 km/h faster", None), ("wait 5 s", None),
        ("number of rows", None), ("m or ft", None), ("takes 2 s per million", None), ("see (a)", None), ("px/frame", None), ("m per step", None), ("in", None), ("items/s", None),
    ],
)  # fmt: skip
def test_a_comment_tells_a_unit_only_where_it_is_plain(text: str, unit: str | None) -> None:
    found = comment_unit(text, "x")
    assert (found[1] if found else None) == unit


def test_a_letter_of_two_units_is_read_by_the_name() -> None:
    assert comment_unit("C", "q") == told_unit("C")
    assert comment_unit("ambient air [C]", "temp_air") == told_unit("°C")
    assert comment_unit("C", "x") is None


@pytest.mark.parametrize(
    ("doc", "names", "told", "result"),
    [
        ("Args:\n    m (float): mass in kg.\n    h: height in m\n\nReturns:\n    float: Energy in J.", {"m", "h"}, {"m": "kg", "h": "m"}, "J"),
        ("Parameters\n----------\nF : float\n    Flow [L/min]\n\nReturns\n-------\nfloat\n    Power [W].", {"F"}, {"F": "L/min"}, "W"),
        (":param v0: speed (m/s)\n:return: range (m)", {"v0"}, {"v0": "m/s"}, "m"),
        ("Gas density in kg/m^3; T in K.", {"T"}, {"T": "K"}, "kg/m^3"),
        ("Buoyant force (N) on a volume (m^3) at a depth in m.", {"volume", "depth"}, {"volume": "m^3", "depth": "m"}, "N"),
        ("Advance by dt seconds.", {"dt"}, {"dt": "seconds"}, None),
        ("Parameters\n----------\nx : array, shape (N,)\nmol : mol", {"x", "mol"}, {}, None),
        ("Two.\n\nReturns\n-------\na : float\n    Length [m]\nb : float\n    Time [s]", set(), {}, None),
    ],
)  # fmt: skip
def test_docstrings_tell_units_in_their_usual_styles(
    doc: str, names: set[str], told: dict[str, str], result: str | None
) -> None:
    found, back = docstring_units(doc, names)
    assert {n: u[1] for n, u in found.items()} == told
    assert (back[1] if back else None) == result


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (" m/s", "m/s"),
        (" ms, ", "ms"),
        (" items/s", None),
        (" m of 3", "m"),
        (" s per call", None),
        ("N", None),
        (" kWh)", "kWh"),
    ],
)
def test_what_is_printed_behind_a_value(text: str, unit: str | None) -> None:
    found = printed_unit(text)
    assert (found[1] if found else None) == unit


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 0.0  # m\nv = 2.0  # m/s\nx += v\n", "m/s is added to m: x is m (line 1), v is m/s (line 2)"),
        ("timeout_s = 5\ntimeout_ms = timeout_s / 1000\n", "the factor between the units is 1000, not 1/1000: use * 1000"),
        ("hours = 3\nseconds = hours * 60\n", "the factor between the units is 3600, not 60: use * 3600"),
        ("wait_s = 1\ndelay_ms = 2\ntotal_s = wait_s + delay_ms\n", "the two are in different units: one unit of the second is 1/1000 of the first: use / 1000 on the second"),
        ("timeout_ms = 5\nretry_after_s = 2\ndeadline_ms = timeout_ms + retry_after_s\n", "the two are in different units: one unit of the second is 1000 of the first: use * 1000 on the second"),
        ("k = 2.0  # N/m\nx = 1.0  # m\ndef energy(x):\n    return k * x\nE = energy(x)  # J\n", "the left side is kg·m²/s², the right side kg·m/s²: k is N/m (line 1), x is m (line 2), E is J (line 5); line 4: `return k * x`"),
        ("p = {\n    'm': 2.0,  # kg\n    'v': 3.0,  # m/s\n}\nE = p['m'] * p['v']  # J\n", "the left side is kg·m²/s², the right side kg·m/s: m is kg (line 2), v is m/s (line 3), E is J (line 5)"),
        ("import time\ndelay_ms = 50\ntime.sleep(delay_ms)\n", "time.sleep is s: the factor between the units is 1/1000, not 1: use / 1000"),
        ("m = 2.0  # kg\nv = 3.0  # m/s\nE = 0.5 * m * v**3  # J\n", "the left side is kg·m²/s², the right side kg·m³/s³: m is kg (line 1), v is m/s (line 2), E is J (line 3)"),
    ],
)  # fmt: skip
def test_the_computation_is_said_in_words(source: str, words: str) -> None:
    assert refuted(source)[0] == words


@pytest.mark.parametrize(
    "source",
    [
        "speed = 20.0  # m/s\nspeed = 'fast'\nt = 2.0  # s\nd = speed + t\n",  # bound anew
        "x = 1.0  # m\nx = 1.0  # s\nif x:\n    x = x + 0\n",  # told twice
        "from sim import x, v\nx += v  # m\n",
        "v = 10.0  # m/s\nt = 3.0  # s\nx = 4.9 * t**2 + v * t  # m\n",  # a number may be an acceleration
        "p = 1.0  # bar\ndef f(p):\n    return p + 1\nf(3)\n",
        "state = [1.0, 2.0]  # m\nstate[0] = 1.0\nstate[1] = 2.0\nd = state[1] * 3 + state[0]\n",
        "a = 2.0  # m\nt = 3.0  # s\ndef double(x):\n    return x + x\nb = double(a)  # m\nu = double(t)  # s\n",  # a general function
        "p = {\n    'x': 1.0,  # m\n    'v': 'fast',\n}\ny = p['x'] + p['v']\n",
        "e = 2.0  # eV\nf = 3.0  # eV\ndef near(a, b, tol):\n    if a:\n        return abs(a - b) < tol * abs(a)\n    return abs(a - b) < tol\nnear(e, f, 0.1)\n",
        "mass_kg = 3\nlimit = 10\nassert mass_kg < limit\n",
    ],
)
def test_doubt_is_silent(source: str) -> None:
    assert refuted(source) == []


def test_lines_are_those_of_the_answer_and_the_rule_has_its_name() -> None:
    answer = "Run this:\n\n```python\nx = 0.0  # m\nv = 2.0  # m/s\nfor _ in range(3):\n    x += v\n```\n"
    found = [f for f in verify_answer(answer).findings if f.rule == "unit-in-code"]
    assert [(f.where.line, f.severity.value) for f in found] == [(7, "error")]
    assert answer[slice(*(found[0].where.span or ()))] == "x += v"
    assert "x is m (line 4), v is m/s (line 5)" in found[0].message


def test_libraries_that_tell_units_raise_no_alarm() -> None:
    root = Path(scipy.__file__).parent
    read = 0
    for path in sorted([*root.glob("integrate/*.py"), *root.glob("spatial/*.py")]):
        source = path.read_text(encoding="utf-8")
        if tells_units(source):
            read += 1
            assert refuted(source) == [], path.name
    assert read >= 5


def test_programs_without_units_cost_next_to_nothing() -> None:
    sources = [s for s, _ in programs.PROGRAMS.values()]
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        for source in sources:
            tells_units(source)
        best = min(best, time.process_time() - start)
    assert best / sum(map(len, sources)) * 4000 < 0.001
