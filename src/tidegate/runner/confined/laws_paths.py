# ruff: noqa: E501  (messages read best on one line)
"""Bodies on their paths: pulled, thrown, turned by a magnetic field, tied by springs; oscillators that pull each other's phase.

The path of each turn is held against the law of motion that the words call for, and against what that law keeps.
"""

import re

from tidegate.runner.confined.laws_flow import follow
from tidegate.runner.confined.measured import LOSSY, swing

PLACES = ("pos", "position", "positions", "r", "x", "q", "xs", "coords")
RATES = ("vel", "velocity", "velocities", "v", "vs", "speeds")
MASSES = ("masses", "mass", "m", "ms")
DRAG = r"drag|air resistance|friction|wind|magnus|viscous|damp"


def check(scenes, tell):
    """Every law of paths, on every scene that steps time."""
    for scene in scenes:
        dt = scene.dt()
        if dt is None or scene.says(r"metropolis|monte.?carlo|brownian|random walk|langevin|thermostat|stochast|schr[oö]dinger|relativ"):  # fmt: skip
            continue
        for law in (orbits, throws, turned, many, strings, phases):
            try:
                law(scene, dt, tell)
            except (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, AttributeError):
                continue


def _planar(scene):
    """Place and velocity of one body as arrays of (turns, 2 or 3)."""
    import numpy as np

    x, v = scene.one(*PLACES, dims=2), scene.one(*RATES, dims=2)
    if x is not None and v is not None and x.shape == v.shape and x.shape[1] in (2, 3):
        return x, v
    parts = []
    for names in (
        (("x", "px", "pos_x", "xpos"), ("y", "py", "pos_y", "ypos", "z", "height", "h")),
        (("vx", "v_x", "xdot", "vel_x"), ("vy", "v_y", "ydot", "vel_y", "vz")),
    ):
        found = [scene.one(*n) for n in names]
        if any(f is None for f in found) or len({len(f) for f in found}) != 1:
            return None
        parts.append(np.stack(found, axis=1))
    return (parts[0], parts[1]) if parts[0].shape == parts[1].shape else None


def orbits(scene, dt, tell):
    """One body about a fixed centre at the origin: x' = v, v' = -GM r/|r|³."""
    import numpy as np

    found = _planar(scene)
    if found is None or not scene.says(r"orbit|kepler|planet|gravit|satellite|comet|two.?body|sun\b") or scene.says(DRAG) or scene.says(r"thrust|projectile|precess|perturb|post.?newton|relativ|binary|three.?body|n.?body|j2\b|slingshot|surface|ground|launch"):  # fmt: skip
        return
    r, v = found
    follow(tell, "the velocity is the rate of the position", r, [v], dt, scene.line)
    gm = scene.number("GM", "mu", "g_m", "k_grav", "MU")
    if gm is None:
        g, mass = scene.number("G", "big_g", "grav_const"), scene.number("M", "m_sun", "msun", "m_star", "m_central", "mass_sun", "m_earth", "central_mass", "M_sun")  # fmt: skip
        gm = g * mass if g is not None and mass is not None else None
    size = np.linalg.norm(r, axis=1, keepdims=True)
    if gm is not None and float(size.min()) > 0:
        follow(tell, "the acceleration is -GM r/|r|³", v, [-gm * r / size**3], dt, scene.line)
    spin = r[:, 0] * v[:, 1] - r[:, 1] * v[:, 0]
    if abs(float(spin[0])) > 1e-9 and not scene.says(r"euler(?!-cromer)"):
        drift = float(np.ptp(spin)) / abs(float(spin[0]))
        tell(
            "the angular momentum stays",
            drift < 0.02,
            f"changes by {drift:.3g} of its size",
            "less than 0.02",
            scene.line,
        )


def circular(scene):
    """Names of the speed where the distance from the centre hardly changes, so that any power of it would do."""
    import numpy as np

    found = _planar(scene)
    if found is None or not scene.says(r"orbit|kepler|planet|gravit|satellite"):
        return None
    size = np.linalg.norm(found[0], axis=1)
    if float(np.ptp(size)) > 0.02 * float(size.max()):
        return None
    return {name for name in scene.series if re.fullmatch(r"v|vel|velocity|v_?[xyz]|vel_[xyz]", name.lower())}


