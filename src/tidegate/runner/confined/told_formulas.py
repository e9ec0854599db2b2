# ruff: noqa: E501  (patterns read best on one line)
"""Formulae as people write them in a sentence or a label (`2l/(πd)`, `sigma^2 / 2 theta`, `N H_N`, `k_B T / m`), and their value.

`values(text, look)` answers every value that the text may mean: a factor set with a space after a quotient (`a/2 b`) stands below
it or beside it, one set without a space (`a/2b`) below it.  `look(name)` gives the program's number of a name, or None.
"""

import math
import re

TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|([A-Za-zα-ωΑ-Ωµ_][A-Za-z0-9α-ωΑ-Ω_]*)|(\*\*|[-+*/^()!√²³⁴½·×−–⋅]))"
)
GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega", "ζ": "zeta", "η": "eta", "ξ": "xi", "Δ": "delta", "Ω": "omega"}  # fmt: skip
FUNCTIONS = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "ln": math.log, "sin": math.sin, "cos": math.cos, "tan": math.tan, "tanh": math.tanh, "coth": lambda x: 1 / math.tanh(x), "sinh": math.sinh, "cosh": math.cosh, "erf": math.erf, "erfc": math.erfc, "arctan": math.atan, "atan": math.atan, "abs": abs, "Γ": math.gamma, "log2": math.log2, "log10": math.log10}  # fmt: skip
USUAL = {"lambda": ("lam", "lambda_", "lambd", "lmbda", "lamda", "arrival_rate", "rate", "decay_rate", "decay_constant"), "mu": ("mu", "service_rate"), "p": ("p", "prob"), "n": ("n", "N", "n_steps", "steps"), "l": ("l", "length", "needle_length", "needle"), "d": ("d", "spacing", "line_distance", "line_spacing"), "t": ("t", "T"), "sigma": ("sigma", "vol"), "theta": ("theta", "kappa"), "t_half": ("half_life",), "rate": ("lam", "lambda_"), "r0": ("R0", "r0")}  # fmt: skip
"""Other usual spellings of a formula's letters, best first."""
FAULTS = (ValueError, ZeroDivisionError, OverflowError, TypeError, IndexError)


def values(text, look):
    """Every value of the whole text as a formula, one or two; none where it is not one, or a name in it is unknown."""
    tokens = _tokens(text)
    if not tokens:
        return ()
    out = []
    for tight in (True, False):
        try:
            reader = _Reader(tokens, look, tight)
            found = reader.sum()
            if reader.at != len(tokens):
                return ()
        except FAULTS:
            return ()
        if isinstance(found, complex) or not math.isfinite(found):
            return ()
        if not any(abs(found - one) <= 1e-12 * abs(one) for one in out):
            out.append(float(found))
    return tuple(out)


def worked(text):
    """Whether a text does more than name a number: an operation between two things, or a function of one."""
    return re.search(r"[\w)²³]\s*(?:[*/^·×−+]|\*\*|-)\s*[\w(√π]|²|³|√|!|\b(?:sqrt|ln|log|exp)\b|\d ?[α-ωπ]|\d ?[A-Za-z]{2,3}$|\d [A-Za-z] [A-Za-z]\b|H_", text) is not None  # fmt: skip


def _tokens(text):
    """(kind, text, whether a space stood before it), or nothing where a sign is unknown."""
    out, at = [], 0
    text = text.strip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            return []
        kind = "number" if found[1] else "name" if found[2] else "sign"
        out.append((kind, found[1] or found[2] or found[3], found.group()[0].isspace()))
        at = found.end()
    return out


class _Reader:
    """Recursive descent over the tokens; factors without a sign between them are multiplied."""

    def __init__(self, tokens, look, tight):
        self.tokens, self.look, self.tight, self.at = tokens, look, tight, 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", False)

    def take(self, *signs):
        kind, text, _ = self.peek()
        if kind == "sign" and text in signs:
            self.at += 1
            return text
        return None

    def sum(self):
        out = self.product()
        while sign := self.take("+", "-", "−", "–"):
            right = self.product()
            out = out + right if sign == "+" else out - right
        return out

    def product(self):
        out = self.group()
        while True:
            sign = self.take("*", "/", "·", "×", "⋅")
            if sign:
                right = self.group()
                out = out / right if sign == "/" else out * right
            elif self.begins():
                out *= self.group()
            else:
                return out

    def group(self):
        """One factor with what is set beside it without a sign."""
        out = self.power()
        while self.begins() and (self.tight or not self.peek()[2]):
            out *= self.power()
        return out

    def begins(self):
        """Whether a factor begins here; two words of prose are none."""
        kind, text, spaced = self.peek()
        if kind == "name":
            before = self.tokens[self.at - 1]
            long = spaced and before[0] == "name" and (len(before[1]) > 3 or len(text) > 3)
            return not long or GREEK.get(text, text) in GREEK.values() or text in FUNCTIONS
        return (kind == "number" and spaced) or (kind == "sign" and text in ("(", "√", "½"))

    def power(self):
        if self.take("-", "−", "–"):
            return -self.power()
        out = self.atom()
        while True:
            if self.take("^", "**"):
                sign = -1 if self.take("-", "−", "–") else 1
                return out ** (sign * self.power_atom())
            if sign := self.take("²", "³", "⁴"):
                out = out ** {"²": 2, "³": 3, "⁴": 4}[sign]
            elif self.take("!"):
                out = math.gamma(out + 1)
            else:
                return out

    def power_atom(self):
        """What stands above: one atom, itself raised where it is."""
        out = self.atom()
        return out ** self.power_atom() if self.take("^", "**") else out

    def atom(self):
        kind, text, _ = self.peek()
        self.at += 1
        if kind == "number":
            return float(text)
        if text == "(":
            out = self.sum()
            if self.take(")") is None:
                raise ValueError(text)
            return out
        if text == "√":
            return math.sqrt(self.atom())
        if text == "½":
            return 0.5
        if kind != "name":
            raise ValueError(text)
        if text in FUNCTIONS and (self.peek()[1] == "(" or text in ("ln", "log", "exp", "sqrt")):
            return FUNCTIONS[text](self.atom())
        return self.named(text)

    def named(self, text):
        found = number_of(text, self.look)
        if found is None:
            raise ValueError(text)
        return found


