"""Is the run still getting anywhere?  Detectors over steps, and the ladder they climb.

| detector | says |
|---|---|
| repeat | the same calls with the same results, in consecutive steps |
| cycle | the last steps are K copies of a word of any period up to 12 (exact, O(period) a step) |
| evidence | an e-process: how much the run looks like one where nothing new comes any more |
| errors | the same error again and again with no success between |
| rejections | a reviewer rejects without a reason: bounced once, then the loop ends |
| retries, polling, empty | the same for answers whose repetition can be right: later, or nudges only |

The e-process bets against "a productive step brings something new at least every other time":
with ν the step's novelty (1 for a new pair of call and result, 1 - 1/√2 for one seen once, 0 for
one seen more often), θ = 1/2 and the bet λ = 2, evidence multiplies by 1 + λ(θ - ν), that is 0, √2
and 2, and starts again at 1 after a new pair.  Its stop threshold is calibrated on runs that
were productive (see `calibrate`), which states the false-stop rate for a whole run of any length.
"""

import copy
import re
from collections.abc import Iterable, Sequence

from tidegate.admit.toolguard.model import (
    LADDER,
    DecisionName,
    ResultClass,
    RunVerdict,
    Signal,
    Step,
    Thresholds,
)

READS = re.compile(
    r"search|find|list|get|read|query|fetch|look|grep|show|view|select", re.I
)  # others may answer nothing
BITS_SECOND_VISIT = 0.5
BITS_LATER_VISIT = 1.0


