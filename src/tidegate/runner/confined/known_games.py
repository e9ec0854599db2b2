# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Games and puzzles of chance with known answers: ruin, urns, dice, coins, doors, hats, needles, shapes.

Sources: Feller, An Introduction to Probability Theory I; Mosteller, Fifty Challenging Problems; Kendall and Moran, Geometrical Probability.
"""

import math

from tidegate.runner.confined.known import Between, Missing, Row, Topic

PROB = r"prob\w*|\bp\b|frac\w*|share|chance|rate|freq\w*|propor\w*|estimate"


def ruin(p):
    """(start, goal, p) of the gambler."""
    i, n, win = p.start, p.maybe("goal"), p.maybe("p")
    if n is None or n <= i:
        raise Missing("goal")
    if win is None:
        if not p.says(r"\bfair\b|0\.5|1/2|randint|choice"):
            raise Missing("p")
        win = 0.5
    return i, n, win


def reach(p):
    """Probability of reaching the goal before nothing."""
    i, n, win = ruin(p)
    if abs(win - 0.5) < 1e-12:
        return i / n
    ratio = (1 - win) / win
    return (1 - ratio**i) / (1 - ratio**n)


def duration(p):
    """Mean number of bets until the end."""
    i, n, win = ruin(p)
    if abs(win - 0.5) < 1e-12:
        return i * (n - i)
    return i / (1 - 2 * win) - n / (1 - 2 * win) * reach(p)


def collector(
    p,
    role=r"n|(?:n|num|number)?(?:of)?(?:coupons|stickers|types|toys|cards|items|figures|kinds|prizes|different|distinct)|k|size|total",
):
    """Draws until every one of n has been seen."""
    n = int(p(role))
    return n * sum(1 / k for k in range(1, n + 1))


def collector_var(p):
    """Variance of those draws."""
    n = int(
        p(r"n|(?:n|num|number)?(?:of)?(?:coupons|stickers|types|toys|cards|items|figures|kinds|prizes)|k|size|total")
    )
    return sum((1 - k / n) / (k / n) ** 2 for k in range(1, n + 1))


def birthday(p):
    """Probability that two of so many share a day."""
    people = int(
        p(
            r"(?:n|num|number)?(?:of)?(?:people|persons|students|guests|pupils)|groupsize|group|classsize|roomsize|partysize|n|k|size|m"
        )
    )
    days = int(p.maybe(r"(?:n|num)?days(?:inyear)?|yearlength", default=365))
    return 1 - math.prod(1 - k / days for k in range(people))


def urn(p):
    """(a, b, n, c) of Polya's urn."""
    a, b = (
        p(r"(?:n|initial|start|init)?(?:red|white|a|r)(?:0)?(?:balls)?"),
        p(r"(?:n|initial|start|init)?(?:blue|black|green|b|w)(?:0)?(?:balls)?"),
    )
    return a, b, p(r"(?:n)?(?:steps|draws)|n"), p.maybe(r"c|added?|extra|nadd|reinforcement", default=1.0)


def urn_variance(p):
    """Variance of the share of red after n draws (beta-binomial)."""
    a, b, n, c = urn(p)
    a, b = a / c, b / c
    return n * a * b * (a + b + n) / ((a + b) ** 2 * (a + b + 1)) / (a + b + n) ** 2


def buffon(p):
    """Probability that a short needle crosses."""
    length, apart = (
        p(r"l|length|needle(?:length)?|needlelen"),
        p(r"d|spacing|distance|linespacing|gap|t|linedistance|width|w|line(?:gap|dist)"),
    )
    if length > apart:
        raise Missing("a short needle")
    return 2 * length / (math.pi * apart)


def doors(p):
    """Doors of the game (3 unless a name says otherwise)."""
    n = int(p.maybe(r"(?:n|num|number)?(?:of)?doors", default=3))
    if n != 3 and not p.says(r"all (?:but|other)|every other|n - 2|n_doors - 2"):
        raise Missing("what the host opens")
    return n


