"""One piece of Python, read and never run: imports, names, members, arguments."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator
from difflib import get_close_matches

from tidegate.check.verify.api import GONE, LOCAL, NEWER, OLD_MODULES, ORACLE, api_index, packages
from tidegate.spine.claim import Claim, Decision, Receipt, Support


def check_source(
    source: str,
    offset: int,
    extra: frozenset[str],
    *,
    index_complete: bool,
    tagged: bool = True,
    local: frozenset[str] = frozenset(),
) -> Iterator[Decision]:
    """Decisions on one piece of Python; `offset` is where it begins in the answer."""
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
    lines = _line_starts(source, offset)
    defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)}
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for a in node.names:
                aliases[a.asname or a.name.split(".")[0]] = a.name if a.asname else a.name.split(".")[0]
                yield _module(node, a.name, lines, extra, index_complete, local)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            decision = _module(node, node.module, lines, extra, index_complete, local)
            yield decision
            if decision.support is not Support.REFUTED:
                for a in node.names:
                    aliases[a.asname or a.name] = f"{node.module}.{a.name}"
                    yield from _name(node, node.module, a.name, lines)
    assigned = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} | defined
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from _attribute(node, aliases, assigned, lines)
        if isinstance(node, ast.Call):
            yield from _call(node, aliases, assigned, lines)


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


def _claim(node: ast.AST, text: str, lines: list[int]) -> Claim:
    return Claim(kind="identifier", text=text, span=_span(node, lines), payload={"name": text})


def _module(
    node: ast.AST,
    module: str,
    lines: list[int],
    extra: frozenset[str],
    complete: bool,
    local: frozenset[str] = frozenset(),
) -> Decision:
    top, claim = module.split(".")[0], _claim(node, module, lines)
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
        if prefix in GONE:
            return _gone(claim, prefix)
    if module in api_index() or (top.lower() in packages() | {e.lower() for e in extra} and top not in api_index()):
        return Decision(
            claim=claim,
            support=Support.SUPPORTED,
            receipt=Receipt(oracle=ORACLE, computation=f"{top} is a known package"),
            message="the package is known",
        )
    if top in api_index() or top.lower() in packages():
        parent = module.rpartition(".")[0]
        known = api_index().get(parent, {})
        if parent in api_index() and module.rpartition(".")[2] not in known and parent.count(".") == 0:
            close = get_close_matches(module, api_index(), 1)
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
        or top in local
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
    close = get_close_matches(top.lower(), packages(), 1, 0.8)
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


def _name(node: ast.AST, module: str, name: str, lines: list[int]) -> Iterator[Decision]:
    dotted, claim = f"{module}.{name}", _claim(node, f"{module}.{name}", lines)
    if dotted in GONE:
        yield _gone(claim, dotted)
        return
    known = api_index().get(module)
    if known is None or name == "*" or dotted in api_index():
        return
    if name.startswith("__") and name.endswith("__"):
        return  # every module and class has these
    if dotted in NEWER:
        receipt = Receipt(
            oracle=ORACLE, computation=f"{dotted} exists since Python {NEWER[dotted]}", detail={"since": NEWER[dotted]}
        )
        yield Decision(
            claim=claim,
            support=Support.SUPPORTED,
            receipt=receipt,
            message=f"the name exists since Python {NEWER[dotted]}",
        )
        return
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


def _dotted(node: ast.expr, aliases: dict[str, str], assigned: set[str]) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in aliases or node.id in assigned:
        return None
    return ".".join([aliases[node.id], *reversed(parts)])


def _attribute(
    node: ast.Attribute, aliases: dict[str, str], assigned: set[str], lines: list[int]
) -> Iterator[Decision]:
    dotted = _dotted(node, aliases, assigned)
    if dotted is None:
        return
    module, _, name = dotted.rpartition(".")
    if dotted in GONE or module in api_index():
        yield from _name(node, module, name, lines)


def _call(node: ast.Call, aliases: dict[str, str], assigned: set[str], lines: list[int]) -> Iterator[Decision]:
    dotted = _dotted(node.func, aliases, assigned)
    if dotted is None:
        return
    module, _, name = dotted.rpartition(".")
    parameters = api_index().get(module, {}).get(name, "?")
    if parameters == "?" or "**" in parameters.split(",") or any(k.arg is None for k in node.keywords):
        return
    known = parameters.split(",")
    for keyword in node.keywords:
        if keyword.arg not in known:
            claim = _claim(keyword, f"{dotted}({keyword.arg}=…)", lines)
            close = get_close_matches(str(keyword.arg), known, 1)
            receipt = Receipt(
                oracle=ORACLE, computation=f"{dotted}({', '.join(known)})" + (f"; nearest: {close[0]}" if close else "")
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
        claim = _claim(node, f"{dotted}(…)", lines)
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
