"""The limits of one engine, learned and never configured: from what it says of itself, else from first tokens.

An engine that says nothing of itself (an opaque provider) opens quickly: its slots double a round trip, and its
prefill has no cap, until first tokens come later the more of our prompts are ahead of them.  Only then
is there a queue in it that is worth keeping short.
"""

from tidegate.admit.scheduling.counts import Counts
from tidegate.admit.scheduling.lateness import Lateness
from tidegate.admit.scheduling.model import EngineRule, Signal
from tidegate.admit.scheduling.slope import Slope

MARGIN = 2  # requests an engine may hold waiting: covers one round trip between us and it
KV_SHARE = 0.98
TO_COME = 0.5  # of the output still to come: answers in flight are, on average, half written; more after a preemption
START_SLOTS = 16.0
PROBE_QUIET = 0.25  # of its slots, that a silent engine is tried with more where it has answered all it was sent
PROBE_QUIET_S = 2.0  # but not so soon after a cut
CROWDED_S = 0.5  # a queue in the engine that lasts so long is believed to be for slots ...
CROWDED_PROGRESS = 0.5  # ... unless prefill went on at this share of its peak speed: then it waits for its turn
PROBE = 0.2  # slots a signal beyond all that ever ran ...
PROBE_LEAST = 0.02  # ... halved each time the same plateau is found again
SIGNAL_FRESH_S = 5.0
SIGNALS_LOST_MAX = 8  # lost in a row: the engine counts as one that says nothing
SAMPLES_LEAST = 20.0  # first tokens before a delay is believed to come from a queue
EXPLAINED_LEAST = 0.25  # share of the variance of first-token times that the work ahead must explain


class Learning(Counts):
    """Counts and what was learned; `first_token`, `signal`, `signal_lost`, `overloaded`, `probe`."""

    def __init__(self, rule: EngineRule, ttft_target_s: float | None, reserved_slots: int = 0) -> None:
        super().__init__(rule, ttft_target_s, reserved_slots)
        self.slots = START_SLOTS
        self.tokens_max = float("inf")
        self.signals_lost = 0
        self.lost_in_row = 0
        self.lost_reason = ""
        self._limited = False
        self._starting = True
        self._silent = not rule.reports
        self._delay = Slope()  # first-token time over prompt tokens of others ahead
        self._delay_per_token = 0.0
        self._plateau = 0.0
        self._crowded: tuple[float, int] | None = None  # since when there is a queue in it, and what was prefilled then
        self._probe = PROBE
        self._signal_s = -SIGNAL_FRESH_S
        self._preemptions: int | None = None
        self._shrink = 1.0
        self._to_come = TO_COME  # share of the output still to come that is kept free
        self._lateness = Lateness()
        self._cut_at_s = float("-inf")

    @property
    def opening(self) -> bool:
        """Whether a silent engine's window still grows from its start, and no queue was ever seen behind it."""
        return self._silent and self._starting

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
