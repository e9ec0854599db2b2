# ruff: noqa: E501  (patterns read best on one line)
"""What the words around a program say that it must give: "switching should win 2/3 of the time", "the variance is kT / k".

A sentence is held against a printed number when both speak of the same thing, the sentence gives one value, and the value can
be computed from digits and the program's own constants.
"""

import math
import re

from tidegate.runner.confined.known import MODIFIED
from tidegate.runner.confined.laws_flow import evaluated

SENTENCE = re.compile(r"[^.;!?\n]+(?:\.\d[^.;!?\n]*)*")
SAYS = re.compile(
    r"(?:should (?:be|win|equal|give|come|approach|converge to)|equals?|\bis\b|\bare\b|fixes with probability|with probability|has probability|must be|converges? to|approach(?:es)?|tends? to|exact(?:ly)?(?: value| answer)?(?: is)?:?|close to|follow)\s+(?:exactly |about |approximately |close to |the )?"
    r"((?:[-\w.()^*+/πφθλμσγρ−·² ]*?)(?:\d|[A-Za-zπφθλμσγρ)]))(?=$|[,;:)]| = | of | for | when | where | in | and | as | at | so | with | by | which|\.$|\. )",
    re.I,
)
STEM = re.compile(r"[a-z]{4,}")
COMMON = frozenset(
    [
        "simulation",
        "simulate",
        "simulated",
        "simulates",
        "should",
        "mean",
        "after",
        "with",
        "from",
        "that",
        "this",
        "value",
        "number",
        "estimate",
        "estimated",
        "time",
        "times",
        "state",
        "model",
        "probability",
        "expected",
        "exact",
        "each",
        "have",
        "step",
        "steps",
        "random",
        "program",
        "code",
        "when",
        "then",
        "them",
        "will",
        "long",
        "over",
        "result",
        "average",
        "averaged",
        "sample",
        "samples",
    ]
)


def claims(numbers, prose, source, scenes):
    """(place in the printed numbers, the words, the value) of each sentence that speaks of one printed number alone."""
    if not scenes:
        return []
    out = []
    texts = [prose, *re.findall(r'"""(.*?)"""', source, re.S), *re.findall(r"#(.*)", source)]
    for sentence in (s for text in texts for s in SENTENCE.findall(text)):
        found = SAYS.search(sentence.strip())
        if found is None:
            continue
        value = worth(_closed(sentence.strip(), *found.span(1)), scenes[0])
        rough = re.search(r"\b(?:about|approximately|close to|roughly|of order)\b|~|≈", found.group()) is not None
        if value is None or (rough and re.search("[A-Za-z]", found.group(1))):
            continue  # a formula that is only about right is `laws_sentences`'
        words = _stems(sentence)
        rated = [(len(words & _stems(n.label)), k) for k, n in enumerate(numbers) if n.label and not re.search(r"theor|expect|exact|analytic|err|±|std", n.label, re.I)]  # fmt: skip
        best = max(rated, default=(0, 0))
        if best[0] >= 1 and sum(r[0] == best[0] for r in rated) == 1:
            out.append((best[1], sentence.strip()[:60], value))
    return out


def _closed(text, start, end):
    """An expression to the end of its brackets."""
    while text[start:end].count("(") > text[start:end].count(")") and ")" in text[end:]:
        end = text.index(")", end) + 1
    return text[start:end]


def _stems(text):
    return {w[:5] for w in STEM.findall(text.lower()) if w not in COMMON}


def worth(text, scene):
    """The value of an expression of digits and known constants; None where a word in it is not one, or it is a bare whole number."""
    text = text.strip().rstrip(".")
    if not text or re.fullmatch(r"\d+", text) or text.lower() in ("a", "i", "one", "zero"):
        return None
    if re.fullmatch(r"[A-Za-z]\w*", text) and (scene.number(text) is None or len(text) < 2):
        return None
    found = evaluated(text.replace("π", "3.141592653589793"), scene, 1)
    return float(found[0]) if found is not None else None