def throws(scene, dt, tell):
    """A thrown body: -g downwards, and against its motion what the words say of the air."""
    import numpy as np

    found = _planar(scene)
    if found is None or not scene.says(r"projectile|thrown|cannon|ballistic|launch angle|shell\b|ball\b|trajectory") or scene.says(r"orbit|spin|magnus|wind|thrust|bounc|rocket|coriolis|density|altitude|pendulum"):  # fmt: skip
        return
    _, v = found
    if v.shape[1] != 2:
        return
    g = scene.number("g", "gravity", "G_ACC", "grav")
    if g is None:
        return
    x, _ = found
    follow(tell, "the velocity is the rate of the position", x, [v], dt, scene.line)
    fall = np.array([0.0, -abs(g)])
    speed = np.linalg.norm(v, axis=1, keepdims=True)
    m = scene.number("m", "mass")
    if not scene.says(DRAG) or scene.says(r"(?:no|without|neglect\w*|ignor\w*) (?:air|drag|friction)"):
        follow(tell, "it falls with g and nothing pushes sideways", v, [fall + 0 * v], dt, scene.line)
        return
    k = scene.number(
        "k",
        "b",
        "drag",
        "drag_coeff",
        "drag_coefficient",
        "c",
        "gamma",
        "k_drag",
        "k_over_m",
        "kappa",
        "drag_k",
        "beta",
        "D",
    )
    rho, area, cd = scene.number("rho", "air_density"), scene.number("A", "area", "cross_section"), scene.number("Cd", "c_d", "drag_coeff", "drag_coefficient", "C")  # fmt: skip
    sizes = []
    if None not in (rho, area, cd, m):
        sizes = [0.5 * rho * area * cd / m]
    elif k is not None:
        sizes = [k, k / m] if m else [k]
    forms = [fall - s * speed * v for s in sizes]
    if k is not None and None in (rho, area, cd) and not scene.says(r"quadratic|v\^2|v\*\*2|v²|speed \* v|square"):
        forms += [fall - s * v for s in sizes]
    if forms:
        follow(tell, "it falls with g and the air slows it", v, forms, dt, scene.line)


def turned(scene, dt, tell):
    """A charge in a magnetic field: v' = (q/m)(E + v × B); without E its speed stays."""
    import numpy as np

    if not scene.says(r"boris|lorentz|cyclotron|magnetic field|charged particle") or scene.says(DRAG):
        return
    found = _planar(scene)
    if found is None:
        return
    x, v = found
    q, m = scene.number("q", "charge", "qe"), scene.number("m", "mass") or 1.0
    ratio = scene.number("q_over_m", "qm", "charge_to_mass") or (q / m if q is not None else None)
    b, e = (
        scene.vector("B", "Bvec", "B_vec", "b_field", "Bfield", "magnetic_field"),
        scene.vector("E", "e_field", "Efield", "electric_field"),
    )
    strength = scene.number("B", "Bz", "B0", "b_z")
    follow(tell, "the velocity is the rate of the position", x, [v], dt, scene.line)
    plain = (e is None and scene.number("E", "Ex", "Ey", "E0") is None) or (e is not None and not np.any(e))
    if plain:
        speed = np.linalg.norm(v, axis=1)
        drift = float(np.ptp(speed)) / (float(speed[0]) or 1.0)
        most = 1e-8 if scene.says("boris") else 0.01  # Boris' rotation keeps the speed to the last digit
        tell(
            "a magnetic field does no work: the speed stays",
            drift < most or scene.says(r"\beuler"),
            f"changes by {drift:.3g} of its size",
            f"less than {most:g}",
            scene.line,
        )
    if ratio is None:
        return
    if v.shape[1] == 3 and b is not None and len(b) == 3:
        push = np.cross(v, b) + (e if e is not None and len(e) == 3 else 0.0)
        follow(tell, "the charge is turned by q/m (E + v × B)", v, [ratio * push], dt, scene.line)
    elif v.shape[1] == 2 and strength is not None and plain:
        turn = ratio * strength * np.stack([v[:, 1], -v[:, 0]], axis=1)
        follow(tell, "the charge is turned by q/m v × B", v, [turn, -turn] if scene.says(r"-z|into the page|negative z") else [turn], dt, scene.line)  # fmt: skip


