"""The detectors: each reads a run's memory after a step and says how far up the ladder it wants to go, and why.

`narrow` withholds the one tool that a loop runs on, where there are others: one rung before the end.
"""

from collections.abc import Callable

from tidegate.admit.toolguard.answers import reads
from tidegate.admit.toolguard.model import STOP_BITS, WAITS, DecisionName, ResultClass, Signal, Step
from tidegate.admit.toolguard.state import THINGS_MAX, RunMemory

Detector = Callable[[RunMemory, Step], Signal | None]


def rung(n: float, nudge: float, narrow: float | None, stop: float | None) -> DecisionName | None:
    """The furthest rung that n reaches; None below all of them."""
    if stop is not None and n >= stop:
        return "stop"
    if narrow is not None and n >= narrow:
        return "narrow"
    return "nudge" if n >= nudge else None


def weighed(run: RunMemory, n: float, nudge: float, narrow: float | None, stop: float) -> DecisionName | None:
    """The rung of a statistical signal: it stops where a calibration for runs of this kind says so, else never."""
    bits, limit = run.evidence(n, stop), run.thresholds.evidence_stop_bits
    if limit is not None and bits >= max(limit, STOP_BITS) and run.calibrated:
        return "stop"
    return rung(n, nudge, narrow, None)


def _signal(detector: str, wants: DecisionName, reason: str, step: Step, **evidence: float | int | str) -> Signal:
    return Signal(detector=detector, wants=wants, reason=reason, step=step.index, tools=step.tools, evidence=evidence)


def paused(run: RunMemory, step: Step) -> Signal | None:
    """Nothing but pauses."""
    if run.pauses < run.thresholds.pending_nudge:
        return None
    reason = f"{run.pauses} pauses in a row with nothing looked at between"
    return _signal("polling", "nudge", reason, step, times=run.pauses)


def repeat(run: RunMemory, step: Step) -> Signal | None:
    """The same calls with the same results in consecutive steps."""
    times, t = run.exact.matches[1] + 1, run.thresholds
    if times < t.repeats_nudge or step.result_class in WAITS:
        return None
    if run.reading_live:
        wants = rung(times, t.live_nudge, None, t.live_stop)
    elif step.ages:
        wants = rung(times, t.near_nudge, None, t.ageing_stop)
    elif step.gauge and not step.error:
        wants = rung(times, t.repeats_nudge, None, t.gauge_stop)
    elif step.result_class is ResultClass.ERROR:  # people and agents try a failed thing again
        wants = rung(times, t.repeats_nudge, t.failed_repeats_narrow, t.failed_repeats_stop)
    else:
        wants = rung(times, t.repeats_nudge, None, t.repeats_stop)
    if wants is None:
        return None
    what = f"{step.tools[0]} was called" if step.tools else "the same answer was given"
    same = "arguments and the same result" if step.tools else "reply"
    return _signal("repeat", wants, f"{what} {times} times in a row with the same {same}", step, times=times)


def near_repeat(run: RunMemory, step: Step) -> Signal | None:
    """The same thing asked in other words, and the same told, in consecutive steps."""
    times, t = run.near.matches[1] + 1, run.thresholds
    if times < t.near_nudge or step.result_class in WAITS or run.exact.matches[1] + 1 >= t.repeats_nudge:
        return None
    if run.reading_live or step.ages:
        return None
    wants = weighed(run, times, t.near_nudge, t.near_narrow, t.near_stop)
    wants = "stop" if times >= t.near_end else wants
    if wants is not None and step.misuse and run.listed(step):
        wants = "nudge"  # each about another thing that the run was told of
    if wants is None:
        return None
    what = f"{step.tools[0]} was asked" if step.tools else "the same was said"
    told = "failed in the same way" if step.error else "got the same answer"
    how = "in slightly different words"
    if run.call_streak >= times:  # nothing differs in what was asked: the answers do, a little
        how = "with the same arguments" if step.tools else "in the same words"
        told = told if step.error else "got nearly the same answer"
    return _signal("near-repeat", wants, f"{what} {times} times in a row {how} and {told} each time", step, times=times)


def cycle(run: RunMemory, step: Step) -> Signal | None:
    """The shortest exact cycle that just ended a copy, else the shortest near one."""
    t = run.thresholds
    for cycles, stop_at, name in (
        (run.exact, t.cycle_repeats_stop, "cycle"),
        (run.near, t.near_cycle_stop, "near-cycle"),
    ):
        found = cycles.copies()
        if found is None or (name == "near-cycle" and found[1] < 3):
            continue
        p, copies = found
        wants: DecisionName | None = "stop" if copies >= stop_at else "nudge"
        if name == "near-cycle":
            wants = weighed(run, copies, 0, None, stop_at)
        assert wants is not None
        how = "with the same results" if name == "cycle" else "with small changes and the same results"
        reason = f"the last {p * copies} steps are the same {p} steps {copies} times over, {how}"
        return _signal(name, wants, reason, step, period=p, copies=copies)
    return None


