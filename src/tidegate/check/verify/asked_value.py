# ruff: noqa: E501  (patterns read best on one line)
"""Is the answer the value that the question asks to compute?  `What is 27 + 9?` and `46` make one claim together.

Only questions that are a computation or a conversion and nothing else are read, and only answers that state one number: the
two are put together as `27 + 9 = 46` and decided by the verifiers of arithmetic and conversions, which must read the whole
of it.  Anything left over (a base, a remainder, `about`, a second number) leaves the answer alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from tidegate.check.verify.numbers.arithmetic import check_arithmetic
from tidegate.check.verify.quantity.conversions import check_conversions
from tidegate.spine.claim import Claim, Decision, Support

ANSWER_MAX = 120  # characters: a longer answer derives, and its own lines are read
LEAD = re.compile(
    r"^\s*(?:please\s+)?(?:what(?:'s|\s+is|\s+are)|how\s+much\s+is|calculate|compute|evaluate|work\s+out|find|simplify|convert)\s*:?\s+(?:the\s+value\s+of\s+)?(?P<asked>[^?]+?)\s*[?.:=]*\s*$",
    re.I,
)
CONVERSION = re.compile(r"^(?P<given>.+?)\s+(?:in|to|into)\s+(?P<unit>[A-Za-zµ°Ω%/²³^\d ]{1,24})$")
COUNTED = re.compile(
    r"^\s*how\s+many\s+(?P<unit>[a-zµ°]+)\s+(?:are|is)?\s*(?:there\s+)?(?:in\s+)?(?P<given>-?\d[\d.,]*\s*[A-Za-zµ°]+)\s*\?\s*$",
    re.I,
)
IDIOM = re.compile(r"\d{1,2}[/-]\d{1,2}")  # 24/7, 9/11, 9-5: a wrong value may be no value at all
NUMBER = r"[-−]?\d[\d,]*(?:\.\d+)?(?:\s*(?:[×x*]\s*10\s*\^?\s*\{?[-−]?\d+\}?|[eE][-+]?\d+))?(?:\s*/\s*\d+(?![\d.]))?"
SAID = re.compile(
    rf"^[^\w\-−.]*(?:(?:the\s+)?(?:answer|result|value)\s+is|it\s+is|it's|that\s+is|this\s+is|that's|equals?|=)?\s*[*`$]*(?P<number>{NUMBER})(?P<unit>\s*(?:[A-Za-zµ°Ω%][A-Za-zµ°Ω%/²³^·\d]*(?:\s+per\s+[a-z]+)?)?)[*`$]*\s*[.!]?\s*$",
    re.I,
)


def check_asked_value(question: str, text: str) -> Iterator[Decision]:
    """The decision on an answer that is one number, to a question that is one computation; none for any other pair."""
    said = SAID.match(text) if len(text) <= ANSWER_MAX and "\n" not in text.strip() else None
    if said is None or len(question) > 4 * ANSWER_MAX:
        return
    start, end = said.start("number"), len(text[: said.end("unit")].rstrip())
    stated = text[start:end]
    for asked in _asked(question, stated, has_unit=bool(said.group("unit").strip())):
        whole = f"{asked[0]} = {asked[1]}"
        for check in (check_arithmetic, check_conversions):
            for d in check(whole, [(0, len(whole))]):
                if d.claim.span == (0, len(whole)) and d.support is not Support.UNVERIFIABLE:
                    if d.support is Support.REFUTED and IDIOM.fullmatch(asked[0]):
                        return
                    claim = Claim(kind=d.claim.kind, text=stated, span=(start, end))
                    message = (
                        d.message
                        if d.support is Support.SUPPORTED
                        else f"asked for {asked[0]}: {d.receipt.computation.partition(', stated')[0]}, not {asked[1]}"
                    )
                    yield msgspec.structs.replace(d, claim=claim, message=message)
                    return


def _asked(question: str, stated: str, *, has_unit: bool) -> Iterator[tuple[str, str]]:
    """What is asked as the left side of an equation, with the answer as its right side."""
    counted = COUNTED.match(question)
    if counted is not None:
        yield counted.group("given"), stated if has_unit else f"{stated} {counted.group('unit')}"
        return
    lead = LEAD.match(question)
    if lead is None:
        return
    asked = re.sub(r"\\[()\[\]]", "", lead.group("asked")).strip(" $")
    into = CONVERSION.match(asked)
    if into is not None:
        yield into.group("given"), stated if has_unit else f"{stated} {into.group('unit').strip()}"
    elif re.search(r"[-+−*/×÷^%!·]|√|\\(?:frac|sqrt|times|cdot|div)|\bof\b", asked):
        yield asked, stated
