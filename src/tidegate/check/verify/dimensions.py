# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Do both sides of a formula have the same dimension?  A linear system over exponents.

Symbols get their dimension from the text (`where m is the mass`) or, when the set of symbols is
that of a known law, from that law; every unknown symbol is a free vector.  A formula is refuted
only when no assignment makes it consistent, and the smallest part that cannot hold is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from tidegate.check.verify.dimension_system import Row, Vector, consistent, inferred, minimal_core
from tidegate.check.verify.unit_table import BASES, NONE, Dims
from tidegate.check.verify.units import dims_text, parse_unit
from tidegate.spine.claim import Claim, Decision, Receipt, Support

ORACLE = "dimensions"
KINDS: dict[str, str] = {  # a quantity's name → a unit of its dimension
    "mass": "kg", "length": "m", "distance": "m", "height": "m", "radius": "m", "displacement": "m", "position": "m", "wavelength": "m", "diameter": "m", "depth": "m", "width": "m", "thickness": "m",
    "time": "s", "period": "s", "duration": "s", "speed": "m/s", "velocity": "m/s", "speed of light": "m/s", "acceleration": "m/s^2", "gravitational acceleration": "m/s^2", "acceleration due to gravity": "m/s^2",
    "force": "N", "weight": "N", "tension": "N", "energy": "J", "kinetic energy": "J", "potential energy": "J", "work": "J", "heat": "J", "power": "W", "pressure": "Pa", "stress": "Pa",
    "density": "kg/m^3", "volume": "m^3", "area": "m^2", "momentum": "kg m/s", "impulse": "N s", "torque": "N m", "moment of inertia": "kg m^2", "angular momentum": "kg m^2/s", "frequency": "Hz",
    "angular frequency": "1/s", "angular velocity": "1/s", "charge": "C", "current": "A", "voltage": "V", "potential difference": "V", "resistance": "ohm", "capacitance": "F", "inductance": "H",
    "electric field": "V/m", "magnetic field": "T", "temperature": "K", "amount": "mol", "number of moles": "mol", "gas constant": "J/(mol K)", "spring constant": "N/m", "gravitational constant": "m^3/(kg s^2)",
    "planck constant": "J s", "planck's constant": "J s", "boltzmann constant": "J/K", "specific heat": "J/(kg K)", "specific heat capacity": "J/(kg K)", "viscosity": "Pa s", "dynamic viscosity": "Pa s",
    "flow rate": "m^3/s", "concentration": "mol/m^3", "diffusion coefficient": "m^2/s", "thermal conductivity": "W/(m K)", "surface tension": "N/m", "resistivity": "ohm m", "magnetic flux": "Wb", "angle": "rad",
    "temperature change": "K", "change in temperature": "K", "entropy": "J/K", "half-life": "s", "decay constant": "1/s", "luminosity": "W", "young's modulus": "Pa",
}  # fmt: skip
# laws: name; formula; symbol = unit.  Written from the definitions in any physics textbook.
LAWS = """
kinetic energy|K=1/2*m*v^2|K J,E J,KE J,E_k J,T J,m kg,v m/s
potential energy|U=m*g*h|U J,E J,PE J,E_p J,V J,m kg,g m/s^2,h m
newton second law|F=m*a|F N,m kg,a m/s^2
mass energy|E=m*c^2|E J,m kg,c m/s
gravitation|F=G*m*M/r^2|F N,G m^3/(kg s^2),m kg,M kg,m_1 kg,m_2 kg,r m,d m
momentum|p=m*v|p kg m/s,m kg,v m/s
work|W=F*d|W J,F N,d m
power|P=F*v|P W,F N,v m/s
power of work|P=W/t|P W,W J,t s
ohm|V=I*R|V V,I A,R ohm
electric power|P=I*V|P W,I A,V V
joule heating|P=I^2*R|P W,I A,R ohm
power in resistor|P=V^2/R|P W,V V,R ohm
ideal gas|P*V=n*R*T|P Pa,p Pa,V m^3,n mol,R J/(mol K),T K
kinematics v|v=u+a*t|v m/s,u m/s,v_0 m/s,v_i m/s,a m/s^2,t s
kinematics s|s=u*t+1/2*a*t^2|s m,d m,x m,u m/s,v_0 m/s,a m/s^2,t s
kinematics v2|v^2=u^2+2*a*s|v m/s,u m/s,v_0 m/s,a m/s^2,s m,d m,x m
speed|v=d/t|v m/s,d m,t s
density|rho=m/V|rho kg/m^3,m kg,V m^3
pressure|P=F/A|P Pa,F N,A m^2
hydrostatic|P=rho*g*h|P Pa,p Pa,rho kg/m^3,g m/s^2,h m
pendulum|T=2*pi*sqrt(L/g)|T s,L m,l m,g m/s^2
spring period|T=2*pi*sqrt(m/k)|T s,m kg,k N/m
hooke|F=-k*x|F N,k N/m,x m
spring energy|U=1/2*k*x^2|U J,E J,k N/m,x m
centripetal|a=v^2/r|a m/s^2,v m/s,r m
centripetal force|F=m*v^2/r|F N,m kg,v m/s,r m
photon|E=h*f|E J,h J s,f Hz,nu Hz
photon wavelength|E=h*c/lambda|E J,h J s,c m/s,lambda m
wave|v=f*lambda|v m/s,c m/s,f Hz,lambda m
de broglie|lambda=h/p|lambda m,h J s,p kg m/s
coulomb|F=k*q*Q/r^2|F N,k N m^2/C^2,q C,Q C,q_1 C,q_2 C,r m
capacitor|Q=C*V|Q C,q C,C F,V V
capacitor energy|U=1/2*C*V^2|U J,E J,C F,V V
inductor energy|U=1/2*L*I^2|U J,E J,L H,I A
heat|Q=m*c*DeltaT|Q J,q J,m kg,c J/(kg K),DeltaT K
escape velocity|v=sqrt(2*G*M/r)|v m/s,G m^3/(kg s^2),M kg,r m,R m
kepler|T^2=4*pi^2*a^3/(G*M)|T s,a m,r m,G m^3/(kg s^2),M kg
bernoulli|P+1/2*rho*v^2+rho*g*h=C|P Pa,p Pa,rho kg/m^3,v m/s,g m/s^2,h m,C Pa
stefan boltzmann|P=sigma*A*T^4|P W,sigma W/(m^2 K^4),A m^2,T K
lorentz|F=q*v*B|F N,q C,v m/s,B T
wire force|F=B*I*L|F N,B T,I A,L m
torque|tau=r*F|tau N m,r m,F N
rotational energy|K=1/2*I*omega^2|K J,E J,I kg m^2,omega 1/s
angular momentum|L=I*omega|L kg m^2/s,I kg m^2,omega 1/s
drag|F=1/2*rho*v^2*C_d*A|F N,F_d N,rho kg/m^3,v m/s,C_d 1,A m^2
stokes|F=6*pi*eta*r*v|F N,eta Pa s,mu Pa s,r m,v m/s
reynolds|Re=rho*v*L/mu|Re 1,rho kg/m^3,v m/s,L m,D m,mu Pa s
impulse|J=F*Deltat|J N s,F N,Deltat s
beam deflection|delta=F*L^3/(3*E*I)|delta m,F N,P N,L m,E Pa,I m^4
bending stress|sigma=M*y/I|sigma Pa,M N m,y m,I m^4
resistance|R=rho*L/A|R ohm,rho ohm m,L m,A m^2
"""


