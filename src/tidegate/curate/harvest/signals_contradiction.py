# ruff: noqa: E501 (patterns and tables read better whole)
"""Contradictions: an answer against the tools' answers, or against what was said before.

Two sentences conflict when they speak of the same things and one says there is none of what the
other has, or the opposite, or another number of the same unit.  What the user brought in between
may change the subject, and a tool that was asked in between may have changed the world.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest import cues
from tidegate.curate.harvest.dialogue import Turn, content_stems, plain, sentences, stem, values
from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals_hard import before, signal

# --- against the tools' answers --------------------------------------------------------------------

_FALSE_KEYS = {
    "shipped": r"(?:has|have|was|is) (?:now |already |been |just )*shipped|is on its way|on the way|has left", "delivered": r"(?:has|was|is) (?:already |been )*delivered",
    "in_stock": r"(?:is|are) (?:currently |still )?(?:in stock|available)", "available": r"(?:is|are) (?:currently |still )?available|in stock",
    "refundable": r"(?:is|are) (?:fully |also )?refundable|eligible for a (?:full )?refund|can (?:be )?refund", "eligible": r"(?:is|are|you are) eligible|qualif",
    "covered": r"(?:is|are) covered|covers", "active": r"(?:is|are) active", "paid": r"(?:has|was|is) (?:been )?paid", "confirmed": r"(?:is|was|has been) confirmed",
    "open": r"(?:is|are) open", "included": r"(?:is|are) included|includes", "allowed": r"(?:is|are) allowed", "cancelled": r"(?:is|was|has been) cancell?ed",
    "canceled": r"(?:is|was|has been) cancell?ed", "verified": r"(?:is|was|has been) verified", "valid": r"(?:is|are) valid", "approved": r"(?:is|was|has been) approved", "enabled": r"(?:is|are) enabled",
    "refunded": r"(?:has|was|is) (?:been )?refunded", "booked": r"(?:is|was|has been) booked", "cancellable": r"can be cancell?ed|free cancellation", "exists": r"exists", "success": r"success",
}  # fmt: skip
_STATUS = (
    ("shipped", r"(?:has|was|is) (?:now |already |been )*shipped|is on its way"), ("delivered", r"(?:has|was|is) (?:already |been )*delivered"),
    ("cancelled", r"(?:is|was|has been) cancell?ed"), ("confirmed", r"(?:is|was|has been) confirmed"), ("approved", r"(?:is|was|has been) approved"),
    ("active", r"(?:is|are) (?:currently |now )?active\b"), ("closed", r"(?:is|was|has been) closed"), ("open", r"(?:is|are) (?:still )?open\b"), ("paid", r"(?:has|was|is) (?:been )?paid\b"),
    ("completed", r"(?:is|was|has been) completed"), ("refunded", r"(?:has|was|is) (?:been )?refunded"), ("on time", r"is (?:currently |still )?on time"), ("delayed", r"is (?:currently )?delayed"),
)  # fmt: skip
_STATUS_KEYS = ("status", "state", "stage", "phase", "availability")


def leaves(
    value: Any, path: tuple[str, ...] = (), budget: list[int] | None = None
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Paths and values of a JSON document, at most 400 of them."""
    budget = [400] if budget is None else budget
    if budget[0] <= 0:
        return
    if isinstance(value, dict):
        for k, v in value.items():
            yield from leaves(v, (*path, str(k)), budget)
    elif isinstance(value, list):
        for v in value[:50]:
            yield from leaves(v, path, budget)
    else:
        budget[0] -= 1
        yield path, value


def contradicts_tools(turns: Sequence[Turn]) -> Iterator[Signal]:
    """The answer says the opposite of what the tool said, or another number for it."""
    facts: list[tuple[tuple[str, ...], Any]] = []
    seen_values: set[str] = set()
    fresh = False
    for t in turns:
        if t.role == "tool":
            facts = [] if not fresh else facts
            fresh = True
            try:
                facts += list(leaves(msgspec.json.decode(t.text)))
            except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
                facts += _loose_facts(t.text)
            seen_values |= values(t.text)
        elif t.role == "user":
            seen_values |= values(t.text)
        elif t.role == "assistant" and t.text and not t.calls:
            fresh = False
            wrong = against(t.text, facts, seen_values)
            if wrong:
                yield signal(SignalKind.CONTRADICTION, t, wrong, 0.85)
            seen_values |= values(t.text)


def _loose_facts(text: str) -> list[tuple[tuple[str, ...], Any]]:
    out: list[tuple[tuple[str, ...], Any]] = []
    for key, value in re.findall(
        r"(?:^|[\n,;{])\s*\"?([A-Za-z][\w ]{1,30}?)\"?\s*[:=]\s*\"?([^\n,;\"}]{1,40})", text[:4000]
    )[:60]:
        v: Any = value.strip()
        if v.lower() in ("true", "false", "yes", "no"):
            v = v.lower() in ("true", "yes")
        elif re.fullmatch(r"-?\d+(?:\.\d+)?", v):
            v = float(v)
        out.append(((key.strip(),), v))
    return out