def revisited(run: RunMemory, step: Step) -> bool:
    """Whether the last steps had each been taken twice before with the same result, in whatever order."""
    return run.revisits >= run.thresholds.revisits_stop and step.result_class not in WAITS


def nothing_new(run: RunMemory, step: Step) -> Signal | None:
    """The e-process: how much the run looks like one where nothing new comes any more."""
    t = run.thresholds
    if run.bits < t.evidence_nudge_bits:
        return None
    one_tool = t.evidence_narrow_bits if len(run.quiet_tools) == 1 else None
    wants = rung(run.bits, t.evidence_nudge_bits, one_tool, None)
    if wants is None:
        return None
    limit = t.evidence_stop_bits if run.calibrated else None
    if limit is not None and run.bits - run.price(run.quiet) >= limit:
        wants = "stop"
    reason = f"nothing new for {run.quiet} steps: what was asked and answered was seen before"
    if wants != "stop" and revisited(run, step):
        wants = "stop"
        reason = f"each of the last {run.revisits} steps was taken twice before, with the same result"
    evidence: dict[str, float | int | str] = {"bits": run.bits, "quiet_steps": run.quiet}
    if wants == "stop" and limit is not None:
        evidence["threshold_bits"] = limit
        if t.false_stop_rate is not None:
            evidence["false_stop_rate_at_most"] = t.false_stop_rate
        if t.confidence is not None:
            evidence["confidence"] = t.confidence
    return _signal("evidence", wants, reason, step, **evidence)


def errors(run: RunMemory, step: Step) -> Signal | None:
    """The same error again and again with no success between."""
    t, n = run.thresholds, run.error_streak
    if n < t.errors_nudge or step.result_class is ResultClass.RETRYABLE or not step.error:
        return None
    things = len(run.error_things)
    batch = things >= min(n, THINGS_MAX) and run.error_things[-1] != 0  # each about another thing: a batch with gaps
    if batch:
        stop_at = t.misuse_stop if step.misuse and not run.listed(step) else t.errors_batch_stop
    else:
        stop_at = t.errors_stop
    wants = weighed(run, n, t.errors_nudge, None if batch else t.errors_narrow, stop_at)
    wants = "stop" if n >= (t.errors_batch_end if batch else t.errors_end) else wants
    reason = f"the same error {n} times with no success between"
    return _signal("errors", wants, reason, step, times=n) if wants is not None else None


def stubborn(run: RunMemory, step: Step) -> Signal | None:
    """One call fails in one way, whatever is done between."""
    t = run.thresholds
    n = run.failing[step.call][1] if step.error and step.call in run.failing else 0
    wants = rung(n, t.stubborn_nudge, None, t.stubborn_stop) if n != run.error_streak else None
    what = "whatever was tried between"
    if wants is None and step.error and step.tools in run.failing_tools:  # asked about this and that: a hint
        n = run.failing_tools[step.tools][1]
        wants = rung(n, t.stubborn_hint, None, None) if n != run.error_streak else None
        what = "whatever it was asked and whatever was tried between"
    if wants is None:
        return None
    reason = f"{step.tools[0]} failed in the same way {n} times, {what}"
    return _signal("stubborn", wants, reason, step, times=n)


def misused(run: RunMemory, step: Step) -> Signal | None:
    """One wrong use of one tool again and again, in ever other arguments: a proof, unless something was learnt between
    or each call was about another record that the run was told of.
    """
    found = run.misused.get(step.tools) if step.misuse else None
    if found is None or found.times < run.thresholds.misuse_end:
        return None
    if 4 * found.learnt > found.times or run.listed(step):
        return None
    how = "was refused in the same words" if step.denied else "was called wrongly in the same way"
    reason = f"{step.tools[0]} {how} {found.times} times, in ever other arguments"
    return _signal("misuse", "stop", reason, step, times=found.times, learnt=found.learnt)


def unmoved(run: RunMemory, step: Step) -> Signal | None:
    """Whatever one tool is asked, it gives the same text: a proof, where the run was told of none of the things."""
    t, n = run.thresholds, step.unmoved
    if n < t.unmoved_end:
        return None
    end = t.unmoved_end if all(map(reads, step.tools)) else t.unmoved_failure_end
    if n < end or (end == t.unmoved_failure_end and step.result_class is ResultClass.NEW):
        return None
    reason = f"{step.tools[0]} gave the same answer {n} times in a row, whatever it was asked"
    return _signal("unmoved", "stop", reason, step, times=n)


