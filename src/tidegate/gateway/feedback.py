"""What `POST /v1/feedback` takes."""

from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Word = Annotated[str, msgspec.Meta(max_length=64)]
Words = Annotated[str, msgspec.Meta(max_length=64 * 1024)]


class Feedback(msgspec.Struct, forbid_unknown_fields=True):
    """What `POST /v1/feedback` takes: which answer, and what its reader said or did."""

    trace_id: Id | None = None  # the `x-request-id` of the answer
    call_id: Id | None = None  # another name for the same
    rating: int | float | Word | bool | None = None
    rating_max: Annotated[float, msgspec.Meta(gt=1)] | None = None  # 5: one to five stars
    signal: Word | None = None  # what the reader did: regenerated, copied, abandoned, escalated …
    comment: Words | None = None
    correction: Words | None = None  # what the answer should have been
    metadata: dict[Word, Annotated[str, msgspec.Meta(max_length=1024)]] | None = None


read_feedback = msgspec.json.Decoder(Feedback).decode
