"""Budgets conserve to the last unit: `python -m benches.toolguard_budget [--operations N] [--log FILE] [--json]`.

Random interleavings on the ledger that is kept on disk, over trees of depth 8 and fan-out up to 64, with retries,
duplicates, settlements out of order, grants, accounts closed and opened again, and crashes: the process's memory is
lost, the file has a torn end, and what was answered must be there.  Beside it runs a sequential model that shares no
code: tables of parents and sums.  Every answer is compared, and every account every 5,000 operations.

A chunk of 50,000 operations depends on its seed alone; `--log` keeps the finished ones, so that the study resumes.
"""

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from benches.report import Report
from tidegate.admit.toolguard.budget import RESOURCES, Refusal
from tidegate.store.ledgers import KeptLedger

SEED = 20261127
CHUNK, LIFE = 50_000, 5_000  # operations in a chunk, and between two crashes
DEPTH, FAN_OUT, ACCOUNTS = 8, 64, 400
N = len(RESOURCES)
Units = tuple[int, ...]


class Model:
    """The obvious bookkeeping: who is whose child, what each may hold, what each holds and has spent."""

    def __init__(self, cap: Units) -> None:
        self.parent: dict[str, str | None] = {"root": None}
        self.depth = {"root": 1}
        self.children = {"root": 0}
        self.cap: dict[str, tuple[int | None, ...]] = {"root": cap}
        self.granted: set[str] = set()
        self.closed: set[str] = set()
        self.spent = {"root": [0] * N}
        self.held = {"root": [0] * N}
        self.calls: dict[str, tuple[str, Units, str]] = {}  # key → account, amount, state

    def up(self, name: str) -> list[str]:
        """The accounts whose room a call in `name` takes."""
        out = [name]
        while name not in self.granted and (above := self.parent[name]) is not None:
            out.append(above)
            name = above
        return out

    def fits(self, name: str, units: Units) -> bool:
        for a in self.up(name):
            for i in range(N):
                cap = self.cap[a][i]
                if cap is not None and units[i] and self.spent[a][i] + self.held[a][i] + units[i] > cap:
                    return False
        return True

    def add(self, name: str, parent: str, cap: tuple[int | None, ...]) -> None:
        self.parent[name], self.cap[name] = parent, cap
        self.depth[name] = self.depth[parent] + 1
        self.children[parent] += 1
        self.children[name] = 0
        self.spent[name], self.held[name] = [0] * N, [0] * N

    def hold(self, name: str, units: Units, sign: int = 1) -> None:
        for a in self.up(name):
            for i in range(N):
                self.held[a][i] += sign * units[i]

    def spend(self, name: str, units: Units) -> None:
        for a in self.up(name):
            for i in range(N):
                self.spent[a][i] += units[i]

    def settle(self, key: str, used: Units | None) -> None:
        account, amount, state = self.calls[key]
        if state == "open":
            self.hold(account, amount, -1)
            if used is not None:
                self.spend(account, tuple(min(u, a) for u, a in zip(used, amount, strict=True)))
            self.calls[key] = (account, amount, "done" if used is not None else "back")

    def close(self, name: str) -> None:
        if name in self.closed:
            return
        for child in [c for c, p in self.parent.items() if p == name]:
            self.close(child)
        for key, (account, amount, state) in list(self.calls.items()):
            if account == name and state == "open":
                self.settle(key, amount)
        self.closed.add(name)
        if name in self.granted:  # what is left flows back, what was spent is the parent's
            self.hold(str(self.parent[name]), tuple(c or 0 for c in self.cap[name]), -1)
            self.spend(str(self.parent[name]), tuple(self.spent[name]))


class Tally(msgspec.Struct):
    """What a chunk did."""

    chunk: int
    operations: int = 0
    refused: int = 0
    duplicates: int = 0
    crashes: int = 0
    wrong: int = 0


def compare(ledger: KeptLedger, model: Model) -> int:
    """How many accounts differ, hold more than their cap, or have lost or gained a unit."""
    wrong = 0
    for name in model.parent:
        a = ledger.accounts[name]
        closed = name in model.closed
        held = [0 if closed else r + g for r, g in zip(a.reserved, a.granted, strict=True)]
        expected = [0] * N if closed else model.held[name]
        over = any(c is not None and s + h > c for c, s, h in zip(a.limit, a.spent, held, strict=True))
        wrong += over or a.spent != model.spent[name] or a.closed is not closed or held != expected
    return wrong


