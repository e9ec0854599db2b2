# ruff: noqa: E501 (patterns and tables read better whole)
"""How often is a soft rule broken?  A rate with its interval, by stratum; never "pass".

Strata are what makes prompt rules fail: long conversations, adversarial requests, unusual input.
They are told apart by plain features of the request, stated here, so that the same trace always
falls into the same stratum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from tidegate.check.constraints.model import SoftRule
from tidegate.spine.estimate import Measure, NotMeasured
from tidegate.stats.intervals import proportion

_ADVERSARIAL = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|rules?|prompt|above|previous|guidelines)\b|\b(?:jailbreak|dan mode|developer mode"
    r"|pretend (?:you|to be)|you are now|act as if|no restrictions|system prompt|hypothetically|roleplay as)\b", re.I | re.S
)  # fmt: skip
STRATA = ("all", "short", "medium", "long", "adversarial", "unusual", "ordinary")


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What the user sent and what the model answered."""

    request: str
    answer: str
    words_before: int = 0


def strata(e: Exchange) -> list[str]:
    """The strata an exchange belongs to."""
    n = e.words_before + len(e.request.split())
    out = ["all", "short" if n < 100 else "medium" if n < 1000 else "long"]
    odd = sum(1 for c in e.request if not (c.isascii() or c.isalpha())) + e.request.count("�")
    adversarial = bool(_ADVERSARIAL.search(e.request))
    unusual = (
        len(e.request) == 0
        or odd > 0.05 * len(e.request)
        or max((len(w) for w in e.request.split()), default=0) > 60
        or e.request.isupper()
    )
    out += ["adversarial"] if adversarial else []
    out += ["unusual"] if unusual else []
    return out if adversarial or unusual else [*out, "ordinary"]


def violated(rule: SoftRule, e: Exchange) -> bool | None:
    """Whether an answer breaks a soft rule; None when only a judge could say."""
    import re2  # patterns of soft rules are users' too: linear time

    verdicts = []
    if rule.violates:
        verdicts.append(re2.search(rule.violates, e.answer) is not None)
    if rule.requires:
        verdicts.append(re2.search(rule.requires, e.answer) is None)
    if rule.words_max is not None:
        verdicts.append(len(e.answer.split()) > rule.words_max)
    return any(verdicts) if verdicts else None


def measure(rule: SoftRule, exchanges: Iterable[Exchange]) -> list[Measure]:
    """Violation rate by stratum, Wilson intervals; NotMeasured where nothing could be judged or seen."""
    counts = {s: [0, 0] for s in STRATA}
    unjudged = 0
    for e in exchanges:
        broken = violated(rule, e)
        if broken is None:
            unjudged += 1
            continue
        for s in strata(e):
            counts[s][0] += broken
            counts[s][1] += 1
    name = f"violation rate of {rule.id}"
    if unjudged and not counts["all"][1]:
        needed = "a judge with measured agreement"
        return [
            Measure(name=name, value=NotMeasured(reason=f"only a judge can say ({unjudged} answers)", needed=needed))
        ]
    out = []
    for s in STRATA:
        k, n = counts[s]
        value = (
            proportion((k, n), segment=s)
            if n
            else NotMeasured(reason=f"no exchange in the stratum {s!r}", needed="traces", segment=s)
        )
        out.append(Measure(name=name, value=value))
    return out
