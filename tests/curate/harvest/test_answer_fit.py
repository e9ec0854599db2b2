"""Goal: a misfit of answer and request is seen by its name, its twin has none, and what a tool did not do is not passed over in silence."""

import json
from typing import Any

import pytest

from tidegate.curate.harvest.model import SignalKind
from tidegate.curate.harvest.signals.answer_fit import HARD, misfits, witnesses
from tidegate.curate.harvest.signals.context import Context, lexical_similarity
from tidegate.curate.harvest.signals.detect import detect
from tidegate.curate.harvest.signals.dialogue import read_turns
from tidegate.curate.harvest.signals.implicit import user_turns


def talk(*texts: str) -> list[dict[str, Any]]:
    return [{"role": ("user", "assistant")[i % 2], "content": t} for i, t in enumerate(texts)]


def turn(*texts: str) -> Context:
    return list(user_turns(read_turns(talk(*texts)), lexical_similarity))[-1]


CASES = [  # name, request, answer that breaks it, answer that keeps it, the turn
    ("excluded", "soup without celery, please", "Fry leek and celery, add stock.", "Fry leek, leave out celery.", "bitter"),
    ("insisted and lacking", "a playlist, vinyl only", "Ten streams for you.", "Ten vinyl records.", "my needle is waiting"),
    ("other of its class", "log a northbound lorry on tuesday", "Logged for Friday.", "Logged for Tuesday.", "that is our day off"),
    ("other number in place", "where is pallet 38?", "Pallet 33 is in row B.", "Pallet 38 is in row B.", "eight at the end"),
    ("other number in place", "status of claim 90412", "Claim 90142 is open.", "Claim 90412 is open.", "look closer"),
    ("other name in place", "send the offer to Brandt today", "I sent the offer to Brenner.", "I sent the offer to Brandt.", "who?"),
    ("other value done", "set the kiln to 960", "The kiln is set to 690.", "The kiln is set to 960.", "it stays cold"),
    ("count missed", "four steps for lacing a boot", "Lacing a boot takes practice.", "1. Cross. 2. Pull. 3. Loop. 4. Tie.", "so?"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "breaks", "keeps", "said"), CASES)
def test_a_misfit_has_its_name_and_its_twin_has_none(name: str, asked: str, breaks: str, keeps: str, said: str) -> None:
    assert name in misfits(turn(asked, breaks, said))
    assert not misfits(turn(asked, keeps, said))
    assert witnesses(turn(asked, breaks, said)) == 1.0
    assert name in HARD


def test_what_is_asked_of_and_what_is_computed_is_no_condition() -> None:
    assert not misfits(turn("is there one without sugar?", "The sugar-free one is 2 euros.", "fine"))
    assert not misfits(turn("convert 3 cups to ml", "About 720 ml.", "and 4?"))
    assert not misfits(turn("remind me at 5 to feed the eels", "Reminder set for 17:00.", "good"))


def test_a_condition_of_an_earlier_turn_is_remembered() -> None:
    before = ("menu ideas, no onions please", "Carrot soup.", "two more")
    assert "excluded earlier" in misfits(turn(*before, "Leek tart; onions in wine.", "she cries"))
    assert not misfits(turn(*before, "Leek tart; beets in wine.", "she cries"))


def test_whoever_takes_the_blame_has_not_been_failed() -> None:
    assert not detect(talk("book lane 4", "Lane 4 is booked.", "I gave you the wrong number, I fear. 6")).failed
    assert detect(talk("book lane 6", "Lane 4 is booked.", "you gave me the wrong number. 6")).failed


def run(result: object, answer: str) -> list[dict[str, Any]]:
    call = {"id": "c1", "type": "function", "function": {"name": "send_mail", "arguments": "{}"}}
    return [
        {"role": "user", "content": "Send the roster to Ada"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": json.dumps(result)},
        {"role": "assistant", "content": answer},
        {"role": "user", "content": "Good. What is next?"},
    ]


def test_a_failed_change_is_told_or_is_a_failure() -> None:
    error = {"error": "mailbox unknown"}
    found = detect(run(error, "The roster is on its way to Ada."))
    assert found.failed
    assert found.signal is SignalKind.TOOL_ERROR
    assert not detect(run({"ok": True}, "The roster is on its way to Ada.")).failed
    assert not detect(run(error, "Ada's mailbox is unknown; which address should I take?")).failed


def test_a_bound_of_the_tool_is_told_as_it_is() -> None:
    assert detect(run({"load_max_kg": 80}, "It takes up to 95 kg.")).signal is SignalKind.CONTRADICTION
    assert not detect(run({"load_max_kg": 80}, "It takes up to 80 kg.")).failed
    assert not detect(run({"load_max_kg": 80}, "It takes up to 3 people.")).failed


def test_other_languages_are_read_by_what_holds_in_all() -> None:
    assert detect(talk("Lagerbestand von Artikel 7715, bitte", "Artikel 7751: 32 Stück.", "fünfzehn am Ende")).failed
    assert not detect(talk("Lagerbestand von Artikel 7715, bitte", "Artikel 7715: 32 Stück.", "danke, reicht")).failed
    assert detect(talk("Pon el precio en euros", "Son 40 coronas.", "¿Coronas?")).failed
