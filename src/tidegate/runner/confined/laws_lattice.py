# ruff: noqa: E501  (tables and messages read best on one line)
"""Spins on a lattice: how often a spin with given neighbours turns is counted, and held against its rule.

Under Metropolis a move that costs ΔE is taken with probability min(1, exp(-ΔE/kT)); under heat bath (Glauber) with
1/(1 + exp(ΔE/kT)).  Both balance in detail, so the counted rates tell a turned sign, a missing factor two, a neighbour
counted twice or a wrong temperature at any moment of the run, in equilibrium or not.
"""

import math

SPINS = ("spins", "lattice", "grid", "s", "state", "config", "sigma", "spin", "self.spins")
HEATS = ("t", "temp", "temperature", "kt")


def check(film, scenes, tell):
    """Every loop that turns one spin of a square lattice at a time."""
    if not scenes or not scenes[0].says(r"ising|potts") or scenes[0].says(r"wolff|swendsen|cluster|kawasaki|triang|honeycomb|open bound|free bound|antiferro|three.?dim|\b3d\b|vectori[sz]|checker|blume|spin.?glass"):  # fmt: skip
        return
    scene = scenes[0]
    for one in film.loops:
        for rows in one.series.values():
            values = _values(rows)
            if values is None:
                continue
            potts = not values <= {-1.0, 1.0}
            if potts and not scene.says(r"potts"):
                continue
            heat, beta = _known(one, film, HEATS), _known(one, film, ("beta", "b", "inv_t"))
            if beta is None and heat is None:
                continue
            j = _known(one, film, ("j", "coupling")) or 1.0
            field = _known(one, film, ("h", "b_field", "field", "mu_b", "external_field")) or 0.0
            inverse = 1.0 / heat if heat else beta
            if field == 0.0 and counted(rows, one, inverse * j, potts, tell):
                return


