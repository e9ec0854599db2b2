"""Always valid, everywhere: how often each interval ever misses the truth, over 24 worlds.

`python -m benches.stats` is sized for CI (under a minute of CPU); `--full` runs 20,000 streams a world and
four error rates.  Exact methods must miss at most α plus three Monte-Carlo standard deviations wherever their
assumptions hold; asymptotic ones are labelled where they do not.  Seeds are printed.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from benches.report import Report
from tidegate.stats import evalues, minhash, sequences, srm
from tidegate.stats.arrays import Floats
from tidegate.stats.sequences import Path

SEED = 4100
Draw = Callable[[np.random.Generator, int, int], Floats]


@dataclass(frozen=True)
class World:
    """A generator of streams (streams, time) in [0, 1] with conditional mean `mean` at every step."""

    name: str
    draw: Draw
    mean: float
    martingale: bool = True  # each step has the conditional mean: what the exact methods assume
    independent: bool = True  # what the asymptotic method assumes beside a finite variance


def bernoulli(p: float) -> Draw:
    return lambda rng, m, n: (rng.random((m, n)) < p).astype(np.float64)


def beta(a: float, b: float) -> Draw:
    return lambda rng, m, n: rng.beta(a, b, (m, n))


def two_point(low: float, high: float, p: float) -> Draw:
    return lambda rng, m, n: np.where(rng.random((m, n)) < p, high, low)


def lognormal_share(sigma: float) -> Draw:
    """Heavy-tailed costs as a share of a cap: min(exp(σz − 4), 1)."""
    return lambda rng, m, n: np.minimum(np.exp(sigma * rng.normal(size=(m, n)) - 4), 1.0)


def clustered(rho: float, size: int) -> Draw:
    """Bernoulli ½ with a shared coin in clusters: not a martingale difference sequence within a cluster."""

    def draw(rng: np.random.Generator, m: int, n: int) -> Floats:
        shared = np.repeat(rng.random((m, n // size + 1)) < 0.5, size, axis=1)[:, :n]
        return np.where(rng.random((m, n)) < rho, shared, rng.random((m, n)) < 0.5).astype(np.float64)

    return draw


def day_effect(spread: float, day: int = 100) -> Draw:
    """A rate that differs from day to day around ½: dependent within a day."""

    def draw(rng: np.random.Generator, m: int, n: int) -> Floats:
        rate = np.repeat(np.clip(0.5 + spread * rng.uniform(-1, 1, (m, n // day + 1)), 0, 1), day, axis=1)[:, :n]
        return (rng.random((m, n)) < rate).astype(np.float64)

    return draw


def segments(deviations: tuple[float, ...]) -> Draw:
    """Mean ½, spread that differs by segment, the segment drawn at random."""

    def draw(rng: np.random.Generator, m: int, n: int) -> Floats:
        which = rng.integers(0, len(deviations), (m, n))
        return 0.5 + np.array(deviations)[which] * rng.choice([-1.0, 1.0], (m, n))

    return draw


def adaptive(rng: np.random.Generator, m: int, n: int) -> Floats:
    """The spread is chosen by an adversary from the past: large after the running mean drifts away."""
    out = np.empty((m, n))
    total = np.zeros(m)
    for i in range(n):
        spread = np.where(np.abs(total) > np.sqrt(i + 1) * 0.1, 0.5, 0.05)
        out[:, i] = 0.5 + spread * rng.choice([-1.0, 1.0], m)
        total += out[:, i] - 0.5
    return out


def variance_switch(rng: np.random.Generator, m: int, n: int) -> Floats:
    """Quiet first, then loud: an estimated variance lags behind."""
    spread = np.where(np.arange(n) < n // 3, 0.05, 0.5)
    return 0.5 + spread * rng.choice([-1.0, 1.0], (m, n))


def paired(rng: np.random.Generator, m: int, n: int) -> Floats:
    """Half of one plus a difference of two judged answers with a common difficulty: (1 + a − b)/2."""
    difficulty = rng.random((m, n))
    a, b = rng.random((m, n)) < difficulty, rng.random((m, n)) < difficulty
    return (1 + a.astype(float) - b.astype(float)) / 2


def lognormal_mean(sigma: float) -> float:
    """E min(exp(σz − 4), 1) in closed form: the part below the cap, plus the mass at it."""
    cut = 4 / sigma
    return float(np.exp(sigma**2 / 2 - 4) * special.ndtr(cut - sigma) + special.ndtr(-cut))


WORLDS = (
    World("Bernoulli 0.5", bernoulli(0.5), 0.5), World("Bernoulli 0.1", bernoulli(0.1), 0.1),
    World("Bernoulli 0.01", bernoulli(0.01), 0.01), World("Bernoulli 0.001", bernoulli(0.001), 0.001),
    World("Bernoulli 0.95", bernoulli(0.95), 0.95), World("uniform", beta(1, 1), 0.5),
    World("Beta(10, 30)", beta(10, 30), 0.25), World("Beta(0.1, 0.1)", beta(0.1, 0.1), 0.5),
    World("Beta(0.05, 1)", beta(0.05, 1), 0.05 / 1.05), World("two points 0.2, 0.9", two_point(0.2, 0.9, 0.3), 0.41),
    World("rare large cost", two_point(0.0, 1.0, 0.004), 0.004), World("narrow", beta(500, 500), 0.5),
    World("lognormal σ=1, capped", lognormal_share(1), lognormal_mean(1)),
    World("lognormal σ=2, capped", lognormal_share(2), lognormal_mean(2)),
    World("heteroskedastic, 2 segments", segments((0.05, 0.5)), 0.5),
    World("heteroskedastic, 4 segments", segments((0.01, 0.1, 0.3, 0.5)), 0.5),
    World("paired differences", paired, 0.5), World("quiet then loud", variance_switch, 0.5),
    World("adaptive spread", adaptive, 0.5, independent=False),
    World("constant", two_point(0.3, 0.3, 0.5), 0.3),
    World("clusters of 5, ρ=0.3", clustered(0.3, 5), 0.5, martingale=False, independent=False),
    World("clusters of 20, ρ=0.5", clustered(0.5, 20), 0.5, martingale=False, independent=False),
    World("day effects ±0.05", day_effect(0.05), 0.5, martingale=False, independent=False),
    World("day effects ±0.3", day_effect(0.3), 0.5, martingale=False, independent=False),
)  # fmt: skip

METHODS: dict[str, tuple[bool, Callable[[Floats, float], Path]]] = {
    "normal mixture": (True, lambda x, a: sequences.normal_mixture(x, sigma=0.5, alpha=a, n_opt=500)),
    "empirical Bernstein": (True, lambda x, a: sequences.empirical_bernstein(x, alpha=a)),
    "asymptotic mixture": (False, lambda x, a: sequences.asymptotic(x, alpha=a, n_opt=500, burn_in=100)),
}


def betting_misses(x: Floats, mean: float, alpha: float) -> np.ndarray:
    """Whether hedged betting ever rejects the true mean: the capital at that mean alone, for many streams."""
    n, _, lag_variance = sequences.lagged_plug_in(x)
    bets = np.sqrt(2 * np.log(2 / alpha) / (lag_variance * n * np.log1p(n)))
    up = np.cumsum(np.log1p(np.minimum(bets, 0.5 / max(mean, 1e-12)) * (x - mean)), axis=1)
    down = np.cumsum(np.log1p(-np.minimum(bets, 0.5 / max(1 - mean, 1e-12)) * (x - mean)), axis=1)
    return np.asarray((np.maximum(up, down) >= np.log(2 / alpha)).any(axis=1))


def coverage(report: Report, streams: int, steps: int, alphas: tuple[float, ...]) -> None:
    worst: dict[tuple[str, float], tuple[float, str]] = {}
    labelled: dict[str, list[str]] = {}
    for number, world in enumerate(WORLDS):
        rng = np.random.default_rng(SEED + number)
        chunks = [min(1000, streams - s) for s in range(0, streams, 1000)]
        misses: dict[tuple[str, float], int] = {}
        for size in chunks:
            x = world.draw(rng, size, steps)
            for alpha in alphas:
                for name, (_, make) in METHODS.items():
                    gone = int(make(x, alpha).ever_misses(world.mean).sum())
                    misses[name, alpha] = misses.get((name, alpha), 0) + gone
                gone = int(betting_misses(x, world.mean, alpha).sum())
                misses["hedged betting", alpha] = misses.get(("hedged betting", alpha), 0) + gone
        for (name, alpha), count in misses.items():
            exact = METHODS.get(name, (True, None))[0]
            rate = count / streams
            limit = alpha + 3 * np.sqrt(alpha * (1 - alpha) / streams)
            assumed = world.martingale
            if exact and assumed:
                if rate - limit > worst.get((name, alpha), (-1.0, ""))[0]:
                    worst[name, alpha] = (rate - limit, f"{100 * rate:.2f} % in {world.name}")
            elif rate > limit:
                labelled.setdefault(name, []).append(f"{world.name} ({100 * rate:.1f} % at {alpha:g})")
    for (name, alpha), (over, words) in sorted(worst.items()):
        report.row(f"{name}, ever-miss at α={alpha:g}, worst of the worlds it assumes",
                   goal=f"<= {100 * alpha:g} % + 3 sd", measured=words, holds=bool(over <= 0))  # fmt: skip
    for name, where in labelled.items():
        report.row(f"{name}: labelled, misses more where it does not apply", goal="labelled", measured=len(where),
                   holds=True, note="; ".join(where[:8]))  # fmt: skip


def widths(report: Report) -> None:
    """Width at the planned time against a fixed-sample interval and against the tightest of the exact methods."""
    rng = np.random.default_rng(SEED + 100)
    x = (rng.random((200, 500)) < 0.3).astype(float)
    fixed = 2 * 1.96 * np.sqrt(0.21 / 500)
    asymptotic = sequences.asymptotic(x, n_opt=500)
    width = float(np.median(asymptotic.high[:, -1] - asymptotic.low[:, -1]))
    rho = sequences.asymptotic_rho(500, 0.05)
    theory = 2 * float(sequences.asymptotic_radius(500, np.sqrt(0.21), alpha=0.05, rho=rho))
    report.row("asymptotic sequence at its planned time against the best boundary of its kind", goal="<= 1.25×",
               measured=width / theory, holds=width / theory <= 1.25,
               note=f"{width / fixed:.2f}× a fixed interval")  # fmt: skip
    betting = sequences.hedged_betting(x[:40], grid=400)
    bernstein = sequences.empirical_bernstein(x[:40])
    a = float(np.median(betting.high[:, -1] - betting.low[:, -1]))
    b = float(np.median(bernstein.high[:, -1] - bernstein.low[:, -1]))
    report.row(
        "hedged betting against empirical Bernstein, width at n=500", goal="reported", measured=a / b, holds=True
    )


PEER_WORLDS = {"Bernoulli 0.3": (1, 0, 0.3), "Bernoulli 0.05": (1, 0, 0.05), "Beta(2, 5)": (2, 5, 0.0)}


def widths_beside_peers(report: Report, streams: int, n: int) -> None:
    """Median width at n of each library's tightest exact sequence, same streams (`pip install ville truescore`)."""
    try:
        truescore = importlib.import_module("truescore.sequential")
        ville = importlib.import_module("ville")
    except ImportError:
        report.row("width against the tightest of ville and truescore", goal="<= 1.25×",
                   measured="ville and truescore are not installed", holds=None)  # fmt: skip
        return
    rng = np.random.default_rng(SEED + 150)
    for name, (a, b, p) in PEER_WORLDS.items():
        x = (rng.random((streams, n)) < p).astype(float) if p else rng.beta(a, b, (streams, n))
        theirs = {
            "ville betting": [ville.BettingCS(grid=1000).fit(r) for r in x],
            "ville empirical Bernstein": [ville.EmpiricalBernsteinCS().fit(r) for r in x],
            "ville Gaussian mixture": [ville.GaussianMixtureCS(sigma=0.5, t_opt=n).fit(r) for r in x],
        }
        median = {k: float(np.median([c.interval()[1] - c.interval()[0] for c in v])) for k, v in theirs.items()}
        found = [truescore.confidence_sequence(r, target_n=n) for r in x]
        median["truescore empirical Bernstein"] = float(np.median([c.high - c.low for c in found]))
        if p:
            binary = [ville.BernoulliCS().fit(r).interval() for r in x]
            median["ville Bernoulli"] = float(np.median([high - low for low, high in binary]))
        ours = {
            "hedged betting": [sequences.hedged_betting(r, grid=1000).intersect() for r in x],
            "normal mixture": [sequences.normal_mixture(r, sigma=0.5, n_opt=n).intersect() for r in x],
        }
        mine = {k: float(np.median([c.high[-1] - c.low[-1] for c in v])) for k, v in ours.items()}
        if p:
            limits = [sequences.bernoulli_bounds(int(r.sum()), n, n_opt=n) for r in x]
            mine["Bernoulli mixture"] = float(np.median([high - low for low, high in limits]))
        best, peer = min(mine, key=lambda k: mine[k]), min(median, key=lambda k: median[k])
        ratio = mine[best] / median[peer]
        report.row(f"width at n={n}, {name}: our {best} against {peer}", goal="<= 1.25×", measured=ratio,
                   holds=ratio <= 1.25)  # fmt: skip


