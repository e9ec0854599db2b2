"""Which column plays which part: found by name first and by content second, unless it was given."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidegate.decide.metrics.tables import NO, YES, Roles, Table, as_number, spell_column, spelled
from tidegate.spine.errors import InputError, nearest

TRUTH = ("truth", "label", "gold", "expected", "target", "y_true", "ytrue", "ground_truth", "groundtruth", "actual",
         "human", "human_label", "gold_label", "true_label", "label_true", "reference", "correct_label", "annotation",
         "labels", "y", "class", "label_included", "included", "outcome", "is_relevant", "answer_key", "ideal",
         "human_verdict", "human_winner", "reviewer", "expert", "verdict_human", "true", "correct_answer")  # fmt: skip
IDS = ("id", "uid", "item", "item_id", "itemid", "key", "row_id", "case_id", "doc_id", "record", "record_id",
       "openalex_id", "sample_id", "pair_id", "uuid", "ticket", "ticket_id", "example_id", "index")  # fmt: skip
TEXTS = ("text", "input", "question", "prompt", "query", "title", "abstract", "content", "body", "message", "document",
         "utterance", "comment", "description")  # fmt: skip
SYSTEMS = ("prediction", "pred", "predicted", "y_pred", "ypred", "output", "answer", "model_output", "verdict",
           "decision", "response", "model_label", "predicted_label", "judge", "llm", "classifier",
           "model_answer")  # fmt: skip
SCORES = re.compile(r"(^|_|\b)(score|scores|prob|proba|probability|confidence|conf|logit|p|y_score|likelihood)($|_|\b)")
LONG = ("system", "model", "variant", "arm", "run", "classifier_name", "system_name", "model_name", "judge_name",
        "candidate")  # fmt: skip
CLUSTERS = ("cluster", "conversation", "conversation_id", "user_id", "session", "session_id", "thread_id")
TRUTH_WORDS = frozenset({"truth", "gold", "golden", "label", "labels", "target", "expected", "actual", "human", "true",
                         "annotated", "annotator", "annotation", "reference", "correct", "expert", "included", "ref",
                         "ideal", "groundtruth", "outcome", "wahrheit", "soll"})  # fmt: skip
ANSWER_WORDS = frozenset({"pred", "preds", "prediction", "predicted", "predictions", "model", "llm", "ai", "ki", "gpt",
                          "claude", "gemini", "llama", "output", "decision", "verdict", "answer", "answers", "response",
                          "system", "classifier", "judge", "bot", "auto", "hat", "guess", "estimate", "estimated",
                          "ist"})  # fmt: skip


def _norm(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")


def _named(columns: Mapping[str, Any], wanted: Sequence[str]) -> str:
    by_norm = {_norm(c): c for c in columns}
    return next((by_norm[w] for w in wanted if w in by_norm), "")


def _check(name: str, table: Table, what: str) -> str:
    if name not in table.columns:
        raise InputError(f"expected a column for {what}, got {name!r}", where=table.source,
                         remedy=nearest(name, table.columns))  # fmt: skip
    return name


def _find_truth(columns: Mapping[str, Sequence[Any]], systems: Sequence[str], every: Mapping[str, Any]) -> str:
    """The truth by its exact name, by a word in its name, or as the partner of a column of answers; "" if unclear."""
    exact = _named(columns, TRUTH)
    if exact:
        return exact
    words = {c: {*_norm(c).split("_")} for c in every}
    hinted = [c for c in columns if words[c] & TRUTH_WORDS and not words[c] & ANSWER_WORDS and not _numbers(columns[c])]
    if len(hinted) == 1:
        return hinted[0]
    answers = list(systems) or [c for c in columns if words[c] & ANSWER_WORDS and not _numbers(columns[c])]
    for a in answers:  # category beside pred_category
        stem = words[a] - ANSWER_WORDS
        same = [c for c in columns if c != a and stem and words[c] == stem]
        if len(same) == 1:
            return same[0]
    for a in answers:
        labels = {*spell_column(every[a])} - {""}
        if not 1 <= len(labels) <= 200:
            continue
        fits = [c for c in columns if c not in answers and not _unique(columns[c]) and _overlaps(columns[c], labels)]
        if len(fits) == 1:
            return fits[0]
    return ""


def _numbers(values: Sequence[Any]) -> bool:
    """Whether a column holds measurements rather than labels: more than thirty distinct numbers."""
    seen = {str(v) for v in _sample(values)} - {""}
    return len(seen) > 30 and all(not math.isnan(as_number(v)) for v in seen)


def find_roles(table: Table, given: Roles) -> Roles:
    """Fill in what was not given, by names first, by contents second."""
    for what, name in (("the truth", given.truth), ("ids", given.id), ("text", given.text),
                       ("clusters", given.cluster), ("system names", given.long)):  # fmt: skip
        if name:
            _check(name, table, what)
    for name in (*given.systems, *given.segments, *given.scores.values(), *given.ignore):
        _check(name, table, "a flag")
    taken = {given.truth, given.id, given.text, given.cluster, given.long, *given.systems, *given.segments,
             *given.scores.values(), *given.ignore}  # fmt: skip
    free = {c: v for c, v in table.columns.items() if c not in taken}
    truth = given.truth or _find_truth(free, given.systems, table.columns)
    if not truth:
        raise InputError("expected a column with the truth, found none by name or content", where=table.source,
                         remedy=f"name it with --truth; columns: {', '.join(table.columns)}")  # fmt: skip
    free.pop(truth, None)
    item = given.id or _named(free, IDS) or next((c for c in free if _norm(c).endswith("_id") and _unique(free[c])), "")
    free.pop(item, None)
    text = given.text or _named(free, TEXTS)
    labels = {*spell_column(table.columns[truth])} - {""}
    if text and _overlaps(free.get(text, ()), labels):
        text = ""
    free.pop(text, None)
    cluster = given.cluster or _named(free, CLUSTERS)
    free.pop(cluster, None)
    long = given.long or ("" if given.systems else _long_column(table, free, item))
    free.pop(long, None)
    scores = dict(given.scores)
    if not given.scores:
        scores = {c: c for c in free if _is_score(c, free[c], labels)}
    systems = given.systems or tuple(c for c in free if c not in scores.values() and _is_system(c, free[c], labels))
    left = [c for c in free if c not in systems and c not in scores.values()]
    segments = given.segments or tuple(c for c in left if _is_segment(free[c], table.n))
    if not given.scores:
        scores = _pair_scores(systems, [*scores])
    if not systems and not scores:
        raise InputError(
            f"expected at least one column of answers, found none that shares labels with {truth!r} "
            f"({', '.join(sorted(labels)[:6])})", where=table.source,
            remedy=f"name it with --system or --score; columns: {', '.join(table.columns)}",
        )  # fmt: skip
    return Roles(truth, systems, scores, segments, item, text, cluster, long)


def _unique(values: Sequence[Any]) -> bool:
    return len({str(v) for v in values}) == len(values)


def _sample(values: Sequence[Any]) -> list[Any]:
    step = max(1, len(values) // 2000)
    return list(values[::step])


def _overlaps(values: Sequence[Any], labels: set[str]) -> bool:
    """Whether a column's answers are (mostly) labels of the truth, in whatever case or yes/no spelling."""
    seen = [s for s in spell_column(_sample(values)) if s]
    if not seen:
        return False
    folded = {s.lower() for s in labels}
    yes_no = all(s in YES or s in NO for s in folded)
    hits = sum(s.lower() in folded or (yes_no and (s.lower() in YES or s.lower() in NO)) for s in seen)
    return hits >= 0.5 * len(seen)


