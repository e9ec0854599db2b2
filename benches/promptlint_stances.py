"""Train the linter's learned reader on the wordings of the blind sets: `python -m benches.promptlint_stances`.

Each wording gets the demand that the grammar reads in it; a wording the grammar does not read
gets the demand most of its side makes (the sides of a family are written to demand one thing).
Sentences of near misses and of the harmless lines are examples of "none" unless the grammar
reads a demand in them.  The gate: whole sets and a share of the other sentences are left out in turn, and whether what is
read there is right is fitted to how clear the reading is (logistic, then isotonic).  The sets of HELD_OUT are never
trained on; `--without r,s,t,v,w --to FILE` leaves out others and writes elsewhere: what a bench then reads on these sets is honest.
"""

# ruff: noqa: E501

import base64
import collections
import json
import math
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from benches.promptlint_wordings import HERE, SETS, domains, groups
from tidegate.check.promptlint.learned import corpus
from tidegate.check.promptlint.learned.stance import GATE, LANGUAGE, NONE, NUMBER, QUOTE, TOOL, Reader, features
from tidegate.check.promptlint.lint import analyse
from tidegate.check.promptlint.model import Constraint, Source

RIDGE = 0.5
TRUST = 0.7  # how far a demand's own share of right readings counts beside how clear a reading is
FAINT = 0.01  # weights below it are left out: they halve the file and change no reading
FOLDS = 5  # parts of which each is left out once, for the gate and its calibration
HELD_OUT = (
    "t",
    "v",
    "w",
    "x",
    "y",
    "z",
    "xy",
)  # sets the shipped weights have not seen, nor sentences that resemble theirs
RESEMBLES = 0.6  # share of groups of four letters from which on two sentences are one
SIZE_MIN = 4  # wordings a demand needs to be learned
Example = tuple[
    str, tuple[str, ...], bool
]  # a sentence, its demands, the first the chief one, whether the grammar reads it


def label(c: Constraint) -> str:
    """The demand of a constraint, with slots for what varies."""
    a, value = c.attribute, c.value
    if a.startswith("keyword:"):
        a, value = "keyword", NUMBER
    elif c.operator in ("contains", "not-contains", "starts", "ends", "not-starts", "not-ends"):
        value = QUOTE
    elif a == "tool":
        value = TOOL
    elif a == "language" and value != "the user's language":
        value = LANGUAGE
    elif isinstance(value, int):
        value = NUMBER
    return f"{a}|{c.operator}|{'' if value is None else value}"


def demands(text: str) -> list[str]:
    """The demands the grammar reads in a sentence, actions aside."""
    found = analyse([Source(name="p", text=f"You help.\n\n{text}")]).instructions
    return [label(i.constraint) for i in found if not i.constraint.attribute.startswith(("do:", "count:", "persona"))
            and i.constraint.operator != "before"]  # fmt: skip


def lines_of(name: str) -> tuple[list[list[str]], list[str]]:
    """The sides of a set's conflicts (single pairs: one sentence a side), and the sentences of its near misses."""
    if (HERE / f"{name}_pairs.txt").exists():
        rows = [r.split(" | ") for r in (HERE / f"{name}_pairs.txt").read_text().splitlines() if r.strip()]
        near = [t for head, *core in rows if head.startswith("near") for t in core]
        return [[t] for head, *core in rows if not head.startswith("near") for t in core], near
    if (HERE / f"{name}_wordings.txt").exists():
        sides: dict[str, list[str]] = {}
        for row in (HERE / f"{name}_wordings.txt").read_text().splitlines():
            if row.strip() and not row.startswith("#"):
                kind, _, side, text = row.split(" | ", 3)
                sides.setdefault(f"{kind} {side}", []).append(text)
        grid = (HERE / f"{name}_grid_near.txt").read_text().splitlines()
        return list(sides.values()), [t for r in grid if r.strip() for t in r.split(" | ", 3)[2:]]
    out = []
    for _, lines in groups(HERE / f"{name}_conflicts.txt"):
        cut = lines.index("--")
        out += [lines[:cut], lines[cut + 1 :]]
    return out, [t for _, lines in groups(HERE / f"{name}_near.txt") for row in lines for t in row.split(" || ")]


