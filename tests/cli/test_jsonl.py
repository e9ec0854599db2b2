"""One broken line loses no other: every checking verb answers each line of a JSONL file, in order, with its id."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = ["not json", "[1]", '{"id": "x"}', '{"id": "n", "text": null, "messages": null, "answer": null}', "\\udfff"]
GOOD = {
    "verify": {"question": "?", "answer": "2 + 2 = 5."},
    "prompts lint": {"text": "Answer in one sentence.\nUse at least three sentences."},
    "constraints audit": {"sentence": "Never reveal the customer's card number."},
    "loops check": {"messages": [{"role": "user", "content": "hi"}], "tools": []},
}


@pytest.mark.parametrize("verb", GOOD)
def test_broken_lines_are_answered_in_place(verb: str, tmp_path: Path) -> None:
    good = [{"id": f"good-{i}", **GOOD[verb]} for i in range(2)]
    lines = [json.dumps(good[0]), *BROKEN, "", json.dumps(good[1])]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(lines) + "\n")
    done = subprocess.run([sys.executable, "-m", "tidegate.cli", *verb.split(), "--jsonl", str(file)],
                          capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(BROKEN) + 2, done.stderr
    assert (rows[0]["id"], rows[-1]["id"]) == ("good-0", "good-1")
    assert {k: v for k, v in rows[0].items() if k != "id"}.keys() == {k for k in rows[-1] if k != "id"}
    assert "error" not in rows[0]
    assert rows[1]["error"]["where"].endswith(":2")
    assert "expected" in rows[1]["error"]["message"]
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)


def test_an_empty_file_is_no_pass(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    for arguments in (["verify", "--jsonl"], ["constraints", "audit"], ["constraints", "check"]):
        done = subprocess.run([sys.executable, "-m", "tidegate", *arguments, str(empty)],
                              capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    done = subprocess.run([sys.executable, "-m", "tidegate", "constraints", "check", str(tmp_path)],
                          capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert str(tmp_path) in done.stderr.replace("\n", "")
