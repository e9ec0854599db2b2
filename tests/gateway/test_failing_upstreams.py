"""An upstream dies with calls in it: another one gets them when it has room, in their order, and none is lost.

Real sockets and the real scheduler.  The first upstream takes what it is given, then all its connections break at
once; the second answers nothing until it was seen that it got no more than its window holds.
"""

import asyncio
from collections.abc import Callable

from tests.support.rig import Reader, Writer, json_answer, reset, world

from tidegate.admit.scheduling.learning import START_SLOTS
from tidegate.admit.scheduling.model import Dispatch, decode_actions
from tidegate.gateway.scheduling import Scheduled
from tidegate.settings import Settings

EACH = int(START_SLOTS)  # what each upstream is given before it answered anything
LATER = 20  # calls for which there is no room


class Engine:
    """Notes which calls it got; answers them, or lets them all down, when told."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.got: list[int] = []
        self.now = asyncio.Event()

    async def __call__(self, asked: bytes, reader: Reader, writer: Writer) -> None:
        self.got.append(int(asked.partition(b"number ")[2].partition(b'"')[0]))
        await self.now.wait()
        if self.answers:
            writer.write(json_answer())
        else:
            reset(writer)


async def until(there: Callable[[], bool], what: str) -> None:
    for _ in range(500):
        if there():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"after 5 s, still not: {what}")


def dispatched(recorded: list[bytes]) -> list[tuple[int, str]]:
    """(call, engine) in the order of dispatch; calls are numbered as they came."""
    lines = [line for block in recorded for line in block.split(b"\n") if line.startswith(b'{"actions"')]
    return [(a.request_id, a.engine) for line in lines for a in decode_actions(line) if isinstance(a, Dispatch)]


def test_the_calls_of_a_dead_upstream_wait_for_room_at_another() -> None:
    async def main() -> None:
        dying, left = Engine(answers=False), Engine(answers=True)
        lines: list[bytes] = []
        admission = Scheduled(Settings(), lines.append)
        async with world(dying, left, admission=admission) as w:
            admission.reload(w.gateway.settings, asyncio.get_running_loop().time())
            body = b'{"model":"m","messages":[{"role":"user","content":"number %d"}]}'
            calls = [asyncio.create_task(w.call(body % i)) for i in range(2 * EACH + LATER)]
            bounds = admission.core.bounds
            await until(lambda: len(dying.got) == len(left.got) == EACH, "both upstreams have what their windows hold")
            await until(lambda: bounds.waiting == LATER, "all others wait")
            w.upstreams[0].server.close()  # type: ignore[union-attr]
            dying.now.set()
            await until(lambda: bounds.waiting == EACH + LATER, "the calls of the dead one wait too")
            await asyncio.sleep(0.3)  # nothing more happens, whatever the ticks see
            assert len(left.got) == EACH == admission.core.windows["u1"].inflight
            left.now.set()
            answers = await asyncio.gather(*calls)
            admission.tick(asyncio.get_running_loop().time())  # writes what is left to record
            assert {a.status for a in answers} == {200}
            assert sorted(left.got) == list(range(2 * EACH + LATER))
            went = dispatched(lines)
            failed = [i for i, engine in went if engine == "u0"]
            again = [i for i, engine in went if engine == "u1" and i in failed]
            assert again[:EACH] == sorted(failed[:EACH])  # those that it held, as they first came
            traces = await w.traces(len(calls))
            retried = [t for t in traces if t.attempts > 1]
            assert len(retried) >= EACH
            for t in retried:
                names = [e.name for e in t.events]
                last = len(names) - 1 - names[::-1].index("retried")
                assert names[last : last + 3] == ["retried", "queued", "dispatched"], names
                assert t.upstream == "u1"
            account = admission.core.pools["u0", "u1"].policy.accounts["t"]
            assert account.prompt == 3 * len(calls)  # what the engine counted, of answered calls alone

    asyncio.run(main())
