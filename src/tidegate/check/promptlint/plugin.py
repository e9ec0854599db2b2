"""The linter as a check on traces: the prompt that was really sent, assembled as it was sent.

A prompt is the system and developer messages of a request in their order, and the descriptions
of its tools.  Equal prompts are linted once: their version is the hash of their texts, the same
name that `tidegate prompts version` and the gateway's `x-tidegate-prompt-version` use.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from tidegate.check.promptlint.lint import PROMPT_BYTES_MAX, analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.spine.codec import content_hash
from tidegate.spine.conversation import Conversation
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Finding, Severity
from tidegate.spine.trace import CallTrace

KNOWN_MAX = 2_000
AUTHORITY = frozenset({"system", "developer"})


def prompt_sources(conversation: Conversation) -> list[Source]:
    """The prompt of a request: its instructions and its tools' descriptions, in the order sent."""
    out = [
        Source(name=f"{m.role}[{m.index}]" if m.index >= 0 else m.role, text=m.text, format="text")
        for m in conversation.messages
        if m.role in AUTHORITY and m.text.strip()
    ]
    out += [
        Source(name=f"tools.{t.name}", text=t.description, format="text")
        for t in conversation.tools
        if (t.description or "").strip()
    ]
    return out


def version_of(sources: Iterable[Source]) -> str:
    """The content-addressed version of a prompt's texts."""
    return content_hash("\n".join(s.text for s in sources).encode())


class PromptCheck:
    """Lints each distinct prompt of the traffic once and repeats its findings for every trace that used it."""

    name = "promptlint"

    def __init__(self, known_max: int = KNOWN_MAX) -> None:
        self.known_max = known_max
        self._known: OrderedDict[str, tuple[Finding, ...]] = OrderedDict()

    def check(self, trace: CallTrace, conversation: Conversation | None) -> Iterable[Finding]:
        """Findings of the prompt of one trace; none where its body was not kept."""
        if conversation is None:
            return ()
        sources = prompt_sources(conversation)
        if not sources:
            return ()
        version = version_of(sources)
        if version not in self._known:
            self._known[version] = self._lint(sources, version)
            if len(self._known) > self.known_max:
                self._known.popitem(last=False)
        self._known.move_to_end(version)
        where = trace.trace_id
        return tuple(
            msgspec.structs.replace(f, where=msgspec.structs.replace(f.where, trace=where))
            for f in self._known[version]
        )

    def _lint(self, sources: list[Source], version: str) -> tuple[Finding, ...]:
        try:
            found = findings(analyse(sources), subject=f"prompt {version}")
        except InputError as error:
            if sum(len(s.text) for s in sources) > PROMPT_BYTES_MAX:
                return (
                    Finding(
                        rule="not-checked", severity=Severity.NOTE, subject=f"prompt {version}", message=str(error),
                        evidence={"certainty": "proved"}, suggestion="lint the prompt without the documents it carries",
                    ),
                )  # fmt: skip
            raise
        return tuple(msgspec.structs.replace(f, evidence={**f.evidence, "prompt_version": version}) for f in found)
