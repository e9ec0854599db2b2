# ruff: noqa: E501  (tables read best on one line)
"""The class of an expression, where it is certain: literals, constructors, annotations, and what known functions return."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tidegate.check.verify.code.parsed import walk
from tidegate.check.verify.code.program import Program
from tidegate.check.verify.code.signature import Kind, Symbol, symbol_of

STR = Kind(("builtins.str",), Kind(("builtins.str",)))
# what functions return whose annotations do not tell it
RETURNS = {
    name: Kind((kind,))
    for kind, names in (
        ("pandas.DataFrame", "pandas.read_csv pandas.read_excel pandas.read_parquet pandas.read_table pandas.read_sql pandas.read_sql_query pandas.read_feather pandas.merge pandas.pivot_table pandas.crosstab"),
        ("numpy.ndarray", "numpy.array numpy.zeros numpy.ones numpy.empty numpy.full numpy.eye numpy.arange numpy.linspace numpy.asarray numpy.zeros_like numpy.ones_like numpy.random.rand numpy.random.randn"),
        ("numpy.random.Generator", "numpy.random.default_rng"), ("matplotlib.figure.Figure", "matplotlib.pyplot.figure matplotlib.pyplot.gcf"),

    )
    for name in names.split()
}  # fmt: skip
TEXT_FILE = Kind(("io.TextIOWrapper",), STR)
AXES = Kind(("matplotlib.axes.Axes", "mpl_toolkits.mplot3d.axes3d.Axes3D", "matplotlib.projections.polar.PolarAxes"))
RETURNS |= dict.fromkeys(
    (
        "matplotlib.pyplot.gca",
        "matplotlib.pyplot.subplot",
        "matplotlib.pyplot.axes",
        "matplotlib.figure.Figure.add_subplot",
        "matplotlib.figure.Figure.gca",
    ),
    AXES,
)
ARRAY = Kind(("numpy.ndarray",))
# functions that return several things at once
PAIRS: dict[str, tuple[Kind, Kind]] = {
    "matplotlib.pyplot.subplots": (Kind(("matplotlib.figure.Figure",)), AXES),
    "scipy.optimize.curve_fit": (ARRAY, ARRAY),
    "numpy.histogram": (ARRAY, ARRAY),
}
GRID = frozenset({"nrows", "ncols"})
GROUPS = {"DataFrameGroupBy": "SeriesGroupBy"}  # one column of a grouped frame
SUMMED = {"SeriesGroupBy": Kind(("pandas.Series",)), "DataFrameGroupBy": Kind(("pandas.DataFrame", "pandas.Series"))}
SUMMING = frozenset({"sum", "mean", "median", "min", "max", "count", "std", "var", "first", "last", "nunique", "size"})
# classes that a type hint names for their own sake; of others a subclass may be given, which has more
HINTED = frozenset(
    [
        "pathlib.Path",
        "datetime.datetime",
        "datetime.date",
        "datetime.timedelta",
        "pandas.DataFrame",
        "pandas.Series",
        "numpy.ndarray",
        "collections.Counter",
        "collections.deque",
        "collections.OrderedDict",
        "re.Match",
        "re.Pattern",
        "requests.Response",
        "requests.Session",
        "sqlite3.Connection",
        "sqlite3.Cursor",
        "logging.Logger",
        "subprocess.CompletedProcess",
        "numpy.random.Generator",
        "argparse.ArgumentParser",
    ]
)
LITERALS: tuple[tuple[type[ast.expr], str], ...] = (
    (ast.List, "builtins.list"), (ast.ListComp, "builtins.list"), (ast.Dict, "builtins.dict"), (ast.DictComp, "builtins.dict"),
    (ast.Set, "builtins.set"), (ast.SetComp, "builtins.set"), (ast.Tuple, "builtins.tuple"),
)  # fmt: skip
CONSTANTS = {str: STR, bool: Kind(("builtins.bool",)), int: Kind(("builtins.int",)), float: Kind(("builtins.float",)), bytes: Kind(("builtins.bytes",))}  # fmt: skip
# classes whose calls give something else, or whose members are made as the program runs
MAKERS = ("typing.", "enum.", "ctypes.", "types.", "abc.", "builtins.type", "builtins.object", "builtins.super", "unittest.mock.", "dataclasses.", "torch.", "pandas.Index")  # fmt: skip
EXACT = frozenset({"sympy.Matrix", "sympy.Symbol"})  # SymPy's other constructors may give something simpler
# arguments that change the class of what is returned
TURNING = frozenset({"chunksize", "iterator", "inplace", "squeeze"})
COLUMN = Kind(("pandas.Series", "pandas.DataFrame"))
SEQUENCES = frozenset({"builtins.list", "builtins.tuple", "builtins.str", "builtins.bytes", "collections.deque"})


class Found(NamedTuple):
    """What the classes of an object say of one of its members; `open_ended` where one of them cannot be told."""

    symbols: tuple[tuple[str, Symbol], ...]
    open_ended: bool


class Kinds:
    """The kinds of a program's expressions, given those of its variables."""

    def __init__(self, program: Program) -> None:
        self.program, self.index = program, program.index

    def of(self, node: ast.expr, types: Mapping[str, Kind]) -> Kind | None:
        """The kind of an expression, or None."""
        if isinstance(node, ast.Name):
            return types.get(node.id)
        reader = READERS.get(type(node))
        return reader(self, node, types) if reader is not None else None

    def _constant(self, node: ast.Constant, _: Mapping[str, Kind]) -> Kind | None:
        return CONSTANTS.get(type(node.value))

    def _literal(self, node: ast.expr, types: Mapping[str, Kind]) -> Kind | None:
        if isinstance(node, ast.JoinedStr):
            return STR
        name = next(k for literal, k in LITERALS if isinstance(node, literal))
        parts = node.elts if isinstance(node, ast.List | ast.Set | ast.Tuple) else []
        inner = {self.of(p, types) for p in parts}
        return Kind((name,), inner.pop() if len(inner) == 1 else None)

    def _arithmetic(self, node: ast.BinOp, types: Mapping[str, Kind]) -> Kind | None:
        left = self.of(node.left, types)
        if left is None:
            return None
        if isinstance(node.op, ast.Div) and left.classes == ("pathlib.Path",):
            return left
        text = left.classes == ("builtins.str",)
        return (
            left
            if text and isinstance(node.op, ast.Mod)
            else left
            if text and self.of(node.right, types) == left
            else None
        )

    def _choice(self, node: ast.IfExp, types: Mapping[str, Kind]) -> Kind | None:
        body, other = self.of(node.body, types), self.of(node.orelse, types)
        return body if body == other else None

    def _attribute(self, node: ast.Attribute, types: Mapping[str, Kind]) -> Kind | None:
        if (kind := self.of(node.value, types)) is None:
            return None
        return merged([s.result for _, s in self.member(kind, node.attr).symbols if s.positional is None])

    def _subscript(self, node: ast.Subscript, types: Mapping[str, Kind]) -> Kind | None:
        kind = self.of(node.value, types)
        if kind is None or len(kind.classes) != 1:
            return None
        if kind.classes[0].startswith("pandas.") and kind.classes[0].endswith(".DataFrame"):
            if isinstance(node.slice, ast.List | ast.Compare):
                return kind
            return COLUMN if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else None
        path, _, last = kind.classes[0].rpartition(".")
        if last in GROUPS:
            return kind if isinstance(node.slice, ast.List) else Kind((f"{path}.{GROUPS[last]}",))
        if kind.classes[0] not in SEQUENCES:
            return None
        return kind if isinstance(node.slice, ast.Slice) else kind.element

    def _call(self, node: ast.Call, types: Mapping[str, Kind]) -> Kind | None:
        if any(k.arg in TURNING for k in node.keywords):
            return None
        func = node.func
        dotted = self.program.dotted(func)
        if dotted is None and isinstance(func, ast.Name) and self.program.builtin(func.id):
            dotted = f"builtins.{func.id}"
        if dotted == "builtins.open":
            return _opened(node)
        if dotted is not None:
            return self.made(dotted)
        if isinstance(func, ast.Attribute) and (kind := self.of(func.value, types)) is not None:
            last = kind.classes[0].rpartition(".")[2] if kind.classes else ""
            if kind.classes and f"{kind.classes[0]}.{func.attr}" in RETURNS:
                return RETURNS[f"{kind.classes[0]}.{func.attr}"]
            if last in SUMMED and func.attr in SUMMING:
                return SUMMED[last]
            return merged([s.result for _, s in self.member(kind, func.attr).symbols if s.positional is not None])
        return None

    def pair(self, node: ast.expr) -> tuple[Kind, Kind] | None:
        """The kinds that `a, b = node` binds; of a grid of axes nothing is said."""
        if not isinstance(node, ast.Call) or (dotted := self.program.dotted(node.func)) not in PAIRS:
            return None
        given = {k.arg for k in node.keywords}
        if None in given or not given.isdisjoint(TURNING | {"full_output", "weights", "subplot_kw"}):
            return None
        if dotted == "matplotlib.pyplot.subplots" and (node.args or not given.isdisjoint(GRID)):
            return None
        return PAIRS[dotted]

    def made(self, dotted: str) -> Kind | None:
        """What calling a known thing gives."""
        module, _, name = dotted.rpartition(".")
        if dotted.startswith(MAKERS):
            return None
        if dotted in RETURNS:
            return RETURNS[dotted] if RETURNS[dotted].classes[0] in self.index else None
        if self.program.is_class(dotted) and (not dotted.startswith("sympy.") or dotted in EXACT):
            return STR if dotted == "builtins.str" else Kind((dotted,))
        return symbol_of(self.index[module].get(name, "")).result if module in self.index else None

    def member(self, kind: Kind, name: str) -> Found:
        """What is known of a member of an object."""
        symbols, open_ended = [], False
        for one in kind.classes:
            known = self.index.get(one)
            if known is not None and name in known:
                symbols.append((one, symbol_of(known[name])))
            else:
                open_ended |= known is None
        return Found(tuple(symbols), open_ended or not kind.classes)

    def annotated(self, node: ast.expr | None) -> Kind | None:
        """The kind that an annotation promises."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                return self.annotated(ast.parse(node.value, mode="eval").body)
            except (SyntaxError, ValueError):
                return None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [s for s in (node.left, node.right) if not (isinstance(s, ast.Constant) and s.value is None)]
            return self.annotated(sides[0]) if len(sides) == 1 else None
        if isinstance(node, ast.Subscript):
            dotted = self.program.dotted(node.value)
            if dotted == "typing.Optional":
                return self.annotated(node.slice)
            outer = self.annotated(node.value)
            listed = outer is not None and outer.classes in (("builtins.list",), ("builtins.set",))
            return Kind(outer.classes, self.annotated(node.slice)) if listed and outer is not None else outer
        if isinstance(node, ast.Name) and self.program.builtin(node.id):
            return self.made(f"builtins.{node.id}")
        if isinstance(node, ast.Name | ast.Attribute) and (dotted := self.program.dotted(node)) is not None:
            return self.made(dotted) if dotted in HINTED else None
        return None

    def entered(self, node: ast.expr, types: Mapping[str, Kind]) -> Kind | None:
        """What `with node as name` binds."""
        kind = self.of(node, types)
        return merged([s.result for _, s in self.member(kind, "__enter__").symbols]) if kind is not None else None


def _opened(call: ast.Call) -> Kind | None:
    """What `open` gives for its mode."""
    mode = next((k.value for k in call.keywords if k.arg == "mode"), call.args[1] if len(call.args) > 1 else None)
    if mode is None or (isinstance(mode, ast.Constant) and "b" not in str(mode.value)):
        return TEXT_FILE if not any(k.arg in (None, "opener") for k in call.keywords) else None
    return None


def merged(results: list[Kind | None]) -> Kind | None:
    """One kind for what each class returns; None if one of them cannot be told."""
    known = [r for r in results if r is not None]
    if not known or len(known) < len(results):
        return None
    classes = tuple(dict.fromkeys(c for r in known for c in r.classes))
    return Kind(classes, known[0].element if len(known) == 1 else None)


Reader = Callable[..., Kind | None]
READERS: dict[type[ast.expr], Reader] = {
    ast.Constant: Kinds._constant, ast.JoinedStr: Kinds._literal, ast.BinOp: Kinds._arithmetic, ast.IfExp: Kinds._choice,
    ast.Attribute: Kinds._attribute, ast.Subscript: Kinds._subscript, ast.Call: Kinds._call,
    **{literal: Kinds._literal for literal, _ in LITERALS},
}  # fmt: skip


def targets(node: ast.AST) -> Iterator[str]:
    """The names that a statement or expression binds."""
    for n in walk(node):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store | ast.Del):
            yield n.id
