"""Who serves a model: names, aliases and fallbacks, looked up once a call.

A `Table` is an immutable snapshot made from the settings; a reload makes a new one, and keeps
the pools of upstreams whose settings did not change, with their warm connections.
"""

import ssl
from collections.abc import Callable, Mapping

from tidegate.gateway.upstream import Pool, Target
from tidegate.settings import Route, Settings, Tenant, Upstream
from tidegate.spine.call import Dialect

ANY_MODEL = "*"  # a route of this name takes every model that no other route names

MakeTls = Callable[[Upstream], ssl.SSLContext | None]

# Dialects that can be translated into one another; the others pass raw or not at all.
TRANSLATABLE: frozenset[Dialect] = frozenset({"chat", "responses", "messages"})


class Entry:
    """One route, ready for use."""

    __slots__ = ("cost", "names", "pools", "raw_dialects", "route", "served_as", "spread")

    def __init__(self, route: Route, pools: tuple[Pool, ...]) -> None:
        self.route = route
        self.pools = pools
        self.names = tuple(p.name for p in pools)
        self.served_as = route.served_as or (route.model if route.model != ANY_MODEL else None)
        self.spread = route.balance == "least_busy"
        forms: list[set[str]] = [set(p.upstream.dialects) for p in pools]
        self.raw_dialects: frozenset[str] = frozenset(set.intersection(*forms)) if forms else frozenset()
        prompt, completion = route.cost_usd_per_million_prompt, route.cost_usd_per_million_completion
        self.cost = None if prompt is None or completion is None else (prompt * 1e-6, completion * 1e-6)

    def speaking(self, dialect: Dialect, *, translating: bool) -> tuple[Pool, ...]:
        """The pools that can take this kind of call, those that need no translation first."""
        own = tuple(p for p in self.pools if dialect in p.upstream.dialects)
        if not translating or dialect not in TRANSLATABLE:
            return own
        others = tuple(p for p in self.pools if p not in own and TRANSLATABLE.intersection(p.upstream.dialects))
        return tuple(p for p in self.pools if p in own or p in others)


class Table:
    """All names a tenant may ask for."""

    def __init__(self, settings: Settings, pools: Mapping[str, Pool]) -> None:
        self.settings = settings
        self.pools = dict(pools)
        self.models: dict[str, Entry] = {}
        for route in settings.routes:
            entry = Entry(route, tuple(pools[u] for u in route.upstreams))
            for name in (route.model, *route.aliases):
                self.models[name] = entry
        self.any = self.models.get(ANY_MODEL)
        self.tenants: dict[str, Tenant] = {t.name: t for t in settings.tenants}
        self.allowed: dict[str, frozenset[str]] = {
            t.name: frozenset(t.models) for t in settings.tenants if t.models is not None
        }

    def find(self, model: str, tenant: str) -> Entry | None:
        """The route of a model for a tenant; None when there is none or the tenant may not use it."""
        if self.allowed:
            allowed = self.allowed.get(tenant)
            if allowed is not None and model not in allowed:
                return None
        return self.models.get(model) or self.any

    def names_for(self, tenant: str) -> list[str]:
        """The model names to list for a tenant."""
        allowed = self.allowed.get(tenant)
        return [n for n in self.models if n != ANY_MODEL and (allowed is None or n in allowed)]


def make_pools(
    settings: Settings,
    secrets: Mapping[str, str],
    tls_of: MakeTls,
    make: Callable[[Upstream, Target, ssl.SSLContext | None], Pool],
    before: Mapping[str, Pool],
    changed: frozenset[str] = frozenset(),
) -> dict[str, Pool]:
    """A pool for every upstream; those of `before` whose settings and secret are the same stay.

    `secrets` maps an upstream's name to its key; `changed` names upstreams whose secret is new.
    Everything that can fail (files of certificates) fails before anything is changed.
    """
    out: dict[str, Pool] = {}
    for upstream in settings.upstreams:
        old = before.get(upstream.name)
        if old is not None and old.upstream == upstream and upstream.name not in changed:
            out[upstream.name] = old
        else:
            out[upstream.name] = make(upstream, Target(upstream, secrets.get(upstream.name)), tls_of(upstream))
    return out
