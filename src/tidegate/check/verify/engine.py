# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""One answer in, every claim decided: prose by the static verifiers, code by the index, nothing guessed.

A verifier that fails on a text is asked again of each paragraph; the paragraph that it fails on is named in
`not_checked`, everything else is decided.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from tidegate.check.verify.announced.check import check_announced
from tidegate.check.verify.announced.told_equations import check_told_equations
from tidegate.check.verify.asked_value import check_asked_value
from tidegate.check.verify.assertion import unasserted
from tidegate.check.verify.chemistry.nuclear import check_nuclear
from tidegate.check.verify.chemistry.oxidation_changes import check_changes
from tidegate.check.verify.chemistry.prose import check_chemistry
from tidegate.check.verify.chemistry.solutions_told import check_solutions
from tidegate.check.verify.code.blocks import fences
from tidegate.check.verify.code.check import check_code
from tidegate.check.verify.code.source import check_source
from tidegate.check.verify.model import Knowledge, Lines, Verification
from tidegate.check.verify.numbers.arithmetic import check_arithmetic
from tidegate.check.verify.numbers.clock import check_clock
from tidegate.check.verify.numbers.listed import check_listed
from tidegate.check.verify.numbers.shapes_told import check_shapes
from tidegate.check.verify.numbers.solving import check_solved
from tidegate.check.verify.numbers.spoken import check_spoken
from tidegate.check.verify.numbers.story import check_story
from tidegate.check.verify.numbers.substitution import check_substituted
from tidegate.check.verify.numbers.tables import check_tables
from tidegate.check.verify.numbers.told import check_told
from tidegate.check.verify.published.constants import check_constants
from tidegate.check.verify.published.references import check_references
from tidegate.check.verify.published.registry import check_registry
from tidegate.check.verify.quantity.asked import check_answer_dimension
from tidegate.check.verify.quantity.conversions import check_conversions, check_rewritten
from tidegate.check.verify.quantity.dimensions import check_dimensions
from tidegate.check.verify.quantity.told_laws import check_told_laws
from tidegate.check.verify.quantity.told_ratios import check_counted_rates, check_half_lives, check_ratios
from tidegate.check.verify.schemes.check import check_schemes
from tidegate.spine.claim import Decision, Support
from tidegate.spine.finding import Finding, Severity, Where

RULES = {
    "equation": "arithmetic-slip", "quantity": "unit-conversion", "dimension": "dimension-mismatch", "oxidation-state": "oxidation-state",
    "charge": "ion-charge", "formula": "formula-of-name", "molar-mass": "molar-mass", "reaction": "unbalanced-reaction", "constant": "constant-value",
    "code": "code-syntax", "identifier": "unknown-name", "reference": "impossible-reference", "coefficient": "registry-mismatch", "simulation": "broken-invariant",
    "scheme": "broken-scheme", "code-unit": "unit-in-code",
}  # fmt: skip
PARAGRAPH_MAX = 4000
FAILURES = (RecursionError, ValueError, ArithmeticError, KeyError, IndexError, TypeError, AttributeError)
ByRange = Callable[[str, list[tuple[int, int]]], Iterable[Decision]]


def prose_ranges(text: str) -> list[tuple[int, int]]:
    """The text without fenced code, in pieces of bounded length that end at line ends."""
    out, at = [], 0
    for found in fences(text):
        out += _pieces(text, at, found.start())
        at = found.end()
    return out + _pieces(text, at, len(text))


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    out = []
    while start < end:
        stop = end
        if end - start > PARAGRAPH_MAX:
            cut = text.rfind("\n\n", start + 1, start + PARAGRAPH_MAX)
            cut = cut if cut > 0 else text.rfind("\n", start + 1, start + PARAGRAPH_MAX)
            cut = cut if cut > 0 else text.rfind(" ", start + 1, start + PARAGRAPH_MAX)
            stop = cut if cut > 0 else start + PARAGRAPH_MAX
        if text[start:stop].strip():
            out.append((start, stop))
        start = stop
    return out


# a pair of ** or __ around words; 2**3, a ** 2 and **kwargs are none
EMPHASIS = re.compile(r"(?<![\w*_)\]\\])(\*\*|__)(?=[^\s*_])([^*_\n]{1,200}?)(?<=[^\s*_])\1(?![\w*_(\[])")


def without_emphasis(text: str, ranges: list[tuple[int, int]]) -> str:
    """The text with the marks of bold print in prose as spaces: what they hold stands in its sentence; every offset stays."""
    if "**" not in text and "__" not in text:
        return text
    out, at = [], 0
    for start, end in ranges:
        out += [text[at:start], EMPHASIS.sub(r"  \2  ", text[start:end])]
        at = end
    return "".join([*out, text[at:]])


