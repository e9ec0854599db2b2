"""Structured logs: every line is one JSON object, whatever is logged."""

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.gateway.logs import JsonLines, configure


@given(
    st.text(), st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), st.text() | st.integers(), max_size=3)
)
def test_any_record_is_one_line_of_json(message: str, extra: dict[str, object]) -> None:
    record = logging.makeLogRecord({"msg": "%s", "args": (message,), "levelname": "INFO", "name": "tidegate", **extra})
    text = JsonLines().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == message
    assert {k: line[k] for k in extra} == extra


def test_an_exception_keeps_its_text() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    assert "ValueError: broken" in json.loads(JsonLines().format(record))["exception"]


def test_auto_is_json_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    root, before, level = logging.getLogger(), list(logging.getLogger().handlers), logging.getLogger().level
    try:
        configure("info", "auto")
        logging.getLogger("tidegate").info("hello", extra={"trace_id": "call_1"})
        line = json.loads(capsys.readouterr().err.splitlines()[-1])
    finally:
        root.handlers[:], root.level = before, level
    assert line["message"] == "hello"
    assert line["trace_id"] == "call_1"
