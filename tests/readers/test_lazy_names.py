"""A module's `__getattr__` is read branch by branch; what it may answer beyond that is said to be unknown."""

from pathlib import Path

import pytest

from tidegate.readers.lazy_names import answered


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1", set()),
        ("def __getattr__(name):\n    if name == 'old':\n        return 1\n    raise AttributeError(name)", {"old"}),
        ("T = {'a': 1, 'b': 2}\ndef __getattr__(n):\n    if n in T:\n        return T[n]\n    raise AttributeError", {"a", "b"}),
        # a table of names that are gone answers none of them
        ("T = {'a': 1}\ndef __getattr__(n):\n    if n in T:\n        raise AttributeError(T[n])\n    raise AttributeError", set()),
        ("def __getattr__(n):\n    try:\n        return globals()[n]\n    except KeyError:\n        raise AttributeError", set()),
        ("globals().update(f())\ndef __getattr__(n):\n    return globals()[n]", None),
        ("def __getattr__(n):\n    return load(n)", None),
        ("def __getattr__(n):\n    if n.startswith('x'):\n        return 1\n    raise AttributeError", None),
        ("__all__ = ['p']\ndef __getattr__(name):\n    return old(all=__all__, attribute=name)", {"p"}),
        ("class __getattr__:\n    def cm(self): ...", {"cm"}),
        ("class A:\n    def __getattr__(self, n):\n        return 1", set()),
    ],
)  # fmt: skip
def test_a_modules_getattr_is_read_by_branches(tmp_path: Path, source: str, names: set[str] | None) -> None:
    path = tmp_path / f"m{abs(hash(source))}.py"
    path.write_text(source)
    assert answered(path) == names
