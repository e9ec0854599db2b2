"""The relic rule (A9): a case goes into quarantine only when *everything* says that it is a relic.

1. its share of the last W days' traffic is below τ_w;
2. its posterior pass rate is above 0.98 in each of the last R releases;
3. it kills no mutant that no other case surely kills, and none where it was undecided or not run;
4. without it every release decision of the last R releases stays the same in ≥ 99 % of bootstrap replicates.

A regulatory or incident-pinned case is never a relic.  What could not be measured counts as "keep".
Quarantined cases are re-sampled at a rate r: a regression there is seen after about 1/(r·m) releases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from tidegate.curate.harvest.modes.vectors import Vectors, unit
from tidegate.curate.harvest.suites.museum import History
from tidegate.spine.case import Case
from tidegate.spine.errors import InputError
from tidegate.spine.gate import Verdict
from tidegate.stats.late import late

special = late("scipy.special")

STEADY = 0.9  # pass rate without harm above which a case's failure on a mutant says something of the mutant
EXEMPT = ("regulation", "incident")


class RelicRule(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of the four conditions."""

    window_days: int = 30
    traffic_max: float = 0.001  # τ_w: share of recent traffic near the case
    half_life_days: float = 15.0
    near: float = 0.6  # cosine within which traffic speaks of the case
    releases: int = 5
    pass_min: float = 0.98
    pass_level: float = 0.95
    unchanged_min: float = 0.99
    decision_min: float = 0.8  # a release ships when at least this share of cases passes
    replicates: int = 500
    others_min: int = 2  # other cases that must surely kill what this one kills: a single one may have failed by luck

    def __post_init__(self) -> None:
        if self.releases < 1 or not 0 < self.pass_min < 1 or not 0 < self.unchanged_min <= 1:
            raise InputError("expected releases >= 1, pass_min in (0, 1), unchanged_min in (0, 1]")


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one case is a relic: each condition holds (True), does not (False) or was not measured (None)."""

    case_id: str
    relic: bool
    conditions: Mapping[str, bool | None]
    reason: str


def traffic_share(case: Vectors, traffic: Vectors, ages_days: Sequence[float], rule: RelicRule) -> list[float]:
    """Each case's share of recent traffic: weight of calls within `near`, halved every half-life."""
    if not len(traffic):
        return []
    ages = np.asarray(ages_days, dtype=np.float64)
    weight = np.where(ages <= rule.window_days, 0.5 ** (ages / rule.half_life_days), 0.0)
    total = float(weight.sum())
    if total <= 0:
        return []
    out: list[float] = []
    rows, calls = unit(case), unit(traffic)
    for a in range(0, len(rows), 256):
        near = (rows[a : a + 256] @ calls.T) >= rule.near
        out.extend((near @ weight / total).tolist())
    return out


def passes_surely(history: History | None, rule: RelicRule) -> bool | None:
    """Over the last R releases together P(pass rate > 0.98) ≥ 0.95, with no failed run; None with fewer releases."""
    if history is None or len(history.releases) < rule.releases:
        return None
    last = history.releases[-rule.releases :]
    passed, runs = sum(x for x, _ in last), sum(n for _, n in last)
    if not runs or any(not n for _, n in last):
        return None
    below = float(special.betainc(passed + 0.5, runs - passed + 0.5, rule.pass_min))
    return below <= 1 - rule.pass_level


class Kills(msgspec.Struct, frozen=True, kw_only=True):
    """What one case notices of the mutants: those it surely fails on, and those it may fail on.

    It may fail where its runs were undecided, and where it was not run at all: what was not
    measured must not make a relic.
    """

    sure: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()


def kills_of(verdicts: Mapping[str, Mapping[str, Verdict]], case_ids: Sequence[str]) -> dict[str, Kills]:
    """Kills of each case from `verdicts[mutant][case]`; a case that ran on no mutant is left out (not measured)."""
    out: dict[str, Kills] = {}
    for case in case_ids:
        said = {mutant: rows.get(case) for mutant, rows in verdicts.items()}
        if any(v is not None for v in said.values()):
            out[case] = Kills(
                sure=frozenset(m for m, v in said.items() if v is Verdict.FAIL),
                possible=frozenset(m for m, v in said.items() if v is None or v is Verdict.UNDECIDED),
            )
    return out


def unique_kills(kills: Mapping[str, Kills], others: int = 1) -> frozenset[str]:
    """Cases that kill, or may kill, a mutant which fewer than `others` other cases surely kill.

    A mutant that too few cases surely kill and several may kill keeps all of them: which one would see it is not known.
    """
    times: dict[str, int] = {}
    for own in kills.values():
        for mutant in own.sure:
            times[mutant] = times.get(mutant, 0) + 1
    return frozenset(
        case
        for case, own in kills.items()
        if any(times[m] <= others for m in own.sure) or any(times.get(m, 0) < others for m in own.possible)
    )


