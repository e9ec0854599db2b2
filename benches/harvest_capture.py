# ruff: noqa: E501, C419 (tables read better whole; a fixed number of runs is asked, whatever the first say)
"""The first half of harvest on recorded and written data: detection, capture (goal 2.1), minimising (goal 2.2), scrubbing.

Called by `python -m benches.harvest`; each function adds its rows to the report.
"""

import gzip
import json
import os
import random
import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benches.harvest_dialogues import Written, read
from benches.report import Report
from tidegate.curate.harvest.capture.harvesting import harvest
from tidegate.curate.harvest.capture.minimise import Element, Keep, ddmin, minimise
from tidegate.curate.harvest.capture.oracle import evaluate
from tidegate.curate.harvest.capture.outcomes import outcome_of
from tidegate.curate.harvest.scrubbing.scrub import Scrubber, leftover
from tidegate.curate.harvest.signals.detect import detect
from tidegate.curate.harvest.signals.implicit import Similar, lexical_similarity
from tidegate.runner.embedders import embedder
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import wilson_bounds

DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
SEED = 20261126
SETS = (
    ("dev", "development"),
    ("t1", "development, 2nd"),
    ("t2", "development, 3rd"),
    ("t3", "4th"),
    ("t5", "6th"),
    ("t6", "7th"),
    ("t7", "8th"),
    ("t8", "9th"),
    ("t9", "10th"),
    ("t10", "11th"),
    ("t11", "12th"),
    ("t4", "5th"),
    ("t12", "13th"),
    ("t13", "14th, by another hand"),
    ("t14", "15th"),
    ("t15", "16th"),
    ("t16", "report"),
)
# What each set gave when it was first read, before any detector was changed for it: (found, failing, alarms).
FIRST_READING = {
    "t1": (30, 45, 3),
    "t2": (19, 36, 4),
    "t3": (15, 24, 1),
    "t5": (48, 90, 6),
    "t6": (22, 34, 3),
    "t7": (16, 22, 4),
    "t8": (45, 71, 15),
    "t9": (35, 65, 12),
    "t10": (43, 65, 7),
    "t11": (39, 67, 6),
    "t12": (37, 53, 4),
    "t13": (28, 40, 2),
    "t14": (37, 60, 9),
    "t15": (43, 62, 9),
    "t16": (31, 40, 8),
}


def share(k: int, n: int) -> str:
    """A share with its 95 % Wilson interval."""
    if not n:
        return "none"
    low, high = wilson_bounds(k, n)
    return f"{k / n:.3f} [{float(low):.3f}, {float(high):.3f}] ({k}/{n})"


def meaning() -> Similar:
    """Shared words, and the small static model where it is installed."""
    if find_spec("wordllama") is None:
        return lexical_similarity
    model = embedder("wordllama")
    known: dict[str, Any] = {}

    def similar(a: str, b: str) -> float:
        for text in (a, b):
            if text not in known:
                known[text] = model.embed([text])[0]
        return max(float(known[a] @ known[b]), lexical_similarity(a, b))

    return similar


def score(rows: list[Written], similar: Similar) -> tuple[int, int, int, int, int]:
    """Found, failing, alarms, right place among found, right signal among found."""
    found = failing = alarms = place = signal = 0
    for w in rows:
        d = detect(w.messages, product=w.product, similar=similar)
        if w.signal == "clean":
            alarms += bool(d.failed)
            continue
        failing += 1
        if d.failed and d.signal is not None:
            found += 1
            place += d.failing_turn == w.failing_turn
            signal += d.signal.value in w.signal.split("/")
    return found, failing, alarms, place, signal


def detection(report: Report) -> None:
    """Precision and recall of `harvest detect` on the written conversations, with and without the embedder."""
    for name, words in SETS:
        if not (Path(__file__).parent / f"harvest_dialogues_{name}.txt").exists():
            continue
        rows = read(f"harvest_dialogues_{name}.txt")
        for how, similar in (("meaning", meaning()), ("shared words", lexical_similarity)):
            found, failing, alarms, place, signal = score(rows, similar)
            last = name == SETS[-1][0]
            report.row(f"{words} set, {how}: recall", goal=">= 0.8" if last else "-", measured=share(found, failing),
                       holds=found >= 0.8 * failing if last else True)  # fmt: skip
            report.row(f"{words} set, {how}: precision", goal=">= 0.9" if last else "-",
                       measured=share(found, found + alarms), holds=found >= 0.9 * (found + alarms) if last else True)  # fmt: skip
            if how == "meaning":
                report.row(f"{words} set: failing turn named", goal=">= 0.9" if last else "-", measured=share(place, found),
                           holds=place >= 0.9 * found if last else True,
                           note=f"signal as labelled {share(signal, found)}")  # fmt: skip
        if name in FIRST_READING:
            a, b, c = FIRST_READING[name]
            report.row(f"{words} set at first reading", goal="-", measured=f"recall {share(a, b)}", holds=True,
                       note=f"precision {share(a, a + c)}; before any change made for it")  # fmt: skip


