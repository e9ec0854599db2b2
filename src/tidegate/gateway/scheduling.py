"""The pure admission behind the gateway's seam: events in, callbacks out, engines watched.

`Scheduled` adds nothing to what `tidegate.admit.scheduling` decides.  It turns the data plane's calls
into events (each of which may be recorded, so that live decisions can be replayed bit for bit), and
actions into callbacks.  `watch` reads the engines' own metrics beside the traffic; when that fails, own
counts go on.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import (
    Again,
    AnyAction,
    AnyEvent,
    Arrive,
    Cancel,
    Dispatch,
    EngineState,
    Finish,
    FirstToken,
    Outcome,
    Plan,
    Refuse,
    Signal,
    Step,
    Stepped,
    Throttled,
    Tick,
    Tokens,
    encode_lines,
    encode_plan,
)
from tidegate.admit.scheduling.signals import parse_orca
from tidegate.admit.scheduling.tally import TENANTS_MAX
from tidegate.gateway.control_channel import Counter
from tidegate.gateway.engine_pages import WATCHED, metrics_page, plan_of, signal_of
from tidegate.gateway.neighbours import Neighbours
from tidegate.gateway.seams import Aborts, Refused, Resume, Warm
from tidegate.gateway.usage import NOTHING
from tidegate.settings import Settings
from tidegate.spine.call import Ending, Usage
from tidegate.spine.contracts import Waiting

log = logging.getLogger("tidegate.gateway")
WINDOW_GAUGES = {  # the window's own name → the metric's
    key: f"tidegate_window_{key}"
    for key in ("slots", "reserved_slots", "inflight", "tokens", "prefill_tokens", "stepping")
} | {"prefill_tokens_per_s": "tidegate_window_prefill_tokens_per_second"}
WATCH_EVERY_S = 0.25
THROTTLED_S_MAX = 300.0  # a provider that names more is tried again by then
LINES_MAX = 512  # events kept before they are encoded and recorded together
BEHIND_S = 0.25  # between ticks, which come ten times a second: longer, and the loop has more to do than it can
BEHIND_RECENT_S = 60.0  # first tokens that take longer are late whatever the loop did
THROTTLED_S = 1.0  # a pause after 429 or 503 where the provider names none


class Scheduled:
    """The seam's `Admission`, deciding by the configured policy.

    `record` receives lines (the last one without its newline): the plan first, then each event and
    what was decided on it, a few hundred together; give it something that does not block.
    """

    def __init__(
        self, settings: Settings, record: Callable[[bytes], None] | None = None, neighbours: Neighbours | None = None
    ) -> None:
        self.settings = settings
        self.neighbours = neighbours  # the other workers, where there are any
        self.core = Admission(self._plan())
        self.record = record
        self._resumes: dict[int, Resume] = {}
        self._progress: dict[int, int] = {}  # totals reported so far
        self._fresh: dict[int, int] = {}  # tokens since the last Tokens event
        self._lines: list[object] = []
        self._later: list[AnyAction] = []
        self._reasons: dict[int, Dispatch] = {}
        self._warms: dict[int, Warm] = {}  # of waiting calls, where prompts may be sent in steps
        self._warming: dict[int, Aborts] = {}  # steps on their way
        self._ticked_s = math.inf  # last tick; none yet
        self._behind_s = -math.inf  # when the loop was last seen to be behind
        self._reported_s: dict[str, float] = {}  # when an upstream last said how full it is
        self._watch: asyncio.Task[None] | None = None
        if record is not None:
            record(encode_plan(self.core.plan))

    def _plan(self) -> Plan:
        return plan_of(self.settings, 1 if self.neighbours is None else self.neighbours.workers)

    # ------------------------------------------------------------ the seam

    def arrive(
        self, request: Waiting, candidates: Sequence[str], resume: Resume, now_s: float, bytes_held: int = 0,
        warm: Warm | None = None,
    ) -> str | Refused | None:  # fmt: skip
        """A call asks to go; others that this lets in are told after it returned."""
        r = request
        event = Arrive(
            r.request_id, r.tenant, r.service_class, tuple(candidates), r.tokens_prompt, r.tokens_output_max,
            bytes_held, r.prefix_key, None, r.call_id, r.stream,
        )  # fmt: skip
        actions = self._step(event, now_s)
        if len(actions) == 1:  # the usual case: it goes, or is refused, and nobody else is concerned
            action = actions[0]
            if action.request_id == r.request_id:
                if isinstance(action, Dispatch):
                    return action.engine
                if isinstance(action, Refuse):
                    return refused(action)
        return self._arrived(r.request_id, actions, resume, warm, now_s)

    def _arrived(
        self, request_id: int, actions: list[AnyAction], resume: Resume, warm: Warm | None, now_s: float
    ) -> str | Refused | None:
        """The verdict on a call among what was decided on its arrival; the rest is done after `arrive` returned."""
        verdict: str | Refused | None = None
        for action in actions:
            if isinstance(action, Dispatch) and action.request_id == request_id:
                verdict = action.engine
            elif isinstance(action, Refuse) and action.request_id == request_id:
                verdict = refused(action)
            else:
                self._later.append(action)
        if verdict is None:
            self._resumes[request_id] = resume
            if warm is not None and self.core.plan.prefix_stepping:
                self._warms[request_id] = warm
        if self._later:
            with contextlib.suppress(RuntimeError):  # no loop (a test): the next event flushes
                asyncio.get_running_loop().call_soon(self._flush, now_s)
        return verdict

    def first_token(self, request_id: int, now_s: float) -> None:
        """The prompt is computed; a loop that was behind since the call went saw it late by its own doing."""
        behind = now_s - self._ticked_s > BEHIND_S
        if not behind and now_s - self._behind_s < BEHIND_RECENT_S:
            ticket = self.core.tickets.get(request_id)
            behind = ticket is not None and now_s - (self.core.now - ticket.dispatched_s) < self._behind_s
        self._do(FirstToken(request_id, behind), now_s)

    def progress(self, request_id: int, tokens_generated: int, now_s: float) -> None:  # noqa: ARG002
        """Tokens so far; charged together at the next tick, a tenth of a second away at most."""
        before = self._progress.get(request_id, 0)
        if tokens_generated > before:
            self._progress[request_id] = tokens_generated
            self._fresh[request_id] = self._fresh.get(request_id, 0) + tokens_generated - before

    def again(
        self, request_id: int, candidates: Sequence[str], resume: Resume, now_s: float, warm: Warm | None = None
    ) -> str | None:
        """Back into the order, at its place; others that its room lets in are told after this returned."""
        self._progress.pop(request_id, None)
        self._fresh.pop(request_id, None)
        actions = self._step(Again(request_id, tuple(candidates)), now_s)
        verdict = self._arrived(request_id, actions, resume, warm, now_s)
        return verdict if isinstance(verdict, str) else None

    def end(
        self, request_id: int, usage: Usage | None, now_s: float, *, refund: bool = False, overloaded: bool = False
    ) -> None:
        """An admitted call ended: settle to the engine's own numbers."""
        if self._fresh:
            self._charge(now_s)
        if self._progress:
            self._progress.pop(request_id, None)
        if self._reasons:
            self._reasons.pop(request_id, None)
        if overloaded:
            ticket = self.core.tickets.get(request_id)
            if ticket is not None and ticket.engine:
                self._do(Throttled(ticket.engine, THROTTLED_S), now_s)
        u = usage or NOTHING
        outcome = Outcome.FAILED if refund else Outcome.DONE
        self._do(Finish(request_id, outcome, u.tokens_prompt, u.tokens_prompt_cached, u.tokens_completion), now_s)

    def cancel(self, request_id: int, now_s: float) -> None:
        """A waiting call went away."""
        self._resumes.pop(request_id, None)
        if self._warms.pop(request_id, None) is not None:
            warming = self._warming.pop(request_id, None)
            if warming is not None:
                warming.abort()
        self._do(Cancel(request_id), now_s)

    def throttled(self, upstream: str, retry_after_s: float | None, now_s: float) -> None:
        """Nothing more goes to it until then."""
        pause_s = THROTTLED_S if retry_after_s is None else min(max(retry_after_s, 0.0), THROTTLED_S_MAX)
        self._do(Throttled(upstream, pause_s), now_s)

    def load_report(self, upstream: str, header: str, now_s: float) -> None:
        """A report that rode on an answer: as good as a metrics page, and needs no request of its own."""
        if now_s - self._reported_s.get(upstream, 0.0) < WATCH_EVERY_S:
            return
        signal = parse_orca(upstream, header)
        if signal is not None:
            self._reported_s[upstream] = now_s
            self._do(signal, now_s)

    def upstream_state(self, upstream: str, healthy: bool, now_s: float) -> None:
        """A health check changed its mind."""
        self._do(EngineState(upstream, healthy), now_s)

    def tick(self, now_s: float) -> None:
        """Charge what streamed, expire hopeless waits, refill budgets; the first one starts the watch."""
        if self._watch is None:
            with contextlib.suppress(RuntimeError):  # no loop: a test or the simulator, which brings its own signals
                self._watch = asyncio.get_running_loop().create_task(self.watch())
        if now_s - self._ticked_s > BEHIND_S:
            self._behind_s = now_s
        self._ticked_s = now_s
        self._charge(now_s)
        if self.neighbours is not None:
            heard = self.neighbours.exchange(self.core, now_s)
            if heard is not None:
                self._do(heard, now_s)
        if self.core.tickets:
            self._do(Tick(), now_s)
        self._write_lines()
        flush = getattr(self.record, "flush", None)
        if flush is not None:
            flush()

    def reload(self, settings: Settings, now_s: float) -> None:
        """New weights, classes and limits; waiting and running calls stay."""
        self.settings = settings
        self.core.reload(self._plan(), now_s)
        self._write_lines()
        if self.record is not None:
            self.record(encode_plan(self.core.plan))

    def snapshot(self) -> dict[str, Any]:
        """For the console and the metrics."""
        return {"kind": "scheduled", **self.core.snapshot()}

    def numbers(self) -> tuple[list[Counter], list[Counter]]:
        """(counters, gauges) for Prometheus; labels are tenants, classes, upstreams and a closed list of reasons."""
        counters: list[Counter] = []
        gauges: list[Counter] = []
        snapshot = self.core.snapshot()
        for tenant, row in list(snapshot["tenants"].items())[:TENANTS_MAX]:
            labels = {"tenant": tenant}
            counters.append(Counter(name="tidegate_service_charged_tokens_total", labels=labels, value=row["served"]))
            gauges.append(Counter(name="tidegate_tenant_weight", labels=labels, value=row["weight"]))
        for row in snapshot["classes"]:
            labels = {"tenant": row["tenant"], "class": row["class"]}
            for name, by in (("tidegate_wait_reasons_total", "wait_reasons"), ("tidegate_refused_total", "refused")):
                counters += [Counter(name=name, labels={**labels, "reason": r}, value=n) for r, n in row[by].items()]
        for upstream, window in snapshot["engines"].items():
            labels = {"upstream": upstream}
            for key, name in WINDOW_GAUGES.items():
                gauges.append(Counter(name=name, labels=labels, value=window[key]))
            lost = window["signals_lost"]
            counters.append(Counter(name="tidegate_engine_signals_lost_total", labels=labels, value=lost))
        jain = snapshot["jain_index"]
        if jain is not None:
            gauges.append(Counter(name="tidegate_service_jain_index", labels={}, value=jain))
        return counters, gauges

    def why(self, request_id: int) -> dict[str, Any]:
        """What the trace should say of a dispatched call's wait; empty when it did not wait."""
        d = self._reasons.pop(request_id, None)
        if d is None or d.wait_s <= 0.0:
            return {}
        return {"wait_ms": round(d.wait_s * 1000.0, 3), "reason": d.reason, "passed": d.passed}

    # ------------------------------------------------------------ inside

    def _step(self, event: AnyEvent, now_s: float) -> list[AnyAction]:
        actions = self.core.step(event, now_s)
        if self.record is not None:
            lines = self._lines
            lines.append((now_s, event))
            if actions:
                lines.append({"actions": actions})
            if len(lines) >= LINES_MAX:
                self._write_lines()
        return actions

    def _write_lines(self) -> None:
        """Record what happened since the last time."""
        if self._lines and self.record is not None:
            lines, self._lines = self._lines, []
            self.record(encode_lines(lines))

    def _do(self, event: AnyEvent, now_s: float) -> None:
        actions = self._step(event, now_s)
        if actions:
            self._act(actions, now_s)
        if self._later:
            self._flush(now_s)

    def _charge(self, now_s: float) -> None:
        if self._fresh:
            counts, self._fresh = tuple(self._fresh.items()), {}
            self._do(Tokens(counts), now_s)

    def _flush(self, now_s: float) -> None:
        later, self._later = self._later, []
        self._act(later, now_s)

    def _act(self, actions: list[AnyAction], now_s: float) -> None:
        for action in actions:
            if isinstance(action, Step):
                self._warm_up(action, now_s)
                continue
            resume = self._resumes.pop(action.request_id, None)
            if resume is None:
                continue
            self._warms.pop(action.request_id, None)
            if isinstance(action, Dispatch):
                self._reasons[action.request_id] = action
                resume(action.engine, now_s)
            elif isinstance(action, Refuse):
                resume(refused(action), now_s)

    def _warm_up(self, step: Step, now_s: float) -> None:
        """Send one step of a prompt ahead; where that cannot be, the call goes whole."""
        warm = self._warms.get(step.request_id)
        done = partial(self._warmed, step.request_id)
        warming = None if warm is None else warm(step.engine, step.tokens, step.of, done)
        if warming is None:
            self._do(Stepped(step.request_id, False), now_s)
        else:
            self._warming[step.request_id] = warming

    def _warmed(self, request_id: int, ok: bool) -> None:
        self._warming.pop(request_id, None)
        self._do(Stepped(request_id, ok), asyncio.get_running_loop().time())

    # ------------------------------------------------------------ the engines' own signals

    async def watch(self) -> None:
        """Read every engine's metrics for ever; run it as a task beside the gateway."""
        loop = asyncio.get_running_loop()
        while True:
            watched = [u for u in self.settings.upstreams if u.kind in WATCHED] if self.core.tickets else []
            pages = await asyncio.gather(*(metrics_page(u) for u in watched), return_exceptions=True)
            for upstream, page in zip(watched, pages, strict=True):
                now_s = loop.time()
                signal = signal_of(upstream.name, page)
                if isinstance(signal, Signal):
                    self._reported_s[upstream.name] = now_s
                self._do(signal, now_s)
            await asyncio.sleep(WATCH_EVERY_S)


def refused(action: Refuse) -> Refused:
    """The seam's form of a refusal."""
    ending = Ending.REFUSED_LIMIT if action.status == 429 else Ending.REFUSED_OVERLOAD
    return Refused(ending=ending, code=action.code, message=action.message, status=action.status,
                   retry_after_s=action.retry_after_s)  # fmt: skip
