"""What known functions do to dimensions, by the last part of their name."""

from __future__ import annotations

import ast
from abc import abstractmethod
from fractions import Fraction

from tidegate.check.verify.code_units.nodes import dotted
from tidegate.check.verify.code_units.telling import Spelled
from tidegate.check.verify.code_units.terms import Mixed, Terms, value_of
from tidegate.check.verify.code_units.unit_names import name_unit, told_unit
from tidegate.check.verify.code_units.values import ANYTHING, BARE, PURE, Mono, Value, hides, product, raised

KEEP = frozenset(
    {
        "abs",
        "fabs",
        "absolute",
        "sum",
        "mean",
        "average",
        "median",
        "nanmean",
        "nansum",
        "cumsum",
        "max",
        "min",
        "amax",
        "amin",
        "std",
        "nanstd",
        "ptp",
        "sort",
        "sorted",
        "float",
        "round",
        "around",
        "ceil",
        "floor",
        "trunc",
        "array",
        "asarray",
        "asfarray",
        "copy",
        "deepcopy",
        "squeeze",
        "ravel",
        "flatten",
        "reshape",
        "transpose",
        "roll",
        "diff",
        "flip",
        "list",
        "tuple",
        "reversed",
        "real",
        "imag",
        "norm",
        "percentile",
        "quantile",
        "pstdev",
        "stdev",
        "fmean",
        "fsum",
        "to_numpy",
        "item",
        "tolist",
        "rolling",
        "cummax",
        "cummin",
        "int",
        "nan_to_num",
        "atleast_1d",
        "broadcast_to",
        "repeat",
        "tile",
        "unique",
        "Decimal",
        "float64",
        "float32",
    }
)
SAME = frozenset({"max", "min", "maximum", "minimum", "hypot", "fmax", "fmin"})
ANGLES_OUT = frozenset({"arcsin", "arccos", "arctan", "asin", "acos", "atan"})
RATIO_IN = frozenset(
    {"exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "log10", "log2", "log1p", "erf", "erfc"}
)
SQUARES = frozenset({"var", "variance", "pvariance", "square"})
SECONDS = frozenset(
    {
        "time.time",
        "time.monotonic",
        "time.perf_counter",
        "time.process_time",
        "timeit.default_timer",
        "perf_counter",
        "monotonic",
        "total_seconds",
    }
)
NANOSECONDS = frozenset(
    {"time.time_ns", "time.monotonic_ns", "time.perf_counter_ns", "time.process_time_ns", "perf_counter_ns"}
)
SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "sleep"})
PRODUCTS = frozenset({"dot", "cross", "outer", "multiply", "matmul", "vdot", "inner"})
CIRCULAR = frozenset({"sin", "cos", "tan"})
LOGARITHMS = frozenset({"log", "log10", "log2"})
ANGLES = frozenset({"radians", "deg2rad", "degrees", "rad2deg"})
INTEGRALS = frozenset({"trapz", "trapezoid", "simpson", "cumulative_trapezoid", "cumtrapz", "simps"})
SPREAD = frozenset({"linspace", "arange", "uniform", "normal", "gauss", "normalvariate"})
LIBRARIES = ("np.", "numpy.", "math.", "statistics.", "scipy.", "jnp.", "torch.")
SECOND, NANOSECOND = told_unit("s"), told_unit("ns")


