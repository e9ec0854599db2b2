# ruff: noqa: E501 (patterns and tables read better whole)
"""YAML text → `Policy`, all or nothing: what is wrong is named with its line, and nothing of it takes effect.

Checked before anything runs: unknown keys, two rules with one id, rules that name a tool or an
argument nobody declared, expressions that cannot hold with bounded memory, conditions outside the language,
and anything that would let a soft check decide a hard rule.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import yaml

from tidegate.check.constraints.calls.decide import Engine
from tidegate.check.constraints.model import Fact, HardRule, Policy, SoftRule, ToolSpec, output_parts
from tidegate.check.constraints.streaming.stream import Filter, Pattern
from tidegate.spine.errors import SettingError, nearest
from tidegate.spine.resources import resource_text

PACKS = ("secrets", "payment-cards", "pii", "contact", "email-tools", "payment-tools", "sql")
SHARED_PACKS = ("secrets", "payment-cards", "pii", "contact")  # the scrubber of harvested cases reads them too
DEFAULT_PACKS = ("secrets", "payment-cards", "pii")
_SECTIONS: dict[str, type[msgspec.Struct]] = {"hard": HardRule, "soft": SoftRule}
_SOFT_KEYS = frozenset(
    {"weight", "judge", "model", "classifier", "probability", "threshold", "score", "confidence", "rate_max"}
)


def parse_policy(text: str, name: str = "constraints.yaml") -> Policy:
    """The policy of a file's text with its packs merged in; raises SettingError naming file:line and the remedy."""
    data, lines = _yaml(text, name)
    policy = _convert(data, lines, name)
    seen: dict[str, str] = {}
    tools, facts = dict(policy.tools), dict(policy.facts)
    hard = list(policy.hard)
    for pack in policy.packs:
        if pack not in PACKS:
            raise SettingError(
                f"unknown pack {pack!r}", where=f"{name}:{lines.get(('packs',), 1)}", remedy=nearest(pack, PACKS)
            )
        body = starter_pack(pack)
        tools = {**body.tools, **tools}
        hard += body.hard
    policy = msgspec.structs.replace(policy, tools=tools, hard=tuple(hard), facts=facts)
    rules: list[HardRule | SoftRule] = [*policy.hard, *policy.soft]
    for i, rule in enumerate(rules):
        if rule.id in seen:
            section = "hard" if i < len(policy.hard) else "soft"
            at = i if section == "hard" else i - len(policy.hard)
            where = f"{name}:{lines.get((section, at), lines.get((section,), 1))}"
            raise SettingError(
                f"two rules are called {rule.id!r}", where=where, remedy="each rule needs an id of its own"
            )
        seen[rule.id] = name
    _check_tools(policy, lines, name)
    try:
        check_compiles(policy)
    except SettingError as error:
        raise _placed(error, policy, lines, name) from error
    return policy


def _placed(error: SettingError, policy: Policy, lines: dict[tuple[str | int, ...], int], name: str) -> SettingError:
    """The error with its line, where it names a rule or pattern of the file."""
    for i, rule in enumerate(policy.hard):
        if ("hard", i) in lines and any(
            f"{known!r}" in error.where for known in (rule.id, *(p.id for p in rule.patterns))
        ):
            where = f"{name}:{lines['hard', i]}: {error.where}"
            return SettingError(error.message, where=where, remedy=error.remedy)
    return SettingError(error.message, where=f"{name}: {error.where}" if error.where else name, remedy=error.remedy)


def starter_pack(pack: str) -> Policy:
    """One starter pack."""
    name = f"packs/{pack}.yaml"
    home = "tidegate.spine.sensitive" if pack in SHARED_PACKS else "tidegate.check.constraints.packs"
    data, lines = _yaml(resource_text(home, f"{pack}.yaml"), name)
    return _convert(data, lines, name)


