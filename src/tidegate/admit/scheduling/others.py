"""Several workers, one order: each tells the others what it served, who waits and what it sent; pure.

The kernel spreads connections over the workers, so that a tenant may have many at one worker and none at the
next.  Each worker decides by itself, at once; ten times a second it tells the others (`said`), and what it hears
becomes one event (`Others.event`) that its own admission takes like any other, so that a recorded run replays.

Charges are told as totals and taken as differences: what is lost on the way is made good by the next word, and a worker
that was started again begins at zero under another `boot`.  A worker that fell silent is forgotten after
`SILENT_S`: what it had in flight is the engine's own report again.

Bound (P14): between two words a worker does not know what the k - 1 others served, each at most the engine's rate
(in charge) times the time between two words; by so much the bound on the gap between two waiting tenants grows each
way (checked in tests/admit/scheduling/test_workers.py).
"""

from typing import Any

import msgspec

from tidegate.admit.scheduling.model import Elsewhere

SILENT_S = 1.0
WAITING_TOLD = 64  # the least served of those who wait: the others measure credit from the very least
CHARGES_TOLD = 1_000  # in one word; the rest follows with the next

Pool = tuple[str, ...]


class Said(msgspec.Struct, frozen=True, array_like=True):
    """One worker's word: totals of charges that grew since its last one, who waits, what it has in each engine."""

    worker: int
    boot: int
    charged: tuple[tuple[Pool, str, float], ...] = ()
    waiting: tuple[tuple[Pool, str], ...] = ()
    windows: tuple[tuple[str, int, int, int, int], ...] = ()


class Speaker:
    """What this worker has told so far."""

    def __init__(self, worker: int, boot: int) -> None:
        self.worker, self.boot = worker, boot
        self._told: dict[tuple[Pool, str], float] = {}

    def word(self, core: Any) -> Said:
        """This worker's state, as the others should know it; `core` is its `Admission`."""
        charged: list[tuple[Pool, str, float]] = []
        waiting: list[tuple[Pool, str]] = []
        for names, pool in core.pools.items():
            least: list[tuple[float, str]] = []
            for account in pool.policy.accounts.values():
                if account.waiting:
                    least.append((account.counter, account.name))
                key = names, account.name
                if account.charged != self._told.get(key, 0.0) and len(charged) < CHARGES_TOLD:
                    self._told[key] = account.charged
                    charged.append((names, account.name, account.charged))
            least.sort()
            waiting += [(names, tenant) for _, tenant in least[:WAITING_TOLD]]
        windows = tuple((name, w.inflight, w.tokens, w.tokens_held, w.prefill)
                        for name, w in core.windows.items() if w.inflight)  # fmt: skip
        return Said(self.worker, self.boot, tuple(charged), tuple(waiting), windows)


class Others:
    """What this worker heard."""

    def __init__(self) -> None:
        self._words: dict[int, tuple[Said, float]] = {}
        self._totals: dict[tuple[int, Pool, str], float] = {}
        self._grown: dict[tuple[Pool, str], float] = {}
        self._changed = False

    def hear(self, said: Said, now_s: float) -> None:
        """Another worker's word came."""
        before = self._words.get(said.worker)
        if before is not None and before[0].boot != said.boot:
            self._totals = {key: total for key, total in self._totals.items() if key[0] != said.worker}
        for pool, tenant, total in said.charged:
            key = said.worker, pool, tenant
            grown = total - self._totals.get(key, 0.0)
            self._totals[key] = total
            self._grown[pool, tenant] = self._grown.get((pool, tenant), 0.0) + grown
        if before is None or said.charged or (before[0].waiting, before[0].windows) != (said.waiting, said.windows):
            self._changed = True
        self._words[said.worker] = said, now_s

    def event(self, now_s: float) -> Elsewhere | None:
        """Everything heard since the last time as one event; None where nothing changed."""
        silent = [worker for worker, (_, at_s) in self._words.items() if now_s - at_s > SILENT_S]
        for worker in silent:
            said, at_s = self._words[worker]
            if said.waiting or said.windows:
                self._words[worker] = Said(worker, said.boot), at_s
                self._changed = True
        if not self._changed:
            return None
        self._changed = False
        charged = tuple((pool, tenant, amount) for (pool, tenant), amount in self._grown.items() if amount)
        self._grown = {}
        sizes: dict[str, list[int]] = {}
        waiting: dict[tuple[Pool, str], None] = {}
        for said, _ in self._words.values():
            waiting |= dict.fromkeys(said.waiting)
            for name, *numbers in said.windows:
                total = sizes.setdefault(name, [0, 0, 0, 0])
                total[:] = [a + b for a, b in zip(total, numbers, strict=True)]
        return Elsewhere(charged, tuple(waiting), tuple((n, *s) for n, s in sizes.items()))  # type: ignore[misc]
