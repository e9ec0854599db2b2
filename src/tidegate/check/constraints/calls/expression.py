# ruff: noqa: E501 (patterns and tables read better whole)
"""Conditions of tool rules: a small, total language over resolved arguments and the run so far.

Written like Python expressions and read through its parser, but only comparisons, boolean and
arithmetic operators, literals, attribute and index access, comprehensions over finite lists and
the functions below exist; everything else is refused when the policy is loaded.  A name that is
missing when the rule is evaluated is an `Unknown`, and for a hard rule unknown means refusal.
Cedar (kind `cedar`) is the better choice where it fits; it has no history, no text functions and
no sums over a list, which these rules need.
"""

from __future__ import annotations

import ast
import datetime as dt
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tidegate.spine.errors import SettingError, nearest

Scope = dict[str, Any]
Compiled = Callable[[Scope], Any]


class Unknown(Exception):
    """A condition needs something that is not there: the call cannot be shown to be allowed."""


class Record(dict[str, Any]):
    """A JSON object whose members are also attributes; a missing one is Unknown, never empty."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return wrap(self[name])
        except KeyError:
            raise Unknown(f"no field {name!r}") from None


def wrap(value: Any) -> Any:
    """JSON values as the language sees them."""
    if type(value) is dict:
        return Record(value)
    return value


_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.Div)
_UNARY = (ast.Not, ast.USub)
_COMPARE = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot)
METHODS = frozenset({"count", "called", "last", "total", "seconds_since"})


def compile_expression(text: str, where: str, known: Iterable[str]) -> Compiled:
    """A condition as a function of its scope; raises SettingError naming what the language does not have.

    The tree is checked and rewritten (fields become keys, names become members of the scope) and
    compiled once; whatever goes wrong when it runs is Unknown.
    """
    tree = parse_expression(text, where)
    checked = _Checker(text, where, frozenset(known), frozenset()).node(tree)
    parameters = ast.arguments(posonlyargs=[], args=[ast.arg("_scope")], kwonlyargs=[], kw_defaults=[], defaults=[])
    code = ast.fix_missing_locations(ast.Expression(ast.Lambda(parameters, checked)))
    names = {f"_f_{name}": function for name, function in FUNCTIONS.items()}
    inner: Compiled = eval(compile(code, f"<{where}>", "eval"), {"__builtins__": {}, "_method": _method, **names})

    def run(scope: Scope) -> Any:
        try:
            return inner(scope)
        except Unknown:
            raise
        except KeyError as error:
            raise Unknown(f"no field {error}") from None
        except Exception as error:
            raise Unknown(f"{type(error).__name__}: {error}") from error

    return run


def parse_expression(text: str, where: str) -> ast.expr:
    """The tree of a condition; raises SettingError for what does not parse."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise SettingError(f"condition {text!r} does not parse: {error.msg}", where=where) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise SettingError(f"condition {text[:80]!r} does not parse: {error}", where=where) from error


