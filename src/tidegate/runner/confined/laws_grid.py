# ruff: noqa: E501  (messages read best on one line)
"""Fields that a loop steps: quantum states, relaxation towards Laplace's equation, heat, waves and lattice walks."""

import math
import re

from tidegate.runner.confined.laws_flow import BEYOND, follow
from tidegate.runner.confined.laws_printed import shown


def check(film, scenes, tell):
    """Every law of fields on every scene."""
    for scene in scenes:
        for law in (quantum, laplace, heat, unstable, advected, walkers, box):
            try:
                law(scene, tell, film)
            except (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, AttributeError):
                continue


def _grid(scene, n):
    """Grid points of a state of n values, and their distance."""
    import numpy as np

    x = scene.vector("x", "xs", "grid", "x_grid")
    if x is not None and len(x) == n and np.ptp(np.diff(x)) < 1e-9 * np.ptp(x):
        return x, float(x[1] - x[0])
    dx = scene.number("dx", "h", "delta_x")
    return None, dx


def quantum(scene, tell, _):
    """i ħ ψ' = -(ħ²/2m) ψ'' + V ψ: the norm stays, and the midpoint of each step follows the equation."""
    import numpy as np

    if not scene.says(r"schr[oö]dinger|wave.?function|wave ?packet|\bpsi\b") or scene.says(r"imaginary.?time|gross|nonlinear|absorb|gpe|damp|dirac"):  # fmt: skip
        return
    psi = scene.one("psi", "ψ", "wavefunction", "wave", "phi", "u", dims=2, kinds="c")
    if psi is None or psi.shape[1] < 16:
        return
    if not np.all(np.isfinite(psi)):
        tell("the wave function is finite", False, "not finite", "finite", scene.line)
        return
    norm = (np.abs(psi) ** 2).sum(axis=1)
    drift = float(np.max(np.abs(norm / norm[0] - 1)))
    loose = 0.05 if scene.says("euler") else 1e-3
    tell(
        "the norm of the wave function stays",
        drift < loose,
        f"changes by {drift:.3g}",
        f"less than {loose:g}",
        scene.line,
    )
    _, dx = _grid(scene, psi.shape[1])
    dt = scene.dt()
    v = scene.vector("V", "potential", "v", "U", "pot")
    v = v if v is not None and len(v) == psi.shape[1] else None
    if dt is None or dx is None or drift >= loose:
        return
    if v is None and (scene.number("V0", "V") or scene.says(r"barrier|well|tunnel|harmonic|potential step")):
        return
    hbar, m = scene.number("hbar") or 1.0, scene.number("m", "mass") or 1.0
    rows = psi[: min(len(psi), 400)]
    mid = (rows[1:] + rows[:-1]) / 2
    d = (-mid[:, 4:] + 16 * mid[:, 3:-1] - 30 * mid[:, 2:-2] + 16 * mid[:, 1:-3] - mid[:, :-4]) / (12 * dx**2)
    e = -(hbar**2) / (2 * m) * d + (v[2:-2] * mid[:, 2:-2] if v is not None else 0.0)
    law = -1j * e / hbar
    got = (rows[1:, 2:-2] - rows[:-1, 2:-2]) / dt
    scale = float(np.sqrt(np.mean(np.abs(law) ** 2)))
    misfit = float(np.sqrt(np.mean(np.abs(got - law) ** 2))) / scale
    curve = (mid[:, 4:] - 2 * mid[:, 2:-2] + mid[:, :-4]) / (4 * dx**2)
    coarse = float(np.sqrt(np.mean(np.abs(curve - d) ** 2)) / (np.sqrt(np.mean(np.abs(d) ** 2)) or 1.0))
    turn = float(np.sqrt(np.mean(np.abs(np.diff(law, axis=0)) ** 2))) / scale
    if coarse > 0.15:
        return
    limit = 0.03 + coarse + 0.3 * turn if turn < 0.5 else BEYOND
    tell("each step follows i ħ ψ' = -(ħ²/2m) ψ'' + V ψ", misfit <= limit, f"off by {misfit:.3g} of the law's size", f"at most {limit:.2g}", scene.line)  # fmt: skip


