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
from functools import lru_cache
from typing import NamedTuple

from tidegate.check.verify.chemistry.balancing import Reaction
from tidegate.check.verify.chemistry.formula import parse_formula
from tidegate.check.verify.chemistry.reactions import find_reactions
from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.quantity.units import ONE, convert
from tidegate.spine.ports import Model


class Entropy(NamedTuple):
    """Discrete entropy in nats over clusters, the largest one's share, its members' first text, and its `evidence`."""

    entropy: float
    share: float
    samples: int
    answer: str
    odds: float = 0.0


def last_quantity(text: str) -> Quantity | None:
    """The last number of a text with its unit."""
    found = list(quantities(text, 0, len(text)))
    return found[-1] if found else None


def same(a: str, b: str) -> bool:
    """Whether two answers are equal as what they are: references, reactions, formulae, quantities, code or words."""
    key_a, key_b = _typed(a), _typed(b)
    if key_a is not None and key_b is not None:
        return key_a == key_b
    qa, qb = last_quantity(a), last_quantity(b)
    if qa is not None and qb is not None:
        ua, ub = qa.unit or ONE, qb.unit or ONE
        if ua.dims != ub.dims:
            return False
        given = convert(qa.value, ua, ub)
        # what was rounded may differ by half its last place, yet 300 and 330 are two answers
        slack = min(max(qa.ulp * abs(ua.size / ub.size), qb.ulp) / 2, abs(qb.value) / 25)
        return abs(given - qb.value) <= slack
    return re.findall(r"\w+", a.lower()) == re.findall(r"\w+", b.lower())


@lru_cache(maxsize=1024)
def _typed(text: str) -> tuple[object, ...] | None:
    """A form in which equal answers of one type are identical; None where the type has none."""
    bare = text.strip(" .\n`$")
    reference = REFERENCE.search(bare)
    if reference is not None:
        return ("reference", re.sub(r"[\s\-]", "", reference.group(1)).lower().rstrip("."))
    if re.search(r"->|→|\\rightarrow|⇌", bare):
        found = next((r for r in find_reactions(bare, [(0, len(bare))]) if isinstance(r, Reaction)), None)
        if found is not None:
            return ("reaction", *_ray(found))
    formula = parse_formula(bare)
    if formula is not None and re.search(r"[A-Z]", bare):
        return ("formula", formula.atoms, formula.charge or 0)
    body = FENCED.sub(r"\1", text).strip()
    if re.search(r"\bdef\b|\breturn\b|\bimport\b|[=(\[]", body):
        try:
            return ("code", _tree(ast.parse(body)))
        except (SyntaxError, ValueError, RecursionError):
            return None
    return None


REFERENCE = re.compile(
    r"(?i)(?:doi:?\s*|doi\.org/|isbn:?\s*|arxiv:\s*)(10\.\d{4,9}/\S+|[\d][\d\- ]{8,16}[\dXx]|\d{4}\.\d{4,5})"
)
FENCED = re.compile(r"```\w*\n(.*?)```", re.S)


def _ray(reaction: Reaction) -> tuple[object, ...]:
    """A reaction as the direction of its coefficients: 2 H2 + O2 → 2 H2O and its multiples are one."""
    terms = [(t.formula.atoms if t.formula is not None else (("e", 1),), t.coefficient, side)
             for side, part in enumerate((reaction.left, reaction.right)) for t in part]  # fmt: skip
    least = min(c for _, c, _ in terms)
    return tuple(sorted((side, atoms, c / least) for atoms, c, side in terms))


def _tree(module: ast.Module) -> str:
    """A syntax tree without documentation and with local names numbered in order of appearance."""
    names: dict[str, str] = {}
    stored = {n.id for n in ast.walk(module) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    stored |= {a.arg for a in ast.walk(module) if isinstance(a, ast.arg)}
    for node in ast.walk(module):
        if (
            isinstance(node, ast.FunctionDef | ast.Module | ast.ClassDef)
            and len(node.body) > 1
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:]
        if isinstance(node, ast.Name) and node.id in stored:
            node.id = names.setdefault(node.id, f"v{len(names)}")
        elif isinstance(node, ast.arg):
            node.arg, node.annotation = names.setdefault(node.arg, f"v{len(names)}"), None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(module)


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
    entropy = sum(len(c) / n * math.log(n / len(c)) for c in clusters)
    return Entropy(entropy, len(top) / n, n, top[0], evidence(len(top), n))


# how often a further sample agrees with the leading answer: of a model that knows, and of one that guesses
AGREES_KNOWN, AGREES_GUESSED = 0.9, 0.2


def evidence(lead: int, samples: int) -> float:
    """Log of the odds that a model knows, from the size of its leading answer's cluster (even odds before the first).

    Wald's sequential ratio: each sample after the first joins the leader with `AGREES_KNOWN` or with `AGREES_GUESSED`.
    """
    joined, apart = max(0, lead - 1), samples - lead
    return joined * math.log(AGREES_KNOWN / AGREES_GUESSED) + apart * math.log(
        (1 - AGREES_KNOWN) / (1 - AGREES_GUESSED)
    )


def sample_until_settled(model: Model, question: str, *, most: int = 10, confidence: float = 0.98) -> Entropy:
    """Ask until the evidence that the model knows its answer, or that it guesses, passes `confidence`.

    At most `most` times.  `odds` of the answer is that evidence.
    """
    samples: list[str] = []
    bound = math.log(confidence / (1 - confidence))
    found = semantic_entropy(samples)
    for k in range(most):
        request = {"messages": [{"role": "user", "content": question}], "temperature": 1.0, "seed": k}
        samples.append(model.ask(request).text)
        found = semantic_entropy(samples)
        if abs(found.odds) >= bound:
            break
    return found


def second_derivation(model: Model, question: str, answer: str) -> bool | None:
    """Whether a second model that sees only the question comes to the same value; None when it gives none."""
    other = model.ask({"messages": [{"role": "user", "content": question}], "temperature": 0.0}).text
    if last_quantity(answer) is None or last_quantity(other) is None:
        return None
    return same(answer, other)
