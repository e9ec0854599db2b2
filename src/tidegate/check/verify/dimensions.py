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
    r"(?<![\w\\^_/*+\-=])(?P<left>(?:[A-Za-zρλωστημνδΔ]{1,6}(?:_\{?[A-Za-z0-9]+\}?)?|\\[A-Za-z]+)[^=\n,;:.`$]{0,40}?)\s*=\s*(?P<right>[^=\n,;:`$≈]{1,90})"
)
WHERE = re.compile(
    r"(?<![A-Za-z\\])(?P<symbol>\\?[A-Za-zρλωστημνδΔ]{1,6}(?:_\{?[A-Za-z0-9]+\}?)?)\$?\)?\s*(?:\\\))?\s*(?:is|=|denotes|represents|stands for|:)\s*(?:the\s+|an?\s+|its\s+)?(?P<noun>[a-z][a-z' \-]{2,40}?)(?=\s*(?:\(|,|\.|;|and\b|of\b|in\b|from|between|$|\n))"
)


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """LaTeX and Unicode in one plain form for the formula grammar."""
    t = text
    for _ in range(4):
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


class _Formula:
    """Products and sums of symbols with rational powers, over a set of known symbols."""

    def __init__(self, text: str, known: frozenset[str]) -> None:
        self.known = known
        self.t: list[tuple[str, str]] = []
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
        if word in self.known or word in ("pi", "sqrt", "sin", "cos", "tan", "exp", "ln", "log"):
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

    def terms(self, dims: Mapping[str, Dims]) -> Dims:
        """The dimension of a sum whose terms must agree; raises `Clash`."""
        self.sign()
        first = self.product(dims)
        while self.peek()[1] in ("+", "-") and self.peek()[0] == "op":
            self.i += 1
            other = self.product(dims)
            if other != first:
                raise Clash(first, other)
        return first

    def sign(self) -> None:
        if self.peek() in (("op", "-"), ("op", "+")):
            self.i += 1

    def product(self, dims: Mapping[str, Dims]) -> Dims:
        total = self.power(dims)
        while True:
            kind, text = self.peek()
            if kind == "op" and text in "*/":
                self.i += 1
                step = self.power(dims)
                total = tuple(a + (b if text == "*" else -b) for a, b in zip(total, step, strict=True))
            elif kind in ("num", "sym") or text == "(":
                total = tuple(a + b for a, b in zip(total, self.power(dims), strict=True))
            else:
                return total

    def power(self, dims: Mapping[str, Dims]) -> Dims:
        base = self.atom(dims)
        if self.peek() == ("op", "^"):
            self.i += 1
            e = self.exponent()
            base = tuple(b * e for b in base)
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

    def atom(self, dims: Mapping[str, Dims]) -> Dims:
        kind, text = self.peek()
        self.i += 1
        if kind == "num" or text == "pi":
            return NONE
        if kind == "sym" and text == "sqrt":
            return tuple(d / 2 for d in self.atom(dims))
        if kind == "sym" and text in ("sin", "cos", "tan", "exp", "ln", "log"):
            if self.atom(dims) != NONE:
                raise Unread("an argument with a dimension")
            return NONE
        if kind == "sym" and text in dims:
            return dims[text]
        if text == "(":
            inner = self.terms(dims)
            if self.peek() != ("op", ")"):
                raise Unread("parenthesis")
            self.i += 1
            return inner
        raise Unread(text)


class Clash(Exception):
    """Two terms of a sum have different dimensions."""

    def __init__(self, a: Dims, b: Dims) -> None:
        super().__init__()
        self.a, self.b = a, b


def declared(text: str) -> dict[str, Dims]:
    """Symbols whose quantity the text names."""
    out: dict[str, Dims] = {}
    for found in WHERE.finditer(text):
        noun = found.group("noun").strip()
        words = noun.split()
        for k in range(len(words)):
            unit = KINDS.get(" ".join(words[k:]))
            if unit is not None:
                parsed = parse_unit(unit)
                if parsed is not None:
                    symbol = plain(found.group("symbol")).replace(" ", "")
                    out[symbol] = parsed.dims
                break
    return out


def check_dimensions(text: str, ranges: list[tuple[int, int]]) -> Iterator[Decision]:
    """Decisions on symbolic formulae whose symbols are known."""
    said = declared(text)
    for start, end in ranges:
        for found in EQUATION.finditer(text, start, end):
            decision = _decide(text, found, said)
            if decision is not None:
                yield decision


