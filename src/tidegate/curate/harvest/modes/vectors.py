"""Plain vector arithmetic that grouping and coverage share: unit rows, seeds, spherical k-means; all deterministic."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]
_BLOCK = 4096


def unit(rows: NDArray[Any]) -> Vectors:
    """Rows of length one; a zero row stays zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


def nearest(rows: Vectors, others: Vectors) -> tuple[Ints, NDArray[np.float32]]:
    """For every row the index of the most similar of `others`, and that cosine; blocks keep the memory small."""
    index = np.zeros(len(rows), dtype=np.int64)
    value = np.full(len(rows), -1.0, dtype=np.float32)
    if not len(others):
        return index, value
    for a in range(0, len(rows), _BLOCK):
        similarity = rows[a : a + _BLOCK] @ others.T
        index[a : a + _BLOCK] = similarity.argmax(axis=1)
        value[a : a + _BLOCK] = similarity.max(axis=1)
    return index, value


def kth_similarity(rows: Vectors, others: Vectors, k: int, *, same: bool = False) -> NDArray[np.float32]:
    """Cosine of every row to its k-th most similar of `others` (itself left out where they are the `same` rows)."""
    k = min(k, len(others) - same)
    out = np.full(len(rows), -1.0, dtype=np.float32)
    if k < 1:
        return out
    for a in range(0, len(rows), _BLOCK):
        similarity = rows[a : a + _BLOCK] @ others.T
        if same:
            at = np.arange(len(similarity))
            similarity[at, a + at] = -2.0
        out[a : a + _BLOCK] = np.partition(similarity, -k, axis=1)[:, -k]
    return out


def leaders(rows: Vectors, threshold: float, order: Ints) -> Ints:
    """Seeds in the given order: a row becomes one when no earlier seed is within `threshold`."""
    seeds: list[int] = []
    held = np.zeros((16, rows.shape[1]), dtype=np.float32)
    for i in order.tolist():
        if seeds and float((held[: len(seeds)] @ rows[i]).max()) >= threshold:
            continue
        if len(seeds) == len(held):
            held = np.vstack([held, np.zeros_like(held)])
        held[len(seeds)] = rows[i]
        seeds.append(i)
    return np.asarray(seeds, dtype=np.int64)


def spherical_means(
    rows: Vectors, weights: NDArray[np.float64], centres: Vectors, rounds: int = 30
) -> tuple[Ints, Vectors]:
    """Spherical k-means from given centres: labels and unit centres; an emptied centre keeps its place."""
    labels = np.full(len(rows), -1, dtype=np.int64)
    for _ in range(rounds):
        fresh, _ = nearest(rows, centres)
        if (fresh == labels).all():
            break
        labels = fresh
        sums = np.zeros((len(centres), rows.shape[1]))
        np.add.at(sums, labels, rows * weights[:, None])
        filled = np.bincount(labels, minlength=len(centres)) > 0
        centres = np.where(filled[:, None], unit(sums), centres).astype(np.float32)
    return labels, centres


def spread_seeds(rows: Vectors, count: int, order: Ints) -> Ints:
    """`count` seeds far apart (farthest-first, by density: a row must have company to be one)."""
    count = min(count, len(rows))
    company = kth_similarity(rows, rows, min(5, len(rows) - 1), same=True) if len(rows) > 1 else np.zeros(len(rows))
    first = int(order[np.argmax(company[order])])
    seeds, near = [first], rows @ rows[first]
    for _ in range(count - 1):
        score = np.where(near > 0.999, -2.0, company - near)
        best = int(order[np.argmax(score[order])])
        seeds.append(best)
        near = np.maximum(near, rows @ rows[best])
    return np.asarray(seeds, dtype=np.int64)
