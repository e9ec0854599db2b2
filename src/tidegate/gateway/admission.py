# ruff: noqa: ARG002 (an open admission looks at little of what it is told)
"""Admission without a queue: every call goes at once, within its tenant's own rates (`policy: open`).

For upstreams that need no protection, a provider with capacity to spare, say: no window is
learned and nobody waits, so it costs a tenth of the scheduler's time a call.  Rates refuse
(429) what is beyond them.  Everything else is `gateway/scheduling.py`.
"""

from collections.abc import Sequence
from typing import Any

from tidegate.gateway.seams import Refused, Resume, Warm
from tidegate.settings import Settings
from tidegate.spine.call import Ending, Usage
from tidegate.spine.contracts import Waiting


class Bucket:
    """So many a minute, with one minute's worth of burst."""

    __slots__ = ("at_s", "left", "per_minute")

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.left = float(per_minute)
        self.at_s: float | None = None

    def refill(self, now_s: float) -> None:
        """Let time flow in."""
        if self.at_s is not None and now_s > self.at_s:
            self.left = min(self.left + (now_s - self.at_s) * self.per_minute / 60.0, float(self.per_minute))
        self.at_s = now_s

    def wait_s(self, amount: float) -> float:
        """Seconds until `amount` is there (0: now); nobody waits for more than the whole bucket holds."""
        return max(0.0, (min(amount, float(self.per_minute)) - self.left) * 60.0 / self.per_minute)


class OpenAdmission:
    """Lets every call go to its first upstream, within its tenant's requests and tokens a minute.

    Tokens are taken when the engine reports them, so a burst of long answers is paid for by the
    calls after it.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.running: dict[int, str] = {}
        self.requests: dict[str, Bucket] = {}
        self.tokens: dict[str, Bucket] = {}
        self.refused = 0
        if settings is not None:
            self.reload(settings, 0.0)

    def arrive(
        self,
        request: Waiting,
        candidates: Sequence[str],
        resume: Resume,
        now_s: float,
        bytes_held: int = 0,
        warm: Warm | None = None,
    ) -> str | Refused | None:
        """Go, unless the tenant's rate is spent."""
        tenant = request.tenant
        bucket = self.requests.get(tenant)
        if bucket is not None:
            bucket.refill(now_s)
            if bucket.left < 1.0:
                return self._refuse("requests_per_minute", bucket.wait_s(1.0))
        spent = self.tokens.get(tenant)
        if spent is not None:
            spent.refill(now_s)
            if spent.left <= 0.0:
                return self._refuse("tokens_per_minute", spent.wait_s(1.0))
        if bucket is not None:
            bucket.left -= 1.0
        self.running[request.request_id] = tenant
        return candidates[0]

    def _refuse(self, which: str, wait_s: float) -> Refused:
        self.refused += 1
        message = f"The tenant's {which.replace('_', ' ')} are spent; try again in {wait_s:.0f} s."
        return Refused(ending=Ending.REFUSED_LIMIT, code="rate_limited", message=message, retry_after_s=wait_s)

    def first_token(self, request_id: int, now_s: float) -> None:
        """Nothing to learn."""

    def progress(self, request_id: int, tokens_generated: int, now_s: float) -> None:
        """Nothing to charge before the end."""

    def again(
        self, request_id: int, candidates: Sequence[str], resume: Resume, now_s: float, warm: Warm | None = None
    ) -> str | None:
        """The next one, at once."""
        return candidates[0]

    def end(
        self, request_id: int, usage: Usage | None, now_s: float, *, refund: bool = False, overloaded: bool = False
    ) -> None:
        """Take what the engine reported."""
        tenant = self.running.pop(request_id, "")
        if self.tokens and usage is not None and tenant in self.tokens:
            self.tokens[tenant].left -= (usage.tokens_prompt or 0) + (usage.tokens_completion or 0)

    def cancel(self, request_id: int, now_s: float) -> None:
        """Nobody waits here."""

    def throttled(self, upstream: str, retry_after_s: float | None, now_s: float) -> None:
        """Nothing to hold back."""

    def load_report(self, upstream: str, header: str, now_s: float) -> None:
        """Nothing to learn."""

    def upstream_state(self, upstream: str, healthy: bool, now_s: float) -> None:
        """Nothing to close."""

    def tick(self, now_s: float) -> None:
        """Buckets refill when they are looked at."""

    def reload(self, settings: Settings, now_s: float) -> None:
        """New rates; a rate that did not change keeps what is left of it."""
        for buckets, name in ((self.requests, "requests_per_minute"), (self.tokens, "tokens_per_minute")):
            rates = {t.name: getattr(t, name) for t in settings.tenants if getattr(t, name) is not None}
            for tenant in set(buckets) - set(rates):
                del buckets[tenant]
            for tenant, rate in rates.items():
                if tenant not in buckets or buckets[tenant].per_minute != rate:
                    buckets[tenant] = Bucket(rate)

    def snapshot(self) -> dict[str, Any]:
        """How many run."""
        return {"kind": "open", "running": len(self.running), "refused": self.refused}
