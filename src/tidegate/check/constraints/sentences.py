"""Prompts cut into sentences, each with its place: markdown lists, headings, code and quotes understood.

A list under "You must not:" inherits the words before the colon, because its items are rules
only together with them; `Sentence.lead` carries them.
"""

import re
from collections.abc import Iterator

import msgspec


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence: its text, [start, end) in characters of the source, its line from 1, and its list's lead-in."""

    text: str
    span: tuple[int, int]
    line: int
    lead: str = ""
    heading: str = ""


_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKER = re.compile(r"^(?:\s|>|[-*+•–]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|\[[ xX]\]\s)*")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)#*\s*$")
_ABBREVIATIONS = ("e.g.", "i.e.", "etc.", "vs.", "mr.", "mrs.", "ms.", "dr.", "no.", "approx.", "inc.", "ltd.", "st.",
                  "u.s.", "u.k.", "a.m.", "p.m.", "cf.", "dept.", "fig.", "sec.", "art.")  # fmt: skip
_END = re.compile(r"[.!?]+[\"'”’)\]*_]*(?=\s+|$)|;\s")


def sentences(text: str) -> Iterator[Sentence]:
    """Sentences of a prompt in order; fenced code is skipped, a soft-wrapped paragraph is joined."""
    lead = heading = ""
    lead_indent = -1
    for start, end, line in _blocks(text):
        raw = text[start:end]
        found = _HEADING.match(raw)
        if found:
            heading, lead = found.group(1).strip(), ""
            continue
        marker = _MARKER.match(raw)
        offset = marker.end() if marker else 0
        indent = len(raw) - len(raw.lstrip(" \t"))
        is_item = offset > indent
        if lead and (not is_item or indent < lead_indent):
            lead = ""
        stripped = raw.rstrip()
        if stripped.rstrip("*_").endswith(":") and stripped[offset:].strip():
            lead, lead_indent = stripped[offset:].strip(" *_:"), indent + (2 if is_item else 0)
            yield Sentence(text=stripped[offset:].strip(), span=(start + offset, start + len(stripped)), line=line,
                           heading=heading)  # fmt: skip
            continue
        for s, e in _split(raw, offset):
            piece = raw[s:e]
            yield Sentence(text=piece.replace("\n", " "), span=(start + s, start + e), heading=heading,
                           line=line + raw.count("\n", 0, s), lead=lead if is_item else "")  # fmt: skip


def _blocks(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, line) of each paragraph or list item: a following unmarked, unblank line belongs to it."""
    position = 0
    fenced = False
    start = -1
    first = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        blank = not line.strip()
        starts_new = bool(_HEADING.match(line)) or bool((m := _MARKER.match(line)) and m.group().strip(" \t>\n"))
        if _FENCE.match(line):
            fenced = not fenced
            blank = True
        if start >= 0 and (blank or fenced or starts_new or _HEADING.match(text[start:position].rstrip("\n"))
                           or text[start:position].rstrip().endswith((":", "  "))):  # fmt: skip
            yield start, position, first
            start = -1
        if not blank and not fenced and start < 0:
            start, first = position, number
        position += len(line)
    if start >= 0:
        yield start, position, first


def _split(raw: str, offset: int) -> Iterator[tuple[int, int]]:
    s = offset
    for found in _END.finditer(raw, offset):
        head = raw[s : found.end()].rstrip().lower()
        if head.endswith(_ABBREVIATIONS) or re.search(r"\b[a-z]\.$", head) or _open_quote(raw[s : found.end()]):
            continue
        if re.fullmatch(r"\(?\w{1,3}[.)]", head):
            continue
        yield from _trim(raw, s, found.end())
        s = found.end()
    yield from _trim(raw, s, len(raw))


def _open_quote(text: str) -> bool:
    return text.count('"') % 2 == 1 or text.count("“") > text.count("”")


def _trim(raw: str, s: int, e: int) -> Iterator[tuple[int, int]]:
    while s < e and raw[s].isspace():
        s += 1
    while e > s and (raw[e - 1].isspace() or raw[e - 1] == ";"):
        e -= 1
    if any(c.isalnum() for c in raw[s:e]):
        yield s, e
