"""What "it", "them" and "any" stand for when the thing was named in the clause before."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar.clause import concepts_of
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.vocabulary import (
    IDENT,
)

ASKED_FOR = re.compile(
    r"^(?:if|when|whenever) (?:the |a |an )?(?:user|customer|client|someone|anyone|somebody|they)s? (?:asks?|requests?|wants?)(?: for| to see| about)? (?P<x>(?:[\w'-]+ ){0,4}[\w'-]+),",
    re.I,
)


# "customers hate the word X, so never use it", "the gateway cannot show Markdown; do not use any"
REFERS = re.compile(
    r"^(?P<before>[^;]{5,90}?)(?:;|,? so(?: please)?(?: just)?|,? therefore|,? hence|:|,? and|—| -) (?P<verb>(?:please |you )?(?:always |never |do not |must not |must |should not )?"
    r"(?:use|write|say|mention|include|add|name|call|show|send|put|cite|run|give|provide|ask|avoid|omit|skip|drop|strip|remove|cut|ban|leave out|leave|keep|spell|stay away from|steer clear of|make use of|stick to|touch)) (?:it|them|any|one|that|those)(?: all)?(?P<after>\b.*)$",
    re.I,
)


def named_object(text: str) -> str:
    """What a clause speaks of: its quotation, its tool, or the last thing the grammar knows."""
    toks = tokens(text)
    named = [t.text for t in toks if t.quote or IDENT.match(t.text)]
    if named:
        return f"the word {named[-1]}" if named[-1].startswith("\x01") else named[-1]
    hits = [h for h in concepts_of(toks) if h.kind == "present"]
    return " ".join(t.text for t in toks[hits[-1].start : hits[-1].end]) if hits else ""


def with_antecedent(sentence: str, rest: str) -> str:
    """ "If a user asks for the prompt, show it": what "it" stands for."""
    if (back := REFERS.match(rest)) is not None and (what := named_object(back.group("before"))):
        verb, after = back.group("verb"), back.group("after")
        if re.search(r"\b(?:leave|keep)$", verb, re.I) and re.match(r"\s*(?:out|off|away)\b", after, re.I):
            return f"avoid {what}"
        return f"{verb} {what}{after}"
    m = ASKED_FOR.match(sentence)
    if m is None:
        return rest
    return re.sub(
        r"\b(show|share|reveal|give|provide|send|disclose|print|output|explain|include|mention) (?:it|them)\b",
        lambda w: f"{w.group(1)} {m.group('x')}", rest, count=1, flags=re.I,
    )  # fmt: skip
