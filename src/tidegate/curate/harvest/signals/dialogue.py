# ruff: noqa: E501 (patterns and tables read better whole)
"""A conversation as the detectors read it: turns, plain words, content stems, values; nothing is guessed here.

Whatever a client may send is read: missing fields, nulls, parts, tool results of 50 MB (their
head and tail are enough), calls without results and results without calls.  Chat English is
brought to one spelling first ("thats" and "that's", "u" and "you"), so that cues are written once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import msgspec

TEXT_MAX = 20_000  # characters of one message that the detectors read; longer ones keep head and tail


class Turn:
    """One message of a conversation: its place, role, text, tool calls and what a tool answered."""

    def __init__(self, index: int, role: str, text: str, calls: tuple[tuple[str, str, str], ...] = (),
                 result_of: str | None = None, is_error: bool = False, finish: str | None = None,
                 edited: bool = False, opaque: bool = False, tokens_max: int | None = None) -> None:  # fmt: skip
        self.index, self.role, self.text = index, role, text
        self.calls = calls  # (call id, name, arguments)
        self.result_of, self.is_error, self.finish = result_of, is_error, finish
        self.edited, self.opaque = edited, opaque
        self.tokens_max = tokens_max  # an answer's limit that its call asked for itself

    @cached_property
    def plain(self) -> str:
        """Own words only, in one spelling: quotes, code and pasted text taken out."""
        return plain(without_quotes(self.text))

    @cached_property
    def plain_all(self) -> str:
        """Everything said, quotes and code too, in one spelling."""
        return plain(self.text)

    @cached_property
    def words(self) -> list[str]:
        """The plain words in order."""
        return WORD.findall(self.plain)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content stems."""
        return content_stems(self.plain)


def read_turns(messages: Any) -> list[Turn]:
    """Turns of a list of chat messages, as far as they can be read; the index is the place in the list."""
    turns = []
    for i, m in enumerate(messages if isinstance(messages, list | tuple) else ()):
        if not isinstance(m, Mapping):
            continue
        role = str(m.get("role") or "").lower()
        role = {"human": "user", "customer": "user", "ai": "assistant", "bot": "assistant", "model": "assistant",
                "agent": "assistant", "function": "tool", "developer": "system"}.get(role, role)  # fmt: skip
        text, calls, opaque, result_of = _content(m)
        finish = m.get("finish_reason") or m.get("stop_reason")
        if result_of is not None and not text and role == "user":
            role = "tool"
        turns.append(Turn(
            i, role, shorten(text), calls, str(m.get("tool_call_id") or result_of or "") if role == "tool" else None,
            bool(m.get("is_error")) or m.get("status") == "error", finish if isinstance(finish, str) else None,
            bool(m.get("edited") or m.get("edited_at") or (isinstance(m.get("metadata"), Mapping) and m["metadata"].get("edited"))),
            opaque, m.get("max_tokens") if type(m.get("max_tokens")) is int else None,
        ))  # fmt: skip
    return turns


def _content(m: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, str, str], ...], bool, str | None]:
    content = m.get("content", m.get("text"))
    texts: list[str] = []
    calls: list[tuple[str, str, str]] = []
    opaque, result_of = False, None
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, Mapping):
            if isinstance(part.get("text"), str):
                texts.append(part["text"])
            elif part.get("type") == "tool_use":
                calls.append((str(part.get("id", "")), str(part.get("name", "")), _json(part.get("input"))))
            elif part.get("type") == "tool_result":
                result_of = str(part.get("tool_use_id", ""))
                texts.append(_content({"content": part.get("content")})[0])
            elif part.get("type") == "refusal":
                texts.append(str(part.get("refusal", "")))
            else:
                opaque = True
        elif part is not None:
            texts.append(str(part))
    raw = m.get("tool_calls")
    for call in raw if isinstance(raw, list) else []:
        if isinstance(call, Mapping):
            inner = call.get("function")
            f: Mapping[str, Any] = inner if isinstance(inner, Mapping) else call
            calls.append((str(call.get("id", "")), str(f.get("name", "")), _json(f.get("arguments", f.get("args")))))
    legacy = m.get("function_call")
    if isinstance(legacy, Mapping):
        calls.append(("", str(legacy.get("name", "")), _json(legacy.get("arguments"))))
    if isinstance(m.get("refusal"), str):
        texts.append(m["refusal"])
    return "\n".join(t for t in texts if t), tuple(calls), opaque, result_of


