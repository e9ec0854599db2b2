"""One process that keeps the others alive: workers, one a core, and the control plane.

It holds no loop and no thread, so it can fork: a worker starts with everything already imported
and shares those pages with its siblings.  A child that dies is started again, at most once a
second; SIGTERM and SIGINT drain, SIGHUP reloads.  Children end by themselves when it is killed (`lifeline`).
"""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable

from tidegate.gateway.lifeline import Lifeline

log = logging.getLogger("tidegate.supervisor")
SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
RESTART_AFTER_S = 1.0
LAST_CALL_S = 5.0  # between the end of the drain and SIGKILL
EXIT_SETTINGS = 2  # a child that ends with this will not do better next time


class Child:
    """One child process and how to start it."""

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self.name = name
        self.run = run
        self.pid = 0
        self.started_s = 0.0
        self.restart_at_s: float | None = None


class Supervisor:
    """Starts the children, restarts what dies, ends when told to."""

    def __init__(
        self, children: list[Child], *, reload: Callable[[], None], drain_s: float, lifeline: Lifeline | None = None
    ) -> None:
        self.children = children
        self.lifeline = lifeline or Lifeline()
        self.reload = reload
        self.drain_s = drain_s
        self.exit_code = 0

    def run(self) -> int:
        """Supervise until a signal ends it; the exit code."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        for child in self.children:
            self.start(child)
        while True:
            got = signal.sigtimedwait(SIGNALS, 0.5)
            if got is not None and got.si_signo in (signal.SIGTERM, signal.SIGINT):
                return self.end()
            if got is not None and got.si_signo == signal.SIGHUP:
                self.reload()
            if not self.reap():
                return self.end()
            for child in self.children:
                if child.restart_at_s is not None and time.monotonic() >= child.restart_at_s:
                    self.start(child)

    def start(self, child: Child) -> None:
        """Fork a child."""
        child.restart_at_s = None
        child.started_s = time.monotonic()
        pid = os.fork()
        if pid:
            child.pid = pid
            return
        code = 1
        try:
            os.setpgid(0, 0)  # Ctrl-C in a terminal reaches the supervisor alone, which drains
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            self.lifeline.hold()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            child.run()
            code = 0
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        except BaseException:
            log.exception("%s failed", child.name)
        finally:
            logging.shutdown()
            os._exit(code)

    def reap(self) -> bool:
        """Collect the dead; False when one of them says that starting again is of no use."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == 0:
                return True
            child = next((c for c in self.children if c.pid == pid), None)
            if child is None:
                continue
            child.pid = 0
            code = os.waitstatus_to_exitcode(status)
            if code == EXIT_SETTINGS:
                self.exit_code = EXIT_SETTINGS
                return False
            log.warning("%s (pid %d) ended with %d; starting it again", child.name, pid, code)
            lived_s = time.monotonic() - child.started_s
            child.restart_at_s = time.monotonic() + (0.0 if lived_s > RESTART_AFTER_S else RESTART_AFTER_S)

    def end(self) -> int:
        """Tell all to drain, wait, kill what does not go.  A second signal does not wait."""
        self.tell(signal.SIGTERM)
        deadline_s = time.monotonic() + self.drain_s + LAST_CALL_S
        while any(c.pid for c in self.children) and time.monotonic() < deadline_s:
            got = signal.sigtimedwait(SIGNALS, 0.5)
            if got is not None and got.si_signo in (signal.SIGTERM, signal.SIGINT) and got.si_pid != os.getpid():
                break
            self.collect()
        self.tell(signal.SIGKILL)
        while any(c.pid for c in self.children):
            self.collect(block=True)
        self.lifeline.let_go()
        return self.exit_code

    def collect(self, *, block: bool = False) -> None:
        """Note which children have gone."""
        while any(c.pid for c in self.children):
            try:
                pid, _ = os.waitpid(-1, 0 if block else os.WNOHANG)
            except ChildProcessError:
                for child in self.children:
                    child.pid = 0
                return
            if pid == 0:
                return
            for child in self.children:
                if child.pid == pid:
                    child.pid = 0

    def tell(self, number: int) -> None:
        """Send a signal to every child."""
        for child in self.children:
            if child.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.pid, number)
