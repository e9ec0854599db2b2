# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Has the answer the dimension that the question asks for?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.check.verify.quantity import unit_table as table
from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.quantity.units import dims_text, parse_unit
from tidegate.spine.claim import Claim, Decision, Receipt, Support

D = table.dims


ASKED: tuple[tuple[re.Pattern[str], tuple[table.Dims, ...]], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.I), dims)
    for words, dims in (
        (r"speed|velocity|how fast", (table.SPEED, table.RATE)), (r"acceleration", (D(m=1, s=-2), D(s=-2))),
        (r"force|weight|tension|thrust|drag", (table.FORCE, table.MASS, D(kg=1, mol=-1))), (r"energy|work|heat(?! capacity)|enthalpy", (table.ENERGY, D(m=2, kg=1, s=-2, mol=-1), D(m=2, s=-2))),
        (r"power", (table.POWER, table.NONE, D(m=-1))), (r"pressure|stress", (table.PRESSURE, D(m=-2, kg=1))), (r"momentum|impulse", (D(m=1, kg=1, s=-1), D(m=2, kg=1, s=-1))),
        (r"torque", (table.ENERGY,)), (r"density", (D(m=-3, kg=1), D(m=-2, kg=1), D(m=-1, kg=1), D(A=1, m=-2), D(A=1, s=1, m=-3), D(A=1, s=1, m=-2), D(A=1, s=1, m=-1), D(m=-3), D(m=-1, kg=1, s=-2), D(m=-2))),
        (r"temperature", (table.TEMPERATURE,)), (r"voltage|potential difference|emf", (table.VOLTAGE,)), (r"current", (table.CURRENT, table.SPEED)),
        (r"resistance", (D(m=2, kg=1, s=-3, A=-2), D(kg=-1, m=-2, s=3, K=1), table.FORCE)), (r"capacitance", (D(m=-2, kg=-1, s=4, A=2),)), (r"frequency", (table.RATE, D(m=-3, s=-1))),
        (r"wavelength", (table.LENGTH,)), (r"mass", (table.MASS, D(kg=1, mol=-1), D(kg=1, s=-1))), (r"volume", (table.VOLUME, D(m=3, mol=-1))), (r"area", (table.AREA,)),
        (r"how far", (table.LENGTH, table.TIME)), (r"length|distance|height|how tall|radius|diameter|depth|width|displacement", (table.LENGTH,)),
        (r"how long|time|period|duration|half-life", (table.TIME, table.LENGTH)), (r"concentration|molarity", (D(mol=1, m=-3), D(mol=1, kg=-1), D(kg=1, m=-3), table.NONE)),
        (r"charge", (table.CHARGE,)), (r"inductance", (D(m=2, kg=1, s=-2, A=-2),)), (r"magnetic field", (D(kg=1, s=-2, A=-1), D(A=1, m=-1))),
        (r"electric field", (D(m=1, kg=1, s=-3, A=-1),)), (r"entropy|heat capacity", (D(m=2, kg=1, s=-2, K=-1), D(m=2, s=-2, K=-1), D(m=2, kg=1, s=-2, K=-1, mol=-1))),
    )
)  # fmt: skip


ASKING = re.compile(
    r"(?:what(?:'s| is| was| are| will be| would be| must be)|find|calculate|compute|determine|estimate|evaluate|give)\s+(?:the\s+|its\s+|an?\s+)?(?P<noun>(?:[a-z\-]+\s+){0,3}?[a-z\-]+?)(?=\s+(?:of|in|at|on|for|through|across|inside|under|above|along|over|when|after|if|that|required|needed|between|by|from|with|exerted|to|is|does|do|due|delivered|stored|produced|the|per)\b|[?.,])|(?P<how>how (?:fast|far|tall|long))|(?:how much|what|which)\s+(?!the\b|an?\b)(?P<noun2>(?:[a-z\-]+\s+){0,1}?(?:energy|work|heat|power|force|pressure|charge|mass|acceleration|speed|velocity|momentum|torque|voltage|current|resistance|capacitance|frequency|wavelength|temperature|volume|area|concentration|entropy|density))(?=\s+(?:is|are|was|does|do|did|will|would|must|can|has|have|should|acts|flows|stores|gives|holds|produces|corresponds|belongs|of)\b|[?,])",
    re.I,
)


FINAL = re.compile(r"(?:answer|result|therefore|thus|hence|so|final|####|\\boxed)", re.I)


def asked_dimensions(question: str) -> tuple[str, tuple[table.Dims, ...]] | None:
    """The quantity a question asks for and the dimensions it may have; None when it asks for several or none known."""
    sentences = [x for x in re.split(r"(?<=[.?!])\s+|\n+", question.strip()[-1500:]) if x.strip()]
    asks = [
        n
        for n, x in enumerate(sentences)
        if x.rstrip().endswith("?")
        or re.match(r"\s*(?:find|calculate|compute|determine|estimate|evaluate|give|how|what)\b", x, re.I)
    ]
    if not asks:
        return None
    named = re.search(r"\bin ([A-Za-z°/·^\d]{1,16}(?: per [a-z]+)?)\s*[?,.]", sentences[asks[-1]])
    if named is not None and parse_unit(named.group(1)) is not None:
        return None  # `how long, in minutes?` names its unit itself
    question = sentences[asks[-1]]  # the last question; what came before may be examples
    found = list(ASKING.finditer(question))
    if len(found) != 1 or re.search(
        r"\bratio\b|percent|fraction|how many|express|in terms of|factor|coefficient|number of|\brate\b|per\b|efficiency|uncertainty|error|change",
        question,
        re.I,
    ):
        return None
    phrase = found[0].group("noun") or found[0].group("noun2") or found[0].group("how") or ""
    hits = [(m.group(0), dims) for pattern, dims in ASKED for m in [pattern.search(phrase)] if m]
    if len(hits) != 1 or not (phrase.lower().endswith(hits[0][0].lower()) or found[0].group("how")):
        return None
    return hits[0][0], _narrowed(question, *hits[0])


