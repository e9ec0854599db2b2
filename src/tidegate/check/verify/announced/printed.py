# ruff: noqa: E501  (patterns and tables read best on one line)
"""Numbers read into terms: their unit or what they count, and what follows as a divisor (`30 messages a second`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tidegate.check.verify.announced.kinds import ADVERBS, CALENDAR, NEVER, kind_of, lemma, ratio_of
from tidegate.check.verify.announced.term import Term
from tidegate.check.verify.numbers.words import WORD_NUMBERS
from tidegate.check.verify.quantity.quantities import Quantity
from tidegate.check.verify.scan import words_between

PERCENTS, LETTERS = ("%", "\\%", "percent"), ("M", "B", "T", "K", "k")  # 5M rows; 0.2 M is a concentration
DECIMALS = re.compile(r"\.(\d+)")
STOP = frozenset(
    ["a", "an", "and", "or", "of", "the", "to", "in", "on", "at", "for", "with", "from", "by", "is", "are", "was", "were", "be", "so", "that", "which", "who", "if", "then", "than", "as", "it", "they", "you", "we", "he", "she", "i", "per", "each", "every", "will", "would", "can", "has", "have", "had", "but", "not", "into", "after", "before", "over", "under", "when", "while", "where", "because", "since", "this", "these", "those", "there", "their", "its", "his", "her", "your", "our", "my", "all", "apiece", "altogether", "total", "times", "percent", "cent", "between", "through", "during", "until", "via", "using", "giving", "makes", "gives", "means", "out", "up", "off", "left", "more", "less"]
)  # fmt: skip
SCALE = re.compile(r"\s?(?:(thousand|million|billion|trillion)\b|([kKMBT])(?=[\s,.;:)?!]|$)(?!\s?(?:/|Ω|W))|(bn|mn)\b)")
SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "K": 1e3, "million": 1e6, "M": 1e6, "mn": 1e6, "billion": 1e9, "B": 1e9, "bn": 1e9, "trillion": 1e12, "T": 1e12}  # fmt: skip
PERCENT = re.compile(r"\s?(?:\\?%|percent\b|per\s?cent\b)")
POINTS = re.compile(r"\s?(?:percentage[- ])?(?:points?|pp)\b")
OWN_UNIT = re.compile(r"\s?([kKMGT]i?B|[kM]?bps|(?:second|minute|hour|day|week|month|year)s?)\b(?!-)|-([a-z]+)(?=\s)")
NOUNS = re.compile(r"[\s-]((?:[A-Za-z][A-Za-z'\-]*)(?:\s(?:[A-Za-z][A-Za-z'\-]*)){0,3})")
TIMES_A = re.compile(r"\stimes\s(?:an?|per|each|every)\s(day|week|month|year|hour|minute|second)\b")
PER = re.compile(
    r"\s?/\s?(?P<slash>[A-Za-zµ]+(?:-[A-Za-z]+)?)|,?\s(?:per|for each|for every|in an?|in each|in every|in one)\s(?:(?P<many>\d[\d,]*|hundred|thousand|million|billion)\s)?(?P<per>[A-Za-z]+(?:[-\s][A-Za-z]+)?)|\s(?:an?|every|each(?=\s(?:second|minute|hour|day|night|week|month|year)\b))\s(?P<article>[A-Za-z]+(?:-[A-Za-z]+)?)|\s(?P<adverb>daily|hourly|weekly|monthly|yearly|annually|nightly)\b|,?\s(?P<each>each|apiece)\b"
)
FORMULA = frozenset("\\$^_{=")
MONEY = re.compile(r"(?:US|A|C)?[$€£]\s?$")
ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
VERSION = re.compile(r"\.\d|[-_/]?[A-Za-z_]*\d|[_@]")
NOUNS_AFTER = re.compile(r"\s(?!and\b|or\b|in\b|to\b|is\b)[a-z]+s\b")
OPERATES, OPERATES_AFTER = (
    frozenset("+×*/^÷·−<>"),
    frozenset("+×*/^=÷·−≤≥<>"),
)  # `7 - 3` and `5 x 4` are seen by their patterns
WHOLE = re.compile(
    r"\b(?:[Oo]ver|[Ii]n|[Ff]or|[Dd]uring|[Ww]ithin)\s(?:an?|one|the whole|a full)\s(year|month|week|day|hour|minute|second)\b"
)
PARTS_OF = re.compile(r"[-\s](?:halves|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)\b")


def place(text: str, start: int, q: Quantity) -> str:
    """Whether the signs beside a number make it an `operand` or the `result` of a written equation; nothing if neither."""
    before = text[max(start, q.start - 3) : q.start].rstrip(" $(£€")[-1:]
    if before in OPERATES:
        return "operand"
    if before in ("=", "≈"):
        return "result"
    after = text[q.end : q.end + 4].lstrip(" )$}").removeprefix("**")
    return "operand" if after.lstrip(" ")[:1] in OPERATES_AFTER else ""


def operand(text: str, start: int, q: Quantity) -> Term | None:
    """A number with a sign of operation beside it: it is of the equation alone, and is not read further."""
    if place(text, start, q) != "operand":
        return None
    top, under = q.value.numerator, q.value.denominator
    value = top / under if top.bit_length() < 900 and under.bit_length() < 900 else 1e19
    return Term(value, 1.0, {}, q.start, q.end, False, wild=True, state="operand", shown=text[q.start : q.end])


def printed_term(text: str, q: Quantity, end: int) -> Term | None:
    """A printed number with its unit or what it counts; None for `3rd`."""
    at = q.start
    if ORDINAL.match(text, q.end):
        return None
    top, under = q.value.numerator, q.value.denominator
    value, unit = top / under if top.bit_length() < 900 and under.bit_length() < 900 else 1e19, q.unit_text.strip()
    has_unit = (
        q.unit is not None
        and q.unit.kind not in ("count", "calendar")
        and unit not in PERCENTS
        and not (unit in LETTERS and text[q.end - len(unit) - 1 : q.end - len(unit)].isdigit())
    )
    raw_end = _number_end(text, q)
    digits = DECIMALS.search(text, q.start, raw_end)
    ulp = (
        float(q.ulp)
        if "×" in text[q.start : q.end] or "\\times" in text[q.start : q.end]
        else 10.0 ** -len(digits.group(1))
        if digits is not None
        else 1.0
    )
    money = MONEY.search(text, max(0, at - 4), at) is not None
    if money:
        at -= 1
    formula = money and text[raw_end : raw_end + 2].lstrip(" ")[:1] in FORMULA  # $250 \\mathrm{~K}$
    term = Term(value, ulp, {}, at, q.end, value == int(value), shown=text[at : q.end].strip())
    if formula or _in_a_name(text, at, raw_end, value, bare=q.unit is None and not unit and ulp == 1):
        term.unread = True
        return term
    if q.unit is not None and unit in PERCENTS:
        term.percent, term.points = True, POINTS.match(text, q.end) is not None
        return term
    calendar = (
        q.unit is not None and q.unit.kind == "calendar" and (" per " in unit or "/" in unit or unit.count(" ") == 2)
    )
    first, _, second = unit.partition(" ")
    if second.lower() in NEVER:  # 100 km uses
        unit, has_unit, raw_end = first, True, q.end - len(second) - 1
        term.end, term.shown = raw_end, text[at:raw_end].strip()
    read = ratio_of(unit) if (has_unit or calendar) and not money else None
    if calendar and read is not None and any(a[0] == "#" for a in read[1]):
        has_unit, read = False, None
    if read is not None:
        term.size, term.kind = read[0], dict(read[1])
    elif has_unit and not money:
        term.unread = True
        return term
    else:
        scale = SCALE.match(text, raw_end)
        if scale is not None and (money or scale.group(1) or scale.group(3) or scale.group(2) in "kM"):
            factor = SCALES[next(g for g in scale.groups() if g)]
            term.value, term.ulp, raw_end = term.value * factor, term.ulp * factor, scale.end()
        term.end = raw_end
        if money:
            term.kind = {"$": 1}
        elif (percent := PERCENT.match(text, raw_end)) is not None:
            term.percent, term.end = True, percent.end()
        else:
            _thing(text, term, end)
        term.shown = text[at : term.end].strip()
    _per(text, term, end)
    return term


def _in_a_name(text: str, at: int, end: int, value: float, *, bare: bool) -> bool:
    """Whether a number is a year, a version, a key or the like."""
    if value > 1e18 or VERSION.match(text, end) or text[max(0, at - 2) : at].strip(" ")[-1:] in ("#", "_"):
        return True
    if text[at] == "0" and text[at + 1 : at + 2].isdigit():
        return True
    return bare and 1900 <= value <= 2100 and not NOUNS_AFTER.match(text, end)


def _number_end(text: str, q: Quantity) -> int:
    """Where the printed digits end (a thing that is counted was perhaps read as a unit)."""
    at = q.start
    while at < q.end and (
        text[at].isdigit() or (text[at] in ".,\u202f\u00a0\u2009−-" and at + 1 < q.end and text[at + 1].isdigit())
    ):
        at += 1
    return at


def _thing(text: str, term: Term, end: int) -> None:
    """The counted noun after a number: `60,000 training images`, `8 GPUs`, `10 GPU-hours`."""
    term.wild = True
    if (often := TIMES_A.match(text, term.end)) is not None and (per := kind_of(often.group(1))) is not None:
        term.kind, term.size = {a: -p for a, p in per[1].items()}, 1 / per[0]
        term.end, term.wild = often.end(), False
        return
    alone = OWN_UNIT.match(text, term.end, min(end, term.end + 24))
    own = kind_of(alone.group(1) or alone.group(2)) if alone is not None else None
    if alone is not None and own is not None and not any(a[0] == "#" for a in own[1]):
        term.size, term.kind, term.wild, term.end = own[0], dict(own[1]), False, alone.end()
        return
    found = NOUNS.match(text, term.end, min(end, term.end + 60))
    if found is None:
        return
    words = []
    at = found.start(1)
    for word in found.group(1).split(" "):
        if word.lower() in STOP:
            break
        words.append((word, at, at + len(word)))
        at += len(word) + 1
    heads = [
        n
        for n, (w, *_) in enumerate(words)
        if lemma(w.rpartition("-")[2]) is not None or w.lower().rpartition("-")[2] in CALENDAR
    ]
    if not heads and words and (term.value == 1 or text[term.end] == "-"):
        heads = [0]
    if not heads:
        return
    head = heads[0]
    word, _, stop = words[head]
    name = word
    if head and kind_of(word) is not None and not any(a.startswith("#") for a in (kind_of(word) or (0, {}))[1]):
        name = f"{words[head - 1][0]}-{word}"  # GPU hours
    read = kind_of(name)
    if read is None:
        return
    term.size, term.kind, term.wild, term.end = read[0], dict(read[1]), False, stop


def _per(text: str, term: Term, end: int) -> None:
    """What follows a quantity as its divisor: `a second`, `per GPU-hour`, `each`."""
    found = PER.match(text, term.end, min(end, term.end + 40))
    if found is None:
        return
    if found.group("each"):
        term.each, term.end = True, found.end()
        return
    if found.group("adverb"):
        name = ADVERBS[found.group("adverb")]
    else:
        name = found.group("slash") or found.group("article") or found.group("per")
        words = re.split(r"\s", name)
        if len(words) > 1 and (
            words[1].lower() in STOP
            or kind_of("-".join(words)) is None
            or "#" in "".join((kind_of(words[1]) or (0, {"#": 1}))[1])
        ):
            name = words[0]
        if name.lower() in STOP:
            return
    read = kind_of(name)
    if read is None:
        return
    if found.group("many"):
        many = found.group("many")
        each = SCALES.get(many) or float(many.replace(",", ""))
        if not each:
            return  # 5 per 0 items
        term.size /= each
    term.size /= read[0]
    for atom, power in read[1].items():
        term.kind[atom] = term.kind.get(atom, 0) - power
    term.kind = {a: p for a, p in term.kind.items() if p}
    term.end = (found.start("per") + len(name)) if found.group("per") else found.end()
    term.wild = False


def spelled_terms(text: str, start: int, end: int, printed: Sequence[Term]) -> Iterator[Term]:
    """Numbers in words that count something: `three replicas`, `two years`."""
    for found in WHOLE.finditer(text, start, end) if " a" in text[start:end] else ():
        read = kind_of(found.group(1))
        if read is not None and not any(t.start <= found.start(1) < t.end for t in printed):
            yield Term(
                1.0,
                1.0,
                dict(read[1]),
                found.start(1),
                found.end(1),
                True,
                shown=f"1 {found.group(1)}",
                size=read[0],
                implied=True,
            )
    for at, word in words_between(text, start, end):
        n = WORD_NUMBERS.get(word, 12 if word == "dozen" else 0)
        if (
            n < 2
            or text[at - 1 : at] == "-"
            or PARTS_OF.match(text, at + len(word))
            or any(t.start <= at < t.end for t in printed)
        ):
            continue
        term = Term(float(n), 1.0, {}, at, at + len(word), True, shown=word)
        _thing(text, term, end)
        if not term.wild:
            _per(text, term, end)
        elif text[term.end : term.end + 2].strip(" ") not in ("$", "€", "£"):
            continue  # two $30 shirts are two; one of two is none
        yield term
