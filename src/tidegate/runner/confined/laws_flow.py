# ruff: noqa: E501  (a table of laws reads best one law a line)
"""Named systems of differential equations, held against the states that a loop steps through.

Each system is a row of the table: the words that name it, the usual names of its states and parameters, and its equations.
A state's differences must follow its equation; what the spacing of the turns alone may cause is estimated from the path.
"""

import re

from tidegate.runner.confined.against import residual

LN2 = 0.6931471805599453


class System:
    """One named system: `words` call for it, `but` forbids it, `states` and `params` list usual names."""

    def __init__(self, name, words, states, params, equations, but=None, sums=()):
        self.sums = sums
        self.name, self.words, self.states, self.params, self.equations, self.but = (
            name,
            words,
            states,
            params,
            equations,
            but,
        )


def _halves(p, letter):
    """A decay constant by its name or as ln 2 over a half-life."""
    half = p.get(f"half_{letter}")
    return LN2 / half if half else p.get(f"lam_{letter}")


def _chain_params(letter, k):
    return {
        f"lam_{letter}": (f"lambda_{letter}", f"lam_{letter}", f"lambda{k}", f"lam{k}", f"k{k}", f"l{k}", f"decay_{letter}", f"lambda_{k}", f"lam_{k}", f"k_{letter}", f"lmbda{k}", f"lambda_{'parent' if k == 1 else 'daughter'}"),
        f"half_{letter}": (f"half_life_{letter}", f"t_half_{letter}", f"halflife_{letter}", f"half_life_{k}", f"half_life{k}", f"t_half{k}", f"t_half_{k}", f"T{k}", f"half_life_{'parent' if k == 1 else 'daughter'}"),
    }  # fmt: skip


def _meeting(s, p):
    """β S I / N, or β S I where the groups are shares."""
    total = s["s"] + s["i"] + s["r"] + s.get("e", 0.0)
    first = float(total[0])
    return p["beta"] * s["s"] * s["i"] / (1.0 if first < 1.5 else first)


def _charging(v, p):
    """With a source: towards it; without: towards zero."""
    rc = p["r"] * p["c"]
    sources = [0.0] if "vin" not in p else [p["vin"], 0.0]
    if abs(float(v[0])) < 1e-12 and "vin" in p:
        sources = [p["vin"]]
    elif "vin" in p and abs(float(v[0]) - p["vin"]) < 1e-9 * abs(p["vin"]):
        sources = [0.0]
    return [(source - v) / rc for source in sources]


def _swing(s, p):
    import numpy as np

    pull = -(p["g"] / p["l"]) * np.sin(s["x"])
    c, m = p.get("c", 0.0), p.get("m", 1.0)
    return [pull - k * s["v"] for k in {c, c / m, 2 * c, c / (m * p["l"] ** 2), c / (m * p["l"])}]


def _spring(s, p):
    m = p.get("m", 1.0)
    stiff = p["k"] / m if "k" in p else p["w"] ** 2
    c = p.get("c", 0.0)
    return [-stiff * s["x"] - k * s["v"] for k in {c, c / m, 2 * c, 2 * c * stiff**0.5}]


