"""Do two sets of texts have one law?  Kernel test (MMD) with exact permutation p-values.

Gretton et al. (2012, eq. 3).  The kernel matrix is computed once; a permutation is then one column of a
matrix product.  Only pairs of the same prompt count, permutations stay within a prompt, and the p-value is
(1+b)/(1+B): never 0, super-uniform under exchangeability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, Ints, floats, group_codes
from tidegate.stats.resampling import permutation_p

PAD = np.uint32(0xFFFFFFFF)


@dataclass(frozen=True)
class TwoSample:
    """The statistic, its permutation p-value, and the sizes compared."""

    statistic: float
    p: float
    n_x: int
    n_y: int
    permutations: int


def code_points(texts: Sequence[str], length: int) -> NDArray[np.uint32]:
    """Texts cut to `length` code points as rows, shorter ones padded with `PAD`."""
    out = np.full((len(texts), length), PAD, dtype=np.uint32)
    for i, text in enumerate(texts):
        row = np.frombuffer(text[:length].encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        out[i, : row.size] = row
    return out


def hamming_kernel(texts: Sequence[str], *, length: int = 1000, count_padding: bool = False) -> Floats:
    """Equal positions of two texts over √(len_a·len_b): positive definite, k(x, x) = 1, padding left out.

    `count_padding` instead takes the share of all `length` positions, padding counted as equal, as the
    published implementation does: it calls two different short texts nearly equal.  Two empty texts are equal.
    """
    codes = code_points(texts, length)
    symbols, compact = np.unique(codes, return_inverse=True)
    narrow = compact.reshape(codes.shape).astype(np.uint8 if symbols.size <= 256 else np.uint32)
    lengths = (codes != PAD).sum(axis=1)
    n = len(texts)
    equal = np.empty((n, n))
    for i in range(n):
        equal[i, i:] = np.count_nonzero(narrow[i:] == narrow[i], axis=1)
        equal[i:, i] = equal[i, i:]
    if count_padding:
        return equal / length
    longest = np.maximum(lengths[:, None], lengths[None, :])
    scale = np.sqrt(np.maximum(lengths[:, None], 1) * np.maximum(lengths[None, :], 1))
    return np.where(longest > 0, (equal - (length - longest)) / scale, 1.0)


def spectrum_kernel(texts: Sequence[str], *, n: int = 3) -> Floats:
    """Cosine of character n-gram counts; k(x, x) = 1 (Leslie, Eskin & Noble 2002, normalised)."""
    vocabulary: dict[str, int] = {}
    rows, columns = [], []
    for i, text in enumerate(texts):
        padded = text if len(text) >= n else text + "\0" * (n - len(text))
        for j in range(len(padded) - n + 1):
            rows.append(i)
            columns.append(vocabulary.setdefault(padded[j : j + n], len(vocabulary)))
    counts = np.zeros((len(texts), max(len(vocabulary), 1)))
    np.add.at(counts, (rows, columns), 1.0)
    return linear_kernel(counts)


def linear_kernel(vectors: ArrayLike) -> Floats:
    """Cosine of vectors (embeddings, one-hot tokens); zero vectors are like nothing but themselves."""
    x = floats("vectors", vectors)
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    unit = x / np.where(norm > 0, norm, 1.0)
    kernel = unit @ unit.T
    np.fill_diagonal(kernel, 1.0)
    return np.asarray(kernel)


def mmd_test(
    kernel: ArrayLike,
    is_y: ArrayLike,
    rng: np.random.Generator,
    *,
    prompts: Sequence[object] | None = None,
    permutations: int = 1000,
) -> TwoSample:
    """Unbiased MMD² of the rows with is_y against the others, with a within-prompt permutation p-value.

    Each mean runs over same-prompt pairs: mean k(X, X') − 2 mean k(X, Y) + mean k(Y, Y').  Needs two of each
    side in at least one prompt.
    """
    k = floats("kernel", kernel)
    side = np.asarray(is_y, dtype=bool)
    if k.ndim != 2 or k.shape[0] != k.shape[1] or k.shape[0] != side.size:
        raise InputError(f"expected a square kernel with a row per sample, got {k.shape} for {side.size} samples")
    codes = (
        np.zeros(side.size, dtype=np.int64) if prompts is None else group_codes(np.asarray(prompts, dtype=object))[0]
    )
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    blocks = [b for b in np.split(order, starts[1:]) if b.size]
    pairs = _pair_counts(side, blocks)
    if min(pairs) == 0:
        raise InputError("expected two samples of each side that share a prompt",
                         remedy="ask each prompt at least twice on both sides")  # fmt: skip
    observed = _statistic(k, blocks, side[:, None].astype(np.float64), pairs)[0]
    draws = []
    for start in range(0, permutations, 1024):
        count = min(1024, permutations - start)
        draws.append(_statistic(k, blocks, _permuted(side, blocks, count, rng), pairs))
    null = np.concatenate(draws) if draws else np.zeros(0)
    # A tie reached by another order of summation must count as a tie.
    p = permutation_p(observed - 1e-12 * max(1.0, abs(observed)), null)
    return TwoSample(float(observed), p, int((~side).sum()), int(side.sum()), permutations)


def _pair_counts(side: NDArray[np.bool_], blocks: Sequence[Ints]) -> tuple[float, float, float]:
    """Ordered pairs (x, x'), (x, y) and (y, y') that share a prompt; permuting within prompts keeps them."""
    y = np.array([side[b].sum() for b in blocks], dtype=np.float64)
    x = np.array([b.size for b in blocks], dtype=np.float64) - y
    return float((x * (x - 1)).sum()), float((x * y).sum()), float((y * (y - 1)).sum())


def _permuted(side: NDArray[np.bool_], blocks: Sequence[Ints], count: int, rng: np.random.Generator) -> Floats:
    out = np.empty((side.size, count))
    for block in blocks:
        shuffled = np.repeat(side[block][:, None], count, axis=1)
        out[block] = rng.permuted(shuffled, axis=0)
    return out


def _statistic(k: Floats, blocks: Sequence[Ints], z: Floats, pairs: tuple[float, float, float]) -> Floats:
    """MMD² for every column of z (1 = y), by quadratic forms: z'Kz, z'K1 and 1'K1 give all three sums."""
    yy, xy, xx = (np.zeros(z.shape[1]) for _ in range(3))
    for block in blocks:
        kb = k[np.ix_(block, block)] - np.diag(np.diag(k)[block])
        zb = z[block]
        kz = kb @ zb
        block_yy = np.einsum("ij,ij->j", zb, kz)
        z_total = kz.sum(axis=0)
        yy += block_yy
        xy += z_total - block_yy
        xx += kb.sum() - 2 * z_total + block_yy
    return np.asarray(xx / pairs[0] - 2 * xy / pairs[1] + yy / pairs[2])
