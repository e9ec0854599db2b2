# ruff: noqa: E501  (patterns, tables and messages read best on one line)
"""What is known of packages and their names: the shipped index, what was removed, what is newer than the index."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from tidegate.spine.resources import resource_bytes, resource_text

ORACLE = "code index"


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
    "sklearn.datasets.load_boston": ("1.1", "another data set"), "pandas.Panel": ("0.25", "xarray"), "pandas.DataFrame.append": ("1.5", "pandas.concat"), "pandas.Series.append": ("1.5", "pandas.concat"), "pandas.DataFrame.ix": ("0.25", ".loc or .iloc"), "pandas.Series.ix": ("0.25", ".loc or .iloc"),
    "pandas.DataFrame.iteritems": ("1.5", "DataFrame.items"), "pandas.Series.iteritems": ("1.5", "Series.items"), "pandas.DataFrame.as_matrix": ("0.25", "DataFrame.to_numpy"), "pandas.DataFrame.get_value": ("0.25", ".at"), "pandas.DataFrame.set_value": ("0.25", ".at"),
    "pandas.DataFrame.lookup": ("1.5", "DataFrame.loc"), "pandas.DataFrame.mad": ("1.5", "(df - df.mean()).abs().mean()"), "pandas.DataFrame.sort": ("0.19", "DataFrame.sort_values"), "pandas.Series.sort": ("0.19", "Series.sort_values"), "pandas.Series.order": ("0.19", "Series.sort_values"), "pandas.DataFrame.from_csv": ("0.25", "pandas.read_csv"),
    "pandas.DataFrame.get_values": ("0.25", "DataFrame.to_numpy"), "pandas.Series.get_values": ("0.25", "Series.to_numpy"), "pandas.DataFrame.select": ("0.25", "DataFrame.loc"), "pandas.DataFrame.get_dtype_counts": ("0.25", "DataFrame.dtypes.value_counts"),
    "pandas.DataFrame.from_items": ("0.25", "DataFrame.from_dict"), "pandas.Series.nonzero": ("0.25", "Series.to_numpy().nonzero"), "pandas.DataFrame.to_panel": ("0.25", "xarray"), "pandas.DataFrame.tshift": ("1.5", "DataFrame.shift"), "pandas.DataFrame.slice_shift": ("1.5", "DataFrame.shift"), "builtins.dict.has_key": ("Python 2", "in"), "builtins.dict.iteritems": ("Python 2", "dict.items"),
    "pandas.rolling_mean": ("0.17", "Series.rolling().mean()"), "pandas.datetime": ("1.5", "datetime.datetime"), "pandas.Int64Index": ("1.5", "pandas.Index"),
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
    """Module or class → public name → the rest of its line (`signature`); a section is read when it is asked for.

    A section begins with `# name`, for another name of a class with `# name = class`, and for a class with `# name class`: `class open` where its objects answer names that it does not
    define, `class whole` where its list holds the attributes that objects set on themselves too.
    """

    def __init__(self, text: str) -> None:
        self.sections: dict[str, str] = {}
        self.marks: dict[str, str] = {}
        others: dict[str, str] = {}
        for part in ("\n" + text).split("\n# ")[1:]:
            head, _, body = part.partition("\n")
            name, _, mark = head.partition(" ")
            if mark.startswith("= "):
                others[name] = mark[2:]
            else:
                self.sections[name], self.marks[name] = body, mark
        for name, target in others.items():
            if target in self.sections:
                self.sections[name], self.marks[name] = self.sections[target], self.marks[target]
        self.read: dict[str, dict[str, str]] = {}

    def __getitem__(self, module: str) -> Mapping[str, str]:
        found = self.read.get(module)
        if found is None:
            found = self.read[module] = dict(map(_line, self.sections[module].splitlines()))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.sections)

    def __len__(self) -> int:
        return len(self.sections)

    def __contains__(self, module: object) -> bool:
        return module in self.sections

    def mark(self, name: str) -> str:
        """What a section's head says beside its name; nothing for a section that is not there."""
        return self.marks.get(name, "")


class LayeredIndex(Mapping[str, Mapping[str, str]]):
    """One index over another: a package that the upper one holds hides the lower one's of that name."""

    def __init__(self, upper: ApiIndex, lower: ApiIndex) -> None:
        self.upper, self.lower = upper, lower
        self.tops = frozenset(name.partition(".")[0] for name in upper)

    def _of(self, module: str) -> ApiIndex:
        return self.upper if module.partition(".")[0] in self.tops else self.lower

    def __getitem__(self, module: str) -> Mapping[str, str]:
        return self._of(module)[module]

    def __iter__(self) -> Iterator[str]:
        yield from self.upper
        yield from (m for m in self.lower if m.partition(".")[0] not in self.tops)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, module: object) -> bool:
        return module in self._of(str(module))

    def mark(self, name: str) -> str:
        """As for the index that holds the package."""
        return self._of(name).mark(name)


def _line(line: str) -> tuple[str, str]:
    """A name and the rest of its line."""
    end = len(line)
    for stop in ("(", "->"):
        at = line.find(stop)
        end = at if 0 <= at < end else end
    return line[:end], line[end:]


@cache
def api_index() -> ApiIndex:
    """The shipped index: the standard library and common packages, classes' members included."""
    return ApiIndex(gzip.decompress(resource_bytes("tidegate.check.verify.code", "api_index.txt.gz")).decode())


@cache
def packages() -> frozenset[str]:
    """Import names known to exist."""
    known = {
        line
        for line in resource_text("tidegate.check.verify.code", "packages.txt").splitlines()
        if not line.startswith("#")
    }
    return frozenset(n.lower() for n in known | set(sys.stdlib_module_names) | OLD_MODULES)
