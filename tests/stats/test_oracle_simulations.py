"""Reference values that are simulations: the same worlds, our arithmetic, Monte-Carlo tolerances stated."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tidegate.stats import boundaries, evalues, judges, sequences, srm
from tidegate.stats.summaries import Bernoulli


@pytest.fixture(scope="module")
def oracle(shared_data: Path) -> dict[str, Any]:
    return json.loads((shared_data / "evals" / "oracles" / "reference_values.json").read_text())


def three_sd(p: float, n: int) -> float:
    return 3 * float(np.sqrt(max(p * (1 - p), 0.01) / n))


def test_documented_canary_misfires_and_the_e_test_does_not(oracle: dict[str, Any]) -> None:
    """400 healthy canaries at 3 % errors over 48 intervals; the template's own settings against two arms."""
    o = oracle["canary_simulation"]
    rng = np.random.default_rng(11)
    for name, n, rate in (("n20_3pct", 20, 0.03), ("n100_3pct", 100, 0.03), ("n20_6pct_both", 20, 0.06)):
        errors = rng.binomial(n, rate, size=(4000, 48))
        aborted = ((n - errors) / n < 0.95).sum(axis=1) > 3
        target = o["argo_template_false_abort"][name]
        assert abs(aborted.mean() - target) < three_sd(target, 400) + three_sd(target, 4000)
    healthy = (rng.random((2, 1000, 48 * 20)) < 0.03).astype(float)
    path = evalues.two_arm_log_e_path(healthy[0], healthy[1], side="greater")
    assert (path.max(axis=1) >= np.log(20)).mean() <= 0.05 + three_sd(0.05, 1000)
    for bad, target in ((0.06, 948), (0.10, 283)):
        control = (rng.random((300, 6000)) < 0.03).astype(float)
        canary = (rng.random((300, 6000)) < bad).astype(float)
        crossed = evalues.two_arm_log_e_path(control, canary, side="greater") >= np.log(20)
        assert crossed.any(axis=1).mean() > 0.97
        assert np.argmax(crossed, axis=1).mean() < 1.25 * target


def test_sample_ratio_streams(oracle: dict[str, Any]) -> None:
    """2,000 streams of 30 days at 2,000 users: daily χ² against the sequential test at α = 0.01."""
    o = oracle["srm_simulation"]
    rng = np.random.default_rng(12)
    treated = rng.binomial(2000, 0.5, size=(4000, 30)).cumsum(axis=1)
    total = 2000 * np.arange(1, 31)
    p = stats.chi2.sf((treated - total / 2) ** 2 / (total / 4), 1)
    for level, target in o["daily_chi2_ever_false"].items():
        ever = (p < float(level)).any(axis=1).mean()
        assert abs(ever - target) < three_sd(target, 2000) + three_sd(target, 4000)
    null = srm.srm_log_bayes_factor(np.stack([treated, total - treated], axis=-1), [0.5, 0.5])
    assert (null.max(axis=1) >= np.log(100)).mean() <= 0.01
    skewed = rng.binomial(2000, 0.51, size=(4000, 30)).cumsum(axis=1)
    found = srm.srm_log_bayes_factor(np.stack([skewed, total - skewed], axis=-1), [0.5, 0.5]) >= np.log(100)
    target = o["sequential_alpha_.01_conc_1000"]
    assert abs(found.any(axis=1).mean() - target["51_49_found"]) < 0.03
    assert abs((np.argmax(found, axis=1) + 1)[found.any(axis=1)].mean() - target["mean_day"]) < 1.0


def test_defects_of_peers_are_not_ours(oracle: dict[str, Any]) -> None:
    """A judge correction that leaves the unlabelled sample's noise out, and a boundary one standard error wide."""
    o = oracle["peer_defects"]
    assert o["judgy_0.1.0_95pct_interval_coverage_500_labels_100_unlabelled"] < 0.6
    rng = np.random.default_rng(13)
    covered = []
    for _ in range(400):
        truth, q1, q0 = 0.6, 0.85, 0.8
        positives = int(rng.binomial(500, truth))
        judged = int(rng.binomial(100, truth * q1 + (1 - truth) * (1 - q0)))
        found = judges.rogan_gladen(
            Bernoulli(judged, 100),
            Bernoulli(int(rng.binomial(positives, q1)), positives),
            Bernoulli(int(rng.binomial(500 - positives, q0)), 500 - positives),
        )
        covered.append(found.low <= truth <= found.high)
    assert np.mean(covered) >= 0.95 - three_sd(0.95, 400)
    walks = rng.normal(size=(3000, 99)).cumsum(axis=1) / np.sqrt(np.arange(1, 100))
    printed = (np.abs(walks) > 1).any(axis=1).mean()
    assert printed == pytest.approx(o["growthbook_docs_printed_boundary_false_positive_99_looks"], abs=0.03)
    n = np.arange(1, 100)
    ours = boundaries.normal_two_sided_bound(n, 0.05, boundaries.mixture_rho(50, 0.05)) / np.sqrt(n)
    assert (np.abs(walks) > ours).any(axis=1).mean() <= 0.05


def test_asymptotic_radius_matches_its_moments_form() -> None:
    x = np.random.default_rng(3).normal(size=400)
    path = sequences.asymptotic(x, n_opt=300)
    moments = sequences.Moments.of(x)
    found = sequences.asymptotic_mean(moments, n_opt=300)
    assert (path.low[-1], path.high[-1]) == pytest.approx((found.low, found.high), abs=1e-12)
