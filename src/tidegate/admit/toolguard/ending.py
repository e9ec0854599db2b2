"""Ending well: a legal last answer from what was gathered, with the reason by name.

First the model is asked to finish: the tools are withheld and a note says why.  If it calls a
tool all the same, this composes the answer without it, from the history alone: what was asked,
what was found, what is open.
"""

from collections.abc import Sequence

from tidegate.admit.toolguard import answers, fingerprint
from tidegate.admit.toolguard.model import ResultClass, RunVerdict
from tidegate.spine.conversation import Message, Text

FOUND_MAX = 6
CHANT_WORDS = "\n\n[Tidegate] Stopped here: the answer repeated one phrase over and over."
SNIPPET = 280


def nudge_note(verdict: RunVerdict) -> Message:
    """What repeated, how often, and what has not been tried: for the model, in plain words."""
    text = (
        f"[Tidegate] {_sentence(verdict.reason)} Repeating it will give the same again. Use what you already have, "
        "try a different tool or different arguments, or give your final answer and say what is still open."
    )
    return Message("user", (Text(text),))


def narrow_note(verdict: RunVerdict, tools: Sequence[str]) -> Message:
    """Says that the tool a loop runs on is withheld for this step; the others are there."""
    text = (
        f"[Tidegate] {_sentence(verdict.reason)} {', '.join(tools)} cannot be called in this step. Go on with the "
        "other tools, or give your final answer from what you have and say what is still open."
    )
    return Message("user", (Text(text),))


def finish_note(verdict: RunVerdict) -> Message:
    """Asks for the final answer; tools are withheld beside it."""
    text = (
        f"[Tidegate] This run was stopped: {_sentence(verdict.reason)} No more tool calls are possible. Give your "
        "final answer now from what was gathered above, name what it rests on, and say what remains open."
    )
    return Message("user", (Text(text),))


def partial_answer(messages: Sequence[Message], verdict: RunVerdict) -> str:
    """The deterministic last answer: reason, question, what was gathered (newest first, each once), what is open."""
    lines = [f"Stopped without a complete answer: {_sentence(verdict.reason)}"]
    asked = next((m.text for m in messages if m.role == "user" and m.text), "")
    if asked:
        lines += ["", f"Asked: {_snippet(asked)}"]
    found = gathered(messages)
    if found:
        lines += ["", "Gathered so far:", *(f"- {name}: {text}" for name, text in found)]
    else:
        lines += ["", "Nothing usable was gathered."]
    said = next((m.text for m in reversed(messages) if m.role == "assistant" and m.text.strip()), "")
    if said:
        lines += ["", f"Last said by the assistant: {_snippet(said)}"]
    lines += ["", "Open: the request above was not finished. Raise the run's limit or change the request to go on."]
    return "\n".join(lines)


def gathered(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Distinct results that say something, newest first: (tool name, beginning of the result)."""
    names = {c.call_id: c.name for m in messages for c in m.tool_calls}
    out: list[tuple[str, str]] = []
    seen: set[int] = set()
    for message in reversed(messages):
        for result in reversed(message.tool_results):
            kind = answers.classify(result.content, result.is_error)
            name = fingerprint.result_fingerprint(result.content)
            if kind in (ResultClass.NEW, ResultClass.ERROR) and name not in seen and len(out) < FOUND_MAX:
                seen.add(name)
                out.append((names.get(result.call_id, result.name or "tool"), _snippet(result.content)))
    return out


def _snippet(text: str) -> str:
    squeezed = " ".join(text[: SNIPPET * 4].split())
    return squeezed if len(squeezed) <= SNIPPET else squeezed[: SNIPPET - 1] + "…"


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith(".") else ".")
