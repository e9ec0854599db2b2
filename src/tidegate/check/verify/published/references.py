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

from tidegate.check.verify.scan import lowered
from tidegate.spine.claim import Claim, Decision, Receipt, Support


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a reference library; `id` is a DOI, arXiv id or ISBN."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None


ISBN = re.compile(r"ISBN(?:-1[03])?:?\s*(?:is\s+|number\s+)?((?:97[89][\- ]?)?\d[\d\- ]{8,14}[\dXx])")
ISSN = re.compile(r"ISSN:?\s*(?:is\s+)?(\d{4}-?\d{3}[\dXx])")
ORCID = re.compile(r"(?:orcid\.org/|ORCID:?\s*(?:iD:?\s*)?(?:is\s+)?)(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.I)
ARXIV = re.compile(
    r"arXiv(?:\.org/(?:abs|pdf)/|:\s*)(\d{4}\.\d{4,5}|[a-z\-]+(?:\.[A-Z]{2})?/\d{7}|\d{2,4}\.\d{1,8})(?:v\d+)?", re.I
)
DOI = re.compile(r"(?:doi\.org/|doi:?\s*)(10?\.?\d*/?[^\s\"<>)\]]*)", re.I)
RFC = re.compile(r"\bRFC[\s-]?(\d{1,6})\b")
ISO = re.compile(r"\b(?:ISO/IEC|ISO|IEC)\s+(?:TS\s+|TR\s+)?(\d{2,5})(?:-\d+)?:(\d{4})\b")
OTHER_STANDARD = re.compile(
    r"\b(?:(?:BS |DIN |NF |UNE )?EN(?: ISO)?|BS|DIN|ANSI|NFPA|ASME|JIS) [A-Z]?\d[\d.]*(?:-\d{1,2})*:((?:19|20)\d\d)\b|\bIEEE (?:Std )?\d{2,4}(?:\.\d+[a-z]{0,2})?-((?:19|20)\d\d)\b"
)
QUOTED = re.compile(r"[\"“]([^\"”\n]{8,200})[\"”]|\*([^*\n]{8,200})\*")
RFC_MAX = 10200  # numbers above were not assigned when this was written


def isbn_holds(text: str) -> bool:
    """The check digit of an ISBN-10 or ISBN-13."""
    d = re.sub(r"[\- ]", "", text).upper()
    if len(d) == 13 and d.isdigit():
        return sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(d)) % 10 == 0
    if len(d) == 10 and d[:9].isdigit():
        return sum((10 - i) * (10 if c == "X" else int(c)) for i, c in enumerate(d)) % 11 == 0
    return False


def issn_holds(text: str) -> bool:
    """The check digit of an ISSN."""
    d = text.replace("-", "").upper()
    return sum((8 - i) * (10 if c == "X" else int(c)) for i, c in enumerate(d)) % 11 == 0


def orcid_holds(text: str) -> bool:
    """ISO 7064 mod 11-2."""
    d, total = text.replace("-", "").upper(), 0
    for c in d[:15]:
        total = (total + int(c)) * 2
    check = (12 - total % 11) % 11
    return d[15] == ("X" if check == 10 else str(check))


def arxiv_reason(identifier: str, today: tuple[int, int]) -> str:
    """Why an arXiv id cannot exist, or nothing.  `today` is (year, month)."""
    found = re.fullmatch(r"(\d{2})(\d{2})\.(\d{4,5})", identifier)
    if found is None:
        return "" if "/" in identifier else "it has not the form YYMM.number"
    year, month, number = 2000 + int(found.group(1)), int(found.group(2)), found.group(3)
    if not 1 <= month <= 12:
        return f"there is no month {month:02d}"
    if (year, month) < (2007, 4):
        return "this form began in April 2007"
    if (year, month) > today:
        return f"{year}-{month:02d} is in the future"
    if (len(number) == 5) != ((year, month) >= (2015, 1)):
        return "numbers have four digits before 2015 and five since"
    return "numbers begin at 1" if int(number) == 0 else ""


KINDS = (
    ("ISBN", ("isbn",), ISBN),
    ("ISSN", ("issn",), ISSN),
    ("ORCID", ("orcid",), ORCID),
    ("arXiv", ("arxiv",), ARXIV),
    ("DOI", ("doi",), DOI),
    ("RFC", ("rfc",), RFC),
    ("ISO", ("iso", "iec"), ISO),
)
STANDARDS = ("EN ", "BS ", "DIN ", "ANSI ", "NFPA ", "ASME ", "JIS ", "IEEE ")  # in capitals: `then` is no EN