def default_policy() -> Policy:
    """What holds where no file is given: the output packs, provenance of side effects, tools known by their names."""
    hard = [r for pack in DEFAULT_PACKS for r in starter_pack(pack).hard]
    label = HardRule(
        id="provenance", kind="label", text=("Content of messages, pages and files may not choose a side effect.",)
    )
    return Policy(packs=DEFAULT_PACKS, hard=(*hard, label), infer_tools=True)


def output_filter(policy: Policy) -> Filter:
    """The streaming filter of a policy's output rules."""
    patterns, literals, _ = output_parts(policy)
    return Filter(patterns, literals, hold_max=policy.hold_max)


def check_compiles(policy: Policy) -> None:
    """Compile everything once, so that a policy that was loaded cannot fail to compile later."""
    ids: set[str] = set()
    for rule in policy.hard:
        for p in rule.patterns:
            if p.id in ids:
                raise SettingError(
                    f"two patterns are called {p.id!r}", where=f"hard rule {rule.id!r}", remedy="names must differ"
                )
            ids.add(p.id)
    patterns, literals, _ = output_parts(policy)
    Filter(patterns, literals, hold_max=policy.hold_max)
    Engine(policy)


def _yaml(text: str, name: str) -> tuple[dict[str, Any], dict[tuple[str | int, ...], int]]:
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise SettingError(f"not YAML: {getattr(error, 'problem', None) or error}", where=where,
                           remedy="a file that is still being written is refused; the policy in force stays") from error  # fmt: skip
    if not isinstance(data, dict):
        raise SettingError(f"expected a mapping with `version: 1`, got {type(data).__name__}", where=f"{name}:1")
    lines: dict[tuple[str | int, ...], int] = {}
    _walk(node, (), lines, name)
    return data, lines


def _walk(node: Any, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], name: str) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                raise SettingError(
                    f"the key {key.value!r} stands twice", where=f"{name}:{key.start_mark.line + 1}", remedy="keep one"
                )
            seen.add(key.value)
            _walk(value, (*path, key.value), lines, name)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            _walk(value, (*path, i), lines, name)


def _convert(data: dict[str, Any], lines: dict[tuple[str | int, ...], int], name: str) -> Policy:
    body = dict(data)
    _known(body, Policy, (), lines, name)
    for section, kind in _SECTIONS.items():
        rows = body.get(section) or []
        if not isinstance(rows, list):
            raise SettingError(
                f"expected a list of rules under {section!r}", where=f"{name}:{lines.get((section,), 1)}"
            )
        body[section] = [_rule(r, kind, (section, i), lines, name) for i, r in enumerate(rows)]
    for tool, spec in (body.get("tools") or {}).items():
        _known(spec if isinstance(spec, dict) else {}, ToolSpec, ("tools", tool), lines, name)
    for fact, spec in (body.get("facts") or {}).items():
        _known(spec if isinstance(spec, dict) else {}, Fact, ("facts", fact), lines, name)
    if body.get("version", 1) != 1:
        raise SettingError(f"expected version 1, got {body['version']!r}", where=f"{name}:{lines.get(('version',), 1)}")
    try:
        return msgspec.convert({k: v for k, v in body.items() if v is not None}, Policy)
    except msgspec.ValidationError as error:
        path = tuple(
            int(i) if i else k for k, i in re.findall(r"\.([\w-]+)|\[(\d+|\.\.\.)\]", str(error)) if i != "..."
        )
        while path and path not in lines:
            path = path[:-1]
        raise SettingError(str(error), where=f"{name}:{lines.get(path, 1)}") from error


