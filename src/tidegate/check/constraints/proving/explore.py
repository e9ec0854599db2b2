# ruff: noqa: E501 (patterns and tables read better whole)
"""Finds a call that a condition decides: values are chosen where the condition looks, from what it compares with.

The condition itself is evaluated on records that do not exist yet: whenever it reads a field, the
field gets the next candidate out of the condition's own constants (and their neighbours).  All
choices are tried in order, like an odometer, up to a bound; a hit is concrete arguments, facts
and history, so it is a confirmed witness by construction.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tidegate.check.constraints.calls.decide import NAMES
from tidegate.check.constraints.calls.expression import Record, Unknown, compile_expression
from tidegate.spine.errors import SettingError

TRIALS_MAX = 30_000


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A concrete situation: arguments of the call, rows of facts, earlier calls of tools."""

    arguments: dict[str, Any]
    facts: dict[str, dict[str, Any]]
    calls: dict[str, int]
    extra: dict[str, Any] = {}


class _Choices:
    """The odometer: which candidate the n-th question gets in this trial."""

    def __init__(self) -> None:
        self.digits: list[int] = []
        self.sizes: list[int] = []
        self.at = 0

    def pick(self, size: int) -> int:
        if self.at == len(self.digits):
            self.digits.append(0)
            self.sizes.append(size)
        self.sizes[self.at] = size
        self.at += 1
        return self.digits[self.at - 1]

    def advance(self) -> bool:
        del self.digits[self.at :], self.sizes[self.at :]
        self.at = 0
        while self.digits:
            self.digits[-1] += 1
            if self.digits[-1] < self.sizes[-1]:
                return True
            self.digits.pop()
            self.sizes.pop()
        return False


class _Open(Record):
    """A record that invents its fields when they are read."""

    __slots__ = ("_choices", "_pool", "_spent")

    def __init__(self, choices: _Choices, pool: list[Any]) -> None:
        super().__init__()
        self._choices, self._pool = choices, pool

    def __contains__(self, key: object) -> bool:
        self[str(key)]
        return dict.__contains__(self, key)

    def __missing__(self, key: Any) -> Any:
        value = self._pool[self._choices.pick(len(self._pool))]
        if isinstance(value, _List):
            alike = None if value.records else self._scalar()  # one choice for all: lists of scalars would explode
            value = [_Open(self._choices, self._pool) if value.records else alike for _ in range(value.size)]
        elif value is _OPEN:
            value = _Open(self._choices, self._pool)
        dict.__setitem__(self, key, value)
        return value

    def _scalar(self) -> Any:
        plain = [p for p in self._pool if not isinstance(p, _List) and p is not _OPEN]
        return plain[self._choices.pick(len(plain))]


class _List(msgspec.Struct, frozen=True):
    size: int
    records: bool


_OPEN = object()


class _Run:
    """A run whose history is chosen too."""

    def __init__(self, choices: _Choices) -> None:
        self._choices = choices
        self.calls: dict[str, int] = {}

    def count(self, tool: str, **_: Any) -> int:
        """Chosen among none, one, two, five, twenty."""
        if tool not in self.calls:
            self.calls[tool] = (0, 1, 2, 5, 20)[self._choices.pick(5)]
        return self.calls[tool]

    def called(self, tool: str, **_: Any) -> bool:
        """Whether the chosen count is above none."""
        return self.count(tool) > 0


