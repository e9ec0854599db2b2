# ruff: noqa: E501 (patterns and tables read better whole)
"""One sentence, judged: is it a rule, what does one violation cost, could anything outside the model hold it?

The grammar reads what is plainly said (modals, imperatives, prohibitions); the learned layer adds
what is said by habit ("Refunds above $500 go to a manager", "No payee without a call-back") and
weighs the class.  Questions, turns of a dialogue, headings of tables and what stands in an
example are nobody's rule, whatever they say.
"""

import math
import re

import msgspec

from tidegate.check.constraints.auditing.consequence import CONSEQUENCES, lexicon_scores, weigh
from tidegate.check.constraints.auditing.enforceable import enforceability
from tidegate.check.constraints.auditing.force import spoken, words_of
from tidegate.check.constraints.auditing.grammar import Reading, read
from tidegate.check.constraints.auditing.learned import Guess, guess
from tidegate.check.constraints.auditing.sentences import Sentence

RULE = 0.5  # probability from which the learned layer alone calls a sentence a rule
DOUBT = 0.06  # probability below which it overrules the grammar
_TURN = re.compile(
    r"^\W*(?:<(?:user|assistant|q|a|human|ai|customer|bot|input|output)>|(?:user|customer|human|input|output|bot|client|caller)\s*:)",
    re.I,
)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence judged; for what is no rule, the class is none and nothing can enforce it."""

    is_rule: bool
    sign: str
    consequence: str
    enforceable: str  # hard-possible | soft-only
    mechanism: str
    probability: float  # of being a rule, by the learned layer
    grave: float = 0.0  # probability that it is a rule and that a violation costs more than style


def nobodys(sentence: Sentence) -> bool:
    """Whether a sentence is no rule whatever it says: an example, a turn of a dialogue, a title."""
    text = sentence.text
    return sentence.example or spoken(text) or _TURN.match(text) is not None or _title(sentence) or _code(text)


_CODE = re.compile(
    r"^\W*(?:import\s+[\w{*]+.*(?:from|as|;|$)|from\s+[\w.]+\s+import\b|(?:const|let|var|def|class|return|func)\s+\w+\s*[=({:]"
    r"|--?\w[\w-]*(?:[ =,]|$)|\[--\w|[.#]?[\w-]+\s*\{|[\w-]+:\s[^.!?]*\b\d+(?:px|vh|em|rem)\b|\w+\([^)]*\)\s+(?:\w+\s)?[A-Z]|(?:GET|POST|PUT|DELETE)\s/|\{\s*\"|\{\{|<!--)"
)


def _code(text: str) -> bool:
    """Whether a line is code, a flag or a signature: its words tell a machine and nobody else."""
    bare = text.strip()
    symbols = sum(c in "{}=;<>[]\\|" for c in re.sub(r"</?\w[^<>]*>|^\W*\|.*$", "", bare))
    return (_CODE.match(bare) is not None and not bare.startswith('{"name"')) or symbols > 0.08 * max(len(bare), 40)


def _title(sentence: Sentence) -> bool:
    words = [w for w in words_of(sentence.text) if w[0].isalnum()]
    row = [c.strip() for c in sentence.text.strip().strip("|").split("|")]
    return len(words) < 2 or (sentence.text.lstrip().startswith("|") and all(len(c.split()) < 2 for c in row))


def evidence(sentence: Sentence, reading: Reading) -> dict[str, float]:
    """What the lexicon sees of each class, and which class it would choose."""
    weighed = weigh(
        sentence.text,
        msgspec.structs.replace(reading, is_rule=True, main=reading.main or sentence.text),
        sentence.lead,
    )
    return lexicon_scores(sentence.text) | {f"chosen {weighed.consequence}": 2.0}


def judge(sentence: Sentence, *, named: bool = False) -> Judged:
    """A sentence judged; `named` when a configured model called it a rule, which is never taken back."""
    reading = read(sentence.text, sentence.lead)
    seen = guess(sentence, reading.sign, evidence(sentence, reading))
    rule = named or (not nobodys(sentence) and reading.sign not in ("question", "example") and _is_rule(reading, seen))
    if not rule:
        return Judged(is_rule=False, sign=reading.sign, consequence="none", enforceable="soft-only", mechanism="none",
                      probability=seen.rule)  # fmt: skip
    scores = _scores(sentence, seen)
    consequence = max(CONSEQUENCES[:-1], key=lambda name: scores[name])
    enforceable, mechanism = enforceability(consequence, sentence.text, sentence.lead, hard=seen.hard)
    sign = "named by a model" if named and not reading.is_rule else reading.sign if reading.is_rule else "habit"
    return Judged(is_rule=True, sign=sign, consequence=consequence, enforceable=enforceable, mechanism=mechanism,
                  probability=seen.rule,
                  grave=_grave(sentence, reading, seen, scores, consequence))  # fmt: skip


def _grave(sentence: Sentence, reading: Reading, seen: Guess, scores: dict[str, float], consequence: str) -> float:
    """Probability that this is a rule and not one of style, as far as two readers who do not share their words agree.

    What the grammar reads counts for nine in ten.  A class that the lexicon does not see counts half, and so does a
    habit in a paragraph of prose (essays and manuals, quoted in prompts at length, are full of them), and an order to
    write about something ("Describe the fees"), which moves nothing.
    """
    weights = {name: math.exp(score) for name, score in scores.items()}
    beyond = 1 - weights["style"] / sum(weights.values())
    lexical = evidence(sentence, reading)
    supported = lexical.get(consequence, 0.0) >= 1.0 and f"chosen {consequence}" in lexical
    prose = not reading.is_rule and sentence.crowd > 3
    writes = reading.sign == "imperative" and not reading.forbids and _about_text(reading.main)
    return (
        max(seen.rule, 0.9 if reading.is_rule else 0.0)
        * beyond
        * (1.0 if supported else 0.5)
        * (0.5 if prose else 1.0)
        * (0.5 if writes else 1.0)
    )


_WRITING = frozenset(["analyse", "analyze", "assess", "capture", "categorise", "categorize", "compare", "consider", "create", "define", "describe", "detail", "discuss", "evaluate", "examine", "explain", "explore", "extract", "focus", "generate", "give", "highlight", "identify", "include", "list", "map", "note", "outline", "output", "prioritise", "prioritize", "provide", "rate", "review", "suggest", "summarise", "summarize", "take", "think", "understand", "use", "write", "organise", "organize", "look", "find", "make", "read", "determine", "label", "weigh", "increase", "add", "format"])  # fmt: skip
_LIMITED = re.compile(r"\b(?:only|unless|without|until|before|never|not|no|at most|up to|maximum|except|after)\b", re.I)


def _about_text(main: str) -> bool:
    """Whether an order is to write, read or weigh something, without a limit that a violation could cross."""
    words = [w for w in words_of(main) if w[0].isalpha()]
    return bool(words) and words[0] in _WRITING and _LIMITED.search(main) is None


def _is_rule(reading: Reading, seen: Guess) -> bool:
    return seen.rule >= (DOUBT if reading.is_rule else RULE)


def _scores(sentence: Sentence, seen: Guess) -> dict[str, float]:
    """The score of each class; the rest of a short line or item helps to tell what it is about."""
    scores = dict(seen.classes)
    if sentence.block:
        whole = msgspec.structs.replace(sentence, text=sentence.block, block="")
        reading = read(whole.text, whole.lead)
        around = guess(whole, reading.sign, evidence(whole, reading)).classes
        scores = {name: score + 0.5 * around[name] for name, score in scores.items()}
    return scores
