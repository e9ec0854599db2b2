# ruff: noqa: E501 (patterns and tables read better whole)
r"""What a character means for matching: disguises undone, with the source place of each symbol kept.

Three views of one text are scanned, and nothing may leave that any of them forbids:

- `raw`: the characters as they are;
- `folded`: zero-width, bidirectional and combining marks dropped, compatibility forms (full
  width, mathematical letters, ligatures) and look-alike letters folded to ASCII;
- `decoded`: the same after JSON and C escapes (`\u0041`, `\x41`, `\"`), percent-encoding and
  numeric or common HTML entities, undone once.

This list is the threat model: a text disguised in another way (a cipher, a foreign alphabet,
two layers of escapes) is not covered, except that literals may declare further variants.
"""

import base64
import re
import unicodedata
from functools import cache

SPECIAL = re.compile(r"[^\x00-\x7f]|[\\%&]")  # where a folded or decoded view can first differ from the raw one
SPECIAL_LAST = re.compile(rf"(?s:.*)(?:{SPECIAL.pattern})")  # up to the end of the last such place

_LOOKALIKES = {
    "аɑαａ": "a", "еҽ": "e", "оοօ": "o", "рρ": "p", "сϲ": "c", "хχ": "x", "уγ": "y", "іι": "i", "ј": "j", "ѕ": "s", "ԁ": "d",
    "һ": "h", "ԛ": "q", "ԝ": "w", "ѵν": "v", "ɡ": "g", "АΑ": "A", "ВΒ": "B", "ЕΕ": "E", "ЗƷ": "3", "КΚK": "K", "МΜ": "M", "НΗ": "H",
    "ОΟՕ": "O", "РΡ": "P", "СϹ": "C", "ТΤ": "T", "ХΧ": "X", "УΥҮ": "Y", "ІΙӀ": "I", "ЈͿ": "J", "ЅՏ": "S", "ΝＮ": "N", "ΖＺ": "Z", "Ԍ": "G",
    "ԌᏀ": "G", "ԚՔ": "Q", "ԜᎳ": "W", "ѴⅤ": "V", "ӏⅼ": "l", "ս": "u", "ʏү": "y", "ᴢ": "z", "ĸк": "k", "т": "t", "м": "m",
    "ь": "b", "ƅ": "b", "ꜱ": "s", "ʀ": "r", "ɴ": "n", "ʟ": "l", "ɪ": "i", "ʜ": "h", "ɢ": "g", "ꜰ": "f", "ᴅ": "d", "ᴇ": "e", "ᴀ": "a",
    "ʙ": "b", "ᴄ": "c", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴏ": "o", "ᴘ": "p", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w",
    "‐‑‒–—−﹣－": "-", "‘’‛′": "'", "“”‟″": '"', "⁄∕": "/", "․": ".", "：": ":", "ꓮ": "A", "ꓐ": "B", "ꓚ": "C", "ꓓ": "D", "ꓰ": "E",
    "ꓲ": "I", "ꓙ": "J", "ꓗ": "K", "ꓡ": "L", "ꓟ": "M", "ꓠ": "N", "ꓳ": "O", "ꓑ": "P", "ꓢ": "S", "ꓔ": "T", "ꓴ": "U", "ꓦ": "V", "ꓪ": "W",
    "ꓫ": "X", "ꓬ": "Y", "ꓜ": "Z", "ɩ": "i", "հ": "h", "ց": "g", "զ": "q", "յ": "j", "օ": "o", "տ": "s", "ʋ": "v", "ᵴ": "s",
}  # fmt: skip
_FOLD = {c: ascii_ for chars, ascii_ in _LOOKALIKES.items() for c in chars}


@cache
def fold(char: str) -> str:
    """What one character is compared as: "" when it is dropped, else one or more characters."""
    if char < "\x80":
        return char
    if char in _FOLD:
        return _FOLD[char]
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or char in "\u115f\u1160\u3164\uffa0\u2800\u180b\u180c\u180d\ufe0f":
        return ""
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    out = []
    for c in unicodedata.normalize("NFKD", char):
        if unicodedata.category(c) not in ("Mn", "Cf", "Me"):
            out.append(_FOLD.get(c, c))
    return "".join(out) or char


