"""Sets of wordings, written blind one after the other, made into prompts of many domains and registers.

Each set was measured once before any of its wordings had been looked at (the README's "first look"
column); what it missed was then mended in the grammar, so that all are development data now.
A next set is added the same way: write `x_conflicts.txt`, `x_near.txt`, `x_triples.txt` (or `x_pairs.txt` alone, or
`x_wordings.txt`, `x_grid_near.txt` and `x_plain.txt`), run
`python -m benches.promptlint_wordings x` once, keep the figure, then read the misses.
"""

import itertools
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tidegate.check.promptlint.learned.pairs import possible_findings
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.stats.intervals import wilson_bounds

HERE = Path(__file__).with_name("promptlint_sets")
SETS = {
    "a": (11, 7),
    "b": (77, 8),
    "c": (131, 8),
    "d": (977, 6),
    "e": (4242, 4),
    "f": (60617, 3),
    "g": (7, 4),
    "h": (808, 6),
    "i": (909, 6),
    "j": (1010, 6),
    "k": (0, 1),  # single pairs, each once, in one frame of harmless lines
    "l": (0, 1),
    "m": (1301, 1),  # single pairs and triples, each once, in domains and registers
    "n": (1402, 1),
    "o": (1503, 1),
    "p": (7, 1),  # every wording of one side beside every wording of the other, in ten plain lines
    "q": (7, 1),
    "r": (7, 1),
    "s": (1604, 1),  # six voices: legal, marketing, engineer, second language, assistant-written, government
    "t": (116, 1),  # written after s was mended, in s's voices
    "u": (0, 1),  # independent single pairs in plain words
    "v": (0, 1),  # single pairs in u's kinds, written after u was mended
    "x": (1707, 1),  # plain product prompts in the kinds of the public seed and in kinds that earlier sets are thin in
    "y": (1808, 1),  # the same kinds as x, written after x was mended
    "z": (0, 1),  # single pairs about the style of program text
    "xy": (1909, 1),  # the kinds of x and y, written after both and z were mended
    "w": (0, 1),  # single pairs in plain words and mixed registers, written before the reader was given more sentences
}  # name → seed, pairs a family
REGISTERS = ("plain", "dash", "number", "xml", "yaml", "caps", "prose", "lead", "sections", "star")
LATER = (*REGISTERS, "slashes", "pipes")  # from set h on: rules as code comments and as rows of a table
Line = tuple[str, bool]  # a line, and whether it belongs to the core


def domains(name: str) -> list[list[str]]:
    """The harmless lines of each domain; a set may bring domains of its own."""
    own = HERE / f"{name}_domains.txt"
    rows = (own if own.exists() else HERE / "domains.txt").read_text().splitlines()
    out = []
    for row in rows:
        m = re.match(r"\[(\w+)\] (.*)", row)
        assert m
        out.append(m[2].split("|"))
    return out


def groups(path: Path) -> list[tuple[str, list[str]]]:
    """`[name]` headings and the lines under them."""
    out: list[tuple[str, list[str]]] = []
    for line in path.read_text().splitlines():
        m = re.match(r"\[(.+)\]$", line)
        if m:
            out.append((m[1], []))
        elif line.strip():
            out[-1][1].append(line)
    return out


def shouted(text: str) -> str:
    """Capitals everywhere but in quotations and names of tools."""
    parts = re.split(r'("[^"]*"|`[^`]*`|[a-z]+_[a-z_]+)', text)
    return "".join(p if k % 2 else p.upper() for k, p in enumerate(parts))


def laid_out(lines: list[Line], register: str, rng: random.Random) -> tuple[str, list[int]]:
    """The prompt in a register, and the lines of its core."""
    out: list[str] = []
    core: list[int] = []
    if register == "prose":
        for k in range(0, len(lines), 2):
            pair = lines[k : k + 2]
            out.append(" ".join(t for t, _ in pair))
            core += [len(out)] * sum(c for _, c in pair)
            if rng.random() < 0.5:
                out.append("")
        return "\n".join(out), core
    out += {"xml": ["<instructions>"], "yaml": ["rules:"], "sections": ["# Role"]}.get(register, [])
    for k, (text, inside) in enumerate(lines):
        if register == "sections" and k in (2, 4):
            out += ["", "## " + rng.choice(["Rules", "Answers", "Guidelines", "Behaviour", "Output"]), ""]
        shapes = {
            "plain": text, "dash": f"- {text}", "number": f"{k + 1}. {text}", "star": f"* {text}",
            "sections": f"- {text}",
            "xml": f"  <rule>{text}</rule>", "yaml": "  - '" + text.replace("'", "''") + "'", "caps": shouted(text),
            "slashes": f"// {text}", "pipes": f"| {k + 1} | {text} |",
        }  # fmt: skip
        lead = f"- **{rng.choice(['Note', 'Rule', 'Important', 'Reminder'])}:** {text}" if register == "lead" else ""
        out.append(lead or shapes[register])
        if inside:
            core.append(len(out))
    return "\n".join([*out, "</instructions>"] if register == "xml" else out), core


