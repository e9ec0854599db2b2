"""Canonical names for calls and results: what differs without meaning anything is left out.

A call's signature is the tool and its arguments as canonical JSON: key order, spacing and
bookkeeping keys do not matter.  A result's fingerprint leaves out what changes by itself:
timestamps, durations, addresses, identifiers, temporary paths, colours.  Numbers that carry
meaning (progress, counts, pages) stay, so that polling with changing results is not a repeat.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from zlib import crc32

TEXT_KEPT = 16_384  # characters of a result that are read; the rest counts through its length and hash

BOOKKEEPING_KEYS = """
timestamp time_stamp request_id requestid trace_id traceid span_id nonce idempotency_key attempt attempt_number retry
retries retry_count try_number call_id tool_call_id session_id correlation_id thought thoughts reasoning explanation
task_progress requires_approval security_risk
"""
BOOKKEEPING = frozenset(BOOKKEEPING_KEYS.split())

_STAMPS = (
    r"\x1b\[[0-9;]*[A-Za-z]"  # colours
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"  # dates and times
    r"|\b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b"  # times of day
    r"|\b(?:1[5-9]|2[0-9])\d{8}(?:\d{3})?(?:\.\d+)?\b"  # seconds or milliseconds since the epoch
    r"|\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"  # UUIDs
    r"|\b0x[0-9a-fA-F]+\b"  # addresses
    r"|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,64}\b"  # hashes
    r"|(?:\b(?i:took|elapsed|duration|after|in)[ :=]*)?\b\d+(?:\.\d+)?\s?(?:ms|µs|us|ns|s|sec|secs|seconds|milliseconds)\b"  # durations  # noqa: E501
    r"|\"?\b(?:took|elapsed|duration|latency)(?:_ms|_s|_seconds)?\"?[ ]*[:=][ ]*\d+(?:\.\d+)?"
    r"|/tmp/[\w./-]+|/var/folders/[\w./-]+"  # temporary paths
    r"|\b(?:pid|PID|process)[ =:]+\d+"
    r"|\"?(?i:\b(?:request|trace|correlation|session|span|query|req)[_ -]?id)\"?[ =:]+\"?[\w-]+\"?"
    r"|\b(?i:request|req|attempt|try|retry)[ #:_]+(?:no\.? ?)?[\da-f]*\d[\da-f]*\b"
)
VOLATILE = re.compile(rf"[\[(]?(?:{_STAMPS})[\])]?")
HAS_VOLATILE = re.compile(r"[\d\x1b]|/tmp/|/var/folders/|[_ -][iI][dD]\"?[ =:]")


def name_of(text: str) -> int:
    """A stable 64-bit name of a text (two CRCs: quick, and the same on every machine)."""
    data = text.encode("utf-8", "surrogatepass")
    return (crc32(data) << 32) | crc32(data, 0x9E3779B9)


def normalised(text: str) -> str:
    """The text without what changes by itself, white space squeezed."""
    head = text if len(text) <= TEXT_KEPT else text[: TEXT_KEPT - 2048] + text[-2048:]
    if HAS_VOLATILE.search(head) is not None:  # every volatile form has a digit, an escape or a path in it
        head = VOLATILE.sub(" ", head)
    return " ".join(head.split())


def canonical_arguments(arguments: str) -> str:
    """Canonical form of a call's arguments: sorted keys, no bookkeeping, strings without volatile parts.

    Text that is not JSON keeps its words (a command line, a malformed object): still comparable.
    """
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return normalised(arguments)
    form = _canonical(value)
    if not form and value:  # nothing but what is usually beside the point (a tool to think with): then it is the point
        form = value
    return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _canonical(v) for k, v in value.items() if str(k).lower() not in BOOKKEEPING and v is not None}
    if isinstance(value, list):
        return [_canonical(v) for v in value]
    if isinstance(value, str):
        return normalised(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def signature(tool: str, arguments: str, defaults: Mapping[str, Any] | None = None) -> int:
    """Name of a call: same tool, same meaning of the arguments; `defaults` (from the schema) are left out."""
    form = canonical_arguments(arguments)
    if defaults:
        try:
            value = json.loads(form)
        except ValueError:
            value = None
        if isinstance(value, dict):
            kept = {k: v for k, v in value.items() if k not in defaults or _canonical(defaults[k]) != v}
            form = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return name_of(tool + "\0" + form)


def shape(tool: str, arguments: str) -> int:
    """Name of the tool with the names of its arguments, whatever their values."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        value = None
    keys = sorted(value) if isinstance(value, dict) else []
    return name_of(tool + "\0" + ",".join(map(str, keys)))


def result_fingerprint(content: str) -> int:
    """Name of a result without its volatile parts; the length beyond what is read counts too."""
    extra = f"\0{len(content)}" if len(content) > TEXT_KEPT else ""
    return name_of(normalised(content) + extra)


def error_name(content: str) -> int:
    """Name of an error: its first line without numbers, quoted names and volatile parts."""
    line = next((x for x in content.splitlines() if x.strip()), "")
    return name_of(re.sub(r"'[^']*'|\"[^\"]*\"|\d+|/[\w./-]+", "~", normalised(line[:400])))
