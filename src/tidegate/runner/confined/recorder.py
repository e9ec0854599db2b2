# ruff: noqa: E501, D102  (visitors do what their class says; patterns read best on one line)
"""What a program answers, at full precision and under the words it gives it: every value printed and every value returned.

The syntax tree is changed so that each printed value and each returned one passes through a recorder, with the names in
sight there.  A result carries the words before it (`"mean wait:"`), the expression (`sim.mean_wait`), the function it came
from with its docstring, and its scope: arguments and constants, nearest first.
"""

import ast
import copy
import re

import numpy as np

OCCURRENCES = 600
TELL, BACK, ARGS = "_tidegate_tell_", "_tidegate_back_", "_tidegate_args_"
PROMISE = re.compile(
    r"(?:should be|should give|expect\w*|exact\w*|theor\w*|true value\w*)(?: values?)?(?: are| is)?\s*[:=≈~]?\s*(-?\d*\.?\d+(?:[eE][-+]?\d+)?(?:\s*(?:,|and|, and)\s*-?\d*\.?\d+)*)(?![\d/*^%]| ?[*/^])"
)
DRAW = re.compile(r"rng|random|rand|np\.random|gauss|expovariate|choice|normal|uniform|poisson|exponential|binomial")
SPLIT = re.compile(r"([a-z0-9])([A-Z])")


def words(text):
    """`mean_wait`, `meanWait` and `mean wait:` as the same words."""
    return re.sub(r"[^a-z0-9µπ%²^/.]+", " ", SPLIT.sub(r"\1 \2", text).lower()).strip()


class Site:
    """One place of the source that answers: `label` its own words, `about` the function's name and docstring.

    `source` is the function that a printed value comes from, `promised` the number that is printed beside it as a literal.
    """

    def __init__(self, kind, label, about, names, free, source):
        self.kind, self.label, self.about, self.names, self.free, self.source = kind, label, about, names, free, source
        self.promised = None


