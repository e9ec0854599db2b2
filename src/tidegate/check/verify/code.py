# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""Python in an answer, read and never run: does the package exist, the name in it, the argument, the version?

Names are resolved against a shipped index of the standard library and of common packages; a
package that is nowhere known is refuted only as `possible`, since no offline list is complete.
"""

from __future__ import annotations

import ast
import gzip
import re
import sys
import textwrap
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from tidegate.spine.claim import Claim, Decision, Receipt, Support
from tidegate.spine.resources import resource_bytes, resource_text

ORACLE = "code index"
FENCE = re.compile(
    r"^[ \t]*(?P<mark>```+|~~~+)[ \t]*(?P<lang>[\w+\-.]*)[^\n]*\n(?P<body>.*?)(?:^[ \t]*(?P=mark)[ \t]*$|\Z)",
    re.S | re.M,
)
LOCAL = frozenset(["utils", "util", "config", "configs", "settings", "models", "model", "main", "app", "helpers", "helper", "common", "core", "lib", "src", "data", "dataset", "tests", "test", "constants", "types", "my_module", "mymodule", "module", "your_module", "yourmodule", "example", "my_package", "mypackage", "package", "db", "database", "schemas", "views", "routes", "api", "solution", "agent", "tools", "train", "network", "base"])  # fmt: skip
# name → (last version that has it, what to use)
GONE: dict[str, tuple[str, str]] = {
    "numpy.float": ("1.23", "float"), "numpy.int": ("1.23", "int"), "numpy.bool8": ("1.26", "numpy.bool_"), "numpy.object": ("1.23", "object"),
    "numpy.complex": ("1.23", "complex"), "numpy.str": ("1.23", "str"), "numpy.product": ("1.26", "numpy.prod"), "numpy.cumproduct": ("1.26", "numpy.cumprod"),
    "numpy.sometrue": ("1.26", "numpy.any"), "numpy.alltrue": ("1.26", "numpy.all"), "numpy.in1d": ("2.3", "numpy.isin"), "numpy.trapz": ("2.3", "numpy.trapezoid"), "numpy.float_": ("1.26", "numpy.float64"),
    "numpy.Inf": ("1.26", "numpy.inf"), "numpy.NaN": ("1.26", "numpy.nan"), "numpy.asfarray": ("1.26", "numpy.asarray"), "numpy.msort": ("1.26", "numpy.sort"),
    "scipy.integrate.simps": ("1.13", "scipy.integrate.simpson"), "scipy.integrate.trapz": ("1.13", "scipy.integrate.trapezoid"), "scipy.integrate.cumtrapz": ("1.13", "scipy.integrate.cumulative_trapezoid"),
    "scipy.misc.factorial": ("1.2", "scipy.special.factorial"), "scipy.misc.imread": ("1.1", "imageio.imread"), "scipy.misc.comb": ("1.2", "scipy.special.comb"), "scipy.misc.derivative": ("1.11", "numdifftools"),
    "scipy.signal.gaussian": ("1.12", "scipy.signal.windows.gaussian"), "scipy.signal.hann": ("1.12", "scipy.signal.windows.hann"), "scipy.special.sph_harm": ("1.16", "scipy.special.sph_harm_y"),
    "sklearn.cross_validation": ("0.19", "sklearn.model_selection"), "sklearn.grid_search": ("0.19", "sklearn.model_selection"), "sklearn.externals.joblib": ("0.22", "joblib"),
    "sklearn.datasets.load_boston": ("1.1", "another data set"), "pandas.Panel": ("0.25", "xarray"), "pandas.rolling_mean": ("0.17", "Series.rolling().mean()"), "pandas.datetime": ("1.5", "datetime.datetime"), "pandas.Int64Index": ("1.5", "pandas.Index"),
    "openai.ChatCompletion": ("0.28", "OpenAI().chat.completions"), "openai.Completion": ("0.28", "OpenAI().completions"), "openai.Embedding": ("0.28", "OpenAI().embeddings"),
    "time.clock": ("Python 3.7", "time.perf_counter"), "collections.Mapping": ("Python 3.9", "collections.abc.Mapping"), "collections.Iterable": ("Python 3.9", "collections.abc.Iterable"), "collections.Callable": ("Python 3.9", "collections.abc.Callable"),
    "collections.MutableMapping": ("Python 3.9", "collections.abc.MutableMapping"), "inspect.getargspec": ("Python 3.10", "inspect.getfullargspec"), "fractions.gcd": ("Python 3.8", "math.gcd"), "string.letters": ("Python 2", "string.ascii_letters"),
    "itertools.izip": ("Python 2", "zip"), "itertools.imap": ("Python 2", "map"), "os.getcwdu": ("Python 2", "os.getcwd"), "asyncio.async": ("Python 3.6", "asyncio.ensure_future"), "asyncio.coroutine": ("Python 3.10", "async def"),
    "networkx.from_numpy_matrix": ("2.8", "networkx.from_numpy_array"), "networkx.to_numpy_matrix": ("2.8", "networkx.to_numpy_array"), "torch.symeig": ("1.13", "torch.linalg.eigh"), "torch.qr": ("2.0", "torch.linalg.qr"),
    "tensorflow.Session": ("1.15", "eager execution"), "tensorflow.placeholder": ("1.15", "function arguments"), "tensorflow.contrib": ("1.15", "tensorflow_addons"), "platform.linux_distribution": ("Python 3.7", "distro"),
    "random.jumpahead": ("Python 2", "nothing"), "urllib.urlopen": ("Python 2", "urllib.request.urlopen"), "urllib.urlencode": ("Python 2", "urllib.parse.urlencode"), "cgi.escape": ("Python 3.7", "html.escape"),
    "langchain.OpenAI": ("0.0", "langchain_openai.OpenAI"), "langchain.llms": ("0.3", "langchain_community.llms"),
}  # fmt: skip
OLD_MODULES = frozenset(["imp", "distutils", "asynchat", "asyncore", "smtpd", "urllib2", "ConfigParser", "Queue", "StringIO", "cPickle", "Tkinter", "__builtin__", "httplib", "urlparse", "commands", "cgi", "telnetlib", "crypt", "pipes", "sets", "md5", "htmlentitydefs", "HTMLParser", "Cookie", "cookielib", "copy_reg", "thread", "tkMessageBox", "nntplib", "msilib", "sndhdr", "uu", "xdrlib", "aifc", "audioop", "chunk", "nis", "ossaudiodev", "spwd", "sunau", "mailcap", "imghdr", "cgitb"])  # fmt: skip


@cache
def api_index() -> dict[str, dict[str, str]]:
    """Module → public name → parameter list ("" when unknown)."""
    out: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for line in gzip.decompress(resource_bytes("tidegate.check.verify", "api_index.txt.gz")).decode().splitlines():
        if line.startswith("# "):
            names = out.setdefault(line.split()[1], {})
        else:
            name, _, parameters = line.partition("(")
            names[name] = parameters.rstrip(")") if "(" in line else "?"
    return out


@cache
def packages() -> frozenset[str]:
    """Import names known to exist."""
    known = {
        line for line in resource_text("tidegate.check.verify", "packages.txt").splitlines() if not line.startswith("#")
    }
    return frozenset(n.lower() for n in known | set(sys.stdlib_module_names) | OLD_MODULES)


def code_blocks(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Fenced blocks: language, body, and the body's span."""
    for found in FENCE.finditer(text):
        yield found.group("lang").lower(), found.group("body"), found.start("body"), found.end("body")


def check_code(
    text: str, extra_packages: frozenset[str] = frozenset(), *, index_complete: bool = False
) -> Iterator[Decision]:
    """Decisions on every Python block of `text`."""
    for language, body, start, _ in code_blocks(text):
        if language in ("python", "py", "python3", "") and (
            language or re.search(r"^\s*(?:import|from)\s+\w+", body, re.M)
        ):
            yield from check_source(body, start, extra_packages, index_complete=index_complete, tagged=bool(language))


def check_source(
    source: str, offset: int, extra: frozenset[str], *, index_complete: bool, tagged: bool = True
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
        if not tagged or re.search(r">>>|\.\.\.|<[a-z_ ]+>|^\s*\$ |…|\[\.\.\.\]", source, re.M):
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
                yield _module(node, a.name, lines, extra, index_complete)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            decision = _module(node, node.module, lines, extra, index_complete)
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


def _module(node: ast.AST, module: str, lines: list[int], extra: frozenset[str], complete: bool) -> Decision:
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
    if top in LOCAL or top.startswith("_"):
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
    if known is None or name == "*" or dotted in api_index() or "__getattr__" in known:
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
