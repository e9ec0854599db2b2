"""No spelling of a known equation is refuted: numbers for parameters, products folded, terms expanded or factored, signs moved."""

import ast
import os
import random
import warnings
from collections.abc import Iterator

import sympy

from tidegate.check.verify.known.check import known
from tidegate.check.verify.known.formulas import FORMULAS
from tidegate.check.verify.known.matching import Form
from tidegate.check.verify.known.systems import SYSTEMS
from tidegate.check.verify.known.systems_more import SYSTEMS_MORE
from tidegate.check.verify.known.terms import Tree, leaves

SAMPLE = int(os.environ.get("TIDEGATE_KNOWN_SPELLINGS", "25"))
"""Spellings that are tried; `TIDEGATE_KNOWN_SPELLINGS=100000` tries every form of every entry."""
FUNCTIONS = {
    "cross": sympy.Function("cross"),
    "abs": sympy.Function("abs"),
    "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
    "asin": sympy.asin,
    "atan": sympy.atan,
}


def expression(tree: Tree, values: dict[str, sympy.Expr]) -> sympy.Expr:
    """A tree as sympy has it."""
    kind = tree[0]
    if kind == "n":
        return sympy.Rational(str(tree[1]))
    if kind == "x":
        return sympy.pi if tree[1] == "pi" else values[tree[1]]
    if kind == "neg":
        return -expression(tree[1], values)
    if kind == "f":
        args = [expression(a, values) for a in tree[2:]]
        return FUNCTIONS.get(tree[1], getattr(sympy, tree[1], None))(*args)
    a, b = expression(tree[1], values), expression(tree[2], values)
    return {"+": a + b, "-": a - b, "*": a * b, "/": a / b, "^": a**b}[kind]


def spelt(
    form: Form, states: set[str], own: dict[str, frozenset[str]], rng: random.Random, names: dict[str, str]
) -> str:
    """One spelling: some or all parameters as numbers, then expanded, factored or left."""
    values: dict[str, sympy.Expr] = {}
    numbers = rng.random()
    for symbol in form.symbols:
        usual = sorted(
            n for n in own.get(symbol, frozenset({symbol})) if n.isidentifier() and n not in ("lambda", "is", "in")
        )
        usual = [n for n in usual if n not in names.values()]
        name = names.setdefault(
            symbol, symbol if symbol in states or symbol in own.get(symbol, ()) or not usual else rng.choice(usual)
        )
        literal = symbol not in states | {"t"} and rng.random() < numbers
        values[symbol] = sympy.Rational(rng.randint(11, 97), 10) if literal else sympy.Symbol(f"{name}", positive=True)
    made = expression(form.tree, values)
    how = rng.choice([sympy.expand, lambda e: e, lambda e: e, sympy.together])
    return str(how(made))


def folded(text: str) -> str:
    """Fractions of whole numbers as the decimals that people write."""

    class Fold(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
            self.generic_visit(node)
            if (
                isinstance(node.left, ast.Constant)
                and isinstance(node.right, ast.Constant)
                and isinstance(node.op, ast.Div | ast.Mult)
            ):
                return ast.Constant(
                    node.left.value / node.right.value
                    if isinstance(node.op, ast.Div)
                    else node.left.value * node.right.value
                )
            return node

    return ast.unparse(ast.fix_missing_locations(Fold().visit(ast.parse(text, mode="eval"))))


def programs(rng: random.Random) -> Iterator[tuple[str, str]]:
    """(words, program) of spellings of every entry, in a shuffled order."""
    rows = []
    for system in SYSTEMS + SYSTEMS_MORE:
        cue = [p.pattern.split("|")[0].replace("\\b", "").replace("\\", "") for p, _ in system.words.parts]
        for variant in range(max(len(f) for f in system.equations.values())):
            rows.append((system, variant, " ".join(cue)))
    kinds = [("system", r) for r in rows] + [("formula", (f, form)) for f in FORMULAS for form in f.forms]
    rng.shuffle(kinds)
    for kind, row in kinds:
        if kind == "system":
            system, variant, cue = row
            states = set(system.equations)
            body: list[str] = []
            names: dict[str, str] = {}
            for state, forms in system.equations.items():
                form = forms[min(variant, len(forms) - 1)]
                body.append(f"    {state} += dt * ({folded(spelt(form, states, system.spellings, rng, names))})")
            yield f"{cue}: {system.name}", "for i in range(1000):\n" + "\n".join(body) + "\n"
        else:
            formula, form = row
            cue = " ".join(p.pattern.split("|")[0].replace("\\b", "") for p, _ in formula.words.parts)
            target = next(
                (
                    t
                    for t in (
                        "energy",
                        "period",
                        "theory",
                        "exact",
                        "rate",
                        "kinetic",
                        "potential",
                        "drag",
                        "force",
                        "payment",
                        "interest",
                    )
                    if formula.target.search(t)
                ),
                None,
            )
            if target is not None and not set(leaves(form.tree)) & {target}:
                yield f"{cue}: {formula.name}", f"{target} = {folded(spelt(form, set(), formula.spellings, rng, {}))}\n"


def test_no_spelling_of_a_known_equation_is_refuted() -> None:
    seed = int(os.environ.get("TIDEGATE_SEED", "12"))
    print("seed", seed)
    rng = random.Random(seed)
    wrong, tried = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for words, source in itertools_take(programs(rng), SAMPLE):
            tried += 1
            source = source.replace("Abs(", "abs(")
            wrong += [
                (words, source, r.name, r.computation)
                for r in known(ast.parse(source), f"{words}\n{source}", source)
                if not r.holds
            ]
    print(tried, "spellings,", len(wrong), "refuted")
    assert not wrong, wrong[:3]


def itertools_take(rows: Iterator[tuple[str, str]], count: int) -> Iterator[tuple[str, str]]:
    for _, row in zip(range(count), rows, strict=False):
        yield row
