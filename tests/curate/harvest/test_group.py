"""A4, A5: paraphrases are one mode with its count, names stay, order plays no role."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.curate.harvest.modes.group import (
    Failure,
    Grouping,
    Mode,
    distinct,
    group,
    group_measures,
    merge_questions,
    merge_roots,
    name_of,
    trend,
    word_counts,
)  # fmt: skip
from tidegate.runner.embedders import TfidfEmbedder, WordLlamaEmbedder
from tidegate.spine.estimate import Estimate

OPENERS = [
    "",
    "Hi, ",
    "hello there, ",
    "Excuse me, ",
    "Quick question: ",
    "ok so ",
    "Sorry but ",
    "Listen, ",
    "Hey! ",
    "um, ",
]
ASKS = [
    "my parcel never arrived", "the parcel did not arrive", "where is my parcel, it has not arrived", "parcel still not delivered",
    "my package was never delivered", "the package has not been delivered yet", "delivery of my parcel is missing",
    "I have not received my parcel", "my order was not delivered", "the parcel I ordered is not here",
]  # fmt: skip


def grouped(
    texts: list[str], known: Grouping | None = None, embed: object = None, days: list[str] | None = None
) -> Grouping:
    failures = [
        Failure(failure_id=str(i), text=t, day=(days or ["2026-01-01"] * len(texts))[i], tenant=f"t{i % 3}")
        for i, t in enumerate(texts)
    ]
    same = distinct(texts)
    kept = [texts[i] for i in np.unique(same)]
    embedder = embed or WordLlamaEmbedder()
    vectors = embedder.embed(kept)  # type: ignore[attr-defined]
    modes = known.modes if known else ()
    return group(failures, vectors, same, modes, [embedder.embed(m.examples) for m in modes])  # type: ignore[attr-defined]


def test_a_hundred_paraphrases_are_one_mode_with_count_100() -> None:
    texts = [o + a for o in OPENERS for a in ASKS]
    others = ["The invoice shows the wrong VAT rate", "how do I reset my password"]
    found = grouped(texts + others)
    assert found.modes[0].count == 100
    assert len(set(found.labels[:100])) == 1
    assert len(found.modes) == 3
    assert found.modes[0].tenants == ("t0", "t1", "t2")
    assert {"parcel", "package", "delivered", "arrived"} & set(found.modes[0].name.replace("·", " ").split())


def test_names_and_labels_stay_from_day_to_day() -> None:
    texts = [
        *ASKS,
        "the invoice has the wrong VAT rate",
        "VAT on my invoice is wrong",
        "my login link expired",
        "login link does not work",
    ]
    first = grouped(texts)
    again = grouped(texts, first, days=["2026-01-02"] * len(texts))
    assert again.labels == first.labels, "nothing new: nothing changes"
    assert again.fresh == ()
    assert {m.mode_id: m.name for m in again.modes} == {m.mode_id: m.name for m in first.modes}
    assert all(m.count == 2 * n.count for m in again.modes for n in first.modes if m.mode_id == n.mode_id)
    more = grouped([*texts, "the app crashes on my tablet"], first, days=["2026-01-02"] * (len(texts) + 1))
    assert more.labels[:-1] == first.labels
    assert len(more.fresh) == 1


words = st.sampled_from(
    [
        "refund",
        "invoice",
        "parcel",
        "login",
        "card",
        "crash",
        "tablet",
        "price",
        "tax",
        "late",
        "broken",
        "missing",
        "wrong",
    ]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(words, min_size=3, max_size=6).map(" ".join), min_size=2, max_size=12, unique=True), st.randoms()
)
def test_groups_do_not_depend_on_the_order(texts: list[str], rng: object) -> None:
    embed = TfidfEmbedder()
    order = list(range(len(texts)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    one = grouped(texts, embed=embed)
    other = grouped([texts[i] for i in order], embed=embed)
    assert [other.labels[order.index(i)] for i in range(len(texts))] == list(one.labels)


def test_names_read_and_differ() -> None:
    texts = ["refund for cancelled flight", "cancelled flight refund", "no refund after cancelled flight"]
    assert name_of(texts, word_counts([*texts, "login broken", "card declined"]), 5) == "cancelled flight · refund"
    assert name_of(["???"], {}, 1) == "without words"


def test_numbers_say_what_is_unseen() -> None:
    found = grouped(["parcel lost", "VAT wrong on the invoice", "app crashes at start", *ASKS])
    mass, total = (m.value for m in group_measures(found))
    assert isinstance(mass, Estimate)
    assert 0 < mass.value < 1
    assert isinstance(total, Estimate)
    assert total.value >= len(found.modes)


def test_trends() -> None:
    days = [f"2026-01-{d:02}" for d in range(1, 15)]

    def mode(early: int, late: int) -> Mode:
        counts = {d: n for d, n in ((days[0], early), (days[-1], late)) if n}
        return Mode(mode_id="m", name="n", examples=(), days=counts)

    found = [trend(mode(a, b), days[-1], days) for a, b in ((2, 30), (30, 2), (10, 11), (5, 0), (0, 4))]
    assert found == ["rising", "falling", "steady", "gone", "new"]


def test_answers_of_people_merge_groups_and_are_not_asked_again() -> None:
    rows = np.eye(4, dtype=np.float32)
    labels = np.arange(4)
    asked: dict[tuple[int, int], bool] = {(0, 1): True, (1, 2): False}
    assert merge_roots([0, 1, 2, 3], asked) == {0: 0, 1: 0, 2: 2, 3: 3}
    left = merge_questions(rows, labels, asked, 10)
    assert (0, 1) not in left
    assert (0, 2) not in left, "0 is 1, and 1 is not 2"
    assert (2, 3) in left
