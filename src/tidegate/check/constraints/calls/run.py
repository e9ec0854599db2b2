"""One agent run as rules see it: calls that were let through, their results, where values came from.

What rules ask of the past (how many calls, with which arguments, the sum of an argument) is kept
as running totals from the first time it is asked, so that a decision costs the same after ten
thousand calls as after ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tidegate.check.constraints.calls import toolnames
from tidegate.check.constraints.calls.expression import Unknown, wrap
from tidegate.check.constraints.calls.labels import Labels
from tidegate.check.constraints.calls.values import structured
from tidegate.check.constraints.model import Policy


class Run:
    """What happened so far in one agent run: allowed calls, their results, and where values came from."""

    def __init__(self, policy: Policy, *, run_id: str = "", facts: Mapping[str, Mapping[str, Any]] | None = None,
                 context: Mapping[str, Any] | None = None) -> None:  # fmt: skip
        self.policy = policy
        self.run_id = run_id
        self.labels = Labels()
        self.calls: dict[str, list[dict[str, Any]]] = {}  # arguments of the calls of each tool
        self.counts: Counter[str] = Counter()
        self.results: dict[str, Any] = {}
        self.facts: dict[str, dict[str, Any]] = {name: dict((facts or {}).get(name, {})) for name in policy.facts}
        self.context = dict(context or {})
        self.granted: frozenset[str] | None = None
        self._with: dict[tuple[str, tuple[str, ...]], Counter[tuple[Any, ...]]] = {}
        self._sums: dict[tuple[str, str], float] = {}

    def user(self, text: str) -> None:
        """More of the user's words."""
        self.labels.user(text)

    def happened(self, tool: str, arguments: dict[str, Any], content: str | None = None) -> None:
        """A call was let through, and (where known) what it returned."""
        self.calls.setdefault(tool, []).append(arguments)
        self.counts[tool] += 1
        for (t, names), seen in self._with.items():
            if t == tool:
                seen[_values(arguments, names)] += 1
        for t, name in self._sums:
            if t == tool:
                self._sums[t, name] += _amount(arguments, name)
        if content is not None:
            self.observed(tool, content, arguments)

    def observed(self, tool: str, content: str, arguments: dict[str, Any] | None = None) -> None:
        """A tool's result enters the run: its label, and the facts it carries."""
        spec = self.policy.tools.get(tool) or (toolnames.guess(tool) if self.policy.infer_tools else None)
        self.labels.result(tool, spec, content, arguments)
        if not self.policy.facts:
            return
        value = structured(content)
        self.results[tool] = value
        for name, fact in self.policy.facts.items():
            if isinstance(value, dict) and fact.key in value and (not fact.from_tools or tool in fact.from_tools):
                self.facts[name][str(value[fact.key])] = value

    # what expressions may ask (run.count("refund") ...)

    def count(self, tool: str, **arguments: Any) -> int:
        """Calls of a tool let through so far, with these arguments where given."""
        if not arguments:
            return self.counts[tool]
        names = tuple(arguments)
        seen = self._with.get((tool, names))
        if seen is None:
            seen = self._with[tool, names] = Counter(_values(a, names) for a in self.calls.get(tool, ()))
        return seen[_values(arguments, names)]

    def called(self, tool: str, **arguments: Any) -> bool:
        """Whether a tool was called so far."""
        return self.count(tool, **arguments) > 0

    def last(self, tool: str) -> Any:
        """The last structured result of a tool; Unknown when there is none."""
        if self.results.get(tool) is None:
            raise Unknown(f"{tool} has returned nothing yet")
        return wrap(self.results[tool])

    def total(self, tool: str, argument: str) -> float:
        """Sum of a numeric argument over the calls of a tool let through; Unknown where one is no number."""
        if (tool, argument) not in self._sums:
            self._sums[tool, argument] = sum(_amount(a, argument) for a in self.calls.get(tool, ()))
        total = self._sums[tool, argument]
        if total != total:
            raise Unknown(f"an earlier {argument} of {tool} is no number")
        return total

    def fact(self, name: str, key: Any) -> Any:
        """A row of a fact table; Unknown when it was never seen."""
        row = self.facts.get(name, {}).get(str(key))
        if row is None:
            raise Unknown(f"no {name} {key!r} is known")
        return wrap(row)


def _values(arguments: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    """The values of some arguments as a key: equal values have equal keys, lists and objects by their content."""
    return tuple([v if type(v := arguments.get(n)) is str else _key(v) for n in names])


def _key(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ("list", *map(_key, value))
    if isinstance(value, Mapping):
        return ("object", frozenset((k, _key(v)) for k, v in value.items()))
    return value


def _amount(arguments: Mapping[str, Any], name: str) -> float:
    value = arguments.get(name, 0)
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
