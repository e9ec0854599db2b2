"""Findings a team has seen and keeps for now: known by what the lines say, not by where they stand."""

import re
from collections.abc import Iterable

from tidegate.spine.codec import content_hash
from tidegate.spine.finding import Finding


def fingerprint(finding: Finding) -> str:
    """A name of a finding that survives moves and reformatting."""
    texts = sorted(
        " ".join(re.findall(r"\w+", str(c.get("text", "")).lower())) for c in finding.evidence.get("core", ())
    )
    return content_hash([finding.rule, texts or [finding.message]])


def split(findings: Iterable[Finding], known: Iterable[str]) -> tuple[list[Finding], list[Finding]]:
    """(new, known) findings."""
    seen = set(known)
    fresh: list[Finding] = []
    old: list[Finding] = []
    for f in findings:
        (old if fingerprint(f) in seen else fresh).append(f)
    return fresh, old
