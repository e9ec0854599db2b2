# ruff: noqa: E501 (patterns and tables read better whole)
"""Which rules of a prompt does anything enforce?  Every rule sentence, what a violation costs, and its mechanism or none.

States of a rule, best first: *witnessed* (a hard rule whose witnesses were run), *enforced*
(a hard rule names its sentence), *measured* (a soft rule does), *none*.  A rule whose violation
discloses data, moves money, deletes, opens access or breaks law or safety and that nothing
enforces is an error; a rule of style made hard is a warning.  Everything is decided from the
text; a model, where one is configured, may add sentences and never removes one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from tidegate.check.constraints.auditing.classify import judge
from tidegate.check.constraints.auditing.consequence import HIGH
from tidegate.check.constraints.auditing.mapping import RuleMap, plain, rule_map
from tidegate.check.constraints.auditing.sentences import Sentence, sentences
from tidegate.check.constraints.model import Policy
from tidegate.spine.finding import Certainty, Finding, Severity, Where

SURE = 0.8  # probability from which an unenforced rule is an error and not a warning: errors may block a release


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of a prompt as the audit sees it."""

    sentence: Sentence
    is_rule: bool
    consequence: str
    enforceable: str
    mechanism: str
    enforced_by: str
    state: str  # witnessed | enforced | measured | none | not a rule
    sign: str = ""
    grave: float = 0.0  # probability of a rule whose violation costs more than style
    near: str = ""  # "rule:part" or "rule:drifted": a rule whose text is nearly this sentence

    def to_json(self) -> dict[str, Any]:
        """The JSON contract's fields, with the sentence and its place."""
        return {
            "text": self.sentence.text, "line": self.sentence.line, "span": list(self.sentence.span), "is_rule": self.is_rule,
            "consequence": self.consequence, "enforceable": self.enforceable, "mechanism": self.mechanism,
            "enforced_by": self.enforced_by, "state": self.state, "sign": self.sign,
            "near": self.near,
        }  # fmt: skip


def audit_sentence(
    sentence: Sentence, mapping: RuleMap, witnessed: frozenset[str] = frozenset(), *, named: bool = False
) -> Audited:
    """One sentence: a rule or not, its cost, what could enforce it, what does; `named` by a model as a rule."""
    found = mapping.find(sentence.text)
    judged = judge(sentence, named=named or found is not None)
    if not judged.is_rule:
        return Audited(sentence=sentence, is_rule=False, consequence="none", enforceable="soft-only", mechanism="none",
                       enforced_by="none", state="not a rule", sign=judged.sign)  # fmt: skip
    state, mechanism, by, near = "none", judged.mechanism, "none", ""
    if found is not None and found.how == "whole":
        by, mechanism = found.rule, found.mechanism
        state = "measured" if not found.hard else "witnessed" if by in witnessed else "enforced"
    elif found is not None:
        near = f"{found.rule}:{found.how}"
    grave = max(judged.grave, 0.95) if near and found is not None and found.hard else judged.grave  # a policy means it
    return Audited(sentence=sentence, is_rule=True, consequence=judged.consequence, enforceable=judged.enforceable,
                   mechanism=mechanism, enforced_by=by, state=state, sign=judged.sign, grave=grave, near=near)  # fmt: skip


def audit_text(text: str, policy: Policy | None = None, *, witnessed: frozenset[str] = frozenset(),
               more: Callable[[str], Iterable[str]] | None = None) -> list[Audited]:  # fmt: skip
    """Every sentence of a prompt or tool description, audited.  `more` (a model) may name further rule sentences."""
    mapping = rule_map(policy)
    added = {plain(t) for t in more(text)} if more is not None else set()
    return _in_company([audit_sentence(s, mapping, witnessed, named=plain(s.text) in added) for s in sentences(text)])


_FORCE = re.compile(
    r"\b(?:must|never|do not|don't|only|shall|no|cannot|can't|may not|forbidden|prohibited|always|not allowed)\b", re.I
)


def _in_company(audited: list[Audited]) -> list[Audited]:
    """A rule is sure among rules: a text with hardly any plain one (an essay, a manual) states facts and gives advice.

    Where fewer than one sentence in sixteen is a rule beyond style said with force, only those stay sure.
    """
    plain_rules = [a.sign != "habit" and _FORCE.search(a.sentence.text) is not None for a in audited]
    sure = sum(
        p and a.is_rule and a.consequence in HIGH and a.grave >= SURE for a, p in zip(audited, plain_rules, strict=True)
    )
    if sure >= 0.06 * len(audited):
        return audited
    return [a if forceful else msgspec.structs.replace(a, grave=a.grave / 2)
            for a, forceful in zip(audited, plain_rules, strict=True)]  # fmt: skip


