# ruff: noqa: E501 (patterns and tables read better whole)
"""An answer against the tools' answers: it says that a thing holds that the tool denied, or another number for it.

Only a fact whose key stands alone in the tools' answers is held against a sentence: in a list of
things it is not known which one is spoken of.  A hedged sentence ("once it has shipped") claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals.dialogue import Turn, content_stems, plain, sentences, stem, values
from tidegate.curate.harvest.signals.hard import signal

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
    return _other_bound(answer, facts, known) or _other_number(answer, facts, known, counts)


_BOUND_KEY = re.compile(r"(?:^|_)(?:max|maximum|limit|capacity)(?:_|$)")
_BOUND_TOLD = re.compile(
    r"\b(?:up to|at most|no more than|a maximum of|maximum|max\.?) (\d+(?:\.\d+)?) ?(%|[a-z]+)?", re.I
)


def _other_bound(answer: str, facts: Sequence[tuple[tuple[str, ...], Any]], known: set[str]) -> str:
    """An upper bound told in the unit of the only bound that the tools gave, with another number."""
    bounds = [(p[-1], float(v)) for p, v in facts if p and isinstance(v, int | float) and not isinstance(v, bool)
              and _BOUND_KEY.search(p[-1].lower())]  # fmt: skip
    if len(bounds) != 1:
        return ""
    key, bound = bounds[0]
    for number, unit in _BOUND_TOLD.findall(answer):
        same_unit = bool(unit) and unit.lower().rstrip("s") in {w.rstrip("s") for w in key.lower().split("_")}
        if same_unit and number not in known and not _close(float(number), bound):
            return f"it says {number} for {key}, the tool said {bound:g}"
    return ""


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
    [
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
    ]
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