SYSTEMS = (
    System(
        "a decay chain", r"decay chain|bateman|daughter|chain.{0,30}decay|decay.{0,40}(?:→|->)",
        {"a": ("N_A", "A", "N1", "a_values", "na", "n_1", "parent", "n_parent", "A_list"), "b": ("N_B", "B", "N2", "b_values", "nb", "n_2", "daughter", "n_daughter"), "c": ("N_C", "C", "N3", "c_values", "nc", "n_3", "granddaughter", "stable", "n_stable")},
        {**_chain_params("a", 1), **_chain_params("b", 2)},
        (("A' = -λ_A A", "a", lambda s, p: -_halves(p, "a") * s["a"]), ("B' = λ_A A - λ_B B", "b", lambda s, p: _halves(p, "a") * s["a"] - _halves(p, "b") * s["b"]),
         ("C' = λ_B B", "c", lambda s, p: _halves(p, "b") * s["b"])), but=r"random|rng|gillespie|branching", sums=("abc",),
    ),
    System(
        "the SIR model", r"\bsirs?\b|seir|epidemic|infect",
        {"s": ("S", "susceptible", "s_values"), "i": ("I", "infected", "infectious", "i_values"), "r": ("R", "recovered", "removed", "r_values"), "e": ("E", "exposed")},
        {"beta": ("beta", "infection_rate", "transmission_rate"), "gamma": ("gamma", "recovery_rate"), "sigma": ("sigma", "incubation_rate", "alpha"), "n": ("N", "population", "n_total")},
        (("S' = -β S I / N", "s", lambda s, p: -_meeting(s, p)), ("R' = γ I", "r", lambda s, p: p["gamma"] * s["i"]),
         ("E' = β S I / N - σ E", "e", lambda s, p: _meeting(s, p) - p["sigma"] * s["e"]),
         ("I' = (what comes in) - γ I", "i", lambda s, p: (p["sigma"] * s["e"] if "e" in s else _meeting(s, p)) - p["gamma"] * s["i"])),
        but=r"birth|vital|vaccin|demograph|mortality|death|wan(?:e|ing)|immunity loss|sirs|random|rng|gillespie|quarantin|hospital|season|lockdown|spatial|network|\bmu\b|age",
    ),
    System(
        "the Lotka-Volterra equations", r"lotka|predator|prey",
        {"x": ("prey", "x", "rabbits", "hares", "u", "n_prey"), "y": ("predator", "predators", "y", "foxes", "lynx", "v", "wolves", "n_pred", "pred")},
        {"a": ("alpha", "a"), "b": ("beta", "b"), "d": ("delta", "d"), "c": ("gamma", "c", "g")},
        (("x' = α x - β x y", "x", lambda s, p: p["a"] * s["x"] - p["b"] * s["x"] * s["y"]),
         ("y' = δ x y - γ y", "y", lambda s, p: [p["d"] * s["x"] * s["y"] - p["c"] * s["y"], p["c"] * s["x"] * s["y"] - p["d"] * s["y"], p["d"] * p["b"] * s["x"] * s["y"] - p["c"] * s["y"]])),
        but=r"logistic|carrying|random|rng|gillespie|holling|functional response|satura|spatial|diffus|competit|symbio|\bk\b *=",
    ),
    System(
        "logistic growth", r"logistic", {"x": ("population", "p", "n", "pop", "x", "N")}, {"r": ("r", "growth_rate", "rate"), "k": ("k", "carrying_capacity", "capacity")},
        (("P' = r P (1 - P/K)", "x", lambda s, p: p["r"] * s["x"] * (1 - s["x"] / p["k"])),), but=r"logistic map|\bmap\b|lotka|allee|harvest|delay|random|rng|compet|regress",
    ),
    System(
        "Newton's law of cooling", r"newton.{0,12}cooling|law of cooling|cooling", {"x": ("T", "temp", "temperature", "temps", "temperatures", "t_obj")},
        {"k": ("k", "cooling_rate", "cooling_constant", "h", "rate"), "room": ("T_env", "t_ambient", "ambient", "t_room", "t_inf", "env_temp", "T_a", "t_surroundings", "room", "room_temp", "t_amb", "t_outside", "t_out", "ambient_temperature", "T_s")},
        (("T' = k (T_env - T)", "x", lambda s, p: p["k"] * (p["room"] - s["x"])),), but=r"anneal|schedule|radiat|heat equation|conduct|\bu_xx|heater|thermostat|convect|biot|specific.?heat|heat.?capacity",
    ),
    System(
        "an RC circuit", r"\brc\b|capacitor", {"x": ("v", "V", "vc", "v_c", "v_cap", "voltage", "voltages")},
        {"r": ("R", "resistance"), "c": ("C", "capacitance"), "vin": ("v_in", "vin", "v_source", "vs", "emf", "v_supply", "e0", "V0", "v_0", "V_s", "supply", "source_voltage", "vcc", "E")},
        (("V' = (V_in - V)/(RC)", "x", lambda s, p: _charging(s["x"], p)),), but=r"inductor|\brlc\b|alternat|sine|square wave|pulse|low.?pass|frequency|diode",
    ),
    System(
        "an RL circuit", r"\brl\b|inductor|inductance", {"x": ("i", "I", "current", "currents", "i_values")},
        {"r": ("R", "resistance"), "l": ("L", "inductance"), "v": ("V", "V0", "v_source", "vs", "emf", "v_in", "voltage", "E", "v_0", "v_supply")},
        (("I' = (V - R I)/L", "x", lambda s, p: (p.get("v", 0.0) - p["r"] * s["x"]) / p["l"]),), but=r"capacit|\brlc\b|\blc\b|alternat|frequency|sine|reinforcement",
    ),
    System(
        "a pendulum", r"pendulum", {"x": ("theta", "angle", "th", "phi", "q", "thetas"), "v": ("omega", "w", "theta_dot", "angular_velocity", "thetadot", "omegas", "dtheta", "p_theta", "angvel")},
        {"g": ("g", "gravity"), "l": ("L", "length", "l", "l0"), "c": ("c", "b", "gamma", "damping", "friction", "mu", "beta", "q_factor"), "m": ("m", "mass")},
        (("θ' = ω", "x", lambda s, _: s["v"]), ("ω' = -(g/L) sin θ - damping", "v", _swing)), but=r"double|driven|drive|forc(?:ed|ing)|coupled|spherical|invert|cart|foucault|chaos|small.?angle|linear",
    ),
    System(
        "a harmonic oscillator", r"harmonic oscillator|spring|hooke|mass.?spring", {"x": ("x", "pos", "position", "q", "xs", "displacement"), "v": ("v", "vel", "velocity", "vs", "p_over_m", "speed", "velocities")},
        {"k": ("k", "spring_constant", "stiffness", "k_spring"), "m": ("m", "mass"), "w": ("omega", "omega0", "omega_0", "w0", "w"), "c": ("c", "b", "gamma", "damping", "friction", "zeta", "beta")},
        (("x' = v", "x", lambda s, _: s["v"]), ("v' = -(k/m) x - damping", "v", _spring)), but=r"driven|drive|forc(?:ed|ing)|anharmonic|duffing|quartic|coupled|chain|quantum|schr|langevin|random|rng|pendulum|cubic|nonlinear|bounc|fall|wall",
    ),
    System(
        "the van der Pol oscillator", r"van.?der.?pol", {"x": ("x", "xs"), "v": ("y", "v", "vs", "ys")}, {"mu": ("mu", "epsilon", "eps")},
        (("x' = y", "x", lambda s, _: s["v"]), ("y' = μ (1 - x²) y - x", "v", lambda s, p: p["mu"] * (1 - s["x"] ** 2) * s["v"] - s["x"])), but=r"driven|forc(?:ed|ing)|coupled",
    ),
    System(
        "the Lorenz system", r"lorenz", {"x": ("x", "xs"), "y": ("y", "ys"), "z": ("z", "zs")}, {"s": ("sigma", "s"), "r": ("rho", "r"), "b": ("beta", "b")},
        (("x' = σ (y - x)", "x", lambda s, p: p["s"] * (s["y"] - s["x"])), ("y' = x (ρ - z) - y", "y", lambda s, p: s["x"] * (p["r"] - s["z"]) - s["y"]), ("z' = x y - β z", "z", lambda s, p: s["x"] * s["y"] - p["b"] * s["z"])), but=r"lorenz.?96|lorentz",
    ),
    System(
        "the FitzHugh-Nagumo equations", r"fitzhugh", {"v": ("v", "vs"), "w": ("w", "ws")}, {"a": ("a",), "b": ("b",), "tau": ("tau",), "e": ("epsilon", "eps"), "i": ("I", "i_ext", "current", "I_app", "i_app", "stimulus")},
        (("v' = v - v³/3 - w + I", "v", lambda s, p: s["v"] - s["v"] ** 3 / 3 - s["w"] + p.get("i", 0.0)),
         ("w' = (v + a - b w)/τ", "w", lambda s, p: (s["v"] + p["a"] - p["b"] * s["w"]) * (p["e"] if "e" in p else 1 / p["tau"]))), but=r"diffus|spatial|coupled|noise|random|cubic",
    ),
    System(
        "Michaelis-Menten kinetics", r"michaelis", {"s": ("S", "substrate"), "p": ("P", "product")}, {"vmax": ("Vmax", "v_max"), "km": ("Km", "k_m")},
        (("S' = -Vmax S/(Km + S)", "s", lambda s, p: -p["vmax"] * s["s"] / (p["km"] + s["s"])), ("P' = Vmax S/(Km + S)", "p", lambda s, p: p["vmax"] * s["s"] / (p["km"] + s["s"]))), but=r"inhibit|random|rng|gillespie|reversib",
    ),
    System(
        "the enzyme mechanism E + S <-> ES -> E + P", r"enzyme|michaelis", {"s": ("S", "substrate"), "p": ("P", "product"), "e": ("E", "enzyme"), "c": ("ES", "C", "complex")}, {"on": ("k1", "kf", "k_f", "k_on", "kon"), "off": ("k_1", "km1", "k_minus1", "kr", "k_r", "k_off", "koff", "k1r", "k_rev"), "cat": ("k2", "kcat", "k_cat")},
        (("S' = -k1 E S + k-1 ES", "s", lambda s, p: -p["on"] * s["e"] * s["s"] + p["off"] * s["c"]), ("P' = k2 ES", "p", lambda s, p: p["cat"] * s["c"]),
         ("ES' = k1 E S - (k-1 + k2) ES", "c", lambda s, p: p["on"] * s["e"] * s["s"] - (p["off"] + p["cat"]) * s["c"]), ("E' = -k1 E S + (k-1 + k2) ES", "e", lambda s, p: -p["on"] * s["e"] * s["s"] + (p["off"] + p["cat"]) * s["c"])), but=r"inhibit|random|rng|gillespie", sums=("ec", "scp"),
    ),
)  # fmt: skip


