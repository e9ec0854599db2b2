"""Which column is what, and labels of every spelling as codes: from a raw table to `Results`.

Columns are found by name first and by content second; what was found is said in `read_as`, and every
choice can be given by hand.  Nothing is dropped in silence: each oddity becomes an `Issue` with its rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegate.decide.metrics.model import UNREAD, Codes, Issue, Results, Segments
from tidegate.spine.errors import InputError, nearest
from tidegate.stats.arrays import Floats

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
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "?", "missing"})
YES = frozenset({"1", "true", "yes", "y", "t", "positive", "pos", "relevant", "include", "included", "accept", "spam",
                 "fraud", "toxic", "unsafe", "flag", "flagged", "hit", "match", "defect", "bad", "fail", "failed",
                 "incorrect", "hallucinated", "harmful", "escalate", "churn", "sick", "urgent", "malicious", "phishing",
                 "breach", "abuse", "1.0", "+1", "+"})  # fmt: skip
NO = frozenset({"0", "false", "no", "n", "f", "negative", "neg", "irrelevant", "exclude", "excluded", "reject", "ham",
                "ok", "clean", "safe", "pass", "passed", "good", "correct", "benign", "healthy", "normal",
                "-1", "0.0", "legit", "not relevant", "not_relevant"})  # fmt: skip
ROWS_SHOWN = 10


@dataclass(frozen=True)
class Table:
    """Columns of one length by name, the row number of each entry (as its file counts), and where it came from."""

    columns: dict[str, list[Any]]
    rows: Sequence[int]
    source: str = ""

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.rows)


@dataclass(frozen=True)
class Roles:
    """Which column plays which part; empty means: find it."""

    truth: str = ""
    systems: tuple[str, ...] = ()
    scores: Mapping[str, str] = field(default_factory=dict)  # system → score column
    segments: tuple[str, ...] = ()
    id: str = ""
    text: str = ""
    cluster: str = ""
    long: str = ""  # the column that names the system, when each row is one answer
    ignore: tuple[str, ...] = ()


def spelled(value: Any) -> str:
    """One spelling for a label: booleans true/false, whole floats as ints, text stripped; "" when missing."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    text = str(value).strip()
    if text.lower() in MISSING:
        return ""
    if re.fullmatch(r"[+-]?\d+\.0+", text):
        return str(int(float(text)))
    return text


def _spell_column(values: Sequence[Any]) -> list[str]:
    """Every value spelled; each distinct one once when the column holds one type."""
    if len({*map(type, values)} - {type(None)}) <= 1:  # 1, 1.0 and True are one key of a dict, so types must agree
        try:
            known = {v: spelled(v) for v in {*values}}
            return [known[v] for v in values]
        except TypeError:  # lists or objects in JSON
            return [spelled(str(v)) if v is not None else "" for v in values]
    return [spelled(str(v) if isinstance(v, list | dict) else v) for v in values]


def _as_numbers(values: Sequence[Any]) -> Floats:
    """A column as numbers, NaN where it holds none."""
    if not any(isinstance(v, bool) for v in values[:1000]):
        try:
            return np.array(values, dtype=np.float64)
        except (TypeError, ValueError):
            pass
    return np.array([as_number(v) for v in values])


def as_number(value: Any) -> float:
    """A number, or NaN when it is missing or not one; infinities stay infinite."""
    if isinstance(value, bool) or value is None:
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


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


TRUTH_WORDS = frozenset({"truth", "gold", "golden", "label", "labels", "target", "expected", "actual", "human", "true",
                         "annotated", "annotator", "annotation", "reference", "correct", "expert", "included", "ref",
                         "ideal", "groundtruth", "outcome", "wahrheit", "soll"})  # fmt: skip
