# ruff: noqa: E501 (patterns and tables read better whole)
"""What the user asked for, in the user's own words: values they name, tools they plan, how many they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from tidegate.check.constraints.auditing.inflection import lemmas
from tidegate.check.constraints.calls.values import canonical, words
from tidegate.check.constraints.streaming.canonical import fold_all

STOP = frozenset(["the", "a", "an", "and", "or", "of", "to", "in", "on", "at", "for", "with", "from", "by", "is", "are", "was", "be", "it", "this", "that", "my", "me", "i", "you", "your", "please", "new", "re", "fw", "fwd"])  # fmt: skip
_MOST = re.compile(r"\b(?:largest|biggest|most|highest|longest|latest|newest|maximum|max|heaviest|greatest)\b", re.I)
_LEAST = re.compile(
    r"\b(?:smallest|least|fewest|lowest|shortest|oldest|earliest|minimum|min|cheapest|lightest)\b", re.I
)
_EVERY = re.compile(
    r"\b(?:each|every|all)\s+(?:of\s+)?(?:the\s+|our\s+|my\s+)?(?:\w+\s+)?(?:users?|members?|persons?|people|employees?|participants?|colleagues?|customers?|recipients?|guests?|contacts?)\b",
    re.I,
)


class Asked:
    """The user's words so far."""

    def __init__(self) -> None:
        self.request = ""
        self.request_words: set[str] = set()

    def user(self, text: str) -> None:
        """More of the user's own words."""
        self.request += "\n" + text
        self.request_words |= set(words(text))

    def named(self, value: Any) -> bool:
        """Whether the user's own words hold the value, as whole words."""
        text = canonical(value)
        if not text:
            return True
        request = canonical(self.request)
        if text.isdigit() and len(text) < 4:  # a list's "1." names nothing
            return bool(
                re.search(
                    rf"(?:\bid|\bids|number|\bno\.?|#|file|event|order|row|ticket)\s*[\"'(:=]*\s*{text}(?!\w|\.\d)|[\"']{text}[\"']",
                    request,
                )
            )
        spoken = re.sub(r"\s+", " ", fold_all(self.request))
        if re.search(
            rf"(?<![\w@])(?i:{re.escape(text)})(?!\w|@|\.[a-z0-9])", spoken
        ):  # "example.com.They": a new sentence
            return True
        return text.replace(".", "", 1).isdigit() and any(
            canonical(n) == text for n in re.findall(r"\d+(?:\.\d+)?", request)
        )

    def same_case(self, value: str) -> bool:
        """Whether the part of a value in which letter case tells targets apart stands in the user's words as it is.

        That is the path of an address or file, and a code of mixed case; not a mailbox, a host, a name or an IBAN.
        """
        if "@" in value and "/" not in value:
            return True
        place = re.sub(r"^[\w+.-]+://[^/?#]*", "", value) if "://" in value else value
        opaque = (
            re.search(r"[/?#]", place)
            or (re.search(r"\d", place) and _mixed(place))
            or _mixed_named(place, self.request)
        )
        return not opaque or place in self.request

    @property
    def every(self) -> bool:
        """Whether they spoke of each or all of some people."""
        return _EVERY.search(self.request) is not None

    @property
    def extreme(self) -> Callable[..., Any] | None:
        """`max` or `min`, where they asked for the most or the least of something and not for both."""
        most, least = bool(_MOST.search(self.request)), bool(_LEAST.search(self.request))
        return None if most == least else max if most else min

    def asked_word(self, word: str) -> bool:
        """Whether a word, in any form, is among theirs."""
        return word in self.request_words or any(x in self.request_words for x in lemmas(word))

    def planned(self, tool: str, acts: Iterable[str]) -> bool:
        """Whether the user's words ask for this tool: all content words of one of its acts, or of its name."""
        known = set(self.request_words)
        for w in self.request_words:
            known.update(lemmas(w))
        options = [words(a) for a in acts] or [words(tool.replace("_", " "))]
        return any(all(w in known for w in option) for option in options if option)


def _mixed(text: str) -> bool:
    return text != text.lower() and text != text.upper()


def _mixed_named(text: str, request: str) -> bool:
    """Whether the user wrote it as one word of digits and letters in both cases: a code."""
    found = re.search(rf"(?i:{re.escape(text)})", request) if text.isalnum() and not text.isalpha() else None
    return found is not None and _mixed(found.group())
