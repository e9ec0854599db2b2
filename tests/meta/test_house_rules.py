"""House rules as tests, each with its remedy.  Allow-lists only shrink."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidegate.catalog import CAPABILITIES

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tidegate"
PURE = ("spine", "stats", "admit", "check", "curate", "decide", "flow.py", "gateway/lifecycle.py")


def modules(*parts: str) -> Iterator[Path]:
    for part in parts:
        path = SOURCE / part
        yield from ([path] if path.suffix == ".py" and path.exists() else sorted(path.rglob("*.py")))


BANNED_IN_PURE = {
    r"\bdatetime\.(now|utcnow|today)\(": "take the time as an argument",
    r"\bdate\.today\(": "take the date as an argument",
    r"\bnp\.random\.(?!Generator|default_rng\(\w|SeedSequence|BitGenerator)\w": "take a Generator",
    r"\bdefault_rng\(\)": "take a seed or a Generator as an argument",
    r"(?<![\w.])(?<!def )open\(|\.read_text\(|\.write_text\(|\.read_bytes\(|\.write_bytes\(": "do I/O in a shell; "
    "data shipped with the package is read through spine.resources",
    r"\bos\.environ\b": "take it as an argument",
}


@pytest.mark.parametrize("path", list(modules(*PURE)), ids=lambda p: str(p.relative_to(SOURCE)))
def test_pure_modules_stay_pure(path: Path) -> None:
    if path.name == "resources.py":
        return  # the one way in, for data shipped with the code
    text = path.read_text()
    for pattern, remedy in BANNED_IN_PURE.items():
        found = re.search(pattern, text)
        assert not found, f"{path.relative_to(ROOT)}: {found.group(0)!r} is banned in the pure core: {remedy}"


@pytest.mark.parametrize("path", list(modules(".")), ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    """Only optional third-party packages may be imported late; a late import of ours dodges a cycle."""
    tree = ast.parse(path.read_text())
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                name = (
                    node.module
                    if isinstance(node, ast.ImportFrom)
                    else node.names[0].name
                    if isinstance(node, ast.Import)
                    else None
                )
                where = f"{path.relative_to(ROOT)}:{node.lineno}" if hasattr(node, "lineno") else str(path)
                assert not (name or "").startswith("tidegate"), f"{where}: {name} imported late: move it to the top"


def test_the_repository_speaks_of_the_product_alone() -> None:
    banned = re.compile(r"/(?:wor" r"k|roo" r"t|hom" r"e)/(?!dir)|pypi\.org/simple|registry\.npmjs", re.I)
    for path in [
        *ROOT.glob("*"),
        *(ROOT / "docs").rglob("*"),
        *(ROOT / "src").rglob("*"),
        *(ROOT / "benches").rglob("*"),
    ]:
        if (
            path.is_file()
            and path.name != ".git"
            and path.suffix in {".py", ".md", ".toml", ".yaml", ".lock", ".html", ""}
        ):
            found = banned.search(path.read_text(errors="replace"))
            assert not found, (
                f"{path.relative_to(ROOT)} names {found.group(0)!r}: a path of one machine or a registry host"
            )


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda c: c.name)
def test_every_capability_folder_has_its_readme(capability: object) -> None:
    folder = SOURCE / capability.folder  # type: ignore[attr-defined]
    readme = folder / "README.md"
    assert readme.exists(), f"{folder} needs a README.md with its question"
    assert capability.question in readme.read_text()  # type: ignore[attr-defined]


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda c: c.name)
def test_built_means_built(capability: object) -> None:
    """`built` in the catalogue, a verb module and a scenario go together; nothing pretends."""
    verb = SOURCE / "cli" / "verbs" / f"{capability.verb}.py"  # type: ignore[attr-defined]
    scenario = SOURCE / "sim" / "scenarios" / f"{capability.scenario}.py"  # type: ignore[attr-defined]
    if capability.built:  # type: ignore[attr-defined]
        assert verb.exists()
        assert scenario.exists(), f"{capability.name} is called built but its incident does not replay"  # type: ignore[attr-defined]