@cache
def laws() -> tuple[tuple[str, dict[str, Dims]], ...]:
    """Each law's name and the dimensions of its symbols."""
    out = []
    for line in LAWS.strip().splitlines():
        name, _, symbols = line.split("|")
        table = {}
        for item in symbols.split(","):
            symbol, _, unit = item.partition(" ")
            parsed = parse_unit(unit)
            table[symbol] = parsed.dims if parsed is not None else NONE
        out.append((name, table))
    return tuple(out)


@cache
def law_symbols() -> frozenset[str]:
    """Every symbol of every law."""
    return frozenset(s for _, table in laws() for s in table)


GREEK = {
    "ρ": "rho",
    "λ": "lambda",
    "ω": "omega",
    "σ": "sigma",
    "τ": "tau",
    "η": "eta",
    "μ": "mu",
    "ν": "nu",
    "δ": "delta",
    "π": "pi",
    "Δ": "Delta",
    "θ": "theta",
    "α": "alpha",
    "ε": "epsilon",
}
SYMBOL = r"(?:Delta ?[A-Za-z]+|[A-Za-z]+(?:_[A-Za-z0-9]+)?)"
TOKEN = re.compile(rf"\s*(?:(?P<num>\d+(?:\.\d+)?)|(?P<sym>{SYMBOL})|(?P<op>[+\-*/^=()]))")
EQUATION = re.compile(
    r"(?<![\w\\^_/*+\-=])(?P<left>(?:[A-Za-zρλωστημνδΔ]{1,6}(?:_\{?[A-Za-z0-9]+\}?)?|\\[A-Za-z]+)[^=\n,;:.`$]{0,40}?)\s*=(?=\s*(?P<right>[^=\n,;:`$≈]{1,90}))"
)
WHERE = re.compile(
    r"(?<![A-Za-z\\])(?P<symbol>\\?[A-Za-zρλωστημνδΔ]{1,6}(?:_\{?[A-Za-z0-9]+\}?)?)\$?\)?\s*(?:\\\))?\s*(?:is|be|=|denotes|represents|stands for|:)\s*(?:the\s+|an?\s+|its\s+)?(?P<noun>[a-z][a-z' \-]{2,40}?)(?=\s*(?:\(|,|\.|;|:|and\b|of\b|in\b|from|between|$|\n))"
)


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """LaTeX and Unicode in one plain form for the formula grammar."""
    t = text
    for _ in range(4 if "{" in t else 0):
        t = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))", t)
        t = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)", t)
        t = re.sub(r"\\(?:text|mathrm|mathbf|vec|hat|bar|dot)\s*\{([^{}]*)\}", r"\1", t)
        t = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", t)
        t = re.sub(r"_\{([^{}]*)\}", r"_\1", t)
    t = re.sub(r"\\(?:cdot|times)|[·×⋅]", "*", t)
    t = re.sub(r"\\(?:left|right|,|;|!| )", " ", t)
    t = t.replace("√", "sqrt").replace("½", "1/2 ").replace("−", "-").replace("**", "^")
    t = re.sub(
        r"[⁰¹²³⁴-⁹⁻]+", lambda m: "^(" + m.group(0).translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) + ")", t
    )
    t = t.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    for greek, name in GREEK.items():
        t = t.replace(greek, f" {name} " if greek != "Δ" else " Delta")
    t = t.replace("\\Delta ", "Delta").replace("\\Delta", "Delta")
    return re.sub(r"\\([A-Za-z]+)", r" \1 ", t)


