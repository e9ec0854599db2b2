# ruff: noqa: E501  (messages and tables read best on one line)
"""A program's own functions called with chosen inputs, where their names say what they must answer.

A Laplacian gives 0 for a plane and the same constant for x² and y²; a derivative is the slope of its function; a force is minus
the slope of its potential; one generation of Life is known for any grid.
"""

import inspect
import re

LIFE = r"game.of.life|conway"
STEP = re.compile(
    r"(?:step|update|evolve|next_?gen\w*|next_?state|advance|generation|life\w*|game_of_life\w*|tick|iterate)(?:_\w+)?|\w+_(?:step|generation)"
)
LAPLACIAN = re.compile(r"lap\w*|discrete_laplac\w*|nabla2|del2|laplace\w*")
SLOPES = (
    (re.compile(r"f|func|fun|function|g|p|poly"), re.compile(r"df|dfdx|f_prime|fprime|df_dx|derivative|f_deriv|deriv|dfunc|dg|dp|fp|df1|dpoly|f_derivative|grad_f|jac"), 1.0),
    (re.compile(r"potential|potential_energy|v|u|pot|energy"), re.compile(r"force|f|forces"), -1.0),
    (re.compile(r"potential|potential_energy|v|u|pot|energy"), re.compile(r"grad\w*|dv|du|dvdx|dudx|dv_dx|grad_v|grad_u|gradient"), 1.0),
)  # fmt: skip
"""A function, its slope by name, and the sign of it."""


def check(film, scenes, tell):
    """Every such law on the functions that a run left."""
    if not scenes:
        return
    own = {
        name: f
        for name, f in film.space.items()
        if inspect.isfunction(f) and not name.startswith("_") and f.__code__.co_filename == "simulation.py"
    }
    for law in (_life, _laplacians, _slopes):
        try:
            law(own, scenes[0], tell)
        except Exception:  # a stranger's function may raise what it likes
            continue


def _needed(f):
    return [
        p
        for p in inspect.signature(f).parameters.values()
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
    ]


def _life(own, scene, tell):
    """One generation of a random grid, on a torus or with dead cells outside."""
    import numpy as np

    if not scene.says(LIFE) or scene.says(r"highlife|seeds|day.*night|b36|larger than life|lenia"):
        return
    start = (np.random.default_rng(7).random((12, 12)) < 0.4).astype(int)
    padded = np.pad(start, 1)
    outside = sum(padded[1 + a : 13 + a, 1 + b : 13 + b] for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
    ring = sum(np.roll(start, (a, b), (0, 1)) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
    rows = [((n == 3) | ((start == 1) & (n == 2))).astype(int) for n in (ring, outside)]
    for name, f in own.items():
        if STEP.fullmatch(name.lower()) and len(_needed(f)) == 1:
            given = start.copy()
            got = f(given)
            got = np.asarray(given if got is None else got)
            if got.shape != start.shape or got.dtype.kind not in "biuf":
                continue
            wrong = min(int(np.sum(got.astype(int) != row)) for row in rows)
            inner = min(int(np.sum((got.astype(int) != row)[1:-1, 1:-1])) for row in rows)
            tell(
                f"`{name}` makes the next generation of Life (B3/S23)",
                inner == 0,
                f"{wrong} of 144 cells of a random grid differ",
                "0",
                None,
            )
            return


def _laplacians(own, scene, tell):
    """0 for planes, the same constant for x² and y²."""
    import numpy as np

    if scene.says(r"spherical|cylindrical|polar|graph laplac|bilaplac|biharmonic|anisotrop"):
        return
    for name, f in own.items():
        needed = _needed(f)
        if not LAPLACIAN.fullmatch(name.lower()) or not 1 <= len(needed) <= 2:
            continue
        if len(needed) == 2 and needed[1].name.lower() not in ("dx", "h", "dx2", "delta"):
            continue
        rest = [0.5] * (len(needed) - 1)
        x, y = np.meshgrid(np.arange(9.0), np.arange(10.0), indexing="ij")
        fields = [np.ones((9, 10)), x, y, x * x, y * y, x * y]
        try:
            got = [np.asarray(f(u.copy(), *rest), float) for u in fields]
        except Exception:
            line = np.arange(10.0)
            got = [np.asarray(f(u.copy(), *rest), float) for u in (np.ones(10), line, line * line)]
            if any(g.ndim != 1 or len(g) not in (8, 10) for g in got):
                return
            one, plane, square = (g[2:-2] for g in got)
            size = float(np.max(np.abs(square))) or 1.0
            good = (
                float(np.max(np.abs(one))) < 1e-9 * size
                and float(np.max(np.abs(plane))) < 1e-9 * size
                and float(np.ptp(square)) < 1e-9 * size
                and float(square[0]) > 0
            )
            tell(
                f"`{name}` is 0 for constants and lines, and constant for x²",
                good,
                f"1 → {one[0]:.3g}, x → {plane[0]:.3g}, x² → {square[0]:.3g}",
                "0, 0, a positive constant",
                None,
            )
            return
        if any(g.ndim != 2 or min(g.shape) < 7 for g in got):
            return
        inner = [g[2:-2, 2:-2] for g in got]
        size = float(np.max(np.abs(inner[3]))) or 1.0
        zero = max(float(np.max(np.abs(inner[k]))) for k in (0, 1, 2, 5))
        same = float(np.max(np.abs(inner[3] - inner[4])))
        good = (
            zero < 1e-9 * size
            and same < 1e-9 * size
            and float(np.ptp(inner[3])) < 1e-9 * size
            and float(inner[3].flat[0]) > 0
        )
        if good and len(needed) == 2 and needed[1].name.lower() in ("dx", "h"):
            good = abs(float(inner[3].flat[0]) - 2 / 0.25) < 1e-9
        tell(
            f"`{name}` is 0 for planes and the same constant for x² and y²",
            good,
            f"1 → {inner[0].flat[0]:.3g}, x → {inner[1].flat[0]:.3g}, x² → {inner[3].flat[0]:.3g}, y² → {inner[4].flat[0]:.3g}",
            "0, 0, twice a positive constant",
            None,
        )
        return


def _slopes(own, scene, tell):
    """A derivative against the differences of its function, a force against those of its potential."""
    import numpy as np

    for of, named, sign in SLOPES:
        functions = [n for n in own if of.fullmatch(n.lower()) and len(_needed(own[n])) == 1]
        slopes = [n for n in own if named.fullmatch(n.lower()) and len(_needed(own[n])) == 1]
        if len(functions) != 1 or len(slopes) != 1 or functions == slopes:
            continue
        f, g = own[functions[0]], own[slopes[0]]
        if _needed(f)[0].name != _needed(g)[0].name:
            continue
        points, h = np.array([0.37, 0.81, 1.13, 1.57, 2.29]), 1e-5
        got = np.array([float(g(p)) for p in points])
        slope = sign * np.array([(float(f(p + h)) - float(f(p - h))) / (2 * h) for p in points])
        if not (np.all(np.isfinite(got)) and np.all(np.isfinite(slope))) or not np.any(slope):
            continue
        m = scene.number("m", "mass") or 1.0
        off = min(float(np.max(np.abs(got * c - slope))) for c in {1.0, m}) / (float(np.max(np.abs(slope))) or 1.0)
        what = "minus the slope" if sign < 0 else "the slope"
        tell(f"`{slopes[0]}` is {what} of `{functions[0]}`", off < 1e-4, f"off by {off:.3g} of its size", "0", None)
