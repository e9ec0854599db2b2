"""A stream of JSON under a schema, cut at the first character after which nothing valid can come.

What certainly applies at a place is followed through `properties`, `items`, `allOf` and local `$ref`.  A key that is
not allowed, a value that begins as another type, a text that has left its `enum` or grown past `maxLength`, one item
too many, a key or a unique item that stands there already, a comma after the last key that may come, a finished member
that fails its own schema: each ends the stream there.  (A number cannot be ruled out by its digits: `e-3` may follow.)
Of `anyOf` and `oneOf` every branch is followed on its own, and the stream ends when the last one is dead.  What can be
seen only of the whole (a missing property, a condition) is decided where the value ends.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from tidegate.check.constraints.streaming.strictjson import Prefix, Schema

Path = tuple[Any, ...]
_ANCHORS = ('"$id"', '"$anchor"', '"$dynamicRef"', '"$dynamicAnchor"', '"#"', '"$ref": "#/properties')


class Watcher:
    """A stream under a schema: `feed` is False from the first character after which nothing valid can come."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.prefix = Prefix()
        self.alive = True
        self._keys: dict[Path, set[str]] = {}  # properties seen of each open object
        self._items: dict[Path, set[str]] = {}  # texts of the items seen of each open list whose items are unique
        self._unique = '"uniqueItems"' in json.dumps(schema.schema)
        self._dead: dict[tuple[Path, int], set[int]] = {}  # branches that cannot hold, by place and list of branches
        self._certain: dict[Path, list[Any]] = {}
        self._limited: dict[Path, bool] = {}

    def feed(self, chunk: str) -> bool:
        """Whether some continuation may still be valid."""
        if not self.alive:
            return False
        for c in chunk:
            before = self.prefix.mode
            if not self.prefix.feed(c) or not self._possible(c, before):
                self.alive = False
                return False
        return True

    def end(self) -> bool:
        """Whether what came is one valid document."""
        return self.alive and self.prefix.end() and not self.schema.wrong(self.prefix.text)

    def _possible(self, c: str, before: str) -> bool:
        p = self.prefix
        if before == "key" and p.mode == "colon":
            parent, key = p.path[:-1], p.path[-1]
            seen = self._keys.setdefault(parent, set())
            if key in seen:  # two readers would not read the same of them
                return False
            seen.add(key)
            if not self._holds(parent, lambda node: self._key_fits(node, key, len(seen))):
                return False
        if p.mode in ("key", "next key"):
            seen = self._keys.get(p.path[:-1], set())
            n = len(seen) + 1
            if "\\" not in p.token and not self._holds(
                p.path[:-1],
                lambda node: key_begins(node, p.token, seen) and n <= node.get("maxProperties", n),
            ):
                return False
            if p.mode == "key":
                return True
        begins = before in ("value", "first value") and c not in " \t\r\n]"
        if begins:
            path = p.path[:-1] if c in "{[" else p.path
            if c == "{":
                self._keys[path] = set()
            elif c == "[":
                self._items.pop(path, None)
            if not self._holds(path, lambda node: type_begins(node, c)):
                return False
            if (
                path
                and isinstance(path[-1], int)
                and not self._holds(path[:-1], lambda n: path[-1] < n.get("maxItems", path[-1] + 1))
            ):
                return False
        elif p.mode == "string" and self._limits_text(p.path):
            return self._holds(p.path, lambda node: text_begins(node, p.token))
        return all(self._finished(path, text) for path, text in p.finished)

    def _finished(self, path: Path, text: str) -> bool:
        value = json.loads(text)
        self._certain.pop(path, None)
        if self._unique and path and isinstance(path[-1], int):
            seen = self._items.setdefault(path[:-1], set())
            if text in seen and not self._holds(path[:-1], lambda node: node.get("uniqueItems") is not True):
                return False
            seen.add(text)
        return self._holds(path, lambda node: self.schema.part_ok(node, value))

    def _key_fits(self, node: dict[str, Any], key: str, n: int) -> bool:
        names = node.get("propertyNames")
        return (
            key_allowed(node, key)
            and n <= node.get("maxProperties", n)
            and (names is None or self.schema.part_ok(names, key))
        )

    def _holds(self, path: Path, fits: Any) -> bool:
        """Whether every schema that certainly applies at a path lets this through, and a branch of each choice."""
        for node in self._at(path):
            if node is False or (isinstance(node, dict) and not fits(node)):
                return False
        for i in range(len(path) + 1):
            for node in self._at(path[:i]):
                for name in ("anyOf", "oneOf") if isinstance(node, dict) else ():
                    branches = node.get(name)
                    if isinstance(branches, list) and not self._some_branch(path, i, branches, fits):
                        return False
        return True

    def _limits_text(self, path: Path) -> bool:
        """Whether some schema could end a text at a path before it is finished."""
        found = self._limited.get(path)
        if found is None:
            nodes = list(self._at(path))
            for i in range(len(path) + 1):
                for node in self._at(path[:i]):
                    for name in ("anyOf", "oneOf") if isinstance(node, dict) else ():
                        nodes += self._below(node.get(name, []), path[i:])
            found = any(isinstance(n, dict) and not n.keys().isdisjoint(("maxLength", "enum", "const")) for n in nodes)
            self._limited[path] = found
        return found

    def _some_branch(self, path: Path, i: int, branches: list[Any], fits: Any) -> bool:
        dead = self._dead.setdefault((path[:i], id(branches)), set())
        for k, branch in enumerate(branches):
            if k not in dead and not all(
                node is not False and (not isinstance(node, dict) or fits(node))
                for node in self._below([branch], path[i:])
            ):
                dead.add(k)
        return len(dead) < len(branches)

    def _at(self, path: Path) -> list[Any]:
        """The subschemas that certainly apply at a path."""
        found = self._certain.get(path)
        if found is None:
            found = self._certain[path] = self._below([self.schema.schema], path)
        return found

    def _below(self, nodes: list[Any], path: Path) -> list[Any]:
        root = self.schema.schema
        nodes = [m for n in nodes for m in expand(root, n)]
        for key in path:
            nodes = [m for n in nodes for child in children(n, key) for m in expand(root, child)]
        return nodes


