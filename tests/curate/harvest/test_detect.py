"""Goal: detection is held by the written conversations, by controls of the same words, and by inputs of any shape."""

import json
import sys
from typing import Any

import pytest
from benches.harvest_dialogues import read
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.cli.verbs.harvest_detect import command
from tidegate.curate.harvest.model import SignalKind
from tidegate.curate.harvest.signals.detect import detect
from tidegate.curate.harvest.signals.explicit import is_down, read_feedback


def talk(*texts: str) -> list[dict[str, Any]]:
    return [{"role": "user" if i % 2 == 0 else "assistant", "content": t} for i, t in enumerate(texts)]


def test_the_development_conversations_hold() -> None:
    """A ratchet on the sets the detectors were chosen on; the bench reports a set that they were not."""
    for name, recall, precision in (("dev", 0.9, 0.95), ("t1", 0.85, 0.95), ("t5", 0.88, 0.95), ("t13", 0.65, 0.85)):
        rows = read(f"harvest_dialogues_{name}.txt")
        judged = [(w, detect(w.messages, product=w.product)) for w in rows]
        failing = [(w, d) for w, d in judged if w.signal != "clean"]
        found = [(w, d) for w, d in failing if d.failed]
        alarms = [w.name for w, d in judged if w.signal == "clean" and d.failed]
        assert len(found) >= recall * len(failing), [w.name for w, d in failing if not d.failed]
        assert len(found) >= precision * (len(found) + len(alarms)), alarms
        assert sum(w.failing_turn == d.failing_turn for w, d in found) >= 0.9 * len(found)


PAIRS = [  # the same words, once at an answer that failed and once not
    (talk("Book a table for 4", "Booked a table for 40.", "No, 4 people."), talk("Book a table for 4", "Shall I add a birthday cake?", "No, thanks.")),
    (talk("cancel order 7", "I cancelled order 9.", "I meant 7, not 9."), talk("cancel order 9", "I cancelled order 9.", "oops sorry, I meant 7, my mistake")),
    (talk("fix my router", "Buy our new phone!", "this is useless"), talk("Answer this customer: \"this is useless\"", "Dear customer, we are sorry.", "great, send it")),
    (talk("is it open today?", "It has 3 floors.", "forget it, bye"), talk("is it open today?", "Yes, until 6 pm.", "great, bye")),
]  # fmt: skip


def test_two_polite_ends_do_not_contradict_each_other() -> None:
    ends = ("If you have other questions or need assistance, please let me know!",
            "If you have more questions or need assistance in the future, feel free to reach out!")  # fmt: skip
    assert not detect(talk("add a bag", f"Added. {ends[0]}", "thanks, and a seat", f"Added. {ends[1]}")).failed


PAIRS += [  # what the exchange does
    (talk("Find a train to Newcastle", "Trains from Sydney to Newcastle run hourly.", "The one in England"), talk("Find a train to Newcastle", "Newcastle in Australia or in England?", "The one in England")),
    (talk("Hotel under 120 a night", "Hotel Sacher costs 540 a night.", "My budget was 120."), talk("Hotel under 120 a night", "Hotel Kunst costs 98 a night.", "And for 120?")),
    (talk("how do I activate my card", "Para activar su tarjeta, inicie sesión en la aplicación y pulse Activar.", "ok"), talk("say in spanish how I activate my card", "Para activar su tarjeta, inicie sesión en la aplicación y pulse Activar.", "ok")),
    (talk("sort a dict", "Use d.sort().", "AttributeError: 'dict' object has no attribute 'sort'"), talk("sort a dict", "Please send me the output.", "AttributeError: 'dict' object has no attribute 'sort'")),
    (talk("is there a fee for changes?", "Yes, 25 euros under policy 14b.", "where did you get that from?"), talk("is there a fee for changes?", "Yes, 25 euros.", "ok, and for a refund?")),
    (talk("How long is the warranty?", "The warranty is 12 months.", "Earlier you told me it was 24 months. Which is it?"), talk("How long is the warranty?", "It is 12 or 24 months.", "Which is it for my model?")),
    (talk("How do you say 'good night' in Spanish?", "Buenos días", "How do you say 'good night'?"), talk("Translate 'good morning' into Spanish.", "Buenos días", "How do you say 'good night'?", "Buenas noches")),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "good"), PAIRS)
