# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""A program's own numerical methods, called with problems whose answer is known: quadrature, roots, linear systems, transforms.

The name says what a function must answer; its arguments are told by their names and by what the program itself first called it
with.  A rule of quadrature is exact for polynomials up to its degree, a root has no residual, a solved system none either,
whatever the convention: every order of the bands of a tridiagonal system that a program may mean is tried.
"""

import inspect
import itertools
import math
import re

import numpy as np

from tidegate.runner.confined.laws_solvers_more import TRIALS_MORE

CALLS = ("f", "func", "fn", "fun", "function", "integrand", "g", "phi", "func1", "target_function")
LOW = (
    "a",
    "lo",
    "low",
    "lower",
    "left",
    "x_left",
    "xmin",
    "x_min",
    "start",
    "x_start",
    "xl",
    "x_low",
    "x_lo",
    "lower_bound",
    "begin",
)
HIGH = (
    "b",
    "hi",
    "high",
    "upper",
    "right",
    "x_right",
    "xmax",
    "x_max",
    "end",
    "stop",
    "x_end",
    "xr",
    "xu",
    "x_high",
    "x_hi",
    "upper_bound",
)
COUNTED = (
    "n",
    "num",
    "n_intervals",
    "intervals",
    "n_steps",
    "steps",
    "num_steps",
    "n_points",
    "points",
    "subdivisions",
    "n_sub",
    "panels",
    "segments",
    "num_intervals",
    "n_panels",
    "npts",
    "m",
)
EXACT = (
    (r"trap\w*|composite_trap\w*|integrate_trap\w*|trapezoid\w*_rule", 1),
    (r"(?:composite_)?mid(?:_?point)?(?:_rule|_integral|_integration|_sum|_quadrature)?|integrate_midpoint|rectangle_midpoint", 1),
    (r"(?:composite_)?simpsons?(?:_?(?:rule|13|1_3|one_third|integration|integrate|method|composite|3_8|38|three_eighths?))?|integrate_simpson\w*|adaptive_simpson|simpson_adaptive", 3),
    (r"boole\w*", 5), (r"milne\w*", 3), (r"romberg\w*", 5),
    (r"gauss\w*_?legendre\w*|gauss_?quad\w*|gauss\d?|gl_?quad\w*|legendre_quad\w*|gauss_?[2-9]|gauss_(?:two|three|four|five)_?\w*", 3),
    (r"(?:left|right)_?(?:riemann|rectangle|sum)\w*|riemann\w*|rectangle\w*", 0),
    (r"integrate|integral|quad(?:rature)?|numerical_integrat\w*|numerical_integral|adaptive_quad\w*", 0),
)  # fmt: skip
"""Rules of quadrature by name, and the degree of the polynomials that they integrate exactly."""


def check(film, scenes, tell):
    """Every function of the program whose name promises an answer that is known."""
    if not scenes:
        return
    text = scenes[0].text
    if re.search(r"monte|random|stochastic", text):
        return
    fails = re.search(FAILS, text) is not None
    for name, f in film.space.items():
        if not inspect.isfunction(f) or f.__code__.co_filename != "simulation.py" or name.startswith("__"):
            continue
        plain = name.lower().lstrip("_")
        for pattern, trial in TRIALS:
            if re.fullmatch(pattern, plain):
                if trial is roots and fails:
                    break
                try:
                    trial(name, Call(f, film.arguments.get(f.__code__.co_qualname, {}), film.space), tell)
                except Exception:  # a stranger's function may raise what it likes
                    continue
                break


class Call:
    """One function with the arguments of its first call, to be called again with some of them replaced."""

    def __init__(self, f, first, space):
        self.f, self.first, self.space = f, first, space
        self.parameters = inspect.signature(f).parameters
        self.names = list(self.parameters)

    def find(self, names):
        """The parameter of one of these names, or None."""
        return next((p for n in names for p in self.names if p.lower() == n), None)

    def callables(self):
        """Parameters that were given a function, or are called as one."""
        return [p for p in self.names if callable(self.first.get(p)) or (p not in self.first and p.lower() in CALLS)]

    def __call__(self, **changes):
        """The answer with these arguments; the others as the program gave them."""
        given = {**{k: v for k, v in self.first.items() if k in self.parameters}, **changes}
        return self.f(**given)


def first_number(value):
    """The number that a function answers: itself, the first of a tuple, the last of a table."""
    if isinstance(value, tuple) and value:
        value = value[0]
    while isinstance(value, (list, np.ndarray)) and np.ndim(value) and len(value):
        value = value[-1]
    return float(value)


def _degree(name):
    return next(d for pattern, d in EXACT if re.fullmatch(pattern, name.lower().lstrip("_")))


def quadrature(name, call, tell):
    """Polynomials up to the degree of the rule over [0.3, 1.9]; for a rule without a degree, a smooth function nearly."""
    degree = _degree(name)
    low, high = 0.3, 1.9
    functions = call.callables()
    if len(functions) == 1:
        a, b = call.find(LOW), call.find(HIGH)
        if a is None or b is None or _arity(call.first.get(functions[0])) > 1:
            return
        count, given = call.find(COUNTED), {}
        if count is not None and re.search(r"simpson|boole|milne|trap|mid", name.lower()):
            own = call.first.get(count, 12)
            given[count] = 24 if isinstance(own, int) and own >= 2 else own
        elif count is not None and isinstance(call.first.get(count), int) and degree == 0:
            given[count] = max(call.first[count], 200)

        def rule(p):
            return first_number(call(**{functions[0]: p, a: low, b: high, **given}))
    else:
        y, x, h = call.find(("y", "ys", "f", "values", "fx", "y_values", "data")), call.find(("x", "xs", "x_values", "grid", "t", "ts")), call.find(("dx", "h", "dt", "step", "spacing"))  # fmt: skip
        if functions or y is None or (x is None) == (h is None) or degree == 0:
            return
        at = np.linspace(low, high, 25)

        def rule(p):
            given = {x: at} if x is not None else {h: float(at[1] - at[0])}
            return first_number(call(**{y: p(at), **given}))

    worst = (0.0, 0)
    for k in range(degree + 1):
        got, exact = rule(lambda x, k=k: x**k + 0.0 * x), (high ** (k + 1) - low ** (k + 1)) / (k + 1)
        worst = max(worst, (abs(got - exact) / exact, k))
    loose = 2e-2 if degree == 0 and not re.search(r"riemann|rect|sum", name.lower()) else 1e-6
    if degree == 5 and not re.search(r"tol|eps|1e-", " ".join(call.names) + _source(call.f)):
        loose = 1e-9  # Romberg's table with six rows or more leaves rounding only
    tell(f"`{name}` integrates {'constants' if degree == 0 else f'polynomials up to degree {degree}'} exactly", worst[0] < loose, f"off by {worst[0]:.3g} for x^{worst[1]} over [{low}, {high}]", f"below {loose:g}", None)  # fmt: skip
    got, exact = rule(lambda x: np.exp(0.7 * x)), (math.exp(0.7 * high) - math.exp(0.7 * low)) / 0.7
    off, bound = abs(got / exact - 1), 0.05 if loose > 1e-9 else 1e-9
    tell(f"`{name}` integrates an exponential nearly", off < bound, f"off by {off:.3g}", f"below {bound:g}", None)


def _source(f):
    """The names and constants of a function, as its code holds them."""
    return " ".join([*map(str, f.__code__.co_consts), *f.__code__.co_names])


def _arity(f):
    try:
        return sum(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in inspect.signature(f).parameters.values()) if f is not None else 1  # fmt: skip
    except (TypeError, ValueError):
        return 1


ROOTS = (
    (lambda x: x * x * x - 2, lambda x: 3 * x * x, lambda x: 6 * x, 2 ** (1 / 3)),
    (lambda x: math.exp(x) - 3, math.exp, math.exp, math.log(3)),
    (lambda x: 2 - x - x * x / 4, lambda x: -1 - x / 2, lambda _: -0.5, -2 + 12**0.5),
)
"""A function, its first and second derivative, and its one root in [0.5, 2]."""
FAILS = r"diverg|fails|failure|does not converge|doesn.t converge|not converge|oscillat|cycle|basin|fractal|chaot"


def roots(name, call, tell):
    """Three functions with one root between 0.5 and 2; without a function among the arguments, the residual of the program's own."""
    functions = call.callables()
    if not functions:
        _own_root(name, call, tell)
        return
    if any(_arity(call.first.get(p)) > 1 for p in functions) or len(functions) > 3:
        return
    slopes = [p for p in functions if re.search(r"d|prime|deriv|jac", p.lower()) and p != functions[0]]
    if len(functions) > 1 + len(slopes) or (len(functions) == 1 and re.search(r"halley", name.lower())):
        return
    rest = [p for p in call.names if p not in functions]
    bracket = (call.find(LOW), call.find(HIGH))
    guesses = [p for p in rest if re.fullmatch(r"x_?[01]|x|x_?init|guess|x_guess|initial_guess|x_?start|p_?[01]|a|b|x_?prev|x_?curr", p.lower())]  # fmt: skip
    counts = {p: 200 for p in rest if re.fullmatch(r"max_?it\w*|n_?max|n_?iter\w*|num_?iter\w*|it_?max|iterations|maxit|max_?steps|steps|n|num_steps", p.lower())}  # fmt: skip
    worst = 0.0
    for f, first, second, root in ROOTS:
        given = {functions[0]: f, **dict(zip(slopes, (first, second), strict=False)), **counts}
        if bracket[0] is not None and bracket[1] is not None:
            given |= {bracket[0]: 0.5, bracket[1]: 2.0}
        elif 1 <= len(guesses) <= 2:
            given |= dict(zip(guesses, (1.0, 1.5), strict=False))
        else:
            return
        try:
            off = abs(first_number(call(**given)) - root)
        except OverflowError:  # it ran away
            off = math.inf
        worst = max(worst, off if math.isfinite(off) else math.inf)
    if re.search(r"\bfixed", name.lower()):
        return
    tell(f"`{name}` finds roots", worst < 1e-3, f"up to {worst:.3g} from the root of three functions", "below 0.001", None)  # fmt: skip


