"""The gist of a step: what it asked about and what it was told, so that near repeats can be seen.

Arguments are read by what they are.  *Entities* (ids, paths, names, numbers) say which thing a call
is about: two calls about different things are different work, however alike.  *Words* (queries,
texts, code) can say the same in another way.  *Positions and sizes* (page, offset, limit) only
choose a part.  A token set is one whole number, a bit a token: likeness is two bit counts.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from struct import pack
from typing import Any
from zlib import crc32

from tidegate.admit.toolguard import fingerprint
from tidegate.admit.toolguard.model import Gist

BITS = 511  # a token sets one of 512 bits
NINE = 57  # the last digit: no other token begins with a byte up to it
TOKENS_MAX = 128
LINES_MAX = 200
LINES_MIN = 5
NOTHING = 1  # the answer's name where nothing was found

POSITION_KEYS = frozenset(["page", "coordinate", "coordinates", "offset", "cursor", "start", "end", "begin", "from", "to_line", "from_line", "line", "lines", "start_line", "end_line", "skip", "after", "before", "next", "next_token", "page_token", "continue_token", "continuation", "token", "position", "index", "start_index", "from_index", "view_range", "range", "window", "row", "rows", "limit", "top_k", "topk", "k", "n", "num", "count", "size", "page_size", "per_page", "max_results", "maxresults", "num_results", "max_tokens", "max_length", "timeout", "timeout_ms", "timeout_s", "depth", "verbose", "format", "sort", "sort_by", "order", "order_by", "include_metadata", "temperature", "context_lines", "force", "strict", "debug", "dry_run", "detailed", "full", "refresh", "no_cache", "retries", "threshold", "min_score"])  # fmt: skip  # noqa: E501
QUERY_KEYS = frozenset(["q", "query", "queries", "question", "search", "search_query", "search_term", "term", "terms", "keyword", "keywords", "pattern", "regex", "phrase", "text", "input", "prompt", "expression", "words", "topic", "filter", "content", "code", "script", "command", "cmd", "sql", "body", "subject", "message", "description", "thought", "plan", "note", "new_str", "old_str", "new_content", "patch", "diff", "draft", "answer", "summary"])  # fmt: skip  # noqa: E501
COMMAND_KEYS = frozenset(["command", "cmd", "script", "code", "shell", "bash"])
HAND_OFF = re.compile(
    r"^(?:\w+[._-])?(?:(?:transfer|hand_?off|delegate|escalate|route|switch|assign)(?:_?to(?:_|$)|$)|hand_?off_)", re.I
)
STOPWORDS = frozenset(["a", "an", "the", "of", "for", "to", "in", "on", "at", "by", "with", "and", "or", "is", "are", "was", "be", "been", "it", "its", "this", "that", "these", "those", "i", "me", "my", "we", "our", "you", "your", "s", "please", "now", "again", "what", "how", "which", "about", "from", "as", "do", "does", "did", "can", "could", "would", "should", "will", "there", "here", "into", "not", "no", "info", "details", "find", "search", "show", "give", "tell", "get"])  # fmt: skip  # noqa: E501
BIT = tuple(1 << i for i in range(512))
SEPARATORS = bytes(c if c >= 128 or chr(c).isalnum() or chr(c) in "_'.," else 32 for c in range(256))
PIECES_MAX = 128
TOKEN = re.compile(rb"[a-z_][a-z_']*|\d+(?:[.,]\d+)*|[\x80-\xff]+")  # in lower-case UTF-8
WORD = re.compile(r"[A-Za-z_][A-Za-z_']*|\d+(?:[.,]\d+)*|[^\x00-\x7f]+")
HANDLE = re.compile(r"\[(?:ref=)?[a-z]?\d+\]")  # of an element on a page: another one each time it is drawn
CODE = re.compile(r"\w\(|[=;{}<>]|\b(?:SELECT|INSERT|UPDATE|DELETE)\b", re.I)
ALIKE_CODE = 0.97
LONG_TEXT = re.compile(r'"((?:[^"\\]|\\.){24,})"')
INFORMS = 8  # tokens from which an answer tells something
TEXTS_MIN, TEXTS_COUNT_MIN = 120, 3
ARITHMETIC = re.compile(r"[\d.,]+(?:[-+*/=()]+[\d.,]+)+")
LONG_FLOAT = re.compile(rb"^\d+\.\d{3,}$")


def token_set(tokens: Iterable[bytes]) -> int:
    """Tokens as one number: bit crc32(token) mod 512 is set."""
    bits = 0
    for token in tokens:
        bits |= BIT[crc32(token) & BITS]
    return bits


@lru_cache(maxsize=512)
def bits_of(crcs: bytes) -> int:
    """The token set of packed checksums; few answers are ever compared, so it is made when it is asked for."""
    bits = 0
    for crc in array("I", crcs):
        bits |= BIT[crc & BITS]
    return bits


def alike(a: int, b: int) -> float:
    """Jaccard's likeness of two token sets, 1 for two empty ones."""
    union = (a | b).bit_count()
    return (a & b).bit_count() / union if union else 1.0


