"""The compiled modules: which may be compiled at all, and that old ones never run in silence.

Whether compiled code decides the same is not tested here (a compiler run takes minutes): the suites of the
scheduler, the gateway and the store are run over it by `make test-compiled`.
"""

import ast
from pathlib import Path

import pytest

from tidegate import compiling
from tidegate.spine.errors import SettingError


def test_no_hot_module_makes_classes_that_only_an_interpreter_can_make() -> None:
    """A compiler drops the keywords of a class statement (`frozen=True`): such classes live in modules beside."""
    for name in compiling.HOT:
        tree = ast.parse((compiling.package() / f"{name}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                assert not node.keywords, f"{name}.py: class {node.name} has keywords: move it to a module not in HOT"


def test_the_check_would_notice_such_a_class() -> None:
    tree = ast.parse("class A(msgspec.Struct, frozen=True): x: int")
    assert any(isinstance(n, ast.ClassDef) and n.keywords for n in ast.walk(tree))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package with every hot module's source and an extension beside each."""
    package = tmp_path / "tidegate"
    for name in compiling.HOT:
        source = package / f"{name}.py"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f"# {name}\n")
        source.with_suffix(".cpython-311-x86_64-linux-gnu.so").write_bytes(b"")
    (tmp_path / "tidegate__mypyc.cpython-311-x86_64-linux-gnu.so").write_bytes(b"")
    (package / compiling.STAMP).write_text(compiling.digest(package) + "\n")
    return package


def test_extensions_that_fit_their_sources_are_used(folder: Path) -> None:
    compiling.check(folder)
    assert len(compiling.built(folder)) == len(compiling.HOT) + 1


def test_a_source_that_changed_since_stops_the_start(folder: Path) -> None:
    (folder / f"{compiling.HOT[0]}.py").write_text("# changed\n")
    with pytest.raises(SettingError, match="other sources"):
        compiling.check(folder)


def test_extensions_without_a_stamp_are_not_trusted(folder: Path) -> None:
    (folder / compiling.STAMP).unlink()
    assert compiling.stale(folder)


def test_removed_is_removed_and_plain_python_is_never_stale(folder: Path) -> None:
    assert compiling.remove(folder) == len(compiling.HOT) + 1
    assert not compiling.built(folder)
    assert not compiling.stale(folder)
    compiling.check(folder)


def test_what_mypyc_refuses_is_found_without_a_c_compiler(tmp_path: Path) -> None:
    """`make check` translates every hot module so; here a module that it takes, and one that it does not."""
    package = tmp_path / "small"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "good.py").write_text("def half(n: int) -> int:\n    return n // 2\n")
    (package / "bad.py").write_text(
        "def made() -> object:\n    class Inner:\n        x: int = 1\n\n    return Inner()\n"
    )
    compiling.translate(package, ("good",))
    with pytest.raises(SettingError, match=r"bad\.py:2"):
        compiling.translate(package, ("good", "bad"))
