# ruff: noqa: E501 (tables read better whole)
"""How a user's next turn takes an answer, learned: words in their roles, so that what was learned of trams holds of tables.

A list of phrases always misses the next one.  What stays the same from talk to talk is whose words
a turn uses: "street not lane", "3 not 5" and "jazz, no rock" are all *own* not *theirs*.  So each
word of content is replaced by whose it is (O: only the user's before, T: only the answer's, B:
both, N: new), small words stay, and short runs of the result are weighed together with what the
turn does (asks, repeats, comes after a question) and, where the next answer is known, with the amounts of `reactions_frame`.  The weights
are those of two linear models (`benches/harvest_train.py`), for turns that end their talk and for those that do not; every one can be read
in `reactions_weights.json`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.answer_fit import witnesses
from tidegate.curate.harvest.signals.context import Context, lexical_similarity, unanswered
from tidegate.curate.harvest.signals.dialogue import (
    SMALL_WORDS,
    content_stems,
    mostly_latin,
    plain,
    stem,
    values,
    without_quotes,
)
from tidegate.curate.harvest.signals.learned_frame import amounts
from tidegate.curate.harvest.signals.reaction import CONCEDES, language
from tidegate.spine.resources import resource_text

WORDS_MAX = 40  # of a turn; who writes more says what she means at the start
_TOKEN = re.compile(r"[^\W_]+(?:[.,:]\d+)*|[?!]", re.UNICODE)
# Words that say how a turn takes an answer; kept as they are unless the talk is about them.
_KEPT = SMALL_WORDS | frozenset(" ".join((
    "wrong incorrect right correct true false mistake error missing forgot forget missed ignored read",
    "listen said asked told meant mean wanted needed other another different instead next first last",
    "second third better worse shorter longer simpler more less fewer again still already never always",
    "nothing everything nobody useless stupid dumb joke funny idiot genius ridiculous unbelievable",
    "seriously hello wow lol haha great nice cool perfect good bad fine love works worked thanks thank",
    "sure maybe hm hmm ah oh ugh god hell sorry wait stop once new old same way only just please even",
    "else why how what where when who isn nope nah anymore there here yet rather though anyway whatever",
    "bye done got kidding serious check count look sounds looks seems think thought doubt believe",
    "disagree since until",
)).split())  # fmt: skip
_NUMBER = re.compile(r"\d[\d.,:]*")
_SENTENCE_END = ("?", "!")
_FLAGS = (
    ("meant", cues.MEANT), ("wrong", cues.WRONG), ("fed_up", cues.FED_UP), ("gives_up", cues.GIVES_UP), ("again", cues.AGAIN),
    ("more", cues.MORE), ("pleased", cues.PLEASED), ("thanks", cues.THANKS), ("own_fault", cues.SELF_BLAME), ("wish", cues.WISH),
    ("follow_up", cues.FOLLOW_UP), ("others", cues.OTHERS), ("at_you", cues.AT_YOU), ("said", cues.SAID),
)  # fmt: skip


def roles(c: Context) -> list[str]:
    """The turn's words, those of content by whose they are; numbers as `#`, a word shouted keeps its `!`."""
    theirs = content_stems(c.answer.plain_all) | values(c.answer.text)
    own = c.own_words | c.own_values
    out: list[str] = []
    for token in _TOKEN.findall(c.user.plain)[:WORDS_MAX]:
        if token in _SENTENCE_END or (token in _KEPT and not _about(token, own, theirs)):
            out.append(token)
            continue
        number = _NUMBER.fullmatch(token) is not None
        keys = {stem(token)} | (values(token) if number or token.isalpha() else frozenset())
        mine, yours = bool(keys & own), bool(keys & theirs)
        role = "B" if mine and yours else "O" if mine else "T" if yours else "N"
        out.append(("#" if number else "") + role)
    return out


def _about(token: str, own: frozenset[str], theirs: frozenset[str]) -> bool:
    return token not in SMALL_WORDS and stem(token) in (own | theirs)


def _band(name: str, value: float, edges: Sequence[float]) -> str:
    return f"{name}:{sum(value >= e for e in edges)}"


def features(c: Context) -> dict[str, float]:
    """Every feature of a turn that holds, by its readable name."""
    return dict.fromkeys(_features(c), 1.0) | dict(amounts(c))


