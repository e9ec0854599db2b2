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

CDF = NormalDist().cdf
MEAN, VAR, STD = r"\bmean|average|\bavg\b|\bmu hat|expectation", r"\bvar\w*", r"\bstd\b|standard dev\w*|\bsd\b|\bsigma\b"


def integral(p):
    """The integral that a program says it estimates, of the function it defines, over limits by their usual names."""
    f = p.function(r"f|func|function|integrand|g|fn|h|target|my_?func\w*")
    if len([q for q in inspect.signature(f).parameters.values() if q.default is q.empty]) != 1:
        raise Missing("a function of one variable")
    a, b = p.maybe(r"a|lo|low|lower|xmin|left|start|x0", default=0.0), p.maybe(r"b|hi|high|upper|xmax|right|end|x1", default=1.0)
    if p.maybe("a|lo|low|lower|xmin|left") is None and not p.says(r"\[0, ?1\]|from 0 to 1|0 and 1|unit interval|uniform\(0(?:\.0)?, 1|random\(\)|\.random\("):
        raise Missing("limits")
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = 0.5 * (b - a) * nodes + 0.5 * (a + b)
    y = np.array([float(np.asarray(f(v))) for v in x])
    return float(0.5 * (b - a) * np.sum(weights * y))


def sampled(p):
    """(mean, variance) of the one distribution that a program says it samples."""
    found = {}
    rate = p.maybe(r"lam(?:bda)?|rate|lambd|beta")
    scale = p.maybe(r"scale|theta")
    if p.says(r"exponential") and (rate or scale):
        m = 1 / rate if rate else scale
        found["exponential"] = (m, m * m)
    if p.says(r"box.?muller|marsaglia polar|polar method") or (p.says(r"standard normal") and not p.says(r"proposal|importance|option|stock|brownian")):
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
    found = re.findall(r"(?:exact|true|analytic(?:al)?|theoretical)(?: (?:value|answer|result))?(?: is|:| =)? ?(?:about |approximately |roughly |≈ ?|~ ?)?(-?\d+\.\d+(?:e[-+]?\d+)?|\d+e-\d+|\d+/\d+)(?![\d/*^(]| ?[*/^(])", p.text.partition("\n")[0])
    if len(set(found)) != 1:
        raise Missing("one exact value")
    above, _, below = found[0].partition("/")
    return float(above) / float(below or 1)


def newsvendor(p):
    """The critical quantile of a normal demand."""
    price, cost, salvage = p(r"p|price|sellprice|sellingprice|r|revenue"), p(r"c|cost|unitcost|buyprice|purchasecost|wholesale\w*"), p.maybe(r"s|salvage\w*|v", default=0.0)
    return p(r"mu|mean\w*|demandmean") + p(r"sigma|std\w*|sd|demandstd\w*") * NormalDist().inv_cdf((price - cost) / (price - salvage))


def newsvendor_profit(p):
    """The highest expected profit, which no quantity exceeds."""
    price, cost = p(r"p|price|sellprice|sellingprice|r|revenue"), p(r"c|cost|unitcost|buyprice|purchasecost|wholesale\w*")
    z = NormalDist().inv_cdf((price - cost) / price)
    return (price - cost) * p(r"mu|mean\w*|demandmean") - price * p(r"sigma|std\w*|sd|demandstd\w*") * NormalDist().pdf(z)


def ising_heat(p):
    """kT/J, for lattices that are large enough and away from the transition."""
    t = p.maybe(r"t|temp(?:erature)?|kt")
    t = t if t is not None else 1 / p("beta")
    t /= p.maybe("j|coupling", default=1.0)
    if p(r"l|n|size|latticesize|gridsize|nx|side") < 8:
        raise Missing("a large lattice")
    return t


def spontaneous(p):
    """Onsager's magnetisation below the transition; well above it, something small."""
    t = ising_heat(p)
    if t <= 2.0:
        if not p.says(r"np\.ones|all (?:spins )?up|\[1\]|ordered|cold start"):
            raise Missing("an ordered start")
        return (1 - math.sinh(2 / t) ** -4) ** 0.125
    if t < 3.0:
        raise Missing("a temperature away from the transition")
    return Between(-0.4, 0.4)


