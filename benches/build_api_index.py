"""Build the API index that `tidegate verify` ships: `python -m benches.build_api_index > api_index.txt`.

Imports only trusted packages of this environment, at build time; the check itself never imports.
Sections of packages that are not installed here are kept from the shipped file by hand.
One line a name: `module.name` and, for callables with a readable signature, its parameters.
"""

import importlib
import inspect
import pkgutil
import sys
import warnings

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "sklearn",
    "sympy",
    "matplotlib.pyplot",
    "statsmodels.api",
    "requests",
    "httpx",
    "yaml",
    "networkx",
    "torch",
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


def lines_of(name: str) -> list[str]:
    """Public names of one module with their parameters, then those of its own classes."""
    try:
        module = importlib.import_module(name)
    except BaseException:
        return []
    out = [f"# {name} {getattr(module, '__version__', '')}".rstrip()]
    classes = []
    for attribute in dir(module):
        if attribute.startswith("_"):
            continue
        value = getattr(module, attribute, None)
        out.append(f"{attribute}{parameters_of(value)}")
        own = inspect.isclass(value) and not issubclass(value, BaseException) and not attribute.startswith("_")
        if own and getattr(value, "__module__", "").split(".")[0].lstrip("_") == name.split(".")[0]:
            classes.append((attribute, value))
    for attribute, value in classes:
        if hasattr(value, "__getattr__") or "__getattr__" in dir(type(value)):
            continue  # its names are made as it runs
        out.append(f"# {name}.{attribute}")
        for member in dir(value):
            if member.startswith("_"):
                continue
            try:
                found = inspect.getattr_static(value, member)
            except AttributeError:
                found = None
            plain = isinstance(found, staticmethod)
            text = parameters_of(getattr(value, member, None))
            if text and not plain and not isinstance(found, classmethod):
                text = "(" + text[1:].partition(",")[2] if "," in text else "()"
            out.append(f"{member}{text}")
    return out


def parameters_of(value: object) -> str:
    """`(a,b,**)` for a callable whose signature can be read, else nothing."""
    if not callable(value) or inspect.ismodule(value):
        return ""
    try:
        found = inspect.signature(value).parameters.values()
    except (ValueError, TypeError):
        return ""
    marks = ("**" if p.kind is p.VAR_KEYWORD else "*" if p.kind is p.VAR_POSITIONAL else p.name for p in found)
    return "(" + ",".join(marks) + ")"


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
    for name in sorted(set(names)):
        try:
            print("\n".join(lines_of(name)))
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
