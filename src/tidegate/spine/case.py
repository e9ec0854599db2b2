"""A case: what will be run again, what is expected of it, and where it came from."""

from enum import StrEnum
from typing import Any

import msgspec

from tidegate.spine.codec import content_hash


class CaseStatus(StrEnum):
    """A case enters as known failing (reported), blocks from its first fix on, and may be quarantined."""

    KNOWN_FAILING = "known_failing"
    BLOCKING = "blocking"
    QUARANTINED = "quarantined"


class Provenance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a case came from: production trace, incident, regulation, or somebody's imagination."""

    source: str  # production, incident, regulation, imagined, imported
    trace_id: str | None = None
    finding_rule: str | None = None
    tenant: str | None = None
    first_seen: str | None = None
    owner: str | None = None
    note: str | None = None
    pinned: str | None = None  # the incident or rule that this case answers for: it is never retired
    similar: int = 0  # how many more failures said the same and were not kept as cases of their own


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One runnable case.

    `input` is the request (an OpenAI-chat-shaped object, or a capability's own shape named in
    `kind`), `expect` a list of oracle specifications, each {"oracle": name, …}; a case passes
    when all of them hold.  `case_id` is the content hash of kind, input and expect.
    """

    case_id: str
    kind: str
    input: Any
    expect: tuple[dict[str, Any], ...]
    status: CaseStatus = CaseStatus.KNOWN_FAILING
    mode: str = ""
    provenance: Provenance = msgspec.field(default_factory=lambda: Provenance(source="imagined"))
    version: int = 1


def case_id_of(kind: str, input: Any, expect: Any) -> str:
    """`case-` and 20 hex digits of the content hash: same question and same expectation, same name."""
    digest = content_hash({"kind": kind, "input": input, "expect": list(expect)}).partition(":")[2]
    return f"case-{digest[:20]}"


def make_case(kind: str, input: Any, expect: Any, **more: Any) -> Case:
    """A case under the name that its content gives it."""
    return Case(case_id=case_id_of(kind, input, expect), kind=kind, input=input, expect=tuple(expect), **more)
