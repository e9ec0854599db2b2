# ruff: noqa: E501 (rows of a report read better whole)
"""Our conditions beside Cedar's evaluator: `python -m benches.constraints_cedar [--cases N] [--seed S]`.

Each case is a random policy set of permits and forbids, written once in Cedar and once as `allow` and
`deny` conditions, and a random call.  On what both languages can say (numbers, texts, booleans, sets,
`has`, and, or, not, if) they must decide alike.  The `cedar` kind is compared with Cedar itself on
policies that may also fail to evaluate: there it must refuse where Cedar reports an error.
"""

import argparse
import random
import time
from typing import Any

import cedarpy

from benches.report import Report
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.model import HardRule, Policy, ToolSpec

TEXTS = ("a", "b", "EUR", "x y", "it's", 'say "hi"', "é", "\\", "")
TOOLS = ("pay", "look")


def atom(rng: random.Random, broken: bool) -> tuple[str, str]:
    """One comparison in (Cedar, ours); with `broken`, also of fields that may be missing or of another type."""
    kind = rng.randrange(8 if broken else 7)
    number, text = rng.randint(-3, 12), quoted(rng.choice(TEXTS))
    if kind == 0:
        op = rng.choice(("<", "<=", ">", ">=", "==", "!="))
        return f"context.args.n {op} {number}", f"args.n {op} {number}"
    if kind == 1:
        op = rng.choice(("==", "!="))
        return f"context.args.s {op} {text}", f"args.s {op} {text}"
    if kind == 2:
        return "context.args.flag", "args.flag"
    if kind == 3:
        return f"context.args.tags.contains({text})", f"{text} in args.tags"
    if kind == 4:
        return f"context.args has o && context.args.o > {number}", f'has(args, "o") and args.o > {number}'
    if kind == 5:
        sign = rng.choice(("+", "-", "*"))
        other = rng.randint(0, 3)
        return f"context.args.n {sign} {other} > context.args.m", f"args.n {sign} {other} > args.m"
    if kind == 6:
        return f"[{text}, {quoted('b')}].contains(context.args.s)", f"args.s in [{text}, {quoted('b')}]"
    return rng.choice((f"context.args.o < {number}", f"context.args.s < {number}")), "args.o < 0"


def quoted(text: str) -> str:
    """A text literal that both languages read the same way."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def condition(rng: random.Random, depth: int, broken: bool) -> tuple[str, str]:
    """A condition of some depth in both languages."""
    if depth == 0 or rng.random() < 0.3:
        return atom(rng, broken)
    a, b = condition(rng, depth - 1, broken), condition(rng, depth - 1, broken)
    kind = rng.randrange(4)
    if kind == 0:
        return f"({a[0]}) && ({b[0]})", f"({a[1]}) and ({b[1]})"
    if kind == 1:
        return f"({a[0]}) || ({b[0]})", f"({a[1]}) or ({b[1]})"
    if kind == 2:
        return f"!({a[0]})", f"not ({a[1]})"
    c = condition(rng, depth - 1, broken)
    return f"if ({a[0]}) then ({b[0]}) else ({c[0]})", f"({b[1]}) if ({a[1]}) else ({c[1]})"


def call(rng: random.Random) -> dict[str, Any]:
    """Random arguments: all fields there, but for the one that may be missing."""
    args: dict[str, Any] = {
        "n": rng.randint(-3, 12), "m": rng.randint(-3, 12), "s": rng.choice(TEXTS), "flag": rng.random() < 0.5,
        "tags": rng.sample(TEXTS, rng.randrange(4)),
    }  # fmt: skip
    if rng.random() < 0.5:
        args["o"] = rng.randint(-3, 12)
    return args


def policies(rng: random.Random, broken: bool) -> tuple[str, list[HardRule]]:
    """A random policy set in both languages."""
    cedar, ours = [], []
    for i in range(rng.randint(1, 5)):
        there, here = condition(rng, rng.randrange(4), broken)
        tool = rng.choice((None, *TOOLS))
        head = "action" if tool is None else f'action == Action::"{tool}"'
        permit = rng.random() < 0.6
        cedar.append(f"{'permit' if permit else 'forbid'}(principal, {head}, resource) when {{ {there} }};")
        field = {"allow": here} if permit else {"deny": here}
        ours.append(HardRule(id=f"r{i}", kind="tool", tools=(tool,) if tool else (), **field))  # type: ignore[arg-type]
    return "\n".join(cedar), ours


def compare(rng: random.Random, calls: int = 96) -> tuple[int, int, int, int, int]:
    """(our cases, disagreements, `cedar` kind's cases, disagreements, calls allowed) of one policy set.

    Cedar answers all calls of a set in one batch, since parsing its text costs more than deciding; the kind `cedar`,
    which asks Cedar call by call, is compared on one in eight.
    """
    broken = rng.random() < 0.25
    text, rules = policies(rng, broken)
    tools = {t: ToolSpec(effect="read") for t in TOOLS}
    ours = Engine(Policy(tools=tools, hard=tuple(rules), defaults={"read": "deny"}))
    kind = Engine(Policy(tools=tools, hard=(HardRule(id="c", kind="cedar", policy=text),), defaults={"read": "deny"}))
    asked = [(rng.choice(TOOLS), call(rng)) for _ in range(calls // 8 if broken else calls)]
    said = cedarpy.is_authorized_batch(
        [{"principal": 'User::"acme"', "action": f'Action::"{t}"', "resource": 'Effect::"read"', "context": {"args": a}} for t, a in asked],
        text, [],
    )  # fmt: skip
    differ = kinds = allowed = kind_cases = 0
    runs = Run(ours.policy), Run(kind.policy)
    for i, ((tool, args), answer) in enumerate(zip(asked, said, strict=True)):
        allowed += answer.allowed
        if broken or i % 8 == 0:
            kind_cases += 1
            allows = answer.allowed and not answer.diagnostics.errors
            kinds += (kind.decide(runs[1], tool, args, principal="acme").decision == "allow") != allows
        if not broken:
            differ += (ours.decide(runs[0], tool, args, principal="acme").decision == "allow") != answer.allowed
    return 0 if broken else len(asked), differ, kind_cases, kinds, allowed


def study(cases: int, seed: int, seconds: float = 0.0) -> tuple[int, int, int, int, int]:
    """The sums over policy sets until `cases` calls were compared, or `seconds` have passed."""
    rng = random.Random(seed)
    total = [0, 0, 0, 0, 0]
    deadline = time.monotonic() + seconds if seconds else float("inf")
    while total[0] < cases and time.monotonic() < deadline:
        total = [a + b for a, b in zip(total, compare(rng), strict=True)]
    return total[0], total[1], total[2], total[3], total[4]


def main() -> None:
    """Print the agreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.0)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    n, differ, n_kind, kinds, allowed = study(given.cases, given.seed, given.seconds)
    report = Report("constraints: beside Cedar")
    report.row("C8 decisions unlike Cedar's, our conditions", goal="0 of 1,000,000", measured=f"{differ} of {n}", holds=differ == 0,
               note=f"{allowed} calls allowed; a quarter of the policies may fail and count for the row below only")  # fmt: skip
    report.row("C8 decisions unlike Cedar's, kind `cedar`", goal="0", measured=f"{kinds} of {n_kind}", holds=kinds == 0)
    report.finish()


if __name__ == "__main__":
    main()
