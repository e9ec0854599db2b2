# ruff: noqa: E501 (patterns and tables read better whole)
"""When two sentences cannot both hold: of the same things one denies what the other says, or says the opposite, or another number of the same unit."""

from __future__ import annotations

import re

from tidegate.curate.harvest.signals.dialogue import content_stems, stem

_NEGATIVE = re.compile(
    r"\b(?:no|not|never|can not|non|without|neither|none|cannot|avoid|unable|un(?:available|safe|able|necessary|limited)|excluded|excludes|impossible|prohibited|forbidden|illegal|ineligible|closed|false|denied|rejected|free|incompatible|unsupported|deprecated)\b"
)
_LEAD = re.compile(r"^(?:no|yes) , (?=(?:\w+ ){3})")
_UNITS = re.compile(
    r"\b(\d[\d,.]*)\s*(?:-\s*)?(days?|hours?|minutes?|weeks?|months?|years?|%|percent|euros?|dollars?|usd|eur|gbp|pounds?|km|kg|g|mg|ml|gb|mb|people|guests|nights?|items?|business days?|working days?|degrees?|points?|miles?|seats?|users?|stars?)\b|([$€£])\s?(\d[\d,.]*)",
    re.I,
)
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
_DATES = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b|\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b", re.I
)
_SWITCH = re.compile(
    r"\b(?:now|changed|updated|instead|cancelled|done|moved|booked|added|removed|in that case|with that|otherwise|for (?:the )?(?:other|another)|unless|except|however|if)\b"
)
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{a})\b"), re.compile(rf"\b(?:{b})\b"))
    for a, b in (
        (r"free|no (?:\w+ ){0,2}(?:fees?|charges?|costs?)|at no (?:extra )?(?:cost|charge)|without (?:any )?(?:fees?|charge)", r"(?:a|an|the) (?:\w+ ){0,3}(?:fee|charge|surcharge)s? of|costs? (?:is |[$€£])?\d?|will be charged|is charged|there is a (?:\w+ )?(?:fee|charge)|you (?:will )?(?:have to )?pay"),
        (r"safe|fine|okay|ok to|no problem", r"unsafe|dangerous|avoid|should not|do not|not safe|not recommended|risk\w*|harmful"),
        (r"refundable(?<!non refundable)|can (?:be )?refund(?:ed)?|full refund", r"non ?-? ?refundable|not refundable|no refunds?|can not (?:be )?refund(?:ed)?"),
        (r"included|includes|comes with", r"not included|does not include|excluded|extra cost|costs extra|separately"),
        (r"available|in stock", r"unavailable|not available|out of stock|sold out"),
        (r"allowed|permitted|welcome|may", r"not allowed|not permitted|prohibited|forbidden|may not|no (?:pets|smoking|guests)"),
        (r"required|mandatory|must|need to|needs?|necessary", r"not required|optional|not mandatory|no need|do not need|not necessary|without (?:a|any)"),
        (r"open", r"closed"), (r"possible|can", r"impossible|not possible|can not|cannot"), (r"supports?|supported|compatible", r"not support(?:ed)?|does not support|incompatible|not compatible|unsupported"),
        (r"covered|covers", r"not covered|does not cover|excluded|exclud\w+"), (r"increases?|raises?|higher", r"decreases?|lowers?|reduces?"), (r"always|any time|at any time", r"never|only (?:after|before|on|until|within)|before the"),
        (r"legal", r"illegal|against the law|unlawful"), (r"eligible|qualify", r"not eligible|ineligible|do not qualify"), (r"thread ?-? ?safe|immutable", r"not thread ?-? ?safe|mutable"), (r"inclusive|includes? the end", r"exclusive|excludes? the end"),
    )
)  # fmt: skip