def many(scene, dt, tell):
    """Several bodies: x' = v, momentum kept, and Newton's pull where the words call for it."""
    import numpy as np

    x, v = scene.one(*PLACES, dims=3), scene.one(*RATES, dims=3)
    if x is None or v is None or x.shape != v.shape or x.shape[2] not in (2, 3) or x.shape[1] < 2:
        return
    bounded = scene.says(r"box|periodic|wall|bounc|reflect|collid|collision|boundary|%")
    if not bounded:
        flat = (len(x), -1)
        follow(tell, "the velocities are the rates of the positions", x.reshape(flat), [v.reshape(flat)], dt, scene.line)  # fmt: skip
    if scene.says(LOSSY) or scene.says(r"extern|fixed|boid|flock|swarm"):
        return
    n = x.shape[1]
    m = scene.vector(*MASSES)
    one = scene.number("m", "mass")
    m = m if m is not None and len(m) == n else np.full(n, one if one is not None else 1.0) if m is None and (one is not None or not scene.says("mass")) else None  # fmt: skip
    if m is None:
        return
    p = (m[None, :, None] * v).sum(axis=1)
    scale = float((m[None, :] * np.linalg.norm(v, axis=2)).sum(axis=1).mean()) or 1.0
    drift = float(np.max(np.abs(p - p[0]))) / scale
    if not scene.says(r"wall|bounc|reflect|\bbox\b(?!.{0,40}periodic)"):
        tell(
            "the total momentum stays",
            drift < 1e-3,
            f"changes by {drift:.3g} of its size",
            "less than 0.001",
            scene.line,
        )
    g = scene.number("G", "big_g", "grav_const")
    if not scene.says(r"gravit|n.?body|planet|solar|orbit") or g is None or bounded:
        return
    soft = scene.number("eps", "softening", "epsilon", "soft", "eps_soft") or 0.0
    pull = np.zeros_like(v)
    for i in range(n):
        for k in range(n):
            if i != k:
                apart = x[:, k] - x[:, i]
                pull[:, i] += g * m[k] * apart / ((apart**2).sum(axis=1) + soft**2)[:, None] ** 1.5
    flat = (len(x), -1)
    follow(tell, "each body is pulled by G Σ m r/|r|³", v.reshape(flat), [pull.reshape(flat)], dt, scene.line)


def strings(scene, dt, tell):
    """Equal masses joined by equal springs: u' = v and v' = (k/m)(left - 2 u + right)."""
    import numpy as np

    u, v = scene.one("u", "x", "q", "displacement", "disp", "pos", "y", dims=2), scene.one(*RATES, dims=2)
    if u is None or v is None or u.shape != v.shape or u.shape[1] < 3 or not scene.says(r"chain|masses.{0,40}springs|spring.{0,40}chain|fput|fermi.?pasta|coupled oscill"):  # fmt: skip
        return
    follow(tell, "the velocities are the rates of the displacements", u, [v], dt, scene.line)
    k, m = scene.number("k", "spring_constant", "kappa", "stiffness", "K"), scene.number("m", "mass") or 1.0
    if k is None or scene.says(
        r"fput|fermi.?pasta|anharm|nonlinear|alpha|beta|on.?site|damp|drive|pinned|diatomic|alternat|masses ?="
    ):
        return
    forms = []
    for pad in ("fixed", "ring", "free"):
        wide = np.concatenate([u[:, -1:], u, u[:, :1]], axis=1) if pad == "ring" else np.pad(u, ((0, 0), (1, 1)), mode="edge" if pad == "free" else "constant")  # fmt: skip
        forms.append(k / m * (wide[:, 2:] - 2 * u + wide[:, :-2]))
    inner = np.zeros_like(u)
    inner[:, 1:-1] = k / m * (u[:, 2:] - 2 * u[:, 1:-1] + u[:, :-2])
    follow(tell, "each mass is pulled by its two springs", v, [*forms, inner], dt, scene.line)


