"""Words between the workers of one gateway: one datagram socket each, below the store, read by its owner alone.

A word is small, sent ten times a second and never waited for: a neighbour that is away, or whose socket is full,
misses it, and the next one says it all again where it matters (`admit.scheduling.others`).  Plain non-blocking
sockets: uvloop's own datagram endpoints know no Unix addresses.
"""

import asyncio
import contextlib
import logging
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import Elsewhere
from tidegate.admit.scheduling.others import Others, Said, Speaker

log = logging.getLogger("tidegate.gateway")

WORD_BYTES_MAX = 1 << 18
WORDS_A_TURN = 64  # read in one turn of the loop
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Said)


class Neighbours:
    """The other workers, as this one knows them."""

    def __init__(self, folder: Path, index: int, workers: int) -> None:
        self.folder, self.index, self.workers = folder, index, workers
        self.speaker = Speaker(index, boot=time.time_ns() ^ os.getpid())
        self.others = Others()
        self.missed = 0  # words that a neighbour could not take
        self._quiet = False  # the last word said that nothing is here
        self._clock: Callable[[], float] = time.monotonic
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WORD_BYTES_MAX)

    def path(self, worker: int) -> Path:
        """The socket of a worker."""
        return self.folder / f"order-{worker}.sock"

    def listen(self) -> None:
        """Take words from now on; call it in the loop that serves."""
        loop = asyncio.get_running_loop()
        self._clock = loop.time
        path = self.path(self.index)
        path.unlink(missing_ok=True)
        self._socket.bind(str(path))
        os.chmod(path, 0o600)
        loop.add_reader(self._socket.fileno(), self._read)

    def exchange(self, core: Admission, now_s: float) -> Elsewhere | None:
        """Tell the others how this worker stands; what they told since the last time, if anything changed."""
        said = self.speaker.word(core)
        nothing = not (said.charged or said.waiting or said.windows)
        if not (nothing and self._quiet):
            self._tell(_encode(said))
        self._quiet = nothing
        return self.others.event(now_s)

    def _tell(self, word: bytes) -> None:
        for worker in range(self.workers):
            if worker != self.index:
                try:
                    self._socket.sendto(word, str(self.path(worker)))
                except OSError:  # away, or behind
                    self.missed += 1

    def _read(self) -> None:
        for _ in range(WORDS_A_TURN):
            try:
                word = self._socket.recv(WORD_BYTES_MAX)
            except BlockingIOError:
                return
            try:
                said = _decoder.decode(word)
            except msgspec.DecodeError as error:
                log.error("worker %d: a neighbour's word made no sense: %s", self.index, error)
                continue
            if said.worker != self.index:
                self.others.hear(said, self._clock())

    def close(self) -> None:
        """Say and hear no more."""
        with contextlib.suppress(RuntimeError, ValueError):
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()
        self.path(self.index).unlink(missing_ok=True)
