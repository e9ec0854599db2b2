# ruff: noqa: E501  (patterns and messages read best on one line)
"""Formulae in the sentences around a program (`the availability is MTBF / (MTBF + MTTR)`), held against what it prints under those words.

A sentence speaks of a result when the words before its formula hold every word of the result's label.  What the program prints
as theory must be the formula's value; what changes from run to run must agree with it over runs.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.laws_beside import by_call
from tidegate.runner.confined.laws_claimed import SENTENCE
from tidegate.runner.confined.laws_known import ERRORS
from tidegate.runner.confined.told_formulas import KENDALL, looker, values, worked

TOKEN = re.compile(r"(?<![\w)])(?:\d+\.?\d*|\.\d+)|[A-Za-zα-ωΑ-Ωµ_][A-Za-z0-9α-ωΑ-Ω_]*|[()²³!√½]|[-+*/^·×−]")
LINK = re.compile(
    r"(?:\b(?:is|are|equals?|be|by|with|as|to|of|at|for|from|about|approximately|exactly|close to|near|towards?|gives?|value|law|formula)|[:=≈→~])\s*$",
    re.I,
)
NOUN = re.compile(
    r"\b(?:mean|variance|probability|distribution|time|rate|length|availability|number|fraction|share|size|energy|density|current|distance|current|fractile|solution|estimate|expectation|deviation|factor|limit)\s+$",
    re.I,
)
CERTAIN = re.compile(r"(?:\b(?:is|are|equals?|be|exactly|law|formula)|[:=])\s*$", re.I)
ROUGH = re.compile(
    r"\babout|roughly|approximat|~|≈|order|scal|proportional|at most|at least|bound|limit|large|small|asympt|→|grows? (?:as|like)|up to|tends|leading|not |wrong|naive|would be|instead",
    re.I,
)
PLAIN = frozenset(("sample", "simulated", "simulation", "estimated", "estimate", "empirical", "observed", "measured", "value", "over", "final", "from", "runs", "paths", "theory", "theoretical", "exact", "expected", "predicted", "prediction", "analytic", "analytical", "formula", "monte", "carlo", "numerical", "computed", "result", "true", "long", "average", "mean", "with", "this", "that", "after", "steps", "time"))  # fmt: skip
THEORY = re.compile(r"theor\w*|exact|expected|analytic\w*|predict\w*|formula|stationary|should", re.I)
OTHER = re.compile(
    r"\berr|±|\bstd|\bse\b|\bsem\b|stderr|diff|ratio|interval|\bci\b|bias|percent|initial|seed|\bmax|\bmin|total|number of|relative|log"
)
MOMENT = re.compile(r"\b(?:mean|average|variance)\b")
SHARE, OPEN = 0.06, 0.3
"""Relative slack of what a sentence says is so, and of a formula that it only names."""


def check(runs, fixed, texts, tell):
    """Rows on each sentence with a formula in the texts around a program; `runs` are the results of runs under different seeds."""
    rows = [
        {r.site: r for _, shown in by_call(results) for r in shown.values() if r.kind == "print"} for results in runs
    ]
    if not rows:
        return
    look = looker([*next(iter(rows[0].values())).scope, *fixed]) if rows[0] else None
    once = {s for s in rows[0] if sum(r.site == s for r in runs[0]) == 1}
    for sentence in (s for text in texts for s in SENTENCE.findall(text)):
        for before, formula, worth, rough, certain in formulas(sentence, look):
            for site in once:
                if _speaks(before, rows[0][site]) and not OTHER.search(_label(rows[0][site])):
                    _hold(rows, site, formula, worth, rough, certain, tell)


def formulas(sentence, look):
    """(words before it, formula, its values, whether it is rough, whether the sentence says that it is so) of every formula of a sentence."""
    at = 0
    for found in TOKEN.finditer(sentence):
        before = sentence[: found.start()]
        if found.start() < at or not (LINK.search(before) or NOUN.search(before)):
            continue
        ends = [m.end() for m in TOKEN.finditer(sentence, found.start(), found.start() + 80)]
        for end in reversed(ends):
            part = sentence[found.start() : end]
            if part.count("(") == part.count(")") and worked(part) and not KENDALL.match(part) and (worth := values(part, look)):  # fmt: skip
                rest = sentence[end : end + 3]
                if not re.match(r"\s?[-+*/^·×=(]|\w|\[", rest):
                    rough = ROUGH.search(sentence) is not None
                    yield before, part, worth, rough, bool(CERTAIN.search(before)) and not rough
                    at = end
                break


def _label(result):
    head, _, rest = result.label.partition("|")
    return head.strip() if re.search("[a-z]{3}", head) else rest.partition("|")[0]


def _words(text):
    return {w[:5] for w in re.findall(r"[a-z]{4,}", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())}


def _clause(before):
    """The clause that a formula stands in; all that stands before it where the clause names nothing."""
    last = re.split(r",\s|;|\b(?:and|while|whereas|but)\b", before)[-1]
    return last if any(w not in PLAIN for w in re.findall(r"[a-z]{4,}", last.lower())) else before


def _speaks(before, result):
    """Whether the words before a formula hold all that a label says, and speak of the same moment last."""
    label = _label(result)
    own = {w[:5] for w in re.findall(r"[a-z]{4,}", label) if w not in PLAIN and not MOMENT.fullmatch(w)}
    said, meant = MOMENT.findall(before.lower()), MOMENT.findall(label)
    if said and (meant or said[-1] == "variance") and ({"average": "mean"}.get(said[-1], said[-1]) not in {{"average": "mean"}.get(m, m) for m in meant}):  # fmt: skip
        return False
    if re.search(r"\bprobability\s*$", before) and "prob" not in label:
        return False  # a chance at each step
    clause = _words(_clause(before))
    return (own <= clause and bool(own)) or (not own and bool(meant) and bool(said))


def _hold(rows, site, formula, found, rough, certain, tell):
    """The result of one place against a formula and its values."""
    got = np.array([float(r[site].value) for r in rows if site in r])
    if len(got) < 4 or not np.all(np.isfinite(got)):
        return
    label, mean = _label(rows[0][site]), float(got.mean())
    if np.ptp(got) <= 1e-9 * abs(mean):
        if THEORY.search(_label(rows[0][site])) and not rough:
            off = min(abs(mean - w) / (abs(w) or 1.0) for w in found)
            tell(f"`{label}` is what the text tells (`{formula}`)", off < 0.02, f"{mean:.6g}", " or ".join(f"{w:.6g}" for w in found), None)  # fmt: skip
        return
    error = float(got.std(ddof=1)) / math.sqrt(len(got))
    share = SHARE if certain else OPEN
    nearest = min(found, key=lambda w: abs(mean - w))
    slack = ERRORS.get(len(got), 8.0) * error + share * abs(nearest) + 1e-12
    tell(f"`{label}` is what the text tells (`{formula}`)", abs(mean - nearest) <= slack, f"{mean:.5g} ± {error:.2g}", f"{nearest:.5g} within {slack:.2g}", None)  # fmt: skip
