# ruff: noqa: E501  (tables and messages read best on one line)
"""Jump processes of any network: what the source itself calls its propensities decides how often each event comes.

Events are the rows (or columns) of the stoichiometric matrix, or those the recorded states show.  A scheme written in words
or in a comment (`2A <-> B`) gives the amounts that no event may change.
"""

import inspect
import itertools
import re

from tidegate.runner.confined.laws_event import hazards

RATES = re.compile(r"propensit|hazard|intensit|(?:^|_)rates?(?:$|_)|rate_vector")
SCHEME = re.compile(r"(?<![\w>-])((?:\d*\s?[A-Z][A-Za-z0-9]{0,5})(?:\s\+\s\d*\s?[A-Z][A-Za-z0-9]{0,5})*)\s*(?:<->|<=>|⇌|->|→|-->)\s*((?:\d*\s?[A-Z][A-Za-z0-9]{0,5})(?:\s\+\s\d*\s?[A-Z][A-Za-z0-9]{0,5})*)(?![\w])")  # fmt: skip
SPECIES = re.compile(r"(\d*)\s?([A-Z][A-Za-z0-9]{0,5})")


def check(ctx):
    """Conserved amounts of a scheme, and events as often as the source's own propensities say."""
    amounts(ctx)
    if ctx.chance:
        network(ctx)


def amounts(ctx):
    """Every combination of species that no reaction of the written scheme changes stays as it was."""
    import numpy as np

    names = {
        k: np.asarray(v, float) for k, v in ctx.series.items() if v.ndim == 1 and v.dtype.kind in "iuf" and len(v) > 2
    }
    rows = []
    for left, right in SCHEME.findall(ctx.source):
        change = dict.fromkeys(names, 0)
        for side, sign in ((left, -1), (right, 1)):
            for count, species in SPECIES.findall(side):
                if species not in change:
                    return  # a scheme with species that are not recorded says nothing here
                change[species] += sign * int(count or 1)
        rows.append([change[n] for n in names])
    used = [n for i, n in enumerate(names) if any(r[i] for r in rows)]
    if not rows or len(used) < 2 or len({len(names[n]) for n in used}) != 1:
        return
    matrix = np.array([[r[list(names).index(n)] for n in used] for r in rows], float)
    _, size, vectors = np.linalg.svd(matrix)
    rank = int(np.sum(size > 1e-9))
    for vector in vectors[rank:]:
        vector = vector / (vector[np.argmax(np.abs(vector))] or 1.0)
        total = sum(c * names[n] for c, n in zip(vector, used, strict=True))
        scale = max(1.0, float(np.max(np.abs(total))))
        shown = " + ".join(f"{c:.3g} {n}" for c, n in zip(vector, used, strict=True) if abs(c) > 1e-9)
        ctx.out.add(
            f"{shown} stays the same", float(np.ptp(total)) < 1e-6 * scale, f"range {np.ptp(total):.3g}", "constant"
        )


def network(ctx):
    """Each event as often as its propensity, waits exponential: read back from the recorded states."""
    import numpy as np

    f = next((v for k, v in ctx.space.items() if inspect.isfunction(v) and RATES.search(k.lower())), None)
    changes = next(
        (np.asarray(v) for k, v in ctx.space.items() if not k.startswith("_") and _events(v)),
        None,
    )
    if f is None or changes is None:
        return
    probe = _states(ctx.lower, changes)
    call = _caller(ctx, f, probe[1][0]) if probe is not None else None
    if probe is None or call is None:
        return
    if len(np.atleast_1d(call(probe[1][0]))) != len(changes):
        changes = changes.T
        probe = _states(ctx.lower, changes)
        if probe is None or len(np.atleast_1d(call(probe[1][0]))) != len(changes):
            return

    def read(table):
        found = _states(table, changes)
        if found is None:
            return None
        t, states = found
        steps = np.diff(states, axis=0)
        rates = np.array([np.atleast_1d(np.asarray(call(s), float)) for s in states])
        names = [f"event {k + 1}" for k in range(len(changes))]
        events = {n: np.all(steps == c, axis=1) for n, c in zip(names, changes, strict=True)}
        return t, events, dict(zip(names, rates.T, strict=True))

    steps = np.diff(probe[1], axis=0)
    known = np.zeros(len(steps), bool)
    for c in changes:
        known |= np.all(steps == c, axis=1)
    if len({tuple(c) for c in changes}) < len(changes) or not np.any(known):
        return
    ctx.out.add("every step is one of the events", bool(np.all(known)), f"{int((~known).sum())} others", "0")
    hazards(ctx, read, "events")


def _events(value):
    """Whether a value is a small table of whole-number changes, one event a row."""
    import numpy as np

    if not isinstance(value, (list, tuple, np.ndarray)):
        return False
    try:
        table = np.asarray(value)
    except ValueError:
        return False
    small = table.ndim == 2 and table.dtype.kind in "iuf" and table.size <= 400
    return small and bool(np.all(table == np.round(table)) and np.abs(table).max() <= 10 and (table != 0).any())


