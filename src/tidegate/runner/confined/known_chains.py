# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Chains and populations: walks, Markov chains in discrete and continuous time, births and deaths, drift, branching, epidemics.

Sources: Norris, Markov Chains; Ewens, Mathematical Population Genetics; Gardiner, Handbook of Stochastic Methods.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.known import Missing, Row, Topic

MSD = r"\bmsd\b|mean squared? displacement|mean squared? (?:dist\w*|end)|squared displacement|mean square|<r 2>|r\^?2|r squared|<x 2>|end to end.{0,12}squared"


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
            if re.fullmatch(r"p|q|t|a|m|tm|transition\w*|matrix|rates?\w*|generator|chain\w*|w|trans\w*|pmat", str(name).lower().replace("_", "")) and not isinstance(value, dict):
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
            if not (isinstance(pair, tuple) and len(pair) == 2 and pair[0] in value and isinstance(pair[1], (int, float))):
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
    value = p.result.value
    if np.size(value) == len(pi) and np.ndim(value) == 1:
        return pi
    if states is None:
        raise Missing("names of states")
    label = p.result.label
    named = [i for i, s in enumerate(states) if re.search(rf"\b{re.escape(re.sub('[^a-z0-9]+', ' ', str(s).lower()))}\b", label)]
    if len(named) != 1 or np.ndim(value):
        raise Missing("one state")
    return 1 - pi[named[0]] if re.search(rf"\b1 {re.escape(str(states[named[0]]).lower())}|not {states[named[0]]}|availab", label) and not re.search("avail", str(states[named[0]])) else pi[named[0]]


def two_states(p):
    """Long-run share of the state that the label names, of two states with chances of staying or leaving."""
    found = {}
    for level in p.levels:
        for name, value in level.items():
            made = re.fullmatch(r"p_?(?:(stay|remain|keep|leave|exit)_?([a-z]+)|([a-z]+?)_?(?:to|2)_?([a-z]+)|([a-z])([a-z])|([a-z]+)_(stay|leave|given)_?([a-z]*))", str(name).lower())
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
    named = [s for s in (first, second) if re.search(rf"\b{s}", label)] or [s for s in (first, second) if re.search(rf"\b{s}", p.result.about)]
    if len(named) != 1:
        raise Missing("one state")
    (this,) = named
    other = second if this == first else first
    return leave[other] / (leave[this] + leave[other])


def neutral(p):
    """Share of mutants at the start."""
    n = p.popsize
    k = p.maybe(r"(?:initial|start|n|init|i|k|n0|m)(?:mutants?|copies|count|a|a0|alleles|ones|opinions?)?|mutants0|initialmutants|i0|k0|startcount")
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
    k = p.maybe(r"i0|k0|initialmutants|startmutants|mutants0|nmutants|initial", default=1.0)
    return (1 - r**-k) / (1 - r**-n)


def offspring(p):
    """Generating function of the offspring of a branching process and its mean."""
    if p.says(r"poisson\("):
        m = p(r"m|mean(?:offspring)?|lam(?:bda)?|mu|r0|avgoffspring|lambd")
        return (lambda q: math.exp(m * (q - 1))), m
    for level in p.levels:
        for name, value in level.items():
            if re.fullmatch(r"p|probs?|pk|offspring(?:probs?|dist\w*|pmf)?|weights|pmf|dist\w*|probabilities", str(name).lower().replace("_", "")):
                values = list(value.values()) if isinstance(value, dict) else value
                keys = list(value) if isinstance(value, dict) else range(len(values)) if isinstance(values, (list, tuple, np.ndarray)) else ()
                if len(keys) >= 2 and abs(sum(values) - 1) < 1e-9:
                    pairs = list(zip(keys, values, strict=True))
                    return (lambda q: sum(w * q**k for k, w in pairs)), sum(k * w for k, w in pairs)
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
    return p(r"b|birth(?:rate)?|lam(?:bda)?|beta|lambd"), p(r"d|death(?:rate)?|mu|delta"), p.maybe(r"n0|initial\w*|x0|pop0|init\w*|start\w*", default=1.0), p.maybe("T")


