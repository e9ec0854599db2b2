# ruff: noqa: E501  (patterns and messages read best on one line)
"""References and standards: check digits, possible ids, designator grammar, and the user's own library.

Nothing is looked up over a network.  A right check digit does not prove that a work exists, so
such an id is unverifiable unless a library is given; an impossible id is refuted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

import msgspec

from tidegate.check.verify.code.blocks import code_blocks
from tidegate.check.verify.published.identifiers import COMING, KINDS, OTHER_STANDARD, STANDARDS, YEARS, impossible
from tidegate.check.verify.published.standards import other_topic
from tidegate.check.verify.scan import lowered
from tidegate.check.verify.verdicts import refuted, supported, unverifiable
from tidegate.spine.claim import Claim, Decision


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a reference library; `id` is a DOI, arXiv id or ISBN."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None


LATER = re.compile(r"2[01]\d\d(?!\d)(?<=\D\d{4})")
REFERENCE_MAX = 600  # characters
QUOTED = re.compile(r"[\"“]([^\"”\n]{8,200})[\"”]|\*([^*\n]{8,200})\*")


def check_references(
    text: str, ranges: list[tuple[int, int]], library: Mapping[str, Work], today: tuple[int, int]
) -> Iterator[Decision]:
    """Decisions on every identifier; with a library also on the title, authors and year beside it."""
    low = lowered(text)
    present = [(kind, pattern) for kind, cues, pattern in KINDS if any(c in low for c in cues)]
    if any(c in text for c in STANDARDS):
        present.append(("standard", OTHER_STANDARD))
    whole = [*ranges, *_bibliographies(text)]
    for start, end in whole:
        for kind, pattern in present:
            for found in pattern.finditer(text, start, end):
                yield _decide(text, kind, found, library, today)
    if "2" in text:
        yield from _years(text, whole, today[0])


def _bibliographies(text: str) -> Iterator[tuple[int, int]]:
    """Fenced blocks that hold references."""
    for language, _, start, end in code_blocks(text) if "```" in text else ():
        if language in ("bibtex", "bib", "biblatex", "ris"):
            yield start, end


def _years(text: str, ranges: list[tuple[int, int]], year: int) -> Iterator[Decision]:
    """References that say they appeared in years to come; a line longer than a reference is none."""
    for start, end in ranges:
        for late in LATER.finditer(text, start, end):
            if int(late.group(0)) <= year + 1:
                continue
            line = text.rfind("\n", start, late.start()) + 1 or start
            stop = text.find("\n", late.end(), end)
            whole = text[line : stop if stop >= 0 else end].rstrip()
            at = late.start() - line
            if len(whole) > REFERENCE_MAX or COMING.search(whole):
                continue
            if any(m.start(1) == at for m in (p.search(whole) for p in YEARS) if m is not None):
                claim = Claim(kind="reference", text=late.group(0), span=late.span(), payload={"type": "year"})
                yield refuted(
                    claim, "calendar", f"{late.group(0)} is after {year}", f"the year {late.group(0)} is to come"
                )


def _decide(
    text: str, kind: str, found: re.Match[str], library: Mapping[str, Work], today: tuple[int, int]
) -> Decision:
    identifier = (found.group(0) if kind == "standard" else found.group(1)).rstrip(".,;:")
    shown = found.group(0).rstrip(".,;:")
    span = (found.start(), found.start() + len(shown))
    claim = Claim(kind="reference", text=shown, span=span, payload={"type": kind, "id": identifier})
    reason = impossible(kind, identifier, found, today)
    if reason:
        return refuted(claim, f"{kind} form", reason, f"{kind} {identifier} cannot exist: {reason}")
    if kind == "RFC" and (other := other_topic(text, *span)) is not None:
        words = f"mismatch: RFC {identifier} is not that of {other.name}"
        return refuted(claim, "RFC titles", other.words, words, mismatch=True,
                       certainty="measured" if other.certain else "possible",
                       probability=None if other.certain else 0.8)  # fmt: skip
    if library and kind in ("DOI", "arXiv", "ISBN"):
        return _in_library(text, claim, kind, identifier, library)
    words = "the form and check digits hold; existence was not looked up"
    return unverifiable(claim, f"{kind} form", "well formed; no library to look it up in", words)


def normal_id(identifier: str) -> str:
    """An id in the form the library is keyed by."""
    return (
        re.sub(r"[\- ]", "", identifier).lower()
        if re.fullmatch(r"[\d\- Xx]{10,17}", identifier)
        else identifier.lower()
    )


def _beside(text: str, claim: Claim) -> tuple[str, list[str]]:
    """The line around an identifier and the titles that stand in it."""
    a, b = claim.span
    low = max(text.rfind("\n", 0, a) + 1, a - 400)
    high = min([i for i in (text.find("\n", b),) if i >= 0] + [len(text), b + 200])
    for _, _, pattern in KINDS:  # another identifier in the line has data of its own
        for other in pattern.finditer(text, low, high):
            if other.end() <= a:
                low = other.end()
            elif other.start() >= b:
                high = min(high, other.start())
    around = text[low:high]
    return around, [m.group(1) or m.group(2) for m in QUOTED.finditer(around)]


ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z\-]+(?:\.[A-Z]{2})?/\d{7}")


def _letters(title: str) -> str:
    return re.sub(r"[^a-z0-9]", "", title.lower())


def _by_title(text: str, claim: Claim, library: Mapping[str, Work]) -> Work | None:
    """The one work of the library whose title stands beside the identifier, if that can only be a slip of its own.

    An arXiv id is unique to a work; a DOI may be that of a preprint and an ISBN that of another edition, so a DOI
    must differ by a character or two, and an ISBN says nothing.
    """
    stated, kind = str(claim.payload["id"]), claim.payload["type"]
    titles = {_letters(t) for t in _beside(text, claim)[1]} - {""}
    found = [w for w in library.values() if titles and _letters(w.title) in titles]
    if len(found) != 1:
        return None
    own = found[0].id
    if kind == "arXiv":
        return found[0] if ARXIV_ID.fullmatch(own) else None
    slip = len(own) == len(stated) and sum(a != b for a, b in zip(own.lower(), stated.lower(), strict=True)) <= 2
    return found[0] if kind == "DOI" and slip else None


def _in_library(text: str, claim: Claim, kind: str, identifier: str, library: Mapping[str, Work]) -> Decision:
    work = library.get(normal_id(identifier))
    if work is None and (own := _by_title(text, claim, library)) is not None:
        words = f"{own.title!r} is {own.id}, {', '.join(own.authors[:3])}, {own.year}"
        message = f"mismatch: the work with this title is {own.id}, not {kind} {identifier}"
        return refuted(claim, "library", words, message, mismatch=True, missing=False)
    if work is None:
        words = f"{identifier} is not among {len(library)} works"
        message = f"missing: {kind} {identifier} is not in the library"
        return unverifiable(claim, "library", message, words, missing=True)
    wrong, places = _differences(text, claim, identifier, work)
    words = f"{identifier}: {work.title!r}, {', '.join(work.authors[:3])}, {work.year}"
    if wrong:
        span = min(a for a, _ in places), max(b for _, b in places)
        whole = msgspec.structs.replace(claim, span=span, text=text[span[0] : span[1]])
        message = f"mismatch: {kind} {identifier} is another work: {'; '.join(wrong)}"
        return refuted(whole, "library", words, message, mismatch=True)
    return supported(claim, "library", words, "the library holds it with these data", mismatch=False)


YEAR = re.compile(r"(?<![\d/])(?<!\d\.)(?:19|20)\d\d(?![\d/]|\.\d)")


CAPITAL = re.compile(r"[A-Z][a-z]{2,}")
# what a sentence begins with that is no author
OPENERS = frozenset(
    [
        "The",
        "This",
        "These",
        "Those",
        "That",
        "There",
        "See",
        "For",
        "Their",
        "Our",
        "When",
        "Where",
        "While",
        "Here",
        "Also",
        "Read",
        "Cite",
        "You",
        "Your",
        "Its",
        "Another",
        "Such",
        "Most",
        "Many",
        "One",
        "With",
        "From",
        "And",
        "But",
        "Then",
        "Both",
        "Each",
        "All",
        "Section",
        "Chapter",
        "Book",
        "Paper",
        "Article",
        "Reference",
        "Source",
        "Title",
        "Preprint",
        "Work",
        "Study",
        "Introduced",
        "Published",
        "Original",
        "Originally",
        "First",
        "Consult",
        "Refer",
        "According",
        "Please",
        "Note",
        "As",
        "In",
        "It",
        "An",
    ]
)


def _differences(text: str, claim: Claim, identifier: str, work: Work) -> tuple[list[str], list[tuple[int, int]]]:
    """What the line beside an identifier says otherwise than the library, and where, the identifier's own place first."""
    around, titles = _beside(text, claim)
    base = text.rfind(around, 0, claim.span[0] + len(around))
    wrong, places = [], [claim.span]
    if titles and max(SequenceMatcher(None, t.lower().strip(" ."), work.title.lower()).ratio() for t in titles) < 0.75:
        wrong.append(f"title is {work.title!r}")
        at = base + around.find(titles[0])
        places.append((at, at + len(titles[0])))
    plain = around.replace(identifier, " " * len(identifier))
    years = list(YEAR.finditer(plain))
    # a preprint and its printed form may lie a year apart
    if work.year is not None and years and min(abs(work.year - int(y.group(0))) for y in years) > 1:
        wrong.append(f"year is {work.year}")
        places += [(base + y.start(), base + y.end()) for y in years]
    surnames = [x.split(",")[0].split()[-1] for x in work.authors]
    before = around.split(titles[0])[0] if titles else ""
    first = next((m for m in CAPITAL.finditer(before) if m.group(0) not in OPENERS), None)
    if surnames and first is not None and not any(s.lower() in before.lower() for s in surnames):
        wrong.append(f"authors are {', '.join(work.authors[:3])}")
        places.append((base + first.start(), base + first.end()))
    return wrong, places
