"""Are two failure modes one problem?  People answer, and the answer holds from then on.

Grouping by meaning leaves two wordings of one problem apart, and no threshold mends that.  So the
pairs that are nearest in meaning are put to an owner; "same" makes two modes one (the one seen
first keeps its id and its name, unless the answer gives another), "different" is never asked
again.  Answers are lines of a file in the repository, so that a pull request reviews them; they
name modes by id, and a mode's id is a hash of its examples, so they hold wherever the same
failures are grouped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from tidegate.curate.harvest.modes.group import EXAMPLES, Grouping, Mode, merge_questions, merge_roots
from tidegate.curate.harvest.modes.vectors import Vectors, unit
from tidegate.spine.errors import InputError, nearest

ASKED_MAX = 20


class ModeAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the answers: two modes, and whether they are one problem (None: asked, not answered yet)."""

    modes: tuple[str, str]
    same: bool | None
    owner: str = ""
    reason: str = ""
    at: str = ""
    name: str = ""  # what the joined mode is called; empty: as the mode seen first
    asked: tuple[str, ...] = ()  # an example of each, for whoever reads the pull request
    names: tuple[str, ...] = ()  # what the two were called when they were asked about: cases are called so


def check_answers(answers: Sequence[ModeAnswer], where: str = "") -> None:
    """Raise `InputError` for a pair of one mode, an answer that nobody stands for, and answers that contradict."""
    for number, answer in enumerate(answers, start=1):
        at = f"{where}:{number}" if where else f"answer {number}"
        if answer.modes[0] == answer.modes[1]:
            raise InputError(f"expected two different modes, got {answer.modes[0]!r} twice", where=at)
        if answer.same is not None and not answer.owner:
            raise InputError("an answer needs an owner", where=at, remedy="say who answers in `owner`")
    roots = roots_of(answers)
    for number, answer in enumerate(answers, start=1):
        one, other = answer.modes
        if answer.same is False and roots[one] == roots[other]:
            raise InputError(
                f"{one} and {other} are said to differ, and other answers make them one",
                where=f"{where}:{number}" if where else f"answer {number}",
                remedy="take back one of the answers that name them",
            )


def standing_answers(answers: Sequence[ModeAnswer]) -> tuple[ModeAnswer, ...]:
    """The last word on every pair: a later line takes back an earlier one; a question does not take back an answer."""
    out: dict[tuple[str, str], ModeAnswer] = {}
    for answer in answers:
        pair = _pair(*answer.modes)
        if answer.same is not None or pair not in out:
            out[pair] = answer
    return tuple(out.values())


