# ruff: noqa: E501 (patterns and tables read better whole)
"""Takes secrets and personal data out of a conversation before anything is written, the same value always by the same name.

`[EMAIL_1]` stands for one address wherever it occurs, in text, in a tool's arguments, in the
expectation: what depends on two things being the same still does, so the case still fails.
What arithmetic can prove (cards, IBANs, national numbers) is proved; secrets go by the shapes in
`spine/sensitive`, the rest by form and by the words beside it.  Order numbers, amounts, dates of
travel and product names stay.  `leftover` looks again at what was written: a case with a rest is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tidegate.curate.harvest.scrubbing.find import PLACEHOLDER, find
from tidegate.spine.sensitive.checksums import CHECKS

# --- the scrubber ------------------------------------------------------------------------------------

_PRIVATE_KEYS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:first|last|middle|full|given|family|sur|maiden|display|holder|card_?holder|customer|patient|passenger|guest|contact|recipient|employee|client|member|account_?holder|beneficiary|owner|sender|billing|shipping|person|legal)_?name|surname|nachname|vorname", re.I), "NAME"),
    (re.compile(r"e_?-?mail(?:_?address)?|email_?id", re.I), "EMAIL"), (re.compile(r"(?:phone|mobile|cell|telephone|tel|fax|whatsapp)(?:_?(?:number|no))?|(?:home|work|contact)_?phone", re.I), "PHONE"),
    (re.compile(r"(?:street|address|addr)(?:_?(?:line)?_?\d?)?|(?:home|billing|shipping|delivery|postal|mailing)_?address|street_?address", re.I), "ADDRESS"),
    (re.compile(r"zip(?:_?code)?|post_?code|postal_?code", re.I), "POSTCODE"), (re.compile(r"dob|date_?of_?birth|birth_?date|birthday", re.I), "BIRTH_DATE"),
    (re.compile(r"ssn|social_?security(?:_?number)?|passport(?:_?(?:number|no))?|national_?id|tax_?id|driver_?s?_?licen[cs]e(?:_?(?:number|no))?|mrn|licen[cs]e_?plate", re.I), "ID_NUMBER"),
    (re.compile(r"password|passwd|pwd|secret|token|api_?key|access_?token|refresh_?token|client_?secret|private_?key|pin|otp|cvv|cvc|session_?(?:id|token)|authorization|cookie", re.I), "SECRET"),
    (re.compile(r"iban", re.I), "IBAN"), (re.compile(r"(?:card|cc|credit_?card|pan)_?(?:number|no)", re.I), "CARD"), (re.compile(r"(?:bank_?)?account_?(?:number|no)|routing_?number|sort_?code", re.I), "ACCOUNT"),
    (re.compile(r"ip(?:_?address)?|client_?ip|remote_?addr", re.I), "IP"), (re.compile(r"user_?name|login", re.I), "USERNAME"),
)  # fmt: skip
_STRUCTURE = frozenset(
    {"role", "type", "tool_call_id", "call_id", "tool_use_id", "finish_reason", "stop_reason", "model", "object"}
)


class Scrubber:
    """One conversation's memory of what stands for what; use one scrubber for all parts of a case."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}  # placeholder by normalised value
        self.counts: dict[str, int] = {}
        self.words: dict[str, str] = {}  # single words of a person's name → placeholder
        self.found: dict[str, int] = {}  # how often each kind was taken out

    def placeholder(self, value: str, kind: str) -> str:
        """The name that stands for a value, the same for the same value however it is written."""
        key = f"{kind}:{_normal(value, kind)}"
        if key not in self.names:
            if kind == "NAME":
                known = next((self.words[w] for w in _name_words(value) if w in self.words), None)
                if known is not None:
                    self.names[key] = known
                    self._learn(value, known)
                    return known
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.names[key] = f"[{kind}_{self.counts[kind]}]"
            if kind == "NAME":
                self._learn(value, self.names[key])
        return self.names[key]

    def _learn(self, value: str, name: str) -> None:
        for word in _name_words(value):
            self.words.setdefault(word, name)

    def text(self, text: str) -> str:
        """A text with everything that may not be kept replaced."""
        out, at = [], 0
        for span in find(text):
            self.found[span.kind] = self.found.get(span.kind, 0) + 1
            out += [text[at : span.start], self.placeholder(text[span.start : span.end], span.kind)]
            at = span.end
        return self._known(self._known_values("".join([*out, text[at:]])))

    def _known_values(self, text: str) -> str:
        """Values known from elsewhere in the case (a number first named as a phone, then repeated bare)."""
        for key, name in self.names.items():
            family, _, value = key.partition(":")
            if family != "NAME" and len(value) >= 6 and value in text.lower():
                text = re.sub(rf"(?<![\w]){re.escape(value)}(?![\w])", name, text, flags=re.I)
        return text

    def _known(self, text: str) -> str:
        """Names learned anywhere in the case, also alone, in small letters inside handles, or as possessives."""
        for word, name in self.words.items():
            if len(word) < 2 or word not in text.lower():
                continue
            loose = word not in _COMMON_SURNAMES
            if len(word) < 3:
                text = re.sub(rf"(?<=\]_){word}(?=_|\b)", name, text)
                continue
            text = _replace_word(text, word, name, loose)
        return text

    def value(self, value: Any, key: str = "") -> Any:
        """A JSON value scrubbed leaf by leaf; a leaf under a private key goes whole."""
        if isinstance(value, str):
            kind = private_key(key)
            if kind and value.strip() and not PLACEHOLDER.fullmatch(value.strip()) and not _is_flag(value):
                self.found[kind] = self.found.get(kind, 0) + 1
                return self.placeholder(value, kind)
            return self.text(value)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float) and private_key(key) in (
            "PHONE",
            "ID_NUMBER",
            "SECRET",
            "CARD",
            "ACCOUNT",
            "POSTCODE",
        ):
            return self.placeholder(str(value), private_key(key))
        if isinstance(value, int) and 10**11 < value < 10**19 and CHECKS["payment-card"](str(value)):
            return self.placeholder(str(value), "CARD")
        if isinstance(value, Mapping):
            person = _is_person(value)
            return {
                k: self.value(v, "full_name" if person and str(k).lower() == "name" else str(k))
                for k, v in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(v, key) for v in value]
        return value

    def json_text(self, text: str) -> str:
        """Text that may be JSON: scrubbed leaf by leaf where it is, as text where it is not."""
        stripped = text.lstrip()
        if stripped[:1] in "{[":
            try:
                value = msgspec.json.decode(text.encode("utf-8", "replace"))
            except (msgspec.DecodeError, RecursionError):
                return self.text(text)
            clean = self.value(value)
            return text if clean == value else msgspec.json.encode(clean).decode()
        return self.text(text)

    def messages(self, messages: Iterable[Any]) -> list[Any]:
        """Chat messages: contents, arguments and results; roles, call ids and tool names stay.

        Two passes: a name that is introduced late is known from the first message on.
        """
        listed = list(messages)
        for m in listed:
            self.message(m)
        self.found = {}
        return [self.message(m) for m in listed]

    def message(self, message: Any) -> Any:
        """One chat message."""
        if not isinstance(message, Mapping):
            return self.value(message)
        out: dict[str, Any] = {}
        for key, value in message.items():
            if (
                key in _STRUCTURE
                or (key == "id" and isinstance(value, str))
                or (key == "name" and message.get("role") in ("tool", "function", "assistant", "system"))
            ):
                out[key] = value
            elif key == "content" and isinstance(value, str):
                out[key] = self.json_text(value)
            elif key == "tool_calls" and isinstance(value, list):
                out[key] = [self._call(c) for c in value]
            elif key == "function_call" and isinstance(value, Mapping):
                out[key] = self._call({"function": value})["function"]
            elif isinstance(value, list) and key == "content":
                out[key] = [self.message(p) if isinstance(p, Mapping) else self.value(p) for p in value]
            else:
                out[key] = self.value(value, str(key))
        return out

    def _call(self, call: Any) -> Any:
        if not isinstance(call, Mapping):
            return self.value(call)
        out = dict(call)
        for place in ("function", "custom"):
            if isinstance(out.get(place), Mapping):
                inner = dict(out[place])
                for field in ("arguments", "input"):
                    if isinstance(inner.get(field), str):
                        inner[field] = self.json_text(inner[field])
                    elif field in inner:
                        inner[field] = self.value(inner[field])
                out[place] = inner
        for field in ("arguments", "args", "input"):
            if field in out:
                out[field] = self.json_text(out[field]) if isinstance(out[field], str) else self.value(out[field])
        return out


