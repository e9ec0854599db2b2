"""Other ways of saying a thing, brought to the one form that the grammar reads."""

# ruff: noqa: E501

import re
from functools import lru_cache

_UNIT = r"(?P<u>words|sentences|paragraphs|characters|bullets|bullet points|items|lines|emojis?|links|questions|examples|sections|headings|tables)"


# other ways to say the same, written as the grammar knows them
CONTRACTIONS = (
    (re.compile(rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|may|has to|is to|needs to|can) (?:not exceed|never exceed|not be (?:more|higher|greater) than|be (?:at most|no more than|limited to)|stay (?:under|below|within)) (?P<n>\w+)", re.I), r"use at most \g<n> \g<u>"),
    (re.compile(rf"\b(?:the |a )?(?:number|count|amount|total(?: number)?) of {_UNIT} (?:must|should|has to|is to|needs to) (?:not (?:be (?:less|fewer|lower) than|fall below)|be (?:at least|no (?:less|fewer) than)|reach) (?P<n>\w+)", re.I), r"use at least \g<n> \g<u>"),
    (re.compile(r"\b(?:is|are) part of (every|each|all)\b", re.I), r"must be included in \1"),
    (re.compile(r"^(?:the )?(?:users?|customers?|clients?|guests?|callers?|people|players?|patients?|students?) (?:may|can|might|will|often|sometimes)\b[^.;]*?,? but (?:you |please )?(?=\w)", re.I), ""),
    (re.compile(r"^act as (?:if|though) you (?:are|were) (?:a )?human\b(?: \w+)?", re.I), "pretend to be a human"),
    (re.compile(r"^(?P<s>(?:your|the|these|this) (?:system |initial )?(?:instructions?|prompts?|rules|guidelines)) (?:is|are) (?:strictly |always )?(?:confidential|secret|private)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"^(?:your|the|all|any) code (?:has|contains|carries|gets|comes with)\b", re.I), "write code with"),
    (re.compile(r"^(?P<s>[^,;:]{3,60}?) only (?:after|once|if|when) the (?:user|customer|client|guest|caller|patient|player) (?:has |have )?(?:explicitly )?(?:confirm|approve|agree|consent)(?:s|d|ed)?(?: it| this| to it| that)?(?=[.;,]|$)", re.I), r"do not \g<s> without confirmation"),
    (re.compile(r"^(?:all |the )?(?P<s>weights?|distances?|measurements?|temperatures?|lengths?|sizes?|heights?|prices?|amounts?|dates?|times?|numbers?|currencies) (?:is|are) (?:always )?(?:given |shown |written |stated |expressed |quoted )?(?=in |as )", re.I), r"always give \g<s> "),
    (re.compile(r"^it(?:['’]s| is) (?:good|best|better|nice|great|helpful|preferable|recommended|advisable|a good idea|good practice|best practice) to\b", re.I), "try to"),
    (re.compile(r"^it(?:['’]s| is) (?:important|essential|vital|crucial|critical|imperative|mandatory|required|necessary) (?:to|that you)\b", re.I), "always"),
    (re.compile(r"^(?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can),?\s", re.I), "preferably "),
    (re.compile(r",? (?:if|when|where|whenever|wherever) (?:at all )?(?:possible|feasible|practical|you can)\b(?=\s*[.;,]|\s*$)", re.I), " where you can"),
    (re.compile(r"\bcomes? with\b", re.I), "includes"),
    (re.compile(r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|may) (?:never|not) (?:learn|know|find out|reali[sz]e|discover|suspect|notice)\b", re.I), "never reveal"),
    (re.compile(r"^(?:the )?(?:user|customer|client|caller)s? (?:must|should|has to|have to) (?:always )?(?:see|get|receive|learn|know)\b", re.I), "always show"),
    (re.compile(r"\bnot (?:a single|one single)\b", re.I), "no"),
    (re.compile(r"\bgo(?:es)? (first|last)\b", re.I), r"comes \1"),
    (re.compile(r"\bround off\b", re.I), "end"),
    (re.compile(r"\blet (each|every|all|your) (\w+) (begin|start|end|open|close|finish)\b", re.I), r"\3 \1 \2"),
    (re.compile(r"\b(not|never) (?:try|attempt|offer) to\b", re.I), r"\1"),
    (re.compile(r"\bmake use of\b", re.I), "use"),
    (re.compile(r"\b(?:keep|stay|remain) (?:quiet|silent) (?:about|on)\b", re.I), "never mention"),
    (re.compile(r"^(?P<s>[^,;:]{3,60}?) (?:must|should|has to|have to|is to|are to|is|are)(?: always)?(?: be)? kept (?:secret|confidential|private|hidden)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"\bkeep (?P<s>(?:the |your |all |any )?[\w ]{3,40}?) (?:secret|confidential|private|hidden)\b", re.I), r"never reveal \g<s>"),
    (re.compile(r"\b(i)['’]m\b", re.I), r"\1 am"),
    (re.compile(r"\b(use|in|speak|to|with|adopt) (?:whatever|whichever) language\b[^,.;]*", re.I), r"\1 the language of the user"),
    (re.compile(r"\b(response|reply|answer) body\b", re.I), r"\1"),
    (re.compile(r"\b(nothing|none|no one)(?: else)? (?:except|other than|apart from|besides|beyond|save)(?: for)?\b", re.I), r"\1 but"),
    (re.compile(r"\b(can)not\b", re.I), r"\1 not"),
    (re.compile(r"\b(ca|wo|sha)n['’]t\b", re.I), lambda m: {"ca": "can", "wo": "will", "sha": "shall"}[m.group(1).lower()] + " not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|must|should|would|could|has|have|had|need|may|might)n['’]t\b", re.I), r"\1 not"),
    (re.compile(r"\b(you|we|they)['’]re\b", re.I), r"\1 are"),
    (re.compile(r"\b(you|we|they|i)['’]ve\b", re.I), r"\1 have"),
    (re.compile(r"\bdont\b", re.I), "do not"),
    (re.compile(r"\b(?:under|in) no (?:circumstances?|cases?|event|situation)\b(?: (?:should|must|may|can|do) (?:you|the \w+|it))?|\bat no (?:time|point)\b(?: (?:should|must|may|can) you)?|\bon no account\b(?: (?:should|must|may) you)?|\bby no means\b", re.I), "never"),
    (re.compile(r"\bmustnt\b", re.I), "must not"),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def expand(masked: str) -> str:
    """Write contractions out, and "under no circumstances" as "never"."""
    for pattern, replacement in CONTRACTIONS:
        masked = pattern.sub(replacement, masked)
    return masked