def _json(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value, order="sorted").decode()
    except (TypeError, ValueError):
        return repr(value)


def shorten(text: str, limit: int = TEXT_MAX) -> str:
    """Head and tail of a text that is longer than anybody reads."""
    return text if len(text) <= limit else text[: limit // 2] + "\n…\n" + text[-limit // 2 :]


# --- words -----------------------------------------------------------------------------------------

WORD = re.compile(r"\w+(?:[.,:]\d+)*", re.UNICODE)
_QUOTED = re.compile(
    r"```.*?(?:```|$)|`[^`\n]{1,400}`|“[^”]{12,4000}”|(?<!\w)\"[^\"]{12,4000}\"|(?:^|\n)[ \t]*>[^\n]*|«[^»]{12,4000}»"
    r"|(?<!\w)'[^'\n]{25,4000}'(?!\w)",
    re.S,
)
_SHORT_QUOTED = re.compile(r"(?<!\w)[\"“][^\"”\n]{1,40}[\"”]|(?<!\w)'[^'\n]{2,24}'(?!\w)")
_PASTED = re.compile(
    r"(?:^|\n)\s*\[(?:paste|pasted|log|attachment)[^\]\n]*\][^\n]*|(?:^|\n)\s*(?:from|subject|sent|to|on .{3,40} wrote):[^\n]*"
    r"|(?:this|the|following|customer'?s?|client'?s?|boss'?s?|his|her|their|an? \w+) (?:e-?mail|message|review|complaint|text|letter|comment|tweet|post|note|feedback|reply|ticket|paragraph|sentence|transcript)[^.:\n]{0,40}:.*"
    r"|\b(?:proofread|translate|rewrite|rephrase|paraphrase|summari[sz]e|edit|correct|reply to|answer|respond to|classify|analy[sz]e)\b[^:\n]{0,60}:.*",
    re.S | re.I,
)


def quoted(text: str) -> frozenset[str]:
    """What stands in quotation marks, as it would be compared."""
    return frozenset(q.strip("\"“”'` \n").lower() for q in (*_QUOTED.findall(text), *_SHORT_QUOTED.findall(text)))


def without_quotes(text: str) -> str:
    """The speaker's own words: code, block quotes, long quotations and pasted messages taken out."""
    return _PASTED.sub(" ", _QUOTED.sub(" ", text)) if text else ""


_CHAT = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks", "ty": "thanks",
    "tysm": "thanks", "nvm": "never mind", "nevermind": "never mind", "wtf": "what the hell", "wtff": "what the hell", "wth": "what the hell", "omg": "oh my god",
    "smh": "shaking my head", "idk": "i dont know", "tho": "though", "cuz": "because", "bc": "because", "wanna": "want to",
    "gonna": "going to", "gotta": "have to", "lemme": "let me", "gimme": "give me", "dunno": "dont know", "wat": "what",
    "wut": "what", "thnx": "thanks", "tnx": "thanks", "cheers": "thanks", "yep": "yes", "yup": "yes", "yeah": "yes", "nope": "no",
    "nah": "no", "noo": "no", "yess": "yes", "naw": "no", "k": "ok", "okay": "ok", "kk": "ok", "ive": "i have", "youve": "you have", "theyre": "they are", "youre": "you are",
    "im": "i am", "ill": "i will", "id": "i would", "thats": "that is", "thts": "that is", "whats": "what is", "its": "it is", "hes": "he is",
    "shes": "she is", "wheres": "where is", "hows": "how is", "isnt": "is not", "arent": "are not", "wasnt": "was not",
    "werent": "were not", "dont": "do not", "doesnt": "does not", "dosent": "does not", "didnt": "did not", "cant": "can not", "cannot": "can not",
    "couldnt": "could not", "wont": "will not", "wouldnt": "would not", "shouldnt": "should not", "hasnt": "has not",
    "havent": "have not", "hadnt": "had not", "aint": "is not", "teh": "the", "waht": "what", "wrnog": "wrong", "worng": "wrong", "alrdy": "already",
    "allready": "already", "agian": "again", "wnat": "want", "meen": "mean", "ment": "meant", "realy": "really", "ffs": "for fucks sake",
    "lets": "let us", "didn": "did not", "thers": "there is", "theres": "there is", "weve": "we have", "youll": "you will", "itll": "it will",
    "asap": "as soon as possible", "srsly": "seriously", "rly": "really", "prolly": "probably", "yall": "you", "recieved": "received",
}  # fmt: skip
_APOSTROPHE = re.compile(r"(?<=\w)['’´`](?=\w)")
_ELONGATED = re.compile(r"(.)\1{2,}")
_TOKEN = re.compile(r"[^\W_]+(?:[.,:]\d+)*|[^\w\s]|_", re.UNICODE)


