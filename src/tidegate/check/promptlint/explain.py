"""Plain words: what a line asks, why a core cannot hold together, when it bites, and the smallest fix."""

# ruff: noqa: E501

from collections.abc import Sequence

from tidegate.check.promptlint.grammar.text import tokens, word_count
from tidegate.check.promptlint.model import Core, Instruction, Literal, Unit
from tidegate.check.promptlint.proof.theory import ELEMENT_UNITS

FAMILY = {
    **dict.fromkeys(("words", "sentences", "paragraphs", "characters", "lines", "tokens", "pages"), "length"),
    **dict.fromkeys(("bullets", "items", "sections", "headings", "examples", "options", "steps", "count"), "count"),
    **dict.fromkeys(("format", "markdown", "table", "bold", "italic", "heading", "codeblock", "numbered", "html-tags"), "format"),
    **dict.fromkeys(("uppercase-letters", "lowercase-letters", "all-caps", "case"), "case"),
    **dict.fromkeys(("phrase.start", "greeting", "opener", "answer-first"), "opening"),
    **dict.fromkeys(("phrase.end", "closing"), "ending"),
    **dict.fromkeys(("contains", "keyword"), "keyword"),
    **dict.fromkeys(("ask", "question", "questions"), "clarification"),
    **dict.fromkeys(("abstain", "always-answer"), "refusal"),
    **dict.fromkeys(("citation", "citations", "link", "links"), "citation"),
    **dict.fromkeys(("slang", "contraction", "tone"), "tone"),
    **dict.fromkeys(("audience", "jargon"), "audience"),
}  # fmt: skip
NAMES = {
    "ask": "clarifying questions to the user", "abstain": "saying that it does not know", "always-answer": "an answer every time",
    "opener": "words before the answer", "answer-first": "the answer as the very first thing", "uppercase-letters": "capital letters",
    "lowercase-letters": "lower-case letters", "all-caps": "words in all capitals", "codeblock": "code blocks",
    "closing": "a sign-off", "bullets": "bullet points", "numbered": "numbered lists", "citation": "citations", "link": "links",
    "self-mention": "mentioning that it is an AI", "greeting": "a greeting", "emoji": "emoji", "markdown": "Markdown",
    "table": "a table", "bold": "bold text", "heading": "headings", "question": "a question", "contraction": "contractions",
    "code-docstring": "docstrings", "code-type-hints": "type hints", "code-license": "a license notice",
    "code-comments": "code comments", "example": "examples", "exclamation": "exclamation marks",
}  # fmt: skip

# a value of a choice as a person says it; what is not listed is "ATTRIBUTE VALUE"
CHOSEN = {
    "tone": "a {} tone", "format": "{} as the format", "verbosity": "{} answers", "language": "answers in {}", "units": "{} units",
    "spelling": "{} spelling", "clock": "times by the {} clock", "tense": "the {} tense", "voice": "the {} voice", "order": "the order {}",
    "naming": "names in {}", "string-quotes": "{} quotes around strings", "temperature": "temperatures in {}", "directness": "{} words",
    "timezone": "times in {}", "case": "{} case", "currency": "amounts in {}", "address": "users addressed by {}",
    "date-format": "dates written {}", "person": "{}", "audience": "words for {}", "ornament": "{} language", "code-language": "code in {}",
    "answer-position": "the answer {}", "summary-position": "the summary {}",
}  # fmt: skip
VALUES = {
    "plain": "plain text", "json": "JSON", "xml": "XML", "html": "HTML", "yaml": "YAML", "csv": "CSV", "toml": "TOML", "sql": "SQL",
    "brief": "short", "novice": "beginners", "expert": "experts", "usd": "dollars", "eur": "euros", "gbp": "pounds", "jpy": "yen",
    "chf": "Swiss francs", "24h": "24-hour", "12h": "12-hour", "british": "British", "american": "American", "utc": "UTC",
    "iso": "year first", "first": 'the first person ("I")', "second": 'the second person ("you")', "third": "the third person", "we": '"we"',
    "price-up": "from cheapest to dearest", "price-down": "from dearest to cheapest", "first-name": "first name", "rich": "ornate",
    "celsius": "Celsius", "fahrenheit": "Fahrenheit",
}  # fmt: skip
SHORT_VALUES = {
    "ornament": {"plain": "plain"},
    "answer-position": {"first": "first"},
    "summary-position": {"first": "first"},
}


