"""Random histories of a policy, held to the published bounds and to a slow, obvious reference.

A history is a few tenants (with weights, some in a latency class), one pool that holds at most M tokens, and
phases: floods, bursts, trickles, and drains in which every queue empties (a lift that is wrong only then is
seen only then).  Requests are cancelled, fail before their first token, and come back.  The policy under
test decides; `Reference` keeps its own books by adding up plain lists and says which choices were right.

Checked at every step, with U = max(prompt price × longest prompt, completion price × M) over the smallest weight:

| property | bound |
|---|---|
| work conserving | somebody in credit fits → somebody is dispatched |
| right choice | the reference would have chosen one of equal rank |
| counters of waiting tenants | max - min ≤ U + slack + lift credit (2U with predicted charges) |
| two tenants waiting throughout | service differs by at most 2 × that |
| one waiting, any other | the other gains at most 4 × that |
| order inside a tenant's class | first come, first served |
| a cancel while waiting | changes no counter |
| conservation | charges = tokens computed + generated, per tenant, exactly |
"""

import random
from collections.abc import Callable
from typing import Any

from tidegate.admit.scheduling.ledger import Ledger
from tidegate.admit.scheduling.model import Prices
from tidegate.spine.contracts import Waiting

PRICES = Prices(prompt=1.0, completion=2.0, cached=0.5)
EPS = 1e-6


class Violated(AssertionError):
    """A property does not hold; the message names it."""


class Reference:
    """The same rules with none of the cleverness: lists, sums and minima."""

    def __init__(self, kind: str, weights: dict[str, float], slack: float, lift_credit: float = 0.0) -> None:
        self.lift_credit = lift_credit
        self.kind = kind
        self.weights = weights
        self.slack = slack
        self.now = 0.0
        self.waiting: list[Waiting] = []
        self.counter = dict.fromkeys(weights, 0.0)
        self.inner: dict[tuple[str, str], float] = {}
        self.last_left: str | None = None

    def arrive(self, r: Waiting, *, front: bool = False) -> None:
        """A request waits (again, in its old place, with `front`)."""
        tenants = {w.tenant for w in self.waiting}
        if r.tenant not in tenants:
            if tenants:
                level = min(self.counter[t] for t in tenants)
                self.counter[r.tenant] = max(self.counter[r.tenant], level - self.lift_credit)
            elif self.last_left is not None:
                level = self.counter[self.last_left]
                self.counter[r.tenant] = max(self.counter[r.tenant], level - self.lift_credit)
        own = {(w.tenant, w.service_class) for w in self.waiting if w.tenant == r.tenant}
        key = (r.tenant, r.service_class)
        self.inner.setdefault(key, 0.0)
        if own and key not in own:
            self.inner[key] = max(self.inner[key], min(self.inner[k] for k in own))
        self.waiting.append(r)
        if front:
            self.waiting.sort(key=lambda w: (w.arrived_s, w.request_id))

    def leave(self, r: Waiting) -> None:
        """It was taken or cancelled."""
        self.waiting.remove(r)
        if all(w.tenant != r.tenant for w in self.waiting):
            self.last_left = r.tenant

    def charge(self, r: Waiting, amount: float) -> None:
        """Service was given, or taken back."""
        self.counter[r.tenant] += amount / self.weights[r.tenant]
        self.inner[r.tenant, r.service_class] += amount

    def heads(self) -> list[Waiting]:
        """The request of each flow that came first."""
        seen: dict[tuple[str, str], Waiting] = {}
        for r in self.waiting:
            seen.setdefault((r.tenant, r.service_class), r)
        return list(seen.values())

    def must_choose(self, choices: list[Waiting]) -> bool:
        """Whether "nobody" would be wrong; under vtc a tie may be broken towards one that does not fit."""
        return bool(choices) and (self.kind != "vtc" or len({r.tenant for r in self.waiting}) == 1 or self._alone())

    def _alone(self) -> bool:
        counters = sorted(self.counter[t] for t in {r.tenant for r in self.waiting})
        return counters[1] > counters[0] + EPS

    def right_choices(self, admissible: Callable[..., bool]) -> list[Waiting]:
        """Every waiting request that the rules allow to be taken now; empty: nobody may be."""
        if not self.waiting:
            return []
        heads = self.heads()
        least = min(self.counter[r.tenant] for r in self.waiting)
        if self.kind == "vtc":
            oldest: dict[str, Waiting] = {}
            for r in heads:
                if r.tenant not in oldest or (r.arrived_s, r.request_id) < (
                    oldest[r.tenant].arrived_s, oldest[r.tenant].request_id,
                ):  # fmt: skip
                    oldest[r.tenant] = r
            first = [r for t, r in oldest.items() if self.counter[t] <= least + EPS]
            return [r for r in first if admissible(r)]
        limit = least + self.slack
        in_credit = [r for r in heads if self.counter[r.tenant] <= limit and self._in_turn(r, heads)]
        near = least + self.lift_credit
        owed = [r for r in in_credit if self.counter[r.tenant] <= near and self._impatient(r) and admissible(r)]
        if owed:
            lowest = min(self.counter[r.tenant] for r in owed)
            return [r for r in owed if self.counter[r.tenant] <= lowest + EPS]
        urgent = [r for r in in_credit if self._in_time(r) and admissible(r)]
        if urgent:
            soonest = min(r.deadline_s for r in urgent if r.deadline_s is not None)
            return [r for r in urgent if r.deadline_s == soonest]
        late = [r for r in in_credit if r.deadline_s is not None and admissible(r)]
        if late:
            lowest = min(self.counter[r.tenant] for r in late)
            return [r for r in late if self.counter[r.tenant] <= lowest + EPS]
        calm = [r for r in in_credit if r.deadline_s is None and admissible(r)]
        if not calm:
            out = [r for r in heads if r.deadline_s is not None and self.counter[r.tenant] > limit]
            if not any(admissible(r) for r in out):
                return []
            calm = [r for r in in_credit if r.deadline_s is None and admissible(r, True)]
        if not calm:
            return []
        lowest = min(self.counter[r.tenant] for r in calm)
        return [r for r in calm if self.counter[r.tenant] <= lowest + EPS]

    def _in_time(self, r: Waiting) -> bool:
        """Late ones are urgent no more."""
        return r.deadline_s is not None and r.deadline_s >= self.now

    def _impatient(self, r: Waiting) -> bool:
        """It has a target, and a quarter of that is gone."""
        return r.deadline_s is not None and self.now >= r.arrived_s + 0.25 * (r.deadline_s - r.arrived_s)

    def _in_turn(self, r: Waiting, heads: list[Waiting]) -> bool:
        own = [self.inner[h.tenant, h.service_class] for h in heads if h.tenant == r.tenant]
        return self.inner[r.tenant, r.service_class] <= min(own) + self.slack