def _replace_word(text: str, word: str, name: str, loose: bool) -> str:
    def put(m: re.Match[str]) -> str:
        return name if m.group(0)[0].isupper() or (loose and _in_handle(m)) else m.group(0)

    return re.sub(rf"(?<![A-Za-z\[]){re.escape(word)}(?![A-Za-z])", put, text, flags=re.I)


def private_key(key: str) -> str:
    """The kind of what stands under a key whose name says that it is personal or secret, or nothing."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).replace("-", "_").replace(" ", "_")
    return next((kind for pattern, kind in _PRIVATE_KEYS if pattern.fullmatch(snake)), "")


def _is_person(value: Mapping[Any, Any]) -> bool:
    keys = {str(k).lower() for k in value}
    return "name" in keys and bool(
        keys
        & {
            "email",
            "phone",
            "dob",
            "date_of_birth",
            "ssn",
            "age",
            "address",
            "gender",
            "last_name",
            "birthday",
            "mobile",
        }
    )


def _is_flag(value: str) -> bool:
    return value.strip().lower() in (
        "true",
        "false",
        "yes",
        "no",
        "none",
        "null",
        "n/a",
        "unknown",
        "string",
        "required",
        "optional",
        "missing",
        "invalid",
    )


_COMMON_SURNAMES = frozenset(
    [
        "lee",
        "may",
        "long",
        "young",
        "white",
        "black",
        "brown",
        "green",
        "king",
        "hill",
        "stone",
        "field",
        "park",
        "day",
        "rice",
        "wood",
        "banks",
        "bush",
        "price",
        "fox",
        "bell",
        "best",
        "cook",
        "page",
        "ford",
        "baker",
        "hunter",
        "carter",
        "mason",
    ]
)


def _in_handle(m: re.Match[str]) -> bool:
    text, s, e = m.string, m.start(), m.end()
    return (s > 0 and text[s - 1] in "_.-@/") or (
        e < len(text) and text[e] in "_-@" and e + 1 < len(text) and text[e + 1].isalnum()
    )


def _normal(value: str, kind: str) -> str:
    text = value.strip().lower()
    if kind in ("PHONE", "CARD", "IBAN", "SSN", "ID_NUMBER", "ACCOUNT"):
        return re.sub(r"[^0-9a-z]", "", text)
    if kind in ("NAME", "ADDRESS"):
        return re.sub(r"\s+", " ", re.sub(r"^(?:mr|mrs|ms|miss|dr|prof)\.?\s+", "", text))
    return text


def _name_words(value: str) -> list[str]:
    return [
        w
        for w in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", value.lower())
        if len(w) > 1
        and w
        not in (
            "mr",
            "mrs",
            "ms",
            "dr",
            "prof",
            "miss",
            "de",
            "van",
            "von",
            "der",
            "den",
            "la",
            "del",
            "da",
            "di",
            "bin",
            "al",
            "el",
            "and",
        )
    ]


def leftover(value: Any) -> list[str]:
    """Kinds of what would still have to go from something written: empty for a clean case."""
    if isinstance(value, str):
        return [s.kind for s in find(value)]
    if isinstance(value, Mapping):
        return [kind for v in value.values() for kind in leftover(v)]
    if isinstance(value, list | tuple):
        return [kind for v in value for kind in leftover(v)]
    return []
