"""Budgets over nested agents: a tree of accounts in which no unit is counted twice or lost.

Resources are whole numbers (micro-dollars, tokens in, tokens out, calls, milliseconds, effects).
Every operation holds along the whole path to the root and is keyed by an idempotency key, so
that a retry or a duplicate adds nothing.  The worst case is reserved before a call, so a hard cap
is never passed, not even by one call in flight; what became of a reservation after a crash is
unknown, so it counts as spent until it is settled.

    for every account:   spent + reserved + granted <= limit        (0 means 0, absent means no own limit)
                         granted units live in the child until it is closed
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from tidegate.spine.errors import WrongUse

RESOURCES = ("money_micro_usd", "tokens_in", "tokens_out", "calls", "time_ms", "effects")
Vector = tuple[int, ...]  # one whole number a resource, in the order of RESOURCES
ZERO: Vector = (0,) * len(RESOURCES)


def vector(amounts: Mapping[str, int], where: str = "") -> Vector:
    """Amounts by name → a vector; refuses unknown names, negative, fractional and infinite amounts."""
    unknown = set(amounts) - set(RESOURCES)
    if unknown:
        raise WrongUse(f"unknown resource {sorted(unknown)[0]!r}", where=where, remedy=f"one of {', '.join(RESOURCES)}")
    for name, amount in amounts.items():
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
            raise WrongUse(f"expected a whole number of {name} from 0 on, got {amount!r}", where=where)
    return tuple(amounts.get(name, 0) for name in RESOURCES)


class Account(msgspec.Struct, kw_only=True, array_like=True):
    """One agent's account.  `limit` None in a place means: no own limit there, the ancestors' hold."""

    name: str
    parent: str | None
    limit: tuple[int | None, ...]
    escrow: bool = False  # its limit was set aside in the parent (`grant`), else it draws on the parent as it goes
    spent: list[int] = msgspec.field(default_factory=lambda: list(ZERO))
    reserved: list[int] = msgspec.field(default_factory=lambda: list(ZERO))
    granted: list[int] = msgspec.field(default_factory=lambda: list(ZERO))
    closed: bool = False


class Reservation(msgspec.Struct, kw_only=True, array_like=True):
    """Units set aside for one call; `state` says what became of them."""

    key: str
    account: str
    amount: Vector
    state: Literal["open", "committed", "released"] = "open"
    actual: Vector = ZERO


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a reservation does not fit: which account, which resource, what was left."""

    account: str
    resource: str
    wanted: int
    left: int

    def __str__(self) -> str:
        return f"{self.account} has {self.left} {self.resource} left, {self.wanted} are needed"


