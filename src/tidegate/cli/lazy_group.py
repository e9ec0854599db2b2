"""A verb whose own verbs live in one module each, loaded when called: `--help` of the group stays instant."""

import importlib
from collections.abc import Mapping
from typing import Any

import click

Modules = Mapping[str, tuple[str, str]]


class LazyGroup(click.Group):
    """A group over `modules`: verb → (module below `tidegate.cli.verbs`, one line of help).

    A module holds its verb as `command`; where one module holds several, write `module:name`.
    """

    def __init__(self, *args: Any, modules: Modules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.modules:
            return None
        module, _, name = self.modules[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(f"tidegate.cli.verbs.{module}"), name or "command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, line) for verb, (_, line) in self.modules.items()])