def linear_extinct(p):
    """Probability that a linear birth-death process has died out by t."""
    b, d, n0, t = rates_linear(p)
    if t is None or b == d:
        raise Missing("t")
    grow = math.exp((b - d) * t)
    return (d * (grow - 1) / (b * grow - d)) ** n0


def immigration(p):
    """(k, g, n0, t) of production at a constant rate and decay in proportion."""
    k = p(r"k(?:prod(?:uction)?|on|tx|m|in|1|b|birth|syn(?:thesis)?)?|alpha|production(?:rate)?|(?:transcription|synthesis|immigration|birth)(?:rate)?|lam(?:bda)?|rateprod\w*|beta")
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


def dims(p):
    """Dimensions of a walk, by its words."""
    d = p.maybe(r"dims?|ndims?|dimensions?|d")
    if d in (1.0, 2.0, 3.0) and p.says(r"\bdims?\b|ndim|dimensions?\b"):
        return d
    told = [k for k, pattern in ((1, r"\b1.?d\b|one.?dimension|\bon a line|on the integers|one dimension"), (2, r"\b2.?d\b|two.?dimension|\bplane\b|two dimensions|square lattice"), (3, r"\b3.?d\b|three.?dimension|three dimensions|cubic lattice")) if p.says(pattern)]
    if len(told) != 1:
        raise Missing("dimensions")
    return float(told[0])


def elapsed(p):
    """Time of a run: named, or steps times dt."""
    dt, n = p.maybe("dt"), p.maybe(r"(?:n|num|t|total)?steps|nt|nsteps|n")
    if dt is not None and n is not None:
        return n * dt
    return p.T


def diffusivity(p):
    """A diffusion coefficient by name."""
    return p(r"d|diff(?:usion)?(?:coeff(?:icient)?|const(?:ant)?)?|diffusivity|dcoeff|d0")


def binomial_return(p):
    """Probability that a simple walk on the line has come back by step n."""
    n = int(p.steps)
    m = n // 2
    return 1 - math.exp(math.lgamma(2 * m + 1) - 2 * math.lgamma(m + 1) - 2 * m * math.log(2))


def hitting_square(p):
    """Mean exit time of a simple walk from -a to b started at 0."""
    a = p(r"l|a|b|barrier|boundary|limit|r|threshold|n|distance|half\w*")
    return a * a


def interval(p):
    """(start, end) of a walk from k on 0..N."""
    k, n = p(r"k|start|x0|i|position0|initial\w*|a|s"), p(r"n|end|top|goal|upper|l|length|b|size|m|boundary")
    if not 0 < k < n:
        raise Missing("a start between the ends")
    return k, n


