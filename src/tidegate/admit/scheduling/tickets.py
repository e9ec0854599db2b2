"""What the admission keeps of a request, of a set of engines, and of a tenant's limits."""

from tidegate.admit.scheduling.budget import SlidingBudget, resized
from tidegate.admit.scheduling.model import Plan, TenantRule
from tidegate.admit.scheduling.policies import make_policy
from tidegate.admit.scheduling.tally import Row
from tidegate.admit.scheduling.warm import Warm
from tidegate.admit.scheduling.window import Window
from tidegate.spine.contracts import Waiting

LOCAL_SHARE = 0.01  # of prompt tokens out of the engine's prefix cache
SLACK_UNKNOWN = 8_000.0  # credit in charged tokens until a token window is known


class Ticket:
    """One request from its arrival to its end; what most requests never set is a class attribute."""

    reason: str = ""
    stamps: tuple[tuple[SlidingBudget, int, int], ...] = ()  # budget, stamp, tokens reserved
    engine: str = ""
    dispatched_s: float = 0.0
    first_s: float | None = None
    expires_s: float = 0.0  # of one that waits again: what it spent in engines that failed is no wait for a place
    expected: int = 0
    generated: int = 0
    ahead: int = 0
    prefilling: bool = False
    stepping: bool = False  # its prompt is sent in steps: it has its place in the engine, its call waits
    warm: int = 0  # prompt tokens computed in steps
    step: int = 0  # prompt tokens of the step on its way; 0: it pauses
    step_s: float = 0.0  # when that step began, or the last one ended

    def __init__(
        self, request: Waiting, way: "Way", row: Row, size_bytes: int, latency: bool, wait_s_max: float,
    ) -> None:  # fmt: skip
        self.request = request
        self.goes(way)
        self.row = row
        self.size_bytes = size_bytes
        self.latency = latency
        self.wait_s_max = wait_s_max

    def goes(self, way: "Way") -> None:
        """The engines that may serve it."""
        self.way = way
        self.pool = way.pool
        self.passed_at_arrival = way.pool.dispatched


class Pool:
    """The requests that may use the same engines: one policy object, its own fairness."""

    def __init__(self, plan: Plan, engines: tuple[str, ...], windows: list[Window]) -> None:
        self.engines = engines
        self.windows = windows
        self.policy = make_policy(plan, slack=SLACK_UNKNOWN)
        self.spread = False  # its engines are replicas: the scheduler says which one goes first
        self.warm = Warm()
        self.dispatched = 0
        self.rate = 0.0  # charge a second while somebody waits
        self.served_then = 0.0
        self.rate_at_s: float | None = None
        self.shares: dict[str, float] = {}  # service over weight received while waiting, forgetting over a minute
        self._before: dict[str, float] = {}
        self.local = False  # whether requests share prefixes that the engine keeps: locality has something to gain

    def served(self) -> float:
        """Charge of everything computed here so far."""
        return sum(a.served(self.policy.prices) for a in self.policy.accounts.values())

    def watch_shares(self) -> None:
        """Once a second: what the tenants that wait were given since, over their weights."""
        policy = self.policy
        self.shares = {t: 0.98 * s for t, s in self.shares.items() if s > 1.0}
        now = {a.name: a.served(policy.prices) / a.weight for a in policy.accounts.values() if a.waiting}
        for tenant, served in now.items():
            if tenant in self._before:
                self.shares[tenant] = self.shares.get(tenant, 0.0) + max(0.0, served - self._before[tenant])
        self._before = now
        prompt = sum(a.prompt for a in policy.accounts.values())
        self.local = sum(a.prompt_cached for a in policy.accounts.values()) > LOCAL_SHARE * prompt


class Way:
    """What the engines that a request names mean: its order, the windows it may use, its lane in the order."""

    __slots__ = ("lane", "pool", "single", "windows")

    def __init__(self, pool: Pool, windows: list[Window], lane: str) -> None:
        self.pool = pool
        self.windows = windows
        self.lane = lane
        self.single = windows[0] if len(windows) == 1 else None


class Limits:
    """One tenant's budgets and bounds, and its requests that wait for a budget."""

    __slots__ = ("bytes_waiting", "held", "limited", "requests", "rule", "tokens_day", "tokens_minute", "waiting")

    def __init__(self, rule: TenantRule) -> None:
        self.requests: SlidingBudget | None = None
        self.tokens_minute: SlidingBudget | None = None
        self.tokens_day: SlidingBudget | None = None
        self.set(rule)
        self.held: dict[int, Ticket] = {}
        self.waiting = 0
        self.bytes_waiting = 0

    def set(self, rule: TenantRule) -> None:
        """New limits: what was spent under the old ones still counts."""
        self.rule = rule
        self.requests = resized(self.requests, rule.requests_per_minute, 60.0)
        self.tokens_minute = resized(self.tokens_minute, rule.tokens_per_minute, 60.0)
        self.tokens_day = resized(self.tokens_day, rule.tokens_per_day, 86_400.0)
        self.limited = not (self.requests is None and self.tokens_minute is None and self.tokens_day is None)

    def budgets(self, tokens: int) -> list[tuple[SlidingBudget, int]]:
        """Each of its budgets, with what one request of `tokens` takes of it."""
        pairs: list[tuple[SlidingBudget, int]] = []
        if self.requests is not None:
            pairs.append((self.requests, 1))
        if self.tokens_minute is not None:
            pairs.append((self.tokens_minute, tokens))
        if self.tokens_day is not None:
            pairs.append((self.tokens_day, tokens))
        return pairs
