# ruff: noqa: E501  (tables and messages read best on one line)
"""What the laws see of a film: series and constants of one loop that steps time, looked up by any usual spelling of a name.

A loop steps time when nothing inside it steps the same state more finely, and when it does not merely go over the elements
of an array.  What a program filled row by row is a scene of its own.
"""

import ast
import re

from tidegate.runner.confined.film import TURNS_MIN, made_of_records
from tidegate.runner.confined.measured import STEPS, TIMES


def plain(name):
    """`N_A`, `self._n_a` and `nA` are one name."""
    return re.sub(r"[_.\s]", "", str(name)).lower()


class Scene:
    """Series by name with the constants, the words of the program and of the prose around it."""

    def __init__(self, out, series, constants, source, text, line, spaced):
        self.out, self.series, self.constants, self.source, self.text, self.line, self.spaced = (
            out,
            series,
            constants,
            source,
            text,
            line,
            spaced,
        )
        self.by_plain = {}
        for name, value in series.items():
            self.by_plain.setdefault(plain(name), value)
        self.fixed = {}
        for name, value in constants.items():
            self.fixed.setdefault(plain(name), value)

    def says(self, pattern):
        """Whether the program or its prose speaks of it."""
        return re.search(pattern, self.text) is not None

    def one(self, *names, dims=1, kinds="fiu"):
        """The first series of these names with that many dimensions, time first."""
        for name in names:
            for table, key in ((self.series, name), (self.by_plain, plain(name))):
                found = table.get(key)
                if found is not None and found.ndim == dims and found.dtype.kind in kinds:
                    return found
        return None

    def number(self, *names):
        """The first constant number of these names."""
        import numpy as np

        for name in names:
            for table, key in ((self.constants, name), (self.fixed, plain(name))):
                found = table.get(key)
                if found is not None and np.ndim(found) == 0:
                    try:
                        return float(found)
                    except (TypeError, ValueError):
                        continue
        return None

    def vector(self, *names):
        """The first constant array of one dimension of these names."""
        import numpy as np

        for name in names:
            for table, key in ((self.constants, name), (self.fixed, plain(name))):
                found = table.get(key)
                if found is not None and np.ndim(found) == 1:
                    return np.asarray(found, float)
        return None

    def dt(self):
        """Time from turn to turn: of a series of times, or the step where each turn is one step."""
        import numpy as np

        t = self.one(*TIMES)
        if t is not None and len(t) > 2:
            steps = np.diff(t)
            return float(steps.mean()) if steps.min() > 0 and np.ptp(steps) < 1e-6 * steps.mean() + 1e-12 else None
        return self.number(*STEPS) if self.spaced else None


def scenes(film, tree, source, prose, out):
    """Every scene of a film: its time loops, then what it filled row by row."""
    text = f"{prose}\n{source}".lower()
    elements = element_loops(tree)
    moving = {name for one in film.loops for name in one.series}
    known = {**spelled_out(tree), **film.constants, **{k: v for k, v in film.space.items() if _constant(k, v)}}
    constants = {k: v for k, v in known.items() if k not in moving}
    loops = [one for one in film.loops if one.line not in elements]
    made = []
    for one in loops:
        finer = {
            name
            for other in loops
            if other is not one and (other.turns > one.turns or (other.turns == one.turns and one.outer > other.outer))
            for name, rows in other.series.items()
            if name in one.series and _stepped(rows)
        }
        series = {k: v for k, v in one.series.items() if k not in finer}
        if series:
            made.append(Scene(out, series, {**constants, **one.constant}, source, text, one.line, True))
    whole, sometimes = {}, conditional(tree)
    for name, rows in film.kept.items():
        columns = appended_columns(tree, name)
        if rows.ndim == 2 and columns and rows.shape[1] == len(columns):
            whole.update({c: rows[:, i] for i, c in enumerate(columns)})
        whole[name] = rows
    if whole:
        lengths = {}
        for name, rows in whole.items():
            if len(rows) >= TURNS_MIN:
                lengths.setdefault(len(rows), {})[name] = rows
        for group in lengths.values():
            regular = not any(name in sometimes for name in group)
            made.append(Scene(out, group, constants, source, text, None, regular))
    made += final(film, tree, constants, source, text)
    if not made:
        made.append(Scene(out, {}, constants, source, text, None, False))
    return made


