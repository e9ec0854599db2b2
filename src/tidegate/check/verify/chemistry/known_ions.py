# ruff: noqa: E501  (tables read best on one line)
"""What the rules of oxidation states rest on: elements with one state, peroxides, unlike sites, and known ions."""

from __future__ import annotations

from functools import cache

from tidegate.check.verify.chemistry.formula import parse_formula
from tidegate.spine.resources import resource_text

ALKALI = frozenset({"Li", "Na", "K", "Rb", "Cs", "Fr"})
EARTHS = frozenset({"Be", "Mg", "Ca", "Sr", "Ba", "Ra"})
FIXED = {
    **dict.fromkeys(ALKALI, 1),
    **dict.fromkeys(EARTHS, 2),
    "Al": 3,
    "Zn": 2,
    "Sc": 3,
    "Y": 3,
    "La": 3,
    "Cd": 2,
    "F": -1,
}
NONMETALS = frozenset(
    [
        "H",
        "C",
        "N",
        "O",
        "F",
        "P",
        "S",
        "Cl",
        "Se",
        "Br",
        "I",
        "At",
        "B",
        "Si",
        "As",
        "Te",
        "He",
        "Ne",
        "Ar",
        "Kr",
        "Xe",
        "Rn",
        "Ge",
        "Sb",
    ]
)
HALOGENS = ("F", "Cl", "Br", "I")
OXYHALIDE_CENTRES = frozenset(
    ["Cr", "V", "P", "S", "C", "Se", "Mo", "W", "Ti", "U", "Zr", "Bi", "Sb", "Nb", "Ta", "Re"]
)
PEROXIDES = frozenset({("H", 2, "O", 2), ("Na", 2, "O", 2), ("K", 2, "O", 2), ("Li", 2, "O", 2), ("Ba", 1, "O", 2), ("Ca", 1, "O", 2),
                       ("Sr", 1, "O", 2), ("Mg", 1, "O", 2), ("Rb", 2, "O", 2), ("Cs", 2, "O", 2), ("Zn", 1, "O", 2), ("H", 1, "O", 2)})  # fmt: skip
SUPEROXIDES = frozenset({("K", 1, "O", 2), ("Na", 1, "O", 2), ("Rb", 1, "O", 2), ("Cs", 1, "O", 2), ("Li", 1, "O", 2)})
# species whose sites differ although the mean is a whole number: composition → states seen on sites
UNLIKE_SITES: dict[tuple[tuple[str, int], ...], dict[str, tuple[int, ...]]] = {
    (("O", 3), ("S", 2)): {"S": (-2, -1, 0, 4, 5, 6)}, (("N", 2), ("O", 1)): {"N": (0, 1, 2, -1, 3)}, (("O", 4), ("Sb", 2)): {"Sb": (3, 5)},
    (("Ag", 1), ("O", 1)): {"Ag": (1, 2, 3)}, (("Cl", 2), ("Ga", 1)): {"Ga": (1, 2, 3)}, (("C", 1), ("N", 1)): {"C": (2, 4), "N": (-3, -5)},
    (("H", 2), ("O", 3), ("S", 2)): {"S": (-2, -1, 0, 4, 5, 6)}, (("Fe", 1), ("S", 2)): {"S": (-1,), "Fe": (2,)},
    (("O", 8), ("S", 2)): {"S": (6, 7), "O": (-2, -1)}, (("Cr", 1), ("O", 5)): {"Cr": (6,), "O": (-2, -1)},
    (("H", 2), ("O", 5), ("S", 1)): {"S": (6,), "O": (-2, -1)}, (("H", 2), ("O", 8), ("S", 2)): {"S": (6,), "O": (-2, -1)},
    (("Au", 1), ("Cl", 3), ("Cs", 1)): {"Au": (1, 2, 3)},
    (("C", 1), ("N", 1), ("O", 1)): {"C": (4,), "N": (-3,)}, (("C", 1), ("N", 1), ("S", 1)): {"C": (4,), "N": (-3,), "S": (-2, 0)},
}  # fmt: skip


@cache
def ions() -> dict[str, tuple[str, int, str]]:
    """Named ions: name → (formula, charge, cation or anion)."""
    out = {}
    for line in resource_text("tidegate.check.verify.chemistry", "ions.tsv").splitlines()[1:]:
        name, formula, charge, kind = line.split("\t")
        out[name] = (formula, int(charge), kind)
    return out


@cache
def polyatomic() -> dict[tuple[tuple[str, int], ...], int]:
    """Polyatomic ions and neutral ligands by composition; ambiguous ones (MnO4) are left out."""
    out: dict[tuple[tuple[str, int], ...], int] = {}
    for formula, charge, _ in ions().values():
        parsed = parse_formula(formula)
        if parsed is not None and len(parsed.atoms) > 1 and formula not in ("MnO4", "O2"):
            out[parsed.atoms] = charge
    for formula, charge in (("H2O", 0), ("NH3", 0), ("CO", 0), ("C2H8N2", 0), ("C5H5N", 0), ("C5H5", -1)):
        parsed = parse_formula(formula)
        assert parsed is not None
        out[parsed.atoms] = charge
    return out


SUFFIXES = ("SO4", "NO3", "CO3", "PO4", "ClO4", "ClO3", "OH", "CN", "C2O4", "SCN", "NO2", "HCO3", "HSO4", "CH3COO", "SO3", "BF4", "PF6", "ClO2",
            "HPO4", "H2PO4", "BrO3", "IO3", "S2O3")  # fmt: skip
