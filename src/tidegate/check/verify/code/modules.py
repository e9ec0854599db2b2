"""Does the module that is imported exist, and the name in it?"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from tidegate.check.verify.code.api import GONE, LOCAL, NEWER, OLD_MODULES, ORACLE
from tidegate.check.verify.code.program import Program
from tidegate.check.verify.verdicts import refuted, supported, unverifiable
from tidegate.spine.claim import Claim, Decision, Support

# names of modules that read as if the project had written them
PROJECT = re.compile(
    r"(?:my|your|our)[a-z]*_|(?:my|your|our|the|some|foo|bar|baz|acme|example|company|project|custom|local|internal)(?:_|$|[A-Z])|conftest$|.*_(?:services?|models?|server|db|bot|tests?|scripts?|project|app|client|helpers?|config|settings)$"
)
UNLISTED = frozenset({"conftest", "tests"})  # modules that no index holds
# names that only some machines have
PLATFORM = frozenset({"numpy.float96", "numpy.float128", "numpy.complex192", "numpy.complex256"})
OF_TYPES = frozenset({"mro", "register"})  # what classes have from their own class
THIN = 8  # names; a section of fewer may lack modules that were not indexed


def check_imports(program: Program) -> Iterator[Decision]:
    """Decisions on what is imported; fills in what each name of the program stands for."""
    for node in program.nodes:
        if isinstance(node, ast.Import):
            for a in node.names:
                program.aliases[a.asname or a.name.split(".")[0]] = a.name if a.asname else a.name.split(".")[0]
                yield _module(program, a, a.name)
        elif isinstance(node, ast.ImportFrom) and node.level:
            program.assigned |= {a.asname or a.name for a in node.names}  # the project's own
        elif isinstance(node, ast.ImportFrom) and node.module:
            decision = _module(program, node, node.module)
            yield decision
            if decision.support is not Support.REFUTED:
                for a in node.names:
                    program.aliases[a.asname or a.name] = f"{node.module}.{a.name}"
                    yield from check_name(program, a, node.module, a.name)


def _module(program: Program, node: ast.AST, module: str) -> Decision:
    """Whether the module that is imported exists."""
    top, claim = module.split(".")[0], program.claim(node, module)
    if top in OLD_MODULES and top not in sys.stdlib_module_names:
        words = f"{top} was removed from the standard library"
        return refuted(claim, ORACLE, words, f"module {top} is gone from Python 3", certainty="measured")
    for k in range(module.count(".") + 1, 0, -1):
        prefix = ".".join(module.split(".")[:k])
        if prefix in GONE and not program.own(prefix):
            return gone(claim, prefix)
    known = supported(claim, ORACLE, f"{top} is a known package", "the package is known")
    if module in program.index:
        return known
    if top in program.index or top.lower() in program.known:
        parent, _, last = module.rpartition(".")
        if (
            parent in program.index
            and not last.startswith("_")
            and last not in UNLISTED
            and last not in program.index[parent]
            and (parent.count(".") == 0 or program.own(module))
        ):
            words = f"{parent} has no submodule {last}" + nearest(module, program.index)
            return refuted(claim, ORACLE, words, f"there is no module {module}", certainty="measured")
        return known
    if top in LOCAL or top in program.local or top.startswith("_") or PROJECT.match(top) or module in NEWER:
        return unverifiable(claim, ORACLE, "it may be a module of the project")
    words = f"{top} is in no list of packages" + nearest(top.lower(), program.known, 0.8)
    return refuted(claim, ORACLE, words, f"no package {top} is known", complete=program.complete,
                   certainty="measured" if program.complete else "possible",
                   probability=None if program.complete else 0.9)  # fmt: skip


def check_name(program: Program, node: ast.AST, module: str, name: str) -> Iterator[Decision]:
    """Whether a module (or class) has the name; nothing where the index cannot tell."""
    dotted = f"{module}.{name}"
    claim = program.claim(node, dotted)
    if dotted in GONE and not program.own(dotted):
        yield gone(claim, dotted)
        return
    known = program.index.get(module)
    if name in OF_TYPES and program.is_class(module):
        return
    if known is None or name == "*" or dotted in program.index or dotted in PLATFORM or name in program.added:
        return
    if name.startswith("_") and (name.endswith("__") or not program.own(dotted)):
        return  # every module and class has some of these, and the shipped index holds none
    if dotted in NEWER:
        since = f"Python {NEWER[dotted]}"
        yield supported(
            claim, ORACLE, f"{dotted} exists since {since}", f"the name exists since {since}", since=NEWER[dotted]
        )
        return
    thin = len(known) < THIN and module.split(".")[0] not in sys.stdlib_module_names
    if name in known:
        yield supported(claim, ORACLE, f"{dotted} exists", "the name exists")
    elif not (name.islower() and thin and not program.own(module)):  # else a submodule that is not indexed, perhaps
        words = f"{module} has no name {name}" + nearest(name, known)
        yield refuted(claim, ORACLE, words, f"{module} has no {name}", certainty="measured")


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str:
    """`; nearest: …`, or nothing."""
    close = get_close_matches(word, known, 1, alike)
    return f"; nearest: {close[0]}" if close else ""


def gone(claim: Claim, name: str) -> Decision:
    """The name was removed."""
    last, instead = GONE[name]
    words = f"{name} last existed in {last}; use {instead}"
    return refuted(claim, ORACLE, words, f"{name} was removed after {last}: use {instead}",
                   certainty="measured", last=last, use=instead)  # fmt: skip
