"""What a reviewer said: accepted, rejected with a reason, or rejected without one.

A rejection that cites nothing gives the worker nothing to change; it is a protocol error, bounced
once.  Words are looked at first; an answer of a review tool may also be a verdict in JSON.
"""

import re
from functools import lru_cache
from typing import Literal

Review = Literal["", "bare", "reasoned", "accepted"]

REJECTION = re.compile(
    r"\b(?:reject(?:ed|ing|ion)?|not (?:yet )?(?:good(?: enough)?|acceptable|accepted|approved|satisf\w+|correct|"
    r"right|ok(?:ay)?|there(?: yet)?|"
    r"sufficient|adequate|convinc\w+|enough|passing|valid)|denied|declined|try (?:it )?(?:again|harder)|redo|"
    r"re-?do|^\W*again\W*$|"
    r"do (?:it|that) (?:over|again)|start over|insufficient|inadequate|unacceptable|fail(?:s|ed|ing)?|"
    r"no[,.!]? (?:again|redo)|"
    r"needs? (?:\w+ )?(?:work|improve\w*|revision|changes?)|incorrect|wrong|unsatisf\w+|dissatisf\w+|disapproved?|"
    r"verdict:? (?:fail\w*|no|reject\w*)|"
    r"revise|rework|does(?: not|n't) (?:pass|meet|work|convince|satisfy|cut it)|(?:is|are)n't (?:good|right|"
    r"acceptable|enough|there)|"
    r"falls? short|below (?:the )?(?:bar|standard|expectations?)|could be better|do better|improve (?:it|this)|"
    r"poor|nope|bad)\b|^\W*no\W*$",
    re.I,
)
REASON = re.compile(
    r"\b(?:because|since|due to|as the|missing|expected|should (?:be|have|say|use|include|cite)|must (?:be|have|"
    r"say|use|include|cite)|line \d+|"
    r"section|paragraph|criteri(?:on|a)|instead of|lacks?|without (?:a|any|the)|contradicts?|omits?|covers? |"
    r"covered|mention(?:s|ed)?|"
    r"does(?: not|n't) (?!pass|meet the (?:bar|standard)|work|convince|satisfy|cut)\w+|did(?: not|n't) \w+|add|"
    r"remove|replace|change (?:the|it)|"
    r"fix the|cite|evidence|source|step \d+|row \d+|for example|e\.g\.|rule|requirement|too (?:long|short|vague|"
    r"broad|many|few))\b"
    r"|[#:]\s*\d|\d{2,}|\n\s*[-*\d]",
    re.I,
)
ACCEPTANCE = re.compile(
    r"\b(?:approved?|accept(?:ed)?|pass(?:ed|es)?|looks? good|lgtm|well done|great|perfect|ship it|correct)\b", re.I
)
REVIEW_TOOL = re.compile(r"review|verif|critic|critique|judge|approv|validat|evaluat|assess|feedback|grade|referee|inspect|audit|check_(?:answer|draft|result|work)|"  # noqa: E501
                         r"submit_(?:for_)?(?:\w*review|draft|answer|approval)", re.I)  # fmt: skip
NEGATIVE_JSON = re.compile(
    r'"(?:approved|accepted|passed|pass|valid|ok|success|satisfied|correct|is_\w+)"\s*:\s*false|'
    r'"(?:verdict|status|decision|result|outcome|review)"\s*:\s*"(?:fail\w*|reject\w*|no|denied|not[_ ]approved|revise|needs[_ ]\w+|declined)"',  # noqa: E501
    re.I,
)
FILLED_JSON = re.compile(
    r'"(?:reasons?|feedback|comments?|message|issues|criteri\w+|details?|explanation|failed_\w+|errors?|notes?)"\s*:\s*(?:"(?P<words>[^"]*)"|\[\s*[^\]\s])',
    re.I,
)


def review_of(text: str) -> Review:
    """What a reviewer's words are; "" when they are no review."""
    head = text[:2000]
    if NEGATIVE_JSON.search(head):
        for field in FILLED_JSON.finditer(head):
            words = field["words"]
            if words is None or (words.strip() and not bare_rejection(words)):
                return "reasoned"
        return "bare"
    if REJECTION.search(head[:600]) is None:
        return "accepted" if len(head) < 200 and ACCEPTANCE.search(head) else ""
    return "bare" if bare_rejection(head) else "reasoned"


def bare_rejection(text: str) -> bool:
    """Whether words reject without saying why: short, a rejection, and no reason in them."""
    words = text.split()
    return 0 < len(words) <= 25 and REJECTION.search(text) is not None and REASON.search(text) is None


@lru_cache(maxsize=1024)
def is_review_tool(tool: str) -> bool:
    """Whether a tool's name says that its answer is a review."""
    return REVIEW_TOOL.search(tool) is not None
