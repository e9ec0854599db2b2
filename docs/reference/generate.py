"""Writes the reference from the code: `python docs/reference/generate.py` (CI checks it is fresh)."""

import inspect
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from tidegate import settings
from tidegate.cli.main import VERBS, tidegate
from tidegate.gateway.measures import MEASURES
from tidegate.spine import errors
from tidegate.spine.call import Ending

HERE = Path(__file__).parent
NOTE = "<!-- Written by docs/reference/generate.py; do not edit. -->\n\n"


def command_line() -> str:
    """Every verb's help, as printed."""
    out = [NOTE, "# Command line\n"]
    context = click.Context(
        tidegate, info_name="tidegate", terminal_width=100, max_content_width=100, help_option_names=["-h", "--help"]
    )
    for verb in VERBS:
        command = tidegate.get_command(context, verb)
        assert command is not None
        out += _help(command, verb, context, "##")
    return "\n".join(out)


def _help(command: click.Command, name: str, parent: click.Context, level: str) -> list[str]:
    command._help_option = None  # click keeps the option of the first context it was asked in
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=100,
        max_content_width=100,
        help_option_names=["-h", "--help"],
    )
    out = [f"{level} {context.command_path}\n", "```text", command.get_help(context).rstrip(), "```\n"]
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            child = command.get_command(context, sub)
            if child is not None and not child.hidden:
                out += _help(child, sub, context, level + "#")
    return out


def _type_name(kind: Any) -> str:
    text = inspect.formatannotation(kind)
    for noise in ("tidegate.settings.", "typing.", "tidegate."):
        text = text.replace(noise, "")
    return text.replace("|", "\\|")


def settings_page() -> str:
    """Every section of tidegate.yaml with its keys, types and defaults."""
    out = [NOTE, "# Settings\n", "`tidegate.yaml`, section by section; unknown keys are refused. "
           "`tidegate init` writes a commented file.\n"]  # fmt: skip
    sections = [v for v in vars(settings).values() if isinstance(v, type) and issubclass(v, settings.Section)]
    for section in sorted((s for s in sections if s is not settings.Section), key=lambda s: s is not settings.Settings):
        out += [
            f"## {section.__name__}\n",
            inspect.getdoc(section) or "",
            "",
            "| key | type | default |",
            "|---|---|---|",
        ]
        for field in msgspec.structs.fields(section):
            out.append(f"| `{field.encode_name}` | `{_type_name(field.type)}` | {_default(field)} |")
        out.append("")
    return "\n".join(out)


def _default(field: Any) -> str:
    if field.required:
        return "required"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if isinstance(value, msgspec.Struct):
        return f"see {type(value).__name__}"
    return f"`{str(value).replace('|', chr(92) + '|')}`" if not isinstance(value, tuple) or not value else "see below"


def endings_and_errors() -> str:
    """The closed list of endings, and every error's stable code."""
    out = [NOTE, "# Endings and errors\n", "Every call ends in exactly one of these.\n"]
    lines = inspect.getsource(Ending).splitlines()
    out += ["| ending | when |", "|---|---|"]
    for ending in Ending:
        line = next(x for x in lines if f'"{ending.value}"' in x)
        out.append(f"| `{ending.value}` | {line.partition('#')[2].strip() or 'the answer was given whole'} |")
    out += ["", "| code | error | meaning |", "|---|---|---|"]
    kinds = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.TidegateError)]
    out += [f"| `{e.code}` | {e.__name__} | {(inspect.getdoc(e) or '').splitlines()[0]} |" for e in kinds]
    return "\n".join([*out, ""])


def measures_page() -> str:
    """Every metric at `/metrics`."""
    out = [NOTE, "# Metrics\n", "`/metrics` of the control plane, in Prometheus's text format; "
           "[alerts](../how-to/alerts.md) that use them. Where several workers run, counters, histograms and most "
           "gauges are their sum; the others say what they are.\n",
           "| metric | kind | labels | meaning |", "|---|---|---|---|"]  # fmt: skip
    for m in MEASURES:
        labels = ", ".join(f"`{label}`" for label in m.labels) or "none"
        across = "" if m.across == "sum" else f" Over workers: {m.across}."
        out.append(f"| `{m.name}` | {m.kind} | {labels} | {m.help}{across} |")
    return "\n".join([*out, ""])


PAGES = {
    "cli.md": command_line,
    "settings.md": settings_page,
    "endings-and-errors.md": endings_and_errors,
    "metrics.md": measures_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {', '.join(PAGES)}\n")


if __name__ == "__main__":
    main()
