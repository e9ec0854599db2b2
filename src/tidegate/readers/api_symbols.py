# ruff: noqa: E501  (tables and messages read best on one line)
"""The names and parameters of a package of a given version, read from its source and never imported.

Griffe parses the files; what it cannot see (names made as the package runs, modules that answer
`__getattr__`, wildcards of compiled modules) is left out, so that absence is only claimed where it is certain.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tidegate.check.verify.code.api import ApiIndex, LayeredIndex, api_index
from tidegate.readers.exported_names import names_of
from tidegate.readers.lazy_names import answered
from tidegate.readers.signatures import final_of, signature_text
from tidegate.spine.errors import InputError


def read_index(specs: tuple[str, ...]) -> LayeredIndex | None:
    """The shipped index with these packages in place of its own: `NAME` (installed here) or `NAME=FOLDER` that holds it."""
    if not specs:
        return None
    text = "".join(read_api(*_split(spec)) for spec in specs)
    return LayeredIndex(ApiIndex(text), api_index())


def _split(spec: str) -> tuple[str, tuple[Path, ...]]:
    name, _, folder = spec.partition("=")
    if not folder:
        return name, tuple(Path(p) for p in sys.path if p)
    if not (Path(folder) / name).exists() and not (Path(folder) / f"{name}.py").exists():
        raise InputError(f"expected the package {name} in {folder}, found none", where=f"--api {spec}",
                         remedy="give the folder that holds it, such as a virtual environment's site-packages")  # fmt: skip
    return name, (Path(folder),)


def read_api(name: str, search: tuple[Path, ...]) -> str:
    """The package's modules and classes as sections of the index's text form; InputError where it cannot be read."""
    if importlib.util.find_spec("griffe") is None:
        raise InputError("expected griffe to be installed, it reads packages", where=f"--api {name}",
                         remedy="pip install 'tidegate[code]'")  # fmt: skip
    import griffe

    loader: Any = griffe.GriffeLoader(search_paths=[str(p) for p in search], allow_inspection=False)
    every = loader.finder.submodules
    loader.finder.submodules = lambda module: [(parts, path) for parts, path in every(module) if "tests" not in parts]
    try:
        package = loader.load(name, submodules=True, try_relative_path=False)
        loader.resolve_aliases(implicit=False, external=False)
    except ModuleNotFoundError as error:
        raise InputError(f"expected the package {name} to be installed here, found none", where=f"--api {name}",
                         remedy=f"--api {name}=FOLDER reads it from another environment's site-packages") from error  # fmt: skip
    except Exception as error:  # what a stranger's source may bring a parser to
        raise InputError(
            f"cannot read the package {name}: {type(error).__name__}: {error}", where=f"--api {name}"
        ) from error
    modules: dict[str, list[str]] = {}
    for last, path in _modules(package):
        modules.setdefault(last, []).append(path)
    text = "".join(_sections(package, set(), modules))
    # what is said to be of a class that others extend may have more than it
    extended = {b for m in BASES.findall(text) for b in m.split()} - {"DataFrame", "Series", "ndarray"}
    return RESULT.sub(lambda m: "" if m[1].rpartition(".")[2] in extended else m[0], BASES.sub("", text))


BASES = re.compile(r"^ bases (.*)\n", re.M)
RESULT = re.compile(r"->([\w.]+)$", re.M)


def _modules(module: Any) -> Iterator[tuple[str, str]]:
    """The last and whole names of all modules below one."""
    for name, member in module.members.items():
        if not member.is_alias and member.kind.value == "module":
            yield name, str(member.path)
            yield from _modules(member)


def _sections(module: Any, seen: set[str], modules: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if module.path in seen or len(seen) > 20_000:
        return
    seen.add(module.path)
    members = dict(module.members)
    found = answered(_path(module)) if "__getattr__" in members else frozenset()
    own = names_of(_path(module))
    lazy = "__getattr__" in members and own.bound is not None and "__getattr__" not in _functions(members)
    told = own.bound is not None and (found is not None or lazy)
    open_ended = not told and (found is None or any("*" in n for n in members) or _wild(module))
    lines: list[str] = sorted({*(found or ()), *(own.bound or ()), *_beside(_path(module))} - members.keys())
    classes = []
    for name, member in members.items():
        if name.startswith("__") and name != "__init__":
            continue
        final = final_of(member)
        if final is not None and final.kind.value == "module":
            lines.append(name)
            if member.is_alias:
                yield f"# {module.path}.{name} = {final.path}\n"
            else:
                yield from _sections(member, seen, modules)
            continue
        if final is not None and final.kind.value == "class":
            classes.append((name, final))
        lines.append(name + signature_text(final))
    if any(m.is_alias and m.wildcard_imported for m in members.values() if hasattr(m, "wildcard_imported")):
        lines += sorted(
            modules.keys() - members.keys()
        )  # a wildcard brings the modules along that its source has imported
    for name in lines:
        if name not in members and (paths := modules.get(name, ())):
            found_at = paths[0] if len(paths) == 1 else _dotted(own.modules.get(name), paths)
            if found_at:
                yield f"# {module.path}.{name} = {found_at}\n"
    if not open_ended:
        yield f"# {module.path}\n" + "".join(f"{line}\n" for line in lines)
    for name, kind in classes:
        if (path := f"{module.path}.{name}") == kind.path:
            yield _class(path, kind)
        else:
            yield f"# {path} = {kind.path}\n"


STAR = re.compile(r"^\s*from\s+\S+\s+import\s+\*", re.M)
MADE = re.compile(
    r"^__all__\s*(?:\+?=)\s*(?!\s*[\[(]\s*(?:[\"'\n#\])]|$))|^__all__[^\n]*(?:\bfor\b|dir\(|globals\()", re.M
)


def _path(module: Any) -> Path:
    found = module.filepath
    return found[0] if isinstance(found, list) else Path(found or ".")


def _dotted(path: Path | None, among: Sequence[str]) -> str:
    """Which of several modules of one last name lies in a file; nothing where that is not known."""
    if path is None:
        return ""
    parts = (path.parent if path.name == "__init__.py" else path.with_suffix("")).parts
    return next((p for p in among if tuple(p.split(".")) == parts[-p.count(".") - 1 :]), "")


def _beside(path: Path) -> Iterator[str]:
    """Modules of a package that are not read: compiled ones, and folders without an `__init__.py`."""
    if path.name != "__init__.py":
        return
    for other in path.parent.iterdir():
        name = other.name.partition(".")[0]
        if name.isidentifier() and (other.suffix in (".so", ".pyd") or (other.is_dir() and name != "__pycache__")):
            yield name


def _functions(members: Any) -> set[str]:
    """Names of functions the module defines itself."""
    return {n for n, m in members.items() if not m.is_alias and m.kind.value == "function"}


def _source(module: Any) -> str:
    try:
        return Path(module.filepath).read_text(encoding="utf-8", errors="ignore")
    except (OSError, TypeError, AttributeError):
        return ""


@cache
def _made(folder: Path) -> bool:
    """Whether some module below a folder makes its `__all__` as it runs."""
    return any(MADE.search(p.read_text(encoding="utf-8", errors="ignore")) for p in folder.rglob("*.py"))


def _wild(module: Any) -> bool:
    """Whether a module takes all names of others, some of which are only known as they run."""
    text = _source(module)
    if STAR.search(text) is None:
        return False
    return MADE.search(text) is not None or _made(Path(module.filepath).parent)


def _class(path: str, kind: Any) -> str:
    """The section of a class; nothing where a base of it was not read."""
    try:
        members = dict(kind.all_members)
        whole = len(kind.resolved_bases) == len(kind.bases)
    except Exception:
        return ""
    plain_bases = {str(b).partition("[")[0].rpartition(".")[2] for b in kind.bases} <= {
        "object",
        "ABC",
        "Generic",
        "Protocol",
    }
    if not (whole or plain_bases):
        return ""
    mark = " open" if "__getattr__" in members or "__getattribute__" in members else ""
    lines = [
        n + signature_text(final_of(m), own=path)
        for n, m in members.items()
        if not n.startswith("__") or n == "__enter__"
    ]
    bases = " bases " + " ".join(str(b).partition("[")[0].rpartition(".")[2] for b in kind.bases) + "\n"
    return f"# {path} class{mark}\n" + bases + "".join(f"{line}\n" for line in lines)
