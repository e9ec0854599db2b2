"""Rules that are looked up decide as if each were tried, on random conditions and calls with missing and odd arguments.

The reference is the engine with a plan that tries everything; the seed is in the name of the case.
"""

import random
from types import SimpleNamespace
from typing import Any

import pytest

from tidegate.check.constraints.calls import plan
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.calls.expression import Record, compile_expression
from tidegate.check.constraints.load import parse_policy
from tidegate.check.constraints.model import Policy

SHARED_MIN = plan.SHARED_MIN


@pytest.fixture(autouse=True)
def every_term_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rules are enough here: what a lone term would not be looked up for is."""
    monkeypatch.setattr(plan, "SHARED_MIN", 1)


TEXTS = ("a", "ab", "abc", "b", "https://x.example/1", "")


def part(rng: random.Random) -> str:
    op = rng.choice(("<", "<=", ">", ">=", "==", "!="))
    text = rng.choice(TEXTS)
    return rng.choice((
        f"args.n {op} {rng.randrange(5)}", f"{rng.randrange(5)} {op} args.m", f'args.s == "{text}"',
        f'args.s in ["{text}", "b"]', f'args.s not in ["{text}"]', f'starts(args.s, "{text}")', f'ends(args.s, "{text}")',
        'has(args, "o")', f"args.n + args.m {op} {rng.randrange(8)}", f"len(args.tags) > {rng.randrange(3)}",
        f'run.count("pay", s=args.s) {op} {rng.randrange(3)}', f'run.count("pay") {op} {rng.randrange(4)}', 'run.called("look")',
        f'host(args.s) == "{rng.choice(("x.example", "y.example"))}"', f"args.flag == {rng.random() < 0.5}",
    ))  # fmt: skip


def of_item(rng: random.Random) -> str:
    op = rng.choice(("<", "<=", ">", ">=", "==", "!="))
    text = rng.choice(TEXTS)
    return rng.choice((
        f'p == "{text}"', f'p in ["{text}", "b"]', f'starts(p, "{text}")', f'ends(p, "{text}")', f'"{text}" in p', f"p {op} {rng.randrange(4)}",
        f'matches(p, "{text[:1]}$")', f"p.price {op} {rng.randrange(4)}", f'p.kind == "{text}"', 'has(p, "kind")', f"args.m {op} 2",
        f"p.price * 2 {op} p.n + {rng.randrange(4)}", f'"{text}" in p.tags', f'any(q == "{text}" for q in p.tags)',
    ))  # fmt: skip


def over_items(rng: random.Random) -> str:
    """A condition on the items of a list."""
    inner = of_item(rng)
    for _ in range(rng.randrange(2)):
        inner = f"{inner} {rng.choice(('and', 'or'))} {'not ' if rng.random() < 0.15 else ''}{of_item(rng)}"
    kept = f" if {of_item(rng)}" if rng.random() < 0.3 else ""
    listed = f"{rng.choice(('any', 'any', 'all', 'sum', 'count'))}({inner} for p in args.{rng.choice(('list', 'list', 's', 'tags'))}{kept})"
    return rng.choice(
        (
            listed,
            f'"{rng.choice(TEXTS)}" in args.list',
            f"{rng.randrange(3)} in args.list",
            f"{listed} == {rng.random() < 0.5}",
        )
    )


def condition(rng: random.Random) -> str:
    out = over_items(rng) if rng.random() < 0.25 else part(rng)
    for _ in range(rng.randrange(3)):
        out = f"{out} {rng.choice(('and', 'and', 'and', 'or'))} {'not ' if rng.random() < 0.15 else ''}{part(rng)}"
    return out


def policy(rng: random.Random) -> Policy:
    rules = "\n".join(
        f"  - {{id: r{i}, kind: tool, tools: [pay], {rng.choice(('deny', 'deny', 'ask', 'allow'))}: '{condition(rng)}'}}"
        for i in range(rng.randint(2, 9))
    )
    tools = "{pay: {effect: irreversible}, look: {effect: read}}"
    return parse_policy(f"version: 1\ntools: {tools}\ndefaults: {{irreversible: allow}}\nhard:\n{rules}\n")


def item(rng: random.Random, like: Any = None) -> Any:
    """An item of a list: of any kind, or of the kind of another one (a record with a field or two less)."""
    if isinstance(like, str):
        return rng.choice(TEXTS)
    if isinstance(like, int):
        return rng.randrange(4)
    record = {
        "price": rng.choice((0, 1, 2, 2.5, "2")),
        "kind": rng.choice(TEXTS),
        "n": rng.randrange(3),
        "tags": rng.sample(TEXTS, 2),
    }
    fewer = {k: v for k, v in record.items() if rng.random() < 0.9}
    if isinstance(like, dict):
        return fewer
    return rng.choice(
        (rng.choice(TEXTS), rng.choice(TEXTS), rng.randrange(4), rng.randrange(4), fewer, fewer, record, None, [1])
    )


def call(rng: random.Random) -> dict[str, Any]:
    full: dict[str, Any] = {
        "n": rng.choice((0, 1, 2, 3, 4, 2.5, True, "2", None)), "m": rng.randrange(5), "s": rng.choice((*TEXTS, 3, ["a"], {"a": 1})),
        "o": 1, "tags": ["x"] * rng.randrange(4), "flag": rng.choice((True, False, 1)),
        "list": [item(rng) for _ in range(rng.randrange(4))],
    }  # fmt: skip
    return {k: v for k, v in full.items() if rng.random() < 0.9}


def tries_all(self: Any, scope: Any) -> Any:
    return [*self.tried, *(r for g in self.groups for r in g.rules)]


def decisions(seed: int) -> list[tuple[str, frozenset[str], str]]:
    rng = random.Random(seed)
    engine = Engine(policy(rng))
    run = Run(engine.policy)
    out = []
    for _ in range(25):
        args = call(rng)
        said = engine.decide(run, "pay", args)
        out.append((said.decision, frozenset(said.rules), said.reason if len(said.rules) == 1 else ""))
        if rng.random() < 0.5:
            run.happened(rng.choice(("pay", "look")), args)
    return out


@pytest.mark.parametrize("seed", range(120))
def test_looked_up_rules_decide_as_tried_ones(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = decisions(seed)
    monkeypatch.setattr(plan.Plan, "rules", tries_all)
    assert looked_up == decisions(seed)


def test_a_plan_that_forgets_rules_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = [decisions(seed) for seed in range(10)]
    monkeypatch.setattr(plan.Plan, "rules", lambda self, scope: iter(self.tried))
    assert sound != [decisions(seed) for seed in range(10)]


@pytest.mark.parametrize(("text", "term", "how"), [
    ('args.amount > 100 and args.kind == "k"', "args.kind", "equal"),
    ('run.count("pay", kind=args.kind) >= 3', "run.count('pay', kind=args.kind)", ">="),
    ('starts(args.path, "/etc/")', "args.path", "begins"),
    ("3 < args.n", "args.n", ">"),
    ("args.a * 2 > args.b + 5", "2*args.a + -1*args.b", ">"),
    ("args.b - 7 < 2 * args.a", "-2*args.a + 1*args.b", "<"),
    ("args.n / 4 > args.m + 20", "-1*args.m + 0.25*args.n", ">"),
    ('matches(args.s, "^k[0-9]")', "args.s", "matches"),
    ('"drop" in lower(args.s)', "lower(args.s)", "holds"),
    ('args.k == "a" or args.k == "b"', "args.k", "equal"),
    ('any(p.price > 3 and p.kind == "x" for p in args.items)', "p.kind", "equal"),
    ('all(starts(p, "/srv/") for p in args.paths)', "p", "begins"),
    ('any(p.count > 3 for p in args.items if p.kind in ["x", "y"])', "p.kind", "equal"),
    ('ends(args.path, ".env")', "args.path", "ends"),
    ('host(args.url) in ["a.example"] and args.n > 1', "host(args.url)", "equal"),
])  # fmt: skip
def test_what_is_looked_up(text: str, term: str, how: str) -> None:
    found = plan.key(text)
    assert found is not None
    assert (found.term, found.how) == (term, how)


@pytest.mark.parametrize(
    "text",
    [
        "args.n - args.n > args.m - args.m",
        "args.n / args.m > args.k",
        'args.s != "a"',
        'args.a == "x" or args.b == "y"',
        'all(p == "a" for p in args.list if p != "b")',
        "any(p != 3 for p in args.list)",
        "any(run > 3 for run in args.list)",
    ],
)
def test_what_is_tried(text: str) -> None:
    assert plan.key(text) is None


@pytest.mark.parametrize("seed", range(12))
def test_sums_keep_every_rule_that_holds(seed: int) -> None:
    """Odd numbers on both sides of a bound, where the order of adding up decides: the rule is always among those kept."""
    rng = random.Random(seed)
    odd = (0, 1, 3, 0.1, 0.2, 0.3, 1e15, 1e-9, -7, 2**53 + 1, 10**18, 1e300, 333333.3333)
    for _ in range(200):
        left = f"args.a * {rng.choice(odd)} + {rng.choice(odd)} - args.b"
        left = f"({left}) / {rng.choice(odd[1:])}" if rng.random() < 0.3 else left
        text = f"{left} {rng.choice(('<', '<=', '>', '>='))} args.c * args.a + {rng.choice(odd)}"
        rule = plan.Plan([text], lambda t: t, ("args",))
        args = {name: rng.choice(odd) for name in "abc"}
        if eval(text, {"args": SimpleNamespace(**args)}):
            assert list(rule.rules({"args": args})) == [text]


@pytest.mark.parametrize("seed", range(12))
def test_conditions_on_items_keep_every_rule_that_holds_or_cannot_be_read(seed: int) -> None:
    """Lists of one kind of item and mixed ones, empty ones and texts: a rule is left out only where it is false."""
    rng = random.Random(seed)
    left_out = 0
    for _ in range(80):
        texts = list(dict.fromkeys(over_items(rng) for _ in range(5)))
        rules = plan.Plan(texts, lambda t: t, ("args",))
        compiled = {t: compile_expression(t, "condition", ("args",)) for t in texts}
        for _ in range(10):
            alike = item(rng)
            items = [alike if rng.random() < 0.5 else item(rng, like=alike) for _ in range(rng.randrange(4))]
            args = Record(
                {
                    "list": items,
                    "s": rng.choice(TEXTS),
                    "tags": rng.sample(TEXTS, rng.randrange(3)),
                    "m": rng.randrange(5),
                }
            )
            kept = list(rules.rules({"args": args}))
            assert len(kept) == len(set(kept))
            for text in {*texts} - {*kept}:
                assert compiled[text]({"args": args}) in (False, 0), (seed, text, args)
                left_out += 1
    assert left_out > 400


def test_most_random_sums_are_looked_up() -> None:
    rule = plan.Plan([f"args.a * 2 > args.b + {i}" for i in range(1000)], lambda t: t, ("args",))
    assert len(list(rule.rules({"args": {"a": 5, "b": 2}}))) == 8
    assert len(list(rule.rules({"args": {"a": 5, "b": "2"}}))) == 1000


def test_a_thousand_rules_over_items_are_not_tried() -> None:
    texts = [f'any(p.kind == "k{i}" and p.price > {i} for p in args.list)' for i in range(1000)]
    rule = plan.Plan(texts, lambda t: t, ("args",))
    args = Record({"list": [{"kind": "k7", "price": 9}, {"kind": "k8"}, {"kind": "none", "price": 1e9}]})
    assert list(rule.rules({"args": args})) == [texts[7], texts[8]]
    args["list"].append({"price": 3})  # its kind is missing, so that every rule is Unknown
    assert len(list(rule.rules({"args": args}))) == 1000


@pytest.mark.parametrize("rules", [SHARED_MIN - 1, SHARED_MIN])
def test_a_term_is_looked_up_where_enough_rules_share_it(rules: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "SHARED_MIN", SHARED_MIN)
    made = plan.Plan([f"args.n > {k}" for k in range(rules)], lambda rule: rule, ["args"])
    assert (len(made.tried), len(made.groups)) == ((rules, 0) if rules < SHARED_MIN else (0, 1))
    assert sorted(made.rules({"args": {"n": 100}})) == [f"args.n > {k}" for k in range(rules)]
