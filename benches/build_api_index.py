"""Build the API index that `tidegate verify` ships: `python -m benches.build_api_index > api_index.txt`.

Imports only trusted packages of this environment, at build time; the check itself never imports.
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
    """Public names of one module with their parameters."""
    try:
        module = importlib.import_module(name)
    except BaseException:
        return []
    out = [f"# {name} {getattr(module, '__version__', '')}".rstrip()]
    for attribute in dir(module):
        if attribute.startswith("__") and attribute.endswith("__"):
            continue
        value = getattr(module, attribute, None)
        parameters = ""
        if inspect.isfunction(value) or inspect.isclass(value) or inspect.isbuiltin(value):
            try:
                found = inspect.signature(value).parameters.values()
                parameters = (
                    "("
                    + ",".join(
                        "**" if p.kind is p.VAR_KEYWORD else "*" if p.kind is p.VAR_POSITIONAL else p.name
                        for p in found
                    )
                    + ")"
                )
            except (ValueError, TypeError):
                parameters = ""
        out.append(f"{attribute}{parameters}")
    return out


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
        names += [
            f"{top}.{m.name}"
            for m in pkgutil.iter_modules(getattr(module, "__path__", []))
            if not m.name.startswith(SKIP)
        ]
    for name in sorted(set(names)):
        print("\n".join(lines_of(name)))


if __name__ == "__main__":
    main()
