"""Which oxidation states are admissible: sets, never one guess.

Fixed rules come first (fluorine −1; alkali +1; oxygen −2 except in peroxides, superoxides and
with fluorine; hydrogen +1, −1 with metals), known ions are solved inside themselves, and the
rest must add up to the charge.  Where several sites could share a mean (Fe3O4, S2O3²⁻, Ti4O7,
NH4NO3), every split over known states is admissible; a claim outside the set is refuted.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from tidegate.check.verify.chemistry.formula import Formula, Group, elements, parse_formula
from tidegate.check.verify.chemistry.known_ions import (
    ALKALI,
    EARTHS,
    FIXED,
    HALOGENS,
    NONMETALS,
    OXYHALIDE_CENTRES,
    PEROXIDES,
    SUFFIXES,
    SUPEROXIDES,
    UNLIKE_SITES,
    polyatomic,
)


class States(NamedTuple):
    """What is known of an element in a formula.

    `mean` is the average state when it is determined, `sites` the states single atoms may have,
    `reason` how it follows; `sure` is False when the set rests on known states rather than rules.
    """

    mean: Fraction | None
    sites: frozenset[int]
    reason: str
    sure: bool


@lru_cache(maxsize=2048)
def states_of(formula: Formula, symbol: str) -> States | None:
    """The admissible states of `symbol` in `formula`, or None when nothing is determined."""
    atoms = dict(formula.atoms)
    charge = formula.charge or 0
    if symbol not in atoms:
        return None
    if set(atoms) == {symbol}:
        if symbol == "O" and charge:
            return States(Fraction(charge, atoms["O"]), frozenset(), "the charge shared by the atoms", True)
        mean = Fraction(charge, atoms[symbol])
        sites = frozenset({int(mean)}) if mean.denominator == 1 else frozenset()
        return States(
            mean,
            sites,
            "an element alone carries the charge",
            symbol not in ("I", "N", "S") or atoms[symbol] == 1 or charge == 0,
        )
    parts, inner = _split(formula)
    if symbol in inner and symbol in parts:
        return None  # it stands in an ion and outside it
    if symbol in inner:
        found = inner[symbol]
        if len(found) != 1:
            return _several(found, symbol)
        unit, unit_charge = found[0]
        return _solve(dict(unit), unit_charge, symbol)
    ion_charge = sum(polyatomic()[u] * n for u, n in _unit_counts(formula).items())
    return _solve(parts, charge - ion_charge, symbol)


def _several(found: list[tuple[tuple[tuple[str, int], ...], int]], symbol: str) -> States | None:
    sites: set[int] = set()
    for unit, charge in found:
        one = _solve(dict(unit), charge, symbol)
        if one is None:
            return None
        sites |= one.sites
    return States(None, frozenset(sites), "it stands in several ions", True)


def _split(formula: Formula) -> tuple[dict[str, int], dict[str, list[tuple[tuple[tuple[str, int], ...], int]]]]:
    """Atoms outside known ions, and for atoms inside them the ions they stand in."""
    left: Counter[str] = Counter(dict(formula.atoms))
    inner: dict[str, list[tuple[tuple[tuple[str, int], ...], int]]] = {}
    for unit, n in _unit_counts(formula).items():
        for symbol, k in unit:
            left[symbol] -= k * n
            inner.setdefault(symbol, []).append((unit, polyatomic()[unit]))
    return {s: n for s, n in left.items() if n > 0}, inner


def _unit_counts(formula: Formula) -> Counter[tuple[tuple[str, int], ...]]:
    """The known ions and ligands a formula is made of: brackets, NH4 in front, SO4 and the like at the end."""
    found: Counter[tuple[tuple[str, int], ...]] = Counter()
    bare: list[Group] = []
    for group in formula.groups:
        if group.bracketed and group.atoms in polyatomic():
            found[group.atoms] += group.times
        elif group.bracketed:
            inner = parse_formula(group.text)
            if inner is not None:
                for unit, n in _unit_counts(inner).items():
                    found[unit] += n * group.times
        else:
            bare.append(group)
    run = "".join(g.text + (str(g.times) if g.times > 1 else "") for g in bare)
    whole = tuple(sorted(Counter({g.text: g.times for g in bare}).items()))
    if len(bare) <= 2 and not found and (whole in polyatomic() or len(bare) < 2):
        return found
    if formula.water:
        water = (("H", 2), ("O", 1))
        found[water] += int(formula.water)
        run = run.removesuffix("H2O").removesuffix("HHO")
        run = _without_water(bare)
    if run.startswith("NH4") and len(run) > 3:
        found[(("H", 4), ("N", 1))] += 1
        run = run[3:]
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if run == suffix and found:
            parsed = parse_formula(suffix)
            assert parsed is not None
            found[parsed.atoms] += 1
            break
        if run.endswith(suffix) and len(run) > len(suffix):
            head = run[: -len(suffix)]
            if head in ("H", "H2", "H3"):
                break  # an acid: solved as a whole
            parsed = parse_formula(suffix)
            if (parsed is not None and parse_formula(head) is not None and not head[-1].isdigit()) or _cation_head(
                head
            ):
                assert parsed is not None
                found[parsed.atoms] += 1
            break
    return found


def _without_water(bare: list[Group]) -> str:
    groups = bare[:-2] if len(bare) >= 2 and bare[-1].text == "O" and bare[-2].text == "H" else bare
    return "".join(g.text + (str(g.times) if g.times > 1 else "") for g in groups)


def _cation_head(head: str) -> bool:
    parsed = parse_formula(head)
    return parsed is not None and all(s not in NONMETALS or s == "H" for s, _ in parsed.atoms)


def _solve(atoms: dict[str, int], charge: int, symbol: str) -> States | None:
    """One unknown by subtraction; several by all combinations of known states that add up."""
    if symbol not in atoms:
        return None
    key = tuple(sorted(atoms.items()))
    anion = tuple((s, k) for s, k in key if s not in FIXED or s in NONMETALS)  # a salt's anion, as in K2S2O8
    special = UNLIKE_SITES.get(key) or UNLIKE_SITES.get(anion, {})
    fixed = _fixed(atoms, charge)
    n = atoms[symbol]
    if symbol in fixed and len(fixed) == len(atoms):
        total = sum(fixed[s] * k for s, k in atoms.items())
        if total != charge:
            return None
    unknown = [s for s in atoms if s not in fixed]
    if special.get(symbol) and len(unknown) > 1:
        return States(None, frozenset(special[symbol]), "a species whose structure is known", True)
    if not unknown:
        value = fixed[symbol]
        return States(value, _sites(value, n, symbol) | frozenset(special.get(symbol, ())), "fixed by rule", True)
    if symbol in fixed:
        return States(
            fixed[symbol], frozenset({int(fixed[symbol])}) | frozenset(special.get(symbol, ())), "fixed by rule", True
        )
    if unknown == [symbol]:
        rest = sum((fixed[s] * k for s, k in atoms.items() if s != symbol), Fraction(0))
        mean = (Fraction(charge) - rest) / n
        terms = " + ".join(f"{k}×({_signed(fixed[s])})" for s, k in sorted(atoms.items()) if s != symbol)
        reason = f"{n}·x + {terms} = {charge:+d}, x = {_signed(mean)}"
        sites = _sites(mean, n, symbol) | frozenset(special.get(symbol, ()))
        doubtful = (symbol == "C" and n > 1) or (
            set(atoms) in ({"B", "H"}, {"Si", "H"}, {"Ge", "H"})
        )  # conventions differ
        return States(mean, sites, reason, not doubtful)
    return _combine(atoms, charge, symbol, fixed, unknown)


def _fixed(atoms: dict[str, int], charge: int) -> dict[str, Fraction]:
    metals = [s for s in atoms if s not in NONMETALS]
    out: dict[str, Fraction] = {s: Fraction(FIXED[s]) for s in atoms if s in FIXED}
    others = set(atoms) - {"O", "H"}
    if "O" in atoms:
        pair = tuple(x for s in sorted(atoms, key=lambda s: s == "O") for x in (s, atoms[s])) if len(atoms) == 2 else ()
        if atoms.keys() == {"O", "F"}:
            pass
        elif pair in PEROXIDES:
            out["O"] = Fraction(-1)
            if pair[0] == "Zn":
                pass
        elif pair in SUPEROXIDES:
            out["O"] = Fraction(-1, 2)
        else:
            out["O"] = Fraction(-2)
    if "H" in atoms:
        complex_hydride = set(atoms) - {"H"} <= ALKALI | EARTHS | {"B", "Al", "Zn", "Ga"} and len(atoms) > 1
        out["H"] = (
            Fraction(-1)
            if (complex_hydride and "O" not in atoms) or (others and others <= set(metals) and "O" not in atoms)
            else Fraction(1)
        )
        if set(atoms) == {"B", "H"} or set(atoms) == {"H", "Si"}:
            out["H"] = Fraction(1) if "B" in atoms and charge >= 0 else Fraction(-1)
    for place, halogen in enumerate(HALOGENS):
        stronger = {"F", "O", *HALOGENS[:place]} & set(atoms)
        if stronger == {"O"} and set(atoms) & OXYHALIDE_CENTRES:
            stronger = set()
        if (
            halogen in atoms
            and halogen != "F"
            and not stronger
            and len(atoms) > 1
            and not (halogen != "Cl" and "N" in atoms)
        ):
            out[halogen] = Fraction(-1)
    if (
        "S" in atoms
        and "O" not in atoms
        and len(metals) == 1
        and set(atoms) == {"S", *metals}
        and metals[0] not in FIXED
        and metals != ["Fe"]
    ):
        out["S"] = Fraction(-2)
    if "Fe" in atoms and set(atoms) == {"Fe", "S"} and atoms != {"Fe": 1, "S": 2}:
        out["S"] = Fraction(-2)
    return out


def _sites(mean: Fraction, n: int, symbol: str) -> frozenset[int]:
    """States single sites may have: the mean itself, or for a fractional mean the known states that can share it."""
    if mean.denominator == 1:
        return frozenset({int(mean)})
    known = elements()[symbol].states
    total = mean * n
    if total.denominator != 1 or n > 12:
        near = {int(mean // 1), int(mean // 1) + 1}
        return frozenset(near)
    return frozenset(s for s in known if _reachable(known, n - 1, int(total) - s))


@cache
def _reachable(known: tuple[int, ...], n: int, total: int) -> bool:
    """Whether n sites with known states can add up to `total` (a small integer programme)."""
    sums = {0}
    for _ in range(n):
        sums = {s + k for s in sums for k in known if abs(s + k) <= 200}
    return total in sums


def _combine(
    atoms: dict[str, int], charge: int, symbol: str, fixed: dict[str, Fraction], unknown: list[str]
) -> States | None:
    if len(unknown) > 3:
        return None
    rest = Fraction(charge) - sum((fixed[s] * k for s, k in atoms.items() if s in fixed), Fraction(0))
    others = [s for s in unknown if s != symbol]
    found: set[int] = set()
    sums: set[Fraction] = {Fraction(0)}
    for other in others:
        sums = {s + k * atoms[other] for s in sums for k in elements()[other].states}
    for state in elements()[symbol].states:
        if rest - state * atoms[symbol] in sums:
            found.add(state)
    if not found or any(atoms[s] > 1 for s in unknown):
        return None
    return States(None, frozenset(found), f"the states that can add up with {', '.join(others)}", False)


def _signed(value: Fraction) -> str:
    return f"{int(value):+d}" if value.denominator == 1 else f"{value.numerator:+d}/{value.denominator}"


class Judged(NamedTuple):
    """The judgement of one claimed state: true, false or None (cannot be said), with its reason."""

    holds: bool | None
    reason: str
    admissible: tuple[str, ...]


def judge_state(formula: Formula, symbol: str, claimed: Fraction) -> Judged:
    """Whether `symbol` may have the state `claimed` in `formula`."""
    found = states_of(formula, symbol)
    if found is None:
        return Judged(None, "the state is not determined by rules", ())
    shown = tuple(
        dict.fromkeys(
            [*([_signed(found.mean)] if found.mean is not None else []), *(f"{s:+d}" for s in sorted(found.sites))]
        )
    )
    mean = found.mean
    if mean is not None and (claimed == mean or abs(claimed - mean) <= Fraction(1, 100) * max(Fraction(1), abs(mean))):
        return Judged(True, found.reason, shown)
    if claimed.denominator == 1 and int(claimed) in found.sites:
        return Judged(True, found.reason, shown)
    if not found.sure and found.mean is None:
        return Judged(None, found.reason, shown)
    if not found.sure:
        return Judged(None, "single atoms of one element may differ (organic or chain)", shown)
    return Judged(False, found.reason, shown)
