"""How well could any stopping rule do?  `python -m benches.verify_stopping [--json]`.

Sequential sampling asks until it is settled whether a model knows its answer.  The simulated samplers of
`benches.verify` answer from a law that is known here, so the best rule can be computed: Bellman's equation over the
sizes of the clusters seen, with the exact posterior that the model knows, a price for each further sample and one
for each of the two errors (Wald and Wolfowitz 1948: for two simple hypotheses such a rule is best; here each is a
mixture of two sizes of the answer space).  What our rule asks and gains stands beside it.
"""

import math
import random
from collections import Counter
from collections.abc import Callable
from functools import cache

from benches.report import Report
from tidegate.check.verify.entropy import evidence

SPACES = ((9, 2 / 3), (5, 1 / 3))  # possible answers of quantities and code, of formulae, and how often each is asked
KNOWS, SLIPS, MOST, CONFIDENCE = 0.6, 0.08, 10, 0.98
PRICES = (
    (0.012, 0.35),
    (0.009, 0.35),
    (0.003, 0.2),
    (0.007, 0.7),
    (0.005, 0.5),
    (0.002, 0.5),
)  # the frontier of a sweep
Sizes = tuple[int, ...]
Rule = Callable[[Sizes], bool]


def likelihood(sizes: Sizes, *, knows: bool) -> float:
    """The chance of one sequence of samples with these cluster sizes, the answers' names aside."""
    k, m, total = sum(sizes), len(sizes), 0.0
    for space, share in SPACES:
        if not knows:
            total += share * math.perm(space, m) / space**k
            continue
        slip = SLIPS / space
        right = 1 - SLIPS + slip
        among = sum(right**s * slip ** (k - s) for s in sizes) * math.perm(space - 1, m - 1)
        total += share * (among + slip**k * math.perm(space - 1, m))
    return total


@cache
def posterior(sizes: Sizes) -> float:
    """The probability that a model with these clusters knows its answer."""
    known, guessed = KNOWS * likelihood(sizes, knows=True), (1 - KNOWS) * likelihood(sizes, knows=False)
    return known / (known + guessed)


def following(sizes: Sizes) -> dict[Sizes, float]:
    """The cluster sizes after one more sample, with their probabilities."""
    p, out = posterior(sizes), Counter[Sizes]()
    for i in range(len(sizes) + 1):
        grown = (*sizes[:i], sizes[i] + 1, *sizes[i + 1 :]) if i < len(sizes) else (*sizes, 1)
        chance = sum(
            weight * likelihood(grown, knows=knows) / likelihood(sizes, knows=knows)
            for knows, weight in ((True, p), (False, 1 - p))
            if weight > 0
        )
        if chance > 0:
            out[tuple(sorted(grown, reverse=True))] += chance
    return dict(out)


def best_rule(price: float, missed: float) -> Rule:
    """Stop where going on costs more than it is worth: a sample costs `price`, a guess that is believed
    1, knowledge that is missed `missed`."""

    @cache
    def value(sizes: Sizes) -> tuple[float, bool]:
        p = posterior(sizes)
        stop = min(missed * p, 1 - p)
        if sum(sizes) >= MOST:
            return stop, True
        go_on = price + sum(chance * value(after)[0] for after, chance in following(sizes).items())
        return (stop, True) if stop <= go_on else (go_on, False)

    return lambda sizes: value(sizes)[1]


def our_rule(sizes: Sizes) -> bool:
    """What `sample_until_settled` does."""
    return abs(evidence(sizes[0], sum(sizes))) >= math.log(CONFIDENCE / (1 - CONFIDENCE))


def play(rule: Rule, score: Callable[[Sizes], float], questions: int, seed: int) -> tuple[float, float]:
    """(AUROC of guessing, mean samples) of a rule over questions of the bench's samplers."""
    rng = random.Random(seed)
    scores: dict[bool, Counter[float]] = {True: Counter(), False: Counter()}
    asked = 0
    for i in range(questions):
        space, knows = (9, 5, 9)[i % 3], rng.random() < KNOWS
        value, seen, sizes = rng.randrange(space), Counter[int](), ()
        while not sizes or not rule(sizes):
            seen[value if knows and rng.random() >= SLIPS else rng.randrange(space)] += 1
            sizes = tuple(sorted(seen.values(), reverse=True))
            if sum(sizes) >= MOST:
                break
        scores[knows][score(sizes)] += 1
        asked += sum(sizes)
    known, guessed = scores[True], scores[False]
    above = sum(n * m * ((k > g) + 0.5 * (k == g)) for k, n in known.items() for g, m in guessed.items())
    return above / (known.total() * guessed.total()), asked / questions


def main(questions: int = 40_000, seed: int = 20261127) -> None:
    """Our rule, and the best rule at several prices of a sample."""
    report = Report(f"stopping rules of sequential sampling, {questions} simulated questions, seed {seed}")
    area, mean = play(our_rule, lambda s: evidence(s[0], sum(s)), questions, seed)
    report.row("our rule: AUROC at mean samples", goal=">= 0.995 at <= 4.5", measured=f"{area:.4f} at {mean:.2f}",
               holds=area >= 0.995 and mean <= 4.5)  # fmt: skip
    for price, missed in PRICES:
        area, mean = play(best_rule(price, missed), posterior, questions, seed)
        report.row(f"the best rule, a sample at {price}, knowledge missed at {missed}", goal="(stated)",
                   measured=f"{area:.4f} at {mean:.2f}", holds=True)  # fmt: skip
    report.finish()


if __name__ == "__main__":
    main()
