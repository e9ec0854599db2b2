"""One piece of Python, read and never run: imports, names, members, arguments."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from itertools import chain

from tidegate.check.verify.code.api import ApiIndex, LayeredIndex, api_index
from tidegate.check.verify.code.members import check_members
from tidegate.check.verify.code.modules import check_imports
from tidegate.check.verify.code.parsed import parsed
from tidegate.check.verify.code.program import Places, Program
from tidegate.check.verify.verdicts import refuted, unverifiable
from tidegate.spine.claim import Claim, Decision, Support

MAGIC = re.compile(r"^([ \t]*)([!%][^\r\n]*)", re.M)  # lines of a notebook that are not Python
FRAGMENT = re.compile(r">>>|\.\.\.|<[a-z_ ]+>|^\s*\$ |…|\[\.\.\.\.\]|ython 2", re.M)


def check_source(
    source: str,
    offset: int,
    extra: frozenset[str],
    *,
    index_complete: bool,
    tagged: bool = True,
    local: frozenset[str] = frozenset(),
    index: ApiIndex | LayeredIndex | None = None,
) -> Iterator[Decision]:
    """Decisions on one piece of Python; `offset` is where it begins; `index` replaces the shipped one."""
    if source.startswith("\ufeff"):  # the mark that some editors begin a file with
        source, offset = source[1:], offset + 1
    tree, indent = _parse(source)
    if isinstance(tree, SyntaxError) and MAGIC.search(source):
        tree, indent = _parse(
            MAGIC.sub(lambda m: m.group(1) + "pass".ljust(len(m.group(2)))[: len(m.group(2))], source)
        )
    places = Places(source, offset, indent)
    if isinstance(tree, SyntaxError):
        yield _unparsed(tree, source, places, tagged=tagged)
        return
    program = Program(tree, places, index or api_index(), extra, complete=index_complete, local=local)
    for decision in chain(check_imports(program), check_members(program)):
        if decision.support is not Support.REFUTED or not program.guarded(decision.claim.span):
            yield decision


def _parse(source: str) -> tuple[ast.Module | SyntaxError, int]:
    """The tree, and how many characters were taken from the left of its lines before it could be parsed."""
    tree = parsed(source)
    if isinstance(tree, ast.Module) or tree.lineno is None:
        return tree, 0
    dedented = textwrap.dedent(source)
    first = next((i for i, line in enumerate(source.split("\n")) if line.strip()), 0)
    indent = len(source.split("\n")[first]) - len(dedented.split("\n")[first])
    tree = parsed(dedented)
    return tree, 0 if isinstance(tree, SyntaxError) and tree.lineno is None else indent


def _unparsed(error: SyntaxError, source: str, places: Places, *, tagged: bool) -> Decision:
    """A program that does not parse is wrong if it claims to be one."""
    if not tagged or FRAGMENT.search(source):
        start, end = places.starts[0], places.starts[0] + len(source)
        claim = Claim(kind="code", text=source[:60], span=(start, end))
        return unverifiable(claim, "syntax", "a fragment or a session, not a whole program")
    text, span = places.line(error.lineno or 1)
    claim = Claim(kind="code", text=text, span=span)
    return refuted(claim, "syntax", f"line {error.lineno or 1}: {error.msg}", f"not Python 3: {error.msg}")
