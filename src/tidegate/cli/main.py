"""`tidegate`: one command, a verb per capability; each verb is loaded only when it is called."""

import importlib
import importlib.util
import os
import sys

import click

from tidegate import __version__
from tidegate.catalog import CAPABILITIES
from tidegate.cli.output import fail
from tidegate.spine.errors import InputError, NotBuilt, TidegateError, nearest

# Verbs that are no capability, with their one line of help.
FACES: dict[str, str] = {
    "init": "Write a commented tidegate.yaml.",
    "serve": "Run the gateway: data plane for tenants, control plane on loopback.",
    "demo": "See the failure and the cure on a real local model.",
    "traces": "List, filter, show and export what happened.",
    "findings": "What checks found on live traffic: list, show, move.",
    "keys": "Add, list and revoke tenants' keys.",
    "replay": "Send recorded calls again.",
    "import": "Take in traces of other tools.",
    "sim": "Replay an incident: the usual way fails, ours holds.",
}
VERBS: dict[str, str] = {**FACES, **{c.verb: c.question for c in CAPABILITIES}}


def module_of(verb: str) -> str:
    """The module that holds a verb (`import` is a reserved word, so its module has a longer name)."""
    return "tidegate.cli.verbs." + {"import": "import_traces"}.get(verb, verb)


class LazyVerbs(click.Group):
    """Loads a verb's module when it is called, so that `tidegate --help` stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = module_of(cmd_name)
        if importlib.util.find_spec(module) is None:
            return not_built(cmd_name)
        command = importlib.import_module(module).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise click.UsageError(f"expected a verb, got {args[0]!r}: {nearest(args[0], VERBS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, verbs in (
            ("The gateway", FACES),
            ("The twelve", {c.verb: c.question for c in CAPABILITIES}),
        ):
            with formatter.section(title):
                formatter.write_dl([(v, VERBS[v] + _mark(v)) for v in verbs])


def _mark(verb: str) -> str:
    return "" if importlib.util.find_spec(module_of(verb)) else " (not built)"


def not_built(verb: str) -> click.Command:
    """A verb without a module: says so, exit code 2."""

    @click.command(
        verb, context_settings={"ignore_unknown_options": True, "help_option_names": []},
        help=f"{VERBS[verb]} Not built yet.",
    )  # fmt: skip
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments: tuple[str, ...]) -> None:
        error = NotBuilt(f"the verb {verb!r} is not built yet", remedy="see CHANGELOG.md for what is")
        fail(error, as_json="--json" in arguments, verb=verb)

    return command


@click.group(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tidegate")
def tidegate() -> None:
    """Make the silent failures of LLM systems loud.

    Exit codes: 0 pass, 1 fail, 2 wrong use, 3 undecided.  Every verb takes --json.
    """


def main(argv: list[str] | None = None) -> None:
    """Entry point: user errors become one clear line and exit code 2, never a traceback."""
    arguments = sys.argv[1:] if argv is None else argv
    if sys.stdout is None:  # started with standard output closed (`>&-`)
        sys.stdout = open(os.devnull, "w")
    try:
        tidegate.main(args=arguments, standalone_mode=False, prog_name="tidegate")
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except TidegateError as error:
        fail(error, as_json="--json" in arguments, verb=arguments[0] if arguments else "")
    except BrokenPipeError:
        sys.exit(141)
    except (OSError, UnicodeDecodeError) as error:  # a file that a verb could not read, and did not say so itself
        where = str(getattr(error, "filename", None) or "")
        said = getattr(error, "strerror", None) or error
        fail(InputError(f"cannot read or write it: {said}", where=where), as_json="--json" in arguments,
             verb=arguments[0] if arguments else "")  # fmt: skip


if __name__ == "__main__":
    main()