class Ledger:
    """The tree of accounts.  One writer at a time; every operation is all or nothing."""

    def __init__(self, root: str = "root", limit: Mapping[str, int] | None = None) -> None:
        self.accounts: dict[str, Account] = {root: Account(name=root, parent=None, limit=_limit(limit))}
        self.reservations: dict[str, Reservation] = {}
        self.root = root
        self._paths: dict[str, tuple[Account, ...]] = {root: (self.accounts[root],)}
        self._children: dict[str, list[str]] = {}
        self._open: dict[str, dict[str, None]] = {}  # keys of open reservations by account, in order

    def open(self, name: str, parent: str, limit: Mapping[str, int] | None = None) -> Account:
        """A child that draws on its ancestors as it goes; the same call again changes nothing."""
        return self._add(name, parent, limit, escrow=False)

    def grant(self, name: str, parent: str, amount: Mapping[str, int]) -> Account | Refusal:
        """A child whose units are set aside in the parent now, and flow back when it is closed."""
        if name in self.accounts:
            return self._add(name, parent, amount, escrow=True)
        self._known(parent)
        wanted = vector(amount, name)
        refusal = self._fits(parent, wanted)
        if refusal is not None:
            return refusal
        account = self._add(name, parent, {r: wanted[i] for i, r in enumerate(RESOURCES)}, escrow=True)
        for i, n in enumerate(wanted):
            self.accounts[parent].granted[i] += n
        for ancestor in self._path(parent):
            if ancestor.name != parent:
                _plus(ancestor.reserved, wanted)
        return account

    def reserve(self, key: str, account: str, amount: Mapping[str, int] | Vector) -> Reservation | Refusal:
        """Set the worst case of one call aside along the path; the same key again is the same reservation."""
        known = self.reservations.get(key)
        wanted = amount if isinstance(amount, tuple) else vector(amount, key)
        if known is not None:
            if known.account != account or known.amount != wanted:
                raise WrongUse(f"the key {key!r} was used for {known.account!r} with other amounts", where=account)
            return known
        refusal = self._fits(account, wanted)
        if refusal is not None:
            return refusal
        for a in self._path(account):
            _plus(a.reserved, wanted)
        reservation = self.reservations[key] = Reservation(key=key, account=account, amount=wanted)
        self._open.setdefault(account, {})[key] = None
        return reservation

    def commit(self, key: str, actual: Mapping[str, int] | Vector | None = None) -> Vector:
        """Settle a reservation to what was used; more than reserved is cut to the reservation (and said so
        by the returned vector).  None settles to the worst case.  Doing it twice changes nothing.
        """
        reservation = self._reservation(key)
        if reservation.state != "open":
            return reservation.actual
        used = reservation.amount if actual is None else actual if isinstance(actual, tuple) else vector(actual, key)
        settled = tuple(min(u, a) for u, a in zip(used, reservation.amount, strict=True))
        for a in self._path(reservation.account):
            _minus(a.reserved, reservation.amount)
            _plus(a.spent, settled)
        reservation.state, reservation.actual = "committed", settled
        self._open[reservation.account].pop(key, None)
        return settled

    def release(self, key: str) -> None:
        """Give a reservation back: nothing was used.  After a commit, and when repeated, it changes nothing."""
        reservation = self._reservation(key)
        if reservation.state == "open":
            for a in self._path(reservation.account):
                _minus(a.reserved, reservation.amount)
            reservation.state = "released"
            self._open[reservation.account].pop(key, None)

    def forget_settled(self) -> int:
        """Forget the settled reservations of closed accounts (their sums stay); how many they were.

        A late repetition of one is refused as unknown, so it cannot count again.
        """
        gone = [k for k, r in self.reservations.items() if r.state != "open" and self.accounts[r.account].closed]
        for key in gone:
            del self.reservations[key]
        return len(gone)

    def open_keys(self, name: str) -> tuple[str, ...]:
        """Reservations of an account that are not settled, oldest first."""
        return tuple(self._open.get(name, ()))

    def close(self, name: str) -> None:
        """Close an account: open reservations count as spent, a grant's rest flows back to the parent."""
        account = self._known(name)
        if account.closed:
            return
        if account.parent is None:
            raise WrongUse("the root cannot be closed", where=name)
        for child in self._children.get(name, ()):
            self.close(child)
        for key in self.open_keys(name):
            self.commit(key)
        account.closed = True
        if account.escrow:
            parent = self.accounts[account.parent]
            amount = tuple(n or 0 for n in account.limit)
            _minus(parent.granted, amount)
            _plus(parent.spent, tuple(account.spent))
            for ancestor in self._path(account.parent):
                if ancestor is not parent:
                    _minus(ancestor.reserved, amount)
                    _plus(ancestor.spent, tuple(account.spent))

    def reopen(self, name: str) -> Account:
        """Go on with a closed account: what it spent stays spent.  A grant flowed back and cannot be reopened."""
        account = self._known(name)
        if account.closed and account.escrow:
            raise WrongUse(f"the grant {name!r} was closed and its rest flowed back", remedy="grant a new account")
        if account.closed and account.parent is not None:
            self._path(account.parent)  # raises where the parent is closed
            account.closed = False
        return account

    def raise_limit(self, name: str, limit: Mapping[str, int]) -> None:
        """Resume with a raised cap; a cap below what is spent and reserved is refused."""
        account = self._known(name)
        if account.escrow:
            raise WrongUse(f"the units of {name!r} were granted, they are not a limit", where=name,
                           remedy="grant a further account")  # fmt: skip
        fresh = _limit(limit)
        for i, cap in enumerate(fresh):
            held = account.spent[i] + account.reserved[i] + account.granted[i]
            if cap is not None and cap < held:
                raise WrongUse(f"{name}: {held} {RESOURCES[i]} are spent or reserved already, got a cap of {cap}")
        account.limit = fresh

    def left(self, name: str) -> dict[str, int | None]:
        """What may still be reserved, by resource: the least over the path; None is no limit anywhere."""
        out: dict[str, int | None] = {}
        for i, resource in enumerate(RESOURCES):
            rests = [cap - a.spent[i] - a.reserved[i] - a.granted[i]
                     for a in self._path(name) if (cap := a.limit[i]) is not None]  # fmt: skip
            out[resource] = min(rests) if rests else None
        return out

    def _add(self, name: str, parent: str, limit: Mapping[str, int] | None, *, escrow: bool) -> Account:
        self._known(parent)
        known = self.accounts.get(name)
        if known is not None:
            if known.parent != parent or known.escrow != escrow:
                raise WrongUse(f"the account {name!r} exists already under {known.parent!r}", where=parent)
            return known
        account = self.accounts[name] = Account(name=name, parent=parent, limit=_limit(limit), escrow=escrow)
        self._paths[name] = (account,) if escrow else (account, *self._paths[parent])
        self._children.setdefault(parent, []).append(name)
        return account

    def _fits(self, name: str, wanted: Vector) -> Refusal | None:
        return fits(self._path(name), wanted)

    def _path(self, name: str) -> tuple[Account, ...]:
        """The account and the ancestors whose room its units take; a grant's units were taken already."""
        path = self._paths.get(name)
        if path is None:
            path = (self._known(name),)  # raises: the account does not exist
        if path[0].closed:
            raise WrongUse(f"the account {name!r} is closed", remedy="open a new one")
        return path

    def _known(self, name: str) -> Account:
        account = self.accounts.get(name)
        if account is None:
            raise WrongUse(f"no account is called {name!r}", remedy=f"known: {', '.join(sorted(self.accounts)[:10])}")
        return account

    def _reservation(self, key: str) -> Reservation:
        reservation = self.reservations.get(key)
        if reservation is None:
            raise WrongUse(f"no reservation has the key {key!r}")
        return reservation


