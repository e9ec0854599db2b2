# ruff: noqa: E501  (patterns and messages read best on one line)
"""Jumps in continuous time, one event a turn: times between events, how often each happens, what it takes and gives.

Waiting times multiplied by the sum of all rates are exponential with mean 1; the number of events of one kind is the integral
of its rate up to a martingale whose variance is that integral (Gillespie, J. Phys. Chem. 81, 2340; Kurtz, Strong
approximation theorems for density dependent Markov chains).  Rates and species may have any names: rates are what the program
adds up, species what changes by whole numbers.
"""

import ast
import itertools
import math
import re

import numpy as np

from tidegate.runner.confined.instrument import DRAW
from tidegate.runner.confined.measured import TIMES

CALLS = r"gillespie|\bssa\b|kinetic monte|stochastic simulation|birth.?(?:and.?)?death|propensit|reaction|isomeris|isomeriz|master equation|continuous.?time|jump process"
NOT = r"tau.?leap|next.?reaction|delay|rejection|time.?varying|inhomogen|composition"
RATES = re.compile(r"rates?|props?|propensities|propensity|a|w|weights|k_?rates|r|hazards?|aj|alphas?")
RATE = re.compile(r"(?:r|a|w|v|h|q)_?[1-9]|(?:rate|prop|propensity|a|r|hazard)_\w+|\w+_(?:rate|prop|propensity|hazard)")
TOTAL = re.compile(r"tot|sum|all|^a_?0$|^r_?0$|^w_?0$")
ARROW = re.compile(
    r"((?:\d*\s?[A-Z∅]\w{0,3}|∅|nothing|0)(?:\s*\+\s*\d*\s?[A-Z]\w{0,3})*)\s*(<?-+>|<=+>|→|⇌|↔|⟶|⇄)\s*((?:\d*\s?[A-Z∅]\w{0,3}|∅|nothing|0)(?:\s*\+\s*\d*\s?[A-Z]\w{0,3})*)(?![\w/])"
)
EVENTS = 40


def check(scenes, tree, tell):
    """Rows on every loop whose turns are events."""
    for scene in scenes:
        if scene.line is None or not scene.says(CALLS) or scene.says(NOT):
            continue
        found = turns(scene)
        if found is None:
            continue
        dt, species, after, keep = found
        names = rates(scene, tree)
        arrows = stoichiometry(scene, species, after, tell)
        made = [[_row(scene, name, keep, lag) for name in names] for lag in (0, 1)]
        judged = [
            _judged(dt, species, after, told, arrows) for told in made if told and all(r is not None for r in told)
        ]
        for row in next(
            (rows for rows in judged if all(holds for _, holds, _, _ in rows)), judged[0] if judged else ()
        ):
            tell(*row, scene.line)


def turns(scene):
    """(times between events, names of species, their changes and states before, which turns), or None where turns are no events."""
    t = scene.one(*TIMES, "now", "clock", "current_time", "sim_time")
    if t is None or len(t) < EVENTS:
        return None
    columns = {}
    for name, value in scene.series.items():
        if value.dtype.kind in "fiu" and len(value) == len(t) and value is not t:
            if value.ndim == 1:
                columns[name] = value
            elif value.ndim == 2 and value.shape[1] <= 6:
                columns.update({f"{name}[{i}]": value[:, i] for i in range(value.shape[1])})
    dt = np.diff(t)
    keep = dt > 0
    species = {}
    for name, value in columns.items():
        step = np.diff(value)[keep]
        whole = np.all(value == np.round(value)) and value.min() >= -1e6
        if whole and len(step) and np.any(step) and np.abs(step).max() <= 4 and (np.ptp(step) > 0 or step[0] < 0):
            species[name] = value
    if not species or keep.sum() < EVENTS or np.ptp(dt[keep]) < 0:
        return None
    names = list(species)
    change = np.array([np.diff(species[n])[keep] for n in names]).T
    if np.mean(np.any(change != 0, axis=1)) < 0.95 or len(np.unique(change, axis=0)) > 8:
        return None
    before = np.array([species[n][:-1][keep] for n in names]).T
    return dt[keep], names, (change, before), keep