class Unread(Exception):
    """The formula is not one this grammar reads."""


SIMPLE = frozenset({"0.5", "1.5", "2.0", "0.25", "3.0", "4.0", "1.0", "3.14", "3.1416", "0.75"})
FREE = re.compile(
    r"[A-Za-z](?:_[A-Za-z0-9]+)?|(?:rho|lambda|omega|sigma|tau|eta|mu|nu|delta|theta|alpha|epsilon|Delta[A-Za-z])(?:_[A-Za-z0-9]+)?"
)
FUNCTIONS = ("sin", "cos", "tan", "exp", "ln", "log")


class _Formula:
    """Products and sums of symbols with rational powers; symbols without a dimension are unknowns where `free`.

    `grab` reads `a/b c` with b c below the line; each sum adds the rows that make its terms equal.
    """

    def __init__(self, text: str, dims: Mapping[str, Dims], *, free: bool = False, grab: bool = False) -> None:
        self.dims, self.free, self.grab = dims, free, grab
        self.known = frozenset(dims)
        self.t: list[tuple[str, str]] = []
        self.rows: list[Vector] = []
        self.used: set[str] = set()
        at, text = 0, plain(text).strip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise Unread(text[at:])
            at = found.end()
            kind = found.lastgroup or ""
            if kind == "sym":
                self.t += [("sym", s) for s in self._split(found.group(kind).replace(" ", ""))]
            else:
                self.t.append((kind, found.group(kind)))
            while at < len(text) and text[at].isspace():
                at += 1
        self.i = 0

    def _split(self, word: str) -> list[str]:
        """`mgh` is m g h when these are the known symbols; a word that is no product of them is unread."""
        if word in self.known or word in ("pi", "sqrt", *FUNCTIONS):
            return [word]
        if self.free and FREE.fullmatch(word):
            return [word]
        for size in range(len(word) - 1, 0, -1):
            if word[:size] in self.known | {"pi"}:
                try:
                    return [word[:size], *self._split(word[size:])]
                except Unread:
                    continue
        raise Unread(word)

    def peek(self) -> tuple[str, str]:
        return self.t[self.i] if self.i < len(self.t) else ("end", "")

    def whole(self) -> Vector:
        """The dimension of the whole text; Unread when something is left over."""
        out = self.terms()
        if self.i != len(self.t):
            raise Unread("left over")
        return out

    def terms(self) -> Vector:
        self.sign()
        first = self.product()
        bare = first.wild
        while self.peek()[1] in ("+", "-") and self.peek()[0] == "op":
            self.i += 1
            other = self.product()
            if not first.wild and not other.wild:
                self.rows.append(other.plus(first, -1))
            bare |= other.wild
            first = other if first.wild else first
        return Vector(wild=True) if bare else first  # 331 + 0.6 T hides units in its numbers

    def sign(self) -> None:
        if self.peek() in (("op", "-"), ("op", "+")):
            self.i += 1

    def product(self) -> Vector:
        total = self.power()
        below = False
        while True:
            kind, text = self.peek()
            if kind == "op" and text in "*/":
                self.i += 1
                below = text == "/"
                total = total.plus(self.power(), -1 if below else 1)
            elif kind in ("num", "sym") or text == "(":
                total = total.plus(self.power(), -1 if below and self.grab else 1)
            else:
                return total

    def power(self) -> Vector:
        base = self.atom()
        if self.peek() == ("op", "^"):
            self.i += 1
            base = base.times(self.exponent())
        return base

    def exponent(self) -> Fraction:
        kind, text = self.peek()
        self.i += 1
        if kind == "num":
            return Fraction(text)
        if text == "-":
            return -self.exponent()
        if text == "(":
            value = self.exponent()
            if self.peek() == ("op", "/"):
                self.i += 1
                value /= self.exponent()
            if self.peek() != ("op", ")"):
                raise Unread("exponent")
            self.i += 1
            return value
        raise Unread("exponent")

    def atom(self) -> Vector:
        kind, text = self.peek()
        self.i += 1
        if kind == "num" and "." in text and text not in SIMPLE:
            return Vector(unknown=((f"#{self.i}", Fraction(1)),))  # an empirical coefficient may carry any unit
        if kind == "num" or text == "pi":
            return Vector(wild=True)
        if kind == "sym" and text == "sqrt":
            return self.atom().times(Fraction(1, 2))
        if kind == "sym" and text in FUNCTIONS:
            if self.peek() == ("op", "^"):
                raise Unread("a power of a function")
            inner = self.atom()
            if not inner.wild and (any(inner.known) or inner.unknown) and not self.free:
                raise Unread("an argument with a dimension")
            return Vector()
        if kind == "sym" and text in self.dims:
            self.used.add(text)
            return Vector(self.dims[text])
        if kind == "sym" and self.free:
            self.used.add(text)
            return Vector(unknown=((text, Fraction(1)),))
        if text == "(":
            inner = self.terms()
            if self.peek() != ("op", ")"):
                raise Unread("parenthesis")
            self.i += 1
            return inner
        raise Unread(text)


