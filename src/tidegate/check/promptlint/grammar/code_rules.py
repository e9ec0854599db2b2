"""Style of program text said in one sentence: what to write, how to compare, where a brace stands.

One row names a demand, the words by which it is recognised and, where it has two sides, the words
of either side.  The words of a construct that are left over narrow it ("never build SQL with
f-strings" forbids f-strings for SQL alone).
"""

# ruff: noqa: E501

import re
from functools import cache
from typing import Any, NamedTuple

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.drafts import Draft
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Constraint

# the cheap look: a sentence without one of these words is about no code
CODE = re.compile(
    r"\b(?:code|func\w*|methods?|class(?:es)?|variables?|constants?|docstrings?|strings?|comments?|types?|typed|annotat\w*|licen[sc]e\w*|operators?|equals sign|arithmetic"
    r"|assignments?|compar\w+|yoda|return\w*|braces?|lambdas?|recursi\w+|comprehensions?|globals?|f-strings?|imports?|blank lines?|empty lines?|none|true|false|null)\b|[=!]=",
    re.I,
)
NEGATED = re.compile(
    r"\b(?:no|not|never|without|avoid\w*|omit|skip|leave out|refrain|free of|instead of|rather than|forbidden|banned|prohibited|disallowed|off limits|tight)\b|n['’]t\b",
    re.I,
)
AFTERWARDS = re.compile(
    r"\b(?:(?:is|are) (?:not|never)|forbidden|banned|prohibited|disallowed|off limits|not allowed)\b", re.I
)
CONDITIONAL = re.compile(r"\s*(?:if|when|unless|whenever|where|in case|except)\b", re.I)
CLAUSE = re.compile(r"[,;](?![^()]*\))\s+|\.\s+|\b(?:but|and never|and not)\b")
STOP = re.compile(r"[.;]\s+")
PARENTHESIS = re.compile(r"\s*\([^()]*\)")
# words that say nothing of what a construct is for
PLAIN = word_set(
    "function method class file code inside within program script module variable argument parameter type value line statement block "
    "body string literal text source string expression result describe purpose full every all use write define make keep add put "
    "wrap declare prefer statement notice header license import name format formatting python java javascript typescript"
)
CODE_PLACES = word_set("docstring variable function method class constant argument parameter module file identifier")


class Construct(NamedTuple):
    """Something that is in the code or is not."""

    attribute: str
    words: str


class Sides(NamedTuple):
    """A demand with two sides: recognised by `about`, decided by the words of either side."""

    attribute: str
    about: str
    sides: dict[str, str]


