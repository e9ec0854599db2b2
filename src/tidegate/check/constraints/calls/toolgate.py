# ruff: noqa: E501 (patterns and tables read better whole)
"""May this call of this run go through?  Decides, files the question, records; shared by the APIs and MCP.

A gate holds one run: who it is for, its task, what it has read and called.  `listed` keeps the tools
that are granted and pins each by its name, description and schema; a tool that changed since asks.
An allowed side effect that cannot be recorded is refused: what leaves no trace does not happen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from tidegate.check.constraints.calls.arguments import call_hash, read_arguments
from tidegate.check.constraints.calls.confirmations import EXPIRES_S, Asked, Confirmations, token_of
from tidegate.check.constraints.calls.credentials import Revocations
from tidegate.check.constraints.calls.decide import Engine, Run
from tidegate.check.constraints.model import CallDecision
from tidegate.check.constraints.record import Recorder
from tidegate.check.constraints.streaming.stream import filter_text
from tidegate.spine.contracts import ALLOW, GuardDecision


class Powers(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate decides with: the compiled policy and its hash, people's answers, revocations, the record."""

    engine: Engine
    confirmations: Confirmations | None
    revocations: Revocations | None
    record: Recorder
    policy: str = ""


class ToolGate:
    """The calls of one run; with `bound`, a confirmation holds in this run only."""

    def __init__(
        self, powers: Powers, *, tenant: str = "", user: str = "", run_id: str = "", bound: bool = True
    ) -> None:
        self.powers = powers
        self.tenant, self.user, self.run_id = tenant, user, run_id
        self.run = Run(powers.engine.policy, run_id=run_id if bound else "")
        self.pins: dict[str, str] = {}
        self.changed: set[str] = set()
        self.unrecorded = 0

    def renew(self, powers: Powers) -> None:
        """A new policy is in force; what happened so far stays."""
        if powers is not self.powers:
            self.powers = powers
            self.run.policy = powers.engine.policy
            self.run.facts = {name: self.run.facts.get(name, {}) for name in powers.engine.policy.facts}

    def granted(self, names: Iterable[str]) -> set[str]:
        """Those of some tools that the policy knows and this task may use."""
        engine, task = self.powers.engine, self.run.context.get("task")
        out = {n for n in names if engine.spec(n) is not None}
        for r in engine.scopes:
            if not r.task or r.task == task:
                out &= set(r.tools or engine.policy.scopes.get(str(task), ()))
        return out if self.run.granted is None else out & self.run.granted

    def listed(self, tools: Sequence[dict[str, Any]], now_s: float = 0.0) -> list[dict[str, Any]]:
        """The tools a client may see, of those a server lists."""
        granted = self.granted(str(t.get("name", "")) for t in tools)
        out = []
        for tool in tools:
            name = str(tool.get("name", ""))
            if name not in granted:
                self.note(now_s, "request", name[:80], "withheld", ("tool-scope",), "not granted to this task", {})
                continue
            pin = call_hash(name, [tool.get("description"), tool.get("inputSchema")])
            if self.pins.setdefault(name, pin) != pin and name not in self.changed:
                self.changed.add(name)
                evidence = {"pinned": self.pins[name], "now": pin}
                self.note(now_s, "request", name[:80], "changed", ("tool-changed",), _CHANGED, evidence)
            out.append(tool)
        return out

    def call(self, name: str, arguments: Any, now_s: float, *, call_id: str = "", trace: str = "") -> GuardDecision:
        """May this call go through?  An allowed one enters the run."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
        decision = self._held_back(name, text, call_id) or self._decide(name, text, now_s)
        effect = str(decision.evidence.get("effect", ""))
        kept = self.note(now_s, "tool", name[:80], decision.decision, decision.rules, decision.reason,
                         {"call": decision.call_hash}, trace=trace)  # fmt: skip
        if decision.decision == "allow" and not kept and effect != "read":
            reason = "the decision could not be recorded"
            decision = msgspec.structs.replace(decision, decision="deny", rules=("decision-record",), reason=reason)
        if decision.decision == "allow":
            self.run.happened(name, read_arguments(text))
            return ALLOW
        return self._refusal(name, text, decision, now_s)

    def observed(self, name: str, text: str, arguments: dict[str, Any] | None = None) -> None:
        """What a tool returned enters the run: its label, and the facts it carries."""
        self.run.observed(name, text, arguments)

    def note(self, at_s: float, hook: str, subject: str, decision: str, rules: Iterable[str], reason: str,
             evidence: dict[str, Any], *, trace: str = "") -> bool:  # fmt: skip
        """Into the record; whether it could be kept."""
        try:
            self.powers.record.add(at_s, hook, subject, decision, rules, reason, evidence, call=trace,
                                   tenant=self.tenant, run=self.run_id, policy=self.powers.policy)  # fmt: skip
        except Exception:  # a full disk, a broken store: the caller knows what may not happen then
            self.unrecorded += 1
            return False
        return True

    # -- parts

    def _held_back(self, name: str, text: str, call_id: str) -> CallDecision | None:
        """A refusal where the call's own text holds what may not leave, or its tool is not what was listed."""
        outgoing = self.powers.engine.outgoing
        if outgoing is not None:
            _, spans, _, _ = filter_text(outgoing, [name + "\n", text + "\n", call_id])
            if spans:
                return CallDecision(tool=name, decision="deny", rules=tuple(sorted({s.rule for s in spans})), reason="the call holds text that may not leave")  # fmt: skip
        return None

    def _decide(self, name: str, text: str, now_s: float) -> CallDecision:
        powers = self.powers
        asker = f"{self.tenant}/{self.user}"
        grants = None if name in self.changed else powers.confirmations
        decision = powers.engine.decide(self.run, name, text, now_s=now_s, principal=self.tenant, asker=asker, confirmations=grants,
                                        revocations=powers.revocations, scanned="\\" not in text)  # fmt: skip
        if name not in self.changed or decision.decision == "deny":
            return decision
        digest = decision.call_hash or call_hash(name, read_arguments(text), self.run.run_id, asker=asker)
        by = powers.confirmations.spend(digest, now_s) if powers.confirmations is not None else ""
        rules = (*decision.rules, "tool-changed")
        evidence = {**decision.evidence, "expires_s": decision.evidence.get("expires_s", EXPIRES_S)}
        if by:
            return msgspec.structs.replace(
                decision, decision="allow", rules=rules, reason=f"confirmed by {by}", call_hash=digest
            )
        reason = "; ".join(filter(None, (decision.reason, _CHANGED)))
        return CallDecision(tool=name, decision="ask", rules=rules, reason=reason, call_hash=digest, evidence=evidence)

    def _refusal(self, name: str, text: str, decision: CallDecision, now_s: float) -> GuardDecision:
        """The refusal as the client reads it; a question is filed, and named by its token."""
        action: Literal["ask", "refuse"] = "ask" if decision.decision == "ask" else "refuse"
        evidence = {"call": decision.call_hash, "decision": decision.decision, "certainty": "proved"}
        token = self._file(name, text, decision, now_s) if action == "ask" else ""
        if token:
            evidence["approval"] = token
        return GuardDecision(action=action, rule=", ".join(decision.rules), reason=decision.reason,
                             text=refusal_words(name, action, decision.rules, token), evidence=evidence)  # fmt: skip

    def _file(self, name: str, text: str, decision: CallDecision, now_s: float) -> str:
        """Put the question where a person finds it; its token, or "" where it cannot be put to anybody."""
        confirmations = self.powers.confirmations
        if confirmations is None or not decision.call_hash:
            return ""
        asked = Asked(
            token=token_of(decision.call_hash), call_hash=decision.call_hash, tool=name, arguments=text, rules=decision.rules,
            reason=decision.reason, tenant=self.tenant, user=self.user, run=self.run_id, asked_at_s=now_s,
            expires_s=float(decision.evidence.get("expires_s", EXPIRES_S)),
        )  # fmt: skip
        try:
            return asked.token if confirmations.ask(asked) else ""
        except Exception:  # the store failed: the call is refused all the same, only nobody can grant it
            return ""


_CHANGED = "the tool changed since it was first listed"


def refusal_words(tool: str, action: str, rules: Sequence[str], token: str = "") -> str:
    """What a client reads of a refusal: the tool by name where that is plain, the rules, how to have it granted."""
    plain = tool.replace("_", "").replace("-", "").replace(".", "").isalnum() and tool.isascii() and len(tool) <= 64
    named, rule = tool if plain else "a tool", ", ".join(rules)
    if action != "ask":
        return f"The call of {named} was refused (rule {rule})."
    how = f" It waits as {token}; once that is confirmed, the same call passes once." if token else ""
    return f"The call of {named} needs a person's approval first (rule {rule}).{how}"
