# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Words that mean something inside an expression, and those that end one."""

from __future__ import annotations

import re

STOP = frozenset(["is", "are", "was", "were", "be", "and", "so", "then", "which", "that", "this", "these", "those", "the", "a", "an", "of", "equals", "gives", "for", "to", "because", "since", "we", "he",
    "she", "it", "they", "you", "i", "if", "or", "but", "in", "on", "at", "by", "with", "as", "thus", "therefore", "hence", "from", "while", "when", "where", "into", "has", "have", "had", "will",
    "would", "can", "could", "there", "their", "his", "her", "its", "also", "however", "per", "about", "approximately", "not", "now", "each", "every", "all", "only", "after", "before", "than"])  # fmt: skip


TIMES_WORDS = frozenset({"x", "X", "times"})


PLUS_WORDS = {"plus": "+", "minus": "-", "times": "*"}


CHANGES_MEANING = frozenset(["squared", "cubed", "mod", "modulo", "remainder", "choose", "base", "factorial", "square", "root", "cube", "log", "ln", "less", "fewer", "half", "twice", "double", "triple", "thrice",
    "quarter", "third", "fifth", "tenth", "power", "reciprocal", "inverse", "negative", "sum", "product", "difference", "average", "mean", "quotient", "ratio", "doubled", "tripled", "halved", "mod.",
    "div", "percentile"])  # fmt: skip


SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}


FUNCTIONS = {"ln": "ln", "log": "log10", "log2": "log2", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sqrt": "sqrt",
             "\\ln": "ln", "\\log": "log10", "\\exp": "exp", "\\sin": "sin", "\\cos": "cos", "\\tan": "tan",
             "arctan": "arctan", "arcsin": "arcsin", "arccos": "arccos", "\\arctan": "arctan", "\\arcsin": "arcsin",
             "\\arccos": "arccos"}  # fmt: skip


UNIT_LETTERS = frozenset(
    ["m", "s", "g", "h", "L", "l", "N", "J", "W", "V", "A", "K", "C", "F", "Ω", "d", "H", "T", "Hz", "B", "M"]
)


WORD_NUMBERS = dict(zip(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
    [*range(21), 30, 40, 50, 60, 70, 80, 90], strict=True,
))  # fmt: skip


SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
# a letter, letters without a vowel, a LaTeX command, a short word with a Greek letter, a letter or two with a subscript (CO₂ and H₂O are none)
SYMBOLIC = re.compile(
    r"\\[A-Za-z]+|[A-Za-z]|(?!vs)[b-df-hj-np-tv-xz]{2,3}|(?=\w{0,5}[Ͱ-Ͽ])\w{1,6}|(?:[A-Za-z]|[a-z]{2})[₀-₉ₐ-ₜ]+"
)
SHORTENED = frozenset(["O₂", "N₂", "H₂", "pcs", "pc", "pts", "pt", "hrs", "hr", "wks", "wk", "yrs", "yr", "mths", "mth", "pkg", "pkt", "px", "fps", "mph", "rpm", "kph", "bps", "pps", "rps", "qps", "tps", "vs", "qty", "nm", "cts", "ct", "tbsp", "tsp", "vms", "vm", "gb", "mb", "kb", "tb"])  # fmt: skip
