"""What instructions mean together: formulas over counts, flags and choices, and the laws between them.

An instruction becomes a formula over variables of one channel; the laws (a sentence has at least
one word, JSON has no room for a sign-off, a required sentence brings its own words) are added
for the variables that occur.  Formulas are plain values: `smt` hands them to z3, `brute`
enumerates them, and the two know nothing of each other.
"""

# ruff: noqa: E501

import re
from collections.abc import Iterable
from typing import NamedTuple

from tidegate.check.promptlint.lexicon import IMPLIES
from tidegate.check.promptlint.model import REPLY, Constraint, Instruction
from tidegate.check.promptlint.text import word_count
from tidegate.check.promptlint.vocabulary import ELEMENTS
from tidegate.check.promptlint.wordset import word_set


class Var(NamedTuple):
    """A variable: `kind` is count (an integer ≥ 0), flag or choice (one of the values that occur, or another)."""

    kind: str
    channel: str
    name: str
    scope: tuple[str, ...] = ()


class Lin(NamedTuple):
    """Σ coefficient · count ≤ bound."""

    terms: tuple[tuple[int, Var], ...]
    bound: int


class Flag(NamedTuple):
    """A flag has a value."""

    var: Var
    value: bool


class Among(NamedTuple):
    """A choice is among (or, negated, not among) some values."""

    var: Var
    values: frozenset[str]
    positive: bool = True


class And(NamedTuple):
    """All of them."""

    parts: tuple["Formula", ...]


class Or(NamedTuple):
    """At least one of them."""

    parts: tuple["Formula", ...]


Formula = Lin | Flag | Among | And | Or

# presence attribute ↔ the unit that counts it
COUNTED = {"emoji": "emoji", "link": "links", "citation": "citations", "question": "questions", "heading": "headings",
           "bullets": "bullets", "table": "tables", "hashtag": "hashtags", "example": "examples",
           "exclamation": "exclamations"}  # fmt: skip
MACHINE = word_set("json xml yaml csv toml sql")
NON_LATIN = word_set(
    "japanese chinese mandarin korean arabic hebrew thai hindi bengali tamil telugu urdu persian farsi "
    "kannada marathi gujarati nepali punjabi malayalam cantonese"
)  # fmt: skip
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
PLEASANTRY = re.compile(r"^\W*(?:hello|hi|hey|dear|greetings|welcome|good (?:morning|day|evening|afternoon)|howdy|bonjour|hola|thanks?|thank you|great|sure|of course"
                        r"|absolutely|certainly|happy to|glad|it['’]?s a pleasure|nice|excellent|wonderful|we appreciate|many thanks|salutations|aloha)\b", re.I)  # fmt: skip
FAREWELL = re.compile(
    r"\b(?:have an?|regards|wishes|stay|take care|good ?bye|bye|cheers|sincerely|faithfully|see you|thanks?|thank you|hope|happy to help|best|all the best"
    r"|let (?:me|us) know|anything else|yours|warmly|cordially|farewell|until next time|good (?:day|night|luck)|glad|pleasure|enjoy|welcome|love|peace)\b",
    re.I,
)
ANSWERISH = re.compile(
    r"^\W*(?:answer|result|solution|verdict|summary|tl;?dr|yes|no|conclusion|response|output|diagnosis|fix)\b", re.I
)
EMOJI = re.compile("[\U0001f300-\U0001faff☀-➿]")


def count(channel: str, unit: str, scope: tuple[str, ...] = ()) -> Var:
    """A count variable."""
    return Var("count", channel, unit, scope)


def flag(channel: str, name: str, scope: tuple[str, ...] = ()) -> Var:
    """A flag variable."""
    return Var("flag", channel, name, scope)


def choice(channel: str, name: str, scope: tuple[str, ...] = ()) -> Var:
    """A choice variable."""
    return Var("choice", channel, name, scope)


def at_most(var: Var, n: int) -> Lin:
    """count ≤ n."""
    return Lin(((1, var),), n)


def at_least(var: Var, n: int) -> Lin:
    """count ≥ n."""
    return Lin(((-1, var),), -n)


def literal_var(channel: str, text: str) -> Var:
    """How often a literal text occurs (case and outer punctuation aside)."""
    return count(channel, "text:" + " ".join(re.findall(r"\w+", text.lower())))


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


def variables(f: Formula) -> set[Var]:
    """The variables of a formula."""
    if isinstance(f, Lin):
        return {v for _, v in f.terms}
    if isinstance(f, Flag | Among):
        return {f.var}
    return set().union(*(variables(p) for p in f.parts)) if f.parts else set()


def implies(a: Formula, b: Formula) -> Or:
    """a → b."""
    return Or((negation(a), b))


