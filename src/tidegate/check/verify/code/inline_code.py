# ruff: noqa: E501  (patterns and tables read best on one line)
"""Names and calls between back-ticks in prose."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tidegate.check.verify.code.api import ApiIndex, LayeredIndex, api_index
from tidegate.check.verify.code.blocks import fences
from tidegate.check.verify.code.members import check_members
from tidegate.check.verify.code.program import Places, Program
from tidegate.check.verify.code.signature import Kind
from tidegate.spine.claim import Decision, Support

INLINE = re.compile(r"(?<!`)`(?P<code>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?P<call>\([^`\n]{0,120}\))?`(?!`)")
IMPORT = re.compile(r"(?:^[ \t]*|`)import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*)?(?=$|`)", re.M)
FROM = re.compile(r"(?:^[ \t]*|`)from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w, \t]+)", re.M)

# what short names stand for by custom
MODULES = {"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot", "sp": "sympy", "sns": "seaborn", "nx": "networkx"}
OBJECTS = {
    "df": "pandas.DataFrame", "DataFrame": "pandas.DataFrame", "Series": "pandas.Series", "ndarray": "numpy.ndarray", "ax": "matplotlib.axes.Axes|mpl_toolkits.mplot3d.axes3d.Axes3D|matplotlib.projections.polar.PolarAxes", "fig": "matplotlib.figure.Figure",
    "Path": "pathlib.Path", "timedelta": "datetime.timedelta", "Counter": "collections.Counter", "deque": "collections.deque", "OrderedDict": "collections.OrderedDict",
    "Popen": "subprocess.Popen", "ThreadPoolExecutor": "concurrent.futures.ThreadPoolExecutor", **{n: f"builtins.{n}" for n in ("str", "list", "dict", "set", "bytes", "tuple", "int", "float")},
}  # fmt: skip
# what must be spoken of for a short name to stand for a class by custom, and what must not
CUES = {
    "df": (re.compile(r"pandas|\bpd\."), re.compile(r"polars|\bpl\.|spark|dask|modin|cudf|duckdb|vaex|koalas|tidyverse|\bR\b", re.I)),
    "ax": (re.compile(r"matplotlib|pyplot|\bplt\."), re.compile(r"plotly|bokeh|altair|seaborn|cartopy|geopandas", re.I)),
    "str": (re.compile(r"[Pp]ython|^```py", re.M), re.compile(r"pandas|polars|series|column|JavaScript|\bJS\b|Rust|expression", re.I)),
    "Path": (re.compile(r"[Pp]ython|pathlib|collections|datetime|subprocess|concurrent|^```py", re.M), re.compile(r"JavaScript|\bJava\b|Rust|Kotlin|\bGo\b|Django|\.NET|C#")),
}  # fmt: skip
CUES |= dict.fromkeys(("DataFrame", "Series"), CUES["df"]) | {
    "fig": CUES["ax"],
    "ndarray": (re.compile("[Nn]um[Pp]y|\\bnp\\."), re.compile("Rust")),
}
CUES |= dict.fromkeys(("timedelta", "Counter", "deque", "OrderedDict", "Popen", "ThreadPoolExecutor"), CUES["Path"])
CUES |= dict.fromkeys(("list", "dict", "set", "bytes", "tuple", "int", "float"), CUES["str"])
# modules whose names name hardly anything else; of others it is said only where the text imports them
TELLING = frozenset(["argparse", "asyncio", "collections", "contextlib", "csv", "dataclasses", "datetime", "functools", "hashlib", "heapq", "importlib", "inspect", "itertools", "json", "logging", "math", "multiprocessing", "numpy", "os", "pandas", "pathlib", "pickle", "random", "re", "requests", "scipy", "shutil", "sklearn", "sqlite3", "statistics", "subprocess", "sympy", "sys", "tempfile", "threading", "typing", "unittest", "urllib", "zipfile", "zoneinfo", "matplotlib", "networkx", "tomllib", "textwrap"])  # fmt: skip
CONTAINERS = tuple(f"builtins.{n}" for n in ("list", "dict", "set", "str"))
FILES = frozenset(
    [
        "py",
        "com",
        "org",
        "io",
        "json",
        "txt",
        "md",
        "csv",
        "yaml",
        "toml",
        "cfg",
        "ini",
        "html",
        "log",
        "h",
        "c",
        "js",
        "ts",
        "sh",
    ]
)

DENIED = re.compile(
    r"\bno (?:such|function|method|attribute|longer)?\s*$|\bnot\b|n't\b|\bno\b\s*$|instead of|rather than|wrong|typo|invent|hallucinat|remov|deprecat|renam|replac|used to|formerly|error|fail|raises?\b|unlike|Python 2|wrote|old(?:er)?\b|never|avoid|AttributeError|ModuleNotFound",
    re.I,
)


def check_inline(text: str, index: ApiIndex | LayeredIndex | None = None) -> Iterator[Decision]:
    """Decisions on dotted names between single back-ticks, and on the keywords of their calls."""
    if "`" not in text:
        return
    known = index or api_index()
    fenced = [m.span() for m in fences(text)]
    imported = _imported(text)
    for found in INLINE.finditer(text):
        if any(a <= found.start() < b for a, b in fenced):
            continue
        denied = _denied(text, found)
        for decision in _one(text, found, known, imported):
            if not (denied and decision.support is Support.REFUTED):
                yield decision


def _denied(text: str, found: re.Match[str]) -> bool:
    """Whether the prose around a name says that it does not hold."""
    before = text[max(0, found.start() - 80) : found.start()].rpartition("\n")[2]
    after = text[found.end() : found.end() + 50].partition("\n")[0]
    return DENIED.search(before) is not None or DENIED.search(after) is not None


def _imported(text: str) -> dict[str, str]:
    """What the imports of a text's code make its names stand for."""
    out = {m[2] or m[1].partition(".")[0]: m[1] if m[2] else m[1].partition(".")[0] for m in IMPORT.finditer(text)}
    for found in FROM.finditer(text):
        for part in found[2].split(","):
            words = part.split()
            if words:
                out[words[-1]] = f"{found[1]}.{words[0]}"
    return out