def decisions_unchanged(histories: Mapping[str, History], case_id: str, rule: RelicRule, seed: int) -> float | None:
    """Share of bootstrap replicates in which leaving the case out changes no release decision of the last R.

    A replicate redraws the cases; a release ships when the mean pass rate of what was drawn reaches `decision_min`,
    once with the case among them and once without.  Known histories only; None without enough of them.
    """
    others = [h for i, h in histories.items() if i != case_id and len(h.releases) >= rule.releases]
    own = histories.get(case_id)
    if own is None or len(own.releases) < rule.releases or len(others) < 2:
        return None
    table = np.array([[x / n if n else np.nan for x, n in h.releases[-rule.releases :]] for h in others])
    mine = np.array([x / n if n else np.nan for x, n in own.releases[-rule.releases :]])
    if np.isnan(mine).any():
        return None
    table = np.where(np.isnan(table), np.nanmean(table), table)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(others), np.full(len(others), 1 / len(others)), size=rule.replicates)
    sums = draws @ table
    without = sums / len(others) >= rule.decision_min
    with_it = (sums + mine) / (len(others) + 1) >= rule.decision_min
    return float((without == with_it).all(axis=1).mean())


def judge_cases(
    cases: Sequence[Case],
    histories: Mapping[str, History],
    shares: Mapping[str, float],
    kills: Mapping[str, Kills] | None,
    rule: RelicRule,
    *,
    seed: int = 1,
) -> list[Judgement]:
    """Every case against every condition.

    `shares` holds traffic shares by case id (missing: not measured), `kills` the kill matrix (None: no
    mutants were run, so nothing can be retired).  Cases are judged one after another, and what was judged a
    relic leaves the pool: two cases that each look redundant because of the other do not both go.
    A case that does not surely pass unharmed kills nothing surely: it would have failed anyway.
    """
    steady = msgspec.structs.replace(rule, pass_min=STEADY)
    alive: dict[str, Kills] | None = None
    if kills is not None:
        alive = {}
        for i, own in kills.items():
            trusted = passes_surely(histories.get(i), steady)
            alive[i] = own if trusted else Kills(possible=own.sure | own.possible)
    left = dict(histories)
    out: list[Judgement] = []
    for case in sorted(cases, key=lambda c: (shares.get(c.case_id, 1.0), c.case_id)):
        said = _judge(case, left, shares.get(case.case_id), alive, rule, seed)
        if said.relic:
            if alive is not None:
                alive.pop(case.case_id, None)
            left.pop(case.case_id, None)
        out.append(said)
    return out


def _judge(case: Case, histories: Mapping[str, History], share: float | None,
           kills: Mapping[str, Kills] | None, rule: RelicRule, seed: int) -> Judgement:  # fmt: skip
    if case.provenance.source in EXEMPT or case.provenance.pinned:
        why = case.provenance.pinned or case.provenance.source
        return Judgement(case_id=case.case_id, relic=False, conditions={}, reason=f"exempt: {why}")
    unchanged = decisions_unchanged(histories, case.case_id, rule, seed)
    conditions: dict[str, bool | None] = {
        "traffic has left it": None if share is None else share < rule.traffic_max,
        "it passes surely": passes_surely(histories.get(case.case_id), rule),
        "no kill of its own": None
        if kills is None or case.case_id not in kills
        else case.case_id not in unique_kills(kills, rule.others_min),
        "no decision hangs on it": None if unchanged is None else unchanged >= rule.unchanged_min,
    }
    relic = all(v is True for v in conditions.values())
    against = [k for k, v in conditions.items() if v is False]
    unknown = [k for k, v in conditions.items() if v is None]
    if relic:
        reason = f"relic: all four conditions hold over {rule.releases} releases"
    elif against:
        reason = "kept, for this does not hold: " + ", ".join(against)
    else:
        reason = "kept, for this was not measured: " + ", ".join(unknown)
    return Judgement(case_id=case.case_id, relic=relic, conditions=conditions, reason=reason)


def resample_rate(blind_releases_max: float, runs_per_release: int = 1) -> float:
    """The rate r at which quarantined cases are drawn, so that a regression is seen after about this many releases."""
    if blind_releases_max <= 0 or runs_per_release < 1:
        raise InputError(f"expected positive numbers, got {blind_releases_max} and {runs_per_release}")
    return min(1.0, 1 / (blind_releases_max * runs_per_release))


def drawn(case_ids: Sequence[str], rate: float, release: str) -> list[str]:
    """Which quarantined cases to run for this release; the same release draws the same ones."""
    count = math.ceil(rate * len(case_ids)) if case_ids else 0
    seed = int.from_bytes(release.encode()[:32].ljust(8, b"\0"), "little") % (1 << 63)
    order = np.random.default_rng(seed).permutation(len(case_ids))
    return [sorted(case_ids)[i] for i in order[:count].tolist()]
