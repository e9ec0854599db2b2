"""Style of program text: what a sentence asks, which pairs meet, and which only look alike."""

import pytest

from tidegate.check.promptlint.grammar.code_rules import code_rules
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source


def cores(*lines: str) -> list[set[int]]:
    found = findings(analyse([Source(name="p", text="\n".join(f"- {line}" for line in lines))]))
    return [{c["line"] for c in f.evidence["core"]} for f in found]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Functions carry a docstring.", {("code-docstring", "present", None)}),
        ("No lambdas.", {("code-lambda", "absent", None)}),
        ("Test for null with `==`.", {("code-singleton-test", "is", "equality")}),
        ("Comparisons with None use `is`.", {("code-singleton-test", "is", "identity")}),
        ("Avoid Yoda conditions.", {("code-comparison-order", "not-one-of", "constant first")}),
        ("Braces open on a new line.", {("code-brace", "is", "own line")}),
        ("No spaces around operators.", {("code-arithmetic-spaces", "absent", None), ("code-assignment-spaces", "absent", None)}),
        ("Spaces around assignment only.", {("code-arithmetic-spaces", "absent", None), ("code-assignment-spaces", "present", None)}),
        ("Files begin with the BSD license header.", {("code-license", "present", None), ("code-license-kind", "is", "bsd")}),
        ("If the file is generated, leave out docstrings.", set()),  # a condition: left to the grammar
        ("Mention the class of the ticket.", set()),
        ("Ask for the driver's license.", set()),
    ],
)  # fmt: skip
def test_what_a_sentence_asks(said: str, asked: set[tuple[str, str, object]]):
    found = [d.constraint for d in code_rules(said)]
    assert {(c.attribute, c.operator, c.value[0] if isinstance(c.value, list) else c.value) for c in found} == asked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Document each function with a docstring.", "Docstrings are forbidden."),
        ("Name constants in UPPER_CASE.", "Constants are in camelCase."),
        ("Store the sum in a local variable, then return it.", "Return values directly, without temporary variables."),
        ("Return early.", "Each function has a single return."),
        ("Put every string literal in single quotes.", "Strings are in double quotes."),
        ("Never use recursion.", "Solve it with recursion."),
    ],
)
def test_two_styles_meet(one: str, other: str):
    assert cores(one, other) == [{1, 2}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Single quotes for strings.", "Triple double quotes for docstrings."),
        ("Class names are in PascalCase.", "Method names are in snake_case."),
        ("Use f-strings.", "Never build SQL with f-strings."),
        ("Spaces around operators.", "No space before a colon."),
        ("Test for None with `is`.", "Compare numbers with `==`."),
    ],
)
def test_styles_of_two_things_do_not_meet(one: str, other: str):
    assert cores(one, other) == []