_ESCAPE = re.compile(
    r"\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\([\"\\/bfnrt'])|%([0-9A-Fa-f]{2})|&#(\d{1,7});|&#[xX]([0-9A-Fa-f]{1,6});"
    r"|&(amp|lt|gt|quot|apos|nbsp|lowbar|hyphen|period|colon|commat|equals|num|sol|shy|zwnj|zwj);"
)  # fmt: skip
_PARTIAL = re.compile(
    r"(?:\\(?:u(?:\{[0-9A-Fa-f]{0,6}|[0-9A-Fa-f]{0,3})?|x[0-9A-Fa-f]?)?|%[0-9A-Fa-f]?|&(?:#(?:\d{0,7}|[xX][0-9A-Fa-f]{0,6})?|[a-z]{0,6})?)\Z"
)  # fmt: skip
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " ", "lowbar": "_", "hyphen": "-", "period": ".",
          "colon": ":", "commat": "@", "equals": "=", "num": "#", "sol": "/", "shy": "", "zwnj": "", "zwj": ""}  # fmt: skip
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Folder:
    """Source text → matching symbols with their source intervals; `decode` also undoes escapes.

    `feed` returns (symbols, starts, ends): symbol i comes from source [starts[i], ends[i]).
    An escape cut in two waits in `pending` until it is whole or cannot be one.
    """

    __slots__ = ("at", "decode", "pending")

    def __init__(self, at: int, *, decode: bool) -> None:
        self.at, self.decode, self.pending = at, decode, ""

    def feed(self, chunk: str, *, final: bool = False) -> tuple[str, list[int], list[int]]:
        """Symbols that are certain after `chunk`."""
        if not self.pending and not (SPECIAL.search(chunk) if self.decode else not chunk.isascii()):
            at = self.at
            self.at = end = at + len(chunk)
            return chunk, list(range(at, end)), list(range(at + 1, end + 1))
        text = self.pending + chunk
        base = self.at - len(self.pending)
        self.at += len(chunk)
        self.pending = ""
        escapes = list(_ESCAPE.finditer(text)) if self.decode else []
        if self.decode and not final:
            # Only what no whole escape has used up can begin another: of two backslashes the second begins nothing,
            # and to let it wait would make the reading depend on where the text was cut.
            cut = _PARTIAL.search(text, max(escapes[-1].end() if escapes else 0, len(text) - 12))
            if cut:
                self.pending = text[cut.start() :]
                text = text[: cut.start()]
        symbols: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        i = 0
        for found in escapes:
            self._plain(text, i, found.start(), base, symbols, starts, ends)
            for c in fold_all(_decoded(found)):
                symbols.append(c)
                starts.append(base + found.start())
                ends.append(base + found.end())
            i = found.end()
        self._plain(text, i, len(text), base, symbols, starts, ends)
        return "".join(symbols), starts, ends

    @staticmethod
    def _plain(text: str, i: int, j: int, base: int, symbols: list[str], starts: list[int], ends: list[int]) -> None:
        piece = text[i:j]
        if piece.isascii():
            symbols.append(piece)
            starts.extend(range(base + i, base + j))
            ends.extend(range(base + i + 1, base + j + 1))
            return
        for k, c in enumerate(piece, base + i):
            folded = c if c < "\x80" else fold(c)
            symbols.append(folded)
            if len(folded) == 1:
                starts.append(k)
                ends.append(k + 1)
            else:
                starts.extend([k] * len(folded))
                ends.extend([k + 1] * len(folded))


def disguised(text: str) -> bool:
    """Whether a text holds look-alike letters or invisible characters: it reads like another text, and is not it."""
    return not text.isascii() and any(c in _FOLD or not fold(c) for c in text)


def fold_all(text: str) -> str:
    """Every character folded."""
    return text if text.isascii() else "".join(map(fold, text))


def _decoded(found: re.Match[str]) -> str:
    braced, four, two, control, percent, decimal, hexadecimal, name = found.groups()
    if control is not None:
        return _CONTROL.get(control, control)
    if name is not None:
        return _NAMED[name]
    code = int(decimal) if decimal else int(braced or four or two or percent or hexadecimal, 16)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def literal_variants(secret: str) -> list[str]:
    """Other spellings of a known secret that a model asked to disguise it would use: base64, hex, reversed, rot13.

    Base64 is given for its three alignments, without the characters that depend on what stands around.
    """
    raw = secret.encode("utf-8", "surrogatepass")
    out = [secret[::-1], raw.hex(), secret.translate(_ROT13)]
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode()
        first = (0, 2, 3)[offset]
        spare = (len(raw) + offset) % 3
        core = encoded[first : len(encoded.rstrip("=")) - (1 if spare else 0)]
        out += [core, core.replace("+", "-").replace("/", "_")]
    return [v for v in dict.fromkeys(out) if len(v) >= 6 and v != secret]


_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm"
)


def spaced(secret: str) -> str:
    """A pattern for the secret spelled out: up to two separators between any two characters, at least one somewhere."""
    return r"[\s._*|,/\-]{1,2}".join(re.escape(c) for c in secret)
