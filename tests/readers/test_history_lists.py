"""Recordings that keep their messages under another name are read like any other."""

import pytest

from tidegate.readers.agent_runs import LISTS, read_run


@pytest.mark.parametrize("name", LISTS)
def test_the_list_of_messages_by_any_of_its_names(name: str) -> None:
    said = [{"role": "user", "content": "find it"}, {"role": "assistant", "content": "found"}]
    assert [m.role for m in read_run({"id": "r", name: said}).messages] == ["user", "assistant"]
