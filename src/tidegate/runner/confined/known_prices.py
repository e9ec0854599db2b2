# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Prices and other processes driven by noise: their moments and the prices of options on them.

Sources: Hull, Options, Futures and Other Derivatives; Glasserman, Monte Carlo Methods in Financial Engineering; Asmussen, Ruin Probabilities.
"""

import math
from statistics import NormalDist

from tidegate.runner.confined.known import Missing, Row, Topic
from tidegate.runner.confined.known_samples import MEAN, STD, VAR


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


def lundberg(p):
    """Ruin of an insurer with exponential claims, from surplus u."""
    u, m = (
        p(r"u|u0|initial(?:capital|surplus|reserve)?|surplus0|capital|reserve0?|initialreserves?"),
        p(r"(?:mean)?claim(?:mean|size)?|meanclaim(?:size)?|mu|claimmean|m"),
    )
    lam, c = p.lam, p(r"c|premium(?:rate)?|premiumincome")
    loading = c / (lam * m) - 1
    if loading <= 0:
        return 1.0
    return math.exp(-loading * u / (m * (1 + loading))) / (1 + loading)


CDF = NormalDist().cdf
TOPICS = (
    Topic("compound Poisson sums", r"compound poisson", Row(VAR, lambda p: p.lam * p.T * 2 * p(r"(?:mean)?claim(?:mean|size)?|meanclaim(?:size)?|mu|jumpmean|meanjump") ** 2 if p.says("expo") else None, share=0.06), Row(MEAN + "|total", lambda p: p.lam * p.maybe("T", default=1.0) * p(r"(?:mean)?claim(?:mean|size)?|meanclaim(?:size)?|mu|jumpmean|meanjump"), but="claim size|number|var|std"), but="ruin|premium"),
    Topic("an insurer's ruin", r"insur|cram[eé]r|lundberg|surplus process", Row(r"ruin\w*|prob\w*", lundberg, but="theor|bound|time", share=0.04), but="normal\\(|gamma|pareto|lognormal|reinsur|interest"),
    Topic("a European option", r"european|black.?scholes|\bcall\b|\bput\b", Row(r"\bcall\b", lambda p: black_scholes(p, True), but="put|std|err|se\\b|delta|prob|payoff|undiscount|exact|bs\\b|black|asian|barrier|american|digital|binary|vega|gamma", share=0.006), Row(r"\bput\b", lambda p: black_scholes(p, False), but="call|std|err|se\\b|delta|prob|payoff|undiscount|exact|bs\\b|black|asian|barrier|american|digital|parity", share=0.006), Row(r"prob\w*.{0,20}(?:money|exercise)|in the money", moneyness, but="put"), Row(r"price|option|value|mc\b|estimate|monte|antithetic|control", which, but="std|err|se\\b|delta|stock|terminal|final|asian|barrier|american|digital|bs\\b|black|exact|strike|lookback|mean price|average price", share=0.006, bare=True), but=r"asian|barrier|american|lookback|bermud|dividend|heston|jump|basket|digital|binary option|binomial|stochastic vol|knock"),
    Topic("geometric Brownian motion", r"geometric brownian|\bgbm\b|stock price|asset price|lognormal", Row(r"var\w*(?: of)? log|log.{0,12}var\w*", lambda p: gbm(p)[2] ** 2 * gbm(p)[3], share=0.05), Row(r"std\w*(?: of)?(?: the)? log|log.{0,14}(?:std|volat)", lambda p: gbm(p)[2] * gbm(p)[3] ** 0.5, share=0.04), Row(r"(?:mean|average|avg)(?: \w+)? log|log.{0,10}mean", lambda p: (gbm(p)[1] - gbm(p)[2] ** 2 / 2) * gbm(p)[3], share=0.06), Row(r"median", lambda p: gbm(p)[0] * math.exp((gbm(p)[1] - gbm(p)[2] ** 2 / 2) * gbm(p)[3])), Row(r"(?:mean|average|avg|expected)(?: \w+){0,2} (?:final|terminal|price|s t|st|stock|value)|(?:final|terminal|s t|st) (?:mean|average|price)|mean$", lambda p: gbm(p)[0] * math.exp(gbm(p)[1] * gbm(p)[3]), but="log|std|err|payoff|option|call|put|max|min|max|median|return|path"), Row(r"(?:std\w*|standard dev\w*)(?: of)?(?: \w+){0,2} (?:final|terminal|price|s t|st)|(?:final|terminal) std|std$", lambda p: gbm(p)[0] * math.exp(gbm(p)[1] * gbm(p)[3]) * math.sqrt(math.expm1(gbm(p)[2] ** 2 * gbm(p)[3])), but="log|err", share=0.05), but=r"jump|heston|stochastic vol|correlat|portfolio|var\b 95|value.?at.?risk|regime"),
    Topic("an Ornstein-Uhlenbeck process", r"ornstein|uhlenbeck|mean.?revert|vasicek|\bou\b", Row(VAR, ou_variance, share=0.06), Row(STD, lambda p: ou_variance(p) ** 0.5, share=0.04, but="err"), Row(MEAN, ou_mean, share=0.03, but="std|time|err|passage|first|bond|price"), but=r"velocity|langevin|square.?root|\bcir\b|cox.?ingersoll|pairs|two.?dim|log"),
    Topic("a square-root (CIR) process", r"\bcir\b|cox.?ingersoll|square.?root (?:process|diffusion)", Row(VAR, cir_variance, share=0.06), Row(STD, lambda p: cir_variance(p) ** 0.5, share=0.04), Row(MEAN, lambda p: cir(p)[1] + (cir(p)[3] - cir(p)[1]) * math.exp(-cir(p)[0] * cir(p)[4]), share=0.02, but="bond"), but="heston|bond price"),
)  # fmt: skip
