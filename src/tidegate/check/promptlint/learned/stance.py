"""A second reader, learned: which of the known demands a sentence outside the grammar most resembles.

Linear scores over word groups, each word marked with the sign it stands under, and with slots for
what varies (a quotation, a tool, a number, a language).  Trained on the wordings of the blind
sets (`python -m benches.promptlint_stances`), whose demands the grammar names.  Which demand is
likeliest says little about whether the sentence makes one at all, so a second, small model (the
gate) weighs how clear the choice is and how much of the sentence is strange; it is fitted to
readings of sets left out of the training and gives the probability that the reading is right.
"""

# ruff: noqa: E501

import base64
import json
import math
import zlib
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.directives import directive
from tidegate.check.promptlint.grammar.polarity import signs_of
from tidegate.check.promptlint.grammar.rewrites import expand
from tidegate.check.promptlint.grammar.text import Masked, mask, number_at, tokens
from tidegate.check.promptlint.grammar.vocabulary import IDENT
from tidegate.spine.resources import resource_bytes

QUOTE, TOOL, NUMBER, LANGUAGE = "<quote>", "<tool>", "<number>", "<language>"
NONE = "none"
SLOTS = (QUOTE, TOOL, NUMBER, LANGUAGE)
TOGETHER_MIN = 0.02  # a word's weight for a demand from which on it went with it in training

PLAIN = frozenset(lexicon.BENIGN) | frozenset(lexicon.USERS) | frozenset(lexicon.REPLY_NOUNS)


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
    strange: int = 0  # content words that never went with the demand: what else the sentence speaks of


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


class Evidence(NamedTuple):
    """The likeliest demand of a sentence and what speaks for believing it, in the order of GATE."""

    label: str
    values: tuple[float, ...]


GATE = (
    "margin",
    "score",
    "above none",
    "strange share",
    "strange words",
    "content words",
    "clearest word",
    "tokens",
    "slot",
    "told to",
)


class Reader:
    """The shipped weights: one column a demand, one row a feature; and the gate's."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.labels: list[str] = list(data["labels"])
        self.index: dict[str, int] = {f: k for k, f in enumerate(data["features"])}
        raw = zlib.decompress(base64.b64decode(str(data["weights"])))
        by_demand = np.frombuffer(raw, dtype=np.int8).reshape(len(self.labels), len(self.index))
        self.weights = np.ascontiguousarray(by_demand.T)
        self.scale = np.asarray(data["scale"], dtype=np.float64)
        self.idf = np.asarray(data["idf"], dtype=np.float32)
        self.none = self.labels.index(NONE)
        self.gate = np.asarray(data["gate"], dtype=np.float64)
        # a demand: how much its readings are right more often
        self.trust: dict[str, float] = dict(zip(self.labels, data["trust"], strict=True))
        self.logits, self.shares = np.asarray(data["calibration"], dtype=np.float64).T

    def evidence(self, text: str) -> Evidence | None:
        """The likeliest demand and how clear it is; None when no word of the sentence is known."""
        rows = [k for f in features(text) if (k := self.index.get(f)) is not None]
        if not rows:
            return None
        x = self.idf[rows]
        scores = (x @ self.weights[rows].astype(np.float32)) * (self.scale / math.sqrt(float(x @ x)))
        above = scores.copy()
        above[self.none] = -np.inf  # whether it makes a demand at all is for the gate to say
        best = int(above.argmax())
        above[best] = -np.inf
        second = int(above.argmax())
        told, slots = words(text)
        content = {w for w in (t.rstrip("-") for t in told if t[:1].isalpha()) if w not in PLAIN}
        strange, clearest = self._known(content, best)
        parts = self.labels[best].split("|")
        filled = 0.0
        if parts[-1] in SLOTS:
            filled = 1.0 if len(set(slots[SLOTS.index(parts[-1])])) == 1 else -1.0
        values = (
            float(scores[best] - max(0.0, scores[second])), float(scores[best]), float(scores[best] - scores[self.none]),
            strange / max(1, len(content)), float(strange), math.log1p(len(content)), clearest, math.log1p(len(told)),
            filled, float(directive(text, False, False)),
        )  # fmt: skip
        return Evidence(self.labels[best], values)

    def _known(self, content: set[str], label: int) -> tuple[int, float]:
        """How many content words never went with a demand, and the weight of the one that says it clearest."""
        least = TOGETHER_MIN / float(self.scale[label])
        rows = [self.index.get(f"={w}") for w in content]
        weights = [0 if k is None else int(self.weights[k, label]) for k in rows]
        return sum(w < least for w in weights), max(weights, default=0) * float(self.scale[label])

    def guess(self, text: str) -> Guess:
        """The most likely demand of a sentence, and the share of such readings that were right."""
        found = self.evidence(text)
        if found is None:
            return Guess(NONE, 0.0)
        logit = float(self.gate[0] + self.gate[1:] @ np.asarray(found.values)) + self.trust[found.label]
        return Guess(
            found.label,
            float(np.interp(logit, self.logits, self.shares)),
            int(found.values[GATE.index("strange words")]),
        )


@cache
def shipped_reader() -> Reader:
    """The shipped reader, read once."""
    return Reader(json.loads(resource_bytes("tidegate.check.promptlint.learned", "stance_weights.json")))


@lru_cache(maxsize=20_000)
def guess(text: str) -> Guess:
    """The demand that the shipped reader sees in a sentence; cached, so that an edit re-reads one line."""
    return shipped_reader().guess(text)
