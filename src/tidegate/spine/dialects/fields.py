"""Reading JSON that others wrote: every complaint names the path of the value.

`Fields` takes known names out of an object; what is left is what the dialect says beside them,
and is kept to be written back.
"""

from typing import Any

import msgspec

from tidegate.spine.conversation import Extra
from tidegate.spine.errors import InputError

_encoder = msgspec.json.Encoder()


def expected(what: str, value: Any, path: str) -> InputError:
    """The error for a value of the wrong kind, with the value shortened."""
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return InputError(f"expected {what}, got {shown}", where=path)


def as_object(value: Any, path: str) -> dict[str, Any]:
    """The value as an object, or InputError."""
    if not isinstance(value, dict):
        raise expected("an object", value, path)
    return value


def as_list(value: Any, path: str) -> list[Any]:
    """The value as a list (a tuple counts), or InputError."""
    if not isinstance(value, list | tuple):
        raise expected("a list", value, path)
    return list(value)


def as_text(value: Any, path: str) -> str:
    """The value as a string, or InputError."""
    if not isinstance(value, str):
        raise expected("a string", value, path)
    return value


def json_text(value: Any) -> str:
    """Compact JSON text of a plain value, keys in their order."""
    return _encoder.encode(value).decode()


def whole_number(value: Any) -> int | None:
    """A token count as reported, or None when there is none worth believing."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


class Fields:
    """An object being read: `take` removes what is known, `extra` is what nobody took."""

    __slots__ = ("path", "rest")

    def __init__(self, value: Any, path: str) -> None:
        self.rest = dict(as_object(value, path))
        self.path = path

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str) -> Any:
        """The field's value, None when absent or null."""
        return self.rest.pop(name, None)

    def text(self, name: str) -> str:
        """A required string."""
        if name not in self.rest:
            raise InputError(f"the field {name!r} is missing", where=self.at(name))
        return as_text(self.rest.pop(name), self.at(name))

    def text_or(self, name: str, default: str) -> str:
        """An optional string; null counts as absent."""
        value = self.take(name)
        return default if value is None else as_text(value, self.at(name))

    def objects(self, name: str) -> list[tuple[dict[str, Any], str]]:
        """An optional list of objects, each with its path; null counts as absent."""
        value = self.take(name)
        if value is None:
            return []
        at = self.at(name)
        return [(as_object(item, f"{at}[{i}]"), f"{at}[{i}]") for i, item in enumerate(as_list(value, at))]

    def extra(self) -> Extra | None:
        """Everything not taken, or None when nothing is left."""
        return self.rest or None


def merged(*parts: Extra | None) -> Extra | None:
    """Several extras as one, or None when all are empty."""
    out: Extra = {}
    for part in parts:
        out |= part or {}
    return out or None


def arguments_text(value: Any, path: str) -> tuple[str, bool]:
    """A tool call's arguments as JSON text, and whether they came as an object (recorded logs do that)."""
    if value is None:
        return "", False
    if isinstance(value, dict):
        return json_text(value), True
    if not isinstance(value, str):
        raise expected("JSON text (a string)", value, path)
    return value, False


def arguments_object(text: str) -> dict[str, Any] | None:
    """Arguments as an object, {} for none at all, None when the text is no JSON object."""
    if not text.strip():
        return {}
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, dict) else None