def plain(text: str) -> str:
    """One spelling: lower case, no apostrophes, contractions spelled out, chat words as words, letters not drawn out."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _APOSTROPHE.sub("", text)
    text = _ELONGATED.sub(r"\1\1", text)
    return " ".join(_CHAT.get(t, t) for t in _TOKEN.findall(text))


SMALL_WORDS = frozenset(" ".join((
    "a an the this that these those it its he she they them his her their i you we me my mine your yours",
    "our us is are was were be been being am do does did done doing have has had having will would can",
    "could shall should may might must of to in on at by for from with without about into over under as",
    "than then so if or and but not no yes ok please thanks thank hi hello hey just also too very really",
    "there here what which who whom whose when where why how any some all each more most much many few",
    "other another same such only own again still now get got want wanted need needs like know let make",
    "made go going come say said tell told ask asked asking mean meant actually well oh ah hmm lol though",
    "because while after before up down out off one ones thing things way able ll ve re s t d m mind",
    "never else even ever right sure sorry help give show find i'm question answer trying try looking",
    "look see use using work works",
)).split())  # fmt: skip
_SUFFIXES = (
    "ations", "ation", "ingly", "ments", "ment", "ness", "ings", "ing", "edly", "ies", "ied", "ers", "able", "ible", "ed", "er", "es", "ly", "al", "s",
)  # fmt: skip
_SYNONYMS = {
    word: group[0]
    for group in (
        ("pet", "dog", "cat", "animal", "puppy", "kitten"), ("refund", "reimburse", "money", "repay"), ("cancel", "terminate", "unsubscribe", "stop"),
        ("ship", "deliver", "delivery", "shipping", "shipment", "parcel", "package", "courier"), ("price", "cost", "fee", "charge", "pay", "payment", "expensive", "cheap", "much"),
        ("buy", "purchase", "order"), ("login", "log", "signin", "sign", "access"), ("delete", "remove", "erase", "drop"), ("error", "fail", "crash", "bug", "issue", "problem", "broken"),
        ("begin", "start", "commence"), ("end", "finish", "stop"), ("doctor", "physician", "gp", "hospital"), ("car", "vehicle", "auto"), ("house", "home", "apartment", "flat"),
        ("petrol", "gas", "fuel"), ("phone", "telephone", "mobile", "cell"), ("picture", "photo", "image"), ("fast", "quick", "speed", "rapid"), ("fix", "repair", "solve", "resolve"),
        ("allow", "permitted"), ("include", "cover", "contain"), ("employee", "worker", "staff"), ("baby", "infant", "newborn", "child", "kid"), ("movie", "film"),
        ("invoice", "bill", "receipt"), ("export", "download", "save"), ("declin", "reject", "refuse"), ("difference", "differ", "distinguish", "versus", "vs"), ("holiday", "vacation", "leave"),
        ("row", "index", "line"), ("rent", "lease", "tenancy"), ("flight", "fly", "plane"), ("card", "visa", "mastercard"), ("quit", "resign"), ("lawyer", "attorney"), ("shop", "store"),
        ("open", "hour"), ("method", "function"), ("return", "send back"), ("change", "modify", "update", "edit"), ("lost", "missing", "disappear"), ("wage", "salary", "pay"),
        ("medicine", "medication", "drug", "pill", "tablet"), ("appointment", "booking", "reservation"), ("luggage", "baggage", "suitcase", "bag"), ("warm", "hot"), ("illness", "disease", "sick"),
    )
    for word in group
}  # fmt: skip


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A crude stem: English endings off, then one word for a few everyday synonyms."""
    if word in _SYNONYMS:
        return _SYNONYMS[word]
    base = word
    for _ in range(0 if word[-1:].isdigit() else 2):
        suffix = next((x for x in _SUFFIXES if base.endswith(x) and len(base) - len(x) >= 3), None)
        if suffix is None:
            break
        base = base[: -len(suffix)]
        if suffix in ("ies", "ied"):
            base += "y"
        elif len(base) > 3 and base[-1] == base[-2] and base[-1] not in "sl":
            base = base[:-1]
        if base in _SYNONYMS or base + "e" in _SYNONYMS:
            break
    if base.endswith("e") and len(base) > 3:
        base = base[:-1]
    return _SYNONYMS.get(base, _SYNONYMS.get(base + "e", base))


