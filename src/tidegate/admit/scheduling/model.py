"""The values of scheduling: the plan (what is configured), the events that come in, the actions that go out.

`Admission.step(event, now_s)` turns one event into actions.  Events are small tagged arrays so that a
journal of them is cheap to write, and the same journal under the same plan gives the same actions
bit for bit: that is what `tidegate schedule replay` and `explain` stand on.

Units: tokens, seconds, bytes.  A *charge* is weighted tokens: prompt × 1 + completion × 2 by default.
"""

from enum import StrEnum
from typing import Any

import msgspec

from tidegate.spine.errors import SettingError, nearest


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """What a token costs its tenant's counter (not money): prefill is parallel, decoding is not."""

    prompt: float = 1.0
    completion: float = 2.0
    cached: float = 0.1


class TenantRule(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant's share and limits; None means no limit of its own."""

    name: str
    weight: float = 1.0
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None
    queue_requests_max: int | None = None
    queue_bytes_max: int | None = None


class ClassRule(msgspec.Struct, frozen=True, kw_only=True):
    """A class of service.  With a first-token target it is a latency class: protected inside credit.

    `weight` multiplies the tenant's weight: a token in a class of weight 4 counts a quarter.  Among the
    classes of one tenant it is also a floor: a class with waiting work always gets at least
    weight/Σweights of what its tenant receives, whatever the deadlines of the others.
    """

    name: str
    ttft_target_s: float | None = None
    weight: float = 1.0
    reserved_slots: int = 0


class EngineRule(msgspec.Struct, frozen=True, kw_only=True):
    """One engine or provider.  Limits are a provider's contract, never a tuning knob."""

    name: str
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    slots_max: int = 1024  # connections we may open; the useful number is learned
    workers: int = 1  # how many workers share the engine: each may open as many
    steppable: bool = False  # keeps prompt prefixes, so a prefill can be sent in steps
    reports: bool = False  # says how full it is (metrics); else the window opens until first tokens come late


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Engines that serve the same requests: one fair order over all of them, whichever of them are up.

    `spread`: they are replicas, and the scheduler says which one goes first (warm prefixes, then the emptiest);
    else each request names its order of preference.
    """

    engines: tuple[str, ...]
    spread: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is configured."""

    policy: str = "fair"
    prices: Prices = Prices()
    tenants: tuple[TenantRule, ...] = ()
    classes: tuple[ClassRule, ...] = (ClassRule(name="default"),)
    engines: tuple[EngineRule, ...] = (EngineRule(name="engine"),)
    groups: tuple[Group, ...] = ()  # of engines; one that is named in none serves those that name just it
    wait_s_max: float = 300.0
    queue_requests_max: int = 100_000
    queue_bytes_max: int = 256 * 1024 * 1024
    prefix_stepping: bool = False


def check_plan(plan: Plan, policies: frozenset[str]) -> None:
    """Refuse, by name, what cannot work: raises SettingError."""
    if plan.policy not in policies:
        raise SettingError(f"expected a scheduling policy, got {plan.policy!r}", where="scheduling.policy",
                           remedy=nearest(plan.policy, policies))  # fmt: skip
    if plan.prefix_stepping and not any(e.steppable for e in plan.engines):
        raise SettingError("prefix stepping needs an engine that keeps prompt prefixes, and none is configured",
                           where="scheduling.prefix_stepping",
                           remedy="set `kind: vllm` or `kind: llamacpp` on an upstream, or leave it out")  # fmt: skip
    for kind, rules in (("tenant", plan.tenants), ("class", plan.classes), ("engine", plan.engines)):
        seen: set[str] = set()
        for rule in rules:
            if rule.name in seen:
                raise SettingError(f"two {kind} rules are called {rule.name!r}", remedy="names must differ")
            seen.add(rule.name)
    for kind, weighted in (("tenant", plan.tenants), ("class", plan.classes)):
        for rule in weighted:
            if not 0.0 < rule.weight < float("inf"):
                raise SettingError(f"{kind} {rule.name!r}: expected a finite weight above 0, got {rule.weight!r}",
                                   remedy="1.0 is one equal share; a weight of 0 would starve it")  # fmt: skip
    for name in ("prompt", "completion", "cached"):
        price = getattr(plan.prices, name)
        if not 0.0 <= price < float("inf"):
            raise SettingError(f"expected a weight of at least 0 for {name} tokens, got {price!r}")
    if plan.prices.prompt + plan.prices.completion == 0.0:
        raise SettingError("prompt and completion tokens both weigh 0, so nothing would ever be charged")


JOURNAL_VERSION = 1
_encoder = msgspec.json.Encoder()

# ---------------------------------------------------------------- events in


class Event(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Base of everything that happens to an Admission."""


class Arrive(Event, frozen=True, tag="a"):
    """A request was parsed and wants an engine.  `wait_s_max` is its own limit, if it brought one."""

    request_id: int
    tenant: str
    service_class: str
    pool: tuple[str, ...]  # the engines that may serve it, in order of preference
    tokens_prompt: int
    tokens_output_max: int = 0  # 0: not given
    size_bytes: int = 0
    prefix_key: int = 0
    wait_s_max: float | None = None
    call_id: str = ""
    stream: bool = True


class Cancel(Event, frozen=True, tag="c"):
    """The client left: waiting or dispatched."""

    request_id: int


class FirstToken(Event, frozen=True, tag="f"):
    """The first token of a dispatched request came: its prompt is computed.

    `behind`: the shell itself was too busy to see it in time, so the moment says nothing of the engine.
    """

    request_id: int
    behind: bool = False


class Tokens(Event, frozen=True, tag="t"):
    """Output tokens since the last such event, by request: `[[request_id, tokens], …]`."""

    counts: tuple[tuple[int, int], ...]


class Outcome(StrEnum):
    """How a dispatched request ended, as far as accounting cares."""

    DONE = "done"
    FAILED = "failed"  # before its first token: refunded.  After it: what was computed stays charged
    RETRY = "retry"  # failed before its first token: refunded, and back to the head of its queue


class Finish(Event, frozen=True, tag="e"):
    """A dispatched request ended; token counts are the engine's own where it reports them."""

    request_id: int
    outcome: Outcome = Outcome.DONE
    tokens_prompt: int | None = None
    tokens_cached: int | None = None
    tokens_completion: int | None = None


class Stepped(Event, frozen=True, tag="p"):
    """A step of a prompt is computed and kept by the engine; `ok` False: it cannot be sent in steps after all."""

    request_id: int
    ok: bool = True


class Again(Event, frozen=True, tag="g"):
    """A dispatched request failed before its first token: it waits once more, at its place, for one of `pool`."""

    request_id: int
    pool: tuple[str, ...]  # the engines that may still serve it, in order of preference


class Moved(Event, frozen=True, tag="m"):
    """The shell went on to another engine by itself, before the first byte of an answer.

    Only in recordings made before `Again`: then a failed call asked no window for room.
    """

    request_id: int
    engine: str


class Signal(Event, frozen=True, tag="s"):
    """What an engine says of itself; None where it does not say.

    `waiting` counts only requests held back by capacity; `preemptions` is the running total.
    """

    engine: str
    running: int | None = None
    waiting: int | None = None
    kv_usage: float | None = None
    kv_tokens: int | None = None
    preemptions: int | None = None
    slots: int | None = None  # where the engine says how many it runs at once


class SignalLost(Event, frozen=True, tag="l"):
    """A scrape was lost, late or garbled: own counts go on, and a finding says so."""

    engine: str
    reason: str


class Throttled(Event, frozen=True, tag="r"):
    """A provider said 429: nothing more to it for `retry_after_s`."""

    engine: str
    retry_after_s: float


class EngineState(Event, frozen=True, tag="u"):
    """An engine came up or went down."""

    engine: str
    up: bool


class Elsewhere(Event, frozen=True, tag="w"):
    """What the other workers of this gateway did since the last such event, and how they stand now.

    `pool` is the set of engines that share an order.  `charged` adds up; `waiting` and `windows` replace what was
    said before.
    """

    charged: tuple[tuple[tuple[str, ...], str, float], ...] = ()  # pool, tenant, charge over its weight
    waiting: tuple[tuple[tuple[str, ...], str], ...] = ()  # pool, tenant
    windows: tuple[tuple[str, int, int, int, int], ...] = ()  # engine, in flight, tokens, tokens held, prefill


class Tick(Event, frozen=True, tag="k"):
    """Time passed; needed at least once a second while anything waits."""


AnyEvent = (
    Arrive | Cancel | FirstToken | Tokens | Finish | Stepped | Again | Moved
    | Signal | SignalLost | Throttled | EngineState | Elsewhere | Tick
)  # fmt: skip


# ---------------------------------------------------------------- actions out


class Action(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Base of everything an Admission asks its shell to do."""


class Dispatch(Action, frozen=True, tag="go"):
    """Send this request to this engine now.

    `reason` is what it mainly waited for ("" when it did not wait), `passed` how many other
    requests went before it while it waited, `rank` the engine-side priority (lower is earlier).
    `warm_tokens` of its prompt were computed in steps before and are in the engine's prefix cache.
    """

    request_id: int
    engine: str
    wait_s: float
    reason: str
    passed: int
    rank: int
    warm_tokens: int = 0


class Step(Action, frozen=True, tag="step"):
    """Have the engine compute the first `tokens` of this prompt and keep them; the answer is not wanted.

    The shell answers with `Stepped`.  Between two steps waiting latency classes go in.
    """

    request_id: int
    engine: str
    tokens: int
    of: int  # the whole prompt, by the same count


class Refuse(Action, frozen=True, tag="no"):
    """Answer this request now with `status`; `retry_after_s` is when it would be let in."""

    request_id: int
    status: int  # 429: the tenant's own limit; 503: hopeless for anyone
    code: str
    retry_after_s: float
    message: str


class Abort(Action, frozen=True, tag="stop"):
    """Close the engine's stream of a cancelled request at once."""

    request_id: int
    engine: str


AnyAction = Dispatch | Step | Refuse | Abort


def encode_event(now_s: float, event: AnyEvent) -> bytes:
    """One journal line (without its newline): `[now_s, event]`."""
    return msgspec.json.encode((now_s, event))


def encode_plan(plan: Plan) -> bytes:
    """The journal line that says under which plan the events after it were decided."""
    return msgspec.json.encode({"plan": plan, "version": JOURNAL_VERSION})


class _ActionLine(msgspec.Struct):
    actions: list[AnyAction]


_action_decoder = msgspec.json.Decoder(_ActionLine)


def encode_actions(actions: list[AnyAction]) -> bytes:
    """The journal line of what was decided on the event before it."""
    return _encoder.encode({"actions": actions})


def encode_lines(lines: list[object]) -> bytes:
    """Many journal lines at once, the last one without its newline.

    Each is `(now_s, event)`, or `{"actions": [...]}`: what was decided on the event before it.
    """
    return _encoder.encode_lines(lines)[:-1]


def decode_actions(line: bytes) -> list[AnyAction]:
    """What was decided, from its journal line; raises msgspec.DecodeError."""
    return _action_decoder.decode(line).actions


class _PlanLine(msgspec.Struct):
    plan: Plan
    version: int


_plan_decoder = msgspec.json.Decoder(_PlanLine)


def decode_plan(line: bytes) -> Plan:
    """The inverse of `encode_plan`; raises msgspec.DecodeError."""
    return _plan_decoder.decode(line).plan


_line_decoder = msgspec.json.Decoder(tuple[float, AnyEvent])


def decode_event(line: bytes) -> tuple[float, AnyEvent]:
    """The inverse of `encode_event`; raises msgspec.DecodeError on anything else."""
    decoded: tuple[float, Any] = _line_decoder.decode(line)
    return decoded
