# ruff: noqa: E501  (patterns read best on one line)
"""What a program answers, at full precision and under the words it gives it: every value printed and every value returned.

`instrument` changes the syntax tree so that each of them passes through a `Recorder`, with the names in sight there.  A result
carries the words before it (`"mean wait:"`), the expression (`sim.mean_wait`), the function it came from with its docstring,
and its scope: arguments and constants, nearest first.
"""

import ast
import re

import numpy as np

OCCURRENCES = 600
SPLIT = re.compile(r"([a-z0-9])([A-Z])")


def words(text):
    """`mean_wait`, `meanWait` and `mean wait:` as the same words."""
    return re.sub(r"[^a-z0-9µπ%²^/.]+", " ", SPLIT.sub(r"\1 \2", text).lower()).strip()


class Site:
    """One place of the source that answers: `label` its own words, `about` the function's name and docstring.

    `source` is the function that a printed value comes from, `promised` the number that is printed beside it as a literal,
    `piece` the words as they stand between the value before and it, `call` which call of `print` it is, `drawn` whether it
    is made of random draws.
    """

    def __init__(self, kind, label, about, names, free, source):
        self.kind, self.label, self.about, self.names, self.free, self.source = kind, label, about, names, free, source
        self.promised, self.piece, self.call, self.drawn = None, "", 0, False


def moving(tree):
    """Attributes that methods change after the object was made, and names of the module that are counted up."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name not in ("__init__", "__post_init__"):
            out |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            out.add(node.target.id)
    return frozenset(out)


class Result:
    """One value as one run gave it."""

    __slots__ = ("about", "call", "drawn", "kind", "label", "piece", "promised", "scope", "site", "value")

    def __init__(self, place, site, label, value, scope):
        self.site, self.label, self.value, self.scope = place, label, value, scope
        self.kind, self.about, self.promised = site.kind, site.about, site.promised
        self.piece, self.call, self.drawn = site.piece, site.call, site.drawn


class Recorder:
    """Keeps what passes: values as floats (or small arrays), scopes as flat levels of names."""

    def __init__(self, sites, moved=frozenset()):
        self.moved = moved
        self.sites, self.results, self.counts, self.space, self.last, self.named = sites, [], {}, {}, {}, {}

    def tell(self, k, value, here):
        """One value printed or returned at a site, with what was in sight."""
        site = self.sites[k]
        place = site.source if site.kind == "return" else k
        if self.counts.get(place, 0) < OCCURRENCES:
            self.counts[place] = self.counts.get(place, 0) + 1
            try:
                self.keep(k, value, here)
            except Exception:
                return value
        return value

    def keep(self, k, value, here):
        """The value of a site that a later one is held against."""
        site = self.sites[k]
        scope = scoped(here, site.free, self.space, self.moved)
        if site.kind == "return":
            self.last[site.source], self.named[site.source] = scope[:2], site.names
        elif site.source in self.last:
            scope = (
                (*scope[:1], *self.last[site.source], *scope[1:]) if site.free else (*self.last[site.source], *scope)
            )
        parts = [("", value)]
        if isinstance(value, dict):
            parts = [(str(key), v) for key, v in value.items()]
        elif isinstance(value, (tuple, list)) and site.names and len(site.names) == len(value):
            parts = list(zip(site.names, value, strict=True))
        elif isinstance(value, tuple):
            names = self.named.get(site.source, ())
            if len(names) != len(value):
                return
            parts = list(zip(names, value, strict=True))
        for name, v in parts:
            number = as_number(v)
            if number is not None:
                head, bar, rest = site.label.partition("|")
                label = f"{head.strip()} {words(name)} {bar}{rest}".strip()
                place = site.source if site.kind == "return" else k
                self.results.append(Result((place, name), site, label, number, scope))


def as_number(value):
    """A float, or an array of floats; None for what is neither."""
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        return float(value)
    if isinstance(value, (list, tuple, np.ndarray)) and 0 < np.size(value) <= 400_000:
        out = np.array(value)
        return out.astype(float) if out.dtype.kind in "fiub" else None
    return None


def scoped(here, free, space, moved):
    """Levels of names, nearest first: the function's own, its objects' attributes, the module's; without those that are `moved`."""
    module = free == ""
    own = {k: v for k, v in here.items() if (k not in moved if module else k in free) and not k.startswith("_")}
    objects = {}
    for name, value in here.items():
        if type(value).__module__ == "__main__" and hasattr(value, "__dict__") and not isinstance(value, type):
            for key, v in vars(value).items():
                if key not in moved:
                    objects.setdefault(key, v)
            if name == "self":
                objects.update({k: v for k, v in vars(value).items() if k not in moved})
    return (own, objects, {} if module else space)
