"""What the running gateway decided comes out again bit for bit: with failing upstreams, retries, clients that leave.

Real sockets, a real clock: the journal is the only thing that the replay knows.
"""

import asyncio
import random

import msgspec
from tests.support.rig import Reader, Writer, good, json_answer, read_answer, request, reset, world

from tidegate.admit.scheduling.model import Again, AnyEvent, Finish, Outcome, Throttled, decode_event
from tidegate.admit.scheduling.replay import Replay
from tidegate.gateway.scheduling import Scheduled
from tidegate.settings import Settings, Upstream

SEED = 31


def unreliable(rng: random.Random) -> object:
    """An engine that dies before it answers, says that it is overloaded, or takes its time."""

    async def script(asked: bytes, reader: Reader, writer: Writer) -> None:
        what = rng.random()
        if what < 0.25:
            reset(writer)
        elif what < 0.35:
            writer.write(b"HTTP/1.1 503 Busy\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n")
        elif what < 0.7:
            await asyncio.sleep(rng.uniform(0.0, 0.1))
            writer.write(json_answer())
        else:
            await good(asked, reader, writer)

    return script


def test_live_decisions_are_reproduced_bit_for_bit() -> None:
    print(f"seed {SEED}")
    lines: list[bytes] = []

    async def main() -> None:
        rng = random.Random(SEED)
        names = ("u0", "u1")
        settings = Settings(upstreams=tuple(Upstream(name=n, url="http://127.0.0.1:1/v1") for n in names))
        admission = Scheduled(settings, lines.append)

        def limited(made: Settings) -> Settings:
            upstreams = tuple(msgspec.structs.replace(u, connections_max=2) for u in made.upstreams)
            return msgspec.structs.replace(made, upstreams=upstreams)

        async with world(unreliable(rng), unreliable(rng), admission=admission, settings=limited) as w:  # type: ignore[arg-type]
            admission.reload(w.gateway.settings, asyncio.get_running_loop().time())

            async def client() -> None:
                for _ in range(12):
                    reader, writer = await w.connect()
                    writer.write(request(b'{"model":"m","stream":%s,"messages":[]}' % rng.choice((b"true", b"false"))))
                    if rng.random() < 0.6:
                        await read_answer(reader)
                    else:
                        await asyncio.sleep(rng.uniform(0.0, 0.05))  # leaves, answered or not
                    writer.close()

            await asyncio.gather(*(client() for _ in range(8)))
            await asyncio.sleep(0.3)
        admission.tick(asyncio.get_running_loop().time())

    asyncio.run(main())
    whole = [line for block in lines for line in block.split(b"\n") if line]
    events: list[AnyEvent] = [decode_event(line)[1] for line in whole if line.startswith(b"[")]
    kinds = {type(e) for e in events}
    assert {Again, Finish, Throttled} <= kinds
    assert any(isinstance(e, Finish) and e.outcome is Outcome.FAILED for e in events)
    replay = Replay().run(whole)
    assert replay.decisions >= 60
    assert replay.different == 0
