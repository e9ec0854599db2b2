"""From sources to findings: parse, filter, prove, explain.

`analyse` is the whole linter as one pure function.  z3 is loaded only when some topic is pulled
in two directions, so that a prompt without candidates costs no more than its parsing.
"""

# ruff: noqa: E501

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tidegate.check.promptlint import explain
from tidegate.check.promptlint.cores import correction_sets, enumerate_cores, weight
from tidegate.check.promptlint.document import parse_document
from tidegate.check.promptlint.formats import parts_of
from tidegate.check.promptlint.lemmas import lemma
from tidegate.check.promptlint.literals import SYNONYMS, stem
from tidegate.check.promptlint.model import Conjunction, Core, Instruction, Priority, Source, Unit
from tidegate.check.promptlint.parse import parse_unit
from tidegate.check.promptlint.smt import Situations, reply_solver
from tidegate.check.promptlint.text import tokens
from tidegate.check.promptlint.topics import candidates, reaches_far, topics
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
        excluded, settled = exclusions(group, instructions, priorities)
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


def exclusions(
    group: Sequence[Instruction], everything: Sequence[Instruction], priorities: Sequence[Priority]
) -> tuple[list[tuple[int, int]], list[tuple[Instruction, Instruction, str]]]:
    """Pairs that never bind together, and of those the ones that a precedence settles."""
    out: list[tuple[int, int]] = []
    settled: list[tuple[Instruction, Instruction, str]] = []
    for a in range(len(group)):
        for b in range(a + 1, len(group)):
            x, y = group[a], group[b]
            if same_ask(x, y):
                continue
            reason = yields(x, y, priorities)
            if reason:
                out.append((a, b))
                if opposed(x, y):
                    loser, winner, how = reason
                    settled.append((loser, winner, how))
            elif not may_meet(x, y):
                out.append((a, b))
    _ = everything
    return out, settled


def same_ask(a: Instruction, b: Instruction) -> bool:
    """Whether two instructions ask exactly the same."""
    return a.semantic_key == b.semantic_key


def opposed(a: Instruction, b: Instruction) -> bool:
    """Whether two instructions speak of one attribute with different demands."""
    return a.constraint.attribute == b.constraint.attribute and a.constraint != b.constraint


def yields(
    a: Instruction, b: Instruction, priorities: Sequence[Priority]
) -> tuple[Instruction, Instruction, str] | None:
    """(loser, winner, why) when one gives way to the other by declaration or as the special case."""
    for p in priorities:
        for winner, loser in ((a, b), (b, a)):
            if (
                selects(p.winner, winner, p.unit)
                and selects(p.loser, loser, p.unit)
                and not (selects(p.winner, loser, p.unit) and selects(p.loser, winner, p.unit))
            ):
                return loser, winner, f"declared on {p.unit.source}:{p.unit.line}"
            if p.winner == ("later",) and (loser.unit.span < winner.unit.span):
                return loser, winner, f"the later rule wins ({p.unit.source}:{p.unit.line})"
            if p.winner == ("earlier",) and (winner.unit.span < loser.unit.span):
                return loser, winner, f"the earlier rule wins ({p.unit.source}:{p.unit.line})"
    pa, pb = a.unit.precedence, b.unit.precedence
    if pa is not None and pb is not None and pa != pb:
        return (b, a, "precedence of its layer") if pa < pb else (a, b, "precedence of its layer")
    if a.default != b.default:
        return (a, b, "a default gives way") if a.default else (b, a, "a default gives way")
    for lo, hi in ((a, b), (b, a)):
        if not lo.universal and not lo.prohibition and narrower(hi, lo):
            return lo, hi, "the special case"
        if not lo.universal and not lo.scope and hi.scope[:1] == ("part",) and not isinstance(lo.constraint.value, int):
            return lo, hi, "the part's own rule"
        if (
            hi.constraint.attribute == lo.constraint.attribute == "consent"
            and not lo.universal
            and set(hi.restrict) > set(lo.restrict)
        ):
            return lo, hi, "the special case"
        if lo.exceptions and hi.guard and (not hi.universal or overlap(lo.exceptions, hi.guard) >= 0.3):
            return lo, hi, "the exception"
        if lo.exceptions and object_words(hi) & literal_words(lo.exceptions):
            return lo, hi, "the exception"
        if lo.exceptions and any(w and w <= sentence_words(hi.unit.text) for w in map(literal_words_of, lo.exceptions)):
            return lo, hi, "the exception"
    return None


