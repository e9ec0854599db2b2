# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Random walks and Brownian motion.

Sources: Feller I; Redner, A Guide to First-Passage Processes.
"""

import math

from tidegate.runner.confined.known import Missing, Row, Topic


def dims(p):
    """Dimensions of a walk, by its words."""
    d = p.maybe(r"dims?|ndims?|dimensions?|d")
    if d in (1.0, 2.0, 3.0) and p.says(r"\bdims?\b|ndim|dimensions?\b"):
        return d
    told = [
        k
        for k, pattern in (
            (1, r"\b1.?d\b|one.?dimension|\bon a line|on the integers|one dimension"),
            (2, r"\b2.?d\b|two.?dimension|\bplane\b|two dimensions|square lattice"),
            (3, r"\b3.?d\b|three.?dimension|three dimensions|cubic lattice"),
        )
        if p.says(pattern)
    ]
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


MSD = r"\bmsd\b|mean squared? displacement|mean squared? (?:dist\w*|end)|squared displacement|mean square|<r 2>|r\^?2|r squared|<x 2>|end to end.{0,12}squared"
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
    Topic("a walk that is absorbed at either end", r"(?:random|symmetric) walk.{0,200}(?:absor|either end|hits? (?:0|either))", Row(r"(?:mean|average|expected)?(?: \w+){0,3} ?(?:steps|duration|time)", lambda p: interval(p)[0] * (interval(p)[1] - interval(p)[0]), but="prob|exact formula", bare=True), Row(r"prob\w*|frac\w*|reach\w*|right|top", lambda p: interval(p)[0] / interval(p)[1], but="left|ruin|lower|0"), but=r"bias|drift|lazy|p_right|p = 0\.[1-46-9]|2.?d|two.?dim|gauss|normal\(|stock|network|graph|ring"),
)  # fmt: skip