def _features(c: Context) -> Iterator[str]:
    seq = roles(c)
    after_question = "K" if c.answer_asks else "A"
    padded = ["^", *seq, "$"]
    for token, role in zip(_TOKEN.findall(c.user.plain)[:WORDS_MAX], seq, strict=True):
        if role == "N":
            yield f"w {token}"
    for i, a in enumerate(padded):
        if 0 < i < len(padded) - 1:
            yield f"1 {a}"
            if len(seq) <= 8:
                yield f"{after_question}1 {a}"
        if i + 1 < len(padded):
            yield f"2 {a} {padded[i + 1]}"
        if i + 2 < len(padded):
            yield f"3 {a} {padded[i + 1]} {padded[i + 2]}"
    if len(seq) <= 5:
        yield f"{after_question}= {' '.join(seq)}"
    yield from _exchange(c, seq, after_question)
    yield from _afterwards(c)
    yield from _meaning(c, "?" if "?" in c.user.text else ".")


def _exchange(c: Context, seq: Sequence[str], after_question: str) -> Iterator[str]:
    """What the turn does to the exchange, apart from its words."""
    n = len(seq)
    length = _band("n", n, (2, 3, 4, 6, 9, 14, 22, 35))
    yield length
    yield f"{after_question} {length}"
    content = [r[-1] for r in seq if r[-1] in "OTBN" and r.lstrip("#") in ("O", "T", "B", "N")]
    for role in "OTBN":
        share = content.count(role) / max(1, len(content))
        yield _band(f"share {role}", share, (0.01, 0.26, 0.51, 0.99))
        yield f"{after_question} " + _band(f"share {role}", share, (0.01, 0.51, 0.99))
    asks, shouts = "?" in c.user.text, "!" in c.user.text
    end = "?" if asks else "!" if shouts else "."
    yield f"end {end}"
    yield f"{after_question} end {end}"
    yield f"end {end} {length}"
    own_text = without_quotes(c.user.text)
    capitals = [w for w in re.findall(r"[A-Za-z]{2,}", own_text) if w.isupper()]
    before = " ".join(t.text for t in c.users_before)
    loud = [w for w in capitals if w not in before and w not in c.answer.text]
    if loud:
        yield "capitals"
        if any(w.lower() in before.lower() for w in loud):
            yield "capitals of an own word"
    if re.search(r"[?!]{2,}", own_text):
        yield "marks"
    if "..." in own_text or "…" in own_text:
        yield "dots"
    asked = c.asked
    if asked is not None:
        union = len(asked.stems | c.user.stems)
        same = len(asked.stems & c.user.stems) / union if union else 0.0
        yield _band("same", same, (0.01, 0.2, 0.4, 0.6, 0.99))
        yield f"end {end} " + _band("same", same, (0.01, 0.2, 0.4, 0.6, 0.99))
        lacking = _band("lacking", unanswered(asked, c.answer), (0.2, 0.4, 0.6, 0.8))
        yield lacking
        yield f"end {end} {lacking}"
        left_out = (c.user.stems & asked.stems) - content_stems(c.answer.plain_all)
        if left_out:
            yield "left out"
            yield f"left out end {end}"
            yield f"left out {length}"
    yield _band("answer", math.log10(1 + len(c.answer.words)), (0.5, 0.8, 1.1, 1.5, 2.0, 2.5))
    yield _band("missed", c.missed, (0.1, 0.3, 0.5, 0.7))
    yield f"turns {min(3, len(c.users_before))}"
    yield after_question
    for name, holds in (("repeats", c.repeats), ("choice", c.offered_choice), ("angry", c.angry)):
        if holds:
            yield name
    for name, pattern in _FLAGS:
        if pattern.search(c.said):
            yield f"cue {name}"
            yield f"{after_question} cue {name}"
    mine, theirs = values(c.user.text), values(c.answer.text)
    if mine:
        yield "value"
        yield f"value {'new' if mine - theirs - c.own_values else 'known'}{' beside others' if theirs else ''}"
        if (mine & c.own_values) - theirs:
            yield "value left out"


def _afterwards(c: Context) -> Iterator[str]:
    """What the assistant did next, where it is known: grants a fault, does the same work again, brings what was left out."""
    if c.after is None or not c.after.text.strip():
        yield "after none"
        return
    reply = c.after.plain_all
    if CONCEDES.match(reply):
        yield "after concedes"
    if cues.APOLOGY.search(reply[:120]):
        yield "after sorry"
    stems, first = content_stems(reply), content_stems(c.answer.plain_all)
    union = len(stems | first)
    yield _band("after like answer", len(stems & first) / union if union else 0.0, (0.01, 0.15, 0.35, 0.6, 0.9))
    if c.asked is not None:
        own = c.asked.stems | c.user.stems
        brought = len(own & stems) / max(1, len(own)) - len(own & first) / max(1, len(own))
        yield _band("after brings", brought, (-0.3, -0.01, 0.01, 0.2, 0.4))
        if (values(c.asked.text) & values(c.after.text)) - values(c.answer.text):
            yield "after brings value"
    ratio = math.log2((1 + len(c.after.words)) / (1 + len(c.answer.words)))
    yield _band("after longer", ratio, (-2.0, -0.7, 0.7, 2.0))


