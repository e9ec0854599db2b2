"""From many failures to few failure modes: with a readable name, a count, a trend, and the same name tomorrow (A4, A5).

Near-duplicates go first (MinHash, every member near the group's seed), so that a flood of one message costs
nothing.  What is left is compared by meaning: known modes take what is near one of their examples, the
rest is grouped around seeds.  A mode keeps its id, its name and its examples in the store; a day that brings
nothing new changes no label.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from tidegate.curate.harvest.modes.vectors import Ints, Vectors, leaders, nearest, spherical_means, unit
from tidegate.spine.codec import content_hash
from tidegate.spine.estimate import Measure
from tidegate.stats.minhash import near_duplicate_groups
from tidegate.stats.unseen import kinds_total, unseen_mass

NEAR = 0.40  # cosine that makes two failures one mode; chosen on Banking77's training half
JOIN, JOIN_MAX = 0.5, 0.85  # bounds of the cosine at which two groups are one mode
DUPLICATE = 0.8  # Jaccard of word 3-shingles that makes two texts one
EXAMPLES = 12


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """One failure as grouping sees it: what was asked, when, by whom, and what noticed it."""

    failure_id: str
    text: str
    day: str = ""  # YYYY-MM-DD
    tenant: str = ""
    signal: str = ""
    counted: bool = False  # an earlier run counted it: it is labelled, and adds nothing to a known mode


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    """A failure mode: its examples say what belongs to it, everything else is counted."""

    mode_id: str
    name: str
    examples: tuple[str, ...]
    days: Mapping[str, int] = msgspec.field(default_factory=dict)
    tenants: tuple[str, ...] = ()
    signals: Mapping[str, int] = msgspec.field(default_factory=dict)
    space: str = ""  # the embedder that `centres` are of
    centres: tuple[tuple[float, ...], ...] = ()
    reach: float = NEAR  # cosine to a centre that still belongs
    parts: tuple[str, ...] = ()  # modes that people said are this one, and that are counted in it

    @property
    def count(self) -> int:
        """Failures of this mode so far."""
        return sum(self.days.values())

    @property
    def first_seen(self) -> str:
        """The first day."""
        return min((d for d in self.days if d), default="")

    @property
    def last_seen(self) -> str:
        """The last day."""
        return max((d for d in self.days if d), default="")


class Grouping(msgspec.Struct, frozen=True, kw_only=True):
    """All modes, largest first, and which mode each failure belongs to (by position)."""

    modes: tuple[Mode, ...]
    labels: tuple[str, ...]  # mode ids
    fresh: tuple[str, ...] = ()  # ids of modes that were not known before


def distinct(texts: Sequence[str], threshold: float = DUPLICATE) -> Ints:
    """For every text the position of the one that stands for it; texts without words stand for themselves."""
    plain = [" ".join(t.lower().split()) for t in texts]
    return near_duplicate_groups(plain, threshold=threshold, k=3) if plain else np.zeros(0, dtype=np.int64)


def group(
    failures: Sequence[Failure],
    vectors: Vectors,
    representatives: Ints,
    known: Sequence[Mode] = (),
    known_vectors: Sequence[Vectors] = (),
    *,
    near: float = NEAR,
    space: str = "",
) -> Grouping:
    """Put failures into modes.

    `vectors` are of the distinct texts only, in the order of `np.unique(representatives)`; `known_vectors`
    are of each known mode's centres or examples; `space` names the embedder where its vectors mean the same tomorrow.
    Order of the failures plays no role: seeds are taken by how much company a
    text has, then by its content.
    """
    if not failures:
        return Grouping(modes=tuple(known), labels=())
    kept, inverse, weight = np.unique(representatives, return_inverse=True, return_counts=True)
    rows = unit(np.asarray(vectors))
    texts = [failures[i].text for i in kept]
    labels = np.full(len(kept), -1, dtype=np.int64)
    if known:
        owner = np.concatenate([np.full(len(v), m, dtype=np.int64) for m, v in enumerate(known_vectors)])
        at, value = nearest(rows, unit(np.vstack(list(known_vectors))))
        reach = np.asarray([m.reach if m.centres and m.space == space else near for m in known])
        labels = np.where(value >= reach[owner[at]], owner[at], -1)
    left = np.flatnonzero(labels < 0)
    centres: list[Vectors] = []
    if left.size:
        mass = weight[left].astype(np.float64)
        fresh, centres = _fresh_labels(rows[left], mass, [texts[i] for i in left], near)
        labels[left] = len(known) + fresh
    return _modes(failures, labels[inverse.ravel()], labels, texts, rows, weight, known, centres, space)


def _fresh_labels(rows: Vectors, weight: np.ndarray, texts: Sequence[str], near: float) -> tuple[Ints, list[Vectors]]:
    """Seeds, then spherical means from them; labels are dense and do not depend on the order of the rows.

    Beside the labels come each label's centres (several where wordings were joined).
    """
    order = np.asarray(sorted(range(len(texts)), key=lambda i: (-weight[i], content_hash(texts[i]))), dtype=np.int64)
    _, centres = spherical_means(rows, weight, rows[leaders(rows, near, order)])
    labels, _ = nearest(rows, centres)
    root = _joined(labels, centres.copy(), weight)
    kinds, dense = np.unique(root[labels], return_inverse=True)
    used = np.unique(labels)
    return dense.ravel().astype(np.int64), [centres[[c for c in used if root[c] == k]] for k in kinds]


def _joined(labels: Ints, centres: Vectors, weight: np.ndarray) -> Ints:
    """For every centre the one it ends in: two wordings of one problem (parcel, package) come together.

    How alike two centres must be depends on how alike all are: among texts of one narrow domain every centre is near
    the others, so the bar lies four deviations above their mean; among few centres it is `JOIN`.
    """
    mass = np.bincount(labels, weights=weight, minlength=len(centres))
    root = np.arange(len(centres))
    live = np.flatnonzero(mass > 0)
    if live.size < 2:
        return root
    similarity = centres[live] @ centres[live].T
    others = similarity[np.triu_indices(live.size, 1)]
    bar = JOIN if live.size < 8 else float(np.clip(others.mean() + 4 * others.std(), JOIN, JOIN_MAX))
    np.fill_diagonal(similarity, -1.0)
    while True:
        a, b = np.unravel_index(int(similarity.argmax()), similarity.shape)
        if similarity[a, b] < bar:
            return root
        i, j = int(live[a]), int(live[b])
        root[root == j] = i
        centres[i] = unit((centres[i] * mass[i] + centres[j] * mass[j])[None])[0]
        mass[i] += mass[j]
        similarity[b, :] = similarity[:, b] = -1.0
        fresh = centres[live] @ centres[i]
        alive = similarity.max(axis=1) > -1.0
        similarity[a, :] = similarity[:, a] = np.where(alive, fresh, -1.0)
        similarity[a, a] = -1.0


def _modes(failures: Sequence[Failure], label_of: Ints, labels: Ints, texts: Sequence[str], rows: Vectors,
           weight: np.ndarray, known: Sequence[Mode], centres: Sequence[Vectors], space: str) -> Grouping:  # fmt: skip
    background = word_counts(texts)
    members: dict[int, list[int]] = {}
    for i, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(i)
    out: dict[int, Mode] = dict(enumerate(known))
    fresh: list[str] = []
    taken = {m.name for m in known}
    for label in sorted(members, key=lambda m: (-sum(weight[i] for i in members[m]), texts[members[m][0]])):
        if label in out:
            continue
        examples = _examples(members[label], texts, rows, weight)
        name = _unused(name_of([texts[i] for i in members[label]], background, len(texts)), taken)
        taken.add(name)
        own = centres[label - len(known)]
        similarity = (rows[members[label]] @ own.T).max(axis=1)
        out[label] = Mode(
            mode_id="mode-" + content_hash(sorted(examples))[7:19], name=name, examples=examples, space=space,
            centres=tuple(tuple(round(float(x), 5) for x in c) for c in own) if space else (),
            reach=round(float(np.clip(similarity.min() - 0.005, 0.25, NEAR)), 4),
        )  # fmt: skip
        fresh.append(out[label].mode_id)
    tallies: dict[int, tuple[Counter[str], set[str], Counter[str]]] = {}
    for failure, label in zip(failures, label_of.tolist(), strict=True):
        if failure.counted and label < len(known):
            continue
        days, tenants, signals = tallies.setdefault(label, (Counter(), set(), Counter()))
        days[failure.day] += 1
        tenants.add(failure.tenant)
        if failure.signal:
            signals[failure.signal] += 1
    modes = {k: _counted(m, tallies.get(k)) for k, m in out.items()}
    ordered = sorted(modes.values(), key=lambda m: (-m.count, m.name))
    return Grouping(modes=tuple(ordered), labels=tuple(modes[k].mode_id for k in label_of.tolist()), fresh=tuple(fresh))


def _examples(members: Sequence[int], texts: Sequence[str], rows: Vectors, weight: np.ndarray) -> tuple[str, ...]:
    """The most central texts, no two alike: they decide tomorrow what belongs here."""
    centre = (rows[list(members)] * weight[list(members)][:, None]).sum(axis=0)
    order = sorted(members, key=lambda i: (-float(rows[i] @ centre), texts[i]))
    return tuple(dict.fromkeys(texts[i] for i in order[:EXAMPLES]))


def _counted(mode: Mode, tally: tuple[Counter[str], set[str], Counter[str]] | None) -> Mode:
    if tally is None:
        return mode
    days = Counter(mode.days) + tally[0]
    signals = Counter(mode.signals) + tally[2]
    tenants = tuple(sorted({*mode.tenants, *(t for t in tally[1] if t)}))
    return msgspec.structs.replace(
        mode, days=dict(sorted(days.items())), signals=dict(sorted(signals.items())), tenants=tenants
    )


# --- names -----------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_][\w'-]*", re.UNICODE)
_STOP = """
a an the and or but if then so of to in on at for from with without by as is are was were be been being am do does did
done have has had having will would can could should shall may might must i i'm i've i'd i'll me my mine we our us you
your yours he she it its they them their this that these those there here what which who whom whose when where why how
not no nor yes please thanks thank hi hello hey just also too very still again get got getting need want wanted know
tell make made help let im ive id ill dont don't didn't doesn't isn't can't cannot won't wasn't aren't about into over
after before up down out off than any some all each more most other such only own same both ok like one use using used
go going went see said say says think really now been because while until during
"""
STOP = frozenset(_STOP.split())


def words_of(text: str) -> list[str]:
    """Words that can name something."""
    return [w for w in _WORD.findall(text.lower()) if w not in STOP and len(w) > 1]


def _terms(text: str) -> set[str]:
    words = words_of(text)
    return {*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))}


def word_counts(texts: Sequence[str]) -> Counter[str]:
    """In how many texts a word or a pair of neighbours stands."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_terms(text))
    return counts


