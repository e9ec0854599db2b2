# ruff: noqa: E501 (patterns and tables read better whole)
"""Is this sentence a rule?  Modality, mood and polarity of English, decided without a model.

A rule tells somebody (the model, its operators, or anyone who asks it) what must, must not or
may only be done.  It shows itself as a deontic modal ("must", "may not", "is not allowed to"),
an imperative ("Refund only ...", "Never share ..."), a prohibition without a verb ("No refunds
after 30 days"), a stated bound ("Refunds are limited to $50"), or a norm in the present tense
("The assistant never reveals ...").  Facts, descriptions, examples, questions and guesses about
the world ("This may take a minute") are none.
"""

import re

import msgspec

from tidegate.check.constraints.auditing.inflection import tokens
from tidegate.check.constraints.auditing.modality import DEONTIC_BE, MODAL, modal
from tidegate.check.constraints.auditing.norms import norm
from tidegate.check.constraints.auditing.order import begins_with_order, order


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a sentence was read: a rule or not, by which sign, whether it forbids, and its main clause."""

    is_rule: bool
    sign: str
    forbids: bool = False
    main: str = ""
    condition: str = ""


_LABEL = re.compile(
    r"^\W*(?:(?:important|note|warning|caution|rule|policy|reminder|critical|security|privacy|remember|attention|strict|notice"
    r"|requirement|constraint|guideline|instruction|step|safety|formatting|style|tone|compliance|nb|also|ps|p\.s\.)"
    r"(?:\s+(?:rule|policy|note|notice|requirement|guideline|no\.?))?\s*#?\d*(?:\.\d+)*\s*[:.)\-–—]+\s*|\*+)+\s*", re.I
)  # fmt: skip
_QUOTED = re.compile(
    r"\"[^\"\n]*\"|“[^”]*”|`[^`]*`|(?<![\w])'[^'\n]{2,}?'(?!\w)|«[^»]*»|<[^<>\n]{1,80}>|\{[^{}\n]{1,80}\}"
)
_EXAMPLE = re.compile(
    r"^\W*(?:for example|for instance|e\.g\.|example|examples|sample|as an illustration|user|customer|human|q|a|client"
    r"|patient|caller|student|bot reply|assistant|agent|input|output|question|answer|response|transcript)\s*\d*\s*[:,]|^\W*(?:e\.g\.|i\.e\.)|"
    r"^\W*(?:for example|for instance|as an example)\b|^\W*(?:here is|here's|here are|below is|below are|the following (?:is|are)) (?:an?|some|the|two|three)?\s*(?:examples?|samples?)\b",
    re.I,
)  # fmt: skip
_LEADING = re.compile(
    r"^(?:if|when|whenever|where|wherever|unless|before|after|once|while|until|in case|in the event|should the|should a|should any"
    r"|except|provided|as long as|given|even if|even when|even though|although|though|because|since|for|in|on|at|to|during|with|without|under|regardless|no matter|based"
    r"|depending|as|per|according|by|upon|from|outside|within|beyond|despite|instead of|rather than|in order to|whatever|whoever|only when|only if|only after|prior to|following|due to|given that|having)\b",
    re.I,
)  # fmt: skip
_COORDINATED = re.compile(
    r"(?:never|always|do not|don't|please|not|ensure|make sure|refuse|decline|escalate|avoid|only|be|then|instead|keep|use|say|reply|respond|confirm|ask|transfer|stop|redirect|politely|simply|refer)\b",
    re.I,
)
_PERMITS = re.compile(
    r"(?:you|(?:the|an?) (?:\w+ )?(?:agent|assistant|bot|representative|employee|manager|operator|advisor|model))\s+(?:can|may)\s+(?!also help|help|see|find|ask|expect|assist)",
    re.I,
)


def read(text: str, lead: str = "") -> Reading:
    """How one sentence reads; `lead` is the text before the colon of the list it stands in."""
    plain = _QUOTED.sub(" Q0 ", text)
    bare = _LABEL.sub("", plain).strip(" \t*_•-–—")
    if not re.search(r"[A-Za-z]{2}", bare):
        return Reading(is_rule=False, sign="no words")
    if _EXAMPLE.match(text.strip()) and not re.match(
        r"^\W*(?:answer|response|output)s?\s*:?\s+(?:must|should|shall|in |with )", text, re.I
    ):
        return Reading(is_rule=False, sign="example")
    if _is_question(bare):
        return Reading(is_rule=False, sign="question")
    if lead:
        inherited = _inherit(lead, bare)
        if inherited is not None:
            return inherited
    condition, main = _split_condition(bare)
    for position, clause in enumerate(_clauses(main)):
        found = _read_clause(clause)
        if found is not None and position and found[0] == "imperative" and not _COORDINATED.match(clause):
            continue  # "you can book, modify, or cancel": a coordinated infinitive, not an order
        if found is not None:
            return Reading(is_rule=True, sign=found[0], forbids=found[1], main=main, condition=condition)
    if (
        condition
        and _PERMITS.match(main)
        and re.match(r"(?:if|when|once|after|provided|as long as|unless|only)\b", condition, re.I)
    ):
        return Reading(is_rule=True, sign="conditional permission", main=main, condition=condition)
    if condition and (inverted := _read_inverted(condition)):
        return Reading(is_rule=True, sign=inverted, forbids=True, main=main, condition=condition)
    return Reading(is_rule=False, sign="declarative", main=main, condition=condition)


def _is_question(text: str) -> bool:
    if not text.rstrip("\"'”’)*_ ").endswith("?"):
        return False
    head = tokens(text)[:1]
    return (
        not head
        or not begins_with_order(text)
        or head[0] in {"do", "can", "could", "would", "will", "is", "are", "have", "did"}
    )


def _inherit(lead: str, item: str) -> Reading | None:
    """A list item under a deontic lead-in ("You must never:") is a rule with the lead-in's polarity."""
    low = lead.lower()
    if re.search(
        r"\b(?:example|examples|sample|following (?:tools|products|services|fields|information|steps were)|such as|contains|includes)\b",
        low,
    ) and not re.search(r"\b(?:must|never|not|only|should|shall)\b", low):
        return None
    forbids = bool(
        re.search(
            r"\b(?:never|not|don't|cannot|can't|forbidden|prohibited|banned|off-limits|disallowed|avoid|refuse|decline|no)\b",
            low,
        )
    )
    strong = re.search(r"\b(?:must|never|shall|should|do not|don't|cannot|can't|may not|may only|can only|only|always|forbidden|prohibited"
                       r"|required|not allowed|not permitted|avoid|refuse|ensure|make sure|off-limits|banned|disallowed)\b", low)  # fmt: skip
    if strong is None:
        return None
    return Reading(is_rule=True, sign="list under a modal lead-in", forbids=forbids, main=item, condition=lead)


