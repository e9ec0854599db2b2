# ruff: noqa: E501 (patterns and tables read better whole)
"""May this tool call pass?  Decided on resolved arguments, in the lattice deny > ask > allow.

Every rule that concerns the tool is evaluated and the strictest answer wins, so their order does
not matter and adding a deny never allows anything.  A call of a tool nobody declared, arguments
that cannot be read one way only, a missing fact, an error in a condition: each is a refusal by
name.  State is the run: only calls that were let through enter its history.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from tidegate.check.constraints.calls import toolnames
from tidegate.check.constraints.calls.arguments import call_hash, read_arguments
from tidegate.check.constraints.calls.cedar import ask_cedar, compile_cedar
from tidegate.check.constraints.calls.confirmations import EXPIRES_S
from tidegate.check.constraints.calls.credentials import Revocations
from tidegate.check.constraints.calls.expression import Compiled, Unknown, compile_expression
from tidegate.check.constraints.calls.plan import Plan
from tidegate.check.constraints.calls.run import Run
from tidegate.check.constraints.calls.sinks import egress, provenance
from tidegate.check.constraints.model import (
    EFFECTS,
    RANK,
    CallDecision,
    HardRule,
    Policy,
    ToolSpec,
    Verdict3,
    output_parts,
)
from tidegate.check.constraints.streaming.stream import Filter, filter_text

__all__ = ["NAMES", "Engine", "Grants", "Run", "decide_all"]
NAMES = ("args", "run", "call", "user", "now", "principal", "context")
Found = tuple[Verdict3, str, str]  # verdict, rule, reason


class Grants(Protocol):
    """Where a person's yes is found (`Confirmations`)."""

    def spend(self, call_hash: str, now_s: float) -> str:
        """Use the grant of this call up; who gave it, or ""."""
        ...


class _Rule(msgspec.Struct, frozen=True):
    rule: HardRule
    reason: str
    deny: Compiled | None
    ask: Compiled | None
    allow: Compiled | None
    cedar: Any = None


