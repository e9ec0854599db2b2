"""Export and import: our own export comes back whole, other tools' files are read, what is lost is named."""

import msgspec
import pytest
import yaml

from tidegate.curate.harvest.capture.oracle import check_expect
from tidegate.curate.harvest.exchange import FORMATS, format_of
from tidegate.curate.harvest.exchange.common import KEY
from tidegate.spine.case import CaseStatus, Provenance, make_case
from tidegate.spine.errors import InputError

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Wie lange gilt das Rückgaberecht?\nFür Schuhe."},
]
CASES = [
    make_case("chat", {"messages": TALK}, [{"oracle": "correction", "said": ["30 Tage"], "wrong": ["14 Tage"]}], mode="returns",
              status=CaseStatus.BLOCKING, provenance=Provenance(source="production", trace_id="t1", first_seen="2026-01-01")),
    make_case("chat", {"messages": TALK[1:]}, [{"oracle": "required", "any": ["30", "thirty"]}, {"oracle": "forbidden", "texts": ["call us"]}]),
    make_case("chat", {"messages": TALK[1:], "tools": []}, [{"oracle": "tool_forbidden", "tool": "refund"}]),
]  # fmt: skip


def parsed(name: str, text: str) -> object:
    if FORMATS[name].lines:
        return [msgspec.json.decode(line) for line in text.splitlines()]
    return yaml.safe_load(text) if FORMATS[name].suffix == ".yaml" else msgspec.json.decode(text)


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_export_comes_back_whole(name: str) -> None:
    text, lost = FORMATS[name].write(CASES)
    back, _ = FORMATS[name].read(parsed(name, text), "x")
    assert back == CASES
    assert any(CASES[2].case_id in words for words in lost) or name == "deepeval", "what the format cannot say is named"


@pytest.mark.parametrize("name", ["inspect", "deepeval", "openai-evals"])
def test_a_list_of_texts_is_any_of_them_there_so_what_needs_all_is_named_as_lost(name: str) -> None:
    def lost(*expect: dict[str, object]) -> list[str]:
        return FORMATS[name].write([make_case("chat", {"messages": TALK[1:]}, list(expect))])[1]

    assert not lost({"oracle": "required", "all": ["30 days"]})
    assert lost({"oracle": "required", "all": ["30 days", "unworn"]})
    assert lost({"oracle": "correction", "said": ["30 days"], "wrong": ["14 days"]})
    assert lost({"oracle": "required", "any": ["30"]}, {"oracle": "required", "any": ["unworn"]})
    alternatives = lost({"oracle": "required", "any": ["30", "thirty"]})
    assert bool(alternatives) == (name == "deepeval"), "one expected output cannot say either of two"


def test_promptfoo_files_are_read() -> None:
    document = yaml.safe_load("""
prompts: ["Answer as a bank: {{q}}"]
defaultTest:
  assert: [{type: not-icontains, value: as an AI}]
tests:
  - vars: {q: "What does a transfer cost?"}
    assert: [{type: contains, value: 3 EUR}, {type: latency, threshold: 5}]
  - vars: {q: x}
    assert: [{type: llm-rubric, value: "Is it kind?"}, {type: contains-any, value: [a, b]}]
  - file://more.yaml
""")
    cases, lost = FORMATS["promptfoo"].read(document, "p.yaml")
    assert [c.input["messages"][0]["content"] for c in cases] == [
        "Answer as a bank: What does a transfer cost?",
        "Answer as a bank: x",
    ]
    assert [e["oracle"] for e in cases[0].expect] == ["forbidden", "required"]
    assert [e["oracle"] for e in cases[1].expect] == ["forbidden", "judge", "required"]
    assert len(lost) == 2
    assert cases[0].provenance.source == "imported"


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("inspect", [{"input": "2+2?", "target": "4"}, {"input": TALK, "target": ["a", "b"], "id": 7}, {"input": "no target"}]),
        ("openai-evals", [{"input": TALK, "ideal": "4"}, {"item": {"input": "2+2?", "ideal": ["4", "four"]}}, {"input": "x", "ideal": ""}]),
        ("deepeval", {"test_cases": [{"input": "2+2?", "expectedOutput": "4"}, {"input": "a", "expected_output": "b"}, {"input": "x"}]}),
    ],
)  # fmt: skip
def test_other_tools_files_are_read(name: str, document: object) -> None:
    cases, lost = FORMATS[name].read(document, "f")
    assert len(cases) == 2
    assert len(lost) == 1
    for case in cases:
        check_expect(case.expect, "x")


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("promptfoo", {"a": 1}),
        ("inspect", [{"x": 1}]),
        ("openai-evals", [3]),
        ("deepeval", {"x": 1}),
        ("deepeval", [1]),
    ],
)
def test_what_is_no_such_file_is_refused(name: str, document: object) -> None:
    with pytest.raises(InputError, match="expected"):
        FORMATS[name].read(document, "f")


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'promptfoo'"):
        format_of("promptfo")


def test_exports_are_what_the_tools_read() -> None:
    document = yaml.safe_load(FORMATS["promptfoo"].write(CASES)[0])
    assert document["tests"][0]["assert"] == [
        {"type": "icontains", "value": "30 Tage"},
        {"type": "not-icontains", "value": "14 Tage"},
    ]
    row = msgspec.json.decode(FORMATS["openai-evals"].write(CASES)[0].splitlines()[0])
    assert (row["ideal"], row["input"]) == (["30 Tage"], TALK)
    assert row["metadata"][KEY]["status"] == "blocking"
