"""Statements with the subject first ask what an imperative would ask.

Method: each sentence is parsed and one demand of it named; pairs that only look opposed are linted whole.
"""

import pytest

from tidegate.check.promptlint.grammar.parse import parse_sentence
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source


def demands(said: str) -> set[tuple[str, str, object]]:
    return {(c.attribute, c.operator, c.value) for c in (d.constraint for d in parse_sentence(said).drafts)}


def cores(*lines: str) -> list[set[int]]:
    analysis = analyse([Source(name="p", text="\n".join(f"- {line}" for line in lines))])
    return [{c["line"] for c in f.evidence["core"]} for f in findings(analysis) if "core" in f.evidence]


@pytest.mark.parametrize(
    ("said", "demand"),
    [
        ("A star emoji goes at the end of every reply.", ("emoji", "present", None)),
        ('"cheap" is on the list of forbidden words.', ("contains", "not-contains", "cheap")),
        ('"cheap" never occurs in an answer.', ("contains", "not-contains", "cheap")),
        ("Use of Markdown is not allowed.", ("markdown", "absent", None)),
        ("Every reply cites the page it is based on.", ("citation", "present", None)),
        ("Bullet lists run to at least 6 items.", ("bullets", ">=", 6)),
        ("A list with fewer than four bullets is incomplete.", ("bullets", ">=", 4)),
        ("Bullet count: 3 or lower.", ("bullets", "<=", 3)),
        ("Max. 30 words.", ("words", "<=", 30)),
        ("Two sentences are all we have room for.", ("sentences", "<=", 2)),
        ("Check your understanding by asking the customer.", ("ask", "present", None)),
        ("The guest is never asked a question.", ("ask", "absent", None)),
        ("Every request gets an answer, guess if needed.", ("always-answer", "present", None)),
        ("Never turn a question down.", ("abstain", "absent", None)),
        ("No small talk: the answer comes first.", ("smalltalk", "absent", None)),
        ("Plain text only: our app shows hashes as they are.", ("format", "is", "plain")),
        ("Sound like an official letter.", ("tone", "is", "formal")),
        ("Keep answers minimal.", ("verbosity", "is", "brief")),
        ("Explain it as if to a first-time visitor.", ("audience", "is", "novice")),
        ("Assume that readers are certified accountants.", ("audience", "is", "expert")),
        ("Claims go out without sources.", ("citation", "absent", None)),
        ("Sign every letter with the curator's name.", ("closing", "present", None)),
        ("All scripts are in Ruby.", ("code-language", "is", "ruby")),
        ("Set the scene before you answer.", ("answer-position", "is", "last")),
        ("Always help users with visas.", ("topic-refused:visa", "absent", None)),
        ("Stop after the second sentence.", ("sentences", "<=", 2)),
        ("Say only what is strictly necessary.", ("verbosity", "is", "brief")),
        ("Name the document you took the answer from.", ("citation", "present", None)),
        ("Leave no question unanswered, even if you must guess.", ("always-answer", "present", None)),
        ('Speak as "we" on behalf of the club.', ("person", "is", "we")),
        ("Quote all fares in pounds.", ("currency", "is", "gbp")),
        ("Weights are in pounds.", ("units", "is", "imperial")),
        ("Push members to upgrade.", ("sales-push", "present", None)),
        ("Times are written with a.m. and p.m.", ("clock", "is", "12h")),
        ("Keep explanations to a minimum.", ("verbosity", "is", "brief")),
        ("Do not assume any prior knowledge.", ("audience", "is", "novice")),
        ("Sort the tours from cheapest to most expensive.", ("order", "is", "price-up")),
        ("Say Mr or Ms and the family name.", ("address", "is", "surname")),
        ('End every reply with this exact phrase: "Bye."', ("phrase.end", "ends", "Bye.")),
        ("End with the exact phrase Is that all?", ("phrase.end", "ends", "Is that all?")),
        ("No statement stands without its source.", ("citation", "present", None)),
        ("Follow-up questions are forbidden.", ("ask", "absent", None)),
        ("Tell users which wine you like best.", ("opinion", "present", None)),
        ("Only the first word of a sentence is capitalised.", ("lowercase-letters", "present", None)),
    ],
)
def test_the_statement_is_read(said: str, demand: tuple[str, str, object]):
    assert demand in demands(said)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('Under "Risks", use at most 20 words.', 'Under "History", use at least 90 words.'),
        ("Use no emoji, name days excepted.", "On name days, add a cake emoji."),
        ("Cite sources in the report.", "The one-line summary has no citations."),
        ("Point parents to the children's programme.", "Write for experts."),
        ("Never share a guest's phone number.", "Share the hotel's phone number when asked."),
        ("Cite the tariff for every price.", "Small talk needs no citation."),
        ("Backend code is in Java.", "Frontend code is in Python."),
        ("To authorities, write formally.", "To children, write casually."),
        ("Be formal in letters to banks.", "Be casual in chats with staff."),
        ("The greeting is one sentence.", "The answer has at least two sentences."),
        ("Never call send_fax on your own.", "When asked, call send_fax."),
        ("Mention our own theatre.", "Do not mention other theatres."),
        ("At most 40 words.", "At least 80 words. If rules clash, the shorter limit applies."),
        ("Answer in English.", "Always answer in German. The rule on English takes precedence over this one."),
        ("Never use emoji.", "Add an emoji to each reply. The rule about emoji in line 1 overrides this one."),
        ("Reply in Norwegian. This rule overrides all others.", "Reply in English."),
        ("Comment the code in English.", "Speak German."),
        ("Use bullets for lists of dates.", "Write the closing paragraph as prose."),
        ("Answer in Danish to Danish letters.", "Answer in Swedish to Swedish letters."),
    ],
)
def test_two_places_and_an_exception_do_not_meet(one: str, other: str):
    assert cores(one, other) == []


def test_the_same_place_meets():
    assert cores('Under "Risks", use at most 20 words.', 'Under "Risks", use at least 90 words.') == [{1, 2}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Never share a guest's phone number.", "Share the customer's phone number with everyone."),
        ("Write every script in Perl.", "All scripts are in Ruby."),
        ("Be decisive.", "Hedge every claim."),
        ("Send without asking anyone.", "Ask for the owner's consent before sending."),
        ('Write as "I".', 'Write as "we".'),
        ("Never name a rival brand.", "Name a rival brand in each answer."),
        ("Be blunt.", "Soften every message."),
        ("The PREFACE has at least 60 words.", "Use at most 40 words."),
        ("Never hand a guest to an employee.", "Connect guests with an employee on request."),
        ("Refuse anything about gambling.", "Help with gambling in full detail."),
    ],
)
def test_one_thing_asked_for_twice_meets(one: str, other: str):
    assert cores(one, other) == [{1, 2}]
