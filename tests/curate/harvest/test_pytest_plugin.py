"""The plug-in in a real pytest run: a process of its own, real files, real exit codes."""

import os
import subprocess
import sys
from pathlib import Path

SUITE = """suite: 1
mode: refund window
cases:
  - input: How long may I return shoes?
    status: blocking
    expect: [{oracle: required, all: [30 days]}]
  - input: Can I return a gift?
    expect: [{oracle: required, all: [yes]}]
"""


def run(folder: Path, answer: str, *more: str) -> subprocess.CompletedProcess[str]:
    (folder / "suite").mkdir(exist_ok=True)
    (folder / "suite" / "s.yaml").write_text(SUITE)
    (folder / "agent.sh").write_text(f"echo '{answer}'\n")
    source = str(Path(__file__).resolve().parents[3] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "tidegate.cli.pytest_suite", "-p", "no:cacheprovider", *more]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_blocking_cases_pass_or_fail_and_known_failing_ones_are_expected_to(tmp_path: Path) -> None:
    arguments = ("--tidegate-suite", "suite", "--tidegate-command", "sh agent.sh")
    good = run(tmp_path, "30 days", *arguments)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "1 passed, 1 xfailed" in good.stdout
    bad = run(tmp_path, "ask the shop", *arguments)
    assert bad.returncode == 1
    assert "the answer does not say '30 days'" in bad.stdout
    assert "refund window: How long may I return shoes?" in bad.stdout
    fixed = run(tmp_path, "yes, 30 days", *arguments)
    assert fixed.returncode == 0
    assert "1 passed, 1 xpassed" in fixed.stdout


def test_without_a_suite_it_does_nothing_and_without_a_target_it_says_so(tmp_path: Path) -> None:
    assert run(tmp_path, "x").returncode == 5, "no tests collected"
    wrong = run(tmp_path, "x", "--tidegate-suite", "suite")
    assert wrong.returncode == 4
    assert "needs a target" in wrong.stdout + wrong.stderr
