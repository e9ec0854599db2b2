"""Who waits for what, who got how much, how full each engine is: the scheduler of all workers on one page.

`/admin/scheduling` gives the same values as JSON.  Times count from the start of the workers; quantiles are
right within one bucket (at most 21 %).  Shares are compared inside a worker, since each has its own counters.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tidegate.admit.scheduling.learning import SIGNALS_LOST_MAX
from tidegate.admit.scheduling.tally import Times
from tidegate.console.app import Control, as_json
from tidegate.gateway.control_channel import MetricsSnapshot
from tidegate.store.findings import FindingStatus
from tidegate.wiring import finding_book

RULES = ("priority-inversion", "engine-signals-lost")
ROWS_SHOWN = 200


async def answer(control: Control, request: Request) -> Response:
    """The page, or its values."""
    sample = await control.sample()
    values = view(sample.workers)
    records = finding_book(control.world.settings.store).records(status=FindingStatus.OPEN)
    values["findings"] = [{"id": r.finding_id, "rule": r.finding.rule, "subject": r.finding.subject, "count": r.count,
                           "message": r.finding.message} for r in records if r.finding.rule in RULES]  # fmt: skip
    if request.url.path.startswith("/admin"):
        return as_json(values)
    targets = {c.name: c.ttft_target_ms for c in control.world.settings.classes}
    return control.render("scheduling.html", **values, targets=targets, workers=len(sample.workers),
                          at_s=sample.at_s, shown=ROWS_SHOWN, fill=fill,
                          silent_from=SIGNALS_LOST_MAX)  # fmt: skip


def view(workers: Sequence[MetricsSnapshot]) -> dict[str, Any]:
    """All workers added up: `policies`, `jain` (one a worker), `classes`, `tenants`, `engines`; pure."""
    said = [w.admission for w in workers if w.admission.get("kind") == "scheduled"]
    return {
        "policies": sorted({str(a["policy"]) for a in said}),
        "waiting": sum(a["waiting"] for a in said),
        "jain": [a["jain_index"] for a in said],
        "classes": _classes(row for a in said for row in a["classes"]),
        "tenants": _tenants(said),
        "engines": [{"upstream": name, "worker": w.worker, **engine} for w in workers
                    for name, engine in w.admission.get("engines", {}).items()],
    }  # fmt: skip


def _classes(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a tenant and class, those that wait longest first."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["tenant"], row["class"]].append(row)
    out = []
    for (tenant, name), parts in groups.items():
        row = {"tenant": tenant, "class": name}
        for key in ("arrived", "dispatched", "finished"):
            row[key] = sum(p[key] for p in parts)
        for key in ("ttft", "inter_token", "wait"):
            times = Times.summed(p["counts"][key] for p in parts)
            row[f"{key}_ms"] = {f"p{q}": _ms(times.quantile_s(q / 100)) for q in (50, 95, 99)}
        for key in ("wait_reasons", "refused"):
            row[key] = dict(sum((Counter(p[key]) for p in parts), Counter[str]()).most_common())
        out.append(row)
    return sorted(out, key=lambda r: (-(r["wait_ms"]["p95"] or 0.0), r["tenant"], r["class"]))


def _ms(value_s: float | None) -> float | None:
    return None if value_s is None else round(1000.0 * value_s, 3)


def _tenants(said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Service received against the share that the weight gives, best served for its share first."""
    rows: dict[str, dict[str, Any]] = {}
    for admission in said:
        for name, t in admission["tenants"].items():
            row = rows.setdefault(name, {"tenant": name, "weight": t["weight"], "waiting": 0, "running": 0, "held": 0,
                                         "served": 0.0})  # fmt: skip
            for key in ("waiting", "running", "held", "served"):
                row[key] += t[key]
    served, weights = sum(r["served"] for r in rows.values()), sum(r["weight"] for r in rows.values())
    for row in rows.values():
        row["received"] = row["served"] / served if served else None
        row["share"] = row["weight"] / weights
    return sorted(rows.values(), key=lambda r: (-(r["received"] or 0.0) / r["share"], r["tenant"]))


def fill(used: float, of: float | None) -> str:
    """`12 of 64`; without a known limit only what is used."""
    return f"{used:,.0f}" if of is None else f"{used:,.0f} of {of:,.0f}"
