"""Cedar policies over tool calls: User::"who", Action::"tool", resource Effect::"class", `context.args` the arguments.

Cedar's own evaluator decides.  Two things are stricter here.  Cedar skips a policy whose condition
fails to evaluate, so a broken `forbid` would allow: any evaluation error is a refusal.  And what
Cedar would read as something else than the JSON that is sent (a number with more than four decimals,
an object posing as an extension value or an entity) is refused before it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tidegate.check.constraints.calls.expression import Unknown
from tidegate.check.constraints.model import HardRule, Verdict3
from tidegate.spine.errors import SettingError

INTEGER_MAX = 2**63


def compile_cedar(rule: HardRule) -> Any:
    """The parsed policies of a rule; raises SettingError for text that is not Cedar."""
    import cedarpy  # a Rust extension, loaded only where a Cedar rule is configured

    try:
        return cedarpy.PolicySet.from_str(rule.policy)
    except ValueError as error:
        remedy = 'e.g. permit(principal, action == Action::"search", resource);'
        said = f"not a Cedar policy: {str(error)[:300]}"
        raise SettingError(said, where=f"hard rule {rule.id!r}", remedy=remedy) from error


def ask_cedar(rule: HardRule, policies: Any, scope: Mapping[str, Any]) -> tuple[Verdict3 | None, str]:
    """Cedar's decision on a call; raises Unknown for arguments that Cedar cannot see as they are."""
    import cedarpy

    call = scope["call"]
    result = cedarpy.is_authorized(
        {
            "principal": {"type": "User", "id": scope["principal"] or "anonymous"},
            "action": {"type": "Action", "id": call["tool"]},
            "resource": {"type": "Effect", "id": call["effect"]},
            "context": {"args": cedar_value(scope["args"])},
        },
        policies, [],
    )  # fmt: skip
    if result.allowed and not result.diagnostics.errors:
        return "allow", ""
    why = "; ".join(result.diagnostics.errors) or ", ".join(result.diagnostics.reasons) or "no permit applies"
    return "deny", f"{rule.reason or rule.id} (Cedar: {why[:160]})"


def cedar_value(value: Any) -> Any:
    """A JSON value as Cedar's context holds it; null is absent, a fraction is a `decimal`."""
    if isinstance(value, Mapping):
        if posing := next((k for k in value if k.startswith("__")), None):
            raise Unknown(f"the key {posing[:40]!r} has a meaning of its own in Cedar")
        return {k: cedar_value(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [cedar_value(v) for v in value if v is not None]
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and not -INTEGER_MAX <= value < INTEGER_MAX:
        raise Unknown(f"the number {str(value)[:24]} is too large for Cedar")
    if isinstance(value, float):
        exact = Decimal(repr(value))
        if abs(exact) >= 10**14 or exact != round(exact, 4):
            raise Unknown(f"the number {value!r} has no exact form in Cedar (four decimals)")
        return {"__extn": {"fn": "decimal", "arg": f"{exact:.4f}"}}
    return value
