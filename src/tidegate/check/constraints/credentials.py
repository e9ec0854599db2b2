"""Handles instead of secrets, confirmations of one exact call, and revocation that is effective at once.

The agent holds a handle; the gateway holds the secret.  A handle is narrowed by appending
caveats to an HMAC chain (macaroons, Birgisson et al. 2014): anybody can narrow, nobody can
widen.  Each subject has an epoch; a handle names the epoch it was made in, and a node believes
its copy of the epochs only for a lease, so a node that is cut off refuses.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from tidegate.spine.codec import canonical_json


class Handle(msgspec.Struct, frozen=True, kw_only=True):
    """`subject` at `epoch`, narrowed by caveats; `tag` is the chain's last HMAC in hexadecimal."""

    subject: str
    epoch: int
    caveats: tuple[tuple[str, Any], ...] = ()
    tag: str = ""


def _link(key: bytes, value: Any) -> bytes:
    return hmac.new(key, canonical_json(value), hashlib.sha256).digest()


def mint(root: bytes, subject: str, epoch: int) -> Handle:
    """A fresh handle without caveats."""
    return Handle(subject=subject, epoch=epoch, tag=_link(root, [subject, epoch]).hex())


CAVEATS = ("tool", "tools", "run", "call", "expires_s", "amount_max", "uses_max", "depth_max")


def attenuate(handle: Handle, name: str, value: Any) -> Handle:
    """A narrower handle; needs no key.  An unknown caveat name is an error here and a refusal when checked."""
    if name not in CAVEATS:
        raise ValueError(f"unknown caveat {name!r}: one of {', '.join(CAVEATS)}")
    return msgspec.structs.replace(
        handle, caveats=(*handle.caveats, (name, value)), tag=_link(bytes.fromhex(handle.tag), [name, value]).hex()
    )


def refused(root: bytes, handle: Handle, call: Mapping[str, Any], now_s: float) -> str:
    """Why a handle does not cover a call (tool, run, call hash, amount, uses so far, depth), or "" when it does."""
    key = _link(root, [handle.subject, handle.epoch])
    for name, value in handle.caveats:
        key = _link(key, [name, value])
    if not hmac.compare_digest(key.hex(), handle.tag):
        return "the handle was altered"
    for name, value in handle.caveats:
        match name:
            case "tool" | "run" | "call":
                ok = call.get(name) == value
            case "tools":
                ok = call.get("tool") in value
            case "expires_s":
                ok = now_s < value
            case "amount_max" | "uses_max" | "depth_max":
                given = call.get(name.removesuffix("_max"))
                ok = isinstance(given, int | float) and (given < value if name == "uses_max" else given <= value)
            case _:
                ok = False
        if not ok:
            return f"the handle is limited to {name} = {value!r}"
    return ""


class Revocations:
    """Epochs as this node knows them, believed until their lease ends.

    `revoke` is effective for every check that begins after it returns.  `heard` is a message
    from the store or another node; a node that hears nothing for `lease_s` refuses everything.
    """

    def __init__(self, lease_s: float = 2.0) -> None:
        self.lease_s = lease_s
        self.epochs: dict[str, int] = {}
        self.revoked: set[str] = set()
        self.heard_at_s: float | None = None

    def heard(self, epochs: Mapping[str, int], now_s: float, revoked: frozenset[str] = frozenset()) -> None:
        """News of the epochs; they only ever rise, so an old message changes nothing."""
        for subject, epoch in epochs.items():
            self.epochs[subject] = max(epoch, self.epochs.get(subject, 0))
        self.revoked |= revoked
        self.heard_at_s = now_s if self.heard_at_s is None else max(self.heard_at_s, now_s)

    def revoke(self, subject: str) -> int:
        """Raise a subject's epoch: every handle of it made before is dead.  Returns the new epoch."""
        self.epochs[subject] = self.epochs.get(subject, 0) + 1
        self.revoked.add(subject)
        return self.epochs[subject]

    def current(self, handle: Handle, now_s: float) -> bool:
        """Whether a handle's epoch is the newest this node knows, and it still may believe that."""
        return self._fresh(now_s) and handle.epoch == self.epochs.get(handle.subject, 0)

    def live(self, subject: str, now_s: float) -> bool:
        """Whether a subject was never revoked, as far as this node may still believe."""
        return self._fresh(now_s) and subject not in self.revoked

    def _fresh(self, now_s: float) -> bool:
        return self.heard_at_s is not None and 0 <= now_s - self.heard_at_s <= self.lease_s


class Confirmations:
    """Single-use, expiring answers to "may this exact call run?", bound to the call's hash.

    Changed arguments have another hash, so they find no confirmation.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def give(self, call_hash: str, expires_at_s: float) -> None:
        """The user said yes to this call."""
        self._until[call_hash] = expires_at_s

    def spend(self, call_hash: str, now_s: float) -> bool:
        """Use the confirmation of this call up, if there is a live one."""
        until = self._until.pop(call_hash, None)
        return until is not None and now_s < until
