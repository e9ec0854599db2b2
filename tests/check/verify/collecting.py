"""How the sets of answers are written down: one line an answer, with the wrong part named."""

Item = tuple[str, str, str, str | None]  # kind, question, answer, the wrong part or None


class Answers(list[Item]):
    """Answers in order; `bad` names the wrong part, `ok` must not be refuted."""

    def bad(self, kind: str, answer: str, needle: str, q: str = "") -> None:
        """An answer whose part `needle` is wrong."""
        assert needle in answer, (needle, answer)
        self.append((kind, q, answer, needle))

    def ok(self, kind: str, answer: str, q: str = "") -> None:
        """An answer in which nothing may be refuted."""
        self.append((kind, q, answer, None))
