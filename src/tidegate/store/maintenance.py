"""The store's housekeeping in the control process: checks of new traces, compaction, retention, keys of shared state.

One thread; a failure (a full disk, a locked store) is remembered, counted and tried again: it
never ends the thread and never concerns a call.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tidegate.spine.trace import CallTrace
from tidegate.store.compaction import Compactor
from tidegate.store.decisions import expire_decisions
from tidegate.store.keyring import KeyRing

EXPIRE_EVERY_S = 3600.0


class Maintenance:
    """Compacts every `compact_every_s`, expires every hour, refreshes the keys' snapshot every `keys_every_s`.

    `watch` (checks of new traces) runs every `watch_every_s`; `ready` says which sealed segments it is done with.
    """

    def __init__(
        self,
        store: Path,
        *,
        retention_days: float,
        tenants_days: Mapping[str, float],
        keys: KeyRing | None = None,
        compact_every_s: float = 30.0,
        keys_every_s: float = 2.0,
        monotonic_s: Callable[[], float] = time.monotonic,
        passing: Callable[[CallTrace], None] | None = None,
        ready: Callable[[Path], bool] = lambda _: True,
        watch: Callable[[], None] | None = None,
        watch_every_s: float = 1.0,
    ) -> None:
        self.store = store
        self.compactor = Compactor(store, passing=passing, ready=ready)
        self.retention_days = retention_days
        self.tenants_days = dict(tenants_days)
        self.counts: Counter[str] = Counter()
        self.last_error = ""
        self._keys = keys
        self._watch = watch
        self._every_s = {
            "watch": watch_every_s,
            "compact": compact_every_s,
            "expire": EXPIRE_EVERY_S,
            "keys": keys_every_s,
        }
        self._due_s = dict.fromkeys(self._every_s, 0.0)
        self._monotonic_s = monotonic_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> "Maintenance":
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="store-maintenance", daemon=True)
        self._thread.start()
        return self

    def stop(self, timeout_s: float = 10.0) -> None:
        """Let the current piece of work end, then end the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def run_due(self) -> None:
        """Do what is due now."""
        jobs: dict[str, Callable[[], None]] = {
            "keys": self._refresh_keys,
            "watch": self._watch or (lambda: None),
            "compact": self._compact,
            "expire": self._expire,
        }
        for name, job in jobs.items():
            if self._monotonic_s() < self._due_s[name]:
                continue
            self._due_s[name] = self._monotonic_s() + self._every_s[name]
            try:
                job()
            except Exception as error:  # whatever it is, the next run tries again and the metrics tell
                self.counts[f"{name}_failed"] += 1
                self.last_error = f"{name}: {error}"

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            self.run_due()

    def _compact(self) -> None:
        done = self.compactor.compact()
        self.counts["segments_compacted"] += done.segments
        self.counts["rows_compacted"] += done.rows

    def _expire(self) -> None:
        self.counts["rows_expired"] += self.compactor.expire(self.retention_days, self.tenants_days)
        before_s = time.time() - max(self.retention_days, *self.tenants_days.values(), 0.0) * 86_400
        self.counts["decision_files_expired"] += expire_decisions(self.store, before_s)

    def _refresh_keys(self) -> None:
        if self._keys is not None and self._keys.refresh():
            self.counts["keys_refreshed"] += 1
