# ruff: noqa: E501, D102  (visitors do what their class says; patterns read best on one line)
"""The syntax tree changed so that every value printed and every value returned passes through a recorder, with the names in sight."""

import ast
import copy
import re

from tidegate.runner.confined.recorder import Site, words

TELL, BACK, ARGS = "_tidegate_tell_", "_tidegate_back_", "_tidegate_args_"
PROMISE = re.compile(
    r"(?:should be|should give|expect\w*|exact\w*|theor\w*|true value\w*)(?: values?)?(?: are| is)?\s*[:=≈~]?\s*(-?\d*\.?\d+(?:[eE][-+]?\d+)?(?:\s*(?:,|and|, and)\s*-?\d*\.?\d+)*)(?![\d/*^%]| ?[*/^])"
)
DRAW = re.compile(r"rng|random|rand|np\.random|gauss|expovariate|choice|normal|uniform|poisson|exponential|binomial")


class Instrument(ast.NodeTransformer):
    """Puts a recorder around what is printed and what functions return."""

    def __init__(self, tree):
        self.sites, self.function, self.returning = [], None, False
        self.call, self.headers = 0, {}
        self.made, self.given, self.drawn = _made_by(tree), _given(tree), _drawn(tree)
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

    def printed(self, before, value, after="", piece=None):
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
        self.sites[-1].piece, self.sites[-1].call = before if piece is None else piece, self.call
        self.sites[-1].drawn = _touches(value, self.drawn)
        return self.recorded(TELL, site, value)

    def visit_Call(self, node):
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Name) and node.func.id == "print"):
            return node
        before, first = "", len(self.sites)
        self.call += 1
        spelled = heading(node)
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
        if len(self.sites) == first and re.search("[A-Za-z]{2}", spelled):
            self.headers[self.call] = heading(node)
        return node

    def promise(self, spelled, sites):
        """`print("mean", m, "variance", v, "(should be 0 and 1)")` promises as many numbers as it prints."""
        found = PROMISE.findall(spelled)
        numbers = [float(x) for x in re.findall(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?", found[0])] if len(found) == 1 else []
        if numbers and len(numbers) == len(sites):
            for site, number in zip(sites, numbers, strict=True):
                site.promised = number

    def joined(self, node, before=""):
        piece = before
        for k, part in enumerate(node.values):
            if isinstance(part, ast.Constant):
                before += str(part.value)
                piece += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                after = node.values[k + 1] if k + 1 < len(node.values) else None
                after = str(after.value) if isinstance(after, ast.Constant) else ""
                given = isinstance(part.value, ast.Name) and part.value.id in self.given
                part.value = self.printed(before, part.value, after, piece)
                before, piece = f"{before} " if given else "", ""

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


def heading(node):
    """The words of a printed line without its values, each in its column; formats are none."""
    out = []
    for arg in node.args:
        parts = arg.values if isinstance(arg, ast.JoinedStr) else [arg]
        for part in parts:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                out.append(inner.value if part is inner and len(parts) > 1 else f"  {inner.value}  ")
            elif _format(part) is not None:
                out.append(f"  {_format(part)[0]}  ")
    return "".join(out)


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


def _touches(node, drawn):
    """Whether an expression draws, or reads a name that holds what was drawn."""
    return any(
        (isinstance(n, ast.Call) and DRAW.search(ast.unparse(n.func)) is not None)
        or (isinstance(n, ast.Name) and n.id in drawn)
        or (isinstance(n, ast.Attribute) and n.attr in drawn)
        for n in ast.walk(node)
    )


def _drawn(tree):
    """Names that hold, or functions that answer, what was made of random draws, by following assignments."""
    out, given = set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            made = isinstance(node.value, ast.Call) and _called(node.value) in ("default_rng", "Random", "RandomState")
            given += [] if made else [(t, node.value) for t in node.targets]
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)) and node.value is not None:
            given.append((node.target, node.value))
        elif isinstance(node, (ast.For, ast.comprehension)):
            given.append((node.target, node.iter))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            given += [(node.func.value, a) for a in node.args]
        elif isinstance(node, ast.FunctionDef):
            given += [(ast.Name(node.name), n.value) for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None]  # fmt: skip
    while True:
        more = set()
        for target, value in given:
            if _touches(value, out):
                root = target
                while isinstance(root, ast.Subscript):
                    root = root.value
                more |= {root.attr} if isinstance(root, ast.Attribute) else {n.id for n in ast.walk(root) if isinstance(n, ast.Name)}  # fmt: skip
        if more <= out:
            return out
        out |= more


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


def instrumented(tree):
    """(changed copy of the tree, its sites, headings by the number of the call that prints them)."""
    made = Instrument(tree)
    out = ast.fix_missing_locations(made.visit(copy.deepcopy(tree)))
    return out, made.sites, made.headers
