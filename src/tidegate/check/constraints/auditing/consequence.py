# ruff: noqa: E501 (patterns and tables read better whole)
"""What would one violation of this rule cost, and could anything outside the model stop it?

The class comes from what the rule's main clause acts on: an act (refund, delete, reveal) with
its object weighs most, an object alone less, words of the condition least ("if asked about
refunds, be polite" is about style).  Nothing here needs a model.
"""

import re

import msgspec

from tidegate.check.constraints.auditing import lexicon
from tidegate.check.constraints.auditing.enforceable import enforced_by_class, main_verb
from tidegate.check.constraints.auditing.grammar import Reading
from tidegate.check.constraints.auditing.inflection import Words, has, phrases, tokens
from tidegate.check.constraints.auditing.signs import SIGNS

CONSEQUENCES = ("disclosure", "money", "deletion", "access", "legal_safety", "style", "none")
HIGH = frozenset({"disclosure", "money", "deletion", "access", "legal_safety"})


class Weighing(msgspec.Struct, frozen=True, kw_only=True):
    """The class with the heaviest evidence, all weights, and what could enforce it."""

    consequence: str
    scores: dict[str, float]
    enforceable: str  # hard-possible | soft-only
    mechanism: str


def _hits(found: set[str], words: Words) -> list[str]:
    return [p for p in found if p in words]


def lexicon_scores(text: str) -> dict[str, float]:
    """Weights of the six classes for one stretch of text: its words in the lexicon, then the signs of whole phrases."""
    words = tokens(text)
    found = phrases([w for w in words if re.match(r"[\w$€£]", w)])
    out = dict.fromkeys(CONSEQUENCES[:-1], 0.0)
    facts = _disclosing(words, found, out)
    money_acts = [w for w in words if has(lexicon.MONEY_ACT, w) and w not in _ALSO_GOODS]
    out["money"] = 1.1 * min(len(_hits(found, lexicon.MONEY_NOUN)), 3) + 1.1 * min(len(money_acts), 2)
    verb = next((w for w in words if has(lexicon.VERBS, w)), "")
    deletes = any(has(lexicon.DELETE_ACT, w) for w in words)
    out["deletion"] = 2.6 * any(has(lexicon.DELETE_STRONG, w) for w in words)
    out["deletion"] += 1.9 * (deletes and bool(_hits(found, lexicon.DELETE_NOUN))) + 1.0 * has(lexicon.DELETE_ACT, verb)
    access_nouns = _hits(found, lexicon.ACCESS_NOUN)
    out["access"] = 2.0 * any(has(lexicon.ACCESS_STRONG, w) for w in words) + 1.1 * len(access_nouns[:3])
    out["access"] += 1.0 * (bool(access_nouns) and any(has(lexicon.ACCESS_ACT, w) for w in words))
    out["legal_safety"] = 1.5 * min(len(_hits(found, lexicon.LEGAL_STRONG)), 3)
    style = _hits(found, lexicon.STYLE_STRONG)
    out["style"] = 0.8 * min(len(style), 4)
    facts |= {"style"} if style else set()
    for sign in SIGNS:
        if (not sign.needs or sign.needs in facts) and sign.pattern.search(text):
            out[sign.consequence] += sign.weight
    return out


def _disclosing(words: list[str], found: set[str], out: dict[str, float]) -> set[str]:
    """Weigh what is told and of whom; which facts about telling the signs may ask for."""
    tell, leak, hides = (any(has(c, w) for w in words) for c in (lexicon.TELL, lexicon.LEAKS, lexicon.HIDES))
    strong, weak = _hits(found, lexicon.PROTECTED_STRONG), _hits(found, lexicon.PROTECTED_WEAK)
    act = 1.5 * leak + 1.0 * tell + 1.5 * hides
    out["disclosure"] = 1.2 * len(strong[:3]) * (1.0 if act else 0.45) + (act if strong else 0.0)
    if weak and not strong:
        out["disclosure"] = (2.0 if leak or hides else 0.9 if tell else 0.0) + 0.3 * len(weak[:2])
    elif leak and not strong:
        out["disclosure"] = 1.6
    facts = {
        "tell": tell,
        "act": bool(act),
        "tell or strong": tell or bool(strong),
        "weak told": tell and bool(weak) and not strong,
    }
    return {name for name, holds in facts.items() if holds}


_ALSO_GOODS = ("order", "orders", "transfer", "transferred", "bid", "sell", "selling")


def weigh(text: str, reading: Reading, lead: str = "") -> Weighing:
    """The consequence class of one rule sentence, and what could enforce it; non-rules weigh nothing."""
    if not reading.is_rule:
        return Weighing(consequence="none", scores={}, enforceable="soft-only", mechanism="none")
    main = reading.main or text
    scores = lexicon_scores(main)
    if lead:
        scores = {k: v + 0.5 * lexicon_scores(lead)[k] for k, v in scores.items()}
    elif reading.condition:
        side = lexicon_scores(reading.condition)
        scores = {k: v + (0.25 if reading.condition.lower().startswith(("if", "when", "for", "in")) else 0.45) * side[k]
                  for k, v in scores.items()}  # fmt: skip
    best = _best(scores, main)
    enforceable, mechanism = enforced_by_class(best, main if not lead else f"{lead} {main}", text)
    return Weighing(consequence=best, scores=scores, enforceable=enforceable, mechanism=mechanism)


def _best(scores: dict[str, float], main: str) -> str:
    order = ("deletion", "money", "disclosure", "legal_safety", "access", "style")
    top = max(scores.values(), default=0.0)
    if top < 0.75:
        return "style"
    high = max(scores[k] for k in HIGH)
    if scores["style"] > high or (scores["style"] >= 1.5 and high <= 1.2):
        return "style"
    if scores["style"] > 0 and high < 1.0:
        return "style"
    verb = main_verb(main)
    adjusted = dict(scores)
    for name, words in (("deletion", lexicon.DELETE_STRONG), ("money", _PURE_MONEY), ("disclosure", lexicon.LEAKS), ("access", lexicon.ACCESS_STRONG)):  # fmt: skip
        if verb and has(words, verb):
            adjusted[name] += 2.0
    if verb and has(lexicon.DELETE_ACT, verb) and scores["deletion"] >= 1.9:
        adjusted["deletion"] += 1.5
    if verb and has(lexicon.TELL, verb) and scores["disclosure"] >= 1.5 and not has(_PURE_MONEY, verb):
        adjusted["disclosure"] += 0.8
    return max(order[:-1], key=lambda k: (adjusted[k], -order.index(k)))


_PURE_MONEY: Words = frozenset(["refund", "charge", "pay", "reimburse", "discount", "compensate", "waive", "spend", "debit", "credit", "purchase", "buy", "invoice", "bill", "tip"])  # fmt: skip