def negation(f: Formula) -> Formula:
    """The opposite of a formula."""
    if isinstance(f, Lin):
        return Lin(tuple((-k, v) for k, v in f.terms), -f.bound - 1)
    if isinstance(f, Flag):
        return Flag(f.var, not f.value)
    if isinstance(f, Among):
        return Among(f.var, f.values, not f.positive)
    parts = tuple(negation(p) for p in f.parts)
    return Or(parts) if isinstance(f, And) else And(parts)


def laws(instructions: Iterable[Instruction]) -> list[Formula]:
    """The laws between the variables that these instructions speak of, their own included."""
    items = [i for i in instructions if i.modality != "may"]
    out: list[Formula] = []
    for channel in dict.fromkeys(i.channel for i in items):
        here = [i for i in items if i.channel == channel]
        seen = set().union(*(variables(f) for i in here if (f := formula(i)) is not None)) if here else set()
        out += _narrowing(seen)
        out += _lengths(channel, seen)
        out += _literals(channel, here, seen)
        out += _formats(channel, here, seen)
    return out


def _narrowing(seen: set[Var]) -> list[Formula]:
    """What occurs in a part, or in a narrowed sense, occurs in the whole and in every wider sense."""
    out: list[Formula] = []
    narrow: dict[tuple[str, str], list[Var]] = {}
    for v in seen:
        if v.scope[:1] == ("narrowed",) and v.kind in ("count", "flag"):
            narrow.setdefault((v.kind, v.name), []).append(v)
    for (kind, _), members in narrow.items():
        for v in members:
            for w in members:
                if w is not v and set(w.scope) < set(v.scope):
                    if v.name == "consent":  # an action that needs a yes needs it for each of its kinds
                        out.append(implies(Flag(w, True), Flag(v, True)))
                    out.append(Lin(((1, v), (-1, w)), 0) if kind == "count" else implies(Flag(v, True), Flag(w, True)))
    for v in seen:
        if not v.scope or v.scope[0].startswith("each "):
            continue
        whole = v._replace(scope=())
        if v.kind == "count":
            out.append(Lin(((1, v), (-1, whole)), 0))
        elif v.kind == "flag":
            out.append(implies(Flag(v, True), Flag(whole, True)))
        if "narrowed" in v.scope and v.scope[0] != "narrowed" and v.kind in ("count", "flag"):
            part = v._replace(scope=v.scope[: v.scope.index("narrowed")])
            if v.kind == "count":
                out.append(Lin(((1, v), (-1, part)), 0))
            else:
                out.append(implies(Flag(v, True), Flag(part, True)))
    return out


def _lengths(channel: str, seen: set[Var]) -> list[Formula]:
    """A sentence has a word, a paragraph a sentence; parts add up; limits of each element bound the whole."""
    out: list[Formula] = []
    scopes = {v.scope for v in seen if v.kind == "count" and "narrowed" not in v.scope} | {()}
    for scope in scopes:
        words, sentences = count(channel, "words", scope), count(channel, "sentences", scope)
        paragraphs, characters = count(channel, "paragraphs", scope), count(channel, "characters", scope)
        out += [
            Lin(((1, sentences), (-1, words)), 0),
            Lin(((1, paragraphs), (-1, sentences)), 0),
            Lin(((2, words), (-1, characters)), 1),
        ]
        bullets, lines = count(channel, "bullets", scope), count(channel, "lines", scope)
        items = count(channel, "items", scope)
        if bullets in seen and items in seen:
            out += [Lin(((1, bullets), (-1, items)), 0), Lin(((1, items), (-1, bullets)), 0)]
        if bullets in seen:
            out += [Lin(((1, bullets), (-1, words)), 0), Lin(((1, bullets), (-1, lines)), 0)]
        if any(v.name == "questions" for v in seen):
            out.append(Lin(((1, count(channel, "questions", scope)), (-1, sentences)), 0))
    for unit in ("words", "sentences", "characters", "bullets"):
        parts = sorted(
            v for v in seen
            if v.kind == "count" and v.name == unit and v.scope[:1] == ("part",) and "narrowed" not in v.scope
            and not re.match(r"(?:first|last|opening|closing|final|second|third)\b", v.scope[1])
        )  # fmt: skip
        parts = [
            v for v in parts if not any(o is not v and set(o.scope[1].split()) & set(v.scope[1].split()) for o in parts)
        ]
        if len(parts) > 1:
            out.append(Lin((*((1, v) for v in parts), (-1, count(channel, unit))), 0))
    return out


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


