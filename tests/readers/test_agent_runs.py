"""Every form that recordings come in gives the same steps; what is wrong with a recording is named."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.admit.toolguard.worlds.forms import FORMS, AgentRun, Turn, write

from tidegate.admit.toolguard.steps import read_steps
from tidegate.readers import agent_values
from tidegate.readers.agent_runs import LISTS, read_run, read_runs, with_notes_across
from tidegate.spine.errors import InputError

RUN = AgentRun(
    kind="sample",
    task="Which trains go to Ghent?",
    turns=(
        Turn(calls=(("find_trains", {"to": "Ghent"}, "IC 12 at 9:40 from platform 3"),)),
        Turn(calls=(("seat_map", {"train": "IC 12"}, "error: not found"),)),
        Turn(says="IC 12 leaves from platform 3.", reply="Thank you, and back?"),
    ),
)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_same_steps(form: str) -> None:
    value = json.loads(json.dumps({"id": form, "messages": write(RUN, form, random.Random(7))}))
    steps = read_steps(read_run(value).messages)
    chat = read_steps(read_run({"messages": write(RUN, "chat", random.Random(7))}).messages)
    assert [(s.pair, s.tools, s.result_class) for s in steps] == [(s.pair, s.tools, s.result_class) for s in chat]


def test_gemini_contents_and_langchain_messages_are_read() -> None:
    gemini = {
        "contents": [
            {"role": "user", "parts": [{"text": "weather?"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": {"at": "Oslo"}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "weather", "response": {"sky": "clear"}}}]},
        ]
    }
    langchain = [
        {"type": "human", "content": "weather?"},
        {"type": "ai", "content": "", "tool_calls": [{"id": "1", "name": "weather", "args": {"at": "Oslo"}}]},
        {"type": "tool", "tool_call_id": "1", "content": '{"sky":"clear"}'},
    ]
    a, b = (read_steps(read_run(v).messages) for v in (gemini, langchain))
    assert [s.pair for s in a] == [s.pair for s in b]


def _span(agent: str, at: int, tool: str, arguments: str, result: str) -> dict[str, Any]:
    facts = {"gen_ai.tool.name": tool, "gen_ai.tool.call.arguments": arguments, "gen_ai.tool.call.result": result,
             "gen_ai.agent.name": agent}  # fmt: skip
    return {"traceId": "t1", "spanId": f"{agent}{at}", "startTimeUnixNano": str(at),
            "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in facts.items()]}  # fmt: skip


def test_an_export_with_two_agents_gives_two_runs() -> None:
    spans = [_span("reader", 1, "open", "{}", "a"), _span("writer", 2, "save", "{}", "b"),
             _span("reader", 3, "open", '{"n": 2}', "c")]  # fmt: skip
    runs = read_runs({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
    assert [len(read_steps(r.messages)) for r in runs] == [2, 1]


def call(call_id: str, q: str) -> dict[str, Any]:
    function = {"name": "search", "arguments": json.dumps({"q": q})}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": call_id, "type": "function", "function": function}],
    }


def answer(call_id: str, text: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": text}


TASK = {"role": "user", "content": "find it"}


def test_late_missing_unknown_and_reused_results_are_named() -> None:
    messages = [TASK, call("a", "x"), call("b", "y"), answer("a", "late"), answer("b", "two"), answer("zz", "whose?"),
                answer("b", "again"), call("c", "never answered"), call("d", "z"), answer("d", "four")]  # fmt: skip
    notes = " | ".join(read_run({"id": "r", "messages": messages}).notes)
    for words in ("came after the turn", "answers no call", "a second time", "has no result"):
        assert words in notes
    assert read_run({"messages": [TASK, call("a", "x"), answer("a", "fine")]}).notes == ()


def test_forked_and_interleaved_records_under_one_id_are_named_and_growing_ones_are_not() -> None:
    base = [TASK, call("a", "x"), answer("a", "one")]
    histories = [
        base,
        [*base, call("b", "y"), answer("b", "two")],
        [*base, call("b", "z"), answer("b", "zwei")],
        [{"role": "user", "content": "another task"}, call("k", "k"), answer("k", "k")],
    ]
    runs = with_notes_across([read_run({"id": "r", "messages": h}) for h in histories])
    assert [r.notes[0].split(":")[0] if r.notes else "" for r in runs] == ["", "", "forked", "interleaved"]


@pytest.mark.parametrize("value", [None, 3, "text", {"messages": None}, {"messages": [7]}, {"messages": [{"role": 5}]},
                                   {"steps": 4}, {"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]}])  # fmt: skip
def test_what_is_no_run_is_refused_by_name(value: Any) -> None:
    with pytest.raises(InputError):
        read_run(value)


@pytest.mark.parametrize("name", LISTS)
def test_the_list_of_messages_by_any_of_its_names(name: str) -> None:
    said = [{"role": "user", "content": "find it"}, {"role": "assistant", "content": "found"}]
    assert [m.role for m in read_run({"id": "r", name: said}).messages] == ["user", "assistant"]


@pytest.mark.parametrize("about", ["info", "metadata"])
def test_a_run_is_named_by_what_is_said_about_it_where_it_has_no_name_of_its_own(about: str) -> None:
    said = [{"role": "user", "content": "find it"}]
    assert read_run({about: {"instance_id": "django-1"}, "history": said}).run_id == "django-1"
    assert read_run({"id": 7, about: {"instance_id": "django-1"}, "history": said}).run_id == "7"
    assert read_run({about: "none", "history": said}).run_id == ""


def test_a_run_without_a_name_is_named_by_its_file(tmp_path: Path) -> None:
    said = {"history": [{"role": "user", "content": "find it"}]}
    (tmp_path / "django-8.traj").write_text(json.dumps(said))
    (tmp_path / "two.jsonl").write_text("\n".join(map(json.dumps, (said, {**said, "id": "own"}, said))))
    assert [r.run_id for r in agent_values.read_runs((str(tmp_path),))] == ["django-8", "two", "own", "two:3"]
