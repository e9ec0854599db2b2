# ruff: noqa: E501 (tables read better whole)
"""Which sentence of a prompt does a rule of `constraints.yaml` say it enforces?  Wrongly "enforced" is the worst error.

A rule names its sentences (`text`).  A sentence is enforced only when its words are those of a named
sentence, labels aside ("Payment: ...").  A sentence that holds a named one and more is enforced in
part, one that differs by a word has drifted: both stay findings, with the rule named, because the
part that differs may be a number, a "not" or a condition that nothing checks.
"""

import re
from difflib import SequenceMatcher

import msgspec

from tidegate.check.constraints.auditing.sentences import sentences
from tidegate.check.constraints.model import Policy

MECHANISM = {"tool": "tool-policy", "cedar": "tool-policy", "scope": "tool-scope", "label": "data-label", "confirm": "confirmation-token",
              "credential": "credential-handle", "output": "output-pattern", "schema": "json-schema", "egress": "egress"}  # fmt: skip
LIKE = 0.85  # share of equal words from which a sentence is called a drifted copy of a rule's text
_LABEL = re.compile(r"^\W*(?:[A-Za-z][\w /&-]{0,40}:\s+)")


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """The rule that names a sentence: its id, its mechanism, hard or soft, and how: whole, part or drifted."""

    rule: str
    mechanism: str
    hard: bool
    how: str


class RuleMap(msgspec.Struct, frozen=True):
    """Words of a named sentence → (rule id, mechanism, hard)."""

    by_text: dict[str, tuple[str, str, bool]]

    def find(self, text: str) -> Match | None:
        """How the policy speaks of this sentence, or None."""
        whole, bare = plain(text), plain(_LABEL.sub("", text))
        for key in (whole, bare):
            if key in self.by_text:
                return self._match(self.by_text[key], "whole")
        words = whole.split()
        for known, rule in self.by_text.items():
            size = len(known.split())
            if size >= 4 and f" {known} " in f" {whole} ":
                return self._match(rule, "part")
            if size >= 4 and len(words) >= 4 and _alike(known.split(), words) >= LIKE:
                return self._match(rule, "drifted")
        return None

    @staticmethod
    def _match(rule: tuple[str, str, bool], how: str) -> Match:
        return Match(rule=rule[0], mechanism=rule[1], hard=rule[2], how=how)


def plain(text: str) -> str:
    """A sentence as sentences are matched to rules: words only, lower case, negations kept in one spelling."""
    low = text.lower().replace("’", "'").replace("cannot", "can not").replace("can't", "can not").replace("n't", " not")
    return " ".join(re.findall(r"[a-z0-9$€£%]+(?:[.,]\d+)?", low))


def rule_map(policy: Policy | None) -> RuleMap:
    """Which sentences the policy's rules say they enforce; a text of several sentences names each."""
    out: dict[str, tuple[str, str, bool]] = {}
    if policy is None:
        return RuleMap(out)
    for rules, hard in ((policy.hard, True), (policy.soft, False)):
        for rule in rules:
            mechanism = MECHANISM[rule.kind] if hard else "measured"  # type: ignore[union-attr]
            for text in rule.text:
                for named in (text, *(s.text for s in sentences(text))):
                    for key in (plain(named), plain(_LABEL.sub("", named))):
                        out.setdefault(key, (rule.id, mechanism, hard))
    return RuleMap(out)


def _alike(a: list[str], b: list[str]) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()
