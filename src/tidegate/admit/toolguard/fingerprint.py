"""Canonical names for calls and results: what differs without meaning anything is left out.

A call's signature is the tool and its arguments as canonical JSON: key order, spacing and
bookkeeping keys do not matter; all else does, for a date or an id in an argument says which thing
is meant.  A result's fingerprint leaves out what changes by itself:
timestamps, durations, addresses, identifiers, temporary paths, colours.  Numbers that carry
meaning (progress, counts, pages) stay, so that polling with changing results is not a repeat.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import msgspec

TEXT_KEPT = 16_384  # characters of a result that are read; the rest counts through its length

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
STAMP = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?|\b\d\d?:\d\d:\d\d\b")
STAMPS_OF_DATA = 5  # different stamps in an answer from which they are what it tells
OPAQUE = (  # keys, ids, anti-forgery values: letters and digits mixed, as no word is; a hex digest names a content
    r"|\b(?![0-9a-f]+\b)(?=[A-Za-z]*\d[A-Za-z]*\d)(?=\d*[A-Za-z]\d*[A-Za-z])(?=[a-z]*[A-Z\d])[A-Za-z0-9]{14,64}\b"
)
OPAQUE_WORD, LONG_WORD = re.compile(OPAQUE[1:]), re.compile(r"[A-Za-z0-9]{14}")
AGE = re.compile(r"(?<![\w.:=-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?![\w.-])")
AGED_MAX = 4000  # characters of an answer whose ages are read
VOLATILE = re.compile(rf"[\[(]?(?:{_STAMPS}{OPAQUE})[\])]?")
PLACE = re.compile(r"\bline \d+|(?<=\w):\d+(?::\d+)?\b", re.I)
STAMP_LETTERS = str.maketrans("0123456789-:T ", "abcdefghijklmn")
DIGIT = re.compile(r"[0-9\x1b]")
HAS_ID = re.compile(r"[_ -][iI][dD]\"?[ =:]")


def name_of(text: str) -> int:
    """A stable 64-bit name of a text (two CRCs: quick, and the same on every machine)."""
    return _name_of(text.encode("utf-8", "surrogatepass"))


def _name_of(data: bytes) -> int:
    return (crc32(data) << 32) | crc32(data, 0x9E3779B9)


def _may_be_volatile(text: str) -> bool:
    """Every volatile form has a digit, an escape, a temporary path or a word for an id in it."""
    if DIGIT.search(text) is not None or "/tmp/" in text or "/var/folders/" in text:
        return True
    low = text.lower()
    return (" id" in low or "_id" in low or "-id" in low) and HAS_ID.search(text) is not None


def normalised(text: str) -> str:
    """The text without what changes by itself, white space squeezed."""
    head = text if len(text) <= TEXT_KEPT else text[: TEXT_KEPT - 2048] + text[-2048:]
    if _may_be_volatile(head):
        if head.count(":") >= STAMPS_OF_DATA and len(set(STAMP.findall(head))) >= STAMPS_OF_DATA:
            head = STAMP.sub(_kept_stamp, head)
        head = VOLATILE.sub(" ", head)
    return " ".join(head.split())


def _kept_stamp(found: re.Match[str]) -> str:
    """A stamp as letters, which nothing takes for a stamp."""
    return found[0].translate(STAMP_LETTERS)


def aged(before: str, now: str) -> bool:
    """Whether two answers differ in their clocks alone, and an age in the later one grew (`45s`, `2m10s`)."""
    if before == now or not before or len(now) > AGED_MAX or normalised(before) != normalised(now):
        return False
    a, b = _ages(before), _ages(now)
    return len(a) == len(b) and any(y > x for x, y in zip(a, b, strict=True))


def _ages(text: str) -> list[int]:
    found = (m.groups(default="0") for m in AGE.finditer(text) if m[0])
    return [86_400 * int(d) + 3600 * int(h) + 60 * int(m) + int(s) for d, h, m, s in found]


def squeezed(text: str) -> str:
    """An argument's text with its white space squeezed; one too long to read stays as it is."""
    return " ".join(text.split()) if len(text) <= TEXT_KEPT else text


