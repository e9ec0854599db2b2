# ruff: noqa: E501  (tables and prompts read best on one line)
"""Questions whose answers are known by computation or from a table, graded so that a small model is right about half the time.

Typed answers: numbers, quantities with units, formulae, Python expressions, words.  `MAIN` kinds are for the fit, the
threshold and a report among their like; `OTHER` kinds are never fitted on: they show what a head is worth elsewhere.
Grading does not use the product's own equality: numbers by value and unit, formulae and words as written, expressions by
their values on probe inputs (a small evaluator, nothing is executed).
"""

import ast
import math
import operator
import random
import re
from collections.abc import Callable
from typing import Any, NamedTuple

MAIN = ("sum", "difference", "product", "conversion", "symbol", "formula", "expression", "capital")
OTHER = ("atomic number", "percentage", "square", "calendar", "element", "list expression")


class Question(NamedTuple):
    """One question, the value that is right (`unit`: accepted spellings, empty for none) and how it is graded."""

    kind: str
    text: str
    truth: str
    unit: tuple[str, ...] = ()


SYMBOLS = {
    "hydrogen": "H", "helium": "He", "lithium": "Li", "beryllium": "Be", "boron": "B", "carbon": "C", "nitrogen": "N", "oxygen": "O",
    "fluorine": "F", "neon": "Ne", "sodium": "Na", "magnesium": "Mg", "aluminium": "Al", "silicon": "Si", "phosphorus": "P", "sulfur": "S",
    "chlorine": "Cl", "argon": "Ar", "potassium": "K", "calcium": "Ca", "scandium": "Sc", "titanium": "Ti", "vanadium": "V", "chromium": "Cr",
    "manganese": "Mn", "iron": "Fe", "cobalt": "Co", "nickel": "Ni", "copper": "Cu", "zinc": "Zn", "gallium": "Ga", "germanium": "Ge",
    "arsenic": "As", "selenium": "Se", "bromine": "Br", "krypton": "Kr", "rubidium": "Rb", "strontium": "Sr", "yttrium": "Y", "zirconium": "Zr",
    "niobium": "Nb", "molybdenum": "Mo", "technetium": "Tc", "ruthenium": "Ru", "rhodium": "Rh", "palladium": "Pd", "silver": "Ag",
    "cadmium": "Cd", "indium": "In", "tin": "Sn", "antimony": "Sb", "tellurium": "Te", "iodine": "I", "xenon": "Xe", "caesium": "Cs", "barium": "Ba",
}  # fmt: skip
FORMULAE = {
    "carbon dioxide": "CO2", "carbon monoxide": "CO", "ammonia": "NH3", "methane": "CH4", "ethane": "C2H6", "propane": "C3H8", "butane": "C4H10",
    "ethene": "C2H4", "acetylene": "C2H2", "benzene": "C6H6", "methanol": "CH4O", "ethanol": "C2H6O", "acetic acid": "C2H4O2",
    "formaldehyde": "CH2O", "glucose": "C6H12O6", "sucrose": "C12H22O11", "table salt": "NaCl", "potassium chloride": "KCl",
    "calcium chloride": "CaCl2", "magnesium chloride": "MgCl2", "aluminium chloride": "AlCl3", "hydrogen chloride": "HCl",
    "hydrogen fluoride": "HF", "hydrogen peroxide": "H2O2", "hydrogen sulfide": "H2S", "sulfur dioxide": "SO2", "sulfur trioxide": "SO3",
    "sulfuric acid": "H2SO4", "nitric acid": "HNO3", "phosphoric acid": "H3PO4", "carbonic acid": "H2CO3", "sodium hydroxide": "NaOH",
    "potassium hydroxide": "KOH", "calcium hydroxide": "Ca(OH)2", "magnesium hydroxide": "Mg(OH)2", "sodium carbonate": "Na2CO3",
    "calcium carbonate": "CaCO3", "sodium bicarbonate": "NaHCO3", "potassium permanganate": "KMnO4", "potassium nitrate": "KNO3",
    "sodium sulfate": "Na2SO4", "copper(II) sulfate": "CuSO4", "silver nitrate": "AgNO3", "magnesium oxide": "MgO", "calcium oxide": "CaO",
    "aluminium oxide": "Al2O3", "iron(III) oxide": "Fe2O3", "iron(II) oxide": "FeO", "zinc oxide": "ZnO", "titanium dioxide": "TiO2",
    "silicon dioxide": "SiO2", "nitrous oxide": "N2O", "nitrogen dioxide": "NO2", "nitric oxide": "NO", "ozone": "O3", "phosphine": "PH3",
    "silane": "SiH4", "carbon tetrachloride": "CCl4", "chloroform": "CHCl3", "urea": "CH4N2O",
}  # fmt: skip
CAPITALS = {
    "France": "Paris", "Germany": "Berlin", "Spain": "Madrid", "Portugal": "Lisbon", "Hungary": "Budapest", "Austria": "Vienna",
    "Poland": "Warsaw", "Norway": "Oslo", "Sweden": "Stockholm", "Finland": "Helsinki", "Denmark": "Copenhagen", "Greece": "Athens",
    "Turkey": "Ankara", "Egypt": "Cairo", "Kenya": "Nairobi", "Ghana": "Accra", "Nigeria": "Abuja", "Ethiopia": "Addis Ababa", "Morocco": "Rabat",
    "Algeria": "Algiers", "Tunisia": "Tunis", "Senegal": "Dakar", "Uganda": "Kampala", "Zambia": "Lusaka", "Mongolia": "Ulaanbaatar",
    "Japan": "Tokyo", "China": "Beijing", "India": "New Delhi", "Nepal": "Kathmandu", "Thailand": "Bangkok", "Vietnam": "Hanoi",
    "Cambodia": "Phnom Penh", "Laos": "Vientiane", "Pakistan": "Islamabad", "Iran": "Tehran", "Iraq": "Baghdad", "Jordan": "Amman",
    "Lebanon": "Beirut", "Qatar": "Doha", "Australia": "Canberra", "New Zealand": "Wellington", "Fiji": "Suva", "Canada": "Ottawa",
    "Cuba": "Havana", "Jamaica": "Kingston", "Peru": "Lima", "Chile": "Santiago", "Argentina": "Buenos Aires", "Uruguay": "Montevideo",
    "Paraguay": "Asunción", "Colombia": "Bogotá", "Ecuador": "Quito", "Venezuela": "Caracas", "Romania": "Bucharest", "Bulgaria": "Sofia",
    "Croatia": "Zagreb", "Slovenia": "Ljubljana", "Estonia": "Tallinn", "Latvia": "Riga", "Lithuania": "Vilnius", "Ireland": "Dublin",
}  # fmt: skip
UNITS = (  # from, to, factor, spellings of the result's unit
    ("km", "m", 1000, ("m", "meters", "metres")), ("m", "cm", 100, ("cm", "centimeters", "centimetres")), ("kg", "g", 1000, ("g", "grams")),
    ("hours", "minutes", 60, ("minutes", "min")), ("minutes", "seconds", 60, ("seconds", "s", "sec")), ("L", "mL", 1000, ("ml", "milliliters")),
    ("cm", "mm", 10, ("mm", "millimeters", "millimetres")), ("g", "mg", 1000, ("mg", "milligrams")), ("kW", "W", 1000, ("w", "watts")),
)  # fmt: skip
EXPRESSIONS = (
    ("x plus {k}", "x + {k}"), ("x minus {k}", "x - {k}"), ("x times {k}", "x * {k}"), ("{k} minus x", "{k} - x"),
    ("x divided by {k}", "x / {k}"), ("x to the power {k}", "x ** {k}"), ("the remainder of x divided by {k}", "x % {k}"),
    ("x squared plus {k}", "x ** 2 + {k}"), ("{k} times the sum of x and 1", "{k} * (x + 1)"),
)  # fmt: skip
LISTS = (
    ("the sum of xs", "sum(xs)"), ("the length of xs", "len(xs)"), ("the largest element of xs", "max(xs)"), ("the smallest element of xs", "min(xs)"),
    ("the first element of xs", "xs[0]"), ("the last element of xs", "xs[-1]"), ("xs in reverse order", "xs[::-1]"), ("xs sorted", "sorted(xs)"),
    ("the second element of xs", "xs[1]"), ("xs without its first element", "xs[1:]"), ("xs without its last element", "xs[:-1]"),
    ("the mean of xs", "sum(xs) / len(xs)"), ("the largest minus the smallest element of xs", "max(xs) - min(xs)"), ("twice the length of xs", "2 * len(xs)"),
    ("the first two elements of xs", "xs[:2]"), ("every second element of xs", "xs[::2]"),
)  # fmt: skip
SHOTS = (
    ("What is 2 + 3?", "5"), ("Convert 2 m to mm.", "2000 mm"), ("What is the chemical symbol of gold?", "Au"),
    ("What is the chemical formula of water?", "H2O"), ("What is the capital of Italy?", "Rome"),
    ("Write a Python expression in x: x increased by 2.", "x + 2"),
)  # fmt: skip
SECOND_SHOTS = (
    ("Compute 9 - 4.", "5"), ("How many mm are 3 m?", "3000 mm"), ("Name the chemical symbol of mercury.", "Hg"),
    ("Give the formula of lithium fluoride.", "LiF"), ("Name the capital of Russia.", "Moscow"),
    ("As a Python expression in x: 4 more than x.", "x + 4"),
)  # fmt: skip