def verify_answer(answer: str, question: str = "", knowledge: Knowledge | None = None, *, subject: str = "answer",
                  file: str | None = None, more: Iterable[Decision] = (), program: bool = False) -> Verification:  # fmt: skip
    """Decide every claim of `answer`; `more` are decisions made elsewhere (simulations run in the sandbox).

    With `program` the whole text is Python source.
    """
    known = knowledge or Knowledge()
    ranges = [] if program else prose_ranges(answer)
    prose = without_emphasis(answer, ranges)
    by_range: tuple[tuple[str, ByRange], ...] = (
        ("arithmetic", check_arithmetic),
        ("substituted numbers", check_substituted),
        ("equations in one unknown", check_solved),
        ("arithmetic in words", check_spoken),
        ("arithmetic told", check_told),
        ("a stock told", check_story),
        ("lists", check_listed),
        ("times of day", check_clock),
        ("shapes", check_shapes),
        ("tables", check_tables),
        ("units", check_conversions),
        ("rewritten units", check_rewritten),
        ("laws told", check_told_laws),
        ("ratios told", check_ratios),
        ("counted rates told", check_counted_rates),
        ("half-lives told", check_half_lives),
        ("answer dimension", lambda text, r: check_answer_dimension(question, text, r)),
        ("dimensions", check_dimensions),
        ("chemistry", check_chemistry),
        ("changes of oxidation state", check_changes),
        ("solutions", check_solutions),
        ("nuclear", check_nuclear),
        ("constants", check_constants),
        ("references", lambda text, r: check_references(text, r, known.library, known.today)),
        ("registry", lambda text, r: check_registry(text, r, known.registry)),
        ("equations in words", check_told_equations),
    )
    whole: tuple[tuple[str, Callable[[], Iterable[Decision]]], ...] = (
        ("asked value", lambda: () if program or not question else check_asked_value(question, answer)),
        (
            "code",
            lambda: (
                check_source(answer, 0, known.packages, index_complete=known.packages_complete, index=known.api)
                if program
                else check_code(answer, known.packages, index_complete=known.packages_complete, index=known.api)
            ),
        ),
        ("numerical schemes", lambda: check_schemes(answer, program=program)),
        ("results announced", lambda: check_announced(prose, ranges, decisions, question)),
    )
    decisions: list[Decision] = list(more)
    failed: list[str] = []
    for name, check in by_range:
        try:
            decisions += check(prose, ranges)
        except FAILURES:
            decisions += _by_paragraph(name, check, prose, ranges, failed)
    for name, run in whole:
        try:
            decisions += run()
        except FAILURES as error:
            failed.append(f"{name}: {type(error).__name__}: {error}")
    decisions = [_asserted(answer, d) for d in _without_echoes(decisions)]
    decisions.sort(key=lambda d: d.claim.span)
    lines = Lines(answer)
    findings = tuple(finding_of(d, lines, subject, file) for d in decisions if d.support is Support.REFUTED)
    return Verification(text=answer, decisions=tuple(decisions), findings=findings, not_checked=tuple(failed))


def _by_paragraph(
    name: str, check: ByRange, text: str, ranges: list[tuple[int, int]], failed: list[str]
) -> Iterator[Decision]:
    """What a verifier that failed on a text says of its paragraphs; those that it fails on are told, the others decided."""
    for start, end in ranges:
        bounds = [start, *(m.end() for m in PARAGRAPH.finditer(text, start, end)), end]
        for a, b in itertools.pairwise(bounds):
            try:
                yield from list(check(text, [(a, b)]))
            except FAILURES as error:
                line = text.count("\n", 0, a) + 1
                failed.append(f"{name}, paragraph at line {line}: {type(error).__name__}: {error}")


PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
IN_CODE = frozenset({"code", "identifier", "simulation", "scheme", "code-unit"})


def _asserted(text: str, decision: Decision) -> Decision:
    """A refuted line that the text quotes, denies, asks or corrects is not its claim."""
    if decision.support is not Support.REFUTED or decision.claim.kind.split(":")[0] in IN_CODE:
        return decision
    reason = unasserted(text, *decision.claim.span)
    if not reason:
        return decision
    return msgspec.structs.replace(decision, support=Support.UNVERIFIABLE, message=reason, certainty="possible")


def _without_echoes(decisions: list[Decision]) -> list[Decision]:
    """One decision a claim: a span already decided by a more specific verifier is not decided again."""
    seen: dict[tuple[int, int, str, str], Decision] = {}
    for d in decisions:
        key = (*d.claim.span, d.claim.kind, d.claim.text)
        if key not in seen or (seen[key].support is Support.UNVERIFIABLE and d.support is not Support.UNVERIFIABLE):
            seen[key] = d
    return list(seen.values())


def finding_of(decision: Decision, lines: Lines, subject: str, file: str | None = None) -> Finding:
    """A refuted claim as a finding; only what is proved or measured may block."""
    a, b = decision.claim.span
    line, column = lines.place(a)
    evidence = {
        "certainty": decision.certainty, "verdict": "refuted", "claim": decision.claim.text, "kind": decision.claim.kind,
        "oracle": decision.receipt.oracle, "computation": decision.receipt.computation, **decision.receipt.detail,
    }  # fmt: skip
    if decision.probability is not None:
        evidence["probability"] = decision.probability
    remedy = re.search(r"; (balanced: .*|nearest: .*|use .*)", decision.receipt.computation)
    return Finding(
        rule=RULES.get(decision.claim.kind.split(":")[0], decision.claim.kind),
        severity=Severity.WARNING if decision.certainty == "possible" else Severity.ERROR,
        subject=subject,
        message=decision.message,
        where=Where(file=file, line=line, column=column, span=(a, b)),
        evidence=evidence,
        suggestion=remedy.group(1) if remedy is not None else "",
    )
