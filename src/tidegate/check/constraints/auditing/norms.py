# ruff: noqa: E501 (patterns and tables read better whole)
"""Is this clause a norm without a modal?  "No refunds", "limited to 50", "is confidential", "the assistant never reveals"."""

import re

from tidegate.check.constraints.auditing import inflection, lexicon
from tidegate.check.constraints.auditing.inflection import has, tokens
from tidegate.check.constraints.auditing.order import FINITE

_SECRET_BE = re.compile(
    r"\b(?:is|are)\s+(?:strictly|completely|entirely|highly)?\s*(?:confidential|secret|private|internal[- ]only|for internal use|classified|top secret)\b",
    re.I,
)
BOUND = re.compile(
    r"\b(?:maximum|minimum|max|min|limit|cap|ceiling|upper bound|quota|threshold)\b[^.]{0,60}?(?:\bis\b|\bof\b|\bare\b|:|=|\bat\b)\s*(?:\w+\s){0,2}?[$€£]?\d|"
    r"\b(?:no (?:more|fewer|less|later|earlier|longer) than|at most|at least|up to|not exceed(?:ing)?|never exceed(?:ing)?)\b[^.]{0,20}(?:[$€£]?\d|\bone\b|\btwo\b|\bthree\b|\bfour\b|\bfive\b|\bten\b|\ba single\b|\bhalf\b)", re.I
)  # fmt: skip


def norm(_: str, low: str, words: list[str]) -> str:
    """Norms without a modal: prohibitions by "no", bounds, confidentiality, habitual present with never or always."""
    past = re.search(r"\b(?:was|were|had|did|has been|have been)\b", low) is not None
    if not past and re.match(  # noqa: SIM102
        r"(?:absolutely |strictly |definitely )?(?:no|zero|strictly no)\b(?! (?:problem|worries|matter|doubt|one (?:has|knows|was)|longer|idea|thanks))",
        low,
    ):
        if len(words) >= 2 and not re.match(
            r"no\s+(?:\w+\s+){1,4}(?:exists?|found|available|remains?|appeared|occurred|happened|is known|are known)\b",
            low,
        ):
            return "prohibition"
    if not past and re.match(
        r"only\s+(?!a few|some|about|one of|half)(?:\w+[\s,'-]+){1,8}?(?:can|may|should|must|shall|are allowed|is allowed|are permitted|is permitted|get|gets|approve|have|has)\b",
        low,
    ):
        return "exclusive permission"
    if not past and re.search(
        r"\b(?:is|are)\s+(?:\w+(?:ed|en|pt|nt|ld)\s+)(?:only|solely|exclusively)\s+(?:after|if|when|by|with|to|for|in|through|on|upon|once|until)\b",
        low,
    ):
        return "restricted passive"
    if (
        not past
        and len(words) <= 9
        and re.search(r"\bonly$", low.rstrip(" .!"))
        and not any(w in FINITE for w in words)
    ):
        return "fragment with only"
    if not past and re.match(
        r"(?:each|every|all) (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|outputs?) (?!is\b|are\b|was\b|takes?\b|costs?\b|counts?\b|lists?\b)\w+",
        low,
    ):
        return "norm about every answer"
    if not past and _SECRET_BE.search(low):
        return "confidentiality"
    if not past and BOUND.search(low):  # noqa: SIM102
        if re.search(
            r"\b(?:responses?|repl(?:y|ies)|answers?|refunds?|discounts?|credits?|payments?|transfers?|orders?|purchases?|messages?|summar(?:y|ies)|outputs?|limit|cap|ceiling|maximum|minimum|max|min|approval|withdrawals?|spend(?:ing)?|budget|sentences?|words?|characters?|attempts?|retries|length|bookings?)\b",
            low,
        ) and not re.search(
            r"\b(?:contains?|holds?|stores?|has|supports?|ships?|seats?|weighs?|measures?|takes?|contained|averaged?)\b",
            low,
        ):
            return "bound"
    agentish = re.match(
        r"(?:you|we|the (?:\w+ )?(?:assistant|agent|bot|chatbot|model|ai|system|representative|operator|advisor|tutor|staff|tool)|\w+bot|this (?:assistant|agent|bot|tool)|agents|employees|staff|the company|our (?:agents|staff|team|company|policy))\b",
        low,
    )
    if agentish and not past:
        rest = low[agentish.end() :].strip()
        if re.match(r"(?:\w+ly )?(?:never|always|only|do not|don't|does not|doesn't)\b", rest):
            after = [
                t
                for t in tokens(
                    re.sub(r"^(?:\w+ly )?(?:never|always|only|do not|don't|does not|doesn't)\b(?: ever)?", "", rest)
                )
                if re.match(r"\w", t)
            ]
            if (
                after
                and any(v in lexicon.VERBS for v in inflection.lemmas(after[0]))
                and not has(lexicon.STATIVE - {"reflect", "exceed", "return", "contain", "include"}, after[0])
            ):
                return "norm in the present tense"
            if after and after[0] in ("be", "are", "is") and re.match(r"(?:you|we)\b", low):
                return "norm in the present tense"
        if re.match(
            r"(?:refuse|decline|refuses|declines|refrain|refrains|avoid|avoids) (?:to |from |any |all )?", rest
        ):
            return "norm in the present tense"
    if re.match(
        r"(?:it is|it's) (?:your (?:duty|responsibility|obligation)|important|essential|crucial|vital|critical|mandatory|imperative|necessary|forbidden|prohibited|strictly|never|not (?:ok|okay|allowed|permitted|acceptable)|unacceptable)\b[^.]*\b(?:to|that)\b",
        low,
    ):
        return "impersonal obligation"
    if not past and re.search(
        r"\b(?:requires?|needs?)\s+(?:prior |explicit |written |manager(?:'s|ial)? |supervisor(?:'s)? |human |two |dual |a second |a manager's |a supervisor's |the \w+'s )*(?:approval|authori[sz]ation|sign-?off|confirmation|consent|permission|verification|review)\b",
        low,
    ):
        return "approval requirement"
    return ""