FRAME = ("You are a helpful assistant for a small shop.", "", "Our customers live in several countries.",
         "Be friendly and patient.", "", "The shop was founded in 1998.")  # fmt: skip


def single_pairs(path: Path) -> Iterator[dict[str, Any]]:
    """The prompts of a set of pairs, `hard | one | other` a line: the pair stands on lines 2 and 5."""
    for row in filter(str.strip, path.read_text().splitlines()):
        kind, *core = (x.strip() for x in row.split(" | "))
        text = "\n".join((FRAME[0], core[0], *FRAME[2:4], core[1], FRAME[5]))
        label = "none" if kind == "near" else "conflict"
        shared = {"label": label, "kind": kind, "core": core, "register": "plain"}
        yield {**shared, "text": text, "lines": [2, 5], "attribute": "pair"}


def grid(name: str) -> Iterator[dict[str, Any]]:
    """The prompts of a set of sides: each wording of side A beside each of side B, and near misses, in eleven lines.

    `x_wordings.txt` has `kind | strength | side | sentence`, `x_grid_near.txt` `kind | reason | one | other`,
    `x_plain.txt` harmless lines, of which the first opens each prompt.
    """
    rng = random.Random(SETS[name][0])
    opening, *fillers = (HERE / f"{name}_plain.txt").read_text().splitlines()

    def compose(label: str, kind: str, core: tuple[str, str], attribute: str) -> dict[str, Any]:
        flip = label == "conflict" and rng.random() < 0.5
        one, other = core[::-1] if flip else core
        lines = rng.sample(fillers, 9)
        i, j = sorted(rng.sample(range(10), 2))
        lines.insert(i, one)
        lines.insert(j + 1, other)
        where = {"register": "plain", "text": "\n".join([opening, *lines]), "lines": [i + 2, j + 3]}
        return {"label": label, "kind": kind, "core": list(core), "attribute": attribute, **where}

    sides: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in (HERE / f"{name}_wordings.txt").read_text().splitlines():
        if row.strip() and not row.startswith("#"):
            kind, strength, side, sentence = row.split(" | ", 3)
            sides.setdefault((kind, strength), {"A": [], "B": []})[side].append(sentence)
    for (kind, strength), both_sides in sides.items():
        for core in itertools.product(both_sides["A"], both_sides["B"]):
            yield compose("conflict", strength, core, kind)
    for row in filter(str.strip, (HERE / f"{name}_grid_near.txt").read_text().splitlines()):
        _, reason, one, other = row.split(" | ", 3)
        yield compose("none", "near", (one, other), reason)


