"""What a run has come to: how often what was seen, and the streaks it is in.  The detectors read it (see `loops`).

A *live reading* is a short answer that was another one when the same call was made just before: the
world moves by itself there, so that looking again is right even if nothing changes for a while.
"""

import copy
from math import log2
from typing import Self

import msgspec

from tidegate.admit.toolguard.memory import Cycles, Memory
from tidegate.admit.toolguard.model import STOP_BITS, WAITS, Gist, ResultClass, Step, Thresholds

WORDS_ALONE = "(words alone)"  # stands for runs without calls among a calibration's tools
BITS_SECOND_VISIT = 0.5
BITS_LATER_VISIT = 1.0
BITS_AGEING = 0.25  # a look at something that only grew older
FREE_STEPS, SPENT_STEPS = 64, 32  # see `RunMemory.price`
THINGS_MAX = 64
STATE_TOKENS = 12  # an answer with fewer is a state, not a text
ANSWERS_MAX = 64  # answers that are known again
FAILING_MAX = 8  # calls whose failures are counted


class Misused(msgspec.Struct, frozen=True, gc=False):
    """One wrong use of one tool: the error, how often, what other tools told meanwhile, what was asked about."""

    error: int
    times: int = 0
    learnt: int = 0
    things: frozenset[int] = frozenset()  # told to the run: records of a list, each refused for the same fault


class Complaint(msgspec.Struct, frozen=True, gc=False):
    """What one check says is wrong: the answer, how often, how many other answers were new meanwhile."""

    pair: int
    times: int = 0
    learnt: int = 0


