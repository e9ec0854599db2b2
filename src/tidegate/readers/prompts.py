"""Prompt files → sources: decoded, bounded, and refused by name when they are no prompt."""

# ruff: noqa: E501

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
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(path: Path) -> str:
    """The text of a prompt file; raises InputError naming size, byte and line of what is wrong."""
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
    encoding = next((e for bom, e in BOMS if data.startswith(bom)), "utf-8")
    if encoding == "utf-8" and b"\x00" in data[:8192]:
        raise InputError(
            "expected text, got a binary file", where=str(path), remedy="give a text, Markdown, YAML or JSON file"
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"expected UTF-8, got the byte 0x{data[error.start]:02x} at offset {error.start}", where=f"{path}:{line}",
            remedy="the file mixes encodings: save it as UTF-8 (iconv -f cp1252 -t utf-8)",
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
