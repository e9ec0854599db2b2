# ruff: noqa: E501  (patterns read best on one line)
"""The words around a number: is it told as following from others, by which operation, and is there doubt of it?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tidegate.check.verify.announced.derivations import Words
from tidegate.check.verify.announced.term import Term

# what tells a number as following from those before it
ANNOUNCES = re.compile(
    r"(?:[,;:.–—(-]\s|^\s*|\band\s|\bbut\s)(?:that|this|it|which)(?:'s|'ll|\s[a-z]+s|\swill|\sworks out)\b(?! (?:of|from|in))|\byou(?:'re| are) (?:looking at|getting|down to|left with|up to|at)\b|\bso\b(?!\s(?:far|that|long|much|many)\b)|\bthat(?:'s| is| was| makes| gives| means| leaves| comes| works| adds| amounts| would be|'d be|'ll be| will be| puts| brings| equals| totals| costs| takes)\b|\bi\.\s?e\.,?|(?:,\s|^\s?)which (?:is|are|was|means|makes|gives|works|comes|adds|amounts|leaves|puts|brings|equals|totals|would be|will be|takes|costs|corresponds|translates)\b|\b(?:giving|making|leaving|totall?ing|yielding|bringing|meaning|amounting|pocketing|saving|costing|for a total of|for a combined|hence|thus|therefore|in other words|altogether|in total|in all|this (?:means|makes|gives|is|leaves|works|comes|adds|amounts|brings|equals|totals))\b|=>|→|⇒|⟹|≈|\\approx|\\Rightarrow|\bor\s(?:about |roughly |just )?(?:\$|€|£)?$|\bworks? out\b|\bcomes? to\b|\bcomes? out\b|\badds? up to\b|\bamounts? to\b|\byou(?:'ll| will|'d| would)\s[a-z]+|\bputs\b|\b(?:total|sum|average|mean|difference|ratio|bill|result|remainder|balance|profit|margin|gain|proportion|fraction|share|answer|cost|product)\s(?:is|are|was|of|comes|becomes|will be|would be|=|works|amounts|equals)|\bbrings?\b|\bleaves?\b|\bon average\b",
    re.I,
)

# the same, behind the number
AFTERWARDS = re.compile(
    r"\s(?:in total|in all|altogether|together|combined|overall|left|remain(?:ing)?|on average)\b(?=\s*(?:[.,;:)–—!]|$|(?:and|before|for|so|with|per|after|in|to|well|over|at)\b))",
    re.I,
)

# a verb of which a number at the end of its sentence is the object: weaker, for facts are told so too
VERBED = re.compile(
    r"\b(?:needs?|costs?|takes?|uses?|pays?|holds?|stores?|lasts?|gives?|yields?|earns?|sav(?:es?|ed)|requires?|covers?|produces?|contains?|makes?|reach(?:es)?|equals|spends?|consumes?|handles?|processes|delivers?|generates?|fits?|want|have|has|had|find|get|gets|see|pay|owes?|buys?|are|is|was|moving at|travels?|occupies|draws?|adds?|means|accounts? for|consumes|emits?|wastes?|works out|lands? at|ends? up|sits? at|runs?|burns?|amounts|fills?|loses?|dissipates|needed|clears?|sets? (?:you|us|him|her|them) back|weighs?|charges?)\b(?:\s(?!and\b|or\b|per\b|each\b|with\b|of\b|from\b|but\b|than\b)[a-z']+){0,4}?\s(?:(?:about|approximately|roughly|around|nearly|almost|only|just|exactly)\s)?\(?[$€£≈~]?$",
    re.I,
)

# a quantity named beside the others, not drawn from them
BESIDE = re.compile(
    r"(?:\b(?:with|and|under|from|or|plus|against|versus|by|for|over|in|per|between|than|whose|having|like|including|through)\b(?:\s(?:an?|the|its|another|about|roughly|of))*(?:\s[a-z\-]+){0,2}|[,;(\"]\W*(?:[a-z\-]+\s){0,2})\s?(?:of\s|is\s|at\s)?[$€£(]?$",
    re.I,
)
# a quantity between dashes, in brackets or behind a colon
DASHED = re.compile(
    r"(?:\s[—–-]\s|:\s|\(|;\s)(?:i\.e\.,?\s|about\s|roughly\s|or\s|≈\s?|~|that's\s|a\s|an\s|the\s)*(?:[a-z\-]+\s){0,4}?(?:of\s|is\s|at\s|about\s|roughly\s|to\s)*[$€£]?$"
)

# inside `since …`, `if …` a number is a premise
GIVEN = re.compile(
    r"(?:^\W*(?:and\s|but\s|now,?\s)?|[,;]\s)(?:since|because|as|given|if|when|suppose|assuming|while|although)\b(?:(?!,\s).)*$",
    re.I | re.S,
)

# the same quantity again, in another unit
ALIKE = re.compile(r"^\W*(?:in other words|i\.?e\.?,?|that is,?|that's|which is|or|so)\s(?:about\s|roughly\s)?$")

# subtract $30 from the total cost of $64
REFERS = re.compile(
    r"\b(?:subtract|divide|multiply|deduct|adding|subtracting|dividing|multiplying)\b|^\W*(?:(?:then|now|we|so|next|and|finally|first),?\s)*add\b|\b(?:from|by|to|into|than|with|under|over|above|below|within)\s(?:the|his|her|their|your|our|this|that|its)\b[^,;]*$",
    re.I,
)

OF_THEM = re.compile(r"\s(?:out )?of\s(?:them|these|those|the|which|our|my|your|her|his|their)\b")

VERBLIKE = re.compile(r"\b(?:it|you|we|they|that|each|he|she|there|[a-z]+s|will|can)\b")

# so 5 red cars cost 5 × $4: what has the verb is given, not found
SUBJECT = re.compile(
    r"\s(?:[a-z]+\s)?(?:costs?|needs?|takes?|would|will|can|weighs?|has|have|is|are|gives?|makes?|contains?|holds?|uses?|requires?|earns?|pays?|produces?|covers?)\b"
)
# after 4 seconds it's moving at 12 m/s: the sentence goes on from the one before
OPENS = re.compile(
    r"\s*(?:So,?\s|Thus,?\s|Hence,?\s|Therefore,?\s)?(?:After|In|Over|Within|For|At|With|During|Every|By|Across|On)\s"
)

# words that could mean another relation
DOUBT = re.compile(
    r"\b(?:at least|at most|(?<!add )(?<!adds )(?<!went )(?<!goes )(?<!it )up to|more than|less than|no more than|fewer than|max(?:imum)?|minimum|unless|most people|so with (?:the )?[a-z]+ (?:you|we|it|they|he|she|the|that)|but|limit\w*|rated|rating|efficien\w*|friction\w*|drag|parallel|peak|fuse|breaker|instead|respectively|between|respective|twice|double[sd]?|half|halv\w+|triple[sd]?|quarter|thirds?|otherwise|overhead|except|excluding|includ\w+|the (?:second|third|last|next)|original\w*|initial\w*|previous\w*|typical\w*|usually|not|n't|never|without|depend\w*|range\w*|could|might|may|such as|e\.g\.|for example|compound\w*|squared?|cubed?|root|log|power of|per cent of|odds|every other|alternate|round trip|both ways|however|in use)\b|\?|±|n't\b|[<>≤≥]",
    re.I,
)

TAIL_DOUBT = re.compile(
    r"\s?(?:or (?:more|less|so)|if\b[^.;\n]*\d|for (?:both|all|two|three|four|five|six|\d)|unless|at (?:most|least)|more than|less than|times\b|(?:more|fewer|less)\b(?! in total)|\?|[-–]\s?\d|±|\bto \d)"
)

LEFT = re.compile(r"^[^.;\n]*?\b(?:left|remain\w*|still|spare)\b")
ANOTHER = re.compile(r"\b(?:another|additional|further)\b")
EXTRA = re.compile(
    r"^[^.;\n]*?\b(?:overhead|loss(?:es)?|in practice|includ\w+|realistic\w*|breaks|stops|waste|(?:with|plus|after)\s(?:[a-z]+\s)?(?:tax(?:es)?|shipping|VAT|fees?|tips?|delivery|interest))\b"
)

ADDS = re.compile(
    r"\b(?:total\w*|altogether|in all|sum|sums|combined|together|adds? up|adding|plus|overall|brings?|making|in total|all told|all in|both)\b",
    re.I,
)

TAKES = re.compile(
    r"\b(?:left|remain\w*|leav\w+|differen\w+|span\w*|rang\w+|already|net|profit|gain|gained|loss|lost|saved?|saving|savings|change|more|less|fewer|extra|longer|shorter|faster|slower|taller|older|younger|cheaper|usable|free|spare|headroom|short|still|subtract\w*|minus|take away|deduct\w*|rest|after|margin|budget|gap|ahead|behind|lead|drops?|rises?|rose|fell|grew|cut|increase\w*|decrease\w*)\b",
    re.I,
)

MEANS = re.compile(r"\b(?:average|mean|averages|averaging|midpoint|midway|halfway)\b", re.I)

CHANGES = re.compile(
    r"\b(?:increase\w*|decrease\w*|rise|rose|risen|rising|fall|fell|drop\w*|grow\w*|grew|growth|cut\w*|improve\w*|reduc\w*|higher|lower|more|less|fewer|faster|slower|cheaper|change\w*|gain\w*|loss|lost|jump\w*|up|down|saving\w*|saves?|speedup|from)\b",
    re.I,
)

OFF = re.compile(
    r"\b(?:off|discount\w*|reduc\w*|less|cheaper|lower\w*|drop\w*|fell|falls?|decreas\w*|loss|loses?|lost|losing|sale|rebate|cut\w*|waste\w*|efficien\w*|shrink\w*|below|under)\b",
    re.I,
)

ON = re.compile(
    r"\b(?:tax\w*|vat|tips?|gratuity|interest|increas\w*|rais\w*|rose|rises?|grow\w*|grew|gain\w*|markup|marked up|premium|surcharge|more|higher|fee|headroom|margin|overhead|buffer|extra|above|on top|service charge|spare|contingency)\b",
    re.I,
)

REST = re.compile(
    r"\b(?:rest|remain\w*|left|leav\w+|other\w*|not|n't|without|surviv\w*|pass\w*|miss\w*|unused|free|still|fail\w*|n't)\b",
    re.I,
)

ROUND = re.compile(r"\b(?:perimeter|fenc\w+|all the way round|around the|border|edging|circumference|enclose)\b", re.I)

ANY = Words(add=True, subtract=True, mean=True, share=True, change=True, off=True, on=True, rest=True, around=True)


def announces(text: str, terms: Sequence[Term], k: int, start: int, end: int) -> str:
    """How the k-th term of the sentence text[start:end] is told: `said` to follow, by a `verb`, `last` of all, or not at all."""
    term = terms[k]
    lead = text[terms[k - 1].end if k else start : term.start]
    tail = text[term.end : terms[k + 1].start if k + 1 < len(terms) else end]
    if (
        len(lead) >= 140
        or term.attributive
        or OF_THEM.match(tail)
        or (k + 1 < len(terms) and SUBJECT.match(tail))
        or (term.percent and tail[:4] == " of ")
        or REFERS.search(lead)
        or GIVEN.search(text[start : term.start])
    ):
        return ""
    if (
        ANNOUNCES.search(lead)
        or AFTERWARDS.match(tail)
        or (k > 0 and (term.percent or any(a[0] != "#" for a in term.kind)) and DASHED.search(lead))
    ):
        return "said"
    closes = k + 1 == len(terms) or tail[:1] in ",.;:)" or tail[:2] in (" (", " –", " —")
    if closes and k > 1 and ANNOUNCES.search(text[terms[k - 2].end : terms[k - 1].start]) and VERBLIKE.search(lead):
        return "said"
    if not closes or len(lead) >= 100:
        return ""
    return "verb" if VERBED.search(lead) else "last" if k > 1 and BESIDE.search(lead) is None else ""


def words_around(text: str, start: int, terms: Sequence[Term], k: int, sentence: tuple[int, int]) -> Words:
    """Which operations the words from `start` to behind the k-th term of its sentence allow."""
    term = terms[k]
    lead = text[terms[k - 1].end if k else sentence[0] : term.start]
    tail = text[term.end : min(term.end + 40, terms[k + 1].start if k + 1 < len(terms) else sentence[1])]
    said, near = text[start : term.start], f"{lead} {tail}"
    return Words(
        add=ADDS.search(near) is not None,
        subtract=TAKES.search(said) is not None or TAKES.search(tail) is not None,
        mean=MEANS.search(near) is not None,
        share=term.percent,
        change=term.points or (term.percent and CHANGES.search(near) is not None),
        off=OFF.search(said) is not None,
        on=ON.search(said) is not None,
        rest=REST.search(near) is not None,
        around=ROUND.search(said + tail) is not None,
    )


EACH = re.compile(r"\b(?:each|per|every\w*|average|apiece|a head|mean)\b", re.I)


def shared(text: str, start: int, term: Term) -> bool:
    """Whether the result is said to be of one of several."""
    return EACH.search(text[start : term.end + 24]) is not None


def doubtful(text: str, start: int, term: Term, shown: str) -> bool:
    """Whether words between `start` and the end of the sentence could mean another relation than the one shown."""
    if DOUBT.search(text, start, term.start) or TAIL_DOUBT.match(text, term.end, term.end + 60):
        return True
    if EXTRA.search(text[term.end : term.end + 60]):
        return True
    if " + " not in shown and ANOTHER.search(text, start, term.start):
        return True
    return " − " not in shown and LEFT.search(text[term.end : term.end + 40]) is not None