ANSWER_WORDS = frozenset({"pred", "preds", "prediction", "predicted", "predictions", "model", "llm", "ai", "ki", "gpt",
                          "claude", "gemini", "llama", "output", "decision", "verdict", "answer", "answers", "response",
                          "system", "classifier", "judge", "bot", "auto", "hat", "guess", "estimate", "estimated",
                          "ist"})  # fmt: skip


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
        labels = {*_spell_column(every[a])} - {""}
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
    labels = {*_spell_column(table.columns[truth])} - {""}
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
    seen = [s for s in _spell_column(_sample(values)) if s]
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
    names = {*_spell_column(values)} - {""}
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


def pivot(table: Table, roles: Roles) -> tuple[Table, Roles]:
    """One row an answer → one row an item with a column a system."""
    if not roles.long:
        return table, roles
    answer = roles.systems[0] if roles.systems else ""
    score = next(iter(roles.scores.values()), "")
    if len(roles.systems) > 1:
        raise InputError(f"expected one answer column beside {roles.long!r}, got {', '.join(roles.systems)}",
                         where=table.source, remedy="name it with --system")  # fmt: skip
    order: dict[str, int] = {}
    items = [str(v) for v in table.columns[roles.id]]
    for i in items:
        order.setdefault(i, len(order))
    names = list(dict.fromkeys(spelled(v) or "(unnamed)" for v in table.columns[roles.long]))
    shared = [c for c in (roles.truth, roles.id, roles.text, roles.cluster, *roles.segments) if c]
    columns: dict[str, list[Any]] = {c: [None] * len(order) for c in shared}
    rows = [0] * len(order)
    fresh: dict[str, list[Any]] = {s: [None] * len(order) for s in names}
    scored: dict[str, list[Any]] = {f"{s}_score": [None] * len(order) for s in names} if score else {}
    clash: list[int] = []
    truths = _spell_column(table.columns[roles.truth])
    first_truth: dict[int, str] = {}
    for r in range(table.n):
        at = order[items[r]]
        system = spelled(table.columns[roles.long][r]) or "(unnamed)"
        if not rows[at]:
            rows[at] = table.rows[r]
            for c in shared:
                columns[c][at] = table.columns[c][r]
        if first_truth.setdefault(at, truths[r]) != truths[r]:
            clash.append(table.rows[r])
        if answer:
            fresh[system][at] = table.columns[answer][r]
        if score:
            scored[f"{system}_score"][at] = table.columns[score][r]
    if clash:
        raise InputError(f"expected one truth an item, got different ones in rows {_rows_text(clash)}",
                         where=table.source, remedy="give the truth once per item")  # fmt: skip
    columns |= (fresh if answer else {}) | scored
    pivoted = Roles(roles.truth, tuple(names) if answer else (),
                    {s: f"{s}_score" for s in names} if score else {},
                    roles.segments, roles.id, roles.text, roles.cluster)  # fmt: skip
    return Table(columns, rows, table.source), pivoted


def _rows_text(rows: Sequence[int]) -> str:
    shown = ", ".join(str(r) for r in rows[:ROWS_SHOWN])
    return shown + (f" and {len(rows) - ROWS_SHOWN} more" if len(rows) > ROWS_SHOWN else "")


def _issue(rule: str, rows: Sequence[int], message: str, treatment: str, *, blocking: bool = False) -> Issue:
    return Issue(rule, f"{message}: {'row' if len(rows) == 1 else 'rows'} {_rows_text(rows)}",
                 tuple(rows[:ROWS_SHOWN]), len(rows), treatment, blocking)  # fmt: skip


