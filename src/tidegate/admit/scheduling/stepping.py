"""Prefix stepping: a prefill made preemptible from outside, through the engine's prefix cache.

An engine computes a long prompt without looking up, and whoever comes meanwhile waits for all of it.  But
an engine that keeps prefixes can be given the first k tokens of the prompt alone, then 2k, then 3k, each time
computing only what is new; waiting latency classes go in between.  The last step is the request itself.

A request that is sent in steps has its place in the engine and is charged from its first step on; its
call goes on waiting until `Dispatch`.  Steps are as long as the window says (`Window.step_tokens`) and pause
while a latency request is being computed, but never longer than the tightest target or four times their own
length: so the others always get something, whatever the latency classes do.
"""

from typing import TYPE_CHECKING

from tidegate.admit.scheduling.model import AnyAction, Step
from tidegate.admit.scheduling.tickets import Ticket
from tidegate.admit.scheduling.window import Window

if TYPE_CHECKING:
    from tidegate.admit.scheduling.dispatching import Dispatching

WORTH = 1.5  # a prompt is sent in steps when it is longer than so many of them


class Steps:
    """The requests whose prompts are sent in steps, over all engines."""

    def __init__(self, admission: "Dispatching") -> None:
        self.admission = admission
        self.paused: dict[int, Ticket] = {}  # between two steps, oldest first

    def first(self, window: Window, prompt: int) -> int:
        """How much of a prompt would be computed at once: all of it, a step, or 0: enough are stepping already."""
        step = window.step_tokens(self.admission.now)
        if not step or prompt <= WORTH * step:
            return prompt
        return step if window.stepping < window.lanes(self.admission.now) else 0

    def wanted(self, ticket: Ticket, window: Window) -> bool:
        """Whether this request should be sent in steps."""
        if ticket.latency:
            return False
        prompt = ticket.request.tokens_prompt
        step = window.step_tokens(self.admission.now)
        return bool(step) and prompt > WORTH * step

    def begin(self, ticket: Ticket, window: Window, actions: list[AnyAction]) -> None:
        """Its first step."""
        a = self.admission
        ticket.engine = window.rule.name
        ticket.stepping = True
        ticket.warm = ticket.step = 0
        ticket.dispatched_s = ticket.step_s = a.now
        a._enter(ticket, ticket.pool.policy, window, prefill=0)
        window.stepping += 1
        self._send(ticket, window, actions)

    def ended(self, ticket: Ticket, ok: bool, actions: list[AnyAction]) -> None:
        """A step came back; one that failed sends the whole request at once."""
        a = self.admission
        window = a.windows[ticket.engine]
        window.step_ended(ticket.step, ticket.step_s, a.now, computed=ok)
        if ok:
            ticket.warm += ticket.step
        ticket.step, ticket.step_s = 0, a.now
        if ok:
            self.paused[ticket.request.request_id] = ticket
        else:
            ticket.warm = 0
            window.stepping -= 1
            a._dispatch(ticket, window, actions)

    def go_on(self, window: Window, actions: list[AnyAction]) -> None:
        """The next steps, where nothing urgent is in the way; the last of each is the request itself."""
        a = self.admission
        for request_id, ticket in list(self.paused.items()):
            if ticket.engine != window.rule.name:
                continue
            left = ticket.request.tokens_prompt - ticket.warm
            step = window.step_tokens(a.now)
            last = not step or left <= WORTH * step
            if not window.may_step(left if last else step, a.now - ticket.step_s, a.now):
                return
            del self.paused[request_id]
            if last:
                window.stepping -= 1
                a._dispatch(ticket, window, actions)
            else:
                self._send(ticket, window, actions)

    def leave(self, ticket: Ticket) -> None:
        """Its client left, or its engine failed."""
        window = self.admission.windows[ticket.engine]
        self.paused.pop(ticket.request.request_id, None)
        if ticket.step:
            window.step_ended(ticket.step, ticket.step_s, self.admission.now, computed=False)
            ticket.step = 0
        ticket.stepping = False
        window.stepping -= 1

    def _send(self, ticket: Ticket, window: Window, actions: list[AnyAction]) -> None:
        now = self.admission.now
        left = ticket.request.tokens_prompt - ticket.warm
        ticket.step = min(window.step_tokens(now), left)
        ticket.step_s = now
        window.step_began(ticket.step, now)
        upto = ticket.warm + ticket.step
        actions.append(Step(ticket.request.request_id, window.rule.name, upto, ticket.request.tokens_prompt))
