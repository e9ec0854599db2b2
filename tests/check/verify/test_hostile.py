"""Texts written to keep a verifier busy or to break it: each is done at once, and what stands beside them is still decided."""

import time

import pytest

from tidegate.check.verify import engine
from tidegate.check.verify.engine import verify_answer
from tidegate.spine.claim import Decision, Support

CPU_S_MAX = 2.0  # of one text on a busy machine; all take hundredths of a second
HOSTILE = {
    "a power of ten without an end": "Then 1e999999999 = 5 and x = 1e-999999999 m; 2e" + "4" * 200 + " J.",
    "towers": "So 10^10^10 = 3, 9**9**9 = 1 and 10^{10^{10}} m; 10^{400} ft = 1.98 m.",
    "factorials": "We get 1000000! = 5 and 1000000!! = 3.",
    "towers in code": "```python\nx = 9**9**9**9\ny = 2 ** (2 ** 40)\nz = 'a' * 10**12\nw = 1 << 10**12\n```",
    "numbers that no float holds": "A 1e400 V kettle with 2 kW draws 8.7 A. ½ · 9.81 m/s² · (3 s)² ≈ 44.1e400 m.",
    "thousands of digits": "9" * 5000 + " + 1 = 1" + "0" * 5000 + " m",
    "a unit of no size": "It is 640 km0 long, 5 m0 or 5 km.",
    "numbers of powers in a unit": "It is 5 " + "e400" * 20 + " m, 28.3\\ cm e404001e404001e404001.",
    "empty lines between two quantities": "From 20 m/s " + "\r\n" * 200 + "5 m.",
    "index brackets in code": "```python\nfor i in x: y = " + "[" * 5000 + "i + 1\n```",
    "a rate of nothing": "The file of 0 MB at 0 Mbit/s = 0 s takes 0 s.",
    "spaces before an arrow": "SO2 is r" + "\n" * 600 + "s → 3 S + " + " " * 600 + "H2O → ",
    "arrows without an end": "6 CO2 → " + "C6 → " * 200,
    "brackets": "(" * 20_000 + "1" + ")" * 20_000 + " = 3",
    "fractions in fractions": "$" + r"\frac{1}{" * 3000 + "2" + "}" * 3000 + " = 3$",
    "brackets in code": "```python\nx = " + "(" * 3000 + "1" + ")" * 3000 + "\n```",
    "sums in code": "```python\nx = " + "+".join(["1"] * 20_000) + "\n```",
    "zero bytes": "1\x002\x00 \x00=\x00" * 500,
    "fences": "```\n" * 5000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_done_at_once_and_hides_nothing(name: str) -> None:
    started = time.process_time()
    found = verify_answer("It costs $5 + $3 = $9.\n\n" + HOSTILE[name])
    assert time.process_time() - started < CPU_S_MAX
    assert not found.not_checked
    assert [d.claim.span[0] < 22 for d in found.decisions if d.support is Support.REFUTED][:1] == [True]


def test_a_verifier_that_fails_on_one_paragraph_decides_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = engine.check_arithmetic

    def failing(text: str, ranges: list[tuple[int, int]]) -> list[Decision]:
        if any("BAD" in text[a:b] for a, b in ranges):
            raise OverflowError("too large")
        return list(whole(text, ranges))

    monkeypatch.setattr(engine, "check_arithmetic", failing)
    found = verify_answer("2 + 2 = 5.\n\nBAD 3 + 3 = 7.\n\n4 + 4 = 9.")
    assert [d.claim.text for d in found.decisions if d.support is Support.REFUTED] == ["2 + 2 = 5", "4 + 4 = 9"]
    assert found.not_checked == ("arithmetic, paragraph at line 3: OverflowError: too large",)
