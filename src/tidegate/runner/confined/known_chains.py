# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Chains and populations: walks, Markov chains in discrete and continuous time, births and deaths, drift, branching, epidemics.

Sources: Norris, Markov Chains; Ewens, Mathematical Population Genetics; Gardiner, Handbook of Stochastic Methods.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.known import Missing, Row, Topic


def stationary(matrix):
    """The stationary distribution of a stochastic matrix, or of a matrix of rates."""
    m = np.asarray(matrix, float)
    n = len(m)
    if m.shape != (n, n) or n < 2:
        raise Missing("a square matrix")
    if np.all(np.abs(m.sum(axis=1)) < 1e-9):
        q = m
    elif np.all(np.abs(m.sum(axis=1) - 1) < 1e-9) and m.min() >= 0:
        q = m - np.eye(n)
    else:
        raise Missing("rows that sum to one or to nothing")
    a = np.vstack([q.T, np.ones(n)])
    return np.linalg.lstsq(a, np.append(np.zeros(n), 1.0), rcond=None)[0]


def matrix(p):
    """The chain of a program, with the names of its states: an array, or dictionaries of dictionaries or of pairs."""
    for level in p.levels:
        for name, value in level.items():
            if str(name).startswith("_"):
                continue
            found = _nested(value)
            if found is not None:
                return found
            if re.fullmatch(
                r"p|q|t|a|m|tm|transition\w*|matrix|rates?\w*|generator|chain\w*|w|trans\w*|pmat",
                str(name).lower().replace("_", ""),
            ) and not isinstance(value, dict):
                try:
                    out = np.asarray(value, float)
                except (TypeError, ValueError):
                    continue
                if out.ndim == 2 and out.shape[0] == out.shape[1] >= 2:
                    total = out.sum(axis=1)
                    if not np.all(np.abs(total - 1) < 1e-9) and np.all(np.abs(np.diag(out)) < 1e-12):
                        out = out - np.diag(total)
                    return out, None
    raise Missing("a matrix")


def _nested(value):
    """{state: {state: p}} or {state: [(state, rate), …]} as a matrix."""
    if not isinstance(value, dict) or len(value) < 2:
        return None
    states = list(value)
    out = np.zeros((len(states), len(states)))
    for i, row in enumerate(value.values()):
        pairs = row.items() if isinstance(row, dict) else row
        if not isinstance(row, (dict, list, tuple)):
            return None
        for pair in pairs:
            if not (
                isinstance(pair, tuple) and len(pair) == 2 and pair[0] in value and isinstance(pair[1], (int, float))
            ):
                return None
            out[i, states.index(pair[0])] += pair[1]
    total = out.sum(axis=1)
    if np.all(np.abs(total - 1) < 1e-9):
        return out, states
    return out - np.diag(total), states


def shares(p):
    """The stationary share that a result tells: all states, or the one its label names."""
    made, states = matrix(p)
    pi = stationary(made)
    if pi.min() < 1e-6 or np.any(np.abs(np.diag(made) - 1) < 1e-9):
        raise Missing("a chain that comes back to every state")
    value = p.result.value
    if np.size(value) == len(pi) and np.ndim(value) == 1:
        return pi
    if states is None:
        raise Missing("names of states")
    label = p.result.label
    named = [
        i
        for i, s in enumerate(states)
        if re.search(rf"\b{re.escape(re.sub('[^a-z0-9]+', ' ', str(s).lower()))}\b", label)
    ]
    if len(named) != 1 or np.ndim(value):
        raise Missing("one state")
    return (
        1 - pi[named[0]]
        if re.search(rf"\b1 {re.escape(str(states[named[0]]).lower())}|not {states[named[0]]}|availab", label)
        and not re.search("avail", str(states[named[0]]))
        else pi[named[0]]
    )


