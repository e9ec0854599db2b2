"""Simulated time around the production admission: requests arrive, engines step, signals are scraped.

The admission object is the one the gateway runs.  Only the clock, the network (a round trip) and the
engines (`sim.engine`) are simulated.  Without an admission, requests go straight to the engine: that is
the FIFO arm.  One seed, one world: nothing here is random.
"""

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any

import msgspec

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import (
    Abort,
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
    Refuse,
    Signal,
    SignalLost,
    Step,
    Stepped,
    Tick,
    Tokens,
)
from tidegate.sim.engine import Engine, EngineSpec, Job, Progress


class Asked(msgspec.Struct):
    """One request of a workload, and what became of it (seconds of simulated time)."""

    request_id: int
    at_s: float
    tenant: str
    service_class: str
    prompt: int
    output: int
    blocks: tuple[int, ...] = ()
    prefix_key: int = 0
    output_max: int = 0
    leaves_s: float | None = None  # the client leaves so long after asking
    dispatched_s: float | None = None
    first_s: float | None = None
    last_s: float | None = None
    done_s: float | None = None
    refused: str = ""
    retry_after_s: float = 0.0
    gaps: list[tuple[float, int]] = msgspec.field(default_factory=list)  # (inter-token gap, how often)
    received: int = 0

    @property
    def ttft_s(self) -> float | None:
        """Seconds from asking to the first token."""
        return None if self.first_s is None else self.first_s - self.at_s


CHARGES_FIRST = (Tick, Finish)  # events before which the gateway charges what streamed (`gateway.scheduling`)
KINDS = (
    "abort",
    "arrive",
    "change",
    "leave",
    "lose",
    "return",
    "scrape",
    "signal",
    "stepped",
    "submit",
    "tick",
    "warm",
)


