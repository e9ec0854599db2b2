# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Samples, integrals, point processes, prices and paths of noise: their moments.

Sources: Devroye, Non-Uniform Random Variate Generation; Glasserman, Monte Carlo Methods in Financial Engineering; Ross.
"""

import inspect
import math
import re
from statistics import NormalDist

import numpy as np

from tidegate.runner.confined.known import Between, Missing, Row, Topic

MEAN, VAR, STD = (
    r"\bmean|average|\bavg\b|\bmu hat|expectation",
    r"\bvar\w*",
    r"\bstd\b|standard dev\w*|\bsd\b|\bsigma\b",
)


def integral(p):
    """The integral that a program says it estimates, of the function it defines, over limits by their usual names."""
    f = p.function(r"f|func|function|integrand|g|fn|h|target|my_?func\w*")
    if len([q for q in inspect.signature(f).parameters.values() if q.default is q.empty]) != 1:
        raise Missing("a function of one variable")
    a, b = (
        p.maybe(r"a|lo|low|lower|xmin|left|start|x0", default=0.0),
        p.maybe(r"b|hi|high|upper|xmax|right|end|x1", default=1.0),
    )
    if p.maybe("a|lo|low|lower|xmin|left") is None and not p.says(
        r"\[0, ?1\]|from 0 to 1|0 and 1|unit interval|uniform\(0(?:\.0)?, 1|random\(\)|\.random\("
    ):
        raise Missing("limits")
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = 0.5 * (b - a) * nodes + 0.5 * (a + b)
    y = np.array([float(np.asarray(f(v))) for v in x])
    return float(0.5 * (b - a) * np.sum(weights * y))


NAMED = re.compile(
    r"exponential|gamma|erlang|normal(?!i)|gaussian|beta|weibull|pareto|triangular|laplace|rayleigh|cauchy|chi.?squared?|log.?normal|student|poisson|binomial|geometric|semicircle|maxwell|von mises|gumbel|logistic"
)


def sampled(p):
    """(mean, variance) of the one distribution that a program says it samples."""
    found = {}
    named = set(NAMED.findall(p.text.partition("\n")[0])) or set(NAMED.findall(p.text))
    if len(named) != 1:
        raise Missing("one distribution that is named")
    rate = p.maybe(r"lam(?:bda)?|rate|lambd|beta")
    scale = p.maybe(r"scale|theta")
    if named == {"exponential"} and (rate or scale):
        m = 1 / rate if rate else scale
        found["exponential"] = (m, m * m)
    if p.says(r"box.?muller|marsaglia polar|polar method") or (
        p.says(r"standard normal") and not p.says(r"proposal|importance|option|stock|brownian")
    ):
        m, s = p.maybe(r"mu|mean|loc", default=0.0), p.maybe(r"sigma|sd|std|scale", default=1.0)
        found["normal"] = (m, s * s)
    if p.says(r"rayleigh"):
        s = p.maybe("sigma|scale", default=1.0)
        found["rayleigh"] = (s * math.sqrt(math.pi / 2), (2 - math.pi / 2) * s * s)
    if p.says(r"\bbeta ?\(|beta(?:_| )dist|beta distribution") and p.maybe(r"a|alpha") and p.maybe(r"b|beta"):
        a, b = p(r"a|alpha"), p(r"b|beta")
        found["beta"] = (a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1)))
    beta = re.search(r"beta\((\d+(?:\.\d+)?), ?(\d+(?:\.\d+)?)\)", p.text)
    if beta and "beta" not in found:
        a, b = float(beta.group(1)), float(beta.group(2))
        found["beta"] = (a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1)))
    if p.says(r"weibull"):
        k, s = p(r"k|shape|beta|weibullshape"), p.maybe(r"lam(?:bda)?|scale|eta|weibullscale", default=1.0)
        m = s * math.gamma(1 + 1 / k)
        found["weibull"] = (m, s * s * math.gamma(1 + 2 / k) - m * m)
    if p.says(r"pareto"):
        a, m = p(r"a|alpha|shape"), p.maybe(r"xm|xmin|m|scale|minimum", default=1.0)
        if a < 4.5:
            raise Missing("a variance")
        found["pareto"] = (a * m / (a - 1), m * m * a / ((a - 1) ** 2 * (a - 2)))
    if p.says(r"triangular"):
        a, b, c = p(r"a|low|left|minimum|lo"), p(r"b|high|right|maximum|hi"), p(r"c|mode|peak")
        found["triangular"] = ((a + b + c) / 3, (a * a + b * b + c * c - a * b - a * c - b * c) / 18)
    if p.says(r"laplace (?:dist|random)|double exponential"):
        m, b = p.maybe("mu|loc", default=0.0), p.maybe("b|scale", default=1.0)
        found["laplace"] = (m, 2 * b * b)
    if p.says(r"semicircle"):
        r = p.maybe("r|radius", default=1.0)
        found["semicircle"] = (0.0, r * r / 4)
    if len(found) != 1:
        raise Missing("one distribution")
    return next(iter(found.values()))


def tail(p):
    """P(X > a) of a standard normal, a in the words or by name."""
    if not p.says(r"standard normal|n\(0, ?1\)|standard gaussian"):
        raise Missing("a standard normal")
    a = p.maybe(r"a|threshold|c|thresh|level|cutoff|t|x0")
    if a is None or not 1 < a < 8:
        a = p.said(r"p\(\w+ ?> ?(\d+(?:\.\d+)?)\)")
    return 0.5 * math.erfc(a / math.sqrt(2))


def told(p):
    """The one value that the prose gives as exact."""
    found = re.findall(
        r"(?:exact|true|analytic(?:al)?|theoretical)(?: (?:value|answer|result))?(?: is|:| =)? ?(?:about |approximately |roughly |≈ ?|~ ?)?(-?\d+\.\d+(?:e[-+]?\d+)?|\d+e-\d+|\d+/\d+)(?![\d/*^(]| ?[*/^(])",
        p.text.partition("\n")[0],
    )
    if len(set(found)) != 1:
        raise Missing("one exact value")
    above, _, below = found[0].partition("/")
    return float(above) / float(below or 1)


def _newspapers(p):
    """What a paper brings, costs and is still worth unsold."""
    price, cost, salvage = (
        p(r"p|price|sellprice|sellingprice|r|revenue"),
        p(r"c|cost|unitcost|buyprice|purchasecost|wholesale\w*"),
        p.maybe(r"s|salvage\w*|v", default=0.0),
    )
    if not salvage < cost < price or p.says(r"penalty|goodwill|shortage cost"):
        raise Missing("the plain costs")
    return price, cost, salvage


def newsvendor(p):
    """The critical quantile of a normal demand."""
    price, cost, salvage = _newspapers(p)
    critical = NormalDist().inv_cdf((price - cost) / (price - salvage))
    return p(r"mu|mean\w*|demandmean") + p(r"sigma|std\w*|sd|demandstd\w*") * critical


def newsvendor_profit(p):
    """The highest expected profit, which no quantity exceeds: (p-c) μ - (p-s) σ φ(z*)."""
    price, cost, salvage = _newspapers(p)
    z = NormalDist().inv_cdf((price - cost) / (price - salvage))
    lost = (price - salvage) * p(r"sigma|std\w*|sd|demandstd\w*") * NormalDist().pdf(z)
    return (price - cost) * p(r"mu|mean\w*|demandmean") - lost


def thinned(p):
    """Mean number of points of a process whose intensity is a function of time in the program."""
    f = p.function(r"rate|intensity|lam(?:bda)?_?\w*|rate_\w+|intensity_\w+|arrival_rate|r")
    t = np.linspace(0, p.T, 4001)
    y = np.array([float(f(v)) for v in t])
    return float(np.sum((y[1:] + y[:-1]) / 2) * (t[1] - t[0]))


def data_error(p):
    """Standard error of the mean of the data that are resampled."""
    data = p.array(r"data|sample|x|values|obs\w*|observations|original|measurements|y|xs|heights|weights|times|waits")
    return float(data.std() / math.sqrt(data.size))


def graph(p):
    """(n, p) of a random graph."""
    n = p(r"n|nnodes|nodes|nvertices|vertices|size|numnodes")
    q = p.maybe(r"p|prob|edgeprob(?:ability)?|pedge|probability")
    return n, q if q is not None else p(r"c|mean(?:degree)?|avgdegree|z|k|lam") / (n - 1)


def giant(p):
    """Share of the nodes in the giant component, S = 1 - exp(-c S)."""
    n, q = graph(p)
    c, s = (n - 1) * q, 1.0
    if n < 300 or abs(c - 1) < 0.3:
        raise Missing("a large graph away from its threshold")
    for _ in range(3000):
        s = 1 - math.exp(-c * s)
    return s


NO_MOMENTS = r"bootstrap|option|brownian|queue|gillespie|markov chain(?! monte)|integral|integrate|walk|gibbs|kalman|filter|reliab|renewal|poisson process|langevin|ruin|importance|regression|central limit|\bclt\b|dice|sample means\b|distribution of (?:the )?sample mean|bandit|hmc|anneal|diffus|network|epidemic"
TOPICS = (
    Topic("the integral it estimates", r"monte.?carlo integ|integra(?:l|te)|mc_integr|estimate_integral", Row(r"integral|estimate\w*|result|approx\w*|mean value|hit or miss|plain|crude|antithetic|stratified|importance|control|mc\b|integrat\w*|area", integral, but=r"exact|error|var|std|\bratio\b|reduction|2d", bare=True), but=r"ito|stochastic integral|path integral|integrat\w+ (?:the|of) (?:motion|equation)|odeint|solve_ivp|\bdt\b|two.?dimension|multi.?dim|volume"),
    Topic("the distribution that it samples", r"inverse.?(?:transform|cdf)|reject|accept|box.?muller|polar method|sampler?\b|sampling|random (?:number|variate)|draws? from", Row(VAR, lambda p: sampled(p)[1], share=0.04, but="reduction"), Row(STD, lambda p: math.sqrt(sampled(p)[1]), share=0.03), Row(MEAN, lambda p: sampled(p)[0], but="squar|abs|number|accept|tries|error|dist"), but=NO_MOMENTS),
    Topic("a standard normal target", r"(?:target|sampl\w+|generat\w+|draws?|distribut\w+)(?:\W+\w+){0,5}\W+standard (?:normal|gaussian)|standard (?:normal|gaussian) (?:variates?|target|distribution|density|random|samples?|draws?|numbers|deviates?)", Row(VAR, lambda _: 1.0, share=0.03), Row(STD, lambda _: 1.0, share=0.03, but="err"), Row(MEAN, lambda _: 0.0, but="squar|abs|number|accept|tries|error|dist|max|sample means"), but=r"importance|option|brownian|walk|kalman|filter|regression|bootstrap|central limit|\bclt\b|ornstein|\bgbm\b|tail prob|p\(x|diffus|bivariate|correl|test stat|antithetic|integral|truncat|half.?normal|langevin|path"),
    Topic("a bivariate normal target", r"bivariate (?:normal|gaussian)|correlated (?:normals?|gaussians?)", Row(r"corr\w*|\brho\b", lambda p: p(r"rho|corr(?:elation)?|r"), share=0.03, but="auto"), Row(VAR, lambda p: 1.0 if p.says(r"unit variance|standard|\[1(?:\.0)?, rho|sqrt\(1(?:\.0)? - rho") else None, share=0.04), Row(STD, lambda p: 1.0 if p.says(r"unit variance|standard|\[1(?:\.0)?, rho|sqrt\(1(?:\.0)? - rho") else None, share=0.03), Row(MEAN, lambda p: 0.0 if p.maybe("mu|mux|mean|m1") is None else None, but="squar|abs|number|accept|error"), but=r"option|stock|asset|portfolio|regression"),
    Topic("a normal tail", r"p\(\w+ ?> ?\d|tail prob", Row(r"prob\w*|\bp\b|tail|estimate|importance|naive|crude", tail, but="exact|theor|err|std|var|weight|ratio|ess", bare=True), but=r"option|queue|exponential tail|sum of|max"),
    Topic("a filter of a constant", r"kalman", Row(r"\bfinal\b|estimate\w*", lambda p: p(r"true\w*|actual\w*|x?true"), but="std|dev|var|error|rmse|gain|uncert|\\bp\\b|state|vel|position", share=0.05), Row(r"std|standard dev\w*|uncertain\w*", lambda p: p(r"sigma\w*|measurementstd|noisestd|r?std|stdnoise") / math.sqrt(p.array(r"readings|measurements|z|zs|obs\w*|meas|data").size), share=0.05, but="meas|noise|reading"), but=r"velocity|position|track|walk|process noise|extended|q = (?!0(?:\.0)?\b)|1e-"),
    Topic("the newsvendor", r"news.?(?:vendor|boy|paper)", Row(r"\b(?:best|optimal|optimum)\b", newsvendor, but="profit|theor", share=0.07), Row(r"(?:theor\w*|order|quantity)", newsvendor, but="profit|best|sim", share=0.01), Row(r"profit", lambda p: Between(-math.inf, newsvendor_profit(p)), share=0.02), but="poisson|uniform|expon|lognorm"),
    Topic("the value that the text tells", r"exact|true value|analytic|should", Row(r"(?!)", told, bare=True, share=0.015)),
    Topic("a Poisson process", r"poisson (?:point )?process|poisson arrivals|arrivals? (?:are|is|form) (?:a )?poisson|poisson counts", Row(r"(?:inter.?(?:arrival|event)|gap|wait\w*|spacing)", lambda p: 1 / p(r"lam(?:bda)?|rate|lambd|intensity|arrivalrate|lmbda"), but="var|std|number|count"), Row(VAR, lambda p: p(r"lam(?:bda)?|rate|lambd|intensity|arrivalrate|lmbda") * p.T, share=0.06, but=r"\bratio\b|inter"), Row(MEAN + r"|\bcount|number|events|arrivals|points", lambda p: p(r"lam(?:bda)?|rate|lambd|intensity|arrivalrate|lmbda") * p.T, but=r"var|std|inter|gap|spacing|time|\bratio\b|fano|dispersion"), Row(r"fano|dispersion|index|var\w* (?:to )?(?:over )?mean|\bratio\b", lambda _: 1.0, share=0.06), but=r"inhomogen|non.?homogen|thinn|compound|queue|hawkes|cox|server|m/m/|claim|renewal|merge|super|spatial|split"),
    Topic("an inhomogeneous Poisson process", r"inhomogen|non.?homogen|thinn", Row(MEAN + r"|\bcount|number|events|arrivals|points", thinned, but="std|accept|reject|gap|time|exact|max|theor|integral", bare=True), Row(VAR, thinned, share=0.06), but="hawkes|cox|spatial|compound"),
    Topic("the bootstrap", r"bootstrap", Row(r"standard error|\bse\b|\bstd\w*|stderr|std error|bootstrap", data_error, but="median|corr|lower|upper|ci\\b|interval|mean of|^mean|original|diff", share=0.12, own=True), but=r"median|correlation|regression|slope|difference|\bratio\b|block|two groups|paired|quantile|ntree|forest", errors=True),
    Topic("an Erdős-Rényi graph", r"erd[oöő]s|random graph|g\(n, ?p\)|gnp", Row(r"(?:mean|average|avg) degree|degree (?:mean|average)", lambda p: (graph(p)[0] - 1) * graph(p)[1], but="var"), Row(r"\bedges\b|edge count", lambda p: graph(p)[1] * graph(p)[0] * (graph(p)[0] - 1) / 2, but="prob|per"), Row(r"triangles", lambda p: math.comb(int(graph(p)[0]), 3) * graph(p)[1] ** 3, share=0.04), Row(r"cluster\w*", lambda p: graph(p)[1], share=0.06, but="size|largest|giant"), Row(r"giant|largest", giant, share=0.05, but="second|size|nodes|count"), but=r"barab|preferential|small.?world|watts|configuration|epidemic|sir\b|infect|percol"),
    Topic("means of samples", r"central limit|\bclt\b|sample means\b|distribution of (?:the )?sample mean", Row(r"(?:std|standard dev\w*|spread)(?: of)?(?: the)?(?: sample)?(?: means?)?", lambda p: _spread(p) / math.sqrt(p(r"n|samplesize|size|nper\w*|nsample")), but="theor|pop|underl|expected|predict", share=0.03)),
)  # fmt: skip


def _spread(p):
    """Standard deviation of what is averaged."""
    if p.says(r"exponential\("):
        return p.maybe(r"scale|mean|mu", default=1.0)
    if p.says(r"uniform\(0|\.random\("):
        return math.sqrt(1 / 12)
    raise Missing("what is averaged")
