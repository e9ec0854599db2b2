"""Text that chants: the same words over and over at the end of one message, outside code and tables."""

import re

WORDS_LOOKED_AT = 400
WORDS_MIN = 40  # shorter repetition is emphasis
COPIES_MIN = 6
PERIOD_MAX = 60
FENCE = re.compile(r"```.*?(?:```|\Z)", re.S)
LETTERS = re.compile(r"([^\W\d_][^\n]{0,40}?)\1{19,}")  # without spaces: "hahaha…"


def chanting(text: str) -> int:
    """How many copies of one phrase the text ends with; 0 when it does not chant."""
    if len(text) < 120:
        return 0
    if "```" in text:
        text = FENCE.sub(" ", text)
    tail = text[-6000:]
    words = [w for line in tail.splitlines() if "|" not in line for w in line.split()][-WORDS_LOOKED_AT:]
    if len(words) < WORDS_MIN:
        return 20 if len(tail) >= 400 and LETTERS.search(tail[-800:]) else 0
    if len(set(words)) > len(words) // 3:  # a chant has few different words
        return 0
    words.reverse()
    for p in range(1, min(PERIOD_MAX, len(words) // COPIES_MIN) + 1):
        same = 0
        for a, b in zip(words, words[p:], strict=False):
            if a != b:
                break
            same += 1
        if same + p >= max(WORDS_MIN, COPIES_MIN * p) and any(c.isalpha() for w in words[:p] for c in w):
            return (same + p) // p
    return 0
