"""How much: "at most fifty words", "3-5 bullets", "no reply may be longer than two sentences".

A quantity is (unit, low, high, holder): holder names what is measured when it is not the whole
reply ("each bullet", "the summary").  A comparator is read on either side of the number; a
negation around it turns it over ("never fewer than 7" is at least 7).
"""

# ruff: noqa: E501

from typing import NamedTuple

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.text import Token, number_at, tokens
from tidegate.check.promptlint.grammar.wordset import word_set

# Comparator wordings before the number → operator; longest first.
_BEFORE: tuple[tuple[str, str], ...] = tuple(
    sorted(
        {
            "at most": "<=", "no more than": "<=", "not more than": "<=", "no longer than": "<=", "not longer than": "<=",
            "up to": "<=", "maximum of": "<=", "max of": "<=", "a maximum of": "<=", "maximum": "<=", "max": "<=",
            "not exceed": "<=", "within": "<=", "limit of": "<=", "cap of": "<=", "ceiling of": "<=", "upper limit of": "<=",
            "upper bound of": "<=", "no greater than": "<=", "not over": "<=", "no over": "<=", "not above": "<=",
            "as many as": "<=", "≤": "<=", "<=": "<=", "limited to": "<=", "limit to": "<=", "capped at": "<=", "cap at": "<=",
            "tops out at": "<=", "not go over": "<=", "not go beyond": "<=", "stop at": "<=", "restrict to": "<=",
            "restricted to": "<=", "confined to": "<=", "confine to": "<=", "hold to": "<=", "never exceed": "<=",
            "never go over": "<=", "never more than": "<=", "never longer than": "<=", "not run over": "<=", "cut off at": "<=",
            "not run past": "<=", "maximum length of": "<=", "minimum length of": ">=", "stop before": "<", "get to": ">=", "stop short of": "<",
            "a good": ">=", "a solid": ">=", "aim for more than": ">", "must not be more than": "<=", "never run past": "<=", "not run longer than": "<=", "top out at": "<=", "out at": "<=",
            "not surpass": "<=", "never surpass": "<=", "stay within": "<=", "keep within": "<=", "keep to": "<=", "keep it to": "<=",
            "under": "<", "below": "<", "fewer than": "<", "less than": "<", "shorter than": "<", "short of": "<", "beneath": "<",
            "lower than": "<", "<": "<", "smaller than": "<",
            "over": ">", "above": ">", "more than": ">", "longer than": ">", "beyond": ">", "exceed": ">", "past": ">",
            "greater than": ">", "upwards of": ">=", "upward of": ">=", "in excess of": ">", ">": ">", "surpass": ">", "bigger than": ">",
            "at least": ">=", "minimum of": ">=", "a minimum of": ">=", "min of": ">=", "minimum": ">=", "min": ">=",
            "no fewer than": ">=", "no less than": ">=", "not fewer than": ">=", "not less than": ">=", "no shorter than": ">=",
            "not shorter than": ">=", "not under": ">=", "not below": ">=", "≥": ">=", ">=": ">=", "never fewer than": ">=",
            "never less than": ">=", "never shorter than": ">=", "never under": ">=", "never below": ">=", "not drop below": ">=",
            "not fall below": ">=", "never drop below": ">=", "never fall below": ">=", "not fall short of": ">=", "a floor of": ">=",
            "floor of": ">=", "nothing under": ">=", "nothing below": ">=", "nothing shorter than": ">=", "nothing over": "<=",
            "nothing longer than": "<=", "nothing above": "<=", "lower bound of": ">=", "lower limit of": ">=", "nothing beyond": "<=",
            "exactly": "=", "precisely": "=", "=": "=", "always": "=", "only": "=", "just": "=", "a total of": "=",
            "roughly": "~", "about": "~", "around": "~", "approximately": "~", "approx": "~", "some": "~", "circa": "~", "~": "~",
            "near": "~", "close to": "~", "or so": "~", "nearly": "~", "almost": "~",
        }.items(),
        key=lambda kv: -len(kv[0].split()),
    )
)  # fmt: skip
_AFTER: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    (tuple(k.split()), v)
    for k, v in {
        "or fewer": "<=", "or less": "<=", "or shorter": "<=", "or under": "<=", "at most": "<=", "at the most": "<=", "max": "<=",
        "maximum": "<=", "tops": "<=", "at maximum": "<=", "or below": "<=", "as a maximum": "<=", "at the very most": "<=",
        "is the limit": "<=", "is the maximum": "<=", "is the ceiling": "<=", "is the cap": "<=", "limit": "<=", "cap": "<=",
        "ceiling": "<=", "are the limit": "<=", "are the maximum": "<=", "is the upper limit": "<=", "and no more": "<=", "not one more": "<=", "and not one more": "<=", "not a word more": "<=", "is all": "<=", "are all": "<=",
        "budget": "<=", "allowance": "<=", "quota": "<=", "at the outside": "<=", "is plenty": "<=", "are plenty": "<=", "is enough": "<=",
        "are enough": "<=", "and you are done": "<=", "will do": "<=", "suffice": "<=", "before you stop": ">=", "and counting": ">=",
        "or more": ">=", "or higher": ">=", "or greater": ">=", "or lower": "<=", "or longer": ">=", "at least": ">=", "minimum": ">=", "min": ">=", "at a minimum": ">=", "or above": ">=",
        "at the least": ">=", "as a minimum": ">=", "at the very least": ">=", "at minimum": ">=", "is the minimum": ">=",
        "are the minimum": ">=", "and up": ">=", "or over": ">=", "is the floor": ">=", "floor": ">=", "upwards": ">=", "and above": ">=",
        "exactly": "=", "or so": "~",
    }.items()
)  # fmt: skip
_FLIP = {"<=": ">", ">=": "<", "<": ">=", ">": "<="}
_WAYS = word_set(
    "pieces piece brief short long full complete concise clear distinct separate different key main "
    "bullet numbered original unique new single total whole simple plain top important relevant good best "
    "strong crisp tight english written well detailed punchy"
)  # fmt: skip
_FRACTION = word_set("st nd rd th % percent")


