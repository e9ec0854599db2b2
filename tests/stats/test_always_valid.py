"""The bench of always-valid intervals, small: a broken method must be caught by it, the real ones must pass.

24 worlds × 200 streams; ever-miss at or below α plus three Monte-Carlo standard deviations.
"""

from dataclasses import replace

import numpy as np
import pytest
from benches import stats as bench
from benches.report import Report

from tidegate.stats import sequences


def test_exact_methods_hold_in_every_world_they_assume() -> None:
    report = Report("always valid")
    bench.coverage(report, 200, 300, (0.05,))
    assert [r.name for r in report.rows if not r.holds] == []
    assert len(bench.WORLDS) == 24


def test_a_method_that_peeks_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed-sample interval passed off as a sequence."""

    def peeking(x: np.ndarray, alpha: float) -> sequences.Path:
        path = sequences.normal_mixture(x, sigma=0.5, alpha=alpha)
        radius = 1.96 * 0.5 / np.sqrt(np.arange(1, x.shape[1] + 1))
        return replace(path, low=path.centre - radius, high=path.centre + radius)

    monkeypatch.setattr(bench, "METHODS", {"peeking": (True, peeking)})
    monkeypatch.setattr(bench, "WORLDS", bench.WORLDS[:1])
    report = Report("always valid")
    bench.coverage(report, 200, 300, (0.05,))
    assert any(not r.holds and "peeking" in r.name for r in report.rows)
