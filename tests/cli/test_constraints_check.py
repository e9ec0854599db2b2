"""`tidegate constraints check`: one call by itself, many, and what is no call, in words that say what to do."""

from typing import Any

import pytest

from tidegate.check.constraints.calls.decide import Engine
from tidegate.check.constraints.load import parse_policy
from tidegate.cli.verbs.constraints_check import check_row
from tidegate.spine.errors import InputError

ENGINE = Engine(
    parse_policy(
        "version: 1\ntools: {pay: {effect: read}}\nhard: [{id: cap, kind: tool, tools: [pay], deny: args.x > 5}]\n"
    )
)


@pytest.mark.parametrize(("row", "said"), [
    ({"name": "pay", "arguments": {"x": 9}}, ["deny"]),
    ({"function": {"name": "pay", "arguments": '{"x": 1}'}}, ["allow"]),
    ({"calls": [{"name": "pay", "arguments": {"x": 1}}, {"name": "pay", "arguments": "{"}]}, ["allow", "deny"]),
])  # fmt: skip
def test_calls_in_any_form(row: dict[str, Any], said: list[str]) -> None:
    assert [d["decision"] for d in check_row(row, ENGINE).fields["decisions"]] == said


def test_reasons_say_what_could_not_be_read_or_shown() -> None:
    rows = check_row({"calls": [{"name": "pay", "arguments": "{"}, {"name": "pay", "arguments": {"y": 1}}]}, ENGINE)
    unread, unshown = (d["reason"] for d in rows.fields["decisions"])
    assert unread.startswith("its arguments cannot be read: ")
    assert unshown == "cap (it cannot be shown that this call does not break it: no field 'x')"


def test_what_is_no_call_is_told() -> None:
    with pytest.raises(InputError, match=r"expected `calls`, a list of .*, got nothing"):
        check_row({"nme": "pay"}, ENGINE)