def laplace(scene, tell, _):
    """Where a relaxation has come to rest, each inner value is the mean of its four neighbours."""
    import numpy as np

    if not scene.says(r"laplace(?!.?transform)|relaxation|jacobi|gauss.?seidel|electrostatic") or scene.says(r"poisson|charge|source|\brho\b|heat equation|wave|diffusion|\bdt\b|eigen"):  # fmt: skip
        return
    u = scene.one("V", "phi", "u", "T", "potential", "grid", "v", "field", "temperature", dims=3)
    if u is None or min(u.shape[1:]) < 5:
        return
    if len(u) < 8 or not np.all(np.isfinite(u)):
        return
    last, moved = u[-1], float(np.max(np.abs(u[-1] - u[-2])))
    size = float(np.ptp(u[0])) or 1.0
    low, high = float(u[0].min()), float(u[0].max())
    over = max(low - float(last.min()), float(last.max()) - high) / size
    tell("no inner value is beyond the edges (maximum principle)", over < 1e-6 or scene.says("sor|over.?relax"), f"{over:.3g} of their range beyond", "0", scene.line)  # fmt: skip
    inner = last[1:-1, 1:-1]
    mean = (last[2:, 1:-1] + last[:-2, 1:-1] + last[1:-1, 2:] + last[1:-1, :-2]) / 4
    free = np.any(u[1:] != u[:-1], axis=0)[1:-1, 1:-1]
    if not free.any():
        return
    off = float(np.max(np.abs(inner - mean)[free]))
    slack = 8 * moved + 1e-9 * size
    if moved > 0.02 * size:
        return
    tell("each inner value is the mean of its four neighbours", off <= slack, f"off by {off:.3g} while a sweep changes {moved:.3g}", f"at most {slack:.3g}", scene.line)  # fmt: skip


def heat(scene, tell, _):
    """u' = α u'': each turn within the edges and the start, and as the equation says inside."""
    import numpy as np

    if not scene.says(r"heat|diffusion") or scene.says(r"source|reaction|advect|convect|stefan|radiat|fisher|gray.?scott|nonlinear|random|laser|generation|\bq\b ?=|schr[oö]|phase.?field|cooling fin|cahn|turing|growth|decay|ambient|\bloss(?:es)?\b|\bsink|\benv\b|t_env|t_inf|u_env|newton.?s law|convective|surround"):  # fmt: skip
        return
    u = scene.one("u", "T", "temp", "temperature", "c", "phi", "U", "conc", dims=2)
    if u is None or u.shape[1] < 8:
        return
    if not np.all(np.isfinite(u)):
        tell("the temperature stays finite", False, "not finite", "finite", scene.line)
        return
    low, high = float(u[:2].min()), float(u[:2].max())
    size = high - low
    if size <= 0:
        return
    over = max(low - float(u.min()), float(u.max()) - high) / size
    driven = scene.says(r"sin\(.*\bt\b|time.?dependent bound|(?<!zero.)(?<!no.)(?<!zero heat.)flux(?! ?= ?0)")
    if not driven or over > 1e3:
        tell("no temperature is beyond the start and the edges (maximum principle)", over < 1e-3, f"{over:.3g} of their range beyond", "0", scene.line)  # fmt: skip
        if over >= 1e-3:
            return
    if scene.says(r"insulat|no.?flux|zero.?flux|neumann") and not scene.says(
        r"dirichlet|robin|fixed temperature|held at|one end"
    ):
        whole = u.sum(axis=1)
        drift = float(np.ptp(whole)) / (float(np.abs(whole[0])) or 1.0)
        tell(
            "closed ends keep the heat inside",
            drift < 0.2,
            f"changes by {drift:.3g} of its size",
            "less than 0.2 (what a copied end may cause)",
            scene.line,
        )
    alpha, (_, dx), dt = scene.number("alpha", "D", "kappa", "k", "diffusivity", "nu", "a"), _grid(scene, u.shape[1]), scene.dt()  # fmt: skip
    if alpha is None or dx is None or dt is None:
        return
    lap = np.zeros_like(u)
    lap[:, 1:-1] = (u[:, 2:] - 2 * u[:, 1:-1] + u[:, :-2]) / dx**2
    start = len(u) // 10
    follow(tell, "each turn follows u' = α u''", u[start:, 2:-2], [alpha * lap[start:, 2:-2]], dt, scene.line)


