"""The streaming study at scale: `python -m benches.constraints_stream --log FILE [--cases N] [--seconds S]`.

The study works in blocks: a block's cases follow from the seed and its number alone, each finished block is one line
of FILE, and a second run goes on where the first stopped.  Without a limit on time or cases it prints what FILE holds.

A case is one stream: a text, one way to cut it, one or two channels.  A text is drawn from one pattern (or is a
literal) among prose, plain or disguised.  It is judged once, by oracles that share no code with the filter: the
expression in Python's own engine with its entropy gate computed here (RE2 where `re` cannot read the expression), and
the undisguised readings of an output searched for the literal.  Then it is run whole, cut in two at every place (up to
`EXHAUSTIVE` of them, evenly chosen in longer texts), cut at random, and over two channels in turn; every run must drop
what the oracle names, and every run on one channel must give the same output and the same spans.  Most of the cost of
a case was in drawing and judging its text, so many cuts of one text are nearly free.  Patterns are taken in groups of
a dozen, one block in eight all of them together with 10,000 literals.
"""

import argparse
import gc
import html
import json
import math
import os
import random
import re
import time
import unicodedata
import urllib.parse
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.constraints_cases import cuts, disguise, draw, gitleaks, prose
from benches.report import Report
from tidegate.check.constraints.load import output_filter, parse_policy
from tidegate.check.constraints.streaming.channels import StreamFilter
from tidegate.check.constraints.streaming.regex import parse
from tidegate.check.constraints.streaming.stream import Filter, Literals, Pattern, filter_text, finder

DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parent.parent.parent / "shared" / "data"))
BLOCK = 20_000
GROUP = 12
EXHAUSTIVE, RANDOM, CHANNELS = 56, 4, 3  # runs of one text: cut in two, cut at random, over two channels
COUNTS = ("cases", "texts", "spans", "leaked", "differ", "changed", "overheld", "channels")
_ZERO = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e]")
Find = Callable[[str], list[tuple[int, int]]]


def oracle(pattern: Pattern) -> Find:
    """The spans of a pattern in a whole text, by Python's own engine; by RE2 for 15 of 280 that it cannot decide."""
    text = python_expression(pattern.regex)
    if pattern.check is not None or "[[:" in text or "\\p" in text:
        return finder(pattern)  # a checksum is the product's own, tested beside it
    compiled = re.compile(text, re.ASCII)
    allow = [re.compile(python_expression(a), re.ASCII) for a in pattern.allow]
    groups = range(1, compiled.groups + 1) if pattern.group is None else (pattern.group,)

    def find(whole: str) -> list[tuple[int, int]]:
        out = []
        for m in compiled.finditer(whole):
            s, e = next((m.span(g) for g in groups if m.end(g) > m.start(g) >= 0), m.span())
            value = whole[s:e]
            if value and (pattern.entropy_min is None or _entropy(value) >= pattern.entropy_min) and not any(
                a.search(value) for a in allow
            ):  # fmt: skip
                out.append((s, e))
        return out

    return find


def python_expression(regex: str) -> str:
    """An expression of RE2 as Python reads it: the end is `\\Z`, and `(?i)` holds to the end of its group."""
    out: list[str] = []
    open_groups = [0]  # letter-case groups to close with each open parenthesis
    i, in_class = 0, False
    while i < len(regex):
        c = regex[i]
        if c == "\\":
            out.append(r"\Z" if regex[i + 1] == "z" else regex[i : i + 2])
            i += 2
            continue
        if in_class:
            in_class = c != "]"
        elif c == "[":
            first = i + 2 if regex[i + 1] == "^" else i + 1
            if regex[first] == "]":  # a bracket that stands first in a class is a member
                out.append(regex[i:first] + r"\]")
                i, in_class = first + 1, True
                continue
            in_class = True
        elif regex.startswith("(?i)", i):
            open_groups[-1] += 1
            out.append("(?i:")
            i += 4
            continue
        elif c == "(":
            open_groups.append(0)
        elif c == ")":
            out.append(")" * open_groups.pop())
        elif c == "|":
            c = ")" * open_groups[-1] + "|" + "(?i:" * open_groups[-1]
        elif c == "$":
            c = r"\Z"
        out.append(c)
        i += 1
    return "".join(out) + ")" * open_groups[0]


