"""Laws of chance: walks, diffusions, chains, queues, jump processes and prices.

Each is a statistical test at five standard errors or more, so that a sound simulator passes
under any seed; where one run is not enough, the entry is run again under other seeds.
"""

from tidegate.runner.confined.laws_chain import chains
from tidegate.runner.confined.laws_event import arrivals, births, decay, epidemics
from tidegate.runner.confined.laws_jump import percolation
from tidegate.runner.confined.laws_price import options
from tidegate.runner.confined.laws_queue import queue
from tidegate.runner.confined.laws_spin import chain_of_spins, ising
from tidegate.runner.confined.laws_state import circle, markov, ruin, telegraph
from tidegate.runner.confined.laws_uniform import uniforms
from tidegate.runner.confined.laws_walk import diffusions, spread, walks


def check(ctx):
    """All laws of chance that the names and words of the source call for."""
    if not ctx.chance:
        return
    for law in (
        walks,
        spread,
        diffusions,
        chains,
        ising,
        chain_of_spins,
        epidemics,
        births,
        arrivals,
        decay,
        queue,
        options,
        circle,
        markov,
        percolation,
        telegraph,
        ruin,
        uniforms,
    ):
        try:
            law(ctx)
        except (ValueError, TypeError, ZeroDivisionError, IndexError, KeyError, FloatingPointError, AttributeError):
            continue
