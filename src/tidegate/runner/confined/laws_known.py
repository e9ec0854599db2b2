# ruff: noqa: E501  (messages read best on one line)
"""Answers of a program with chance against what theory says of them, over runs under other seeds.

A value that one run gives many times (a function called for every game) is a sample already; one that a run gives once is a
sample over runs.  A row is broken at eight standard errors and more than its relative slack.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.known import Between, Params, matched

ERRORS = {1: 200.0, 2: 150.0, 3: 60.0, 4: 28.0, 5: 17.0, 6: 12.0, 7: 10.0, 8: 9.0}
"""Standard errors that a mean of few values is allowed."""
SAMPLE = 60
TRIALS = r"(?:n|num|number)?(?:of)?(?:trials|runs|games|experiments|replicates|reps|repetitions|sims|simulations|photons|neutrons|histories)"
"""What counts independent trials: samples may be of a chain."""
SHARE = re.compile(r"prob|frac|share|propor|rate\b|moran|ruin|spann")


class Group:
    """All occurrences of one answer that must have one value: per run, the values."""

    def __init__(self, topic, row, label, wanted):
        self.topic, self.row, self.label, self.wanted, self.runs = topic, row, label, wanted, {}
        self.trials = None

    def add(self, run, value):
        """One more occurrence."""
        self.runs.setdefault(run, []).append(value)

    def enough(self):
        """Whether two runs gave so many independent values that more would tell no more."""
        return sum(len(run) for run in self.runs.values()) >= 1000 and all(len(run) >= SAMPLE for run in self.runs.values())  # fmt: skip

    def judged(self, slow):
        """(holds, mean, error, slack), or None where too little is known."""
        values = np.array([v for run in self.runs.values() for v in run], float)
        if not np.all(np.isfinite(values)):
            return None
        if isinstance(self.wanted, Between):
            mean = float(values.mean())
            self.wanted = self.wanted if self.wanted.low <= mean <= self.wanted.high else self.wanted.low if mean < self.wanted.low else self.wanted.high  # fmt: skip
            if isinstance(self.wanted, Between):
                return True, mean, 0.0, 0.0
        means = np.array([np.mean(run) for run in self.runs.values()])
        within = [np.asarray(run, float) for run in self.runs.values()]
        pooled = min(len(run) for run in within) >= SAMPLE and all(_independent(run) for run in within)
        mean = float(values.mean())
        if pooled:
            error, times = float(values.std(ddof=1)) / math.sqrt(len(values)), 8.0
            if set(np.unique(values)) <= {0.0, 1.0} and 0 < self.wanted < 1:
                error = max(error, math.sqrt(self.wanted * (1 - self.wanted) / len(values)))
        else:
            n = len(means)
            error = float(means.std(ddof=1)) / math.sqrt(n) if n > 1 else math.inf
            times = ERRORS.get(n, 8.0)
            if n < 5 and self.trials and 0.02 < self.wanted < 0.98 and SHARE.search(self.label) and float(values.max()) <= 1:  # fmt: skip
                error, times = 1.0 / math.sqrt(self.trials * len(values)) / 2, 12.0
            elif n < 3 and not self.steady(values):
                return None
        share = max(self.row.share, 0.04 if slow else 0.0)
        digits = _rounding(values)
        slack = times * error + share * abs(self.wanted) + digits + 1e-12
        if self.steady(values) and (n_runs(self) < 2 or self.rare(values)):
            return None
        beyond = (means - self.wanted) * (1 if mean > self.wanted else -1) > 0.3 * abs(self.wanted)
        apart = len(means) >= 8 and bool(beyond.all()) and abs(mean - self.wanted) > 3.5 * error
        return abs(mean - self.wanted) <= slack and not apart, mean, error, slack

    def rare(self, values):
        """Whether every run may have given 0 (or 1) by chance."""
        if float(values[0]) not in (0.0, 1.0) or not 0 < self.wanted < 1:
            return False
        seldom = min(self.wanted, 1 - self.wanted)
        return seldom * len(values) * (self.trials or 1.0) < 50 and seldom < 0.02

    def steady(self, values):
        """Whether every occurrence gave one value."""
        return float(np.ptp(values)) == 0.0


def as_share(value, wanted, label, p):
    """A whole number of successes under a share's row as a share of the trials; None where their number is not known."""
    if np.ndim(value) or np.ndim(wanted) or isinstance(wanted, Between) or not 0 < wanted < 1:
        return value
    if float(value) < 2 or float(value) != round(float(value)) or re.search(r"prob|frac|share|propor|rate|mean|average", label):  # fmt: skip
        return value
    trials = p.maybe(TRIALS)
    return float(value) / trials if trials else None


def shown(wanted):
    """A value, or bounds, in words."""
    return f"{wanted.low:.5g} to {wanted.high:.5g}" if isinstance(wanted, Between) else f"{wanted:.6g}"


def n_runs(group):
    """How many runs a group has."""
    return len(group.runs)


def _independent(run):
    """Whether successive occurrences in a run are not correlated."""
    d = run - run.mean()
    square = float((d * d).sum())
    return square == 0.0 or abs(float((d[1:] * d[:-1]).sum())) / square < 5 / math.sqrt(len(run))


def _rounding(values):
    """Half a unit of the last place where every value has four decimals or fewer (and not all are whole)."""
    for places in range(5):
        if np.all(np.abs(values * 10**places - np.round(values * 10**places)) < 1e-7):
            return 0.5 * 10.0**-places if places else 0.0
    return 0.0


def check(topics, runs, fixed, text, prose, tell, slow):
    """Rows for each answer that a topic knows; `runs` yields the results of one run after the other."""
    groups, worth = {}, {}
    for k, results in enumerate(runs):
        found = matched(topics, results, fixed, text, prose, worth)
        if not found or (k and all(group.enough() for group in groups.values())):
            break
        for topic, row, result, value, wanted in found:
            value = as_share(value, wanted, result.label, Params(result, fixed, text))
            if value is None:
                continue
            values = np.ravel(value)
            targets = (
                [wanted] * len(values) if isinstance(wanted, Between) or np.ndim(wanted) == 0 else np.ravel(wanted)
            )
            for i, (one, target) in enumerate(zip(values, targets, strict=True)):
                key = (topic.name, id(row), result.site, i, shown(target))
                if key not in groups:
                    groups[key] = Group(topic, row, result.label, target)
                    groups[key].trials = Params(result, fixed, text).maybe(TRIALS)
                groups[key].add(k, float(one))
    for group in groups.values():
        got = group.judged(slow)
        if got is None:
            continue
        holds, mean, error, slack = got
        label = group.label.partition("|")[0].strip() or group.label.strip(" |")
        tell(
            f"`{label}` is what theory says of {group.topic.name}",
            holds,
            f"{mean:.5g}" + (f" ± {error:.2g}" if 0 < error < math.inf else ""),
            f"{shown(group.wanted)} within {slack:.2g}",
            None,
        )
