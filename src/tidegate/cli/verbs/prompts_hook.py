"""`tidegate prompts hook`: the linter before each commit."""

from __future__ import annotations

import click

HOOK = """\
# .pre-commit-config.yaml
repos:
  - repo: local
    hooks:
      - id: tidegate-prompts
        name: tidegate prompts lint
        entry: tidegate prompts lint --changed-since HEAD
        language: system
        files: ^prompts/.*\\.(md|txt|j2|yaml|json)$
"""


@click.command("hook")
def hook() -> None:
    """Print a pre-commit hook that lints only cores touching changed lines.

    Example: tidegate prompts hook
    """
    click.echo(HOOK, nl=False)
