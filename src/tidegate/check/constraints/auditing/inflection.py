# ruff: noqa: E501 (tables read better whole)
"""The little English morphology of the audit: tokens of a sentence, base forms of a word, phrases up to three words.

"refunded", "refunding" and "refunds" are one entry of the lexicon.  Base forms are over-generated on purpose: a lookup
decides which of them is a word.
"""

import re
from functools import cache

Words = frozenset[str]
IRREGULAR: dict[str, str] = {
    "gave": "give", "given": "give", "told": "tell", "shown": "show", "sent": "send", "paid": "pay", "sold": "sell",
    "bought": "buy", "spent": "spend", "lent": "lend", "kept": "keep", "made": "make", "written": "write", "wrote": "write",
    "said": "say", "taken": "take", "held": "hold", "hidden": "hide", "withheld": "withhold", "overridden": "override",
    "done": "do", "does": "do", "did": "do", "is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "being": "be",
    "am": "be", "has": "have", "had": "have", "left": "leave", "read": "read", "shut": "shut", "ran": "run",
    "drew": "draw", "drawn": "draw", "withdrawn": "withdraw", "spoken": "speak", "swore": "swear", "sworn": "swear",
    "understood": "understand", "undone": "undo", "overwritten": "overwrite", "children": "child", "people": "person",
    "criteria": "criterion", "lying": "lie", "dying": "die", "got": "get", "gotten": "get", "found": "find", "met": "meet",
}  # fmt: skip


@cache
def lemmas(word: str) -> tuple[str, ...]:
    """Possible base forms of a lower-case word, the word itself first.

    Regular English inflection undone: -s, -es, -ies, -ed, -ied, -ing with a doubled consonant
    or a dropped e.  Over-generates on purpose (a lookup in the lexicon decides).
    """
    out = [word]
    if word in IRREGULAR:
        out.append(IRREGULAR[word])
    if word.endswith(("'s", "s'")):
        out += [word[:-2], word.rstrip("'")]
    for suffix, endings in (("ies", ("y",)), ("ied", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ing", ("", "e")),
                            ("ed", ("", "e"))):  # fmt: skip
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            stem = word[: -len(suffix)]
            out.extend(stem + e for e in endings)
            if suffix in ("ing", "ed") and len(stem) > 2 and stem[-1] == stem[-2]:
                out.append(stem[:-1])
    return tuple(dict.fromkeys(out))


def has(words: Words, token: str) -> bool:
    """Whether a lower-case token, in any inflection, is in a word class."""
    return any(lemma in words for lemma in lemmas(token))


_TOKEN = re.compile(r"[A-Za-z0-9$€£][\w'’.\-/]*[\w'’]|[A-Za-z0-9$€£]|[^\w\s]")


def tokens(text: str) -> list[str]:
    """Lower-case tokens of a sentence: words with inner hyphens and apostrophes, and punctuation marks."""
    return [t.lower().replace("’", "'") for t in _TOKEN.findall(text)]


def phrases(tokens_in: list[str]) -> set[str]:
    """All one-, two- and three-word phrases of a token list, each also with its last word's base forms."""
    out: set[str] = set()
    n = len(tokens_in)
    for i in range(n):
        for size in (1, 2, 3):
            if i + size <= n:
                head = " ".join(tokens_in[i : i + size - 1])
                for last in lemmas(tokens_in[i + size - 1]):
                    out.add(f"{head} {last}" if head else last)
    return out