class Instrument(ast.NodeTransformer):
    """Puts a recorder around what is printed and what functions return."""

    def __init__(self, tree):
        self.sites, self.function, self.returning = [], None, False
        self.made, self.given = _made_by(tree), _given(tree)
        self.documents = {n.name: (ast.get_docstring(n) or "") for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}  # fmt: skip

    def site(self, kind, label, names=(), source=""):
        about = free = ""
        if self.function is not None:
            about = f"{words(self.function.name)} {words(ast.get_docstring(self.function) or '')[:200]}"
            free = _free(self.function)
        self.sites.append(Site(kind, label, about, names, free, source))
        return ast.Constant(len(self.sites) - 1)

    def recorded(self, name, site, value):
        here = ast.Call(ast.Name("locals", ast.Load()), [], [])
        if name == BACK:
            here = ast.BinOp(
                ast.Call(ast.Name("dict", ast.Load()), [here], []), ast.BitOr(), ast.Name(ARGS, ast.Load())
            )
        return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [site, value, here], []), value)

    def printed(self, before, value, after=""):
        if isinstance(value, ast.Constant) or any(isinstance(n, ast.NamedExpr) for n in ast.walk(value)):
            return value
        text = ast.unparse(value)
        own = before if re.search("[A-Za-zπ]{2}", before) else f"{before} {after}"
        source = next(
            (f for n in ast.walk(value) if isinstance(n, ast.Call) and (f := _called(n)) in self.documents), ""
        )
        source = source or next(
            (self.made[n.id] for n in ast.walk(value) if isinstance(n, ast.Name) and n.id in self.made), ""
        )
        about = f"{source} {self.documents.get(source, '')[:200]}"
        given = isinstance(value, ast.Name) and value.id in self.given
        site = self.site("given" if given else "print", f"{words(own)} | {words(text)} | {words(about)}", source=source)
        return self.recorded(TELL, site, value)

    def visit_Call(self, node):
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Name) and node.func.id == "print"):
            return node
        before, first = "", len(self.sites)
        spelled = " ".join(str(n.value) for a in node.args for n in ast.walk(a) if isinstance(n, ast.Constant) and isinstance(n.value, str))  # fmt: skip
        for k, arg in enumerate(node.args):
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                before = arg.value
            elif isinstance(arg, ast.JoinedStr):
                self.joined(arg, before)
            elif _format(arg) is not None:
                template, values = _format(arg)
                pieces = re.split(r"%[-+ #0-9.]*[a-zA-Z]|\{[^{}]*\}", template)
                for i, value in enumerate(values):
                    values[i] = self.printed(pieces[i] if i < len(pieces) else "", value)
            elif not isinstance(arg, ast.Starred):
                node.args[k] = self.printed(before, arg)
                before = ""
        self.promise(spelled, [s for s in self.sites[first:] if s.kind == "print"])
        return node

    def promise(self, spelled, sites):
        """`print("mean", m, "variance", v, "(should be 0 and 1)")` promises as many numbers as it prints."""
        found = PROMISE.findall(spelled)
        numbers = [float(x) for x in re.findall(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?", found[0])] if len(found) == 1 else []
        if numbers and len(numbers) == len(sites):
            for site, number in zip(sites, numbers, strict=True):
                site.promised = number

    def joined(self, node, before=""):
        for k, part in enumerate(node.values):
            if isinstance(part, ast.Constant):
                before += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                after = node.values[k + 1] if k + 1 < len(node.values) else None
                after = str(after.value) if isinstance(after, ast.Constant) else ""
                given = isinstance(part.value, ast.Name) and part.value.id in self.given
                part.value = self.printed(before, part.value, after)
                before = f"{before} " if given else ""

    def visit_FunctionDef(self, node):
        outer, self.function = self.function, node
        outer_returning = self.returning
        heavy = any(isinstance(n, (ast.For, ast.While, ast.ListComp, ast.GeneratorExp)) for n in ast.walk(node))
        self.returning = heavy or DRAW.search(ast.unparse(node)) is not None
        self.generic_visit(node)
        if self.returning:
            keep = ast.parse(f"{ARGS} = dict(locals())").body[0]
            node.body.insert(1 if ast.get_docstring(node) is not None else 0, keep)
        self.function = outer
        self.returning = outer_returning
        return node

    def visit_Lambda(self, node):
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        value = node.value
        if value is None or self.function is None or not self.returning:
            return node
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) and not any(isinstance(e, ast.Starred) for e in value.elts) else [value]  # fmt: skip
        name = words(self.function.name)
        labels = [name] if len(parts) == 1 else [words(ast.unparse(p)) for p in parts]
        text = words(ast.unparse(value)) if len(parts) == 1 and isinstance(value, (ast.Name, ast.Attribute)) else ""
        site = self.site("return", f"{labels[0] if len(parts) == 1 else ''} {text}".strip(), tuple(labels) if len(parts) > 1 else (), self.function.name)  # fmt: skip
        node.value = self.recorded(BACK, site, value)
        return node


def _format(node):
    """(template, values) of `"..." % values` and `"...".format(values)`; the list is the node's own."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):  # fmt: skip
        if not isinstance(node.right, ast.Tuple):
            node.right = ast.Tuple([node.right], ast.Load())
        return node.left.value, node.right.elts
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format" and isinstance(node.func.value, ast.Constant):  # fmt: skip
        return str(node.func.value.value), node.args
    return None


def _called(node):
    """The name that a call calls."""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _made_by(tree):
    """Names that hold what one function answers: `share = simulate(…)`."""
    functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    out = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.targets) == 1:
            name = getattr(node.value.func, "id", getattr(node.value.func, "attr", ""))
            if name in functions:
                out.update({n.id: name for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)})
    return out


def _given(tree):
    """Names that are arguments, go through a loop, or are spelled out as numbers: printing them answers nothing."""
    out = {a.arg for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) for a in n.args.args}
    stored = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            out |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored[node.id] = stored.get(node.id, 0) + 1
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            pairs = zip(node.targets[0].elts, node.value.elts, strict=False) if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple) else [(node.targets[0], node.value)]  # fmt: skip
            out |= {t.id for t, v in pairs if isinstance(t, ast.Name) and stored.get(t.id) == 1 and not any(isinstance(n, (ast.Name, ast.Call)) for n in ast.walk(v))}  # fmt: skip
    return out


def moving(tree):
    """Attributes that methods change after the object was made, and names of the module that are counted up."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name not in ("__init__", "__post_init__"):
            out |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            out.add(node.target.id)
    return frozenset(out)


def _free(function):
    """Names of a function that hold one value while it runs: arguments never stored to, and names set once outside loops."""
    stored, looped = {}, set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored[node.id] = stored.get(node.id, 0) + 1
        if isinstance(node, (ast.For, ast.While, ast.comprehension)):
            looped |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    arguments = {a.arg for a in (*function.args.args, *function.args.kwonlyargs)}
    return frozenset(arguments | {n for n, k in stored.items() if k == 1 and n not in looped | arguments})  # fmt: skip


class Result:
    """One value as one run gave it."""

    __slots__ = ("about", "kind", "label", "promised", "scope", "site", "value")

    def __init__(self, site, kind, label, about, value, scope, promised):
        self.site, self.kind, self.label, self.about, self.value, self.scope, self.promised = site, kind, label, about, value, scope, promised  # fmt: skip


class Recorder:
    """Keeps what passes: values as floats (or small arrays), scopes as flat levels of names."""

    def __init__(self, sites, moved=frozenset()):
        self.moved = moved
        self.sites, self.results, self.counts, self.space, self.last, self.named = sites, [], {}, {}, {}, {}

    def tell(self, k, value, here):
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
                self.results.append(Result((place, name), site.kind, label, site.about, number, scope, site.promised))


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


def instrumented(tree):
    """(changed copy of the tree, its sites)."""
    made = Instrument(tree)
    out = ast.fix_missing_locations(made.visit(copy.deepcopy(tree)))
    return out, made.sites
