"""The demo's edges: whose files it deletes, and what it says when it does not show what it should."""

from pathlib import Path

import pytest

from tidegate.cli.verbs.demo import begin_anew, why_not
from tidegate.spine.errors import InputError


def test_it_begins_with_an_empty_folder_and_deletes_nobody_elses(tmp_path: Path) -> None:
    theirs = tmp_path / "home"
    theirs.mkdir()
    (theirs / "thesis.tex").write_text("ten years")
    with pytest.raises(InputError, match=r"found thesis\.tex in it"):
        begin_anew(theirs)
    assert (theirs / "thesis.tex").read_text() == "ten years"
    earlier = tmp_path / "demo"
    (earlier / "store" / "journal").mkdir(parents=True)
    (earlier / "engine.log").write_text("started")
    begin_anew(earlier)
    begin_anew(tmp_path / "new" / "demo")
    assert list(earlier.iterdir()) == list((tmp_path / "new" / "demo").iterdir()) == []


def test_a_run_that_does_not_show_it_says_why() -> None:
    assert list(why_not(21_109.0, 683.0, 0)) == []
    (slow,) = why_not(900.0, 700.0, 0)
    assert "900 ms straight to the engine and 700 ms through Tidegate" in slow
    (broken,) = why_not(21_109.0, 683.0, 3)
    assert broken.startswith("3 chats failed through Tidegate")
    assert len(list(why_not(float("inf"), float("nan"), 0))) == 1
