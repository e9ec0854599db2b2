"""The nouns of the tool-loop guard: a step of an agent run, a signal, and the decision."""

from enum import StrEnum
from typing import Literal

import msgspec

DecisionName = Literal["continue", "nudge", "narrow", "finalise", "stop"]
LADDER: tuple[DecisionName, ...] = ("continue", "nudge", "narrow", "finalise", "stop")


class ResultClass(StrEnum):
    """What kind of fact a tool's answer is; facts, not prompts, exempt from stopping."""

    NEW = "new"  # an ordinary answer
    PENDING = "pending"  # the world is not ready: polling may go on
    RETRYABLE = "retryable"  # 429, 5xx, time-out: trying again is right, for a while
    ERROR = "error"  # another failure
    EMPTY = "empty"  # nothing was found
    MISSING = "missing"  # the history holds no result for the call


WAITS = frozenset({ResultClass.PENDING, ResultClass.RETRYABLE, ResultClass.MISSING})
"""Answers that say the world is not ready: waiting is no evidence against a run."""


class Gist(msgspec.Struct, frozen=True, gc=False):
    """A step reduced to what near repeats are judged by (see `gist`); whole numbers, and the answer's tokens."""

    tools: int
    entities: int  # name of the things that the calls are about, 0 when none is named
    positions: int  # name of the parts, pages and sizes asked for
    words: int  # token set of the texts, 0 when there are none
    code: bool  # whether the texts are code, where each name and figure counts
    answer: int  # name of the answer's token set
    tokens: bytes  # packed checksums of the answer's tokens
    numbers: int  # name of the numbers in the answer
    size: int  # tokens in the answer
    failed: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One assistant message with the results of its tool calls, fingerprinted.

    `index` counts assistant messages from 0 and `message` is the message's place in the
    request.  `pair` names (calls, results): the multiset of canonical signatures with their
    normalised results.  `call` names the calls alone.  `lines` names what its answer (or its
    text) consists of, where it is long.
    """

    index: int
    message: int
    pair: int
    call: int
    tools: tuple[str, ...]
    result_class: ResultClass
    error: int = 0  # name of its error's kind, if all calls failed
    failure: int = 0  # name of the whole failure
    gist: Gist | None = None
    lines: tuple[int, ...] = ()
    pause: bool = False  # it only waits
    own_words: int = 0  # it found nothing for words of its own (see `told`): name of where it looked
    review: Literal["", "bare", "reasoned", "accepted"] = ""  # what a reviewer answered it
    by_tool: bool = False  # the review came from a tool
    objection: int = 0  # name of the reviewer's words
    chant: int = 0  # copies of one phrase that the message ends with
    re_armed: bool = False  # a person said something new just before this step
    misuse: bool = False  # its failure is about the way it was called, or by whom
    denied: bool = False  # … because its caller may not do this: a misuse that is known by its whole wording
    reworded: int = 0  # misses in a row for one thing, see `told.Misses`; 0 where hardly any was a rewording
    unmoved: int = (
        0  # calls in a row, each made up by the run, that this one tool gave the same answer (`told.Unmoved`)
    )
    complains: bool = False  # its call worked, and the answer says that something is wrong
    named: int = 0  # of a misuse: name of the things in its arguments that the run was told of, 0 when there are none
    idle: Literal["", "plan", "hand-off"] = ""  # its one call only plans, or only hands the run to another agent
    reading: bool = False  # one call for a short answer about how something is
    looks: bool = False  # one call that looks at something, however long the answer
    gauge: bool = False  # one look at how something stands: a short answer with a figure, or a few fields
    ages: bool = False  # the step before, made again: nothing changed but an age, which grew
    writes: bool = False  # a text that it gave stands in its answer, and it is no reading
    summary: str = ""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One reason to do something: which detector, how far it wants to go, and the facts in words."""

    detector: str
    wants: DecisionName
    reason: str
    step: int
    tools: tuple[str, ...] = ()  # of the step that raised it
    evidence: dict[str, float | int | str] = msgspec.field(default_factory=dict)


class RunVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the guard says of a run so far.

    `decision` is the furthest rung reached, `stop_step` the assistant message (from 0) at which
    the run would have been ended, or None.  `calibrated` is false where no threshold was fitted
    for this kind of run, by the tools that it calls: then statistical signals nudge and never stop.
    """

    decision: DecisionName
    stop_step: int | None
    reason: str
    signals: tuple[Signal, ...]
    steps: int
    calibrated: bool


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """Where the rungs of the ladder are.

    Proofs (the same call with the same result, exact cycles, a rejection without a reason, a chant) stop
    any run.  All other signals are measured in bits of evidence, `STOP_BITS` where their own `*_stop` is
    reached, and stop where they pass `evidence_stop_bits`; None means not calibrated, so that they only
    nudge.  `false_stop_rate` is the error that the calibration states, `runs` the number of productive
    runs behind it, `tools` the names that those runs called (lower case; empty: any).  A run most of
    whose calls have other names is of another kind, and not calibrated.
    """

    repeats_nudge: int = 2
    repeats_stop: int = 3
    failed_repeats_narrow: int = 4
    failed_repeats_stop: int = 5
    gauge_stop: int = 10  # the same reading of a figure or a state, which may move any time
    ageing_stop: int = 20  # the same reading of something that grows older
    live_nudge: int = 20  # the same reading of something that was seen to change by itself
    live_stop: int = 60
    cycle_repeats_stop: int = 3
    near_nudge: int = 3
    near_narrow: int = 4
    near_stop: int = 5
    near_cycle_stop: int = 4
    near_end: int = 20  # what ends any run, calibrated or not
    errors_end: int = 30
    errors_batch_end: int = 60
    empty_end: int = 30
    reworded_end: int = 10  # misses in a row for one thing, a third of them in words that had all been tried
    unmoved_end: int = 20  # one reading, asked for ever other things that it made up, gives one and the same text
    unmoved_failure_end: int = 30  # … of any tool, where the text is a failure
    complaint_end: int = 15  # one check has the same complaint, and nothing was told between that was not told before
    revisits_stop: int = 12  # steps in a row, each of which had been taken twice before with the same result
    period_max: int = 12
    evidence_nudge_bits: float = 2.0
    evidence_narrow_bits: float = 4.0
    evidence_stop_bits: float | None = None
    retryable_stop: int = 10
    retryable_end: int = 60  # … in any run
    pending_nudge: int = 30
    pending_stop: int = 300  # polls in a row with one and the same answer
    errors_nudge: int = 3
    errors_narrow: int = 6
    errors_stop: int = 8
    misuse_stop: int = 12  # the same wrong use, whatever it was about
    misuse_end: int = 12  # one wrong use of one tool in ever other arguments, hardly anything learnt between
    hand_offs_nudge: int = 6
    hand_offs_stop: int = 12  # in a row, with no deed of any agent between
    plans_nudge: int = 8
    plans_stop: int = 12
    plans_end: int = 30  # … in any run
    stubborn_nudge: int = 5
    stubborn_hint: int = 8  # one failure, whatever the tool was asked
    stubborn_stop: int = 12  # one call fails in one way, whatever is done between
    errors_batch_stop: int = 40  # the same error for as many different things
    empty_nudge: int = 5
    empty_narrow: int = 8
    empty_stop: int = 10  # searches in the run's own words; names from a list may go on finding nothing
    rejections_stop: int = 2
    objections_stop: int = 5
    false_stop_rate: float | None = None
    confidence: float | None = None  # that this calibration holds the rate; None: it holds as a mean over calibrations
    runs: int = 0
    task_type: str = "default"
    tools: tuple[str, ...] = ()


STOP_BITS = 5.0
"""The evidence at which each detector's own count says stop."""

CODING_TOOLS = ("bash", "cat", "cd", "create", "edit", "find", "find_file", "goto", "grep", "ls", "none", "open", "pip", "python", "rm", "scroll_down", "search_dir", "search_file", "str_replace_editor", "submit")  # fmt: skip  # noqa: E501

BUILT_IN = Thresholds(
    evidence_stop_bits=5.0, false_stop_rate=0.005, runs=216, task_type="public coding-agent runs", tools=CODING_TOOLS
)
"""Fitted to the 216 runs of public SWE-agent recordings outside one large repository and tested on that
repository's 145; `python -m benches.toolguard` reproduces it.  The stated rate, 1 / 217 or about 0.5 %, is a mean over
calibrations (`confidence` is None): with 95 % confidence 216 runs support a rate of about 1.4 %, no smaller one.  Runs
of another kind are known by the tools they call: they are stopped by proofs alone until they have a calibration of
their own (`tidegate loops calibrate`).
"""