class History:
    """One random history; `run` raises Violated."""

    def __init__(self, rng: random.Random, make: Callable[..., Ledger], kind: str) -> None:
        self.rng = rng
        self.kind = kind
        n = rng.randint(2, 4)
        self.memory = rng.choice((12, 24, 60))
        self.prompt_max = rng.choice((2, 6, self.memory // 3))
        self.output_max = rng.choice((2, 6, self.memory // 3))
        self.slack = 0.0 if kind == "vtc" else float(rng.choice((1, 8, 40)))
        self.weights = {f"t{i}": rng.choice((1.0, 1.0, 2.0, 0.5)) for i in range(n)}
        self.classes = {t: rng.choice((("calm",), ("calm",), ("urgent",), ("calm", "urgent"))) for t in self.weights}
        self.lift_credit = float(rng.choice((0, 2, 10))) if kind == "fair" else 0.0
        self.policy = make(PRICES, self.weights, slack=self.slack, lift_credit=self.lift_credit)
        self.unit = max(self.prompt_max, 2.0 * self.memory) / min(self.weights.values())
        self.predicts = self.policy.predict
        self.bound = self.unit * (2.0 if self.predicts else 1.0) + self.slack + self.lift_credit
        compare = kind in ("vtc", "fair") and not self.predicts
        self.reference = Reference(kind, self.weights, self.slack, self.lift_credit) if compare else None
        self.served = dict.fromkeys(self.weights, 0.0)
        self.tokens: dict[str, list[int]] = {t: [0, 0, 0] for t in self.weights}  # prompt, cached, completion
        self.used = 0
        self.calm_running = 0
        self.flight: list[list[Any]] = []  # [request, output, generated]
        self.waiting: dict[int, Waiting] = {}
        self.outputs: dict[int, int] = {}
        self.ids = 0
        self.now = 0.0
        self.both: dict[tuple[str, str], tuple[float, float]] = {}
        self.floor: dict[tuple[str, str], float] = {}
        self.worst = [0.0, 0.0, 0.0]

    def run(self, rounds: int = 14) -> "History":
        """Play it; each round: arrivals, cancels, decisions, one decoding step, checks."""
        rng = self.rng
        styles = {t: rng.choice(("flood", "burst", "trickle")) for t in self.weights}
        drain = 0
        for _ in range(rounds):
            self.now += 1.0
            if drain:
                drain -= 1
            elif rng.random() < 0.12:
                drain = rng.randint(2, 6)
            else:
                self._arrivals(styles)
            if self.waiting and rng.random() < 0.15:
                self._cancel()
            self._dispatch()
            self._decode()
            self._check()
        return self

    def _arrivals(self, styles: dict[str, str]) -> None:
        rng = self.rng
        for t, style in styles.items():
            if style == "flood":
                k = 3 if sum(w.tenant == t for w in self.waiting.values()) < 2 else 0
            elif style == "burst":
                k = rng.randint(2, 6) if rng.random() < 0.15 else 0
            else:
                k = 1 if rng.random() < 0.25 else 0
            for _ in range(k):
                self.ids += 1
                name = rng.choice(self.classes[t])
                r = Waiting(
                    request_id=self.ids, tenant=t, service_class=name, arrived_s=self.now,
                    tokens_prompt=rng.randint(1, self.prompt_max),
                    deadline_s=self.now + rng.choice((1.0, 5.0)) if name == "urgent" else None,
                )  # fmt: skip
                if name == "urgent":  # one target a class: deadlines in a flow never go back
                    r.deadline_s = self.now + 3.0
                self.outputs[r.request_id] = rng.randint(1, self.output_max)
                self.waiting[r.request_id] = r
                self.policy.arrive(r, self.now)
                if self.reference is not None:
                    self.reference.arrive(r)

    def _cancel(self) -> None:
        r = self.rng.choice(list(self.waiting.values()))
        before = [(a.name, a.counter) for a in self.policy.accounts.values()]
        self.policy.cancel(r.request_id, self.now)
        if before != [(a.name, a.counter) for a in self.policy.accounts.values()]:
            raise Violated("a cancelled waiting request changed a counter")
        del self.waiting[r.request_id]
        if self.reference is not None:
            self.reference.leave(r)

    def _admissible(self, r: Waiting, uncapped: bool = False, warm: bool = False) -> bool:  # noqa: ARG002
        size = r.tokens_prompt + self.outputs[r.request_id]
        if self.flight and self.used + size > self.memory:
            return False
        return uncapped or r.deadline_s is not None or not self.policy.protects or self.calm_running < 2

    def _dispatch(self) -> None:
        if self.reference is not None:
            self.reference.now = self.now
        for _ in range(64):
            right = self.reference.right_choices(self._admissible) if self.reference is not None else None
            r = self.policy.pick(self.now, self._admissible)
            if r is None:
                if right and self.reference is not None and self.reference.must_choose(right):
                    raise Violated("work conserving: somebody in credit fits, nobody was dispatched")
                if not self.flight and self.waiting:
                    raise Violated("work conserving: nothing runs, somebody waits, nobody was dispatched")
                return
            known = self.waiting.pop(r.request_id, None)
            if known is None:
                raise Violated("a request was dispatched that does not wait")
            if right is not None and all(x.request_id != r.request_id for x in right):
                raise Violated(f"wrong choice: {r.tenant} before {sorted({x.tenant for x in right})}")
            same = [w for w in self.waiting.values() if (w.tenant, w.service_class) == (r.tenant, r.service_class)]
            if any(w.request_id < r.request_id for w in same):
                raise Violated("order inside a tenant's class is not first come, first served")
            self.used += r.tokens_prompt + self.outputs[r.request_id]
            self.calm_running += r.deadline_s is None
            self.flight.append([r, self.outputs[r.request_id], 0])
            self._serve(r, r.tokens_prompt, 0, 0)
            if self.reference is not None:
                self.reference.leave(next(w for w in self.reference.waiting if w.request_id == r.request_id))
                self.reference.charge(r, PRICES.prompt * r.tokens_prompt)
        raise Violated("sixty-four dispatches at once: memory is not counted")

    def _serve(self, r: Waiting, prompt: int, cached: int, completion: int) -> None:
        t = r.tenant
        self.tokens[t][0] += prompt
        self.tokens[t][1] += cached
        self.tokens[t][2] += completion
        charge = PRICES.prompt * (prompt - cached) + PRICES.cached * cached + PRICES.completion * completion
        self.served[t] += charge / self.weights[t]

    def _decode(self) -> None:
        left: list[list[Any]] = []
        for entry in self.flight:
            r, output, generated = entry
            if generated == 0 and self.rng.random() < 0.05:
                self._fail(r)
                continue
            entry[2] = generated + 1
            self.policy.progress(r.request_id, 1, self.now)
            self._serve(r, 0, 0, 1)
            if self.reference is not None:
                self.reference.charge(r, PRICES.completion)
            if entry[2] < output:
                left.append(entry)
                continue
            cached = self.rng.choice((0, 0, r.tokens_prompt // 2))
            self.policy.finish(r.request_id, self.now, tokens_cached=cached)
            if cached:
                self._serve(r, 0, cached, 0)
                if self.reference is not None:
                    self.reference.charge(r, (PRICES.cached - PRICES.prompt) * cached)
            self._gone(r)
        self.flight = left

    def _gone(self, r: Waiting) -> None:
        self.used -= r.tokens_prompt + self.outputs[r.request_id]
        self.calm_running -= r.deadline_s is None

    def _fail(self, r: Waiting) -> None:
        """Before its first token: refunded; half of the time it comes back to the head of its queue."""
        self._gone(r)
        self._serve(r, -r.tokens_prompt, 0, 0)
        if self.reference is not None:
            self.reference.charge(r, -PRICES.prompt * r.tokens_prompt)
        if self.rng.random() < 0.5:
            self.policy.finish(r.request_id, self.now, refund=True)
            return
        self.policy.retry(r.request_id, self.now)
        self.waiting[r.request_id] = r
        if self.reference is not None:
            self.reference.arrive(r, front=True)

    def _check(self) -> None:
        policy = self.policy
        for name, account in policy.accounts.items():
            if [account.prompt, account.prompt_cached, account.completion] != self.tokens[name]:
                raise Violated(f"conservation: {name} was charged {account.prompt}+{account.completion} tokens, "
                               f"computed were {self.tokens[name]}")  # fmt: skip
        waits = {w.tenant for w in self.waiting.values()}
        held = [policy.accounts[t].counter for t in waits]
        if len(held) > 1 and self.kind in ("vtc", "fair"):
            gap = (max(held) - min(held)) / self.bound
            self.worst[0] = max(self.worst[0], gap)
            if gap > 1.0 + EPS:
                raise Violated(f"counters of waiting tenants differ by {gap:.3f} of the bound")
        served, both, floor = self.served, self.both, self.floor
        for f in self.weights:
            for g in self.weights:
                if f == g:
                    continue
                difference = served[g] - served[f]
                if f in waits:
                    least = floor.get((f, g))
                    floor[f, g] = least = difference if least is None or difference < least else least
                    self._bounded(2, difference - least, 4.0, "one waiting, the other gained")
                else:
                    floor.pop((f, g), None)
                if f < g:
                    if f in waits and g in waits:
                        low, high = both.get((f, g), (difference, difference))
                        both[f, g] = low, high = min(low, difference), max(high, difference)
                        self._bounded(1, high - low, 2.0, "both waiting, their service differed")
                    else:
                        both.pop((f, g), None)

    def _bounded(self, which: int, value: float, times: float, words: str) -> None:
        bound = times * (self.bound if self.kind in ("vtc", "fair") else self.unit + self.slack)
        self.worst[which] = max(self.worst[which], value / bound)
        if value > bound + EPS:
            raise Violated(f"{words} by {value / bound:.3f} of the bound")


def histories(make: Callable[..., Ledger], kind: str, n: int, seed: int, *, rounds: int = 14) -> list[float]:
    """Run `n` histories; the worst observed shares of the three bounds.  Raises Violated with its seed."""
    worst = [0.0, 0.0, 0.0]
    for i in range(n):
        rng = random.Random(seed * 1_000_003 + i)
        history = History(rng, make, kind)
        try:
            history.run(rounds)
        except Violated as error:
            raise Violated(f"{error} (policy {kind}, seed {seed}, history {i})") from error
        worst = [max(a, b) for a, b in zip(worst, history.worst, strict=True)]
    return worst
