"""Reads `tidegate.yaml` into `Settings`, naming file, line, value and remedy when it cannot.

All or nothing: either every part is acceptable, or a `SettingError` lists what is not and the
settings in force stay as they are.
"""

import os
import re
import types
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import msgspec
import yaml

from tidegate.settings import Caps, Section, Settings
from tidegate.spine.errors import SettingError, nearest


def read_settings(path: Path) -> Settings:
    """Settings of a file; raises SettingError naming file:line, the value, and what would do."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"cannot read the configuration: {error}", where=str(path), remedy="`tidegate init` writes one"
        ) from error
    return parse_settings(text, str(path))


def parse_settings(text: str, name: str = "tidegate.yaml") -> Settings:
    """Settings of YAML text; `name` is what errors call it."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise SettingError(f"not YAML: {getattr(error, 'problem', error)}", where=where) from error
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise SettingError(f"expected a mapping of settings, got {type(data).__name__}", where=f"{name}:1")
    lines = _lines(node)
    _refuse_duplicate_keys(node, name)
    _refuse_unknown(data, Settings, (), lines, name)
    try:
        settings = msgspec.convert(data, Settings)
    except msgspec.ValidationError as error:
        path = _path_of(str(error))
        value = _at(data, path)
        where = f"{name}:{_line(lines, path)}"
        dotted = ".".join(str(p) for p in path) or "the file"
        raise SettingError(f"{dotted}: {str(error).split(' - at')[0]}, got {value!r}", where=where) from error
    check_settings(settings, lambda *p: f"{name}:{_line(lines, p)}")
    return settings


def check_settings(s: Settings, where: Any) -> None:
    """Everything one type alone cannot say: names that must exist, be unique, be positive."""
    upstreams = _unique([u.name for u in s.upstreams], "upstreams", where)
    _unique([t.name for t in s.tenants], "tenants", where)
    _unique([m.name for m in s.mcp], "mcp", where)
    classes = _unique([c.name for c in s.classes], "classes", where)
    names: dict[str, int] = {}
    for i, r in enumerate(s.routes):
        for n in (r.model, *r.aliases):
            if n in names:
                message = f"the model name {n!r} is already taken by routes[{names[n]}]"
                raise SettingError(message, where=where("routes", i), remedy="give each name one route")
            names[n] = i
        if not r.upstreams:
            raise SettingError(f"route {r.model!r} names no upstream", where=where("routes", i))
        for u in r.upstreams:
            if u not in upstreams:
                message = f"route {r.model!r} names the upstream {u!r}, which does not exist"
                raise SettingError(message, where=where("routes", i, "upstreams"), remedy=nearest(u, upstreams))
    for i, t in enumerate(s.tenants):
        if t.weight <= 0 or t.weight != t.weight or t.weight == float("inf"):
            message = f"tenant {t.name!r}: expected a finite weight above 0, got {t.weight!r}"
            raise SettingError(message, where=where("tenants", i, "weight"), remedy="1.0 is one equal share")
        if t.service_class not in classes:
            message = f"tenant {t.name!r} is in the class {t.service_class!r}, which does not exist"
            remedy = nearest(t.service_class, classes)
            raise SettingError(message, where=where("tenants", i, "service_class"), remedy=remedy)
    for i, c in enumerate(s.classes):
        if c.weight <= 0:
            message = f"class {c.name!r}: expected a weight above 0 (a floor for every class), got {c.weight!r}"
            raise SettingError(message, where=where("classes", i, "weight"))
    for i, upstream in enumerate(s.upstreams):
        if not re.match(r"https?://[^/\s]+", upstream.url):
            message = f"upstream {upstream.name!r}: expected an http:// or https:// address, got {upstream.url!r}"
            raise SettingError(message, where=where("upstreams", i, "url"))
    for i, m in enumerate(s.mcp):
        if bool(m.url) == bool(m.command):
            message = f"tool server {m.name!r}: expected either `url` or `command`"
            raise SettingError(message, where=where("mcp", i))
        _positive(m, ("timeout_s", "idle_s", "sessions_max", "line_bytes_max"), f"tool server {m.name!r}",
                  lambda field, i=i: where("mcp", i, field))  # fmt: skip
        if m.url is not None and not re.match(r"https?://[^/\s]+", m.url):
            message = f"tool server {m.name!r}: expected an http:// or https:// address, got {m.url!r}"
            raise SettingError(message, where=where("mcp", i, "url"))
        if not re.fullmatch(r"[A-Za-z0-9._-]+", m.name):
            message = f"expected letters, digits, dots and dashes (it stands in a path), got {m.name!r}"
            raise SettingError(message, where=where("mcp", i, "name"))
    _check_budgets(s, where)
    if s.workers < 1:
        raise SettingError(f"expected at least 1 worker, got {s.workers}", where=where("workers"))
    if s.loops.steps_max is not None and s.loops.steps_max < 1:
        message = f"expected at least 1 step, got {s.loops.steps_max}"
        raise SettingError(message, where=where("loops", "steps_max"), remedy="leave it out for no limit")


