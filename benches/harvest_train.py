# ruff: noqa: E501 (tables and messages read better whole)
"""Train the learned reader of a user's next turn and write its weights: `python -m benches.harvest_train --write`.

Learns from `harvest_reactions.txt` and `harvest_reactions_2.txt` (requests, each with a failing and
a serving answer, and what users say to them, by style of author) and from the written conversations,
as the recipe of each table says; folds never share a style, a set or a scenario.  The joint weights
(learned score and readers of cues) are fitted out of fold and only where the readers of cues had not
been changed for the wording.  Prints what held out folds give.  `--without SET` leaves a set out, to report on it.

`--check` trains both tables anew and compares them with those that are shipped: exit 1 where a weight differs by more
than 0.021 (those below 0.02 are not written, and processors round differently).  Each table keeps `learned_from`: hashes of the talks it
was learned from and of what a slice of them looks like to the reader.  A test compares them in a second, so neither the
talks nor the readers change without the weights being trained anew.
"""

import argparse
import json
import math
import random
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benches.harvest_capture import meaning
from benches.harvest_dialogues import HERE, read
from tidegate.curate.harvest.signals import implicit as signals_implicit
from tidegate.curate.harvest.signals import learned as reactions
from tidegate.curate.harvest.signals.context import Context, lexical_similarity
from tidegate.curate.harvest.signals.dialogue import read_turns
from tidegate.curate.harvest.signals.learned_frame import amounts

