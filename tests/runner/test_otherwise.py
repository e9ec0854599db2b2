"""What is returned beside its exact solution comes to it, with the program's own arguments and with others."""

import pytest

from tidegate.runner.harness import judged, modules

OSCILLATOR = """
import numpy as np

def solve(m=1.0, c=0.3, k=4.0, x0=1.0, v0=0.0, dt=0.01, n_steps=1500):
    x, v = x0, v0
    xs = [x]
    for _ in range(n_steps):
        v_half = v + 0.5 * dt * (-k * x - c * v) / m
        x = x + dt * v_half
        v = v_half + 0.5 * dt * (-k * x - c * v_half) / m
        xs.append(x)
    t = np.arange(n_steps + 1) * dt
    gamma = c / (2 * m)
    w = np.sqrt(k / m - gamma**2)
    analytic = np.exp(-gamma * t) * (x0 * np.cos(w * t) + (v0 + gamma * x0) / w * np.sin(w * t))
    return t, np.array(xs), analytic
"""
STRING = """
import numpy as np

def wave(nx=101, c=1.0, length=1.0, t_end=2.0, courant=0.9):
    dx = length / (nx - 1)
    dt = courant * dx / c
    nt = int(t_end / dt)
    x = np.linspace(0, length, nx)
    u_prev = np.sin(np.pi * x)
    r2 = (c * dt / dx) ** 2
    u = u_prev.copy()
    u[1:-1] = u_prev[1:-1] + 0.5 * r2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])
    for _ in range(1, nt):
        u_next = np.zeros(nx)
        u_next[1:-1] = 2 * u[1:-1] - u_prev[1:-1] + r2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u_prev, u = u, u_next
    exact = np.sin(np.pi * x) * np.cos(np.pi * c * nt * dt)
    return {"x": x, "u": u, "exact": exact}
"""


def broken(source: str) -> list[str]:
    job = {"source": source, "prose": "", "seed": 1, "cpu_s": 15}
    return [r["name"] for r in judged(job, modules())["rows"] if r["holds"] is False]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", ""),
        ("c / (2 * m)", "c / m", "`xs` comes to `analytic`"),
        ("k / m - gamma**2", "k / m + gamma**2", "`xs` comes nearer to `analytic` with a finer step"),
        ("(v0 + gamma * x0)", "(2 * v0 + gamma * x0)", "`xs` comes to `analytic`, with other parameters too"),
        ("np.sqrt(k / m -", "np.sqrt(k * m -", "`xs` comes to `analytic`, with other parameters too"),
    ],
)
def test_a_slip_that_the_programs_own_arguments_hide_is_found(old: str, new: str, said: str) -> None:
    found = broken(OSCILLATOR.replace(old, new))
    assert (said in found) if said else found == []


def test_a_program_that_counts_on_a_length_of_one_is_left_alone() -> None:
    assert broken(STRING) == []
    assert "`u` comes to `exact`" in broken(STRING.replace("np.cos(np.pi * c * nt * dt)", "np.sin(np.pi * c * nt * dt)"))  # fmt: skip
