# ruff: noqa: E501  (tables and messages read best on one line)
"""A run of the whole program as its own loops hold it, turn by turn, and as it prints.

Whatever shape a program has (a script, functions, a class with a `step`, a generator), something in it turns: at the start
of every turn of every loop the numbers in sight are copied under their own names.  Attributes of the program's objects,
entries of its dictionaries and the parts of a tuple that it unpacks are names too.  What never changes is a constant;
lists that grow and arrays that are filled by index are taken as they end; what is printed is kept as text.
"""

import ast
import copy
import io
import sys

TURNS_MAX = 4000
FLOATS_MAX = 3_000_000
LINES_MAX = 3_000_000
TURNS_MIN = 25
ARRAY_MAX = 40_000
RECORD_MIN = 1000
ENERGY_METHODS = ("energy", "total_energy", "hamiltonian", "get_energy", "compute_energy")
FILE = "simulation.py"


class Loop:
    """One loop of one function: `series` by name (turns along the first axis), `constant` what no turn changed."""

    def __init__(self, name, line, outer, turns, series, constant):
        self.name, self.line, self.outer, self.turns, self.series, self.constant = (
            name,
            line,
            outer,
            turns,
            series,
            constant,
        )


class Film:
    """What one run showed: loops (busiest first), final globals, constants seen anywhere, lines printed."""

    def __init__(self):
        self.loops, self.space, self.constants, self.printed, self.kept = [], {}, {}, [], {}
        self.sampled, self.error, self.arguments = {}, None, {}


def film(tree, run):
    """Record `run(printed, space)`, which executes code compiled from `tree` in `space`."""
    camera = _Camera(tree)
    out = Film()
    text = io.StringIO()
    sys.settrace(camera.call)
    try:
        out.space = run(lambda *a, **k: _print(text, *a, **k), out.space) or out.space
    except Exception as error:  # what was seen until then is judged all the same
        out.error = error
    finally:
        sys.settrace(None)
    out.printed = text.getvalue().splitlines()
    camera.develop(out)
    return out


def _print(text, *args, **kwargs):
    """Printing kept within bounds."""
    if text.tell() < 200_000:
        print(*args, file=text, **{k: v for k, v in kwargs.items() if k in ("sep", "end")})


def heads(tree):
    """The first line of each loop's body, with whether the loop stands in no other loop of its function."""
    out = {}

    def visit(node, looped):
        for child in ast.iter_child_nodes(node):
            loop = isinstance(child, (ast.For, ast.While))
            if loop:
                out[child.body[0].lineno] = not looped
            function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda))
            visit(child, False if function else looped or loop)

    visit(tree, False)
    return out


