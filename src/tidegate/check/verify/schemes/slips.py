# ruff: noqa: E501  (messages read best on one line)
"""Slips that one line shows by what its names say: a rate added without its step, degrees where radians belong, a draw held
against a logarithm, a standard error over n, a price without its discount.

A step adds rate · dt to each state; where its neighbours do and one does not, that one is wrong in its unit.  Sine and cosine take
radians.  Metropolis in logarithms compares log(u) with log α.  The mean of n draws has spread σ/√n.  A price today is the
expected payoff times exp(-rT) (Hull: Options, Futures, and Other Derivatives, 13).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tidegate.check.verify.code.parsed import own_nodes, source_of, walk
from tidegate.check.verify.schemes.algebra import ONE, assignments, exponent_of, last_name, poly, spelled
from tidegate.check.verify.schemes.model import Scheme
from tidegate.check.verify.schemes.steps import Known, crossed, stepless, told_of

DEGREES = re.compile(r"(?:^|_)(?:deg|degs|degree|degrees)$|^degrees_", re.I)
RADIANS = re.compile(r"rad|pi\b|180|57\.2|0\.017", re.I)
LOGARITHM = re.compile(
    r"^(?:log|ln)_?(?:a|r|p|acc\w*|alpha|ratio|prob\w*|accept\w*|u?)$|^(?:log|ln)_\w*(?:ratio|alpha|acc|prob)", re.I
)
LOG_OF = re.compile(r"^(?:log|ln)_\w|^logp|^loglik|log_(?:prob|target|lik|post|dens)", re.I)
UNIFORM = frozenset({"random", "rand", "random_sample", "uniform"})
ERROR = re.compile(r"std_?err\w*$|^sem$|^se$|_se$|standard_error|mc_err", re.I)
COUNT = re.compile(
    r"^(?:n|N|m|M)$|^(?:n|N|num|n_?)_\w+$|^len\(|\.size$|\.shape\[0\]$|^n(?:paths|sims?|samples|trials)$"
)
SPREAD = re.compile(r"(?:^|\.)(?:std|stdev|pstdev)\(|^(?:std|sd|s|sigma_hat|stdev)$")
VARIANCE = re.compile(r"(?:^|\.)(?:var|variance|pvariance)\(|^(?:var|variance|s2)$")
DISCOUNT = re.compile(
    r"exp\(\s*-\s*\(?(?:self\.|\w+\.)?(?:r|rate|risk_free\w*|rf|mu|drift|interest\w*)\b|discount|\bdf\b|\bDF\b|\(1(?:\.0)? \+ (?:self\.)?(?:r|rate)|exp\((?:self\.)?(?:T|tau|maturity) \* -|undiscounted|forward",
    re.I,
)
DRIFT = re.compile(
    r"\(?(?:self\.)?(?:r|rate) - (?:0\.5 \* |1 / 2 \* )?(?:self\.)?(?:sigma|vol|volatility)\b|\b(?:self\.)?r - (?:self\.)?(?:sigma|vol) ?\*\* ?2"
)
GROWN = re.compile(r"(?:\w+\.)?exp\((?:self\.)?(?:r|rate) \* ")
PAYOFF = re.compile(r"max(?:imum)?\(|clip\(|where\(")
PRICE = re.compile(r"price|premium|call|put|option|value", re.I)


def slips(tree: ast.Module) -> Iterator[Scheme]:
    """Every such line of a program."""
    undiscounted = _undiscounted_prices(tree)
    own = {node.name for node in walk(tree) if isinstance(node, ast.FunctionDef)}
    for holder in walk(tree):
        if not isinstance(holder, ast.FunctionDef | ast.Module):
            continue
        known: dict[str, list[ast.expr]] = {}
        inside = [node for node in own_nodes(holder) if isinstance(node, ast.stmt)]
        for node in inside:
            for name, value, _ in assignments([node]):
                known.setdefault(name, []).append(value)
        for node in inside:
            if isinstance(node, ast.For | ast.While):
                yield from stepless(node.body, known)
                yield from crossed(node.body)
        if isinstance(holder, ast.FunctionDef):
            plain = [node for node in inside if isinstance(node, ast.Assign | ast.AugAssign)]
            yield from crossed(plain)
            if not any(isinstance(node, ast.For | ast.While) for node in inside):
                yield from stepless(plain, known)
        yield from _degrees(holder, known, own)
        yield from _unlogged(holder, known)
        yield from _standard_error(inside, known)
        if undiscounted:
            yield from _undiscounted(holder, inside, known)


def _speaks_of_volatility(node: ast.AST) -> bool:
    word = (
        getattr(node, "id", "") or getattr(node, "attr", "") or (node.value if isinstance(node, ast.Constant) else "")
    )
    return isinstance(word, str) and ("sigma" in word or "vol" in word)


def _undiscounted_prices(tree: ast.Module) -> bool:
    """Whether a program lets a price drift by its rate and discounts nothing."""
    if not any(_speaks_of_volatility(node) for node in walk(tree)):
        return False
    source = source_of(tree)
    if DRIFT.search(source) is None:
        return False
    prices = "\n".join(line for line in source.split("\n") if not ERROR.search(line.split(" = ")[0].strip()))
    return DISCOUNT.search(prices) is None


def _degrees(holder: ast.FunctionDef | ast.Module, known: Known, own: set[str]) -> Iterator[Scheme]:
    """Sine, cosine and tangent take radians."""
    for node in own_nodes(holder):
        called = last_name(node.func) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or called not in {"sin", "cos", "tan"} - own or len(node.args) != 1:
            continue
        name, angle = _angle(node.args[0], known)
        if not name:
            continue
        if (
            called
            and isinstance(node.func, ast.Attribute)
            and spelled(node.func.value) not in {"np", "numpy", "math", "cmath"}
        ):
            continue
        if any(RADIANS.search(source_of(v)) for v in known.get(name, [])):
            continue
        yield Scheme(
            name="trigonometric functions take radians",
            node=node,
            holds=False,
            computation=f"`{spelled(node)}` gets {angle}, an angle in degrees, unconverted",
        )


def _angle(node: ast.expr, known: Known) -> tuple[str, str]:
    """The name that says degrees in `angle_deg`, or in `angle` that is nothing else."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return "", ""
    name = spelled(node)
    if DEGREES.search(name.split(".")[-1]):
        return name, name
    values = known.get(name, [])
    if len(values) == 1 and isinstance(values[0], ast.Name | ast.Attribute):
        inner = spelled(values[0])
        if DEGREES.search(inner.split(".")[-1]):
            return inner, f"{name} = {inner}"
    return "", ""


