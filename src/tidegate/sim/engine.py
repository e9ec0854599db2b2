"""A model of one engine: continuous batching, chunked prefill, KV memory, prefix cache, preemption.

One iteration costs `step_s + prefill tokens / prefill_tokens_per_s + decoding requests × decode_s +
context tokens × context_s` seconds.  Memory is taken as tokens are computed, and when it runs out the
request that started last loses what it computed (recompute preemption), as in vLLM.  The same model
runs in simulated time (`sim.world`) and, sleeping through its steps, as a server (`sim.engine_server`).

It is a model, not a measurement: use it for ratios between policies.
"""

from bisect import insort
from collections import OrderedDict, deque

import msgspec


class EngineSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Speeds and sizes.  The defaults are about an 8-billion-parameter model on one H200-class GPU."""

    step_s: float = 0.006
    prefill_tokens_per_s: float = 40_000.0
    decode_s: float = 2e-5
    context_s: float = 2.7e-8
    kv_tokens: int = 460_000
    slots: int = 128
    step_tokens_max: int = 8192
    prefix_block_tokens: int = 512  # granularity of the prefix cache
    prefix_cache_tokens: int = 0  # 0: no prefix cache
    order: str = "fifo"  # or "priority": waiting requests by (rank, arrival)


class Job(msgspec.Struct):
    """One request inside the engine."""

    job_id: int
    prompt: int
    output: int
    rank: int = 0
    blocks: tuple[int, ...] = ()
    computed: int = 0
    generated: int = 0
    cached: int = 0
    serial: int = 0


class Progress(msgspec.Struct):
    """What one iteration (or several equal ones) did."""

    duration_s: float
    steps: int
    first: list[Job]  # their first token came
    decoded: list[Job]  # `steps` more tokens each
    done: list[Job]
    prefill_tokens: int


class Engine:
    """The state of one engine; `step` runs an iteration and says how long it took."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.waiting: deque[Job] | list[Job] = deque() if spec.order == "fifo" else []
        self.running: list[Job] = []
        self.kv_used = 0
        self.preemptions = 0
        self.prompt_tokens = self.generated_tokens = self.cached_tokens = 0
        self.waiting_max = 0
        self._serial = 0
        self._prefilling = 0  # of the running: those whose prompt is not computed yet
        self._cache: OrderedDict[int, None] = OrderedDict()

    def submit(self, job: Job) -> None:
        """A request came in."""
        self._serial += 1
        job.serial = self._serial
        if isinstance(self.waiting, deque):
            self.waiting.append(job)
        else:
            insort(self.waiting, job, key=lambda j: (j.rank, j.serial))
        self.waiting_max = max(self.waiting_max, len(self.waiting))

    def abort(self, job_id: int) -> bool:
        """The client went away: its place and memory are free at once.  Whether it was here."""
        for queue in (self.running, self.waiting):
            for job in queue:
                if job.job_id == job_id:
                    queue.remove(job)
                    if queue is self.running:
                        self.kv_used -= job.computed + job.generated
                        self._prefilling -= job.computed < job.prompt
                    return True
        return False

    @property
    def busy(self) -> bool:
        """Whether a step would do anything."""
        return bool(self.running or self.waiting)

    @property
    def kv_usage(self) -> float:
        """Share of the memory in use."""
        return min(1.0, self.kv_used / self.spec.kv_tokens)

    def step(self, horizon_s: float = 0.0) -> Progress:
        """One iteration; when nothing but decoding goes on, as many equal ones as fit in `horizon_s`."""
        spec = self.spec
        if self.waiting:
            self._admit()
        if not self._prefilling and not self.waiting and len(self.running) <= spec.step_tokens_max:
            return self._decode_only(horizon_s)
        budget = spec.step_tokens_max
        decoding = [j for j in self.running if j.computed >= j.prompt]
        prefilling = [j for j in self.running if j.computed < j.prompt]
        decoding = decoding[:budget]
        budget -= len(decoding)
        context = sum(j.prompt + j.generated for j in decoding)
        chunks: list[tuple[Job, int]] = []
        prefill = 0
        for job in prefilling:
            chunk = min(job.prompt - job.computed, budget - prefill)
            if chunk <= 0:
                break
            chunks.append((job, chunk))
            prefill += chunk
        duration = (
            spec.step_s + prefill / spec.prefill_tokens_per_s + len(decoding) * spec.decode_s
            + context * spec.context_s
        )  # fmt: skip
        steps = 1
        if not prefilling and decoding and not self.waiting and horizon_s > duration:
            room = (spec.kv_tokens - self.kv_used) // len(decoding)
            steps = max(1, min(int(horizon_s / duration), room, *(j.output - j.generated for j in decoding)))
        first, done = self._apply(chunks, decoding, steps)
        self._prefilling = len(prefilling) - sum(j.computed >= j.prompt for j in prefilling)
        self.prompt_tokens += prefill
        self.generated_tokens += len(first) + steps * len(decoding)
        self._make_room()
        return Progress(duration * steps, steps, first, decoding, done, prefill)

    def _decode_only(self, horizon_s: float) -> Progress:
        """The same where no prompt is computed and nobody waits: what fills the memory is all context."""
        spec, running = self.spec, self.running
        n = len(running)
        duration = spec.step_s + n * spec.decode_s + self.kv_used * spec.context_s
        least = min([j.output - j.generated for j in running]) if n else 1
        steps = 1
        if n and horizon_s > duration:
            steps = max(1, min(int(horizon_s / duration), (spec.kv_tokens - self.kv_used) // n, least))
        for job in running:
            job.generated += steps
        self.kv_used += steps * n
        self.generated_tokens += steps * n
        done = [j for j in running if j.generated >= j.output] if least <= steps else []
        if done:
            self._end(done)
        decoded = running if self.running is not running else running[:]
        self._make_room()
        return Progress(duration * steps, steps, [], decoded, done, 0)

    def _end(self, done: list[Job]) -> None:
        gone = {id(j) for j in done}
        self.running = [j for j in self.running if id(j) not in gone]
        self.kv_used -= sum(j.computed + j.generated for j in done)

    def _admit(self) -> None:
        """Waiting requests start while there are slots, memory for their prompt and step budget."""
        spec = self.spec
        unfinished = sum(j.prompt - j.computed for j in self.running if j.computed < j.prompt)
        while self.waiting and len(self.running) < spec.slots and unfinished < spec.step_tokens_max:
            job = self.waiting[0]
            if self.running and self.kv_used + unfinished + job.prompt > spec.kv_tokens:
                return
            if isinstance(self.waiting, deque):
                self.waiting.popleft()
            else:
                self.waiting.pop(0)
            job.cached = self._cached(job)
            job.computed = job.cached
            self.cached_tokens += job.cached
            self.kv_used += job.cached
            self.running.append(job)
            self._prefilling += 1
            unfinished += job.prompt - job.computed

    def _apply(self, chunks: list[tuple[Job, int]], decoding: list[Job], steps: int) -> tuple[list[Job], list[Job]]:
        first: list[Job] = []
        done: list[Job] = []
        for job, chunk in chunks:
            job.computed += chunk
            self.kv_used += chunk
            if job.computed >= job.prompt:
                self._remember(job)
                if not job.generated:
                    job.generated = 1
                    first.append(job)
                self.kv_used += job.generated  # a preempted one has spoken before, and holds that again
                if job.generated >= job.output:
                    done.append(job)
        for job in decoding:
            job.generated += steps
            self.kv_used += steps
            if job.generated >= job.output:
                done.append(job)
        if done:
            self._end(done)
        return first, done

    def _make_room(self) -> None:
        """Out of memory: whoever started last loses what it computed and waits again, in front."""
        while self.kv_used > self.spec.kv_tokens and len(self.running) > 1:
            victim = self.running.pop()
            self._prefilling -= victim.computed < victim.prompt
            self.kv_used -= victim.computed + victim.generated
            victim.prompt += victim.generated - (1 if victim.generated else 0)
            victim.output -= victim.generated - (1 if victim.generated else 0)
            victim.generated = min(victim.generated, 1)
            victim.computed = 0
            self.preemptions += 1
            if isinstance(self.waiting, deque):
                self.waiting.appendleft(victim)
            else:
                self.waiting.insert(0, victim)

    def _cached(self, job: Job) -> int:
        hits = 0
        if self.spec.prefix_cache_tokens:
            for block in job.blocks:
                if block not in self._cache:
                    break
                self._cache.move_to_end(block)
                hits += 1
        return min(hits * self.spec.prefix_block_tokens, job.prompt - 1) if hits else 0

    def _remember(self, job: Job) -> None:
        if self.spec.prefix_cache_tokens and job.blocks:
            for block in job.blocks:
                self._cache[block] = None
                self._cache.move_to_end(block)
            room = self.spec.prefix_cache_tokens // self.spec.prefix_block_tokens
            while len(self._cache) > room:
                self._cache.popitem(last=False)
