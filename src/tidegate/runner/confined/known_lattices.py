# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Lattices and contagion whose answers are counted or computed by an own small simulation: percolation, self-avoiding walks, outbreaks.

Sources: Stauffer and Aharony, Introduction to Percolation Theory; Madras and Slade, The Self-Avoiding Walk; Newman, Networks.
"""

import functools
import math

import numpy as np

from tidegate.runner.confined.known import Between, Missing, Row, Topic
from tidegate.runner.confined.laws_jump import spans

SQUARE_WALKS = (
    1,
    4,
    12,
    36,
    100,
    284,
    780,
    2172,
    5916,
    16268,
    44100,
    120292,
    324932,
    881500,
    2374444,
    6416596,
    17245332,
    46466676,
    124658732,
    335116620,
    897697164,
)
"""Self-avoiding walks of n steps on the square lattice."""


def spanning(p):
    """Bounds of the share of site configurations that span an L by L lattice: own runs, four standard errors and 0.05."""
    side, q = (
        int(p(r"l|n|size|latticesize|gridsize|side|width|nx")),
        p(r"p|prob|occupation\w*|density|pocc|fillprob\w*"),
    )
    if not (4 <= side <= 128 and 0 <= q <= 1):
        raise Missing("a lattice")
    return spanned(side, round(q, 9))


@functools.cache
def spanned(side, q):
    """The bounds of one lattice: a program asks for the same one at every call."""
    rng = np.random.default_rng(5)
    runs = 120 if side <= 64 else 40
    share = sum(spans(rng.random((side, side)) < q) for _ in range(runs)) / runs
    slack = 0.05 + 4 * math.sqrt(max(share * (1 - share), 0.02) / runs)
    return Between(max(0.0, share - slack), min(1.0, share + slack))


def unstuck(p):
    """Share of walks without a free choice that have not met themselves after n steps."""
    n = int(p(r"n|(?:n|num|max)?steps|length|walklength"))
    if n >= len(SQUARE_WALKS):
        raise Missing("a short walk")
    if p.says(r"never (?:reverses|steps back)|no immediate|non.?reversal|not back"):
        return SQUARE_WALKS[n] / (4 * 3 ** (n - 1))
    return SQUARE_WALKS[n] / 4**n


def final_size(p):
    """Share that a large outbreak reaches in a closed population, r = 1 - exp(-R0 r)."""
    r0 = p.maybe(r"r0|rnought|basicr|reproductionnumber")
    if r0 is None:
        r0 = p(r"beta|infectionrate|transmissionrate") / p(r"gamma|recoveryrate")
    if r0 < 1.2 or p.popsize < 300:
        raise Missing("a large outbreak")
    r = 1.0
    for _ in range(2000):
        r = 1 - math.exp(-r0 * r)
    return Between(0.0, min(1.0, r * 1.12 + 0.02))


TOPICS = (
    Topic("site percolation on a square lattice", r"percolat", Row(r"span\w*|percolat\w*|prob\w*|frac\w*|share|connect\w*", spanning, but="^(?:spans|percolates|is_\\w+|has_\\w+)$|largest|size|mean cluster|occup|threshold|density|strength|p_c|pc\\b", bare=True), but=r"\bbond|triang|hexag|honeycomb|cubic|3.?d\b|diagonal|moore|eight neigh|8 neigh|directed|invasion|continuum|periodic|rumou?r|network|random graph"),
    Topic("self-avoiding walks on the square lattice", r"self.?avoid", Row(r"surviv\w*|success\w*|accept\w*|frac\w*|prob\w*", unstuck, but="rosenbluth|weight|trap"), but=r"rosenbluth|pivot|cubic|3.?d\b|triang|free neigh|unvisited neigh|available"),
    Topic("an outbreak in a closed population", r"\bsir\b|epidemic|outbreak", Row(r"final size|attack rate|(?:frac\w*|share|prop\w*) (?:ever )?(?:infected|recovered)|final (?:frac\w*|recovered frac\w*)", final_size, but="peak|prob"), but=r"network|graph|vaccin|births?|household|age|spatial|lattice|seir.{0,40}death|wan(?:e|ing)|import|superspread"),
)  # fmt: skip