def _unlogged(holder: ast.AST, known: Known) -> Iterator[Scheme]:
    """`u < log α` and `log(u) < α`."""
    for node in own_nodes(holder):
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            continue
        for draw, chance in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
            logged = isinstance(draw, ast.Call) and last_name(draw.func) == "log" and len(draw.args) == 1
            inner = draw.args[0] if logged and isinstance(draw, ast.Call) else draw
            if not _uniform(inner, known):
                continue
            wrong = _exponential(chance, known) if logged else _logarithm(chance, known)
            if wrong:
                yield Scheme(
                    name="a draw and its chance stand on one scale",
                    node=node,
                    holds=False,
                    computation=f"`{spelled(node)}` compares "
                    + ("a logarithm with a probability" if logged else "a number between 0 and 1 with a logarithm"),
                )


def _uniform(node: ast.expr, known: Known) -> bool:
    values = known.get(node.id, []) if isinstance(node, ast.Name) else [node]
    return bool(values) and all(
        isinstance(v, ast.Call)
        and last_name(v.func) in UNIFORM
        and (not v.args or [spelled(a) for a in v.args] in (["0", "1"], ["0.0", "1.0"]))
        for v in values
    )


def _logarithm(node: ast.expr, known: Known) -> bool:
    if isinstance(node, ast.Call) and last_name(node.func) in {"min", "minimum"}:
        return any(_logarithm(a, known) for a in node.args if not isinstance(a, ast.Constant))
    values = known.get(node.id, []) if isinstance(node, ast.Name) else [node]
    if isinstance(node, ast.Name) and LOGARITHM.match(node.id):
        return not any(re.search(r"exp\(|log1?p?\(.*random", source_of(v)) for v in values)
    return bool(values) and all(
        isinstance(v, ast.BinOp) and isinstance(v.op, ast.Sub) and all(_log_named(side) for side in (v.left, v.right))
        for v in values
    )


def _log_named(node: ast.expr) -> bool:
    called = last_name(node.func) if isinstance(node, ast.Call) else last_name(node)
    return bool(LOG_OF.search(called))


def _exponential(node: ast.expr, known: Known) -> bool:
    values = known.get(node.id, []) if isinstance(node, ast.Name) else [node]
    return bool(values) and all(
        isinstance(v, ast.Call)
        and (
            last_name(v.func) == "exp"
            or (
                last_name(v.func) in {"min", "minimum"}
                and any(_exponential(a, known) for a in v.args if not isinstance(a, ast.Constant))
            )
        )
        for v in values
    )


def _standard_error(inside: list[ast.stmt], known: Known) -> Iterator[Scheme]:
    """The standard error of a mean is the spread over the root of the count."""
    for name, value, statement in assignments(s for s in inside if isinstance(s, ast.Assign)):
        sum_ = poly(value) if ERROR.search(name.split(".")[-1]) else None
        if sum_ is None or len(sum_) != 1:
            continue
        (monomial,) = sum_
        spread = sum(exponent_of(monomial, a) for a, _ in monomial if SPREAD.search(a)) + 2 * sum(
            exponent_of(monomial, a) for a, _ in monomial if VARIANCE.search(a)
        )
        counts = [a for a, _ in monomial if COUNT.search(a)]
        if monomial == ONE or spread == 0 or len(counts) != 1:
            continue
        if any("sqrt" in source_of(v) or "**" in source_of(v) for v in known.get(counts[0], [])):
            continue
        power = exponent_of(monomial, counts[0])
        good = spread == 1 and 2 * power == -1
        if good or power == -1:
            yield Scheme(
                name="a standard error is the spread over the root of the count",
                node=statement,
                holds=good,
                computation=f"{name} = {spelled(value)}: the {'spread' if spread == 1 else 'variance'} over {counts[0]}^{-power}",
            )


def _undiscounted(holder: ast.AST, inside: list[ast.stmt], known: Known) -> Iterator[Scheme]:
    """A mean payoff at maturity that is called a price of today."""
    named = getattr(holder, "name", "")
    for statement in inside:
        values = [(n, v) for n, v, _ in assignments([statement])]
        if isinstance(statement, ast.Return) and statement.value is not None and PRICE.search(named):
            values = [(named, statement.value)]
        for name, value in values:
            if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult) and GROWN.match(spelled(value.left)):
                value = value.right
            mean = isinstance(value, ast.Call) and last_name(value.func) == "mean"
            if mean and PRICE.search(name) and PAYOFF.search(told_of(value, known)) and "payoff" not in name.lower():
                yield Scheme(
                    name="a price is the discounted mean payoff",
                    node=statement,
                    holds=False,
                    computation=f"{name} is the mean payoff at maturity; nothing multiplies it by exp(-r T), though the paths grow at r",
                )
