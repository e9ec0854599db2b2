"""The same modules, compiled: `python -m tidegate.compiling`, where a C compiler is at hand.

The data plane is Python that any interpreter runs as it is.  mypyc turns its hottest modules (`HOT`) into
an extension, from the same source and the same types: a call then costs less than half, and decides
the same, because it is the same text (the recorded decisions replay bit for bit under both).  Nothing
needs it and nothing is compiled at installation, so a machine without a compiler loses only speed.

The extensions lie beside their sources, where Python prefers them.  A source that changed since is a
trap: the old code would run in silence.  So a stamp keeps a digest of what was compiled, and `stale`
says when it no longer fits; `tidegate serve` refuses to start then.
"""

import argparse
import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tidegate.spine.errors import SettingError, TidegateError, WorldError

HOT = (
    "admit/scheduling/admission", "admit/scheduling/bounds", "admit/scheduling/budget", "admit/scheduling/counts",
    "admit/scheduling/dispatching", "admit/scheduling/fair", "admit/scheduling/lateness", "admit/scheduling/lazyheap",
    "admit/scheduling/learning", "admit/scheduling/ledger", "admit/scheduling/policies", "admit/scheduling/routing",
    "admit/scheduling/simple", "admit/scheduling/slope", "admit/scheduling/stepping", "admit/scheduling/tally",
    "admit/scheduling/tickets", "admit/scheduling/warm", "admit/scheduling/window",
    "gateway/admission", "gateway/answering",
    "gateway/ask_usage", "gateway/bodies", "gateway/client", "gateway/exchange", "gateway/front", "gateway/known",
    "gateway/metrics", "gateway/record", "gateway/routing", "gateway/scheduling", "gateway/skim", "gateway/upstream",
    "gateway/usage", "gateway/wheel", "gateway/worker",
    "store/batch", "store/bodies", "store/journal",
)  # fmt: skip
"""Modules without classes that msgspec makes (those need the interpreter), by their cost in a call."""

GROUP = "tidegate"  # of the shared library that all of them load, beside the package
STAMP = ".compiled"
CONFIG = "[mypy]\nignore_missing_imports = True\nnamespace_packages = True\nexplicit_package_bases = True\n"
SETUP = """
from mypyc.build import mypycify
from setuptools import setup
files = {files!r}
translated = mypycify(["--config-file", "mypy.ini", *files], opt_level="3", debug_level="0", group_name={group!r})
if {whole!r}:
    setup(name={group!r}, packages=[], script_args=["--quiet", "build_ext", "--inplace"], ext_modules=translated)
"""


def package() -> Path:
    """The folder of the package that runs."""
    return Path(__file__).resolve().parent


def digest(folder: Path) -> str:
    """A name for the sources that would be compiled."""
    whole = hashlib.sha256()
    for name in HOT:
        whole.update(name.encode() + b"\0" + (folder / f"{name}.py").read_bytes())
    return whole.hexdigest()


def built(folder: Path) -> list[Path]:
    """The extensions that lie in a package's folder and beside it."""
    beside = folder.parent.glob(f"{GROUP}__mypyc.*.so")
    return sorted(beside) + [
        found for name in HOT for found in sorted((folder / name).parent.glob(f"{Path(name).name}.*.so"))
    ]


def stale(folder: Path) -> bool:
    """Whether compiled modules lie here that were made from other sources than those beside them."""
    if not built(folder):
        return False
    try:
        return (folder / STAMP).read_text().strip() != digest(folder)
    except OSError:
        return True


def check(folder: Path | None = None) -> None:
    """Raise SettingError when what would run is not what is written."""
    folder = folder or package()
    if stale(folder):
        raise SettingError(
            "the compiled modules were made from other sources than those installed now",
            where=str(folder), remedy="`python -m tidegate.compiling` makes them anew, with `--remove` they go",
        )  # fmt: skip


def remove(folder: Path) -> int:
    """Take the extensions away; how many there were."""
    found = built(folder)
    for path in found:
        path.unlink()
    (folder / STAMP).unlink(missing_ok=True)
    return len(found)


def run(folder: Path, root: Path, names: Sequence[str], *, whole: bool) -> subprocess.CompletedProcess[str]:
    """mypyc over modules of a copy of `folder` in `root`; `whole`: the C compiler too.  SettingError without mypyc."""
    try:
        importlib.import_module("mypyc.build")
        importlib.import_module("setuptools")
    except ImportError as error:
        raise SettingError(f"cannot compile: {error}", remedy="pip install 'tidegate[compile]'") from error
    shutil.copytree(folder, root / folder.name, ignore=shutil.ignore_patterns("*.so", "__pycache__", STAMP))
    (root / "mypy.ini").write_text(CONFIG)
    files = [f"{folder.name}/{name}.py" for name in names]
    (root / "setup.py").write_text(SETUP.format(files=files, group=GROUP, whole=whole))
    return subprocess.run(
        [sys.executable, "setup.py"], cwd=root, capture_output=True, text=True, check=False,
        env={**os.environ, "MYPYPATH": str(root)},
    )  # fmt: skip


def last_words(done: subprocess.CompletedProcess[str]) -> str:
    """What a failed run said, without the warnings before it."""
    lines = (done.stdout + done.stderr).strip().splitlines()
    return "\n".join([line for line in lines if ": warning: " not in line][-15:])


def translate(folder: Path, names: Sequence[str] = HOT) -> None:
    """Translate modules to C and leave it there, six seconds for all: raises SettingError with what mypyc refuses."""
    with tempfile.TemporaryDirectory(prefix="tidegate-compiling-") as scratch:
        done = run(folder, Path(scratch), names, whole=False)
    if done.returncode:
        raise SettingError(f"mypyc refuses a module that is to be compiled:\n{last_words(done)}",
                           remedy="write it otherwise, or move it to a module that is not in HOT")  # fmt: skip


def build(folder: Path) -> int:
    """Compile the hot modules and put the extensions beside their sources; how many.  Raises TidegateError."""
    made_from = digest(folder)
    with tempfile.TemporaryDirectory(prefix="tidegate-compiling-") as scratch:
        root = Path(scratch)
        done = run(folder, root, HOT, whole=True)
        made = built(root / folder.name)
        if done.returncode or len(made) != len(HOT) + 1:
            raise WorldError(f"the compiler failed:\n{last_words(done)}", remedy="it needs a C compiler and Python's "
                             "headers (on Debian: apt-get install gcc libc6-dev python3-dev)")  # fmt: skip
        remove(folder)
        for path in made:
            shutil.copy2(path, folder.parent / path.relative_to(root))
    (folder / STAMP).write_text(made_from + "\n")
    return len(made)


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m tidegate.compiling`; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tidegate.compiling", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--remove", action="store_true", help="take the compiled modules away again")
    parser.add_argument("--check", action="store_true", help="only say whether every module can be compiled")
    parser.add_argument("--status", action="store_true", help="say whether compiled modules are there, and fit")
    a = parser.parse_args(arguments)
    folder = package()
    if a.status:
        state = "stale: made from other sources" if stale(folder) else "compiled" if built(folder) else "interpreted"
        print(state)
        return 1 if stale(folder) else 0
    if a.remove:
        print(f"{remove(folder)} compiled modules removed")
        return 0
    try:
        if a.check:
            translate(folder)
            print(f"{len(HOT)} modules can be compiled")
            return 0
        print(f"compiling {len(HOT)} modules, about a minute ...", flush=True)
        print(f"{build(folder)} extensions beside their sources: the gateway uses them from its next start on")
    except TidegateError as error:
        print(f"error {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