def examples(name: str) -> list[Example]:
    """The wordings of one set with their demands: the grammar's, those in `labels_x.txt`, or the vote of the side."""
    named = HERE / f"labels_{name}.txt"
    known = {t: demand for demand, lines in groups(named) for t in lines} if named.exists() else {}
    out: list[Example] = []
    sides, near = lines_of(name)
    for side in sides:
        read = [demands(t) for t in side]
        votes = collections.Counter(x for ds in read for x in set(ds))
        top = votes.most_common(1)[0][0] if votes else ""
        for t, ds in zip(side, read, strict=True):
            demand = known.get(t) or (top if top in ds or not ds else ds[0])
            if demand:
                out.append((t, tuple(dict.fromkeys((demand, *ds))), bool(ds) and t not in known))
    for text in near:
        ds = demands(text)
        out.append((text, tuple(dict.fromkeys(ds)) or (NONE,), bool(ds)))
    return list(dict.fromkeys(out))


# sentences that only look like demands on the reply
UNLIKE = """Do not repeat yourself.|Never make up sources.|Do not invent citations.|Treat this text as read-only data.|Key details|Details of the incident
Brief insights from the project|Content depth and originality|Input is a JSON file.|The input is given as JSON.|Review the code for errors.|You write code.
Extract the sources to explore.|Look for formal errors in the argument.|Informal arguments are allowed in debates.|Make sure the code is ready for production.
Work out your own solution first.|Choose the category carefully.|Judge the essay objectively.|Assess the depth of the analysis.|Use the examples as a guide.
If no example fits, say which one is closest.|The list of speakers and their points|Excluding a rule in a path|Limiting a rule to a path|Preserve all details of the plan.
Keep the details of the customer in the record.|Read the references before you start.|Check that every source exists.|The user may ask about the weather.|The customer speaks Polish.
The report mentions several sources.|You are given a table of results.|Each row of the table is a customer.|The title of the talk|A short title of the talk|Name of the author
Save the table to the database.|Compare the two tables.|Read the emoji in the review.|The question is about shipping.|Answer key|Questions for the interview|Summary of the findings
Look at the heading of each chapter.|Find the language of the document.|Detect the language of the text.|Translate the document into French.|Count the words of the essay.
Find sentences longer than 20 words.|List the bullet points of the slide.|The formal name of the company|A detailed map of the area|Brief the team.|Know the limits of the tool.
Ask yourself whether the plan works.|Question every assumption.|Take the first answer of the survey.|Apologies from earlier tickets are archived.|The disclaimer of the vendor
Disclaimers of other vendors are ignored.|The link was broken.|Click the link in the email.|The code of the branch is 12.|Our coupon code is valid.|Use the tool with care."""


def written() -> dict[str, list[Example]]:
    """The sentences written for the reader, by file: `[demand]` headings and wordings that make it."""
    return {
        path.stem: [(t, (name,), True) for name, lines in groups(path) for t in lines]
        for path in sorted(HERE.glob("stances_*.txt"))
    }


def harmless() -> list[Example]:
    """Sentences that make none of the known demands."""
    rng = np.random.default_rng(3)
    lines = {line for name in SETS for domain in domains(name) for line in domain}
    lines |= {s for a, b, _ in corpus.pairs(rng, 300) for s in (a, b)}
    lines |= set(UNLIKE.replace("\n", "|").split("|"))
    return [(t, (NONE,), True) for t in sorted(lines)]


def fit(rows: list[Example], pruned: float = 0.0) -> dict[str, Any]:
    """Ridge regression of demands on tf-idf features."""
    size = collections.Counter(y for _, ys, _ in rows for y in ys)
    labels = sorted(y for y, n in size.items() if n >= SIZE_MIN)
    kept = set(labels)
    rows = [r for r in rows if kept.intersection(r[1])]
    bags = [features(t) for t, _, _ in rows]
    df = collections.Counter(f for bag in bags for f in bag)
    # a word met once counts too: an idiom is one sentence; of neighbours only those met twice
    names = sorted(f for f, n in df.items() if n >= 2 or f[0] == "=")
    index = {f: k for k, f in enumerate(names)}
    idf = np.array([1.0 + math.log(len(rows) / df[f]) for f in names])
    at = [[index[f] for f in bag if f in index] for bag in bags]
    norms = [max(float(np.linalg.norm(idf[ks])), 1e-9) for ks in at]
    cells = np.concatenate([idf[ks] / n for ks, n in zip(at, norms, strict=True)])
    ends = np.concatenate([[0], np.cumsum([len(ks) for ks in at])])
    x = sparse.csr_matrix((cells, np.concatenate(at).astype(int), ends), shape=(len(rows), len(names)))
    y = np.zeros((len(rows), len(labels)), dtype=np.float32)
    column = {name: k for k, name in enumerate(labels)}
    for k, (_, made, _) in enumerate(rows):
        y[k, [column[d] for d in made if d in column]] = 1.0
    # a demand with few wordings weighs as much as one with many
    weight = np.sqrt(np.array([min(1.0, 40 / max(size[d] for d in r[1])) for r in rows], dtype=np.float32))[:, None]
    weights = ridge(sparse.diags(weight[:, 0]) @ x, y * weight)
    if pruned:
        strong = np.abs(weights).max(axis=1) >= pruned
        names, idf, weights = [f for f, keep in zip(names, strong, strict=True) if keep], idf[strong], weights[strong]
    weights[np.abs(weights) < FAINT] = 0.0
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    return {"labels": labels, "features": names, "idf": idf.round(3).tolist(), "scale": scale.tolist(),
            "matrix": np.round(weights / scale).astype(np.int8)}  # fmt: skip


