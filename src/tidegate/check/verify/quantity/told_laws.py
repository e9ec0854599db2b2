# ruff: noqa: E501  (patterns read best on one line)
"""A law told with its numbers: `A 4 Ω resistor on 12 V draws 4 A`, `a 2 kg mass at 3 m/s has a kinetic energy of 18 J`.

The quantities of one sentence, or of two of which the second gives the result, are all that may stand there, each of its own
kind.  One is told as the result; the others must fix it, by a product or quotient of the right dimension or by a law that
the words name.  Any word that could mean another relation (at most, each, efficiency, in parallel) leaves it undecided.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.conversions import whole_quantities
from tidegate.check.verify.quantity.law_table import LAWS, OTHERWISE, TOLD, product_of
from tidegate.check.verify.quantity.quantities import Quantity
from tidegate.check.verify.quantity.unit_table import Dims
from tidegate.check.verify.scan import sentences
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "laws with numbers"
ABOUT = r"(?:about|approximately|roughly|around|nearly|almost|only|just|exactly|some|≈|~|\\approx)"
BEFORE_IT = r"[\s(*$\\=≈:,]*"
LINK = rf"(?:of|is|was|equals|be|becomes|comes to|comes out (?:at|to)|works out to|to|at|=|:|≈)\s*(?:(?:therefore|thus|then|hence|simply),?\s*)?(?:{ABOUT}\s*)*{BEFORE_IT}$"
DRAWN = re.compile(
    rf"(?:\bso|\bgives?|\bgiving|\byields?|\byielding|\bmakes|\bmaking|\bmeans|\bmeaning|\bresults? in|\bcorrespond(?:s|ing)? to|\bor|[=→≈]|\bi\.e\.,?|\bthat is,?|\bequals|\bproduces|\bwhich is|\bresulting in)\s*(?:{ABOUT}\s*)*(?:an?\s+|the\s+)?{BEFORE_IT}$"
)
DOUBT = re.compile(
    r"\b(?:max(?:imum)?|peak|top|limit(?:s|ed)?|rated|rating|fuse|breaker|nominal(?:ly)?|at least|at most|up to|more than|less than|efficien\w*|loss(?:es)?|lost|friction\w*|drag|three-phase|power factor|rms|each|every|both|twice|double|half|halved|halves|doubled|doubl\w+"
    r"|another|round[- ]trip|there and back|return|remaining|left|extra|additional(?:ly)?|instead|between|ranges?|min(?:imum)?|of which|later|then|respectively|second|parallel|series|overhead|compress\w*|percent|per cent|initial|gauge|partial|excess|first|waits?|stops?|paus\w+|breaks?|"
    r"two|three|four|five|six|seven|eight|nine|ten|dozen|pair|several|many|few|angle|inclin\w+|slope|degrees|other|others|but|however|although|while|whereas|compared|than|typical\w*|usually|usual|often|sometimes|moon|mars|jupiter|planet|lunar|further|besides|plus|minus|increase\w*|decrease\w*|change\w*|ratio|stall\w*|idle|empty|ideal\w*|theoretical\w*|in practice|practical\w*|protocol|not|never|vs\.?|versus|range)\b|%|\?|±|n't\b"
    r"|\bor (?:more|less|so)\b|[<>≤≥]",
    re.I,
)
LISTED = re.compile(
    r"\s*(?:,|;|and\s|with\s)(?:\s|and\s|with\s)*(?:an?|the|its)?\s*(?:[a-z\-]+\s+){0,3}(?:of|=|:)?\s*$", re.I
)
DIGIT = re.compile(r"(?<![A-Za-z_^\d.])\d")
TWO = re.compile(r"\d\D+\d")
WORDS_MAX = 320


# what a clause draws from the result before it has no part in the law
BREAK = re.compile(
    r",\s(?:so|well|just|slightly|far|which is (?:well|far|about|roughly|close|just|slightly)|i\.e\.|that is)\b|\s[–—]\s|\s\((?=i\.e|about|or\b|roughly)"
)


def check_told_laws(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on results that the other quantities of their sentence fix."""
    for start, end in ranges:
        if TWO.search(text, start, end) is None:
            continue
        every = whole_quantities(text, start, end)
        if sum(q.unit is not None and q.unit.dims != table.NONE for q in every) < 2:
            continue
        pieces = sentences(text, start, end)
        inside: list[list[Quantity]] = [[] for _ in pieces]
        at = 0
        for q in every:
            while q.start >= pieces[at][1]:
                at += 1
            inside[at].append(q)
        before: tuple[int, int] | None = None
        held: list[Quantity] = []
        for piece, found in zip(pieces, inside, strict=True):
            decision = None
            if 2 <= len(found) <= 4:
                decision = _decide(text, *piece, found)
            if decision is None and len(found) >= 2 and (cut := BREAK.search(text, found[1].end, piece[1])) is not None:
                decision = _decide(text, piece[0], cut.start(), [q for q in found if q.end <= cut.start()])
            if (
                decision is None
                and len(found) == 1
                and 1 <= len(held) <= 3
                and before is not None
                and text[before[1] - 1] != "\n"
            ):
                decision = _decide(text, before[0], piece[1], [*held, *found])
            if decision is not None:
                yield decision
            before, held = piece, found


