# ruff: noqa: E501 (patterns and tables read better whole)
"""Strict JSON without logits: is this answer still on the way to a document the schema accepts?

Two parts.  `Prefix` is an exact byte-level pushdown for JSON itself (RFC 8259): after every
character, some continuation is a JSON text or none is.  `Schema` adds JSON Schema: whole documents
are validated by jsonschema-rs (all of draft 2020-12); `jsonwatch` follows a stream under it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tidegate.spine.errors import SettingError

SUPPORTED = frozenset(
    ["type", "enum", "const", "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties", "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "$ref", "$defs", "definitions", "$id", "$schema", "$anchor", "$comment", "title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly", "$dynamicRef", "$dynamicAnchor", "unevaluatedProperties", "unevaluatedItems", "$vocabulary", "contentEncoding", "contentMediaType", "contentSchema", "dependencies"]
)  # fmt: skip
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")
_NUMBER_PREFIX = re.compile(r"-?(?:(?:0|[1-9]\d*)(?:\.\d*(?:(?<=\d)[eE][+-]?\d*)?|[eE][+-]?\d*)?)?\Z")


class Prefix:
    """Characters in; `alive` says whether some continuation is one JSON text, `complete` whether it already is one.

    `path` and `stack` describe the open containers, so that finished members can be looked at.
    """

    def __init__(self) -> None:
        self.alive, self.complete = True, False
        self.stack: list[tuple[str, Any]] = []  # ("{", key) or ("[", index)
        self.mode = "value"
        self.token = ""
        self.finished: list[tuple[tuple[Any, ...], str]] = []  # (path, text) of members completed by the last feed
        self.starts: list[int] = []
        self.text = ""
        self._begin = 0

    def feed(self, chunk: str) -> bool:
        """Whether the text so far still has a JSON continuation."""
        self.finished = []
        for c in chunk:
            self.text += c
            if self.alive:
                self.alive = self._step(c)
            if not self.alive:
                return False
        return True

    def end(self) -> bool:
        """Whether the whole text is one JSON text."""
        if self.alive and self.mode == "number" and not self.stack and _NUMBER.match(self.token):
            self._value_done(len(self.text))
        return self.alive and self.complete

    @property
    def path(self) -> tuple[Any, ...]:
        """Where the value being read stands."""
        return tuple(k for _, k in self.stack)

    def _step(self, c: str) -> bool:
        mode = self.mode
        if mode == "string" or mode == "key":
            return self._string(c)
        if mode == "number":
            if _NUMBER_PREFIX.match(self.token + c):
                self.token += c
                return True
            if not _NUMBER.match(self.token):
                return False
            self._value_done(len(self.text) - 1)
            return self._step(c)
        if mode == "word":
            self.token += c
            if any(w == self.token for w in ("true", "false", "null")):
                self._value_done(len(self.text))
                return True
            return any(w.startswith(self.token) for w in ("true", "false", "null"))
        if c in " \t\n\r":
            return True
        if mode == "value" or mode == "first value":
            return self._value(c, mode)
        if mode == "colon":
            self.mode = "value"
            return c == ":"
        if mode in ("first key", "next key"):
            if c == '"':
                self.mode, self.token = "key", ""
                return True
            return mode == "first key" and c == "}" and self._pop()
        if mode == "after":
            return self._after(c)
        return False

    def _value(self, c: str, mode: str) -> bool:
        self._begin = len(self.text) - 1
        if c == '"':
            self.mode, self.token = "string", ""
        elif c == "{":
            self.starts.append(self._begin)
            self.stack.append(("{", None))
            self.mode = "first key"
        elif c == "[":
            self.starts.append(self._begin)
            self.stack.append(("[", 0))
            self.mode = "first value"
        elif c == "]" and mode == "first value":
            return self._pop()
        elif c in "-0123456789":
            self.mode, self.token = "number", c
        elif c in "tfn":
            self.mode, self.token = "word", c
        else:
            return False
        return True

    def _string(self, c: str) -> bool:
        escape = _open_escape(self.token)
        if escape:
            self.token += c
            if escape == "\\":
                return c in '"\\/bfnrtu'
            return c in "0123456789abcdefABCDEF"
        if c == '"':
            if self.mode == "key":
                self.stack[-1] = ("{", json.loads(f'"{self.token}"'))
                self.mode = "colon"
            else:
                self._value_done(len(self.text))
            return True
        self.token += c
        return c >= " "

    def _after(self, c: str) -> bool:
        if not self.stack:
            return False
        kind, key = self.stack[-1]
        if c == ",":
            if kind == "[":
                self.stack[-1] = ("[", key + 1)
                self.mode = "value"
            else:
                self.mode = "next key"
            return True
        return c == ("]" if kind == "[" else "}") and self._pop()

    def _pop(self) -> bool:
        self.stack.pop()
        self._begin = self.starts.pop()
        self._value_done(len(self.text))
        return True

    def _value_done(self, end: int) -> None:
        self.finished.append((self.path, self.text[self._begin : end]))
        self.mode = "after"
        self.token = ""
        self.complete = not self.stack


_ESCAPE_END = re.compile(r"\\(u[0-9a-fA-F]{0,3})?\Z")


def _open_escape(token: str) -> str:
    """The escape that is not finished at the end of a text as written, or ""; an escaped backslash opens none."""
    found = _ESCAPE_END.search(token, max(0, len(token) - 5))
    if found is None:
        return ""
    i = found.start()
    while i > 0 and token[i - 1] == "\\":
        i -= 1
    return found.group() if (found.start() - i) % 2 == 0 else ""


class Schema:
    """A JSON Schema compiled; raises SettingError naming a keyword it does not support."""

    def __init__(self, schema: Any) -> None:
        import jsonschema_rs  # loaded only where a schema rule is configured

        self.schema = schema
        _check_keywords(schema)
        try:
            self._whole = (
                jsonschema_rs.validator_for(schema, retriever=_nowhere) if not isinstance(schema, bool) else None
            )
        except Exception as error:
            raise SettingError(f"not a JSON Schema: {str(error)[:200]}", remedy="draft 2020-12") from error
        self._compile = jsonschema_rs.validator_for
        self._parts: dict[int, Any] = {}

    def wrong(self, text: str) -> str:
        """Why a whole text is not what the schema says, or ""."""
        prefix = Prefix()
        if not prefix.feed(text) or not prefix.end():
            return "it is not one JSON text"
        try:
            value = json.loads(text, object_pairs_hook=_no_twins)
        except (ValueError, RecursionError) as error:
            return str(error)[:120]
        if "\\u" in text and _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
            return "an unpaired surrogate"  # two readers would not read the same text
        if self._whole is None:
            return "" if self.schema else "the schema accepts nothing"
        return "" if _valid(self._whole, value) else "a part of it does not have the required form"

    def part_ok(self, schema: Any, value: Any) -> bool:
        """Whether a finished part satisfies the subschema that certainly holds for it."""
        if isinstance(schema, bool):
            return schema
        key = id(schema)
        if key not in self._parts:
            definitions = {
                k: self.schema[k]
                for k in ("$defs", "definitions")
                if isinstance(self.schema, dict) and k in self.schema
            }
            try:
                self._parts[key] = self._compile({**definitions, **schema}, retriever=_nowhere)
            except Exception:  # it refers to what only the whole schema holds: decided at the document's end
                self._parts[key] = None
        part = self._parts[key]
        return part is None or _valid(part, value)


def _valid(validator: Any, value: Any) -> bool:
    try:
        return bool(validator.is_valid(value))
    except (UnicodeEncodeError, ValueError):  # an unpaired surrogate, a number beyond any: no reader would agree on it
        return False


def _nowhere(uri: str) -> Any:
    """A schema is one document: nothing is fetched from anywhere."""
    raise ValueError(f"{uri!r} is not in this schema, and schemas are not fetched")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return out


def _check_keywords(schema: Any) -> None:
    """Refuse by name what the validator would pass over in silence."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key not in SUPPORTED and not key.startswith("x-"):
                raise SettingError(
                    f"the schema keyword {key!r} is not supported",
                    remedy="draft 2020-12 keywords only: an unknown one would be ignored in silence",
                )
            if key in ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"):
                for child in value.values() if isinstance(value, dict) else ():
                    _check_keywords(child)
            elif key in ("allOf", "anyOf", "oneOf", "prefixItems"):
                for child in value if isinstance(value, list) else ():
                    _check_keywords(child)
            elif key in ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
                         "unevaluatedItems", "unevaluatedProperties"):  # fmt: skip
                _check_keywords(value)
