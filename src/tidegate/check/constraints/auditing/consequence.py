# ruff: noqa: E501 (patterns and tables read better whole)
"""What would one violation of this rule cost, and could anything outside the model stop it?

The class comes from what the rule's main clause acts on: an act (refund, delete, reveal) with
its object weighs most, an object alone less, words of the condition least ("if asked about
refunds, be polite" is about style).  Nothing here needs a model.
"""

import re

import msgspec

from tidegate.check.constraints.auditing import lexicon
from tidegate.check.constraints.auditing.grammar import Reading
from tidegate.check.constraints.auditing.lexicon import Words, has, phrases, tokens

CONSEQUENCES = ("disclosure", "money", "deletion", "access", "legal_safety", "style", "none")
HIGH = frozenset({"disclosure", "money", "deletion", "access", "legal_safety"})


class Weighing(msgspec.Struct, frozen=True, kw_only=True):
    """The class with the heaviest evidence, all weights, and what could enforce it."""

    consequence: str
    scores: dict[str, float]
    enforceable: str  # hard-possible | soft-only
    mechanism: str


_PERSON = r"(?:guest|customer|patient|client|user|employee|student|tenant|member|donor|caller|resident|passenger|applicant|colleague|subscriber|person|people|child|parent|driver|buyer|seller)s?"
_OTHERS = re.compile(
    rf"\b(?:tell|say|confirm|reveal|disclose|share|show|discuss|mention|give|read|identify|list|name)\w*\b[^.]{{0,60}}\b(?:other|another|who else|someone else)\b[^.]{{0,12}}\b{_PERSON}\b|\b{_PERSON}'?s?'?\b[^.]{{0,50}}\b(?:off[- ]limits|not|never)\b[^.]{{0,30}}\b(?:anyone|outside|others|third part)",
    re.I,
)


def _hits(found: set[str], words: Words) -> list[str]:
    return [p for p in found if p in words]