def check_references(
    text: str, ranges: list[tuple[int, int]], library: Mapping[str, Work], today: tuple[int, int]
) -> Iterator[Decision]:
    """Decisions on every identifier; with a library also on the title, authors and year beside it."""
    low = lowered(text)
    present = [(kind, pattern) for kind, cues, pattern in KINDS if any(c in low for c in cues)]
    if any(c in text for c in STANDARDS):
        present.append(("standard", OTHER_STANDARD))
    for start, end in ranges:
        for kind, pattern in present:
            for found in pattern.finditer(text, start, end):
                yield _decide(text, kind, found, library, today)


def _decide(
    text: str, kind: str, found: re.Match[str], library: Mapping[str, Work], today: tuple[int, int]
) -> Decision:
    identifier = (found.group(0) if kind == "standard" else found.group(1)).rstrip(".,;:")
    claim = Claim(
        kind="reference",
        text=found.group(0).rstrip(".,;:"),
        span=(found.start(), found.start() + len(found.group(0).rstrip(".,;:"))),
        payload={"type": kind, "id": identifier},
    )
    reason = _impossible(kind, identifier, found, today)
    if reason:
        return Decision(
            claim=claim,
            support=Support.REFUTED,
            receipt=Receipt(oracle=f"{kind} form", computation=reason),
            message=f"{kind} {identifier} cannot exist: {reason}",
        )
    if library and kind in ("DOI", "arXiv", "ISBN"):
        return _in_library(text, claim, kind, identifier, library)
    receipt = Receipt(oracle=f"{kind} form", computation="the form and check digits hold; existence was not looked up")
    return Decision(
        claim=claim,
        support=Support.UNVERIFIABLE,
        receipt=receipt,
        message="well formed; no library to look it up in",
        certainty="possible",
    )


def _impossible(kind: str, identifier: str, found: re.Match[str], today: tuple[int, int]) -> str:
    if kind == "ISBN":
        return "" if isbn_holds(identifier) else "the check digit does not hold"
    if kind == "ISSN":
        return "" if issn_holds(identifier) else "the check digit does not hold"
    if kind == "ORCID":
        return "" if orcid_holds(identifier) else "the check digit does not hold"
    if kind == "arXiv":
        return arxiv_reason(identifier, today)
    if kind == "DOI":
        return "" if re.fullmatch(r"10\.\d{4,9}/\S+", identifier) else "a DOI is 10.<4 to 9 digits>/<suffix>"
    if kind == "RFC":
        return (
            f"RFC numbers end near {RFC_MAX}"
            if not 1 <= int(identifier) <= RFC_MAX + 500 * max(0, today[0] - 2026)
            else ""
        )
    year = int(found.group(1) or found.group(2)) if kind == "standard" else int(found.group(2))
    return f"the edition year {year} is not plausible" if not 1946 <= year <= today[0] + 1 else ""


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
        receipt = Receipt(
            oracle="library",
            computation=f"{own.title!r} is {own.id}, {', '.join(own.authors[:3])}, {own.year}",
            detail={"mismatch": True, "missing": False},
        )
        message = f"mismatch: the work with this title is {own.id}, not {kind} {identifier}"
        return Decision(claim=claim, support=Support.REFUTED, receipt=receipt, message=message)
    if work is None:
        receipt = Receipt(
            oracle="library", computation=f"{identifier} is not among {len(library)} works", detail={"missing": True}
        )
        return Decision(
            claim=claim,
            support=Support.UNVERIFIABLE,
            receipt=receipt,
            message=f"missing: {kind} {identifier} is not in the library",
            certainty="possible",
        )
    wrong, places = _differences(text, claim, identifier, work)
    receipt = Receipt(
        oracle="library",
        computation=f"{identifier}: {work.title!r}, {', '.join(work.authors[:3])}, {work.year}",
        detail={"mismatch": bool(wrong)},
    )
    if wrong:
        span = min(a for a, _ in places), max(b for _, b in places)
        whole = msgspec.structs.replace(claim, span=span, text=text[span[0] : span[1]])
        return Decision(
            claim=whole,
            support=Support.REFUTED,
            receipt=receipt,
            message=f"mismatch: {kind} {identifier} is another work: {'; '.join(wrong)}",
        )
    return Decision(
        claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the library holds it with these data"
    )


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
