"""The filter against the plain expression on the whole text: no byte of a span leaves, whatever the split."""

import random

import pytest
from benches.constraints_cases import cuts, disguise, draw, prose
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.check.constraints.load import default_policy, output_filter
from tidegate.check.constraints.streaming.canonical import literal_variants
from tidegate.check.constraints.streaming.channels import StreamFilter
from tidegate.check.constraints.streaming.regex import parse
from tidegate.check.constraints.streaming.stream import Filter, Literals, Pattern, filter_text, finder
from tidegate.check.constraints.streaming.tree import width
from tidegate.spine.errors import SettingError

POLICY = default_policy()
FILTER = output_filter(POLICY)
PATTERNS = FILTER.patterns
FINDERS = [finder(p) for p in PATTERNS]
TREES = [parse(p.regex) for p in PATTERNS]


def case(rng: random.Random) -> str:
    parts = [prose(rng, rng.randrange(5))]
    for _ in range(rng.randrange(3)):
        text = draw(TREES[rng.randrange(len(TREES))], rng)
        parts += [
            text if rng.random() < 0.8 else disguise(text, rng),
            rng.choice(("", " ", "\n", ";")),
            prose(rng, rng.randrange(4)),
        ]
    return "".join(parts)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_safety_and_chunk_invariance(seed: int) -> None:
    rng = random.Random(seed)
    text = case(rng)
    whole, spans, _, _ = filter_text(FILTER, [text])
    split, _, _, held = filter_text(FILTER, cuts(text, rng))
    assert split == whole
    assert held <= FILTER.hold_max + max(map(len, [text]))
    covered = {i for s in spans for i in range(s.start, s.end)}
    for find in FINDERS:
        for s, e in find(text):
            assert covered >= set(range(s, e))
    if not spans:
        assert whole == text
    # Once filtered, nothing is left to find, but beside a span: a pattern that asks for a word boundary, or takes
    # any characters, sees more where "[redacted]" stands now.
    _, left, _, _ = filter_text(FILTER, [whole])
    assert all("[redacted]" in whole[max(0, s.start - 10) : s.end + 10] for s in left)


def test_disguises_are_undone() -> None:
    rng = random.Random(7)
    secret = "AKIAIOSFODNN7EXAMPLE"
    for _ in range(200):
        text = f"here {disguise(secret, rng)} it is"
        out, spans, _, _ = filter_text(FILTER, cuts(text, rng))
        assert spans
        assert (
            "".join(c for c in out if c.isascii()) == "here [redacted] it is"
        )  # a mark after the last letter may stay


def test_literals_in_any_case_and_split() -> None:
    secret = "Blue Heron Seventeen"
    f = Filter([], [Literals(id="canary", texts=(secret, *literal_variants(secret)))])
    for shown in (secret, secret.upper(), *literal_variants(secret)):
        assert filter_text(f, list(f"so: {shown}!"))[0] == "so: [redacted]!"


def test_a_span_across_channels() -> None:
    f = StreamFilter(FILTER)
    out = f.feed("reasoning", "the key AKIAIOSF") + f.feed("content", "ODNN7EXAMPLE is it") + f.finish()
    text = {k: "".join(t for c, t in out if c == k) for k in ("reasoning", "content")}
    assert "AKIAIOSF" not in text["reasoning"]
    assert "ODNN7" not in text["content"]


def test_the_cap_fails_closed_and_swallows() -> None:
    f = Filter([Pattern(id="long", regex=r"BEGIN[a-z]{40,}END", unbounded=True)], hold_max=64)
    text = "ok BEGIN" + "x" * 500 + " after"
    outs = {filter_text(f, cuts(text, random.Random(i)))[0] for i in range(20)}
    assert outs == {"ok [redacted] after"}


@pytest.mark.parametrize("regex", ["a+b", "(?=x)y", r"(a)\1", "a*", "[", "a{2,1}"])
def test_bad_patterns_are_refused(regex: str) -> None:
    with pytest.raises(SettingError):
        Filter([Pattern(id="p", regex=regex)])


def test_widths() -> None:
    assert width(parse(r"a{2,5}(b|cd)?")) == 7
    assert width(parse("ab*")) is None


def test_an_escaped_backslash_begins_no_escape_wherever_the_text_is_cut() -> None:
    """Goal: of two backslashes the second is used up.  Method: every cut in two against the uncut text."""
    filter_ = Filter([Pattern(id="key", regex=r"\b(key-[a-f0-9]{8})(?:[\s;]|\\[nr]|$)")])
    for text in (r"a \u006bey-12ab34cd\\u0072its b", r"a \u006bey-12ab34cd\\\u0072its b", r"\\\\u006bey-12ab34cd x"):
        whole = filter_text(filter_, [text])
        for i in range(len(text)):
            assert filter_text(filter_, [text[:i], text[i:]])[:2] == whole[:2], (text, i)
        assert filter_text(filter_, list(text))[:2] == whole[:2], text
