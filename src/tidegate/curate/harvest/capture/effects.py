# ruff: noqa: E501 (patterns and tables read better whole)
"""What a run did to the world, compared with what it should have done: actions by their net effect, states by path.

A call counts for its effect when its tool can have one (its name does not say that it only
reads) and the tool did not answer with an error.  Arguments are compared as values: order of
keys, number forms, letter case of codes and order inside sets of records do not matter; what an
expected action leaves out is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest.model import Outcome
from tidegate.spine.conversation import Message, ToolCall

READING = re.compile(
    r"(?:^|[_.\-/ ])(?:get|list|search|find|read|fetch|look ?up|lookup|query|show|view|describe|check|count|calculate|"
    r"compute|think|validate|verify|preview|estimate|quote|browse|retrieve|download|inspect|compare|convert|translate|"
    r"summari[sz]e|help|ping|status|history|details?|info|transfer_to_human\w*|handoff|escalate\w*|ask_user|respond|final_answer)"
    r"(?:$|[_.\-/ ])"
)
_WRITING = re.compile(
    r"(?:^|[_.\-/ ])(?:create|update|delete|remove|cancel|book|send|set|add|modify|change|insert|write|pay|refund|transfer|"
    r"order|submit|post|put|patch|issue|close|open|assign|move|rename|upload|reset|approve|reject|schedule|reserve|buy|purchase)"
    r"(?:$|[_.\-/ ])"
)
_READS_FIRST = re.compile(r"(?:get|list|search|find|read|fetch|query|show|view|check)(?:$|[_.\-/ ])")
_AND_WRITES = re.compile(
    r"_(?:and|or|then)_(?:create|update|delete|remove|cancel|book|send|set|add|pay|buy|order|reserve)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ERROR = re.compile(r"^\s*(?:error\b|exception\b|traceback\b|failed\b|failure\b|\{\s*\"error\")", re.I)


def has_effect(tool: str) -> bool:
    """Whether a tool may change the world, by the verb in its name; unknown verbs count as effects."""
    name = _CAMEL.sub("_", tool).lower()
    if name.startswith(("transfer_to_human", "handoff", "escalate")):
        return False
    if _READS_FIRST.match(name):
        return _AND_WRITES.search(name) is not None
    return _WRITING.search(name) is not None or READING.search(name) is None


def read_arguments(text: str) -> dict[str, Any]:
    """A call's arguments; what is not a JSON object is kept whole under `_raw`."""
    try:
        value = msgspec.json.decode(text.encode("utf-8", "replace") or b"{}")
    except msgspec.DecodeError:
        return {"_raw": text}
    return value if isinstance(value, dict) else {"_raw": value}


def failed_calls(messages: Sequence[Message]) -> frozenset[str]:
    """The ids of calls that a tool answered with an error, said in the flag or at the head of its text."""
    return frozenset(
        r.call_id
        for m in messages
        for r in m.tool_results
        if r.is_error or (r.is_error is None and _ERROR.match(r.content[:200]) is not None)
    )


def canonical(value: Any) -> Any:
    """A value for comparison: numbers as numbers, texts trimmed and case-folded, lists of records sorted."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        text = " ".join(value.split()).casefold()
        return float(text) if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,6})?", text) and not text.startswith("0") else text
    if isinstance(value, Mapping):
        return {str(k): canonical(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        items = [canonical(v) for v in value]
        return sorted(items, key=lambda v: msgspec.json.encode(v, order="sorted")) if _records(items) else items
    return value


def _records(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(v, dict) for v in items)


def matches(expected: Any, got: Any) -> bool:
    """Whether `got` is what `expected` asks for; a key that `expected` leaves out is not asked for."""
    a, b = canonical(expected), canonical(got)
    return _covers(a, b)


def _covers(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return all(k in b and _covers(v, b[k]) for k, v in a.items())
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return False
        if _records(a) and _records(b):
            return all(any(_covers(x, y) for y in b) for x in a)
        return all(_covers(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def effects(outcome: Outcome, spec: Mapping[str, Any]) -> list[ToolCall]:
    """The calls of a run that changed something: an effect by name (or as the case says), and not failed."""
    named, reads = spec.get("effects"), set(spec.get("reads", ()))
    return [
        c
        for c in outcome.tool_calls
        if c.call_id not in outcome.failed_calls
        and (c.name in named if named is not None else has_effect(c.name) and c.name not in reads)
    ]


def actions_difference(spec: Mapping[str, Any], outcome: Outcome) -> tuple[str, ...]:
    """Why the run's net effect is not that of the expected actions; empty when it is."""
    named, ignore = spec.get("effects"), set(spec.get("ignore", ()))
    wanted = [a for a in spec["actions"] if (a["name"] in named if named is not None else has_effect(a["name"]))]
    done = [(c.name, _without(read_arguments(c.arguments), ignore)) for c in effects(outcome, spec)]
    wanted_calls = [(a["name"], _without(a.get("arguments", a.get("kwargs", {})), ignore)) for a in wanted]
    out: list[str] = []
    left = list(done)
    for name, arguments in wanted_calls:
        hit = next((i for i, (n, got) in enumerate(left) if n == name and matches(arguments, got)), None)
        if hit is None:
            near = next((got for n, got in left if n == name), None)
            out.append(
                f"expected {name}({_short(arguments)})"
                + (f", it called it with {_short(near)}" if near else ", it did not")
            )
        else:
            del left[hit]
    if not spec.get("extra_allowed"):
        out += [f"it did {n}({_short(got)}), which was not expected" for n, got in left]
    said = "\n".join(m.text for m in outcome.messages if m.role == "assistant") or outcome.text
    plain = said.replace(",", "").casefold()
    out += [f"it never said {o!r}" for o in spec.get("outputs", ()) if str(o).replace(",", "").casefold() not in plain]
    return tuple(out)


def _without(arguments: Mapping[str, Any], ignore: set[str]) -> dict[str, Any]:
    return {k: v for k, v in arguments.items() if k not in ignore}


def _short(value: Any) -> str:
    text = msgspec.json.encode(value, order="sorted").decode()
    return text if len(text) <= 160 else text[:157] + "…"


def state_difference(expected: Any, got: Any, *, ignore: Sequence[str] = ()) -> tuple[str, ...]:
    """Paths at which two states differ, each with both values; `ignore` names paths whose rest does not matter."""
    return tuple(_differences(expected, got, "", frozenset(ignore)))


def _differences(a: Any, b: Any, path: str, ignore: frozenset[str]) -> Iterator[str]:
    if path in ignore or any(path.endswith("/" + i) for i in ignore):
        return
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in sorted({*a, *b}, key=str):
            if key not in a or key not in b:
                yield f"{path}/{key}: {'missing' if key not in b else 'not expected'}"
            else:
                yield from _differences(a[key], b[key], f"{path}/{key}", ignore)
    elif isinstance(a, list | tuple) and isinstance(b, list | tuple) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from _differences(x, y, f"{path}/{i}", ignore)
    elif canonical(a) != canonical(b):
        yield f"{path or '/'}: expected {_short(a)}, got {_short(b)}"