def lexicon_scores(text: str) -> dict[str, float]:
    """Weights of the six classes for one stretch of text."""
    words = tokens(text)
    found = phrases([w for w in words if re.match(r"[\w$€£]", w)])
    money_sign = bool(re.search(r"[$€£]\s?\d|\b\d+(?:[.,]\d+)?\s?(?:usd|eur|gbp|dollars?|euros?|pounds)\b", text, re.I))
    verb = next((w for w in words if has(lexicon.VERBS, w)), "")
    tell = any(has(lexicon.TELL, w) for w in words)
    leak = any(has(lexicon.LEAKS, w) for w in words)
    hides = any(has(lexicon.HIDES, w) for w in words)
    strong = _hits(found, lexicon.PROTECTED_STRONG)
    weak = _hits(found, lexicon.PROTECTED_WEAK)
    out = dict.fromkeys(CONSEQUENCES[:-1], 0.0)
    act = (1.5 if leak else 0.0) + (1.0 if tell else 0.0) + (1.5 if hides else 0.0)
    out["disclosure"] = 1.2 * len(strong[:3]) * (1.0 if act else 0.45) + (act if strong else 0.0)
    if weak and not strong:
        out["disclosure"] = (2.0 if leak or hides else 0.9 if tell else 0.0) + 0.3 * len(weak[:2])
        if (
            re.search(
                r"\b(?:other|another|third[- ]part\w+|anyone|outside|outsiders?|unauthori[sz]ed|public(?:ly)?|competitors?|strangers?|someone else)\b",
                text,
                re.I,
            )
            and tell
        ):
            out["disclosure"] += 1.8
    elif leak and not strong:
        out["disclosure"] = 1.6
    if re.search(
        r"\b(?:keep|remain|stay|treat|is|are|be|held?)\b[^.]{0,40}\b(?:confidential|secret|private|to yourself|internal|under wraps|anonymous)\b|\bin (?:strict )?confidence\b",
        text,
        re.I,
    ):
        out["disclosure"] += 2.2
    if (
        re.search(
            r"\bhow (?:you|the (?:bot|assistant|model)) (?:work|were|are|was|is)\b|\byour (?:configuration|rules|training|system|prompt|tools)\b",
            text,
            re.I,
        )
        and tell
    ):
        out["disclosure"] += 1.5
    if _OTHERS.search(text) and (tell or strong):
        out["disclosure"] += 2.6
    money_nouns = _hits(found, lexicon.MONEY_NOUN)
    money_acts = [
        w
        for w in words
        if has(lexicon.MONEY_ACT, w)
        and w not in ("order", "orders", "transfer", "transferred", "bid", "sell", "selling")
    ]
    out["money"] = 1.1 * min(len(money_nouns), 3) + 1.1 * min(len(money_acts), 2) + (1.6 if money_sign else 0.0)
    if re.search(r"\btransfer\b", text, re.I) and (
        money_sign
        or re.search(
            r"\b(?:funds?|money|balance|amounts?|account|iban|payees?|beneficiar\w+|wire|bank|points|wallet)\b",
            text,
            re.I,
        )
    ):
        out["money"] += 2.0
    if re.search(r"\b(?:card|payment) (?:number|details)\b|\bcvv\b", text, re.I) and act:
        out["disclosure"] += 1.5
    del_strong = [w for w in words if has(lexicon.DELETE_STRONG, w)]
    del_act = [w for w in words if has(lexicon.DELETE_ACT, w)]
    del_noun = _hits(found, lexicon.DELETE_NOUN)
    out["deletion"] = 2.6 * min(len(del_strong), 1) + (1.9 if del_act and del_noun else 0.0) + (
        1.0 if any(has(lexicon.DELETE_ACT, w) for w in (verb,)) else 0.0)  # fmt: skip
    if re.search(
        r"\b(?:rm -rf|drop table|truncate table|force[- ]push(?:es|ed|ing)?|git push --force|factory[- ]reset|mkfs|hard[- ]reset|irreversibl[ey]|destructive|back(?:ed)?[- ]?up (?:the )?[\w ]{0,24}before|deletions?|erasure|without a backup|point of no return)\b",
        text,
        re.I,
    ):
        out["deletion"] += 2.6
    access_strong = [w for w in words if has(lexicon.ACCESS_STRONG, w)]
    access_nouns = _hits(found, lexicon.ACCESS_NOUN)
    access_act = any(has(lexicon.ACCESS_ACT, w) for w in words)
    out["access"] = (
        2.0 * min(len(access_strong), 1) + 1.1 * len(access_nouns[:3]) + (1.0 if access_nouns and access_act else 0.0)
    )
    if re.search(
        r"\b(?:verify|verif\w+|confirm|check|prove|establish|validate)\b[^.]{0,40}\b(?:identit(?:y|ies)|who (?:they|the \w+) (?:are|is)|date of birth|account holder|caller is|ownership)\b",
        text,
        re.I,
    ):
        out["access"] += 3.0
    if re.search(
        r"\b(?:access|look (?:up|at|into)|read|open|view|modify|change|edit|query|browse|log ?in|connect|retrieve|act|touch|reach)\b[^.]{0,40}\b(?:other|another|someone else|not (?:their|belong)|outside|beyond|not assigned|unrelated|third[- ]party|unapproved|production|restricted|external)\b",
        text,
        re.I,
    ):
        out["access"] += 2.4
    if re.search(
        r"\b(?:only|solely)\b[^.]{0,50}\b(?:managers?|admins?|administrators?|supervisors?|owners?|staff|employees?|authori[sz]ed \w+|the account holder|logged[- ]in|signed[- ]in|on-call|doctors?|nurses?|approvers?)\b[^.]{0,20}\b(?:may|can|should|must|is|are)\b",
        text,
        re.I,
    ):
        out["access"] += 1.6
    if re.search(
        r"\bonly (?:call|use|invoke|run|query|connect|visit|browse|fetch|contact)\b[^.]{0,60}\b(?:tools?|apis?|endpoints?|domains?|hosts?|urls?|commands?|functions?|schema|database|allow\w*|approved|listed)\b|\b(?:do not|never|don't|must not|cannot) (?:call|use|invoke|run|visit|browse|fetch|connect to)\b[^.]{0,50}\b(?:tools?|apis?|endpoints?|domains?|hosts?|urls?|shell|commands?|internet|network|websites?)\b",
        text,
        re.I,
    ):
        out["access"] += 2.2
    legal = _hits(found, lexicon.LEGAL_STRONG)
    out["legal_safety"] = 1.5 * min(len(legal), 3)
    if re.search(
        r"\b(?:medical|legal|financial|tax|investment|health|psychological|psychiatric|veterinary|nutritional)\s+(?:\w+\s+){0,2}(?:advice|advise|guidance|opinions?|recommendations?|counsel|diagnos\w+)\b|\b(?:law|statute|regulat\w+|complian\w+|liabilit\w+|self[- ]harm|suicid\w+)\b|\b(?:weapons?|bombs?|explosives?|hate speech|slurs?)\b|\bseek (?:medical|legal|professional|emergency)\b",
        text,
        re.I,
    ):
        out["legal_safety"] += 1.8
    if re.search(
        r"\b(?:smells? (?:of )?gas|smoke|leave the building|chest pain|not breathing|call (?:911|112|999|an ambulance)|emergency services|poison control|in danger)\b",
        text,
        re.I,
    ):
        out["legal_safety"] += 2.6
    style = _hits(found, lexicon.STYLE_STRONG)
    out["style"] = 0.8 * min(len(style), 4)
    if (
        re.search(
            r"\b(?:be|sound|stay|remain|act|write|speak|respond|reply|answer|talk|use|address|keep)\b", text, re.I
        )
        and style
    ):
        out["style"] += 1.0
    return out


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
    enforceable, mechanism = _enforceability(best, main if not lead else f"{lead} {main}", text)
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
    verb = _main_verb(main)
    adjusted = dict(scores)
    for name, words in (("deletion", lexicon.DELETE_STRONG), ("money", _PURE_MONEY), ("disclosure", lexicon.LEAKS), ("access", lexicon.ACCESS_STRONG)):  # fmt: skip
        if verb and has(words, verb):
            adjusted[name] += 2.0
    if verb and has(lexicon.DELETE_ACT, verb) and scores["deletion"] >= 1.9:
        adjusted["deletion"] += 1.5
    if verb and has(lexicon.TELL, verb) and scores["disclosure"] >= 1.5 and not has(_PURE_MONEY, verb):
        adjusted["disclosure"] += 0.8
    return max(order[:-1], key=lambda k: (adjusted[k], -order.index(k)))


