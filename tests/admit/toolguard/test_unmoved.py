"""One answer to whatever is asked, and one complaint whatever is done, end a run of any kind; facts exempt look-alikes.

Method: property tests over generated arguments and answers; each exemption from both sides.  A figure that stands still
while a person's roll-out goes on, and names of a list, are work.
"""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.admit.toolguard.histories import history, words
from tidegate.admit.toolguard.answers import classify, complains
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.model import BUILT_IN, ResultClass, RunVerdict, Thresholds
from tidegate.admit.toolguard.steps import read_steps
from tidegate.spine.dialects import chat

Steps = list[tuple[str, dict[str, object], str]]
T = Thresholds()
SEEDS = st.integers(0, 2**32)
TRIED = settings(max_examples=5, deadline=None)
PAGES = st.sampled_from([
    "Please verify that you are human to continue to this site.",
    "This content is for members of the library only. Sign in or join to read it.",
])  # fmt: skip
COMPLAINTS = st.sampled_from(['{"value": "#REF!"}', "3 rules violated: see the manual", "2 checks failed", "mismatched totals"])  # fmt: skip


def verdict(steps: Steps, task: str = "Do the task.") -> RunVerdict:
    return judge(read_steps(chat.read_messages(history(steps, task))), BUILT_IN)


def places(rng: random.Random, n: int) -> list[str]:
    return [f"https://{words(rng, 1)}.example/{words(rng, 1)}{words(rng, 1)}" for _ in range(n)]


@TRIED
@given(SEEDS, PAGES)
def test_one_page_at_every_address_that_the_run_made_up_ends_it(seed: int, page: str) -> None:
    urls = places(random.Random(seed), 3 * T.unmoved_end)
    steps: Steps = [("fetch_page", {"url": u}, page) for u in urls]
    said = verdict(steps[: T.unmoved_end])
    assert (said.decision, said.stop_step) == ("stop", T.unmoved_end - 1), said.reason
    assert said.signals[-1].detector == "unmoved"
    assert verdict(steps[: T.unmoved_end - 1]).decision != "stop"
    assert verdict(steps, "Which of these open?\n" + "\n".join(urls)).decision != "stop", "a list that was given"
    listed = ("list_links", {"of": "start"}, "\n".join(u.rsplit("/", 1)[1] for u in urls))
    assert verdict([listed, *steps]).decision != "stop", "the last parts of the addresses were told"
    numbered: Steps = [("fetch_page", {"url": f"https://a.example/item/{i}"}, page) for i in range(len(urls))]
    assert verdict(numbered).decision != "stop", "they differ in their figures alone"
    written: Steps = [("publish", {"url": u}, page) for u in urls]
    assert verdict(written).decision != "stop", "an acknowledgement is no reading"


@TRIED
@given(SEEDS, COMPLAINTS)
def test_one_complaint_whatever_is_done_ends_a_run(seed: int, complaint: str) -> None:
    rng = random.Random(seed)

    def run(n: int, told: str, answer: str = complaint) -> Steps:
        return [s for _ in range(n) for s in (("set_cell", {"value": words(rng, 2)}, told or words(rng, 12)), ("recalculate", {"sheet": "Q3"}, answer))]  # fmt: skip

    said = verdict(run(T.complaint_end, "1 cell set"))
    assert said.decision == "stop", said.reason
    assert said.signals[-1].detector == "complaint"
    assert verdict(run(T.complaint_end - 1, "1 cell set")).decision != "stop"
    assert verdict(run(2 * T.complaint_end, "")).decision != "stop", "each deed told something that was not known"
    assert verdict(run(2 * T.complaint_end, "1 cell set", "0 errors, all checks hold")).decision != "stop"


@pytest.mark.parametrize(
    "text", ["0 errors", "no errors found", '{"errors": [], "failed": 0}', "all good", "finished without errors"]
)
def test_what_tells_of_no_error_is_no_complaint(text: str) -> None:
    assert not complains(text)


@pytest.mark.parametrize("tool", ["error_rate", "cpu_usage", "queue_latency", "room_temperature"])
def test_a_figure_may_stand_still_for_a_while(tool: str) -> None:
    reading: Steps = [(tool, {"of": "search"}, json.dumps({"value": 0.0}))]
    assert verdict(reading * (T.gauge_stop - 1)).decision != "stop"
    assert verdict(reading * T.gauge_stop).decision == "stop"


def test_a_browser_that_waits_for_what_is_covered_has_failed() -> None:
    covered = 'TimeoutError: locator.click: <div class="wall"> intercepts pointer events'
    assert classify(covered, None) is ResultClass.ERROR
    assert classify("TimeoutError: the server did not answer", None) is ResultClass.RETRYABLE
