"""Witnesses are seen to pass and to fail; analysis finds what was planted; strict JSON; the guard itself."""

import json
import random
from typing import Any

import msgspec
import pytest

from tidegate.check.constraints.load import parse_policy
from tidegate.check.constraints.model import SoftRule
from tidegate.check.constraints.plugin import ConstraintsGuard
from tidegate.check.constraints.proving.analyze import analyze
from tidegate.check.constraints.proving.differences import differences
from tidegate.check.constraints.soft import Exchange, measure
from tidegate.check.constraints.streaming.jsonwatch import Watcher
from tidegate.check.constraints.streaming.strictjson import Schema
from tidegate.runner.prove import prove, prove_rule
from tidegate.sim.scenarios.constraints import run as incident
from tidegate.spine.call import Call, Identity
from tidegate.spine.conversation import Conversation, FinishDelta, Message, Text, TextDelta, Tool, ToolCall
from tidegate.spine.errors import SettingError
from tidegate.spine.estimate import Estimate
from tidegate.spine.gate import Verdict

BASE = """
version: 1
tools: {pay: {effect: irreversible}, look: {effect: read}}
facts: {user: {key: user_id}}
defaults: {irreversible: allow}
hard:
%s
"""


def policy(*rules: str):  # type: ignore[no-untyped-def]
    return parse_policy(BASE % "\n".join(f"  - {r}" for r in rules))


def test_every_kind_has_both_witnesses() -> None:
    p = policy(
        "{id: cap, kind: tool, tools: [pay], deny: args.amount > 100}",
        "{id: member, kind: tool, tools: [pay], deny: 'user(args.user_id).tier == \"regular\" and args.amount > 10'}",
        "{id: many, kind: tool, tools: [pay], deny: 'count(m.kind == \"card\" for m in args.methods) > 1'}",
        "{id: twice, kind: tool, tools: [pay], deny: 'run.count(\"pay\") >= 2'}",
        "{id: sure, kind: confirm, tools: [pay]}",
        "{id: canary, kind: output, canaries: [violet-lantern-88]}",
        "{id: where, kind: egress, hosts: [api.example.com]}",
        "{id: handle, kind: credential, handle: 'cred://bank', tools: [pay]}",
    )
    found = prove(p, rounds=3)
    assert all(w.proved and w.attributed for w in found), [(w.rule, w.escaped, w.attributed) for w in found]


def test_an_impossible_rule_is_not_proved() -> None:
    p = policy("{id: never, kind: tool, tools: [pay], deny: args.amount > 5 and args.amount < 3}")
    assert not prove_rule(p, p.hard[0]).proved


def test_analysis_finds_what_was_planted() -> None:
    p = policy(
        "{id: wide, kind: tool, tools: [pay], deny: args.amount > 10}",
        "{id: narrow, kind: tool, tools: [pay], deny: 'args.amount > 50 and args.to == \"x\"'}",
        "{id: dead, kind: tool, tools: [pay], deny: args.amount > 5 and args.amount < 3}",
        "{id: permit, kind: tool, tools: [pay], allow: args.amount > 20}",
        '{id: fine, kind: tool, tools: [pay], deny: \'args.currency not in ["EUR", "USD"]\'}',
    )
    found = {(f.rule, f.subject) for f in analyze(p)}
    assert found == {("shadowed-rule", "narrow"), ("unreachable-rule", "dead"), ("contradictory-rules", "permit")}


def test_each_difference_has_a_witness() -> None:
    old = policy(
        "{id: cap, kind: tool, tools: [pay], deny: args.amount > 100}",
        "{id: s, kind: tool, tools: [pay], deny: args.a == 1 or args.b == 2}",
    )
    new = policy(
        "{id: cap, kind: tool, tools: [pay], deny: args.amount >= 100}",
        "{id: s, kind: tool, tools: [pay], deny: args.b == 2 or args.a == 1}",
    )
    (d,) = differences(old, new)
    assert d.rule == "cap"
    assert d.confirmed
    assert d.witness is not None
    assert d.witness["arguments"]["amount"] == 100


def test_strict_json_cuts_at_the_first_impossible_character() -> None:
    s = Schema(
        {
            "type": "object",
            "properties": {"a": {"type": "integer", "minimum": 3}},
            "required": ["a"],
            "additionalProperties": False,
        }
    )
    good = '{"a": 12}'
    w = Watcher(s)
    assert all(w.feed(c) for c in good)
    assert w.end()
    for bad, at in (('{"a": "x"}', 6), ('{"b": 1}', 2), ('{"a": 1}', 7), ("[", 0), ('{"a": 01', 7)):
        w = Watcher(s)
        assert next(i for i, c in enumerate(bad) if not w.feed(c)) == at


