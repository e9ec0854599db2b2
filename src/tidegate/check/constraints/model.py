# ruff: noqa: E501 (patterns and tables read better whole)
"""`constraints.yaml` as frozen types: hard rules (sound, exhaustive, deterministic) and soft rules (measured).

There are exactly two classes and no weight between them: one number would hide whether a rule
can be broken.  A tool is known by its effect, the worst thing a call of it can do.
"""

from typing import Any, Literal

import msgspec

from tidegate.check.constraints.streaming.stream import Literals, Pattern

Effect = Literal["read", "reversible", "irreversible", "external", "privileged"]
Verdict3 = Literal["allow", "ask", "deny"]
EFFECTS: tuple[Effect, ...] = ("read", "reversible", "irreversible", "external", "privileged")
RANK: dict[str, int] = {"allow": 0, "ask": 1, "deny": 2}


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base: frozen, unknown keys refused."""


class ToolSpec(Section, frozen=True):
    """What a tool can do, and what its result is worth.

    `sinks` are the arguments that decide whom or what the effect hits; `contents` those that say
    something to somebody; `names` those that name a thing and must be made of words from the user or
    trusted records; `private` that its result is for the user alone; `verbatim` those that must stand somewhere as they are (a URL to fetch).
    `returns` names the fields of its result that no stranger can write, each with its shape; what
    is not named is untrusted.  `endorsable` sinks may take the one value of their kind from a
    source the user pointed at.
    """

    effect: Effect = "external"
    sinks: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()
    verbatim_from: tuple[str, ...] = ()  # tools from whose results it may be taken; none given: any
    private: bool = False
    endorsable: tuple[str, ...] = ()
    returns: Literal["trusted", "untrusted"] | dict[str, str] = "untrusted"
    acts: tuple[str, ...] = ()  # words of a request that plan this tool, besides those of its name
    arguments: dict[str, Any] | None = None  # JSON Schema of its arguments, where the request brings none


class Fact(Section, frozen=True):
    """A table that rules may look into by key: filled from structured results that carry the key, and from the context."""

    key: str
    from_tools: tuple[str, ...] = ()


class HardRule(Section, frozen=True):
    """A rule that must hold whatever the model writes.

    `kind` says where: `tool` (expressions over resolved arguments and the run), `cedar` (a Cedar
    policy), `scope` (tools granted to a task), `label` (provenance of sinks), `confirm` (a token
    bound to the call), `credential` (a handle that must be live), `output` (what text may not
    hold), `schema` (what an answer must be), `egress` (where calls may go).
    `text` are the sentences of prompts this enforces, as the audit maps them.
    """

    id: str
    kind: Literal["tool", "cedar", "scope", "label", "confirm", "credential", "output", "schema", "egress"]
    text: tuple[str, ...] = ()
    reason: str = ""
    tools: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    deny: str | None = None
    ask: str | None = None
    allow: str | None = None
    policy: str = ""  # Cedar text
    task: str = ""
    patterns: tuple[Pattern, ...] = ()
    literals: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    action: Literal["redact", "block"] = "redact"
    in_arguments: bool = True  # an output rule also holds for what tools are called with
    json_schema: dict[str, Any] | None = None
    hosts: tuple[str, ...] = ()
    handle: str = ""
    expires_s: float = 600.0


class SoftRule(Section, frozen=True):
    """A rule that is asked of the model and measured: a violation rate with its interval, never "pass"."""

    id: str
    text: tuple[str, ...] = ()
    violates: str = ""  # a pattern whose presence in an answer is a violation
    requires: str = ""  # a pattern whose absence is one
    words_max: int | None = None
    judge: str = ""  # a question for a judge model; measured only where one is configured
    rate_max: float | None = None


class Policy(Section, frozen=True):
    """A whole constraints file, packs included."""

    version: int = 1
    packs: tuple[str, ...] = ()
    tools: dict[str, ToolSpec] = {}
    scopes: dict[str, tuple[str, ...]] = {}
    facts: dict[str, Fact] = {}
    defaults: dict[Effect, Verdict3] = {}
    hard: tuple[HardRule, ...] = ()
    soft: tuple[SoftRule, ...] = ()
    hold_max: int = 2048
    infer_tools: bool = False  # know unlisted tools by their names instead of refusing them

    def default(self, effect: Effect) -> Verdict3:
        """What happens to a call that no rule decides: reads pass, what cannot be taken back asks."""
        return self.defaults.get(effect, "allow" if effect in ("read", "reversible") else "ask")


class CallDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one tool call, by which rules, and on what evidence."""

    tool: str
    decision: Verdict3
    rules: tuple[str, ...] = ()
    reason: str = ""
    call_hash: str = ""
    evidence: dict[str, Any] = {}

    def to_json(self) -> dict[str, Any]:
        """The JSON contract's form: decision, rules, and why."""
        out: dict[str, Any] = msgspec.to_builtins(self)
        return out


def output_parts(policy: Policy) -> tuple[list[Pattern], list[Literals], dict[str, HardRule]]:
    """All patterns and literals of the output rules, and the rule each pattern id belongs to."""
    from_rule: dict[str, HardRule] = {}
    patterns: list[Pattern] = []
    literals: list[Literals] = []
    for rule in policy.hard:
        if rule.kind != "output":
            continue
        for p in rule.patterns:
            patterns.append(msgspec.structs.replace(p, action="block") if rule.action == "block" else p)
            from_rule[p.id] = rule
        texts = rule.literals + rule.canaries
        if texts:
            literals.append(Literals(id=rule.id, texts=texts, action=rule.action))
        from_rule[rule.id] = rule
    return patterns, literals, from_rule
