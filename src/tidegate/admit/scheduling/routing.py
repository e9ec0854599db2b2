"""Which requests share one fair order, and which engine of theirs goes first.

Engines that stand in for one another make a group, and a group has one order: whoever waits is compared with all
who wait for any of them, also while one of them is down and requests name only the others.  Such a narrower set is a
*lane*: its requests queue apart (else they would stand in front of those that any engine may serve), under the same
counters.
"""

from collections.abc import Callable

from tidegate.admit.scheduling.model import EngineRule, Group, Plan
from tidegate.admit.scheduling.tickets import Pool, Way
from tidegate.admit.scheduling.window import Window

LANES_KEPT = 1_024  # orders of names remembered; a permutation beyond them is sorted again


class Routes:
    """Groups and ways by engine names, made as they are first named."""

    def __init__(self, opened: Callable[[Pool], None]) -> None:
        self.plan = Plan()
        self.opened = opened  # told of each new order
        self.windows: dict[str, Window] = {}
        self.pools: dict[tuple[str, ...], Pool] = {}
        self.target_s: float | None = None
        self.reserved_slots = 0
        self._ways: dict[tuple[str, ...], Way] = {}

    def set(self, plan: Plan) -> None:
        """A (new) plan: windows and groups that exist stay, with what they learned and who waits in them."""
        self.plan = plan
        targets = [c.ttft_target_s for c in plan.classes if c.ttft_target_s is not None]
        self.target_s = min(targets) if targets else None
        self.reserved_slots = sum(c.reserved_slots for c in plan.classes if c.ttft_target_s is not None)
        for rule in plan.engines:
            window = self.window(rule.name, rule)
            window.set(rule, self.target_s, self.reserved_slots)
            window.steps = plan.prefix_stepping and rule.steppable
        self._ways.clear()
        for names, pool in self.pools.items():
            group = next((g for g in plan.groups if g.engines == names), None)
            pool.spread = group is not None and group.spread

    def window(self, name: str, rule: EngineRule | None = None) -> Window:
        """The window of an engine; one that nobody configured is counted from zero like any other."""
        window = self.windows.get(name)
        if window is None:
            rule = rule or EngineRule(name=name)
            window = self.windows[name] = Window(rule, self.target_s, self.reserved_slots)
        return window

    def way(self, engines: tuple[str, ...]) -> Way:
        """What these engines, in this order of preference, mean."""
        way = self._ways.get(engines)
        if way is None:
            way = self._find(engines)
            if len(self._ways) < LANES_KEPT:
                self._ways[engines] = way
        return way

    def _find(self, engines: tuple[str, ...]) -> Way:
        asked = frozenset(engines)
        covering = [g for g in self.plan.groups if asked.issubset(g.engines)]
        group = min(covering, key=lambda g: len(g.engines)) if covering else Group(engines=engines)
        names = group.engines
        pool = self.pools.get(names)
        if pool is None:
            pool = self.pools[names] = Pool(self.plan, names, [self.window(n) for n in names])
            pool.spread = group.spread
            self.opened(pool)
        order = tuple(n for n in names if n in asked) if group.spread else engines
        if order != engines and order in self._ways:
            return self._ways[order]
        lane = "" if len(asked) == len(names) else "|".join(sorted(asked))
        return Way(pool, [self.windows[n] for n in order], lane)
