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
import operator
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


_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b, ast.Is: operator.is_,
    ast.IsNot: operator.is_not, ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Mod: operator.mod, ast.Div: operator.truediv,
}  # fmt: skip


def compile_expression(text: str, where: str, known: Iterable[str]) -> Compiled:
    """A condition as a function of its scope; raises SettingError naming what the language does not have."""
    names = set(known)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise SettingError(f"condition {text!r} does not parse: {error.msg}", where=where) from error
    return _Compiler(text, where, names).node(tree.body)


class _Compiler:
    def __init__(self, text: str, where: str, names: set[str]) -> None:
        self.text, self.where, self.names = text, where, names

    def refuse(self, what: str, remedy: str = "") -> SettingError:
        return SettingError(f"condition {self.text!r}: {what}", where=self.where, remedy=remedy)

    def node(self, n: ast.expr) -> Compiled:
        match n:
            case ast.Constant(value):
                return lambda _: value
            case ast.Name(name):
                if name not in self.names and name not in FUNCTIONS:
                    raise self.refuse(f"unknown name {name!r}", nearest(name, self.names | FUNCTIONS.keys()))
                return _lookup(name)
            case ast.Attribute(value, name):
                return _attribute(self.node(value), name)
            case ast.Subscript(value, key):
                return _index(self.node(value), self.node(key))
            case ast.BoolOp(op, values):
                return _boolean(isinstance(op, ast.And), [self.node(v) for v in values])
            case ast.UnaryOp(ast.Not(), value):
                inner = self.node(value)
                return lambda s: not inner(s)
            case ast.UnaryOp(ast.USub(), value):
                inner = self.node(value)
                return lambda s: -inner(s)
            case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
                return _binary(_OPERATORS[type(op)], self.node(left), self.node(right))
            case ast.Compare(left, ops, rights):
                return _compare(
                    self.node(left), [(_OPERATORS[type(o)], self.node(r)) for o, r in zip(ops, rights, strict=True)]
                )
            case ast.IfExp(test, then, other):
                a, b, c = self.node(test), self.node(then), self.node(other)
                return lambda s: b(s) if a(s) else c(s)
            case ast.List(items) | ast.Tuple(items) | ast.Set(items):
                parts = [self.node(i) for i in items]
                return lambda s: [p(s) for p in parts]
            case (
                ast.GeneratorExp(element, generators)
                | ast.ListComp(element, generators)
                | ast.SetComp(element, generators)
            ):
                return self.comprehension(element, generators)
            case ast.Call(ast.Name(name), arguments, keywords):
                if name not in FUNCTIONS and name not in self.names:
                    raise self.refuse(f"unknown function {name!r}", nearest(name, FUNCTIONS))
                function = self.node(ast.Name(name))
                parts = [self.node(a) for a in arguments]
                named = {k.arg: self.node(k.value) for k in keywords if k.arg}
                return lambda s: _call(function(s), [p(s) for p in parts], {k: v(s) for k, v in named.items()})
            case ast.Call(ast.Attribute(value, method), arguments, keywords) if method in METHODS:
                target = self.node(value)
                parts = [self.node(a) for a in arguments]
                named = {k.arg: self.node(k.value) for k in keywords if k.arg}
                return lambda s: _call(
                    _method(target(s), method), [p(s) for p in parts], {k: v(s) for k, v in named.items()}
                )
        raise self.refuse(f"{ast.unparse(n)!r} is not in the language",
                          f"comparisons, and/or/not, arithmetic, any/all/sum over lists, and: {', '.join(sorted(FUNCTIONS))}")  # fmt: skip

    def comprehension(self, element: ast.expr, generators: list[ast.comprehension]) -> Compiled:
        if len(generators) != 1 or not isinstance(generators[0].target, ast.Name):
            raise self.refuse("only one `for name in list` is possible")
        target = generators[0].target.id
        inner = _Compiler(self.text, self.where, self.names | {target})
        source, body = self.node(generators[0].iter), inner.node(element)
        tests = [inner.node(t) for t in generators[0].ifs]

        def run(s: Scope) -> list[Any]:
            out = []
            for item in source(s):
                scope = {**s, target: wrap(item)}
                if all(t(scope) for t in tests):
                    out.append(body(scope))
            return out

        return run


METHODS = frozenset({"count", "called", "last", "total", "seconds_since"})


def _lookup(name: str) -> Compiled:
    if name in FUNCTIONS:
        function = FUNCTIONS[name]
        return lambda s: s.get(name, function)

    def get(s: Scope) -> Any:
        try:
            return s[name]
        except KeyError:
            raise Unknown(f"{name} is not known here") from None

    return get


def _attribute(value: Compiled, name: str) -> Compiled:
    def get(s: Scope) -> Any:
        v = value(s)
        if isinstance(v, dict):
            if name not in v:
                raise Unknown(f"no field {name!r}")
            member = v[name]
            return Record(member) if type(member) is dict else member
        raise Unknown(f"{type(v).__name__} has no field {name!r}")

    return get


def _index(value: Compiled, key: Compiled) -> Compiled:
    def get(s: Scope) -> Any:
        v, k = value(s), key(s)
        try:
            return wrap(v[k])
        except (KeyError, IndexError, TypeError):
            raise Unknown(f"no element {k!r}") from None

    return get


def _boolean(both: bool, parts: list[Compiled]) -> Compiled:
    if both and len(parts) == 2:
        first, second = parts
        return lambda s: bool(first(s) and second(s))
    if both:
        return lambda s: all(p(s) for p in parts)
    return lambda s: any(p(s) for p in parts)


def _binary(op: Callable[..., Any], left: Compiled, right: Compiled) -> Compiled:
    def run(s: Scope) -> Any:
        try:
            return op(left(s), right(s))
        except (TypeError, ZeroDivisionError, OverflowError, ValueError) as error:
            raise Unknown(str(error)) from None

    return run


def _compare(left: Compiled, rest: list[tuple[Callable[..., Any], Compiled]]) -> Compiled:
    if len(rest) == 1:
        only, other = rest[0]

        def once(s: Scope) -> bool:
            try:
                return bool(only(left(s), other(s)))
            except TypeError as error:
                raise Unknown(str(error)) from None

        return once

    def run(s: Scope) -> bool:
        a = left(s)
        for op, right in rest:
            b = right(s)
            try:
                if not op(a, b):
                    return False
            except TypeError as error:
                raise Unknown(str(error)) from None
            a = b
        return True

    return run


def _call(function: Any, args: list[Any], named: dict[str, Any]) -> Any:
    try:
        return wrap(function(*args, **named))
    except Unknown:
        raise
    except Exception as error:
        raise Unknown(f"{type(error).__name__}: {error}") from error


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
    r"\b(?:insert|update|delete|drop|alter|create|truncate|grant|revoke|replace|merge|call|exec|execute|do|copy|attach|detach|vacuum|"
    r"pragma|set|reset|lock|rename|load|import|install|into|comment|refresh|reindex|cluster|handler|prepare|begin|commit|rollback|"
    r"pg_sleep|pg_read_file|xp_cmdshell|load_file|outfile|dumpfile|lo_import|lo_export|dblink)\b", re.I
)  # fmt: skip


def sql_reads_only(text: str) -> bool:
    """Whether a text is one SELECT, WITH, SHOW, VALUES or EXPLAIN statement that holds no writing keyword."""
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
