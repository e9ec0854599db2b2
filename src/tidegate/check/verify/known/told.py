# ruff: noqa: E501  (patterns read best on one line)
"""Equations that the words around a program state, held against what it computes under the same names.

`waiting = turnaround - burst`, `t_max = ln(k2/k1)/(k2 - k1)`, `dv/dt = g - (k/m) v²`: from prose, docstrings, comments, and LaTeX.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from tidegate.check.verify.code.parsed import walk
from tidegate.check.verify.known.matching import Form, plain
from tidegate.check.verify.known.terms import FUNCTIONS, size

GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lam", "μ": "mu",
         "ν": "nu", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega", "π": "pi", "Δ": "Delta", "·": "*", "×": "*", "−": "-", "²": "^2", "³": "^3", "√": "sqrt", "∂": "d", "⋅": "*", "½": "0.5 "}  # fmt: skip
RATE = re.compile(r"^d ?\[?([A-Za-z]\w*)\]? ?/ ?d ?t$|^([A-Za-z]\w*)'$|^\\?dot\{? ?([A-Za-z]\w*)\}?$")
SECOND = re.compile(r"^d\^?2 ?([A-Za-z]\w*) ?/ ?d ?t ?\^?2$|^([A-Za-z]\w*)''$|^\\?ddot\{? ?([A-Za-z]\w*)\}?$")
LEFT = (
    r"(?:d ?\[?[A-Za-z]\w*\]? ?/ ?d ?t|d\^?2 ?[A-Za-z]\w* ?/ ?d ?t ?\^?2|[A-Za-z]\w*'{0,2}|\\d?dot\{? ?[A-Za-z]\w*\}?)"
)
EQUATION = re.compile(rf"(?<![\w/.'\])=<>*^+\[\\-])(?=({LEFT}) ?= ?([^=<>~≈,;:\n\"`$&?!→]+))")
TOKEN = re.compile(r"\d+\.?\d*(?:e[-+]?\d+)?|\[[A-Za-z]\w*\]|[A-Za-z]\w*|\*\*|[-+*/^()]")
WORDS = frozenset(
    [
        "and",
        "or",
        "is",
        "the",
        "with",
        "where",
        "for",
        "of",
        "to",
        "at",
        "in",
        "on",
        "by",
        "so",
        "then",
        "which",
        "when",
        "that",
        "this",
        "as",
        "a",
        "an",
        "we",
        "if",
        "per",
        "over",
        "from",
        "each",
        "here",
        "i.e",
        "be",
        "are",
        "was",
        "it",
        "its",
    ]
)
SUMS = frozenset(
    [
        "sum",
        "prod",
        "product",
        "mean",
        "average",
        "integral",
        "int",
        "lim",
        "argmax",
        "argmin",
        "median",
        "var",
        "std",
        "number",
        "total",
    ]
)
TOLD_MAX = 40
SYMBOLS_MAX = 8


class Told(msgspec.Struct, frozen=True):
    """One equation of the text: of what, of which order of change (0: a formula), and its right side."""

    name: str
    order: int
    form: Form


def told(prose: str, tree: ast.Module, source: str) -> Iterator[Told]:
    """Every equation that the words of an answer state."""
    texts = [prose]
    texts += [
        text
        for n in walk(tree)
        if isinstance(n, ast.Module | ast.FunctionDef | ast.ClassDef) and (text := ast.get_docstring(n))
    ]
    texts += re.findall(r"#([^\n]*)", source)
    count = 0
    named: set[str] = set()
    for text in texts:
        if "=" not in text:
            continue
        text = _plain_text(text)
        for found in EQUATION.finditer(text):
            before = re.search(r"(\S+) *$", text[: found.start()])
            made = _told(found.group(1).strip(), found.group(2))
            factor = before.group(1) if before is not None else ""
            if made is not None and made.order and not named:
                named = _names(tree) - WORDS
            if made is not None and made.order and factor in named and not re.search(r"[-+*/^=] *\S+ *$", text[: found.start()]):  # fmt: skip
                made, before = Told(made.name, made.order, Form(f"({made.form.text})/{factor}")), None
            if made is not None and (before is None or not _factor(before.group(1))):
                yield made
                count += 1
                if count >= TOLD_MAX:
                    return


def _names(tree: ast.Module) -> set[str]:
    """The names and attributes of a program."""
    return {n.id if isinstance(n, ast.Name) else n.attr for n in walk(tree) if isinstance(n, ast.Name | ast.Attribute)}


def _factor(word: str) -> bool:
    """Whether what stands before a derivative multiplies it: `L dI/dt`."""
    return word[-1] in ")]*/+-^0123456789" or (len(word) <= 2 and word.isalpha() and word.lower() not in WORDS)


def _plain_text(text: str) -> str:
    """Greek, LaTeX and superscripts as a programmer writes them."""
    for letter, name in GREEK.items():
        text = text.replace(letter, name if not name.isalpha() else f" {name} " if name in ("pi", "sqrt") else name)
    for _ in range(3):
        text = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text)
    text = re.sub(r"\(\(d ?(\w+)\)/\(d ?t\)\)", r"d\1/dt", text)
    text = re.sub(
        r"\\(?:left|right|,|;|!|quad|text|mathrm|cdot|times)",
        lambda m: "*" if m.group() in ("\\cdot", "\\times") else " ",
        text,
    )
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = re.sub(r"_\{?(\w+)\}?", r"_\1", text)
    return re.sub(r"\\([A-Za-z]+)", r" \1 ", text)


def _told(left: str, right: str) -> Told | None:
    name, order = left, 0
    for pattern, n in ((RATE, 1), (SECOND, 2)):
        found = pattern.match(left)
        if found is not None:
            name, order = next(g for g in found.groups() if g), n
    if order and re.search(r"[A-Za-z]'|dot\b|/ ?d ?t\b", right):
        return None  # a derivative on the right: `x'' = -k x - c x'`
    expression = _expression(right)
    if expression is None or (order == 0 and name in WORDS):
        return None
    form = Form(expression)
    try:
        symbols, small = (
            form.symbols,
            size(form.tree) < 3 or (form.tree[0] == "*" and form.tree[1][0] == "n" and form.tree[2][0] == "x"),
        )
    except (SyntaxError, ValueError, RecursionError):
        return None
    if small or not symbols or len(symbols) > SYMBOLS_MAX or any(not s.isidentifier() for s in symbols):
        return None
    return Told(name, order, form) if order or plain(name) not in {plain(s) for s in symbols} else None


def _expression(text: str) -> str | None:
    """A right side with its products written out, up to where words begin; None where it is no arithmetic."""
    out: list[str] = []
    ended, depth, after = False, 0, ""
    for found in TOKEN.finditer(text):
        token, gap = found.group(), text[len(after) : found.start()]
        if gap.strip(" .") or (gap.count(".") and out):
            break
        if token.lower() in SUMS:
            return None
        if token.lower() in WORDS and len(token) > 1:
            break
        after = text[: found.end()]
        if token[0] == "[":
            token = token[1:-1]
        if token[0].isalnum():
            if ended and out[-1] not in FUNCTIONS and out[-1] != "ln":
                if token[0].isdigit():
                    break
                out.append("*")
            called = bool(out) and (out[-1] in FUNCTIONS or out[-1] == "ln")
            out += ["(", token, ")"] if called and token not in FUNCTIONS else [token]
            ended = token not in FUNCTIONS and token != "ln"
        elif token == "(":
            if ended:
                out.append("*")
            out.append(token)
            depth, ended = depth + 1, False
        elif token == ")":
            if depth == 0:
                break
            out.append(token)
            depth, ended = depth - 1, True
        else:
            out.append({"**": "^"}.get(token, token))
            ended = False
    while out and out[-1] in ("+", "-", "*", "/", "^"):
        out.pop()
    words = [t for t in out if t.isalpha() and len(t) > 3 and t not in FUNCTIONS]
    products = [k for k, t in enumerate(out) if t == "*"]
    if depth or not out or (len(words) > 3 and len(products) >= len(words) - 1):
        return None  # words in a row are no product
    return " ".join("log" if t == "ln" else t for t in out)
