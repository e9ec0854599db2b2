# ruff: noqa: E501  (messages read best on one line)
"""Random numbers put to use: how noise grows with the step, what a draw's argument means, how a half-life becomes a rate.

The noise of a step of length dt has spread √dt (Kloeden, Platen: Numerical Solution of Stochastic Differential Equations,
10.2); a geometric Brownian step carries -σ²/2 (Glasserman: Monte Carlo Methods in Financial Engineering, 3.2.1).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction

from tidegate.check.verify.code.parsed import own_statements, walk
from tidegate.check.verify.schemes.algebra import Monomial, Poly, assignments, last_name, poly, shown, spelled
from tidegate.check.verify.schemes.fields import constants
from tidegate.check.verify.schemes.model import Scheme
from tidegate.check.verify.schemes.motion import STEP

NORMAL = re.compile(r"(?:\b|\.)(?:standard_normal|randn|normalvariate|gauss|normal)\(")
UNIFORM = re.compile(r"(?:\b|\.)(?:random|rand)\(")
RATE = re.compile(r"rate|lambda|^lamb?d?a?_?$|^mu$", re.I)
MEAN = re.compile(r"mean|scale|tau|time|interval|period", re.I)
DECAY = re.compile(r"^(?:lam|lambda_?|lamda|decay(?:_const(?:ant)?|_rate)?|k|rate)$", re.I)
HALF = re.compile(r"half_?life|t_?half|t_?12|t_1_2", re.I)
LOGGED = re.compile(r"log\w*\((?:1(?:\.0)? - )?[\w.]*(?:random|rand|uniform)\([^()]*\)\)")
INVERSE = re.compile(r"rate|lambda|^lam$|^mu$|^sigma(?:_?[tsa])?$|propens|^a0$|^a_?tot\w*$", re.I)
TOTAL = re.compile(r"^a_?0$|^a_?(?:tot|sum)\w*$|propens|^total_?propens\w*$|^w_?tot\w*$|hazard", re.I)
"""The sum of all propensities, by its usual names."""
HALF_STEP = Fraction(1, 2)


def chance(tree: ast.Module) -> Iterator[Scheme]:
    """Every step with noise, every draw of a waiting time, every rate made from a half-life."""
    for holder in walk(tree):
        if not isinstance(holder, ast.FunctionDef | ast.Module):
            continue
        names = constants(holder) | _noises(holder)
        for node in own_statements(holder):
            for name, value, statement in assignments([node]):
                yield from _noisy(value, statement, names)
                yield from _decaying(name, value, statement)
            for call in walk(node) if not isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try) else ():
                if isinstance(call, ast.Call):
                    yield from _waiting(call)
                elif isinstance(call, ast.BinOp):
                    yield from _inverted(call)


def _noises(holder: ast.AST) -> dict[str, Poly]:
    """`dW = np.sqrt(dt) * rng.normal()` and `z = rng.standard_normal(n)`, by name."""
    out: dict[str, Poly] = {}
    twice: set[str] = set()
    for node in own_statements(holder):
        for name, value, statement in assignments([node]):
            if name in out or isinstance(statement, ast.AugAssign):
                twice.add(name)
            if name.isidentifier() and NORMAL.search(spelled(value)):
                found = poly(value)
                if found is not None and len(found) == 1:
                    out[name] = found
    return {name: value for name, value in out.items() if name not in twice}


def _noisy(value: ast.expr, statement: ast.stmt, names: dict[str, Poly]) -> Iterator[Scheme]:
    """A sum with a drift times dt and a noise times a power of dt."""
    inside = value.args[0] if isinstance(value, ast.Call) and last_name(value.func) == "exp" and value.args else None
    exponents = [n.args[0] for n in walk(value) if isinstance(n, ast.Call) and last_name(n.func) == "exp" and n.args]
    for node, exponential in [(value, False)] if inside is None and not exponents else [(e, True) for e in exponents]:
        sum_ = poly(node, names)
        if sum_ is None:
            continue
        noise = [m for m in sum_ if any(NORMAL.search(a) or UNIFORM.search(a) for a, _ in m)]
        steps = WHOLE if exponential else STEP
        drift = [m for m in sum_ if m not in noise and _step_power(m, steps) == 1]
        if len(noise) != 1 or not drift:
            continue
        yield from _spread(noise[0], drift, sum_, statement, exponential, steps)


WHOLE = re.compile(r"^(?:dt|h|delta_t|deltat|timestep|time_step|t|maturity|tau|expiry)$", re.I)
"""Lengths of time in an exponent: a geometric step may be one step long or the whole way."""
WITHIN = re.compile(r"(?<!\w)(?:self\.)?(?:dt|h|delta_t|deltat|timestep|time_step)(?!\w)", re.I)


def _step_power(monomial: Monomial, steps: re.Pattern[str] = STEP) -> Fraction:
    return sum((e for a, e in monomial if steps.match(a)), Fraction(0))


def _spread(
    noise: Monomial,
    drift: list[Monomial],
    sum_: Poly,
    statement: ast.stmt,
    exponential: bool,
    steps: re.Pattern[str],
) -> Iterator[Scheme]:
    power = _step_power(noise, steps)
    draw = next(a for a, _ in noise if NORMAL.search(a) or UNIFORM.search(a))
    if not NORMAL.search(draw):
        if power == HALF_STEP and re.search(r"(?:random|rand)\(\)$", draw):
            yield Scheme(
                name="noise has mean zero",
                node=statement,
                holds=False,
                computation=f"{draw} is never negative: its mean is 1/2",
            )
        return
    if re.search(r"normal\([^)]*,[^)]*(?:sqrt|\*\*\s*0?\.5|std|sigma)", draw) or re.search(
        r"normal\((?:0|0\.0), (?!1\b|1\.0)", draw
    ):
        return  # the spread is an argument of the draw
    if any(WITHIN.search(a) for a, _ in noise if not steps.match(a)):
        return  # a root or a quotient holds the step: its power is not read
    if power != HALF_STEP:
        yield Scheme(
            name="noise grows with the square root of the step",
            node=statement,
            holds=False,
            computation=f"the drift goes with dt, the noise with dt^{power}: its variance would be dt^{2 * power}, not dt",
        )
        return
    spread = [(a, e) for a, e in noise if not steps.match(a) and a != draw]
    if exponential and len(spread) == 1 and spread[0][1] == 1:
        own = spread[0][0]
        squares = [(m, sum_[m]) for m in drift if dict(m).get(own) == 2]
        if not squares:
            yield Scheme(
                name="a geometric step carries -σ²/2",
                node=statement,
                holds=False,
                possible=True,
                computation=f"exp(… + {own} √dt Z) without -{own}²/2 dt: its mean grows by {own}²/2 more than the drift",
            )
            return
        if squares[0][1] != Fraction(-1, 2):
            yield Scheme(
                name="a geometric step carries -σ²/2",
                node=statement,
                holds=False,
                computation=f"{shown(squares[0][1])} {own}² dt stands where -1/2 must",
            )
            return
    yield Scheme(
        name="noise grows with the square root of the step",
        node=statement,
        holds=True,
        computation="dt^1/2 beside a drift with dt",
    )


def _waiting(call: ast.Call) -> Iterator[Scheme]:
    """`expovariate` takes a rate, NumPy's `exponential` a mean."""
    called = last_name(call.func)
    if called not in {"expovariate", "exponential"} or not call.args:
        return
    sum_ = poly(call.args[0])
    if sum_ is None or len(sum_) != 1:
        return
    (monomial,) = sum_
    if len(monomial) != 1:
        return
    name, power = monomial[0]
    name = name.split(".")[-1]
    total = bool(TOTAL.search(name))
    rate = total or (bool(RATE.search(name)) and not MEAN.search(name))
    mean = bool(MEAN.search(name)) and not RATE.search(name)
    certain = "rate" in name.lower() or mean or total
    wanted = "a rate" if called == "expovariate" else "a mean"
    wrong = (
        ((rate and power == -1) or (mean and power == 1))
        if called == "expovariate"
        else ((rate and power == 1) or (mean and power == -1))
    )
    if not (rate or mean) or abs(power) != 1:
        return
    computation = f"{called}({spelled(call.args[0])}) takes {wanted}"
    yield Scheme(
        name="an exponential draw gets what it takes",
        node=call,
        holds=not wrong,
        possible=not certain,
        computation=computation + (f", and {name} is {'a rate' if rate else 'a mean'}" if wrong else ""),
    )


