"""The laws between what instructions speak of.

A sentence has at least one word, JSON has no room for a sign-off, a required sentence brings its
own words.
"""

# ruff: noqa: E501

import re
from collections.abc import Iterable

from tidegate.check.promptlint.grammar.lexicon import IMPLIES
from tidegate.check.promptlint.grammar.text import word_count
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Instruction
from tidegate.check.promptlint.proof.formulas import (
    Among,
    And,
    Flag,
    Formula,
    Lin,
    Or,
    Var,
    at_least,
    at_most,
    choice,
    count,
    flag,
    implies,
    literal_var,
    negation,
    variables,
)
from tidegate.check.promptlint.proof.theory import COUNTED, formula

MACHINE = word_set("json xml yaml csv toml sql")


NON_LATIN = word_set(
    "japanese chinese mandarin korean arabic hebrew thai hindi bengali tamil telugu urdu persian farsi "
    "kannada marathi gujarati nepali punjabi malayalam cantonese"
)  # fmt: skip


PLEASANTRY = re.compile(r"^\W*(?:hello|hi|hey|dear|greetings|welcome|good (?:morning|day|evening|afternoon)|howdy|bonjour|hola|thanks?|thank you|great|sure|of course"
                        r"|absolutely|certainly|happy to|glad|it['’]?s a pleasure|nice|excellent|wonderful|we appreciate|many thanks|salutations|aloha)\b", re.I)  # fmt: skip


HAILS = re.compile(
    r"\W*(?:hello|hi|hey|dear|greetings|welcome|good|howdy|bonjour|hola|salutations|aloha|nice to|great to|lovely to|pleased to|thanks? (?:you )?for|glad)\b",
    re.I,
)


def hails(text: str) -> bool:
    """Whether an opening greets: by a word of greeting, or as a short cry of words we do not know ("Ahoy there!")."""
    cry = re.fullmatch(r"[^:?\[\]{}]{3,40}!", text.strip()) is not None and len(text.split()) <= 4
    return HAILS.match(text) is not None or (cry and not PLEASANTRY.search(text) and not ANSWERISH.search(text))


FAREWELL = re.compile(
    r"\b(?:have an?|regards|wishes|stay|safe (?:travels?|journey|trip)|godspeed|so long|ciao|adieu|farewell|take care|good ?bye|bye|cheers|sincerely|faithfully|see you|thanks?|thank you|hope|happy to help|best|all the best"
    r"|let (?:me|us) know|anything else|yours|warmly|cordially|farewell|until next time|good (?:day|night|luck)|glad|pleasure|enjoy|welcome|love|peace)\b",
    re.I,
)


ANSWERISH = re.compile(
    r"^\W*(?:answer|result|solution|verdict|summary|tl;?dr|yes|no|conclusion|response|output|diagnosis|fix)\b", re.I
)


EMOJI = re.compile("[\U0001f300-\U0001faff☀-➿]")


def laws(instructions: Iterable[Instruction]) -> list[Formula]:
    """The laws between the variables that these instructions speak of, their own included."""
    items = [i for i in instructions if i.modality != "may"]
    out: list[Formula] = []
    for channel in dict.fromkeys(i.channel for i in items):
        here = [i for i in items if i.channel == channel]
        seen = set().union(*(variables(f) for i in here if (f := formula(i)) is not None)) if here else set()
        out += _narrowing(seen)
        out += _lengths(channel, seen)
        out += _literals(channel, here)
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
        if len(v.scope) == 1 and v.scope[0].startswith("each ") and v.kind in ("count", "flag"):
            # what each heading must have stands in the reply: the demand takes for granted that there is one
            whole = v._replace(scope=())
            if v.kind == "flag":
                out.append(implies(Flag(v, True), Flag(whole, True)))
            else:
                out.append(implies(at_least(v, 1), at_least(whole, 1)))
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


def _literals(channel: str, here: list[Instruction]) -> list[Formula]:
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
            if kind == "ends" and not ta.rstrip().endswith("?"):
                last = count(channel, "questions", ("narrowed", "at the end"))
                out.append(implies(Flag(va, True), at_most(last, 0)))
            if kind == "ends" and ta.rstrip().endswith("?"):
                out.append(implies(Flag(va, True), Flag(flag(channel, "ask"), True)))
            if kind == "ends" and (FAREWELL.search(ta) or re.fullmatch(r"[^:?\[\]{}]{3,60}!", ta.strip())):
                out.append(implies(Flag(va, True), Flag(flag(channel, "closing"), True)))
            if kind == "starts":
                if PLEASANTRY.search(ta) or (
                    re.search(r"[!.]$", ta.strip()) and len(ta.split()) > 1 and not ANSWERISH.search(ta)
                ):
                    out.append(
                        implies(
                            Flag(va, True),
                            And(
                                (
                                    Flag(flag(channel, "opener"), True),
                                    Flag(flag(channel, "greeting"), True) if hails(ta) else Flag(va, True),
                                )
                            ),
                        )
                    )
                elif not ANSWERISH.search(ta):
                    out.append(implies(Flag(va, True), Flag(flag(channel, "answer-first"), False)))
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
        for x in (
            "markdown",
            "greeting",
            "closing",
            "opener",
            "smalltalk",
            "bullets",
            "numbered",
            "summary",
            "disclaimer",
        )
        if x not in ("bullets", "numbered", "summary", "disclaimer", "markdown", "smalltalk")
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
    if {"confident", "hedge"} <= names:
        out.append(implies(there("confident"), negation(there("hedge"))))
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
        out.append(implies(Among(choice(channel, "person"), word_set("first we")), there("first-person")))
        out.append(
            implies(Among(choice(channel, "person"), frozenset({"third"})), Flag(flag(channel, "first-person"), False))
        )
    if "voice" in names:
        out.append(implies(there("passive"), Among(choice(channel, "voice"), frozenset({"active"}), False)))
    out.append(implies(Among(choice(channel, "audience"), frozenset({"novice"})), Flag(flag(channel, "jargon"), False)))
    return out
