"""Detectors over steps, and the ladder they climb.

| detector | says |
|---|---|
| repeat | the same calls with the same results, in consecutive steps |
| near-repeat | the same thing asked in other words, and the same told, in consecutive steps |
| cycle | the last steps are K copies of a word of any period up to 12 (exact, O(period) a step) |
| near-cycle | the same over near steps: a cycle whose steps change a little each time |
| evidence | an e-process: how much the run looks like one where nothing new comes any more |
| errors | the same error again and again with no success between |
| rejections | a reviewer rejects without a reason: bounced once, then the loop ends; or repeats one objection |
| chant | one message repeats one phrase at its end |
| retries, polling, empty | the same for answers whose repetition can be right: later, or nudges only |

The e-process bets against "a productive step brings something new at least every other time":
with ν the step's novelty (1 for a new pair of call and result, 1 - 1/√2 for one seen once, 0 for
one seen more often), θ = 1/2 and the bet λ = 2, evidence multiplies by 1 + λ(θ - ν), that is 0, √2
and 2, and starts again at 1 after a new pair.  A near repeat of an earlier step, and a long answer
all of whose lines were seen before, count as seen.  Its stop threshold is calibrated on runs that
were productive (see `calibrate`), which states the false-stop rate for a whole run of any length.

Steps that only wait (a sleep between two looks) are passed over: what stands around them is what
is compared.
"""

import copy
import re
from collections.abc import Iterable, Sequence

