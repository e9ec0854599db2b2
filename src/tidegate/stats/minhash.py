"""Near-duplicates among millions of texts: shingles, MinHash signatures, bands, exact check.

Broder (1997): two sets share a minimum hash with probability equal to their Jaccard similarity s,
so b bands of r rows make a pair a candidate with probability 1 − (1 − s^r)^b.  Everything runs
over one flat array of 64-bit shingle hashes and the offsets of its rows.  Candidates are then checked
by exact Jaccard; groups compare to a seed, never to the last member (chains would merge
unrelated texts), and do not depend on the order of the texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.spine.errors import InputError
from tidegate.stats.arrays import Floats, Ints

U64 = NDArray[np.uint64]
_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_CHUNK_BYTES = 1 << 22

# Byte classes: ASCII letters and digits and every byte of a multi-byte character belong to words.
_WORD = np.zeros(256, dtype=bool)
_WORD[[*range(48, 58), *range(65, 91), *range(97, 123), 95, *range(128, 256)]] = True
_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[65:91] += 32
_ALONE = np.zeros(256, dtype=bool)  # leads of scripts written without spaces: each character is a word
_ALONE[0xE3:0xEE] = True


@dataclass(frozen=True)
class Shingles:
    """Sorted distinct shingle hashes of each text: row i is `hashes[offsets[i]:offsets[i+1]]`."""

    hashes: U64
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def row(self, i: int) -> U64:
        """The shingle set of one text."""
        return self.hashes[self.offsets[i] : self.offsets[i + 1]]


def _mix(x: U64) -> U64:
    """A bijective finaliser (Stafford's variant of Murmur3): near-uniform bits for sums of products."""
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * _MIX
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))


def _powers(base: np.uint64, n: int) -> U64:
    with np.errstate(over="ignore"):
        return np.cumprod(np.full(n, base, dtype=np.uint64), dtype=np.uint64)


_INVERSE_BASE = np.uint64(pow(int(_BASE), -1, 1 << 64))


def shingle(texts: Iterable[str], k: int = 5) -> Shingles:
    """Word k-shingles of every text, lower-cased, punctuation apart; texts shorter than k words are one shingle.

    An empty text has no shingle.  Chinese, Japanese and Korean characters count as words.
    """
    if k < 1:
        raise InputError(f"expected shingles of at least 1 word, got k={k}")
    parts: list[U64] = []
    sizes: list[Ints] = []
    batch: list[bytes] = []
    held = 0
    for text in texts:
        data = (text if text.isascii() else text.lower()).encode("utf-8", "surrogatepass")
        batch.append(data)
        held += len(data) + 1
        if held >= _CHUNK_BYTES:
            hashes, lengths = _shingle_batch(batch, k)
            parts.append(hashes)
            sizes.append(lengths)
            batch, held = [], 0
    if batch:
        hashes, lengths = _shingle_batch(batch, k)
        parts.append(hashes)
        sizes.append(lengths)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]) if sizes else np.zeros(1)
    return Shingles(np.concatenate(parts) if parts else np.zeros(0, np.uint64), offsets.astype(np.int64))


def _word_hashes(data: NDArray[np.uint8]) -> tuple[U64, Ints]:
    """Hash and start of every word of a byte buffer, by differences of one prefix polynomial."""
    inside = _WORD[data]
    alone = _ALONE[data]
    starts_here = inside.copy()
    starts_here[1:] &= ~inside[:-1]
    starts_here |= alone
    after_alone = np.zeros_like(alone)
    after_alone[3:] = alone[:-3]
    starts_here |= after_alone & inside
    starts = np.flatnonzero(starts_here)
    if not starts.size:
        return np.zeros(0, np.uint64), starts.astype(np.int64)
    with np.errstate(over="ignore"):
        terms = (_LOWER[data].astype(np.uint64) + np.uint64(1)) * _powers(_BASE, data.size)
        terms[~inside] = 0
        prefix = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])
        ends = np.append(starts[1:], data.size)  # gaps between words add nothing
        shift = _powers(_INVERSE_BASE, data.size)[starts]
        return _mix((prefix[ends] - prefix[starts]) * shift), starts.astype(np.int64)


