"""The prompt linter against its goals: `python -m benches.promptlint [--data DIR]`.

The public seed is split by parity of its index: even rows were looked at while the grammar was
written, odd rows only report.  Peers run where they are installed.
"""

# ruff: noqa: E501
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np

from benches import promptlint_verifiable, promptlint_wordings
from benches.report import Report
from tidegate.check.promptlint.behaviour.interference import attribute_lines, probe_pairs
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.check.promptlint.proof import brute
from tidegate.check.promptlint.proof.cores import enumerate_cores
from tidegate.check.promptlint.proof.formulas import Among, Flag, Formula, Lin, Var
from tidegate.check.promptlint.proof.smt import Reply, Situations
from tidegate.check.promptlint.timeline import Revision, introductions
from tidegate.sim.scenarios.promptlint import make_history, named
from tidegate.spine.estimate import Estimate
from tidegate.stats.intervals import proportion

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "knowledge"


def lint(text: str) -> list:
    return findings(analyse([Source(name="p", text=text)]))


def seed(report: Report) -> None:
    rows = [json.loads(line) for line in (DATA / "prompt_conflict_seed.jsonl").read_text().splitlines()][1::2]
    hit: dict[str, list[bool]] = {"hard": [], "soft": []}
    false = []
    for r in rows:
        found = lint(r["prompt"])
        if r["label"] == "conflict":
            hit[r["strength"]].append(
                any(set(r["lines"]) <= {c["line"] for c in f.evidence.get("core", ())} for f in found)
            )
        else:
            false.append(bool(found))
    for strength, goal in (("hard", 0.95), ("soft", 0.85)):
        value = float(np.mean(hit[strength]))
        report.row(
            f"seed, odd half: recall, {strength}",
            goal=f">= {goal}",
            measured=value,
            holds=value >= goal,
            note=f"n={len(hit[strength])}",
        )
    value = float(np.mean(false))
    report.row(
        "seed, odd half: false alarms on near misses",
        goal="<= 0.02",
        measured=value,
        holds=value <= 0.02,
        note=f"n={len(false)}",
    )


