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


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Verified answer</title><style>
:root{{color-scheme:light dark;--bad:#b3261e;--bad-bg:#fde7e5;--good:#1b6e3c;--good-bg:#e2f4e8;--open:#7a5b00;--open-bg:#fff3cf;--line:#8884}}
@media(prefers-color-scheme:dark){{:root{{--bad:#ff9a92;--bad-bg:#4a1714;--good:#8fd6a8;--good-bg:#123a21;--open:#f0cf6b;--open-bg:#3b3000}}}}
body{{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}h1{{font-size:1.4rem}}h2{{font-size:1.1rem;margin-top:2.5rem}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;border:1px solid var(--line);border-radius:8px;padding:1rem}}
mark{{border-radius:3px;padding:0 2px;color:inherit}}mark.refuted{{background:var(--bad-bg);box-shadow:inset 0 -2px var(--bad)}}mark.supported{{background:var(--good-bg)}}mark.unverifiable{{background:var(--open-bg)}}
sup a{{text-decoration:none;color:inherit;opacity:.7}}table{{border-collapse:collapse;width:100%}}td{{padding:.35rem .5rem;border-top:1px solid var(--line);vertical-align:top}}
td.refuted{{color:var(--bad);font-weight:600}}td.supported{{color:var(--good)}}td.unverifiable{{color:var(--open)}}code{{overflow-wrap:anywhere}}</style>
<h1>Verified answer</h1><p>{summary}</p>{parts}</html>
"""


def html(text: str, claims: list[dict[str, Any]]) -> str:
    """A page with one answer."""
    return page([("", text, claims)])


def page(answers: list[tuple[str, str, list[dict[str, Any]]]]) -> str:
    """A page with each answer's claims marked and their computations listed; everything from the answers is escaped."""
    every = [c for _, _, claims in answers for c in claims]
    counts = ", ".join(f"{sum(c['verdict'] == v for c in every)} {v}" for v in ("refuted", "supported", "unverifiable"))
    parts = [_part(k, name if len(answers) > 1 else "", text, claims) for k, (name, text, claims) in enumerate(answers)]
    return PAGE.format(summary=html_escape(counts), parts="".join(parts))


def _part(k: int, name: str, text: str, claims: list[dict[str, Any]]) -> str:
    body, rows, at = [], [], 0
    for n, c in enumerate(flat(claims), start=1):
        a, b = c["where"]["span"]
        why = c["evidence"].get("computation") or c["message"]
        body += [
            html_escape(text[at:a]),
            f'<mark class="{c["verdict"]}" id="m{k}-{n}" title="{html_escape(why)}">{html_escape(text[a:b])}</mark><sup><a href="#c{k}-{n}">{n}</a></sup>',
        ]
        said = html_escape(c["message"])
        shown = f"<br><code>{html_escape(why)}</code>" if why != c["message"] else ""
        rows.append(
            f'<tr id="c{k}-{n}"><td><a href="#m{k}-{n}">{n}</a></td><td class="{c["verdict"]}">{c["verdict"]}</td><td>{said}{shown}</td></tr>'
        )
        at = b
    body.append(html_escape(text[at:]))
    heading = f"<h2>{html_escape(name)}</h2>" if name else ""
    return f'{heading}<pre dir="auto">{"".join(body)}</pre><table>{"".join(rows)}</table>'


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