CONSTRUCTS = (
    Construct("code-docstring", r"docstrings?"),
    Construct(
        "code-comments",
        r"(?:code|inline) comments?|comments?(?= (?:above|before|on|in (?:the|each|every|all|your|any)|to|for|at|inside) )|(?<=contain )(?:any )?comments?|comments?(?= in (?:the )?(?:code|function|class))|\bcomment(?= (?:every|each|all|the|your) (?:code|function|method|class|line|block))",
    ),
    Construct(
        "code-type-hints",
        r"type[- ](?:hints?|annotations?)|annotate (?:all |the )?(?:types?|functions?|arguments?|parameters?)",
    ),
    Construct(
        "code-blank-lines",
        r"(?:blank|empty) lines?(?= (?:inside|in|within) (?:a |the |any |each )?(?:function|method))|(?:function|method)s?(?: bod(?:y|ies))? (?:must |should )?(?:have|has|contains?) .*(?:blank|empty) lines?|steps of (?:a|each|every) (?:method|function) .*(?:blank|empty) lines?",
    ),
    Construct("code-lambda", r"lambdas?(?: functions?| expressions?)?"),
    Construct("code-recursion", r"recursion|recursive(?:ly)?(?: functions?| calls?)?"),
    Construct("code-comprehension", r"(?:list |dict |set )?comprehensions?"),
    Construct("code-global", r"global (?:variables?|state)|globals"),
    Construct("code-f-string", r"f-strings?"),
    Construct(
        "code-class",
        r"(?:define|declare|write|create|introduce)s? (?:any |a |new )*class(?:es)?|wrap (?:the |your |all )?code in (?:a )?class(?:es)?",
    ),
    Construct("code-from-import", r"[\"“]?from[\"”]? imports?|from module import|[\"“]from \w+ import \w+[\"”]"),
)
TWO_SIDED = (
    Sides(
        "code-singleton-test",
        r"\b(?:none|true|false|null|singletons?)\b",
        {
            "identity": r"`is`|\bis (?:not )?none|\bby is\b|truthiness|identity",
            "equality": r"[=!]=|equality|double equals",
        },
    ),
    Sides(
        "code-comparison-order",
        r"\byoda (?:conditions?|comparisons?|style|notation)\b|\b(?:variable|name|constant|singleton|literal)s?\b.*\b(?:compar|condition|test)|\b(?:compar|condition)\w*\b.*\b(?:variable|name|constant|singleton|literal)",
        {
            "constant first": r"\b(?:constants?|singletons?|literals?) (?:first|before|on the left|goes first)|\byoda (?:conditions?|comparisons?|style|notation)\b",
            "variable first": r"\b(?:variables?|names?) (?:first|before|on the left|goes first)",
        },
    ),
    Sides(
        "code-returned",
        r"\breturn",
        {
            "named": r"\b(?:store|assign|save|put|keep)\b.*\b(?:in|to) an? (?:\w+ )?variable\b.*\breturn",
            "direct": r"\breturn\b.*\b(?:without (?:storing|assigning|an? (?:temporary|intermediate) variable|(?:temporary|intermediate) variables))",
        },
    ),
    Sides(
        "code-returns",
        r"\breturns?\b|guard clause",
        {
            "early": r"\bearly returns?\b|\breturn early\b|\bguard clauses?\b",
            "one": r"\b(?:exactly|only|just|at most) one return\b|\bsingle (?:exit|return)\b",
        },
    ),
    Sides(
        "code-brace",
        r"\bbraces?\b",
        {"same line": r"\bsame line\b|end of the line", "own line": r"\b(?:own|new|next|separate) line\b"},
    ),
)
NAMED_STYLES = {
    "snake_case": r"snake[_ ]?case", "camelCase": r"camel[_ ]?case", "PascalCase": r"pascal[_ ]?case",
    "UPPER_CASE": r"(?:screaming|upper)[_ ](?:snake[_ ])?case|all caps", "lowercase": r"lower[_ ]?case",
}  # fmt: skip
NAMED_THINGS = r"\b(variable|function|method|class|constant|argument|parameter|module|file|identifier)(?:e?s)?\b"
LICENSES = {"mit": r"\bmit\b", "apache": r"\bapache\b", "gpl": r"\bl?gpl\b", "bsd": r"\bbsd\b", "mpl": r"\bmpl|mozilla\b", "isc": r"\bisc\b"}  # fmt: skip


def code_rules(text: str) -> tuple[Draft, ...]:
    """What a sentence asks of program text; nothing where it has a condition or speaks of no code."""
    if not CODE.search(text) or CONDITIONAL.match(text):
        return ()
    out: list[Draft] = []
    for attribute, read in READERS:
        if _regex(attribute).search(text):
            out += read(text)
    return tuple(out)


@cache
def _regex(source: str) -> re.Pattern[str]:
    return re.compile(source, re.I)


def _draft(
    attribute: str, operator: str, value: Any = None, restrict: tuple[str, ...] = (), place: str = "code"
) -> Draft:
    return Draft(Constraint(attribute, operator, value), ("part", place), restrict, universal=not restrict)


def _negative(clause: str, start: int, end: int) -> bool:
    """Whether what stands at [start, end) of a clause is forbidden."""
    return bool(NEGATED.search(clause[:start]) or AFTERWARDS.search(clause[end:]))


def _clauses(text: str) -> list[str]:
    return [c for c in CLAUSE.split(PARENTHESIS.sub("", text)) if c.strip()]


def _constructs(text: str) -> list[Draft]:
    out = []
    for clause in _clauses(text):
        for attribute, words in CONSTRUCTS:
            m = _regex(words).search(clause)
            if m is None or (
                attribute == "code-docstring" and re.search(r"quotes|line docstring|repeat", clause, re.I)
            ):
                continue
            inside = NEGATED.search(m.group(0))
            negative = bool(inside) or _negative(clause, m.start(), m.end())
            rest = re.findall(r"[a-z]+", f"{clause[: m.start()]} {clause[m.end() :]}".lower())
            words_left = sorted({w for w in map(lemma, rest) if not _plain(w)})
            out.append(_draft(attribute, "absent" if negative else "present", None, tuple(words_left)))
            if attribute == "code-type-hints" and (back := re.search(r"\breturn types?\b", text, re.I)):
                bare = bool(re.search(r"\bnot on\W+$", text[: back.start()], re.I))
                out = [_draft(attribute, "absent" if negative else "present")]
                if "optional" in text.lower():
                    return []
                out.append(_draft("code-return-hints", "absent" if bare or negative else "present"))
    return out