@lru_cache(maxsize=4096)
def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that carry content, of a text already in plain spelling."""
    return frozenset(stem(w) for w in WORD.findall(text) if w not in SMALL_WORDS and (len(w) > 1 or w.isdigit()))


_SENTENCE = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[^a-z\s])|\n+|;\s+")


def sentences(text: str) -> list[str]:
    """Sentences of a text: by end marks, line breaks and semicolons."""
    return [s.strip() for s in _SENTENCE.split(text) if s and s.strip()]


_VALUE = re.compile(
    r"(?<![\w.])(?:[$€£¥]\s?)?\d[\d,]*(?:\.\d+)?(?::\d\d)?(?:\s?%|(?:st|nd|rd|th)\b|\s?(?:am|pm)\b)?(?!\w)", re.I
)


_NUMBER_WORDS = {
    w: str(i)
    for i, w in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
}


def values(text: str) -> frozenset[str]:
    """Numbers, amounts and clock times as they would be compared: no separators, no currency, no trailing zeros."""
    out = {_NUMBER_WORDS[w] for w in re.findall(r"[a-z]+", text.lower()) if w in _NUMBER_WORDS}
    for found in _VALUE.findall(text):
        v = re.sub(r"[\s,$€£¥]|st$|nd$|rd$|th$", "", found.lower())
        out.add(re.sub(r"\.0+$|(?<=\.\d)0+$", "", v))
    return frozenset(out)


@lru_cache(maxsize=4096)
def mostly_latin(text: str) -> bool:
    """Whether at least half of a text's letters are Latin; true of a text without letters."""
    letters = [ch for ch in text[:4000] if ch.isalpha()]
    latin = sum(ch.isascii() or "LATIN" in unicodedata.name(ch, "") for ch in letters)
    return latin >= 0.5 * len(letters)


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared stems over those of the smaller set; 0 where one has none."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def jaccard(a: Sequence[str] | frozenset[str], b: Sequence[str] | frozenset[str]) -> float:
    """Shared over all."""
    x, y = frozenset(a), frozenset(b)
    return len(x & y) / len(x | y) if x or y else 1.0
