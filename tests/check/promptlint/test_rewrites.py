"""The triggers of a group of rewrites only save time: with and without them every sentence comes out the same.

Method: each sentence of the blind sets is rewritten by `expand` and by trying every pattern.
"""

import re
from pathlib import Path

import pytest

from tidegate.check.promptlint.grammar.rewrites import CONTRACTIONS, GROUPS, expand
from tidegate.check.promptlint.grammar.statements import STATEMENTS
from tidegate.check.promptlint.grammar.text import mask
from tidegate.check.promptlint.grammar.wordings import WORDINGS

SETS = Path(__file__).resolve().parents[3] / "benches" / "promptlint_sets"


def by_every_pattern(text: str) -> str:
    """The slow obvious way."""
    groups = (*GROUPS, *STATEMENTS)
    for pattern, replacement in (*(row for _, group in groups for row in group), *CONTRACTIONS, *WORDINGS):
        text = pattern.sub(replacement, text)
    return text


def test_a_trigger_never_hides_a_rewrite():
    lines = [line for path in sorted(SETS.glob("*.txt")) for line in path.read_text().splitlines()]
    sentences = {s for line in lines if not line.startswith("[") for s in re.split(r" \\|\\| ", line)}
    assert len(sentences) > 2_000
    wrong = [s for s in sorted(sentences) if expand(mask(s).text) != by_every_pattern(mask(s).text)]
    assert wrong == []


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
