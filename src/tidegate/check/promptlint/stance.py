"""A second reader, learned: which of the known demands a sentence outside the grammar most resembles.

Linear scores over word groups, each word marked with the sign it stands under, and with slots for
what varies (a quotation, a tool, a number, a language).  Trained on the wordings of the blind
sets (`python -m benches.promptlint_train`), whose demands the grammar names; isotonic
calibration against sets left out of the training.  What it reads is never proved: a core with
such an instruction is a *possible* conflict and carries the product of the probabilities.
"""

import base64
import json
import zlib
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from tidegate.check.promptlint import lexicon
from tidegate.check.promptlint.polarity import signs_of
from tidegate.check.promptlint.rewrites import expand
from tidegate.check.promptlint.text import Masked, mask, number_at, tokens
from tidegate.check.promptlint.vocabulary import IDENT
from tidegate.spine.resources import resource_bytes

QUOTE, TOOL, NUMBER, LANGUAGE = "<quote>", "<tool>", "<number>", "<language>"
NONE = "none"
FOREIGN_MAX = 1
TOGETHER_MIN = 0.02  # a word's weight for a demand from which on it went with it in training


class Slots(NamedTuple):
    """What stands in the slots of a sentence."""

    quotes: tuple[str, ...]
    tools: tuple[str, ...]
    numbers: tuple[int, ...]
    languages: tuple[str, ...]


class Guess(NamedTuple):
    """The demand a sentence most resembles, and the calibrated probability that it makes it."""

    label: str  # attribute|operator|value, the value a slot or a word; "none"
    probability: float


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[tuple[str, ...], Slots]:
    """The words of a sentence with their signs, and what its slots hold."""
    masked = mask(text)
    said = expand(masked.text)
    toks = tokens(said)
    if not toks:
        return (), Slots((), (), (), ())
    signs = signs_of(toks, set(), False)
    out: list[str] = []
    quotes: list[str] = []
    tools: list[str] = []
    numbers: list[int] = []
    languages: list[str] = []
    k = 0
    while k < len(toks):
        t, number = toks[k], number_at(toks, k)
        step = 1
        if t.quote:
            word = _quoted(masked, int(t.text[1:-1]), quotes, tools)
        elif IDENT.match(t.text):
            tools.append(t.low.rstrip("()"))
            word = TOOL
        elif number is not None:
            numbers.append(number[0])
            word, step = NUMBER, number[1] - k
        elif t.low in lexicon.CHOICE["language"] and t.text[0].isupper():
            languages.append(t.low)
            word = LANGUAGE
        else:
            word = t.lemma
        out.append(word if signs[k] else f"{word}-")
        k += step
    return tuple(out), Slots(tuple(quotes), tuple(tools), tuple(numbers), tuple(languages))


def _quoted(masked: Masked, index: int, quotes: list[str], tools: list[str]) -> str:
    inner = masked.quotes[index]
    if masked.code[index] and IDENT.match(inner):
        tools.append(inner.lower().rstrip("()"))
        return TOOL
    quotes.append(inner)
    return QUOTE


def features(text: str) -> list[str]:
    """Words, pairs and triples of neighbours, and each word without its sign."""
    seq, _ = words(text)
    seq = tuple(w for w in seq if w[:1].isalpha() or w[:1] == "<")
    bare = [w.rstrip("-") for w in seq]
    out = [*seq, *(f"={w}" for w in bare)]
    out += [f"{a} {b}" for a, b in pairwise(seq)]
    out += [f"{a} {b} {c}" for a, b, c in zip(bare, bare[1:], bare[2:], strict=False)]
    out += [f"^{w}" for w in seq[:1]]
    return list(dict.fromkeys(out))


class Reader:
    """The shipped weights: one column a demand, one row a feature."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.labels: list[str] = list(data["labels"])
        self.index: dict[str, int] = {f: k for k, f in enumerate(data["features"])}
        raw = zlib.decompress(base64.b85decode(str(data["weights"])))
        self.weights = np.frombuffer(raw, dtype=np.int8).reshape(len(self.index), len(self.labels))
        self.scale = np.asarray(data["scale"], dtype=np.float64)
        self.idf = np.asarray(data["idf"], dtype=np.float64)
        self.knots: list[list[float]] = list(data["calibration"])

    def guess(self, text: str) -> Guess:
        """The most likely demand of a sentence."""
        rows = [self.index[f] for f in features(text) if f in self.index]
        if not rows:
            return Guess(NONE, 0.0)
        x = self.idf[rows]
        x = x / np.linalg.norm(x)
        scores = (x @ self.weights[rows]) * self.scale
        order = np.argsort(-scores)
        best, second = int(order[0]), int(order[1])
        if self.foreign(text, best) > FOREIGN_MAX:
            return Guess(NONE, 0.0)
        return Guess(self.labels[best], self.calibrated(float(scores[best] - max(0.0, scores[second]))))

    def foreign(self, text: str, label: int) -> int:
        """How many content words of a sentence never went with a demand: it speaks of something else."""
        told = [w.rstrip("-") for w in words(text)[0] if w[:1].isalpha()]
        content = {
            w for w in told if w not in lexicon.BENIGN and w not in lexicon.USERS and w not in lexicon.REPLY_NOUNS
        }
        least = TOGETHER_MIN / float(self.scale[label])
        rows = [self.index.get(f"={w}") for w in content]
        strange = sum(k is None or int(self.weights[k, label]) < least for k in rows)
        return strange if 2 * strange < len(content) else strange + FOREIGN_MAX  # one of two is too many

    def calibrated(self, margin: float) -> float:
        """The share of sentences with such a margin that were read right, on sets left out."""
        xs, ys = zip(*self.knots, strict=True)
        return float(np.interp(margin, xs, ys))


@cache
def shipped_reader() -> Reader:
    """The shipped reader, read once."""
    return Reader(json.loads(resource_bytes("tidegate.check.promptlint", "stance_weights.json")))


@lru_cache(maxsize=20_000)
def guess(text: str) -> Guess:
    """The demand that the shipped reader sees in a sentence; cached, so that an edit re-reads one line."""
    return shipped_reader().guess(text)
