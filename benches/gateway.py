"""The data plane against nginx and LiteLLM on this machine: `python -m benches.gateway --tools FOLDER`.

`FOLDER` holds the load tools (`bench.py`, `fake_upstream.c`, `loadgen.c`, `conf/`); they are
built into a scratch folder with gcc.  nginx must be installed; `--litellm PATH` names LiteLLM's
command where it is.  Needs root and two cores: the gateway runs alone on the first at real-time
priority, tools and upstream on the second.  Only ratios within one run mean anything.

Everything is on, as a default configuration ships it: keys, routing, usage, per-tenant rates, metrics,
whole bodies to the journal, the scheduler (`--policy fair`) and the tool-loop guard (`--loops enforce`).
`--policy open --loops off` is what nginx and LiteLLM do: no queue, no guard.  CPU and memory are those of
supervisor and worker together.  Traces that the journal had to drop are counted: a gateway that loses
its traces is not measured with traces on.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benches.report import Report
from tidegate.store.segments import read_losses
from tidegate.wiring import add_key

PAGES_MB = 3000
DRIFT_MAX = 1.15  # rounds of one machine differ by about a tenth
SCENARIOS = "rate,json,big,sse,sseheavy"
GATEWAY = """
listen: {{port: PORT}}
control: {{port: PORT2}}
upstreams:
  - {{name: fake, url: "http://127.0.0.1:UP/v1", api_key: "file:{folder}/upstream.key"}}
routes:
  - {{model: gpt-4o-mini, upstreams: [fake], cost_usd_per_million_prompt: 1, cost_usd_per_million_completion: 2}}
tenants:
  - {{name: team1, requests_per_minute: 100000000, tokens_per_minute: 1000000000}}
scheduling: {{policy: {policy}}}
loops: {{mode: "{loops}"}}
store: {{path: "{folder}/store"}}
"""


def targets(folder: Path, tools: Path, litellm: str | None, policy: str, loops: str,
            trees: dict[str, str]) -> dict[str, Any]:  # fmt: skip
    """The targets of the load tools: the peers as they come, and each tree of this gateway, without control plane."""
    known = json.loads((tools / "targets.json").read_text())
    out = {name: known[name] for name in ("direct", "nginx")}
    if litellm:
        out["litellm"] = known["litellm"]
    for name, source in trees.items():
        own = folder / name
        own.mkdir()
        (own / "upstream.key").write_text("sk-upstream")
        (own / "template.yaml").write_text(GATEWAY.format(folder=own, policy=policy, loops=loops))
        key = add_key(own / "store", "team1")
        out[name] = {
            "files": {str(own / "template.yaml"): str(own / "tidegate.yaml")},
            "env": {"PYTHONPATH": source},
            "cmd": ["chrt", "-r", "5", "sh", "-c",  # round robin: the journal's thread gets its turn on the same core
                    f"sed -i 's/PORT2/{{port2}}/; s/PORT/{{port}}/; s/UP/{{up}}/' {own}/tidegate.yaml && "
                    f"exec {sys.executable} -m tidegate.serving {own}/tidegate.yaml --no-control"],
            "settle": 2, "lg": ["-k", key],
        }  # fmt: skip
    return out


def touch_memory(folder: Path) -> None:
    """Write and delete a large file first: a fresh virtual machine gets its memory at first touch.

    There a page of the page cache costs ten times what it costs ever after (69 µs against 7 for 33 KB,
    measured), and only the gateway writes files.
    """
    block = bytes(1024 * 1024)
    with (folder / "touch").open("wb") as file:
        for _ in range(PAGES_MB):
            file.write(block)
    (folder / "touch").unlink()


def trees_of(a: argparse.Namespace) -> dict[str, str]:
    """The trees of this gateway to measure, by name: this one, and a compiled one."""
    found = {"tidegate": str(Path(__file__).resolve().parent.parent / "src")}
    return {**found, "compiled": str(Path(a.compiled).resolve())} if a.compiled else found


def measure(a: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """Run the tools; every line of their output."""
    tools = Path(a.tools)
    for name in ("fake_upstream", "loadgen"):
        subprocess.run(["gcc", "-O2", "-o", str(folder / name), str(tools / f"{name}.c")], check=True)
    (folder / "targets.json").write_text(json.dumps(targets(folder, tools, a.litellm, a.policy, a.loops, trees_of(a))))
    command = [sys.executable, str(tools / "bench.py"), "--bin", str(folder), "--targets", str(folder / "targets.json"),
               "--var", f"tmp={folder}", "--var", f"litellm={a.litellm or ''}", "--rounds", str(a.rounds),
               "--scen", SCENARIOS, "--out", str(folder / "r.jsonl"), "--rt"]  # fmt: skip
    subprocess.run(command, check=True, stdout=sys.stderr)
    return [json.loads(line) for line in (folder / "r.jsonl").read_text().splitlines()]


def median(rows: list[dict[str, Any]], target: str, scenario: str, field: str) -> float | None:
    """The median over the rounds, or None where nothing was measured."""
    found = [r[field] for r in rows if r["target"] == target and r["scen"] == scenario]
    return statistics.median(found) if found else None


def drift(rows: list[dict[str, Any]], tree: str, scenario: str) -> float | None:
    """CPU a request in the last round over that in the first, beside nginx's; 1.0: no slower.  None for one round."""

    def change(target: str) -> float | None:
        found = sorted((r["round"], r["cpu_us_req"]) for r in rows if r["target"] == target and r["scen"] == scenario)
        return found[-1][1] / found[0][1] if len(found) > 1 and found[0][1] else None

    ours, theirs = change(tree), change("nginx")
    return ours / theirs if ours and theirs else None


