# ruff: noqa: E501  (patterns and messages read best on one line)
"""Does the text assert this claim, or does it quote, deny, ask, suppose or correct it?

A wrong line inside `a common mistake is …`, between quotation marks, before a question mark or
before `no, wait` is not the answer's claim.  One rule for all verifiers of prose: what is not
asserted is never refuted.
"""

from __future__ import annotations

import re

SENTENCE_MAX = 400
STOP = re.compile(r"(?<=[.!?;])[\"”')\]*]*\s+(?=[A-Z0-9\"“'(\\$*`\[−\-¿ء-ي])|(?<=[;])\s+|\n")
BEFORE = re.compile(
    # one look for a boundary, then the words: where each word asks for its own, a search takes eight times as long
    r"\b(?:"
    r"mis(?:take|taken|takenly|conception|print|calculat\w+|count\w*|read\w*)|incorrect(?:ly)?\b|wrong(?:ly)?\b|erroneous(?:ly)?\b|fals(?:e|ely)\b|myth\b|typo\b|"
    r"(?:common|classic|frequent|typical|an?|by|in)\s+(?:(?!standard|relative|absolute|percent|sampling|squared|probable)\w+\s+)?error\b(?!\s(?:rate|bar|budget|margin))|error\s+(?:of|is to|was to|would be)\b|fallac|naive(?:ly)?\b|absurd|impossible\b|contradict|nonsens|"
    r"bug(?:gy)?\b|(?:might|may|could|would)\s+(?:be tempted|think|say|expect|guess|assume|conclude|(?:naively\s+)?write)\b|tempting\b|(?:some|many|most) (?:people|students|sources|textbooks|write|say|claim|answers)\b|"
    r"(?:a|one|the|your|my) (?:student|pupil|user|customer|colleague|draft|intern|previous answer|earlier (?:answer|draft|version))\s+(?:wrote|writes|said|says|claim|got|gave|had|put|answered|stat|report)|"
    r"(?:some|many|most|people|students|children|readers)\s+(?:would\s+|will\s+)?(?:guess|think|say|write|answer|believe|assume|claim|put|get|expect)\b|claim(?:s|ed|ing)? (?:that|to)\b|"
    r"(?:it|this|that) (?:is|was|'s) not (?:true|the case|correct|right)\b|would (?:mean|imply|suggest|give|require|(?:make|have)(?!\s*$|\s+(?:\w+ed|been)\b))\b|you (?:wrote|typed|entered|said|stated|claimed|answered|calculated)\b|"
    r"instead of\b|rather than\b|unlike\b|not equal|never\b|does(?: not|n't)\b|do(?: not|n't)\b|(?:is|are|was) not\b(?!\s+(?:only|just))|(?:is|are|was)n't\b|not\s*[:,]?\s*$|cannot\b|hypothetic|imagin(?:e|ary)\b|pretend|jok(?:e|ing)\b|"
    r"sarcas|if\s+(?:\S+\s+){0,3}$|(?:suppose|supposing|assume|assuming)\b(?:\s+that)?[^,.:;]{0,24}$|used to (?:be|say|read)\b|(?:previously|originally|earlier|formerly) (?:stated|wrote|said|listed|reported|given|claimed)\b"
    r")|n't (?:equal|be|mean)\b|(?:\b(?:if|as though|wish)\b[^,.:;]{0,60}\b|^\s*)were\b[^,.:;]{0,24}$|[❌✗✘]|^\s*(?:>|bad|incorrect|wrong|before|don't|not|error|old|buggy)\s*[:>]",
    re.I,
)
AFTER = re.compile(
    r"^[\s\"”'’`)\]*,$\\]*(?:—|–|-|:|\()?\s*(?:(?:which|that|this|and (?:this|that)|but (?:this|that|it))\s+)?(?:\w+\s+){0,3}?(?:is|are|was|were|'s|would be|seems|looks)\s+(?:\w+\s+){0,3}?(?:wrong|incorrect|false|not (?:\w+ )?(?:correct|right|true|valid|balanced|possible|what)|invalid|impossible|absurd|nonsense|mistaken|erroneous|inconsistent|(?:an?|the|one) (?:\w+ )?(?:mistake|misconception|error|myth|lie|typo|fallacy|bug|contradiction|slip|blunder|trap|joke|slogan|motto|meme|lyric|pun|puzzle|riddle|trick)|unphysical|too (?:high|low|large|small))|"
    r"^[\s\"”'’`)\]*,$\\.]*(?:—|–|-|:|\()?\s*(?:wrong|incorrect|false|nope|not true|not quite|but (?:that|this|it)(?:'s| is) (?:not|wrong)|(?:held|hold|holds) (?:true|then)?|held\b|were true|was true|does not hold|doesn't hold|fails\b|[❌✗✘]|\(sic\)|\[sic\]|or not\b)|"
    r"^[^.!?\n]{0,60}\b(?:is|are) (?:wrong|incorrect|false|invalid|not (?:true|right|correct|valid|balanced|equal))\b|^[^.!?\n]{0,40}\b(?:leads? to|would be|gives?|reach(?:es)?) (?:an? )?(?:contradiction|nonsense|absurd)|^[^.!?\n]{0,30}\bcontradict|^[\s\"”'’`)\]*,$\\.]*(?:as\s+)?(?:would|might|could) (?:suggest|imply|lead|have it|make it seem)",
    re.I,
)
CORRECTED = re.compile(
    r"^[\s\"”'’`)\]*.!?$\\]*(?:—|–|-)?\s*(?:no[,.!:\s—–-]|nope\b|wait\b|hold on|hmm|oops|whoops|sorry\b|correction\b|actually[, ]|scratch that|i mean\b|let me (?:re-?check|correct|fix|redo|re-?calculate|re-?compute|double-check)|"
    r"(?:that|this|it|which)(?:'s| is| was| can't be| cannot be| can not be)\s+(?:\w+\s+){0,2}?(?:wrong|incorrect|false|not right|not correct|not true|right|a mistake|an error|a misconception|mistaken|off|a myth|invalid|impossible)?\s*(?:wrong|incorrect|false|mistake|error|,|\.|—)|(?:that|this) (?:statement|claim|equation|value|figure|number|formula|result|line) is (?:\w+ )?(?:wrong|incorrect|false|not)|"
    r"in (?:fact|reality|truth)|the (?:correct|right|true|actual) (?:answer|value|result|figure|formula|equation|statement|number|state|charge|one)|should be|it should|i made|my (?:mistake|bad))",
    re.I,
)
CHAIN = re.compile(r"^(?:\s*[=≈][\d.,×*/+\-−() ]+)+")
QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“", "‘": "’"}
NOT_RIGHT = re.compile(r"\b(?:that|this|it)(?:'s| is| was) (?:exactly |indeed |quite )?right\b", re.I)


