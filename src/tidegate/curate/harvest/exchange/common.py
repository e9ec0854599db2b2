"""What all formats share: messages, expected texts, and our own form carried along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tidegate.spine.case import Case, CaseStatus, Provenance, make_case

KEY = "tidegate"  # where our own form stands in another tool's metadata


def carried(case: Case) -> dict[str, Any]:
    """The case in our own form, for a metadata field."""
    return {
        "id": case.case_id,
        "kind": case.kind,
        "status": case.status.value,
        "mode": case.mode,
        "provenance": msgspec.to_builtins(case.provenance),
        "input": case.input,
        "expect": list(case.expect),
    }


def uncarried(value: Any) -> Case | None:
    """A case from its carried form; None where there is none or it was edited into something else."""
    if not isinstance(value, Mapping) or not value.get("input") or not value.get("expect"):
        return None
    try:
        provenance = msgspec.convert(value.get("provenance") or {"source": "imported"}, Provenance)
        return make_case(
            str(value.get("kind") or "chat"),
            value["input"],
            value["expect"],
            mode=str(value.get("mode") or ""),
            status=CaseStatus(value.get("status", "known_failing")),
            provenance=provenance,
        )
    except (msgspec.ValidationError, ValueError, TypeError):
        return None


def imported(messages: Sequence[Any], expect: Sequence[dict[str, Any]], mode: str = "", note: str = "") -> Case:
    """A case from another tool's test."""
    provenance = Provenance(source="imported", note=note or None)
    return make_case("chat", {"messages": list(messages)}, list(expect), mode=mode, provenance=provenance)


def user(text: str) -> list[dict[str, Any]]:
    """One question as messages."""
    return [{"role": "user", "content": text}]


def messages_of(case: Case) -> list[dict[str, Any]]:
    """The case's messages."""
    found: list[dict[str, Any]] = case.input["messages"]
    return found


def plain(messages: Sequence[Mapping[str, Any]]) -> str:
    """A conversation as text; a single question is only itself."""
    rows = [(str(m.get("role", "")), content_text(m.get("content"))) for m in messages]
    if len(rows) == 1 and rows[0][0] == "user":
        return rows[0][1]
    return "\n".join(f"{role}: {text}" for role, text in rows)


def content_text(content: Any) -> str:
    """Text of a message's content, whichever form it has."""
    if isinstance(content, list):
        return "\n".join(str(p.get("text", "")) for p in content if isinstance(p, Mapping))
    return str(content or "")


def wanted(case: Case) -> list[str]:
    """Texts that a right answer says, where the case names them."""
    out: list[str] = []
    for spec in case.expect:
        for key in {"required": ("all", "any"), "correction": ("said",), "equals": ("values",)}.get(
            str(spec.get("oracle")), ()
        ):
            value = spec.get(key, [])
            out += [value] if isinstance(value, str) else [str(v) for v in value]
    return out


def one_of_says_all(case: Case) -> bool:
    """Whether "the answer has one of these texts" is all that the case expects: so other tools read lists.

    Two texts that must both be there, a text that may not be there, and every other oracle need more.
    """
    said = 0
    for spec in case.expect:
        name = spec.get("oracle")
        every = (
            texts(spec.get("all")) if name == "required" else texts(spec.get("said")) if name == "correction" else []
        )
        some = spec.get("any" if name == "required" else "values") if name in ("required", "equals") else None
        if name not in ("required", "correction", "equals") or texts(spec.get("wrong")):
            return False
        said += len(every) + bool(some)
    return said == 1


def texts(value: Any) -> list[str]:
    """A list of texts from one or many."""
    return [value] if isinstance(value, str) else [str(v) for v in value or []]
