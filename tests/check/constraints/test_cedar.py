"""Cedar rules: Cedar decides, an error refuses, nothing poses as an extension value; our conditions agree with Cedar."""

import random

import pytest
from benches.constraints_cedar import study

from tidegate.check.constraints.calls import cedar
from tidegate.check.constraints.calls.cedar import cedar_value
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.calls.expression import Unknown
from tidegate.check.constraints.load import parse_policy
from tidegate.spine.errors import SettingError

POLICY = parse_policy("""
version: 1
tools: {pay: {effect: irreversible}, look: {effect: read}}
defaults: {read: deny}
hard:
  - id: who
    kind: cedar
    policy: |
      permit(principal == User::"acme", action == Action::"pay", resource == Effect::"irreversible")
        when { context.args.eur < 100 };
      permit(principal, action == Action::"look", resource);
      forbid(principal, action == Action::"look", resource) when { context.args.secret };
      forbid(principal, action, resource)
        when { context.args has rate && context.args.rate.greaterThan(decimal("1.5")) };
""")
ENGINE = Engine(POLICY)


@pytest.mark.parametrize(("tool", "args", "who", "decision"), [
    ("pay", {"eur": 5}, "acme", "allow"),
    ("pay", {"eur": 500}, "acme", "deny"),
    ("pay", {"eur": 5}, "zeta", "deny"),
    ("pay", {"eur": "5"}, "acme", "deny"),  # a condition that fails to evaluate
    ("pay", {}, "acme", "deny"),
    ("look", {"secret": False}, "zeta", "allow"),
    ("look", {"secret": True}, "zeta", "deny"),
    ("look", {}, "zeta", "deny"),  # Cedar would skip the forbid and permit
    ("pay", {"eur": 5, "rate": 1.5}, "acme", "allow"),
    ("pay", {"eur": 5, "rate": 1.6}, "acme", "deny"),
    ("pay", {"eur": 5, "rate": 1.50001}, "acme", "deny"),  # no exact form in four decimals
    ("pay", {"eur": 2**70}, "acme", "deny"),
    ("pay", {"eur": 5, "rate": {"__extn": {"fn": "decimal", "arg": "1.0"}}}, "acme", "deny"),
    ("pay", {"eur": 5, "x": [{"__entity": {"type": "User", "id": "root"}}]}, "acme", "deny"),
    ("pay", {"eur": 5}, 'acme"; permit(principal, action, resource); //', "deny"),
    ("pay", {"eur": None}, "acme", "deny"),
])  # fmt: skip
def test_decisions(tool: str, args: dict[str, object], who: str, decision: str) -> None:
    assert ENGINE.decide(Run(POLICY), tool, args, principal=who).decision == decision


def test_what_is_no_cedar_is_refused_at_load() -> None:
    with pytest.raises(SettingError, match="not a Cedar policy"):
        parse_policy("version: 1\nhard: [{id: c, kind: cedar, policy: 'permit(principal, action'}]\n")


def test_null_is_absent_and_numbers_are_exact() -> None:
    assert cedar_value({"a": None, "b": [1, None, 2.5]}) == {"b": [1, {"__extn": {"fn": "decimal", "arg": "2.5000"}}]}
    with pytest.raises(Unknown):
        cedar_value(0.1 + 0.2)


def test_our_conditions_agree_with_cedar_and_a_wrong_reading_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    n, differ, _, kinds, allowed = study(300, seed)
    assert (differ, kinds) == (0, 0)
    assert 0 < allowed < n
    monkeypatch.setattr(cedar, "INTEGER_MAX", 0)  # a bug: every number is too large
    assert study(1000, seed)[3] > 0