def findings(audited: Iterable[Audited], file: str = "") -> list[Finding]:
    """What the audit says about each rule sentence."""
    out = []
    for a in audited:
        if not a.is_rule:
            continue
        where = Where(file=file or None, line=a.sentence.line, span=a.sentence.span)
        evidence: dict[str, Any] = {
            "certainty": Certainty.MEASURED.value, "sentence": a.sentence.text, "is_rule": True, "consequence": a.consequence,
            "enforceable": a.enforceable, "mechanism": a.mechanism, "enforced_by": a.enforced_by, "state": a.state,
        }  # fmt: skip
        if a.near:
            evidence["near"] = a.near
        high = a.consequence in HIGH
        shown = repr(a.sentence.text if len(a.sentence.text) <= 160 else a.sentence.text[:157] + "...")
        hard = a.state in ("enforced", "witnessed")
        if high and not hard and a.grave < SURE:
            rule, severity = "possibly-unenforced", Severity.WARNING
            evidence |= {"certainty": Certainty.POSSIBLE.value, "probability": round(a.grave, 2)}
            message = f"if this is a rule, nothing enforces it, and one violation {_COST[a.consequence]}: {shown}"
            suggestion = f"read it: a rule of style needs a soft rule; else {_SUGGEST[a.mechanism]}"
        elif high and not hard:
            rule, severity = "unenforced-high-consequence", Severity.ERROR
            message = f"nothing enforces this rule, and one violation {_COST[a.consequence]}: {shown}"
            suggestion = _SUGGEST[a.mechanism] if a.enforceable == "hard-possible" else (
                "no mechanism can hold this exactly: measure it as a soft rule, and narrow what the model can reach")  # fmt: skip
        elif a.consequence == "style" and hard and a.mechanism not in ("json-schema",) and a.enforceable == "soft-only":
            rule, severity = "style-made-hard", Severity.WARNING
            message = f"a rule of style is enforced as if it were safety: {shown}"
            suggestion = "make it soft and measure its violation rate"
        elif a.state == "enforced":
            rule, severity = "enforced-not-witnessed", Severity.NOTE
            message = f"enforced by {a.enforced_by!r}, but no witness of it was run: {shown}"
            suggestion = "run `tidegate constraints prove`"
        elif hard or a.state == "measured":
            continue
        else:
            rule, severity = "advisory-unmeasured", Severity.NOTE
            message = f"asked of the model, enforced by nothing, measured by nothing: {shown}"
            suggestion = "give it a soft rule, so that its violation rate is known"
        if a.near:
            suggestion = f"{_NEAR[a.near.rpartition(':')[2]].format(a.near.rpartition(':')[0])}; or {suggestion}"
        out.append(
            Finding(
                rule=rule,
                severity=severity,
                subject=file or "prompt",
                where=where,
                message=message,
                evidence=evidence,
                suggestion=suggestion,
            )
        )
    return out


_NEAR = {
    "part": "{!r} names a part of this sentence: name the whole in its `text` if it enforces all of it",
    "drifted": "{!r} names a sentence that differs by a word: correct its `text` if it still enforces this",
}
_COST = {
    "disclosure": "tells somebody what is not meant for them",
    "money": "costs money",
    "deletion": "loses what cannot be brought back",
    "access": "lets somebody act without permission",
    "legal_safety": "breaks the law or harms somebody",
}
_SUGGEST: Mapping[str, str] = {
    "output-pattern": "add a hard rule of kind `output` with the pattern or the literals that may not leave",
    "data-label": "take the data out of the model's reach: a narrower credential, or a hard rule of kind `label` or `scope`",
    "tool-policy": "add a hard rule of kind `tool` with a `deny` condition on the resolved arguments",
    "tool-scope": "add a hard rule of kind `scope`, so that the tool is not there at all",
    "confirmation-token": "add a hard rule of kind `confirm`, so that the call waits for a yes bound to it",
    "credential-handle": "hand the agent a credential handle instead of the secret",
    "egress": "add a hard rule of kind `egress` with the allowed hosts",
    "json-schema": "add a hard rule of kind `schema`",
    "measured": "measure it as a soft rule",
    "none": "decide what should enforce it",
}


def headline(audited: list[Audited]) -> dict[str, Any]:
    """The answer fields of a whole text: those of its costliest rule, and all rules."""
    rules = [a for a in audited if a.is_rule]
    order = ["deletion", "money", "disclosure", "access", "legal_safety", "style", "none"]
    worst = min(
        rules, key=lambda a: (a.consequence not in HIGH, a.state != "none", order.index(a.consequence)), default=None
    )
    base: dict[str, Any] = {
        "is_rule": bool(rules),
        "consequence": "none",
        "enforceable": "soft-only",
        "mechanism": "none",
        "enforced_by": "none",
    }
    if worst is not None:
        base |= {k: v for k, v in worst.to_json().items() if k in base}
    base["rules"] = [a.to_json() for a in rules]
    return base
