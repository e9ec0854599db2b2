"""Typed semantic entropy: samples agree when they mean the same as what they are, not as strings.

Farquhar et al., Nature 2024, with the type's own equality (`meaning`) in the place of entailment.  Consistency finds
arbitrary errors only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tidegate.check.verify.meaning import agrees, final, same
from tidegate.spine.ports import Model


class Entropy(NamedTuple):
    """Discrete entropy in nats over clusters, the largest one's share, its members' first text, and its `evidence`."""

    entropy: float
    share: float
    samples: int
    answer: str
    odds: float = 0.0
    question: str = ""

    def holds(self, answer: str) -> bool:
        """Whether `answer` means what most samples mean."""
        return same(answer, self.answer, self.question)


def semantic_entropy(
    samples: Sequence[str], question: str = "", equal: Callable[[str, str, str], bool] = same
) -> Entropy:
    """Entropy of the clusters of samples; 0 when all agree."""
    clusters: list[list[str]] = []
    for s in samples:
        home = next((c for c in clusters if equal(s, c[0], question)), None)
        clusters.append([s]) if home is None else home.append(s)
    n = len(samples)
    if n == 0:
        return Entropy(0.0, 0.0, 0, "", 0.0, question)
    top = max(clusters, key=len)
    entropy = sum(len(c) / n * math.log(n / len(c)) for c in clusters)
    return Entropy(entropy, len(top) / n, n, top[0], evidence(len(top), n), question)


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
    found = semantic_entropy(samples, question)
    for k in range(most):
        request = {"messages": [_told(BRIEF), _asked(question)], "temperature": 1.0, "seed": k}
        samples.append(final(model.ask(request).text))
        found = semantic_entropy(samples, question)
        if abs(found.odds) >= bound:
            break
    return found


class Second(NamedTuple):
    """What a second derivation came to, and whether that is the answer's value (None: it cannot be compared)."""

    said: str
    agrees: bool | None


def second_derivation(model: Model, question: str, answer: str) -> Second:
    """What a second model that sees only the question comes to."""
    request = {"messages": [_told(DERIVE), _asked(question)], "temperature": 0.0}
    return compared(answer, model.ask(request).text, question)


def compared(answer: str, other: str, question: str) -> Second:
    """Another derivation beside the answer."""
    return Second(final(other).strip(), agrees(answer, other, question))


BRIEF = "Answer with the value and its unit, the formula, the name or the code alone, without a sentence around it."
DERIVE = (
    "Work it out, then end with one line: Answer: and the value with its unit, the formula, the name or the code alone."
)


def _told(text: str) -> dict[str, str]:
    return {"role": "system", "content": text}


def _asked(question: str) -> dict[str, str]:
    return {"role": "user", "content": question}
