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
from collections.abc import Iterator, Mapping
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
# names of the standard library younger than the index: name → since
NEWER: dict[str, str] = {
    f"{module}.{name}": since
    for since, table in (
        ("3.12", {"itertools": "batched", "math": "sumprod", "typing": "override TypeAliasType", "random": "binomialvariate", "os": "listdrives listvolumes listmounts unshare setns PIDFD_NONBLOCK EFD_SEMAPHORE", "sqlite3": "LEGACY_TRANSACTION_CONTROL", "calendar": "Month Day JANUARY FEBRUARY", "inspect": "markcoroutinefunction getasyncgenstate getasyncgenlocals BufferFlags", "collections.abc": "Buffer", "sys": "monitoring activate_stack_trampoline deactivate_stack_trampoline last_exc", "shutil": "", "tempfile": "", "asyncio": "eager_task_factory create_eager_task_factory current_task", "types": "get_original_bases", "pathlib": "", "pathlib.Path": "walk", "statistics": "", "fractions.Fraction": "is_integer", "uuid": "main", "threading": "setprofile_all_threads settrace_all_threads", "http": "", "enum": "EnumType"}),
        ("3.13", {"copy": "replace", "warnings": "deprecated", "typing": "ReadOnly TypeIs NoDefault get_protocol_members is_protocol", "os": "process_cpu_count timerfd_create lchmod", "random": "", "statistics": "kde kde_random", "queue": "ShutDown", "asyncio": "QueueShutDown", "math": "fma", "base64": "z85encode z85decode", "glob": "translate", "itertools": "", "pathlib": "UnsupportedOperation", "pathlib.Path": "from_uri full_match", "types": "CapsuleType", "array": "", "argparse": "", "threading": "", "time": "", "sys": "_is_gil_enabled", "dbm": "sqlite3", "re": "PatternError", "traceback": "", "marshal": "", "mimetypes": "guess_file_type", "importlib": "", "ssl": "", "unittest": "", "venv": ""}),
        ("3.14", {"annotationlib": "", "compression": "zstd", "string": "templatelib", "functools": "Placeholder", "pathlib.Path": "copy move copy_into move_into info", "concurrent.futures": "InterpreterPoolExecutor", "uuid": "uuid6 uuid7 uuid8 NIL MAX", "typing": "evaluate_forward_ref", "operator": "is_none is_not_none", "heapq": "heappush_max heappop_max heapify_max heapreplace_max heappushpop_max", "datetime.date": "strptime", "datetime.time": "strptime", "os": "reload_environ readinto", "ast": "compare", "io": "Reader Writer", "inspect": "ispackage", "platform": "invalidate_caches", "fractions.Fraction": "from_number", "turtle": "fill poly no_animation"}),
    )
    for module, names in table.items()
    for name in names.split()
}  # fmt: skip
NEWER |= {f"math.{n}": v for n, v in (("cbrt", "3.11"), ("exp2", "3.11"))} | {
    "compression": "3.14",
    "annotationlib": "3.14",
    "tomllib": "3.11",
    "pathlib.types": "3.14",
    "string.templatelib": "3.14",
    "compression.zstd": "3.14",
}
OLD_MODULES = frozenset(["imp", "distutils", "asynchat", "asyncore", "smtpd", "urllib2", "ConfigParser", "Queue", "StringIO", "cPickle", "Tkinter", "__builtin__", "httplib", "urlparse", "commands", "cgi", "telnetlib", "crypt", "pipes", "sets", "md5", "htmlentitydefs", "HTMLParser", "Cookie", "cookielib", "copy_reg", "thread", "tkMessageBox", "nntplib", "msilib", "sndhdr", "uu", "xdrlib", "aifc", "audioop", "chunk", "nis", "ossaudiodev", "spwd", "sunau", "mailcap", "imghdr", "cgitb"])  # fmt: skip