def airline_runs() -> list[dict[str, Any]]:
    with gzip.open(DATA / "evals" / "agents" / "tau_airline_gpt4o.json.gz", "rt") as f:
        rows: list[dict[str, Any]] = json.load(f)
    return rows


def record_of(run: dict[str, Any]) -> dict[str, Any]:
    task = run["info"]["task"]
    return {"messages": run["traj"], "expected_actions": task["actions"], "expected_outputs": task.get("outputs") or []}


def capture(report: Report) -> None:
    """Goal 2.1: failing airline runs become cases that fail on that run and pass on the task's passing runs."""
    runs = airline_runs()
    began, wall = time.process_time(), time.monotonic()
    made = fails = passing = passed = 0
    touched = leaks = 0
    by_task: dict[int, list[dict[str, Any]]] = {}
    for run in runs:
        by_task.setdefault(run["task_id"], []).append(run)
    for task, all_runs in sorted(by_task.items()):
        good = [r for r in all_runs if r["reward"] == 1]
        for run in all_runs:
            scrubber = Scrubber()
            h = harvest(record_of(run), trace_id=f"{task}-{run['trial']}", scrubber=scrubber)
            if run["reward"] == 1:
                touched += h.case is not None
                continue
            if h.case is None:
                continue
            made += 1
            fails += evaluate(h.case.expect, outcome_of(dict(h.failure))).verdict is Verdict.FAIL
            leaks += bool(leftover([h.case.input, list(h.case.expect)]))
            for other in good:
                rows = [m for m in other["traj"] if isinstance(m, dict)]
                start = next(i for i, m in enumerate(rows) if m["role"] == "assistant")
                outcome = outcome_of({"messages": [scrubber.message(m) for m in rows[start:]]})
                passing += 1
                passed += evaluate(h.case.expect, outcome).verdict is Verdict.PASS
    failing = sum(r["reward"] == 0 for r in runs)
    spent, wall = time.process_time() - began, time.monotonic() - wall
    report.row("2.1 failing airline runs that become a case failing on that run", goal=">= 0.95",
               measured=share(fails, failing), holds=fails >= 0.95 * failing, note=f"{made} cases, no model call")  # fmt: skip
    report.row("2.1 case passes on its task's passing runs (mixed tasks)", goal=">= 0.98", measured=share(passed, passing),
               holds=passed >= 0.98 * passing)  # fmt: skip
    report.row("2.1 passing runs made a case", goal="0", measured=touched, holds=touched == 0)
    report.row("2.1 cases with personal data left", goal="0", measured=leaks, holds=leaks == 0)
    report.row(
        "2.1 200 traces", goal="< 60 s", measured=spent, holds=spent < 60, unit="s of CPU", note=f"{wall:.0f} s wall"
    )


def planted(seed: int) -> tuple[float, int, frozenset[int], list[Element]]:
    """A prompt or conversation of 12 to 60 parts in groups, 1 to 3 of them the cause, failing with probability 0.3 to 1."""
    rng = random.Random(seed)
    n = rng.randint(12, 60)
    cause = frozenset(rng.sample(range(n), rng.choice([1, 1, 2, 2, 3])))
    groups: list[Element] = []
    at = 0
    while at < n:
        size = rng.randint(1, 6)
        groups.append(frozenset(range(at, min(n, at + size))))
        at += size
    return rng.uniform(0.3, 1.0), n, cause, groups


def minimising(report: Report, worlds: int) -> None:
    """Goal 2.2: planted causes under flaky failure; ddmin asks every candidate 13 times (0.7^13 < 0.01)."""
    repeats, kept, exact, runs_ours, runs_ddmin, ddmin_exact, smaller = 13, 0, 0, 0, 0, 0, []
    reproduced = 0
    for seed in range(worlds):
        rate, n, cause, groups = planted(SEED + seed)
        rng = random.Random(seed)

        def fails_once(keep: Keep, cause: frozenset[int] = cause, rng: random.Random = rng, rate: float = rate) -> bool:
            return cause <= keep and rng.random() < rate

        def runs(keep: Keep, first: int, count: int, once: Callable[[Keep], bool] = fails_once) -> list[bool]:
            del first
            return [once(keep) for _ in range(count)]

        def grouped(keep: Keep, groups: list[Element] = groups) -> list[Element]:
            return [g & keep for g in groups if g & keep]

        result = minimise(
            [grouped, lambda keep: [frozenset([x]) for x in sorted(keep, key=repr)]], frozenset(range(n)), runs
        )
        reproduced += result.reproduced
        if not result.reproduced:
            continue
        kept += cause <= result.keep
        exact += cause == result.keep
        runs_ours += result.runs
        smaller.append(1 - len(result.keep) / n)

        def fixed(keep: Keep, once: Callable[[Keep], bool] = fails_once) -> bool:
            nonlocal runs_ddmin
            runs_ddmin += repeats
            return any([once(keep) for _ in range(repeats)])

        ddmin_exact += ddmin([frozenset([x]) for x in range(n)], fixed) == cause
    report.row(
        "2.2 planted cause kept", goal=">= 0.99", measured=share(kept, reproduced), holds=kept >= 0.99 * reproduced
    )
    report.row("2.2 exactly 1-minimal", goal=">= 0.95", measured=share(exact, reproduced), holds=exact >= 0.95 * reproduced,
               note=f"ddmin with {repeats} fixed repeats: {share(ddmin_exact, reproduced)}")  # fmt: skip
    size = statistics.median(smaller)
    report.row("2.2 median size", goal=">= 85 % smaller", measured=f"{100 * size:.1f} % smaller", holds=size >= 0.85)
    ratio = runs_ours / runs_ddmin
    report.row("2.2 runs against ddmin with fixed repeats", goal="<= 0.5", measured=ratio, holds=ratio <= 0.5, unit="x",
               note=f"{runs_ours / reproduced:.0f} runs a case, seed {SEED}, {worlds} worlds")  # fmt: skip


