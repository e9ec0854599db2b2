"""Scientific packages that load when the first figure is computed, not when a verb says what it can do.

`scipy.stats` alone takes three seconds of processor time to import; `--help`, `detect` and a wrong
option need none of it.  A module takes its package as `special = late("scipy.special")` and uses it
as if it had been imported.
"""

import importlib
from typing import Any


class Late:
    """Stands for a module until something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found


def late(name: str) -> Any:
    """The module of that name, imported when it is first used; a missing one is an ImportError then."""
    return Late(name)
