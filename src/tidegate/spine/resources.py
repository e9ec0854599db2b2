"""Data files shipped inside the package, the one way the pure core may read anything.

They are part of the code: same version, same bytes on every machine, read once and cached.
"""

from functools import cache
from importlib import resources


@cache
def resource_bytes(package: str, name: str) -> bytes:
    """The bytes of a data file shipped beside the modules of `package` (dotted name)."""
    return resources.files(package).joinpath(name).read_bytes()


def resource_text(package: str, name: str) -> str:
    """The UTF-8 text of a shipped data file."""
    return resource_bytes(package, name).decode("utf-8")
