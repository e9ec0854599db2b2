"""May these values decide a side effect?  Provenance of a call's arguments, and the hosts it may reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.check.constraints.calls.expression import Unknown, domain, host
from tidegate.check.constraints.calls.labels import Labels
from tidegate.check.constraints.calls.values import strings
from tidegate.check.constraints.model import HardRule, ToolSpec
from tidegate.check.constraints.streaming.canonical import disguised

ADDRESSED = ("url", "uri", "href", "endpoint", "host", "webhook", "to", "recipient", "recipients", "cc", "bcc", "email")


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
            if disguised(value) and value not in labels.request:  # what is sent is not what it was compared as
                return f"{name}: written with look-alike or invisible characters"
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


def egress(rule: HardRule, tool: str, args: Mapping[str, Any]) -> str:
    """Why an address in the arguments may not be called, or ""."""
    if rule.tools and tool not in rule.tools:
        return ""
    for key in ADDRESSED:
        for value in strings(args.get(key)):
            try:
                name = domain(value) if "@" in value and "://" not in value else host(value)
            except (Unknown, UnicodeError, ValueError) as error:
                return f"{key}: {error}"
            if not any(name == h or (h.startswith("*.") and name.endswith(h[1:])) for h in rule.hosts):
                return f"{key}: {name!r} is not among the allowed hosts"
    return ""
