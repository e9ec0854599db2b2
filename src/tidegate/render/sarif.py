"""Findings as SARIF 2.1.0, the format code hosts read; every verb's findings go through here."""

from collections.abc import Sequence
from typing import Any

from tidegate.spine.finding import Finding, Severity

LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Finding], *, version: str, tool: str = "tidegate") -> dict[str, Any]:
    """One SARIF document: a rule a rule name, a result a finding, a related location a core line."""
    rules = list(dict.fromkeys(f.rule for f in findings))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": tool, "version": version, "rules": [{"id": r, "name": r} for r in rules]}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(f, rules) for f in findings],
            }
        ],
    }


def _result(finding: Finding, rules: Sequence[str]) -> dict[str, Any]:
    text = finding.message + (f" Suggestion: {finding.suggestion}." if finding.suggestion else "")
    out: dict[str, Any] = {
        "ruleId": finding.rule, "ruleIndex": rules.index(finding.rule), "level": LEVEL[finding.severity],
        "message": {"text": text}, "properties": {"certainty": finding.evidence.get("certainty", "")},
    }  # fmt: skip
    if finding.where.file:
        out["locations"] = [_location(finding.where.file, finding.where.line)]
    related = [
        {**_location(str(c["file"]), int(c["line"])), "message": {"text": str(c.get("text", ""))}}
        for c in finding.evidence.get("core", ()) if isinstance(c, dict) and "file" in c and "line" in c
    ]  # fmt: skip
    if related:
        out["relatedLocations"] = [{"id": k, **r} for k, r in enumerate(related, start=1)]
    return out


def _location(file: str, line: int | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": file.replace("\\", "/")}}
    if line is not None:
        place["region"] = {"startLine": max(1, line)}
    return {"physicalLocation": place}