def constants(text: str) -> list[Any]:
    """Candidates: the condition's constants and their neighbours, then lists, records, and plain odd values."""
    found: list[Any] = []
    sizes = {0, 1, 2}
    for node in ast.walk(ast.parse(text.strip(), mode="eval")):
        if isinstance(node, ast.Constant) and node.value is not None:
            v = node.value
            if isinstance(v, bool):
                found.append(v)
            elif isinstance(v, int | float):
                found += [v, v + 1, v - 1]
                if isinstance(v, int) and 0 <= v < 8:
                    sizes |= {v, v + 1}
            elif isinstance(v, str):
                found.append(v)
    found += [True, False, 0, 1, 1e9, "zz", "", "2020-01-01T00:00:00", "2035-01-01T00:00:00", "DROP TABLE x", "SELECT 1",
              "https://evil.example/x", "mallory@evil.example", "../../etc/passwd"]  # fmt: skip
    unique: list[Any] = []
    for v in found:
        if not any(type(v) is type(u) and v == u for u in unique):
            unique.append(v)
    return [*unique, *(_List(n, True) for n in sorted(sizes)), *(_List(n, False) for n in sorted(sizes - {0})), _OPEN]


def situations(
    text: str, wanted: Callable[[dict[str, Any]], bool], facts: tuple[str, ...] = (), trials: int = TRIALS_MAX
) -> Iterator[Found]:
    """Situations in which `wanted(scope)` holds, as they are found, at most `trials` tried."""
    pool = constants(text)
    choices = _Choices()
    for _ in range(trials):
        tables: dict[str, dict[str, Any]] = {f: {} for f in facts}
        args, context = _Open(choices, pool), _Open(choices, pool)
        run = _Run(choices)
        scope: dict[str, Any] = {"args": args, "run": run, "call": Record({"tool": "t", "effect": "external"}), "now": 0.0,
                                 "user": "", "principal": "", "context": context}  # fmt: skip
        for name in facts:
            scope[name] = _table(tables[name], choices, pool)
        try:
            hit = bool(wanted(scope))
        except (Unknown, RecursionError, TypeError, ValueError, AttributeError):
            hit = False
        if hit:
            yield Found(arguments=_plain(args), facts={k: {i: _plain(r) for i, r in t.items()} for k, t in tables.items()},
                        calls=dict(run.calls), extra=_plain(context))  # fmt: skip
        if not choices.advance():
            return


def _table(rows: dict[str, Any], choices: _Choices, pool: list[Any]) -> Callable[[Any], Any]:
    def look(key: Any) -> Any:
        return rows.setdefault(str(key), _Open(choices, pool))

    return look


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


def violation(condition: str, facts: tuple[str, ...] = ()) -> Found | None:
    """A situation in which a condition holds, or None within the bound."""
    compiled = compile_expression(condition, "condition", (*NAMES, *facts))
    return next(situations(condition, lambda s: bool(compiled(s)), facts), None)


def difference(old: str, new: str, facts: tuple[str, ...] = ()) -> Found | None:
    """A situation that both conditions can read and decide differently, or None within the bound."""
    names = (*NAMES, *facts)
    a, b = compile_expression(old, "old", names), compile_expression(new, "new", names)
    return next(situations(f"({old}) or ({new})", lambda s: bool(a(s)) != bool(b(s)), facts), None)


def refused_difference(old: str, new: str, facts: tuple[str, ...] = ()) -> Found | None:
    """A situation that one condition refuses because it cannot read it (Unknown counts as holding), and the other not."""
    names = (*NAMES, *facts)
    a, b = compile_expression(old, "old", names), compile_expression(new, "new", names)

    def holds(f: Callable[[dict[str, Any]], Any], s: dict[str, Any]) -> bool:
        try:
            return bool(f(s))
        except Unknown:
            return True

    return next(situations(f"({old}) or ({new})", lambda s: holds(a, s) != holds(b, s), facts), None)


def decided_differently(old: str, new: str, arguments: dict[str, Any]) -> Found | None:
    """These arguments as a situation, if both conditions can read it and decide it differently."""
    situation = {"args": Record(arguments), "now": 0.0, "user": "", "principal": "", "context": Record()}
    try:
        a, b = (bool(compile_expression(t, "version", NAMES)(dict(situation))) for t in (old, new))
    except (Unknown, SettingError):
        return None
    return Found(arguments=arguments, facts={}, calls={}) if a != b else None
