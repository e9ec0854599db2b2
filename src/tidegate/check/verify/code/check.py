"""Python in an answer, read and never run: does the package exist, the name in it, the argument, the version?

Names are resolved against a shipped index of the standard library and of common packages; a
package that is nowhere known is refuted only as `possible`, since no offline list is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.check.verify.code.api import ApiIndex, LayeredIndex
from tidegate.check.verify.code.blocks import code_blocks
from tidegate.check.verify.code.inline_code import check_inline
from tidegate.check.verify.code.installs import check_installs
from tidegate.check.verify.code.source import check_source
from tidegate.spine.claim import Decision


def check_code(
    text: str,
    extra_packages: frozenset[str] = frozenset(),
    *,
    index_complete: bool = False,
    index: ApiIndex | LayeredIndex | None = None,
) -> Iterator[Decision]:
    """Decisions on every Python block of `text`; `index` replaces the shipped one."""
    if "`" not in text and "~~~" not in text and "pip" not in text:
        return
    local = local_modules(text)
    for language, body, start, _ in code_blocks(text):
        if language in ("python", "py", "python3", "") and (
            language or re.search(r"^\s*(?:import|from)\s+\w+", body, re.M)
        ):
            yield from check_source(
                body,
                start,
                extra_packages,
                index_complete=index_complete,
                tagged=bool(language),
                local=local,
                index=index,
            )
    yield from check_inline(text, index)
    yield from check_installs(text, extra_packages, index_complete=index_complete)


def local_modules(text: str) -> frozenset[str]:
    """Modules the answer itself speaks of as files: `save it as tools.py`, `mypkg/__init__.py`."""
    return frozenset(re.findall(r"(?<![\w.])(\w+)\.py\b", text)) | frozenset(
        re.findall(r"(?<![\w./])(\w+)/(?:\w+/)*\w*\.?\w*py\b", text)
    )