def _inverted(node: ast.BinOp) -> Iterator[Scheme]:
    """`-log(u) / rate`: a waiting time or a free path by inversion."""
    if not isinstance(node.op, ast.Mult | ast.Div) or not LOGGED.search(spelled(node)):
        return
    sum_ = poly(node)
    if sum_ is None or len(sum_) != 1:
        return
    (monomial,) = sum_
    logs = [(a, e) for a, e in monomial if LOGGED.search(a)]
    others = [(a, e) for a, e in monomial if (a, e) not in logs]
    if len(logs) != 1 or logs[0][1] != 1 or len(others) != 1 or sum_[monomial] != -1:
        return
    name, power = others[0]
    if not INVERSE.search(name.split(".")[-1]) or abs(power) != 1 or (name == "mu" and power == 1):
        return  # μ also is the cosine of a direction, and a path along it is μ times -ln(u)
    wrong = power == 1 or "log10" in logs[0][0] or "log2" in logs[0][0]
    yield Scheme(name="a waiting time is -ln(u) over the rate", node=node, holds=not wrong, computation=spelled(node))


def _decaying(name: str, value: ast.expr, statement: ast.stmt) -> Iterator[Scheme]:
    """A decay constant is ln 2 over the half-life."""
    if not DECAY.match(name.split(".")[-1]) or not HALF.search(spelled(value)):
        return
    sum_ = poly(value)
    if sum_ is None or len(sum_) != 1:
        return
    (monomial,) = sum_
    ((_, coefficient),) = sum_.items()
    halves = [(a, e) for a, e in monomial if HALF.search(a)]
    logs = [(a, e) for a, e in monomial if re.search(r"log\w*\(2(?:\.0)?\)|ln2|LN2|log2", a)]
    if len(halves) != 1:
        return
    good = halves[0][1] == -1 and ((bool(logs) and logs[0][1] == 1) or abs(float(coefficient) - 0.6931) < 0.001)
    if not good and len(monomial) > 1 and not logs:
        return
    yield Scheme(
        name="a decay constant is ln 2 over the half-life",
        node=statement,
        holds=good,
        computation=f"{name} = {spelled(value)}",
    )