def _meaning(c: Context, end: str) -> Iterator[str]:
    """How near turn, answer and request are in meaning; two scales, as the embedder and the floor measure differently."""
    kind = "x" if c.similar is lexical_similarity else "m"
    user, answer = c.user.text[:600], c.answer.text[:600]
    edges = (0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.9)
    yield _band(f"{kind} user answer", c.similar(user, answer), edges)
    if c.asked is not None:
        asked = c.asked.text[:600]
        near = c.similar(user, asked)
        yield _band(f"{kind} user asked", near, edges)
        yield f"end {end} " + _band(f"{kind} user asked", near, edges)
        yield _band(f"{kind} asked answer", c.similar(asked, answer), edges)


# --- what was learned ----------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _learned() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(resource_text("tidegate.curate.harvest.signals", "reactions_weights.json"))
    return loaded


def _total(weights: Mapping[str, float], names: Mapping[str, float], bias: float) -> float:
    return bias + sum(weights.get(n, 0.0) * v for n, v in names.items())


def goes_on(c: Context) -> bool:
    """Whether it is known what the assistant said to the turn."""
    return c.after is not None and bool(c.after.text.strip())


def failed_chance(c: Context, ruled: Sequence[Signal]) -> float | None:
    """The chance that the turn shows a failed answer: the learned weights, and whether the readers of cues agree.

    A turn that ends its talk has weights of its own: those learned with the next answer in sight
    lean on it, and where it is missing they take what is left (lengths, openings) for more than it tells.

    None where the talk is in a script or language that nothing was learned of: there the readers
    of cues speak alone.
    """
    if not judged(c):
        return None
    learned = _learned()["goes_on" if goes_on(c) else "ends"]
    total = _total(learned["failed"], features(c), learned["failed_bias"])
    joint = learned["joint"]
    strongest = max((s.probability for s in ruled), default=0.0)
    z = joint["bias"] + joint["learned"] * total
    z += joint["ruled"] * (strongest >= 0.5) + joint["ruled_surely"] * (strongest >= SURE)
    z += joint["ruled_twice"] * (len({s.reason for s in ruled}) > 1)
    z += MISFIT * witnesses(c) + OWN_FAULT * c.own_fault
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


MISFIT = 1.25  # what a hard misfit of answer and request adds to the log-odds; chosen on t12 to t15
OWN_FAULT = -2.5  # the user takes the blame herself: 25 of 25 such turns in t8 to t16 were no failure
SURE = 0.8


_ENGLISH = SMALL_WORDS - frozenset(["so", "no", "an", "am", "me", "was", "will", "die", "do", "us", "in", "all"])


@lru_cache(maxsize=1)
def _met() -> frozenset[str]:
    """Words that something was learned of: a turn with none of the small ones may still be English."""
    learned = (n[2:] for table in ("goes_on", "ends") for n in _learned()[table]["failed"] if n.startswith("w "))
    return _ENGLISH | frozenset(w for w in learned if len(w) > 2)


def judged(c: Context) -> bool:
    """Whether the user writes in what the weights were learned of: Latin letters, and English as far as small words tell."""
    text = " ".join(t.text[:1000] for t in (*c.users_before[-3:], c.user))
    if not mostly_latin(text) or language(text) not in ("", "en"):
        return False
    words = [w for w in re.findall(r"[^\W\d_]+", plain(text)) if w]
    foreign = sum(not w.isascii() for w in words)
    english = sum(w in _ENGLISH for w in words)
    if len(words) < 6:
        return not foreign
    met = sum(w in _met() for w in words)
    return (english >= 0.12 * len(words) or met >= 0.5 * len(words)) and foreign <= 0.1 * len(words)


def kind_of(c: Context) -> SignalKind:
    """What kind of sign a turn is that no reader of cues could name."""
    learned = _learned()
    names = features(c)
    bias: Mapping[str, float] = learned["kind_bias"]
    return SignalKind(max(bias, key=lambda k: _total(learned["kinds"][k], names, bias[k])))
