"""The token window in front of one engine: how much may be in it at once, learned and never configured.

A request that waits inside the engine can no longer be reordered, so the engine must always have just
enough.  What we dispatched is counted exactly and at once; what the engine says (late, but true)
corrects the limits; where it says nothing they are learned from the time to first token.

| limit | counts | learned from |
|---|---|---|
| slots | requests in flight | requests that run while others wait; else cut while first tokens are late and it helps |
| tokens | prompt + output in flight, half of what is to come | KV capacity and usage; preemption keeps more free |
| prefill | prompt tokens whose first token has not come | measured prefill speed × a slice of the tightest target |

An engine that says nothing of itself (an opaque provider) opens quickly: its slots double a round trip, and its
prefill has no cap, until first tokens come later the more of our prompts are ahead of them.  Only then
is there a queue in it that is worth keeping short.

Latency classes are protected: others leave `reserve` slots free (four standard deviations of the
latency classes' own concurrency) and keep their prefill below the cap.  A request always fits an
empty window, whatever its size.
"""

from math import ceil, sqrt

from tidegate.admit.scheduling.budget import SlidingBudget, resized
from tidegate.admit.scheduling.lateness import Lateness
from tidegate.admit.scheduling.model import EngineRule, Signal
from tidegate.admit.scheduling.slope import Slope

MARGIN = 2  # requests an engine may hold waiting: covers one round trip between us and it
SLICE_CALM = 0.2  # share of the tightest first-token target that other classes' prefill may take
SLICE_ALL = 0.5  # share of it that all prefill in flight may take
SLICE_UNTARGETED_S = 1.0  # the same in seconds, where no class has a target
LATENCY_SEEN = 0.02  # mean latency requests in flight below which nothing is held back for them
LATENCY_RECENT_S = 15.0  # ... unless one came so lately
KV_SHARE = 0.98
TO_COME = 0.5  # of the output still to come: answers in flight are, on average, half written; more after a preemption
SIGMAS = 4.0  # of the latency classes' concurrency (a Poisson count) that others leave free
START_SLOTS = 16.0
PROBE_QUIET = 0.25  # of its slots, that a silent engine is tried with more where it has answered all it was sent
PROBE_QUIET_S = 2.0  # but not so soon after a cut
CROWDED_S = 0.5  # a queue in the engine that lasts so long is believed to be for slots ...
CROWDED_PROGRESS = 0.5  # ... unless prefill went on at this share of its peak speed: then it waits for its turn
PROBE = 0.2  # slots a signal beyond all that ever ran ...
PROBE_LEAST = 0.02  # ... halved each time the same plateau is found again
SIGNAL_FRESH_S = 5.0
SIGNALS_LOST_MAX = 8  # lost in a row: the engine counts as one that says nothing
STEP_OVERHEAD = 9.0  # a step computes at least so many times as long as it costs beside its tokens ...
STEP_SLICE = 0.1  # share of the tightest target that all steps on their way take, while latency requests come
STEP_SLICE_MAX = 0.5  # ... but never longer than this share of the tightest target
STEP_SLICE_QUIET = 2.0  # while no latency request was seen for long: what the first one may have to wait
STEP_TOKENS_MIN = 32
STEP_HELD = 4.0  # a step is held back for latency requests at most so many times as long as it takes
CALM_AFTER_S = 5.0  # without a latency request: steps may be long
STEPS_AT_ONCE = 2  # one is computed while the next is on its way
SAMPLES_LEAST = 20.0  # first tokens before a delay is believed to come from a queue
EXPLAINED_LEAST = 0.25  # share of the variance of first-token times that the work ahead must explain


