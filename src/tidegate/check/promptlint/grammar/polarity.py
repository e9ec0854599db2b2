"""Negation and modality: which words of a clause stand under a "never", a "without" or an "is banned"."""

import re

from tidegate.check.promptlint.grammar.text import Token
from tidegate.check.promptlint.grammar.vocabulary import IMPERATIVES, MAY, NEG_FORWARD, NEG_VERBS, POST_NEG, SHOULD
from tidegate.check.promptlint.grammar.wordset import word_set

COMPARATIVES = word_set("more fewer less longer shorter greater over under below above later earlier beyond")
NEGATED_PARTICIPLES = word_set(
    "banned forbidden prohibited disallowed barred excluded outlawed discouraged rejected refused discarded"
)
AUXILIARIES = word_set("be must may should can will shall have do could ought")
# words that a subject may begin with although they are also verbs
SUBJECT_VERBS = word_set(
    "list link name format open close quote structure end start show be do address place sound call run "
    "use reply answer define sign ask question output cite source reference"
)  # fmt: skip
# verbs that say of a thing that it is there: "the word never appears"
APPEARS = word_set(
    "appears appear occurs occur features feature figures figure shows comes come stands goes go belongs belong "
    "enters enter "
    "finds gets makes turns pops crops crosses"
)
TEXTUAL = word_set("text word commentary content prose character output explanation anything remark message")
# the words at which a sign can turn: all others only carry it on
TURNING = (
    NEG_FORWARD
    | NEG_VERBS
    | word_set(
        ", ; : — but instead rather opposed place lieu over nothing outside no any other else anything something keep "
        "cut strike scrap nix axe hand abstain leave stay steer free devoid forget fail neglect hesitate refuse do "
        "rarely seldom hardly"
    )
)
OBJECT_FREE = word_set("emoji jargon markdown slang link citation table humor greeting profanity")


def signs_of(toks: tuple[Token, ...], taken: set[int], negative: bool) -> list[bool]:
    """For each token, whether it stands in an affirmative place (True) or under a negation (False).

    `taken` are the tokens inside longer concept wordings, whose own negations are part of them.
    """
    out: list[bool] = []
    positive = not negative
    local: bool | None = None  # "rather than X": turned for X alone
    for k, t in enumerate(toks):
        if (t.low in TURNING or t.lemma in TURNING) and k not in taken:
            if t.low == "," and local is not None:
                local = None
            if (
                t.low in ("instead", "rather", "opposed", "place", "lieu") and _low(toks, k + 1) in ("of", "than", "to")
            ) or (t.low == "over" and {"prefer", "favor", "favour", "choose", "pick"} & {x.lemma for x in toks[:k]}):
                local = not positive
            elif t.low in (";", ":", "—") or (t.low == "but" and _low(toks, k - 1) not in ("nothing", "anything")):
                positive = not negative
            elif _exclusive(toks, k):
                positive = True if t.low in ("other", "else", "anything", "something", "outside") else positive
            elif _forward(toks, k):
                positive = (not positive) if positive or t.low == "without" else False
            elif _negating_verb(toks, k, positive):
                positive = not positive
            elif t.lemma in ("rarely", "seldom") or (t.low == "hardly" and _low(toks, k + 1) == "ever"):
                positive = False
        out.append(positive if local is None else local)
    return _after(toks, out, taken)


def _low(toks: tuple[Token, ...], k: int) -> str:
    return toks[k].low if 0 <= k < len(toks) else ""


def _exclusive(toks: tuple[Token, ...], k: int) -> bool:
    """ "nothing but X", "no language other than X", "nothing else": X is what is asked for."""
    low, nxt = toks[k].low, _low(toks, k + 1)
    if low == "nothing" and nxt in ("but", "else", "more", "other", "except"):
        return True
    if low == "outside" and k and toks[k - 1].lemma in TEXTUAL and nxt in ("the", "your", "of", "a", "json"):
        return True  # "no text outside the JSON"
    if low in ("no", "any") and nxt in ("other", "else"):
        return "than" not in [t.low for t in toks[k : k + 5]] or low == "no"
    return (low in ("other", "else") and nxt == "than") or (
        low in ("anything", "something") and nxt in ("but", "other", "except", "besides", "beyond", "outside")
    )


def _forward(toks: tuple[Token, ...], k: int) -> bool:
    """Whether a word negates what follows it."""
    low, nxt = toks[k].low, _low(toks, k + 1)
    if low not in NEG_FORWARD or (low == "without" and k and toks[k - 1].lemma == "do"):
        return False
    if low == "not" and nxt in ("only", "hesitate", "limited"):
        return False
    if low != "never" and nxt in COMPARATIVES:
        return False
    return not (low == "no" and (nxt == "matter" or nxt.isdigit()))


