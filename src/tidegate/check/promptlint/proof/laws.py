"""The laws between what instructions speak of.

A sentence has at least one word, JSON has no room for a sign-off, a required sentence brings its
own words.
"""

import re
from collections.abc import Iterable

from tidegate.check.promptlint.grammar.lexicon import IMPLIES
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
    choice,
    count,
    flag,
    implies,
    negation,
    variables,
)
from tidegate.check.promptlint.proof.literal_laws import MACHINE, literal_laws
from tidegate.check.promptlint.proof.theory import COUNTED, formula

NON_LATIN = word_set(
    "japanese chinese mandarin korean arabic hebrew thai hindi bengali tamil telugu urdu persian farsi "
    "kannada marathi gujarati nepali punjabi malayalam cantonese"
)  # fmt: skip


def laws(instructions: Iterable[Instruction]) -> list[Formula]:
    """The laws between the variables that these instructions speak of, their own included."""
    items = [i for i in instructions if i.modality != "may"]
    out: list[Formula] = []
    for channel in dict.fromkeys(i.channel for i in items):
        here = [i for i in items if i.channel == channel]
        seen = set().union(*(variables(f) for i in here if (f := formula(i)) is not None)) if here else set()
        out += _narrowing(seen)
        out += _lengths(channel, seen)
        out += literal_laws(channel, here)
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