def two_states(p):
    """Long-run share of the state that the label names, of two states with chances of staying or leaving."""
    found = {}
    for level in p.levels:
        for name, value in level.items():
            made = re.fullmatch(
                r"p_?(?:(stay|remain|keep|leave|exit)_?([a-z]+)|([a-z]+?)_?(?:to|2)_?([a-z]+)|([a-z])([a-z])|([a-z]+)_(stay|leave|given)_?([a-z]*))",
                str(name).lower(),
            )
            if made is None or not isinstance(value, (int, float)) or not 0 <= value <= 1:
                continue
            kind, state, a, b, c, d, e, f, g = made.groups()
            if kind:
                found.setdefault((state, state if kind in ("stay", "remain", "keep") else "?"), float(value))
            elif a or c:
                found.setdefault((a or c, b or d), float(value))
            elif f == "given" and g:
                found.setdefault((g, e), float(value))
            elif f:
                found.setdefault((e, e if f == "stay" else "?"), float(value))
    states = {a for a, _ in found} | {b for _, b in found if b != "?"}
    if len(states) != 2 or len({a for a, _ in found}) != 2:
        raise Missing("two states")
    leave = {a: (1 - v if a == b else v) for (a, b), v in found.items()}
    first, second = sorted(states)
    label = p.result.label
    named = [s for s in (first, second) if re.search(rf"\b{s}", label)] or [
        s for s in (first, second) if re.search(rf"\b{s}", p.result.about)
    ]
    if len(named) != 1:
        raise Missing("one state")
    (this,) = named
    other = second if this == first else first
    return leave[other] / (leave[this] + leave[other])


def neutral(p):
    """Share of mutants at the start."""
    n = p.popsize
    k = p.maybe(
        r"(?:initial|start|n|init|i|k|n0|m)(?:mutants?|copies|count|a|a0|alleles|ones|opinions?)?|mutants0|initialmutants|i0|k0|startcount"
    )
    share = p.maybe(r"p0|initialfreq(?:uency)?|freq0|x0|initialp|startfreq|initfreq|f0|pinit|initialfraction|p")
    if share is not None and 0 < share < 1:
        return share
    if p.says(r"single|one (?:mutant|copy)|\bmutants = 1\b|1/n\b|count = 1\b|copies = 1\b"):
        return 1 / (2 * n) if p.says(r"2 ?\* ?n\b|diploid") else 1 / n
    if k is None or not 0 < k < n:
        raise Missing("the start")
    return k / (2 * n) if p.says(r"2 ?\* ?n\b|diploid") else k / n


def moran(p):
    """Fixation of one mutant of relative fitness r in a Moran process."""
    n = p.popsize
    r = p.maybe(r"r|fitness|relativefitness|rmutant|mutantfitness|fitnessratio")
    if r is None:
        s = p.maybe(r"s|selection|advantage|selectioncoefficient|sel|selcoeff")
        r = 1 + s if s is not None else None
    if r is None or abs(r - 1) < 1e-12:
        return neutral(p)
    k = p.maybe(r"i0|k0|initial\w*|start\w*|mutants0|nmutants|m0|n0")
    if k is None:
        if not p.says(r"(?:single|one|a) (?:\w+ )?mutant|(?:mutants?|count|k|i|n_mut\w*) = 1\b"):
            raise Missing("the start")
        k = 1.0
    return (1 - r**-k) / (1 - r**-n)


def offspring(p):
    """Generating function of the offspring of a branching process and its mean."""
    if p.says(r"poisson\("):
        m = p(r"m|mean(?:offspring)?|lam(?:bda)?|mu|r0|avgoffspring|lambd")
        return (lambda q: math.exp(m * (q - 1))), m
    for level in p.levels:
        for name, value in level.items():
            if re.fullmatch(
                r"p|probs?|pk|offspring(?:probs?|dist\w*|pmf)?|weights|pmf|dist\w*|probabilities",
                str(name).lower().replace("_", ""),
            ):
                values = list(value.values()) if isinstance(value, dict) else value
                keys = (
                    list(value)
                    if isinstance(value, dict)
                    else range(len(values))
                    if isinstance(values, (list, tuple, np.ndarray))
                    else ()
                )
                if len(keys) >= 2 and abs(sum(values) - 1) < 1e-9:
                    pairs = list(zip(keys, values, strict=True))
                    return (lambda q, pairs=pairs: sum(w * q**k for k, w in pairs)), sum(k * w for k, w in pairs)
    if p.says(r"geometric\("):
        g = p("p")
        return (lambda q: g / (1 - (1 - g) * q)), (1 - g) / g
    if p.says(r"binomial\("):
        n, share = p(r"n|noffspring|maxoffspring|children|k|contacts"), p("p|pinfect|prob")
        return (lambda q: (1 - share + share * q) ** n), n * share
    if p.says(r"split|two (?:offspring|daughters|children)|divide|2 \*|\+= 2"):
        share = p(r"p|psplit|pdivide|pdouble|prob|pbirth")
        return (lambda q: 1 - share + share * q * q), 2 * share
    raise Missing("offspring")


