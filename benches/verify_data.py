"""What the benches of `verify` share: where the recordings are, the seed, and what was refuted."""

import os
from pathlib import Path

from tidegate.spine.claim import Support

DATA = (
    Path(os.environ.get("TIDEGATE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "knowledge"
)
SEED = 7


def refuted(decisions: object) -> list:
    return [d for d in decisions if d.support is Support.REFUTED]  # type: ignore[attr-defined]