def streams_of_events(report: Report, streams: int) -> None:
    """Two-arm, paired and sample-ratio tests under the null, watched at every step."""
    rng = np.random.default_rng(SEED + 200)
    for alpha in (0.05, 0.01):
        limit = alpha + 3 * np.sqrt(alpha * (1 - alpha) / streams)
        for p in (0.03, 0.5):
            arms = (rng.random((2, streams, 1000)) < p).astype(float)
            for side in ("two-sided", "greater"):
                top = evalues.two_arm_log_e_path(arms[0], arms[1], side=side).max(axis=1)
                rate = float((top >= np.log(1 / alpha)).mean())
                report.row(f"two-arm e-process, {side}, both at {p:g}, α={alpha:g}",
                           goal=f"<= {100 * alpha:g} % + 3 sd", measured=f"{100 * rate:.2f} %",
                           holds=rate <= limit)  # fmt: skip
        wins = np.cumsum(rng.random((streams, 1000)) < 0.5, axis=1)
        path = evalues.paired_binary_log_e(wins, np.arange(1, 1001) - wins)
        rate = float((path.max(axis=1) >= np.log(1 / alpha)).mean())
        report.row(f"paired binary e-process, α={alpha:g}", goal=f"<= {100 * alpha:g} % + 3 sd",
                   measured=f"{100 * rate:.2f} %", holds=rate <= limit)  # fmt: skip
        days = rng.binomial(2000, 0.5, (streams, 30)).cumsum(axis=1)
        total = 2000 * np.arange(1, 31)
        bf = srm.srm_log_bayes_factor(np.stack([days, total - days], axis=-1), [0.5, 0.5])
        rate = float((bf.max(axis=1) >= np.log(1 / alpha)).mean())
        report.row(f"sequential sample ratio, 30 days, α={alpha:g}", goal=f"<= {100 * alpha:g} % + 3 sd",
                   measured=f"{100 * rate:.2f} %", holds=rate <= limit)  # fmt: skip


