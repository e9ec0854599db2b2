"""Published loop detectors beside this one, on the same runs.

    python -m benches.toolguard_peers --python PATH [--json]

PATH is an interpreter of an environment of its own with `agent-loop-guard`, `unwedge` and `agentloopguard-sdk` in it.
All see the same steps (tool, arguments, the first 1,500 characters of the answer, whether it failed):
recorded SWE-agent runs (19 stuck, 15 resolved) and a generated run of every kind of the third and the fourth
set.  Tidegate appears twice: with the thresholds it comes with (fitted to coding agents, so that generated runs of
other kinds are stopped by proofs alone), and calibrated at 1 % on other good runs of the generated kinds.  A run counts
as stopped when the detector's own word is to stop, with its defaults; `unwedge` runs without a model,
with its kill switch on, and counts as stopped when it hands over to a person.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.admit.toolguard.worlds.forms import write
from tests.admit.toolguard.worlds.fourth_good import FOURTH_GOOD
from tests.admit.toolguard.worlds.fourth_stuck import FOURTH_STUCK
from tests.admit.toolguard.worlds.third_good import THIRD_GOOD
from tests.admit.toolguard.worlds.third_stuck import THIRD_STUCK

from benches.report import Report
from benches.toolguard import DATA, lines
from benches.toolguard_worlds import fitted, generated
from tidegate.admit.toolguard import answers
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.model import BUILT_IN, ResultClass, Thresholds
from tidegate.admit.toolguard.steps import read_steps
from tidegate.readers.agent_runs import read_run
from tidegate.spine.conversation import Message

SEED = 20261130
RESOLVED, KEPT = 15, 1500
PEER_NAMES = ("agent-loop-guard", "unwedge", "agentloopguard-sdk")
PEERS = r"""
import json, sys, time
READS = ("get", "list", "read", "search", "find", "view", "open", "ls", "cat", "grep")
def loop_guard(run):
    from loop_guard import Action, LoopGuard
    guard, warned = LoopGuard(), False
    for s in run["steps"]:
        said = guard.check(s["tool"], s["arguments"], s["answer"])
        if said.action in (Action.STOP, Action.ESCALATE):
            return "stop"
        warned = warned or said.should_warn
    return "warn" if warned else ""
def unwedge(run):
    from unwedge import Guard, GuardConfig, ToolClass, Turn
    config = GuardConfig(shadow=False, kill_enabled=True)
    guard, word = Guard(run["task"], None, config), ""
    for i, s in enumerate(run["steps"]):
        reads = any(w in s["tool"].lower() for w in READS)
        kind = ToolClass.SEARCH if reads else ToolClass.RUN
        turn = Turn(index=i + 1, command=s["tool"] + " " + json.dumps(s["arguments"]), tool=s["tool"], tool_class=kind,
                    observation=s["answer"], is_error=s["failed"],
                    changes_state=not reads and not s["failed"], cost_units=1.0)
        action = guard.on_turn(turn).decision.action.value
        if action in ("kill", "stop", "escalate", "pause"):
            return "stop"
        if action not in ("continue", "none", "observe"):
            word = "warn"
    return word
def agentloopguard(run):
    from agentloopguard import LoopDetectedError, LoopGuard
    session = LoopGuard().session()
    for i, s in enumerate(run["steps"]):
        try:
            session.record({"tool_name": s["tool"], "tool_args": s["arguments"], "output": s["answer"],
                            "timestamp": 60.0 * i})
        except LoopDetectedError:
            return "stop"
    return ""
names = {"agent-loop-guard": loop_guard, "unwedge": unwedge, "agentloopguard-sdk": agentloopguard}
for line in open(sys.argv[1]):
    run = json.loads(line)
    out = {"group": run["group"]}
    for name, of in names.items():
        began = time.thread_time()
        try:
            out[name] = of(run)
        except ImportError:
            out[name] = None
        out[name + " ms"] = 1000 * (time.thread_time() - began) / max(1, len(run["steps"]))
    print(json.dumps(out))