def near(a: Gist, b: Gist) -> bool:
    """Whether b asks the same as a in another way *and* was told the same."""
    if a.tools != b.tools or a.entities != b.entities or a.failed != b.failed:
        return False
    same = a.answer == b.answer
    if a.tools == 0:  # words without tools
        return same and a.positions == b.positions and alike(a.words, b.words) >= 0.75
    size = min(a.size, b.size)
    if not same and (
        size < 12 or a.numbers != b.numbers or alike(a.words, b.words) < 0.5  # the cheap half first
        or alike(bits_of(a.tokens), bits_of(b.tokens)) < 0.85
    ):  # fmt: skip
        return False
    informs = size >= INFORMS
    if a.positions != b.positions and not (informs or a.failed):
        return False  # "ok" for page 1 and page 2 is work done twice on different parts
    if a.code and not informs and not a.failed and a.answer != NOTHING:
        return alike(a.words, b.words) >= ALIKE_CODE
    if a.failed:
        return bool(a.entities) or alike(a.words, b.words) >= 0.4
    if same and size >= 30:
        return True
    return alike(a.words, b.words) >= (0.3 if same and informs else 0.5 if informs or a.answer == NOTHING else 0.65)


def gist_of(calls: Sequence[tuple[str, object]], told: Sequence[str], error: int = 0, empty: bool = False) -> Gist:
    """The gist of calls (tool, parsed arguments) and what they were told (normalised); `error` names the failure
    if all failed.
    """
    entities: list[str] = []
    positions: list[str] = []
    words: list[str] = []
    for tool, arguments in calls:
        if not HAND_OFF.match(tool):  # whom a case is handed to is in the tool's name; why changes nothing
            _read_arguments(arguments, entities, positions, words)
    tokens, numbers = ([], []) if empty or error else _tokens(told[0] if len(told) == 1 else " ".join(told))
    if len(tokens) <= 2 and not numbers:
        tokens = []  # "ok", "done", nothing at all: an acknowledgement
    answer, token_bits, number_name = _answer(tokens, numbers)
    names = calls[0][0] if len(calls) == 1 else "\0".join(sorted(t for t, _ in calls))
    return Gist(
        tools=fingerprint.name_of(names) or 1, entities=_name(entities), positions=_name(positions),
        words=token_set(map(_bytes, words)), code=len(tokens) < INFORMS and any(_is_code(a) for _, a in calls),
        answer=error or (NOTHING if empty else answer),
        tokens=token_bits, numbers=number_name, size=len(tokens), failed=bool(error),
    )  # fmt: skip


def text_gist(said: str, reply: str) -> Gist:
    """The gist of words without calls, and of what was said to them; figures in them are its `positions`."""
    words = [w for piece in said[: fingerprint.TEXT_KEPT].split()[: 2 * TOKENS_MAX] for w in plain_words(piece)]
    told, numbers = _tokens(fingerprint.normalised(reply))
    answer, token_bits, number_name = _answer(told, numbers)
    figures = [w for w in said[: fingerprint.TEXT_KEPT].split()[: 2 * TOKENS_MAX] if _has_digit(w)]
    return Gist(tools=0, entities=0, positions=_name(figures), words=token_set(map(_bytes, words)), code=False,
                answer=answer, tokens=token_bits, numbers=number_name, size=len(told))  # fmt: skip


def _is_code(arguments: object) -> bool:
    """Whether one of the texts that are asked is code: signs of it, or a query language."""
    if not isinstance(arguments, dict):
        return False
    return any(
        isinstance(v, str) and str(k).lower() in QUERY_KEYS and CODE.search(v[:200]) for k, v in arguments.items()
    )


def _name(parts: Sequence[str]) -> int:
    return fingerprint.name_of("\0".join(sorted(parts)) if len(parts) > 1 else parts[0]) if parts else 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def lines_of(content: str) -> tuple[int, ...]:
    """Names of an answer's lines without their line numbers and handles; of a JSON text without lines, its long
    texts.  Empty for short answers.
    """
    if content.count("\n") < LINES_MIN - 1:
        return _texts_of(content) if len(content) >= TEXTS_MIN and content[0] in "[{" else ()
    head = content[: fingerprint.TEXT_KEPT]
    if "[" in head:
        head = HANDLE.sub("", head)
    if fingerprint.LONG_WORD.search(head):
        head = fingerprint.OPAQUE_WORD.sub("", head)
    lines = head.split("\n", LINES_MAX)[:LINES_MAX]
    bare = [line.lstrip(" \t0123456789:|-").rstrip() for line in lines]
    out = tuple(crc32(line.encode("utf-8", "surrogatepass")) for line in bare if len(line) > 3)
    return out if len(out) >= LINES_MIN else ()