def chosen(attribute: str, value: str) -> str:
    """One value of a choice in words: "a formal tone", "answers in French"."""
    said = SHORT_VALUES.get(attribute, VALUES).get(value, value)
    if (attribute == "language" and said.isalpha()) or attribute == "code-language":
        said = said.capitalize()
    return CHOSEN.get(attribute, attribute.removeprefix("code-").replace("-", " ") + " {}").format(said)


def family(core: Sequence[Instruction]) -> str:
    """The rule family of a core: the rarest concern in it names it ("length", "format", "tool" …)."""
    names = []
    for i in core:
        a = i.constraint.attribute
        base = (
            "keyword"
            if a.startswith("keyword:")
            else "action"
            if a.startswith("do:")
            else "abstain"
            if a.startswith("topic-refused:")
            else "count"
            if a.startswith("count:")
            else a
        )
        names.append(FAMILY.get(base, base))
    for first in ("opening", "ending", "length", "format", "count"):
        if first in names and len(set(names)) > 1:
            return first
    return names[0].split(".")[0] if names else "conflict"


def asks(i: Instruction) -> str:
    """What an instruction asks, in a few words."""
    c = i.constraint
    unit = c.attribute.removeprefix("count:").replace("count", "items")
    if c.attribute.startswith("count:"):
        unit += "s"
    place = f" in {scope_words(i)}" if i.scope and not i.scope[0].startswith("each ") else ""
    each = f" in {i.scope[0]}" if i.scope and i.scope[0].startswith("each ") else ""
    narrow = f" ({', '.join(i.restrict)})" if i.restrict else ""
    if c.operator in ("<=", ">=", "="):
        amount = {"<=": "at most", ">=": "at least", "=": "exactly"}[c.operator]
        if c.attribute.startswith("keyword:"):
            return f"the word {c.attribute[8:]!r} {amount} {c.value} time{'s' * (c.value != 1)}"
        return f"{amount} {c.value} {unit.rstrip('s') if c.value == 1 else unit}{each}{place}{narrow}"
    name = NAMES.get(c.attribute, c.attribute.replace("-", " ").removeprefix("do:"))
    if c.attribute == "tool":
        return f"a call of {c.value}" if c.operator == "present" else f"no call of {c.value}"
    if c.attribute.startswith("topic-refused:"):
        topic = c.attribute.partition(":")[2]
        return f"{'a refusal of' if c.operator == 'present' else 'an answer to'} questions about {topic}"
    if c.attribute.startswith("do:"):
        what = " ".join((name, *i.restrict))
        return f"to {what}" if c.operator == "present" else f"not to {what}"
    if c.operator == "present":
        return f"{name}{place}{narrow}"
    if c.operator == "absent":
        return f"no {name.removeprefix('a ').removeprefix('an ')}{place}{narrow}"
    if c.operator in ("is", "one-of"):
        values = [c.value] if isinstance(c.value, str) else list(c.value or ())
        return " or ".join(chosen(c.attribute, str(v)) for v in values) + place
    if c.operator == "not-one-of":
        return "anything but " + " or ".join(chosen(c.attribute, str(v)) for v in c.value or ()) + place
    if c.operator == "before":
        return f"{c.value[0]!r} before {c.value[1]!r}"
    verb = {"starts": "to start with", "ends": "to end with", "contains": "to contain", "not-contains": "never",
            "not-starts": "never to start with", "not-ends": "never to end with"}[c.operator]  # fmt: skip
    return f"{verb} {c.value!r}"


def scope_words(i: Instruction) -> str:
    """The scope in the words of its sentence or heading ("MINUTES", where the grammar keeps "minute")."""
    if i.scope[:1] != ("part",):
        return " ".join(i.scope)
    written = {t.lemma: t.text for t in tokens(" ".join((*i.unit.section, i.unit.text))) if not t.quote}
    return " ".join(written.get(w, w) for part in i.scope[1:] for w in part.split())


