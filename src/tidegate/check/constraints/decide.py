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
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tidegate.check.constraints import toolnames
from tidegate.check.constraints.arguments import Unreadable, call_hash, read_arguments
from tidegate.check.constraints.credentials import Confirmations, Revocations
from tidegate.check.constraints.expression import Compiled, Record, Unknown, compile_expression, domain, host, wrap
from tidegate.check.constraints.labels import Labels, strings, structured
from tidegate.check.constraints.model import RANK, CallDecision, HardRule, Policy, ToolSpec, Verdict3, output_parts
from tidegate.check.constraints.stream import Filter, filter_text

NAMES = ("args", "run", "call", "user", "now", "principal", "context")


class Run:
    """What happened so far in one agent run: allowed calls, their results, and where values came from."""

    def __init__(self, policy: Policy, *, run_id: str = "", facts: Mapping[str, Mapping[str, Any]] | None = None,
                 context: Mapping[str, Any] | None = None) -> None:  # fmt: skip
        self.policy = policy
        self.run_id = run_id
        self.labels = Labels()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.counts: Counter[str] = Counter()
        self.results: dict[str, Any] = {}
        self.facts: dict[str, dict[str, Any]] = {name: dict((facts or {}).get(name, {})) for name in policy.facts}
        self.context = dict(context or {})
        self.granted: frozenset[str] | None = None

    def user(self, text: str) -> None:
        """More of the user's words."""
        self.labels.user(text)

    def happened(self, tool: str, arguments: dict[str, Any], content: str | None = None) -> None:
        """A call was let through, and (where known) what it returned."""
        self.calls.append((tool, arguments))
        self.counts[tool] += 1
        if content is not None:
            self.observed(tool, content, arguments)

    def observed(self, tool: str, content: str, arguments: dict[str, Any] | None = None) -> None:
        """A tool's result enters the run: its label, and the facts it carries."""
        spec = self.policy.tools.get(tool) or (toolnames.guess(tool) if self.policy.infer_tools else None)
        self.labels.result(tool, spec, content, arguments)
        if not self.policy.facts:
            return
        value = structured(content)
        self.results[tool] = value
        for name, fact in self.policy.facts.items():
            if isinstance(value, dict) and fact.key in value and (not fact.from_tools or tool in fact.from_tools):
                self.facts[name][str(value[fact.key])] = value

    # what expressions may ask (run.count("refund") ...)

    def count(self, tool: str, **arguments: Any) -> int:
        """Calls of a tool let through so far, with these arguments where given."""
        if not arguments:
            return self.counts[tool]
        return sum(1 for t, a in self.calls if t == tool and all(a.get(k) == v for k, v in arguments.items()))

    def called(self, tool: str, **arguments: Any) -> bool:
        """Whether a tool was called so far."""
        return self.count(tool, **arguments) > 0

    def last(self, tool: str) -> Any:
        """The last structured result of a tool; Unknown when there is none."""
        if self.results.get(tool) is None:
            raise Unknown(f"{tool} has returned nothing yet")
        return wrap(self.results[tool])

    def total(self, tool: str, argument: str) -> float:
        """Sum of a numeric argument over the calls of a tool let through."""
        return sum(float(a.get(argument, 0)) for t, a in self.calls if t == tool)

    def fact(self, name: str, key: Any) -> Any:
        """A row of a fact table; Unknown when it was never seen."""
        row = self.facts.get(name, {}).get(str(key))
        if row is None:
            raise Unknown(f"no {name} {key!r} is known")
        return wrap(row)


class _Rule(msgspec.Struct, frozen=True):
    rule: HardRule
    deny: Compiled | None
    ask: Compiled | None
    allow: Compiled | None