def ridge(x: Any, y: Any, steps: int = 40) -> Any:
    """Ridge regression by conjugate gradients, all demands at once: each step is two sparse products."""
    x = x.astype(np.float32).tocsr()
    w = np.zeros((x.shape[1], y.shape[1]), dtype=np.float32)
    residue = np.asarray(x.T @ y, dtype=np.float32)
    way, length = residue.copy(), (residue**2).sum(axis=0)
    for _ in range(steps):
        image = x.T @ (x @ way) + RIDGE * way
        step = length / np.maximum((way * image).sum(axis=0), 1e-12)
        w += step * way
        residue -= step * image
        now = (residue**2).sum(axis=0)
        way = residue + way * (now / np.maximum(length, 1e-12))
        length = now
        if float(length.max()) < 1e-6:
            break
    return w


def packed(model: dict[str, Any], gate: list[float], trust: list[float], knots: list[list[float]]) -> dict[str, Any]:
    """The model as the reader loads it."""
    by_demand = np.ascontiguousarray(model["matrix"].T)  # zeros of a demand lie side by side
    raw = base64.b64encode(zlib.compress(by_demand.tobytes(), 9)).decode()
    return {"labels": model["labels"], "features": model["features"], "idf": model["idf"], "gate": gate, "trust": trust,
            "scale": [float(f"{s:.6g}") for s in model["scale"]], "calibration": knots, "weights": raw}  # fmt: skip


Point = tuple[str, tuple[float, ...], bool]


def readings(model: dict[str, Any], rows: list[Example]) -> list[Point]:
    """For each sentence the likeliest demand, how clear it is, and whether the sentence makes it."""
    reader = Reader(packed(model, [0.0] * (len(GATE) + 1), [0.0] * len(model["labels"]), [[0.0, 0.0]]))
    found = ((reader.evidence(text), made) for text, made, _ in rows)
    return [(e.label, e.values, e.label in made) for e, made in found if e is not None]


def fit_gate(points: list[Point], labels: list[str]) -> tuple[list[float], list[float], list[list[float]]]:
    """Logistic regression of "read right" on how clear the reading is and on which demand it is; then its calibration."""
    x, y = np.array([v for _, v, _ in points]), np.array([right for *_, right in points])
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    column = {name: k for k, name in enumerate(labels)}
    which = np.zeros((len(points), len(labels)))
    for k, (name, *_) in enumerate(points):
        if name in column:
            which[k, column[name]] = TRUST
    design = np.hstack([(x - mean) / spread, which])
    halves = np.random.default_rng(7).integers(0, 2, len(points))
    logits = np.zeros(len(points))
    for half in (0, 1):  # calibrated on points that the gate was not fitted to
        part = LogisticRegression(C=1.0, max_iter=3000).fit(design[halves != half], y[halves != half])
        logits[halves == half] = part.decision_function(design[halves == half])
    model = LogisticRegression(C=1.0, max_iter=3000).fit(design, y)
    slope = model.coef_[0][: len(GATE)] / spread
    bias = float(model.intercept_[0] - slope @ mean)
    gate = [round(float(g), 5) for g in (bias, *slope)]
    trust = [round(float(t) * TRUST, 4) for t in model.coef_[0][len(GATE) :]]
    return gate, trust, isotonic(list(zip(logits.tolist(), y.tolist(), strict=True)))


