# ruff: noqa: E501  (statements read best on one line)
"""References: wrong check digits, and 500 references against a library of 5,000 works."""

import random
import re

import msgspec

from benches.report import Report
from benches.verify_data import SEED, refuted
from tidegate.check.verify.published.identifiers import isbn_holds
from tidegate.check.verify.published.references import Work, check_references, normal_id
from tidegate.spine.claim import Support
from tidegate.stats.intervals import proportion


def references(report: Report) -> None:
    rng = random.Random(SEED)
    caught = 0
    for _ in range(500):
        body = "978" + "".join(str(rng.randint(0, 9)) for _ in range(9))
        check = (10 - sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(body)) % 10) % 10
        assert isbn_holds(body + str(check))
        at = rng.randrange(12)
        broken = body[:at] + str((int(body[at]) + rng.randint(1, 9)) % 10) + body[at + 1 :] + str(check)
        caught += not isbn_holds(broken)
    report.row(
        "references: ISBN with one wrong digit refuted",
        goal=">= 0.95",
        measured=str(proportion((caught, 500))),
        holds=caught / 500 >= 0.95,
    )


WORDS = [
    "adaptive",
    "analysis",
    "bayesian",
    "causal",
    "coupled",
    "deep",
    "dynamics",
    "efficient",
    "estimation",
    "fast",
    "finite",
    "flow",
    "fluid",
    "graph",
    "inference",
    "kernel",
    "latent",
    "learning",
    "linear",
    "markov",
    "mixed",
    "model",
    "networks",
    "optimal",
    "phase",
    "quantum",
    "random",
    "robust",
    "sampling",
    "scaling",
    "sparse",
    "spectral",
    "stable",
    "stochastic",
    "thermal",
    "transport",
    "turbulent",
    "variational",
    "waves",
]
NAMES = [
    "Abe",
    "Adams",
    "Baker",
    "Berg",
    "Chen",
    "Costa",
    "Diaz",
    "Evans",
    "Fischer",
    "Garcia",
    "Haas",
    "Ito",
    "Jones",
    "Kim",
    "Kumar",
    "Lang",
    "Lopez",
    "Meyer",
    "Novak",
    "Okafor",
    "Patel",
    "Quinn",
    "Rossi",
    "Sato",
    "Silva",
    "Smith",
    "Tanaka",
    "Usman",
    "Vogel",
    "Weber",
    "Xu",
    "Young",
    "Zhang",
]


def library_of(rng: random.Random, size: int) -> dict[str, Work]:
    """Works with distinct titles and ids of three kinds."""
    out: dict[str, Work] = {}
    while len(out) < size:
        year, kind = rng.randint(1995, 2025), rng.choice(("doi", "arxiv", "isbn"))
        if kind == "doi":
            name = f"10.{rng.randint(1000, 9999)}/{rng.choice('abcdefgh')}{rng.randint(1000, 999999)}"
        elif kind == "arxiv":
            year = rng.randint(2016, 2025)
            name = f"{year % 100:02d}{rng.randint(1, 12):02d}.{rng.randint(1, 19999):05d}"
        else:
            body = "978" + "".join(str(rng.randint(0, 9)) for _ in range(9))
            name = body + str((10 - sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(body)) % 10) % 10)
        title = " ".join(rng.sample(WORDS, rng.randint(4, 7))).capitalize()
        out[normal_id(name)] = Work(
            id=name, title=title, authors=tuple(rng.sample(NAMES, rng.randint(1, 4))), year=year
        )
    return out


def written(rng: random.Random, work: Work, identifier: str) -> str:
    """One reference line in one of four styles."""
    label = (
        f"arXiv:{identifier}"
        if re.fullmatch(r"\d{4}\.\d{5}", identifier)
        else f"ISBN {identifier}"
        if "/" not in identifier
        else rng.choice((f"doi:{identifier}", f"https://doi.org/{identifier}"))
    )
    who = ", ".join(f"{a}, {rng.choice('ABCDEFGHJKLM')}." for a in work.authors)
    styles = (
        f'{who} ({work.year}). "{work.title}." {label}', f'[{rng.randint(1, 90)}] {work.authors[0]} et al., "{work.title}", {work.year}, {label}.',
        f"- {who} *{work.title}*. {work.year}. {label}", f'See {work.authors[0]} ({work.year}), "{work.title}" ({label}), section 3.',
    )  # fmt: skip
    return rng.choice(styles)


def corrupted(rng: random.Random, library: dict[str, Work], work: Work, way: str) -> tuple[str, Work]:
    """The identifier and the work as a wrong reference gives them."""
    others = list(library.values())
    if way == "id":
        at = rng.choice([i for i, c in enumerate(work.id) if c.isdigit() and i > 3])
        return work.id[:at] + rng.choice([c for c in "0123456789" if c != work.id[at]]) + work.id[at + 1 :], work
    if way == "other id":
        return rng.choice([w.id for w in others if w.id != work.id]), work
    if way == "title":
        return work.id, msgspec.structs.replace(work, title=rng.choice(others).title)
    if way == "year":
        return work.id, msgspec.structs.replace(work, year=(work.year or 2000) - rng.randint(1, 9))
    return work.id, msgspec.structs.replace(
        work, authors=tuple(rng.sample([n for n in NAMES if n not in work.authors], len(work.authors)))
    )


def library_study(report: Report) -> None:
    """500 references against a library of 5,000 works: 250 sound, 250 corrupted in one part."""
    rng = random.Random(SEED)
    library = library_of(rng, 5000)
    works = rng.sample(list(library.values()), 500)
    found = told = alarms = 0
    for n, work in enumerate(works):
        way = ("id", "other id", "title", "year", "author")[n % 5] if n < 250 else ""
        identifier, shown = corrupted(rng, library, work, way) if way else (work.id, work)
        text = written(rng, shown, identifier)
        decisions = list(check_references(text, [(0, len(text))], library, (2026, 11)))
        alarm = bool(refuted(decisions))
        found, alarms = found + (bool(way) and alarm), alarms + (not way and alarm)
        told += bool(way) and alarm and ("mismatch" in decisions[0].message or "cannot exist" in decisions[0].message)
    strange = sum(
        bool(d) and d[0].support is Support.UNVERIFIABLE and "missing" in d[0].message
        for w in library_of(random.Random(SEED + 1), 250).values() if normal_id(w.id) not in library
        for t in [written(rng, w, w.id)]
        for d in [list(check_references(t, [(0, len(t))], library, (2026, 11)))]
    )  # fmt: skip
    report.row(
        "references: 250 corrupted in one part, found",
        goal=">= 0.95",
        measured=str(proportion((found, 250))),
        holds=found / 250 >= 0.95,
    )
    report.row(
        "references: 250 sound ones alarmed",
        goal="<= 1 %",
        measured=str(proportion((alarms, 250))),
        holds=alarms / 250 <= 0.01,
    )
    report.row(
        "references: mismatch told from missing (250 of each)",
        goal=">= 0.95",
        measured=str(proportion((told + strange, found + 250))),
        holds=(told + strange) / (found + 250) >= 0.95,
    )
