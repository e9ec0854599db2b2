# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Answers in prose, Markdown, LaTeX and Unicode, as one stream of tokens with exact spans.

Nothing is rewritten before it is read: every token knows the characters of the original text
that it stands for, so that a verdict can be marked in place.  What the lexer does not know
becomes a `break`, which ends any expression: unknown text is never guessed at.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class Token(NamedTuple):
    """One token: its kind, its normal form, its span, and for numbers their value.

    Kinds: num, op (+ - * / ^), eq (= or ≈), open, close, word, label (text of a LaTeX \\text or
    unit macro), frac, sqrt, percent, currency, factorial, newline, break, skip.
    `ulp` is the place value of the last printed digit, `digits` the significant digits (of a label: 1 if it is set
    upright, as units are and variables are not);
    `other` is a second reading of an ambiguous separator (1,234 as 1.234), if there is one.
    """

    kind: str
    text: str
    start: int
    end: int
    value: Fraction = Fraction(0)
    ulp: Fraction = Fraction(0)
    digits: int = 0
    other: Fraction | None = None
    spaced: bool = False  # white space stands directly before it


GROUP = r"(?:,|\{,\}|\\,|[\u202f\u2009\u00a0])"
NUMBER = (
    rf"\d{{1,3}}(?:{GROUP}\d{{3}})+(?!\d)(?:\.\d+)?"  # 1,234,567.8
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d+)?"  # 1,00,000
    r"|\d{1,3}(?:\.\d{3})+,\d+(?!\d)"  # 1.234,5
    r"|(?<![\d,])\d+,\d+(?![\d,])(?!\.\d)"  # 3,5
    r"|\d+\.\d+|\d+|\.\d+"
)
EXPONENT = r"(?:[eE][+\-−]?\d+(?![\w.]))?"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
FRACTIONS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
             "⅞": (7, 8), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6)}  # fmt: skip

LEXER = (
    r"(?P<calc><<[^<>\n]{0,200}>>)"
    r"|(?P<newline>\n|\\\\(?![a-zA-Z])|\\newline)"
    r"|(?P<label>\\(?:text|mathrm|textrm|mathit|textit|textbf|mathbf|operatorname|mbox|rm|bf)\s*\{(?P<inner>[^{}]{0,200})\})"
    r"|(?P<call>(?<![\w\\])(?:(?:C|gcd|lcm|GCD|LCM|HCF|hcf|max|min)\(\s*[\-−]?\d{1,6}(?:\.\d{1,6})?(?:\s*,\s*[\-−]?\d{1,6}(?:\.\d{1,6})?){1,8}\s*\)|\d{1,3}[CP]\d{1,3}(?!\w))|\\[dt]?binom\s*\{\s*\d{1,3}\s*\}\s*\{\s*\d{1,3}\s*\})"
    r"|(?P<digits>\\[dtc]?frac\s*\d\s*\d(?!\d))"
    r"|(?P<frac>\\[dtc]?frac)"
    r"|(?P<sqrt>\\sqrt|√)"
    r"|(?P<times>\\times|\\cdot|\\ast|[×·⋅∙✕✖])"
    r"|(?P<div>\\div|÷)"
    r"|(?P<approx>\\approx|\\simeq|\\sim(?![a-z])|\\cong|[≈≃≅]|~=)"
    r"|(?P<percent>%|\\%|(?<![\w])(?:percent|per\s?cent)(?!\w))"
    r"|(?P<pi>\\pi(?![a-z])|π|(?<![\w.\\])pi(?![\w.(]))"
    r"|(?P<degree>\^?\s?\{?\\circ\}?|°)"
    r"|(?P<relation>==+|[<>!:+\-*/]=|=>|=<|<-+|->|-->|[<>≤≥≠≡∝→⇒⟹←↔⇌∈±∓∞]|\\(?:pm|mp|leq?|geq?|neq?|lt|gt|to|rightarrow|Rightarrow|implies|longrightarrow|equiv|propto|in|sum|int|prod|infty|ldots|dots|cdots|choose|pmod|bmod|mod)(?![a-zA-Z]))"
    r"|(?P<delimiter>\\[()\[\]])"
    r"|(?P<skip>\\(?:left|right|displaystyle|quad|qquad|boxed|big[lr]?|Big[lr]?|begin\{[a-z*]+\}|end\{[a-z*]+\})(?![a-zA-Z])|\\[,;!: ]|&)"
    r"|(?P<escaped>\\\$)"
    r"|(?P<escstar>\\\*)"
    r"|(?P<greek>\\[a-zA-Z]+)"
    r"|(?P<rest_clock>(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d))"
    r"|(?P<radix>(?<![\w.])0(?:[xX][0-9A-Fa-f_]+|[bB][01_]+|[oO][0-7_]+)(?!\w|\.\w))"
    r"|(?P<logbase>(?<![\w\\])\\?log(?:_?\{?(?:10|2)\}?|₂|₁₀)(?=\s?[({]))"
    rf"|(?P<num>(?:{NUMBER}){EXPONENT})"
    r"|(?P<vulgar>[½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚])"
    r"|(?P<super>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)"
    r"|(?P<power>\*\*|\^)"
    r"|(?P<word>[^\W\d_]+(?:['’\-][^\W\d_]+)*)"
    r"|(?P<eq>=)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|(?P<currency>[$£€¥₹])"
    r"|(?P<star>\*)"
    r"|(?P<sign>[+\-−–])"
    r"|(?P<abs_open>(?<![\w)\]}|])\|(?=[+\-−]?[\d(][^|=\n]{0,40}\|))|(?P<abs_close>(?<=[\d)])\|(?=[\s+\-−*/^=.,);×·÷]|\Z))"
    r"|(?P<slash>[/⁄∕])"
    r"|(?P<factorial>!)"
    r"|(?P<space>[ \t\r\u00a0\u2009\u202f\u200b~]+)"
    r"|(?P<rest>.)"
)

