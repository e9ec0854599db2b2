"""Agent runs that passed the gateway: what they took by kind of task, the alarm, the worst runs, what ending saved."""

from starlette.requests import Request
from starlette.responses import Response

from tidegate.admit.toolguard.fleet import SAMPLE_MIN, by_kind
from tidegate.console.app import Control
from tidegate.readers.fleet import runs_of_traces
from tidegate.render.fleet import alarm_text, number, saved_text, spread_text

PATH = "/loops"
DAYS = {"1": "1 day", "7": "7 days", "30": "30 days", "all": "all"}
DAY_S = 86_400.0


async def answer(control: Control, request: Request) -> Response:
    """The page; `?days=` bounds how far back it looks."""
    days = request.query_params.get("days", "7")
    days = days if days in DAYS else "7"
    traces = list(control.world.traces().scan())
    if days != "all" and traces:
        since_s = max(t.received_at_s for t in traces) - float(days) * DAY_S
        traces = [t for t in traces if t.received_at_s >= since_s]
    runs = runs_of_traces(traces)
    kinds = by_kind(runs)
    rows = [
        {"name": k.task_type, "runs": k.runs, "ended": k.ended, "steps": spread_text(k.steps),
         "tokens": spread_text(k.tokens), "money": spread_text(k.money_usd, "usd"), "saved": saved_text(k),
         "said": alarm_text(k), "alarm": k.alarm} for k in kinds
    ]  # fmt: skip
    worst = sorted((r for k in kinds for r in k.worst), key=lambda r: -r.steps)[:20]
    longest = [
        {"run": r.run_id, "kind": r.task_type, "steps": r.steps, "tokens": number(r.tokens),
         "money": number(r.money_usd, "usd"), "decision": r.decision, "why": r.reason, "after": r.steps_saved}
        for r in worst
    ]  # fmt: skip
    return control.render("loops.html", kinds=rows, worst=longest, days=days, choices=list(DAYS), names=DAYS,
                          sample_min=SAMPLE_MIN, mode=control.world.settings.loops.mode)  # fmt: skip