def _trim(right: str) -> list[str]:
    """The right side, and shorter forms of it that end before words."""
    words = right.strip().rstrip(".").split(" ")
    return [" ".join(words[:k]) for k in range(len(words), 0, -1)]


def _decide(text: str, found: re.Match[str], said: dict[str, Dims]) -> Decision | None:
    left = found.group("left")
    if re.search(r"[\d)}\]]\s*$", text[max(0, found.start() - 8) : found.start()]):
        return None  # a unit after a number, not a symbol
    vocabulary = law_symbols() | frozenset(said)
    lead = re.match(rf"\s*-?\(*({SYMBOL})", plain(left))
    if lead is None or not (lead.group(1).replace(" ", "") in vocabulary or lead.group(1)[0] in vocabulary):
        return None
    if not any(w in vocabulary or w[0] in vocabulary for w in re.findall(SYMBOL, plain(found.group("right")))[:8]):
        return None
    tries = [("the text's own definitions", said)] if said else []
    tries += [
        (f"the law {name!r}", {**table, **{k: v for k, v in said.items() if k in table}} if said else dict(table))
        for name, table in laws()
    ]
    outcomes: list[tuple[str, Dims, Dims, str, dict[str, Dims]]] = []
    head = lead.group(1).replace(" ", "")
    for origin, table in tries:
        if head not in table and not (head[0] in table and len(head) > 1):
            continue
        for right in _trim(found.group("right"))[:6]:
            try:
                a, b = _Formula(left, frozenset(table)), _Formula(right, frozenset(table))
                used = {s for k, s in a.t + b.t if k == "sym"} & set(table)
                if not used & {s for k, s in b.t if k == "sym"} or not {s for k, s in a.t if k == "sym"} & used:
                    continue
                da = a.terms(table)
                try:
                    db = b.terms(table)
                except Clash as clash:
                    da, db = clash.a, clash.b
                if a.i != len(a.t) or b.i != len(b.t):
                    continue
            except (Unread, Clash, ZeroDivisionError, IndexError, OverflowError):
                continue
            outcomes.append((origin, da, db, right, {s: table[s] for s in sorted(used)}))
            break
    if not outcomes:
        return None
    end = found.start("right") + len(found.group("right")) - len(found.group("right").lstrip()) + len(outcomes[0][3])
    claim = Claim(kind="dimension", text=text[found.start() : end], span=(found.start(), end))
    good = next((o for o in outcomes if o[1] == o[2]), None)
    if good is not None:
        receipt = Receipt(oracle=ORACLE, computation=f"both sides are [{dims_text(good[1])}] by {good[0]}")
        return Decision(claim=claim, support=Support.SUPPORTED, receipt=receipt, message="the dimensions agree")
    own = next((o for o in outcomes if o[0].startswith("the text")), None)
    best = own or next((o for o in outcomes if _same_law(o)), None)
    core = tuple({"symbol": s, "dimension": dims_text(d)} for s, d in (best or outcomes[0])[4].items())
    if best is None or re.search(
        r"mistake|incorrect|wrong|\bnot\b|n't", text[max(0, found.start() - 60) : found.start()], re.I
    ):
        return None
    receipt = Receipt(
        oracle=ORACLE,
        computation=f"left [{dims_text(best[1])}], right [{dims_text(best[2])}] by {best[0]}",
        core=core,
        detail={"core": list(core)},
    )
    named = ", ".join(c["symbol"] + " [" + c["dimension"] + "]" for c in core)
    message = f"the sides differ in dimension: [{dims_text(best[1])}] against [{dims_text(best[2])}] ({named})"
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=message,
        certainty="proved" if own else "measured",
    )


def _same_law(outcome: tuple[str, Dims, Dims, str, dict[str, Dims]]) -> bool:
    """Whether the formula uses all the symbols a law has, so that the law is meant and not another."""
    name = outcome[0].removeprefix("the law ").strip("'\"")
    line = next(x for x in LAWS.strip().splitlines() if x.startswith(name + "|"))
    formula = line.split("|")[1]
    needed = {s for s in re.findall(r"[A-Za-z]+(?:_[A-Za-z0-9]+)?", formula) if s not in ("pi", "sqrt")}
    table = dict(laws())[name]
    used_dims = sorted(map(str, outcome[4].values()))
    return len(outcome[4]) >= 3 and sorted(str(table[s]) for s in needed) == used_dims


__all__ = ["BASES", "check_dimensions", "declared"]
