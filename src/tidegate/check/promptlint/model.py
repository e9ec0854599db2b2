"""The nouns of the prompt linter: where a sentence stands, what it asks, and when it asks it.

An `Instruction` is a claim of kind "instruction" (`Instruction.claim`): a sentence that has an
attribute, an operator and a value, in a channel and a scope, under a guard.
"""

from typing import Any

import msgspec

from tidegate.spine.claim import Claim
from tidegate.spine.finding import Where

REPLY = "reply"  # the channel that the user reads


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One text of an assembled prompt, by name (a file, `messages[0]`, `sections.tools`)."""

    name: str
    text: str
    layer: str = ""  # safety, product, agent, task … when declared
    owner: str = ""
    precedence: int | None = None  # smaller wins; None: not declared
    concerns: tuple[str, ...] = ()  # what it declares to govern: length, format, tone, refusal
    format: str = "auto"  # auto, markdown, plain, messages, template


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence (or fragment of a list item) of a prompt, with what stands around it.

    `line` counts from 1 in its source; `span` is [start, end) in characters of the source's
    text.  `intro` is the sentence ending in a colon that introduces its list, `section` the path
    of headings and tags above it, `conditions` the template branches it stands in.
    """

    source: str
    line: int
    line_end: int
    span: tuple[int, int]
    text: str
    section: tuple[str, ...] = ()
    intro: str = ""
    conditions: tuple[tuple[str, bool], ...] = ()
    quoted: bool = False
    precedence: int | None = None


class Literal(msgspec.Struct, frozen=True):
    """One atomic condition: `key` (what it speaks of), `value` ("" for a plain predicate), and its sign.

    Two positive literals of one `functional` key with different values cannot hold together.
    """

    key: str
    value: str = ""
    positive: bool = True
    functional: bool = False
    words: str = ""

    def negated(self) -> "Literal":
        """The opposite condition."""
        return msgspec.structs.replace(self, positive=not self.positive)

    @property
    def known(self) -> bool:
        """Whether the key is of a known family (country, tier …), so that it may be true beside others."""
        return self.functional

    def said(self) -> str:
        """In plain words."""
        return f"{'' if self.positive else 'not: '}{self.words or ' '.join(filter(None, (self.key, self.value)))}"


Conjunction = tuple[Literal, ...]


class Constraint(msgspec.Struct, frozen=True):
    """What is asked of the reply: attribute, operator, value; `value` is JSON-able.

    Operators: `<=`, `>=`, `=`, `in` ([low, high]), `is` (one value), `one-of`, `not-one-of`,
    `present`, `absent`, `starts`, `ends`, `contains`, `before`.
    """

    attribute: str
    operator: str
    value: Any = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Hashable identity."""
        return (self.attribute, self.operator, repr(self.value))


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """The tuple: (span, channel, scope, guard, attribute, operator, value, modality, priority, exceptions)."""

    constraint: Constraint
    unit: Unit
    channel: str = REPLY
    scope: tuple[str, ...] = ()  # () the whole reply; ("each sentence",), ("section", "summary") …
    guard: tuple[Conjunction, ...] = ()  # any of these; () always
    exceptions: tuple[Conjunction, ...] = ()  # none of these
    modality: str = "must"  # must, should, may
    soft: bool = False  # degrees of style: tone, audience, verbosity
    universal: bool = False  # always, never, every, under any circumstances: yields to no special case
    prohibition: bool = False  # forbids without saying "never": yields to no unmarked special case, yet may not block
    default: bool = False  # "by default", "usually", "unless told otherwise"
    labels: tuple[str, ...] = ()  # the names other lines may call it by
    restrict: tuple[str, ...] = ()  # words that narrow the object: "sources older than two years"
    probability: float | None = None  # read by the learned reader: a guess, with its chance of being right

    @property
    def semantic_key(self) -> tuple[Any, ...]:
        """What it asks and when, apart from its place and wording: equal keys ask the same."""
        return (
            self.constraint.key, self.channel, self.scope, self.guard, self.exceptions, self.modality, self.restrict,
        )  # fmt: skip

    def claim(self) -> Claim:
        """The instruction as a claim of kind "instruction"."""
        c = self.constraint
        payload: dict[str, Any] = {
            "attribute": c.attribute, "operator": c.operator, "value": c.value, "channel": self.channel,
            "scope": list(self.scope), "modality": self.modality,
            "strength": "soft" if self.soft else "hard",
            "guard": [[lit.said() for lit in conj] for conj in self.guard],
            "exceptions": [[lit.said() for lit in conj] for conj in self.exceptions],
            "universal": self.universal, "default": self.default,
        }  # fmt: skip
        where = Where(file=self.unit.source, line=self.unit.line, span=self.unit.span)
        return Claim(kind="instruction", text=self.unit.text, span=self.unit.span, where=where, payload=payload)


class Priority(msgspec.Struct, frozen=True, kw_only=True):
    """A declared precedence: lines selected by `winner` override those selected by `loser`.

    A selector is ("label", word), ("self",), ("rest",), ("above",), ("below",), ("number", n).
    """

    winner: tuple[str, ...]
    loser: tuple[str, ...]
    unit: Unit


class Core(msgspec.Struct, frozen=True, kw_only=True):
    """A minimal set of instructions that cannot hold together in the situation of its witness."""

    instructions: tuple[Instruction, ...]
    witness: tuple[Literal, ...]
    certainty: str = "proved"
    probability: float | None = None

    @property
    def lines(self) -> tuple[tuple[str, int], ...]:
        """The (source, line) places, in order, each once."""
        return tuple(dict.fromkeys((i.unit.source, i.unit.line) for i in self.instructions))

    @property
    def arguable(self) -> bool:
        """Whether a member is a special case of a prohibition without "never": an exception left unsaid?"""
        plain = any(i.prohibition and not i.universal and not i.guard for i in self.instructions)
        return plain and any(i.guard and not i.universal for i in self.instructions)

    @property
    def soft(self) -> bool:
        """Whether any member is a matter of degree or a wish: then it may not block."""
        return any(i.soft or i.modality != "must" for i in self.instructions)
