"""Inputs for the streaming study: texts drawn from a pattern, disguised, embedded and cut anywhere.

Independent of the filter: a text is drawn by walking the parsed expression, and whether it holds
a forbidden span is decided by the plain expression on the whole text.
"""

import functools
import random
import tomllib
from pathlib import Path

from tidegate.check.constraints.streaming.stream import Pattern
from tidegate.check.constraints.streaming.tree import Alt, Assert, Cat, Chars, Group, Node, Ranges, Rep


def gitleaks(path: Path) -> list[Pattern]:
    """The public rule file's expressions with their entropy gates."""
    rules = tomllib.loads(path.read_text(encoding="utf-8"))["rules"]
    return [
        Pattern(id=r["id"], regex=r["regex"], entropy_min=r.get("entropy"), unbounded=True, group=r.get("secretGroup"))
        for r in rules if "regex" in r
    ]  # fmt: skip


def draw(node: Node, rng: random.Random) -> str:
    """A text the expression matches (but for its assertions)."""
    match node:
        case Chars(ranges):
            return _char(ranges, rng)
        case Cat(parts):
            return "".join(draw(p, rng) for p in parts)
        case Alt(parts):
            return draw(rng.choice(parts), rng)
        case Rep(part, low, high):
            most = high if high is not None else low + rng.randrange(12)
            n = rng.choice((low, most, rng.randint(low, most))) if most - low < 60 else low + rng.randrange(20)
            return "".join(draw(part, rng) for _ in range(n))
        case Group(part, _):
            return draw(part, rng)
        case Assert():
            return ""
    raise AssertionError(node)


@functools.cache
def _printable(ranges: Ranges) -> list[tuple[int, int]]:
    return [(max(lo, 32), min(hi, 126)) for lo, hi in ranges if max(lo, 32) <= min(hi, 126)] or list(ranges)


def _char(ranges: Ranges, rng: random.Random) -> str:
    among = _printable(ranges)
    low, high = among[int(rng.random() * len(among))]
    return chr(low + int(rng.random() * (high - low + 1)))


_WORDS = [
    "the",
    "quick",
    "agent",
    "reads",
    "each",
    "order",
    "and",
    "sends",
    "a",
    "short",
    "reply",
    "to",
    "its",
    "customer",
    "before",
    "noon",
    "with",
    "total",
    "key",
    "token",
    "42",
    "2024\n",
    "",
    "",
    "",
    "api",
    "secret",
    "auth",
    "value",
    "=",
    ":",
    '"quoted"',
    "'it'",
    "password",
    "access",
    "log",
    "https://example.com/a?b=c&d=%20",
    '{"name":',
    '"x"}',
    "\\n",
    "café",
    "naïve",
]


def prose(rng: random.Random, words: int) -> str:
    """Plain words with some of the contexts that patterns look for."""
    return " ".join(rng.choice(_WORDS) for _ in range(words))


def cuts(text: str, rng: random.Random) -> list[str]:
    """A random split: whole, single characters, or pieces of any size."""
    kind = rng.randrange(4)
    if kind == 0:
        return [text]
    if kind == 1 and len(text) < 400:
        return list(text)
    out, i = [], 0
    most = rng.choice((3, 8, 40, 200))
    while i < len(text):
        n = rng.randint(0, most)
        out.append(text[i : i + n])
        i += n
    return out


_ZERO = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e"


def disguise(secret: str, rng: random.Random) -> str:
    """A secret in a declared disguise: zero-width marks, full-width forms, escapes, percent or entities."""
    kind = rng.randrange(5)
    if kind == 0:
        return "".join(c + (rng.choice(_ZERO) if rng.random() < 0.4 else "") for c in secret)
    if kind == 1:
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and rng.random() < 0.5 else c for c in secret)
    if kind == 2:
        return "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 and rng.random() < 0.5 else c for c in secret)
    if kind == 3:
        return "".join(f"%{ord(c):02X}" if ord(c) < 128 and rng.random() < 0.5 else c for c in secret)
    return "".join(f"&#{ord(c)};" if rng.random() < 0.5 else c for c in secret)