def _texts_of(content: str) -> tuple[int, ...]:
    """Names of a JSON text's long strings, where they are most of it: ids and scores around them do not count."""
    texts = LONG_TEXT.findall(content, 0, fingerprint.TEXT_KEPT)[:LINES_MAX]
    if len(texts) < TEXTS_COUNT_MIN or 2 * sum(map(len, texts)) < min(len(content), fingerprint.TEXT_KEPT):
        return ()
    return tuple(crc32(t.encode("utf-8", "surrogatepass")) for t in texts)


def phrases_of(text: str) -> tuple[int, ...]:
    """Names of a text's runs of four words; empty for short texts."""
    words = text[: fingerprint.TEXT_KEPT].lower().split()
    if len(words) < 8:
        return ()
    step = max(1, len(words) // LINES_MAX)
    return tuple(
        crc32(" ".join(words[i : i + 4]).encode("utf-8", "surrogatepass")) for i in range(0, len(words) - 3, step)
    )


def _read_arguments(value: object, entities: list[str], positions: list[str], words: list[str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _read_value(str(key).lower(), inner, entities, positions, words, 0)
    else:
        _read_value("command", value, entities, positions, words, 0)


def _read_value(key: str, value: Any, entities: list[str], positions: list[str], words: list[str], depth: int) -> None:
    if value is None or key in fingerprint.BOOKKEEPING or depth > 6:
        return
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            _read_value(str(inner_key).lower(), inner, entities, positions, words, depth + 1)
    elif isinstance(value, list):
        for inner in value[:64]:
            _read_value(key, inner, entities, positions, words, depth + 1)
    elif key in POSITION_KEYS or isinstance(value, bool):
        positions.append(f"{key}={value}")
    elif isinstance(value, str):
        _read_text(key, value, entities, words)
    else:
        entities.append(f"{key}={value}")


def _read_text(key: str, value: str, entities: list[str], words: list[str]) -> None:
    text = fingerprint.squeezed(value[:4000])
    if key in COMMAND_KEYS:
        for piece in text.split():
            bare = piece.strip("'\"();,")
            if len(bare) > 1 and ("/" in bare or "." in bare or _has_digit(bare)):
                entities.append(_entity(bare))
            else:
                words += plain_words(bare)
        return
    pieces = text.split()
    if len(pieces) == 1 and ARITHMETIC.fullmatch(text) and key in QUERY_KEYS:
        entities += re.split(r"[-+*/=()]+", text)  # a sum in another order is the same sum
        return
    if key not in QUERY_KEYS and len(pieces) < 3:
        entities.append(f"{key}={_entity(text)}")
        return
    few = len(pieces) <= 12
    for piece in pieces[:TOKENS_MAX]:
        if few and _has_digit(piece):
            entities.append(_entity(piece.strip("'\"();,.:!?")))  # a number in a question names a thing
        else:
            words += plain_words(piece)


def _has_digit(piece: str) -> bool:
    return not piece.isalpha() and any(map(str.isdigit, piece))


def _entity(text: str) -> str:
    """A name or path as compared: case, quotes, a leading ./ and a trailing / do not matter."""
    bare = text.strip("'\" ").lower()
    return (bare[2:] if bare.startswith("./") else bare).rstrip("/")


def plain_words(piece: str) -> list[str]:
    """The words of a piece that carry meaning, plurals cut."""
    out = []
    for word in WORD.findall(piece.lower()):
        word = word.strip("'_")
        if word and word not in STOPWORDS:
            out.append(word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word)
    return out


def _tokens(normal: str) -> tuple[list[bytes], list[bytes]]:
    """The tokens of an answer in order, and the numbers among them."""
    pieces = _bytes(normal.lower()).translate(SEPARATORS).split()
    if len(pieces) > 2 * PIECES_MAX:
        pieces = pieces[:PIECES_MAX] + pieces[-PIECES_MAX:]
    found = pieces
    if pieces and not b"".join(pieces).isalpha():  # one test for all of them
        found = []
        for piece in pieces:
            if piece.isalpha():
                found.append(piece)
            else:
                found += [t for t in TOKEN.findall(piece) if b"." not in t or not LONG_FLOAT.match(t)]
    elif len(found) <= TOKENS_MAX:
        return found, []
    if len(found) > TOKENS_MAX:
        found = [*found[: TOKENS_MAX - 32], *found[-32:]]
    return found, [t for t in found if t[0] <= NINE]


def _answer(tokens: list[bytes], numbers: list[bytes]) -> tuple[int, bytes, int]:
    """(name of the answer, its tokens' packed checksums, name of its numbers); order and repetition do not count."""
    if not tokens:
        return 0, b"", 0
    crcs = set(map(crc32, tokens))
    return sum(crcs), pack(f"{len(crcs)}I", *crcs), sum(set(map(crc32, numbers))) if numbers else 0
