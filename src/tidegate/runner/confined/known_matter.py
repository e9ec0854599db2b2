# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Nuclei, photons, spins and trapped particles.

Sources: Onsager, Phys. Rev. 65 (1944) 117; Lux and Koblinger, Monte Carlo Particle Transport Methods; Gardiner, Handbook of Stochastic Methods.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.known import Between, Missing, Row, Topic


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
    if (
        1.9 < t < 2.8
        or abs(p.result.value) > 5
        or (t < 2.3 and not p.says(r"np\.ones|all (?:spins )?up|ordered|cold start"))
    ):
        raise Missing("a temperature away from the transition, per spin")
    k = 1 / t
    modulus = 2 * math.sinh(2 * k) / math.cosh(2 * k) ** 2
    a, b = 1.0, math.sqrt(1 - modulus**2)
    while abs(a - b) > 1e-14:
        a, b = (a + b) / 2, math.sqrt(a * b)
    return (
        -p.maybe("j|coupling", default=1.0)
        / math.tanh(2 * k)
        * (1 + 2 / math.pi * (2 * math.tanh(2 * k) ** 2 - 1) * math.pi / (2 * a))
    )


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
    mu = p.maybe(
        r"mu|sigma|sigmat|sigmaa|sigmaabs|attenuation\w*|alpha|absorption\w*|kappa|mut|mua|sigmatotal|linearattenuation\w*|macro\w*"
    )
    if mu is None:
        mu = 1 / p(r"mfp|mean(?:free)?path|lam(?:bda)?")
    return math.exp(-mu * p.dose)


TOPICS = (
    Topic("the Ising model on a square lattice", r"(?<![a-z])ising", Row(r"\bm\b|magneti[sz]ation|\bmag\b", spontaneous, share=0.04, but="suscept|total"), Row(r"energy", onsager, share=0.05, but="total|change|error|per bond|exact|heat|var"), but=r"\b1.?d\b|one.?dim|\bchain\b|\bring\b|3.?d\b|antiferro|triang|field|potts|kagome|wolff|anneal"),
    Topic("photons in a slab that scatters", r"(?:photon|neutron).{0,300}(?:isotrop)|isotrop.{0,300}(?:photon|neutron)", Row(r"\btransm\w*|through|leak\w*", lambda p: slab(p)[0], share=0.04), Row(r"reflect\w*|backscatter\w*|albedo", lambda p: slab(p)[1], share=0.04, but="single"), Row(r"absor\w*|captur\w*", lambda p: slab(p)[2], share=0.04), but=r"sphere|anisotrop|henyey|weight|russian|energy loss|layers|buildup|lambert|diffuse (?:source|incid)|fission|2.?d\b"),
    Topic("radioactive decay", r"radioactiv|nucle(?:i|us)|decay", Row(r"remain\w*|\bleft\b|surviv\w*|undecayed|final|still", lambda p: decayed(p) if (p.result.value > 1 or p.maybe(r"n0|nnuclei|n") == 1) else decayed(p) / p(r"n0|nnuclei|n|nuclei|natoms|initial\w*"), but="theor|expected|time|half|exact", share=0.01), Row(r"\bdecayed\b|\bdecays\b", lambda p: p(r"n0|nnuclei|n|nuclei|natoms|initial\w*") - decayed(p), but="theor|expected|per|rate|const", share=0.01), but=r"daughter|chain|branch|muon|beam|alpha decay|weight decay|learning|exponential decay of|bateman|a -> b|heterozyg|mrna|background|detector|count rate"),
    Topic("absorption in a slab", r"shield|slab|attenuat|transmi|beer.?lambert|absor", Row(r"transm\w*|through|pass\w*|penetrat\w*|escap\w*|unscatter\w*|uncollided", attenuated, but="reflect|theor|exact|absorbed|count", bare=True), but=r"scatter|albedo|anisotrop|isotrop|buildup|layers|energy loss|mirror|angle|cos|bounce|reflect|acoustic|packet|signal|disease|infect"),
    Topic("Langevin motion in a harmonic trap", r"(?:langevin|brownian).{0,200}(?:harmonic|trap|spring)|(?:harmonic|trap|spring).{0,200}(?:langevin|brownian)", Row(r"var\w*|<x 2>|x 2|mean squared? (?:pos\w*|x|disp\w*)", lambda p: p.maybe(r"kt|kbt|t|temperature|temp", default=1.0) / p(r"k|kappa|stiffness|springconstant|ktrap"), share=0.05, but="vel|v 2|<v"), Row(r"<v 2>|v 2|vel\w*", lambda p: p.maybe(r"kt|kbt|t|temperature|temp", default=1.0) / p.maybe(r"m|mass", default=1.0), share=0.05, but="mean v"), but="double.?well|two particles|driven"),
)  # fmt: skip
