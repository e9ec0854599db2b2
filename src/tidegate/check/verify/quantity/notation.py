# ruff: noqa: E501  (patterns read best on one line)
"""Formulae as people set them, in one plain form: `\\frac{dv}{dt}`, `½mv²` and `m_1*a` become names, `*`, `/`, `^` and brackets.

A derivative is written as the quotient of its symbols, which has its dimension: `d²x/dt²` as `((x)/(t)^2)`.
Braces are matched, so nesting has no limit of depth but the text's length.
"""

from __future__ import annotations

import re
from functools import lru_cache

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "theta", "ι": "iota", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Θ": "Theta", "Λ": "Lambda", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ħ": "hbar", "ℏ": "hbar",
}  # fmt: skip
GREEK_LETTER = "α-ωϵϑϕµΓΘΛΠΣΦΨΩħℏ"
GREEK_NAME = "|".join(sorted(set(GREEK.values()), key=len, reverse=True))
SAME = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varrho": "rho", "hslash": "hbar"}
WRAPPERS = frozenset(
    [
        "text",
        "mathrm",
        "mathbf",
        "vec",
        "hat",
        "bar",
        "textbf",
        "mathit",
        "boldsymbol",
        "textit",
        "operatorname",
        "overline",
        "mathcal",
        "bm",
        "rm",
        "textrm",
        "mathsf",
        "tilde",
    ]
)
SPACES = frozenset(
    [
        "left",
        "right",
        "big",
        "Big",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "bigg",
        "Bigg",
        "displaystyle",
        "textstyle",
        "quad",
        "qquad",
        "limits",
        "nonumber",
    ]
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
COMMAND = re.compile(r"\\([A-Za-z]+)\s*|\\(.)", re.S)
OVER = re.compile(
    r"\s*(?:\\mathrm\s*\{d\}|\\partial(?![A-Za-z])|∂|d(?![A-Za-z]{2}))\s*(?:\^\s*\{?\s*([2-4])\s*\}?|([²³⁴]))?\s*(.*?)\s*",
    re.S,
)
UNDER = re.compile(
    r"\s*(?:\\mathrm\s*\{d\}|\\partial(?![A-Za-z])|∂|d)\s*([^\s^²³⁴].*?)\s*(?:\^\s*\{?\s*([2-4])\s*\}?|([²³⁴]))?\s*",
    re.S,
)
NAME = rf"(?:(?:Δ|delta_)?(?:[A-Za-z{GREEK_LETTER}]|(?:{GREEK_NAME})(?![a-z]))(?:_[A-Za-z0-9]+|[₀-₉]+)?)"
FLAT = re.compile(rf"(?<![A-Za-z])(?:d|∂)(?:\^?([2-4])|([²³⁴]))?\s?({NAME})\s?/\s?(?:d|∂)\s?({NAME})(?:\^?([2-4])(?!\d)|([²³⁴]))?")  # fmt: skip
SUPER = re.compile(r"[⁰¹²³⁴-⁹⁻]+")
SUB = re.compile(r"_?([₀-₉]+)")
LETTER = re.compile(rf"(Δ?)([{GREEK_LETTER}])(?=(.?))", re.S)


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """LaTeX and Unicode in one plain form for the formula grammar."""
    t = _latex(text) if "\\" in text or "{" in text else text
    t = re.sub(r"(?<=[A-Za-z])['′](?![A-Za-z])", "_prime", t)
    if "/" in t:
        t = FLAT.sub(_flat_derivative, t)
    t = re.sub(r"[·×⋅∙*]+", _star, t)
    t = t.replace("√", " sqrt").replace("½", " (1/2) ").replace("⅓", " (1/3) ").replace("−", "-").replace("–", "-")
    t = SUPER.sub(lambda m: f"^({m.group(0).translate(SUPERSCRIPTS)})", t)
    t = SUB.sub(lambda m: "_" + m.group(1).translate(SUBSCRIPTS) + " ", t)
    t = LETTER.sub(_greek, t)
    return re.sub(r"Δ\s?", " Delta", t)


def _star(found: re.Match[str]) -> str:
    return "^" if found.group(0) == "**" else "*"


def _greek(found: re.Match[str]) -> str:
    """` rho `, but `rho_f` and `Deltarho` keep what belongs to them."""
    tail = "" if found.group(3) in ("_", "") else " "
    return f" {'Delta' if found.group(1) else ''}{GREEK[found.group(2)]}{tail}"


def _flat_derivative(found: re.Match[str]) -> str:
    n1, n2, what, by, m1, m2 = found.groups()
    order = (m1 or m2 or "1").translate(SUPERSCRIPTS)
    if (n1 or n2 or "1").translate(SUPERSCRIPTS) != order:
        return found.group(0)
    return f"(({what})/({by})^{order})"


def _latex(t: str) -> str:
    out: list[str] = []
    i = 0
    while i < len(t):
        c = t[i]
        if c == "\\":
            found = COMMAND.match(t, i)
            if found is None:
                break
            piece, i = _command(t, found)
            out.append(piece)
        elif c in "^_":
            inner, i = _group(t, i + 1)
            if c == "^":
                out.append(f"^({_latex(inner)})" if inner else "^")
            else:
                out.append("_" + re.sub(r"[^A-Za-z0-9]", "", _latex(inner)) + " ")
        elif c == "{":
            inner, i = _group(t, i)
            out.append(_latex(inner))
        else:
            out.append(c)
            i += 1
    return "".join(out).replace(" _", "_")


def _command(t: str, found: re.Match[str]) -> tuple[str, int]:
    """What one command becomes, and where the text goes on."""
    name, i = found.group(1), found.end()
    if name is None:
        return (" " if found.group(2) in ",;:! \\" else found.group(2)), i
    if name in ("frac", "dfrac", "tfrac", "cfrac"):
        above, i = _group(t, i)
        below, i = _group(t, i)
        return _fraction(above, below), i
    if name == "sqrt":
        root = re.match(r"\[\s*(\d)\s*\]", t[i : i + 8])
        inner, i = _group(t, i + (root.end() if root else 0))
        return (f"(({_latex(inner)})^(1/{root.group(1)}))" if root else f" sqrt({_latex(inner)})"), i
    if name in WRAPPERS:
        inner, i = _group(t, i)
        return _latex(inner), i
    if name in ("dot", "ddot"):
        inner, i = _group(t, i)
        return f" {_latex(inner).strip()}{name} ", i
    if name in ("cdot", "times", "ast"):
        return "*", i
    if name in SPACES:
        return " ", i
    if name == "Delta":
        return "Δ", i
    if name == "partial":
        return "∂", i
    return f" {SAME.get(name, name)} ", i


def _group(t: str, i: int) -> tuple[str, int]:
    """The braces that open at i, or the one sign or command that stands for them."""
    while i < len(t) and t[i] == " ":
        i += 1
    if i >= len(t):
        return "", i
    if t[i] == "\\":
        found = COMMAND.match(t, i)
        if found is None:
            return "", len(t)
        if found.group(1) in WRAPPERS:
            return _group(t, found.end())
        return t[i : found.end()], found.end()
    if t[i] != "{":
        return t[i], i + 1
    depth, start = 0, i + 1
    while i < len(t):
        if t[i] == "\\":
            i += 1
        elif t[i] == "{":
            depth += 1
        elif t[i] == "}":
            depth -= 1
            if depth == 0:
                return t[start:i], i + 1
        i += 1
    return t[start:], len(t)


def _fraction(above: str, below: str) -> str:
    """A fraction in brackets; of two differentials the quotient of what is derived and by what."""
    over, under = OVER.fullmatch(above), UNDER.fullmatch(below)
    if over and under and not re.search(r"[+\-=/]", below):
        order, times = (over.group(1) or over.group(2) or "1"), (under.group(2) or under.group(3) or "1")
        if order.translate(SUPERSCRIPTS) == times.translate(SUPERSCRIPTS):
            what = _latex(over.group(3)) if over.group(3) else "1"
            return f"(({what})/({_latex(under.group(1))})^{times.translate(SUPERSCRIPTS)})"
    return f"(({_latex(above)})/({_latex(below)}))"