def invented(report: Report) -> None:
    for name in ("pairs_dev", "pairs_report"):
        spec = importlib.util.spec_from_file_location(name, ROOT / "tests/check/promptlint" / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        split = lambda block: [line.split(" | ")[1:] for line in block.strip().split("\n")]  # noqa: E731
        found = [bool(lint(f"- {a}\n- {b}")) for a, b in split(module.CONFLICTS)]
        false = [bool(lint(f"- {a}\n- {b}")) for a, b in split(module.NEAR)]
        report.row(
            f"{name}: recall",
            goal=">= 0.95",
            measured=float(np.mean(found)),
            holds=np.mean(found) >= 0.95,
            note=f"n={len(found)}",
        )
        report.row(
            f"{name}: false alarms",
            goal="<= 0.02",
            measured=float(np.mean(false)),
            holds=np.mean(false) <= 0.02,
            note=f"n={len(false)}",
        )


def wordings(report: Report) -> None:
    """The blind sets as they stand: development data since their misses were mended."""
    goals = {"hard": 0.95, "soft": 0.85, "three": 0.95}
    for name in promptlint_wordings.SETS:
        for kind, (good, n, _) in promptlint_wordings.score(name).items():
            share = proportion((good, n))
            low, high = (share.low, share.high) if isinstance(share, Estimate) else (0.0, 1.0)
            holds = good / n <= 0.02 if kind == "near" else good / n >= goals[kind]
            what = "false alarms on near misses" if kind == "near" else f"recall, {kind}"
            report.row(f"set {name}: {what}", goal="<= 0.02" if kind == "near" else f">= {goals[kind]}", measured=good / n,
                       holds=holds, note=f"n={n}, 95 % {low:.3f} to {high:.3f}")  # fmt: skip


def gold_pairs(report: Report) -> None:
    """ManyIH's coding styles: which of the distinct pairs of instructions contradict."""
    texts: dict[str, str] = {}
    gold: dict[frozenset[str], bool] = {}
    for line in (DATA / "manyih_coding_instructions.jsonl").read_text().splitlines():
        items = json.loads(line)["instructions"]
        by_id = {i["id"]: i["description"] for i in items}
        for a, b in combinations(items, 2):
            key = frozenset((a["description"], b["description"]))
            if len(key) == 2:
                clash = b["id"] in (a["conflicts_with"] or ()) or a["id"] in (b["conflicts_with"] or ())
                gold[key] = gold.get(key, False) or clash
        texts.update({d: d for d in by_id.values()})
    hit = alarm = 0
    for pair, clash in gold.items():
        seen = any("core" in f.evidence for f in lint("\n".join(f"- {t}" for t in sorted(pair))))
        hit += seen and clash
        alarm += seen and not clash
    total = sum(gold.values())
    f1 = 2 * hit / (total + hit + alarm)
    report.row("ManyIH gold pairs: F1", goal=">= 0.97", measured=f1, holds=f1 >= 0.97,
               note=f"{hit} of {total} conflicting, {alarm} false of {len(gold) - total}")  # fmt: skip


def real(report: Report) -> None:
    texts = [json.loads(line)["text"] for line in (DATA / "fabric_patterns.jsonl").read_text().splitlines()]
    texts += [(DATA / p).read_text() for p in ("prompt_codex_gpt5_2.md", "prompt_gemini_cli.txt")]
    alarms = [f for t in texts for f in lint(t) if "core" in f.evidence]
    report.row("alarms on 227 real prompts (true and false)", goal="<= 5", measured=len(alarms), holds=len(alarms) <= 5)


VARS = [Var("count", "reply", "a"), Var("count", "reply", "b"), Var("flag", "reply", "f"), Var("choice", "reply", "c")]


def random_formula(rng: np.random.Generator) -> Formula:
    kind = int(rng.integers(0, 5))
    if kind == 0:
        return Flag(VARS[2], bool(rng.integers(0, 2)))
    if kind == 1:
        return Among(VARS[3], frozenset([str(rng.choice(["x", "y"]))]), bool(rng.integers(0, 2)))
    if kind == 2:
        return Lin(((1, VARS[0]), (-1, VARS[1])), int(rng.integers(-2, 2)))
    sign = int(rng.choice([-1, 1]))
    return Lin(((sign, VARS[int(rng.integers(0, 2))]),), sign * int(rng.integers(0, 4)))


def proofs(report: Report, sets: int) -> None:
    rng, top = np.random.default_rng(5), [Lin(((1, VARS[0]),), 4), Lin(((1, VARS[1]),), 4)]
    one = analyse([Source(name="x", text="Answer in French.")]).instructions[0]
    agree = 0
    for _ in range(sets):
        formulas = [random_formula(rng) for _ in range(4)]
        expected: list[tuple[int, ...]] = []
        for size in range(1, 5):
            for c in combinations(range(4), size):
                if not any(set(o) <= set(c) for o in expected) and not brute.satisfiable(
                    [formulas[k] for k in c], top, 4
                ):
                    expected.append(c)
        agree += sorted(expected) == sorted(enumerate_cores(Reply(formulas, top), Situations([one] * 4, ()), 4))
    report.row(
        f"{sets:,} random sets: cores minimal, complete, as enumerated",
        goal="100 %",
        measured=agree / sets,
        holds=agree == sets,
    )


def triples(report: Report) -> None:
    rng, found, n = np.random.default_rng(9), 0, 120
    for k in range(n):
        a, b = int(rng.integers(3, 9)), int(rng.integers(10, 30))
        unit = ("sentence", "bullet", "paragraph")[k % 3]
        cap = a * b - int(rng.integers(1, 10))
        lines = [f"Write exactly {a} {unit}s.", f"Each {unit} has at least {b} words.", f"Use at most {cap} words."]
        if k % 4 == 3:
            lines = [f"The SUMMARY section has at least {a * 9} words.", f"The DETAILS section has at least {b * 5} words.",
                     f"The whole reply has at most {a * 9 + b * 5 - 1} words."]  # fmt: skip
        found += any(len(f.evidence["core"]) == 3 for f in lint("\n".join(lines)))
    report.row("three-way cores", goal=">= 0.95", measured=found / n, holds=found / n >= 0.95, note=f"n={n}")


def histories(report: Report) -> None:
    right = total = 0
    for s in range(60):
        history, truth = make_history(s)
        rng = np.random.default_rng(s)
        longer: list[Revision] = []
        for r in history:  # reformatting and moves in between change nothing
            longer.append(r)
            lines = r.text.strip().split("\n")
            form = [f"- {x}" for x in lines] if rng.random() < 0.5 else [lines[j] for j in rng.permutation(len(lines))]
            longer.append(Revision(commit=f"{r.commit}-style", author="x", text="\n".join(form) + "\n"))
        wanted = {lines: f"c{k:02d}" for k, lines in truth.values()}
        ours = named(longer)
        total += len(wanted)
        right += sum(ours.get(lines) == c for lines, c in wanted.items())
    report.row(
        "introducing commit exact (moves, reformatting)",
        goal=">= 0.98",
        measured=right / total,
        holds=right / total >= 0.98,
        note=f"n={total}",
    )
    _ = introductions


def behaviour(report: Report) -> None:
    found = planted = false = declared = spent = 0
    for s in range(40):
        rng = np.random.default_rng(s)
        true = {int(k) for k in rng.choice(20, 3, replace=False)}
        calls = [0]

        def trial(pair: int, with_line: bool, _r: int, rng=rng, true=true, calls=calls) -> float:
            calls[0] += 1
            return float(rng.random() < (0.85 - (0.35 if with_line and pair in true else 0.0)))

        _, hits = probe_pairs(trial, 20, budget=int(0.3 * 20 * 2 * 400))
        found, planted = found + len(true & set(hits)), planted + len(true)
        false, declared, spent = false + len(set(hits) - true), declared + len(hits), spent + calls[0]
    report.row(
        "interference: false discoveries",
        goal="<= 0.05",
        measured=false / max(declared, 1),
        holds=false / max(declared, 1) <= 0.05,
    )
    report.row(
        "interference: power at effect 0.35, <= 30 % of the exhaustive runs",
        goal=">= 0.9",
        measured=found / planted,
        holds=found / planted >= 0.9,
        note=f"{spent / 40:.0f} runs of 16,000",
    )
    top3 = []
    for s in range(40):
        rng = np.random.default_rng(1000 + s)
        effect = np.zeros(20)
        effect[rng.choice(20, 3, replace=False)] = 0.3
        beta = attribute_lines(
            lambda kept, _k, e=effect, rng=rng: float(np.dot(kept, e) + rng.normal(0, 0.2)), 20, 200, rng
        )
        top3.append(set(np.argsort(-np.abs(beta))[:3]) == set(np.flatnonzero(effect)))
    report.row(
        "whole-prompt attribution: top three lines",
        goal=">= 0.95",
        measured=float(np.mean(top3)),
        holds=np.mean(top3) >= 0.95,
    )


def speed(report: Report) -> None:
    rng = np.random.default_rng(3)
    lines = [
        f"- Mention the {w} of item {k} when the customer asks about part {int(rng.integers(0, 900))}."
        for k in range(1480)
        for w in ("price",)
    ]
    lines += [
        "- Reply in at most 2 sentences.",
        "- Every reply has at least 5 sentences.",
        "- Never use emoji.",
        "- Add an emoji to every reply.",
    ] * 5
    path = Path("/tmp") / f"tidegate-bench-{os.getpid()}.md"
    path.write_text("\n".join(lines))
    # an installed package has its byte code: a first run writes it, and is not counted
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    times, spent = [], []
    with tempfile.TemporaryDirectory() as cache:
        for _ in range(4):
            start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [sys.executable, "-m", "tidegate.cli.main", "prompts", "lint", str(path), "--no-blame", "--json"],
                env={**env, "PYTHONPYCACHEPREFIX": cache}, capture_output=True, check=False,
            )  # fmt: skip
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(time.perf_counter() - start)
            spent.append(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime)
    path.unlink()
    cold = float(np.median(times[1:]))
    report.row("1,500 lines, process start included", goal="<= 2 s", measured=cold, holds=cold <= 2, unit="s",
               note=f"{np.median(spent[1:]):.2f} s CPU")  # fmt: skip
    text = "\n".join(lines)
    lint(text)
    start = time.process_time()
    lint(text + "\n- Always answer in Dutch.")
    warm = (time.process_time() - start) * 1000
    report.row("after an edit of one line", goal="<= 100 ms", measured=warm, holds=warm <= 100, unit="ms CPU")