def onsager(p):
    """Energy a spin of the infinite square lattice (Onsager 1944), in J, away from the transition."""
    t = ising_heat(p)
    if 1.9 < t < 2.8 or abs(p.result.value) > 5 or (t < 2.3 and not p.says(r"np\.ones|all (?:spins )?up|ordered|cold start")):
        raise Missing("a temperature away from the transition, per spin")
    k = 1 / t
    modulus = 2 * math.sinh(2 * k) / math.cosh(2 * k) ** 2
    a, b = 1.0, math.sqrt(1 - modulus**2)
    while abs(a - b) > 1e-14:
        a, b = (a + b) / 2, math.sqrt(a * b)
    return -p.maybe("j|coupling", default=1.0) / math.tanh(2 * k) * (1 + 2 / math.pi * (2 * math.tanh(2 * k) ** 2 - 1) * math.pi / (2 * a))


def slab(p):
    """(transmitted, reflected, absorbed) of a beam that enters a slab with isotropic scattering at right angles: an own Monte Carlo."""
    tau = p.maybe(r"tau|opticalthickness|opticaldepth|taumax|tautotal")
    scatter, absorb = p.maybe(r"sigmas|mus|sigmascat\w*|sigmascattering|sigs"), p.maybe(r"sigmaa|mua|sigmaabs\w*|siga")
    total = p.maybe(r"sigmat|mut|sigmatot\w*|sigt|sigma")
    if total is None and None not in (scatter, absorb):
        total = scatter + absorb
    if tau is None:
        if total is None:
            total = 1 / p(r"mfp|meanfreepath")
        tau = total * p(r"thickness|l|d|width|slabthickness|depth|h|slab|zmax")
    albedo = p.maybe(r"albedo|omega|pscatter|scatterprob\w*|singlescatteringalbedo|c|ssa|pscat")
    if albedo is None:
        lost = p.maybe(r"pabs(?:orb)?|absorb(?:prob\w*)?|pabsorption|absorptionprob\w*")
        albedo = 1 - lost if lost is not None else scatter / total if scatter is not None else 1 - absorb / total
    rng = np.random.default_rng(7)
    n = 40_000
    z, mu, alive = np.zeros(n), np.ones(n), np.ones(n, bool)
    passed = back = 0
    while alive.any():
        z[alive] += mu[alive] * rng.exponential(1.0, int(alive.sum()))
        out, home = alive & (z > tau), alive & (z < 0)
        passed, back = passed + int(out.sum()), back + int(home.sum())
        alive &= ~(out | home)
        alive &= rng.random(n) < albedo
        mu = 2 * rng.random(n) - 1
    return passed / n, back / n, 1 - (passed + back) / n


def thinned(p):
    """Mean number of points of a process whose intensity is a function of time in the program."""
    f = p.function(r"rate|intensity|lam(?:bda)?_?\w*|rate_\w+|intensity_\w+|arrival_rate|r")
    t = np.linspace(0, p.T, 4001)
    y = np.array([float(f(v)) for v in t])
    return float(np.sum((y[1:] + y[:-1]) / 2) * (t[1] - t[0]))


def black_scholes(p, call):
    """Price of a European option."""
    s, k, r, v, t = p(r"s0|spot|s|x0|price0|initialprice"), p.strike, p.r, p.sigma, p.T
    d1 = (math.log(s / k) + (r + v * v / 2) * t) / (v * math.sqrt(t))
    d2 = d1 - v * math.sqrt(t)
    price = s * CDF(d1) - k * math.exp(-r * t) * CDF(d2)
    return price if call else price - s + k * math.exp(-r * t)


def moneyness(p):
    """Risk-neutral probability of a call's exercise."""
    s, k, r, v, t = p(r"s0|spot|s|x0|price0"), p.strike, p.r, p.sigma, p.T
    return CDF((math.log(s / k) + (r - v * v / 2) * t) / (v * math.sqrt(t)))