def _values(rows):
    """The few values of a recorded lattice, or None when it is none."""
    import numpy as np

    if rows.ndim != 3 or rows.dtype.kind == "c" or rows.shape[1] < 3 or rows.shape[2] < 3 or len(rows) < 400:
        return None
    if np.any(rows[0] != np.round(rows[0])):
        return None
    values = set(np.unique(rows[:: max(1, len(rows) // 50)]).tolist())
    return values if 2 <= len(values) <= 12 else None


def _known(loop, film, names):
    table = {str(k).lower().strip("_"): v for k, v in {**film.constants, **loop.constant}.items()}
    space = {str(k).lower(): v for k, v in film.space.items() if isinstance(v, (int, float))}
    for name in names:
        for found in (table.get(name), space.get(name)):
            if isinstance(found, (int, float)) and not isinstance(found, bool):
                return float(found)
    return None


def counted(rows, loop, strength, potts, tell):
    """Flips by the energy they cost, of the single-site changes from turn to turn; False when turns are not single moves."""
    import numpy as np

    changed = (rows[1:] != rows[:-1]).reshape(len(rows) - 1, -1)
    moves = changed.sum(axis=1)
    if moves.max() > 1 or moves.sum() < 50:
        return False
    s = rows[:-1]
    if potts:
        return potts_flips(rows, changed, strength, tell, loop)
    around = np.roll(s, 1, 1) + np.roll(s, -1, 1) + np.roll(s, 1, 2) + np.roll(s, -1, 2)
    cost = (2 * s * around).reshape(len(s), -1)  # ΔE in J
    i, j = loop.series.get("i"), loop.series.get("j")
    tried = _visited(rows, changed, i, j)
    if tried is None and not _random_sites(changed):
        return False
    kinds = (-8, -4, 0, 4, 8)
    if tried is not None:
        here = cost[np.arange(len(cost)), tried]
        attempts = np.array([(here == k).sum() for k in kinds], float)
    else:
        attempts = np.array([(cost == k).mean(axis=1).sum() for k in kinds], float)
    taken = np.array([((cost == k) & changed).sum() for k in kinds], float)
    metropolis = [min(1.0, math.exp(-k * strength)) for k in kinds]
    heat_bath = [1 / (1 + math.exp(min(700.0, k * strength))) for k in kinds]
    best = None
    for rule, law in (("Metropolis", metropolis), ("heat bath", heat_bath)):
        off = [
            (abs(t - a * p) - 1.0) / math.sqrt(a * max(p * (1 - p), 0.002) + 1.0) if tried is not None
            else (abs(t - a * p) - 1.0) / math.sqrt(a * max(p, 0.002) + 1.0)
            for t, a, p in zip(taken, attempts, law, strict=True)
        ]  # fmt: skip
        worst = int(np.argmax(off))
        if best is None or off[worst] < best[0]:
            best = (off[worst], worst, rule, law)
    off, worst, rule, law = best
    rate = taken[worst] / max(attempts[worst], 1e-9)
    tell(
        "spins turn as often as the energy they cost says",
        off < 5,
        f"moves of ΔE = {kinds[worst]} J taken {rate:.3g} of {attempts[worst]:.0f} tries, {off:.1f} standard errors off",
        f"{law[worst]:.3g} ({rule}: {'min(1, exp(-ΔE/kT))' if rule == 'Metropolis' else '1/(1 + exp(ΔE/kT))'} with J/kT = {strength:.3g})",
        loop.line,
    )
    return True


def _visited(rows, changed, i, j):
    """The site each turn tried, where the loop's own i and j tell it (every change must be at it)."""
    import numpy as np

    if i is None or j is None or i.ndim != 1 or j.ndim != 1:
        return None
    width = rows.shape[2]
    for shift in (1, 0):  # drawn in the body, or the loop's own index
        for first, second in ((i, j), (j, i)):
            a, b = first[-len(rows) :], second[-len(rows) :]
            if len(a) != len(rows):
                continue
            a, b = (a[1:], b[1:]) if shift else (a[:-1], b[:-1])
            if a.min() < 0 or b.min() < 0 or a.max() >= rows.shape[1] or b.max() >= width:
                continue
            site = (a * width + b).astype(int)
            if np.all(changed.sum(axis=1) == changed[np.arange(len(changed)), site]):
                return site
    return None


def _random_sites(changed):
    """Whether changes come at sites drawn at random rather than in order."""
    import numpy as np

    at = np.flatnonzero(changed.any(axis=1))
    sites = changed[at].argmax(axis=1)
    rising = float((np.diff(sites) > 0).mean())
    return abs(rising - 0.5) < 0.2


def potts_flips(rows, changed, strength, tell, loop):
    """Changes by the energy they cost: under Metropolis, and under a heat bath, from any state to each of the others."""
    import numpy as np

    s = rows[:-1]
    values = np.arange(round(float(rows.max() - rows.min())) + 1) + float(rows.min())
    if not _random_sites(changed):
        return False
    near = np.stack([np.roll(s, 1, 1), np.roll(s, -1, 1), np.roll(s, 1, 2), np.roll(s, -1, 2)])
    like = np.stack([(near == v).sum(axis=0) for v in values])  # neighbours of each value, by value, turn, place
    own = (near == s[None]).sum(axis=0)
    weights = np.exp(strength * like)
    weights = weights / weights.sum(axis=0)
    sites, q = s.shape[1] * s.shape[2], len(values)
    costs = range(-4, 5)
    attempts, taken, bath = dict.fromkeys(costs, 0.0), dict.fromkeys(costs, 0.0), dict.fromkeys(costs, 0.0)
    for v, value in enumerate(values):
        cost, other = own - like[v], s != value
        became = changed.reshape(s.shape) & (rows[1:] == value)
        for d in costs:
            here = (cost == d) & other
            attempts[d] += float(here.sum()) / sites
            taken[d] += float((became & here).sum())
            bath[d] += float((weights[v] * here).sum()) / sites
    metropolis = {d: min(1.0, math.exp(-d * strength)) for d in costs}
    rules = [(f"Metropolis among {n}", {d: attempts[d] * metropolis[d] / n for d in costs}) for n in (q, q - 1)]
    rules.append(("heat bath", bath))
    best = None
    for rule, wanted in rules:
        off, d = max(((abs(taken[d] - wanted[d]) - 1.0) / math.sqrt(wanted[d] + 1.0), d) for d in costs)
        if best is None or off < best[0]:
            best = (off, d, rule, wanted[d])
    off, d, rule, wanted = best
    tell(
        "spins change as often as the energy they cost says",
        off < 5,
        f"changes of ΔE = {d} J happened {taken[d]:.0f} times, {off:.1f} standard errors off",
        f"{wanted:.0f} ({rule}, J/kT = {strength:.3g}, {q} values)",
        loop.line,
    )
    return True
