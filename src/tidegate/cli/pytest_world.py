"""What the pytest plug-in needs once a suite is asked for; kept apart so that the plug-in itself loads in no time."""

from pathlib import Path

from tidegate.curate.harvest.suites.suite import Suite
from tidegate.curate.harvest.suites.verdicts import CaseRecord, Rules
from tidegate.readers.suite_files import read_suite
from tidegate.runner.command_model import CommandModel
from tidegate.runner.http_model import HttpModel
from tidegate.runner.suite_run import run_suite
from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.ports import Model


class World:
    """The suite, its target and its rules."""

    def __init__(self, folder: Path, *, command: str | None, url: str | None, model: str, runs: int) -> None:
        self.suite: Suite = read_suite(folder)
        self.cases = [c for c in self.suite.cases if c.status is not CaseStatus.QUARANTINED]
        self.rules = Rules(runs_max=runs)
        self.model: Model = CommandModel(command) if command else HttpModel(str(url), model)

    def run(self, case: Case) -> CaseRecord:
        """Run one case until it is decided."""
        return run_suite([case], self.model, self.rules, concurrency=2).records[0]
