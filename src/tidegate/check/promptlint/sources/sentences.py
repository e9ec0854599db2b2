"""Where a sentence ends, and whether it only quotes, exemplifies or tells of the past: such a one binds nothing."""

# ruff: noqa: E501

import re
from functools import lru_cache

from tidegate.check.promptlint.grammar.text import QUOTED

EXAMPLE_OPENING = re.compile(
    r"^\W*(?:(?:here (?:is|are)|this is|the following (?:is|are)|below (?:is|are)|see)\b.{0,40}\b(?:examples?|samples?)\b"
    r"|(?!\s*(?:never|always|no|do|please|avoid|skip|omit|leave|give|include|use|without|add|provide|show|refrain|illustrate|answer"
    r"|list|name|write|mention|offer|put|supply|limit|present|state|insert|produce|describe|explain|start|begin|end|finish|close|each|every|exactly|only|up)\b)(?:an?|another|one|some|the)?\s*(?:\w+[- ]){0,3}(?:examples?|samples?|counter-?examples?)\b(?!\s+(?:must|should|may"
    r"|per|in|are|is|need|at|count|have|has|go|goes|come|comes|stand|stands|belong|belongs|appear|appears|get|gets|follow|run|never|always|can|will|shall|sit)\b)(?:\s+(?:of|from|for)\b[^:]*|\s+\w+)*\s*(?:\d+)?\s*[:.(\x01\"“-]"
    r"|for (?:example|instance)\b|e\.g\.|i\.e\.|such as\b|(?:bad|good|wrong|right|correct|incorrect|don['’]t|before|after)\s*:"
    r"|(?:user|assistant|human|ai|model|customer|agent|bot|q|a|input|output|question|sample \w+|old (?:rule|policy|wording))\s*:"
    r"\s*(?=\S))",
    re.I,
)


CODE_LINE = re.compile(
    r"[;{]\s*$|=>|</\w|\w=\"|^[.@<$#}]\S|^\w+\(.*\)$|^\s*(?:import|const|let|var|def|class|return|function|from|export)\s+\w+.*[=({;]|^\w+\s*[:=]\s*[\[{(]"
)


PAST = re.compile(
    r"\b(?:complained|used to|previously|formerly|in the past(?! tense)|last (?:year|quarter|month|week)|once (?:wrote|said|asked)"
    r"|(?:earlier|old|previous|former|prior|past|legacy) (?:versions?|prompts?|polic(?:y|ies)|rules?|guidelines?|style guides?"
    r"|instructions?|releases?)|was (?:removed|retired|dropped|withdrawn)|no longer (?:applies|apply|valid)|historically)\b",
    re.I,
)


ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|max|min|mr|mrs|ms|dr|st|fig|cf|incl|a\.m|p\.m|P\.P|P\.S))\.$", re.I
)


SENTENCE_END = re.compile(r"[.!?]+[\")”’\]]*(?=\s+[\"“(\[*_`A-Z0-9À-Þ\x7f]|\s*$)|(?<=[。！？])")


@lru_cache(maxsize=10_000)
def is_example_intro(words: str) -> bool:
    """Whether a line that ends in a colon introduces an example."""
    return bool(re.search(r"\b(?:examples?|samples?|for instance|e\.g|like this|looks? like|such as|this format"
                          r"|following (?:format|template|structure|layout))\b", words, re.I))  # fmt: skip


@lru_cache(maxsize=50_000)
def binds_nothing(words: str) -> bool:
    """Whether a sentence only quotes, exemplifies or tells of the past."""
    if EXAMPLE_OPENING.search(words) or CODE_LINE.search(words):
        return True
    bare = QUOTED.sub("", words)
    return bool(PAST.search(bare)) or (not re.search(r"\w{2,}", bare) and bool(QUOTED.search(words)))


@lru_cache(maxsize=50_000)
def sentences(text: str) -> list[tuple[int, int]]:
    """[start, end) of each sentence; quotations are never split, abbreviations end nothing."""
    hidden = QUOTED.sub(lambda m: "\x7f" * (m.end() - m.start()), text)
    out, start = [], 0
    for m in SENTENCE_END.finditer(hidden):
        end = m.end()
        if ABBREVIATION.search(hidden[max(0, m.start() - 8) : m.start() + 1]) and end < len(hidden.rstrip()):
            continue
        if hidden[start:end].strip():
            if re.fullmatch(r"\s*\(?\d{1,2}[.)]", hidden[start:end]):
                continue
            out.append((start, end))
            start = end
    if hidden[start:].strip():
        out.append((start, len(text)))
    trimmed = []
    for s, e in out:
        while s < e and text[s].isspace():
            s += 1
        while e > s and text[e - 1].isspace():
            e -= 1
        trimmed.append((s, e))
    return trimmed