def prompts(name: str) -> Iterator[dict[str, Any]]:
    """The prompts of a set: label, strength or reason, text, lines of the core."""
    if (HERE / f"{name}_wordings.txt").exists():
        yield from grid(name)
        return
    single = HERE / f"{name}_pairs.txt"
    own = (HERE / f"{name}_domains.txt").exists()
    if single.exists() and not own:
        yield from single_pairs(single)
        return
    seed, per_family = SETS.get(name, (sum(name.encode()), 6))
    rng = random.Random(seed)
    fillers = domains(name)
    registers = REGISTERS if name in "abcdefg" else LATER

    def compose(label: str, kind: str, core: list[str], register: str) -> dict[str, Any]:
        domain = rng.choice(fillers)
        rest = domain[1:]
        rng.shuffle(rest)
        lines: list[Line] = [(domain[0], False), *((f, False) for f in rest[: rng.randint(2, 4)])]
        places = sorted(rng.sample(range(1, len(lines) + len(core)), len(core)))
        order = core[:]
        if label == "conflict":
            rng.shuffle(order)
        for place, text in zip(places, order, strict=True):
            lines.insert(place, (text, True))
        text, where = laid_out(lines, register, rng)
        return {"label": label, "kind": kind, "core": order, "register": register, "text": text, "lines": where}

    if single.exists():  # `kind:family | one | other [| third]`, each row once in a domain and a register
        apart = [r for r in registers if r != "prose"]  # in prose two rules may share a line
        for k, row in enumerate(filter(str.strip, single.read_text().splitlines())):
            head, *core = (x.strip() for x in row.split(" | "))
            kind, family = head.split(":")
            label = "none" if kind == "near" else "conflict"
            yield {**compose(label, kind, core, apart[k % len(apart)]), "attribute": family}
        return
    n = 0
    for heading, lines in groups(HERE / f"{name}_conflicts.txt"):
        attribute, strength = heading.split()
        cut = lines.index("--")
        pairs = [(x, y) for x in lines[:cut] for y in lines[cut + 1 :]]
        rng.shuffle(pairs)
        left = {*lines[:cut], *lines[cut + 1 :]}
        chosen = []
        for pair in pairs:  # every wording once, then any
            if left & set(pair):
                chosen.append(pair)
                left -= set(pair)
        chosen += [p for p in pairs if p not in chosen][: max(0, per_family - len(chosen))]
        for pair in chosen:
            row = compose("conflict", strength, list(pair), registers[n % len(registers)])
            yield {**row, "attribute": attribute}
            n += 1
    for line in (HERE / f"{name}_triples.txt").read_text().splitlines():
        for _ in range(3):
            register = rng.choice([r for r in registers if r != "prose"])
            yield {**compose("conflict", "three", line.split(" || "), register), "attribute": "three"}
    for reason, lines in groups(HERE / f"{name}_near.txt"):
        for line in lines:
            for _ in range(2):
                register = rng.choice([r for r in registers if not (reason == "priority" and r == "caps")])
                yield {**compose("none", "near", line.split(" || "), register), "attribute": reason}


def found(text: str, possible: bool = False) -> list[set[int]]:
    """The lines of each core that the linter proves (and of each that its learned layer suspects)."""
    analysis = analyse([Source(name="p", text=text)])
    results = findings(analysis) + (possible_findings(analysis) if possible else [])
    return [{c["line"] for c in f.evidence["core"]} for f in results if "core" in f.evidence]


def score(name: str, possible: bool = False) -> dict[str, tuple[int, int, list[dict[str, Any]]]]:
    """Per kind: cores found exactly (of near misses: alarms), how many, and the rows that went wrong."""
    out: dict[str, tuple[int, int, list[dict[str, Any]]]] = {}
    for row in prompts(name):
        cores = found(row["text"], possible)
        hit = bool(cores) if row["label"] == "none" else set(row["lines"]) in cores
        good, n, wrong = out.get(row["kind"], (0, 0, []))
        out[row["kind"]] = (good + hit, n + 1, wrong + ([row] if hit is (row["label"] == "none") else []))
    return out


def both(name: str) -> Iterator[tuple[dict[str, Any], bool, bool]]:
    """Each prompt of a set, and whether its core is found (near misses: any alarm): by proof, by proof or guess."""
    for row in prompts(name):
        analysis = analyse([Source(name="p", text=row["text"])])
        told = [
            [{c["line"] for c in f.evidence["core"]} for f in some if "core" in f.evidence]
            for some in (findings(analysis), possible_findings(analysis))
        ]
        proved, any_ = told[0], told[0] + told[1]
        if row["label"] == "none":
            yield row, bool(proved), bool(any_)
        else:
            yield row, set(row["lines"]) in proved, set(row["lines"]) in any_


def figures(name: str) -> None:
    """Per kind the share found by proof and with possible ones, with 95 % intervals; then the misses by family."""
    tally: dict[str, list[int]] = {}
    wrong: list[str] = []
    for row, proved, any_ in both(name):
        t = tally.setdefault(row["kind"], [0, 0, 0])
        t[0], t[1], t[2] = t[0] + proved, t[1] + any_, t[2] + 1
        if any_ is (row["label"] == "none"):
            wrong.append(f"    {row['kind']:5} {row['attribute']:12} {row['register']:9} {' || '.join(row['core'])}")
    for kind, (proved, any_, n) in tally.items():
        low, high = wilson_bounds([proved, any_], [n, n])
        cells = [
            f"{k}/{n} = {k / n:.2f} ({a:.2f} to {b:.2f})" for k, a, b in zip((proved, any_), low, high, strict=True)
        ]
        print(f"set {name}: {kind:5} proved {cells[0]}; with possible ones {cells[1]}")
    print("\n".join(sorted(wrong)))


def main() -> None:
    for name in sys.argv[1:] or SETS:
        figures(name)


if __name__ == "__main__":
    main()
