"""Every export has the exact shape that its tool's loader reads, for any case: keys, types, and only assertions that exist.

The shapes are those which the loaders of promptfoo 0.121, Inspect 0.3.285, DeepEval 4.3 and OpenAI evals 3.0 take (tried in the
tools themselves by `python -m benches.harvest_exchange`); a key too many is refused here, though some of the tools drop it unsaid.
"""

from typing import Any, Literal

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.curate.harvest.exchange import FORMATS
from tidegate.spine.case import Case, make_case


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """No key beside those named."""


class Own(Strict):
    tidegate: dict[str, Any]
    mode: str = ""


class Message(Strict):
    role: Literal["system", "user", "assistant", "tool"]
    content: str


class Assertion(Strict):
    type: Literal["icontains", "icontains-any", "not-icontains", "equals", "regex", "not-regex", "is-json", "is-refusal",
                  "not-is-refusal", "llm-rubric"]  # fmt: skip
    value: str | list[str] | dict[str, Any] | None = None


class PromptfooTest(Strict):
    description: str
    vars: dict[str, str]
    metadata: Own
    asserts: list[Assertion] = msgspec.field(name="assert")


class Promptfoo(Strict):
    description: str
    prompts: list[str]
    tests: list[PromptfooTest]


class InspectSample(Strict):
    id: str
    input: list[Message]
    target: str | list[str]
    metadata: Own


class Golden(Strict):
    input: str
    name: str
    additional_metadata: Own
    expected_output: str | None = None
    context: list[str] | None = None


class EvalsSample(Strict):
    input: list[Message]
    ideal: str | list[str]
    metadata: Own


SHAPES: dict[str, Any] = {
    "promptfoo": Promptfoo, "inspect": list[InspectSample], "deepeval": list[Golden], "openai-evals": list[EvalsSample],
}  # fmt: skip

text = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t{}%'\"#&*:"), min_size=1, max_size=30
)
texts = st.lists(text, min_size=1, max_size=3)
expectations = st.one_of(
    st.builds(lambda t: {"oracle": "required", "all": t}, texts),
    st.builds(lambda t: {"oracle": "required", "any": t}, texts),
    st.builds(lambda t: {"oracle": "forbidden", "texts": t}, texts),
    st.builds(lambda a, b: {"oracle": "correction", "said": a, "wrong": b}, texts, texts),
    st.builds(lambda b: {"oracle": "refusal", "expected": b}, st.booleans()),
    st.just({"oracle": "json_schema", "schema": {"type": "object"}}),
    st.just({"oracle": "regex", "pattern": r"\d+", "present": False}),
    st.just({"oracle": "tool_forbidden", "tool": "refund"}),
)
roles = st.sampled_from(["system", "user", "assistant"])
talks = st.builds(
    lambda before, last: [*({"role": r, "content": t} for r, t in before), {"role": "user", "content": last}],
    st.lists(st.tuples(roles, text), max_size=4),
    text,
)
cases = st.builds(lambda talk, expect: make_case("chat", {"messages": talk}, expect), talks,
                  st.lists(expectations, min_size=1, max_size=3))  # fmt: skip


def loaded(name: str, written: str) -> Any:
    """The export as its tool parses it."""
    if name == "promptfoo":
        return yaml.safe_load(written)
    if FORMATS[name].lines:
        return [msgspec.json.decode(line) for line in written.splitlines()]
    return msgspec.json.decode(written)


def test_every_format_has_a_shape() -> None:
    assert SHAPES.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
@given(st.lists(cases, min_size=1, max_size=3, unique_by=lambda c: c.case_id))
@settings(max_examples=40, deadline=None)
def test_an_export_has_the_shape_its_tool_reads(name: str, some: list[Case]) -> None:
    written, lost = FORMATS[name].write(some)
    document = loaded(name, written)
    msgspec.convert(document, SHAPES[name])
    assert FORMATS[name].read(document, "x")[0] == some, "and it comes back whole"
    assert all(any(c.case_id in words for c in some) for words in lost), "what is lost is named by its case"


@pytest.mark.parametrize("name", FORMATS)
def test_the_shapes_refuse_what_no_loader_reads(name: str) -> None:
    case = make_case("chat", {"messages": [{"role": "user", "content": "x"}]}, [{"oracle": "required", "all": ["y"]}])
    document = loaded(name, FORMATS[name].write([case])[0])
    row = document["tests"][0] if name == "promptfoo" else document[0]
    row["inptu"] = "a key that nobody reads"
    with pytest.raises(msgspec.ValidationError, match="inptu"):
        msgspec.convert(document, SHAPES[name])
