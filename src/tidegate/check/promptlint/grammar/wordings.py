"""Wordings of one demand that differ in more than a word, brought to the wording that the grammar reads.

Tried before anything else is read of a sentence: asking for a thing, limits said as what the
reply must fit into, and parts that "contain no …".
"""

# ruff: noqa: E501

from tidegate.check.promptlint.grammar.rows import Row

_SIZED = r"(?:\d[\d,]*|\w+)-(?:character|word|sentence|line|paragraph)"
_OPEN = r"(?:clarif\w+|confirm\w+|permission|consent|approval|questions?|help|more|further|feedback|advice|details?|anything|something|it|them)\b"
_WHO = r"(?:(?:the |every |each |any |your )?(?:user|customer|client|guest|caller|patient|visitor|member)s?|them|people|anyone|everyone)"
WORDINGS: tuple[Row, ...] = (
    # "first" and "before anything else" say when to ask, not whether
    (r"^(?P<a>(?:always |please |you must |kindly )?(?:ask|request|demand|collect)\b[^,;]*?)(?:,? (?:right )?first(?: of all)?)?,? (?:before|ahead of) (?:anything|everything|all) else(?=\s*[.;]|$)", r"\g<a>"),
    (r"^(?P<a>(?:always |please |you must |kindly )?(?:ask|request|demand|collect) (?:for )?[^,;]*?),? (?:right )?first(?: of all)?(?=\s*[.;]|$)", r"\g<a>"),
    (rf"\bask (?:{_WHO} )?for (?!(?:an? |the |any |some |their |more )?{_OPEN})", "request "),
    (rf"^(?P<a>always |please )?(?:start|begin|open)(?: off)? (?:by|with) asking (?:{_WHO} )?for (?!(?:an? |the |any |some |their |more )?{_OPEN})", r"\g<a>request "),
    (rf"\basking (?:{_WHO} )?for (?!(?:an? |the |any |some |their |more )?{_OPEN})", "requesting "),
    (r"\bover-? ?apologi[sz](?P<e>e|ing)\b", r"apologiz\g<e> excessively"),
    (r"\b(?P<v>act|decide|proceed|begin|start|move|answer|reply|respond) at once\b", r"\g<v> immediately"),
    # a limit said as the thing that the reply must fit into
    (r"\b(?:fit|fits) (?:easily |comfortably )?(?:in|into|within|on|inside) (?:an? |one )?(?:single )?[\w -]{2,20}? of (?:at most |up to |max(?:imum)? )?(?P<n>\d[\d,]*) (?P<u>characters|words|lines|sentences)\b", r"be at most \g<n> \g<u>"),
    (rf"(?P<a>\b{_SIZED} (?:\w+ )?\w+),? (?:reproduced |quoted |given |printed |shown |copied |repeated )(?:in full|word for word|verbatim|unabridged|completely|entirely)", r"\g<a>"),
    # what a kind of text "contains no" is kept out of it
    (r"^(?P<x>(?:explanation|description|introduction|conclusion|greeting|comparison|definition|walkthrough)s|summaries) (?:must |should |may )?(?:contain|have|include|carry|use|show) no (?P<y>[\w -]{3,40}?)(?=\s*[.;]|$)", r"do not include \g<y> in \g<x>"),
    (r"^no (?P<y>code|tables?|links?|emojis?) in (?P<x>explanations|descriptions|summaries|greetings|comparisons)(?=\s*[.;]|$)", r"do not include \g<y> in \g<x>"),
)  # fmt: skip
