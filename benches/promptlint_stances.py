"""Train the linter's learned reader on the wordings of the blind sets: `python -m benches.promptlint_stances`.

Each wording gets the demand that the grammar reads in it; a wording the grammar does not read
gets the demand most of its side makes (the sides of a family are written to demand one thing).
Sentences of near misses and of the harmless lines are examples of "none" unless the grammar
reads a demand in them.  Calibration: each of three everyday sets is left out once, together with a third of the wordings
written for the reader (`stances_*.txt`), and the share read right is fitted to the margin by isotonic regression.  `--leave x` prints how a reader trained without set
x reads its wordings, and writes nothing.
"""

# ruff: noqa: E501

import base64
import collections
import json
import math
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from scipy import linalg, sparse

from benches.promptlint_wordings import HERE, SETS, domains, groups
from tidegate.check.promptlint import corpus
from tidegate.check.promptlint.lint import analyse
from tidegate.check.promptlint.model import Constraint, Source
from tidegate.check.promptlint.stance import LANGUAGE, NONE, NUMBER, QUOTE, TOOL, features

RIDGE = 0.5
LEFT_OUT = "hij"  # the last everyday sets, each left out once for the calibration
SIZE_MIN = 4  # wordings a demand needs to be learned
Example = tuple[str, str, bool]  # a sentence, its demand, whether the grammar reads it


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


def examples(name: str) -> list[Example]:
    """The wordings of one set; single pairs give none, for their sides have no second wording to vote."""
    out: list[Example] = []
    if (HERE / f"{name}_pairs.txt").exists():
        return out
    for _, lines in groups(HERE / f"{name}_conflicts.txt"):
        cut = lines.index("--")
        for side in (lines[:cut], lines[cut + 1 :]):
            read = [demands(t) for t in side]
            votes = collections.Counter(x for ds in read for x in set(ds))
            top = votes.most_common(1)[0][0] if votes else NONE
            out += [(t, top if top in ds or not ds else ds[0], bool(ds)) for t, ds in zip(side, read, strict=True)]
    for _, lines in groups(HERE / f"{name}_near.txt"):
        for text in (t for line in lines for t in line.split(" || ")):
            ds = demands(text)
            out.append((text, ds[0] if ds else NONE, bool(ds)))
    return out


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
        path.stem: [(t, name, True) for name, lines in groups(path) for t in lines]
        for path in sorted(HERE.glob("stances_*.txt"))
    }


def harmless() -> list[Example]:
    """Sentences that make none of the known demands."""
    rng = np.random.default_rng(3)
    lines = {line for name in SETS for domain in domains(name) for line in domain}
    lines |= {s for a, b, _ in corpus.pairs(rng, 300) for s in (a, b)}
    lines |= set(UNLIKE.replace("\n", "|").split("|"))
    return [(t, NONE, True) for t in sorted(lines)]


def fit(rows: list[Example], pruned: float = 0.0) -> dict[str, Any]:
    """Ridge regression of demands on tf-idf features, in its dual form."""
    size = collections.Counter(y for _, y, _ in rows)
    rows = [r for r in rows if size[r[1]] >= SIZE_MIN]
    labels = sorted({y for _, y, _ in rows})
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
    for k, (_, demand, _) in enumerate(rows):
        y[k, column[demand]] = 1.0
    # a demand with few wordings weighs as much as one with many
    weight = np.sqrt(np.array([min(1.0, 40 / size[r[1]]) for r in rows], dtype=np.float32))[:, None]
    xw, yw = sparse.diags(weight[:, 0]) @ x, y * weight
    gram = (xw @ xw.T).toarray().astype(np.float32)
    gram[np.diag_indices(len(rows))] += RIDGE
    weights = np.asarray(xw.T @ linalg.cho_solve(linalg.cho_factor(gram), yw))
    if pruned:
        strong = np.abs(weights).max(axis=1) >= pruned
        names, idf, weights = [f for f, keep in zip(names, strong, strict=True) if keep], idf[strong], weights[strong]
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    return {"labels": labels, "features": names, "idf": idf.round(3).tolist(), "scale": scale.tolist(),
            "matrix": np.round(weights / scale).astype(np.int8)}  # fmt: skip


def packed(model: dict[str, Any], knots: list[list[float]]) -> dict[str, Any]:
    """The model as the reader loads it."""
    raw = base64.b85encode(zlib.compress(model["matrix"].tobytes(), 9)).decode()
    return {"labels": model["labels"], "features": model["features"], "idf": model["idf"],
            "scale": [float(f"{s:.6g}") for s in model["scale"]], "calibration": knots, "weights": raw}  # fmt: skip


def margins(model: dict[str, Any], rows: list[Example]) -> list[tuple[float, str, Example]]:
    """For each sentence the margin of its best demand, and that demand."""
    index = {f: k for k, f in enumerate(model["features"])}
    idf = np.asarray(model["idf"])
    out = []
    for row in rows:
        at = [index[f] for f in features(row[0]) if f in index]
        if not at:
            out.append((0.0, NONE, row))
            continue
        x = idf[at] / np.linalg.norm(idf[at])
        scores = (x @ model["matrix"][at]) * np.asarray(model["scale"])
        order = np.argsort(-scores)
        out.append((float(scores[order[0]] - max(0.0, scores[order[1]])), model["labels"][order[0]], row))
    return out


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
    sets = {name: rows for name in SETS if (rows := examples(name))}
    rest = [*harmless(), *(r for rows in written().values() for r in rows)]
    if "--without" in sys.argv:  # weights that have not seen a set: what the learned layer adds on it
        gone = sys.argv[sys.argv.index("--without") + 1]
        sets = {name: rows for name, rows in sets.items() if name not in gone}
    if "--leave" in sys.argv:
        name = sys.argv[sys.argv.index("--leave") + 1]
        model = fit([r for s, rows in sets.items() if s != name for r in rows] + rest)
        for which, rows in (("all", sets[name]), ("unread", [r for r in sets[name] if not r[2] and r[1] != NONE])):
            got = margins(model, rows)
            print(f"set {name}, {which}: {sum(g == r[1] for _, g, r in got)}/{len(got)} read right")
        for m, g, r in got:
            print(f"    {m:.2f} {g:28} {r[1]:28} {r[0]}")
        return
    own = [r for rows in written().values() for r in rows]
    parts = np.random.default_rng(5).integers(0, len(LEFT_OUT), len(own))
    points: list[tuple[float, bool]] = []
    for k, name in enumerate(LEFT_OUT):  # a set and a share of the written wordings at a time
        away = [r for r, part in zip(own, parts, strict=True) if part == k]
        kept = [r for r, part in zip(own, parts, strict=True) if part != k]
        model = fit([r for s, rows in sets.items() if s != name for r in rows] + harmless() + kept)
        points += [(m, g == r[1]) for m, g, r in margins(model, [*sets[name], *away]) if g != NONE]
    knots = isotonic(points)
    model = fit([r for rows in sets.values() for r in rows] + rest, pruned=0.02)
    path = Path("src/tidegate/check/promptlint/stance_weights.json")
    path.write_text(json.dumps(packed(model, knots)) + "\n")
    right = float(np.mean([r for _, r in points]))
    print(f"{len(model['features'])} features, {len(model['labels'])} demands, {path.stat().st_size:,} bytes")
    print(f"read right when left out: {right:.3f} of {len(points)}; calibration {knots}")


if __name__ == "__main__":
    main()
