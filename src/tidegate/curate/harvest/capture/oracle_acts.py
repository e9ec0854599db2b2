"""Oracles of what a run did: the actions it took, the state it left, calls that it may not make or repeat."""

from __future__ import annotations

import msgspec

from tidegate.curate.harvest.capture.effects import actions_difference, read_arguments, state_difference
from tidegate.curate.harvest.capture.oracle_text import texts
from tidegate.curate.harvest.model import Decision, Outcome, Spec, failed, passed, undecided


def tool_actions(spec: Spec, outcome: Outcome) -> Decision:
    """Whether the run did the expected actions, and nothing else that has an effect."""
    difference = actions_difference(spec, outcome)
    if difference:
        return failed(difference[0], differences=list(difference[:5]))
    return passed("the run did what was expected, and nothing else that has an effect")


def tool_state(spec: Spec, outcome: Outcome) -> Decision:
    """Whether the tools' state is the expected one."""
    if outcome.state is None:
        return undecided("the run's tool state was not given, so it cannot be compared")
    difference = state_difference(spec["state"], outcome.state, ignore=texts(spec, "ignore"))
    if difference:
        return failed(f"the tools' state differs at {difference[0]}", differences=list(difference[:5]))
    return passed("the tools' state is the expected one")


def tool_forbidden(spec: Spec, outcome: Outcome) -> Decision:
    """A constraint that was violated by a call: that call may not be made again."""
    wanted = spec.get("arguments")
    for call in outcome.tool_calls:
        if call.name != spec["tool"] or (spec.get("unless_failed") and call.call_id in outcome.failed_calls):
            continue
        got = read_arguments(call.arguments)
        if wanted is None or all(got.get(k) == v for k, v in wanted.items()):
            rule = f" (rule {spec['rule']})" if spec.get("rule") else ""
            return failed(f"it called {call.name}{rule}, which it must not", call=call.name)
    return passed(f"it did not call {spec['tool']}")


def tool_order(spec: Spec, outcome: Outcome) -> Decision:
    """Whether one tool was called before another."""
    names = [c.name for c in outcome.tool_calls]
    if spec["then"] in names and spec["first"] not in names[: names.index(spec["then"])]:
        return failed(f"it called {spec['then']} without calling {spec['first']} first")
    return passed(f"{spec['then']} only after {spec['first']}")


def no_loop(spec: Spec, outcome: Outcome) -> Decision:
    """Whether no call was repeated without end."""
    limit = int(spec.get("repeats_max", 3))
    seen: dict[tuple[str, bytes], int] = {}
    for call in outcome.tool_calls:
        key = (call.name, msgspec.json.encode(read_arguments(call.arguments), order="sorted"))
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > limit:
            return failed(f"it called {call.name} with the same arguments {seen[key]} times")
    cap = spec.get("calls_max")
    if cap is not None and len(outcome.tool_calls) > int(cap):
        return failed(f"it made {len(outcome.tool_calls)} tool calls, more than {cap}")
    return passed("no call was repeated without end")
