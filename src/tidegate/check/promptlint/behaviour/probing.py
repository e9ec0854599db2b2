"""What to ask a model so that its behaviour can be measured: prompts with and without a line, moved, masked.

Pure plans: a plan says which text of the prompt to send and which checker reads the answer; the
shell asks (budgeted, cached by repeat, resumable) and the statistics of `behaviour` decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tidegate.check.promptlint.behaviour.checkers import complies
from tidegate.check.promptlint.model import Core, Instruction, Source, Unit

QUESTIONS = (
    "How do I reset my password?", "What do you recommend for a small team?", "Explain how a rainbow forms.",
    "My order has not arrived. What now?", "Give me three ideas for dinner.",
    "What is the difference between a loan and a lease?",
    "Summarise why sleep matters.", "Can you help me plan a weekend trip?",
)  # fmt: skip
PLACES = ("start", "middle", "end")


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Does line b break line a?  `a` can be checked on an answer; b is taken out and put back."""

    a: Instruction
    b: Instruction

    @property
    def words(self) -> str:
        """Both places, in short."""
        return f"{self.b.unit.source}:{self.b.unit.line} on {self.a.unit.source}:{self.a.unit.line}"


def checkable(i: Instruction) -> bool:
    """Whether an answer shows if this instruction is followed."""
    return i.modality != "may" and complies(i, "Some answer.") is not None and not i.guard


def pairs_of(instructions: Sequence[Instruction], cores: Iterable[Core], pairs_max: int = 40) -> list[Pair]:
    """The pairs worth asking about: those of cores first, then every checkable line beside each other line."""
    out: dict[tuple[object, object], Pair] = {}
    for core in cores:
        for a in core.instructions:
            for b in core.instructions:
                if a.unit.span != b.unit.span and checkable(a):
                    out.setdefault((a.unit.span, b.unit.span), Pair(a=a, b=b))
    units: dict[object, Instruction] = {}
    for i in instructions:
        units.setdefault((i.unit.source, i.unit.span), i)
    for a in units.values():
        if not checkable(a):
            continue
        for b in units.values():
            if len(out) >= pairs_max:
                return list(out.values())
            if a.unit.span != b.unit.span or a.unit.source != b.unit.source:
                out.setdefault((a.unit.span, b.unit.span), Pair(a=a, b=b))
    return list(out.values())


def without(sources: Sequence[Source], units: Iterable[Unit]) -> str:
    """The prompt with these sentences taken out; their line's bullet goes with them."""
    texts = {s.name: s.text for s in sources}
    for u in sorted(units, key=lambda u: -u.span[0]):
        text = texts[u.source]
        start, end = u.span
        line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        rest = text[line_start:start] + text[end:line_end]
        if not rest.strip(" \t-*•–0123456789.)"):
            start, end = line_start, min(line_end + 1, len(text))
        texts[u.source] = text[:start] + text[end:]
    return "\n\n".join(texts[s.name] for s in sources)


def moved(sources: Sequence[Source], unit: Unit, place: str) -> str:
    """The prompt with one sentence at its start, middle or end."""
    rest = without(sources, [unit])
    lines = rest.split("\n")
    at = {"start": 0, "middle": len(lines) // 2, "end": len(lines)}[place]
    return "\n".join([*lines[:at], unit.text, *lines[at:]])


def masked(sources: Sequence[Source], units: Sequence[Unit], kept: Sequence[bool]) -> str:
    """The prompt with only the kept sentences among `units`."""
    return without(sources, [u for u, keep in zip(units, kept, strict=True) if not keep])


def request(system: str, question: str, temperature: float) -> dict[str, object]:
    """An OpenAI-chat-shaped request."""
    return {
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": question}],
        "temperature": temperature, "max_tokens": 512,
    }  # fmt: skip


def lines_of(instructions: Iterable[Instruction]) -> list[Unit]:
    """The sentences that ask something, each once, in order."""
    seen: Mapping[object, Unit] = {(i.unit.source, i.unit.span): i.unit for i in instructions}
    return sorted(seen.values(), key=lambda u: (u.source, u.span))
