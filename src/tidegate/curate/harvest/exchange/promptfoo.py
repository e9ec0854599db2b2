"""promptfoo: `tests` with `vars` and `assert`; a conversation is the variable `messages`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import yaml

from tidegate.curate.harvest.exchange.common import KEY, carried, imported, messages_of, plain, texts, uncarried, user
from tidegate.spine.case import Case
from tidegate.spine.errors import InputError


def write(cases: Sequence[Case]) -> tuple[str, list[str]]:
    """A `promptfooconfig.yaml` with one test a case; add `providers` to run it."""
    lost: list[str] = []
    tests = []
    for case in cases:
        asserts = [a for spec in case.expect for a in _asserts(spec, case.case_id, lost)]
        messages = messages_of(case)
        tests.append({
            "description": f"{case.mode or 'case'} ({case.case_id})", "assert": asserts,
            "vars": {"messages": msgspec.json.encode(messages).decode(), "question": plain(messages[-1:])},
            "metadata": {KEY: carried(case)},
        })  # fmt: skip
    document = {"description": "Regression suite", "prompts": ["{{messages}}"], "tests": tests}
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    assert isinstance(text, str)
    return text, lost


def _asserts(spec: dict[str, Any], case_id: str, lost: list[str]) -> list[dict[str, Any]]:
    name = spec.get("oracle")
    if name == "required":
        out = [{"type": "icontains", "value": t} for t in texts(spec.get("all"))]
        return out + ([{"type": "icontains-any", "value": texts(spec["any"])}] if spec.get("any") else [])
    if name == "correction":
        out = [{"type": "icontains", "value": t} for t in texts(spec.get("said"))]
        return out + [{"type": "not-icontains", "value": t} for t in texts(spec.get("wrong"))]
    if name == "forbidden":
        return [{"type": "not-icontains", "value": t} for t in texts(spec.get("texts"))]
    if name == "equals" and len(texts(spec.get("values"))) == 1:
        return [{"type": "equals", "value": texts(spec["values"])[0]}]
    if name == "regex":
        return [{"type": "regex" if spec.get("present", True) else "not-regex", "value": spec["pattern"]}]
    if name == "json_schema":
        return [{"type": "is-json", "value": spec["schema"]}]
    if name == "refusal":
        return [{"type": "is-refusal" if spec.get("expected") else "not-is-refusal"}]
    if name == "judge":
        return [{"type": "llm-rubric", "value": spec["question"]}]
    lost.append(f"{case_id}: the oracle {name!r} has no assertion of its own there")
    return []


def read(document: Any, name: str) -> tuple[list[Case], list[str]]:
    """Cases from a promptfoo configuration; templated prompts are filled with each test's variables."""
    if not isinstance(document, dict) or not isinstance(document.get("tests"), list):
        raise InputError("expected a promptfoo configuration with a list `tests`", where=name)
    prompts = [p if isinstance(p, str) else str(p.get("raw", "")) for p in document.get("prompts") or ["{{question}}"]
               if isinstance(p, str | dict)]  # fmt: skip
    default = document.get("defaultTest") or {}
    out: list[Case] = []
    lost: list[str] = []
    for i, test in enumerate(document["tests"]):
        where = f"tests[{i}]"
        if not isinstance(test, dict):
            lost.append(f"{where}: a reference to a file is not followed")
            continue
        own = uncarried((test.get("metadata") or {}).get(KEY))
        if own is not None:
            out.append(own)
            continue
        variables = {**(default.get("vars") or {}), **(test.get("vars") or {})}
        asserts = [*(default.get("assert") or []), *(test.get("assert") or [])]
        expect = [e for a in asserts if isinstance(a, dict) for e in _expect(a, where, lost)]
        if not expect:
            lost.append(f"{where}: no assertion could be read, so there is no case")
            continue
        messages = _messages(prompts[0] if prompts else "", variables)
        out.append(imported(messages, expect, note=str(test.get("description") or "")))
    return out, lost


def _messages(prompt: str, variables: dict[str, Any]) -> list[Any]:
    text = prompt
    for key, value in variables.items():
        shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for form in (f"{{{{{key}}}}}", f"{{{{ {key} }}}}"):
            text = text.replace(form, shown)
    if text.lstrip().startswith("["):
        try:
            found = msgspec.json.decode(text)
            if isinstance(found, list) and found and all(isinstance(m, dict) and "role" in m for m in found):
                return found
        except msgspec.DecodeError:
            pass
    return user(text)


def _expect(a: dict[str, Any], where: str, lost: list[str]) -> list[dict[str, Any]]:
    kind, value = str(a.get("type", "")), a.get("value")
    table: dict[str, Any] = {
        "contains": lambda: {"oracle": "required", "all": texts(value)},
        "icontains": lambda: {"oracle": "required", "all": texts(value)},
        "contains-all": lambda: {"oracle": "required", "all": texts(value)},
        "icontains-all": lambda: {"oracle": "required", "all": texts(value)},
        "contains-any": lambda: {"oracle": "required", "any": texts(value)},
        "icontains-any": lambda: {"oracle": "required", "any": texts(value)},
        "not-contains": lambda: {"oracle": "forbidden", "texts": texts(value)},
        "not-icontains": lambda: {"oracle": "forbidden", "texts": texts(value)},
        "equals": lambda: {"oracle": "equals", "values": texts(value)},
        "regex": lambda: {"oracle": "regex", "pattern": str(value)},
        "not-regex": lambda: {"oracle": "regex", "pattern": str(value), "present": False},
        "is-json": lambda: {"oracle": "json_schema", "schema": value if isinstance(value, dict) else {}},
        "is-refusal": lambda: {"oracle": "refusal", "expected": True},
        "not-is-refusal": lambda: {"oracle": "refusal", "expected": False},
        "llm-rubric": lambda: {"oracle": "judge", "question": str(value)},
    }
    if kind not in table:
        lost.append(f"{where}: the assertion {kind!r} was not read")
        return []
    return [table[kind]()]