def _rule(row: Any, kind: type[msgspec.Struct], path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], name: str) -> dict[str, Any]:  # fmt: skip
    where = f"{name}:{lines.get(path, 1)}"
    if not isinstance(row, dict):
        raise SettingError(f"expected a rule with an id, got {row!r}", where=where)
    if kind is HardRule and (soft := sorted(_SOFT_KEYS & row.keys())):
        raise SettingError(
            f"the hard rule {row.get('id', '?')!r} has {', '.join(repr(s) for s in soft)}: a soft check cannot decide a hard rule",
            where=f"{name}:{lines.get((*path, soft[0]), lines.get(path, 1))}",
            remedy="move it under `soft` to have it measured, or give it a deterministic kind",
        )  # fmt: skip
    if kind is SoftRule and "weight" in row:
        raise SettingError("a rule has no weight: it is hard or it is soft", where=where, remedy="remove `weight`")
    _known(row, kind, path, lines, name)
    out = dict(row)
    for key in ("text", "tools", "hosts", "literals", "canaries", "effects"):
        if isinstance(out.get(key), str):
            out[key] = [out[key]]
    for key in ("deny", "ask", "allow"):
        if isinstance(out.get(key), bool):
            out[key] = str(out[key])
    for p in out.get("patterns") or []:
        if not isinstance(p, dict):
            raise SettingError(f"expected a pattern as a mapping with `regex`, got {p!r}", where=where,
                               remedy="patterns: [{id: badge-number, regex: '\\bB-[0-9]{6}\\b'}]")  # fmt: skip
        _known(p, Pattern, (*path, "patterns"), lines, name)
    return out


def _known(row: dict[str, Any], kind: type[msgspec.Struct], path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], name: str) -> None:  # fmt: skip
    fields = {f.encode_name for f in msgspec.structs.fields(kind)}
    for key in row:
        if key not in fields:
            dotted = ".".join(str(p) for p in path) or "the file"
            where = f"{name}:{lines.get((*path, key), lines.get(path, 1))}"
            raise SettingError(f"unknown key {key!r} in {dotted}", where=where, remedy=nearest(str(key), fields))


def _check_tools(policy: Policy, lines: dict[tuple[str | int, ...], int], name: str) -> None:
    for i, rule in enumerate(policy.hard):
        where = f"{name}:{lines.get(('hard', i, 'tools'), lines.get(('hard', i), 1))}"
        for tool in rule.tools:
            if tool not in policy.tools and not policy.infer_tools:
                raise SettingError(f"rule {rule.id!r} names the tool {tool!r}, which nobody declared", where=where,
                                   remedy=nearest(tool, policy.tools) if policy.tools else "declare it under `tools`")  # fmt: skip
            spec = policy.tools.get(tool)
            known = set((spec.arguments or {}).get("properties", {})) if spec is not None else set()
            for text in (rule.deny, rule.ask, rule.allow):
                for argument in re.findall(r"\bargs\.(\w+)", text or "") if known else ():
                    if argument not in known:
                        raise SettingError(f"rule {rule.id!r} reads the argument {argument!r}, which {tool} does not have",
                                           where=where, remedy=nearest(argument, known))  # fmt: skip
        if rule.kind == "output" and not (rule.patterns or rule.literals or rule.canaries):
            raise SettingError(
                f"the output rule {rule.id!r} forbids nothing",
                where=where,
                remedy="give patterns, literals or canaries",
            )
        if rule.kind == "tool" and not (rule.deny or rule.ask or rule.allow):
            raise SettingError(
                f"the tool rule {rule.id!r} has no condition", where=where, remedy="give deny, ask or allow"
            )
        if rule.kind == "cedar" and not rule.policy:
            raise SettingError(f"the Cedar rule {rule.id!r} has no policy", where=where)
        if rule.kind == "schema" and rule.json_schema is None:
            raise SettingError(f"the schema rule {rule.id!r} has no json_schema", where=where)
    for task, tools in policy.scopes.items():
        for tool in tools:
            if tool not in policy.tools and not policy.infer_tools:
                raise SettingError(f"the scope {task!r} grants the tool {tool!r}, which nobody declared",
                                   where=f"{name}:{lines.get(('scopes', task), 1)}", remedy=nearest(tool, policy.tools))  # fmt: skip