class Calls(Terms):
    """Reads calls: of functions that everyone knows, and of the program's own."""

    @abstractmethod
    def own_call(self, node: ast.Call, name: str) -> Value | None:
        """What the program's own function returns; None where it is none."""

    def call(self, node: ast.Call) -> Value:
        """The value of a call."""
        full = dotted(node.func)
        last = node.func.attr if isinstance(node.func, ast.Attribute) else full
        values = [self.read(a) for a in node.args]
        keywords = {k.arg: self.read(k.value) for k in node.keywords if k.arg}
        for k in node.keywords:
            if k.arg and (told := name_unit(k.arg)) is not None:
                self.given(told, keywords[k.arg], k.value, k.arg)
        clock = SECOND if full in SECONDS or last == "total_seconds" else NANOSECOND if full in NANOSECONDS else None
        if clock is not None:
            return value_of(clock)._replace(names=frozenset({full}))
        if full in SLEEPS and values and SECOND:
            self.given(SECOND, values[0], node.args[0], full)
            return ANYTHING
        own = self.own_call(node, full) if full else None
        if own is not None:
            return own
        if isinstance(node.func, ast.Attribute) and not full.startswith(LIBRARIES):
            if last in KEEP or last == "clip":
                return self.read(node.func.value)
            if last == "dot" and values:
                return product(self.read(node.func.value), values[0])
        return self.known_call(node, last, values, keywords) if values else ANYTHING

    def known_call(self, node: ast.Call, last: str, values: list[Value], keywords: dict[str, Value]) -> Value:
        """The value of a call of a known function."""
        first, count = values[0], len(values)
        starred = any(isinstance(a, ast.Starred) for a in node.args)
        if last in SAME and count > 1 and not starred:
            out = first
            for value, arg in zip(values[1:], node.args[1:], strict=True):
                out = self.same(out, value, node, node.args[0], arg)
            return out
        if last in KEEP or last == "clip":
            return first
        if last in RATIO_IN:
            return self.of_ratio(node, last, first)
        if last in ANGLES_OUT:
            return BARE
        if last in ANGLES:
            return PURE
        if last in ("sqrt", "isqrt"):
            return raised(first, Fraction(1, 2))
        if last in SQUARES:
            return raised(first, Fraction(2))
        return self.of_two(node, last, values, keywords)

    def of_ratio(self, node: ast.Call, last: str, first: Value) -> Value:
        """A function of a pure number; the argument must be one where it is plainly a product of told names."""
        argument = node.args[0]
        operator = getattr(argument, "op", None)
        plain = not first.wild and first.mono is not None and len(first.names) >= 2 and not hides(first)
        ratio = isinstance(operator, ast.Div) if last in LOGARITHMS else isinstance(argument, ast.BinOp | ast.UnaryOp)
        summed = isinstance(operator, ast.Add | ast.Sub)
        if plain and last in LOGARITHMS and isinstance(operator, ast.Mult) and isinstance(argument, ast.BinOp):
            ratio = self.told_mono(argument.left) == self.told_mono(argument.right)
        if plain and ratio and not summed:
            self.row(first, PURE, node, f"the argument of {last} must be a pure number")
        # what else stands in it may hide an amplitude
        return BARE if (plain and not summed) or first.wild or last in CIRCULAR else ANYTHING

    def told_mono(self, node: ast.expr) -> Mono | None:
        """The dimension that a name is told to have, or what its expression says."""
        mono = self.read_again(node).mono
        key = next(iter(mono)) if mono is not None and len(mono) == 1 else None
        return self.told[key][0].mono if isinstance(key, str) and key in self.told else mono

    def of_two(self, node: ast.Call, last: str, values: list[Value], keywords: dict[str, Value]) -> Value:
        """A known function of two or three values."""
        first, count = values[0], len(values)
        if last in INTEGRALS:
            by = values[1] if count > 1 else keywords.get("x") or keywords.get("dx") or ANYTHING
            return product(first, by)
        if count < 2:
            return ANYTHING
        second, arguments = values[1], node.args
        if last in ("arctan2", "atan2"):
            self.same(first, second, node, arguments[0], arguments[1])
            return PURE
        if last == "pow":
            return self.power(ast.BinOp(arguments[0], ast.Pow(), arguments[1]), first, second)
        if last in PRODUCTS:
            return product(first, second)
        if last in SPREAD:
            wild = first.wild and second.wild
            return BARE if wild else self.same(first, second, node, arguments[0], arguments[1])
        if last in ("full", "full_like"):
            return second
        if last == "gradient":
            return product(first, second, -1)
        if count == 3 and last == "where":
            return self.same(second, values[2], node, arguments[1], arguments[2])
        if count == 3 and last == "interp":
            self.same(first, second, node, arguments[0], arguments[1])
            return values[2]
        return ANYTHING

    def given(self, told: Spelled, value: Value, node: ast.expr, name: str) -> None:
        """An argument whose parameter has a unit."""
        wanted = value_of(told)
        self.row(value, wanted, node, f"{name} is {told[1]}")
        if not value.wild:
            self.mixed.append(Mixed(wanted, value, node, assigned=True, wanted=f"{name} is {told[1]}"))
