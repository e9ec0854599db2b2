# ruff: noqa: E501
"""A failed conversation → a case, or the reason why it stays a report.  The loop's first half in one function.

    record ─► detect ─► envelope ─► expectation ─► scrub ─► proof: still fails, nothing personal left ─► Case

The proof is run on the scrubbed case with the scrubbed failure: the oracles must fail on it, and a
second look (`leftover`, and every value that was taken out) must find nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tidegate.curate.harvest.capture.envelope import envelope_of, input_of
from tidegate.curate.harvest.capture.expectation import expectation_of, given
from tidegate.curate.harvest.capture.oracle import evaluate
from tidegate.curate.harvest.capture.outcomes import outcome_of
from tidegate.curate.harvest.model import CASE_KIND, Detection, Envelope, Outcome, Signal, SignalKind
from tidegate.curate.harvest.scrubbing.learn import learn
from tidegate.curate.harvest.scrubbing.scrub import Scrubber, leftover
from tidegate.curate.harvest.signals.detect import detect
from tidegate.curate.harvest.signals.dialogue import read_turns
from tidegate.curate.harvest.signals.implicit import Similar, lexical_similarity
from tidegate.spine.case import Case, CaseStatus, Provenance, make_case
from tidegate.spine.gate import Verdict


class Harvested(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one conversation: a case, or why not; what was removed and what was cut."""

    detection: Detection
    case: Case | None = None
    reason: str = ""  # why it is no case
    removed: Mapping[str, int] = msgspec.field(default_factory=dict)
    cut: tuple[str, ...] = ()
    envelope: Envelope | None = None
    failure: Mapping[str, Any] = msgspec.field(default_factory=dict)  # the recorded failure, scrubbed


def harvest(record: Mapping[str, Any], *, trace_id: str = "", tenant: str | None = None, seen: str | None = None,
            similar: Similar = lexical_similarity, extra: Iterable[Signal] = (), scrubber: Scrubber | None = None) -> Harvested:  # fmt: skip
    """One record (`messages`, `feedback`, `expected_actions` …) made a case, if it failed and can be proved to."""
    feedback = record.get("feedback")
    entries = [e for e in (feedback if isinstance(feedback, list) else [feedback]) if isinstance(e, Mapping)]
    messages = record.get("messages")
    product = record.get("product")
    detection = detect(messages, product=product if isinstance(product, str) else "", feedback=entries, similar=similar)
    more = tuple(extra)
    expected = isinstance(record.get("expected_actions"), list) or record.get("expected_state") is not None
    if more and not detection.failed:
        first = more[0]
        detection = Detection(
            failed=True,
            failing_turn=first.failing_turn,
            signal=first.kind,
            mode=str(first.evidence.get("mode") or first.kind.value.replace("_", "-")),
        )
    detection = msgspec.structs.replace(detection, signals=(*detection.signals, *more))
    if detection.failed is None and not expected:
        return Harvested(detection=detection, reason=detection.abstained)
    if expected:
        return _whole_run(record, detection, trace_id, tenant, seen, scrubber or Scrubber())
    if not detection.failed or detection.failing_turn is None:
        return Harvested(detection=detection, reason="nothing in it says that it failed")
    return _one_answer(record, detection, trace_id, tenant, seen, scrubber or Scrubber())


def _one_answer(
    record: Mapping[str, Any],
    detection: Detection,
    trace_id: str,
    tenant: str | None,
    seen: str | None,
    scrubber: Scrubber,
) -> Harvested:
    assert detection.failing_turn is not None
    envelope = envelope_of(record, detection.failing_turn, trace_id=trace_id)
    if not any(m.get("role") == "user" for m in envelope.messages):
        return Harvested(detection=detection, reason="no user message is left to ask again", cut=envelope.cut)
    loop = detection.signal is SignalKind.TOOL_LOOP
    failed_rows = list(record.get("messages") or ())[: detection.failing_turn + 1] if loop else [envelope.output]
    failure_raw = {
        "messages": [m for m in failed_rows if isinstance(m, Mapping) and m.get("role") in ("assistant", "tool")]
    }
    turns = read_turns(record.get("messages"))
    failure = outcome_of(failure_raw)
    expect = expectation_of(record, turns, detection.signals, detection.failing_turn, failure)
    return _prove(record, detection, envelope, expect, failure_raw, tenant, seen, scrubber)