class _Checker:
    """Rewrites a condition's tree into the tree that runs; what is not in the language is refused."""

    def __init__(self, text: str, where: str, names: frozenset[str], bound: frozenset[str]) -> None:
        self.text, self.where, self.names, self.bound = text, where, names, bound

    def refuse(self, what: str, remedy: str = "") -> SettingError:
        return SettingError(f"condition {self.text!r}: {what}", where=self.where, remedy=remedy)

    def node(self, n: ast.expr) -> ast.expr:
        match n:
            case ast.Constant(value):
                return ast.Constant(value)
            case ast.Name(name):
                return self.name(name)
            case ast.Attribute(value, name):
                return ast.Subscript(self.node(value), ast.Constant(name), ast.Load())
            case ast.Subscript(value, key):
                return ast.Subscript(self.node(value), self.node(key), ast.Load())
            case ast.BoolOp(op, values):  # and, or give true or false, not one of their operands
                both = ast.BoolOp(op, [self.node(v) for v in values])
                return ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), both))
            case ast.UnaryOp(op, value) if isinstance(op, _UNARY):
                return ast.UnaryOp(op, self.node(value))
            case ast.BinOp(left, op, right) if isinstance(op, _BINARY):
                return ast.BinOp(self.node(left), op, self.node(right))
            case ast.Compare(left, ops, rights) if all(isinstance(o, _COMPARE) for o in ops):
                return ast.Compare(self.node(left), ops, [self.node(r) for r in rights])
            case ast.IfExp(test, then, other):
                return ast.IfExp(self.node(test), self.node(then), self.node(other))
            case ast.List(items) | ast.Tuple(items) | ast.Set(items):
                return ast.List([self.node(i) for i in items], ast.Load())
            case (
                ast.GeneratorExp(element, generators)
                | ast.ListComp(element, generators)
                | ast.SetComp(element, generators)
            ):
                return self.comprehension(element, generators)
            case ast.Call(ast.Name(name), arguments, keywords):
                if name not in FUNCTIONS and name not in self.names:
                    raise self.refuse(f"unknown function {name!r}", nearest(name, FUNCTIONS))
                return ast.Call(self.name(name), *self.given(arguments, keywords))
            case ast.Call(ast.Attribute(value, method), arguments, keywords) if method in METHODS:
                bound = ast.Call(_name("_method"), [self.node(value), ast.Constant(method)], [])
                return ast.Call(bound, *self.given(arguments, keywords))
        raise self.refuse(f"{ast.unparse(n)!r} is not in the language",
                          f"comparisons, and/or/not, arithmetic, any/all/sum over lists, and: {', '.join(sorted(FUNCTIONS))}")  # fmt: skip

    def name(self, name: str) -> ast.expr:
        """A name of a comprehension, else of the scope, else a function."""
        if name in self.bound:
            return _name(name)
        if name in self.names:
            return ast.Subscript(_name("_scope"), ast.Constant(name), ast.Load())
        if name in FUNCTIONS:
            return _name(f"_f_{name}")
        raise self.refuse(f"unknown name {name!r}", nearest(name, self.names | self.bound | FUNCTIONS.keys()))

    def given(self, arguments: list[ast.expr], keywords: list[ast.keyword]) -> tuple[list[ast.expr], list[ast.keyword]]:
        """The arguments of a call, one by one."""
        if any(k.arg is None for k in keywords):
            raise self.refuse("expected arguments one by one, got **")
        return [self.node(a) for a in arguments], [ast.keyword(k.arg, self.node(k.value)) for k in keywords]

    def comprehension(self, element: ast.expr, generators: list[ast.comprehension]) -> ast.expr:
        """Always a list, evaluated whole: an Unknown in any element counts, whatever stands before it."""
        if len(generators) != 1 or not isinstance(generators[0].target, ast.Name) or generators[0].is_async:
            raise self.refuse("only one `for name in list` is possible")
        given = generators[0]
        target = generators[0].target.id
        if target.startswith("_"):
            raise self.refuse(f"expected a name without a leading underscore, got {target!r}")
        inner = _Checker(self.text, self.where, self.names, self.bound | {target})
        source = ast.comprehension(
            ast.Name(target, ast.Store()), self.node(given.iter), [inner.node(t) for t in given.ifs], 0
        )
        return ast.ListComp(inner.node(element), [source])


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _method(target: Any, name: str) -> Any:
    found = getattr(target, name, None) if not isinstance(target, str | list | dict | tuple) else None
    if found is None:
        raise Unknown(f"{type(target).__name__} has no {name}()")
    return found


# --- functions ------------------------------------------------------------------------------------------------


def _has(value: Any, *names: str) -> bool:
    return isinstance(value, Mapping) and all(n in value and value[n] is not None for n in names)


def _one_of(value: Mapping[str, Any], *names: str) -> Any:
    for n in names:
        if n in value:
            return value[n]
    raise Unknown(f"none of {', '.join(names)} is given")


