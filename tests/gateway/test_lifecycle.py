"""The pure step function under any order of events: ends once, never crosses the first byte, repeats once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.gateway import lifecycle as life
from tidegate.gateway.lifecycle import Phase, State, Tick, step
from tidegate.spine.call import Ending

EVENTS: list[life.Event] = [
    life.WAITS, life.ADMITTED, life.CONNECTED_FRESH, life.CONNECTED_REUSED, life.CONNECT_FAILED, life.AnswerBegan(200),
    life.AnswerBegan(503), life.AnswerBegan(404), life.BYTES_OUT, life.ANSWER_ENDED, life.UpstreamLost(False),
    life.UpstreamLost(True), life.CLIENT_LEFT, life.Deadline("connect"), life.Deadline("first_byte"),
    life.Deadline("idle"), life.Deadline("total"), life.Deadline("wait"), life.Deadline("client"),
    life.Stopped(Ending.BLOCKED_GUARD), life.Refuse(Ending.REFUSED_LIMIT, 429, "rate_limited"),
]  # fmt: skip


@settings(max_examples=2000, deadline=None)
@given(st.integers(1, 3), st.lists(st.sampled_from(EVENTS), max_size=25))
def test_guarantees_hold_in_any_order_of_events(targets: int, events: list[life.Event]) -> None:
    state = State(targets)
    finished = said = repeats = 0
    holding = visible = False
    for event in events:
        before = state
        state, actions = step(state, event, 0.0)
        assert step(before, event, 1e9) == (state, actions)  # pure, and time matters to ticks alone
        if before.phase is Phase.ENDED:
            assert (state, actions) == (before, ())
        gone = isinstance(event, life.UpstreamLost) and before.phase in (Phase.SENT, Phase.ANSWERING)
        if gone or (isinstance(event, life.ConnectFailed) and before.phase is Phase.CONNECTING):
            holding = False  # the world took it away
        for action in actions:
            match action:
                case life.Connect(target, fresh):
                    assert not visible
                    assert not holding
                    assert before.target <= target < targets
                    repeats += fresh
                    holding = True
                case life.Again(target):
                    assert not visible
                    assert not holding
                    assert before.target < target == life.upcoming(state) < targets
                case life.Abort() | life.Release():
                    holding = False
                case life.Error():
                    assert not visible
                    said += 1
                case life.Truncate():
                    assert visible
                    said += 1
                case life.Finish():
                    finished += 1
                    assert not holding
        visible = state.visible
    assert finished == (state.phase is Phase.ENDED)
    assert said <= 1
    assert repeats <= 1
    assert state.attempts <= targets + 1


def test_the_usual_life_takes_four_steps() -> None:
    state = State(1)
    seen = []
    for event in (life.ADMITTED, life.CONNECTED_REUSED, life.AnswerBegan(200), life.ANSWER_ENDED):
        state, actions = step(state, event, 0.0)
        seen.append([type(a).__name__ for a in actions])
    assert seen == [["Connect"], ["Send"], ["Forward"], ["Release", "Finish"]]


def test_ticks_find_the_deadline_that_passed() -> None:
    tick = Tick(began_s=0.0, heard_s=10.0, connect_s=1.0, first_byte_s=5.0, idle_s=3.0, total_s=12.0)
    connecting = step(State(1), life.ADMITTED, 0.0)[0]
    assert step(connecting, tick, 10.9)[1] == ()
    assert life.Finish(Ending.TIMED_OUT, "timeout_connect") in step(connecting, tick, 11.0)[1]
    sent = step(connecting, life.CONNECTED_FRESH, 0.0)[0]
    assert life.Finish(Ending.TIMED_OUT, "timeout_total") in step(sent, tick, 12.0)[1]
    assert tick.due(Phase.WAITING) == (12.0, "wait")
