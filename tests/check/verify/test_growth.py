"""The time of all verifiers grows with the length of a text and no faster, whatever the text is made of."""

from __future__ import annotations

import time

import pytest

from tidegate.check.verify.engine import verify_answer

SHORT = 400  # characters; the long text has four times as many
RATIO_MAX = 7.0  # of times for four times the text: 4 if linear, 16 if quadratic
NOISE_S = 0.004  # what a busy machine may add to the longer run, beyond the ratio

REPEATED = {
    "digits": "1234567890",
    "grouped digits": "1,234,",
    "digits in groups of three": "123 456 ",
    "decimal points": "1.234.",
    "open parentheses": "(1+",
    "unbalanced brackets": "[({",
    "equals signs": " = ",
    "fractions": "1/",
    "powers": "2^",
    "signs": "-1",
    "identifier": "abcdefghij",
    "dotted identifier": "abc.def",
    "formulas": "H2SO4 KMnO4 Ca3(PO4)2 ",
    "one formula": "C6H12",
    "arrows": "H2 + O2 -> H2O ",
    "open fractions": r"\frac{",
    "open chemistry": r"\ce{",
    "units": "5 km 3 m/s² 12 kg·m ",
    "slashed units": "m/",
    "table rows": "| a | 12 | 3.50 |\n",
    "quotes": '"1 + 1 = 3" ',
    "back-ticks": "`",
    "fences": "```\n",
    "stars": "**",
    "spaces": " ",
    "newlines": "\n",
    "one line of words": "The iron in the box has a state of the ",
    "declared symbols": "F = m a, where m is the mass, a is the acceleration. ",
    "assertions": "$5 + $3 = $9. ",
    "constants": "the speed of light is 2.99e8 m/s, ",
    "installs": "`pip install foo` ",
}


def _seconds(text: str) -> float:
    """CPU time of one check, the better of two."""
    best = float("inf")
    for _ in range(2):
        started = time.process_time()
        verify_answer(text)
        best = min(best, time.process_time() - started)
    return best


def _grows(short: str, long: str) -> None:
    verify_answer(short)  # tables and patterns are made once
    before, after = _seconds(short), _seconds(long)
    assert after <= RATIO_MAX * before + NOISE_S, (
        f"{len(short)} to {len(long)} characters: {before:.4f} s to {after:.4f} s"
    )


@pytest.mark.parametrize("name", REPEATED)
def test_four_times_the_text_takes_about_four_times_as_long(name: str) -> None:
    unit = REPEATED[name]
    _grows((unit * SHORT)[:SHORT], (unit * SHORT * 4)[: SHORT * 4])


def test_long_chains_and_deep_nesting_stay_linear() -> None:
    _grows("1 + 1" + " = 1 + 1" * 100, "1 + 1" + " = 1 + 1" * 400)
    nested = "x"
    for _ in range(50):
        nested = rf"\frac{{1}}{{2+{nested}}}"
    _grows(f"${nested} = 3$. ", f"${nested} = 3$. " * 4)


def test_a_list_that_leads_to_nothing_is_given_up_at_once() -> None:
    """Every space of a list once had two readings, so that twenty numbers took a million steps and forty never ended."""
    for said in ("The mean of ", "the sum of ", "the total of "):
        _grows(said + "12.5, " * 5 + "13 is 9.", said + "12.5, " * 20 + "13 is 9.")