class ApiIndex(Mapping[str, Mapping[str, str]]):
    """Module or class → public name → parameter list ("?" when unknown); a section is read when it is asked for."""

    def __init__(self, text: str) -> None:
        self.sections: dict[str, str] = {}
        for part in ("\n" + text).split("\n# ")[1:]:
            head, _, body = part.partition("\n")
            self.sections[head.split(" ")[0]] = body
        self.read: dict[str, dict[str, str]] = {}

    def __getitem__(self, module: str) -> Mapping[str, str]:
        found = self.read.get(module)
        if found is None:
            found = self.read[module] = {}
            for line in self.sections[module].splitlines():
                name, bracket, parameters = line.partition("(")
                found[name] = parameters.rstrip(")") if bracket else "?"
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.sections)

    def __len__(self) -> int:
        return len(self.sections)

    def __contains__(self, module: object) -> bool:
        return module in self.sections


@cache
def api_index() -> ApiIndex:
    """The shipped index: the standard library and common packages, classes' members included."""
    return ApiIndex(gzip.decompress(resource_bytes("tidegate.check.verify", "api_index.txt.gz")).decode())


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
    local = local_modules(text)
    for language, body, start, _ in code_blocks(text):
        if language in ("python", "py", "python3", "") and (
            language or re.search(r"^\s*(?:import|from)\s+\w+", body, re.M)
        ):
            yield from check_source(
                body, start, extra_packages, index_complete=index_complete, tagged=bool(language), local=local
            )
    yield from check_inline(text, extra_packages, index_complete=index_complete)


def local_modules(text: str) -> frozenset[str]:
    """Modules the answer itself speaks of as files: `save it as tools.py`, `mypkg/__init__.py`."""
    return frozenset(re.findall(r"(?<![\w.])(\w+)\.py\b", text)) | frozenset(
        re.findall(r"(?<![\w./])(\w+)/(?:\w+/)*\w*\.?\w*py\b", text)
    )


INLINE = re.compile(r"(?<!`)`(?P<code>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?P<call>\([^`\n]{0,120}\))?`(?!`)")
PIP = re.compile(
    r"\bpip3? install\s+(?:-U\s+|--upgrade\s+|--user\s+)?(?P<names>[A-Za-z][\w.\-]*(?:\[[\w,]+\])?(?:\s+[A-Za-z][\w.\-]*(?:\[[\w,]+\])?){0,5})(?=[\s`\"'.,;)]|$)"
)
INLINE_TOPS = {"np": "numpy", "pd": "pandas", "sp": "scipy", "plt": "matplotlib.pyplot"}
DENIED = re.compile(
    r"\bno (?:such|function|method|attribute|longer)?\s*$|\bnot\b|n't\b|\bno\b\s*$|instead of|rather than|wrong|typo|invent|hallucinat|remov|deprecat|renam|replac|used to|formerly|error|fail|raises?\b|unlike|old(?:er)?\b|never|avoid|AttributeError|ModuleNotFound",
    re.I,
)
# distribution names that differ from their import names or are not importable at all
DISTRIBUTIONS = frozenset(
    [
        "scikit-learn",
        "scikit-image",
        "opencv-python",
        "opencv-python-headless",
        "pyyaml",
        "pillow",
        "beautifulsoup4",
        "python-dateutil",
        "python-dotenv",
        "pyjwt",
        "psycopg2-binary",
        "psycopg",
        "mysqlclient",
        "mysql-connector-python",
        "pymysql",
        "protobuf",
        "grpcio",
        "grpcio-tools",
        "attrs",
        "pytest-cov",
        "pytest-xdist",
        "pytest-asyncio",
        "pytest-mock",
        "typing-extensions",
        "setuptools",
        "pip",
        "wheel",
        "google-cloud-storage",
        "google-cloud-bigquery",
        "google-generativeai",
        "google-genai",
        "azure-identity",
        "azure-storage-blob",
        "faiss-cpu",
        "faiss-gpu",
        "tensorflow-gpu",
        "torchvision",
        "torchaudio",
        "sentence-transformers",
        "huggingface-hub",
        "langchain-openai",
        "langchain-community",
        "langchain-core",
        "langchain-anthropic",
        "llama-index",
        "llama-cpp-python",
        "discord.py",
        "python-telegram-bot",
        "django-rest-framework",
        "djangorestframework",
        "flask-sqlalchemy",
        "flask-cors",
        "flask-login",
        "fastapi",
        "uvicorn",
        "gunicorn",
        "msgpack",
        "biopython",
        "pycryptodome",
        "pyserial",
        "pywin32",
        "python-magic",
        "python-docx",
        "python-pptx",
        "openpyxl",
        "xlsxwriter",
        "factory-boy",
        "dnspython",
        "memory-profiler",
        "line-profiler",
        "jupyterlab",
        "notebook",
        "ipykernel",
        "black",
        "ruff",
        "mypy",
        "flake8",
        "isort",
        "pre-commit",
        "poetry",
        "pipenv",
        "virtualenv",
        "tox",
        "nox",
        "twine",
        "build",
        "uv",
        "hatch",
        "scikit-optimize",
        "category-encoders",
        "imbalanced-learn",
        "umap-learn",
        "hdbscan",
        "statsforecast",
        "pymc",
        "pymatgen-core",
        "chempy",
        "rdkit",
        "ase",
        "mdanalysis",
    ]
)