UPRIGHT = ("\\text{", "\\mathrm{", "\\textrm{")
SPACING = ("\\ ", "\\,", "\\;", "\\:", "~")
# Most of a text is plain words, whole numbers and single signs, often with one space before them: read first, as LEXER
# reads them, without its thirty alternatives.  What follows a sign here is what makes it that sign alone.
PLAIN = (
    r" ?(?:(?P<plain>(?!per(?:cent)?\b|pi\b)[A-Za-z]+(?![\w'’\-({]))"
    r"|(?P<whole>(?<![.,:\w\\\u202f\u2009\u00a0])\d{1,15}(?:\.\d{1,15})?(?=[ )\n*+=\-%}]|/(?!=)|[.,][ \n]|\Z))"
    r"|(?P<one>[,;:?](?=[ \n]|\Z)|\.(?=[ \n]|\Z)|[()}\n]|\{(?=[\w.])|=(?![=<>])|[+/](?!=)|\*(?<= .)(?= )|-(?<=[\w)] .)(?= )|(?<=\d)[*\-](?=\d)|\^(?=\w|\{\w)"
    r"|[%\"'“”‘’]|\|(?<![\d)].)(?![+\-−\d(])|\$(?=\d)))"
    r"|(?P<gap>[ \t\r\u00a0\u2009\u202f\u200b]++(?![\\{~]))"
)
TOKENS = re.compile(f"{PLAIN}|{LEXER}", re.S)
QUICK = frozenset({"plain", "whole", "one"})
WHOLE, NOTHING = Fraction(1), Fraction(0)
SINGLE = {",": "break", ";": "break", ".": "break", ":": "break", "?": "break", '"': "break", "'": "break", "“": "break", "”": "break", "‘": "break", "’": "break", "|": "break", "=": "eq", "(": "open", "{": "open", ")": "close", "}": "close",
          "\n": "newline", "+": "op", "-": "op", "*": "op", "/": "op", "^": "op", "%": "percent", "$": "currency"}  # fmt: skip


DIGITS_MAX = 150
EXPONENT_MAX = 300


def power_of_ten(exponent: int) -> Fraction:
    """10^exponent; OverflowError where that is beyond what a float holds, before anything is computed."""
    if abs(exponent) > EXPONENT_MAX:
        raise OverflowError("too large an exponent")
    return Fraction(10) ** exponent