def cited(unit: Unit, letters_max: int = 60) -> str:
    """A line by its number and its first words: `line 12 ("Never call …")`."""
    text = unit.text if len(unit.text) <= letters_max else unit.text[: letters_max - 1].rstrip() + "…"
    return f'line {unit.line} ("{text}")'


def when(witness: Sequence[Literal]) -> str:
    """The situation of a witness in words."""
    return " and ".join(condition(x) for x in witness) if witness else "any reply"


def condition(x: Literal) -> str:
    """One condition in words: "the country is Austria"."""
    if " = " not in x.said():
        return x.said()
    key, _, value = (x.words or f"{x.key} = {x.value}").partition(" = ")
    named = value.title() if key in ("country", "weekday", "user language") else value
    return f"the {key} is {'' if x.positive else 'not '}{named}"


def why(core: Sequence[Instruction]) -> str:
    """Why no reply can do all of a core."""
    counts: dict[str, list[Instruction]] = {}
    for i in core:
        counts.setdefault(i.constraint.attribute, []).append(i)
    if len(core) == 2:
        a, b = core
        same = a.constraint.attribute == b.constraint.attribute
        if same and a.constraint.operator in ("<=", ">=", "=") and b.constraint.operator in ("<=", ">=", "="):
            unit = a.constraint.attribute.removeprefix("count:").removeprefix("keyword:")
            where = "" if a.scope == b.scope else f", and {scope_words(a if a.scope else b)} is part of the whole"
            return f"no number of {unit} is both {bound(a)} and {bound(b)}{where}"
        if {a.constraint.operator, b.constraint.operator} == {"present", "absent"} and same:
            return "the one demands what the other forbids"
        if a.constraint.operator == b.constraint.operator == "is" and same:
            return f"a reply has one {a.constraint.attribute.replace('-', ' ')} at a time"
        phrase = next((i for i in core if i.constraint.operator in ("contains", "starts", "ends")), None)
        limit = next((i for i in core if i.constraint.attribute in ("words", "sentences", "characters")), None)
        if phrase is not None and limit is not None:
            text = str(phrase.constraint.value)
            have = {"words": word_count(text), "characters": len(text)}.get(limit.constraint.attribute)
            return f"the required text alone has {have or 'more'} {limit.constraint.attribute}"
        formats = [i for i in core if i.constraint.attribute == "format"]
        if formats:
            other = next(i for i in core if i is not formats[0])
            return f"{VALUES.get(str(formats[0].constraint.value), formats[0].constraint.value)} leaves no room for {asks(other)}"
        return "whoever does the one breaks the other"
    if all(i.constraint.operator == "before" for i in core):
        return "the order goes round in a circle"
    numbers = [i for i in core if i.constraint.operator in ("<=", ">=", "=")]
    if len(numbers) == len(core):
        top = next((i for i in core if i.constraint.operator == "<=" and not i.scope), None)
        least = needed(core, top) if top is not None else None
        if top is not None and least is not None and least[0] > top.constraint.value:
            return f"{least[1]} make at least {least[0]} {top.constraint.attribute}, more than {top.constraint.value}"
        return "the amounts do not add up: " + "; ".join(asks(i) for i in core)
    return "any two of them can be done, all of them cannot"


def needed(core: Sequence[Instruction], top: Instruction) -> tuple[int, str] | None:
    """The least amount that the other lines of a core ask of what `top` limits, and in words how it comes about."""
    unit = top.constraint.attribute
    floors = [i for i in core if i is not top and i.constraint.operator in (">=", "=")]
    parts = [i for i in floors if i.constraint.attribute == unit and i.scope[:1] == ("part",)]
    if len(parts) == len(core) - 1:
        return sum(i.constraint.value for i in parts), " and ".join(str(i.constraint.value) for i in parts)
    for each in floors:
        if each.constraint.attribute != unit or not each.scope or not each.scope[0].startswith("each "):
            continue
        counted = (ELEMENT_UNITS.get(each.scope[0], ""), f"count:{each.scope[0][5:]}")
        for many in floors:
            if many.constraint.attribute in counted and not many.scope:
                n, m = many.constraint.value, each.constraint.value
                return n * m, f"{n} {many.constraint.attribute.removeprefix('count:').rstrip('s')}s of {m} {unit}"
    return None


