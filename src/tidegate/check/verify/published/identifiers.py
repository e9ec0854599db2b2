# ruff: noqa: E501  (patterns and messages read best on one line)
"""Identifiers of works and standards as prose, Markdown and BibTeX write them, and why one cannot exist.

A right check digit does not prove that a work exists; a wrong one proves that it does not.
"""

from __future__ import annotations

import re

from tidegate.check.verify.published.standards import too_early

FIELD = r"\s*=\s*[{\"]\s*"  # of BibTeX
ISBN = re.compile(
    r"(?:ISBN|isbn)(?:[- ]?1[03])?(?:"
    + FIELD
    + r"|[\s:*]*(?:is\s+|number\s+)?)((?:97[89][\- ]?)?\d[\d\- ]{8,14}[\dXx])"
)
ISSN = re.compile(r"(?:ISSN|issn)(?:" + FIELD + r"|[\s:*]*(?:is\s+)?)(\d{4}-?\d{3}[\dXx])")
ORCID = re.compile(r"(?:orcid\.org/|ORCID[\s:*]*(?:iD[\s:*]*)?(?:is\s+)?)(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.I)
ARXIV = re.compile(
    r"(?:arXiv(?:\.org/(?:abs|pdf)/|:\s*)|\beprint"
    + FIELD
    + r")(\d{4}\.\d{4,5}(?!\d)|[a-z\-]+(?:\.[A-Z]{2})?/\d{7}|\d{2,4}\.\d{1,8})(?:v\d+)?",
    re.I,
)
DOI = re.compile(r"(?:doi\.org/|doi(?:" + FIELD + r"|:?\s*))(1\d?\.?\d*/?[^\s\"<>)\]}]*)", re.I)
RFC = re.compile(r"\bRFC[\s-]?(\d{1,6})\b")
ISO = re.compile(r"\b(?:ISO/IEC|ISO|IEC)\s+(?:TS\s+|TR\s+)?(\d{2,5})(?:-\d+)?:(\d{4})\b")
OTHER_STANDARD = re.compile(
    r"\b(?:(?:BS |DIN |NF |UNE )?EN(?: ISO)?|BS|DIN|ANSI|NFPA|ASME|JIS) [A-Z]?\d[\d.]*(?:-\d{1,2})*:((?:19|20)\d\d)\b|\b(?:IEEE (?:Std )?\d{2,4}(?:\.\d+[a-zA-Z]{0,2})?|ASTM [A-G]\d{1,4}M?(?:/[A-G]\d{1,4}M?)?)-((?:19|20)\d\d)\b"
)
# a reference as styles write it, and its year
YEARS = (
    re.compile(r"^[\[\]\d.\-*\s]*[A-Z][\w'’-]+, (?:[A-Z]\.[ -]?){1,3}[^()\n]{0,200}\((\d{4})[a-z]?\)\. \S", re.M),
    re.compile(r"^[^\n]*[\"“][^\n\"”]+[\"”][^\n]*\b(?:vol\.|pp\.|Proc\.|Trans\.|no\.)[^\n]*, (\d{4})\.?[ \t]*$", re.M),
    re.compile(r"^\s*(?:year|date)" + FIELD + r"(\d{4})\b", re.M | re.I),
)
COMING = re.compile(r"in press|forthcoming|to appear|expected|planned", re.I)
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
        return _old_arxiv(identifier) if "/" in identifier else "it has not the form YYMM.number"
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


def _old_arxiv(identifier: str) -> str:
    """Of the form used from 1991 to March 2007, `archive/YYMMnumber`."""
    year, month = int(identifier.rpartition("/")[2][:2]), int(identifier.rpartition("/")[2][2:4])
    if not 1 <= month <= 12:
        return f"there is no month {month:02d}"
    whole = 1900 + year if year > 50 else 2000 + year
    return "" if (1991, 8) <= (whole, month) <= (2007, 3) else "this form was used from August 1991 to March 2007"


KINDS = (
    ("ISBN", ("isbn",), ISBN),
    ("ISSN", ("issn",), ISSN),
    ("ORCID", ("orcid",), ORCID),
    ("arXiv", ("arxiv",), ARXIV),
    ("DOI", ("doi",), DOI),
    ("RFC", ("rfc",), RFC),
    ("ISO", ("iso", "iec"), ISO),
)
STANDARDS = ("EN ", "BS ", "DIN ", "ANSI ", "NFPA ", "ASME ", "JIS ", "IEEE ", "ASTM ")  # in capitals: `then` is no EN


def impossible(kind: str, identifier: str, found: re.Match[str], today: tuple[int, int]) -> str:
    """Why what was found cannot exist, or nothing.  `today` is (year, month)."""
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
    if not 1946 <= year <= today[0] + 1:
        return f"the edition year {year} is not plausible"
    return too_early(found.group(0)[:-5], year)
