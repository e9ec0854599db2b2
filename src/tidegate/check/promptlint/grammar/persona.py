"""The name the assistant goes by, and whether it may be told."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.drafts import Draft
from tidegate.check.promptlint.grammar.vocabulary import (
    STRONG,
)
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Constraint

PERSONA = re.compile(
    r"\b(?P<v>your name is|you are (?:called|named)|you go by(?: the name)?|call yourself|name yourself|(?:introduce|identify|present) yourself as"
    r"|refer to yourself as)\s+(?:an? [\w -]{2,30}? (?:named|called) )?(?P<n>[A-Z][\w-]+)\b|^(?:You are|Act as) (?P<m>[A-Z][a-z]+)(?:, (?:an?|the|our)\b|\.?$)",
)  # fmt: skip


OWN_NAME = re.compile(
    r"\b(?:never|do not|must not|should not|may not)\b.{0,20}\b(?:tell|reveal|share|give|disclose|say|mention|state|use)\b.{0,30}\byour (?:own )?name\b",
    re.I,
)


NOT_NAMES = word_set("a an the our my your i ai human person assistant bot this that not")


def persona(text: str) -> tuple[Draft, ...]:
    """The name the assistant goes by ("your name is Ava"), and whether it may be told."""
    if OWN_NAME.search(text):
        return (Draft(Constraint("own-name", "absent"), universal=True, prohibition=True),)
    m = PERSONA.search(re.sub(r"^\w+", lambda w: w.group().lower() if w.group() != "You" else w.group(), text))
    if m is None and text.isupper():
        m = PERSONA.search(re.sub(r"\b(?!\w+\W*$)\w+", lambda w: w.group().lower(), text))
    if m is None:
        m = PERSONA.search(re.sub(r"^You\b", "you", text))
    name = (m.group("n") or m.group("m")).lower() if m else ""
    if m is None or name in NOT_NAMES or name in lexicon.CHOICE["language"]:
        return ()
    if re.search(r"\b(?:never|not)\b", text, re.I):
        return (Draft(Constraint("persona-name", "not-one-of", [name]), universal=True),)
    out = [Draft(Constraint("persona-name", "is", name), universal=bool(STRONG.search(text)))]
    if m.group("v") and re.search(r"\b(?:introduce|identify|present|refer)\b", m.group("v")):
        out.append(Draft(Constraint("own-name", "present"), universal=bool(STRONG.search(text))))
    return tuple(out)
