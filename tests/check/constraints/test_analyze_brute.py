"""`analyze` and `differences` against brute force over a small domain, on random policies; the seed is in the name.

Conditions compare two numbers, a text and a flag with constants, so a grid of whole and half numbers beside three
texts and two truth values meets every region there is: what holds on the grid holds everywhere.
"""

import itertools
import random
from types import SimpleNamespace

import pytest
from benches.constraints_analyze import study

from tidegate.check.constraints.load import parse_policy
from tidegate.check.constraints.model import Policy
from tidegate.check.constraints.proving import analyze as analysis
from tidegate.check.constraints.proving.analyze import analyze
from tidegate.check.constraints.proving.differences import differences

GRID = [
    SimpleNamespace(a=a / 2, b=b / 2, to=to, ok=ok)
    for a, b, to, ok in itertools.product(range(-1, 8), range(-1, 8), ("x", "y", "z"), (True, False))
]


def condition(rng: random.Random) -> str:
    """One to three atoms joined by and, or, not."""

    def atom() -> str:
        kind = rng.random()
        if kind < 0.6:
            return f"args.{rng.choice('ab')} {rng.choice(['<', '<=', '>', '>=', '==', '!='])} {rng.randrange(4)}"
        if kind < 0.85:
            return rng.choice(['args.to == "x"', 'args.to in ["x", "y"]', 'args.to != "y"', 'args.to not in ["x"]'])
        return rng.choice(["args.ok == True", "args.ok == False"])

    out = atom()
    for _ in range(rng.randrange(3)):
        out = f"({out}) {rng.choice(['and', 'or'])} ({'not ' if rng.random() < 0.2 else ''}{atom()})"
    return out


def policy(conditions: list[str]) -> Policy:
    """A policy of one denial a condition."""
    rules = "\n".join(f"  - {{id: r{i}, kind: tool, tools: [pay], deny: '{c}'}}" for i, c in enumerate(conditions))
    return parse_policy(f"version: 1\ntools: {{pay: {{effect: irreversible}}}}\nhard:\n{rules}\n")


def denied(text: str) -> frozenset[int]:
    """The grid's calls that meet a condition, by plain Python."""
    return frozenset(i for i, args in enumerate(GRID) if eval(text, {"args": args}))


@pytest.mark.parametrize("seed", range(40))
def test_dead_and_shadowed_rules_are_those_of_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    conditions = [condition(rng) for _ in range(rng.randrange(2, 5))]
    sets = [denied(c) for c in conditions]
    found = {(f.rule, f.subject) for f in analyze(policy(conditions))}
    everything = frozenset(range(len(GRID)))
    for i, own in enumerate(sets):
        name = f"r{i}"
        assert (("unreachable-rule", name) in found) == (not own), conditions
        assert (("always-denies", name) in found) == (own == everything), conditions
        others = [s for j, s in enumerate(sets) if j != i]
        if ("shadowed-rule", name) in found:
            assert any(own <= s for s in others), conditions
        if own and any(own < s for s in others):
            assert ("shadowed-rule", name) in found, conditions
    together = [(i, j) for i, j in itertools.combinations(range(len(sets)), 2)
                if sets[i] | sets[j] == everything and everything not in (sets[i], sets[j])]  # fmt: skip
    assert {int(s[1:]) for r, s in found if r == "contradictory-rules"} == {i for i, _ in together}, conditions


@pytest.mark.parametrize("seed", range(40))
def test_versions_differ_where_brute_force_says_so_and_each_difference_has_a_witness(seed: int) -> None:
    rng = random.Random(1000 + seed)
    old = [condition(rng) for _ in range(3)]
    new = [c if rng.random() < 0.4 else rng.choice([condition(rng), f"not (not ({c}))"]) for c in old]
    differ = {f"r{i}" for i, (a, b) in enumerate(zip(old, new, strict=True)) if denied(a) != denied(b)}
    found = differences(policy(old), policy(new))
    assert {d.rule for d in found} == differ, (old, new)
    for d in found:
        assert d.confirmed, (old, new)
        assert d.witness is not None
        i = int(d.rule[1:])
        args = SimpleNamespace(**{"a": 0, "b": 0, "to": "z", "ok": True} | d.witness["arguments"])
        assert bool(eval(old[i], {"args": args})) != bool(eval(new[i], {"args": args})), (old[i], new[i], d.witness)


def test_planted_faults_are_found_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(row.holds for row in study(60, seed=4).rows)
    monkeypatch.setattr(analysis, "_shadowed", lambda live, ask: [])  # an analysis that looks for less is noticed
    assert not all(row.holds for row in study(60, seed=4).rows)


def test_a_rule_that_only_moves_to_another_tool_is_a_difference() -> None:
    tools = "version: 1\ntools: {pay: {effect: irreversible}, send: {effect: external}}\nhard:\n"
    old, new = (
        parse_policy(f"{tools}  - {{id: r, kind: tool, tools: [{t}], deny: 'args.a > 3'}}\n") for t in ("pay", "send")
    )
    found = differences(old, new)
    assert [(d.rule, d.change, d.confirmed) for d in found] == [("r", "changed", True)]
    assert not differences(old, old)
