# ruff: noqa: E501  (statements read best on one line)
"""All static verifiers at once: on the recorded answers of two models, and their time per 1,000 tokens."""

import ast
import csv
import gzip
import random
import time
from pathlib import Path

from benches.report import Report
from benches.verify_data import DATA, SEED, refuted
from tidegate.check.verify.code.blocks import fences
from tidegate.check.verify.code.parsed import parsed
from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.known.words import cues_of, whole_words
from tidegate.check.verify.model import Knowledge
from tidegate.check.verify.quantity.quantities import quantities
from tidegate.check.verify.scan import cue_places, lowered, number_starts, sentences, sentences_with_figures, words
from tidegate.readers.knowledge import installed_packages
from tidegate.stats.intervals import proportion


def everything(report: Report) -> None:
    """All verifiers on the recorded answers of two models; alarms on right ones are printed to be read."""
    path = DATA / "routellm_gsm8k_responses.csv.gz"
    if not path.exists():
        return
    known = Knowledge(packages=installed_packages(), today=(2026, 11))
    with gzip.open(path, "rt") as stream:
        rows = list(csv.DictReader(stream))
    for model in ("gpt-4-1106-preview", "mistralai/Mixtral-8x7B-Instruct-v0.1"):
        counts = {True: [0, 0], False: [0, 0]}
        for r in rows:
            right = r[model] == "True"
            alarms = refuted(verify_answer(r[model + "_response"], r["prompt"], known).decisions)
            counts[right][0] += bool(alarms)
            counts[right][1] += 1
            if right and alarms:
                print(f"  {model.split('/')[-1]}, right answer: {alarms[0].message}")
        for right, (alarmed, n) in counts.items():
            name = f"all verifiers: {model.split('/')[-1]}, {'right' if right else 'wrong'} answers alarmed"
            report.row(
                name,
                goal="read by hand: see README" if right else "-",
                measured=str(proportion((alarmed, n))),
                holds=None,
            )


def dense_text(rng: random.Random) -> str:
    """4,000 characters that are all claims: sums, constants, oxidation states, no two alike."""
    constants = (
        ("speed of light", "2.998e8 m/s"),
        ("Planck constant", "6.626e-34 J s"),
        ("Boltzmann constant", "1.381e-23 J/K"),
        ("elementary charge", "1.602e-19 C"),
    )
    states = (
        ("KMnO4", "manganese", 7),
        ("K2Cr2O7", "chromium", 6),
        ("H2SO4", "sulfur", 6),
        ("HNO3", "nitrogen", 5),
        ("Fe2O3", "iron", 3),
        ("V2O5", "vanadium", 5),
        ("PbO2", "lead", 4),
        ("NaClO3", "chlorine", 5),
    )
    out = ""
    while len(out) < 3900:
        a, b, (name, value), (formula, element, state) = (
            rng.randint(2, 99),
            rng.randint(2, 99),
            rng.choice(constants),
            rng.choice(states),
        )
        out += f"The total is {a} * {b} = {a * b} apples and the {name} is {value}. In {formula} {element} has an oxidation state of +{state}. "
    return out


READINGS = (
    quantities,
    sentences,
    sentences_with_figures,
    words,
    lowered,
    fences,
    cue_places,
    number_starts,
    parsed,
    cues_of,
    whole_words,
)
"""What one check of a text keeps for its verifiers: forgotten before every run, as for a text never seen."""


def false_text(rng: random.Random) -> str:
    """4,000 characters of nothing but false equations."""
    lines = []
    while sum(map(len, lines)) < 3600:
        a, b = rng.randint(2, 99), rng.randint(2, 99)
        lines.append(f"{a} * {b} = {a * b + rng.randint(1, 9)}\n")
    return "".join(lines)


def code_texts(count: int) -> list[str]:
    """Blocks of up to 4,000 characters: the first statements of modules of the standard library."""
    out = []
    for path in sorted(Path(ast.__file__).parent.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines, end = source.splitlines(keepends=True), 0
        for node in ast.parse(source).body:
            if sum(map(len, lines[: node.end_lineno])) > 3950:
                break
            end = node.end_lineno or 0
        text = "".join(lines[:end])
        if len(text) > 2500:
            out.append(f"```python\n{text}```\n")
    return out[:count]


def speed(report: Report) -> None:
    """CPU time of all static verifiers, best of three runs a text, so that a busy neighbour is not measured."""
    path = DATA / "routellm_gsm8k_responses.csv.gz"
    rng = random.Random(SEED)
    groups = {
        "text that is all claims": [dense_text(rng) for _ in range(100)],
        "false equations alone": [false_text(rng) for _ in range(20)],
        "code": code_texts(100),
    }
    if path.exists():
        with gzip.open(path, "rt") as stream:
            whole = "\n".join(r["gpt-4-1106-preview_response"] for r in csv.DictReader(stream))
        groups["GPT-4 answers"] = [whole[k : k + 4000] for k in range(0, 400_000, 4000)]
    verify_answer(groups["text that is all claims"][0])
    for label, texts in groups.items():
        times = []
        for text in texts:
            each = []
            for _ in range(3):
                for reading in READINGS:
                    reading.cache_clear()
                started = time.thread_time()
                verify_answer(text)
                each.append((time.thread_time() - started) * 1000)
            times.append(min(each))
        bar_ms = 60 if label == "false equations alone" else 20
        p99 = sorted(times)[int(0.99 * len(times)) - 1]
        report.row(
            f"static verifiers, P99 per 1,000 tokens of {label} (CPU time)",
            goal=f"<= {bar_ms} ms",
            measured=p99,
            unit="ms",
            holds=p99 <= bar_ms,
        )
        print(f"  {label}: median {sorted(times)[len(times) // 2]:.1f} ms")


if __name__ == "__main__":
    alone = Report("verify, speed")
    speed(alone)
    alone.finish([])