def _entropy(value: str) -> float:
    n = len(value)
    return -sum(k / n * math.log2(k / n) for k in Counter(value).values())


class Group:
    """A filter with the oracles of its patterns and the literals it also forbids."""

    def __init__(self, patterns: list[Pattern], words: list[str]) -> None:
        self.patterns, self.words = patterns, words
        self.filter = Filter(patterns, [Literals(id="literal", texts=tuple(words))])
        self.trees = [parse(p.regex) for p in patterns]
        self.finders = [oracle(p) for p in patterns]


def groups(seed: int) -> list[Group]:
    """All patterns in groups, and last the whole."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    words = ["".join(rng.choice(letters) for _ in range(rng.randint(10, 24))) for _ in range(10_000)]
    packs = parse_policy("version: 1\npacks: [secrets, payment-cards, pii, contact]\nhard: []\n")
    ours = list(output_filter(packs).patterns)
    public = gitleaks(DATA / "agents" / "gitleaks_rules.toml") if (DATA / "agents").is_dir() else []
    rng.shuffle(public)
    rng.shuffle(ours)
    every = public + ours
    parts = [Group(every[i : i + GROUP], words[i : i + 40]) for i in range(0, len(every), GROUP)]
    return [*parts, Group(every, words)]


def undisguised(text: str) -> list[str]:
    """Readings of an output by other libraries than the filter's."""
    readings = [text, html.unescape(text), urllib.parse.unquote(text, errors="replace")]
    readings.append(re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m.group(1), 16)), text))
    return [_ZERO.sub("", unicodedata.normalize("NFKC", r)).lower() for r in readings]


def splits(text: str, rng: random.Random) -> list[list[str]]:
    """Every cut in two (of a long text `EXHAUSTIVE`, evenly spread from a random place), and random cuts."""
    n = len(text)
    step = max(1, math.ceil((n - 1) / EXHAUSTIVE))
    out = [[text[:i], text[i:]] for i in range(1 + rng.randrange(step), n, step)]
    return out + [cuts(text, rng) for _ in range(RANDOM)]


def one(group: Group, rng: random.Random, count: dict[str, int]) -> None:
    """One text in all its cases."""
    k = rng.randrange(len(group.patterns))
    literal = rng.random() < 0.3
    planted = rng.choice(group.words) if literal else draw(group.trees[k], rng)
    hidden = rng.random() < 0.25
    text = prose(rng, rng.randrange(6)) + " " + (disguise(planted, rng) if hidden else planted)
    text += rng.choice(("", " ", "\n", "'")) + prose(rng, rng.randrange(6))
    wanted = group.finders[k](text)
    count["texts"] += 1
    count["spans"] += len(wanted)
    whole, spans, _, held = filter_text(group.filter, [text])
    places = [(s.start, s.end) for s in spans]
    covered = {i for s, e in places for i in range(s, e)}
    bad = any(not covered.issuperset(range(s, e)) for s, e in wanted)
    bad |= literal and any(planted in r for r in undisguised(whole))
    bad |= any(text[s:e] in whole and text.count(text[s:e]) == 1 for s, e in wanted)
    count["cases"] += 1
    count["leaked"] += bad
    count["changed"] += not spans and whole != text
    count["overheld"] += held > group.filter.hold_max
    for pieces in splits(text, rng):
        split, again, _, held = filter_text(group.filter, pieces)
        differs = split != whole or [(s.start, s.end) for s in again] != places
        count["cases"] += 1
        count["differ"] += differs
        count["leaked"] += bad and not differs
        count["overheld"] += held > group.filter.hold_max
    for _ in range(CHANNELS):
        _channels(group, cuts(text, rng), wanted, planted if literal and not hidden else "", count)


