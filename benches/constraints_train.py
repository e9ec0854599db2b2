"""Train the learned layer of the prompt audit and write its weights: `python -m benches.constraints_train`.

Reads the sets named in DEVELOPMENT and the phrases, all written for this repository; prints accuracy in six-fold
cross-validation by document, which is what may be tuned on.  `python -m benches.constraints_audit` measures on the
other sets.  The table of words is distilled from the static embedding inside `wordllama` (MIT; extra `embeddings`):
each word's vector times the learned coefficients.  Linear, so that sums of the table are the model.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benches.constraints_audit import SETS, Labelled, read_set
from tidegate.check.constraints.auditing import learned, lexicon
from tidegate.check.constraints.auditing.classify import evidence, nobodys
from tidegate.check.constraints.auditing.force import features
from tidegate.check.constraints.auditing.grammar import Reading, read
from tidegate.check.constraints.auditing.sentences import Sentence, sentences
from tidegate.runner.embedders import WordLlamaEmbedder

DEVELOPMENT = ("train", "a", "b", "c", "d", "e", "f", "g", "h")
TARGET = Path(learned.__file__).with_name("audit_weights.json")
EMBEDDING_WEIGHT = 3.0
STRENGTH = (0.3, 1.0, 0.3)  # inverse regularisation of rule, class, hard

PHRASES = "phrases"  # rows that train classes only

Row = tuple[str, Labelled, Sentence, Reading]


def rows_of_set(name: str) -> list[Row]:
    """(document, label, sentence, sign of the grammar) of each sentence of a set, as the audit cuts it."""
    out: list[Row] = []
    for document in read_set(name):
        text = "\n".join(s.text for s in document) + "\n"
        for sentence in sentences(text):
            label = document[sentence.line - 1]
            if nobodys(sentence):
                continue
            out.append((f"{name} {label.document}", label, sentence, read(sentence.text, sentence.lead)))
    return out


def rows_of_phrases() -> list[Row]:
    """Phrases and rules of many domains, each of its class; they train classes and not what a rule is."""
    out: list[Row] = []
    for name in ("phrases", "domains"):
        group = name
        for line in (SETS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("=== "):
                group = f"{PHRASES} {line[4:]}"
            found = re.match(r"\[(\w+) (\w+)\] (.*)", line)
            for text in (t.strip() for t in found.group(3).split(";")) if found else ():
                label = Labelled(group, text, (found.group(1),), found.group(2))  # type: ignore[union-attr]
                sentence = Sentence(text=text, span=(0, len(text)), line=1)
                out.append((group if group != name else PHRASES, label, sentence, read(text)))
    return out


class Encoder:
    """Sentences as rows: sparse features seen at least twice, and the summed vectors of their words."""

    def __init__(self, rows: list[Row]) -> None:
        counts: dict[str, int] = {}
        for row in rows:
            for name in self.sparse(row):
                counts[name] = counts.get(name, 0) + 1
        self.index = {n: i for i, n in enumerate(sorted(n for n, c in counts.items() if c >= 2))}

    @staticmethod
    def sparse(row: Row) -> dict[str, float]:
        _, _, sentence, reading = row
        return dict.fromkeys(features(sentence, reading.sign), 1.0) | learned.lexical(evidence(sentence, reading))

    def encode(self, rows: list[Row]) -> Any:
        data, columns, starts = [], [], [0]
        for row in rows:
            for name, value in self.sparse(row).items():
                if name in self.index:
                    columns.append(self.index[name])
                    data.append(value)
            starts.append(len(columns))
        wide = sp.csr_matrix(
            (data, np.array(columns, np.int32), np.array(starts, np.int32)), (len(rows), len(self.index))
        )
        dense = np.stack([vector(s.text) for _, _, s, _ in rows])
        out = sp.csr_matrix(sp.hstack([wide, EMBEDDING_WEIGHT * dense]))
        out.indices, out.indptr = out.indices.astype(np.int32), out.indptr.astype(np.int32)
        return out


_EMBEDDER = WordLlamaEmbedder()
_VECTORS: dict[str, Any] = {}


def vector(text: str) -> Any:
    """The sum of the vectors of the words of a sentence, over the root of their number."""
    words = learned.content(text)
    new = [w for w in words if w not in _VECTORS]
    if new:
        _VECTORS.update(zip(new, _EMBEDDER.embed(new), strict=True))
    return sum((_VECTORS[w] for w in words), np.zeros(256)) / np.sqrt(max(len(words), 1))


def fit(x: Any, rows: list[Row]) -> list[tuple[Any, float]]:
    """(coefficients, bias) of each output, in the order of `learned.OUTPUTS`."""
    whole = np.array([not d.startswith(PHRASES) for d, *_ in rows])
    rule = np.array([bool(label.classes) for _, label, _, _ in rows])
    out = [_one(x[whole], rule[whole], STRENGTH[0])]
    for name in learned.OUTPUTS[1:-1]:
        out.append(
            _one(x[rule], np.array([lab.classes[0] == name for _, lab, _, _ in rows if lab.classes]), STRENGTH[1])
        )
    out.append(_one(x[rule], np.array([lab.kind == "hard" for _, lab, _, _ in rows if lab.classes]), STRENGTH[2]))
    return out


def _one(x: Any, y: Any, strength: float) -> tuple[Any, float]:
    model = LogisticRegression(C=strength, solver="liblinear", random_state=0).fit(x, y)
    return model.coef_[0], float(model.intercept_[0])


def validate(rows: list[Row], phrases: list[Row]) -> None:
    """Six folds by document: what the learned layer alone gets right."""
    groups = [d for d, *_ in rows]
    odds = np.zeros((len(rows), len(learned.OUTPUTS)))
    for inside, outside in GroupKFold(6).split(rows, groups=groups):
        training = [rows[i] for i in inside] + phrases
        encoder = Encoder(training)
        models = fit(encoder.encode(training), training)
        x = encoder.encode([rows[i] for i in outside])
        for k, (coefficients, bias) in enumerate(models):
            odds[outside, k] = x @ coefficients + bias
    rule = np.array([bool(label.classes) for _, label, _, _ in rows])
    for threshold in (-0.8, -0.4, 0.0, 0.4, 0.8):
        said = odds[:, 0] > threshold
        print(f"rule at log odds {threshold:+.1f}: recall {said[rule].mean():.3f}, precision {rule[said].mean():.3f}")
    chosen = [learned.OUTPUTS[1:-1][k] for k in odds[rule, 1:-1].argmax(1)]
    labels = [label for _, label, _, _ in rows if label.classes]
    print(f"class {np.mean([c in lab.classes for c, lab in zip(chosen, labels, strict=True)]):.3f}, "
          f"hard {np.mean([(o > 0) == (a.kind == 'hard') for o, a in zip(odds[rule, -1], labels, strict=True)]):.3f}, "
          f"n = {len(rows)} sentences, {int(rule.sum())} rules")  # fmt: skip


def vocabulary(rows: list[Row]) -> list[str]:
    """The words of the table: of the sentences, of the lexicon, and whole words of the embedding's tokenizer."""
    own = {w for _, _, s, _ in rows for w in learned.content(s.text)}
    known = {
        w
        for name in dir(lexicon)
        if isinstance(words := getattr(lexicon, name), frozenset)
        for p in words
        for w in p.split()
    }
    pieces = {t[1:] for t in _EMBEDDER._model.tokenizer.get_vocab() if t.startswith("▁")}
    return sorted(own | {w for w in known | pieces if re.fullmatch(r"[a-z]{3,}", w)})


