"""Which part or element of the reply a clause speaks of: "in the SUMMARY section", "the greeting is …", "each bullet"."""

# ruff: noqa: E501

import re
from collections.abc import Callable

from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.vocabulary import ELEMENTS
from tidegate.check.promptlint.grammar.wordset import word_set

PART_NAMED = re.compile(
    r"(?<!outside )\b(?:in|under|within|inside|for|of|into) (?:a |the |your |each |every |any )?(?:(?P<a>[\w\x01\x02-]+(?: [\w-]+)?) +)?(?P<n>section|part|block|field|column)s?(?: (?:called|named|titled|labell?ed) (?P<b>[\w\x01\x02]+))?"
)
PART_CALLED = re.compile(
    r"\bsections? (?:called|named|titled|labell?ed|headed) (?P<b>[\w\x01\x02]+(?: [\w\x01\x02]+)?)"
)
PART_IS = re.compile(
    r"^(?:the |each |every |all |your |any )?(?:(?:one|two|three|four|five|single|\d+)[- ](?:line|sentence|word|paragraph|page) |short |brief )?(?P<a>title|headline|subject line|body|heading|summary|introduction|conclusion|intro|outro|caption|footer|abstract|opening|closing|overview|appendix|preamble|header|postscript|signature)s? (?:must|should|has|have|is|are|may|needs?|can|in|at|under|stays?|keeps?|uses?|sounds?|reads?|contains?)\b"
)
PART_THEN = re.compile(
    r"^(?:\w+ ){1,4}?(?:the|your|each|every) (?P<a>title|headline|subject line|body|heading|summary|introduction|conclusion|intro|outro|caption|footer|abstract)s? (?:in|under|below|to|at|within|short)\b"
)
MEDIUM_IS = re.compile(
    r"^(?:the |all |your |every |each )?(?P<a>email|letter|tweet|post|sms|text message|chat message|chat|report|article|newsletter|comment|ticket|note|memo)s? (?:is|are|must|should|has|have|uses?|needs?|stays?)\b"
)
SPOKEN = re.compile(
    r"^(?:the |all |every |each |your )?(?P<a>spoken|written|printed|verbal|voice|audio|email|chat|phone|mobile|sms|push) (?:answer|reply|replie|response|message|text|output)s?\b"
)
PART_FIRST = re.compile(
    r"^(?:the |each |every |all |your |any )? *(?P<a>[\w\x01\x02-]+) +(?P<n>section|part|block|field|paragraph)s?\b"
)
_AMOUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|eighty|a hundred)"

_LONG = rf"(?:at least |at most |exactly |up to |under |over |no more than |no fewer than |not more than |just |only )?{_AMOUNT} (?:single )?(?:sentence|word|line|paragraph|character|bullet)s?\b"

# "has a summary of 50 words or more", "the greeting is one sentence", "write the closing paragraph as prose"
PART_HELD = re.compile(
    rf"\b(?:has|have|contains?|includes?) (?:an? |the |one )(?P<a>(?:title|headline|summary|introduction|conclusion|intro|outro|abstract|overview|footer|header|greeting|sign-?off|disclaimer|caption|appendix|preamble)|[\w\x01\x02-]+(?= (?:section|part|block)))(?: (?:section|part|block))? (?:of|with) {_LONG}"
)

PART_SIZED = re.compile(
    rf"^(?:the |each |every |your |any )?(?P<a>greeting|salutation|sign-?off|farewell|apology|disclaimer|teaser|tagline|byline|slogan|hook|quote) (?:is|are|has|have|takes?|consists? of|must be|should be|must have|runs? to|stays? under|fits? in) {_LONG}"
)

PART_WRITTEN = re.compile(
    r"^(?:always |please )?(?:write|give|put|keep|format|phrase|set|present|show|render|make) (?:the|your|each|every) (?P<a>(?:opening|closing|first|last|final|second|third|introductory|concluding) (?:paragraph|sentence|line|section|part|bullet|item))(?= (?:as|in|into|with|to|under|below|bold|short|brief)\b)"
)


def place_of(low: str, parts: tuple[str, ...], unquote: Callable[[str], str]) -> tuple[str, ...]:
    """The named part or element the clause speaks of, from "in the X section" or a leading phrase."""
    for text in parts:
        scope = part_of(re.sub(r"\x01\d+\x02", lambda m: unquote(m.group(0)), text))
        if scope:
            return scope
    named = PART_NAMED.search(low)
    called = PART_CALLED.search(low)
    if called:
        return ("part", unquote(called.group("b")))
    if (
        named
        and named.group("n") == "block"
        and (named.group("a") or "").split()[-1:][0:1] in (["code"], ["data"], ["json"])
    ):
        named = None  # a code block is a format, not a part
    if named and (named.group("a") or named.group("b")):
        return ("part", lemma(unquote(named.group("b") or named.group("a"))))
    place = PART_IS.match(low) or PART_THEN.match(low)
    if place:
        return ("part", lemma(place.group("a")))
    if held := PART_HELD.search(low) or PART_SIZED.match(low) or PART_WRITTEN.match(low):
        return ("part", lemma(unquote(held.group("a"))))
    medium = MEDIUM_IS.match(low)
    if medium:
        return ("part", lemma(medium.group("a").split()[0]))
    spoken = SPOKEN.match(low)
    if spoken:
        return ("part", spoken.group("a"))
    subject = PART_FIRST.match(low)
    if (
        subject
        and subject.group("a")
        not in word_set("the each every all a an no one this that any two three four five six seven eight nine ten")
        and not (subject.group("n") == "block" and subject.group("a") in ("code", "data", "json"))
    ):
        return ("part", lemma(unquote(subject.group("a"))))
    return ()


def part_of(text: str) -> tuple[str, ...]:
    """The scope a phrase names: "the SUMMARY section" → part summary, "each bullet" → each bullet."""
    toks = tokens(text)
    lemmas = [t.lemma for t in toks]
    each = bool({"each", "every", "all", "any", "per"} & {t.low for t in toks})
    if (
        toks
        and toks[-1].lemma in ELEMENTS
        and (each or toks[-1].low != toks[-1].lemma)
        and toks[-1].lemma not in ("summary", "title", "section")
    ):
        return (f"each {ELEMENTS[toks[-1].lemma]}",)
    words = [
        lem
        for lem, t in zip(lemmas, toks, strict=True)
        if t.low[0].isalnum()
        and t.low not in word_set("the a an your of in for each every section sections part called named titled output")
    ]
    return ("part", " ".join(words)) if words else ()