def final(film, tree, constants, source, text):
    """Arrays of the module that were made of what was recorded or solved: `x, y = sol.y`, by their length."""
    import numpy as np

    kept, lengths = made_of_records(tree), {}
    for name, value in film.space.items():
        array = isinstance(value, np.ndarray) and value.dtype.kind in "fc" and 0 < value.ndim <= 2
        named = name in kept or name in TIMES or name == "t_eval"
        if array and named and len(value) >= TURNS_MIN and name not in film.kept:
            lengths.setdefault(len(value), {})["t" if name == "t_eval" else name] = value
    return [Scene(None, group, constants, source, text, None, False) for group in lengths.values()]


def _stepped(rows):
    """Whether (nearly) every turn of a loop changes it: a loop that only reads a state sees it jump now and then."""
    import numpy as np

    return float(np.mean(np.any((rows[1:] != rows[:-1]).reshape(len(rows) - 1, -1), axis=1))) > 0.9


def spelled_out(tree):
    """Numbers that calls and defaults give to parameters: `gas.step(0.01)` with `def step(self, dt)` says dt = 0.01."""
    functions = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.FunctionDef) and one.name == "__init__":
                    functions.setdefault(node.name, []).append([a.arg for a in one.args.args[1:]])
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in node.args.args]
            functions.setdefault(node.name, []).append(names[1:] if names[:1] == ["self"] else names)
    defaults, given = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            args = node.args.args
            for arg, value in zip(args[len(args) - len(node.args.defaults) :], node.args.defaults, strict=True):
                defaults.setdefault(arg.arg, set()).add(_literal(value))
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if len(functions.get(name, ())) == 1:
                for arg, value in [*zip(functions[name][0], node.args, strict=False), *((k.arg, k.value) for k in node.keywords)]:  # fmt: skip
                    given.setdefault(arg, set()).add(_literal(value))
    both = {**defaults, **{k: v for k, v in given.items() if None not in v}}
    return {k: next(iter(v)) for k, v in both.items() if len(v) == 1 and None not in v}


def _literal(node):
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _constant(name, value):
    import numpy as np

    if name.startswith("_") or isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) or (isinstance(value, np.ndarray) and value.size <= 4096)


def element_loops(tree):
    """Lines of loops that go over the elements of what they store into: `for i in …: v[i] += …`, `for p in …: p.x += …`."""
    out = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.For):
            continue
        if carried(node):
            continue  # it records a state at its index: `x = x + v * dt; xs[i] = x`
        index = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        for inner in ast.walk(node):
            if (
                isinstance(inner, (ast.Subscript, ast.Attribute))
                and isinstance(inner.ctx, ast.Store)
                and any(isinstance(n, ast.Name) and n.id in index for n in ast.walk(inner))
            ):
                out.add(node.body[0].lineno)
    return out


def carried(loop):
    """Whether a loop steps a state of its own by a step of time: `x += v * dt`, `x = x + v * dt`."""
    for one in loop.body:
        target = one.target if isinstance(one, ast.AugAssign) else one.targets[0] if isinstance(one, ast.Assign) else None  # fmt: skip
        if not isinstance(target, ast.Name) or target.id in TIMES:
            continue
        names = {n.id for n in ast.walk(one.value) if isinstance(n, ast.Name)}
        if names & {*STEPS} - {target.id, "h", "tau"} and (isinstance(one, ast.AugAssign) or target.id in names):
            return True
    return False


def conditional(tree):
    """Names that are appended to only at some turns."""
    out = set()
    for loop in ast.walk(tree):
        if isinstance(loop, (ast.For, ast.While)):
            for branch in ast.walk(loop):
                if isinstance(branch, ast.If):
                    for node in ast.walk(branch):
                        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":  # fmt: skip
                            value = node.func.value
                            out.add(value.id if isinstance(value, ast.Name) else getattr(value, "attr", None))
            nested = [n for n in ast.walk(loop) if isinstance(n, (ast.For, ast.While)) and n is not loop]
            if nested:  # appended once per many steps
                inside = {id(n) for one in nested for n in ast.walk(one)}
                for node in ast.walk(loop):
                    if (
                        isinstance(node, ast.Call)
                        and isinstance(node.func, ast.Attribute)
                        and node.func.attr == "append"
                        and id(node) not in inside
                    ):
                        value = node.func.value
                        out.add(value.id if isinstance(value, ast.Name) else getattr(value, "attr", None))
    return out


def appended_columns(tree, name):
    """Column names of `name.append((t, S, I, R))`."""
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "append"
            and getattr(call.func.value, "id", getattr(call.func.value, "attr", None)) == name
            and call.args
            and isinstance(call.args[0], (ast.Tuple, ast.List))
        ):
            out = [getattr(e, "id", getattr(e, "attr", None)) for e in call.args[0].elts]
            return out if None not in out and len(set(out)) == len(out) else []
    return []