def questions(per_kind: int, seed: int) -> list[Question]:
    """`per_kind` different questions of every main kind, half as many of the others (fewer where a table is shorter), in random order."""
    rng = random.Random(seed)
    out: list[Question] = []
    for kind in MAIN + OTHER:
        drawn: dict[str, Question] = {}
        for _ in range(per_kind * 20):
            question = _draw(kind, rng)
            drawn.setdefault(question.text, question)
            if len(drawn) >= (per_kind if kind in MAIN else per_kind // 2):
                break
        out += drawn.values()
    rng.shuffle(out)
    return out


def _draw(kind: str, rng: random.Random) -> Question:
    a, b = rng.randint(2, rng.choice((9, 20, 60))), rng.randint(2, rng.choice((9, 9, 30)))
    country, name, element = rng.choice(list(CAPITALS)), rng.choice(list(FORMULAE)), rng.choice(list(SYMBOLS))
    if kind == "sum":
        return Question(kind, f"What is {a} + {b}?", str(a + b))
    if kind == "difference":
        return Question(kind, f"What is {a + b} - {b}?", str(a))
    if kind == "product":
        a, b = rng.randint(2, 12), rng.randint(2, 12)
        return Question(kind, f"What is {a} * {b}?", str(a * b))
    if kind == "conversion":
        given, asked, factor, spellings = rng.choice(UNITS)
        value = rng.choice((rng.randint(1, 9), rng.randint(1, 9), rng.randint(10, 60), rng.randint(1, 9) + 0.5))
        return Question(kind, f"Convert {value:g} {given} to {asked}.", f"{value * factor:g}", spellings)
    if kind == "symbol":
        return Question(kind, f"What is the chemical symbol of {element}?", SYMBOLS[element])
    if kind == "formula":
        return Question(kind, f"What is the chemical formula of {name}?", FORMULAE[name])
    if kind == "expression":
        words, code = rng.choice(EXPRESSIONS)
        k = rng.randint(2, 9)
        return Question(kind, f"Write a Python expression in x: {words.format(k=k)}.", code.format(k=k))
    if kind == "capital":
        return Question(kind, f"What is the capital of {country}?", CAPITALS[country])
    if kind == "atomic number":
        number = rng.randint(1, 40)
        return Question(kind, f"What is the atomic number of {list(SYMBOLS)[number - 1]}?", str(number))
    if kind == "percentage":
        share, of = rng.choice((10, 20, 25, 50, 75)), rng.choice((20, 40, 60, 80, 100, 120, 200, 300, 400))
        return Question(kind, f"What is {share} % of {of}?", f"{share * of / 100:g}")
    if kind == "square":
        word, value = rng.choice((("squared", a * a), ("doubled", 2 * a), ("tripled", 3 * a), ("cubed", a**3)))
        return Question(kind, f"What is {a} {word}?", str(value))
    if kind == "calendar":
        words, factor, spellings = rng.choice(
            (("days are {} weeks", 7, ("days",)), ("months are {} years", 12, ("months",)), ("hours are {} days", 24, ("hours",)),
             ("eggs are {} dozen", 12, ("eggs",)), ("years are {} centuries", 100, ("years",)), ("legs have {} cats", 4, ("legs",)))
        )  # fmt: skip
        n = rng.randint(2, 12)
        return Question(kind, f"How many {words.format(n)}?", str(n * factor), spellings)
    if kind == "element":
        return Question(kind, f"Which element has the symbol {SYMBOLS[element]}?", element)
    words, code = rng.choice(LISTS)
    return Question(kind, f"Write a Python expression in xs, a list of numbers: {words}.", code)


def right(question: Question, answer: str) -> bool:
    """Whether the answer's first line says the truth."""
    line = answer.strip().split("\n")[0].strip().strip("`").rstrip(".").strip()
    if question.kind in ("symbol", "formula"):
        said = line.rsplit("=", 1)[-1].strip().translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
        return said == question.truth or (question.kind == "formula" and _atoms(said) == _atoms(question.truth) != {})
    if question.kind in ("capital", "element"):
        others = {"aluminium": "aluminum", "caesium": "cesium", "sulfur": "sulphur"}
        said = line.lower()
        return any(re.search(rf"\b{w.lower()}\b", said) for w in (question.truth, others.get(question.truth, question.truth))) and len(said.split()) <= 6  # fmt: skip
    if "expression" in question.kind:
        return _computes(line, question.truth)
    numbers = list(re.finditer(r"-?\d[\d,]*(?:\.\d+)?", line))
    if not numbers:
        return False
    last = numbers[-1]
    after = re.match(r"\s*([A-Za-z]+)", line[last.end() :])
    if after is not None and question.unit and after.group(1).lower() not in question.unit:
        return False
    return math.isclose(float(last.group().replace(",", "")), float(question.truth), rel_tol=1e-9)


def _atoms(formula: str) -> dict[str, int]:
    """Atoms of a plain formula without nested groups; empty where it is none."""
    flat = re.sub(r"\(([A-Za-z0-9]+)\)(\d+)", lambda m: m.group(1) * int(m.group(2)), formula)
    if not re.fullmatch(r"(?:[A-Z][a-z]?\d*)+", flat):
        return {}
    out: dict[str, int] = {}
    for name, count in re.findall(r"([A-Z][a-z]?)(\d*)", flat):
        out[name] = out.get(name, 0) + int(count or 1)
    return out


OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum": sum, "len": len, "max": max, "min": min, "sorted": sorted, "list": list, "reversed": reversed, "pow": pow,
}  # fmt: skip
PROBES = ({"x": 2.0, "xs": [3, 1, 2, 7]}, {"x": 7.0, "xs": [5, 9]}, {"x": 11.0, "xs": [-4, 0, 8, 6, 2]})


def _computes(code: str, truth: str) -> bool:
    try:
        tree, wanted = ast.parse(code, mode="eval").body, ast.parse(truth, mode="eval").body
        return all(_value(tree, p) == _value(wanted, p) for p in PROBES)
    except (SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError, MemoryError):
        return False


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    """The value of an expression of arithmetic, subscripts and a few functions; ValueError at anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) < 1e6:
        return node.value
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, names), _value(node.right, names)
        if isinstance(node.op, ast.Pow) and abs(right) > 20:
            raise ValueError("too large a power")
        return OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, names)
    if isinstance(node, ast.Subscript):
        of = _value(node.value, names)
        if isinstance(node.slice, ast.Slice):
            return of[
                slice(
                    *(
                        None if p is None else _value(p, names)
                        for p in (node.slice.lower, node.slice.upper, node.slice.step)
                    )
                )
            ]
        return of[_value(node.slice, names)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        out = FUNCTIONS[node.func.id](*(_value(a, names) for a in node.args))
        return list(out) if node.func.id == "reversed" else out
    raise ValueError("not an expression of arithmetic")
