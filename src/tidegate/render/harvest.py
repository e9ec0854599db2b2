"""A suite's run for pull requests: JUnit XML for CI, Markdown for the comment, findings for SARIF; pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tidegate.curate.harvest.suites.suite import Suite
from tidegate.curate.harvest.suites.verdicts import CaseRecord, Rules, alarms, promoted
from tidegate.spine.case import Case, CaseStatus
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.finding import Certainty, Finding, Severity, Where
from tidegate.spine.gate import Gate, Verdict


def question_of(case: Case, width: int = 80) -> str:
    """The last thing the user said, on one line."""
    messages = case.input.get("messages") or [] if isinstance(case.input, dict) else []
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, list):
                content = " ".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
            text = " ".join(str(content or "").split())
            return text if len(text) <= width else text[: width - 1] + "…"
    return case.case_id


def findings_of(suite: Suite, records: Sequence[CaseRecord], rules: Rules) -> tuple[Finding, ...]:
    """What a run noticed: errors for blocking cases that came back, notes for what was fixed or cannot be decided."""
    cases = suite.by_id()
    hits = alarms(records, rules.alpha)
    return tuple(
        f for r, hit in zip(records, hits, strict=True) for f in _finding(cases[r.case_id], r, hit, suite, rules)
    )


def _finding(case: Case, r: CaseRecord, hit: bool, suite: Suite, rules: Rules) -> list[Finding]:
    place = suite.places.get(case.case_id)
    verdict = r.verdict(rules)
    runs = f"passed {r.passed} of {r.runs} runs"
    evidence: dict[str, Any] = {"certainty": Certainty.MEASURED.value, "passed": r.passed, "runs": r.runs,
                                "mode": case.mode}  # fmt: skip
    if r.baseline:
        evidence["before"] = {"passed": r.baseline.passed, "runs": r.baseline.runs}

    def found(rule: str, severity: Severity, message: str, suggestion: str) -> list[Finding]:
        where = Where(file=place[0], line=place[1]) if place else Where()
        return [Finding(rule=rule, severity=severity, subject=case.case_id, where=where, message=message,
                        evidence=evidence, suggestion=suggestion)]  # fmt: skip

    if hit:
        return found("case-came-back", Severity.ERROR, f"{question_of(case)!r} {runs}: {r.reason or 'it got worse'}",
                     "this failure was fixed before: do not ship it again")  # fmt: skip
    if promoted(r, rules):
        return found("case-fixed", Severity.NOTE, f"{question_of(case)!r} {runs}: fixed, it blocks from here on",
                     "run with --promote to write that down")  # fmt: skip
    if r.status is CaseStatus.BLOCKING and verdict is not Verdict.PASS:
        why = r.error if r.error and not r.runs else f"{runs}, which decides nothing yet"
        return found("case-undecided", Severity.WARNING, f"{question_of(case)!r}: {why}",
                     "raise --runs, or make the answer steadier")  # fmt: skip
    return []


def junit(suite: Suite, records: Sequence[CaseRecord], rules: Rules, gate: Gate, seconds: float = 0.0) -> str:
    """JUnit XML: a test a case, by failure mode; known failing cases are skipped tests, never failures."""
    cases = suite.by_id()
    hits = dict(zip((r.case_id for r in records), alarms(records, rules.alpha), strict=True))
    rows: dict[str, list[str]] = {}
    tally = {"failures": 0, "errors": 0, "skipped": 0}
    for r in records:
        case = cases[r.case_id]
        body, kind = _junit_body(r, hits[r.case_id], rules)
        if kind:
            tally[kind] += 1
        name = f"{question_of(case)} [{r.case_id}]"
        place = suite.places.get(r.case_id)
        at = f" file={_attribute(place[0])} line={_attribute(str(place[1]))}" if place else ""
        mode = case.mode or "unsorted"
        rows.setdefault(mode, []).append(
            f"    <testcase classname={_attribute(mode)} name={_attribute(name)}{at}>{body}</testcase>\n"
        )
    counts = f'tests="{len(records)}" ' + " ".join(f'{k}="{v}"' for k, v in tally.items())
    inner = "".join(f"  <testsuite name={_attribute(m)} tests=\"{len(t)}\">\n{''.join(t)}  </testsuite>\n"
                    for m, t in sorted(rows.items()))  # fmt: skip
    head = f'<testsuites name="tidegate harvest" {counts} time="{seconds:.3f}">\n'
    gate_row = (
        "" if gate.verdict is Verdict.PASS else f"  <!-- {_comment(gate.verdict.value + ': ' + gate.reason)} -->\n"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{gate_row}{inner}</testsuites>\n'


def _junit_body(r: CaseRecord, hit: bool, rules: Rules) -> tuple[str, str]:
    runs = f"passed {r.passed} of {r.runs} runs"
    if hit:
        return f"<failure message={_attribute(r.reason or 'it got worse')}>{_clean(escape(runs))}</failure>", "failures"
    if r.status is CaseStatus.KNOWN_FAILING:
        words = "fixed: it blocks from here on" if promoted(r, rules) else f"known failing, {runs}"
        return f"<skipped message={_attribute(words)}/>", "skipped"
    if r.verdict(rules) is not Verdict.PASS:
        words = r.error if r.error and not r.runs else f"undecided: {runs}"
        return f"<error message={_attribute(words)}/>", "errors"
    return "", ""


def _clean(text: str) -> str:
    """XML 1.0 knows no control characters."""
    return "".join(c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
                   else "�" for c in text)  # fmt: skip


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _comment(text: str) -> str:
    return _clean(text).replace("--", "‐‐")


def markdown(suite: Suite, records: Sequence[CaseRecord], rules: Rules, gate: Gate, more: Mapping[str, str]) -> str:
    """The pull request's comment: the verdict, what came back, what was fixed, then the numbers."""
    cases = suite.by_id()
    mark = {Verdict.PASS: "✅ pass", Verdict.FAIL: "❌ fail", Verdict.UNDECIDED: "❔ undecided"}[gate.verdict]
    out = [f"### Regression suite: {mark}", "", _cell(gate.reason) + ".", ""]
    hits = alarms(records, rules.alpha)
    back = [r for r, hit in zip(records, hits, strict=True) if hit]
    fixed = [r for r in records if promoted(r, rules)]
    unsure = [r for r in records if r.status is CaseStatus.BLOCKING and r not in back
              and r.verdict(rules) is not Verdict.PASS]  # fmt: skip
    for title, rows in (("Came back", back), ("Not decided", unsure), ("Fixed: blocking from here on", fixed)):
        if rows:
            out += [f"**{title}**", "", "| case | question | passed | why |", "|---|---|---|---|"]
            out += [
                f"| `{r.case_id}` | {_cell(question_of(cases[r.case_id], 60))} | {r.passed}/{r.runs} | "
                f"{_cell(r.reason or r.error)} |" for r in rows[:50]
            ]  # fmt: skip
            out += [f"| … | and {len(rows) - 50} more | | |"] * (len(rows) > 50) + [""]
    out += ["| measure | value | 95 % | n |", "|---|---|---|---|", *(_measure(m) for m in gate.measures), ""]
    out += [f"{_cell(k)}: {_cell(v)}  " for k, v in more.items()]
    return "\n".join(out) + "\n"


def _measure(m: Measure) -> str:
    if isinstance(m.value, Estimate):
        v = m.value
        return f"| {_cell(m.name)} | {v.value:.3g} | {v.low:.3g} to {v.high:.3g} | {v.n} |"
    return f"| {_cell(m.name)} | not measured: {_cell(m.value.reason)} | | |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("@", "@\u200b")