def check(scenes, tell):
    """Every system whose words the text says, on every scene that holds its states."""
    for scene in scenes:
        dt = scene.dt()
        if dt is None:
            continue
        for system in SYSTEMS:
            if scene.says(system.words) and not (system.but and scene.says(system.but)):
                _system(scene, system, dt, tell)


def _system(scene, system, dt, tell):
    import numpy as np

    states = {k: v for k, names in system.states.items() if (v := scene.one(*names)) is not None}
    params = {k: v for k, names in system.params.items() if (v := scene.number(*names)) is not None}
    lengths = {len(v) for v in states.values()}
    if not states or len(lengths) != 1 or min(lengths) < 20:
        return
    if len({id(v) for v in states.values()}) != len(states):
        return
    for names in system.sums:
        if set(names) <= set(states):
            total = sum(states[k] for k in names)
            drift = float(np.ptp(total)) / (float(np.max(np.abs(total))) or 1.0)
            shown = " + ".join(system.states[k][0] for k in names)
            tell(f"{system.name}: {shown} stays", drift < 1e-3, f"changes by {drift:.3g} of its size", "less than 0.001", scene.line)  # fmt: skip
    rows = []
    for label, of, law in system.equations:
        if of not in states:
            continue
        try:
            forms = law(states, params)
        except (KeyError, TypeError, ZeroDivisionError):
            continue
        follow(lambda *row: rows.append(row), f"{system.name}: {label}", states[of], forms if isinstance(forms, list) else [forms], dt, scene.line)  # fmt: skip
    if sum(not row[1] for row in rows) <= 2:  # where most equations differ it is another model, or another unit of time
        for row in rows:
            tell(*row)


