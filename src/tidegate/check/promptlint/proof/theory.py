"""What instructions mean: each becomes a formula over variables of one channel.

The laws between the variables are in `laws`, the formulas themselves plain values of `formulas`;
`smt` hands them to z3, `brute` enumerates them, and the two know nothing of each other.
"""

# ruff: noqa: E501

from collections.abc import Iterable

from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Instruction
from tidegate.check.promptlint.proof.formulas import (
    Among,
    And,
    Flag,
    Formula,
    Lin,
    at_least,
    at_most,
    choice,
    count,
    flag,
    literal_var,
)

# presence attribute ↔ the unit that counts it
COUNTED = {"emoji": "emoji", "link": "links", "citation": "citations", "question": "questions", "heading": "headings",
           "bullets": "bullets", "table": "tables", "hashtag": "hashtags", "example": "examples",
           "exclamation": "exclamations"}  # fmt: skip


TONES = {
    "formal": "register",
    "casual": "register",
    "serious": "gravity",
    "playful": "gravity",
    "warm": "warmth",
    "cold": "warmth",
}


PARTITIONS = {"each sentence": "sentences", "each paragraph": "paragraphs", "each line": "lines"}


ELEMENT_UNITS = {**PARTITIONS, "each bullet": "bullets", "each item": "items", "each step": "steps", "each section": "sections",
                 "each example": "examples", "each question": "questions", "each option": "options"}  # fmt: skip


def formula(i: Instruction) -> Formula | None:
    """What an instruction asks, as a formula; None for what only permits."""
    if i.modality == "may":
        return None
    c, channel = i.constraint, i.channel
    scope = i.scope + (("narrowed", *i.restrict) if i.restrict else ())
    if c.operator in ("<=", ">=", "=") and isinstance(c.value, int):
        if c.attribute.startswith("keyword:"):
            var = literal_var(channel, c.attribute[8:])
        else:
            var = count(channel, c.attribute, scope)
        parts: list[Formula] = []
        if c.operator in ("<=", "="):
            parts.append(at_most(var, c.value))
        if c.operator in (">=", "="):
            parts.append(at_least(var, c.value))
        return And(tuple(parts)) if len(parts) > 1 else parts[0]
    if c.operator in ("present", "absent"):
        present = c.operator == "present"
        if c.attribute in COUNTED:
            var = count(channel, COUNTED[c.attribute], scope)
            return at_least(var, 1) if present else at_most(var, 0)
        name = f"tool:{c.value}" if c.attribute == "tool" else c.attribute
        return Flag(flag(channel, name, scope), present)
    if c.operator in ("is", "one-of", "not-one-of"):
        values = frozenset([c.value] if isinstance(c.value, str) else c.value or ())
        if c.attribute == "tone":
            dims = {TONES[v] for v in values}
            if len(dims) != 1:
                return None
            return Among(choice(channel, f"tone.{dims.pop()}", scope), values, c.operator != "not-one-of")
        return Among(choice(channel, c.attribute, scope), values, c.operator != "not-one-of")
    if c.operator in ("starts", "ends", "contains"):
        text = str(c.value)
        narrowed = count(channel, literal_var(channel, text).name, scope) if scope else literal_var(channel, text)
        if c.operator == "contains":
            return at_least(narrowed, 1)
        return And((Flag(flag(channel, f"{c.operator}:{text}", scope), True), at_least(literal_var(channel, text), 1)))
    if c.operator in ("not-starts", "not-ends"):
        return Flag(flag(channel, f"{c.operator[4:]}:{c.value}", scope), False)
    if c.operator == "not-contains":
        var = literal_var(channel, str(c.value))
        return at_most(count(channel, var.name, scope) if scope else var, 0)
    if c.operator == "before" and isinstance(c.value, list | tuple):
        a, b = (count(channel, f"position:{x}") for x in c.value)
        return Lin(((1, a), (-1, b)), -1)
    return None


def element_link(i: Instruction, parts_named: Iterable[tuple[str, ...]] = ()) -> Formula | None:
    """What a limit on each element says of the whole: "each sentence at least 20 words" → words ≥ 20 · sentences.

    What each bullet needs, the bullets of a named part need too.
    """
    c = i.constraint
    if (
        not i.scope
        or not i.scope[0].startswith("each ")
        or len(i.scope) > 1
        or i.restrict
        or not isinstance(c.value, int)
    ):
        return None
    unit = ELEMENT_UNITS.get(i.scope[0], f"count:{i.scope[0][5:]}")
    total, elements = count(i.channel, c.attribute), count(i.channel, unit)
    if total == elements or c.attribute not in word_set(
        "words sentences characters bullets lines emoji citations links"
    ):
        return None
    parts: list[Formula] = []
    if c.operator in (">=", "="):
        parts.append(Lin(((c.value, elements), (-1, total)), 0))
        parts += [
            Lin(((c.value, elements._replace(scope=s)), (-1, total._replace(scope=s))), 0) for s in sorted(parts_named)
        ]
    if c.operator in ("<=", "=") and i.scope[0] in PARTITIONS and c.attribute in ("words", "sentences"):
        parts.append(Lin(((1, total), (-c.value, elements)), 0))
    return And(tuple(parts)) if parts else None


def meaning(i: Instruction, parts_named: Iterable[tuple[str, ...]] = ()) -> Formula | None:
    """The formula of an instruction together with what it says of the whole."""
    f = formula(i)
    link = element_link(i, parts_named)
    return And((f, link)) if f is not None and link is not None else f
