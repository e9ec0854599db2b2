"""A prompt as units: one sentence each, with its line, its section, its intro and its branch.

Markdown, XML-tagged and plain text are one grammar here: headings and tags give sections, list
items and sentences give units; code fences, block quotes, tables and whatever is introduced as
an example bind nothing (`quoted`).
"""

# ruff: noqa: E501

import bisect
import re

from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Source, Unit
from tidegate.check.promptlint.sources.sentences import EXAMPLE_OPENING, binds_nothing, is_example_intro, sentences
from tidegate.check.promptlint.sources.template import Branches, branches

HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
ITEM = re.compile(r"^(\s*)(?:[-*+•–▪◦]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+(?:\[[ xX]\]\s+)?(?=\S)")
FENCE = re.compile(r"^\s*(```+|~~~+)")
TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)((?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>")
CAPS_HEADING = re.compile(r"^\s*(?:\*\*)?([A-Z][A-Z0-9 &/'()-]{2,60}?)(?:\*\*)?:?(?:\*\*)?\s*$")
EXAMPLE_WORD = re.compile(
    r"\b(examples?|samples?|few[- _]?shots?|demonstrations?|transcripts?|illustrations?|good|bad)\b", re.I
)
EXAMPLE_TAG = re.compile(
    r"(?:^|[_-])(examples?|samples?|few_?shots?|demonstrations?|transcript|document|documents|input|user_?input"
    r"|context|quote|conversation|chat_history|bad|good|code)(?:$|[_\d-])",
    re.I,
)
HTML = word_set(
    "a abbr article aside b body br button code col component dd details div dl dt em fieldset footer "
    "form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input kbd label li link main meta nav ol "
    "option p path pre script section select slot small span strong style sub summary sup svg table tbody "
    "td template textarea tfoot th thead title tr transition u ul video"
)
CASE_LABEL = re.compile(r"^([A-Z\d][^:→.!?]{8,90}):\s+\S|^([^→.]{3,80})→\s+\S")
LABEL_LINE = re.compile(r"^\s*[\w \-/*]{1,40}:\s*$")


# a short question before a rule states its case: "Not in the handbook? Say so."
CASE_QUESTION = re.compile(
    r"((?!(?:what|why|how|who|whose|where|which|when|do|does|did|is|are|can|could|would|will|should|may|have|has|any questions)\b)"
    r"[\w'’ -]{5,60})\?",
    re.I,
)
YAML_STRING = re.compile(r"""(?P<q>['"])(?P<inner>\w.*\w.*)(?P=q)""", re.S)
PROBLEMS_MAX = 20


class Document:
    """The units of one source, and what was wrong with its structure."""

    def __init__(self, units: tuple[Unit, ...], problems: tuple[tuple[int, str, str], ...]) -> None:
        self.units = units
        self.problems = problems  # (line, rule, words)


def parse_document(source: Source, line_offset: int = 0, base_section: tuple[str, ...] = ()) -> Document:
    """Units of a source in order; raises InputError when a template block is not balanced."""
    raw = source.text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source.text else source.text
    branching = branches(raw, source.name)
    return _Reader(source, branching, line_offset, base_section).read()


class _Reader:
    def __init__(self, source: Source, branching: Branches, line_offset: int, base: tuple[str, ...]) -> None:
        text = branching.text
        self.source = source
        self.text = text
        self.branching = branching
        self.line_offset = line_offset
        self.starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self.units: list[Unit] = []
        self.problems: list[tuple[int, str, str]] = []
        self.headings: list[tuple[int, str, bool]] = []
        self.tags: list[tuple[str, int, bool]] = []
        self.base = base
        self.intros: list[tuple[int, str, bool]] = []  # (indent, text, introduces an example)
        opened = {m.group(2).lower() for m in TAG.finditer(text) if not m.group(1) and not m.group(4)}
        closed = {m.group(2).lower() for m in TAG.finditer(text) if m.group(1)}
        self.paired = opened & closed

    def line_of(self, offset: int) -> int:
        return bisect.bisect_right(self.starts, offset) + self.line_offset

    def read(self) -> Document:
        fence: str | None = None
        pending: tuple[int, int, int | None] | None = None  # a paragraph or item being gathered: start, end, indent
        blank = True
        for k, start in enumerate(self.starts):
            end = self.starts[k + 1] - 1 if k + 1 < len(self.starts) else len(self.text)
            line = self.text[start:end]
            opening = FENCE.match(line)
            if fence is not None:
                if opening and opening.group(1)[:3] == fence:
                    fence = None
                continue
            if opening and not line.strip().strip("`~").endswith("`"):
                self.flush(pending)
                pending = None
                fence = opening.group(1)[:3]
                continue
            stripped = line.strip()
            if not stripped:
                self.flush(pending)
                pending = None
                blank = True
                continue
            if "<" in line and TAG.search(line):
                self.flush(pending)
                pending = None
            if "<" in line and (spans := self.read_tags(line, start, end)) is not None:
                for s, e in spans:
                    if self.text[s:e].strip():
                        pending = self.open_line(s, e)
                        self.flush(pending)
                        pending = None
                blank = False
                continue
            heading = HEADING.match(line)
            caps = None if heading else CAPS_HEADING.match(line)
            if heading or (caps and (blank or stripped.endswith(":") or stripped.startswith("**"))):
                self.flush(pending)
                pending = None
                level = len(heading.group(1)) if heading else 7
                self.open_heading(level, (heading.group(2) if heading else caps.group(1)))  # type: ignore[union-attr]
                blank = True
                continue
            if stripped.startswith(">"):
                self.flush(pending)
                pending = None
                continue
            if re.fullmatch(r"[-=*_~\s]{3,}", stripped) or (stripped.startswith("|") and stripped.endswith("|")):
                self.flush(pending)
                pending = None
                self.intros = [i for i in self.intros if i[0] >= 0] if stripped.startswith("|") else []
                self.read_row(line, start)
                continue
            item = ITEM.match(line)
            if pending is not None and not item and self.continues(pending, stripped):
                pending = (pending[0], end, pending[2])
                blank = False
                continue
            self.flush(pending)
            pending = None
            if not item and blank:
                self.intros = []
            pending = self.open_line(start, end)
            blank = False
        self.flush(pending)
        for tag, offset, _ in self.tags:
            self.problems.append((self.line_of(offset), "unbalanced-tag", f"the tag <{tag}> is never closed"))
        problems = [p for p in self.problems if re.search(r"</?([\w:.-]+)>", p[2]).group(1).lower() not in HTML]  # type: ignore[union-attr]
        return Document(tuple(self.units), tuple(problems[:PROBLEMS_MAX]))

    def read_row(self, line: str, start: int) -> None:
        """The rules of a table: a row whose only long cell is a sentence (a column of numbers or names beside it)."""
        cells = [(m.start(), m.end()) for m in re.finditer(r"[^|]+", line) if m.group(0).strip()]
        long = [(a, b) for a, b in cells if len(line[a:b].split()) >= (2 if line[a:b].rstrip().endswith(".") else 3)]
        short = all(len(line[a:b].split()) < 3 for a, b in cells if (a, b) not in long)
        if len(long) == 1 and short and re.match(r"[\w\"“`*]", line[long[0][0] : long[0][1]].strip()):
            self.flush((start + long[0][0], start + long[0][1], None))

    def continues(self, pending: tuple[int, int, int | None], stripped: str) -> bool:
        """Whether a line goes on with the sentence before it (wrapped text)."""
        before = self.text[pending[0] : pending[1]].rstrip()
        if before.endswith((".", "!", "?", ":", ";", "。")):
            return False
        return stripped[0].islower() or (stripped[0] in '("“' and before.endswith(",")) or before.endswith(",")

    def open_line(self, start: int, end: int) -> tuple[int, int, int | None]:
        item = ITEM.match(self.text[start:end])
        if item is None:
            indent = len(self.text[start:end]) - len(self.text[start:end].lstrip())
            return (start, end, None if indent == 0 else -indent)
        return (start + item.end(), end, len(item.group(1).expandtabs(4)))

    def open_heading(self, level: int, title: str) -> None:
        self.headings = [h for h in self.headings if h[0] < level]
        title = title.strip().strip("*_").rstrip(":")
        binding = re.search(r"\b(instructions?|rules?|guidelines?|requirements?|policy|use|usage|how)\b", title, re.I)
        self.headings.append((level, title, bool(EXAMPLE_WORD.search(title)) and not binding))
        self.intros = []

    def read_tags(self, line: str, start: int, end: int) -> list[tuple[int, int]] | None:
        """Open and close the tags of a line; the spans of text between them, or None when it has no tag."""
        spans: list[tuple[int, int]] = []
        at, seen = start, False
        for m in TAG.finditer(line):
            name = m.group(2).lower()
            alone = line.strip() == m.group(0)
            leads = not line[: m.start()].strip() or f"</{m.group(2)}>".lower() in line[m.end() :].lower() or seen
            if not m.group(1) and not leads:
                continue  # a tag that a sentence speaks of
            if not (name in self.paired or (m.group(1) and alone)) or m.group(4):
                if alone and not m.group(1) and not m.group(4) and self.paired:
                    self.problems.append(
                        (self.line_of(start), "unbalanced-tag", f"the tag <{m.group(2)}> is never closed")
                    )
                    seen = True
                    at = start + m.end()
                continue
            seen = True
            spans.append((at, start + m.start()))
            if m.group(1):
                self.flush_span(spans)
                self.close_tag(name, start)
            else:
                self.flush_span(spans)
                self.tags.append((name, start, bool(EXAMPLE_TAG.search(name))))
                self.intros = []
            at = start + m.end()
        if not seen:
            return None
        spans.append((at, end))
        return spans

    def flush_span(self, spans: list[tuple[int, int]]) -> None:
        """Text before a tag belongs to what was open before it."""
        s, e = spans.pop()
        if self.text[s:e].strip():
            self.flush(self.open_line(s, e))

    def yaml_like(self, start: int, intro: str) -> bool:
        """Whether a line stands under a bare key (`rules:`), so that its quotation marks are YAML's."""
        lead = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        return bool(re.fullmatch(r"[a-z][\w -]{0,30}", intro.split(". ")[-1])) and lead.strip() in ("-", "*", "")

    def close_tag(self, name: str, start: int) -> None:
        for k in range(len(self.tags) - 1, -1, -1):
            if self.tags[k][0] == name:
                for tag, offset, _ in self.tags[k + 1 :]:
                    self.problems.append((self.line_of(offset), "unbalanced-tag", f"the tag <{tag}> is never closed"))
                del self.tags[k:]
                self.intros = []
                return
        self.problems.append((self.line_of(start), "unbalanced-tag", f"</{name}> closes a tag that was never opened"))

    def flush(self, pending: tuple[int, int, int | None] | None) -> None:
        """Turn gathered text into units."""
        if pending is None:
            return
        start, end, indent = pending
        level = indent if indent is not None and indent >= 0 else -1
        if level >= 0:
            self.intros = [i for i in self.intros if i[0] < level]
        elif indent is None or indent < 0:
            self.intros = [] if indent is None else [i for i in self.intros if i[2]]
        intro = " ".join(t for _, t, _ in self.intros)
        example = any(e for _, _, e in self.intros)
        section = (*self.base, *(t for t, _, _ in self.tags), *(t for _, t, _ in self.headings))
        quoted = example or any(q for _, _, q in self.headings) or any(q for _, _, q in self.tags)
        text = self.text[start:end]
        if (wrapped := YAML_STRING.fullmatch(text.rstrip())) and self.yaml_like(start, intro):
            start, end = start + wrapped.start("inner"), start + wrapped.end("inner")
            text = self.text[start:end]
        case = ""
        asked: tuple[int, str] | None = None
        for s, e in sentences(text):
            words = " ".join(text[s:e].split())
            if asked is not None and not words.endswith("?"):
                s, words = asked[0], f"If {asked[1]}, {words[:1].lower()}{words[1:]}"
            asked = None
            if words.endswith("?") and e < len(text.rstrip()) and (short := CASE_QUESTION.fullmatch(words)):
                asked = (s, short.group(1)[:1].lower() + short.group(1)[1:])
                continue
            if wrapped and wrapped.group("q") == "'":
                words = words.replace("''", "'")
            if not words:
                continue
            a, b = start + s, start + e
            unit = Unit(
                source=self.source.name, line=self.line_of(a), line_end=self.line_of(max(a, b - 1)), span=(a, b),
                text=words, section=section, intro=case or intro, conditions=self.branching.conditions(a),
                quoted=quoted or binds_nothing(words), precedence=self.source.precedence,
            )  # fmt: skip
            self.units.append(unit)
            if not case and (m := CASE_LABEL.match(words)) and (m.group(2) or len(m.group(1).split()) >= 3):
                case = "\x00" + (m.group(1) or m.group(2)).strip()
            if words.endswith(":") and e >= len(text.rstrip()):
                self.intros.append((level, words[:-1], bool(EXAMPLE_OPENING.search(words)) or is_example_intro(words)))