def selects(selector: tuple[str, ...], i: Instruction, unit: Unit) -> bool:
    """Whether a precedence statement's selector means this instruction."""
    kind = selector[0]
    if kind == "self":
        return (i.unit.span == unit.span and i.unit.source == unit.source) or (
            i.unit.source == unit.source and i.unit.line == unit.line
        )
    if kind == "rest":
        return i.unit.line != unit.line or i.unit.source != unit.source
    if kind == "above":
        return i.unit.source == unit.source and i.unit.span < unit.span
    if kind == "below":
        return i.unit.source == unit.source and i.unit.span > unit.span
    if kind == "number":
        return any(label.split()[-1] == selector[1] for label in i.labels if label) or i.unit.line == int(selector[1])
    if kind == "label":
        wanted = set(selector[1:])
        words = {w for label in i.labels for w in label.replace("_", " ").split()}
        named = {explain.family([i]), i.constraint.attribute.split(".")[0]}
        return wanted <= (words | named | {w.rstrip("s") for w in words})
    return False


def narrower(hi: Instruction, lo: Instruction) -> bool:
    """Whether `hi` binds only in some of the situations in which `lo` binds."""
    if not hi.guard:
        return False
    if not lo.guard:
        return not lo.exceptions
    return all(any(set(c) > set(d) for d in lo.guard) for c in hi.guard)


def literal_words(conjunctions: Iterable[Conjunction]) -> set[str]:
    """Content words of conditions."""
    return {w for c in conjunctions for x in c for w in f"{x.key} {x.value}".split()}


def literal_words_of(conjunction: Conjunction) -> frozenset[str]:
    """Content words of one condition."""
    return frozenset(literal_words((conjunction,)))


@lru_cache(maxsize=20_000)
def sentence_words(text: str) -> frozenset[str]:
    """The stems of a sentence, as conditions are keyed."""
    toks = tokens(text.lower())
    return frozenset(stem(w) for t in toks for w in (SYNONYMS.get(t.lemma, t.lemma), t.lemma))


def object_words(i: Instruction) -> set[str]:
    """The stems of what an instruction is narrowed to, or of the part it speaks of."""
    return {stem(lemma(w)) for x in (*i.scope[1:], *i.restrict) for w in x.split()}


def overlap(a: Iterable[Conjunction], b: Iterable[Conjunction]) -> float:
    """Jaccard overlap of the words of two conditions."""
    x, y = literal_words(a), literal_words(b)
    return len(x & y) / len(x | y) if x | y else 0.0


def may_meet(a: Instruction, b: Instruction) -> bool:
    """Whether two instructions can be shown to bind at once.

    Two different unknown conditions cannot: nothing is known of a situation that has both, so
    no witness could be given.
    """
    if a.channel != b.channel:
        return False
    if not a.guard or not b.guard:
        return True
    opaque_a = {(x.key, x.value, x.positive) for c in a.guard for x in c if not x.known or x.key.startswith("phase ")}
    opaque_b = {(x.key, x.value, x.positive) for c in b.guard for x in c if not x.known or x.key.startswith("phase ")}
    if _never_together(a, b):
        return False
    known_a = {x.key for c in a.guard for x in c if x.known}
    known_b = {x.key for c in b.guard for x in c if x.known}
    if opaque_a - opaque_b and opaque_b - opaque_a:
        return False
    return not (
        (opaque_a != opaque_b or known_a != known_b) and not (a.universal or b.universal) and (opaque_a or opaque_b)
    )


def _never_together(a: Instruction, b: Instruction) -> bool:
    """Whether one binds in business hours and the other on free days: nothing shows a moment that is both."""
    kinds = [{x.said() for c in i.guard for x in c if x.positive} for i in (a, b)]
    return any(
        any("hours" in s for s in x) and any(re.search(r"\b(?:weekend|holiday|saturday|sunday)", s) for s in y)
        for x, y in (kinds, kinds[::-1])
    )


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
