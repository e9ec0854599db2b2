"""Prompt files → sources: decoded, bounded, and refused by name when they are no prompt."""

# ruff: noqa: E501

from collections.abc import Iterable
from pathlib import Path

from tidegate.check.promptlint.lint import PROMPT_BYTES_MAX
from tidegate.check.promptlint.model import Source
from tidegate.readers.text_files import below, decoded, file_bytes
from tidegate.spine.errors import InputError

SUFFIXES = frozenset(
    [
        ".md",
        ".markdown",
        ".txt",
        ".prompt",
        ".prompty",
        ".j2",
        ".jinja",
        ".jinja2",
        ".mustache",
        ".hbs",
        ".tmpl",
        ".xml",
        ".yaml",
        ".yml",
        ".json",
        ".mdc",
    ]
)
# endings of programs: their sentences are code, and a pass over them would say nothing
PROGRAMS = frozenset(
    [".py", ".pyi", ".js", ".ts", ".jsx", ".tsx", ".mjs", ".go", ".rs", ".java", ".kt", ".c", ".h", ".cpp", ".hpp", ".cs", ".rb",
     ".php", ".swift", ".scala", ".sh", ".bash", ".ps1", ".sql", ".css", ".scss", ".ipynb", ".r", ".lua"]
)  # fmt: skip


def read_text(path: Path) -> str:
    """The text of a prompt file; raises InputError naming size, byte and line of what is wrong."""
    if path.suffix.lower() in PROGRAMS:
        raise InputError(
            f"expected a prompt, got a program ({path.suffix})", where=str(path),
            remedy="put the prompt in a file of its own (.md, .txt, .j2 …), or pipe its text to `tidegate prompts lint -`",
        )  # fmt: skip
    data = file_bytes(path, PROMPT_BYTES_MAX, "lint the prompt itself, not the documents it is filled with")
    return decoded(data, str(path))


def prompt_files(paths: Iterable[Path]) -> list[Path]:
    """The prompt files that files and folders name, in the order given; folders are searched by file ending."""
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = below(path, SUFFIXES)
            if not found:
                raise InputError(
                    "expected prompt files in the folder, found none", where=str(path),
                    remedy=f"looked for {', '.join(sorted(SUFFIXES))}",
                )  # fmt: skip
            out += found
        else:
            out.append(path)
    return out


def read_prompts(paths: Iterable[Path]) -> list[Source]:
    """Every prompt among files and folders; InputError at the first that cannot be read."""
    return [Source(name=str(p), text=read_text(p)) for p in prompt_files(paths)]
