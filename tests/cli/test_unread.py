"""One file that is no text is told, with its byte, and loses no other; the exit code stays honest."""

import json
from pathlib import Path

import pytest

from tidegate.cli.main import main

VERBS = {  # the verb, a text that passes, one that fails
    "verify": (("verify",), "12 * 7 = 84\n", "12 * 7 = 94\n"),
    "prompts lint": (
        ("prompts", "lint", "--no-blame"),
        "Reply in at most 2 sentences.\n",
        "Reply in at most 2 sentences.\nEvery reply has at least 5 sentences.\n",
    ),
    "constraints audit": (("constraints", "audit"), "The sky is blue.\n", "Never reveal customer data.\n"),
}


def ending(*argv: object) -> object:
    with pytest.raises(SystemExit) as ended:
        main([*map(str, argv)])
    return ended.value.code


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv, sound, wrong = VERBS[verb]
    (tmp_path / "b.md").write_bytes("Grüße\n".encode() + "Grüße".encode("latin-1"))
    assert ending(*argv, tmp_path) == 2, "nothing could be read"
    (tmp_path / "a.md").write_text(sound)
    (tmp_path / "c.txt").write_bytes("x = 3".encode("utf-16-le"))
    capsys.readouterr()
    assert ending(*argv, tmp_path, "--json") == 2, "no pass where something was not read"
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["verdict"] == "undecided"
    first, second = document["unread"]
    assert first["where"] == f"{tmp_path / 'b.md'}:2"
    assert "0xfc at offset 10" in first["message"]
    assert "UTF-16" in second["remedy"]
    assert err.count("not read") == 2
    (tmp_path / "d.md").write_text(wrong)
    assert ending(*argv, tmp_path) == 1, "what fails goes before what was not read"
    assert "d.md" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_text_that_says_its_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    for verb in ("verify", "prompts lint"):
        argv, _, wrong = VERBS[verb]
        (tmp_path / "a.md").write_bytes(wrong.encode(encoding))
        assert ending(*argv, tmp_path / "a.md") == 1
