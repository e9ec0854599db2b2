# ruff: noqa: E501 (patterns read better whole)
"""Turns of phrase that say what a violation would bring about, beside the single words of the lexicon.

One row a sign: its class, its weight, what else must be true of the sentence (`needs`, a fact that `consequence` finds),
and the pattern.
"""

import re

import msgspec


class Sign(msgspec.Struct, frozen=True):
    """A pattern that adds `weight` to a class where the sentence also has the fact `needs` ("": always)."""

    consequence: str
    weight: float
    needs: str
    pattern: re.Pattern[str]


def _sign(consequence: str, weight: float, needs: str, pattern: str) -> Sign:
    return Sign(consequence, weight, needs, re.compile(pattern, re.I))


_PERSON = r"(?:guest|customer|patient|client|user|employee|student|tenant|member|donor|caller|resident|passenger|applicant|colleague|subscriber|person|people|child|parent|driver|buyer|seller)s?"
_AMOUNT = r"[$€£]\s?\d|\b\d+(?:[.,]\d+)?\s?(?:usd|eur|gbp|dollars?|euros?|pounds)\b"

SIGNS: tuple[Sign, ...] = (
    # of somebody else, to somebody else
    _sign("disclosure", 1.8, "weak told", r"\b(?:other|another|third[- ]part\w+|anyone|outside|outsiders?|unauthori[sz]ed|public(?:ly)?|competitors?|strangers?|someone else)\b"),
    # kept to oneself
    _sign("disclosure", 2.2, "", r"\b(?:keep|remain|stay|treat|is|are|be|held?)\b[^.]{0,40}\b(?:confidential|secret|private|to yourself|internal|under wraps|anonymous)\b|\bin (?:strict )?confidence\b"),
    # how the assistant itself is made
    _sign("disclosure", 1.5, "tell", r"\bhow (?:you|the (?:bot|assistant|model)) (?:work|were|are|was|is)\b|\byour (?:configuration|rules|training|system|prompt|tools)\b"),
    # one person's things told to another
    _sign("disclosure", 2.6, "tell or strong", rf"\b(?:tell|say|confirm|reveal|disclose|share|show|discuss|mention|give|read|identify|list|name)\w*\b[^.]{{0,60}}\b(?:other|another|who else|someone else)\b[^.]{{0,12}}\b{_PERSON}\b|\b{_PERSON}'?s?'?\b[^.]{{0,50}}\b(?:off[- ]limits|not|never)\b[^.]{{0,30}}\b(?:anyone|outside|others|third part)"),
    _sign("disclosure", 1.5, "act", r"\b(?:card|payment) (?:number|details)\b|\bcvv\b"),
    # an amount
    _sign("money", 1.6, "", _AMOUNT),
    # a transfer of money, not of a call
    _sign("money", 2.0, "", rf"\A(?=.*\btransfer\b)(?s:.*)(?:{_AMOUNT}|\b(?:funds?|money|balance|amounts?|account|iban|payees?|beneficiar\w+|wire|bank|points|wallet)\b)"),
    _sign("deletion", 2.6, "", r"\b(?:rm -rf|drop table|truncate table|force[- ]push(?:es|ed|ing)?|git push --force|factory[- ]reset|mkfs|hard[- ]reset|irreversibl[ey]|destructive|back(?:ed)?[- ]?up (?:the )?[\w ]{0,24}before|deletions?|erasure|without a backup|point of no return)\b"),
    # who somebody is
    _sign("access", 3.0, "", r"\b(?:verify|verif\w+|confirm|check|prove|establish|validate)\b[^.]{0,40}\b(?:identit(?:y|ies)|who (?:they|the \w+) (?:are|is)|date of birth|account holder|caller is|ownership)\b"),
    # what is not one's own
    _sign("access", 2.4, "", r"\b(?:access|look (?:up|at|into)|read|open|view|modify|change|edit|query|browse|log ?in|connect|retrieve|act|touch|reach)\b[^.]{0,40}\b(?:other|another|someone else|not (?:their|belong)|outside|beyond|not assigned|unrelated|third[- ]party|unapproved|production|restricted|external)\b"),
    # people of a role alone
    _sign("access", 1.6, "", r"\b(?:only|solely)\b[^.]{0,50}\b(?:managers?|admins?|administrators?|supervisors?|owners?|staff|employees?|authori[sz]ed \w+|the account holder|logged[- ]in|signed[- ]in|on-call|doctors?|nurses?|approvers?)\b[^.]{0,20}\b(?:may|can|should|must|is|are)\b"),
    # tools and places that may be called
    _sign("access", 2.2, "", r"\bonly (?:call|use|invoke|run|query|connect|visit|browse|fetch|contact)\b[^.]{0,60}\b(?:tools?|apis?|endpoints?|domains?|hosts?|urls?|commands?|functions?|schema|database|allow\w*|approved|listed)\b|\b(?:do not|never|don't|must not|cannot) (?:call|use|invoke|run|visit|browse|fetch|connect to)\b[^.]{0,50}\b(?:tools?|apis?|endpoints?|domains?|hosts?|urls?|shell|commands?|internet|network|websites?)\b"),
    _sign("legal_safety", 1.8, "", r"\b(?:medical|legal|financial|tax|investment|health|psychological|psychiatric|veterinary|nutritional)\s+(?:\w+\s+){0,2}(?:advice|advise|guidance|opinions?|recommendations?|counsel|diagnos\w+)\b|\b(?:law|statute|regulat\w+|complian\w+|liabilit\w+|self[- ]harm|suicid\w+)\b|\b(?:weapons?|bombs?|explosives?|hate speech|slurs?)\b|\bseek (?:medical|legal|professional|emergency)\b"),
    # danger now
    _sign("legal_safety", 2.6, "", r"\b(?:smells? (?:of )?gas|smoke|leave the building|chest pain|not breathing|call (?:911|112|999|an ambulance)|emergency services|poison control|in danger)\b"),
    # how to be or to speak
    _sign("style", 1.0, "style", r"\b(?:be|sound|stay|remain|act|write|speak|respond|reply|answer|talk|use|address|keep)\b"),
)  # fmt: skip
