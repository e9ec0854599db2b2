"""Shared test fixtures: where the public recordings lie, and seeds that are printed."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("TIDEGATE_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public recordings; skips (naming it) on a fresh clone, fails in CI."""
    if not SHARED_DATA.is_dir():
        message = f"public recordings not found at {SHARED_DATA}; set TIDEGATE_SHARED_DATA"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return SHARED_DATA
