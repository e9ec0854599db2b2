"""Every shell example of the how-to pages runs: ```sh or ```bash blocks of a page, in order, in one temporary folder.

Exit codes 0, 1 and 3 are answers; 2 (wrong use) and anything above 3 fail the page.  Blocks that need
the reader's own servers or keys are fenced without a language.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "docs" / "how-to").glob("*.md")), ROOT / "docs" / "start" / "README.md"]
TRAP = (
    "trap 'c=$?; if [ $c = 2 ] || [ $c -gt 3 ]; then echo \"exit $c: $BASH_COMMAND\" >&2; exit 99; fi' ERR\n"
    "set -o errtrace\n"
)


def blocks(page: Path) -> str:
    return "\n".join(re.findall(r"^```(?:sh|bash)\n(.*?)^```", page.read_text(), re.S | re.M))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.stem)
def test_examples_run(page: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", TRAP + blocks(page)], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PATH": path, "COLUMNS": "120"}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode in (0, 1, 3), f"{page.name}: {done.stderr[-2000:]}\n{done.stdout[-1000:]}"