def follow(tell, name, y, forms, dt, line, wrap=None):
    """One row: y' is one of the forms; nothing where the record is too coarse to tell or has blown up."""
    import numpy as np

    if not np.all(np.isfinite(y)):
        tell(name, False, "not finite", "finite", line)
        return
    if len(y) < 20 or not all(np.all(np.isfinite(f)) for f in forms):
        return
    if wrap:
        y = np.unwrap(y, axis=0, period=wrap)
    found = min((residual(y, f, dt) for f in forms if np.any(f)), default=None)
    if found is None:
        still = float(np.ptp(y)) <= 1e-9 * (float(np.max(np.abs(y))) + 1e-300)
        tell(name, still, f"changes by {np.ptp(y):.3g}", "no change", line)
        return
    misfit, allowance = found
    if allowance > 0.3 and misfit < BEYOND:
        return
    limit = 0.02 + 0.25 * allowance if allowance <= 0.3 else BEYOND
    tell(name, misfit <= limit, f"its differences are {misfit:.3g} of the law's size off", f"at most {limit:.2g} (what a step of {dt:.3g} may cause)", line)  # fmt: skip


BEYOND = 6.0
"""However coarse the steps, a mean over one of them is no larger than the law's largest value, a few times its root mean square."""
EQUATION = re.compile(r"(?<![\w/])d\s?([A-Za-zα-ω]\w*)\s*/\s*dt\s*=\s*([^,;\n\"'`:]+)")
GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega", "ζ": "zeta", "η": "eta"}  # fmt: skip
TOKEN = re.compile(r"\d+\.?\d*(?:e[-+]?\d+)?|[A-Za-zα-ω_]\w*|\*\*|[-+*/^()]|[²³]|·|×|−")
FUNCTIONS = ("sin", "cos", "exp", "sqrt", "log", "tanh", "ln")