FIRST = ["Amara", "Bjorn", "Chidi", "Darya", "Eleni", "Fabrizio", "Guadalupe", "Hiro", "Ines", "Jorunn", "Kwabena", "Ludmila", "Xiomara", "Tuulikki", "Ngaio"]  # fmt: skip
LAST = ["Okonkwo", "Lindqvist", "Marchetti", "Vasquez", "Tanaka", "Petrov", "Achterberg", "Nakamura", "Hughes", "Zielinski"]  # fmt: skip


def planted_person(rng: random.Random) -> tuple[str, list[str]]:
    """A sentence in which a customer gives away who she is, and the strings that may not be kept."""
    first, last = rng.choice(FIRST), rng.choice(LAST)
    digits = "".join(rng.choice("0123456789") for _ in range(4))
    mail = f"{first.lower()}.{last.lower()}{digits[:2]}@{rng.choice(['mail', 'post', 'home'])}.example.{rng.choice(['com', 'org', 'de'])}"
    phone = rng.choice(
        [
            f"+44 20 7946 {digits}",
            f"(415) 555-{digits}",
            f"+49 151 2345{digits}",
            f"415-555-{digits}",
            f"07700 90{digits}",
        ]
    )
    street = f"{rng.randint(2, 98)} {rng.choice(['Mill', 'Birch', 'Harbour', 'Station'])} {rng.choice(['Lane', 'Road', 'Street', 'Avenue'])}"
    key = "sk-proj-" + "".join(rng.choice("abcdefghjkmnpqrstuvwxyzABCDEFGH23456789") for _ in range(32))
    say = [
        (f"My name is {first} {last}.", [first, last]), (f"Hi, this is {first} {last}.", [first, last]), (f"I'm {first} {last}, hello.", [first, last]),
        (f"You can reach me at {mail}.", [mail]), (f"Call me on {phone}.", [phone]), (f"My phone number is {phone}.", [phone]),
        (f"I live at {street}, Leeds.", [street]), (f"The key is {key}.", [key]), (f"Kind regards,\n{first} {last}", [first, last]),
        (f"From {rng.randint(11, 200)}.{rng.randint(0, 255)}.7.9 it times out.", []), ("Card 4111 1111 1111 1111.", ["4111 1111"]),
    ]  # fmt: skip
    chosen = rng.sample(say, 3)
    return "\n".join(t for t, _ in chosen), [p for _, ps in chosen for p in ps]


def scrubbing(report: Report, worlds: int) -> None:
    """Planted strings never reach a case, and the scrubbed case still fails."""
    rng = random.Random(SEED)
    leaked, cases, still, strings = 0, 0, 0, 0
    failing = [w for name in ("dev", "t1") for w in read(f"harvest_dialogues_{name}.txt") if w.signal != "clean"]
    for i in range(worlds):
        w = failing[i % len(failing)]
        text, planted_strings = planted_person(rng)
        messages = [dict(m) for m in w.messages]
        first = next(m for m in messages if m["role"] == "user")
        first["content"] = f"{text}\n{first['content']}"
        h = harvest({"messages": messages})
        if h.case is None:
            continue
        cases += 1
        strings += len(planted_strings)
        written = json.dumps([h.case.input, list(h.case.expect)], ensure_ascii=False)
        leaked += sum(p in written for p in planted_strings)
        still += evaluate(h.case.expect, outcome_of(dict(h.failure))).verdict is Verdict.FAIL
    report.row("planted strings that reached a case", goal="0", measured=share(leaked, strings), holds=leaked == 0,
               note=f"{cases} cases, names partly outside the built-in list")  # fmt: skip
    report.row(
        "scrubbed case still fails on its scrubbed failure",
        goal="all",
        measured=share(still, cases),
        holds=still == cases,
    )
