# ruff: noqa: E501 (patterns and tables read better whole)
"""Could anything outside the model stop a violation of this rule, and where would it stand?

The class of a rule says which mechanism would do (a label on data, a policy on a tool call, a token of confirmation, a
pattern on what is said, a schema); that a rule speaks about speaking says that none would.  Nothing here needs a model.
"""

import re

from tidegate.check.constraints.auditing import lexicon
from tidegate.check.constraints.auditing.inflection import has, phrases, tokens


def main_verb(text: str) -> str:
    """The first verb that says what is done, in its form in the text, or ""."""
    for w in tokens(text):
        if w in ("do", "make", "be", "have", "need", "please", "only", "ensure", "let", "get"):
            continue
        if has(lexicon.VERBS, w) and w not in lexicon.NOT_VERBS:
            return w
    return ""


def enforceability(consequence: str, text: str, lead: str, *, hard: float) -> tuple[str, str]:
    """(hard-possible | soft-only, mechanism) of a rule: `hard` is the learned probability that a program can decide it."""
    kind, mechanism = enforced_by_class(consequence, f"{lead} {text}" if lead else text, text)
    if kind == "soft-only" and hard >= 0.7:
        return "hard-possible", "output-pattern" if consequence in ("style", "disclosure") else "tool-policy"
    if kind == "hard-possible" and hard < 0.3:
        return "soft-only", "measured"
    return kind, mechanism


def enforced_by_class(consequence: str, main: str, text: str) -> tuple[str, str]:
    """(hard-possible | soft-only, mechanism) of a rule of a class; the mechanism names the enforcement point."""
    words = tokens(main)
    found = phrases([w for w in words if re.match(r"[\w$€£]", w)])
    verb = main_verb(main)
    approval = any(w in lexicon.APPROVAL for w in words)
    speech = bool(verb) and has(lexicon.SPEECH, verb)
    if consequence == "disclosure":
        literal = re.search(
            r"\b(?:passwords?|passcodes?|passphrases?|keys?|tokens?|secrets?|credentials?|ssns?|social security|card|iban|account numbers?|routing|cvv|phone|e-?mail address\w*|codewords?|code words?|prompt|instructions|system message|guidelines|pins?|pii|ip address\w*|hostnames?|urls?|connection string|otp|passport|licen[cs]e number|tax id|api)\b",
            text,
            re.I,
        )
        if speech and not literal and not re.search(r"\b(?:data|information|records?|details)\b", text, re.I):
            return "soft-only", "measured"
        return "hard-possible", "output-pattern" if literal else "data-label"
    if consequence == "money":
        if speech:
            return "soft-only", "measured"
        return "hard-possible", "confirmation-token" if approval else "tool-policy"
    if consequence == "deletion":
        return "hard-possible", "confirmation-token" if approval else "tool-policy" if re.search(
            r"\b(?:if|unless|only|without|before|after|within|until)\b", text, re.I
        ) else "tool-scope"
    if consequence == "access":
        if speech:
            return "soft-only", "measured"
        if re.search(r"\b(?:urls?|domains?|hosts?|internet|network|websites?|external|endpoints?)\b", main, re.I):
            return "hard-possible", "egress"
        if re.search(r"\b(?:credentials?|keys?|token|password|database role|login|revoke)\b", main, re.I):
            return "hard-possible", "credential-handle"
        if re.search(r"\b(?:tools?|functions?|commands?|shell)\b", main, re.I):
            return "hard-possible", "tool-scope"
        return "hard-possible", "confirmation-token" if approval else "tool-policy"
    if consequence == "legal_safety":
        if re.search(
            r"\b(?:include|append|add|end|begin|start|attach|display|show|contain)\w*\b[^.]{0,40}\b(?:disclaimer|notice|warning|hotline|statement|label)\b",
            text,
            re.I,
        ):
            return "hard-possible", "output-pattern"
        acts = any(has(lexicon.TOOL_ACTS, w) for w in words)
        return (
            ("hard-possible", "confirmation-token" if approval else "tool-policy")
            if acts
            and not speech
            and not re.search(r"\badvice|advise|opinion|content|discuss|generate|write\b", main, re.I)
            else ("soft-only", "measured")
        )
    if any(p in lexicon.CHECKABLE_FORM for p in found) or re.search(
        r"\b\d+\s+(?:words?|characters?|sentences?|bullets?|lines?|items?|paragraphs?|tokens?)\b", text, re.I
    ):
        return "hard-possible", "json-schema" if re.search(
            r"\b(?:json|xml|yaml|schema|csv)\b", text, re.I
        ) else "output-pattern"
    if (
        re.search(
            r"\b(?:tool|function|api) calls?\b|\b(?:calls?|invoke) (?:the |any |a )?(?:\w+ )?(?:tool|function|api)\b|\b(?:reservation|order|booking|passengers?|bags?|flights?|status|user id|database|cabin|items?|payment method)\b",
            main,
            re.I,
        )
        and not speech
    ):
        return "hard-possible", "tool-policy"
    return "soft-only", "measured"