def _is_score(name: str, values: Sequence[Any], labels: set[str]) -> bool:
    numbers = np.array([as_number(v) for v in _sample(values)])
    finite = numbers[np.isfinite(numbers)]
    text = sum(isinstance(v, str) and spelled(v) != "" and math.isnan(as_number(v)) for v in _sample(values))
    if finite.size < 0.5 * numbers.size or finite.size == 0 or text > 0.2 * numbers.size:
        return False
    fractional = bool((finite != np.round(finite)).mean() > 0.2)
    if SCORES.search(_norm(name)):
        return fractional or np.unique(finite).size > max(4, len(labels))
    return fractional and finite.min() >= 0 and finite.max() <= 1 and np.unique(finite).size > 10


def _is_system(name: str, values: Sequence[Any], labels: set[str]) -> bool:
    if _norm(name) in SYSTEMS:
        return True
    return _overlaps(values, labels)


def _is_segment(values: Sequence[Any], n: int) -> bool:
    if any(isinstance(v, list | dict) for v in values[:50]) or len({*map(str, _sample(values))}) > 50:
        return False
    names = {*spell_column(values)} - {""}
    numeric = all(not math.isnan(as_number(v)) for v in names)
    return 2 <= len(names) <= min(50, max(2, n // 5)) and (not numeric or len(names) <= 12)


def _long_column(table: Table, free: Mapping[str, Sequence[Any]], item: str) -> str:
    """A column naming systems, when items repeat once a system."""
    name = _named(free, LONG)
    if not name or not item:
        return ""
    pairs = {*zip(map(str, table.columns[item]), map(str, table.columns[name]), strict=True)}
    items = {str(v) for v in table.columns[item]}
    return name if len(pairs) == table.n and len(items) < table.n else ""


def _pair_scores(systems: Sequence[str], scores: Sequence[str]) -> dict[str, str]:
    """Which score belongs to which system: shared name parts, else alone a system of its own."""
    out: dict[str, str] = {}
    for score in scores:
        stem = {*SCORES.sub("_", _norm(score)).strip("_").split("_")} - {""}
        fits = [s for s in systems if s not in out and (
            (stem and stem <= {*_norm(s).split("_")}) or (not stem and len(systems) == 1))]  # fmt: skip
        if not fits:
            fits = [s for s in systems if s not in out and _norm(score).startswith(_norm(s))]
        if not fits and len(systems) == 1 and len(scores) == 1:
            fits = list(systems)
        out[fits[0] if fits else score] = score
    return out
