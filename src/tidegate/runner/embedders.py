"""Turns texts into unit vectors, with no network: hashed TF-IDF as the floor, a small static model above it.

`TfidfEmbedder` needs nothing but numpy: words and character trigrams are hashed into a fixed
number of columns, weighted by inverse document frequency of the texts it was fitted on.
`WordLlamaEmbedder` uses the weights inside the `wordllama` package (extra `embeddings`).
"""

import re
import zlib
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.spine.errors import MissingExtra
from tidegate.spine.ports import Embedder

Vectors = np.ndarray[Any, np.dtype[np.float32]]
WORD = re.compile(r"\w+", re.UNICODE)


def _normalised(rows: Any) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


class TfidfEmbedder:
    """Hashed TF-IDF over words, word pairs and character trigrams; stable over processes (CRC-32)."""

    def __init__(self, dimension: int = 1024) -> None:
        self.name = f"tfidf-{dimension}"
        self.dimension = dimension
        self._weights: Vectors = np.ones(dimension, dtype=np.float32)

    def _features(self, text: str) -> list[int]:
        words = WORD.findall(text.lower())
        grams = [f"{a} {b}" for a, b in pairwise(words)]
        letters = [f"#{w[i : i + 3]}" for w in (f"^{w}$" for w in words) for i in range(max(1, len(w) - 2))]
        return [zlib.crc32(f.encode()) % self.dimension for f in (*words, *grams, *letters)]

    def fit(self, texts: Sequence[str]) -> "TfidfEmbedder":
        """Learn inverse document frequencies: ln((1 + n) / (1 + df)) + 1."""
        counts = np.zeros(self.dimension)
        for text in texts:
            counts[list(set(self._features(text)))] += 1
        self._weights = np.asarray(np.log((1 + len(texts)) / (1 + counts)) + 1, dtype=np.float32)
        return self

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text; a text without words is a zero row."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            np.add.at(rows[i], self._features(text), 1.0)
        return _normalised(np.sqrt(rows) * self._weights)


class WordLlamaEmbedder:
    """256 dimensions from the static model shipped inside the wordllama package; about 10,000 texts a second."""

    def __init__(self) -> None:
        spec = find_spec("wordllama")
        if spec is None or spec.origin is None:
            raise MissingExtra("the embedder 'wordllama' is not installed", remedy="pip install 'tidegate[embeddings]'")
        import wordllama  # optional: only when chosen

        self.name = "wordllama-256"
        # `load()` alone asks a hub for the tokenizer that lies in the wheel.
        self._model = wordllama.WordLlama.load(cache_dir=Path(spec.origin).parent, disable_download=True)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        return _normalised(np.asarray(self._model.embed(list(texts)), dtype=np.float32))


def embedder(name: str, corpus: Sequence[str] = ()) -> Embedder:
    """The embedder called `name`: `tfidf` (fitted on `corpus`) or `wordllama`."""
    return WordLlamaEmbedder() if name == "wordllama" else TfidfEmbedder().fit(corpus)
