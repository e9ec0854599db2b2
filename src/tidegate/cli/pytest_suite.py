"""The suite as pytest tests: `pytest --tidegate-suite suite --tidegate-command "python agent.py"`.

Each case is a test named by its mode and question.  A known failing case is an expected failure, one that passes
is reported as xpassed (fixed) and does not fail the run; a blocking case that fails or cannot be decided fails.
Only pytest is imported until a suite is asked for: the plug-in is loaded in every pytest run of its environment.
"""

import importlib
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plug-in's options; without --tidegate-suite it does nothing."""
    group = parser.getgroup("tidegate", "regression suite of production failures")
    group.addoption("--tidegate-suite", default=None, help="Folder of the suite.")
    group.addoption("--tidegate-url", default=None, help="OpenAI-compatible address of the target.")
    group.addoption("--tidegate-model", default="default", help="Model name to ask for.")
    group.addoption("--tidegate-command", default=None, help="A program as the target.")
    group.addoption("--tidegate-runs", type=int, default=12, help="Most runs of one case.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add one test a case."""
    folder = config.getoption("--tidegate-suite")
    if folder is None:
        return
    command, url = config.getoption("--tidegate-command"), config.getoption("--tidegate-url")
    if command is None and url is None:
        raise pytest.UsageError("--tidegate-suite needs a target: --tidegate-command or --tidegate-url")
    world = importlib.import_module("tidegate.cli.pytest_world").World(
        Path(folder), command=command, url=url, model=config.getoption("--tidegate-model"),
        runs=config.getoption("--tidegate-runs"),
    )  # fmt: skip
    for case in world.cases:
        items.append(CaseItem.from_parent(session, name=_name(case), case=case, world=world))


def _name(case: Any) -> str:
    question = " ".join(str(case.input["messages"][-1].get("content")).split())[:60]
    return f"{case.mode or 'case'}: {question} [{case.case_id[:13]}]"


class CaseFailed(Exception):
    """The case did not pass."""


class CaseItem(pytest.Item):
    """One case as a test."""

    def __init__(self, *, case: Any, world: Any, **more: Any) -> None:
        super().__init__(**more)
        self.case, self.world = case, world
        if case.status.value == "known_failing":
            self.add_marker(pytest.mark.xfail(reason="known failing", strict=False))

    def runtest(self) -> None:
        """Pass, or say what it came to."""
        record = self.world.run(self.case)
        verdict = record.verdict(self.world.rules).value
        if verdict != "pass":
            words = record.reason or record.error
            raise CaseFailed(f"{verdict}: passed {record.passed} of {record.runs} runs: {words}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The reason in one line; a traceback of the runner says nothing about the case."""
        if isinstance(excinfo.value, CaseFailed):
            return f"{self.case.case_id}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The case's file and line."""
        file, line = self.world.suite.places[self.case.case_id]
        return Path(file), line - 1, self.name