def _decide(text: str, start: int, end: int, found: Sequence[Quantity]) -> Decision | None:
    if not 2 <= len(found) <= 4:
        return None
    sentence = text[start:end]
    kinds = [q.unit.dims for q in found if q.unit is not None and q.unit.kind not in ("log", "count")]
    if sum(q.unit is not None and q.unit.kind == "calendar" for q in found) > 1:
        return None  # 12 miles a day on 5 days a week
    if len(kinds) < len(found) or len(set(kinds)) < len(kinds) or table.NONE in kinds or table.MONEY in kinds:
        return None
    if end - start > WORDS_MAX or any(q.value <= 0 or (q.unit is not None and q.unit.kind == "offset") for q in found):
        return None
    if not _may_relate(frozenset(kinds)):
        return None
    if ";" in text[found[0].end : found[-1].start] and re.search(r";[^;]*\bits\b", text[found[0].end : end]) is None:
        return None
    if DOUBT.search(_without(sentence, start, found)) is not None or _more_numbers(text, start, end, found):
        return None
    for n in reversed(range(len(found))):
        result = found[n]
        if not _told_as_result(text, start, end, found, n):
            continue
        inputs = [q for q in found if q is not result]
        values = _values(sentence, result, inputs)
        if values is not None:
            return _judged(text, start, end, result, inputs, *values)
    return None


@lru_cache(maxsize=2048)
def _may_relate(kinds: frozenset[Dims]) -> bool:
    """Whether quantities of these kinds can be one of a law's results and its inputs."""
    if any({law.result, *law.inputs} == kinds and len(kinds) == len(law.inputs) + 1 for law in LAWS):
        return True
    if len(kinds) != 3:
        return False
    return any(r in TOLD and product_of(r, *(k for k in kinds if k is not r)) is not None for r in kinds)


def _without(sentence: str, start: int, found: Sequence[Quantity]) -> str:
    """The sentence with its quantities blanked."""
    for q in found:
        a, b = q.start - start, q.end - start
        sentence = sentence[:a] + " " * (b - a) + sentence[b:]
    return sentence


def _more_numbers(text: str, start: int, end: int, found: Sequence[Quantity]) -> bool:
    """Whether numbers stand in the sentence that are none of its quantities."""
    at = start
    for q in (*found, None):
        stop = q.start if q is not None else end
        if DIGIT.search(text, at, stop) is not None:
            return True
        at = q.end if q is not None else end
    return False


@cache
def _tellings(dims: Dims) -> tuple[re.Pattern[str], re.Pattern[str] | None, re.Pattern[str]] | None:
    if dims not in TOLD:
        return None
    nouns, verbs = TOLD[dims]
    return (
        re.compile(rf"\b(?:{nouns})\b[^\d;:]{{0,60}}?\b{LINK}|\b(?:{nouns})\s*[=:≈]\s*{BEFORE_IT}$", re.I),
        re.compile(rf"\b(?:{verbs})\s+(?:an?\s+)?(?:{ABOUT}\s*)*{BEFORE_IT}$", re.I) if verbs else None,
        re.compile(rf"\s*(?:{BEFORE_IT})\s*of (?:{nouns}|work|heat|energy|current|charge|force|thrust)\b", re.I),
    )


