"""May this exact call run?  A question put to a person, bound to the call's hash, answered once, for a while.

A call that asks is filed as `Asked` under a token made of its hash.  A person grants the token; the
next call with the same hash, and only that one, spends the grant.  The hash covers server, tool,
arguments, run, tenant and user, so changed arguments, another run or somebody else find no grant.
Everything lies behind the `StateStore` port, so that any worker may ask and any other may spend:
`delete` says who was first, which makes a grant single use.  The ledger keeps every step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tidegate.spine.errors import InputError
from tidegate.spine.ports import StateStore

PENDING = "constraint-pending"
GRANTED = "constraint-confirmation"
LEDGER = "constraint-confirmation-ledger"
EXPIRES_S = 600.0
WAITING_MAX = 1000  # a tenant's calls that may wait at once: a hostile model must not fill the store
COUNT_EVERY_S = 5.0
ARGUMENTS_MAX = 16_384  # characters; longer arguments cannot be read by the person who is asked
CLOCK_SLACK_S = 5.0  # two machines' clocks may differ by this much


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call that waits for a person: what it would do, who asks, which rules want to know."""

    token: str
    call_hash: str
    tool: str
    arguments: str
    rules: tuple[str, ...]
    reason: str
    tenant: str = ""
    user: str = ""
    run: str = ""
    asked_at_s: float = 0.0
    expires_s: float = EXPIRES_S  # how long the question stands, and how long a grant of it holds

    def open_at(self, now_s: float) -> bool:
        """Whether the question still stands; a clock that jumped back closes it."""
        return -CLOCK_SLACK_S <= now_s - self.asked_at_s < self.expires_s


def token_of(call_hash: str) -> str:
    """The name under which a person knows a call: 128 bits of its hash.  It grants nothing by itself."""
    return "confirm_" + call_hash.rpartition(":")[2][:32]


class Confirmations:
    """Questions, grants and their ledger in a `StateStore` (given as a function: opened when first needed)."""

    def __init__(self, state: Callable[[], StateStore]) -> None:
        self._state = state
        self._waiting: Counter[str] = Counter()
        self._counted_at_s = float("-inf")

    # -- the guard's side

    def ask(self, asked: Asked) -> bool:
        """File a question; False when it cannot be put to anybody (too many wait, or it is too long to read)."""
        if len(asked.arguments) > ARGUMENTS_MAX:
            return False
        now_s, state = asked.asked_at_s, self._state()
        document = state.get(PENDING, asked.token)
        known = msgspec.convert(document, Asked) if document is not None else None
        if known is not None and known.call_hash != asked.call_hash:
            return False  # two calls under one name: neither may be granted in place of the other
        if known is not None and known.open_at(now_s):
            return True
        self._count(now_s)
        if self._waiting[asked.tenant] >= WAITING_MAX:
            return False
        state.put(PENDING, asked.token, msgspec.to_builtins(asked))
        self._note("asked", asked, asked.tenant, now_s)
        self._waiting[asked.tenant] += 1
        return True

    def spend(self, call_hash: str, now_s: float) -> str:
        """Use the grant of this call up; who gave it, or "" where there is no live one."""
        state = self._state()
        grant = state.get(GRANTED, call_hash)
        if grant is None or not state.delete(GRANTED, call_hash):  # another worker may have been faster
            return ""
        by, given_s, until_s = str(grant.get("by", "")), grant.get("given_at_s"), grant.get("expires_at_s")
        live = (
            isinstance(given_s, int | float)
            and isinstance(until_s, int | float)
            and given_s - CLOCK_SLACK_S <= now_s < until_s
        )
        entry = {"event": "spent" if live else "expired", "call_hash": call_hash, "token": token_of(call_hash)}
        state.append_log(LEDGER, {**entry, "by": by, "at_s": now_s})
        return by if live else ""

    # -- the person's side

    def waiting(self, now_s: float, tenant: str | None = None) -> list[Asked]:
        """Questions that stand, oldest first."""
        found = [a for a in self._pending() if a.open_at(now_s) and tenant in (None, a.tenant)]
        return sorted(found, key=lambda a: (a.asked_at_s, a.token))

    def grant(self, token: str, *, by: str, now_s: float) -> Asked:
        """Allow this call once, within its `expires_s` from now; raises InputError for a token that is not open."""
        asked = self._open(token, by, now_s)
        grant = {"by": by.strip(), "given_at_s": now_s, "expires_at_s": now_s + asked.expires_s, "tool": asked.tool}
        self._note("granted", asked, by.strip(), now_s)  # first the ledger: no grant without its line
        self._state().put(GRANTED, asked.call_hash, grant)
        self._state().delete(PENDING, token)
        return asked

    def decline(self, token: str, *, by: str, now_s: float) -> Asked:
        """Take the question away; the call goes on being refused, and may be asked again."""
        asked = self._open(token, by, now_s)
        self._note("declined", asked, by.strip(), now_s)
        self._state().delete(PENDING, token)
        return asked

    def history(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """The ledger, oldest first: asked, granted, declined, spent, expired."""
        return (entry for _, entry in self._state().read_log(LEDGER, after))

    # -- parts

    def _pending(self) -> Iterator[Asked]:
        return (msgspec.convert(d, Asked) for _, d in self._state().items(PENDING))

    def _open(self, token: str, by: str, now_s: float) -> Asked:
        if not by.strip():
            raise InputError("expected who confirms", remedy="--by anna")
        document = self._state().get(PENDING, token)
        asked = msgspec.convert(document, Asked) if document is not None else None
        if asked is None or not asked.open_at(now_s):
            what = "nothing waits under it" if asked is None else "its question has expired"
            raise InputError(
                f"cannot confirm {token!r}: {what}", remedy="tidegate constraints pending lists what waits"
            )
        return asked

    def _count(self, now_s: float) -> None:
        """Count what waits, and let go of what has expired; seldom, since it reads everything."""
        if 0 <= now_s - self._counted_at_s < COUNT_EVERY_S:
            return
        self._counted_at_s = now_s
        self._waiting = Counter()
        for asked in list(self._pending()):
            if asked.open_at(now_s):
                self._waiting[asked.tenant] += 1
            else:
                self._state().delete(PENDING, asked.token)

    def _note(self, event: str, asked: Asked, by: str, now_s: float) -> None:
        self._state().append_log(LEDGER, {
            "event": event, "token": asked.token, "call_hash": asked.call_hash, "tool": asked.tool,
            "rules": list(asked.rules), "tenant": asked.tenant, "by": by, "at_s": now_s,
        })  # fmt: skip
