# ruff: noqa: E501  (patterns read best on one line)
"""What is known offline of standards: which RFC is about what, and when a standard first appeared.

`rfc.tsv` holds the most cited RFCs with their titles and the names they are known by; an RFC is only refuted where the
text binds it to one of these names (`TLS 1.3 is specified in RFC …`), the name belongs to others, and neither its own
title nor its names have to do with it.  `standards.tsv` holds years before which no edition can exist.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from tidegate.spine.resources import resource_text


class Rfc(NamedTuple):
    """One RFC: its title and what it is known as."""

    title: str
    names: frozenset[str]


class Other(NamedTuple):
    """The name an RFC is bound to, why it is not that one's, and whether that is more than a suspicion."""

    name: str
    words: str
    certain: bool


@cache
def rfcs() -> dict[int, Rfc]:
    """The RFCs known, by number."""
    out = {}
    for line in resource_text("tidegate.check.verify.published", "rfc.tsv").splitlines():
        number, title, names = line.split("\t")
        out[int(number)] = Rfc(title, frozenset(plain(n) for n in names.split("|")))
    return out


@cache
def numbers_of() -> dict[str, frozenset[int]]:
    """Every name of an RFC, with the numbers that bear it."""
    out: dict[str, frozenset[int]] = {}
    for number, rfc in rfcs().items():
        for name in (*rfc.names, plain(rfc.title)):
            out[name] = out.get(name, frozenset()) | {number}
    return out


@cache
def first_years() -> dict[str, int]:
    """The year of each standard's first edition."""
    lines = resource_text("tidegate.check.verify.published", "standards.tsv").splitlines()
    return {name: int(year) for name, year in (line.split("\t") for line in lines)}


def plain(name: str) -> str:
    """A name without case, plural, article and generic last word."""
    text = re.sub(r"[*_`\"“”]", "", name).strip().lower()
    text = re.sub(r"^(?:the|an?)\s+", "", text)
    text = re.sub(r"\s+\([a-z0-9/.+-]+\)$", "", text)
    text = re.sub(r"\s+(?:protocol|format|standard|specification|encoding|framework|spec|files?|messages?)$", "", text)
    return text[:-1] if re.search(r"[a-z]{3}s$", text) and not text.endswith(("ss", "dns", "https", "tls")) else text


# words before a name that do not make it another: `private IP` is not IP
LEADING = frozenset(["the", "of", "uses", "use", "using", "via", "with", "and", "or", "by", "in", "is", "are", "supports", "implements", "from", "like", "for", "called", "defines", "specifies", "as", "that"])  # fmt: skip
SAYS = r"(?:defines|specifies|describes|standardi[sz]es|is the (?:specification|standard|RFC) (?:of|for)|is)"
IN = r"(?:is|are|was|were)\s+(?:(?:formally|officially|now|currently)\s+)?(?:(?:specified|defined|described|standardi[sz]ed|documented|laid down|published)\s+(?:in|by|as)\s+)?"
NAME = r"(?P<name>[A-Za-z][\w./#+-]*(?: [\w./#&+-]+){0,7}?(?: \([A-Z][\w./+-]*\))?)"
# what stands before the number: `TLS 1.3 (`, `TLS 1.3 is specified in`
BEFORE = re.compile(
    rf"(?P<words>(?:[\w./#+-]+ ){{0,7}}[\w./#+-]+)(?: \([A-Z][\w./+-]*\))?\**\s\(\[?$|(?:^|[.;:!?]\s+|\|\s*|[-*]\s+)\**{NAME}\**\s+{IN}(?:the )?\[?$",
    re.M,
)
# what stands behind it: `defines TLS 1.3`, `| TLS 1.3 |`, `: TLS 1.3`
AFTER = re.compile(
    rf"(?:\]\([^)\s]*\))?\**(?:\s*(?:\||:|–|—|,\s*[\"“])\s*|\s+{SAYS}\s+(?:the )?)\**{NAME}\**[\"”]?\s*(?=[.,;:)|\n]|$|\s(?:and|as|for|which|in|with)\b)"
)


def other_topic(text: str, start: int, end: int) -> Other | None:
    """Of the RFC at [start, end): the name it is bound to and why it is not that one's RFC; nothing where it may be."""
    found = re.search(r"\d+", text[start:end])
    number = int(found.group(0)) if found else 0
    for name, said in _bound(text, start, end):
        numbers = numbers_of().get(plain(name))
        if numbers is None or number in numbers:
            continue
        right = f"{name.strip()} is RFC {' or '.join(map(str, sorted(numbers, reverse=True)[:3]))}"
        own = rfcs().get(number)
        if own is None:
            slip = any(_slip(number, n) for n in numbers)
            if slip or said:
                return Other(name, right, certain=slip)
            continue
        if not _related(plain(name), own, [plain(rfcs()[n].title) for n in numbers]):
            return Other(name, f"RFC {number} is “{own.title}”; {right}", certain=True)
    return None


def _bound(text: str, start: int, end: int) -> list[tuple[str, bool]]:
    """Names that the words around an RFC bind it to, and whether a sentence says that it is theirs."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    before, after = text[max(line, start - 120) : start], text[end : min(stop if stop >= 0 else len(text), end + 140)]
    out: list[tuple[str, bool]] = []
    if m := BEFORE.search(before):
        if m["words"]:  # the longest name that ends there
            words = m["words"].split()
            ends = [" ".join(words[i:]) for i in range(len(words))]
            out += next(
                (
                    [(n, False)]
                    for i, n in enumerate(ends)
                    if plain(n) in numbers_of() and (i == 0 or words[i - 1].lower() in LEADING)
                ),
                [],
            )
        else:
            out.append((m["name"], True))
    if m := AFTER.match(after):
        out.append((m["name"], True))
    return out


def _related(name: str, own: Rfc, titles: list[str]) -> bool:
    """Whether an RFC's title or names have to do with a name or with the titles of those that bear it."""
    title = plain(own.title)
    return any(title in t or t in title for t in titles) or name in title or any(name in n for n in own.names)


def _slip(a: int, b: int) -> bool:
    """Whether one number is the other with its digits in another order."""
    x, y = str(a), str(b)
    return len(x) == len(y) and sorted(x) == sorted(y)


def too_early(designator: str, year: int) -> str:
    """Why a standard cannot have an edition of a year, or nothing."""
    name = re.sub(r"\b(?:ISO/IEC(?:/IEEE)?|ISO/TS|ISO)\b", "ISO", designator.strip())
    name = re.sub(r"\s+(?:TS|TR|Std\.?)\b", "", name)
    for one in (name, name.partition("-")[0]):
        first = first_years().get(one)
        if first is not None:
            return f"{one} first appeared in {first}" if year < first else ""
    return ""