class Walk:
    """One chunk."""

    def __init__(self, chunk: int, folder: Path) -> None:
        self.rng = random.Random(SEED * 1000 + chunk)
        self.path = folder / f"chunk-{chunk}"
        self.tally = Tally(chunk=chunk)
        cap = tuple(self.rng.randrange(20_000, 500_000) for _ in range(N))
        self.ledger = KeptLedger(self.path, limit=dict(zip(RESOURCES, cap, strict=True)), sync=False)
        self.model = Model(cap)
        self.open: list[str] = []  # keys that may be settled, with duplicates of settled ones
        self.made: list[str] = []
        self.alive = ["root"]

    def run(self) -> Tally:
        steps = (*[self.reserve] * 3, *[self.settle] * 3, self.again, self.child)
        while self.tally.operations < CHUNK:
            if self.rng.random() < 0.004:
                self.close()
            else:
                self.rng.choice(steps)()
            self.tally.operations += 1
            if self.tally.operations % LIFE == 0:
                self.crash()
        self.ledger.shut()
        self.path.unlink()
        return self.tally

    def units(self, most: int) -> Units:
        return tuple(self.rng.randrange(most) if self.rng.random() < 0.7 else 0 for _ in range(N))

    def reserve(self) -> None:
        account, units = self.rng.choice(self.alive), self.units(40)
        key = f"k{self.tally.operations}"
        fits = self.model.fits(account, units)
        refused = isinstance(self.ledger.reserve(key, account, units), Refusal)
        self.tally.wrong += refused is fits
        self.tally.refused += refused
        if fits:
            self.model.hold(account, units)
            self.model.calls[key] = (account, units, "open")
            self.open.append(key)
            self.made.append(key)

    def settle(self) -> None:
        if not self.open:
            return
        place = self.rng.randrange(len(self.open))
        self.open[place], self.open[-1] = self.open[-1], self.open[place]
        key = self.open.pop()
        if self.model.calls[key][0] in self.model.closed:
            return
        used = self.units(60) if self.rng.random() < 0.8 else None
        if used is None and self.rng.random() < 0.5:
            used = self.model.calls[key][1]
            self.ledger.commit(key)
        elif used is None:
            self.ledger.release(key)
        else:
            self.ledger.commit(key, used)
        self.model.settle(key, used)

    def again(self) -> None:
        """A retry or a duplicate of what was done already: nothing may move."""
        if not self.made:
            return
        key = self.rng.choice(self.made)
        known = self.model.calls[key]
        if known[0] in self.model.closed or key not in self.ledger.reservations:
            return
        self.tally.duplicates += 1
        if self.rng.random() < 0.5:
            self.tally.wrong += isinstance(self.ledger.reserve(key, known[0], known[1]), Refusal)
        elif known[2] != "open":
            (self.ledger.commit if self.rng.random() < 0.5 else self.ledger.release)(key)

    def child(self) -> None:
        parent = self.rng.choice(self.alive)
        if len(self.model.parent) >= ACCOUNTS:
            return
        if self.model.depth[parent] >= DEPTH or self.model.children[parent] >= FAN_OUT:
            return
        name = f"a{len(self.model.parent)}"
        if self.rng.random() < 0.4:
            units = self.units(600)
            fits = self.model.fits(parent, units)
            refused = isinstance(self.ledger.grant(name, parent, dict(zip(RESOURCES, units, strict=True))), Refusal)
            self.tally.wrong += refused is fits
            if not fits:
                return
            self.model.hold(parent, units)
            self.model.add(name, parent, units)
            self.model.granted.add(name)
        else:
            limit: dict[str, int] = {r: self.rng.randrange(0, 3000) for r in RESOURCES if self.rng.random() < 0.4}
            self.ledger.open(name, parent, limit)
            self.model.add(name, parent, tuple(limit.get(r) for r in RESOURCES))
        self.alive.append(name)

    def close(self) -> None:
        name = self.rng.choice(self.alive)
        if name == "root" or (self.model.depth[name] < 3 and self.rng.random() < 0.9):
            return
        self.ledger.close(name)
        self.model.close(name)
        self.alive = [a for a in self.alive if a not in self.model.closed]
        if name not in self.model.granted and self.rng.random() < 0.3:
            self.ledger.reopen(name)
            self.model.closed.discard(name)
            self.alive.append(name)

    def crash(self) -> None:
        """The process is gone, a write was torn; the next one reads the file."""
        self.ledger.shut()
        torn = self.rng.randbytes(self.rng.randrange(30))
        with self.path.open("ab") as f:
            f.write(torn)
        self.ledger = KeptLedger(self.path, sync=False)
        self.tally.crashes += 1
        self.tally.wrong += self.ledger.cut_bytes != len(torn)
        self.tally.wrong += compare(self.ledger, self.model)


def main() -> None:
    arguments = sys.argv[1:]

    def option(name: str, default: str) -> str:
        return arguments[arguments.index(name) + 1] if name in arguments else default

    wanted, log = int(option("--operations", "100000")), option("--log", "")
    known: dict[int, Tally] = {}
    if log and Path(log).exists():
        for line in Path(log).read_bytes().splitlines():
            try:
                tally = msgspec.json.decode(line, type=Tally)
            except msgspec.DecodeError:
                break  # a torn last line
            known[tally.chunk] = tally
    folder = Path(tempfile.mkdtemp(prefix="ledgers-"))
    until_s = time.process_time() + float(option("--cpu-s", "1e9"))
    try:
        for chunk in range(-(-wanted // CHUNK)):
            if chunk not in known and time.process_time() < until_s:
                known[chunk] = Walk(chunk, folder).run()
                if log:
                    with Path(log).open("ab") as out:
                        out.write(msgspec.json.encode(known[chunk]) + b"\n")
    finally:
        shutil.rmtree(folder)

    def total(name: str) -> int:
        return sum(int(getattr(t, name)) for t in known.values())

    facts: dict[str, Any] = {n: total(n) for n in ("refused", "duplicates", "crashes")}
    report = Report(f"budgets (seed {SEED}; depth {DEPTH}, fan-out up to {FAN_OUT})")
    report.row("T7 answers or accounts that differ from the model, units over a cap, lost or counted twice", goal="0",
               measured=f"{total('wrong')} in {total('operations'):,} operations", holds=total("wrong") == 0,
               note=", ".join(f"{v:,} {k}" for k, v in facts.items()))  # fmt: skip
    done = total("operations")
    report.row("T7 operations", goal="10,000,000", measured=f"{done:,}", holds=done >= 10_000_000)
    report.finish()


if __name__ == "__main__":
    main()