def _one(
    text: str, found: re.Match[str], index: ApiIndex | LayeredIndex, imported: dict[str, str]
) -> Iterator[Decision]:
    """Decisions on one name, or nothing where its first part may stand for anything."""
    top, *rest = found.group("code").split(".")
    module = imported.get(top) or MODULES.get(top, top)
    kind = None if top in imported else OBJECTS.get(top)
    if kind is not None and not all(
        bool(cue.search(text)) == wanted for cue, wanted in zip(CUES[top], (True, False), strict=True)
    ):
        return
    if index.mark(module).startswith("class"):
        kind = module  # `from datetime import datetime`
    elif kind is None and rest[0] not in index.get(module, {}) and rest[0] in index.get(f"{module}.{module}", {}):
        kind = f"{module}.{module}"  # a method of the class `datetime`
    if kind is None and (module not in index or not _meant(module, top, rest, index, imported)):
        return
    tree = _tree(found.group("code") + (found.group("call") or "")) or _tree(found.group("code"))
    if tree is None:
        return
    program = Program(
        tree, Places(found.group(0), found.start(), 1), index, frozenset(), complete=False, local=frozenset()
    )
    if kind is None:
        program.aliases[top] = module
    for decision in check_members(program, {top: Kind(tuple(kind.split("|")))} if kind else {}, told=True):
        if decision.support is not Support.REFUTED or rest[-1].islower():
            yield decision


def _meant(module: str, top: str, rest: list[str], index: ApiIndex | LayeredIndex, imported: dict[str, str]) -> bool:
    """Whether the first part can only be the module: not a variable's name, nor a file's."""
    if top in imported or top in MODULES:
        return True
    if rest[-1] in FILES or (any(rest[0] in index[c] for c in CONTAINERS) and rest[0] not in index[module]):
        return False
    return top.partition(".")[0] in TELLING or rest[0] in index[module]


def _tree(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError):
        return None
