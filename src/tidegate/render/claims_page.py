# ruff: noqa: E501  (styles and markup read best on one line)
"""The page of `verify --html`: answers with their claims marked in place, and each claim's computation.

One file without scripts or anything loaded from elsewhere; all that comes from an answer is escaped.  A verdict is told by
its sign and its line as well as by its colour; light, dark, narrow and printed.
"""

import re
from html import escape
from typing import Any, NamedTuple

from tidegate.render.claims import SIGN, Mark, counts, marks, name, summary, verdict_of, why

FENCED = re.compile(r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1[ \t]*\r?$|\Z)|^\|.*\|[ \t]*\r?$", re.S | re.M)
MANY = 300  # claims from which on a browser lays out only those in sight
FILTER_FROM = 12  # claims from which on the page offers to show only those that do not hold


class Page(NamedTuple):
    """One answer on the page; `program` when the whole text is source code."""

    name: str
    text: str
    claims: list[dict[str, Any]]
    question: str = ""
    program: bool = False


STYLE = """
:root{color-scheme:light dark;--ink:#1c1c1e;--paper:#fff;--soft:#5c5c63;--line:#8886;--link:#1d4ed8;--bad:#b3261e;--bad-bg:#fde7e5;--doubt:#9a3412;--doubt-bg:#ffedd5;--good:#1b6e3c;--good-bg:#e2f4e8;--open:#6b5000;--open-bg:#fff3cf}
@media(prefers-color-scheme:dark){:root{--ink:#ececf0;--paper:#17171a;--soft:#a5a5ae;--link:#9db8ff;--bad:#ff9a92;--bad-bg:#4a1714;--doubt:#ffb787;--doubt-bg:#452309;--good:#8fd6a8;--good-bg:#123a21;--open:#f0cf6b;--open-bg:#3b3000}}
*{box-sizing:border-box}body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.4rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:2.5rem 0 .5rem;overflow-wrap:anywhere}a{color:var(--link)}
.question{color:var(--soft);margin:.2rem 0 .6rem;white-space:pre-wrap;unicode-bidi:plaintext}
.text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;text-align:start;border:1px solid var(--line);border-radius:8px;padding:1rem;line-height:1.75}
.text code,.text.program{font:.9em/1.6 ui-monospace,monospace}.text code{unicode-bidi:plaintext}
mark{color:inherit;border-radius:2px;padding:1px 2px;text-decoration-thickness:2px;text-underline-offset:3px}
mark.refuted{background:var(--bad-bg);text-decoration:underline wavy 1.5px var(--bad)}mark.suspected{background:var(--doubt-bg);text-decoration:underline dashed 2px var(--doubt)}
mark.supported{background:var(--good-bg)}mark.unverifiable{background:var(--open-bg);text-decoration:underline dotted 2px var(--open)}
sup{line-height:0;unicode-bidi:isolate}sup a{text-decoration:none;font-size:.75rem;padding:0 2px;white-space:nowrap}
a.refuted,b.refuted{color:var(--bad)}a.suspected,b.suspected{color:var(--doubt)}a.supported,b.supported{color:var(--good)}a.unverifiable,b.unverifiable{color:var(--open)}
.claims{list-style:none;padding:0;margin:1rem 0}.claims>li{display:grid;grid-template-columns:1.8rem 8.5rem 1fr;gap:0 .5rem;padding:.45rem .3rem;border-top:1px solid var(--line)}
.many>li{grid-template-columns:3.6rem 8.5rem 1fr;content-visibility:auto;contain-intrinsic-size:auto 3.5rem}b{white-space:nowrap}
.claims ul{list-style:none;padding:.3rem 0 0 .8rem;margin:.3rem 0 0;border-left:2px solid var(--line)}.claims code{font:.92em/1.5 ui-monospace,monospace;overflow-wrap:anywhere;direction:ltr;unicode-bidi:isolate}.claims div{overflow-wrap:anywhere;min-width:0}
:target{outline:2px solid var(--link);outline-offset:2px}label{cursor:pointer}body:has(#wrong:checked) .claims>li.fine{display:none}
@media(max-width:36rem){body{margin:1rem auto;padding:0 .7rem}.text{padding:.7rem}.claims>li,.many>li{grid-template-columns:max-content 1fr}.claims>li>div{grid-column:1/-1}}
@media print{body{max-width:none}.filter{display:none}.claims>li{content-visibility:visible;break-inside:avoid}}
"""
HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>{title}</title><style>{style}</style></head><body>
"""


def page(answers: list[Page]) -> str:
    """The whole page, one part an answer."""
    every = [c for a in answers for c in a.claims]
    wrong = sum(verdict_of(c) == "refuted" for c in every)
    title = f"{wrong} wrong: verified answer" if wrong else "Verified answer"
    out = [
        HEAD.format(title=escape(title), style=STYLE),
        f"<h1>Verified answer{'s' if len(answers) > 1 else ''}</h1><p>{_summary(every)}</p>",
    ]
    if len(answers) > 1:
        rows = "".join(
            f'<li><a href="#a{k}">{escape(a.name)}</a> {_counted(a.claims)}</li>' for k, a in enumerate(answers)
        )
        out.append(f"<nav><ul>{rows}</ul></nav>")
    if len(every) >= FILTER_FROM and any(verdict_of(c) in ("refuted", "suspected") for c in every):
        out.append(
            '<p class="filter"><label><input type="checkbox" id="wrong"> list only the computations of what does not hold</label></p>'
        )
    for k, answer in enumerate(answers):
        heading = f'<h2 id="a{k}">{escape(answer.name)}</h2>' if len(answers) > 1 else ""
        question = f'<p class="question">{escape(answer.question)}</p>' if answer.question else ""
        body, items = parts(answer.text, answer.claims, prefix=f"{k}-", program=answer.program)
        program = " program" if answer.program else ""
        many = " many" if len(answer.claims) > MANY else ""
        listed = f'<ol class="claims{many}">{items}</ol>' if items else ""
        out.append(f'<section>{heading}{question}<div class="text{program}">{body}</div>{listed}</section>')
    return "".join([*out, "</body></html>\n"])


def parts(text: str, claims: list[dict[str, Any]], *, prefix: str = "", program: bool = False) -> tuple[str, str]:
    """The marked text and the list items of its computations, escaped; `prefix` keeps the anchors of several answers apart."""
    fences = [] if program else [found.span() for found in FENCED.finditer(text)]
    body, items, at = [], [], 0
    fence = iter([*fences, (len(text), len(text))])
    now = next(fence)

    def piece(start: int, end: int) -> str:
        nonlocal now
        out = []
        while start < end:
            while now[1] <= start and now[0] < len(text):
                now = next(fence)
            inside = now[0] <= start < now[1]
            stop = min(end, now[1] if inside else max(now[0], start + 1))
            out.append(f"<code>{escape(text[start:stop])}</code>" if inside else escape(text[start:stop]))
            start = stop
        return "".join(out)

    for m in marks(text, claims):
        body += [piece(at, m.start), _mark(m, piece(m.start, m.end), prefix)]
        items.append(_item(m, prefix))
        at = m.end
    body.append(piece(at, len(text)))
    return "".join(body), "".join(items)


def _mark(m: Mark, inner: str, prefix: str) -> str:
    verdict = verdict_of(m.claim)
    label = f"claim {m.number}, {verdict}"
    return (
        f'<mark class="{verdict}" id="m{prefix}{m.number}" title="{escape(why(m.claim))}">{inner}</mark>'
        f'<sup><a class="{verdict}" href="#c{prefix}{m.number}" aria-label="{label}">{SIGN[verdict]}{m.number}</a></sup>'
    )


def _item(m: Mark, prefix: str) -> str:
    within = "".join(f"<li>{_verdict(c)} <bdi>{escape(name(c))}</bdi>: {_told(c)}</li>" for c in m.within)
    fine = "" if any(verdict_of(c) in ("refuted", "suspected") for c in (m.claim, *m.within)) else ' class="fine"'
    return (
        f'<li id="c{prefix}{m.number}"{fine}><a href="#m{prefix}{m.number}" aria-label="to claim {m.number} in the text">{m.number}</a>'
        f"{_verdict(m.claim)}<div>{_told(m.claim)}{f'<ul>{within}</ul>' if within else ''}</div></li>"
    )


def _verdict(claim: dict[str, Any]) -> str:
    verdict = verdict_of(claim)
    return f'<b class="{verdict}">{SIGN[verdict]} {verdict}</b>'


def _told(claim: dict[str, Any]) -> str:
    said, computed = claim["message"], why(claim)
    if said in (
        computed.replace(": measured ", ": "),
        "the computation agrees",
        "the conversion agrees",
    ) or said.startswith("'"):
        return f"<code>{escape(computed)}</code>"
    if computed in said or computed.replace(": measured ", ": ").startswith(said):
        return f"<code>{escape(max(said, computed, key=len))}</code>"
    return f"{escape(said)}<br><code>{escape(computed)}</code>"


def _summary(claims: list[dict[str, Any]]) -> str:
    return _counted(claims) if claims else escape(summary(claims)[:1].upper() + summary(claims)[1:] + ".")


def _counted(claims: list[dict[str, Any]]) -> str:
    return (
        ", ".join(f'<b class="{v}">{SIGN[v]} {n:,} {v}</b>' for v, n in counts(claims))
        or "nothing that can be computed"
    )
