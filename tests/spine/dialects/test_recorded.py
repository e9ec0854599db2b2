"""What a recorded call said: every dialect, whole and streamed, cut short, and nothing where there is nothing."""

import json
from typing import Any

import pytest
from tests.store.examples import trace

from tidegate.readers import otlp
from tidegate.render.talk import Said, talk_of
from tidegate.spine.conversation import Conversation, Message, Text, ToolCall
from tidegate.spine.dialects.answers import Answer as Told
from tidegate.spine.dialects.answers import Begin, Choice, items_of
from tidegate.spine.dialects.recorded import answered, asked
from tidegate.spine.dialects.table import FORMS
from tidegate.spine.trace import CallTrace

SAID = Message("assistant", (Text("It is on its way."), ToolCall("call_1", "track", '{"parcel": 7}')))
ASKED = Conversation(
    model="m", messages=(Message("system", (Text("Be brief."),), -1), Message("user", (Text("Where?"),), 0))
)


def recorded(dialect: str, *, streamed: bool) -> CallTrace:
    form = FORMS[dialect]
    told = Told(response_id="x", model="m", choices=(Choice(SAID, "tool_calls"),))
    if streamed:
        writer = form.writer(Begin(response_id="x", model="m"), False)
        body = (writer.write(items_of(told)) + writer.close(None)).decode()
    else:
        body = json.dumps(form.write_answer(told))
    base = trace(1)
    call = type(base.call)(**{f: getattr(base.call, f) for f in base.call.__struct_fields__} | {"dialect": dialect})
    kept = {f: getattr(base, f) for f in base.__struct_fields__}
    request = json.dumps(form.write_request(ASKED))
    return CallTrace(**kept | {"call": call, "request_body": request, "response_body": body})


def words(t: CallTrace) -> list[str]:
    answer = answered(t)
    assert answer is not None
    return [p.text for p in answer.choices[0].message.parts if isinstance(p, Text)]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("dialect", ["chat", "responses", "messages"])
def test_every_dialect_is_read_whole_and_streamed(dialect: str, streamed: bool) -> None:
    t = recorded(dialect, streamed=streamed)
    conversation, answer = asked(t), answered(t)
    assert conversation is not None
    assert [(m.role, m.text) for m in conversation.messages][-1] == ("user", "Where?")
    assert answer is not None
    assert "".join(words(t)) == "It is on its way."
    (call,) = answer.choices[0].message.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("track", {"parcel": 7})
    talk = talk_of(t)
    assert talk.answered is not None
    assert [s.who for s in talk.answered][:2] == ["assistant", "assistant calls"]


@pytest.mark.parametrize("dialect", ["chat", "responses", "messages"])
def test_an_exported_span_carries_what_a_stream_said(dialect: str) -> None:
    span = otlp.span_of(recorded(dialect, streamed=True))
    values: dict[str, Any] = {a["key"]: a["value"] for a in span["attributes"]}
    said = json.loads(values["gen_ai.output.messages"]["stringValue"])
    assert said[0]["parts"][0] == {"type": "text", "content": "It is on its way."}
    assert [p["name"] for p in said[0]["parts"][1:]] == ["track"]
    put = json.loads(values["gen_ai.input.messages"]["stringValue"])
    assert put[-1]["parts"] == [{"type": "text", "content": "Where?"}]


def test_a_stream_cut_anywhere_gives_what_had_come() -> None:
    t = recorded("chat", streamed=True)
    body = t.response_body or ""
    for at in range(0, len(body), 37):
        t.response_body = body[:at]
        answer = answered(t)
        assert answer is None or "It is on its way.".startswith(
            "".join(p.text for p in answer.choices[0].message.parts if isinstance(p, Text)) if answer.choices else ""
        )


@pytest.mark.parametrize("body", [None, "", "{", '{"choices": 3}', '{"error": {"message": "no"}}', "data: {", "[]"])
def test_nothing_is_made_up(body: str | None) -> None:
    t = recorded("chat", streamed=False)
    t.response_body = t.request_body = body
    assert asked(t) is None
    answer = answered(t)
    assert answer is None or answer.failure is not None
    assert talk_of(t).asked is None


def test_a_talk_says_why_an_answer_was_cut() -> None:
    t = recorded("chat", streamed=False)
    t.response_body = json.dumps(
        {"choices": [{"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": "It"}}]}
    )
    assert talk_of(t).answered == [Said("assistant", "It"), Said("ended", "length")]
