# ruff: noqa: E501 (patterns and tables read better whole)
"""Where a value came from: untrusted content may inform an answer, but not choose a side effect.

The gateway sees every message, so it can tell for each argument of a call whether its value was
in the user's own words, in a field of a tool result that no stranger can write, or only in
content that anybody may have written.  The context label is sound and coarse (something
untrusted was read); leaf provenance is precise: a sink is clean when its value

- stands in the user's messages, or shares the record of a trusted result with a value that does
  (the event called 'Team sync' has the id 5), or
- is the extreme of a trusted number the user asked for ("delete the largest file"), or one of
  all values where the user said "each" or "all", or
- comes from a trusted result while nothing untrusted had been read, or
- is the only value of its kind in a source the user pointed at, for sinks that allow it.

Substrings of free text never count, a value also named by untrusted free text counts as
untrusted unless the user named it, and a side effect nobody asked for (its tool was not planned
by the user's words) asks once something untrusted was read.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from tidegate.check.constraints.calls.asked import STOP, Asked
from tidegate.check.constraints.calls.values import SHAPES, canonical, codes, strings, structured, words
from tidegate.check.constraints.model import ToolSpec
from tidegate.check.constraints.streaming.canonical import fold_all

_ACTIVE = re.compile(
    r"(?:https?://|www\.)[^\s\"'<>)\]]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|ru|info|biz|app|dev|xyz|top|co)\b(?:/[^\s\"'<>]*)?|[\w.+-]+@[\w-]+\.[\w.]+",
    re.I,
)


class Leaf(msgspec.Struct, frozen=True):
    """A scalar of a tool result: its tool, its path, its value, the record it stands in."""

    tool: str
    path: str
    value: str
    record: int


class Verdict(msgspec.Struct, frozen=True):
    """Whether a value may decide a side effect, and why."""

    clean: bool
    why: str


class Labels(Asked):
    """What one run has read so far, and what may therefore decide a side effect.

    Feed user messages with `user`, tool results with `result`; ask with `judge`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tainted = False
        self.trusted: dict[str, list[Leaf]] = {}
        self.records: dict[int, list[Leaf]] = {}
        self.untrusted_words: Counter[str] = Counter()
        self.untrusted_text: list[tuple[str, str]] = []  # tool, content
        self.sources: list[tuple[str, str]] = []  # (what the user's words must hold to have pointed at it, its text)
        self.scalars: set[str] = set()
        self.private: set[str] = set()
        self.trusted_words: set[str] = set()
        self._next = 0

    def result(self, tool: str, spec: ToolSpec | None, content: str, arguments: dict[str, Any] | None = None) -> None:
        """A tool's result: leaves of trusted fields with their shape become usable; the rest taints."""
        value = structured(content)
        if spec is not None and spec.private:
            found = (
                strings(value)
                if value is not None
                else (part for line in content.splitlines() for part in re.split(r": |, ", line))
            )
            self.private.update(c for v in found if len(c := canonical(v)) >= 4)
        returns: str | dict[str, str] = spec.returns if spec is not None else "untrusted"
        for a in strings(arguments or {}):
            self.sources.append((a, content))
        if returns == "trusted" and value is not None:
            returns = {"**": "line"}
        elif returns == "trusted":
            self._leaf(tool, "", content if len(content) <= 120 else "", self._record())
            self.trusted_text(tool, content)
            return
        dirty = not isinstance(returns, dict) or value is None
        if isinstance(returns, dict) and value is not None:
            dirty = self._walk(tool, value, (), returns, self._record())
        if dirty:
            self.tainted = True
            self.untrusted_text.append((tool, content))
            self.untrusted_words.update(set(words(content)))

    def trusted_text(self, tool: str, content: str) -> None:
        """A trusted result that is not structured: its short lines are leaves."""
        for line in content.splitlines():
            for part in (line, line.split(": ", 1)[-1]):
                if 0 < len(part.strip()) <= 120:
                    self._leaf(tool, "line", part.strip(), self._record())

    def _record(self) -> int:
        self._next += 1
        return self._next

    def _walk(self, tool: str, value: Any, path: tuple[str, ...], returns: dict[str, str], record: int) -> bool:
        """Take the trusted leaves of a value; whether anything in it is not trusted."""
        dirty = False
        if isinstance(value, dict):
            record = self._record()
            for k, v in value.items():
                dirty |= self._walk(tool, v, (*path, str(k)), returns, record)
        elif isinstance(value, list):
            for v in value:
                dirty |= self._walk(tool, v, (*path, "[]"), returns, record)
        elif value is not None:
            shape = _shape(returns, path)
            if shape is None or not SHAPES.get(shape, SHAPES["line"]).fullmatch(str(value)):
                self.scalars.add(canonical(value))
                return bool(str(value).strip())
            self._leaf(tool, ".".join(path), value, record)
        return dirty

    def _leaf(self, tool: str, path: str, value: Any, record: int) -> None:
        leaf = Leaf(tool, path, canonical(value), record)
        if leaf.value:
            self.trusted_words.update(words(leaf.value))
            self.trusted.setdefault(leaf.value, []).append(leaf)
            self.records.setdefault(record, []).append(leaf)

    # --- asking -----------------------------------------------------------------------------------------------

    def _linked(self, leaf: Leaf) -> bool:
        """Whether the user named another value of the same record (or words of this one)."""
        return any(self._recognised(other) for other in self.records.get(leaf.record, ()))

    def _recognised(self, leaf: Leaf) -> bool:
        if (
            len(leaf.value) >= 3
            and not leaf.value.replace(".", "").replace("-", "").isdigit()
            and self.named(leaf.value)
        ):
            return True
        if re.fullmatch(r"\d+\.\d+", leaf.value) or leaf.path.endswith(("amount", "price", "total")):
            return any(
                canonical(n) == leaf.value
                for n in re.findall(
                    r"\d+\.\d+|(?<=[$€£])\d+|\d+(?= ?(?:usd|eur|gbp|dollars|euros|pounds))", self.request.lower()
                )
            )
        if "@" in leaf.value or re.search(r"\d{6}", leaf.value):
            return False
        stem = re.sub(r"\.\w{2,4}$", "", leaf.value)
        parts = [w for w in words(stem.replace("_", " ")) if not w.isdigit()]
        content = [w for w in parts if len(w) > 2 and w not in STOP]
        if len(content) > 1 and any(self.named(f"{a} {b}") for a, b in itertools.pairwise(content)):
            return True
        return bool(content) and all(self.asked_word(w) for w in content)

    def judge(self, value: Any, *, endorsable: bool = False) -> Verdict:
        """Whether one sink value may stand in a call without a question."""
        text = canonical(value)
        if self.named(value):
            if self.tainted and not self.same_case(str(value)):
                return Verdict(False, "the user named it in another letter case, which can be another target")
            return Verdict(True, "in the user's words")
        if not self.tainted and text in self.trusted:
            return Verdict(True, "from a trusted result, nothing untrusted read")
        if not self.tainted and text not in self.scalars and not self.untrusted_text:
            return Verdict(True, "nothing untrusted read")
        leaves = self.trusted.get(text, [])
        if leaves:
            for leaf in leaves:
                if self._linked(leaf):
                    return Verdict(True, f"in the record the user named ({leaf.tool} {leaf.path})")
                if self._extreme(leaf):
                    return Verdict(True, f"the extreme the user asked for ({leaf.tool})")
                if self.every:
                    return Verdict(True, f"one of all the user asked for ({leaf.tool} {leaf.path})")
            return Verdict(False, "a trusted value, but which one was chosen after untrusted content was read")
        if endorsable and self._endorsed(text):
            return Verdict(True, "the only value of its kind in the source the user pointed at")
        return Verdict(False, "only in content that anybody may have written, or in nothing that was read")

    def _extreme(self, leaf: Leaf) -> bool:
        """Whether the leaf's record holds the extreme of a trusted number, or the value is the most frequent one."""
        pick = self.extreme
        if pick is None:
            return False
        columns: dict[str, dict[int, float]] = {}
        counts: Counter[str] = Counter()
        for leaves in self.records.values():
            for other in leaves:
                if other.tool != leaf.tool:
                    continue
                if other.path == leaf.path:
                    counts[other.value] += 1
                elif re.fullmatch(r"-?\d+(?:\.\d+)?", other.value) and not re.search(r"(?:^|\.|_)id_?$", other.path):
                    columns.setdefault(other.path, {})[other.record] = float(other.value)
        best = pick(counts.values(), default=0)
        if len(set(counts.values())) > 1:
            return counts[leaf.value] == best and list(counts.values()).count(best) == 1
        candidates = [c for c in columns.values() if leaf.record in c]
        return len(candidates) == 1 and candidates[0][leaf.record] == pick(candidates[0].values())

    def _endorsed(self, text: str) -> bool:
        kind = SHAPES["email"] if "@" in text else None
        if kind is None:
            return False
        for pointer, content in self.sources:
            if self.named(pointer) and len(pointer) >= 4:
                found = {canonical(m) for m in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", fold_all(content))}
                if found == {text}:
                    return True
        return False

    def content_clean(self, value: Any) -> Verdict:
        """Whether what a call says holds an address or link that neither the user nor a trusted result gave."""
        for text in strings(value):
            for found in _ACTIVE.findall(fold_all(text)):
                bare = found.rstrip(".,;:!?")
                if not self.named(bare) and canonical(bare) not in self.trusted:
                    return Verdict(False, "it carries an address that only untrusted content named")
            plain = canonical(text)
            if self.tainted and (strange := next((c for c in codes(text) if not self._known(c)), "")):
                return Verdict(
                    False, f"it carries {_shown(strange)}, which neither the user nor a trusted record named"
                )
            if any(p in plain and not self.named(p) for p in self.private):
                return Verdict(False, "it carries data that is for the user alone")
        return Verdict(True, "nothing active or private in it")

    def _known(self, code: str) -> bool:
        """Whether a code stands in the user's words or in a trusted record, however it is grouped or written."""
        bare = "".join(words(code))
        return any(bare in "".join(words(t)) for t in (self.request, *self.trusted) if t)

    def composed(self, value: Any) -> Verdict:
        """Whether a name is made of words from the user or from trusted records."""
        for text in strings(value):
            strange = [
                w for w in words(text) if w not in STOP and w not in self.trusted_words and not self.asked_word(w)
            ]
            if strange:
                return Verdict(False, f"the word {strange[0]!r} is neither the user's nor of a trusted record")
        return Verdict(True, "in the user's and trusted words")

    def verbatim(self, value: Any, sources: Iterable[str] = ()) -> Verdict:
        """Whether a value stands as it is in something said, trusted, or read from one of `sources` (any, if none is given).

        What stands there as it is cannot carry anything else out.
        """
        allowed = tuple(sources)
        text = canonical(value)
        if self.named(value) or text in self.trusted:
            return Verdict(True, "named as it is")
        pattern = re.compile(rf"(?<![\w/.]){re.escape(text)}(?![\w/]|\.\w|\?)")
        if any(pattern.search(canonical(t)) for tool, t in self.untrusted_text if not allowed or tool in allowed):
            return Verdict(True, "found as it is")
        return Verdict(False, "it stands nowhere it may be taken from as it is")


def _shape(returns: dict[str, str], path: tuple[str, ...]) -> str | None:
    if "**" in returns:
        return returns["**"]
    name = path[-1] if path else ""
    if name == "[]" and len(path) > 1:
        name = path[-2]
    return returns.get(name, returns.get(".".join(path), returns.get("*") if name not in returns else None))


def _shown(code: str) -> str:
    """A code for a message: enough to find it, too little to tell it."""
    return f"a number or code ({code[:2]}..., {len(code)} characters)"