def fits(path: Sequence[Account], wanted: Vector) -> Refusal | None:
    """Whether an amount may still be set aside in every account of a path; the first that refuses, if one does."""
    asked = [(i, n) for i, n in enumerate(wanted) if n]
    for account in path:
        limit, spent, reserved, granted = account.limit, account.spent, account.reserved, account.granted
        for i, n in asked:
            cap = limit[i]
            if cap is not None and n > cap - spent[i] - reserved[i] - granted[i]:
                left = cap - spent[i] - reserved[i] - granted[i]
                return Refusal(account=account.name, resource=RESOURCES[i], wanted=n, left=left)
    return None


def _limit(limit: Mapping[str, int] | None) -> tuple[int | None, ...]:
    vector(limit or {}, "limit")
    return tuple((limit or {}).get(r) for r in RESOURCES)


def _plus(target: list[int], amount: Vector) -> None:
    for i, n in enumerate(amount):
        if n:
            target[i] += n


def _minus(target: list[int], amount: Vector) -> None:
    for i, n in enumerate(amount):
        if n:
            target[i] -= n


def forecast_tokens_in(context_now: int, growth_per_step: float, steps: int) -> int:
    """Input tokens of `steps` more steps when the whole context is read again each time:
    n·c + Δ·n(n-1)/2 for c tokens now and Δ more a step.
    """
    return round(steps * context_now + growth_per_step * steps * (steps - 1) / 2)
