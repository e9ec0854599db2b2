# ruff: noqa: E501  (words and patterns read best on one line)
"""Slips in worked answers, found by a plain recomputation: `python -m benches.verify_recomputed [--seed N] [--show]`.

The answers of two models to GSM8K are recomputed (`benches.recomputation`); what comes out false is held against what the
verifier refutes there.  Real slips are few, so slips are planted too: in right answers one digit of the result of one
calculation that the recomputation had confirmed is changed, until the recomputation finds it false.
"""

import csv
import gzip
import random
import sys
from collections.abc import Iterator

from benches.recomputation import Sum, sums
from benches.report import Report
from benches.verify_data import DATA, refuted
from tidegate.check.verify.engine import verify_answer
from tidegate.stats.intervals import proportion

SEED = 20261128
MODELS = ("gpt-4-1106-preview", "mistralai/Mixtral-8x7B-Instruct-v0.1")
# read by eye among what the recomputation calls false: loose fractions, a line that runs on, a share told as a percentage
NO_SLIP = ("7 / 1/2", "4*3+6", "12.8 / (1 - 3/5)", "12.8 / 2/5", "90 / 450", "90/450", "64")


def answers() -> Iterator[tuple[str, str, str, bool]]:
    """Model, question, answer, whether its final value is right."""
    with gzip.open(DATA / "routellm_gsm8k_responses.csv.gz", "rt") as stream:
        for row in csv.DictReader(stream):
            for model in MODELS:
                yield model.split("/")[-1], row["prompt"], row[model + "_response"], row[model] == "True"


def touched(text: str, question: str, span: tuple[int, int]) -> bool:
    """Whether a refuted claim overlaps the span."""
    found = refuted(verify_answer(text, question).decisions)
    return any(d.claim.span[0] < span[1] and span[0] < d.claim.span[1] for d in found)


def planted(text: str, rng: random.Random) -> tuple[str, tuple[int, int]] | None:
    """The text with one digit of one confirmed result changed, and where."""
    confirmed = [s for s in sums(text) if s.holds and s.result[1] > s.result[0]]
    rng.shuffle(confirmed)
    for s in confirmed:
        places = [i for i in range(*s.result) if text[i].isdigit()]
        rng.shuffle(places)
        for at in places:
            digits = [c for c in "123456789" if c != text[at]]
            changed = text[:at] + rng.choice(digits) + text[at + 1 :]
            if any(n.span == s.span and not n.holds for n in sums(changed)):
                return changed, s.span
    return None


def recomputed(report: Report, seed: int = SEED, show: bool = False) -> None:
    """Recall on real slips, and on planted ones by halves."""
    if not (DATA / "routellm_gsm8k_responses.csv.gz").exists():
        report.row("arithmetic: slips found", goal=">= 0.90", measured="recordings not found", holds=None)
        return
    print(f"  recomputed: seed {seed}")
    rng, rows = random.Random(seed), list(answers())
    slips: list[tuple[str, str, Sum]] = []
    read = 0
    for _, question, text, _ in rows:
        found = list(sums(text))
        read += len(found)
        slips += [(question, text, s) for s in found if not s.holds and s.left not in NO_SLIP]
    missed = [(text, s) for question, text, s in slips if not touched(text, question, s.span)]
    share = proportion((len(slips) - len(missed), len(slips)))
    name = f"arithmetic: real slips among {read} recomputed calculations, refuted"
    report.row(name, goal=">= 0.90", measured=str(share), holds=len(missed) <= 0.1 * len(slips))
    for text, s in missed if show else ():
        print(f"  missed: {s.left} = {s.right} in …{text[max(0, s.span[0] - 80) : s.span[1] + 40]!r}")
    halves: tuple[list[int], list[int]] = ([0, 0], [0, 0])
    for n, (model, question, text, right) in enumerate(rows):
        change = planted(text, rng) if right else None
        if change is None:
            continue
        hit = touched(change[0], question, change[1])
        half = halves[n // 2 % 2]
        half[0] += hit
        half[1] += 1
        if show and not hit and not n // 2 % 2:
            a, b = change[1]
            print(f"  {model} planted, missed: …{change[0][max(0, a - 60) : b + 40]!r}")
    for name, (hits, n) in zip(("development half", "held-out half"), halves, strict=True):
        report.row(
            f"arithmetic: planted slips refuted at their place, {name}",
            goal=">= 0.90", measured=str(proportion((hits, n))), holds=hits >= 0.9 * n,
        )  # fmt: skip


def main() -> None:
    arguments = sys.argv[1:]
    seed = int(arguments[arguments.index("--seed") + 1]) if "--seed" in arguments else SEED
    report = Report("verify, recomputed")
    recomputed(report, seed, "--show" in arguments)
    report.finish([])


if __name__ == "__main__":
    main()
