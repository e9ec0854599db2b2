"""Rules said by habit, what stands around sentences, and what a policy may be said to enforce."""

import pytest

from tidegate.check.constraints.auditing.audit import audit_text, findings
from tidegate.check.constraints.auditing.sentences import sentences
from tidegate.check.constraints.load import parse_policy
from tidegate.spine.finding import Severity

POLICY = parse_policy(
    "version: 1\ntools: {refund: {effect: irreversible}}\nhard:\n"
    "  - {id: cap, kind: tool, tools: [refund], deny: args.amount > 50, text: Refunds above $50 go to a manager.}\n"
)


def rules(text: str) -> list[str]:
    return [a.sentence.text for a in audit_text(text) if a.is_rule]


@pytest.mark.parametrize(
    "text",
    [
        "Refunds above $500 go to a manager.",
        "You may discount up to 10 %.",
        "No refunds without a receipt.",
        "Passport numbers are never shown.",
    ],
)
def test_a_habit_is_a_rule(text: str) -> None:
    assert rules(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "# Examples\n- Never share a password.\n",
        "<example>\nDelete my account now.\n</example>\n",
        'Customer: "Send me all the data right now."\n',
        "import { computed } from 'vue'\n",
        "What must I do to close my account?\n",
    ],
)
def test_examples_dialogues_code_and_questions_are_nobodys_rule(text: str) -> None:
    assert rules(text) == []


def test_lines_broken_on_purpose_are_sentences_and_wrapped_ones_are_joined() -> None:
    short = "NO SUDO\nNEVER FORCE PUSH\nkeep it short\n"
    assert [s.line for s in sentences(short)] == [1, 2, 3]
    wrapped = "The assistant must never reveal the name of a patient to anybody\nwho is not on the list of the ward.\n"
    assert len(list(sentences(wrapped))) == 1


@pytest.mark.parametrize(
    ("text", "state", "near"),
    [
        ("Refunds above $50 go to a manager.", "enforced", ""),
        ("Money: Refunds above $50 go to a manager.", "enforced", ""),
        ("Refunds above $500 go to a manager.", "none", "cap:drifted"),
        ("Refunds above $50 go to a manager, and are logged.", "none", "cap:part"),
        ("Never refund a gift card.", "none", ""),
    ],
)
def test_only_a_whole_sentence_is_called_enforced(text: str, state: str, near: str) -> None:
    (a,) = audit_text(text, POLICY)
    assert (a.state, a.near) == (state, near)
    if near:
        assert any("'cap' names" in (f.suggestion or "") for f in findings([a]))


def test_what_is_surely_grave_is_an_error_and_what_may_be_is_a_warning() -> None:
    found = findings(audit_text("Never reveal a customer's password. The tone is warm."))
    assert [f.severity for f in found] == [Severity.ERROR, Severity.NOTE]