def _own_root(name, call, tell):
    """What a root finder that knows its function answers leaves no residual in it."""
    own = [call.space[n] for n in ("f", "func", "g", "F", "function", "fun", "equation", "residual") if inspect.isfunction(call.space.get(n))]  # fmt: skip
    if len(own) != 1 or _arity(own[0]) != 1 or not call.first:
        return
    f = own[0]
    x = first_number(call())
    scale = max(abs(float(f(x + d))) for d in (-0.5, -0.1, 0.1, 0.5))
    off = abs(float(f(x))) / (scale or 1.0)
    tell(f"`{name}` finds a root of `{f.__name__}`", off < 1e-3, f"{f.__name__}({x:.6g}) = {float(f(x)):.3g}", "0", None)  # fmt: skip


def tridiagonal(name, call, tell):
    """A diagonally dominant system of the size that the program solves: some order of its bands must leave no residual."""
    if len(call.first) != 4 or any(np.ndim(v) != 1 for v in call.first.values()):
        return
    own = {k: np.asarray(v, float) for k, v in call.first.items() if k in call.parameters}
    sizes = {len(v) for v in own.values()}
    n = max(sizes)
    if len(own) != 4 or n < 3 or min(sizes) < n - 1:
        return
    rng = np.random.default_rng(11)
    given = {k: rng.uniform(0.5, 1.5, len(v)) for k, v in own.items()}
    heavy = [k for k, v in own.items() if len(v) == n and np.all(np.abs(v) > 1.2 * max(abs(float(np.median(o))) for j, o in own.items() if j != k and o is not v and len(o) <= n and not np.array_equal(o, v)) - 1e-300)]  # fmt: skip
    named = [k for k in own if k.lower() in ("b", "diag", "main", "d0", "main_diag", "diagonal", "center", "middle", "main_diagonal")]  # fmt: skip
    main = next(iter(named), None) or next(iter(heavy), None)
    if main is None or len(own[main]) != n:
        return
    given[main] = rng.uniform(5.0, 6.0, n)
    as_lists = all(isinstance(v, list) for v in call.first.values())
    got = call(**{k: list(v) if as_lists else v.copy() for k, v in given.items()})
    x = np.asarray(got[0] if isinstance(got, tuple) else got, float)
    if got is None or x.shape != (n,):
        return
    best = math.inf
    for low, up, right in itertools.permutations([k for k in given if k != main]):
        if len(given[right]) != n:
            continue
        for shift in (0, 1):
            lower = given[low][-(n - 1) :] if len(given[low]) == n - 1 or shift == 0 else given[low][: n - 1]
            upper = given[up][: n - 1]
            residual = given[main] * x - given[right]
            residual[1:] += lower * x[:-1]
            residual[:-1] += upper * x[1:]
            best = min(best, float(np.max(np.abs(residual))))
    tell(f"`{name}` solves tridiagonal systems", best < 1e-6, f"a residual of {best:.3g} on a random diagonally dominant system", "0", None)  # fmt: skip


TRIALS = (
    *((pattern, quadrature) for pattern, _ in EXACT),
    (r"(?:\w+_)?(?:bisect\w*|newton(?:s|_raphson|_method|_root|s_method|_solve)?|raphson|secant\w*|regula_?falsi\w*|false_position\w*|brent\w*|ridders?|steffensen|find_root|root_?find\w*|illinois)(?:_method|_root|_solve|_iteration)?", roots),
    (r"(?:solve_)?(?:thomas|tdma|tri_?diag)\w*", tridiagonal),
    *TRIALS_MORE,
)  # fmt: skip