def judge(report: Report, rows: list[dict[str, Any]], tree: str) -> None:
    """One line a goal, for one tree."""

    def ratio(name: str, goal: float, scenario: str, field: str, against: str, *, least: bool = False) -> None:
        ours, theirs = median(rows, tree, scenario, field), median(rows, against, scenario, field)
        words = f"{'>=' if least else '<='} {goal:g}"
        if not ours or not theirs:
            report.row(f"{tree}: {name}", goal=words, measured=f"{against} did not run", holds=None)
            return
        value = ours / theirs
        holds = value >= goal if least else value <= goal
        report.row(
            f"{tree}: {name}",
            goal=words,
            measured=value,
            unit="x",
            holds=holds,
            note=f"{ours:.4g} against {theirs:.4g}",
        )

    ratio("CPU per JSON request against nginx", 2.0, "json", "cpu_us_req", "nginx")
    ratio("requests/s against LiteLLM, one core", 250.0, "json", "rps", "litellm", least=True)
    ratio("CPU per chunk against nginx, 50,000 chunks/s", 1.4, "sseheavy", "cpu_us_chunk", "nginx")
    ratio("CPU with 32 KB bodies against nginx", 3.0, "big", "cpu_us_req", "nginx")
    ours, direct = median(rows, tree, "sse", "ttft_p50"), median(rows, "direct", "sse", "ttft_p50")
    if ours is not None and direct is not None:
        added = (ours - direct) / 1000.0
        report.row(f"{tree}: added first-token time, P50", goal="<= 0.3", measured=added, unit="ms", holds=added <= 0.3)
    chunks = median(rows, tree, "sseheavy", "chunks_per_s")
    report.row(
        f"{tree}: chunks/s passed on of 50,000", goal=">= 49000", measured=chunks or 0.0, holds=(chunks or 0) >= 49_000
    )
    for name, scenario, field, goal in (
        ("memory idle, supervisor and worker", "json", "rss_idle", 40.0),
        ("memory after 500 streams, supervisor and worker", "sseheavy", "rss", 60.0),
    ):
        value = median(rows, tree, scenario, field)
        report.row(
            f"{tree}: {name}",
            goal=f"<= {goal:g}",
            measured=value or 0.0,
            unit="MB PSS",
            holds=value is not None and value <= goal,
        )
    for scenario in ("json", "big"):
        value = drift(rows, tree, scenario)
        if value is not None:
            name = f"{tree}: CPU of the last round over the first, {scenario}, nginx's taken out"
            report.row(name, goal=f"<= {DRIFT_MAX}", measured=value, unit="x", holds=value <= DRIFT_MAX)
    bad = sum(r["err"] + r["bad"] for r in rows if r["target"] == tree)
    report.row(f"{tree}: wrong answers", goal="0", measured=bad, holds=bad == 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", required=True, help="folder of the load tools")
    parser.add_argument("--litellm", default=None, help="path of the litellm command")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--policy", default="fair")
    parser.add_argument("--loops", default="enforce", help="mode of the tool-loop guard, which reads every body")
    parser.add_argument(
        "--compiled", default=None, help="source folder with compiled modules, measured in the same rounds"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", default=None)
    a = parser.parse_args()
    report = Report(f"gateway, {a.rounds} interleaved rounds, policy {a.policy}, loops {a.loops}")
    missing = [
        n for n in ("bench.py", "fake_upstream.c", "loadgen.c", "targets.json") if not (Path(a.tools) / n).exists()
    ]
    missing += [n for n in ("gcc", "nginx", "chrt", "taskset") if shutil.which(n) is None]
    if missing:
        report.row("the load tools", goal="present", measured=f"missing: {', '.join(missing)}", holds=None)
    else:
        with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as folder:
            touch_memory(Path(folder))
            rows = measure(a, Path(folder))
            for tree in trees_of(a):
                judge(report, rows, tree)
                lost = sum(sum(loss.lost.values()) for loss in read_losses(Path(folder) / tree / "store" / "journal"))
                report.row(f"{tree}: traces lost under all that load", goal="0", measured=lost, holds=lost == 0)
    report.finish()


if __name__ == "__main__":
    main()
