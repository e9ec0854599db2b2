# ruff: noqa: E501  (messages read best on one line)
"""A table of errors by grid or step that a program prints: on the finer grid the error is smaller, and by the order it names.

Only loops over numbers that are spelt out are read (`for n in (10, 20, 40)`), and only columns that are errors by what they are
made of: a name or function called error, or the size of a difference.
"""

import ast
import itertools
import math
import re

from tidegate.runner.confined.laws_printed import NUMBER

GRID = re.compile(r"n|m|N|M|nx|Nx|n_?x|n_?steps|steps|n_?points|intervals|num_\w+|n_\w+|cells|levels?")
STEP = re.compile(r"h|dt|dx|step|delta_?[tx]|eps|step_size")
ERROR = re.compile(r"err|resid|deviation", re.I)
BUT = r"runge.s? phenomenon|diverg|unstable|instabil|round.?off|cancell|ill.?condition|euler.{0,40}unstable|random|rng|fails|monte"
ORDERS = (
    (r"second.order|order 2\b|o\((?:h|dx|dt)(?:\^|\*\*)?[2²]\)|by (?:a factor of )?(?:four|4)\b|quadratic convergence|errors? \w+ by four", 2),
    (r"fourth.order|order 4\b|o\((?:h|dx|dt)(?:\^|\*\*)?[4⁴]\)|by (?:a factor of )?(?:sixteen|16)\b", 4),
)  # fmt: skip
SMALL, FALLS = 1e-8, 0.7


def check(tree, film, scenes, tell):
    """A row for each column of errors of each such table."""
    if not scenes or scenes[0].says(BUT):
        return
    errors = _named_errors(tree)
    for loop in (n for n in ast.walk(tree) if isinstance(n, ast.For) and isinstance(n.target, ast.Name)):
        values = _values(loop.iter)
        if values is None:
            continue
        finer = STEP.fullmatch(loop.target.id) is not None
        if not (finer or GRID.fullmatch(loop.target.id)) or (finer and min(values) < 1e-5):
            continue
        columns = _columns(loop, errors)
        for at, label in columns:
            rows = _printed(film.printed, values, at)
            if rows is None or any(not math.isfinite(r) or r < 0 for r in rows):
                continue
            pairs = sorted(zip(values, rows, strict=True), reverse=finer)
            if all(b > a for (a, _), (b, _) in itertools.pairwise(pairs)) or finer:
                _judge(pairs, label, finer, len(columns) == 1, scenes[0], tell)


def _judge(pairs, label, finer, alone, scene, tell):
    """The error falls from the coarsest to the finest; by the order that the words give, where there is one column and one order."""
    first, last = pairs[0][1], pairs[-1][1]
    if max(e for _, e in pairs) < SMALL:
        return
    span = pairs[0][0] / pairs[-1][0] if finer else pairs[-1][0] / pairs[0][0]
    if span < 3.5:
        return
    tell(f"`{label}` falls on finer grids", last < FALLS * first or last < SMALL, f"from {first:.3g} to {last:.3g} where the grid is {span:.3g} times finer", "a smaller error", None)  # fmt: skip
    orders = [p for words, p in ORDERS if scene.says(words)]
    if alone and len(orders) == 1 and last > 1e-11 and last < first:
        got = math.log(pairs[-2][1] / last) / math.log(max(pairs[-1][0] / pairs[-2][0], pairs[-2][0] / pairs[-1][0]))
        tell(f"`{label}` falls with order {orders[0]}", got > orders[0] - 0.6, f"order {got:.2f}", f"{orders[0]}, as its words say", None)  # fmt: skip


def _values(node):
    """Three or more numbers that a loop goes over, each at least half as large again or half as small as the last."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "enumerate" and node.args:
        return None
    try:
        values = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        values = _powers(node)
    if not isinstance(values, (list, tuple)) or len(values) < 3:
        return None
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) or v <= 0 for v in values):
        return None
    ratios = [b / a for a, b in itertools.pairwise(values)]
    return [float(v) for v in values] if all(r >= 1.5 for r in ratios) or all(r <= 0.67 for r in ratios) else None


def _powers(node):
    """`[2**k for k in range(3, 8)]` as its numbers; None for anything else."""
    plain = (ast.ListComp, ast.comprehension, ast.BinOp, ast.Mult, ast.Div, ast.Add, ast.Sub, ast.Pow, ast.Constant, ast.Name, ast.Call, ast.Load, ast.Store, ast.UnaryOp, ast.USub)  # fmt: skip
    parts = list(ast.walk(node))
    if not isinstance(node, ast.ListComp) or not all(isinstance(p, plain) for p in parts):
        return None
    called = {getattr(p.func, "id", "") for p in parts if isinstance(p, ast.Call)}
    free = {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Load)} - {"range"}
    bound = {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}
    if called != {"range"} or not free <= bound:
        return None
    return eval(
        compile(ast.Expression(node), "values", "eval"), {"__builtins__": {}, "range": range}
    )  # inside the sandbox


def _named_errors(tree):
    """Functions that answer the size of a difference: `return max(abs(u - exact))`."""
    out = set()
    for f in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        answers = [n.value for n in ast.walk(f) if isinstance(n, ast.Return) and n.value is not None]
        if answers and all(_difference(a) for a in answers):
            out.add(f.name)
    return out


def _difference(node):
    """Whether an expression is the size of a difference: abs, max or norm of `a - b`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float" and node.args:
        node = node.args[0]
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value  # np.abs(u - v).max()
    if not isinstance(node, ast.Call):
        return False
    inner = [n for n in ast.walk(node) if isinstance(n, ast.Call) and getattr(n.func, "id", getattr(n.func, "attr", "")) in ("abs", "fabs", "norm", "absolute")]  # fmt: skip
    return any(isinstance(i.args[0], ast.BinOp) and isinstance(i.args[0].op, ast.Sub) for i in inner if i.args)


def _columns(loop, errors):
    """(position among the printed values, label) of each error that the loop prints directly, and no other print in it."""
    prints = [n.value for n in loop.body if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call) and getattr(n.value.func, "id", "") == "print"]  # fmt: skip
    if len(prints) != 1:
        return []
    made = {}
    for one in loop.body:
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            made[one.targets[0].id] = one.value
    values = []
    for arg in prints[0].args:
        if isinstance(arg, ast.JoinedStr):
            if any(re.search(r"\d", v.value) for v in arg.values if isinstance(v, ast.Constant)):
                return []
            values += [v.value for v in arg.values if isinstance(v, ast.FormattedValue)]
        elif not isinstance(arg, ast.Constant):
            values.append(arg)
        elif re.search(r"\d", str(arg.value)):
            return []
    out = []
    for at, value in enumerate(values):
        name = value.id if isinstance(value, ast.Name) else ""
        source = made.get(name, value)
        called = getattr(source.func, "id", "") if isinstance(source, ast.Call) else ""
        if (name and re.fullmatch(r"e|err\w*|\w*_err(?:or)?|error\w*|max_error", name) and (name != "e" or called in errors or ERROR.search(called))) or called in errors or (called and ERROR.search(called)) or _difference(source):  # fmt: skip
            out.append((at, name or ast.unparse(value)[:40]))
    return out


def _printed(lines, values, at):
    """The numbers of one column, a line for each value of the loop; None where the lines cannot be told."""
    out, left = [], list(values)
    for line in lines:
        numbers = [float(n) for n in NUMBER.findall(line)]
        if left and len(numbers) > at and numbers and abs(numbers[0] - left[0]) < 1e-9 * left[0]:
            out.append(numbers[at])
            left.pop(0)
    return out if not left else None
