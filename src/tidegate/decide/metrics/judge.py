"""May this judge decide anything?  Agreement with people, order, and what length and manners do to it.

Controlled edits change how an answer sounds and not what it says: longer (a neutral closing) and more
formal (contractions spelt out, formal connectives).  A fair judge's verdict does not move.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tidegate.spine.estimate import Estimate, Measured, NotMeasured
from tidegate.stats.intervals import proportion
from tidegate.stats.judges import order_consistency, youden
from tidegate.stats.standard_errors import paired_difference
from tidegate.stats.summaries import Bernoulli

CONTRACTIONS = {
    "can't": "cannot", "won't": "will not", "n't": " not", "'re": " are", "'ll": " will", "'ve": " have",
    "'m": " am", "let's": "let us", "it's": "it is", "that's": "that is", "there's": "there is", "he's": "he is",
    "she's": "she is", "what's": "what is",
}  # fmt: skip
PLAIN_TO_FORMAL = {
    "but": "however", "so": "therefore", "also": "additionally", "get": "obtain", "use": "utilize", "help": "assist",
    "buy": "purchase", "need": "require", "show": "demonstrate", "start": "commence", "end": "conclude",
    "ask": "inquire", "about": "regarding", "enough": "sufficient", "lots of": "numerous", "a lot of": "numerous",
}  # fmt: skip
CLOSINGS = (
    "In summary, the points above address what was asked, and they are given in the order in which they were raised.",
    "The response above has been organised so that each part can be read on its own as well as together with the rest.",
    "For completeness, what is stated above is meant exactly as written, with nothing further implied by it.",
)


def longer(text: str) -> str:
    """The same answer with neutral closing sentences: about half as long again, and no new content."""
    out = text.rstrip()
    i = 0
    while len(out) < 1.5 * len(text.rstrip()) or i == 0:
        out += ("\n\n" if i == 0 else " ") + CLOSINGS[i % len(CLOSINGS)]
        i += 1
        if i >= 6:
            break
    return out


def formal(text: str) -> str:
    """The same answer with contractions spelt out and plain words replaced by formal ones."""
    out = text.replace("\u2019", "'")
    for short, long in CONTRACTIONS.items():
        out = _replaced(re.compile(re.escape(short) + r"\b", re.I), long, out)
    for plain, stiff in PLAIN_TO_FORMAL.items():
        out = _replaced(re.compile(rf"\b{plain}\b", re.I), stiff, out)
    return out


def _replaced(pattern: re.Pattern[str], by: str, text: str) -> str:
    """Replace, keeping a capital first letter."""

    def keep_case(found: re.Match[str]) -> str:
        return by.capitalize() if found[0][0].isupper() else by

    return pattern.sub(keep_case, text)


EDITS = {"longer": longer, "formal": formal}


@dataclass(frozen=True)
class JudgeAudit:
    """What a judge is worth, and what moves it that should not."""

    youden: Measured
    agreement: Measured
    order: Measured
    bias: Mapping[str, Measured]  # per edit: mean change of the judge's score on the same answer
    decides: bool
    sole_gate: bool
    reasons: tuple[str, ...]


def audit_judge(
    *,
    human: Sequence[bool | None] = (),
    judged: Sequence[bool | None] = (),
    orders: Sequence[tuple[object, object]] = (),
    edits: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    order_floor: float = 0.8,
) -> JudgeAudit:
    """Audit a judge from what there is: human labels beside its verdicts, both orders, edited pairs.

    A judge whose J interval reaches zero decides nothing; one with a significant bias, or whose order
    consistency is not above `order_floor`, may not be the sole gate.
    """
    pairs = [(h, j) for h, j in zip(human, judged, strict=True) if h is not None]
    right = Bernoulli(sum(bool(h == j) for h, j in pairs), len(pairs))
    positive = [j for h, j in pairs if h]
    negative = [j for h, j in pairs if not h]
    j = youden(
        Bernoulli(sum(v is True for v in positive), len(positive)),
        Bernoulli(sum(v is False for v in negative), len(negative)),
    )
    order: Measured = order_consistency([a for a, _ in orders], [b for _, b in orders])
    bias: dict[str, Measured] = {}
    for name, scores in (edits or {}).items():
        changed = [(b, a) for a, b in scores if np.isfinite(a) and np.isfinite(b)]
        bias[name] = paired_difference([x for x, _ in changed], [y for _, y in changed], segment=name)
    reasons: list[str] = []
    decides = isinstance(j, Estimate) and j.low > 0
    if isinstance(j, NotMeasured):
        reasons.append(f"agreement with people was not measured: {j.reason}")
    elif not decides:
        reasons.append(f"its J is {j.value:.3f} and its interval reaches {j.low:.3f}: it decides nothing")
    biased = [n for n, b in bias.items() if isinstance(b, Estimate) and (b.low > 0 or b.high < 0)]
    for name in biased:
        b = bias[name]
        assert isinstance(b, Estimate)
        way = "raises" if b.value > 0 else "lowers"
        reasons.append(f"making an answer {name} {way} its score by {abs(b.value):.3g} "
                       f"({b.low:.3g} to {b.high:.3g}) with the content unchanged")  # fmt: skip
    shaky = isinstance(order, Estimate) and order.low <= order_floor
    if shaky:
        assert isinstance(order, Estimate)
        reasons.append(f"it keeps its verdict in {100 * order.value:.1f} % of pairs when the order is swapped "
                       f"(down to {100 * order.low:.1f} %)")  # fmt: skip
    measured = isinstance(order, Estimate) or bool(bias)
    sole = decides and not biased and not shaky and measured
    if decides and not measured:
        reasons.append("neither order nor edits were tested, so it may not be the sole gate")
    return JudgeAudit(j, proportion(right), order, bias, decides, sole, tuple(reasons))