def against(answer: str, facts: Sequence[tuple[tuple[str, ...], Any]], known: set[str]) -> str:
    """Why an answer contradicts the tools' facts, or nothing."""
    text = plain(answer)
    counts: dict[str, int] = {}
    for path, _ in facts:
        counts[path[-1].lower() if path else ""] = counts.get(path[-1].lower() if path else "", 0) + 1
    for path, value in facts:
        key = (
            re.sub(
                r"^(?:is|has|was|can|be)_", "", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path[-1]).lower().replace(" ", "_")
            )
            if path
            else ""
        )
        if counts.get(path[-1].lower() if path else "", 0) > 1:
            continue  # a list of things: which one is spoken of is not known
        if isinstance(value, bool) and key in _FALSE_KEYS:
            stated = re.search(rf"\b(?:{_FALSE_KEYS[key]})\b", text)
            denied = re.search(
                rf"\b(?:not|no longer|never|un)(?: \w+)? ?{key.replace('_', ' ')}\b|\bout of stock\b|\bnon ?-? ?{key}\b|\bnot (?:yet )?(?:been )?{key}\b",
                text,
            )
            if not value and stated and not denied and not _hedged(text, stated.start()):
                return f"it says {stated.group(0)!r}, the tool said {path[-1]}: false"
            if value and denied and not stated:
                return f"it says {denied.group(0)!r}, the tool said {path[-1]}: true"
        if isinstance(value, str) and key.endswith(_STATUS_KEYS):
            status = value.lower().replace("_", " ").replace("-", " ").replace("canceled", "cancelled")
            if status in ("true", "false", "ok", "success"):
                continue
            for word, says in _STATUS:
                stated = re.search(rf"\b(?:{says})", text)
                if (
                    stated
                    and word not in status
                    and not (
                        word in ("shipped", "confirmed", "paid", "approved", "open", "active")
                        and status
                        in (
                            "delivered",
                            "completed",
                            "shipped",
                            "in transit",
                            "out for delivery",
                            "active",
                            "confirmed",
                            "fulfilled",
                            "dispatched",
                            "booked",
                        )
                    )
                    and status.replace(" ", "") not in text.replace(" ", "")
                    and not _hedged(text, stated.start())
                ):
                    return f"it says {stated.group(0)!r}, the tool said {path[-1]}: {value}"
    return _other_number(answer, facts, known, counts)


def _hedged(text: str, at: int) -> bool:
    head = text[max(0, at - 60) : at]
    return (
        re.search(
            r"\b(?:once|when|if|after|until|as soon as|whether|unless|before|not|will be notified)\b[^.!?]*$", head
        )
        is not None
    )


_MONEY_WORDS = frozenset(
    stem(w)
    for w in [
        "price",
        "cost",
        "total",
        "amount",
        "balance",
        "fee",
        "due",
        "charge",
        "payment",
        "refund",
        "credit",
        "debt",
        "salary",
        "rent",
        "bill",
        "subtotal",
        "tax",
        "discount",
        "deposit",
        "paid",
        "owed",
        "sum",
        "premium",
    ]
)
_GENERIC = frozenset(
    {
        "id",
        "number",
        "value",
        "amount",
        "count",
        "code",
        "n",
        "data",
        "result",
        "item",
        "account",
        "name",
        "date",
        "time",
        "year",
    }
)


