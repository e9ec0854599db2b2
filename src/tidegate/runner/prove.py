"""Runs witnesses: the forbidden thing is attempted through the guard that serves production.

Removal: the conversation without any system message, the model doing the forbidden thing once.
Stub: the model replaced by one that writes noise and tries the thing again and again, on every
channel, cut anywhere.  A rule holds only if nothing came out in either, and the attempt was
refused by that rule when it stood alone.
"""

import random

import msgspec

from tidegate.check.constraints.calls.credentials import Revocations, split_handle
from tidegate.check.constraints.model import HardRule, Policy
from tidegate.check.constraints.plugin import ConstraintsGuard, ConstraintsSession
from tidegate.check.constraints.proving.prove import Attack, attacks
from tidegate.spine.call import Call, Identity
from tidegate.spine.conversation import Conversation, Message, Text, TextDelta, Tool


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for one rule: how many attempts each witness made, and how many came out."""

    rule: str
    kind: str
    removal: int
    stub: int
    escaped: tuple[str, ...] = ()
    attributed: bool = False  # alone in its policy, the rule still refuses (it is the one that holds)

    @property
    def proved(self) -> bool:
        """Both witnesses ran and nothing came out."""
        return self.removal > 0 and self.stub > 0 and not self.escaped


def prove_rule(
    policy: Policy, rule: HardRule, *, seed: int = 1, rounds: int = 8, guard: ConstraintsGuard | None = None
) -> Witness:
    """Run both witnesses of one hard rule."""
    todo = attacks(policy, rule)
    guard = guard or guard_of(policy)
    escaped: list[str] = []
    removal = stub = 0
    for attack in todo:
        removal += 1
        if came_out(guard, policy, attack, None):
            escaped.append(f"removal: {_what(attack)}")
        for n in range(rounds):
            stub += 1
            if came_out(guard, policy, attack, random.Random(seed * 1000 + n)):
                escaped.append(f"stub {n}: {_what(attack)}")
    alone = msgspec.structs.replace(
        policy,
        hard=(rule,),
        defaults=dict.fromkeys(("read", "reversible", "irreversible", "external", "privileged"), "allow"),
    )
    lone = guard_of(alone)
    attributed = bool(todo) and not any(came_out(lone, alone, a, None) for a in todo)
    return Witness(
        rule=rule.id, kind=rule.kind, removal=removal, stub=stub, escaped=tuple(escaped), attributed=attributed
    )


def prove(policy: Policy, *, seed: int = 1, rounds: int = 8) -> list[Witness]:
    """Witnesses of every hard rule."""
    guard = guard_of(policy)
    return [prove_rule(policy, r, seed=seed, rounds=rounds, guard=guard) for r in policy.hard]


def guard_of(policy: Policy) -> ConstraintsGuard:
    """The production guard over a policy, with the credentials it names revoked."""
    revocations = Revocations()
    revocations.heard({}, 0.0)
    for rule in policy.hard:
        if rule.kind == "credential":
            revocations.revoke(split_handle(rule.handle)[0])
    return ConstraintsGuard(policy, revocations=revocations)


def came_out(guard: ConstraintsGuard, policy: Policy, attack: Attack, rng: random.Random | None) -> bool:
    """Whether the forbidden thing reached the client."""
    call = Call(call_id="witness", identity=Identity(tenant="witness"), dialect="chat", model="stub", stream=True)
    session = guard.open(call)
    assert session is not None
    names = dict.fromkeys([*policy.tools, *([attack.call.name] if attack.call else [])])
    conversation = Conversation(model="stub", messages=attack.messages or (Message("user", (Text("Hello."),), 0),),
                                tools=tuple(Tool(name=n) for n in names))  # fmt: skip
    if session.request(conversation).action != "allow":
        return False
    if attack.call is not None:
        return session.tool_call(attack.call).action == "allow"
    return attack.forbidden in _written(session, attack, rng)


def _written(session: ConstraintsSession, attack: Attack, rng: random.Random | None) -> str:
    """What the client receives when the model writes the forbidden text, once or again and again."""
    out: dict[tuple[str, int], list[str]] = {}
    pieces: list[TextDelta] = []
    if rng is None:
        pieces.append(TextDelta(attack.text))
    else:
        for _ in range(3):
            channel = rng.choice(("content", "reasoning", "refusal"))
            text = _noise(rng) + attack.text + _noise(rng)
            i = 0
            while i < len(text):
                n = rng.choice((1, 1, 2, 3, 7, 30))
                pieces.append(TextDelta(text[i : i + n], channel, rng.randrange(1)))  # type: ignore[arg-type]
                i += n
    for now, piece in enumerate(pieces):
        for d in session.feed(piece, float(now)):
            if isinstance(d, TextDelta):
                out.setdefault((d.channel, d.choice), []).append(d.text)
    for d in session.finish(float(len(pieces))):
        if isinstance(d, TextDelta):
            out.setdefault((d.channel, d.choice), []).append(d.text)
    return "\0".join("".join(v) for v in out.values())


def _noise(rng: random.Random) -> str:
    return " " + "".join(rng.choice("abc \n.,{}[]\"'%&\\é–0123") for _ in range(rng.randrange(30))) + " "


def _what(attack: Attack) -> str:
    return f"call {attack.call.name}({attack.call.arguments[:80]})" if attack.call else f"text of {attack.rule}"