class RunMemory:
    """What the guard remembers of a run, in bounded memory (see `memory`); `take` adds a step to it."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.exact = Cycles(thresholds.period_max)
        self.near = Cycles(thresholds.period_max)
        self.memory = Memory()
        self.bits = 0.0
        self.bits_max = 0.0
        self.revisits = 0  # steps in a row that had been taken twice before, with the same result
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
        self.live = 0  # a call whose answer was seen to change by itself
        self.reading_live = False  # whether the present step reads it again
        self.last_pair = 0
        self.last_gist: Gist | None = None
        self.failing: dict[int, tuple[int, int]] = {}  # call → (its failure, times in a row that it failed so)
        self.failing_tools: dict[tuple[str, ...], tuple[int, int]] = {}  # the same of tools, whatever they were asked
        self.misused: dict[
            tuple[str, ...], Misused
        ] = {}  # tools → the wrong use that was made of them since they worked
        self.complaints: dict[int, Complaint] = {}  # calls → their complaint, see `_complains`
        self.answers: dict[int, None] = {}  # the latest answers since the first complaint
        self.idle = ""  # what the last steps did instead of a deed (see `Step.idle`)
        self.idle_streak = 0
        self.quiet_tools: frozenset[str] = frozenset()  # tools of the steps since the last new thing
        self.names = frozenset(thresholds.tools)
        self.known = 0  # calls of tools that the calibration's runs called, less those of others
        self.called = False  # whether it called any

    def fork(self) -> Self:
        """A copy that goes on alone."""
        other = copy.copy(self)
        other.failing, other.failing_tools = dict(self.failing), dict(self.failing_tools)
        other.misused = dict(self.misused)
        other.complaints, other.answers = dict(self.complaints), dict(self.answers)
        other.exact, other.near, other.memory = self.exact.fork(), self.near.fork(), self.memory.fork()
        return other

    def re_arm(self) -> None:
        """A person spoke: what was said before may be asked for again."""
        self.exact.clear()
        self.near.clear()
        self.bits, self.quiet, self.error_streak, self.class_streak, self.rejections = 0.0, 0, 0, 0, 0
        self.objections, self.last_objection, self.error_things = 0, 0, ()
        self.failing, self.failing_tools, self.quiet_tools, self.call_streak = {}, {}, frozenset(), 0
        self.revisits, self.misused, self.idle, self.idle_streak = 0, {}, "", 0
        self.complaints, self.answers = {}, {}
        self.memory.re_arm()

    @property
    def calibrated(self) -> bool:
        """Whether the thresholds were fitted to runs of this kind, as far as the tools that it calls tell."""
        if self.thresholds.evidence_stop_bits is None:
            return False
        return not self.names or self.known > 0 or (not self.called and WORDS_ALONE in self.names)

    def price(self, stretch: int) -> float:
        """Bits that a stretch of that many steps, up to now, has to pay for being one of many.

        A run tries its luck anew at every step: evidence that starts at step j is one of many processes, and
        their mixture with weights w_j, which sum to a constant, is one e-process for a run of any length
        (Ville's inequality).  The weights are 1 for the first 64 steps and (1 + (j - 64) / 32)^-2 from there;
        the price is log2(1 / w_j).
        """
        late = self.count - stretch - FREE_STEPS
        return 2.0 * log2(1.0 + late / SPENT_STEPS) if late > 0 else 0.0

    def evidence(self, n: float, stop_at: float) -> float:
        """Bits of evidence in a count that its detector would stop at `stop_at`; the most ever is remembered."""
        bits = STOP_BITS * n / stop_at - self.price(int(n))
        self.bits_max = max(self.bits_max, bits)
        return bits

    def take(self, step: Step) -> None:
        """Add a step that does more than wait."""
        for tool in step.tools if self.names else ():
            self.known += 1 if tool.lower() in self.names else -1
            self.called = True
        self._live(step)
        cluster = self._remember(step)
        waits = step.result_class in WAITS or self.reading_live or step.ages
        self.exact.add(step.pair, waits)
        self.near.add(cluster, waits)
        self._streaks(step)
        self._failures(step)
        self._misuses(step)
        self._complains(step)
        self.idle_streak = self.idle_streak + 1 if step.idle == self.idle and step.idle else bool(step.idle)
        self.idle = step.idle
        self._reviews(step)
        self.pauses = 0

    def _live(self, step: Step) -> None:
        again = step.looks and step.call == self.last_call
        if again and step.pair != self.last_pair and not step.error and self._moved(step):
            self.live = step.call
        self.reading_live = again and step.call == self.live
        self.last_pair = step.pair
        self.last_gist = step.gist

    def _moved(self, step: Step) -> bool:
        """Whether an answer differs in its figures, or is so short that each of its words is its point; whether a long
        one has a line that the run never saw.
        """
        if not step.reading:
            return self.memory.fresh(step)
        now, before = step.gist, self.last_gist
        return now is not None and before is not None and (now.numbers != before.numbers or now.size < STATE_TOKENS)

    def _remember(self, step: Step) -> int:
        """Whether the step brought something new, as evidence; the name of the steps it is near to."""
        seen, near_seen, cluster, stale_lines = self.memory.add(step)
        if step.result_class in WAITS or self.reading_live:
            return cluster  # waiting for the world is no evidence against the run
        self.revisits = self.revisits + 1 if seen >= 2 and step.tools and not step.ages else 0
        times = seen or near_seen or ((1 if self.quiet == 0 else 2) if stale_lines else 0)
        if times == 0:
            self.bits, self.quiet, self.quiet_tools = 0.0, 0, frozenset()
            self.worked = self.worked or bool(step.tools and not step.by_tool)
        else:
            self.quiet += 1
            self.quiet_tools |= frozenset(step.tools)
            gained = BITS_AGEING if step.ages else BITS_SECOND_VISIT if times == 1 else BITS_LATER_VISIT
            self.bits += gained
            self.bits_max = max(self.bits_max, self.bits - self.price(self.quiet))
        return cluster

    def _streaks(self, step: Step) -> None:
        thing = step.gist.entities if step.gist is not None else 0
        if step.error and step.error == self.last_error:
            self.error_streak += 1
            if thing not in self.error_things and len(self.error_things) < THINGS_MAX:
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

    def _failures(self, step: Step) -> None:
        """How often this very call failed in this very way since it last did otherwise."""
        if not step.tools or step.result_class in WAITS:
            return
        kind, often = self.failing_tools.pop(step.tools, (0, 0))
        if step.error:
            self.failing_tools[step.tools] = (step.failure, often + 1 if kind == step.failure else 1)
            if len(self.failing_tools) > FAILING_MAX:
                del self.failing_tools[next(iter(self.failing_tools))]
        failure, times = self.failing.pop(step.call, (0, 0))
        if step.error:
            self.failing[step.call] = (step.failure, times + 1 if failure == step.failure else 1)
            if len(self.failing) > FAILING_MAX:
                del self.failing[next(iter(self.failing))]

    def _misuses(self, step: Step) -> None:
        """How often a tool was used wrongly in one way, and what was learnt in between from others."""
        if not step.tools or step.result_class in WAITS:
            return
        if not step.misuse:
            self.misused.pop(step.tools, None)
            if self.misused and self.quiet == 0 and not step.error:
                self.misused = {k: msgspec.structs.replace(m, learnt=m.learnt + 1) for k, m in self.misused.items()}
            return
        known, fault = self.misused.pop(step.tools, None), step.failure if step.denied else step.error
        if known is None or known.error != fault:
            known = Misused(fault)
        things = known.things if not step.named or len(known.things) >= THINGS_MAX else known.things | {step.named}
        self.misused[step.tools] = Misused(fault, known.times + 1, known.learnt, things)
        if len(self.misused) > FAILING_MAX:
            del self.misused[next(iter(self.misused))]

    def _complains(self, step: Step) -> None:
        """How often one check had the same complaint, and how many of the answers meanwhile were not known before."""
        if step.gist is None or not step.tools or not (self.complaints or step.complains):
            return
        answer = step.gist.answer
        fresh = answer not in self.answers
        if fresh and not step.complains and self.complaints:
            self.complaints = {k: msgspec.structs.replace(c, learnt=c.learnt + 1) for k, c in self.complaints.items()}
        self.answers.pop(answer, None)
        self.answers[answer] = None
        if len(self.answers) > ANSWERS_MAX:
            del self.answers[next(iter(self.answers))]
        known = self.complaints.pop(step.call, None)
        if step.complains:
            same = known if known is not None and known.pair == step.pair else Complaint(step.pair)
            self.complaints[step.call] = Complaint(step.pair, same.times + 1, same.learnt)
            if len(self.complaints) > FAILING_MAX:
                del self.complaints[next(iter(self.complaints))]

    def listed(self, step: Step) -> bool:
        """Whether most of a tool's wrong uses were about another thing each that the run was told of."""
        found = self.misused.get(step.tools)
        return found is not None and 2 * len(found.things) > found.times

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
