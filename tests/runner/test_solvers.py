"""Numerical methods that a program defines are called with problems whose answer is known: sound ones hold, one changed place does not."""

import ast

import pytest

from tidegate.runner.confined import laws_printed, laws_refined, laws_solvers
from tidegate.runner.confined.film import film
from tidegate.runner.confined.replay import runner
from tidegate.runner.confined.scene import scenes

THOMAS = """
def solve_tridiagonal(diag, upper, lower, rhs):
    n = len(rhs)
    d, r = list(diag), list(rhs)
    for i in range(1, n):
        w = lower[i - 1] / d[i - 1]
        d[i] -= w * upper[i - 1]
        r[i] -= w * r[i - 1]
    x = [0.0] * n
    x[n - 1] = r[n - 1] / d[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (r[i] - upper[i] * x[i + 1]) / d[i]
    return x

print(solve_tridiagonal([4.0] * 6, [-1.0] * 5, [-1.0] * 5, [1.0] * 6))
"""
METHODS = {
    "simpson": ("def simpson(f, a, b, n):\n    h = (b - a) / n\n    s = f(a) + f(b) + 4 * sum(f(a + k * h) for k in range(1, n, 2)) + 2 * sum(f(a + k * h) for k in range(2, n, 2))\n    return s * h / 3\nprint(simpson(lambda x: x, 0, 1, 10))", "2 * sum", "3 * sum"),
    "left sum": ("def left_riemann(f, a, b, n):\n    h = (b - a) / n\n    return h * sum(f(a + k * h) for k in range(n))\nprint(left_riemann(lambda x: x, 0, 1, 10))", "range(n)", "range(n + 1)"),
    "trapezoid of values": ("def trapz(y, dx):\n    total = 0.0\n    for i in range(len(y) - 1):\n        total += 0.5 * (y[i] + y[i + 1]) * dx\n    return total\nprint(trapz([1.0, 2.0, 3.0], 0.5))", "len(y) - 1", "len(y) - 2"),
    "bisection": ("def bisect(f, lo, hi, tol=1e-9):\n    while hi - lo > tol:\n        mid = (lo + hi) / 2\n        if f(lo) * f(mid) <= 0:\n            hi = mid\n        else:\n            lo = mid\n    return (lo + hi) / 2\nprint(bisect(lambda x: x * x - 2, 0, 2))", "<= 0", ">= 0"),
    "secant": ("def secant(f, x0, x1, n=30):\n    for _ in range(n):\n        if f(x1) == f(x0):\n            break\n        x0, x1 = x1, x1 - f(x1) * (x1 - x0) / (f(x1) - f(x0))\n    return x1\nprint(secant(lambda x: x * x - 2, 1.0, 2.0))", "x1 - f(x1)", "x1 + f(x1)"),
    "newton of its own function": ("def f(x):\n    return x**3 - x - 2\ndef fp(x):\n    return 3 * x**2 - 1\ndef newton(x):\n    for _ in range(20):\n        x -= f(x) / fp(x)\n    return x\nprint(newton(1.5))", "x -= f(x)", "x -= 2.5 * f(x)"),
    "tridiagonal": (THOMAS, "w * r[i - 1]", "w * r[i]"),
    "elimination": ("import numpy as np\ndef gaussian_elimination(A, b):\n    A, b = A.astype(float), b.astype(float)\n    n = len(b)\n    for k in range(n):\n        for i in range(k + 1, n):\n            w = A[i, k] / A[k, k]\n            A[i] -= w * A[k]\n            b[i] -= w * b[k]\n    x = np.zeros(n)\n    for i in range(n - 1, -1, -1):\n        x[i] = (b[i] - A[i, i + 1:] @ x[i + 1:]) / A[i, i]\n    return x\nprint(gaussian_elimination(np.eye(3), np.ones(3)))", "b[i] -= w", "b[i] += w"),
    "power iteration": ("import numpy as np\ndef power_iteration(A, num_iterations=200):\n    v = np.ones(len(A))\n    for _ in range(num_iterations):\n        v = A @ v\n        v /= np.linalg.norm(v)\n    return v @ A @ v, v\nprint(power_iteration(np.diag([1.0, 3.0])))", "v @ A @ v", "v @ v"),
    "cholesky": ("import math\ndef cholesky(A):\n    n = len(A)\n    L = [[0.0] * n for _ in range(n)]\n    for i in range(n):\n        for j in range(i + 1):\n            s = sum(L[i][k] * L[j][k] for k in range(j))\n            L[i][j] = math.sqrt(A[i][i] - s) if i == j else (A[i][j] - s) / L[j][j]\n    return L\nprint(cholesky([[4.0, 1.0], [1.0, 3.0]]))", "/ L[j][j]", "/ L[i][i] if L[i][i] else 1.0"),
    "dft": ("import cmath\ndef dft(x):\n    n = len(x)\n    return [sum(x[k] * cmath.exp(-2j * cmath.pi * k * m / n) for k in range(n)) for m in range(n)]\nprint(dft([1.0, 2.0]))", "-2j", "-1j"),
    "matrix exponential": ("import numpy as np\ndef expm(A):\n    out, term = np.eye(len(A)), np.eye(len(A))\n    for k in range(1, 30):\n        term = term @ A / k\n        out = out + term\n    return out\nprint(expm(np.eye(2)))", "A / k", "A / (k + 1)"),
    "regression": ("def linear_regression(x, y):\n    n = len(x)\n    mx, my = sum(x) / n, sum(y) / n\n    slope = sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)\n    return slope, my - slope * mx\nprint(linear_regression([1.0, 2.0], [2.0, 3.0]))", "my - slope * mx", "my + slope * mx"),
    "lagrange": ("def lagrange(xs, ys, x):\n    total = 0.0\n    for i in range(len(xs)):\n        p = ys[i]\n        for j in range(len(xs)):\n            if i != j:\n                p *= (x - xs[j]) / (xs[i] - xs[j])\n        total += p\n    return total\nprint(lagrange([0.0, 1.0], [1.0, 2.0], 0.5))", "(x - xs[j])", "(x - xs[i])"),
    "variance": ("def variance(data):\n    m = sum(data) / len(data)\n    return sum((d - m) ** 2 for d in data) / (len(data) - 1)\nprint(variance([1.0, 2.0, 4.0]))", "len(data) - 1", "len(data) - 2"),
    "slope": ("def central_diff(f, x, h=1e-4):\n    return (f(x + h) - f(x - h)) / (2 * h)\nprint(central_diff(lambda x: x * x, 1.0))", "(2 * h)", "h"),
}  # fmt: skip
"""A sound program with one change."""

