"""Who brought a contradiction in, and which lines a change touched: a prompt's findings beside its git history."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import msgspec

from tidegate.check.promptlint.lint import Analysis, analyse
from tidegate.check.promptlint.model import Core, Source
from tidegate.check.promptlint.timeline import (
    Introduction,
    LineOrigin,
    introductions,
    moves,
    owners_of,
    parse_codeowners,
    section_owner,
)
from tidegate.readers import git_history
from tidegate.spine.finding import Finding, Severity, Where


def blamed(results: list[Finding], analysis: Analysis, group: list[Source], owners: dict[str, str]) -> list[Finding]:
    """Add who and when: the author of each core line, the commit where the core began, the owners."""
    if not any("core" in f.evidence for f in results):
        return results
    origin: dict[str, dict[int, LineOrigin]] = {}
    code: dict[str, tuple[str, ...]] = {}
    for s in group:
        path = Path(s.name)
        origin[s.name] = git_history.blame(path) if path.is_file() else {}
        declared = git_history.codeowners(path) if path.is_file() else None
        code[s.name] = owners_of(declared[1], parse_codeowners(declared[0])) if declared else ()
    began: dict[tuple[tuple[str, int], ...], Introduction] = {}
    if len(group) == 1 and analysis.cores and Path(group[0].name).is_file():
        began = _began(list(analysis.cores), group[0])
    sections = {(u.source, u.line): u.section for u in analysis.units}
    out = []
    for f in results:
        core = f.evidence.get("core")
        if not isinstance(core, list):
            out.append(f)
            continue
        lines = []
        for c in core:
            who = origin.get(c["file"], {}).get(c["line"])
            owner = section_owner(sections.get((c["file"], c["line"]), ()), owners) or " ".join(code.get(c["file"], ()))
            lines.append(
                {
                    **c,
                    **({"commit": who.commit, "author": who.author} if who else {}),
                    **({"owner": owner} if owner else {}),
                }
            )
        evidence = {**f.evidence, "core": lines}
        where = f.where
        start = began.get(tuple(sorted((c["file"], c["line"]) for c in core)))
        if start is not None:
            r = start.revision
            evidence["introduced"] = {"commit": r.commit, "author": r.author, "date": r.date, "subject": r.subject,
                                      "first_seen": start.first.commit}  # fmt: skip
            where = msgspec.structs.replace(where, commit=r.commit, author=r.author)
        else:
            newest = max(
                (w for c in core if (w := origin.get(c["file"], {}).get(c["line"])) is not None), key=lambda w: w.time_s, default=None
            )  # fmt: skip
            if newest is not None and newest.commit:
                where = msgspec.structs.replace(where, commit=newest.commit, author=newest.author)
        out.append(msgspec.structs.replace(f, where=where, evidence=evidence))
    return out


def _began(cores: list[Core], source: Source) -> dict[tuple[tuple[str, int], ...], Introduction]:
    history = git_history.revisions(Path(source.name))
    starts = introductions(cores, history, source.name)
    return {tuple(sorted(c.lines)): s for c, s in zip(cores, starts, strict=True) if s is not None}


def touching(results: list[Finding], group: list[Source], reference: str) -> tuple[list[Finding], list[Finding]]:
    """Findings with a line changed since `reference`, and notes on lines that only moved."""
    changed = {s.name: git_history.changed_lines(Path(s.name), reference) for s in group if Path(s.name).is_file()}
    kept = [
        f for f in results
        if any(c["line"] in changed.get(c["file"], ()) for c in f.evidence.get("core", ({"file": f.where.file, "line": f.where.line},)))
    ]  # fmt: skip
    moved: list[Finding] = []
    for s in group:
        before = git_history.text_at(Path(s.name), reference) if Path(s.name).is_file() else None
        if before is None:
            continue
        old = analyse([Source(name=s.name, text=before)], cores_max=0).units
        new = analyse([s], cores_max=0).units
        for a, b in moves(old, new):
            moved.append(
                Finding(rule="line-moved", severity=Severity.NOTE, subject=s.name,
                        message=f"line {a.line} stands on line {b.line} now; its words are the same, its position is not",
                        where=Where(file=s.name, line=b.line, span=b.span), evidence={"certainty": "proved", "from_line": a.line},
                        suggestion="position acts on models: probe it if it is a critical rule")
            )  # fmt: skip
    return kept, moved