def extinction(p):
    """The smallest root of q = f(q)."""
    f, mean = offspring(p)
    ancestors = p.maybe(r"(?:n|initial|init|start)?(?:ancestors|n0|z0|population0|initial|pop0|founders)", default=1.0)
    if abs(mean - 1) < 0.05:
        raise Missing("a process that is decided soon")
    q = 0.0
    for _ in range(int(p.maybe(r"(?:n|num|max)?_?(?:generations?|gens?)|g|ngen", default=2000.0))):
        q = f(q)
    return q**ancestors


def grown(p):
    """Mean size after so many generations."""
    _, mean = offspring(p)
    return mean ** p(r"(?:n|num|max)?(?:generations?|gens?)|n|g|t")


def rates_linear(p):
    """(b, d, n0, t) of a linear birth-death process."""
    return (
        p(r"b|birth(?:rate)?|lam(?:bda)?|beta|lambd"),
        p(r"d|death(?:rate)?|mu|delta"),
        p.maybe(r"n0|initial\w*|x0|pop0|init\w*|start\w*", default=1.0),
        p.maybe("T"),
    )


def linear_extinct(p):
    """Probability that a linear birth-death process has died out by t."""
    b, d, n0, t = rates_linear(p)
    if t is None or b == d:
        raise Missing("t")
    grow = math.exp((b - d) * t)
    return (d * (grow - 1) / (b * grow - d)) ** n0


def immigration(p):
    """(k, g, n0, t) of production at a constant rate and decay in proportion."""
    k = p(
        r"k(?:prod(?:uction)?|on|tx|m|in|1|b|birth|syn(?:thesis)?)?|alpha|production(?:rate)?|(?:transcription|synthesis|immigration|birth)(?:rate)?|lam(?:bda)?|rateprod\w*|beta"
    )
    g = p(r"gamma|g|(?:k)?deg(?:radation)?(?:rate)?|kdeg|kd|decay(?:rate)?|delta|mu|death(?:rate)?|d|koff|k2|kdecay")
    return k, g, p.maybe(r"n0|x0|m0|initial\w*", default=0.0), p.maybe("T")


def made(p):
    """Its mean at the end."""
    k, g, n0, t = immigration(p)
    if t is None or g * t > 12:
        return k / g
    return k / g + (n0 - k / g) * math.exp(-g * t)


def made_variance(p):
    """Its variance at the end."""
    k, g, n0, t = immigration(p)
    if t is None or g * t > 12:
        return k / g
    e = math.exp(-g * t)
    return n0 * e * (1 - e) + k / g * (1 - e)


