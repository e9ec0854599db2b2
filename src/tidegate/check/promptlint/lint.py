"""From sources to findings: parse, filter, prove, explain.

`analyse` is the whole linter as one pure function.  z3 is loaded only when some topic is pulled
in two directions, so that a prompt without candidates costs no more than its parsing.
"""

# ruff: noqa: E501

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tidegate.check.promptlint import explain
from tidegate.check.promptlint.grammar.parse import parse_unit
from tidegate.check.promptlint.model import Core, Instruction, Priority, Source, Unit
from tidegate.check.promptlint.proof.cores import correction_sets, enumerate_cores, weight
from tidegate.check.promptlint.proof.meeting import exclusions
from tidegate.check.promptlint.proof.smt import Situations, reply_solver
from tidegate.check.promptlint.proof.topics import candidates, reaches_far, topics
from tidegate.check.promptlint.sources.document import parse_document
from tidegate.check.promptlint.sources.formats import parts_of
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Finding, Severity, Where

PROMPT_BYTES_MAX = 4 * 1024 * 1024


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one run found, before it is worded."""

    sources: tuple[Source, ...]
    units: tuple[Unit, ...]
    instructions: tuple[Instruction, ...]
    priorities: tuple[Priority, ...]
    cores: tuple[Core, ...]
    resolved: tuple[tuple[Instruction, Instruction, str], ...]  # (loser, winner, by what)
    problems: tuple[tuple[str, int, str, str], ...]  # (source, line, rule, words)


def analyse(sources: Sequence[Source], *, cores_max: int = 200) -> Analysis:
    """Lint sources as one prompt, in their order.

    Raises InputError when a source is too large, is no text, or is a template that is not balanced.
    """
    units: list[Unit] = []
    problems: list[tuple[str, int, str, str]] = []
    for source in sources:
        check_text(source)
        for part, offset in parts_of(source):
            document = parse_document(part, offset)
            units += document.units
            problems += [(source.name, line, rule, words) for line, rule, words in document.problems]
    instructions: list[Instruction] = []
    priorities: list[Priority] = []
    for unit in units:
        found, declared = parse_unit(unit)
        instructions += found
        priorities += declared
    cores, resolved = prove(instructions, priorities, cores_max=cores_max)
    return Analysis(
        sources=tuple(sources), units=tuple(units), instructions=tuple(instructions), priorities=tuple(priorities),
        cores=tuple(cores), resolved=tuple(resolved), problems=tuple(problems),
    )  # fmt: skip


def check_text(source: Source) -> None:
    """Refuse what is no prompt, with the remedy."""
    size = len(source.text)
    if size > PROMPT_BYTES_MAX:
        raise InputError(
            f"expected a prompt of at most {PROMPT_BYTES_MAX:,} characters, got {size:,}", where=source.name,
            remedy="lint the prompt itself, not the documents it is filled with",
        )  # fmt: skip
    if "\x00" in source.text[:4096]:
        raise InputError(
            "expected text, got a binary file", where=source.name, remedy="give a text, Markdown, YAML or JSON file"
        )


def prove(
    instructions: Sequence[Instruction], priorities: Sequence[Priority] = (), *, cores_max: int = 200
) -> tuple[list[Core], list[tuple[Instruction, Instruction, str]]]:
    """All minimal cores, and the pairs that a declared precedence or a special case resolves."""
    binding = [i for i in instructions if i.modality != "may"]
    pool = candidates(binding)
    if len(pool) < 2:
        return [], []
    cores: list[Core] = []
    resolved: list[tuple[Instruction, Instruction, str]] = []
    for group in components(pool):
        excluded, settled = exclusions(group, priorities)
        resolved += settled
        if len(group) < 2 or len(excluded) == len(group) * (len(group) - 1) // 2:
            continue
        situations = Situations(group, excluded)
        solver = reply_solver(group)
        apart = set(excluded)
        tags = [frozenset((ch, topic) for ch, topic, _ in topics(i)) for i in group]

        def related(
            a: int, b: int, apart: set[tuple[int, int]] = apart, tags: list[frozenset[tuple[str, str]]] = tags
        ) -> bool:
            return (a, b) not in apart and bool(tags[a] & tags[b])

        far = frozenset(k for k, i in enumerate(group) if reaches_far(i))
        for members in enumerate_cores(solver, situations, len(group), related=related, far=far, cores_max=cores_max):
            chosen = [group[k] for k in members]
            if len({(i.unit.source, i.unit.span) for i in chosen}) < 2:
                continue
            ordered = tuple(chosen)
            cores.append(Core(instructions=ordered, witness=situations.witness(members, group)))
    return distinct(cores), resolved


def distinct(cores: Sequence[Core]) -> list[Core]:
    """One core a set of lines: the one with the fewest instructions."""
    best: dict[tuple[tuple[str, int], ...], Core] = {}
    for core in cores:
        key = tuple(sorted(core.lines))
        if key not in best or len(core.instructions) < len(best[key].instructions):
            best[key] = core
    return sorted(best.values(), key=lambda c: (len(c.instructions), c.lines))


def components(pool: Sequence[Instruction]) -> list[list[Instruction]]:
    """Instructions that share a topic, directly or through others; duplicates of one line's draft once."""
    parent = list(range(len(pool)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    first: dict[tuple[str, str], int] = {}
    for k, i in enumerate(pool):
        for channel, topic, _ in topics(i):
            at = first.setdefault((channel, topic), k)
            parent[root(k)] = root(at)
    groups: dict[int, list[Instruction]] = {}
    for k, i in enumerate(pool):
        groups.setdefault(root(k), []).append(i)
    return list(groups.values())


# -- findings ------------------------------------------------------------------------------------


def findings(analysis: Analysis, subject: str = "") -> list[Finding]:
    """The cores and structural problems of an analysis as findings, in order of place."""
    out = [core_finding(core, subject) for core in analysis.cores]
    for source, line, rule, words in analysis.problems:
        out.append(
            Finding(
                rule=rule, severity=Severity.WARNING, subject=subject or source, message=words,
                where=Where(file=source, line=line), evidence={"certainty": "proved"},
                suggestion="close the tag, or escape the angle bracket",
            )
        )  # fmt: skip
    return sorted(out, key=lambda f: (f.severity is not Severity.ERROR, f.where.file or "", f.where.line or 0))


def core_finding(core: Core, subject: str = "") -> Finding:
    """One core as a finding: it points at the line that is cheapest to change."""
    changes = correction_sets([tuple(range(len(core.instructions)))], [weight(i) for i in core.instructions])
    cheapest = min((c[0] for c in changes), key=lambda k: (weight(core.instructions[k]), -k)) if changes else 0
    change = core.instructions[cheapest]
    evidence: dict[str, Any] = {
        "certainty": core.certainty,
        "core": [
            {"file": i.unit.source, "line": i.unit.line, "text": i.unit.text, "span": list(i.unit.span), "asks": explain.asks(i)}
            for i in unique_units(core.instructions)
        ],
        "why": explain.why(core.instructions),
        "witness": {
            "situation": explain.when(core.witness), "conditions": [x.said() for x in core.witness], "probe": explain.probe(core),
        },
        "correction": [{"file": change.unit.source, "line": change.unit.line}],
        "minimal": True,
    }  # fmt: skip
    if core.probability is not None:
        evidence["probability"] = core.probability
    soft = core.soft or core.arguable or core.certainty != "proved"
    rule = f"{explain.family(core.instructions)}-conflict"
    return Finding(
        rule=rule if core.certainty == "proved" else "possible-conflict",
        severity=Severity.WARNING if soft else Severity.ERROR,
        subject=subject or change.unit.source, message=explain.message(core),
        where=Where(file=change.unit.source, line=change.unit.line, span=change.unit.span),
        evidence=evidence, suggestion=explain.fix(core, change),
    )  # fmt: skip


def unique_units(instructions: Iterable[Instruction]) -> list[Instruction]:
    """One instruction a unit, in order of place."""
    seen: dict[tuple[str, tuple[int, int]], Instruction] = {}
    for i in instructions:
        seen.setdefault((i.unit.source, i.unit.span), i)
    return (
        sorted(seen.values(), key=lambda i: (i.unit.source, i.unit.span))
        if len({i.unit.source for i in seen.values()}) == 1
        else list(seen.values())
    )