def duplicates(report: Report, n: int) -> None:
    """Near-duplicates among n texts of 20 to 80 words, a fifth with a copy that differs in one word."""
    rng = np.random.default_rng(SEED + 300)
    vocabulary = np.array([f"w{i:x}" for i in range(30_000)])
    texts: list[str] = []
    copies: list[int] = []
    while len(texts) < n:
        words = vocabulary[rng.zipf(1.3, rng.integers(20, 80)) % 30_000]
        texts.append(" ".join(words))
        if rng.random() < 0.2:
            changed = words.copy()
            changed[rng.integers(0, words.size)] = f"z{rng.integers(10**6)}"
            copies.append(len(texts))
            texts.append(" ".join(changed))
    start = time.process_time()
    shingles = minhash.shingle(texts)
    groups = minhash.group_shingles(shingles, threshold=0.8, plan=minhash.plan_bands(0.8))
    took = time.process_time() - start
    near = [c for c in copies if minhash.jaccard(shingles.row(c - 1), shingles.row(c)) >= 0.8]
    recall = float(np.mean([groups[c] == groups[c - 1] for c in near]))
    scaled = took * 1_000_000 / len(texts)
    report.row(f"near-duplicates: {len(texts):,} texts, recall at Jaccard ≥ 0.8", goal=">= 99 %",
               measured=f"{100 * recall:.2f} % of {len(near)}", holds=recall >= 0.99)  # fmt: skip
    report.row("near-duplicates: CPU for a million texts", goal="< 300 s", measured=scaled, unit="s",
               holds=scaled < 300, note="measured" if n >= 1_000_000 else f"scaled up from {len(texts):,}")  # fmt: skip


def main() -> None:
    report = Report("statistics")
    full = "--full" in sys.argv
    print(f"seed {SEED}")
    streams, steps = (20_000, 1000) if full else (400, 500)
    alphas = (0.1, 0.05, 0.01, 0.001) if full else (0.05, 0.01)
    coverage(report, streams, steps, alphas)
    widths(report)
    widths_beside_peers(report, 100 if full else 20, 500)
    streams_of_events(report, 20_000 if full else 1000)
    duplicates(report, 1_000_000 if full else 40_000)
    report.finish()


if __name__ == "__main__":
    main()
