"""Handles instead of secrets, and revocation that is effective at once.

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

    An epoch is even while its subject may be used and odd while it is revoked: `revoke` goes to the
    next odd one, `restore` to the next even one.  Epochs only rise, so news may come late, twice or
    in any order, and a handle made in an earlier epoch never lives again.  `heard` is a message from
    the store or another node; a node that hears nothing for `lease_s` refuses everything.
    """

    def __init__(self, lease_s: float = 2.0) -> None:
        self.lease_s = lease_s
        self.epochs: dict[str, int] = {}
        self.heard_at_s: float | None = None

    def heard(self, epochs: Mapping[str, int], now_s: float) -> None:
        """News of the epochs; they only ever rise, so an old message changes nothing."""
        for subject, epoch in epochs.items():
            self.epochs[subject] = max(epoch, self.epochs.get(subject, 0))
        self.heard_at_s = now_s if self.heard_at_s is None else max(self.heard_at_s, now_s)

    def revoke(self, subject: str) -> int:
        """Every handle of a subject is dead for every check that begins after this returns.  Returns the epoch."""
        self.epochs[subject] = revoked_epoch(self.epochs.get(subject, 0))
        return self.epochs[subject]

    def restore(self, subject: str) -> int:
        """The subject may be used again, by handles of the epoch returned; older ones stay dead."""
        self.epochs[subject] = restored_epoch(self.epochs.get(subject, 0))
        return self.epochs[subject]

    def current(self, handle: Handle, now_s: float) -> bool:
        """Whether a handle's epoch is the newest this node knows and not revoked, and it still may believe that."""
        epoch = self.epochs.get(handle.subject, 0)
        return self._fresh(now_s) and handle.epoch == epoch and epoch % 2 == 0

    def live(self, handle: str, now_s: float) -> bool:
        """The same for a handle as a rule writes it: `cred://crm/read` (epoch 0) or, once restored, `cred://crm/read#2`."""
        subject, epoch = split_handle(handle)
        return self.current(Handle(subject=subject, epoch=epoch), now_s)

    def _fresh(self, now_s: float) -> bool:
        return self.heard_at_s is not None and 0 <= now_s - self.heard_at_s <= self.lease_s


def revoked_epoch(epoch: int) -> int:
    """The epoch after a revocation: the next odd one; a subject that is revoked stays where it is."""
    return epoch + (epoch % 2 == 0)


def restored_epoch(epoch: int) -> int:
    """The epoch after a restoration: the next even one; a subject that is in use stays where it is."""
    return epoch + epoch % 2


def split_handle(handle: str) -> tuple[str, int]:
    """(subject, epoch) of a handle as text; what follows `#` is the epoch where it is a number."""
    subject, mark, epoch = handle.rpartition("#")
    return (subject, int(epoch)) if mark and epoch.isascii() and epoch.isdigit() else (handle, 0)


def written_handle(subject: str, epoch: int) -> str:
    """The handle of an epoch as a rule writes it."""
    return f"{subject}#{epoch}" if epoch else subject
