"""Prompts cut into sentences, each with its place: lists, headings, tables, tags, JSON, code and quotes understood.

A list under "You must not:" inherits the words before the colon, because its items are rules
only together with them; `Sentence.lead` carries them.  Lines that a writer broke on purpose
are sentences of their own; lines that only wrapped are joined: a break is deliberate where the
next word would still have fitted into the widest line of its paragraph.  What stands in an
example (a heading, a tag or a line that says so) is marked, because it is nobody's rule.
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
    item: bool = False
    example: bool = False
    crowd: int = 1  # how many sentences stand in its paragraph or item
    block: str = ""  # the whole line or item where it holds several short sentences: what "it" in one of them is about


_SHORT = 240
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
    examples = _Examples()
    for start, end, line in _blocks(text):
        raw = text[start:end]
        found = _HEADING.match(raw)
        if found:
            heading, lead = found.group(1).strip(), ""
            examples.heading(heading)
            continue
        inside = examples.line(raw)
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
                           heading=heading, item=is_item, example=inside)  # fmt: skip
            continue
        first, last = _described(raw, offset)
        pieces = list(_split(raw[:last], first))
        whole = raw[first:last].strip() if len(pieces) > 1 and last - first <= _SHORT else ""
        for s, e in pieces:
            piece = raw[s:e]
            yield Sentence(text=piece.replace("\n", " "), span=(start + s, start + e), heading=heading, item=is_item,
                           line=line + raw.count("\n", 0, s), lead=lead if is_item else "", example=inside,
                           block=whole, crowd=len(pieces))  # fmt: skip


class _Examples:
    """Whether a line stands in an example: under such a heading, or between such tags."""

    def __init__(self) -> None:
        self._heading = False
        self._depth = 0

    def heading(self, words: str) -> None:
        self._heading = _EXAMPLE_WORD.search(words) is not None

    def line(self, raw: str) -> bool:
        opened, closed = len(_EXAMPLE_OPEN.findall(raw)), len(_EXAMPLE_CLOSE.findall(raw))
        inside = self._heading or self._depth > 0 or opened > 0
        self._depth = max(0, self._depth + opened - closed)
        return inside


_EXAMPLE_WORD = re.compile(r"^\W*(?:few[- ]shot|samples?|examples?)\b(?!\s+(?:rules?|of what not))", re.I)
_EXAMPLE_OPEN = re.compile(r"<(?:\w+[_-])?(?:examples?|samples?|shots?)\b[^<>/]*>", re.I)
_EXAMPLE_CLOSE = re.compile(r"</(?:\w+[_-])?(?:examples?|samples?|shots?)\s*>", re.I)
_DESCRIPTION = re.compile(r"\"(?:description|instructions?|rule|text|content)\"\s*:\s*\"((?:[^\"\\]|\\.)*)\"")


def _described(raw: str, offset: int) -> tuple[int, int]:
    """[start, end) of what a line says: the description of a line of JSON, else all of it."""
    if not re.match(r"\s*[\[{\"]", raw) or '":' not in raw.replace('" :', '":'):
        return offset, len(raw)
    found = _DESCRIPTION.search(raw)
    return (found.start(1), found.end(1)) if found else (offset, len(raw))


def _blocks(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, line) of each paragraph or list item: a line that only wrapped belongs to the one before it."""
    lines = text.splitlines(keepends=True)
    width = _widths(lines)
    position = 0
    fenced = False
    start = -1
    first = 0
    for number, line in enumerate(lines, start=1):
        blank = not line.strip()
        starts_new = _starts_new(line) or (start >= 0 and _deliberate(lines[number - 2], line, width[number - 1]))
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


def _starts_new(line: str) -> bool:
    """Whether a line opens a heading, an item, a table row, a tag or an object of JSON."""
    marker = _MARKER.match(line)
    return bool(
        _HEADING.match(line) or (marker and marker.group().strip(" \t>\n")) or re.match(r"\s*(?:\||<|[\[{\"])", line)
    )


def _widths(lines: list[str]) -> list[int]:
    """For each line the width at which its paragraph wraps, or none (a million) where its lines are mostly short."""
    out = [0] * len(lines)
    first = 0
    for i in range(len(lines) + 1):
        if i == len(lines) or not lines[i].strip():
            lengths = [len(line.rstrip()) for line in lines[first:i]]
            widest = max(lengths, default=0)
            full = sorted(lengths[:-1])
            ragged = len(full) > 1 and full[len(full) // 2] < 0.65 * widest
            out[first:i] = [1_000_000 if ragged else widest] * (i - first)
            first = i + 1
    return out


_DANGLING = re.compile(
    r"(?:,|\b(?:a|an|the|and|or|but|of|to|in|on|at|by|for|from|with|that|which|is|are|be|not|your|their|its|as|than|when|if))\s*$"
)


def _deliberate(before: str, line: str, width: int) -> bool:
    """Whether the break before `line` was meant: its first word would still have fitted."""
    word = line.split()[:1]
    if _DANGLING.search(before):
        return False
    return bool(word) and len(before.rstrip()) + 1 + len(word[0]) <= max(width, 50)


def _split(raw: str, offset: int) -> Iterator[tuple[int, int]]:
    s = offset
    short = len(raw) - offset <= _SHORT
    for found in _END.finditer(raw, offset):
        head = raw[s : found.end()].rstrip().lower()
        if short and head.endswith(";"):
            continue
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