def _plain(word: str) -> bool:
    return (
        word in PLAIN
        or word in lexicon.BENIGN
        or word in lexicon.USERS
        or len(word) < 3
        or NEGATED.fullmatch(word) is not None
    )


def _sided(text: str, rule: Sides) -> bool:
    return any(_regex(words).search(text) for words in rule.sides.values())


def _two_sided(text: str) -> list[Draft]:
    out = []
    for attribute, about, sides in TWO_SIDED:
        if not _regex(about).search(text):
            continue
        if (
            attribute == "code-singleton-test"
            and _regex(TWO_SIDED[1].about).search(text)
            and _sided(text, TWO_SIDED[1])
        ):
            continue  # "`x is None`, not `None is x`" speaks of the order
        for clause in STOP.split(PARENTHESIS.sub("", text)):
            told = {value: m for value, words in sides.items() if (m := _regex(words).search(clause))}
            if len(told) == 1:
                ((value, m),) = told.items()
                yes = attribute == "code-returned" or not _negative(clause, m.start(), m.end())
                out.append(_draft(attribute, "is" if yes else "not-one-of", value if yes else [value]))
                break
    return out


def _spacing(text: str) -> list[Draft]:
    """Spaces around the operators of arithmetic and of assignment."""
    out: dict[str, bool] = {}
    for clause in _clauses(text):
        here = _regex(r"\barithmetic\b").search(clause), _regex(r"\bassignment\b|\bequals sign\b").search(clause)
        spaced = not _regex(r"\b(?:no|without|never|tight|not)\b").search(clause)
        if (not any(here) and not _regex(r"\boperators?\b").search(clause)) or "not enforced" in clause:
            continue
        if here[0] or not here[1]:
            out["code-arithmetic-spaces"] = spaced
        if here[1] or not here[0]:
            out["code-assignment-spaces"] = spaced
        if here[1] and not here[0] and spaced and _regex(r"\bonly\b").search(clause):
            out["code-arithmetic-spaces"] = False
    return [_draft(a, "present" if yes else "absent") for a, yes in out.items()]


def _names(text: str) -> list[Draft]:
    style = [s for s, words in NAMED_STYLES.items() if _regex(words).search(text)]
    things = dict.fromkeys(lemma(m.group(1).lower()) for m in _regex(NAMED_THINGS).finditer(text))
    if len(style) != 1 or not things:
        return []
    yes = not NEGATED.search(text)
    return [
        _draft("naming", "is" if yes else "not-one-of", style[0] if yes else style, place=thing) for thing in things
    ]


def _quotes(text: str) -> list[Draft]:
    kinds = [k for k in ("single", "double") if _regex(rf"\b{k} quot").search(text)]
    if len(kinds) != 1 or not _regex(r"\bstrings?\b|\bliterals?\b|\bdocstrings?\b").search(text):
        return []
    place = "docstring" if _regex(r"\bdocstrings?\b").search(text) else "code"
    yes = not NEGATED.search(text)
    return [_draft("string-quotes", "is" if yes else "not-one-of", kinds[0] if yes else kinds, place=place)]


def _license(text: str) -> list[Draft]:
    if _regex(
        r"\b(?:repeat|license|licence)(?:\.txt|\.md)| repeat\b|\b(?:user|customer|driver|driving)['’]?s?\b"
    ).search(text) or not _regex(r"\b(?:notice|header|text|file|code|comment)s?\b").search(text):
        return []
    m = _regex(r"\blicen[sc]e\b").search(text)
    if m is None or _negative(text, m.start(), m.end()):
        return [_draft("code-license", "absent")] if m else []
    kinds = [k for k, words in LICENSES.items() if _regex(words).search(text)]
    return [_draft("code-license", "present"), *(_draft("code-license-kind", "is", k) for k in kinds[:1])]


READERS = (
    ("|".join(c.words for c in CONSTRUCTS), _constructs),
    ("|".join(s.about for s in TWO_SIDED), _two_sided),
    (
        r"\bspac(?:es?|ing)\b.*\b(?:operators?|equals sign|assignment|arithmetic)\b|\b(?:operators?|equals sign)\b.*\bspac(?:es?|ing)\b",
        _spacing,
    ),
    ("|".join(NAMED_STYLES.values()), _names),
    (r"\bquot(?:es?|ed|ation marks?)\b", _quotes),
    (r"\blicen[sc]e\b", _license),
)
