# ruff: noqa: E501, D102  (visitors do what their class says)
"""A program run again as a reader would change it by hand: another seed, half the time step, twice as many steps.

The constants are changed in the syntax tree, under the names that tell what they are, so that a script without a single
function can be varied as a function with parameters can.
"""

import ast
import copy
import random

STEP = ("dt", "delta_t", "deltat", "time_step", "timestep", "step_size", "h", "tau")
STEPS_COUNT = ("n_steps", "nsteps", "num_steps", "steps", "nt", "n_iter", "n_time_steps", "timesteps", "n_t", "number_of_steps", "total_steps")  # fmt: skip
SEED_CALLS = ("seed", "default_rng", "RandomState", "Random", "PRNGKey")


class Seeded(ast.NodeTransformer):
    """Every seed moved on by `shift`; a generator without a seed gets one."""

    def __init__(self, shift):
        self.shift = shift

    def visit_Call(self, node):
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SEED_CALLS:
            if not node.args and not node.keywords:
                node.args = [ast.Constant(12345 + self.shift)]
            elif node.args and _whole(node.args[0]):
                node.args[0] = ast.Constant(node.args[0].value + self.shift)
            elif node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value is None:
                node.args[0] = ast.Constant(12345 + self.shift)
        for word in node.keywords:
            if word.arg and "seed" in word.arg.lower() and _whole(word.value):
                word.value = ast.Constant(word.value.value + self.shift)
        return node

    def visit_Assign(self, node):
        self.generic_visit(node)
        if (
            len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name)
            and "seed" in node.targets[0].id.lower()
            and _whole(node.value)
        ):
            node.value = ast.Constant(node.value.value + self.shift)
        return node

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        shifted(
            node.args, lambda name, value: value + self.shift if "seed" in name and isinstance(value, int) else value
        )
        return node


class Scaled(ast.NodeTransformer):
    """Constants of these names multiplied."""

    def __init__(self, factors):
        self.factors, self.changed = factors, 0

    def scaled(self, name, value):
        factor = self.factors.get(name.lower())
        if factor is None or not isinstance(value, (int, float)) or isinstance(value, bool):
            return value
        self.changed += 1
        out = value * factor
        return round(out) if isinstance(value, int) and name.lower() in STEPS_COUNT else out

    def visit_Assign(self, node):
        self.generic_visit(node)
        if len(node.targets) == 1:
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
                for k, (name, one) in enumerate(zip(target.elts, value.elts, strict=True)):
                    value.elts[k] = self.one(name, one)
            else:
                node.value = self.one(target, value)
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if node.value is not None:
            node.value = self.one(node.target, node.value)
        return node

    def one(self, target, value):
        name = target.id if isinstance(target, ast.Name) else ""
        if name.lower() not in self.factors:
            return value
        if isinstance(value, ast.Constant):
            return ast.Constant(self.scaled(name, value.value))
        counted = any(isinstance(n, ast.Name) and n.id.lower() in (*STEPS_COUNT, *STEP, "n") for n in ast.walk(value))
        if name.lower() in STEP and not counted and not isinstance(value, (ast.Name, ast.Attribute)):
            self.changed += 1
            return ast.BinOp(value, ast.Mult(), ast.Constant(self.factors[name.lower()]))
        return value

    def visit_Call(self, node):
        self.generic_visit(node)
        for word in node.keywords:
            if word.arg and isinstance(word.value, ast.Constant):
                word.value = ast.Constant(self.scaled(word.arg, word.value.value))
        return node

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        shifted(node.args, self.scaled)
        return node


def shifted(args, change):
    """The defaults of a function's parameters, each through `change(name, value)`."""
    positional = [*args.posonlyargs, *args.args]
    for arg, default in zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True):
        if isinstance(default, ast.Constant):
            default.value = change(arg.arg, default.value)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if isinstance(default, ast.Constant):
            default.value = change(arg.arg, default.value)


def _whole(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool)


class Pushed(ast.NodeTransformer):
    """The first values of these names, given outside any loop, multiplied: another start of the same motion."""

    def __init__(self, names, factor):
        self.names, self.factor, self.changed = names, factor, 0

    def visit_For(self, node):
        return node

    visit_While = visit_For

    def pushed(self, value):
        self.changed += 1
        return ast.BinOp(value, ast.Mult(), ast.Constant(self.factor))

    def visit_Assign(self, node):
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            if len(target.elts) == len(node.value.elts):
                node.value.elts = [self.pushed(v) if _name(t) in self.names else v for t, v in zip(target.elts, node.value.elts, strict=True)]  # fmt: skip
        elif len(node.targets) == 1 and _name(target) in self.names and not _mentions(node.value, self.names):
            node.value = self.pushed(node.value)
        return node

    def visit_AnnAssign(self, node):
        if node.value is not None and _name(node.target) in self.names:
            node.value = self.pushed(node.value)
        return node


def _name(node):
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _mentions(node, names):
    return any(isinstance(n, (ast.Name, ast.Attribute)) and _name(n) in names for n in ast.walk(node))


def pushed(tree, names, factor):
    """A copy of the tree that starts elsewhere, or None where nothing was changed."""
    pushing = Pushed(names, factor)
    out = ast.fix_missing_locations(pushing.visit(copy.deepcopy(tree)))
    return out if pushing.changed else None


def edited(tree, shift=0, factors=None):
    """A copy of the tree with seeds moved and constants scaled, and how many constants were."""
    out = Seeded(shift).visit(copy.deepcopy(tree))
    scaling = Scaled({k.lower(): v for k, v in (factors or {}).items()})
    out = ast.fix_missing_locations(scaling.visit(out))
    return out, scaling.changed


def runner(tree, shift=0, factors=None):
    """`run(print, space)` for a film: the whole program as `__main__`, printing into the given function."""
    made, _ = edited(tree, shift, factors)
    code = compile(made, "simulation.py", "exec")

    def run(printing, space=None):
        import numpy as np

        random.seed(shift)
        np.random.seed(shift % 2**32)
        space = {} if space is None else space
        space.update({"__name__": "__main__", "print": printing})
        exec(code, space)
        return space

    return run
