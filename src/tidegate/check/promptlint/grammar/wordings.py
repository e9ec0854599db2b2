"""Wordings of one demand that differ in more than a word, brought to the wording that the grammar reads.

Tried before anything else is read of a sentence: asking for a thing, limits said as what the
reply must fit into, and parts that "contain no …".
"""

# ruff: noqa: E501

import re

_SIZED = r"(?:\d[\d,]*|\w+)-(?:character|word|sentence|line|paragraph)"
_OPEN = r"(?:clarif\w+|confirm\w+|permission|consent|approval|questions?|help|more|further|feedback|advice|details?|anything|something|it|them)\b"
_WHO = r"(?:(?:the |every |each |any |your )?(?:user|customer|client|guest|caller|patient|visitor|member)s?|them|people|anyone|everyone)"
WORDINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    # "first" and "before anything else" say when to ask, not whether
    (re.compile(r"^(?P<a>(?:always |please |you must |kindly )?(?:ask|request|demand|collect)\b[^,;]*?)(?:,? (?:right )?first(?: of all)?)?,? (?:before|ahead of) (?:anything|everything|all) else(?=\s*[.;]|$)", re.I), r"\g<a>"),
    (re.compile(r"^(?P<a>(?:always |please |you must |kindly )?(?:ask|request|demand|collect) (?:for )?[^,;]*?),? (?:right )?first(?: of all)?(?=\s*[.;]|$)", re.I), r"\g<a>"),
    (re.compile(rf"\bask (?:{_WHO} )?for (?!(?:an? |the |any |some |their |more )?{_OPEN})", re.I), "request "),
    (re.compile(rf"^(?P<a>always |please )?(?:start|begin|open)(?: off)? (?:by|with) asking (?:{_WHO} )?for (?!(?:an? |the |any |some |their |more )?{_OPEN})", re.I), r"\g<a>request "),
    (re.compile(rf"\basking (?:{_WHO} )?for (?!(?:an? |the |any |some |their |more )?{_OPEN})", re.I), "requesting "),
    (re.compile(r"\bover-? ?apologi[sz](?P<e>e|ing)\b", re.I), r"apologiz\g<e> excessively"),
    (re.compile(r"\b(?P<v>act|decide|proceed|begin|start|move|answer|reply|respond) at once\b", re.I), r"\g<v> immediately"),
    # a limit said as the thing that the reply must fit into
    (re.compile(r"\b(?:fit|fits) (?:easily |comfortably )?(?:in|into|within|on|inside) (?:an? |one )?(?:single )?[\w -]{2,20}? of (?:at most |up to |max(?:imum)? )?(?P<n>\d[\d,]*) (?P<u>characters|words|lines|sentences)\b", re.I), r"be at most \g<n> \g<u>"),
    (re.compile(rf"(?P<a>\b{_SIZED} (?:\w+ )?\w+),? (?:reproduced |quoted |given |printed |shown |copied |repeated )(?:in full|word for word|verbatim|unabridged|completely|entirely)", re.I), r"\g<a>"),
    # what a kind of text "contains no" is kept out of it
    (re.compile(r"^(?P<x>(?:explanation|description|introduction|conclusion|greeting|comparison|definition|walkthrough)s|summaries) (?:must |should |may )?(?:contain|have|include|carry|use|show) no (?P<y>[\w -]{3,40}?)(?=\s*[.;]|$)", re.I), r"do not include \g<y> in \g<x>"),
    (re.compile(r"^no (?P<y>code|tables?|links?|emojis?) in (?P<x>explanations|descriptions|summaries|greetings|comparisons)(?=\s*[.;]|$)", re.I), r"do not include \g<y> in \g<x>"),
)  # fmt: skip
TRIGGER = re.compile(r"\b(?:at once|ask|asking|request|demand|collect|fits?|contain|have|include|carry|use|show|no|over-? ?apologi[sz](?:e|ing))\b|-(?:character|word|sentence|line|paragraph)\b", re.I)  # fmt: skip


def reworded(masked: str) -> str:
    """The sentence in the wording that the grammar reads."""
    if TRIGGER.search(masked):
        for pattern, plain in WORDINGS:
            masked = pattern.sub(plain, masked)
    return masked
