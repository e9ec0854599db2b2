# ruff: noqa: E501 (tables and messages read better whole)
"""Train the learned reader of a user's next turn and write its weights: `python -m benches.harvest_train`.

Learns from `harvest_reactions.txt` (requests, each with a failing and a serving answer, and what
users say to them) and from the written conversations named in `SETS`; every example belongs to a
scenario or a talk, and folds never share one.  The joint weights (learned score and readers of
cues) are fitted out of fold and only where the readers of cues had not been changed for the
wording.  Prints what held out folds give.  `--without SET` leaves a set out, to report on it.
"""

import argparse
import json
import random
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

SEED = 20261126
SETS = ("dev", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9")
HONEST = ("reactions", "topics", "t8", "t9")  # written after the readers of cues were last changed for a wording
KINDS = {"C": "correction", "M": "no_i_meant", "R": "rephrase", "F": "frustration", "A": "abandonment", "G": "regenerate"}  # fmt: skip
LEARNED_KINDS = frozenset(KINDS.values())
USED = LEARNED_KINDS | {"clean", "contradiction", "edit"}
FOLDS, GROUPS_MIN, STRENGTH, STRENGTH_KINDS = 5, 3, 0.6, 0.3
TARGET = Path(reactions.__file__).with_name("reactions_weights.json")


class Example(NamedTuple):
    """A turn in its context: the scenario or talk it belongs to, the set, and the kind of sign (`clean`: none)."""

    group: str
    source: str
    turn: Context
    kind: str


def contexts(messages: list[dict[str, Any]], similar: Any) -> list[Context]:
    """The turns of a conversation that are judged, as the readers get them."""
    return list(signals_implicit.user_turns(read_turns(messages), similar))


def scenarios() -> list[tuple[str, str, str, str, str]]:
    """(group, request, answer, turn, kind) of the written reactions."""
    out, group, asked, answer = [], 0, "", ""
    for line in (HERE / "harvest_reactions.txt").read_text().splitlines():
        mark, text = line[:2], line[2:]
        if mark == "Q ":
            group, asked = group + 1, text
        elif mark in ("B ", "G ", "K "):
            answer = text
        elif mark == "- ":
            out.append((f"scenario {group}", asked, answer, line[4:], KINDS[line[2]]))
        elif mark == "+ ":
            out.append((f"scenario {group}", asked, answer, text, "clean"))
    return out


def talk_of(*texts: str) -> list[dict[str, Any]]:
    """Turns by the user and the assistant, taking turns."""
    return [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(texts)]


def other_topics(rng: random.Random) -> Iterator[tuple[str, list[dict[str, Any]], str]]:
    """What real talks are full of and written sets lack: the next topic, a long brief, a turn late in a talk."""
    rows = [r for r in scenarios() if r[4] == "clean"]
    served = list({r[0]: r for r in rows}.values())
    failed = [r for r in scenarios() if r[4] != "clean"]
    questions = [r[1] for r in served]
    for group, asked, answer, _, _ in served:
        for _ in range(3):
            other = rng.choice([q for q in questions if q != asked])
            yield group, talk_of(asked, answer, other), "clean"
        brief = " ".join(
            [rng.choice(questions), *rng.sample([r[2] for r in rows if not r[2].endswith("?")], rng.randint(2, 5))]
        )
        yield group, talk_of(asked, answer, brief), "clean"
        yield group, talk_of(rng.choice(GREETINGS), "Hello! How are you today? I am ready to help.", asked), "clean"
    for group, asked, answer, said, kind in rng.sample(rows, 120) + rng.sample(failed, 120):
        before = rng.choice([r for r in served if r[0] != group])
        yield group, talk_of(before[1], before[2], asked, answer, said), kind


GREETINGS = ("hi", "hello there", "how are you", "good morning", "hey, what can you do?", "who are you", "test")


def examples(without: frozenset[str]) -> list[Example]:
    """All examples; half of the scenarios also with a long answer, and each under both measures of similarity."""
    out: list[Example] = []
    rows = scenarios()
    filler = [answer for _, _, answer, _, _ in rows if len(answer) > 30 and not answer.endswith("?")]
    for similar in (meaning(), lexical_similarity):
        rng = random.Random(SEED)
        for group, asked, answer, said, kind in rows:
            texts = [answer]
            if rng.random() < 0.5 and not answer.endswith("?"):
                texts.append(" ".join([answer, *rng.sample(filler, rng.randint(2, 20))]))
            for text in texts:
                out += [Example(group, "reactions", c, kind) for c in contexts(talk_of(asked, text, said), similar)]
        for group, talk, kind in other_topics(rng):
            if rng.random() < 0.6 and not talk[-2]["content"].endswith("?"):
                talk[-2]["content"] = " ".join([talk[-2]["content"], *rng.sample(filler, rng.randint(2, 20))])
            out += [Example(group, "topics", c, kind) for c in contexts(talk, similar)[-1:]]
        for name in SETS:
            if name in without or not (HERE / f"harvest_dialogues_{name}.txt").exists():
                continue
            for w in read(f"harvest_dialogues_{name}.txt"):
                kinds = [k for k in w.signal.split("/") if k in USED]
                for c in contexts(w.messages, similar):
                    if kinds and (kinds[0] == "clean" or c.answer.index == w.failing_turn):
                        out.append(Example(w.name, name, c, kinds[0]))
    return out


def ruled(c: Context) -> list[float]:
    """What the joint weights see of the readers of cues."""
    found = list(signals_implicit.cued(c))
    top = max((s.probability for s in found), default=0.0)
    return [float(top >= 0.5), float(top >= reactions.SURE), float(len({s.reason for s in found}) > 1)]


def fit(rows: Any, labels: Any, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=1000).fit(rows, labels)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = examples(frozenset(options.without))
    names: dict[str, set[str]] = {}
    every = [reactions.features(e.turn) for e in found]
    for e, f in zip(found, every, strict=True):
        for name in f:
            names.setdefault(name, set()).add(e.group)
    kept = {n for n, groups in names.items() if len(groups) >= GROUPS_MIN}
    columns = DictVectorizer()
    rows = columns.fit_transform([{n: v for n, v in f.items() if n in kept} for f in every]).tocsr()
    y = np.array([e.kind != "clean" for e in found])
    rng = np.random.default_rng(SEED)
    fold_of = {g: int(rng.integers(FOLDS)) for g in sorted({e.group for e in found})}
    fold = np.array([fold_of[e.group] for e in found])
    score = np.zeros(len(y))
    for k in range(FOLDS):
        score[fold == k] = fit(rows[fold != k], y[fold != k], STRENGTH).decision_function(rows[fold == k])
    source = np.array([e.source for e in found])
    honest = np.isin(source, HONEST)
    joint_rows = np.column_stack([score, np.array([ruled(e.turn) for e in found])])
    chance = np.zeros(len(y))
    for k in range(FOLDS):
        learn = honest & (fold != k)
        chance[fold == k] = fit(joint_rows[learn], y[learn], 1.0).predict_proba(joint_rows[fold == k])[:, 1]
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
        for mine in (honest, np.isin(source, ("t8", "t9"))):
            hit = mine & (chance >= t)
            line.append(f"recall {chance[mine & y].__ge__(t).mean():.2f} precision {y[hit].mean():.2f}")
        print(f"  at {t}: held out {line[0]}; newest sets {line[1]}")
    final = fit(rows, y, STRENGTH)
    joint = fit(joint_rows[honest], y[honest], 1.0)
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
        TARGET.write_text(json.dumps(weights(columns, final, joint, kind), indent=0, sort_keys=True) + "\n")


def weights(columns: Any, final: Any, joint: Any, kind: Any) -> dict[str, Any]:
    """The trained models as named numbers, the smallest left out."""

    def named(row: Any, least: float) -> dict[str, float]:
        return {n: round(float(w), 3) for n, w in zip(columns.feature_names_, row, strict=True) if abs(w) >= least}

    learned, once, surely, twice = (round(float(w), 3) for w in joint.coef_[0])
    return {
        "failed": named(final.coef_[0], 0.01),
        "failed_bias": round(float(final.intercept_[0]), 4),
        "joint": {"learned": learned, "ruled": once, "ruled_surely": surely, "ruled_twice": twice, "bias": round(float(joint.intercept_[0]), 4)},
        "kinds": {str(k): named(row, 0.05) for k, row in zip(kind.classes_, kind.coef_, strict=True)},
        "kind_bias": {str(k): round(float(b), 4) for k, b in zip(kind.classes_, kind.intercept_, strict=True)},
    }  # fmt: skip


if __name__ == "__main__":
    main()
