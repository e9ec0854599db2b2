"""A model of the engine that a recorded run met, so that its arrivals can be played under another plan.

Two speeds are read off single calls: a decoding step from the quickest answers (the slow ones shared their steps
with prompts), prompt tokens a second from the calls that were computed quickest.  Both are biased the same way, since
calls share an engine; so both are scaled until the model, under the recorded plan, keeps calls as long as the
engine did.
"""

from collections.abc import Sequence

import msgspec

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.explaining import Call
from tidegate.admit.scheduling.model import Plan
from tidegate.sim.engine import EngineSpec
from tidegate.sim.world import Asked, World

CALLS_MAX = 2_000  # of a run that the fit looks at, from its beginning
ROUNDS = 4
PREFIX_TOKENS = 400_000  # that a stepping plan's engine keeps


def asked_again(calls: Sequence[Call]) -> list[Asked]:
    """The same arrivals and lengths, for a simulated world."""
    return [
        Asked(request_id=i, at_s=c.arrived_s - calls[0].arrived_s, tenant=c.tenant, service_class=c.service_class,
              prompt=max(1, c.tokens_prompt), output=max(1, c.tokens_completion))
        for i, c in enumerate(calls)
    ]  # fmt: skip


def play(calls: Sequence[Call], plan: Plan, spec: EngineSpec) -> list[Asked]:
    """What became of them under this plan, on this engine."""
    asked = asked_again(calls)
    name = plan.engines[0].name if plan.engines else "engine"
    World({name: spec}, Admission(plan)).run(asked)
    return asked


def first_guess(calls: Sequence[Call], *, keeps_prefixes: bool = False) -> EngineSpec:
    """From single calls alone; plain values where too little was seen."""
    gaps: list[float] = []
    marks: list[tuple[float, int]] = []
    for c in calls:
        if c.dispatched_s is None or c.ended_s is None:
            continue
        marks += [(c.dispatched_s, 1), (c.ended_s, -1)]
        if c.first_s is not None and c.tokens_completion > 1 and c.ended_s > c.first_s:
            gaps.append((c.ended_s - c.first_s) / (c.tokens_completion - 1))
    gaps.sort()
    step_s = max(gaps[len(gaps) // 10], 1e-4) if gaps else 0.02
    speeds = sorted(
        c.tokens_prompt / max(c.first_s - c.dispatched_s - step_s, 1e-3)
        for c in calls
        if c.first_s is not None and c.dispatched_s is not None
    )
    running = most = 0
    for _, change in sorted(marks):
        running += change
        most = max(most, running)
    return EngineSpec(
        step_s=step_s, prefill_tokens_per_s=speeds[int(0.9 * len(speeds))] if speeds else 10_000.0, decode_s=0.0,
        context_s=0.0, slots=max(most, 1), prefix_cache_tokens=PREFIX_TOKENS if keeps_prefixes else 0,
        prefix_block_tokens=16,
    )  # fmt: skip


def fitted(calls: Sequence[Call], plan: Plan) -> EngineSpec:
    """See the module; `calls` in order of arrival, all of them dispatched."""
    sample = [c for c in calls[:CALLS_MAX] if c.ended_s is not None]
    spec = first_guess(calls, keeps_prefixes=plan.prefix_stepping)
    if not sample:
        return spec
    recorded_s = sum(c.ended_s - c.arrived_s for c in sample if c.ended_s is not None)
    for _ in range(ROUNDS):
        played_s = sum(r.done_s - r.at_s for r in play(sample, plan, spec) if r.done_s is not None)
        if played_s <= 0.0 or abs(played_s / recorded_s - 1.0) < 0.03:
            break
        by = min(max(recorded_s / played_s, 0.25), 4.0)
        spec = msgspec.structs.replace(
            spec, step_s=spec.step_s * by, prefill_tokens_per_s=spec.prefill_tokens_per_s / by
        )
    return spec
