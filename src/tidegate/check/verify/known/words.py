"""Patterns for what a text speaks of, with a quick look for their plain letters first."""

from __future__ import annotations

import re

PLAIN_MIN = 3


class Words:
    """A pattern, or several joined by ` && ` that must all be found."""

    def __init__(self, text: str):
        self.parts = [(re.compile(part), _cues(part)) for part in text.split(" && ")]

    def found(self, text: str) -> bool:
        """Whether every part is in the text, which is in small letters."""
        return all((not cues or any(c in text for c in cues)) and p.search(text) is not None for p, cues in self.parts)


def _cues(pattern: str) -> list[str]:
    """For each alternative letters that it cannot do without; none where some alternative has no such letters."""
    out = []
    for alternative in _alternatives(pattern):
        bare = re.sub(r"\\.|\[[^]]*\][?*+]?|\((?:[^()]|\([^()]*\))*\)[?*+]?|.[?*]|\{[^}]*\}", " ", alternative)
        runs = re.findall(r"[a-zéö]+", bare)
        longest = max(runs, key=len, default="")
        if len(longest) < PLAIN_MIN:
            return []
        out.append(longest)
    return out


def _alternatives(pattern: str) -> list[str]:
    """A pattern's outermost alternatives."""
    out, depth = [""], 0
    for before, letter in zip(" " + pattern, pattern, strict=False):
        depth += (letter == "(") - (letter == ")") if before != "\\" else 0
        if letter == "|" and depth == 0:
            out.append("")
        else:
            out[-1] += letter
    return out