def _other_number(
    answer: str, facts: Sequence[tuple[tuple[str, ...], Any]], known: set[str], counts: dict[str, int]
) -> str:
    numbers = [(p, float(v)) for p, v in facts if isinstance(v, int | float) and not isinstance(v, bool) and p]
    if not numbers or len(numbers) > 40:
        return ""
    all_values = [v for _, v in numbers]
    for sentence in sentences(answer):
        stems = content_stems(plain(sentence))
        told = [v for v in values(sentence) if re.fullmatch(r"-?\d+(?:\.\d+)?", v) and v not in known]
        for path, value in numbers:
            words = {
                stem(w) for w in re.split(r"[_\s]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path[-1]).lower()) if w
            } - _GENERIC
            if not words or not words <= stems or counts.get(path[-1].lower(), 0) > 1 or "id" in path[-1].lower():
                continue
            if any(_close(float(v), value) for v in values(sentence) if re.fullmatch(r"\d+(?:\.\d+)?", v)):
                break
            priced = {re.sub(r"[^\d.]", "", x) for x in re.findall(r"[$€£¥]\s?[\d,.]*\d", sentence)}
            if priced and not words & _MONEY_WORDS:
                continue  # what it costs is not how many there are
            for v in told:
                if (float(v) > 31 or "." in v or len(told) == 1) and not _derivable(float(v), all_values):
                    return f"it says {v} for {path[-1]}, the tool said {value:g}"
    return ""


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 0.006 * max(1.0, abs(b)) or round(a) == round(b)


def _derivable(v: float, known: Sequence[float]) -> bool:
    pool = known[:20]
    return any(_close(v, x) or _close(v, x * 100) or _close(v, x / 100) or _close(v, x / 60) for x in pool) or any(
        _close(v, x + y) or _close(v, x - y) or _close(v, x * y) or (y and _close(v, x / y)) for x in pool for y in pool
    )


# --- against itself --------------------------------------------------------------------------------

_POLAR = (
    (r"\b(?:no|not|never|can not|non|without|neither|none|cannot|avoid|unable|un(?:available|safe|able|necessary|limited)|excluded|excludes|impossible|prohibited|forbidden|illegal|ineligible|closed|false|denied|rejected|free|incompatible|unsupported|deprecated)\b"),
)  # fmt: skip
_NEGATIVE = re.compile(_POLAR[0])
_ELLIPTIC = re.compile(
    r"(?:^|[.!,] )(?:and|what about|how about) (?:(?:in|for|on|at|to|with|from|the|a|my) )*\w+(?: \w+)? ?\?$"
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
_OWN_CORRECTION = re.compile(
    r"\b(?:correction|i was wrong|i made (?:a|an) (?:mistake|error)|you are (?:absolutely )?right|apologi|sorry|i misspoke|let me correct|my mistake|earlier i said|i previously|to clarify)\b"
)
_POINTS = re.compile(
    r"\b(?:you (?:just |previously |earlier |already |also )*(?:said|told me|wrote|claimed|stated|mentioned|promised|confirmed|listed|quoted)|earlier you|a (?:minute|moment|second) ago you|which (?:one )?is (?:it|true|right|correct|the case)|which one is it|contradict\w*|make up your mind|(?:that|this) is the opposite|before you said|first you (?:said|told)|but (?:earlier|before|above)|inconsistent|so which)\b"
)


def contradicts_itself(turns: Sequence[Turn]) -> Iterator[Signal]:
    """Two answers that cannot both hold; or the user points at one that she was given before."""
    answers = [t for t in turns if t.role == "assistant" and t.text and not t.calls]
    told: set[int] = set()
    for t in turns:
        if t.role == "user" and _POINTS.search(t.plain) and not cues.SELF_BLAME.search(t.plain):
            a = before(turns, t.index, "assistant")
            earlier = [x for x in answers if a is not None and x.index < a.index]
            if (
                a is not None
                and earlier
                and not re.search(
                    r"\b(?:as|like|what) you (?:\w+ )?(?:said|told|mentioned|suggested)\b|\byou (?:said|mentioned|told me) (?:earlier )?(?:that )?i (?:can|could|should|need)\b.{0,80}\bhow\b",
                    t.plain,
                )
            ):
                told.add(a.index)
                strong = re.search(
                    r"\bwhich (?:one )?is\b|contradict|make up your mind|opposite|but\b|first you|inconsistent|so which|not\b",
                    t.plain,
                )
                yield signal(
                    SignalKind.CONTRADICTION,
                    a,
                    "the user points at what the assistant said before",
                    0.9 if strong else 0.6,
                    t.index,
                )
    for j, later in enumerate(answers):
        if later.index in told or j == 0:
            continue
        between_all = [t for t in turns if answers[0].index < t.index < later.index]
        for former in answers[:j][-6:]:
            between = [t for t in between_all if t.index > former.index]
            why = conflict(former, later, between, before(turns, former.index, "user"))
            if why:
                yield signal(SignalKind.CONTRADICTION, later, why, 0.75, earlier=former.index)
                break


def conflict(earlier: Turn, later: Turn, between: Sequence[Turn], question: Turn | None) -> str:
    """Why two answers cannot both hold, or nothing; what the user or a tool brought in between may change things."""
    users = [t for t in between if t.role == "user"]
    if any(t.role == "tool" for t in between):
        return ""  # the world was asked or changed
    if any(
        cues.WRONG.search(u.plain)
        or cues.MEANT.search(u.plain)
        or cues.AGAIN.search(u.plain)
        or cues.SAID.search(u.plain)
        for u in users
    ):
        return ""  # it was told that it was wrong: that is another signal
    if _OWN_CORRECTION.search(plain(later.text)[:200]):
        return ""
    brought = frozenset().union(*(u.stems for u in users)) if users else frozenset()
    brought_values = frozenset().union(*(values(u.text) for u in users)) if users else frozenset()
    asked_first = question.stems if question is not None else frozenset()
    old = asked_first | content_stems(plain(earlier.text))
    novel = brought - old
    elliptic = bool(novel) and any(
        _ELLIPTIC.search(u.plain) for u in users
    )  # "and in Bergen?": the answer need not say Bergen
    for a in sentences(earlier.text)[:30]:
        pa = plain(a)
        sa = content_stems(pa)
        if a.rstrip().endswith("?") or len(sa) < 1:
            continue
        for b in sentences(later.text)[:30]:
            pb = plain(b)
            sb = content_stems(pb)
            if b.rstrip().endswith("?") or len(sb) < 1 or pa == pb:
                continue
            if elliptic and not sb & novel:
                continue
            why = sentences_conflict(a, pa, sa, b, pb, sb, novel, brought_values, asked_first)
            if why:
                return why
    return ""


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
