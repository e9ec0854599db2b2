"""Style of program text."""

import re

from tidegate.check.promptlint.grammar.reading import Reading
from tidegate.check.promptlint.grammar.text import number_at, tokens


class CodeStyle(Reading):
    """Reads indentation and operators of code."""

    def code_style(self) -> None:
        """Style of program text: indentation, names, documentation, types, blank lines."""
        low = self.low
        if re.search(r"\bindent", low):
            self.used |= set(range(len(self.toks)))
            n = re.search(r"\b(\d+|two|four|eight|three)[- ]spaces?\b", low)
            tabs = [k for k, t in enumerate(self.toks) if t.lemma == "tab"]
            spaces = [k for k, t in enumerate(self.toks) if t.lemma == "space"]
            if tabs:
                self.add(
                    "code-indent",
                    "is" if self.signs[tabs[0]] else "not-one-of",
                    "tabs" if self.signs[tabs[0]] else ["tabs"],
                    scope=("part", "code"),
                )
            if spaces:
                positive = self.signs[spaces[0]]
                self.add(
                    "code-indent",
                    "is" if positive else "not-one-of",
                    "spaces" if positive else ["spaces"],
                    scope=("part", "code"),
                )
                if n and positive:
                    width = number_at(tokens(n.group(1)), 0)
                    if width:
                        self.add("code-indent-width", "=", width[0], scope=("part", "code"))
            self.out = [d for d in self.out if d.constraint.attribute.startswith("code-")]
