"""One clause: frames, concepts, amounts, quoted texts and tools, each with the negation it stands under."""

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.clause_amounts import Amounts
from tidegate.check.promptlint.grammar.clause_code import CodeStyle
from tidegate.check.promptlint.grammar.clause_frames import Framed
from tidegate.check.promptlint.grammar.clause_phrases import Phrases
from tidegate.check.promptlint.grammar.clause_presence import Presence
from tidegate.check.promptlint.grammar.clause_tools import Actions
from tidegate.check.promptlint.grammar.drafts import Draft, Hit
from tidegate.check.promptlint.grammar.text import Token


def concepts_of(toks: tuple[Token, ...]) -> list[Hit]:
    """Concepts of a clause, longest wording first, none overlapping."""
    table = lexicon.concepts()
    out: list[Hit] = []
    k = 0
    while k < len(toks):
        best = None
        for lemmas, kind, attribute, value in table.get(toks[k].lemma, ()):
            if best is not None and len(lemmas) < len(best[0]):
                break
            if _matches(toks, k, lemmas) and best is None:
                best = (lemmas, kind, attribute, value)
        if best is None:
            k += 1
            continue
        end = k + len(best[0])
        out.append(Hit(best[1], best[2], best[3], k, end, True))
        k = end
    return out


def _matches(toks: tuple[Token, ...], k: int, lemmas: tuple[str, ...]) -> bool:
    if k + len(lemmas) > len(toks):
        return False
    return all(toks[k + j].lemma == lem or toks[k + j].low == lem for j, lem in enumerate(lemmas))


class ClauseReader(Actions, Phrases, Amounts, CodeStyle, Framed, Presence):
    """Turns the concepts, quantities and quotations of one clause into drafts."""

    def read(self) -> list[Draft]:
        """All drafts of the clause."""
        self.tools()
        self.ordering()
        self.phrases()
        self.amounts()
        self.code_style()
        self.answer_first()
        self.frames()
        self.concepts()
        if not self.out:
            self.action()
        return self.out
