"""Detectors over steps, and the ladder they climb.

| detector | says |
|---|---|
| repeat | the same calls with the same results, in consecutive steps |
| near-repeat | the same thing asked in other words, and the same told, in consecutive steps |
| cycle | the last steps are K copies of a word of any period up to 12 (exact, O(period) a step) |
| near-cycle | the same over near steps: a cycle whose steps change a little each time |
| evidence | an e-process: how much the run looks like one where nothing new comes any more |
| errors | the same error again and again with no success between |
| stubborn | one call fails in one way again and again, whatever is done between |
| misuse | one wrong use of one tool again and again, in ever other arguments |
| idle | plans without a deed; agents that hand the run to and fro |
| rejections | a reviewer rejects without a reason: bounced once, then the loop ends; or repeats one objection |
| chant | one message repeats one phrase at its end |
| retries, polling, empty | the same for answers whose repetition can be right: later, or nudges only |

The e-process bets against "a productive step brings something new at least every other time":
with ν the step's novelty (1 for a new pair of call and result, 1 - 1/√2 for one seen once, 0 for
one seen more often), θ = 1/2 and the bet λ = 2, evidence multiplies by 1 + λ(θ - ν), that is 0, √2
and 2, and starts again at 1 after a new pair.  A near repeat of an earlier step, and a long answer
all of whose lines were seen before, count as seen.  Its stop threshold is calibrated on runs that
were productive (see `calibrate`), which states the false-stop rate for a whole run of any length.

`state` is what they read, `detectors` are they.

Steps that only wait (a sleep between two looks) are passed over: what stands around them is what
is compared.
"""

from collections.abc import Iterable, Sequence

from tidegate.admit.toolguard.detectors import DETECTORS, paused
from tidegate.admit.toolguard.model import LADDER, RunVerdict, Signal, Step, Thresholds
from tidegate.admit.toolguard.state import RunMemory


class RunState(RunMemory):
    """A run's memory with the detectors over it.

    `step` takes one step and returns the signals it raises.  Feeding the same steps gives the
    same signals: the state holds nothing else.
    """

    def step(self, step: Step) -> list[Signal]:
        """Take the next step; the signals it raises, strongest last."""
        if step.re_armed:
            self.re_arm()
        self.count += 1
        if step.pause:
            self.pauses += 1
            self.paced = True
            told = paused(self, step)
            return [told] if told is not None else []
        self.take(step)
        signals = [s for d in DETECTORS if (s := d(self, step)) is not None]
        return sorted(signals, key=lambda s: LADDER.index(s.wants)) if len(signals) > 1 else signals


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
        calibrated=state.calibrated,
    )


def evidence_maximum(steps: Sequence[Step], thresholds: Thresholds) -> float:
    """The most evidence a run ever gathered against itself, in bits: what calibration looks at."""
    state = RunState(thresholds)
    for step in steps:
        state.step(step)
    return state.bits_max