def build(
    table: Table,
    given: Roles,
    *,
    positive: str = "",
    labels: Sequence[str] = (),
    threshold: float | None = None,
) -> Results:
    """`Results` from a raw table; raises InputError when there is nothing to audit."""
    if not table.n:
        raise InputError("expected at least one row of results, got none", where=table.source)
    roles = find_roles(table, given)
    table, roles = pivot(table, roles)
    issues: list[Issue] = []
    truth_text = _spell_column(table.columns[roles.truth])
    answers = {s: _spell_column(table.columns[s]) for s in roles.systems}
    classes, alias = _classes(truth_text, answers, labels, table.source, roles.truth)
    keep, truth = _truth_codes(truth_text, classes, alias, labels, table, issues, roles.truth)
    rows = [table.rows[i] for i in keep.tolist()] if keep.size < table.n else list(table.rows)
    code = {c: i for i, c in enumerate(classes)}
    systems = {s: _answer_codes(s, texts, code, alias, keep, rows, issues) for s, texts in answers.items()}
    which = _positive(classes, truth, positive, table.source)
    scores = _scores(table, roles, keep, rows, issues)
    for name in scores:
        if name not in systems:
            systems |= _thresholded(name, scores[name], which, threshold, rows, issues)
    if not systems:
        raise InputError(
            f"expected scores of a yes/no decision in [0, 1] or a threshold, got {', '.join(scores)}",
            where=table.source, remedy="give --threshold, or a column of answers with --system",
        )  # fmt: skip
    clusters = _clusters(table, roles, keep, rows, truth, issues)
    lengths = None
    if roles.text:
        column = table.columns[roles.text]
        lengths = np.array([len(str(column[i] if column[i] is not None else "")) for i in keep.tolist()], float)
    segments = {s: _segments(table.columns[s], keep) for s in roles.segments}
    if np.unique(truth).size < 2:
        only = classes[int(truth[0])] if truth.size else "nothing"
        issues.append(_issue("one-class-truth", rows, f"the truth holds one class only ({only!r})",
                             "no metric can tell skill from a constant answer", blocking=True))  # fmt: skip
    used = ", ".join(f"{s} with scores {scores_of}" if (scores_of := roles.scores.get(s)) else s for s in systems)
    said = f"truth={roles.truth}; systems={used}"
    said += f"; segments={', '.join(roles.segments)}" if roles.segments else ""
    said += f"; id={roles.id}" if roles.id else ""
    kinds = f"{len(classes)} classes" if len(classes) > 1 else "one class"
    said += f"; positive={classes[which]}" if which is not None else f"; {kinds}"
    return Results(classes, truth, systems, which, scores, segments, lengths, clusters, tuple(issues), said,
                   table.source)  # fmt: skip