class Window:
    """Counts of one engine and its limits; `fits`, `enter`, `first_token`, `grow`, `leave`."""

    def __init__(self, rule: EngineRule, ttft_target_s: float | None, reserved_slots: int = 0) -> None:
        self.requests_budget: SlidingBudget | None = None
        self.tokens_budget: SlidingBudget | None = None
        self.set(rule, ttft_target_s, reserved_slots)
        self.up = True
        self.paused_until_s = 0.0
        self.slots = START_SLOTS
        self.tokens_max = float("inf")
        self.inflight = self.latency_inflight = 0
        self.tokens = 0  # prompt + expected output in flight
        self.tokens_held = 0  # prompt + generated in flight: what the engine's memory holds for us
        self.prefill = self.calm_prefill = 0
        self.others = 0  # requests that other workers have in it, and as above: their tokens, held, prefill
        self.others_tokens = self.others_held = self.others_prefill = 0
        self.blocked = ""
        self.signals_lost = 0
        self._limited = False
        self._starting = True
        self.stepping = 0  # requests whose prompt is sent in steps
        self._silent = not rule.reports
        self.lost_in_row = 0
        self.lost_reason = ""
        self._latency_at_s = float("-inf")  # when a latency request last came
        self._delay = Slope()  # first-token time over prompt tokens of others ahead
        self._delay_per_token = 0.0
        self._step_cost = Slope()  # duration of a step over its tokens
        self._plateau = 0.0
        self._crowded: tuple[float, int] | None = None  # since when there is a queue in it, and what was prefilled then
        self._prefilled = 0  # prompt tokens, in all
        self._probe = PROBE
        self._signal_s = -SIGNAL_FRESH_S
        self._preemptions: int | None = None
        self._shrink = 1.0
        self._to_come = TO_COME  # share of the output still to come that is kept free
        self._busy_since_s = 0.0
        self._busy_s = self._done_tokens = 0.0
        self._latency_mean = 0.0  # latency requests in flight, averaged
        self._mean_at_s = 0.0
        self._lateness = Lateness()
        self._cut_at_s = float("-inf")

    def set(self, rule: EngineRule, ttft_target_s: float | None, reserved_slots: int) -> None:
        """What is configured; what was learned and counted stays."""
        self.rule = rule
        self.target_s = ttft_target_s
        self.reserved_slots = reserved_slots
        self.requests_budget = resized(self.requests_budget, rule.requests_per_minute, 60.0)
        self.tokens_budget = resized(self.tokens_budget, rule.tokens_per_minute, 60.0)

    @property
    def slots_most(self) -> int:
        """Slots beyond which nobody could send anything: what all workers together may open."""
        return self.rule.slots_max * self.rule.workers

    @property
    def load(self) -> float:
        """How full it is, to compare replicas by: 1.0 is all slots, all memory, or a second of prefill ahead."""
        full = (self.inflight + self.others) / self.slots
        held = (self.tokens + self.others_tokens) / self.tokens_max  # 0.0 while no limit is known
        speed = self.prefill_speed
        return (full if full > held else held) + ((self.prefill + self.others_prefill) / speed if speed else 0.0)

    # ------------------------------------------------------------ may it go in?

    @property
    def reserve(self) -> int:
        """Slots other classes leave free for latency classes."""
        if self.target_s is None:
            return 0
        learned = ceil(SIGMAS * sqrt(self._latency_mean)) if self._latency_mean > 0.01 else 1
        return max(self.reserved_slots, min(learned, int(self.slots) // 3))

    @property
    def prefill_speed(self) -> float:
        """Prompt tokens a second while any prefill is in flight; 0.0 until something was measured."""
        return self._done_tokens / self._busy_s if self._busy_s > 0.0 else 0.0

    def prefill_cap(self, share: float) -> float:
        """Prompt tokens that fit in this share of the tightest first-token target."""
        slice_s = SLICE_UNTARGETED_S if self.target_s is None else share * self.target_s
        if self._silent:
            return slice_s / self._delay_per_token if self._delay_per_token > 0.0 else float("inf")
        return self.prefill_speed * slice_s

    def latency_came(self, now_s: float) -> None:
        """A latency request arrived that may use this engine."""
        self._latency_at_s = now_s

    @property
    def opening(self) -> bool:
        """Whether a silent engine's window still grows from its start, and no queue was ever seen behind it."""
        return self._silent and self._starting

    def latency_seen(self, now_s: float) -> bool:
        """Whether latency classes use this engine these days."""
        return now_s - self._latency_at_s < LATENCY_RECENT_S or self._latency_mean > LATENCY_SEEN

    def step_tokens(self, now_s: float) -> int:
        """How many prompt tokens a step should compute; 0: no reason to send prompts in steps.

        A slice of the tightest target; longer while no latency request came lately, and where a step
        costs so much beside its tokens (a round trip, the tail of a template) that short ones waste the engine.
        """
        whole = self._step_room(now_s)
        if not whole:
            return 0
        return max(STEP_TOKENS_MIN, whole // STEPS_AT_ONCE if whole >= STEPS_AT_ONCE * STEP_TOKENS_MIN else whole)

    def lanes(self, now_s: float) -> int:
        """How many steps may be on their way: one where the shortest worth sending fills the slice already."""
        return STEPS_AT_ONCE if self._step_room(now_s) >= STEPS_AT_ONCE * STEP_TOKENS_MIN else 1

    def _step_room(self, now_s: float) -> int:
        if not self.rule.steppable or self.target_s is None:
            return 0
        speed = self.prefill_speed
        if speed <= 0.0:
            return STEPS_AT_ONCE * STEP_TOKENS_MIN  # nothing is known yet: a short one tells
        quiet_s = now_s - self._latency_at_s
        if quiet_s > LATENCY_RECENT_S and not self.latency_seen(now_s):
            return max(1, int(speed * STEP_SLICE_QUIET * self.target_s))
        share = STEP_SLICE_MAX if quiet_s > CALM_AFTER_S else STEP_SLICE
        slice_s = max(share * self.target_s, STEP_OVERHEAD * self._step_cost.intercept())
        slice_s = min(slice_s, STEP_SLICE_MAX * self.target_s)
        return max(1, int(speed * slice_s))

    def may_step(self, tokens: int, waited_s: float, now_s: float) -> bool:
        """Whether the next step may go: nothing urgent is being computed, or it has been held long enough."""
        if not self.up or now_s < self.paused_until_s:
            return False
        if self.prefill > self.calm_prefill:  # something urgent is being computed
            held_s = max(self.target_s or 0.0, STEP_HELD * tokens / max(self.prefill_speed, 1.0))
            if waited_s < held_s:
                return False
        return not self.calm_prefill or self.calm_prefill + tokens <= self.lanes(now_s) * self.step_tokens(now_s)

    def step_began(self, tokens: int, now_s: float) -> None:
        """A step was sent."""
        if not self.prefill:
            self._busy_since_s = now_s
        self.prefill += tokens
        self.calm_prefill += tokens

    def step_ended(self, tokens: int, began_s: float, now_s: float, *, computed: bool) -> None:
        """It came back; alone in the engine it says what a step costs."""
        self.prefill -= tokens
        self.calm_prefill -= tokens
        if computed:
            self._measured(tokens, now_s)
            if not self.prefill and self.inflight == self.stepping:  # beside answers its overhead costs nothing
                self._step_cost.add(float(tokens), now_s - began_s)
        self._busy_since_s = now_s

    def fits(
        self, prompt: int, expected: int, latency: bool, now_s: float, *, uncapped: bool = False,
        whole: int | None = None,
    ) -> bool:  # fmt: skip
        """Whether a request of `prompt` and `expected` output tokens may be dispatched now.

        `whole` is its whole prompt where only a first step of it, `prompt`, would be computed now.
        """
        blocked = self.blocked = self._why_not(prompt, expected, latency, now_s, uncapped,
                                               prompt if whole is None else whole)  # fmt: skip
        return not blocked

    def _why_not(self, prompt: int, expected: int, latency: bool, now_s: float, uncapped: bool, whole: int) -> str:
        if not self.up:
            return "engine_down"
        if now_s < self.paused_until_s:
            return "engine_throttled"
        quota = self.requests_budget
        if quota is not None and not quota.fits(1, now_s):
            return "engine_requests_per_minute"
        quota = self.tokens_budget
        if quota is not None and not quota.fits(whole + expected, now_s):
            return "engine_tokens_per_minute"
        inflight = self.inflight + self.others
        if not inflight:
            return ""
        slots = int(self.slots)
        if inflight >= slots or self.inflight >= self.rule.slots_max:
            self._limited = True
            return "engine_slots"
        held = self.tokens_held + self.others_held
        if held + self._to_come * (self.tokens + self.others_tokens - held) + whole + expected > self.tokens_max:
            return "engine_memory"
        prefill = self.prefill + self.others_prefill
        if prefill and prefill + prompt > self.prefill_cap(SLICE_ALL):
            return "prefill_ahead"
        if latency or uncapped or self.target_s is None:
            return ""
        if inflight >= slots - self.reserve:
            self._limited = True
            return "reserved_slots"
        if prefill and self.latency_seen(now_s) and prefill + prompt > self.prefill_cap(SLICE_CALM):
            return "prefill_protected"
        return ""

    # ------------------------------------------------------------ what is in it

    def enter(self, prompt: int, expected: int, latency: bool, now_s: float, *, prefill: int | None = None) -> None:
        """A request was dispatched; `prefill` prompt tokens of it are to be computed at once (all of them if None)."""
        if self.target_s is not None:
            self._average(now_s)
        self.inflight += 1
        self.latency_inflight += latency
        self.tokens += prompt + expected
        self.tokens_held += prompt
        self.prefilling(prompt if prefill is None else prefill, latency, now_s)

    def prefilling(self, prompt: int, latency: bool, now_s: float) -> None:
        """So many prompt tokens are on their way."""
        if not self.prefill:
            self._busy_since_s = now_s
        self.prefill += prompt
        if not latency:
            self.calm_prefill += prompt

    def first_token(
        self, prompt: int, latency: bool, now_s: float, *, ttft_s: float | None, ahead: int, behind: bool = False
    ) -> None:
        """Its prompt is computed.  `ttft_s` is None where the moment is not known (no stream).

        `behind`: we ourselves were too busy to see it in time.
        """
        self.prefill -= prompt
        if not latency:
            self.calm_prefill -= prompt
        if ttft_s is not None:
            self._measured(prompt, now_s)
            self._learn_from_latency(ttft_s, ahead, prompt, now_s, behind)
        self._busy_since_s = now_s

    def _measured(self, prompt: int, now_s: float) -> None:
        self._prefilled += prompt
        self._done_tokens += prompt
        self._busy_s += now_s - self._busy_since_s
        if self._busy_s > 4.0:
            self._busy_s *= 0.5
            self._done_tokens *= 0.5

    def grow(self, beyond: int, generated: int) -> None:
        """Output tokens came: `generated` of them, `beyond` of those more than were expected."""
        self.tokens += beyond
        self.tokens_held += generated

    def leave(self, size: int, held: int, latency: bool, now_s: float) -> None:
        """A request ended: what `enter` and `grow` counted for it goes."""
        if self.target_s is not None:
            self._average(now_s)
        self.inflight -= 1
        self.latency_inflight -= latency
        self.tokens -= size
        self.tokens_held -= held

    def _average(self, now_s: float) -> None:
        """Time-weighted mean of latency requests in flight, forgetting over half a minute."""
        if now_s <= self._mean_at_s:
            return
        keep = 2.0 ** ((self._mean_at_s - now_s) / 30.0)
        self._latency_mean = keep * self._latency_mean + (1.0 - keep) * self.latency_inflight
        self._mean_at_s = now_s

    def elsewhere(self, inflight: int, tokens: int, held: int, prefill: int) -> None:
        """What other workers have in it, by their last word.

        Of an engine that reports on itself.  Of a silent one every worker learns from its own first tokens what it
        may send: counting the others' calls there would stop one that has none, and so learns nothing.
        """
        if self._silent:
            inflight = tokens = held = prefill = 0
        self.others, self.others_tokens, self.others_held, self.others_prefill = inflight, tokens, held, prefill

    # ------------------------------------------------------------ what the engine says

    def signal(self, s: Signal, now_s: float) -> None:
        """Correct the limits by what the engine says of itself."""
        self._signal_s = now_s
        self._silent, self.lost_in_row = False, 0
        if s.slots is not None:
            self.slots = float(min(s.slots, self.slots_most))
        elif s.waiting is not None:  # a report that rides on an answer leaves out what runs: ours, less what waits
            running = max(0, self.inflight + self.others - s.waiting) if s.running is None else s.running
            self._slots_from_queue(running, s.waiting, now_s)
        self._memory(s)
        self._limited = False

    def _for_slots(self, waiting: int, now_s: float) -> bool:
        """Whether a queue in the engine waits for slots: it lasts, and not because prefill is busy with it."""
        if waiting <= MARGIN:
            self._crowded = None
        elif self._crowded is None:
            self._crowded = now_s, self._prefilled
        else:
            since_s, prefilled = self._crowded
            lasted_s = now_s - since_s
            if lasted_s >= CROWDED_S:
                return self._prefilled - prefilled < CROWDED_PROGRESS * self._lateness.speed * lasted_s
        return False

    def _slots_from_queue(self, running: int, waiting: int, now_s: float) -> None:
        """What runs while others wait is what fits; while nobody waits, more might.

        A queue of prompts that wait for their turn says nothing of slots (`_for_slots`).  More than ever fitted
        is tried at once when the window is really full, else slowly: otherwise the slots kept for latency
        classes would be reckoned from a number the engine never had.
        """
        if self._for_slots(waiting, now_s):
            self._starting = False
            same = 0.9 * self._plateau <= running <= 1.1 * self._plateau
            self._probe = max(PROBE_LEAST, 0.5 * self._probe) if same else PROBE
            self._plateau = float(running)
            self.slots = max(
                1.0, float(min(self.inflight + self.others - waiting, running) + 1)
            )  # others may use the engine too
            return
        self._plateau = max(self._plateau, float(running))
        if self._limited and not waiting:
            if self._starting:
                grown = min(2.0 * self.slots, 2.0 * running + START_SLOTS)
            elif self.slots < self._plateau + MARGIN:
                grown = min(self._plateau + MARGIN, self.slots * 1.1 + 1.0)
            else:
                grown = self.slots + self._probe
            self.slots = min(max(self.slots, grown), float(self.slots_most))

    def _memory(self, s: Signal) -> None:
        if s.preemptions is not None:
            if self._preemptions is not None and s.preemptions > self._preemptions:
                if self._to_come >= 1.0:
                    self._shrink = max(0.3, self._shrink * 0.9)
                self._to_come = min(1.0, self._to_come + 0.1)
            else:
                self._shrink = min(1.0, self._shrink + 0.002)
                self._to_come = max(TO_COME, self._to_come - 0.0002)
            self._preemptions = s.preemptions
        capacity: float | None = s.kv_tokens
        held = self.tokens_held + self.others_held
        if s.kv_usage is not None and s.kv_usage > 0.05 and held:
            if capacity is None:
                seen = held / s.kv_usage
                known = self.tokens_max / (KV_SHARE * self._shrink)
                capacity = seen if known == float("inf") else 0.8 * known + 0.2 * seen
            else:  # what is used beyond ours belongs to somebody else
                capacity -= max(0.0, s.kv_usage * capacity - 1.1 * held)
        if capacity is not None:
            self.tokens_max = max(capacity * KV_SHARE * self._shrink, 1.0)

    def signal_lost(self, reason: str) -> None:
        """A report did not come or made no sense; after several in a row the engine counts as silent."""
        self.signals_lost += 1
        self.lost_in_row += 1
        self.lost_reason = reason
        self._silent = self._silent or self.lost_in_row >= SIGNALS_LOST_MAX

    def _learn_from_latency(self, ttft_s: float, ahead: int, prompt: int, now_s: float, behind: bool) -> None:
        """Where the engine says nothing: first tokens later than prefill alone explains mean a queue in it."""
        if not behind:
            self._lateness.quickest(ttft_s, ahead)
            if self._silent:
                self._learn_delay(ttft_s, ahead - prompt)
        if now_s - self._signal_s < SIGNAL_FRESH_S:
            return
        late = False
        if not behind:
            late = self._lateness.saw(ttft_s, ahead, self.inflight + self.others)
            slots = self._lateness.slots_after(late, ttft_s, now_s, self.slots)
            if slots != self.slots:
                self._starting = slots > self.slots  # cut for nothing: it opens on
                self.slots = min(slots, float(self.slots_most))
                self._cut_at_s = now_s
                return
        if self._limited and not late:
            self._limited = False
            self.slots = min(self.slots + (2.0 if self._starting else 1.0 / self.slots), float(self.slots_most))

    def probe(self, now_s: float) -> None:
        """Called ten times a second: whoever waits for a slot of a silent engine that has answered all it was sent.

        Slots are learned from first tokens, and none is to come: after a burst whose first tokens we ourselves saw late
        nothing would ever be learned.  A few more show it: a queue would make them late.
        """
        if (
            self._silent
            and self._limited
            and self.inflight
            and not self.prefill
            and now_s - self._cut_at_s > PROBE_QUIET_S
        ):
            self._limited = False
            self.slots = min(self.slots + max(1.0, PROBE_QUIET * self.slots), float(self.slots_most))

    def _learn_delay(self, ttft_s: float, ahead_others: int) -> None:
        """Seconds that a prompt token ahead costs; a provider that does not queue shows none."""
        self._delay.add(float(ahead_others), ttft_s)
        found = self._delay.slope(SAMPLES_LEAST, EXPLAINED_LEAST)
        self._delay_per_token = found if found > 0.0 else 0.99 * self._delay_per_token

    def overloaded(self, now_s: float) -> None:
        """The engine itself said "too much" (429, 503)."""
        if now_s - self._cut_at_s > 0.5:
            self._starting = False
            self._cut_at_s = now_s
            self.slots = max(1.0, min(self.slots, self.inflight + self.others) * 0.75)

    def describe(self) -> dict[str, float | int | bool | str | None]:
        """Sizes and counts, for the console and the metrics; an unknown token limit is None."""
        return {
            "up": self.up,
            "slots": int(self.slots),
            "reserved_slots": self.reserve,
            "inflight": self.inflight,
            "inflight_elsewhere": self.others,
            "tokens": self.tokens,
            "tokens_max": None if self.tokens_max == float("inf") else int(self.tokens_max),
            "prefill_tokens": self.prefill,
            "prefill_tokens_per_s": round(self.prefill_speed, 1),
            "stepping": self.stepping,
            "signals_lost": self.signals_lost,
            "signals_lost_in_row": self.lost_in_row,
            "signals_lost_reason": self.lost_reason if self.lost_in_row else "",
            "blocked": self.blocked,
        }
