"""Text that chants: the same words over and over at the end of one message, outside code and tables."""

import re

WORDS_LOOKED_AT = 400
WORDS_MIN = 40  # shorter repetition is emphasis
COPIES_MIN = 6
PERIOD_MAX = 60
FENCE = re.compile(r"```.*?(?:```|\Z)", re.S)
LETTERS = re.compile(r"([^\W\d_][^\n]{0,40}?)\1{19,}")  # without spaces: "hahaha…"
TAIL = 6000  # characters that are looked at
LOOK_EVERY = 400  # characters of a stream between two looks
COPIES_CUT, WORDS_CUT = 10, 100  # a stream is cut for more than what a finished message is judged by


def chanting(text: str) -> int:
    """How many copies of one phrase the text ends with; 0 when it does not chant."""
    return _copies(text)[0]


def _copies(text: str) -> tuple[int, int]:
    """(copies of the phrase, words they make up): (0, 0) when the text does not chant."""
    if len(text) < 120:
        return 0, 0
    if "```" in text:
        text = FENCE.sub(" ", text)
    tail = text[-TAIL:]
    words = [w for line in tail.splitlines() if "|" not in line for w in line.split()][-WORDS_LOOKED_AT:]
    if len(words) < WORDS_MIN:
        return (20, WORDS_CUT) if len(tail) >= 400 and LETTERS.search(tail[-800:]) else (0, 0)
    if len(set(words)) > len(words) // 3:  # a chant has few different words
        return 0, 0
    words.reverse()
    for p in range(1, min(PERIOD_MAX, len(words) // COPIES_MIN) + 1):
        same = 0
        for a, b in zip(words, words[p:], strict=False):
            if a != b:
                break
            same += 1
        if same + p >= max(WORDS_MIN, COPIES_MIN * p) and any(c.isalpha() for w in words[:p] for c in w):
            return (same + p) // p, same + p
    return 0, 0


class ChantEar:
    """Hears a text as it is streamed; keeps its last part only."""

    def __init__(self) -> None:
        self._tail = ""
        self._unheard = 0
        self._fenced = False  # whether what was let go of ends inside a code block

    def hear(self, text: str) -> int:
        """The text goes on; how many copies of one phrase it ends with, 0 while it does not chant."""
        self._tail += text
        self._unheard += len(text)
        if self._unheard < LOOK_EVERY:
            return 0
        self._unheard = 0
        if len(self._tail) > 2 * TAIL:
            gone, self._tail = self._tail[:-TAIL], self._tail[-TAIL:]
            self._fenced ^= gone.count("```") % 2 == 1
        copies, words = _copies("```" + self._tail if self._fenced else self._tail)
        return copies if copies >= COPIES_CUT and words >= WORDS_CUT else 0
