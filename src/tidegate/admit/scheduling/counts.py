"""What is in one engine, counted exactly and at once from what was dispatched.

Requests, tokens, prompts whose first token has not come, and what other workers last said they have there; beside
them how fast prompts are computed and how many latency requests are in flight on average.
"""

from tidegate.admit.scheduling.budget import SlidingBudget, resized
from tidegate.admit.scheduling.model import EngineRule

LATENCY_SEEN = 0.02  # mean latency requests in flight below which nothing is held back for them
LATENCY_RECENT_S = 15.0  # ... unless one came so lately


class Counts:
    """Counts of one engine; `enter`, `prefilling`, `grow`, `leave`."""

    def __init__(self, rule: EngineRule, ttft_target_s: float | None, reserved_slots: int = 0) -> None:
        self.requests_budget: SlidingBudget | None = None
        self.tokens_budget: SlidingBudget | None = None
        self.set(rule, ttft_target_s, reserved_slots)
        self.inflight = self.latency_inflight = 0
        self.tokens = 0  # prompt + expected output in flight
        self.tokens_held = 0  # prompt + generated in flight: what the engine's memory holds for us
        self.prefill = self.calm_prefill = 0
        self.others = 0  # requests that other workers have in it, and as above: their tokens, held, prefill
        self.others_tokens = self.others_held = self.others_prefill = 0
        self.stepping = 0  # requests whose prompt is sent in steps
        self._latency_at_s = float("-inf")  # when a latency request last came
        self._prefilled = 0  # prompt tokens, in all
        self._busy_since_s = 0.0
        self._busy_s = self._done_tokens = 0.0
        self._latency_mean = 0.0  # latency requests in flight, averaged
        self._mean_at_s = 0.0

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
    def prefill_speed(self) -> float:
        """Prompt tokens a second while any prefill is in flight; 0.0 until something was measured."""
        return self._done_tokens / self._busy_s if self._busy_s > 0.0 else 0.0

    def latency_came(self, now_s: float) -> None:
        """A latency request arrived that may use this engine."""
        self._latency_at_s = now_s

    def latency_seen(self, now_s: float) -> bool:
        """Whether latency classes use this engine these days."""
        return now_s - self._latency_at_s < LATENCY_RECENT_S or self._latency_mean > LATENCY_SEEN

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