def prisoners(p):
    """100 prisoners who follow the cycles: no cycle longer than what may be opened."""
    n = int(p.maybe(r"n|(?:n|num)prisoners|prisoners", default=100))
    k = int(p.maybe(r"k|(?:n|max)?(?:attempts|tries|opens|allowed|opened)|maxopen", default=n // 2))
    if 2 * k < n:
        raise Missing("half")
    return 1 - sum(1 / j for j in range(k + 1, n + 1))


def secretary(p):
    """Probability of the best by skipping r of n."""
    n, r = (
        int(p(r"n|(?:n|num)?(?:candidates|applicants)")),
        p.maybe(r"r|skip|cutoff|k|reject|threshold|explore|nreject|nskip|stop"),
    )
    if r is None or r != int(r) or r < 1:
        raise Missing("r")
    return r / n * sum(1 / (i - 1) for i in range(int(r) + 1, n + 1))


def boxes(p):
    """(balls, bins)."""
    return p(r"(?:n|num)?(?:balls|keys|items)|n|m"), p(r"(?:n|num)?(?:bins|buckets|boxes|slots|urns|cells)|m|b|k")


def heads(p):
    """(n, p) of a row of coins."""
    return p(r"(?:n|num)?(?:flips|tosses|coins|coinflips|cointosses)|n"), p.maybe(
        r"p|pheads?|bias|probheads?|prob", default=0.5
    )


def kelly(p):
    """(f, b, p) of repeated bets on a share of one's wealth."""
    return p(r"f|fraction|betfraction|kelly\w*"), p.maybe(r"b|odds|payout", default=1.0), p("p")


def learnt(p):
    """Between what a player earns who never learns, or explores as much as is said, and the best arm's."""
    arms = p.array(ARMS)
    explored = p.maybe(r"eps(?:ilon)?|explore\w*")
    low = 0.9 * arms.mean() + 0.1 * arms.max() if explored is None else 0.75 * ((1 - explored) * arms.max() + explored * arms.mean())  # fmt: skip
    return Between(max(low, arms.mean()), arms.max())


ARMS = r"(?:true)?(?:probs?|means?|p|ps|rates|arms|armprobs|winrates|ctrs?|payouts|thetas?|mus?)|probabilities|trueprobabilities|armmeans|successprobs"
TOPICS = (
    Topic(
        "the gambler's ruin", r"gambler|\bruin\b|bankrupt|goes broke",
        Row(r"duration|(?:number|mean|average|avg) (?:of )?(?:bets|rounds|steps|games|plays|turns)|length|\bsteps\b|\brounds\b|\bbets\b|how long", duration, but="prob"),
        Row(r"\bruin\w*|broke|bankrupt|bust|lose\b|loss prob|losing", lambda p: 1 - reach(p)), Row(r"\bwin\w*|reach\w*|success\w*|goal|target|rich|p goal", reach, bare=True),
        but=r"insurance|claims|premium|surplus|tie|draw with|martingale|roulette|double|kelly|stake \*|two gamblers", strip=r"gambler\W?s? ?(?:of )?ruin|ruin (?:problem|simulation)|gambler\w*",
    ),
    Topic(
        "the coupon collector", r"coupon|collector|sticker|album|complete (?:set|collection)|full set|happy meal|cereal",
        Row(r"var\w*", collector_var, share=0.05), Row(r"std|deviation|\bsd\b", lambda p: collector_var(p) ** 0.5, share=0.05), Row(r"mean|average|avg|draws|packs|boxes|number|needed|coupons|purchases|stickers|expected|collect|buys?\b|trials", collector, but="theor|exact|harmonic|hn", bare=True),
        but=r"pairs? of each|two of each|m copies|unequal|weights ?=|probs? ?=|[( ,]p=|per pack|pack_?size|packet of|swap|trade|duplicates|doubles|half of",
    ),
    Topic("the birthday problem", r"birthday", Row(PROB + r"|birthday|shared?|coincid\w*|match\w*", birthday, but="people|theor|exact|analytic|group|how many|number", bare=True), but=r"triple|three people|until|my birthday|almost|leap|within|near"),
    Topic(
        "the Monty Hall problem", r"monty.?hall|three doors|game.?show", Row(r"\bswitch\w*|\bchang\w*|\bswap\w*", lambda p: (doors(p) - 1) / doors(p), but="stay|stick|keep|not"), Row(r"\bstay\w*|\bkeep\w*|\bstick\w*|no switch|without|not", lambda p: 1 / doors(p), but=r"switch\w* (?:win|prob)"),
        Row(r"win|prob|rate|play", lambda p: (doors(p) - 1) / doors(p) if p(r"switch\w*|doswitch|change") else 1 / doors(p)), but=r"forget|ignorant|random host|falls|random door",
    ),
    Topic("Polya's urn", r"p[oó]lya", Row(r"var\w*", urn_variance, share=0.05), Row(r"std|deviation|\bsd\b", lambda p: urn_variance(p) ** 0.5, share=0.05), Row(r"mean|average|frac\w*|share|prop\w*|polya", lambda p: urn(p)[0] / (urn(p)[0] + urn(p)[1]), bare=True), but=r"three colou?rs|colou?rs ?=|random.?walk"),
    Topic("Buffon's needle", r"buffon|needle", Row(r"\bpi\b|π|buffon|estimate", lambda _: math.pi, but="prob|frac|cross|prop", bare=True), Row(r"cross\w*|prob\w*|frac\w*|hit", buffon), but="noodle|grid|laplace|long needle"),
    Topic("the matching problem", r"hat.?check|derangement|secret santa|matching problem|envelopes|own hat", Row(r"(?:mean|average|expected|avg) (?:number|fixed|match\w*|hats)|fixed points", lambda _: 1.0), Row(r"no (?:one|match\w*|body)|nobody|derange\w*|" + PROB, lambda _: math.exp(-1), bare=True), but="cycle|at least one"),
    Topic("the hundred prisoners", r"prisoner", Row(r"random", lambda p: 0.5 ** p.maybe(r"n|prisoners|nprisoners", default=100)), Row(r"prob\w*|success\w*|cycle|strategy|loop|win|surviv\w*|rate", prisoners, but="random", bare=True), but="dilemma|light|bulb|hat"),
    Topic("the secretary problem", r"secretary problem|best (?:candidate|applicant|secretary)|optimal stopping", Row(r"prob\w*|success\w*|best|rate", secretary, bare=True), but="for \\w+ in range\\(1, n\\):.*best_r"),
    Topic("the lost boarding pass", r"boarding pass|airplane seat|last passenger", Row(r"prob\w*|last|own|seat|frac\w*|rate", lambda _: 0.5, bare=True)),
    Topic("the broken stick", r"(?:broken|break\w*) (?:a )?stick|stick (?:is )?(?:broken|breaks|at two)", Row(r"triang\w*|prob\w*|frac\w*", lambda _: 0.25, bare=True), but="longest|shortest|larger"),
    Topic("Bertrand's chord", r"bertrand|random chord", Row(r"endpoint|method 1|random end", lambda _: 1 / 3), Row(r"radi\w*|method 2", lambda _: 0.5), Row(r"midpoint|method 3|centre|center", lambda _: 0.25)),
    Topic("two points in a square", r"(?:distance|points).{0,60}unit square|unit square.{0,60}distance", Row(r"mean|average|distance|avg", lambda _: (2 + math.sqrt(2) + 5 * math.asinh(1)) / 15, bare=True), but="cube|centre|center|nearest|edge|squared|walk|origin|pi\\b"),
    Topic("two points in a disk", r"(?:distance|points).{0,60}unit dis[ck]|unit dis[ck].{0,60}distance", Row(r"mean|average|distance|avg", lambda _: 128 / (45 * math.pi), bare=True), but="centre|center|nearest|squared|origin"),
    Topic("balls in bins", r"balls? (?:in|into) (?:\w+ )?(?:bins|boxes|urns|buckets)|hash (?:table|collision)|occupancy problem", Row(r"(?:frac\w*|share|prop\w*) (?:of )?empty|empty (?:frac\w*|share|prop\w*)", lambda p: (1 - 1 / boxes(p)[1]) ** boxes(p)[0]), Row(r"empty", lambda p: boxes(p)[1] * (1 - 1 / boxes(p)[1]) ** boxes(p)[0], but="prob"), but="two choices|power of"),
    Topic("two dice", r"two (?:fair )?(?:six.?sided )?dice|pair of dice|sum of (?:two|2) dice", Row(r"mean|average|avg|expected", lambda _: 7.0, but="roll|until"), Row(r"var\w*", lambda _: 35 / 6, share=0.03), Row(r"std|\bsd\b", lambda _: (35 / 6) ** 0.5, share=0.03), Row(r"(?:p|prob\w*|frac\w*)(?: \w+){0,3} (?:7|seven)\b|seven", lambda _: 1 / 6), Row(r"doubles?", lambda _: 1 / 6), but="max|min|craps|loaded|biased|risk|monopoly|until"),
    Topic("craps", r"\bcraps\b", Row(r"win|prob\w*|pass|rate|craps", lambda _: 244 / 495, but="don t|house|edge", bare=True)),
    Topic("de Méré's bets", r"de m[eé]r[eé]", Row(r"double|24|two", lambda _: 1 - (35 / 36) ** 24), Row(r"one six|single|four|4\b|at least", lambda _: 1 - (5 / 6) ** 4)),
    Topic(
        "flips of a coin", r"coin (?:flip|toss)|flip\w* (?:a |of a )?(?:\w+ )?coins?|toss\w* (?:a )?(?:\w+ )?coins?|heads",
        Row(r"(?:mean|average|avg|expected)(?: \w+){0,3} (?:number of )?heads|heads mean|^mean$|^average$", lambda p: heads(p)[0] * heads(p)[1], but="frac|prop|run|streak|per flip|until|rate"), Row(r"var\w*", lambda p: heads(p)[0] * heads(p)[1] * (1 - heads(p)[1]), but="frac|prop", share=0.05),
        Row(r"(?:frac\w*|prop\w*|share|prob\w*|freq\w*)(?: of)? heads", lambda p: heads(p)[1]), but=r"until|streak|consecutive|in a row|longest|gambl|walk|penney|pattern|urn|martingale|bankroll|bayes|beta",
    ),
    Topic("heads in a row", r"(?:heads|sixes) in a row|consecutive (?:heads|sixes)|until (?:\w+ )?hh", Row(r"mean|average|avg|expected|flips|tosses|number|rolls", lambda p: sum((1 / p.maybe("p|pheads?", default=1 / 6 if p.says("six") else 0.5)) ** i for i in range(1, int(p(r"k|n(?:heads|consecutive)?|run(?:length)?|streak(?:length)?|target|length|needed|m")) + 1)), bare=True), but="prob|longest|at least one run"),
    Topic(
        "a bandit with Bernoulli arms", r"bandit",
        Row(r"estimat\w*|values|q ?values?|means", lambda p: p.array(ARMS), but="regret|count|pulls|true|best|optimal|reward", share=0.2), Row(r"(?:average|mean|avg) reward|reward per", learnt, share=0.02),
        Row(r"(?:best|optimal) arm (?:frac\w*|share|pulled|rate)|(?:frac\w*|share) (?:of )?(?:best|optimal)", lambda p: Between(1.2 / len(p.array(ARMS)), 1.0)), Row(r"total reward|cumulative reward", lambda p: Between(p.array(ARMS).mean() * p.steps, p.array(ARMS).max() * p.steps), share=0.02),
        Row(r"regret", lambda p: Between(0.0, 0.7 * (p.array(ARMS).max() - p.array(ARMS).mean()) * p.steps), but="per|average|mean", share=0.02), but=r"contextual|adversar|non.?station|gaussian|normal\(|exp3",
    ),
    Topic("Kelly betting", r"kelly", Row(r"(?:growth|log)", lambda p: kelly(p)[2] * math.log(1 + kelly(p)[0] * kelly(p)[1]) + (1 - kelly(p)[2]) * math.log(1 - kelly(p)[0]), share=0.03)),
    Topic("the St Petersburg lottery with a coin", r"geometric distribution|until the first (?:head|success|six)|first success", Row(r"mean|average|avg|expected|number", lambda p: 1 / p("p|pheads?|psuccess|prob", "p") if not p.says("six") else 6.0, bare=True), Row(r"var\w*", lambda p: (1 - p.p) / p.p**2, share=0.05), but="petersburg|negative|payoff|brownian|in a row|consecutive|pattern"),
)  # fmt: skip
