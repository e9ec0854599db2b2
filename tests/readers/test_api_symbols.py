"""A package is read and never imported; what is only known as it runs is left alone."""

from pathlib import Path

import pytest

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.readers.api_symbols import read_index
from tidegate.spine.claim import Support
from tidegate.spine.errors import InputError

pytest.importorskip("griffe")


def shop(folder: Path, source: str) -> Knowledge:
    """A package `tideshop` that must not be imported."""
    (folder / "tideshop").mkdir()
    (folder / "tideshop" / "__init__.py").write_text("from tideshop.till import Till, pay\n" + source)
    till = "raise SystemExit('imported')\nclass Till:\n    def add(self, price, *, count=1): ...\ndef pay(amount, currency='EUR'): ...\n"
    (folder / "tideshop" / "till.py").write_text(till)
    return Knowledge(api=read_index((f"tideshop={folder}",)), packages=frozenset({"tideshop"}))


def refuted(lines: str, known: Knowledge) -> list[str]:
    found = verify_answer(f"```python\nimport tideshop\nfrom tideshop import Till\n{lines}\n```", "", known)
    assert not found.not_checked
    return [d.message for d in found.decisions if d.support is Support.REFUTED]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("tideshop.pay(3, currency='GBP')", ""),
        ("tideshop.pay(3, curency='GBP')", "takes no argument 'curency'"),
        ("tideshop.refund(3)", "tideshop has no refund"),
        ("t = Till()\nt.add(3, count=2)", ""),
        ("t = Till()\nt.remove(3)", "has no remove"),
        ("t = Till()\nt.add(3, number=2)", "takes no argument 'number'"),
        ("t = Till()\nt = make(t)\nt.remove(3)", ""),
    ],
)
def test_code_is_held_against_the_users_own_version(tmp_path: Path, lines: str, says: str) -> None:
    said = refuted(lines, shop(tmp_path, ""))
    assert len(said) == bool(says), said
    assert all(says in message for message in said)


@pytest.mark.parametrize(
    "source",
    ["globals().update(load())\ndef __getattr__(name): return globals()[name]\n", "from tideshop.names import *\n"],
)
def test_names_made_as_it_runs_are_left_alone(tmp_path: Path, source: str) -> None:
    known = shop(tmp_path, source)
    assert refuted("x = 1", known) == []
    if "getattr" in source:
        assert refuted("tideshop.refund(3)", known) == []


def test_a_folder_without_the_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected the package tideshop in"):
        read_index((f"tideshop={tmp_path}",))


def test_a_module_of_the_users_package_is_there_or_not_at_any_depth(tmp_path: Path) -> None:
    known = shop(tmp_path, "")
    deep = tmp_path / "tideshop" / "stock" / "count"
    deep.mkdir(parents=True)
    for folder in (deep.parent, deep):
        (folder / "__init__.py").write_text("")
    (deep / "shelves.py").write_text("def total(): ...\n")
    (deep / "fast.cpython-311-x86_64-linux-gnu.so").write_bytes(b"")
    known = Knowledge(api=read_index((f"tideshop={tmp_path}",)), packages=frozenset({"tideshop"}))
    assert refuted("from tideshop.stock.count.shelves import total", known) == []
    assert refuted("from tideshop.stock.count.fast import total", known) == [], (
        "compiled: it is there, its names are unknown"
    )
    assert refuted("from tideshop.stock.count.shelfs import total", known) == [
        "there is no module tideshop.stock.count.shelfs"
    ]
