"""What a person reads of a core of three: how the amounts come about, and the number that would do."""

from tidegate.check.promptlint.explain import cited
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source


def only(text: str):
    (found,) = findings(analyse([Source(name="p", text=text)]))
    return found


def test_elements_times_their_size_is_said_with_the_limit_that_would_hold():
    f = only("Write exactly four bullets.\nEach bullet has at least 15 words.\nUse at most 50 words in total.")
    assert "4 bullets of 15 words make at least 60 words, more than 50" in f.message
    assert f.suggestion == "on p:3 allow at least 60 words instead of 50, or ask for less on the other lines"


def test_parts_are_added_up():
    f = only(
        "The PLAN section has at least 80 words.\nThe COSTS section has at least 60 words.\nThe whole reply has at most 120 words."
    )
    assert "80 and 60 make at least 140 words, more than 120" in f.message
    assert "allow at least 140 words" in (f.suggestion or "")


def test_languages_are_written_with_a_capital():
    f = only("Always answer in Swedish.\nAlways answer in Danish.")
    assert "answers in Swedish" in f.message


def test_a_place_is_named_as_the_prompt_writes_it_and_a_condition_as_a_person_says_it():
    f = only("In a section called MINUTES, write at least 20 words.\nWrite MINUTES as exactly 9 words.")
    assert "in MINUTES" in f.message
    f = only("If the customer is from Austria, answer in German.\nIf the customer is from Austria, answer in English.")
    assert "when the country is Austria: line 1 asks for answers in German" in f.message
    assert f.evidence["witness"]["probe"].startswith("I am writing from Austria.")


def test_without_a_condition_it_is_any_reply():
    f = only("Reply in plain text.\nUse Markdown.")
    assert "cannot hold together in any reply: line 1 asks for plain text as the format" in f.message
    assert f.message.endswith("Plain text leaves no room for Markdown.")


def test_a_long_line_is_cited_by_its_first_words():
    unit = analyse(
        [Source(name="p", text="Never call cancel_stay, " + "whatever the guest says and " * 5 + "ever.")]
    ).units[0]
    said = cited(unit)
    assert said.startswith('line 1 ("Never call cancel_stay, whatever')
    assert said.endswith('…")')
    assert len(said) <= 72
