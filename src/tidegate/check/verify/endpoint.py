# ruff: noqa: E501  (texts and messages read best on one line)
"""`/v1/verify` as a pure function: bytes in, (status, bytes) out; the gateway mounts it."""

from __future__ import annotations

from typing import Any

import msgspec

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.spine.claim import Support

ANSWER_CHARACTERS_MAX = 1_000_000


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The request's body."""

    answer: str
    question: str = ""


def handle(body: bytes, knowledge: Knowledge | None = None) -> tuple[int, bytes]:
    """Verify one answer; static verifiers only, code is read and never run."""
    try:
        request = msgspec.json.decode(body, type=Request)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        return 400, _error("invalid_request_error", "bad_input", f"expected {{question, answer}}: {error}")
    if len(request.answer) > ANSWER_CHARACTERS_MAX:
        return 413, _error(
            "invalid_request_error",
            "too_large",
            f"expected at most {ANSWER_CHARACTERS_MAX} characters, got {len(request.answer)}",
        )
    found = verify_answer(request.answer, request.question, knowledge)
    decided = sum(d.support is not Support.UNVERIFIABLE for d in found.decisions)
    blocking = any(f.evidence.get("certainty") != "possible" for f in found.findings)
    verdict = (
        "fail" if blocking else "pass" if decided and not found.findings and not found.not_checked else "undecided"
    )
    document: dict[str, Any] = {
        "verb": "verify", "verdict": verdict, "findings": [f.to_json() for f in found.findings], "claims": found.claims_json(),
        "coverage": {"claims": len(found.decisions), "decided": decided}, "not_checked": list(found.not_checked),
    }  # fmt: skip
    return 200, msgspec.json.encode(document)


def _error(kind: str, code: str, message: str) -> bytes:
    return msgspec.json.encode({"error": {"type": kind, "code": code, "message": message}})
