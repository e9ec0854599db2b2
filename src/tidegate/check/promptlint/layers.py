"""Layered prompts: who owns which layer, what overrides what, and a record of every decision.

A prompt is files with front matter (`layer`, `owner`, `concerns`).  `build` renders them in the
fixed order safety, product, agent, task; where two layers ask for things that cannot hold
together, the higher layer stands, the lower line is left out, and the record says so.  Each
concern (length, format, tone, refusal) should be governed by exactly one block.
"""

# ruff: noqa: E501

import re
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import yaml

from tidegate.check.promptlint import explain
from tidegate.check.promptlint.lint import analyse, core_finding
from tidegate.check.promptlint.model import Core, Source
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import InputError, nearest
from tidegate.spine.finding import Finding, Severity, Where

LAYERS = ("safety", "product", "agent", "task")
CONCERNS = ("length", "format", "tone", "refusal")
CONCERN_OF = {"count": "length", "length": "length", "format": "format", "tone": "tone", "verbosity": "length", "refusal": "refusal",
              "case": "format", "opening": "tone", "audience": "tone"}  # fmt: skip
KEYS = frozenset({"layer", "owner", "concerns", "precedence", "name", "description", "version"})
FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered prompt, the record of what was decided, and what is wrong."""

    text: str
    record: dict[str, Any]
    findings: tuple[Finding, ...]


def front_matter(source: Source) -> dict[str, Any]:
    """The declared layer, owner and concerns of a file; {} when it has none."""
    m = FRONT.match(source.text)
    if m is None:
        return {}
    try:
        value = yaml.safe_load(m.group(1))
    except yaml.YAMLError as error:
        raise InputError(f"front matter is not YAML: {error}", where=f"{source.name}:1") from error
    return value if isinstance(value, dict) else {}


def with_front_matter(source: Source) -> Source:
    """The source with its declared layer, owner and precedence; the front matter is blanked, lines stay."""
    declared = front_matter(source)
    if "layer" not in declared and "precedence" not in declared and "owner" not in declared:
        return source
    for key in declared if "layer" in declared else ():  # other tools have keys of their own
        if key not in KEYS:
            raise InputError(
                f"front matter has no key {key!r}", where=f"{source.name}:1", remedy=nearest(str(key), KEYS)
            )
    layer = str(declared.get("layer", ""))
    if layer and layer not in LAYERS:
        raise InputError(f"expected a layer, got {layer!r}", where=f"{source.name}:1", remedy=nearest(layer, LAYERS))
    precedence = declared.get("precedence", LAYERS.index(layer) if layer else None)
    if precedence is not None and not isinstance(precedence, int):
        raise InputError(f"expected a whole number (smaller wins), got {precedence!r}", where=f"{source.name}:1")
    concerns = declared.get("concerns", [])
    for concern in concerns if isinstance(concerns, list) else [concerns]:
        if concern not in CONCERNS:
            raise InputError(
                f"expected a concern, got {concern!r}", where=f"{source.name}:1", remedy=nearest(str(concern), CONCERNS)
            )
    m = FRONT.match(source.text)
    assert m is not None
    blank = re.sub(r"[^\n]", " ", m.group(0))
    return msgspec.structs.replace(
        source, text=blank + source.text[m.end() :], layer=layer, owner=str(declared.get("owner", "")), precedence=precedence,
        concerns=tuple(concerns if isinstance(concerns, list) else [concerns]),
    )  # fmt: skip


def build(sources: Sequence[Source]) -> Built:
    """Render layers in order, resolve by precedence, and write the record.

    Raises InputError when a file declares no layer.
    """
    for s in sources:
        if not s.layer:
            raise InputError("expected front matter with a layer", where=f"{s.name}:1",
                             remedy="begin the file with ---\\nlayer: product\\nowner: '@team'\\n---")  # fmt: skip
    ordered = sorted(sources, key=lambda s: (s.precedence if s.precedence is not None else 99, s.name))
    flat = [msgspec.structs.replace(s, precedence=None) for s in ordered]
    rank = {s.name: (s.precedence if s.precedence is not None else 99) for s in ordered}
    dropped: dict[tuple[str, tuple[int, int]], dict[str, Any]] = {}
    problems: list[Finding] = []
    for core in analyse(flat).cores:
        ranks = {rank[i.unit.source] for i in core.instructions}
        if len(ranks) == 1:
            problems.append(core_finding(core))
            continue
        lowest = max(ranks)
        losers = [i for i in core.instructions if rank[i.unit.source] == lowest]
        loser = losers[-1]
        if any((i.unit.source, i.unit.span) in dropped for i in core.instructions):
            continue
        dropped[(loser.unit.source, loser.unit.span)] = _decision(core, loser, ordered)
    text = "\n\n".join(filter(None, (_rendered(s, dropped) for s in ordered))) + "\n"
    coverage, missing = concern_coverage(ordered, dropped)
    record = {
        "version": content_hash(text.encode()),
        "layers": [{"file": s.name, "layer": s.layer, "owner": s.owner, "version": content_hash(s.text.encode())} for s in ordered],
        "decisions": list(dropped.values()), "concerns": coverage,
    }  # fmt: skip
    return Built(text=text, record=record, findings=(*problems, *missing))


def _decision(core: Core, loser: Any, sources: Sequence[Source]) -> dict[str, Any]:
    owners = {s.name: s.owner for s in sources}
    winners = [i for i in core.instructions if i is not loser]
    return {
        "dropped": {"file": loser.unit.source, "line": loser.unit.line, "text": loser.unit.text, "owner": owners[loser.unit.source]},
        "for": [{"file": i.unit.source, "line": i.unit.line, "text": i.unit.text, "owner": owners[i.unit.source]} for i in winners],
        "why": explain.why(core.instructions), "situation": explain.when(core.witness),
    }  # fmt: skip


def _rendered(source: Source, dropped: dict[tuple[str, tuple[int, int]], dict[str, Any]]) -> str:
    """A layer's text without the sentences that lost."""
    text = source.text
    for _, (start, end) in sorted((k for k in dropped if k[0] == source.name), key=lambda k: -k[1][0]):
        text = text[:start] + text[end:]
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for line in lines if not re.fullmatch(r"\s*(?:[-*+•]|\d+[.)])\s*", line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def concern_coverage(
    sources: Sequence[Source], dropped: Collection[tuple[str, tuple[int, int]]] = ()
) -> tuple[dict[str, list[str]], list[Finding]]:
    """Which files govern each concern, and a finding for every concern with none or several.

    A file governs what it declares; what no file declares is governed by those whose lines (the
    dropped ones aside) speak of it.
    """
    governs: dict[str, list[str]] = {c: [] for c in CONCERNS}
    declared = {c: [s.name for s in sources if c in s.concerns] for c in CONCERNS}
    for s in sources:
        flat = analyse([msgspec.structs.replace(s, precedence=None)], cores_max=0)
        concerns = {
            CONCERN_OF.get(explain.family([i]))
            for i in flat.instructions
            if not i.scope and not i.guard and i.channel == "reply" and (s.name, i.unit.span) not in dropped
        }
        for c in CONCERNS:
            if c in s.concerns or c in concerns:
                governs[c].append(s.name)
    out = []
    for concern, files in governs.items():
        if len(files) == 1:
            continue
        owner, others = declared[concern], [f for f in files if f not in declared[concern]]
        if len(owner) == 1:
            words = f"{owner[0]} governs {concern}, and {', '.join(others)} speaks of it too"
        else:
            words = (
                f"{len(files)} files govern {concern}: {', '.join(files)}" if files else f"no layer governs {concern}"
            )
        out.append(
            Finding(
                rule="concern-coverage", severity=Severity.WARNING, subject=concern, message=words,
                where=Where(file=([*others, *files] or [s.name for s in sources] or [""])[0], line=1),
                evidence={"certainty": "proved", "files": files},
                suggestion=f"let exactly one layer say what holds for {concern}",
            )
        )  # fmt: skip
    return governs, out