def which(p):
    """A call or a put, where the program speaks of one of them alone."""
    call, put = p.says(r"\bcall\b|_call|call_"), p.says(r"\bput\b|_put|put_")
    if call == put:
        raise Missing("call or put")
    return black_scholes(p, call)


def gbm(p):
    """(s0, μ, σ, T)."""
    return p(r"s0|spot|x0|s|price0|initialprice|startprice"), p.drift, p.sigma, p.T


def ou(p):
    """(θ, level, σ, x0, t) of an Ornstein-Uhlenbeck process; t None where the run is long."""
    theta, sigma = p(r"theta|kappa|k|gamma|a|reversion(?:rate|speed)?|meanreversion\w*|speed|alpha"), p.sigma
    level = p.maybe(r"mu|level|longrunmean|mean|xbar|b|m|meanlevel|longtermmean|theta", default=0.0)
    if p.maybe("theta") == level and p.maybe("kappa") is None:
        level = p.maybe(r"mu|level|longrunmean|mean|xbar|meanlevel", default=0.0)
    return theta, level, sigma, p.maybe(r"x0|r0|v0|start|initial\w*"), p.maybe("T")


def ou_variance(p):
    """Its variance when it no longer knows its start."""
    theta, _, sigma, _, t = ou(p)
    if t is not None and theta * t < 4:
        if p.says(r"stationary|long.?run|time.?average"):
            raise Missing("a long run")
        return sigma**2 / (2 * theta) * (1 - math.exp(-2 * theta * t))
    return sigma**2 / (2 * theta)


def ou_mean(p):
    """Its mean at the end, or at length."""
    theta, level, _, x0, t = ou(p)
    if t is not None and theta * t < 12:
        if x0 is None:
            raise Missing("the start")
        return level + (x0 - level) * math.exp(-theta * t)
    return level


def cir(p):
    """(κ, θ, σ, r0, t) of a square-root process."""
    return p(r"kappa|a|k|speed"), p(r"theta|b|mean|longrunmean|level"), p.sigma, p(r"r0|x0|v0"), p.T


def cir_variance(p):
    """Its variance at T."""
    k, th, s, r0, t = cir(p)
    e = math.exp(-k * t)
    return r0 * s * s / k * (e - e * e) + th * s * s / (2 * k) * (1 - e) ** 2


def decayed(p):
    """Nuclei left: by a probability a step, or by a decay constant and time."""
    n0 = p(r"n0|nnuclei|n|initial\w*|nuclei|natoms|atoms|population|nparticles|ninit\w*")
    half = p.maybe(r"halflife|thalf|t12|half")
    lam = p.maybe(r"lam(?:bda)?|decay(?:const(?:ant)?|rate)?|lambd|lmbda|rate")
    if lam is None and half is not None:
        lam = math.log(2) / half
    chance = p.maybe(r"p|pdecay|decayprob(?:ability)?|prob")
    if lam is not None:
        return n0 * math.exp(-lam * elapsed(p))
    if chance is not None:
        return n0 * (1 - chance) ** p(r"(?:n|num)?steps|nsteps|t|n|tmax")
    raise Missing("a decay constant")


def elapsed(p):
    """Time of a run."""
    dt, n = p.maybe("dt"), p.maybe(r"(?:n|num)?steps|nt")
    told = re.search(r"\bafter (\d+(?:\.\d+)?) ", p.result.label)
    return float(told.group(1)) if told else n * dt if dt is not None and n is not None else p.T


def attenuated(p):
    """Share that passes a slab that only absorbs."""
    mu = p.maybe(r"mu|sigma|sigmat|sigmaa|sigmaabs|attenuation\w*|alpha|absorption\w*|kappa|mut|mua|sigmatotal|linearattenuation\w*|macro\w*")
    if mu is None:
        mu = 1 / p(r"mfp|mean(?:free)?path|lam(?:bda)?")
    return math.exp(-mu * p.dose)


