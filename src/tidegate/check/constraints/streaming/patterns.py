"""What may not leave: shapes of text and texts known in advance, and what of them stands in a whole text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tidegate.check.constraints.streaming.regex import parse
from tidegate.check.constraints.streaming.tree import Node, nullable, width
from tidegate.spine.errors import SettingError, nearest
from tidegate.spine.sensitive.checksums import CHECKS, entropy


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """One forbidden shape of text: a regular expression whose capture group (else the whole match) may not leave.

    A match counts only if it passes `check` (a checksum by name), has at least `entropy_min`
    bits a character, and matches none of `allow`.  `unbounded` says that a pattern without a
    longest match is meant: it is withheld up to the cap and then swallowed.
    """

    id: str
    regex: str
    check: str | None = None
    entropy_min: float | None = None
    allow: tuple[str, ...] = ()
    group: int | None = None
    action: str = "redact"  # redact | block
    unbounded: bool = False


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Source characters [start, end) that may not leave, and which rule says so (`cap`: withheld at the cap)."""

    start: int
    end: int
    rule: str
    view: str = "raw"
    action: str = "redact"

    def to_json(self) -> dict[str, Any]:
        """Where and why, never what."""
        return {"start": self.start, "end": self.end, "rule": self.rule, "view": self.view, "action": self.action}


class Literals(msgspec.Struct, frozen=True, kw_only=True):
    """Texts known in advance (canaries, secrets): any occurrence, in any letter case, may not leave."""

    id: str
    texts: tuple[str, ...]
    action: str = "redact"


def finder(pattern: Pattern) -> Callable[[str], list[tuple[int, int]]]:
    """The spans of one pattern in a whole text: RE2's matches, in linear time, that pass the pattern's tests."""
    import re2  # loaded only where patterns are configured: a bare gateway worker stays small

    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    compiled = re2.compile(pattern.regex, options)
    allow = [re2.compile(a, options) for a in pattern.allow]
    check = CHECKS[pattern.check] if pattern.check else None
    groups = range(1, compiled.groups + 1) if pattern.group is None else (pattern.group,)

    def find(text: str) -> list[tuple[int, int]]:
        out = []
        for match in compiled.finditer(text):
            s, e = next(
                ((match.start(g), match.end(g)) for g in groups if match.end(g) > match.start(g) >= 0), match.span()
            )
            value = text[s:e]
            if value and (check is None or check(value)) and (
                pattern.entropy_min is None or entropy(value) >= pattern.entropy_min
            ) and not any(a.search(value) for a in allow):  # fmt: skip
                out.append((s, e))
        return out

    return find


def checked_tree(p: Pattern) -> Node:
    """The tree of a pattern; raises SettingError for one that forbids everything or holds back without a bound."""
    where = f"pattern {p.id!r}"
    tree = parse(p.regex, where)
    if nullable(tree):
        raise SettingError(f"{p.regex!r} matches the empty text, so it would forbid everything", where=where)
    if width(tree) is None and not p.unbounded:
        raise SettingError(
            f"expected a pattern with a longest match, {p.regex[:80]!r} has none, so its hold-back has no bound",
            where=where, remedy="bound it (x{1,64} instead of x+), or set `unbounded: true` to swallow what follows",
        )  # fmt: skip
    if p.check is not None and p.check not in CHECKS:
        raise SettingError(f"unknown check {p.check!r}", where=where, remedy=nearest(p.check, CHECKS))
    for a in p.allow:
        parse(a, where)
    if p.action not in ("redact", "block"):
        raise SettingError(f"expected the action redact or block, got {p.action!r}", where=where)
    return tree