class World:
    """Runs one workload through one admission (or none) and its engines.

    `coarse` plays equal decoding steps together until something happens, and charges what streamed only at ticks and
    ends: three times as fast, for what-if replays; a first token moves by less than a step, an order now and then.
    """

    def __init__(
        self,
        engines: dict[str, EngineSpec],
        admission: Admission | None,
        *,
        round_trip_s: float = 0.001,
        scrape_every_s: float = 0.25,
        scrape_delay_s: float = 0.02,
        tick_every_s: float = 0.1,
        observe: Callable[[float, AnyEvent, list[AnyAction]], None] | None = None,
        coarse: bool = False,
    ) -> None:
        self.engines = {name: Engine(spec) for name, spec in engines.items()}
        self.admission = admission
        self.half_trip_s = round_trip_s / 2.0
        self.scrape_every_s = scrape_every_s
        self.scrape_delay_s = scrape_delay_s
        self.tick_every_s = tick_every_s
        self.observe = observe
        self.coarse = coarse
        self.now = 0.0
        self.asked: dict[int, Asked] = {}
        self.changes: list[tuple[float, str, EngineSpec]] = []
        self.losses: list[tuple[float, str, float]] = []  # (when, engine, when it is back, empty)
        self.down: set[str] = set()
        self.waiting_samples: list[tuple[float, str, int]] = []  # (time, engine, waiting) at every scrape
        self._heap: list[tuple[float, int, str, Any]] = []
        self._on_their_way: deque[tuple[float, int, str, Progress]] = deque()  # answers of steps: times only rise
        self._heavy = 0  # of those, how many end a prompt or an answer: they may bring the engine new work
        self._serial = 0
        self._stepping: set[str] = set()
        self._fresh: dict[int, int] = {}
        self._at_engine: dict[int, str] = {}

    # ------------------------------------------------------------ running

    def run(self, requests: Iterable[Asked], *, until_s: float = float("inf")) -> float:
        """Everything until the last request ended (or `until_s`); the time of the end."""
        for r in requests:
            self.asked[r.request_id] = r
            self._at(r.at_s, "arrive", r)
            if r.leaves_s is not None:
                self._at(r.at_s + r.leaves_s, "leave", r)
        open_requests = len(self.asked)
        for at, name, spec in self.changes:
            self._at(at, "change", (name, spec))
        for at, name, back_s in self.losses:
            self._at(at, "lose", name)
            self._at(back_s, "return", name)
        if self.admission is not None:
            self._at(0.0, "tick", None)
            if self.scrape_every_s > 0:
                self._at(0.0, "scrape", None)
        self._open = open_requests
        heap, answers = self._heap, self._on_their_way
        does = {kind: getattr(self, "_" + kind) for kind in KINDS}
        while self._open and (heap or answers):
            if answers and (not heap or answers[0][:2] < heap[0][:2]):
                at, _, name, progress = answers.popleft()
                if at > until_s:
                    break
                self.now = max(self.now, at)
                self._deliver(name, progress)
                continue
            at, _, kind, payload = heappop(heap)
            if at > until_s:
                break
            self.now = max(self.now, at)
            does[kind](payload)
        return self.now

    def _at(self, at: float, kind: str, payload: Any) -> None:
        self._serial += 1
        heappush(self._heap, (at, self._serial, kind, payload))

    def _closed(self) -> None:
        self._open -= 1

    # ------------------------------------------------------------ clients

    def _arrive(self, r: Asked) -> None:
        if self.admission is None:
            r.dispatched_s = self.now
            self._at(self.now + self.half_trip_s, "submit", (next(iter(self.engines)), r.request_id))
            return
        up = tuple(n for n in self.engines if n not in self.down) if self.down else tuple(self.engines)
        event = Arrive(r.request_id, r.tenant, r.service_class, up or tuple(self.engines), r.prompt, r.output_max,
                       4 * r.prompt, r.prefix_key, None, str(r.request_id))  # fmt: skip
        self._tell(event)

    def _leave(self, r: Asked) -> None:
        if r.done_s is not None or r.refused:
            return
        r.refused = "left"
        self._closed()
        if self.admission is not None:
            self._tell(Cancel(r.request_id))
        elif r.request_id in self._at_engine:
            self._abort((self._at_engine[r.request_id], r.request_id))

    # ------------------------------------------------------------ the admission

    def _tell(self, event: AnyEvent) -> None:
        assert self.admission is not None
        if self._fresh and not isinstance(event, Tokens) and (not self.coarse or isinstance(event, CHARGES_FIRST)):
            counts, self._fresh = tuple(self._fresh.items()), {}
            self._tell(Tokens(counts))
        actions = self.admission.step(event, self.now)
        if self.observe is not None:
            self.observe(self.now, event, actions)
        for action in actions:
            self._act(action)

    def _act(self, action: AnyAction) -> None:
        r = self.asked[action.request_id]
        match action:
            case Dispatch():
                r.dispatched_s = self.now
                self._at(self.now + self.half_trip_s, "submit", (action.engine, r.request_id))
            case Step():
                self._at(self.now + self.half_trip_s, "warm", (action.engine, r.request_id, action.tokens))
            case Refuse():
                r.refused, r.retry_after_s = action.code, action.retry_after_s
                self._closed()
            case Abort():
                self._at(self.now + self.half_trip_s, "abort", (action.engine, r.request_id))

    def _tick(self, _: None) -> None:
        self._tell(Tick())
        self._at(self.now + self.tick_every_s, "tick", None)

    def _scrape(self, _: None) -> None:
        for name, e in self.engines.items():
            if name in self.down:
                self._at(self.now + self.scrape_delay_s, "signal", SignalLost(name, "down"))
                continue
            signal = Signal(name, running=len(e.running), waiting=len(e.waiting), kv_usage=e.kv_usage,
                            kv_tokens=e.spec.kv_tokens, preemptions=e.preemptions)  # fmt: skip
            self.waiting_samples.append((self.now, name, len(e.waiting)))
            self._at(self.now + self.scrape_delay_s, "signal", signal)
        self._at(self.now + self.scrape_every_s, "scrape", None)

    def _signal(self, signal: Signal | SignalLost) -> None:
        self._tell(signal)

    # ------------------------------------------------------------ the engines

    def _change(self, what: tuple[str, EngineSpec]) -> None:
        self.engines[what[0]].spec = what[1]

    def _lose(self, name: str) -> None:
        """A replica dies with all that it held: calls it had not begun to answer are tried again, the others fail."""
        old = self.engines[name]
        self.down.add(name)
        self._stepping.discard(name)
        self.engines[name] = Engine(old.spec)
        if self.admission is not None:
            self._tell(EngineState(name, False))
        for job in [*old.running, *old.waiting]:
            if job.job_id < 0:
                self._tell(Stepped(-1 - job.job_id, False))
        for request_id in [i for i, n in self._at_engine.items() if n == name]:
            self._broken(name, request_id)

    def _broken(self, name: str, request_id: int) -> None:
        r = self.asked[request_id]
        self._at_engine.pop(request_id, None)
        begun = r.first_s is not None
        if begun:
            r.refused = "lost"
            self._closed()
        others = tuple(n for n in self.engines if n != name)
        if self.admission is None:
            return
        if not begun and others:
            self._tell(Again(request_id, others))
        else:
            self._tell(Finish(request_id, Outcome.FAILED if begun else Outcome.RETRY))

    def _return(self, name: str) -> None:
        self.down.discard(name)
        if self.admission is not None:
            self._tell(EngineState(name, True))

    def _submit(self, what: tuple[str, int]) -> None:
        name, request_id = what
        r = self.asked[request_id]
        if r.refused:
            return
        if name in self.down:
            self._broken(name, request_id)
            return
        self._at_engine[request_id] = name
        self.engines[name].submit(Job(job_id=request_id, prompt=r.prompt, output=max(1, r.output), blocks=r.blocks))
        self._start(name)

    def _warm(self, what: tuple[str, int, int]) -> None:
        """The first tokens of a prompt, to be kept: a job of its own with a negative number."""
        name, request_id, tokens = what
        r = self.asked[request_id]
        engine = self.engines[name]
        size = engine.spec.prefix_block_tokens
        if len(r.blocks) * size < r.prompt - size:  # nothing recorded of its content: it shares no prefix
            r.blocks = tuple((request_id << 24) + i for i in range(1, r.prompt // size + 1))
        engine.submit(Job(job_id=-1 - request_id, prompt=tokens, output=1, blocks=r.blocks[: tokens // size]))
        self._start(name)

    def _abort(self, what: tuple[str, int]) -> None:
        self.engines[what[0]].abort(what[1])
        self.engines[what[0]].abort(-1 - what[1])

    def _start(self, name: str) -> None:
        engine = self.engines[name]
        if name in self._stepping or not engine.busy:
            return
        self._stepping.add(name)
        horizon = 0.0
        if (
            self.coarse and not self._heavy
        ):  # until something happens: answers that only go on change nothing in the engine
            horizon = min(max(self._heap[0][0] - self.now, 0.0), 1.0) if self._heap else 1.0
        progress = engine.step(horizon)
        self._at(self.now + progress.duration_s, "stepped", (name, engine, progress))

    def _stepped(self, what: tuple[str, Engine, Progress]) -> None:
        name, engine, p = what
        if self.engines[name] is not engine:  # it died in the middle
            return
        self._stepping.discard(name)
        self._serial += 1
        self._on_their_way.append((self.now + self.half_trip_s, self._serial, name, p))
        self._heavy += bool(p.first or p.done)
        self._start(name)

    def _deliver(self, name: str, p: Progress) -> None:
        """The tokens of a step reach the clients (and the admission on their way)."""
        self._heavy -= bool(p.first or p.done)
        if name in self.down:  # what broke meanwhile is answered elsewhere, or was given up
            p = Progress(p.duration_s, p.steps, self._still_at(name, p.first), self._still_at(name, p.decoded),
                         self._still_at(name, p.done), p.prefill_tokens)  # fmt: skip
        if p.decoded:
            self._tokens(p.decoded, p.steps)
        for job in p.first:
            if job.job_id < 0:
                self._tell(Stepped(-1 - job.job_id))
                continue
            r = self.asked[job.job_id]
            if r.refused:
                continue
            r.first_s = r.last_s = self.now
            r.received = 1
            if self.admission is not None:
                self._fresh[job.job_id] = self._fresh.get(job.job_id, 0) + 1
                self._tell(FirstToken(job.job_id))
        for job in p.done:
            if job.job_id < 0:
                continue
            r = self.asked[job.job_id]
            self._at_engine.pop(job.job_id, None)
            if r.refused:
                continue
            r.done_s = self.now
            self._closed()
            if self.admission is not None:
                self._tell(Finish(job.job_id, tokens_prompt=r.prompt, tokens_cached=job.cached,
                                  tokens_completion=r.received))  # fmt: skip

    def _still_at(self, name: str, jobs: list[Job]) -> list[Job]:
        return [j for j in jobs if self._at_engine.get(j.job_id) == name]

    def _tokens(self, decoded: list[Job], steps: int) -> None:
        """So many more tokens for each of these."""
        now, asked, fresh, charged = self.now, self.asked, self._fresh, self.admission is not None
        for job in decoded:
            request_id = job.job_id
            r = asked[request_id]
            last_s = r.last_s
            if last_s is None or r.refused:
                continue
            r.gaps.append(((now - last_s) / steps, steps))
            r.last_s = now
            r.received += steps
            if charged:
                if request_id in fresh:
                    fresh[request_id] += steps
                else:
                    fresh[request_id] = steps