def _split_condition(text: str) -> tuple[str, str]:
    """(leading subordinate clause or adverbial, main clause); the comma that closes it decides."""
    if _LEADING.match(text):
        if re.match(
            r"^(?:under no circumstances?|at no (?:time|point)|in no (?:case|event)|on no account|by no means)\b",
            text,
            re.I,
        ):
            return "", text
        depth = 0
        for i, c in enumerate(text):
            depth += (c in "([") - (c in ")]")
            if c in ",:–—" and depth == 0 and i > 3:
                rest = text[i + 1 :].strip()
                head = tokens(rest)[:3]
                if head and (head[0] in ("then", "you") or _starts_clause(rest)):
                    return text[:i], re.sub(r"^then\s+", "", rest, flags=re.I)
        found = re.search(r"\b(?:,? then|,)\s+(.*)$", text)
        if found:
            return text[: found.start()], found.group(1)
        inner = re.match(
            r"^(?:if|when|whenever|should)\b.{3,80}?\b((?:do not|don't|never|always|please|you (?:must|should|shall))\b.*)$",
            text,
            re.I,
        )
        if inner:
            return text[: inner.start(1)], inner.group(1)
    return "", text


def _starts_clause(text: str) -> bool:
    if begins_with_order(text):
        return True
    head = " ".join(tokens(text)[:12])
    return bool(MODAL.search(head) or DEONTIC_BE.search(head) or re.match(r"(?:no|only|never|always|do not|don't|please)\b", head)
                or re.search(r"\b(?:is|are|was|were|has|have)\b", head))  # fmt: skip


def _clauses(main: str) -> list[str]:
    """The main clause and its coordinates ("..., and never ...", "...; do not ...")."""
    parts = re.split(
        r"\s*(?:;|:\s|\s[–—-]\s|,\s+(?:and|but|or|so|yet|then|otherwise|instead|nor)\s+|,\s+(?=(?:do not|don't|never|always|please|you must|you should)\b)|\s+but\s+|\s+and\s+(?=(?:never|always|do not|don't|must|should|you|only)\b)|\.\s+)",
        main,
        flags=re.I,
    )
    return [p.strip(" ,") for p in parts if p and p.strip(" ,")]


def _read_inverted(condition: str) -> str:
    low = condition.lower()
    return (
        "prohibition"
        if re.match(r"(?:under no circumstances?|at no (?:time|point)|in no (?:case|event)|on no account)\b", low)
        else ""
    )


def _read_clause(clause: str) -> tuple[str, bool] | None:
    """(sign, forbids) when a clause is deontic; None otherwise."""
    clause = re.sub(r"\((?!s\))[^()]*\)", " ", clause).strip()
    clause = (
        re.sub(
            r"^(?:and|but|or|so|then|also|however|therefore|in addition|additionally|furthermore|moreover|that said|likewise|similarly|in particular|in general|as such|in short|above all|most importantly|importantly|remember|remember that|note that|please note that|be aware that|keep in mind that|bear in mind that)[,:]?\s+(?=\w)",
            "",
            clause,
            flags=re.I,
        )
        if not re.match(r"^remember to\b", clause, re.I)
        else clause
    )
    low = clause.lower().replace("’", "'")
    words = [t for t in tokens(clause) if re.match(r"[\w$€£]", t)]
    if not words:
        return None
    negative = bool(
        re.search(
            r"\b(?:never|not|cannot|no|nobody|none|nor|neither|without)\b|n't\b|forbidden|prohibited|banned|off[- ]limits|disallowed|confidential|refrain|avoid|refuse|decline",
            low,
        )
    )
    if re.match(
        r"(?:under no circumstances?|at no (?:time|point)|in no (?:case|event)|on no account|by no means)\b", low
    ):
        return "prohibition", True
    for test in (order, modal, norm):
        sign = test(clause, low, words)
        if sign:
            return sign, negative
    return None