def records(tree):
    """Names that a program fills row by row: appended to, or stored at a loop's index."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            out.add(_root(node.func.value))
        elif isinstance(node, (ast.For, ast.While)):
            index = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)} if isinstance(node, ast.For) else {
                n.target.id for n in ast.walk(node) if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}  # fmt: skip
            for inner in ast.walk(node):
                if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store):
                    first = inner.slice.elts[0] if isinstance(inner.slice, ast.Tuple) else inner.slice
                    if any(isinstance(n, ast.Name) and n.id in index for n in ast.walk(first)):
                        out.add(_root(inner.value))
    return out - {None}


def made_of_records(tree):
    """Names that hold what was recorded turn by turn, or was made of that: no grid, and no state as it ended."""
    out = records(tree) | {"sol", "solution"}
    while True:
        more = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and not isinstance(node.value, (ast.Lambda, ast.Constant)):
                text = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                calls = {getattr(c.func, "attr", getattr(c.func, "id", "")) for c in ast.walk(node.value) if isinstance(c, ast.Call)}  # fmt: skip
                if text & out or calls & {"cumsum", "cumprod", "solve_ivp", "odeint", "accumulate"}:
                    more |= {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if more <= out:
            return out
        out |= more


def unpacked(tree):
    """`a, b = state` names the parts of `state`: {'state': ('a', 'b')}, where one program names them one way."""
    out = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], (ast.Tuple, ast.List))
            and isinstance(node.value, (ast.Name, ast.Attribute))
            and all(isinstance(e, ast.Name) for e in node.targets[0].elts)
        ):
            parts = tuple(e.id for e in node.targets[0].elts)
            out.setdefault(_root(node.value), set()).add(parts)
    return {k: next(iter(v)) for k, v in out.items() if len(v) == 1}


def number(value):
    """Whether a value is one real number."""
    import numpy as np

    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def arguments(frame):
    """What a function was first called with, by parameter; what could change later is copied."""
    import numpy as np

    out = {}
    for name in frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]:
        value = frame.f_locals.get(name)
        if isinstance(value, np.ndarray):
            out[name] = value.copy() if value.size <= ARRAY_MAX else None
        elif isinstance(value, (list, dict)):
            out[name] = copy.deepcopy(value) if len(value) <= 1000 else None
        elif type(value).__module__ not in (
            "simulation",
            "__main__",
        ):  # an object of the program's own goes on changing
            out[name] = value
    return {k: v for k, v in out.items() if v is not None}


def _root(node):
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


class _Camera:
    """Snapshots by loop, bounded in number and in size."""

    def __init__(self, tree):
        self.heads, self.records, self.parts = heads(tree), records(tree), unpacked(tree)
        self.turns, self.floats, self.kept, self.codes = {}, {}, {}, {}
        self.sampled, self.arguments, self.left = {}, {}, LINES_MAX

    def call(self, frame, _event, _arg):
        """Watches functions of the program that have a loop, until their budget is spent."""
        code = frame.f_code
        if code.co_filename != FILE:
            return None
        mine = self.codes.get(code)
        if mine is None:
            self.arguments.setdefault(code.co_qualname, arguments(frame))
            mine = self.codes[code] = {line for _, _, line in code.co_lines() if line} & self.heads.keys()
            if code.co_name == "<module>":  # the lines of a nested function are not its module's own
                mine = self.codes[code] = {h for h in mine if h in self.heads}
        if self.left < 0:
            frame.f_trace_lines = False  # only what it leaves behind is still looked at
        return self.line if mine and not self.spent(code) else None

    def spent(self, code):
        """Whether every loop of a function has shown as much as is kept."""
        return all(
            len(self.turns.get((code, h), ())) >= TURNS_MAX or self.floats.get((code, h), 0) >= FLOATS_MAX
            for h in self.codes[code]
        )

    def line(self, frame, event, _arg):
        """A snapshot at the start of each turn, and what was filled as it ended."""
        if event == "line":
            self.left -= 1
            if self.left < 0:
                frame.f_trace_lines = False
            at = frame.f_lineno
            if at in self.heads:
                key = (frame.f_code, at)
                turns = self.turns.setdefault(key, [])
                if len(turns) < TURNS_MAX and self.floats.get(key, 0) < FLOATS_MAX:
                    turns.append(self.snapshot(frame, key))
                elif self.spent(frame.f_code):
                    frame.f_trace_lines = False
        elif event == "return":
            self.keep(frame)
        return self.line

    def keep(self, frame):
        """Lists that grew and arrays filled by index, as a function leaves them."""
        names = dict(frame.f_locals)
        own = names.get("self")
        if own is not None and hasattr(own, "__dict__"):
            names.update(vars(own))
        for name, value in names.items():
            if name in self.records and isinstance(value, list | _array()) and len(value) >= TURNS_MIN:
                self.kept[name] = value

    def snapshot(self, frame, key):
        """Copies of what is a number or a small array, flattened to names."""
        names = frame.f_locals
        out = {}
        if frame.f_code.co_name == "<module>":
            names = {k: v for k, v in names.items() if not k.startswith("_")}
        own = names.get("self")
        if own is not None and hasattr(own, "__dict__"):
            for name, value in vars(own).items():
                self.add(out, name, value, 1)
        for name, value in list(names.items()):
            if name != "self":
                self.add(out, name, value, 0)
        self.floats[key] = self.floats.get(key, 0) + sum(getattr(v, "size", 1) for v in out.values())
        return out

    def add(self, out, name, value, depth):
        """One value under its name, or its parts under theirs."""
        import numpy as np

        if number(value):
            out[name] = float(value)
        elif isinstance(value, np.ndarray):
            if (
                value.dtype.kind in "fiubc"
                and 0 < value.size <= ARRAY_MAX
                and value.ndim
                and not (len(value) > RECORD_MIN and name in self.records)
            ):
                out[name] = value.astype(complex if value.dtype.kind == "c" else float)
                if value.ndim == 1 and len(self.parts.get(name, ())) == len(value):
                    for part, v in zip(self.parts[name], value, strict=True):
                        out.setdefault(part, float(v.real))
        elif isinstance(value, (list, tuple)) and name not in self.records and 1 < len(value) <= ARRAY_MAX:
            self.add_list(out, name, value)
        elif isinstance(value, dict) and 0 < len(value) <= 12 and all(number(v) for v in value.values()):
            for key, v in value.items():
                out.setdefault(str(key), float(v))
        elif depth < 2 and type(value).__module__ in ("simulation", "__main__") and hasattr(value, "__dict__"):
            self.sample(value)
            for key, v in vars(value).items():
                if key in out:
                    key = f"{name}.{key}"
                self.add(out, key, v, depth + 1)

    def sample(self, value):
        """Now and then, what an object's own `energy()` says."""
        for method in ENERGY_METHODS:
            f = getattr(value, method, None)
            rows = self.sampled.setdefault((id(value), method), [0])
            rows[0] += 1
            if not callable(f) or rows[0] % 16 != 1 or len(rows) > 100:
                continue
            try:
                rows.append(float(f()))
            except Exception:
                rows[0] = 1 << 40

    def add_list(self, out, name, value):
        """A list of numbers, of rows, or of the program's own objects."""
        import numpy as np

        first = value[0]
        if number(first) or isinstance(first, bool):
            if all(number(v) or isinstance(v, bool) for v in value):
                out[name] = np.array(value, float)
                if len(self.parts.get(name, ())) == len(value):
                    for part, v in zip(self.parts[name], value, strict=True):
                        out.setdefault(part, float(v))
        elif isinstance(first, (list, tuple)) and len(first) and number(first[0]) and len(first) * len(value) <= ARRAY_MAX:  # fmt: skip
            if len({len(row) for row in value if isinstance(row, (list, tuple))}) == 1:
                try:
                    out[name] = np.array(value, float)
                except (TypeError, ValueError):
                    return
        elif type(first).__module__ in ("simulation", "__main__") and hasattr(first, "__dict__") and len(value) <= 400:
            for key in vars(first):
                rows = [getattr(v, key, None) for v in value]
                if all(number(r) for r in rows) or all(
                    isinstance(r, np.ndarray) and r.ndim == 1 and r.dtype.kind in "fi" for r in rows
                ):
                    try:
                        out.setdefault(key, np.array(rows, float))
                    except ValueError:
                        continue

    def develop(self, out):
        """The snapshots as series and constants, busiest loop first."""
        import numpy as np

        out.kept, out.arguments = {}, self.arguments
        for name, value in self.kept.items():
            try:
                grown = np.array(value)
            except (ValueError, TypeError):
                continue
            if grown.dtype.kind in "fiubc":
                out.kept[name] = grown
        for (code, line), turns in self.turns.items():
            if len(turns) < 3:
                for turn in turns:
                    out.constants.update({k: v for k, v in turn.items() if k not in out.constants})
                continue
            series, constant = _told(turns)
            if len(turns) >= TURNS_MIN:
                out.loops.append(Loop(code.co_name, line, self.heads[line], len(turns), series, constant))
            for name, value in constant.items():
                out.constants.setdefault(name, value)
        for (_, method), (_, *rows) in self.sampled.items():
            if len(rows) >= 20:
                out.sampled.setdefault(method, np.array(rows))
        out.loops.sort(key=lambda found: -found.turns)


def _array():
    import numpy as np

    return np.ndarray


def _told(turns):
    """Series and constants of one loop."""
    import numpy as np

    series, constant = {}, {}
    for name in set.intersection(*(set(t) for t in turns[1:])):
        values = [t[name] for t in turns[0 if name in turns[0] else 1 :]]
        shapes = {np.shape(v) for v in values}
        if len(shapes) != 1:
            continue
        rows = np.array(values)
        if rows.dtype.kind == "c" or np.any(rows != rows[0]):
            series[name] = rows
        else:
            constant[name] = values[-1]
    return series, constant
