"""The token window in front of one engine: how much may be in it at once, learned and never configured.

A request that waits inside the engine can no longer be reordered, so the engine must always have just
enough.  What we dispatched is counted exactly and at once; what the engine says (late, but true)
corrects the limits; where it says nothing they are learned from the time to first token.

| limit | counts | learned from |
|---|---|---|
| slots | requests in flight | requests that run while others wait; else cut while first tokens are late and it helps |
| tokens | prompt + output in flight, half of what is to come | KV capacity and usage; preemption keeps more free |
| prefill | prompt tokens whose first token has not come | measured prefill speed × a slice of the tightest target |

Latency classes are protected: others leave `reserve` slots free (four standard deviations of the
latency classes' own concurrency) and keep their prefill below the cap.  A request always fits an
empty window, whatever its size.
"""

from math import ceil, sqrt

from tidegate.admit.scheduling.counts import LATENCY_RECENT_S
from tidegate.admit.scheduling.learning import Learning
from tidegate.admit.scheduling.model import EngineRule
from tidegate.admit.scheduling.slope import Slope

SLICE_CALM = 0.2  # share of the tightest first-token target that other classes' prefill may take
SLICE_ALL = 0.5  # share of it that all prefill in flight may take
SLICE_UNTARGETED_S = 1.0  # the same in seconds, where no class has a target
SIGMAS = 4.0  # of the latency classes' concurrency (a Poisson count) that others leave free
STEP_OVERHEAD = 9.0  # a step computes at least so many times as long as it costs beside its tokens ...
STEP_SLICE = 0.1  # share of the tightest target that all steps on their way take, while latency requests come
STEP_SLICE_MAX = 0.5  # ... but never longer than this share of the tightest target
STEP_SLICE_QUIET = 2.0  # while no latency request was seen for long: what the first one may have to wait
STEP_TOKENS_MIN = 32
STEP_HELD = 4.0  # a step is held back for latency requests at most so many times as long as it takes
CALM_AFTER_S = 5.0  # without a latency request: steps may be long
STEPS_AT_ONCE = 2  # one is computed while the next is on its way


class Window(Learning):
    """Counts of one engine and its limits; `fits`, `enter`, `first_token`, `grow`, `leave`."""

    def __init__(self, rule: EngineRule, ttft_target_s: float | None, reserved_slots: int = 0) -> None:
        super().__init__(rule, ttft_target_s, reserved_slots)
        self.up = True
        self.paused_until_s = 0.0
        self.blocked = ""
        self.steps = False  # whether long prompts go in steps
        self._step_cost = Slope()  # duration of a step over its tokens

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

    def prefill_cap(self, share: float) -> float:
        """Prompt tokens that fit in this share of the tightest first-token target."""
        slice_s = SLICE_UNTARGETED_S if self.target_s is None else share * self.target_s
        if self._silent:
            return slice_s / self._delay_per_token if self._delay_per_token > 0.0 else float("inf")
        return self.prefill_speed * slice_s

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

    def _calm_cap(self, now_s: float) -> float:
        """Prompt tokens that may be on their way beside latency classes.

        Where long prompts go in steps, several short ones together are no longer than these steps either.
        """
        cap = self.prefill_cap(SLICE_CALM)
        return min(cap, float(self._step_room(now_s))) if self.steps else cap

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
        if prefill and self.latency_seen(now_s) and prefill + prompt > self._calm_cap(now_s):
            return "prefill_protected"
        return ""

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