SEED = 20261126
SETS = ("dev", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11")
NEWEST = ("t8", "t9", "t10", "t11")
FILES = ("harvest_reactions.txt", "harvest_reactions_2.txt")
HONEST = frozenset(
    ("reactions", "topics", *NEWEST)
)  # written after the readers of cues were last changed for a wording


class Recipe(NamedTuple):
    """What a table is learned from and how."""

    files: tuple[str, ...]
    sets: tuple[str, ...]
    answered: bool  # whether reactions are given the answer that follows, and the amounts are learned
    strength: float
    groups_min: int
    whole: (
        float  # what a turn of a whole talk weighs beside a written reaction: there are fewer, and they are what is met
    )


# A turn that ends its talk is read by what the first author of reactions and the sets up to t9 teach: with the second
# author's reactions, or with lengths and openings, the table fits its authors and finds less of an independent set.
RECIPES = {
    "goes_on": Recipe(FILES, SETS, answered=True, strength=0.3, groups_min=4, whole=2.5),
    "ends": Recipe(FILES[:1], SETS[:-2], answered=False, strength=0.6, groups_min=3, whole=1.0),
}
KINDS = {"C": "correction", "M": "no_i_meant", "R": "rephrase", "F": "frustration", "A": "abandonment", "G": "regenerate"}  # fmt: skip
LEARNED_KINDS = frozenset(KINDS.values())
USED = LEARNED_KINDS | {"clean", "contradiction", "edit"}
FOLDS, STRENGTH_KINDS = 5, 0.3
SLICE = 97  # every so many talks, one is hashed as the reader sees it
LEAST, LEAST_KINDS = 0.02, 0.1  # weights below are not written
TARGET = Path(reactions.__file__).with_name("reactions_weights.json")


class Talk(NamedTuple):
    """A conversation to learn from: the scenario or talk it belongs to, its source and style, what a person says of it."""

    group: str
    source: str
    style: str  # of one author or set; no two folds share one
    messages: list[dict[str, Any]]
    kind: str  # `clean`: nothing failed
    failing_turn: int | None  # None: only the last turn is learned from


class Example(NamedTuple):
    """A turn in its context, of a talk."""

    talk: Talk
    turn: Context


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


def scenarios(files: tuple[str, ...] = FILES) -> list[Reaction]:
    """The written reactions; after a failed answer the assistant is taken to give the serving one next."""
    out: list[Reaction] = []
    for file in files:
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


def other_topics(rng: random.Random, files: tuple[str, ...]) -> Iterator[tuple[Reaction, list[dict[str, Any]], str]]:
    """What real talks are full of and written sets lack: the next topic, a long brief, a turn late in a talk."""
    rows = [r for r in scenarios(files) if r.kind == "clean"]
    failed = [r for r in scenarios(files) if r.kind != "clean"]
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


def talks(recipe: Recipe, without: frozenset[str] = frozenset()) -> Iterator[Talk]:
    """All that a table is learned from; half of the scenarios also with a long answer."""
    rng = random.Random(SEED)
    rows = scenarios(recipe.files)
    filler = [r.answer for r in rows if len(r.answer) > 30 and not r.answer.endswith("?")]
    for r in rows:
        texts = [r.answer]
        if rng.random() < 0.5 and not r.answer.endswith("?"):
            texts.append(" ".join([r.answer, *rng.sample(filler, rng.randint(2, 20))]))
        for text in texts:
            more = []
            if recipe.answered and r.after and rng.random() < 0.6:
                more = [rng.choice(CONCEDING) * (r.kind != "clean") + r.after]
            yield Talk(r.group, "reactions", r.style, talk_of(r.asked, text, r.said, *more), r.kind, 1)
    for r, talk, kind in other_topics(rng, recipe.files):
        if rng.random() < 0.6 and len(talk) % 2 and not talk[-2]["content"].endswith("?"):
            talk[-2]["content"] = " ".join([talk[-2]["content"], *rng.sample(filler, rng.randint(2, 20))])
        yield Talk(r.group, "topics", r.style, talk, kind, None)
    for name in recipe.sets:
        for w in read(f"harvest_dialogues_{name}.txt") if name not in without else ():
            kinds = [k for k in w.signal.split("/") if k in USED]
            if kinds:
                yield Talk(w.name, name, name, w.messages, kinds[0], w.failing_turn)


def turns_of(t: Talk, similar: Any) -> list[Context]:
    """The turns of a talk that are learned from."""
    found = contexts(t.messages, similar)
    if t.source == "topics":
        return found[-1:]
    return [c for c in found if t.kind == "clean" or c.answer.index == t.failing_turn]


def examples(recipe: Recipe, without: frozenset[str]) -> list[Example]:
    """All examples, each under both measures of similarity."""
    every = list(talks(recipe, without))
    return [Example(t, c) for similar in (meaning(), lexical_similarity) for t in every for c in turns_of(t, similar)]


def learned_from(reader: str) -> dict[str, str]:
    """Hashes of a table's talks, and of every 97th talk as the reader sees it (needs no embedder)."""
    recipe = RECIPES[reader]
    whole, part = sha256(repr(recipe).encode()), sha256()
    for number, t in enumerate(talks(recipe)):
        whole.update(json.dumps(t, sort_keys=True).encode())
        if number % SLICE == 0:
            for c in turns_of(t, lexical_similarity):
                seen = {n: round(v, 6) for n, v in sorted(features_for(recipe, c).items())}
                part.update(json.dumps([seen, ruled(c)]).encode())
    return {"talks": whole.hexdigest(), "seen": part.hexdigest()}


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
    key = [e.talk.group if e.talk.style == FILES[0] else e.talk.style for e in found]
    fold_of = {k: int(rng.integers(FOLDS)) for k in sorted(set(key))} | {n: i for i, n in enumerate(NEWEST)}
    return np.array([fold_of[k] for k in key])


def features_for(recipe: Recipe, c: Context) -> dict[str, float]:
    """What a table weighs of a turn: all of it, or all but the amounts."""
    every = reactions.features(c)
    left_out = frozenset() if recipe.answered else frozenset(n for n, _ in amounts(c))
    return {n: v for n, v in every.items() if n not in left_out}


class Trained(NamedTuple):
    """A table, and for the table of talks that go on what tells the kinds of sign apart."""

    table: dict[str, Any]
    kinds: dict[str, Any]


def train(reader: str, without: frozenset[str] = frozenset()) -> Trained:
    """Learn a table by its recipe; prints what held out folds give."""
    recipe = RECIPES[reader]
    found = examples(recipe, without)
    names: dict[str, set[str]] = {}
    every = [features_for(recipe, e.turn) for e in found]
    for e, f in zip(found, every, strict=True):
        for name in f:
            names.setdefault(name, set()).add(e.talk.group)
    kept = {n for n, groups in names.items() if len(groups) >= recipe.groups_min}
    columns = DictVectorizer()
    rows = columns.fit_transform([{n: v for n, v in f.items() if n in kept} for f in every]).tocsr()
    kinds = np.array([e.talk.kind for e in found])
    y = kinds != "clean"
    source = np.array([e.talk.source for e in found])
    weight = np.where(np.isin(source, recipe.sets), recipe.whole, 1.0)
    fold = folds_of(found)
    score = np.zeros(len(y))
    for k in range(FOLDS):
        learn = fold != k
        score[~learn] = fit(rows[learn], y[learn], recipe.strength, weight[learn]).decision_function(rows[~learn])
    honest = np.isin(source, sorted(HONEST))
    joint_rows = np.column_stack([score, np.array([ruled(e.turn) for e in found])])
    chance = np.zeros(len(y))
    for k in range(FOLDS):
        learn = honest & (fold != k)
        joint = fit(joint_rows[learn], y[learn], 1.0, weight[learn])
        chance[fold == k] = joint.predict_proba(joint_rows[fold == k])[:, 1]
    tell(source, y, score, chance, honest)
    final = fit(rows, y, recipe.strength, weight)
    joint = fit(joint_rows[honest], y[honest], 1.0, weight[honest])
    learned = table(columns, final, joint) | {"learned_from": learned_from(reader)}
    return Trained(learned, told_apart(columns, rows, kinds, fold) if recipe.answered else {})


def tell(source: Any, y: Any, score: Any, chance: Any, honest: Any) -> None:
    """Print what held out folds give, by source and by threshold."""
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


def told_apart(columns: Any, rows: Any, kinds: Any, fold: Any) -> dict[str, Any]:
    """What tells the kinds of sign apart; prints how often held out ones are named as labelled."""
    signs = np.isin(kinds, sorted(LEARNED_KINDS))
    hit = np.zeros(0)
    for k in range(FOLDS):
        a, b = signs & (fold != k), signs & (fold == k)
        hit = np.append(hit, fit(rows[a], kinds[a], STRENGTH_KINDS).predict(rows[b]) == kinds[b])
    print(f"kind named as labelled, held out: {hit.mean():.3f} of {len(hit)}")
    return kinds_of(columns, fit(rows[signs], kinds[signs], STRENGTH_KINDS))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--reader", choices=sorted(RECIPES), action="append")
    options = parser.parse_args()
    if find_spec("wordllama") is None:
        sys.exit("expected the package wordllama, as both measures of similarity are learned from: install `tidegate[embeddings]`")  # fmt: skip
    shipped = json.loads(TARGET.read_text())
    trained: dict[str, Any] = {}
    for reader in options.reader or sorted(RECIPES):
        print(f"== {reader}")
        learned = train(reader, frozenset(options.without))
        trained |= {reader: learned.table} | learned.kinds
    if options.check:
        apart = difference(shipped, trained)
        print(f"largest difference from what is shipped: {apart:g}")
        sys.exit(1 if apart > DIFFERENCE_MAX else 0)
    if options.write:
        TARGET.write_text(json.dumps(shipped | trained, indent=0, sort_keys=True) + "\n")


DIFFERENCE_MAX = 0.021  # a weight just above LEAST may fall below it, and is then not written


def difference(shipped: Any, trained: Any) -> float:
    """The largest difference of any two numbers of the same name, a missing one counted as 0; infinite where a text differs."""
    if isinstance(trained, dict):
        other = shipped if isinstance(shipped, dict) else {}
        return max((difference(other.get(k, 0.0), trained.get(k, 0.0)) for k in trained.keys() | other.keys() if k in trained or not isinstance(other[k], dict)), default=0.0)  # fmt: skip
    if isinstance(trained, str) or isinstance(shipped, str):
        return 0.0 if shipped == trained else math.inf
    return abs(float(shipped if isinstance(shipped, int | float) else math.inf) - float(trained))


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
