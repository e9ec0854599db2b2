"""Is a folder a store?  A reader that is pointed at a wrong one must hear so, not find it empty."""

from pathlib import Path

PARTS = (
    "journal",
    "parquet",
    "schedule",
    "decisions",
    "harvest",
    "state.db",
    "budgets.db",
    "keys.json",
    "revocations.json",
)  # what the gateway and the verbs that write leave there


def is_store(folder: Path) -> bool:
    """Whether anything of a store lies in `folder`."""
    return any((folder / part).exists() for part in PARTS)
