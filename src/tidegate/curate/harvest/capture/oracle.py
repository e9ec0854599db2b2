"""Decides an outcome without a model: `evaluate(expect, outcome)` → pass, fail or undecided, with the reason.

Every oracle is a total function of its specification and the outcome (`oracle_text`, `oracle_acts`).
All of a case's oracles must hold; one that cannot be decided (no state was given, a judge without
measured agreement) makes the case undecided, never passed.  `check_expect` refuses specifications
with unknown names or keys before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest.capture import oracle_acts as acts
from tidegate.curate.harvest.capture import oracle_text as wording
from tidegate.curate.harvest.model import Decision, Outcome, Spec, failed, passed, undecided
from tidegate.spine.errors import InputError, nearest
from tidegate.spine.gate import Verdict

AGREEMENT_MIN = 0.8  # lower bound of sensitivity and of specificity that lets a judge decide


def evaluate(expect: Sequence[Spec], outcome: Outcome) -> Decision:
    """All oracles of a case on one outcome: fail if one fails, else undecided if one is, else pass."""
    if not expect:
        return Decision(verdict=Verdict.UNDECIDED, reason="the case expects nothing, so nothing can be decided")
    if outcome.error and not any(s.get("oracle") == "no_error" for s in expect):
        return Decision(verdict=Verdict.UNDECIDED, reason=f"the run gave no answer: {outcome.error}", oracle="run")
    decisions = [evaluate_one(spec, outcome) for spec in expect]
    for wanted in (Verdict.FAIL, Verdict.UNDECIDED):
        for decision in decisions:
            if decision.verdict is wanted:
                return decision
    return Decision(verdict=Verdict.PASS, reason="; ".join(d.reason for d in decisions), oracle=decisions[0].oracle)


def evaluate_one(spec: Spec, outcome: Outcome) -> Decision:
    """One oracle on one outcome; raises InputError for a specification that is none."""
    name = str(spec.get("oracle", ""))
    if name not in ORACLES:
        raise InputError(f"unknown oracle {name!r}", where="expect", remedy=nearest(name, ORACLES))
    decision = ORACLES[name][0](spec, outcome)
    return msgspec.structs.replace(decision, oracle=name)


def check_expect(expect: Iterable[Any], where: str) -> None:
    """Refuse unknown oracles, unknown keys and missing ones, naming the nearest valid word."""
    for i, spec in enumerate(expect):
        at = f"{where}: expect[{i}]"
        if not isinstance(spec, Mapping):
            raise InputError(f"expected an object with `oracle`, got {type(spec).__name__}", where=at)
        name = spec.get("oracle")
        if name not in ORACLES:
            raise InputError(f"unknown oracle {name!r}", where=at, remedy=nearest(str(name), ORACLES))
        _, required, optional = ORACLES[str(name)]
        for key in spec:
            if key not in {"oracle", "note", *required, *optional}:
                raise InputError(f"the oracle {name!r} has no key {key!r}", where=at,
                                 remedy=nearest(str(key), (*required, *optional)))  # fmt: skip
        missing = [k for k in required if k not in spec]
        if missing:
            raise InputError(f"the oracle {name!r} needs {', '.join(missing)}", where=at)


def _judge(spec: Spec, outcome: Outcome) -> Decision:
    """A model's opinion decides only where people's agreement with it was measured to be high enough."""
    key = str(spec.get("id", "judge"))
    agreement = spec.get("agreement") or outcome.judge_agreement.get(key) or {}
    lows = [agreement.get(k) for k in ("sensitivity_low", "specificity_low")]
    needed = float(spec.get("agreement_min", AGREEMENT_MIN))
    if any(not isinstance(x, int | float) for x in lows):
        return undecided(f"the judge {key!r} has no measured agreement with people, so it decides nothing")
    if min(float(x) for x in lows if x is not None) < needed:
        return undecided(
            f"the judge {key!r} agrees with people too seldom ({lows[0]:.2f}, {lows[1]:.2f}; {needed} needed)"
        )
    if key not in outcome.judged:
        return undecided(f"the judge {key!r} was not asked")
    return passed("the judge is content") if outcome.judged[key] else failed(f"the judge says no: {spec['question']}")


Check = Callable[[Spec, Outcome], Decision]
_WHERE = ("anywhere",)
ORACLES: dict[str, tuple[Check, tuple[str, ...], tuple[str, ...]]] = {
    # name: (check, needed keys, optional keys)
    "required": (wording.required, (), ("all", "any", *_WHERE)),
    "forbidden": (wording.forbidden, ("texts",), _WHERE),
    "regex": (wording.regex, ("pattern",), ("present", *_WHERE)),
    "equals": (wording.equals, ("values",), ("exact", *_WHERE)),
    "correction": (wording.correction, ("said",), ("wrong", *_WHERE)),
    "differs": (wording.differs, ("from",), ("similarity_max",)),
    "json_schema": (wording.json_schema, ("schema",), ("fenced",)),
    "refusal": (wording.refusal, ("expected",), ()),
    "complete": (wording.complete, (), ()),
    "no_error": (wording.no_error, (), ("tools_may_fail",)),
    "tool_actions": (acts.tool_actions, ("actions",), ("effects", "reads", "outputs", "ignore", "extra_allowed")),
    "tool_state": (acts.tool_state, ("state",), ("ignore",)),
    "tool_forbidden": (acts.tool_forbidden, ("tool",), ("arguments", "rule", "unless_failed")),
    "tool_order": (acts.tool_order, ("first", "then"), ()),
    "no_loop": (acts.no_loop, (), ("repeats_max", "calls_max")),
    "judge": (_judge, ("question",), ("id", "agreement", "agreement_min")),
}  # fmt: skip
