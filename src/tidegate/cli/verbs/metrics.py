"""`tidegate metrics`: which metric decides, and what that choice tolerates.  Its verbs have a module each."""

import click

from tidegate.cli.lazy_group import LazyGroup

MODULES: dict[str, tuple[str, str]] = {
    "audit": ("metrics_audit:audit_command", "Every score beside what no knowledge scores, in money, by segment."),
    "list": ("metrics_catalogue:list_command", "The metrics, each with the preference it encodes."),
    "properties": (
        "metrics_catalogue:properties_command",
        "What a metric tolerates, with the smallest counterexample.",
    ),
    "elicit": ("metrics_elicit:elicit_command", "What is a miss worth?  At most 12 either/or questions."),
    "stakeholders": (
        "metrics_elicit:stakeholders_command",
        "Several stakeholders kept apart, and where they disagree.",
    ),
    "judge": ("metrics_judge:judge_command", "May this judge decide anything?  People, order, length and formality."),
    "contract": ("metrics_contract:contract_group", "The metric contract: init, check, sign."),
    "gate": ("metrics_contract:gate_command", "May this system ship under its contract?"),
}


@click.group("metrics", cls=LazyGroup, modules=MODULES)
def command() -> None:
    """Which metric decides, and what does that choice tolerate?

    Example: tidegate metrics audit results.csv
    """