_encode = msgspec.json.Encoder(order="sorted").encode
_encode_odd = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_decode = msgspec.json.Decoder().decode
_decode_odd = json.JSONDecoder().decode


def parsed(arguments: str) -> Any:
    """The arguments as a value; text that is not JSON stays text."""
    try:
        return _decode(arguments)
    except (ValueError, RecursionError):  # NaN and halves of surrogates are no JSON, and are sent all the same
        try:
            return _decode_odd(arguments)
        except (ValueError, RecursionError):
            return arguments


def _form(value: Any) -> Any:
    """Canonical form of a call's arguments: sorted keys, no bookkeeping, white space squeezed."""
    form = _canonical(value)
    if not form and value:  # nothing but what is usually beside the point (a tool to think with): then it is the point
        return value
    return form


def _canonical(value: Any) -> Any:
    if isinstance(value, str):
        return squeezed(value)
    if isinstance(value, dict):
        return {
            k: squeezed(v) if type(v) is str else v if type(v) is int else _canonical(v)
            for k, v in value.items()
            if v is not None and k.lower() not in BOOKKEEPING
        }
    if isinstance(value, list):
        return [_canonical(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def signature(tool: str, arguments: str, defaults: Mapping[str, Any] | None = None) -> int:
    """Name of a call: same tool, same meaning of the arguments; `defaults` (from the schema) are left out."""
    return signature_of(tool, arguments, parsed(arguments), defaults)


def signature_of(tool: str, arguments: str, value: Any, defaults: Mapping[str, Any] | None = None) -> int:
    """`signature` of arguments that were parsed already."""
    if value is arguments:
        return name_of(f"{tool}\0{squeezed(arguments)}")
    form = _form(value)
    if defaults and isinstance(form, dict):
        form = {k: v for k, v in form.items() if k not in defaults or _canonical(defaults[k]) != v}
    return _name_of(tool.encode("utf-8", "surrogatepass") + b"\0" + _bytes_of(form))


def _bytes_of(form: Any) -> bytes:
    try:
        return _encode(form)
    except (ValueError, OverflowError, RecursionError):  # halves of surrogates, whole numbers past 64 bits
        return _encode_odd(form).encode("utf-8", "surrogatepass")


def result_fingerprint(content: str) -> int:
    """Name of a result without its volatile parts; the length beyond what is read counts too."""
    return fingerprint_of(content, normalised(content))


def fingerprint_of(content: str, normal: str) -> int:
    """`result_fingerprint` of a result that was normalised already."""
    return name_of(f"{normal}\0{len(content)}" if len(content) > TEXT_KEPT else normal)


def error_name(content: str, own: Sequence[str] = ()) -> int:
    """Name of an error: its first line without numbers, quoted names, volatile parts and the call's `own` texts."""
    line = next((x for x in content.splitlines() if x.strip()), "")[:400]
    for text in own:
        line = line.replace(text, "~")
    return name_of(re.sub(r"'[^']*'|\"[^\"]*\"|\b[0-9a-f]*\d[0-9a-f]*\b|\d+|/[\w./-]+", "~", normalised(line)))


def failure_name(normal: str) -> int:
    """Name of a whole (normalised) failure; where in a file it stands does not count, figures do."""
    return name_of(PLACE.sub("~", normal))


def own_texts(tool: str, value: Any) -> list[str]:
    """What an error or a page may merely hand back of a call: its tool's name and its texts, the longest first."""
    texts = [v for v in value.values() if isinstance(v, str)] if isinstance(value, dict) else []
    return sorted((t for t in (*texts[:12], tool) if 3 <= len(t) <= 200), key=len, reverse=True)
