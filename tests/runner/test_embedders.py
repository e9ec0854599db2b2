"""Embedders: unit rows, no network, paraphrases nearer than strangers."""

import numpy as np
import pytest

from tidegate.runner.embedders import TfidfEmbedder, WordLlamaEmbedder
from tidegate.spine.ports import Embedder

TEXTS = ["I want my money back", "please refund my money", "the weather in Lisbon is mild", ""]


@pytest.mark.parametrize("make", [lambda: TfidfEmbedder().fit(TEXTS), WordLlamaEmbedder])
def test_rows_are_unit_vectors_and_paraphrases_are_near(make: object) -> None:
    model: Embedder = make()  # type: ignore[operator]
    rows = model.embed(TEXTS)
    assert rows.shape[0] == len(TEXTS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows[:3], axis=1), 1.0, rtol=1e-4)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
    np.testing.assert_array_equal(rows, model.embed(TEXTS))
