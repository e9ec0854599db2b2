"""Prompt files → sources: decoded, bounded, and refused by name when they are no prompt."""

# ruff: noqa: E501

import re
from collections.abc import Iterable
from pathlib import Path

from tidegate.check.promptlint.lint import PROMPT_BYTES_MAX
from tidegate.check.promptlint.model import Source
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
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # bytes that no text has
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(path: Path) -> str:
    """The text of a prompt file; raises InputError naming size, byte and line of what is wrong."""
    if path.suffix.lower() in PROGRAMS:
        raise InputError(
            f"expected a prompt, got a program ({path.suffix})", where=str(path),
            remedy="put the prompt in a file of its own (.md, .txt, .j2 …), or pipe its text to `tidegate prompts lint -`",
        )  # fmt: skip
    try:
        size = path.stat().st_size
        if size > PROMPT_BYTES_MAX:
            raise InputError(
                f"expected a prompt of at most {PROMPT_BYTES_MAX:,} bytes, got {size:,}", where=str(path),
                remedy="lint the prompt itself, not the documents it is filled with",
            )  # fmt: skip
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the file: {error.strerror or error}", where=str(path)) from error
    return decoded(data, str(path))


def decoded(data: bytes, name: str) -> str:
    """The text of a prompt's bytes; raises InputError when they are no text or mix encodings."""
    encoding = next((e for bom, e in BOMS if data.startswith(bom)), "utf-8")
    if encoding.startswith("utf-8") and CONTROL.search(data[:8192]):
        raise InputError(
            "expected text, got binary data", where=name, remedy="give a text, Markdown, YAML or JSON file"
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"expected UTF-8, got the byte 0x{data[error.start]:02x} at offset {error.start}", where=f"{name}:{line}",
            remedy="it mixes encodings or is not UTF-8: save it as UTF-8 (iconv -f cp1252 -t utf-8)",
        ) from error  # fmt: skip


def read_prompts(paths: Iterable[Path]) -> list[Source]:
    """Every prompt among files and folders, in the order given; folders are searched by file ending."""
    out: list[Source] = []
    for path in paths:
        if path.is_dir():
            found = sorted(
                p for p in path.rglob("*")
                if p.is_file() and p.suffix.lower() in SUFFIXES and not any(x.startswith(".") for x in p.relative_to(path).parts)
            )  # fmt: skip
            if not found:
                raise InputError(
                    "expected prompt files in the folder, found none", where=str(path),
                    remedy=f"looked for {', '.join(sorted(SUFFIXES))}",
                )  # fmt: skip
            out += [Source(name=str(p), text=read_text(p)) for p in found]
        else:
            out.append(Source(name=str(path), text=read_text(path)))
    return out
