# ruff: noqa: E501 (tables and messages read better whole)
"""Train the learned reader of a user's next turn and write its weights: `python -m benches.harvest_train`.

Learns from `harvest_reactions.txt` and `harvest_reactions_2.txt` (requests, each with a failing and
a serving answer, and what users say to them, by style of author) and from the written conversations
named in `SETS`; folds never share a style, a set or a scenario.  The joint weights (learned score and readers of
cues) are fitted out of fold and only where the readers of cues had not been changed for the
wording.  Prints what held out folds give.  `--without SET` leaves a set out, to report on it.

`--reader ends` trains the table for turns that end their talk: every example is cut after the turn, and the amounts of
`reactions_frame` are left out.  `--write` replaces the one table that was trained, and with `goes_on` the kinds.
The `ends` table that ships is what this script gave at 8a48d8e: from the first reactions and the sets up to t9, uncut talks, strength 0.6.
"""

import argparse
import dataclasses
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benches.harvest_capture import meaning
from benches.harvest_dialogues import HERE, read
from tidegate.curate.harvest import reactions, signals_implicit
from tidegate.curate.harvest.context import Context, lexical_similarity
from tidegate.curate.harvest.dialogue import read_turns
from tidegate.curate.harvest.reactions_frame import amounts

SEED = 20261126
SETS = ("dev", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11")
NEWEST = ("t8", "t9", "t10", "t11")
FILES = ("harvest_reactions.txt", "harvest_reactions_2.txt")
HONEST = ("reactions", "topics", *NEWEST)  # written after the readers of cues were last changed for a wording
KINDS = {"C": "correction", "M": "no_i_meant", "R": "rephrase", "F": "frustration", "A": "abandonment", "G": "regenerate"}  # fmt: skip
LEARNED_KINDS = frozenset(KINDS.values())
USED = LEARNED_KINDS | {"clean", "contradiction", "edit"}
FOLDS, GROUPS_MIN, STRENGTH, STRENGTH_KINDS = 5, 4, 0.3, 0.3
WHOLE = 2.5  # what a turn of a whole talk weighs beside a written reaction: there are fewer, and they are what is met
READERS = ("goes_on", "ends")
LEAST, LEAST_KINDS = 0.02, 0.1  # weights below are not written
TARGET = Path(reactions.__file__).with_name("reactions_weights.json")


class Example(NamedTuple):
    """A turn in its context: the scenario or talk it belongs to, the set, the kind of sign (`clean`: none), whose style it is."""

    group: str
    source: str
    turn: Context
    kind: str
    style: str  # of one author or set; no two folds share one


def contexts(messages: list[dict[str, Any]], similar: Any) -> list[Context]:
    """The turns of a conversation that are judged, as the readers get them."""
    return list(signals_implicit.user_turns(read_turns(messages), similar))


class Reaction(NamedTuple):
    """What a user said to an answer: the scenario, its author's style, the kind of sign, and what the assistant said next."""

    group: str
    style: str
    asked: str
    answer: str
    said: str
    kind: str
    after: str  # empty where it is not known


def scenarios() -> list[Reaction]:
    """The written reactions; after a failed answer the assistant is taken to give the serving one next."""
    out: list[Reaction] = []
    for file in FILES:
        style, rows, served = file, 0, ""
        for block in re.split(r"^(?=[Q@] )", (HERE / file).read_text(), flags=re.M)[1:]:
            asked, *lines = block.splitlines()
            if asked.startswith("@ "):
                style = asked[2:]
                continue
            rows += 1
            served = next((x[2:] for x in lines if x.startswith("G ")), "")
            answer = ""
            for line in lines:
                mark, (text, _, after) = line[:2], line[2:].partition(" > ")
                if mark in ("B ", "G ", "K "):
                    answer = line[2:]
                elif mark == "- ":
                    out.append(
                        Reaction(f"{file} {rows}", style, asked[2:], answer, text[2:], KINDS[text[0]], after or served)
                    )
                elif mark == "+ ":
                    out.append(Reaction(f"{file} {rows}", style, asked[2:], answer, text, "clean", after))
    return out


def talk_of(*texts: str) -> list[dict[str, Any]]:
    """Turns by the user and the assistant, taking turns."""
    return [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(texts)]


def other_topics(rng: random.Random) -> Iterator[tuple[Reaction, list[dict[str, Any]], str]]:
    """What real talks are full of and written sets lack: the next topic, a long brief, a turn late in a talk."""
    rows = [r for r in scenarios() if r.kind == "clean"]
    failed = [r for r in scenarios() if r.kind != "clean"]
    served = list({r.group: r for r in rows}.values())
    questions = [r.asked for r in served]
    replies = [r.answer for r in rows if not r.answer.endswith("?")]
    for r in served:
        for _ in range(3):
            other = rng.choice([x for x in served if x.group != r.group])
            more = [other.answer] if rng.random() < 0.3 else []
            yield r, talk_of(r.asked, r.answer, other.asked, *more), "clean"
        brief = " ".join([rng.choice(questions), *rng.sample(replies, rng.randint(2, 5))])
        yield r, talk_of(r.asked, r.answer, brief), "clean"
        yield r, talk_of(rng.choice(GREETINGS), "Hello! How are you today? I am ready to help.", r.asked), "clean"
    for r in rng.sample(rows, 150) + rng.sample(failed, 150):
        before = rng.choice([x for x in served if x.group != r.group])
        yield r, talk_of(before.asked, before.answer, r.asked, r.answer, r.said), r.kind


CONCEDING = ("", "", "", "You are right. ", "Sorry. ", "My apologies. ")
GREETINGS = ("hi", "hello there", "how are you", "good morning", "hey, what can you do?", "who are you", "test")


def examples(without: frozenset[str]) -> list[Example]:
    """All examples; half of the scenarios also with a long answer, and each under both measures of similarity."""
    out: list[Example] = []
    rows = scenarios()
    filler = [r.answer for r in rows if len(r.answer) > 30 and not r.answer.endswith("?")]
    for similar in (meaning(), lexical_similarity):
        rng = random.Random(SEED)
        for r in rows:
            texts = [r.answer]
            if rng.random() < 0.5 and not r.answer.endswith("?"):
                texts.append(" ".join([r.answer, *rng.sample(filler, rng.randint(2, 20))]))
            for text in texts:
                more = [rng.choice(CONCEDING) * (r.kind != "clean") + r.after] if r.after and rng.random() < 0.6 else []
                found = contexts(talk_of(r.asked, text, r.said, *more), similar)
                out += [Example(r.group, "reactions", c, r.kind, r.style) for c in found]
        for r, talk, kind in other_topics(rng):
            if rng.random() < 0.6 and len(talk) % 2 and not talk[-2]["content"].endswith("?"):
                talk[-2]["content"] = " ".join([talk[-2]["content"], *rng.sample(filler, rng.randint(2, 20))])
            out += [Example(r.group, "topics", c, kind, r.style) for c in contexts(talk, similar)[-1:]]
        for name in SETS:
            if name in without or not (HERE / f"harvest_dialogues_{name}.txt").exists():
                continue
            for w in read(f"harvest_dialogues_{name}.txt"):
                kinds = [k for k in w.signal.split("/") if k in USED]
                for c in contexts(w.messages, similar):
                    if kinds and (kinds[0] == "clean" or c.answer.index == w.failing_turn):
                        out.append(Example(w.name, name, c, kinds[0], name))
    return out


def ruled(c: Context) -> list[float]:
    """What the joint weights see of the readers of cues."""
    found = list(signals_implicit.cued(c))
    top = max((s.probability for s in found), default=0.0)
    return [float(top >= 0.5), float(top >= reactions.SURE), float(len({s.reason for s in found}) > 1)]


def fit(rows: Any, labels: Any, strength: float, weight: Any = None) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=1000).fit(rows, labels, sample_weight=weight)