def name_of(texts: Sequence[str], background: Mapping[str, int], total: int) -> str:
    """Two or three telling words: frequent in these texts and rare in the others (class-based TF-IDF)."""
    inside = word_counts(texts)
    size = len(texts)
    scored = sorted(
        ((n / size) ** 0.7 * math.log(1 + total / background.get(t, n)) * (1.25 if " " in t else 1.0), t)
        for t, n in inside.items() if n >= 2 or size < 3
    )  # fmt: skip
    picked: list[str] = []
    used: set[str] = set()
    for _, term in reversed(scored):
        words = set(term.split())
        if words & used:
            continue
        picked.append(term)
        used |= words
        if len(used) >= 3 or len(picked) == 2:
            break
    return " · ".join(picked) or "without words"


def _unused(name: str, taken: set[str]) -> str:
    number, fresh = 2, name
    while fresh in taken:
        fresh, number = f"{name} ({number})", number + 1
    return fresh


# --- numbers ---------------------------------------------------------------------------------------


def trend(mode: Mode, today: str, days: Sequence[str]) -> str:
    """`new`, `rising`, `falling`, `steady` or `gone`: the last 7 of `days` against the 7 before (two-sided 5 %)."""
    late = sum(mode.days.get(d, 0) for d in days[-7:])
    early = sum(mode.days.get(d, 0) for d in days[-14:-7])
    if not late and early:
        return "gone"
    if mode.first_seen in days[-7:] or (not early and late and mode.first_seen == today):
        return "new"
    z = (late - early) / math.sqrt(max(1, late + early))
    return "rising" if z > 1.96 else "falling" if z < -1.96 else "steady"