def expand(root: Any, node: Any, depth: int = 0) -> list[Any]:
    """A schema with those it includes: local references and members of `allOf`; none where it could be renamed."""
    if not isinstance(node, dict):
        return [node] if node is False else []
    if depth > 16 or (depth == 0 and has_anchor(node)):
        return []
    out = [node]
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target = resolve(root, reference)
        if target is not None and not (isinstance(target, dict) and has_anchor(target)):
            out += expand(root, target, depth + 1)
    for member in node["allOf"] if isinstance(node.get("allOf"), list) else ():
        out += expand(root, member, depth + 1)
    return out


def has_anchor(node: dict[str, Any]) -> bool:
    """Whether a schema holds names that could make a reference mean something else."""
    text = json.dumps(node)
    return any(a in text for a in _ANCHORS)


def resolve(root: Any, reference: str) -> Any:
    """What a local reference names, or None."""
    node = root
    for part in reference[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            return None
        node = node[name]
    return node


def children(node: Any, key: Any) -> list[Any]:
    """The subschemas of a schema that certainly apply to a member or an item."""
    if not isinstance(node, dict):
        return [node] if node is False else []
    if isinstance(key, int):
        prefix = node.get("prefixItems", [])
        if key < len(prefix):
            return [prefix[key]]
        return [node["items"]] if "items" in node and not isinstance(node["items"], list) else []
    properties = node.get("properties", {})
    if key in properties:
        return [properties[key]]
    return [node["additionalProperties"]] if "additionalProperties" in node and "patternProperties" not in node else []


def key_allowed(node: dict[str, Any], key: str) -> bool:
    """Whether an object under a schema may hold a key."""
    if key in node.get("properties", {}) or "patternProperties" in node:
        return node.get("properties", {}).get(key) is not False
    return node.get("additionalProperties") is not False


def key_begins(node: dict[str, Any], token: str, seen: Collection[str] = ()) -> bool:
    """Whether some key that an object may hold, and does not hold yet, begins with these characters."""
    if node.get("additionalProperties") is not False or "patternProperties" in node:
        return True
    return any(k.startswith(token) and k not in seen for k, v in node.get("properties", {}).items() if v is not False)


_BEGINS = {
    "object": "{",
    "array": "[",
    "string": '"',
    "number": "-0123456789",
    "integer": "-0123456789",
    "boolean": "tf",
    "null": "n",
}


def type_begins(node: dict[str, Any], c: str) -> bool:
    """Whether a value under a schema may begin with a character."""
    kinds = node.get("type")
    if kinds is not None:
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if not any(c in _BEGINS.get(k, "") for k in kinds):
            return False
    if c == "-" and max(node.get("minimum", -1), node.get("exclusiveMinimum", -1)) > 0:
        return False
    options = _options(node)
    return options is None or any(c in _first(o) for o in options)


def text_begins(node: dict[str, Any], token: str) -> bool:
    """Whether a text under a schema may begin with these characters (as written, escapes not undone)."""
    if "maxLength" in node:
        pairs = token.count("\\ud") + token.count("\\uD")  # two escapes may be one character
        whole = len(token) if "\\" not in token else len(token) - 5 * token.count("\\u") - token.count("\\") - pairs
        if whole > node["maxLength"]:
            return False
    options = _options(node)
    if options is None or "\\" in token:
        return True
    return any(isinstance(o, str) and o.startswith(token) for o in options)


def _options(node: dict[str, Any]) -> list[Any] | None:
    return node["enum"] if "enum" in node else [node["const"]] if "const" in node else None


def _first(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float):
        return "-0123456789"
    return {"dict": "{", "list": "[", "str": '"', "NoneType": "n"}[type(value).__name__]