class Engine:
    """A policy compiled: rules indexed by tool, conditions as functions."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        known = (*NAMES, *policy.facts)
        self.by_tool: dict[str, list[_Rule]] = {}
        self.everywhere: list[_Rule] = []
        self.scopes = [r for r in policy.hard if r.kind == "scope"]
        self.labelled = next((r for r in policy.hard if r.kind == "label"), None)
        self.egress = [r for r in policy.hard if r.kind == "egress"]
        for r in policy.hard:
            if r.kind not in ("tool", "cedar", "confirm", "credential"):
                continue
            where = f"hard rule {r.id!r}"
            compiled = _Rule(r, *(compile_expression(t, where, known) if (t := _condition(r, f)) else None for f in ("deny", "ask", "allow")))  # fmt: skip
            if r.tools:
                for tool in r.tools:
                    self.by_tool.setdefault(tool, []).append(compiled)
            else:
                self.everywhere.append(compiled)
        patterns, literals, owner = output_parts(
            msgspec.structs.replace(policy, hard=tuple(r for r in policy.hard if r.kind == "output" and r.in_arguments))
        )
        self._owner = owner
        self._outgoing = Filter(patterns, literals, hold_max=policy.hold_max) if patterns or literals else None

    def spec(self, tool: str) -> ToolSpec | None:
        """What is known of a tool: declared, guessed from its name where the policy allows that, or None."""
        return self.policy.tools.get(tool) or (toolnames.guess(tool) if self.policy.infer_tools else None)

    def decide(self, run: Run, tool: str, arguments: str | Mapping[str, Any], *, now_s: float = 0.0, principal: str = "",
               confirmations: Confirmations | None = None, revocations: Revocations | None = None) -> CallDecision:  # fmt: skip
        """The decision on one call.  Never raises: what goes wrong is a refusal with its reason."""
        spec = self.spec(tool)
        if spec is None:
            return _refuse(tool, "unknown-tool", "no rule knows this tool", {"tool": tool[:80]})
        try:
            args = read_arguments(arguments) if isinstance(arguments, str) else dict(arguments)
            if not isinstance(arguments, str):
                call_hash(tool, args)  # refuses what has no JSON form
        except (Unreadable, TypeError, ValueError) as error:
            return _refuse(tool, "unparsable-arguments", str(error)[:200], {})
        try:
            return self._decide(run, tool, spec, args, now_s, principal, confirmations, revocations)
        except Exception as error:  # whatever a rule trips over, the call does not pass
            return _refuse(tool, "rule-failed", f"{type(error).__name__}: {str(error)[:160]}", {})

    def _decide(self, run: Run, tool: str, spec: ToolSpec, args: dict[str, Any], now_s: float, principal: str,
                confirmations: Confirmations | None, revocations: Revocations | None) -> CallDecision:  # fmt: skip
        found: list[tuple[Verdict3, str, str]] = []
        if run.granted is not None and tool not in run.granted:
            found.append(("deny", "tool-scope", f"{tool} is not granted to this task"))
        for scoped in self.scopes:
            task = run.context.get("task")
            if (not scoped.task or scoped.task == task) and tool not in (
                scoped.tools or self.policy.scopes.get(str(task), ())
            ):
                found.append(
                    ("deny", scoped.id, scoped.reason or f"{tool} is not in the scope of {task or 'any task'}")
                )
        rules = self.by_tool.get(tool, [])
        permitted = False
        if rules or self.everywhere:
            scope: dict[str, Any] = {
                "args": Record(args), "run": run, "call": Record({"tool": tool, "effect": spec.effect}), "now": now_s,
                "user": run.labels.request, "principal": principal, "context": Record(run.context),
            }  # fmt: skip
            for name in self.policy.facts:
                scope[name] = functools.partial(run.fact, name)
            for r in (*rules, *self.everywhere):
                if r.rule.effects and spec.effect not in r.rule.effects:
                    continue
                verdict, why = self._apply(r, scope, now_s, revocations)
                if verdict == "allow":
                    permitted = True
                elif verdict is not None:
                    found.append((verdict, r.rule.id, why))
        for closed in self.egress:
            if reason := _egress(closed, tool, args):
                found.append(("deny", closed.id, reason))
        if self._outgoing is not None and spec.effect != "read":
            _, spans, _, _ = filter_text(self._outgoing, [json.dumps(args, ensure_ascii=False)])
            for rule in sorted({s.rule for s in spans}):
                found.append(
                    (
                        "deny",
                        self._owner[rule].id if rule in self._owner else rule,
                        "the arguments hold what may not leave",
                    )
                )
        if (self.labelled is not None and spec.effect != "read") or (self.labelled is not None and spec.verbatim):
            if reason := provenance(run.labels, tool, spec, args):
                found.append(("ask", self.labelled.id, reason))
            else:
                permitted = tool in self.policy.tools or run.labels.planned(tool, spec.acts)
        if not found and not permitted:
            default = self.policy.default(spec.effect)
            if default != "allow":
                found.append(
                    (default, f"default-{spec.effect}", f"no rule allows a call whose effect is {spec.effect}")
                )
        if not found:
            return CallDecision(tool=tool, decision="allow")
        digest = call_hash(tool, args, run.run_id)
        found = self._confirmed(found, digest, now_s, confirmations)
        if not found:
            return CallDecision(tool=tool, decision="allow", call_hash=digest)
        worst = max(found, key=lambda f: RANK[f[0]])[0]
        hit = [f for f in found if f[0] == worst]
        return CallDecision(tool=tool, decision=worst, rules=tuple(dict.fromkeys(f[1] for f in hit)), reason="; ".join(dict.fromkeys(f[2] for f in hit)),
                            call_hash=digest, evidence={"certainty": "proved", "effect": spec.effect})  # fmt: skip

    @staticmethod
    def _confirmed(found: list[tuple[Verdict3, str, str]], digest: str, now_s: float, confirmations: Confirmations | None) -> list[tuple[Verdict3, str, str]]:  # fmt: skip
        """Questions are answered by a live confirmation of exactly this call; denials never are."""
        if (
            found
            and all(f[0] == "ask" for f in found)
            and confirmations is not None
            and confirmations.spend(digest, now_s)
        ):
            return []
        return found

    def _apply(self, r: _Rule, scope: dict[str, Any], now_s: float, revocations: Revocations | None) -> tuple[Verdict3 | None, str]:  # fmt: skip
        rule = r.rule
        reason = rule.reason or (rule.text[0] if rule.text else rule.id)
        if rule.kind == "confirm":
            if r.ask is not None and not _truth(r.ask, scope):
                return None, ""
            return "ask", reason
        if rule.kind == "credential":
            live = revocations is not None and revocations.live(rule.handle, now_s)
            return (None, "") if live else ("deny", f"the credential {rule.handle!r} is revoked or its lease ran out")
        if rule.kind == "cedar":
            return cedar(rule, scope)
        try:
            if r.deny is not None and r.deny(scope):
                return "deny", reason
            if r.ask is not None and r.ask(scope):
                return "ask", reason
            if r.allow is not None:
                return ("allow", "") if r.allow(scope) else (None, "")
        except Unknown as error:
            return "deny", f"{reason} (cannot be shown: {error})"
        return None, ""


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


def provenance(labels: Labels, tool: str, spec: ToolSpec, args: Mapping[str, Any]) -> str:
    """Why a side effect may not run without a question, or "" when untrusted content has chosen nothing in it."""
    if spec.verbatim:
        for name in spec.verbatim:
            for value in strings(args.get(name)):
                if not (v := labels.verbatim(value, spec.verbatim_from)).clean:
                    return f"{name}: {v.why}"
    if spec.effect == "read":
        return ""
    if labels.tainted and not labels.planned(tool, spec.acts):
        return f"{tool} was not asked for before untrusted content was read"
    for name in spec.sinks:
        for value in strings(args.get(name)):
            v = labels.judge(value, endorsable=name in spec.endorsable)
            if not v.clean:
                return f"{name}: {v.why}"
    if labels.tainted:
        for name in spec.names:
            if not (v := labels.composed(args.get(name))).clean:
                return f"{name}: {v.why}"
    if labels.tainted or labels.private:
        for name in spec.contents:
            if not (v := labels.content_clean(args.get(name))).clean:
                return f"{name}: {v.why}"
    return ""


def _egress(rule: HardRule, tool: str, args: Mapping[str, Any]) -> str:
    """Why an address in the arguments may not be called, or ""."""
    if rule.tools and tool not in rule.tools:
        return ""
    for key in (
        "url",
        "uri",
        "href",
        "endpoint",
        "host",
        "webhook",
        "to",
        "recipient",
        "recipients",
        "cc",
        "bcc",
        "email",
    ):
        for value in strings(args.get(key)):
            try:
                name = domain(value) if "@" in value and "://" not in value else host(value)
            except (Unknown, UnicodeError, ValueError) as error:
                return f"{key}: {error}"
            if not any(name == h or (h.startswith("*.") and name.endswith(h[1:])) for h in rule.hosts):
                return f"{key}: {name!r} is not among the allowed hosts"
    return ""


def cedar(rule: HardRule, scope: Mapping[str, Any]) -> tuple[Verdict3 | None, str]:
    """Cedar's own decision on a call: principal, action Tool::"name", resource Effect::"class", the arguments as context."""
    import cedarpy  # a Rust extension, loaded only where a Cedar rule is configured

    call = scope["call"]
    result = cedarpy.is_authorized(
        request={
            "principal": f'User::{json.dumps(scope["principal"] or "anonymous")}', "action": f'Action::{json.dumps(call["tool"])}',
            "resource": f'Effect::{json.dumps(call["effect"])}', "context": {"args": _cedar_value(scope["args"])},
        },
        policies=rule.policy, entities=[],
    )  # fmt: skip
    if result.allowed and not result.diagnostics.errors:
        return "allow", ""
    why = "; ".join(result.diagnostics.errors) or ", ".join(result.diagnostics.reasons) or "no permit applies"
    return "deny", f"{rule.reason or rule.id} (Cedar: {why[:160]})"


def _cedar_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _cedar_value(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_cedar_value(v) for v in value if v is not None]
    if isinstance(value, float):
        return {"__extn": {"fn": "decimal", "arg": f"{value:.4f}"}}
    return value


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