from tidegate.admit.toolguard.memory import Cycles, Memory
from tidegate.admit.toolguard.model import (
    LADDER,
    WAITS,
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
    """What the guard remembers of a run, in bounded memory (see `memory`).

    `step` takes one step and returns the signals it raises.  Feeding the same steps gives the
    same signals: the state holds nothing else.
    """

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.exact = Cycles(thresholds.period_max)
        self.near = Cycles(thresholds.period_max)
        self.memory = Memory()
        self.bits = 0.0
        self.bits_max = 0.0
        self.quiet = 0  # steps since the last one that brought something new
        self.error_streak = 0
        self.error_things: tuple[int, ...] = ()
        self.last_error = 0
        self.class_streak = 0
        self.last_class = ResultClass.NEW
        self.last_call = 0
        self.call_streak = 0  # steps in a row with the same calls, whatever they were answered
        self.own_words = 0  # steps of the present streak of empty answers that asked in the run's own words
        self.own_where = 0
        self.rejections = 0
        self.objections = 0
        self.last_objection = 0
        self.worked = False  # something new was found since the last rejection
        self.pauses = 0  # pauses in a row
        self.paced = False  # the run pauses between its tries
        self.count = 0

    def fork(self) -> "RunState":
        """A copy that goes on alone."""
        other = copy.copy(self)
        other.exact, other.near, other.memory = self.exact.fork(), self.near.fork(), self.memory.fork()
        return other

    def step(self, step: Step) -> list[Signal]:
        """Take the next step; the signals it raises, strongest last."""
        if step.re_armed:
            self._re_arm()
        self.count += 1
        if step.pause:
            return self._paused(step)
        cluster = self._remember(step)
        waits = step.result_class in WAITS
        self.exact.add(step.pair, waits)
        self.near.add(cluster, waits)
        self._streaks(step)
        self._reviews(step)
        self.pauses = 0
        found = (self._repeat(step), self._near_repeat(step), self._cycle(step), self._nothing_new(step), self._errors(step),  # noqa: E501
                 self._patience(step), self._rejected(step), self._objected(step), self._chanted(step))  # fmt: skip
        signals = [s for s in found if s is not None]
        return sorted(signals, key=lambda s: LADDER.index(s.wants)) if len(signals) > 1 else signals

    def _re_arm(self) -> None:
        """A person spoke: what was said before may be asked for again."""
        self.exact.clear()
        self.near.clear()
        self.bits, self.quiet, self.error_streak, self.class_streak, self.rejections = 0.0, 0, 0, 0, 0
        self.objections, self.last_objection, self.error_things = 0, 0, ()
        self.memory.re_arm()

    def _paused(self, step: Step) -> list[Signal]:
        self.pauses += 1
        self.paced = True
        if self.pauses < self.thresholds.pending_nudge:
            return []
        reason = f"{self.pauses} pauses in a row with nothing looked at between"
        return [
            Signal(detector="polling", wants="nudge", reason=reason, step=step.index, evidence={"times": self.pauses})
        ]

    def _remember(self, step: Step) -> int:
        """Whether the step brought something new, as evidence; the name of the steps it is near to."""
        seen, near_seen, cluster, stale_lines = self.memory.add(step)
        if step.result_class in WAITS:
            return cluster  # waiting for the world is no evidence against the run
        times = seen or near_seen or ((1 if self.quiet == 0 else 2) if stale_lines else 0)
        if times == 0:
            self.bits, self.quiet = 0.0, 0
            self.worked = self.worked or bool(step.tools and not step.by_tool)
        else:
            self.quiet += 1
            self.bits += BITS_SECOND_VISIT if times == 1 else BITS_LATER_VISIT
            self.bits_max = max(self.bits_max, self.bits)
        return cluster

    def _streaks(self, step: Step) -> None:
        thing = step.gist.entities if step.gist is not None else 0
        if step.error and step.error == self.last_error:
            self.error_streak += 1
            if thing not in self.error_things and len(self.error_things) < 64:
                self.error_things = (*self.error_things, thing)
        elif step.error:
            self.error_streak, self.error_things = 1, (thing,)
        elif step.tools:
            self.error_streak = 0
        self.last_error = step.error or (0 if step.tools else self.last_error)
        same = step.result_class is self.last_class and (
            step.call == self.last_call or step.result_class is ResultClass.EMPTY
        )
        self.class_streak = self.class_streak + 1 if same else 1
        self.call_streak = self.call_streak + 1 if step.call == self.last_call else 1
        self.own_words = (self.own_words if same and step.own_words in (0, self.own_where) else 0) + bool(
            step.own_words
        )
        self.own_where = step.own_words or (self.own_where if same else 0)
        self.last_class, self.last_call = step.result_class, step.call
        if not same:
            self.paced = False

    def _reviews(self, step: Step) -> None:
        """Rejections without a reason since the last one with a reason; one objection made again and again."""
        if step.review == "bare":
            self.rejections += 1
        elif step.review:
            self.rejections = 0
        if step.objection:
            same = step.objection == self.last_objection
            self.objections = self.objections + 1 if same else 1
            self.last_objection = step.objection
        elif step.review == "accepted":
            self.objections, self.last_objection = 0, 0

    def _repeat(self, step: Step) -> Signal | None:
        times = self.exact.matches[1] + 1
        if step.result_class in WAITS:
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

    def _near_repeat(self, step: Step) -> Signal | None:
        times, t = self.near.matches[1] + 1, self.thresholds
        if times < t.near_nudge or step.result_class in WAITS or self.exact.matches[1] + 1 >= t.repeats_nudge:
            return None
        wants: DecisionName = "stop" if times >= t.near_stop else "nudge"
        what = f"{step.tools[0]} was asked" if step.tools else "the same was said"
        told = "failed in the same way" if step.error else "got the same answer"
        how = "in slightly different words"
        if self.call_streak >= times:  # nothing differs in what was asked: the answers do, a little
            how = "with the same arguments" if step.tools else "in the same words"
            told = told if step.error else "got nearly the same answer"
        reason = f"{what} {times} times in a row {how} and {told} each time"
        return Signal(detector="near-repeat", wants=wants, reason=reason, step=step.index, evidence={"times": times})

    def _cycle(self, step: Step) -> Signal | None:
        """The shortest exact cycle that just ended a copy, else the shortest near one."""
        t = self.thresholds
        for cycles, stop_at, name in (
            (self.exact, t.cycle_repeats_stop, "cycle"),
            (self.near, t.near_cycle_stop, "near-cycle"),
        ):
            found = cycles.copies()
            if found is None or (name == "near-cycle" and found[1] < 3):
                continue
            p, copies = found
            wants: DecisionName = "stop" if copies >= stop_at else "nudge"
            how = "with the same results" if name == "cycle" else "with small changes and the same results"
            reason = f"the last {p * copies} steps are the same {p} steps {copies} times over, {how}"
            return Signal(detector=name, wants=wants, reason=reason, step=step.index,
                          evidence={"period": p, "copies": copies})  # fmt: skip
        return None

    def _nothing_new(self, step: Step) -> Signal | None:
        t = self.thresholds
        if self.bits < t.evidence_nudge_bits:
            return None
        reason = f"nothing new for {self.quiet} steps: what was asked and answered was seen before"
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
        things = len(self.error_things)
        batch = things >= min(n, 64) and self.error_things[-1] != 0  # each about another thing: a batch with gaps
        wants: DecisionName = "stop" if n >= (t.errors_batch_stop if batch else t.errors_stop) else "nudge"
        reason = f"the same error {n} times with no success between"
        return Signal(detector="errors", wants=wants, reason=reason, step=step.index, evidence={"times": n})

    def _patience(self, step: Step) -> Signal | None:
        t, n = self.thresholds, self.class_streak
        wants: DecisionName
        if step.result_class is ResultClass.RETRYABLE and n >= 3:
            patience = t.retryable_stop * (2 if self.paced else 1)  # a run that backs off has earned more tries
            wants = "stop" if n >= patience else "nudge"
            reason = f"{n} tries in a row failed for a reason that waiting may cure; it did not"
            return Signal(detector="retries", wants=wants, reason=reason, step=step.index, evidence={"times": n})
        if step.result_class is ResultClass.PENDING and n >= t.pending_nudge:
            unchanged = self.exact.matches[1] + 1
            wants = "stop" if unchanged >= t.pending_stop else "nudge"
            reason = f"polled {n} times; the answer is still pending"
            if unchanged >= t.pending_nudge:
                reason = f"polled {unchanged} times in a row with the same pending answer"
            return Signal(detector="polling", wants=wants, reason=reason, step=step.index, evidence={"times": n})
        if step.result_class is ResultClass.EMPTY and n >= t.empty_nudge and all(READS.search(x) for x in step.tools):
            own = self.own_words
            wants = "stop" if own >= t.empty_stop else "nudge"
            reason = f"{n} calls in a row found nothing"
            if own >= t.empty_nudge:
                reason += f", {own} of them in words that the run made up itself"
            return Signal(detector="empty", wants=wants, reason=reason, step=step.index, evidence={"times": n})
        return None

    def _rejected(self, step: Step) -> Signal | None:
        n = self.rejections
        if n == 0 or step.review != "bare":
            return None
        stop_at = self.thresholds.rejections_stop + (1 if step.by_tool else 0)
        wants: DecisionName = "stop" if n >= stop_at else "nudge"
        reason = f"rejected {n} time{'s' if n > 1 else ''} without a reason: a rejection must cite an open criterion"
        return Signal(detector="rejections", wants=wants, reason=reason, step=step.index, evidence={"times": n})

    def _objected(self, step: Step) -> Signal | None:
        n, t = self.objections, self.thresholds
        if not step.objection or step.review != "reasoned" or n < 3:
            return None
        wants: DecisionName = "stop" if n >= t.objections_stop else "nudge"
        reason = f"the same objection {n} times in a row: no attempt met it"
        return Signal(detector="objections", wants=wants, reason=reason, step=step.index, evidence={"times": n})

    def _chanted(self, step: Step) -> Signal | None:
        if not step.chant:
            return None
        reason = f"the message ends with one phrase {step.chant} times over"
        return Signal(detector="chant", wants="stop", reason=reason, step=step.index, evidence={"copies": step.chant})


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
