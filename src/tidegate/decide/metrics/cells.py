"""Counts instead of rows: each distinct (truth, answers …) is a cell, and resampling rows is resampling counts.

A multinomial draw over the cells has exactly the law of a bootstrap over the rows, so a million rows cost as
much as the few hundred different ones among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tidegate.decide.metrics.model import UNREAD, Codes, Results
from tidegate.stats.arrays import Floats, Ints

DRAWS_MAX = 2_000_000  # cells × replicates held at once


@dataclass(frozen=True)
class Cells:
    """Distinct rows of (truth, one answer a system [, segment]), how often each occurs, and which rows they are."""

    truth: Codes
    answers: dict[str, Codes]
    segment: Codes
    counts: Ints
    of_row: Ints
    clusters: Codes | None

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.counts.sum())


def make_cells(results: Results, systems: Sequence[str], segment: Codes | None = None) -> Cells:
    """Collapse rows to their distinct combinations."""
    k = len(results.classes) + 1
    code = results.truth.copy()
    columns = [results.systems[s] - UNREAD for s in systems]
    for column in columns:
        code = _compact(code * k + column)
    if segment is not None:
        code = _compact(code * (int(segment.max(initial=0)) + 1) + segment)
    code = _compact(code)
    _, first = np.unique(code, return_index=True)
    counts = np.bincount(code, minlength=first.size)
    return Cells(
        results.truth[first], {s: results.systems[s][first] for s in systems},
        segment[first] if segment is not None else np.zeros(first.size, np.int64), counts, code, results.clusters,
    )  # fmt: skip


def _compact(code: Codes) -> Codes:
    top = int(code.max(initial=0)) + 1
    if top <= 4 * code.size + 1000:  # a counting table beats sorting
        present = np.zeros(top, dtype=bool)
        present[code] = True
        return (np.cumsum(present) - 1)[code]
    return np.unique(code, return_inverse=True)[1].ravel().astype(np.int64)


def draw_counts(cells: Cells, replicates: int, rng: np.random.Generator) -> Floats:
    """Bootstrap counts, shape (replicates, cells); whole clusters are drawn together when there are any."""
    size = cells.counts.size
    replicates = max(100, min(replicates, 20 * DRAWS_MAX // max(size, 1)))
    if cells.clusters is None:
        return rng.multinomial(cells.n, cells.counts / cells.n, size=replicates).astype(np.float64)
    k = int(cells.clusters.max()) + 1
    replicates = max(100, min(replicates, 200_000_000 // max(cells.of_row.size, 1)))
    out = np.empty((replicates, size))
    for r in range(replicates):
        weight = np.bincount(rng.integers(0, k, k), minlength=k)[cells.clusters]
        out[r] = np.bincount(cells.of_row, weight, minlength=size)
    return out


def confusion(counts: Floats, truth: Codes, answers: Codes, classes: int) -> Floats:
    """Confusion matrices (…, classes, classes + 1) of cell counts (…, cells); the last column is unread answers."""
    column = np.where(answers == UNREAD, classes, answers)
    flat = truth * (classes + 1) + column
    indicator = sparse.csr_matrix(
        (np.ones(flat.size), (np.arange(flat.size), flat)), shape=(flat.size, classes * (classes + 1))
    )
    table = np.asarray(np.atleast_2d(counts) @ indicator)
    return table.reshape(*np.shape(counts)[:-1], classes, classes + 1)


def four_counts(matrix: Floats, positive: int) -> tuple[Floats, Floats, Floats, Floats]:
    """tp, fp, fn, tn of yes/no confusion matrices; an unread answer is a miss or a false alarm, never right."""
    negative = 1 - positive
    tp = matrix[..., positive, positive]
    fn = matrix[..., positive, negative] + matrix[..., positive, 2]
    tn = matrix[..., negative, negative]
    fp = matrix[..., negative, positive] + matrix[..., negative, 2]
    return tp, fp, fn, tn
