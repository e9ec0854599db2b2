# ruff: noqa: E501 (rules read better whole)
"""What a decision costs (C8): a thousand rules in the shapes that rules have, ten thousand past calls.

Part of `python -m benches.constraints`; alone: `python -m benches.constraints_cost`.
"""

import json
import time

from benches.report import Report
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.load import parse_policy


def decisions(report: Report) -> None:
    """C8: cost of a decision with 1,000 rules and 10,000 past calls, in the shapes that rules have."""
    fifty = "\n".join(f"  tool_{i}: {{effect: reversible}}" for i in range(50))
    spread = [f"tools: [tool_{i % 50}], deny: 'args.amount > {100 + i} and args.kind == \"k{i}\"'" for i in range(1000)]
    _timed(report, "20 rules a tool", fifty, spread)
    keyed = [f"tools: [tool_0], deny: 'args.kind == \"k{i}\" and args.amount > {100 + i}'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool that begin with the kind", "  tool_0: {effect: reversible}", keyed)
    history = [
        f"tools: [tool_{i % 50}], deny: 'run.count(\"tool_{i % 50}\", kind=args.kind) > {9000 + i}'"
        for i in range(1000)
    ]
    _timed(report, "20 rules a tool that count past calls", fifty, history)
    plain = [f"tools: [tool_0], deny: 'args.amount > {1000 + i} and args.kind == \"k{i}\"'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool that begin with an amount", "  tool_0: {effect: reversible}", plain)
    _timed(report, "1,000 rules of 25 tools in the mixture below", "\n".join(fifty.split("\n")[:25]), mixed(25, 1000))
    _timed(report, "1,000 rules of one tool in the mixture below", "  tool_0: {effect: reversible}", mixed(1, 1000))
    compared = [f"tools: [tool_0], deny: 'args.amount * 2 > args.limit + {1000 + i}'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool that compare two arguments", "  tool_0: {effect: reversible}", compared)
    searched = [f"tools: [tool_0], deny: 'matches(args.path, \"(^|/)k{i}[a-z]+[.]{{1,2}}x\")'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool with an expression each", "  tool_0: {effect: reversible}", searched)
    one = "  tool_0: {effect: reversible}"
    beyond = [f"tools: [tool_0], deny: 'any(p > {1000 + i} for p in args.parts)'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool with `any` item beyond a number", one, beyond)
    kinds = [
        f"tools: [tool_0], deny: 'any(p.kind == \"k{i}\" and p.price > {i} for p in args.items)'" for i in range(1000)
    ]
    _timed(report, "1,000 rules of one tool with `any` item of a kind", one, kinds)
    within = [f"tools: [tool_0], deny: 'all(starts(p, \"/srv/{i}/\") for p in args.paths)'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool with `all` items under a path", one, within)
    held = [f"tools: [tool_0], deny: '\"t{i}\" in args.tags'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool with a constant in a list", one, held)
    other = [f"tools: [tool_0], deny: 'args.amount / {i + 2} > args.limit'" for i in range(1000)]
    _timed(report, "1,000 rules of one tool that divide, each tried", one, other)


def mixed(tools: int, n: int) -> list[str]:
    """Rules in the proportions of the policy files here: most name a kind, an amount, a host or a path, one in twenty
    compares two arguments or excludes a value and can only be tried."""
    shapes = (
        *('args.kind == "k{i}" and args.amount > {j}',) * 5, *("args.amount > {j}",) * 2, 'args.amount > {j} and args.kind in ["k{i}", "x{i}"]',
        *('args.to == "user{i}@example.org"',) * 2, *('domain(args.to) in ["d{i}.example", "e{i}.example"]',) * 2,
        *('starts(args.path, "/srv/{i}/")',) * 2, *('run.count("{t}", kind=args.kind) > {j}',) * 2, 'run.count("{t}") > {j} and args.kind == "k{i}"',
        'not starts(args.path, "/data/") and args.kind == "x{i}"', "args.amount * 2 > args.limit + {j}",
    )  # fmt: skip
    return [
        f"tools: [tool_{i % tools}], deny: '{shapes[i // tools % len(shapes)].format(i=i, j=10_000 + i, t=f'tool_{i % tools}')}'"
        for i in range(n)
    ]


def _timed(report: Report, what: str, tools: str, rules: list[str]) -> None:
    body = "\n".join(f"  - {{id: r{i}, kind: tool, {r}}}" for i, r in enumerate(rules))
    policy = parse_policy(f"version: 1\ntools:\n{tools}\nhard:\n{body}\n")
    engine, run = Engine(policy), Run(policy)
    n = len(policy.tools)
    for i in range(10_000):
        run.happened(f"tool_{i % n}", {"amount": i, "kind": f"k{i % 10}"})
    spent = []
    for i in range(4000):
        text = json.dumps({"amount": i % 300, "kind": f"k{i % 1000}", "limit": 500, "parts": [i % 7, i % 11], "items": [{"kind": f"k{(i + j) % 2000}", "price": j} for j in range(3)], "paths": [f"/data/{i}"] * 2, "tags": [f"t{i % 3000}", "x"], "to": f"u{i}@d.example", "path": f"/data/{i}/a.txt"})  # fmt: skip
        began = time.thread_time_ns()
        engine.decide(run, f"tool_{i % n}", text)
        spent.append((time.thread_time_ns() - began) / 1000)
    spent.sort()
    p50, p99 = spent[2000], spent[3960]
    report.row(
        f"C8 {what}: P50, P99",
        goal="<= 40, <= 150 us",
        measured=f"{p50:.0f}, {p99:.0f} us",
        holds=p50 <= 40 and p99 <= 150,
    )


if __name__ == "__main__":
    alone = Report("constraints, cost of a decision")
    decisions(alone)
    alone.finish()