def complained(run: RunMemory, step: Step) -> Signal | None:
    """One check has one complaint, whatever is done, and nothing was told meanwhile that was not known."""
    found = run.complaints.get(step.call) if step.complains else None
    if found is None or found.times < run.thresholds.complaint_end or 4 * found.learnt > found.times:
        return None
    if run.reading_live or step.ages:
        return None
    reason = f"{step.tools[0]} had the same complaint {found.times} times, whatever was done between"
    return _signal("complaint", "stop", reason, step, times=found.times, learnt=found.learnt)


def idle(run: RunMemory, step: Step) -> Signal | None:
    """Plans without a deed, or agents that hand the run to and fro."""
    n, t = run.idle_streak, run.thresholds
    if step.idle == "hand-off" and n >= t.hand_offs_nudge:
        wants = rung(n, t.hand_offs_nudge, None, t.hand_offs_stop)
        what = "the run was handed from agent to agent"
    elif step.idle == "plan" and n >= t.plans_nudge:
        wants = weighed(run, n, t.plans_nudge, None, t.plans_stop)
        wants = "stop" if n >= t.plans_end else wants
        what = "the plan was written anew"
    else:
        return None
    reason = f"{what} {n} times in a row, and nothing was done"
    return _signal("idle", wants, reason, step, times=n) if wants is not None else None


def patience(run: RunMemory, step: Step) -> Signal | None:
    """Answers whose repetition can be right: later, or nudges only."""
    t, n = run.thresholds, run.class_streak
    if step.result_class is ResultClass.RETRYABLE and n >= 3:
        allowed = t.retryable_stop * (2 if run.paced else 1)  # a run that backs off has earned more tries
        wants = weighed(run, n, 0, None, allowed) or "nudge"
        if run.call_streak >= t.retryable_end:
            wants = "stop"
        reason = f"{n} tries in a row failed for a reason that waiting may cure; it did not"
        return _signal("retries", wants, reason, step, times=n)
    if step.result_class is ResultClass.PENDING and n >= t.pending_nudge:
        unchanged = run.exact.matches[1] + 1
        wants = "stop" if unchanged >= t.pending_stop else "nudge"
        reason = f"polled {n} times; the answer is still pending"
        if unchanged >= t.pending_nudge:
            reason = f"polled {unchanged} times in a row with the same pending answer"
        return _signal("polling", wants, reason, step, times=n)
    if step.result_class is ResultClass.EMPTY and n >= t.empty_nudge:
        own = run.own_words
        if max(own, step.reworded) < t.empty_nudge and not all(map(reads, step.tools)):
            return None  # other tools may answer nothing
        wants = weighed(run, own, 0, t.empty_narrow, t.empty_stop) or "nudge"
        wants = "stop" if own >= t.empty_end else wants
        reason = f"{n} calls in a row found nothing"
        if step.reworded >= t.reworded_end:
            reason = f"{step.reworded} calls in a row found nothing for one thing, asked for in other words and orders"
            return _signal("empty", "stop", reason, step, times=step.reworded)
        if own >= t.empty_nudge:
            reason += f", {own} of them in words that the run made up itself"
        return _signal("empty", wants, reason, step, times=n)
    return None


def rejected(run: RunMemory, step: Step) -> Signal | None:
    """A reviewer rejects without a reason: bounced once, then the loop ends."""
    n = run.rejections
    if n == 0 or step.review != "bare":
        return None
    stop_at = run.thresholds.rejections_stop + (1 if step.by_tool else 0)
    wants: DecisionName = "stop" if n >= stop_at else "nudge"
    reason = f"rejected {n} time{'s' if n > 1 else ''} without a reason: a rejection must cite an open criterion"
    return _signal("rejections", wants, reason, step, times=n)


def objected(run: RunMemory, step: Step) -> Signal | None:
    """A reviewer repeats one objection: no attempt met it."""
    n, t = run.objections, run.thresholds
    if not step.objection or step.review != "reasoned" or n < 3:
        return None
    wants = weighed(run, n, 0, None, t.objections_stop) or "nudge"
    return _signal("objections", wants, f"the same objection {n} times in a row: no attempt met it", step, times=n)


def chanted(_: RunMemory, step: Step) -> Signal | None:
    """One message repeats one phrase at its end."""
    if not step.chant:
        return None
    reason = f"the message ends with one phrase {step.chant} times over"
    return _signal("chant", "stop", reason, step, copies=step.chant)


DETECTORS: tuple[Detector, ...] = (
    repeat, near_repeat, cycle, nothing_new, errors, stubborn, misused, unmoved, complained, idle,
    patience, rejected, objected, chanted,
)  # fmt: skip
