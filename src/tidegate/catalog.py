"""The twelve capabilities: the only list of them.

The command line, the console, the docs check and the contract suites all read this tuple.
`built` says whether its verb does its job; a verb that is not built answers with exit code 2.
"""

from typing import NamedTuple


class Capability(NamedTuple):
    """One of the twelve: where it lives, its verb, and the production question it answers."""

    number: int
    name: str
    folder: str
    verb: str
    scenario: str
    question: str
    built: bool


CAPABILITIES: tuple[Capability, ...] = (
    Capability(1, "scheduling", "admit/scheduling", "schedule", "scheduling",
               "Why did this request wait, and who gets served next?", True),
    Capability(2, "harvest", "curate/harvest", "harvest", "harvest",
               "Which production failures must become tests, and which tests are relics?", True),
    Capability(3, "constraints", "check/constraints", "constraints", "constraints",
               "Which of our rules does anything enforce?", True),
    Capability(4, "rollout", "decide/rollout", "rollout", "rollout",
               "Is the new version safe on the traffic staging never saw?", False),
    Capability(5, "docfresh", "check/docfresh", "docs", "docfresh",
               "Is this page still true, and may it be used to answer?", False),
    Capability(6, "promptlint", "check/promptlint", "prompts", "promptlint",
               "Which lines of the prompt cannot hold together, and who brought them in?", True),
    Capability(7, "toolguard", "admit/toolguard", "loops", "toolguard",
               "Is this agent still getting anywhere?", True),
    Capability(8, "heuristics", "decide/heuristics", "heuristics", "heuristics",
               "Would a rule do as well as the model, for less?", False),
    Capability(9, "metrics", "decide/metrics", "metrics", "metrics",
               "Which metric decides, and what does that choice tolerate?", True),
    Capability(10, "verify", "check/verify", "verify", "verify",
               "Which of these technical claims are wrong, and by what computation?", True),
    Capability(11, "experiments", "decide/experiments", "experiments", "experiments",
               "Did the change help users, at any time one looks?", False),
    Capability(12, "curriculum", "curate/curriculum", "curriculum", "curriculum",
               "Which lessons teach what the models no longer need?", False),
)  # fmt: skip


def by_verb(verb: str) -> Capability | None:
    """The capability whose command-line verb is `verb`."""
    return next((c for c in CAPABILITIES if c.verb == verb), None)