def _matches(text: str, pattern: str) -> bool:
    import re2  # optional until a rule uses it

    return re2.search(pattern, text) is not None


def host(url: str) -> str:
    """The host a client would connect to: lower case, no user part, no port, no trailing dot, IDNA form."""
    text = url.strip()
    if "\\" in text or any(ord(c) < 33 for c in text):
        raise Unknown(f"{url!r} is not a plain address")
    parts = urlsplit(text if re.match(r"[a-zA-Z][\w+.-]*://", text) else f"//{text}")
    name = (parts.hostname or "").rstrip(".")
    if not name:
        raise Unknown(f"{url!r} names no host")
    return name if ":" in name else name.encode("idna").decode("ascii").lower()


def domain(address: str) -> str:
    """The domain of one e-mail address."""
    found = re.fullmatch(r"\s*(?:[^<>@]*<)?[^\s<>@,;]+@([A-Za-z0-9.-]+)>?\s*", address)
    if found is None:
        raise Unknown(f"{address!r} is not one e-mail address")
    return found.group(1).rstrip(".").lower()


def path_within(path: str, root: str) -> bool:
    """Whether a path stays inside a folder once `..` is resolved; `~` and NUL never do."""
    if "\0" in path or path.startswith("~"):
        return False
    full = posixpath.normpath(posixpath.join(root, path.replace("\\", "/")))
    return full == posixpath.normpath(root) or full.startswith(posixpath.normpath(root).rstrip("/") + "/")


_SQL_NOISE = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/|#[^\n]*", re.S
)
_SQL_WRITES = re.compile(
    r"\b(?:(?:insert|truncate|replace)\b(?!\s*\()|(?:pg_(?!typeof|size|get_|table_size|relation_size|total_)\w+|lo_\w+|dblink\w*|setval|nextval|set_config"
    r"|[sx]p_\w+|sleep|benchmark|sys_e\w+|utl_\w+|dbms_\w+|query_to_xml\w*|load_extension|writefile|readfile)(?=\s*\()|update|delete|drop|alter|create|grant|revoke|merge|call|exec|execute|do|copy|attach|detach|vacuum|"
    r"pragma|set|reset|lock|rename|load|import|install|into|comment|refresh|reindex|cluster|handler|prepare|begin|commit|rollback|"
    r"pg_sleep|pg_read_file|xp_cmdshell|load_file|outfile|dumpfile|lo_import|lo_export|dblink)\b", re.I
)  # fmt: skip


def sql_reads_only(text: str) -> bool:
    """Whether a text is one SELECT, WITH, SHOW, VALUES or EXPLAIN statement without a writing keyword or function.

    `replace(` and its like are functions on text and read; functions known to act (`pg_terminate_backend(`) do not.
    """
    bare = _SQL_NOISE.sub(" x ", text).strip().rstrip(";").strip()
    if ";" in bare or "'" in bare or '"' in bare or "/*" in bare:
        return False
    return bool(
        re.match(r"(?:select|with|show|values|explain|table|describe)\b|\(\s*select\b", bare, re.I)
    ) and not _SQL_WRITES.search(bare)


def hours_between(earlier: str, later: str) -> float:
    """Hours from one ISO 8601 time to another."""
    return (_time(later) - _time(earlier)).total_seconds() / 3600


def _time(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(str(text).replace("Z", "+00:00").replace(" ", "T", 1))
    return moment.replace(tzinfo=None) if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "any": any, "all": all, "sum": sum, "min": min, "max": max, "len": len, "abs": abs, "set": lambda x: sorted(set(x), key=str),
    "count": lambda items: sum(1 for i in items if i), "lower": lambda t: str(t).lower(), "str": str, "number": float,
    "has": _has, "one_of": _one_of, "matches": _matches, "starts": lambda t, p: str(t).startswith(p),
    "ends": lambda t, p: str(t).endswith(p), "host": host, "domain": domain, "path_within": path_within,
    "sql_reads_only": sql_reads_only, "hours_between": hours_between,
}  # fmt: skip