class Quantity(NamedTuple):
    """`low` ≤ number of `unit` ≤ `high` (None: unbounded); tokens [start, end) of the clause were read."""

    unit: str
    low: int | None
    high: int | None
    approximate: bool
    holder: str
    start: int
    end: int
    per: str


def quantities(toks: tuple[Token, ...], negated_at: frozenset[int]) -> list[Quantity]:
    """All quantities of a clause; `negated_at` holds the indices of tokens in the scope of a negation."""
    out: list[Quantity] = []
    i = 0
    while i < len(toks):
        found = _quantity_at(toks, i, negated_at)
        if found is None:
            i += 1
            continue
        out.append(found)
        i = max(found.end, i + 1)
    return out


def _quantity_at(toks: tuple[Token, ...], i: int, negated_at: frozenset[int]) -> Quantity | None:
    number = number_at(toks, i)
    if number is None:
        return None
    value, j = number
    if i and toks[i - 1].low in ("iso", "rfc", "version", "utf"):
        return None
    if toks[i].low in ("single", "double") and j < len(toks) and toks[j].lemma in ("quote", "quotation"):
        return None
    low = high = value
    ranged = False
    if i and toks[i - 1].end == toks[i].start and toks[i - 1].low.isalpha() and toks[i].low.isdigit():
        return None  # "H1", "v2"
    if j < len(toks) and toks[j].low in _FRACTION:
        return None
    if i > 0 and toks[i - 1].text in "$€£#.:/v" and toks[i - 1].end == toks[i].start:
        return None
    if (i > 0 and toks[i - 1].low in ("these", "those")) or (
        i > 1 and toks[i - 1].low == "the" and toks[i - 2].low in ("of", "from", "in")
    ):
        return None
    k = j
    if k < len(toks) and toks[k].low in ("-", "–", "—", "to", "and", "or", "through"):
        second = number_at(toks, k + 1)
        before = toks[i - 1].low if i else ""
        if second and (toks[k].low != "and" or before == "between") and second[0] >= value:
            high, j, ranged = second[0], second[1], True
    plus = j < len(toks) and toks[j].text == "+"
    if plus:
        j += 1
    # "or more", "or fewer" may stand between number and unit ("400 or more words")
    between = _after(toks, j)
    if between is not None and between[1] < len(toks):
        j = between[1]
    unit_at = j
    while (
        unit_at < len(toks)
        and unit_at - j < 3
        and toks[unit_at].low in _WAYS
        and toks[unit_at].lemma not in ("bullet",)
    ):
        unit_at += 1
    if (
        unit_at < len(toks)
        and toks[unit_at].lemma in ("bullet", "markdown")
        and unit_at + 1 < len(toks)
        and toks[unit_at + 1].lemma in ("point", "item", "bullet")
    ):
        unit_at += 1
        unit, end = "bullets", unit_at + 1
    elif unit_at < len(toks):
        noun = toks[unit_at]
        unit = lexicon.UNITS.get(noun.lemma, "")
        if not unit:
            if noun.lemma in lexicon.TIME_UNITS or not noun.low.isalpha() or len(noun.low) < 3:
                return None
            if (
                noun.low.endswith("s")
                and noun.lemma != noun.low
                and noun.low not in ("times", "this", "always", "is", "has")
            ):
                unit = f"count:{noun.lemma}"
            else:
                return None
        end = unit_at + 1
        if unit == "bullets" and end < len(toks) and toks[end].lemma == "point":
            end += 1
    else:
        return None
    if lemma(toks[i].low) == "one" and unit.startswith("count:"):
        return None
    holder = ""
    if (
        end < len(toks)
        and toks[end].lemma in lexicon.UNITS
        and toks[end].lemma not in ("word",)
        and unit != lexicon.UNITS[toks[end].lemma]
    ):
        holder = f"each {lexicon.UNITS[toks[end].lemma].rstrip('s')}"  # "one 20-word sentence"
        end += 1
    elif (
        end < len(toks)
        and toks[unit_at].low == toks[unit_at].lemma
        and value != 1
        and toks[end].low.isalpha()
        and (
            toks[end].lemma not in lexicon.BENIGN
            and toks[end].lemma
            not in word_set(
                "long max maximum minimum limit total or cap ceiling floor and budget allowance quota suffice"
            )
        )
    ):
        holder = toks[end].lemma  # "a 15-word summary"
        end += 1
    op, start, limiting = _before(toks, i)
    if between is not None:
        op = between[0]
    if end < len(toks) and toks[end].low in ("long", "in") and end + 1 < len(toks) and toks[end].low == "long":
        end += 1
    if (
        end < len(toks)
        and toks[end].low in ("in",)
        and end + 1 < len(toks)
        and toks[end + 1].low in ("length", "total")
    ):
        end += 2
    if end < len(toks) and toks[end].text in ",(":
        tail = _after(toks, end + 1)
    else:
        tail = _after(toks, end)
    if tail is not None and op in ("", "="):
        op, end = tail[0], tail[1]
    if plus:
        op = ">="
    approximate = op == "~"
    if ranged and op in ("", "=", "~", ">=", "<="):
        lo: int | None = value
        hi: int | None = high
        if op == ">=":
            hi = None
        if op == "<=":
            lo = None
    else:
        if op == "" and limiting:
            op = limiting
        inside = any(k in negated_at for k in range(start, i + 1)) if op in _FLIP else False
        if inside and not _said_inside(toks, start, i):
            op = _FLIP[op]
        lo, hi = _bounds(op or "=", low)
        if approximate:
            lo, hi = int(low * 0.8), int(-(-low * 5 // 4))
    per = ""
    if (
        end < len(toks)
        and toks[end].low in ("per", "each", "every", "a", "an", "in", "for", "to")
        and end + 1 < len(toks)
    ):
        k = end + 1
        if toks[end].low == "in" and toks[k].low in ("each", "every", "any", "a", "the", "all"):
            k += 1
        if k < len(toks) and (
            toks[end].low in ("per", "each", "every") or k == end + 2 or toks[end].low in ("a", "an", "to")
        ):
            noun = toks[k]
            if noun.low in ("every", "each", "a") and k + 1 < len(toks):
                noun = toks[k + 1]
            if noun.lemma in lexicon.UNITS and lexicon.UNITS[noun.lemma] != unit:
                per = f"each {lexicon.UNITS[noun.lemma].rstrip('s')}"
                end = k + 1
            elif noun.lemma in lexicon.TIME_UNITS and noun.lemma not in word_set(
                "turn time call request user customer"
            ):
                return None
    return Quantity(unit, lo, hi, approximate, holder or per, start, end, per)


def _said_inside(toks: tuple[Token, ...], start: int, i: int) -> bool:
    """Whether the comparator itself holds its negation ("no more than"), so that it was counted already."""
    return any(toks[k].low in ("no", "not", "never", "nothing") for k in range(start, i))


def _bounds(op: str, n: int) -> tuple[int | None, int | None]:
    return {
        "<=": (None, n), "<": (None, n - 1), ">=": (n, None), ">": (n + 1, None), "=": (n, n), "~": (n, n),
    }[op]  # fmt: skip


def _before(toks: tuple[Token, ...], i: int) -> tuple[str, int, str]:
    """The comparator that ends right before token i: (operator, its start, operator implied by a limiting verb)."""
    j = i
    while j > 0 and toks[j - 1].low in ("a", "an", "the", "of", "about", "its", "total", "strict", "hard", "absolute"):
        if toks[j - 1].low in ("of", "about"):
            break
        j -= 1
    for wording, op in _BEFORE:
        parts = wording.split()
        for at in (i, j):
            if at >= len(parts) and [t.low for t in toks[at - len(parts) : at]] == parts:
                if wording in ("only", "always", "just", "some", "min", "max", "=") and op == "=" and at != i:
                    continue
                if wording == "over" and at >= 2 and toks[at - 2].lemma in ("prefer",):
                    continue
                return op, at - len(parts), ""
    window = [t.lemma for t in toks[max(0, i - 9) : i]]
    if (
        i
        and toks[i - 1].low in ("to", "at", "in", "into", "is", "of", "it", ":")
        and not {"low", "lower", "minimum", "least"} & set(window)
        and any(
            w
            in word_set(
                "limit cap restrict trim shorten confine ceiling cut truncate maximum hold squeeze cram pack upper"
            )
            for w in window
        )
    ):
        return "", i, "<="
    if i and toks[i - 1].low in ("in", "within", "into", "inside") and "fit" in window:
        return "", i, "<="
    if i and toks[i - 1].low in ("to", "at", "in") and "keep" in window:
        return "", i, "<="
    if (
        i
        and toks[i - 1].low in ("is", "of", "at", ":")
        and any(w in ("minimum", "floor", "low", "lower", "least") for w in window)
    ):
        return "", i, ">="
    if i and toks[i - 1].low == "to" and any(w in ("amount", "extend", "run") for w in window):
        return "", i, "="
    return "", i, ""


def _after(toks: tuple[Token, ...], i: int) -> tuple[str, int] | None:
    low = [t.low for t in toks[i : i + 4]]
    for words, op in _AFTER:
        if tuple(low[: len(words)]) == words:
            return op, i + len(words)
    return None


def read(text: str) -> list[Quantity]:
    """Quantities of a bare phrase, for tests and tools."""
    return quantities(tokens(text), frozenset())