BALLS = r"n|(?:n|num)(?:balls|particles|molecules)|ntotal|total|balls|fleas|nfleas|m"
SHARE = r"shar\w*|frac\w*|prob\w*|long.?run|station\w*|avail\w*|occup\w*|distribution|propor\w*|freq\w*|simulat\w*|estimate\w*|empirical|steady|chain|markov|visits|weather|percent\w*"
TOPICS = (
    Topic("a Markov chain", r"markov|transition|stationary|steady.?state|ctmc|availab|long.?run", Row(SHARE, shares, but="true|theor|exact|analytic|solve|eig|entropy|mixing|steps to|hitting|mean time|return"), but=r"metropolis|hidden markov|\bhmm\b|mcmc|absorbing|time to absorption|queue|monte carlo markov|decay", strip=None),
    Topic("a two-state chain", r"markov|two.?state|weather|long.?run|sunny|gilbert|on.?off|open.?closed|channel", Row(SHARE, two_states, but="true|theor|exact|analytic|mean (?:duration|run|length|time)|hitting|return|burst")),
    Topic("the Ehrenfest urn", r"ehrenfest", Row(r"var\w*", lambda p: p(BALLS) / 4, share=0.08), Row(r"std|standard dev\w*", lambda p: (p(BALLS) / 4) ** 0.5, share=0.05), Row(r"mean|average|avg", lambda p: p(BALLS) / 2, but="frac|share|return|recurrence|time", share=0.03)),
    Topic("the Moran process", r"\bmoran\b", Row(r"fix\w*|prob\w*|frac\w*|moran", moran, but="time|theor|exact|generations|steps", bare=True), but=r"mutation rate|frequency.?dependent|payoff|graph|voter|game"),
    Topic("Wright-Fisher drift", r"wright.?fisher|genetic drift", Row(r"(?:frac\w*|prob\w*|share|prop\w*)?(?: \w+){0,2} ?(?:fix\w*)", neutral, but="time|lost|generations"), Row(r"lost|loss", lambda p: 1 - neutral(p), but="hetero|time|generations"), Row(r"mean (?:final )?(?:freq\w*|allele|p)|average (?:final )?freq\w*", neutral), but=r"selection|selective|\bs =|(?<!no )(?<!without )mutation|\bmu\b|migration|fitness|bottleneck|either"),
    Topic("heterozygosity under drift", r"wright.?fisher|genetic drift", Row(r"heterozyg\w*", lambda p: 2 * neutral(p) * (1 - neutral(p)) * (1 - 1 / (2 * p.popsize if p.says(r"2 ?\* ?n\b|diploid") else p.popsize)) ** p(r"(?:n|num)?gen(?:eration)?s?|t|ngen"), share=0.04), but=r"selection|selective|(?<!no )(?<!without )mutation|migration|fitness"),
    Topic("the voter model", r"voter", Row(r"prob\w*|frac\w*|share|consensus (?:on|at|to|for)|wins?\b", neutral, but="time|steps|sweeps"), but="noisy|zealot|majority|network|q.voter|random graph"),
    Topic("a branching process", r"galton|branching process|extinct", Row(r"surviv\w*", lambda p: 1 - extinction(p), but="extinct"), Row(r"extin\w*|die\w* out|prob\w*", extinction, but="surviv|time|generation|theor", bare=True), Row(r"mean|average", grown, share=0.05, but="time|offspring|generations|extinct"), but=r"wright|moran|predator|lotka|\bratio\b|species|birth.?death|gillespie|birth_rate|epidemic|sir\b|neutron", strip=r"galton.?watson|branching(?: process)?"),
    Topic("a linear birth-death process", r"birth.?(?:and.?)?death|yule", Row(r"extin\w*|die\w* out", linear_extinct, but="time|surviv"), Row(r"mean|average|avg|population", lambda p: rates_linear(p)[2] * math.exp((rates_linear(p)[0] - rates_linear(p)[1]) * rates_linear(p)[3]), share=0.03, but=r"time|extin|std|\bratio\b"), but=r"logistic|carrying|immigra|queue|m/m/|constant (?:rate|birth)|competition|k_?prod|mrna|protein|transcri|moran"),
    Topic("production and decay", r"immigration|birth.?death|mrna|gene expression|transcription|constitutive|production (?:and|at)|synthesi", Row(r"fano", lambda _: 1.0, share=0.08), Row(r"var\w*", made_variance, share=0.06), Row(r"mean|average|avg|steady|count|level", made, share=0.03, but="time|life|protein|burst"), but=r"protein|burst|feedback|hill|telegraph|promoter|toggle|dimer|linear birth|birth_rate \* n|b \* n|n \* birth|lambda \* n"),
    Topic("a pure birth (Yule) process", r"yule|pure.?birth", Row(r"mean|average|avg|population|size", lambda p: p.maybe(r"n0|initial\w*|x0", default=1.0) * math.exp(p(r"lam(?:bda)?|birth(?:rate)?|b|rate|beta") * p.T), share=0.03, but="time|var|std")),
)  # fmt: skip
