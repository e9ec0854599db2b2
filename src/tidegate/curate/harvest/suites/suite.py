"""The suite as text: `suite/*.yaml`, read strictly and written so that a pull request's diff can be read.

One file holds the cases of one failure mode.  Keys keep their order, cases are sorted by when they were
first seen, long texts are blocks: adding a case adds lines and changes none.  A case's id is the
hash of its kind, input and expectation, checked on reading: whoever loosens an expectation gives
the case another name, and the ledger (`ledger`) wants to know why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import yaml

from tidegate.curate.harvest.capture.oracle import check_expect
from tidegate.curate.harvest.model import CASE_KIND
from tidegate.spine.case import Case, CaseStatus, Provenance, case_id_of
from tidegate.spine.errors import InputError, nearest

FORMAT = 1
CASE_KEYS = ("id", "status", "kind", "mode", "provenance", "input", "expect")
FILE_KEYS = ("suite", "mode", "cases")
PROVENANCE_KEYS = tuple(f.encode_name for f in msgspec.structs.fields(Provenance))
SOURCES = ("production", "incident", "regulation", "imagined", "imported")


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """All cases, each with the file and line where it stands."""

    cases: tuple[Case, ...] = ()
    places: Mapping[str, tuple[str, int]] = msgspec.field(default_factory=dict)

    def by_id(self) -> dict[str, Case]:
        """Cases by their id."""
        return {c.case_id: c for c in self.cases}

    def with_status(self, *statuses: CaseStatus) -> tuple[Case, ...]:
        """The cases that have one of these statuses."""
        return tuple(c for c in self.cases if c.status in statuses)


def parse_suite(files: Iterable[tuple[str, str]]) -> Suite:
    """The suite of (name, YAML text) files; raises InputError naming file and line of the first thing wrong."""
    cases: dict[str, Case] = {}
    places: dict[str, tuple[str, int]] = {}
    for name, text in files:
        for case, line in parse_file(text, name):
            if case.case_id in cases:
                first = places[case.case_id]
                raise InputError(f"the case {case.case_id} stands twice (first in {first[0]}:{first[1]})",
                                 where=f"{name}:{line}", remedy="keep one")  # fmt: skip
            cases[case.case_id], places[case.case_id] = case, (name, line)
    return Suite(cases=tuple(cases.values()), places=places)


def parse_file(text: str, name: str) -> list[tuple[Case, int]]:
    """The cases of one file, each with its line."""
    try:
        node = yaml.compose(text, Loader=_Loader)
        data = _Loader.construct(node) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise InputError(f"not YAML: {problem}", where=f"{name}:{mark.line + 1}" if mark else name) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(f"not usable YAML: {error}", where=name) from error
    if data is None:
        return []
    if not isinstance(data, dict):
        raise InputError(f"expected `suite: {FORMAT}` and `cases:`, got {type(data).__name__}", where=f"{name}:1")
    assert isinstance(node, yaml.MappingNode)
    _known(data, FILE_KEYS, "a suite file", name, _lines(node), 1)
    if data.get("suite") != FORMAT:
        raise InputError(f"expected `suite: {FORMAT}` (the format), got {data.get('suite')!r}", where=f"{name}:1",
                         remedy=f"write `suite: {FORMAT}` on the first line")  # fmt: skip
    rows = data.get("cases") or []
    if not isinstance(rows, list):
        raise InputError(
            f"expected a list of cases, got {type(rows).__name__}", where=f"{name}:{_lines(node)['cases']}"
        )
    mode = _text(data, "mode", name, 1)
    nodes = next((v for k, v in node.value if k.value == "cases"), None)
    items = nodes.value if isinstance(nodes, yaml.SequenceNode) else []
    return [(_case(row, item, mode, name), item.start_mark.line + 1) for row, item in zip(rows, items, strict=True)]


class _Loader(yaml.CSafeLoader):
    """Safe YAML without its surprises: no dates, no `yes` for true, no aliases, no duplicate keys."""

    @classmethod
    def construct(cls, node: yaml.Node) -> Any:
        _refuse_odd(node, set())
        loader = cls("")
        try:
            return loader.construct_document(node)
        finally:
            loader.dispose()


# Dates and sexagesimal numbers stay text; `yes`, `on` and their like too: the writer quotes nothing it need not.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.rpartition(":")[2] in ("null",)]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PLAIN = {
    "tag:yaml.org,2002:bool": (re.compile(r"^(?:true|false)$"), list("tf")),
    "tag:yaml.org,2002:int": (re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")),
    "tag:yaml.org,2002:float": (
        re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"), list("-0123456789")),
}  # fmt: skip
for _tag, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_tag, _pattern, _first)


def _refuse_odd(node: yaml.Node, seen: set[int]) -> None:
    if id(node) in seen:
        raise yaml.constructor.ConstructorError(None, None, "aliases (`*name`) are not used here", node.start_mark)
    if isinstance(node, yaml.MappingNode):
        seen.add(id(node))
        keys: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key.start_mark)
            if key.value in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            keys.add(key.value)
            key.tag = "tag:yaml.org,2002:str"
            _refuse_odd(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        seen.add(id(node))
        for value in node.value:
            _refuse_odd(value, seen)


def _lines(node: yaml.MappingNode) -> dict[str, int]:
    return {k.value: k.start_mark.line + 1 for k, _ in node.value}


def _known(data: Mapping[str, Any], keys: Sequence[str], what: str, name: str, lines: Mapping[str, int],
           line: int) -> None:  # fmt: skip
    for key in data:
        if key not in keys:
            raise InputError(f"unknown key {key!r} in {what}", where=f"{name}:{lines.get(str(key), line)}",
                             remedy=nearest(str(key), keys))  # fmt: skip


def _text(data: Mapping[str, Any], key: str, name: str, line: int) -> str:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f"expected a text in `{key}`, got {value!r}", where=f"{name}:{line}")
    return value or ""


def _case(row: Any, node: yaml.Node, mode: str, name: str) -> Case:
    line = node.start_mark.line + 1
    where = f"{name}:{line}"
    if not isinstance(row, dict) or not isinstance(node, yaml.MappingNode):
        raise InputError(f"expected a case (a mapping), got {type(row).__name__}", where=where)
    lines = _lines(node)
    _known(row, CASE_KEYS, "a case", name, lines, line)
    for key in ("input", "expect"):
        if row.get(key) in (None, [], {}):
            raise InputError(f"a case needs `{key}`", where=where, remedy=f"keys of a case: {', '.join(CASE_KEYS)}")
    given = row["input"]
    if isinstance(given, str):  # the short form for cases written by hand
        given = {"messages": [{"role": "user", "content": given}]}
    _check_input(given, f"{name}:{lines['input']}")
    expect = row["expect"]
    if not isinstance(expect, list):
        raise InputError(f"expected a list of oracles, got {type(expect).__name__}", where=f"{name}:{lines['expect']}")
    check_expect(expect, f"{name}:{lines['expect']}")
    kind = _text(row, "kind", name, line) or CASE_KIND
    own = case_id_of(kind, given, expect)
    said = row.get("id")
    if said is not None and said != own:
        raise InputError(
            f"the case is called {said!r} but its content makes it {own!r}: its input or expectation was edited",
            where=where, remedy=f"write `id: {own}` (or leave `id` out) and say why: `tidegate harvest ledger replace "
            f"{said} {own} --reason … --owner …`",
        )  # fmt: skip
    status = row.get("status", CaseStatus.KNOWN_FAILING.value)
    if status not in [s.value for s in CaseStatus]:
        raise InputError(f"unknown status {status!r}", where=f"{name}:{lines.get('status', line)}",
                         remedy=nearest(str(status), [s.value for s in CaseStatus]))  # fmt: skip
    provenance = _provenance(row.get("provenance"), name, lines.get("provenance", line))
    return Case(case_id=own, kind=kind, input=given, expect=tuple(expect), status=CaseStatus(status),
                mode=_text(row, "mode", name, line) or mode, provenance=provenance)  # fmt: skip


def _check_input(value: Any, where: str) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("messages"), list) or not value["messages"]:
        raise InputError("expected an input with `messages` (or a plain question)", where=where)
    for i, message in enumerate(value["messages"]):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise InputError(f"messages[{i}]: expected a message with `role` and `content`", where=where)


def _provenance(value: Any, name: str, line: int) -> Provenance:
    where = f"{name}:{line}"
    if value is None:
        return Provenance(source="imagined")
    if not isinstance(value, dict):
        raise InputError(f"expected a mapping in `provenance`, got {type(value).__name__}", where=where)
    _known(value, PROVENANCE_KEYS, "provenance", name, {}, line)
    if value.get("source") not in SOURCES:
        raise InputError(f"unknown source {value.get('source')!r}", where=where,
                         remedy=nearest(str(value.get("source")), SOURCES))  # fmt: skip
    try:
        return msgspec.convert(value, Provenance)
    except msgspec.ValidationError as error:
        raise InputError(f"provenance: {error}", where=where) from error


# --- writing ----------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Blocks for texts of several lines, no aliases, keys in our order."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base's signature
        return True


_Dumper.yaml_implicit_resolvers = dict(yaml.SafeDumper.yaml_implicit_resolvers)
_BLOCK = re.compile(r"[^\n]")
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]|[ \t](?=\n)|\t")


def _represent_text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    if _UNFIT.search(data):
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style='"')
    if any(pattern.match(data) for pattern, _ in _PLAIN.values()):
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="'")  # else it would read as a number
    block = "\n" in data and _BLOCK.search(data) and data[0] not in " \n" and data[-1] != " "
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if block else None)


def _represent_float(dumper: yaml.SafeDumper, data: float) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", repr(data))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(float, _represent_float)


def dump_file(cases: Sequence[Case], mode: str = "") -> str:
    """One suite file; `parse_file` of it gives the same cases.  Sorted by first seen, then by id."""
    head: dict[str, Any] = {"suite": FORMAT}
    if mode:
        head["mode"] = mode
    ordered = sorted(cases, key=lambda c: (c.provenance.first_seen or "", c.case_id))
    blocks = [_dump(head)]
    blocks.append("cases:\n" if ordered else "cases: []\n")
    for case in ordered:
        text = _dump([_case_row(case, mode)])
        blocks.append("\n".join(f"  {line}" if line.strip() else line for line in text.split("\n")))
    return "".join(blocks)


def _dump(value: Any) -> str:
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
    assert isinstance(text, str)
    return text


def _case_row(case: Case, mode: str) -> dict[str, Any]:
    row: dict[str, Any] = {"id": case.case_id, "status": case.status.value}
    if case.kind != CASE_KIND:
        row["kind"] = case.kind
    if case.mode and case.mode != mode:
        row["mode"] = case.mode
    row["provenance"] = msgspec.to_builtins(case.provenance)
    row["input"] = msgspec.to_builtins(case.input)
    row["expect"] = [msgspec.to_builtins(e) for e in case.expect]
    return row


def file_of(case: Case) -> str:
    """The file a case belongs to: its failure mode's name as a file name."""
    words = re.findall(r"[\w]+", case.mode.lower())
    return ("-".join(words)[:60].strip("-") or "unsorted") + ".yaml"
