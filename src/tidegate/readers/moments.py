"""Durations and moments as people write them: `90s`, `24h`, `30d`, `2026-11-02`, `2h ago`, epoch seconds."""

import re
from datetime import UTC, datetime, timedelta

from tidegate.spine.errors import WrongUse

UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d|w)")


def duration_s(text: str, where: str = "") -> float:
    """Seconds of `90s`, `1h30m`, `30d`; WrongUse for anything else."""
    parts = _DURATION.findall(text.strip().lower())
    if not parts or _DURATION.sub("", text.strip().lower()).strip():
        raise WrongUse(f"expected a duration, got {text!r}", where=where, remedy="for example 90s, 24h, 30d, 1h30m")
    return sum(float(number) * UNITS_S[unit] for number, unit in parts)


def moment_s(text: str, now_s: float, where: str = "") -> float:
    """Seconds since the epoch of `2h` (before now), `today`, an ISO 8601 date or time (UTC), or epoch seconds."""
    words = text.strip().lower()
    now = datetime.fromtimestamp(now_s, UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if words in ("now", "today", "yesterday"):
        chosen = {"now": now, "today": midnight, "yesterday": midnight - timedelta(days=1)}[words]
        return chosen.timestamp() if words != "now" else now_s
    if re.fullmatch(r"\d{9,11}(\.\d+)?", words):
        return float(words)
    if _DURATION.match(words):
        return now_s - duration_s(words.removesuffix("ago"), where)
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError as error:
        remedy = "for example 2h, 7d, today, 2026-11-02 or 2026-11-02T14:30"
        raise WrongUse(f"expected a moment, got {text!r}", where=where, remedy=remedy) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def iso(at_s: float | None) -> str:
    """`2026-11-02 14:30:05.123` in UTC; empty for None."""
    if at_s is None:
        return ""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
