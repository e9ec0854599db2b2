"""Values ↔ bytes: canonical JSON, and content hashes tagged with their algorithm.

Same content, same name: prompts, tools, cases and configurations are known by the hash of
their canonical JSON, so that two people who see the same thing call it the same.
"""

import hashlib
import json
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(value: Any) -> bytes:
    """Canonical JSON of a value: keys sorted, no spaces, UTF-8.

    Numbers keep Python's shortest round-trip form; NaN and infinities are refused (ValueError),
    since they have no JSON form and would make unequal contents equal.
    """
    builtins = msgspec.to_builtins(value)
    json.dumps(builtins, allow_nan=False)  # msgspec writes NaN as null: refuse instead
    return _encoder.encode(builtins)


def content_hash(value: Any) -> str:
    """`sha256:<64 hex>` of the canonical JSON of a value (bytes are hashed as they are)."""
    data = value if isinstance(value, bytes) else canonical_json(value)
    return "sha256:" + hashlib.sha256(data).hexdigest()


def verify_hash(value: Any, expected: str) -> bool:
    """Whether `expected` is the content hash of `value`; an unknown algorithm is an error."""
    if not expected.startswith("sha256:"):
        raise ValueError(f"expected a hash tagged 'sha256:', got {expected[:20]!r}")
    return content_hash(value) == expected