def _channels(
    group: Group, pieces: list[str], wanted: list[tuple[int, int]], planted: str, count: dict[str, int]
) -> None:
    """The same text, its pieces in turn on two channels.

    Read in order of arrival it must hold neither the literal nor, where a span lies in both channels, any of its
    characters: each is looked up by its channel and its place there.
    """
    stream = StreamFilter(group.filter)
    out: list[str] = []
    where: list[tuple[str, int]] = []
    sizes = {"content": 0, "reasoning": 0}
    for i, piece in enumerate(pieces):
        key = ("content", "reasoning")[i % 2]
        where += [(key, sizes[key] + j) for j in range(len(piece))]
        sizes[key] += len(piece)
        out += [t for _, t in stream.feed(key, piece)]
    out += [t for _, t in stream.finish()]
    dropped = {(key, i) for key, s in stream.spans for i in range(s.start, s.end)}
    apart = [where[s:e] for s, e in wanted if len({key for key, _ in where[s:e]}) > 1]
    count["cases"] += 1
    count["channels"] += 1
    count["leaked"] += (bool(planted) and planted in "".join(out)) or any(not dropped.issuperset(a) for a in apart)


def block(number: int, seed: int, parts: list[Group]) -> dict[str, Any]:
    """The cases of one block; what it found."""
    rng = random.Random(f"{seed}:{number}")
    group = parts[-1] if number % 8 == 0 else parts[rng.randrange(len(parts) - 1)]
    count = dict.fromkeys(COUNTS, 0)
    began = time.process_time()
    while count["cases"] < BLOCK:
        one(group, rng, count)
    gc.collect()
    return {"block": number, "seed": seed, "patterns": len(group.patterns), **count,
            "cpu_s": round(time.process_time() - began, 2)}  # fmt: skip


def done(log: Path, seed: int) -> dict[int, dict[str, Any]]:
    """Finished blocks of a log; a line cut off by a kill is not one."""
    out = {}
    if log.is_file():
        for line in log.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if row["seed"] == seed:
                out[row["block"]] = row
    return out


def report(log: Path, seed: int) -> Report:
    """The rows of everything a log holds."""
    rows = list(done(log, seed).values())
    total = {k: sum(r[k] for r in rows) for k in COUNTS}
    n = total["cases"]
    out = Report("constraints: streaming study")
    cpu = sum(r["cpu_s"] for r in rows)
    print(f"seed {seed}, {len(rows)} blocks, {total['texts']} texts, {total['channels']} cases over two channels, "
          f"{cpu:.0f} s of CPU, {n / max(cpu, 1e-9):.0f} cases a second")  # fmt: skip
    out.row("C1 cases run", goal="10,000,000", measured=n, holds=n >= 10_000_000)
    out.row("C1 texts that leaked", goal="0", measured=f"{total['leaked']} of {n} ({total['spans']} spans)",
            holds=n > 0 and total["leaked"] == 0)  # fmt: skip
    out.row("C1 splits that changed output or spans", goal="0", measured=total["differ"], holds=total["differ"] == 0)
    out.row("C2 texts without a find that were changed", goal="0", measured=total["changed"],
            holds=total["changed"] == 0)  # fmt: skip
    out.row("C1 hold-back over its bound", goal="0", measured=total["overheld"], holds=total["overheld"] == 0)
    return out


def main() -> None:
    """Run blocks until a limit, then print everything the log holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0.0)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    finished = done(given.log, given.seed)
    deadline = time.monotonic() + given.seconds if given.seconds else float("inf")
    number = 0
    gc.disable()  # states and their transitions are cycles by design, and large: they are collected once a block
    parts = groups(given.seed) if given.cases or given.seconds else []
    with given.log.open("a", encoding="utf-8") as f:
        while (
            parts
            and time.monotonic() < deadline
            and (not given.cases or sum(r["cases"] for r in finished.values()) < given.cases)
        ):
            if number not in finished:
                row = finished[number] = block(number, given.seed, parts)
                f.write(json.dumps(row) + "\n")
                f.flush()
            number += 1
    report(given.log, given.seed).finish()


if __name__ == "__main__":
    main()
