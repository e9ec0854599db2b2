"""Why one recorded call waited, behind whom, and what would have helped: a few plain sentences.

The reason is the one the scheduler gave at the time.  What would have helped follows from it and from who went
first: where a tenant waited for itself alone, no weight would have changed anything.
"""

import msgspec

OWN = 0.9  # of the prompt tokens that went before it: from here on it waited for its own tenant
TENANTS_NAMED = 4

WHY = {
    "over_share": "its tenant had been served more than the others that waited",
    "own_queue": "earlier calls of its own tenant stood in front of it",
    "engine_slots": "the engine ran as many calls as it can at once",
    "engine_memory": "the engine's memory was full",
    "prefill_ahead": "as many prompt tokens were on their way as fit into half of the tightest first-token target",
    "prefill_protected": "its prompt would have made the first tokens of a latency class late",
    "reserved_slots": "the free slots were kept for latency classes",
    "tenant_budget": "its tenant's budget of requests or tokens was spent",
    "engine_throttled": "the provider had asked for a pause",
    "engine_requests_per_minute": "the provider's quota of requests was spent",
    "engine_tokens_per_minute": "the provider's quota of tokens was spent",
    "engine_down": "no upstream that may serve it was up",
    "retried": "an upstream failed before a token came, and it waited again, at its place, for another",
}
HELP = {
    "over_share": "a larger `weight` for {tenant}, or less of its traffic at once",
    "own_queue": "a larger `weight` for {tenant}, or less of its traffic at once",
    "engine_slots": "another replica, or an engine with more slots",
    "engine_memory": "an engine with more KV memory, another replica, or shorter prompts and answers",
    "prefill_ahead": "another replica, or `prefix_stepping` where the engine keeps prefixes",
    "prefill_protected": "a class with a first-token target for {tenant}, if its users wait for the first token",
    "reserved_slots": "a class with a first-token target for {tenant}, if its users wait for the first token",
    "tenant_budget": "a higher budget for {tenant} (`tokens_per_minute`, `tokens_per_day`, `requests_per_minute`)",
    "engine_throttled": "a higher quota at the provider, or a second upstream in the route",
    "engine_requests_per_minute": "a higher quota at the provider, or a second upstream in the route",
    "engine_tokens_per_minute": "a higher quota at the provider, or a second upstream in the route",
    "engine_down": "a second upstream in the route",
    "retried": "a healthier upstream, or one more in the route",
}
CAPACITY = "only a faster engine, another replica, or less of {tenant}'s traffic at once: it waited for its own tenant"
REFUSED = {
    "tenant_queue_full": "{tenant} had `queue_requests_max` calls waiting already",
    "tenant_queue_bytes": "the waiting calls of {tenant} held `queue_bytes_max` already",
    "queue_full": "as many calls waited as `scheduling.queue_requests_max` allows",
    "queue_bytes": "the waiting calls held as many bytes as `scheduling.queue_bytes_max` allows",
    "tenant_budget": "the budget of {tenant} would not have let it in within its wait limit",
    "hopeless": "at the rate at which calls were served it would have waited longer than its wait limit",
    "waited_too_long": "it had waited as long as its limit allows",
}


class Call(msgspec.Struct):
    """One call of a recorded run."""

    call_id: str
    tenant: str
    service_class: str
    arrived_s: float
    tokens_prompt: int
    dispatched_s: float | None = None
    first_s: float | None = None
    ended_s: float | None = None
    tokens_completion: int = 0
    reason: str = ""
    refused: str = ""
    refused_s: float = 0.0
    share_over: float = 0.0  # charged tokens above the least served waiting tenant, at arrival
    ahead: dict[str, int] = msgspec.field(default_factory=dict)  # dispatched while it waited, by tenant (`find` counts)
    ahead_tokens: dict[str, int] = msgspec.field(default_factory=dict)
    waited_from: int = 0  # of the run's dispatches in order: the first that could pass it, and the one that was its own
    waited_to: int = 0


def explain(call: Call) -> str:
    """Why it waited, behind whom, and what would have helped."""
    tenant = call.tenant
    if call.refused:
        why = REFUSED.get(call.refused, f"its error says {call.refused}").format(tenant=tenant)
        waited = call.refused_s - call.arrived_s
        after = f" after it had waited {waited:.3f} s" if waited > 0.0 else " at once"
        return f"It was refused{after} ({call.refused}): {why}.{behind(call)}"
    if call.dispatched_s is None:
        if call.ended_s is None:
            return f"It still waited when the recording ended.{behind(call)}"
        return f"Its client left after it had waited {call.ended_s - call.arrived_s:.3f} s.{behind(call)}"
    waited = call.dispatched_s - call.arrived_s
    if waited <= 0.0:
        return f"It did not wait: {tenant} was within its share and the engine had room."
    if not call.reason:
        return (f"It had its place in the engine at once; its prompt was sent in steps for {waited:.3f} s, so that "
                "calls of latency classes could go in between.")  # fmt: skip
    why = WHY.get(call.reason, call.reason.replace("_", " "))
    over = f" (by {call.share_over:,.0f} charged tokens)" if call.reason == "over_share" and call.share_over > 0 else ""
    total = sum(call.ahead_tokens.values())
    own = call.reason in ("own_queue", "over_share") and call.ahead_tokens.get(tenant, 0) >= OWN * total > 0
    help_ = (CAPACITY if own else HELP.get(call.reason, "more capacity")).format(tenant=tenant)
    return f"It waited {waited:.3f} s: {why}{over}.{behind(call)} What would have helped: {help_}."


def behind(call: Call) -> str:
    """Who went while it waited, largest first: a sentence, or nothing where nobody did."""
    if not call.ahead:
        return ""
    tenants = sorted(call.ahead, key=lambda t: (-call.ahead_tokens[t], t))
    named = [f"{call.ahead[t]:,} of {t} ({call.ahead_tokens[t]:,} prompt tokens)" for t in tenants[:TENANTS_NAMED]]
    more = tenants[TENANTS_NAMED:]
    if more:
        named.append(f"{sum(call.ahead[t] for t in more):,} of {len(more)} other tenants")
    return f" Calls that went first meanwhile: {', '.join(named)}."