class Engine:
    """A policy compiled: rules indexed by tool, conditions as functions."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        known = (*NAMES, *policy.facts)
        by_tool: dict[str, list[_Rule]] = {}
        everywhere: list[_Rule] = []
        self.scopes = [r for r in policy.hard if r.kind == "scope"]
        self.labelled = next((r for r in policy.hard if r.kind == "label"), None)
        self.egress = [r for r in policy.hard if r.kind == "egress"]
        self.expires_s = {r.id: r.expires_s for r in policy.hard}
        for r in policy.hard:
            if r.kind not in ("tool", "cedar", "confirm", "credential"):
                continue
            where = f"hard rule {r.id!r}"
            deny, ask, allow = (
                compile_expression(t, where, known) if (t := _condition(r, f)) else None
                for f in ("deny", "ask", "allow")
            )
            reason = r.reason or (r.text[0] if r.text else r.id)
            policies = compile_cedar(r) if r.kind == "cedar" else None
            compiled = _Rule(rule=r, reason=reason, deny=deny, ask=ask, allow=allow, cedar=policies)
            for tool in r.tools:
                by_tool.setdefault(tool, []).append(compiled)
            if not r.tools:
                everywhere.append(compiled)
        self._known = known
        self._plans = {
            (t, e): self._plan(rules, everywhere, e) for t, rules in by_tool.items() for e in self._effects(t)
        }
        self._other = {e: self._plan([], everywhere, e) for e in EFFECTS}
        patterns, literals, owner = output_parts(
            msgspec.structs.replace(policy, hard=tuple(r for r in policy.hard if r.kind == "output" and r.in_arguments))
        )
        self._owner = owner
        self.outgoing = Filter(patterns, literals, hold_max=policy.hold_max) if patterns or literals else None

    def _plan(self, rules: list[_Rule], everywhere: list[_Rule], effect: str) -> Plan[_Rule]:
        concerned = [r for r in (*rules, *everywhere) if not r.rule.effects or effect in r.rule.effects]
        return Plan(concerned, _looked_up_by, self._known)

    def _effects(self, tool: str) -> tuple[str, ...]:
        spec = self.spec(tool)
        return (spec.effect,) if spec is not None else ()

    def spec(self, tool: str) -> ToolSpec | None:
        """What is known of a tool: declared, guessed from its name where the policy allows that, or None."""
        return self.policy.tools.get(tool) or (toolnames.guess(tool) if self.policy.infer_tools else None)

    def decide(self, run: Run, tool: str, arguments: str | Mapping[str, Any], *, now_s: float = 0.0, principal: str = "",
               asker: str = "", confirmations: Grants | None = None, revocations: Revocations | None = None,
               scanned: bool = False) -> CallDecision:  # fmt: skip
        """The decision on one call.  Never raises: what goes wrong is a refusal with its reason.

        `principal` is who rules see, `asker` for whom a confirmation would hold (a tenant and its
        user), `scanned` that the arguments were already searched for what may not leave.
        """
        spec = self.spec(tool)
        if spec is None:
            return _refuse(tool, "unknown-tool", "no rule knows this tool", {"tool": tool[:80]})
        try:
            args = read_arguments(arguments) if isinstance(arguments, str) else dict(arguments)
            if not isinstance(arguments, str):
                call_hash(tool, args)  # refuses what has no JSON form
        except Exception as error:  # unreadable, no JSON, nested too deeply, out of memory
            return _refuse(tool, "unparsable-arguments", f"its arguments cannot be read: {str(error)[:200] or type(error).__name__}", {})  # fmt: skip
        try:
            found, permitted = self._rules(run, tool, spec, args, now_s, principal, revocations)
            found += self._values(tool, spec, args, scanned)
            if self.labelled is not None and (spec.effect != "read" or spec.verbatim):
                if reason := provenance(run.labels, tool, spec, args):
                    found.append(("ask", self.labelled.id, reason))
                else:
                    permitted = permitted or tool in self.policy.tools or run.labels.planned(tool, spec.acts)
            if not found and not permitted and (default := self.policy.default(spec.effect)) != "allow":
                found = [(default, f"default-{spec.effect}", f"no rule allows a call whose effect is {spec.effect}")]
            if not found:
                return CallDecision(tool=tool, decision="allow", evidence={"effect": spec.effect})
            return self._conclude(
                found, tool, spec, call_hash(tool, args, run.run_id, asker=asker), now_s, confirmations
            )
        except Exception as error:  # whatever a rule trips over, the call does not pass
            return _refuse(tool, "rule-failed", f"{type(error).__name__}: {str(error)[:160]}", {})

    def _rules(self, run: Run, tool: str, spec: ToolSpec, args: dict[str, Any], now_s: float, principal: str,
               revocations: Revocations | None) -> tuple[list[Found], bool]:  # fmt: skip
        """What scopes and conditions say, and whether any rule allows the call."""
        found: list[Found] = []
        if run.granted is not None and tool not in run.granted:
            found.append(("deny", "tool-scope", f"{tool} is not granted to this task"))
        for scoped in self.scopes:
            task = run.context.get("task")
            if (not scoped.task or scoped.task == task) and tool not in (
                scoped.tools or self.policy.scopes.get(str(task), ())
            ):
                said = scoped.reason or f"{tool} is not in the scope of {task or 'any task'}"
                found.append(("deny", scoped.id, said))
        plan = self._plans.get((tool, spec.effect)) or self._other[spec.effect]
        permitted = False
        scope: dict[str, Any] = {
            "args": args, "run": run, "call": {"tool": tool, "effect": spec.effect}, "now": now_s,
            "user": run.labels.request, "principal": principal, "context": run.context,
        }  # fmt: skip
        for name in self.policy.facts:
            scope[name] = functools.partial(run.fact, name)
        for r in plan.rules(scope):
            verdict, why = self._apply(r, scope, now_s, revocations)
            if verdict == "allow":
                permitted = True
            elif verdict is not None:
                found.append((verdict, r.rule.id, why))
        return found, permitted

    def _values(self, tool: str, spec: ToolSpec, args: dict[str, Any], scanned: bool) -> list[Found]:
        """What the arguments hold: hosts that may not be called, text that may not leave."""
        found: list[Found] = []
        for closed in self.egress:
            if reason := egress(closed, tool, args):
                found.append(("deny", closed.id, reason))
        if self.outgoing is not None and not scanned and spec.effect != "read":
            _, spans, _, _ = filter_text(self.outgoing, [json.dumps(args, ensure_ascii=False)])
            for name in sorted({s.rule for s in spans}):
                owner = self._owner[name].id if name in self._owner else name
                found.append(("deny", owner, "the arguments hold what may not leave"))
        return found

    def _conclude(self, found: list[Found], tool: str, spec: ToolSpec, digest: str, now_s: float,
                  grants: Grants | None) -> CallDecision:  # fmt: skip
        """The strictest wins; questions are answered by a live grant of exactly this call, denials never are."""
        worst = max(found, key=lambda f: RANK[f[0]])[0]
        hit = [f for f in found if f[0] == worst]
        rules = tuple(dict.fromkeys(f[1] for f in hit))
        evidence: dict[str, Any] = {"certainty": "proved", "effect": spec.effect}
        if worst == "ask" and grants is not None and (by := grants.spend(digest, now_s)):
            return CallDecision(tool=tool, decision="allow", rules=rules, reason=f"confirmed by {by}", call_hash=digest, evidence=evidence)  # fmt: skip
        if worst == "ask":
            evidence["expires_s"] = min(self.expires_s.get(r, EXPIRES_S) for r in rules)
        reason = "; ".join(dict.fromkeys(f[2] for f in hit))
        return CallDecision(tool=tool, decision=worst, rules=rules, reason=reason, call_hash=digest, evidence=evidence)

    def _apply(self, r: _Rule, scope: dict[str, Any], now_s: float, revocations: Revocations | None) -> tuple[Verdict3 | None, str]:  # fmt: skip
        rule, reason = r.rule, r.reason
        if rule.kind == "confirm":
            return (None, "") if r.ask is not None and not _truth(r.ask, scope) else ("ask", reason)
        if rule.kind == "credential":
            live = revocations is not None and revocations.live(rule.handle, now_s)
            return (None, "") if live else ("deny", f"the credential {rule.handle!r} is revoked or its lease ran out")
        try:
            if rule.kind == "cedar":
                return ask_cedar(rule, r.cedar, scope)
            if r.deny is not None and r.deny(scope):
                return "deny", reason
            if r.ask is not None and r.ask(scope):
                return "ask", reason
            if r.allow is not None:
                return ("allow", "") if r.allow(scope) else (None, "")
        except Unknown as error:
            return "deny", f"{reason} (it cannot be shown that this call does not break it: {error})"
        return None, ""


def _looked_up_by(r: _Rule) -> str | None:
    """The condition of a rule that has one alone."""
    conditions = [c for c in (r.rule.deny, r.rule.ask, r.rule.allow) if c is not None]
    return conditions[0] if r.rule.kind == "tool" and len(conditions) == 1 else None


def _condition(rule: HardRule, field: str) -> str | None:
    text = getattr(rule, field)
    return text if isinstance(text, str) and text.strip() else None


def _truth(condition: Compiled, scope: dict[str, Any]) -> bool:
    try:
        return bool(condition(scope))
    except Unknown:
        return True


def _refuse(tool: str, rule: str, reason: str, evidence: dict[str, Any], digest: str = "") -> CallDecision:
    return CallDecision(
        tool=tool,
        decision="deny",
        rules=(rule,),
        reason=reason,
        call_hash=digest,
        evidence={"certainty": "proved", **evidence},
    )


def decide_all(
    engine: Engine, run: Run, calls: Sequence[tuple[str, Any, str | None]], *, now_s: float = 0.0
) -> list[CallDecision]:
    """Decisions on calls in order; each that passes enters the run with its result, as it would in flight."""
    out = []
    for tool, arguments, content in calls:
        decision = engine.decide(run, tool, arguments, now_s=now_s)
        if decision.decision == "allow":
            args = read_arguments(arguments) if isinstance(arguments, str) else dict(arguments)
            run.happened(tool, args, content)
        out.append(decision)
    return out