def lundberg(p):
    """Ruin of an insurer with exponential claims, from surplus u."""
    u, m = p(r"u|u0|initial(?:capital|surplus|reserve)?|surplus0|capital|reserve0?|initialreserves?"), p(r"(?:mean)?claim(?:mean|size)?|meanclaim(?:size)?|mu|claimmean|m")
    lam, c = p.lam, p(r"c|premium(?:rate)?|premiumincome")
    loading = c / (lam * m) - 1
    if loading <= 0:
        return 1.0
    return math.exp(-loading * u / (m * (1 + loading))) / (1 + loading)


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


NO_MOMENTS = r"bootstrap|option|brownian|queue|gillespie|markov|metropolis|mcmc|integral|integrate|walk|gibbs|kalman|filter|reliab|renewal|poisson process|langevin|ruin|importance|regression|central limit|\bclt\b|dice|sample means\b|distribution of (?:the )?sample mean|bandit|hmc|anneal|diffus|network|epidemic"
TOPICS = (
    Topic("the integral it estimates", r"monte.?carlo integ|integra(?:l|te)|mc_integr|estimate_integral", Row(r"integral|estimate\w*|result|approx\w*|mean value|hit or miss|plain|crude|antithetic|stratified|importance|control|mc\b|integrat\w*|area", integral, but=r"exact|error|var|std|\bratio\b|reduction|2d", bare=True), but=r"ito|stochastic integral|path integral|integrat\w+ (?:the|of) (?:motion|equation)|odeint|solve_ivp|\bdt\b|two.?dimension|multi.?dim|volume"),
    Topic("the distribution that it samples", r"inverse.?(?:transform|cdf)|reject|accept|box.?muller|polar method|sampler?\b|sampling|random (?:number|variate)|draws? from", Row(VAR, lambda p: sampled(p)[1], share=0.04, but="reduction"), Row(STD, lambda p: math.sqrt(sampled(p)[1]), share=0.03), Row(MEAN, lambda p: sampled(p)[0], but="squar|abs|number|accept|tries|error|dist"), but=NO_MOMENTS),
    Topic("a standard normal target", r"standard (?:normal|gaussian)|n\(0, ?1\)|normal\(0, ?1\)", Row(VAR, lambda _: 1.0, share=0.03), Row(STD, lambda _: 1.0, share=0.03, but="err"), Row(MEAN, lambda _: 0.0, but="squar|abs|number|accept|tries|error|dist|max|sample means"), but=r"importance|option|brownian|walk|kalman|filter|regression|bootstrap|central limit|\bclt\b|ornstein|\bgbm\b|tail prob|p\(x|diffus|bivariate|correl|test stat|antithetic|integral|truncat|half.?normal|langevin|path"),
    Topic("a bivariate normal target", r"bivariate (?:normal|gaussian)|correlated (?:normals?|gaussians?)", Row(r"corr\w*|\brho\b", lambda p: p(r"rho|corr(?:elation)?|r"), share=0.03, but="auto"), Row(VAR, lambda p: 1.0 if p.says(r"unit variance|standard|\[1(?:\.0)?, rho|sqrt\(1(?:\.0)? - rho") else None, share=0.04), Row(STD, lambda p: 1.0 if p.says(r"unit variance|standard|\[1(?:\.0)?, rho|sqrt\(1(?:\.0)? - rho") else None, share=0.03), Row(MEAN, lambda p: 0.0 if p.maybe("mu|mux|mean|m1") is None else None, but="squar|abs|number|accept|error"), but=r"option|stock|asset|portfolio|regression"),
    Topic("a normal tail", r"p\(\w+ ?> ?\d|tail prob", Row(r"prob\w*|\bp\b|tail|estimate|importance|naive|crude", tail, but="exact|theor|err|std|var|weight|ratio|ess", bare=True), but=r"option|queue|exponential tail|sum of|max"),
    Topic("a filter of a constant", r"kalman", Row(r"\bfinal\b|estimate\w*", lambda p: p(r"true\w*|actual\w*|x?true"), but="std|dev|var|error|rmse|gain|uncert|\\bp\\b|state|vel|position", share=0.05), Row(r"std|standard dev\w*|uncertain\w*", lambda p: p(r"sigma\w*|measurementstd|noisestd|r?std|stdnoise") / math.sqrt(p.array(r"readings|measurements|z|zs|obs\w*|meas|data").size), share=0.05, but="meas|noise|reading"), but=r"velocity|position|track|walk|process noise|extended|q = (?!0(?:\.0)?\b)|1e-"),
    Topic("the newsvendor", r"news.?(?:vendor|boy|paper)", Row(r"\b(?:best|optimal|optimum)\b", newsvendor, but="profit|theor", share=0.07), Row(r"(?:theor\w*|order|quantity)", newsvendor, but="profit|best|sim", share=0.01), Row(r"profit", lambda p: Between(-math.inf, newsvendor_profit(p)), share=0.02), but="poisson|uniform|expon|lognorm"),
    Topic("the Ising model on a square lattice", r"(?<![a-z])ising", Row(r"\bm\b|magneti[sz]ation|\bmag\b", spontaneous, share=0.04, but="suscept|total"), Row(r"energy", onsager, share=0.05, but="total|change|error|per bond|exact|heat|var"), but=r"\b1.?d\b|one.?dim|\bchain\b|\bring\b|3.?d\b|antiferro|triang|field|potts|kagome|wolff|anneal"),
    Topic("photons in a slab that scatters", r"(?:photon|neutron).{0,300}(?:isotrop)|isotrop.{0,300}(?:photon|neutron)", Row(r"\btransm\w*|through|leak\w*", lambda p: slab(p)[0], share=0.04), Row(r"reflect\w*|backscatter\w*|albedo", lambda p: slab(p)[1], share=0.04, but="single"), Row(r"absor\w*|captur\w*", lambda p: slab(p)[2], share=0.04), but=r"sphere|anisotrop|henyey|weight|russian|energy loss|layers|buildup|lambert|diffuse (?:source|incid)|fission|2.?d\b"),
    Topic("the value that the text tells", r"exact|true value|analytic|should", Row(r"(?!)", lambda p: told(p), bare=True, share=0.015)),
    Topic("a Poisson process", r"poisson (?:point )?process|poisson arrivals|arrivals? (?:are|is|form) (?:a )?poisson|poisson counts", Row(r"(?:inter.?(?:arrival|event)|gap|wait\w*|spacing)", lambda p: 1 / p(r"lam(?:bda)?|rate|lambd|intensity|arrivalrate|lmbda"), but="var|std|number|count"), Row(VAR, lambda p: p(r"lam(?:bda)?|rate|lambd|intensity|arrivalrate|lmbda") * p.T, share=0.06, but=r"\bratio\b|inter"), Row(MEAN + r"|\bcount|number|events|arrivals|points", lambda p: p(r"lam(?:bda)?|rate|lambd|intensity|arrivalrate|lmbda") * p.T, but=r"var|std|inter|gap|spacing|time|\bratio\b|fano|dispersion"), Row(r"fano|dispersion|index|var\w* (?:to )?(?:over )?mean|\bratio\b", lambda _: 1.0, share=0.06), but=r"inhomogen|non.?homogen|thinn|compound|queue|hawkes|cox|server|m/m/|claim|renewal|merge|super|spatial|split"),
    Topic("an inhomogeneous Poisson process", r"inhomogen|non.?homogen|thinn", Row(MEAN + r"|\bcount|number|events|arrivals|points", thinned, but="std|accept|reject|gap|time|exact|max|theor|integral", bare=True), Row(VAR, thinned, share=0.06), but="hawkes|cox|spatial|compound"),
    Topic("compound Poisson sums", r"compound poisson", Row(VAR, lambda p: p.lam * p.T * 2 * p(r"(?:mean)?claim(?:mean|size)?|meanclaim(?:size)?|mu|jumpmean|meanjump") ** 2 if p.says("expo") else None, share=0.06), Row(MEAN + "|total", lambda p: p.lam * p.maybe("T", default=1.0) * p(r"(?:mean)?claim(?:mean|size)?|meanclaim(?:size)?|mu|jumpmean|meanjump"), but="claim size|number|var|std"), but="ruin|premium"),
    Topic("an insurer's ruin", r"insur|cram[eé]r|lundberg|surplus process", Row(r"ruin\w*|prob\w*", lundberg, but="theor|bound|time", share=0.04), but="normal\\(|gamma|pareto|lognormal|reinsur|interest"),
    Topic("a European option", r"european|black.?scholes|\bcall\b|\bput\b", Row(r"\bcall\b", lambda p: black_scholes(p, True), but="put|std|err|se\\b|delta|prob|payoff|undiscount|exact|bs\\b|black|asian|barrier|american|digital|binary|vega|gamma", share=0.006), Row(r"\bput\b", lambda p: black_scholes(p, False), but="call|std|err|se\\b|delta|prob|payoff|undiscount|exact|bs\\b|black|asian|barrier|american|digital|parity", share=0.006), Row(r"prob\w*.{0,20}(?:money|exercise)|in the money", moneyness, but="put"), Row(r"price|option|value|mc\b|estimate|monte|antithetic|control", which, but="std|err|se\\b|delta|stock|terminal|final|asian|barrier|american|digital|bs\\b|black|exact|strike|lookback|mean price|average price", share=0.006, bare=True), but=r"asian|barrier|american|lookback|bermud|dividend|heston|jump|basket|digital|binary option|binomial|stochastic vol|knock"),
    Topic("geometric Brownian motion", r"geometric brownian|\bgbm\b|stock price|asset price|lognormal", Row(r"var\w*(?: of)? log|log.{0,12}var\w*", lambda p: gbm(p)[2] ** 2 * gbm(p)[3], share=0.05), Row(r"std\w*(?: of)?(?: the)? log|log.{0,14}(?:std|volat)", lambda p: gbm(p)[2] * gbm(p)[3] ** 0.5, share=0.04), Row(r"(?:mean|average|avg)(?: \w+)? log|log.{0,10}mean", lambda p: (gbm(p)[1] - gbm(p)[2] ** 2 / 2) * gbm(p)[3], share=0.06), Row(r"median", lambda p: gbm(p)[0] * math.exp((gbm(p)[1] - gbm(p)[2] ** 2 / 2) * gbm(p)[3])), Row(r"(?:mean|average|avg|expected)(?: \w+){0,2} (?:final|terminal|price|s t|st|stock|value)|(?:final|terminal|s t|st) (?:mean|average|price)|mean$", lambda p: gbm(p)[0] * math.exp(gbm(p)[1] * gbm(p)[3]), but="log|std|err|payoff|option|call|put|max|min|max|median|return|path"), Row(r"(?:std\w*|standard dev\w*)(?: of)?(?: \w+){0,2} (?:final|terminal|price|s t|st)|(?:final|terminal) std|std$", lambda p: gbm(p)[0] * math.exp(gbm(p)[1] * gbm(p)[3]) * math.sqrt(math.expm1(gbm(p)[2] ** 2 * gbm(p)[3])), but="log|err", share=0.05), but=r"jump|heston|stochastic vol|correlat|portfolio|var\b 95|value.?at.?risk|regime"),
    Topic("an Ornstein-Uhlenbeck process", r"ornstein|uhlenbeck|mean.?revert|vasicek|\bou\b", Row(VAR, ou_variance, share=0.06), Row(STD, lambda p: ou_variance(p) ** 0.5, share=0.04, but="err"), Row(MEAN, ou_mean, share=0.03, but="std|time|err|passage|first|bond|price"), but=r"velocity|langevin|square.?root|\bcir\b|cox.?ingersoll|pairs|two.?dim|log"),
    Topic("a square-root (CIR) process", r"\bcir\b|cox.?ingersoll|square.?root (?:process|diffusion)", Row(VAR, cir_variance, share=0.06), Row(STD, lambda p: cir_variance(p) ** 0.5, share=0.04), Row(MEAN, lambda p: cir(p)[1] + (cir(p)[3] - cir(p)[1]) * math.exp(-cir(p)[0] * cir(p)[4]), share=0.02, but="bond"), but="heston|bond price"),
    Topic("radioactive decay", r"radioactiv|nucle(?:i|us)|decay", Row(r"remain\w*|\bleft\b|surviv\w*|undecayed|final|still", lambda p: decayed(p) if (p.result.value > 1 or p.maybe(r"n0|nnuclei|n") == 1) else decayed(p) / p(r"n0|nnuclei|n|nuclei|natoms|initial\w*"), but="theor|expected|time|half|exact", share=0.01), Row(r"\bdecayed\b|\bdecays\b", lambda p: p(r"n0|nnuclei|n|nuclei|natoms|initial\w*") - decayed(p), but="theor|expected|per|rate|const", share=0.01), but=r"daughter|chain|branch|muon|beam|alpha decay|weight decay|learning|exponential decay of|bateman|a -> b|heterozyg|mrna|background|detector|count rate"),
    Topic("absorption in a slab", r"shield|slab|attenuat|transmi|beer.?lambert|absor", Row(r"transm\w*|through|pass\w*|penetrat\w*|escap\w*|unscatter\w*|uncollided", attenuated, but="reflect|theor|exact|absorbed|count", bare=True), but=r"scatter|albedo|anisotrop|isotrop|buildup|layers|energy loss|mirror|angle|cos|bounce|reflect|acoustic|packet|signal|disease|infect"),
    Topic("the bootstrap", r"bootstrap", Row(r"standard error|\bse\b|\bstd\w*|stderr|std error|bootstrap", data_error, but="median|corr|lower|upper|ci\\b|interval|mean of|^mean|original|diff", share=0.12, own=True), but=r"median|correlation|regression|slope|difference|\bratio\b|block|two groups|paired|quantile|ntree|forest", errors=True),
    Topic("an Erdős-Rényi graph", r"erd[oöő]s|random graph|g\(n, ?p\)|gnp", Row(r"(?:mean|average|avg) degree|degree (?:mean|average)", lambda p: (graph(p)[0] - 1) * graph(p)[1], but="var"), Row(r"\bedges\b|edge count", lambda p: graph(p)[1] * graph(p)[0] * (graph(p)[0] - 1) / 2, but="prob|per"), Row(r"triangles", lambda p: math.comb(int(graph(p)[0]), 3) * graph(p)[1] ** 3, share=0.04), Row(r"cluster\w*", lambda p: graph(p)[1], share=0.06, but="size|largest|giant"), Row(r"giant|largest", giant, share=0.05, but="second|size|nodes|count"), but=r"barab|preferential|small.?world|watts|configuration|epidemic|sir\b|infect|percol"),
    Topic("means of samples", r"central limit|\bclt\b|sample means\b|distribution of (?:the )?sample mean", Row(r"(?:std|standard dev\w*|spread)(?: of)?(?: the)?(?: sample)?(?: means?)?", lambda p: _spread(p) / math.sqrt(p(r"n|samplesize|size|nper\w*|nsample")), but="theor|pop|underl|expected|predict", share=0.03)),
    Topic("Langevin motion in a harmonic trap", r"(?:langevin|brownian).{0,200}(?:harmonic|trap|spring)|(?:harmonic|trap|spring).{0,200}(?:langevin|brownian)", Row(r"var\w*|<x 2>|x 2|mean squared? (?:pos\w*|x|disp\w*)", lambda p: p.maybe(r"kt|kbt|t|temperature|temp", default=1.0) / p(r"k|kappa|stiffness|springconstant|ktrap"), share=0.05, but="vel|v 2|<v"), Row(r"<v 2>|v 2|vel\w*", lambda p: p.maybe(r"kt|kbt|t|temperature|temp", default=1.0) / p.maybe(r"m|mass", default=1.0), share=0.05, but="mean v"), but="double.?well|two particles|driven"),
)  # fmt: skip


def _spread(p):
    """Standard deviation of what is averaged."""
    if p.says(r"exponential\("):
        return p.maybe(r"scale|mean|mu", default=1.0)
    if p.says(r"uniform\(0|\.random\("):
        return math.sqrt(1 / 12)
    raise Missing("what is averaged")
