"""Goal: `/v1/feedback` takes what clients say of an answer, refuses what says nothing, and it can be read back."""

import json
from pathlib import Path

import pytest
from tests.support.rig import run, world

from tidegate.spine.call import Ending
from tidegate.store.lake import LakeTraces


def test_feedback_is_kept_and_read_with_its_call(tmp_path: Path) -> None:
    said = {"rating": 1, "rating_max": 5, "signal": "regenerated", "comment": "wrong", "correction": "42"}

    async def main() -> None:
        async with world() as w:
            first = await w.call()
            of = first.headers["x-request-id"]
            answer = await w.call(json.dumps({"trace_id": of, **said}).encode(), path="/v1/feedback")
            assert answer.status == 202
            assert json.loads(answer.body) == {"accepted": True, "trace_id": of}
            lake = LakeTraces(tmp_path)
            lake.append(await w.traces(2))
            trace = lake.get(of)
            assert trace is not None
            assert [e.data for e in lake.with_feedback(trace).events if e.name == "feedback"] == [said]
            lake.close()

    run(main())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"), (b"[]", "invalid_json"), (b'{"trace_id":null}', "invalid_feedback"),
        (b'{"trace_id":"c"}', "invalid_feedback"), (b'{"rating":1}', "invalid_feedback"),
        (b'{"trace_id":"c","call_id":"d","rating":1}', "invalid_feedback"), (b'{"trace_id":"","rating":1}', "invalid_json"),
        (b'{"trace_id":"c","rating":[1]}', "invalid_json"), (b'{"trace_id":"c","ratng":1}', "invalid_json"),
        (b'{"trace_id":"c","rating":1,"rating_max":1}', "invalid_json"), (b'{"trace_id":"c","comment":"\xff"}', "invalid_json"),
        (b'{"trace_id":"' + b"c" * 200 + b'","rating":1}', "invalid_json"),
        (b'{"trace_id":"c","comment":"' + b"c" * 70_000 + b'"}', "invalid_json"),
    ],
)  # fmt: skip
def test_feedback_that_says_nothing_is_refused(body: bytes, code: str) -> None:
    async def main() -> None:
        async with world() as w:
            answer = await w.call(body, path="/v1/feedback")
            assert (answer.status, answer.code) == (400, code)
            trace = (await w.traces(1))[0]
            assert trace.ending is Ending.REFUSED_INVALID
            assert not trace.attributes

    run(main())
