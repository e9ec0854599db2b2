"""What a file holds: plain or Markdown text, or a list of messages in JSON or YAML.

Message lists give one part a message, with the lines of the file they stand on, so that a
finding in `prompt.yaml` points at the line an editor shows.
"""

# ruff: noqa: E501

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from tidegate.check.promptlint.model import Source
from tidegate.spine.errors import InputError

ROLES = ("system", "developer", "tool", "instructions")
TEXT_KEYS = ("content", "prompt", "system", "system_prompt", "instructions", "template", "text", "developer", "description",
             "system_message", "preamble", "rules", "persona", "guidelines")  # fmt: skip


def parts_of(source: Source) -> list[tuple[Source, int]]:
    """(part, lines before it) of a source, in order."""
    kind = source.format if source.format != "auto" else guess(source)
    if kind != "messages":
        return [(source, 0)]
    return list(_messages(source))


def guess(source: Source) -> str:
    """`messages` when the text is a JSON or YAML document with prompts in it, else `text`."""
    name, head = source.name.lower(), source.text.lstrip()[:1]
    if name.endswith((".json", ".yaml", ".yml")):
        return "messages"
    if head in "[{" and re.search(r'"(?:role|messages|system|content|prompt)"\s*:', source.text[:4000]):
        return "messages"
    return "text"


def _messages(source: Source) -> Iterator[tuple[Source, int]]:
    try:
        node = yaml.compose(source.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source.name}:{mark.line + 1}" if mark else source.name
        raise InputError(
            f"expected a list of messages in JSON or YAML, and this does not parse: {getattr(error, 'problem', error)}",
            where=where, remedy="give plain text or Markdown with another file ending",
        ) from error  # fmt: skip
    found = list(_walk(node, source.text.split("\n"), ""))
    if not found:
        raise InputError(
            "expected a prompt: messages with a role and content, or a key such as system, prompt or template",
            where=source.name, remedy=f"known keys: {', '.join(TEXT_KEYS)}",
        )  # fmt: skip
    for text, line in found:
        yield msgspec.structs.replace(source, text=text), line


def _walk(node: Any, lines: list[str], role: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            if isinstance(child, yaml.ScalarNode) and role == "listed":
                yield _scalar(child, lines)
            else:
                yield from _walk(child, lines, role)
    elif isinstance(node, yaml.MappingNode):
        pairs = {k.value: v for k, v in node.value if isinstance(k, yaml.ScalarNode)}
        speaker = pairs["role"].value if isinstance(pairs.get("role"), yaml.ScalarNode) else role
        for key, value in pairs.items():
            if key in TEXT_KEYS and isinstance(value, yaml.ScalarNode):
                if speaker in ("user", "assistant") and key == "content":
                    continue
                if isinstance(value.value, str) and value.tag.endswith(":str"):
                    yield _scalar(value, lines)
            elif key in ("rules", "guidelines", "instructions") and isinstance(value, yaml.SequenceNode):
                yield from _walk(value, lines, "listed")
            elif isinstance(value, yaml.SequenceNode | yaml.MappingNode) and key not in (
                "examples",
                "parameters",
                "input_schema",
            ):
                yield from _walk(value, lines, speaker)


def _scalar(node: Any, lines: list[str]) -> tuple[str, int]:
    block = node.style in ("|", ">")
    start = node.start_mark.line + (1 if block else 0)
    if block:
        end = node.end_mark.line
        raw = lines[start:end]
        indent = min((len(x) - len(x.lstrip()) for x in raw if x.strip()), default=0)
        return "\n".join(x[indent:] for x in raw), start
    return node.value, start


def message_sources(messages: list[dict[str, Any]], name: str = "messages") -> list[Source]:
    """The binding messages of a request (system, developer; or all when there is none) as sources."""
    out = []
    for k, m in enumerate(messages):
        content = m.get("content")
        if isinstance(content, list):
            content = "\n".join(str(p.get("text", "")) for p in content if isinstance(p, dict))
        if m.get("role") in ROLES and isinstance(content, str) and content.strip():
            out.append(Source(name=f"{name}[{k}]", text=content, format="text"))
    if out:
        return out
    return [
        Source(name=f"{name}[{k}]", text=str(m["content"]), format="text")
        for k, m in enumerate(messages) if isinstance(m.get("content"), str) and m.get("role") != "assistant"
    ]  # fmt: skip


def dump(value: Any) -> str:
    """Stable JSON for records."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
