# ruff: noqa: E501  (patterns read best on one line)
"""Settings that the words around a program state, and the program sets otherwise: "units with GM = 4π²" beside `GM = 4 * np.pi`.

Only a name that the program sets in one place and that the words give one value is held; a sentence that supposes, varies or
compares says nothing of what is run, and a value with a unit may be told in another one.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator

from tidegate.check.verify.code.parsed import walk
from tidegate.check.verify.schemes.model import Scheme

SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SPELLED = {"π": "pi", "γ": "gamma", "β": "beta", "α": "alpha", "σ": "sigma", "μ": "mu", "ρ": "rho", "ω": "omega", "τ": "tau", "κ": "kappa", "δ": "delta", "ε": "epsilon", "θ": "theta", "Δt": "dt", "Δx": "dx", "Δ": "delta_", "·": "*", "×": "*", "−": "-"}  # fmt: skip
VALUE = r"[-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|pi\b)(?: ?\*? ?(?:pi|10)\b)?(?: ?\^ ?-?\d+)?(?: ?/ ?(?:\d+(?:\.\d+)?|pi\b))?"
STATED = re.compile(rf"(?<![\w.'/*+^)\-])(?<!\w\()(?P<name>[A-Za-z]\w*) ?= ?(?P<value>{VALUE})(?P<after>[^\n]{{0,12}})")
ENDS = re.compile(r"\s*(?:[.,;:)]\s(?!\s*(?:\d|\.\.|…))|[.,;:)]?$|[)\]]|\band\b|\bso\b|\bin (?:all|each)\b|—)")
SUPPOSES = re.compile(
    r"\b(?:if|try|when|unless|until|suppose|say|assume|imagine|instead|rather|chang\w*|vary|varie[sd]|increas\w*|decreas\w*|larger|smaller|higher|lower|rais\w*|reduc\w*|set|would|could|should|might|"
    r"compar\w*|versus|vs|either|or|critical|threshold|limit|stable|unstable|beyond|result\w*|gives?|yields?|expect\w*|theor\w*|exact\w*|analytic\w*|e\.g|example|default|"
    r"case|cases|then|start\w*|initial\w*|reach\w*|not|test|tests|first|second|original|previous\w*|bug|fixe[sd]? (?:by|it|this)|wrong|was|were|equals?)\b",
    re.I,
)
HEDGED = re.compile(r"\b(?:above|below|near|around|about|approximately|at|from|to|than|past|by|of)\s*$", re.I)
CALLS = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "radians": math.radians, "float": float, "int": int}
OFF = 0.01


def settings(tree: ast.Module, text: str, source: str) -> Iterator[Scheme]:
    """Every setting of a program that its words state otherwise; `text` is the program with the words around it."""
    prose = text.replace(source, " ")
    if "=" not in prose:
        return
    told = _stated(prose)
    if not told:
        return
    for name, (node, value) in _set_once(tree).items():
        stated = told.get(name.rstrip("_"), told.get(name, []))
        if len(set(stated)) == 1 and (stated[0] or value):
            said = stated[0]
            holds = abs(value - said) <= OFF * max(abs(value), abs(said))
            yield Scheme(
                name="a setting as told",
                node=node,
                holds=holds,
                computation=f"the text says {name} = {said:.6g}, the program sets {value:.6g}" if not holds else f"{name} = {said:.6g}",
            )  # fmt: skip


def _stated(prose: str) -> dict[str, list[float]]:
    """The values that the words give each name, those of sentences that suppose something left out."""
    for sign, spelled in SPELLED.items():
        prose = prose.replace(sign, spelled)
    prose = re.sub(r"(?<=[\w)])([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "^" + m.group(1).translate(SUPER), prose)
    prose = re.sub(r"(?<=\d)\s*pi\b", " pi", prose.replace("**", "^").replace("`", "").replace("$", ""))
    out: dict[str, list[float]] = {}
    for sentence in re.split(r"(?<=[.!?])\s|\n", prose):
        for found in STATED.finditer(sentence) if "=" in sentence else ():
            value = _number(found.group("value"))
            sure = (
                not HEDGED.search(sentence[: found.start()])
                and ENDS.match(found.group("after") + " ") is not None
                and not SUPPOSES.search(sentence)
            )
            out.setdefault(found.group("name"), []).append(value if sure and value is not None else math.nan)
    return {k: v for k, v in out.items() if not any(math.isnan(x) for x in v)}


def _number(text: str) -> float | None:
    spelled = re.sub(r"(?<=[\d)]) ?(?=pi\b)", "*", text.strip()).replace("^", "**")
    try:
        return _evaluated(ast.parse(spelled, mode="eval").body)
    except (SyntaxError, ValueError):
        return None


def _set_once(tree: ast.Module) -> dict[str, tuple[ast.AST, float]]:
    """Names of the module, and arguments that no call gives, that are set in one place, to a number."""
    found: dict[str, tuple[ast.AST, float]] = {}
    times: dict[str, int] = {}
    for node in walk(tree):
        for name in _bound(node):
            times[name] = times.get(name, 0) + 1
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            pairs = [(target, statement.value)]
            if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
                pairs = list(zip(target.elts, statement.value.elts, strict=False))
            for one, expression in pairs:
                value = _evaluated(expression) if isinstance(one, ast.Name) else None
                if isinstance(one, ast.Name) and value is not None and times.get(one.id) == 1:
                    found[one.id] = (statement, value)
    called = {
        getattr(n.func, "id", getattr(n.func, "attr", "")) for n in walk(tree) if isinstance(n, ast.Call) and n.args
    }
    for function in (n for n in walk(tree) if isinstance(n, ast.FunctionDef) and n.name not in called):
        arguments = function.args.args[len(function.args.args) - len(function.args.defaults) :]
        for argument, default in zip(arguments, function.args.defaults, strict=True):
            value = _evaluated(default)
            if value is not None and times.get(argument.arg) == 1:
                found[argument.arg] = (function, value)
    return found


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.keyword) and node.arg:
        return [node.arg]
    return []


def _evaluated(node: ast.expr) -> float | None:
    """The value of an expression of numbers and pi, or None."""
    if isinstance(node, ast.Constant):
        number = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        return float(node.value) if number and isinstance(node.value, int | float) else None
    if isinstance(node, ast.Name | ast.Attribute):
        return math.pi if (node.id if isinstance(node, ast.Name) else node.attr) == "pi" else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _evaluated(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return _applied(CALLS.get(name), _evaluated(node.args[0]))
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _evaluated(node.left), _evaluated(node.right)
    if left is None or right is None:
        return None
    try:
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
        if isinstance(node.op, ast.Pow) and abs(right) < 100:
            power = left**right
            return power if isinstance(power, float) else None
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return None


def _applied(function: object, value: float | None) -> float | None:
    try:
        return float(function(value)) if callable(function) and value is not None else None
    except (ValueError, OverflowError):
        return None