def check_inline(text: str, extra: frozenset[str], *, index_complete: bool) -> Iterator[Decision]:
    """Dotted names between single back-ticks and packages after `pip install`, in prose."""
    fences = [m.span() for m in FENCE.finditer(text)]
    for found in INLINE.finditer(text):
        if any(a <= found.start() < b for a, b in fences):
            continue
        top, _, rest = found.group("code").partition(".")
        dotted = f"{INLINE_TOPS.get(top, top)}.{rest}"
        module, _, name = dotted.rpartition(".")
        if (
            module not in api_index()
            or dotted in api_index()
            or name
            in (
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
            )
        ):
            continue
        at = found.start("code")
        claim = Claim(kind="identifier", text=dotted, span=(at, found.end("code")), payload={"name": dotted})
        known = api_index()[module]
        denied = DENIED.search(text[max(0, at - 80) : at - 1].rpartition("\n")[2]) or DENIED.search(
            text[found.end() : found.end() + 50].partition("\n")[0]
        )
        if name in known or dotted in NEWER:
            yield Decision(
                claim=claim,
                support=Support.SUPPORTED,
                receipt=Receipt(oracle=ORACLE, computation=f"{dotted} exists"),
                message="the name exists",
            )
        elif (
            not denied
            and name.islower()
            and (module.split(".")[0] in sys.stdlib_module_names or INLINE_TOPS.get(top) or len(module) > 4)
        ):
            close = get_close_matches(name, known, 1)
            computation = f"{module} has no name {name}" + (f"; nearest: {close[0]}" if close else "")
            yield Decision(
                claim=claim,
                support=Support.REFUTED,
                receipt=Receipt(oracle=ORACLE, computation=computation),
                message=f"{module} has no {name}",
                certainty="measured",
            )
    for found in PIP.finditer(text):
        for word in re.finditer(r"\S+", found.group("names")):
            bare = word.group(0).partition("[")[0].rstrip(".,;:")
            low = bare.lower().replace("_", "-")
            known_names = packages() | {e.lower() for e in extra} | DISTRIBUTIONS
            if (
                not bare
                or low in known_names
                or low.replace("-", "_") in known_names
                or low.replace("-", "") in known_names
                or low.removeprefix("python-") in known_names
                or low.removesuffix("-python") in known_names
            ):
                continue
            close = [c for c in get_close_matches(low, known_names, 1, 0.85) if abs(len(c) - len(low)) <= 2]
            at = found.start("names") + word.start()
            if (
                not (close or index_complete)
                or DENIED.search(text[max(0, found.start() - 60) : found.start()])
                or re.search(r"[-_.]", low)
            ):
                continue  # an unknown distribution name alone says little
            claim = Claim(kind="identifier", text=bare, span=(at, at + len(bare)), payload={"name": bare})
            computation = f"{bare} is in no list of packages" + (f"; nearest: {close[0]}" if close else "")
            yield Decision(
                claim=claim,
                support=Support.REFUTED,
                receipt=Receipt(oracle=ORACLE, computation=computation),
                message=f"no package {bare} is known",
                certainty="measured" if index_complete else "possible",
                probability=None if index_complete else 0.9,
            )


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