def group_measures(grouping: Grouping) -> tuple[Measure, ...]:
    """How much is still unseen: mass of the next failure being of a new mode, and how many modes there are."""
    counts = [m.count for m in grouping.modes if m.count]
    return (
        Measure(name="next failure is of a mode not seen yet", value=unseen_mass(counts or [0])),
        Measure(name="failure modes, seen and unseen", value=kinds_total(counts or [0])),
    )


# --- answers of people ------------------------------------------------------------------------------


def merge_questions(
    rows: Vectors, labels: Ints, asked: Mapping[tuple[int, int], bool], limit: int
) -> list[tuple[int, int]]:
    """Which pairs of groups to ask a person about next ("the same problem?"), most promising first.

    `asked` holds earlier answers by label pair (smaller first); pairs that they settle are left out.
    """
    kinds = np.unique(labels)
    centres = unit(np.vstack([rows[labels == k].sum(axis=0) for k in kinds]))
    similarity = centres @ centres.T
    roots = merge_roots(kinds.tolist(), asked)
    refused = {tuple(sorted((roots[a], roots[b]))) for (a, b), same in asked.items() if not same}
    upper = np.triu_indices(len(kinds), 1)
    out: list[tuple[int, int]] = []
    for at in np.argsort(-similarity[upper]):
        a, b = int(kinds[upper[0][at]]), int(kinds[upper[1][at]])
        pair = tuple(sorted((roots[a], roots[b])))
        if roots[a] == roots[b] or pair in refused or (a, b) in asked:
            continue
        out.append((a, b))
        if len(out) >= limit:
            break
    return out


def merge_roots(kinds: Sequence[int], asked: Mapping[tuple[int, int], bool]) -> dict[int, int]:
    """The group each label ends in after the answers "same" are followed."""
    root = {k: k for k in kinds}

    def find(k: int) -> int:
        while root[k] != k:
            k = root[k]
        return k

    for (a, b), same in sorted(asked.items()):
        if same:
            low, high = sorted((find(a), find(b)))
            root[high] = low
    return {k: find(k) for k in kinds}