def told(scenes, tell):
    """Equations that the program's words state (`dT/dt = -k (T - T_room)`), where every name in them is known."""
    for scene in scenes:
        dt = scene.dt()
        if dt is None or scene.says(r"\breset|spike|refractor|bounc"):
            continue  # what jumps now and then follows its equation only in between
        for found in EQUATION.finditer(f"{scene.text_raw}"):
            of, right = found.group(1), found.group(2)
            y = scene.one(GREEK.get(of, of))
            before = scene.text_raw[max(0, found.start() - 40) : found.start()].rstrip()
            factor = _before(before, scene)
            f = evaluated(right, scene, len(y)) if y is not None and len(y) > 20 and factor else None
            f = f / factor if f is not None else None
            if f is not None:
                follow(tell, f"d{of}/dt = {re.split(r'[.](?: |$)', right)[0].strip()}", y, [f], dt, scene.line)


def _before(text, scene):
    """What multiplies the derivative (`L dI/dt`): 1 where nothing does, None where it is not known."""
    if text.endswith((")", "*", "/", "·", "+", "-", "²")):
        return None
    word = re.search(r"([^\W\d]\w*)$", text)
    if word is None or (len(word.group(1)) > 3 and word.group(1).isalpha() and scene.number(word.group(1)) is None):
        return 1.0
    known = scene.number(GREEK.get(word.group(1), word.group(1)))
    return known if known is not None else 1.0 if word.group(1).lower() in LITTLE else None


LITTLE = ("and", "is", "if", "let", "the", "for", "law", "so", "or", "ode", "as", "in", "by", "are", "eq", "eqs", "has", "to", "of", "on", "at", "use")  # fmt: skip


def evaluated(text, scene, n):
    """The right side as an array, or None where a name in it is unknown or it ends in prose."""
    import numpy as np

    text = re.sub(r"\.(?:\s.*)?$", "", text.strip())
    tokens = TOKEN.findall(text)
    if not tokens or "".join(tokens) != re.sub(r"\s+", "", text):
        return None
    out, env, ended = [], {f: getattr(np, f if f != "ln" else "log") for f in FUNCTIONS}, False
    for token in tokens:
        if token[0].isalpha() or token[0] == "_":
            name = GREEK.get(token, token)
            if ended:
                out.append("*")
            if name in FUNCTIONS:
                out.append(name)
                ended = False
                continue
            value = scene.one(name)
            value = value if value is not None and len(value) == n else scene.number(name)
            if value is None:
                return None
            key = f"_{len(env)}"
            env[key] = value
            out.append(key)
            ended = True
        elif token[0].isdigit():
            if ended:
                return None
            out.append(token)
            ended = True
        elif token == "(":
            if ended:
                out.append("*")
            out.append("(")
            ended = False
        elif token in "²³":
            out.append("**2" if token == "²" else "**3")
            ended = True
        else:
            out.append({"^": "**", "·": "*", "×": "*", "−": "-"}.get(token, token))
            ended = token == ")"
    try:
        value = eval("".join(out), {"__builtins__": {}}, env)  # names and arithmetic only, inside the sandbox
    except Exception:
        return None
    value = np.asarray(value, float)
    return np.broadcast_to(value, (n,)) if value.shape in ((), (n,)) else None