def bound(i: Instruction) -> str:
    """A bound in words."""
    return f"{ {'<=': 'at most', '>=': 'at least', '=': 'exactly'}[i.constraint.operator] } {i.constraint.value}"


def message(core: Core) -> str:
    """One sentence for the finding: who asks what, and why it cannot be."""
    several = len({i.unit.source for i in core.instructions}) > 1
    parts = []
    for i in core.instructions:
        at = f"{i.unit.source}:{i.unit.line}" if several else f"line {i.unit.line}"
        parts.append(
            f"{at} asks for {asks(i)}"
            if not asks(i).startswith(("to ", "not to ", "never"))
            else f"{at} says {asks(i)}"
        )
    lead = "cannot hold together" if core.certainty == "proved" else "may not hold together"
    situation = f" when {when(core.witness)}" if core.witness else " in any reply"
    guessed = [i for i in core.instructions if i.probability is not None]
    if guessed:
        read = " and ".join(f"line {i.unit.line} ({i.probability:.0%})" for i in guessed)
        situation += f" ({core.probability:.0%} likely; {read} read by resemblance, so nothing is proved)"
    reason = why(core.instructions)
    return f"{len(core.lines)} lines {lead}{situation}: {'; '.join(parts)}. {reason[:1].upper()}{reason[1:]}."


def fix(core: Core, change: Instruction) -> str:
    """The smallest change of one line that resolves a core."""
    others = [i for i in core.instructions if i is not change]
    at = f"{change.unit.source}:{change.unit.line}"
    c = change.constraint
    partner = next((o for o in others if o.constraint.attribute == c.attribute), others[0] if others else None)
    if (
        partner is not None
        and len(core.instructions) == 2
        and isinstance(c.value, int)
        and isinstance(partner.constraint.value, int)
        and (c.attribute == partner.constraint.attribute)
    ):
        amount = {"<=": "at most", ">=": "at least", "=": "exactly"}[c.operator]
        return f"on {at} say {amount} {partner.constraint.value} {c.attribute.removeprefix('count:')} instead of {c.value}, or remove the line"
    least = needed(core.instructions, change) if c.operator == "<=" and isinstance(c.value, int) else None
    if least is not None and not change.scope:
        return (
            f"on {at} allow at least {least[0]} {c.attribute} instead of {c.value}, or ask for less on the other lines"
        )
    phrase = next((o for o in others if o.constraint.operator in ("contains", "starts", "ends")), None)
    if phrase is not None and c.attribute == "words" and isinstance(c.value, int):
        return f"on {at} allow at least {word_count(str(phrase.constraint.value))} words, or shorten the required text on {phrase.unit.source}:{phrase.unit.line}"
    if partner is not None and not change.guard:
        other = f"{partner.unit.source}:{partner.unit.line}"
        return f'remove {at}, or say there when it gives way to {other} ("unless …"), or declare which of them overrides the other'
    return f"remove or narrow {at}; the other line{'s' if len(others) > 1 else ''} can then stay as {'they are' if len(others) > 1 else 'it is'}"


def probe(core: Core) -> str:
    """A user message that brings the witness situation about: the behavioural probe."""
    told = [x for x in core.witness if x.positive]
    if not told:
        return "Can you help me with my question?"
    parts = []
    for x in told:
        if x.key == "user language":
            parts.append(f"(written in {x.value.capitalize()})")
        elif x.key == "user asks":
            parts.append(f"I would like to ask for {x.value}.")
        elif x.key == "country":
            parts.append(f"I am writing from {x.value.title()}.")
        elif x.functional and x.key != "topic":
            parts.append(f"({x.key}: {x.value})")
        elif x.key == "topic":
            parts.append(f"I have a question about {x.value}.")
        else:
            parts.append(f"({x.words})")
    return " ".join(parts) + " Can you help me?"