NOUN = "|".join(sorted((re.escape(k) for k in KINDS), key=len, reverse=True))
BARE_SYMBOL = r"\\?(?:[A-Za-zρλωστημνδθα]|Δ[A-Za-z]|(?:rho|lambda|omega|sigma|tau|eta|mu|nu|delta|theta|alpha)(?![a-z]))(?:_\{?[A-Za-z0-9]+\}?|[₀₁₂])?"
NOUN_FIRST = re.compile(
    rf"\b(?P<noun>{NOUN})\s+\$?(?:\\\()?\s*(?P<symbol>(?!a\s)(?!I\s(?:am|have|will)){BARE_SYMBOL})\$?(?![A-Za-z'’\d_])"
)
LISTED = re.compile(
    rf"(?:,|\band|\bwhere|\bwith)\s+\$?(?P<symbol>{BARE_SYMBOL})\$?\s+(?:the\s+|its\s+)?(?P<noun>{NOUN})\b"
)
NAMES_IT = re.compile(
    rf"\b(?:[Tt]he|[Ii]ts|[Aa])\s+(?:[a-z]+\s+)?(?P<noun>{NOUN})\s+(?:(?!is\b|of\b)[a-z]+\s+){{0,2}}(?:is|equals|becomes)\s+(?:given\s+by\s+|then\s+|simply\s+)?\$?(?:\\\()?\s*(?P<symbol>{BARE_SYMBOL})\s*="
)
PURE = re.compile(
    rf"(?<![A-Za-z\\])(?P<symbol>{BARE_SYMBOL})\$?\s+(?:is|are|being)\s+(?:an?\s+)?(?:dimensionless|unitless|pure number)"
)
IN_UNITS = re.compile(
    rf"(?<![A-Za-z\\])(?P<symbol>{BARE_SYMBOL})\$?\s+(?:is\s+)?(?:measured\s+|given\s+|expressed\s+)?in\s+(?P<unit>[A-Za-zµΩ°][A-Za-zµΩ/·^²³⁻¹0-9\- ]{{0,18}}?)(?=\s*(?:[,;.)]|$|\n|and\b))"
)