def _whole_run(
    record: Mapping[str, Any],
    detection: Detection,
    trace_id: str,
    tenant: str | None,
    seen: str | None,
    scrubber: Scrubber,
) -> Harvested:
    """A run with known expected actions or state: asked again from its start, decided by what it does."""
    rows = [m for m in record.get("messages") or () if isinstance(m, Mapping) and m.get("role")]
    start = next((i for i, m in enumerate(rows) if m.get("role") == "assistant"), len(rows))
    envelope = envelope_of({**record, "messages": rows}, start, trace_id=trace_id, whole_run=True)
    failure_raw = {"messages": rows[start:], "state": record.get("state")}
    failure = outcome_of(failure_raw)
    expect = tuple(spec for spec in given(record) if evaluate([spec], failure).verdict is Verdict.FAIL)
    if not expect:
        settled = msgspec.structs.replace(detection, failed=False)  # what the user's mood said is outranked
        return Harvested(detection=settled, reason="the run did what was expected", cut=envelope.cut)
    last = max((i for i, m in enumerate(rows) if m.get("role") == "assistant"), default=None)
    found = (
        detection
        if detection.failed
        else Detection(
            failed=True, failing_turn=last, signal=SignalKind.FINDING, mode="wrong-actions", signals=detection.signals
        )
    )
    return _prove(record, found, envelope, expect, failure_raw, tenant, seen, scrubber)


def _prove(record: Mapping[str, Any], detection: Detection, envelope: Envelope, expect: tuple[dict[str, Any], ...],
           failure_raw: Mapping[str, Any], tenant: str | None, seen: str | None, scrubber: Scrubber) -> Harvested:  # fmt: skip
    """Scrub input, expectation and failure with one memory; the case stands only if it still fails and nothing is left."""
    if not expect:
        return Harvested(detection=detection, cut=envelope.cut,
                         reason="no oracle can tell this failure without a model: kept as a report, not as a case")  # fmt: skip
    everything = input_of(envelope)
    said = "\n".join(t.text for t in read_turns([*envelope.messages, envelope.output]))
    learn(scrubber, [*record.get("messages", ()), *failure_raw.get("messages", ())], said)  # all names first
    clean_input = _clean_input(scrubber, everything)
    clean_expect = tuple(scrubber.value(e) for e in expect)
    clean_failure = {**failure_raw, "messages": [scrubber.message(m) for m in failure_raw.get("messages", ())]}
    if failure_raw.get("state") is not None:
        clean_failure["state"] = scrubber.value(failure_raw["state"])
    verdict = evaluate(clean_expect, outcome_of(clean_failure))
    if verdict.verdict is not Verdict.FAIL:
        return Harvested(detection=detection, removed=scrubber.found, cut=envelope.cut,
                         reason=f"without its personal data it no longer fails ({verdict.reason}): kept as a report")  # fmt: skip
    rest = sorted(set(leftover([clean_input, list(clean_expect)])))
    if rest:
        return Harvested(detection=detection, removed=scrubber.found, cut=envelope.cut,
                         reason=f"personal data was left ({', '.join(rest)}): refused")  # fmt: skip
    provenance = Provenance(source="production", trace_id=envelope.trace_id or None, tenant=tenant, first_seen=seen,
                            finding_rule=f"harvest-{detection.signal.value.replace('_', '-')}" if detection.signal else None,
                            note="; ".join(envelope.cut) or None)  # fmt: skip
    case = make_case(CASE_KIND, clean_input, clean_expect, status=CaseStatus.KNOWN_FAILING, mode=detection.mode,
                     provenance=provenance)  # fmt: skip
    clean_envelope = msgspec.structs.replace(envelope, messages=tuple(clean_input["messages"]), output=(clean_failure["messages"] or [{}])[0],
                                             tools=tuple(clean_input.get("tools", ())), documents=tuple(clean_input.get("documents", ())),
                                             correction=scrubber.value(envelope.correction))  # fmt: skip
    return Harvested(
        detection=detection,
        case=case,
        removed=scrubber.found,
        cut=envelope.cut,
        envelope=clean_envelope,
        failure=clean_failure,
    )


def _clean_input(scrubber: Scrubber, given: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {"messages": [scrubber.message(m) for m in given["messages"]]}
    for name in ("documents", "parameters"):
        if name in given:
            out[name] = scrubber.value(given[name])
    for name in ("tools", "model"):  # the developers' own words: names and schemas, no user's data
        if name in given:
            out[name] = given[name]
    return out


def still_fails(case: Case, failure: Outcome) -> bool:
    """Whether a case fails on a recorded failure."""
    return evaluate(case.expect, failure).verdict is Verdict.FAIL