OTHER_DENSITY = re.compile(
    r"\b(?:areal|surface|linear|line|length|area|sheet|film|wire|string|rope|cable|rod|fabric|paper|fib(?:re|er)|current|charge|number|energy|power|flux|field|population|magnetic|electrons?|carriers?|photons?|particles?|plasma|optical|information|traffic|weight)\b",
    re.I,
)
TAKES = re.compile(r"\bhow long\b.{0,60}\b(?:take|takes|took|taken|last|lasts|wait|need|before|until)\b", re.I)


def _narrowed(question: str, noun: str, allowed: tuple[table.Dims, ...]) -> tuple[table.Dims, ...]:
    """The dimensions that the question's other words leave: the density of a block, how long it takes."""
    if noun.lower() == "density" and OTHER_DENSITY.search(question) is None:
        return allowed[:1]
    if noun.lower() == "how long" and TAKES.search(question) is not None:
        return allowed[:1]
    return allowed


def _elsewhere(text: str, last: Quantity, allowed: tuple[table.Dims, ...]) -> bool:
    """Whether the line of the last quantity holds one of the dimension asked for beside it."""
    start = text.rfind("\n", 0, last.start) + 1
    stop = text.find("\n", last.end)
    line = quantities(text, start, stop if stop >= 0 else len(text))
    return any(q.unit is not None and q.unit.dims in allowed for q in line)


# `with h = 6.626e-34 J s and c =`: what a formula is given, not what it gives
INPUT = re.compile(
    r"(?:\b(?:with|where|using|use|given|taking|take|let|assuming|and|for|setting|inserting|substituting|here)|,)\s+[$\\(]{0,2}[^\W\d][\w\\{}']{0,13}\s*(?:=|≈|\\approx)\s*\$?\s*$",
    re.I,
)


def _answers(text: str, last: Quantity, noun: str) -> bool:
    """Whether the sentence of the last quantity gives the answer: it names it, concludes, sets a symbol, or is nothing else."""
    a = max(text.rfind("\n", 0, last.start), text.rfind(". ", 0, last.start) + 1, last.start - 200)
    lead = text[a + 1 : last.start]
    if INPUT.search(lead):
        return False
    stem = noun.lower().split()[-1][:6]
    return bool(
        re.search(rf"\b{re.escape(stem)}", lead, re.I) or FINAL.search(lead) or re.search(r"(?:=|≈|\\approx)\s*\$?\s*$", lead)
        or re.fullmatch(r"\s*(?:it|this|that|they)\s+[a-z]+\s+(?:about\s+|approximately\s+)?", lead, re.I)
        or not re.search(r"[A-Za-z]{2,}", re.sub(r"(?i)\b(?:about|approximately|roughly|it is|it's|it was|is)\b", "", lead))
    )  # fmt: skip


ELSE = re.compile(
    r"\b(?:if|need|must|assum\w*|given|depends?|cannot|not|with|from|about the|until|before|per|each|than|draws|uses|consumes|rated)\b",
    re.I,
)
SIZE = re.compile(
    r"\s*(?:deep|long|wide|high|tall|thick|away|apart|across|old|in (?:length|width|height|depth|diameter))\b"
)


def _alone(text: str, last: Quantity, found: int) -> bool:
    """Whether a short text holds one quantity and says nothing else of it: `The pool holds 375 m²`."""
    if found != 1 or len(text.strip()) > 90 or ELSE.search(text) is not None or INPUT.search(text[: last.start]):
        return False
    return SIZE.match(text, last.end) is None


def check_answer_dimension(question: str, text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Whether the final quantity has the dimension that the question asks for."""
    asked = asked_dimensions(question) if question else None
    if asked is None or not ranges:
        return
    last: Quantity | None = None
    found = 0
    for start, end in ranges:
        for q in quantities(text, start, end):
            if q.unit is not None and q.unit.kind != "count":
                last = q
                found += 1
    if last is None or last.unit is None or last.unit.kind == "log":
        return
    tail = text[last.end :]
    if len(tail.strip(" .*$\\)]}\n")) > 40:
        return
    noun, allowed = asked
    if not _answers(text, last, noun) and not _alone(text, last, found):
        return
    claim = Claim(
        kind="quantity", text=text[last.start : last.end], span=(last.start, last.end), payload={"asked": noun}
    )
    given = dims_text(last.unit.dims)
    wanted = " or ".join(dims_text(d) for d in allowed[:2])
    receipt = Receipt(
        oracle="answer dimension",
        computation=f"the question asks for {noun} [{wanted}]; {last.unit_text.strip()} is [{given}]",
    )
    if last.unit.dims not in allowed and _elsewhere(text, last, allowed):
        return
    if last.unit.dims in allowed:
        yield Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the unit fits the question")
    elif last.unit.dims == table.NONE or last.unit.dims == table.MONEY:
        return
    else:
        message = f"the question asks for {noun} [{wanted}], the answer is in {last.unit_text.strip()} [{given}]"
        yield Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
