"""Findings as GitHub workflow commands: they appear beside the lines of the pull request."""

from collections.abc import Iterable

from tidegate.spine.finding import Finding, Severity

COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(findings: Iterable[Finding]) -> str:
    """One command a finding; newlines and separators are escaped as the runner wants them."""
    return "".join(_command(f) + "\n" for f in findings)


def _command(finding: Finding) -> str:
    where = [f"file={_property(finding.where.file)}"] if finding.where.file else []
    if finding.where.line is not None:
        where.append(f"line={finding.where.line}")
    where.append(f"title={_property(finding.rule)}")
    text = finding.message + (f" → {finding.suggestion}" if finding.suggestion else "")
    return f"::{COMMAND[finding.severity]} {','.join(where)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
