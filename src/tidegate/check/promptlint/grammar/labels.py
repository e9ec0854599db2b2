"""Labels before a sentence: "Word count: 60 max", "Tone: formal", "Enterprise users: …"."""

# ruff: noqa: E501

import re

LABELLED_AMOUNT = re.compile(
    r"^\s*(?P<lead>max(?:imum)?|min(?:imum)?)?\s*(?:reply |response |answer |message )?(?P<unit>word|sentence|paragraph|character|bullet)s?(?: (?P<kind>count|limit|length|maximum|max|minimum|min|cap|ceiling|floor))?\s*(?::|=|≤|<=)\s*(?P<n>(?:max(?:imum)?\.? |min(?:imum)?\.? |at most |at least |up to |under |exactly |[<>≤≥]=? ?)?\d+(?:\s*(?:-|–|to)\s*\d+)?)(?P<rest>(?: (?:max|min|maximum|minimum|or less|or more|or fewer|or higher|or lower|or above|or below|at most|at least))?\.?)\s*$",
    re.I,
)


def labelled_amount(m: re.Match[str]) -> str:
    """ "Word count: 60 max" is "at most 60 words"."""
    kind = f"{m.group('lead') or ''} {m.group('kind') or ''}".lower()
    rest, n = m.group("rest").strip(" ."), m.group("n")
    bare = not rest and n[0].isdigit() and not re.search(r"to|-|–", n)
    op = ""
    if bare:
        op = (
            "at least "
            if re.search(r"min|floor", kind)
            else "at most "
            if re.search(r"max|limit|cap|ceiling", kind)
            else "exactly "
        )
    number = re.search(r"\d+(?:\s*(?:-|–|to)\s*\d+)?$", n)
    lead = n[: number.start()] if number else ""
    return f"Use {op}{lead}{number.group(0) if number else n} {m.group('unit')}s {rest}"