BALLS = r"n|(?:n|num)(?:balls|particles|molecules)|ntotal|total|balls|fleas|nfleas|m"
LATTICE = r"random.?walk|drunkard|polymer|freely.?jointed"
OTHER_WALK = r"self.?avoid|l[eé]vy|persisten|correlated|bias|drift|reflect|absorb|wall|box|trap|return|first.?passage|hitting|on a (?:graph|ring|cycle)|metropolis|reinforc|lazy|run.and.tumble|periodic|diffusion coefficient|\bdt\b"
TOPICS = (
    Topic(
        "a simple random walk", LATTICE,
        Row(MSD, lambda p: p.steps * p.maybe(r"a|steplength|stepsize|b|bondlength|l|segmentlength", default=1.0) ** 2, but="root|rms|sqrt|fit|slope|expon"), Row(r"\brms\b|root mean square", lambda p: p.steps**0.5 * p.maybe(r"steplength|stepsize|bondlength|b", default=1.0)),
        Row(r"mean (?:final )?(?:position|displacement|x)\b|average (?:final )?(?:position|displacement)", lambda _: 0.0), Row(r"var\w*(?: of)?(?: the)?(?: final)? ?(?:position|displacement|x)?", lambda p: p.steps if dims(p) == 1 else None, share=0.05, but="mean"),
        Row(r"mean (?:absolute|abs|distance)|average distance|mean \|x\|", lambda p: math.sqrt(2 * p.steps / math.pi) if dims(p) == 1 else math.sqrt(math.pi * p.steps / 4) if dims(p) == 2 else math.sqrt(8 * p.steps / (3 * math.pi)), share=0.03),
        but=OTHER_WALK + "|gauss|normal\\(|gambler|metropolis|markov chain",
    ),
    Topic("a walk that returns", r"random.?walk|drunkard|p[oó]lya", Row(r"return\w*", lambda p: binomial_return(p) if dims(p) == 1 else None, but="time|number|mean|steps|2d|3d"), but=r"bias|drift|lazy|urn|stock|market"),
    Topic("a walk that leaves an interval", r"random.?walk|drunkard", Row(r"(?:mean |average |expected )?(?:exit|escape|first passage|hitting|absorption) ?(?:time|steps)?|steps to (?:exit|reach|escape)|mean (?:steps|time)", lambda p: hitting_square(p) if p.says(r"abs\(\w+\) <|-\w+ < \w+ < |symmetric") and dims(p) == 1 else None), but=r"bias|drift|lazy|2d|two.?dim|ring|gauss|normal\("),
    Topic(
        "Brownian motion", r"brownian|wiener|diffus",
        Row(r"(?:estimated?|measured|fitted|fit)? ?\bd\b|diffusion (?:coeff\w*|const\w*)|diffusivity", diffusivity, share=0.05, but="theor|true|input|exact"), Row(MSD, lambda p: 2 * dims(p) * diffusivity(p) * elapsed(p), share=0.02, but=r"root|rms|slope|expon|\bratio\b"),
        Row(r"var\w*", lambda p: 2 * diffusivity(p) * elapsed(p) if dims(p) == 1 else None, share=0.04, but="ratio"), Row(r"mean (?:final )?(?:position|displacement|x)\b", lambda _: 0.0),
        but=r"geometric|ornstein|langevin|bridge|reflect|absorb|harmonic|trap|anomal|drift|fractional|heat equation|crank|laplac|first.?passage|option|limited aggregation|\bdla\b|rotational|active|membrane|metropolis",
    ),
    Topic("a Markov chain", r"markov|transition|stationary|steady.?state|ctmc|availab|long.?run", Row(r".", shares, but="true|theor|exact|analytic|solve|eig|entropy|mixing|steps to|hitting|mean time|return"), but=r"metropolis|hidden markov|\bhmm\b|mcmc|absorbing|time to absorption|queue|monte carlo markov|decay", strip=None),
    Topic("a two-state chain", r"markov|two.?state|weather|long.?run|sunny|gilbert|on.?off|open.?closed|channel", Row(r".", two_states, but="true|theor|exact|analytic|mean (?:duration|run|length|time)|hitting|return|burst")),
    Topic("the Ehrenfest urn", r"ehrenfest", Row(r"var\w*", lambda p: p(BALLS) / 4, share=0.08), Row(r"std|standard dev\w*", lambda p: (p(BALLS) / 4) ** 0.5, share=0.05), Row(r"mean|average|avg", lambda p: p(BALLS) / 2, but="frac|share|return|recurrence|time", share=0.03)),
    Topic("a walk that is absorbed at either end", r"(?:random|symmetric) walk.{0,200}(?:absor|either end|hits? (?:0|either))", Row(r"(?:mean|average|expected)?(?: \w+){0,3} ?(?:steps|duration|time)", lambda p: interval(p)[0] * (interval(p)[1] - interval(p)[0]), but="prob|exact formula", bare=True), Row(r"prob\w*|frac\w*|reach\w*|right|top", lambda p: interval(p)[0] / interval(p)[1], but="left|ruin|lower|0"), but=r"bias|drift|lazy|p_right|p = 0\.[1-46-9]|2.?d|two.?dim|gauss|normal\(|stock|network|graph|ring"),
    Topic("the Moran process", r"\bmoran\b", Row(r"fix\w*|prob\w*|frac\w*|moran", moran, but="time|theor|exact|generations|steps", bare=True), but=r"mutation rate|frequency.?dependent|payoff|graph|voter|game"),
    Topic("Wright-Fisher drift", r"wright.?fisher|genetic drift", Row(r"(?:frac\w*|prob\w*|share|prop\w*)?(?: \w+){0,2} ?(?:fix\w*)", neutral, but="time|lost|generations"), Row(r"lost|loss", lambda p: 1 - neutral(p), but="hetero|time|generations"), Row(r"mean (?:final )?(?:freq\w*|allele|p)|average (?:final )?freq\w*", neutral), but=r"selection|selective|\bs =|mutation rate|\bmu\b|migration|fitness|bottleneck|either"),
    Topic("heterozygosity under drift", r"wright.?fisher|genetic drift", Row(r"heterozyg\w*", lambda p: 2 * neutral(p) * (1 - neutral(p)) * (1 - 1 / (2 * p.popsize if p.says(r"2 ?\* ?n\b|diploid") else p.popsize)) ** p(r"(?:n|num)?gen(?:eration)?s?|t|ngen"), share=0.04), but=r"selection|selective|mutation rate|migration|fitness"),
    Topic("the voter model", r"voter", Row(r"prob\w*|frac\w*|share|consensus (?:on|at|to|for)|wins?\b", neutral, but="time|steps|sweeps"), but="noisy|zealot|majority|network|q.voter|random graph"),
    Topic("a branching process", r"galton|branching process|extinct", Row(r"surviv\w*", lambda p: 1 - extinction(p), but="extinct"), Row(r"extin\w*|die\w* out|prob\w*", extinction, but="surviv|time|generation|theor", bare=True), Row(r"mean|average", grown, share=0.05, but="time|offspring|generations|extinct"), but=r"wright|moran|predator|lotka|\bratio\b|species|birth.?death|gillespie|birth_rate|epidemic|sir\b|neutron", strip=r"galton.?watson|branching(?: process)?"),
    Topic("a linear birth-death process", r"birth.?(?:and.?)?death|yule", Row(r"extin\w*|die\w* out", linear_extinct, but="time|surviv"), Row(r"mean|average|avg|population", lambda p: rates_linear(p)[2] * math.exp((rates_linear(p)[0] - rates_linear(p)[1]) * rates_linear(p)[3]), share=0.03, but=r"time|extin|std|\bratio\b"), but=r"logistic|carrying|immigra|queue|m/m/|constant (?:rate|birth)|competition|k_?prod|mrna|protein|transcri|moran"),
    Topic("production and decay", r"immigration|birth.?death|mrna|gene expression|transcription|constitutive|production (?:and|at)|synthesi", Row(r"fano", lambda _: 1.0, share=0.08), Row(r"var\w*", made_variance, share=0.06), Row(r"mean|average|avg|steady|count|level", made, share=0.03, but="time|life|protein|burst"), but=r"protein|burst|feedback|hill|telegraph|promoter|toggle|dimer|linear birth|birth_rate \* n|b \* n|n \* birth|lambda \* n"),
    Topic("a pure birth (Yule) process", r"yule|pure.?birth", Row(r"mean|average|avg|population|size", lambda p: p.maybe(r"n0|initial\w*|x0", default=1.0) * math.exp(p(r"lam(?:bda)?|birth(?:rate)?|b|rate|beta") * p.T), share=0.03, but="time|var|std")),
)  # fmt: skip
