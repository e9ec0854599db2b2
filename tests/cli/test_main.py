"""The command line's frame: verbs, exit codes and errors, as DESIGN's contract says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.catalog import CAPABILITIES
from tidegate.cli.main import FACES, VERBS, module_of, not_built
from tidegate.readers.config import read_settings


def tidegate(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tidegate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL, timeout=60)


def test_every_capability_has_a_verb_of_its_own() -> None:
    verbs = [c.verb for c in CAPABILITIES]
    assert len(set(verbs)) == len(verbs) == 12
    assert not set(verbs) & set(FACES)


def test_a_reader_that_leaves_is_no_verdict() -> None:
    script = f"set -o pipefail; {sys.executable} -m tidegate metrics list | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 141), "0 where the pipe held all of it"
    assert done.stderr == ""


def test_help_names_every_verb() -> None:
    done = tidegate("--help")
    assert done.returncode == 0
    for verb in VERBS:
        assert f" {verb} " in done.stdout


def test_an_unknown_verb_names_the_nearest() -> None:
    done = tidegate("vrify")
    assert done.returncode == 2
    assert "did you mean 'verify'" in done.stderr


def test_a_verb_that_is_not_built_says_so_with_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        not_built("rollout").main(["check", "x", "--json"], standalone_mode=False)
    assert left.value.code == 2
    out = capsys.readouterr()
    assert json.loads(out.out)["error"]["code"] == "not_built"
    assert "not built" in out.err


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help_or_says_it_is_not_built(verb: str) -> None:
    done = tidegate(verb, "--help")
    if done.returncode == 2:
        assert "not built" in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        assert "Example" in done.stdout or "Commands:" in done.stdout, f"{module_of(verb)}: help shows no example"


def test_wrong_use_with_json_is_one_document_and_code_2() -> None:
    done = tidegate("sim", "no-such-scenario", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "wrong_use"
    assert "Traceback" not in done.stderr


def test_init_writes_a_file_that_serve_can_read(tmp_path: Path) -> None:
    done = tidegate("init", "--kind", "llamacpp", "--tenant", "a:interactive", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["file"] == "tidegate.yaml"
    assert read_settings(tmp_path / "tidegate.yaml").tenants[0].name == "a"
    again = tidegate("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "--force" in again.stderr
