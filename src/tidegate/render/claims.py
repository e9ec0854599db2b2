# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""An answer with its claims marked in place: terminal and HTML, each with its computation."""

from html import escape as html_escape
from typing import Any

from rich.text import Text

STYLE = {"supported": "green", "refuted": "bold white on red", "unverifiable": "yellow"}


def flat(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Claims that do not overlap: refuted ones first, then the longest."""
    rank = {"refuted": 0, "supported": 1, "unverifiable": 2}
    chosen: list[dict[str, Any]] = []
    for c in sorted(claims, key=lambda c: (rank[c["verdict"]], c["where"]["span"][0] - c["where"]["span"][1])):
        a, b = c["where"]["span"]
        if b > a and all(b <= x["where"]["span"][0] or x["where"]["span"][1] <= a for x in chosen):
            chosen.append(c)
    return sorted(chosen, key=lambda c: c["where"]["span"][0])


def marked(text: str, claims: list[dict[str, Any]]) -> Text:
    """The text for a terminal, each marked claim followed by its number."""
    out, at = Text(), 0
    for n, c in enumerate(flat(claims), start=1):
        a, b = c["where"]["span"]
        out.append(text[at:a])
        out.append(text[a:b], style=STYLE[c["verdict"]])
        out.append(f"[{n}]", style="dim")
        at = b
    out.append(text[at:])
    return out


def notes(claims: list[dict[str, Any]]) -> Text:
    """The numbered computations."""
    out = Text()
    for n, c in enumerate(flat(claims), start=1):
        out.append(f"[{n}] ", style="dim")
        out.append(c["verdict"], style=STYLE[c["verdict"]])
        out.append(f"  {c['evidence'].get('computation') or c['message']}\n")
    return out


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Verified answer</title><style>
body{{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}pre{{white-space:pre-wrap;font:inherit}}
mark{{border-radius:3px;padding:0 2px}}.refuted{{background:#fdd;border-bottom:2px solid #b00}}.supported{{background:#dfd}}.unverifiable{{background:#ffd}}
li{{margin:.3rem 0}}code{{background:#eee;padding:0 3px}}</style><h1>Verified answer</h1><p>{summary}</p><pre dir="auto">{body}</pre><ol>{items}</ol></html>
"""


def html(text: str, claims: list[dict[str, Any]]) -> str:
    """A page with the claims marked and their computations listed; everything from the answer is escaped."""
    body, items = html_parts(text, claims)
    counts = ", ".join(f"{sum(c['verdict'] == v for c in claims)} {v}" for v in STYLE)
    return PAGE.format(summary=html_escape(counts), body=body, items=items)


def html_parts(text: str, claims: list[dict[str, Any]]) -> tuple[str, str]:
    """The marked text and the list items of its computations, escaped, for a page of somebody else's."""
    body, items, at = [], [], 0
    for n, c in enumerate(flat(claims), start=1):
        a, b = c["where"]["span"]
        why = c["evidence"].get("computation") or c["message"]
        body += [
            html_escape(text[at:a]),
            f'<mark class="{c["verdict"]}" title="{html_escape(why)}">{html_escape(text[a:b])}</mark><sup>{n}</sup>',
        ]
        items.append(
            f'<li><b class="{c["verdict"]}">{c["verdict"]}</b> {html_escape(c["message"])}<br><code>{html_escape(why)}</code></li>'
        )
        at = b
    body.append(html_escape(text[at:]))
    return "".join(body), "".join(items)
