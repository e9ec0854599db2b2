"""What a required text brings with it: its words, its letters, its marks, its greeting, and every keyword inside it."""

# ruff: noqa: E501

import re

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
)

MACHINE = word_set("json xml yaml csv toml sql")


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


def literal_laws(channel: str, here: list[Instruction]) -> list[Formula]:
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
