"""What an input is made of, from the outside in, and how a part of it becomes an input again.

A leaf is a sentence or line of a message, an entry of a JSON tool result, a part of a document, or a
tool call.  A call and its result stand and fall together; a message of which nothing is left goes;
without a word of the user there is no input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest.capture.minimise import Element, Keep

Leaf = tuple[str, int, int]  # (what: message, call or document; which; which part of it)
_PIECE = re.compile(r"\s*\S.*?(?:[.!?…](?=\s)|\n|$)\s*", re.S)
PIECES_MAX = 400


class Units:
    """The leaves of one case's input."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.messages = [m for m in given.get("messages", ()) if isinstance(m, Mapping)]
        self.documents = [str(d) for d in given.get("documents") or ()]
        self.parts: dict[tuple[str, int], list[Any]] = {}
        self.forms: dict[tuple[str, int], str] = {}
        self.result_of: dict[int, Leaf] = {}
        calls: dict[str, Leaf] = {}
        for i, m in enumerate(self.messages):
            for k, call in enumerate(m.get("tool_calls") or ()):
                leaf = ("call", i, k)
                if isinstance(call, Mapping) and call.get("id"):
                    calls[str(call["id"])] = leaf
            if m.get("role") == "tool" and str(m.get("tool_call_id")) in calls:
                self.result_of[i] = calls[str(m["tool_call_id"])]
            self._cut("message", i, m.get("content"))
        for d, text in enumerate(self.documents):
            self._cut("document", d, text)
        self.whole: Keep = frozenset(
            [(kind, i, j) for (kind, i), parts in self.parts.items() for j in range(len(parts))]
            + [("call", i, k) for i, m in enumerate(self.messages) for k in range(len(m.get("tool_calls") or ()))]
        )

    def _cut(self, kind: str, i: int, content: Any) -> None:
        parts, form = pieces(content)
        self.parts[kind, i], self.forms[kind, i] = parts, form

    @property
    def levels(self) -> tuple[Callable[[Keep], Sequence[Element]], ...]:
        """Exchanges, then messages and documents, then paragraphs, then single leaves."""
        return (self._exchanges, self._messages, self._blocks, self._leaves)

    def _grouped(self, keep: Keep, key: Callable[[Leaf], Any]) -> list[Element]:
        groups: dict[Any, set[Any]] = {}
        for leaf in sorted(keep, key=repr):
            groups.setdefault(key(leaf), set()).add(leaf)  # type: ignore[arg-type]
        return [frozenset(g) for g in groups.values()]

    def _exchanges(self, keep: Keep) -> list[Element]:
        start: dict[int, int] = {}
        current = -1
        for i, m in enumerate(self.messages):
            if m.get("role") in ("user", "system", "developer"):
                current = i
            start[i] = current
        return self._grouped(keep, lambda x: ("d", x[1]) if x[0] == "document" else ("m", start[x[1]]))

    def _messages(self, keep: Keep) -> list[Element]:
        def key(leaf: Leaf) -> Any:
            kind, i, _ = leaf
            if kind == "call":
                return ("call", leaf)
            if kind == "message" and i in self.result_of:
                return ("call", self.result_of[i])
            return (kind, i)

        return self._grouped(keep, key)

    def _blocks(self, keep: Keep) -> list[Element]:
        def key(leaf: Leaf) -> Any:
            kind, i, j = leaf
            if kind == "call" or (kind == "message" and i in self.result_of and len(self.parts[kind, i]) <= 1):
                return ("call", self.result_of.get(i, leaf))
            if self.forms[kind, i] != "text":
                return leaf
            before = "".join(self.parts[kind, i][:j])
            return (kind, i, before.count("\n\n"))

        return [self._with_result(e, keep) for e in self._grouped(keep, key)]

    def _leaves(self, keep: Keep) -> list[Element]:
        return [self._with_result(frozenset([leaf]), keep) for leaf in sorted(keep, key=repr)]

    def _with_result(self, element: Element, keep: Keep) -> Element:
        """A call that goes takes what is left of its result with it."""
        calls = {leaf for leaf in element if leaf[0] == "call"}  # type: ignore[index]
        if not calls:
            return element
        return element | {x for x in keep if x[0] == "message" and self.result_of.get(x[1]) in calls}  # type: ignore[index]

    def build(self, keep: Keep) -> dict[str, Any] | None:
        """The input of what is kept; None where nothing of the user is left."""
        messages: list[dict[str, Any]] = []
        for i, m in enumerate(self.messages):
            content, any_left = self._content("message", i, keep)
            calls = [c for k, c in enumerate(m.get("tool_calls") or ()) if ("call", i, k) in keep]
            if i in self.result_of:
                if self.result_of[i] not in keep:
                    continue
            elif not any_left and not calls:
                continue
            out = {**m, "content": content if any_left or m.get("content") is not None else None}
            if "tool_calls" in m:
                out.pop("tool_calls")
                if calls:
                    out["tool_calls"] = calls
            messages.append(out)
        if not any(m.get("role") == "user" and m.get("content") for m in messages):
            return None
        documents = [t for d in range(len(self.documents)) if (t := self._content("document", d, keep)[0])]
        out_input = {k: v for k, v in self.given.items() if k not in ("messages", "documents")}
        return {**out_input, "messages": messages, **({"documents": documents} if documents else {})}

    def _content(self, kind: str, i: int, keep: Keep) -> tuple[Any, bool]:
        parts, form = self.parts[kind, i], self.forms[kind, i]
        left = [p for j, p in enumerate(parts) if (kind, i, j) in keep]
        if len(left) == len(parts):
            return (self.messages[i].get("content") if kind == "message" else self.documents[i]), bool(parts)
        if form == "text":
            return "".join(left).strip(), bool(left)
        if form == "object":
            return msgspec.json.encode(dict(left)).decode(), bool(left)
        if form == "list":
            return msgspec.json.encode(left).decode(), bool(left)
        return left, bool(left)


def pieces(content: Any) -> tuple[list[Any], str]:
    """The parts of a content and their form: sentences of text, entries of a JSON object or list, content parts."""
    if isinstance(content, list):
        return list(content), "parts"
    if not isinstance(content, str) or not content:
        return [], "text"
    if content.lstrip()[:1] in "{[":
        try:
            value = msgspec.json.decode(content.encode("utf-8", "replace"))
        except msgspec.DecodeError:
            value = None
        if isinstance(value, dict) and 1 < len(value) <= PIECES_MAX:
            return list(value.items()), "object"
        if isinstance(value, list) and 1 < len(value) <= PIECES_MAX:
            return value, "list"
    parts = [m.group(0) for m in _PIECE.finditer(content)] or [content]
    if len(parts) > PIECES_MAX:
        size = -(-len(parts) // PIECES_MAX)
        parts = ["".join(parts[k : k + size]) for k in range(0, len(parts), size)]
    return parts, "text"


def size_of(given: Mapping[str, Any]) -> int:
    """Characters of all that an input says."""
    return sum(len(str(m.get("content") or "")) for m in given.get("messages", ())) + sum(
        len(str(d)) for d in given.get("documents") or ()
    )