def famous(numbers, scenes):
    """(place, words, value) of printed results whose value everyone knows, by the problem's name and the program's own numbers."""
    if not scenes:
        return []
    scene, out = scenes[0], []
    if MODIFIED.search(scene.text) or scene.says(r"forg[eo]t|ignoran|without knowing|random (?:other )?door"):
        return []  # another problem under the same name
    for words, but, label, value in FAMOUS:
        if not scene.says(words) or (but and scene.says(but)):
            continue
        matched = [k for k, n in enumerate(numbers) if re.search(label, n.label, re.I) and not re.search(r"theor|expect|exact|analytic|err|±|std|seed", n.label, re.I)]  # fmt: skip
        if len(matched) != 1:
            continue
        try:
            wanted = value(scene)
        except (TypeError, ZeroDivisionError, ValueError, OverflowError):
            continue
        out.append((matched[0], f"what is known of {words.split('|')[0]}", wanted))
    return out


def _birthday(scene):
    people = int(scene.number("n_people", "people", "group_size", "n", "k", "num_people"))
    days = int(scene.number("days", "n_days", "days_in_year") or 365)
    return 1 - math.prod(1 - k / days for k in range(people))


def _rates(scene):
    lam = scene.number("lam", "lambda_", "arrival_rate", "lambd", "arrival", "lmbda", "rate_arrival", "lam_arrival")
    mu = scene.number("mu", "service_rate", "service", "rate_service", "mu_service")
    if lam >= mu:
        raise ValueError("no steady state")
    return lam, mu


def _drawn(scene):
    n = int(scene.number("n_coupons", "coupons", "n", "n_types", "num_coupons", "types", "k"))
    return n * sum(1 / k for k in range(1, n + 1))


SINGLE = r"m/m/1|mm1|m_m_1|single.?server"
MANY = r"m/m/[2-9c]|m/d/1|m/g/1|priority|finite|capacity|two servers|servers ?="
FAMOUS = (
    (r"monty.?hall", r"(?:4|5|10|100|n) doors|n_doors", r"switch", lambda _: 2 / 3),
    (r"monty.?hall", r"(?:4|5|10|100|n) doors|n_doors", r"\bstay|\bkeep", lambda _: 1 / 3),
    (r"birthday", r"triple|three people", r"prob|share|fraction|birthday|estimate|simulat", _birthday),
    (r"coupon", r"pair|duplicat", r"mean|average|draws|needed", _drawn),
    (SINGLE, MANY, r"time in (?:the )?system|sojourn|response", lambda s: 1 / (_rates(s)[1] - _rates(s)[0])),
    (SINGLE, MANY, r"\bwait(?!.*system)", lambda s: _rates(s)[0] / _rates(s)[1] / (_rates(s)[1] - _rates(s)[0])),
    (SINGLE, MANY, r"(?:number|customers|jobs|length) in (?:the )?system", lambda s: _rates(s)[0] / (_rates(s)[1] - _rates(s)[0])),
    (SINGLE, MANY, r"utili[sz]ation|busy", lambda s: _rates(s)[0] / _rates(s)[1]),
    (r"ornstein|uhlenbeck", r"position|velocity|multi", r"\bvar(?:iance)?\b", lambda s: s.number("sigma") ** 2 / (2 * s.number("theta", "kappa"))),
    (r"geometric brownian|\bgbm\b", r"jump|heston|stochastic volatility|log.?return", r"mean (?:final|terminal|price|s_?t)|(?:final|terminal) (?:mean|price)|average (?:final|terminal|price)", lambda s: s.number("s0", "S0", "S_0", "initial_price") * math.exp(s.number("mu", "drift", "r") * s.number("T", "horizon", "maturity", "total_time"))),
    (r"poisson process", r"inhomogen|compound|thinning|non-?homog", r"mean (?:number|count)|average (?:number|count)|mean events", lambda s: s.number("rate", "lam", "lambda_", "intensity", "lambd") * s.number("T", "t_max", "duration", "t_end", "total_time")),
    (r"two dice|pair of dice", r"max|min|craps|doubles", r"mean|average", lambda _: 7.0),
)  # fmt: skip
"""Problem, what makes it another one, the label of the printed result, and its value (Feller I; Ross, Introduction to Probability Models)."""
