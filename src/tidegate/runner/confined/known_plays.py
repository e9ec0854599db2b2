# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Plays, epidemics in generations, chains of links, records and risks whose answers are computed step by step or known in closed form.

Sources: Feller, An Introduction to Probability Theory I; Bailey, The Mathematical Theory of Infectious Diseases (Reed-Frost);
Rubinstein and Colby, Polymer Physics, 2.2; Kingman, The coalescent; Krapivsky, Redner and Ben-Naim, A Kinetic View of Statistical Physics.
"""

import math

import numpy as np

from tidegate.runner.confined.known import Missing, Row, Topic

PROB = r"prob\w*|\bp\b|frac\w*|share|chance|freq\w*|propor\w*"
MEAN = r"mean|average|avg|expected"


def pig(p):
    """(mean score, probability of none) of one turn of Pig that holds at a total."""
    hold = int(p(r"hold(?:at)?|target|threshold|limit|holdat|n|stop(?:at)?"))
    if not 2 <= hold <= 200:
        raise Missing("where the player holds")
    chance = np.zeros(hold + 7)
    chance[0], mean, kept = 1.0, 0.0, 0.0
    for total in range(hold):
        for face in range(2, 7):
            chance[total + face] += chance[total] / 6
    for total in range(hold, hold + 7):
        mean, kept = mean + total * chance[total], kept + chance[total]
    return mean, 1 - kept


def reed_frost(p):
    """Mean number ever infected, those of the start included, of a chain-binomial epidemic."""
    s0 = p.maybe(r"s0|susceptibles?|s|initialsusceptibles?|nsusceptible")
    i0 = p.maybe(r"i0|infected|infectives?|i|initialinfected|ninfected", default=1.0)
    if s0 is None:
        s0 = p.popsize - i0
    q = 1 - p(r"p|pinf\w*|pcontact|prob|infectionprob|transmissionprob|ptransmit|pcontact")
    s0, i0 = int(s0), int(i0)
    if not (0 < s0 <= 300 and i0 > 0 and 0 < q < 1):
        raise Missing("a small population")
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, s0 + 1)))])
    left = np.zeros((s0 + 1, s0 + i0 + 1))
    left[s0, i0] = 1.0
    mean = 0.0
    for s in range(s0, -1, -1):
        for i in range(s0 + i0, 0, -1):
            weight = left[s, i]
            if weight < 1e-14:
                continue
            escape = q**i
            k = np.arange(s + 1)
            new = np.exp(
                logs[s] - logs[k] - logs[s - k] + k * np.log(max(1 - escape, 1e-300)) + (s - k) * np.log(escape)
            )
            mean += weight * float(new[0]) * (s0 + i0 - s)
            for kk in k[1:]:
                left[s - kk, kk] += weight * new[kk]
    return mean


def links(p):
    """(bonds, their length) of an ideal chain."""
    n = p(r"(?:n|num)?(?:of)?(?:bonds?|segments?|links?|monomers?|steps?|beads)|n")
    b = p.maybe(r"b|(?:bond|segment|link|step|kuhn)(?:length)?|a|l", default=1.0)
    if p.says(r"self.?avoid|freely rotating|worm|excluded|lattice|bend|persistence|stiff|rouse|semiflex|angle ?="):
        raise Missing("a freely jointed chain")
    return n, b


def gyration(p):
    """Mean squared radius of gyration of n + 1 beads: b² n (n + 2) / (6 (n + 1))."""
    n, b = links(p)
    return b * b * n * (n + 2) / (6 * (n + 1))


def tasep(p):
    """Current of the exclusion process on a ring of L sites with N particles: N (L - N) / (L (L - 1)) by site and unit time."""
    sites = p(r"l|(?:n|num)?sites|length|size|ringsize|latticesize")
    n = p.maybe(r"n|(?:n|num)?(?:particles|cars)|k")
    if n is None:
        n = round(p(r"rho|density") * sites)
    return n * (sites - n) / (sites * (sites - 1))


def samples_of_genes(p):
    """How many lineages."""
    return p(r"n|k|(?:n|num)?(?:samples?|lineages|genes|sequences)|samplesize")


def autoregression(p):
    """(coefficient, spread of the noise) of x' = φ x + ε."""
    phi = p(r"phi1?|rho|a|alpha|ar1?|coef\w*")
    if not -1 < phi < 1:
        raise Missing("a stationary series")
    return phi, p.maybe(r"sigma(?:e|eps|noise)?|noise(?:std|sd)?|std|sd", default=1.0)


def overbooked(p):
    """(passengers sold a seat, seats, chance that one comes)."""
    sold = int(p(r"(?:n|num)?(?:tickets?|bookings?|sold|ticketssold|reservations|booked)(?:sold)?|n"))
    seats = int(p(r"(?:n|num)?(?:seats?|capacity|places)"))
    come = p.maybe(r"p|pshow(?:up)?|showup(?:prob\w*|rate)?|prob\w*|showprob\w*|show")
    if come is None:
        come = 1 - p(r"pnoshow|noshow(?:prob\w*|rate)?")
    weights = np.array([math.comb(sold, k) * come**k * (1 - come) ** (sold - k) for k in range(sold + 1)])
    return weights, np.arange(sold + 1), seats


