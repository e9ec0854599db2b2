"""A line plot as SVG text: no library, no network, readable when printed."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

COLOURS = ("#1f6f8b", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#34495e")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 360, 64, 190, 40, 44


def line_plot(
    title: str, x_label: str, y_label: str, series: Mapping[str, Sequence[tuple[float, float]]], *,
    guide: tuple[str, float] | None = None,
) -> str:  # fmt: skip
    """Lines of (x, y > 0) over a logarithmic y axis; `guide` draws a named horizontal line (a target)."""
    points = [p for line in series.values() for p in line if p[1] > 0]
    if not points:
        points = [(0.0, 1.0)]
    highs = [p[1] for p in points] + ([guide[1]] if guide else [])
    x_low, x_high = min(p[0] for p in points), max(p[0] for p in points)
    y_low, y_high = floor(log10(min(highs))), max(ceil(log10(max(highs))), floor(log10(min(highs))) + 1)

    def x(value: float) -> float:
        return LEFT + (value - x_low) / ((x_high - x_low) or 1.0) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (y_high - log10(max(value, 10.0**y_low))) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(y_low, y_high + 1):
        at = y(10.0**power)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>')
    for value in round_values(x_low, x_high):
        out.append(f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:,g}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text>')
    out.append(
        f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>'
    )
    if guide:
        at = y(guide[1])
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#555" '
                   f'stroke-dasharray="5 4"/>')  # fmt: skip
        out.append(f'<text x="{WIDTH - RIGHT + 6}" y="{at + 4:.1f}" fill="#555">{escape(guide[0])}</text>')
    for i, (name, line) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in line if b > 0)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        out.append(f'<rect x="{WIDTH - RIGHT + 6}" y="{TOP + 18 * i}" width="10" height="10" fill="{colour}"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 22}" y="{TOP + 9 + 18 * i}">{escape(name)}</text>')
    return "".join(out) + "</svg>"


def round_values(low: float, high: float) -> list[float]:
    """Four to nine round numbers of `low` to `high`: steps of 1, 2 or 5 times a power of ten."""
    if not high > low:
        return [low]
    rough = (high - low) / 8
    power = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough)
    first = ceil(low / step - 1e-9)
    return [step * k for k in range(first, floor(high / step + 1e-9) + 1)]
