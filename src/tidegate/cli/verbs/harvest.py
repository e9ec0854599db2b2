"""`tidegate harvest`: production failures write the tests, and relics retire.  The group; each verb has its module."""

import importlib

import click

# verb → module that holds it as `command`; loaded when it is called, so that `--help` stays instant.
MODULES: dict[str, tuple[str, str]] = {
    "detect": ("harvest_detect", "Which of these conversations failed, at which answer, and how one knows."),
    "collect": ("harvest_collect", "Make scrubbed, proven cases of the trace store's failures."),
    "minimise": (
        "harvest_minimise",
        "The smallest part of a case that still fails, however seldom it does.",
    ),
    "run": ("harvest_run", "Run the suite; cases that passed once block a release that fails them."),
    "group": ("harvest_group", "From many failures to few failure modes, with names that stay."),
    "museum": ("harvest_museum", "How much of today's traffic does the suite stand for, and what is stale in it?"),
    "retire": ("harvest_retire", "Which cases are relics, by evidence; into quarantine with reason and owner."),
    "select": ("harvest_select", "Which cases to run when there is not time or money for all."),
    "review": ("harvest_review", "Accept or reject cases that are new."),
    "export": ("harvest_export", "The suite for promptfoo, Inspect, DeepEval or OpenAI evals."),
    "import": ("harvest_import", "Tests of those tools as cases of the suite."),
    "ledger": ("harvest_ledger", "Who entered, loosened or deleted which case, and why."),
}


class HarvestVerbs(click.Group):
    """Loads a verb's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        command = importlib.import_module(f"tidegate.cli.verbs.{MODULES[cmd_name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not MODULES:
            return
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in MODULES.items()])


@click.group("harvest", cls=HarvestVerbs)
def command() -> None:
    """Which production failures must become tests, and which tests are relics?"""
