"""A child that ends when its supervisor is gone, even by SIGKILL, which the supervisor cannot answer.

On Linux the kernel itself sends the signal (`PR_SET_PDEATHSIG`); a supervisor that died between the
fork and that request is noticed by the parent's number.  Elsewhere a pipe tells: only the supervisor
holds the end that writes, nobody ever writes, so reading ends when, and only when, it is gone.

The signal is SIGTERM: a worker drains as it would have been told to.  `tied` gives a program that a worker
starts the same end: a few lines of Python ask for the signal and then become that program.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
SetSignal = Callable[[int], bool]


def kernel_tells(number: int) -> bool:
    """Have the kernel send this process a signal when its parent dies; False where it cannot."""
    if sys.platform != "linux":
        return False
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    return int(prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(number), 0, 0, 0)) == 0


_TIE = """
import ctypes, os, sys
parent, command = int(sys.argv[1]), sys.argv[2:]
ctypes.CDLL(None).prctl(1, 15, 0, 0, 0)
if os.getppid() != parent:
    sys.exit(1)
try:
    os.execvp(command[0], command)
except OSError as error:
    sys.exit(f"{command[0]}: {error.strerror}")
"""


def tied(command: Sequence[str]) -> tuple[str, ...]:
    """A command whose process gets SIGTERM when this one dies, even by SIGKILL; unchanged where only Linux could."""
    if sys.platform != "linux":
        return tuple(command)
    return (sys.executable, "-I", "-S", "-c", _TIE, str(os.getpid()), *command)


class Lifeline:
    """Made by the supervisor before it forks; `hold` is called in each child."""

    def __init__(self, set_signal: SetSignal = kernel_tells) -> None:
        self.parent = os.getpid()
        self.set_signal = set_signal
        self._read, self._write = os.pipe()

    def hold(self) -> None:
        """In a child: from now on SIGTERM comes when the supervisor ends, at once where it has ended already."""
        os.close(self._write)  # a sibling that kept it open would keep the pipe alive
        if not self.set_signal(signal.SIGTERM):
            threading.Thread(target=self._watch, name="lifeline", daemon=True).start()
            return
        os.close(self._read)
        if os.getppid() != self.parent:
            os.kill(os.getpid(), signal.SIGTERM)

    def _watch(self) -> None:
        while True:
            with contextlib.suppress(InterruptedError):
                if not os.read(self._read, 1):
                    os.kill(os.getpid(), signal.SIGTERM)
                    return

    def let_go(self) -> None:
        """In the supervisor, at its end."""
        for end in (self._read, self._write):
            with contextlib.suppress(OSError):
                os.close(end)
