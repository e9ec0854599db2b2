# ruff: noqa: E501  (patterns and messages read best on one line)
"""What is printed beside a result under a formula (`T/k = 0.75`) or under a heading (`n  simulated  theory`) is a claim of it.

A label that is a formula is worked out with the program's own numbers, and the value printed under it must be that.  The
result before it, or the other column of its row, is held against it over runs under other seeds.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.laws_claimed import SENTENCE
from tidegate.runner.confined.laws_known import ERRORS
from tidegate.runner.confined.told_formulas import label_formula, like_formula, looker

THEORY = re.compile(
    r"theor\w*|exact\w*|analytic\w*|expect\w*|predict\w*|\btrue\b|formula|closed.?form|erlang|\bP-?K\b|black.?scholes",
    re.I,
)
LOOSE = re.compile(
    r"approx|asympt|bound|limit|ideal|about|order|mean.?field|naive|~|≈|large|linear|small|scaling|heuristic|upper|lower|without|rough|crude|first.?order|independent|\bmax|\bmin",
    re.I,
)
ERROR = re.compile(
    r"\berr|±|\+/-|\bstd|\bse\b|\bsem\b|stderr|diff|ratio|interval|\bci\b|bias|\bz\b|percent|%|p.?value|seed|resid",
    re.I,
)
FEW = 4
OPEN, SAID, NAMED = 0.3, 0.06, 0.05
"""Relative slack: under a bare formula, under one that the prose tells as well, under a heading that says theory."""


def by_call(results):
    """Printed scalars of one run as lists of what each turn of a `print` showed: [(call, {site: value or result}), …]."""
    out = []
    for result in results:
        if result.kind == "return" or np.ndim(result.value):
            continue
        if not out or out[-1][0] != result.call or result.site in out[-1][1]:
            out.append((result.call, {}))
        out[-1][1][result.site] = result
    return out


def check(runs, headers, fixed, texts, tell):
    """Rows on each formula and each column of theory; `runs` are the results of runs under different seeds, `texts` the words around."""
    rows = [by_call(results) for results in runs]
    rows = [r for r in rows if [c for c, _ in r] == [c for c, _ in rows[0]]]
    if not rows:
        return
    told = [_plain(sentence) for text in texts for sentence in SENTENCE.findall(text) if not LOOSE.search(sentence)]
    columns = {call: _columns(text, [r for c, r in rows[0] if c == call]) for call, text in _above(headers, rows[0]).items()}  # fmt: skip
    pairs = {}
    for at, (call, shown) in enumerate(rows[0]):
        for site, result in shown.items():
            worth = [float(r[at][1][site].value) for r in rows if site in r[at][1]]
            if len(worth) < len(rows) or not all(map(math.isfinite, worth)) or np.ptp(worth) > 1e-9 * abs(worth[0]):
                continue
            claim = _claim(result, columns.get(call, {}), fixed, told, tell)
            other = _beside(rows[0], at, site, columns.get(call, {})) if claim is not None else None
            if other is None:
                continue
            place, partner = other
            column = columns.get(rows[0][place][0], {}).get(partner, "")
            label = column or rows[0][place][1][partner].label.partition("|")[0].strip()
            if THEORY.search(f"{rows[0][place][1][partner].piece} {column}") or ERROR.search(f"{rows[0][place][1][partner].piece} {column}"):  # fmt: skip
                continue
            got = [float(r[place][1][partner].value) for r in rows if partner in r[place][1]]
            drawn = rows[0][place][1][partner].drawn
            pairs[(place, partner)] = (label or "what it prints", got, drawn, *claim)
    for label, got, drawn, wanted, share, what in pairs.values():
        _judge(label, np.array(got), drawn, wanted, share, what, tell)


def _judge(label, got, drawn, wanted, share, what, tell):
    """One value over runs against what stands beside it; what was drawn and never changes must at least be near."""
    if len(got) < FEW or not np.all(np.isfinite(got)) or not math.isfinite(wanted) or (np.ptp(got) == 0.0 and not drawn):  # fmt: skip
        return
    share = max(share, 0.5) if np.ptp(got) == 0.0 else share
    mean, error = float(got.mean()), float(got.std(ddof=1)) / math.sqrt(len(got))
    slack = ERRORS.get(len(got), 8.0) * error + share * abs(wanted) + 1e-12
    tell(f"`{label}` agrees with {what} beside it", abs(mean - wanted) <= slack, f"{mean:.5g} ± {error:.2g}", f"{wanted:.5g} within {slack:.2g}", None)  # fmt: skip


def _claim(result, columns, fixed, told, tell):
    """(value, relative slack, words) of a constant result that claims something of what stands beside it, or None."""
    look = looker([*result.scope, *fixed])
    found = label_formula(result.piece, look)
    value = float(result.value)
    if found is not None and not LOOSE.search(result.piece):
        formula, worths = found
        if result.kind == "print":
            off = min(abs(value - w) / (abs(w) or 1.0) for w in worths)
            tell(f"what is printed under `{formula}` is that", off < 0.02, f"{value:.6g}", " or ".join(f"{w:.6g}" for w in worths), None)  # fmt: skip
            if off >= 0.02:
                return None
        said = any(_plain(formula) in sentence for sentence in told)
        return value, SAID if said else OPEN, f"`{formula}`"
    if result.kind == "print" and like_formula(result.piece) and not LOOSE.search(result.piece):
        return value, OPEN, f"`{result.piece.strip(' :=(')}`"
    column = columns.get(result.site, "")
    if column and result.kind == "print" and THEORY.search(column) and not LOOSE.search(column) and not ERROR.search(column):  # fmt: skip
        return value, NAMED, f"`{column.strip()}`"
    return None


def _plain(text):
    """A text without spaces, brackets and signs of multiplication, Greek letters by name."""
    text = text.lower().replace("**", "^").replace("²", "^2").replace("λ", "lambda").replace("μ", "mu").replace("θ", "theta").replace("σ", "sigma").replace("ρ", "rho").replace("γ", "gamma").replace("β", "beta").replace("α", "alpha").replace("π", "pi")  # fmt: skip
    return re.sub(r"[\s()*·×]", "", text)


def _above(headers, row):
    """For each call that prints values more than once, the words of the call above it."""
    out, calls = {}, [c for c, _ in row]
    for call in set(calls):
        if calls.count(call) >= 2:
            before = [c for c in headers if c < call]
            between = [c for c in calls if before and max(before) < c < call]
            if before and not between:
                out[call] = headers[max(before)]
    return out


def _columns(text, shown):
    """The heading of each value of a row, where there are as many headings as values."""
    if not shown:
        return {}
    sites = list(shown[0])
    for parts in (re.split(r"\s{2,}|\t|\|", text.strip(" |")), re.split(r"[\s|]+", text.strip(" |")), text.split(",")):
        kept = [p.strip() for p in parts if p.strip()]
        if len(kept) == len(sites):
            return dict(zip(sites, kept, strict=True))
    return {}


def _beside(row, at, site, columns):
    """(place, site) of the value that a claim is about: the one before it in its row, or alone in the row before."""
    shown = row[at][1]
    before = [s for s in list(shown)[: list(shown).index(site)] if shown[s].kind == "print"]
    while before:
        last = before.pop()
        name = columns.get(last, "") + shown[last].piece
        if not THEORY.search(name) and not ERROR.search(name):
            return at, last
    if list(shown).index(site) == 0 and at and len(shown) == 1:
        earlier = [s for s in row[at - 1][1] if row[at - 1][1][s].kind == "print"]
        if len(earlier) == 1 and len(row[at - 1][1]) == 1:
            return at - 1, earlier[0]
    after = [s for s in list(shown)[list(shown).index(site) + 1 :] if shown[s].kind == "print"]
    return (at, after[0]) if columns and len(after) >= 1 and not ERROR.search(columns.get(after[0], "")) else None
