# ruff: noqa: E501 (rows of a report read better whole)
"""A decision depends on neither the order of rules nor how a call came: `python -m benches.constraints_order [--cases N]`.

Random policies (those that are compared with Cedar, some of which cannot be evaluated) decide random calls.  Each case
is one call decided twice: by the policy as it stands on the arguments as one text, and by its rules in another order on
the arguments as a stream might bring them, other members first, other spaces and escapes, cut anywhere and interleaved
with a second call, put together as the gateway does.  Decision, rules and effect must be alike.  A second study adds a
denial to each policy: no call that was denied may then pass.
"""

import argparse
import json
import random
from typing import Any

from benches.constraints_cases import cuts
from benches.constraints_cedar import TOOLS, call, policies
from benches.report import Report
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.model import HardRule, Policy, ToolSpec
from tidegate.spine.conversation import FinishDelta, ToolCallDelta
from tidegate.spine.dialects.answers import assemble, first_choice

Said = tuple[str, frozenset[str]]
TOOL_SPECS = {t: ToolSpec(effect="read") for t in TOOLS}


def respelled(args: dict[str, Any], rng: random.Random) -> str:
    """The same arguments in another text."""
    members = list(args.items())
    rng.shuffle(members)
    return json.dumps(dict(members), ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, None, 1)),
                      separators=rng.choice(((",", ":"), (", ", ": "), (" , ", " : "))))  # fmt: skip


def streamed(calls: list[tuple[str, str]], rng: random.Random) -> list[tuple[str, str]]:
    """Calls cut into deltas, interleaved, and put together again."""
    parts = [[ToolCallDelta(i, piece) for piece in cuts(text, rng)] for i, (_, text) in enumerate(calls)]
    items: list[Any] = [ToolCallDelta(i, "", f"c{i}", tool) for i, (tool, _) in enumerate(calls)]
    while any(parts):
        items.append(rng.choice([p for p in parts if p]).pop(0))
    message, _, _ = first_choice(assemble([*items, FinishDelta("tool_calls")]))
    return [(c.name, c.arguments) for c in message.tool_calls]


def decided(engine: Engine, tool: str, text: str) -> Said:
    said = engine.decide(Run(engine.policy), tool, text)
    return said.decision, frozenset(said.rules)


def compare(rng: random.Random, calls: int = 50) -> tuple[int, int, int]:
    """(cases, unlike, denials that a further denial undid) of one policy."""
    _, rules = policies(rng, rng.random() < 0.25)
    shuffled = rng.sample(rules, len(rules))
    _, more = policies(rng, False)
    denial = HardRule(id="more", kind="tool", deny=more[0].deny or more[0].allow)
    one, other, stricter = (
        Engine(Policy(tools=TOOL_SPECS, hard=tuple(r), defaults={"read": "deny"}))
        for r in (rules, shuffled, [*rules, denial])
    )
    unlike = undone = 0
    for _ in range(calls // 2):
        asked = [(rng.choice(TOOLS), call(rng)) for _ in range(2)]
        came = streamed([(tool, respelled(args, rng)) for tool, args in asked], rng)
        for (tool, args), (name, text) in zip(asked, came, strict=True):
            whole = json.dumps(args)
            first = decided(one, tool, whole)
            unlike += first != decided(other, name, text)
            undone += first[0] == "deny" and decided(stricter, tool, whole)[0] != "deny"
    return calls, unlike, undone


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    rng = random.Random(given.seed)
    total = [0, 0, 0]
    while total[0] < given.cases:
        total = [a + b for a, b in zip(total, compare(rng), strict=True)]
    n, unlike, undone = total
    report = Report("constraints: order of rules, split of arguments")
    report.row("C8 decisions unlike for another order of rules and another split and spelling of arguments", goal="0 of 1,000,000",
               measured=f"{unlike} of {n}", holds=n > 0 and unlike == 0)  # fmt: skip
    report.row("C8 denials that a further denial undid", goal="0", measured=f"{undone} of {n}", holds=n > 0 and undone == 0)  # fmt: skip
    report.finish()


if __name__ == "__main__":
    main()
