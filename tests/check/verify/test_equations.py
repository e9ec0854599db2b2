"""Formulae as people set them, and their dimensions, held against an independent sum of exponents."""

import pytest
from benches.equation_forms import consistent, parse_equation
from benches.verify_equations import SEED, SETS, judged, pairs, read_set

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.quantity.declared import declared
from tidegate.check.verify.quantity.notation import plain
from tidegate.check.verify.quantity.units import dims_text
from tidegate.spine.claim import Support


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\frac{1}{2} m v^{2}", "((1)/(2)) m v^(2)"),
        (r"\sqrt{\frac{2GM}{R_{\text{earth}}}}", "sqrt(((2GM)/(R_earth)))"),
        (r"\frac{d^2 x}{dt^2}", "((x)/(t)^2)"),
        (r"\frac{\partial u}{\partial x}", "((u)/(x)^1)"),
        ("d²x/dt²", "((x)/(t)^2)"),
        ("½mv₁²", "(1/2) mv_1 ^(2)"),
        (r"\Delta T", "DeltaT"),
        ("k_B T/(6πηr)", "k_B T/(6 pi eta r)"),
        (r"\sqrt[3]{V}", "((V)^(1/3))"),
        (r"\frac{a}{b", "((a)/(b))"),  # broken LaTeX ends with the text
    ],
)
def test_one_plain_form_for_all_notations(written: str, read: str) -> None:
    assert "".join(plain(written).split()) == "".join(read.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("where m is the mass in kg and v the speed", {"m": "kg", "v": "m/s"}),
        ("with the spring constant k, V_in and V_out the input and output voltages", {"k": "kg/s²", "V_in": "kg·m²/(s³·A)", "V_out": "kg·m²/(s³·A)"}),
        ("| $m$ | mass | kg |", {"m": "kg"}),
        ("* $k$: stiffness, N/m", {"k": "kg/s²"}),
        ("$k$ the thermal conductivity in W/m·K", {"k": "kg·m/(s³·K)"}),
        ("n is the number of molecules, v the initial and V_in the final velocity", {"n": "1", "v": "m/s", "V_in": "m/s"}),
        ("A mass on a spring, with v = 12 m/s", {"v": "m/s"}),
        ("V the potential difference in V and m the plate separation in m", {"V": "kg·m²/(s³·A)", "m": "m"}),
        ("m is the relative mass; the change in V", {}),
        ("For a mass m at speed v you need the force V", {"m": "kg", "v": "m/s", "V": "kg·m/s²"}),
        ("The distance covered in a time n is roughly $A$", {"n": "s", "A": "m"}),
        ("m is the mass in kg. Later m is the slope in m.", {}),
    ],
)  # fmt: skip
def test_what_a_text_declares(text: str, said: dict[str, str]) -> None:
    wanted = frozenset({"m", "v", "k", "V_in", "V_out", "n", "A", "V"})
    assert {s: dims_text(d) for s, d in declared(text, wanted).items()} == said


@pytest.mark.parametrize(
    "sound",
    [
        r"The position is $x(t) = v t$, where $x$ is in m, $v$ in m/s and $t$ in s.",
        "A stone falls s = 5 t² in t seconds, where s is the distance in m and t the time in s.",
        "With v in m/s and T in K, the speed of sound is v = 331 + 0.6 T.",
        "In natural units, with c = 1, E = m where E is the energy in J and m the mass in kg.",
        "ln k falls with T: y = ln(p), where p is the pressure in Pa and y a number.",
        r"$f' = f \frac{v}{v - u}$ where $f$ is in Hz, $v$ in m/s and $u$ in m/s.",
    ],
)
def test_sound_formulae_that_look_broken(sound: str) -> None:
    assert not [d.message for d in verify_answer(sound).decisions if d.support is Support.REFUTED]


def test_the_independent_sum_of_dimensions() -> None:
    units = "E J, m kg, c m/s, k N/m, x m"
    assert consistent(parse_equation("E = m*c^2 + 1/2*k*x^2", units))
    assert not consistent(parse_equation("E = m*c^2 + 1/2*k*x", units))
    assert not consistent(parse_equation("E = m*c^2*exp(x)", units))


def test_textbook_equations_and_broken_ones() -> None:
    groups = [
        g
        for p in sorted(SETS.glob("*.txt"))
        if "undeclared" not in p.stem
        for g in pairs(read_set(p), SEED, p.stem)[::6]
    ]
    sound = [g[0] for g in groups]
    wrong = [t for g in groups for t in g if t.dimensional]
    assert len(sound) > 40
    assert not [t.text for t in sound if judged(t) in ("refuted", "elsewhere")], f"seed {SEED}"
    assert sum(judged(t) == "refuted" for t in wrong) >= 0.95 * len(wrong), f"seed {SEED}"