def bumped(p):
    """Mean number of those who find no seat."""
    weights, k, seats = overbooked(p)
    return float(np.sum(weights * np.maximum(k - seats, 0)))


def crowded(p):
    """Probability that somebody finds no seat."""
    weights, k, seats = overbooked(p)
    return float(np.sum(weights[k > seats]))


TOPICS = (
    Topic("a turn of Pig", r"\bpig\b", Row(rf"(?:{MEAN})(?: \w+){{0,2}} (?:score|total|points|turn)|score per turn|^(?:mean|average)$", lambda p: pig(p)[0], but=PROB + r"|turns|rolls|game|/ ?\d|per roll"), Row(r"(?:" + PROB + r")(?: \w+){0,3} (?:0|zero|nothing|none|bust\w*|one|1)\b|bust\w*|nothing", lambda p: pig(p)[1], but="turns"), but=r"two dice|two-dice|big pig|opponent|until 100|race"),
    Topic("a Reed-Frost epidemic", r"reed.?frost|chain.?binomial", Row(r"(?:mean|average|avg|expected) (?:\w+ )?(?:final size|outbreak size|size|total infected|number infected)|^final size$|total infected", reed_frost, but="frac|share|major|minor|given", share=0.02), but=r"household|vaccin|greenwood|two groups"),
    Topic("an ideal chain of links", r"polymer|freely.?joint|ideal chain|end.?to.?end", Row(r"gyrat\w*|\brg\b|rg2|rg\^2", gyration, but="ratio|root|sqrt|rms|theor|ideal|/ ?6", share=0.03), Row(r"(?:squared? )?end.?to.?end(?: distance)?|r2\b|r\^2|\br ?ee\b|mean squared? distance", lambda p: links(p)[0] * links(p)[1] ** 2, but="ratio|root|sqrt|rms|theor|gyr|ideal|component|vector|std|/ ?n|per", share=0.03), but=r"self.?avoid|worm|freely.?rotating|lattice polymer|rouse|excluded"),
    Topic("the exclusion process on a ring", r"\btasep\b|asymmetric (?:simple )?exclusion", Row(r"current|flux|flow|throughput", tasep, but="max|theor|mean.?field|rho 1|density", share=0.03), but=r"open bound|reservoir|alpha|beta|injection|parallel update|v_?max|symmetric simple|langmuir|partially"),
    Topic("the coalescent", r"coalescen", Row(r"(?:tmrca|mrca|time to (?:the )?(?:most recent )?common ancestor|height)", lambda p: 2 * (1 - 1 / samples_of_genes(p)), but="generation|theor|frac"), Row(r"(?:total )?(?:tree|branch) length", lambda p: 2 * sum(1 / k for k in range(1, int(samples_of_genes(p)))), but="external|mean branch|theor"), but=r"2 ?\* ?n ?\*|4 ?\* ?n|generations|growth|migration|recombin|bottleneck"),
    Topic("an autoregressive series", r"\bar\(1\)|autoregress", Row(r"var\w*", lambda p: autoregression(p)[1] ** 2 / (1 - autoregression(p)[0] ** 2), but="noise|innov|theor|resid|eps", share=0.05), Row(r"(?:lag.?(?:1|one)|first) (?:auto)?corr\w*|^autocorr\w*(?: \w+)? (?:1|one)$", lambda p: autoregression(p)[0], share=0.03), but=r"garch|ar\(2\)|var\(1\)|threshold|unit root|mean ?= ?[1-9]|student|uniform\("),
    Topic("an overbooked flight", r"overbook|no.?show", Row(r"(?:" + MEAN + r")(?: \w+){0,2} (?:bumped|denied|without)|bumped|denied", bumped, but=PROB + "|cost|revenue|profit|compens|theor", share=0.03), Row(r"(?:" + PROB + r")(?: \w+){0,3} (?:bump\w*|overbook\w*|denied|someone|at least|over\w*)", crowded, but="revenue|theor", share=0.02), but=r"groups?|optimal|revenue"),
    Topic("random parking", r"random (?:sequential|parking)|r[ée]nyi.{0,20}park|car.?parking", Row(r"cover\w*|dens\w*|frac\w*|jamm\w*|fill\w*", lambda p: 0.7475979 if p.says(r"uniform") and not p.says(r"dimer|lattice|pairs|site") else 1 - math.exp(-2), share=0.02), but=r"two.?dimension|2d\b|disk|circle|square|trimer|k.?mers|desorp"),
    Topic("runs of a fair game at roulette", r"roulette", Row(r"(?:" + PROB + r"|win\w* (?:rate|frac\w*|share))(?: \w+){0,3}(?:red|black|even|odd|win\w*)?$", lambda p: 18 / (38 if p.says(r"american|double zero|\b38\b") else 37), but="ruin|bust|ahead|doubl|goal|straight|number|bankrupt|profit"), Row(r"(?:mean|average|avg|expected) (?:\w+ )?(?:gain|profit|loss|return|winnings)(?: per \w+)?", lambda p: -2 / 38 if p.says(r"american|double zero|\b38\b") else -1 / 37, but="total|final|house edge|percent|%", share=0.05), but=r"martingale|doubl\w+ (?:the|his|her|after)|bankroll|straight up|single number|dozen|column|d.alembert|en prison|35"),
)  # fmt: skip
