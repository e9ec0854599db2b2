"""Labels before a sentence: "Word count: 60 max", "Tone: formal", "Enterprise users: …"."""

# ruff: noqa: E501

import re
from typing import NamedTuple

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.vocabulary import (
    CONCERN_LABELS,
    ELEMENTS,
    IMPERATIVES,
    LABEL,
    PART_NOUNS,
    PLAIN_LABELS,
)
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Conjunction, Literal

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


# a label that is a rule itself ("No opening phrases: …", "Plain text only: …"), and a reason given after it
RULE_LABEL = re.compile(
    r"(?:(?:no|only|without|zero|nothing|exactly) (?=\w)|.* only$)(?!.*\b(?:of|about|to|mention|say|use|include|following)$)"
)

REASON = re.compile(
    r"\s*(?:our|the|this|these|they|it|its|we|users?|customers?|readers?|people)\s+(?:\w+\s+){0,2}?"
    r"(?:shows?|can|cannot|does|do|is|are|will|would|has|have|needs?|displays?|renders?|strips?|prefers?|reads?|makes?|breaks?|looks?"
    r"|hates?|dislikes?|drops?|cuts?)\b(?!.*\b(?:must|should|shall|never|always|first|only)\b)",
    re.I,
)

MEDIA = word_set("spoken written voice chat email sms printed verbal")  # "Spoken answers: at most 20 words"

FORMAT_NAMED = re.compile(r"(?:valid |raw |pure |strict |plain )?(?:json|xml|yaml|csv|html|plain text|prose)\b", re.I)

VERBS_BEFORE_COLON = word_set("feel talk think act behave stay remain keep go")


class Labelled(NamedTuple):
    """What a label before a rule says: the rule alone, the concern or place it names, a case it opens."""

    text: str
    concern: str = ""
    labels: tuple[str, ...] = ()
    guard: tuple[Conjunction, ...] = ()
    step: bool = False  # "Step 2: …" only orders


def read_label(s: str) -> Labelled:
    """Take the label off a sentence ("Tone: …", "[style] …", "Enterprise users: …", "SUMMARY: …")."""
    m = LABEL.match(s)
    if m is None or "\x01" in m.group(0):
        return Labelled(s)
    concern = ""
    labels: list[str] = []
    guard: tuple[Conjunction, ...] = ()
    label = (m.group("tag") or m.group("label")).strip()
    low = label.lower()
    if low in CONCERN_LABELS or low.split()[-1] in CONCERN_LABELS:
        concern = CONCERN_LABELS.get(low) or CONCERN_LABELS[low.split()[-1]]
        labels.append(low)
        s = s[m.end() :]
    elif low in ("output", "reply", "answer", "response") and FORMAT_NAMED.match(s[m.end() :]):
        concern = "format"  # "Output: CSV, header row first"
        labels.append(low)
        s = s[m.end() :]
    elif (
        (label.isupper() and not s.isupper())
        or m.group("tag")
        or low in PLAIN_LABELS
        or re.fullmatch(r"(?:rule|priority|p|item|policy|section)\s*\w{1,3}", low)
    ):
        labels.append(low)
        s = s[m.end() :]
    elif (
        (lemma(low.split()[0]) in IMPERATIVES or low.split()[0] in VERBS_BEFORE_COLON)
        and (low.split()[0] not in word_set("summary end list name link title") or len(low.split()) >= 4)
    ) or re.match(r"(?:never|always|do not|don't|must|should|avoid|if|when|unless|for|in|on)\b", low):
        pass
    elif RULE_LABEL.match(low):
        if REASON.match(s[m.end() :]):  # "Plain text only: our widget shows asterisks as they are"
            s = s[: m.end()].rstrip(" :")
    else:
        if re.fullmatch(r"(?:step|phase|stage)\s*\w{1,3}", low):
            return Labelled(s, "", (low,), (), True)
        if 2 <= len(low.split()) <= 4 and lemma(low.split()[-1]) in lexicon.USERS and low.endswith("s"):
            s = f"For {low}, {s[m.end() :]}"  # "Enterprise users: …"
            m = None
        elif len(low.split()) >= 3 and not re.search(
            r"\b(?:section|part|rule|policy|style|tone|format|length|language)s?\b", low
        ):
            guard = ((Literal(key=f"case {low}", words=low),),)
        labels.append(low)
        noun = lemma(low.split()[-1])
        place = len(low.split()) <= 3 and (
            noun in PART_NOUNS
            or noun in ELEMENTS
            or (
                noun in lexicon.REPLY_NOUNS
                and len(low.split()) == 2
                and (low.split()[0] not in lexicon.BENIGN or low.split()[0] in MEDIA)
            )
        )
        place = place or bool(re.fullmatch(r"(?:the )?\w+ (?:section|part)", low))
        if m is not None:
            s = f"In the {low.removeprefix('the ')}, {s[m.end() :]}" if place else s[m.end() :]
    return Labelled(s, concern, tuple(labels), guard)