def _classes(
    truth: Sequence[str], answers: Mapping[str, Sequence[str]], declared: Sequence[str], where: str, column: str
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The classes, and other spellings of them (case, yes/no words) that the data use."""
    names = sorted({*truth} - {""}, key=_natural)
    if declared:
        names = [spelled(d) for d in declared]
    if not names:
        raise InputError("expected labels in the truth column, all are missing", where=f"{where}: {column}")
    numeric = [n for n in names if not math.isnan(as_number(n))]
    if len(names) > 200 or (len(numeric) == len(names) and len(names) > 30):
        raise InputError(
            f"expected labels, got {len(names)} distinct values in {column!r} ({', '.join(names[:4])} …)", where=where,
            remedy="this reads labels, not numbers or free text: turn the truth into classes first",
        )  # fmt: skip
    alias: dict[str, str] = {}
    folded: dict[str, list[str]] = {}
    for n in names:
        folded.setdefault(n.lower(), []).append(n)
    used = {a for column_ in answers.values() for a in column_} | {*truth}
    if len(names) == 2 or (len(names) == 1 and not declared):
        kinds = {_yes_no(n): n for n in names if _yes_no(n) is not None}
        for a in used - {*names, ""}:
            kind = _yes_no(a)
            if kind is not None and kind in kinds:
                alias[a] = kinds[kind]
        spare = [a for a in sorted(used) if a and a not in names and a not in alias and _yes_no(a) is not None]
        if len(names) == 1 and spare and _yes_no(names[0]) is not None:
            names = sorted([names[0], spare[0]], key=_natural)
    for a in used - {*names, ""}:
        match = folded.get(a.lower(), [])
        if len(match) == 1:
            alias[a] = match[0]
    return tuple(names), alias


def _yes_no(label: str) -> bool | None:
    word = label.lower()
    return True if word in YES else False if word in NO else None


def _natural(label: str) -> tuple[int, float, str]:
    number = as_number(label)
    return (1, 0.0, label) if math.isnan(number) else (0, number, label)


def _truth_codes(
    texts: Sequence[str], classes: Sequence[str], alias: Mapping[str, str], declared: Sequence[str], table: Table,
    issues: list[Issue], column: str,
) -> tuple[Codes, Codes]:  # fmt: skip
    code = {c: i for i, c in enumerate(classes)} | {a: classes.index(c) for a, c in alias.items()}
    found = np.array([code.get(t, UNREAD) for t in texts], dtype=np.int64)
    bad = np.flatnonzero(found == UNREAD)
    missing = [table.rows[i] for i in bad.tolist() if texts[i] == ""]
    strange = [table.rows[i] for i in bad.tolist() if texts[i] != ""]
    if missing:
        issues.append(_issue("truth-missing", missing, f"{len(missing)} of {len(texts)} rows have no {column}",
                             "they cannot be scored and are left out of every figure"))  # fmt: skip
    if strange:
        words = sorted({texts[i] for i in bad.tolist() if texts[i] != ""})
        issues.append(_issue(
            "truth-outside-set", strange, f"truth outside the declared labels ({', '.join(words[:5])})",
            f"they are left out of every figure; declared: {', '.join(declared)}", blocking=True,
        ))  # fmt: skip
    keep = np.flatnonzero(found != UNREAD)
    if not keep.size:
        raise InputError("expected rows with truth, got none", where=f"{table.source}: {column}")
    return keep, found[keep]


def _answer_codes(
    system: str, texts: Sequence[str], code: Mapping[str, int], alias: Mapping[str, str], keep: Codes,
    rows: Sequence[int], issues: list[Issue],
) -> Codes:  # fmt: skip
    lookup = {**code, **{a: code[c] for a, c in alias.items()}}
    whole = keep.size == len(texts)
    mine = texts if whole else [texts[i] for i in keep.tolist()]
    found = np.array([lookup.get(t, UNREAD) for t in mine], dtype=np.int64)
    bad = np.flatnonzero(found == UNREAD).tolist()
    missing = [rows[i] for i in bad if mine[i] == ""]
    strange = [rows[i] for i in bad if mine[i] != ""]
    kept = "they stay in the denominator and count as wrong"
    if missing:
        issues.append(_issue("prediction-missing", missing, f"{system} gave no answer in {len(missing)} rows", kept))
    if strange:
        words = sorted({mine[i] for i in bad if mine[i] != ""})
        shown = ", ".join(repr(w[:40]) for w in words[:5])
        if len(strange) + len(missing) == len(mine) and 2 <= len(words) <= max(2, len(code)):
            # As many names as labels and none of them shared: two spellings of the same classes, not a blind system.
            raise InputError(
                f"expected answers of {system!r} among the labels {', '.join(code)}, got only {shown}",
                remedy="spell truth and answers alike, or name another column with --system",
            )
        issues.append(_issue("label-outside-set", strange,
                             f"{system} answered outside the labels ({shown}) in {len(strange)} rows",
                             kept))  # fmt: skip
    return found


def _positive(classes: Sequence[str], truth: Codes, asked: str, where: str) -> int | None:
    """Code of the positive class of a yes/no decision: as asked, by its word, else the rarer class."""
    if asked:
        wanted = spelled(asked)
        exact = [i for i, c in enumerate(classes) if c == wanted]
        fits = exact or [i for i, c in enumerate(classes) if c.lower() == wanted.lower()]
        if not fits:
            raise InputError(f"expected a positive label of the truth, got {asked!r}", where=where,
                             remedy=nearest(wanted, classes))  # fmt: skip
        return fits[0] if len(classes) == 2 else None
    if len(classes) > 2:
        return None
    if len(classes) == 1:
        return None
    yes = [i for i, c in enumerate(classes) if _yes_no(c) is True]
    no = [i for i, c in enumerate(classes) if _yes_no(c) is False]
    if len(yes) == 1 and len(no) <= 1:
        return yes[0]
    if len(no) == 1:
        return 1 - no[0]
    counts = np.bincount(truth, minlength=2)
    return int(np.argmin(counts))


def _scores(table: Table, roles: Roles, keep: Codes, rows: Sequence[int], issues: list[Issue]) -> dict[str, np.ndarray]:
    out = {}
    for system, column in roles.scores.items():
        values = _as_numbers(table.columns[column])[keep]
        bad = np.flatnonzero(~np.isfinite(values)).tolist()
        if bad:
            issues.append(_issue("score-not-a-number", [rows[i] for i in bad],
                                 f"{len(bad)} scores of {system} ({column}) are NaN, infinite or no number",
                                 "they are left out of ranking figures only, which state their n"))  # fmt: skip
        out[system] = np.where(np.isfinite(values), values, np.nan)
    return out


def _thresholded(
    name: str, scores: np.ndarray, positive: int | None, threshold: float | None, rows: Sequence[int],
    issues: list[Issue],
) -> dict[str, Codes]:  # fmt: skip
    """Answers from scores alone: at the given threshold, or at ½ when they look like probabilities."""
    finite = scores[~np.isnan(scores)]
    if positive is None or not finite.size:
        return {}
    cut = threshold if threshold is not None else 0.5
    if threshold is None and (finite.min() < 0 or finite.max() > 1):
        cut = float(np.median(finite))
        issues.append(Issue("threshold-guessed", f"scores of {name} are no probabilities ({finite.min():.3g} to "
                            f"{finite.max():.3g}): answers are taken at the median {cut:.4g}", (), 0,
                            "give --threshold or costs"))  # fmt: skip
    answers = np.where(scores >= cut, positive, 1 - positive)
    answers[np.isnan(scores)] = UNREAD
    del rows
    return {name: answers.astype(np.int64)}


def _clusters(
    table: Table, roles: Roles, keep: Codes, rows: Sequence[int], truth: Codes, issues: list[Issue]
) -> Codes | None:
    column = roles.cluster or roles.id
    if not column:
        return None
    values = table.columns[column]
    mine = [str(v) for v in values] if keep.size == table.n else [str(values[i]) for i in keep.tolist()]
    if not roles.cluster and len({*mine}) == len(mine):
        return None
    first: dict[str, int] = {}
    codes = np.array([first.setdefault(v, len(first)) for v in mine], dtype=np.int64)
    if roles.cluster:
        return codes
    where: dict[int, list[int]] = {}
    counts = np.bincount(codes)
    for i in np.flatnonzero(counts[codes] > 1).tolist():
        where.setdefault(int(codes[i]), []).append(i)
    repeated = [i for group in where.values() for i in group[1:]]
    empty = sum(mine[g[0]] in ("", "None") for g in where.values())
    if empty and empty == len(where):
        return None  # ids that are simply not given say nothing
    issues.append(_issue("duplicate-id", [rows[i] for i in sorted(repeated)],
                         f"{len(repeated)} rows repeat the {roles.id} of an earlier row",
                         "they are kept, and intervals treat rows of one id as one unit"))  # fmt: skip
    torn = [rows[i] for group in where.values() for i in group if len({int(truth[j]) for j in group}) > 1]
    if torn:
        issues.append(_issue("conflicting-truth", sorted(torn), "the same id has different truths",
                             "both are kept; settle which is right", blocking=True))  # fmt: skip
    return codes


def _segments(values: Sequence[Any], keep: Codes) -> Segments:
    texts = _spell_column(values)
    mine = texts if keep.size == len(texts) else [texts[i] for i in keep.tolist()]
    first: dict[str, int] = {}
    codes = np.array([first.setdefault(v or "(none)", len(first)) for v in mine], dtype=np.int64)
    return Segments(codes, tuple(first))
