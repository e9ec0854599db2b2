"""What a run's own loop holds: its local variables, step by step, where what it returns says nothing.

A function that prints its result, answers one number, or is called from under `if __name__ == "__main__":` still steps
something forward.  Its outermost loop is watched: numbers and small arrays at the start of every turn become series
under their own names, what never changes becomes a parameter, lists that grew are taken as they ended.
"""

import ast
import sys

from tidegate.runner.confined.entry import Subject, number

TURNS_MAX = 3000
FLOATS_MAX = 2_000_000
LINES_MAX = 2_000_000
TURNS_MIN = 25
ARRAY_MAX = 4096


def watch(space, tree, source, subject):
    """A Subject whose series are the local variables of the busiest outermost loop; None where nothing loops."""
    heads = _heads(tree)
    if not heads:
        return None
    if subject is None and not _guarded(tree):
        return None
    fixed = {}

    def call(seed, changes):
        seen = _Seen(heads)
        sys.settrace(seen.call)
        try:
            if subject is not None:
                subject.function(seed, {**subject.given, **changes})
            else:
                exec(compile(source, "simulation.py", "exec"), {**space, "__name__": "__main__"})
        finally:
            sys.settrace(None)
        series, constant = seen.told()
        fixed.update(constant)
        return series

    params = {**(subject.params if subject is not None else {k: v for k, v in space.items() if number(v)})}
    name = subject.name if subject is not None else "the script"
    made = Subject(name, call, params, {}, subject is not None and subject.takes_seed, None)
    made.fixed, made.watched = fixed, True
    return made


def _heads(tree):
    """The first line of the body of every loop that is in no other loop of its function."""
    out = set()

    def visit(node, looped):
        for child in ast.iter_child_nodes(node):
            loop = isinstance(child, (ast.For, ast.While))
            if loop and not looped:
                out.add(child.body[0].lineno)
            function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda))
            visit(child, False if function else looped or loop)

    visit(tree, False)
    return out


def _guarded(tree):
    return any(isinstance(n, ast.If) and "__name__" in ast.unparse(n.test) for n in tree.body)


class _Seen:
    """Snapshots by loop, bounded in number and in size."""

    def __init__(self, heads):
        self.heads, self.turns, self.last, self.floats, self.left = heads, {}, {}, 0, LINES_MAX

    def call(self, frame, _event, _arg):
        """Watches functions of the simulation that have a loop."""
        if frame.f_code.co_filename != "simulation.py":
            return None
        if self.left < 0:
            return None
        lines = {line for _, _, line in frame.f_code.co_lines() if line}
        return self.line if lines & self.heads else None

    def line(self, frame, event, _arg):
        """A snapshot at the start of each turn, and the lists as they ended."""
        self.left -= 1
        if self.left < 0:
            frame.f_trace_lines = False
        if event == "return":
            self.last[frame.f_code] = {k: v for k, v in frame.f_locals.items() if isinstance(v, list)}
        elif event == "line" and frame.f_lineno in self.heads:
            turns = self.turns.setdefault((frame.f_code, frame.f_lineno), [])
            if len(turns) < TURNS_MAX and self.floats < FLOATS_MAX:
                turns.append(self.snapshot(frame))
        return self.line

    def snapshot(self, frame):
        """Copies of what is a number or a small array, the object's own included."""
        import numpy as np

        named = dict(frame.f_locals)
        own = named.pop("self", None)
        if own is not None and hasattr(own, "__dict__"):
            named = {**vars(own), **named}
        if frame.f_code.co_name == "<module>":
            named = {k: v for k, v in named.items() if not k.startswith("_")}
        out = {}
        for name, value in named.items():
            if number(value):
                out[name] = float(value)
                self.floats += 1
            elif isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and 0 < value.size <= ARRAY_MAX:
                out[name] = value.astype(float)
                self.floats += value.size
            elif isinstance(value, (list, tuple)) and 1 < len(value) <= 8 and all(number(v) for v in value):
                out[name] = np.array(value, float)
                self.floats += len(value)
        return out

    def told(self):
        """Series and constants of the loop that turned most often."""
        import numpy as np

        code, turns = max(
            ((key[0], t) for key, t in self.turns.items()), key=lambda found: len(found[1]), default=(None, [])
        )
        if len(turns) < TURNS_MIN:
            return {}, {}
        series, constant = {}, {}
        for name in set.intersection(*(set(t) for t in turns[1:])):
            if len({np.shape(t[name]) for t in turns[1:]}) != 1:
                continue
            rows = np.array([t[name] for t in turns[1:]])
            if np.array_equal(rows[0], rows[-1], equal_nan=True) and bool(np.all(rows == rows[0])):
                constant[name] = turns[-1][name]
            else:
                series[name] = rows
        for name, value in self.last.get(code, {}).items():
            try:
                grown = np.asarray(value, float)
            except (ValueError, TypeError):
                continue
            if len(grown) >= TURNS_MIN and name not in series:
                series[name] = grown
        return series, constant
