# ruff: noqa: E501  (tables read best on one line)
"""Build the API index that `tidegate verify` ships: `python -m benches.build_api_index TYPESHED > api_index.txt`.

Imports only trusted packages of this environment, at build time; the check itself never imports.
TYPESHED is the folder of typeshed's `stdlib`, which mypy brings along.
One line a name: `name` and, where they are known, its parameters and the class of its result (`code/signature`).
"""

import ast
import importlib
import inspect
import pkgutil
import sys
import textwrap
import warnings
from pathlib import Path

from benches.stub_symbols import Reading, home, members_of, stub_of

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "sklearn",
    "sympy",
    "pandas.api.typing",
    "mpl_toolkits.mplot3d.axes3d",
    "matplotlib.projections.polar",
    "pandas.core.strings.accessor",
    "matplotlib.pyplot",
    "matplotlib.axes",
    "matplotlib.figure",
    "statsmodels.api",
    "requests",
    "httpx",
    "yaml",
    "networkx",
    "seaborn",
    "flask",
    "bs4",
    "os.path",
    "xml.etree.ElementTree",
    "importlib.metadata",
)
SKIP = (
    "test",
    "_",
    "conftest",
    "idlelib",
    "lib2to3",
    "turtledemo",
    "antigravity",
    "this",
    "tkinter",
    "ensurepip",
    "msilib",
    "pydoc_data",
)


# what neither annotations nor signatures tell
BY_HAND = {
    "scipy.integrate.solve_ivp": "(fun,t_span,y0,method=,t_eval=,dense_output=,events=,vectorized=,args=,*,first_step=,max_step=,rtol=,atol=,jac=,jac_sparsity=,lband=,uband=,min_step=)",
    "pandas.Series.str": "->pandas.core.strings.accessor.StringMethods",
}
ALL_TOLD = ("requests", "httpx")  # packages whose classes' own attributes are read from their source
# functions that hand what else they are given to another
FORWARDED = {
    "requests.get": "requests.request", "requests.post": "requests.request", "requests.put": "requests.request", "requests.delete": "requests.request",
    "requests.patch": "requests.request", "requests.head": "requests.request", "requests.options": "requests.request",
    "requests.request": "requests.Session.request", "requests.Session.get": "requests.Session.request", "requests.Session.post": "requests.Session.request",
    "requests.Session.put": "requests.Session.request", "requests.Session.delete": "requests.Session.request", "requests.Session.patch": "requests.Session.request",
    "requests.Session.head": "requests.Session.request", "requests.Session.options": "requests.Session.request",
}  # fmt: skip


def own_class(name: str, value: object) -> bool:
    """Whether a class belongs to the module's package."""
    if not inspect.isclass(value) or issubclass(value, BaseException):
        return False
    return getattr(value, "__module__", "").split(".")[0].lstrip("_") == name.split(".")[0].lstrip("_")


