# ruff: noqa: E501  (patterns read best on one line)
"""Moments that the words around a program tell: "its mean is N/2 and its variance N/4".

Each is held against the one printed number that is called so, and by nothing else that the sentence does not speak of.
What is told is often a limit (many draws, a long run), so that 5 % are allowed beside the standard errors.
"""

import re

from tidegate.runner.confined.laws_claimed import SENTENCE, STEM, _closed
from tidegate.runner.confined.laws_flow import evaluated

MOMENTS = {"mean": r"\bmean\b|\bavg\b|\baverage\b", "average": r"\bmean\b|\bavg\b|\baverage\b", "variance": r"\bvar(?:iance)?\b", "standard deviation": r"\bstd\b|\bsd\b|standard deviation", "correlation": r"\bcorr(?:elation)?\b"}  # fmt: skip
TOLD = re.compile(
    r"\b(mean|average|variance|standard deviation|correlation)(?: (?:of|for) (?:[\w<>^²]+ ?){1,4}?)?"
    r"(?: (?:is|are|should be|must be|equals|tends to|approaches))?(?: (?:about|exactly|close to|near|approximately|roughly))?(?:\s*[=:≈])?\s+"
    r"(?P<value>[-−]?[\dA-Za-zα-ωΑ-Ω(][\w./*^²()+\-−α-ω ]*?)(?=[,;:)]|\.(?:\s|$)| and\b| over\b| for\b| when\b| in\b| at\b| per\b| with\b| as\b| where\b| so\b| of\b| =|$)",
    re.I,
)
NOT_IT = re.compile(r"theor|expect|exact|analytic|err|±|\bse\b|predict|formula|initial|before", re.I)
PLAIN = frozenset(("sample", "simulated", "simulation", "estimated", "estimate", "empirical", "observed", "measured", "value", "over", "final", "from", "runs", "paths"))  # fmt: skip
PREFIX = "the text: "
"""How the label of what is told begins."""


def moments(numbers, prose, scenes):
    """(place among the printed numbers, words, value) of every moment that a sentence tells and one printed number bears."""
    if not scenes:
        return []
    out = []
    for sentence in SENTENCE.findall(prose):
        words = {w[:5] for w in STEM.findall(sentence.lower())}
        for found in TOLD.finditer(sentence):
            value = _value(_closed(sentence, *found.span("value")), scenes[0])
            pattern = MOMENTS[found[1].lower()]
            named = [k for k, n in enumerate(numbers) if re.search(pattern, n.label, re.I) and not NOT_IT.search(n.label)]  # fmt: skip
            if value is None or len(named) != 1:
                continue
            others = set(STEM.findall(re.sub(pattern, " ", numbers[named[0]].label.lower()))) - PLAIN
            if all(w[:5] in words for w in others):
                out.append((named[0], f"{PREFIX}{found[0].strip()[:50]}", value))
    return out


def _value(text, scene):
    """A value of digits, fractions and the program's own constants; None where a word of it is none."""
    text = text.strip().replace("²", "^2").replace("−", "-").replace("π", "3.141592653589793")
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return float(text)
    if not text or re.fullmatch(r"[A-Za-z]{2,}(?: .*)?|[ai]\b.*", text, re.I):
        return None
    found = evaluated(text, scene, 1)
    return float(found[0]) if found is not None else None
