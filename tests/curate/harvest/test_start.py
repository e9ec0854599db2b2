"""Goal: `harvest VERB --help` answers at once.  Seconds depend on the machine, what is imported does not:
no verb's help loads the statistics package or the whole product's wiring."""

import subprocess
import sys

import pytest

from tidegate.cli.verbs.harvest import MODULES

HEAVY = ("scipy", "tidegate.wiring", "tidegate.store.lake", "sklearn", "wordllama")


@pytest.mark.parametrize("verb", sorted(MODULES))
def test_help_loads_nothing_heavy(verb: str) -> None:
    program = (
        "import sys; from tidegate.cli.main import main\n"
        f"try: main(['harvest', {verb!r}, '--help'])\n"
        "except SystemExit: pass\n"
        f"print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert "Usage" in out.stdout
    assert out.stdout.strip().endswith("LOADED []"), f"`harvest {verb} --help` loads more than it needs"
