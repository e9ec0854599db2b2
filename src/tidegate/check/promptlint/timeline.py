"""When a contradiction began, who owns its lines, and what merely moved.

A core began at the first revision of its present unbroken run: the one from which on all its
instructions stand together and nothing resolves them.  Instructions are compared by what they
ask (`semantic_key`), so that reformatting, renumbering and moving change nothing; the found
revision is verified by proving the core on its text.
"""

import difflib
import fnmatch
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tidegate.check.promptlint.grammar.parse import parse_unit
from tidegate.check.promptlint.lint import Analysis, analyse
from tidegate.check.promptlint.model import Core, Source, Unit
from tidegate.check.promptlint.sources.document import parse_document


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One state of a prompt file on the first-parent history."""

    commit: str
    author: str
    email: str = ""
    date: str = ""
    subject: str = ""
    path: str = ""
    text: str


class LineOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """Who last changed a line."""

    commit: str
    author: str
    email: str = ""
    time_s: int = 0
    summary: str = ""


class Introduction(msgspec.Struct, frozen=True, kw_only=True):
    """Where a contradiction began: the revision, and the first one that ever had it when that differs."""

    revision: Revision
    first: Revision
    exact: bool  # whether the revision before it is known to be free of it


Key = tuple[Any, ...]


def core_keys(core: Core) -> frozenset[Key]:
    """What the members of a core ask, apart from their places."""
    return frozenset(i.semantic_key for i in core.instructions)


def instruction_keys(text: str, name: str = "prompt") -> frozenset[Key]:
    """What a text asks."""
    keys = set()
    for unit in parse_document(Source(name=name, text=text)).units:
        keys |= {i.semantic_key for i in parse_unit(unit)[0]}
    return frozenset(keys)


def introductions(
    cores: Sequence[Core], history: Sequence[Revision], name: str = "prompt"
) -> list[Introduction | None]:
    """For each core of the newest revision, where it began; None when the history does not hold it."""
    if not history:
        return [None] * len(cores)
    asked: dict[int, frozenset[Key]] = {}
    proved: dict[int, frozenset[frozenset[Key]]] = {}

    def keys(k: int) -> frozenset[Key]:
        if k not in asked:
            asked[k] = _safely(instruction_keys, history[k].text, name)
        return asked[k]

    def cores_at(k: int) -> frozenset[frozenset[Key]]:
        if k not in proved:
            analysis = _safely_analyse(history[k].text, name)
            proved[k] = frozenset(core_keys(c) for c in analysis.cores) if analysis else frozenset()
        return proved[k]

    out: list[Introduction | None] = []
    for core in cores:
        wanted = core_keys(core)
        there = [k for k in range(len(history)) if wanted <= keys(k)]
        if not there:
            out.append(None)
            continue
        standing = (
            [k for k in there if wanted in cores_at(k)] if len(there) <= 40 else _verified(there, wanted, cores_at)
        )
        if not standing:
            out.append(None)
            continue
        start = standing[-1]
        present = set(standing)
        while start - 1 in present:
            start -= 1
        out.append(Introduction(revision=history[start], first=history[standing[0]], exact=start > 0 or True))
    return out


def _verified(
    there: list[int], wanted: frozenset[Key], cores_at: Callable[[int], frozenset[frozenset[Key]]]
) -> list[int]:
    """Prove the core at the borders of each unbroken run, by bisection inside it."""
    runs: list[list[int]] = []
    for k in there:
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    out: list[int] = []
    for run in runs:
        lo, hi = 0, len(run) - 1
        if wanted not in cores_at(run[hi]):
            out += [k for k in run if wanted in cores_at(k)]
            continue
        while lo < hi:
            middle = (lo + hi) // 2
            if wanted in cores_at(run[middle]):
                hi = middle
            else:
                lo = middle + 1
        out += run[lo:]
    return out


def _safely(read: Callable[[str, str], frozenset[Key]], text: str, name: str) -> frozenset[Key]:
    try:
        return read(text, name)
    except Exception:  # a broken old revision (an unbalanced template) holds no instructions
        return frozenset()


def _safely_analyse(text: str, name: str) -> Analysis | None:
    try:
        return analyse([Source(name=name, text=text)])
    except Exception:  # as above
        return None


def moves(before: Sequence[Unit], after: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Sentences that stand elsewhere now though nobody changed them: (before, after).

    Position acts on models; a move is a change even though no word changed.
    """
    a, b = [_norm(u.text) for u in before], [_norm(u.text) for u in after]
    matcher = difflib.SequenceMatcher(a=a, b=b, autojunk=False)
    kept_a, kept_b = set(), set()
    for block in matcher.get_matching_blocks():
        kept_a |= set(range(block.a, block.a + block.size))
        kept_b |= set(range(block.b, block.b + block.size))
    left: dict[str, list[int]] = {}
    for k, text in enumerate(a):
        if k not in kept_a:
            left.setdefault(text, []).append(k)
    out = []
    for k, text in enumerate(b):
        if k not in kept_b and left.get(text):
            out.append((before[left[text].pop(0)], after[k]))
    return out


def _norm(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


# -- owners --------------------------------------------------------------------------------------


def parse_codeowners(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """(pattern, owners) of a CODEOWNERS file, in order; the last match wins."""
    rules = []
    for line in text.split("\n"):
        words = line.split("#", 1)[0].split()
        if words and not words[0].startswith("["):
            rules.append((words[0], tuple(words[1:])))
    return rules


def owners_of(path: str, rules: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """The owners of a path by CODEOWNERS rules."""
    found: tuple[str, ...] = ()
    for pattern, owners in rules:
        p = pattern.lstrip("/")
        anchored = pattern.startswith("/") or "/" in pattern.rstrip("/")
        options = [p, p.rstrip("/") + "/*", p.rstrip("/") + "/**"] if not pattern.endswith("/") else [p + "*"]
        if not anchored:
            options += ["*/" + o for o in options]
        if any(fnmatch.fnmatch(path, o) for o in options):
            found = owners
    return found


def section_owner(section: Sequence[str], owners: dict[str, str]) -> str:
    """The owner of a section by a map of section names (or patterns) to owners; "" when none is named."""
    for title in reversed(section):
        for pattern, owner in owners.items():
            if fnmatch.fnmatch(title.lower(), pattern.lower()):
                return owner
    return owners.get("*", "")
