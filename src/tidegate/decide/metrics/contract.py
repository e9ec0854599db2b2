"""The metric contract: who decided what, by which number, signed over its content.

A contract is a file in `metrics/*.yaml`.  The signature covers everything but itself; change a threshold
without signing again and the gate fails.  With a secret key the signature cannot be made by others.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from tidegate.decide.metrics.catalogue import BY_NAME, metric
from tidegate.decide.metrics.model import Costs
from tidegate.spine.codec import canonical_json, content_hash
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Estimate, Measured, NotMeasured
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.gate import Verdict


class Bar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A metric and the value it must reach: `at_least` for gains, `at_most` for losses; optionally in a segment."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    segment: str | None = None  # "column=value"; default: all

    def __post_init__(self) -> None:
        metric(self.metric)  # an unknown name is refused here
        if (self.at_least is None) == (self.at_most is None):
            raise InputError(f"expected one of at_least and at_most for {self.metric!r}, got "
                             f"{'both' if self.at_least is not None else 'neither'}")  # fmt: skip

    @property
    def words(self) -> str:
        """As read aloud."""
        way = f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"
        return f"{self.metric} {way}" + (f" in {self.segment}" if self.segment else "")

    def verdict(self, value: Measured) -> Verdict:
        """Pass when the whole interval clears the bar, fail when none of it does, else undecided."""
        if isinstance(value, NotMeasured):
            return Verdict.UNDECIDED
        if self.at_least is not None:
            return _side(value.low >= self.at_least, value.high < self.at_least)
        assert self.at_most is not None
        return _side(value.high <= self.at_most, value.low > self.at_most)


def _side(clears: bool, misses: bool) -> Verdict:
    return Verdict.PASS if clears else Verdict.FAIL if misses else Verdict.UNDECIDED


class Signature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who signed, when, and the hash of what they saw (`hmac-sha256:` when signed with a key)."""

    by: str
    date: str
    content: str


