"""A tree of an equation written as people write it: LaTeX with upright or plain subscripts, Unicode, plain ASCII.

`writer = Writing("L", rng)`; `writer.equation(equation)`. The rng chooses between habits (`\\cdot` or a space, `\\frac`
or `\\dfrac`, `½mv²` or `½ m v²`), once an equation.
"""

import ast
import random

from benches.equation_forms import DERIVATIVES, GREEK, Equation

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SUM, PRODUCT, POWER, ATOM = range(4)
FUNCTIONS = ("sin", "cos", "tan", "ln", "exp", "log")


class Writing:
    """One notation (`L`, `M`: LaTeX; `U`: Unicode; `P`: plain) with the habits of one writer."""

    def __init__(self, style: str, rng: random.Random) -> None:
        self.style, self.latex = style, style in "LM"
        self.times = rng.choice({"L": (" ", " ", r" \cdot ", r"\,"), "U": (" ", "·", " · ", "joined", " × "), "P": ("*", " * ")}["L" if self.latex else style])  # fmt: skip  # noqa: E501
        self.frac = rng.choice((r"\frac", r"\frac", r"\dfrac"))
        self.tall = rng.random() < 0.5
        self.minus = rng.choice("-−") if style == "U" else "-"
        self.tight = rng.random() < 0.4
        self.power_of_e = rng.random() < 0.5
        self.upright_d = rng.random() < 0.3

    def equation(self, equation: Equation) -> str:
        """Both sides and what stands between them."""
        self.single = all(len(n) == 1 for n in equation.units)
        self.has_e = "e" in equation.units
        return f"{self.write(equation.left)} = {self.write(equation.right)}"

    def name(self, name: str) -> str:
        """`v_rms`, `ρ`, `ΔT` in this notation."""
        head, _, tail = name.partition("_")
        if self.style == "U":
            return head + (tail.translate(SUBSCRIPTS) if tail.isdigit() else f"_{tail}" if tail else "")
        if self.style == "P":
            spelled = "".join(f"{GREEK[c].lower()}_" if c == "Δ" else GREEK.get(c, c) for c in head)
            return spelled + (f"_{tail}" if tail else "")
        spelled = "".join(f"\\{GREEK[c]} " if c in GREEK else r"\hbar" if c == "ħ" else c for c in head).strip()
        tail = "".join(f"\\{GREEK[c]}" if c in GREEK else c for c in tail)
        if not tail:
            return spelled
        long = len(tail) > 1 and not tail.startswith("\\")
        return spelled + (
            "_{\\text{" + tail + "}}" if long and self.style == "L" else "_{" + tail + "}" if long else f"_{tail}"
        )

    def bracket(self, text: str) -> str:
        return rf"\left( {text} \right)" if self.latex and self.tall else f"({text})"

    def at_least(self, node: ast.expr, level: int) -> str:
        text = self.write(node)
        return text if self.level(node) >= level else self.bracket(text)

    def level(self, node: ast.expr) -> int:
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()) | ast.UnaryOp():
                return SUM
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return PRODUCT
            case ast.BinOp(op=ast.Pow()):
                return POWER
            case ast.Call(func=ast.Name(id=name)) if name in DERIVATIVES:
                return PRODUCT if not self.latex else POWER
        return ATOM

    def write(self, node: ast.expr) -> str:
        """The tree as text."""
        match node:
            case ast.Constant(value=value):
                return str(value)
            case ast.Name(id="pi"):
                return {"U": "π", "P": "pi"}.get(self.style, r"\pi")
            case ast.Name(id=name):
                return self.name(name)
            case ast.UnaryOp(operand=inner):
                return self.minus + self.at_least(inner, PRODUCT)
            case ast.BinOp(left=a, op=ast.Add() | ast.Sub() as op, right=b):
                sign = "+" if isinstance(op, ast.Add) else self.minus
                return f"{self.write(a)} {sign} {self.at_least(b, PRODUCT)}"
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.product(node)
            case ast.BinOp(left=a, op=ast.Pow(), right=b):
                return self.power(a, b)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, arguments)
        raise ValueError(ast.dump(node))

    def product(self, node: ast.expr) -> str:
        """Runs of factors, each over what divides it: `1/2*m*v^2` keeps its half apart."""
        chain: list[tuple[bool, ast.expr]] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            chain.append((isinstance(node.op, ast.Div), node.right))
            node = node.left
        if isinstance(node, ast.UnaryOp):
            positive = node.operand
            for under, factor in reversed(chain):
                positive = ast.BinOp(positive, ast.Div() if under else ast.Mult(), factor)
            return self.minus + self.product(positive)
        chain.append((False, node))
        runs: list[tuple[list[ast.expr], list[ast.expr]]] = [([], [])]
        for under, factor in reversed(chain):
            if not under and runs[-1][1]:
                runs.append(([], []))
            parts = list(_above(factor)) if under else [factor]
            runs[-1][under].extend(parts)
        return self.joined([self.run(above, below) for above, below in runs], fraction=len(runs) > 1)

    def run(self, above: list[ast.expr], below: list[ast.expr]) -> str:
        if self.latex and below:
            over = self.write(above[0]) if len(above) == 1 else self.many(above)
            under = self.write(below[0]) if len(below) == 1 else self.many(below)
            return f"{self.frac}{{{over}}}{{{under}}}"
        if not below:
            return self.many(above)
        under = self.many(below)
        numbers = self.many(above)
        if self.style == "U" and self.tight and (numbers, under) == ("1", "2"):
            return "½"
        line = "/" if self.tight or (self.style == "P" and self.times == "*") else " / "
        simple = len(below) == 1 and self.level(below[0]) >= POWER
        return (
            f"{numbers}{line}{under}"
            if simple
            else f"{numbers}{line}({self.write(below[0]) if len(below) == 1 else under})"
        )

    def many(self, factors: list[ast.expr]) -> str:
        return self.joined([self.at_least(f, POWER if len(factors) > 1 else PRODUCT) for f in factors])

    def joined(self, parts: list[str], fraction: bool = False) -> str:
        if self.times == "joined":
            single = self.single and not any("/" in p or (p[:1].isalpha() and p[:3] in FUNCTIONS) for p in parts)
            return ("" if single else "·" if fraction else " ").join(parts)
        slash = fraction and any("/" in p for p in parts)
        return (" · " if slash and self.style == "U" and self.times == " " else self.times).join(parts)

    def power(self, base: ast.expr, power: ast.expr) -> str:
        exponent = self.write(power)
        if isinstance(base, ast.Call) and getattr(base.func, "id", "") in FUNCTIONS and isinstance(power, ast.Constant):
            name, inner = base.func.id, self.write(base.args[0])  # type: ignore[attr-defined]
            if self.latex:
                return (
                    rf"\{name}^{exponent} {inner}"
                    if len(exponent) == 1
                    else rf"\{name}^{{{exponent}}} {self.bracket(inner)}"
                )
            return (
                f"{name}{exponent.translate(SUPERSCRIPTS)}({inner})"
                if self.style == "U"
                else f"{name}({inner})^{exponent}"
            )
        below = self.at_least(base, ATOM)
        if self.latex:
            return f"{below}^{exponent}" if len(exponent) == 1 else f"{below}^{{{exponent}}}"
        if self.style == "U" and isinstance(power, ast.Constant):
            return below + exponent.translate(SUPERSCRIPTS)
        return f"{below}^{exponent}" if len(exponent) == 1 else f"{below}^({exponent})"

    def call(self, name: str, arguments: list[ast.expr]) -> str:
        if name in DERIVATIVES:
            return self.derivative(name, arguments)
        inner = self.write(arguments[0])
        if name == "sqrt":
            return {"U": f"√({inner})", "P": f"sqrt({inner})"}.get(self.style, rf"\sqrt{{{inner}}}")
        if name == "exp" and self.power_of_e and not self.has_e:
            return f"e^{{{inner}}}" if self.latex else f"e^({inner})"
        if self.latex:
            bare = isinstance(arguments[0], ast.Name) and name != "exp" and not self.tall
            return rf"\{name} {inner}" if bare else rf"\{name}{self.bracket(inner)}"
        bare = isinstance(arguments[0], ast.Name) and self.style == "U" and self.tight
        return f"{name} {inner}" if bare else f"{name}({inner})"

    def derivative(self, name: str, arguments: list[ast.expr]) -> str:
        (sign, order), (what, by) = DERIVATIVES[name], (self.write(a) for a in arguments)
        if self.latex:
            d = r"\partial " if sign == "∂" else r"\mathrm{d}" if self.upright_d else "d"
            return (
                f"{self.frac}{{{d}{what}}}{{{d}{by}}}"
                if order == 1
                else f"{self.frac}{{{d.strip()}^2 {what}}}{{{d}{by}^2}}"
            )
        if self.style == "U":
            return f"{sign}{what}/{sign}{by}" if order == 1 else f"{sign}²{what}/{sign}{by}²"
        return f"d{what}/d{by}" if order == 1 else f"d^2{what}/d{by}^2"


def _above(factor: ast.expr) -> list[ast.expr]:
    """The factors of a product without a line of its own."""
    if isinstance(factor, ast.BinOp) and isinstance(factor.op, ast.Mult):
        return [*_above(factor.left), *_above(factor.right)]
    return [factor]