def rates(scene, tree):
    """Names of the rates of one loop: what is added up to a total, or what is called so."""
    drawn = {n.id for node in ast.walk(tree) if isinstance(node, ast.Assign) and DRAW.search(ast.unparse(node.value)) for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}  # fmt: skip
    made = {
        t.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for t in node.targets
        if isinstance(t, ast.Name)
    }
    for name, value in made.items():
        if not TOTAL.search(name.lower()):
            continue
        terms = _terms(value)
        if len(terms) >= 2 and all(isinstance(x, ast.Name) and x.id not in drawn for x in terms):
            return [x.id for x in terms]
        inner = re.fullmatch(r"(?:np\.)?sum\((\w+)\)|(\w+)\.sum\(\)", ast.unparse(value))
        if inner and (inner[1] or inner[2]) not in drawn:
            return [inner[1] or inner[2]]
    named = [
        n
        for n in scene.series
        if RATE.fullmatch(n.lower()) and n in made and n not in drawn and not TOTAL.search(n.lower())
    ]
    if len(named) >= 2:
        return sorted(named)
    arrays = [n for n, v in scene.series.items() if RATES.fullmatch(n.lower()) and v.ndim == 2 and n not in drawn]
    return arrays if len(arrays) == 1 else []


def _terms(node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_terms(node.left), *_terms(node.right)]
    return [node]


def _row(scene, name, keep, lag):
    """A rate in the turns that are kept: as it was when the event was drawn."""
    found = scene.series.get(name)
    if found is None:
        value = scene.number(name)
        return None if value is None else np.full((int(keep.sum()), 1), value)
    n = len(keep) + 1
    rows = found[-(n - 1) :] if lag == 0 else found[: n - 1] if len(found) == n else None
    if rows is None or len(rows) != n - 1:
        return None
    rows = rows[keep]
    return rows.reshape(len(rows), -1)


def _judged(dt, species, after, told, arrows):
    """(name, holds, measured, expected) of waiting times, counts and what each event takes."""
    change, before = after
    each = np.concatenate(told, axis=1)
    if np.any(~np.isfinite(each)) or each.min() < 0:
        return [
            (
                "no rate of an event is negative",
                bool(np.all(np.isfinite(each)) and each.min() >= 0),
                f"{each.min():.3g}",
                "0 or more",
            )
        ]
    n = len(dt)
    u = dt * each.sum(axis=1)
    mean, var = float(u.mean()), float(u.var())
    rows = [
        ("waiting times times the sum of all rates have mean 1", abs(mean - 1) < 6 / math.sqrt(n) + 0.01, f"{mean:.4g} over {n} events", f"1 within {6 / math.sqrt(n) + 0.01:.2g}"),
        ("waiting times are exponential: times the sum of all rates, their variance is 1", abs(var - 1) < 8 * math.sqrt(8 / n) + 0.05, f"{var:.4g}", f"1 within {8 * math.sqrt(8 / n) + 0.05:.2g}"),
    ]  # fmt: skip
    kinds = np.unique(change[np.any(change != 0, axis=1)], axis=0)
    whole = (each * dt[:, None]).sum(axis=0)
    alive = [i for i in range(each.shape[1]) if whole[i] > 0]
    if len(kinds) != len(alive) or len(kinds) > 5:
        return rows
    counts = np.array([float(np.sum(np.all(change == kind, axis=1))) for kind in kinds])
    z = np.abs(counts[:, None] - whole[alive][None, :]) / np.sqrt(whole[alive][None, :] + 1.0)
    orders = list(itertools.permutations(range(len(kinds))))
    fits = [o for o in orders if all(z[i, k] < 6.0 for i, k in enumerate(o))]
    best = min(max(z[i, k] for i, k in enumerate(o)) for o in orders)
    rows.append(
        (
            "each event happens as often as its rate says",
            bool(fits),
            f"{best:.3g} standard deviations off",
            "less than 6",
        )
    )
    if fits:
        rows += _taken(
            min((_misfit(o, kinds, each[:, alive], before, arrows) for o in fits), key=len),
            species,
        )
    return rows