def _states(table, changes):
    """Times and integer states of one run, in the order of the columns of the events."""
    import numpy as np

    t = next(
        (np.asarray(table[n], float) for n in ("t", "times", "time", "ts") if n in table and np.ndim(table[n]) == 1),
        None,
    )
    if t is None or len(t) < 2 or np.any(np.diff(t) < 0) or (len(t) > 3 and np.ptp(np.diff(t)) < 1e-9):
        return None
    width = changes.shape[1]
    whole = next(
        (np.asarray(v, float) for v in table.values() if np.ndim(v) == 2 and np.shape(v) == (len(t), width)), None
    )
    if whole is None:
        columns = [
            np.asarray(v, float)
            for v in table.values()
            if np.ndim(v) == 1 and len(v) == len(t) and v.dtype.kind in "iuf"
        ]
        columns = [c for c in columns if not np.array_equal(c, t)]
        if len(columns) != width:
            return None
        whole = np.stack(columns, axis=1)
    return (t, whole) if np.array_equal(whole, np.round(whole)) else None


def _caller(ctx, f, state):
    """The propensities as a function of the state alone: its other parameters by name, the state whole or in parts."""
    import numpy as np

    parameters = list(inspect.signature(f).parameters.values())
    known = {}
    for p in parameters:
        value = ctx.params.get(p.name.lower(), p.default)
        if value is not p.empty:
            known[p.name] = value
    free = [p.name for p in parameters if p.name not in known]
    for shape in ("whole", "parts"):
        if shape == "whole" and len(free) != 1:
            continue
        if shape == "parts" and len(free) != len(state):
            continue
        call = (
            (lambda s: f(**{free[0]: s}, **known))
            if shape == "whole"
            else (lambda s: f(**dict(zip(free, s, strict=True)), **known))
        )
        try:
            got = np.asarray(call(state), float)
        except Exception:
            continue
        if got.ndim == 1 and np.all(np.isfinite(got)) and np.all(got >= 0):
            return call
    return None


def spans(grid):
    """Whether neighbours lead from the top row to the bottom row."""
    import numpy as np
    from scipy.ndimage import label

    clusters, _ = label(np.asarray(grid, bool))
    return bool(np.isin(clusters[-1], clusters[0][clusters[0] > 0]).any())


THRESHOLDS = (
    (r"site", r"square|grid\[|2d|two.?dim|lattice", 0.5927),
    (r"bond", r"square|2d|two.?dim", 0.5),
    (r"site", r"triangular", 0.5),
)


def percolation(ctx):
    """The share of grids that span rises with p, from almost none below the threshold to almost all above it."""
    import numpy as np

    if not ctx.says("percolat"):
        return
    p = ctx.role("p", "ps", "p_values", "probabilities", "probs", "occupation", dims=1)
    if p is None:
        p = ctx.vector("ps", "p_values", "p")
    share = ctx.role(
        "spanning",
        "spanning_probability",
        "span",
        "fraction",
        "fractions",
        "percolates",
        "pi",
        "probability_spanning",
        "results",
        "percolated",
        dims=1,
    )
    trials = ctx.param("trials", "n_trials", "num_trials", "samples", "n_samples", "n_grids", "runs", "repeats") or 30.0
    critical = next((c for kind, grid, c in THRESHOLDS if ctx.says(kind) and ctx.says(grid)), None)
    if p is None or share is None or len(p) != len(share) or len(p) < 3:
        return
    order = np.argsort(p)
    p, share = p[order], share[order]
    fall = max([0.0, *[float(share[i] - share[j]) for i, j in itertools.combinations(range(len(p)), 2)]])
    slack = 5 * 0.5 / trials**0.5
    ctx.out.add("spanning becomes no rarer with p", fall <= slack, f"largest fall {fall:.2f}", f"at most {slack:.2f}")
    size = ctx.param("n", "size", "l", "grid_size", "lattice_size", "nx")
    if (
        size
        and 4 <= size <= 32
        and ctx.says("site")
        and ctx.says("square")
        and ctx.says("top")
        and not ctx.says("diagonal|periodic|left")
    ):
        rng = np.random.default_rng(ctx.seed)
        for value, got in zip(p, share, strict=True):
            wanted = float(np.mean([spans(rng.random((int(size), int(size))) < value) for _ in range(150)]))
            spread = max(wanted * (1 - wanted), 1 / 150) ** 0.5 * (1 / trials + 1 / 150) ** 0.5
            if abs(got - wanted) > 5 * spread:
                ctx.out.add(f"spanning at p = {value:g}", False, f"{got:.2f}", f"{wanted:.2f} within {5 * spread:.2f}")
                return
        ctx.out.add("spanning as often as on grids of that size", True, "as often", "as often")
        return
    if critical is None:
        return
    low, high = share[p <= critical - 0.14], share[p >= critical + 0.14]
    if len(low):
        ctx.out.add(
            "few grids span far below the threshold",
            float(low.max()) <= 0.15 + slack / 2,
            f"{float(low.max()):.2f}",
            "few",
        )
    if len(high):
        ctx.out.add(
            "most grids span far above the threshold",
            float(high.min()) >= 0.85 - slack / 2,
            f"{float(high.min()):.2f}",
            "most",
        )