@pytest.mark.parametrize(("schema", "bad", "at"), [
    ({"enum": ["red", "green"]}, '"rot"', 2),
    ({"type": "string", "maxLength": 3}, '"abcdef"', 4),
    ({"maxItems": 2}, "[1, 2, 3]", 7),
    ({"maxProperties": 1}, '{"a": 1, "b": 2}', 7),
    ({"maxProperties": 0}, '{"a": 1}', 1),
    ({"type": "object"}, '{"ab": {"ab": 1}, "ab": 2}', 21),
    ({"properties": {"ab": {}, "cd": {}}, "additionalProperties": False}, '{"ab": 1, "ab": 2}', 11),
    ({"properties": {"ab": {}, "cd": {}}, "additionalProperties": False}, '{"ab": 1, "cd": 2, "', 17),
    ({"anyOf": [{"properties": {"a": {}}, "additionalProperties": False}, {"required": ["b"], "maxProperties": 1}]}, '{"a": 1, "b": 2}', 7),
    ({"items": {"type": "object"}}, "[[", 1),
    ({"items": {"items": {"type": "integer"}, "uniqueItems": True}}, "[[1, 2], [1, 1]]", 14),
    ({"propertyNames": {"maxLength": 1}}, '{"ab": 1}', 4),
    ({"allOf": [{"properties": {"a": {"type": "string"}}}]}, '{"a": 1}', 6),
    ({"$ref": "#/$defs/x", "$defs": {"x": {"items": {"type": "null"}}}, "type": "array"}, "[1]", 1),
    ({"anyOf": [{"properties": {"k": {"const": "a"}, "v": {"type": "null"}}}, {"properties": {"k": {"const": "b"}, "v": {"type": "string"}}}]},
     '{"k": "a", "v": 1}', 16),
    ({"oneOf": [{"type": "string"}, {"type": "array"}]}, "7", 0),
])  # fmt: skip
def test_a_stream_is_cut_where_no_continuation_is_valid(schema: dict[str, Any], bad: str, at: int) -> None:
    w = Watcher(Schema(schema))
    assert next(i for i, c in enumerate(bad) if not w.feed(c)) == at


@pytest.mark.parametrize("text", [r'"\\users"', r'"\u12"', r'"\\\u0041"', r'"a\u00e9b\n"'])
def test_escapes_are_read_as_json_reads_them(text: str) -> None:
    w = Watcher(Schema({"type": "string"}))
    assert (w.feed(text) and w.end()) == _is_json(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def test_an_answer_that_cannot_become_valid_ends_at_once() -> None:
    s = session(
        parse_policy("""
version: 1
hard:
  - {id: form, kind: schema, json_schema: {type: object, properties: {n: {type: integer}}, required: [n]}}
""")
    )
    out = [d for piece in ('{"n"', ': "', "seven") for d in s.feed(TextDelta(piece, "content", 0), 0.0)]
    assert [type(d).__name__ for d in out] == ["TextDelta", "FinishDelta"]
    assert out[0].channel == "refusal"
    assert s.feed(TextDelta(' more"}', "content", 0), 0.0) == ()


def session(p):  # type: ignore[no-untyped-def]
    guard = ConstraintsGuard(p)
    opened = guard.open(Call(call_id="c", identity=Identity(tenant="t"), dialect="chat", model="m"))
    assert opened is not None
    opened.request(Conversation(model="m", messages=(Message("user", (Text("hello"),), 0),), tools=(Tool(name="pay"),)))
    return opened


def test_the_guard_on_a_stream_and_on_calls() -> None:
    p = policy(
        "{id: canary, kind: output, canaries: [violet-lantern-88]}",
        "{id: cap, kind: tool, tools: [pay], deny: args.amount > 5}",
    )
    s = session(p)
    rng = random.Random(3)
    text = "the word is violet-lantern-88, yes"
    out = ""
    while text:
        n = rng.randint(1, 4)
        out += "".join(d.text for d in s.feed(TextDelta(text[:n]), 0.0) if isinstance(d, TextDelta))
        text = text[n:]
    last = s.feed(FinishDelta("stop"), 0.0)
    out += "".join(d.text for d in last if isinstance(d, TextDelta))
    assert out == "the word is [redacted], yes"
    assert isinstance(last[-1], FinishDelta)
    assert "violet" not in msgspec.json.encode([f.to_json() for f in s.findings()]).decode()
    assert s.tool_call(ToolCall("1", "pay", '{"amount": 9}')).action == "refuse"
    assert s.tool_call(ToolCall("1", "pay", '{"amount": 2, "note": "violet-lantern-88"}')).action == "refuse"
    assert s.tool_call(ToolCall("1", "look", "{}")).action == "refuse"  # not offered
    assert s.tool_call(ToolCall("1", "pay", '{"amount": 2}')).action == "allow"


def test_soft_rules_have_rates_never_a_pass() -> None:
    rule = SoftRule(id="short", words_max=3)
    rows = [Exchange(request="hi", answer="one two three four" if i % 4 == 0 else "ok") for i in range(80)]
    by = {m.value.segment: m.value for m in measure(rule, rows)}
    assert isinstance(by["all"], Estimate)
    assert by["all"].low < 0.25 < by["all"].high
    assert not by["adversarial"]


def test_the_incident() -> None:
    result = incident(1, 0.05)
    assert result.verdict is Verdict.PASS


def test_a_schema_is_one_document_and_nothing_is_fetched() -> None:
    with pytest.raises(SettingError, match="not fetched"):
        Schema({"$ref": "http://127.0.0.1:9/elsewhere.json"})
    with pytest.raises(SettingError, match="not supported"):
        Schema({"type": "string", "lenght": 3})


def test_an_unpaired_surrogate_is_never_valid() -> None:
    text = '{"a": "\\ud800"}'
    schema = Schema({"type": "object", "properties": {"a": {"type": "string", "maxLength": 9}}})
    assert schema.wrong(text)
    watch = Watcher(schema)
    assert not (watch.feed(text) and watch.end())