def main() -> None:
    """Validate, train on everything, write."""
    names = [n for n in DEVELOPMENT if f"--without={n}" not in sys.argv]
    rows, phrases = [r for name in names for r in rows_of_set(name)], rows_of_phrases()
    validate(rows, phrases)
    if "--validate" in sys.argv:
        return
    encoder = Encoder(rows + phrases)
    models = fit(encoder.encode(rows + phrases), rows + phrases)
    wide, n = np.array([c for c, _ in models]).T, len(encoder.index)
    scaled = np.rint(learned.SCALE * wide[:n]).astype(int)
    words = vocabulary(rows)
    table = np.rint(learned.SCALE * EMBEDDING_WEIGHT * (_EMBEDDER.embed(words) @ wide[n:])).astype(int)
    document = {
        "bias": [round(learned.SCALE * b, 2) for _, b in models],
        "features": {name: scaled[i].tolist() for name, i in encoder.index.items() if abs(scaled[i]).max() >= 3},
        "words": {w: row.tolist() for w, row in zip(words, table, strict=True) if abs(row).max() >= 15},
    }
    TARGET.write_text(json.dumps(document, separators=(",", ":")).replace("],", "],\n") + "\n", encoding="utf-8")
    print(f"{len(document['features'])} features, {len(document['words'])} words, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