def roots_of(answers: Sequence[ModeAnswer]) -> dict[str, str]:
    """Every mode that an answer names, with the one that stands for its problem."""
    ids = sorted({m for a in answers for m in a.modes})
    at = {mode: i for i, mode in enumerate(ids)}
    said = {_numbers(at, a): True for a in answers if a.same}
    found = merge_roots(range(len(ids)), said)
    return {mode: ids[found[i]] for mode, i in at.items()}


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def _numbers(at: Mapping[str, int], answer: ModeAnswer) -> tuple[int, int]:
    one, other = sorted((at[answer.modes[0]], at[answer.modes[1]]))
    return one, other


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Modes after the answers, largest first, and for each mode that went the one it went into."""

    modes: tuple[Mode, ...]
    went: Mapping[str, str] = msgspec.field(default_factory=dict)


def join_modes(modes: Sequence[Mode], answers: Sequence[ModeAnswer]) -> Joined:
    """Make one mode of all that are said to be one problem; nothing is counted twice or lost."""
    answers = standing_answers(answers)
    check_answers(answers)
    roots = roots_of(answers)
    names = {roots[a.modes[0]]: a.name for a in answers if a.same and a.name}
    parts: dict[str, list[Mode]] = {}
    for mode in modes:
        parts.setdefault(roots.get(mode.mode_id, mode.mode_id), []).append(mode)
    out: list[Mode] = []
    went: dict[str, str] = {}
    for root, several in parts.items():
        within = {p for m in several for p in m.parts}
        several.sort(key=lambda m: (m.mode_id in within, m.first_seen or "9999", -m.count, m.mode_id))
        whole = _one(several)
        out.append(msgspec.structs.replace(whole, name=names.get(root) or whole.name))
        went |= {m.mode_id: whole.mode_id for m in several[1:]}
    return Joined(modes=tuple(sorted(out, key=lambda m: (-m.count, m.name))), went=went)


def _one(modes: Sequence[Mode]) -> Mode:
    """One mode of several, called as the first; examples are taken in turn, so that every wording stays among them."""
    first = modes[0]
    counted = {p for m in modes for p in m.parts}  # left behind by a joining that was cut short
    modes = [m for m in modes if m is first or m.mode_id not in counted]
    if len(modes) == 1:
        return first
    days: Counter[str] = Counter()
    signals: Counter[str] = Counter()
    for mode in modes:
        days.update(mode.days)
        signals.update(mode.signals)
    turns = [m.examples[i] for i in range(EXAMPLES) for m in modes if i < len(m.examples)]
    alike = {m.space for m in modes} == {first.space} and all(m.centres for m in modes)
    return msgspec.structs.replace(
        first,
        examples=tuple(dict.fromkeys(turns))[: max(EXAMPLES, len(modes))],
        days=dict(sorted(days.items())),
        signals=dict(sorted(signals.items())),
        tenants=tuple(sorted({t for m in modes for t in m.tenants})),
        space=first.space if alike else "",
        centres=tuple(c for m in modes for c in m.centres) if alike else (),
        reach=max(m.reach for m in modes),
        parts=tuple(sorted({*counted, *(m.mode_id for m in modes[1:])})),
    )


def new_names(known: Sequence[Mode], joined: Joined, answers: Sequence[ModeAnswer]) -> dict[str, str]:
    """What cases called by a mode that went into another are called now: old name or id → name of the joined mode.

    A name that another mode still bears stays with that one.
    """
    roots = roots_of(standing_answers(answers))
    stands: dict[str, str] = {}  # of every mode that is part of another
    out: dict[str, str] = {}
    for mode in joined.modes:
        inside = [m for m, into in joined.went.items() if into == mode.mode_id]
        stands |= dict.fromkeys((mode.mode_id, *mode.parts, *inside), mode.name)
    by_root = {roots[m]: name for m, name in stands.items() if m in roots}
    called = [(m.mode_id, m.name) for m in known]
    called += [pair for a in answers if a.same for pair in zip(a.modes, a.names, strict=False)]
    for mode_id, name in called:
        now = stands.get(mode_id) or by_root.get(roots.get(mode_id, mode_id))
        if now:
            out |= {old: now for old in (mode_id, name) if old != now}
    live = {m.name for m in joined.modes}
    return {old: now for old, now in out.items() if old not in live}


def joined_grouping(grouping: Grouping, answers: Sequence[ModeAnswer]) -> Grouping:
    """A grouping as the answers have it: labels follow the modes that went into others."""
    joined = join_modes(grouping.modes, answers)
    return Grouping(
        modes=joined.modes,
        labels=tuple(joined.went.get(label, label) for label in grouping.labels),
        fresh=tuple(m for m in grouping.fresh if m not in joined.went),
    )


def questions(
    modes: Sequence[Mode], vectors: Sequence[Vectors], answers: Sequence[ModeAnswer], limit: int = ASKED_MAX
) -> list[tuple[Mode, Mode, float]]:
    """Which pairs to ask about next, with their cosine, most alike first; what the answers settle is left out.

    `vectors` are of each mode's centres or examples, rows of any length.
    """
    if len(modes) < 2 or limit < 1:
        return []
    answers = standing_answers(answers)
    roots = roots_of(answers)
    stands = {roots.get(m.mode_id, m.mode_id): i for i, m in enumerate(modes)}
    settled: dict[tuple[int, int], bool] = {}
    for answer in answers:
        ends = [stands.get(roots[m]) for m in answer.modes]
        if answer.same is None or None in ends or ends[0] == ends[1]:
            continue
        one, other = sorted(e for e in ends if e is not None)
        settled[one, other] = answer.same
    rows = unit(np.vstack([unit(np.asarray(v)).mean(axis=0) for v in vectors]))
    pairs = merge_questions(rows, np.arange(len(modes)), settled, limit)
    return [(modes[a], modes[b], round(float(rows[a] @ rows[b]), 3)) for a, b in pairs]


def answer_for(
    modes: Sequence[Mode], one: str, other: str, *, same: bool, owner: str, at: str, reason: str = "", name: str = ""
) -> ModeAnswer:
    """An answer about two modes, given by id or by name; raises `InputError` where there is no such mode."""
    if not owner:
        raise InputError("an answer needs the name of who gives it", remedy="--owner NAME")
    found = [_named(modes, wanted) for wanted in (one, other)]
    asked = tuple(m.examples[0][:160] if m.examples else m.name for m in found)
    answer = ModeAnswer(
        modes=(found[0].mode_id, found[1].mode_id),
        same=same,
        owner=owner,
        at=at,
        reason=reason,
        name=name,
        asked=asked,
        names=(found[0].name, found[1].name),
    )
    check_answers([answer])
    return answer


def _named(modes: Sequence[Mode], wanted: str) -> Mode:
    for mode in modes:
        if wanted in (mode.mode_id, mode.name):
            return mode
    known = [x for m in modes for x in (m.mode_id, m.name)]
    raise InputError(
        f"there is no failure mode {wanted!r}", remedy=nearest(wanted, known) if known else "`tidegate harvest group`"
    )
