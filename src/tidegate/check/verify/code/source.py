# ruff: noqa: E501  (tables and messages read best on one line)
"""One piece of Python, read and never run: imports, names, members, arguments."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from tidegate.check.verify.code.api import GONE, LOCAL, NEWER, OLD_MODULES, ORACLE, LayeredIndex, api_index, packages
from tidegate.spine.claim import Claim, Decision, Receipt, Support


def check_source(
    source: str,
    offset: int,
    extra: frozenset[str],
    *,
    index_complete: bool,
    tagged: bool = True,
    local: frozenset[str] = frozenset(),
    index: Mapping[str, Mapping[str, str]] | None = None,
) -> Iterator[Decision]:
    """Decisions on one piece of Python; `offset` is where it begins; `index` replaces the shipped one."""
    plain = re.sub(
        r"^([ \t]*)[!%][^\n]*$",
        lambda m: (
            m.group(1) + "pass" + " " * (len(m.group(0)) - len(m.group(1)) - 4)
            if len(m.group(0)) - len(m.group(1)) >= 4
            else m.group(0)
        ),
        source,
        flags=re.M,
    )
    tree = _parse(plain)
    claim = Claim(kind="code", text=source[:60], span=(offset, offset + len(source)))
    if isinstance(tree, SyntaxError):
        if not tagged or "ython 2" in source or re.search(r">>>|\.\.\.|<[a-z_ ]+>|^\s*\$ |…|\[\.\.\.\]", source, re.M):
            yield Decision(
                claim=claim,
                support=Support.UNVERIFIABLE,
                receipt=Receipt(oracle="syntax"),
                message="a fragment or a session, not a whole program",
                certainty="possible",
            )
            return
        line_start = offset + sum(len(x) + 1 for x in source.split("\n")[: max(0, (tree.lineno or 1) - 1)])
        line_text = source.split("\n")[max(0, (tree.lineno or 1) - 1)] if source else ""
        at = claim.__class__(kind="code", text=line_text, span=(line_start, line_start + len(line_text)))
        yield Decision(
            claim=at,
            support=Support.REFUTED,
            receipt=Receipt(oracle="syntax", computation=f"line {tree.lineno}: {tree.msg}"),
            message=f"not Python 3: {tree.msg}",
        )
        return
    reader = _Reader(tree, _line_starts(source, offset), index or api_index(), extra, index_complete, local)
    yield from reader.imports(tree)
    yield from reader.names(tree)
    yield from reader.members(tree)


def _parse(source: str) -> ast.Module | SyntaxError:
    for text in (source, textwrap.dedent(source)):
        try:
            return ast.parse(text)
        except SyntaxError as error:
            last = error
        except (ValueError, RecursionError, MemoryError):
            return SyntaxError("cannot be parsed")
    return last


def _line_starts(source: str, offset: int) -> list[int]:
    out, at = [], offset
    for line in source.split("\n"):
        out.append(at)
        at += len(line) + 1
    return out


def _span(node: ast.AST, lines: list[int]) -> tuple[int, int]:
    row, column = getattr(node, "lineno", 1) - 1, getattr(node, "col_offset", 0)
    end_row, end_column = (
        (getattr(node, "end_lineno", None) or row + 1) - 1,
        getattr(node, "end_col_offset", None) or column,
    )
    return lines[min(row, len(lines) - 1)] + column, lines[min(end_row, len(lines) - 1)] + end_column


# functions that return an object of a class
RETURNS = {
    "pandas.read_csv": "pandas.DataFrame", "pandas.read_excel": "pandas.DataFrame", "pandas.read_parquet": "pandas.DataFrame", "pandas.concat": "pandas.DataFrame", "pandas.merge": "pandas.DataFrame",
    "numpy.array": "numpy.ndarray", "numpy.zeros": "numpy.ndarray", "numpy.ones": "numpy.ndarray", "numpy.arange": "numpy.ndarray", "numpy.linspace": "numpy.ndarray", "numpy.asarray": "numpy.ndarray",
    "pathlib.Path.cwd": "pathlib.Path", "pathlib.Path.home": "pathlib.Path", "datetime.datetime.now": "datetime.datetime", "datetime.date.today": "datetime.date", "datetime.datetime.today": "datetime.datetime",
    "numpy.random.default_rng": "numpy.random.Generator", "re.compile": "re.Pattern", "sqlite3.connect": "sqlite3.Connection", "subprocess.run": "subprocess.CompletedProcess",
    "requests.get": "requests.Response", "requests.post": "requests.Response", "requests.put": "requests.Response", "datetime.datetime.strptime": "datetime.datetime", "datetime.datetime.fromisoformat": "datetime.datetime",
    "logging.getLogger": "logging.Logger", "sorted": "builtins.list", "str": "builtins.str", "list": "builtins.list", "dict": "builtins.dict", "set": "builtins.set", "tuple": "builtins.tuple", "int": "builtins.int", "float": "builtins.float", "input": "builtins.str",
}  # fmt: skip
SAME = frozenset({"copy", "head", "tail", "dropna", "fillna", "reset_index", "set_index", "sort_values", "rename", "drop", "merge", "assign", "lower", "upper", "strip", "lstrip", "rstrip", "replace", "title", "capitalize",
                  "resolve", "absolute", "with_suffix", "with_name", "with_stem", "joinpath", "expanduser"})  # fmt: skip
# functions that hand further keywords on: what these may be, unless a class of the caller's own takes them
POPEN = "args bufsize executable stdin stdout stderr preexec_fn close_fds shell cwd env universal_newlines startupinfo creationflags restore_signals start_new_session pass_fds user group extra_groups encoding errors text umask pipesize process_group"
FORMAT = "dialect delimiter doublequote escapechar lineterminator quotechar quoting skipinitialspace strict"
HANDED_ON = {name: frozenset(keywords.split()) for names, keywords in (
    ("json.dump json.dumps", ""), ("json.load json.loads", "strict"),
    ("subprocess.run subprocess.call subprocess.check_call subprocess.check_output", POPEN + " input timeout check capture_output"),
    ("csv.reader csv.writer csv.DictReader csv.DictWriter", FORMAT),
) for name in names.split()}  # fmt: skip
LITERALS = (
    (ast.List, "builtins.list"), (ast.ListComp, "builtins.list"), (ast.Dict, "builtins.dict"), (ast.DictComp, "builtins.dict"), (ast.Set, "builtins.set"), (ast.SetComp, "builtins.set"),
    (ast.Tuple, "builtins.tuple"), (ast.JoinedStr, "builtins.str"),
)  # fmt: skip
# classes that users or their libraries add names to as the program runs
OPEN = frozenset({"pandas.DataFrame", "pandas.Series", "types.SimpleNamespace", "argparse.Namespace", "threading.local", "types.ModuleType"})  # fmt: skip


class _Reader:
    """One parsed program: what its names mean, and which of them the index does not hold."""

    def __init__(self, tree: ast.Module, lines: list[int], index: Mapping[str, Mapping[str, str]],
                 extra: frozenset[str], complete: bool, local: frozenset[str]) -> None:  # fmt: skip
        self.lines, self.index, self.complete, self.local = lines, index, complete, local
        self.known = packages() | {e.lower() for e in extra} | {m.split(".")[0].lower() for m in index}
        self.aliases: dict[str, str] = {}
        stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        kinds = ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
        defined = {n.name for n in ast.walk(tree) if isinstance(n, kinds)}
        self.assigned = stored | defined | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}

    def claim(self, node: ast.AST, text: str) -> Claim:
        return Claim(kind="identifier", text=text, span=_span(node, self.lines), payload={"name": text})

    def own(self, dotted: str) -> bool:
        """Whether the package was read at the user's version, which then decides alone."""
        return isinstance(self.index, LayeredIndex) and dotted.partition(".")[0] in self.index.tops

    def imports(self, tree: ast.Module) -> Iterator[Decision]:
        """Decisions on what is imported; fills in what each name stands for."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for a in node.names:
                    self.aliases[a.asname or a.name.split(".")[0]] = a.name if a.asname else a.name.split(".")[0]
                    yield self._module(node, a.name)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                decision = self._module(node, node.module)
                yield decision
                if decision.support is not Support.REFUTED:
                    for a in node.names:
                        self.aliases[a.asname or a.name] = f"{node.module}.{a.name}"
                        yield from self._name(node, node.module, a.name)

    def names(self, tree: ast.Module) -> Iterator[Decision]:
        """Decisions on dotted names and on calls of them."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and (dotted := self._dotted(node)) is not None:
                module, _, name = dotted.rpartition(".")
                if (dotted in GONE and not self.own(dotted)) or module in self.index:
                    yield from self._name(node, module, name)
            if isinstance(node, ast.Call) and (dotted := self._dotted(node.func)) is not None:
                yield from self._call(node, dotted)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and self._builtin(node.func.id):
                yield from self._call(node, f"builtins.{node.func.id}")

    def _builtin(self, name: str) -> bool:
        """Whether a bare name can only be the language's own."""
        return name not in self.aliases and name not in self.assigned and "*" not in self.aliases

    def members(self, tree: ast.Module) -> Iterator[Decision]:
        """Decisions on members of objects whose class is certain: literals, and what a known constructor made."""
        yield from self._block(tree.body, {})

    def _block(self, body: Sequence[ast.stmt], types: dict[str, str]) -> Iterator[Decision]:
        for statement in body:
            inner = [x for x in ast.iter_child_nodes(statement) if isinstance(x, ast.stmt | ast.ExceptHandler)]
            heads = [x for x in ast.iter_child_nodes(statement) if isinstance(x, ast.expr | ast.withitem)]
            for head in heads:
                yield from self._uses(head, types)
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from self._block(statement.body, {})
                continue
            if (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.targets[0], ast.Name)
            ):
                kind, name = self._kind(statement.value, types), statement.targets[0].id
                types.pop(name, None)
                if kind is not None:
                    types[name] = kind
                continue
            changed = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            for name in changed:
                types.pop(name, None)
            blocks = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
            blocks += [x.body for x in inner if isinstance(x, ast.ExceptHandler)]
            for block in blocks:
                if isinstance(block, list):
                    yield from self._block(block, dict(types))

    def _kind(self, node: ast.expr, types: Mapping[str, str]) -> str | None:
        """The class of an expression, where it is certain."""
        if isinstance(node, ast.Name):
            return types.get(node.id)
        if isinstance(node, ast.Constant):
            return (
                f"builtins.{type(node.value).__name__}" if isinstance(node.value, str | int | float | bytes) else None
            )
        for literal, kind in LITERALS:
            if isinstance(node, literal):
                return kind
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return "pathlib.Path" if self._kind(node.left, types) == "pathlib.Path" else None
        if not isinstance(node, ast.Call):
            return None
        if isinstance(node.func, ast.Name) and node.func.id not in self.aliases:
            return RETURNS.get(node.func.id) if node.func.id not in self.assigned else None
        dotted = self._dotted(node.func)
        if dotted is not None:
            if dotted in RETURNS:
                return (
                    RETURNS[dotted]
                    if not any(k.arg in ("chunksize", "iterator", "axis") for k in node.keywords)
                    else None
                )
            return (
                dotted if (dotted in self.index or dotted in OPEN) and dotted.rpartition(".")[2][:1].isupper() else None
            )
        if isinstance(node.func, ast.Attribute) and node.func.attr in SAME:
            return self._kind(node.func.value, types)
        return None

    def _uses(self, node: ast.AST, types: Mapping[str, str]) -> Iterator[Decision]:
        calls = {id(n.func): n for n in ast.walk(node) if isinstance(n, ast.Call)}
        hidden = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)} | {
            n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        seen = {k: v for k, v in types.items() if k not in hidden}
        for n in ast.walk(node):
            if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load):
                kind = self._kind(n.value, seen)
                if kind is not None and (kind in self.index or kind in OPEN):
                    yield from self._member(n, kind, calls.get(id(n)))

    def _member(self, node: ast.Attribute, kind: str, call: ast.Call | None) -> Iterator[Decision]:
        name, known = node.attr, self.index.get(kind, {})
        dotted = f"{kind}.{name}"
        if dotted in GONE and not self.own(dotted):
            yield _gone(self.claim(node, dotted), dotted)
            return
        if name in known:
            if call is not None:
                yield from self._call(call, dotted)
            return
        builtin = kind.startswith("builtins.")
        if name.startswith("_") or dotted in NEWER or (call is None and not builtin):
            return  # an attribute may be set by the object itself
        close = get_close_matches(name, known, 1, 0.85 if kind in OPEN else 0.6)
        if kind in OPEN and not close:
            return
        shown = kind.removeprefix("builtins.")
        computation = f"{shown} has no member {name}" + (f"; nearest: {close[0]}" if close else "")
        yield Decision(
            claim=self.claim(node, dotted), support=Support.REFUTED, receipt=Receipt(oracle=ORACLE, computation=computation),
            message=f"{shown} has no {name}", certainty="measured",
        )  # fmt: skip

    def _dotted(self, node: ast.expr) -> str | None:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.aliases or node.id in self.assigned:
            return None
        return ".".join([self.aliases[node.id], *reversed(parts)])

    def _module(self, node: ast.AST, module: str) -> Decision:
        """Whether the module that is imported exists."""
        top, claim, complete = module.split(".")[0], self.claim(node, module), self.complete
        if top in OLD_MODULES and top not in sys.stdlib_module_names:
            receipt = Receipt(oracle=ORACLE, computation=f"{top} was removed from the standard library")
            return Decision(
                claim=claim,
                support=Support.REFUTED,
                receipt=receipt,
                message=f"module {top} is gone from Python 3",
                certainty="measured",
            )
        for k in range(module.count(".") + 1, 0, -1):
            prefix = ".".join(module.split(".")[:k])
            if prefix in GONE and not self.own(prefix):
                return _gone(claim, prefix)
        if module in self.index or (top.lower() in self.known and top not in self.index):
            return Decision(
                claim=claim,
                support=Support.SUPPORTED,
                receipt=Receipt(oracle=ORACLE, computation=f"{top} is a known package"),
                message="the package is known",
            )
        if top in self.index or top.lower() in self.known:
            parent = module.rpartition(".")[0]
            known = self.index.get(parent, {})
            if parent in self.index and module.rpartition(".")[2] not in known and parent.count(".") == 0:
                close = get_close_matches(module, self.index, 1)
                receipt = Receipt(
                    oracle=ORACLE,
                    computation=f"{parent} has no submodule {module.rpartition('.')[2]}"
                    + (f"; nearest: {close[0]}" if close else ""),
                )
                return Decision(
                    claim=claim,
                    support=Support.REFUTED,
                    receipt=receipt,
                    message=f"there is no module {module}",
                    certainty="measured",
                )
            return Decision(
                claim=claim,
                support=Support.SUPPORTED,
                receipt=Receipt(oracle=ORACLE, computation=f"{top} is a known package"),
                message="the package is known",
            )
        if (
            top in LOCAL
            or top in self.local
            or top.startswith("_")
            or re.match(
                r"(?:my|your|our)[a-z]*_|(?:my|your|our|the|some|foo|bar|baz|acme|example|company|project|custom|local|internal)(?:_|$|[A-Z])|conftest$|.*_(?:services?|models?|server|db|bot|tests?|scripts?|project|app|client|helpers?|config|settings)$",
                top,
            )
            or module in NEWER
        ):
            return Decision(
                claim=claim,
                support=Support.UNVERIFIABLE,
                receipt=Receipt(oracle=ORACLE),
                message="it may be a module of the project",
                certainty="possible",
            )
        close = get_close_matches(top.lower(), self.known, 1, 0.8)
        receipt = Receipt(
            oracle=ORACLE,
            computation=f"{top} is in no list of packages" + (f"; nearest: {close[0]}" if close else ""),
            detail={"complete": complete},
        )
        return Decision(
            claim=claim,
            support=Support.REFUTED,
            receipt=receipt,
            message=f"no package {top} is known",
            certainty="measured" if complete else "possible",
            probability=None if complete else 0.9,
        )

    def _name(self, node: ast.AST, module: str, name: str) -> Iterator[Decision]:
        dotted, claim = f"{module}.{name}", self.claim(node, f"{module}.{name}")
        if dotted in GONE and not self.own(dotted):
            yield _gone(claim, dotted)
            return
        known = self.index.get(module)
        if known is None or name == "*" or dotted in self.index:
            return
        if name.startswith("__") and name.endswith("__"):
            return  # every module and class has these
        if dotted in NEWER:
            receipt = Receipt(
                oracle=ORACLE,
                computation=f"{dotted} exists since Python {NEWER[dotted]}",
                detail={"since": NEWER[dotted]},
            )
            yield Decision(
                claim=claim,
                support=Support.SUPPORTED,
                receipt=receipt,
                message=f"the name exists since Python {NEWER[dotted]}",
            )
            return
        thin = len(known) < 8 and module.split(".")[0] not in sys.stdlib_module_names
        if name not in known and name.islower() and thin and not self.own(module):
            return  # a submodule that is not indexed, perhaps
        if name in known:
            yield Decision(
                claim=claim,
                support=Support.SUPPORTED,
                receipt=Receipt(oracle=ORACLE, computation=f"{dotted} exists"),
                message="the name exists",
            )
        else:
            close = get_close_matches(name, known, 1)
            receipt = Receipt(
                oracle=ORACLE, computation=f"{module} has no name {name}" + (f"; nearest: {close[0]}" if close else "")
            )
            yield Decision(
                claim=claim,
                support=Support.REFUTED,
                receipt=receipt,
                message=f"{module} has no {name}",
                certainty="measured",
            )

    def _call(self, node: ast.Call, dotted: str) -> Iterator[Decision]:
        module, _, name = dotted.rpartition(".")
        parameters = self.index.get(module, {}).get(name, "?")
        if parameters == "?" or any(k.arg is None for k in node.keywords):
            return
        known = parameters.split(",")
        if "**" in known:
            if dotted not in HANDED_ON or any(k.arg == "cls" for k in node.keywords):
                return
            known = [*(k for k in known if k != "**"), *(HANDED_ON[dotted] - set(known)), "*"]
        for keyword in node.keywords:
            if keyword.arg not in known:
                claim = self.claim(keyword, f"{dotted}({keyword.arg}=…)")
                close = get_close_matches(str(keyword.arg), known, 1)
                receipt = Receipt(
                    oracle=ORACLE,
                    computation=f"{dotted}({', '.join(known)})" + (f"; nearest: {close[0]}" if close else ""),
                )
                yield Decision(
                    claim=claim,
                    support=Support.REFUTED,
                    receipt=receipt,
                    message=f"{dotted} takes no argument {keyword.arg!r}",
                    certainty="measured",
                )
        if (
            "*" not in known
            and len(node.args) > len([k for k in known if k])
            and not any(isinstance(a, ast.Starred) for a in node.args)
        ):
            claim = self.claim(node, f"{dotted}(…)")
            receipt = Receipt(
                oracle=ORACLE,
                computation=f"{dotted}({', '.join(known)}), called with {len(node.args)} positional arguments",
            )
            yield Decision(
                claim=claim,
                support=Support.REFUTED,
                receipt=receipt,
                message=f"{dotted} takes at most {len([k for k in known if k])} arguments",
                certainty="measured",
            )


def _gone(claim: Claim, name: str) -> Decision:
    last, instead = GONE[name]
    receipt = Receipt(
        oracle=ORACLE,
        computation=f"{name} last existed in {last}; use {instead}",
        detail={"last": last, "use": instead},
    )
    return Decision(
        claim=claim,
        support=Support.REFUTED,
        receipt=receipt,
        message=f"{name} was removed after {last}: use {instead}",
        certainty="measured",
    )
