# ruff: noqa: E501 (patterns and tables read better whole)
"""Strict JSON without logits: is this answer still on the way to a document the schema accepts?

Two parts.  `Prefix` is an exact byte-level pushdown for JSON itself (RFC 8259): after every
character, some continuation is a JSON text or none is.  `Schema` adds JSON Schema: whole documents
are validated by jsonschema-rs (all of draft 2020-12), and a prefix is refused as soon as a part of
it that is complete can no longer be repaired: a wrong type, a property that is not allowed, a
value outside an enum or a bound, a finished member that fails its own schema.
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
        pending = re.search(r"(?:\\(?:u[0-9a-fA-F]{0,3})?)\Z", self.token)
        escape = pending.group() if pending and (len(pending.group()) > 1 or _odd_backslash(self.token)) else ""
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


def _odd_backslash(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


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

    def watch(self) -> Watcher:
        """Follow a stream of this schema's documents."""
        return Watcher(self)

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


class Watcher:
    """A stream under a schema: `feed` is False from the first character after which nothing valid can come."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.prefix = Prefix()
        self.alive = True

    def feed(self, chunk: str) -> bool:
        """Whether some continuation may still be valid."""
        if not self.alive:
            return False
        for c in chunk:
            before = self.prefix.mode, len(self.prefix.stack)
            if not self.prefix.feed(c) or not self._possible(c, before):
                self.alive = False
                return False
        return True

    def end(self) -> bool:
        """Whether what came is one valid document."""
        return self.alive and self.prefix.end() and not self.schema.wrong(self.prefix.text)

    def _possible(self, c: str, before: tuple[str, int]) -> bool:
        p = self.prefix
        if before[0] == "key" and p.mode == "colon":
            kind = self._at(p.path[:-1])
            if isinstance(kind, dict) and not _key_allowed(kind, p.path[-1]):
                return False
        if before[0] in ("value", "first value") and p.mode != before[0] and c not in " \t\r\n]":
            path = p.path[:-1] if c in "{[" else p.path
            kind = self._at(path)
            if kind is False or (isinstance(kind, dict) and not _type_begins(kind, c)):
                return False
        for path, text in p.finished:
            kind = self._at(path)
            if kind is not None and not self.schema.part_ok(kind, json.loads(text)):
                return False
        return True

    def _at(self, path: tuple[Any, ...]) -> Any:
        """The subschema that certainly applies at a path (through properties, items and local $ref), or None."""
        node: Any = self.schema.schema
        for key in (*path, None):
            for _ in range(32):
                if (
                    isinstance(node, dict)
                    and isinstance(node.get("$ref"), str)
                    and node["$ref"].startswith("#/")
                    and "$id" not in node
                ):
                    node = _resolve(self.schema.schema, node["$ref"])
                else:
                    break
            if key is None:
                break
            node = _child(node, key)
        return node if isinstance(node, dict | bool) and not _has_anchor(node) else None


def _has_anchor(node: Any) -> bool:
    text = json.dumps(node) if isinstance(node, dict) else ""
    return (
        any(k in text for k in ('"$id"', '"$anchor"', '"$dynamicRef"', '"$dynamicAnchor"', '"#"'))
        or '"$ref": "#/properties' in text
    )


def _resolve(root: Any, ref: str) -> Any:
    node = root
    for part in ref[2:].split("/"):
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or part not in node:
            return None
        node = node[part]
    return node


def _child(node: Any, key: Any) -> Any:
    if not isinstance(node, dict):
        return node if node is False else None
    if isinstance(key, int):
        prefix = node.get("prefixItems", [])
        if key < len(prefix):
            return prefix[key]
        return node.get("items") if not isinstance(node.get("items"), list) else None
    properties = node.get("properties", {})
    if key in properties:
        return properties[key]
    if "patternProperties" in node:
        return None
    return node.get("additionalProperties")


def _key_allowed(node: dict[str, Any], key: str) -> bool:
    if key in node.get("properties", {}) or "patternProperties" in node:
        return node.get("properties", {}).get(key) is not False
    return node.get("additionalProperties") is not False


_BEGINS = {
    "object": "{",
    "array": "[",
    "string": '"',
    "number": "-0123456789",
    "integer": "-0123456789",
    "boolean": "tf",
    "null": "n",
}


def _type_begins(node: dict[str, Any], c: str) -> bool:
    if "$ref" in node:
        return True
    kinds = node.get("type")
    if kinds is not None:
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not any(c in _BEGINS.get(k, "") for k in kinds):
            return False
    options = node["enum"] if "enum" in node else [node["const"]] if "const" in node else None
    return options is None or any(c in _first(o) for o in options)


def _first(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float):
        return "-0123456789"
    return {"dict": "{", "list": "[", "str": '"', "NoneType": "n"}[type(value).__name__]


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
