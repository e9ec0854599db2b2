# ruff: noqa: E501 (patterns and tables read better whole)
"""From what was noticed to what must hold: oracles without a model first, each shown to fail on the very failure.

The user's own words are the best oracle ("gate 14, not gate 12"), then what the tools said, then the
form that was asked for, then that the rejected answer may not come back.  An oracle that does
not fail on the recorded failure is dropped; a failure for which none is left is reported, not
made a case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.curate.harvest.capture.oracle import evaluate
from tidegate.curate.harvest.capture.oracle_text import contains
from tidegate.curate.harvest.model import Outcome, Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.dialogue import Turn, content_stems, plain, values
from tidegate.spine.conversation import Message, Text
from tidegate.spine.gate import Verdict

Spec = dict[str, Any]
_REJECTED = (SignalKind.REPHRASE, SignalKind.REGENERATE, SignalKind.FRUSTRATION, SignalKind.ABANDONMENT, SignalKind.EDIT,
             SignalKind.NO_I_MEANT, SignalKind.CORRECTION, SignalKind.APOLOGY_LOOP, SignalKind.THUMBS_DOWN,
             SignalKind.LOW_RATING, SignalKind.COMPLAINT, SignalKind.CONTRADICTION)  # fmt: skip


def expectation_of(record: Mapping[str, Any], turns: Sequence[Turn], signals: Sequence[Signal], failing_turn: int,
                   failure: Outcome) -> tuple[Spec, ...]:  # fmt: skip
    """The oracles of a failure that fail on it; empty where none does."""
    answer = next((t for t in turns if t.index == failing_turn), None)
    wanted: list[Spec] = []
    for s in signals:
        if s.failing_turn == failing_turn:
            wanted += _of_signal(s, turns, answer)
    wanted += _schema(record)
    strong = [spec for spec in _distinct(wanted) if _fails(spec, failure)]
    accepted = accepted_later(turns, signals, failing_turn)
    if accepted is not None:
        strong = [spec for spec in strong if evaluate([spec], accepted).verdict is not Verdict.FAIL]
    else:
        strong = [spec for spec in strong if plain_enough(spec)]
    if strong:
        return tuple(strong)
    weak = [s for s in signals if s.failing_turn == failing_turn and s.kind in _REJECTED]
    if weak and answer is not None and len(answer.words) >= 3:
        note = f"rejected by the user ({weak[0].kind.value})"
        spec: Spec = {"oracle": "differs", "from": [answer.text[:4000]], "note": note}
        return (spec,) if _fails(spec, failure) else ()
    return ()


_CORRECTED = "what the user said is wrong"


def accepted_later(turns: Sequence[Turn], signals: Sequence[Signal], failing_turn: int) -> Outcome | None:
    """The next answer, where nothing speaks against it: what the oracles must let pass."""
    bad = {s.failing_turn for s in signals}
    later = next(
        (t for t in turns if t.index > failing_turn and t.role == "assistant" and t.text and not t.calls), None
    )
    if later is None or later.index in bad:
        return None
    return Outcome(text=later.text, messages=(Message("assistant", (Text(later.text),)),))


def plain_enough(spec: Spec) -> bool:
    """With no accepted answer to hold it against, a correction counts only if it is a value, a name or a code."""
    if spec.get("note") == _CORRECTED:
        return all(re.search(r"\d", str(t)) for t in spec["texts"])
    if spec["oracle"] != "correction":
        return True
    return all(re.search(r"\d|[A-Z]", str(t)) and len(str(t).split()) <= 3 for t in spec["said"])


def _fails(spec: Spec, failure: Outcome) -> bool:
    return evaluate([spec], failure).verdict is Verdict.FAIL


def _distinct(specs: Sequence[Spec]) -> list[Spec]:
    out: list[Spec] = []
    for spec in specs:
        if spec not in out:
            out.append(spec)
    return out


def given(record: Mapping[str, Any]) -> list[Spec]:
    """What the record itself says should have happened: `expected_actions`, `expected_state`, `expected_outputs`."""
    out: list[Spec] = []
    actions = record.get("expected_actions")
    if isinstance(actions, list):
        out.append(
            {"oracle": "tool_actions", "actions": actions, "outputs": list(record.get("expected_outputs") or ())}
        )
    if record.get("expected_state") is not None:
        out.append({"oracle": "tool_state", "state": record["expected_state"]})
    return out


def _of_signal(s: Signal, turns: Sequence[Turn], answer: Turn | None) -> list[Spec]:
    user = next((t for t in turns if t.index == s.seen_at and t.role == "user"), None)
    match s.kind:
        case SignalKind.CORRECTION | SignalKind.NO_I_MEANT if user is not None and answer is not None:
            return correction_of(user.text, answer.text)
        case SignalKind.FEEDBACK_CORRECTION if answer is not None:
            return feedback_correction_of(str(s.evidence.get("correction", "")), answer.text)
        case SignalKind.REFUSAL:
            return [{"oracle": "refusal", "expected": False}]
        case SignalKind.TRUNCATION | SignalKind.EMPTY_ANSWER:
            return [{"oracle": "complete"}]
        case SignalKind.TOOL_LOOP:
            return [{"oracle": "no_loop", "repeats_max": 2}]
        case SignalKind.TOOL_ERROR if answer is not None:
            claim = cues.CLAIMS_DONE.search(plain(answer.text))
            return [{"oracle": "forbidden", "texts": [claim.group(0)], "anywhere": True}] if claim else []
        case SignalKind.CONTRADICTION if answer is not None:
            return contradiction_of(s.reason)
        case SignalKind.GUARD_HIT if s.evidence.get("tool"):
            spec: Spec = {"oracle": "tool_forbidden", "tool": s.evidence["tool"]}
            if isinstance(s.evidence.get("arguments"), Mapping):
                spec["arguments"] = dict(s.evidence["arguments"])
            if s.evidence.get("rule"):
                spec["rule"] = s.evidence["rule"]
            return [spec]
        case SignalKind.ERROR:
            return [{"oracle": "no_error"}]
    return []


_VALUE_TEXT = re.compile(
    r"(?:[$€£¥]\s?)?\d[\d,]*(?:\.\d+)?(?::\d\d)?(?:\s?(?:%|°[CF]?|am|pm|a\.m\.|p\.m\.|days?|weeks?|months?|years?|hours?|minutes?|mg|kg|km|miles?|euros?|dollars?|usd|eur))?",
    re.I,
)
_NOT_PAIR = re.compile(
    r"([\w$€£°:.,%-]+(?: [\w$€£°:.,%-]+){0,3}?),? (?:and |but )?not (?:the |a |an |in |on |to |for |at )?([\w$€£°:.,%-]+(?: [\w$€£°:.,%-]+){0,2})",
    re.I,
)
_SHOULD = re.compile(
    r"\b(?:it should (?:be|say|read)|should (?:be|say|read)|should have been|it's|it’s|its|it is|that's|the (?:correct|right|actual) (?:\w+ ){0,2}(?:is|was)|actually(?: it(?:'s| is| was))?|i (?:meant|said|asked for|wanted)|it was|in fact)\s+(?:the |a |an )?[\"“']?([\w$€£°:.,%/+-]+(?: [\w$€£°:.,%/+-]+){0,3})",
    re.I,
)
_BOUND = re.compile(
    r"\b(?:still|under|over|below|above|than|most|least|max(?:imum)?|min(?:imum)?|between|up to|within|gives?(?: me)?|get(?:s|ting)?|only|ago|time|times|error|line|step|version)\W*$",
    re.I,
)
_NOISE = frozenset(
    [
        "the",
        "a",
        "an",
        "not",
        "no",
        "it",
        "is",
        "was",
        "that",
        "this",
        "i",
        "you",
        "in",
        "on",
        "at",
        "to",
        "for",
        "of",
        "and",
        "or",
        "my",
        "your",
        "now",
        "please",
        "still",
        "actually",
        "wrong",
        "right",
        "correct",
        "one",
        "ones",
        "just",
        "obviously",
        "clearly",
        "really",
        "omg",
        "outdated",
        "different",
        "other",
        "way",
        "around",
        "syntax",
    ]
)


def correction_of(said: str, answer: str) -> list[Spec]:
    """What the user put right: values and short phrases that she gives and the answer lacks, and those she rejects."""
    right: list[str] = []
    wrong: list[str] = []
    for good, bad in _NOT_PAIR.findall(said):
        bad_word = _head(bad, answer)
        good_word = _tail(good)
        if bad_word and contains(answer, bad_word):
            wrong.append(bad_word)
        if good_word and not contains(answer, good_word) and (bad_word or values(good_word)):
            right.append(good_word)
    theirs = values(answer)
    new = [m.group(0).strip(" ,.") for m in _VALUE_TEXT.finditer(said) if not _BOUND.search(said[: m.start()])]
    new = [v for v in new if values(v) and not values(v) & theirs]
    if new and len(new) <= 2 and not right:
        right += new
    if not right:
        for m in _SHOULD.finditer(said):
            phrase = _tail_until(m.group(1))
            if phrase and not contains(answer, phrase) and not phrase.lower().startswith(("not ", "wrong")):
                right.append(phrase)
                break
    if not right and not wrong:
        return []
    if not right:
        return [{"oracle": "forbidden", "texts": wrong, "note": _CORRECTED}]
    return [{"oracle": "correction", "said": _unique(right), **({"wrong": _unique(wrong)} if wrong else {})}]


def _unique(items: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _head(phrase: str, answer: str) -> str:
    """The longest head of a phrase that stands in the answer."""
    words = phrase.strip(" .,!?").split()
    for n in range(len(words), 0, -1):
        candidate = " ".join(words[:n]).strip(" .,!?")
        if candidate.lower() in _NOISE:
            continue
        if contains(answer, candidate):
            return candidate
    return ""


def _tail(phrase: str) -> str:
    """The last word of a phrase that says something."""
    words = [w.strip(" .,!?:") for w in phrase.split()]
    words = [w for w in words if w and w.lower() not in _NOISE]
    return words[-1] if words else ""


def _tail_until(phrase: str) -> str:
    words: list[str] = []
    for w in phrase.split():
        bare = w.strip(",;:!?\"”'")
        if bare.lower() in (
            "not",
            "and",
            "but",
            "because",
            "so",
            "for",
            "about",
            "how",
            "whether",
            "if",
            "to",
            "my",
            "now",
            "instead",
            "anymore",
            "actually",
            "then",
        ):
            break
        words.append(bare.rstrip("."))
        if w[-1] in ",;:!?.":
            break
    text = " ".join(words).strip()
    return text if text and text.lower() not in _NOISE and len(words) <= 3 and content_stems(plain(text)) else ""


def feedback_correction_of(correction: str, answer: str) -> list[Spec]:
    """From a correction given as feedback: short ones must be said; of long ones, the values that the answer lacks."""
    text = correction.strip()
    if not text:
        return []
    if len(text.split()) <= 6:
        return [{"oracle": "correction", "said": [text.rstrip(".")]}]
    theirs = values(answer)
    new = [m.group(0).strip(" ,.") for m in _VALUE_TEXT.finditer(text) if values(m.group(0)) - theirs]
    if new:
        return [{"oracle": "correction", "said": _unique(new)[:4]}]
    pair = correction_of(text, answer)
    return pair


_STATED = re.compile(r"it says '([^']+)', the tool said")
_NUMBER = re.compile(r"it says (\S+) for (\S+), the tool said (\S+)")


def contradiction_of(reason: str) -> list[Spec]:
    """Against a tool's answer: the false claim may not be made, and its number must be the tool's."""
    if found := _NUMBER.search(reason):
        return [{"oracle": "correction", "said": [found.group(3)], "wrong": [found.group(1)]}]
    if found := _STATED.search(reason):
        return [{"oracle": "forbidden", "texts": [found.group(1)]}]
    return []


def _schema(record: Mapping[str, Any]) -> list[Spec]:
    """The JSON schema that the request asked for."""
    parameters = record.get("parameters")
    form = record.get("response_format") or (
        parameters.get("response_format") if isinstance(parameters, Mapping) else None
    )
    if not isinstance(form, Mapping):
        return []
    body = form.get("json_schema")
    schema = body.get("schema") if isinstance(body, Mapping) else None
    if isinstance(schema, Mapping):
        return [{"oracle": "json_schema", "schema": dict(schema)}]
    return [{"oracle": "json_schema", "schema": {}}] if form.get("type") == "json_object" else []
