# ruff: noqa: E501  (messages and tables read best on one line)
"""What a program computes, name by name: rates of change, steps of a state, and formulae that are assigned, returned or printed.

Statements are followed in order; a name that is assigned once stands for its value, a state that is stepped stands for itself.
Calls of the program's own short functions are replaced by what they return.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

import msgspec

from tidegate.check.verify.code.parsed import source_of, walk
from tidegate.check.verify.known.terms import NEW, SIZE_MAX, Env, Tree, leaf, leaves, name_of, size, tree_of

STEPS = frozenset({"dt", "h", "delta_t", "deltat", "time_step", "timestep", "step_size", "DT", "dT", "Dt", "tau_step"})
DEPTH_MAX = 3
PLAIN = re.compile(r"[^\W\d]\w*(?:\[\d+\])?")
Function = ast.FunctionDef | ast.Lambda


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a program computes: `name` gets `tree`, as written `shallow`; `kind` is step, rate, formula, returned or printed."""

    kind: str
    name: str
    tree: Tree
    node: ast.AST
    scope: int
    shallow: Tree
    order: int = 0
    branch: bool = False


class Reader:
    """One program, read once."""

    def __init__(self, tree: ast.Module):
        self.tree = tree
        self.functions = {n.name: n for n in walk(tree) if isinstance(n, ast.FunctionDef)}
        self.said: list[Said] = []
        self.named: set[str] = set()
        self.depth = self.branches = 0
        self.states: dict[int, list[str]] = {}
        self.nicknames: dict[int, dict[str, str]] = {}
        self.parents: dict[int, str] = {}
        self.made: dict[str, ast.expr] = {}

    def read(self) -> list[Said]:
        """Everything that the module and its functions compute."""
        for node in walk(self.tree):
            if isinstance(node, ast.Name):
                self.named.add(NEW.sub("", node.id) or node.id)
            elif isinstance(node, ast.arg):
                self.named.add(node.arg)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in ("np", "math", "numpy", "plt"):  # fmt: skip
                self.named.add(node.attr)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):  # fmt: skip
                self.named.add(node.slice.value)
        turned = {
            n.id
            for loop in walk(self.tree)
            if isinstance(loop, ast.For)
            for n in walk(loop.target)
            if isinstance(n, ast.Name)
        }
        self.named -= turned  # what a loop counts with is no quantity
        self.block(self.tree.body, {}, id(self.tree), "")
        for node in walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                self.parents[id(node)] = node.name
                self.block(node.body, {}, id(node), node.name)
        return self.said

    def all_states(self) -> set[str]:
        """Every name that a state goes by."""
        return {n for names in self.states.values() for n in names} | {
            n for known in self.nicknames.values() for pair in known.items() for n in pair
        }

    def helpers(self, node: ast.AST) -> set[str]:
        """Names that a statement uses and that were made of others before, through any number of them."""
        out: set[str] = set()
        waiting = [n for n in walk(node) if isinstance(n, ast.Name | ast.Attribute)]
        while waiting:
            name = name_of(waiting.pop())
            if name is not None and name not in out and name in self.made:
                out.add(name)
                waiting += [n for n in walk(self.made[name]) if isinstance(n, ast.Name | ast.Attribute)]
        return out

    def helped_twice(self, node: ast.AST) -> bool:
        """Whether two elements of what a statement gives are made of one helper."""
        value = getattr(node, "value", node)
        while isinstance(value, ast.Call) and value.args:
            value = value.args[0]
        each = [self.helpers(e) for e in value.elts] if isinstance(value, ast.Tuple | ast.List) else []
        return any(a & b for k, a in enumerate(each) for b in each[k + 1 :])

    def tree_of(self, node: ast.expr, env: Env) -> Tree:
        """A tree with names and short functions replaced."""
        if _mixed(node):
            return leaf(source_of(node)[:80])
        made = tree_of(node, env, self.inline)
        return made if size(made) <= SIZE_MAX else leaf(source_of(node)[:80])

    def inline(self, node: ast.Call, env: Env) -> Tree | None:
        """The value of a call of the program's own function that returns one expression."""
        found = self.results(node, env)
        if found is None or len(found) != 1 or not all(PLAIN.fullmatch(name) for name in leaves(found[0])):
            return None
        return found[0]

    def results(self, node: ast.Call, env: Env) -> list[Tree] | None:
        """What a call of the program's own straight-line function returns."""
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""  # fmt: skip
        function = self.functions.get(name)
        if function is None or self.depth >= DEPTH_MAX or function.args.vararg or function.args.kwarg:
            return None
        names = [a.arg for a in function.args.args]
        if names[:1] == ["self"]:
            names = names[1:]
        if len(node.args) > len(names) or any(k.arg is None for k in node.keywords):
            return None
        inner: Env = {}
        self.depth += 1
        try:
            for arg, value in [*zip(names, node.args, strict=False), *((k.arg or "", k.value) for k in node.keywords)]:
                inner[arg] = self.tree_of(value, env)
            for statement in function.body:
                if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                    self.assign(statement.targets[0], statement.value, inner)
                elif isinstance(statement, ast.Return) and statement.value is not None:
                    return self.parts(statement.value, inner)
                elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                    return None
        finally:
            self.depth -= 1
        return None

    def parts(self, node: ast.expr, env: Env) -> list[Tree] | None:
        """The elements of a tuple, a list or an array; or one value."""
        while isinstance(node, ast.Call) and len(node.args) >= 1 and name_of(node.func) in ("array", "asarray", "list", "tuple", "float", "stack", "hstack", "concatenate"):  # fmt: skip
            node = node.args[0]
        if isinstance(node, ast.List | ast.Tuple):
            if any(isinstance(e, ast.Starred) for e in node.elts):
                return None
            return [self.tree_of(e, env) for e in node.elts]
        if isinstance(node, ast.Name):
            filled = [env[f"{node.id}[{k}]"] for k in range(20) if f"{node.id}[{k}]" in env]
            if filled:
                return filled
        return [self.tree_of(node, env)]

    def assign(self, target: ast.expr, value: ast.expr, env: Env) -> None:
        """Names get their values, without any record of it."""
        if isinstance(target, ast.Tuple | ast.List):
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                made = [self.tree_of(v, env) for v in value.elts]
            else:
                results = self.results(value, env) if isinstance(value, ast.Call) else None
                made = results if results is not None and len(results) == len(target.elts) else []
            for k, one in enumerate(target.elts):
                name = name_of(one)
                if name is not None:
                    env.pop(name, None)
                    if made:
                        env[name] = made[k]
            return
        name = name_of(target)
        if name is not None:
            env[name] = self.tree_of(value, env)

    def block(self, statements: Sequence[ast.stmt], env: Env, scope: int, function: str) -> None:
        """Follow statements; `env` is changed as they change it."""
        for statement in statements:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                self.assigned(statement.targets[0], statement.value, env, scope, statement)
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                self.assigned(statement.target, statement.value, env, scope, statement)
            elif isinstance(statement, ast.AugAssign):
                whole = ast.BinOp(statement.target, statement.op, statement.value)
                self.assigned(statement.target, whole, env, scope, statement)
            elif isinstance(statement, ast.For | ast.While):
                for name in stored(statement):
                    env.pop(name, None)
                self.block(statement.body, dict(env), id(statement), function)
            elif isinstance(statement, ast.If):
                self.branches += 1
                self.block(statement.body, dict(env), scope, function)
                self.block(statement.orelse, dict(env), scope, function)
                self.branches -= 1
                for name in stored(statement):
                    env.pop(name, None)
            elif isinstance(statement, ast.With):
                self.block(statement.body, env, scope, function)
            elif isinstance(statement, ast.Return) and statement.value is not None:
                self.returned(statement, env, scope, function)
            elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                self.call(statement.value, env, scope)

    def assigned(self, target: ast.expr, value: ast.expr, env: Env, scope: int, node: ast.AST) -> None:
        """A step where the name is in its own new value, a formula elsewhere."""
        if isinstance(target, ast.Tuple | ast.List):
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                made = [self.tree_of(v, env) for v in value.elts]
                plain = [tree_of(v, {}) for v in value.elts]
                whole = {name for tree in made for name in leaves(tree)}
                together = all(name_of(one) in whole for one in target.elts)
                for one, tree, shallow in zip(target.elts, made, plain, strict=True):
                    self.one(one, tree, shallow, env, scope, node, together)
                return
            if isinstance(value, ast.Name | ast.Attribute | ast.Subscript) and all(isinstance(e, ast.Name) for e in target.elts):  # fmt: skip
                self.states.setdefault(scope, [name_of(e) or "" for e in target.elts])
            self.assign(target, value, env)
            return
        if isinstance(target, ast.Name) and not isinstance(value, ast.Constant) and isinstance(node, ast.Assign):
            self.made.setdefault(name_of(target) or target.id, value)
        self.one(target, self.tree_of(value, env), tree_of(value, {}), env, scope, node)

    def one(
        self, target: ast.expr, tree: Tree, shallow: Tree, env: Env, scope: int, node: ast.AST, together: bool = False
    ) -> None:
        """One name and its new value; `together` where a tuple of states gets its next values."""
        name = name_of(target)
        if name is None:
            return
        inside = name in set(leaves(tree)) or re.sub(r"\[\d+\]$", "", name) in set(leaves(tree))
        raw = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else name
        if (
            (inside or together or (raw != name and scope != id(self.tree)))
            and tree != leaf(name)
            and tree[0] not in ("n", "x")
        ):
            self.said.append(
                Said(
                    kind="step",
                    name=name,
                    tree=tree,
                    shallow=shallow,
                    node=node,
                    scope=scope,
                    order=len(self.said),
                    branch=self.branches > 0,
                )
            )
            env.pop(name, None)
            return
        if tree == leaf(name):
            env.pop(name, None)
            return
        self.said.append(
            Said(kind="formula", name=name, tree=tree, shallow=shallow, node=node, scope=scope, order=len(self.said))
        )
        if name in STEPS and tree[0] not in ("n", "x"):
            env.pop(name, None)
        elif tree[0] == "n" and scope == id(self.tree):
            env.pop(name, None)  # a constant keeps its name
        elif tree[0] in ("n", "x") and not (tree[0] == "x" and str(tree[1]).isidentifier()):
            env.pop(name, None)
            if tree[0] == "x":
                self.nicknames.setdefault(scope, {})[str(tree[1])] = name  # v = y[1]
        else:
            env[name] = tree

    def returned(self, statement: ast.Return, env: Env, scope: int, function: str) -> None:
        """What a function gives back: rates of a state, or one formula."""
        assert statement.value is not None
        made = self.parts(statement.value, env)
        if made is None:
            return
        self.depth += DEPTH_MAX  # nothing replaced
        plain = self.parts(statement.value, {}) or made
        self.depth -= DEPTH_MAX
        for k, tree in enumerate(made):
            name = function if len(made) == 1 else f"{function}[{k}]"
            kind = "returned" if len(made) == 1 else "rate"
            shallow = plain[k] if len(plain) == len(made) else tree
            self.said.append(
                Said(kind=kind, name=name, tree=tree, shallow=shallow, node=statement, scope=scope, order=k)
            )

    def call(self, node: ast.Call, env: Env, scope: int) -> None:
        """`x.append(x[-1] + …)` steps x, `print("label", value)` shows a formula."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "append" and len(node.args) == 1:
            self.one(node.func.value, self.tree_of(node.args[0], env), tree_of(node.args[0], {}), env, scope, node)
        elif isinstance(node.func, ast.Name) and node.func.id == "print":
            for label, value in _printed(node):
                if not isinstance(value, ast.Name | ast.Constant):
                    made = self.tree_of(value, env)
                    self.said.append(
                        Said(
                            kind="printed",
                            name=label,
                            tree=made,
                            shallow=tree_of(value, {}),
                            node=node,
                            scope=scope,
                        )
                    )


def _printed(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Values of a print call with the words before them."""
    label = ""
    for arg in node.args:
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
            label = arg.value
        elif isinstance(arg, ast.JoinedStr):
            for part in arg.values:
                if isinstance(part, ast.Constant):
                    label = str(part.value)
                elif isinstance(part, ast.FormattedValue):
                    yield label, part.value
                    label = ""
        else:
            yield label, arg
            label = ""


def stored(statement: ast.stmt) -> set[str]:
    """Names that a statement and what is inside it assign."""
    out = set()
    for node in walk(statement):
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            name = name_of(node)
            if name is not None:
                out.add(name)
    return out


def _mixed(node: ast.expr) -> bool:
    """Whether one array stands there at several places (`u[i - 1]` beside `u[i + 1]`): no value of one state."""
    seen: dict[str, str] = {}
    for part in walk(node):
        if isinstance(part, ast.Subscript) and not isinstance(part.slice, ast.Constant):
            base, index = source_of(part.value), source_of(part.slice)
            if seen.setdefault(base, index) != index:
                return True
    return False
