# ruff: noqa: E501 (patterns and tables read better whole)
"""Values as provenance compares them: one spelling of a scalar, the words and codes of a text, the leaves of a result."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from tidegate.check.constraints.streaming.canonical import fold_all

SHAPES: dict[str, re.Pattern[str]] = {
    "name": re.compile(r"[\w.@'-]{1,48}(?: [\w.@'-]{1,32}){0,5}"),
    "word": re.compile(r"[\w.-]{1,48}"),
    "email": re.compile(r"[^\s@<>,;]{1,64}@[A-Za-z0-9.-]{1,190}"),
    "number": re.compile(r"-?\d{1,18}(?:\.\d{1,9})?"),
    "id": re.compile(r"[\w:.-]{1,80}"),
    "iban": re.compile(r"[A-Za-z0-9 ]{1,40}"),
    "date": re.compile(r"[\d:TZ .+-]{4,40}"),
    "line": re.compile(r"[^\n]{1,120}"),
}
_DATED = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d)?Z?)?|\d\d?[./]\d\d?[./]\d{2,4}")
_CODED = re.compile(r"\+?[^\W_]+(?:[ ._/()-]{1,2}(?=[\w(+]*\d)[^\W_]+)*")


def canonical(value: Any) -> str:
    """One spelling of a scalar: folded, lower case, single spaces, plain numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e15 else str(value)
    text = re.sub(r"\s+", " ", fold_all(str(value))).strip().lower()
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text) and len(text) < 16:
        return f"{float(text):.10g}" if "." in text else text
    return text


def words(text: str) -> list[str]:
    """Words of a text as they are compared."""
    return re.findall(r"[^\W_]+", fold_all(text).lower())


def codes(text: str) -> Iterator[str]:
    """Numbers and codes in a text by which records tell people, money and things apart: six digits or more in a row
    of groups, or letters with three digits or more.  Dates, times, prices and counts are none."""
    for found in _CODED.findall(_DATED.sub(" ", fold_all(text))):
        parts = found.split(" ")
        for part in (found, *parts) if len(parts) > 1 and not any(p.isalpha() for p in parts) else parts:
            digits = sum(c.isdigit() for c in part)
            if digits >= 6 or (digits >= 3 and any(c.isalpha() for c in part)):
                yield part
                break


def strings(value: Any) -> Iterator[str]:
    """All scalars of a JSON value as text."""
    if isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
    elif isinstance(value, list | tuple):
        for v in value:
            yield from strings(v)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def structured(content: str) -> Any:
    """The value of a structured result (JSON, a Python literal, or YAML's block form), or None for free text."""
    text = content.strip()
    if text[:1] in "{[":
        try:
            value = json.loads(text)
        except ValueError:
            try:
                value = ast.literal_eval(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                return None
        return value if isinstance(value, dict | list) else None
    if re.match(r"(?:- )?[\w' ]{1,40}:\s|- \S", text):
        import yaml  # many agent frameworks print results as YAML; needed only for those

        try:
            value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except (yaml.YAMLError, ValueError, RecursionError):
            return None
        return value if isinstance(value, dict | list) else None
    return None
