# ruff: noqa: E501  (patterns and messages read best on one line)
"""What repetition must do: an average over more trials is the same average.

The numbers of trials are multiplied in the syntax tree; what is called a mean, a share or an estimate and yet grows or falls with
them has been divided by something else.
"""

import ast
import copy
import re

import numpy as np

from tidegate.runner.confined.laws_answers import named

MEANS = re.compile(
    r"\b(?:mean|average|avg|probability|prob|fraction|frac|share|proportion|estimated?|estimate of pi|pi|price|variance|var|expected|rate|utili[sz]ation)\b"
)
TRIALS = re.compile(
    r"(?:n|num|number_?of)?_?(?:trials|runs|sims|simulations|samples|experiments|games|replicates|reps|repetitions|paths|replications|rounds_total|particles|photons|neutrons|histories|walkers|darts|points|needles|pulls_total)|trials_count"
)
EXTENSIVE = re.compile(
    r"total|sum|count|number|\bmax|\bmin|longest|largest|cumul|events|wins|std err|stderr|standard error|\bse\b|\bsem\b|error|hits|elapsed|size|population|length|\bof n\b|sampl\w* (?:size|count)"
)


class More(ast.NodeTransformer):
    """Numbers of trials multiplied: by name, by keyword, and where a call gives them in their place."""

    def __init__(self, tree, factor):
        self.factor, self.changed = factor, 0
        self.places = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [a.arg for a in node.args.args if a.arg != "self"]
                at = [i for i, a in enumerate(names) if TRIALS.fullmatch(a.lower())]
                if at:
                    self.places[node.name] = at

    def more(self, value):
        """A number of trials, multiplied."""
        if isinstance(value, ast.Constant) and isinstance(value.value, int) and not isinstance(value.value, bool) and value.value >= 20:  # fmt: skip
            self.changed += 1
            return ast.copy_location(ast.Constant(value.value * self.factor), value)
        return value

    def visit_Assign(self, node):  # noqa: D102
        self.generic_visit(node)
        target = node.targets[0]
        if isinstance(target, ast.Name) and TRIALS.fullmatch(target.id.lower()):
            node.value = self.more(node.value)
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and len(target.elts) == len(node.value.elts):  # fmt: skip
            node.value.elts = [self.more(v) if isinstance(t, ast.Name) and TRIALS.fullmatch(t.id.lower()) else v for t, v in zip(target.elts, node.value.elts, strict=True)]  # fmt: skip
        return node

    def visit_Call(self, node):  # noqa: D102
        self.generic_visit(node)
        for word in node.keywords:
            if word.arg and TRIALS.fullmatch(word.arg.lower()):
                word.value = self.more(word.value)
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for at in self.places.get(name, ()):
            if at < len(node.args):
                node.args[at] = self.more(node.args[at])
        return node

    def visit_FunctionDef(self, node):  # noqa: D102
        self.generic_visit(node)
        args = [*node.args.posonlyargs, *node.args.args]
        count = len(node.args.defaults)
        for k, (arg, default) in enumerate(zip(args[len(args) - count :], node.args.defaults, strict=True)):
            if TRIALS.fullmatch(arg.arg.lower()):
                node.args.defaults[k] = self.more(default)
        return node


def with_trials(tree, factor):
    """A copy of the tree with so many times as many trials, or None where nothing says how many there are."""
    made = More(tree, factor)
    out = ast.fix_missing_locations(made.visit(copy.deepcopy(tree)))
    return out if made.changed else None


def repeated(plain, more, factor, tell):
    """An average over more trials is the same average: `plain` and `more` are results of runs, printed ones alone."""
    base, other = _table(plain), _table(more)
    for site, (label, rows) in base.items():
        if site not in other or len(rows) < 3 or len(other[site][1]) < 2:
            continue
        a, b = np.array(rows, float), np.array(other[site][1], float)
        if not MEANS.search(label) or EXTENSIVE.search(label) or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):  # fmt: skip
            continue
        first, second = float(a.mean()), float(b.mean())
        spread = float(max(a.std(ddof=1), b.std(ddof=1) if len(b) > 1 else 0.0))
        scaled = min(abs(second / first - factor), abs(second / first - 1 / factor)) < 0.12 * factor if first else False
        same = abs(second - first) <= 6 * spread * (1 / len(a) + 1 / len(b)) ** 0.5 + 0.3 * abs(first)
        if scaled and not same:
            tell(f"`{label}` is the same average over {factor} times as many trials", False, f"{second:.4g}", f"{first:.4g}", None)  # fmt: skip
        elif same:
            tell(f"`{label}` is the same average over {factor} times as many trials", True, f"{second:.4g}", f"{first:.4g}", None)  # fmt: skip


def _table(runs):
    """Printed scalars of several runs: {site: (label, values)}."""
    out = {}
    for results in runs:
        seen = {}
        for r in results:
            if r.kind == "print" and np.ndim(r.value) == 0:
                seen.setdefault(r.site, (named(r), []))[1].append(float(r.value))
        for site, (label, values) in seen.items():
            if len(values) == 1:
                out.setdefault(site, (label, []))[1].append(values[0])
    return out
