"""Goal: planted personal data and secrets never reach what is written, and what is not personal stays."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.curate.harvest.capture.harvesting import harvest
from tidegate.curate.harvest.scrubbing.find import PLACEHOLDER
from tidegate.curate.harvest.scrubbing.scrub import Scrubber, leftover

GONE = [
    ("my name is Thandiwe Mokoena", ["Thandiwe", "Mokoena"]),
    ("Hi, this is Oluwadamilola Adeyemi calling about my bill", ["Oluwadamilola", "Adeyemi"]),
    ("im priya and i cant log in", ["priya"]),
    ("Dear Mrs. O'Connor,", ["O'Connor"]),
    ("Thanks!\n\nBest regards,\nJoão Figueiredo", ["João", "Figueiredo"]),
    ("my husband Björn Svensson", ["Björn", "Svensson"]),
    ("Ich heiße Jürgen Müller", ["Jürgen", "Müller"]),
    ("mail me at a.b+c@sub.example.co.uk", ["a.b+c", "example"]),
    ("john dot? no: john (at) example (dot) com", ["(at)"]),
    ("call (415) 555-0132 or +44 20 7946 0958", ["555-0132", "7946"]),
    ("ring me on 07700 900123", ["900123"]),
    ("my number is 4155550132", ["4155550132"]),
    ("Tel.: 089/1234567", ["1234567"]),
    ("card 4111-1111-1111-1111, cvv 123", ["4111", "123"]),
    ("amex 378282246310005", ["378282246310005"]),
    ("IBAN DE89 3704 0044 0532 0130 00", ["3704", "0130"]),
    ("SSN 536-22-1234", ["536-22"]),
    ("ship it to 1600 Amphitheatre Parkway, Mountain View, CA 94043", ["1600", "Amphitheatre", "94043"]),
    ("221B Baker Street, London NW1 6XE", ["Baker", "NW1 6XE"]),
    ("Hauptstraße 12a, 80331 München", ["Hauptstraße", "80331"]),
    ("12 rue de la Paix, 75002 Paris", ["Paix", "75002"]),
    ("from 203.0.113.7 and 2001:db8::ff00:42:8329", ["203.0.113.7", "8329"]),
    ("born on 4 May 1988", ["1988"]),
    ("passport number X1234567", ["X1234567"]),
    ("AKIAIOSFODNN7EXAMPLE", ["AKIA"]),
    ("use ghp_abcdefghijklmnopqrstuvwxyz0123456789", ["ghp_abc"]),
    ("password: Hunter2!x", ["Hunter2"]),
    ("my pin is 4921", ["4921"]),
    ("postgres://admin:s3cr3tPw@db.example.com/x", ["s3cr3tPw"]),
    ("https://x.example/cb?token=abcDEF1234567890", ["abcDEF1234567890"]),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", ["eyJ"]),
    ("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----", ["MIIEv"]),
]  # fmt: skip
STAYS = [
    "order 48213-B and order number 4155550132, tracking 1Z999AA10123456784",
    "The total is $1,243.10 for 3 items at 10:30 on 2024-05-20.",
    "version 1.2.3.4 of the app, flight HAT136, gate 14",
    "Will you be there in May? Mark the date. I'm frustrated. This is great.",
    "Python 3.11 on Windows 11; see https://docs.example.com/a/b?page=2",
    "between 1990 and 2004, 100 000 people, room 12, 24 hours a day",
    "Call me maybe. Hello World! Thanks, perfect.",
]


@pytest.mark.parametrize(("text", "planted"), GONE)
def test_gone(text: str, planted: list[str]) -> None:
    scrubbed = Scrubber().text(text)
    assert not [p for p in planted if p in scrubbed], scrubbed
    assert PLACEHOLDER.search(scrubbed)
    assert leftover(scrubbed) == []


@pytest.mark.parametrize("text", STAYS)
def test_what_is_not_personal_stays(text: str) -> None:
    assert Scrubber().text(text) == text


def test_the_same_value_has_one_name_in_text_in_arguments_and_before_it_is_introduced() -> None:
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "pay", "arguments": json.dumps({"to": "mia_li_3668", "email": "m@example.org"})},
    }
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "Is Mia there?"},
        {"role": "assistant", "content": "Who asks?", "tool_calls": [call]},
        {
            "role": "tool",
            "tool_call_id": "c1",
            "content": json.dumps({"first_name": "Mia", "last_name": "Li", "amount": 5}),
        },
        {"role": "user", "content": "I am Mia Li, m@example.org"},
    ]
    out = Scrubber().messages(messages)
    flat = json.dumps(out)
    assert "Mia" not in flat
    assert "mia_" not in flat
    assert flat.count("[EMAIL_1]") == 2
    assert "[EMAIL_2]" not in flat
    assert out[1]["tool_calls"][0]["id"] == "c1"
    assert json.loads(out[2]["content"])["amount"] == 5


def test_scrubbing_twice_changes_nothing() -> None:
    for text, _ in GONE:
        once = Scrubber().text(text)
        assert Scrubber().text(once) == once


VALUES = st.sampled_from(["pat.doe@example.com", "+1 415 555 0132", "4111 1111 1111 1111", "536-22-1234", "AKIAIOSFODNN7EXAMPLE", "203.0.113.9"])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=" .,\nabcxyz!?", max_size=20), VALUES, st.text(alphabet=" ,\nabc!?", max_size=20))
def test_planted_anywhere(before: str, value: str, after: str) -> None:
    text = f"{before} {value} {after}"
    assert value not in Scrubber().text(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    Scrubber().text(text)


def test_a_name_from_the_middle_of_a_huge_result_is_not_kept_where_the_answer_says_it() -> None:
    """The result is cut to its ends and never read whole; what the kept parts say of it is still learned."""
    rows = [{"id": i, "note": "shelf " * 20} for i in range(40_000)]
    rows[20_000] = {"id": 20_000, "full_name": "Zylpha Quondam", "note": "vip"}
    call = {"id": "c1", "type": "function", "function": {"name": "list", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "who holds seat 4?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": json.dumps(rows)},
        {"role": "assistant", "content": "Seat 5 belongs to Quondam."},
        {"role": "user", "content": "I asked about 4, not 5."},
    ]
    began = time.process_time()
    made = harvest({"messages": messages})
    assert made.case is not None
    assert "Quondam" not in json.dumps([made.case.input, list(made.case.expect), made.failure])
    assert time.process_time() - began < 3


@pytest.mark.parametrize("text", [
    "- Passengers: Each reservation has at most five.\n- Guests: Both must sign.",
    "@tailwind base;\n@layer components {\n  .card {\n    @apply rounded-lg shadow;\n  }\n}",
    "class A:\n    @cached_property\n    def x(self) -> int: ...",
])  # fmt: skip
def test_rules_of_a_policy_and_of_code_are_nobodys_names(text: str) -> None:
    assert Scrubber().text(text) == text
    assert Scrubber().text("follow me, @marta_lind") != "follow me, @marta_lind"