def folds_of(found: list[Example]) -> Any:
    """The fold of each example: a set or an author's style is in one fold only, the first reactions by scenario."""
    rng = np.random.default_rng(SEED)
    key = [e.group if e.style == FILES[0] else e.style for e in found]
    fold_of = {k: int(rng.integers(FOLDS)) for k in sorted(set(key))} | {n: i for i, n in enumerate(NEWEST)}
    return np.array([fold_of[k] for k in key])


def seen_by(reader: str, found: list[Example]) -> list[Example]:
    """The examples as a reader gets them: whole, or cut after the turn."""
    if reader == "goes_on":
        return found
    return [e._replace(turn=dataclasses.replace(e.turn, after=None, last=True)) for e in found]


def features_for(reader: str, c: Context) -> dict[str, float]:
    """What a reader weighs of a turn: all of it, or all but the amounts."""
    every = reactions.features(c)
    left_out = frozenset() if reader == "goes_on" else frozenset(n for n, _ in amounts(c))
    return {n: v for n, v in every.items() if n not in left_out}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--reader", choices=READERS, default="goes_on")
    options = parser.parse_args()
    found = seen_by(options.reader, examples(frozenset(options.without)))
    names: dict[str, set[str]] = {}
    every = [features_for(options.reader, e.turn) for e in found]
    for e, f in zip(found, every, strict=True):
        for name in f:
            names.setdefault(name, set()).add(e.group)
    kept = {n for n, groups in names.items() if len(groups) >= GROUPS_MIN}
    columns = DictVectorizer()
    rows = columns.fit_transform([{n: v for n, v in f.items() if n in kept} for f in every]).tocsr()
    y = np.array([e.kind != "clean" for e in found])
    source = np.array([e.source for e in found])
    weight = np.where(np.isin(source, SETS), WHOLE, 1.0)
    fold = folds_of(found)
    score = np.zeros(len(y))
    for k in range(FOLDS):
        learn = fold != k
        score[~learn] = fit(rows[learn], y[learn], STRENGTH, weight[learn]).decision_function(rows[~learn])
    honest = np.isin(source, HONEST)
    joint_rows = np.column_stack([score, np.array([ruled(e.turn) for e in found])])
    chance = np.zeros(len(y))
    for k in range(FOLDS):
        learn = honest & (fold != k)
        chance[fold == k] = fit(joint_rows[learn], y[learn], 1.0, weight[learn]).predict_proba(joint_rows[fold == k])[
            :, 1
        ]
    for name in dict.fromkeys(source):
        mine = source == name
        if name == "topics":
            for t in (0.5, 0.6, 0.7):
                print(
                    f"  topics, alarms among clean at {t}: {(chance[mine & ~y] >= t).mean():.3f}, found {(chance[mine & y] >= t).mean():.2f}"
                )
        print(f"{name}: n {mine.sum()}, AUC learned {roc_auc_score(y[mine], score[mine]):.3f}, joint {roc_auc_score(y[mine], chance[mine]):.3f}")  # fmt: skip
    for t in (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
        line = []
        for mine in (honest, np.isin(source, NEWEST)):
            hit = mine & (chance >= t)
            line.append(f"recall {chance[mine & y].__ge__(t).mean():.2f} precision {y[hit].mean():.2f}")
        print(f"  at {t}: held out {line[0]}; newest sets {line[1]}")
    final = fit(rows, y, STRENGTH, weight)
    joint = fit(joint_rows[honest], y[honest], 1.0, weight[honest])
    signs = np.array([e.kind in LEARNED_KINDS for e in found])
    kinds = np.array([e.kind for e in found])
    hit = np.zeros(0)
    for k in range(FOLDS):
        a, b = signs & (fold != k), signs & (fold == k)
        hit = np.append(hit, fit(rows[a], kinds[a], STRENGTH_KINDS).predict(rows[b]) == kinds[b])
    print(f"kind named as labelled, held out: {hit.mean():.3f} of {len(hit)}")
    kind = fit(rows[signs], kinds[signs], STRENGTH_KINDS)
    print("joint", joint.coef_.round(3), joint.intercept_.round(3))
    if options.write:
        shipped = json.loads(TARGET.read_text())
        shipped[options.reader] = table(columns, final, joint)
        if options.reader == "goes_on":
            shipped |= kinds_of(columns, kind)
        TARGET.write_text(json.dumps(shipped, indent=0, sort_keys=True) + "\n")


def named(columns: Any, row: Any, least: float) -> dict[str, float]:
    """Weights by the names of their features, the smallest left out."""
    return {n: round(float(w), 3) for n, w in zip(columns.feature_names_, row, strict=True) if abs(w) >= least}


def table(columns: Any, final: Any, joint: Any) -> dict[str, Any]:
    """What one reader learned, with how it is joined to the readers of cues."""
    learned, once, surely, twice = (round(float(w), 3) for w in joint.coef_[0])
    return {
        "failed": named(columns, final.coef_[0], LEAST),
        "failed_bias": round(float(final.intercept_[0]), 4),
        "joint": {"learned": learned, "ruled": once, "ruled_surely": surely, "ruled_twice": twice, "bias": round(float(joint.intercept_[0]), 4)},
    }  # fmt: skip


def kinds_of(columns: Any, kind: Any) -> dict[str, Any]:
    """What tells the kinds of sign apart."""
    return {
        "kinds": {str(k): named(columns, row, LEAST_KINDS) for k, row in zip(kind.classes_, kind.coef_, strict=True)},
        "kind_bias": {str(k): round(float(b), 4) for k, b in zip(kind.classes_, kind.intercept_, strict=True)},
    }


if __name__ == "__main__":
    main()