def test_the_context_decides_and_not_the_words(bad: list[Any], good: list[Any]) -> None:
    assert detect(bad).failed is True
    assert detect(bad).failing_turn == 1
    assert detect(good).failed is False


def test_hard_signals() -> None:
    cut = [{"role": "user", "content": "list"}, {"role": "assistant", "content": "one", "finish_reason": "length"}]
    assert detect(cut).signal is SignalKind.TRUNCATION
    call = {"id": "a", "type": "function", "function": {"name": "pay", "arguments": "{}"}}
    claimed = [
        {"role": "user", "content": "pay it"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "Error: card declined"},
        {"role": "assistant", "content": "Your payment has been processed."},
    ]
    assert detect(claimed).signal is SignalKind.TOOL_ERROR
    honest = [*claimed[:3], {"role": "assistant", "content": "The payment failed: the card was declined."}]
    assert detect(honest).failed is False


def test_feedback_is_a_signal_at_the_last_answer() -> None:
    messages = talk("hi", "hello")
    assert detect(messages, feedback=[{"rating": "down"}]).signal is SignalKind.THUMBS_DOWN
    assert detect(messages, feedback=[{"rating": 5}]).failed is False
    kinds = [s.kind for s in read_feedback([{"rating": 2, "comment": "x", "correction": "it is 5"}], 1)]
    assert kinds == [SignalKind.LOW_RATING, SignalKind.FEEDBACK_CORRECTION]
    assert is_down("thumbs_up") is False
    assert is_down(None) is None


def test_nothing_to_judge_is_said_and_not_called_fine() -> None:
    assert detect([]).failed is None
    assert detect(None).abstained
    assert detect(talk("Где мой заказ номер пять", "В пути.", "это неправильно")).failed is None


def test_a_huge_tool_result_costs_little() -> None:
    messages = [
        *talk("a", "b"),
        {"role": "tool", "tool_call_id": "x", "content": "x " * 2_000_000},
        {"role": "assistant", "content": "ok."},
    ]
    assert detect(messages).failed in (True, False)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=30), lambda c: st.lists(c, max_size=3) | st.dictionaries(st.sampled_from(["role", "content", "tool_calls", "function", "name", "text", "type", "arguments", "id"]), c, max_size=4), max_leaves=12)  # fmt: skip
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", ""]), "content": st.text(max_size=60) | JSON}
)


@settings(max_examples=150, deadline=None)
@given(st.lists(MESSAGE | JSON, max_size=6) | JSON)
def test_any_input_gets_an_answer(messages: Any) -> None:
    detection = detect(messages)
    assert detection.failed in (True, False, None)
    assert (detection.failed is None) == bool(detection.abstained)


def test_a_bad_line_loses_no_other() -> None:
    good = json.dumps({"id": "g", "messages": talk("a b c", "It is 5.", "that's wrong")})
    lines = "\n".join([good, "{", '{"id": "n"}', "[1]", '{"id": "e", "messages": []}', good])
    result = CliRunner().invoke(command, ["--jsonl", "-"], input=lines)
    rows = [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]
    assert [r.get("failed") for r in rows] == [True, None, None, None, None, True], result.output
    assert {"failed", "failing_turn", "signal", "mode", "redacted"} <= set(rows[0])
    assert result.exit_code == 1


def test_help_does_not_load_numbers() -> None:
    import subprocess

    code = "import sys; import tidegate.cli.verbs.harvest_detect; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_word_that_was_asked_for_is_not_cut_off() -> None:
    asked = [{"role": "user", "content": "fix the typo in my text: 'teh'"}, {"role": "assistant", "content": "the"}]
    assert not detect([*asked, {"role": "user", "content": "what else do you see"}]).failed
    cut = "The store opens at nine on weekdays and at ten on the"
    assert detect([{"role": "user", "content": "When do you open?"}, {"role": "assistant", "content": cut}]).failed
