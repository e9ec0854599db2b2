"""Formulae whose symbols nobody declares, held against the laws that the words name."""

import pytest

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.quantity.textbook.laws import count, law
from tidegate.spine.claim import Support

BROKEN = (
    ("The drag force on a car is F = ½ ρ c_w A v³.", "v^2·c_w·A"),
    ("The resonance frequency of an LC circuit is f = 1/(2π√(L/C)).", "f = "),
    ("Coulomb's law: $F = \\frac{k q_1 q_2}{r}$", "r^2"),
    ("The Debye length is λ_D = √(ε_0 k_B T / (n e)).", "e^2"),
    ("**Kinetic energy**: K = m v²", "factor of 0.5"),
    ("By Ohm's law (V = I² R) the current doubles.", "I·R"),
    ("The Schwarzschild radius is $r_s = \\frac{2 G M}{c}$.", "c^2"),
    ("The speed of sound is c = √(γ ρ/p).", "each other's place"),
    ("The period of a simple pendulum is T = 2π√(g/L).", "L/g"),
)
# other conventions, variants, the same letters, and names beside another formula
SOUND = (
    "In natural units the rest energy, by mass-energy equivalence, is E = m.",
    "The kinetic energy per unit mass is e = ½ v².",
    "The kinetic energy of both carts together is K = m v², since each of the two contributes ½ m v².",
    "For one mole the ideal gas law becomes P V = R T.",
    "In Gaussian units Coulomb's law takes the form F = q_1 q_2 / r².",
    "The drag force is F = k v², where k lumps the density, the area and the drag coefficient.",
    "The torque on the shaft sets the kinetic energy; with h = 3 m the rest follows from a = b c.",
    "The orbital speed is v = √(G M / r), a factor √2 below the escape velocity.",
    "Nernst: E = E° − (R T/(n F)) ln Q.",
    "The wave equation u_tt = c² u_xx holds on a string that is fixed at both ends.",
    "Ohm's law aside, momentum in SGD is updated as v = β v + (1 − β) g.",
)


def test_every_law_of_the_tables_adds_up_and_has_points_at_which_it_holds() -> None:
    for n in range(count()):
        for form in law(n).forms:
            assert form.points, (law(n).name, form.text)
            assert form.dims, (law(n).name, form.text)


@pytest.mark.parametrize(("text", "told"), BROKEN)
def test_one_change_of_a_named_law_is_refuted_with_the_law(text: str, told: str) -> None:
    refuted = [d for d in verify_answer(text).decisions if d.support is Support.REFUTED]
    assert len(refuted) == 1
    assert told in refuted[0].message


@pytest.mark.parametrize("text", SOUND)
def test_another_convention_or_another_formula_is_left_alone(text: str) -> None:
    assert not [d.message for d in verify_answer(text).decisions if d.support is Support.REFUTED]


def test_a_law_in_its_own_form_is_supported_by_name() -> None:
    (found,) = verify_answer("The Nernst equation is E = E_0 - (R T / (n F)) ln Q.").decisions
    assert found.support is Support.SUPPORTED
    assert "nernst" in found.receipt.computation