def _literals(channel: str, here: list[Instruction], seen: set[Var]) -> list[Formula]:
    """A required text brings its words, its letters, its marks, and every keyword inside it."""
    out: list[Formula] = []
    texts: dict[str, str] = {}
    flags: dict[str, list[tuple[Var, str]]] = {"starts": [], "ends": []}
    for i in here:
        c = i.constraint
        if c.operator in ("starts", "ends", "contains", "not-contains", "not-starts", "not-ends"):
            texts.setdefault(literal_var(channel, str(c.value)).name, str(c.value))
            kind = c.operator.removeprefix("not-")
            scope = i.scope + (("narrowed", *i.restrict) if i.restrict else ())
            if kind in flags and not scope:
                flags[kind].append((flag(channel, f"{kind}:{c.value}"), str(c.value)))
        elif c.attribute.startswith("keyword:"):
            texts.setdefault(literal_var(channel, c.attribute[8:]).name, c.attribute[8:])
    for name, text in texts.items():
        var = count(channel, name)
        there = at_least(var, 1)
        n = word_count(text)
        effects: list[Formula] = [
            at_least(count(channel, "words"), n),
            at_least(count(channel, "characters"), len(text)),
        ]
        ends = len(re.findall(r"[.!?](?=\s|$)", text))
        if ends:
            effects.append(at_least(count(channel, "sentences"), ends))
        if n > 1 or not text.islower():
            if re.search(r"[A-Z]", text) and n > 1:
                effects.append(Flag(flag(channel, "uppercase-letters"), True))
            if re.search(r"[a-z]", text) and n > 1:
                effects.append(Flag(flag(channel, "lowercase-letters"), True))
        for pattern, formula_ in (
            (r"\?", at_least(count(channel, "questions"), 1)), (r"!", at_least(count(channel, "exclamations"), 1)),
            (r"https?://|www\.", at_least(count(channel, "links"), 1)),
        ):  # fmt: skip
            if re.search(pattern, text):
                effects.append(formula_)
        for pattern, name_ in ((r"\b(?:sorry|apolog)", "apology"), (r"\bas an ai\b|\bi am an ai\b", "self-mention")):
            if re.search(pattern, text, re.I) and n > 1:
                effects.append(Flag(flag(channel, name_), True))
        if EMOJI.search(text):
            effects.append(at_least(count(channel, "emoji"), 1))
        out.append(implies(there, And(tuple(effects))))
        for other, inner in texts.items():
            if other != name and re.search(rf"(?<!\w){re.escape(_plain(inner))}(?!\w)", _plain(text)) and _plain(inner):
                out.append(Lin(((1, var), (-1, count(channel, other))), 0))
    apart = [
        (count(channel, n), word_count(t))
        for n, t in texts.items()
        if _apart(t, [x for m, x in texts.items() if m != n])
    ]
    if len(apart) > 1:
        # required texts that cannot overlap add their words: words ≥ Σ length · (at least one each)
        words = count(channel, "words")
        out += [Lin((*((k, v) for v, k in apart), (-1, words)), 0)]
    for kind, marked in flags.items():
        for a, (va, ta) in enumerate(marked):
            for vb, tb in marked[a + 1 :]:
                pa, pb = _plain(ta), _plain(tb)
                nested = (
                    pa.startswith(pb) or pb.startswith(pa) if kind == "starts" else pa.endswith(pb) or pb.endswith(pa)
                )
                if va != vb and not nested:
                    out.append(Or((Flag(va, False), Flag(vb, False))))
            machine_ok = ta.lstrip()[:1] in "{[<" if kind == "starts" else ta.rstrip()[-1:] in "}]>"
            if not machine_ok:
                out.append(implies(Flag(va, True), Among(choice(channel, "format"), MACHINE, False)))
            if kind == "ends" and ta.rstrip().endswith("?"):
                out.append(implies(Flag(va, True), Flag(flag(channel, "ask"), True)))
            if kind == "ends" and FAREWELL.search(ta):
                out.append(implies(Flag(va, True), Flag(flag(channel, "closing"), True)))
            if kind == "starts":
                if PLEASANTRY.search(ta):
                    out.append(
                        implies(
                            Flag(va, True),
                            And(
                                (
                                    Flag(flag(channel, "opener"), True),
                                    Flag(flag(channel, "greeting"), True)
                                    if re.match(
                                        r"\W*(?:hello|hi|hey|dear|greetings|welcome|good|howdy|bonjour|hola|salutations|aloha)\b",
                                        ta,
                                        re.I,
                                    )
                                    else Flag(va, True),
                                )
                            ),
                        )
                    )
                elif not ANSWERISH.search(ta):
                    out.append(implies(Flag(va, True), Flag(flag(channel, "answer-first"), False)))
    _ = seen
    return out


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _apart(text: str, others: list[str]) -> bool:
    """Whether a text can share no word with the others (so that their lengths add up)."""
    mine = _plain(text).split()
    for other in others:
        theirs = _plain(other).split()
        if set(mine[:1]) & set(theirs) or set(mine[-1:]) & set(theirs):
            return False
    return bool(mine)