class RunState:
    """What the guard remembers of a run; memory is bounded by the number of distinct steps.

    `step` takes one step and returns the signals it raises.  Feeding the same steps gives the
    same signals: the state holds nothing else.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.recent: list[int] = []  # the last `period_max` pairs, newest last
        self.matches = [0] * (thresholds.period_max + 1)
        self.visits: dict[int, int] = {}
        self.bits = 0.0
        self.bits_max = 0.0
        self.quiet = 0  # steps since the last new pair
        self.error_streak = 0
        self.last_error = 0
        self.class_streak = 0
        self.last_class = ResultClass.NEW
        self.last_call = 0
        self.rejections = 0
        self.count = 0

    def fork(self) -> "RunState":
        """A copy that goes on alone."""
        other = copy.copy(self)
        other.recent, other.matches, other.visits = list(self.recent), list(self.matches), dict(self.visits)
        return other

    def step(self, step: Step) -> list[Signal]:
        """Take the next step; the signals it raises, strongest last."""
        if step.re_armed:
            self._re_arm()
        self.count += 1
        self._cycles(step)
        self._evidence(step)
        self._streaks(step)
        signals = [s for s in (self._repeat(step), self._cycle(step), self._nothing_new(step), self._errors(step),
                               self._patience(step), self._rejected(step)) if s is not None]  # fmt: skip
        return sorted(signals, key=lambda s: LADDER.index(s.wants))

    def _re_arm(self) -> None:
        """A person spoke: what was said before may be asked for again."""
        self.recent.clear()
        self.matches = [0] * len(self.matches)
        self.bits, self.quiet, self.error_streak, self.class_streak, self.rejections = 0.0, 0, 0, 0, 0
        self.visits = dict.fromkeys(self.visits, 1)

    def _cycles(self, step: Step) -> None:
        """m_p counts how long x_t = x_{t-p} has held; w^K just ended if m_p >= (K - 1) p."""
        n = len(self.recent)
        for p in range(1, len(self.matches)):
            self.matches[p] = self.matches[p] + 1 if n >= p and self.recent[n - p] == step.pair else 0
        self.recent.append(step.pair)
        if len(self.recent) > self.thresholds.period_max:
            del self.recent[0]

    def _evidence(self, step: Step) -> None:
        seen = self.visits.get(step.pair, 0)
        if step.result_class in (ResultClass.PENDING, ResultClass.RETRYABLE, ResultClass.MISSING):
            self.visits[step.pair] = max(seen, 1)
            return  # waiting for the world is no evidence against the run
        self.visits[step.pair] = seen + 1
        if seen == 0:
            self.bits, self.quiet = 0.0, 0
        else:
            self.quiet += 1
            self.bits += BITS_SECOND_VISIT if seen == 1 else BITS_LATER_VISIT
            self.bits_max = max(self.bits_max, self.bits)

    def _streaks(self, step: Step) -> None:
        if step.error and step.error == self.last_error:
            self.error_streak += 1
        elif step.error:
            self.error_streak = 1
        elif step.tools:
            self.error_streak = 0
        self.last_error = step.error or (0 if step.tools else self.last_error)
        same = step.result_class is self.last_class and (
            step.call == self.last_call or step.result_class is ResultClass.EMPTY
        )
        self.class_streak = self.class_streak + 1 if same else 1
        self.last_class, self.last_call = step.result_class, step.call
        self.rejections = self.rejections + 1 if step.rejected else 0

    def _repeat(self, step: Step) -> Signal | None:
        times = self.matches[1] + 1
        if step.result_class in (ResultClass.PENDING, ResultClass.RETRYABLE, ResultClass.MISSING):
            return None
        t = self.thresholds
        failed = step.result_class is ResultClass.ERROR  # people and agents try a failed thing again
        stop_at = t.failed_repeats_stop if failed else t.repeats_stop
        wants: DecisionName | None = "stop" if times >= stop_at else "nudge" if times >= t.repeats_nudge else None
        if wants is None:
            return None
        what = f"{step.tools[0]} was called" if step.tools else "the same answer was given"
        reason = (
            f"{what} {times} times in a row with the same {'arguments and the same result' if step.tools else 'reply'}"
        )
        return Signal(detector="repeat", wants=wants, reason=reason, step=step.index, evidence={"times": times})

    def _cycle(self, step: Step) -> Signal | None:
        if step.result_class in (ResultClass.PENDING, ResultClass.RETRYABLE, ResultClass.MISSING):
            return None
        for p in range(2, len(self.matches)):
            copies = self.matches[p] // p + 1
            if copies >= 2 and len(set(self.recent[-p:])) > 1:
                wants: DecisionName = "stop" if copies >= self.thresholds.cycle_repeats_stop else "nudge"
                reason = (
                    f"the last {p * copies} steps are the same {p} steps {copies} times over, with the same results"
                )
                return Signal(detector="cycle", wants=wants, reason=reason, step=step.index,
                              evidence={"period": p, "copies": copies})  # fmt: skip
        return None

    def _nothing_new(self, step: Step) -> Signal | None:
        t = self.thresholds
        if self.bits < t.evidence_nudge_bits:
            return None
        reason = f"nothing new for {self.quiet} steps: every call with its result was seen before"
        evidence: dict[str, float | int | str] = {"bits": self.bits, "quiet_steps": self.quiet}
        if t.evidence_stop_bits is not None and self.bits >= t.evidence_stop_bits:
            evidence["threshold_bits"] = t.evidence_stop_bits
            if t.false_stop_rate is not None:
                evidence["false_stop_rate_at_most"] = t.false_stop_rate
            return Signal(detector="evidence", wants="stop", reason=reason, step=step.index, evidence=evidence)
        return Signal(detector="evidence", wants="nudge", reason=reason, step=step.index, evidence=evidence)

    def _errors(self, step: Step) -> Signal | None:
        t, n = self.thresholds, self.error_streak
        if n < t.errors_nudge or step.result_class is ResultClass.RETRYABLE:
            return None
        wants: DecisionName = "stop" if n >= t.errors_stop else "nudge"
        reason = f"the same error {n} times with no success between"
        return Signal(detector="errors", wants=wants, reason=reason, step=step.index, evidence={"times": n})

    def _patience(self, step: Step) -> Signal | None:
        t, n = self.thresholds, self.class_streak
        if step.result_class is ResultClass.RETRYABLE and n >= 3:
            wants: DecisionName = "stop" if n >= t.retryable_stop else "nudge"
            reason = f"{n} tries in a row failed for a reason that waiting may cure; it did not"
            return Signal(detector="retries", wants=wants, reason=reason, step=step.index, evidence={"times": n})
        if step.result_class is ResultClass.PENDING and n >= t.pending_nudge:
            reason = f"polled {n} times; the answer is still pending"
            return Signal(detector="polling", wants="nudge", reason=reason, step=step.index, evidence={"times": n})
        if step.result_class is ResultClass.EMPTY and n >= t.empty_nudge and all(READS.search(x) for x in step.tools):
            reason = f"{n} calls in a row found nothing"
            return Signal(detector="empty", wants="nudge", reason=reason, step=step.index, evidence={"times": n})
        return None

    def _rejected(self, step: Step) -> Signal | None:
        n = self.rejections
        if n == 0:
            return None
        wants: DecisionName = "stop" if n >= self.thresholds.rejections_stop else "nudge"
        reason = f"rejected {n} time{'s' if n > 1 else ''} without a reason: a rejection must cite an open criterion"
        return Signal(detector="rejections", wants=wants, reason=reason, step=step.index, evidence={"times": n})


def judge(steps: Iterable[Step], thresholds: Thresholds) -> RunVerdict:
    """The verdict on a run: the furthest rung reached, and the step at which it would have been ended."""
    state = RunState(thresholds)
    signals: list[Signal] = []
    furthest: Signal | None = None
    stop_step: int | None = None
    for step in steps:
        for signal in state.step(step):
            signals.append(signal)
            if furthest is None or LADDER.index(signal.wants) > LADDER.index(furthest.wants):
                furthest = signal
            if signal.wants == "stop" and stop_step is None:
                stop_step = signal.step
    return RunVerdict(
        decision=furthest.wants if furthest is not None else "continue",
        stop_step=stop_step,
        reason=furthest.reason if furthest is not None else "every stretch of the run brought something new",
        signals=tuple(signals),
        steps=state.count,
        calibrated=thresholds.evidence_stop_bits is not None,
    )


def evidence_maximum(steps: Sequence[Step], thresholds: Thresholds) -> float:
    """The most evidence a run ever gathered against itself, in bits: what calibration looks at."""
    state = RunState(thresholds)
    for step in steps:
        state.step(step)
    return state.bits_max