class Contract(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a metric file says.  `signals` is the order that holds when signals disagree, first decides."""

    decision: str
    owner: str
    primary: Bar
    guards: tuple[Bar, ...] = ()
    signals: tuple[str, ...] = ()
    costs: Costs | None = None
    prevalence: float | None = None
    system: str | None = None
    positive: str | None = None
    date: str = ""
    note: str = ""
    signature: Signature | None = None

    def __post_init__(self) -> None:
        if not self.decision.strip() or not self.owner.strip():
            raise InputError("expected a decision and an owner, got an empty one",
                             remedy="say what ships or stays, and whose call it is")  # fmt: skip
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise InputError(f"expected a prevalence in (0, 1), got {self.prevalence!r}")


def unsigned_content(contract: Contract) -> dict[str, Any]:
    """Everything the signature covers."""
    content = msgspec.to_builtins(contract)
    content.pop("signature", None)
    assert isinstance(content, dict)
    return content


def seal(contract: Contract, by: str, date: str, key: bytes | None = None) -> str:
    """The hash a signature by this person on this date must carry."""
    document = {"contract": unsigned_content(contract), "by": by, "date": date}
    if key is None:
        return content_hash(document)
    return "hmac-sha256:" + hmac.new(key, canonical_json(document), hashlib.sha256).hexdigest()


def sign(contract: Contract, *, by: str, date: str, key: bytes | None = None) -> Contract:
    """The contract signed by its owner; anyone else is refused."""
    if by.strip().lower() != contract.owner.strip().lower():
        raise WrongUse(f"expected the owner {contract.owner!r} to sign, got {by!r}",
                       remedy="the owner signs, or the contract names another owner first")  # fmt: skip
    return msgspec.structs.replace(
        contract, signature=Signature(by=by, date=date, content=seal(contract, by, date, key))
    )


def signature_state(
    contract: Contract, key: bytes | None = None
) -> Literal["valid", "unsigned", "changed", "wrong-signer", "key-missing"]:
    """Whether the signature covers what the file says now."""
    s = contract.signature
    if s is None:
        return "unsigned"
    if s.by.strip().lower() != contract.owner.strip().lower():
        return "wrong-signer"
    if s.content.startswith("hmac-sha256:") and key is None:
        return "key-missing"
    if key is not None and not s.content.startswith("hmac-sha256:"):
        return "unsigned"  # a key is in force: a bare hash, which anyone can make, is no signature
    return "valid" if hmac.compare_digest(s.content, seal(contract, s.by, s.date, key)) else "changed"


_STATE_WORDS = {
    "unsigned": ("contract-unsigned", "nobody signed this contract", "tidegate metrics contract sign"),
    "changed": ("contract-changed", "the contract changed after it was signed",
                "review the change, then let the owner sign again"),
    "wrong-signer": ("contract-wrong-signer", "the signature is not the owner's", "let the owner sign"),
    "key-missing": ("contract-key-missing", "the contract is signed with a key that is not at hand",
                    "give the key with --key-file"),
}  # fmt: skip


def signature_finding(contract: Contract, file: str, key: bytes | None = None) -> Finding | None:
    """The finding of a contract that is not validly signed, or None."""
    state = signature_state(contract, key)
    if state == "valid":
        return None
    rule, words, remedy = _STATE_WORDS[state]
    return Finding(
        rule=rule, severity=Severity.ERROR, subject=file, where=Where(file=file),
        message=f"{words} (owner {contract.owner})", evidence={"certainty": "proved", "state": state},
        suggestion=remedy,
    )  # fmt: skip


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One bar with what was measured against it, and whether knowing nothing would clear it too."""

    bar: Bar
    value: Measured
    verdict: Verdict
    useful: bool
    reason: str = ""


def gate_verdict(readings: Sequence[Reading]) -> Verdict:
    """Primary and guards together: any failed bar fails, an unmeasured or open one leaves it undecided."""
    verdicts = [r.verdict for r in readings]
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.UNDECIDED if Verdict.UNDECIDED in verdicts or not verdicts else Verdict.PASS


def resolve_signals(order: Sequence[str], seen: Mapping[str, Literal["up", "down", "flat"]]) -> tuple[str, str, bool]:
    """(deciding signal, what it says, whether others say otherwise) by the contract's order.

    The first signal in the order that was observed decides, flat included: a flat human signal outranks a
    judge that went up.
    """
    unknown = [s for s in seen if s not in order]
    if unknown:
        raise WrongUse(f"expected signals the contract orders ({', '.join(order) or 'none'}), got {unknown[0]!r}",
                       remedy="add it to `signals` and sign again")  # fmt: skip
    for name in order:
        if name in seen:
            return name, seen[name], len({*seen.values()}) > 1
    return "", "flat", False


def decode(text: Mapping[str, Any], file: str) -> Contract:
    """A contract from a parsed file; names what is wrong and where."""
    try:
        return msgspec.convert(dict(text), Contract, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(f"expected a metric contract: {error}", where=file,
                         remedy="tidegate metrics contract init writes one that is valid") from error  # fmt: skip


TEMPLATE = """\
# What decides, who says so, and what it must reach.  Check it: tidegate metrics contract check {path}
decision: {decision}
owner: {owner}              # the person who may sign
primary:
  metric: {metric}          # one of: tidegate metrics list
  at_least: {threshold}
guards:                     # each must hold as well
  - metric: recall
    at_least: 0.8
# - metric: recall
#   at_least: 0.7
#   segment: language=de    # column=value of the results
signals: [humans, judge]    # when they disagree the first one decides
costs:                      # of one outcome each, in one unit
  miss: {miss}
  false_alarm: 1
  unit: EUR
prevalence: {prevalence}    # of positives in production, not in the test set
date: "{date}"
"""


def names() -> tuple[str, ...]:
    """Metrics a contract may name."""
    return tuple(BY_NAME)


def clears(value: Estimate, bar: Bar) -> bool:
    """Whether the point alone clears the bar, whatever its interval."""
    return value.value >= bar.at_least if bar.at_least is not None else value.value <= (bar.at_most or 0.0)
