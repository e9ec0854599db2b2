"""Wrappings taken off a rule: what a wrapped sentence asks is what the plain one asks, and conditions stay on."""

import pytest

from tidegate.check.promptlint.grammar.parse import parse_sentence
from tidegate.check.promptlint.grammar.restated import restated


def asked(said: str) -> set[tuple[str, str, object]]:
    return {(c.attribute, c.operator, c.value) for c in (d.constraint for d in parse_sentence(said).drafts)}


@pytest.mark.parametrize(
    ("wrapped", "plain"),
    [
        ("Footnotes clutter our page, please keep them out of every text.", "Never use footnotes."),
        ("Passengers are in a rush, so never ask them anything.", "Never ask the passengers anything."),
        ("It would be lovely to have the fares in a table.", "Include the fares in a table."),
        ("We'd love to see a train emoji in every answer.", "Include a train emoji in every answer."),
        ('Banned word: "delay".', 'Never use the word "delay".'),
        ('Opening line: "Welcome aboard!"', 'Start every reply with "Welcome aboard!"'),
        ("Word count <= 80.", "Use at most 80 words."),
        ("Seventy words are plenty.", "Use at most 70 words."),
        ("Three bullets, no more.", "Use at most three bullets."),
        ("Split the answer into two paragraphs.", "Use two paragraphs."),
        ("Emojis: never.", "Never use emojis."),
        ("Sources are mandatory.", "Always include sources."),
    ],
)
def test_a_wrapped_rule_asks_what_the_plain_one_asks(wrapped: str, plain: str):
    assert asked(plain)
    assert asked(wrapped) == asked(plain)


@pytest.mark.parametrize(
    "said",
    [
        "If the train is late, please apologise.",
        "For members, so please greet them by name.",
        "When the user asks why, so be it: explain.",
        "In the summary, please use bullets.",
    ],
)
def test_a_condition_in_front_is_never_taken_for_a_reason(said: str):
    assert all(t.split(",")[0] == said.split(",")[0] for t in restated(said))


def test_an_entry_of_a_list_and_a_title_ask_for_nothing():
    assert asked("5 words.") == set()
    assert asked("Pricing: Charge What It's Worth") == set()


def test_what_is_read_as_it_stands_is_not_said_again():
    assert asked("Never use emoji.") == {("emoji", "absent", None)}
    assert restated("Never use emoji.") == ()
