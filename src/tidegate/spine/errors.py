"""The whole error tree, on one screen.

A message says what was expected, the value, where it came from, and what to do.  Programmer
errors are assertions; everything here is a user's or the world's doing.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class TidegateError(Exception):
    """Base of every error raised on purpose; `code` is stable and safe to match on."""

    code = "tidegate_error"

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        self.message = message
        self.where = where
        self.remedy = remedy
        parts = [f"{where}: {message}" if where else message]
        if remedy:
            parts.append(remedy)
        super().__init__(" · ".join(parts))


class WrongUse(TidegateError):
    """The user asked for something that cannot be done as asked; exit code 2."""

    code = "wrong_use"


class SettingError(WrongUse):
    """A configuration file or value is not acceptable."""

    code = "bad_setting"


class InputError(WrongUse):
    """A file or record given as input cannot be used."""

    code = "bad_input"


class NotBuilt(WrongUse):
    """A verb whose capability is not built yet."""

    code = "not_built"


class MissingExtra(WrongUse):
    """An optional package is not installed; the remedy names the command."""

    code = "missing_extra"


class WorldError(TidegateError):
    """The world outside failed: network, disk, another program."""

    code = "world_error"


class StoreError(WorldError):
    """The store could not read or keep something."""

    code = "store_error"


class ModelError(WorldError):
    """A model port could not answer."""

    code = "model_error"


def nearest(name: str, known: Iterable[str]) -> str:
    """Remedy text for an unknown name: the nearest valid one, and all of them when they are few."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}?" if close else ""
    listing = f"valid: {', '.join(names)}" if len(names) <= 20 else f"{len(names)} names are valid"
    return f"{hint} ({listing})" if hint else listing
