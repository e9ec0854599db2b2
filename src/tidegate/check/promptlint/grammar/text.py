"""Words: tokens with their offsets, numerals, and quotations set aside.

No model and no word list beyond the linter's own lexicon: every rule here can be read.
"""

# ruff: noqa: E501

import re
from functools import lru_cache
from typing import NamedTuple

from tidegate.check.promptlint.grammar.lemmas import lemma

_ONES = {
    w: n for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"])
}  # fmt: skip


_TENS = {
    w: 10 * n
    for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}


_SCALES = {"hundred": 100, "thousand": 1000, "dozen": 12}


_ORDINALS = {
    w: n for n, w in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], start=1)
}  # fmt: skip


TOKEN = re.compile(
    r"""(?>[^\W\d_]+(?:['’][^\W\d_]+)?)(?!\w)            # a word, with its apostrophe: most tokens
      | \x01\d+\x02                                   # a quotation set aside
      | [A-Za-z_][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\(\))?   # snake_case
      | [A-Za-z]\d\b                                     # H1
      | [^\W\d_]+(?:['’][^\W\d_]+)?                  # the same before a digit or an underscore
      | \d{1,3}(?:,\d{3})+(?!\d) | \d+(?:\.\d+)?
      | ≤ | ≥ | <= | >= | \.\.\. | \S""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A token: as written, in lower case, its lemma, and [start, end) in the sentence."""

    text: str
    low: str
    lemma: str
    start: int
    end: int

    @property
    def quote(self) -> bool:
        """Whether it stands for a quotation."""
        return self.text.startswith("\x01")


class Masked(NamedTuple):
    """A sentence with its quotations replaced by marks; `quotes[i]` is the text of mark i."""

    text: str
    quotes: tuple[str, ...]
    code: tuple[bool, ...]  # whether quotation i stood in backticks


QUOTED = re.compile(
    r'`{1,3}([^`\n]+)`{1,3}'
    r'|"([^"\n]{1,600})"'
    r"|“([^”\n]{1,600})”"
    r"|«\s*([^»\n]{1,600}?)\s*»"
    r"|‘([^’\n]{1,300})’"
    r"|(?<![\w'])'([^'\n]{1,300}(?:'[a-z]{1,2}\b[^'\n]*)*)'(?!\w)"
)  # fmt: skip


@lru_cache(maxsize=20_000)
def mask(text: str) -> Masked:
    """Set quotations aside, so that no word inside them is read as an instruction."""
    quotes: list[str] = []
    code: list[bool] = []

    def put(match: re.Match[str]) -> str:
        inner = next(g for g in match.groups() if g is not None)
        quotes.append(inner.strip())
        code.append(match.group(1) is not None)
        return f" \x01{len(quotes) - 1}\x02 "

    out = QUOTED.sub(put, text)
    out = re.sub(r"\*\*|__(?=\w)|(?<=\w)__", " ", out)
    out = re.sub(r"(?<![\w*])\*(?=\w)|(?<=\w)\*(?![\w*])", " ", out)
    return Masked(out, tuple(quotes), tuple(code))


@lru_cache(maxsize=20_000)
def tokens(masked: str) -> tuple[Token, ...]:
    """Tokens of a masked sentence; hyphens part words ("20-word", "plain-text")."""
    out = []
    for m in TOKEN.finditer(masked):
        t = m.group(0)
        if t in "-‐‑" and not (masked[m.start() - 1 : m.start()].isdigit() and masked[m.end() : m.end() + 1].isdigit()):
            continue
        low = t.lower().replace("’", "'")
        out.append(Token(t, low, lemma(low), m.start(), m.end()))
    return tuple(out)


def number_at(toks: tuple[Token, ...], i: int) -> tuple[int, int] | None:
    """The cardinal number that starts at token i: (value, index after it), or None.

    Reads digits (also 1,200), number words ("one hundred and twenty"), "a dozen", "half a dozen",
    "a couple of".
    """
    if i >= len(toks):
        return None
    low = toks[i].low
    if low[0].isdigit():
        if "." in low:
            return None
        value = int(low.replace(",", ""))
        if i + 1 < len(toks) and toks[i + 1].low in ("k",) and toks[i + 1].start == toks[i].end:
            return value * 1000, i + 2
        if i + 1 < len(toks) and toks[i + 1].low in ("thousand", "hundred", "dozen"):
            return value * _SCALES[toks[i + 1].low], i + 2
        return value, i + 1
    if low == "half" and i + 2 < len(toks) and toks[i + 1].low == "a" and toks[i + 2].low == "dozen":
        return 6, i + 3
    if low == "a" and i + 1 < len(toks):
        nxt = toks[i + 1].low
        if nxt in _SCALES:
            return _words_number(toks, i + 1, 1)
        if nxt == "couple":
            return 2, i + (3 if i + 2 < len(toks) and toks[i + 2].low == "of" else 2)
        if nxt == "single":
            return 1, i + 2
        return None
    if low == "single" or low == "lone":
        return 1, i + 1
    if low in _ONES or low in _TENS:
        return _words_number(toks, i, 0)
    return None


def _words_number(toks: tuple[Token, ...], i: int, start: int) -> tuple[int, int]:
    total, current, j = 0, start, i
    while j < len(toks):
        w = toks[j].low
        if w in _ONES:
            current += _ONES[w]
        elif w in _TENS:
            current += _TENS[w]
        elif w in ("hundred", "dozen"):
            current = max(current, 1) * _SCALES[w]
        elif w == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif (
            w in ("-", "and")
            and j + 1 < len(toks)
            and (toks[j + 1].low in _ONES or toks[j + 1].low in _TENS)
            and ((w == "-" and j > i and toks[j - 1].low in _TENS) or (w == "and" and current >= 100))
        ):
            j += 1
            continue
        else:
            break
        j += 1
        if (
            j < len(toks)
            and toks[j].low not in ("hundred", "thousand", "dozen", "-", "and")
            and (toks[j].low not in _ONES and toks[j].low not in _TENS)
        ):
            break
        if j < len(toks) and toks[j - 1].low in _ONES and toks[j].low in (*_ONES, *_TENS):
            break  # "two three" are two numbers
    return total + current, j


def ordinal(word: str) -> int | None:
    """`first` → 1, `last` → -1, `3rd` → 3; None for other words."""
    if word in _ORDINALS:
        return _ORDINALS[word]
    if word in ("last", "final", "closing"):
        return -1
    m = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
    return int(m.group(1)) if m else None


def word_count(text: str) -> int:
    """Words of a literal text, as length limits count them."""
    return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text))