@lru_cache(maxsize=16384)
def number_value(text: str) -> tuple[Fraction, Fraction, int, Fraction | None]:
    """Value, place value of the last digit, significant digits, and the other reading if ambiguous.

    Raises OverflowError for numbers of more than `DIGITS_MAX` digits or a power of ten beyond `EXPONENT_MAX`: they would
    take as long as the writer likes, and no float holds them.
    """
    if len(text) > DIGITS_MAX:
        raise OverflowError("too many digits")
    if text.isascii() and text.isdigit():
        return Fraction(int(text)), WHOLE, len(text.lstrip("0")), None
    body, _, exponent = text.replace("E", "e").partition("e")
    scale = power_of_ten(int(exponent.replace("−", "-"))) if exponent else Fraction(1)
    plain = re.sub(r"\{,\}|\\,|[\u202f\u2009\u00a0]", "", body)
    other: Fraction | None = None
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif "," in plain and re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?|\d{1,2}(,\d{2})+,\d{3}(\.\d+)?", plain):
        if plain.count(",") == 1 and "." not in plain:
            other = Fraction(plain.replace(",", ".")) * scale
        plain = plain.replace(",", "")
    elif "," in plain:
        plain = plain.replace(",", ".")
    whole, _, decimals = plain.partition(".")
    ulp = Fraction(1, 10 ** len(decimals)) * scale
    digits = len((whole + decimals).lstrip("0"))
    return Fraction(plain if plain[0] != "." else "0" + plain) * scale, ulp, digits, other