"""


def plain(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """Steps as any detector may be told them."""
    results = {r.call_id: r for m in messages for r in m.tool_results}
    out = []
    for message in messages:
        for call in message.tool_calls:
            answer = results[call.call_id].content if call.call_id in results else ""
            kind = answers.classify(answer, None)
            try:
                arguments = json.loads(call.arguments)
            except ValueError:
                arguments = {"command": call.arguments}
            given = arguments if isinstance(arguments, dict) else {"value": arguments}
            out.append({"tool": call.name, "arguments": given, "answer": answer[:KEPT],
                        "failed": kind in (ResultClass.ERROR, ResultClass.RETRYABLE)})  # fmt: skip
    return out


def all_runs() -> list[tuple[str, tuple[Message, ...]]]:
    """(group, messages) of every run."""
    agents = DATA / "agents"
    runs: list[tuple[str, tuple[Message, ...]]] = []
    with (agents / "swebench_verified_sweagent_labels.csv").open() as f:
        labels = {(r["submission"], r["instance_id"]): r for r in csv.DictReader(f)}
    resolved = 0
    for row in lines(agents / "swebench_verified_sweagent.jsonl.gz"):
        label = labels[str(row["submission"]), str(row["instance_id"])]
        kind = (
            "recorded, stuck" if label["stuck"] == "1" else "recorded, resolved" if label["label"] == "resolved" else ""
        )
        resolved += kind == "recorded, resolved"
        if kind and (kind == "recorded, stuck" or resolved <= RESOLVED):
            runs.append((kind, read_run(row).messages))
    sets = (("generated, stuck", THIRD_STUCK + FOURTH_STUCK), ("generated, good", THIRD_GOOD + FOURTH_GOOD))
    for group, makers in sets:
        for m, maker in enumerate(makers):
            rng = random.Random(SEED * 1009 + m * 31)
            run = maker(rng)
            if any(t.calls for t in run.turns):  # these detectors see calls alone
                runs.append((group, read_run({"messages": write(run, "chat", rng)}).messages))
    return runs


def word_of(messages: tuple[Message, ...], thresholds: Thresholds) -> str:
    decision = judge(read_steps(messages), thresholds).decision
    return {"stop": "stop", "finalise": "stop", "continue": ""}.get(decision, "warn")


def main() -> None:
    if "--python" not in sys.argv:
        sys.exit("expected --python PATH: an interpreter with agent-loop-guard and unwedge installed")
    python = sys.argv[sys.argv.index("--python") + 1]
    runs = all_runs()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.jsonl"
        with path.open("w") as out:
            for group, messages in runs:
                task = next((m.text for m in messages if m.role == "user"), "")
                out.write(json.dumps({"group": group, "task": task, "steps": plain(messages)}) + "\n")
        said = subprocess.run([python, "-c", PEERS, str(path)], capture_output=True, text=True, check=True).stdout
    told = [json.loads(line) for line in said.splitlines()]
    stuck = generated(THIRD_STUCK + FOURTH_STUCK, (None,), 1, SEED)
    calibrated = fitted(THIRD_GOOD + FOURTH_GOOD, (None,), SEED, list(stuck))
    for row, (group, messages) in zip(told, runs, strict=True):
        row["tidegate"] = word_of(messages, BUILT_IN)
        row["tidegate, calibrated"] = word_of(messages, calibrated if group.startswith("generated") else BUILT_IN)
    report = Report(f"loop detectors side by side (seed {SEED})")
    for group in dict.fromkeys(g for g, _ in runs):
        rows = [r for r in told if r["group"] == group]
        for name in ("tidegate", "tidegate, calibrated", *PEER_NAMES):
            if any(r[name] is None for r in rows):
                report.row(f"{group}: {name}", goal="(beside)", measured="not installed", holds=None)
                continue
            stops, warns = (sum(r[name] == w for r in rows) for w in ("stop", "warn"))
            right = stops == len(rows) if group.endswith("stuck") else stops == 0
            report.row(f"{group}: {name}", goal="all stopped" if group.endswith("stuck") else "none stopped",
                       measured=f"{stops} of {len(rows)} stopped, {warns} more warned", holds=right)  # fmt: skip
    for name in PEER_NAMES:
        times = sorted(r[name + " ms"] for r in told)
        report.row(
            f"{name}: time a step, median", goal="(beside)", measured=f"{times[len(times) // 2]:.2f} ms", holds=True
        )
    report.finish()


if __name__ == "__main__":
    main()
