# ruff: noqa: E501  (a table of problems reads best one answer a line)
"""Queues, loss systems, reliability and stock: steady states from their rates.

Sources: Kleinrock, Queueing Systems I; Ross, Introduction to Probability Models, chapters 5 to 9.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.known import Missing, Row, Topic

WAIT = r"\bwait\w*|\bdelay\w*|queue(?:ing)? time|time in (?:the )?queue|\bwq\b"
NOT_WAIT = r"prob|\bp\b|frac|share|propor|percent|in (?:the )?system|sojourn|response|total time|max|customers waiting|number|length|people|who|avg_n|had to"
SOJOURN = r"(?:time|wait\w*) (?:spent )?in (?:the )?(?:system|shop|bank|store)|sojourn|response time|system time|turnaround|time in system|total time"
DELAYED = r"(?:prob\w*|\bp\b|frac\w*|share|propor\w*)(?: \w+){0,4} (?:wait\w*|delay\w*|queu\w*)|delay prob\w*|wait\w* prob\w*|(?:wait\w*|delayed) (?:frac\w*|share|propor\w*)|p (?:wait|delay|queue)"
BUSY = r"utili[sz]ation|busy (?:frac\w*|share|prob\w*|time)|frac\w* (?:of time )?busy|occupancy|server load|\brho\b|\butil\b"
IN_QUEUE = r"(?:number|customers|length|jobs|people|calls) (?:waiting )?in (?:the )?(?:queue|line)|queue len\w*|\blq\b|avg queue|mean queue$|number waiting"
IN_SYSTEM = r"(?:number|customers|jobs|people|calls|requests) in (?:the )?(?:system|shop|bank|store)|number in system|system size|\bls?\b$|in system"
LOST = r"block\w*|\bloss\b|\blost\b|reject\w*|turned away|balk\w*|drop\w*"
OTHER = r"priorit|balk|reneg|impatien|batch|bulk|tandem|jackson|feedback|vacation|shortest (?:job|queue)|processor sharing|round.?robin|jockey|preempt|breakdown|two.?stage|network|time.?varying|rush"


def rates(p):
    """Arrival and service rate, from rates or mean times."""
    lam = p.maybe("arrivalrate|lam(?:bda)?_?|arr(?:ival)?rate|lambd|lmbda", "lam")
    if lam is None:
        lam = 1 / p.interarrival
    mu = p.maybe("mu")
    if mu is None:
        mu = 1 / p.service_time
    return lam, mu


def servers(p):
    """How many servers: by its own name, in the words, or one."""
    found = (
        p.maybe("servers")
        if p.says(r"servers|tellers|agents|m/m/c|m/m/k|\bc\b|cashiers|channels|doctors|clerks|m m c")
        else None
    )
    if found is None:
        told = re.search(r"m/m/(\d+)", p.text)
        if told:
            found = float(told.group(1))
        elif p.says(
            r"m/m/1|mm1|m_m_1|single.?server|one (?:server|cashier|teller|clerk)|a single (?:server|queue|teller|cashier)|single (?:cashier|teller)"
        ):
            found = 1.0
    if found is None or found != int(found) or found < 1:
        raise Missing("servers")
    return int(found)


def offered(p):
    """(λ, μ, c, ρ) of a queue that has a steady state."""
    lam, mu = rates(p)
    c = servers(p)
    if lam >= 0.97 * c * mu or lam <= 0:
        raise Missing("a steady state that is reached")
    return lam, mu, c, lam / (c * mu)


def erlang_b(a, c):
    """Share of calls lost at c lines offered a erlangs."""
    out = 1.0
    for k in range(1, c + 1):
        out = a * out / (k + a * out)
    return out


def erlang_c(p):
    """Probability that an arrival has to wait."""
    lam, mu, c, rho = offered(p)
    b = erlang_b(lam / mu, c)
    return b / (1 - rho * (1 - b))


def wait(p):
    """Mean wait before service in M/M/c."""
    lam, mu, c, _ = offered(p)
    return erlang_c(p) / (c * mu - lam)


def limited(p):
    """Stationary probabilities of M/M/1/K (K counts the one in service)."""
    lam, mu = rates(p)
    k = int(p.capacity)
    weights = [(lam / mu) ** n for n in range(k + 1)]
    return [w / sum(weights) for w in weights]


def lines(p):
    """Lines of a loss system."""
    lam, mu = rates(p)
    return erlang_b(lam / mu, int(p.servers))


def fixed(p):
    """(λ, ρ, D) of M/D/1."""
    lam = p.maybe("lam")
    lam = lam if lam is not None else 1 / p.interarrival
    d = p.maybe("service_time")
    d = d if d is not None else 1 / p.mu
    if lam * d >= 0.97:
        raise Missing("a steady state")
    return lam, lam * d, d


def _lives(p):
    """A failure rate by its name or as one over a mean life."""
    rate = p.maybe(r"(?:failure|hazard)(?:rate)?|lam(?:bda)?|failrate|ratefail\w*|lambd|lmbda")
    return rate if rate is not None else 1 / p("mtbf|mttf|mean(?:life|lifetime|timetofailure|uptime|up)|(?:mean)?ttf")


def _repairs(p):
    rate = p.maybe("mu|repairrate|raterepair")
    return rate if rate is not None else 1 / p("mttr|mean(?:repair|downtime|repairtime|down)|repairtime")


def _k_of_n(p):
    """Probability that at least k of n parts work, each with probability p."""
    n, k, works = (
        int(p(r"n(?:components|units|parts)?|total")),
        int(p(r"k|required|needed|minworking|kneeded")),
        p(r"p(?:work|ok|component)?|reliability|preliab\w*|r"),
    )
    return sum(math.comb(n, i) * works**i * (1 - works) ** (n - i) for i in range(k, n + 1))


TOPICS = (
    Topic(
        "an M/M/c queue", r"queue|m/m/\d|m/m/c|teller|cashier|call cent|waiting line|server",
        Row(DELAYED, erlang_c), Row(SOJOURN, lambda p: wait(p) + 1 / offered(p)[1], but="max|prob", series=np.mean),
        Row(IN_SYSTEM, lambda p: offered(p)[0] * (wait(p) + 1 / offered(p)[1])), Row(IN_QUEUE, lambda p: offered(p)[0] * wait(p), but="max"),
        Row(WAIT, wait, but=NOT_WAIT, series=np.mean), Row(BUSY, lambda p: offered(p)[3]), Row(r"prob\w* (?:of )?(?:empty|idle)|idle (?:frac\w*|prob\w*)|\bp0\b", lambda p: 1 - offered(p)[3] if servers(p) == 1 else None),
        Row(r"throughput|departure rate", lambda p: offered(p)[0]),
        but=OTHER + r"|m/d/|m/g/|g/g|g/m|d/m|determinis|constant service|fixed service|capacity|finite|block|loss|lost|erlang.?b|uniform\(|lognorm|gamma\(|normal\(|inventory|exactly \S+ (?:minutes|seconds|hours|time units)|takes exactly|always takes",
    ),
    Topic("a loss system (Erlang B)", r"erlang.?b|m/m/(\w+)/\1|loss system|blocked calls|all (?:lines|servers|channels|circuits) (?:are )?busy", Row(LOST, lines, bare=True), but=OTHER + r"|queue capacity"),
    Topic(
        "an M/M/1/K queue", r"m/m/1/|capacity|finite (?:buffer|queue|waiting|capacity)|buffer size|at most \w+ customers",
        Row(LOST, lambda p: limited(p)[-1]), Row(IN_SYSTEM, lambda p: sum(n * w for n, w in enumerate(limited(p)))), Row(r"idle|empty|\bp0\b", lambda p: limited(p)[0]),
        but=OTHER + r"|m/m/[2-9c]|servers ?=|m/d|carrying|knapsack|inventory|vehicle|waiting room",
    ),
    Topic(
        "an M/D/1 queue", r"m/d/1|(?:deterministic|constant|fixed) service|takes exactly|always takes|exactly \S+ (?:minutes|seconds|hours|time units)",
        Row(DELAYED, lambda p: fixed(p)[1], share=0.02),
        Row(SOJOURN, lambda p: fixed(p)[1] * fixed(p)[2] / (2 * (1 - fixed(p)[1])) + fixed(p)[2], but="max"), Row(WAIT, lambda p: fixed(p)[1] * fixed(p)[2] / (2 * (1 - fixed(p)[1])), but=NOT_WAIT, series=np.mean),
        Row(BUSY, lambda p: fixed(p)[1]), Row(IN_QUEUE, lambda p: fixed(p)[0] * fixed(p)[1] * fixed(p)[2] / (2 * (1 - fixed(p)[1])), but="max"), but=OTHER,
    ),
    Topic("an M/M/∞ system", r"m/m/(?:inf|∞)|infinite(?:ly many)? servers", Row(IN_SYSTEM + r"|mean (?:number|occupancy)|busy servers", lambda p: rates(p)[0] / rates(p)[1]), Row(r"variance", lambda p: rates(p)[0] / rates(p)[1], share=0.05)),
    Topic(
        "availability", r"availab|mtbf|mttr|uptime|machine repair",
        Row(r"(?:mean|average) (?:cycle|time between repairs)|cycle (?:time|length)", lambda p: 1 / _lives(p) + 1 / _repairs(p), but="number|count|failures"),
        Row(r"unavailab|down(?:time)? (?:frac\w*|share)|frac\w* (?:of time )?down", lambda p: _lives(p) / (_lives(p) + _repairs(p))), Row(r"availab|uptime|frac\w* (?:of time )?up\b|\bup (?:frac\w*|share)", lambda p: _repairs(p) / (_lives(p) + _repairs(p)), bare=True),
        but=r"redundan|parallel|standby|spare|two machines|series|n_machines|degraded|three.?state|partial",
    ),
    Topic("a k-out-of-n system", r"k.?out.?of.?n|\d out of \d|at least k|k.of.n", Row(r"reliab|prob|works", _k_of_n, bare=True), but=r"exponential|repair|lifetime"),
    Topic(
        "parallel parts with exponential lives", r"parallel|redundan", Row(r"mttf|mean (?:life\w*|time)|lifetime|time to failure", lambda p: sum(1 / k for k in range(1, int(p(r"n(?:components|units|parts|modules)?")) + 1)) / _lives(p), bare=True),
        but=r"series|repair|standby|out.of|tempering|universe|weibull|rates ?=|resist|k.of.n",
    ),
    Topic("parts in series with exponential lives", r"in series|series system", Row(r"mttf|mean (?:life\w*|time)|lifetime|time to failure", lambda p: 1 / (_lives(p) * p(r"n(?:components|units|parts|modules)?")), bare=True), but=r"parallel|repair|weibull|rates ?=|resist|time.?series"),
)  # fmt: skip
