"""Hard caps on the runs that pass the gateway: which accounts a call draws on, and what it may cost at most.

A run's account is named by its tenant and run id; `a/b` is a part of the run `a`, so its calls draw on
both.  Beside them stands the tenant's total of the period.  A call goes where its worst case fits into all.

The worst case is a bound, not a guess.  Tokens in: no byte-level tokenizer makes more tokens than bytes, and what
a chat template adds to a message is less than its JSON; a constant covers what it adds once.  Tokens out: what
the request allows, times the answers it wants.  Input whose size the body does not show (an image, a history
that lies at the provider) has no bound; it is named, and refused where tokens or money are capped.
"""

import datetime
import math
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tidegate.admit.toolguard.budget import RESOURCES, Vector

MONEY, TOKENS_IN, TOKENS_OUT, CALLS, TIME, EFFECTS = range(len(RESOURCES))
ONCE = 1024  # tokens that a template, its tools' preamble and a guard's note may add to a whole request
DEPTH_MAX = 8
NO_CAP: "Limit" = (None,) * len(RESOURCES)
BOUNDS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "n_predict")
HIDDEN = ("previous_response_id", "conversation", "container", "mcp_servers", "web_search_options")
ATTACHED = frozenset(
    {"image_url", "input_image", "image", "input_audio", "audio", "input_file", "file", "document", "video",
     "video_url", "item_reference"}
)  # fmt: skip
OWN_TOOLS = frozenset({None, "function", "custom"})  # the others run at the provider, which reads their results
SPOKEN = ("messages", "input", "system", "prompt")  # where a request's content stands
Limit = tuple[int | None, ...]  # in the order of RESOURCES; None: no cap


class Held(msgspec.Struct, frozen=True):
    """One account that a call draws on, with its cap as configured."""

    name: str
    kind: Literal["run", "total"]
    limit: Limit


class TenantPlan(msgspec.Struct, frozen=True):
    """A tenant's caps."""

    run: Limit | None = None
    total: Limit | None = None
    period: Literal["day", "month", "ever"] = "day"


class Plan(msgspec.Struct, frozen=True):
    """All configured caps."""

    run: Limit | None = None
    tenants: Mapping[str, TenantPlan] = {}

    def path(self, tenant: str, run_id: str | None, now_s: float) -> tuple[Held, ...]:
        """The accounts a call draws on, its own run's first; empty where nothing is capped."""
        plan = self.tenants.get(tenant, TenantPlan())
        run = plan.run if plan.run is not None else self.run
        out = []
        if run is not None and run_id:
            parts = run_id.split("/")[:DEPTH_MAX]
            out = [Held(run_account(tenant, "/".join(parts[:n])), "run", run) for n in range(len(parts), 0, -1)]
        if plan.total is not None:
            out.append(Held(f"{tenant} total {period_of(plan.period, now_s)}", "total", plan.total))
        return tuple(out)

    def wants_run(self, tenant: str) -> bool:
        """Whether this tenant's runs are capped."""
        plan = self.tenants.get(tenant, TenantPlan())
        return plan.run is not None or self.run is not None


def run_account(tenant: str, run_id: str) -> str:
    """The name of a run's account."""
    return f"{tenant} run {run_id}"


def period_of(period: str, now_s: float) -> str:
    """The period that a moment lies in, by name."""
    day = datetime.datetime.fromtimestamp(now_s, datetime.UTC).date().isoformat()
    return {"day": day, "month": day[:7]}.get(period, "ever")


def limit_of(caps: Mapping[str, float | None]) -> Limit:
    """Caps by their names in the settings → whole numbers in the order of RESOURCES, cut and not rounded."""
    money, time_s = caps.get("money_usd"), caps.get("time_s")
    whole = {name: caps.get(name) for name in ("tokens_in", "tokens_out", "calls", "effects")}
    found: dict[str, Any] = {
        "money_micro_usd": None if money is None else math.floor(money * 1e6 + 1e-6),
        "time_ms": None if time_s is None else math.floor(time_s * 1e3 + 1e-6),
        **whole,
    }
    return tuple(found[r] for r in RESOURCES)


def capped(path: tuple[Held, ...]) -> frozenset[int]:
    """The places of the resources that any of these accounts caps."""
    return frozenset(i for held in path for i, cap in enumerate(held.limit) if cap is not None)


class Worst(msgspec.Struct, frozen=True):
    """What one call may use at most; `unbounded` names what has no bound."""

    tokens_in: int
    tokens_out: int
    unbounded: str = ""

    def amount(self, price: tuple[float, float] | None) -> Vector:
        """As a vector of one call; `price` is USD a token in and out."""
        money = 0 if price is None else micro_usd(self.tokens_in, self.tokens_out, price)
        return (money, self.tokens_in, self.tokens_out, 1, 0, 0)


def micro_usd(tokens_in: int, tokens_out: int, price: tuple[float, float]) -> int:
    """A price in millionths of a dollar, rounded up (less a billionth of one, for the error of the floats)."""
    return math.ceil((tokens_in * price[0] + tokens_out * price[1]) * 1e6 - 1e-3)


def worst_of(request: Mapping[str, Any], size: int, attachment: int | None) -> Worst:
    """The worst case of a request of `size` bytes, which names the bound of its answers.

    `attachment` is the most tokens that one image or file may be, None where nobody says.
    """
    answers = max(_count(request.get("n")), _count(request.get("best_of")))
    prompt = request.get("prompt")
    if isinstance(prompt, list) and prompt and isinstance(prompt[0], str | list):  # as many answers as prompts
        answers *= len(prompt)
    bounds = [(name, request[name]) for name in BOUNDS if request.get(name) is not None]
    tokens_out = max((n for _, n in bounds if isinstance(n, int) and n > 0), default=0) * answers
    hidden = next((name for name in HIDDEN if request.get(name)), "")
    if isinstance(prompt, dict):  # a template that lies at the provider
        hidden = hidden or "prompt"
    endless = next((name for name, n in bounds if not isinstance(n, int) or n < 0), "")  # some engines: no end
    hidden = endless or hidden
    tools = request.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        kind = tool.get("type") if isinstance(tool, dict) else None
        if kind not in OWN_TOOLS:
            hidden = hidden or f"the tool {str(kind)[:40]}"
    if hidden:
        return Worst(size + ONCE, tokens_out, hidden)
    attached = sum(_attachments(request[name]) for name in SPOKEN if name in request)
    if attached and attachment is None:
        return Worst(size + ONCE, tokens_out, "an image or file")
    return Worst(size + ONCE + attached * (attachment or 0), tokens_out)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 1


def _attachments(content: Any) -> int:
    """How many parts of a request's content are no text."""
    found, todo = 0, [content]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value
        elif isinstance(value, dict):
            found += value.get("type") in ATTACHED if isinstance(value.get("type"), str) else 0
            todo += [v for k, v in value.items() if k not in ("arguments", "source") and isinstance(v, list | dict)]
    return found
