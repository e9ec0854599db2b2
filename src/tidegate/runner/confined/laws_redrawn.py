# ruff: noqa: E501  (patterns and messages read best on one line)
"""Moves that do not start from where the system is: positions, spins and walkers that are drawn anew, or along one direction only.

What moves by its velocity is found dt times the velocity further; a move of one spin leaves the others as they are; the steps
of a free walk go every way alike.
"""

import numpy as np

PLACES = ("pos", "positions", "position", "r", "x", "coords", "q", "xs", "R")
RATES = ("vel", "velocities", "velocity", "v", "vs", "V")
BOX = ("box", "L", "box_size", "box_length", "size", "boxl", "lbox", "side")
SPINS = ("spins", "s", "lattice", "spin", "grid", "sigma", "config", "state", "lat", "S")
SITES = ("i", "site", "k", "row", "x", "idx", "ix", "n", "index", "j")
FEW = 0.25


def check(scenes, tell):
    """Rows on every loop that moves something."""
    for scene in scenes:
        if scene.line is None:
            continue
        for law in (carried, flipped, spread):
            try:
                law(scene, tell)
            except (ValueError, TypeError, IndexError, KeyError):
                continue


def _matrix(scene, names):
    """The first series of these names with a place in the plane or in space for each of many."""
    for name in names:
        found = scene.series.get(name)
        if found is not None and found.dtype.kind == "f" and found.ndim == 3 and found.shape[2] in (2, 3):
            return found
    return None


def carried(scene, tell):
    """Many bodies: positions go where their velocities take them."""
    dt, x, v = scene.dt(), _matrix(scene, PLACES), _matrix(scene, RATES)
    if (
        dt is None
        or x is None
        or v is None
        or x.shape[1:] != v.shape[1:]
        or scene.says(r"monte.?carlo|metropolis|brownian|langevin|swarm|pso\b|vicsek")
    ):
        return
    turns = min(len(x), len(v))
    x, v = x[-turns:], v[-turns:]
    moved = np.diff(x, axis=0)
    box = next((b for b in (scene.number(n) for n in BOX) if b), None)
    if box:
        moved -= box * np.round(moved / box)
    size = np.sqrt(np.mean(moved**2, axis=(1, 2)))
    off = np.min([np.sqrt(np.mean((moved - dt * w) ** 2, axis=(1, 2))) for w in (v[:-1], v[1:], (v[1:] + v[:-1]) / 2)], axis=0)  # fmt: skip
    if not np.any(size) or not np.all(np.isfinite(size)):
        return
    astray = float(np.mean(off > 0.8 * size))
    tell("bodies go where their velocities take them", astray < 0.8, f"{astray:.0%} of the steps are none of dt times the velocities", "none", scene.line)  # fmt: skip


def flipped(scene, tell):
    """One spin a move: the others stay."""
    if not scene.says(r"ising|metropolis|glauber|spin") or scene.says(
        r"wolff|swendsen|cluster|checkerboard|heat.?bath sweep|vectori|global|parallel update|synchronous"
    ):
        return
    if not any((site := scene.one(n)) is not None and np.any(np.diff(site) < 0) for n in SITES):
        return  # a counter names no site
    for name in SPINS:
        s = scene.series.get(name)
        if s is None or s.ndim not in (2, 3) or s[0].size < 9 or not np.all(np.abs(s) == 1):
            continue
        share = np.mean((s[1:] != s[:-1]).reshape(len(s) - 1, -1), axis=1)
        share = share[share > 0]
        if len(share) < 10:
            continue
        middle = float(np.median(share))
        one = float(np.mean(share <= 2.5 / s[0].size))
        tell("a move of one spin leaves the others as they are", not (middle > FEW and one < 0.1), f"{middle:.1%} of all change", "one or two", scene.line)  # fmt: skip
        return


def spread(scene, tell):
    """Steps of free walkers: no direction is preferred, and none goes with another."""
    if not scene.says(r"random.?walk|brownian|diffus") or scene.says(
        r"drift|bias|anisotrop|wind|field|potential|trap|shear|advect|confin|force|gravity|correlated|persist|rotat|wall|reflect|harmonic|aspect|channel"
    ):
        return
    x = _matrix(scene, PLACES)
    if x is None or x.shape[1] * len(x) < 4000:
        return
    step = np.diff(x, axis=0)
    box = next((b for b in (scene.number(n) for n in BOX) if b), None)
    if box:
        step -= box * np.round(step / box)
    flat = step.reshape(-1, step.shape[2])
    flat = flat[np.any(flat != 0, axis=1)]
    if len(flat) < 4000:
        return
    n = len(np.unique(flat[:, 0])) if step.shape[1] > 1 else len(flat)
    spreads = flat.std(axis=0)
    if n < 3 or float(spreads.min()) <= 0:
        return
    apart = float(np.median(step.std(axis=1))) > 0.3 * float(step.std())
    free = len(flat) if apart else len(step)  # where all walkers share a draw, turns alone are independent
    corr = np.corrcoef(flat.T)[np.triu_indices(flat.shape[1], 1)]
    worst = float(np.abs(corr).max())
    tell(
        "a step along one axis says nothing of the step along another",
        worst < 0.2 + 8 / free**0.5,
        f"correlation {worst:.3g}",
        "0",
        scene.line,
    )
    ratio = float(spreads.max() / spreads.min())
    tell(
        "steps spread alike along each axis",
        ratio < 1.25 + 8 / free**0.5,
        f"spreads in the ratio {ratio:.3g}",
        "1",
        scene.line,
    )