_PURE_MONEY: Words = frozenset(
    [
        "refund",
        "charge",
        "pay",
        "reimburse",
        "discount",
        "compensate",
        "waive",
        "spend",
        "debit",
        "credit",
        "purchase",
        "buy",
        "invoice",
        "bill",
        "tip",
    ]
)


def _main_verb(text: str) -> str:
    for w in tokens(text):
        if w in ("do", "make", "be", "have", "need", "please", "only", "ensure", "let", "get"):
            continue
        if has(lexicon.VERBS, w) and w not in lexicon.NOT_VERBS:
            return w
    return ""


def enforceability(consequence: str, text: str, lead: str, *, hard: float) -> tuple[str, str]:
    """(hard-possible | soft-only, mechanism) of a rule: `hard` is the learned probability that a program can decide it."""
    kind, mechanism = _enforceability(consequence, f"{lead} {text}" if lead else text, text)
    if kind == "soft-only" and hard >= 0.7:
        return "hard-possible", "output-pattern" if consequence in ("style", "disclosure") else "tool-policy"
    if kind == "hard-possible" and hard < 0.3:
        return "soft-only", "measured"
    return kind, mechanism


def _enforceability(consequence: str, main: str, text: str) -> tuple[str, str]:
    """(hard-possible | soft-only, mechanism) of a rule of a class; the mechanism names the enforcement point."""
    words = tokens(main)
    found = phrases([w for w in words if re.match(r"[\w$€£]", w)])
    verb = _main_verb(main)
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