def _shingle_batch(batch: Sequence[bytes], k: int) -> tuple[U64, Ints]:
    data = np.frombuffer(b"\n".join(batch) + b"\n", dtype=np.uint8)
    words, starts = _word_hashes(data)
    ends = np.cumsum([len(b) + 1 for b in batch])
    text_of_word = np.searchsorted(ends, starts, side="right")
    count = np.bincount(text_of_word, minlength=len(batch))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    rows = np.where(count > 0, np.maximum(count - k + 1, 1), 0)  # shingles of each text
    owner = np.repeat(np.arange(len(batch)), rows)
    within = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows)
    at = first[owner] + within
    length = np.minimum(k, count[owner])
    with np.errstate(over="ignore"):
        total = np.zeros(at.size, dtype=np.uint64)
        for j in range(k):
            used = j < length
            weight = np.uint64(2 * j + 3) * _BASE
            total[used] += _mix(words[at[used] + j] * weight)
        hashes = _mix(total)
    order = np.lexsort((hashes, owner))
    hashes, owner = hashes[order], owner[order]
    keep = np.ones(hashes.size, dtype=bool)
    keep[1:] = (hashes[1:] != hashes[:-1]) | (owner[1:] != owner[:-1])
    return hashes[keep], np.bincount(owner[keep], minlength=len(batch)).astype(np.int64)


def jaccard(a: U64, b: U64) -> float:
    """Exact Jaccard similarity of two sorted shingle sets; two empty sets are alike."""
    if not a.size and not b.size:
        return 1.0
    if not a.size or not b.size:
        return 0.0
    at = np.minimum(np.searchsorted(b, a), b.size - 1)
    shared = int(np.count_nonzero(b[at] == a))
    return shared / (a.size + b.size - shared)