def call_value(text: str) -> Fraction | None:
    """`C(5, 2)`, `5P2`, `\\binom{6}{2}`, `gcd(12, 18)`, `max(…)` as a number; None when it is none."""
    numbers = [Fraction(n.replace("−", "-")) for n in re.findall(r"[\-−]?\d+(?:\.\d+)?", text)]
    name = next(
        (n for n in ("binom", "gcd", "lcm", "hcf", "max", "min") if n in text.lower()), "P" if "P" in text else "binom"
    )
    if name in ("max", "min"):
        return max(numbers) if name == "max" else min(numbers)
    whole = [int(n) for n in numbers]
    if any(n.denominator != 1 or n < 0 for n in numbers):
        return None
    if name in ("gcd", "hcf"):
        return Fraction(math.gcd(*whole))
    if name == "lcm":
        return Fraction(math.lcm(*whole))
    if len(whole) != 2:
        return None
    return Fraction(math.comb(*whole) if name == "binom" else math.perm(*whole))


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Tokens of text[start:end]; spans count characters of the whole `text`.

    White space is dropped (tokens say whether it stood before them); linear in the length.
    """
    end = len(text) if end is None else end
    out: list[Token] = []
    spaced = False
    make, new = out.append, tuple.__new__  # half of the time of Token(…), and most of an answer is words
    for found in TOKENS.finditer(text, start, end):
        kind = found.lastgroup
        if kind == "gap" or kind == "space":
            spaced = True
            continue
        s, e = found.span()
        raw = text[s:e]
        if kind in QUICK and raw[0] == " ":
            s, raw, spaced = s + 1, raw[1:], True
        if kind == "plain":
            make(new(Token, ("word", raw, s, e, NOTHING, NOTHING, 0, None, spaced)))
        elif kind == "whole":
            value, ulp, digits, other = number_value(raw)
            make(new(Token, ("num", raw, s, e, value, ulp, digits, other, spaced)))
        elif kind == "one" and (raw != "$" or text.find("\\", e, e + 90) < 0):
            make(new(Token, (SINGLE[raw], raw, s, e, NOTHING, NOTHING, 0, None, spaced)))
        else:
            kind = "currency" if kind == "one" else kind
            # 18\ \text{J}: an upright word set off from its number is a unit, no factor
            apart = spaced or (raw.startswith(UPRIGHT) and bool(out) and out[-1].end == s and out[-1].text in SPACING)
            make(_token("label" if kind == "inner" else kind or "rest", raw, s, e, text, apart, found))
        spaced = False
    return out


def _token(kind: str, raw: str, s: int, e: int, text: str, spaced: bool, found: re.Match[str]) -> Token:
    before = text[s - 1] if s else "\n"
    after = text[e] if e < len(text) else "\n"
    if kind == "num":
        if len(raw) > 60:
            return Token("break", raw, s, e, spaced=spaced)
        try:
            value, ulp, digits, other = number_value(raw)
        except OverflowError:
            return Token("break", raw, s, e, spaced=spaced)
        return Token("num", raw, s, e, value, ulp, digits, other, spaced)
    if kind == "call":
        called = call_value(raw)
        return Token(
            "break" if called is None else "call", raw, s, e, called or Fraction(0), Fraction(1), 99, None, spaced
        )
    if kind in ("abs_open", "abs_close"):
        return Token("open" if kind == "abs_open" else "close", "|", s, e, spaced=spaced)
    if kind == "logbase":
        return Token("word", "log2" if "2" in raw or "₂" in raw else "log", s, e, spaced=spaced)
    if kind == "radix":
        digits_only = raw.replace("_", "")
        if len(raw) > 40 or len(digits_only) == 2:  # `0x_`: a sign of a radix and no digit
            return Token("break", raw, s, e, spaced=spaced)
        value = Fraction(int(digits_only, 0))
        return Token("num", raw, s, e, value, Fraction(1), 99, None, spaced)
    if kind == "vulgar":
        a, b = FRACTIONS[raw]
        return Token("num", raw, s, e, Fraction(a, b), Fraction(0), 9, None, spaced)
    if kind == "digits":  # \\frac12
        above, below = re.findall(r"\d", raw)
        return (
            Token("num", raw, s, e, Fraction(int(above), int(below)), Fraction(0), 9, None, spaced)
            if below != "0"
            else Token("break", raw, s, e)
        )
    if kind == "pi":
        return Token("pi", "π", s, e, spaced=spaced)
    if kind in ("times", "div"):
        return Token("op", "*" if kind == "times" else "/", s, e, spaced=spaced)
    if kind == "slash":
        return Token("op", "/", s, e, spaced=spaced)
    if kind == "star":
        bullet = before in "\n" and after in " \t"
        emphasis = (before.isspace() or before in "(") != (after.isspace() or after in ".,;:)")
        return Token("break" if bullet else "skip" if emphasis else "op", "*", s, e, spaced=spaced)
    if kind == "power":
        if raw == "**" and not ((before.isalnum() or before in ")]}") and (after.isdigit() or after in "(-")):
            return Token("skip", raw, s, e, spaced=spaced)
        return Token("op", "^", s, e, spaced=spaced)
    if kind == "super":
        return Token("super", raw.translate(SUPERSCRIPTS), s, e, spaced=spaced)
    if kind == "sign":
        if raw == "–" and not (spaced and after == " "):
            return Token("break", raw, s, e, spaced=spaced)
        if raw == "-" and after in " \t" and not text[max(0, s - 40) : s].rpartition("\n")[2].strip():
            return Token("break", raw, s, e, spaced=spaced)  # a list bullet
        return Token("op", "+" if raw == "+" else "-", s, e, spaced=spaced)
    if kind == "approx":
        return Token("eq", "≈", s, e, spaced=spaced)
    if kind == "eq":
        return Token("eq", "=", s, e, spaced=spaced)
    if kind == "label":
        upright = int(raw.startswith(("\\text{", "\\mathrm", "\\textrm", "\\rm")))
        inner = (found.group("inner") or "").replace("~", " ").strip()
        return Token("label", inner, s, e, digits=upright, spaced=spaced)
    if kind == "degree":
        return Token("word", "°", s, e, spaced=spaced)
    if kind == "greek":
        return Token("word", raw, s, e, spaced=spaced)
    if kind == "currency":
        if (
            raw == "$"
            and "\\" in text[e : e + 90]
            and re.match(r"[^$\n]{0,80}\\[a-zA-Z][^$\n]{0,80}\$", text[e : e + 170])
        ):
            return Token("skip", raw, s, e, spaced=spaced)  # $0.1 \times 0.1$ is mathematics
        nxt = text[e : e + 2].lstrip()
        kind = "currency" if raw != "$" or (nxt[:1].isdigit() or re.match(r"\.\d", nxt)) else "skip"
        return Token(kind, raw, s, e, spaced=spaced)
    if kind == "escstar":
        return Token("op", "*", s, e, spaced=spaced)
    if kind == "escaped":
        return Token("currency", "$", s, e, spaced=spaced)
    if kind == "rest_clock":  # 5:00 is a time of day
        return Token("break", raw, s, e, spaced=spaced)
    if kind == "rest":
        if raw == "`" or (raw == "_" and (before in " \n" or after in " \n.,")):
            return Token("skip", raw, s, e, spaced=spaced)
        return Token("break", raw, s, e, spaced=spaced)
    if kind in ("relation",):
        return Token("break", raw, s, e, spaced=spaced)
    if kind == "delimiter":
        return Token("skip", raw, s, e, spaced=spaced)
    return Token(kind, raw, s, e, spaced=spaced)