def peers(report: Report) -> None:
    """Linters that install, on the three newest blind sets: promptproof names conflicts, the others have no such rule."""
    for name in ("promptproof", "ailint", "promptlint"):
        if shutil.which(name) is None:
            report.row(f"peer {name}", goal="side by side", measured="not installed here", holds=None)
    if shutil.which("promptproof") is None:
        return
    for name in "hij":
        with tempfile.TemporaryDirectory() as folder:
            rows = list(promptlint_wordings.prompts(name))
            for k, row in enumerate(rows):
                (Path(folder) / f"{k:04d}.md").write_text(row["text"])
            command = ["promptproof", "--kind", "prompt", "--format", "json", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        told = {
            Path(f["path"]).stem
            for f in json.loads(done.stdout)["findings"]
            if f["name"].startswith(("conflict", "contradict"))
        }
        for kind in ("hard", "soft", "three", "near"):
            of = [k for k, row in enumerate(rows) if row["kind"] == kind]
            hit = sum(f"{k:04d}" in told for k in of)
            report.row(
                f"peer promptproof, set {name}: {kind}",
                goal="side by side",
                measured=hit / len(of),
                holds=None,
                note=f"any conflict named in the prompt; n={len(of)}",
            )


def main() -> None:
    report = Report("promptlint")
    if DATA.is_dir():
        seed(report)
        real(report)
        gold_pairs(report)
        promptlint_verifiable.ifeval(report, DATA / "ifeval_input_data.jsonl")
        promptlint_verifiable.ifbench(report, DATA / "ifbench_test.jsonl")
    invented(report)
    wordings(report)
    triples(report)
    proofs(report, 5000 if "--full" in sys.argv else 500)
    histories(report)
    behaviour(report)
    speed(report)
    if "--peers" in sys.argv:
        peers(report)
    report.finish([a for a in sys.argv[1:] if a not in ("--full", "--peers")])


if __name__ == "__main__":
    main()