def signatures(shingles: Shingles, rows: int, *, seed: int = 1) -> NDArray[np.uint32]:
    """MinHash signatures, shape (texts, rows), 32 bits each.

    The signature of a union of texts is the element-wise minimum.  A text without shingles gets
    all ones and is near nothing.
    """
    rng = np.random.default_rng(seed)
    multiply = rng.integers(1, 1 << 63, size=rows, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    add = rng.integers(0, 1 << 63, size=rows, dtype=np.uint64)
    n = len(shingles)
    out = np.full((n, rows), np.uint32(0xFFFFFFFF), dtype=np.uint32)
    lengths = np.diff(shingles.offsets)
    filled = np.flatnonzero(lengths > 0)
    starts = shingles.offsets[filled]
    step = 1 << 15
    begin = 0
    while begin < filled.size:  # blocks of whole texts, small enough for the cache
        stop = max(int(np.searchsorted(starts, starts[begin] + step)), begin + 1)
        last = shingles.offsets[filled[stop - 1] + 1]
        block = shingles.hashes[starts[begin] : last]
        local = starts[begin:stop] - starts[begin]
        rows_here = filled[begin:stop]
        with np.errstate(over="ignore"):
            for j in range(rows):
                hashed = block * multiply[j]
                hashed += add[j]
                smallest = np.minimum.reduceat(hashed, local)
                out[rows_here, j] = (smallest >> np.uint64(32)).astype(np.uint32)
        begin = stop
    return out


@dataclass(frozen=True)
class Bands:
    """b bands of r rows."""

    bands: int
    rows: int

    def candidate_probability(self, similarity: float) -> float:
        """1 − (1 − s^r)^b."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


def plan_bands(threshold: float, recall: float = 0.995) -> Bands:
    """The most selective bands that still find a pair at the threshold with probability ≥ recall.

    Up to 160 signature rows; among plans that reach the recall it takes the longest rows.
    """
    if not 0 < threshold <= 1 or not 0 < recall < 1:
        raise InputError(f"expected a threshold in (0, 1] and a recall in (0, 1), got {threshold}, {recall}")
    best = Bands(1, 1)
    for r in range(1, 17):
        miss = 1 - threshold**r
        b = 1 if miss <= 0 else int(np.ceil(np.log(1 - recall) / np.log(miss)))
        if b * r <= 160:
            best = Bands(b, r)
    return best


def band_keys(signature: NDArray[np.uint32], plan: Bands) -> U64:
    """One 64-bit key a text and band, shape (texts, bands); equal keys make candidates."""
    keys = np.empty((len(signature), plan.bands), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for b in range(plan.bands):
            total = np.full(len(signature), np.uint64(b + 1), dtype=np.uint64)
            for r in range(plan.rows):
                total = _mix(total * _BASE + signature[:, b * plan.rows + r])
            keys[:, b] = total
    return keys


def _order_free_rank(shingles: Shingles) -> tuple[U64, NDArray[np.bool_]]:
    """A content hash a text (of its shingle set), and which texts are empty."""
    lengths = np.diff(shingles.offsets)
    content = np.zeros(len(shingles), dtype=np.uint64)
    filled = lengths > 0
    with np.errstate(over="ignore"):
        if filled.any():
            content[filled] = np.add.reduceat(_mix(shingles.hashes), shingles.offsets[:-1][filled])
        content = _mix(content + lengths.astype(np.uint64))
    return content, ~filled


def near_duplicate_groups(
    texts: Iterable[str], *, threshold: float = 0.8, k: int = 5, recall: float = 0.995, seed: int = 1
) -> Ints:
    """For every text the index of its group's representative (the earliest text of the group).

    Two texts of a group are both within `threshold` Jaccard of the group's seed.  Grouping depends on
    the texts alone, not on their order: seeds are chosen by content hash.  A pair above the
    threshold is compared with probability ≥ `recall`.
    """
    shingles = shingle(texts, k)
    return group_shingles(shingles, threshold=threshold, plan=plan_bands(threshold, recall), seed=seed)


def group_shingles(shingles: Shingles, *, threshold: float, plan: Bands, seed: int = 1) -> Ints:
    """`near_duplicate_groups` for texts that are shingled already."""
    n = len(shingles)
    content, empty = _order_free_rank(shingles)
    _, first, inverse = np.unique(content, return_index=True, return_inverse=True)
    inverse = inverse.ravel()
    # Distinct contents only, already in content order: identical texts cost nothing more.
    seed_of = np.arange(first.size)
    active = first[~empty[first]]
    if active.size > 1:
        compact = _take(shingles, active)
        local = _lead(compact, band_keys(signatures(compact, plan.bands * plan.rows, seed=seed), plan), threshold)
        slot = np.flatnonzero(~empty[first])
        seed_of[slot] = slot[local]
    group = seed_of[inverse]
    earliest = np.full(first.size, n, dtype=np.int64)
    np.minimum.at(earliest, group, np.arange(n))
    return earliest[group]


def _take(shingles: Shingles, index: Ints) -> Shingles:
    lengths = np.diff(shingles.offsets)[index]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    source = np.repeat(shingles.offsets[:-1][index] - offsets[:-1], lengths) + np.arange(offsets[-1])
    return Shingles(shingles.hashes[source], offsets)


def _lead(shingles: Shingles, keys: U64, threshold: float) -> Ints:
    """Leader clustering in the given order: join the first seed that is near enough, else become a seed."""
    n, bands = keys.shape
    buckets = np.empty((n, bands), dtype=np.int64)
    shared = np.zeros(n, dtype=bool)
    for b in range(bands):
        _, inverse, count = np.unique(keys[:, b], return_inverse=True, return_counts=True)
        inverse = inverse.ravel()
        crowded = count[inverse] > 1
        buckets[:, b] = np.where(crowded, inverse, -1)
        shared |= crowded
    seed_of = np.arange(n)
    seeds_in: list[dict[int, list[int]]] = [{} for _ in range(bands)]
    for i in np.flatnonzero(shared).tolist():
        mine = [(b, key) for b, key in enumerate(buckets[i].tolist()) if key >= 0]
        near = sorted({s for b, key in mine for s in seeds_in[b].get(key, ())})
        row = shingles.row(i)
        joined = next((s for s in near if _can_reach(row.size, shingles, s, threshold)
                       and jaccard(row, shingles.row(s)) >= threshold), None)  # fmt: skip
        if joined is None:
            for b, key in mine:
                seeds_in[b].setdefault(key, []).append(i)
        else:
            seed_of[i] = joined
    return seed_of


def _can_reach(size: int, shingles: Shingles, other: int, threshold: float) -> bool:
    """Jaccard is at most the ratio of the sizes: a cheap way to say no."""
    other_size = int(shingles.offsets[other + 1] - shingles.offsets[other])
    return min(size, other_size) >= threshold * max(size, other_size)


def similarity_estimate(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> Floats:
    """Estimated Jaccard of signatures, row against row: the share of equal entries."""
    return np.asarray((np.asarray(a) == np.asarray(b)).mean(axis=-1), dtype=np.float64)
