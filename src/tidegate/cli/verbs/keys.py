"""`tidegate keys`: issue, list, rotate and revoke tenants' keys.  A key is shown once."""

import time
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import emit
from tidegate.cli.store_options import existing, resolve, store_options
from tidegate.readers.moments import duration_s, iso
from tidegate.settings import Settings
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, nearest
from tidegate.spine.gate import Verdict
from tidegate.store.keyring import KeyRing
from tidegate.store.keys import KeyEntry
from tidegate.wiring import key_ring

STATE_STYLE = {"active": "green", "expiring": "yellow", "expired": "dim", "revoked": "red"}
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group("keys")
def command() -> None:
    """Issue, list, rotate and revoke tenants' keys.

    A running gateway follows every change within a second.  Keys are kept as hashes: a lost key
    cannot be shown again, only replaced.

    Example: tidegate keys add acme --note "batch jobs"
    """


def ring_of(store: Path | None, config: Path | None) -> KeyRing:
    """The keys of a store that is there."""
    remedy = "name it with --store; `tidegate keys add TENANT` makes the first key"
    return key_ring(existing(store, config, remedy=remedy, state_only=True).store)


@command.command("add")
@click.argument("tenant")
@click.option("--note", default="", help="What the key is for.")
@click.option("--user", default=None, help="Whose key it is, where a tenant gives keys to people.")
@click.option("--task", default=None, help="The only task it is for: scope rules of constraints.yaml hold by it.")
@click.option("--expires", default=None, metavar="DURATION", help="Refuse it after, for example, 90d.")
@store_options
@json_option
def add(
    tenant: str,
    note: str,
    user: str | None,
    task: str | None,
    expires: str | None,
    store: Path | None,
    config: Path | None,
    as_json: bool,
) -> NoReturn:
    """Make a key for TENANT and show it, once.

    Example: tidegate keys add acme --note "chat widget" --expires 90d
    """
    settings = resolve(store, config)
    check_tenant(tenant, settings)
    now_s = time.time()
    end_s = now_s + duration_s(expires, "--expires") if expires else None
    key, entry = key_ring(settings.store).add(tenant, now_s, note=note, user=user, task=task, expires_at_s=end_s)
    fields = {"key": key, **describe(entry, now_s)}
    answer = Answer(verb="keys add", verdict=Verdict.PASS, fields=fields)
    emit(answer, as_json=as_json, judges=False, words=lambda c: show_key(c, key, entry))


@command.command("list")
@click.option("--tenant", default=None, help="Only this tenant's.")
@click.option("--all", "everything", is_flag=True, help="Revoked and expired ones too.")
@store_options
@json_option
def list_(tenant: str | None, everything: bool, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """List keys: id, tenant, state, age; never the key.

    Example: tidegate keys list --tenant acme --all
    """
    ring = ring_of(store, config)
    ring.refresh()
    now_s = time.time()
    kept = [
        e
        for e in ring.entries()
        if (tenant is None or e.tenant == tenant) and (everything or e.state(now_s) in ("active", "expiring"))
    ]
    answer = Answer(verb="keys list", verdict=Verdict.PASS, fields={"keys": [describe(e, now_s) for e in kept]})
    emit(answer, as_json=as_json, judges=False, words=lambda c: show_list(c, kept, now_s))


@command.command("revoke")
@click.argument("key_id")
@store_options
@json_option
def revoke(key_id: str, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """Refuse the key KEY_ID from now on (`tidegate keys list` shows the ids).

    Example: tidegate keys revoke key_2f1d6a0c9b3e
    """
    now_s = time.time()
    entry = ring_of(store, config).revoke(key_id, now_s)
    answer = Answer(verb="keys revoke", verdict=Verdict.PASS, fields=describe(entry, now_s))
    said = f"{entry.key_id} of {entry.tenant} is refused from now on; running gateways follow within a second"
    emit(answer, as_json=as_json, judges=False, words=lambda c: c.print(escape(said), highlight=False))


@command.command("rotate")
@click.argument("key_id")
@click.option(
    "--overlap", default="24h", show_default=True, metavar="DURATION", help="How long the old key stays valid."
)
@store_options
@json_option
def rotate(key_id: str, overlap: str, store: Path | None, config: Path | None, as_json: bool) -> NoReturn:
    """Make a successor of KEY_ID and let the old key live on for the overlap.

    Example: tidegate keys rotate key_2f1d6a0c9b3e --overlap 7d
    """
    now_s = time.time()
    overlap_s = duration_s(overlap, "--overlap")
    key, new, old = ring_of(store, config).rotate(key_id, now_s, overlap_s)
    fields = {"key": key, **describe(new, now_s), "old": describe(old, now_s)}
    answer = Answer(verb="keys rotate", verdict=Verdict.PASS, fields=fields)

    def words(console: Console) -> None:
        show_key(console, key, new)
        console.print(f"the old key {old.key_id} is valid until {iso(old.expires_at_s)} UTC", highlight=False)

    emit(answer, as_json=as_json, judges=False, words=words)


def check_tenant(tenant: str, settings: Settings) -> None:
    """A key of a tenant that the configuration does not know would open nothing anybody set up."""
    known = [t.name for t in settings.tenants]
    if known and tenant not in known:
        message = f"expected a tenant of the configuration, got {tenant!r}"
        raise InputError(message, remedy=f"{nearest(tenant, known)}, or add it under `tenants` in tidegate.yaml")


def describe(entry: KeyEntry, now_s: float) -> dict[str, Any]:
    """What may be shown of a key."""
    return {
        "key_id": entry.key_id, "tenant": entry.tenant, "state": entry.state(now_s), "note": entry.note,
        "user": entry.user, "task": entry.task, "created_at_s": entry.created_at_s, "expires_at_s": entry.expires_at_s,
        "revoked_at_s": entry.revoked_at_s, "replaced_by": entry.replaced_by,
    }  # fmt: skip


def show_key(console: Console, key: str, entry: KeyEntry) -> None:
    """The one time a key is seen."""
    console.print(f"[bold]{key}[/]", highlight=False, soft_wrap=True)
    end = f", until {iso(entry.expires_at_s)} UTC" if entry.expires_at_s else ""
    console.print(
        f"{entry.key_id} of {escape(entry.tenant)}{end}. It is shown this once: keep it now.", highlight=False
    )


def show_list(console: Console, entries: list[KeyEntry], now_s: float) -> None:
    """The table of keys."""
    if not entries:
        console.print("no keys; `tidegate keys add TENANT` makes one", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("key", "tenant", "state", "user", "note", "made (UTC)", "valid until"):
        table.add_column(column, no_wrap=column == "key")
    for e in entries:
        state = e.state(now_s)
        table.add_row(
            e.key_id, escape(e.tenant), f"[{STATE_STYLE[state]}]{state}[/]", escape(e.user or ""), escape(e.note),
            iso(e.created_at_s)[:16], iso(e.revoked_at_s or e.expires_at_s)[:16],
        )  # fmt: skip
    console.print(table)
