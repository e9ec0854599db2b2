"""`tidegate constraints`: what enforces which rule.  The group; each verb has its module."""

import click

from tidegate.cli.lazy_group import LazyGroup

# verb → module that holds it as `command`; loaded when it is called, so that `--help` stays instant.
MODULES: dict[str, tuple[str, str]] = {
    "audit": ("constraints_audit", "Every rule sentence in prompts and tools, and what enforces it, or nothing."),
    "filter": ("constraints_filter", "What a client would receive of a text: forbidden spans withheld."),
    "check": ("constraints_check", "Decide tool calls in their context: allow, ask or deny, by which rules."),
    "prove": ("constraints_prove", "Run a removal witness and a stub witness for every hard rule."),
    "analyze": ("constraints_analyze", "Shadowed, contradictory and unreachable rules; what a change changes."),
    "measure": ("constraints_measure", "How often soft rules are broken, with intervals, by stratum."),
    "pending": ("constraints_pending", "Tool calls that wait for a person's yes."),
    "confirm": ("constraints_confirm", "Let one waiting call pass, once; or decline it."),
    "decisions": ("constraints_decisions", "What was allowed, asked and refused in flight, by which rule, and why."),
    "revoke": ("constraints_revoke", "Refuse a credential handle from now on."),
    "restore": ("constraints_restore", "Let a revoked credential be used again, under a new handle."),
    "packs": ("constraints_packs", "The starter packs and their rules."),
}


@click.group("constraints", cls=LazyGroup, modules=MODULES)
def command() -> None:
    """Which of our rules does anything enforce?

    Example: tidegate constraints audit prompts/ --json
    """
