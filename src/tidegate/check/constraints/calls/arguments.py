"""Tool arguments, read once and strictly: what is decided is exactly what is sent.

JSON that two readers could read differently is refused before any rule sees it: duplicate keys,
numbers that are not finite, unpaired surrogates, text after the value, anything but an object.
"""

import json
import re
from typing import Any, NoReturn

from tidegate.spine.codec import content_hash


class Unreadable(Exception):
    """The arguments are not one unambiguous JSON object."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        keys = [k for k, _ in pairs]
        raise Unreadable(f"the key {next(k for k in keys if keys.count(k) > 1)!r} stands twice")
    return out


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not a JSON number")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Unreadable(f"the number {text[:20]} is too large")
    return value


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_arguments(text: str) -> dict[str, Any]:
    """The object a tool is called with; raises Unreadable with the reason.  The empty text is the empty object."""
    if not text.strip():
        return {}
    try:
        value, end = _decoder.raw_decode(text.lstrip(" \t\r\n"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)[:120]) from error
    if text.lstrip(" \t\r\n")[end:].strip(" \t\r\n"):
        raise Unreadable("there is text after the arguments")
    if not isinstance(value, dict):
        raise Unreadable(f"expected an object, got {type(value).__name__}")
    if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise Unreadable("an unpaired surrogate")
    return value


def call_hash(tool: str, arguments: Any, run: str = "", server: str = "", asker: str = "") -> str:
    """The name of one exact call: server, tool, canonical arguments, run, and for whom it is made."""
    return content_hash({"server": server, "tool": tool, "arguments": arguments, "run": run, "asker": asker})