def number_of(text, look):
    """The number of a name in a formula: the program's own, a constant of mathematics, or letters set side by side."""
    name = GREEK.get(text, text)
    for spelled in (text, name, *USUAL.get(name.lower(), ())):
        found = look(spelled)
        if found is not None:
            return found
    if name in ("pi", "π"):
        return math.pi
    if name == "e":
        return math.e
    if name.lower() in ("k_b", "kb"):
        return 1.0
    if name == "rho":
        rates = [number_of(part, look) for part in ("lambda", "mu")]
        return rates[0] / rates[1] if None not in rates and rates[1] else None
    if re.fullmatch(r"H_?[nNkK]", text):
        last = number_of(text[-1], look)
        return sum(1 / k for k in range(1, int(last) + 1)) if last is not None and last < 10**6 else None
    if 2 <= len(text) <= 3 and all(c.isalpha() for c in text) and (text.islower() or text.isupper() or len(text) == 2):
        parts = [number_of(c, look) for c in text]
        return math.prod(parts) if None not in parts else None
    return None


def looker(levels):
    """`look(name)` over levels of names, nearest first: the same spelling, then without its underscores, then in any case."""
    seen = {}

    def look(name):
        if name not in seen:
            seen[name] = _found(levels, name)
        return seen[name]

    return look


def _found(levels, name):
    bare = name.replace("_", "")
    for same in (
        lambda k: k == name,
        lambda k: k.replace("_", "") == bare,
        lambda k: len(bare) > 1 and k.replace("_", "").lower() == bare.lower(),
    ):
        for level in levels:
            found = {float(v) for k, v in level.items() if isinstance(k, str) and same(k) and _number(v)}
            if len(found) == 1:
                return found.pop()
            if found:
                return None
    return None


def _number(value):
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or (hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0 and value.dtype.kind in "iuf")  # fmt: skip


UNITS = re.compile(r"(?:k?m|cm|mm|g|kg|s|h|ms|J|W|kW|N|mol|Hz|eV|K|V|A|1)(?:\^?-?\d|²|³)?(?:/(?:k?m|s|h|min|mol|K|kg|g|day|d|y|yr|cm|L|l)(?:\^?-?\d|²|³)?)+")  # fmt: skip
KENDALL = re.compile(r"^[MGD]/[MGD]/\w+$")
BEGINNING = re.compile(r"(?:^|[(:=,;|]|\b(?:theory|theoretical|exact|expected|predicted|analytic|analytical|formula|value|prediction|mean|variance|limit|vs\.?|versus|compare(?: with)?|with|to|and))\s*$", re.I)  # fmt: skip


def like_formula(raw):
    """Whether a label is a formula by its looks, though names in it are not known (`-J I1/I0`)."""
    text = raw.strip(" :=≈~\t(")
    names = re.findall(r"[A-Za-zα-ω]+", re.sub(r"_\w+", "", text))
    known = all(len(n) <= 2 or n in FUNCTIONS or n in GREEK.values() for n in names)
    return bool(names) and known and worked(text) and not UNITS.fullmatch(text) and not KENDALL.match(text) and re.search(r"[:=]\s*$|^\s*\(", raw) is not None  # fmt: skip


def label_formula(raw, look):
    """(formula, its values) of a label that ends in one (`  T/k =`, `exact (1 - 1/r)/(1 - 1/r^N):`); None where it does not."""
    text = re.sub(r"[\s:=≈~]+$", "", raw)
    if text == raw and not raw.endswith((" ", "\t")):
        return None
    if text.endswith(")") and text.count(")") > text.count("("):
        return None
    starts = [0, *(m.start() for m in re.finditer(r"(?<=[\s(:=,;|])[^\s:=,;|)]", text))]
    for start in starts:
        part = text[start:].strip()
        if not BEGINNING.search(text[:start]) or not worked(part) or UNITS.fullmatch(part) or KENDALL.fullmatch(part):
            continue
        if part.count("(") != part.count(")"):
            continue
        found = values(part, look)
        if found and re.search(r"[A-Za-zα-ωπ]", part):
            return part, found
    return None
