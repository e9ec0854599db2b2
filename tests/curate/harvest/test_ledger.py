"""A case is a promise: taking it back without a reason blocks, and the chain shows an edited line."""

import msgspec
import pytest

from tidegate.curate.harvest.suites.ledger import (
    Action,
    Line,
    append,
    audit,
    dump_ledger,
    entry,
    read_ledger,
    rechain,
    standing,
)
from tidegate.curate.harvest.suites.suite import Suite
from tidegate.spine.case import Case, CaseStatus, make_case
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Severity


def case(question: str, status: CaseStatus = CaseStatus.BLOCKING) -> Case:
    given = {"messages": [{"role": "user", "content": question}]}
    return make_case("chat", given, [{"oracle": "complete"}], status=status)


A, B = case("a"), case("b", CaseStatus.KNOWN_FAILING)
LINES = append((), [entry(A, "2026-01-01"), entry(B, "2026-01-02")])


def suite(*cases: Case) -> Suite:
    return Suite(cases=cases, places={c.case_id: ("s.yaml", 3) for c in cases})


def test_the_ledger_round_trips_and_agrees_with_its_suite() -> None:
    lines = read_ledger(dump_ledger(LINES), "l")
    assert lines == LINES
    assert standing(lines) == {A.case_id: CaseStatus.BLOCKING, B.case_id: CaseStatus.KNOWN_FAILING}
    assert audit(suite(A, B), lines, "l") == ()


def test_a_blocking_case_that_vanishes_blocks_and_a_known_failing_one_warns() -> None:
    rules = {f.subject: f.severity for f in audit(suite(), LINES, "l")}
    assert rules == {A.case_id: Severity.ERROR, B.case_id: Severity.WARNING}


def test_a_demotion_without_a_line_blocks() -> None:
    weaker = msgspec.structs.replace(A, status=CaseStatus.QUARANTINED)
    (found,) = audit(suite(weaker, B), LINES, "l")
    assert (found.rule, found.severity) == ("case-loosened", Severity.ERROR)


def test_deleting_with_reason_and_owner_is_accepted_and_without_is_not() -> None:
    line = Line(action=Action.DELETE, case=A.case_id, at="2026-02-01")
    with pytest.raises(InputError, match="needs a reason and an owner"):
        append(LINES, [line])
    lines = append(LINES, [msgspec.structs.replace(line, reason="feature removed", owner="ana")])
    assert audit(suite(B), lines, "l") == ()


def test_an_edited_expectation_is_a_replacement_that_needs_a_reason() -> None:
    loosened = make_case("chat", A.input, [{"oracle": "refusal", "expected": False}], status=CaseStatus.BLOCKING)
    found = audit(suite(loosened, B), LINES, "l")
    assert {f.rule for f in found} == {"case-vanished", "case-not-entered"}
    change = Line(action=Action.REPLACE, case=A.case_id, replaced_by=loosened.case_id, at="x", reason="r", owner="o")
    assert audit(suite(loosened, B), append(LINES, [change]), "l") == ()


@pytest.mark.parametrize("harm", ["drop", "edit", "swap"])
def test_a_tampered_ledger_is_refused(harm: str) -> None:
    rows = dump_ledger(append(LINES, [Line(action=Action.PROMOTE, case=B.case_id, at="2026-01-03")])).splitlines()
    if harm == "drop":
        rows = [rows[0], rows[2]]
    elif harm == "edit":
        rows[0] = rows[0].replace("2026-01-01", "2026-01-09")
    else:
        rows = [rows[1], rows[0], rows[2]]
    with pytest.raises(InputError, match="does not follow"):
        read_ledger("\n".join(rows), "l")


def test_two_branches_can_be_merged() -> None:
    one = append(LINES, [Line(action=Action.PROMOTE, case=B.case_id, at="2026-01-03")])
    other = append(LINES, [entry(case("c"), "2026-01-04")])
    both = dump_ledger(one) + "=======\n" + dump_ledger(other)
    merged = rechain(both, "l")
    assert len(merged) == 4
    assert read_ledger(dump_ledger(merged), "l") == merged