class Builder:
    """The index of this environment's modules."""

    def __init__(self, typeshed: Path, names: list[str]) -> None:
        self.folder, self.modules = typeshed, {}
        for name in names:
            try:
                self.modules[name] = importlib.import_module(name)
            except BaseException:
                continue
        self.classes = {
            f"{m}.{a}": v
            for m, module in self.modules.items()
            for a, v in vars(module).items()
            if not a.startswith("_") and own_class(m, v)
        }
        self.short: dict[type, str] = {}
        for dotted, value in sorted(self.classes.items(), key=lambda pair: (len(pair[0]), pair[0])):
            self.short.setdefault(value, dotted)
        self.varied = {
            c for c in self.short if c.__module__.partition(".")[0] not in sys.stdlib_module_names and self.richer(c)
        }
        self.stubs = Reading(typeshed, set(self.classes))

    def richer(self, value: type) -> bool:
        """Whether a subclass has members that the class lacks: a result said to be of the class may have them."""
        if self.short[value] in ("pandas.DataFrame", "pandas.Series", "numpy.ndarray"):
            return False
        own = set(dir(value))
        return any(
            d is not value and value in d.__mro__ and {n for n in dir(d) if n[0] != "_"} - own for d in self.short
        )

    def lines_of(self, name: str) -> list[str]:
        """Public names of one module with their parameters, then those of its own classes."""
        module = self.modules[name]
        stub = stub_of(self.folder, name) if name.partition(".")[0] in sys.stdlib_module_names else None
        out = [f"# {name} {getattr(module, '__version__', '')}".rstrip()]
        classes = []
        for attribute in dir(module):
            if attribute.startswith("_"):
                continue
            value = getattr(module, attribute, None)
            out.append(attribute + self.told(f"{name}.{attribute}", value, stub, name, attribute))
            if f"{name}.{attribute}" in self.classes and (
                self.short[value] == f"{name}.{attribute}" or value.__module__ == name
            ):
                classes.append((attribute, value))
        out += sorted(  # modules that are there once they are imported
            m.name
            for m in pkgutil.iter_modules(getattr(module, "__path__", []))
            if not m.name.startswith(SKIP) and not hasattr(module, m.name)
        )
        if stub is not None:
            out += self.younger(stub, set(dir(module)), name)
        for attribute, value in classes:
            out += self.class_lines(name, attribute, value, stub)
        return out

    def forwarded(self, dotted: str) -> str:
        """A function's own parameters and, by name, those of the one that it hands the rest to."""
        own, parts = list(_parameters(dotted)), []
        target = FORWARDED.get(dotted, dotted)
        while target in FORWARDED:
            target = FORWARDED[target]
        parts = [p.name + "=" for p in _parameters(target) if p.name not in {o.name for o in own} | {"self", "method"}]
        text = [
            o.name + ("=" if o.default is not o.empty else "")
            for o in own
            if o.kind is not o.VAR_KEYWORD and o.name != "self"
        ]
        return "(" + ",".join([*text, "*", *parts]) + ")->requests.Response"

    def younger(self, stub: object, present: set[str], name: str) -> list[str]:
        """Names that the stub tells of and this version does not have: of younger versions or other systems."""
        found = {**stub.functions, **stub.classes}
        public = [n for n in found if not n.startswith("_") and n not in present]
        return [n + (self.stubs.line(n, stub, name) or "") for n in public]

    def told(self, dotted: str, value: object, stub: object, module: str, name: str) -> str:
        """Parameters and result of a name of a module."""
        if dotted in BY_HAND:
            return BY_HAND[dotted]
        if dotted in FORWARDED:
            return self.forwarded(dotted)
        from_stub = None
        if stub is not None:
            from_stub = (
                self.stubs.made(stub, name, module) if name in stub.classes else self.stubs.line(name, stub, module)
            )
        if from_stub and from_stub.startswith("("):
            return from_stub
        parameters = parameters_of(value)
        return parameters + (self.result_of(value) if parameters and not inspect.isclass(value) else "")

    def result_of(self, value: object, own: str = "") -> str:
        """The class that a callable's annotation promises, as this index names it."""
        try:
            text = getattr(value, "__annotations__", {}).get("return", "")
        except Exception:
            return ""
        if not isinstance(text, str):
            fits = isinstance(text, type) and text in self.short and text not in self.varied
            return f"->{self.short[text]}" if fits else ""
        parts = [p.strip() for p in text.split("|") if p.strip() != "None"]
        if parts == ["Self"]:
            return f"->{own}" if own else ""
        scope = getattr(inspect.unwrap(value), "__globals__", {}) if callable(value) else {}
        module = getattr(value, "__module__", "") or ""
        found = []
        for part in parts:
            known = scope.get(part)
            if not (isinstance(known, type) and known in self.short):
                top = module.partition(".")[0]
                alike = {
                    v for d, v in self.classes.items() if d.partition(".")[0] == top and d.rpartition(".")[2] == part
                }
                known = alike.pop() if len(alike) == 1 else None
            if known is None or known in self.varied:
                return ""
            found.append(self.short[known])
        return "->" + "|".join(found) if found else ""

    def class_lines(self, name: str, attribute: str, value: type, stub: object) -> list[str]:
        """A class's members, and what it may have beside them."""
        dotted = f"{name}.{attribute}"
        whole, where = None, name
        if stub is not None:
            source, own, where = home(stub, attribute, self.folder, name)
            whole = members_of(source, own, self.folder, where)
        names = {m: "" for m in dir(value) if not m.startswith("_")}
        loose = hasattr(value, "__getattr__") or (
            "__getattr__" in dir(type(value)) and "__getattr__" in vars(type(value))
        )
        mark = " open" if loose else ""
        if whole is not None and not loose:
            mark = " whole"
            names |= {m: "" for m in (*whole.functions, *whole.names) if not m.startswith("_")}
        elif name.partition(".")[0] in ALL_TOLD and not loose:
            mark = " whole"
            names |= {m: "" for c in value.__mro__ for m in stored(c)}
        for member in names:
            names[member] = self.member_text(value, member, dotted, whole, where)
        if whole is not None and "__enter__" in whole.functions:
            names["__enter__"] = self.stubs.line("__enter__", whole, where, dotted) or ""
        elif hasattr(value, "__enter__") and name.partition(".")[0] in ALL_TOLD:
            names["__enter__"] = f"()->{dotted}"
        return [f"# {dotted} class{mark}"] + [m + text for m, text in sorted(names.items())]

    def member_text(self, value: type, member: str, dotted: str, whole: object, module: str) -> str:
        if f"{dotted}.{member}" in BY_HAND:
            return BY_HAND[f"{dotted}.{member}"]
        if f"{dotted}.{member}" in FORWARDED:
            return self.forwarded(f"{dotted}.{member}")
        if whole is not None and (line := self.stubs.line(member, whole, module, dotted)) is not None:
            return line
        try:
            found = inspect.getattr_static(value, member)
        except AttributeError:
            return ""
        if isinstance(found, property) or type(found).__name__ in (
            "cached_property",
            "CachedAccessor",
            "cache_readonly",
        ):
            maker = getattr(found, "fget", None) or getattr(found, "func", None)
            return self.result_of(maker, dotted) if maker is not None else ""
        shown = getattr(value, member, None)
        if inspect.isclass(shown) and not inspect.isclass(found):
            return ""  # an accessor, such as DataFrame.plot, which is called as its own class says
        text = parameters_of(shown)
        if text and not isinstance(found, staticmethod | classmethod):
            parts = text[1:-1].split(",")
            parts = parts[1:] if parts[0] not in ("*_", "**_") else parts
            text = "(" + ",".join(parts[1:] if parts[:1] == ["/"] else parts) + ")"
        result = self.result_of(getattr(value, member, None), dotted) if text else ""
        if member == "fit" and text and dotted.startswith("sklearn."):
            result = f"->{dotted}"
        return text + result


