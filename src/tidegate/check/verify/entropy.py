"""Typed semantic entropy: samples agree when their values are equal as what they are, not as strings.

Quantities meet by unit-converted interval overlap, formulae by composition, reactions by their
species, code by its syntax tree, everything else by normalised words (Farquhar et al., Nature
2024, with the type's own equality in the place of entailment).  Consistency finds arbitrary errors only.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tidegate.check.verify.formula import parse_formula
from tidegate.check.verify.quantities import Quantity, quantities
from tidegate.check.verify.units import ONE, convert
from tidegate.spine.ports import Model


class Entropy(NamedTuple):
    """Discrete entropy in nats over clusters, the largest cluster's share, and its members' first text."""

    entropy: float
    share: float
    samples: int
    answer: str


def last_quantity(text: str) -> Quantity | None:
    """The last number of a text with its unit."""
    found = list(quantities(text, 0, len(text)))
    return found[-1] if found else None


def same(a: str, b: str) -> bool:
    """Whether two answers are equal as quantities, formulae, code or words."""
    fa, fb = parse_formula(a.strip(" .")), parse_formula(b.strip(" ."))
    if fa is not None and fb is not None:
        return fa.atoms == fb.atoms and fa.charge == fb.charge
    qa, qb = last_quantity(a), last_quantity(b)
    if qa is not None and qb is not None:
        ua, ub = qa.unit or ONE, qb.unit or ONE
        if ua.dims != ub.dims:
            return False
        given = convert(qa.value, ua, ub)
        slack = max(qa.ulp * abs(ua.size / ub.size), qb.ulp) / 2
        return abs(given - qb.value) <= slack
    try:
        return ast.dump(ast.parse(a)) == ast.dump(ast.parse(b))
    except (SyntaxError, ValueError, RecursionError):
        return re.findall(r"\w+", a.lower()) == re.findall(r"\w+", b.lower())


def semantic_entropy(samples: Sequence[str], equal: Callable[[str, str], bool] = same) -> Entropy:
    """Entropy of the clusters of samples; 0 when all agree."""
    clusters: list[list[str]] = []
    for s in samples:
        home = next((c for c in clusters if equal(s, c[0])), None)
        clusters.append([s]) if home is None else home.append(s)
    n = len(samples)
    if n == 0:
        return Entropy(0.0, 0.0, 0, "")
    top = max(clusters, key=len)
    entropy = -sum(len(c) / n * math.log(len(c) / n) for c in clusters)
    return Entropy(entropy, len(top) / n, n, top[0])


def sample_until_settled(model: Model, question: str, *, most: int = 10, confidence: float = 0.9) -> Entropy:
    """Ask until the posterior that the leading cluster stays the mode passes `confidence`, at most `most` times.

    The bound is the Beta posterior that the leader beats the runner-up in their own contest.
    """
    samples: list[str] = []
    for k in range(most):
        samples.append(
            model.ask({"messages": [{"role": "user", "content": question}], "temperature": 1.0, "seed": k}).text
        )
        found = semantic_entropy(samples)
        lead = round(found.share * len(samples))
        if len(samples) >= 3 and _beats(lead, len(samples) - lead) >= confidence:
            return found
    return semantic_entropy(samples)


def _beats(a: int, b: int) -> float:
    """P(p > 1/2) under Beta(a + 1, b + 1): a binomial tail."""
    n = a + b + 1
    return float(sum(math.comb(n, k) for k in range(a + 1))) / 2.0**n


def second_derivation(model: Model, question: str, answer: str) -> bool | None:
    """Whether a second model that sees only the question comes to the same value; None when it gives none."""
    other = model.ask({"messages": [{"role": "user", "content": question}], "temperature": 0.0}).text
    if last_quantity(answer) is None or last_quantity(other) is None:
        return None
    return same(answer, other)
