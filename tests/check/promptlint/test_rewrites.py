"""The cues of a pattern only save time: with and without them every sentence comes out the same.

Method: each sentence of the blind sets is rewritten by the table and by trying every pattern.
"""

import re
from pathlib import Path

import pytest

from tidegate.check.promptlint.grammar.restated import STEPS
from tidegate.check.promptlint.grammar.rewrites import TABLE, expand
from tidegate.check.promptlint.grammar.rows import Rows, cues
from tidegate.check.promptlint.grammar.text import mask

SETS = Path(__file__).resolve().parents[3] / "benches" / "promptlint_sets"


def sentences() -> list[str]:
    lines = [line for path in sorted(SETS.glob("*.txt")) for line in path.read_text().splitlines()]
    return sorted({s for line in lines if not line.startswith("[") for s in re.split(r" \\|\\| | \| ", line)})


def test_no_cue_hides_a_row():
    said = sentences()
    assert len(said) > 2_000
    patterns = [(re.compile(source, re.I), plain) for source, plain in TABLE.rows]
    wrong = []
    for text in (mask(s).text for s in said):
        slow = text
        for pattern, plain in patterns:
            slow = pattern.sub(plain, slow)
        wrong += [text] if TABLE.said(text) != slow else []
    assert wrong == []


def test_no_cue_hides_a_step():
    patterns = [(re.compile(source, re.I), plain) for source, plain in STEPS.rows]
    for text in sentences()[::3]:
        slow = [said for pattern, plain in patterns if (said := pattern.sub(plain, text, count=1)) != text]
        assert list(STEPS.each(text)) == slow


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        (r"\b(?:is|are) (?:on|among)\b", [{"is", "are"}, {"on", "among"}]),
        (r"colou?rs?", [{"colo"}, {"r"}]),
        (r"(?!no\b)ask(?: me)? .{2,} first+", [{" first"}, {"ask"}]),
        (r"^\w+|keep", []),  # the left side may match anything
        (r"stop|keep [a-z]{3}", [{"stop", "keep "}]),
        (r"x{0,3}(?P<q>\x01\d+\x02) (?:go\.|\* )", [{"\x01"}, {"go.", "* "}]),
    ],
)
def test_what_a_pattern_needs(source: str, needs: list[set[str]]):
    found = [set(c) for c in cues(source)]
    assert all(n in found for n in needs)
    assert bool(found) is bool(needs)


def test_a_cue_that_is_missing_hides_its_row():
    """The check above can fail: a table whose cue is spoiled comes out otherwise."""
    table = Rows([("kindly ", "")])
    assert table.said("Kindly reply.") == "reply."
    table.by_start = {}
    assert table.said("Kindly reply.") == "Kindly reply."


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Please reply in French.", " reply in French."),
        ("The assistant shall produce lowercase text.", "must produce lowercase text."),
        ("Kindly refrain from using emoji.", " do not use emoji."),
        ("Never bring up competitors.", "Never mention competitors."),
        ("A JSON object is all you send back.", "only return A JSON object."),
        ("Longer than 45 words? Cut it.", "Longer than 45 words? Cut it."),
        ("If longer than 45 words, cut it.", "use at most 45 words."),
        ("No question goes unanswered.", "always answer every question."),
    ],
)
def test_registers_and_idioms(said: str, plain: str):
    assert expand(said) == plain
