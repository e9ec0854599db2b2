"""Properties of the arithmetic, over generated inputs: what must hold for every sample."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, NotMeasured
from tidegate.stats import (
    boundaries,
    calibration,
    cuped,
    drift,
    evalues,
    intervals,
    judges,
    power,
    repeats,
    risk,
    sequences,
    sprt,
    srm,
    standard_errors,
    summaries,
    two_sample,
    unseen,
    variance,
)

unit = hnp.arrays(np.float64, st.integers(2, 60), elements=st.floats(0, 1, allow_subnormal=False))
real = hnp.arrays(np.float64, st.integers(2, 60), elements=st.floats(-1e3, 1e3, allow_subnormal=False))
counts = st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(real, st.data())
def test_summaries_add_up(x: np.ndarray, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, x.size))
    whole, parts = summaries.Moments.of(x), summaries.Moments.of(x[:cut]) + summaries.Moments.of(x[cut:])
    assert parts.n == whole.n
    assert parts.mean == pytest.approx(whole.mean, rel=1e-9, abs=1e-9)
    assert parts.m2 == pytest.approx(whole.m2, rel=1e-7, abs=1e-6)
    y = np.cos(x)
    joint = summaries.Comoments.of(x[:cut], y[:cut]) + summaries.Comoments.of(x[cut:], y[cut:])
    assert joint.cxy == pytest.approx(summaries.Comoments.of(x, y).cxy, rel=1e-7, abs=1e-5)
    names = [f"c{int(v) % 5}" for v in x]
    a = standard_errors.ClusterSums.of(x[:cut], names[:cut]) + standard_errors.ClusterSums.of(x[cut:], names[cut:])
    b = standard_errors.ClusterSums.of(x, names)
    assert {k: (pytest.approx(s, abs=1e-6), n) for k, (s, n) in b.sums.items()} == dict(a.sums)
    assert summaries.Histogram.of(names[:cut]) + summaries.Histogram.of(names[cut:]) == summaries.Histogram.of(names)


@given(counts, st.sampled_from(["wilson", "jeffreys", "clopper-pearson"]))
def test_share_intervals_hold_the_share(c: tuple[int, int], method: str) -> None:
    found = intervals.proportion(c, method=method)
    if c[1] == 0:
        assert isinstance(found, NotMeasured)
        return
    assert 0 <= found.low <= found.value <= found.high <= 1
    wider = intervals.proportion(c, method=method, level=0.99)
    assert wider.low <= found.low + 1e-12
    assert wider.high >= found.high - 1e-12
    mirrored = intervals.proportion((c[1] - c[0], c[1]), method=method)
    assert mirrored.low == pytest.approx(1 - found.high, abs=1e-9)


@pytest.mark.parametrize("n", [1, 7, 30, 200])
def test_clopper_pearson_never_undercovers(n: int) -> None:
    x = np.arange(n + 1)
    low, high = intervals.clopper_pearson_bounds(x, n)
    for p in np.linspace(0.001, 0.999, 61):
        mass = np.exp(special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
                      + special.xlogy(x, p) + special.xlog1py(n - x, -p))  # fmt: skip
        assert mass[(low <= p) & (p <= high)].sum() >= 0.95 - 1e-9


@given(real)
def test_singleton_clusters_give_the_plain_error(x: np.ndarray) -> None:
    plain = float(np.std(x, ddof=1)) / math.sqrt(x.size)
    assert standard_errors.clustered_se(x, np.arange(x.size)) == pytest.approx(plain, rel=1e-9, abs=1e-12)


@given(real, st.data())
def test_copying_items_inside_their_cluster_changes_nothing(x: np.ndarray, data: st.DataObject) -> None:
    clusters = np.array(data.draw(st.lists(st.integers(0, 5), min_size=x.size, max_size=x.size)))
    if np.unique(clusters).size < 2:
        return
    once = standard_errors.clustered_se(x, clusters)
    twice = standard_errors.clustered_se(np.repeat(x, 2), np.repeat(clusters, 2))
    assert twice == pytest.approx(once, rel=1e-9, abs=1e-12)


@given(unit)
def test_sequences_nest_in_alpha_and_shrink_when_intersected(x: np.ndarray) -> None:
    for make in (
        lambda a: sequences.normal_mixture(x, sigma=0.5, alpha=a, n_opt=100),
        lambda a: sequences.empirical_bernstein(x, alpha=a),
        lambda a: sequences.hedged_betting(x, alpha=a, grid=100),
        lambda a: sequences.asymptotic(x, alpha=a, burn_in=2),
    ):
        narrow, wide = make(0.2), make(0.05)
        if narrow.method == "normal mixture":
            assert (wide.low <= narrow.low + 1e-9).all()
        assert (narrow.low <= narrow.high).all()
        meet = wide.intersect()
        assert (np.diff(meet.low) >= -1e-12).all()
        assert (np.diff(meet.high) <= 1e-12).all()


def test_an_empty_intersection_stays_where_it_emptied() -> None:
    """Each stream freezes at the admissible point nearest to the interval that left; others go on."""
    low = np.array([[-np.inf, 0.0, 0.6, 0.0], [-np.inf, 0.0, -1.0, 0.1]])
    high = np.array([[np.inf, 0.5, 0.9, 0.4], [np.inf, 0.5, -0.5, 0.4]])
    meet = sequences.Path(np.zeros((2, 4)), low, high, 0.05, "exact", "planted").intersect()
    assert meet.low.tolist() == [[-np.inf, 0.0, 0.5, 0.5], [-np.inf, 0.0, 0.0, 0.0]]
    assert meet.high.tolist() == [[np.inf, 0.5, 0.5, 0.5], [np.inf, 0.5, 0.0, 0.0]]


@given(real, st.floats(0.1, 10), st.floats(-100, 100))
def test_asymptotic_sequence_moves_with_shift_and_scale(x: np.ndarray, scale: float, shift: float) -> None:
    a = sequences.asymptotic(x, burn_in=1)
    b = sequences.asymptotic(scale * x + shift, burn_in=1)
    assert b.low == pytest.approx(scale * a.low + shift, rel=1e-5, abs=1e-3)


def test_mixtures_start_at_one() -> None:
    assert float(boundaries.normal_two_sided_log(0, 0, 3.0)) == pytest.approx(0)
    assert float(boundaries.normal_one_sided_log(0, 0, 3.0)) == pytest.approx(0)
    assert float(boundaries.gamma_exponential_log(0, 0, 3.0, 2.0)) == pytest.approx(0)
    assert float(boundaries.beta_binomial_log(0, 0, 3.0, 0.3, 0.7)) == pytest.approx(0)


@pytest.mark.parametrize("n", [1, 5, 40])
def test_discordant_pairs_e_value_has_expectation_one(n: int) -> None:
    b = np.arange(n + 1)
    e = np.exp(evalues.paired_binary_log_e(b, n - b))
    assert float((special.binom(n, b) * 0.5**n) @ e) == pytest.approx(1.0, abs=1e-10)
    assert e == pytest.approx(e[::-1])


@pytest.mark.parametrize("side", ["two-sided", "greater", "less"])
def test_share_e_value_has_expectation_at_most_one(side: str) -> None:
    x = np.arange(31)
    e = np.exp(evalues.bernoulli_mixture_log_e(x, 30, 0.2, side=side))
    grid = {"two-sided": [0.2], "greater": [0.05, 0.1, 0.2], "less": [0.2, 0.4, 0.8]}[side]
    for p in grid:
        mass = special.binom(30, x) * p**x * (1 - p) ** (30 - x)
        assert float(mass @ e) <= 1 + 1e-9


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.integers(1, 4), st.integers(1, 4))
def test_two_arm_block_is_an_e_value_at_every_common_rate(tc: float, tt: float, p: float, nc: int, nt: int) -> None:
    total = 0.0
    for c in range(nc + 1):
        for t in range(nt + 1):
            mass = math.comb(nc, c) * math.comb(nt, t) * p ** (c + t) * (1 - p) ** (nc + nt - c - t)
            total += mass * math.exp(evalues.two_arm_block_log_e(tc, tt, (c, nc), (t, nt)))
    assert total <= 1 + 1e-9


@given(hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(1e-6, 1)))
def test_p_to_e_is_decreasing_and_integrates_to_at_most_one(p: np.ndarray) -> None:
    e = evalues.p_to_e(np.sort(p))
    assert (np.diff(e) <= 1e-9 * e[:-1] + 1e-9).all()
    grid = np.exp(np.linspace(np.log(1e-280), 0, 40001))
    integral = np.trapezoid(evalues.p_to_e(grid), grid)
    assert integral <= 1 + 1e-3


@given(hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1e4)), st.floats(0.001, 0.3))
def test_e_bh_meets_its_definition(e: np.ndarray, alpha: float) -> None:
    rejected = evalues.e_bh(e, alpha)
    k = int(rejected.sum())
    if k:
        assert e[rejected].min() >= e.size / (k * alpha) - 1e-9
        assert e[rejected].min() >= e[~rejected].max(initial=0)
    for larger in range(k + 1, e.size + 1):
        assert np.sort(e)[::-1][larger - 1] < e.size / (larger * alpha)


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_sprt_log_ratio_is_the_likelihood_ratio(answers: list[bool]) -> None:
    state = sprt.Sprt(0.1, 0.4)
    for a in answers:
        state = state.observe(a)
    k, n = sum(answers), len(answers)
    assert state.log_ratio == pytest.approx(k * math.log(4) + (n - k) * math.log(0.6 / 0.9), abs=1e-9)


def test_sprt_errors_and_expected_length_by_simulation() -> None:
    rng = np.random.default_rng(5)
    wrong, length = 0, []
    for _ in range(2000):
        state = sprt.Sprt(0.3, 0.6, alpha=0.05, beta=0.05)
        while state.decision == "undecided":
            state = state.observe(bool(rng.random() < 0.3))
        wrong += state.decision == "h1"
        length.append(state.n)
    assert wrong / 2000 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 2000)
    assert np.mean(length) == pytest.approx(sprt.Sprt(0.3, 0.6).expected_samples(0.3), rel=0.35)


@given(st.lists(st.integers(0, 300), min_size=2, max_size=5))
def test_sample_ratio_counts_add_over_blocks(block: list[int]) -> None:
    shares = tuple([1.0] * len(block))
    one = srm.SplitCheck(shares).observe(block).observe(block)
    assert one.counts == tuple(2 * b for b in block)
    assert one.p <= srm.SplitCheck(shares).observe(block).p + 1e-12


def test_a_user_in_a_closed_arm_is_a_mismatch() -> None:
    assert srm.SplitCheck((0.5, 0.5, 0.0)).observe([50, 50, 1]).p < 1e-6
    assert srm.SplitCheck((0.5, 0.5, 0.0)).observe([50, 50, 0]).p > 0.5


def worlds(seed: int, n: int = 60, m: int = 400, rho: float = 0.7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    f = rng.random(n + m)
    y = np.clip(rho * f + (1 - rho) * rng.random(n + m), 0, 1)
    return y[:n], f[:n], f[n:]


def width(e: object) -> float:
    assert isinstance(e, Estimate)
    return e.high - e.low


@given(st.integers(0, 10_000))
def test_prediction_powered_inference_knows_its_limits(seed: int) -> None:
    y, f, g = worlds(seed)
    labels_only = judges.ppi(y, f, g, weight=0.0)
    constant = judges.ppi(y, np.full_like(f, 0.4), np.full_like(g, 0.4))
    assert constant.value == pytest.approx(labels_only.value)
    assert width(constant) == pytest.approx(width(labels_only), rel=1e-9)
    tuned = judges.ppi(y, f, g)
    shifted = judges.ppi(y, f + 5, g + 5)
    assert shifted.value == pytest.approx(tuned.value, abs=1e-9)
    assert width(tuned) <= width(labels_only) * 1.02
    perfect = judges.ppi(y, y, g)
    everything = intervals.mean(np.concatenate([y, g]))
    assert width(perfect) == pytest.approx(width(everything), rel=0.35)


def test_rogan_gladen_refuses_a_coin() -> None:
    refused = judges.rogan_gladen(
        summaries.Bernoulli(50, 100), summaries.Bernoulli(26, 50), summaries.Bernoulli(24, 50)
    )
    assert isinstance(refused, NotMeasured)
    assert "cannot decide" in refused.reason


def test_labelled_stream_covers_under_a_hostile_judge() -> None:
    missed = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = (rng.random(800) < 0.3).astype(float)
        judged = 1 - truth  # always wrong
        labels = np.where(rng.random(800) < 0.5, truth, np.nan)
        path = judges.labelled_stream(judged, labels, np.full(800, 0.5), grid=100)
        missed += bool(path.ever_misses(0.3).item())
    assert missed / 60 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 60)


def test_components_are_recovered() -> None:
    rng = np.random.default_rng(8)
    i, r, j = 800, 5, 3
    y = (
        rng.normal(0, 2, (i, 1, 1)) + rng.normal(0, 1, (i, r, 1))
        + rng.normal(0, 1.5, (i, 1, j)) + rng.normal(0, 0.5, (i, r, j))
    )  # fmt: skip
    found = variance.balanced_components(y)
    for name, truth in (("item", 4), ("run", 1), ("item:judge", 2.25), ("residual", 0.25)):
        assert found[name] == pytest.approx(truth, rel=0.15), name
    ranges = variance.component_intervals(y[:200], rng, replicates=50)
    assert all(m.low <= m.value <= m.high for m in ranges.values())
    rows = [(f"i{a}", f"i{a}/r{b}") for a in range(60) for b in range(r) if rng.random() < 0.7]
    values = [y[int(a[1:]), int(b.split("r")[1]), 0] for a, b in rows]
    fitted = variance.reml_components(values, {"item": [a for a, _ in rows]})
    assert fitted["item"].value == pytest.approx(4 + 2.25, rel=0.6)
    assert fitted["residual"].value == pytest.approx(1.25, rel=0.4)


def test_allocation_is_the_brute_force_optimum() -> None:
    parts = {"item": 1.0, "run": 2.0, "item:judge": 0.5, "residual": 1.0, "judge": 0.0}
    best = variance.best_allocation(parts, budget=3000, cost_item=2, cost_run=1, cost_judge=0.5)
    assert best.cost <= 3000
    two_stage = math.sqrt(2 * (2.0 + 1.0 / best.judges) / ((1 + best.judges * 0.5) * (1.0 + 0.5 / best.judges)))
    assert abs(best.runs - two_stage) <= 1.0
    units = variance.neyman_allocation([0.5, 0.5], [3.0, 1.0], 40)
    assert units.sum() == 40
    assert units[0] > 2.5 * units[1]


def test_permutation_p_is_super_uniform() -> None:
    rng = np.random.default_rng(9)
    p = []
    for _ in range(400):
        kernel = two_sample.linear_kernel(rng.normal(size=(16, 3)))
        p.append(two_sample.mmd_test(kernel, np.arange(16) < 8, rng, permutations=99).p)
    for level in (0.05, 0.1, 0.25, 0.5):
        assert np.mean(np.array(p) <= level) <= level + 3 * math.sqrt(level * (1 - level) / 400)


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_kernel_statistic_does_not_depend_on_order_or_common_padding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list("abc"), rng.integers(1, 12))) for _ in range(12)]
    side = np.arange(12) < 6
    order = rng.permutation(12)

    def statistic(t: list[str], s: np.ndarray, length: int) -> float:
        return two_sample.mmd_test(two_sample.hamming_kernel(t, length=length), s, rng, permutations=0).statistic

    plain = statistic(texts, side, 20)
    assert statistic([texts[i] for i in order], side[order], 20) == pytest.approx(plain, abs=1e-12)
    assert statistic(texts, side, 50) == pytest.approx(plain, abs=1e-12)


def test_cuped_is_unbiased_and_narrower() -> None:
    rng = np.random.default_rng(10)
    errors, plain_widths, widths = [], [], []
    for _ in range(150):
        x = rng.normal(size=300)
        t = (rng.random(300) < 0.5).astype(float)
        y = 2 * x + 0.3 * t + rng.normal(size=300)
        found = cuped.adjusted_effect(y, t, x, rng)
        errors.append(found.value - 0.3)
        widths.append(width(found))
        plain_widths.append(width(cuped.arm_difference(y, t)))
    assert abs(np.mean(errors)) < 3 * np.std(errors) / math.sqrt(150)
    assert np.mean(widths) < 0.6 * np.mean(plain_widths)
    assert np.mean([abs(e) <= w / 2 for e, w in zip(errors, widths, strict=True)]) >= 0.9


@given(st.lists(st.integers(0, 20), min_size=1, max_size=50))
def test_unseen_mass_and_kinds(seen: list[int]) -> None:
    mass, kinds = unseen.unseen_mass(seen), unseen.kinds_total(seen)
    if not sum(seen):
        assert isinstance(mass, NotMeasured)
        return
    assert 0 <= mass.low <= mass.value <= mass.high <= 1
    assert kinds.low >= sum(c > 0 for c in seen)


def test_unseen_mass_bound_holds_on_zipf() -> None:
    rng = np.random.default_rng(14)
    p = 1 / np.arange(1, 401)
    p /= p.sum()
    held = 0
    for _ in range(300):
        seen = np.bincount(rng.choice(400, 300, p=p), minlength=400)
        held += p[seen == 0].sum() <= unseen.unseen_mass(seen).high
    assert held / 300 >= 0.95


def test_pass_hat_k_falls_with_k_and_is_unbiased() -> None:
    x, n = np.arange(9), np.full(9, 8)
    each = np.stack([repeats.pass_hat_k_items(x, n, k) for k in range(1, 9)])
    assert (np.diff(each, axis=0) <= 1e-12).all()
    p, mass = 0.7, special.binom(8, x) * 0.7**x * 0.3 ** (8 - x)
    for k in (1, 2, 4, 8):
        assert float(mass @ repeats.pass_hat_k_items(x, n, k)) == pytest.approx(p**k)
        assert float(mass @ (x / 8) ** k) >= p**k - 1e-12
    assert repeats.case_verdict(20, 20, required=0.8) == "pass"
    assert repeats.case_verdict(2, 20, required=0.8) == "fail"
    assert repeats.case_verdict(4, 5, required=0.8) == "undecided"


def test_learn_then_test_keeps_its_promise() -> None:
    rng = np.random.default_rng(15)
    truth = np.linspace(0.05, 0.3, 20)
    broken = sum(
        bool(risk.learn_then_test(rng.binomial(200, truth) / 200, 200, 0.15, 0.1, ordered=True)[truth > 0.15].any())
        for _ in range(400)
    )
    assert broken / 400 <= 0.1 + 3 * math.sqrt(0.09 / 400)
    upper = [risk.risk_upper(float(rng.binomial(100, 0.1)) / 100, 100, 0.1) for _ in range(300)]
    assert np.mean(np.array(upper) >= 0.1) >= 0.9


def test_conformal_and_precision_thresholds() -> None:
    assert risk.conformal_quantile(np.arange(9.0), 0.1) == 8.0
    assert risk.conformal_quantile(np.arange(5.0), 0.1) == math.inf
    rng = np.random.default_rng(16)
    broken = measured = 0
    for _ in range(200):
        s = rng.random(600)
        good = rng.random(600) < 0.5 + 0.5 * s
        found = risk.precision_threshold(s, good, precision_min=0.85)
        if isinstance(found, Estimate):
            measured += 1
            broken += (0.5 + 0.5 * s[s >= found.value]).mean() < 0.85
    assert measured > 100
    assert broken / 200 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)


def test_calibration_maps() -> None:
    rng = np.random.default_rng(17)
    s = rng.normal(size=4000)
    p = special.expit(2 * s - 1)
    y = (rng.random(4000) < p).astype(float)
    platt = calibration.Platt.fit(s, y)
    assert (platt.a, platt.b) == pytest.approx((2, -1), abs=0.2)
    isotonic = calibration.Isotonic.fit(s, y)
    assert (np.diff(isotonic(np.sort(s))) >= -1e-12).all()
    good, bad = calibration.calibration_error(p, y, rng), calibration.calibration_error(p**3, y, rng)
    assert good.value < 0.035 < bad.value
    assert isinstance(calibration.brier(p, y), Estimate)


def test_batch_null_is_calibrated_and_detectors_alarm() -> None:
    rng = np.random.default_rng(18)
    ps = []
    for _ in range(2000):
        past = summaries.Moments.of(rng.normal(size=8))
        ps.append(drift.predictive_p(float(rng.normal()), past))
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.05, abs=0.015)
    cusum, sr = drift.Cusum(0.01), drift.ShiryaevRoberts(0.01)
    for e in [0.5] * 20 + [4.0] * 6:
        cusum, sr = cusum.observe(math.log(e)), sr.observe(math.log(e))
    assert cusum.alarm
    assert sr.alarm
    assert cusum.started_at >= 19


def test_plans() -> None:
    assert power.positives_for_recall(0.99) == 299
    assert power.recall_promised(299) == pytest.approx(0.99, abs=1e-4)
    assert power.items_for_positives(1, 0.5, assurance=0.95) == 5
    n = power.positives_for_half_width(0.05)
    low, high = intervals.wilson_bounds(n / 2, n)
    assert (high - low) / 2 <= 0.05
    q = power.label_probabilities(np.linspace(0.01, 0.99, 50), 10)
    assert q.sum() == pytest.approx(10, abs=1e-6)
    assert power.units_per_arm_for_shares(0.1, 0.12) == pytest.approx(3841, abs=5)


def test_bad_input_names_the_value_and_place() -> None:
    with pytest.raises(InputError, match="position 1"):
        intervals.mean([1.0, float("nan"), 2.0])
    with pytest.raises(InputError, match="successes"):
        intervals.proportion((5, 3))
    with pytest.raises(InputError, match=r"\[0, 1\]"):
        sequences.empirical_bernstein([0.5, 2.0])
    with pytest.raises(InputError, match="share a prompt"):
        two_sample.mmd_test(np.eye(2), [True, False], np.random.default_rng(0))
