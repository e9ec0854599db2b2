"""Four checks on inputs written in one go, before any of them was judged: `python -m benches.second_hand`.

60 prompt pairs, 138 sentences, 40 answers and 40 talks, each with its expectation, and
judged through the command line as a user would.  Small sets: they say whether a check is good
or bad on words that nobody chose for it, not how good to a point.  `first_look` keeps what each set gave the
first time; the prompt pairs have been development data since, and one talk was mended on; the rest has not.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benches.report import Report
from tidegate.stats.intervals import wilson_bounds

FOLDER = Path(__file__).parent / "second_hand"
FIRST_LOOK = {
    "conflicts that cannot hold, found": "13 of 22",
    "conflicts of style, found": "5 of 8",
    "pairs without conflict, left alone": "28 of 30",
    "rules found": "29 of 31",
    "consequence named right": "26 of 31",
    "sentences that are no rules, left alone": "16 of 17",
    "rules found, second set": "59 of 60",
    "consequence named right, second set": "58 of 60",
    "sentences that are no rules, left alone, second set": "26 of 30",
    "wrong answers refuted": "15 of 17",
    "sound answers left alone": "23 of 23",
    "failed talks found": "16 of 18",
    "fine talks left alone": "19 of 22",
}


def judged(verb: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The output lines of a checking verb over `--jsonl -`."""
    lines = "\n".join(json.dumps({"id": i, **row}) for i, row in enumerate(rows))
    command = [sys.executable, "-m", "tidegate.cli", *verb.split(), "--jsonl", "-"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=600)
    return [json.loads(line) for line in done.stdout.splitlines()]


def read(name: str) -> list[dict[str, Any]]:
    """One set."""
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def prompts(report: Report) -> None:
    """Two lines that cannot hold together, that pull against each other, or that are fine, among plain ones."""
    pairs = [line.split(" | ") for line in (FOLDER / "prompts.txt").read_text(encoding="utf-8").splitlines()]
    texts = [
        f"You are the assistant of a travel company.\n{a}\nMention opening hours when asked.\n{b}" for _, a, b in pairs
    ]
    found = [
        any("core" in f["evidence"] for f in r["findings"])
        for r in judged("prompts lint", [{"text": t} for t in texts])
    ]
    for label, name, goal in (
        ("hard", "conflicts that cannot hold, found", 0.95), ("soft", "conflicts of style, found", 0.85),
        ("none", "pairs without conflict, left alone", 0.98),
    ):  # fmt: skip
        hits = [hit is (label != "none") for (kind, _, _), hit in zip(pairs, found, strict=True) if kind == label]
        row(report, name, hits, goal)


def rules(report: Report) -> None:
    """Sentences of prompts: a rule or none, and what one violation costs; the second set was read once, at the end."""
    for name, more in (("rules.jsonl", ""), ("rules_2.jsonl", ", second set")):
        rows = read(name)
        answers = judged("constraints audit", [{"sentence": r["sentence"]} for r in rows])
        both = list(zip(rows, answers, strict=True))
        row(report, f"rules found{more}", [a["is_rule"] for r, a in both if r["is_rule"]], 0.95)
        named = [a["is_rule"] and a["consequence"] == r["consequence"] for r, a in both if r["is_rule"]]
        row(report, f"consequence named right{more}", named, 0.90)
        plain = [not a["is_rule"] for r, a in both if not r["is_rule"]]
        row(report, f"sentences that are no rules, left alone{more}", plain, 0.90)


def answers(report: Report) -> None:
    """Technical answers with one error, and their sound twins."""
    rows = read("answers.jsonl")
    given = judged("verify", [{"question": r["question"], "answer": r["answer"]} for r in rows])
    refuted = [any(c["verdict"] == "refuted" for c in a["claims"]) for a in given]
    both = list(zip(rows, refuted, strict=True))
    row(report, "wrong answers refuted", [hit for r, hit in both if r["wrong"]], 0.80)
    row(report, "sound answers left alone", [not hit for r, hit in both if not r["wrong"]], 0.97)


def talks(report: Report) -> None:
    """Talks that went wrong, and talks that only look so."""
    rows = read("talks.jsonl")
    both = list(zip(rows, judged("harvest detect", [{"messages": r["messages"]} for r in rows]), strict=True))
    row(report, "failed talks found", [a["failed"] for r, a in both if r["failed"]], 0.80)
    row(report, "fine talks left alone", [not a["failed"] for r, a in both if not r["failed"]], 0.95)


def row(report: Report, name: str, hits: list[bool], goal: float) -> None:
    """One share with its interval, beside what it was at first sight."""
    low, high = wilson_bounds(sum(hits), len(hits))
    shown = f"{sum(hits)} of {len(hits)} [{float(low):.2f}, {float(high):.2f}]"
    report.row(
        name,
        goal=f">= {goal}",
        measured=shown,
        holds=sum(hits) >= goal * len(hits),
        note=f"first look {FIRST_LOOK[name]}",
    )


def main() -> None:
    """All four."""
    report = Report("four checks on words that nobody chose for them")
    for part in (prompts, rules, answers, talks):
        part(report)
    report.finish()


if __name__ == "__main__":
    main()
