"""`tidegate harvest`: production failures write the tests, and relics retire.  The group; each verb has its module."""

import click

from tidegate.cli.lazy_group import LazyGroup

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
    "merge": ("harvest_merge", "Are two failure modes one problem?  Owners answer, and it holds from then on."),
    "museum": ("harvest_museum", "How much of today's traffic does the suite stand for, and what is stale in it?"),
    "retire": ("harvest_retire", "Which cases are relics, by evidence; into quarantine with reason and owner."),
    "select": ("harvest_select", "Which cases to run when there is not time or money for all."),
    "review": ("harvest_review", "Accept or reject cases that are new."),
    "export": ("harvest_export", "The suite for promptfoo, Inspect, DeepEval or OpenAI evals."),
    "import": ("harvest_import", "Tests of those tools as cases of the suite."),
    "ledger": ("harvest_ledger", "Who entered, loosened or deleted which case, and why."),
}


@click.group("harvest", cls=LazyGroup, modules=MODULES)
def command() -> None:
    """Which production failures must become tests, and which tests are relics?"""