def declared(text: str) -> dict[str, Dims]:
    """Symbols whose quantity or unit the text names; one named twice in different ways is left out."""
    out: dict[str, set[Dims]] = {}

    def add(symbol: str, unit: str | None) -> None:
        parsed = parse_unit(unit) if unit else None
        if parsed is not None and parsed.kind in ("", "offset", "calendar"):
            out.setdefault(plain(symbol).replace(" ", ""), set()).add(parsed.dims)

    for found in WHERE.finditer(text):
        further = re.match(r"\s+of\s+(\w+)", text[found.end() : found.end() + 24])
        whole = found.group("noun").strip() + (f" of {further.group(1)}" if further is not None else "")
        if whole in KINDS:
            add(found.group("symbol"), KINDS[whole])
            continue
        words = found.group("noun").strip().split()
        for k in range(len(words)):
            unit = KINDS.get(" ".join(words[k:]))
            if unit is not None:
                add(found.group("symbol"), unit)
                break
    for pattern in (NOUN_FIRST, LISTED, NAMES_IT):
        for found in pattern.finditer(text):
            add(found.group("symbol"), KINDS[found.group("noun")])
    for found in PURE.finditer(text):
        out.setdefault(plain(found.group("symbol")).replace(" ", ""), set()).add(NONE)
    for found in IN_UNITS.finditer(text):
        add(found.group("symbol"), found.group("unit"))
    return {s: next(iter(d)) for s, d in out.items() if len(d) == 1}


class Read(NamedTuple):
    """One formula as rows that must vanish, with where it stands and what it used."""

    span: tuple[int, int]
    origin: str
    rows: tuple[Vector, ...]
    left: Vector
    right: Vector
    used: frozenset[str]
    dims: Mapping[str, Dims]


SYMBOLIC = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]{1,2}|[ρλωστημνδθα]|\\[a-z]+)(?:_\{?\w+\}?|[₀-₉])?(?:\s?[A-Za-z]|\([a-z]\))?\)?\s*=(?!=)\s*[^=\n]{0,24}?[A-Za-zρλωστημνδθα\\√]"
)
NATURAL = re.compile(
    r"natural units|dimensionless (?:units|form|variables|time|equation)|nondimensional|non-dimensional|normali[sz]ed|in units (?:of|where)|atomic units|\bset(?:ting)? (?:c|G|ħ|\\hbar|k_B|k)\b|(?<![A-Za-z])(?:c|ħ|G|\\hbar)\s*=\s*(?:ħ\s*=\s*|c\s*=\s*|\\hbar\s*=\s*|G\s*=\s*)*1(?![.\d])",
    re.I,
)


def _symbolic(text: str) -> bool:
    """Whether some sign of equality stands between symbols."""
    at = text.find("=")
    while at >= 0:
        if SYMBOLIC.search(text, max(0, at - 60), at + 60) is not None:
            return True
        at = text.find("=", at + 1)
    return False


