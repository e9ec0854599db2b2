"""What `from module import *` takes, told from the source alone, and None where only running it would tell."""

from pathlib import Path

import pytest

from tidegate.readers.exported_names import names_of


def package(root: Path, **files: str) -> Path:
    folder = root / "pack"
    for name, text in files.items():
        inner = name.replace("____init__", "/__init__") if "__init__" in name else name.replace("__", "/")
        path = folder / f"{inner}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("source", "exported"),
    [
        ("import os\ndef f(): ...\n_hidden = 1\n", {"os", "f"}),
        ("__all__ = ['f']\ndef f(): ...\ndef g(): ...\n", {"f"}),
        ("__all__ = ['f'] + ['g']\n__all__ += ('h',)\n__all__.append('k')\n", {"f", "g", "h", "k"}),
        ("from .inner import *\n__all__ = [_ for _ in dir() if not _.startswith('_')]\n", {"inner", "a", "b"}),
        ("from . import inner\n__all__ = ['f']\n__all__.extend(inner.__all__)\n", {"f", "a", "b"}),
        ("from pack import inner\n__all__ = sorted(['f', *inner.__all__])\n", {"f", "a", "b"}),
        ("names = ['f']\n__all__ = list(names)\n", {"f"}),
        ("try:\n    from .inner import a\nexcept ImportError:\n    a = None\n", {"inner", "a"}),
        ("__all__ = [n.upper() for n in ('f',)]\n", None),
        ("from numpy import *\n", None),
        ("from .loop import *\n", None),
        ("def broken(:\n", None),
    ],
)
def test_exports(tmp_path: Path, source: str, exported: set[str] | None) -> None:
    folder = package(tmp_path, __init__=source, inner="__all__ = ['a', 'b']\na = b = c = 1\n", loop="from . import *\n")
    found = names_of(folder / "__init__.py").exported
    assert (set(found) if found is not None else None) == exported


def test_of_two_modules_of_one_name_the_last_that_a_wildcard_brings_is_meant(tmp_path: Path) -> None:
    folder = package(
        tmp_path, __init__="from pack.make import *\nfrom pack.find import *\n",
        make____init__="from pack.make.crowd import *\n", make__crowd="def cliques(): ...\n",
        find____init__="import pack.find.crowd\nimport pack.find.path\n", find__crowd="def groups(n): ...\n", find__path="",
    )  # fmt: skip
    held = names_of(folder / "__init__.py").modules
    assert {n: str(p.relative_to(folder)) for n, p in held.items()} == {
        "make": "make/__init__.py", "find": "find/__init__.py", "crowd": "find/crowd.py", "path": "find/path.py",
    }  # fmt: skip
    (folder / "find" / "__init__.py").write_text("import pack.find.crowd\nimport pack.find.path\n__all__ = ['path']\n")
    names_of.cache_clear()
    assert names_of(folder / "__init__.py").modules["crowd"] == folder / "make" / "crowd.py", "it is not exported"


def test_a_lazy_loader_is_read_from_its_arguments_or_its_stub(tmp_path: Path) -> None:
    call = "import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy."
    folder = package(tmp_path, __init__=call + "attach(__name__, ['core'], {'io': ['read', 'write']})\n")
    assert names_of(folder / "__init__.py").exported == {"core", "read", "write"}
    stubbed = package(tmp_path / "other", __init__=call + "attach_stub(__name__, __file__)\n")
    (stubbed / "__init__.pyi").write_text("from .core import load as load\nfrom . import io as io\n")
    assert {"load", "io"} <= (names_of(stubbed / "__init__.py").exported or set())