def folds(sets: dict[str, list[Example]], rest: list[Example], n: int) -> list[tuple[list[Example], list[Example]]]:
    """(training, left out) `n` times: whole sets are left out together with a share of the other sentences."""
    parts = np.random.default_rng(5).integers(0, n, len(rest))
    out = []
    for k in range(n):
        away = [r for j, name in enumerate(sorted(sets)) if j % n == k for r in sets[name]]
        away += [r for r, part in zip(rest, parts, strict=True) if part == k]
        gone = {t for t, *_ in away}
        pool = [r for rows in (*sets.values(), rest) for r in rows if r[0] not in gone]
        out.append((pool, away))
    return out


def letters(text: str) -> set[str]:
    """The groups of four letters of a sentence."""
    low = " ".join(text.lower().split())
    return {low[k : k + 4] for k in range(len(low) - 3)} or {low}


def apart(rows: list[Example], held: Iterable[str]) -> list[Example]:
    """The sentences that resemble none of the held-out ones, so that what is read there is honest."""
    groups_of = [letters(t) for t in held]
    having: dict[str, list[int]] = {}
    for k, found in enumerate(groups_of):
        for g in found:
            having.setdefault(g, []).append(k)
    out = []
    for row in rows:
        mine = letters(row[0])
        shared = collections.Counter(k for g in mine for k in having.get(g, ()))
        if all(n < RESEMBLES * (len(mine) + len(groups_of[k]) - n) for k, n in shared.items()):
            out.append(row)
    return out


def sentences(name: str) -> list[str]:
    """All sentences of a set, with or without a label."""
    sides, near = lines_of(name)
    return [*(t for side in sides for t in side), *near]


def trained(
    sets: dict[str, list[Example]], held: Iterable[str] = (), pruned: float = 0.02
) -> tuple[dict[str, Any], str]:
    """The packed reader of some sets and of the written sentences, and a line on how well it was calibrated."""
    held = list(held)
    rest = apart([*harmless(), *(r for rows in written().values() for r in rows)], held)
    sets = {name: apart(rows, held) for name, rows in sets.items()}
    points = [p for kept, away in folds(sets, rest, FOLDS) for p in readings(fit(kept), away)]
    model = fit([r for rows in sets.values() for r in rows] + rest, pruned=pruned)
    gate, trust, knots = fit_gate(points, model["labels"])
    right = float(np.mean([r for *_, r in points]))
    note = f"{len(model['features'])} features, {len(model['labels'])} demands; read right when left out: {right:.3f} of {len(points)}"
    return packed(model, gate, trust, knots), note


def isotonic(points: list[tuple[float, bool]], bins: int = 24) -> list[list[float]]:
    """Knots of a monotone map from margin to share right, pessimistic by one wrong reading a bin."""
    points = sorted(points)
    blocks = [list(b) for b in np.array_split(np.array([(m, float(r)) for m, r in points]), bins)]
    pools = [[float(np.mean([m for m, _ in b])), float(sum(r for _, r in b)), float(len(b) + 1)] for b in blocks]
    k = 0
    while k < len(pools) - 1:
        if pools[k][1] / pools[k][2] > pools[k + 1][1] / pools[k + 1][2]:
            a, b = pools[k], pools.pop(k + 1)
            pools[k] = [(a[0] * a[2] + b[0] * b[2]) / (a[2] + b[2]), a[1] + b[1], a[2] + b[2]]
            k = max(k - 1, 0)
        else:
            k += 1
    return [[round(m, 4), round(r / n, 4)] for m, r, n in pools]


def main() -> None:
    """Train without the held-out sets, or without others (`--without rs --to FILE`), and write the weights."""
    gone, target = list(HELD_OUT), Path("src/tidegate/check/promptlint/learned/stance_weights.json")
    if "--without" in sys.argv:  # weights that have not seen some sets: what the learned layer adds on them
        gone, target = sys.argv[sys.argv.index("--without") + 1].split(","), Path(sys.argv[sys.argv.index("--to") + 1])
    sets = {name: rows for name in SETS if name not in gone and (rows := examples(name))}
    data, note = trained(sets, [t for name in gone for t in sentences(name)])
    target.write_text(json.dumps(data) + "\n")
    print(f"{note}; {target.stat().st_size:,} bytes; gate {dict(zip(('bias', *GATE), data['gate'], strict=True))}")
    print(f"calibration {data['calibration']}")


if __name__ == "__main__":
    main()
