"""The audit on labelled sentences of many domains: rules found, consequence classes right, places right."""

from pathlib import Path

from tidegate.check.constraints.auditing.audit import audit_text, findings, headline
from tidegate.check.constraints.auditing.consequence import weigh
from tidegate.check.constraints.auditing.grammar import read
from tidegate.check.constraints.load import parse_policy
from tidegate.spine.finding import Severity

ROWS = [
    (head.split()[0] == "R", head.split()[1], text)
    for head, text in (
        line.split("|", 1)
        for line in (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
    )
]


def test_rules_and_classes() -> None:
    wrong = []
    for is_rule, consequence, text in ROWS:
        reading = read(text)
        weighing = weigh(text, reading)
        if (reading.is_rule, weighing.consequence) != (is_rule, consequence):
            wrong.append((text, reading.sign, weighing.consequence))
    assert not wrong


def test_a_list_inherits_its_lead_and_places_are_exact() -> None:
    text = "# Rules\n\nYou must never:\n- share passwords\n- delete orders\n\nThe shop opened in 1998.\n"
    found = [a for a in audit_text(text) if a.is_rule]
    assert {a.consequence for a in found} >= {"disclosure", "deletion"}
    for a in found:
        assert text[slice(*a.sentence.span)].strip() == a.sentence.text
        assert text.splitlines()[a.sentence.line - 1].strip().endswith(a.sentence.text)


def test_what_enforces_a_rule_is_named() -> None:
    policy = parse_policy(
        "version: 1\ntools: {refund: {effect: irreversible}}\nhard:\n"
        "  - {id: cap, kind: tool, tools: [refund], deny: args.amount > 50, text: Refunds above $50 are forbidden.}\n"
    )
    audited = audit_text("Refunds above $50 are forbidden. Never reveal customer data.", policy)
    assert [a.enforced_by for a in audited] == ["cap", "none"]
    assert [f.severity for f in findings(audited)] == [Severity.NOTE, Severity.ERROR]
    assert headline(audited)["consequence"] == "disclosure"
