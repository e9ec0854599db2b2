# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Matrices, transforms, fits and the statistics of a series, as a program's own functions compute them.

Each is called with a random input of a kind that its name tells and held against what NumPy says, or against the property that
defines the answer (an eigenvector's residual, a factorisation's product).
"""

import math
import re

import numpy as np


def _single(call):
    """The parameters that have no default."""
    return [p for p, v in call.parameters.items() if v.default is v.empty and v.kind in (v.POSITIONAL_ONLY, v.POSITIONAL_OR_KEYWORD)]  # fmt: skip


def _like(own, value):
    """`value` as a list where the program works with lists."""
    return value.tolist() if isinstance(own, list) else value


def _part(value, shape):
    """The first array of a shape among what a function answers."""
    for one in value if isinstance(value, tuple) else (value,):
        try:
            array = np.asarray(one, float)
        except (TypeError, ValueError):
            continue
        if array.shape == shape:
            return array
    return None


def _matrix(n=4):
    """A symmetric positive matrix with a heavy diagonal, so that every method converges."""
    a = np.random.default_rng(5).uniform(-1, 1, (n, n))
    return a @ a.T + np.diag(np.arange(5.0, 5.0 + n))


def linear(name, call, tell):
    """A x = b."""
    needed = _single(call)
    if len(needed) < 2 or needed[0].lower() not in ("a", "matrix", "m", "mat", "coeffs") or needed[1].lower() not in ("b", "rhs", "y", "v", "f"):  # fmt: skip
        return
    a, b = _matrix(), np.array([1.0, -2.0, 3.0, 0.5])
    extra = {}
    for p in [q for q in call.names if q not in needed[:2]]:
        if re.fullmatch(r"x_?0|x|guess|x_?init|initial_guess", p.lower()):
            extra[p] = np.zeros(4) if call.first.get(p) is None or isinstance(call.first.get(p), np.ndarray) else [0.0] * 4  # fmt: skip
        elif re.fullmatch(r"max_?it\w*|n_?iter\w*|iterations|n_?max|maxit|num_iter\w*", p.lower()):
            extra[p] = 500
        elif p in needed and p not in call.first:
            return
        elif re.fullmatch(r"n|size", p.lower()):
            extra[p] = 4
    got = call(**{needed[0]: _like(call.first.get(needed[0]), a.copy()), needed[1]: _like(call.first.get(needed[1]), b.copy()), **extra})  # fmt: skip
    x = _part(got, (4,))
    if x is None:
        return
    off = float(np.max(np.abs(a @ x - b)))
    tell(f"`{name}` solves linear systems", off < 1e-3, f"a residual of {off:.3g} on a symmetric system with a heavy diagonal", "0", None)  # fmt: skip


def eigen(name, call, tell):
    """The largest eigenvalue, and its vector."""
    needed = _single(call)
    if not needed or needed[0].lower() not in ("a", "matrix", "m", "mat"):
        return
    a = _matrix()
    counts = {p: 500 for p in call.names if re.fullmatch(r"max_?it\w*|n_?iter\w*|iterations|n_?max|n|steps|num_?\w+", p.lower())}  # fmt: skip
    starts = {p: np.ones(4) for p in call.names if re.fullmatch(r"x_?0|v_?0|b_?0|x|v|guess|x_?init", p.lower()) and p in needed}  # fmt: skip
    got = call(**{needed[0]: _like(call.first.get(needed[0]), a), **counts, **starts})
    value = next((float(v) for v in got if np.ndim(v) == 0), None) if isinstance(got, tuple) else float(got) if np.ndim(got) == 0 else None  # fmt: skip
    vector = _part(got, (4,))
    largest = float(np.linalg.eigvalsh(a)[-1])
    if value is not None:
        tell(f"`{name}` finds the largest eigenvalue", abs(value / largest - 1) < 1e-3, f"{value:.6g}", f"{largest:.6g}", None)  # fmt: skip
    if vector is not None and np.any(vector):
        unit = vector / np.linalg.norm(vector)
        off = float(np.linalg.norm(a @ unit - (unit @ a @ unit) * unit)) / largest
        tell(f"`{name}` finds an eigenvector", off < 1e-2, f"a residual of {off:.3g}", "0", None)


def factors(name, call, tell):
    """L Lᵀ = A, L U = A, Q R = A."""
    needed = _single(call)
    if len(needed) != 1:
        return
    a = _matrix()
    got = call(**{needed[0]: _like(call.first.get(needed[0]), a.copy())})
    kind = name.lower()
    parts = [np.asarray(p, float) for p in (got if isinstance(got, tuple) else (got,))]
    square = [p for p in parts if p.shape == (4, 4)]
    if "chol" in kind and len(square) == 1:
        made = [square[0] @ square[0].T, square[0].T @ square[0]]
    elif len(square) == 2:
        made = [square[0] @ square[1]]
    elif len(square) == 3:
        made = [square[0] @ square[1] @ square[2], square[0].T @ square[1] @ square[2], np.linalg.inv(square[0]) @ square[1] @ square[2]]  # fmt: skip
    else:
        return
    off = min(float(np.max(np.abs(m - a))) for m in made)
    tell(f"the factors of `{name}` multiply to the matrix", off < 1e-8, f"off by {off:.3g}", "0", None)


def exponential(name, call, tell):
    """exp(A) by its eigenvalues."""
    needed = _single(call)
    if not needed or len(needed) > 2:
        return
    a = 0.1 * _matrix(3)
    value, vectors = np.linalg.eigh(a)
    given = {needed[0]: a.copy()}
    if len(needed) == 2:
        if needed[1].lower() not in ("t", "dt", "tau"):
            return
        given[needed[1]] = 0.5
        value = 0.5 * value
    got = np.asarray(call(**given), float)
    if got.shape != (3, 3):
        return
    off = float(np.max(np.abs(got - (vectors * np.exp(value)) @ vectors.T)))
    tell(f"`{name}` is the exponential of a matrix", off < 1e-3, f"off by {off:.3g}", "0", None)


def transform(name, call, tell):
    """The discrete Fourier transform, or its inverse, with any of the usual factors."""
    needed = _single(call)
    if len(needed) != 1:
        return
    rng = np.random.default_rng(3)
    x = rng.normal(size=16) + 1j * rng.normal(size=16)
    got = np.asarray(call(**{needed[0]: _like(call.first.get(needed[0]), x.copy())}), complex)
    if got.shape != (16,):
        return
    inverse = re.match(r"i|inv", name.lower()) is not None
    wanted = [np.fft.ifft(x) * 16, np.fft.fft(x)] if inverse else [np.fft.fft(x), np.fft.ifft(x) * 16]
    off = min(float(np.max(np.abs(got * f - w))) for w in wanted for f in (1.0, 4.0, 16.0))
    tell(f"`{name}` is the discrete Fourier transform", off < 1e-8, f"off by {off:.3g} on 16 random numbers", "0", None)


def convolved(name, call, tell):
    """A convolution of two series: full, the same length, or on a ring."""
    needed = _single(call)
    if len(needed) != 2 or any(np.ndim(call.first.get(p, [0])) != 1 for p in needed):
        return
    rng = np.random.default_rng(4)
    x, k = rng.normal(size=9), rng.normal(size=9 if re.search(r"circ|fft|period", name.lower()) else 3)
    got = np.asarray(call(**{needed[0]: _like(call.first.get(needed[0]), x), needed[1]: _like(call.first.get(needed[1]), k)}))  # fmt: skip
    wanted = [np.convolve(x, s, m) for s in (k, k[::-1]) for m in ("full", "same", "valid")]
    if len(k) == len(x):
        wanted.append(np.real(np.fft.ifft(np.fft.fft(x) * np.fft.fft(k))))
    else:
        wanted += [np.convolve(np.pad(x, 1, mode=mode), s, "valid") for s in (k, k[::-1]) for mode in ("edge", "reflect", "wrap")]  # fmt: skip
    fitting = [w for w in wanted if w.shape == got.shape]
    if not fitting:
        return
    off = min(float(np.max(np.abs(got - w))) for w in fitting)
    tell(f"`{name}` convolves", off < 1e-8, f"off by {off:.3g}", "0", None)


def line(name, call, tell):
    """The slope and the intercept of least squares."""
    needed = _single(call)
    if len(needed) != 2 or needed[0].lower() not in ("x", "xs", "t", "ts", "x_data", "xdata", "times") or needed[1].lower()[:1] not in "yv":  # fmt: skip
        return
    x = np.array([0.0, 1.0, 2.5, 4.0, 5.0, 7.0])
    y = np.array([1.0, 2.7, 5.2, 9.4, 10.3, 15.9])
    got = call(**{needed[0]: _like(call.first.get(needed[0]), x), needed[1]: _like(call.first.get(needed[1]), y)})
    told = [float(v) for v in (got if isinstance(got, (tuple, list, np.ndarray)) else (got,)) if np.ndim(v) == 0]
    slope, cut = (float(v) for v in np.polyfit(x, y, 1))
    if len(told) == 1:
        fits = min(abs(told[0] - slope), abs(told[0] - cut)) < 1e-8
    else:
        fits = any(abs(a - slope) + abs(b - cut) < 1e-8 for a, b in ((told[0], told[1]), (told[1], told[0])))
    tell(f"`{name}` fits a line by least squares", fits, f"{', '.join(f'{v:.6g}' for v in told[:2])}", f"slope {slope:.6g}, intercept {cut:.6g}", None)  # fmt: skip


def interpolated(name, call, tell):
    """It passes through its points, and follows a line between them."""
    needed = _single(call)
    if len(needed) != 3:
        return
    xs = next((p for p in needed if re.fullmatch(r"xs|x_?(?:points|data|nodes|values|i|k|known)|nodes|xp|xdata", p.lower())), None)  # fmt: skip
    ys = next((p for p in needed if re.fullmatch(r"ys|y_?(?:points|data|nodes|values|i|k|known)|values|fp|ydata|fs", p.lower())), None)  # fmt: skip
    at = [p for p in needed if p not in (xs, ys)]
    if xs is None or ys is None or len(at) != 1 or np.ndim(call.first.get(at[0], 0.0)) != 0:
        return
    x = np.array([0.0, 0.7, 1.5, 2.4, 3.0])
    for y, points in ((np.array([1.0, -0.5, 2.0, 0.3, 1.1]), x), (2 * x + 1, np.array([0.35, 1.1, 2.0]))):
        wanted = np.interp(points, x, y)
        got = [float(call(**{xs: _like(call.first.get(xs), x), ys: _like(call.first.get(ys), y), at[0]: float(p)})) for p in points]  # fmt: skip
        off = float(np.max(np.abs(np.array(got) - wanted)))
        if not off < 1e-8:
            break
    tell(f"`{name}` passes through its points and follows a line", off < 1e-8, f"off by {off:.3g}", "0", None)


STATISTICS = {
    r"(?:calc(?:ulate)?_|compute_|sample_)?(?:mean|average|avg)": lambda x: [x.mean()],
    r"(?:calc(?:ulate)?_|compute_|sample_)?(?:variance|var)": lambda x: [x.var(), x.var(ddof=1)],
    r"(?:calc(?:ulate)?_|compute_|sample_)?(?:std|stdev|standard_deviation|std_dev)": lambda x: [x.std(), x.std(ddof=1)],
    r"(?:calc(?:ulate)?_|compute_)?(?:rms|root_mean_square)": lambda x: [math.sqrt((x * x).mean())],
    r"(?:calc(?:ulate)?_|compute_)?median": lambda x: [float(np.median(x))],
    r"standard_error|std_err|sem": lambda x: [x.std(ddof=1) / math.sqrt(len(x)), x.std() / math.sqrt(len(x))],
}  # fmt: skip


def statistic(name, call, tell):
    """A statistic of one series of numbers."""
    needed = _single(call)
    if len(needed) != 1 or len(call.names) > 1 or np.ndim(call.first.get(needed[0], [])) != 1:
        return
    x = np.array([0.3, 2.1, -1.4, 5.0, 2.2, 0.9, 3.7])
    got = float(call(**{needed[0]: _like(call.first.get(needed[0]), x)}))
    wanted = next(w for pattern, w in STATISTICS.items() if re.fullmatch(pattern, name.lower().lstrip("_")))(x)
    off = min(abs(got - w) for w in wanted)
    tell(f"`{name}` of a series is what it is called", off < 1e-9, f"{got:.6g}", f"{float(wanted[0]):.6g}", None)


def derivative(name, call, tell):
    """The slope (or the curvature) of a function that is given, at a point."""
    functions = [p for p in call.names if callable(call.first.get(p))]
    at = [p for p in call.names if p.lower() in ("x", "x0", "t", "point", "a")]
    if len(functions) != 1 or len(at) != 1 or np.ndim(call.first.get(at[0], 0.0)):
        return
    second = re.search(r"second|2|curv", name.lower()) is not None
    steps = {p: 1e-3 for p in call.names if p.lower() in ("h", "dx", "eps", "delta", "step", "epsilon")}
    got = float(call(**{functions[0]: lambda x: np.exp(0.8 * x), at[0]: 0.6, **steps}))
    wanted = math.exp(0.48) * (0.64 if second else 0.8)
    tell(f"`{name}` is the {'second ' if second else ''}derivative", abs(got / wanted - 1) < 5e-3, f"{got:.6g} of exp(0.8 x) at 0.6", f"{wanted:.6g}", None)  # fmt: skip


TRIALS_MORE = (
    (r"(?:gauss(?:ian)?_?(?:elim\w*|solve)|solve_?(?:linear\w*|gauss\w*|lu|system|cholesky|jacobi|cg|sor)|lu_?solve|jacobi\w*|gauss_?seidel\w*|conjugate_?gradient\w*|cg|cg_?solve|sor|sor_\w+|linear_solve\w*|cholesky_solve|steepest_descent)", linear),
    (r"power_?(?:iteration|method)\w*|dominant_eig\w*|largest_eig\w*|rayleigh\w*", eigen),
    (r"cholesky(?:_decomp\w*|_factor\w*)?|lu(?:_?decomp\w*|_factor\w*|_doolittle)?|doolittle|crout|qr(?:_?decomp\w*|_factor\w*|_householder|_gram_schmidt)?", factors),
    (r"expm|mat(?:rix)?_?exp(?:onential)?\w*|my_expm", exponential),
    (r"(?:my_|naive_|slow_|simple_|inverse_|inv_|i)?(?:fft|dft)(?:_?(?:recursive|radix2|naive|slow|1d|cooley_tukey))?", transform),
    (r"(?:my_|naive_|circular_|fft_)?(?:convolve|convolution|conv1d)(?:_?1d|_fft|_direct)?", convolved),
    (r"(?:simple_)?(?:linear_?(?:regression|fit|least_squares)|linreg|fit_?line\w*|least_?squares(?:_fit|_line)?|line_?fit|fit_linear|ols)", line),
    (r"(?:lagrange|newton|linear|poly\w*|neville|cubic|barycentric)_?interp\w*|lagrange|neville|interp(?:olate)?(?:_linear)?|lerp_table|spline\w*|cubic_spline\w*", interpolated),
    *((pattern, statistic) for pattern in STATISTICS),
    (r"(?:num\w*_|central_|forward_|backward_|second_|finite_)?(?:deriv\w*|diff|difference)(?:_central|_forward|_2|2)?|central_diff\w*|forward_diff\w*|num_?grad|d2|second_deriv\w*", derivative),
)  # fmt: skip
"""Patterns of names with their trials."""