WHEN = re.compile(r"\b(?:when|if|with|given|for|from|since|because|as|at|on|to|over)\b")
# `on a former with a volume of`, `and a mass of`: said beside the others, not drawn from them
GIVEN = re.compile(
    r"\b(?:with|of|and|at|under|over|in|through|from|on|whose|having|by|for|to)\s+(?:an?\s+|the\s+|its\s+)?(?:(?!(?:gives?|giving|ha[sv]e?|is|draws?|produces?|yields?|carries|needs?|makes?|does|results?|means|experiences?|exerts?|stores?|dissipates|delivers?|requires?|reaches|gains|gets)\b)[a-z\-]+\s+){1,4}of\s*[\s(*$\\=≈:,]*$",
    re.I,
)


NOUN_FIRST = re.compile(
    r"\s*(?:\W\s*)?(?:[Tt]he|[Ii]ts|[Aa]n?)\s+(?P<noun>[a-z\- ]{3,30}?)\s+(?:of|in|through|across|on|for|at|acting)\b"
)
IS = re.compile(
    rf"\b(?:is|was|equals|comes to|would be|will be)\s*(?:(?:therefore|thus|then|hence),?\s*)?(?:{ABOUT}\s*)*{BEFORE_IT}$"
)


def nouns_of(q: Quantity) -> str:
    """The nouns that name a quantity's kind, as a pattern."""
    return TOLD[q.unit.dims][0] if q.unit is not None and q.unit.dims in TOLD else r"(?!)"


def _told_as_result(text: str, start: int, end: int, found: Sequence[Quantity], n: int) -> bool:
    """Whether the n-th quantity is told as following from the others, and not merely listed beside them."""
    result = found[n]
    assert result.unit is not None
    tellings = _tellings(result.unit.dims)
    if tellings is None or re.match(
        r"\s*(?:per\b|/|each\b|long|wide|tall|thick|[×*+−]|\\times)", text[result.end : result.end + 8]
    ):
        return False
    lead = text[found[n - 1].end if n else start : result.start]
    noun, verb, of = tellings
    last = n == len(found) - 1
    if verb is not None and verb.search(lead):
        return True
    if noun.search(lead) or of.match(text, result.end, end):
        when = n == 0 and WHEN.search(text[result.end : end]) is not None
        return (when or (last and LISTED.fullmatch(lead) is None)) and (n == 0 or GIVEN.search(lead) is None)
    if not last:
        return False
    opening = NOUN_FIRST.match(text[start : found[0].start])  # the density of a 200 g block is …
    named = opening is not None and re.fullmatch(nouns_of(result), opening.group("noun"), re.I) is not None
    return DRAWN.search(lead) is not None or (named and IS.search(lead) is not None)


def _values(sentence: str, result: Quantity, inputs: Sequence[Quantity]) -> tuple[str, list[float], bool] | None:
    """What the result must be in SI units: how, every value it can mean, and whether it is exact."""
    assert result.unit is not None
    si = {q.unit.dims: float(q.value * q.unit.size) for q in inputs if q.unit is not None}
    for law in LAWS:
        if law.result == result.unit.dims and len(law.inputs) == len(si) and set(law.inputs) == set(si):
            if re.search(law.cue, sentence, re.I | re.S) is None:
                continue
            return law.name, list(law.values([si[d] for d in law.inputs])), False
    if len(inputs) != 2:
        return None
    (a, x), (b, y) = si.items()
    other = OTHERWISE.get(frozenset((a, b, result.unit.dims)))
    signs = product_of(result.unit.dims, a, b)
    if signs is None or (other is not None and re.search(other, sentence, re.I)):
        return None
    return {(1, 1): "×", (1, -1): "/"}.get(signs, "\\"), _with_bytes(inputs, x ** signs[0] * y ** signs[1]), True


def _with_bytes(inputs: Sequence[Quantity], value: float) -> list[float]:
    """A GB may be of 1000³ or of 1024³ bytes."""
    prefixes = {"k": 1, "K": 1, "M": 2, "G": 3, "T": 4}
    out = [value]
    for q in inputs:
        name = q.unit_text.strip()
        if name[1:2] == "B" and name[0] in prefixes and "i" not in name:
            out.append(value * (1.024 ** prefixes[name[0]]))
    return out