def unstable(scene, tell, _film):
    """A field without a source that grows beyond any bound: a step beyond the limit of stability, or a turned sign."""
    import numpy as np

    if not scene.says(r"heat|wave equation|advect|diffusion|maxwell|fdtd|burgers|schr[oö]dinger|vibrat\w* string|membrane|transport equation") or scene.says(r"source|driven|forcing|growth|reaction|instabilit|turing|amplif|blow|fisher|explo|laser|random"):  # fmt: skip
        return
    for name in ("u", "T", "psi", "phi", "ez", "hy", "E", "H", "c", "temp", "temperature", "rho", "q", "y"):
        for dims in (2, 3):
            u = scene.one(name, dims=dims, kinds="fc")
            if u is None or u[0].size < 10 or len(u) < 10:
                continue
            first = float(np.max(np.abs(u[: max(2, len(u) // 20)])))
            if not np.isfinite(first) or not np.all(np.isfinite(u)):
                tell("the field stays finite", False, "not finite", "finite", scene.line)
            elif first > 0:
                grown = float(np.max(np.abs(u))) / first
                tell(
                    "the field stays within what it started from",
                    grown < 50,
                    f"grows {grown:.3g} times",
                    "less than 50 times",
                    scene.line,
                )


def advected(scene, tell, _film):
    """u_t + c u_x = 0 on a ring: the total stays, and the first mode turns at the speed c."""
    import numpy as np

    if not scene.says(r"advect|upwind|transport equation|\blax\b") or scene.says(r"(?<!numerical )diffus|burgers|inflow|dirichlet|nonlinear|2-?d|two.?dim|source|variable (?:speed|velocity)"):  # fmt: skip
        return
    if not scene.says(r"periodic|np\.roll|% ?n|ring"):
        return
    u = scene.one("u", "q", "c", "phi", "rho", "T", "f", dims=2)
    if u is None or u.shape[1] < 16 or not np.all(np.isfinite(u)):
        return
    total = u.sum(axis=1)
    drift = float(np.ptp(total)) / (float(np.abs(u[0]).sum()) or 1.0)
    tell(
        "what is carried round a ring keeps its total",
        drift < 1e-6,
        f"changes by {drift:.3g} of its size",
        "less than 1e-6",
        scene.line,
    )
    (_, dx), dt, speed = (
        _grid(scene, u.shape[1]),
        scene.dt(),
        scene.number("c", "a", "v", "velocity", "speed", "u0", "V"),
    )
    if dx is None or dt is None or not speed:
        return
    mode = np.fft.fft(u, axis=1)[:, 1]
    rows = min(len(mode), 200)
    if np.abs(mode[:rows]).min() < 0.05 * np.abs(mode[0]):
        return
    turned = np.unwrap(np.angle(mode[:rows]))
    got = -float(turned[-1] - turned[0]) / ((rows - 1) * dt) * u.shape[1] * dx / (2 * np.pi)
    tell(
        "it is carried at the speed c", abs(got / speed - 1) < 0.1, f"{got:.4g}", f"{speed:.4g} within 10 %", scene.line
    )


PLACES = ("pos", "positions", "position", "x", "walkers", "r", "xs", "walks", "paths", "trajectories")


def _walks(film, scene):
    """Places of many walkers with time first: of a loop, or of an array whose length along time the number of steps tells."""
    import numpy as np

    for dims in (3, 2):
        found = scene.one(*PLACES, dims=dims)
        if found is not None and scene.line is not None:
            return found
    steps = scene.number("n_steps", "steps", "num_steps", "nsteps", "N_STEPS", "n")
    for name, value in film.space.items():
        if (
            isinstance(value, np.ndarray)
            and value.dtype.kind in "fi"
            and value.ndim in (2, 3)
            and str(name).lower() in PLACES
            and value.size < 20_000_000
            and (value.ndim == 2 or value.shape[2] <= 3)
            and steps is not None
        ):
            along = [a for a in (0, 1) if value.shape[a] in (steps, steps + 1)]
            if len(along) == 1:
                return np.moveaxis(value, along[0], 0)
    return None


def walkers(scene, tell, film):
    """A lattice walk of many walkers: every step to a neighbour, all neighbours alike, one step independent of the last."""
    import numpy as np

    if not scene.says(r"random.?walk|drunk") or scene.says(r"levy|(?<!un)biased|drift|persist|correlated|self.?avoid|metropolis|reflect|absorb|boundar|periodic|trap|normal|gauss|lazy|stay|continuous|angle|theta"):  # fmt: skip
        return
    x = _walks(film, scene)
    if x is None or np.any(x != np.round(x)):
        return
    d = np.diff(x, axis=0)
    if x.ndim == 3:
        steps = d.reshape(-1, x.shape[2])
    elif x.shape[1] > 3:
        steps = d.reshape(-1, 1)
    else:
        steps = d.reshape(len(d), -1)
    words = 3 if scene.says(r"\b3-?d\b|three.?dim|cubic|±z") else 2 if scene.says(r"\b2-?d\b|two.?dim|square lattice") else None  # fmt: skip
    dims = steps.shape[1]
    if words is not None and dims != words:
        return
    length = np.abs(steps).sum(axis=1)
    if len(length) < 200 or float(np.mean(length == 0)) > 0.5:
        return  # too few, or a loop over walkers rather than over time
    if not np.any(length == 1) and not scene.says(r"lattice|\(1, ?0\)|\[1, ?0\]|-1, ?1|1, ?-1"):
        return
    tell("every step goes to a neighbour", bool(np.all(length == 1)), f"{float(np.mean(length != 1)):.3g} of the steps do not", "all of length 1", scene.line)  # fmt: skip
    if not np.all(length == 1):
        return
    n, p = len(steps), 1 / (2 * dims)
    shares = [(float(np.mean(steps[:, a] == s)), a, s) for a in range(dims) for s in (-1, 1)]
    worst = max(shares, key=lambda f: abs(f[0] - p))
    slack = 6 * math.sqrt(p * (1 - p) / n)
    tell("all neighbours are as likely", abs(worst[0] - p) < slack, f"{worst[2]:+d} along axis {worst[1]}: {worst[0]:.4g}", f"{p:.4g} within {slack:.2g}", scene.line)  # fmt: skip
    told(scene, film, tell, x)


MSD = re.compile(r"\bmsd\b|mean.?squared?.?(?:displacement|distance)|<r\^?2>|<x\^?2>|mean r\^?2", re.I)


def told(scene, film, tell, x):
    """A mean squared displacement that is printed: N after N unit steps."""
    steps = scene.number("n_steps", "steps", "num_steps", "nsteps", "N_STEPS")
    count = x.shape[1]
    lines = [
        line
        for line in film.printed
        if MSD.search(line) and not re.search(r"theor|expect|exact|slope|per step|ratio|/", line, re.I)
    ]
    found = [n for line in lines for n in shown([line])[-1:]]
    if len(found) != 1 or steps is None or count < 100:
        return
    slack = 8 * math.sqrt(2 / count)
    got = found[0].value / steps
    tell("the mean squared displacement that is printed is the number of steps", abs(got - 1) < slack, f"{got:.4g} times the {steps:g} steps", f"1 within {slack:.2g}", None)  # fmt: skip


def box(scene, tell, _film):
    """Free particles in a box with elastic walls: inside it, each component of a velocity as large as before; start at kT/m."""
    import numpy as np

    if not scene.says(r"elastic|ideal.?gas|bounc\w* off (?:the )?walls") or scene.says(r"inelastic|gravity|collisions? between|particle.?particle|restitution|hard.?(?:disk|sphere)|lennard|\bg ?=|piston|thermostat|damp|friction"):  # fmt: skip
        return
    x, v = (
        scene.one("pos", "positions", "x", "position", "r", dims=3),
        scene.one("vel", "velocities", "v", "velocity", dims=3),
    )
    if x is None or v is None or x.shape != v.shape:
        return
    energy = (v**2).sum(axis=(1, 2))
    drift = float(np.ptp(energy)) / float(energy[0])
    tell("elastic walls keep the kinetic energy", drift < 1e-6, f"changes by {drift:.3g} of its size", "0", scene.line)
    side = scene.number("box", "L", "box_size", "size", "length", "box_length", "width")
    if side is not None and float(x[0].min()) >= 0 and float(x[0].max()) <= side:
        out = max(float(-x.min()), float(x.max()) - side, 0.0) / side
        tell(
            "every particle stays inside the box",
            out < 0.02,
            f"up to {out:.3g} of its side outside",
            "less than a step",
            scene.line,
        )
    dt = scene.dt()
    if dt is not None:
        jump = float((np.abs(np.diff(x, axis=0)) - np.abs(v[:-1]) * dt * 1.001).max())
        tell(
            "no particle moves further than its velocity takes it",
            jump < 1e-9,
            f"{max(jump, 0.0):.3g} further",
            "0",
            scene.line,
        )
    heat, m = scene.number("temperature", "T", "temp", "kT", "kbt"), scene.number("mass", "m") or 1.0
    k = scene.number("kB", "k_b", "kb", "boltzmann") or 1.0
    if heat is not None and scene.says(r"normal|gauss|randn") and v[0].size >= 60 and k * heat / m > 0:
        got, n = float((v[0] ** 2).mean()) / (k * heat / m), v[0].size
        slack = 6 * math.sqrt(2 / n)
        tell("the velocities start with variance kT/m", abs(got - 1) < slack + 3 * x.shape[2] / n, f"{got:.4g} of it", f"1 within {slack:.2g}", scene.line)  # fmt: skip