def _lines_with_equality(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines that hold an equals sign; with the line before or after where the sign stands at the edge."""
    at, first = start, start
    while at < end:
        stop = text.find("\n", at, end) + 1 or end
        line = text[at:stop].strip()
        if "=" in line and line[-1] != "=":
            yield (first if line[0] == "=" else at), stop
            first = stop
        elif "=" not in line and line:
            first = at
        elif line:  # the right side is on a later line
            follow = text.find("\n", stop, end) + 1 or end
            yield (first if line[0] == "=" else at), follow
            first = stop = follow
        at = stop


def check_dimensions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on symbolic formulae whose symbols are known, alone and as one system."""
    if not _symbolic(text):
        return
    natural: bool | None = None
    said: dict[str, Dims] | None = None
    own: list[Read] = []
    broken = False
    for start, end in (lines for r in ranges for lines in _lines_with_equality(text, *r)):
        for found in EQUATION.finditer(text, start, end):
            if re.search(SYMBOL, plain(found.group("right"))) is None:
                continue
            said = declared(text) if said is None else said
            decision, read = _decide(text, found, said)
            if decision is None and read is None:
                continue
            natural = NATURAL.search(text) is not None if natural is None else natural
            if natural:
                return
            if decision is not None:
                broken |= decision.support is Support.REFUTED
                yield decision
            if read is not None:
                own.append(read)
    if not broken and len(own) > 1:
        yield from _system(text, own)


def _system(text: str, own: list[Read]) -> Iterator[Decision]:
    """Formulae that are sound one by one and cannot all hold: the minimal inconsistent set is named."""
    rows = [Row(v, n) for n, read in enumerate(own) for v in read.rows]
    core = minimal_core(rows)
    if len(core) < 2 or not any(own[n].used & set(own[n].dims) for n in core):
        return
    last = own[max(core)]
    formulas = [text[own[n].span[0] : own[n].span[1]] for n in core]
    claim = Claim(kind="dimension", text=text[last.span[0] : last.span[1]], span=last.span)
    said = "; ".join(formulas)
    yield Decision(
        claim=claim, support=Support.REFUTED, certainty="measured",
        receipt=Receipt(oracle=ORACLE, computation=f"no dimensions satisfy all of: {said}", core=tuple({"formula": f} for f in formulas), detail={"core": formulas}),
        message=f"these formulae cannot all hold, whatever the dimensions of their symbols: {said}",
    )  # fmt: skip


def _trim(right: str) -> list[str]:
    """The right side, and shorter forms of it that end before words."""
    words = re.split(r"\\[)\]]", right)[0].strip().rstrip(".").split(" ")
    return [" ".join(words[:k]) for k in range(len(words), 0, -1)]


def _head(left: str, vocabulary: frozenset[str]) -> tuple[int, str]:
    """The last part of what stands before the sign that is a formula, and where it begins."""
    pieces = [(m.start(), m.group(0)) for m in re.finditer(r"\S+", left)]
    first = len(pieces)
    for k in range(len(pieces) - 1, -1, -1):
        bare = plain(pieces[k][1]).replace(" ", "").strip("()$")
        names = re.findall(SYMBOL, bare)
        if names and not all(
            n in vocabulary or (len(n) <= 4 and all(c in vocabulary for c in n)) or FREE.fullmatch(n) for n in names
        ):
            break
        if (pieces[k][1] in ("a", "I") and k < len(pieces) - 1) or pieces[k][1] in ("\\(", "\\[", "$", "$$"):
            break
        first = k
    if first == len(pieces):
        return 0, ""
    at = pieces[first][0]
    mark = re.match(r"(?:\\[(\[]|\$)+", left[at:])
    at += mark.end() if mark else 0
    return at, left[at:]


def _read(
    left: str, right: str, span: tuple[int, int], origin: str, table: Mapping[str, Dims], *, free: bool
) -> Read | None:
    """The formula under the readings of `a/b c`: the consistent one if there is one."""
    best: Read | None = None
    for grab in (False, True):
        try:
            a, b = _Formula(left, table, free=free), _Formula(right, table, free=free, grab=grab)
            va, vb = a.whole(), b.whole()
        except (Unread, ZeroDivisionError, IndexError, OverflowError):
            return best
        if va.wild or vb.wild:
            return best
        used = frozenset(a.used | b.used)
        if not b.used & set(table) or (not free and not a.used & set(table)):
            return best
        read = Read(span, origin, (*a.rows, *b.rows, vb.plus(va, -1)), va, vb, used, table)
        if consistent([Row(v, 0) for v in read.rows]):
            return read
        best = best or read
    return best


def _decide(text: str, found: re.Match[str], said: dict[str, Dims]) -> tuple[Decision | None, Read | None]:
    if re.search(r"[\d)}\]]\s*$", text[max(0, found.start() - 8) : found.start()]):
        return None, None  # a unit after a number, not a symbol
    vocabulary = law_symbols() | frozenset(said)
    offset, left = _head(found.group("left"), vocabulary)
    lead = re.match(rf"\s*-?\(*({SYMBOL})", plain(left)) if left else None
    if lead is None or not (lead.group(1).replace(" ", "") in vocabulary or lead.group(1)[0] in vocabulary):
        return None, None
    if not any(w in vocabulary or w[0] in vocabulary for w in re.findall(SYMBOL, plain(found.group("right")))[:8]):
        return None, None
    begin = found.start() + offset
    right_start = found.start("right") + len(found.group("right")) - len(found.group("right").lstrip())
    head = lead.group(1).replace(" ", "")
    opening = [
        s
        for s in (w.replace(" ", "") for w in re.findall(SYMBOL, plain(found.group("right")))[:2])
        if s not in ("pi", "sqrt", *FUNCTIONS)
    ][:1]
    tries = [("the text's own definitions", said, True)] if said else []
    tries += [
        (
            f"the law {name!r}",
            {**table, **{k: v for k, v in said.items() if k in table}} if said else dict(table),
            False,
        )
        for name, table in laws()
        if (head in table or (head[0] in table and len(head) > 1)) and all(s in table or s[0] in table for s in opening)
    ]
    reads: list[Read] = []
    for origin, table, free in tries:
        for right in _trim(found.group("right"))[:6]:
            read = _read(left, right, (begin, right_start + len(right)), origin, table, free=free)
            if read is not None:
                reads.append(read)
                break
    if not reads:
        return None, None
    own = next((r for r in reads if r.origin.startswith("the text") and len(r.used & set(said)) >= 2), None)
    sound = [r for r in reads if r is own or not r.origin.startswith("the text")]
    good = next((r for r in sound if _holds(r)), None)
    span = (own or reads[0]).span
    claim = Claim(kind="dimension", text=text[span[0] : span[1]], span=span)
    if own is not None and _holds(own):
        good = own
    if good is not None:
        found_dims = {s: dims_text(d) for s, d in inferred([Row(v, 0) for v in good.rows]).items()}
        shown = dims_text(good.left.known) if not good.left.unknown else "the same dimension"
        receipt = Receipt(oracle=ORACLE, computation=f"both sides are [{shown}] by {good.origin}" + (f"; then {', '.join(f'{s} is [{d}]' for s, d in found_dims.items())}" if found_dims else ""),
                          detail={"inferred": found_dims} if found_dims else {})  # fmt: skip
        if good is own and own.left.unknown and not (own.used & set(said)) - {head}:
            return None, own
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the dimensions agree"), own
    best = own or next((r for r in sound if _same_law(r)), None)
    if best is None:
        return None, None
    core = tuple({"symbol": s, "dimension": dims_text(best.dims[s])} for s in sorted(best.used & set(best.dims)))
    clash = next((v for v in best.rows if not v.unknown and any(v.known)), best.rows[-1])
    sides = (
        f"[{dims_text(best.left.known)}] against [{dims_text(best.right.known)}]"
        if best.left.known != best.right.known
        else f"terms differ by [{dims_text(clash.known)}]"
    )
    receipt = Receipt(oracle=ORACLE, computation=f"{sides} by {best.origin}", core=core, detail={"core": list(core)})
    named = ", ".join(c["symbol"] + " [" + c["dimension"] + "]" for c in core)
    return Decision(
        claim=claim, support=Support.REFUTED, receipt=receipt, message=f"the sides differ in dimension: {sides} ({named})",
        certainty="proved" if own else "measured",
    ), None  # fmt: skip


def _holds(read: Read) -> bool:
    return consistent([Row(v, 0) for v in read.rows])


def _same_law(read: Read) -> bool:
    """Whether the formula uses all the symbols a law has, so that the law is meant and not another."""
    name = read.origin.removeprefix("the law ").strip("'\"")
    line = next(x for x in LAWS.strip().splitlines() if x.startswith(name + "|"))
    formula = line.split("|")[1]
    needed = {s for s in re.findall(r"[A-Za-z]+(?:_[A-Za-z0-9]+)?", formula) if s not in ("pi", "sqrt")}
    table = dict(laws())[name]
    used_dims = sorted(str(read.dims[s]) for s in read.used if s in read.dims)
    return len(used_dims) >= 3 and sorted(str(table[s]) for s in needed) == used_dims


__all__ = ["BASES", "check_dimensions", "declared"]