def _rounded_input(text: str, result: Quantity, inputs: Sequence[Quantity], how: str) -> bool:
    """Whether one input, as it must be for the stated result, would be printed as it is: 3 s beside 1 km and 343 m/s."""
    assert result.unit is not None
    a, b = (float(q.value * q.unit.size) for q in inputs if q.unit is not None)
    out = float(result.value * result.unit.size)
    needed = {"×": (out / b, out / a), "/": (out * b, a / out), "\\": (b / out, out * a)}[how]
    for q, value in zip(inputs, needed, strict=True):
        assert q.unit is not None
        about = re.search(rf"(?:{ABOUT}|≈|~)\s*{BEFORE_IT}$", text[max(0, q.start - 24) : q.start]) is not None
        off = abs(value / float(q.unit.size) - float(q.value))
        if off <= float(min(q.ulp, q.value / 5)) * 0.6 or (about and off <= float(q.value) / 8):
            return True
    return False


def _judged(
    text: str,
    start: int,
    end: int,
    result: Quantity,
    inputs: Sequence[Quantity],
    how: str,
    values: list[float],
    product: bool,
) -> Decision | None:
    assert result.unit is not None
    size = float(result.unit.size)
    stated, out = float(result.value), [v / size for v in values]
    if not all(map(math.isfinite, out)) or min(out) <= 0:
        return None
    a, b = min(start + len(text[start:end]) - len(text[start:end].lstrip()), result.start), result.end
    span = (min(a, *(q.start for q in inputs)), max(b, *(q.end for q in inputs)))
    claim = Claim(kind="quantity", text=text[span[0] : span[1]], span=span)
    names = [text[q.start : q.end].strip() for q in inputs]
    if product:
        given = f"{names[1]} / {names[0]}" if how == "\\" else f" {how} ".join(names)
    else:
        given = f"{how} with {', '.join(names)}"
    nearest = min(out, key=lambda v: abs(v - stated))
    shown = f"{nearest:.6g} {result.unit_text.strip()}"
    receipt = Receipt(oracle=ORACLE, computation=f"{given} = {shown}, stated {text[result.start : result.end].strip()}")
    about = re.search(rf"(?:{ABOUT}|≈|~)\s*{BEFORE_IT}$", text[max(0, result.start - 24) : result.start]) is not None
    spread = sum(float(q.ulp / 2 / q.value) for q in inputs if q.ulp < 1 and q.digits < 5)
    printed = float(result.ulp)
    off = abs(nearest - stated)
    if min(out) * (1 - 0.006) - 1e-12 <= stated <= max(out) * (1 + 0.006) or (
        off <= printed * 0.6 and off <= nearest * 0.05
    ):
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the computation agrees")
    exact = (
        product
        and not about
        and all(q.digits < 5 for q in inputs)
        and abs(nearest / min(printed, 1.0) - round(nearest / min(printed, 1.0))) < 1e-9
    )
    if product and _rounded_input(text, result, inputs, how):
        return Decision(
            claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message="a rounded input", certainty="possible"
        )
    margin = (
        0.0
        if exact
        else max(min(printed, nearest * 0.3), nearest * (0.02 + 2 * spread), nearest * 0.08 if about else 0.0)
    )
    ratio = max(stated / nearest, nearest / stated)
    odd = ratio > 30 and not any(
        abs(math.log(ratio) - math.log(f)) < 0.02 for f in (60, 100, 1000, 3600, 1e4, 1e5, 1e6)
    )
    sent = table.BIT in {q.unit.dims for q in inputs if q.unit is not None} and result.unit.dims == table.TIME
    if sent and nearest < stated < nearest * 1.6:  # a link is not always full
        margin = off
    if off <= margin or odd:
        reason = "a coarse rounding" if off <= margin else "too far apart to be of one relation"
        return Decision(
            claim=claim, support=Support.UNVERIFIABLE, receipt=receipt, message=reason, certainty="possible"
        )
    message = f"{given} is {shown}, not {text[result.start : result.end].strip()}"
    return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
