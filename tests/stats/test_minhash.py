"""Near-duplicates: the S-curve of theory, groups that do not depend on order, odd texts."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.stats import minhash


def pair(n: int, shared: int, rng: np.random.Generator) -> tuple[str, str]:
    words = [f"w{v}" for v in rng.choice(10**6, 2 * n - shared, replace=False)]
    return " ".join(words[:n]), " ".join(words[:shared] + words[n:])


def test_signature_agreement_follows_jaccard() -> None:
    rng = np.random.default_rng(1)
    for shared in (20, 60, 90):
        a, b = pair(100, shared, rng)
        s = minhash.shingle([a, b], k=1)
        truth = minhash.jaccard(s.row(0), s.row(1))
        assert truth == pytest.approx(shared / (200 - shared))
        signature = minhash.signatures(s, 4000)
        seen = float(minhash.similarity_estimate(signature[0], signature[1]))
        assert abs(seen - truth) < 4 * math.sqrt(truth * (1 - truth) / 4000)


def test_candidates_follow_the_s_curve() -> None:
    """2,000 pairs at Jaccard 0.5: the share that becomes a candidate against 1 − (1 − s^r)^b."""
    rng = np.random.default_rng(2)
    plan = minhash.Bands(8, 3)
    texts = [t for _ in range(2000) for t in pair(30, 20, rng)]
    s = minhash.shingle(texts, k=1)
    keys = minhash.band_keys(minhash.signatures(s, 24), plan)
    hit = (keys[0::2] == keys[1::2]).any(axis=1).mean()
    expected = plan.candidate_probability(0.5)
    assert abs(hit - expected) < 4 * math.sqrt(expected * (1 - expected) / 2000)


def test_plan_reaches_its_recall() -> None:
    for threshold in (0.5, 0.8, 0.95):
        assert minhash.plan_bands(threshold, 0.99).candidate_probability(threshold) >= 0.99


def test_groups_find_copies_and_leave_others() -> None:
    rng = np.random.default_rng(3)
    base = [" ".join(f"w{v}" for v in rng.integers(0, 10**6, 60)) for _ in range(200)]
    copies = [t.replace(t.split()[30], "changed") for t in base]
    groups = minhash.near_duplicate_groups(base + copies, threshold=0.8)
    found = np.mean(groups[200:] == np.arange(200))
    assert found >= 0.99
    assert (groups[:200] == np.arange(200)).all()


TEXTS = ["a b c d e f g", "a b c d e f h", "x", "", "A, b c! d e f g", "ä ö", "日本語 のテキスト"]


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12), st.randoms())
@settings(max_examples=60)
def test_groups_do_not_depend_on_order(texts: list[str], random: object) -> None:
    order = np.random.default_rng(len(texts)).permutation(len(texts))
    a = minhash.near_duplicate_groups(texts, threshold=0.5, k=2)
    b = minhash.near_duplicate_groups([texts[i] for i in order], threshold=0.5, k=2)
    same_a = a[order][:, None] == a[order][None, :]
    assert (same_a == (b[:, None] == b[None, :])).all()
    assert (a <= np.arange(len(texts))).all()


def test_case_and_punctuation_do_not_count_and_empty_texts_meet() -> None:
    groups = minhash.near_duplicate_groups(["Hello, World again", "hello world AGAIN!", "", "  ", "other words"], k=2)
    assert groups.tolist() == [0, 0, 2, 2, 4]


def test_texts_without_spaces_are_split_by_character() -> None:
    s = minhash.shingle(["日本語のテキスト", "日本語のテキスタ"], k=2)
    assert len(s.row(0)) == 7
    assert 0.5 < minhash.jaccard(s.row(0), s.row(1)) < 1


def test_signature_of_a_union_is_the_minimum() -> None:
    s = minhash.shingle(["a b c", "d e f", "a b c d e f"], k=1)
    signature = minhash.signatures(s, 50)
    assert (np.minimum(signature[0], signature[1]) == signature[2]).all()
