# ruff: noqa: E501  (messages read best on one line)
"""What a draw's arguments mean: both ends of a die, a spread and not a variance, a step that no proposal takes.

NumPy's `integers` and `random.randrange` leave their upper end out, `random.randint` does not; the second argument of a
normal draw is its standard deviation (the documentation of both).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tidegate.check.verify.schemes.algebra import assignments, last_name, spelled
from tidegate.check.verify.schemes.model import Scheme

DIE = re.compile(
    r"(?:^|_)(?:die|dice|roll|rolls|d6|dice_roll|throw|throws|first|second|face)(?:_|\d|$)|^roll|dice", re.I
)
OTHER_DIE = re.compile(r"\bd(?:4|5|7|8|10|12|20)\b|sided|spinner|sectors|sides", re.I)
VARIANCE = re.compile(r"^(?:\w*_)?(?:var|variance|sigma2|sigma_?sq\w*|s2|sd2)(?:_\w+)?$", re.I)
SQUARED = re.compile(r"^(?:\w*_)?(?:sigma|std|sd|stdev|noise_std|vol|volatility)(?:_\w+)?$", re.I)
INCREMENT = re.compile(r"^(?:d_?[wbz](?:t|_?\w)?|d_?w\w*|dB\w*|brownian_?inc\w*|increments?|wiener\w*)$", re.I)
STEP = re.compile(
    r"^(?:step_?size|delta|proposal_?(?:width|std|sd|scale|step|sigma)|prop_?(?:sd|std|scale|sigma)|max_?step|step|stepsize|step_?width|sigma_prop\w*|move_?size|max_?move|max_?disp\w*)$",
    re.I,
)
JUMPS = re.compile(r"gillespie|propensit|\brates?\b|birth|reaction|\bk_\w+|infection|recovery", re.I)
SUM = re.compile(r"tot|sum|^a_?0$|^r_?0$|^w_?0$|^rate$")
CHAIN = re.compile(r"metropolis|mcmc|markov chain monte|acceptance|accepted", re.I)
NORMALS = frozenset({"normal", "gauss", "normalvariate"})
UNDER_NUMPY = frozenset({"np.random", "numpy.random"})


def draws(tree: ast.Module) -> Iterator[Scheme]:
    """Every draw whose arguments cannot be what its names say."""
    text = ast.unparse(tree)
    known = {name: value for name, value, _ in assignments(n for n in ast.walk(tree) if isinstance(n, ast.stmt))}
    named = _receivers(tree)
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        called = last_name(call.func)
        if called in NORMALS:
            yield from _spread(call, named.get(id(call), ""), known)
        elif called in {"exponential", "expovariate"} and JUMPS.search(text):
            yield from _total(call, called, known)
        elif called in {"integers", "randint", "randrange"} and not OTHER_DIE.search(text):
            yield from _die(call, called, named.get(id(call), ""))
    if CHAIN.search(text):
        yield from _idle(tree)


def _receivers(tree: ast.Module) -> dict[int, str]:
    """For each call, the name that a statement gives to what it is in, or the function that answers it."""
    out: dict[int, str] = {}
    for holder in ast.walk(tree):
        if isinstance(holder, ast.FunctionDef):
            for node in ast.walk(holder):
                if isinstance(node, ast.Return) and node.value is not None:
                    out |= {id(n): holder.name for n in ast.walk(node.value) if isinstance(n, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            out |= {id(n): spelled(target) for n in ast.walk(node.value) if isinstance(n, ast.Call)}
    return out


def _spread(call: ast.Call, receiver: str, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    """The second argument of a normal draw (or `scale`) is its standard deviation."""
    second = call.args[1] if len(call.args) >= 2 else next((k.value for k in call.keywords if k.arg in {"scale", "sigma"}), None)  # fmt: skip
    if second is None:
        return
    why = ""
    last = second.attr if isinstance(second, ast.Attribute) else getattr(second, "id", "")
    if last and VARIANCE.match(last) and "sqrt" not in ast.unparse(known.get(last, second)) and "** 0.5" not in ast.unparse(known.get(last, second)):  # fmt: skip
        why = f"{last} is a variance"
    elif isinstance(second, ast.BinOp) and isinstance(second.op, ast.Pow) and spelled(second.right) == "2" and SQUARED.match(last_name(second.left)):  # fmt: skip
        why = f"{spelled(second)} is a variance"
    elif last.lower() in {"dt", "delta_t", "h", "timestep", "time_step"} and INCREMENT.match(receiver.split(".")[-1]):
        why = f"an increment of Brownian motion over {last} has the variance {last}"
    if why:
        yield Scheme(name="a normal draw takes a standard deviation", node=call, holds=False, computation=f"`{spelled(call)}`: {why}")  # fmt: skip


def _total(call: ast.Call, called: str, known: dict[str, ast.expr]) -> Iterator[Scheme]:
    """The time to the next event has the rate of all events together: its mean is one over their sum."""
    node = call.args[0] if call.args else None
    inverted = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and spelled(node.left) in {"1", "1.0"}
    name = node.right if isinstance(node, ast.BinOp) and inverted else node
    if not isinstance(name, ast.Name) or not SUM.search(name.id.lower()) or inverted == (called == "exponential"):
        return
    value = known.get(name.id)
    rates = value is not None and (
        (isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and isinstance(value.right, ast.Name))
        or re.fullmatch(
            r"(?:np\.)?sum\((?:\w*rates?\w*|\w*prop\w*|a)\)|(?:\w*rates?\w*|\w*prop\w*|a)\.sum\(\)", ast.unparse(value)
        )
        is not None
    )
    if rates:
        yield Scheme(name="an exponential draw gets what it takes", node=call, holds=False, computation=f"`{spelled(call)}`: {name.id} is the sum of all rates, and {called} takes {'a mean' if called == 'exponential' else 'a rate'}")  # fmt: skip


def _die(call: ast.Call, called: str, receiver: str) -> Iterator[Scheme]:
    """A die shows 1 to 6."""
    args = [spelled(a) for a in call.args[:2]]
    if len(args) < 2 or not DIE.search(receiver):
        return
    inclusive = called == "randint" and not (
        isinstance(call.func, ast.Attribute) and (spelled(call.func.value) in UNDER_NUMPY or len(call.args) > 2)
    )
    if args == ["1", "6"] and not inclusive:
        yield Scheme(
            name="a die shows 1 to 6",
            node=call,
            holds=False,
            computation=f"`{spelled(call)}` leaves its upper end out: never 6",
        )
    elif inclusive and args in (["0", "6"], ["1", "7"]):
        yield Scheme(
            name="a die shows 1 to 6", node=call, holds=False, computation=f"`{spelled(call)}` holds both ends: 7 faces"
        )


def _idle(tree: ast.Module) -> Iterator[Scheme]:
    """A step size that a program sets and no line reads: its proposals do not step from where the chain is."""
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)} | {
        n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)
    }
    for node in ast.walk(tree):
        names: list[tuple[str, ast.AST]] = []
        if isinstance(node, ast.Assign):
            targets = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
            names = [(last_name(t), node) for t in targets if isinstance(t, ast.Name | ast.Attribute)]
        elif isinstance(node, ast.FunctionDef):
            names = [(a.arg, node) for a in node.args.args]
        for name, place in names:
            bare = name in {"step", "delta"} and not (isinstance(place, ast.Assign) and isinstance(place.value, ast.Constant) and isinstance(place.value.value, float))  # fmt: skip
            if STEP.match(name) and name not in read and not bare and isinstance(place, ast.Assign | ast.FunctionDef):
                yield Scheme(
                    name="a proposal starts from where the chain is",
                    node=place,
                    holds=False,
                    computation=f"`{name}` is the size of a move, and no line uses it",
                )
