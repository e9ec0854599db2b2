"""The learned reader: it guesses at what the grammar does not read, and what it guesses is never proved.

The guesser is an argument, so that these tests say what happens to a guess, whatever the weights.
"""

from tidegate.check.promptlint.learned.pairs import possible_findings
from tidegate.check.promptlint.learned.stance import NONE, Guess, Slots, shipped_reader, words
from tidegate.check.promptlint.learned.suspects import PROBABILITY_MIN, constraint_of, possible_cores, suspected
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.spine.finding import Severity

UNREAD = "Smileys go straight to the bin around here, folks."


def analysis_of(text: str):
    return analyse([Source(name="p", text=text)])


def no_emoji(text: str) -> Guess:
    """A guesser that knows one sentence."""
    return Guess("emoji|absent|", 0.9) if "bin around here" in text else Guess(NONE, 0.0)


def test_a_guess_makes_a_possible_core_with_its_probability():
    analysis = analysis_of(f"You help.\n{UNREAD}\nAdd an emoji to every message.")
    assert not [f for f in findings(analysis) if "core" in f.evidence]
    found = suspected(analysis, no_emoji)
    assert [(i.unit.line, i.constraint.attribute, i.probability) for i in found] == [(2, "emoji", 0.9)]
    (core,) = possible_cores(analysis, found)
    assert (core.certainty, core.probability) == ("possible", 0.9)
    assert {line for _, line in core.lines} == {2, 3}


def test_guards_hold_for_guesses_too():
    text = "You help.\nIf the user is in Spain, smileys go straight to the bin around here.\nIf the user is in Italy, add an emoji."
    analysis = analysis_of(text)
    assert possible_cores(analysis, suspected(analysis, no_emoji)) == []


def test_a_guess_below_the_floor_is_not_made():
    analysis = analysis_of(f"You help.\n{UNREAD}\nAdd an emoji to every message.")
    assert suspected(analysis, lambda _t: Guess("emoji|absent|", PROBABILITY_MIN - 0.05)) == []


def test_what_the_grammar_reads_is_not_guessed_at():
    analysis = analysis_of("Never use emoji.\nAdd an emoji to every message.")
    assert suspected(analysis, lambda _t: Guess("emoji|absent|", 1.0)) == []


def test_one_thing_of_many_is_left_alone():
    analysis = analysis_of("The first smiley goes straight to the bin around here.\nAdd an emoji to every message.")
    assert suspected(analysis, no_emoji) == []


def test_a_slot_takes_what_the_sentence_holds():
    assert constraint_of("words|<=|<number>", Slots((), (), (45,), ())).value == 45  # type: ignore[union-attr]
    assert constraint_of("words|<=|<number>", Slots((), (), (45, 60), ())) is None
    assert constraint_of("tool|absent|<tool>", Slots((), ("run_sql",), (), ())).value == "run_sql"  # type: ignore[union-attr]


def test_words_carry_the_sign_they_stand_under():
    assert "emoji-" in words("Never use emoji.")[0]
    assert "emoji" in words("Use emoji.")[0]
    assert words('Say "hi" in French 3 times.')[1] == Slots(("hi",), (), (3,), ("french",))


def test_the_shipped_reader_reads_a_plain_demand_and_abstains_from_what_it_never_saw():
    reader = shipped_reader()
    assert reader.guess("No emoji in any reply.").label == "emoji|absent|"
    assert reader.guess("The lighthouse keeper waters his tulips at dawn.").probability < 0.65


def test_possible_findings_never_block():
    text = (
        "You help.\nOur house style knows no smileys whatsoever, thank you.\nPut a smiley at the end of each message."
    )
    for f in possible_findings(analysis_of(text)):
        assert f.severity is Severity.WARNING
        assert f.rule == "possible-conflict"
        assert 0.0 < f.evidence["probability"] <= 1.0


def test_what_users_may_do_is_no_demand_on_the_reply():
    text = "The user may write in capital letters.\nDo not answer in capital letters."
    assert possible_findings(analyse([Source(name="p", text=text)])) == []


class Suspicious:
    """A scorer to whom every pair is a conflict, so that the test says which pairs are asked about at all."""

    name = "suspicious"

    def probability(self, a: str, b: str) -> float:
        return 1.0


def test_documentation_is_no_suspect():
    """Lines that describe a parameter oppose each other in words and ask nothing."""
    told = "hook_before: An optional list of node names.\nhook_after: An optional list of node names.\n"
    assert possible_findings(analysis_of(f"You help.\n{told}"), Suspicious()) == []
    asked = "You help.\nTulips should match the lighthouse lamp.\nTulips should clash with the lighthouse lamp.\n"
    assert [f.rule for f in possible_findings(analysis_of(asked), Suspicious())] == ["possible-conflict"]


def test_the_longer_the_prompt_the_surer_a_guess_must_be():
    filler = [f"The museum in hall {k} opens at nine." for k in range(40)]
    doubtful = Guess("emoji|absent|", 0.6)

    def told(lines: list[str]) -> bool:
        text = "\n".join(["You help.", UNREAD, "Add an emoji to every message.", *lines])
        analysis = analysis_of(text)
        found = suspected(analysis, lambda t: doubtful if "bin around here" in t else Guess(NONE, 0.0))
        return bool(possible_cores(analysis, found))

    assert told(filler[:3])
    assert not told(filler)