def sentences_conflict(a: str, pa: str, sa: frozenset[str], b: str, pb: str, sb: frozenset[str], novel: frozenset[str],
                        given: frozenset[str], asked: frozenset[str]) -> str:  # fmt: skip
    """Why two sentences cannot both hold, or nothing."""
    shared = {s for s in sa & sb if not s[0].isdigit()}
    if sb & novel and not _same_subject(sa | asked, sb, novel):
        return ""
    about = shared - _POLAR_STEMS
    need = 2 if min(len(sa), len(sb)) > 2 else 1
    if re.search(r"\b(?:if|unless|except|only if|however|depending)\b", pa) and not re.search(
        r"\b(?:if|unless|except)\b", pb
    ):
        return ""
    for one, other in _OPPOSITES:
        one_a, other_a = one.search(pa) is not None, other.search(pa) is not None
        one_b, other_b = one.search(pb) is not None, other.search(pb) is not None
        flips = (other_a and one_b and not other_b) or (other_b and one_a and not other_a)
        if flips and len(about) >= need and len(about) >= 0.4 * min(len(sa - _POLAR_STEMS), len(sb - _POLAR_STEMS)):
            return f"it said {a[:90]!r} and later {b[:90]!r}"
    no_a, no_b = _denied(pa), _denied(pb)
    denied = ((no_a - no_b) & sb) | ((no_b - no_a) & sa)
    if (
        denied - novel
        and len(about | denied) >= 2
        and len(about | denied) >= 0.5 * min(len(sa - _POLAR_STEMS), len(sb - _POLAR_STEMS))
    ):
        return f"it said {a[:90]!r} and later {b[:90]!r}"
    # A leading "No," answers the question; only the statement after it says what holds.
    negated = (_NEGATIVE.search(_LEAD.sub("", pa)) is None) != (_NEGATIVE.search(_LEAD.sub("", pb)) is None)
    small = min(len(sa - _POLAR_STEMS), len(sb - _POLAR_STEMS))
    if negated and len(about) >= 2 and len(about) >= 0.75 * small:
        return f"it said {a[:90]!r} and later {b[:90]!r}"
    ua, ub = _units(a), _units(b)
    for unit in ua.keys() & ub.keys():
        if unit in _SKIP_UNITS or ua[unit] & ub[unit] or ub[unit] <= given or len(ua[unit]) > 1 or len(ub[unit]) > 1:
            continue
        rest = about - {stem(unit)}
        if len(rest) >= 2 and len(rest) >= 0.4 * min(len(sa), len(sb)) and not _SWITCH.search(pb):
            return f"it said {a[:90]!r} and later {b[:90]!r}"
    return ""


_DENIES = re.compile(
    r"\b(?:no|without(?: any)?|does not (?:require|need|include|cost|have|charge|cover|support)(?: any| a| an)?|do not (?:require|need|have to pay|include|charge|cover|support)(?: any| a| an)?|not (?:require|need)(?: any| a| an)?) (\w+)(?: (\w+))?"
)


def _denied(text: str) -> frozenset[str]:
    """Stems of the things that a sentence says there are none of ("no excess", "without a fee")."""
    out: set[str] = set()
    for found in _DENIES.finditer(text):
        first = content_stems(found.group(1))
        out |= first or content_stems(found.group(2) or "")
    return frozenset(out)


_POLAR_STEMS = frozenset(
    stem(w)
    for w in [
        "not",
        "no",
        "free",
        "avoid",
        "safe",
        "available",
        "unavailable",
        "covered",
        "cover",
        "included",
        "allow",
        "open",
        "closed",
        "possible",
        "impossible",
        "refundable",
        "can",
        "cannot",
        "required",
        "optional",
        "additionally",
        "however",
        "currently",
        "fully",
    ]
)
_SKIP_UNITS = frozenset({"people", "guests"})


def _same_subject(first: frozenset[str], now: frozenset[str], novel: frozenset[str]) -> bool:
    """A sentence that speaks of something the user brought in later is about the same only if nearly all the rest is old."""
    return len(now & first) >= 3 and len(now & novel) <= 2


def _units(text: str) -> dict[str, frozenset[str]]:
    out: dict[str, set[str]] = {}
    for day, month, month_first, day_last in _DATES.findall(text):
        out.setdefault("date", set()).add(f"{day or day_last} {(month or month_first)[:3].lower()}")
    for number, unit, sign, amount in _UNITS.findall(text):
        u = {"€": "euro", "$": "dollar", "£": "pound"}.get(sign) or re.sub(
            r"(?:business|working) ", "", unit.lower()
        ).rstrip("s")
        u = {"usd": "dollar", "eur": "euro", "gbp": "pound", "percent": "%"}.get(u, u)
        out.setdefault(u, set()).add((number or amount).replace(",", "").rstrip("."))
    return {k: frozenset(v) for k, v in out.items()}