def _misfit(order, kinds, each, before, arrows):
    """[(species taken from, species that its rate goes with)] of events that take from one by a rate that goes with another alone.

    Where the words tell the reactions, a rate that goes with nothing is one too.
    """
    out = []
    for i, k in enumerate(order):
        rate = each[:, k]
        goes = [s for s in range(before.shape[1]) if np.ptp(before[:, s]) > 0 and _proportional(rate, before[:, s])]
        taken = [s for s in range(before.shape[1]) if kinds[i][s] < 0]
        if len(goes) == 1 and taken and goes[0] not in taken:
            out.append((taken[0], goes[0]))
        elif arrows and taken and np.ptp(rate) == 0.0 and np.ptp(before[:, taken[0]]) > 0:
            out.append((taken[0], None))
    return out


def _proportional(rate, count):
    some = count > 0
    if some.sum() < 20 or np.any(rate[~some] > 0):
        return False
    ratio = rate[some] / count[some]
    return float(np.ptp(ratio)) <= 1e-9 * float(np.abs(ratio).max())


def _taken(found, species):
    words = "; ".join(f"{species[a]} is taken at a rate that " + (f"goes with {species[b]}" if b is not None else "never changes") for a, b in found)  # fmt: skip
    return [("what takes from a species has a rate that vanishes with it", not found, words or "so it is", "so it is")]


def stoichiometry(scene, species, after, tell):
    """`A <-> B` in the words: each event takes and gives what the reactions say; whether such words are there."""
    text = getattr(scene, "text_raw", "")
    told = set()
    for left, arrow, right in ARROW.findall(text):
        a, b = _side(left), _side(right)
        if a is None or b is None:
            return False
        told.add((left, right))
        if "<" in arrow or arrow in ("⇌", "↔", "⇄"):
            told.add((right, left))
    letters = {name: _letter(name) for name in species}
    wanted = {x for pair in told for side in pair for x in (_side(side) or {})}
    if not told or set(letters.values()) != wanted or len(letters) != len(wanted):
        return False
    allowed = set()
    for left, right in told:
        a, b = _side(left), _side(right)
        allowed.add(tuple(b.get(letters[n], 0) - a.get(letters[n], 0) for n in species))
    change, _ = after
    seen = {tuple(int(x) for x in row) for row in np.unique(change, axis=0) if np.any(row)}
    wrong = sorted(seen - allowed)
    shown = "; ".join(" ".join(f"{n} {d:+d}" for n, d in zip(species, row, strict=True) if d) for row in wrong)
    tell(
        "each event takes and gives what its reaction says",
        not wrong,
        shown or "so it is",
        " or ".join(f"{a.strip()} → {b.strip()}" for a, b in sorted(told)),
        scene.line,
    )
    return True


def _side(text):
    out = {}
    for part in text.split("+"):
        part = part.strip()
        if part in ("∅", "0", "nothing", ""):
            continue
        found = re.fullmatch(r"(\d*)\s*([A-Z]\w{0,3})", part)
        if found is None:
            return None
        out[found[2].lower()] = out.get(found[2].lower(), 0) + int(found[1] or 1)
    return out


def _letter(name):
    """`n_a`, `nA`, `A_count` and `a` are A."""
    return (
        re.sub(r"^n_?(?=\w)|^num_?|^count_?|_?count$|_?n$", "", name.lower().replace("self.", "")).strip("_")
        or name.lower()
    )