def unasserted(text: str, start: int, end: int) -> str:
    """Why text[start:end] is not the text's own assertion, or nothing."""
    a, b = sentence(text, start, end)
    before, after = text[a:start], text[end:b]
    if _denied(before[-160:]):
        return "the text itself does not assert it"
    if AFTER.search(after[:120]) or AFTER.search(CHAIN.sub("", after[:120])):
        return "the text itself denies it"
    tail = text[b : b + 90]
    if text[end : b + 1].rstrip(" \n\"”')*$\\]").endswith("?"):
        return "it is asked, not asserted"
    rest = (after if CORRECTED.match(after[:60]) else tail).lstrip()
    if CORRECTED.match(rest[:80]) and not NOT_RIGHT.match(rest[:40]) and not _mere_actually(rest):
        return "the text corrects it at once"
    if _quoted(text, start, end):
        return "it is quoted, not asserted"
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].lstrip().startswith(">"):
        return "it is quoted, not asserted"
    if text[max(line, start - 80) : start].count("~~") % 2 and "~~" in text[end : end + 80]:
        return "it is struck out"
    return ""


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence or line that holds the span, bounded in length."""
    low = max(0, start - SENTENCE_MAX)
    a = low
    for found in STOP.finditer(text, low, start):
        a = found.end()
    stop = STOP.search(text, end, min(len(text), end + SENTENCE_MAX))
    b = stop.start() if stop is not None else min(len(text), end + SENTENCE_MAX)
    return a, b


WEAK = re.compile(
    r"^(?:never|cannot|(?:does|do|is|are|was)(?: not|n't)|rather than|instead of|unlike|would \w+|impossible|if\b.*)$",
    re.I,
)


def _denied(before: str) -> bool:
    """Whether a cue of denial reaches the claim: a weak one not past a comma, none past a turn."""
    found = list(BEFORE.finditer(before))
    if not found:
        return False
    between = before[found[-1].end() :]
    if WEAK.match(found[-1].group(0).strip()) and re.search(r"[,;:—]\s", between):
        return len(found) > 1 and not WEAK.match(found[-2].group(0).strip()) and not _turned(between)
    return not _turned(between)


def _turned(between: str) -> bool:
    """`not 12 but …`, `instead of 5 we get …`: the denial ends before the claim."""
    return bool(
        re.search(
            r"\bbut\b(?!\s+(?:not|that)\b)|\bso\b|\btherefore\b|\bthus\b|\bhence\b|\bthe (?:correct|right|true|actual)\b|\bin fact\b|\bactually\b|\bcorrectly\b|\bshould be\b|\bhowever\b|\bso that\b|\bwhile\b|\bwhereas\b|→|=>|\bwe (?:get|have|find|obtain)\b|[✅✓]",
            between,
            re.I,
        )
    )


def _mere_actually(rest: str) -> bool:
    """`In fact, 7 × 8 is even larger` goes on; only a new statement of the same kind corrects."""
    return bool(re.match(r"in (?:fact|reality|truth)|actually", rest, re.I)) and not re.search(r"\d", rest[:80])


def _quoted(text: str, start: int, end: int) -> bool:
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    left, right = (
        text[max(line_start, start - 120) : start],
        text[end : min(end + 120, line_end if line_end >= 0 else len(text))],
    )
    for opening, closing in QUOTES.items():
        at = left.rfind(opening)
        if at < 0 or closing not in right or (opening != closing and closing in left[at:]):
            continue
        if opening == '"' and (left.count('"') % 2 == 0 or (left[at - 1 : at].isdigit() and at > 0)):
            continue  # closed again, or inches
        if opening == "‘" and not re.search(r"(?:^|[\s(])‘", left[max(0, at - 1) : at + 1]):
            continue
        return True
    return False


__all__ = ["sentence", "unasserted"]