def _check_budgets(s: Settings, where: Any) -> None:
    """Caps that can hold: finite numbers from 0 on, money only where every model has a price."""
    b = s.budgets
    all_caps: list[tuple[tuple[str, ...], Caps | None]] = [(("budgets", "run"), b.run)]
    known = {t.name for t in s.tenants}
    for name, tenant in b.tenants.items():
        if known and name not in known:
            message = f"budgets: the tenant {name!r} does not exist"
            raise SettingError(message, where=where("budgets", "tenants", name), remedy=nearest(name, known))
        all_caps += [(("budgets", "tenants", name, kind), getattr(tenant, kind)) for kind in ("run", "total")]
        if tenant.total is not None and tenant.total.time_s is not None:
            message = f"tenant {name!r}: time is capped a run, a total of all its calls has none"
            raise SettingError(message, where=where("budgets", "tenants", name, "total", "time_s"))
    for path, caps in all_caps:
        for field in () if caps is None else caps.__struct_fields__:
            value = getattr(caps, field)
            if value is not None and not 0 <= value < float("inf"):
                message = f"expected a cap from 0 on for {field}, got {value!r}"
                raise SettingError(message, where=where(*path, field), remedy="leave it out for no cap")
    if any(caps is not None and caps.money_usd is not None for _, caps in all_caps):
        for i, r in enumerate(s.routes):
            if r.cost_usd_per_million_prompt is None or r.cost_usd_per_million_completion is None:
                message = f"money is capped, and the model {r.model!r} has no price"
                remedy = "give cost_usd_per_million_prompt and cost_usd_per_million_completion (0 where it is free)"
                raise SettingError(message, where=where("routes", i), remedy=remedy)
    if b.tokens_out_default < 1 or (b.tokens_attachment is not None and b.tokens_attachment < 0):
        raise SettingError("expected tokens_out_default from 1 and tokens_attachment from 0 on", where=where("budgets"))


def _positive(section: Section, names: tuple[str, ...], what: str, where: Any) -> None:
    for name in names:
        value = getattr(section, name)
        if not 0 < value < float("inf"):
            raise SettingError(f"{what}: expected {name} above 0, got {value!r}", where=where(name))


def secret(reference: str, where: str = "") -> str:
    """The value behind `env:NAME` or `file:PATH`; a secret written into the file itself is refused."""
    kind, _, rest = reference.partition(":")
    if kind == "env":
        value = os.environ.get(rest)
        if value is None:
            raise SettingError(f"the environment variable {rest!r} is not set", where=where)
        return value
    if kind == "file":
        try:
            return Path(rest).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(f"cannot read the secret's file: {error}", where=where) from error
    raise SettingError(
        "expected a reference to a secret, got a value (not shown)", where=where, remedy="write env:NAME or file:PATH"
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `tidegate.yaml`, for editors."""
    schema = msgspec.json.schema(Settings)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "tidegate.yaml", **schema}


def _unique(names: list[str], kind: str, where: Any) -> set[str]:
    seen: set[str] = set()
    for i, n in enumerate(names):
        if n in seen:
            raise SettingError(f"two {kind} are called {n!r}", where=where(kind, i), remedy="names must differ")
        seen.add(n)
    return seen


Path_ = tuple[str | int, ...]


def _lines(node: yaml.Node | None, path: Path_ = ()) -> dict[Path_, int]:
    out: dict[Path_, int] = {}
    if node is None:
        return out
    out[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            out |= _lines(value, here)
            out[here] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            out |= _lines(value, (*path, i))
    return out


def _refuse_duplicate_keys(node: yaml.Node | None, name: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                message = f"the key {key.value!r} stands twice (first on line {seen[key.value]})"
                raise SettingError(message, where=f"{name}:{line}", remedy="keep one")
            seen[key.value] = line
            _refuse_duplicate_keys(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_duplicate_keys(value, name)


def _line(lines: dict[Path_, int], path: Path_) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _refuse_unknown(data: Any, kind: Any, path: Path_, lines: dict[Path_, int], name: str) -> None:
    """Walk data beside its type and refuse the first key the type does not have."""
    section = _section_of(kind)
    if section is not None and isinstance(data, dict):
        known = {f.encode_name: f.type for f in msgspec.structs.fields(section)}
        for key, value in data.items():
            if key not in known:
                dotted = ".".join(str(p) for p in path) or "the file"
                where = f"{name}:{_line(lines, (*path, str(key)))}"
                raise SettingError(f"unknown key {key!r} in {dotted}", where=where, remedy=nearest(str(key), known))
            _refuse_unknown(value, known[key], (*path, key), lines, name)
    elif isinstance(data, list):
        item = next((a for a in _members(kind) if get_origin(a) in (tuple, list)), None)
        if item is not None:
            for i, value in enumerate(data):
                _refuse_unknown(value, get_args(item)[0], (*path, i), lines, name)


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _section_of(kind: Any) -> type[Section] | None:
    return next((m for m in _members(kind) if isinstance(m, type) and issubclass(m, Section)), None)


def _path_of(message: str) -> Path_:
    found = re.search(r"at `\$([^`]*)`", message)
    parts = re.findall(r"\.([\w-]+)|\[(\d+)\]", found.group(1)) if found else []
    return tuple(int(i) if i else k for k, i in parts)


def _at(data: Any, path: Path_) -> Any:
    for p in path:
        try:
            data = data[p]
        except (KeyError, IndexError, TypeError):
            return None
    return data