def _negating_verb(toks: tuple[Token, ...], k: int, positive: bool) -> bool:
    """Whether a verb negates its object: avoid, leave out, stay away from, fail to."""
    t, nxt, nxt2 = toks[k], _low(toks, k + 1), _low(toks, k + 2)
    if t.low in NEGATED_PARTICIPLES and k > 0:
        return False
    if t.lemma in NEG_VERBS:
        return not (t.lemma in ("stop", "drop", "skip", "remove") and _low(toks, k - 1) in ("full", "the"))
    window = [x.low for x in toks[k : k + 6]]
    if t.lemma == "keep" and ("out" in window or ("yourself" in window and "to" in window)):
        out = window.index("out") if "out" in window else 0
        last = bool(out) and (k + out + 1 == len(toks) or not toks[k + out + 1].low[0].isalpha())  # "keep slang out"
        return "of" in window or "yourself" in window or last
    if t.low in ("cut", "strike", "scrap", "nix", "axe") and k == 0 and not any(x.low.isdigit() for x in toks):
        return True  # "cut the greeting", but not "cut it to 50 words"
    if t.lemma == "hand" and t.low == "hands" and nxt == "off" and k == 0:
        return True
    if t.lemma == "abstain" and nxt == "from" and not {"answering", "answer"} & set(window):
        return True
    return (
        (t.lemma == "leave" and ("out" in window or nxt == "off"))
        or (t.lemma == "keep" and "out" in (nxt, nxt2))
        or (t.lemma in ("stay", "keep") and nxt in ("away", "clear", "off"))
        or (t.lemma == "steer" and nxt in ("clear", "away"))
        or (t.lemma == "free" and nxt in ("of", "from"))
        or t.lemma == "devoid"
        or (t.lemma in ("forget", "fail", "neglect", "hesitate", "refuse") and not positive)
        or (t.lemma == "do" and nxt == "without")
    )


def _after(toks: tuple[Token, ...], signs: list[bool], taken: set[int]) -> list[bool]:
    """Negations that follow what they forbid: "emoji are not allowed", "the word X is banned", "emoji-free"."""
    leads = toks[0].lemma in IMPERATIVES and toks[0].low == toks[0].lemma
    leads = leads and not (len(toks) > 1 and toks[1].lemma in ("be", "must", "may", "should"))
    leads = leads and not (toks[0].low == "follow" and _low(toks, 1) == "up")  # "follow-up questions are forbidden"
    verbs = (
        k for k, t in enumerate(toks) if t.lemma in IMPERATIVES and k not in taken and t.lemma not in SUBJECT_VERBS
    )
    first = next(verbs, None)
    for k, t in enumerate(toks):
        if k in taken or k == 0:
            continue
        if k > 1 and t.low in ("that", "which", "who", "stating", "saying") and toks[k - 1].low.isalpha() and not leads:
            break  # a relative clause's negation is its own
        if t.low == "free" and _low(toks, k + 1) not in ("of", "from", "to"):
            if not leads or (toks[k - 1].lemma in OBJECT_FREE and k >= len(toks) - 4):
                signs[k - 1] = not signs[k - 1]
            continue
        if _turns(toks, k, leads, first, signs):
            for j in range(k):
                signs[j] = not signs[j]
            break
    return signs


def _turns(toks: tuple[Token, ...], k: int, leads: bool, first: int | None, signs: list[bool]) -> bool:
    """Whether the word at k turns over what stands before it."""
    t, before, nxt = toks[k], toks[k - 1], _low(toks, k + 1)
    if leads:
        return False
    if (t.low == "off" and nxt == "limits") or (
        t.low == "out" and nxt == "of" and toks[-1].low in ("bounds", "question")
    ):
        return all(signs[:k])
    if t.low == "ruled" and nxt == "out":
        return all(signs[:k])
    if t.low in POST_NEG:
        predicate = before.lemma in word_set("be a an strictly absolutely also completely explicitly get entirely not")
        return (predicate and all(signs[:k])) or (k == len(toks) - 1 and all(signs[:k]))
    if t.low in ("not", "never", "no") and (first is None or first > k):
        if t.low == "no" and nxt not in ("place", "room", "business"):
            return False
        if t.low == "not" and nxt in word_set("more fewer less longer exceed only enough sufficient"):
            return False
        there = before.lemma in AUXILIARIES or t.low == "no" or (t.low == "never" and nxt in APPEARS)
        return there and all(signs[:k])
    passive = t.lemma in word_set("avoid omit skip drop exclude remove strip leave suppress withhold eliminate")
    return passive and k > 1 and before.lemma == "be" and all(signs[:k])


def modality_of(clause: str) -> str:
    """must, should or may; a permission that is denied ("may not") is a must."""
    if SHOULD.search(clause):
        return "should"
    m = MAY.search(re.split(r"\b(?:so that|such that|in a way that|that|who|which)\b", clause, maxsplit=1)[0])
    if m is None or (
        clause[: m.start()].lower().rstrip().endswith((" as you", " as it", " you", " it")) and " as " in clause.lower()
    ):
        return "must"
    after = clause[m.end() : m.end() + 12].lower().strip()
    around = clause[max(0, m.start() - 25) :].lower().split()
    if after.startswith(("not", "never", "only")) or {"not", "never", "no", "nothing", "neither", "only"} & set(around):
        return "must"
    return "must" if "at most" in clause.lower() or "up to" in clause.lower() else "may"
