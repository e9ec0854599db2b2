# ruff: noqa: E501 (patterns and tables read better whole)
"""The learned layer of the audit: how likely a sentence is a rule, what one violation costs, whether it can be hard.

Three linear models over the features of `force`: logistic for "is a rule" and "hard", one logistic
against the rest for each class.  The weights are data (`audit_weights.json`), trained by
`python -m benches.constraints_train` on sentences written for it; a table of words beside them
holds what each word adds, taken from a static embedding at training time, so that a word nobody
wrote in the training sentences still weighs (the graded lexicon).  At run time all this is sums
of numbers: deterministic, no dependency.
"""

import json
import math
from functools import cache

import msgspec

from tidegate.check.constraints.auditing.force import features, shape, words_of
from tidegate.check.constraints.auditing.sentences import Sentence
from tidegate.spine.resources import resource_bytes

OUTPUTS = ("rule", "disclosure", "money", "deletion", "access", "legal_safety", "style", "hard")
SCALE = 100
FUNCTION = frozenset(["YOU", "BE", "PAST", "HAVE", "MODAL", "NEG", "LIMIT", "OFTEN", "DET", "POSS", "PRON", "COND", "PREP", "ALWAYS", "CONJ", "DO", "AMOUNT", "PERCENT", "NUM"])  # fmt: skip


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What each feature and each word adds to each of `OUTPUTS`, in hundredths; the biases likewise."""

    bias: tuple[float, ...]
    features: dict[str, list[int]]
    words: dict[str, list[int]]


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """Probability of a rule and of "hard"; the score (log odds) of each class."""

    rule: float
    hard: float
    classes: dict[str, float]


@cache
def weights() -> Weights:
    """The shipped weights."""
    raw = json.loads(resource_bytes("tidegate.check.constraints.auditing", "audit_weights.json"))
    return Weights(bias=tuple(raw["bias"]), features=raw["features"], words=raw["words"])


def content(text: str) -> list[str]:
    """The words of a sentence that carry meaning, each once: what the table of words is asked for."""
    return sorted(
        {w.removesuffix("'s") for w in words_of(text) if w[0].isalpha() and len(w) > 2 and shape(w) not in FUNCTION}
    )


def lexical(scores: dict[str, float]) -> dict[str, float]:
    """The lexicon's weights of a sentence as features: how much it sees of each class."""
    return {f"x:{name}": min(value, 4.0) / 2 for name, value in scores.items() if value}


def guess(sentence: Sentence, sign: str, scores: dict[str, float]) -> Guess:
    """What the learned layer makes of a sentence, given what the grammar (`sign`) and the lexicon (`scores`) saw."""
    model = weights()
    total = list(model.bias)
    for name in features(sentence, sign):
        for i, w in enumerate(model.features.get(name, ())):
            total[i] += w
    for name, value in lexical(scores).items():
        for i, w in enumerate(model.features.get(name, ())):
            total[i] += w * value
    known = [row for w in content(sentence.text) if (row := model.words.get(w)) is not None]
    for row in known:
        for i, w in enumerate(row):
            total[i] += w / math.sqrt(len(known))
    odds = [t / SCALE for t in total]
    return Guess(
        rule=_logistic(odds[0]), hard=_logistic(odds[-1]), classes=dict(zip(OUTPUTS[1:-1], odds[1:-1], strict=True))
    )


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))
