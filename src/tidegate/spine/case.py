"""A case: what will be run again, what is expected of it, and where it came from."""

from enum import StrEnum
from typing import Any

import msgspec


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
