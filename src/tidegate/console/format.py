"""How the console writes numbers, times and lines.  Pure; registered as template filters."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from tidegate.spine.estimate import Estimate, Measured

HASH = re.compile(r"\b(?:sha256:)?([0-9a-f]{32,})\b")


def milliseconds(value: Measured | float | None) -> str:
    """`83 ms`, `12.3 s`, or a dash that says it was not measured."""
    if isinstance(value, Estimate):
        value = value.value
    if not isinstance(value, int | float):
        return "–"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def rate(value: float) -> str:
    """A rate per second with two significant digits where small."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value else "0"


def clock(at_s: float | None) -> str:
    """Time of day, UTC."""
    return "–" if at_s is None else datetime.fromtimestamp(at_s, UTC).strftime("%H:%M:%S")


def stamp(at_s: float | None) -> str:
    """Date and time, UTC."""
    return "–" if at_s is None else datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S")


def short(text: str) -> str:
    """Content hashes cut to 12 digits: what a person reads; the whole one is in the title or the JSON."""
    return HASH.sub(lambda found: f"{found[1][:12]}…", text)


def sparkline(values: Sequence[float | None], width: int = 160, height: int = 28) -> Markup:
    """A small line with gaps where nothing was measured; its top is the largest value."""
    known = [v for v in values if v is not None]
    if len(known) < 2:
        return Markup("")
    top = max(known) or 1.0
    step = width / max(len(values) - 1, 1)
    path, pen_down = [], False
    for i, v in enumerate(values):
        if v is None:
            pen_down = False
            continue
        path.append(f"{'L' if pen_down else 'M'}{i * step:.1f} {height - 2 - (height - 4) * v / top:.1f}")
        pen_down = True
    label = f"up to {milliseconds(top)}"
    return Markup(
        '<svg class="spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{a}">'
        '<title>{a}</title><path d="{d}"/></svg>'
    ).format(w=width, h=height, a=label, d=" ".join(path))


FILTERS: dict[str, Callable[..., Any]] = {
    "milliseconds": milliseconds,
    "rate": rate,
    "clock": clock,
    "short": short,
    "stamp": stamp,
    "sparkline": sparkline,
}
