# ruff: noqa: E501  (the module's words read best on one line)
"""Textbook equations, half of them broken by code: `python -m benches.verify_equations [--seed N] [--show development]`.

`benches/equations/*.txt` holds equations as an answer tells them, with the symbols declared in prose. Each is put in as it
is and once broken (an exponent, a factor, a term), the breaking drawn until an independent sum of dimensions
(`benches.equation_forms`) finds it inconsistent; those drawn before, which stay consistent, are counted apart. The set is cut
in two by the seed: the reader was mended on the development half alone.
"""

import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benches.equation_forms import Equation, broken, consistent, parse_equation, renumbered
from benches.equation_writing import Writing
from benches.report import Report
from benches.verify_data import refuted
from tidegate.check.verify.engine import verify_answer
from tidegate.stats.intervals import proportion

SEED = 20261128
SETS = Path(__file__).parent / "equations"


@dataclass(frozen=True)
class Told:
    """One text with the equation's span in it, and whether it is sound."""

    text: str
    span: tuple[int, int]
    kind: str  # sound, exponent, factor, term, number
    dimensional: bool


def read_set(path: Path) -> list[tuple[str, str, Equation]]:
    """Style, text with `@` for the equation, equation."""
    out = []
    for block in path.read_text(encoding="utf-8").split("\n---\n"):
        head, _, text = block.strip().partition("\n")
        style, plain, units = (part.strip() for part in head.split(" | "))
        equation = parse_equation(plain, units)
        if not consistent(equation):
            raise SystemExit(f"{path.name}: {plain} does not add up with {units}: mend the set")
        out.append((style, text, equation))
    return out


def told(style: str, text: str, equation: Equation, seed: str, kind: str) -> Told:
    """The text with the equation written in it by the seed's habits."""
    written = Writing(style, random.Random(seed)).equation(equation)
    at = text.index("@")
    whole = text.replace("@", written, 1)
    return Told(whole, (at, at + len(written)), kind, not consistent(equation))


def pairs(items: list[tuple[str, str, Equation]], seed: int, name: str) -> list[list[Told]]:
    """For each equation: the sound text, then broken ones; the last of them is dimensionally inconsistent."""
    out = []
    for i, (style, text, equation) in enumerate(items):
        key = f"{seed}-{name}-{i}"
        rng, versions = random.Random(key), [told(style, text, equation, key, "sound")]
        draws = (broken(equation, rng) for _ in range(100))  # Snell's law has no dimension to break
        for kind, changed in (d for d in draws if d):
            new = told(style, text, changed, key, kind)
            if new.text not in {v.text for v in versions}:
                versions.append(new)
            if new.dimensional:
                break
        by_number = renumbered(equation, random.Random(f"{key}-number"))
        if by_number is not None:
            versions.append(told(style, text, by_number, key, "number"))
        out.append(versions)
    return out


def judged(item: Told) -> str:
    """`refuted` at the equation's span, `elsewhere` refuted, `supported`, `unverifiable` or `unread`."""
    decisions = verify_answer(item.text).decisions
    at = [d for d in decisions if d.claim.span[0] < item.span[1] and item.span[0] < d.claim.span[1]]
    if refuted(at):
        return "refuted"
    if refuted(decisions):
        return "elsewhere"
    return next((d.support.value for d in at if d.support.value == "supported"), "unverifiable" if at else "unread")


def study(report: Report, label: str, groups: list[list[Told]], show: str) -> None:
    """Rows for one part of the set; `show` prints what was not read right."""
    sound, found, others, numbers = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    kinds: dict[str, list[int]] = {}
    for versions in groups:
        for item in versions:
            verdict = judged(item)
            if item.kind == "sound":
                sound[verdict] += 1
                wrong = verdict in ("refuted", "elsewhere")
            elif item.dimensional:
                found[verdict] += 1
                wrong = verdict != "refuted"
                kinds.setdefault(item.kind, [0, 0])[0] += not wrong
                kinds[item.kind][1] += 1
            else:
                (numbers if item.kind == "number" else others)[verdict] += 1
                wrong = item.kind == "number" and verdict != "refuted" and show == "numbers"
            if show and (wrong or (item.kind == "sound" and verdict != "supported")):
                print(f"--- {item.kind}: {verdict}: {item.text[slice(*item.span)]}\n{item.text}\n")
    alarms, n = sound["refuted"] + sound["elsewhere"], found.total()
    share, alarmed = proportion((found["refuted"], n)), proportion((alarms, sound.total()))
    report.row(
        f"equations, {label}: broken refuted", goal=">= 0.97", measured=str(share), holds=found["refuted"] >= 0.97 * n
    )
    report.row(f"equations, {label}: sound alarmed", goal="0", measured=str(alarmed), holds=alarms == 0)
    print(
        f"  {label}: sound {dict(sound)}; broken {dict(found)}, by kind {kinds}; broken but consistent {dict(others)}; a wrong number {dict(numbers)}"
    )


def lookalikes(report: Report) -> None:
    """Sound formulae that a wrong memory of a law would call broken: other conventions, variants, the same letters."""
    texts = [
        t.strip() for p in sorted(SETS.glob("sound/*.txt")) for t in p.read_text(encoding="utf-8").split("\n---\n")
    ]
    alarmed = [(t, refuted(d)) for t in texts if refuted(d := verify_answer(t).decisions)]
    for text, decisions in alarmed:
        print("--- alarmed:", text, *(d.message for d in decisions), sep="\n")
    measured = str(proportion((len(alarmed), len(texts))))
    report.row("equations, lookalikes: sound alarmed", goal="0", measured=measured, holds=not alarmed)


def equations(report: Report, seed: int = SEED, show: str = "") -> None:
    """The halves of the first set, and every later set whole."""
    print(f"  equations: seed {seed}")
    first = [
        g for p in sorted(SETS.glob("*.txt")) if not p.stem.startswith("set_") for g in pairs(read_set(p), seed, p.stem)
    ]
    order = list(range(len(first)))
    random.Random(SEED).shuffle(order)
    half = len(order) // 2
    study(
        report,
        "development half",
        [first[i] for i in sorted(order[:half])],
        show if show == "numbers" else "all" * (show == "development"),
    )
    study(report, "held-out half", [first[i] for i in sorted(order[half:])], "all" * (show == "held-out"))
    for path in sorted(SETS.glob("set_*.txt")):
        study(
            report,
            path.stem,
            pairs(read_set(path), seed, path.stem),
            "all" * (show == path.stem) or ("numbers" if show == f"{path.stem}-numbers" else ""),
        )
    lookalikes(report)


def main() -> None:
    arguments = sys.argv[1:]
    seed = int(arguments[arguments.index("--seed") + 1]) if "--seed" in arguments else SEED
    show = arguments[arguments.index("--show") + 1] if "--show" in arguments else ""
    report = Report("verify, equations")
    equations(report, seed, show)
    report.finish([])


if __name__ == "__main__":
    main()
