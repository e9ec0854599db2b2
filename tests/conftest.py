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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A bound on wall-clock time says something of the code only where the machine was free: three tries."""
    for item in items:
        if item.get_closest_marker("timing"):
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=1))
