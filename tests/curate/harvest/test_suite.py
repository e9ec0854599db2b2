"""The suite file: what is written reads back the same, diffs stay small, everything odd is refused by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.curate.harvest.suites.suite import dump_file, file_of, parse_file, parse_suite
from tidegate.spine.case import Case, CaseStatus, Provenance, make_case
from tidegate.spine.errors import InputError

text = st.text(st.characters(codec="utf-8"), max_size=40)
words = st.one_of(
    text,
    st.sampled_from(
        ["yes", "null", "~", "1:20", "2024-01-01", "0x1f", "1_000", " a", "a ", "a\n", "\na", "a\n\n b\n", "- x"]
    ),
)
json_value = st.recursive(
    st.one_of(
        words, st.integers(-(2**60), 2**60), st.booleans(), st.none(), st.floats(allow_nan=False, allow_infinity=False)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=3)),
    max_leaves=6,
)
message = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system"]), "content": words})
expectation = st.one_of(
    st.fixed_dictionaries({"oracle": st.just("required"), "all": st.lists(words, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"oracle": st.just("forbidden"), "texts": st.lists(words, min_size=1, max_size=3)}),
)
cases = st.builds(
    lambda messages, extra, expect, status, mode, seen: make_case(
        "chat", {"messages": messages, "parameters": extra}, expect, status=status, mode=mode,
        provenance=Provenance(source="production", first_seen=seen),
    ),
    st.lists(message, min_size=1, max_size=3), st.dictionaries(text, json_value, max_size=2),
    st.lists(expectation, min_size=1, max_size=2), st.sampled_from(list(CaseStatus)), words,
    st.one_of(st.none(), st.just("2026-05-01T00:00:00Z")),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(cases, max_size=4, unique_by=lambda c: c.case_id), st.sampled_from(["", "refund window"]))
def test_what_is_written_reads_back_the_same(given_cases: list[Case], mode: str) -> None:
    written = dump_file(given_cases, mode)
    back = [c for c, _ in parse_file(written, "x.yaml")]
    want = {c.case_id: c if c.mode else Case(**{**_fields(c), "mode": mode}) for c in given_cases}
    assert {c.case_id: c for c in back} == want
    assert dump_file(back, mode) == written, "written twice, the same text"


def _fields(case: Case) -> dict[str, object]:
    return {f: getattr(case, f) for f in case.__struct_fields__}


@settings(max_examples=40, deadline=None)
@given(st.lists(cases, min_size=2, max_size=4, unique_by=lambda c: c.case_id))
def test_adding_a_case_changes_no_line_of_the_others(given_cases: list[Case]) -> None:
    before = dump_file(given_cases[1:], "m").splitlines()
    after = dump_file(given_cases, "m").splitlines()
    kept = iter(after)
    assert all(line in kept for line in before), "the old lines stand in the new file in order"


GOOD = """suite: 1
mode: refund window
cases:
  - input: How long may I return shoes?
    expect:
      - oracle: required
        all: [30 days]
"""


def test_a_case_can_be_written_by_hand_in_a_few_lines() -> None:
    ((case, line),) = parse_file(GOOD, "a.yaml")
    assert case.input == {"messages": [{"role": "user", "content": "How long may I return shoes?"}]}
    assert case.status is CaseStatus.KNOWN_FAILING
    assert case.mode == "refund window"
    assert case.provenance.source == "imagined"
    assert line == 4
    assert file_of(case) == "refund-window.yaml"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (GOOD.replace("expect:", "expects:"), "a.yaml:5: unknown key 'expects' in a case · did you mean 'expect'?"),
        (GOOD.replace("cases:", "case:"), "unknown key 'case' in a suite file · did you mean 'cases'?"),
        (GOOD.replace("required", "require"), "unknown oracle 'require' · did you mean 'required'?"),
        (GOOD.replace("all:", "al:"), "has no key 'al'"),
        (GOOD.replace("suite: 1", "suite: 2"), "expected `suite: 1`"),
        (GOOD.replace("    expect", "    status: blockng\n    expect"), "a.yaml:5: unknown status 'blockng' · did you mean 'blocking'?"),
        (GOOD.replace("    expect", "    id: case-0123\n    expect"), "its input or expectation was edited"),
        (GOOD.replace("    expect", "    provenance: {sorce: x}\n    expect"), "did you mean 'source'?"),
        (GOOD.replace("[30 days]", "*x"), "not YAML"),
        (GOOD + "    expect: []\n", "stands twice"),
        ("suite: 1\ncases: {a: 1}\n", "expected a list of cases"),
        ("suite: 1\ncases:\n  - input: x\n", "a case needs `expect`"),
        ("suite: 1\ncases:\n  - just text\n", "expected a case (a mapping)"),
        ("- a\n", "expected `suite: 1`"),
        ("a: [", "a.yaml:"),
        ("suite: 1\ncases:\n  - input: {messages: [3]}\n    expect: [{oracle: complete}]\n", "messages[0]"),
    ],
)  # fmt: skip
def test_everything_odd_is_refused_by_name_and_place(broken: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        parse_file(broken, "a.yaml")
    assert says in str(error.value)
    assert "a.yaml" in str(error.value)


def test_one_case_in_two_files_is_refused() -> None:
    with pytest.raises(InputError, match="stands twice"):
        parse_suite([("a.yaml", GOOD), ("b.yaml", GOOD)])


def test_dates_and_yes_stay_text() -> None:
    ((case, _),) = parse_file(GOOD.replace("[30 days]", "[2024-01-01, yes, 1:20, 0x1f]"), "a.yaml")
    assert case.expect[0]["all"] == ["2024-01-01", "yes", "1:20", "0x1f"]
