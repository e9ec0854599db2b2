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

    def twin(self, kind: str, answer: str, wrong: str, right: str, q: str = "") -> None:
        """An answer with `§` in the place of the one planted error, once wrong and once right."""
        before, after = answer.split("§")
        bad, start = before + wrong + after, len(before)
        while bad.index(bad[start : len(before) + len(wrong)]) != start:
            start -= 1  # with as much of what stands before as makes it unique
        self.bad(kind, bad, bad[start : len(before) + len(wrong)], q)
        self.ok(kind, before + right + after, q)
