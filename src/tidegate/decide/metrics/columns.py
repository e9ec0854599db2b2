"""Labels of every spelling as codes: from a raw table to `Results`.

`roles` says which column is what; what was found is said in `read_as`, and every choice can be given by hand.
Nothing is dropped in silence: each oddity becomes an `Issue` with its rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidegate.decide.metrics.model import UNREAD, Codes, Issue, Results, Segments
from tidegate.decide.metrics.roles import find_roles
from tidegate.decide.metrics.tables import (
    ROWS_SHOWN,
    Roles,
    Table,
    as_number,
    as_numbers,
    pivot,
    rows_text,
    spell_column,
    spelled,
    yes_no,
)
from tidegate.spine.errors import InputError, nearest


def _issue(rule: str, rows: Sequence[int], message: str, treatment: str, *, blocking: bool = False) -> Issue:
    return Issue(rule, f"{message}: {'row' if len(rows) == 1 else 'rows'} {rows_text(rows)}",
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
    truth_text = spell_column(table.columns[roles.truth])
    answers = {s: spell_column(table.columns[s]) for s in roles.systems}
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
        kinds = {yes_no(n): n for n in names if yes_no(n) is not None}
        for a in used - {*names, ""}:
            kind = yes_no(a)
            if kind is not None and kind in kinds:
                alias[a] = kinds[kind]
        spare = [a for a in sorted(used) if a and a not in names and a not in alias and yes_no(a) is not None]
        if len(names) == 1 and spare and yes_no(names[0]) is not None:
            names = sorted([names[0], spare[0]], key=_natural)
    for a in used - {*names, ""}:
        match = folded.get(a.lower(), [])
        if len(match) == 1:
            alias[a] = match[0]
    return tuple(names), alias


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
    yes = [i for i, c in enumerate(classes) if yes_no(c) is True]
    no = [i for i, c in enumerate(classes) if yes_no(c) is False]
    if len(yes) == 1 and len(no) <= 1:
        return yes[0]
    if len(no) == 1:
        return 1 - no[0]
    counts = np.bincount(truth, minlength=2)
    return int(np.argmin(counts))


def _scores(table: Table, roles: Roles, keep: Codes, rows: Sequence[int], issues: list[Issue]) -> dict[str, np.ndarray]:
    out = {}
    for system, column in roles.scores.items():
        values = as_numbers(table.columns[column])[keep]
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
    texts = spell_column(values)
    mine = texts if keep.size == len(texts) else [texts[i] for i in keep.tolist()]
    first: dict[str, int] = {}
    codes = np.array([first.setdefault(v or "(none)", len(first)) for v in mine], dtype=np.int64)
    return Segments(codes, tuple(first))
