"""The cheap first filter: which instructions pull one topic in two directions."""

# ruff: noqa: E501

from tidegate.check.promptlint.grammar.vocabulary import ELEMENTS
from tidegate.check.promptlint.model import Instruction
from tidegate.check.promptlint.proof.theory import COUNTED, ELEMENT_UNITS

NUMBERED_THINGS = frozenset(f"count:{name}" for name in ELEMENTS.values())


def topics(i: Instruction) -> list[tuple[str, str, str]]:
    """(channel, topic, direction) tags for the cheap first filter: only opposed directions can conflict."""
    c, ch = i.constraint, i.channel
    out: list[tuple[str, str, str]] = []
    length = c.attribute in NUMBERED_THINGS or c.attribute in (
        "words",
        "sentences",
        "paragraphs",
        "characters",
        "lines",
        "bullets",
        "items",
        "questions",
        *ELEMENT_UNITS.values(),
    )
    if c.operator in ("<=", ">=", "="):
        ups = ["+"] if c.operator == ">=" else ["-"] if c.operator == "<=" else ["+", "-", f"={c.value}"]
        topic = "length" if length else c.attribute
        if c.attribute.startswith("keyword:"):
            topic = "text"
        for u in ups:
            out.append((ch, topic, u))
            if c.attribute in ("bullets", "tables", "headings"):
                out.append((ch, "format", "+" if u != "-" or c.value else "-"))
            if c.attribute in COUNTED.values():
                out.append((ch, c.attribute, u))
                if u == "+":
                    out.append((ch, "text", "-"))
                else:
                    out.append((ch, "text", "+") if False else (ch, "text", "-"))
        return out
    if c.operator in ("present", "absent"):
        u = "+" if c.operator == "present" else "-"
        topic = f"tool:{c.value}" if c.attribute == "tool" else COUNTED.get(c.attribute, c.attribute)
        group = {
            **dict.fromkeys(("markdown", "table", "bold", "italic", "heading", "codeblock", "bullets", "numbered", "greeting", "closing",
                             "opener", "answer-first", "smalltalk", "summary", "disclaimer"), "format"),
            "any-list": "format", "explanation": "reasoning", "reasoning-shown": "reasoning", "title": "headings",
            **dict.fromkeys(("uppercase-letters", "lowercase-letters", "all-caps"), "case"),
            **dict.fromkeys(("abstain", "always-answer", "refuse"), "abstain"),
            "tools-any": "tools", "tool": "tools", **dict.fromkeys(("ask", "question"), "ask"),
            "slang": "tone", **dict.fromkeys(("confident", "hedge"), "certainty"), "first-person": "person", "jargon": "audience", "passive": "voice",
        }.get(c.attribute)  # fmt: skip
        out.append((ch, topic, u))
        if group:
            out += [(ch, group, u + c.attribute), (ch, group, "*")]
        if c.attribute in COUNTED or c.attribute in ("uppercase-letters", "lowercase-letters", "exclamation"):
            out.append((ch, "text", "-"))
        return out
    if c.operator in ("starts", "ends", "contains"):
        out += [(ch, "apology", "+"), (ch, "self-mention", "+")]
        if c.operator == "ends":
            out.append((ch, "closing", "+"))
            if str(c.value).rstrip().endswith("?"):
                out.append((ch, "ask", "+"))
            else:
                out.append((ch, "questions", "-"))
        out += [(ch, "text", "+"), (ch, "length", "+"), (ch, "format", "+phrase"), (ch, "format", "*")]
        if c.operator != "contains":
            out += [(ch, c.operator, f"={c.value}")]
        return out
    if c.operator.startswith("not-") and c.operator != "not-one-of":
        return [(ch, "text", "-"), (ch, c.operator[4:], "-")]
    if c.operator in ("is", "one-of", "not-one-of"):
        out.append((ch, c.attribute, f"{c.operator}{c.value}"))
        if c.attribute == "answer-position":
            out.append((ch, "format", "*"))
        if c.attribute == "case":
            out += [(ch, "case", "*"), (ch, "uppercase-letters", "+")]
        if c.attribute == "format":
            out.append((ch, "format", "*"))
        if c.attribute == "tone":
            out.append((ch, "tone", "*"))
        return out
    if c.operator == "before":
        out += [(ch, "order", f"{x}") for x in c.value]
    return out


def reaches_far(i: Instruction) -> bool:
    """Whether an instruction can take part in a core of three or more: amounts, orders, texts, and one-of choices."""
    c = i.constraint
    if c.operator in ("<=", ">=", "=") and (not c.attribute.startswith("count:") or c.attribute in NUMBERED_THINGS):
        return True
    return c.operator in ("before", "contains", "starts", "ends", "one-of", "not-one-of") or c.attribute in (
        "uppercase-letters", "lowercase-letters", "bullets", "question", "always-answer",
    )  # fmt: skip


def candidates(items: list[Instruction]) -> list[Instruction]:
    """The instructions that may stand in some conflict: their topic is pulled in two directions."""
    directions: dict[tuple[str, str], set[str]] = {}
    tags = [topics(i) for i in items]
    for t in tags:
        for ch, topic, d in t:
            directions.setdefault((ch, topic), set()).add(d)
    pool = [i for i, t in zip(items, tags, strict=True) if any(len(directions[(ch, topic)]) > 1 for ch, topic, _ in t)]
    return opposed_actions(pool)


def opposed_actions(pool: list[Instruction]) -> list[Instruction]:
    """Drop plain actions that no other line forbids (or demands) in the same or a wider sense."""
    wide: dict[tuple[str, str, str], list[frozenset[str]]] = {}
    for i in pool:
        if i.constraint.attribute.startswith("do:"):
            wide.setdefault((i.channel, i.constraint.attribute, i.constraint.operator), []).append(
                frozenset(i.restrict)
            )
    out = []
    for i in pool:
        c = i.constraint
        if c.attribute.startswith("do:"):
            other = wide.get((i.channel, c.attribute, "absent" if c.operator == "present" else "present"), ())
            mine = frozenset(i.restrict)
            if not any(x <= mine if c.operator == "present" else mine <= x for x in other):
                continue
        out.append(i)
    return out