def _parameters(dotted: str) -> list[inspect.Parameter]:
    """The parameters of something that a dotted name leads to."""
    top, *rest = dotted.split(".")
    value = importlib.import_module(top)
    for name in rest:
        value = getattr(value, name)
    return list(inspect.signature(value).parameters.values())  # type: ignore[arg-type]


def stored(value: type) -> set[str]:
    """Attributes that a class's methods set on their object."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(value)))
    except (OSError, TypeError, SyntaxError):
        return set()
    return {
        n.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and isinstance(n.value, ast.Name)
        and n.value.id == "self" and not n.attr.startswith("_")
    }  # fmt: skip


def parameters_of(value: object) -> str:
    """`(a,b=,**_)` for a callable whose signature can be read, else nothing."""
    if not callable(value) or inspect.ismodule(value) or hasattr(type(value), "__signature__"):
        return ""  # SymPy's functions show the signature of their evaluation, and take more
    try:
        found = list(inspect.signature(value).parameters.values())
    except (ValueError, TypeError):
        return ""
    out, named = [], False
    for i, p in enumerate(found):
        if p.kind is p.KEYWORD_ONLY and not named:
            out.append("*")
            named = True
        if p.kind is p.VAR_POSITIONAL:
            named = True
        text = "**_" if p.kind is p.VAR_KEYWORD else "*_" if p.kind is p.VAR_POSITIONAL else p.name
        out.append(text + ("=" if p.default is not p.empty else ""))
        if p.kind is p.POSITIONAL_ONLY and (i + 1 == len(found) or found[i + 1].kind is not p.POSITIONAL_ONLY):
            out.append("/")
    return "(" + ",".join(out) + ")"


def main() -> None:
    """Print the index."""
    warnings.simplefilter("ignore")
    names = [m for m in sorted(sys.stdlib_module_names) if not m.startswith(SKIP)]
    for top in list(names):
        module = sys.modules.get(top)
        try:
            module = importlib.import_module(top)
        except BaseException:
            continue
        names += [
            f"{top}.{m.name}"
            for m in pkgutil.iter_modules(getattr(module, "__path__", []))
            if not m.name.startswith(SKIP)
        ]
    for top in PACKAGES:
        try:
            module = importlib.import_module(top)
        except ImportError:
            continue
        names.append(top)
        if top == "os.path":
            continue
        names += [
            f"{top}.{m.name}"
            for m in pkgutil.iter_modules(getattr(module, "__path__", []))
            if not m.name.startswith(SKIP)
        ]
    builder = Builder(Path(sys.argv[1]), sorted(set(names)))
    for name in sorted(builder.modules):
        try:
            print("\n".join(builder.lines_of(name)))
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