OTHERS = {
    "a trapezoidal step": "def trapezoid(f, y, t, h):\n    k = f(t, y)\n    return y + h / 2 * (k + f(t + h, y + h * k))\nprint(trapezoid(lambda t, y: -y, 1.0, 0.0, 0.1))",
    "a method that is shown to fail": "# Newton's method diverges from here\ndef f(x):\n    return x ** 3 - 2 * x + 2\ndef newton(x):\n    for _ in range(5):\n        x -= f(x) / (3 * x * x - 2)\n    return x\nprint(newton(0.0))",
    "Jacobi on a grid": "import numpy as np\ndef jacobi(u, n=10):\n    for _ in range(n):\n        u[1:-1] = (u[2:] + u[:-2]) / 2\n    return u\nprint(jacobi(np.arange(5.0)))",
    "a mean by groups": "def mean(groups):\n    return [sum(g) / len(g) for g in groups]\nprint(mean([[1, 2], [3]]))",
    "a midpoint of two places": "def midpoint(a, b):\n    return tuple((x + y) / 2 for x, y in zip(a, b))\nprint(midpoint((0, 0), (1, 1)))",
    "a forward difference": "def derivative(f, x, h=1e-4):\n    return (f(x + h) - f(x)) / h\nprint(derivative(lambda x: x * x, 1.0))",
    "an interpolation in log space": "import math\ndef interp(x0, y0, x1, y1, x):\n    return y0 * (y1 / y0) ** ((x - x0) / (x1 - x0))\nprint(interp(0, 1, 1, 2, 0.5))",
}  # fmt: skip
"""Functions of such names that do something else."""


def rows(source: str, prose: str = "") -> list[tuple[str, bool]]:
    """What the laws of methods and of tables of errors say of a program."""
    out: list[tuple[str, bool]] = []
    tree = ast.parse(source)
    made = film(tree, lambda printing, space: runner(tree, 0)(printing, space))
    found = scenes(made, tree, source, prose, None)
    tell = lambda name, holds, *_: out.append((name, bool(holds)))  # noqa: E731
    laws_solvers.check(made, found, tell)
    laws_refined.check(tree, made, found, tell)
    return out


@pytest.mark.parametrize("name", METHODS)
def test_a_sound_method_holds_and_a_changed_one_does_not(name: str) -> None:
    source, old, new = METHODS[name]
    sound, changed = rows(source), rows(source.replace(old, new))
    assert old in source
    assert sound
    assert all(holds for _, holds in sound)
    assert any(not holds for _, holds in changed), changed


@pytest.mark.parametrize("name", OTHERS)
def test_another_function_of_that_name_is_left_alone(name: str) -> None:
    assert all(holds for _, holds in rows(OTHERS[name]))


TABLE = """
import math
def area(n):
    h = 1 / n
    return sum(math.exp((k + 0.5) * h) for k in range(n)) * h
for n in (10, 20, 40):
    err = abs(area(n) - (math.e - 1))
    print(n, err)
"""


def test_errors_fall_on_finer_grids_by_the_order_that_the_words_give() -> None:
    assert rows(TABLE, "The midpoint rule is of second order.") == [("`err` falls on finer grids", True), ("`err` falls with order 2", True)]  # fmt: skip
    assert not all(holds for _, holds in rows(TABLE.replace("k + 0.5", "k"), "The midpoint rule is of second order."))
    assert not all(holds for _, holds in rows(TABLE.replace("* h\nfor", "\nfor")))
    assert rows(TABLE, "It is unstable on fine grids.") == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["period: 0.7298", "Kepler: 0.7297"], [(0, 1)]),
        (["burn time 95.0 s, final speed 3996.5 m/s", "Tsiolkovsky: 3995.9 m/s"], [(1, 2)]),
        (["root: 1.2599 iterations: 6", "expected: 1.2599"], [(0, 2)]),
        (["final size (simulation): 0.8926", "final size (equation): 0.8926"], [(0, 1)]),
        (["mass: 2.0", "Kepler period: 0.73"], []),  # they speak of two things
        (["speed 3 m/s, drift 4 m/s", "Tsiolkovsky: 3 m/s"], []),  # either may be meant
        (["relative error: 0.1", "Kepler: 0.7"], []),
    ],
)
def test_a_result_that_is_called_by_a_name_is_held_against_the_one_it_can_mean(lines: list[str], found: list[tuple[int, int]]) -> None:  # fmt: skip
    assert laws_printed.named(laws_printed.shown(lines)) == found
