"""Whether an answer does what an instruction asks, for what can be counted or seen: no model judges.

A checker gives 1.0, 0.0, or None where the answer alone cannot tell (a tone, a promise, a tool).
The verifiable attributes are those of IFEval and its kin; they are what the behaviour probes use.
"""

# ruff: noqa: E501

import json
import re

from tidegate.check.promptlint.grammar.text import word_count
from tidegate.check.promptlint.model import Instruction

EMOJI = re.compile("[\U0001f300-\U0001faff\U0001f1e6-\U0001f1ff☀-➿]")
BULLET = re.compile(r"^\s*[-*•–]\s+\S", re.M)
NUMBERED = re.compile(r"^\s*\d{1,3}[.)]\s+\S", re.M)
FENCE = re.compile(r"^\s*(?:```|~~~)", re.M)
MARKS: dict[str, re.Pattern[str]] = {
    "emoji": EMOJI, "bullets": BULLET, "numbered": NUMBERED, "codeblock": FENCE,
    "heading": re.compile(r"^#{1,6}\s+\S", re.M), "bold": re.compile(r"\*\*\S.*?\S\*\*|__\S.*?\S__"),
    "table": re.compile(r"^\s*\|.*\|\s*$", re.M), "link": re.compile(r"https?://|www\.|\[[^\]]+\]\([^)]+\)"),
    "exclamation": re.compile("!"), "question": re.compile(r"\?"), "ask": re.compile(r"\?"), "semicolon": re.compile(";"),
    "em-dash": re.compile("—"), "digits": re.compile(r"\d"), "hashtag": re.compile(r"(?<!\w)#\w"),
    "any-list": re.compile(rf"{BULLET.pattern}|{NUMBERED.pattern}", re.M),
    "apology": re.compile(r"\b(?:sorry|apologi[sz]e|apolog(?:y|ies))\b", re.I),
    "greeting": re.compile(r"^\W*(?:hello|hi|hey|dear|greetings|welcome|good (?:morning|day|evening|afternoon))\b", re.I),
    "closing": re.compile(r"(?:regards|sincerely|best wishes|have a (?:nice|great|good) \w+|take care|goodbye|let me know)[^\n]*\W*$", re.I),
    "disclaimer": re.compile(r"\bdisclaimer\b|\bnot (?:legal|financial|medical|professional) advice\b", re.I),
    "first-person": re.compile(r"\b(?:I|me|my|mine|I['’]\w+)\b"),
    "abstain": re.compile(r"\bI (?:do not|don['’]t|cannot|can['’]t) (?:know|say|answer)|\bI(?: a|['’])m not (?:sure|certain)", re.I),
    "self-mention": re.compile(r"\b(?:an? (?:AI|artificial intelligence|language model|bot|chatbot))\b", re.I),
    "contraction": re.compile(r"\b\w+['’](?:t|re|ve|ll|d|m)\b", re.I),
}  # fmt: skip
MARKDOWN = ("heading", "bold", "table", "bullets", "codeblock")


def measure(unit: str, answer: str) -> int | None:
    """How many of a unit an answer has; None for units that cannot be counted in a text."""
    text = answer.strip()
    if unit == "words":
        return word_count(text)
    if unit == "characters":
        return len(text)
    if unit == "sentences":
        return len([s for s in re.split(r"(?<=[.!?])[\"”')]*\s+|\n+", text) if re.search(r"\w", s)])
    if unit == "paragraphs":
        return len([p for p in re.split(r"\n\s*\n", text) if p.strip()])
    if unit == "lines":
        return len([line for line in text.splitlines() if line.strip()])
    if unit in ("bullets", "items"):
        return len(BULLET.findall(text)) + len(NUMBERED.findall(text))
    singular = {"emoji": "emoji", "questions": "question", "exclamations": "exclamation", "links": "link",
                "headings": "heading", "tables": "table", "hashtags": "hashtag"}.get(unit)  # fmt: skip
    return len(MARKS[singular].findall(text)) if singular else None


def complies(i: Instruction, answer: str) -> float | None:
    """1.0 when the answer does what the instruction asks, 0.0 when not, None when that cannot be seen in it."""
    c = i.constraint
    if i.scope or i.restrict or i.channel != "reply" or i.modality == "may":
        return None
    if c.operator in ("<=", ">=", "=") and isinstance(c.value, int):
        n = _keyword(c.attribute[8:], answer) if c.attribute.startswith("keyword:") else measure(c.attribute, answer)
        if n is None:
            return None
        return float({"<=": n <= c.value, ">=": n >= c.value, "=": n == c.value}[c.operator])
    if c.operator in ("present", "absent"):
        there = _present(c.attribute, answer)
        return None if there is None else float(there is (c.operator == "present"))
    if c.operator in ("starts", "ends", "contains", "not-starts", "not-ends", "not-contains"):
        text, body = str(c.value).strip().lower(), answer.strip().lower()
        kind = c.operator.removeprefix("not-")
        holds = {"starts": body.startswith(text), "ends": body.endswith(text), "contains": _keyword(text, body) > 0}[
            kind
        ]
        return float(holds is not c.operator.startswith("not-"))
    if c.attribute == "format" and c.operator in ("is", "not-one-of"):
        seen = _format(answer)
        values = [c.value] if isinstance(c.value, str) else list(c.value or ())
        known = {"json", "prose", "plain"}
        if not set(values) <= known:
            return None
        good = any(v == seen or (v in ("prose", "plain") and seen == "prose") for v in values)
        return float(good is (c.operator == "is"))
    return None


def _keyword(text: str, answer: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(text.strip())}(?!\w)", answer, re.I))


def _present(attribute: str, answer: str) -> bool | None:
    if attribute == "markdown":
        return any(MARKS[m].search(answer) for m in MARKDOWN)
    if attribute == "uppercase-letters":
        return bool(re.search(r"[A-ZÀ-Þ]", answer))
    if attribute == "lowercase-letters":
        return bool(re.search(r"[a-zà-þ]", answer))
    mark = MARKS.get(attribute)
    return None if mark is None else bool(mark.search(answer))


def _format(answer: str) -> str:
    text = answer.strip()
    try:
        json.loads(text)
    except ValueError:
        return "markdown" if any(MARKS[m].search(text) for m in MARKDOWN) else "prose"
    return "json" if text[:1] in "{[" else "prose"