def phases(scene, dt, tell):
    """Kuramoto: θ_i' = ω_i + (K/N) Σ_j sin(θ_j - θ_i)."""
    import numpy as np

    theta = scene.one("theta", "phases", "phase", "phi", "thetas", dims=2)
    if theta is None or theta.shape[1] < 3 or not scene.says(r"kuramoto") or scene.says(r"network|adjacency|graph|noise|inertia|delay|sakaguchi|chimera|ring|neighbo"):  # fmt: skip
        return
    n = theta.shape[1]
    omega, k = scene.vector("omega", "omegas", "natural_frequencies", "freqs", "natural_freqs", "w", "frequencies", "omega_i", "nat_freq"), scene.number("K", "coupling", "k", "coupling_strength")  # fmt: skip
    if k is None or omega is None or len(omega) != n:
        return
    mean = np.exp(1j * theta).mean(axis=1, keepdims=True)
    pull = k * np.imag(mean * np.exp(-1j * theta))
    follow(tell, "each phase follows ω + (K/N) Σ sin(θ_j - θ_i)", theta, [omega[None, :] + pull], dt, scene.line, wrap=2 * np.pi)  # fmt: skip


ENERGY = re.compile(
    r"(?!.*(?:kin|pot|delta|diff|local|free|err|drift|loss|bind|interact|site|pair|internal|spin|photon|fermi|change|old|new|init|(?:^|_)[kp]e(?:_|$)|level|per_|density))(?:\w*(?:energy|energies|hamiltonian)\w*|e_?tot\w*)"
)
"""Names of a total energy."""
TURNING = re.compile(r"angular(?:_?moment\w*)?|ang_?mom\w*|l_?z|total_angular_momentum")
FED = r"random|rng|monte|metropolis|anneal|euler(?!-cromer)|relax|gradient|minimi[sz]|thermostat|collision|bounc|inelastic|schedule|consum|battery|harvest|rocket|heat"


def kept(film, scenes, tell):
    """What is called an energy stays where nothing takes or gives it: recorded, or computed by the program's own function."""
    import inspect

    import numpy as np

    for scene in scenes:
        exact = scene.says(r"verlet|leap.?frog|symplectic") and not scene.says(
            r"thermostat|langevin|anneal|hmc|hamiltonian monte|bounc|inelastic"
        )
        if scene.says(LOSSY) or (scene.says(FED) and not exact):
            continue
        for name, rows in {**scene.series, **{k: v for k, v in film.sampled.items() if scene is scenes[0]}}.items():
            low = name.lower().strip("_")
            made = scene.line is None and low == "e" and scene.says("energy")
            turning = TURNING.fullmatch(low) and scene.says("angular momentum")
            called = ENERGY.fullmatch(low) or made or turning
            if rows.ndim == 1 and rows.dtype.kind == "f" and len(rows) >= 20 and called:
                _stays(tell, f"`{name}`", rows, scene)
        for name, f in film.space.items():
            if not (inspect.isfunction(f) and ENERGY.fullmatch(name.lower())):
                continue
            needed = [p for p in inspect.signature(f).parameters.values() if p.default is p.empty]
            at = np.linspace(0, min((len(v) for v in scene.series.values()), default=1) - 1, 40).astype(int)
            given = []
            for p in needed:
                rows = scene.series.get(p.name)
                fixed = scene.constants.get(p.name)
                given.append(rows[at] if rows is not None else [fixed] * len(at))
            if not needed or any(g[0] is None for g in given) or not any(p.name in scene.series for p in needed):
                continue
            try:
                values = np.array([float(f(*args)) for args in zip(*given, strict=True)])
            except Exception:
                continue
            _stays(tell, f"`{name}(…)` of the states", values, scene)


def _stays(tell, name, rows, scene):
    import numpy as np

    if not np.all(np.isfinite(rows)):
        tell(f"{name} stays", False, "not finite", "finite", scene.line)
        return
    size = float(np.max(np.abs(rows)))
    if size < 1e-12 or (size < 1e-4 and abs(float(rows[0])) < 1e-3 * size):
        return  # nothing, or rounding about a zero that the start was chosen to have
    drift = float(np.max(np.abs(rows - rows[0]))) / max(abs(float(rows[0])), 1e-3 * size)
    bound = max(0.03, swing(rows) if len(rows) > 100 else 0.0)
    tell(f"{name} stays, as nothing takes or gives it", drift < bound, f"changes by {drift:.3g} of its first value", f"less than {bound:.2g}", scene.line)  # fmt: skip
