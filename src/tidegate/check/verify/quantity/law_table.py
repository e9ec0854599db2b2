# ruff: noqa: E501  (tables read best one row a line)
"""What relates the quantities of a sentence: how each kind of result is told, and laws that no mere product is.

A result is told by a noun before it (`a kinetic energy of 9 J`) or by a verb (`draws 3 A`).  Three quantities of which one
is the product or quotient of the others need no entry of their own; a law with a factor, a power or a constant does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tidegate.check.verify.quantity import unit_table as t
from tidegate.check.verify.quantity.unit_table import Dims, dims

ACCELERATION, MOMENTUM, DENSITY = dims(m=1, s=-2), dims(m=1, kg=1, s=-1), dims(m=-3, kg=1)
RESISTANCE, CAPACITANCE, INDUCTANCE = (
    dims(m=2, kg=1, s=-3, A=-2),
    dims(m=-2, kg=-1, s=4, A=2),
    dims(m=2, kg=1, s=-2, A=-2),
)
CONCENTRATION, MOLAR_MASS, FLOW = dims(m=-3, mol=1), dims(kg=1, mol=-1), dims(m=3, s=-1)
BIT_RATE, STIFFNESS, FIELD, MASS_FLOW = (
    dims(bit=1, s=-1),
    dims(kg=1, s=-2),
    dims(m=1, kg=1, s=-3, A=-1),
    dims(kg=1, s=-1),
)
SPECIFIC_HEAT, INTENSITY, FIELD_B = dims(m=2, s=-2, K=-1), dims(kg=1, s=-3), dims(kg=1, s=-2, A=-1)

# kind of result → nouns that name it; verbs that stand directly before it
TOLD: dict[Dims, tuple[str, str]] = {
    t.CURRENT: (r"currents?", r"draws|carries|pulls|passes|draw|carry|pull|drawing|draw of"),
    t.VOLTAGE: (r"voltages?|voltage drop|potential difference|emf", r"drops|drop of"),
    RESISTANCE: (r"resistances?|load|resistor", ""),
    t.POWER: (r"power(?: (?:output|consumption|dissipation|draw|input|drawn))?|wattage", r"dissipates|delivers|consumes|draws|produces|generates|develops|radiates|emits|dissipate|dissipating|delivering|drawing"),
    t.ENERGY: (r"energy|work|heat|torque|moment|energy (?:use|consumption)", r"uses|consumes|delivers|releases|dissipates|stores|does|performs|expends|requires|needs|takes|gains|use|consume|store|do|using|consuming|storing"),
    t.FORCE: (r"force|weight|tension|thrust|load", r"weighs|exerts|experiences"),
    ACCELERATION: (r"acceleration|deceleration", r"accelerates at|accelerates it at|decelerates at"),
    t.SPEED: (r"(?:average |mean )?(?:speed|velocity|pace)|averages?", r"averages|averaged|averaging|moves at|travels at|is moving at|is travell?ing at|reaches|reaching|to"),
    t.LENGTH: (r"distance|wavelength|displacement|range|extension|depth|height|stretch(?:es)?|length", r"covers|travels|goes|moves|drives|runs|flies|walks|cycles|sails|covering|travel|cover|advances|stretches(?: it)?(?: by)?|extends(?: it)?(?: by)?|travell?ing"),
    t.TIME: (r"time|duration|period|runtime|battery life", r"takes|take|lasts|last|needs|requires|taking|runs for|in|after|will take|would take|takes you|takes it|run for|arrives in|finishes in"),
    t.MASS: (r"mass", r"weighs|contains|weigh|contain|dissolves"),
    t.VOLUME: (r"volume", r"occupies|displaces|holds|fills|delivers|pumps|moves|takes up|discharges"),
    DENSITY: (r"density|concentration", ""),
    t.PRESSURE: (r"pressure|stress", r"exerts"),
    t.CHARGE: (r"charge", r"transfers|stores|delivers|moves|holds|storing"),
    MOMENTUM: (r"momentum|impulse", ""),
    CONCENTRATION: (r"concentration|molarity", ""),
    t.AMOUNT: (r"amount|moles|number of moles", r"contains|contain|is|are|hold|holds"),
    MOLAR_MASS: (r"molar mass|molecular weight|molecular mass", ""),
    t.BIT: (r"data|file size|size", r"transfers|downloads|moves|uploads|sends|holds|fills|carries|transmits"),
    BIT_RATE: (r"rate|throughput|bandwidth|speed|bitrate|bit rate", r"averages|needs|requires"),
    t.AREA: (r"area", ""),
    FLOW: (r"flow|flow rate|discharge|rate", r"delivers|pumps"),
    MASS_FLOW: (r"flow|flow rate|mass flow|rate", ""),
    STIFFNESS: (r"spring constant|stiffness|force constant", ""),
    CAPACITANCE: (r"capacitance", ""),
    FIELD: (r"field|field strength|electric field", ""),
    INTENSITY: (r"intensity|irradiance|flux", ""),
    t.RATE: (r"frequency", ""),
}  # fmt: skip


class Law(NamedTuple):
    """A law with a factor, power or constant: the result's kind, words that must stand in the sentence, its inputs and values.

    `values` takes the inputs in SI base units in the order of `inputs` and gives every value that the law can mean.
    """

    name: str
    result: Dims
    cue: str
    inputs: tuple[Dims, ...]
    values: Callable[[Sequence[float]], Sequence[float]]


G_EARTH = (9.8, 9.80665, 9.81, 10.0)
LIGHT = 299_792_458.0
PLANCK = 6.62607015e-34
GAS = 8.314462618
LAWS = (
    Law("½ m v²", t.ENERGY, r"kinetic energy", (t.MASS, t.SPEED), lambda x: [x[0] * x[1] ** 2 / 2]),
    Law("m g h", t.ENERGY, r"potential energy|\blift|\brais|\bhoist", (t.MASS, t.LENGTH), lambda x: [x[0] * g * x[1] for g in G_EARTH]),
    Law("m g h", t.ENERGY, r"potential energy|\blift|\brais|\bhoist|height", (t.MASS, t.LENGTH, ACCELERATION), lambda x: [x[0] * x[1] * x[2]]),
    Law("m g", t.FORCE, r"\bweighs?\b|\bweight\b", (t.MASS,), lambda x: [x[0] * g for g in G_EARTH]),
    Law("½ k x²", t.ENERGY, r"spring|elastic", (STIFFNESS, t.LENGTH), lambda x: [x[0] * x[1] ** 2 / 2]),
    Law("½ C V²", t.ENERGY, r"capacitor", (CAPACITANCE, t.VOLTAGE), lambda x: [x[0] * x[1] ** 2 / 2]),
    Law("½ L I²", t.ENERGY, r"inductor|coil|solenoid", (INDUCTANCE, t.CURRENT), lambda x: [x[0] * x[1] ** 2 / 2]),
    Law("V² / R", t.POWER, r"resist|heater|load|power|element", (t.VOLTAGE, RESISTANCE), lambda x: [x[0] ** 2 / x[1]]),
    Law("I² R", t.POWER, r"resist|cable|wire|power|load|heat", (t.CURRENT, RESISTANCE), lambda x: [x[0] ** 2 * x[1]]),
    Law("½ a t²", t.LENGTH, r"from rest|from a standstill|starting at rest|from standstill", (ACCELERATION, t.TIME), lambda x: [x[0] * x[1] ** 2 / 2]),
    Law("v² / r", ACCELERATION, r"centripetal|circular|circle|curve|bend|loop", (t.SPEED, t.LENGTH), lambda x: [x[0] ** 2 / x[1]]),
    Law("m v² / r", t.FORCE, r"centripetal|circular|circle|curve|bend|loop", (t.MASS, t.SPEED, t.LENGTH), lambda x: [x[0] * x[1] ** 2 / x[2]]),
    Law("ρ g h", t.PRESSURE, r"depth|deep|hydrostatic|column", (DENSITY, t.LENGTH), lambda x: [x[0] * g * x[1] for g in G_EARTH]),
    Law("1 / T", t.RATE, r"period", (t.TIME,), lambda x: [1 / x[0]]),
    Law("1 / f", t.TIME, r"period", (t.RATE,), lambda x: [1 / x[0]]),
    Law("c / f", t.LENGTH, r"wavelength.*\b(?:light|radio|electromagnetic|microwave|wi-?fi|signal|em wave|laser|photon|antenna)|\b(?:light|radio|electromagnetic|microwave|wi-?fi|signal|em wave|laser|photon|antenna).*wavelength", (t.RATE,), lambda x: [LIGHT / x[0], 3e8 / x[0]]),
    Law("c / λ", t.RATE, r"frequency.*\b(?:light|radio|electromagnetic|microwave|laser|photon)|\b(?:light|radio|electromagnetic|microwave|laser|photon).*frequency", (t.LENGTH,), lambda x: [LIGHT / x[0], 3e8 / x[0]]),
    Law("h c / λ", t.ENERGY, r"photon", (t.LENGTH,), lambda x: [PLANCK * LIGHT / x[0]]),
    Law("h f", t.ENERGY, r"photon", (t.RATE,), lambda x: [PLANCK * x[0]]),
    Law("R C", t.TIME, r"time constant", (RESISTANCE, CAPACITANCE), lambda x: [x[0] * x[1]]),
    Law("L / R", t.TIME, r"time constant", (INDUCTANCE, RESISTANCE), lambda x: [x[0] / x[1]]),
    Law("√(2 h / g)", t.TIME, r"(?=.*\b(?:fall|drop|dropped|falls)\b)(?=.*\b(?:from rest|dropped|drop|free.fall)\b)", (t.LENGTH,), lambda x: [math.sqrt(2 * x[0] / g) for g in G_EARTH]),
    Law("√(2 g h)", t.SPEED, r"(?=.*\b(?:fall|falls|falling|drop|dropped)\b)(?=.*\b(?:from rest|dropped|drop|free.fall)\b)", (t.LENGTH,), lambda x: [math.sqrt(2 * g * x[0]) for g in G_EARTH]),
    Law("2π √(L / g)", t.TIME, r"(?=.*pendulum)(?=.*period)", (t.LENGTH,), lambda x: [2 * math.pi * math.sqrt(x[0] / g) for g in G_EARTH]),
    Law("2π √(m / k)", t.TIME, r"(?=.*spring)(?=.*period)", (t.MASS, STIFFNESS), lambda x: [2 * math.pi * math.sqrt(x[0] / x[1])]),
    Law("m c²", t.ENERGY, r"rest energy|rest mass|mass.energy|annihilat|E ?= ?mc", (t.MASS,), lambda x: [x[0] * LIGHT**2]),
    Law("m c ΔT", t.ENERGY, r"\b(?:heat|warm|cool|temperature|rais)", (t.MASS, SPECIFIC_HEAT, t.TEMPERATURE), lambda x: [x[0] * x[1] * x[2]]),
    Law("B I L", t.FORCE, r"\b(?:magnetic )?field\b", (FIELD_B, t.CURRENT, t.LENGTH), lambda x: [x[0] * x[1] * x[2]]),
    Law("n R T / V", t.PRESSURE, r"\bgas\b", (t.AMOUNT, t.TEMPERATURE, t.VOLUME), lambda x: [x[0] * GAS * x[1] / x[2]]),
    Law("n R T / p", t.VOLUME, r"\bgas\b", (t.AMOUNT, t.TEMPERATURE, t.PRESSURE), lambda x: [x[0] * GAS * x[1] / x[2]]),
)  # fmt: skip
# products that are not what they look like: kinds of three quantities → words beside which their relation is another
OTHERWISE: dict[frozenset[Dims], str] = {
    frozenset((t.ENERGY, t.CHARGE, t.VOLTAGE)): r"capacit",
    frozenset((t.ENERGY, t.FORCE, t.LENGTH)): r"spring|elastic|stretch|compress|angle|incline|ramp|slope",
    frozenset(
        (t.SPEED, t.LENGTH, t.TIME)
    ): r"accelerat|from rest|brak|decelerat|\bfall|\bdrop|thrown|throw|launch|\bjump|coast|slows|stops|radius|circl|orbit|diameter|lap",
    frozenset((t.SPEED, t.LENGTH, t.RATE)): r"rpm|rotat|radius|wheel|spin|rev|diameter|turn",
    frozenset((t.VOLUME, t.AREA, t.LENGTH)): r"cone|pyramid|sphere|triang|tetrah|wedge",
    frozenset((t.AMOUNT, t.VOLUME, CONCENTRATION)): r"dilut|titrat|neutrali|react",
    frozenset(
        (t.POWER, t.VOLTAGE, t.CURRENT)
    ): r"\bphase|\bac\b|rms|peak|motor|transformer|fuse|breaker|supply is rated",
    frozenset(
        (t.FORCE, t.MASS, ACCELERATION)
    ): r"incline|slope|friction|lift|elevator|rocket|upward|downward|vertical|hang",
}


def product_of(result: Dims, a: Dims, b: Dims) -> tuple[int, int] | None:
    """Exponents ±1 with aⁱ bʲ of the result's dimension; None unless there is exactly one such pair."""
    found = [
        (i, j)
        for i in (1, -1)
        for j in (1, -1)
        if all(i * x + j * y == z for x, y, z in zip(a, b, result, strict=True))
    ]
    return found[0] if len(found) == 1 else None