def _formats(channel: str, here: list[Instruction], seen: set[Var]) -> list[Formula]:
    """What formats leave room for, and what one mark implies."""
    names = {v.name for v in seen}
    out: list[Formula] = []

    def there(attribute: str) -> Formula:
        if attribute in COUNTED:
            return at_least(count(channel, COUNTED[attribute]), 1)
        return Flag(flag(channel, attribute), True)

    for a, b in IMPLIES:
        out.append(implies(there(a), there(b)))
    fmt = choice(channel, "format")
    plainly = {i.constraint.attribute for i in here if not i.scope and not i.restrict}
    closed = [
        there(x)
        for x in ("markdown", "greeting", "closing", "opener", "bullets", "numbered", "summary", "disclaimer")
        if x not in ("bullets", "numbered", "summary", "disclaimer", "markdown")
        or plainly & ({x} if x != "markdown" else {"markdown", "table", "bold", "heading", "italic", "codeblock"})
    ]
    machine = Among(fmt, MACHINE)
    out.append(implies(machine, And(tuple(negation(f) for f in closed))))
    out.append(implies(Among(fmt, frozenset({"plain", "html"})), negation(there("markdown"))))
    out.append(
        implies(
            Among(fmt, frozenset({"prose"})),
            And((negation(there("bullets")), negation(there("numbered")), negation(there("table")))),
        )
    )
    out.append(
        implies(
            Flag(flag(channel, "answer-first"), True),
            And((Flag(flag(channel, "opener"), False), Flag(flag(channel, "greeting"), False))),
        )
    )
    first = Among(choice(channel, "answer-position"), frozenset({"first"}))
    out.append(implies(Flag(flag(channel, "answer-first"), True), first))
    out.append(implies(there("always-answer"), And((negation(there("abstain")), negation(there("refuse"))))))
    if "tools-any" in names:
        tools = sorted(n for n in names if n.startswith("tool:"))
        out += [implies(Flag(flag(channel, n), True), Flag(flag(channel, "tools-any"), True)) for n in tools]
    out.append(implies(there("all-caps"), Flag(flag(channel, "uppercase-letters"), True)))
    out.append(
        implies(Among(choice(channel, "case"), frozenset({"title"})), Flag(flag(channel, "uppercase-letters"), True))
    )
    if "any-list" in names or "list" in names:
        out += [implies(there(x), there("any-list")) for x in ("bullets", "numbered")]
    if "explanation" in names:
        out.append(implies(there("reasoning-shown"), there("explanation")))
    if "title" in names and "heading" in names | {"headings"}:
        out.append(implies(there("title"), there("heading")))
    out.append(implies(there("slang"), Among(choice(channel, "tone.register"), frozenset({"casual"}))))
    for scope in {v.scope for v in seen if v.name == "lowercase-letters" and "narrowed" not in v.scope}:
        if "uppercase-letters" not in names:
            break
        if scope:  # capitals in a part are capitals in the reply
            upper = Flag(flag(channel, "uppercase-letters", scope), True)
            out.append(implies(upper, Flag(flag(channel, "uppercase-letters"), True)))
        out.append(
            Or(
                (
                    Flag(flag(channel, "uppercase-letters", scope), True),
                    Flag(flag(channel, "lowercase-letters", scope), True),
                    Among(choice(channel, "language"), NON_LATIN),
                )
            )
        )
    if "person" in names or "first-person" in names:
        out.append(
            implies(Among(choice(channel, "person"), frozenset({"third"})), Flag(flag(channel, "first-person"), False))
        )
    if "voice" in names:
        out.append(implies(there("passive"), Among(choice(channel, "voice"), frozenset({"active"}), False)))
    out.append(implies(Among(choice(channel, "audience"), frozenset({"novice"})), Flag(flag(channel, "jargon"), False)))
    docs = ("part", "code")
    for name in ("code-docstring", "code-type-hints", "code-license"):
        _ = (name, docs)
    _ = here
    return out


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
                             "opener", "answer-first", "summary", "disclaimer"), "format"),
            "any-list": "format", "explanation": "reasoning", "reasoning-shown": "reasoning", "title": "headings",
            **dict.fromkeys(("uppercase-letters", "lowercase-letters", "all-caps"), "case"),
            **dict.fromkeys(("abstain", "always-answer", "refuse"), "abstain"),
            "tools-any": "tools", "tool": "tools", **dict.fromkeys(("ask", "question"), "ask"),
            "slang": "tone", "first-person": "person", "jargon": "audience", "passive": "voice",
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


_ = (REPLY, Constraint)
